/* SPDX-License-Identifier: Apache-2.0 */
#include "design.h"

#include <stdlib.h>

#include "design_internal.h"

/* numbers of worlds are words of 32 bits, and every case has its own */
#define MOST_CASES ((size_t)1 << 32)

enum { ALIGNMENT = 64 }; /* cache lines */

/* ---- sizes ---- */

static size_t grid_items(const qf_number *number)
{
    const bool has_items = number->kind == QF_NUMBER_CHOICE || number->kind == QF_NUMBER_GRID;
    return has_items ? number->n_items : 1;
}

size_t qf_design_n_points(const qf_sweep_spec *spec)
{
    size_t n = spec->n_points;
    bool fits = true;
    if (spec->sampling == QF_SAMPLING_SALTELLI) {
        fits = qf_size_multiply(spec->n_base, spec->n_parameters + 2, &n);
    } else if (spec->sampling == QF_SAMPLING_MORRIS) {
        fits = qf_size_multiply(spec->n_base, spec->n_parameters + 1, &n);
    } else if (spec->sampling == QF_SAMPLING_GRID) {
        n = 1;
        for (size_t p = 0; fits && p < spec->n_parameters; p++) {
            fits = qf_size_multiply(n, grid_items(&spec->parameters[p].values), &n);
        }
    }
    return fits ? n : 0;
}

static bool count_cases(const qf_sweep_spec *spec, size_t *n_cases)
{
    return qf_size_multiply(qf_design_n_points(spec), spec->n_replications, n_cases) &&
           *n_cases > 0;
}

static bool count_bytes(const qf_sweep_spec *spec, size_t *n_bytes)
{
    size_t n_cases;
    return count_cases(spec, &n_cases) && qf_size_multiply(n_cases, spec->n_parameters, n_bytes) &&
           qf_size_multiply(*n_bytes, sizeof(double), n_bytes);
}

size_t qf_design_predicted_bytes(const qf_sweep_spec *spec)
{
    size_t values;
    if (!count_bytes(spec, &values)) {
        return 0;
    }
    size_t more = sizeof(qf_design);
    if (spec->sampling == QF_SAMPLING_LHS) {
        const size_t scratch = qf_design_hypercube_bytes(spec);
        if (scratch == 0) {
            return 0;
        }
        more += scratch;
    }
    return values <= SIZE_MAX - more ? values + more : 0;
}

/* ---- checks ---- */

static size_t most_points(const qf_sweep_spec *spec)
{
    switch (spec->sampling) {
    case QF_SAMPLING_LHS:
    case QF_SAMPLING_SOBOL:
        return QF_DESIGN_MOST_NET_POINTS;
    case QF_SAMPLING_SALTELLI:
        return QF_DESIGN_MOST_NET_POINTS * (spec->n_parameters + 2);
    default:
        return MOST_CASES;
    }
}

static qf_status check_size(qf_context *context, const qf_sweep_spec *spec)
{
    const size_t n_points = qf_design_n_points(spec);
    size_t n_cases;
    if (!count_cases(spec, &n_cases) || n_cases > MOST_CASES) {
        return qf_fail(context, QF_ERROR_USAGE, "a sweep has 1 ... %zu cases", MOST_CASES);
    }
    if (n_points != spec->n_points) {
        return qf_fail(context, QF_ERROR_USAGE, "this %s design has %zu points, not %zu",
                       qf_sampling_names[spec->sampling], n_points, spec->n_points);
    }
    if (n_points > most_points(spec)) {
        return qf_fail(context, QF_ERROR_USAGE, "%s sampling has up to %zu points, not %zu",
                       qf_sampling_names[spec->sampling], most_points(spec), n_points);
    }
    return QF_OK;
}

