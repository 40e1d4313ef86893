/* SPDX-License-Identifier: Apache-2.0 */
/* Which file of a result is exported from, and which tables it has. */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "explain_words.h"
#include "export_internal.h"
#include "nearest_name.h"
#include "results_open.h"
#include "results_part.h"
#include "sweep_store_internal.h"

/* Tables that are not called as their group, or are a part of it. */
static const struct {
    const char *name, *group;
    const char *columns; /* NULL: all */
    bool pairs;
} special[] = {
    {"statistics", "statistics", NULL, false},
    {"quantiles", "statistics", "metric,name,level,quantile,quantile_low,quantile_high", true},
    {"transitions", "machines/transitions", NULL, true},
    {"machine_states", "machines/states", NULL, true},
    {"messages", "machines/messages", NULL, true},
};
enum { N_SPECIAL = sizeof special / sizeof *special };

/* What a result has only where something is recorded, or there is. */
static const struct {
    const char *name, *why;
    bool of_sweep;
} optional[] = {
    {"state", "its run ended before anything was written", false},
    {"events", "its run ended before anything was written", false},
    {"detections", "its scenario does not record them (record: {detections: true})", false},
    {"tracks", "its scenario does not record them (record: {tracks: true})", false},
    {"picture",
     "its scenario does not record tracks (record: {tracks: true}), or no group has a fleet "
     "picture",
     false},
    {"identities",
     "its scenario records neither detections nor tracks (record: {tracks: true}), or no vehicle "
     "has "
     "a transponder",
     false},
    {"guards", "no group has guards", false},
    {"devices", "no group has devices", false},
    {"faults", "no group has faults", false},
    {"behaviors", "no group has behaviours", false},
    {"ports", "no group has ports", false},
    {"tasks", "the scenario has no tasks", false},
    {"tracking", "no group has trackers, or the run did not come to its end", false},
    {"transitions", "no group has machines, or the run did not come to its end", false},
    {"machine_states", "no group has machines, or the run did not come to its end", false},
    {"messages", "no machine logs, or the run did not come to its end", false},
    {"quarantine", "no vehicle was frozen, or the run did not come to its end", false},
    {"hashes", "its run ended before anything was written", false},
    {"entities", "its run ended before anything was written", false},
    {"sweep", "it is one run; a sweep's directory has it", true},
    {"statistics", "it is one run; a sweep's directory has it", true},
    {"quantiles", "it is one run; a sweep's directory has it", true},
    {"requirements", "the sweep has no requirements, or is not finished", true},
    {"sensitivity", "the sweep has no parameters to be sensitive to, or is not finished", true},
    {"choices", "no metric of the sweep has choices, or it is not finished", true},
};
enum { N_OPTIONAL = sizeof optional / sizeof *optional, MOST_TABLES = 64 };

/* ---- the file ---- */

static char *directory_of(const char *path)
{
    struct stat there;
    if (stat(path, &there) == 0 && S_ISDIR(there.st_mode)) {
        return strdup(path);
    }
    const char *slash = strrchr(path, '/');
    return !slash ? strdup(".") : strndup(path, slash == path ? 1 : (size_t)(slash - path));
}

/* The master shows what is in shards, and nothing where they are not there: HDF5 does not tell. */
static qf_status check_shard(qf_context *context, const char *directory, const char *checksums,
                             size_t shard, size_t n_shards)
{
    char name[QF_SWEEP_NAME_BYTES];
    char *path = qf_sweep_file_path(directory, QF_SWEEP_SHARD, shard, n_shards);
    const bool exists = path && qf_file_exists(path);
    free(path);
    if (!exists) {
        return qf_fail(context, QF_ERROR_READ,
                       "%s/%s: is missing, and its cases are in no other file", directory,
                       qf_sweep_file_name(QF_SWEEP_SHARD, shard, n_shards, name));
    }
    bool match = true;
    const qf_status status =
        checksums
            ? qf_checksums_match(context, checksums, directory,
                                 qf_sweep_file_name(QF_SWEEP_SHARD, shard, n_shards, name), &match)
            : QF_OK;
    return status  ? status
           : match ? QF_OK
                   : qf_fail(context, QF_ERROR_READ,
                             "%s/%s: is damaged: it is not the file that checksums.txt tells of",
                             directory, name);
}

static qf_status check_shards(qf_context *context, const char *directory, size_t n_shards)
{
    char *checksums = NULL;
    qf_status status = qf_checksums_read(context, directory, &checksums);
    for (size_t shard = 1;
         status == QF_OK && n_shards <= QF_MOST_VIRTUAL_SHARDS && shard <= n_shards; shard++) {
        status = check_shard(context, directory, checksums, shard, n_shards);
    }
    free(checksums);
    return status;
}

