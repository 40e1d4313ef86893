/* SPDX-License-Identifier: Apache-2.0 */
/* What orders do, what becomes of them, and what is told of that; by scripts and by machines. */
#include "behavior_scene.h"

/* a machine that does nothing: its vehicles behave, and so what becomes of orders is kept */
#define IDLE "fsm: {name: m, states: {A: {terminal: true}}},"
#define HEAD "  - {name: g, kind: bot, count: 1, hardware: \"" STOCK_HARDWARE "\", "

static const qf_event *last_told(const told *t, int code)
{
    const qf_event *found = NULL;
    for (size_t e = 0; e < t->n; e++) {
        found = t->events[e].code == code ? &t->events[e] : found;
    }
    return found;
}

static void assert_told(const told *t, int code, int64_t tick, int subject, double value)
{
    const qf_event *event = last_told(t, code);
    assert_non_null(event);
    assert_int_equal(event->tick, tick);
    assert_int_equal(event->subject, subject);
    assert_exact(event->value, value);
}

static void set_tank(vehicles *v, double kg)
{
    qf_f64(&v->fleet, QF_FIELD_PROPELLANT, 0)[0] = kg;
}

static void thrusters_have_fired_one_tick_after_the_order(void **state)
{
    (void)state;
    vehicles v;
    told t = {0};
    start(&v, &(scene){.groups = HEAD "fsm: {name: m, states: {A: {transitions: ["
                                      "{condition: time_s >= 2, target: B, action: "
                                      "{rcs: {axis: up, pct: 50, duration_s: 1}}}]},"
                                      "B: {transitions: [{condition: actuation.executed(\"rcs\"),"
                                      " target: C}]}, C: {terminal: true}}}}"});
    advance_listening(&v, 3, &t);
    assert_state(&v, 0, 0, "B");
    assert_actuation(&v, 0, RCS, ACCEPTED);
    assert_int_equal(count_told(&t, 0, QF_EVENT_ACTUATION), 0);
    advance_listening(&v, 1, &t);
    assert_state(&v, 0, 0, "C"); /* followed up before machines look */
    assert_actuation(&v, 0, RCS, EXECUTED);
    assert_told(&t, QF_EVENT_ACTUATION, 3, QF_COMMAND_RCS, QF_ACTUATION_EXECUTED);
    const qf_cause *because = last_told(&t, QF_EVENT_ACTUATION)->because;
    assert_int_equal(because->topic, QF_TOPIC_COMMAND);
    assert_int_equal(because->subject, QF_COMMAND_RCS);
    assert_told(&t, QF_EVENT_COMMAND, 2, QF_COMMAND_RCS, 50.0);
    forget(&t);
    finish(&v);
}

static void what_another_order_fires_is_not_this_orders_doing(void **state)
{
    (void)state;
    vehicles v;
    told t = {0};
    start(&v, &(scene){.groups = HEAD IDLE
                       "script: [{step: 0, cmd: rcs, axis: up, pct: 50, duration_s: 9},"
                       " {step: 3, cmd: rcs, axis: down, pct: 20, duration_s: 1}]}"});
    advance_listening(&v, 3, &t);
    assert_int_equal(count_told(&t, 0, QF_EVENT_ACTUATION), 1);
    advance_listening(&v, 1, &t); /* thrusters fire as the second is given */
    assert_actuation(&v, 0, RCS, ACCEPTED);
    advance_listening(&v, 1, &t);
    assert_int_equal(count_told(&t, 0, QF_EVENT_ACTUATION), 2);
    assert_told(&t, QF_EVENT_ACTUATION, 4, QF_COMMAND_RCS, QF_ACTUATION_EXECUTED);
    forget(&t);
    finish(&v);
}

