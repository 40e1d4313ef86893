/* SPDX-License-Identifier: Apache-2.0 */
#include "netcdf_read.h"

#include <stdlib.h>
#include <string.h>

#include "hdf5_heap.h"

void qf_nc_close_id(hid_t id)
{
    if (id >= 0) {
        (void)H5Idec_ref(id);
    }
}

hid_t qf_nc_open(const char *path)
{
    hid_t file = H5I_INVALID_HID;
    const hid_t access = H5Pcreate(H5P_FILE_ACCESS);
    if (access >= 0 && H5Pset_fclose_degree(access, H5F_CLOSE_STRONG) >= 0 &&
        H5Pset_file_locking(access, false, true) >= 0 && qf_hdf5_guard_heaps(access)) {
        file = H5Fopen(path, H5F_ACC_RDONLY, access);
    }
    qf_nc_close_id(access);
    return file;
}

char *qf_nc_get_text(hid_t object, const char *name)
{
    char *text = NULL;
    const hid_t attribute = H5Aopen(object, name, H5P_DEFAULT);
    const hid_t stored = attribute >= 0 ? H5Aget_type(attribute) : H5I_INVALID_HID;
    const hid_t space = attribute >= 0 ? H5Aget_space(attribute) : H5I_INVALID_HID;
    if (stored >= 0 && space >= 0 && H5Tis_variable_str(stored) > 0 &&
        H5Sget_simple_extent_npoints(space) == 1) {
        char *owned_by_hdf5 = NULL;
        if (H5Aread(attribute, stored, &owned_by_hdf5) >= 0 && owned_by_hdf5) {
            text = strdup(owned_by_hdf5);
            (void)H5free_memory(owned_by_hdf5);
        }
    }
    qf_nc_close_id(space);
    qf_nc_close_id(stored);
    qf_nc_close_id(attribute);
    return text;
}

bool qf_nc_get_number(hid_t object, const char *name, hid_t type, void *value)
{
    const hid_t attribute = H5Aopen(object, name, H5P_DEFAULT);
    const hid_t space = attribute >= 0 ? H5Aget_space(attribute) : H5I_INVALID_HID;
    const bool good = space >= 0 && H5Sget_simple_extent_npoints(space) == 1 &&
                      H5Aread(attribute, type, value) >= 0;
    qf_nc_close_id(space);
    qf_nc_close_id(attribute);
    return good;
}

int qf_nc_rank(hid_t variable)
{
    const hid_t space = variable >= 0 ? H5Dget_space(variable) : H5I_INVALID_HID;
    const int rank = space >= 0 ? H5Sget_simple_extent_ndims(space) : -1;
    qf_nc_close_id(space);
    return rank;
}

hsize_t qf_nc_length(hid_t variable)
{
    hsize_t length[H5S_MAX_RANK] = {0};
    const hid_t space = variable >= 0 ? H5Dget_space(variable) : H5I_INVALID_HID;
    if (space >= 0 && H5Sget_simple_extent_dims(space, length, NULL) < 1) {
        length[0] = 0;
    }
    qf_nc_close_id(space);
    return length[0];
}

bool qf_nc_read(hid_t variable, hid_t type, hsize_t start, hsize_t count, void *values)
{
    if (qf_nc_rank(variable) != 1) {
        return false;
    }
    const hid_t file_space = H5Dget_space(variable);
    const hid_t memory_space = H5Screate_simple(1, &count, NULL);
    const bool good =
        file_space >= 0 && memory_space >= 0 &&
        H5Sselect_hyperslab(file_space, H5S_SELECT_SET, &start, NULL, &count, NULL) >= 0 &&
        H5Dread(variable, type, memory_space, file_space, H5P_DEFAULT, values) >= 0;
    qf_nc_close_id(memory_space);
    qf_nc_close_id(file_space);
    return good;
}

/* Elements of an array attribute, 0 when there is none. */
static size_t array_length(hid_t attribute)
{
    const hid_t space = attribute >= 0 ? H5Aget_space(attribute) : H5I_INVALID_HID;
    const hssize_t n = space >= 0 ? H5Sget_simple_extent_npoints(space) : 0;
    qf_nc_close_id(space);
    return n > 0 ? (size_t)n : 0;
}

