/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Models without a simulation. Ishigami's function (Ishigami and Homma 1990): sin x1 + a sin^2 x2 + b x3^4 sin x1.
 * Sobol's g (Sobol' 1998): product of (|4 x - 2| + a) / (1 + a). Their indices are known: tests/test_sweep_run.c.
 */
#include <math.h>
#include <string.h>

#include "fleet.h"
#include "metric_case.h"
#include "scalar_math.h"
#include "sweep_batch.h"

static double ishigami(const double *coefficients, const double x[3])
{
    const double square = qf_sin(x[1]) * qf_sin(x[1]);
    const double fourth = x[2] * x[2] * (x[2] * x[2]);
    return qf_sin(x[0]) + coefficients[0] * square + coefficients[1] * fourth * qf_sin(x[0]);
}

double qf_function_value(const qf_sweep_spec *spec, const qf_design *design, size_t number)
{
    const double *values = design->values + number;
    if (spec->function == QF_FUNCTION_ISHIGAMI) {
        const double x[3] = {values[0], values[design->n_cases], values[2 * design->n_cases]};
        return ishigami(spec->coefficients, x);
    }
    double product = 1.0;
    for (size_t p = 0; p < design->n_parameters; p++) {
        const double a = spec->coefficients[p];
        product *= (fabs(4.0 * values[p * design->n_cases] - 2.0) + a) / (1.0 + a);
    }
    return product;
}

/* what the metrics of some cases read: their parameters, and the function's value after them, where metric 0 stands */
static bool gather(const qf_sweep_job *job, const uint32_t *numbers, size_t n, qf_arena *arena,
                   qf_design *some)
{
    const qf_design *all = job->design;
    some->n_cases = n;
    some->n_parameters = all->n_parameters + 1;
    some->values = qf_arena_array(arena, n * some->n_parameters, sizeof *some->values);
    for (size_t i = 0; some->values && i < n; i++) {
        for (size_t p = 0; p < all->n_parameters; p++) {
            some->values[p * n + i] = all->values[p * all->n_cases + numbers[i]];
        }
        some->values[all->n_parameters * n + i] = qf_function_value(job->spec, all, numbers[i]);
    }
    return some->values != NULL;
}

/* the metrics after `f`, which read it by name: [metric][case] */
static qf_status compute_others(qf_context *context, const qf_sweep_job *job, size_t n,
                                const qf_design *some, qf_arena *arena, double *metrics)
{
    const size_t n_rows = (n + 7) / 8 * 8;
    qf_metric_plan plan = *job->plan;
    plan.metrics++;
    plan.n_metrics--;
    qf_metric_machine machine = {.kernels = job->kernels ? job->kernels : qf_kernels_best()};
    qf_metric_case of_case;
    qf_status status = qf_metric_case_create(context, arena, &plan, some->n_parameters, n, n_rows,
                                             &machine, &of_case);
    if (status == QF_OK && !qf_metric_machine_prepare(&machine, arena)) {
        status = qf_fail(context, QF_ERROR_MEMORY, "no memory for metrics");
    }
    uint32_t *places = qf_arena_array(arena, n, sizeof *places);
    if (status == QF_OK && !places) {
        status = qf_fail(context, QF_ERROR_MEMORY, "no memory for metrics");
    }
    for (size_t i = 0; status == QF_OK && i < n; i++) {
        places[i] = (uint32_t)i;
    }
    return status == QF_OK
               ? qf_metric_case_compute(context, &of_case, &machine, some, places, metrics)
               : status;
}

static uint64_t hash_of(double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    return qf_combine_hashes(&bits, 1);
}

qf_status qf_sweep_batch_compute(qf_context *context, const qf_sweep_job *job,
                                 const uint32_t *numbers, size_t n, qf_case_result *results,
                                 double *metrics)
{
    const size_t n_metrics = job->spec->n_metrics;
    const size_t n_others = n_metrics - 1;
    qf_arena arena = {0};
    qf_design some;
    double *others = qf_arena_array(&arena, n * n_others, sizeof *others);
    qf_status status = QF_OK;
    if (!others || !gather(job, numbers, n, &arena, &some)) {
        status = qf_fail(context, QF_ERROR_MEMORY, "no memory for %zu cases", n);
    } else if (n_others > 0) {
        status = compute_others(context, job, n, &some, &arena, others);
    }
    for (size_t i = 0; status == QF_OK && i < n; i++) {
        double *of_case = metrics + i * n_metrics;
        of_case[0] = some.values[job->design->n_parameters * n + i];
        for (size_t m = 0; m < n_others; m++) {
            of_case[1 + m] = others[m * n + i];
        }
        results[i] = (qf_case_result){.number = numbers[i],
                                      .outcome = QF_OUTCOME_OK,
                                      .hash = hash_of(of_case[0]),
                                      .metrics = of_case};
    }
    qf_arena_free(&arena);
    return status;
}