static void what_becomes_of_thrusters_is_told_whatever_is_ordered_after_them(void **state)
{
    (void)state;
    vehicles v;
    told t = {0};
    start(&v, &(scene){.groups = HEAD IDLE
                       "script: [{step: 1, cmd: rcs, axis: up, pct: 50, duration_s: 2},"
                       " {step: 1, cmd: motor, pct: 50},"
                       " {step: 5, cmd: rcs, axis: up, pct: 50, duration_s: 2},"
                       " {step: 5, cmd: dock, connected: true}, {step: 5, cmd: emergency_stop}]}"});
    advance_listening(&v, 2, &t);
    assert_actuation(&v, 0, MOTOR, EXECUTED);
    advance_listening(&v, 3, &t);
    assert_actuation(&v, 0, MOTOR, EXECUTED);
    assert_int_equal(count_told(&t, 0, QF_EVENT_ACTUATION), 1);
    assert_told(&t, QF_EVENT_ACTUATION, 2, QF_COMMAND_RCS, QF_ACTUATION_EXECUTED);
    advance_listening(&v, 3, &t);
    assert_actuation(&v, 0, DOCK, EXECUTED);
    assert_int_equal(count_told(&t, 0, QF_EVENT_ACTUATION_FAILED), 1);
    assert_told(&t, QF_EVENT_ACTUATION_FAILED, 6, QF_COMMAND_RCS, QF_ACTUATION_REJECTED);
    forget(&t);
    finish(&v);
}

/* for a tick or longer, alone or with another that hides what became of it */
static void an_order_that_goes_on_being_executed_is_told_once(void **state)
{
    (void)state;
    static const char *const orders[] = {
        "{rcs: {axis: up, pct: 5, duration_s: 1}}",
        "{rcs: {axis: up, pct: 5, duration_s: 9}}",
        "[{rcs: {axis: up, pct: 5, duration_s: 9}}, {motor: 10}]",
    };
    for (size_t k = 0; k < COUNT(orders); k++) {
        vehicles v;
        told t = {0};
        char text[512];
        snprintf(text, sizeof text,
                 HEAD "fsm: {name: m, states: {A: {while: %s, transitions: [{condition: time_s >= "
                      "20 s, target: B}]}, B: {while: {rcs: {axis: up, pct: 7, duration_s: 1}},"
                      " terminal: true}}}}",
                 orders[k]);
        start(&v, &(scene){.groups = text});
        advance_listening(&v, 15, &t);
        assert_int_equal(count_told(&t, 0, QF_EVENT_ACTUATION), 1);
        assert_told(&t, QF_EVENT_ACTUATION, 1, QF_COMMAND_RCS, QF_ACTUATION_EXECUTED);
        if (k < 2) {
            assert_actuation(&v, 0, RCS, EXECUTED);
        }
        advance_listening(&v, 15, &t);
        assert_int_equal(count_told(&t, 0, QF_EVENT_ACTUATION), 2);
        forget(&t);
        finish(&v);
    }
}

static void an_empty_tank_fails_the_order_and_the_next_at_once(void **state)
{
    (void)state;
    vehicles v;
    told t = {0};
    start(&v, &(scene){.groups = HEAD IDLE
                       "script: [{step: 1, cmd: rcs, axis: up, pct: 50, duration_s: 1},"
                       " {step: 5, cmd: rcs, axis: up, pct: 50, duration_s: 1},"
                       " {step: 8, cmd: rcs, axis: up, pct: 50, duration_s: 1}]}"});
    set_tank(&v, 0.0);
    advance_listening(&v, 2, &t);
    assert_actuation(&v, 0, RCS, ACCEPTED);
    advance_listening(&v, 1, &t);
    assert_actuation(&v, 0, RCS, FAILED);
    assert_told(&t, QF_EVENT_ACTUATION_FAILED, 2, QF_COMMAND_RCS, QF_ACTUATION_FAILED);
    advance_listening(&v, 3, &t);
    assert_actuation(&v, 0, RCS, FAILED);
    assert_told(&t, QF_EVENT_ACTUATION_FAILED, 5, QF_COMMAND_RCS, QF_ACTUATION_FAILED);
    set_tank(&v, 1.0);
    advance_listening(&v, 4, &t);
    assert_actuation(&v, 0, RCS, EXECUTED);
    assert_int_equal(count_told(&t, 0, QF_EVENT_ACTUATION_FAILED), 2);
    forget(&t);
    finish(&v);
}

/* somebody takes the command away from the thrusters, again and again */
static bool take_away(const qf_stage_call *call)
{
    for (size_t slot = call->block->slot_begin; slot < call->block->slot_end; slot++) {
        qf_f64(call->fleet, QF_FIELD_RCS_PCT, 0)[slot] = 0.0;
    }
    return false;
}

