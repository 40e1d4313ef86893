/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_SENSITIVITY_H
#define QF_SENSITIVITY_H

#include "arena.h"
#include "design.h"
#include "interval.h"
#include "sweep_table.h"

/*
 * Which parameter matters: of one metric and one parameter. What a design does not give is NaN. Cases without a
 * value are left out of correlations and regression; of a Saltelli or Morris design the whole row or trajectory is.
 */
typedef struct qf_sensitivity {
    size_t metric, parameter;
    uint64_t n; /* cases, rows or trajectories that it rests on */
    /* from any sample */
    double rank_correlation; /* Spearman's */
    qf_interval of_rank_correlation;
    double regression; /* standardised coefficient */
    qf_interval of_regression;
    double r_squared; /* of the whole regression: what share of the variance it explains */
    /* from a Saltelli design: bootstrap over rows */
    double first, total; /* Sobol' indices (Saltelli 2010, Jansen 1999) */
    qf_interval of_first, of_total;
    /* from a Morris design, of steps in units of the parameter's quantiles */
    double mu, mu_star, sigma;
    qf_interval of_mu_star;
} qf_sensitivity;

/* Whether a parameter's values are in an order that means something: those of two words are, of more they are not. */
static inline bool qf_parameter_is_ordered(const qf_sweep_parameter *parameter)
{
    return parameter->texts == NULL || parameter->values.n_items <= 2;
}

/* n_metrics * n_parameters of them, metric by metric; truths count as 0 and 1, choices are NaN. *sensitivities is NULL
   where there are no parameters or too few cases. QF_ERROR_MEMORY is the only failure. */
qf_status qf_sensitivity_create(qf_context *context, qf_arena *arena, const qf_sweep_spec *spec,
                                const qf_design *design, const qf_sweep_table *table,
                                size_t n_cases, uint64_t seed,
                                const qf_sensitivity **sensitivities);

#endif
