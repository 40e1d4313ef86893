/* SPDX-License-Identifier: Apache-2.0 */
#include "sweep_tables.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "number_text.h"
#include "sweep_cells.h"

static size_t count_kind(const qf_sweep_summary *s, qf_value_kind kind, bool *any_without)
{
    size_t n = 0;
    *any_without = false;
    for (size_t m = 0; m < s->report->n_metrics; m++) {
        const qf_metric_statistics *it = &s->report->metrics[m];
        const qf_metric_spec *metric = &s->spec->metrics[it->metric];
        if (metric->kind == kind && qf_metric_is_listed(metric)) {
            n++;
            *any_without = *any_without || it->n_without > 0;
        }
    }
    return n;
}

/* of the metric at whose width the sweep stops the one that the rule looks at: the exact one is wider than was asked */
static const char *share_interval(qf_canvas *canvas, const qf_sweep_spec *spec,
                                  const qf_metric_statistics *it)
{
    if (spec->stop != QF_STOP_WIDTH || spec->stop_metric != it->metric) {
        return qf_cell_interval(canvas, it->exact);
    }
    return qf_cell_or_dash(canvas, qf_arena_format(&canvas->arena, "%s Wilson, for stop_when",
                                                   qf_cell_interval(canvas, it->wilson)));
}

qf_text_block qf_truths_table(qf_canvas *canvas, const qf_sweep_summary *s, size_t indent,
                              size_t width)
{
    bool any_without;
    const size_t n = count_kind(s, QF_VALUE_TRUTH, &any_without);
    if (n == 0) {
        return (qf_text_block){0};
    }
    qf_text_table table = qf_table_start(canvas, "lrrll", n + 1);
    const char *head = qf_arena_format(&canvas->arena, "%s exact interval",
                                       qf_cell_percent(canvas, s->spec->confidence));
    qf_table_add(&table,
                 (const char *const[]){"truth", "holds in", "share", qf_cell_or_dash(canvas, head),
                                       any_without ? "no value" : ""});
    for (size_t m = 0; m < s->report->n_metrics; m++) {
        const qf_metric_statistics *it = &s->report->metrics[m];
        const qf_metric_spec *metric = &s->spec->metrics[it->metric];
        if (metric->kind != QF_VALUE_TRUTH || !qf_metric_is_listed(metric)) {
            continue;
        }
        const double share = (double)it->n_true / (double)it->n; /* 0 of 0: none */
        const char *of =
            qf_arena_format(&canvas->arena, "%s of %s", qf_text_count(&canvas->arena, it->n_true),
                            qf_text_count(&canvas->arena, it->n));
        qf_table_add(&table,
                     (const char *const[]){
                         metric->name, qf_cell_or_dash(canvas, of),
                         qf_text_share(&canvas->arena, share), share_interval(canvas, s->spec, it),
                         it->n_without > 0 ? qf_text_count(&canvas->arena, it->n_without) : ""});
    }
    return qf_table_block(&table, indent, width);
}

qf_text_block qf_choices_table(qf_canvas *canvas, const qf_sweep_summary *s, size_t indent,
                               size_t width)
{
    bool any_without;
    const size_t n = count_kind(s, QF_VALUE_CHOICE, &any_without);
    if (n == 0) {
        return (qf_text_block){0};
    }
    qf_text_table table = qf_table_start(canvas, "ll", n + 1);
    qf_table_add(&table, (const char *const[]){"choice", "cases"});
    for (size_t m = 0; m < s->report->n_metrics; m++) {
        const qf_metric_statistics *it = &s->report->metrics[m];
        const qf_metric_spec *metric = &s->spec->metrics[it->metric];
        if (metric->kind != QF_VALUE_CHOICE || !qf_metric_is_listed(metric)) {
            continue;
        }
        const char *text = "";
        for (size_t i = 0; i < metric->n_names; i++) {
            if (it->n_of_name[i] > 0) {
                text = qf_cell_or_dash(
                    canvas, qf_arena_format(&canvas->arena, "%s%s%s %s", text, *text ? ", " : "",
                                            metric->names[i],
                                            qf_text_count(&canvas->arena, it->n_of_name[i])));
            }
        }
        if (it->n_without > 0) {
            text = qf_cell_or_dash(
                canvas, qf_arena_format(&canvas->arena, "%s%sno value %s", text, *text ? ", " : "",
                                        qf_text_count(&canvas->arena, it->n_without)));
        }
        qf_table_add(&table, (const char *const[]){metric->name, text});
    }
    return qf_table_block(&table, indent, width);
}