static void start_with_thief(vehicles *v, const scene *s)
{
    qf_stage stages[32];
    size_t n = 0;
    for (size_t k = 0; k < qf_stage_count; k++) {
        stages[n++] = qf_stage_table[k];
        if (strcmp(qf_stage_table[k].name, "behavior") == 0) {
            stages[n++] = (qf_stage){.name = "thief", .phase = QF_PHASE_DECIDE, .run = take_away};
        }
    }
    read_scene(v, s);
    assert_int_equal(qf_fleet_create(&v->context, &v->scenario, &v->fleet), QF_OK);
    const qf_simulation_options options = {.keep_events = true, .stages = stages, .n_stages = n};
    assert_int_equal(qf_simulation_create(&v->context, &v->fleet, &options, &v->simulation), QF_OK);
}

static void an_order_of_which_nothing_comes_times_out(void **state)
{
    (void)state;
    static const struct {
        double dt_s;
        int64_t ticks;
    } cases[] = {{0.1, 10}, {0.3, 4}, {0.5, 2}, {1.0, 2}, {4.0, 2}};
    for (size_t c = 0; c < COUNT(cases); c++) {
        vehicles v;
        told t = {0};
        start_with_thief(&v, &(scene){.dt_s = cases[c].dt_s,
                                      .groups =
                                          HEAD IDLE "script: [{step: 3, cmd: rcs, axis: up, pct: 5,"
                                                    " duration_s: 1}]}"});
        advance_listening(&v, 3 + cases[c].ticks, &t);
        assert_actuation(&v, 0, RCS, ACCEPTED);
        advance_listening(&v, 1, &t);
        assert_actuation(&v, 0, RCS, TIMEOUT);
        assert_told(&t, QF_EVENT_ACTUATION_FAILED, 3 + cases[c].ticks, QF_COMMAND_RCS,
                    QF_ACTUATION_TIMEOUT);
        forget(&t);
        finish(&v);
    }
}

static void an_order_that_goes_on_being_given_times_out_too(void **state)
{
    (void)state;
    vehicles v;
    told t = {0};
    start_with_thief(&v,
                     &(scene){.dt_s = 0.1,
                              .groups = HEAD "fsm: {name: m, states: {A: {while: {rcs: {axis: "
                                             "up, pct: 5, duration_s: 1}}, terminal: true}}}}"});
    advance_listening(&v, 10, &t);
    assert_int_equal(count_told(&t, 0, QF_EVENT_ACTUATION_FAILED), 0);
    advance_listening(&v, 1, &t);
    assert_told(&t, QF_EVENT_ACTUATION_FAILED, 10, QF_COMMAND_RCS, QF_ACTUATION_TIMEOUT);
    forget(&t);
    finish(&v);
}

static void a_vehicle_without_thrusters_for_the_axis_cannot(void **state)
{
    (void)state;
    vehicles v;
    told t = {0};
    start(&v, &(scene){.more = IDLE, /* the quiet profile has no thrusters */
                       .script = "{step: 1, cmd: rcs, axis: up, pct: 50, duration_s: 1},"
                                 "{step: 2, cmd: rcs, axis: up, pct: 0, duration_s: 1}"});
    advance_listening(&v, 2, &t);
    assert_actuation(&v, 0, RCS, UNAVAILABLE);
    assert_exact(VALUE(&v, RCS_PCT, 0), 0.0);
    assert_told(&t, QF_EVENT_ACTUATION_FAILED, 1, QF_COMMAND_RCS, QF_ACTUATION_UNAVAILABLE);
    advance_listening(&v, 1, &t); /* but it can stop */
    assert_actuation(&v, 0, RCS, EXECUTED);
    forget(&t);
    finish(&v);
}

