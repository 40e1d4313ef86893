/* SPDX-License-Identifier: Apache-2.0 */
/* What scenarios of ships become: every key in its place, defaults, the effective scenario. */
#include <math.h>

#include "scalar_math.h"
#include "ships_fixture.h"

static void environment_is_read(void **state)
{
    fixture *f = *state;
    load(f, good_ships);
    const qf_gravity *gravity = &f->scenario.gravity;
    assert_int_equal(gravity->kind, QF_GRAVITY_J2);
    assert_true(gravity->mu_m3ps2 == 3.986004418e14);
    assert_true(gravity->radius_m == 6378137.0);
    assert_true(gravity->j2 == 1.08262668e-3);
    /* what pulls hides, too */
    assert_true(f->scenario.planet.radius_m == 6378137.0);
    const qf_sun_spec *sun = &f->scenario.sun;
    assert_true(sun->given && sun->flux_wpm2 == 1361.0);
    assert_true(sun->angular_radius_rad == 0.2666 * QF_RAD_PER_DEG);
    assert_vector(sun->direction, 1.0 / 3.0, 2.0 / 3.0, 2.0 / 3.0);
    load_changed(
        f, "  gravity: earth_j2\n  sun: {direction: [1, 2, 2]}\n",
        "  gravity: {kind: point, mu_m3ps2: 4.9e12, radius_m: 1737e3, center_m: [1, 2, 3]}\n"
        "  planet: {radius_m: 1737e3, center_m: [1, 2, 3]}\n");
    assert_int_equal(f->scenario.gravity.kind, QF_GRAVITY_POINT);
    assert_true(f->scenario.gravity.mu_m3ps2 == 4.9e12 && f->scenario.gravity.j2 == 0.0);
    assert_vector(f->scenario.planet.center_m, 1.0, 2.0, 3.0);
    assert_false(f->scenario.sun.given);
}

static void body_is_read(void **state)
{
    fixture *f = *state;
    load(f, good_ships);
    const qf_group_spec *chaser = group_of(f, 0);
    const qf_body_spec *body = chaser->body;
    assert_int_equal(chaser->kind, QF_KIND_SHIP);
    assert_true(body->dry_kg == 420.0);
    assert_constant(&chaser->initial[QF_INITIAL_DRY_MASS], 420.0);
    assert_vector(body->dry.kgm2, 180.0, 210.0, 220.0);
    assert_vector(body->dry.kgm2 + 3, 0.0, 0.0, 0.0);
    assert_int_equal(body->n_hull, 1);
    assert_true(body->hull[0].radius_m == 1.3);
    assert_vector(body->wheels->max_torque_nm, 1.0, 1.0, 1.0);
    assert_vector(body->wheels->max_momentum_nms, 5.0, 5.0, 5.0);
    assert_true(body->solar->area_m2 == 2.0 && body->solar->efficiency == 0.3);
    assert_false(body->solar->tracking);
    assert_vector(body->solar->normal, 0.0, 0.0, 1.0);
    assert_true(body->min_on_s == 0.0);
    /* debris needs no hardware, and then has nothing that draws power or fires */
    const qf_group_spec *junk = group_of(f, 2);
    assert_int_equal(junk->kind, QF_KIND_DEBRIS);
    assert_true(junk->body->dry_kg == 3.0);
    assert_null(junk->hardware_file);
    assert_constant(&junk->hardware.parameter[QF_HW_BASE_POWER_OUT], 0.0);
    assert_false(junk->hardware.on[QF_HW_PROPULSION_ENABLED]);
    const qf_group_spec *tug = group_of(f, 3);
    assert_null(tug->body);
    assert_true(tug->drive->track_m == 0.8 && tug->drive->max_wheel_mps == 1.5 &&
                tug->drive->max_wheel_mps2 == 0.5);
}