static qf_status check_dimensions(qf_context *context, const qf_sweep_spec *spec)
{
    const size_t most = QF_SOBOL_MOST_DIMENSIONS;
    const size_t each = spec->sampling == QF_SAMPLING_SALTELLI ? 2 : 1;
    const bool is_net =
        spec->sampling == QF_SAMPLING_SOBOL || spec->sampling == QF_SAMPLING_SALTELLI;
    if (is_net && spec->n_parameters > most / each) {
        return qf_fail(context, QF_ERROR_USAGE,
                       "%s sampling has numbers for %zu parameters, not %zu",
                       qf_sampling_names[spec->sampling], most / each, spec->n_parameters);
    }
    return QF_OK;
}

static qf_status check_correlations(qf_context *context, const qf_sweep_spec *spec)
{
    if (spec->scores != NULL && !qf_sampling_is_sample(spec->sampling)) {
        return qf_fail(
            context, QF_ERROR_USAGE,
            "%s sampling has no correlations: its points are not a sample of distributions",
            qf_sampling_names[spec->sampling]);
    }
    return QF_OK;
}

/* ---- making ---- */

static qf_status fill(const qf_design_job *job)
{
    switch (job->spec->sampling) {
    case QF_SAMPLING_RANDOM:
    case QF_SAMPLING_SOBOL:
        return qf_design_fill_sample(job);
    case QF_SAMPLING_LHS:
        return qf_design_fill_hypercube(job);
    case QF_SAMPLING_GRID:
    case QF_SAMPLING_TABLE:
        return qf_design_fill_grid(job);
    case QF_SAMPLING_SALTELLI:
        return qf_design_fill_saltelli(job);
    case QF_SAMPLING_MORRIS:
        return qf_design_fill_morris(job);
    case QF_SAMPLINGS:
        break;
    }
    return qf_fail(job->context, QF_ERROR_INTERNAL, "no such sampling: %d",
                   (int)job->spec->sampling);
}

/* from the last case down, so that no point is overwritten before all of its replications have it */
static void replicate(const qf_design *design, size_t n_replications)
{
    for (size_t p = 0; p < design->n_parameters; p++) {
        double *const column = design->values + p * design->n_cases;
        for (size_t k = design->n_cases; k-- > 0;) {
            column[k] = column[k / n_replications];
        }
    }
}

static qf_status allocate(qf_context *context, const qf_sweep_spec *spec, qf_design *design)
{
    size_t n_bytes;
    if (!count_bytes(spec, &n_bytes) || n_bytes > SIZE_MAX - ALIGNMENT) {
        return qf_fail(context, QF_ERROR_MEMORY, "the design of %zu cases is too large",
                       design->n_cases);
    }
    if (n_bytes > 0) {
        design->values =
            aligned_alloc(ALIGNMENT, (n_bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT);
        if (design->values == NULL) {
            return qf_fail(context, QF_ERROR_MEMORY, "the design takes %zu bytes", n_bytes);
        }
    }
    return QF_OK;
}

qf_status qf_design_create(qf_context *context, const qf_sweep_spec *spec, uint64_t seed,
                           qf_design *design)
{
    *design = (qf_design){0};
    qf_status status = check_size(context, spec);
    if (status == QF_OK) {
        status = check_dimensions(context, spec);
    }
    if (status == QF_OK) {
        status = check_correlations(context, spec);
    }
    if (status != QF_OK) {
        return status;
    }
    *design = (qf_design){.n_cases = qf_sweep_n_cases(spec), .n_parameters = spec->n_parameters};
    status = allocate(context, spec, design);
    if (status == QF_OK && spec->n_parameters > 0) {
        qf_arena scratch = {0};
        status = fill(&(qf_design_job){.context = context,
                                       .spec = spec,
                                       .seed = seed,
                                       .values = design->values,
                                       .stride = design->n_cases,
                                       .n_points = spec->n_points,
                                       .scratch = &scratch});
        qf_arena_free(&scratch);
    }
    if (status != QF_OK) {
        qf_design_free(design);
        return status;
    }
    if (spec->n_replications > 1) {
        replicate(design, spec->n_replications);
    }
    return QF_OK;
}

void qf_design_free(qf_design *design)
{
    free(design->values);
    *design = (qf_design){0};
}
