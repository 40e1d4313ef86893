/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_SWEEP_LOOKS_H
#define QF_SWEEP_LOOKS_H

#include "sweep_spec.h"

/* Cases at which the rule looks, ascending, the last is all of them; returns how many. */
enum { QF_MOST_LOOKS = 128 }; /* of 2^64 cases there are fewer */
size_t qf_sweep_look_sizes(const qf_sweep_spec *spec, size_t sizes[QF_MOST_LOOKS]);

/* What one side may miss of a verdict that the requirement's confidence leaves `alpha`, and of an interval: NaN where
   points are no sample. */
double qf_sweep_verdict_alpha(const qf_sweep_spec *spec, double alpha);
double qf_sweep_interval_alpha(const qf_sweep_spec *spec);

#endif
