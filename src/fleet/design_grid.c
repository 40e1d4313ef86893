/* SPDX-License-Identifier: Apache-2.0 */
/* Points that nothing draws: all combinations, and rows of a table. Guarded by tests/test_design.c. */
#include <string.h>

#include "design_internal.h"

static qf_status fill_table(const qf_design_job *job)
{
    for (size_t p = 0; p < job->spec->n_parameters; p++) {
        memcpy(job->values + p * job->stride, job->spec->table + p * job->n_points,
               job->n_points * sizeof *job->values);
    }
    return QF_OK;
}

qf_status qf_design_fill_grid(const qf_design_job *job)
{
    if (job->spec->sampling == QF_SAMPLING_TABLE) {
        return fill_table(job);
    }
    size_t repeats = 1; /* points in a row with the same item */
    for (size_t p = job->spec->n_parameters; p-- > 0;) {
        const qf_sweep_parameter *const parameter = &job->spec->parameters[p];
        const qf_number *const number = &parameter->values;
        const bool is_constant = qf_number_is_constant(number);
        if (!is_constant && number->kind != QF_NUMBER_CHOICE && number->kind != QF_NUMBER_GRID) {
            return qf_fail(job->context, QF_ERROR_USAGE,
                           "a grid needs items: parameter '%s' has a distribution",
                           parameter->name);
        }
        const double *const items = is_constant ? &number->a : number->items;
        const size_t n_items = is_constant ? 1 : number->n_items;
        double *const column = job->values + p * job->stride;
        for (size_t k = 0; k < job->n_points; k++) {
            column[k] = items[k / repeats % n_items];
        }
        repeats *= n_items;
    }
    return QF_OK;
}
