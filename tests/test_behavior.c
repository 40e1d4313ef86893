/* SPDX-License-Identifier: Apache-2.0 */
/* The stage in which vehicles decide: what machines do to their vehicles, when, and what is told of it. */
#include "behavior_scene.h"
#include "event_asked.h"
#include "machine_build.h"

static void the_first_true_transition_wins_and_one_is_taken_per_evaluation(void **state)
{
    (void)state;
    vehicles v;
    start(&v, &(scene){.count = 2,
                       .initial = "speed_mps: {grid: [1, 3]}",
                       .more = "fsm: {name: m, states: {"
                               "A: {transitions: [{condition: time_s > 3, target: B},"
                               "                  {condition: y_m >= 2, target: C},"
                               "                  {condition: y_m >= 1, target: B}]},"
                               "B: {transitions: [{condition: y_m >= 1, target: D}]},"
                               "C: {terminal: true}, D: {terminal: true}}},"});
    assert_state(&v, 0, 0, "A");
    advance(&v, 1); /* the decision comes before the motion */
    assert_state(&v, 0, 0, "A");
    advance(&v, 1);
    assert_state(&v, 0, 0, "B"); /* 1 m */
    assert_state(&v, 0, 1, "C"); /* 3 m: the second of three, whose third holds too */
    advance(&v, 1);
    assert_state(&v, 0, 0, "D");
    finish(&v);
}

static void any_leads_from_every_state_but_its_own_target(void **state)
{
    (void)state;
    vehicles v;
    told t = {0};
    start(&v, &(scene){.more = "fsm: {name: m, any: [{condition: y_m >= 2, target: STOP}],"
                               "states: {A: {transitions: [{condition: time_s >= 1, target: B}]},"
                               "B: {transitions: [{condition: time_s >= 99, target: A}]},"
                               "STOP: {transitions: [{condition: y_m < 0, target: A}]}}},",
                       .initial = "speed_mps: 1"});
    advance_listening(&v, 2, &t);
    assert_state(&v, 0, 0, "B");
    advance_listening(&v, 8, &t);
    assert_state(&v, 0, 0, "STOP");
    assert_int_equal(count_told(&t, 0, QF_EVENT_TRANSITION), 2);
    forget(&t);
    finish(&v);
}

static void leaving_comes_before_the_transition_and_that_before_entering(void **state)
{
    (void)state;
    static const double values[] = {1.0, 12.0, 123.0};
    vehicles v;
    told t = {0};
    start(&v,
          &(scene){.initial = "speed_mps: 2.5",
                   .more = "fsm: {name: m, variables: {d: 0}, states: {"
                           "A: {on_exit: {set: {d: d * 10 + 1}}, while: {set: {d: 0}},"
                           " transitions: [{condition: y_m > 1, target: B, trigger: FAR,"
                           "  action: {set: {d: d * 10 + 2}}}]},"
                           "B: {on_enter: [{set: {d: d * 10 + 3}}, {log: there}, {emit: {code: 555,"
                           " severity: warning}}], transitions: [{condition: y_m < 0, target: A}]}"
                           "}},"});
    advance_listening(&v, 2, &t);
    assert_exact(variable_of(&v, "d", 0), 123.0);
    const qf_event *event = told_of(&t, 0, 0);
    assert_int_equal(event->code, QF_EVENT_TRANSITION);
    assert_int_equal(event->tick, 1);
    assert_int_equal(event->subject, 0);
    assert_exact(event->value, 2.5); /* y_m, when it was looked at */
    for (size_t k = 0; k < 3; k++) {
        event = told_of(&t, 0, 1 + k);
        assert_int_equal(event->code, QF_EVENT_COMMAND);
        assert_int_equal(event->subject, QF_COMMAND_SET);
        assert_exact(event->value, values[k]);
        assert_int_equal(event->n_because, 1);
        assert_int_equal(event->because->topic, QF_TOPIC_MACHINE);
        assert_int_equal(event->because->subject, 0);
    }
    qf_coverage coverage;
    qf_simulation_coverage(v.simulation, &coverage);
    assert_int_equal(told_of(&t, 0, 4)->code, QF_EVENT_LOG);
    assert_int_equal(coverage.n_log_texts, 1);
    assert_string_equal(coverage.log_texts[told_of(&t, 0, 4)->subject], "there");
    assert_int_equal(told_of(&t, 0, 5)->code, 555);
    assert_int_equal(told_of(&t, 0, 5)->severity, QF_SEVERITY_WARNING);
    assert_null(told_of(&t, 0, 6));
    forget(&t);
    finish(&v);
}

