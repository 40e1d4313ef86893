/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is made known of each track after a frame.
 *
 *   range, bearing, elevation   of its position (qiki: at the last update; else at the frame)
 *   vr = v . p / |p|            v: relative to the observer; 0 at no distance
 *   quality = max(M - misses, 0) / M * min(snr / reference, 1), in [0, 1]
 *   cpa_s = max(0, -p . v / v . v), 0 without speed;  cpa_distance_m = |p + v cpa_s|
 *   status: tentative NEW, or LOST while missed; firm TRACKED, or COASTING while missed
 *
 * In qiki mode nobody knows who anybody is (iff 3), as in the reference. Otherwise the transponder's identity tells,
 * unless it is none or the track has answered with two: that is a spoof.
 * Source: radar_tracking.md section 1.5. Guarded by tests/test_track_qiki.c, tests/test_golden_tracker.c.
 */
#include "track_steps.h"

enum { BAND_UNSPECIFIED, BAND_LONG };
enum { MODE_SPOOF = 3, IFF_UNKNOWN = 3 };

static void publish_motion(const qf_tracker *tracker, const qf_track_frame *frame,
                           const qf_track_table *table, const qf_track_view *view)
{
    const qf_track_table t = *table;
    const qf_track_view to = *view;
    const qf_real zero = QF_REAL(0.0);
    const bool relative = tracker->mode == QF_TRACK_QIKI;
    const qf_real own_east = relative ? zero : frame->own_mps[0];
    const qf_real own_north = relative ? zero : frame->own_mps[1];
    const qf_real own_up = relative ? zero : frame->own_mps[2];
#pragma omp simd
    for (size_t s = 0; s < t.n; s++) {
        const qf_real x = t.east_m[s];
        const qf_real y = t.north_m[s];
        const qf_real z = t.up_m[s];
        const qf_real vx = t.east_mps[s] - own_east;
        const qf_real vy = t.north_mps[s] - own_north;
        const qf_real vz = t.up_mps[s] - own_up;
        const qf_real range = to.range_m[s];
        const qf_real along = x * vx + y * vy + z * vz;
        const qf_real speed2 = vx * vx + vy * vy + vz * vz;
        const qf_real vr = along / range;
        qf_real cpa_s = -along / speed2;
        cpa_s = cpa_s > zero ? cpa_s : zero; /* also of 0 / 0 */
        const qf_real cx = x + vx * cpa_s;
        const qf_real cy = y + vy * cpa_s;
        const qf_real cz = z + vz * cpa_s;
        to.vr_mps[s] = range > zero ? vr : zero;
        to.east_mps[s] = vx;
        to.north_mps[s] = vy;
        to.up_mps[s] = vz;
        to.cpa_s[s] = speed2 > zero ? cpa_s : zero;
        to.cpa_distance_m[s] = speed2 > zero ? qf_real_sqrt(cx * cx + cy * cy + cz * cz) : range;
    }
}

static void publish_state(const qf_tracker *tracker, uint32_t tick, const qf_track_table *table,
                          const qf_track_view *view)
{
    const qf_track_table t = *table;
    const qf_track_view to = *view;
    const qf_real zero = QF_REAL(0.0);
    const qf_real one = QF_REAL(1.0);
    const qf_real reference_db = tracker->reference_snr_db;
    const int32_t most = (int32_t)tracker->max_misses;
    const double ticks_per_s = tracker->ticks_per_s;
#pragma omp simd
    for (size_t s = 0; s < t.n; s++) {
        const int32_t misses = (int32_t)t.misses[s];
        const qf_real left = (qf_real)(misses < most ? most - misses : 0) / (qf_real)most;
        qf_real strength = t.snr_db[s] / reference_db;
        strength = strength < one ? strength : one;
        const qf_real quality = left * strength;
        const double age_s = (double)(int32_t)(tick - t.created[s]) / ticks_per_s;
        to.quality[s] = quality > zero ? quality : zero;
        to.age_s[s] = (qf_real)age_s > zero ? (qf_real)age_s : zero;
    }
#pragma omp simd
    for (size_t s = 0; s < t.n; s++) {
        const uint32_t known =
            ((int32_t)t.identity[s] >= 0) | (t.present[s] == QF_PRESENT) | (t.mode[s] != 0);
        const uint32_t tentative = t.misses[s] ? QF_TRACK_LOST : QF_TRACK_NEW;
        const uint32_t firm = t.misses[s] ? QF_TRACK_COASTING : QF_TRACK_TRACKED;
        to.status[s] = t.firm[s] ? firm : tentative;
        to.band[s] = ((t.band[s] == BAND_LONG) & known) ? BAND_UNSPECIFIED : t.band[s];
        to.mode[s] = t.suspect[s] ? MODE_SPOOF : t.mode[s];
        to.iff[s] = IFF_UNKNOWN;
    }
}

static void publish_friends(const qf_tracker *tracker, const qf_track_table *t,
                            const qf_track_view *view)
{
    for (size_t s = 0; s < t->n; s++) {
        const bool told = t->identity[s] < tracker->n_identities && !t->suspect[s];
        view->iff[s] = told ? tracker->iff_of_identity[t->identity[s]] : IFF_UNKNOWN;
    }
}

void QF_KERNEL(qf_track_publish)(const qf_tracker *tracker, const qf_track_frame *frame,
                                 const qf_track_table *table, qf_track_view *view)
{
    view->n = table->n;
    QF_KERNEL(qf_track_polar)
    (table->east_m, table->north_m, table->up_m, table->n, view->range_m, view->bearing_deg,
     view->elev_deg);
    publish_motion(tracker, frame, table, view);
    publish_state(tracker, frame->tick, table, view);
    if (tracker->mode != QF_TRACK_QIKI) {
        publish_friends(tracker, table, view);
    }
}
