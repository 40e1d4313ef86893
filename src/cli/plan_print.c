/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>

#include "json_text.h"
#include "number_text.h"
#include "plan_advice.h"
#include "text_block.h"

enum { WIDTH = 80, LABEL = 17 };

static void print_measured(const qf_plan *plan, qf_arena *arena, FILE *out)
{
    const qf_measurement *m = &plan->measured;
    if (!plan->was_measured) {
        fprintf(out, "  measured       nothing: it does not fit into memory\n");
        return;
    }
    if (plan->spec) {
        fprintf(out, "  measured       %s: %zu round%s of %s cases on %d thread%s",
                qf_text_seconds(arena, m->measured_s), m->n_rounds, m->n_rounds == 1 ? "" : "s",
                qf_text_count(arena, m->n_cases), m->n_threads, m->n_threads == 1 ? "" : "s");
        if (m->n_ticks < plan->scenario->n_ticks) {
            fprintf(out, ", %s of %s ticks", qf_text_count(arena, (size_t)m->n_ticks),
                    qf_text_count(arena, (size_t)plan->scenario->n_ticks));
        }
        fputc('\n', out);
        fprintf(out, "  a case         %s of a thread\n", qf_text_seconds(arena, m->thread_s));
    } else {
        fprintf(out, "  measured       %s: %s of %s ticks on %d thread%s, without recording\n",
                qf_text_seconds(arena, m->measured_s), qf_text_count(arena, (size_t)m->n_ticks),
                qf_text_count(arena, (size_t)plan->scenario->n_ticks), m->n_threads,
                m->n_threads == 1 ? "" : "s");
    }
}

static void print_time(const qf_plan *plan, qf_arena *arena, FILE *out)
{
    if (!plan->was_measured) {
        return;
    }
    const bool early = plan->spec && (plan->spec->stop != QF_STOP_NEVER || plan->spec->until);
    fprintf(out, "  time           %s%s", early ? "at most " : "",
            qf_text_seconds(arena, plan->wall_s));
    if (!isnan(plan->spread_s)) {
        fprintf(out, " +- %s", qf_text_seconds(arena, plan->spread_s));
    }
    fprintf(out, " on %zu node%s of %d thread%s: %.3g node hours\n", plan->n_nodes,
            plan->n_nodes == 1 ? "" : "s", plan->node_threads, plan->node_threads == 1 ? "" : "s",
            plan->node_hours);
    if (plan->node_threads > plan->measured.n_threads) {
        fprintf(out, "                 if threads do not slow each other down: %d were measured\n",
                plan->measured.n_threads);
    }
}

static void print_sizes(const qf_plan *plan, qf_arena *arena, FILE *out)
{
    fprintf(out, "  memory         %s", qf_text_bytes(arena, (double)plan->memory_bytes));
    if (plan->spec) {
        fprintf(out, " a node, of which a thread %s",
                qf_text_bytes(arena, (double)plan->forecast.thread_bytes));
    }
    fprintf(out, "\n  disk           about %s in %zu file%s",
            qf_text_bytes(arena, plan->disk_bytes), plan->n_files, plan->n_files == 1 ? "" : "s");
    if (plan->spec) {
        fprintf(out, "; %s more while it runs", qf_text_bytes(arena, plan->forecast.journal_bytes));
    }
    fputc('\n', out);
    if (plan->spec && plan->spec->function == QF_FUNCTION_NONE) {
        fprintf(out, "  batches        %s of at most %s cases\n",
                qf_text_count(arena, plan->forecast.n_batches),
                qf_text_count(arena, plan->forecast.batch_worlds));
    }
}

/* sentences in the right column, each with its label */
static void print_advice(qf_canvas *canvas, const char *const *advice, size_t n, FILE *out)
{
    for (size_t i = 0; i < n; i++) {
        const qf_text_block block = qf_block_wrap(canvas, advice[i], WIDTH - LABEL);
        for (size_t l = 0; l < block.n_lines; l++) {
            fprintf(out, "%-*s%s\n", LABEL, l == 0 ? "  foolish" : "", block.lines[l]);
        }
    }
}

qf_status qf_plan_print(qf_context *context, const qf_plan *plan, FILE *out)
{
    qf_canvas canvas = {0};
    size_t n;
    const char *const *advice = qf_plan_advice(&canvas.arena, plan, &n);
    if (plan->spec) {
        fprintf(out, "%s: %s cases\n", plan->scenario->name,
                qf_text_count(&canvas.arena, plan->n_cases));
    } else {
        fprintf(out, "%s: %s vehicles, %s ticks\n", plan->scenario->name,
                qf_text_count(&canvas.arena, qf_scenario_n_vehicles(plan->scenario)),
                qf_text_count(&canvas.arena, (size_t)plan->scenario->n_ticks));
    }
    print_measured(plan, &canvas.arena, out);
    print_time(plan, &canvas.arena, out);
    print_sizes(plan, &canvas.arena, out);
    if (advice) {
        print_advice(&canvas, advice, n, out);
    }
    const bool failed = canvas.failed || !advice;
    qf_arena_free(&canvas.arena);
    return failed ? qf_fail(context, QF_ERROR_MEMORY, "no memory for the plan") : QF_OK;
}

qf_status qf_plan_json(qf_context *context, const qf_plan *plan, FILE *out)
{
    qf_arena arena = {0};
    size_t n;
    const char *const *advice = qf_plan_advice(&arena, plan, &n);
    if (!advice) {
        qf_arena_free(&arena);
        return qf_fail(context, QF_ERROR_MEMORY, "no memory for the plan");
    }
    fputs("{\"name\": ", out);
    qf_json_put_text(out, plan->scenario->name);
    fprintf(out, ", \"sweep\": %s", plan->spec ? "true" : "false");
    qf_json_key_size(out, "n_cases", plan->n_cases);
    qf_json_key_number(out, "thread_s", plan->measured.thread_s * (double)plan->n_cases);
    qf_json_key_number(out, "wall_s", plan->wall_s);
    qf_json_key_number(out, "wall_spread_s", plan->spread_s);
    qf_json_key_size(out, "nodes", plan->n_nodes);
    qf_json_key_size(out, "node_threads", (size_t)plan->node_threads);
    qf_json_key_number(out, "node_hours", plan->node_hours);
    qf_json_key_size(out, "memory_bytes", plan->memory_bytes);
    qf_json_key_size(out, "thread_bytes", plan->forecast.thread_bytes);
    qf_json_key_number(out, "disk_bytes", plan->disk_bytes);
    qf_json_key_size(out, "n_files", plan->n_files);
    qf_json_key_size(out, "n_batches", plan->forecast.n_batches);
    qf_json_key_size(out, "batch_worlds", plan->forecast.batch_worlds);
    qf_json_key_number(out, "measured_s", plan->measured.measured_s);
    qf_json_key_size(out, "measured_ticks", (size_t)plan->measured.n_ticks);
    qf_json_key_size(out, "measured_threads", (size_t)plan->measured.n_threads);
    fputs(", \"foolish\": [", out);
    for (size_t i = 0; i < n; i++) {
        fputs(i ? ", " : "", out);
        qf_json_put_text(out, advice[i]);
    }
    fputs("]}\n", out);
    qf_arena_free(&arena);
    return QF_OK;
}
