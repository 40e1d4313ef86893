/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_REPORT_RUN_STATE_H
#define QF_REPORT_RUN_STATE_H

#include "report_run_internal.h"

/* What the pictures of recorded quantities share. */

enum { QF_RUN_MOST_SHARES = 6 }; /* pictures of states */

typedef struct qf_run_state {
    qf_run_fleet fleet;
    FILE *out;
    qf_run_quantity *quantities;
    size_t n_quantities;
    qf_run_times times;
    bool *settled; /* of each quantity: it has its pictures, or was found to stay as it is */
    size_t n_fans; /* drawn */
    bool has_plan; /* the run has a plan view */
} qf_run_state;

/* States of machines and the like: of each group the shares of its vehicles. */
qf_status qf_run_put_shares(qf_run_state *s);

/* What holds or does not: for which share of the vehicles. */
qf_status qf_run_put_truths(qf_run_state *s);

/* Of one value of each vehicle (NaN: none) "least 12 %: scout-3; greatest 80 %: scout-1"; "" where there are no two values. */
const char *qf_run_say_extremes(qf_run_fleet *fleet, const qf_run_quantity *quantity,
                                const double *values);

/* A table of all quantities at the last record. */
qf_status qf_run_put_end(qf_run_state *s);

#endif
