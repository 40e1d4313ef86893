/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Why the kernel integrates as it does: its Runge-Kutta method of order four against a symplectic one of order two,
 * written here - velocity Verlet for the way, and for the turning the exact turns about one principal axis after the
 * other, forwards and backwards (Touma and Wisdom 1994). Prints the table of docs/model.md.
 */
#include "body_stand.h"
#include "orbit.h"

#define MU 3.986004418e14
#define PI 3.14159265358979323846

enum { BODIES = 8 }; /* whole lanes: the first one counts */

static const double steps_s[] = {0.01, 0.1, 1.0, 10.0};

/* worst relative errors, and of position or attitude at the end */
typedef struct errors {
    double energy, place;
} errors;

/* ---- two revolutions of an orbit of eccentricity 0.1 ---- */

static const double semi_major_axis_m = 7.5e6;

static double orbit_energy(const double r[3], const double v[3])
{
    return 0.5 * dot3(v, v) - MU / norm3(r);
}

static void start_orbit(double r[3], double v[3])
{
    const qf_orbit orbit = {semi_major_axis_m, 0.1, 0.9, 0.5, 0.3, 0.0};
    qf_orbit_state(&orbit, MU, r, v);
}

static errors judge_orbit(double worst, const double r[3], double t_s)
{
    double ought_r[3], ought_v[3];
    start_orbit(ought_r, ought_v);
    qf_orbit_coast(MU, t_s, ought_r, ought_v);
    return (errors){worst, distance3(r, ought_r)};
}

static int orbit_ticks(double dt_s)
{
    return (int)(4.0 * PI * sqrt(semi_major_axis_m * semi_major_axis_m * semi_major_axis_m / MU) /
                 dt_s);
}

static errors orbit_of_kernel(double dt_s)
{
    body_stand *s = open_bodies(BODIES);
    s->group.gravity = (qf_gravity){.kind = QF_GRAVITY_POINT, .mu_m3ps2 = MU};
    double r[3], v[3], worst = 0.0;
    start_orbit(r, v);
    for (size_t i = 0; i < BODIES; i++) {
        set3(s->c.position_m, i, r[0], r[1], r[2]);
        set3(s->c.velocity_mps, i, v[0], v[1], v[2]);
    }
    const double energy = orbit_energy(r, v);
    const int n = orbit_ticks(dt_s);
    for (int t = 0; t < n; t++) {
        fly_bodies(s, qf_kernels_best(), dt_s, 1);
        get3(s->c.position_m, 0, r);
        get3(s->c.velocity_mps, 0, v);
        worst = fmax(worst, fabs(orbit_energy(r, v) / energy - 1.0));
    }
    close_bodies(s);
    return judge_orbit(worst, r, n * dt_s);
}

static errors orbit_of_verlet(double dt_s)
{
    double r[3], v[3], worst = 0.0;
    start_orbit(r, v);
    const double energy = orbit_energy(r, v);
    const int n = orbit_ticks(dt_s);
    for (int t = 0; t < n; t++) {
        for (int half = 0; half < 2; half++) {
            const double d = norm3(r), pull = -MU / (d * d * d);
            for (int k = 0; k < 3; k++) {
                v[k] += 0.5 * dt_s * pull * r[k];
            }
            for (int k = 0; k < 3 && half == 0; k++) {
                r[k] += dt_s * v[k];
            }
        }
        worst = fmax(worst, fabs(orbit_energy(r, v) / energy - 1.0));
    }
    return judge_orbit(worst, r, n * dt_s);
}

/* ---- 1000 s of tumbling at 6 degrees per second ---- */

static const double inertia[3] = {1.0, 2.0, 3.0};
static const double first_rate[3] = {0.06, 0.08, -0.03};
static const double tumble_s = 1000.0;

static double turning_energy(const double w[3])
{
    return 0.5 * (inertia[0] * w[0] * w[0] + inertia[1] * w[1] * w[1] + inertia[2] * w[2] * w[2]);
}

/* how far the momentum in world axes is off, over its size */
static double momentum_error(const double q[4], const double w[3])
{
    double h[3], turned[3], first[3];
    for (int k = 0; k < 3; k++) {
        h[k] = inertia[k] * w[k];
        first[k] = inertia[k] * first_rate[k];
    }
    turn3(q, h, turned);
    return distance3(turned, first) / norm3(first);
}

