/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A step of Newton's method for sixteen vehicles (allocate.c has the equations): its direction J^-1 g, by J = L D L', and
 * how much of it to take. Per step 90 operations for each thruster, and 160 besides. Guarded by
 * tests/test_allocator.c.
 */
#include "allocate_lanes.h"

enum { ROUNDS = 4 };

#define TOGETHER 1.01f

/* five or six sums of products over thrusters between their bounds, from pair `first` on */
QF_LANES void sum_pairs(const qf_allocator *allocator, const vehicles *pool, int first,
                        const bool sixth, V *sum)
{
    V s0 = SET(0.0f), s1 = s0, s2 = s0, s3 = s0, s4 = s0, s5 = s0;
    for (size_t t = 0; t < allocator->n_thrusters; t++) {
        const qf_mask32x16 m = pool->between[t];
        const float *p = allocator->pairs[t] + first;
        s0 = ADD(s0, KEEP(m, SET(p[0])));
        s1 = ADD(s1, KEEP(m, SET(p[1])));
        s2 = ADD(s2, KEEP(m, SET(p[2])));
        s3 = ADD(s3, KEEP(m, SET(p[3])));
        s4 = ADD(s4, KEEP(m, SET(p[4])));
        if (sixth) {
            s5 = ADD(s5, KEEP(m, SET(p[5])));
        }
    }
    sum[first] = s0;
    sum[first + 1] = s1;
    sum[first + 2] = s2;
    sum[first + 3] = s3;
    sum[first + 4] = s4;
    if (sixth) {
        sum[first + 5] = s5;
    }
}

/* J step = gradient, by J = L D L' */
static six direction(const qf_allocator *allocator, vehicles *pool)
{
    V j[QF_WRENCH_PAIRS];
    sum_pairs(allocator, pool, 0, true, j);
    sum_pairs(allocator, pool, 6, false, j);
    sum_pairs(allocator, pool, 11, false, j);
    sum_pairs(allocator, pool, 16, false, j);
    const V epsilon = MUL(SET(EPSILON), LOAD(pool->size));
    six x = load_six(pool->gradient);
    V j00 = j[0], j10 = j[1], j11 = j[2], j20 = j[3], j21 = j[4], j22 = j[5], j30 = j[6];
    V j31 = j[7], j32 = j[8], j33 = j[9], j40 = j[10], j41 = j[11], j42 = j[12], j43 = j[13];
    V j44 = j[14], j50 = j[15], j51 = j[16], j52 = j[17], j53 = j[18], j54 = j[19], j55 = j[20];
/* row r of column c of L, and what it takes off the right side and off row r of the columns k after c */
#define PIVOT(c) const V d##c = qf_f32x16_div(SET(1.0f), ADD(j##c##c, epsilon))
#define ROW(r, c)                                                                                  \
    const V l##r##c = MUL(j##r##c, d##c);                                                          \
    x.v##r = SUB(x.v##r, MUL(l##r##c, x.v##c))
#define TAKE(r, k, c) j##r##k = SUB(j##r##k, MUL(l##r##c, j##k##c))
#define BACK(c, r)    x.v##c = SUB(x.v##c, MUL(l##r##c, x.v##r))
    PIVOT(0);
    ROW(1, 0);
    TAKE(1, 1, 0);
    ROW(2, 0);
    TAKE(2, 1, 0), TAKE(2, 2, 0);
    ROW(3, 0);
    TAKE(3, 1, 0), TAKE(3, 2, 0), TAKE(3, 3, 0);
    ROW(4, 0);
    TAKE(4, 1, 0), TAKE(4, 2, 0), TAKE(4, 3, 0), TAKE(4, 4, 0);
    ROW(5, 0);
    TAKE(5, 1, 0), TAKE(5, 2, 0), TAKE(5, 3, 0), TAKE(5, 4, 0), TAKE(5, 5, 0);
    PIVOT(1);
    ROW(2, 1);
    TAKE(2, 2, 1);
    ROW(3, 1);
    TAKE(3, 2, 1), TAKE(3, 3, 1);
    ROW(4, 1);
    TAKE(4, 2, 1), TAKE(4, 3, 1), TAKE(4, 4, 1);
    ROW(5, 1);
    TAKE(5, 2, 1), TAKE(5, 3, 1), TAKE(5, 4, 1), TAKE(5, 5, 1);
    PIVOT(2);
    ROW(3, 2);
    TAKE(3, 3, 2);
    ROW(4, 2);
    TAKE(4, 3, 2), TAKE(4, 4, 2);
    ROW(5, 2);
    TAKE(5, 3, 2), TAKE(5, 4, 2), TAKE(5, 5, 2);
    PIVOT(3);
    ROW(4, 3);
    TAKE(4, 4, 3);
    ROW(5, 3);
    TAKE(5, 4, 3), TAKE(5, 5, 3);
    PIVOT(4);
    ROW(5, 4);
    TAKE(5, 5, 4);
    PIVOT(5);
    x = (six){MUL(x.v0, d0), MUL(x.v1, d1), MUL(x.v2, d2),
              MUL(x.v3, d3), MUL(x.v4, d4), MUL(x.v5, d5)};
    BACK(4, 5);
    BACK(3, 5), BACK(3, 4);
    BACK(2, 5), BACK(2, 4), BACK(2, 3);
    BACK(1, 5), BACK(1, 4), BACK(1, 3), BACK(1, 2);
    BACK(0, 5), BACK(0, 4), BACK(0, 3), BACK(0, 2), BACK(0, 1);
#undef PIVOT
#undef ROW
#undef TAKE
#undef BACK
    return x;
}