static void who_stays_goes_on_being_in_the_state(void **state)
{
    (void)state;
    vehicles v;
    told t = {0};
    start(&v,
          &(scene){
              .more =
                  "fsm: {name: m, variables: {entries: 0, kept: {initial: 0, unit: s}}, states: {"
                  "A: {on_enter: {set: {entries: entries + 1}},"
                  " on_exit: {set: {kept: time_in_state_s}},"
                  " transitions: [{condition: time_s == 2, trigger: HELLO},"
                  "               {condition: time_s == 3},"
                  "               {condition: time_s == 3 or time_s >= 5,"
                  "                target: B}]},"
                  "B: {transitions: [{condition: time_s >= 99, target: A}]}}},"});
    advance_listening(&v, 3, &t);
    assert_int_equal(count_told(&t, 0, QF_EVENT_TRIGGER), 1);
    assert_int_equal(count_told(&t, 0, QF_EVENT_TRANSITION), 0);
    advance_listening(&v, 2, &t); /* at 3 s what says nothing keeps it from going */
    assert_state(&v, 0, 0, "A");
    advance_listening(&v, 1, &t);
    assert_state(&v, 0, 0, "B");
    assert_exact(variable_of(&v, "entries", 0), 1.0);
    assert_exact(variable_of(&v, "kept", 0), 5.0);
    assert_int_equal(count_told(&t, 0, QF_EVENT_TRIGGER), 1);
    forget(&t);
    finish(&v);
}

static void time_in_state_starts_anew_with_every_entry(void **state)
{
    (void)state;
    vehicles v;
    told t = {0};
    start(&v, &(scene){.dt_s = 0.5,
                       .more = "fsm: {name: m, states: {A: {transitions: ["
                               "{condition: time_in_state_s >= 2, target: A}]}}},"});
    advance_listening(&v, 20, &t); /* up to 9.5 s */
    assert_int_equal(count_told(&t, 0, QF_EVENT_TRANSITION), 4);
    assert_int_equal(told_of(&t, 0, 3)->tick, 16);
    forget(&t);
    finish(&v);
}

/* 3 * 0.3 is less than 0.9 in binary, and 3 * 0.1 more than 0.3 */
static void seconds_are_those_that_were_written(void **state)
{
    (void)state;
    vehicles v;
    told t = {0};
    start(&v,
          &(scene){.dt_s = 0.3,
                   .more = "fsm: [{name: m, states: {A: {transitions: ["
                           "{condition: time_in_state_s >= 0.9 s, target: B}]},"
                           "B: {transitions: [{condition: time_in_state_s > 2.1 s, target: C}]},"
                           "C: {terminal: true}}},"
                           "{name: h, states: {D: {transitions: ["
                           "{condition: 'hold(true, 0.9 s)', target: E}]},"
                           "E: {transitions: [{condition: time_s == 2.1 s, target: D}]}}}],"});
    advance_listening(&v, 15, &t);
    assert_int_equal(told_of(&t, 0, 0)->tick, 3);
    assert_int_equal(told_of(&t, 0, 1)->tick, 3);
    assert_int_equal(told_of(&t, 0, 2)->tick, 7);
    assert_int_equal(told_of(&t, 0, 3)->tick, 8); /* held all the time */
    assert_int_equal(told_of(&t, 0, 4)->tick, 11);
    forget(&t);
    finish(&v);
}

