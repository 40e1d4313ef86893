/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_EXPLAIN_WORDS_H
#define QF_EXPLAIN_WORDS_H

#include <hdf5.h>
#include <stdint.h>

#include "netcdf_read.h"

/* An event as a file has it. */
typedef struct qf_told_event {
    int64_t index, tick, cause;
    double time_s, value;
    int32_t subject, track;
    uint16_t code;
    uint8_t severity;
} qf_told_event;

/* What a file has to say about the events of one vehicle. */
typedef struct qf_event_words {
    hid_t file;
    int64_t group; /* of the vehicle */
    qf_nc_flags codes, severities;
} qf_event_words;

void qf_event_words_open(hid_t file, int64_t entity, qf_event_words *words);
void qf_event_words_close(qf_event_words *words);

/* Name of the event's code, and of its severity; valid until close. */
const char *qf_event_name(const qf_event_words *words, const qf_told_event *event);
const char *qf_event_gravity(const qf_event_words *words, const qf_told_event *event);

/* What the event was about, to be freed; empty: nothing that its name does not say. NULL: no memory. */
char *qf_event_text(const qf_event_words *words, const qf_told_event *event);

#endif
