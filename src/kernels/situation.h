/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_SITUATION_H
#define QF_SITUATION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * The reference's situation engine (radar_tracking.md section 1.10): what an observer should worry about, in double
 * precision, one observer at a time: few tracks are ever candidates.
 */
typedef enum qf_situation_kind {
    QF_SITUATION_CPA,     /* would be here soon, at its present range and closing speed */
    QF_SITUATION_CLOSING, /* fast, and nearer from frame to frame */
    QF_SITUATION_UNKNOWN, /* near and nobody knows who */
    QF_SITUATION_KINDS,
} qf_situation_kind;

typedef enum qf_situation_status {
    QF_SITUATION_PENDING, /* not shown to anybody */
    QF_SITUATION_ACTIVE,
    QF_SITUATION_LOST,
    QF_SITUATION_COOLING, /* likewise */
} qf_situation_status;

/* The constants of section 1.10; qf_situation_rules_default. */
typedef struct qf_situation_rules {
    double cpa_warn_s, cpa_critical_s, critical_distance_m;
    double closing_warn_mps;
    double near_m, near_recent_s;
    uint32_t confirm_frames; /* at most QF_SITUATION_TRAIL */
    double cooldown_s, lost_window_s, auto_resolve_s;
} qf_situation_rules;

enum { QF_SITUATION_TRAIL = 20 };

qf_situation_rules qf_situation_rules_default(void);

typedef struct qf_situation_point {
    uint32_t track; /* its number; points are in ascending order of it, each track once */
    double distance_m;
    double vr_mps;
    double age_s; /* negative: not known */
    bool unknown; /* who it is */
} qf_situation_point;

typedef struct qf_situation {
    uint32_t track;
    uint8_t kind, status, severity; /* 1 warning, 2 critical */
    bool restored;                  /* the reason: it was lost and is there again */
    bool present;                   /* in this evaluation */
    uint32_t frames;                /* in a row that it was a candidate, while pending */
    /* its metrics, rounded to 3 decimals */
    double distance_m;
    double time_s;      /* cpa: until it is here */
    double closing_mps; /* cpa, closing */
    double age_s;       /* unknown; negative: not known */
    double absent_s;    /* lost: for how long when that was said */
    double seen_s;      /* when it was last a candidate */
    double changed_s;   /* when it was lost or resolved */
} qf_situation;

/* How a track comes nearer. */
typedef struct qf_situation_trail {
    uint32_t track;
    uint32_t
        falling; /* points in a row, the last among them, of which each was nearer than the one before */
    double distance_m;
} qf_situation_trail;

/*
 * An observer's; arrays of `capacity` and `trail_capacity` elements, the caller's; zero at first. Those that are
 * pending or cooling take room too: where there is none, a new candidate is not followed and counted, once in each
 * evaluation, and so is a track without room for its trail, which cannot be `closing` then. Trails of tracks that are
 * no more stay until the room is needed, those of the oldest tracks going first.
 */
typedef struct qf_situations {
    uint32_t n, capacity;
    qf_situation *list; /* ascending (track, kind) */
    uint32_t n_trails, trail_capacity;
    qf_situation_trail *trails; /* ascending track */
    uint32_t dropped;           /* ever: candidates and trails that found no room */
} qf_situations;

typedef enum qf_situation_change_kind {
    QF_SITUATION_CREATED,
    QF_SITUATION_UPDATED,
    QF_SITUATION_GONE, /* lost contact */
    QF_SITUATION_RESOLVED,
} qf_situation_change_kind;

typedef struct qf_situation_change {
    uint8_t change; /* qf_situation_change_kind */
    uint8_t kind;
    uint8_t severity;
    bool severity_changed; /* of an update */
    bool restored;         /* likewise: it was lost and is there again */
    uint32_t track;
    double value; /* distance_m */
} qf_situation_change;

/*
 * One evaluation. `changes` has room for situations->capacity: there is at most one for each. Their order is the
 * reference's: what is there by (track, kind), in the order of qf_situation_kind; then what is absent by its id as
 * text, which is (closing, cpa, unknown; track). Returns how many there are.
 */
size_t qf_situation_step(const qf_situation_rules *rules, double now_s,
                         const qf_situation_point *points, size_t n, qf_situations *situations,
                         qf_situation_change *changes);

/*
 * Indices of what is active or lost, as the reference lists it: critical before warning, active before lost, then
 * by id as text. `index` has room for situations->n; returns how many there are.
 */
size_t qf_situations_shown(const qf_situations *situations, uint32_t *index);

/* Rounded to 3 decimals as Python rounds: to the nearest of what is exactly `value`, halves to even; then the
   double nearest to that decimal number. */
double qf_situation_round(double value);

#endif
