/* SPDX-License-Identifier: Apache-2.0 */
/* Orbits: elements, coasting and the integrator against closed forms. */
#include "body_stand.h"
#include "orbit.h"

#define MU     3.986004418e14
#define EARTH  6378137.0
#define J2     1.08262668e-3
#define PI     3.14159265358979323846
#define DEGREE (PI / 180.0)

static const qf_kernels *kernels;

static void put_orbit(body_stand *s, size_t i, const qf_orbit *orbit)
{
    double r[3], v[3];
    qf_orbit_state(orbit, MU, r, v);
    for (int d = 0; d < 3; d++) {
        s->c.position_m[d][i] = r[d] + s->group.gravity.center_m[d];
        s->c.velocity_mps[d][i] = v[d];
    }
}

static void look(body_stand *s)
{
    const qf_bot_tick tick = {.dt_s = 1.0, .observed = true};
    kernels->elements(&s->c, &s->group, &tick, &s->scratch, 0, s->n);
}

/* ---- elements ---- */

/* a place on a conic from its definition: at the anomaly f, r = p / (1 + e cos f), turned by three angles */
static void state_lies_where_the_elements_say(void **state)
{
    (void)state;
    const qf_orbit orbit = {8e6, 0.1, 30.0 * DEGREE, 40.0 * DEGREE, 50.0 * DEGREE, 70.0 * DEGREE};
    double r[3], v[3], h[3];
    qf_orbit_state(&orbit, MU, r, v);
    const double p = 8e6 * (1.0 - 0.01);
    assert_near(norm3(r), p / (1.0 + 0.1 * cos(70.0 * DEGREE)), 1e-8);
    assert_near(0.5 * dot3(v, v) - MU / norm3(r), -MU / 16e6, 1e-7);
    cross3(r, v, h);
    assert_near(norm3(h), sqrt(MU * p), 1e-3);
    assert_near(h[2] / norm3(h), cos(30.0 * DEGREE), 1e-15);
    /* the node is where the orbit goes up through the equator: h = (sin n sin i, -cos n sin i, cos i) */
    assert_near(h[0] / norm3(h), sin(40.0 * DEGREE) * 0.5, 1e-15);
    assert_near(h[1] / norm3(h), -cos(40.0 * DEGREE) * 0.5, 1e-15);
    assert_near(r[2] / norm3(r), sin(120.0 * DEGREE) * 0.5, 1e-15);
    assert_near(dot3(r, v) / norm3(r), sqrt(MU / p) * 0.1 * sin(70.0 * DEGREE), 1e-9);
}

static const qf_orbit shapes[] = {
    {7e6, 0.001, 51.6 * DEGREE, 10.0 * DEGREE, 20.0 * DEGREE, 30.0 * DEGREE},
    {26.6e6, 0.74, 63.4 * DEGREE, 200.0 * DEGREE, 270.0 * DEGREE, 179.0 * DEGREE},
    {7e6, 0.3, 178.0 * DEGREE, 300.0 * DEGREE, 100.0 * DEGREE, 359.0 * DEGREE},
    {-20e6, 1.5, 20.0 * DEGREE, 80.0 * DEGREE, 120.0 * DEGREE, 60.0 * DEGREE},
    {7e6, 0.2, 90.0 * DEGREE, 0.001 * DEGREE, 1.0 * DEGREE, 180.0 * DEGREE},
    /* in the plane of the equator: no node; circular: no periapsis; both; against the sun */
    {7e6, 0.2, 0.0, 0.0, 70.0 * DEGREE, 30.0 * DEGREE},
    {7e6, 0.0, 40.0 * DEGREE, 70.0 * DEGREE, 0.0, 30.0 * DEGREE},
    {7e6, 0.0, 0.0, 0.0, 0.0, 123.0 * DEGREE},
    {7e6, 0.0, PI, 0.0, 0.0, 123.0 * DEGREE},
};