static qf_status fail_unfinished(qf_context *context, const char *directory, size_t n_shards)
{
    char name[QF_SWEEP_NAME_BYTES] = "";
    size_t n_there = 0;
    for (size_t shard = 1; shard <= n_shards; shard++) {
        char *path = qf_sweep_file_path(directory, QF_SWEEP_SHARD, shard, n_shards);
        if (path && qf_file_exists(path)) {
            n_there++;
        } else if (!*name) {
            qf_sweep_file_name(QF_SWEEP_SHARD, shard, n_shards, name);
        }
        free(path);
    }
    return qf_fail(
        context, QF_ERROR_READ,
        "%s: is a sweep that is not finished: it has no sweep.h5, and %zu of %zu shards%s%s; "
        "'qfleet sweep --resume' or 'qfleet merge' finishes it, and the file of a shard "
        "can be exported alone",
        directory, n_there, n_shards, *name ? ", not " : "", name);
}

/* The sweep.h5 of a directory; it must be whole, with all that it stands on. */
static qf_status find_master(qf_context *context, qf_export_source *source)
{
    qf_sweep_identity identity = {0};
    bool exists = false;
    char *directory = directory_of(source->path);
    qf_status status = directory ? qf_manifest_read(context, directory, &exists, &identity)
                                 : qf_fail(context, QF_ERROR_MEMORY, "out of memory");
    if (status == QF_OK) {
        source->opened = qf_sweep_file_path(directory, QF_SWEEP_MASTER, 0, 0);
        status = !source->opened ? qf_fail(context, QF_ERROR_MEMORY, "out of memory")
                 : qf_file_exists(source->opened)
                     ? check_shards(context, directory, identity.n_shards)
                     : fail_unfinished(context, directory, identity.n_shards);
    }
    qf_sweep_identity_free(&identity);
    free(directory);
    return status;
}

static qf_status look_into(qf_context *context, qf_export_source *source)
{
    qf_part_marks marks;
    if (qf_part_marks_read(source->file, &marks)) {
        return qf_fail(context, QF_ERROR_READ,
                       "%s: is the file of rank %d of %d alone; export the whole result",
                       source->path, marks.rank, marks.n_ranks);
    }
    char *content = qf_nc_get_text(source->file, "content");
    source->is_sweep = content && strncmp(content, "sweep", strlen("sweep")) == 0;
    free(content);
    source->status = qf_nc_get_text(source->file, "status");
    return QF_OK;
}

qf_status qf_export_source_open(qf_context *context, const char *path, qf_export_source *source)
{
    uint64_t bytes;
    qf_status status = QF_OK;
    *source = (qf_export_source){.path = path, .file = H5I_INVALID_HID};
    if (qf_is_sweep(path)) {
        status = find_master(context, source);
    } else {
        source->opened = strdup(path);
        status = source->opened ? QF_OK : qf_fail(context, QF_ERROR_MEMORY, "out of memory");
    }
    if (status == QF_OK) {
        status = qf_results_open(context, source->opened, &source->file, &bytes);
        if (status) {
            source->file = H5I_INVALID_HID;
        }
    }
    return status ? status : look_into(context, source);
}

void qf_export_source_close(qf_export_source *source)
{
    qf_nc_close_id(source->file);
    free(source->opened);
    free(source->status);
    *source = (qf_export_source){.file = H5I_INVALID_HID};
}

/* ---- its tables ---- */

static bool has_group(hid_t file, const char *path)
{
    char above[QF_NC_NAME_BYTES];
    const char *slash = strchr(path, '/');
    snprintf(above, sizeof above, "%.*s", slash ? (int)(slash - path) : 0, path);
    if ((slash && H5Lexists(file, above, H5P_DEFAULT) <= 0) ||
        H5Lexists(file, path, H5P_DEFAULT) <= 0) {
        return false;
    }
    const hid_t object = H5Oopen(file, path, H5P_DEFAULT);
    /* one that cannot be opened is there all the same: what reads it says what is wrong */
    const bool is = object < 0 || H5Iget_type(object) == H5I_GROUP;
    qf_nc_close_id(object);
    return is;
}

/* Group of a table that may be special; `name` itself where it is not. */
static const char *group_of(const char *name, size_t *which)
{
    for (*which = 0; *which < N_SPECIAL; (*which)++) {
        if (strcmp(special[*which].name, name) == 0 ||
            (!special[*which].columns && strcmp(special[*which].group, name) == 0)) {
            return special[*which].group;
        }
    }
    return name;
}

/* Names of the tables that the file has, in `names`; how many. */
static size_t list_tables(const qf_export_source *source, const char *names[MOST_TABLES])
{
    size_t n = 0;
    size_t which;
    for (size_t i = 0; i < N_OPTIONAL && n < MOST_TABLES; i++) {
        if (has_group(source->file, group_of(optional[i].name, &which))) {
            names[n++] = optional[i].name;
        }
    }
    return n;
}

