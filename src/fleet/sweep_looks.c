/* SPDX-License-Identifier: Apache-2.0 */
/*
 * When a sweep may stop, and what looking costs. Looks are at fixed numbers of cases from the first on, so that it does
 * not depend on threads which cases count.
 *
 * `decided`: verdicts, and all intervals with them, are repeated confidence intervals (C. Jennison, B. W. Turnbull, J. R.
 * Stat. Soc. B 51 (1989) 305), valid whatever makes the sweep stop, at the constant level of S. J. Pocock,
 * Biometrika 64 (1977) 191.
 * `width`: where the width of an interval alone decides, the ordinary interval at the stop covers as it should (Y. S. Chow,
 * H. Robbins, Ann. Math. Stat. 36 (1965) 457), and is what the rule looks at; verdicts still are at the repeated level.
 * That is so of many cases: of exponential values it covers in 94 % from a first look at 100 on, but in 83 % from 5 on.
 * Guarded by tests/test_sweep_looks.c and tests/test_coverage.c.
 */
#include "sweep_looks.h"

#include <math.h>
#include <string.h>

#include "requirement.h"

size_t qf_sweep_look_sizes(const qf_sweep_spec *spec, size_t sizes[QF_MOST_LOOKS])
{
    const size_t replications = spec->n_replications;
    size_t n = 0;
    if (spec->stop != QF_STOP_NEVER) {
        size_t points = (spec->n_first_look + replications - 1) / replications;
        points = points > 0 ? points : 1;
        const size_t most = spec->n_points - (spec->n_points / 5 + (spec->n_points % 5 != 0));
        while (n + 1 < QF_MOST_LOOKS && points <= most) {
            sizes[n++] = points * replications;
            points += points > 1 ? points / 2 : 1;
        }
    }
    sizes[n++] = qf_sweep_n_cases(spec);
    return n;
}

const size_t *qf_sweep_looks(qf_arena *arena, const qf_sweep_spec *spec, size_t *n)
{
    size_t sizes[QF_MOST_LOOKS];
    *n = qf_sweep_look_sizes(spec, sizes);
    size_t *looks = qf_arena_array(arena, *n, sizeof *looks);
    return looks ? memcpy(looks, sizes, *n * sizeof *looks) : NULL;
}

static double repeated(const qf_sweep_spec *spec, double alpha)
{
    size_t sizes[QF_MOST_LOOKS];
    const size_t n = qf_sweep_look_sizes(spec, sizes);
    return qf_interval_repeated_alpha(sizes, n, alpha);
}

double qf_sweep_verdict_alpha(const qf_sweep_spec *spec, double alpha)
{
    if (!qf_sampling_is_sample(spec->sampling)) {
        return (double)NAN;
    }
    return spec->stop == QF_STOP_NEVER ? alpha : repeated(spec, alpha);
}

double qf_sweep_interval_alpha(const qf_sweep_spec *spec)
{
    const double alpha = 0.5 * (1.0 - spec->confidence);
    if (!qf_sampling_is_sample(spec->sampling)) {
        return (double)NAN;
    }
    return spec->stop == QF_STOP_DECIDED ? repeated(spec, alpha) : alpha;
}

static bool is_narrow(const qf_sweep_spec *spec, const qf_sweep_table *table, size_t n_cases)
{
    const qf_sample sample = qf_sample_of(table, spec->stop_metric, n_cases, spec->n_replications);
    const double alpha = qf_sweep_interval_alpha(spec);
    qf_interval interval;
    if (spec->metrics[spec->stop_metric].kind == QF_VALUE_TRUTH) {
        const qf_share share = qf_sample_share(&sample, QF_SHARE_TRUE, 0.0, false, alpha);
        const double k = (double)share.k / (double)share.n * share.n_effective;
        interval = qf_interval_wilson(k, share.n_effective, alpha);
    } else {
        const qf_moments moments = qf_sample_moments(&sample);
        if (moments.error == 0.0 &&
            moments.n_points < qf_tolerance_n(QF_EQUAL_SHARE, spec->confidence)) {
            return false;
        }
        interval =
            qf_interval_t(moments.mean, moments.error, (double)moments.n_points - 1.0, alpha);
    }
    return interval.high - interval.low <= spec->stop_width;
}

bool qf_sweep_stops(const qf_sweep_spec *spec, const qf_sweep_table *table, size_t n_cases)
{
    if (spec->stop == QF_STOP_WIDTH) {
        return is_narrow(spec, table, n_cases);
    }
    if (spec->stop == QF_STOP_NEVER) {
        return false;
    }
    bool decided = false; /* what no evidence can decide never is */
    for (size_t i = 0; i < spec->n_requirements; i++) {
        if (spec->requirements[i].confidence > 0.0) {
            const qf_evidence evidence =
                qf_requirement_evidence(&spec->requirements[i], spec, table, n_cases);
            if (qf_evidence_verdict(&evidence) == QF_VERDICT_UNDECIDED) {
                return false;
            }
            decided = true;
        }
    }
    return decided;
}
