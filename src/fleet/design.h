/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_DESIGN_H
#define QF_DESIGN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "context.h"
#include "sobol.h"
#include "sweep_spec.h"

/*
 * The design of a sweep: the value of every parameter in every case. A pure function of the spec and the seed: no
 * value depends on threads, shards or which cases run. Of random, sobol, saltelli and morris designs a value does not
 * depend on how many points follow, either; a latin hypercube is one for its number of points.
 * Guarded by tests/test_design*.c.
 *
 * Points, with P parameters; u is the probability at which a value is its distribution's quantile:
 *
 *   random     u is drawn for each point and parameter
 *   lhs        each parameter has one value in each of n_points strata that are as likely (McKay, Beckman and
 *              Conover 1979), anywhere within it
 *   sobol      dimension p of the scrambled sequence (sobol.h) is u of parameter p
 *   grid       all combinations of the items of choices and grids; the last parameter changes fastest
 *   table      the rows of the table
 *   saltelli   n_base rows of P + 2 points: A, AB_1 ... AB_P, B (Saltelli et al. 2010). Row j is point j of the
 *              scrambled sequence: its dimensions 0 ... P - 1 are A, P ... 2 P - 1 are B; AB_i is A but for
 *              parameter i, which is B's
 *   morris     n_base trajectories of P + 1 points (Morris 1991) on levels u = (l + 0.5) / n_levels. The levels of
 *              the first point are drawn; then in a drawn order each parameter moves once, by n_levels / 2 levels,
 *              which is 0.5 of u: up from the lower half, else down
 *
 * Correlations are those of normal scores. random and sobol: a Gaussian copula, Cholesky's factor times the scores of
 * independent points. lhs: Iman and Conover (1982), which deals the strata so that their scores have the
 * correlations; a parameter that is correlated with no other stays as it is. Normal parameters are correlated as their
 * scores are, but for what is clipped; ranks of continuous ones by 6 / pi asin(score / 2).
 */
typedef struct qf_design {
    size_t n_cases;
    size_t n_parameters;
    double *
        values; /* [parameter][case]: parameter p of case k is values[p * n_cases + k]; own memory */
} qf_design;

/*
 * QF_ERROR_MEMORY; QF_ERROR_USAGE with the reason where the method cannot do what is asked for: more dimensions than
 * Sobol' has numbers for, more points than nets and hypercubes have room for (2^28) or worlds have numbers (2^32), a
 * distribution in a grid, an odd number of levels, correlations that are not positive definite, or of a design that is
 * no sample, or of a hypercube of too few points. On failure nothing is left allocated. Works on context->n_threads
 * threads.
 */
qf_status qf_design_create(qf_context *context, const qf_sweep_spec *spec, uint64_t seed,
                           qf_design *design);
void qf_design_free(qf_design *design);

/* Bytes that it takes at most while it is made, itself among them; 0: the number overflows. */
size_t qf_design_predicted_bytes(const qf_sweep_spec *spec);

/* n_points of the design: of a grid from its parameters, of saltelli and morris from n_base, else as given; 0: the number
   overflows. */
size_t qf_design_n_points(const qf_sweep_spec *spec);

/* The correlation of normal scores that gives uniform ranks the correlation `rank` (Pearson 1907): 2 sin(pi rank / 6). */
double qf_design_score_of_rank(double rank);

/* Lower triangular factor L of a symmetric matrix of n rows, L L' = matrix, row by row. False: it is not positive
   definite; then *row is the first that depends on those before it. */
bool qf_design_cholesky(const double *matrix, size_t n, double *factor, size_t *row);

/* A step of a Morris trajectory, from one of its points to the next. */
typedef struct qf_morris_step {
    size_t parameter; /* that moves */
    bool up;          /* in probability, so in value too unless a choice's items fall; else down */
} qf_morris_step;

/* The spec->n_parameters steps of a trajectory. */
void qf_design_morris_steps(const qf_sweep_spec *spec, uint64_t seed, size_t trajectory,
                            qf_morris_step *steps);

#endif
