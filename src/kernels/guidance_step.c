/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Guidance and control of rigid bodies, for slots [begin, end): from what a vehicle is to do and what it knows of its
 * target to the force and torque that it wants.
 *
 * Eight vehicles at a time, of those that follow the same behaviour as far as there are eight; elsewhere each behaviour
 * that one of them follows is computed for all and taken where it is theirs. Goals are computed in guidance_goal.c and
 * guidance_approach.c, threats in guidance_avoid.c, the wrench in control.c.
 * What is known of a target is carried on to now with its velocity, gravity and rate. Who may not act - quarantined,
 * stopped, in safe mode, docked, without a behaviour, or with thrusters that fire as commanded - wants nothing.
 * In: the columns of guidance_law.h and body.h. Out: wanted force and torque, torque of wheels (scratch); rows.
 * Per vehicle 40 reads of 8 bytes with a target, 27 without; 13 writes. Guarded by tests/test_guidance_law.c,
 * tests/test_guidance_conformance.c.
 */
#include "gravity_lanes.h"
#include "guidance_lanes.h"
#include "lanes_math.h"

enum { ALL = (1 << QF_GUIDANCE_LANES) - 1 };

/* what is the same for all lanes of a call */
typedef struct work {
    const qf_body_columns *own;
    const qf_guidance_columns *columns;
    const qf_guidance_group *group;
    int64_t tick;
    double dt_s;
    size_t begin; /* of rows */
    qf_body_scratch *scratch;
    qf_guidance_rows *rows;
} work;

/* ---- where they are ---- */

static qf_v3 gravity_at(const qf_gravity *gravity, qf_v3 place_m, qf_v3 velocity_mps)
{
    const qf_f64x8 zero = qf_f64x8_set1(0.0);
    if (gravity->kind == QF_GRAVITY_NONE) {
        return (qf_v3){zero, zero, zero};
    }
    const qf_v3 r = qf_gravity_place(gravity, gravity->kind, place_m);
    return qf_gravity_pull(gravity, gravity->kind, r, velocity_mps);
}

static void find_own(const work *w, const qf_guidance_place *place, qf_guided_lanes *own)
{
    const qf_body_columns *c = w->own;
    const qf_body_group *body = w->group->body;
    const qf_f64x8 zero = qf_f64x8_set1(0.0);
    own->place_m = qf_guidance_take3((const double *const *)c->position_m, place);
    own->velocity_mps = qf_guidance_take3((const double *const *)c->velocity_mps, place);
    own->attitude = qf_guidance_take4((const double *const *)c->attitude, place);
    own->rate_rps = qf_guidance_take3((const double *const *)c->rate_rps, place);
    own->gravity_mps2 = gravity_at(&body->gravity, own->place_m, own->velocity_mps);
    own->wheel_nms = body->wheels ? qf_guidance_take3((const double *const *)c->wheel_nms, place)
                                  : (qf_v3){zero, zero, zero};
    const qf_f64x8 dry_kg = qf_guidance_take(c->dry_kg, place);
    const qf_f64x8 tank_kg = qf_guidance_take(c->propellant_kg, place);
    const qf_f64x8 share = qf_dry_share(body, dry_kg);
    own->mass_kg = qf_f64x8_add(dry_kg, tank_kg);
    for (int k = 0; k < 6; k++) {
        own->inertia_kgm2[k] = qf_f64x8_add(qf_f64x8_mul(share, qf_f64x8_set1(body->dry_kgm2[k])),
                                            qf_f64x8_mul(tank_kg, qf_f64x8_set1(body->tank_m2[k])));
    }
}

/* an attitude after a turn in world axes: the angles of a vector */
static qf_q4 turned(qf_q4 q, qf_v3 by_rad)
{
    const qf_f64x8 angle = qf_v3_norm(by_rad);
    if (!qf_mask64x8_any(qf_f64x8_gt(angle, qf_f64x8_set1(0.0)))) {
        return q; /* what is known is of now, or does not turn */
    }
    const qf_f64x8 half = qf_f64x8_mul(angle, qf_f64x8_set1(0.5));
    const qf_v3 v = qf_v3_scale(by_rad, qf_f64x8_mul(qf_f64x8_sin(half), qf_inverse(angle)));
    const qf_q4 turn = {qf_f64x8_cos(half), v.x, v.y, v.z};
    return qf_q4_mul(turn, q);
}

