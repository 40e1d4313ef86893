/* SPDX-License-Identifier: Apache-2.0 */
/*
 * State machines and orders of ships: behaviours, docks, targets and tasks by their names, and what becomes of orders of
 * vehicles that are rigid bodies. Group 0 has all of it, group 1 is bots that have none.
 */
#include "behavior_symbols.h"

/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bits.h"
#include "event_asked.h"
#include "group.h"
#include "machine_build.h"
#include "order.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

static const qf_guidance_spec guidances[] = {
    {.name = "hold", .kind = QF_GUIDANCE_HOLD},
    {.name = "approach", .kind = QF_GUIDANCE_APPROACH},
    {.name = "work", .kind = QF_GUIDANCE_TASKS},
};
enum { HOLD, APPROACH, WORK };
static const qf_port_spec ports[] = {
    {.id = "forward_bayonet", .axis = {1.0, 0.0, 0.0}, .clock = {0.0, 1.0, 0.0}},
    {.id = "aft", .axis = {-1.0, 0.0, 0.0}, .clock = {0.0, 1.0, 0.0}},
};
static const qf_task_spec tasks[] = {{.name = "look"}, {.name = "mend"}};
static const qf_hull_sphere hull = {.radius_m = 1.0};
static const qf_body_spec body = {
    .dry_kg = 400.0, .dry = {{300.0, 300.0, 300.0, 0.0, 0.0, 0.0}}, .hull = &hull, .n_hull = 1};

typedef struct stand {
    qf_arena arena;
    qf_context context;
    qf_state_spec states[2];
    qf_machine_spec machine;
    const qf_machine_spec *machines[1];
    qf_docking_spec docking;
    qf_group_spec groups[2];
    qf_scenario scenario;
    qf_catalog catalog;
    qf_built_machine built;
    char said[1024];
    qf_fleet fleet;
} stand;

static void note_complaint(void *user, const void *place, size_t begin, size_t end, bool note,
                           const char *message)
{
    stand *s = user;
    (void)place;
    (void)begin;
    (void)end;
    (void)note;
    snprintf(s->said + strlen(s->said), sizeof s->said - strlen(s->said), "%s\n", message);
}

static int set_up(void **state)
{
    static stand s;
    s = (stand){.context = qf_context_default()};
    s.states[0] = (qf_state_spec){.name = "A", .has_body = true};
    s.states[1] = (qf_state_spec){.name = "B", .terminal = true};
    s.machine = (qf_machine_spec){.name = "m", .every_ticks = 1, .states = s.states, .n_states = 2};
    s.machines[0] = &s.machine;
    s.docking = (qf_docking_spec){.ports = ports, .n_ports = COUNT(ports)};
    s.groups[0] = (qf_group_spec){.name = "ships",
                                  .kind = QF_KIND_SHIP,
                                  .iff = QF_IFF_FRIEND,
                                  .count = 1,
                                  .hardware = qf_hardware_default(),
                                  .machines = s.machines,
                                  .n_machines = 1,
                                  .body = &body,
                                  .initial_attitude = {1.0, 0.0, 0.0, 0.0},
                                  .docking = &s.docking,
                                  .guidances = guidances,
                                  .n_guidances = COUNT(guidances)};
    s.groups[0].initial[QF_INITIAL_DRY_MASS] = qf_constant(400.0);
    s.groups[1] = (qf_group_spec){.name = "bots",
                                  .iff = QF_IFF_FRIEND,
                                  .count = 1,
                                  .hardware = qf_hardware_default(),
                                  .machines = s.machines,
                                  .n_machines = 1};
    s.scenario = (qf_scenario){.dt_s = 0.1,
                               .n_ticks = 10,
                               .n_worlds = 1,
                               .auction = {.tasks = tasks, .n_tasks = COUNT(tasks)},
                               .groups = s.groups,
                               .n_groups = 2};
    *state = &s;
    return 0;
}

static int tear_down(void **state)
{
    stand *s = *state;
    qf_fleet_free(&s->fleet);
    qf_arena_free(&s->arena);
    return 0;
}

