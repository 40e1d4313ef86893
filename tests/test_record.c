/* SPDX-License-Identifier: Apache-2.0 */
#include "record.h"
#include "vehicle.h"

/* rows for every quantity of the plan, filled with what no vehicle has */
static qf_frame make_frame(vehicles *v, int64_t tick)
{
    qf_frame frame = {.tick = tick,
                      .row = qf_arena_array(&v->fleet.arena, v->plan.n_quantities, sizeof(void *))};
    for (size_t q = 0; q < v->plan.n_quantities; q++) {
        frame.row[q] = qf_arena_array(&v->fleet.arena, v->fleet.n_vehicles, 8);
        memset(frame.row[q], 0x55, 8 * v->fleet.n_vehicles);
    }
    return frame;
}

static void record_now(const vehicles *v, const qf_frame *frame)
{
    for (size_t b = 0; b < v->fleet.n_blocks; b++) {
        qf_record_block(&v->fleet, &v->plan, b, frame);
    }
}

static const void *row_of(const vehicles *v, const qf_frame *frame, const char *name)
{
    for (size_t q = 0; q < v->plan.n_quantities; q++) {
        if (strcmp(v->plan.quantities[q]->name, name) == 0) {
            return frame->row[q];
        }
    }
    fail_msg("%s is not recorded", name);
    return NULL;
}

#define GROUP(name, count, node)                                                                   \
    "  - {name: " name ", kind: bot, count: " count ", hardware: {hardware_profile: {"             \
    "thermal_plane: {nodes: [{id: " node ", heat_capacity_j_per_c: 1e9, t_init_c: 100,"            \
    " t_max_c: 80}]}}}}\n"

static void a_node_of_another_group_is_recorded_as_missing(void **state)
{
    (void)state;
    vehicles v;
    start(&v, &(scene){.worlds = 2, .groups = GROUP("a", "3", "core") GROUP("b", "2", "hold")});
    qf_frame frame = make_frame(&v, 2);
    assert_int_equal(qf_simulation_advance(&v.context, v.simulation, 2, &frame, 1), QF_OK);
    const double *core_c = row_of(&v, &frame, "temp_core_c");
    const double *hold_c = row_of(&v, &frame, "temp_hold_c");
    const uint8_t *core_trip = row_of(&v, &frame, "trip_core");
    const uint8_t *hold_trip = row_of(&v, &frame, "trip_hold");
    /* entities: three of a and three, then two of b and two */
    for (size_t e = 0; e < 10; e++) {
        const bool of_a = e < 6;
        assert_true(of_a ? fabs(core_c[e] - 100.0) < 1e-3 : isnan(core_c[e]) != 0);
        assert_true(of_a ? isnan(hold_c[e]) != 0 : fabs(hold_c[e] - 100.0) < 1e-3);
        assert_int_equal(core_trip[e], of_a ? 1 : 255);
        assert_int_equal(hold_trip[e], of_a ? 255 : 1);
    }
    finish(&v);
}

static void nodes_of_a_plane_that_is_off_are_recorded_as_missing(void **state)
{
    (void)state;
    vehicles v;
    start(&v, &(scene){.hardware = "thermal_plane: {enabled: false, nodes: [{id: core,"
                                   " heat_capacity_j_per_c: 1, t_init_c: 100, t_max_c: 80}]}"});
    qf_frame frame = make_frame(&v, 1);
    assert_int_equal(qf_simulation_advance(&v.context, v.simulation, 1, &frame, 1), QF_OK);
    assert_true(isnan(*(const double *)row_of(&v, &frame, "temp_core_c")) != 0);
    assert_int_equal(*(const uint8_t *)row_of(&v, &frame, "trip_core"), 255);
    finish(&v);
}

