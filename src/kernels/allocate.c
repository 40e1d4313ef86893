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
 * made large, and its bounds with it: prices know no scale. A whole step that opens, closes and fills no thruster ends
 * where g is 0, so that nobody need look there.
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
#include "lanes_convert.h"

enum { LANES = 16, SHIFTS = 5, SHIFTS_FAR = 2, ROUNDS = 4 };

#define EPSILON   1e-4f
#define TOLERANCE 2.5e-3f /* for a gradient that vanishes, where wrenches are large */
#define LARGE     0.5f    /* smaller wrenches are made so */
#define OUTSIDE   0.02f   /* by more than this, in wrenches made large */
#define FAR       0.02f   /* what is missing of a large wrench that is out of reach */
#define NEARER    0.2f    /* of the square of that, for a wrench that is met */
#define TOGETHER  1.01f
#define STILL     5e-4f /* change of what is missing of one, from which on nothing changes */
#define WIDE      5.0f
#define NEVER     1e30f

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

/* of sixty-four candidates, which makes b . row[i] - bound * cost[i] largest; and that */
static int best_of(const float (*row)[QF_ALLOCATOR_STARTS], const float *cost,
                   const float b[QF_WRENCH], float bound, float *gain)
{
    const V b0 = SET(b[0]), b1 = SET(b[1]), b2 = SET(b[2]);
    const V b3 = SET(b[3]), b4 = SET(b[4]), b5 = SET(b[5]);
    V least = SET(NEVER); /* loss, and who has it */
    V who = SET(0.0f);
    for (int from = 0; from < QF_ALLOCATOR_STARTS; from += LANES) {
        const V worth = ADD(
            ADD(ADD(MUL(b0, qf_f32x16_load(row[0] + from)), MUL(b1, qf_f32x16_load(row[1] + from))),
                ADD(MUL(b2, qf_f32x16_load(row[2] + from)),
                    MUL(b3, qf_f32x16_load(row[3] + from)))),
            ADD(MUL(b4, qf_f32x16_load(row[4] + from)), MUL(b5, qf_f32x16_load(row[5] + from))));
        const V loss = SUB(MUL(SET(bound), qf_f32x16_load(cost + from)), worth);
        who = qf_f32x16_select(qf_f32x16_lt(loss, least), SET((float)from), who);
        least = qf_f32x16_min(loss, least);
    }
    lane_row block_of;
    SAVE(block_of, who);
    const int lane = qf_f32x16_argmin(least, qf_mask32x16_from_bits(0xFFFF));
    const int best = (int)block_of[lane < 0 ? 0 : lane] + (lane < 0 ? 0 : lane);
    lane_row loss_of;
    SAVE(loss_of, least);
    *gain = -loss_of[lane < 0 ? 0 : lane];
    return best;
}

/* prices to begin with, and l0: those of a table, or high ones along a direction that shows the wrench out of reach */
static void begin(const qf_allocator *allocator, const float b[QF_WRENCH], float bound, int lane,
                  vehicles *pool)
{
    float gain = 0.0f;
    /* small wrenches, whose bounds are wide, are hardly ever out of reach: those find out by themselves */
    const int ray =
        bound > WIDE ? 0 : best_of(allocator->ray, allocator->ray_reach, b, bound, &gain);
    if (gain > OUTSIDE) {
        const float high = gain / (EPSILON * pool->size[lane]);
        for (int k = 0; k < QF_WRENCH; k++) {
            pool->price[k][lane] = allocator->ray[k][ray] * high;
            pool->settled[k][lane] = 0.0f;
        }
        return;
    }
    const int start = best_of(allocator->start, allocator->start_cost, b, 1.0f, &gain);
    for (int k = 0; k < QF_WRENCH; k++) {
        pool->price[k][lane] = allocator->start[k][start];
        pool->settled[k][lane] = allocator->start[k][start];
    }
}

