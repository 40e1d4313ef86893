/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Steps of the robust and the Kalman tracker over a full table, all of whose tracks are detected:
 *
 *   filter/STEP/ISA/SLOTS   predict, gain, update (of alpha-beta), kalman_predict, kalman_update
 *
 * 512 slots of alpha-beta are 20 columns of the table and 17 beside it, 74 kB: from the second cache. Compiled once per
 * instruction set, because steps are no kernels of the set's table.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench_track_filter.h"
#include "gbench.h"
#include "track_filter.h"

enum { SLOTS = QF_TRACK_MOST_SLOTS };

typedef struct step_case {
    const char *name;
    qf_track_mode mode;
    void (*step)(qf_filter *f);
} step_case;

static const step_case steps[] = {
    {"predict", QF_TRACK_ROBUST, QF_KERNEL(qf_filter_predict_alpha_beta)},
    {"gain", QF_TRACK_ROBUST, QF_KERNEL(qf_filter_gain_alpha_beta)},
    {"update", QF_TRACK_ROBUST, QF_KERNEL(qf_filter_update_alpha_beta)},
    {"kalman_predict", QF_TRACK_KALMAN, QF_KERNEL(qf_filter_predict_kalman)},
    {"kalman_update", QF_TRACK_KALMAN, QF_KERNEL(qf_filter_update_kalman)},
};

static qf_real *room(size_t columns)
{
    const size_t bytes = columns * SLOTS * sizeof(qf_real);
    qf_real *memory = aligned_alloc(64, bytes);
    if (!memory) {
        abort();
    }
    return memset(memory, 0, bytes);
}

/* Everybody is where he is predicted, so that nothing drifts however often a step is repeated. */
static void fill(qf_filter *f, qf_track_table *t, qf_track_mode mode)
{
    static const size_t diagonal[] = {0, 2, 5, 9, 14, 20};
    static const size_t own[] = {0, 2, 3, 5};
    for (size_t i = 0; i < SLOTS; i++) {
        for (size_t k = 0; k < (mode == QF_TRACK_KALMAN ? 6 : 4); k++) {
            t->variance[mode == QF_TRACK_KALMAN ? diagonal[k] : own[k]][i] = 10.0f;
        }
        t->north_m[i] = 1000.0f + (float)i;
        qf_filter_measured(f, QF_FILTER_NORTH)[i] = t->north_m[i];
        qf_filter_measured(f, QF_FILTER_TOWARD_NORTH)[i] = 1.0f;
        qf_filter_measured(f, QF_FILTER_CROSS_SD)[i] = 3.0f;
        f->since_s[i] = 1.0f;
        f->hit[i] = 1;
    }
}

static void run_step(gbench_state *state, const void *user)
{
    const step_case *c = user;
    const qf_tracker tracker = {
        .mode = c->mode,
        .range_sd_m = 5.0f,
        .angle_sd_rad = 3e-3f,
        .speed_sd_mps = 0.5f,
        .acceleration_sd_mps2 = 1e-3f, /* variances stay in range while steps are repeated */
        .gate2 = 18.5f,
    };
    const qf_track_frame frame = {.elapsed_s = 1e-3f};
    qf_real *memory = room(8 + QF_TRACK_VARIANCES + QF_FILTER_MEASURED + QF_FILTER_GAINS);
    qf_track_table table = {.n = SLOTS, .capacity = SLOTS};
    qf_real *at = memory;
    qf_real **const states[] = {&table.east_m,   &table.north_m,   &table.up_m,
                                &table.east_mps, &table.north_mps, &table.up_mps};
    for (size_t k = 0; k < sizeof states / sizeof *states; k++, at += SLOTS) {
        *states[k] = at;
    }
    for (size_t k = 0; k < QF_TRACK_VARIANCES; k++, at += SLOTS) {
        table.variance[k] = at;
    }
    uint32_t *hit = malloc(SLOTS * sizeof *hit);
    if (!hit) {
        abort();
    }
    qf_filter f = {
        .tracker = &tracker,
        .frame = &frame,
        .table = &table,
        .lanes = SLOTS,
        .range2_m2 = 25.0f,
        .angle2_rad2 = 9e-6f,
        .speed2_m2s2 = 0.25f,
        .reach2 = at,
        .since_s = at + SLOTS,
        .measured = at + 2 * SLOTS,
        .gains = at + (2 + QF_FILTER_MEASURED) * SLOTS,
        .hit = hit,
    };
    fill(&f, &table, c->mode);
    if (c->mode == QF_TRACK_ROBUST) {
        QF_KERNEL(qf_filter_gain_alpha_beta)(&f);
    }
    double tracks = 0.0;
    while (gbench_next(state)) {
        c->step(&f);
        tracks += SLOTS;
    }
    gbench_counter_ns_per(state, "ns_per_track", tracks);
    free(hit);
    free(memory);
}

#define TEXT_(x) #x
#define TEXT(x)  TEXT_(x)

void QF_KERNEL(bench_track_filter_register)(void)
{
    for (size_t k = 0; k < sizeof steps / sizeof *steps; k++) {
        char name[64];
        snprintf(name, sizeof name, "filter/%s/%s/%d", steps[k].name, TEXT(QF_ISA), SLOTS);
        gbench_register(name, run_step, &steps[k], GBENCH_NS);
    }
}
