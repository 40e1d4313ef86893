/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_METRIC_LISTENER_H
#define QF_METRIC_LISTENER_H

#include "metric_time.h"
#include "simulation.h"

/* Events and detections of an advance go to the accumulators of the worlds whose vehicles tell of them. */
typedef struct qf_metric_listener {
    const qf_metric_plan *plan;
    const qf_metric_accumulator *accumulators;
    /* reductions over time, of each code one list after the other: first[code] ... first[code + 1] */
    uint32_t *of_code;
    uint32_t *first;
} qf_metric_listener;

qf_status qf_metric_listener_create(qf_context *context, qf_arena *arena,
                                    const qf_metric_plan *plan,
                                    const qf_metric_accumulator *accumulators,
                                    qf_metric_listener *listener);

/* `running` by world, 0: it is over. */
void qf_metric_listener_take(const qf_metric_listener *listener, const qf_fleet *fleet,
                             const qf_simulation *simulation, const double *running);

#endif
