/* SPDX-License-Identifier: Apache-2.0 */
#include "netcdf.h"

#include <hdf5_hl.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "hdf5_heap.h"

enum {
    META_BLOCK_BYTES = 65536, /* keeps metadata together instead of between chunks of data */
    SLICE = 8192,             /* elements, where values are made up */
};

/* Innermost entry of HDF5's error stack: the one that knows the reason. */
static herr_t innermost(unsigned n, const H5E_error2_t *entry, void *user)
{
    (void)n;
    const char **reason = user;
    *reason = entry->desc;
    return -1; /* stop the walk: the first entry upwards is the innermost */
}

/* Keeps the first failure; true when this and every earlier call succeeded. */
static bool check(qf_nc *nc, bool good, const char *call, const char *name)
{
    if (nc->failed) {
        return false;
    }
    if (good) {
        return true;
    }
    const char *reason = NULL;
    const hid_t stack = H5Eget_current_stack();
    if (stack >= 0) {
        (void)H5Ewalk2(stack, H5E_WALK_UPWARD, innermost, &reason);
    }
    nc->failed = true;
    snprintf(nc->what, sizeof nc->what, "%s of '%s' failed: %s", call, name,
             reason ? reason : "no reason given");
    if (stack >= 0) {
        (void)H5Eclose_stack(stack);
    }
    return false;
}

bool qf_nc_check(qf_nc *nc, bool good, const char *call, const char *name)
{
    return check(nc, good, call, name);
}

void qf_nc_quiet(void)
{
    /* files are closed where they were opened; what a write that failed has left is not to be touched again at the end */
    (void)H5dont_atexit();
    (void)H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
}

/* netCDF lists groups, variables and attributes in the order they were created. */
static const unsigned order = H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED;

static hid_t access_of_file(qf_nc *nc, const char *path)
{
    const hid_t access = H5Pcreate(H5P_FILE_ACCESS);
    check(nc,
          access >= 0 && H5Pset_fclose_degree(access, H5F_CLOSE_STRONG) >= 0 &&
              H5Pset_file_locking(access, false, true) >= 0 &&
              H5Pset_meta_block_size(access, META_BLOCK_BYTES) >= 0,
          "setting up", path);
    return access;
}

void qf_nc_reopen(qf_nc *nc, const char *path)
{
    *nc = (qf_nc){.file = H5I_INVALID_HID, .opens = true};
    const hid_t access = access_of_file(nc, path);
    check(nc, nc->failed || qf_hdf5_guard_heaps(access), "setting up", path);
    if (!nc->failed) {
        nc->file = H5Fopen(path, H5F_ACC_RDWR, access);
        check(nc, nc->file >= 0, "opening", path);
    }
    if (!nc->failed) {
        /* who was killed has left the header's end of the file behind what stands in it: nothing may be put on top of that */
        check(nc, H5Fincrement_filesize(nc->file, 0) >= 0, "finding the end of", path);
    }
    check(nc, H5Pclose(access) >= 0, "setting up", path);
}

void qf_nc_remove(qf_nc *nc, const char *group)
{
    if (!nc->failed) {
        const htri_t there = H5Lexists(nc->file, group, H5P_DEFAULT);
        check(nc, there == 0 || (there > 0 && H5Ldelete(nc->file, group, H5P_DEFAULT) >= 0),
              "removal", group);
    }
}

void qf_nc_remove_attribute(qf_nc *nc, const char *name)
{
    if (!nc->failed) {
        const htri_t there = H5Aexists(nc->file, name);
        check(nc, there == 0 || (there > 0 && H5Adelete(nc->file, name) >= 0), "removal", name);
    }
}

void qf_nc_create(qf_nc *nc, const char *path)
{
    *nc = (qf_nc){.file = H5I_INVALID_HID};
    const hid_t creation = H5Pcreate(H5P_FILE_CREATE);
    const hid_t access = access_of_file(nc, path);
    check(nc,
          creation >= 0 && H5Pset_link_creation_order(creation, order) >= 0 &&
              H5Pset_attr_creation_order(creation, order) >= 0 &&
              H5Pset_obj_track_times(creation, false) >= 0, /* equal content, equal bytes */
          "setting up", path);
    if (!nc->failed) {
        nc->file = H5Fcreate(path, H5F_ACC_TRUNC, creation, access);
        check(nc, nc->file >= 0, "creation", path);
    }
    check(nc, H5Pclose(creation) >= 0 && H5Pclose(access) >= 0, "setting up", path);
}