static qf_status no_such_table(qf_context *context, const qf_export_source *source,
                               const char *name)
{
    const char *names[MOST_TABLES];
    const char *known[N_OPTIONAL];
    const size_t n = list_tables(source, names);
    for (size_t i = 0; i < N_OPTIONAL; i++) {
        known[i] = optional[i].name;
    }
    const char *nearest = qf_nearest_name(name, known, N_OPTIONAL);
    char list[512] = "";
    for (size_t i = 0, at = 0; i < n && at < sizeof list; i++) {
        at += (size_t)snprintf(list + at, sizeof list - at, "%s%s", i > 0 ? ", " : "", names[i]);
    }
    return qf_fail(context, QF_ERROR_USAGE, "%s: there is no table '%s'%s%s%s; it has %s",
                   source->path, name, nearest ? ", did you mean '" : "", nearest ? nearest : "",
                   nearest ? "'?" : "", list);
}

static qf_status absent_table(qf_context *context, const qf_export_source *source, const char *name)
{
    for (size_t i = 0; i < N_OPTIONAL; i++) {
        if (strcmp(optional[i].name, name) != 0) {
            continue;
        }
        if (source->is_sweep && !optional[i].of_sweep) {
            return qf_fail(
                context, QF_ERROR_USAGE,
                "%s: is a sweep, which keeps what came of its cases and no %s; run a case "
                "again with 'qfleet replay %s --case K -o CASE.h5' and export that",
                source->path, name, source->path);
        }
        return qf_fail(context,
                       !source->is_sweep && optional[i].of_sweep ? QF_ERROR_USAGE : QF_ERROR_READ,
                       "%s: has no %s: %s", source->path, name, optional[i].why);
    }
    return no_such_table(context, source, name);
}

/* values of quantities say of whom and when they are */
static qf_status complete_state(qf_context *context, const qf_export_source *source, bool chosen,
                                qf_export_table *table)
{
    static const char *const always[] = {"name", "group"};
    static const char *const if_chosen[] = {"world", "kind", "iff"};
    if (table->columns[table->n_columns - 1].axis != QF_EXPORT_BOTH) {
        return qf_fail(
            context, QF_ERROR_READ,
            "%s: has no state: its scenario records no quantity (record: {state: [...]})",
            source->path);
    }
    const size_t time = qf_export_column_named(table, "time");
    const size_t tick = qf_export_column_named(table, "tick");
    if (time < tick && tick < table->n_columns) {
        const qf_export_column swapped = table->columns[time];
        table->columns[time] = table->columns[tick];
        table->columns[tick] = swapped;
    }
    qf_status status = QF_OK;
    for (size_t i = 0; i < 2 && status == QF_OK; i++) {
        status = qf_export_table_add(context, source->file, "entities", always[i], table);
    }
    for (size_t i = 0; i < 3 && status == QF_OK && chosen; i++) {
        status = qf_export_table_add(context, source->file, "entities", if_chosen[i], table);
    }
    return status;
}

/* without a row of events: whether there were to be some */
static qf_status check_recorded(qf_context *context, const qf_export_source *source)
{
    return qf_events_are_off(source->file)
               ? qf_fail(context, QF_ERROR_READ,
                         "%s: has no events: its scenario does not record them (record: {events: "
                         "true})",
                         source->path)
               : QF_OK;
}

/* of a file that is being written, or was killed, columns may be unequally long; of one that says it is whole they are not */
static qf_status check_lengths(qf_context *context, const qf_export_source *source,
                               const qf_export_table *table)
{
    char *status = qf_nc_get_text(source->file, "status");
    const bool whole = !status || strcmp(status, "complete") == 0;
    free(status);
    return table->uneven && whole
               ? qf_fail(context, QF_ERROR_READ,
                         "%s: is damaged: the columns of its table '%s' are not equally long",
                         source->path, table->name)
               : QF_OK;
}

qf_status qf_export_source_table(qf_context *context, const qf_export_source *source,
                                 const char *name, const qf_export_options *options,
                                 qf_export_table *table)
{
    size_t which;
    const char *group = group_of(name, &which);
    if (!*name || !has_group(source->file, group)) {
        return absent_table(context, source, name);
    }
    const bool pairs = which == N_SPECIAL || special[which].pairs;
    qf_status status =
        qf_export_table_open(context, source->path, source->file, group, name, pairs, table);
    if (status == QF_OK && strcmp(name, "state") == 0) {
        status = complete_state(context, source, options->columns != NULL, table);
    }
    if (status == QF_OK && strcmp(name, "events") == 0 && table->n_first == 0) {
        status = check_recorded(context, source);
    }
    if (status == QF_OK) {
        status = check_lengths(context, source, table);
    }
    if (status == QF_OK) {
        status = qf_export_table_cut(context, source->file, options->from_s, options->to_s, table);
    }
    const char *columns = options->columns    ? options->columns
                          : which < N_SPECIAL ? special[which].columns
                                              : NULL;
    if (status == QF_OK && columns) {
        status = qf_export_table_choose(context, columns, table);
    }
    return status ? status : qf_export_table_ready(context, table);
}
