/* SPDX-License-Identifier: Apache-2.0 */
#include "sweep_dry_run.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "number_text.h"
#include "sweep_report.h"
#include "sweep_session.h"
#include "sweep_summary.h"
#include "text_table.h"

enum { WIDTH = 80, INDENT = 4 };

static const char *or_failed(qf_canvas *canvas, const char *text)
{
    canvas->failed = canvas->failed || !text;
    return text ? text : "?";
}

const char *qf_parameter_value(qf_canvas *canvas, const qf_sweep_parameter *parameter, double value)
{
    if (!parameter->texts) {
        return or_failed(canvas, qf_arena_format(&canvas->arena, "%.6g", value));
    }
    const size_t index = (size_t)value;
    return value >= 0.0 && index < parameter->values.n_items ? parameter->texts[index] : "?";
}

static const char *list_items(qf_canvas *canvas, const char *what,
                              const qf_sweep_parameter *parameter)
{
    enum { MOST_ITEMS = 6 };
    const size_t n = parameter->values.n_items;
    const char *text = what;
    for (size_t i = 0; i < n && i < MOST_ITEMS; i++) {
        text = or_failed(canvas, qf_arena_format(&canvas->arena, "%s%s %s", text, i ? "," : "",
                                                 qf_parameter_value(canvas, parameter,
                                                                    parameter->values.items[i])));
    }
    return n > MOST_ITEMS
               ? or_failed(canvas, qf_arena_format(&canvas->arena, "%s, ... %zu in all", text, n))
               : text;
}

const char *qf_parameter_source(qf_canvas *canvas, const qf_sweep_parameter *parameter,
                                qf_sampling sampling)
{
    const qf_number *v = &parameter->values;
    if (sampling == QF_SAMPLING_TABLE) {
        return "rows of the table";
    }
    const char *text = NULL;
    switch (v->kind) {
    case QF_NUMBER_CONSTANT:
        text = qf_arena_format(&canvas->arena, "%g", v->a);
        break;
    case QF_NUMBER_UNIFORM:
        text = qf_arena_format(&canvas->arena, "uniform %g ... %g", v->a, v->b);
        break;
    case QF_NUMBER_NORMAL:
        text = qf_arena_format(&canvas->arena, "normal %g, sd %g", v->a, v->b);
        break;
    case QF_NUMBER_LOGNORMAL:
        text = qf_arena_format(&canvas->arena, "lognormal mu %g, sigma %g", v->a, v->b);
        break;
    case QF_NUMBER_CHOICE:
        return list_items(canvas, "one of", parameter);
    case QF_NUMBER_GRID:
        return list_items(canvas, "each of", parameter);
    case QF_NUMBER_CASE:
        return "?";
    }
    const bool clipped = (v->kind == QF_NUMBER_NORMAL || v->kind == QF_NUMBER_LOGNORMAL) &&
                         (isfinite(v->low) || isfinite(v->high));
    if (text && clipped) {
        text = qf_arena_format(&canvas->arena, "%s, in [%g, %g]", text, v->low, v->high);
    }
    return or_failed(canvas, text);
}

qf_interval qf_requirement_expected(const qf_requirement *requirement, size_t n, double confidence)
{
    const double alpha = (1.0 - confidence) / 2.0;
    if (requirement->claim == QF_CLAIM_PROBABILITY) {
        return qf_interval_clopper_pearson(round(requirement->limit * (double)n), (double)n, alpha);
    }
    if (requirement->claim == QF_CLAIM_QUANTILE) {
        uint64_t low, high;
        qf_interval_quantile(n, requirement->level, alpha, &low, &high);
        return (qf_interval){(double)low / (double)n, fmin((double)high / (double)n, 1.0)};
    }
    return (qf_interval){(double)NAN, (double)NAN};
}

/* a text behind a label, in as many lines as it takes */
static void print_labelled(qf_canvas *canvas, const char *label, const char *text, FILE *out)
{
    const size_t width = qf_text_width(label);
    const qf_text_block block = qf_block_beside(canvas, qf_block_text(canvas, label), 0,
                                                qf_block_wrap(canvas, text, WIDTH - width));
    if (!canvas->failed) {
        qf_block_print(&block, out);
    }
}