static void hold_counts_evaluations_without_a_break(void **state)
{
    (void)state;
    vehicles v;
    told t = {0};
    start(&v, &(scene){.script = "{step: 0, cmd: speed, mps: 1}, {step: 2, cmd: speed, mps: 0},"
                                 "{step: 3, cmd: speed, mps: 1}",
                       .more = "fsm: {name: m, states: {A: {transitions: ["
                               "{condition: 'hold(speed_mps > 0, 3 ticks)', target: B}]},"
                               "B: {terminal: true}}},"});
    advance_listening(&v, 10, &t);
    const qf_event *event = told_of(&t, 0, 3); /* after three commands */
    assert_int_equal(event->code, QF_EVENT_TRANSITION);
    assert_int_equal(event->tick, 5); /* 3, 4, 5 after the break at 2 */
    forget(&t);
    finish(&v);
}

static void a_second_machine_sees_what_the_first_has_just_become(void **state)
{
    (void)state;
    vehicles v;
    told t = {0};
    start(&v, &(scene){.more = "fsm: [{name: one, states: {"
                               "A: {transitions: [{condition: time_s >= 3, target: B}]},"
                               "B: {transitions: [{condition: two.state == D, target: A}]}}},"
                               "{name: two, states: {"
                               "C: {transitions: [{condition: one.state == B, target: D}]},"
                               "D: {terminal: true}}}],"});
    advance_listening(&v, 4, &t);
    assert_state(&v, 0, 0, "B");
    assert_state(&v, 1, 0, "D");
    assert_int_equal(told_of(&t, 0, 0)->tick, 3);
    assert_int_equal(told_of(&t, 0, 0)->subject, 0);
    assert_int_equal(told_of(&t, 0, 1)->tick, 3);
    assert_int_equal(told_of(&t, 0, 1)->subject, 2); /* the first has two rows */
    assert_int_equal(told_of(&t, 0, 1)->machine, 1);
    advance_listening(&v, 1, &t); /* the first sees the second one tick later */
    assert_state(&v, 0, 0, "A");
    forget(&t);
    finish(&v);
}

static void a_machine_is_evaluated_every_so_often(void **state)
{
    (void)state;
    vehicles v;
    start(&v, &(scene){.dt_s = 0.5,
                       .more = "fsm: {name: m, every_s: 1.5, variables: {n: 0, at: {initial: -1, "
                               "unit: s}}, states: {"
                               "A: {while: {set: {n: n + 1}},"
                               " transitions: [{condition: time_s >= 2, target: B,"
                               "                action: {set: {at: time_s}}}]},"
                               "B: {terminal: true}}},"});
    advance(&v, 20);
    assert_exact(variable_of(&v, "n", 0), 2.0); /* 0 and 1.5 s */
    assert_exact(variable_of(&v, "at", 0), 3.0);
    finish(&v);
}

static void while_is_done_in_every_evaluation_and_not_told(void **state)
{
    (void)state;
    vehicles v;
    told t = {0};
    start(&v, &(scene){.more = "fsm: {name: m, variables: {a: 0, b: 0}, states: {"
                               "A: {while: {set: {a: a + 1}}, transitions: ["
                               " {condition: time_s == 2, trigger: STAYS, action: {set: {b: a}}},"
                               " {condition: time_s >= 4, target: B}]},"
                               "B: {while: [{motor: 50}, {set: {b: b + 1}}], terminal: true}}},"});
    advance_listening(&v, 7, &t);
    assert_exact(variable_of(&v, "a", 0), 4.0); /* 0, 1, 2, 3: not where it leaves */
    assert_exact(variable_of(&v, "b", 0),
                 4.0); /* 2 of the first two, and 5, 6: not where it enters */
    assert_exact(VALUE(&v, SPEED, 0), 0.5);
    assert_int_equal(count_told(&t, 0, QF_EVENT_COMMAND), 1);
    forget(&t);
    finish(&v);
}