static errors tumbling_of_kernel(double dt_s)
{
    body_stand *s = open_bodies(BODIES);
    memcpy(s->group.dry_kgm2, inertia, sizeof inertia);
    for (size_t i = 0; i < BODIES; i++) {
        set3(s->c.rate_rps, i, first_rate[0], first_rate[1], first_rate[2]);
    }
    errors e = {0.0, 0.0};
    double w[3], q[4];
    for (int t = 0; t < (int)(tumble_s / dt_s + 0.5); t++) {
        fly_bodies(s, qf_kernels_best(), dt_s, 1);
        get3(s->c.rate_rps, 0, w);
        get_attitude(s, 0, q);
        e.energy = fmax(e.energy, fabs(turning_energy(w) / turning_energy(first_rate) - 1.0));
        e.place = fmax(e.place, momentum_error(q, w));
    }
    close_bodies(s);
    return e;
}

/* free turning about a principal axis for a while: the body by w t, its rates the other way */
static void turn_about(int axis, double t_s, double q[4], double w[3])
{
    const double angle = w[axis] * t_s;
    const int a = (axis + 1) % 3, b = (axis + 2) % 3;
    const double c = cos(angle), s = sin(angle);
    const double ha = inertia[a] * w[a], hb = inertia[b] * w[b];
    w[a] = (c * ha + s * hb) / inertia[a];
    w[b] = (c * hb - s * ha) / inertia[b];
    double by[4] = {cos(0.5 * angle), 0.0, 0.0, 0.0};
    by[axis + 1] = sin(0.5 * angle);
    const double p[4] = {q[0], q[1], q[2], q[3]};
    q[0] = p[0] * by[0] - p[1] * by[1] - p[2] * by[2] - p[3] * by[3];
    q[1] = p[0] * by[1] + p[1] * by[0] + p[2] * by[3] - p[3] * by[2];
    q[2] = p[0] * by[2] - p[1] * by[3] + p[2] * by[0] + p[3] * by[1];
    q[3] = p[0] * by[3] + p[1] * by[2] - p[2] * by[1] + p[3] * by[0];
}

static errors tumbling_of_splitting(double dt_s)
{
    double q[4] = {1.0, 0.0, 0.0, 0.0}, w[3];
    memcpy(w, first_rate, sizeof w);
    errors e = {0.0, 0.0};
    for (int t = 0; t < (int)(tumble_s / dt_s + 0.5); t++) {
        turn_about(0, 0.5 * dt_s, q, w);
        turn_about(1, 0.5 * dt_s, q, w);
        turn_about(2, dt_s, q, w);
        turn_about(1, 0.5 * dt_s, q, w);
        turn_about(0, 0.5 * dt_s, q, w);
        e.energy = fmax(e.energy, fabs(turning_energy(w) / turning_energy(first_rate) - 1.0));
        e.place = fmax(e.place, momentum_error(q, w));
    }
    return e;
}

/* ---- the table ---- */

static void kernel_is_the_more_exact_of_both_at_the_steps_of_vehicles(void **state)
{
    (void)state;
    print_message("| step | orbit RK4 | orbit Verlet | tumbling RK4 | tumbling splitting |\n");
    for (size_t k = 0; k < COUNT(steps_s); k++) {
        const double dt_s = steps_s[k];
        const errors orbit[2] = {orbit_of_kernel(dt_s), orbit_of_verlet(dt_s)};
        const errors tumbling[2] = {tumbling_of_kernel(dt_s), tumbling_of_splitting(dt_s)};
        print_message("| %g s | %.1e, %.1e m | %.1e, %.1e m | %.1e, %.1e | %.1e, %.1e |\n", dt_s,
                      orbit[0].energy, orbit[0].place, orbit[1].energy, orbit[1].place,
                      tumbling[0].energy, tumbling[0].place, tumbling[1].energy, tumbling[1].place);
        assert_below(orbit[0].place, orbit[1].place);
        assert_below(orbit[0].energy, dt_s > 1.0 ? 1e-7 : 1e-11);
        if (dt_s <= 1.0) {
            assert_below(tumbling[0].energy, tumbling[1].energy);
            assert_below(tumbling[0].energy, 1e-4);
        }
    }
}

/* what it costs: at 10 s a body turns by 57 degrees in a step, and only the symplectic method still holds its energy */
static void splitting_holds_energy_where_a_step_is_a_large_turn(void **state)
{
    (void)state;
    assert_below(tumbling_of_splitting(10.0).energy, tumbling_of_kernel(10.0).energy);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(kernel_is_the_more_exact_of_both_at_the_steps_of_vehicles),
        cmocka_unit_test(splitting_holds_energy_where_a_step_is_a_large_turn),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
