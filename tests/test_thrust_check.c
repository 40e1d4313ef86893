/* SPDX-License-Identifier: Apache-2.0 */
/* Which sets of thrusters guidance can work with, and what is said of the others. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "allocator.h"
#include "thrust_check.h"

/* the reference's sixteen: four corners of two rings */
static size_t reference(qf_thruster *thrusters)
{
    for (size_t t = 0; t < 16; t++) {
        const double a = t % 2 ? -1.0 : 1.0;
        const double b = t / 2 % 2 ? -1.0 : 1.0;
        const double c = t / 4 % 2 ? -1.0 : 1.0;
        thrusters[t] =
            t < 8
                ? (qf_thruster){{0.85 * c, 0.85 * a, 0.4 * b}, {-0.7071 * c, 0.7071 * a, 0}, 260}
                : (qf_thruster){{0.4 * a, 0.85 * b, 0.85 * c}, {0, -0.7071 * b, -0.7071 * c}, 220};
    }
    return 16;
}

static void the_reference_s_thrusters_are_good(void **state)
{
    (void)state;
    qf_thruster thrusters[QF_THRUSTERS_MOST];
    char reason[QF_THRUSTERS_REASON];
    const size_t n = reference(thrusters);
    assert_true(qf_thrusters_check(thrusters, n, reason));
    assert_string_equal(reason, "");
}

static void what_is_missing_is_named(void **state)
{
    (void)state;
    qf_thruster thrusters[QF_THRUSTERS_MOST];
    char reason[QF_THRUSTERS_REASON];
    /* those that push forward, 4 to 7, are gone */
    reference(thrusters);
    memmove(thrusters + 4, thrusters + 8, 8 * sizeof *thrusters);
    assert_false(qf_thrusters_check(thrusters, 12, reason));
    assert_string_equal(reason, "thrusters give no force along body +X by itself");
    /* all pushed through the centre of mass: nothing turns */
    const size_t n = reference(thrusters);
    for (size_t t = 0; t < n; t++) {
        memset(thrusters[t].position_m, 0, sizeof thrusters[t].position_m);
    }
    assert_false(qf_thrusters_check(thrusters, n, reason));
    assert_string_equal(reason, "thrusters give no torque about body +X by itself (rank 3 of 6)");
    /* all without thrust */
    reference(thrusters);
    for (size_t t = 0; t < n; t++) {
        thrusters[t].f_max_n = 0.0;
    }
    assert_false(qf_thrusters_check(thrusters, n, reason));
    assert_string_equal(reason, "thrusters give no force along body +X by itself (rank 0 of 6)");
}

/* twelve in pairs along the axes turn and push every way; a spin about X one way only is no use */
static void a_turn_that_works_one_way_only_is_found(void **state)
{
    (void)state;
    qf_thruster thrusters[QF_THRUSTERS_MOST];
    char reason[QF_THRUSTERS_REASON];
    size_t n = 0;
    for (int axis = 0; axis < 3; axis++) {
        for (int side = -1; side <= 1; side += 2) {
            for (int way = -1; way <= 1; way += 2) {
                qf_thruster *t = &thrusters[n++];
                *t = (qf_thruster){.f_max_n = 10.0};
                t->position_m[axis] = side;
                t->direction[(axis + 1) % 3] = way;
            }
        }
    }
    assert_true(qf_thrusters_check(thrusters, n, reason));
    /* torque about Z comes from thrusters on X, and so do pushes along Y; those that turn one way are gone, and what
       they left turns the other way whenever it pushes */
    size_t kept = 0;
    for (size_t t = 0; t < n; t++) {
        const double turn = thrusters[t].position_m[0] * thrusters[t].direction[1];
        if (!(turn < 0.0)) {
            thrusters[kept++] = thrusters[t];
        }
    }
    assert_int_equal(kept, n - 2);
    assert_false(qf_thrusters_check(thrusters, kept, reason));
    assert_string_equal(reason, "thrusters give no force along body +Y by itself");
}

static void counts_out_of_range_are_refused(void **state)
{
    (void)state;
    static qf_thruster thrusters[QF_THRUSTERS_MOST + 1];
    char reason[QF_THRUSTERS_REASON];
    assert_false(qf_thrusters_check(thrusters, 0, reason));
    assert_string_equal(reason, "0 thrusters where 1 to 64 are expected");
    assert_false(qf_thrusters_check(thrusters, QF_THRUSTERS_MOST + 1, reason));
    assert_string_equal(reason, "65 thrusters where 1 to 64 are expected");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_reference_s_thrusters_are_good),
        cmocka_unit_test(what_is_missing_is_named),
        cmocka_unit_test(a_turn_that_works_one_way_only_is_found),
        cmocka_unit_test(counts_out_of_range_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
