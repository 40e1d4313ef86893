/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_SUMMARY_H
#define QF_SUMMARY_H

#include <stdint.h>

#include "fleet.h"
#include "results.h"
#include "simulation.h"
#include "tracking_metrics.h"

/* What a run is summed up with when it ends. */
typedef struct qf_summary {
    double wall_s;        /* of the ticks that this process ran, recording included */
    int64_t first_tick;   /* that it started after, not 0 where it went on with a run */
    int64_t *n_of_code;   /* QF_EVENT_CODES: events of each code, recorded or not */
    int64_t n_detections; /* of radars, recorded or not, false alarms included */
    int64_t n_false_alarms;
    int64_t n_dropped;                   /* beyond what radars can report in a frame */
    const qf_tracking_metrics *tracking; /* a row for each group with trackers */
    size_t n_tracking;
    const qf_coverage *coverage; /* of state machines */
    uint64_t state_hash;
    size_t predicted_bytes;
    size_t peak_bytes;     /* of the rank that took most */
    size_t all_peak_bytes; /* of all ranks */
    int ranks;
    const char *isa;
    const char *isa_reason; /* what chose it */
    int threads;
    const char *threads_reason;
    const char *binding; /* of threads */
    const char *path;    /* NULL: nothing was written */
    qf_results_totals totals;
    size_t scratch_bytes; /* of the neediest thread */
    const qf_quarantine *quarantined;
    size_t n_quarantined;
} qf_summary;

/* Prints it for people, on standard error. */
void qf_summary_print(const qf_summary *summary, const qf_fleet *fleet);

/* How many vehicles were quarantined and why, on standard error; nothing when none was. */
void qf_summary_print_quarantined(const qf_summary *summary, const qf_fleet *fleet);

/* Largest resident memory of this process so far; 0: the kernel does not say. */
size_t qf_peak_resident_bytes(void);

#endif