/* as it falls for so long, turning on: one step of Runge-Kutta, good to millimetres over half a minute of a low orbit */
static void carry_on(const qf_gravity *gravity, qf_f64x8 age_s, qf_target_lanes *target)
{
    const qf_v3 r = target->place_m;
    const qf_v3 v = target->velocity_mps;
    target->attitude = turned(target->attitude, qf_v3_scale(target->rate_rps, age_s));
    if (gravity->kind == QF_GRAVITY_NONE) {
        target->place_m = qf_v3_along(r, age_s, v);
        return;
    }
    const qf_f64x8 half_s = qf_f64x8_mul(age_s, qf_f64x8_set1(0.5));
    const qf_f64x8 sixth_s = qf_f64x8_mul(age_s, qf_f64x8_set1(1.0 / 6.0));
    const qf_v3 a1 = target->gravity_mps2;
    const qf_v3 v2 = qf_v3_along(v, half_s, a1);
    const qf_v3 a2 = gravity_at(gravity, qf_v3_along(r, half_s, v), v2);
    const qf_v3 v3 = qf_v3_along(v, half_s, a2);
    const qf_v3 a3 = gravity_at(gravity, qf_v3_along(r, half_s, v2), v3);
    const qf_v3 a4 = gravity_at(gravity, qf_v3_along(r, age_s, v3), qf_v3_along(v, age_s, a3));
    const qf_v3 middle = qf_v3_add(a2, a3);
    const qf_v3 mean_mps = qf_v3_along(v, sixth_s, qf_v3_add(a1, middle));
    target->place_m = qf_v3_along(r, age_s, mean_mps);
    target->velocity_mps =
        qf_v3_along(v, sixth_s, qf_v3_add(qf_v3_along(a1, qf_f64x8_set1(2.0), middle), a4));
    target->gravity_mps2 = gravity_at(gravity, target->place_m, target->velocity_mps);
}

/* nobody's target is somewhere all the same: where the vehicle itself is, not in the planet's centre */
static void find_target(const work *w, const qf_guidance_place *place, const qf_guided_lanes *own,
                        qf_target_lanes *target)
{
    const qf_guidance_columns *c = w->columns;
    const qf_gravity *gravity = &w->group->body->gravity;
    const qf_f64x8 zero = qf_f64x8_set1(0.0);
    *target = (qf_target_lanes){.known = qf_mask64x8_from_bits(0),
                                .place_m = own->place_m,
                                .velocity_mps = own->velocity_mps,
                                .attitude = {qf_f64x8_set1(1.0), zero, zero, zero},
                                .rate_rps = {zero, zero, zero},
                                .gravity_mps2 = own->gravity_mps2};
    if (!c->target_tick) {
        return;
    }
    double age_s[QF_GUIDANCE_LANES] = {0.0};
    uint32_t known = 0;
    bool old = false;
    for (size_t i = 0; i < QF_GUIDANCE_LANES; i++) {
        const int64_t seen = c->target_tick[place->slot[i]];
        known |= (uint32_t)(seen >= 0) << i;
        age_s[i] = seen >= 0 ? (double)(w->tick - seen) * w->dt_s : 0.0;
        old = old || age_s[i] > 0.0;
    }
    const qf_mask64x8 is = qf_mask64x8_from_bits(known);
    target->known = is;
    target->place_m = qf_v3_select(is, qf_guidance_take3(c->target_m, place), own->place_m);
    target->velocity_mps =
        qf_v3_select(is, qf_guidance_take3(c->target_mps, place), own->velocity_mps);
    target->attitude =
        qf_q4_select(is, qf_guidance_take4(c->target_attitude, place), target->attitude);
    target->rate_rps =
        qf_v3_select(is, qf_q4_turn(target->attitude, qf_guidance_take3(c->target_rps, place)),
                     target->rate_rps);
    target->gravity_mps2 = gravity_at(gravity, target->place_m, target->velocity_mps);
    if (old) {
        carry_on(gravity, qf_f64x8_load(age_s), target);
    }
}

/* ---- what they want ---- */