static double angle_between_deg(double a, double b)
{
    return fabs(remainder(a - b, 360.0));
}

static void elements_come_back_from_the_state_they_made(void **state)
{
    (void)state;
    body_stand *s = open_bodies(COUNT(shapes));
    s->group.gravity = (qf_gravity){
        .kind = QF_GRAVITY_POINT, .mu_m3ps2 = MU, .radius_m = EARTH, .center_m = {1e5, -2e5, 3e5}};
    for (size_t i = 0; i < COUNT(shapes); i++) {
        put_orbit(s, i, &shapes[i]);
    }
    look(s);
    for (size_t i = 0; i < COUNT(shapes); i++) {
        const qf_orbit *o = &shapes[i];
        const double a = o->semi_major_axis_m, e = o->eccentricity;
        assert_near(s->c.semi_major_axis_m[i] / a, 1.0, 1e-13);
        assert_near(s->c.eccentricity[i], e, 1e-13);
        assert_near(s->c.inclination_deg[i], o->inclination_rad / DEGREE, 1e-8);
        assert_near(angle_between_deg(s->c.node_deg[i], o->node_rad / DEGREE), 0.0, 1e-9);
        assert_near(angle_between_deg(s->c.periapsis_deg[i], o->periapsis_rad / DEGREE), 0.0, 1e-8);
        assert_near(angle_between_deg(s->c.anomaly_deg[i], o->anomaly_rad / DEGREE), 0.0, 1e-8);
        assert_near(s->c.periapsis_m[i], a * (1.0 - e) - EARTH, 1e-5);
        if (a > 0.0) {
            assert_near(s->c.apoapsis_m[i], a * (1.0 + e) - EARTH, 1e-5);
            assert_near(s->c.period_s[i], 2.0 * PI * sqrt(a * a * a / MU), 1e-7);
        } else {
            assert_true(isinf(s->c.apoapsis_m[i]) && isinf(s->c.period_s[i]));
        }
        /* the scalar twin */
        double r[3], v[3];
        qf_orbit_state(o, MU, r, v);
        const qf_orbit back = qf_orbit_of_state(r, v, MU);
        assert_near(back.semi_major_axis_m / a, 1.0, 1e-13);
        assert_near(back.eccentricity, e, 1e-13);
        assert_near(back.inclination_rad, o->inclination_rad, 1e-10);
        assert_near(angle_between_deg(back.node_rad / DEGREE, o->node_rad / DEGREE), 0.0, 1e-9);
        assert_near(angle_between_deg(back.periapsis_rad / DEGREE, o->periapsis_rad / DEGREE), 0.0,
                    1e-8);
        assert_near(angle_between_deg(back.anomaly_rad / DEGREE, o->anomaly_rad / DEGREE), 0.0,
                    1e-8);
    }
    close_bodies(s);
}

static void nothing_orbits_where_no_planet_pulls(void **state)
{
    (void)state;
    body_stand *s = open_bodies(1);
    s->group.gravity = (qf_gravity){.kind = QF_GRAVITY_CLOHESSY_WILTSHIRE, .mean_motion_rps = 1e-3};
    look(s);
    assert_true(isnan(s->c.semi_major_axis_m[0]) && isnan(s->c.eccentricity[0]));
    assert_true(isnan(s->c.period_s[0]) && isnan(s->c.node_deg[0]));
    close_bodies(s);
}

/* ---- coasting ---- */

/* Kepler's equation on the ellipse by bisection, and the anomaly by the half-angle formula: another way than the code's */
static double anomaly_after(const qf_orbit *o, double t_s)
{
    const double e = o->eccentricity, a = o->semi_major_axis_m;
    const double e0 = 2.0 * atan(sqrt((1.0 - e) / (1.0 + e)) * tan(0.5 * o->anomaly_rad));
    const double mean = e0 - e * sin(e0) + sqrt(MU / (a * a * a)) * t_s;
    double low = mean - 1.0, high = mean + 1.0;
    for (int k = 0; k < 200; k++) {
        const double middle = 0.5 * (low + high);
        *(middle - e * sin(middle) < mean ? &low : &high) = middle;
    }
    const double eccentric = 0.5 * (low + high);
    return 2.0 * atan2(sqrt(1.0 + e) * sin(0.5 * eccentric), sqrt(1.0 - e) * cos(0.5 * eccentric));
}

