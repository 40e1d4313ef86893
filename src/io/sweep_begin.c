/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How a sweep is begun or gone on with: what earlier runs have left in the directory, in shards and in journals, whatever
 * they were divided into.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "ranks.h"
#include "sweep_store_internal.h"

qf_shard qf_store_shard(const qf_sweep_store *store, size_t shard)
{
    return (qf_shard){.spec = store->spec,
                      .design = store->design,
                      .identity = &store->identity,
                      .directory = store->options.path,
                      .shard = shard};
}

bool qf_store_has_file(const qf_sweep_store *store, qf_sweep_file file, size_t shard)
{
    char *path = qf_sweep_file_path(store->options.path, file, shard, store->identity.n_shards);
    const bool there = path && qf_file_exists(path);
    free(path);
    return there;
}

static qf_status check_options(qf_context *context, const qf_store_options *options, size_t n_cases)
{
    const bool whole = options->shard == 0;
    if (options->n_shards == 0 || options->n_shards > UINT32_MAX ||
        options->shard > options->n_shards) {
        return qf_fail(context, QF_ERROR_USAGE, "there is no shard %zu of %zu", options->shard,
                       options->n_shards);
    }
    if (!whole && qf_n_ranks(context) > 1) {
        return qf_fail(context, QF_ERROR_USAGE, "a shard is the work of one process");
    }
    const size_t first = whole ? 0 : qf_shard_first(n_cases, options->shard, options->n_shards);
    const size_t end =
        whole ? n_cases : qf_shard_first(n_cases, options->shard + 1, options->n_shards);
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

/* ---- what earlier runs have left ---- */

qf_status qf_store_peek(qf_context *context, qf_sweep_store *store, const char *name, size_t shard)
{
    char *path = NULL;
    if (asprintf(&path, "%s/%s", store->options.path, name) < 0) {
        return qf_fail(context, QF_ERROR_MEMORY, "out of memory");
    }
    const size_t n = store->identity.n_cases;
    const size_t n_shards = store->identity.n_shards;
    uint64_t n_damaged; /* the log has them */
    const qf_status status = qf_journal_peek(
        context, path, store->spec->n_metrics, qf_journal_key(&store->identity, shard),
        shard > 0 ? qf_shard_first(n, shard, n_shards) : 0,
        shard > 0 ? qf_shard_first(n, shard + 1, n_shards) : n, &store->table, &n_damaged);
    free(path);
    return status;
}

static bool is_own_journal(const qf_sweep_store *store, const char *name)
{
    const char *slash = strrchr(store->journal.path, '/');
    return strcmp(slash ? slash + 1 : store->journal.path, name) == 0;
}

/* Journals of ranks, and, where the store has all shards, those of shards. */
static qf_status read_journals(qf_context *context, qf_sweep_store *store)
{
    char **names;
    size_t n;
    qf_status status = qf_sweep_directory_journals(context, store->options.path, &names, &n);
    if (status) {
        return status;
    }
    for (size_t i = 0; i < n && status == QF_OK; i++) {
        size_t shard;
        const bool of_other = qf_sweep_file_is_journal(names[i], &shard) &&
                              !is_own_journal(store, names[i]) && (shard == 0 || store->whole);
        status = of_other ? qf_store_peek(context, store, names[i], shard) : QF_OK;
    }
    qf_sweep_names_free(names, n);
    return status;
}

static qf_status read_shard(qf_context *context, qf_sweep_store *store, size_t shard)
{
    size_t n_damaged = 0;
    const qf_shard of = qf_store_shard(store, shard);
    const qf_status status = qf_shard_read(context, &of, true, &store->table, NULL, &n_damaged);
    if (status == QF_OK && n_damaged > 0) {
        return qf_fail(context, QF_ERROR_READ,
                       "%s: shard %zu is done, but %zu of its cases are damaged; remove its "
                       "file to compute them anew",
                       store->options.path, shard, n_damaged);
    }
    return status;
}

/* the shards that the store has, by their numbers */
static size_t first_shard(const qf_sweep_store *store)
{
    return store->whole ? 1 : store->options.shard;
}

static size_t last_shard(const qf_sweep_store *store)
{
    return store->whole ? store->identity.n_shards : store->options.shard;
}

/* Nothing, or what is gone on with. */
static qf_status read_found(qf_context *context, qf_sweep_store *store)
{
    qf_status status = QF_OK;
    for (size_t s = first_shard(store); s <= last_shard(store) && status == QF_OK; s++) {
        store->there[s - 1] = qf_store_has_file(store, QF_SWEEP_SHARD, s);
        status = store->there[s - 1] ? read_shard(context, store, s) : QF_OK;
    }
    for (size_t k = 0; k < store->identity.n_cases; k++) {
        store->on_file[k] = store->table.outcome[k] != QF_OUTCOME_NOT_RUN;
    }
    if (status == QF_OK) {
        status = qf_journal_read(context, &store->journal, store->first, store->end, &store->table);
    }
    return status ? status : read_journals(context, store);
}

/* ---- the store ---- */

static qf_status open_journal(qf_context *context, qf_sweep_store *store)
{
    const size_t n_shards = store->identity.n_shards;
    const bool of_rank = store->whole && (n_shards > 1 || qf_n_ranks(context) > 1);
    const size_t shard = store->whole ? 1 : store->options.shard;
    char *path = of_rank
                     ? qf_sweep_file_path(store->options.path, QF_SWEEP_RANK_JOURNAL,
                                          (size_t)qf_rank(context), 0)
                     : qf_sweep_file_path(store->options.path, QF_SWEEP_JOURNAL, shard, n_shards);
    const qf_status status =
        path ? qf_journal_open(context, path, store->spec->n_metrics,
                               qf_journal_key(&store->identity, of_rank ? 0 : shard),
                               &store->journal)
             : qf_fail(context, QF_ERROR_MEMORY, "out of memory");
    free(path);
    return status;
}

/* Whoever writes a journal now would run the same cases. */
static qf_status refuse_others(qf_context *context, const qf_sweep_store *store)
{
    char **names;
    size_t n;
    qf_status status = qf_sweep_directory_journals(context, store->options.path, &names, &n);
    for (size_t i = 0; i < n && status == QF_OK; i++) {
        char *path = NULL;
        size_t shard;
        (void)qf_sweep_file_is_journal(names[i], &shard);
        if (asprintf(&path, "%s/%s", store->options.path, names[i]) < 0) {
            status = qf_fail(context, QF_ERROR_MEMORY, "out of memory");
        } else if ((shard == 0 || store->whole) && qf_partial_file_is_locked(path)) {
            status =
                qf_fail(context, QF_ERROR_EXISTS, "%s: another process is at work on it", path);
        }
        free(path);
    }
    if (names) {
        qf_sweep_names_free(names, n);
    }
    return status;
}

/* Something that neither resume nor force was asked for, and that is there. */
static qf_status refuse_begun(qf_context *context, const qf_sweep_store *store)
{
    for (size_t s = first_shard(store); s <= last_shard(store); s++) {
        const bool done = qf_store_has_file(store, QF_SWEEP_SHARD, s);
        if (done || !qf_journal_is_empty(&store->journal)) {
            return qf_fail(context, QF_ERROR_EXISTS,
                           "%s: shard %zu of %zu %s; go on with --resume, or replace it with "
                           "--force",
                           store->options.path, s, store->identity.n_shards,
                           done ? "is done already" : "was begun already");
        }
    }
    char **names;
    size_t n;
    qf_status status = qf_sweep_directory_journals(context, store->options.path, &names, &n);
    for (size_t i = 0; i < n && status == QF_OK; i++) {
        size_t shard;
        char *path = NULL;
        const bool of_other = qf_sweep_file_is_journal(names[i], &shard) &&
                              !is_own_journal(store, names[i]) && (shard == 0 || store->whole);
        if (of_other && asprintf(&path, "%s/%s", store->options.path, names[i]) < 0) {
            path = NULL;
            status = qf_fail(context, QF_ERROR_MEMORY, "out of memory");
        } else if (of_other && !qf_journal_file_is_empty(path)) {
            status = qf_fail(context, QF_ERROR_EXISTS,
                             "%s: was begun already; go on with --resume, or replace it with "
                             "--force",
                             store->options.path);
        }
        free(path);
    }
    if (names) {
        qf_sweep_names_free(names, n);
    }
    return status;
}

static qf_status meet_found(qf_context *context, qf_sweep_store *store)
{
    const qf_store_options *options = &store->options;
    qf_status status = refuse_others(context, store);
    if (status == QF_OK) {
        status = open_journal(context, store);
    }
    if (status || options->resume) {
        return status ? status : read_found(context, store);
    }
    if (!options->force) {
        status = refuse_begun(context, store);
    }
    for (size_t s = first_shard(store); s <= last_shard(store) && status == QF_OK; s++) {
        for (qf_sweep_file file = QF_SWEEP_SHARD; file <= QF_SWEEP_TIMING; file++) {
            char name[QF_SWEEP_NAME_BYTES];
            qf_sweep_file_remove(options->path,
                                 qf_sweep_file_name(file, s, store->identity.n_shards, name));
        }
    }
    return status ? status : qf_journal_begin(context, &store->journal);
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
    const size_t n = store->identity.n_cases;
    store->identity.n_shards = options->n_shards;
    store->whole = options->shard == 0;
    store->first = store->whole ? 0 : qf_shard_first(n, options->shard, options->n_shards);
    store->end = store->whole ? n : qf_shard_first(n, options->shard + 1, options->n_shards);
    store->on_file = calloc(n + 1, sizeof *store->on_file);
    store->told = calloc(n + 1, sizeof *store->told);
    if (!store->on_file || !store->told) {
        return qf_fail(context, QF_ERROR_MEMORY, "out of memory");
    }
    return qf_sweep_table_create(context, n, store->spec->n_metrics, &store->table);
}

/* into how many shards the sweep is divided is known now */
static qf_status count_shards(qf_context *context, qf_sweep_store *store)
{
    store->options.n_shards = store->identity.n_shards;
    store->there = calloc(store->identity.n_shards, sizeof *store->there);
    return store->there ? QF_OK : qf_fail(context, QF_ERROR_MEMORY, "out of memory");
}

/* Rank 0, or who is alone. *lock: until all have their journals. */
static qf_status begin_directory(qf_context *context, qf_sweep_store *store, FILE *difference,
                                 int *lock)
{
    const qf_sweep_begun begun = {.identity = &store->identity,
                                  .options = &store->options,
                                  .scenario = store->scenario,
                                  .scenario_bytes = store->scenario_bytes};
    qf_status status = qf_sweep_directory_open(context, &begun, difference, lock);
    if (status == QF_OK) {
        status = count_shards(context, store);
    }
    return status ? status : meet_found(context, store);
}

/* Other ranks: an earlier job of as many may have left a journal. */
static qf_status begin_rank(qf_context *context, qf_sweep_store *store)
{
    qf_status status = open_journal(context, store);
    if (status) {
        return status;
    }
    return store->options.resume
               ? qf_journal_read(context, &store->journal, store->first, store->end, &store->table)
               : qf_journal_begin(context, &store->journal);
}

static qf_status begin(qf_context *context, qf_sweep_store *store, FILE *difference, int *lock)
{
    const bool leads = qf_rank(context) == 0;
    qf_status status = QF_OK;
    if (leads) {
        status = begin_directory(context, store, difference, lock);
    }
    if (!context->ranks) {
        return status;
    }
    status = qf_ranks_agree(context, status);
    if (status == QF_OK) {
        status = qf_store_share_found(context, store);
    }
    if (status == QF_OK) {
        status = qf_ranks_agree(context, leads ? QF_OK : begin_rank(context, store));
    }
    return status ? status : qf_sweep_store_exchange(context, store);
}

qf_status qf_sweep_store_open(qf_context *context, const qf_sweep *sweep,
                              const qf_store_options *options, FILE *difference,
                              qf_sweep_store **result)
{
    qf_sweep_store *store = calloc(1, sizeof *store);
    *result = NULL;
    if (store) {
        store->journal.fd = -1;
    }
    qf_status status =
        store ? check_options(context, options, qf_sweep_n_cases(qf_sweep_get_spec(sweep)))
              : qf_fail(context, QF_ERROR_MEMORY, "out of memory");
    if (status == QF_OK) {
        status = copy_options(context, options, store);
    }
    if (status == QF_OK) {
        status = describe_sweep(context, sweep, store);
    }
    int lock = -1;
    status = qf_ranks_agree(context, status);
    if (status == QF_OK) {
        status = begin(context, store, difference, &lock);
    }
    qf_sweep_directory_unlock(lock);
    if (status) {
        qf_sweep_store_close(store);
        return status;
    }
    *result = store;
    return QF_OK;
}
