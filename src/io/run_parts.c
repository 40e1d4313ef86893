/* SPDX-License-Identifier: Apache-2.0 */
/* The directory of the files of a run's ranks, and run.json, which says what is in it. */
#include "run_parts.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "json_text.h"
#include "manifest_values.h"
#include "netcdf_read.h"
#include "partial_file.h"
#include "results_part.h"
#include "sweep_store_internal.h"
#include "yaml_node.h"

static const char schema[] = "qfleet-run/1";
static const char manifest_name[] = "run.json";

char *qf_run_parts_directory(const char *path)
{
    char *directory = NULL;
    return asprintf(&directory, "%s.ranks", path) < 0 ? NULL : directory;
}

char *qf_run_part_name(int rank, int n_ranks, char name[QF_PART_NAME_BYTES])
{
    snprintf(name, QF_PART_NAME_BYTES, "rank-%d-of-%d.h5", rank, n_ranks);
    return name;
}

char *qf_run_checkpoint_name(int rank, int n_ranks, char name[QF_PART_NAME_BYTES])
{
    snprintf(name, QF_PART_NAME_BYTES, "rank-%d-of-%d.checkpoint", rank, n_ranks);
    return name;
}

bool qf_run_part_has_file(const qf_results_part *part)
{
    return part->rank == 0 || part->n_entities > 0;
}

/* Whether runs give that name to files in the directory. */
static bool is_ours(const char *name)
{
    static const char *const endings[] = {".h5", ".h5.partial", ".checkpoint", ".checkpoint.new"};
    unsigned rank, n_ranks;
    int end = 0;
    if (strncmp(name, manifest_name, sizeof manifest_name - 1) == 0) {
        const char *rest = name + sizeof manifest_name - 1;
        return rest[0] == '\0' || strcmp(rest, ".partial") == 0;
    }
    if (sscanf(name, "rank-%u-of-%u%n", &rank, &n_ranks, &end) != 2 || end == 0) {
        return false;
    }
    bool ours = false;
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
        ours = ours || strcmp(name + end, endings[i]) == 0;
    }
    return ours;
}

typedef struct contents {
    size_t n;
    char foreign[NAME_MAX + 1]; /* something that no run made; "": nothing */
    char at_work[NAME_MAX + 1]; /* what a living process writes */
} contents;

static contents look_into(const char *directory, bool remove)
{
    contents found = {0};
    DIR *entries = opendir(directory);
    const struct dirent *entry;
    while (entries && (entry = readdir(entries))) {
        const char *name = entry->d_name;
        char *path = NULL;
        if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0 ||
            asprintf(&path, "%s/%s", directory, name) < 0) {
            continue;
        }
        found.n++;
        if (!is_ours(name)) {
            snprintf(found.foreign, sizeof found.foreign, "%s", name);
        } else if (qf_partial_file_is_locked(path)) {
            snprintf(found.at_work, sizeof found.at_work, "%s", name);
        } else if (remove) {
            (void)unlink(path); /* where it stays, writing it anew will tell */
        }
        free(path);
    }
    if (entries) {
        (void)closedir(entries);
    }
    return found;
}

/* What an earlier run left may be replaced, if `force` says so. */
static qf_status check_directory(qf_context *context, const char *path, const char *directory,
                                 bool force)
{
    struct stat there;
    if (lstat(directory, &there) != 0) {
        return QF_OK; /* making it will tell */
    }
    if (!S_ISDIR(there.st_mode)) {
        return qf_fail(context, QF_ERROR_OUTPUT,
                       "%s: '%s' is there, and is no directory for the files of ranks", path,
                       directory);
    }
    const contents found = look_into(directory, false);
    if (found.at_work[0]) {
        return qf_fail(context, QF_ERROR_EXISTS, "%s: another process is writing '%s/%s' right now",
                       path, directory, found.at_work);
    }
    if (found.foreign[0]) {
        return qf_fail(context, QF_ERROR_OUTPUT,
                       "%s: '%s' has '%s' in it, which is of no run; choose another name", path,
                       directory, found.foreign);
    }
    return found.n == 0 || force
               ? QF_OK
               : qf_fail(context, QF_ERROR_EXISTS,
                         "%s: '%s' exists already; choose another name, or replace it with --force",
                         path, directory);
}