/* when thrusters open or close along the step, and what that does to the slope; returns when the first does */
static V find_turns(const qf_allocator *allocator, const six *step, vehicles *pool)
{
    const V none = SET(0.0f);
    const V never = SET(NEVER);
    V first = never;
    for (size_t t = 0; t < allocator->n_thrusters; t++) {
        const V rise = dot(allocator->steep[t], step);
        const V drive = LOAD(pool->drive[t]);
        SAVE(pool->rise[t], rise);
        const V bound = LOAD(pool->bound[t]);
        const V above = SUB(drive, bound);
        const qf_mask32x16 up = qf_f32x16_gt(rise, none);
        /* below 0 and rising, or above the bound and falling: both signs differ */
        const V distance = qf_f32x16_select(up, drive, above);
        const V until = qf_f32x16_neg(qf_f32x16_div(distance, rise));
        const qf_mask32x16 turns =
            qf_mask32x16_and(qf_f32x16_ge(until, none), qf_f32x16_gt(bound, none));
        const V pull = MUL(qf_f32x16_abs(rise), SET(allocator->soft[t]));
        const V when = qf_f32x16_select(turns, until, never);
        first = qf_f32x16_min(when, first);
        SAVE(pool->until[t], when);
        SAVE(pool->jump[t], MUL(pull, bound));
        SAVE(pool->curvature[t], MUL(pull, qf_f32x16_abs(rise)));
    }
    return first;
}

/*
 * How much of the step to take: until the slope, which is 1 - part of itself, has been used up by turns. Those that
 * come together, but for rounding, count as one. The step ends on the ramp of a turn, and no later than at the next one.
 */
static V part_of(const qf_allocator *allocator, const six *step, V when, vehicles *pool)
{
    const size_t n = allocator->n_thrusters;
    const six g = load_six(pool->gradient);
    const V one = SET(1.0f);
    const V none = SET(0.0f);
    const V together = SET(TOGETHER);
    const V passed = qf_f32x16_of_bits(qf_u32x16_set1(UINT32_MAX)); /* no number: min() skips it */
    const V slope = dot_six(&g, step);
    V before = none; /* what turns so far have taken */
    V from = SET(-1.0f);
    V to = MUL(when, together);
    V next = when;
    V rest = none; /* of the slope at the turn that the step ends at */
    qf_mask32x16 goes = qf_mask32x16_from_bits(0xFFFF);
    for (int round = 0; round < ROUNDS; round++) {
        V taken = none;
        V later = SET(NEVER);
        for (size_t t = 0; t < n; t++) {
            const V until = LOAD(pool->until[t]);
            const qf_mask32x16 turned = qf_f32x16_le(until, to);
            taken = ADD(taken, KEEP(turned, LOAD(pool->jump[t])));
            later = qf_f32x16_min(qf_f32x16_select(turned, passed, until), later);
        }
        const V at_turn = SUB(SUB(slope, before), MUL(slope, when));
        const V jump = SUB(taken, before);
        rest = qf_f32x16_select(goes, qf_f32x16_min(at_turn, jump), rest);
        next = qf_f32x16_select(goes, later, next);
        /* an end before the turn is found below, with no slope left at it */
        goes = qf_mask32x16_and(goes, qf_f32x16_gt(at_turn, jump));
        if (round == ROUNDS - 1 || !qf_mask32x16_any(goes)) {
            break;
        }
        before = qf_f32x16_select(goes, taken, before);
        from = qf_f32x16_select(goes, to, from);
        when = qf_f32x16_select(goes, later, when);
        to = qf_f32x16_select(goes, MUL(later, together), to);
    }
    V curvature = slope;
    for (size_t t = 0; t < n; t++) {
        const V until = LOAD(pool->until[t]);
        const qf_mask32x16 turns =
            qf_mask32x16_and(qf_f32x16_gt(until, from), qf_f32x16_le(until, to));
        curvature = ADD(curvature, KEEP(turns, LOAD(pool->curvature[t])));
    }
    const V end = qf_f32x16_min(ADD(when, qf_f32x16_div(rest, curvature)), next);
    const V without = qf_f32x16_div(SUB(slope, before), slope);
    return qf_f32x16_min(qf_f32x16_select(qf_f32x16_gt(rest, none), end, without), one);
}

uint32_t QF_KERNEL(qf_allocate_step)(const qf_allocator *allocator, vehicles *pool, uint32_t lanes)
{
    const six step = direction(allocator, pool);
    const V first = find_turns(allocator, &step, pool);
    const V part = part_of(allocator, &step, first, pool);
    const uint32_t straight = qf_mask32x16_bits(qf_f32x16_gt(first, SET(TOGETHER)));
    const qf_mask32x16 moves = qf_mask32x16_from_bits(lanes);
    const six l = load_six(pool->price);
    const six to = {
        ADD(l.v0, MUL(part, step.v0)), ADD(l.v1, MUL(part, step.v1)), ADD(l.v2, MUL(part, step.v2)),
        ADD(l.v3, MUL(part, step.v3)), ADD(l.v4, MUL(part, step.v4)), ADD(l.v5, MUL(part, step.v5)),
    };
    save_six(pool->price, select_six(moves, &to, &l));
    return straight & lanes;
}