void qf_nc_flush(qf_nc *nc)
{
    if (!nc->failed) {
        check(nc, H5Fflush(nc->file, H5F_SCOPE_LOCAL) >= 0, "flush", "file");
    }
}

void qf_nc_close(qf_nc *nc)
{
    if (nc->file >= 0) {
        const bool closed = H5Fclose(nc->file) >= 0;
        nc->file = H5I_INVALID_HID;
        check(nc, closed, "close", "file");
    }
}

uint64_t qf_nc_end(qf_nc *nc)
{
    haddr_t end = 0;
    if (!nc->failed) {
        check(nc, H5Fget_eoa(nc->file, &end) >= 0, "size", "file");
    }
    return end;
}

hid_t qf_nc_group(qf_nc *nc, const char *name)
{
    if (nc->failed) {
        return H5I_INVALID_HID;
    }
    hid_t group = H5I_INVALID_HID;
    if (nc->opens) {
        group = H5Gopen2(nc->file, name, H5P_DEFAULT);
        check(nc, group >= 0, "opening", name);
        return group;
    }
    const hid_t creation = H5Pcreate(H5P_GROUP_CREATE);
    if (check(nc,
              creation >= 0 && H5Pset_link_creation_order(creation, order) >= 0 &&
                  H5Pset_attr_creation_order(creation, order) >= 0 &&
                  H5Pset_obj_track_times(creation, false) >= 0,
              "setting up", name)) {
        group = H5Gcreate2(nc->file, name, H5P_DEFAULT, creation, H5P_DEFAULT);
        check(nc, group >= 0, "creation", name);
    }
    check(nc, H5Pclose(creation) >= 0, "setting up", name);
    return group;
}

hid_t qf_nc_string_type(qf_nc *nc)
{
    if (nc->failed) {
        return H5I_INVALID_HID;
    }
    const hid_t type = H5Tcopy(H5T_C_S1);
    check(nc,
          type >= 0 && H5Tset_size(type, H5T_VARIABLE) >= 0 &&
              H5Tset_cset(type, H5T_CSET_UTF8) >= 0,
          "setting up", "string type");
    return type;
}

void qf_nc_close_type(qf_nc *nc, hid_t type)
{
    if (type >= 0) {
        check(nc, H5Tclose(type) >= 0, "close", "string type");
    }
}

static void put_attribute(qf_nc *nc, hid_t object, const char *name, hid_t type, hid_t space,
                          const void *values)
{
    if (!check(nc, space >= 0, "setting up", name)) {
        return;
    }
    const hid_t attribute = H5Acreate2(object, name, type, space, H5P_DEFAULT, H5P_DEFAULT);
    if (check(nc, attribute >= 0, "creation", name)) {
        check(nc, H5Awrite(attribute, type, values) >= 0, "write", name);
        check(nc, H5Aclose(attribute) >= 0, "close", name);
    }
    check(nc, H5Sclose(space) >= 0, "close", name);
}

void qf_nc_put_text(qf_nc *nc, hid_t object, const char *name, const char *text)
{
    if (nc->failed || nc->opens) {
        return;
    }
    const hid_t type = qf_nc_string_type(nc);
    if (nc->failed) {
        return;
    }
    put_attribute(nc, object, name, type, H5Screate(H5S_SCALAR), &text);
    qf_nc_close_type(nc, type);
}

void qf_nc_replace_text(qf_nc *nc, hid_t object, const char *name, const char *text)
{
    const hid_t type = qf_nc_string_type(nc);
    if (nc->failed) {
        return;
    }
    const hid_t attribute = H5Aopen(object, name, H5P_DEFAULT);
    if (check(nc, attribute >= 0, "opening", name)) {
        check(nc, H5Awrite(attribute, type, &text) >= 0, "write", name);
        check(nc, H5Aclose(attribute) >= 0, "close", name);
    }
    qf_nc_close_type(nc, type);
}

