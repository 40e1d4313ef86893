/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The kernels of a radar's frame, on one thread: a block of observers, each with NEAR targets in
 * range among TARGETS, as the neighbour search would hand them over. Two thirds of the pairs are detected;
 * Swerling's case 1, one pulse, in all directions.
 *
 *   radar/STEP/ISA     `chain` is all of them: pair, detect, locate, resolve, measure
 *
 * Times are per pair in range, also of the steps that work on plots only.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "gbench.h"
#include "kernels.h"
#include "philox.h"
#include "radar_resolve.h"
#include "scene.h"

enum { NEAR = 16, TARGETS = 4096, PAIRS = QF_OBSERVERS * NEAR, MOST_SETS = 8 };

typedef enum radar_step { CHAIN, HIDE, PAIR, DETECT, LOCATE, RESOLVE, MEASURE, STEPS } radar_step;
static const char *const step_names[STEPS] = {"chain",  "hide",    "pair",   "detect",
                                              "locate", "resolve", "measure"};

typedef struct frame {
    qf_radar radar;
    qf_look look;
    qf_target targets[TARGETS];
    qf_observer observer[QF_OBSERVERS];
    uint32_t near[QF_OBSERVERS][NEAR + QF_LANE_SLACK];
    qf_pairs pairs[PAIRS / QF_PAIRS];
    qf_plots plots;
    size_t first[QF_OBSERVERS + 1]; /* plots of each observer */
    qf_resolve_scratch scratch;
    uint32_t list[NEAR];
} frame;

/* number i of a series, in [0, 1) */
static double uniform(uint32_t i, uint32_t series)
{
    const qf_philox_block block = qf_philox((qf_philox_block){{i, series, 0, 0}}, 1);
    return (double)block.word[0] * 0x1p-32;
}

static void *room(size_t bytes)
{
    void *memory = aligned_alloc(64, (bytes + 63) / 64 * 64);
    if (!memory) {
        abort();
    }
    return memory;
}

static void fill_targets(qf_target *targets)
{
    for (uint32_t i = 0; i < TARGETS; i++) {
        targets[i] = (qf_target){.rcs_m2 = 1.0f, .key = i | UINT32_C(1) << 24};
        for (uint32_t c = 0; c < 3; c++) {
            targets[i].position_m[c] = 2000.0 * uniform(i, c);
            targets[i].velocity_mps[c] = 40.0 * uniform(i, 3 + c) - 20.0;
        }
    }
}

static void fill_plots(qf_plots *p)
{
    const size_t bytes = (PAIRS + QF_LANE_SLACK) * sizeof(float);
    p->capacity = PAIRS;
    float **const floats[] = {&p->east_m,      &p->north_m,       &p->up_m,     &p->vr_mps,
                              &p->signal,      &p->power,         &p->widening, &p->range_m,
                              &p->bearing_deg, &p->elevation_deg, &p->snr_db,   &p->rcs_dbsm};
    uint32_t **const words[] = {&p->target, &p->key, &p->observer, &p->world, &p->vehicle};
    for (size_t k = 0; k < sizeof floats / sizeof *floats; k++) {
        *floats[k] = room(bytes);
    }
    for (size_t k = 0; k < sizeof words / sizeof *words; k++) {
        *words[k] = room(bytes);
    }
}

static const qf_radar bench_radar = {
    .range_max_m = 1e5f,
    .range_end_m = 1e5f,
    .speed_max_mps = INFINITY,
    .range_span_m = INFINITY,
    .speed_span_mps = INFINITY,
    .looks_everywhere = true,
    .azimuth_width_deg = 360.0f,
    .sin_elevation_min = -1.0f,
    .sin_elevation_max = 1.0f,
    .echo_m2 = 1.28e14f, /* two thirds of the pairs are detected */
    .pulses = 1,
    .threshold = 13.8155f,
    .range_m = {30.0f, 10.0f, 1.0f},
    .azimuth_deg = {1.0f, 0.5f, 0.1f},
    .elevation_deg = {1.0f, 0.5f, 0.1f},
    .speed_mps = {1.0f, 0.5f, 0.1f},
    .merges = true,
    .range_cell_m = 30.0f,
    .azimuth_cell_deg = 2.0f,
    .elevation_cell_deg = 2.0f,
    .speed_cell_mps = 1.0f,
    .capacity = 1000,
};

