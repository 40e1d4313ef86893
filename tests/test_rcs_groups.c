/* SPDX-License-Identifier: Apache-2.0 */
#include "rcs_groups.h"
#include "vehicle.h"
#include "yaml_node.h"

static const char *const axis_names[] = {"none",      "forward", "aft", "port",
                                         "starboard", "up",      "down"};

static void assert_group(const qf_rcs_table *table, qf_rcs_axis axis, int n, const int *thrusters)
{
    if (table->n_thrusters[axis] != n) {
        fail_msg("%s has %d thrusters, expected %d", axis_names[axis], table->n_thrusters[axis], n);
    }
    for (int k = 0; k < n; k++) {
        if (table->thruster[axis][k] != thrusters[k]) {
            fail_msg("%s: thruster %d is %d, expected %d", axis_names[axis], k,
                     table->thruster[axis][k], thrusters[k]);
        }
    }
}

static void assert_no_group(const qf_rcs_table *table, qf_rcs_axis axis)
{
    assert_group(table, axis, 0, NULL);
    assert_exact(table->thrust_sum_n[axis], 0.0);
    for (int d = 0; d < 3; d++) {
        assert_exact(table->force_n[d][axis], 0.0);
        assert_exact(table->torque_nm[d][axis], 0.0);
    }
}

static void load_stock(vehicles *v)
{
    start(v,
          &(scene){.groups = "  - {name: g, kind: bot, count: 1, hardware: " STOCK_HARDWARE "}"});
}

static void the_stock_table_gives_the_groups_of_the_reference(void **state)
{
    (void)state;
    static const int by_hand[QF_RCS_AXES + 1][4] = {{0},           {4, 5, 6, 7}, {0, 1, 2, 3},
                                                    {0, 2, 4, 6},  {1, 3, 5, 7}, {12, 13, 14, 15},
                                                    {8, 9, 10, 11}};
    vehicles v;
    load_stock(&v);
    qf_arena arena = {0};
    qf_diagnostics diagnostics;
    qf_diagnostics_init(&diagnostics);
    const qf_yaml_node *trace =
        qf_yaml_load_file(&arena, TEST_SOURCE_DIR "/golden/world_pub_0.json", &diagnostics);
    assert_non_null(trace);
    for (int axis = QF_AXIS_FORWARD; axis <= QF_RCS_AXES; axis++) {
        assert_group(&v.fleet.groups[0].bot.rcs, (qf_rcs_axis)axis, 4, by_hand[axis]);
        const qf_yaml_node *golden =
            qf_yaml_get(qf_yaml_get(trace, "rcs_groups"), axis_names[axis]);
        assert_int_equal(golden->n_children, 4);
        for (size_t k = 0; k < 4; k++) {
            assert_int_equal(atoi(golden->children[k]->text), by_hand[axis][k]);
        }
    }
    qf_diagnostics_free(&diagnostics);
    qf_arena_free(&arena);
    finish(&v);
}

/*
 * Main thrusters: 260 N along (0.7071, 0.7071), so 183.846 N each way; the others 220 N, 155.562 N.
 * Their torques cancel in fours, by the symmetry of the table.
 */
static void the_stock_groups_push_straight_along_their_axes(void **state)
{
    (void)state;
    static const double force_n[QF_RCS_AXES + 1][3] = {
        {0},
        {735.384, 0.0, 0.0},
        {-735.384, 0.0, 0.0},
        {0.0, 735.384, 0.0},
        {0.0, -735.384, 0.0},
        {0.0, 0.0, 622.248},
        {0.0, 0.0, -622.248},
    };
    vehicles v;
    load_stock(&v);
    const qf_rcs_table *rcs = &v.fleet.groups[0].bot.rcs;
    for (int axis = QF_AXIS_FORWARD; axis <= QF_RCS_AXES; axis++) {
        for (int d = 0; d < 3; d++) {
            assert_near(rcs->force_n[d][axis], force_n[axis][d], 1e-10);
            assert_near(rcs->torque_nm[d][axis], 0.0, 1e-10);
        }
        const double each_n = (axis < QF_AXIS_UP ? 260.0 : 220.0) * 0.7071 * sqrt(2.0);
        assert_near(rcs->thrust_sum_n[axis], 4.0 * each_n, 1e-10);
        assert_exact(rcs->valve_share[axis], 0.25);
    }
    finish(&v);
}

