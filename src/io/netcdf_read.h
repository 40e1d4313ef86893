/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_NETCDF_READ_H
#define QF_NETCDF_READ_H

#include <hdf5.h>
#include <stdbool.h>
#include <stddef.h>

/*
 * Reading what netcdf.h writes: small helpers that answer false, NULL or 0 where something is
 * missing or unreadable, because a file from a killed run may lack anything.
 */

enum { QF_NC_NAME_BYTES = 256 };

/* Opens a file to read it, also while it is being written; < 0 when that fails. */
hid_t qf_nc_open(const char *path);

/* Closes what may not be open. */
void qf_nc_close_id(hid_t id);

/* Text of an attribute, to be freed; NULL when there is none. */
char *qf_nc_get_text(hid_t object, const char *name);

/* A single number, converted to `type`. */
bool qf_nc_get_number(hid_t object, const char *name, hid_t type, void *value);

/* Length of the first dimension, 0 when the variable cannot be asked. */
hsize_t qf_nc_length(hid_t variable);

/* Length of the second dimension, 0 when there is none. */
hsize_t qf_nc_width(hid_t variable);

/* Number of dimensions, -1 when the variable cannot be asked. */
int qf_nc_rank(hid_t variable);

/* Reads `count` elements of a variable with one dimension, converted to `type`. */
bool qf_nc_read(hid_t variable, hid_t type, hsize_t start, hsize_t count, void *values);

/* Reads a block of a variable with two dimensions, converted to `type`. */
bool qf_nc_read_block(hid_t variable, hid_t type, const hsize_t start[2], const hsize_t count[2],
                      void *values);

/* One element of a variable of texts, to be freed; NULL when it cannot be read. */
char *qf_nc_read_text(hid_t variable, hsize_t index);

/* Several, to be freed with qf_nc_free_texts also where that fails: `texts` is zero-initialised. */
bool qf_nc_read_texts(hid_t variable, hsize_t start, hsize_t count, char **texts);
void qf_nc_free_texts(char **texts, hsize_t count);

/* flag_values and flag_meanings of a variable. Zero-initialise; free with qf_nc_free_flags. */
typedef struct qf_nc_flags {
    size_t n;
    long long *values;
    char **meanings; /* in `text` */
    char *text;
} qf_nc_flags;

bool qf_nc_get_flags(hid_t variable, qf_nc_flags *flags);
void qf_nc_free_flags(qf_nc_flags *flags);

/* The i-th variable of a group in the order of creation, opened; < 0 past the last. */
hid_t qf_nc_open_variable(hid_t group, hsize_t i, char name[QF_NC_NAME_BYTES]);

#endif
