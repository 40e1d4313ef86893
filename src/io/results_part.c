/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What files of ranks say of themselves, and what a result that stands on such files says of them: so that none is taken for another, and
 * none that is missing for a hole of missing values.
 */
#include <inttypes.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "netcdf_read.h"
#include "open_files.h"
#include "results_internal.h"
#include "results_part.h"
#include "run_parts.h"

enum { RUN_TEXT_BYTES = 17 };

static void put_run(qf_nc *nc, uint64_t run)
{
    char text[RUN_TEXT_BYTES];
    snprintf(text, sizeof text, "%016" PRIx64, run);
    qf_nc_put_text(nc, nc->file, "run_id", text);
}

static bool read_run(hid_t file, uint64_t *run)
{
    char *text = qf_nc_get_text(file, "run_id");
    const bool good = text && sscanf(text, "%" SCNx64, run) == 1;
    free(text);
    return good;
}

char *qf_part_state_name(uint64_t run, char name[QF_PART_STATE_BYTES])
{
    snprintf(name, QF_PART_STATE_BYTES, "state_%016" PRIx64, run);
    return name;
}

void qf_part_name_state(qf_nc *nc, const qf_results_part *part)
{
    char name[QF_PART_STATE_BYTES];
    qf_part_state_name(part->run, name);
    if (!nc->failed && !(nc->opens && H5Lexists(nc->file, name, H5P_DEFAULT) > 0)) {
        /* soft: what asks a dimension for its name gets the one in /state */
        qf_nc_check(nc, H5Lcreate_soft("/state", nc->file, name, H5P_DEFAULT, H5P_DEFAULT) >= 0,
                    "creation", name);
    }
}

void qf_part_write(qf_nc *nc, const qf_results_part *part)
{
    const int64_t entities[] = {(int64_t)part->first_entity, (int64_t)part->n_entities};
    put_run(nc, part->run);
    qf_nc_put_number(nc, nc->file, "part_rank", H5T_NATIVE_INT, &part->rank);
    qf_nc_put_array(nc, nc->file, "part_entities", H5T_NATIVE_INT64, 2, entities);
}

/* n numbers of an attribute */
static bool read_array(hid_t file, const char *name, hid_t type, size_t n, void *values)
{
    const hid_t attribute = H5Aopen(file, name, H5P_DEFAULT);
    const hid_t space = attribute >= 0 ? H5Aget_space(attribute) : H5I_INVALID_HID;
    const bool good = space >= 0 && H5Sget_simple_extent_npoints(space) == (hssize_t)n &&
                      H5Aread(attribute, type, values) >= 0;
    qf_nc_close_id(space);
    qf_nc_close_id(attribute);
    return good;
}

bool qf_part_marks_read(hid_t file, qf_part_marks *marks)
{
    return H5Aexists(file, "part_rank") > 0 && read_run(file, &marks->run) &&
           qf_nc_get_number(file, "part_rank", H5T_NATIVE_INT, &marks->rank) &&
           qf_nc_get_number(file, "ranks", H5T_NATIVE_INT, &marks->n_ranks) &&
           read_array(file, "part_entities", H5T_NATIVE_INT64, 2, marks->entities);
}

void qf_parts_write(qf_nc *nc, const qf_parts *parts)
{
    put_run(nc, parts->run);
    qf_nc_put_text(nc, nc->file, "part_directory", parts->directory);
    qf_nc_put_array(nc, nc->file, "part_ranks", H5T_NATIVE_INT32, parts->n, parts->ranks);
    qf_nc_put_array(nc, nc->file, "part_bytes", H5T_NATIVE_UINT64, parts->n, parts->bytes);
}

static size_t count_parts(hid_t file)
{
    const hid_t attribute = H5Aopen(file, "part_ranks", H5P_DEFAULT);
    const hid_t space = attribute >= 0 ? H5Aget_space(attribute) : H5I_INVALID_HID;
    const hssize_t n = space >= 0 ? H5Sget_simple_extent_npoints(space) : 0;
    qf_nc_close_id(space);
    qf_nc_close_id(attribute);
    return n > 0 ? (size_t)n : 0;
}

qf_status qf_parts_read(qf_context *context, const char *path, hid_t file, qf_parts *parts)
{
    *parts = (qf_parts){0};
    if (H5Aexists(file, "part_directory") <= 0) {
        return QF_OK;
    }
    parts->directory = qf_nc_get_text(file, "part_directory");
    parts->n = count_parts(file);
    parts->ranks = calloc(parts->n + 1, sizeof *parts->ranks);
    parts->bytes = calloc(parts->n + 1, sizeof *parts->bytes);
    if (!parts->ranks || !parts->bytes) {
        qf_parts_free(parts);
        return qf_fail(context, QF_ERROR_MEMORY, "out of memory");
    }
    if (!parts->directory || parts->n == 0 || !read_run(file, &parts->run) ||
        !qf_nc_get_number(file, "ranks", H5T_NATIVE_INT, &parts->n_ranks) ||
        !read_array(file, "part_ranks", H5T_NATIVE_INT32, parts->n, parts->ranks) ||
        !read_array(file, "part_bytes", H5T_NATIVE_UINT64, parts->n, parts->bytes)) {
        qf_parts_free(parts);
        return qf_fail(context, QF_ERROR_READ, "%s: does not say on which files it stands", path);
    }
    return QF_OK;
}

