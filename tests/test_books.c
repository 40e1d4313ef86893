/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Books of propellant and momentum over whole runs of a ship that flies by itself in free space: what its thrusters do in
 * each tick is taken from what is reported of them, and added up beside the engine by an integrator of its own.
 */
#include "books_stand.h"

#define EXHAUST_MPS (60.0 * 9.80665)

/* valves with a least time, wheels that fill up, a command, a weak thruster, one that is stuck on, an empty tank */
static const char flight[] =
    "schema: qfleet/1\n"
    "time: {dt_s: 0.125, duration_s: 60}\n"
    "groups:\n"
    "  - name: ship\n    kind: ship\n    count: 1\n"
    "    hardware: " SHIP_HARDWARE "\n"
    "    body:\n"
    "      mass_kg: 420\n"
    "      inertia_kgm2: [160, 180, 170, 5, -3, 2]\n"
    "      tank_inertia_m2: [0.1, 0.2, 0.15, 0.01, 0, 0]\n"
    "      wheels: {max_torque_nm: [0.5, 0.5, 0.5], max_momentum_nms: [1, 1, 1]}\n"
    "      min_on_s: 0.002\n"
    "    initial: {position_m: [5, -3, 2], velocity_mps: [0.3, -0.2, 0.1], rates_dps: [3, -2, 4],\n"
    "              attitude_deg: [20, -30, 50], propellant_kg: 2.0}\n"
    "    behavior:\n"
    "      tour: {kind: waypoint, waypoints_m: [[8, 0, 0], [8, 4, -2]], arrival_m: 0.5, attitude: "
    "velocity}\n"
    "      point: {kind: hold, attitude: [0, 0, 0, 1]}\n"
    "    script:\n"
    "      - {time_s: 20, cmd: behave, name: point}\n"
    "      - {time_s: 25, cmd: rcs, axis: forward, pct: 5, duration_s: 1}\n"
    "    faults:\n"
    "      - {at_s: 5, thruster: 3, reduced: 0.4}\n"
    "      - {at_s: 30, thruster: 6, reduced: 0.02}\n"
    "      - {at_s: 30, thruster: 6, stuck: \"on\"}\n";

/* ---- one tick by another integrator ---- */

/* what moves, then what has flowed since the tick began */
typedef struct ode {
    double place_m[3], velocity_mps[3], rate_rps[3], attitude[4];
    double force_ns[3], arm_force_nms[3]; /* of F, and of x x F about the origin; world axes */
    double torque_nms[3];                 /* of T */
    double carried_nms[3];                /* of what leaves: x x v for each kg */
} ode;

enum { ODE_NUMBERS = sizeof(ode) / sizeof(double), PARTS = 16 };

typedef struct acts {
    double force_n[3], torque_nm[3]; /* of thrusters, body axes */
    double wheels_nms[3], gain_nms[3];
    double kg, used_kg; /* at the beginning of the tick */
    double inertia_kgm2[6];
    double dt_s;
} acts;

static ode change_of(const acts *a, const ode *y, double part)
{
    ode change;
    double momentum[3];
    double gyro[3];
    double twist[3];
    double spin[4] = {0.0};
    for (int k = 0; k < 3; k++) {
        change.place_m[k] = y->velocity_mps[k];
        spin[k + 1] = 0.5 * y->rate_rps[k];
    }
    qf_turns(y->attitude, spin, change.attitude);
    qf_turn(y->attitude, a->force_n, change.force_ns);
    qf_turn(y->attitude, a->torque_nm, change.torque_nms);
    qf_tensor_apply(a->inertia_kgm2, y->rate_rps, momentum);
    for (int k = 0; k < 3; k++) {
        change.velocity_mps[k] = change.force_ns[k] / (a->kg - part * a->used_kg);
        momentum[k] += a->wheels_nms[k] + part * a->gain_nms[k];
    }
    qf_cross(y->rate_rps, momentum, gyro);
    for (int k = 0; k < 3; k++) {
        twist[k] = a->torque_nm[k] - a->gain_nms[k] / a->dt_s - gyro[k];
    }
    qf_tensor_solve(a->inertia_kgm2, twist, change.rate_rps);
    qf_cross(y->place_m, change.force_ns, change.arm_force_nms);
    qf_cross(y->place_m, y->velocity_mps, change.carried_nms);
    return change;
}

static ode along(const ode *y, double by, const ode *change)
{
    double from[ODE_NUMBERS];
    double to[ODE_NUMBERS];
    ode sum;
    memcpy(from, y, sizeof from);
    memcpy(to, change, sizeof to);
    for (size_t k = 0; k < ODE_NUMBERS; k++) {
        to[k] = from[k] + by * to[k];
    }
    memcpy(&sum, to, sizeof sum);
    return sum;
}

