/* SPDX-License-Identifier: Apache-2.0 */
/* One metric over all cases: a histogram of numbers, the share of a truth, the bars of a choice. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "chart_histogram.h"
#include "chart_shares.h"
#include "number_text.h"
#include "report_sweep.h"
#include "sample.h"

enum { MOST_MARKS = 24, MOST_NAMES = 12 };

/* whether cases are told apart by success: some have it and some do not */
static bool has_two_kinds(const qf_sweep_view *view, size_t metric, size_t success)
{
    size_t n[2] = {0};
    for (size_t k = 0; success < view->spec->n_metrics && k < view->answers->n_cases; k++) {
        if (!isnan(qf_view_value(view, metric, k))) {
            n[qf_view_value(view, success, k) == 1.0]++;
        }
    }
    return n[0] > 0 && n[1] > 0;
}

static void count_values(const qf_sweep_view *view, size_t metric, bool two_kinds,
                         qf_histogram_bins *bins)
{
    const size_t success = qf_view_success(view);
    for (size_t k = 0; k < view->answers->n_cases; k++) {
        const double value = qf_view_value(view, metric, k);
        if (!isnan(value)) {
            const bool second = two_kinds && qf_view_value(view, success, k) != 1.0;
            qf_histogram_bins_add(bins, second, value);
        }
    }
}

static void add_mark(qf_histogram_mark *marks, size_t *n, double value, const char *text,
                     const char *class, int row)
{
    if (*n < MOST_MARKS && !isnan(value)) {
        marks[(*n)++] = (qf_histogram_mark){value, text, class, row};
    }
}

/* quantiles; limits; what Wilks says */
static size_t mark_values(const qf_sweep_view *view, const qf_metric_statistics *it,
                          qf_histogram_mark marks[MOST_MARKS])
{
    size_t n = 0;
    for (size_t q = 0; q < QF_QUANTILES; q++) {
        const double level = qf_quantile_levels[q];
        if (level == 0.05 || level == 0.5 || level == 0.95) {
            add_mark(marks, &n, it->quantile[q], qf_word_percent(view->arena, level, (double)NAN),
                     "s7", 0);
        }
    }
    for (size_t r = 0; r < view->spec->n_requirements; r++) {
        const qf_requirement *requirement = &view->spec->requirements[r];
        if (requirement->metric == it->metric && requirement->claim != QF_CLAIM_PROBABILITY) {
            const char *of = requirement->claim == QF_CLAIM_MEAN
                                 ? "mean"
                                 : qf_word_percent(view->arena, requirement->level, (double)NAN);
            add_mark(marks, &n, requirement->limit,
                     qf_text_or_unknown(qf_arena_format(view->arena, "limit: %s %s", of,
                                                        qf_word_limit(view, requirement))),
                     "limit", 1);
        }
    }
    add_mark(marks, &n, it->tolerance_95_95, "95 % lie below (Wilks)", "s6 dashed", 2);
    return n;
}

static int by_value(const void *left, const void *right)
{
    const qf_histogram_mark *a = left, *b = right;
    return (a->value > b->value) - (a->value < b->value);
}

static const char *say_without(const qf_sweep_view *view, const qf_metric_statistics *it)
{
    return it->n_without > 0
               ? qf_text_or_unknown(qf_arena_format(view->arena, "; %s without a value",
                                                    qf_text_count(view->arena, it->n_without)))
               : "";
}

/* what of it is not in the picture */
static const char *say_beyond(const qf_sweep_view *view, const qf_histogram_bins *bins,
                              const qf_metric_statistics *it)
{
    if (bins->n_below + bins->n_above == 0) {
        return "";
    }
    const char *below = qf_arena_format(view->arena, "%s below, down to %s",
                                        qf_text_count(view->arena, bins->n_below),
                                        qf_word_amount(view, it->metric, it->min));
    const char *above = qf_arena_format(view->arena, "%s above, up to %s",
                                        qf_text_count(view->arena, bins->n_above),
                                        qf_word_amount(view, it->metric, it->max));
    return qf_text_or_unknown(qf_arena_format(view->arena, " Cut off, far from all others: %s%s%s.",
                                              bins->n_below > 0 ? qf_text_or_unknown(below) : "",
                                              bins->n_below > 0 && bins->n_above > 0 ? "; " : "",
                                              bins->n_above > 0 ? qf_text_or_unknown(above) : ""));
}