static void rows_hold_every_entity_in_order_and_nothing_else(void **state)
{
    (void)state;
    vehicles v;
    start(&v, &(scene){.worlds = 2,
                       .groups =
                           "  - {name: a, kind: bot, count: 1025, initial: {position_m: {uniform:"
                           " {min: [0, 0, 0], max: [1, 1, 1]}}}, script: [{step: 0, cmd: rcs,"
                           " axis: up, pct: 10, duration_s: 100}], hardware: " STOCK_HARDWARE "}\n"
                           "  - {name: b, kind: bot, count: 3, initial: {position_m: {uniform:"
                           " {min: [2, 2, 2], max: [3, 3, 3]}}}, hardware: " STOCK_HARDWARE "}\n",
                       .n_threads = 2});
    qf_frame frame = make_frame(&v, 70);
    assert_int_equal(qf_simulation_advance(&v.context, v.simulation, 70, &frame, 1), QF_OK);
    const double *x_m = row_of(&v, &frame, "x_m");
    const double *soc_pct = row_of(&v, &frame, "soc_pct");
    const int64_t *axis = row_of(&v, &frame, "rcs_axis");
    const uint8_t *active = row_of(&v, &frame, "rcs_active");
    const uint8_t *docked = row_of(&v, &frame, "dock_connected");
    for (size_t e = 0; e < v.fleet.n_vehicles; e++) {
        assert_exact(x_m[e], VALUE(&v, X, e));
        assert_true((x_m[e] < 1.0) == (e < 2050));
        assert_exact(soc_pct[e], VALUE(&v, SOC, e));
        assert_int_equal(axis[e], e < 2050 ? QF_AXIS_UP : QF_AXIS_NONE);
        assert_int_equal(active[e], e < 2050);
        assert_int_equal(docked[e], 1);
    }
    /* bytes beyond a row of flags are not touched */
    assert_int_equal(active[v.fleet.n_vehicles], 0x55);
    finish(&v);
}

/* frames of one call, on both sides of the 64 ticks that threads run before they meet */
static void every_frame_holds_the_moment_of_its_tick(void **state)
{
    (void)state;
    static const int64_t ticks[] = {1, 64, 65, 130};
    vehicles v;
    start(&v, &(scene){.count = 300,
                       .n_threads = 2,
                       .initial = "speed_mps: 1",
                       .script = "{step: 64, cmd: speed, mps: 2}",
                       .hardware = "power_plane: {motion_power_w_per_mps: 10}"});
    qf_frame frames[COUNT(ticks)];
    for (size_t f = 0; f < COUNT(ticks); f++) {
        frames[f] = make_frame(&v, ticks[f]);
    }
    assert_int_equal(qf_simulation_advance(&v.context, v.simulation, 131, frames, COUNT(ticks)),
                     QF_OK);
    for (size_t f = 0; f < COUNT(ticks); f++) {
        const double *y_m = row_of(&v, &frames[f], "y_m");
        const double *motion_w = row_of(&v, &frames[f], "load_motion_w");
        const double t = (double)ticks[f];
        for (size_t e = 0; e < 300; e++) {
            assert_exact(y_m[e], t <= 64.0 ? t : 64.0 + 2.0 * (t - 64.0));
            assert_exact(motion_w[e], t <= 64.0 ? 10.0 : 20.0);
        }
    }
    finish(&v);
}

/* what a NaN carries depends on how it came about: only that it is one is recorded */
static void every_nan_is_recorded_with_the_same_bits(void **state)
{
    (void)state;
    static const uint64_t nans[] = {UINT64_C(0x7FF8000000000000), UINT64_C(0xFFF8000000000000),
                                    UINT64_C(0x7FF8000000001234), UINT64_C(0xFFFFFFFFFFFFFFFF)};
    vehicles v;
    start(&v, &(scene){.count = 4});
    qf_frame frame = make_frame(&v, 0);
    memcpy(qf_f64(&v.fleet, QF_FIELD_DOSE, 0), nans, sizeof nans);
    record_now(&v, &frame);
    const uint64_t *recorded = row_of(&v, &frame, "radiation_dose_usv");
    for (size_t e = 0; e < 4; e++) {
        assert_int_equal(recorded[e], UINT64_C(0x7FF8000000000000));
    }
    finish(&v);
}

static void infinities_and_signs_of_zero_are_recorded_as_they_are(void **state)
{
    (void)state;
    const double values[] = {(double)INFINITY, -(double)INFINITY, -0.0, 5e-324};
    vehicles v;
    start(&v, &(scene){.count = 4});
    qf_frame frame = make_frame(&v, 0);
    memcpy(qf_f64(&v.fleet, QF_FIELD_DOSE, 0), values, sizeof values);
    record_now(&v, &frame);
    assert_memory_equal(row_of(&v, &frame, "radiation_dose_usv"), values, sizeof values);
    finish(&v);
}

