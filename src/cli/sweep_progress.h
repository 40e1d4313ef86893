/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_SWEEP_PROGRESS_H
#define QF_SWEEP_PROGRESS_H

#include <stdbool.h>
#include <stdio.h>

#include "sweep_report.h"

/*
 * How far a sweep is: a few lines of a terminal that rewrite themselves, lines of text where `out` is no terminal,
 * or a JSON object a line for programs. One thread at a time may call it.
 */
typedef struct qf_sweep_progress {
    FILE *out; /* NULL: nothing is shown */
    bool json;
    bool terminal;
    const char *name;
    const qf_sweep_spec *spec;
    const qf_sweep_table *table; /* all that is known */
    size_t n_to_run;             /* cases at most, with those that were there before n_planned */
    size_t n_planned;
    size_t n_done;      /* of n_to_run, here */
    size_t n_elsewhere; /* and on other ranks, as far as known: set by who knows */
    double started_s, shown_s;
    double next_s; /* not before */
    int n_lines;   /* on the terminal */
    /* of batches, what a case of each takes: mean and sum of squares around it (Welford) */
    size_t n_batches;
    double mean_s, squares;
} qf_sweep_progress;

/* Time that is left, and its spread: two standard deviations, from how batches differ. NaN: not known yet. */
typedef struct qf_time_left {
    double left_s, spread_s;
} qf_time_left;

/* Starts the clock. `out` NULL shows nothing. */
qf_sweep_progress qf_sweep_progress_start(FILE *out, bool json, const char *name,
                                          const qf_sweep_spec *spec, const qf_sweep_table *table,
                                          size_t n_planned, size_t n_to_run);

/* Cases of one batch are done and in the table. Shows it, at most ten times a second, and always the last. */
void qf_sweep_progress_took(qf_sweep_progress *progress, const qf_case_result *results, size_t n);

/* Shows it as it is: before the first batch is done there is something to see, too. */
void qf_sweep_progress_show(qf_sweep_progress *progress);

/* Clears the lines of a terminal. */
void qf_sweep_progress_end(qf_sweep_progress *progress);

qf_time_left qf_sweep_time_left(const qf_sweep_progress *progress, double elapsed_s);

#endif
