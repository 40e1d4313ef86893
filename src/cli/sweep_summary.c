/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The end of a sweep for people: what became of cases, verdicts, metrics, and which parameters matter. Answers first, then what they rest on.
 */
#include "sweep_summary.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "fleet.h"
#include "number_text.h"
#include "sweep_causes.h"
#include "sweep_tables.h"

enum { WIDTH = 80, LABEL = 17, MOST_CAUSES = 5, INDENT = 2 };

uint64_t qf_sweep_hash(const qf_sweep_table *table, size_t n_cases)
{
    return qf_combine_hashes(table->hash, n_cases);
}

static void print_head(qf_arena *arena, const qf_sweep_summary *s, FILE *out)
{
    const size_t n_all = qf_sweep_n_cases(s->spec);
    const size_t n = s->report->n_cases;
    if (s->report->stopped_early) {
        fprintf(out, "%s: decided after %s of %s cases\n", s->name, qf_text_count(arena, n),
                qf_text_count(arena, n_all));
    } else {
        fprintf(out, "%s: %s cases\n", s->name, qf_text_count(arena, n));
    }
}

/* of those that count: outcomes, and why some are not ok */
static void print_outcomes(qf_arena *arena, const qf_sweep_summary *s, FILE *out)
{
    size_t count[QF_OUTCOMES] = {0};
    for (size_t k = 0; k < s->report->n_cases; k++) {
        count[s->table->outcome[k]]++;
    }
    fputs("  outcomes      ", out);
    const char *comma = " ";
    for (size_t o = 0; o < QF_OUTCOMES; o++) {
        if (count[o] > 0 || o == QF_OUTCOME_OK) {
            fprintf(out, "%s%s %s", comma, qf_text_count(arena, count[o]), qf_outcome_names[o]);
            comma = ", ";
        }
    }
    fputc('\n', out);
    size_t n;
    const qf_cause_group *groups = qf_sweep_causes(arena, s->table, s->report->n_cases, &n);
    for (size_t g = 0; groups && g < n && g < MOST_CAUSES; g++) {
        fprintf(out, "    %s %s, first case %" PRIu32 ": %s\n", qf_text_count(arena, groups[g].n),
                qf_outcome_names[groups[g].outcome], groups[g].first_case, groups[g].cause);
    }
    if (groups && n > MOST_CAUSES) {
        fprintf(out, "    and %zu more kinds of causes (sweep.h5 has each case's)\n",
                n - MOST_CAUSES);
    }
    if (count[QF_OUTCOME_QUARANTINED] > 0) {
        fputs("    quarantined cases are in the tables with the values they were frozen with;\n"
              "    requirements count them against\n",
              out);
    }
}

static void print_block(const qf_text_block *block, FILE *out)
{
    if (block->n_lines > 0) {
        fputc('\n', out);
        qf_block_print(block, out);
    }
}

/* what intervals assume */
static void print_note(qf_canvas *canvas, const char *note, FILE *out)
{
    const qf_text_block block = qf_block_wrap(canvas, note ? note : "", WIDTH - LABEL);
    for (size_t i = 0; i < block.n_lines; i++) {
        fprintf(out, "%-*s%s\n", LABEL, i == 0 ? "  note" : "", block.lines[i]);
    }
}

static void print_end(qf_arena *arena, const qf_sweep_summary *s, FILE *out)
{
    if (s->n_ran > 0) {
        fprintf(out, "  speed          %s cases/s: %s for %s cases on %d thread%s, %s\n",
                qf_text_rate(arena, (double)s->n_ran / s->wall_s),
                qf_text_seconds(arena, s->wall_s), qf_text_count(arena, s->n_ran), s->threads,
                s->threads == 1 ? "" : "s", s->isa);
        fprintf(out, "  threads        %d: %s\n  instructions   %s: %s\n", s->threads,
                s->threads_reason, s->isa, s->isa_reason);
    }
    fprintf(out, "  memory         %s", qf_text_bytes(arena, (double)s->peak_bytes));
    if (s->ranks > 1) {
        fprintf(out, " at most of a rank, of all %s",
                qf_text_bytes(arena, (double)s->all_peak_bytes));
    }
    fprintf(out, ", predicted %s\n", qf_text_bytes(arena, (double)s->predicted_bytes));
    fprintf(out, "  hash of cases  %016" PRIx64 "\n", s->hash);
    fprintf(out, "  result         %s", s->directory);
    if (!isnan(s->disk_bytes)) {
        fprintf(out, ", %s", qf_text_bytes(arena, s->disk_bytes));
    }
    fputc('\n', out);
}

qf_status qf_sweep_summary_print(qf_context *context, const qf_sweep_summary *s, FILE *out)
{
    qf_canvas canvas = {0};
    const qf_text_block metrics = qf_metrics_table(&canvas, s, INDENT, WIDTH);
    const qf_text_block truths = qf_truths_table(&canvas, s, INDENT, WIDTH);
    const qf_text_block choices = qf_choices_table(&canvas, s, INDENT, WIDTH);
    const qf_text_block sensitivities = qf_sensitivity_tables(&canvas, s, INDENT, WIDTH);
    const qf_text_block verdicts = qf_verdict_table(&canvas, s, INDENT, WIDTH);
    const bool failed = canvas.failed;
    if (!failed) {
        print_head(&canvas.arena, s, out);
        print_outcomes(&canvas.arena, s, out);
        print_block(&truths, out);
        print_block(&choices, out);
        print_block(&metrics, out);
        print_block(&sensitivities, out);
        print_block(&verdicts, out);
        fputc('\n', out);
        print_note(&canvas, s->report->interval_note, out);
        print_end(&canvas.arena, s, out);
    }
    qf_arena_free(&canvas.arena);
    return failed ? qf_fail(context, QF_ERROR_MEMORY, "no memory for the summary") : QF_OK;
}