/* the confidence interval of a mean, from its middle */
static const char *plus_minus(qf_canvas *canvas, qf_interval i)
{
    return qf_text_number(&canvas->arena, (i.high - i.low) / 2.0);
}

static double quantile_at(const qf_metric_statistics *it, double level)
{
    for (size_t q = 0; q < QF_QUANTILES; q++) {
        if (qf_quantile_levels[q] == level) {
            return it->quantile[q];
        }
    }
    return (double)NAN;
}

qf_text_block qf_metrics_table(qf_canvas *canvas, const qf_sweep_summary *s, size_t indent,
                               size_t width)
{
    bool any_without;
    const size_t n = count_kind(s, QF_VALUE_NUMBER, &any_without);
    if (n == 0) {
        return (qf_text_block){0};
    }
    qf_text_table table = qf_table_start(canvas, "lrrrrrrrr", n + 1);
    const char *half =
        qf_arena_format(&canvas->arena, "+- %s", qf_cell_percent(canvas, s->spec->confidence));
    qf_table_add(&table,
                 (const char *const[]){"number", "n", "mean", qf_cell_or_dash(canvas, half), "sd",
                                       "5 %", "50 %", "95 %", any_without ? "none" : ""});
    for (size_t m = 0; m < s->report->n_metrics; m++) {
        const qf_metric_statistics *it = &s->report->metrics[m];
        const qf_metric_spec *metric = &s->spec->metrics[it->metric];
        if (metric->kind != QF_VALUE_NUMBER || !qf_metric_is_listed(metric)) {
            continue;
        }
        qf_arena *arena = &canvas->arena;
        qf_table_add(&table, (const char *const[]){
                                 qf_cell_label(canvas, metric), qf_text_count(arena, it->n),
                                 qf_text_number(arena, it->mean), plus_minus(canvas, it->of_mean),
                                 qf_text_number(arena, it->sd),
                                 qf_text_number(arena, quantile_at(it, 0.05)),
                                 qf_text_number(arena, quantile_at(it, 0.5)),
                                 qf_text_number(arena, quantile_at(it, 0.95)),
                                 it->n_without > 0 ? qf_text_count(arena, it->n_without) : ""});
    }
    return qf_table_block(&table, indent, width);
}

static const char *verdict_text(const qf_requirement_result *it)
{
    return it->verdict == QF_VERDICT_NOT_MET ? "NOT MET" : qf_verdict_names[it->verdict];
}

/* what stands over the row of a requirement */
static qf_text_block verdict_head(qf_canvas *canvas, const qf_requirement *requirement,
                                  size_t width)
{
    const bool named = strcmp(requirement->name, requirement->text) != 0;
    const char *text = qf_arena_format(&canvas->arena, "%s%s%s", named ? requirement->name : "",
                                       named ? ": " : "", requirement->text);
    return qf_block_wrap(canvas, qf_cell_or_dash(canvas, text), width);
}

