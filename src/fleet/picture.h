/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_PICTURE_H
#define QF_PICTURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "archive.h"

/*
 * Fleet picture: tracks of several observers become tracks of them all (radar_tracking.md section 1.11), in the
 * horizontal plane of the world, in double precision. One picture for each world of a group that shares.
 */
typedef struct qf_picture_rules {
    double gate_m, gate_mps; /* inclusive */
    uint32_t min_support;    /* sources that a track has to have, else it is of low support */
    double max_age_s;        /* of a source's track, and of one of the picture that nobody sees */
    uint32_t confirm_frames; /* in a row */
    double cooldown_s;       /* of the members of a track that is gone */
} qf_picture_rules;

qf_picture_rules qf_picture_rules_default(void);

/* A track of one observer; each (source, number) once in a step. */
typedef struct qf_picture_track {
    uint32_t source; /* ranks as the reference's names do: ascending */
    uint32_t number; /* likewise its ids */
    double x_m, y_m;
    bool has_velocity;
    double vx_mps, vy_mps;
    double quality; /* clamped to [0, 1]: trust */
    double updated_s;
} qf_picture_track;

enum { QF_PICTURE_LOW_SUPPORT = 1, QF_PICTURE_CONFLICT = 2 };

typedef struct qf_picture_member {
    uint32_t source, number;
} qf_picture_member;

/* A track of the picture. */
typedef struct qf_picture_entry {
    uint32_t id; /* from 0, of this picture, never given twice */
    double x_m, y_m;
    bool has_velocity;
    double vx_mps, vy_mps;
    double trust;
    uint32_t flags;
    double updated_s;
    const qf_picture_member *members; /* ascending (source, number); the picture's */
    size_t n_members;
} qf_picture_entry;

typedef struct qf_picture qf_picture;

/* NULL without memory. */
qf_picture *qf_picture_create(const qf_picture_rules *rules);
void qf_picture_free(qf_picture *picture);

/*
 * One step with all tracks of all sources, in any order. Those that are older than max_age_s, compared with the
 * latest of them, or have a position or velocity that is no number, are left out. False without memory, and
 * then the picture is as before.
 */
bool qf_picture_step(qf_picture *picture, double now_s, const qf_picture_track *tracks, size_t n);

/* Active tracks by ascending id; valid until the next step. */
const qf_picture_entry *qf_picture_entries(const qf_picture *picture, size_t *n);

/* Saves or loads a picture between two steps. */
void qf_picture_archive(qf_picture *picture, qf_archive *archive);

/* A set of members that is to become a track, or is not to for a while. */
typedef struct qf_picture_waiting {
    const qf_picture_member *members; /* ascending (source, number); the picture's */
    size_t n_members;
    uint32_t frames; /* pending: steps in a row so far */
    double until_s;  /* cooling down */
} qf_picture_waiting;

/* By ascending members; valid until the next step. */
const qf_picture_waiting *qf_picture_pending(const qf_picture *picture, size_t *n);
const qf_picture_waiting *qf_picture_cooling(const qf_picture *picture, size_t *n);

#endif
