/* SPDX-License-Identifier: Apache-2.0 */
#include "sweep_tables.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "number_text.h"

enum { LABEL_COLUMNS = 34 };

static const char *format_or_dash(qf_canvas *canvas, const char *text)
{
    canvas->failed = canvas->failed || !text;
    return text ? text : "-";
}

/* [low, high] */
static const char *interval(qf_canvas *canvas, qf_interval i)
{
    if (isnan(i.low) && isnan(i.high)) {
        return "-";
    }
    return format_or_dash(canvas, qf_arena_format(&canvas->arena, "[%s, %s]",
                                                  qf_text_share(&canvas->arena, i.low),
                                                  qf_text_share(&canvas->arena, i.high)));
}

static const char *percent(qf_canvas *canvas, double share)
{
    return format_or_dash(canvas, qf_arena_format(&canvas->arena, "%g %%", 100.0 * share));
}

/* name, and the unit where the name does not end in it */
static const char *label(qf_canvas *canvas, const qf_metric_spec *metric)
{
    const char *name = metric->name;
    if (!metric->unit || !*metric->unit) {
        return name;
    }
    const size_t length = strlen(name), tail = strlen(metric->unit);
    if (length > tail && name[length - tail - 1] == '_' &&
        strcmp(name + length - tail, metric->unit) == 0) {
        return name;
    }
    return format_or_dash(canvas, qf_arena_format(&canvas->arena, "%s [%s]", name, metric->unit));
}

/* the text, or as much of it as fits and "..." */
static const char *shortened(qf_canvas *canvas, const char *text, size_t width)
{
    if (qf_text_width(text) <= width) {
        return text;
    }
    size_t bytes = 0;
    for (size_t columns = 0; columns + 3 < width; columns++) {
        bytes++;
        while (((unsigned char)text[bytes] & 0xc0) == 0x80) {
            bytes++;
        }
    }
    return format_or_dash(canvas, qf_arena_format(&canvas->arena, "%.*s...", (int)bytes, text));
}

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