/* who is far along the track of somebody is higher up than that one; a box around both is not */
static void a_start_far_along_an_orbit_is_outside_of_the_planet(void **state)
{
    fixture *f = *state;
    load_changed(f, "relative_to: station, position_m: [100, 0, 0]",
                 "relative_to: station, position_m: [-300e3, 2000e3, 0]");
    assert_constant(&group_of(f, 2)->initial[QF_INITIAL_Y], 2000e3);
    load_changed(f, "initial: {relative_to: station, position_m: [100, 0, 0]}",
                 "initial: {relative_to: chaser, position_m: [-300e3, 2000e3, 0]}");
    assert_constant(&group_of(f, 2)->initial[QF_INITIAL_X], -300e3);
}

static void nobody_is_inside_of_a_planet_that_is_nowhere(void **state)
{
    fixture *f = *state;
    char *errors = errors_of(f, "schema: qfleet/1\n"
                                "time: {dt_s: 0.1, duration_s: 1}\n"
                                "environment: {planet: {center_m: [0, -7e6], radius_m: 6e6}}\n"
                                "groups:\n"
                                "  - name: junk\n"
                                "    kind: debris\n"
                                "    count: 1\n"
                                "    body: {mass_kg: 1, inertia_kgm2: [1, 1, 1]}\n");
    assert_string_equal(errors, "s.yaml:3:34: environment.planet.center_m: expected a list of 3 "
                                "numbers, found 2\n");
    free(errors);
}

/* what the inertia given is of */
static void nominal_mass_is_the_middle_of_its_distribution(void **state)
{
    fixture *f = *state;
    static const struct {
        const char *mass;
        double nominal_kg;
    } masses[] = {{"{uniform: {min: 1, max: 4}}", 2.5},
                  {"{normal: {mean: 6, sd: 1, min: 3}}", 6.0},
                  {"{normal: {mean: 2, sd: 1, min: 3}}", 3.0},
                  {"{choice: [1, 2, 6]}", 3.0},
                  {"{lognormal: {mu: 0, sigma: 0.1}}", 1.0}};
    for (size_t i = 0; i < COUNT(masses); i++) {
        load_changed(f, "{uniform: {min: 1, max: 5}}", masses[i].mass);
        assert_true(group_of(f, 2)->body->dry_kg == masses[i].nominal_kg);
    }
}

static void hull_and_products_of_inertia_are_read(void **state)
{
    fixture *f = *state;
    load_changed(f, "[180, 210, 220]\n      hull: {radius_m: 1.3}",
                 "[180, 210, 220, 1, -2, 3]\n"
                 "      tank_inertia_m2: [0.1, 0.1, 0]\n"
                 "      min_on_s: 0.02\n"
                 "      hull: {spheres: [{center_m: [0, 0, 1], radius_m: 0.4}, "
                 "{center_m: [0, 0, -1], radius_m: 0.5}]}");
    const qf_body_spec *body = group_of(f, 0)->body;
    assert_vector(body->dry.kgm2 + 3, 1.0, -2.0, 3.0);
    assert_vector(body->tank_m2, 0.1, 0.1, 0.0);
    assert_true(body->min_on_s == 0.02);
    assert_int_equal(body->n_hull, 2);
    assert_vector(body->hull[1].center_m, 0.0, 0.0, -1.0);
    assert_true(body->hull[1].radius_m == 0.5);
}

