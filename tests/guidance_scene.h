/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_TEST_GUIDANCE_SCENE_H
#define QF_TEST_GUIDANCE_SCENE_H

/*
 * Ships that fly by guidance and control alone: what they want is what they get, and a Runge-Kutta integrator of the
 * tests' own moves them. A chaser's target is the vehicle of the other group with its index, known at once and exactly,
 * or as old as the scene says.
 */
#include "bot_tick.h"
#include "guidance.h"
#include "guidance_spec.h"
#include "kernels.h"
#include "vehicle.h"

enum { CHASERS, TARGETS, SCENE_GROUPS };

typedef struct ship_scene {
    size_t count;
    double dt_s;
    const qf_guidance_spec *guidances;
    size_t n_guidances;
    const qf_docking_spec *docking; /* of both */
    const qf_wheels_spec *wheels;
    const qf_body_spec *hull; /* its hull is that of both */
    qf_gravity gravity;
    double inertia_kgm2[6]; /* 0: 100, 120, 150 */
    int64_t age_ticks;      /* of what is known of targets */
} ship_scene;

typedef struct ships {
    vehicles v;
    qf_body_spec body;
    qf_body_group body_group;
    qf_body_columns columns;
    qf_bot_scratch scratch;
    qf_body_scratch *acting;
    void *guidance;
    qf_event_queue events;
    int64_t tick, age_ticks;
    const qf_kernels *kernels;
    double most_accel_mps2; /* that was ever wanted of chasers */
} ships;

static inline qf_body_columns ship_columns(const qf_fleet *fleet)
{
    qf_body_columns c = {.dry_kg = qf_f64(fleet, QF_FIELD_DRY_MASS, 0),
                         .propellant_kg = qf_f64(fleet, QF_FIELD_PROPELLANT, 0),
                         .flags = qf_u64(fleet, QF_FIELD_FLAGS, 0)};
    for (unsigned d = 0; d < 3; d++) {
        c.position_m[d] = qf_f64(fleet, (qf_field_id)(QF_FIELD_X + d), 0);
        c.velocity_mps[d] = qf_f64(fleet, (qf_field_id)(QF_FIELD_VX + d), 0);
        c.rate_rps[d] = qf_f64(fleet, (qf_field_id)(QF_FIELD_RATE_X + d), 0);
        c.wheel_nms[d] = fleet->catalog.n_of_shape[QF_SHAPE_WHEELS] > 0
                             ? qf_f64(fleet, (qf_field_id)(QF_FIELD_WHEEL_X + d), 0)
                             : NULL;
    }
    for (unsigned k = 0; k < 4; k++) {
        c.attitude[k] = qf_f64(fleet, (qf_field_id)(QF_FIELD_QW + k), 0);
    }
    return c;
}

