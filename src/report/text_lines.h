/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_TEXT_LINES_H
#define QF_TEXT_LINES_H

#include <stddef.h>

/*
 * A name broken into lines for a box of a drawing: after spaces, underscores, dashes and points where it can, else where the line
 * is full. What does not fit ends with an ellipsis. What is not UTF-8 becomes U+FFFD.
 */
enum { QF_TEXT_MOST_LINES = 4, QF_TEXT_LINE_BYTES = 160 };

typedef struct qf_text_lines {
    size_t n;
    char line[QF_TEXT_MOST_LINES][QF_TEXT_LINE_BYTES];
} qf_text_lines;

/* most_characters is at most 32 */
qf_text_lines qf_text_break(const char *text, size_t most_characters, size_t most_lines);

/* How wide a text is at most, in units of the font's size: of DejaVu Sans, which is wider than most. */
double qf_text_width_em(const char *text);

#endif