static void arguments_are_expressions_of_the_vehicle_with_units(void **state)
{
    (void)state;
    vehicles v;
    start(&v,
          &(scene){.count = 20,
                   .initial = "position_m: [{grid: [0, 1, 2, 3, 4, 5, 6]}, 0, 0]",
                   .more = "fsm: {name: m, variables: {twice: {initial: 0, unit: km}, flag: false, "
                           "i: 0, far: {initial: 0, unit: "
                           "km}}, states: {"
                           "A: {transitions: [{condition: time_s >= 1, target: B,"
                           " action: [{speed: {mps: 'min(x_m, 4 m) / 2 s'}},"
                           " {set: {flag: x_m > 2 and x_m < 5, i: x_m / 0.5 m, far: x_m}},"
                           " {set: {twice: x_m * 2}},"
                           " {heading: {deg: 'x_m * 10 deg / 1 m'}}]}]}, B: {terminal: true}}},"});
    advance(&v, 2);
    for (size_t e = 0; e < 20; e++) {
        const double x = (double)(e % 7);
        assert_exact(VALUE(&v, SPEED, e), (x < 4.0 ? x : 4.0) / 2.0);
        assert_exact(variable_of(&v, "flag", e), x > 2.0 && x < 5.0 ? 1.0 : 0.0);
        assert_exact(variable_of(&v, "i", e), 2.0 * x);
        assert_near(variable_of(&v, "far", e), x / 1000.0, 1e-15);
        assert_near(variable_of(&v, "twice", e), x / 500.0, 1e-15);
        assert_exact(VALUE(&v, HEADING, e), 10.0 * x);
    }
    finish(&v);
}

static void the_first_state_is_entered_before_anything_is_looked_at(void **state)
{
    (void)state;
    vehicles v;
    told t = {0};
    start(&v, &(scene){.count = 40,
                       .seed = 9,
                       .more = "fsm: {name: m, initial: B, variables: {n: 0,"
                               " u: {initial: {uniform: {min: 3, max: 4}}}}, states: {"
                               "A: {terminal: true},"
                               "B: {on_enter: [{set: {n: 5}}, {motor: 100}], transitions: ["
                               " {condition: n == 5 and bios_status.is_ready, target: A}]}}},"});
    assert_state(&v, 0, 39, "B");
    assert_exact(variable_of(&v, "n", 0), 0.0);
    for (size_t e = 0; e < 40; e++) {
        const double u = variable_of(&v, "u", e);
        assert_true(u >= 3.0 && u < 4.0 && (e == 0 || u != variable_of(&v, "u", e - 1)));
    }
    advance_listening(&v, 3, &t);
    assert_state(&v, 0, 39, "A");
    assert_exact(VALUE(&v, SPEED, 39), 1.0);
    const qf_event *event = told_of(&t, 39, 0);
    assert_int_equal(event->tick, 0);
    assert_int_equal(event->code, QF_EVENT_COMMAND);
    assert_int_equal(event->because->topic, QF_TOPIC_BIOS);
    assert_int_equal(told_of(&t, 39, 1)->subject, QF_COMMAND_MOTOR);
    assert_int_equal(told_of(&t, 39, 2)->code, QF_EVENT_TRANSITION);
    assert_null(told_of(&t, 39, 3));
    forget(&t);
    finish(&v);
}

/* vehicle 1 goes so fast that it is nowhere after the very tick in which it decides to */
#define BREAKS                                                                                     \
    "fsm: {name: m, variables: {boost: {initial: {grid: [1, 1.0e+308, 2]}, unit: m s-1}}, "        \
    "states: {"                                                                                    \
    "A: {on_exit: {log: off}, transitions: [{condition: time_s >= 5, target: B}]},"                \
    "B: {on_enter: {speed: {mps: boost}}, transitions: [{condition: time_s >= 999, target: "       \
    "A}]}}},"

