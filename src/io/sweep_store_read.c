/* SPDX-License-Identifier: Apache-2.0 */
/* Reads a sweep's directory back. */
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <xxhash.h>

#include "sweep_store_internal.h"

static bool is_directory(const char *path)
{
    struct stat there;
    return stat(path, &there) == 0 && S_ISDIR(there.st_mode);
}

/* The directory that a path means: itself, or that of a sweep.h5. To be freed. */
static char *directory_of(const char *path)
{
    if (is_directory(path)) {
        return strdup(path);
    }
    const char *slash = strrchr(path, '/');
    return !slash          ? strdup(".")
           : slash == path ? strdup("/")
                           : strndup(path, (size_t)(slash - path));
}

bool qf_is_sweep(const char *path)
{
    char master[QF_SWEEP_NAME_BYTES];
    const char *slash = strrchr(path, '/');
    const char *name = slash ? slash + 1 : path;
    qf_sweep_file_name(QF_SWEEP_MASTER, 0, 0, master);
    if (!is_directory(path) && strcmp(name, master) != 0) {
        return false;
    }
    char *directory = directory_of(path);
    char *manifest = directory ? qf_sweep_file_path(directory, QF_SWEEP_MANIFEST, 0, 0) : NULL;
    const bool sweep = manifest && qf_file_exists(manifest);
    free(manifest);
    free(directory);
    return sweep;
}

/* What is being read, and what was found so far. */
typedef struct reading {
    qf_context *context;
    qf_stored_sweep *stored;
    qf_sweep_identity identity;
    bool same_design; /* this program computes the design that the sweep had */
    char *checksums;  /* NULL: none */
    FILE *complaints;
    size_t *n_damaged;
} reading;

/* The first error of many, as the context's. */
static qf_status fail_with_diagnostics(qf_context *context, const char *path,
                                       const qf_diagnostics *diagnostics)
{
    const char *text =
        diagnostics->errors.n_items > 0 ? diagnostics->errors.items[0].text : "no reason given";
    return qf_fail(context, QF_ERROR_READ, "%s: is no scenario of this version: %s", path, text);
}

static qf_status open_scenario(reading *r, const char *path, const char *text)
{
    qf_diagnostics diagnostics;
    qf_diagnostics_init(&diagnostics);
    qf_status status = qf_sweep_open_text(r->context, path, text, &diagnostics, &r->stored->sweep);
    if (status == QF_ERROR_SCENARIO) {
        status = fail_with_diagnostics(r->context, path, &diagnostics);
    }
    qf_diagnostics_free(&diagnostics);
    return status;
}

static qf_status read_scenario(reading *r)
{
    char *text = NULL;
    size_t length = 0;
    char *path = qf_sweep_file_path(r->stored->directory, QF_SWEEP_SCENARIO, 0, 0);
    qf_status status = path ? qf_text_file_read(r->context, path, &text, &length)
                            : qf_fail(r->context, QF_ERROR_MEMORY, "out of memory");
    if (status == QF_OK && XXH3_64bits(text, length) != r->identity.scenario_hash) {
        status = qf_fail(r->context, QF_ERROR_READ,
                         "%s: is not the scenario that the manifest tells of", path);
    }
    if (status == QF_OK) {
        status = open_scenario(r, path, text);
    }
    free(text);
    free(path);
    return status;
}

static qf_status check_design(reading *r)
{
    const qf_design *design = qf_sweep_design(r->stored->sweep);
    if (design->n_cases != r->identity.n_cases) {
        return qf_fail(r->context, QF_ERROR_READ, "%s: has %zu cases, its scenario %zu",
                       r->stored->directory, r->identity.n_cases, design->n_cases);
    }
    r->same_design = qf_design_hash(design) == r->identity.design_hash;
    if (!r->same_design) {
        qf_log(r->context, QF_LOG_WARNING, "sweep_design_differs path=%s version=%s",
               r->stored->directory, r->stored->version);
    }
    return QF_OK;
}

__attribute__((format(printf, 2, 3))) static void complain(reading *r, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    ++*r->n_damaged;
    if (r->complaints) {
        vfprintf(r->complaints, format, arguments);
    }
    va_end(arguments);
}

/* Damage of a file that no case was named for. */
static qf_status check_file(reading *r, qf_sweep_file file, size_t shard)
{
    char name[QF_SWEEP_NAME_BYTES];
    bool match = true;
    if (!r->checksums) {
        return QF_OK;
    }
    qf_sweep_file_name(file, shard, r->identity.n_shards, name);
    const qf_status status =
        qf_checksums_match(r->context, r->checksums, r->stored->directory, name, &match);
    if (status == QF_OK && !match) {
        complain(r, "%s/%s: is not the file that checksums.txt tells of\n", r->stored->directory,
                 name);
    }
    return status;
}