static void the_plan_holds_what_the_scenario_names_in_the_order_of_the_table(void **state)
{
    (void)state;
    static const char *const names[] = {"trip_core", "soc_pct", "x_m", "temp_core_c"};
    static const char *const ordered[] = {"x_m", "soc_pct", "temp_core_c", "trip_core"};
    vehicles v;
    start(&v,
          &(scene){.hardware = "thermal_plane: {nodes: [{id: core, heat_capacity_j_per_c: 1}]}"});
    assert_int_equal(v.plan.n_quantities, v.fleet.catalog.n_quantities);
    v.scenario.record.all = false;
    v.scenario.record.state = names;
    v.scenario.record.n_state = COUNT(names);
    v.scenario.record.every_ticks = 7;
    qf_record_plan plan;
    assert_int_equal(qf_record_plan_create(&v.context, &v.fleet, &plan), QF_OK);
    assert_int_equal(plan.n_quantities, COUNT(ordered));
    assert_int_equal(plan.every_ticks, 7);
    for (size_t q = 0; q < COUNT(ordered); q++) {
        assert_string_equal(plan.quantities[q]->name, ordered[q]);
    }
    finish(&v);
}

static void numbers_take_8_bytes_and_flags_1(void **state)
{
    (void)state;
    assert_int_equal(qf_type_bytes(QF_TYPE_F64), 8);
    assert_int_equal(qf_type_bytes(QF_TYPE_I64), 8);
    assert_int_equal(qf_type_bytes(QF_TYPE_U64), 8);
    assert_int_equal(qf_type_bytes(QF_TYPE_U8), 1);
}

static void a_part_of_the_vehicles_is_recorded_in_rows_of_its_own(void **state)
{
    (void)state;
    vehicles v;
    /* groups of 300 fill more than one block */
    start(&v, &(scene){.groups = GROUP("a", "300", "core") GROUP("b", "300", "core")});
    const qf_frame all = make_frame(&v, 0);
    record_now(&v, &all);
    v.scenario.record.first_entity = 255;
    v.scenario.record.n_entities = 50;
    assert_int_equal(qf_record_plan_create(&v.context, &v.fleet, &v.plan), QF_OK);
    assert_int_equal(v.plan.n_entities, 50);
    const qf_frame some = make_frame(&v, 0);
    record_now(&v, &some);
    for (size_t q = 0; q < v.plan.n_quantities; q++) {
        const size_t bytes = qf_type_bytes(v.plan.quantities[q]->type);
        assert_memory_equal(some.row[q], (const char *)all.row[q] + 255 * bytes, 50 * bytes);
        const unsigned char *beyond = (const unsigned char *)some.row[q] + 50 * bytes;
        assert_int_equal(*beyond, 0x55);
    }
    finish(&v);
}

static void records_are_counted_within_the_ticks_that_are_asked_for(void **state)
{
    (void)state;
    qf_scenario scenario = {.n_ticks = 20, .record = {.every_ticks = 3}};
    assert_int_equal(qf_record_count(&scenario), 6);
    scenario.record.first_tick = 6;
    scenario.record.last_tick = 12;
    assert_int_equal(qf_record_count(&scenario), 3); /* 6, 9, 12 */
    int64_t due = 0;
    for (int64_t tick = 1; tick <= 20; tick++) {
        due += qf_record_is_due(&scenario, tick);
    }
    assert_int_equal(due, 3);
    scenario.record.first_tick = 7;
    scenario.record.last_tick = 8;
    assert_int_equal(qf_record_count(&scenario), 0);
    scenario.record.last_tick = 100;
    assert_int_equal(qf_record_count(&scenario), 4); /* 9, 12, 15, 18 */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_node_of_another_group_is_recorded_as_missing),
        cmocka_unit_test(nodes_of_a_plane_that_is_off_are_recorded_as_missing),
        cmocka_unit_test(rows_hold_every_entity_in_order_and_nothing_else),
        cmocka_unit_test(every_frame_holds_the_moment_of_its_tick),
        cmocka_unit_test(every_nan_is_recorded_with_the_same_bits),
        cmocka_unit_test(infinities_and_signs_of_zero_are_recorded_as_they_are),
        cmocka_unit_test(the_plan_holds_what_the_scenario_names_in_the_order_of_the_table),
        cmocka_unit_test(a_part_of_the_vehicles_is_recorded_in_rows_of_its_own),
        cmocka_unit_test(records_are_counted_within_the_ticks_that_are_asked_for),
        cmocka_unit_test(numbers_take_8_bytes_and_flags_1),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
