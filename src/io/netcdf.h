/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_NETCDF_H
#define QF_NETCDF_H

#include <hdf5.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * HDF5 objects that are also valid netCDF-4 variables, dimensions and attributes.
 *
 * Errors are sticky: the first HDF5 call that fails is described in `what`, and every later call on
 * the same qf_nc does nothing. So a caller writes down what a group consists of, line by line, and
 * asks `failed` once at its end. Every dimension has a coordinate variable of its own name, which
 * is its HDF5 dimension scale.
 */
typedef struct qf_nc {
    hid_t file;
    int n_dimensions; /* numbers given out so far; netCDF counts them over the whole file */
    bool opens;       /* what is defined is there already, and stays as it is: see qf_nc_reopen */
    bool failed;
    char what[384]; /* which call failed, and the reason HDF5 gives */
} qf_nc;

enum { QF_NC_MAX_RANK = 2 };

/* How a variable is laid out. `length` is H5S_UNLIMITED for a dimension that grows. */
typedef struct qf_nc_shape {
    int rank;
    hid_t scales[QF_NC_MAX_RANK]; /* coordinate variables of its dimensions */
    hsize_t length[QF_NC_MAX_RANK];
    hsize_t chunk[QF_NC_MAX_RANK]; /* all 0: contiguous, for fixed lengths only */
    bool
        direct; /* written in whole rows, past HDF5's chunk cache; never read while it is written */
} qf_nc_shape;

typedef struct qf_nc_variable {
    const char *name;
    hid_t type; /* in the file and in memory */
    const char *units;
    const char *long_name;
    const void *fill; /* value of `type` that means "missing"; NULL: none */
} qf_nc_variable;

/* Stops HDF5 from printing its error stack; HDF5 keeps this for each thread separately. */
void qf_nc_quiet(void);

/* Creates or truncates the file. No HDF5 lock is taken: who may write is settled by the caller. */
void qf_nc_create(qf_nc *nc, const char *path);

/*
 * Opens a file that qf_nc_create made, to go on with it. Until `opens` is set to false, groups, dimensions and variables are
 * opened where a new file would get them, and their attributes and values are left alone: so what defines a file takes it up
 * again, too.
 */
void qf_nc_reopen(qf_nc *nc, const char *path);

/* Removes a group with all in it, or an attribute of the file, where there is one. */
void qf_nc_remove(qf_nc *nc, const char *group);
void qf_nc_remove_attribute(qf_nc *nc, const char *name);

/* Makes the file consistent on disk: after this it opens even when the process is killed. */
void qf_nc_flush(qf_nc *nc);

/* Closes the file and what is still open in it; also after a failure. */
void qf_nc_close(qf_nc *nc);

/* Bytes of address space handed out in the file; grows with what is written. */
uint64_t qf_nc_end(qf_nc *nc);

/* For callers of HDF5 themselves: keeps the first failure; true when this and every earlier call succeeded. */
bool qf_nc_check(qf_nc *nc, bool good, const char *call, const char *name);

hid_t qf_nc_group(qf_nc *nc, const char *name);

/* A dimension with its coordinate variable. `chunk` 0: contiguous. */
hid_t qf_nc_dimension(qf_nc *nc, hid_t group, const qf_nc_variable *variable, hsize_t length,
                      hsize_t chunk);

hid_t qf_nc_define(qf_nc *nc, hid_t group, const qf_nc_variable *variable,
                   const qf_nc_shape *shape);

/* A variable with one dimension of n elements, and its values. */
hid_t qf_nc_column(qf_nc *nc, hid_t group, hid_t scale, const qf_nc_variable *variable, hsize_t n,
                   const void *values);

/* Variable-length UTF-8 strings, the type of a netCDF string; in memory a char *. */
hid_t qf_nc_string_type(qf_nc *nc);
void qf_nc_close_type(qf_nc *nc, hid_t type);

void qf_nc_put_text(qf_nc *nc, hid_t object, const char *name, const char *text);
/* As put_text, for an attribute that exists. */
void qf_nc_replace_text(qf_nc *nc, hid_t object, const char *name, const char *text);
void qf_nc_put_number(qf_nc *nc, hid_t object, const char *name, hid_t type, const void *value);
void qf_nc_put_array(qf_nc *nc, hid_t object, const char *name, hid_t type, size_t n,
                     const void *values);

/* Sets the length of an unlimited first dimension; `width`: of the second, if there is one. */
void qf_nc_extend(qf_nc *nc, hid_t variable, hsize_t length, hsize_t width);

/* Writes `count` elements from `start` on; with two dimensions, whole rows of `width`. */
void qf_nc_write(qf_nc *nc, hid_t variable, hid_t type, hsize_t start, hsize_t count, hsize_t width,
                 const void *values);

/* Where `count` elements of a virtual variable from `start` on are: in a file, named relative to this one. */
typedef struct qf_nc_part {
    const char *file;
    hsize_t start, count;
} qf_nc_part;

/* What readers find of a virtual variable where a file is missing, set among what it is created with: NaN, of integers the largest. */
bool qf_nc_fill_missing(hid_t creation, hid_t type);

/* A variable with one dimension of n elements that stand in other files, in all of `dataset` there. Where a file is missing,
   readers find the fill value, or, where it has none, what qf_nc_fill_missing sets. */
hid_t qf_nc_virtual(qf_nc *nc, hid_t group, hid_t scale, const qf_nc_variable *variable, hsize_t n,
                    const char *dataset, const qf_nc_part *parts, size_t n_parts);

/* Writes 0 .. n-1, as the values of a coordinate variable of type int64 that only counts. */
void qf_nc_write_numbers(qf_nc *nc, hid_t variable, hsize_t n);

/* Likewise first .. first+n-1. */
void qf_nc_write_numbers_from(qf_nc *nc, hid_t variable, int64_t first, hsize_t n);

#endif
