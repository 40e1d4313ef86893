/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The same decisions, faults and orders from any instruction set, number of threads and batch of worlds:
 * golden/behavior.yaml always ends on the hash beside it (determinism.h). A change that is meant to change it:
 *   build/release/test_determinism_behavior --print-hash > tests/golden/behavior.hash
 */
#include "command.h"
#include "determinism.h"
#include "machine_build.h"

static int use_behavior(void **state)
{
    (void)state;
    scenario_file = TEST_SOURCE_DIR "/golden/behavior.yaml";
    hash_file = TEST_SOURCE_DIR "/golden/behavior.hash";
    return 0;
}

enum { WORKERS, SENTRIES, MOST_VEHICLES = 1024, EMITTED = 777 };

enum { SCRIPT_BREAKS = 110 }; /* from that tick on a script breaks workers, too */

/* what occurs in a run */
static struct {
    uint64_t flags[2]; /* bits that were off and bits that were on */
    uint64_t stuck_on, actuation;
    bool reduced, stuck_off, lost_cell, not_finite;
    size_t of_code[QF_EVENT_CODES];
    size_t of_outcome[QF_ACTUATIONS]; /* of orders to thrusters, as events tell them */
    size_t n_events, with_cause;
    bool cause_is_later;
    int64_t decided[MOST_VEHICLES]; /* tick of the last decision that was told, -1: none */
} seen;

static void look_at_columns(const stand *s)
{
    const qf_fleet *fleet = &s->fleet;
    const size_t n_thrusters = fleet->catalog.n_columns_of[QF_FIELD_THRUSTER_HEALTH];
    for (size_t e = 0; e < fleet->n_vehicles; e++) {
        const size_t slot = qf_fleet_entity(fleet, e).slot;
        seen.flags[0] |= ~qf_u64(fleet, QF_FIELD_FLAGS, 0)[slot];
        seen.flags[1] |= qf_u64(fleet, QF_FIELD_FLAGS, 0)[slot];
        seen.stuck_on |= qf_u64(fleet, QF_FIELD_THRUSTERS_STUCK_ON, 0)[slot];
        seen.actuation |= qf_u64(fleet, QF_FIELD_ACTUATION, 0)[slot];
        for (size_t t = 0; t < n_thrusters; t++) {
            const double health = qf_f64(fleet, QF_FIELD_THRUSTER_HEALTH, t)[slot];
            seen.stuck_off = seen.stuck_off || health == 0.0;
            seen.reduced = seen.reduced || (health > 0.0 && health < 1.0);
        }
        seen.lost_cell = seen.lost_cell || qf_f64(fleet, QF_FIELD_BATTERY_WH, 0)[slot] < 2.0;
        for (size_t v = 0; v < fleet->catalog.n_variables; v++) {
            seen.not_finite =
                seen.not_finite || !isfinite(qf_f64(fleet, QF_FIELD_FSM_VARIABLE, v)[slot]);
        }
    }
}

static void look_at_all(const stand *s)
{
    size_t n;
    const qf_event *events = qf_simulation_events(s->simulation, &n);
    for (size_t i = 0; i < n; i++, seen.n_events++) {
        const qf_event *event = &events[i];
        const bool is_outcome =
            event->code == QF_EVENT_ACTUATION || event->code == QF_EVENT_ACTUATION_FAILED;
        seen.of_code[event->code]++;
        if (is_outcome && event->subject == QF_COMMAND_RCS) {
            seen.of_outcome[(size_t)event->value]++;
        }
        seen.with_cause += event->cause >= 0;
        seen.cause_is_later =
            seen.cause_is_later || event->cause < -1 || event->cause >= (int64_t)seen.n_events;
        if (event->code == QF_EVENT_TRANSITION) {
            assert_true(event->entity < MOST_VEHICLES);
            seen.decided[event->entity] = event->tick;
        }
    }
    look_at_columns(s);
}

static stand watched; /* after a run at all of which somebody looked */

static int watch(void **state)
{
    use_behavior(state);
    memset(&seen, 0, sizeof seen);
    memset(seen.decided, -1, sizeof seen.decided);
    const variant v = {.n_threads = 2, .stride = 1};
    set_up_stand(&watched, v);
    static outcome o;
    run_stand(&watched, v, look_at_all, &o);
    return 0;
}