/* with actions on entering the first state, and one condition for leaving it */
static bool build(stand *s, size_t group, const qf_action_spec *actions, size_t n_actions,
                  const char *condition)
{
    static qf_transition_spec transition;
    const qf_complaints complaints = {note_complaint, s};
    size_t n_holds;
    bool reads_outputs;
    transition = (qf_transition_spec){.condition = {.text = condition}, .target = "B"};
    s->states[0].on_enter = (qf_action_list){actions, n_actions};
    s->states[0].transitions = &transition;
    s->states[0].n_transitions = 1;
    s->said[0] = '\0';
    qf_arena_free(&s->arena);
    assert_int_equal(
        qf_catalog_create(&s->context, &s->arena, s->groups, COUNT(s->groups), &s->catalog), QF_OK);
    return qf_machine_build(&s->arena, &s->catalog, &s->scenario, group, 0, NULL, NULL, &complaints,
                            &s->built, &n_holds, &reads_outputs);
}

#define BEHAVE(text)                                                                               \
    {                                                                                              \
        .kind = QF_COMMAND_BEHAVE, .given = {true}, .name = { text }                               \
    }

static void the_name_of_a_behaviour_becomes_its_number_in_the_group(void **state)
{
    stand *s = *state;
    static const qf_action_spec actions[] = {BEHAVE("hold"), BEHAVE("approach"), BEHAVE("none")};
    static const double numbers[] = {HOLD, APPROACH, -1.0};
    assert_true(build(s, 0, actions, COUNT(actions), "tick > 3"));
    for (size_t a = 0; a < COUNT(actions); a++) {
        const qf_action_argument *argument = s->built.on_enter[0].actions[a].argument[0];
        assert_non_null(argument);
        assert_int_equal(argument->number.kind, QF_OPERAND_CONSTANT);
        assert_true(argument->number.value * argument->factor == numbers[a]);
    }
    /* to end a behaviour there need be none */
    assert_true(build(s, 1, &actions[2], 1, "tick > 3"));
}

static void a_behaviour_that_the_group_has_not_is_refused_by_name(void **state)
{
    stand *s = *state;
    static const qf_action_spec near = BEHAVE("aproach");
    static const qf_action_spec far = BEHAVE("formation");
    assert_false(build(s, 0, &near, 1, "tick > 3"));
    assert_string_equal(s->said,
                        "group 'ships' has no behaviour 'aproach' (did you mean 'approach'?)\n");
    assert_false(build(s, 0, &far, 1, "tick > 3"));
    assert_string_equal(s->said, "group 'ships' has no behaviour 'formation'\n");
    assert_false(build(s, 1, &near, 1, "tick > 3"));
    assert_string_equal(s->said, "group 'bots' has no behaviour 'aproach'\n");
}

static void conditions_know_behaviours_docks_targets_and_tasks(void **state)
{
    stand *s = *state;
    static const char *const known[] = {
        "behavior == approach",
        "behavior == hold and behavior_step > 1", /* though hold() is a function */
        "none != behavior",
        "behavior.done or behavior_done",
        "dock.state(\"aft\") == hard",
        "dock.free or dock.soft or dock.hard",
        "port_1_state == soft and port_1_partner >= 0",
        "docked and dock.connected",
        "target.known and target.range_m < 20 m and target.range_rate_mps < -1 m/s",
        "port.axial_m < 1 m and port.lateral_m < 10 cm and port.angle_deg < 5 deg",
        "goal.distance_m < 2 m",
        "task == mend or task == none",
        "tasks_done > 1",
        "collided or collisions > 0 or clearance_m < 1 m",
    };
    for (size_t i = 0; i < COUNT(known); i++) {
        if (!build(s, 0, NULL, 0, known[i])) {
            fail_msg("%s: %s", known[i], s->said);
        }
    }
}

