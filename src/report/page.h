/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_PAGE_H
#define QF_PAGE_H

#include <stdio.h>

#include "context.h"

/*
 * One self-contained page of HTML, which needs no network and no script: a headline that says how it went, a list of its
 * sections, the sections. Sections are written one after the other as HTML (html.h, svg.h) to qf_page_out, and
 * kept in memory until qf_page_write.
 *
 * A section decides by itself whether it has something to show, and begins only then.
 */
typedef struct qf_page qf_page;

/* How something ended. Every tone has a colour, a sign and a word, so that no reader depends on colours. */
typedef enum qf_tone {
    QF_TONE_PLAIN, /* nothing was asked */
    QF_TONE_GOOD,  /* as it should be */
    QF_TONE_BAD,   /* not as it should be */
    QF_TONE_OPEN,  /* undecided, or unfinished */
    QF_TONE_NOTED, /* as it should be, but for something that has to be known */
    QF_TONES
} qf_tone;

/* NULL: no memory. */
qf_page *qf_page_create(void);
void qf_page_free(qf_page *page);

/*
 * What somebody understands in ten seconds: at most a few words (`verdict`: "Requirements met"), and one sentence
 * (`sentence`: "995 of 1,000 dockings succeed: 0.995, at least 0.9895 with a confidence of 95 %"). Both are copied. The last call counts.
 */
void qf_page_headline(qf_page *page, qf_tone tone, const char *verdict, const char *sentence);

/*
 * What the reader has to know before believing anything else: it stands below the headline, which then is not good but
 * noted, and says so ("..., with a notice"). Plain text. As often as there is something.
 */
void qf_page_notice(qf_page *page, qf_tone tone, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/*
 * Begins a section that the following ones belong to, in the list of sections too, until the next of these; id NULL:
 * those that follow belong to the page again. A page has few of them: the cases that were run again.
 */
void qf_page_part(qf_page *page, const char *id, const char *title);

/* Begins a section. `id`: its anchor, lower-case letters and dashes; `title`: plain text. Copied. */
void qf_page_section(qf_page *page, const char *id, const char *title);

/* Where the section's content goes; also before the first section. */
FILE *qf_page_out(qf_page *page);

/* A number that no other caller has had, for ids within the page. */
unsigned qf_page_number(qf_page *page);

/* So every page begins. */
#define QF_PAGE_BEGINNING "<!doctype html>\n"

/* The whole page; `title`: of the window. Once. QF_ERROR_MEMORY, where something that went into it was lost; QF_ERROR_WRITE. */
qf_status qf_page_write(qf_context *context, qf_page *page, const char *title, FILE *out);

#endif
