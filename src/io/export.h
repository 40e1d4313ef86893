/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_EXPORT_H
#define QF_EXPORT_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>

#include "context.h"

/* A result for other people's programs: tables as CSV, events as CloudEvents. docs/export.md has the columns. */

typedef struct qf_export_wish {
    const char *table; /* NULL: events, as CloudEvents */
    const char *file;  /* "-": standard output */
} qf_export_wish;

typedef struct qf_export_options {
    const qf_export_wish *wishes;
    size_t n_wishes;
    const char *columns; /* "a,b,c"; NULL: all */
    double from_s, to_s; /* NaN: all */
    const char *
        epoch; /* when the simulation started, as 2026-01-31T12:00:00Z; NULL: when the file was begun */
    bool force;
    const atomic_int *stop; /* not 0: end */
} qf_export_options;

/*
 * Memory does not grow with the rows. Files appear when all of what was wished for is written, or not at all. What there
 * is to be said of a file that is not complete goes to `notes`. *reader_gone: it failed because nobody reads standard
 * output any more. QF_ERROR_USAGE, QF_ERROR_EXISTS, QF_ERROR_OUTPUT, QF_ERROR_READ, QF_ERROR_WRITE, QF_ERROR_DISK_FULL,
 * QF_ERROR_MEMORY, QF_INTERRUPTED
 */
qf_status qf_export(qf_context *context, const char *path, const qf_export_options *options,
                    FILE *notes, bool *reader_gone);

#endif