static void coasting_follows_keplers_equation(void **state)
{
    (void)state;
    static const double times_s[] = {0.0, 1.0, 600.0, -900.0, 3000.0, 40000.0, 5e5};
    for (size_t i = 0; i < COUNT(shapes); i++) {
        for (size_t k = 0; k < COUNT(times_s) && shapes[i].semi_major_axis_m > 0.0; k++) {
            double r[3], v[3], expected_r[3], expected_v[3];
            qf_orbit_state(&shapes[i], MU, r, v);
            qf_orbit_coast(MU, times_s[k], r, v);
            qf_orbit later = shapes[i];
            later.anomaly_rad = anomaly_after(&shapes[i], times_s[k]);
            qf_orbit_state(&later, MU, expected_r, expected_v);
            assert_near(distance3(r, expected_r), 0.0, 2e-4);
            assert_near(distance3(v, expected_v), 0.0, 2e-7);
        }
    }
}

/* a hyperbola: mean anomaly e sinh F - F grows with time */
static void coasting_follows_a_hyperbola(void **state)
{
    (void)state;
    const qf_orbit *o = &shapes[3];
    const double e = o->eccentricity, a = -o->semi_major_axis_m;
    for (double hyperbolic = -3.0; hyperbolic < 3.0; hyperbolic += 0.37) {
        const double f0 = 2.0 * atanh(sqrt((e - 1.0) / (e + 1.0)) * tan(0.5 * o->anomaly_rad));
        const double t_s =
            sqrt(a * a * a / MU) * ((e * sinh(hyperbolic) - hyperbolic) - (e * sinh(f0) - f0));
        double r[3], v[3], expected_r[3], expected_v[3];
        qf_orbit_state(o, MU, r, v);
        qf_orbit_coast(MU, t_s, r, v);
        qf_orbit later = *o;
        later.anomaly_rad = 2.0 * atan(sqrt((e + 1.0) / (e - 1.0)) * tanh(0.5 * hyperbolic));
        qf_orbit_state(&later, MU, expected_r, expected_v);
        assert_near(distance3(r, expected_r) / norm3(expected_r), 0.0, 1e-12);
        assert_near(distance3(v, expected_v) / norm3(expected_v), 0.0, 1e-12);
    }
}

/* for years, which is long after exponentials of the first guess are beyond any number */
static void coasting_on_a_hyperbola_never_ends(void **state)
{
    (void)state;
    static const double speeds_mps[] = {10700.0, 12000.0, 15000.0, 60000.0};
    for (size_t k = 0; k < sizeof speeds_mps / sizeof *speeds_mps; k++) {
        const double q = 7e6, v2 = speeds_mps[k] * speeds_mps[k];
        const double beyond2 = v2 - 2.0 * MU / q, a = MU / beyond2, e = 1.0 + q / a;
        for (double t_s = 1e3; t_s < 1e9; t_s *= 10.0) {
            for (double sign = -1.0; sign < 2.0; sign += 2.0) {
                double r[3] = {q, 0.0, 0.0}, v[3] = {0.0, speeds_mps[k], 0.0};
                qf_orbit_coast(MU, sign * t_s, r, v);
                /* Kepler's equation, of its distance a (e cosh F - 1) */
                const double f = acosh((norm3(r) / a + 1.0) / e);
                const double back_s = sqrt(a * a * a / MU) * (e * sinh(f) - f);
                assert_near(back_s / t_s, 1.0, 1e-9);
                assert_near(norm3(v) * norm3(v) - 2.0 * MU / norm3(r), beyond2, 1e-12 * v2);
                assert_true(r[1] * sign > 0.0);
            }
        }
    }
}