/* by Runge and Kutta's method, too, but in sixteen parts: its error is 1/65536 of the engine's */
static void integrate(const acts *a, ode *y)
{
    const double h = a->dt_s / PARTS;
    for (int n = 0; n < PARTS; n++) {
        const double part = (double)n / PARTS;
        const ode c1 = change_of(a, y, part);
        const ode y2 = along(y, 0.5 * h, &c1);
        const ode c2 = change_of(a, &y2, part + 0.5 / PARTS);
        const ode y3 = along(y, 0.5 * h, &c2);
        const ode c3 = change_of(a, &y3, part + 0.5 / PARTS);
        const ode y4 = along(y, h, &c3);
        const ode c4 = change_of(a, &y4, part + 1.0 / PARTS);
        *y = along(y, h / 6.0, &c1);
        *y = along(y, h / 3.0, &c2);
        *y = along(y, h / 3.0, &c3);
        *y = along(y, h / 6.0, &c4);
    }
}

/* ---- books of a flight ---- */

typedef struct flows {
    double reported_kg;    /* of thrusters' duties */
    double linear_ns[3];   /* that thrusters gave, less what left took along */
    double angular_nms[3]; /* likewise */
    double linear_most_ns; /* bounds of what the engine's integrator may be off by */
    double angular_most_nms;
    size_t n_dry, n_stuck, n_wheels, n_full, n_weak, n_commanded;
} flows;

static void add_scaled(double to[3], double by, const double what[3])
{
    qf_add_scaled(to, by, what, to);
}

/* what thrusters would take with the duties and the health that are reported */
static double reported_kg(const book *b)
{
    const qf_hardware *hardware = &b->f->scenario.groups[0].hardware;
    double thrust_n = 0.0;
    for (size_t t = 0; t < hardware->n_thrusters; t++) {
        thrust_n += number_in(b, QF_FIELD_THRUSTER_DUTY, t, 0) *
                    number_in(b, QF_FIELD_THRUSTER_HEALTH, t, 0) * hardware->thrusters[t].f_max_n *
                    length_of(hardware->thrusters[t].direction);
    }
    return thrust_n / EXHAUST_MPS * b->f->scenario.dt_s;
}

static acts acts_of(const book *b, const qf_rigid *before, const qf_rigid *after, double scale)
{
    acts a = {.kg = before->mass_kg,
              .used_kg = before->mass_kg - after->mass_kg,
              .dt_s = b->f->scenario.dt_s};
    for (unsigned k = 0; k < 3; k++) {
        a.force_n[k] = scale * number_in(b, (qf_field_id)(QF_FIELD_RCS_FORCE_X + k), 0, 0);
        a.torque_nm[k] = scale * number_in(b, (qf_field_id)(QF_FIELD_RCS_TORQUE_X + k), 0, 0);
        a.wheels_nms[k] = before->wheels_nms[k];
        a.gain_nms[k] = after->wheels_nms[k] - before->wheels_nms[k];
    }
    for (int k = 0; k < 6; k++) {
        a.inertia_kgm2[k] = 0.5 * (before->inertia_kgm2[k] + after->inertia_kgm2[k]);
    }
    return a;
}

/* what is left of the propellant turns as before: what leaves takes its part of I w along */
static void add_spin_left(const qf_rigid *body, const double inertia_kgm2[6], double sign, flows *f)
{
    double own[3];
    double world[3];
    double less[6];
    for (int k = 0; k < 6; k++) {
        less[k] = inertia_kgm2[k] - body->inertia_kgm2[k];
    }
    qf_tensor_apply(less, body->rate_rps, own);
    qf_turn(body->attitude, own, world);
    add_scaled(f->angular_nms, sign, world);
}

/*
 * Forces and torques that stay in body axes turn with the body, by an angle of w h + w' h^2 / 2 in a tick. What
 * Runge-Kutta of order four leaves of the series of an integral over the tick, for each unit of force times h, begins with the
 * terms of order h^4: (w h)^4, (w h)^2 w' h^2 and (w' h^2)^2, with coefficients of 1/24 and less; and with (w h)^5 for the
 * momentum that the body and its wheels have and that turns with it. A twenty-fourth of all of them bounds it.
 */
static void add_bounds(const acts *a, const qf_rigid *before, const qf_rigid *after, flows *f)
{
    const double h = a->dt_s;
    double turning[3];
    double spin[3];
    qf_difference(after->rate_rps, before->rate_rps, turning);
    qf_tensor_apply(a->inertia_kgm2, after->rate_rps, spin);
    const double angle = h * fmax(length_of(before->rate_rps), length_of(after->rate_rps));
    const double second = angle * angle + h * length_of(turning);
    const double fourth = second * second / 24.0;
    const double force_ns = h * length_of(a->force_n);
    f->linear_most_ns += force_ns * fourth;
    f->angular_most_nms +=
        fourth * (length_of(after->position_m) * force_ns + h * length_of(a->torque_nm) +
                  angle * (length_of(spin) + length_of(after->wheels_nms)));
}