static int stop_watching(void **state)
{
    (void)state;
    tear_down_stand(&watched);
    return 0;
}

/* else the hash would be that of vehicles to which little happens */
static void every_switch_of_behavior_is_on_and_off(void **state)
{
    (void)state;
    for (unsigned f = QF_FLAG_BIOS_READY_BIT; f <= QF_FLAG_IMU_BROKEN_BIT; f++) {
        for (int on = 0; on < 2; on++) {
            if (!(seen.flags[on] >> qf_flag_table[f].bit & 1)) {
                fail_msg("%s is never %s", qf_flag_table[f].name, on ? "on" : "off");
            }
        }
    }
    assert_true(seen.stuck_on != 0 && seen.stuck_off && seen.reduced);
    assert_true(seen.lost_cell && seen.not_finite);
}

static void everything_that_is_told_of_behavior_is_told(void **state)
{
    (void)state;
    static const int codes[] = {
        QF_EVENT_BOOT_START,       QF_EVENT_BOOT_OK,          QF_EVENT_BOOT_FAILED,
        QF_EVENT_MISSION_RECEIVED, QF_EVENT_MISSION_ACCEPTED, QF_EVENT_MISSION_FINISHED,
        QF_EVENT_TRANSITION,       QF_EVENT_TRIGGER,          QF_EVENT_LOG,
        QF_EVENT_DEVICE_OK,        QF_EVENT_DEVICE_FAILED,    QF_EVENT_COMMAND,
        QF_EVENT_ACTUATION,        QF_EVENT_ACTUATION_FAILED, QF_EVENT_FAULT,
        QF_EVENT_FAULT_OVER,       QF_EVENT_EMERGENCY_STOP,   QF_EVENT_EMERGENCY_OVER,
        QF_EVENT_SAFE_MODE,        QF_EVENT_SAFE_MODE_OVER,   QF_EVENT_HALT,
        QF_EVENT_GUARD_ALERT,      QF_EVENT_GUARD_CLEAR,      EMITTED};
    for (size_t i = 0; i < COUNT(codes); i++) {
        if (seen.of_code[codes[i]] == 0) {
            fail_msg("event %d never occurs", codes[i]);
        }
    }
    assert_false(seen.cause_is_later);
    assert_true(seen.with_cause > seen.n_events / 2);
}

static void orders_have_every_outcome(void **state)
{
    (void)state;
    assert_true(seen.actuation & QF_ACTUATION_IS(QF_ACTUATION_ACCEPTED));
    for (int k = 0; k < QF_ACTUATIONS; k++) {
        if (k != QF_ACTUATION_ACCEPTED && seen.of_outcome[k] == 0) {
            fail_msg("no order to thrusters comes to outcome %d", k);
        }
    }
}

/* what cannot be: before its first evaluation an agent starts its self-test anew, and nothing is near yet */
static bool is_first_moment(const qf_coverage_machine *m, size_t row)
{
    const uint16_t from = m->built->changes[row].from;
    return m->group == SENTRIES && m->machine == 0 &&
           strcmp(m->built->spec->states[from].name, "BOOTING") == 0 && m->in_state[from] > 0;
}

static void every_state_and_every_transition_is_exercised(void **state)
{
    (void)state;
    qf_coverage coverage;
    qf_simulation_coverage(watched.simulation, &coverage);
    assert_int_equal(coverage.n, 6);
    size_t n_excused = 0;
    for (size_t k = 0; k < coverage.n; k++) {
        const qf_coverage_machine *m = &coverage.machines[k];
        const qf_machine_spec *spec = m->built->spec;
        for (size_t s = 0; s < m->built->machine.n_states; s++) {
            if (m->in_state[s] == 0 || m->entered[s] == 0) {
                fail_msg("%s is never in %s", spec->name, spec->states[s].name);
            }
        }
        for (size_t row = 0; row < m->built->machine.n_rows; row++) {
            const qf_machine_change *change = &m->built->changes[row];
            n_excused += m->rows[row].held == 0;
            if (m->rows[row].held == 0 && !is_first_moment(m, row)) {
                fail_msg("%s never goes from %s to %s", spec->name, spec->states[change->from].name,
                         spec->states[change->to].name);
            }
        }
    }
    assert_int_equal(n_excused, 4);
}