qf_text_block qf_truths_table(qf_canvas *canvas, const qf_sweep_summary *s, size_t indent,
                              size_t width)
{
    bool any_without;
    const size_t n = count_kind(s, QF_VALUE_TRUTH, &any_without);
    if (n == 0) {
        return (qf_text_block){0};
    }
    qf_text_table table = qf_table_start(canvas, "lrrll", n + 1);
    const char *head =
        qf_arena_format(&canvas->arena, "%s exact interval", percent(canvas, s->spec->confidence));
    qf_table_add(&table,
                 (const char *const[]){"truth", "holds in", "share", format_or_dash(canvas, head),
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
                         metric->name, format_or_dash(canvas, of),
                         qf_text_share(&canvas->arena, share), interval(canvas, it->exact),
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
                text = format_or_dash(
                    canvas, qf_arena_format(&canvas->arena, "%s%s%s %s", text, *text ? ", " : "",
                                            metric->names[i],
                                            qf_text_count(&canvas->arena, it->n_of_name[i])));
            }
        }
        if (it->n_without > 0) {
            text = format_or_dash(
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
    return NAN;
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
        qf_arena_format(&canvas->arena, "+- %s", percent(canvas, s->spec->confidence));
    qf_table_add(&table,
                 (const char *const[]){"number", "n", "mean", format_or_dash(canvas, half), "sd",
                                       "5 %", "50 %", "95 %", any_without ? "none" : ""});
    for (size_t m = 0; m < s->report->n_metrics; m++) {
        const qf_metric_statistics *it = &s->report->metrics[m];
        const qf_metric_spec *metric = &s->spec->metrics[it->metric];
        if (metric->kind != QF_VALUE_NUMBER || !qf_metric_is_listed(metric)) {
            continue;
        }
        qf_arena *arena = &canvas->arena;
        qf_table_add(&table, (const char *const[]){
                                 label(canvas, metric), qf_text_count(arena, it->n),
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

/* what stands under the row of a requirement */
static qf_text_block verdict_details(qf_canvas *canvas, const qf_sweep_summary *s,
                                     const qf_requirement_result *it, bool with_text, size_t width)
{
    const qf_requirement *requirement = it->requirement;
    const char *against = it->n_against > 0
                              ? qf_arena_format(&canvas->arena, ", of which %s have no value",
                                                qf_text_count(&canvas->arena, it->n_against))
                              : "";
    const char *needed =
        it->n_needed > 0
            ? qf_arena_format(&canvas->arena, "; about %s would decide it if the estimate stays",
                              qf_text_count(&canvas->arena, it->n_needed))
            : "";
    const char *text = qf_arena_format(
        &canvas->arena, "%s%s%s of %s cases%s%s", with_text ? requirement->text : "",
        with_text ? ": " : "", it->method, qf_text_count(&canvas->arena, it->n),
        format_or_dash(canvas, against), format_or_dash(canvas, needed));
    qf_text_block block = qf_block_wrap(canvas, format_or_dash(canvas, text), width);
    if (it->has_worst) {
        const char *replay =
            qf_arena_format(&canvas->arena, "worst case: qfleet replay %s --case %" PRIu32,
                            s->directory, it->worst_case);
        block =
            qf_block_below(canvas, block, qf_block_text(canvas, format_or_dash(canvas, replay)));
    }
    return block;
}

static void add_verdict(qf_canvas *canvas, const qf_sweep_summary *s,
                        const qf_requirement_result *it, qf_text_table *table)
{
    qf_arena *arena = &canvas->arena;
    const qf_requirement *requirement = it->requirement;
    const char *unit = s->spec->metrics[requirement->metric].unit;
    const char *limit =
        qf_arena_format(arena, "%s%s%s", qf_text_share(arena, requirement->limit),
                        unit && requirement->claim != QF_CLAIM_PROBABILITY ? " " : "",
                        unit && requirement->claim != QF_CLAIM_PROBABILITY ? unit : "");
    const char *margin = isnan(it->margin) ? "-" : qf_arena_format(arena, "%+.3g", it->margin);
    qf_table_add(table, (const char *const[]){shortened(canvas, requirement->name, LABEL_COLUMNS),
                                              qf_text_share(arena, it->estimate),
                                              qf_text_share(arena, it->bound),
                                              format_or_dash(canvas, limit),
                                              format_or_dash(canvas, margin), verdict_text(it)});
}

/* line i of a block as a block */
static qf_text_block line_of(const qf_text_block *block, size_t i)
{
    return (qf_text_block){
        .lines = &block->lines[i], .n_lines = 1, .width = qf_text_width(block->lines[i])};
}

qf_text_block qf_verdict_table(qf_canvas *canvas, const qf_sweep_summary *s, size_t indent,
                               size_t width)
{
    const size_t n = s->report->n_requirements;
    if (n == 0) {
        return (qf_text_block){0};
    }
    qf_text_table table = qf_table_start(canvas, "lrrrrl", n + 1);
    qf_table_add(&table, (const char *const[]){"requirement", "estimate", "bound", "limit",
                                               "margin", "verdict"});
    for (size_t r = 0; r < n; r++) {
        add_verdict(canvas, s, &s->report->requirements[r], &table);
    }
    const qf_text_block rows = qf_table_block(&table, indent, width);
    if (canvas->failed) {
        return (qf_text_block){0};
    }
    qf_text_block all = line_of(&rows, 0);
    for (size_t r = 0; r < n; r++) {
        const qf_requirement_result *it = &s->report->requirements[r];
        const bool with_text =
            shortened(canvas, it->requirement->name, LABEL_COLUMNS) != it->requirement->name ||
            strcmp(it->requirement->name, it->requirement->text) != 0;
        const qf_text_block details = verdict_details(canvas, s, it, with_text, width - indent - 2);
        all = qf_block_below(canvas, all, line_of(&rows, r + 1));
        all = qf_block_below(canvas, all,
                             qf_block_beside(canvas, (qf_text_block){0}, indent + 2, details));
    }
    return all;
}

/* how much a parameter matters, by what the design gives */
static double weight(const qf_sensitivity *it)
{
    if (!isnan(it->total)) {
        return it->total;
    }
    if (!isnan(it->mu_star)) {
        return it->mu_star;
    }
    return isnan(it->rank_correlation) ? -1.0 : fabs(it->rank_correlation);
}

const qf_sensitivity **qf_sensitivities_ranked(qf_arena *arena, const qf_sweep_spec *spec,
                                               const qf_sweep_report *report, size_t metric)
{
    const size_t n = spec->n_parameters;
    const qf_sensitivity **ranked = qf_arena_array(arena, n + 1, sizeof(const qf_sensitivity *));
    for (size_t i = 0; ranked && i < n; i++) {
        const qf_sensitivity *it = &report->sensitivities[metric * n + i];
        size_t at = i;
        while (at > 0 && weight(ranked[at - 1]) < weight(it)) {
            ranked[at] = ranked[at - 1];
            at--;
        }
        ranked[at] = it;
    }
    return ranked;
}

static void add_sensitivity(qf_canvas *canvas, const qf_sweep_spec *spec, const qf_sensitivity *it,
                            qf_text_table *table)
{
    qf_arena *arena = &canvas->arena;
    const char *name = spec->parameters[it->parameter].name;
    if (spec->sampling == QF_SAMPLING_SALTELLI) {
        qf_table_add(table, (const char *const[]){name, qf_text_number(arena, it->total),
                                                  interval(canvas, it->of_total),
                                                  qf_text_number(arena, it->first),
                                                  interval(canvas, it->of_first)});
    } else if (spec->sampling == QF_SAMPLING_MORRIS) {
        qf_table_add(table, (const char *const[]){name, qf_text_number(arena, it->mu_star),
                                                  interval(canvas, it->of_mu_star),
                                                  qf_text_number(arena, it->mu),
                                                  qf_text_number(arena, it->sigma)});
    } else {
        qf_table_add(table, (const char *const[]){name, qf_text_number(arena, it->rank_correlation),
                                                  interval(canvas, it->of_rank_correlation),
                                                  qf_text_number(arena, it->regression),
                                                  interval(canvas, it->of_regression)});
    }
}

static void add_sensitivity_head(qf_canvas *canvas, const qf_sweep_summary *s, const char *metric,
                                 qf_text_table *table)
{
    const char *of =
        format_or_dash(canvas, qf_arena_format(&canvas->arena, "what %s depends on", metric));
    const char *sure = percent(canvas, s->spec->confidence);
    if (s->spec->sampling == QF_SAMPLING_SALTELLI) {
        qf_table_add(table, (const char *const[]){of, "total", sure, "first", sure});
    } else if (s->spec->sampling == QF_SAMPLING_MORRIS) {
        qf_table_add(table, (const char *const[]){of, "mu*", sure, "mu", "sigma"});
    } else {
        qf_table_add(table, (const char *const[]){of, "rank corr.", sure, "regression", sure});
    }
}

/* one metric's; empty where nothing is known */
static qf_text_block sensitivity_table(qf_canvas *canvas, const qf_sweep_summary *s, size_t metric,
                                       size_t indent, size_t width)
{
    enum { MOST_ROWS = 10 };
    const size_t n = s->spec->n_parameters;
    const size_t n_shown = n > MOST_ROWS ? MOST_ROWS : n;
    const qf_sensitivity **ranked =
        qf_sensitivities_ranked(&canvas->arena, s->spec, s->report, metric);
    canvas->failed = canvas->failed || !ranked;
    if (!ranked || n == 0 || weight(ranked[0]) < 0.0) {
        return (qf_text_block){0};
    }
    const qf_metric_spec *spec = &s->spec->metrics[metric];
    qf_text_table table = qf_table_start(canvas, "lrlrl", n_shown + 1);
    add_sensitivity_head(canvas, s, shortened(canvas, spec->name, LABEL_COLUMNS), &table);
    for (size_t i = 0; i < n_shown; i++) {
        add_sensitivity(canvas, s->spec, ranked[i], &table);
    }
    qf_text_block block = qf_table_block(&table, indent, width);
    if (n > n_shown) {
        const char *more = qf_arena_format(&canvas->arena, "%*s... and %zu more parameters",
                                           (int)indent, "", n - n_shown);
        block = qf_block_below(canvas, block, qf_block_text(canvas, format_or_dash(canvas, more)));
    }
    if (!isnan(ranked[0]->r_squared)) {
        const char *note =
            qf_arena_format(&canvas->arena, "%*sthe regression explains %.3g %% of the variance",
                            (int)indent + 2, "", 100.0 * ranked[0]->r_squared);
        block = qf_block_below(canvas, block, qf_block_text(canvas, format_or_dash(canvas, note)));
    }
    return block;
}

qf_text_block qf_sensitivity_tables(qf_canvas *canvas, const qf_sweep_summary *s, size_t indent,
                                    size_t width)
{
    qf_text_block all = {0};
    for (size_t m = 0; s->report->sensitivities && m < s->spec->n_metrics && !canvas->failed; m++) {
        if (qf_metric_is_asked_for(s->spec, m)) {
            all = qf_block_below(canvas, all, sensitivity_table(canvas, s, m, indent, width));
        }
    }
    return all;
}