static void who_breaks_in_the_tick_in_which_it_decides_has_not_decided(void **state)
{
    (void)state;
    static const int64_t strides[] = {1, 7, 100};
    for (size_t s = 0; s < COUNT(strides); s++) {
        vehicles v;
        told t = {0};
        start(&v, &(scene){.count = 300, .n_threads = 2, .more = BREAKS});
        while (v.fleet.tick < 100) {
            const int64_t left = 100 - v.fleet.tick;
            advance_listening(&v, left < strides[s] ? left : strides[s], &t);
        }
        for (size_t e = 0; e < 300; e++) {
            const bool breaks = e % 3 == 1;
            assert_state(&v, 0, e, breaks ? "A" : "B");
            assert_int_equal(FLAG(&v, QUARANTINED, e), breaks);
            assert_exact(VALUE(&v, SPEED, e), breaks ? 0.0 : e % 3 == 0 ? 1.0 : 2.0);
            assert_int_equal(count_told(&t, e, QF_EVENT_TRANSITION), !breaks);
            assert_int_equal(count_told(&t, e, QF_EVENT_LOG), !breaks);
            assert_int_equal(count_told(&t, e, QF_EVENT_COMMAND), !breaks);
        }
        qf_coverage coverage;
        qf_simulation_coverage(v.simulation, &coverage);
        /* all decide; those that break are not asked again, nor when the ticks before are run again */
        assert_int_equal(coverage.machines[0].rows[0].taken, 300);
        assert_int_equal(coverage.machines[0].in_state[0], 300 * 6);
        assert_int_equal(coverage.machines[0].in_state[1], 200 * 94);
        forget(&t);
        finish(&v);
    }
}

static void what_is_exercised_is_counted(void **state)
{
    (void)state;
    vehicles v;
    start(&v, &(scene){.count = 500,
                       .n_threads = 3,
                       .initial = "speed_mps: {grid: [1, 2]}",
                       .more = "fsm: {name: m, states: {"
                               "A: {transitions: [{condition: y_m >= 4, target: B},"
                               " {condition: y_m >= 2, trigger: NEAR}, {condition: y_m < -5,"
                               " target: B}]},"
                               "B: {transitions: [{condition: time_in_state_s >= 2,"
                               " target: A}]}, C: {transitions: [{condition: y_m < 0, target: A}]}"
                               "}, any: [{condition: y_m < -9, target: C}]},"});
    advance(&v, 6);
    qf_coverage coverage;
    for (int look = 0; look < 2; look++) { /* to ask changes nothing */
        qf_simulation_coverage(v.simulation, &coverage);
    }
    assert_int_equal(coverage.n, 1);
    const qf_coverage_machine *m = coverage.machines;
    assert_int_equal(m->built->machine.n_rows, 7);
    /* at 1 m/s: A at 0 to 4 s, B at 5 s; at 2 m/s: A at 0 to 2 s, B at 3 and 4 s, A at 5 s, and B after that */
    assert_int_equal(m->in_state[0], 250 * 5 + 250 * 4);
    assert_int_equal(m->in_state[1], 250 * 1 + 250 * 2);
    assert_int_equal(m->in_state[2], 0);
    assert_int_equal(m->entered[0], 500 + 250);
    assert_int_equal(m->entered[1], 500 + 250);
    for (size_t r = 0; r < 4; r++) {
        static const uint64_t held[] = {0, 250 * 1 + 250 * 2, 250 * 3 + 250 * 3, 0};
        static const uint64_t taken[] = {0, 250 * 1 + 250 * 2, 250 * 2 + 250 * 1, 0};
        assert_int_equal(m->built->machine.rows[r].from, 0);
        assert_int_equal(m->rows[r].held, held[r]);
        assert_int_equal(m->rows[r].taken, taken[r]);
    }
    finish(&v);
}

/* what a machine reads it reads as of the last tick, whether or not anybody else looks at it */
static void outputs_are_there_for_machines_that_read_them(void **state)
{
    (void)state;
    uint64_t hashes[3];
    static const int64_t strides[] = {1, 9, 100};
    for (size_t s = 0; s < COUNT(strides); s++) {
        vehicles v;
        told t = {0};
        start(&v, &(scene){.count = 300,
                           .hardware = "power_plane: {motion_power_w_per_mps: 10}",
                           .initial = "speed_mps: {grid: [1, 2, 3]}",
                           .script = "{step: 20, cmd: speed, mps: {grid: [3, 1, 1.0e+308]}}",
                           .more = "fsm: {name: m, variables: {w: {initial: 0, unit: W}}, states: {"
                                   "A: {while: {set: {w: w + load_motion_w}}, transitions: ["
                                   " {condition: load_motion_w >= 15 and load_motion_w <= 25,"
                                   "  target: B}]},"
                                   "B: {terminal: true}}},"});
        while (v.fleet.tick < 40) {
            const int64_t left = 40 - v.fleet.tick;
            advance_listening(&v, left < strides[s] ? left : strides[s], &t);
        }
        assert_state(&v, 0, 0, "A");
        assert_state(&v, 0, 1, "B");
        assert_true(FLAG(&v, QUARANTINED, 2));
        assert_exact(variable_of(&v, "w", 0), 20 * 10.0 + 19 * 30.0);
        assert_exact(variable_of(&v, "w", 2), 19 * 30.0); /* what it had read before it broke */
        assert_int_equal(told_of(&t, 1, 0)->tick, 1);
        assert_exact(told_of(&t, 1, 0)->value, 20.0);
        hashes[s] = hash_of(&v);
        assert_int_equal(hashes[s], hashes[0]);
        forget(&t);
        finish(&v);
    }
}