static void what_needs_a_broken_device_cannot_be_done(void **state)
{
    (void)state;
    static const qf_device devices[] = {
        {.name = "motor_right"}, {.name = "imu"}, {.name = "rcs_up"}};
    vehicles v;
    told t = {0};
    read_scene(&v, &(scene){.groups = HEAD IDLE
                            "script: [{step: 0, cmd: motor, pct: 50},"
                            " {step: 1, cmd: speed, mps: 2},"
                            " {step: 1, cmd: rcs, axis: up, pct: 50, duration_s: 1},"
                            " {step: 2, cmd: rcs, axis: down, pct: 50, duration_s: 1},"
                            " {step: 3, cmd: motor, pct: 0}, {step: 4, cmd: rotate, deg: 7}]}"});
    qf_group_spec *group = (qf_group_spec *)v.scenario.groups;
    group->devices = devices;
    group->n_devices = COUNT(devices);
    assert_int_equal(qf_fleet_create(&v.context, &v.scenario, &v.fleet), QF_OK);
    const qf_simulation_options options = {.keep_events = true};
    assert_int_equal(qf_simulation_create(&v.context, &v.fleet, &options, &v.simulation), QF_OK);
    uint64_t *down = qf_u64(&v.fleet, QF_FIELD_DEVICES_DOWN, 0);
    *down = UINT64_C(1) << qf_catalog_device(&v.fleet.catalog, "imu");
    advance_listening(&v, 1, &t);
    assert_actuation(&v, 0, MOTOR, EXECUTED);
    *down = UINT64_C(1) << qf_catalog_device(&v.fleet.catalog, "motor_right") |
            UINT64_C(1) << qf_catalog_device(&v.fleet.catalog, "rcs_up");
    advance_listening(&v, 1, &t);
    assert_actuation(&v, 0, RCS, UNAVAILABLE);
    assert_int_equal(count_told(&t, 0, QF_EVENT_ACTUATION_FAILED), 2);
    assert_exact(VALUE(&v, SPEED, 0), 0.5);
    advance_listening(&v, 1, &t);
    assert_actuation(&v, 0, RCS, ACCEPTED);
    advance_listening(&v, 1, &t);
    assert_actuation(&v, 0, MOTOR, EXECUTED);
    assert_exact(VALUE(&v, SPEED, 0), 0.0);
    advance_listening(&v, 1, &t);
    assert_exact(VALUE(&v, HEADING, 0), 7.0);
    assert_int_equal(count_told(&t, 0, QF_EVENT_ACTUATION_FAILED), 2);
    forget(&t);
    finish(&v);
}

static void a_lock_holds_for_all_that_moves_until_it_is_lifted(void **state)
{
    (void)state;
    static const char *const locks[] = {"emergency_stop", "safe_mode"};
    static const int codes[][2] = {{QF_EVENT_EMERGENCY_STOP, QF_EVENT_EMERGENCY_OVER},
                                   {QF_EVENT_SAFE_MODE, QF_EVENT_SAFE_MODE_OVER}};
    for (int k = 0; k < 2; k++) {
        for (int behaves = 0; behaves < 2; behaves++) {
            vehicles v;
            told t = {0};
            char text[4096];
            snprintf(text, sizeof text,
                     HEAD "%s initial: {speed_mps: 1}, script: ["
                          "{step: 0, cmd: rcs, axis: up, pct: 50, duration_s: 60},"
                          "{step: 0, cmd: nbl, active: true},"
                          "{step: 0, cmd: radar, on: true},"
                          "{step: 0, cmd: transponder, mode: \"on\"},"
                          "{step: 2, cmd: %s}, {step: 3, cmd: %s, active: true},"
                          "{step: 4, cmd: motor, pct: 50},"
                          "{step: 5, cmd: rcs, axis: up, pct: 50, duration_s: 6},"
                          "{step: 6, cmd: nbl, active: true}, {step: 7, cmd: speed, mps: 2},"
                          "{step: 8, cmd: heading, deg: 90}, {step: 8, cmd: dock, connected: true},"
                          "{step: 9, cmd: speed, mps: 0},"
                          "{step: 10, cmd: %s, active: false},"
                          "{step: 11, cmd: motor, pct: 50}]}",
                     behaves ? IDLE : "", locks[k], locks[k], locks[k]);
            start(&v, &(scene){.groups = text});
            advance_listening(&v, 2, &t);
            assert_true(FLAG(&v, RCS_ACTIVE, 0) && FLAG(&v, NBL_ACTIVE, 0));
            advance_listening(&v, 1, &t);
            assert_true(!FLAG(&v, RCS_ACTIVE, 0) && !FLAG(&v, NBL_ACTIVE, 0));
            assert_int_equal(FLAG(&v, RADAR_ENABLED, 0), k == 0);
            assert_true(FLAG(&v, TRANSPONDER_ACTIVE, 0));
            assert_int_equal(FLAG(&v, EMERGENCY_STOP, 0), k == 0);
            assert_int_equal(FLAG(&v, SAFE_MODE, 0), k == 1);
            assert_exact(VALUE(&v, SPEED, 0), 0.0);
            for (int64_t tick = 3; tick < 10; tick++) {
                advance_listening(&v, 1, &t);
                assert_exact(VALUE(&v, SPEED, 0), 0.0);
                assert_exact(VALUE(&v, RCS_PCT, 0), 0.0);
                assert_false(FLAG(&v, NBL_ACTIVE, 0));
                if (behaves && tick == 5) {
                    assert_actuation(&v, 0, RCS, REJECTED);
                }
            }
            assert_exact(VALUE(&v, HEADING, 0), 90.0);
            assert_true(FLAG(&v, DOCK_CONNECTED, 0));
            assert_int_equal(count_told(&t, 0, QF_EVENT_ACTUATION_FAILED), 4);
            assert_told(&t, QF_EVENT_ACTUATION_FAILED, 7, QF_COMMAND_SPEED, QF_ACTUATION_REJECTED);
            advance_listening(&v, 2, &t);
            assert_exact(VALUE(&v, SPEED, 0), 0.5);
            assert_int_equal(count_told(&t, 0, codes[k][0]), 1); /* said twice, changed once */
            assert_int_equal(count_told(&t, 0, codes[k][1]), 1);
            forget(&t);
            finish(&v);
        }
    }
}