/* a parabola from its periapsis, by Barker's equation: t = sqrt(2 q^3 / mu) (D + D^3 / 3), D = tan(f / 2) */
static void coasting_follows_a_parabola(void **state)
{
    (void)state;
    const double q = 7e6, d = 1.3;
    double r[3] = {q, 0.0, 0.0}, v[3] = {0.0, sqrt(2.0 * MU / q), 0.0};
    qf_orbit_coast(MU, sqrt(2.0 * q * q * q / MU) * (d + d * d * d / 3.0), r, v);
    assert_near(r[0], q * (1.0 - d * d), 1e-6);
    assert_near(r[1], 2.0 * q * d, 1e-6);
}

/* ---- the integrator ---- */

/* 100 revolutions of two orbits at once; the worst error of position over the last of them is below a metre */
static void two_bodies_go_round_a_hundred_times_as_kepler_says(void **state)
{
    (void)state;
    static const double most_m[] = {0.02, 0.2};
    body_stand *s = open_bodies(2);
    s->group.gravity = (qf_gravity){
        .kind = QF_GRAVITY_POINT, .mu_m3ps2 = MU, .radius_m = EARTH, .center_m = {0.0, 0.0, 0.0}};
    const qf_orbit orbits[2] = {
        {6.9e6, 0.001, 51.6 * DEGREE, 10.0 * DEGREE, 20.0 * DEGREE, 0.0},
        {8.5e6, 0.2, 97.0 * DEGREE, 120.0 * DEGREE, 80.0 * DEGREE, 0.0},
    };
    double first[2][3], speed[2][3];
    double energy[2];
    for (size_t i = 0; i < 2; i++) {
        put_orbit(s, i, &orbits[i]);
        get3(s->c.position_m, i, first[i]);
        get3(s->c.velocity_mps, i, speed[i]);
        energy[i] = 0.5 * dot3(speed[i], speed[i]) - MU / norm3(first[i]);
    }
    const double dt_s = 2.0, a = 8.5e6;
    const int n_ticks = (int)(100.0 * 2.0 * PI * sqrt(a * a * a / MU) / dt_s);
    double worst[2] = {0.0, 0.0}, drift[2] = {0.0, 0.0};
    for (int part = 1; part <= 100; part++) {
        fly_bodies(s, kernels, dt_s, n_ticks / 100);
        for (size_t i = 0; i < 2; i++) {
            double r[3], v[3], now_r[3], now_v[3];
            memcpy(r, first[i], sizeof r);
            memcpy(v, speed[i], sizeof v);
            qf_orbit_coast(MU, part * (n_ticks / 100) * dt_s, r, v);
            get3(s->c.position_m, i, now_r);
            get3(s->c.velocity_mps, i, now_v);
            worst[i] = fmax(worst[i], distance3(r, now_r));
            const double now = 0.5 * dot3(now_v, now_v) - MU / norm3(now_r);
            drift[i] = fmax(drift[i], fabs(now / energy[i] - 1.0));
        }
    }
    print_message("100 revolutions, 2 s: %.3g m and %.3g m, energy %.2g and %.2g\n", worst[0],
                  worst[1], drift[0], drift[1]);
    for (size_t i = 0; i < 2; i++) {
        assert_below(worst[i], most_m[i]);
        assert_below(drift[i], 1e-11);
    }
    close_bodies(s);
}