static void first_values_are_read(void **state)
{
    fixture *f = *state;
    load(f, good_ships);
    const qf_group_spec *chaser = group_of(f, 0);
    assert_true(chaser->initial_orbit);
    assert_constant(&chaser->initial[QF_INITIAL_SEMI_MAJOR_AXIS], 6378137.0 + 400e3);
    assert_constant(&chaser->initial[QF_INITIAL_INCLINATION_DEG], 51.6);
    assert_constant(&chaser->initial[QF_INITIAL_ECCENTRICITY], 0.0);
    /* the file says x, y, z, w */
    assert_true(chaser->initial_attitude[0] == 0.8 && chaser->initial_attitude[3] == 0.6);
    assert_int_equal(chaser->initial_relative_to, 0);
    const qf_group_spec *junk = group_of(f, 2);
    assert_false(junk->initial_orbit);
    assert_int_equal(junk->initial_relative_to, 1);
    assert_constant(&junk->initial[QF_INITIAL_X], 100.0);
    assert_true(junk->initial_attitude[0] == 1.0);
    load_changed(f, "position_m: [100, 0, 0]",
                 "velocity_mps: [1, {uniform: {min: 2, max: 3}}, 4], "
                 "attitude_deg: {uniform: {min: [-1, -2, -3], max: 5}}, rates_dps: [6, 7, 8]");
    junk = group_of(f, 2);
    assert_constant(&junk->initial[QF_INITIAL_VX], 1.0);
    assert_int_equal(junk->initial[QF_INITIAL_VY].kind, QF_NUMBER_UNIFORM);
    assert_constant(&junk->initial[QF_INITIAL_VZ], 4.0);
    assert_true(junk->initial[QF_INITIAL_PITCH_DEG].a == -2.0);
    assert_constant(&junk->initial[QF_INITIAL_RATE_Z_DPS], 8.0);
}

/* an altitude is of any distribution that stays one when it is moved */
static void altitudes_become_semi_major_axes(void **state)
{
    fixture *f = *state;
    load_changed(f, "altitude_m: 400e3", "altitude_m: {normal: {mean: 500e3, sd: 9, min: 4e5}}");
    const qf_number *axis = &group_of(f, 0)->initial[QF_INITIAL_SEMI_MAJOR_AXIS];
    assert_int_equal(axis->kind, QF_NUMBER_NORMAL);
    assert_true(axis->a == 6878137.0 && axis->b == 9.0 && axis->low == 6778137.0);
    load_changed(f, "altitude_m: 400e3", "altitude_m: {uniform: {min: 4e5, max: 6e5}}");
    axis = &group_of(f, 0)->initial[QF_INITIAL_SEMI_MAJOR_AXIS];
    assert_true(axis->a == 6778137.0 && axis->b == 6978137.0);
    load_changed(f, "altitude_m: 400e3", "altitude_m: {grid: [4e5, 6e5]}");
    axis = &group_of(f, 0)->initial[QF_INITIAL_SEMI_MAJOR_AXIS];
    assert_true(axis->n_items == 2 && axis->items[1] == 6978137.0);
}

static void hyperbolas_are_read(void **state)
{
    fixture *f = *state;
    load_changed(f, "altitude_m: 400e3",
                 "semi_major_axis_m: -9e6, eccentricity: 2, anomaly_deg: -119");
    assert_constant(&group_of(f, 0)->initial[QF_INITIAL_SEMI_MAJOR_AXIS], -9e6);
}

/* of its own, because gcc 12 inlines it and then takes what it returns for a pointer to its locals */
static __attribute__((noinline)) char *effective_of(const fixture *f)
{
    return effective_text(f);
}