static const char *say_limits(const qf_sweep_view *view, const qf_metric_statistics *it,
                              const qf_histogram_bins *bins)
{
    const double reach = bins->edges[bins->n_bins] - bins->edges[0];
    for (size_t r = 0; r < view->spec->n_requirements; r++) {
        const qf_requirement *requirement = &view->spec->requirements[r];
        const bool far = requirement->limit < bins->edges[0] - reach ||
                         requirement->limit > bins->edges[bins->n_bins] + reach;
        if (requirement->metric == it->metric && far &&
            requirement->claim != QF_CLAIM_PROBABILITY) {
            return qf_text_or_unknown(qf_arena_format(view->arena, " The limit %s is far away.",
                                                      qf_word_limit(view, requirement)));
        }
    }
    return "";
}

static void put_histogram(const qf_sweep_view *view, const qf_metric_statistics *it,
                          const qf_histogram_bins *bins, bool two_kinds)
{
    qf_histogram_mark marks[MOST_MARKS];
    const size_t n_marks = mark_values(view, it, marks);
    qsort(marks, n_marks, sizeof *marks, by_value);
    const qf_metric_spec *metric = &view->spec->metrics[it->metric];
    const char *unit = qf_unit_word(metric->unit);
    const qf_histogram_chart chart = {
        .bins = bins,
        .kinds = {"successful", two_kinds ? "not successful" : NULL},
        .marks = marks,
        .n_marks = n_marks,
        .mean = it->mean,
        .of_mean = it->of_mean,
        .title = qf_text_or_unknown(qf_arena_format(view->arena, "Histogram of %s",
                                                    qf_metric_title(view->spec, it->metric))),
        .label = qf_text_or_unknown(qf_arena_format(
            view->arena, "%s%s", unit ? unit : qf_metric_title(view->spec, it->metric),
            bins->log ? " (log scale)" : ""))};
    qf_chart_histogram(view->out, &chart);
    const bool seen = it->mean >= bins->edges[0] && it->mean <= bins->edges[bins->n_bins];
    const char *caption = qf_arena_format(
        view->arena, "%s%s; mean (%s) %s%s%s; lines: quantiles.%s%s",
        qf_word_cases(view->arena, it->n), say_without(view, it),
        seen ? "dot" : "not in the picture", qf_word_amount(view, it->metric, it->mean),
        isnan(it->of_mean.low) ? "" : " in ",
        isnan(it->of_mean.low) ? "" : qf_word_interval(view->arena, it->of_mean),
        say_beyond(view, bins, it), say_limits(view, it, bins));
    qf_html_figure_end(view->out, qf_text_or_unknown(caption));
}

static const char *say_same(const qf_sweep_view *view, const qf_metric_statistics *it)
{
    return qf_text_or_unknown(
        qf_arena_format(view->arena, "%s in %s%s%s", qf_word_amount(view, it->metric, it->min),
                        it->n_without == 0 && it->n > 1 ? "all " : "",
                        qf_word_cases(view->arena, it->n), say_without(view, it)));
}

static void begin_figure(const qf_sweep_view *view, const qf_metric_statistics *it)
{
    qf_html_figure_begin(view->out, QF_FIGURE_SMALL, qf_metric_title(view->spec, it->metric));
}

static qf_status put_numbers(qf_context *context, const qf_sweep_view *view,
                             const qf_metric_statistics *it, const char **instead)
{
    qf_sample sample = qf_sample_of(view->table, it->metric, view->answers->n_cases, 1);
    size_t n;
    double *sorted = qf_sample_sorted(&sample, context->n_threads, &n);
    if (!sorted) {
        return qf_fail(context, QF_ERROR_MEMORY, "no memory for a histogram of %s",
                       view->spec->metrics[it->metric].name);
    }
    qf_histogram_bins bins;
    qf_histogram_bins_choose(sorted, n, &bins);
    free(sorted);
    if (bins.n_bins == 0 || it->min == it->max) {
        *instead = n == 0               ? "no case has a value"
                   : it->min == it->max ? say_same(view, it)
                                        : "no case has a finite value";
        return QF_OK;
    }
    begin_figure(view, it);
    const bool two_kinds = has_two_kinds(view, it->metric, qf_view_success(view));
    count_values(view, it->metric, two_kinds, &bins);
    put_histogram(view, it, &bins, two_kinds);
    return QF_OK;
}