static inline void launch(ships *s, const ship_scene *asked)
{
    char groups[512];
    snprintf(groups, sizeof groups,
             "  - {name: chasers, kind: bot, count: %zu, hardware: {hardware_profile: {}}}\n"
             "  - {name: targets, kind: bot, count: %zu, hardware: {hardware_profile: {}}}",
             asked->count, asked->count);
    *s = (ships){.kernels = qf_kernels_best(), .age_ticks = asked->age_ticks};
    read_scene(&s->v, &(scene){.groups = groups, .dt_s = asked->dt_s});
    s->v.scenario.gravity = asked->gravity;
    static const double usual[6] = {100.0, 120.0, 150.0};
    const double *inertia = asked->inertia_kgm2[0] > 0.0 ? asked->inertia_kgm2 : usual;
    s->body = (qf_body_spec){.dry_kg = 420.0, .wheels = asked->wheels};
    memcpy(s->body.dry.kgm2, inertia, sizeof s->body.dry.kgm2);
    if (asked->hull) {
        s->body.hull = asked->hull->hull;
        s->body.n_hull = asked->hull->n_hull;
    }
    for (size_t g = 0; g < SCENE_GROUPS; g++) {
        qf_group_spec *spec = (qf_group_spec *)&s->v.scenario.groups[g];
        spec->kind = QF_KIND_SHIP;
        spec->body = &s->body;
        spec->docking = asked->docking;
        spec->initial_attitude[0] = 1.0;
        spec->initial[QF_INITIAL_DRY_MASS] = qf_constant(s->body.dry_kg);
        spec->initial_relative_to = g;
    }
    qf_group_spec *chasers = (qf_group_spec *)&s->v.scenario.groups[CHASERS];
    chasers->guidances = asked->guidances;
    chasers->n_guidances = asked->n_guidances;
    assert_int_equal(qf_fleet_create(&s->v.context, &s->v.scenario, &s->v.fleet), QF_OK);
    qf_fleet *fleet = &s->v.fleet;
    s->body_group = (qf_body_group){.gravity = asked->gravity, .dry_kg = s->body.dry_kg};
    memcpy(s->body_group.dry_kgm2, inertia, sizeof s->body_group.dry_kgm2);
    for (int d = 0; d < 3 && asked->wheels; d++) {
        s->body_group.wheels = true;
        s->body_group.wheel_torque_nm[d] = asked->wheels->max_torque_nm[d];
        s->body_group.wheel_momentum_nms[d] = asked->wheels->max_momentum_nms[d];
    }
    for (size_t g = 0; g < SCENE_GROUPS; g++) {
        fleet->groups[g].bot.body = &s->body_group;
    }
    s->columns = ship_columns(fleet);
    for (size_t slot = 0; slot < fleet->n_slots; slot++) {
        s->columns.attitude[0][slot] = 1.0;
        ((double *)s->columns.dry_kg)[slot] = s->body.dry_kg;
        s->columns.propellant_kg[slot] = 12.0;
        for (unsigned k = 0; k < 3; k++) {
            s->columns.position_m[k][slot] = 0.0;
            s->columns.velocity_mps[k][slot] = 0.0;
            s->columns.rate_rps[k][slot] = 0.0;
            s->columns.attitude[k + 1][slot] = 0.0;
        }
        if (fleet->catalog.n_of_shape[QF_SHAPE_TARGET] > 0) {
            qf_i64(fleet, QF_FIELD_TARGET_TICK, 0)[slot] = -1;
        }
    }
    s->acting = calloc(1, sizeof *s->acting);
    assert_non_null(s->acting);
    s->scratch.body = s->acting;
    assert_int_equal(qf_guidance_open(&s->v.context, fleet, &s->guidance), QF_OK);
}

static inline void land(ships *s)
{
    qf_guidance_close(s->guidance);
    free(s->events.events);
    free(s->acting);
    qf_fleet_free(&s->v.fleet);
    qf_scenario_free(&s->v.scenario);
}

static inline size_t slot_of(const ships *s, size_t group, size_t index)
{
    return s->v.fleet.groups[group].slot_begin + index;
}

/* the first behaviour begins as things are now */
static inline void behave(ships *s, int64_t behavior)
{
    const qf_event told = {.entity = 0};
    const qf_group *group = &s->v.fleet.groups[CHASERS];
    for (size_t i = 0; i < group->n_vehicles; i++) {
        qf_guidance_begin(&s->v.fleet, group, group->slot_begin + i, s->tick, -1, &told,
                          &s->events);
        qf_guidance_begin(&s->v.fleet, group, group->slot_begin + i, s->tick, behavior, &told,
                          &s->events);
    }
}

static inline size_t events_of(const ships *s, qf_event_code code)
{
    size_t n = 0;
    for (size_t k = 0; k < s->events.n; k++) {
        n += s->events.events[k].code == code;
    }
    return n;
}

/* ---- the tests' own world ---- */

typedef struct ship_state {
    double r[3], v[3], q[4], w[3];
} ship_state;

static inline void turn_by(const double q[4], const double b[3], double to[3])
{
    const double t[3] = {2.0 * (q[2] * b[2] - q[3] * b[1]), 2.0 * (q[3] * b[0] - q[1] * b[2]),
                         2.0 * (q[1] * b[1] - q[2] * b[0])};
    to[0] = b[0] + q[0] * t[0] + q[2] * t[2] - q[3] * t[1];
    to[1] = b[1] + q[0] * t[1] + q[3] * t[0] - q[1] * t[2];
    to[2] = b[2] + q[0] * t[2] + q[1] * t[1] - q[2] * t[0];
}

static inline void turn_back(const double q[4], const double a[3], double to[3])
{
    const double c[4] = {q[0], -q[1], -q[2], -q[3]};
    turn_by(c, a, to);
}