/* each of these again, from what it was written as */
static void effective_scenario_reads_as_the_same(void **state)
{
    fixture *f = *state;
    static const char *const changes[][2] = {
        {"altitude_m: 400e3", "altitude_m: 400e3"},
        {"altitude_m: 400e3", "altitude_m: {uniform: {min: 4e5, max: 6e5}}, eccentricity: 0.001"},
        {"altitude_m: 400e3", "semi_major_axis_m: -9e6, eccentricity: 2"},
        {"gravity: earth_j2", "gravity: earth"},
        {"attitude_quat: [0, 0, 0.6, 0.8]", "attitude_quat: [0.1, -0.3, 0.5, 0.8062257]"},
        {"direction: [1, 2, 2]",
         "direction: [0.3, 0.7, -5], angular_radius_deg: 0.1, flux_wpm2: 7"},
        {"own_port: forward_bayonet}", "own_port: forward_bayonet, corridor_deg: 11.7}"},
        {"offset_m: [0, -50, 0]", "offset_m: [0, -50, 0], attitude: [0.1, -0.3, 0.5, 0.8062257]"},
        {"normal: [0, 0, 2]", "tracking: true"},
        {"normal: [0, 0, 2]", "normal: [3, 1, 2]"},
        {"{range_m: 1000, latency_s: 0.2, every_s: 0.5, loss: 0.1, messages: 4}", "{}"},
        {"position_m: [100, 0, 0]", "attitude_deg: [1, {uniform: {min: 2, max: 3}}, 0]"},
    };
    for (size_t i = 0; i < COUNT(changes); i++) {
        load_changed(f, changes[i][0], changes[i][1]);
        char *written = effective_of(f);
        /* a remark says where a profile is from, which then is no file any more */
        char *first = replace(written, " # from \"" SHIP_HARDWARE "\"", "");
        free(written);
        load(f, first);
        char *second = effective_of(f);
        assert_string_equal(second, first);
        free(second);
        free(first);
    }
}

static void effective_scenario_says_what_was_meant(void **state)
{
    fixture *f = *state;
    load(f, good_ships);
    assert_int_equal(f->diagnostics.notes.n_reported, 0);
    char *text = effective_of(f);
    assert_contains(text, "gravity: {kind: j2, mu_m3ps2: 398600441800000, radius_m: 6378137, "
                          "center_m: [0, 0, 0], j2: 0.00108262668}");
    assert_contains(text, "attitude_quat: [0, 0, 0.6, 0.8]\n");
    assert_contains(text, "angle_deg: 7.3");
    assert_contains(text, "relative_to: \"station\"\n");
    assert_contains(text, "- {step: 10, cmd: behave, name: \"near\"}\n");
    free(text);
}

static void what_has_no_effect_is_noted(void **state)
{
    fixture *f = *state;
    load_changed(f, "  sun: {direction: [1, 2, 2]}\n", "");
    assert_int_equal(f->diagnostics.notes.n_reported, 1);
    assert_note(f, 0, 16, 14, "groups[0].body.solar", "without effect: 'environment' has no 'sun'");
    load_changed(f, "      chores: {kind: tasks}\n", "");
    assert_int_equal(f->diagnostics.notes.n_reported, 1);
    assert_note(f, 0, 6, 1, "tasks", "without effect: no group has a behaviour of kind 'tasks'");
}

static void turns_that_are_too_fast_for_the_step_are_noted(void **state)
{
    fixture *f = *state;
    load_changed(f, "position_m: [100, 0, 0]}", "position_m: [100, 0, 0], rates_dps: [57, 0, 6]}");
    assert_int_equal(f->diagnostics.notes.n_reported, 1);
    assert_note(f, 0, 44, 73, "groups[2].initial.rates_dps",
                "may turn by 0.1 rad in a tick of 0.1 s: beyond 0.1 a rotation is not exact, and "
                "beyond 1.5 about one axis the vehicle is quarantined; take a shorter dt_s");
    load_changed(f, "position_m: [100, 0, 0]}", "position_m: [100, 0, 0], rates_dps: [57, 0, 4]}");
    assert_int_equal(f->diagnostics.notes.n_reported, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(environment_is_read),
        TEST(body_is_read),
        TEST(a_start_far_along_an_orbit_is_outside_of_the_planet),
        TEST(nobody_is_inside_of_a_planet_that_is_nowhere),
        TEST(nominal_mass_is_the_middle_of_its_distribution),
        TEST(hull_and_products_of_inertia_are_read),
        TEST(first_values_are_read),
        TEST(altitudes_become_semi_major_axes),
        TEST(hyperbolas_are_read),
        TEST(effective_scenario_reads_as_the_same),
        TEST(effective_scenario_says_what_was_meant),
        TEST(what_has_no_effect_is_noted),
        TEST(turns_that_are_too_fast_for_the_step_are_noted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