void qf_nc_put_number(qf_nc *nc, hid_t object, const char *name, hid_t type, const void *value)
{
    if (!nc->failed && !nc->opens) {
        put_attribute(nc, object, name, type, H5Screate(H5S_SCALAR), value);
    }
}

void qf_nc_put_array(qf_nc *nc, hid_t object, const char *name, hid_t type, size_t n,
                     const void *values)
{
    if (!nc->failed && !nc->opens) {
        const hsize_t length = n;
        put_attribute(nc, object, name, type, H5Screate_simple(1, &length, NULL), values);
    }
}

/* How the dataset is created: layout, order of attributes, fill value. */
static hid_t creation_properties(qf_nc *nc, const qf_nc_variable *variable,
                                 const qf_nc_shape *shape)
{
    const hid_t creation = H5Pcreate(H5P_DATASET_CREATE);
    bool good = creation >= 0 && H5Pset_attr_creation_order(creation, order) >= 0 &&
                H5Pset_obj_track_times(creation, false) >= 0;
    if (good && shape->chunk[0]) {
        good = H5Pset_chunk(creation, shape->rank, shape->chunk) >= 0;
    }
    if (good && variable->fill) {
        good = H5Pset_fill_value(creation, variable->type, variable->fill) >= 0;
    }
    if (good && shape->direct) {
        /* every element within the extent is written, so filling first would write twice */
        good = H5Pset_fill_time(creation, H5D_FILL_TIME_NEVER) >= 0;
    }
    check(nc, good, "setting up", variable->name);
    return creation;
}

static hid_t access_properties(qf_nc *nc, const qf_nc_variable *variable, const qf_nc_shape *shape)
{
    const hid_t access = H5Pcreate(H5P_DATASET_ACCESS);
    bool good = access >= 0;
    if (good && shape->direct) {
        good = H5Pset_chunk_cache(access, 1, 0, H5D_CHUNK_CACHE_W0_DEFAULT) >= 0;
    }
    check(nc, good, "setting up", variable->name);
    return access;
}

/* Texts of any length have a type in the file that differs from that in memory. */
static bool is_same_type(hid_t a, hid_t b)
{
    const htri_t texts = H5Tis_variable_str(b);
    return texts == 0 ? H5Tequal(a, b) > 0 : texts > 0 && H5Tis_variable_str(a) > 0;
}

/* Whether a dataset that was opened is the one that would be created: its type, its dimensions, those that do not grow. */
static bool is_as_defined(hid_t dataset, const qf_nc_variable *variable, const qf_nc_shape *shape)
{
    const hid_t type = H5Dget_type(dataset);
    const hid_t space = H5Dget_space(dataset);
    hsize_t length[H5S_MAX_RANK];
    bool same = type >= 0 && space >= 0 && is_same_type(type, variable->type) &&
                H5Sget_simple_extent_dims(space, length, NULL) == shape->rank;
    for (int i = 0; same && i < shape->rank; i++) {
        same = shape->length[i] == H5S_UNLIMITED || shape->length[i] == length[i];
    }
    return (type < 0 || H5Tclose(type) >= 0) && (space < 0 || H5Sclose(space) >= 0) && same;
}

static hid_t open_dataset(qf_nc *nc, hid_t group, const qf_nc_variable *variable,
                          const qf_nc_shape *shape)
{
    const hid_t access = access_properties(nc, variable, shape);
    const hid_t dataset = nc->failed ? H5I_INVALID_HID : H5Dopen2(group, variable->name, access);
    if (check(nc, dataset >= 0, "opening", variable->name) &&
        !is_as_defined(dataset, variable, shape)) {
        nc->failed = true;
        snprintf(nc->what, sizeof nc->what, "'%s' is not what it was created as", variable->name);
    }
    check(nc, H5Pclose(access) >= 0, "close", variable->name);
    return dataset;
}

