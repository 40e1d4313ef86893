/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_REPORT_RUN_SIGHTS_H
#define QF_REPORT_RUN_SIGHTS_H

#include "report_run_internal.h"

/* What one observer believed: rows of /tracks, decimated. Memory is of the fleet's arena. */
typedef struct qf_run_sights {
    int64_t observer; /* that with most rows; -1: the run has none */
    uint64_t n_rows;  /* of it in the file */
    uint64_t every;   /* of these each so many-th is here */
    size_t n;
    double *time_s, *x_m, *y_m; /* relative to it */
    uint8_t *firm;              /* confirmed */
    int64_t *target;            /* the truth, -1: a false alarm */
    int64_t *seen;              /* targets of most rows, the most first */
    size_t n_seen;
} qf_run_sights;

enum { QF_SIGHTS_MOST = 3000, QF_SIGHTS_MOST_SEEN = 24 };

/* Which values of /tracks/status are of confirmed tracks: those that are tracked or coasting. */
void qf_run_find_confirmed(hid_t status, bool confirmed[256]);

/* QF_ERROR_READ, QF_ERROR_MEMORY. */
qf_status qf_run_read_sights(qf_run_fleet *fleet, qf_run_sights *sights);

#endif