/* a vehicle takes a lane */
static void enter(const qf_allocator *allocator, const qf_allocation *allocation, size_t vehicle,
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
    pool->size[lane] = norm > 1.0f ? norm : 1.0f;
    for (int k = 0; k < QF_WRENCH; k++) {
        b[k] *= larger;
    }
    for (int k = 0; k < QF_WRENCH; k++) {
        pool->wanted[k][lane] = b[k];
        pool->before[k][lane] = 0.0f;
    }
    begin(allocator, b, larger, lane, pool);
    for (size_t t = 0; t < allocator->n_thrusters; t++) {
        pool->bound[t][lane] =
            allocation->bounded ? allocation->bound[t][vehicle] * larger : larger;
    }
    pool->norm[lane] = norm * larger;
    pool->scale[lane] = scale;
    pool->vehicle[lane] = vehicle;
    pool->iterations[lane] = 0;
    pool->shifts[lane] = 0;
    pool->busy |= UINT32_C(1) << lane;
}

/* and leaves it with what was found */
static void leave(const qf_allocator *allocator, qf_allocation *allocation, int lane,
                  vehicles *pool)
{
    const size_t vehicle = pool->vehicle[lane];
    const float scale = pool->scale[lane];
    for (size_t t = 0; t < allocator->n_thrusters; t++) {
        const float bound = allocation->bounded ? allocation->bound[t][vehicle] : 1.0f;
        const float share = pool->share[t][lane] * scale;
        allocation->share[t][vehicle] = share < bound ? share : bound;
    }
    for (int k = 0; k < QF_WRENCH; k++) {
        allocation->price[k][vehicle] = pool->price[k][lane];
    }
    allocation->missing[vehicle] = __builtin_sqrtf(pool->missing[lane]) / pool->norm[lane];
    pool->busy &= ~(UINT32_C(1) << lane);
}

/* what the thrusters do at the present prices */
static void open_valves(const qf_allocator *allocator, vehicles *pool)
{
    const six price = load_six(pool->price);
    const V none = SET(0.0f);
    const V reserve = SET(QF_ALLOCATOR_RESERVE);
    for (size_t t = 0; t < allocator->n_thrusters; t++) {
        const V bound = LOAD(pool->bound[t]);
        const V drive = SUB(dot(allocator->steep[t], &price), reserve);
        SAVE(pool->drive[t], drive);
        SAVE(pool->share[t], qf_f32x16_min(qf_f32x16_max(drive, none), bound));
        pool->between[t] = qf_mask32x16_and(qf_f32x16_gt(drive, none), qf_f32x16_lt(drive, bound));
    }
}

/* the wrench that is missing */
static six missing(const qf_allocator *allocator, vehicles *pool)
{
    six r = load_six(pool->wanted);
    for (size_t t = 0; t < allocator->n_thrusters; t++) {
        const float *a = allocator->column[t];
        const V share = LOAD(pool->share[t]);
        r.v0 = SUB(r.v0, MUL(SET(a[0]), share));
        r.v1 = SUB(r.v1, MUL(SET(a[1]), share));
        r.v2 = SUB(r.v2, MUL(SET(a[2]), share));
        r.v3 = SUB(r.v3, MUL(SET(a[3]), share));
        r.v4 = SUB(r.v4, MUL(SET(a[4]), share));
        r.v5 = SUB(r.v5, MUL(SET(a[5]), share));
    }
    return r;
}

/* lanes in which as much is missing as when l0 last changed */
static uint32_t same_as_before(const six *r, V size, vehicles *pool)
{
    const six was = load_six(pool->before);
    const six d = {SUB(r->v0, was.v0), SUB(r->v1, was.v1), SUB(r->v2, was.v2),
                   SUB(r->v3, was.v3), SUB(r->v4, was.v4), SUB(r->v5, was.v5)};
    return qf_mask32x16_bits(
        qf_f32x16_lt(dot_six(&d, &d), MUL(SET(STILL * STILL), MUL(size, size))));
}

