/* SPDX-License-Identifier: Apache-2.0 */
/* What is in the way of making one sweep of shards. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "message_text.h"
#include "sweep_merge_internal.h"

enum { MOST_RANGES = 40 }; /* that a line names */

/* What computes the rest of a shard. */
static void put_command(const qf_merge *m, size_t shard)
{
    char *scenario = qf_sweep_file_path(m->home, QF_SWEEP_SCENARIO, 0, 0);
    if (m->complaints && scenario) {
        fprintf(m->complaints, "  qfleet sweep ");
        qf_put_shell_word(m->complaints, scenario);
        if (m->identity.n_shards > 1) {
            fprintf(m->complaints, " --shard %zu/%zu", shard, m->identity.n_shards);
        }
        fprintf(m->complaints, " -o ");
        qf_put_shell_word(m->complaints, m->home);
        fprintf(m->complaints, " --resume\n");
    }
    free(scenario);
}

static bool is_missing(const void *of, size_t shard)
{
    return ((const qf_merge *)of)->source_of[shard - 1] == 0;
}

void qf_merge_check_missing(qf_merge *m)
{
    const size_t n = m->identity.n_shards;
    char *text = NULL;
    size_t length = 0;
    size_t n_missing = 0;
    size_t first = 0;
    for (size_t shard = n; shard >= 1; shard--) {
        n_missing += is_missing(m, shard);
        first = is_missing(m, shard) ? shard : first;
    }
    FILE *out = n_missing > 0 ? open_memstream(&text, &length) : NULL;
    if (out) {
        qf_put_ranges(out, 1, n + 1, MOST_RANGES, is_missing, m);
    }
    if (n_missing > 0) {
        const bool whole = out && fclose(out) == 0;
        qf_merge_complain(m, "%s: %s %s of %zu %s missing", m->home,
                          n_missing == 1 ? "shard" : "shards", whole ? text : "some", n,
                          n_missing == 1 ? "is" : "are");
        put_command(m, first);
    }
    if (n_missing > 1 && m->complaints) {
        fprintf(m->complaints, "  computes shard %zu, and the others likewise\n", first);
    }
    free(text);
}

static size_t cases_of(const qf_merge *m, size_t shard)
{
    const qf_sweep_identity *identity = &m->identity;
    return qf_shard_first(identity->n_cases, shard + 1, identity->n_shards) -
           qf_shard_first(identity->n_cases, shard, identity->n_shards);
}

/* A journal that nobody is at work on: harmless beside a shard that has all its cases. */
static qf_status check_left(qf_merge *m, const char *path, size_t shard, qf_sweep_table *table)
{
    const qf_sweep_identity *identity = &m->identity;
    const size_t before = table->count[QF_OUTCOME_NOT_RUN];
    uint64_t n_damaged = 0;
    const qf_status status = qf_journal_peek(
        m->context, path, table->n_metrics, qf_journal_key(identity, shard),
        qf_shard_first(identity->n_cases, shard, identity->n_shards),
        qf_shard_first(identity->n_cases, shard + 1, identity->n_shards), table, &n_damaged);
    const size_t more = before - table->count[QF_OUTCOME_NOT_RUN];
    if (status == QF_ERROR_READ) {
        qf_merge_complain(m, "%s", m->context->error);
        return QF_OK;
    }
    if (status == QF_OK && m->source_of[shard - 1] == 0) {
        qf_merge_complain(
            m, "%s: shard %zu of %zu was begun and is not done: %zu of its %zu cases are", path,
            shard, identity->n_shards, more, cases_of(m, shard));
    } else if (status == QF_OK && (more > 0 || n_damaged > 0)) {
        qf_merge_complain(
            m, "%s: has %zu cases that shard %zu of %zu has not, and %" PRIu64 " that are damaged",
            path, more, shard, identity->n_shards, n_damaged);
        put_command(m, shard);
    }
    return status;
}

static qf_status check_journal(qf_merge *m, size_t i, size_t shard, qf_sweep_table *table)
{
    const qf_merge_source *source = &m->sources[i];
    const size_t taken = m->source_of[shard - 1];
    char *path =
        qf_sweep_file_path(source->directory, QF_SWEEP_JOURNAL, shard, m->identity.n_shards);
    qf_status status = path ? QF_OK : qf_fail(m->context, QF_ERROR_MEMORY, "out of memory");
    if (path && qf_file_exists(path)) {
        if (qf_partial_file_is_locked(path)) {
            qf_merge_complain(m, "%s: another process is at work on shard %zu of %zu", path, shard,
                              m->identity.n_shards);
        } else if (taken == 0 || taken == i + 1) {
            status = check_left(m, path, shard, table);
        }
    }
    free(path);
    return status;
}

qf_status qf_merge_check_journals(qf_merge *m, qf_sweep_table *table)
{
    qf_status status = QF_OK;
    for (size_t shard = 1; shard <= m->identity.n_shards; shard++) {
        for (size_t i = 0; m->begun[shard - 1] && i < m->n_sources && status == QF_OK; i++) {
            if (!m->sources[i].left_out && m->sources[i].shard == 0) {
                status = check_journal(m, i, shard, table);
            }
        }
    }
    return status;
}

static bool is_not_run(const void *of, size_t k)
{
    return ((const qf_sweep_table *)of)->outcome[k] == QF_OUTCOME_NOT_RUN;
}

void qf_merge_check_not_run(qf_merge *m, const qf_sweep_table *table, size_t n_counted)
{
    char *text = NULL;
    size_t length = 0;
    size_t k = 0;
    while (k < n_counted && !is_not_run(table, k)) {
        k++;
    }
    if (k == n_counted) {
        return;
    }
    FILE *out = open_memstream(&text, &length);
    if (out) {
        qf_put_ranges(out, k, n_counted, MOST_RANGES, is_not_run, table);
    }
    const bool whole = out && fclose(out) == 0;
    qf_merge_complain(m, "%s: of its shards, which are done, cases %s were not run", m->home,
                      whole ? text : "there are that");
    size_t shard = 1;
    while (qf_shard_first(m->identity.n_cases, shard + 1, m->identity.n_shards) <= k) {
        shard++;
    }
    put_command(m, shard);
    free(text);
}

/* Shards that sweep.h5 was not made of: nobody knows whether that was wanted. */
qf_status qf_merge_check_master(qf_merge *m)
{
    char *checksums = NULL;
    char name[QF_SWEEP_NAME_BYTES];
    qf_status status = QF_OK;
    for (size_t shard = 1; shard <= m->identity.n_shards && status == QF_OK; shard++) {
        const size_t taken = m->source_of[shard - 1];
        bool match = true;
        if (taken == 0 || !m->sources[taken - 1].is_target) {
            continue;
        }
        if (!checksums) {
            status = qf_checksums_read(m->context, m->path, &checksums);
        }
        if (!checksums) {
            return status;
        }
        qf_sweep_file_name(QF_SWEEP_SHARD, shard, m->identity.n_shards, name);
        status = qf_checksums_match(m->context, checksums, m->path, name, &match);
        if (status == QF_OK && !match) {
            qf_merge_complain(
                m,
                "%s/sweep.h5: was made of another %s: it is out of date, or the shard "
                "was changed since; --force makes it of the shards that are there",
                m->path, name);
        }
    }
    free(checksums);
    return status;
}
