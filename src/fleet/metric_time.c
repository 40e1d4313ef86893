/* SPDX-License-Identifier: Apache-2.0 */
#include "metric_time.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "metric_sum.h"
#include "tick_time.h"

/* ---- taking ---- */

/* `value` becomes `taken` in worlds that are not over; `v`: what the expression comes to */
#define EACH_RUNNING(taken)                                                                        \
    for (size_t i = 0; i < n; i++) {                                                               \
        const double v = row[i];                                                                   \
        const double before = value[i];                                                            \
        value[i] = running[i] != 0.0 ? (taken) : before;                                           \
    }                                                                                              \
    break

static void take_sum(const qf_metric_accumulator *a, const qf_metric_look *look)
{
    double *high = a->value + look->begin;
    double *low = a->low + look->begin;
    double *count = a->count + look->begin;
    for (size_t i = 0; i < look->n; i++) {
        const double v = look->running[i] != 0.0 ? look->row[i] : (double)NAN;
        const qf_metric_sum sum = qf_metric_sum_add((qf_metric_sum){high[i], low[i], count[i]}, v);
        high[i] = sum.high;
        low[i] = sum.low;
        count[i] = sum.n;
    }
}

static void take_rises(const qf_metric_accumulator *a, const qf_metric_look *look)
{
    double *value = a->value + look->begin;
    double *held = a->low + look->begin;
    for (size_t i = 0; i < look->n; i++) {
        const bool rises = look->running[i] != 0.0 && look->row[i] != 0.0 && held[i] == 0.0;
        value[i] += rises ? 1.0 : 0.0;
        held[i] = look->row[i];
    }
}

static void keep(const qf_metric_accumulator *a, const qf_metric_look *look)
{
    double *to = a->history + a->looks_done * a->n_rows + look->begin;
    for (size_t i = 0; i < look->n; i++) {
        to[i] = look->running[i] != 0.0 ? look->row[i] : (double)NAN;
    }
}

void qf_metric_accumulator_take(const qf_metric_accumulator *a, const qf_metric_look *look)
{
    const size_t n = look->n;
    const double *running = look->running;
    const double *row = look->row;
    double *value = a->value + look->begin;
    const double tick = (double)look->tick;
    const double since = (double)look->since;
    switch (a->of->reduce) {
    case QF_REDUCE_INITIAL:
        if (a->looks_done == 0) {
            EACH_RUNNING(v);
        }
        break;
    case QF_REDUCE_FINAL:
        EACH_RUNNING(v);
    case QF_REDUCE_MIN: /* NaN is replaced by anything, and replaces nothing */
        EACH_RUNNING(v < before || before != before ? v : before);
    case QF_REDUCE_MAX:
        EACH_RUNNING(v > before || before != before ? v : before);
    case QF_REDUCE_MEAN:
        take_sum(a, look);
        break;
    case QF_REDUCE_QUANTILE:
        keep(a, look);
        break;
    case QF_REDUCE_FIRST_TIME:
        EACH_RUNNING(v != 0.0 && before != before ? tick : before);
    case QF_REDUCE_DURATION:
        EACH_RUNNING(v != 0.0 ? before + since : before);
    case QF_REDUCE_ANY:
        EACH_RUNNING(v != 0.0 ? 1.0 : before);
    case QF_REDUCE_ALL:
        EACH_RUNNING(v != 0.0 ? before : 0.0);
    case QF_REDUCE_COUNT:
        take_rises(a, look);
        break;
    }
}

void qf_metric_accumulator_done(qf_metric_accumulator *a)
{
    a->looks_done++;
}

void qf_metric_accumulator_tell(const qf_metric_accumulator *a, size_t world, int64_t tick)
{
    double *value = &a->value[world];
    if (a->of->reduce == QF_REDUCE_COUNT) {
        *value += 1.0;
    } else if (a->of->reduce == QF_REDUCE_ANY) {
        *value = 1.0;
    } else if (!(*value <= (double)tick)) {
        *value = (double)tick;
    }
}

/* ---- quantiles ---- */

/* Puts the number of that rank at its place, none that is more before and none that is less behind it (Hoare 1961). */
static void select_rank(double *values, size_t n, size_t rank)
{
    size_t low = 0;
    size_t high = n;
    uint64_t choice = 1;
    while (high - low > 1) {
        /* anywhere: what courses of time look like must not make this slow */
        choice = choice * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        const double pivot = values[low + (size_t)((choice >> 32) * (high - low) >> 32)];
        size_t i = low;
        size_t j = high;
        size_t less = low; /* [low, less): less; [less, i): equal; [j, high): more */
        while (i < j) {
            const double v = values[i];
            if (v < pivot) {
                values[i++] = values[less];
                values[less++] = v;
            } else if (v > pivot) {
                values[i] = values[--j];
                values[j] = v;
            } else {
                i++;
            }
        }
        if (rank >= less && rank < j) {
            return;
        }
        low = rank < less ? low : j;
        high = rank < less ? less : high;
    }
}

