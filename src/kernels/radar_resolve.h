/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_RADAR_RESOLVE_H
#define QF_RADAR_RESOLVE_H

#include "radar.h"

/*
 * From the plots of one observer to those that it reports: plots of one resolution cell become one, false
 * alarms join, the strongest up to the capacity are kept. Plots are not moved: the answer is a list of
 * their numbers. Plain C, compiled once. Guarded by tests/test_radar_resolve.c.
 *
 * Cell: floor of apparent (folded) range, bearing, elevation and apparent radial speed over the cell's sizes;
 * plots are unresolved when all four are equal. They merge into the strongest (largest signal, then
 * lowest vehicle), which takes the mean position and radial speed, weighted with the signals, the sum of the
 * signals and of the powers (noise once); it is to be located anew. Sums run by vehicle, so that
 * the order in which plots come does not matter. Positions are apparent ones: of a target beyond the
 * unambiguous range, where it seems to be.
 */

/* What a call works with; elements of `most` plots of one observer, false alarms included. */
typedef struct qf_resolve_scratch {
    uint64_t *order[2]; /* most each */
    uint32_t *first;    /* most: first plot of the same cell */
    int32_t (*cell)[4]; /* most */
    uint32_t *table;    /* qf_resolve_table_size(most) */
} qf_resolve_scratch;

/* A power of two, at least twice as many; at most 2^30 plots. */
size_t qf_resolve_table_size(size_t most);

typedef struct qf_resolved {
    uint32_t detections;   /* in the list, by vehicle */
    uint32_t false_alarms; /* after those, in the order of their draws */
    uint32_t dropped;      /* of either, beyond the capacity */
    uint32_t merged;       /* into another */
} qf_resolved;

/*
 * Echoes are the located plots [begin, end), false alarms [alarm_begin, alarm_end), all of one observer.
 * `list` has room for all of them. Kept are those of the largest power, then the lowest vehicle;
 * echoes before false alarms.
 */
qf_resolved qf_radar_resolve(const qf_radar *radar, qf_plots *plots, size_t begin, size_t end,
                             size_t alarm_begin, size_t alarm_end,
                             const qf_resolve_scratch *scratch, uint32_t *list);

#endif
