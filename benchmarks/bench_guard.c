/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Guard rules on tracks, observer after observer, as a frame does it. A third of the tracks are within a
 * rule's range, and one of twenty moves over its end from frame to frame.
 *
 *   guard/ISA/SLOTS/RULES
 *
 * 256 observers, whose 16 slots and 3 rules take a third of a megabyte.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gbench.h"
#include "kernels.h"
#include "philox.h"
#include "scene.h"

enum { OBSERVERS = 256, MOST_CASES = 24 };

typedef struct guard_case {
    const qf_kernels *kernels;
    size_t slots, rules;
} guard_case;

typedef struct observer {
    qf_track_table table;
    qf_track_view view;
} observer;

/* zeroed; the end of the program frees it */
static void *room(size_t bytes)
{
    void *memory = aligned_alloc(64, (bytes + 63) / 64 * 64);
    if (!memory) {
        abort();
    }
    return memset(memory, 0, bytes);
}

static double uniform(uint32_t i, uint32_t series)
{
    return (double)qf_philox((qf_philox_block){{i, series, 0, 0}}, 1).word[0] * 0x1p-32;
}

static void fill(observer *o, uint32_t number, size_t slots, size_t rules)
{
    qf_real **const reals[] = {&o->view.range_m, &o->view.quality, &o->view.vr_mps};
    uint32_t **const words[] = {&o->view.status, &o->view.iff, &o->view.mode, &o->table.on};
    o->table.n = o->table.capacity = o->view.n = o->view.capacity = slots;
    o->table.guard_unset = QF_GUARD_UNSET;
    for (size_t k = 0; k < sizeof reals / sizeof *reals; k++) {
        *reals[k] = room(slots * sizeof(qf_real));
    }
    for (size_t k = 0; k < sizeof words / sizeof *words; k++) {
        *words[k] = room(slots * sizeof(uint32_t));
    }
    for (uint32_t i = 0; i < slots; i++) {
        const uint32_t at = number * QF_TRACK_MOST_SLOTS + i;
        o->view.range_m[i] = (qf_real)(210.0 * uniform(at, 0));
        o->view.quality[i] = (qf_real)uniform(at, 1);
        o->view.status[i] = uniform(at, 2) < 0.9 ? QF_TRACK_TRACKED : QF_TRACK_NEW;
        o->view.iff[i] = 3;
        o->view.mode[i] = (uint32_t)(4.0 * uniform(at, 3));
        o->table.on[i] = uniform(at, 4) < 0.5;
    }
    for (size_t r = 0; r < rules; r++) {
        uint32_t **const columns[] = {&o->table.guard[r].first, &o->table.guard[r].last,
                                      &o->table.guard[r].fired, &o->table.guard[r].active};
        for (size_t c = 0; c < sizeof columns / sizeof *columns; c++) {
            *columns[c] = room(slots * sizeof(uint32_t));
            for (size_t i = 0; i < slots; i++) {
                (*columns[c])[i] = c < 3 ? QF_GUARD_UNSET : 0;
            }
        }
    }
}

static void release(observer *o, size_t rules)
{
    void *const columns[] = {o->view.range_m, o->view.quality, o->view.vr_mps, o->view.status,
                             o->view.iff,     o->view.mode,    o->table.on};
    for (size_t k = 0; k < sizeof columns / sizeof *columns; k++) {
        free(columns[k]);
    }
    for (size_t r = 0; r < rules; r++) {
        free(o->table.guard[r].first);
        free(o->table.guard[r].last);
        free(o->table.guard[r].fired);
        free(o->table.guard[r].active);
    }
}

/* one of twenty goes in or out */
static void move(observer *o, uint32_t frame)
{
    for (size_t i = frame % 20; i < o->table.n; i += 20) {
        o->view.range_m[i] = o->view.range_m[i] < 70 ? 150 : 50;
    }
}

static void run_guard(gbench_state *state, const void *user)
{
    const guard_case *c = user;
    qf_guard_rule rules[QF_GUARD_MOST_RULES];
    for (size_t r = 0; r < c->rules; r++) {
        rules[r] = (qf_guard_rule){.severity = (uint8_t)(r % 3),
                                   .max_range_m = 70,
                                   .hysteresis_m = 5,
                                   .min_quality = QF_REAL(0.1),
                                   .max_speed_mps = QF_REAL_INFINITY,
                                   .iff_bits = 0xF,
                                   .mode_bits = 0xF,
                                   .on_bits = 3,
                                   .pending_ticks = r % 2 ? 30 : 0,
                                   .gap_ticks = r % 2 ? 30 : -1,
                                   .cooldown_ticks = 600};
    }
    const qf_guard_set set = {.n_rules = c->rules, .rules = rules, .forget_ticks = 3000};
    qf_guard_edges edges = {.edges = room(c->rules * c->slots * sizeof *edges.edges)};
    observer *observers = room(OBSERVERS * sizeof *observers);
    for (uint32_t o = 0; o < OBSERVERS; o++) {
        fill(&observers[o], o, c->slots, c->rules);
    }
    double keys = 0.0;
    double n_edges = 0.0;
    uint32_t frame = 0;
    while (gbench_next(state)) {
        gbench_pause(state);
        frame++;
        for (size_t o = 0; o < OBSERVERS; o++) {
            move(&observers[o], frame);
        }
        gbench_resume(state);
        for (size_t o = 0; o < OBSERVERS; o++) {
            c->kernels->guard(&set, frame % QF_GUARD_UNSET, &observers[o].view, &observers[o].table,
                              &edges);
            n_edges += (double)edges.n;
        }
        keys += (double)(OBSERVERS * c->slots * c->rules);
    }
    gbench_counter_ns_per(state, "ns_per_track_rule", keys);
    gbench_counter(state, "edges_share", n_edges / keys);
    for (size_t o = 0; o < OBSERVERS; o++) {
        release(&observers[o], c->rules);
    }
    free(observers);
    free(edges.edges);
}

void bench_guard_register(void)
{
    static const size_t sizes[][2] = {{16, 3}, {32, 3}, {200, 3}, {32, 32}};
    static guard_case cases[MOST_CASES];
    size_t n = 0;
    for (const char *const *isa = qf_isa_names; *isa; isa++) {
        const qf_kernels *kernels = qf_kernels_for(*isa);
        for (size_t k = 0; kernels && k < sizeof sizes / sizeof *sizes && n < MOST_CASES; k++) {
            guard_case *c = &cases[n++];
            *c = (guard_case){kernels, (sizes[k][0] + 15) / 16 * 16, sizes[k][1]};
            char name[64];
            snprintf(name, sizeof name, "guard/%s/%zu/%zu", kernels->isa, c->slots, c->rules);
            gbench_register(name, run_guard, c, GBENCH_US);
        }
    }
}
