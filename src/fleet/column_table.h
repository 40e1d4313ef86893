/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_COLUMN_TABLE_H
#define QF_COLUMN_TABLE_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Tables that grow row by row, one array per column: detections.h, tracks.h. Such a table is a struct that begins
 * with two size_t, its rows `n` and its `capacity`, and has a pointer for each column; zero-initialise to get an
 * empty one. What is the same for all of them is here, by the layout of the struct.
 */
typedef struct qf_table_column {
    size_t offset; /* of the pointer in the struct */
    size_t size;   /* of an element */
} qf_table_column;

typedef struct qf_table_layout {
    const qf_table_column *columns;
    size_t n_columns;
} qf_table_layout;

/* Makes room for n more rows; false when memory is short, and all stays as it was. */
bool qf_table_reserve(const qf_table_layout *layout, void *table, size_t n);

/* Frees all columns and leaves an empty table. */
void qf_table_free(const qf_table_layout *layout, void *table);

/* Appends n rows of `from`, from `begin` on, for which there is room. */
void qf_table_append(const qf_table_layout *layout, void *to, const void *from, size_t begin,
                     size_t n);

size_t qf_table_rows(const void *table);

/* Takes out all rows; the room stays. */
void qf_table_clear(void *table);

/* The elements of the column whose pointer is at that offset; NULL: none yet. */
const void *qf_table_elements(const void *table, size_t offset);

/* Bytes of a row over all columns. */
size_t qf_table_row_bytes(const qf_table_layout *layout);

#endif