bool qf_run_result_is_of(const char *path, uint64_t run)
{
    qf_context unheard = qf_context_default();
    qf_parts parts = {0};
    qf_nc_quiet();
    const hid_t file = qf_nc_open(path);
    const bool same = file >= 0 && qf_parts_read(&unheard, path, file, &parts) == QF_OK &&
                      parts.directory && parts.run == run;
    qf_parts_free(&parts);
    if (file >= 0) {
        (void)H5Fclose(file);
    }
    return same;
}

/* a result that stands on files which are about to go would stand on nothing */
static void remove_master(const char *path)
{
    const hid_t file = qf_nc_open(path);
    const bool stands_on_parts = file >= 0 && H5Aexists(file, "part_directory") > 0;
    if (file >= 0) {
        (void)H5Fclose(file);
    }
    if (stands_on_parts) {
        (void)unlink(path);
    }
}

qf_status qf_run_parts_begin(qf_context *context, const char *path, bool force)
{
    qf_partial_file result;
    char *directory = qf_run_parts_directory(path);
    if (!directory) {
        return qf_fail(context, QF_ERROR_MEMORY, "out of memory");
    }
    /* what would be refused at the end is refused now */
    qf_status status = qf_partial_file_open(context, path, force, &result);
    if (status == QF_OK) {
        qf_partial_file_discard(&result);
        status = check_directory(context, path, directory, force);
    }
    if (status == QF_OK && mkdir(directory, 0777) != 0 && errno != EEXIST) {
        const int error = errno;
        const qf_status refusal = qf_partial_file_refusal(error);
        status = qf_fail(context, refusal == QF_ERROR_WRITE ? QF_ERROR_OUTPUT : refusal,
                         "%s: '%s' cannot be made: %s", path, directory, strerror(error));
    }
    if (status == QF_OK) {
        qf_nc_quiet();
        remove_master(path);
        (void)look_into(directory, true);
    }
    free(directory);
    return status;
}

qf_status qf_run_parts_check(qf_context *context, const char *path, bool force)
{
    char *directory = qf_run_parts_directory(path);
    const qf_status status = directory ? check_directory(context, path, directory, force)
                                       : qf_fail(context, QF_ERROR_MEMORY, "out of memory");
    free(directory);
    return status;
}

void qf_run_parts_discard(const char *path)
{
    char *directory = qf_run_parts_directory(path);
    if (directory) {
        (void)look_into(directory, true);
        (void)rmdir(directory);
        free(directory);
    }
}

static void put_manifest(FILE *out, const qf_run_manifest *manifest)
{
    char name[QF_PART_NAME_BYTES];
    fprintf(out, "{\n  \"schema\": \"%s\",\n  \"version\": ", schema);
    qf_json_put_text(out, manifest->version);
    fprintf(out, ",\n  \"result\": ");
    qf_json_put_text(out, manifest->master);
    fprintf(out,
            ",\n  \"scenario_xxh3\": \"%016" PRIx64 "\",\n  \"run_id\": \"%016" PRIx64
            "\",\n  \"n_ranks\": %d,\n  \"ranks\": [",
            manifest->scenario_hash, manifest->run, manifest->n_ranks);
    for (int r = 0; r < manifest->n_ranks; r++) {
        const qf_results_part *part = &manifest->parts[r];
        const bool has_file = qf_run_part_has_file(part);
        qf_run_part_name(r, manifest->n_ranks, name);
        fprintf(out, "%s\n    {\"file\": %s%s%s, \"first_entity\": %zu, \"entities\": %zu}",
                r > 0 ? "," : "", has_file ? "\"" : "", has_file ? name : "null",
                has_file ? "\"" : "", part->first_entity, part->n_entities);
    }
    fprintf(out, "\n  ]\n}\n");
}

static char *path_of_manifest(const char *directory)
{
    char *path = NULL;
    return asprintf(&path, "%s/%s", directory, manifest_name) < 0 ? NULL : path;
}

