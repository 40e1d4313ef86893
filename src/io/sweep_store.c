/* SPDX-License-Identifier: Apache-2.0 */
#include "sweep_store.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "sweep_store_internal.h"

struct qf_sweep_store {
    const qf_sweep_spec *spec;
    const qf_design *design;
    qf_sweep_identity identity;
    qf_store_options options; /* path and texts are copies */
    char *scenario;           /* the effective one */
    size_t scenario_bytes;
    size_t first, end; /* of the shard */
    qf_sweep_table table;
    qf_journal journal;
    bool has_more;         /* than the shard's file, or there is none */
    qf_case_result *taken; /* results that are being taken, as they are kept */
    double *taken_metrics;
    size_t taken_room;
};

static qf_shard shard_of(const qf_sweep_store *store, size_t shard)
{
    return (qf_shard){.spec = store->spec,
                      .design = store->design,
                      .identity = &store->identity,
                      .directory = store->options.path,
                      .shard = shard};
}

/* Whether a file of a shard is there. */
static bool has_file(const qf_sweep_store *store, qf_sweep_file file, size_t shard)
{
    char *path = qf_sweep_file_path(store->options.path, file, shard, store->identity.n_shards);
    const bool there = path && qf_file_exists(path);
    free(path);
    return there;
}

static void remove_shard_file(const qf_sweep_store *store, qf_sweep_file file)
{
    char name[QF_SWEEP_NAME_BYTES];
    qf_sweep_file_remove(store->options.path, qf_sweep_file_name(file, store->options.shard,
                                                                 store->identity.n_shards, name));
}

static qf_status check_options(qf_context *context, const qf_store_options *options, size_t n_cases)
{
    if (options->n_shards == 0 || options->n_shards > UINT32_MAX || options->shard == 0 ||
        options->shard > options->n_shards) {
        return qf_fail(context, QF_ERROR_USAGE, "there is no shard %zu of %zu", options->shard,
                       options->n_shards);
    }
    const size_t first = qf_shard_first(n_cases, options->shard, options->n_shards);
    const size_t end = qf_shard_first(n_cases, options->shard + 1, options->n_shards);
    const bool all = options->first_case == 0 && options->end_case == n_cases;
    if (!all && (options->first_case < first || options->end_case > end ||
                 options->first_case > options->end_case)) {
        return qf_fail(context, QF_ERROR_USAGE,
                       "cases %zu to %zu are not within those of shard %zu of %zu, %zu to %zu",
                       options->first_case, options->end_case - 1, options->shard,
                       options->n_shards, first, end - 1);
    }
    if (options->resume && options->force) {
        return qf_fail(context, QF_ERROR_USAGE, "a sweep is resumed or replaced, not both");
    }
    if (!options->version || !options->git_commit) {
        return qf_fail(context, QF_ERROR_INTERNAL, "a sweep's files need the program's version");
    }
    return QF_OK;
}

/* What earlier runs of this shard have left: nothing, or what is gone on with. */
static qf_status read_shard(qf_context *context, qf_sweep_store *store)
{
    qf_status status = QF_OK;
    size_t n_damaged = 0;
    store->has_more = !has_file(store, QF_SWEEP_SHARD, store->options.shard);
    if (!store->has_more) {
        const qf_shard shard = shard_of(store, store->options.shard);
        status = qf_shard_read(context, &shard, true, &store->table, NULL, &n_damaged);
    }
    if (status == QF_OK && n_damaged > 0) {
        status = qf_fail(context, QF_ERROR_READ,
                         "%s: shard %zu is done, but %zu of its cases are damaged; remove its "
                         "file to compute them anew",
                         store->options.path, store->options.shard, n_damaged);
    }
    const size_t before = store->table.count[QF_OUTCOME_NOT_RUN];
    if (status == QF_OK) {
        status = qf_journal_read(context, &store->journal, store->first, store->end, &store->table);
    }
    store->has_more = store->has_more || store->table.count[QF_OUTCOME_NOT_RUN] < before;
    return status;
}