/* thrusters 0 and 1 forward, 2 and 3 back */
#define PAIRS                                                                                      \
    "propulsion_plane: {thrusters: ["                                                              \
    "{index: 0, position_m: [0, 1, 0], direction: [1, 0, 0], f_max_newton: 50},"                   \
    " {index: 1, position_m: [0, -1, 0], direction: [1, 0, 0], f_max_newton: 50},"                 \
    " {index: 2, position_m: [0, 1, 0], direction: [-1, 0, 0], f_max_newton: 50},"                 \
    " {index: 3, position_m: [0, -1, 0], direction: [-1, 0, 0], f_max_newton: 50}]}"

static void a_thruster_that_is_stuck_on_is_not_the_orders_doing(void **state)
{
    (void)state;
    vehicles v;
    told t = {0};
    start(&v, &(scene){.hardware = PAIRS,
                       .more = IDLE "faults: [{at_s: 0, thruster: 2, stuck: on}],",
                       .script = "{step: 2, cmd: rcs, axis: forward, pct: 50, duration_s: 9},"
                                 " {step: 2, cmd: emergency_stop}"});
    advance_listening(&v, 4, &t);
    assert_actuation(&v, 0, RCS, REJECTED);
    assert_told(&t, QF_EVENT_ACTUATION_FAILED, 3, QF_COMMAND_RCS, QF_ACTUATION_REJECTED);
    assert_int_equal(count_told(&t, 0, QF_EVENT_ACTUATION), 0);
    assert_int_equal(count_told(&t, 0, QF_EVENT_RCS_START), 0);
    forget(&t);
    finish(&v);
}

static void an_axis_without_thrust_cannot_and_under_way_it_fails(void **state)
{
    (void)state;
    vehicles v;
    told t = {0};
    start_with_thief(&v, &(scene){.dt_s = 0.1,
                                  .hardware = PAIRS,
                                  .more = IDLE "faults: [{at_s: 0.3, thruster: 0, stuck: off},"
                                               " {at_s: 0.3, thruster: 1, stuck: off}],",
                                  .script =
                                      "{step: 1, cmd: rcs, axis: forward, pct: 50, duration_s: 9},"
                                      " {step: 5, cmd: rcs, axis: forward, pct: 50, duration_s: 9},"
                                      " {step: 6, cmd: rcs, axis: aft, pct: 50, duration_s: 9}"});
    advance_listening(&v, 3, &t);
    assert_actuation(&v, 0, RCS, ACCEPTED);
    advance_listening(&v, 1, &t);
    assert_actuation(&v, 0, RCS, FAILED);
    assert_told(&t, QF_EVENT_ACTUATION_FAILED, 3, QF_COMMAND_RCS, QF_ACTUATION_FAILED);
    advance_listening(&v, 2, &t);
    assert_actuation(&v, 0, RCS, UNAVAILABLE);
    advance_listening(&v, 1, &t);
    assert_actuation(&v, 0, RCS, ACCEPTED);
    forget(&t);
    finish(&v);
}

