/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_TRACK_H
#define QF_TRACK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "real.h"

/*
 * What the kernels of a tracker share. Each observer has a table of tracks of fixed capacity, and once a
 * frame what its radar detected goes into it:
 *
 *   admit    what is no number is taken out and counted             (track_admit.c)
 *   locate   Cartesian coordinates of detections                    (track_locate.c)
 *   qiki     the reference's tracker, exactly                       (track_qiki.c)
 *   filter   ours: alpha-beta or Kalman, global-nearest association (track_filter.c)
 *   publish  what is made known of a track: range, quality, status  (track_publish.c)
 *   guards   rules on all tracks at once                            (guard.c)
 *
 * Tracks stand in the order of their creation without gaps: slot k is older than slot k + 1, and what
 * follows the last is of no use to anybody but may be read and written up to the next multiple of
 * QF_TRACK_LANES. Coordinates are east, north, up of the observer, metres. Time is in ticks modulo 2^32.
 * Equations: docs/tracking.md. Source: radar_tracking.md sections 1, 3, 4.
 */
enum {
    QF_TRACK_LANES = 16,       /* capacities are multiples of it */
    QF_TRACK_MOST_SLOTS = 512, /* of an observer */
    QF_GUARD_MOST_RULES = 32,
    QF_TRACK_VARIANCES = 21, /* of a Kalman filter: the lower triangle of 6 x 6 */
};

#define QF_NO_TRACK UINT32_MAX /* a track's number, or a slot */
#define QF_NO_PLOT  UINT32_MAX

typedef enum qf_track_mode {
    QF_TRACK_QIKI,   /* the reference's */
    QF_TRACK_ROBUST, /* classic alpha-beta, along the line of sight and across it */
    QF_TRACK_KALMAN, /* six states, Cartesian; measured in polar coordinates */
    QF_TRACK_MODES,
} qf_track_mode;

/* The reference's numbers. */
typedef enum qf_track_status {
    QF_TRACK_UNSPECIFIED,
    QF_TRACK_NEW,
    QF_TRACK_TRACKED,
    QF_TRACK_LOST,
    QF_TRACK_COASTING,
} qf_track_status;

/* Whether somebody answered with an identity. */
typedef enum qf_presence { QF_ABSENT, QF_PRESENT, QF_PRESENCE_UNKNOWN } qf_presence;

/*
 * Detections of one observer in one frame. Arrays of `capacity` elements, a multiple of QF_TRACK_LANES
 * that is larger than n; the caller's. Elements beyond n may hold anything.
 */
#define QF_PLOT_TABLE(QF_REALS, QF_WORDS)                                                          \
    QF_REALS(range_m)                                                                              \
    QF_REALS(bearing_deg) /* in [0, 360) once admitted */                                          \
    QF_REALS(elev_deg)                                                                             \
    QF_REALS(vr_mps)                                                                               \
    QF_REALS(snr_db)                                                                               \
    QF_REALS(rcs_dbsm)                                                                             \
    QF_REALS(east_m) /* set by locate, with north and up */                                        \
    QF_REALS(north_m)                                                                              \
    QF_REALS(up_m)                                                                                 \
    QF_REALS(toward_east) /* unit vector to it, zero at no distance; likewise */                   \
    QF_REALS(toward_north)                                                                         \
    QF_REALS(toward_up)                                                                            \
    QF_WORDS(band)     /* the reference's numbers: 0 unspecified, 1 long, 2 short range */         \
    QF_WORDS(mode)     /* of the transponder: 0 off, 1 on, 2 silent, 3 spoof */                    \
    QF_WORDS(on)       /* transponder on, 0 or 1 */                                                \
    QF_WORDS(present)  /* qf_presence of an identity; absent where none is given */                \
    QF_WORDS(identity) /* number of what it says, as int32: negative: nothing */                   \
    QF_WORDS(target)   /* truth: who it was, for measuring quality only; UINT32_MAX: nobody */

typedef struct qf_track_plots {
    size_t n;
    size_t capacity;
#define QF_REALS(name) qf_real *name;
#define QF_WORDS(name) uint32_t *name;
    QF_PLOT_TABLE(QF_REALS, QF_WORDS)
#undef QF_REALS
#undef QF_WORDS
} qf_track_plots;

/*
 * Tracks of one observer. `QF_REALS` and `QF_WORDS` columns of `capacity` elements; the caller's, aligned
 * to 64 bytes, and zero at first.
 */