static void no_goal(qf_goal_lanes *goal)
{
    const qf_f64x8 zero = qf_f64x8_set1(0.0);
    const qf_v3 none = {zero, zero, zero};
    const qf_mask64x8 nobody = qf_mask64x8_from_bits(0);
    *goal = (qf_goal_lanes){.moves = nobody,
                            .turns = nobody,
                            .velocity_mps = none,
                            .accel_mps2 = none,
                            .distance_m = qf_f64x8_set1(__builtin_nan("")),
                            .attitude = {qf_f64x8_set1(1.0), zero, zero, zero},
                            .rate_rps = none,
                            .speed_gain = zero,
                            .turn_gain = zero,
                            .rate_gain = zero,
                            .max_accel_mps2 = zero,
                            .max_rate_rps = zero,
                            .avoid_m = zero,
                            .avoid_horizon_s = zero};
}

static void start_goal(const qf_guidance_law *law, qf_goal_lanes *goal)
{
    const qf_mask64x8 everybody = qf_mask64x8_from_bits(ALL);
    goal->moves = everybody;
    goal->turns = everybody;
    goal->speed_gain = qf_f64x8_set1(law->speed_gain);
    goal->turn_gain = qf_f64x8_set1(law->turn_gain);
    goal->rate_gain = qf_f64x8_set1(law->rate_gain);
    goal->max_accel_mps2 = qf_f64x8_set1(law->max_accel_mps2);
    goal->max_rate_rps = qf_f64x8_set1(law->max_rate_rps);
    goal->avoid_m = qf_f64x8_set1(law->avoid_m);
    goal->avoid_horizon_s = qf_f64x8_set1(law->avoid_horizon_s);
}

static qf_mask64x8 either(qf_mask64x8 where, qf_mask64x8 a, qf_mask64x8 b)
{
    return qf_mask64x8_or(qf_mask64x8_and(where, a), qf_mask64x8_and(qf_mask64x8_not(where), b));
}

static void merge_goal(qf_mask64x8 where, const qf_goal_lanes *from, qf_goal_lanes *to)
{
#define TAKE(member) to->member = qf_f64x8_select(where, from->member, to->member)
    to->moves = either(where, from->moves, to->moves);
    to->turns = either(where, from->turns, to->turns);
    to->velocity_mps = qf_v3_select(where, from->velocity_mps, to->velocity_mps);
    to->accel_mps2 = qf_v3_select(where, from->accel_mps2, to->accel_mps2);
    to->attitude = qf_q4_select(where, from->attitude, to->attitude);
    to->rate_rps = qf_v3_select(where, from->rate_rps, to->rate_rps);
    TAKE(distance_m);
    TAKE(speed_gain);
    TAKE(turn_gain);
    TAKE(rate_gain);
    TAKE(max_accel_mps2);
    TAKE(max_rate_rps);
    TAKE(avoid_m);
    TAKE(avoid_horizon_s);
#undef TAKE
}

static void merge_found(qf_mask64x8 where, uint32_t bits, const qf_found_lanes *from,
                        qf_found_lanes *to)
{
    to->arrived |= from->arrived & bits;
    to->retreats |= from->retreats & bits;
    to->captured |= from->captured & bits;
    to->axial_m = qf_f64x8_select(where, from->axial_m, to->axial_m);
    to->lateral_m = qf_f64x8_select(where, from->lateral_m, to->lateral_m);
    to->angle_deg = qf_f64x8_select(where, from->angle_deg, to->angle_deg);
}

static void follow_law(const qf_guidance_lanes *lanes, const qf_guidance_law *law,
                       qf_goal_lanes *goal, qf_found_lanes *found)
{
    const qf_f64x8 unknown = qf_f64x8_set1(__builtin_nan(""));
    *found = (qf_found_lanes){.axial_m = unknown, .lateral_m = unknown, .angle_deg = unknown};
    start_goal(law, goal);
    if (law->kind == QF_GUIDANCE_APPROACH) {
        QF_KERNEL(qf_guidance_approach)(lanes, law, goal, found);
    } else {
        QF_KERNEL(qf_guidance_goal)(lanes, law, goal, found);
    }
}

/* the goals of all that follow some behaviour; `laws`: those that anybody does, as bits */
static void find_goals(const qf_guidance_lanes *lanes, uint64_t laws, const uint8_t *followers,
                       qf_goal_lanes *goal, qf_found_lanes *found)
{
    const size_t first = laws != 0 ? (size_t)__builtin_ctzll(laws) : 0;
    if (laws != 0 && followers[first] == ALL) {
        follow_law(lanes, &lanes->group->laws[first], goal, found);
        return;
    }
    const qf_f64x8 unknown = qf_f64x8_set1(__builtin_nan(""));
    *found = (qf_found_lanes){.axial_m = unknown, .lateral_m = unknown, .angle_deg = unknown};
    no_goal(goal);
    for (; laws != 0; laws &= laws - 1) {
        const size_t k = (size_t)__builtin_ctzll(laws);
        qf_goal_lanes one;
        qf_found_lanes one_found;
        follow_law(lanes, &lanes->group->laws[k], &one, &one_found);
        const qf_mask64x8 where = qf_mask64x8_from_bits(followers[k]);
        merge_goal(where, &one, goal);
        merge_found(where, followers[k], &one_found, found);
    }
}