/* what stands under it */
static qf_text_block verdict_details(qf_canvas *canvas, const qf_sweep_summary *s,
                                     const qf_requirement_result *it, size_t width)
{
    qf_arena *arena = &canvas->arena;
    const char *against =
        it->n_against > 0
            ? qf_arena_format(
                  arena, "; %s failed, quarantined or without a value count against it%s",
                  qf_text_count(arena, it->n_against), qf_requirement_beyond(it->requirement))
            : "";
    const char *needed = it->n_needed > 0
                             ? qf_arena_format(arena, "; about %s decide it if the estimate stays",
                                               qf_text_count(arena, it->n_needed))
                             : "";
    const char *text =
        qf_arena_format(arena, "%s, %s cases%s%s", it->method, qf_text_count(arena, it->n),
                        qf_cell_or_dash(canvas, against), qf_cell_or_dash(canvas, needed));
    qf_text_block block = qf_block_wrap(canvas, qf_cell_or_dash(canvas, text), width);
    if (it->has_worst) {
        /* a function has no world to replay */
        const char *replay =
            s->spec->function != QF_FUNCTION_NONE
                ? qf_arena_format(arena, "worst case: %" PRIu32, it->worst_case)
                : qf_arena_format(arena, "worst case: qfleet replay %s --case %" PRIu32,
                                  s->directory, it->worst_case);
        block =
            qf_block_below(canvas, block, qf_block_text(canvas, qf_cell_or_dash(canvas, replay)));
    }
    return block;
}

static void add_verdict(qf_canvas *canvas, const qf_sweep_summary *s,
                        const qf_requirement_result *it, qf_text_table *table)
{
    qf_arena *arena = &canvas->arena;
    const qf_requirement *requirement = it->requirement;
    const char *unit = requirement->claim == QF_CLAIM_PROBABILITY
                           ? NULL
                           : qf_unit_word(s->spec->metrics[requirement->metric].unit);
    const char *limit = qf_arena_format(
        arena, "%s%s %s%s%s", requirement->at_least ? ">" : "<", requirement->strict ? "" : "=",
        qf_text_share(arena, requirement->limit), unit ? " " : "", unit ? unit : "");
    const char *margin = isnan(it->margin) ? "-" : qf_arena_format(arena, "%+.3g", it->margin);
    qf_table_add(table, (const char *const[]){verdict_text(it), qf_text_share(arena, it->estimate),
                                              qf_text_share(arena, it->bound),
                                              qf_cell_or_dash(canvas, limit),
                                              qf_cell_or_dash(canvas, margin)});
}

/* line i of a block as a block */
static qf_text_block line_of(const qf_text_block *block, size_t i)
{
    return (qf_text_block){
        .lines = &block->lines[i], .n_lines = 1, .width = qf_text_width(block->lines[i])};
}

static qf_text_block indented(qf_canvas *canvas, size_t indent, qf_text_block block)
{
    return qf_block_beside(canvas, (qf_text_block){0}, indent, block);
}

qf_text_block qf_verdict_table(qf_canvas *canvas, const qf_sweep_summary *s, size_t indent,
                               size_t width)
{
    const size_t n = s->report->n_requirements;
    if (n == 0) {
        return (qf_text_block){0};
    }
    static const char title[] = "requirement";
    const size_t inner = indent + 2;
    qf_text_table table = qf_table_start(canvas, "lrrrr", n + 1);
    qf_table_add(&table, (const char *const[]){title, "estimate", "bound", "limit", "margin"});
    for (size_t r = 0; r < n; r++) {
        add_verdict(canvas, s, &s->report->requirements[r], &table);
    }
    const qf_text_block rows = qf_table_block(&table, inner, width);
    if (canvas->failed) {
        return (qf_text_block){0};
    }
    /* the head stands where the texts of requirements do, over the columns of their rows */
    const char *head =
        qf_arena_format(&canvas->arena, "%*s%s%*s%s", (int)indent, "", title, (int)(inner - indent),
                        "", rows.lines[0] + inner + strlen(title));
    qf_text_block all = qf_block_text(canvas, qf_cell_or_dash(canvas, head));
    for (size_t r = 0; r < n && !canvas->failed; r++) {
        const qf_requirement_result *it = &s->report->requirements[r];
        const qf_text_block parts[] = {
            indented(canvas, indent, verdict_head(canvas, it->requirement, width - indent)),
            line_of(&rows, r + 1),
            indented(canvas, inner, verdict_details(canvas, s, it, width - inner))};
        for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
            all = qf_block_below(canvas, all, parts[i]);
        }
    }
    return all;
}