static void a_stop_ends_what_is_under_way(void **state)
{
    (void)state;
    vehicles v;
    told t = {0};
    start(&v, &(scene){.groups = HEAD IDLE
                       "script: [{step: 1, cmd: rcs, axis: up, pct: 50, duration_s: 1},"
                       " {step: 1, cmd: emergency_stop}]}"});
    advance_listening(&v, 9, &t);
    assert_actuation(&v, 0, RCS, REJECTED);
    assert_int_equal(count_told(&t, 0, QF_EVENT_ACTUATION_FAILED), 1);
    assert_told(&t, QF_EVENT_ACTUATION_FAILED, 2, QF_COMMAND_RCS, QF_ACTUATION_REJECTED);
    forget(&t);
    finish(&v);
}

static void missions_are_received_accepted_and_finished_in_that_order(void **state)
{
    (void)state;
    vehicles v;
    told t = {0};
    start(&v, &(scene){.script = "{step: 0, cmd: mission, order: accept},"
                                 "{step: 1, cmd: mission, order: receive},"
                                 "{step: 2, cmd: mission, order: receive},"
                                 "{step: 3, cmd: mission, order: accept},"
                                 "{step: 4, cmd: mission, order: finish},"
                                 "{step: 5, cmd: mission, order: finish},"
                                 "{step: 6, cmd: mission, order: receive},"
                                 "{step: 7, cmd: mission, order: accept}"});
    static const bool flags[][3] = {{0, 0, 0}, {1, 0, 0}, {1, 0, 0}, {0, 1, 0},
                                    {0, 0, 1}, {0, 0, 1}, {1, 0, 1}, {0, 1, 0}};
    for (size_t k = 0; k < COUNT(flags); k++) {
        advance_listening(&v, 1, &t);
        assert_int_equal(FLAG(&v, MISSION_RECEIVED, 0), flags[k][0]);
        assert_int_equal(FLAG(&v, MISSION_ACTIVE, 0), flags[k][1]);
        assert_int_equal(FLAG(&v, MISSION_FINISHED, 0), flags[k][2]);
    }
    assert_int_equal(count_told(&t, 0, QF_EVENT_MISSION_RECEIVED), 2);
    assert_int_equal(count_told(&t, 0, QF_EVENT_MISSION_ACCEPTED), 2);
    assert_int_equal(count_told(&t, 0, QF_EVENT_MISSION_FINISHED), 1);
    assert_told(&t, QF_EVENT_MISSION_RECEIVED, 6, -1, 50.0); /* charge */
    assert_int_equal(count_told(&t, 0, QF_EVENT_ACTUATION_FAILED), 2);
    forget(&t);
    finish(&v);
}

static void switches_follow_their_commands(void **state)
{
    (void)state;
    static const struct {
        bool active;
        int64_t mode;
    } transponder[] = {{true, QF_TRANSPONDER_SPOOF},
                       {false, QF_TRANSPONDER_SILENT},
                       {true, QF_TRANSPONDER_ON},
                       {false, QF_TRANSPONDER_OFF},
                       {true, QF_TRANSPONDER_ON}};
    vehicles v;
    start(&v, &(scene){.more = "transponder: {mode: \"on\", id: X},",
                       .script = "{step: 0, cmd: transponder, mode: spoof},"
                                 "{step: 1, cmd: transponder, mode: silent},"
                                 "{step: 2, cmd: transponder, mode: \"on\"},"
                                 "{step: 3, cmd: transponder, mode: \"off\"},"
                                 "{step: 4, cmd: subsystems},"
                                 "{step: 1, cmd: dock, connected: true}, {step: 3, cmd: undock},"
                                 "{step: 2, cmd: radar, on: true}"});
    for (size_t k = 0; k < COUNT(transponder); k++) {
        advance(&v, 1);
        assert_int_equal(FLAG(&v, TRANSPONDER_ACTIVE, 0), transponder[k].active);
        assert_int_equal(qf_i64(&v.fleet, QF_FIELD_TRANSPONDER_MODE, 0)[0], transponder[k].mode);
        assert_int_equal(FLAG(&v, DOCK_CONNECTED, 0), k == 1 || k == 2);
        assert_int_equal(FLAG(&v, RADAR_ENABLED, 0),
                         k >= 2); /* the group has no radar to switch on */
    }
    finish(&v);
}

