/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_TEXT_TABLE_H
#define QF_TEXT_TABLE_H

#include "text_block.h"

/*
 * Rows of texts under each other: columns as wide as their widest text. Line i of its block is row i. Everything lies
 * in the canvas's arena; texts are not copied.
 */
typedef struct qf_text_table {
    qf_canvas *canvas;
    const char *align; /* l or r for each column */
    size_t n_columns;
    const char **cells;
    size_t n_rows, most_rows;
} qf_text_table;

qf_text_table qf_table_start(qf_canvas *canvas, const char *align, size_t most_rows);

/* As many texts as there are columns. */
void qf_table_add(qf_text_table *table, const char *const *cells);

/* `indent` blanks before it; columns two blanks apart, or one where it would be wider than `width`. */
qf_text_block qf_table_block(const qf_text_table *table, size_t indent, size_t width);

#endif
