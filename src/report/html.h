/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_HTML_H
#define QF_HTML_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "page.h"

/* Pieces of a page. Texts are plain, and escaped here; what is not UTF-8 becomes U+FFFD. */

void qf_html_text(FILE *out, const char *text);
void qf_html_textf(FILE *out, const char *format, ...) __attribute__((format(printf, 2, 3)));
void qf_html_text_list(FILE *out, const char *format, va_list arguments)
    __attribute__((format(printf, 2, 0)));

void qf_html_paragraph(FILE *out, const char *format, ...) __attribute__((format(printf, 2, 3)));
void qf_html_heading(FILE *out, const char *format, ...)
    __attribute__((format(printf, 2, 3))); /* within a section */

/* A word with the colour and the sign of its tone: "met", "not met". */
void qf_html_badge(FILE *out, qf_tone tone, const char *text);

/* What the page is about, in large letters. */
void qf_html_banner(FILE *out, qf_tone tone, const char *verdict, const char *sentence);

/* Names and values, one below the other. */
void qf_html_facts_begin(FILE *out);
void qf_html_fact(FILE *out, const char *name, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void qf_html_facts_end(FILE *out);

/* A table, which scrolls sideways by itself where the page is narrow. Cells of columns that are numeric stand to the right. */
typedef struct qf_html_column {
    const char *title;
    bool numeric;
} qf_html_column;

void qf_html_table_begin(FILE *out, const char *caption, const qf_html_column *columns, size_t n);
void qf_html_row_begin(FILE *out);
void qf_html_cell(FILE *out, bool numeric, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* a number in a few digits, with what it is exactly for who points at it */
void qf_html_cell_exact(FILE *out, const char *text, double exact);
/* a cell whose content the caller writes as HTML between the two */
void qf_html_cell_begin(FILE *out, bool numeric);
void qf_html_cell_end(FILE *out);
void qf_html_row_end(FILE *out);
void qf_html_table_end(FILE *out);

/* Charts that stand side by side where there is room. */
typedef enum qf_figure_size {
    QF_FIGURE_SMALL, /* QF_FIGURE_WIDTH wide: two or three beside each other on a wide page */
    QF_FIGURE_WIDE,  /* as wide as the page */
    QF_FIGURE_LARGE  /* where there is room as wide and high as two small ones beside others */
} qf_figure_size;
/* SVG of a small figure is so many units wide: on a narrow page one unit is a little less than a pixel. */
enum { QF_FIGURE_WIDTH = 420, QF_FIGURE_WIDE_WIDTH = 1160 };

void qf_html_figures_begin(FILE *out);
void qf_html_figure_begin(FILE *out, qf_figure_size size, const char *title);
void qf_html_figure_end(FILE *out, const char *caption); /* what one sees; NULL: nothing */
void qf_html_figures_end(FILE *out);

/* A line for a shell, to be copied. */
void qf_html_command(FILE *out, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The same of a file: its name is quoted where a shell would take it apart. `after` may be empty. */
void qf_html_command_on(FILE *out, const char *before, const char *path, const char *after);

/* Something that the reader has to know before believing the rest. */
void qf_html_note(FILE *out, qf_tone tone, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

void qf_html_note_list(FILE *out, qf_tone tone, const char *format, va_list arguments)
    __attribute__((format(printf, 3, 0)));

/* What few want to see: closed until it is clicked on, open in print. */
void qf_html_details_begin(FILE *out, const char *title);
void qf_html_details_end(FILE *out);

#endif