/* sweep.h5 and checksums.txt are written last, in this order */
static qf_status check_master(reading *r)
{
    char *path = qf_sweep_file_path(r->stored->directory, QF_SWEEP_MASTER, 0, 0);
    const bool exists = path && qf_file_exists(path);
    qf_status status = path ? QF_OK : qf_fail(r->context, QF_ERROR_MEMORY, "out of memory");
    if (path && r->checksums && !exists) {
        complain(r, "%s: is missing, and checksums.txt tells of it\n", path);
    } else if (path && exists && !r->checksums) {
        complain(r, "%s/checksums.txt: is missing, and there is a sweep.h5\n",
                 r->stored->directory);
    } else if (path) {
        status = check_file(r, QF_SWEEP_MASTER, 0);
    }
    free(path);
    return status;
}

/* cases of a shard that is not done, or that goes on; of shard 0: any, of a rank that runs or was ended */
static qf_status read_journal(reading *r, const char *path, size_t shard)
{
    const qf_sweep_identity *identity = &r->identity;
    qf_sweep_table *table = &r->stored->table;
    const size_t n = identity->n_cases;
    const size_t before = table->count[QF_OUTCOME_NOT_RUN];
    uint64_t n_damaged;
    const qf_status status = qf_journal_peek(
        r->context, path, table->n_metrics, qf_journal_key(identity, shard),
        shard > 0 ? qf_shard_first(n, shard, identity->n_shards) : 0,
        shard > 0 ? qf_shard_first(n, shard + 1, identity->n_shards) : n, table, &n_damaged);
    r->stored->n_journal += before - table->count[QF_OUTCOME_NOT_RUN];
    if (status == QF_OK && n_damaged > 0) {
        complain(r, "%s: %" PRIu64 " of its cases are damaged, and will be run again\n", path,
                 n_damaged);
    }
    return status;
}

static qf_status read_shard_journal(reading *r, size_t shard)
{
    char *path =
        qf_sweep_file_path(r->stored->directory, QF_SWEEP_JOURNAL, shard, r->identity.n_shards);
    qf_status status = path ? QF_OK : qf_fail(r->context, QF_ERROR_MEMORY, "out of memory");
    if (path && qf_file_exists(path)) {
        status = read_journal(r, path, shard);
    }
    free(path);
    return status;
}

static qf_status read_rank_journals(reading *r)
{
    char **names;
    size_t n;
    qf_status status = qf_sweep_directory_journals(r->context, r->stored->directory, &names, &n);
    if (status) {
        return status;
    }
    for (size_t i = 0; i < n && status == QF_OK; i++) {
        size_t shard;
        char *path = NULL;
        if (!qf_sweep_file_is_journal(names[i], &shard) || shard > 0) {
            continue;
        }
        status = asprintf(&path, "%s/%s", r->stored->directory, names[i]) >= 0
                     ? read_journal(r, path, 0)
                     : qf_fail(r->context, QF_ERROR_MEMORY, "out of memory");
        free(path);
    }
    qf_sweep_names_free(names, n);
    return status;
}

static qf_status read_shard(reading *r, size_t shard)
{
    const qf_shard of = {.spec = qf_sweep_get_spec(r->stored->sweep),
                         .design = qf_sweep_design(r->stored->sweep),
                         .identity = &r->identity,
                         .directory = r->stored->directory,
                         .shard = shard,
                         .damaged = r->stored->damaged};
    const size_t before = *r->n_damaged;
    const qf_status status = qf_shard_read(r->context, &of, r->same_design, &r->stored->table,
                                           r->complaints, r->n_damaged);
    if (status != QF_OK || *r->n_damaged != before) {
        return status;
    }
    const qf_status file = check_file(r, QF_SWEEP_SHARD, shard);
    return file ? file : read_shard_journal(r, shard);
}

/* checksums are of a sweep that is whole */
static qf_status miss_shard(reading *r, size_t shard, const char *path)
{
    if (r->checksums) {
        complain(r, "%s: is missing, and checksums.txt tells of it\n", path);
    }
    return read_shard_journal(r, shard);
}

static size_t count_not_run(const reading *r, size_t shard)
{
    const size_t n = r->identity.n_shards;
    const size_t end = qf_shard_first(r->identity.n_cases, shard + 1, n);
    size_t n_missing = 0;
    for (size_t k = qf_shard_first(r->identity.n_cases, shard, n); k < end; k++) {
        n_missing += r->stored->table.outcome[k] == QF_OUTCOME_NOT_RUN;
    }
    return n_missing;
}