/* r x F about each axis in turn: positions and forces that make one product each */
static void torque_is_the_sum_of_position_cross_force(void **state)
{
    (void)state;
    static const double position_m[][3] = {{0.0, 2.0, 3.0}, {5.0, 0.0, -1.0}};
    static const double force_n[][3] = {{10.0, 0.0, 1.0}, {20.0, 4.0, 0.0}};
    /* (2*1 - 3*0, 3*10 - 0*1, 0*0 - 2*10) + (0*0 + 1*4, -1*20 - 5*0, 5*4 - 0*20) */
    qf_rcs_table table;
    qf_rcs_find_groups(position_m, force_n, 2, 1000.0, &table);
    assert_group(&table, QF_AXIS_FORWARD, 2, (int[]){0, 1});
    assert_exact(table.torque_nm[0][QF_AXIS_FORWARD], 6.0);
    assert_exact(table.torque_nm[1][QF_AXIS_FORWARD], 10.0);
    assert_exact(table.torque_nm[2][QF_AXIS_FORWARD], 0.0);
    assert_exact(table.force_n[0][QF_AXIS_FORWARD], 30.0);
    assert_exact(table.force_n[1][QF_AXIS_FORWARD], 4.0);
    assert_exact(table.force_n[2][QF_AXIS_FORWARD], 1.0);
    assert_near(table.thrust_sum_n[QF_AXIS_FORWARD], sqrt(101.0) + sqrt(416.0), 1e-12);
    assert_exact(table.valve_share[QF_AXIS_FORWARD], 0.5);
}

static void fewer_than_2_thrusters_make_no_group(void **state)
{
    (void)state;
    static const double position_m[][3] = {{0.0, 0.0, 0.0}};
    static const double force_n[][3] = {{10.0, 10.0, 10.0}};
    for (size_t n = 0; n < 2; n++) {
        qf_rcs_table table;
        qf_rcs_find_groups(position_m, force_n, n, 0.0, &table);
        for (int axis = QF_AXIS_NONE; axis <= QF_RCS_AXES; axis++) {
            assert_no_group(&table, (qf_rcs_axis)axis);
        }
    }
}

static void an_axis_that_nothing_pushes_along_has_no_group(void **state)
{
    (void)state;
    static const double position_m[2][3] = {{0.0}};
    static const double force_n[][3] = {{10.0, 0.0, 0.0}, {5.0, 0.0, 0.0}};
    qf_rcs_table table;
    qf_rcs_find_groups(position_m, force_n, 2, 0.0, &table);
    assert_group(&table, QF_AXIS_FORWARD, 2, (int[]){0, 1});
    for (int axis = QF_AXIS_AFT; axis <= QF_RCS_AXES; axis++) {
        assert_no_group(&table, (qf_rcs_axis)axis);
    }
}

/* which pair of three pushes forward: the third is stronger, but off line or off centre */
static void assert_pair_of_three(double sideways_n, double offset_m, double tolerance_nm,
                                 const int *pair)
{
    const double position_m[][3] = {{0.0}, {0.0}, {0.0, offset_m, 0.0}};
    const double force_n[][3] = {{5.0, 0.0, 0.0}, {5.0, 0.0, 0.0}, {5.2, sideways_n, 0.0}};
    qf_rcs_table table;
    qf_rcs_find_groups(position_m, force_n, 3, tolerance_nm, &table);
    assert_group(&table, QF_AXIS_FORWARD, 2, pair);
}

static void lateral_force_costs_5_pct_of_itself(void **state)
{
    (void)state;
    /* 10.2 - 0.05 * 3.8 = 10.01 beats 10, 10.2 - 0.05 * 4.2 = 9.99 does not */
    assert_pair_of_three(3.8, 0.0, 0.0, (int[]){0, 2});
    assert_pair_of_three(-3.8, 0.0, 0.0, (int[]){0, 2});
    assert_pair_of_three(4.2, 0.0, 0.0, (int[]){0, 1});
    assert_pair_of_three(-4.2, 0.0, 0.0, (int[]){0, 1});
}