/* as sensed: nobody decides by a load of 0 W that has never been measured */
static void outputs_are_nan_until_the_first_tick_has_written_them(void **state)
{
    (void)state;
    vehicles v;
    told t = {0};
    start(&v, &(scene){.count = 300,
                       .hardware = "power_plane: {motion_power_w_per_mps: 10}",
                       .initial = "speed_mps: 1",
                       .more = "fsm: {name: m, states: {A: {transitions: ["
                               " {condition: load_motion_w < 5 W, target: LOW},"
                               " {condition: not is_finite(load_motion_w), trigger: BLIND},"
                               " {condition: load_motion_w >= 5 W, target: SOUND}]},"
                               "LOW: {terminal: true}, SOUND: {terminal: true}}},"});
    advance_listening(&v, 3, &t);
    for (size_t e = 0; e < 300; e++) {
        assert_state(&v, 0, e, "SOUND");
        assert_int_equal(told_of(&t, e, 0)->code, QF_EVENT_TRIGGER);
        assert_int_equal(told_of(&t, e, 0)->tick, 0);
        assert_int_equal(told_of(&t, e, 1)->tick, 1);
    }
    forget(&t);
    finish(&v);
}

/* with a mission under way, and looking around meanwhile: what is critical would seem to be over without a radar */
static void a_robot_that_patrols_goes_on_after_safe_mode(void **state)
{
    (void)state;
    vehicles v;
    start(&v, &(scene){.more = "fsm: {file: " PROJECT_SOURCE_DIR "/configs/fsm/patrol.yaml,"
                               " signals: {near: time_s < 0, clear: time_s >= 0, low: time_s < -1,"
                               " critical: time_s >= 20 and time_s < 30}},",
                       .script = "{step: 3, cmd: mission, order: receive},"
                                 "{step: 10, cmd: inputs, radar_enabled: true}"});
    advance(&v, 19);
    assert_state(&v, 0, 0, "LEG");
    advance(&v, 6);
    assert_state(&v, 0, 0, "SAFE_MODE");
    assert_true(FLAG(&v, SAFE_MODE, 0));
    assert_true(FLAG(&v, RADAR_ENABLED, 0));
    advance(&v, 15);
    assert_state(&v, 0, 0, "LEG");
    assert_true(FLAG(&v, MISSION_ACTIVE, 0));
    assert_false(FLAG(&v, SAFE_MODE, 0));
    advance(&v, 800); /* to the end of the patrol */
    assert_state(&v, 0, 0, "WAITING");
    assert_false(FLAG(&v, MISSION_ACTIVE, 0));
    finish(&v);
}

#define TOPIC(topic) (UINT32_C(1) << QF_TOPIC_##topic)

static void only_what_conditions_and_actions_go_by_is_asked_for(void **state)
{
    (void)state;
    vehicles v;
    start(&v, &(scene){.more = "fsm: {name: m, signals: {low: soc_pct < 20},"
                               "states: {A: {on_enter: run_post_tests, transitions: ["
                               " {condition: low and emergency_stop, target: B, action: undock}]},"
                               "B: {transitions: [{condition: actuation.executed(\"rcs\"),"
                               " target: A, action: [undock, {motor: 3}]}]}}},",
                       .script = "{step: 1, cmd: dock, connected: true}"});
    const qf_group_spec *group = &v.scenario.groups[0];
    const qf_asked asked = qf_group_asked(group);
    assert_int_equal(asked.any, TOPIC(BIOS) | TOPIC(DEVICE) | TOPIC(POWER) | TOPIC(STOP));
    assert_int_equal(asked.single,
                     TOPIC(FAULT) | TOPIC(MACHINE) | TOPIC(COMMAND) | TOPIC(ACTUATION));
    /* self-test, power, stop, the tick of thrusters, the machine; four kinds of commands, and of what became of them */
    assert_int_equal(qf_group_most_asked(group), 5 + 4 + 4);
    finish(&v);
}

