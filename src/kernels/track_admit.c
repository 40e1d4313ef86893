/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a tracker is given is looked at here, once: everything behind it takes finite numbers for granted.
 *
 *   range, bearing, elevation, speed, SNR, RCS: their squares are finite numbers, because distances are
 *   summed of squares; range >= 0; -90 <= elevation <= 90, degrees; bearing modulo 360, into [0, 360)
 *
 * The reference does not look at the radial speed, and one that is no number then swallows detections
 * (radar_tracking.md section 1.7, 10). In and out: all columns of plots. Guarded by tests/test_track_qiki.c.
 */
#include "track_steps.h"

#ifdef QF_REAL_DOUBLE
#define remainder_of(x, y) __builtin_fmod(x, y)
#else
#define remainder_of(x, y) __builtin_fmodf(x, y)
#endif

static inline uint32_t is_number(qf_real x)
{
    return x * x < QF_REAL_INFINITY;
}

static inline uint32_t is_detection(const qf_track_plots *p, size_t i)
{
    return is_number(p->range_m[i]) & is_number(p->bearing_deg[i]) & is_number(p->elev_deg[i]) &
           is_number(p->vr_mps[i]) & is_number(p->snr_db[i]) & is_number(p->rcs_dbsm[i]) &
           (p->range_m[i] >= QF_REAL(0.0)) & (qf_real_abs(p->elev_deg[i]) <= QF_REAL(90.0));
}

/* the remainder of a division is exact in any C library; few bearings need it */
static qf_real bearing_of(qf_real deg)
{
    qf_real bearing = remainder_of(deg, QF_REAL(360.0));
    bearing = bearing < QF_REAL(0.0) ? bearing + QF_REAL(360.0) : bearing;
    return bearing < QF_REAL(360.0) ? bearing + QF_REAL(0.0) : QF_REAL(0.0); /* +0 of -0 */
}

static void take_out(qf_track_plots *plots)
{
    size_t kept = 0;
    for (size_t i = 0; i < plots->n; i++) {
        if (is_detection(plots, i)) {
            qf_track_plot_move(plots, i, kept++);
        }
    }
    plots->n = kept;
}

uint32_t QF_KERNEL(qf_track_admit)(qf_track_plots *plots)
{
    const qf_track_plots p = *plots; /* pointers that no store can alias */
    const size_t n = p.n;
    uint32_t out = 0;
    uint32_t turned = 0;
    qf_real *bearing_deg = p.bearing_deg;
#pragma omp simd reduction(+ : out, turned)
    for (size_t i = 0; i < n; i++) {
        const qf_real deg = bearing_deg[i];
        out += 1 - is_detection(&p, i);
        turned += !((deg >= QF_REAL(0.0)) & (deg < QF_REAL(360.0)));
        bearing_deg[i] = deg + QF_REAL(0.0); /* +0 of -0 */
    }
    if (out) {
        take_out(plots);
    }
    for (size_t i = 0; turned && i < plots->n; i++) {
        const qf_real deg = bearing_deg[i];
        bearing_deg[i] = deg >= QF_REAL(0.0) && deg < QF_REAL(360.0) ? deg : bearing_of(deg);
    }
    return out;
}
