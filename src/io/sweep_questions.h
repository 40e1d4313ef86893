/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_SWEEP_QUESTIONS_H
#define QF_SWEEP_QUESTIONS_H

#include "sweep_report.h"

/* What people want to know of a sweep's answers, and how they call it: the same on a terminal and on a page. */

/* Whether all requirements are met. */
bool qf_sweep_is_met(const qf_sweep_report *report);

/* A metric that is named in the file: a requirement's own expression is in no list. */
static inline bool qf_metric_is_listed(const qf_metric_spec *metric)
{
    return !metric->required;
}

/* Whether people want to know what a metric depends on: a requirement uses it, it is `success`, or nothing is required. */
bool qf_metric_is_asked_for(const qf_sweep_spec *spec, size_t metric);

/*
 * What cases without a value, or without one that counts, come to: what follows "count against it" of a requirement; "" where
 * that says it all.
 */
const char *qf_requirement_beyond(const qf_requirement *requirement);

/* What has one value alone depends on nothing. */
bool qf_metric_varies(const qf_sweep_spec *spec, const qf_sweep_report *report, size_t metric);

/* How much a parameter matters, by what the design gives; negative: it is not known. */
double qf_sensitivity_weight(const qf_sensitivity *sensitivity);

/* The sensitivities of a metric, the parameter that matters most first; n_parameters of them. NULL: no memory. */
const qf_sensitivity **qf_sensitivities_ranked(qf_arena *arena, const qf_sweep_spec *spec,
                                               const qf_sweep_report *report, size_t metric);

/* A unit as people write it; NULL: none. */
const char *qf_unit_word(const char *unit);

/* The name of a metric, and its unit where the name does not end in it. NULL: no memory. */
const char *qf_metric_label(qf_arena *arena, const qf_metric_spec *metric);

#endif
