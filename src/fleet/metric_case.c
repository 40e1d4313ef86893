/* SPDX-License-Identifier: Apache-2.0 */
#include "metric_case.h"

#include <math.h>
#include <string.h>

qf_status qf_metric_case_create(qf_context *context, qf_arena *arena, const qf_metric_plan *plan,
                                size_t n_parameters, size_t n_worlds, size_t n_rows,
                                qf_metric_machine *machine, qf_metric_case *c)
{
    *c = (qf_metric_case){.plan = plan, .n_parameters = n_parameters, .n_worlds = n_worlds};
    const size_t n_columns = plan->n_over_time + n_parameters + plan->n_metrics;
    c->columns = qf_arena_array(arena, n_columns, sizeof *c->columns);
    c->programs = qf_arena_array(arena, plan->n_metrics, sizeof *c->programs);
    bool complete = c->columns && c->programs;
    for (size_t k = 0; complete && k < n_columns; k++) {
        c->columns[k] = qf_arena_array(arena, n_rows, sizeof **c->columns);
        complete = c->columns[k] != NULL;
    }
    if (!complete) {
        return qf_fail(context, QF_ERROR_MEMORY, "no memory for metrics");
    }
    qf_status status = QF_OK;
    for (size_t m = 0; m < plan->n_metrics && status == QF_OK; m++) {
        status = qf_metric_programs_create(context, arena, &plan->metrics[m].of, 1,
                                           (void *const *)c->columns, n_rows, &c->programs[m]);
        qf_metric_machine_fit(machine, &c->programs[m]);
    }
    return status;
}

static void compute(qf_metric_machine *machine, const qf_metric_programs *programs, size_t n_worlds,
                    double *column)
{
    for (size_t first = 0; first < n_worlds; first += QF_PROGRAM_VEHICLES) {
        const size_t rest = n_worlds - first;
        const size_t n = rest < QF_PROGRAM_VEHICLES ? rest : QF_PROGRAM_VEHICLES;
        qf_metric_machine_run(machine, &programs->programs[0], first, n);
        const double *row = qf_metric_machine_row(machine, &programs->values[0]);
        for (size_t i = 0; i < n; i++) {
            column[first + i] = row[i] == row[i] ? row[i] : (double)NAN;
        }
    }
}

qf_status qf_metric_case_compute(qf_context *context, qf_metric_case *c, qf_metric_machine *machine,
                                 const qf_design *design, const uint32_t *numbers, double *metrics)
{
    double **parameters = c->columns + c->plan->n_over_time;
    if (design->n_parameters != c->n_parameters) {
        return qf_fail(context, QF_ERROR_INTERNAL, "metrics of another design");
    }
    for (size_t p = 0; p < c->n_parameters; p++) {
        for (size_t w = 0; w < c->n_worlds; w++) {
            parameters[p][w] = design->values[p * design->n_cases + numbers[w]];
        }
    }
    for (size_t m = 0; m < c->plan->n_metrics; m++) {
        double *column = parameters[c->n_parameters + m];
        compute(machine, &c->programs[m], c->n_worlds, column);
        memcpy(metrics + m * c->n_worlds, column, c->n_worlds * sizeof *column);
    }
    return QF_OK;
}
