/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_RUN_STITCH_INTERNAL_H
#define QF_RUN_STITCH_INTERNAL_H

#include <hdf5.h>

#include "netcdf.h"
#include "partial_file.h"
#include "results_part.h"
#include "run_parts.h"

/* What the files run_stitch*.c share; nobody else includes this. */

/* The file of a rank. */
typedef struct qf_stitch_part {
    int rank;
    char *path;
    hid_t file;
    uint64_t bytes;
    hsize_t n_recorded; /* vehicles in its /state */
} qf_stitch_part;

typedef struct qf_stitch {
    qf_context *context;
    qf_run_manifest manifest;
    char *relative;        /* the directory as seen from the result's */
    qf_stitch_part *parts; /* by rank: those that have a file */
    size_t n_parts;
    qf_partial_file output;
    qf_nc nc;
} qf_stitch;

/* One of a table's rows in files of ranks, after the other: so many of that part. */
typedef struct qf_stitch_stretch {
    uint32_t part;
    uint32_t n;
} qf_stitch_stretch;

/* In which order rows of a table in files of ranks stand in the result. */
typedef struct qf_stitch_order {
    const char *group;
    hsize_t n_rows;
    hsize_t *rows_of; /* by part; 0 where it has no such table */
    qf_stitch_stretch *stretches;
    size_t n_stretches, capacity;
} qf_stitch_order;

/* Fails with the part's name. */
qf_status qf_stitch_unreadable(const qf_stitch *stitch, size_t part, const char *what);

/* run_stitch_absent.c: QF_ERROR_READ names all ranks whose file is missing or unfinished. */
qf_status qf_stitch_check_all_there(const qf_stitch *stitch, const char *directory);

/* run_stitch_copy.c: a group and what is in it, or a dataset, with attributes and dimensions as in `source` */
qf_status qf_stitch_group(qf_stitch *stitch, hid_t source, const char *path);
void qf_stitch_attributes(qf_stitch *stitch, hid_t source, hid_t target);
/* As `source` is, but for its length (HSIZE_UNDEF: that one) and, if not negative, the properties it is created with. */
hid_t qf_stitch_define(qf_stitch *stitch, hid_t source, const char *path, hsize_t length,
                       hid_t creation);

/* run_stitch_state.c: /state over all parts */
qf_status qf_stitch_state(qf_stitch *stitch);

/* run_stitch_order.c */
bool qf_stitch_is_table(const char *group);
/* Whether any part has that group. */
bool qf_stitch_has(const qf_stitch *stitch, const char *group);
qf_status qf_stitch_order_create(const qf_stitch *stitch, const char *group,
                                 qf_stitch_order *order);
void qf_stitch_order_free(qf_stitch_order *order);

/* run_stitch_tables.c: a table's rows of all parts */
qf_status qf_stitch_table(qf_stitch *stitch, const char *group);

#endif