static qf_status open_shard(qf_context *context, qf_sweep_store *store)
{
    const qf_store_options *options = &store->options;
    char *path =
        qf_sweep_file_path(options->path, QF_SWEEP_JOURNAL, options->shard, options->n_shards);
    qf_status status =
        path ? qf_journal_open(context, path, store->spec->n_metrics,
                               qf_journal_key(&store->identity, options->shard), &store->journal)
             : qf_fail(context, QF_ERROR_MEMORY, "out of memory");
    free(path);
    if (status) {
        return status;
    }
    if (options->resume) {
        return read_shard(context, store);
    }
    const bool done = has_file(store, QF_SWEEP_SHARD, options->shard);
    if (!options->force && (done || !qf_journal_is_empty(&store->journal))) {
        return qf_fail(context, QF_ERROR_EXISTS,
                       "%s: shard %zu of %zu %s; go on with --resume, or replace it with --force",
                       options->path, options->shard, options->n_shards,
                       done ? "is done already" : "was begun already");
    }
    for (qf_sweep_file file = QF_SWEEP_SHARD; file <= QF_SWEEP_TIMING; file++) {
        remove_shard_file(store, file);
    }
    store->has_more = true;
    return qf_journal_begin(context, &store->journal);
}

static qf_status copy_options(qf_context *context, const qf_store_options *options,
                              qf_sweep_store *store)
{
    store->options = *options;
    store->options.path = strdup(options->path);
    store->options.command_line = strdup(options->command_line ? options->command_line : "");
    store->options.isa = strdup(options->isa ? options->isa : "unknown");
    if (!store->options.path || !store->options.command_line || !store->options.isa) {
        return qf_fail(context, QF_ERROR_MEMORY, "out of memory");
    }
    return QF_OK;
}

static qf_status describe_sweep(qf_context *context, const qf_sweep *sweep, qf_sweep_store *store)
{
    const qf_store_options *options = &store->options;
    store->spec = qf_sweep_get_spec(sweep);
    store->design = qf_sweep_design(sweep);
    qf_status status = qf_sweep_text(context, sweep, &store->scenario, &store->scenario_bytes);
    if (status == QF_OK) {
        status = qf_sweep_identify(context, sweep, store->scenario, store->scenario_bytes,
                                   options->version, options->git_commit, &store->identity);
    }
    if (status) {
        return status;
    }
    store->identity.n_shards = options->n_shards;
    store->first = qf_shard_first(store->identity.n_cases, options->shard, options->n_shards);
    store->end = qf_shard_first(store->identity.n_cases, options->shard + 1, options->n_shards);
    return qf_sweep_table_create(context, store->identity.n_cases, store->spec->n_metrics,
                                 &store->table);
}

qf_status qf_sweep_store_open(qf_context *context, const qf_sweep *sweep,
                              const qf_store_options *options, FILE *difference,
                              qf_sweep_store **result)
{
    qf_sweep_store *store = calloc(1, sizeof *store);
    *result = NULL;
    if (!store) {
        return qf_fail(context, QF_ERROR_MEMORY, "out of memory");
    }
    store->journal.fd = -1;
    qf_status status = check_options(context, options, qf_sweep_n_cases(qf_sweep_get_spec(sweep)));
    if (status == QF_OK) {
        status = copy_options(context, options, store);
    }
    if (status == QF_OK) {
        status = describe_sweep(context, sweep, store);
    }
    int lock = -1;
    if (status == QF_OK) {
        const qf_sweep_begun begun = {.identity = &store->identity,
                                      .options = &store->options,
                                      .scenario = store->scenario,
                                      .scenario_bytes = store->scenario_bytes};
        status = qf_sweep_directory_open(context, &begun, difference, &lock);
    }
    if (status == QF_OK) {
        status = open_shard(context, store);
    }
    qf_sweep_directory_unlock(lock);
    if (status) {
        qf_sweep_store_close(store);
        return status;
    }
    *result = store;
    return QF_OK;
}

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
                       "case %zu came twice, or is none of shard %zu of %zu", k,
                       store->options.shard, store->options.n_shards);
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
static void outdate_master(qf_sweep_store *store)
{
    char name[QF_SWEEP_NAME_BYTES];
    qf_sweep_file_remove(store->options.path, qf_sweep_file_name(QF_SWEEP_MASTER, 0, 0, name));
    qf_sweep_file_remove(store->options.path, qf_sweep_file_name(QF_SWEEP_CHECKSUMS, 0, 0, name));
    store->has_more = true;
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
        outdate_master(store);
        status = qf_journal_append(context, &store->journal, store->taken, n);
    }
    for (size_t i = 0; i < n && status == QF_OK; i++) {
        status = qf_sweep_table_put(context, &store->table, &store->taken[i]);
    }
    return status;
}

