/* SPDX-License-Identifier: Apache-2.0 */
#include "sweep_store.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "sweep_store_internal.h"

const qf_sweep_table *qf_sweep_store_table(const qf_sweep_store *store)
{
    return &store->table;
}

static qf_status check_result(qf_context *context, const qf_sweep_store *store,
                              const qf_case_result *result)
{
    const size_t k = result->number;
    if (k < store->first || k >= store->end || result->outcome >= QF_OUTCOME_NOT_RUN ||
        store->table.outcome[k] != QF_OUTCOME_NOT_RUN) {
        return qf_fail(context, QF_ERROR_INTERNAL,
                       "case %zu came twice, or is none of cases %zu to %zu", k, store->first,
                       store->end - 1);
    }
    for (size_t m = 0; result->metrics && m < store->spec->n_metrics; m++) {
        const qf_metric_spec *metric = &store->spec->metrics[m];
        const double value = result->metrics[m];
        const bool good =
            metric->kind == QF_VALUE_NUMBER || isnan(value) ||
            (metric->kind == QF_VALUE_TRUTH ? value == 0 || value == 1
                                            : value >= 0 && value < (double)metric->n_names &&
                                                  value == (double)(int32_t)value);
        if (!good) {
            return qf_fail(context, QF_ERROR_INTERNAL, "metric %s of case %zu cannot be %g",
                           metric->name, k, value);
        }
    }
    return QF_OK;
}

static bool make_room(qf_sweep_store *store, size_t n)
{
    size_t n_values;
    if (n <= store->taken_room) {
        return true;
    }
    free(store->taken);
    free(store->taken_metrics);
    store->taken_metrics = NULL;
    store->taken_room = n;
    store->taken = calloc(n, sizeof *store->taken);
    if (qf_size_multiply(n, store->spec->n_metrics, &n_values)) {
        store->taken_metrics = calloc(n_values + 1, sizeof *store->taken_metrics);
    }
    store->taken_room = store->taken && store->taken_metrics ? n : 0;
    return store->taken_room == n;
}

/* Results as files give them back: there is one NaN, and a truth or a choice has no sign. */
static void copy_results(const qf_sweep_store *store, const qf_case_result *results, size_t n)
{
    const size_t n_metrics = store->spec->n_metrics;
    for (size_t i = 0; i < n; i++) {
        double *metrics = store->taken_metrics + i * n_metrics;
        for (size_t m = 0; m < n_metrics; m++) {
            const bool has_any = results[i].metrics && results[i].outcome != QF_OUTCOME_FAILED;
            const double value = has_any ? results[i].metrics[m] : (double)NAN;
            const bool number = store->spec->metrics[m].kind == QF_VALUE_NUMBER;
            metrics[m] = isnan(value) ? (double)NAN : number ? value : fabs(value);
        }
        store->taken[i] = results[i];
        store->taken[i].metrics = metrics;
        store->taken[i].cause[QF_CASE_CAUSE_BYTES - 1] = '\0';
    }
}

/* What was made of all shards is out of date as soon as one has more. */
void qf_store_outdate_master(qf_sweep_store *store)
{
    char name[QF_SWEEP_NAME_BYTES];
    qf_sweep_file_remove(store->options.path, qf_sweep_file_name(QF_SWEEP_MASTER, 0, 0, name));
    qf_sweep_file_remove(store->options.path, qf_sweep_file_name(QF_SWEEP_CHECKSUMS, 0, 0, name));
    qf_sweep_file_remove(store->options.path, qf_sweep_file_name(QF_SWEEP_TIMINGS, 0, 0, name));
    store->outdated = true;
}

qf_status qf_sweep_store_take(qf_context *context, qf_sweep_store *store,
                              const qf_case_result *results, size_t n)
{
    qf_status status = QF_OK;
    for (size_t i = 0; i < n && status == QF_OK; i++) {
        status = check_result(context, store, &results[i]);
    }
    if (status == QF_OK && !make_room(store, n)) {
        status = qf_fail(context, QF_ERROR_MEMORY, "out of memory");
    }
    if (status == QF_OK && n > 0) {
        copy_results(store, results, n);
        if (!store->outdated) {
            qf_store_outdate_master(store);
        }
        status = qf_journal_append(context, &store->journal, store->taken, n);
    }
    for (size_t i = 0; i < n && status == QF_OK; i++) {
        status = qf_sweep_table_put(context, &store->table, &store->taken[i]);
    }
    return status;
}

qf_status qf_sweep_store_finish(qf_context *context, qf_sweep_store *store,
                                const qf_sweep_report *report)
{
    const qf_master master = {.spec = store->spec,
                              .design = store->design,
                              .identity = &store->identity,
                              .directory = store->options.path,
                              .scenario = store->scenario,
                              .table = &store->table,
                              .report = report};
    return qf_master_conclude(context, &master);
}

void qf_sweep_store_close(qf_sweep_store *store)
{
    if (!store) {
        return;
    }
    if (store->journal.fd >= 0) {
        qf_journal_close(&store->journal, qf_journal_is_empty(&store->journal));
    }
    qf_sweep_identity_free(&store->identity);
    qf_sweep_table_free(&store->table);
    free((char *)store->options.path);
    free((char *)store->options.command_line);
    free((char *)store->options.isa);
    free(store->scenario);
    free(store->there);
    free(store->on_file);
    free(store->told);
    free(store->taken);
    free(store->taken_metrics);
    free(store);
}