static void halving_the_step_of_an_orbit_divides_its_error_by_sixteen(void **state)
{
    (void)state;
    double error_m[3];
    for (int k = 0; k < 3; k++) {
        body_stand *s = open_bodies(1);
        s->group.gravity =
            (qf_gravity){.kind = QF_GRAVITY_POINT, .mu_m3ps2 = MU, .radius_m = EARTH};
        double r[3], v[3], now[3];
        put_orbit(s, 0, &shapes[0]);
        get3(s->c.position_m, 0, r);
        get3(s->c.velocity_mps, 0, v);
        fly_bodies(s, kernels, 40.0 / (1 << k), 100 << k);
        qf_orbit_coast(MU, 4000.0, r, v);
        get3(s->c.position_m, 0, now);
        error_m[k] = distance3(r, now);
        close_bodies(s);
    }
    for (int k = 0; k < 2; k++) {
        const double ratio = error_m[k] / error_m[k + 1];
        assert_true(ratio > 14.0 && ratio < 18.0);
    }
}

/* the potential of J2, whose gradient the kernel has by hand: energy stays, and momentum about the axis too */
static double energy_with_j2(const double r[3], const double v[3])
{
    const double d = norm3(r), s = r[2] / d;
    return 0.5 * dot3(v, v) -
           MU / d * (1.0 - J2 * (EARTH / d) * (EARTH / d) * 0.5 * (3.0 * s * s - 1.0));
}

static void oblateness_keeps_energy_and_momentum_about_the_axis(void **state)
{
    (void)state;
    body_stand *s = open_bodies(1);
    s->group.gravity =
        (qf_gravity){.kind = QF_GRAVITY_J2, .mu_m3ps2 = MU, .radius_m = EARTH, .j2 = J2};
    const qf_orbit orbit = {8e6, 0.1, 60.0 * DEGREE, 0.0, 30.0 * DEGREE, 0.0};
    put_orbit(s, 0, &orbit);
    double r[3], v[3], h[2][3], worst = 0.0;
    get3(s->c.position_m, 0, r);
    get3(s->c.velocity_mps, 0, v);
    const double energy = energy_with_j2(r, v);
    cross3(r, v, h[0]);
    for (int t = 0; t < 2000; t++) {
        fly_bodies(s, kernels, 5.0, 1);
        get3(s->c.position_m, 0, r);
        get3(s->c.velocity_mps, 0, v);
        worst = fmax(worst, fabs(energy_with_j2(r, v) / energy - 1.0));
    }
    cross3(r, v, h[1]);
    assert_below(worst, 1e-10);
    assert_near(h[1][2] / h[0][2], 1.0, 1e-10);
    close_bodies(s);
}

/* node' = -3/2 n J2 (R/p)^2 cos i, periapsis' = 3/4 n J2 (R/p)^2 (5 cos^2 i - 1), n of the mean motion */
static void oblateness_turns_node_and_perigee_at_their_secular_rates(void **state)
{
    (void)state;
    static const double inclination_deg[] = {28.5, 63.4349, 98.0};
    body_stand *s = open_bodies(3);
    s->group.gravity =
        (qf_gravity){.kind = QF_GRAVITY_J2, .mu_m3ps2 = MU, .radius_m = EARTH, .j2 = J2};
    for (size_t i = 0; i < 3; i++) {
        const qf_orbit orbit = {9e6, 0.2, inclination_deg[i] * DEGREE, 90.0 * DEGREE, 0.0, 0.0};
        put_orbit(s, i, &orbit);
    }
    /* means over whole revolutions, thirty apart: what goes to and fro within one cancels */
    enum { REVOLUTIONS = 30, PER_REVOLUTION = 850 };
    const double period_s = 2.0 * PI * sqrt(9e6 * 9e6 * 9e6 / MU);
    const double dt_s = period_s / PER_REVOLUTION;
    double node[2][3] = {{0}}, periapsis[2][3] = {{0}}, a[3] = {0};
    for (int t = 0; t < (REVOLUTIONS + 1) * PER_REVOLUTION; t++) {
        fly_bodies(s, kernels, dt_s, 1);
        const int end = t >= REVOLUTIONS * PER_REVOLUTION;
        if (t < PER_REVOLUTION || end) {
            look(s);
            for (size_t i = 0; i < 3; i++) {
                node[end][i] += s->c.node_deg[i] / PER_REVOLUTION;
                periapsis[end][i] += remainder(s->c.periapsis_deg[i], 360.0) / PER_REVOLUTION;
                a[i] += 0.5 * s->c.semi_major_axis_m[i] / PER_REVOLUTION;
            }
        }
    }
    for (size_t i = 0; i < 3; i++) {
        const double c = cos(inclination_deg[i] * DEGREE);
        const double p = a[i] * (1.0 - 0.04);
        const double n = sqrt(MU / (a[i] * a[i] * a[i]));
        const double k = n * J2 * (EARTH / p) * (EARTH / p) * REVOLUTIONS * period_s / DEGREE;
        assert_near((node[1][i] - node[0][i]) / k, -1.5 * c, 0.005 * 1.5);
        assert_near((periapsis[1][i] - periapsis[0][i]) / k, 0.75 * (5.0 * c * c - 1.0),
                    0.005 * 3.0);
    }
    close_bodies(s);
}