/* Cases of the shard that are on file, but do not count. */
static bool has_uncounted(const qf_sweep_store *store, size_t n_cases)
{
    for (size_t k = n_cases; k < store->end; k++) {
        if (k >= store->first && store->table.outcome[k] != QF_OUTCOME_NOT_RUN) {
            return true;
        }
    }
    return false;
}

static qf_status write_shard(qf_context *context, qf_sweep_store *store, size_t n_cases)
{
    const qf_shard shard = shard_of(store, store->options.shard);
    const qf_shard_session session = {.command_line = store->options.command_line,
                                      .isa = store->options.isa,
                                      .threads = store->options.threads,
                                      .begun_utc_s = store->journal.begun_utc_s};
    outdate_master(store);
    const qf_status status =
        qf_shard_write_timing(context, &shard, &store->table, n_cases, &session);
    return status ? status : qf_shard_write(context, &shard, &store->table, n_cases);
}

/* Reads the shards of others, when all are done. */
static qf_status read_others(qf_context *context, qf_sweep_store *store, bool *all)
{
    const size_t n = store->identity.n_shards;
    size_t n_missing = 0;
    for (size_t shard = 1; shard <= n; shard++) {
        n_missing += !has_file(store, QF_SWEEP_SHARD, shard);
    }
    *all = n_missing == 0;
    if (!*all) {
        qf_log(context, QF_LOG_INFO, "sweep_shards_missing path=%s n=%zu of=%zu",
               store->options.path, n_missing, n);
    }
    qf_status status = QF_OK;
    for (size_t shard = 1; *all && shard <= n && status == QF_OK; shard++) {
        size_t n_damaged = 0;
        const qf_shard other = shard_of(store, shard);
        if (shard != store->options.shard) {
            status = qf_shard_read(context, &other, true, &store->table, NULL, &n_damaged);
        }
        if (status == QF_OK && n_damaged > 0) {
            status = qf_fail(context, QF_ERROR_READ, "%s: shard %zu of %zu has %zu damaged cases",
                             store->options.path, shard, n, n_damaged);
        }
    }
    return status;
}

qf_status qf_sweep_store_finish_shard(qf_context *context, qf_sweep_store *store, size_t n_cases,
                                      bool *all)
{
    qf_status status = QF_OK;
    *all = false;
    if (store->has_more || has_uncounted(store, n_cases)) {
        status = write_shard(context, store, n_cases);
    }
    if (status == QF_OK) {
        store->has_more = false;
        qf_journal_close(&store->journal, true);
        status = read_others(context, store, all);
    }
    return status;
}

qf_status qf_sweep_store_finish(qf_context *context, qf_sweep_store *store,
                                const qf_sweep_report *report)
{
    int lock;
    qf_status status =
        qf_sweep_directory_reopen(context, store->options.path, &store->identity, &lock);
    if (status == QF_OK) {
        status = qf_master_write(context, store->options.path, store->spec, &store->identity,
                                 store->scenario, &store->table, report);
    }
    if (status == QF_OK) {
        status = qf_checksums_write(context, store->options.path, store->identity.n_shards);
    }
    qf_sweep_directory_unlock(lock);
    return status;
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
    free(store->taken);
    free(store->taken_metrics);
    free(store);
}
