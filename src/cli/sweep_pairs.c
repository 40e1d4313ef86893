/* SPDX-License-Identifier: Apache-2.0 */
#include "sweep_pairs.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "case_alone.h"
#include "nearest_name.h"

static const qf_sweep_spec *spec_of(const qf_sweep_pairs *pairs, int f)
{
    return qf_sweep_get_spec(pairs->stored[f]->sweep);
}

static size_t find_metric(const qf_sweep_spec *spec, const char *name)
{
    size_t i = 0;
    while (i < spec->n_metrics &&
           (spec->metrics[i].required || strcmp(spec->metrics[i].name, name) != 0)) {
        i++;
    }
    return i;
}

static size_t find_parameter(const qf_sweep_spec *spec, const char *name)
{
    size_t i = 0;
    while (i < spec->n_parameters && strcmp(spec->parameters[i].name, name) != 0) {
        i++;
    }
    return i;
}

static bool ran(const qf_stored_sweep *stored, size_t number)
{
    return number < stored->table.n_cases && stored->table.outcome[number] != QF_OUTCOME_NOT_RUN;
}

/* ---- cases ---- */

/* words may have other numbers in the other sweep */
static bool same_value(const qf_sweep_pairs *pairs, size_t a, size_t b, size_t number)
{
    const size_t at[2] = {a, b};
    double value[2];
    char text[2][QF_CASE_VALUE_BYTES];
    for (int f = 0; f < 2; f++) {
        const qf_design *design = qf_sweep_design(pairs->stored[f]->sweep);
        value[f] = design->values[at[f] * design->n_cases + number];
    }
    if (!spec_of(pairs, 0)->parameters[a].texts && !spec_of(pairs, 1)->parameters[b].texts) {
        return value[0] == value[1];
    }
    for (int f = 0; f < 2; f++) {
        (void)qf_case_value_text(pairs->stored[f]->sweep, at[f], (uint32_t)number, text[f]);
    }
    return strcmp(text[0], text[1]) == 0;
}

static void compare_values(qf_sweep_pairs *pairs, size_t number)
{
    const qf_sweep_spec *a = spec_of(pairs, 0);
    const qf_sweep_spec *b = spec_of(pairs, 1);
    for (size_t p = 0; p < a->n_parameters; p++) {
        const size_t other = find_parameter(b, a->parameters[p].name);
        if (other < b->n_parameters && !same_value(pairs, p, other, number)) {
            if (pairs->n_other_values++ == 0) {
                pairs->first_other = (uint32_t)number;
                pairs->other_parameter = a->parameters[p].name;
            }
            return;
        }
    }
}

static void pair_cases(qf_sweep_pairs *pairs)
{
    const size_t n[2] = {pairs->stored[0]->table.n_cases, pairs->stored[1]->table.n_cases};
    for (size_t k = 0; k < n[0] || k < n[1]; k++) {
        const bool in_a = ran(pairs->stored[0], k);
        const bool in_b = ran(pairs->stored[1], k);
        pairs->n_only[0] += in_a && !in_b;
        pairs->n_only[1] += in_b && !in_a;
        pairs->n_both += in_a && in_b;
        if (in_a && in_b) {
            compare_values(pairs, k);
        }
    }
    for (int f = 0; f < 2; f++) {
        const qf_sweep_spec *own = spec_of(pairs, f);
        const qf_sweep_spec *other = spec_of(pairs, 1 - f);
        for (size_t p = 0; p < own->n_parameters && !pairs->only_parameter; p++) {
            const char *name = own->parameters[p].name;
            if (find_parameter(other, name) == other->n_parameters) {
                pairs->only_parameter = name;
            }
        }
    }
}

/* ---- metrics ---- */

/* of A's case k and of B's, where both have a value */
static bool take(const qf_sweep_pairs *pairs, const qf_metric_pair *it, size_t k, double value[2])
{
    for (int f = 0; f < 2; f++) {
        const qf_sweep_table *table = &pairs->stored[f]->table;
        if (!ran(pairs->stored[f], k)) {
            return false;
        }
        value[f] = table->metrics[it->index[f] * table->n_cases + k];
    }
    return !isnan(value[0]) && !isnan(value[1]);
}

static size_t n_replications(const qf_sweep_pairs *pairs)
{
    const size_t a = spec_of(pairs, 0)->n_replications;
    const size_t b = spec_of(pairs, 1)->n_replications;
    return a > b ? a : b;
}