void qf_parts_free(qf_parts *parts)
{
    free(parts->directory);
    free(parts->ranks);
    free(parts->bytes);
    *parts = (qf_parts){0};
}

/* of part i, to be freed; NULL without memory */
static char *path_of(const char *path, const qf_parts *parts, size_t i)
{
    char name[QF_PART_NAME_BYTES];
    char *copy = strdup(path);
    char *part = NULL;
    qf_run_part_name(parts->ranks[i], parts->n_ranks, name);
    const bool absolute = parts->directory[0] == '/';
    if (copy && asprintf(&part, "%s%s%s/%s", absolute ? "" : dirname(copy), absolute ? "" : "/",
                         parts->directory, name) < 0) {
        part = NULL;
    }
    free(copy);
    return part;
}

/* Whether such a part lies beside the result, in the directory that has its name now: both were renamed. */
static bool is_beside(const char *path, const qf_parts *parts, size_t i)
{
    char name[QF_PART_NAME_BYTES];
    char *part = NULL;
    qf_part_marks marks;
    qf_run_part_name(parts->ranks[i], parts->n_ranks, name);
    const hid_t file =
        asprintf(&part, "%s.ranks/%s", path, name) >= 0 ? qf_nc_open(part) : H5I_INVALID_HID;
    const bool is = file >= 0 && qf_part_marks_read(file, &marks) && marks.run == parts->run;
    if (file >= 0) {
        (void)H5Fclose(file);
    }
    free(part);
    return is;
}

/* that it is the file which was there when the result was made of it */
static qf_status check_part(qf_context *context, const char *path, const qf_parts *parts, size_t i,
                            const char *part)
{
    struct stat there;
    qf_part_marks marks;
    if (stat(part, &there) != 0) {
        if (is_beside(path, parts, i)) {
            return qf_fail(context, QF_ERROR_READ,
                           "%s: its part '%s' is missing, but '%s.ranks' has it; a result that was "
                           "renamed is made anew by: qfleet merge %s.ranks -o %s --force",
                           path, part, path, path, path);
        }
        return qf_fail(context, QF_ERROR_READ, "%s: its part '%s' is missing", path, part);
    }
    const hid_t file = qf_nc_open(part);
    const bool marked = file >= 0 && qf_part_marks_read(file, &marks);
    if (file >= 0) {
        (void)H5Fclose(file);
    }
    if (marked && marks.run != parts->run) {
        return qf_fail(context, QF_ERROR_READ, "%s: its part '%s' is of another run", path, part);
    }
    if (marked && (marks.rank != parts->ranks[i] || marks.n_ranks != parts->n_ranks)) {
        return qf_fail(context, QF_ERROR_READ,
                       "%s: its part '%s' is the file of rank %d of %d, under a wrong name", path,
                       part, marks.rank, marks.n_ranks);
    }
    if ((uint64_t)there.st_size != parts->bytes[i]) {
        return qf_fail(context, QF_ERROR_READ,
                       "%s: its part '%s' has %" PRIu64 " bytes instead of %" PRIu64
                       ": cut short, or written again",
                       path, part, (uint64_t)there.st_size, parts->bytes[i]);
    }
    return marked ? QF_OK
                  : qf_fail(context, QF_ERROR_READ, "%s: its part '%s' is damaged, or of no run",
                            path, part);
}

/* Files that reading all results that are open now may keep open: HDF5 has each part open that was read of, until the result is closed. */
static size_t count_files_of_results(void)
{
    const ssize_t n = H5Fget_obj_count(H5F_OBJ_ALL, H5F_OBJ_FILE);
    hid_t *files = n > 0 ? calloc((size_t)n, sizeof *files) : NULL;
    const ssize_t got = files ? H5Fget_obj_ids(H5F_OBJ_ALL, H5F_OBJ_FILE, (size_t)n, files) : 0;
    size_t n_files = 0;
    for (ssize_t i = 0; i < got; i++) {
        n_files += 1 + count_parts(files[i]);
    }
    free(files);
    return n_files;
}

qf_status qf_parts_check(qf_context *context, const char *path, hid_t file)
{
    qf_parts parts;
    qf_status status = qf_parts_read(context, path, file, &parts);
    if (status == QF_OK && parts.directory) {
        status = qf_open_files_allow(context, path, count_files_of_results());
    }
    for (size_t i = 0; status == QF_OK && parts.directory && i < parts.n; i++) {
        char *part = path_of(path, &parts, i);
        status = part ? check_part(context, path, &parts, i, part)
                      : qf_fail(context, QF_ERROR_MEMORY, "out of memory");
        free(part);
    }
    qf_parts_free(&parts);
    return status;
}
