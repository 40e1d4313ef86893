/* SPDX-License-Identifier: Apache-2.0 */
#include "run_stitch.h"

#include <errno.h>
#include <inttypes.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "netcdf_read.h"
#include "open_files.h"
#include "run_stitch_internal.h"

enum {
    SLACK_BYTES = 1 << 20,
    MAPPING_BYTES = 512, /* of a part in a virtual dataset, and its name on top */
};

qf_status qf_stitch_unreadable(const qf_stitch *stitch, size_t part, const char *what)
{
    return qf_fail(stitch->context, QF_ERROR_READ, "%s: '%s' cannot be read",
                   stitch->parts[part].path, what);
}

/* Links of a group by name, in the order in which they were created. */
static herr_t visit_name(hid_t group, const char *name, const H5L_info_t *info, void *user)
{
    (void)group;
    (void)info;
    char **last = user; /* one after the other, each with its zero, and an empty one at the end */
    const size_t length = strlen(name) + 1;
    memcpy(*last, name, length);
    *last += length;
    return 0;
}

/* of what a result has at its top; an empty text is the last. NULL: no memory, or unreadable */
static char *read_names(hid_t file)
{
    H5G_info_t info;
    const bool good = H5Gget_info(file, &info) >= 0;
    char *names = good ? calloc((size_t)info.nlinks + 2, QF_NC_NAME_BYTES) : NULL;
    char *end = names;
    if (names && H5Literate(file, H5_INDEX_CRT_ORDER, H5_ITER_INC, NULL, visit_name, &end) < 0) {
        free(names);
        names = NULL;
    }
    return names;
}

/* Whether it is this rank's file of this run, and whole. */
static qf_status check_part(const qf_stitch *stitch, const qf_stitch_part *part)
{
    const qf_run_manifest *manifest = &stitch->manifest;
    const qf_results_part *wanted = &manifest->parts[part->rank];
    qf_part_marks marks;
    if (!qf_part_marks_read(part->file, &marks)) {
        return qf_fail(stitch->context, QF_ERROR_READ, "%s: is not the file of a rank", part->path);
    }
    if (marks.run != manifest->run) {
        return qf_fail(stitch->context, QF_ERROR_READ, "%s: is of another run", part->path);
    }
    char state[QF_PART_STATE_BYTES];
    if (H5Lexists(part->file, qf_part_state_name(marks.run, state), H5P_DEFAULT) <= 0) {
        return qf_fail(stitch->context, QF_ERROR_READ, "%s: is damaged: has no '%s'", part->path,
                       state);
    }
    if (marks.rank != part->rank || marks.n_ranks != manifest->n_ranks ||
        marks.entities[0] != (int64_t)wanted->first_entity ||
        marks.entities[1] != (int64_t)wanted->n_entities) {
        return qf_fail(stitch->context, QF_ERROR_READ,
                       "%s: is the file of rank %d of %d, under a wrong name", part->path,
                       marks.rank, marks.n_ranks);
    }
    char *status = qf_nc_get_text(part->file, "status");
    const bool complete = status && strcmp(status, "complete") == 0;
    free(status);
    return complete ? QF_OK
                    : qf_fail(stitch->context, QF_ERROR_READ, "%s: is not complete", part->path);
}

static qf_status open_part(qf_stitch *stitch, const char *directory, int rank)
{
    qf_stitch_part *part = &stitch->parts[stitch->n_parts];
    char name[QF_PART_NAME_BYTES];
    struct stat there;
    *part = (qf_stitch_part){.rank = rank, .file = H5I_INVALID_HID};
    qf_run_part_name(rank, stitch->manifest.n_ranks, name);
    if (asprintf(&part->path, "%s/%s", directory, name) < 0) {
        part->path = NULL;
        return qf_fail(stitch->context, QF_ERROR_MEMORY, "out of memory");
    }
    stitch->n_parts++;
    if (stat(part->path, &there) != 0) {
        return qf_fail(stitch->context, QF_ERROR_READ, "%s: is missing", part->path);
    }
    part->bytes = (uint64_t)there.st_size;
    if ((part->file = qf_nc_open(part->path)) < 0) {
        return qf_fail(stitch->context, QF_ERROR_READ, "%s: is damaged or cut short", part->path);
    }
    const qf_status status = check_part(stitch, part);
    const hid_t entity = H5Dopen2(part->file, "state/entity", H5P_DEFAULT);
    part->n_recorded = qf_nc_length(entity);
    qf_nc_close_id(entity);
    return status;
}

static qf_status open_parts(qf_stitch *stitch, const char *directory)
{
    /* all of them are open at a time */
    qf_status status =
        qf_open_files_allow(stitch->context, directory, (size_t)stitch->manifest.n_ranks);
    if (status != QF_OK) {
        return status;
    }
    stitch->parts = calloc((size_t)stitch->manifest.n_ranks, sizeof *stitch->parts);
    if (!stitch->parts) {
        return qf_fail(stitch->context, QF_ERROR_MEMORY, "out of memory");
    }
    for (int r = 0; status == QF_OK && r < stitch->manifest.n_ranks; r++) {
        if (qf_run_part_has_file(&stitch->manifest.parts[r])) {
            status = open_part(stitch, directory, r);
        }
    }
    return status;
}

