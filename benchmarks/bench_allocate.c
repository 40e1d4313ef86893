/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Allocation of thrust for a block of vehicles with the reference's sixteen thrusters:
 *
 *   allocate/WANTED/ISA   wrenches at random, as weighted norms: `small` up to a tenth of what one axis gives, `any` up to
 *                         three times that (28 % of them out of reach), `outside` three times that, `failed` as `any`
 *                         with two thrusters that give nothing
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "gbench.h"
#include "kernels.h"
#include "philox.h"
#include "scene.h"

enum { THRUSTERS = 16 };

typedef struct allocate_case {
    const char *name;
    double least, most; /* of the norm, in powers of ten */
    int failed;
} allocate_case;

static const allocate_case cases[] = {
    {"small", -3.0, -1.0, 0},
    {"any", -3.0, 0.5, 0},
    {"outside", 0.5, 0.5, 0},
    {"failed", -3.0, 0.5, 2},
};

typedef struct allocate_run {
    const allocate_case *of;
    const char *isa;
} allocate_run;

static allocate_run runs[16];

/* configs/hardware/thrusters.json: four corners of two rings */
static void place(double position_m[THRUSTERS][3], double force_n[THRUSTERS][3])
{
    for (int t = 0; t < THRUSTERS; t++) {
        const double a = t % 2 ? -1.0 : 1.0;
        const double b = t / 2 % 2 ? -1.0 : 1.0;
        const double c = t / 4 % 2 ? -1.0 : 1.0;
        const double low[2][3] = {{0.85 * c, 0.85 * a, 0.4 * b},
                                  {-260 * 0.7071 * c, 260 * 0.7071 * a, 0.0}};
        const double high[2][3] = {{0.4 * a, 0.85 * b, 0.85 * c},
                                   {0.0, -220 * 0.7071 * b, -220 * 0.7071 * c}};
        memcpy(position_m[t], t < 8 ? low[0] : high[0], sizeof low[0]);
        memcpy(force_n[t], t < 8 ? low[1] : high[1], sizeof low[1]);
    }
}

static double draw(uint32_t vehicle, uint32_t number)
{
    return (double)qf_philox((qf_philox_block){{vehicle, number, 0, 0}}, 9).word[0] * 0x1p-32;
}

static void fill(const allocate_case *c, const qf_allocator *allocator, qf_allocation *work)
{
    work->n = QF_BLOCK_VEHICLES;
    work->bounded = c->failed > 0;
    for (uint32_t k = 0; k < work->n; k++) {
        double w[QF_WRENCH];
        double square = 0.0;
        for (uint32_t d = 0; d < QF_WRENCH; d++) {
            w[d] = draw(k, d) + draw(k, 10 + d) + draw(k, 20 + d) - 1.5;
            square += w[d] * w[d];
        }
        const double size = pow(10.0, c->least + (c->most - c->least) * draw(k, 30)) / sqrt(square);
        for (int d = 0; d < QF_WRENCH; d++) { /* column norms are set to a quarter on average */
            work->wanted[d][k] = (float)(w[d] * size);
        }
        for (uint32_t t = 0; t < allocator->n_thrusters; t++) {
            work->bound[t][k] = 1.0f;
        }
        for (uint32_t f = 0; f < (uint32_t)c->failed; f++) {
            work->bound[(int)(draw(k, 40 + f) * THRUSTERS)][k] = 0.0f;
        }
    }
}

static void run(gbench_state *state, const void *user)
{
    static qf_allocator allocator;
    static qf_allocation work;
    const allocate_run *r = user;
    const qf_kernels *kernels = qf_kernels_for(r->isa);
    double position_m[THRUSTERS][3];
    double force_n[THRUSTERS][3];
    place(position_m, force_n);
    qf_allocator_prepare((const double(*)[3])position_m, (const double(*)[3])force_n, THRUSTERS,
                         kernels->allocate, &work, &allocator);
    fill(r->of, &allocator, &work);
    double vehicles = 0.0;
    while (gbench_next(state)) {
        kernels->allocate(&allocator, &work);
        vehicles += (double)work.n;
    }
    double outside = 0.0;
    for (size_t k = 0; k < work.n; k++) {
        outside += work.missing[k] > 0.01f;
    }
    gbench_counter_ns_per(state, "ns_per_vehicle", vehicles);
    gbench_counter(state, "share_outside", outside / (double)work.n);
}

void bench_allocate_register(void)
{
    size_t n = 0;
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        for (const char *const *isa = qf_isa_names; *isa; isa++) {
            if (qf_kernels_for(*isa)) {
                char name[64];
                snprintf(name, sizeof name, "allocate/%s/%s", cases[c].name, *isa);
                runs[n] = (allocate_run){&cases[c], *isa};
                gbench_register(name, run, &runs[n++], GBENCH_US);
            }
        }
    }
}
