/* SPDX-License-Identifier: Apache-2.0 */
#include "radar_stand.h"

static size_t n_left(const qf_kernels *kernels, const double from_m[3], const double to_m[3],
                     double radius_m)
{
    /* in the sphere's own axes, moved to somewhere else with it */
    const qf_sphere sphere = {{1e3, -2e3, 5e2}, radius_m};
    qf_target targets[16] = {0};
    qf_observer observer = {0};
    for (int axis = 0; axis < 3; axis++) {
        observer.position_m[axis] = from_m[axis] + sphere.center_m[axis];
        for (int i = 0; i < 16; i++) {
            targets[i].position_m[axis] = to_m[axis] + sphere.center_m[axis];
        }
    }
    uint32_t near[1 + QF_LANE_SLACK] = {3};
    const size_t n = kernels->hide(targets, &observer, &sphere, near, 1);
    assert_true(n == 0 || near[0] == 3);
    return n;
}

#define AT(...) ((const double[3]){__VA_ARGS__})

static void a_sphere_hides_what_is_behind_it(void **state)
{
    (void)state;
    const double r = 7e6, rs = 6371e3;
    for (size_t set = 0; stand_set(set); set++) {
        const qf_kernels *k = stand_set(set);
        /* OC01: nearest to the centre 4949.747 km; OC02: 40 degrees apart, 6577.848 km */
        assert_int_equal(n_left(k, AT(r, 0, 0), AT(0, r, 0), rs), 0);
        assert_int_equal(n_left(k, AT(r, 0, 0), AT(0, r, 0), 4949747.0), 1);
        assert_int_equal(n_left(k, AT(r, 0, 0), AT(0, r, 0), 4949748.0), 0);
        const double *at_40 = AT(r * cos(40 * DEG), r * sin(40 * DEG), 0);
        assert_int_equal(n_left(k, AT(r, 0, 0), at_40, rs), 1);
        assert_int_equal(n_left(k, AT(r, 0, 0), at_40, 6577848.0), 1);
        assert_int_equal(n_left(k, AT(r, 0, 0), at_40, 6577849.0), 0);
        /* OC03: visible up to 48.94979840947810 degrees */
        for (int over = 0; over < 2; over++) {
            const double angle = (48.94979840947810 + (over ? 1e-6 : -1e-6)) * DEG;
            assert_int_equal(n_left(k, AT(r, 0, 0), AT(r * cos(angle), r * sin(angle), 0), rs),
                             !over);
        }
        /* in front of the sphere, and away from it */
        assert_int_equal(n_left(k, AT(r, 0, 0), AT(6.5e6, 0, 0), rs), 1);
        assert_int_equal(n_left(k, AT(r, 0, 0), AT(9e6, 0, 0), rs), 1);
        assert_int_equal(n_left(k, AT(r, 0, 0), AT(-r, 0, 0), rs), 0);
        /* grazing: the line touches the sphere */
        assert_int_equal(n_left(k, AT(-100, 8, 0), AT(100, 8, 0), 8.0), 1);
        assert_int_equal(n_left(k, AT(-100, 8, 0), AT(100, 8, 0), 8.001), 0);
        /* on the surface, looking away and through */
        assert_int_equal(n_left(k, AT(8, 0, 0), AT(16, 1, 0), 8.0), 1);
        assert_int_equal(n_left(k, AT(8, 0, 0), AT(-16, 1, 0), 8.0), 0);
        /* inside: nobody sees or is seen */
        assert_int_equal(n_left(k, AT(7, 0, 0), AT(16, 0, 0), 8.0), 0);
        assert_int_equal(n_left(k, AT(16, 0, 0), AT(7, 0, 0), 8.0), 0);
        /* a target at the observer's place */
        assert_int_equal(n_left(k, AT(16, 0, 0), AT(16, 0, 0), 8.0), 1);
        assert_int_equal(n_left(k, AT(7, 0, 0), AT(7, 0, 0), 8.0), 0);
    }
}

static void hiding_keeps_the_others_in_their_order(void **state)
{
    (void)state;
    static const size_t sizes[] = {0, 1, 7, 8, 9, 15, 16, 17, 511, 512};
    static qf_target targets[512];
    for (uint32_t i = 0; i < 512; i++) {
        for (uint32_t axis = 0; axis < 3; axis++) {
            const double size_m = axis == 2 ? 8e3 : 2e4;
            targets[i].position_m[axis] = 6.9e6 + size_m * (2.0 * stand_uniform(i, axis) - 1.0);
        }
    }
    const qf_sphere sphere = {{6.905e6, 6.9e6, 6.9e6}, 3e3};
    const qf_observer o = {.position_m = {6.9e6, 6.9001e6, 6.9002e6}};
    for (size_t k = 0; k < COUNT(sizes); k++) {
        for (size_t set = 0; stand_set(set); set++) {
            uint32_t near[512 + QF_LANE_SLACK];
            uint32_t expected[512];
            size_t n_expected = 0;
            memset(near, 0xFF, sizeof near); /* what is beyond the list is no rank */
            for (uint32_t i = 0; i < sizes[k]; i++) {
                near[i] = (i * 37) % 512;
                /* the line of sight in steps, from the equation of the sphere alone */
                bool hidden = false;
                for (int step = 0; step <= 20000 && !hidden; step++) {
                    double d2 = 0.0;
                    for (int axis = 0; axis < 3; axis++) {
                        const double t = targets[near[i]].position_m[axis];
                        const double x = o.position_m[axis] +
                                         step / 20000.0 * (t - o.position_m[axis]) -
                                         sphere.center_m[axis];
                        d2 += x * x;
                    }
                    hidden = d2 < sphere.radius_m * sphere.radius_m;
                }
                if (!hidden) {
                    expected[n_expected++] = near[i];
                }
            }
            const size_t n = stand_set(set)->hide(targets, &o, &sphere, near, sizes[k]);
            assert_int_equal(n, n_expected);
            assert_memory_equal(near, expected, n * sizeof *near);
            assert_true(sizes[k] < 511 || (n > 300 && n < 500));
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_sphere_hides_what_is_behind_it),
        cmocka_unit_test(hiding_keeps_the_others_in_their_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