#define MIXED                                                                                      \
    "fsm: [{name: one, variables: {n: 0, limit: {initial: {uniform: {min: 5, max: 30}}, unit: m}," \
    " boost: {initial: {choice: [1, 1, 1, 1, 1.0e+308]}, unit: m s-1}}, states: {"                 \
    "A: {on_enter: {log: a}, while: {set: {n: n + 1}}, transitions: ["                             \
    " {condition: 'hold(y_m > limit, 2 ticks)', target: B, action: {rotate: 180}},"                \
    " {condition: n > 15, trigger: MANY, action: {set: {n: 0}}}]},"                                \
    "B: {on_exit: {motor: 50}, transitions: [{condition: y_m < limit - 3, target: A,"              \
    " action: {rotate: 180}}]}}},"                                                                 \
    "{name: two, every_s: 2, states: {C: {transitions: [{condition: one.state == B, target: D}]}," \
    "D: {on_enter: [{speed: {mps: boost}}, {rcs: {axis: up, pct: 50, duration_s: 3}}],"            \
    "transitions: [{condition: one.state == A and actuation.unavailable(\"rcs\"), target: "        \
    "C}]}}}],"

static void add_event(uint64_t *hash, const qf_event *event)
{
    uint64_t words[] = {*hash, (uint64_t)event->tick, (uint64_t)event->entity << 32 | event->code,
                        (uint64_t)(uint32_t)event->subject << 32 | event->severity, 0};
    memcpy(&words[4], &event->value, sizeof words[4]);
    *hash = qf_combine_hashes(words, COUNT(words));
}

static void threads_and_blocks_and_looks_change_nothing(void **state)
{
    (void)state;
    /* the second of each pair: with a radar, for which threads meet in every third tick, before they decide */
    static const char *const more[] = {
        MIXED, "radar: {ideal: true, period_s: 3, range_max_m: 20, sr_threshold_m: 10}," MIXED};
    static const struct {
        int n_threads;
        int64_t stride;
    } variants[] = {{1, 1000}, {3, 1000}, {2, 1}, {3, 13}};
    for (size_t k = 0; k < 2 * COUNT(variants); k++) {
        static uint64_t first[2][3];
        uint64_t sums[3] = {0}; /* state, events, coverage */
        const int64_t stride = variants[k / 2].stride;
        vehicles v;
        told t = {0};
        start(&v, &(scene){.count = 333,
                           .worlds = 2,
                           .seed = 12,
                           .n_threads = variants[k / 2].n_threads,
                           .initial = "position_m: [{uniform: {min: 0, max: 900}}, 0, 0],"
                                      " speed_mps: {uniform: {min: 0.5, max: 2}}",
                           .script = "{step: 30, cmd: mission, order: receive},"
                                     " {step: 31, cmd: rotate, deg: 7}",
                           .more = more[k % 2]});
        while (v.fleet.tick < 120) {
            const int64_t left = 120 - v.fleet.tick;
            advance_listening(&v, left < stride ? left : stride, &t);
        }
        for (size_t e = 0; e < t.n; e++) {
            add_event(&sums[1], &t.events[e]);
        }
        qf_coverage coverage;
        qf_simulation_coverage(v.simulation, &coverage);
        for (size_t m = 0; m < coverage.n; m++) {
            for (size_t r = 0; r < coverage.machines[m].built->machine.n_rows; r++) {
                sums[2] += (r + 1) * coverage.machines[m].rows[r].taken +
                           1000 * (r + 1) * coverage.machines[m].rows[r].held;
            }
        }
        size_t n_quarantined;
        qf_simulation_quarantined(v.simulation, &n_quarantined);
        assert_true(n_quarantined > 50 && n_quarantined < 400);
        for (size_t e = 0; e < v.fleet.n_vehicles; e++) { /* nothing gets lost where threads meet */
            if (!FLAG(&v, QUARANTINED, e)) {
                assert_int_equal(count_told(&t, e, QF_EVENT_MISSION_RECEIVED), 1);
            }
        }
        sums[0] = hash_of(&v);
        for (size_t i = 0; i < COUNT(sums); i++) {
            first[k % 2][i] = k < 2 ? sums[i] : first[k % 2][i];
            assert_int_equal(sums[i], first[k % 2][i]);
        }
        forget(&t);
        finish(&v);
    }
}

