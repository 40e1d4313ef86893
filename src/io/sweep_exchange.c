/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What ranks tell each other of a sweep: records as they are in journals, checksums included, from process to process. A
 * file system between machines may be late, and results are not to wait for it.
 */
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "ranks.h"
#include "sweep_store_internal.h"

enum { RECORDS_AT_ONCE = 1 << 16 }; /* of all ranks together: they take some 20 MB */

size_t qf_sweep_exchange_bytes(const qf_sweep_spec *spec)
{
    const size_t n_cases = qf_sweep_n_cases(spec);
    const size_t n = n_cases < RECORDS_AT_ONCE ? n_cases : RECORDS_AT_ONCE;
    return 3 * n * (sizeof(qf_case_result) + sizeof(double) * (spec->n_metrics + 1));
}

static bool is_to_be_told(const qf_sweep_store *store, size_t k)
{
    return !store->told[k] && store->table.outcome[k] != QF_OUTCOME_NOT_RUN;
}

static void pack_case(const qf_sweep_store *store, size_t k, double *metrics, unsigned char *bytes)
{
    const qf_sweep_table *table = &store->table;
    qf_case_result result = {.number = (uint32_t)k,
                             .outcome = table->outcome[k],
                             .ticks = table->ticks[k],
                             .hash = table->hash[k],
                             .wall_s = table->wall_s[k],
                             .metrics = metrics};
    for (size_t m = 0; m < table->n_metrics; m++) {
        metrics[m] = table->metrics[m * table->n_cases + k];
    }
    if (table->cause[k]) {
        memcpy(result.cause, table->cause[k], strnlen(table->cause[k], sizeof result.cause - 1));
    }
    qf_journal_pack(&store->journal, &result, bytes);
}

/* the next records to tell, at most so many; how many they are */
static size_t pack_some(qf_sweep_store *store, size_t *next, size_t most, double *metrics,
                        unsigned char *bytes)
{
    size_t n = 0;
    for (; *next < store->identity.n_cases && n < most; ++*next) {
        if (is_to_be_told(store, *next)) {
            pack_case(store, *next, metrics, bytes + n * store->journal.record_bytes);
            store->told[*next] = true;
            n++;
        }
    }
    return n;
}

static qf_status put_record(qf_context *context, qf_sweep_store *store, const unsigned char *bytes,
                            double *metrics)
{
    qf_case_result result;
    if (!qf_journal_unpack(&store->journal, bytes, &result, metrics) ||
        result.number >= store->identity.n_cases || result.outcome >= QF_OUTCOME_NOT_RUN) {
        return qf_fail(context, QF_ERROR_INTERNAL, "a case came damaged from another rank");
    }
    store->told[result.number] = true;
    return store->table.outcome[result.number] == QF_OUTCOME_NOT_RUN
               ? qf_sweep_table_put(context, &store->table, &result)
               : QF_OK;
}

static qf_status put_all(qf_context *context, qf_sweep_store *store, const qf_gathered *gathered,
                         double *metrics)
{
    const size_t record_bytes = store->journal.record_bytes;
    qf_status status = QF_OK;
    for (int r = 0; r < qf_n_ranks(context); r++) {
        const unsigned char *bytes = (const unsigned char *)gathered->bytes + gathered->first[r];
        for (size_t at = 0; at < gathered->bytes_of[r] && status == QF_OK; at += record_bytes) {
            status = put_record(context, store, bytes + at, metrics);
        }
    }
    return status;
}

/* lists of what is missing are made of them: they must be the same */
static qf_status compare_tables(qf_context *context, const qf_sweep_store *store)
{
    const size_t n = store->identity.n_cases;
    const uint64_t hash = XXH3_64bits(store->table.outcome, n) & INT64_MAX;
    int64_t most[] = {(int64_t)hash, -(int64_t)hash};
    qf_ranks_most(context, most, 2);
    return most[0] == -most[1]
               ? QF_OK
               : qf_fail(context, QF_ERROR_INTERNAL, "ranks do not agree in which cases are done");
}

qf_status qf_sweep_store_exchange(qf_context *context, qf_sweep_store *store)
{
    if (!context->ranks) {
        return QF_OK;
    }
    const size_t n_ranks = (size_t)qf_n_ranks(context);
    const size_t at_once = n_ranks < RECORDS_AT_ONCE ? RECORDS_AT_ONCE / n_ranks : 1;
    unsigned char *bytes = malloc(at_once * store->journal.record_bytes);
    double *metrics = calloc(store->spec->n_metrics + 1, sizeof *metrics);
    qf_status status =
        bytes && metrics ? QF_OK : qf_fail(context, QF_ERROR_MEMORY, "out of memory");
    status = qf_ranks_agree(context, status);
    int64_t n_left = 0;
    for (size_t k = 0; k < store->identity.n_cases; k++) {
        n_left += is_to_be_told(store, k);
    }
    qf_ranks_most(context, &n_left, 1);
    qf_status put = QF_OK;
    size_t next = 0;
    for (; status == QF_OK && n_left > 0; n_left -= (int64_t)at_once) {
        qf_gathered gathered;
        const size_t n = pack_some(store, &next, at_once, metrics, bytes);
        status = qf_ranks_gather(context, bytes, n * store->journal.record_bytes, true, &gathered);
        if (status == QF_OK) {
            put = put ? put : put_all(context, store, &gathered, metrics);
            qf_gathered_free(&gathered);
        }
    }
    free(bytes);
    free(metrics);
    if (status == QF_OK) {
        status = qf_ranks_agree(context, put);
    }
    return status ? status : compare_tables(context, store);
}

/* what a rank must have in common with rank 0 */
typedef struct shared_head {
    uint64_t scenario_hash, design_hash, program_hash;
    uint64_t n_shards;
} shared_head;

qf_status qf_store_share_found(qf_context *context, qf_sweep_store *store)
{
    qf_sweep_identity *identity = &store->identity;
    const shared_head mine = {
        identity->scenario_hash, identity->design_hash,
        XXH3_64bits(identity->version, strlen(identity->version)) ^
            XXH3_64bits_withSeed(identity->git_commit, strlen(identity->git_commit), 1),
        identity->n_shards};
    shared_head first = mine;
    qf_ranks_share(context, 0, &first, sizeof first);
    qf_status status = QF_OK;
    if (first.program_hash != mine.program_hash) {
        status = qf_fail(context, QF_ERROR_SCENARIO, "is another version than rank 0");
    } else if (first.scenario_hash != mine.scenario_hash || first.design_hash != mine.design_hash) {
        status = qf_fail(context, QF_ERROR_SCENARIO, "has another scenario than rank 0");
    }
    if (status == QF_OK && !store->there) {
        identity->n_shards = (size_t)first.n_shards;
        store->options.n_shards = identity->n_shards;
        store->there = calloc(identity->n_shards, sizeof *store->there);
        status = store->there ? QF_OK : qf_fail(context, QF_ERROR_MEMORY, "out of memory");
    }
    status = qf_ranks_agree(context, status);
    if (status == QF_OK) {
        qf_ranks_share(context, 0, store->there, identity->n_shards * sizeof *store->there);
        qf_ranks_share(context, 0, store->on_file, identity->n_cases * sizeof *store->on_file);
    }
    return status;
}
