/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_TEST_TRACKER_MARGIN_H
#define QF_TEST_TRACKER_MARGIN_H

/*
 * Whether a frame of a trace is decided by less than rounding: a distance, speed or angle that is as good as at the
 * end of a gate, or two candidates as good as equal. In double precision, from the reference's own tracks.
 */
#include "tracker_trace.h"

/* what single precision may make of a number of that size */
#define MARGIN_RELATIVE (64.0 * (double)__FLT_EPSILON__)

typedef struct margin {
    double distance_m, speed_mps, angle_deg; /* below these, rounding decides */
    bool found;
} margin;

static inline void margin_near(margin *m, double a, double b, double noise)
{
    m->found |= fabs(a - b) < noise;
}

static inline double margin_bearing(double a_deg, double b_deg)
{
    const double d = fabs(a_deg - b_deg);
    return fmin(d, 360.0 - d);
}

/* place of a detection and the direction to it */
static inline void margin_locate(const track_stand_plot *p, double at_m[3], double toward[3])
{
    const double deg = acos(-1.0) / 180.0;
    toward[0] = cos(p->elev_deg * deg) * sin(p->bearing_deg * deg);
    toward[1] = cos(p->elev_deg * deg) * cos(p->bearing_deg * deg);
    toward[2] = sin(p->elev_deg * deg);
    for (int k = 0; k < 3; k++) {
        at_m[k] = p->range_m * toward[k];
    }
}

/* one detection and all tracks: gates, and equal distances within them */
static inline void margin_associate(const trace *t, const trace_frame *before,
                                    const double *updated_s, double now_s,
                                    const track_stand_plot *p, margin *m)
{
    double at_m[3];
    double toward[3];
    double inside[QF_TRACK_MOST_SLOTS];
    size_t n = 0;
    margin_locate(p, at_m, toward);
    for (size_t k = 0; k < before->n_tracks; k++) {
        const trace_track *track = &before->tracks[k];
        const double step_s =
            fmax(now_s - updated_s[track->number], (double)t->tracker.least_step_s);
        double d2 = 0.0;
        double speed_mps = 0.0;
        for (int c = 0; c < 3; c++) {
            const double d = track->position_m[c] + track->velocity_mps[c] * step_s - at_m[c];
            d2 += d * d;
            speed_mps += track->velocity_mps[c] * toward[c];
        }
        const double gate_m = (double)t->tracker.gate_m;
        margin_near(m, sqrt(d2), gate_m, m->distance_m);
        if (sqrt(d2) < gate_m + m->distance_m) {
            margin_near(m, fabs(p->vr_mps - speed_mps), (double)t->tracker.gate_mps, m->speed_mps);
            for (size_t i = 0; i < n; i++) {
                margin_near(m, inside[i], sqrt(d2), m->distance_m);
            }
            if (n < QF_TRACK_MOST_SLOTS) {
                inside[n++] = sqrt(d2);
            }
        }
    }
}

/* candidates of one detection where a direction decides (fusion, handoff): their ends, and equal scores */
typedef struct margin_choice {
    double most[3]; /* of bearing, elevation and speed */
    double score[QF_TRACK_MOST_SLOTS];
    size_t n;
} margin_choice;

static inline void margin_direction(margin_choice *c, const double difference[3], margin *m)
{
    const double noise[3] = {m->angle_deg, m->angle_deg, m->speed_mps};
    for (int k = 0; k < 3; k++) {
        if (difference[k] >= c->most[k] + noise[k]) {
            return;
        }
    }
    for (int k = 0; k < 3; k++) {
        margin_near(m, difference[k], c->most[k], noise[k]);
    }
    const double score = difference[0] + difference[1];
    for (size_t i = 0; i < c->n; i++) {
        margin_near(m, c->score[i], score, m->angle_deg);
    }
    if (c->n < QF_TRACK_MOST_SLOTS) {
        c->score[c->n++] = score;
    }
}

static inline void margin_fuse(const trace *t, const trace_frame *frame, const track_stand_plot *p,
                               margin *m)
{
    const qf_tracker *k = &t->tracker;
    margin_choice c = {
        .most = {(double)k->fuse_bearing_deg, (double)k->fuse_elev_deg, (double)k->fuse_mps}};
    for (size_t j = 0; p->band == 2 && j < frame->n_plots; j++) {
        const track_stand_plot *q = &frame->plots[j];
        if (q->band == 1) {
            const double difference[3] = {margin_bearing(p->bearing_deg, q->bearing_deg),
                                          fabs(p->elev_deg - q->elev_deg),
                                          fabs(p->vr_mps - q->vr_mps)};
            margin_direction(&c, difference, m);
        }
    }
}

static inline void margin_hand_off(const trace *t, const trace_frame *before,
                                   const track_stand_plot *p, margin *m)
{
    const qf_tracker *k = &t->tracker;
    margin_choice c = {
        .most = {(double)k->handoff_bearing_deg, (double)k->handoff_elev_deg, (double)k->gate_mps}};
    for (size_t j = 0; p->band == 1 && j < before->n_tracks; j++) {
        const trace_track *q = &before->tracks[j];
        const double difference[3] = {margin_bearing(p->bearing_deg, q->bearing_deg),
                                      fabs(p->elev_deg - q->elev_deg), fabs(p->vr_mps - q->vr_mps)};
        margin_direction(&c, difference, m);
    }
}

/* Frame f of the trace; updated_s: by number of track, when the reference updated it last, before that frame. */
static inline bool margin_decides(const trace *t, size_t f, const double *updated_s)
{
    const trace_frame none = {0};
    const trace_frame *frame = &t->frames[f];
    const trace_frame *before = f ? &t->frames[f - 1] : &none;
    double range_m = 1.0;
    double speed_mps = 1.0;
    for (size_t i = 0; i < frame->n_plots; i++) {
        range_m = fmax(range_m, frame->plots[i].range_m);
        speed_mps = fmax(speed_mps, fabs(frame->plots[i].vr_mps));
    }
    margin m = {.distance_m = MARGIN_RELATIVE * range_m,
                .speed_mps = MARGIN_RELATIVE * speed_mps,
                .angle_deg = MARGIN_RELATIVE * 360.0};
    for (size_t i = 0; i < frame->n_plots; i++) {
        margin_associate(t, before, updated_s, (double)frame->time_us * 1e-6, &frame->plots[i], &m);
        margin_fuse(t, frame, &frame->plots[i], &m);
        margin_hand_off(t, before, &frame->plots[i], &m);
    }
    return m.found;
}

#endif
