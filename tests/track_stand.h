/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_TEST_TRACK_STAND_H
#define QF_TEST_TRACK_STAND_H

/*
 * What the tests of trackers and guards share: memory of one observer, its detections by name, the reference's
 * constants, and each set of kernels of this machine. With QF_REAL_DOUBLE (and QF_ISA=double) the one
 * set is the double build of the same sources. Whatever may hold anything holds NaNs and ones.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "kernels.h"

typedef struct track_stand {
    qf_track_plots plots;
    qf_track_table table;
    qf_track_view view;
    qf_track_scratch scratch;
    qf_track_tally tally; /* of all frames so far */
} track_stand;

/* `elements` of four or eight bytes, aligned as the kernels want it, each byte as given */
static inline void *track_stand_room(size_t elements, size_t element_bytes, int byte)
{
    const size_t bytes = (elements * element_bytes + 64) / 64 * 64;
    void *memory = aligned_alloc(64, bytes);
    assert_non_null(memory);
    return memset(memory, byte, bytes);
}

static inline size_t track_stand_lanes(size_t n)
{
    return (n + QF_TRACK_LANES - 1) / QF_TRACK_LANES * QF_TRACK_LANES;
}

/* Room for that many detections and tracks (a multiple of QF_TRACK_LANES), for any mode. Tests of modes that
   assign set scratch.assignment themselves, and free it. */
static inline track_stand track_stand_open(size_t n_plots, size_t capacity, size_t n_rules)
{
    track_stand s = {0};
    s.plots.capacity = track_stand_lanes(n_plots + 1);
    s.table.capacity = capacity;
    s.view.capacity = capacity;
#define QF_REALS(name) s.plots.name = track_stand_room(s.plots.capacity, sizeof(qf_real), 0xFF);
#define QF_WORDS(name) s.plots.name = track_stand_room(s.plots.capacity, sizeof(uint32_t), 0xFF);
    QF_PLOT_TABLE(QF_REALS, QF_WORDS)
#undef QF_REALS
#undef QF_WORDS
#define QF_REALS(name) s.table.name = track_stand_room(capacity, sizeof(qf_real), 0);
#define QF_WORDS(name) s.table.name = track_stand_room(capacity, sizeof(uint32_t), 0);
    QF_TRACK_TABLE(QF_REALS, QF_WORDS)
#undef QF_REALS
#undef QF_WORDS
#define QF_REALS(name) s.view.name = track_stand_room(capacity, sizeof(qf_real), 0xFF);
#define QF_WORDS(name) s.view.name = track_stand_room(capacity, sizeof(uint32_t), 0xFF);
    QF_VIEW_TABLE(QF_REALS, QF_WORDS)
#undef QF_REALS
#undef QF_WORDS
    for (size_t k = 0; k < QF_TRACK_VARIANCES; k++) {
        s.table.variance[k] = track_stand_room(capacity, sizeof(qf_real), 0);
    }
    s.table.n_rules = n_rules;
    s.table.guard_unset = QF_GUARD_UNSET;
    for (size_t r = 0; r < n_rules; r++) {
        uint32_t **const columns[] = {&s.table.guard[r].first, &s.table.guard[r].last,
                                      &s.table.guard[r].fired, &s.table.guard[r].active};
        for (size_t c = 0; c < sizeof columns / sizeof *columns; c++) {
            *columns[c] = track_stand_room(capacity, sizeof(uint32_t), 0);
        }
    }
    qf_track_scratch *scratch = &s.scratch;
    scratch->plot_of_slot =
        track_stand_room(capacity + s.plots.capacity, sizeof *scratch->plot_of_slot, 0xFF);
    scratch->slot_of_plot = track_stand_room(s.plots.capacity, sizeof *scratch->slot_of_plot, 0xFF);
    scratch->gone = track_stand_room(capacity, sizeof *scratch->gone, 0xFF);
    scratch->pairs_capacity = s.plots.capacity * capacity;
    scratch->pairs = track_stand_room(scratch->pairs_capacity, sizeof *scratch->pairs, 0xFF);
    scratch->work = track_stand_room(qf_track_work_bytes(s.plots.capacity, capacity), 1, 0xFF);
    return s;
}

static inline void track_stand_close(track_stand *s)
{
#define QF_COLUMN(name) free(s->plots.name);
    QF_PLOT_TABLE(QF_COLUMN, QF_COLUMN)
#undef QF_COLUMN
#define QF_COLUMN(name) free(s->table.name);
    QF_TRACK_TABLE(QF_COLUMN, QF_COLUMN)
#undef QF_COLUMN
#define QF_COLUMN(name) free(s->view.name);
    QF_VIEW_TABLE(QF_COLUMN, QF_COLUMN)
#undef QF_COLUMN
    for (size_t k = 0; k < QF_TRACK_VARIANCES; k++) {
        free(s->table.variance[k]);
    }
    for (size_t r = 0; r < s->table.n_rules; r++) {
        free(s->table.guard[r].first);
        free(s->table.guard[r].last);
        free(s->table.guard[r].fired);
        free(s->table.guard[r].active);
    }
    free(s->scratch.plot_of_slot);
    free(s->scratch.slot_of_plot);
    free(s->scratch.gone);
    free(s->scratch.pairs);
    free(s->scratch.work);
    *s = (track_stand){0};
}

