/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_SWEEP_DRY_RUN_H
#define QF_SWEEP_DRY_RUN_H

#include <stdio.h>

#include "interval.h"
#include "machine.h"
#include "options.h"
#include "sweep_forecast.h"
#include "sweep_reader.h"
#include "text_block.h"

/* What a sweep would do, as `qfleet sweep --dry-run` tells it. */
typedef struct qf_sweep_outline {
    const qf_sweep_spec *spec;
    const qf_design *design;
    const qf_scenario *scenario;
    const qf_machine *machine;
    int n_threads;
    size_t begin, end;   /* the cases to run */
    const size_t *looks; /* where the sweep may end; the last is the end */
    size_t n_looks;
    qf_sweep_forecast forecast;
} qf_sweep_outline;

/* Prints the plan to `out`: text, or with options->json one line of JSON. Writes nothing else. */
qf_status qf_sweep_dry_run(qf_context *context, const qf_sweep *sweep, const qf_options *options,
                           const qf_machine *machine, FILE *out);

void qf_sweep_outline_json(const qf_sweep_outline *outline, FILE *out);
/* QF_ERROR_MEMORY */
qf_status qf_sweep_outline_print(qf_context *context, const qf_sweep_outline *outline, FILE *out);

/* `uniform 100 ... 500`, `choice of on, off`: where a parameter's values come from. */
const char *qf_parameter_source(qf_canvas *canvas, const qf_sweep_parameter *parameter,
                                qf_sampling sampling);

/* The value of a parameter in a case: a number, or a word. */
const char *qf_parameter_value(qf_canvas *canvas, const qf_sweep_parameter *parameter,
                               double value);

/*
 * How well a requirement will be known after n cases: the interval that its estimate would have if it were just the limit. Of
 * a share that share's, of a quantile that of levels; NaN of a mean, whose spread nobody knows before.
 */
qf_interval qf_requirement_expected(const qf_requirement *requirement, size_t n, double confidence);

enum { QF_OUTLINE_ROWS = 5 };

#endif