/* The way from one real directory to another, to be freed. */
static char *way_between(const char *from, const char *to)
{
    size_t same = 0; /* up to the last name that both share */
    size_t i = 0;
    for (; from[i] && from[i] == to[i]; i++) {
        same = from[i] == '/' ? i + 1 : same;
    }
    if ((!from[i] || from[i] == '/') && (!to[i] || to[i] == '/')) {
        same = i + (from[i] == '/' || to[i] == '/');
    }
    size_t ups = same <= strlen(from) && from[same] ? 1 : 0;
    for (const char *c = from + (same < strlen(from) ? same : strlen(from)); *c; c++) {
        ups += *c == '/';
    }
    const char *rest = to + (same < strlen(to) ? same : strlen(to));
    char *way = calloc(3 * ups + strlen(rest) + 2, 1);
    for (size_t u = 0; way && u < ups; u++) {
        strcat(way, "../");
    }
    if (way) {
        strcat(way, *rest ? rest : ".");
    }
    return way;
}

/* the directory of the parts as the result will see it */
static qf_status find_relative(qf_stitch *stitch, const char *directory, const char *out_path)
{
    char *copy = strdup(out_path);
    char *from = copy ? realpath(dirname(copy), NULL) : NULL;
    char *to = realpath(directory, NULL);
    stitch->relative = from && to ? way_between(from, to) : NULL;
    free(copy);
    free(from);
    free(to);
    return stitch->relative
               ? QF_OK
               : qf_fail(stitch->context, QF_ERROR_OUTPUT,
                         "%s: its directory, or '%s', cannot be found", out_path, directory);
}

/* of /state in a part: what stays where it is */
static uint64_t state_bytes(hid_t file)
{
    uint64_t bytes = 0;
    char name[QF_NC_NAME_BYTES];
    hid_t variable;
    const hid_t group = H5Gopen2(file, "state", H5P_DEFAULT);
    for (hsize_t i = 0; group >= 0 && (variable = qf_nc_open_variable(group, i, name)) >= 0; i++) {
        bytes += qf_nc_rank(variable) == 2 ? H5Dget_storage_size(variable) : 0;
        qf_nc_close_id(variable);
    }
    qf_nc_close_id(group);
    return bytes;
}

static uint64_t count_quantities(hid_t file)
{
    H5G_info_t info = {.nlinks = 0};
    const hid_t group = H5Gopen2(file, "state", H5P_DEFAULT);
    (void)H5Gget_info(group, &info);
    qf_nc_close_id(group);
    return info.nlinks;
}

/* What the result takes at most: all that is in the parts but state, and the mappings to that. */
static uint64_t result_bytes(const qf_stitch *stitch)
{
    uint64_t bytes = SLACK_BYTES;
    uint64_t mappings = 0;
    for (size_t p = 0; p < stitch->n_parts; p++) {
        const qf_stitch_part *part = &stitch->parts[p];
        const uint64_t state = state_bytes(part->file);
        bytes += part->bytes > state ? part->bytes - state : 0;
        mappings += count_quantities(part->file) * (MAPPING_BYTES + strlen(stitch->relative));
    }
    return bytes + mappings + sizeof(int64_t) * stitch->n_parts;
}

static qf_status begin_output(qf_stitch *stitch, const char *out_path, bool force)
{
    const uint64_t bytes = result_bytes(stitch);
    qf_status status = qf_partial_file_open(stitch->context, out_path, force, &stitch->output);
    if (status != QF_OK) {
        return status;
    }
    qf_nc_create(&stitch->nc, stitch->output.partial);
    const int error = qf_partial_file_reserve(&stitch->output, 0, bytes);
    if (error) {
        status =
            qf_fail(stitch->context, qf_partial_file_refusal(error),
                    "%s: %.1f MB to make one result of the files in '%s' cannot be written: %s",
                    out_path, 1e-6 * (double)bytes, stitch->relative, strerror(error));
        qf_nc_close(&stitch->nc);
        qf_partial_file_discard(&stitch->output);
    }
    return status;
}

