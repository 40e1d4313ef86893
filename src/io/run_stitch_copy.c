/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Groups and variables from one file into another, in the order in which they were created there, so that the copy is a netCDF file as
 * well: its dimensions are attached anew, and counted anew.
 */
#include <hdf5_hl.h>
#include <stdlib.h>
#include <string.h>

#include "netcdf_read.h"
#include "run_stitch_internal.h"

enum { SLICE_BYTES = 4 << 20 };

/* what goes on while the attributes of an object are gone through */
typedef struct attributes {
    qf_stitch *stitch;
    hid_t target;
} attributes;

static void copy_attribute(qf_nc *nc, hid_t source, hid_t target, const char *name)
{
    const hid_t from = H5Aopen(source, name, H5P_DEFAULT);
    const hid_t type = from >= 0 ? H5Aget_type(from) : H5I_INVALID_HID;
    const hid_t space = from >= 0 ? H5Aget_space(from) : H5I_INVALID_HID;
    const hssize_t n = space >= 0 ? H5Sget_simple_extent_npoints(space) : -1;
    void *values = n >= 0 ? calloc((size_t)n + 1, H5Tget_size(type)) : NULL;
    const hid_t to = values && H5Aread(from, type, values) >= 0
                         ? H5Acreate2(target, name, type, space, H5P_DEFAULT, H5P_DEFAULT)
                         : H5I_INVALID_HID;
    qf_nc_check(nc, to >= 0 && H5Awrite(to, type, values) >= 0, "copy", name);
    if (values && H5Tdetect_class(type, H5T_VLEN) + H5Tis_variable_str(type) > 0) {
        (void)H5Dvlen_reclaim(type, space, H5P_DEFAULT, values);
    }
    free(values);
    qf_nc_close_id(to);
    qf_nc_close_id(space);
    qf_nc_close_id(type);
    qf_nc_close_id(from);
}

/* a dimension of a variable, as it is called in the file */
static herr_t attach_scale(hid_t source, unsigned dimension, hid_t scale, void *user)
{
    (void)source;
    attributes *to = user;
    qf_nc *nc = &to->stitch->nc;
    char name[QF_NC_NAME_BYTES];
    const bool named = H5Iget_name(scale, name, sizeof name) > 0;
    const hid_t same = named ? H5Dopen2(nc->file, name, H5P_DEFAULT) : H5I_INVALID_HID;
    qf_nc_check(nc, same >= 0 && H5DSattach_scale(to->target, same, dimension) >= 0,
                "attaching a dimension", named ? name : "?");
    qf_nc_close_id(same);
    return 0;
}

static void attach_scales(hid_t source, attributes *to)
{
    const int rank = qf_nc_rank(source);
    for (int i = 0; i < rank; i++) {
        qf_nc_check(&to->stitch->nc,
                    H5DSiterate_scales(source, (unsigned)i, NULL, attach_scale, to) >= 0,
                    "attaching dimensions of", "variable");
    }
}

static void make_scale(qf_nc *nc, hid_t source, hid_t target)
{
    char name[QF_NC_NAME_BYTES] = "";
    qf_nc_check(
        nc, H5DSget_scale_name(source, name, sizeof name) >= 0 && H5DSset_scale(target, name) >= 0,
        "making a dimension", name);
}

/* what the file of a rank says of that only */
static bool is_of_part(const char *name)
{
    return strcmp(name, "run_id") == 0 || strncmp(name, "part_", strlen("part_")) == 0;
}

static herr_t take_attribute(hid_t source, const char *name, const H5A_info_t *info, void *user)
{
    (void)info;
    attributes *to = user;
    qf_nc *nc = &to->stitch->nc;
    if (nc->failed) {
        return -1;
    }
    if (strcmp(name, "CLASS") == 0 && H5DSis_scale(source) > 0) {
        make_scale(nc, source, to->target);
    } else if (strcmp(name, "_Netcdf4Dimid") == 0) {
        const int number = nc->n_dimensions++;
        qf_nc_put_number(nc, to->target, name, H5T_NATIVE_INT, &number);
    } else if (strcmp(name, "DIMENSION_LIST") == 0) {
        attach_scales(source, to);
    } else if (strcmp(name, "NAME") != 0 && strcmp(name, "REFERENCE_LIST") != 0 &&
               !is_of_part(name)) {
        copy_attribute(nc, source, to->target, name);
    }
    return 0;
}

void qf_stitch_attributes(qf_stitch *stitch, hid_t source, hid_t target)
{
    attributes to = {.stitch = stitch, .target = target};
    qf_nc_check(&stitch->nc,
                H5Aiterate2(source, H5_INDEX_CRT_ORDER, H5_ITER_INC, NULL, take_attribute, &to) >=
                    0,
                "copying attributes of", "object");
}

