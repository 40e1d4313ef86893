/* SPDX-License-Identifier: Apache-2.0 */
/*
 * With |X| estimates and |Y| points of truth, over all sets T of pairs:
 *
 *   GOSPA^p = min over T of  sum over T of d^p + c^p / 2 (|X| + |Y| - 2 |T|)
 *   OSPA^p  = min over T of (sum over T of d^p + c^p (n - |T|)) / n,  n = max(|X|, |Y|)
 *
 * Both are least for the same T, which has no pairs beyond c: that with the largest sum of c^p - d^p, so one exact
 * assignment where leaving a pair alone costs c^p serves both. For infinite p a set of pairs is as
 * long as its longest: the least length at which all have partners is found by halving the sorted
 * distances. Guarded by tests/test_gospa.c.
 */
#include "gospa.h"

#include <math.h>
#include <stdlib.h>

#include "scalar_math.h"

static double distance(const qf_points *a, size_t i, const qf_points *b, size_t k)
{
    double sum = 0.0;
    for (size_t axis = 0; axis < 3; axis++) {
        const double difference = a->at_m[3 * i + axis] - b->at_m[3 * k + axis];
        sum += difference * difference;
    }
    return sqrt(sum);
}

/* exact for the usual exponents */
static double power(double x, double p)
{
    if (p == 1.0 || x == 0.0) {
        return x;
    }
    return p == 2.0 ? x * x : qf_pow(x, p);
}

static double root(double x, double p)
{
    if (p == 1.0 || x == 0.0) {
        return x;
    }
    return p == 2.0 ? sqrt(x) : qf_pow(x, 1.0 / p);
}

/* All of one assignment, in the room of its memory. */
typedef struct lists {
    qf_candidate *candidates;
    double *distances; /* may be left out */
    uint32_t *truth_of, *estimate_of;
} lists;

static bool make_room(qf_assignment *assignment, size_t n_estimates, size_t n_truth, lists *l)
{
    size_t pairs;
    size_t bytes;
    const size_t each = sizeof *l->candidates + sizeof *l->distances;
    const size_t numbers = (n_estimates + n_truth) * sizeof(uint32_t);
    if (__builtin_mul_overflow(n_estimates, n_truth, &pairs) ||
        __builtin_mul_overflow(pairs, each, &bytes) ||
        __builtin_add_overflow(bytes, numbers, &bytes)) {
        return false;
    }
    l->candidates = qf_assignment_room(assignment, bytes);
    if (!l->candidates) {
        return false;
    }
    l->distances = (double *)(l->candidates + pairs);
    l->truth_of = (uint32_t *)(l->distances + pairs);
    l->estimate_of = l->truth_of + n_estimates;
    return true;
}

typedef struct best_pairs {
    size_t pairs;
    double sum; /* of d^p */
} best_pairs;

static bool find_pairs(qf_assignment *assignment, double cutoff_m, double p, const qf_points *x,
                       const qf_points *y, best_pairs *best)
{
    lists l;
    *best = (best_pairs){0};
    if (!make_room(assignment, x->n, y->n, &l)) {
        return false;
    }
    size_t n = 0;
    for (uint32_t i = 0; i < x->n; i++) {
        for (uint32_t k = 0; k < y->n; k++) {
            const double d = distance(x, i, y, k);
            if (d < cutoff_m) {
                l.candidates[n++] = (qf_candidate){i, k, power(d, p)};
            }
        }
    }
    if (!qf_assign_exact(assignment, l.candidates, n, power(cutoff_m, p), x->n, y->n, l.truth_of,
                         l.estimate_of)) {
        return false;
    }
    for (size_t i = 0; i < x->n; i++) {
        if (l.truth_of[i] != QF_UNASSIGNED) {
            best->sum += power(distance(x, i, y, l.truth_of[i]), p);
            best->pairs++;
        }
    }
    return true;
}

bool qf_gospa(qf_assignment *assignment, double cutoff_m, double p, const qf_points *estimates,
              const qf_points *truth, qf_gospa_parts *parts)
{
    best_pairs best;
    if (!find_pairs(assignment, cutoff_m, p, estimates, truth, &best)) {
        return false;
    }
    const double each = 0.5 * power(cutoff_m, p);
    *parts = (qf_gospa_parts){.localisation = best.sum,
                              .missed = each * (double)(truth->n - best.pairs),
                              .false_alarms = each * (double)(estimates->n - best.pairs),
                              .pairs = best.pairs};
    parts->distance_m = root(parts->localisation + parts->missed + parts->false_alarms, p);
    return true;
}

static int compare(const void *a, const void *b)
{
    const double x = *(const double *)a;
    const double y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Whether all have partners no farther than that: what pairs there are cost nothing, and leaving one alone does. */
static bool all_within(qf_assignment *assignment, double reach_m, const qf_points *x,
                       const qf_points *y, const lists *l, bool *all)
{
    size_t n = 0;
    for (uint32_t i = 0; i < x->n; i++) {
        for (uint32_t k = 0; k < y->n; k++) {
            if (distance(x, i, y, k) <= reach_m) {
                l->candidates[n++] = (qf_candidate){i, k, 0.0};
            }
        }
    }
    *all = true;
    if (!qf_assign_exact(assignment, l->candidates, n, 1.0, x->n, y->n, l->truth_of,
                         l->estimate_of)) {
        return false;
    }
    for (size_t i = 0; i < x->n; i++) {
        *all = *all && l->truth_of[i] != QF_UNASSIGNED;
    }
    return true;
}

/* As many of both. */
static bool find_bottleneck(qf_assignment *assignment, const qf_points *x, const qf_points *y,
                            double *length_m)
{
    lists l;
    if (!make_room(assignment, x->n, y->n, &l)) {
        return false;
    }
    const size_t pairs = x->n * y->n;
    for (size_t i = 0; i < pairs; i++) {
        l.distances[i] = distance(x, i / y->n, y, i % y->n);
    }
    qsort(l.distances, pairs, sizeof *l.distances, compare);
    size_t low = 0;
    size_t high = pairs - 1; /* with the longest all have partners */
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        bool all;
        if (!all_within(assignment, l.distances[middle], x, y, &l, &all)) {
            return false;
        }
        if (all) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    *length_m = l.distances[high];
    return true;
}

bool qf_ospa(qf_assignment *assignment, double cutoff_m, double p, const qf_points *estimates,
             const qf_points *truth, double *distance_m)
{
    const size_t n = estimates->n > truth->n ? estimates->n : truth->n;
    if (n == 0) {
        *distance_m = 0.0;
        return true;
    }
    if (isinf(p)) {
        *distance_m = cutoff_m;
        if (estimates->n == truth->n) {
            if (!find_bottleneck(assignment, estimates, truth, distance_m)) {
                return false;
            }
            *distance_m = fmin(*distance_m, cutoff_m);
        }
        return true;
    }
    best_pairs best;
    if (!find_pairs(assignment, cutoff_m, p, estimates, truth, &best)) {
        return false;
    }
    const double alone = power(cutoff_m, p) * (double)(n - best.pairs);
    *distance_m = root((best.sum + alone) / (double)n, p);
    return true;
}