/* Row i of a table, and behind it or, where there is too little room, below it, the text i. */
static void print_with_texts(qf_canvas *canvas, const qf_text_table *table,
                             const char *const *texts, bool below, FILE *out)
{
    enum { LEAST_WIDTH = 30 };
    const qf_text_block rows = qf_table_block(table, 2, WIDTH);
    const bool beside = !below && rows.width + 2 + LEAST_WIDTH <= WIDTH;
    for (size_t r = 0; r < rows.n_lines && !canvas->failed; r++) {
        const qf_text_block line = {
            .lines = &rows.lines[r], .n_lines = 1, .width = qf_text_width(rows.lines[r])};
        const qf_text_block text =
            qf_block_wrap(canvas, texts[r], beside ? WIDTH - rows.width - 2 : WIDTH - INDENT - 2);
        const qf_text_block both =
            beside ? qf_block_beside(canvas, line, rows.width - line.width + 2, text)
            : texts[r][0]
                ? qf_block_below(canvas, line,
                                 qf_block_beside(canvas, (qf_text_block){0}, INDENT + 2, text))
                : line;
        if (!canvas->failed) {
            qf_block_print(&both, out);
        }
    }
}

static void print_scenario(const qf_sweep_outline *o, qf_canvas *canvas, FILE *out)
{
    qf_arena *arena = &canvas->arena;
    const qf_sweep_spec *spec = o->spec;
    const size_t n = qf_sweep_n_cases(spec);
    fprintf(out, "%s: %s cases, nothing is run or written\n", o->scenario->name,
            qf_text_count(arena, n));
    if (o->end - o->begin < n) {
        fprintf(out, "  of them        %s: %zu to %zu\n", qf_text_count(arena, o->end - o->begin),
                o->begin, o->end - 1);
    }
    if (spec->function != QF_FUNCTION_NONE) {
        fprintf(out, "  model          the function %s\n",
                spec->function == QF_FUNCTION_ISHIGAMI ? "ishigami" : "sobol_g");
    } else {
        fprintf(out, "  scenario       %g s: %s ticks of %g s; %zu vehicle%s a case\n",
                (double)o->scenario->n_ticks * o->scenario->dt_s,
                qf_text_count(arena, (size_t)o->scenario->n_ticks), o->scenario->dt_s,
                qf_scenario_n_vehicles(o->scenario),
                qf_scenario_n_vehicles(o->scenario) == 1 ? "" : "s");
        const char *looks =
            qf_arena_format(arena, "every %g s%s%s", (double)spec->every_ticks * o->scenario->dt_s,
                            spec->until ? ", until " : "", spec->until ? spec->until : "");
        print_labelled(canvas, "  looks at them  ", or_failed(canvas, looks), out);
    }
    fprintf(out, "  sampling       %s, %s point%s", qf_sampling_names[spec->sampling],
            qf_text_count(arena, spec->n_points), spec->n_points == 1 ? "" : "s");
    if (spec->n_replications > 1) {
        fprintf(out, " of %s replications", qf_text_count(arena, spec->n_replications));
    }
    fprintf(out, ", seed %llu%s\n", (unsigned long long)o->scenario->seed,
            spec->scores ? "; correlated" : "");
}

static void print_parameters(const qf_sweep_outline *o, qf_canvas *canvas, FILE *out)
{
    const qf_sweep_spec *spec = o->spec;
    const size_t n = spec->n_parameters;
    qf_text_table table = qf_table_start(canvas, "llll", n + 1);
    qf_text_table narrow = qf_table_start(canvas, "lll", n + 1);
    const char **paths = qf_arena_array(&canvas->arena, n + 1, sizeof *paths);
    canvas->failed = canvas->failed || !paths;
    for (size_t i = 0; i <= n && !canvas->failed; i++) {
        const char *row[] = {"parameter", "of", "values", ""};
        if (i > 0) {
            const qf_sweep_parameter *it = &spec->parameters[i - 1];
            row[0] = it->name;
            row[1] = it->path ? it->path : "expressions";
            row[2] = qf_parameter_source(canvas, it, spec->sampling);
            if (it->unit) {
                row[2] =
                    or_failed(canvas, qf_arena_format(&canvas->arena, "%s %s", row[2], it->unit));
            }
            row[3] = it->path && !it->packed ? "structural" : "";
        }
        paths[i] = i > 0 ? row[1] : "";
        qf_table_add(&table, row);
        qf_table_add(&narrow, (const char *const[]){row[0], row[2], row[3]});
    }
    const qf_text_block block = qf_table_block(&table, 2, WIDTH);
    if (n > 0 && !canvas->failed && block.width <= WIDTH) {
        qf_block_print(&block, out);
    } else if (n > 0 && !canvas->failed) {
        print_with_texts(canvas, &narrow, paths, true, out);
    }
}

