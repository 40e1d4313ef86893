/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_TEST_DESIGN_STAND_H
#define QF_TEST_DESIGN_STAND_H

/* Specs of sweeps that are no more than what a design needs. */
#include "design.h"
#include "vehicle.h"

#define NO_LIMIT ((double)INFINITY)

static inline qf_sweep_parameter uniform(double low, double high)
{
    return (qf_sweep_parameter){.name = "uniform",
                                .values = {.kind = QF_NUMBER_UNIFORM, .a = low, .b = high}};
}

static inline qf_sweep_parameter normal(double mean, double sd)
{
    return (qf_sweep_parameter){
        .name = "normal",
        .values = {
            .kind = QF_NUMBER_NORMAL, .a = mean, .b = sd, .low = -NO_LIMIT, .high = NO_LIMIT}};
}

static inline qf_sweep_parameter lognormal(double mu, double sigma)
{
    return (qf_sweep_parameter){
        .name = "lognormal",
        .values = {
            .kind = QF_NUMBER_LOGNORMAL, .a = mu, .b = sigma, .low = -NO_LIMIT, .high = NO_LIMIT}};
}

static inline qf_sweep_parameter items(qf_number_kind kind, const double *list, size_t n)
{
    return (qf_sweep_parameter){.name = "items",
                                .values = {.kind = kind, .items = list, .n_items = n}};
}

/* points without replications */
static inline qf_sweep_spec spec_of(qf_sampling sampling, const qf_sweep_parameter *parameters,
                                    size_t n_parameters, size_t n_points)
{
    return (qf_sweep_spec){.parameters = parameters,
                           .n_parameters = n_parameters,
                           .sampling = sampling,
                           .n_points = n_points,
                           .n_replications = 1};
}

/* saltelli and morris */
static inline qf_sweep_spec spec_of_base(qf_sampling sampling, const qf_sweep_parameter *parameters,
                                         size_t n_parameters, size_t n_base, size_t n_levels)
{
    qf_sweep_spec spec = spec_of(sampling, parameters, n_parameters, 0);
    spec.n_base = n_base;
    spec.n_levels = n_levels;
    spec.n_points = qf_design_n_points(&spec);
    return spec;
}

static inline qf_design design_of(const qf_sweep_spec *spec, uint64_t seed)
{
    qf_context context = qf_context_default();
    qf_design design;
    if (qf_design_create(&context, spec, seed, &design) != QF_OK) {
        print_error("%s\n", context.error);
        fail();
    }
    return design;
}

static inline const double *column_of(const qf_design *design, size_t p)
{
    return design->values + p * design->n_cases;
}

/* that a design is refused with a message that has these words, and nothing is left */
static inline void assert_refused(const qf_sweep_spec *spec, const char *words)
{
    qf_context context = qf_context_default();
    qf_design design;
    assert_int_equal(qf_design_create(&context, spec, 1, &design), QF_ERROR_USAGE);
    assert_non_null(strstr(context.error, words));
    assert_null(design.values);
}

/* whether values in (0, 1) are one in each of n strata */
static inline bool is_stratified(const double *u, size_t n)
{
    unsigned char *const taken = calloc(n, 1);
    assert_non_null(taken);
    bool all = true;
    for (size_t k = 0; k < n; k++) {
        assert_true(u[k] > 0.0 && u[k] < 1.0);
        unsigned char *const stratum = &taken[(size_t)(u[k] * (double)n)];
        all = all && *stratum == 0;
        *stratum = 1;
    }
    free(taken);
    return all;
}

#endif