/* Values of both in each case of both, NaN where one has none; returns how many cases these are. */
static size_t take_all(const qf_sweep_pairs *pairs, const qf_metric_pair *it, double *a, double *b)
{
    const size_t n_a = pairs->stored[0]->table.n_cases;
    const size_t n_b = pairs->stored[1]->table.n_cases;
    const size_t n = n_a < n_b ? n_a : n_b;
    for (size_t k = 0; k < n; k++) {
        double value[2] = {0.0, 0.0};
        const bool both = take(pairs, it, k, value);
        a[k] = both ? value[0] : (double)NAN;
        b[k] = both ? value[1] : (double)NAN;
    }
    return n;
}

static double mean_of(const double *values, size_t n)
{
    double sum = 0.0;
    double n_values = 0.0;
    for (size_t i = 0; i < n; i++) {
        sum += isnan(values[i]) ? 0.0 : values[i];
        n_values += !isnan(values[i]);
    }
    return sum / n_values; /* of none NaN */
}

/* of what the distances from the mean sum up to in a point, of `step` cases; of `less`, NULL: 0, what is taken off values */
static double squares_of(const double *values, const double *less, double mean, size_t n,
                         size_t step)
{
    double squares = 0.0;
    for (size_t begin = 0; begin < n; begin += step) {
        double sum = 0.0;
        for (size_t i = begin; i < n && i < begin + step; i++) {
            sum += isnan(values[i]) ? 0.0 : values[i] - (less ? less[i] : 0.0) - mean;
        }
        squares += sum * sum;
    }
    return squares;
}

/* points that are no sample of the parameters' distributions say nothing of other cases */
static bool pairs_are_sample(const qf_sweep_pairs *pairs)
{
    return qf_sampling_is_sample(spec_of(pairs, 0)->sampling) &&
           qf_sampling_is_sample(spec_of(pairs, 1)->sampling);
}

static void compare_numbers(const qf_sweep_pairs *pairs, qf_metric_pair *it, const double *a,
                            const double *b, size_t n, double confidence)
{
    const size_t step = n_replications(pairs);
    it->difference =
        qf_compare_replicated(a, b, n, step, it->metric->kind == QF_VALUE_TRUTH, confidence);
    if (!pairs_are_sample(pairs)) {
        it->difference.of_mean = qf_no_interval();
        it->difference.p_value = (double)NAN;
    }
    it->mean[0] = mean_of(a, n);
    it->mean[1] = mean_of(b, n);
    const double apart =
        squares_of(a, NULL, it->mean[0], n, step) + squares_of(b, NULL, it->mean[1], n, step);
    const double paired = squares_of(b, a, it->difference.mean, n, step);
    /* what is left of equal differences is rounding */
    if (pairs_are_sample(pairs) && it->difference.n_points > 1 && paired > 1e-24 * apart) {
        it->gain = apart / paired;
    }
}

/* names may have other numbers in the other sweep */
static void compare_choices(const qf_sweep_pairs *pairs, qf_metric_pair *it, const double *a,
                            const double *b, size_t n)
{
    const qf_metric_spec *other = &spec_of(pairs, 1)->metrics[it->index[1]];
    for (size_t i = 0; i < n; i++) {
        if (isnan(a[i])) {
            continue;
        }
        it->difference.n++;
        const bool known = a[i] < (double)it->metric->n_names && b[i] < (double)other->n_names;
        it->n_changed +=
            !known || strcmp(it->metric->names[(size_t)a[i]], other->names[(size_t)b[i]]) != 0;
    }
}

/* NULL: they are compared */
static const char *why_not(const qf_metric_spec *a, const qf_metric_spec *b)
{
    if (!a || !b) {
        return a ? "only in A" : "only in B";
    }
    if (a->kind != b->kind) {
        return "of another kind in B";
    }
    return strcmp(a->unit ? a->unit : "", b->unit ? b->unit : "") != 0 ? "in another unit in B"
                                                                       : NULL;
}