static void who_does_not_behave_is_not_touched(void **state)
{
    (void)state;
    vehicles with;
    vehicles without;
    static const char second[] =
        "{name: h, kind: bot, count: 70, initial: {speed_mps: 1}, hardware: {hardware_profile: {}},"
        " script: [{step: 3, cmd: rcs, axis: up, pct: 50, duration_s: 2},"
        " {step: 4, cmd: motor, pct: 20}]}";
    char text[2][2048];
    for (int k = 0; k < 2; k++) {
        snprintf(text[k], sizeof text[k],
                 "  - {name: g, kind: bot, count: 70, %s hardware: {hardware_profile: {}}}\n  - %s",
                 k ? "fsm: {name: m, variables: {n: 0}, states: {A: {while: [{motor: 100},"
                     " {set: {n: n + 1}}], terminal: true}}},"
                   : "",
                 second);
    }
    start(&without, &(scene){.groups = text[0]});
    start(&with, &(scene){.groups = text[1]});
    advance(&without, 30);
    advance(&with, 30);
    for (size_t field = 0; field < QF_FIELD_COUNT; field++) {
        for (size_t k = 0; k < without.fleet.catalog.n_columns_of[field]; k++) {
            for (size_t e = 70; e < 140; e++) {
                const size_t slot = qf_fleet_entity(&with.fleet, e).slot;
                assert_int_equal(qf_u64(&without.fleet, (qf_field_id)field, k)[slot],
                                 qf_u64(&with.fleet, (qf_field_id)field, k)[slot]);
            }
        }
    }
    assert_int_equal(actuation_of(&with, 70), 0);
    assert_int_equal(qf_i64(&with.fleet, QF_FIELD_FSM_STATE, 0)[with.fleet.groups[1].slot_begin],
                     -1);
    finish(&with);
    finish(&without);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_true_transition_wins_and_one_is_taken_per_evaluation),
        cmocka_unit_test(any_leads_from_every_state_but_its_own_target),
        cmocka_unit_test(leaving_comes_before_the_transition_and_that_before_entering),
        cmocka_unit_test(who_stays_goes_on_being_in_the_state),
        cmocka_unit_test(time_in_state_starts_anew_with_every_entry),
        cmocka_unit_test(seconds_are_those_that_were_written),
        cmocka_unit_test(hold_counts_evaluations_without_a_break),
        cmocka_unit_test(a_second_machine_sees_what_the_first_has_just_become),
        cmocka_unit_test(a_machine_is_evaluated_every_so_often),
        cmocka_unit_test(while_is_done_in_every_evaluation_and_not_told),
        cmocka_unit_test(arguments_are_expressions_of_the_vehicle_with_units),
        cmocka_unit_test(the_first_state_is_entered_before_anything_is_looked_at),
        cmocka_unit_test(who_breaks_in_the_tick_in_which_it_decides_has_not_decided),
        cmocka_unit_test(what_is_exercised_is_counted),
        cmocka_unit_test(outputs_are_there_for_machines_that_read_them),
        cmocka_unit_test(outputs_are_nan_until_the_first_tick_has_written_them),
        cmocka_unit_test(a_robot_that_patrols_goes_on_after_safe_mode),
        cmocka_unit_test(only_what_conditions_and_actions_go_by_is_asked_for),
        cmocka_unit_test(threads_and_blocks_and_looks_change_nothing),
        cmocka_unit_test(who_does_not_behave_is_not_touched),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
