/* SPDX-License-Identifier: Apache-2.0 */
/* /state of a stitched result: times are its own, values stay in the files of ranks. */
#include <string.h>

#include "netcdf_read.h"
#include "run_stitch_internal.h"

/* whose /state has every quantity: the first rank that records somebody, rank 0 where nobody does */
static size_t template_of(const qf_stitch *stitch)
{
    for (size_t p = 0; p < stitch->n_parts; p++) {
        if (stitch->parts[p].n_recorded > 0) {
            return p;
        }
    }
    return 0;
}

static hsize_t count_recorded(const qf_stitch *stitch)
{
    hsize_t n = 0;
    for (size_t p = 0; p < stitch->n_parts; p++) {
        n += stitch->parts[p].n_recorded;
    }
    return n;
}

/* the columns of one part: all of the variable there, under the name that only a part of this run has */
static bool map_part(const qf_stitch *stitch, size_t p, const char *variable, hid_t space,
                     hid_t creation, hsize_t first, hsize_t n_records)
{
    char name[QF_PART_NAME_BYTES];
    char state[QF_PART_STATE_BYTES];
    char path[QF_PART_STATE_BYTES + QF_NC_NAME_BYTES];
    char file[4096];
    const hsize_t start[] = {0, first};
    const hsize_t count[] = {n_records, stitch->parts[p].n_recorded};
    qf_run_part_name(stitch->parts[p].rank, stitch->manifest.n_ranks, name);
    qf_part_state_name(stitch->manifest.run, state);
    if (snprintf(file, sizeof file, "%s/%s", stitch->relative, name) >= (int)sizeof file ||
        snprintf(path, sizeof path, "/%s/%s", state, variable) >= (int)sizeof path) {
        return false;
    }
    const hid_t source = H5Screate_simple(2, count, NULL);
    const bool good = source >= 0 &&
                      H5Sselect_hyperslab(space, H5S_SELECT_SET, start, NULL, count, NULL) >= 0 &&
                      H5Pset_virtual(creation, space, file, path, source) >= 0;
    qf_nc_close_id(source);
    return good;
}

/* What other readers find where a part is missing: what the quantity says itself of none, else what is taken for none. */
static bool set_missing(hid_t creation, hid_t source, hid_t type)
{
    uint64_t none = 0; /* of any type that is recorded */
    if (H5Aexists(source, "_FillValue") <= 0) {
        return qf_nc_fill_missing(creation, type);
    }
    const hid_t attribute = H5Aopen(source, "_FillValue", H5P_DEFAULT);
    const bool good = attribute >= 0 && H5Tget_size(type) <= sizeof none &&
                      H5Aread(attribute, type, &none) >= 0 &&
                      H5Pset_fill_value(creation, type, &none) >= 0;
    qf_nc_close_id(attribute);
    return good;
}

/* a quantity over all parts */
static void define_quantity(qf_stitch *stitch, hid_t source, const char *path, const char *name)
{
    qf_nc *nc = &stitch->nc;
    const hsize_t dims[] = {qf_nc_length(source), count_recorded(stitch)};
    const hid_t creation = H5Dget_create_plist(source);
    const hid_t space = H5Screate_simple(2, dims, NULL);
    const hid_t type = H5Dget_type(source);
    hsize_t first = 0;
    bool good = creation >= 0 && space >= 0 &&
                H5Pset_fill_time(creation, H5D_FILL_TIME_IFSET) >= 0 &&
                H5Pset_layout(creation, H5D_VIRTUAL) >= 0 && set_missing(creation, source, type);
    for (size_t p = 0; good && p < stitch->n_parts; p++) {
        const hsize_t n = stitch->parts[p].n_recorded;
        good = n == 0 || dims[0] == 0 || map_part(stitch, p, name, space, creation, first, dims[0]);
        first += n;
    }
    (void)H5Sselect_all(space);
    const hid_t target =
        good ? H5Dcreate2(nc->file, path, type, space, H5P_DEFAULT, creation, H5P_DEFAULT)
             : H5I_INVALID_HID;
    if (qf_nc_check(nc, target >= 0, "creation", path)) {
        qf_stitch_attributes(stitch, source, target);
    }
    qf_nc_close_id(target);
    qf_nc_close_id(type);
    qf_nc_close_id(space);
    qf_nc_close_id(creation);
}

