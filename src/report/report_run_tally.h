/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_REPORT_RUN_TALLY_H
#define QF_REPORT_RUN_TALLY_H

#include "event.h"
#include "report_run_internal.h"

/* The events of a run, counted by code and time; some of them kept. Read in slices. */

enum {
    QF_TALLY_BINS = 120,     /* of time */
    QF_TALLY_MARKS = 40,     /* events that are kept of each code and severity */
    QF_TALLY_SEVERITIES = 3, /* info, warning, critical */
};

typedef struct qf_tally_mark {
    int64_t row;
    double time_s;
    uint8_t severity;
} qf_tally_mark;

typedef struct qf_tally_code {
    uint16_t code;
    const char *name;
    uint64_t n[QF_TALLY_SEVERITIES];
    uint64_t all;
    uint8_t worst; /* severity */
    uint64_t bins[QF_TALLY_SEVERITIES][QF_TALLY_BINS];
    qf_tally_mark mark[QF_TALLY_SEVERITIES][QF_TALLY_MARKS]; /* the first ones of each severity */
    size_t n_marks[QF_TALLY_SEVERITIES];
} qf_tally_code;

typedef struct qf_tally {
    uint64_t n; /* events */
    uint64_t n_severity[QF_TALLY_SEVERITIES];
    double begin_s, end_s;               /* bins are evenly over it */
    qf_tally_code *code[QF_EVENT_CODES]; /* NULL: there is none */
    bool recorded;                       /* the run has /events, and was to have them */
} qf_tally;

/* Memory is of the fleet's arena. QF_ERROR_READ, QF_ERROR_MEMORY. */
qf_status qf_tally_read(qf_run_fleet *fleet, qf_tally *tally);

/* How many there are, and how grave: "100, 4 critical"; of the fleet's arena. */
const char *qf_tally_count_text(qf_run_fleet *fleet, const qf_tally_code *code);

/* An event in words; texts are of the fleet's arena. */
typedef struct qf_run_event {
    double time_s;
    int64_t entity;
    uint8_t severity;
    const char *name;    /* of its code */
    const char *gravity; /* name of its severity */
    const char *vehicle;
    const char *text;  /* what it was about; may be empty */
    const char *cause; /* the event that led to it, in words; empty: none */
} qf_run_event;

/* QF_ERROR_READ, QF_ERROR_MEMORY. */
qf_status qf_run_read_event(qf_run_fleet *fleet, int64_t row, qf_run_event *event);

/* a tone's class of fills by severity */
const char *qf_run_severity_class(uint8_t severity);

#endif
