/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_METRIC_CASE_H
#define QF_METRIC_CASE_H

#include "design.h"
#include "metric_plan.h"
#include "metric_program.h"

/*
 * Metrics of cases from their reductions over time, their parameters, and metrics that stand before them: each
 * is a program of its own, as it reads what those before it wrote.
 */
typedef struct qf_metric_case {
    const qf_metric_plan *plan;
    size_t n_parameters, n_worlds;
    double **columns; /* of reductions over time, of parameters, of metrics; by world */
    qf_metric_programs *programs;
} qf_metric_case;

/* `n_rows`: worlds, padded to whole multiples of 8. */
qf_status qf_metric_case_create(qf_context *context, qf_arena *arena, const qf_metric_plan *plan,
                                size_t n_parameters, size_t n_worlds, size_t n_rows,
                                qf_metric_machine *machine, qf_metric_case *of_case);

/* Columns of the reductions are filled. Metrics: [metric][world]. */
qf_status qf_metric_case_compute(qf_context *context, qf_metric_case *of_case,
                                 qf_metric_machine *machine, const qf_design *design,
                                 const uint32_t *numbers, double *metrics);

#endif