static uint64_t hash_of_coverage(variant v)
{
    stand s;
    set_up_stand(&s, v);
    static outcome o;
    run_stand(&s, v, NULL, &o);
    qf_coverage coverage;
    qf_simulation_coverage(s.simulation, &coverage);
    uint64_t hash = coverage.n;
    for (size_t k = 0; k < coverage.n; k++) {
        const qf_coverage_machine *m = &coverage.machines[k];
        const qf_state_machine *machine = &m->built->machine;
        const uint64_t words[] = {hash, qf_combine_hashes(m->in_state, machine->n_states),
                                  qf_combine_hashes(m->entered, machine->n_states),
                                  qf_combine_hashes(&m->rows[0].held, 2 * machine->n_rows)};
        hash = qf_combine_hashes(words, COUNT(words));
    }
    tear_down_stand(&s);
    return hash;
}

/* ticks that are run again for the sake of a vehicle that breaks count once */
static void what_is_exercised_is_counted_alike(void **state)
{
    (void)state;
    static const int64_t strides[] = {0, 1, 7, 65};
    const uint64_t expected = hash_of_coverage((variant){.isa = "generic", .n_threads = 1});
    for (size_t k = 0; k < COUNT(strides) * n_isas; k++) {
        const variant v = {
            .isa = isas[k % n_isas], .n_threads = 1 + (int)(k % 3), .stride = strides[k / n_isas]};
        assert_hash(hash_of_coverage(v), expected, v, "what was exercised");
    }
}

/* a decision whose consequence breaks the vehicle is neither told nor kept */
static void vehicles_break_in_the_tick_in_which_they_decide(void **state)
{
    (void)state;
    size_t n;
    const qf_quarantine *q = qf_simulation_quarantined(watched.simulation, &n);
    const size_t doom = qf_catalog_state(&watched.fleet.catalog, "DOOM");
    size_t n_of_group[2] = {0};
    size_t n_deciding = 0;
    for (size_t i = 0; i < n; i++) {
        const qf_entity e = qf_fleet_entity(&watched.fleet, q[i].entity);
        assert_true(e.group == WORKERS || e.group == SENTRIES);
        n_of_group[e.group]++;
        if (e.group == WORKERS && q[i].tick <= SCRIPT_BREAKS) {
            n_deciding++;
            assert_true(seen.decided[q[i].entity] < q[i].tick - 1);
            assert_true(qf_i64(&watched.fleet, QF_FIELD_FSM_STATE, 0)[e.slot] != (int64_t)doom);
        }
    }
    assert_true(n_deciding > 0 && n_deciding < n_of_group[WORKERS] && n_of_group[SENTRIES] > 0);
    assert_int_equal(seen.of_code[QF_EVENT_HALT], n);
}

/* each column of behavior, its bookkeeping too */
static void a_flipped_bit_of_behavior_is_in_the_hash(void **state)
{
    (void)state;
    const qf_fleet *fleet = &watched.fleet;
    uint64_t before[FILE_WORLDS];
    uint64_t after[FILE_WORLDS];
    assert_int_equal(qf_fleet_world_hashes(&watched.context, fleet, before), QF_OK);
    const size_t slots[] = {fleet->groups[WORKERS].slot_begin + 300,
                            fleet->groups[SENTRIES].slot_begin +
                                fleet->groups[SENTRIES].n_vehicles - 1};
    size_t n_columns = 0;
    for (int field = QF_FIELD_FSM_STATE; field <= QF_FIELD_BATTERY_WH; field++) {
        const size_t n = fleet->catalog.n_columns_of[field];
        assert_true(n > 0);
        for (size_t k = 0; k < n; k++, n_columns++) {
            /* of the last world; of a group whose machines have that variable: one NaN is as good as another */
            const bool is_none = isnan(qf_f64(fleet, (qf_field_id)field, k)[slots[0]]);
            uint64_t *word = &qf_u64(fleet, (qf_field_id)field, k)[slots[is_none]];
            const uint64_t was = *word;
            *word ^= 1;
            assert_int_equal(qf_fleet_world_hashes(&watched.context, fleet, after), QF_OK);
            *word = was;
            assert_true(after[0] == before[0] && after[1] == before[1]);
            if (after[2] == before[2]) {
                fail_msg("column %zu of field %d is not in the hash", k, field);
            }
        }
    }
    assert_true(n_columns > 20);
}

