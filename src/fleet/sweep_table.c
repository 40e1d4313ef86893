/* SPDX-License-Identifier: Apache-2.0 */
#include "sweep_table.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "arena.h"

const char *const qf_outcome_names[QF_OUTCOMES] = {"ok", "quarantined", "failed", "timed_out",
                                                   "not_run"};

qf_status qf_sweep_table_create(qf_context *context, size_t n_cases, size_t n_metrics,
                                qf_sweep_table *table)
{
    size_t n_values;
    *table = (qf_sweep_table){.n_cases = n_cases, .n_metrics = n_metrics};
    if (!qf_size_multiply(n_cases, n_metrics, &n_values) || n_cases == SIZE_MAX ||
        n_values == SIZE_MAX) {
        return qf_fail(context, QF_ERROR_MEMORY, "no memory for %zu cases", n_cases);
    }
    table->outcome = calloc(n_cases + 1, sizeof *table->outcome);
    table->ticks = calloc(n_cases + 1, sizeof *table->ticks);
    table->hash = calloc(n_cases + 1, sizeof *table->hash);
    table->wall_s = calloc(n_cases + 1, sizeof *table->wall_s);
    table->metrics = calloc(n_values + 1, sizeof *table->metrics);
    table->cause = calloc(n_cases + 1, sizeof *table->cause);
    if (!table->outcome || !table->ticks || !table->hash || !table->wall_s || !table->metrics ||
        !table->cause) {
        qf_sweep_table_free(table);
        return qf_fail(context, QF_ERROR_MEMORY, "no memory for %zu cases", n_cases);
    }
    memset(table->outcome, QF_OUTCOME_NOT_RUN, n_cases);
    table->count[QF_OUTCOME_NOT_RUN] = n_cases;
    for (size_t k = 0; k < n_cases; k++) {
        table->wall_s[k] = (double)NAN;
    }
    for (size_t i = 0; i < n_values; i++) {
        table->metrics[i] = (double)NAN;
    }
    return QF_OK;
}

void qf_sweep_table_free(qf_sweep_table *table)
{
    for (size_t k = 0; table->cause && k < table->n_cases; k++) {
        free(table->cause[k]);
    }
    free(table->outcome);
    free(table->ticks);
    free(table->hash);
    free(table->wall_s);
    free(table->metrics);
    free(table->cause);
    *table = (qf_sweep_table){0};
}

qf_status qf_sweep_table_put(qf_context *context, qf_sweep_table *table,
                             const qf_case_result *result)
{
    const size_t k = result->number;
    if (k >= table->n_cases || result->outcome >= QF_OUTCOME_NOT_RUN ||
        table->outcome[k] != QF_OUTCOME_NOT_RUN) {
        return qf_fail(context, QF_ERROR_INTERNAL, "case %zu came twice, or is none", k);
    }
    if (result->cause[0] && !(table->cause[k] = strndup(result->cause, QF_CASE_CAUSE_BYTES))) {
        return qf_fail(context, QF_ERROR_MEMORY, "out of memory");
    }
    table->outcome[k] = result->outcome;
    table->ticks[k] = result->ticks;
    table->hash[k] = result->hash;
    table->wall_s[k] = result->wall_s;
    for (size_t m = 0; result->metrics && m < table->n_metrics; m++) {
        table->metrics[m * table->n_cases + k] = result->metrics[m];
    }
    table->count[QF_OUTCOME_NOT_RUN]--;
    table->count[result->outcome]++;
    return QF_OK;
}
