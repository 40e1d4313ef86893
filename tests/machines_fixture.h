/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_TEST_MACHINES_FIXTURE_H
#define QF_TEST_MACHINES_FIXTURE_H

/*
 * What the tests of /machines, of explaining and of summing up share: haulers with a machine of three states, devices,
 * faults and guards, and what the machine is said to have gone through.
 */
#include "machine_build.h"
#include "tables_fixture.h"

static const qf_action_spec emits[] = {
    {.kind = QF_COMMAND_EMIT, .argument[0] = {.text = "512"}},
    {.kind = QF_COMMAND_EMIT, .argument[0] = {.text = "602"}},
    {.kind = QF_COMMAND_EMIT, .argument[0] = {.text = "100 + soc_pct"}},
};
static const qf_action_spec emits_later[] = {
    {.kind = QF_COMMAND_EMIT, .argument[0] = {.text = "333"}},
    {.kind = QF_COMMAND_EMIT, .argument[0] = {.text = "300 + own_code"}},
};
enum { WORKING, CAREFUL, LOST, STATES };
static const qf_transition_spec from_working[] = {
    {.condition = {.text = "soc_pct < 20"}, .target = "CAREFUL", .trigger = "LOW_CHARGE"},
    {.condition = {.text = "guard.TOO_CLOSE"}, .target = "CAREFUL", .actions = {emits_later, 2}},
};
static const qf_transition_spec from_careful[] = {
    {.condition = {.text = "soc_pct < 5"}, .trigger = "VERY_LOW"},
};
static const qf_transition_spec from_any[] = {
    {.condition = {.text = "emergency_stop"}, .target = "LOST"},
};
static const qf_state_spec machine_states[STATES] = {
    [WORKING] = {.name = "WORKING",
                 .has_body = true,
                 .on_enter = {emits, 3},
                 .transitions = from_working,
                 .n_transitions = 2},
    [CAREFUL] = {.name = "CAREFUL",
                 .has_body = true,
                 .transitions = from_careful,
                 .n_transitions = 1},
    [LOST] = {.name = "LOST", .terminal = true},
};
static const char *const moods[] = {"calm", "very nervous"};
static const qf_variable_spec variables[] = {
    {.name = "tries", .kind = QF_VARIABLE_NUMBER, .unit = "1"},
    {.name = "mood", .kind = QF_VARIABLE_CHOICE, .values = moods, .n_values = 2},
    {.name = "sure", .kind = QF_VARIABLE_TRUTH},
};
static const qf_signal_spec signals[] = {{.name = "own_code", .text = {.text = "2 * 17"}}};
static const qf_machine_spec agent = {.name = "agent",
                                      .every_ticks = 1,
                                      .states = machine_states,
                                      .n_states = STATES,
                                      .any = from_any,
                                      .n_any = 1,
                                      .variables = variables,
                                      .n_variables = 3,
                                      .signals = signals,
                                      .n_signals = 1};
static const qf_machine_spec *const machines[] = {&agent};

static const qf_device devices[] = {{.name = "imu", .type = "imu"},
                                    {.name = "lidar", .type = "lidar"}};
static const qf_incident_spec incidents[] = {
    {.kind = QF_INCIDENT_DEVICE,
     .target = 1,
     .at_post = true,
     .probability = 0.25,
     .ends = true,
     .duration_s = {.kind = QF_NUMBER_UNIFORM, .a = 1.0, .b = 2.5}},
    {.kind = QF_INCIDENT_BATTERY_CELL,
     .value = {.a = 0.5},
     .at_time = true,
     .at_s = {.a = 12.0},
     .probability = 1.0},
    {.kind = QF_INCIDENT_SET, .name = "tries", .value = {.a = 3.0}, .rate_per_h = 0.5},
};
static const qf_guard_rule_spec machine_guard_rules[] = {{.id = "SPARE"},
                                                         {.id = "TOO_CLOSE", .severity = 2}};