static void names_of_what_the_group_has_not_mean_nothing(void **state)
{
    stand *s = *state;
    static const struct {
        size_t group;
        const char *condition, *said;
    } cases[] = {
        {0, "behavior == aproach",
         "'aproach' is none of the names of 'behavior' (did you mean 'approach'?)\n"},
        {0, "dock.state(\"aft\") == hrd",
         "'hrd' is none of the names of 'dock.state' (did you mean 'hard'?)\n"},
        {0, "dock.state(\"bow\") == hard", "'dock.state' does not know \"bow\"\n"},
        {0, "dock.state(\"fat\") == hard",
         "'dock.state' does not know \"fat\" (did you mean 'aft'?)\n"},
        {0, "dock.sofd", "unknown name 'dock.sofd' (did you mean 'dock.soft'?)\n"},
        {0, "target.knwon", "unknown name 'target.knwon' (did you mean 'target.known'?)\n"},
        {0, "task == lock", "'lock' is none of the names of 'task' (did you mean 'look'?)\n"},
        {0, "link_lost", "unknown name 'link_lost'\n"}, /* no radio */
        {1, "behavior_done", "unknown name 'behavior_done'\n"},
        {1, "docked", "unknown name 'docked' (did you mean 'dock_a'?)\n"},
        {1, "dock.hard", "unknown name 'dock.hard' (there are: dock.connected)\n"},
        {1, "port_0_state == hard", "unknown name 'port_0_state'\n"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        assert_false(build(s, cases[i].group, NULL, 0, cases[i].condition));
        assert_string_equal(s->said, cases[i].said);
    }
}

/* which port is meant is clear where there is one */
static void the_only_port_needs_no_name(void **state)
{
    stand *s = *state;
    assert_false(build(s, 0, NULL, 0, "dock.state == soft"));
    s->docking.n_ports = 1;
    assert_true(build(s, 0, NULL, 0, "dock.state == soft"));
    assert_int_equal(s->built.changes[0].n_because, 1);
    assert_int_equal(s->built.changes[0].because[0].topic, QF_TOPIC_DOCKING);
    assert_int_equal(s->built.changes[0].because[0].subject, 0);
}

static bool is_because(const stand *s, qf_topic topic, int32_t subject)
{
    bool found = false;
    for (size_t i = 0; i < s->built.changes[0].n_because; i++) {
        found = found || (s->built.changes[0].because[i].topic == topic &&
                          s->built.changes[0].because[i].subject == subject);
    }
    return found;
}

static void a_transition_has_the_events_of_what_it_reads_for_its_cause(void **state)
{
    stand *s = *state;
    static const struct {
        const char *condition;
        qf_topic topic;
        int32_t subject;
    } cases[] = {
        {"behavior == approach", QF_TOPIC_GUIDANCE, -1},
        {"behavior.done", QF_TOPIC_GUIDANCE, -1},
        {"goal.distance_m < 1 m", QF_TOPIC_GUIDANCE, -1},
        {"docked", QF_TOPIC_DOCKING, -1},
        {"dock.connected", QF_TOPIC_DOCKING, -1},
        {"dock.hard", QF_TOPIC_DOCKING, 0},
        {"dock.hard", QF_TOPIC_DOCKING, 1},
        {"dock.state(\"aft\") == free", QF_TOPIC_DOCKING, 1},
        {"collided", QF_TOPIC_COLLISION, -1},
        {"task == look", QF_TOPIC_TASK, -1},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        assert_true(build(s, 0, NULL, 0, cases[i].condition));
        if (!is_because(s, cases[i].topic, cases[i].subject)) {
            fail_msg("%s: not because of topic %d, %d", cases[i].condition, (int)cases[i].topic,
                     (int)cases[i].subject);
        }
        /* and what it asks for is remembered, and there is room for it */
        s->machine.asked = (qf_asked){0};
        qf_asked_add(&s->machine.asked, s->built.changes[0].because, s->built.changes[0].n_because);
        const qf_asked asked = qf_group_asked(&s->groups[0]);
        assert_true((cases[i].subject < 0 ? asked.any : asked.single) >> cases[i].topic & 1);
        assert_true(qf_group_most_asked(&s->groups[0]) > qf_group_most_asked(&s->groups[1]));
    }
    assert_true(build(s, 1, NULL, 0, "dock.connected"));
    assert_false(is_because(s, QF_TOPIC_DOCKING, -1));
}

static void what_ships_are_made_of_is_not_set(void **state)
{
    stand *s = *state;
    static const char *const names[] = {"dry_mass_kg", "speed_mps", "nbl_max_power_w"};
    qf_action_spec set = {.kind = QF_COMMAND_SET, .given = {true, true}};
    set.argument[1].text = "2";
    for (size_t i = 0; i < COUNT(names); i++) {
        set.name[0] = names[i];
        assert_int_equal(build(s, 0, &set, 1, "tick > 3"), i == 2);
        assert_int_equal(build(s, 1, &set, 1, "tick > 3"), i > 0);
    }
}

/* guidance tells why it is done by what was captured, seen or done last (guidance_steps.c) */
static void what_guidance_asks_for_is_remembered_without_a_machine(void **state)
{
    stand *s = *state;
    static const uint32_t topics =
        1U << QF_TOPIC_GUIDANCE | 1U << QF_TOPIC_DOCKING | 1U << QF_TOPIC_TRACK;
    s->machine.asked = (qf_asked){0};
    assert_int_equal(qf_group_asked(&s->groups[0]).any & topics, topics);
    assert_int_equal(qf_group_asked(&s->groups[1]).any & topics, 0);
}

/* ---- orders ---- */

static void create(stand *s)
{
    assert_int_equal(qf_fleet_create(&s->context, &s->scenario, &s->fleet), QF_OK);
    for (size_t p = 0; p < COUNT(ports); p++) {
        qf_i64(&s->fleet, QF_FIELD_PORT_STATE, p)[0] = 0;
    }
}

static void set_flag(stand *s, uint64_t bit, bool on)
{
    uint64_t *flags = &qf_u64(&s->fleet, QF_FIELD_FLAGS, 0)[0];
    *flags = on ? *flags | bit : *flags & ~bit;
}

/* what becomes of an order of one argument to vehicle 0, a ship, or 1, a bot */
static qf_actuation outcome(stand *s, size_t vehicle, qf_command_kind kind, double argument)
{
    qf_event_queue events = {0};
    const qf_event told = {.entity = (uint32_t)vehicle, .subject = -1, .track = -1};
    const qf_order order = {
        .kind = kind, .given = {true}, .argument = {argument}, .column = QF_NO_COLUMN};
    const qf_actuation result =
        qf_order_execute(&s->fleet, vehicle, vehicle, 5, &order, &told, &events);
    free(events.events);
    return result;
}

static qf_actuation fire(stand *s, double pct)
{
    qf_event_queue events = {0};
    const qf_event told = {.subject = -1, .track = -1};
    const qf_order order = {.kind = QF_COMMAND_RCS,
                            .given = {true, true, true},
                            .argument = {QF_AXIS_FORWARD, pct, 2.0},
                            .column = QF_NO_COLUMN};
    const qf_actuation result = qf_order_execute(&s->fleet, 0, 0, 5, &order, &told, &events);
    free(events.events);
    return result;
}

static void a_ship_takes_the_behaviours_it_has_unless_it_is_locked(void **state)
{
    stand *s = *state;
    static const uint64_t locks[] = {QF_FLAG_BIT(EMERGENCY_STOP), QF_FLAG_BIT(SAFE_MODE)};
    create(s);
    assert_int_equal(outcome(s, 0, QF_COMMAND_BEHAVE, APPROACH), QF_ACTUATION_EXECUTED);
    assert_int_equal(outcome(s, 0, QF_COMMAND_BEHAVE, -1.0), QF_ACTUATION_EXECUTED);
    assert_int_equal(outcome(s, 0, QF_COMMAND_BEHAVE, COUNT(guidances)), QF_ACTUATION_UNAVAILABLE);
    assert_int_equal(outcome(s, 0, QF_COMMAND_BEHAVE, (double)NAN), QF_ACTUATION_REJECTED);
    assert_int_equal(outcome(s, 1, QF_COMMAND_BEHAVE, 0.0), QF_ACTUATION_UNAVAILABLE);
    assert_int_equal(outcome(s, 1, QF_COMMAND_BEHAVE, -1.0), QF_ACTUATION_EXECUTED);
    for (size_t i = 0; i < COUNT(locks); i++) {
        set_flag(s, locks[i], true);
        assert_int_equal(outcome(s, 0, QF_COMMAND_BEHAVE, APPROACH), QF_ACTUATION_REJECTED);
        assert_int_equal(outcome(s, 0, QF_COMMAND_BEHAVE, -1.0), QF_ACTUATION_EXECUTED);
        set_flag(s, locks[i], false);
    }
}

static void a_lock_ends_no_behaviour(void **state)
{
    stand *s = *state;
    create(s);
    qf_i64(&s->fleet, QF_FIELD_GUIDANCE, 0)[0] = WORK;
    assert_int_equal(outcome(s, 0, QF_COMMAND_STOP, 1.0), QF_ACTUATION_EXECUTED);
    assert_int_equal(outcome(s, 0, QF_COMMAND_SAFE_MODE, 1.0), QF_ACTUATION_EXECUTED);
    assert_int_equal(qf_i64(&s->fleet, QF_FIELD_GUIDANCE, 0)[0], WORK);
}

static void ships_have_no_motors_but_can_be_told_to_stop(void **state)
{
    stand *s = *state;
    create(s);
    assert_int_equal(outcome(s, 0, QF_COMMAND_SPEED, 1.0), QF_ACTUATION_UNAVAILABLE);
    assert_int_equal(outcome(s, 0, QF_COMMAND_MOTOR, 20.0), QF_ACTUATION_UNAVAILABLE);
    assert_int_equal(outcome(s, 0, QF_COMMAND_HEADING, 20.0), QF_ACTUATION_UNAVAILABLE);
    assert_int_equal(outcome(s, 0, QF_COMMAND_ROTATE, 0.0), QF_ACTUATION_UNAVAILABLE);
    assert_int_equal(outcome(s, 0, QF_COMMAND_SPEED, 0.0), QF_ACTUATION_EXECUTED);
    assert_int_equal(outcome(s, 0, QF_COMMAND_MOTOR, 0.0), QF_ACTUATION_EXECUTED);
    assert_int_equal(outcome(s, 1, QF_COMMAND_SPEED, 1.0), QF_ACTUATION_EXECUTED);
    assert_int_equal(outcome(s, 1, QF_COMMAND_HEADING, 20.0), QF_ACTUATION_EXECUTED);
    assert_true(qf_f64(&s->fleet, QF_FIELD_SPEED, 0)[0] == 0.0);
}

/* no order docks a ship; one that is docked cannot fire */
static void what_is_docked_can_be_left_and_cannot_fire(void **state)
{
    stand *s = *state;
    create(s);
    int64_t *port = &qf_i64(&s->fleet, QF_FIELD_PORT_STATE, 1)[0];
    assert_int_equal(outcome(s, 0, QF_COMMAND_UNDOCK, 0.0), QF_ACTUATION_REJECTED);
    assert_int_equal(outcome(s, 0, QF_COMMAND_DOCK, 0.0), QF_ACTUATION_REJECTED);
    assert_int_equal(outcome(s, 0, QF_COMMAND_DOCK, 1.0), QF_ACTUATION_REJECTED);
    assert_int_equal(fire(s, 50.0), QF_ACTUATION_UNAVAILABLE); /* no thrusters, not for a lock */
    *port = 1;
    assert_int_equal(outcome(s, 0, QF_COMMAND_DOCK, 1.0), QF_ACTUATION_REJECTED);
    assert_int_equal(outcome(s, 0, QF_COMMAND_UNDOCK, 0.0), QF_ACTUATION_EXECUTED);
    *port = 2;
    set_flag(s, QF_FLAG_BIT(DOCKED), true);
    assert_int_equal(outcome(s, 0, QF_COMMAND_DOCK, 1.0), QF_ACTUATION_EXECUTED);
    assert_int_equal(outcome(s, 0, QF_COMMAND_DOCK, 0.0), QF_ACTUATION_EXECUTED);
    assert_int_equal(fire(s, 50.0), QF_ACTUATION_REJECTED);
    assert_int_equal(fire(s, 0.0), QF_ACTUATION_EXECUTED);
    /* the dock of bots is connected by order, as the reference's */
    assert_int_equal(outcome(s, 1, QF_COMMAND_UNDOCK, 0.0), QF_ACTUATION_EXECUTED);
    assert_int_equal(outcome(s, 1, QF_COMMAND_DOCK, 1.0), QF_ACTUATION_EXECUTED);
}

static void the_event_of_an_order_tells_the_behaviour(void **state)
{
    (void)state;
    qf_order order = {.kind = QF_COMMAND_BEHAVE, .given = {true}, .argument = {APPROACH}};
    assert_true(qf_order_value(&order) == APPROACH);
    order.argument[0] = -1.0;
    assert_true(qf_order_value(&order) == -1.0);
    assert_int_equal(qf_command_cause(QF_COMMAND_BEHAVE)->topic, QF_TOPIC_COMMAND);
    assert_int_equal(qf_command_cause(QF_COMMAND_BEHAVE)->subject, QF_COMMAND_BEHAVE);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_name_of_a_behaviour_becomes_its_number_in_the_group),
        TEST(a_behaviour_that_the_group_has_not_is_refused_by_name),
        TEST(conditions_know_behaviours_docks_targets_and_tasks),
        TEST(names_of_what_the_group_has_not_mean_nothing),
        TEST(the_only_port_needs_no_name),
        TEST(a_transition_has_the_events_of_what_it_reads_for_its_cause),
        TEST(what_guidance_asks_for_is_remembered_without_a_machine),
        TEST(what_ships_are_made_of_is_not_set),
        TEST(a_ship_takes_the_behaviours_it_has_unless_it_is_locked),
        TEST(a_lock_ends_no_behaviour),
        TEST(ships_have_no_motors_but_can_be_told_to_stop),
        TEST(what_is_docked_can_be_left_and_cannot_fire),
        TEST(the_event_of_an_order_tells_the_behaviour),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
