/* SPDX-License-Identifier: Apache-2.0 */
/* The end of a sweep's cases: shards are written, each by one process, and journals, which they make superfluous, go. */
#include <stdlib.h>
#include <string.h>

#include "late_file.h"
#include "ranks.h"
#include "sweep_store_internal.h"

/* Whether its file is not what is known of its cases. */
static bool is_out_of_date(const qf_sweep_store *store, size_t shard, size_t n_cases)
{
    const size_t n = store->identity.n_cases;
    const size_t end = qf_shard_first(n, shard + 1, store->identity.n_shards);
    for (size_t k = qf_shard_first(n, shard, store->identity.n_shards); k < end; k++) {
        const bool ran = store->table.outcome[k] != QF_OUTCOME_NOT_RUN;
        /* got since, or on file and not counted */
        if (ran && store->on_file[k] != (k < n_cases)) {
            return true;
        }
    }
    return !store->there[shard - 1];
}

static qf_status write_shard(qf_context *context, qf_sweep_store *store, size_t shard,
                             size_t n_cases)
{
    const qf_shard of = qf_store_shard(store, shard);
    const qf_shard_session session = {.command_line = store->options.command_line,
                                      .isa = store->options.isa,
                                      .threads = store->options.threads,
                                      .begun_utc_s = store->journal.begun_utc_s};
    qf_store_outdate_master(store);
    const qf_status status = qf_shard_write_timing(context, &of, &store->table, n_cases, &session);
    return status ? status : qf_shard_write(context, &of, &store->table, n_cases);
}

/* Those that are this rank's to write. */
static qf_status write_shards(qf_context *context, qf_sweep_store *store, size_t n_cases)
{
    const size_t n_ranks = (size_t)qf_n_ranks(context);
    const size_t first = store->whole ? 1 + (size_t)qf_rank(context) : store->options.shard;
    const size_t last = store->whole ? store->identity.n_shards : store->options.shard;
    qf_status status = QF_OK;
    for (size_t shard = first; shard <= last && status == QF_OK; shard += n_ranks) {
        if (is_out_of_date(store, shard, n_cases)) {
            status = write_shard(context, store, shard, n_cases);
        }
    }
    return status;
}

/* Reads the shards of others, when all are done. */
static qf_status read_others(qf_context *context, qf_sweep_store *store, bool *all)
{
    const size_t n = store->identity.n_shards;
    /* the last are missing longest: each of very many jobs that end asks for few names then */
    size_t last = n;
    while (last > 0 && qf_store_has_file(store, QF_SWEEP_SHARD, last)) {
        last--;
    }
    *all = last == 0;
    if (!*all) {
        qf_log(context, QF_LOG_INFO, "sweep_shard_missing path=%s shard=%zu of=%zu",
               store->options.path, last, n);
    }
    qf_status status = QF_OK;
    for (size_t shard = 1; *all && shard <= n && status == QF_OK; shard++) {
        size_t n_damaged = 0;
        const qf_shard other = qf_store_shard(store, shard);
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

/* Waits for the files of other ranks: what is made of them has their bytes. */
static qf_status see_shards(qf_context *context, const qf_sweep_store *store)
{
    const size_t n = store->identity.n_shards;
    double patience_s = QF_LATE_FILE_PATIENCE_S;
    qf_status status = QF_OK;
    for (size_t shard = 1; shard <= n && status == QF_OK; shard++) {
        char *path = qf_sweep_file_path(store->options.path, QF_SWEEP_SHARD, shard, n);
        if (!path) {
            status = qf_fail(context, QF_ERROR_MEMORY, "out of memory");
        } else if (!qf_late_file_seen(path, -1, &patience_s)) {
            status = qf_fail(context, QF_ERROR_READ,
                             "%s: another rank has written shard %zu of %zu, which cannot be seen "
                             "here after %.0f s; --resume goes on",
                             store->options.path, shard, n, QF_LATE_FILE_PATIENCE_S);
        }
        free(path);
    }
    return status;
}

/* A journal goes when shards have all that it has; what a process is at work on stays. */
static void drop_journals(qf_context *context, qf_sweep_store *store)
{
    char **names;
    size_t n;
    if (qf_sweep_directory_journals(context, store->options.path, &names, &n) != QF_OK) {
        return; /* a leftover only costs its space */
    }
    for (size_t i = 0; i < n; i++) {
        size_t shard;
        char *path = NULL;
        const size_t before = store->table.count[QF_OUTCOME_NOT_RUN];
        const bool leftover = qf_sweep_file_is_journal(names[i], &shard) &&
                              (shard == 0 || store->whole) &&
                              asprintf(&path, "%s/%s", store->options.path, names[i]) >= 0 &&
                              !qf_partial_file_is_locked(path);
        if (leftover && (store->whole || (qf_store_peek(context, store, names[i], shard) == QF_OK &&
                                          store->table.count[QF_OUTCOME_NOT_RUN] == before))) {
            qf_sweep_file_remove(store->options.path, names[i]);
        }
        free(path);
    }
    qf_sweep_names_free(names, n);
}

qf_status qf_sweep_store_finish_shard(qf_context *context, qf_sweep_store *store, size_t n_cases,
                                      bool *all)
{
    const bool leads = qf_rank(context) == 0;
    *all = false;
    qf_status status = qf_ranks_agree(context, write_shards(context, store, n_cases));
    if (status == QF_OK && context->ranks) {
        status = qf_ranks_agree(context, leads ? see_shards(context, store) : QF_OK);
    }
    if (status) {
        return status;
    }
    qf_journal_close(&store->journal, true);
    if (store->whole) {
        *all = true;
    } else {
        status = read_others(context, store, all);
    }
    if (status == QF_OK && *all && leads) {
        drop_journals(context, store);
    }
    return status;
}
