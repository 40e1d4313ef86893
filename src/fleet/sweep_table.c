/* SPDX-License-Identifier: Apache-2.0 */
#include "sweep_table.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "arena.h"

const char *const qf_outcome_names[QF_OUTCOMES] = {
    [QF_OUTCOME_OK] = "ok",           [QF_OUTCOME_QUARANTINED] = "quarantined",
    [QF_OUTCOME_FAILED] = "failed",   [QF_OUTCOME_TIMED_OUT] = "timed_out",
    [QF_OUTCOME_NOT_RUN] = "not_run",
};

/* One array for each column; an empty one is memory too, so that NULL is a failure. */
static void *column(size_t count, size_t size, bool *failed)
{
    void *memory = calloc(count ? count : 1, size);
    *failed |= !memory;
    return memory;
}

qf_status qf_sweep_table_create(qf_context *context, size_t n_cases, size_t n_metrics,
                                qf_sweep_table *table)
{
    size_t n_values;
    *table = (qf_sweep_table){0};
    bool failed = !qf_size_multiply(n_cases, n_metrics, &n_values);
    if (!failed) {
        *table = (qf_sweep_table){
            .n_cases = n_cases,
            .n_metrics = n_metrics,
            .outcome = column(n_cases, sizeof *table->outcome, &failed),
            .ticks = column(n_cases, sizeof *table->ticks, &failed),
            .hash = column(n_cases, sizeof *table->hash, &failed),
            .wall_s = column(n_cases, sizeof *table->wall_s, &failed),
            .metrics = column(n_values, sizeof *table->metrics, &failed),
            .cause = column(n_cases, sizeof *table->cause, &failed),
            .count[QF_OUTCOME_NOT_RUN] = n_cases,
        };
    }
    if (failed) {
        qf_sweep_table_free(table);
        return qf_fail(context, QF_ERROR_MEMORY, "no memory for %zu cases with %zu metrics",
                       n_cases, n_metrics);
    }
    for (size_t i = 0; i < n_cases; i++) {
        table->outcome[i] = QF_OUTCOME_NOT_RUN;
        table->wall_s[i] = (double)NAN;
    }
    for (size_t i = 0; i < n_values; i++) {
        table->metrics[i] = (double)NAN;
    }
    return QF_OK;
}

void qf_sweep_table_free(qf_sweep_table *table)
{
    for (size_t i = 0; table->cause && i < table->n_cases; i++) {
        free(table->cause[i]);
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
    const size_t number = result->number;
    if (number >= table->n_cases || result->outcome >= QF_OUTCOME_NOT_RUN) {
        return qf_fail(context, QF_ERROR_INTERNAL, "case %zu of %zu has outcome %u", number,
                       table->n_cases, result->outcome);
    }
    if (table->outcome[number] != QF_OUTCOME_NOT_RUN) {
        return qf_fail(context, QF_ERROR_INTERNAL, "case %zu came twice", number);
    }
    char *cause = NULL;
    if (result->cause[0]) {
        cause = strndup(result->cause, sizeof result->cause);
        if (!cause) {
            return qf_fail(context, QF_ERROR_MEMORY, "no memory for the cause of case %zu", number);
        }
    }
    table->cause[number] = cause;
    table->outcome[number] = result->outcome;
    table->ticks[number] = result->ticks;
    table->hash[number] = result->hash;
    table->wall_s[number] = result->wall_s;
    if (result->outcome != QF_OUTCOME_FAILED) {
        for (size_t m = 0; m < table->n_metrics; m++) {
            table->metrics[m * table->n_cases + number] = result->metrics[m];
        }
    }
    table->count[QF_OUTCOME_NOT_RUN]--;
    table->count[result->outcome]++;
    return QF_OK;
}
