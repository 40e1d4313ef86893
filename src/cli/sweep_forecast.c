/* SPDX-License-Identifier: Apache-2.0 */
#include "sweep_forecast.h"

#include <stdlib.h>

#include "memory_forecast.h"
#include "sweep_store.h"

enum {
    TABLE_BYTES = 8 + 8 + 8 + 8 + 1, /* of a case: ticks, hash, time, cause, outcome */
    REPORT_COPIES = 3,               /* of a metric's column, while it is sorted and resampled */
    RESULT_BYTES = 8 << 20,          /* what HDF5 takes to write a shard and the master */
    /* of a case: in its shard number, ticks, hash, checksum, outcome and reference to the cause, in the file of times number and
       time, in the master the number */
    STORED_BYTES = 8 + 8 + 8 + 8 + 1 + 16 + 8 + 8 + 8,
    RECORD_BYTES = 64, /* of a case in the journal, besides its metrics */
    FILE_BYTES = 64 << 10,
    COLUMN_BYTES = 2 << 10, /* of a dataset in a shard or the master: its header and attributes */
    FILES_OF_ALL =
        4, /* manifest, scenario, master, checksums; one more where the master has copies */
    FILES_OF_SHARD = 2,
};

typedef struct keyed {
    size_t class; /* of cases that agree in all parameters so far */
    double value;
    size_t at;
} keyed;

static int by_class_and_value(const void *left, const void *right)
{
    const keyed *a = left, *b = right;
    if (a->class != b->class) {
        return a->class < b->class ? -1 : 1;
    }
    return (a->value > b->value) - (a->value < b->value);
}

/* splits classes by one more parameter; they are numbered anew from 0 on */
static void refine(keyed *cases, size_t n, const double *values, const uint32_t *numbers)
{
    for (size_t i = 0; i < n; i++) {
        cases[i].value = values[numbers[cases[i].at]];
    }
    qsort(cases, n, sizeof *cases, by_class_and_value);
    size_t class = 0;
    keyed before = cases[0];
    for (size_t i = 0; i < n; i++) {
        const bool same = cases[i].class == before.class && cases[i].value == before.value;
        before = cases[i];
        class += !same;
        cases[i].class = class;
    }
}

size_t qf_sweep_count_batches(const qf_sweep_spec *spec, const qf_design *design,
                              const uint32_t *cases, size_t n_cases, size_t most_worlds)
{
    keyed *all = calloc(n_cases + 1, sizeof *all);
    if (!all) {
        return 0;
    }
    for (size_t i = 0; i < n_cases; i++) {
        all[i].at = i;
    }
    for (size_t p = 0; n_cases > 0 && p < spec->n_parameters; p++) {
        if (spec->parameters[p].path && !spec->parameters[p].packed) {
            refine(all, n_cases, &design->values[p * design->n_cases], cases);
        }
    }
    size_t n_batches = 0;
    size_t begin = 0;
    for (size_t i = 1; i <= n_cases; i++) {
        if (i == n_cases || all[i].class != all[begin].class) {
            n_batches += (i - begin + most_worlds - 1) / most_worlds;
            begin = i;
        }
    }
    free(all);
    return n_batches;
}

/* of a case's parameters and metrics: numbers are doubles, all else is a byte */
static double stored_bytes(const qf_sweep_spec *spec)
{
    double bytes = 8.0 * (double)spec->n_parameters;
    for (size_t m = 0; m < spec->n_metrics; m++) {
        bytes += spec->metrics[m].kind == QF_VALUE_NUMBER ? 8.0 : 1.0;
    }
    return bytes;
}

/* of a case, while it is told what a metric depends on: orders of all parameters, and what is sorted and ranked now */
static size_t sensitivity_bytes(const qf_sweep_spec *spec, size_t n_threads)
{
    const size_t n = spec->n_parameters;
    const size_t at_once = n < n_threads ? n : n_threads;
    const bool ranked =
        n > 0 && spec->sampling != QF_SAMPLING_SALTELLI && spec->sampling != QF_SAMPLING_MORRIS;
    return ranked ? sizeof(uint32_t) * (n + 1) + sizeof(double) * (5 + 3 * at_once) : 0;
}

qf_status qf_sweep_forecast_make(qf_context *context, const qf_sweep_job *job, size_t n_shards,
                                 qf_sweep_forecast *forecast)
{
    const qf_sweep_spec *spec = job->spec;
    const bool is_function = spec->function != QF_FUNCTION_NONE;
    const double n_all = (double)qf_sweep_n_cases(spec);
    const double n_columns = (double)(spec->n_parameters + spec->n_metrics);
    *forecast = (qf_sweep_forecast){.batch_worlds = job->batch_worlds};
    if (is_function) {
        forecast->batch_worlds = job->n_cases;
    } else if (forecast->batch_worlds == 0) {
        forecast->batch_worlds = qf_sweep_batch_worlds(job->scenario);
    }
    if (forecast->batch_worlds == 0 || forecast->batch_worlds > job->n_cases) {
        forecast->batch_worlds = job->n_cases > 0 ? job->n_cases : 1;
    }
    forecast->n_batches =
        qf_sweep_count_batches(spec, job->design, job->cases, job->n_cases, forecast->batch_worlds);
    if (forecast->n_batches == 0 && job->n_cases > 0) {
        return qf_fail(context, QF_ERROR_MEMORY, "no memory for %zu cases", job->n_cases);
    }
    const size_t n_threads = (size_t)context->n_threads;
    forecast->n_threads = (int)(forecast->n_batches < n_threads ? forecast->n_batches : n_threads);
    forecast->thread_bytes = qf_sweep_predicted_bytes(context, job);
    const size_t of_metric = sizeof(double) * REPORT_COPIES;
    const size_t of_parameters = sensitivity_bytes(spec, n_threads);
    const size_t of_report = of_metric > of_parameters ? of_metric : of_parameters;
    forecast->total_bytes =
        qf_memory_program_bytes() + RESULT_BYTES +
        (size_t)forecast->n_threads * forecast->thread_bytes +
        qf_sweep_n_cases(spec) * (TABLE_BYTES + 8 * spec->n_metrics + of_report);
    forecast->journal_bytes = (double)job->n_cases * (double)(RECORD_BYTES + 8 * spec->n_metrics);
    const double n_copies = n_shards > QF_MOST_VIRTUAL_SHARDS ? 2.0 : 1.0;
    forecast->disk_bytes = n_copies * n_all * (stored_bytes(spec) + STORED_BYTES) +
                           (double)(n_shards + 1) * (FILE_BYTES + COLUMN_BYTES * n_columns);
    forecast->n_files =
        FILES_OF_ALL + (size_t)(n_shards > QF_MOST_VIRTUAL_SHARDS) + FILES_OF_SHARD * n_shards;
    return QF_OK;
}
