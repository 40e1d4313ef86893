/* SPDX-License-Identifier: Apache-2.0 */
/* Shards become a sweep: found, checked, read, and only then brought together. */
#include "sweep_merge.h"

#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "sweep_merge_internal.h"

static qf_status check_version(const qf_merge *m)
{
    const qf_merge_options *o = m->options;
    const qf_sweep_identity *identity = &m->identity;
    if (strcmp(o->version, identity->version) == 0 &&
        strcmp(o->git_commit, identity->git_commit) == 0) {
        return QF_OK;
    }
    return qf_fail(m->context, QF_ERROR_READ,
                   "%s: was computed by version %s (%s), and this is %s (%s), which may conclude "
                   "other bits",
                   m->home, identity->version, identity->git_commit, o->version, o->git_commit);
}

/* The first error of a text that is no scenario to this version, as the context's. */
static qf_status open_scenario(qf_merge *m, const char *path, qf_sweep **sweep)
{
    qf_diagnostics diagnostics;
    qf_diagnostics_init(&diagnostics);
    qf_status status = qf_sweep_open_text(m->context, path, m->scenario, &diagnostics, sweep);
    if (status == QF_ERROR_SCENARIO) {
        const bool any = diagnostics.errors.n_items > 0;
        status = qf_fail(m->context, QF_ERROR_READ, "%s: is no scenario of this version: %s", path,
                         any ? diagnostics.errors.items[0].text : "no reason given");
    }
    qf_diagnostics_free(&diagnostics);
    return status;
}

static qf_status read_scenario(qf_merge *m, qf_sweep **sweep)
{
    char *path = qf_sweep_file_path(m->home, QF_SWEEP_SCENARIO, 0, 0);
    qf_status status = path ? qf_text_file_read(m->context, path, &m->scenario, &m->scenario_bytes)
                            : qf_fail(m->context, QF_ERROR_MEMORY, "out of memory");
    if (status == QF_OK &&
        XXH3_64bits(m->scenario, m->scenario_bytes) != m->identity.scenario_hash) {
        status = qf_fail(m->context, QF_ERROR_READ,
                         "%s: is not the scenario that the manifest tells of", path);
    }
    if (status == QF_OK) {
        status = open_scenario(m, path, sweep);
    }
    if (status == QF_OK && (qf_sweep_design(*sweep)->n_cases != m->identity.n_cases ||
                            qf_design_hash(qf_sweep_design(*sweep)) != m->identity.design_hash)) {
        status = qf_fail(m->context, QF_ERROR_READ,
                         "%s: has another design here than the manifest tells of", path);
    }
    free(path);
    return status;
}

static qf_status read_shard(qf_merge *m, const qf_sweep *sweep, size_t shard, qf_sweep_table *table)
{
    size_t n_damaged = 0;
    const qf_shard of = {.spec = qf_sweep_get_spec(sweep),
                         .design = qf_sweep_design(sweep),
                         .identity = &m->identity,
                         .directory = m->sources[m->source_of[shard - 1] - 1].directory,
                         .shard = shard};
    const qf_status status = qf_shard_read(m->context, &of, true, table, m->complaints, &n_damaged);
    if (status == QF_ERROR_READ) {
        qf_merge_complain(m, "%s", m->context->error);
        return QF_OK;
    }
    m->n_complaints += n_damaged; /* each was said */
    return status;
}

static qf_status read_shards(qf_merge *m, qf_merged_sweep *merged)
{
    qf_status status =
        qf_sweep_table_create(m->context, m->identity.n_cases,
                              qf_sweep_get_spec(merged->sweep)->n_metrics, &merged->table);
    for (size_t shard = 1; shard <= m->identity.n_shards && status == QF_OK; shard++) {
        if (m->source_of[shard - 1] > 0) {
            status = read_shard(m, merged->sweep, shard, &merged->table);
        }
    }
    return status ? status : qf_merge_check_journals(m, &merged->table);
}