/* ---- Hill's frame ---- */

static const double n_rps = 0.00113;

static body_stand *open_hill(size_t n)
{
    body_stand *s = open_bodies(n);
    s->group.gravity =
        (qf_gravity){.kind = QF_GRAVITY_CLOHESSY_WILTSHIRE, .mean_motion_rps = n_rps};
    return s;
}

static void relative_motion_follows_clohessy_and_wiltshire(void **state)
{
    (void)state;
    body_stand *s = open_hill(2);
    set3(s->c.position_m, 0, 100.0, -500.0, 50.0);
    set3(s->c.velocity_mps, 0, 0.3, -0.1, 0.2);
    /* an ellipse of two to one that stays: vy = -2 n x */
    set3(s->c.position_m, 1, 100.0, 0.0, 0.0);
    set3(s->c.velocity_mps, 1, 0.0, -2.0 * n_rps * 100.0, 0.0);
    double r[3], v[3], now[3];
    get3(s->c.position_m, 0, r);
    get3(s->c.velocity_mps, 0, v);
    fly_bodies(s, kernels, 1.0, 11120); /* two revolutions, nearly */
    qf_hill_coast(n_rps, 11120.0, r, v);
    get3(s->c.position_m, 0, now);
    assert_near(distance3(now, r), 0.0, 1e-7);
    get3(s->c.velocity_mps, 0, now);
    assert_near(distance3(now, v), 0.0, 1e-10);
    const double phase = n_rps * 11120.0;
    assert_near(s->c.position_m[0][1], 100.0 * cos(phase), 1e-7);
    assert_near(s->c.position_m[1][1], -200.0 * sin(phase), 1e-7);
    close_bodies(s);
}

/* closed form and two real orbits: near each other they agree to the square of their distance */
static void closed_form_is_what_two_orbits_do_near_each_other(void **state)
{
    (void)state;
    const double a = cbrt(MU / (n_rps * n_rps)), t_s = 2000.0;
    double r[3] = {20.0, -30.0, 10.0}, v[3] = {0.02, -0.03, 0.01};
    double of[3] = {a, 0.0, 0.0}, of_v[3] = {0.0, n_rps * a, 0.0};
    double near[3] = {a + r[0], r[1], r[2]};
    double near_v[3] = {v[0] - n_rps * r[1], n_rps * a + v[1] + n_rps * r[0], v[2]};
    qf_hill_coast(n_rps, t_s, r, v);
    qf_orbit_coast(MU, t_s, of, of_v);
    qf_orbit_coast(MU, t_s, near, near_v);
    const qf_local_axes local = qf_local_axes_of(of, of_v);
    assert_near(local.rate_rps, n_rps, 1e-15);
    const double apart[3] = {near[0] - of[0], near[1] - of[1], near[2] - of[2]};
    for (int d = 0; d < 3; d++) {
        assert_near(dot3(local.axis[d], apart), r[d], 2e-3);
    }
}