/* shares at the present prices, and the gradient; returns the lanes that are done */
static uint32_t look(const qf_allocator *allocator, vehicles *pool)
{
    open_valves(allocator, pool);
    const six r = missing(allocator, pool);
    const six price = load_six(pool->price);
    const six settled = load_six(pool->settled);
    const V size = LOAD(pool->size);
    const V epsilon = MUL(SET(EPSILON), size);
    six g = {
        beyond(r.v0, price.v0, settled.v0, epsilon), beyond(r.v1, price.v1, settled.v1, epsilon),
        beyond(r.v2, price.v2, settled.v2, epsilon), beyond(r.v3, price.v3, settled.v3, epsilon),
        beyond(r.v4, price.v4, settled.v4, epsilon), beyond(r.v5, price.v5, settled.v5, epsilon),
    };
    const V near = MUL(SET(TOLERANCE * TOLERANCE), MUL(size, size));
    const uint32_t flat = qf_mask32x16_bits(qf_f32x16_lt(dot_six(&g, &g), near)) & pool->busy;
    const V met = MUL(near, SET(NEARER));
    const V square = dot_six(&r, &r);
    SAVE(pool->missing, square);
    uint32_t done = flat & qf_mask32x16_bits(qf_f32x16_lt(square, met));
    const uint32_t far = qf_mask32x16_bits(qf_f32x16_gt(square, SET(FAR * FAR)));
    done |= flat & far & same_as_before(&r, size, pool);
    for (uint32_t left = pool->busy & ~done; left; left &= left - 1) {
        const int lane = __builtin_ctz(left);
        const uint32_t bit = UINT32_C(1) << lane;
        if (pool->iterations[lane]++ == QF_ALLOCATOR_ITERATIONS ||
            ((flat & bit) && pool->shifts[lane]++ >= (far & bit ? SHIFTS_FAR : SHIFTS))) {
            done |= bit;
        }
    }
    if (flat & ~done) { /* prices have settled: l0 becomes what they are */
        const qf_mask32x16 where = qf_mask32x16_from_bits(flat & ~done);
        g = select_six(where, &r, &g);
        save_six(pool->settled, select_six(where, &price, &settled));
        const six before = load_six(pool->before);
        save_six(pool->before, select_six(where, &r, &before));
    }
    save_six(pool->gradient, g);
    return done;
}

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

/* when thrusters open or close along the step, and what that does to the slope */
static void find_turns(const qf_allocator *allocator, const six *step, vehicles *pool)
{
    const V none = SET(0.0f);
    const V never = SET(NEVER);
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
        SAVE(pool->until[t], qf_f32x16_select(turns, until, never));
        SAVE(pool->jump[t], MUL(pull, bound));
        SAVE(pool->curvature[t], MUL(pull, qf_f32x16_abs(rise)));
    }
}

/*
 * How much of the step to take: until the slope, which is 1 - part of itself, has been used up by turns. Those that
 * come together, but for rounding, count as one. The step ends on the ramp of a turn, and no later than at the next one.
 */
