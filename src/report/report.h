/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_REPORT_H
#define QF_REPORT_H

#include <hdf5.h>
#include <stdint.h>

#include "case_source.h"
#include "context.h"
#include "page.h"
#include "sweep_report.h"

/*
 * What a page tells of a result. Each of these adds its sections to the page, in this order, and leaves out what the result does not have.
 * Everything is read from the file, in pieces: memory does not grow with the length of tables.
 */

/* A result file of a run, opened (qf_results_open). */
typedef struct qf_report_run {
    hid_t file;
    const char *path;
    const char *anchor; /* before the ids of its sections, "" where the page is about this run */
} qf_report_run;

/* The headline of a run's page, and its summary: what ran, for how long, how it ended, quarantined vehicles, events by code. */
qf_status qf_report_run_summary(qf_context *context, qf_page *page, const qf_report_run *run);
/* Recorded quantities over time: of each group the median and where most vehicles are. */
qf_status qf_report_run_state(qf_context *context, qf_page *page, const qf_report_run *run);
/* Where vehicles went, with ports, and what trackers believed. */
qf_status qf_report_run_plan(qf_context *context, qf_page *page, const qf_report_run *run);
/* What happened when. */
qf_status qf_report_run_events(qf_context *context, qf_page *page, const qf_report_run *run);
/* How good radars and trackers were. */
qf_status qf_report_run_tracking(qf_context *context, qf_page *page, const qf_report_run *run);
/* Its state machines, what of them was exercised, and what never was. */
qf_status qf_report_run_machines(qf_context *context, qf_page *page, const qf_report_run *run);

/* What decided how a run ended: its first critical event, else the last step of a state machine, else its first warning. */
typedef struct qf_report_story {
    char text[1024]; /* a sentence or two; empty: no such event was recorded */
    int64_t entity;  /* whose; -1: no such event */
    double time_s;
} qf_report_story;

qf_status qf_report_run_story(qf_context *context, const qf_report_run *run,
                              qf_report_story *story);

/* A sweep, read, and what it answers. */
typedef struct qf_report_sweep {
    const qf_case_source *source;
    const qf_sweep_report *answers;
    const char *path;
} qf_report_sweep;

/* Headline, verdicts, outcomes, what is missing or damaged. */
qf_status qf_report_sweep_summary(qf_context *context, qf_page *page, const qf_report_sweep *sweep);
/* Of each metric its distribution, with quantiles, intervals and limits. */
qf_status qf_report_sweep_metrics(qf_context *context, qf_page *page, const qf_report_sweep *sweep);
/* What the answers depend on. */
qf_status qf_report_sweep_sensitivity(qf_context *context, qf_page *page,
                                      const qf_report_sweep *sweep);
/* The cases that are furthest from what is wanted, and the commands that run them again. */
qf_status qf_report_sweep_worst(qf_context *context, qf_page *page, const qf_report_sweep *sweep);

/*
 * The head of a case that was run again: whether it succeeded, what it came to in the sweep, and where that and its parameters lie among all
 * cases; the commands that show more. Goes where the page's part is. `story`: of its run; NULL: it could not be run, or came
 * to something else.
 */
qf_status qf_report_sweep_case(qf_context *context, qf_page *page, const qf_report_sweep *sweep,
                               uint32_t number, const char *reason, const qf_report_story *story);

/* Where a result comes from: version, machine, command, hashes, scenario. */
qf_status qf_report_run_provenance(qf_context *context, qf_page *page, const qf_report_run *run);
qf_status qf_report_sweep_provenance(qf_context *context, qf_page *page,
                                     const qf_report_sweep *sweep);

#endif
