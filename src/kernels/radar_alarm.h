/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_RADAR_ALARM_H
#define QF_RADAR_ALARM_H

#include "radar.h"

/*
 * False alarms of one observer in one frame: where noise alone is above the threshold.
 *
 *   number     Poisson(false_alarms), by its quantile of one uniform; mean up to QF_POISSON_MEAN_MAX
 *   place      uniform in what is measured: apparent range in its window, azimuth in the field of view or the
 *              arc, sine of the elevation, radial speed in the unambiguous span and its window; where
 *              neither bounds the speed, in one cell about zero
 *   power      threshold + gamma(k + 1), k with the probabilities of alarm_shape_cdf: N pulses of
 *              noise are the Nth event of a Poisson process, that after the threshold is the (k + 1)th
 *
 * Draws: counter of the observer's vehicle and world, tick, stream QF_STREAM_RADAR_ALARM_*; draw numbers:
 * 0 for the count, alarm for its place, 64 alarm + 0 for k, + 1 ... for gamma.
 * Double precision, scalar: they are few. Source: radar_tracking.md section 2.4.
 * Guarded by tests/test_radar_statistics.c.
 */

/* How many there are. */
uint32_t qf_radar_alarm_count(const qf_radar *radar, const qf_look *look,
                              const qf_observer *observer);

/*
 * Appends n of them to the plots, for which there is room, except for those that a rotating radar's arc
 * puts outside of its field of view. They are located: range, bearing, elevation and radial speed are set, in
 * world axes, before any folding; signal 0, target QF_NO_TARGET, key 0.
 */
void qf_radar_alarm(const qf_radar *radar, const qf_look *look, const qf_observer *observer,
                    uint32_t n, qf_plots *plots);

#endif