double qf_metric_quantile(double *values, size_t n, double level)
{
    if (n == 0) {
        return (double)NAN;
    }
    const double at = level * (double)(n - 1);
    const size_t rank = (size_t)at;
    const double share = at - (double)rank;
    select_rank(values, n, rank);
    const double below = values[rank];
    if (!(share > 0.0)) {
        return below;
    }
    double above = values[rank + 1];
    for (size_t i = rank + 2; i < n; i++) {
        above = values[i] < above ? values[i] : above;
    }
    return below == above ? below : below + share * (above - below);
}

/* some worlds at a time: a line of the cache has eight of them */
static void finish_quantiles(const qf_metric_accumulator *a, size_t n_worlds, double *spare,
                             double *values)
{
    enum { AT_ONCE = 8 };
    const size_t n_looks = a->looks_done;
    for (size_t first = 0; first < n_worlds; first += AT_ONCE) {
        size_t n[AT_ONCE] = {0};
        for (size_t look = 0; look < n_looks; look++) {
            const double *row = a->history + look * a->n_rows + first;
            for (size_t k = 0; k < AT_ONCE; k++) {
                spare[k * n_looks + n[k]] = row[k];
                n[k] += row[k] == row[k];
            }
        }
        for (size_t k = 0; k < AT_ONCE && first + k < n_worlds; k++) {
            values[first + k] = qf_metric_quantile(spare + k * n_looks, n[k], a->of->level);
        }
    }
}

/* ---- coming and going ---- */

void qf_metric_accumulator_finish(const qf_metric_accumulator *a, double dt_s, size_t n_worlds,
                                  double *values)
{
    const qf_tick_fraction tick_s = qf_tick_fraction_of(dt_s);
    if (a->history) {
        finish_quantiles(a, n_worlds, a->history + a->n_looks * a->n_rows, values);
        return;
    }
    for (size_t w = 0; w < n_worlds; w++) {
        switch (a->of->reduce) {
        case QF_REDUCE_MEAN:
            values[w] = qf_metric_mean_of((qf_metric_sum){a->value[w], a->low[w], a->count[w]});
            break;
        case QF_REDUCE_FIRST_TIME:
        case QF_REDUCE_DURATION:
            values[w] = qf_seconds_of_ticks(a->value[w], tick_s);
            break;
        default:
            values[w] = a->value[w];
            break;
        }
    }
}

/* eight more of each look: the worlds that are sorted out at the end */
bool qf_metric_history_bytes(const qf_time_reduction *of, size_t n_rows, size_t n_looks,
                             size_t *bytes)
{
    *bytes = 0;
    return of->reduce != QF_REDUCE_QUANTILE || (qf_size_multiply(n_rows + 8, n_looks, bytes) &&
                                                qf_size_multiply(*bytes, sizeof(double), bytes));
}

static bool exists(const qf_time_reduction *of)
{
    if (of->what != QF_REDUCED_MOMENTS) {
        return of->reduce == QF_REDUCE_COUNT || of->reduce == QF_REDUCE_FIRST_TIME ||
               of->reduce == QF_REDUCE_ANY;
    }
    const bool of_truths = of->reduce >= QF_REDUCE_FIRST_TIME;
    const bool of_either = of->reduce == QF_REDUCE_INITIAL || of->reduce == QF_REDUCE_FINAL;
    return of->of && (of_either || of_truths == (qf_expression_kind(of->of) == QF_VALUE_TRUTH));
}

/* what an accumulator has before anything is taken */
static double nothing(qf_reduce reduce)
{
    switch (reduce) {
    case QF_REDUCE_MEAN:
    case QF_REDUCE_DURATION:
    case QF_REDUCE_ANY:
    case QF_REDUCE_COUNT:
        return 0.0;
    case QF_REDUCE_ALL:
        return 1.0;
    default:
        return (double)NAN;
    }
}

qf_status qf_metric_accumulator_create(qf_context *context, qf_arena *arena,
                                       const qf_time_reduction *of, size_t n_rows, size_t n_looks,
                                       qf_metric_accumulator *a)
{
    *a = (qf_metric_accumulator){.of = of, .n_rows = n_rows, .n_looks = n_looks};
    if (!exists(of)) {
        return qf_fail(context, QF_ERROR_INTERNAL, "a reduction over time was not checked");
    }
    const bool sums = of->reduce == QF_REDUCE_MEAN;
    const bool rises = of->reduce == QF_REDUCE_COUNT && of->what == QF_REDUCED_MOMENTS;
    size_t bytes;
    bool complete = qf_metric_history_bytes(of, n_rows, n_looks, &bytes);
    a->value = qf_arena_array(arena, n_rows, sizeof *a->value);
    a->low = sums || rises ? qf_arena_array(arena, n_rows, sizeof *a->low) : NULL;
    a->count = sums ? qf_arena_array(arena, n_rows, sizeof *a->count) : NULL;
    complete = complete && a->value && (a->low || !(sums || rises)) && (a->count || !sums);
    if (complete && bytes > 0) {
        a->history = malloc(bytes);
        complete = a->history != NULL;
    }
    if (!complete) {
        return qf_fail(context, QF_ERROR_MEMORY, "no memory for metrics");
    }
    for (size_t w = 0; w < n_rows; w++) {
        a->value[w] = nothing(of->reduce);
    }
    return QF_OK;
}

void qf_metric_accumulator_free(qf_metric_accumulator *a)
{
    free(a->history);
    a->history = NULL;
}