static void set_writes_variables_and_inputs_but_none_that_is_locked(void **state)
{
    (void)state;
    vehicles v;
    told t = {0};
    start(&v, &(scene){.more = "fsm: {name: m, variables: {goal: 1, mode: {initial: COLD, values:"
                               " [COLD, WARM]}}, states: {A: {transitions: [{condition: goal == 7,"
                               " target: B, action: [{set: {mode: WARM, speed_mps: 2 m/s,"
                               " nbl_max_power_w: 3, transponder_mode: silent}}]}]},"
                               "B: {transitions: [{condition: time_s >= 4, target: C,"
                               " action: [emergency_stop, {set: {speed_mps: 1 m/s}}]}]},"
                               "C: {terminal: true}}},",
                       .script = "{step: 0, cmd: transponder, mode: \"on\"},"
                                 "{step: 2, cmd: set, name: goal, value: 7}"});
    advance_listening(&v, 2, &t);
    assert_state(&v, 0, 0, "A");
    advance_listening(&v, 1, &t);
    assert_state(&v, 0, 0, "B");
    assert_exact(variable_of(&v, "goal", 0), 7.0);
    assert_exact(variable_of(&v, "mode", 0), 1.0);
    assert_exact(VALUE(&v, SPEED, 0), 2.0);
    assert_exact(VALUE(&v, NBL_MAX, 0), 3.0);
    assert_int_equal(qf_i64(&v.fleet, QF_FIELD_TRANSPONDER_MODE, 0)[0], QF_TRANSPONDER_SILENT);
    advance_listening(&v, 3, &t);
    assert_exact(VALUE(&v, SPEED, 0), 0.0);
    assert_told(&t, QF_EVENT_ACTUATION_FAILED, 4, QF_COMMAND_SPEED, QF_ACTUATION_REJECTED);
    assert_actuation(&v, 0, SPEED, REJECTED);
    assert_false(FLAG(&v, TRANSPONDER_ACTIVE, 0)); /* silent, as by its command */
    forget(&t);
    finish(&v);
}

static void an_argument_that_is_no_number_is_rejected(void **state)
{
    (void)state;
    vehicles v;
    told t = {0};
    start(&v,
          &(scene){.initial = "speed_mps: 1",
                   .more = "fsm: {name: m, variables: {z: 0}, states: {A: {transitions: ["
                           "{condition: time_s >= 1, target: B, action: [{motor: '(z / z) * 1 %'},"
                           " {emit: {code: 333, severity: info}}]}]}, B: {terminal: true}}},"});
    advance_listening(&v, 3, &t);
    assert_exact(VALUE(&v, SPEED, 0), 1.0);
    assert_actuation(&v, 0, MOTOR, REJECTED);
    assert_told(&t, QF_EVENT_ACTUATION_FAILED, 1, QF_COMMAND_MOTOR, QF_ACTUATION_REJECTED);
    assert_true(isnan(last_told(&t, QF_EVENT_COMMAND)->value));
    forget(&t);
    finish(&v);
}

