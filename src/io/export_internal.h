/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_EXPORT_INTERNAL_H
#define QF_EXPORT_INTERNAL_H

#include "export.h"
#include "export_stream.h"
#include "export_table.h"

/* What the files export*.c share; nobody else includes this. */

/* The result that is exported from. */
typedef struct qf_export_source {
    const char *path; /* as it was named, for messages */
    char *opened;     /* the file: of a sweep's directory its sweep.h5 */
    hid_t file;
    bool is_sweep;
    char *status; /* of a run: complete, running, interrupted; NULL: not told */
} qf_export_source;

/* export_source.c: QF_ERROR_READ names what is missing of a sweep, QF_ERROR_MEMORY. Closed also then. */
qf_status qf_export_source_open(qf_context *context, const char *path, qf_export_source *source);
void qf_export_source_close(qf_export_source *source);
/* Checks that there is such a table, and opens it with what is chosen of it. */
qf_status qf_export_source_table(qf_context *context, const qf_export_source *source,
                                 const char *name, const qf_export_options *options,
                                 qf_export_table *table);

/* export_events.c: events as CloudEvents. `scratch`: a directory for what does not fit into memory. */
typedef struct qf_export_events qf_export_events;
qf_status qf_export_events_open(qf_context *context, const qf_export_source *source,
                                const qf_export_options *options, qf_export_events **events);
qf_status qf_export_events_write(qf_context *context, qf_export_events *events, const char *scratch,
                                 const atomic_int *stop, qf_export_output *output);
uint64_t qf_export_events_count(const qf_export_events *events);
void qf_export_events_free(qf_export_events *events);

/* export_time.c: microseconds since 1970 of 2026-01-31T12:00:00Z, with or without a fraction. */
bool qf_export_time_parse(const char *text, int64_t *time_us);
/* 2026-01-31T12:00:00.250000Z, without a zero. False: the year has more than four digits. */
enum { QF_EXPORT_TIME_BYTES = 27 };
bool qf_export_time_put(int64_t time_us, char text[QF_EXPORT_TIME_BYTES]);

#endif
