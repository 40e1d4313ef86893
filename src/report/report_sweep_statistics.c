/* SPDX-License-Identifier: Apache-2.0 */
/* The numbers behind the pictures of metrics. */
#include <inttypes.h>
#include <math.h>

#include "number_text.h"
#include "report_sweep.h"

static bool any_of_kind(const qf_sweep_view *view, qf_value_kind kind)
{
    bool any = false;
    for (size_t m = 0; m < view->spec->n_metrics; m++) {
        const qf_metric_spec *metric = &view->spec->metrics[m];
        any = any || (metric->kind == kind && qf_metric_is_listed(metric));
    }
    return any;
}

/* an extreme, and the case that has it */
static void put_extreme(const qf_sweep_view *view, const qf_metric_statistics *it, double value,
                        uint32_t number)
{
    if (it->n > 0) {
        qf_html_cell(view->out, true, "%s (%" PRIu32 ")", qf_text_number(view->arena, value),
                     number);
    } else {
        qf_html_cell(view->out, true, "-");
    }
}

static void put_number(const qf_sweep_view *view, const qf_metric_statistics *it)
{
    FILE *out = view->out;
    qf_arena *arena = view->arena;
    const qf_metric_spec *metric = &view->spec->metrics[it->metric];
    const char *label = qf_metric_label(arena, metric);
    qf_html_row_begin(out);
    qf_html_cell(out, false, "%s", label ? label : "?");
    qf_html_cell(out, true, "%s", qf_text_count(arena, it->n));
    qf_html_cell(out, true, "%s", qf_text_count(arena, it->n_without));
    qf_html_cell(out, true, "%s", qf_text_number(arena, it->mean));
    qf_html_cell(out, true, "%s", qf_word_interval(arena, it->of_mean));
    qf_html_cell(out, true, "%s", qf_text_number(arena, it->sd));
    for (size_t q = 0; q < QF_QUANTILES; q++) {
        qf_html_cell(out, true, "%s", qf_text_number(arena, it->quantile[q]));
    }
    put_extreme(view, it, it->min, it->least_case);
    put_extreme(view, it, it->max, it->most_case);
    qf_html_cell(out, true, "%s", qf_text_number(arena, it->tolerance_95_95));
    qf_html_row_end(out);
}

static void put_numbers(const qf_sweep_view *view)
{
    static const qf_html_column columns[] = {{"number", false},
                                             {"n", true},
                                             {"none", true},
                                             {"mean", true},
                                             {"interval", true},
                                             {"sd", true},
                                             {"1 %", true},
                                             {"5 %", true},
                                             {"25 %", true},
                                             {"50 %", true},
                                             {"75 %", true},
                                             {"95 %", true},
                                             {"99 %", true},
                                             {"least (case)", true},
                                             {"greatest (case)", true},
                                             {"95 % below (Wilks)", true}};
    if (!any_of_kind(view, QF_VALUE_NUMBER)) {
        return;
    }
    const char *caption = qf_arena_format(
        view->arena,
        "Numbers: the interval is that of the mean, at %s; none: cases without a value",
        qf_word_percent(view->arena, view->spec->confidence, (double)NAN));
    qf_html_table_begin(view->out, caption, columns, sizeof columns / sizeof *columns);
    for (size_t m = 0; m < view->spec->n_metrics; m++) {
        const qf_metric_spec *metric = &view->spec->metrics[m];
        if (metric->kind == QF_VALUE_NUMBER && qf_metric_is_listed(metric)) {
            put_number(view, &view->answers->metrics[m]);
        }
    }
    qf_html_table_end(view->out);
}

static void put_truths(const qf_sweep_view *view)
{
    static const qf_html_column columns[] = {{"truth", false}, {"n", true},
                                             {"none", true},   {"holds in", true},
                                             {"share", true},  {"exact interval", true},
                                             {"Wilson", true}};
    if (!any_of_kind(view, QF_VALUE_TRUTH)) {
        return;
    }
    const char *caption =
        qf_arena_format(view->arena, "Truths: intervals at %s",
                        qf_word_percent(view->arena, view->spec->confidence, (double)NAN));
    qf_html_table_begin(view->out, caption, columns, sizeof columns / sizeof *columns);
    for (size_t m = 0; m < view->spec->n_metrics; m++) {
        const qf_metric_spec *metric = &view->spec->metrics[m];
        const qf_metric_statistics *it = &view->answers->metrics[m];
        if (metric->kind != QF_VALUE_TRUTH || !qf_metric_is_listed(metric)) {
            continue;
        }
        qf_html_row_begin(view->out);
        qf_html_cell(view->out, false, "%s", metric->name);
        qf_html_cell(view->out, true, "%s", qf_text_count(view->arena, it->n));
        qf_html_cell(view->out, true, "%s", qf_text_count(view->arena, it->n_without));
        qf_html_cell(view->out, true, "%s", qf_text_count(view->arena, it->n_true));
        qf_html_cell(view->out, true, "%s", qf_text_share(view->arena, it->mean));
        qf_html_cell(view->out, true, "%s", qf_word_interval(view->arena, it->exact));
        qf_html_cell(view->out, true, "%s", qf_word_interval(view->arena, it->wilson));
        qf_html_row_end(view->out);
    }
    qf_html_table_end(view->out);
}

static void put_choices(const qf_sweep_view *view)
{
    static const qf_html_column columns[] = {{"choice", false}, {"name", false}, {"cases", true}};
    if (!any_of_kind(view, QF_VALUE_CHOICE)) {
        return;
    }
    qf_html_table_begin(view->out, "Choices: cases of each name", columns,
                        sizeof columns / sizeof *columns);
    for (size_t m = 0; m < view->spec->n_metrics; m++) {
        const qf_metric_spec *metric = &view->spec->metrics[m];
        const qf_metric_statistics *it = &view->answers->metrics[m];
        if (metric->kind != QF_VALUE_CHOICE || !qf_metric_is_listed(metric)) {
            continue;
        }
        for (size_t i = 0; i <= metric->n_names; i++) {
            const uint64_t n = i < metric->n_names ? it->n_of_name[i] : it->n_without;
            if (n > 0) {
                qf_html_row_begin(view->out);
                qf_html_cell(view->out, false, "%s", metric->name);
                qf_html_cell(view->out, false, "%s",
                             i < metric->n_names ? metric->names[i] : "no value");
                qf_html_cell(view->out, true, "%s", qf_text_count(view->arena, n));
                qf_html_row_end(view->out);
            }
        }
    }
    qf_html_table_end(view->out);
}

void qf_view_statistics(const qf_sweep_view *view)
{
    qf_html_details_begin(view->out, "All statistics");
    put_truths(view);
    put_choices(view);
    put_numbers(view);
    qf_html_details_end(view->out);
}
