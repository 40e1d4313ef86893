/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_ALLOCATE_LANES_H
#define QF_ALLOCATE_LANES_H

#include "allocator.h"
#include "kernels.h"
#include "lanes.h"
#include "lanes_convert.h"

/*
 * What allocate.c and allocate_step.c share: sixteen lanes with a vehicle each, and sums of six products. Names are
 * short, because these two files only include it.
 */
enum { LANES = 16 };

#define EPSILON 1e-4f
#define NEVER   1e30f

typedef float lane_row[LANES] __attribute__((aligned(64)));

/* lanes and the vehicles in them */
typedef struct vehicles {
    lane_row wanted[QF_WRENCH];
    lane_row price[QF_WRENCH];
    lane_row settled[QF_WRENCH]; /* l0 */
    lane_row gradient[QF_WRENCH];
    lane_row before[QF_WRENCH]; /* what was missing when l0 last changed */
    lane_row size;              /* of the wanted wrench, at least 1 */
    lane_row step[QF_WRENCH];
    lane_row bound[QF_THRUSTERS_MOST];
    lane_row drive[QF_THRUSTERS_MOST]; /* (a . l - c) / soft: the share, before it is clamped */
    lane_row rise[QF_THRUSTERS_MOST];  /* by a whole step */
    lane_row share[QF_THRUSTERS_MOST];
    lane_row until[QF_THRUSTERS_MOST]; /* part of a step after which the thruster opens or closes */
    lane_row jump[QF_THRUSTERS_MOST];  /* what its doing so takes off the slope in all */
    lane_row curvature[QF_THRUSTERS_MOST]; /* and at which rate, meanwhile */
    qf_mask32x16 between[QF_THRUSTERS_MOST];
    lane_row missing; /* squared */
    float norm[LANES];
    float scale[LANES];
    size_t vehicle[LANES];
    int iterations[LANES];
    int shifts[LANES]; /* of l0 */
    uint32_t busy;     /* lanes with a vehicle */
} vehicles;

typedef qf_f32x16 V;

#define ADD         qf_f32x16_add
#define SUB         qf_f32x16_sub
#define MUL         qf_f32x16_mul
#define SET(x)      qf_f32x16_set1(x)
#define LOAD(row)   qf_f32x16_load_aligned(row)
#define SAVE(to, v) qf_f32x16_store_aligned(to, v)
#define KEEP(m, v)  qf_f32x16_select(m, v, qf_f32x16_set1(0.0f))

/* by named parts: gcc 12 keeps no array of lanes in registers */
typedef struct six {
    V v0, v1, v2, v3, v4, v5;
} six;

QF_LANES six load_six(lane_row *row)
{
    return (six){LOAD(row[0]), LOAD(row[1]), LOAD(row[2]),
                 LOAD(row[3]), LOAD(row[4]), LOAD(row[5])};
}

QF_LANES void save_six(lane_row *row, six v)
{
    SAVE(row[0], v.v0);
    SAVE(row[1], v.v1);
    SAVE(row[2], v.v2);
    SAVE(row[3], v.v3);
    SAVE(row[4], v.v4);
    SAVE(row[5], v.v5);
}

QF_LANES V dot(const float *a, const six *v)
{
    return ADD(ADD(ADD(MUL(SET(a[0]), v->v0), MUL(SET(a[1]), v->v1)),
                   ADD(MUL(SET(a[2]), v->v2), MUL(SET(a[3]), v->v3))),
               ADD(MUL(SET(a[4]), v->v4), MUL(SET(a[5]), v->v5)));
}

QF_LANES V dot_six(const six *a, const six *b)
{
    return ADD(
        ADD(ADD(MUL(a->v0, b->v0), MUL(a->v1, b->v1)), ADD(MUL(a->v2, b->v2), MUL(a->v3, b->v3))),
        ADD(MUL(a->v4, b->v4), MUL(a->v5, b->v5)));
}

QF_LANES V beyond(V residual, V price, V settled, V epsilon)
{
    return SUB(residual, MUL(epsilon, SUB(price, settled)));
}

QF_LANES six select_six(qf_mask32x16 where, const six *a, const six *b)
{
    return (six){
        qf_f32x16_select(where, a->v0, b->v0), qf_f32x16_select(where, a->v1, b->v1),
        qf_f32x16_select(where, a->v2, b->v2), qf_f32x16_select(where, a->v3, b->v3),
        qf_f32x16_select(where, a->v4, b->v4), qf_f32x16_select(where, a->v5, b->v5),
    };
}

/*
 * Takes a Newton step in lanes `lanes`, along which `gradient` vanishes, as far as the dual grows. Returns those of
 * them that took it whole, and past no turn.
 */
uint32_t QF_KERNEL(qf_allocate_step)(const qf_allocator *allocator, vehicles *pool, uint32_t lanes);

#endif