static void print_metrics(const qf_sweep_outline *o, qf_canvas *canvas, FILE *out)
{
    static const char *const kinds[] = {
        [QF_VALUE_TRUTH] = "truth", [QF_VALUE_NUMBER] = "", [QF_VALUE_CHOICE] = "choice"};
    const qf_sweep_spec *spec = o->spec;
    qf_text_table table = qf_table_start(canvas, "ll", spec->n_metrics + 1);
    const char **texts = qf_arena_array(&canvas->arena, spec->n_metrics + 1, sizeof *texts);
    canvas->failed = canvas->failed || !texts;
    if (canvas->failed) {
        return;
    }
    qf_table_add(&table, (const char *const[]){"metric", "unit"});
    texts[0] = "is";
    for (size_t m = 0; m < spec->n_metrics && !canvas->failed; m++) {
        const qf_metric_spec *it = &spec->metrics[m];
        if (qf_metric_is_listed(it)) {
            texts[table.n_rows] = it->text;
            qf_table_add(&table,
                         (const char *const[]){it->name, it->unit ? it->unit : kinds[it->kind]});
        }
    }
    print_with_texts(canvas, &table, texts, false, out);
}

static void print_requirement(const qf_sweep_outline *o, const qf_requirement *r, qf_canvas *canvas,
                              FILE *out)
{
    qf_arena *arena = &canvas->arena;
    print_labelled(canvas, "  requirement    ", r->text, out);
    const size_t least = qf_sweep_least_cases(o->spec, r);
    if (least > 0) {
        fprintf(out, "    %s cases at least before it can be met\n", qf_text_count(arena, least));
    }
    const size_t n = qf_sweep_n_cases(o->spec);
    const qf_interval expected = qf_requirement_expected(r, n, o->spec->confidence);
    if (r->claim == QF_CLAIM_PROBABILITY) {
        fprintf(out, "    a share of just %s would be known within [%s, %s] after all cases\n",
                qf_text_share(arena, r->limit), qf_text_share(arena, expected.low),
                qf_text_share(arena, expected.high));
    } else if (r->claim == QF_CLAIM_QUANTILE) {
        fprintf(out, "    the quantile would be known to lie between those of %s and %s\n",
                qf_text_share(arena, expected.low), qf_text_share(arena, expected.high));
    }
}

static void print_looks(const qf_sweep_outline *o, qf_canvas *canvas, FILE *out)
{
    enum { MOST_LOOKS = 6 };
    if (o->n_looks <= 1) {
        return;
    }
    fprintf(out, "  may end        after");
    for (size_t i = 0; i < o->n_looks; i++) {
        if (i < MOST_LOOKS || i + 1 == o->n_looks) {
            fprintf(out, "%s %s", i ? "," : "", qf_text_count(&canvas->arena, o->looks[i]));
        } else if (i == MOST_LOOKS) {
            fprintf(out, ", ...");
        }
    }
    if (o->spec->stop == QF_STOP_DECIDED) {
        fprintf(out, " cases: when all requirements are decided\n");
    } else {
        fprintf(out, " cases: when %s is known to %g\n",
                o->spec->metrics[o->spec->stop_metric].name, o->spec->stop_width);
    }
}

/* what parameters cost that cannot differ within a batch */
static void print_structural(const qf_sweep_outline *o, qf_canvas *canvas, FILE *out)
{
    const size_t n = o->end - o->begin;
    const size_t n_packed = (n + o->forecast.batch_worlds - 1) / o->forecast.batch_worlds;
    if (o->forecast.n_batches > n_packed) {
        fprintf(out,
                "  structural     cases of a batch agree in such parameters: %s batches in place\n"
                "                 of %s, and the scenario is read for each\n",
                qf_text_count(&canvas->arena, o->forecast.n_batches),
                qf_text_count(&canvas->arena, n_packed));
    }
}

static void print_cost(const qf_sweep_outline *o, qf_canvas *canvas, FILE *out)
{
    qf_arena *arena = &canvas->arena;
    const qf_sweep_forecast *f = &o->forecast;
    if (o->spec->function == QF_FUNCTION_NONE) {
        fprintf(out, "  batches        %s of at most %s cases, on %d of %d threads\n",
                qf_text_count(arena, f->n_batches), qf_text_count(arena, f->batch_worlds),
                f->n_threads, o->n_threads);
    }
    print_structural(o, canvas, out);
    fprintf(out, "  memory         %s, of which a thread %s\n",
            qf_text_bytes(arena, (double)f->total_bytes),
            qf_text_bytes(arena, (double)f->thread_bytes));
    const char *source;
    const size_t available = qf_limits_free_bytes(&o->machine->limits, &source);
    if (available > 0 && f->total_bytes > available) {
        fprintf(out, "    which is more than the %s there are (%s): it would be refused\n",
                qf_text_bytes(arena, (double)available), source);
    }
    fprintf(out, "  disk           about %s in %zu files; %s more while it runs\n",
            qf_text_bytes(arena, f->disk_bytes), f->n_files,
            qf_text_bytes(arena, f->journal_bytes));
}