/* ---- eight vehicles ---- */

enum { MOST_LAWS = 64 };

/* who follows which behaviour, and which anybody follows, as bits; returns who may act */
static uint32_t take_words(const work *w, qf_guidance_lanes *lanes, uint8_t *followers,
                           uint64_t *laws)
{
    const uint64_t locks = QF_FLAG_BIT(QUARANTINED) | QF_FLAG_BIT(EMERGENCY_STOP) |
                           QF_FLAG_BIT(SAFE_MODE) | QF_FLAG_BIT(DOCKED);
    uint32_t free = 0;
    *laws = 0;
    for (size_t i = 0; i < QF_GUIDANCE_LANES; i++) {
        const size_t slot = lanes->place->slot[i];
        const int64_t behavior = w->columns->behavior[slot];
        lanes->flags[i] = w->own->flags[slot];
        const bool docked = w->own->bond_kg && w->own->bond_kg[slot] > 0.0;
        free |= (uint32_t)((lanes->flags[i] & locks) == 0 && !docked &&
                           !(w->columns->rcs_pct[slot] > 0.0))
                << i;
        if (behavior >= 0) {
            const uint64_t bit = UINT64_C(1) << behavior;
            followers[behavior] = (uint8_t)((*laws & bit ? followers[behavior] : 0) | 1U << i);
            *laws |= bit;
        }
    }
    return free;
}

static void put_wrench(const work *w, const qf_guidance_place *place, qf_mask64x8 where, qf_v3 v,
                       double (*rows)[QF_BLOCK_VEHICLES])
{
    const qf_f64x8 zero = qf_f64x8_set1(0.0);
    qf_guidance_put(rows[0], place, w->begin, qf_f64x8_select(where, v.x, zero));
    qf_guidance_put(rows[1], place, w->begin, qf_f64x8_select(where, v.y, zero));
    qf_guidance_put(rows[2], place, w->begin, qf_f64x8_select(where, v.z, zero));
}

static void put_sight(const work *w, const qf_guidance_lanes *lanes, const qf_found_lanes *found)
{
    const qf_f64x8 unknown = qf_f64x8_set1(__builtin_nan(""));
    const qf_target_lanes *target = lanes->target;
    const qf_v3 sight_m = qf_v3_sub(target->place_m, lanes->own->place_m);
    const qf_v3 sight_mps = qf_v3_sub(target->velocity_mps, lanes->own->velocity_mps);
    const qf_f64x8 range_m = qf_v3_norm(sight_m);
    const qf_f64x8 rate_mps = qf_f64x8_mul(qf_v3_dot(sight_m, sight_mps), qf_inverse(range_m));
    qf_guidance_rows *rows = w->rows;
    qf_guidance_put(rows->target_range_m, lanes->place, w->begin,
                    qf_f64x8_select(target->known, range_m, unknown));
    qf_guidance_put(rows->target_range_rate_mps, lanes->place, w->begin,
                    qf_f64x8_select(target->known, rate_mps, unknown));
    qf_guidance_put(rows->port_axial_m, lanes->place, w->begin, found->axial_m);
    qf_guidance_put(rows->port_lateral_m, lanes->place, w->begin, found->lateral_m);
    qf_guidance_put(rows->port_angle_deg, lanes->place, w->begin, found->angle_deg);
}

static void put_found(const work *w, const qf_guidance_place *place, const qf_found_lanes *found,
                      uint32_t free, uint32_t avoids)
{
    const uint32_t arrived = found->arrived & free;
    const uint32_t retreats = found->retreats & free;
    for (size_t i = 0; i < place->n; i++) {
        w->rows->found[place->slot[i] - w->begin] =
            (uint8_t)((arrived >> i & 1) * QF_FOUND_ARRIVED |
                      (retreats >> i & 1) * QF_FOUND_RETREATS |
                      (found->captured >> i & 1) * QF_FOUND_CAPTURED |
                      (avoids >> i & 1) * QF_FOUND_AVOIDS);
    }
}