/* made once, and kept until the program ends */
static frame *get_frame(void)
{
    static frame *f;
    if (f) {
        return f;
    }
    f = room(sizeof *f);
    *f = (frame){.radar = bench_radar, .look = {.seed = 42, .tick = 10}};
    fill_targets(f->targets);
    fill_plots(&f->plots);
    f->scratch = (qf_resolve_scratch){
        .order = {room(NEAR * sizeof(uint64_t)), room(NEAR * sizeof(uint64_t))},
        .first = room(NEAR * sizeof(uint32_t)),
        .cell = room(NEAR * sizeof(int32_t[4])),
        .table = room(qf_resolve_table_size(NEAR) * sizeof(uint32_t)),
    };
    for (uint32_t o = 0; o < QF_OBSERVERS; o++) {
        f->observer[o] = (qf_observer){.number = o, .rank = o, .vehicle = o};
        for (int axis = 0; axis < 3; axis++) {
            f->observer[o].position_m[axis] = f->targets[o].position_m[axis];
            f->observer[o].velocity_mps[axis] = f->targets[o].velocity_mps[axis];
        }
        /* runs of neighbours, as rows of cells give them */
        for (uint32_t k = 0; k < NEAR; k++) {
            f->near[o][k] = (o * 7 + k / 4 * 512 + k % 4 + 1) % TARGETS;
        }
    }
    return f;
}

static void pair_all(frame *f, const qf_kernels *k)
{
    for (size_t b = 0; b < PAIRS / QF_PAIRS; b++) {
        f->pairs[b].n = 0;
        for (size_t o = 0; o < QF_PAIRS / NEAR; o++) {
            const size_t at = b * (QF_PAIRS / NEAR) + o;
            k->pair(f->targets, &f->observer[at], f->near[at], NEAR, false, &f->pairs[b]);
        }
    }
}

static void detect_all(frame *f, const qf_kernels *k)
{
    f->plots.n = 0;
    for (size_t b = 0; b < PAIRS / QF_PAIRS; b++) {
        k->detect(&f->radar, &f->look, &f->pairs[b], &f->plots);
    }
}

static size_t resolve_all(frame *f)
{
    size_t kept = 0;
    size_t end = 0;
    for (uint32_t o = 0; o < QF_OBSERVERS; o++) {
        const size_t begin = end;
        while (end < f->plots.n && f->plots.observer[end] == o) {
            end++;
        }
        kept += qf_radar_resolve(&f->radar, &f->plots, begin, end, 0, 0, &f->scratch, f->list)
                    .detections;
    }
    return kept;
}

static void hide_all(frame *f, const qf_kernels *k)
{
    const qf_sphere far = {{1e7, 0.0, 0.0}, 1e3};
    for (size_t o = 0; o < QF_OBSERVERS; o++) {
        k->hide(f->targets, &f->observer[o], &far, f->near[o], NEAR);
    }
}

static void step(frame *f, const qf_kernels *k, radar_step s)
{
    if (s == HIDE) {
        hide_all(f, k);
    }
    if (s == PAIR || s == CHAIN) {
        pair_all(f, k);
    }
    if (s == DETECT || s == CHAIN) {
        f->look.tick++;
        detect_all(f, k);
    }
    if (s == LOCATE || s == CHAIN) {
        k->locate(&f->plots, 0, f->plots.n);
    }
    if (s == RESOLVE || s == CHAIN) {
        resolve_all(f);
    }
    if (s == MEASURE || s == CHAIN) {
        k->measure(&f->radar, &f->look, &f->plots, 0, f->plots.n);
    }
}

typedef struct radar_case {
    const qf_kernels *kernels;
    radar_step step;
} radar_case;

static void run_step(gbench_state *state, const void *user)
{
    const radar_case *c = user;
    frame *f = get_frame();
    step(f, c->kernels, CHAIN); /* warm up, and plots for the steps that take them */
    double pairs = 0.0;
    double plots = 0.0;
    while (gbench_next(state)) {
        step(f, c->kernels, c->step);
        pairs += PAIRS;
        plots += (double)f->plots.n;
    }
    gbench_counter_ns_per(state, "ns_per_pair", pairs);
    gbench_counter(state, "detected_share", plots / pairs);
}

void bench_radar_register(void)
{
    static radar_case cases[STEPS * MOST_SETS];
    size_t n_cases = 0;
    for (radar_step s = 0; s < STEPS; s++) {
        for (size_t i = 0; i < MOST_SETS && qf_isa_names[i]; i++) {
            const qf_kernels *kernels = qf_kernels_for(qf_isa_names[i]);
            if (kernels) {
                radar_case *c = &cases[n_cases++];
                *c = (radar_case){kernels, s};
                char name[64];
                snprintf(name, sizeof name, "radar/%s/%s", step_names[s], kernels->isa);
                gbench_register(name, run_step, c, GBENCH_US);
            }
        }
    }
}
