/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_TEXT_BLOCK_H
#define QF_TEXT_BLOCK_H

#include <stdio.h>

#include "arena.h"

/*
 * Rectangles of text that are put into boxes, beside and below each other: pictures for a terminal.
 * Everything lies in the canvas's arena, which the caller frees. When memory is short `failed` is
 * set and blocks are empty; one look at the end is enough.
 */
typedef struct qf_canvas {
    qf_arena arena;
    bool unicode; /* else boxes are drawn with ASCII */
    bool failed;
} qf_canvas;

typedef struct qf_text_block {
    const char **lines;
    size_t n_lines;
    size_t width; /* columns of the longest line */
} qf_text_block;

/* Columns that a text takes on a terminal (no wide or combining characters). */
size_t qf_text_width(const char *text);

/* The text cut at its newlines. Copies. */
qf_text_block qf_block_text(qf_canvas *canvas, const char *text);

/* The text broken at blanks into lines of at most `width` columns, where its words allow. */
qf_text_block qf_block_wrap(qf_canvas *canvas, const char *text, size_t width);

/* A box around it, with a title in its upper edge. */
qf_text_block qf_block_box(qf_canvas *canvas, const char *title, qf_text_block inside);

qf_text_block qf_block_beside(qf_canvas *canvas, qf_text_block left, size_t gap,
                              qf_text_block right);

qf_text_block qf_block_below(qf_canvas *canvas, qf_text_block upper, qf_text_block lower);

void qf_block_print(const qf_text_block *block, FILE *out);

#endif
