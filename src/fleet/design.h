/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_DESIGN_H
#define QF_DESIGN_H

#include <stddef.h>
#include <stdint.h>

#include "context.h"
#include "sweep_spec.h"

/*
 * The design of a sweep: the value of every parameter in every case. A pure function of the spec and the seed: no
 * value depends on threads, shards or which cases run. Of random, sobol, saltelli and morris designs a value does not depend on
 * how many points follow, either; a latin hypercube is one for its number of points.
 */
typedef struct qf_design {
    size_t n_cases;
    size_t n_parameters;
    double *
        values; /* [parameter][case]: parameter p of case k is values[p * n_cases + k]; own memory */
} qf_design;

/* QF_ERROR_MEMORY; QF_ERROR_USAGE with the reason where the method cannot do what is asked for (more dimensions than
   Sobol' has numbers for). On failure nothing is left allocated. */
qf_status qf_design_create(qf_context *context, const qf_sweep_spec *spec, uint64_t seed,
                           qf_design *design);
void qf_design_free(qf_design *design);

/* Bytes that it will take, 0: the number overflows. */
size_t qf_design_predicted_bytes(const qf_sweep_spec *spec);

/* n_points of the design from n_base, n_levels and the parameters of a grid; 0: the number overflows. */
size_t qf_design_n_points(const qf_sweep_spec *spec);

/* The correlation of normal scores that gives uniform ranks the correlation `rank` (Pearson 1907): 2 sin(pi rank / 6). */
double qf_design_score_of_rank(double rank);

/* Lower triangular factor L of a symmetric matrix of n rows, L L' = matrix, row by row. False: it is not positive
   definite; then *row is the first that depends on those before it. */
bool qf_design_cholesky(const double *matrix, size_t n, double *factor, size_t *row);

/* What of Sobol's dimensions there is. */
enum { QF_SOBOL_MOST_DIMENSIONS = 256 };

#endif