/* One detection. What is left out is 0: no band, no transponder, no identity; 20 dB and nobody's unless said. */
typedef struct track_stand_plot {
    double range_m, bearing_deg, elev_deg, vr_mps, snr_db, rcs_dbsm;
    uint32_t band, mode, on;
    qf_presence present;
    uint32_t identity; /* plus one; 0: none */
    uint32_t target;   /* plus one; 0: nobody */
} track_stand_plot;

static inline void track_stand_clear(track_stand *s)
{
    s->plots.n = 0;
}

static inline void track_stand_add(track_stand *s, track_stand_plot plot)
{
    const size_t i = s->plots.n++;
    assert_true(s->plots.n < s->plots.capacity);
    s->plots.range_m[i] = (qf_real)plot.range_m;
    s->plots.bearing_deg[i] = (qf_real)plot.bearing_deg;
    s->plots.elev_deg[i] = (qf_real)plot.elev_deg;
    s->plots.vr_mps[i] = (qf_real)plot.vr_mps;
    s->plots.snr_db[i] = (qf_real)(plot.snr_db != 0.0 ? plot.snr_db : 20.0);
    s->plots.rcs_dbsm[i] = (qf_real)plot.rcs_dbsm;
    s->plots.band[i] = plot.band;
    s->plots.mode[i] = plot.mode;
    s->plots.on[i] = plot.on;
    s->plots.present[i] = (uint32_t)plot.present;
    s->plots.identity[i] = plot.identity - 1;
    s->plots.target[i] = plot.target - 1;
}

/* The reference's constants (radar_tracking.md section 1.1) and its clock of microseconds. */
static inline qf_tracker track_stand_qiki(void)
{
    return (qf_tracker){
        .mode = QF_TRACK_QIKI,
        .ticks_per_s = 1e6,
        .max_misses = 3,
        .confirm_hits = 2,
        .confirm_window = 32,
        .reference_snr_db = QF_REAL(20.0),
        .gains_given = true,
        .alpha = QF_REAL(0.6),
        .beta = QF_REAL(0.1),
        .gate_m = QF_REAL(12.0),
        .gate_mps = QF_REAL(15.0),
        .handoff_bearing_deg = QF_REAL(0.5),
        .handoff_elev_deg = QF_REAL(0.5),
        .least_step_s = QF_REAL(0.05),
        .fuse_bearing_deg = QF_REAL(0.5),
        .fuse_elev_deg = QF_REAL(0.5),
        .fuse_mps = QF_REAL(1.0),
    };
}

/* Sets of kernels that run here; ends with NULL. */
static inline const qf_kernels *track_stand_set(size_t i)
{
#ifdef QF_REAL_DOUBLE
    static const qf_kernels set = {
        .isa = "double",
        .track = QF_KERNEL(qf_track_frame),
        .publish = QF_KERNEL(qf_track_publish),
        .guard = QF_KERNEL(qf_guard_step),
        .quality = QF_KERNEL(qf_track_quality_of),
    };
    return i == 0 ? &set : NULL;
#else
    size_t found = 0;
    for (const char *const *isa = qf_isa_names; *isa; isa++) {
        const qf_kernels *kernels = qf_kernels_for(*isa);
        if (kernels && found++ == i) {
            return kernels;
        }
    }
    return NULL;
#endif
}

/* One frame with what was added, and what is made known after it; then detections are cleared. */
static inline void track_stand_frame(track_stand *s, const qf_kernels *kernels,
                                     const qf_tracker *tracker, const qf_track_frame *frame)
{
    s->scratch.n_gone = 0;
    kernels->track(tracker, frame, &s->plots, &s->table, &s->scratch, &s->tally);
    kernels->publish(tracker, frame, &s->table, &s->view);
    track_stand_clear(s);
}

/* Fails with the name of the first column whose bits differ in any track. */
static inline void track_stand_assert_same(const track_stand *a, const track_stand *b,
                                           const char *what)
{
    if (a->table.n != b->table.n || a->view.n != b->view.n) {
        fail_msg("%s: %zu and %zu tracks", what, a->table.n, b->table.n);
    }
    if (memcmp(&a->tally, &b->tally, sizeof a->tally) != 0) {
        fail_msg("%s: tallies differ", what);
    }
#define QF_COLUMN(name)                                                                            \
    if (memcmp(a->table.name, b->table.name, a->table.n * sizeof *a->table.name) != 0) {           \
        fail_msg("%s: " #name " of tracks differs", what);                                         \
    }
    QF_TRACK_TABLE(QF_COLUMN, QF_COLUMN)
#undef QF_COLUMN
#define QF_COLUMN(name)                                                                            \
    if (memcmp(a->view.name, b->view.name, a->view.n * sizeof *a->view.name) != 0) {               \
        fail_msg("%s: " #name " of views differs", what);                                          \
    }
    QF_VIEW_TABLE(QF_COLUMN, QF_COLUMN)
#undef QF_COLUMN
    for (size_t k = 0; k < QF_TRACK_VARIANCES; k++) {
        if (memcmp(a->table.variance[k], b->table.variance[k],
                   a->table.n * sizeof *a->table.variance[k]) != 0) {
            fail_msg("%s: variance %zu differs", what, k);
        }
    }
}

#endif
