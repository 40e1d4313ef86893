/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_TRACK_STEPS_H
#define QF_TRACK_STEPS_H

#include "kernels.h"
#include "track.h"

/* Steps of a frame that the modes share; for the files track_*.c only. */

/*
 * Takes detections out that hold anything but finite numbers, a range of at least zero and an elevation in
 * [-90, 90]; brings bearings into [0, 360). Returns how many are out; the others keep their order.
 */
uint32_t QF_KERNEL(qf_track_admit)(qf_track_plots *plots);

/* Row `from` of all columns to row `to`, for taking rows out. */
static inline void qf_track_plot_move(const qf_track_plots *plots, size_t from, size_t to)
{
#define QF_COLUMN(name) plots->name[to] = plots->name[from];
    QF_PLOT_TABLE(QF_COLUMN, QF_COLUMN)
#undef QF_COLUMN
}

/* Cartesian coordinates and directions of all plots. */
void QF_KERNEL(qf_track_locate)(qf_track_plots *plots);

/* Bearing in [0, 360), elevation, degrees, and distance of n points; arrays in whole lanes. */
void QF_KERNEL(qf_track_polar)(const qf_real *east_m, const qf_real *north_m, const qf_real *up_m,
                               size_t n, qf_real *range_m, qf_real *bearing_deg, qf_real *elev_deg);

/*
 * Candidates: all (plot, slot) with |predicted - plot|^2 <= reach2[slot], by plot and then slot, into
 * scratch->pairs, whose cost is that square. Slots not to be found have a reach below zero. Arrays of
 * predictions are in whole lanes; those beyond n are not looked at.
 */
void QF_KERNEL(qf_track_gate)(const qf_track_plots *plots, const qf_real *east_m,
                              const qf_real *north_m, const qf_real *up_m, const qf_real *reach2,
                              size_t n_slots, qf_track_scratch *scratch);

/* Appends a track for each of n plots, in their order, as far as there is room; the rest is counted. Sets the
   columns that all modes have, but for position, velocity and identity. Returns how many there were room for. */
size_t QF_KERNEL(qf_track_append)(const qf_track_frame *frame, const qf_track_plots *plots,
                                  const uint32_t *list, size_t n, qf_track_table *table,
                                  qf_track_tally *tally);

/* Takes the slots out for which keep[slot] is 0; the others keep their order. `into`: by slot, may be NULL.
   Appends to scratch->gone. */
void QF_KERNEL(qf_track_remove)(const uint32_t *keep, const uint32_t *into, qf_track_mode mode,
                                qf_track_table *table, qf_track_scratch *scratch);

/* The truth of updated slots (scratch->plot_of_slot): target, owner, votes; counts what of it was pure, by `firm`
   as it is now. False alarms have no vote. */
void QF_KERNEL(qf_track_vote)(const qf_track_plots *plots, qf_track_table *table,
                              const qf_track_scratch *scratch, qf_track_tally *tally);

/* The modes. All set scratch->plot_of_slot, slot_of_plot for what is in the table before spawning. */
void QF_KERNEL(qf_track_qiki)(const qf_tracker *tracker, const qf_track_frame *frame,
                              qf_track_plots *plots, qf_track_table *table,
                              qf_track_scratch *scratch, qf_track_tally *tally);
void QF_KERNEL(qf_track_filter)(const qf_tracker *tracker, const qf_track_frame *frame,
                                qf_track_plots *plots, qf_track_table *table,
                                qf_track_scratch *scratch, qf_track_tally *tally);

#endif
