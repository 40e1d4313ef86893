/* SPDX-License-Identifier: Apache-2.0 */
#include "results_open.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "netcdf.h"
#include "netcdf_read.h"
#include "results_part.h"

/* A run that is still going on has another name. */
static qf_status fail_to_open(qf_context *context, const char *path, int error)
{
    char *partial = NULL;
    qf_status status = qf_fail(context, QF_ERROR_READ, "%s: %s", path, strerror(error));
    if (error == ENOENT && asprintf(&partial, "%s.partial", path) >= 0) {
        if (access(partial, F_OK) == 0) {
            status = qf_fail(context, QF_ERROR_READ,
                             "%s: there is no such file, but '%s', of a run that has not come to "
                             "its end",
                             path, partial);
        }
        free(partial);
    }
    return status;
}

/* What can be said about a file without HDF5. */
static qf_status check_readable(qf_context *context, const char *path, uint64_t *bytes)
{
    struct stat file;
    const int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    const int error = errno;
    if (fd < 0) {
        return fail_to_open(context, path, error);
    }
    const bool known = fstat(fd, &file) == 0;
    (void)close(fd);
    if (known && S_ISDIR(file.st_mode)) {
        return qf_fail(context, QF_ERROR_READ,
                       "%s: is not a regular file, and no sweep's directory, which has a "
                       "manifest.json",
                       path);
    }
    if (!known || !S_ISREG(file.st_mode)) {
        return qf_fail(context, QF_ERROR_READ, "%s: is not a regular file", path);
    }
    *bytes = (uint64_t)file.st_size;
    if (*bytes == 0) {
        return qf_fail(context, QF_ERROR_READ, "%s: is empty", path);
    }
    return QF_OK;
}

static qf_status check_schema(qf_context *context, const char *path, hid_t file)
{
    char *schema = qf_nc_get_text(file, "schema");
    const bool ours = schema && strncmp(schema, "qfleet/", 7) == 0;
    const bool known = ours && strcmp(schema, "qfleet/1") == 0;
    const bool unreadable = !schema && H5Aexists(file, "schema") > 0;
    free(schema);
    if (unreadable) {
        return qf_fail(context, QF_ERROR_READ, "%s: is HDF5, but damaged where its texts are",
                       path);
    }
    if (!ours) {
        return qf_fail(context, QF_ERROR_READ, "%s: is HDF5, but not a result of qfleet", path);
    }
    return known ? QF_OK
                 : qf_fail(context, QF_ERROR_READ, "%s: was written by a later version of qfleet",
                           path);
}

qf_status qf_results_open(qf_context *context, const char *path, hid_t *file, uint64_t *bytes)
{
    qf_status status = check_readable(context, path, bytes);
    if (status) {
        return status;
    }
    qf_nc_quiet();
    if (H5Fis_hdf5(path) <= 0) {
        return qf_fail(context, QF_ERROR_READ,
                       "%s: is not an HDF5 file, or its run was killed before it was set up", path);
    }
    *file = qf_nc_open(path);
    if (*file < 0) {
        return qf_fail(context, QF_ERROR_READ, "%s: is HDF5, but damaged or cut short", path);
    }
    status = check_schema(context, path, *file);
    if (status == QF_OK) {
        status = qf_parts_check(context, path, *file);
    }
    if (status) {
        (void)H5Fclose(*file);
        *file = H5I_INVALID_HID;
    }
    return status;
}
