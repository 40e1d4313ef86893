/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_EXPORT_TABLE_H
#define QF_EXPORT_TABLE_H

#include <hdf5.h>

#include "context.h"
#include "netcdf_read.h"
#include "text_buffer.h"
#include "text_list.h"

/*
 * A group of a file as a table. Where its variables have one dimension, a row is one of its elements; where some have two, there is a row for
 * each pair, the second running faster, and variables of one of the two are repeated. Rows are read in
 * blocks: some of the first dimension with all of the second, or a part of the second of one of the first.
 */
typedef enum qf_export_type {
    QF_EXPORT_I8,
    QF_EXPORT_U8,
    QF_EXPORT_I16,
    QF_EXPORT_U16,
    QF_EXPORT_I32,
    QF_EXPORT_U32,
    QF_EXPORT_I64,
    QF_EXPORT_U64,
    QF_EXPORT_F32,
    QF_EXPORT_F64,
    QF_EXPORT_TEXT,
    QF_EXPORT_TYPES,
} qf_export_type;

typedef enum qf_export_axis {
    QF_EXPORT_FIRST,
    QF_EXPORT_SECOND, /* in memory, whole */
    QF_EXPORT_BOTH,
} qf_export_axis;

enum { QF_EXPORT_DENSE = 256 };

typedef struct qf_export_column {
    char name[QF_NC_NAME_BYTES];
    hid_t variable;
    qf_export_type type;
    qf_export_axis axis;
    bool may_be_missing;
    int64_t missing_integer;
    double missing_number;
    qf_nc_flags flags;                  /* of enumerations */
    const char *dense[QF_EXPORT_DENSE]; /* meanings of small values, else NULL */
    void *second;                       /* SECOND: all values */
    qf_text_list second_texts;
} qf_export_column;

typedef struct qf_export_table {
    const char *path, *name; /* of the file; of the table */
    qf_export_column *columns;
    size_t n_columns, capacity;
    uint64_t n_first, n_second; /* 1 where there is no second dimension */
    bool uneven;                /* columns are not equally long; they count up to the shortest */
    uint64_t begin;             /* of the first dimension: rows before are not wanted */
    uint64_t block_first, block_second; /* at most, in a block */
    uint64_t n_blocks;
} qf_export_table;

/* Values of a block: of each column, n_first, n_second or n_first n_second of them. */
typedef struct qf_export_block {
    size_t n_columns;
    void **values;
    uint64_t first, n_first, second, n_second;
} qf_export_block;

size_t qf_export_type_bytes(qf_export_type type);
hid_t qf_export_native_type(qf_export_type type);

/*
 * All columns of a group that have its rows. `name`: of the table, for messages. QF_ERROR_READ, QF_ERROR_MEMORY; freed also then.
 * `pairs`: variables of two dimensions, too.
 */
qf_status qf_export_table_open(qf_context *context, const char *path, hid_t file, const char *group,
                               const char *name, bool pairs, qf_export_table *table);
/* Another variable of the second dimension, of another group. */
qf_status qf_export_table_add(qf_context *context, hid_t file, const char *group, const char *name,
                              qf_export_table *table);
/* export_choice.c. Columns of these names alone, in that order: "a,b,c". QF_ERROR_USAGE: there is none of that name. */
qf_status qf_export_table_choose(qf_context *context, const char *names, qf_export_table *table);
/* Rows from some time on, up to another, in seconds (NaN: all). QF_ERROR_USAGE: rows have no time. */
qf_status qf_export_table_cut(qf_context *context, hid_t file, double from_s, double to_s,
                              qf_export_table *table);
/* Once all is known: how blocks are cut, and what is in memory whole. */
qf_status qf_export_table_ready(qf_context *context, qf_export_table *table);
void qf_export_table_free(qf_export_table *table);
void qf_export_column_free(qf_export_column *column);

/* The column of that name; n_columns: none. */
size_t qf_export_column_named(const qf_export_table *table, const char *name);

bool qf_export_block_new(const qf_export_table *table, qf_export_block *block);
qf_status qf_export_block_read(qf_context *context, const qf_export_table *table, uint64_t number,
                               qf_export_block *block);
/* Texts of HDF5's go back to it, by whom it may be called. */
void qf_export_block_free(const qf_export_table *table, qf_export_block *block);

/* export_csv.c: the line of names, and a line for each row of a block. */
void qf_export_csv_head(const qf_export_table *table, qf_text_buffer *text);
void qf_export_csv_rows(const qf_export_table *table, const qf_export_block *block,
                        qf_text_buffer *text);

#endif