static void torque_above_the_tolerance_costs_half_of_the_excess(void **state)
{
    (void)state;
    /* 5.2 N on 0.5 m are 2.6 N m: 10.2 - 0.5 * 0.38 = 10.01, 10.2 - 0.5 * 0.42 = 9.99 */
    assert_pair_of_three(0.0, 0.5, 2.22, (int[]){0, 2});
    assert_pair_of_three(0.0, -0.5, 2.22, (int[]){0, 2});
    assert_pair_of_three(0.0, 0.5, 2.18, (int[]){0, 1});
    assert_pair_of_three(0.0, -0.5, 2.18, (int[]){0, 1});
    assert_pair_of_three(0.0, 0.5, 100.0, (int[]){0, 2});
}

static void equal_pairs_keep_the_first(void **state)
{
    (void)state;
    static const double position_m[3][3] = {{0.0}};
    static const double force_n[][3] = {{5.0, 0.0, 0.0}, {5.0, 0.0, 0.0}, {5.0, 0.0, 0.0}};
    qf_rcs_table table;
    qf_rcs_find_groups(position_m, force_n, 3, 0.0, &table);
    assert_group(&table, QF_AXIS_FORWARD, 2, (int[]){0, 1});
}

static void equal_quadruples_keep_the_first_and_beat_weaker_pairs(void **state)
{
    (void)state;
    static const double position_m[5][3] = {{0.0}};
    double force_n[5][3];
    for (size_t t = 0; t < 5; t++) {
        force_n[t][0] = force_n[t][1] = 0.0;
        force_n[t][2] = -5.0;
    }
    qf_rcs_table table;
    qf_rcs_find_groups(position_m, (const double(*)[3])force_n, 5, 0.0, &table);
    assert_group(&table, QF_AXIS_DOWN, 4, (int[]){0, 1, 2, 3});
    assert_exact(table.force_n[2][QF_AXIS_DOWN], -20.0);
    assert_exact(table.thrust_sum_n[QF_AXIS_DOWN], 20.0);
}

static void a_quadruple_that_is_no_better_than_a_pair_does_not_replace_it(void **state)
{
    (void)state;
    static const double position_m[4][3] = {{0.0}};
    static const double force_n[][3] = {
        {5.0, 0.0, 0.0}, {5.0, 0.0, 0.0}, {0.0, 3.0, 0.0}, {0.0, -3.0, 0.0}};
    qf_rcs_table table;
    qf_rcs_find_groups(position_m, force_n, 4, 0.0, &table);
    assert_group(&table, QF_AXIS_FORWARD, 2, (int[]){0, 1});
}

/* a pair without anything better serves, however much it twists */
static void a_negative_score_is_better_than_none(void **state)
{
    (void)state;
    static const double position_m[][3] = {{0.0, 100.0, 0.0}, {0.0, 50.0, 0.0}};
    static const double force_n[][3] = {{1.0, 0.0, 0.0}, {1.0, 0.0, 0.0}};
    qf_rcs_table table;
    qf_rcs_find_groups(position_m, force_n, 2, 0.0, &table);
    assert_group(&table, QF_AXIS_FORWARD, 2, (int[]){0, 1});
    assert_exact(table.torque_nm[2][QF_AXIS_FORWARD], -150.0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_stock_table_gives_the_groups_of_the_reference),
        cmocka_unit_test(the_stock_groups_push_straight_along_their_axes),
        cmocka_unit_test(torque_is_the_sum_of_position_cross_force),
        cmocka_unit_test(fewer_than_2_thrusters_make_no_group),
        cmocka_unit_test(an_axis_that_nothing_pushes_along_has_no_group),
        cmocka_unit_test(lateral_force_costs_5_pct_of_itself),
        cmocka_unit_test(torque_above_the_tolerance_costs_half_of_the_excess),
        cmocka_unit_test(equal_pairs_keep_the_first),
        cmocka_unit_test(equal_quadruples_keep_the_first_and_beat_weaker_pairs),
        cmocka_unit_test(a_quadruple_that_is_no_better_than_a_pair_does_not_replace_it),
        cmocka_unit_test(a_negative_score_is_better_than_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
