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
#include "allocate_lanes.h"

enum { SHIFTS = 5, SHIFTS_FAR = 2 };

#define TOLERANCE 2.5e-3f /* for a gradient that vanishes, where wrenches are large */
#define LARGE     0.5f    /* smaller wrenches are made so */
#define OUTSIDE   0.02f   /* by more than this, in wrenches made large */
#define FAR       0.02f   /* what is missing of a large wrench that is out of reach */
#define NEARER    0.2f    /* of the square of that, for a wrench that is met */
#define STILL     5e-4f   /* change of what is missing of one, from which on nothing changes */
#define WIDE      5.0f

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

/*
 * Shares at the end of a whole step; returns the lanes in which all thrusters that were between their bounds still are.
 * No other comes there without a turn.
 */
static uint32_t follow(const qf_allocator *allocator, vehicles *pool)
{
    const V none = SET(0.0f);
    qf_mask32x16 left = qf_mask32x16_from_bits(0);
    for (size_t t = 0; t < allocator->n_thrusters; t++) {
        const V bound = LOAD(pool->bound[t]);
        const V drive = ADD(LOAD(pool->drive[t]), LOAD(pool->rise[t]));
        const qf_mask32x16 between =
            qf_mask32x16_and(qf_f32x16_gt(drive, none), qf_f32x16_lt(drive, bound));
        left = qf_mask32x16_or(left, qf_mask32x16_and(pool->between[t], qf_mask32x16_not(between)));
        SAVE(pool->share[t], qf_f32x16_min(qf_f32x16_max(drive, none), bound));
    }
    return ~qf_mask32x16_bits(left);
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
            const uint32_t straight = QF_KERNEL(qf_allocate_step)(allocator, &pool, moves);
            next = replace(allocator, allocation, arrive(allocator, &pool, straight), next, &pool);
        }
    }
}