#define QF_TRACK_TABLE(QF_REALS, QF_WORDS)                                                         \
    QF_REALS(east_m) /* qiki: at the last update; else: at the last frame */                       \
    QF_REALS(north_m)                                                                              \
    QF_REALS(up_m)                                                                                 \
    QF_REALS(east_mps) /* qiki: relative to the observer; else: the target's own */                \
    QF_REALS(north_mps)                                                                            \
    QF_REALS(up_mps)                                                                               \
    QF_REALS(snr_db)                                                                               \
    QF_REALS(rcs_dbsm)                                                                             \
    QF_WORDS(number)  /* of the observer's tracks, from 0; never given twice */                    \
    QF_WORDS(created) /* tick */                                                                   \
    QF_WORDS(updated) /* tick of the last detection */                                             \
    QF_WORDS(hits)    /* detections so far */                                                      \
    QF_WORDS(misses)  /* frames since the last detection */                                        \
    QF_WORDS(history) /* bit k: detected k frames ago */                                           \
    QF_WORDS(firm)    /* 0: tentative; 1: confirmed; 2: confirmed in this frame */                 \
    QF_WORDS(band)    /* as of the last detection */                                               \
    QF_WORDS(mode)    /* of the transponder */                                                     \
    QF_WORDS(on)                                                                                   \
    QF_WORDS(present)                                                                              \
    QF_WORDS(identity)                                                                             \
    QF_WORDS(suspect) /* 1: answered with two identities; not in qiki mode */                      \
    QF_WORDS(target)  /* truth: whose detection was the last, UINT32_MAX: a false alarm's */       \
    QF_WORDS(owner)   /* truth: whose most of them were, so far as a running vote tells */         \
    QF_WORDS(votes)

typedef struct qf_track_table {
    size_t n;
    size_t capacity;
    uint32_t next_number;
#define QF_REALS(name) qf_real *name;
#define QF_WORDS(name) uint32_t *name;
    QF_TRACK_TABLE(QF_REALS, QF_WORDS)
#undef QF_REALS
#undef QF_WORDS
    /*
     * Variances, qf_track_variances(mode) columns. Robust: position, position with speed, speed along the
     * line of sight, then the same across it. Kalman: row by row of the lower triangle, states in the
     * order east, north, up, then their speeds.
     */
    qf_real *variance[QF_TRACK_VARIANCES];
    /* guards, by rule: times in ticks and whether the rule is active (guard.h) */
    struct qf_guard_columns {
        uint32_t *first, *last, *fired, *active;
    } guard[QF_GUARD_MOST_RULES];
    size_t n_rules;
    uint32_t guard_unset; /* what the times of a new track's guards are */
} qf_track_table;

/* One tracker, ready for the kernels: what tracker_spec.h derives. */
typedef struct qf_tracker {
    qf_track_mode mode;
    double ticks_per_s;
    uint32_t max_misses;      /* more prune it */
    uint32_t confirm_hits;    /* qiki: ever; else: of the last confirm_window frames */
    uint32_t confirm_window;  /* at most 32 */
    qf_real reference_snr_db; /* of full quality */
    /* qiki; others where the gains are given */
    bool gains_given;
    qf_real alpha, beta;
    /* qiki */
    qf_real gate_m, gate_mps;
    qf_real handoff_bearing_deg, handoff_elev_deg;
    qf_real least_step_s;
    qf_real fuse_bearing_deg, fuse_elev_deg, fuse_mps;
    /* robust and kalman */
    qf_real range_sd_m, angle_sd_rad, speed_sd_mps; /* of detections */
    qf_real speed_span_mps;       /* radial speeds are known modulo this; 0: they are unambiguous */
    qf_real acceleration_sd_mps2; /* constant over a period, white from one to the next */
    qf_real prior_speed_mps;      /* sd of what one detection does not tell */
    qf_real gate2;                /* square of the normalised distance */
    bool exact;                   /* assigned exactly where candidates conflict */
    qf_real merge2;      /* two tracks nearer than that (normalised, squared) are one; 0: never */
    qf_real max_coast_s; /* without a detection */
    const uint8_t
        *iff_of_identity; /* as the observer sees it: 1 friend, 2 foe, 3 unknown; n_identities */
    size_t n_identities;
} qf_tracker;

static inline size_t qf_track_variances(qf_track_mode mode)
{
    return mode == QF_TRACK_ROBUST ? 6 : mode == QF_TRACK_KALMAN ? QF_TRACK_VARIANCES : 0;
}