static inline ship_state rate_of_change(const qf_gravity *g, const double i[3], const ship_state *s,
                                        const double accel[3], const double torque[3])
{
    ship_state d = {.r = {s->v[0], s->v[1], s->v[2]}};
    turn_by(s->q, accel, d.v);
    if (g->kind == QF_GRAVITY_CLOHESSY_WILTSHIRE) {
        const double n = g->mean_motion_rps;
        d.v[0] += 3.0 * n * n * s->r[0] + 2.0 * n * s->v[1];
        d.v[1] -= 2.0 * n * s->v[0];
        d.v[2] -= n * n * s->r[2];
    } else if (g->kind == QF_GRAVITY_POINT) {
        const double r = sqrt(s->r[0] * s->r[0] + s->r[1] * s->r[1] + s->r[2] * s->r[2]);
        for (int k = 0; k < 3; k++) {
            d.v[k] -= g->mu_m3ps2 * s->r[k] / (r * r * r);
        }
    }
    const double *q = s->q;
    const double *w = s->w;
    d.q[0] = -0.5 * (q[1] * w[0] + q[2] * w[1] + q[3] * w[2]);
    d.q[1] = 0.5 * (q[0] * w[0] + q[2] * w[2] - q[3] * w[1]);
    d.q[2] = 0.5 * (q[0] * w[1] + q[3] * w[0] - q[1] * w[2]);
    d.q[3] = 0.5 * (q[0] * w[2] + q[1] * w[1] - q[2] * w[0]);
    d.w[0] = (torque[0] - (i[2] - i[1]) * w[1] * w[2]) / i[0];
    d.w[1] = (torque[1] - (i[0] - i[2]) * w[2] * w[0]) / i[1];
    d.w[2] = (torque[2] - (i[1] - i[0]) * w[0] * w[1]) / i[2];
    return d;
}

static inline ship_state state_plus(const ship_state *a, double by, const ship_state *b)
{
    ship_state to;
    const double *from = (const double *)a;
    const double *add = (const double *)b;
    for (size_t k = 0; k < sizeof to / sizeof(double); k++) {
        ((double *)&to)[k] = from[k] + by * add[k];
    }
    return to;
}

static inline ship_state load_state(const ships *s, size_t slot)
{
    ship_state x;
    for (int d = 0; d < 3; d++) {
        x.r[d] = s->columns.position_m[d][slot];
        x.v[d] = s->columns.velocity_mps[d][slot];
        x.w[d] = s->columns.rate_rps[d][slot];
    }
    for (int k = 0; k < 4; k++) {
        x.q[k] = s->columns.attitude[k][slot];
    }
    return x;
}

static inline void store_state(const ships *s, size_t slot, const ship_state *x)
{
    double length2 = 0.0;
    for (int k = 0; k < 4; k++) {
        length2 += x->q[k] * x->q[k];
    }
    for (int d = 0; d < 3; d++) {
        s->columns.position_m[d][slot] = x->r[d];
        s->columns.velocity_mps[d][slot] = x->v[d];
        s->columns.rate_rps[d][slot] = x->w[d];
    }
    for (int k = 0; k < 4; k++) {
        s->columns.attitude[k][slot] = x->q[k] / sqrt(length2);
    }
}

static inline void integrate(ships *s, size_t slot, const double accel[3], const double torque[3])
{
    const qf_gravity *g = &s->body_group.gravity;
    const double *i = s->body_group.dry_kgm2;
    const double h = s->v.scenario.dt_s;
    const ship_state x = load_state(s, slot);
    const ship_state k1 = rate_of_change(g, i, &x, accel, torque);
    const ship_state x2 = state_plus(&x, 0.5 * h, &k1);
    const ship_state k2 = rate_of_change(g, i, &x2, accel, torque);
    const ship_state x3 = state_plus(&x, 0.5 * h, &k2);
    const ship_state k3 = rate_of_change(g, i, &x3, accel, torque);
    const ship_state x4 = state_plus(&x, h, &k3);
    const ship_state k4 = rate_of_change(g, i, &x4, accel, torque);
    ship_state to = state_plus(&x, h / 6.0, &k1);
    to = state_plus(&to, h / 3.0, &k2);
    to = state_plus(&to, h / 3.0, &k3);
    to = state_plus(&to, h / 6.0, &k4);
    store_state(s, slot, &to);
}