static hid_t create_dataset(qf_nc *nc, hid_t group, const qf_nc_variable *variable,
                            const qf_nc_shape *shape)
{
    if (nc->opens) {
        return open_dataset(nc, group, variable, shape);
    }
    hsize_t length[QF_NC_MAX_RANK];
    for (int i = 0; i < shape->rank; i++) {
        length[i] = shape->length[i] == H5S_UNLIMITED ? 0 : shape->length[i];
    }
    const hid_t creation = creation_properties(nc, variable, shape);
    const hid_t access = access_properties(nc, variable, shape);
    const hid_t space = H5Screate_simple(shape->rank, length, shape->length);
    hid_t dataset = H5I_INVALID_HID;
    if (check(nc, space >= 0, "setting up", variable->name)) {
        dataset =
            H5Dcreate2(group, variable->name, variable->type, space, H5P_DEFAULT, creation, access);
        check(nc, dataset >= 0, "creation", variable->name);
        check(nc, H5Sclose(space) >= 0, "close", variable->name);
    }
    check(nc, H5Pclose(access) >= 0 && H5Pclose(creation) >= 0, "close", variable->name);
    return dataset;
}

static void describe(qf_nc *nc, hid_t dataset, const qf_nc_variable *variable)
{
    qf_nc_put_text(nc, dataset, "units", variable->units);
    qf_nc_put_text(nc, dataset, "long_name", variable->long_name);
    if (variable->fill) {
        qf_nc_put_array(nc, dataset, "_FillValue", variable->type, 1, variable->fill);
    }
}

hid_t qf_nc_define(qf_nc *nc, hid_t group, const qf_nc_variable *variable, const qf_nc_shape *shape)
{
    if (nc->failed) {
        return H5I_INVALID_HID;
    }
    const hid_t dataset = create_dataset(nc, group, variable, shape);
    describe(nc, dataset, variable);
    for (int i = 0; i < shape->rank && !nc->failed && !nc->opens; i++) {
        check(nc, H5DSattach_scale(dataset, shape->scales[i], (unsigned)i) >= 0,
              "attaching a dimension", variable->name);
    }
    return dataset;
}

hid_t qf_nc_dimension(qf_nc *nc, hid_t group, const qf_nc_variable *variable, hsize_t length,
                      hsize_t chunk)
{
    if (nc->failed) {
        return H5I_INVALID_HID;
    }
    const qf_nc_shape shape = {.rank = 1, .length = {length}, .chunk = {chunk}};
    const hid_t dataset = create_dataset(nc, group, variable, &shape);
    if (!nc->failed && !nc->opens) {
        check(nc, H5DSset_scale(dataset, variable->name) >= 0, "making a dimension",
              variable->name);
    }
    const int number = nc->n_dimensions++;
    qf_nc_put_number(nc, dataset, "_Netcdf4Dimid", H5T_NATIVE_INT, &number);
    describe(nc, dataset, variable);
    return dataset;
}

void qf_nc_extend(qf_nc *nc, hid_t variable, hsize_t length, hsize_t width)
{
    if (!nc->failed) {
        const hsize_t size[QF_NC_MAX_RANK] = {length, width};
        check(nc, H5Dset_extent(variable, size) >= 0, "extension", "variable");
    }
}

void qf_nc_write(qf_nc *nc, hid_t variable, hid_t type, hsize_t start, hsize_t count, hsize_t width,
                 const void *values)
{
    if (nc->failed || nc->opens || count == 0) {
        return;
    }
    const hsize_t from[QF_NC_MAX_RANK] = {start, 0};
    const hsize_t size[QF_NC_MAX_RANK] = {count, width};
    const hid_t file_space = H5Dget_space(variable);
    if (!check(nc, file_space >= 0, "setting up", "variable")) {
        return;
    }
    const hid_t memory_space = H5Screate_simple(H5Sget_simple_extent_ndims(file_space), size, NULL);
    if (check(nc,
              memory_space >= 0 &&
                  H5Sselect_hyperslab(file_space, H5S_SELECT_SET, from, NULL, size, NULL) >= 0,
              "setting up", "variable")) {
        check(nc, H5Dwrite(variable, type, memory_space, file_space, H5P_DEFAULT, values) >= 0,
              "write", "variable");
    }
    if (memory_space >= 0) {
        check(nc, H5Sclose(memory_space) >= 0, "close", "variable");
    }
    check(nc, H5Sclose(file_space) >= 0, "close", "variable");
}