/* as rank 0 has them, with the parts for what rank 0 said of its own */
static qf_status put_root_attributes(qf_stitch *stitch)
{
    const hid_t rank_0 = stitch->parts[0].file;
    qf_parts parts = {.directory = stitch->relative,
                      .run = stitch->manifest.run,
                      .n_ranks = stitch->manifest.n_ranks,
                      .n = stitch->n_parts,
                      .ranks = calloc(stitch->n_parts, sizeof *parts.ranks),
                      .bytes = calloc(stitch->n_parts, sizeof *parts.bytes)};
    qf_status status = parts.ranks && parts.bytes
                           ? QF_OK
                           : qf_fail(stitch->context, QF_ERROR_MEMORY, "out of memory");
    for (size_t p = 0; status == QF_OK && p < stitch->n_parts; p++) {
        parts.ranks[p] = stitch->parts[p].rank;
        parts.bytes[p] = stitch->parts[p].bytes;
    }
    if (status == QF_OK) {
        qf_stitch_attributes(stitch, rank_0, stitch->nc.file);
        qf_parts_write(&stitch->nc, &parts);
    }
    parts.directory = NULL; /* the stitch's */
    qf_parts_free(&parts);
    return status;
}

static qf_status put_group(qf_stitch *stitch, const char *name)
{
    if (strcmp(name, "state") == 0) {
        return qf_stitch_state(stitch);
    }
    if (qf_stitch_is_table(name)) {
        return qf_stitch_table(stitch, name);
    }
    char path[QF_NC_NAME_BYTES + 2];
    snprintf(path, sizeof path, "/%s", name);
    const hid_t group = H5Gopen2(stitch->parts[0].file, name, H5P_DEFAULT);
    const qf_status status =
        group >= 0 ? qf_stitch_group(stitch, group, path) : qf_stitch_unreadable(stitch, 0, name);
    qf_nc_close_id(group);
    return status;
}

/* Those that a result ends with come after what only some rank may have. */
static bool is_of_the_end(const char *name)
{
    return strcmp(name, "tracking") == 0 || strcmp(name, "machines") == 0;
}

/* every group of rank 0's file, and, where only others found somebody to freeze, /quarantine in its place */
static qf_status put_groups(qf_stitch *stitch)
{
    static const char frozen[] = "quarantine";
    char state[QF_PART_STATE_BYTES]; /* of parts only */
    qf_part_state_name(stitch->manifest.run, state);
    char *names = read_names(stitch->parts[0].file);
    qf_status status = names ? QF_OK : qf_stitch_unreadable(stitch, 0, "/");
    bool is_missing =
        H5Lexists(stitch->parts[0].file, frozen, H5P_DEFAULT) <= 0 && qf_stitch_has(stitch, frozen);
    for (const char *name = names; status == QF_OK && !stitch->nc.failed && *name;
         name += strlen(name) + 1) {
        if (is_missing && is_of_the_end(name)) {
            status = put_group(stitch, frozen);
            is_missing = false;
        }
        if (status == QF_OK && strcmp(name, state) != 0) {
            status = put_group(stitch, name);
        }
    }
    if (status == QF_OK && is_missing) {
        status = put_group(stitch, frozen);
    }
    free(names);
    return status;
}

static qf_status write_output(qf_stitch *stitch)
{
    qf_status status = put_root_attributes(stitch);
    if (status == QF_OK) {
        status = put_groups(stitch);
    }
    qf_nc_close(&stitch->nc);
    if (status == QF_OK && stitch->nc.failed) {
        status = qf_fail(stitch->context, QF_ERROR_WRITE, "%s: %s", stitch->output.path,
                         stitch->nc.what);
    }
    return status;
}

/* of the result and its parts */
static uint64_t all_bytes(const qf_stitch *stitch)
{
    struct stat file;
    uint64_t bytes = fstat(stitch->output.fd, &file) == 0 ? (uint64_t)file.st_size : 0;
    for (size_t p = 0; p < stitch->n_parts; p++) {
        bytes += stitch->parts[p].bytes;
    }
    return bytes;
}

static void close_parts(qf_stitch *stitch)
{
    for (size_t p = 0; p < stitch->n_parts; p++) {
        if (stitch->parts[p].file >= 0) {
            (void)H5Fclose(stitch->parts[p].file);
        }
        free(stitch->parts[p].path);
    }
    free(stitch->parts);
    free(stitch->relative);
    qf_run_manifest_free(&stitch->manifest);
}

qf_status qf_run_stitch(qf_context *context, const char *directory, const char *out_path,
                        bool force, uint64_t *bytes)
{
    qf_stitch stitch = {.context = context, .nc.file = H5I_INVALID_HID};
    qf_nc_quiet();
    qf_status status = qf_run_manifest_read(context, directory, &stitch.manifest);
    if (status == QF_OK) {
        status = qf_stitch_check_all_there(&stitch, directory);
    }
    if (status == QF_OK) {
        status = open_parts(&stitch, directory);
    }
    if (status == QF_OK) {
        status = find_relative(&stitch, directory, out_path);
    }
    if (status == QF_OK) {
        status = begin_output(&stitch, out_path, force);
    }
    if (status == QF_OK) {
        status = write_output(&stitch);
        if (status == QF_OK && bytes) {
            *bytes = all_bytes(&stitch);
        }
        if (status == QF_OK) {
            status = qf_partial_file_publish(context, &stitch.output);
        } else {
            qf_partial_file_discard(&stitch.output);
        }
    }
    close_parts(&stitch);
    return status;
}
