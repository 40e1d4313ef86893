/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_SWEEP_SPEC_H
#define QF_SWEEP_SPEC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "expression.h"
#include "number.h"

/*
 * What a scenario's `sweep` and `requirements` ask for, checked and with every default filled in. Memory belongs to
 * the scenario's arena. Made by qf_sweep_open (io); docs/sweeps.md says what it means.
 *
 * A case is one world with its own values of the parameters. Case k is world number k: its number keys its random
 * draws, so that it is the same case whatever else runs. Cases are points of the design times replications: case
 * k is replication k % n_replications of point k / n_replications.
 */
typedef enum qf_sampling {
    QF_SAMPLING_RANDOM,
    QF_SAMPLING_LHS,      /* latin hypercube */
    QF_SAMPLING_SOBOL,    /* scrambled */
    QF_SAMPLING_GRID,     /* all combinations; the last parameter changes fastest */
    QF_SAMPLING_TABLE,    /* rows of a CSV file */
    QF_SAMPLING_SALTELLI, /* for Sobol' indices */
    QF_SAMPLING_MORRIS,   /* elementary effects */
    QF_SAMPLINGS
} qf_sampling;

extern const char *const qf_sampling_names[QF_SAMPLINGS];

/* Whether points are a sample of the parameters' distributions, so that intervals mean something. */
bool qf_sampling_is_sample(qf_sampling sampling);

typedef struct qf_sweep_parameter {
    const char *name; /* of its dataset, and in expressions */
    const char *
        path; /* of the key in the scenario that it sets; NULL: only expressions and functions read it */
    const char *unit; /* NULL: none is given */
    qf_number values; /* the distribution: not CASE. Of a table: choice of the values of its rows */
    const char *const *
        texts; /* of a choice or grid of words: values.items are their numbers 0, 1, ...; else NULL */
    bool packed; /* worlds of one batch may differ in it; else cases of a batch agree in it */
} qf_sweep_parameter;

/* How the time course of a case becomes one value (metric_plan.h). */
typedef struct qf_metric_spec {
    const char *name;
    const char *text; /* docs/sweeps.md has the grammar */
    const char *unit; /* NULL: of a truth value or choice, or none */
    qf_value_kind kind;
    const char *const *names; /* of a choice; the value is the index */
    size_t n_names;
    bool required; /* stands for the expression of a requirement, and in no list of the file */
} qf_metric_spec;

typedef enum qf_claim {
    QF_CLAIM_PROBABILITY, /* P(TRUTH) */
    QF_CLAIM_MEAN,        /* mean(NUMBER) */
    QF_CLAIM_QUANTILE,    /* quantile(NUMBER, level) */
} qf_claim;

/* `P(success) >= 0.99 confidence 0.95` */
typedef struct qf_requirement {
    const char *name;
    const char *text;
    qf_claim claim;
    size_t metric;     /* of the sweep's metrics */
    double level;      /* of a quantile */
    bool at_least;     /* >= or >; else <= or < */
    bool strict;       /* > or <: matters where the estimate may be the limit itself */
    double limit;      /* in the metric's unit */
    double confidence; /* of the verdict, one-sided; 0: the estimate decides */
} qf_requirement;

typedef enum qf_stop_rule {
    QF_STOP_NEVER,
    QF_STOP_DECIDED, /* when every requirement is met or not met */
    QF_STOP_WIDTH,   /* when the interval of a metric is no wider than that */
} qf_stop_rule;

/* A model without a simulation: what Sobol' indices are checked with. */
typedef enum qf_function {
    QF_FUNCTION_NONE,
    QF_FUNCTION_ISHIGAMI, /* of the first three parameters; coefficients a, b */
    QF_FUNCTION_SOBOL_G,  /* of all parameters; a coefficient for each */
    QF_FUNCTIONS
} qf_function;

typedef struct qf_sweep_spec {
    const qf_sweep_parameter *parameters;
    size_t n_parameters;
    qf_sampling sampling;
    size_t n_points;       /* of the design, all that it needs */
    size_t n_base;         /* saltelli: points of each of the two samples; morris: trajectories */
    size_t n_levels;       /* morris */
    size_t n_replications; /* >= 1 */
    const double *
        scores; /* n_parameters squared: correlations of normal scores, row by row; NULL: independent */
    const double *table; /* of a table: [parameter][point]; else NULL */
    const qf_metric_spec
        *metrics; /* the built-in `success` among them; those of requirements are the last */
    size_t n_metrics;
    const char
        *until; /* truth of a moment: the case is over; NULL: cases last as long as the scenario */
    int64_t every_ticks; /* from look to look at the vehicles, >= 1 */
    const qf_requirement *requirements;
    size_t n_requirements;
    double confidence;  /* of intervals, two-sided */
    size_t n_resamples; /* of the bootstrap; 0: none */
    qf_stop_rule stop;
    double stop_width; /* in the unit of the metric, of a share in 1 */
    size_t stop_metric;
    size_t n_first_look; /* cases before the first look; then half as many again each time */
    qf_function function;
    const double *coefficients;
    size_t n_coefficients;
} qf_sweep_spec;

/* What people know a metric by: that of a requirement alone by the requirement's name, or without one by its expression. */
const char *qf_metric_title(const qf_sweep_spec *spec, size_t metric);

/* The metric of that name, or of the requirement of that name; n_metrics: there is none. */
size_t qf_metric_named(const qf_sweep_spec *spec, const char *name);

static inline size_t qf_sweep_n_cases(const qf_sweep_spec *spec)
{
    return spec->n_points * spec->n_replications;
}

#endif