bool qf_nc_get_flags(hid_t variable, qf_nc_flags *flags)
{
    *flags = (qf_nc_flags){.text = qf_nc_get_text(variable, "flag_meanings")};
    const hid_t attribute = H5Aopen(variable, "flag_values", H5P_DEFAULT);
    flags->n = array_length(attribute);
    flags->values = calloc(flags->n + 1, sizeof *flags->values);
    flags->meanings = calloc(flags->n + 1, sizeof *flags->meanings);
    bool good = flags->text && flags->values && flags->meanings && flags->n > 0 &&
                H5Aread(attribute, H5T_NATIVE_LLONG, flags->values) >= 0;
    qf_nc_close_id(attribute);
    char *rest = flags->text;
    for (size_t i = 0; good && i < flags->n; i++) {
        flags->meanings[i] = strsep(&rest, " ");
        good = flags->meanings[i] != NULL;
    }
    if (!good) {
        qf_nc_free_flags(flags);
    }
    return good;
}

void qf_nc_free_flags(qf_nc_flags *flags)
{
    free(flags->values);
    free(flags->meanings);
    free(flags->text);
    *flags = (qf_nc_flags){0};
}

hid_t qf_nc_open_variable(hid_t group, hsize_t i, char name[QF_NC_NAME_BYTES])
{
    if (H5Lget_name_by_idx(group, ".", H5_INDEX_CRT_ORDER, H5_ITER_INC, i, name, QF_NC_NAME_BYTES,
                           H5P_DEFAULT) < 0) {
        return H5I_INVALID_HID;
    }
    return H5Dopen2(group, name, H5P_DEFAULT);
}

hsize_t qf_nc_width(hid_t variable)
{
    hsize_t length[H5S_MAX_RANK] = {0};
    const hid_t space = variable >= 0 ? H5Dget_space(variable) : H5I_INVALID_HID;
    if (space >= 0 && H5Sget_simple_extent_dims(space, length, NULL) < 2) {
        length[1] = 0;
    }
    qf_nc_close_id(space);
    return length[1];
}

bool qf_nc_read_block(hid_t variable, hid_t type, const hsize_t start[2], const hsize_t count[2],
                      void *values)
{
    if (qf_nc_rank(variable) != 2) {
        return false;
    }
    const hid_t file_space = H5Dget_space(variable);
    const hid_t memory_space = H5Screate_simple(2, count, NULL);
    const bool good =
        file_space >= 0 && memory_space >= 0 &&
        H5Sselect_hyperslab(file_space, H5S_SELECT_SET, start, NULL, count, NULL) >= 0 &&
        H5Dread(variable, type, memory_space, file_space, H5P_DEFAULT, values) >= 0;
    qf_nc_close_id(memory_space);
    qf_nc_close_id(file_space);
    return good;
}

char *qf_nc_read_text(hid_t variable, hsize_t index)
{
    char *text = NULL;
    char *owned_by_hdf5 = NULL;
    const hid_t type = variable >= 0 ? H5Dget_type(variable) : H5I_INVALID_HID;
    if (type >= 0 && H5Tis_variable_str(type) > 0 && qf_hdf5_texts_are_sound(variable, index, 1) &&
        qf_nc_read(variable, type, index, 1, &owned_by_hdf5) && owned_by_hdf5) {
        text = strdup(owned_by_hdf5);
        (void)H5free_memory(owned_by_hdf5);
    }
    qf_nc_close_id(type);
    return text;
}

bool qf_nc_read_texts(hid_t variable, hsize_t start, hsize_t count, char **texts)
{
    const hid_t type = variable >= 0 ? H5Dget_type(variable) : H5I_INVALID_HID;
    const bool good = type >= 0 && H5Tis_variable_str(type) > 0 &&
                      qf_hdf5_texts_are_sound(variable, start, count) &&
                      qf_nc_read(variable, type, start, count, texts);
    qf_nc_close_id(type);
    return good;
}

void qf_nc_free_texts(char **texts, hsize_t count)
{
    for (hsize_t i = 0; i < count; i++) {
        (void)H5free_memory(texts[i]);
        texts[i] = NULL;
    }
}