hid_t qf_stitch_define(qf_stitch *stitch, hid_t source, const char *path, hsize_t length,
                       hid_t creation)
{
    qf_nc *nc = &stitch->nc;
    hsize_t dims[H5S_MAX_RANK];
    hsize_t most[H5S_MAX_RANK];
    if (nc->failed) {
        return H5I_INVALID_HID;
    }
    const hid_t own = creation >= 0 ? H5I_INVALID_HID : H5Dget_create_plist(source);
    const hid_t type = H5Dget_type(source);
    const hid_t like = H5Dget_space(source);
    const int rank = like >= 0 ? H5Sget_simple_extent_dims(like, dims, most) : -1;
    if (rank > 0 && length != HSIZE_UNDEF) {
        most[0] = most[0] == H5S_UNLIMITED && creation < 0 ? H5S_UNLIMITED : length;
        dims[0] = length;
    }
    const hid_t space = rank >= 0 ? H5Screate_simple(rank, dims, most) : H5I_INVALID_HID;
    const hid_t target = space >= 0 ? H5Dcreate2(nc->file, path, type, space, H5P_DEFAULT,
                                                 creation >= 0 ? creation : own, H5P_DEFAULT)
                                    : H5I_INVALID_HID;
    if (qf_nc_check(nc, target >= 0, "creation", path)) {
        qf_stitch_attributes(stitch, source, target);
    }
    qf_nc_close_id(space);
    qf_nc_close_id(like);
    qf_nc_close_id(type);
    qf_nc_close_id(own);
    return target;
}

/* Rows [first, first + n) of both; `values` has room for them. */
static void copy_rows(qf_nc *nc, hid_t source, hid_t target, hid_t type, hsize_t first, hsize_t n,
                      void *values)
{
    hsize_t start[H5S_MAX_RANK] = {first};
    hsize_t count[H5S_MAX_RANK];
    const hid_t space = H5Dget_space(source);
    const int rank = H5Sget_simple_extent_dims(space, count, NULL);
    count[0] = n;
    const hid_t memory = H5Screate_simple(rank, count, NULL);
    qf_nc_check(nc,
                H5Sselect_hyperslab(space, H5S_SELECT_SET, start, NULL, count, NULL) >= 0 &&
                    H5Dread(source, type, memory, space, H5P_DEFAULT, values) >= 0 &&
                    H5Dwrite(target, type, memory, space, H5P_DEFAULT, values) >= 0,
                "copy", "variable");
    if (H5Tis_variable_str(type) > 0) {
        (void)H5Dvlen_reclaim(type, memory, H5P_DEFAULT, values);
    }
    qf_nc_close_id(memory);
    qf_nc_close_id(space);
}

static void copy_values(qf_stitch *stitch, hid_t source, hid_t target)
{
    qf_nc *nc = &stitch->nc;
    const hid_t type = H5Dget_type(source);
    const hsize_t n = qf_nc_length(source);
    const hsize_t width = qf_nc_rank(source) > 1 ? qf_nc_width(source) : 1;
    const size_t row_bytes = H5Tget_size(type) * (size_t)width;
    if (n > 0 && row_bytes > 0) {
        const hsize_t fitting = row_bytes < SLICE_BYTES ? SLICE_BYTES / row_bytes : 1;
        const hsize_t some = fitting < n ? fitting : n;
        void *values = calloc((size_t)some, row_bytes);
        qf_nc_check(nc, values != NULL, "memory for a copy", "variable");
        for (hsize_t at = 0; at < n && !nc->failed; at += some) {
            copy_rows(nc, source, target, type, at, n - at < some ? n - at : some, values);
        }
        free(values);
    }
    qf_nc_close_id(type);
}

static void copy_variable(qf_stitch *stitch, hid_t source, const char *path)
{
    const hid_t target = qf_stitch_define(stitch, source, path, HSIZE_UNDEF, -1);
    if (!stitch->nc.failed) {
        copy_values(stitch, source, target);
    }
    qf_nc_close_id(target);
}

/* what goes on while the members of a group are gone through */
typedef struct members {
    qf_stitch *stitch;
    const char *path;
    qf_status status;
} members;

static herr_t take_member(hid_t group, const char *name, const H5L_info_t *info, void *user)
{
    (void)info;
    members *to = user;
    char path[QF_NC_NAME_BYTES];
    const hid_t object = H5Oopen(group, name, H5P_DEFAULT);
    const bool fits = snprintf(path, sizeof path, "%s/%s", to->path, name) < (int)sizeof path;
    if (!qf_nc_check(&to->stitch->nc, object >= 0 && fits, "copy", name)) {
        qf_nc_close_id(object);
        return -1;
    }
    if (H5Iget_type(object) == H5I_GROUP) {
        to->status = qf_stitch_group(to->stitch, object, path);
    } else {
        copy_variable(to->stitch, object, path);
    }
    qf_nc_close_id(object);
    return to->status == QF_OK && !to->stitch->nc.failed ? 0 : -1;
}

qf_status qf_stitch_group(qf_stitch *stitch, hid_t source, const char *path)
{
    members to = {.stitch = stitch, .path = path};
    const hid_t target = qf_nc_group(&stitch->nc, path);
    if (!stitch->nc.failed) {
        qf_stitch_attributes(stitch, source, target);
        const herr_t walked =
            H5Literate(source, H5_INDEX_CRT_ORDER, H5_ITER_INC, NULL, take_member, &to);
        qf_nc_check(&stitch->nc, walked >= 0 || to.status != QF_OK, "copying", path);
    }
    qf_nc_close_id(target);
    return to.status;
}
