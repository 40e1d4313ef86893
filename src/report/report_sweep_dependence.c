/* SPDX-License-Identifier: Apache-2.0 */
/* A metric over one parameter: points of a number, of a truth its share in bins of the parameter. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "chart_binned.h"
#include "chart_scatter.h"
#include "number_text.h"
#include "philox.h"
#include "report_sweep.h"
#include "sample.h"
#include "sweep_looks.h"

enum { MOST_POINTS = 1500, MOST_BINS = 12, CASES_OF_BIN = 20 };

static const double *values_of(const qf_sweep_view *view, size_t parameter)
{
    return view->design->values + parameter * view->design->n_cases;
}

static const char *title_of(const qf_sweep_view *view, size_t metric, size_t parameter)
{
    return qf_text_or_unknown(qf_arena_format(view->arena, "%s over %s",
                                              qf_metric_title(view->spec, metric),
                                              view->spec->parameters[parameter].name));
}

/* Whether a case is among those that are drawn: by a draw with its number as key, as every so-many-th case of a grid would be no
   picture of it. */
static bool is_drawn(size_t number, size_t n)
{
    const qf_philox_block block = qf_philox((qf_philox_block){{(uint32_t)number}}, 0);
    return n <= MOST_POINTS ||
           (double)block.word[0] / 4294967296.0 < (double)MOST_POINTS / (double)n;
}

/* values that span decades, all of them positive */
static bool wants_log(const double *values, size_t n)
{
    double least = (double)INFINITY, most = 0.0;
    for (size_t i = 0; i < n; i++) {
        least = fmin(least, values[i]);
        most = fmax(most, values[i]);
    }
    return n > 0 && least > 0.0 && isfinite(most) && most >= 1000.0 * least;
}

/* that of a quantile or mean of the metric; NaN: none */
static double limit_of(const qf_sweep_view *view, size_t metric)
{
    for (size_t r = 0; r < view->spec->n_requirements; r++) {
        const qf_requirement *requirement = &view->spec->requirements[r];
        if (requirement->metric == metric && requirement->claim != QF_CLAIM_PROBABILITY) {
            return requirement->limit;
        }
    }
    return (double)NAN;
}

static void put_scatter(const qf_sweep_view *view, const qf_scatter_chart *points, size_t metric,
                        size_t parameter, bool two_kinds, size_t n_all, size_t n_infinite)
{
    const qf_metric_spec *of = &view->spec->metrics[metric];
    const char *unit = qf_unit_word(of->unit);
    qf_scatter_chart chart = *points;
    chart.second = two_kinds ? points->second : NULL;
    chart.kinds[0] = "successful";
    chart.kinds[1] = two_kinds ? "not successful" : NULL;
    chart.title = title_of(view, metric, parameter);
    chart.x_label = qf_word_parameter(view, parameter);
    chart.y_label = unit ? unit : qf_metric_title(view->spec, metric);
    chart.y_log = wants_log(points->y, points->n);
    chart.limit = limit_of(view, metric);
    qf_html_figure_begin(view->out, QF_FIGURE_SMALL, chart.title);
    qf_chart_scatter(view->out, &chart);
    const char *sign = isnan(chart.limit) ? "" : " Dashed: the limit.";
    const char *finite = n_infinite > 0 ? "finite " : "";
    const char *left_out =
        n_infinite > 0
            ? qf_text_or_unknown(qf_arena_format(view->arena, " In %s the value is infinite.",
                                                 qf_word_cases(view->arena, n_infinite)))
            : "";
    const char *caption =
        points->n < n_all
            ? qf_arena_format(view->arena,
                              "%s of the %s with a %svalue, chosen at random by their numbers.%s%s",
                              qf_text_count(view->arena, points->n),
                              qf_word_cases(view->arena, n_all), finite, left_out, sign)
            : qf_arena_format(view->arena, "All %s with a %svalue.%s%s",
                              qf_word_cases(view->arena, n_all), finite, left_out, sign);
    qf_html_figure_end(view->out, qf_text_or_unknown(caption));
}

static qf_status put_points(qf_context *context, const qf_sweep_view *view, size_t metric,
                            size_t parameter)
{
    const size_t n_cases = view->answers->n_cases;
    const double *values = values_of(view, parameter);
    const size_t success = qf_view_success(view);
    size_t n_all = 0, n_infinite = 0;
    for (size_t k = 0; k < n_cases; k++) {
        n_all += isfinite(qf_view_value(view, metric, k)) ? 1 : 0;
        n_infinite += isinf(qf_view_value(view, metric, k)) ? 1 : 0;
    }
    /* a draw may give a few more than are wanted */
    const size_t room = n_all < 2 * MOST_POINTS ? n_all : 2 * MOST_POINTS;
    double *x = qf_arena_array(view->arena, room + 1, sizeof *x);
    double *y = qf_arena_array(view->arena, room + 1, sizeof *y);
    bool *second = qf_arena_array(view->arena, room + 1, sizeof *second);
    if (!x || !y || !second) {
        return qf_fail(context, QF_ERROR_MEMORY, "no memory for points");
    }
    size_t n = 0, n_second = 0;
    for (size_t k = 0; k < n_cases && n < room; k++) {
        const double value = qf_view_value(view, metric, k);
        if (isfinite(value) && is_drawn(k, n_all)) {
            x[n] = values[k];
            y[n] = value;
            second[n] = success < view->spec->n_metrics && qf_view_value(view, success, k) != 1.0;
            n_second += second[n++];
        }
    }
    const qf_scatter_chart points = {.x = x,
                                     .y = y,
                                     .second = second,
                                     .n = n,
                                     .limit = (double)NAN,
                                     .x_least = (double)NAN,
                                     .y_least = (double)NAN};
    const bool two_kinds = n_second > 0 && n_second < n;
    if (!two_kinds) {
        memset(second, 0, n * sizeof *second);
    }
    if (n > 0) {
        put_scatter(view, &points, metric, parameter, two_kinds, n_all, n_infinite);
    }
    return QF_OK;
}

