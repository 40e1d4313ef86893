/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Thrust allocation (allocator.h) for a list of vehicles of one group, in single precision, sixteen at a time.
 *
 * Solved is the dual of  min sum c_i (x_i + soft/2 x_i^2) + |A x - b|^2 / (2 eps):  find the prices l for which
 *   g(l) = b - A x(l) - eps (l - l0) = 0,   x_i = clamp((a_i . l - c_i) / soft_i, 0, bound_i)
 * by Newton's method, whose matrix is  J = sum over thrusters between their bounds a_i a_i' / soft_i + eps I.  g is the
 * gradient of a concave function of l, of pieces that are quadratic; along each direction the step goes on past
 * thrusters that open or close (their contribution is a ramp as steep as 1 / soft) as long as that function grows.
 * With l0, the prices that it began with or had settled on before, in place of 0, eps does not keep the wrench from
 * being met (the proximal point method); out of reach, it makes the answer the nearest wrench. A small wrench is first
 * made large, and its bounds with it: prices know no scale.
 *
 * Each of sixteen lanes holds one vehicle, and takes the next of the list when that is done: after as many iterations as
 * it takes, QF_ALLOCATOR_ITERATIONS at most. What a lane computes depends on its own vehicle only, so that neither
 * the order of the list nor what else is in it changes a bit. Per iteration of a lane 140 operations for each thruster.
 * Source: Newton's method for piecewise linear equations as in Li, Sun, Toh, "An asymptotically superlinearly convergent
 * semismooth Newton augmented Lagrangian method for linear programming", SIAM J. Optim. 30, 2020; the line search is the
 * bound flipping ratio test of the dual simplex method. Guarded by tests/test_allocator.c.
 */
#include "allocator.h"
#include "kernels.h"
#include "lanes.h"

enum { LANES = 16, SHIFTS = 2, ROUNDS = 4 };

#define EPSILON   1e-4f
#define TOLERANCE 3e-3f /* of the wanted wrench */
#define LARGE     0.5f  /* smaller wrenches are made so */
#define NEVER     1e30f

typedef float lane_row[LANES] __attribute__((aligned(64)));