static void pair_metric(qf_sweep_pairs *pairs, const char *name, double confidence, double *a,
                        double *b)
{
    const double none = (double)NAN;
    const qf_metric_spec *metric[2];
    qf_metric_pair it = {
        .mean = {none, none},
        .gain = none,
        .difference = {.mean = none, .sd = none, .of_mean = qf_no_interval(), .p_value = none}};
    for (int f = 0; f < 2; f++) {
        const qf_sweep_spec *spec = spec_of(pairs, f);
        it.index[f] = find_metric(spec, name);
        metric[f] = it.index[f] < spec->n_metrics ? &spec->metrics[it.index[f]] : NULL;
    }
    const char *why = why_not(metric[0], metric[1]);
    if (why) {
        pairs->unpaired[pairs->n_unpaired++] = (qf_unpaired_metric){name, why};
        return;
    }
    it.metric = metric[0];
    it.of_points = n_replications(pairs) > 1 && it.metric->kind != QF_VALUE_CHOICE;
    const size_t n = take_all(pairs, &it, a, b);
    if (it.metric->kind == QF_VALUE_CHOICE) {
        compare_choices(pairs, &it, a, b, n);
    } else {
        compare_numbers(pairs, &it, a, b, n, confidence);
    }
    pairs->metrics[pairs->n_metrics++] = it;
}

/* A's metrics, then those that only B has */
static void pair_all(qf_sweep_pairs *pairs, double confidence, double *a, double *b)
{
    for (int f = 0; f < 2; f++) {
        const qf_sweep_spec *spec = spec_of(pairs, f);
        const qf_sweep_spec *first = spec_of(pairs, 0);
        for (size_t m = 0; m < spec->n_metrics; m++) {
            const char *name = spec->metrics[m].name;
            const bool seen = f == 1 && find_metric(first, name) < first->n_metrics;
            if (!spec->metrics[m].required && !seen) {
                pair_metric(pairs, name, confidence, a, b);
            }
        }
    }
}

static qf_status check_wanted(qf_context *context, qf_arena *arena, const qf_sweep_pairs *pairs,
                              const char *name)
{
    const qf_sweep_spec *spec[2] = {spec_of(pairs, 0), spec_of(pairs, 1)};
    const char **names =
        qf_arena_array(arena, spec[0]->n_metrics + spec[1]->n_metrics + 1, sizeof *names);
    size_t n = 0;
    for (int f = 0; f < 2 && names; f++) {
        if (find_metric(spec[f], name) < spec[f]->n_metrics) {
            return QF_OK;
        }
        for (size_t m = 0; m < spec[f]->n_metrics; m++) {
            if (!spec[f]->metrics[m].required) {
                names[n++] = spec[f]->metrics[m].name;
            }
        }
    }
    if (!names) {
        return qf_fail(context, QF_ERROR_MEMORY, "no memory to compare sweeps");
    }
    const char *nearest = qf_nearest_name(name, names, n);
    return qf_fail(context, QF_ERROR_USAGE, "neither sweep has a metric '%s'%s%s%s", name,
                   nearest ? ", did you mean '" : "", nearest ? nearest : "", nearest ? "'?" : "");
}

qf_status qf_sweep_pairs_create(qf_context *context, qf_arena *arena,
                                const qf_stored_sweep *const stored[2], const char *const *wanted,
                                size_t n_wanted, double confidence, qf_sweep_pairs *pairs)
{
    *pairs = (qf_sweep_pairs){.stored = {stored[0], stored[1]}};
    const uint64_t seed[2] = {qf_sweep_scenario(stored[0]->sweep)->seed,
                              qf_sweep_scenario(stored[1]->sweep)->seed};
    if (seed[0] != seed[1]) {
        return qf_fail(context, QF_ERROR_USAGE,
                       "no case is the same in both: A has seed %" PRIu64 ", B has %" PRIu64,
                       seed[0], seed[1]);
    }
    for (size_t i = 0; i < n_wanted; i++) {
        const qf_status status = check_wanted(context, arena, pairs, wanted[i]);
        if (status != QF_OK) {
            return status;
        }
    }
    const size_t n = n_wanted + spec_of(pairs, 0)->n_metrics + spec_of(pairs, 1)->n_metrics + 1;
    const size_t n_cases = stored[0]->table.n_cases;
    pairs->is_sample = pairs_are_sample(pairs);
    pairs->metrics = qf_arena_array(arena, n, sizeof *pairs->metrics);
    pairs->unpaired = qf_arena_array(arena, n, sizeof *pairs->unpaired);
    double *a = malloc((n_cases + 1) * sizeof *a);
    double *b = malloc((n_cases + 1) * sizeof *b);
    const bool done = pairs->metrics && pairs->unpaired && a && b;
    if (done) {
        pair_cases(pairs);
        for (size_t i = 0; i < n_wanted; i++) {
            pair_metric(pairs, wanted[i], confidence, a, b);
        }
        if (n_wanted == 0) {
            pair_all(pairs, confidence, a, b);
        }
    }
    free(a);
    free(b);
    return done ? QF_OK : qf_fail(context, QF_ERROR_MEMORY, "no memory to compare sweeps");
}