/* Upper ends of bins, ascending: of each value that occurs where they are few, else with about as many cases in each. */
static size_t choose_bins(const double *sorted, size_t n, double ends[MOST_BINS], bool *of_values)
{
    size_t n_distinct = 0;
    for (size_t i = 0; i < n && n_distinct <= MOST_BINS; i++) {
        n_distinct += i == 0 || sorted[i] != sorted[i - 1];
    }
    const size_t by_cases = n / CASES_OF_BIN > 1 ? n / CASES_OF_BIN : 1;
    *of_values = n_distinct <= MOST_BINS;
    const size_t n_bins = *of_values ? n : by_cases < 10 ? by_cases : 10;
    size_t n_ends = 0;
    for (size_t b = 1; b <= n_bins; b++) {
        const double end = sorted[n * b / n_bins - 1];
        if (n_ends == 0 || end > ends[n_ends - 1]) {
            ends[n_ends++] = end;
        }
    }
    return n_ends;
}

/* as the share of all cases has it, of those of the bin alone: the others count as not run */
static void fill_bin(const qf_sweep_view *view, size_t metric, const double *values, double after,
                     qf_binned_share *bin, uint8_t *outcome)
{
    const qf_sweep_table *table = view->table;
    const double end = bin->high;
    double least = (double)INFINITY, most = -(double)INFINITY;
    for (size_t k = 0; k < view->answers->n_cases; k++) {
        const bool within = values[k] <= end && (isnan(after) || values[k] > after);
        outcome[k] = within ? table->outcome[k] : (uint8_t)QF_OUTCOME_NOT_RUN;
        least = within ? fmin(least, values[k]) : least;
        most = within ? fmax(most, values[k]) : most;
    }
    bin->low = least;
    bin->high = most;
    qf_sample sample =
        qf_sample_of(table, metric, view->answers->n_cases, view->spec->n_replications);
    sample.outcome = outcome;
    const double alpha = qf_sweep_interval_alpha(view->spec);
    const qf_share share = qf_sample_share(&sample, QF_SHARE_TRUE, 0.0, false, alpha);
    bin->share = (double)share.k / (double)share.n;
    bin->interval = share.n > 0 ? qf_interval_clopper_pearson(bin->share * share.n_effective,
                                                              share.n_effective, alpha)
                                : qf_no_interval();
}

static void put_binned(const qf_sweep_view *view, size_t metric, size_t parameter,
                       const qf_binned_share *bins, size_t n, bool of_values)
{
    const char *title = title_of(view, metric, parameter);
    const qf_binned_chart chart = {.bins = bins,
                                   .n = n,
                                   .title = title,
                                   .x_label = qf_word_parameter(view, parameter),
                                   .y_label = "share in which it holds"};
    qf_html_figure_begin(view->out, QF_FIGURE_SMALL, title);
    qf_chart_binned(view->out, &chart);
    const char *caption =
        qf_arena_format(view->arena, "%s%s.",
                        of_values ? "Each value of the parameter"
                                  : "Bins of the parameter that have about as many cases each",
                        isnan(bins[0].interval.low) ? "" : ", with exact intervals");
    qf_html_figure_end(view->out, qf_text_or_unknown(caption));
}

/* `sorted` and `outcome`: room for all cases; false: no memory to sort */
static bool put_bins(qf_context *context, const qf_sweep_view *view, size_t metric,
                     size_t parameter, double *sorted, uint8_t *outcome)
{
    const qf_sweep_parameter *of = &view->spec->parameters[parameter];
    const double *values = values_of(view, parameter);
    const size_t n_cases = view->answers->n_cases;
    double ends[MOST_BINS];
    qf_binned_share bins[MOST_BINS] = {0};
    memcpy(sorted, values, n_cases * sizeof *sorted);
    if (!qf_sort_doubles(sorted, n_cases, context->n_threads)) {
        return false;
    }
    bool of_values;
    const size_t n = choose_bins(sorted, n_cases, ends, &of_values);
    /* so many words that they would have to share bins have no picture */
    if (of->texts && !of_values) {
        return true;
    }
    for (size_t b = 0; b < n; b++) {
        bins[b].high = ends[b];
        bins[b].name = of->texts ? of->texts[(size_t)ends[b]] : NULL;
        fill_bin(view, metric, values, b > 0 ? ends[b - 1] : (double)NAN, &bins[b], outcome);
    }
    if (n > 0) {
        put_binned(view, metric, parameter, bins, n, of_values);
    }
    return true;
}

static qf_status put_shares(qf_context *context, const qf_sweep_view *view, size_t metric,
                            size_t parameter)
{
    /* not of the arena: there are many of these, one after the other */
    double *sorted = calloc(view->answers->n_cases + 1, sizeof *sorted);
    uint8_t *outcome = calloc(view->answers->n_cases + 1, sizeof *outcome);
    const bool done =
        sorted && outcome && put_bins(context, view, metric, parameter, sorted, outcome);
    free(sorted);
    free(outcome);
    return done ? QF_OK
                : qf_fail(context, QF_ERROR_MEMORY, "no memory for shares of %zu cases",
                          view->answers->n_cases);
}

qf_status qf_view_dependence(qf_context *context, const qf_sweep_view *view, size_t metric,
                             size_t parameter)
{
    return view->spec->metrics[metric].kind == QF_VALUE_TRUTH
               ? put_shares(context, view, metric, parameter)
               : put_points(context, view, metric, parameter);
}
