/* SPDX-License-Identifier: Apache-2.0 */
#include "rigid.h"
#include "vector3.h"
#include "vehicle.h"

/* 120 degrees about (1, 1, 1): x to y, y to z, z to x */
static const double cycle[4] = {0.5, 0.5, 0.5, 0.5};
static const double tensor[6] = {80.0, 95.0, 70.0, 3.0, -2.0, 1.0};

static void assert_vector(const double found[3], double x, double y, double z, double allowed)
{
    assert_near(found[0], x, allowed);
    assert_near(found[1], y, allowed);
    assert_near(found[2], z, allowed);
}

static void axes_turn_and_turn_back(void **state)
{
    (void)state;
    double out[3];
    qf_turn(cycle, (const double[]){1.0, 2.0, 3.0}, out);
    assert_vector(out, 3.0, 1.0, 2.0, 1e-15);
    qf_turn_back(cycle, (const double[]){1.0, 2.0, 3.0}, out);
    assert_vector(out, 2.0, 3.0, 1.0, 1e-15);
    double twice[4];
    qf_turns(cycle, cycle, twice);
    qf_turn(twice, (const double[]){1.0, 2.0, 3.0}, out);
    assert_vector(out, 2.0, 3.0, 1.0, 1e-15);
}

/* the first turn is about the body's axes as the second has left them: their order matters */
static void turns_are_done_from_right_to_left(void **state)
{
    (void)state;
    const double h = sqrt(0.5);
    const double about_z[4] = {h, 0.0, 0.0, h};
    const double about_x[4] = {h, h, 0.0, 0.0};
    double both[4];
    double out[3];
    qf_turns(about_z, about_x, both);
    qf_turn(both, (const double[]){0.0, 1.0, 0.0}, out); /* y to z, which z leaves */
    assert_vector(out, 0.0, 0.0, 1.0, 1e-15);
    qf_turns(about_x, about_z, both);
    qf_turn(both, (const double[]){0.0, 1.0, 0.0}, out); /* y to -x, which x leaves */
    assert_vector(out, -1.0, 0.0, 0.0, 1e-15);
}

static void a_tensor_is_undone_by_solving(void **state)
{
    (void)state;
    double applied[3];
    double back[3];
    qf_tensor_apply(tensor, (const double[]){1.0, -2.0, 0.5}, applied);
    assert_vector(applied, 80.0 - 6.0 - 1.0, 3.0 - 190.0 + 0.5, -2.0 - 2.0 + 35.0, 1e-12);
    qf_tensor_solve(tensor, applied, back);
    assert_vector(back, 1.0, -2.0, 0.5, 1e-14);
}

static void a_turned_tensor_has_the_products_of_the_turned_axes(void **state)
{
    (void)state;
    double out[6];
    double back[6];
    qf_tensor_turn(cycle, tensor, out);
    /* what was xx is yy, yy is zz, zz is xx; xy is yz, xz is xy, yz is xz */
    const double expected[6] = {70.0, 80.0, 95.0, -2.0, 1.0, 3.0};
    qf_tensor_turn_back(cycle, out, back);
    for (int k = 0; k < 6; k++) {
        assert_near(out[k], expected[k], 1e-12);
        assert_near(back[k], tensor[k], 1e-12);
    }
}

/* two equal balls of 2 kg and 0.8 kg m2, 3 m apart along X: Steiner's theorem */
static void joined_balls_have_the_inertia_of_a_dumbbell(void **state)
{
    (void)state;
    qf_rigid parts[2] = {{.mass_kg = 2.0, .inertia_kgm2 = {0.8, 0.8, 0.8}, .attitude = {1.0}},
                         {.mass_kg = 2.0, .inertia_kgm2 = {0.8, 0.8, 0.8}, .attitude = {1.0}}};
    parts[1].position_m[0] = 3.0;
    parts[1].velocity_mps[1] = 1.0; /* it goes round the other */
    parts[0].rate_rps[2] = 1.5;     /* and that turns by itself */
    qf_rigid whole;
    qf_rigid_join(parts, 2, &whole);
    const double across = 1.6 + 2.0 * 2.0 * 1.5 * 1.5;
    const double expected[6] = {1.6, across, across, 0.0, 0.0, 0.0};
    for (int k = 0; k < 6; k++) {
        assert_near(whole.inertia_kgm2[k], expected[k], 1e-14);
    }
    assert_vector(whole.position_m, 1.5, 0.0, 0.0, 0.0);
    assert_vector(whole.velocity_mps, 0.0, 0.5, 0.0, 0.0);
    assert_vector(whole.rate_rps, 0.0, 0.0, (2.0 * 2.0 * 1.5 * 0.5 + 0.8 * 1.5) / across, 1e-15);
}

/* far from the origin and at the speed of an orbit, as near it and at rest */
static void joining_loses_nothing_far_away(void **state)
{
    (void)state;
    qf_rigid parts[2] = {
        {.mass_kg = 400.0, .attitude = {0.5, 0.5, 0.5, 0.5}, .rate_rps = {1e-3, 2e-3, 0.0}},
        {.mass_kg = 1000.0,
         .attitude = {1.0},
         .rate_rps = {0.0, -1e-3, 0.0},
         .position_m = {0.5, 0.25, 2.5},
         .velocity_mps = {0.0, 0.0625, 0.03125}}};
    memcpy(parts[0].inertia_kgm2, tensor, sizeof tensor);
    memcpy(parts[1].inertia_kgm2, tensor, sizeof tensor);
    qf_rigid near;
    qf_rigid_join(parts, 2, &near);
    for (int i = 0; i < 2; i++) {
        parts[i].position_m[0] += 6778000.0;
        parts[i].velocity_mps[1] += 7668.0;
    }
    qf_rigid far;
    qf_rigid_join(parts, 2, &far);
    for (int k = 0; k < 3; k++) {
        assert_near(far.rate_rps[k], near.rate_rps[k], 1e-15);
        assert_near(far.inertia_kgm2[k], near.inertia_kgm2[k], 1e-9);
    }
}

/* 1 N s across a rod of 3 m at its end: the velocity of the end is the ease */
static void an_impulse_moves_and_turns(void **state)
{
    (void)state;
    const qf_rigid body = {.mass_kg = 2.0, .inertia_kgm2 = {1.0, 4.0, 4.0}, .attitude = {1.0}};
    const double arm[3] = {1.5, 0.0, 0.0};
    const double up[3] = {0.0, 0.0, 1.0};
    double velocity[3];
    double rate[3];
    qf_rigid_push(&body, arm, up, velocity, rate);
    assert_vector(velocity, 0.0, 0.0, 0.5, 0.0);
    assert_vector(rate, 0.0, -1.5 / 4.0, 0.0, 1e-16);
    assert_near(qf_rigid_ease(&body, arm, up), 0.5 + 1.5 * 1.5 / 4.0, 1e-15);
    assert_near(qf_rigid_ease(&body, arm, (const double[]){1.0, 0.0, 0.0}), 0.5, 1e-15);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(axes_turn_and_turn_back),
        cmocka_unit_test(turns_are_done_from_right_to_left),
        cmocka_unit_test(a_tensor_is_undone_by_solving),
        cmocka_unit_test(a_turned_tensor_has_the_products_of_the_turned_axes),
        cmocka_unit_test(joined_balls_have_the_inertia_of_a_dumbbell),
        cmocka_unit_test(joining_loses_nothing_far_away),
        cmocka_unit_test(an_impulse_moves_and_turns),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