static void print_first_cases(const qf_sweep_outline *o, qf_canvas *canvas, FILE *out)
{
    enum { MOST_COLUMNS = 6 };
    const qf_sweep_spec *spec = o->spec;
    const size_t n = spec->n_parameters < MOST_COLUMNS ? spec->n_parameters : MOST_COLUMNS;
    const size_t n_rows = o->end - o->begin < QF_OUTLINE_ROWS ? o->end - o->begin : QF_OUTLINE_ROWS;
    char align[MOST_COLUMNS + 2] = "r";
    const char *row[MOST_COLUMNS + 1] = {"case"};
    for (size_t p = 0; p < n; p++) {
        align[p + 1] = 'r';
        row[p + 1] = spec->parameters[p].name;
    }
    if (n == 0) {
        return;
    }
    qf_text_table table = qf_table_start(canvas, align, n_rows + 1);
    qf_table_add(&table, row);
    for (size_t i = 0; i < n_rows; i++) {
        const size_t k = o->begin + i;
        row[0] = qf_text_count(&canvas->arena, k);
        for (size_t p = 0; p < n; p++) {
            row[p + 1] = qf_parameter_value(canvas, &spec->parameters[p],
                                            o->design->values[p * o->design->n_cases + k]);
        }
        qf_table_add(&table, row);
    }
    const qf_text_block block = qf_table_block(&table, 2, WIDTH);
    if (!canvas->failed) {
        qf_block_print(&block, out);
    }
}

qf_status qf_sweep_outline_print(qf_context *context, const qf_sweep_outline *outline, FILE *out)
{
    qf_canvas canvas = {0};
    print_scenario(outline, &canvas, out);
    print_parameters(outline, &canvas, out);
    print_metrics(outline, &canvas, out);
    for (size_t r = 0; r < outline->spec->n_requirements; r++) {
        print_requirement(outline, &outline->spec->requirements[r], &canvas, out);
    }
    print_looks(outline, &canvas, out);
    print_cost(outline, &canvas, out);
    print_first_cases(outline, &canvas, out);
    const bool failed = canvas.failed;
    qf_arena_free(&canvas.arena);
    return failed ? qf_fail(context, QF_ERROR_MEMORY, "no memory for the plan") : QF_OK;
}

qf_status qf_sweep_dry_run(qf_context *context, const qf_sweep *sweep, const qf_options *options,
                           const qf_machine *machine, FILE *out)
{
    qf_sweep_outline outline = {.spec = qf_sweep_get_spec(sweep),
                                .design = qf_sweep_design(sweep),
                                .scenario = qf_sweep_scenario(sweep),
                                .machine = machine,
                                .n_threads = context->n_threads};
    qf_status status =
        qf_sweep_session_range(context, options, outline.spec, &outline.begin, &outline.end);
    if (status != QF_OK) {
        return status;
    }
    qf_arena arena = {0};
    qf_sweep_job job = qf_sweep_session_job(sweep, options, machine);
    job.n_cases = outline.end - outline.begin;
    uint32_t *cases = malloc(job.n_cases * sizeof *cases);
    for (size_t i = 0; cases && i < job.n_cases; i++) {
        cases[i] = (uint32_t)(outline.begin + i);
    }
    job.cases = cases;
    if (outline.spec->stop != QF_STOP_NEVER && !options->has_cases && options->n_shards <= 1) {
        outline.looks = qf_sweep_looks(&arena, outline.spec, &outline.n_looks);
    }
    status =
        cases ? qf_sweep_forecast_make(context, &job, options->n_shards > 0 ? options->n_shards : 1,
                                       &outline.forecast)
              : qf_fail(context, QF_ERROR_MEMORY, "no memory for %zu cases", job.n_cases);
    if (status == QF_OK && options->json) {
        qf_sweep_outline_json(&outline, out);
    } else if (status == QF_OK) {
        status = qf_sweep_outline_print(context, &outline, out);
    }
    free(cases);
    qf_arena_free(&arena);
    return status;
}