/* lanes and the vehicles in them */
typedef struct vehicles {
    lane_row wanted[QF_WRENCH];
    lane_row price[QF_WRENCH];
    lane_row settled[QF_WRENCH]; /* l0 */
    lane_row gradient[QF_WRENCH];
    lane_row step[QF_WRENCH];
    lane_row bound[QF_THRUSTERS_MOST];
    lane_row drive[QF_THRUSTERS_MOST]; /* (a . l - c) / soft: the share, before it is clamped */
    lane_row rise[QF_THRUSTERS_MOST];  /* of that, by a whole step */
    lane_row until[QF_THRUSTERS_MOST]; /* part of a step after which the thruster opens or closes */
    qf_mask32x16 between[QF_THRUSTERS_MOST];
    lane_row near; /* squared norm of a gradient that is good enough */
    float scale[LANES];
    uint32_t vehicle[LANES];
    int iterations[LANES];
    int shifts[LANES]; /* that are left */
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

QF_LANES V beyond(V residual, V price, V settled)
{
    return SUB(residual, MUL(SET(EPSILON), SUB(price, settled)));
}

QF_LANES six select_six(qf_mask32x16 where, const six *a, const six *b)
{
    return (six){
        qf_f32x16_select(where, a->v0, b->v0), qf_f32x16_select(where, a->v1, b->v1),
        qf_f32x16_select(where, a->v2, b->v2), qf_f32x16_select(where, a->v3, b->v3),
        qf_f32x16_select(where, a->v4, b->v4), qf_f32x16_select(where, a->v5, b->v5),
    };
}

/* the start whose prices make the most of a wrench, without a thought for bounds */
static int best_start(const qf_allocator *allocator, const float b[QF_WRENCH])
{
    float most[QF_ALLOCATOR_STARTS / LANES];
    int at[QF_ALLOCATOR_STARTS / LANES];
    for (int from = 0; from < QF_ALLOCATOR_STARTS; from += LANES) {
        V worth = SET(0.0f);
        for (int k = 0; k < QF_WRENCH; k++) {
            worth = SUB(worth, MUL(SET(b[k]), qf_f32x16_load(allocator->start[k] + from)));
        }
        const int lane = qf_f32x16_argmin(worth, qf_mask32x16_from_bits(0xFFFF));
        lane_row of;
        SAVE(of, worth);
        at[from / LANES] = from + (lane < 0 ? 0 : lane);
        most[from / LANES] = of[lane < 0 ? 0 : lane];
    }
    int best = 0;
    for (int k = 1; k < QF_ALLOCATOR_STARTS / LANES; k++) {
        best = most[k] < most[best] ? k : best;
    }
    return at[best];
}

/* a vehicle takes a lane */
static void enter(const qf_allocator *allocator, const qf_allocation *allocation, uint32_t vehicle,
                  int lane, vehicles *pool)
{
    float b[QF_WRENCH];
    float square = 0.0f;
    for (int k = 0; k < QF_WRENCH; k++) {
        b[k] = allocation->wanted[k][vehicle];
        square += b[k] * b[k];
    }
    const float norm = __builtin_sqrtf(square);
    const float scale = norm < LARGE ? norm / LARGE : 1.0f;
    const float larger = 1.0f / scale;
    const int start = best_start(allocator, b);
    for (int k = 0; k < QF_WRENCH; k++) {
        pool->wanted[k][lane] = b[k] * larger;
        pool->price[k][lane] = allocator->start[k][start];
        pool->settled[k][lane] = allocator->start[k][start];
    }
    for (size_t t = 0; t < allocator->n_thrusters; t++) {
        pool->bound[t][lane] =
            allocation->bounded ? allocation->bound[t][vehicle] * larger : larger;
    }
    const float near = TOLERANCE * (norm * larger);
    pool->near[lane] = near * near;
    pool->scale[lane] = scale;
    pool->vehicle[lane] = vehicle;
    pool->iterations[lane] = 0;
    pool->shifts[lane] = SHIFTS;
    pool->busy |= UINT32_C(1) << lane;
}

/* and leaves it with what was found */
static void leave(const qf_allocator *allocator, qf_allocation *allocation, int lane,
                  vehicles *pool)
{
    const uint32_t vehicle = pool->vehicle[lane];
    const float scale = pool->scale[lane];
    for (size_t t = 0; t < allocator->n_thrusters; t++) {
        const float bound = allocation->bounded ? allocation->bound[t][vehicle] : 1.0f;
        const float share = pool->drive[t][lane] * scale;
        allocation->share[t][vehicle] = share > 0.0f ? (share < bound ? share : bound) : 0.0f;
    }
    for (int k = 0; k < QF_WRENCH; k++) {
        allocation->price[k][vehicle] = pool->price[k][lane];
    }
    pool->busy &= ~(UINT32_C(1) << lane);
}

/* shares at the present prices, and the gradient; returns the lanes that are done */
static uint32_t look(const qf_allocator *allocator, vehicles *pool)
{
    const six price = load_six(pool->price);
    const V none = SET(0.0f);
    six r = load_six(pool->wanted);
    for (size_t t = 0; t < allocator->n_thrusters; t++) {
        const float *a = allocator->column[t];
        const V bound = LOAD(pool->bound[t]);
        const V drive = SUB(dot(allocator->steep[t], &price), SET(QF_ALLOCATOR_RESERVE));
        const V share = qf_f32x16_min(qf_f32x16_max(drive, none), bound);
        SAVE(pool->drive[t], drive);
        pool->between[t] = qf_mask32x16_and(qf_f32x16_gt(drive, none), qf_f32x16_lt(drive, bound));
        r.v0 = SUB(r.v0, MUL(SET(a[0]), share));
        r.v1 = SUB(r.v1, MUL(SET(a[1]), share));
        r.v2 = SUB(r.v2, MUL(SET(a[2]), share));
        r.v3 = SUB(r.v3, MUL(SET(a[3]), share));
        r.v4 = SUB(r.v4, MUL(SET(a[4]), share));
        r.v5 = SUB(r.v5, MUL(SET(a[5]), share));
    }
    const six settled = load_six(pool->settled);
    six g = {
        beyond(r.v0, price.v0, settled.v0), beyond(r.v1, price.v1, settled.v1),
        beyond(r.v2, price.v2, settled.v2), beyond(r.v3, price.v3, settled.v3),
        beyond(r.v4, price.v4, settled.v4), beyond(r.v5, price.v5, settled.v5),
    };
    const V near = LOAD(pool->near);
    const uint32_t flat = qf_mask32x16_bits(qf_f32x16_lt(dot_six(&g, &g), near)) & pool->busy;
    const uint32_t met = qf_mask32x16_bits(qf_f32x16_lt(dot_six(&r, &r), near));
    uint32_t done = flat & met;
    uint32_t shift = 0;
    for (uint32_t left = pool->busy & ~done; left; left &= left - 1) {
        const int lane = __builtin_ctz(left);
        const uint32_t bit = UINT32_C(1) << lane;
        if (((flat & bit) && pool->shifts[lane] == 0) ||
            pool->iterations[lane] == QF_ALLOCATOR_ITERATIONS) {
            done |= bit;
        } else if (flat & bit) {
            pool->shifts[lane]--;
            shift |= bit;
        }
        pool->iterations[lane]++;
    }
    if (shift) {
        const qf_mask32x16 where = qf_mask32x16_from_bits(shift);
        g = select_six(where, &r, &g);
        save_six(pool->settled, select_six(where, &price, &settled));
    }
    save_six(pool->gradient, g);
    return done;
}

/* seven sums of products over thrusters between their bounds, from pair `first` on */
QF_LANES void sum_pairs(const qf_allocator *allocator, const vehicles *pool, int first, V *sum)
{
    V s0 = SET(0.0f), s1 = s0, s2 = s0, s3 = s0, s4 = s0, s5 = s0, s6 = s0;
    for (size_t t = 0; t < allocator->n_thrusters; t++) {
        const qf_mask32x16 m = pool->between[t];
        const float *p = allocator->pairs[t] + first;
        s0 = ADD(s0, KEEP(m, SET(p[0])));
        s1 = ADD(s1, KEEP(m, SET(p[1])));
        s2 = ADD(s2, KEEP(m, SET(p[2])));
        s3 = ADD(s3, KEEP(m, SET(p[3])));
        s4 = ADD(s4, KEEP(m, SET(p[4])));
        s5 = ADD(s5, KEEP(m, SET(p[5])));
        s6 = ADD(s6, KEEP(m, SET(p[6])));
    }
    sum[first] = s0;
    sum[first + 1] = s1;
    sum[first + 2] = s2;
    sum[first + 3] = s3;
    sum[first + 4] = s4;
    sum[first + 5] = s5;
    sum[first + 6] = s6;
}

/* J step = gradient, by J = L D L' */
static six direction(const qf_allocator *allocator, vehicles *pool)
{
    V j[QF_WRENCH_PAIRS];
    sum_pairs(allocator, pool, 0, j);
    sum_pairs(allocator, pool, 7, j);
    sum_pairs(allocator, pool, 14, j);
#define AT(row, column) j[(row) * ((row) + 1) / 2 + (column)]
    V over[QF_WRENCH]; /* 1 / D */
    V x[QF_WRENCH];
    for (int c = 0; c < QF_WRENCH; c++) {
        x[c] = LOAD(pool->gradient[c]);
    }
    for (int c = 0; c < QF_WRENCH; c++) {
        over[c] = qf_f32x16_div(SET(1.0f), ADD(AT(c, c), SET(EPSILON)));
        for (int r = c + 1; r < QF_WRENCH; r++) {
            const V l = MUL(AT(r, c), over[c]);
            for (int k = c + 1; k <= r; k++) {
                AT(r, k) = SUB(AT(r, k), MUL(l, AT(k, c)));
            }
            x[r] = SUB(x[r], MUL(l, x[c]));
        }
    }
    for (int c = QF_WRENCH - 1; c >= 0; c--) {
        for (int r = c + 1; r < QF_WRENCH; r++) {
            x[c] = SUB(x[c], MUL(AT(r, c), x[r]));
        }
        x[c] = MUL(x[c], over[c]);
    }
#undef AT
    return (six){x[0], x[1], x[2], x[3], x[4], x[5]};
}

/* when thrusters open or close along the step */
static void find_turns(const qf_allocator *allocator, const six *step, vehicles *pool)
{
    const V none = SET(0.0f);
    const V never = SET(NEVER);
    for (size_t t = 0; t < allocator->n_thrusters; t++) {
        const V rise = dot(allocator->steep[t], step);
        const V drive = LOAD(pool->drive[t]);
        const V bound = LOAD(pool->bound[t]);
        const V above = SUB(drive, bound);
        const qf_mask32x16 opens =
            qf_mask32x16_and(qf_f32x16_le(drive, none), qf_f32x16_gt(rise, none));
        const qf_mask32x16 closes =
            qf_mask32x16_and(qf_f32x16_ge(above, none), qf_f32x16_lt(rise, none));
        const qf_mask32x16 turns =
            qf_mask32x16_and(qf_mask32x16_or(opens, closes), qf_f32x16_gt(bound, none));
        const V distance = qf_f32x16_neg(qf_f32x16_select(opens, drive, above));
        SAVE(pool->rise[t], rise);
        SAVE(pool->until[t], qf_f32x16_select(turns, qf_f32x16_div(distance, rise), never));
    }
}

/* the first turns that are left: when, by how much they flatten the slope in all, and how steeply */
QF_LANES void next_turns(const qf_allocator *allocator, vehicles *pool, V *when, V *jump,
                         V *curvature)
{
    V first = SET(NEVER);
    for (size_t t = 0; t < allocator->n_thrusters; t++) {
        first = qf_f32x16_min(LOAD(pool->until[t]), first);
    }
    V j = SET(0.0f);
    V c = j;
    for (size_t t = 0; t < allocator->n_thrusters; t++) {
        const V until = LOAD(pool->until[t]);
        const qf_mask32x16 now = qf_f32x16_eq(until, first);
        const V rise = qf_f32x16_abs(LOAD(pool->rise[t]));
        const V pull = KEEP(now, MUL(rise, SET(allocator->soft[t])));
        j = ADD(j, MUL(pull, LOAD(pool->bound[t])));
        c = ADD(c, MUL(pull, rise));
        SAVE(pool->until[t], qf_f32x16_select(now, SET(NEVER), until));
    }
    *when = first;
    *jump = j;
    *curvature = c;
}

/* how much of the step to take: until the slope, 1 - part by itself, has been used up by turns */
static V part_of(const qf_allocator *allocator, const six *step, vehicles *pool)
{
    const six g = load_six(pool->gradient);
    const V one = SET(1.0f);
    const V slope = dot_six(&g, step);
    V left = slope;
    V part = one;
    qf_mask32x16 found = qf_mask32x16_from_bits(0);
    for (int round = 0; round < ROUNDS && !qf_mask32x16_all(found); round++) {
        V when;
        V jump;
        V curvature;
        next_turns(allocator, pool, &when, &jump, &curvature);
        const V at_turn = SUB(left, MUL(slope, when));
        const qf_mask32x16 before = qf_f32x16_gt(at_turn, SET(0.0f)); /* else not before it ends */
        const qf_mask32x16 ends = qf_f32x16_le(at_turn, jump);
        const V within = qf_f32x16_div(qf_f32x16_min(at_turn, jump), ADD(curvature, SET(1e-30f)));
        const V there = qf_f32x16_select(before, ADD(when, within), qf_f32x16_div(left, slope));
        const qf_mask32x16 final = qf_mask32x16_or(ends, qf_mask32x16_not(before));
        part = qf_f32x16_select(found, part, qf_f32x16_min(there, one));
        found = qf_mask32x16_or(found, final);
        left = SUB(left, jump);
    }
    return part;
}

static void move(const qf_allocator *allocator, vehicles *pool, uint32_t lanes)
{
    const six step = direction(allocator, pool);
    find_turns(allocator, &step, pool);
    const V part = part_of(allocator, &step, pool);
    const qf_mask32x16 moves = qf_mask32x16_from_bits(lanes);
    const six l = load_six(pool->price);
    const six to = {
        ADD(l.v0, MUL(part, step.v0)), ADD(l.v1, MUL(part, step.v1)), ADD(l.v2, MUL(part, step.v2)),
        ADD(l.v3, MUL(part, step.v3)), ADD(l.v4, MUL(part, step.v4)), ADD(l.v5, MUL(part, step.v5)),
    };
    save_six(pool->price, select_six(moves, &to, &l));
}

void QF_KERNEL(qf_allocate)(const qf_allocator *allocator, qf_allocation *allocation)
{
    vehicles pool = {.busy = 0};
    size_t next = 0;
    for (int lane = 0; lane < LANES && next < allocation->n; lane++) {
        enter(allocator, allocation, allocation->vehicle[next++], lane, &pool);
    }
    while (pool.busy) {
        const uint32_t done = look(allocator, &pool);
        const uint32_t moves = pool.busy & ~done;
        for (uint32_t left = done; left; left &= left - 1) {
            const int lane = __builtin_ctz(left);
            leave(allocator, allocation, lane, &pool);
            if (next < allocation->n) {
                enter(allocator, allocation, allocation->vehicle[next++], lane, &pool);
            }
        }
        if (moves) {
            move(allocator, &pool, moves);
        }
    }
}
