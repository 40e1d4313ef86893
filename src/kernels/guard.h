/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_GUARD_H
#define QF_GUARD_H

#include "track.h"

/*
 * Guard rules, compiled to numbers: each rule looks at each track of an observer in each of its frames.
 * Source: radar_tracking.md section 1.9.
 */
enum { QF_GUARD_CRITICAL = 2 }; /* of severities */

typedef struct qf_guard_rule {
    uint8_t severity;                 /* qf_severity: 0 info, 1 warning, 2 critical */
    qf_real min_range_m, max_range_m; /* infinite: no upper end */
    qf_real hysteresis_m;             /* both ends are so much wider while the rule is active */
    qf_real min_quality;
    qf_real max_speed_mps; /* of |radial speed|, infinite: any */
    uint32_t iff_bits;     /* bit iff: allowed */
    uint32_t mode_bits;    /* bit mode: allowed */
    uint32_t on_bits;      /* bit 0: transponder off is allowed, bit 1: on */
    /* durations in whole ticks; a difference of ticks is compared as int32 */
    int32_t pending_ticks; /* a match fires when it is as old as that */
    int32_t gap_ticks;     /* a longer gap between two matches begins anew; negative: none does */
    int32_t cooldown_ticks;
} qf_guard_rule;

typedef struct qf_guard_set {
    size_t n_rules; /* at most QF_GUARD_MOST_RULES */
    const qf_guard_rule *rules;
    int32_t forget_ticks; /* an inactive key is forgotten so long after it fired, or else matched */
    /* the reference's: a time of 0 means unset, and cooldown counts from there; else UNSET does and nothing is
       suppressed before a first firing */
    bool reference_epoch;
} qf_guard_set;

/* Of table->guard_unset: a time in ticks that is none, because ticks are below it; 0 with a reference epoch. */
#define QF_GUARD_UNSET UINT32_C(0x80000000)

typedef struct qf_guard_edge {
    uint32_t rule, slot;
    bool fires; /* false: no longer active */
} qf_guard_edge;

/* What the guards say of an observer. */
typedef struct qf_guard_edges {
    qf_guard_edge *edges; /* n_rules * capacity of the table; the caller's */
    size_t n;             /* ascending (rule, slot) */
    uint32_t active;      /* keys that are */
    uint32_t active_critical;
    uint64_t active_rules; /* bit r: rule r is active for some track */
} qf_guard_edges;

/*
 * One frame: all rules look at all tracks. table->guard[rule] are what was set by the frame before, and for a new
 * track table->guard_unset three times and 0. `tick` is below QF_GUARD_UNSET and never goes back.
 */
typedef void qf_guard_kernel(const qf_guard_set *set, uint32_t tick, const qf_track_view *view,
                             qf_track_table *table, qf_guard_edges *edges);

#endif
