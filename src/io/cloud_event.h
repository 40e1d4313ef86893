/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_CLOUD_EVENT_H
#define QF_CLOUD_EVENT_H

#include "explain_words.h"
#include "export_internal.h"

/* An event as a line of CloudEvents 1.0 in JSON; docs/export.md says what is what. */

/* What all events of a run share. */
typedef struct qf_cloud_run {
    char *source;     /* what JSON has between quotes */
    int64_t epoch_us; /* when the simulation started, since 1970 */
    qf_event_words words;
    qf_text_list names; /* of vehicles */
    int32_t *groups;    /* of each vehicle */
    qf_nc_flags group_names;
} qf_cloud_run;

/* What a thread keeps from line to line. */
typedef struct qf_cloud_pen {
    qf_text_buffer words;
    int64_t time_us; /* of `time`; INT64_MIN: there is none yet */
    char time[QF_EXPORT_TIME_BYTES];
} qf_cloud_pen;

typedef struct qf_cloud_event {
    qf_told_event told;
    int64_t root;   /* its first cause, or itself */
    int64_t entity; /* one of the run's vehicles */
    int32_t world;
} qf_cloud_event;

/*
 * The run as a source: the name of its scenario, and a hash of what makes it that run and no other, for free(). NULL:
 * no memory.
 */
char *qf_cloud_source(hid_t file);

void qf_cloud_run_free(qf_cloud_run *run);

/* Its time must be one that can be written. By several threads at once, each with a pen of its own. */
void qf_cloud_event_put(const qf_cloud_run *run, qf_cloud_pen *pen, const qf_cloud_event *event,
                        qf_text_buffer *text);

#endif