static const char *say_part(const qf_sweep_view *view, uint64_t n, uint64_t of)
{
    return qf_text_or_unknown(
        qf_arena_format(view->arena, "%s, %s", qf_text_count(view->arena, n),
                        qf_word_percent(view->arena, (double)n / (double)of, (double)NAN)));
}

static void put_truth(const qf_sweep_view *view, const qf_metric_statistics *it,
                      const char **instead)
{
    const uint64_t all = it->n + it->n_without;
    if (all == 0) {
        *instead = "no case was run";
        return;
    }
    begin_figure(view, it);
    const qf_share_part parts[] = {
        {"holds", "f0", it->n_true, say_part(view, it->n_true, all)},
        {"does not hold", "f1", it->n - it->n_true, say_part(view, it->n - it->n_true, all)},
        {"no value", "f7", it->n_without, say_part(view, it->n_without, all)},
    };
    const size_t n_parts = it->n_without > 0 ? 3 : 2;
    qf_chart_shares(view->out, qf_metric_title(view->spec, it->metric), parts, n_parts);
    const char *caption =
        it->n == 0 ? "No case has a value."
        : isnan(it->exact.low)
            ? qf_arena_format(view->arena, "Share %s.", qf_text_share(view->arena, it->mean))
            : qf_arena_format(view->arena, "Share %s in %s: %s exact interval%s.",
                              qf_text_share(view->arena, it->mean),
                              qf_word_interval(view->arena, it->exact),
                              qf_word_percent(view->arena, view->spec->confidence, (double)NAN),
                              it->n_without > 0 ? ", of the cases with a value" : "");
    qf_html_figure_end(view->out, qf_text_or_unknown(caption));
}

/* A choice that occurs. */
typedef struct choice {
    size_t name;
    uint64_t n;
} choice;

static int by_count(const void *left, const void *right)
{
    const choice *a = left, *b = right;
    const int most = (a->n < b->n) - (a->n > b->n);
    return most ? most : (a->name > b->name) - (a->name < b->name);
}

/* what is not in the picture; NULL: nothing */
static const char *say_hidden(const qf_sweep_view *view, size_t n, bool without)
{
    return n <= MOST_NAMES ? NULL
                           : qf_text_or_unknown(
                                 qf_arena_format(view->arena, "The %d most frequent of %s%s.",
                                                 MOST_NAMES, qf_text_count(view->arena, n),
                                                 without ? ", and the cases without a value" : ""));
}

static qf_status put_choice(qf_context *context, const qf_sweep_view *view,
                            const qf_metric_statistics *it, const char **instead)
{
    const qf_metric_spec *metric = &view->spec->metrics[it->metric];
    const uint64_t all = it->n + it->n_without;
    choice *choices = qf_arena_array(view->arena, metric->n_names + 1, sizeof *choices);
    if (!choices) {
        return qf_fail(context, QF_ERROR_MEMORY, "no memory for the choices of %s", metric->name);
    }
    size_t n = 0;
    for (size_t i = 0; i < metric->n_names; i++) {
        if (it->n_of_name[i] > 0) {
            choices[n++] = (choice){i, it->n_of_name[i]};
        }
    }
    if (it->n == 0) {
        *instead = "no case has a value";
        return QF_OK;
    }
    qsort(choices, n, sizeof *choices, by_count);
    qf_share_part parts[MOST_NAMES + 1];
    size_t shown = 0;
    for (size_t i = 0; i < n && shown < MOST_NAMES; i++) {
        parts[shown++] = (qf_share_part){metric->names[choices[i].name], "f0", choices[i].n,
                                         say_part(view, choices[i].n, all)};
    }
    if (it->n_without > 0) {
        parts[shown++] =
            (qf_share_part){"no value", "f7", it->n_without, say_part(view, it->n_without, all)};
    }
    begin_figure(view, it);
    qf_chart_share_bars(view->out, qf_metric_title(view->spec, it->metric), "cases", parts, shown);
    qf_html_figure_end(view->out, say_hidden(view, n, it->n_without > 0));
    return QF_OK;
}

qf_status qf_view_distribution(qf_context *context, const qf_sweep_view *view, size_t m,
                               const char **instead)
{
    const qf_metric_statistics *it = &view->answers->metrics[m];
    *instead = NULL;
    switch (view->spec->metrics[m].kind) {
    case QF_VALUE_TRUTH:
        put_truth(view, it, instead);
        return QF_OK;
    case QF_VALUE_CHOICE:
        return put_choice(context, view, it, instead);
    default:
        return put_numbers(context, view, it, instead);
    }
}
