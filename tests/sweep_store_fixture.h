/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_TEST_SWEEP_STORE_FIXTURE_H
#define QF_TEST_SWEEP_STORE_FIXTURE_H

/*
 * A sweep without a scenario file: the functions by which the store asks a sweep for its parts are replaced here,
 * so that its tests need neither reader nor simulation. For one source file of a program.
 */
#include "sweep_store.h"

/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */
#include <dirent.h>
#include <ftw.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { N_CASES = 10, N_METRICS = 3, N_PARAMETERS = 2 };

struct qf_sweep {
    const char *text;
    qf_scenario scenario;
    double values[N_PARAMETERS * N_CASES];
    qf_design design;
};

static const double word_items[] = {0, 1};
static const char *const words[] = {"on", "very silent"};
static const char *const states[] = {"idle", "docked"};

static const qf_sweep_parameter parameters[N_PARAMETERS] = {
    {.name = "range",
     .path = "groups[0].initial.position_m[0]",
     .unit = "m",
     .values = {.kind = QF_NUMBER_UNIFORM, .a = 100, .b = 500},
     .packed = true},
    {.name = "state", /* as a metric is called */
     .path = "groups[0].transponder.mode",
     .values = {.kind = QF_NUMBER_CHOICE, .items = word_items, .n_items = 2},
     .texts = words},
};

static const qf_metric_spec metrics[N_METRICS] = {
    {.name = "success", .text = "any(any(dock.hard over a))", .kind = QF_VALUE_TRUTH},
    {.name = "fuel", .text = "final(a.fuel_kg)", .unit = "kg", .kind = QF_VALUE_NUMBER},
    {.name = "state",
     .text = "final(a.fsm_state)",
     .kind = QF_VALUE_CHOICE,
     .names = states,
     .n_names = 2},
};

static const qf_requirement requirements[] = {{.name = "docks",
                                               .text = "P(success) >= 0.99 confidence 0.95",
                                               .claim = QF_CLAIM_PROBABILITY,
                                               .at_least = true,
                                               .limit = 0.99,
                                               .confidence = 0.95}};

static const qf_sweep_spec spec = {.parameters = parameters,
                                   .n_parameters = N_PARAMETERS,
                                   .n_points = N_CASES,
                                   .n_replications = 1,
                                   .metrics = metrics,
                                   .n_metrics = N_METRICS,
                                   .every_ticks = 1,
                                   .requirements = requirements,
                                   .n_requirements = 1,
                                   .confidence = 0.95,
                                   .n_resamples = 1000};

static const char scenario_text[] = "schema: qfleet/1\nname: docking\nseed: 7\nworlds: 1\n";

static inline qf_sweep make_sweep(const char *text)
{
    qf_sweep sweep = {.text = text, .scenario = {.name = "docking", .seed = 7}};
    for (size_t k = 0; k < N_CASES; k++) {
        sweep.values[k] = 100.25 + (double)k;
        sweep.values[N_CASES + k] = (double)(k % 2);
    }
    sweep.design = (qf_design){.n_cases = N_CASES, .n_parameters = N_PARAMETERS};
    return sweep;
}

#define REPLACED __attribute__((weak))

REPLACED const char *const qf_sampling_names[QF_SAMPLINGS] = {"random", "lhs",      "sobol", "grid",
                                                              "table",  "saltelli", "morris"};
REPLACED const char *const qf_verdict_names[3] = {"met", "not_met", "undecided"};
REPLACED const double qf_quantile_levels[QF_QUANTILES] = {0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99};

REPLACED const qf_sweep_spec *qf_sweep_get_spec(const qf_sweep *sweep)
{
    (void)sweep;
    return &spec;
}

REPLACED const qf_design *qf_sweep_design(const qf_sweep *sweep)
{
    ((qf_sweep *)sweep)->design.values = ((qf_sweep *)sweep)->values;
    return &sweep->design;
}

REPLACED const qf_scenario *qf_sweep_scenario(const qf_sweep *sweep)
{
    return &sweep->scenario;
}

REPLACED void qf_sweep_write(const qf_sweep *sweep, FILE *out)
{
    fputs(sweep->text, out);
}

REPLACED qf_status qf_sweep_open_text(qf_context *context, const char *name, const char *text,
                                      qf_diagnostics *diagnostics, qf_sweep **sweep)
{
    (void)context;
    (void)name;
    (void)text;
    (void)diagnostics;
    *sweep = malloc(sizeof **sweep);
    **sweep = make_sweep(scenario_text);
    return QF_OK;
}

REPLACED void qf_sweep_close(qf_sweep *sweep)
{
    free(sweep);
}

#endif
