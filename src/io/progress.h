/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_PROGRESS_H
#define QF_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/* How far a run is: a line that rewrites itself on a terminal, or JSON lines for programs. */
typedef struct qf_progress {
    FILE *out; /* NULL: nothing is shown */
    bool json;
    const char *name;
    int64_t n_ticks;
    int64_t first_tick; /* that it starts after; 0 unless it is set */
    double n_vehicles;
    double started_s;
    double shown_s; /* when the last line was written */
    bool line_open; /* a terminal line that has no end yet */
} qf_progress;

/* Not more often. */
#define QF_PROGRESS_EVERY_S 0.1

/* Columns of a terminal; the usual 80 where they are not known. */
int qf_terminal_columns(FILE *out);

/* Seconds of a clock that only goes forward. */
double qf_monotonic_s(void);

/* `out` NULL shows nothing. Starts the clock. */
qf_progress qf_progress_start(FILE *out, bool json, const char *name, int64_t n_ticks,
                              double n_vehicles);

/* Shows the state after `tick` ticks, at most ten times a second and always at the end. */
void qf_progress_update(qf_progress *progress, int64_t tick);

/* Clears the terminal line. */
void qf_progress_end(qf_progress *progress);

#endif