qf_status qf_run_manifest_write(qf_context *context, const char *directory,
                                const qf_run_manifest *manifest)
{
    char *text = NULL;
    size_t length = 0;
    char *path = path_of_manifest(directory);
    FILE *out = path ? open_memstream(&text, &length) : NULL;
    if (out) {
        put_manifest(out, manifest);
    }
    const bool good = out && fclose(out) == 0;
    const qf_status status = good ? qf_text_file_write(context, path, text, length, false)
                                  : qf_fail(context, QF_ERROR_MEMORY, "out of memory");
    free(text);
    free(path);
    return status;
}

static bool read_count(const qf_yaml_node *mapping, const char *key, int64_t most, int64_t *count,
                       qf_diagnostics *diagnostics)
{
    const qf_yaml_node *node = qf_yaml_get(mapping, key);
    return node && qf_yaml_read_integer(node, 0, most, count, diagnostics);
}

/* the list of ranks, each with its vehicles, which follow on those of the rank before */
static bool read_ranks(const qf_yaml_node *root, qf_diagnostics *diagnostics,
                       qf_run_manifest *manifest)
{
    const qf_yaml_node *ranks = qf_yaml_get(root, "ranks");
    int64_t n = 0;
    if (!read_count(root, "n_ranks", INT32_MAX, &n, diagnostics) || n < 2 || !ranks ||
        ranks->kind != QF_YAML_SEQUENCE || ranks->n_children != (size_t)n) {
        return false;
    }
    manifest->n_ranks = (int)n;
    manifest->parts = calloc((size_t)n, sizeof *manifest->parts);
    bool good = manifest->parts != NULL;
    int64_t next = 0;
    for (int r = 0; good && r < manifest->n_ranks; r++) {
        const qf_yaml_node *rank = ranks->children[r];
        int64_t first, count;
        good = read_count(rank, "first_entity", INT64_MAX, &first, diagnostics) &&
               read_count(rank, "entities", INT64_MAX, &count, diagnostics) && first == next;
        if (good) {
            next += count;
            manifest->parts[r] = (qf_results_part){.rank = r,
                                                   .n_ranks = manifest->n_ranks,
                                                   .run = manifest->run,
                                                   .first_entity = (size_t)first,
                                                   .n_entities = (size_t)count};
        }
    }
    return good;
}

static qf_status parse(qf_context *context, const char *path, const char *text, size_t length,
                       qf_run_manifest *manifest)
{
    qf_arena arena = {0};
    qf_diagnostics diagnostics;
    qf_diagnostics_init(&diagnostics);
    const qf_yaml_node *root = qf_yaml_load_text(&arena, path, text, length, &diagnostics);
    qf_status status = qf_manifest_check(context, path, root, schema, "a run");
    if (status == QF_OK) {
        manifest->version = qf_manifest_text(root, "version");
        manifest->master = qf_manifest_text(root, "result");
        if (!manifest->version || !manifest->master ||
            !qf_manifest_hash(root, "scenario_xxh3", &manifest->scenario_hash) ||
            !qf_manifest_hash(root, "run_id", &manifest->run) ||
            !read_ranks(root, &diagnostics, manifest)) {
            qf_run_manifest_free(manifest);
            status = qf_fail(context, QF_ERROR_READ, "%s: is damaged", path);
        }
    }
    qf_diagnostics_free(&diagnostics);
    qf_arena_free(&arena);
    return status;
}

qf_status qf_run_manifest_read(qf_context *context, const char *directory,
                               qf_run_manifest *manifest)
{
    char *text = NULL;
    size_t length = 0;
    *manifest = (qf_run_manifest){0};
    char *path = path_of_manifest(directory);
    if (!path) {
        return qf_fail(context, QF_ERROR_MEMORY, "out of memory");
    }
    qf_status status = qf_text_file_read(context, path, &text, &length);
    if (status == QF_OK) {
        status = parse(context, path, text, length, manifest);
    }
    free(text);
    free(path);
    return status;
}

void qf_run_manifest_free(qf_run_manifest *manifest)
{
    free(manifest->version);
    free(manifest->master);
    free(manifest->parts);
    *manifest = (qf_run_manifest){0};
}