hid_t qf_nc_column(qf_nc *nc, hid_t group, hid_t scale, const qf_nc_variable *variable, hsize_t n,
                   const void *values)
{
    const hid_t id = qf_nc_define(nc, group, variable,
                                  &(qf_nc_shape){.rank = 1, .scales = {scale}, .length = {n}});
    qf_nc_write(nc, id, variable->type, 0, n, 0, values);
    return id;
}

void qf_nc_write_numbers_from(qf_nc *nc, hid_t variable, int64_t first, hsize_t n)
{
    int64_t numbers[SLICE];
    for (hsize_t begin = 0; begin < n && !nc->failed; begin += SLICE) {
        const hsize_t some = n - begin < SLICE ? n - begin : SLICE;
        for (hsize_t i = 0; i < some; i++) {
            numbers[i] = first + (int64_t)(begin + i);
        }
        qf_nc_write(nc, variable, H5T_NATIVE_INT64, begin, some, 0, numbers);
    }
}

/* Of elements [start, start + count) of a virtual variable: all of a variable of another file. */
static bool map_part(hid_t creation, hid_t space, const char *dataset, const qf_nc_part *part)
{
    const hid_t source = H5Screate_simple(1, &part->count, NULL);
    const bool good =
        source >= 0 &&
        H5Sselect_hyperslab(space, H5S_SELECT_SET, &part->start, NULL, &part->count, NULL) >= 0 &&
        H5Pset_virtual(creation, space, part->file, dataset, source) >= 0;
    return source >= 0 && H5Sclose(source) >= 0 && good;
}

bool qf_nc_fill_missing(hid_t creation, hid_t type)
{
    const H5T_class_t class = H5Tget_class(type);
    if (class == H5T_FLOAT) {
        const double no_number = (double)NAN;
        return H5Pset_fill_value(creation, H5T_NATIVE_DOUBLE, &no_number) >= 0;
    }
    if (class == H5T_INTEGER) {
        const bool is_signed = H5Tget_sign(type) == H5T_SGN_2;
        const size_t bits = 8 * H5Tget_size(type) - is_signed;
        const uint64_t most = UINT64_MAX >> (64 - bits); /* as int64 the same number */
        return H5Pset_fill_value(creation, H5T_NATIVE_UINT64, &most) >= 0;
    }
    return class != H5T_NO_CLASS;
}

hid_t qf_nc_virtual(qf_nc *nc, hid_t group, hid_t scale, const qf_nc_variable *variable, hsize_t n,
                    const char *dataset, const qf_nc_part *parts, size_t n_parts)
{
    if (nc->failed || n == 0) {
        return qf_nc_column(nc, group, scale, variable, n, NULL);
    }
    const qf_nc_shape shape = {.rank = 1, .scales = {scale}, .length = {n}};
    const hid_t creation = creation_properties(nc, variable, &shape);
    const hid_t space = H5Screate_simple(1, &n, NULL);
    bool good = space >= 0 && (variable->fill || qf_nc_fill_missing(creation, variable->type));
    for (size_t i = 0; good && i < n_parts; i++) {
        good = parts[i].count == 0 || map_part(creation, space, dataset, &parts[i]);
    }
    hid_t id = H5I_INVALID_HID;
    if (check(nc, good && H5Sselect_all(space) >= 0, "setting up", variable->name)) {
        id = H5Dcreate2(group, variable->name, variable->type, space, H5P_DEFAULT, creation,
                        H5P_DEFAULT);
        check(nc, id >= 0, "creation", variable->name);
    }
    check(nc, space >= 0 && H5Sclose(space) >= 0 && H5Pclose(creation) >= 0, "close",
          variable->name);
    describe(nc, id, variable);
    if (!nc->failed) {
        check(nc, H5DSattach_scale(id, scale, 0) >= 0, "attaching a dimension", variable->name);
    }
    return id;
}

void qf_nc_write_numbers(qf_nc *nc, hid_t variable, hsize_t n)
{
    qf_nc_write_numbers_from(nc, variable, 0, n);
}
