/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_RADAR_SWEEPER_H
#define QF_RADAR_SWEEPER_H

#include "radar_resolve.h"
#include "radar_sweep.h"

/* Plots above which a block's observers are finished before the next one looks. */
enum { QF_MANY_PLOTS = 1 << 16 };

/* What a sweeper owns, for the files radar_sweep*.c and radar_report.c only. */

/* What of a block's plots is one observer's. */
typedef struct qf_share {
    size_t begin, end;             /* echoes */
    size_t alarm_begin, alarm_end; /* false alarms */
    size_t truth_begin, truth_end; /* targets that it covers, where somebody tracks */
    size_t list_begin;             /* what it reports, after resolving */
    qf_resolved resolved;
} qf_share;

struct qf_sweeper {
    uint32_t thread;
    bool failed;
    uint32_t *near; /* ranks of neighbours: n_targets, and whole lanes beyond */
    qf_cell_walk walk;
    qf_pairs pairs;
    qf_plots plots;
    uint32_t *list; /* numbers of plots, as many as there are plots */
    size_t n_listed;
    qf_resolve_scratch resolve;
    size_t resolve_most; /* plots of one observer that it has room for */
    /* targets covered, observer by observer: columns of a qf_truth, and the number of the observer */
    struct qf_covered {
        size_t n, capacity;
        float *east_m, *north_m, *up_m, *east_mps, *north_mps, *up_mps;
        uint32_t *target, *observer;
    } covered;
    uint64_t *words; /* of a digest */
    size_t n_words;
    qf_detections found;
    qf_observer observers[QF_OBSERVERS];
    float arc_begin_deg[QF_OBSERVERS];
    float arc_end_deg[QF_OBSERVERS];
    qf_share shares[QF_OBSERVERS];
};

/* Room for n more plots; false, and the sweeper has failed, without memory. */
bool qf_sweeper_reserve_plots(qf_sweeper *sweeper, size_t n);

/* Room to resolve n plots of one observer; likewise. */
bool qf_sweeper_reserve_resolve(qf_sweeper *sweeper, size_t n);

/* Room for n more covered targets; likewise. */
bool qf_sweeper_reserve_covered(qf_sweeper *sweeper, size_t n);

/* Room for n words of a digest; likewise. */
bool qf_sweeper_reserve_words(qf_sweeper *sweeper, size_t n);

/* Hands what observer k reports to its tracker; false, and the sweeper has failed, without memory. */
bool qf_sweeper_track(qf_sweeper *sweeper, const qf_radar_frame *frame, size_t k);

/* What observer k reports: into frame->found, and into the list where the frame keeps it. */
void qf_sweeper_report(qf_sweeper *sweeper, const qf_radar_frame *frame, size_t k);

#endif