static void add_tick(const book *b, const qf_rigid *before, const qf_rigid *after, flows *f)
{
    const double used_kg = before->mass_kg - after->mass_kg;
    const double said_kg = reported_kg(b);
    const bool dry = used_kg > 0.0 && !(number_in(b, QF_FIELD_PROPELLANT, 0, 0) > 0.0);
    f->n_dry += dry;
    f->reported_kg += dry ? used_kg : said_kg;
    if (!dry) {
        assert_near(said_kg, used_kg, 2e-7 * used_kg + 1e-13); /* shares are floats */
    } else {
        assert_true(said_kg >= used_kg);
    }
    const acts a = acts_of(b, before, after, dry ? used_kg / said_kg : 1.0);
    ode y = {0};
    memcpy(y.place_m, before->position_m, sizeof y.place_m);
    memcpy(y.velocity_mps, before->velocity_mps, sizeof y.velocity_mps);
    memcpy(y.rate_rps, before->rate_rps, sizeof y.rate_rps);
    memcpy(y.attitude, before->attitude, sizeof y.attitude);
    integrate(&a, &y);
    double way_m[3];
    qf_difference(after->position_m, before->position_m, way_m);
    add_scaled(f->linear_ns, 1.0, y.force_ns);
    add_scaled(f->linear_ns, -used_kg / a.dt_s, way_m); /* of v dt, for each kg that left */
    add_scaled(f->angular_nms, 1.0, y.torque_nms);
    add_scaled(f->angular_nms, 1.0, y.arm_force_nms);
    add_scaled(f->angular_nms, -used_kg / a.dt_s, y.carried_nms);
    add_spin_left(before, a.inertia_kgm2, 1.0, f);
    add_spin_left(after, a.inertia_kgm2, -1.0, f);
    add_bounds(&a, before, after, f);
}

static void note(const book *b, flows *f)
{
    const bool stuck = qf_u64(&b->fleet, QF_FIELD_THRUSTERS_STUCK_ON, 0)[0] != 0;
    f->n_stuck += stuck && number_in(b, QF_FIELD_THRUSTER_DUTY, 6, 0) > 0.0;
    f->n_weak += number_in(b, QF_FIELD_THRUSTER_DUTY, 3, 0) > 0.0 &&
                 number_in(b, QF_FIELD_THRUSTER_HEALTH, 3, 0) == 0.4;
    f->n_commanded += (flags_of(b, 0) & QF_FLAG_BIT(RCS_ACTIVE)) != 0;
    for (unsigned k = 0; k < 3; k++) {
        const double nms = fabs(number_in(b, (qf_field_id)(QF_FIELD_WHEEL_X + k), 0, 0));
        f->n_wheels += nms > 0.01 && nms < 0.99;
        f->n_full += nms == 1.0;
    }
}

static void flight_loses_only_what_leaves_through_the_nozzles(void **state)
{
    book b;
    open_book(&b, state, flight);
    flows f = {0};
    const qf_rigid first = qf_bond_body(&b.fleet, 0);
    qf_rigid before = first;
    const sums start = sums_of(&b);
    while (next_tick(&b)) {
        const qf_rigid after = qf_bond_body(&b.fleet, 0);
        add_tick(&b, &before, &after, &f);
        note(&b, &f);
        before = after;
    }
    /* else it would be the flight of nobody in particular */
    assert_int_equal(f.n_dry, 1);
    assert_int_equal(f.n_commanded, 8);
    assert_true(f.n_stuck > 10 && f.n_weak > 10 && f.n_wheels > 10 && f.n_full > 10);
    assert_int_equal(told(&b, QF_EVENT_WAYPOINT_REACHED), 1);
    const sums end = sums_of(&b);
    assert_near(start.mass_kg - end.mass_kg, 2.0, 1e-12);
    assert_near(f.reported_kg, 2.0, 1e-7);
    double linear[3];
    double angular[3];
    qf_difference(end.linear_ns, start.linear_ns, linear);
    qf_difference(end.angular_nms, start.angular_nms, angular);
    assert_true(apart(linear, f.linear_ns) < f.linear_most_ns + 1e-10);
    assert_true(apart(angular, f.angular_nms) < f.angular_most_nms + 1e-9);
    close_book(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(flight_loses_only_what_leaves_through_the_nozzles),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