static void step(const work *w, const qf_guidance_place *place)
{
    uint8_t followers[MOST_LAWS];
    uint64_t laws;
    qf_guided_lanes own;
    qf_target_lanes target;
    qf_goal_lanes goal;
    qf_found_lanes found;
    qf_guidance_lanes lanes = {
        .columns = w->columns, .group = w->group, .place = place, .own = &own, .target = &target};
    const uint32_t free = take_words(w, &lanes, followers, &laws);
    find_own(w, place, &own);
    find_target(w, place, &own, &target);
    find_goals(&lanes, laws, followers, &goal, &found);
    const qf_mask64x8 acts = qf_mask64x8_from_bits(free);
    goal.moves = qf_mask64x8_and(goal.moves, acts);
    goal.turns = qf_mask64x8_and(goal.turns, acts);

    qf_v3 accel_mps2;
    qf_v3 torque_nm;
    qf_v3 wheel_nm;
    QF_KERNEL(qf_control_accel)(&own, &goal, &accel_mps2);
    uint32_t avoids = 0;
    if (w->columns->threat_tick) {
        qf_f64x8 miss_m;
        avoids =
            QF_KERNEL(qf_guidance_avoid)(&lanes, w->tick, w->dt_s, &goal, &accel_mps2, &miss_m);
        qf_guidance_put(w->rows->miss_m, place, w->begin, miss_m);
    }
    QF_KERNEL(qf_control_torque)(&own, &goal, w->group->body, w->dt_s, &torque_nm, &wheel_nm);
    const qf_v3 force_n =
        qf_v3_scale(qf_q4_turn(qf_q4_conjugate(own.attitude), accel_mps2), own.mass_kg);
    put_wrench(w, place, goal.moves, force_n, w->scratch->wanted_force_n);
    put_wrench(w, place, goal.turns, torque_nm, w->scratch->wanted_torque_nm);
    put_wrench(w, place, goal.turns, wheel_nm, w->scratch->wheel_torque_nm);
    qf_guidance_put(w->rows->goal_distance_m, place, w->begin, goal.distance_m);
    if (w->columns->target_tick) {
        put_sight(w, &lanes, &found);
    }
    put_found(w, place, &found, free, avoids);
}

/* the vehicles of a block by behaviour, each in its order; false: all follow the same, or none */
static bool sort_by_behavior(const int64_t *behavior, size_t begin, size_t end, uint16_t *order)
{
    uint16_t first[MOST_LAWS + 2] = {0};
    const size_t n = end - begin;
    for (size_t i = 0; i < n; i++) {
        first[behavior[begin + i] + 2]++;
    }
    if (first[behavior[begin] + 2] == n) {
        return false;
    }
    for (size_t k = 1; k < MOST_LAWS + 2; k++) {
        first[k] = (uint16_t)(first[k] + first[k - 1]);
    }
    for (size_t i = 0; i < n; i++) {
        order[first[behavior[begin + i] + 1]++] = (uint16_t)i;
    }
    return true;
}

void QF_KERNEL(qf_guidance_step)(const qf_body_columns *own, const qf_guidance_columns *columns,
                                 const qf_guidance_group *group, int64_t tick, double dt_s,
                                 qf_body_scratch *scratch, qf_guidance_rows *rows, size_t begin,
                                 size_t end)
{
    const work w = {.own = own,
                    .columns = columns,
                    .group = group,
                    .tick = tick,
                    .dt_s = dt_s,
                    .begin = begin,
                    .scratch = scratch,
                    .rows = rows};
    uint16_t order[QF_BLOCK_VEHICLES];
    const size_t n = end - begin;
    const bool sorted = n > 0 && sort_by_behavior(columns->behavior, begin, end, order);
    for (size_t done = 0; done < n; done += QF_GUIDANCE_LANES) {
        const size_t left = n - done;
        qf_guidance_place place = {.n = left < QF_GUIDANCE_LANES ? left : QF_GUIDANCE_LANES};
        for (size_t i = 0; i < QF_GUIDANCE_LANES; i++) {
            const size_t k = done + (i < place.n ? i : place.n - 1);
            place.slot[i] = begin + (sorted ? order[k] : k);
        }
        place.neighbours = !sorted && place.n == QF_GUIDANCE_LANES;
        step(&w, &place);
    }
}