/* nothing of this is in a column of its own: it changes what vehicles do or nothing */
static void whatever_behavior_is_made_of_is_in_the_hash(void **state)
{
    (void)state;
    static const char *const changes[] = {
        "seed=22",
        "groups[0].fsm[0].states.BOOT.transitions[1].condition=hold(not ready, 21 ticks)",
        "groups[0].fsm[0].states.WORK.while.set.hits=hits + 1.0000001",
        "groups[0].fsm[0].states.DRY.transitions[0].condition=time_in_state_s >= 1.1 s",
        "groups[0].fsm[0].variables.pace_mps.initial.normal.mean=0.51",
        "groups[0].fsm[0].signals.lost=actuation.timeout",
        "groups[0].fsm[0].any[1].condition=doomed > 1 and tick > doomed",
        "groups[0].fsm[1].every_s=0.3",
        "groups[0].fsm[1].states.TENSE.on_exit.set.alarms=alarms + 2",
        "groups[0].decision[0].priority=0.95",
        "groups[0].decision[2].confidence=0.5",
        "groups[0].bios.failure.probability=0.02",
        "groups[0].bios.devices.lidar_front.repair_s.lognormal.sigma=0.6",
        "groups[0].faults[2].reduced=0.31",
        "groups[0].faults[7].rate_per_h=210",
        "groups[0].faults[8].set.share=0.96",
        "groups[1].guards.rules[0].max_range_m=110",
        "groups[1].fsm[1].states.NEAR.on_enter[0].rotate=121",
        "groups[2].faults[0].at_s=0.3",
    };
    static outcome before;
    run((variant){.n_threads = 1}, &before);
    for (size_t k = 0; k < COUNT(changes); k++) {
        static outcome after;
        run((variant){.n_threads = 1, .worlds = changes[k]}, &after);
        if (after.all == before.all) {
            fail_msg("%s changes nothing", changes[k]);
        }
    }
}

static void the_effective_scenario_gives_the_golden_hash(void **state)
{
    (void)state;
    char directory[64];
    enter_directory(directory);
    FILE *out = fopen("effective.yaml", "w");
    assert_non_null(out);
    stand s;
    set_up_stand(&s, (variant){.n_threads = 1});
    qf_scenario_write(&s.scenario, out);
    assert_int_equal(fclose(out), 0);
    tear_down_stand(&s);
    scenario_file = "effective.yaml";
    const variant v = {.n_threads = 2};
    static outcome o;
    run(v, &o);
    use_behavior(NULL);
    assert_hash(o.all, golden_hash(), v, "the state");
    leave_directory(directory);
}

#define WATCHED(name) cmocka_unit_test_setup_teardown(name, watch, stop_watching)

int main(int argc, char **argv)
{
    if (ask_for_hash(argc, argv, use_behavior)) {
        return 0;
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_instruction_set_and_number_of_threads_gives_the_golden_hash),
        cmocka_unit_test(how_often_somebody_looks_changes_nothing),
        cmocka_unit_test(a_world_is_the_same_in_any_batch),
        cmocka_unit_test(the_program_says_the_golden_hash),
        cmocka_unit_test(the_effective_scenario_gives_the_golden_hash),
        cmocka_unit_test(whatever_behavior_is_made_of_is_in_the_hash),
        cmocka_unit_test(what_is_exercised_is_counted_alike),
        WATCHED(every_switch_of_behavior_is_on_and_off),
        WATCHED(everything_that_is_told_of_behavior_is_told),
        WATCHED(orders_have_every_outcome),
        WATCHED(every_state_and_every_transition_is_exercised),
        WATCHED(vehicles_break_in_the_tick_in_which_they_decide),
        WATCHED(a_flipped_bit_of_behavior_is_in_the_hash),
    };
    use_behavior(NULL);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