/* One frame of one observer. */
typedef struct qf_track_frame {
    uint32_t tick;
    /* not looked at by qiki: */
    qf_real elapsed_s;  /* since the observer's frame before; 0 in its first */
    qf_real moved_m[3]; /* what the observer has moved since then */
    qf_real own_mps[3]; /* its velocity */
    /* its beam passes an arc of azimuths only, [begin, end) clockwise from the body's forward axis, degrees in
       [0, 360): a track elsewhere misses nothing */
    bool sweeps;
    qf_real arc_begin_deg, arc_end_deg;
    qf_real forward[3], left[3]; /* of the body, in world axes */
} qf_track_frame;

/* A track that is no more. */
typedef struct qf_track_gone {
    uint32_t number;
    uint32_t into;         /* number of the track that it was merged into, QF_NO_TRACK: pruned */
    uint32_t active_rules; /* bits of the guards that were active */
    uint32_t target;
    bool was_firm; /* before this frame: what becomes firm and is merged at once is not */
} qf_track_gone;

/* What frames did to a table: each adds to it. */
typedef struct qf_track_tally {
    uint32_t rejected; /* detections that are no detections */
    uint32_t updated, spawned, merged, pruned;
    uint32_t dropped; /* detections that found no room for a track */
    uint32_t identity_jumps;
    uint32_t pure_updates; /* of firm tracks: by the target that owns the track */
    uint32_t firm_updates; /* of firm tracks, by anybody but false alarms' */
    bool
        out_of_memory; /* of the assignment: the frame was lost, and the run has to end; never set back */
} qf_track_tally;

/* A thread's memory for one observer's frame; arrays as said, the caller's, aligned to 64 bytes. */
typedef struct qf_track_scratch {
    uint32_t *plot_of_slot; /* n_slots + n_plots: who updated it, QF_NO_PLOT */
    uint32_t *slot_of_plot; /* n_plots */
    qf_track_gone *gone;    /* n_slots; of the frame */
    size_t n_gone;
    struct qf_track_pair { /* candidates of association */
        uint32_t plot, slot;
        qf_real cost;
    } * pairs;
    size_t n_pairs, pairs_capacity;   /* n_plots * n_slots */
    struct qf_assignment *assignment; /* assignment.h */
    void *work; /* qf_track_work_bytes(n_plots, n_slots): of one step, within itself */
} qf_track_scratch;

enum { QF_TRACK_WORK_COLUMNS = 64 }; /* of that memory */

static inline size_t qf_track_work_bytes(size_t n_plots, size_t n_slots)
{
    return QF_TRACK_WORK_COLUMNS * (n_plots + n_slots + 2 * QF_TRACK_LANES) * sizeof(qf_real);
}

/* What is made known of an observer's tracks, slot by slot; arrays of `capacity` elements, the caller's. */
#define QF_VIEW_TABLE(QF_REALS, QF_WORDS)                                                          \
    QF_REALS(range_m)                                                                              \
    QF_REALS(bearing_deg) /* in [0, 360) */                                                        \
    QF_REALS(elev_deg)                                                                             \
    QF_REALS(vr_mps)                                                                               \
    QF_REALS(east_mps) /* velocity relative to the observer */                                     \
    QF_REALS(north_mps)                                                                            \
    QF_REALS(up_mps)                                                                               \
    QF_REALS(quality)                                                                              \
    QF_REALS(age_s)          /* since it was created */                                            \
    QF_REALS(cpa_s)          /* until the closest point of approach, 0: it is past */              \
    QF_REALS(cpa_distance_m) /* there */                                                           \
    QF_WORDS(status)         /* qf_track_status */                                                 \
    QF_WORDS(band)           /* unspecified where a long-range track has an identity */            \
    QF_WORDS(mode)           /* spoof where it is suspect */                                       \
    QF_WORDS(iff)

typedef struct qf_track_view {
    size_t n;
    size_t capacity;
#define QF_REALS(name) qf_real *name;
#define QF_WORDS(name) uint32_t *name;
    QF_VIEW_TABLE(QF_REALS, QF_WORDS)
#undef QF_REALS
#undef QF_WORDS
} qf_track_view;

/*
 * One frame, from detections to an updated table. Those detections that are no finite numbers, or have a range
 * below zero or an elevation beyond 90 degrees, are taken out first and counted.
 */
typedef void qf_track_kernel(const qf_tracker *tracker, const qf_track_frame *frame,
                             qf_track_plots *plots, qf_track_table *table,
                             qf_track_scratch *scratch, qf_track_tally *tally);

/* What is made known of the table after a frame at that tick. */
typedef void qf_track_publish_kernel(const qf_tracker *tracker, const qf_track_frame *frame,
                                     const qf_track_table *table, qf_track_view *view);

#endif