/* the numbers of the vehicles, part after part */
static qf_status define_entities(qf_stitch *stitch, hid_t source, const char *path)
{
    const hid_t target = qf_stitch_define(stitch, source, path, count_recorded(stitch), -1);
    hsize_t at = 0;
    for (size_t p = 0; p < stitch->n_parts && !stitch->nc.failed; p++) {
        const hsize_t n = stitch->parts[p].n_recorded;
        int64_t first = 0;
        const hid_t entity = H5Dopen2(stitch->parts[p].file, path, H5P_DEFAULT);
        const bool good = n == 0 || qf_nc_read(entity, H5T_NATIVE_INT64, 0, 1, &first);
        qf_nc_close_id(entity);
        if (!good) {
            qf_nc_close_id(target);
            return qf_stitch_unreadable(stitch, p, "state/entity");
        }
        /* qf_nc_write_numbers_from begins where the variable does */
        int64_t numbers[1024];
        for (hsize_t done = 0; done < n && !stitch->nc.failed;) {
            const hsize_t room = sizeof numbers / sizeof *numbers;
            const hsize_t some = n - done < room ? n - done : room;
            for (hsize_t i = 0; i < some; i++) {
                numbers[i] = first + (int64_t)(done + i);
            }
            qf_nc_write(&stitch->nc, target, H5T_NATIVE_INT64, at + done, some, 0, numbers);
            done += some;
        }
        at += n;
    }
    qf_nc_close_id(target);
    return QF_OK;
}

/* Along time: the same in every part, and written once. */
static void copy_series(qf_stitch *stitch, hid_t source, const char *path)
{
    enum { SERIES = 8192 };
    int64_t values[SERIES]; /* or doubles: eight bytes each, unconverted */
    const hsize_t n = qf_nc_length(source);
    const hid_t type = H5Dget_type(source);
    const hid_t target = qf_stitch_define(stitch, source, path, n, -1);
    for (hsize_t at = 0; at < n && !stitch->nc.failed; at += SERIES) {
        const hsize_t some = n - at < SERIES ? n - at : SERIES;
        qf_nc_check(&stitch->nc, qf_nc_read(source, type, at, some, values), "copy", path);
        qf_nc_write(&stitch->nc, target, type, at, some, 0, values);
    }
    qf_nc_close_id(target);
    qf_nc_close_id(type);
}

/* that all parts have as many records */
static qf_status check_records(const qf_stitch *stitch)
{
    hsize_t first = 0;
    for (size_t p = 0; p < stitch->n_parts; p++) {
        const hid_t tick = H5Dopen2(stitch->parts[p].file, "state/tick", H5P_DEFAULT);
        const hsize_t n = qf_nc_length(tick);
        const bool there = tick >= 0;
        qf_nc_close_id(tick);
        if (!there) {
            return qf_stitch_unreadable(stitch, p, "state/tick");
        }
        first = p == 0 ? n : first;
        if (n != first) {
            return qf_fail(stitch->context, QF_ERROR_READ, "%s: has %llu records, and %s has %llu",
                           stitch->parts[p].path, (unsigned long long)n, stitch->parts[0].path,
                           (unsigned long long)first);
        }
    }
    return QF_OK;
}

qf_status qf_stitch_state(qf_stitch *stitch)
{
    const size_t like = template_of(stitch);
    qf_status status = check_records(stitch);
    const hid_t source = H5Gopen2(stitch->parts[like].file, "state", H5P_DEFAULT);
    if (status == QF_OK && source < 0) {
        status = qf_stitch_unreadable(stitch, like, "state");
    }
    if (status == QF_OK) {
        const hid_t target = qf_nc_group(&stitch->nc, "state");
        char name[QF_NC_NAME_BYTES];
        hid_t variable;
        for (hsize_t i = 0; status == QF_OK && !stitch->nc.failed &&
                            (variable = qf_nc_open_variable(source, i, name)) >= 0;
             i++) {
            char path[QF_NC_NAME_BYTES + 8];
            snprintf(path, sizeof path, "/state/%s", name);
            if (qf_nc_rank(variable) == 2) {
                define_quantity(stitch, variable, path, name);
            } else if (strcmp(name, "entity") == 0) {
                status = define_entities(stitch, variable, path);
            } else {
                copy_series(stitch, variable, path);
            }
            qf_nc_close_id(variable);
        }
        qf_nc_close_id(target);
    }
    qf_nc_close_id(source);
    return status;
}