static const qf_guards_spec machine_guards = {.n_rules = 2, .rules = machine_guard_rules};

/* rows: of a state those of `any` after its own */
enum { MACHINE_ROWS = 5 };
static const qf_machine_row rows[MACHINE_ROWS] = {
    {.from = WORKING, .leaves = true}, {.from = WORKING, .leaves = true},
    {.from = WORKING, .leaves = true}, {.from = CAREFUL},
    {.from = CAREFUL, .leaves = true},
};
static qf_machine_change changes[MACHINE_ROWS] = {
    {.spec = &from_working[0], .from = WORKING, .to = CAREFUL, .has_witness = true},
    {.spec = &from_working[1], .from = WORKING, .to = CAREFUL},
    {.spec = &from_any[0], .from = WORKING, .to = LOST},
    {.spec = &from_careful[0], .from = CAREFUL, .to = CAREFUL, .has_witness = true},
    {.spec = &from_any[0], .from = CAREFUL, .to = LOST},
};
static qf_built_machine built = {
    .machine = {.n_states = STATES, .n_rows = MACHINE_ROWS, .rows = rows},
    .spec = &agent,
    .changes = changes};
static const uint64_t in_state[STATES] = {75, 25, 0};
static const uint64_t entered[STATES] = {5, 4, 0};
static const qf_coverage_row row_counts[MACHINE_ROWS] = {{7, 3}, {2, 0}, {0, 0}, {1, 1}, {0, 0}};
static const char *const log_texts[] = {"system ready", "oh, no"};
static const qf_coverage_machine covered[] = {{.group = 1,
                                               .machine = 0,
                                               .built = &built,
                                               .in_state = in_state,
                                               .entered = entered,
                                               .rows = row_counts}};
static const qf_coverage coverage = {
    .n = 1, .machines = covered, .log_texts = log_texts, .n_log_texts = 2};

/* One world of three scouts and two haulers, which behave: entities 3 and 4. */
static inline void make_behaving_fleet(fixture *f)
{
    make_fleet(f, 3, 1, 20);
    qf_fleet_free(&f->fleet);
    f->groups[1].machines = machines;
    f->groups[1].n_machines = 1;
    f->groups[1].devices = devices;
    f->groups[1].n_devices = 2;
    f->groups[1].incidents = incidents;
    f->groups[1].n_incidents = 3;
    f->groups[1].guards = &machine_guards;
    assert_int_equal(qf_fleet_create(&f->context, &f->scenario, &f->fleet), QF_OK);
    assert_int_equal(qf_record_plan_create(&f->context, &f->fleet, &f->plan), QF_OK);
    changes[0].witness = f->fleet.catalog.first_column[QF_FIELD_SOC];
    changes[3].witness = f->fleet.catalog.first_column[QF_FIELD_SOC];
}

/* A closed file of no records but what machines did, `given` NULL: nothing. */
static inline void write_machines(fixture *f, const char *path, const qf_coverage *given,
                                  const qf_event *events, size_t n_events)
{
    make_behaving_fleet(f);
    begin(f, path);
    if (n_events > 0) {
        assert_int_equal(qf_results_events(f->results, events, n_events), QF_OK);
    }
    qf_results_machines(f->results, given);
    /* all as the fleet has it: record() would write numbers that mean nothing into variables */
    for (int64_t tick = 0; tick < f->scenario.n_ticks; tick++) {
        qf_frame frame;
        assert_int_equal(qf_results_acquire(f->results, tick, &frame), QF_OK);
        for (size_t block = 0; block < f->fleet.n_blocks; block++) {
            qf_record_block(&f->fleet, &f->plan, block, &frame);
        }
        assert_int_equal(qf_results_commit(f->results, &frame), QF_OK);
    }
    f->fleet.tick = f->scenario.n_ticks;
    const uint64_t hash = 1;
    assert_int_equal(qf_results_finish(f->results, QF_OK, 1, &hash, NULL), QF_OK);
    qf_fleet_free(&f->fleet);
}

#endif