/* All cases, or those before the first look at which the sweep was to stop, and did. */
static qf_status count_cases(qf_merge *m, qf_merged_sweep *merged)
{
    const qf_sweep_spec *spec = qf_sweep_get_spec(merged->sweep);
    const qf_sweep_table *table = &merged->table;
    qf_arena arena = {0};
    size_t n_looks = 0;
    const size_t *looks = qf_sweep_looks(&arena, spec, &n_looks);
    size_t k = 0;
    merged->n_counted = m->identity.n_cases;
    for (size_t i = 0; looks && table->count[QF_OUTCOME_NOT_RUN] > 0 && i + 1 < n_looks; i++) {
        while (k < looks[i] && table->outcome[k] != QF_OUTCOME_NOT_RUN) {
            k++;
        }
        if (k < looks[i]) {
            break;
        }
        if (qf_sweep_stops(spec, table, k)) {
            merged->n_counted = k;
            break;
        }
    }
    qf_arena_free(&arena);
    return looks ? QF_OK : qf_fail(m->context, QF_ERROR_MEMORY, "no memory for the looks");
}

static qf_status find(qf_merge *m)
{
    qf_status status = qf_merge_find_sources(m);
    if (status == QF_OK) {
        status = qf_merge_identify(m);
    }
    if (status == QF_OK && m->home) {
        status = check_version(m);
    }
    return status == QF_OK && m->home ? qf_merge_find_shards(m) : status;
}

static qf_status check(qf_merge *m, qf_merged_sweep *merged)
{
    qf_status status = read_scenario(m, &merged->sweep);
    if (status == QF_OK) {
        status = read_shards(m, merged);
    }
    if (status == QF_OK) {
        qf_merge_check_missing(m);
        status = count_cases(m, merged);
    }
    if (status == QF_OK && m->n_complaints == 0) {
        qf_merge_check_not_run(m, &merged->table, merged->n_counted);
    }
    return status == QF_OK && !m->options->force ? qf_merge_check_master(m) : status;
}

qf_status qf_sweep_merge_open(qf_context *context, const qf_merge_options *options,
                              FILE *complaints, qf_merged_sweep *merged)
{
    qf_merge *m = calloc(1, sizeof *m);
    *merged = (qf_merged_sweep){.parts = m};
    if (!m) {
        return qf_fail(context, QF_ERROR_MEMORY, "out of memory");
    }
    *m = (qf_merge){.context = context,
                    .options = options,
                    .complaints = complaints,
                    .path = strdup(options->path)};
    qf_status status = m->path ? find(m) : qf_fail(context, QF_ERROR_MEMORY, "out of memory");
    if (status == QF_OK && m->home) {
        status = check(m, merged);
    }
    if (status == QF_OK && m->n_complaints > 0) {
        status = qf_fail(context, QF_ERROR_READ,
                         "%s: %zu thing%s in the way, named above; nothing was written", m->path,
                         m->n_complaints, m->n_complaints == 1 ? " is" : "s are");
    }
    if (status == QF_OK && options->n_sources > 0) {
        status = qf_merge_take_over(m, merged);
    }
    merged->n_shards = m->identity.n_shards;
    merged->n_same = m->n_same;
    if (status) {
        qf_sweep_merge_close(merged);
    }
    return status;
}

qf_status qf_sweep_merge_finish(qf_context *context, const qf_merged_sweep *merged,
                                const qf_sweep_report *report)
{
    const qf_merge *m = merged->parts;
    const qf_master master = {.spec = qf_sweep_get_spec(merged->sweep),
                              .design = qf_sweep_design(merged->sweep),
                              .identity = &m->identity,
                              .directory = m->path,
                              .scenario = m->scenario,
                              .table = &merged->table,
                              .report = report};
    return qf_master_conclude(context, &master);
}

void qf_sweep_merge_close(qf_merged_sweep *merged)
{
    qf_merge *m = merged->parts;
    if (merged->sweep) {
        qf_sweep_close(merged->sweep);
    }
    qf_sweep_table_free(&merged->table);
    for (size_t i = 0; m && i < m->n_sources; i++) {
        free(m->sources[i].directory);
    }
    if (m) {
        qf_sweep_identity_free(&m->identity);
        free(m->sources);
        free(m->scenario);
        free(m->path);
        free(m->source_of);
        free(m->begun);
    }
    free(m);
    *merged = (qf_merged_sweep){0};
}