static V part_of(const qf_allocator *allocator, const six *step, vehicles *pool, uint32_t *straight)
{
    const size_t n = allocator->n_thrusters;
    const six g = load_six(pool->gradient);
    const V one = SET(1.0f);
    const V none = SET(0.0f);
    const V together = SET(TOGETHER);
    const V passed = qf_f32x16_of_bits(qf_u32x16_set1(UINT32_MAX)); /* no number: min() skips it */
    const V slope = dot_six(&g, step);
    V when = SET(NEVER);
    for (size_t t = 0; t < n; t++) {
        when = qf_f32x16_min(LOAD(pool->until[t]), when);
    }
    *straight = qf_mask32x16_bits(qf_f32x16_gt(when, SET(TOGETHER)));
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

/* shares at the end of a whole step; returns the lanes in which the same thrusters as before are between their bounds */
static uint32_t follow(const qf_allocator *allocator, vehicles *pool)
{
    const V none = SET(0.0f);
    uint32_t changed = 0;
    for (size_t t = 0; t < allocator->n_thrusters; t++) {
        const V bound = LOAD(pool->bound[t]);
        const V drive = ADD(LOAD(pool->drive[t]), LOAD(pool->rise[t]));
        const qf_mask32x16 between =
            qf_mask32x16_and(qf_f32x16_gt(drive, none), qf_f32x16_lt(drive, bound));
        changed |= qf_mask32x16_bits(between) ^ qf_mask32x16_bits(pool->between[t]);
        SAVE(pool->share[t], qf_f32x16_min(qf_f32x16_max(drive, none), bound));
    }
    return ~changed;
}

/*
 * Lanes whose step was whole, and met no turn: the gradient there is 0 but for rounding, and so what is missing is
 * what prices have moved from l0. Returns those that are done with that.
 */
static uint32_t arrive(const qf_allocator *allocator, vehicles *pool, uint32_t straight)
{
    if (!straight) {
        return 0;
    }
    const six l = load_six(pool->price);
    const six l0 = load_six(pool->settled);
    const V size = LOAD(pool->size);
    const V epsilon = MUL(SET(EPSILON), size);
    const V near = MUL(SET(TOLERANCE * TOLERANCE * NEARER), MUL(size, size));
    const six r = {
        MUL(epsilon, SUB(l.v0, l0.v0)), MUL(epsilon, SUB(l.v1, l0.v1)),
        MUL(epsilon, SUB(l.v2, l0.v2)), MUL(epsilon, SUB(l.v3, l0.v3)),
        MUL(epsilon, SUB(l.v4, l0.v4)), MUL(epsilon, SUB(l.v5, l0.v5)),
    };
    const V square = dot_six(&r, &r);
    uint32_t done = straight & qf_mask32x16_bits(qf_f32x16_lt(square, near));
    const uint32_t far = qf_mask32x16_bits(qf_f32x16_gt(square, SET(FAR * FAR)));
    done |= straight & far & same_as_before(&r, size, pool);
    for (uint32_t left = straight & ~done; left; left &= left - 1) {
        const int lane = __builtin_ctz(left);
        const uint32_t bit = UINT32_C(1) << lane;
        done |= pool->shifts[lane] >= (far & bit ? SHIFTS_FAR : SHIFTS) ? bit : 0;
    }
    if (done) {
        done &= follow(allocator, pool);
        const qf_mask32x16 where = qf_mask32x16_from_bits(done);
        SAVE(pool->missing, qf_f32x16_select(where, square, LOAD(pool->missing)));
    }
    return done;
}

/* takes a step in some lanes; returns those that are done with that */
static uint32_t move(const qf_allocator *allocator, vehicles *pool, uint32_t lanes)
{
    const six step = direction(allocator, pool);
    find_turns(allocator, &step, pool);
    uint32_t straight;
    const V part = part_of(allocator, &step, pool, &straight);
    const qf_mask32x16 moves = qf_mask32x16_from_bits(lanes);
    const six l = load_six(pool->price);
    const six to = {
        ADD(l.v0, MUL(part, step.v0)), ADD(l.v1, MUL(part, step.v1)), ADD(l.v2, MUL(part, step.v2)),
        ADD(l.v3, MUL(part, step.v3)), ADD(l.v4, MUL(part, step.v4)), ADD(l.v5, MUL(part, step.v5)),
    };
    save_six(pool->price, select_six(moves, &to, &l));
    return arrive(allocator, pool, straight & lanes);
}

/* lanes without a vehicle compute too: from nothing, and to no end */
static void vacate(const qf_allocator *allocator, vehicles *pool)
{
    const V none = SET(0.0f);
    for (int k = 0; k < QF_WRENCH; k++) {
        SAVE(pool->wanted[k], none);
        SAVE(pool->price[k], none);
        SAVE(pool->settled[k], none);
        SAVE(pool->before[k], none);
    }
    for (size_t t = 0; t < allocator->n_thrusters; t++) {
        SAVE(pool->bound[t], none);
    }
    SAVE(pool->size, SET(1.0f));
    pool->busy = 0;
}

/* others take the places of those that are done, as long as there are any */
static size_t replace(const qf_allocator *allocator, qf_allocation *allocation, uint32_t done,
                      size_t next, vehicles *pool)
{
    for (uint32_t left = done; left; left &= left - 1) {
        const int lane = __builtin_ctz(left);
        leave(allocator, allocation, lane, pool);
        if (next < allocation->n) {
            enter(allocator, allocation, next++, lane, pool);
        }
    }
    return next;
}

void QF_KERNEL(qf_allocate)(const qf_allocator *allocator, qf_allocation *allocation)
{
    vehicles pool;
    size_t next = 0;
    vacate(allocator, &pool);
    for (int lane = 0; lane < LANES && next < allocation->n; lane++) {
        enter(allocator, allocation, next++, lane, &pool);
    }
    while (pool.busy) {
        const uint32_t done = look(allocator, &pool);
        const uint32_t moves = pool.busy & ~done;
        next = replace(allocator, allocation, done, next, &pool);
        if (moves) {
            next = replace(allocator, allocation, move(allocator, &pool, moves), next, &pool);
        }
    }
}