/* what chasers know of their targets, every age_ticks */
static inline void tell_of_targets(ships *s)
{
    qf_fleet *fleet = &s->v.fleet;
    if (fleet->catalog.n_of_shape[QF_SHAPE_TARGET] == 0 ||
        (s->age_ticks > 0 && s->tick % s->age_ticks != 0)) {
        return;
    }
    for (size_t i = 0; i < fleet->groups[CHASERS].n_vehicles; i++) {
        const size_t own = slot_of(s, CHASERS, i);
        const size_t of = slot_of(s, TARGETS, i);
        qf_i64(fleet, QF_FIELD_TARGET_TICK, 0)[own] = s->tick;
        for (unsigned d = 0; d < 3; d++) {
            qf_f64(fleet, (qf_field_id)(QF_FIELD_TARGET_X + d), 0)[own] =
                s->columns.position_m[d][of];
            qf_f64(fleet, (qf_field_id)(QF_FIELD_TARGET_VX + d), 0)[own] =
                s->columns.velocity_mps[d][of];
            qf_f64(fleet, (qf_field_id)(QF_FIELD_TARGET_RATE_X + d), 0)[own] =
                s->columns.rate_rps[d][of];
        }
        for (unsigned k = 0; k < 4; k++) {
            qf_f64(fleet, (qf_field_id)(QF_FIELD_TARGET_QW + k), 0)[own] =
                s->columns.attitude[k][of];
        }
    }
}

static inline void guide_block(ships *s, const qf_block *block)
{
    qf_bot_tick constants = {.dt_s = s->v.scenario.dt_s, .observed = true};
    const qf_stage_call call = {.fleet = &s->v.fleet,
                                .kernels = s->kernels,
                                .bodies = &s->columns,
                                .block = block,
                                .tick = s->tick,
                                .period_ticks = 1,
                                .constants = &constants,
                                .scratch = &s->scratch,
                                .events = &s->events,
                                .user = s->guidance};
    qf_guidance_run(&call);
}

static inline void move_chasers(ships *s, const qf_block *block)
{
    for (size_t slot = block->slot_begin; slot < block->slot_end; slot++) {
        const size_t i = slot - block->slot_begin;
        const double kg = s->columns.dry_kg[slot] + s->columns.propellant_kg[slot];
        double accel[3];
        double torque[3];
        double accel2 = 0.0;
        for (int d = 0; d < 3; d++) {
            accel[d] = s->acting->wanted_force_n[d][i] / kg;
            accel2 += accel[d] * accel[d];
            torque[d] = s->acting->wanted_torque_nm[d][i] + s->acting->wheel_torque_nm[d][i];
            if (s->body_group.wheels) {
                s->columns.wheel_nms[d][slot] -=
                    s->acting->wheel_torque_nm[d][i] * s->v.scenario.dt_s;
            }
        }
        s->most_accel_mps2 = fmax(s->most_accel_mps2, sqrt(accel2));
        integrate(s, slot, accel, torque);
    }
}

/* targets coast; to have them do something else, do it between calls */
static inline void fly(ships *s, int64_t n_ticks)
{
    static const double nothing[3];
    const qf_fleet *fleet = &s->v.fleet;
    for (int64_t t = 0; t < n_ticks; t++, s->tick++) {
        tell_of_targets(s);
        for (size_t b = 0; b < fleet->n_blocks; b++) {
            const qf_block *block = &fleet->blocks[b];
            if (block->group == CHASERS) {
                guide_block(s, block);
                move_chasers(s, block);
            }
        }
        for (size_t i = 0; i < fleet->groups[TARGETS].n_vehicles; i++) {
            integrate(s, slot_of(s, TARGETS, i), nothing, nothing);
        }
    }
}

static inline double at_of(const ships *s, size_t slot, int d)
{
    return s->columns.position_m[d][slot];
}

static inline double distance_to(const ships *s, size_t slot, const double *p)
{
    double sum = 0.0;
    for (int d = 0; d < 3; d++) {
        const double e = s->columns.position_m[d][slot] - p[d];
        sum += e * e;
    }
    return sqrt(sum);
}

static inline double speed_of_ship(const ships *s, size_t slot)
{
    double sum = 0.0;
    for (int d = 0; d < 3; d++) {
        sum += s->columns.velocity_mps[d][slot] * s->columns.velocity_mps[d][slot];
    }
    return sqrt(sum);
}

#define assert_below(a, b)                                                                         \
    do {                                                                                           \
        const double is_ = (a), most_ = (b);                                                       \
        if (!(is_ < most_)) {                                                                      \
            fail_msg("%s is %.17g, expected below %g", #a, is_, most_);                            \
        }                                                                                          \
    } while (0)

#endif
