/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_TRACK_FILTER_H
#define QF_TRACK_FILTER_H

#include "track_steps.h"

/* What the steps of robust and Kalman tracking share; for track_filter.c and the files named there only. */

/* No detection is taken to be better than that, metres or metres per second: single precision is not. */
#define QF_FILTER_LEAST_SD  QF_REAL(1e-3)
#define QF_FILTER_LEAST_SD2 QF_REAL(1e-6)

/* One frame of one observer, on its way through the steps. Columns are by slot, in whole lanes. */
typedef struct qf_filter {
    const qf_tracker *tracker;
    const qf_track_frame *frame;
    const qf_track_plots *plots;
    qf_track_table *table;
    qf_track_scratch *scratch;
    qf_track_tally *tally;
    size_t lanes; /* table->n, up to whole lanes */
    /* variances of detections; across the line of sight it is angle2 range^2 */
    qf_real range2_m2, angle2_rad2, speed2_m2s2;
    /* of folded speeds, 0: they are not; and its inverse. Speeds that are known worse than this, squared, may be a
       whole span off: then a radial speed tells nothing */
    qf_real span_mps, per_span_spm, unclear2_m2s2;
    /* of the acceleration over this frame, on position, position with speed, speed */
    qf_real noise_pp, noise_pv, noise_vv;
    qf_real *reach2;   /* beyond that squared distance no detection is in the gate; by predict */
    qf_real *since_s;  /* the last detection, before this frame's */
    uint32_t *lit;     /* 1: the beam has passed it, so that no detection is a miss */
    uint32_t *hit;     /* 1: a detection updates it, 0: none */
    uint32_t *rivals;  /* candidates in the gate */
    qf_real *measured; /* QF_FILTER_MEASURED columns of what updates it, 0 without a detection */
    qf_real *gains;    /* QF_FILTER_GAINS columns */
    uint32_t *keep, *into;
    uint32_t *list; /* three of as many as there are plots */
} qf_filter;

/* Columns of `measured`, of table->capacity each. */
enum {
    QF_FILTER_EAST,
    QF_FILTER_NORTH,
    QF_FILTER_UP,
    QF_FILTER_TOWARD_EAST,
    QF_FILTER_TOWARD_NORTH,
    QF_FILTER_TOWARD_UP,
    QF_FILTER_SPEED,    /* radial */
    QF_FILTER_CROSS_SD, /* of position, across the line of sight; 1 without a detection */
    QF_FILTER_MEASURED,
};

/* Columns of `gains`: of the residual of position, across and along the line of sight, and of radial speed. */
enum {
    QF_FILTER_ALPHA_ACROSS,
    QF_FILTER_ALPHA_ALONG,
    QF_FILTER_BETA_ACROSS, /* per second */
    QF_FILTER_BETA_ALONG,
    QF_FILTER_SPEED_TO_POSITION, /* seconds */
    QF_FILTER_SPEED_TO_SPEED,
    QF_FILTER_GAINS,
};

static inline qf_real *qf_filter_gains(const qf_filter *f, size_t column)
{
    return f->gains + column * f->table->capacity;
}

/* Sets lit; what `measured` holds is lost. */
void QF_KERNEL(qf_filter_light)(const qf_filter *f);

static inline qf_real *qf_filter_measured(const qf_filter *f, size_t column)
{
    return f->measured + column * f->table->capacity;
}

static inline qf_real qf_filter_least(qf_real variance, qf_real least)
{
    return variance > least ? variance : least;
}

/* Noise of radial speeds that tell nothing. */
#define QF_FILTER_DEAF2 QF_REAL(1e12)

/* A difference of radial speeds, within half a span of 0 where they are folded. */
static inline qf_real qf_filter_fold(qf_real speed_mps, qf_real span_mps, qf_real per_span_spm)
{
    return speed_mps - span_mps * qf_real_round(speed_mps * per_span_spm);
}

/* Noise of a radial speed, given what variance was predicted for it. */
static inline qf_real qf_filter_speed_noise(qf_real predicted2, qf_real speed2, qf_real unclear2)
{
    return predicted2 > unclear2 ? QF_FILTER_DEAF2 : speed2;
}

/* sin^2 of the angle between two vectors, 0 where one has no direction */
static inline qf_real qf_filter_sin2(qf_real ax, qf_real ay, qf_real az, qf_real bx, qf_real by,
                                     qf_real bz)
{
    const qf_real cx = ay * bz - az * by;
    const qf_real cy = az * bx - ax * bz;
    const qf_real cz = ax * by - ay * bx;
    const qf_real both = (ax * ax + ay * ay + az * az) * (bx * bx + by * by + bz * bz);
    const qf_real sin2 = (cx * cx + cy * cy + cz * cz) / both;
    const qf_real below = sin2 < QF_REAL(1.0) ? sin2 : QF_REAL(1.0);
    return sin2 >= QF_REAL(0.0) ? below : QF_REAL(0.0); /* 0 for no number, too */
}

/* Variances predicted at a track, along the line of sight to a detection and across it. */
typedef struct qf_filter_spread {
    qf_real radial_pp, radial_pv, radial_vv, cross_pp;
} qf_filter_spread;

/* The radial and the cross variance after a turn of the line of sight. */
static inline qf_real qf_filter_turned_radial(qf_real radial, qf_real cross, qf_real sin2)
{
    return radial + sin2 * (cross - radial);
}

static inline qf_real qf_filter_turned_cross(qf_real radial, qf_real cross, qf_real sin2)
{
    return cross - QF_REAL(0.5) * sin2 * (cross - radial);
}

/* Moves all tracks to this frame, with their variances; sets reach2. */
void QF_KERNEL(qf_filter_predict_alpha_beta)(qf_filter *f);
void QF_KERNEL(qf_filter_predict_kalman)(qf_filter *f);

/* What a plot meets at a predicted track. */
qf_filter_spread QF_KERNEL(qf_filter_meet_kalman)(const qf_filter *f, size_t plot, size_t slot);

/* Who updates whom: slot_of_plot, plot_of_slot, rivals. */
void QF_KERNEL(qf_filter_assign)(qf_filter *f);

/* Corrects those that are hit by what was measured. Alpha-beta first decides on gains, and corrects variances. */
void QF_KERNEL(qf_filter_gain_alpha_beta)(qf_filter *f);
void QF_KERNEL(qf_filter_update_alpha_beta)(qf_filter *f);
void QF_KERNEL(qf_filter_update_kalman)(qf_filter *f);

/* Position, velocity and variances of n slots from `first` on, made of the plots in `list`. */
void QF_KERNEL(qf_filter_start_alpha_beta)(const qf_filter *f, const uint32_t *list, size_t first,
                                           size_t n);
void QF_KERNEL(qf_filter_start_kalman)(const qf_filter *f, const uint32_t *list, size_t first,
                                       size_t n);

/* Counts hits and misses, confirms, and takes out what is given up or the same as an older one. */
void QF_KERNEL(qf_filter_confirm)(qf_filter *f);

/* Brings n plots into the order of what they say; plots that say the same are the same. `spare`: n words more. */
void QF_KERNEL(qf_filter_sort)(const qf_track_plots *plots, uint32_t *list, size_t n,
                               uint32_t *spare);

#endif