/* who does not turn in space turns backwards in Hill's frame, and the IMU measures nothing */
static void bodies_at_rest_in_space_turn_backwards_in_hills_frame(void **state)
{
    (void)state;
    body_stand *s = open_hill(2);
    memcpy(s->group.dry_kgm2, (double[6]){1.0, 2.0, 2.5, 0.3, -0.2, 0.1}, sizeof s->group.dry_kgm2);
    set3(s->c.rate_rps, 0, 0.0, 0.0, -n_rps);
    fly_bodies(s, kernels, 1.0, 1000);
    double q[4];
    get_attitude(s, 0, q);
    assert_near(q[0], cos(0.5 * n_rps * 1000.0), 1e-12);
    assert_near(q[3], -sin(0.5 * n_rps * 1000.0), 1e-12);
    assert_near(s->c.rate_rps[2][0], -n_rps, 1e-15);
    const qf_bot_tick tick = {.dt_s = 1.0, .observed = true};
    kernels->dynamics(&s->c, &s->group, &tick, &s->scratch, 0, 1);
    assert_near(s->c.yaw_rate_rps[0], 0.0, 1e-15);
    close_bodies(s);
}

/* a tumbling body: rates in space, as the frame turns beneath it, obey Euler's equations without a frame */
static void tumbling_in_hills_frame_is_tumbling_in_space(void **state)
{
    (void)state;
    body_stand *hill = open_hill(1);
    body_stand *space = open_bodies(1);
    const double inertia[6] = {1.0, 2.0, 3.0, 0.1, -0.05, 0.02};
    hill->group.gravity.mean_motion_rps = 0.05; /* fast, so that it counts */
    memcpy(hill->group.dry_kgm2, inertia, sizeof inertia);
    memcpy(space->group.dry_kgm2, inertia, sizeof inertia);
    set3(hill->c.rate_rps, 0, 0.1, -0.2, 0.3 - 0.05);
    set3(space->c.rate_rps, 0, 0.1, -0.2, 0.3);
    fly_bodies(hill, kernels, 0.05, 1000);
    fly_bodies(space, kernels, 0.05, 1000);
    double in_space[4], in_hill[4], axes[2][3];
    get_attitude(space, 0, in_space);
    get_attitude(hill, 0, in_hill);
    const double x[3] = {1.0, 0.0, 0.0}, turned = 0.05 * 50.0;
    turn3(in_space, x, axes[0]);
    turn3(in_hill, x, axes[1]);
    assert_near(cos(turned) * axes[1][0] - sin(turned) * axes[1][1], axes[0][0], 1e-7);
    assert_near(sin(turned) * axes[1][0] + cos(turned) * axes[1][1], axes[0][1], 1e-7);
    assert_near(axes[1][2], axes[0][2], 1e-7);
    close_bodies(hill);
    close_bodies(space);
}

#define TEST(name) cmocka_unit_test(name)

int main(void)
{
    kernels = qf_kernels_best();
    const struct CMUnitTest tests[] = {
        TEST(state_lies_where_the_elements_say),
        TEST(elements_come_back_from_the_state_they_made),
        TEST(nothing_orbits_where_no_planet_pulls),
        TEST(coasting_follows_keplers_equation),
        TEST(coasting_follows_a_hyperbola),
        TEST(coasting_on_a_hyperbola_never_ends),
        TEST(coasting_follows_a_parabola),
        TEST(two_bodies_go_round_a_hundred_times_as_kepler_says),
        TEST(halving_the_step_of_an_orbit_divides_its_error_by_sixteen),
        TEST(oblateness_keeps_energy_and_momentum_about_the_axis),
        TEST(oblateness_turns_node_and_perigee_at_their_secular_rates),
        TEST(relative_motion_follows_clohessy_and_wiltshire),
        TEST(closed_form_is_what_two_orbits_do_near_each_other),
        TEST(bodies_at_rest_in_space_turn_backwards_in_hills_frame),
        TEST(tumbling_in_hills_frame_is_tumbling_in_space),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
