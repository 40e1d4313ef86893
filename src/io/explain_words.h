/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_EXPLAIN_WORDS_H
#define QF_EXPLAIN_WORDS_H

#include <hdf5.h>
#include <stdint.h>

#include "netcdf_read.h"
#include "text_buffer.h"
#include "text_list.h"

/* An event as a file has it. */
typedef struct qf_told_event {
    int64_t index, tick, cause;
    double time_s, value;
    int32_t subject, track;
    uint16_t code;
    uint8_t severity;
} qf_told_event;

enum { QF_WORD_COLUMNS = 6 };

/* A table that subjects of events are rows of. */
typedef struct qf_word_table {
    uint64_t n;                /* 0 also where the file has no such table */
    int64_t *groups, *numbers; /* of tables whose rows are numbered in each group, else NULL */
    char **texts[QF_WORD_COLUMNS];
} qf_word_table;

typedef enum qf_word_table_id {
    QF_WORDS_TRANSITIONS,
    QF_WORDS_MESSAGES,
    QF_WORDS_DEVICES,
    QF_WORDS_TASKS,
    QF_WORDS_BEHAVIORS,
    QF_WORDS_PORTS,
    QF_WORDS_GUARDS,
    QF_WORDS_FAULTS,
    QF_WORD_TABLES,
} qf_word_table_id;

/* What a file has to say about events: its tables, in memory. */
typedef struct qf_event_words {
    hid_t file; /* asked for names of vehicles where there is no list of them */
    const qf_text_list
        *names; /* the caller's, NULL: none. With it several threads may ask at once */
    qf_nc_flags codes, severities;
    qf_word_table tables[QF_WORD_TABLES];
    char *quantities_text;
    const char **quantities; /* in it */
    size_t n_quantities;
} qf_event_words;

/* What is not there is told by number. False: no memory. */
bool qf_event_words_open(hid_t file, qf_event_words *words);
void qf_event_words_close(qf_event_words *words);

/* Name of the event's code, and of its severity; valid until close. */
const char *qf_event_name(const qf_event_words *words, const qf_told_event *event);
const char *qf_event_gravity(const qf_event_words *words, const qf_told_event *event);

/* What the event of a vehicle of that group was about; empty: nothing that its name does not say. */
void qf_event_put(const qf_event_words *words, int64_t group, const qf_told_event *event,
                  qf_text_buffer *text);

/* The scenario of a result says that events are not recorded: that there are none does not mean that nothing happened. */
bool qf_events_are_off(hid_t file);

#endif