/* The first of them is what the whole fails with. */
static qf_status pass_over(reading *r, char *first, size_t bytes)
{
    if (first[0]) {
        complain(r, "%s\n", r->context->error);
    } else {
        snprintf(first, bytes, "%s", r->context->error);
    }
    return QF_OK;
}

/* `missing`: of each shard, from 0 on */
static qf_status read_files(reading *r, bool *missing)
{
    const size_t n = r->identity.n_shards;
    char unreadable[sizeof r->context->error] = "";
    qf_status status = QF_OK;
    for (size_t shard = 1; shard <= n && status == QF_OK; shard++) {
        char *path = qf_sweep_file_path(r->stored->directory, QF_SWEEP_SHARD, shard, n);
        if (!path) {
            return qf_fail(r->context, QF_ERROR_MEMORY, "out of memory");
        }
        missing[shard - 1] = !qf_file_exists(path);
        status = missing[shard - 1] ? miss_shard(r, shard, path) : read_shard(r, shard);
        free(path);
        if (status == QF_ERROR_READ) {
            status = pass_over(r, unreadable, sizeof unreadable);
        }
    }
    if (status == QF_OK && unreadable[0]) {
        status = qf_fail(r->context, QF_ERROR_READ, "%s", unreadable);
    }
    return status ? status : read_rank_journals(r);
}

static qf_status read_shards(reading *r)
{
    const size_t n = r->identity.n_shards;
    bool *missing = calloc(n, sizeof *missing);
    const qf_status status =
        missing ? read_files(r, missing) : qf_fail(r->context, QF_ERROR_MEMORY, "out of memory");
    for (size_t shard = 1; status == QF_OK && shard <= n; shard++) {
        r->stored->n_missing += missing[shard - 1] ? count_not_run(r, shard) : 0;
    }
    free(missing);
    return status;
}

static qf_status read_all(reading *r)
{
    bool exists = false;
    qf_status status = qf_manifest_read(r->context, r->stored->directory, &exists, &r->identity);
    if (status == QF_OK && !exists) {
        status = qf_fail(r->context, QF_ERROR_READ, "%s: is no sweep: it has no manifest.json",
                         r->stored->directory);
    }
    if (status == QF_OK) {
        r->stored->version = strdup(r->identity.version);
        r->stored->git_commit = strdup(r->identity.git_commit);
        status = r->stored->version && r->stored->git_commit
                     ? read_scenario(r)
                     : qf_fail(r->context, QF_ERROR_MEMORY, "out of memory");
    }
    if (status == QF_OK) {
        status = check_design(r);
    }
    if (status == QF_OK) {
        status = qf_sweep_table_create(r->context, r->identity.n_cases,
                                       qf_sweep_get_spec(r->stored->sweep)->n_metrics,
                                       &r->stored->table);
    }
    if (status == QF_OK) {
        r->stored->damaged = calloc(r->identity.n_cases + 1, sizeof *r->stored->damaged);
        status = r->stored->damaged ? QF_OK : qf_fail(r->context, QF_ERROR_MEMORY, "out of memory");
    }
    if (status == QF_OK) {
        status = qf_checksums_read(r->context, r->stored->directory, &r->checksums);
    }
    r->stored->has_checksums = r->checksums;
    for (qf_sweep_file file = QF_SWEEP_MANIFEST; file < QF_SWEEP_MASTER && status == QF_OK;
         file++) {
        status = check_file(r, file, 0);
    }
    if (status == QF_OK) {
        status = check_master(r);
    }
    return status ? status : read_shards(r);
}

qf_status qf_sweep_store_read(qf_context *context, const char *path, FILE *complaints,
                              size_t *n_damaged, qf_stored_sweep *stored)
{
    *stored = (qf_stored_sweep){.directory = directory_of(path)};
    *n_damaged = 0;
    reading r = {
        .context = context, .stored = stored, .complaints = complaints, .n_damaged = n_damaged};
    const qf_status status =
        stored->directory ? read_all(&r) : qf_fail(context, QF_ERROR_MEMORY, "out of memory");
    free(r.checksums);
    qf_sweep_identity_free(&r.identity);
    if (status) {
        qf_stored_sweep_free(stored);
    }
    return status;
}

void qf_stored_sweep_free(qf_stored_sweep *stored)
{
    if (stored->sweep) {
        qf_sweep_close(stored->sweep);
    }
    qf_sweep_table_free(&stored->table);
    free(stored->directory);
    free(stored->damaged);
    free(stored->version);
    free(stored->git_commit);
    *stored = (qf_stored_sweep){0};
}