/* as constants are when they are read */
static void what_is_computed_has_the_ranges_of_its_command(void **state)
{
    (void)state;
    static const char *const orders[] = {
        "{inputs: {sensor_queue_depth: 0 - z, radar_enabled: true}}",
        "{inputs: {actuator_queue_depth: 1 / (z - z)}}",
        "{set: {sensor_queue_depth: 1 / (z - z)}}",
        "{set: {actuator_queue_depth: 0 - z}}",
        "{set: {rcs_m2: z * -1 m2}}",
        "{set: {rcs_m2: (z - z) * 1 m2}}",
        "{set: {nbl_max_power_w: z * -1 W}}",
        "{set: {z: 1 / (z - z)}}",
        "{speed: 1 m/s / (z - z)}",
        "{rcs: {axis: up, pct: 50, duration_s: 1 s / (z - z)}}",
    };
    for (size_t k = 0; k < COUNT(orders); k++) {
        vehicles v;
        told t = {0};
        char text[512];
        snprintf(text, sizeof text,
                 HEAD "fsm: {name: m, variables: {z: 3}, states: {A: {transitions: [{condition: "
                      "time_s >= 2 s, target: B, action: %s}]}, B: {terminal: true}}}}",
                 orders[k]);
        start(&v, &(scene){.groups = text});
        const double rcs_m2 = VALUE(&v, RCS, 0);
        advance_listening(&v, 5, &t);
        assert_state(&v, 0, 0, "B");
        assert_int_equal(count_told(&t, 0, QF_EVENT_ACTUATION_FAILED), 1);
        assert_exact(last_told(&t, QF_EVENT_ACTUATION_FAILED)->value, QF_ACTUATION_REJECTED);
        assert_exact(VALUE(&v, SENSOR_QUEUE, 0), 0.0);
        assert_exact(VALUE(&v, ACTUATOR_QUEUE, 0), 0.0);
        assert_exact(VALUE(&v, RCS, 0), rcs_m2);
        assert_true(VALUE(&v, NBL_MAX, 0) >= 0.0);
        assert_exact(variable_of(&v, "z", 0), 3.0);
        assert_false(FLAG(&v, QUARANTINED, 0));
        forget(&t);
        finish(&v);
    }
}

static void what_fails_in_every_evaluation_is_told_once(void **state)
{
    (void)state;
    vehicles v;
    told t = {0};
    start(&v,
          &(scene){.groups = HEAD "fsm: {name: m, states: {A: {while: "
                                  "{rcs: {axis: up, pct: 50, duration_s: 3}}, terminal: true}}},"
                                  "script: [{step: 10, cmd: safe_mode},"
                                  " {step: 20, cmd: safe_mode, active: false}]}"});
    advance_listening(&v, 5, &t);
    assert_int_equal(count_told(&t, 0, QF_EVENT_ACTUATION_FAILED), 0);
    advance_listening(&v, 10, &t);
    assert_actuation(&v, 0, RCS, REJECTED);
    assert_int_equal(count_told(&t, 0, QF_EVENT_ACTUATION_FAILED), 1);
    advance_listening(&v, 10, &t); /* goes on after it */
    assert_true(FLAG(&v, RCS_ACTIVE, 0));
    set_tank(&v, 0.0);
    advance_listening(&v, 20, &t);
    assert_actuation(&v, 0, RCS, FAILED);
    assert_int_equal(count_told(&t, 0, QF_EVENT_ACTUATION_FAILED), 2);
    forget(&t);
    finish(&v);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(thrusters_have_fired_one_tick_after_the_order),
        cmocka_unit_test(what_another_order_fires_is_not_this_orders_doing),
        cmocka_unit_test(what_becomes_of_thrusters_is_told_whatever_is_ordered_after_them),
        cmocka_unit_test(an_order_that_goes_on_being_executed_is_told_once),
        cmocka_unit_test(an_empty_tank_fails_the_order_and_the_next_at_once),
        cmocka_unit_test(an_order_of_which_nothing_comes_times_out),
        cmocka_unit_test(an_order_that_goes_on_being_given_times_out_too),
        cmocka_unit_test(a_vehicle_without_thrusters_for_the_axis_cannot),
        cmocka_unit_test(what_needs_a_broken_device_cannot_be_done),
        cmocka_unit_test(a_lock_holds_for_all_that_moves_until_it_is_lifted),
        cmocka_unit_test(a_thruster_that_is_stuck_on_is_not_the_orders_doing),
        cmocka_unit_test(an_axis_without_thrust_cannot_and_under_way_it_fails),
        cmocka_unit_test(a_stop_ends_what_is_under_way),
        cmocka_unit_test(missions_are_received_accepted_and_finished_in_that_order),
        cmocka_unit_test(switches_follow_their_commands),
        cmocka_unit_test(set_writes_variables_and_inputs_but_none_that_is_locked),
        cmocka_unit_test(an_argument_that_is_no_number_is_rejected),
        cmocka_unit_test(what_is_computed_has_the_ranges_of_its_command),
        cmocka_unit_test(what_fails_in_every_evaluation_is_told_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
