/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A vehicle whose numbers go wrong is frozen in its last good state, and nobody else notices. A
 * stage of the tests' own, before all others, does the damage.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "group.h"
#include "scenario_fixture.h"
#include "simulation.h"

/* as many vehicles as two blocks and a bit, so that a quarantine meets block ends too */
#define FLEET                                                                                      \
    "schema: qfleet/1\nseed: 5\ntime: {dt_s: 0.1, duration_s: 30}\n"                               \
    "groups:\n"                                                                                    \
    "  - name: a\n"                                                                                \
    "    kind: bot\n"                                                                              \
    "    count: 600\n"                                                                             \
    "    hardware: " PROJECT_SOURCE_DIR "/configs/hardware/qiki_bot.json\n"                        \
    "    initial: {heading_deg: {uniform: {min: 0, max: 360}}, speed_mps: 1}\n"                    \
    "    script:\n"                                                                                \
    "      - {step: 20, cmd: rcs, axis: up, pct: {uniform: {min: 5, max: 95}}, duration_s: 2}\n"   \
    "      - {step: 60, cmd: speed, mps: 0.5}\n"                                                   \
    "  - name: b\n"                                                                                \
    "    kind: bot\n"                                                                              \
    "    count: 3\n"                                                                               \
    "    hardware: {hardware_profile: {}}\n"

enum { N_TICKS = 90, MOST_BLOWS = 300, MOST_STAGES = 32 };

/* a value that is put into a column of a vehicle just before a tick */
typedef struct blow {
    size_t slot;
    int64_t tick;
    qf_field_id field;
    double value;
} blow;

typedef struct blows {
    blow list[MOST_BLOWS];
    size_t n;
    bool meets; /* threads meet within every tenth tick, for a stage that does nothing */
} blows;

typedef struct outcome {
    qf_fleet fleet;
    qf_simulation *simulation;
    qf_event halts[MOST_BLOWS];
    size_t n_halts;
} outcome;

static bool strike(const qf_stage_call *call)
{
    const blows *b = call->user;
    for (size_t k = 0; k < b->n; k++) {
        const blow *it = &b->list[k];
        if (it->tick == call->tick && it->slot >= call->block->slot_begin &&
            it->slot < call->block->slot_end) {
            qf_f64(call->fleet, it->field, 0)[it->slot] = it->value;
        }
    }
    return false;
}

static bool look(const qf_stage_call *call)
{
    (void)call;
    return false;
}

static int64_t every_tenth_tick(const qf_group *group)
{
    (void)group;
    return 10;
}

/* the blows, then the usual stages, with the one for which threads meet where it belongs */
static size_t list_stages(blows *b, qf_stage *stages)
{
    size_t n = 0;
    stages[n++] = (qf_stage){.name = "blows", .phase = QF_PHASE_COMMAND, .run = strike, .user = b};
    for (size_t s = 0; s < qf_stage_count; s++) {
        if (b->meets && qf_stage_table[s].phase > QF_PHASE_COMMAND &&
            stages[n - 1].phase == QF_PHASE_COMMAND) {
            stages[n++] = (qf_stage){.name = "look",
                                     .phase = QF_PHASE_SENSE,
                                     .reads_others = true,
                                     .period_ticks = every_tenth_tick,
                                     .run = look};
        }
        stages[n++] = qf_stage_table[s];
    }
    return n;
}

/* runs the fixture's scenario; `stride` ticks between looks */
static void run(fixture *f, blows *b, int n_threads, int64_t stride, int64_t n_ticks, outcome *o)
{
    qf_stage stages[MOST_STAGES];
    const size_t n_stages = list_stages(b, stages);
    f->context.n_threads = n_threads;
    *o = (outcome){0};
    assert_int_equal(qf_fleet_create(&f->context, &f->scenario, &o->fleet), QF_OK);
    const qf_simulation_options options = {
        .keep_events = true, .stages = stages, .n_stages = n_stages};
    assert_int_equal(qf_simulation_create(&f->context, &o->fleet, &options, &o->simulation), QF_OK);
    for (int64_t tick = 0; tick < n_ticks;) {
        tick = tick + stride < n_ticks ? tick + stride : n_ticks;
        assert_int_equal(qf_simulation_advance(&f->context, o->simulation, tick, NULL, 0), QF_OK);
        size_t n;
        const qf_event *events = qf_simulation_events(o->simulation, &n);
        for (size_t e = 0; e < n; e++) {
            if (events[e].code == QF_EVENT_HALT) {
                assert_true(o->n_halts < MOST_BLOWS);
                o->halts[o->n_halts++] = events[e];
            }
        }
    }
}

static void done(outcome *o)
{
    qf_simulation_free(o->simulation);
    qf_fleet_free(&o->fleet);
}

static bool is_quarantined(const qf_fleet *fleet, size_t slot)
{
    return (qf_u64(fleet, QF_FIELD_FLAGS, 0)[slot] & QF_FLAG_BIT(QUARANTINED)) != 0;
}

/* all columns but outputs; of a frozen vehicle the mark of quarantine is left out */
static void assert_same_vehicle(const qf_fleet *a, const qf_fleet *b, size_t slot, bool frozen)
{
    for (size_t field = 0; field < QF_FIELD_COUNT; field++) {
        for (size_t k = 0; k < a->catalog.n_columns_of[field]; k++) {
            uint64_t ours = qf_u64(a, (qf_field_id)field, k)[slot];
            const uint64_t theirs = qf_u64(b, (qf_field_id)field, k)[slot];
            if (frozen && field == QF_FIELD_FLAGS) {
                ours &= ~QF_FLAG_BIT(QUARANTINED);
            }
            if (!(frozen && qf_field_table[field].role == QF_ROLE_OUTPUT) && ours != theirs) {
                fail_msg("%s of slot %zu differs", qf_field_table[field].name, slot);
            }
        }
    }
}

static void assert_others_unchanged(const outcome *hurt, const outcome *sound)
{
    for (size_t slot = 0; slot < hurt->fleet.n_slots; slot++) {
        if (!is_quarantined(&hurt->fleet, slot)) {
            assert_same_vehicle(&hurt->fleet, &sound->fleet, slot, false);
        }
    }
}

static const char *name_of(const outcome *o, const qf_quarantine *q)
{
    return o->fleet.catalog.quantities[q->quantity].name;
}

static void nan_in_one_vehicle_freezes_it_in_its_last_good_state(void **state)
{
    static const qf_field_id fields[] = {QF_FIELD_X,
                                         QF_FIELD_Z,
                                         QF_FIELD_CPU,
                                         QF_FIELD_MEM,
                                         QF_FIELD_SOC,
                                         QF_FIELD_SOC_MIN,
                                         QF_FIELD_SUPERCAP_WH,
                                         QF_FIELD_DOSE,
                                         QF_FIELD_PROPELLANT,
                                         QF_FIELD_TEMP,
                                         QF_FIELD_SPEED,
                                         QF_FIELD_HEADING,
                                         QF_FIELD_SENSOR_QUEUE,
                                         QF_FIELD_NBL_MAX};
    fixture *f = *state;
    load(f, FLEET);
    outcome sound;
    blows none = {0};
    run(f, &none, 1, 1000, N_TICKS, &sound);
    const int64_t ticks[] = {1, 30, 63, 64, 65};
    for (size_t k = 0; k < sizeof fields / sizeof *fields; k++) {
        const int64_t tick = ticks[k % (sizeof ticks / sizeof *ticks)];
        blows b = {.list = {{255 + k, tick, fields[k], NAN}}, .n = 1};
        outcome hurt;
        outcome before;
        run(f, &b, 2, 1000, N_TICKS, &hurt);
        run(f, &none, 1, 1000, tick, &before);
        size_t n;
        const qf_quarantine *q = qf_simulation_quarantined(hurt.simulation, &n);
        assert_int_equal(n, 1);
        assert_int_equal(q->entity, 255 + k);
        assert_int_equal(q->tick, tick + 1);
        assert_int_equal(q->reason, QF_REASON_NOT_FINITE);
        assert_true(is_quarantined(&hurt.fleet, 255 + k));
        assert_same_vehicle(&hurt.fleet, &before.fleet, 255 + k, true);
        assert_others_unchanged(&hurt, &sound);
        done(&before);
        done(&hurt);
    }
    done(&sound);
}

static void the_event_and_the_finding_say_what_had_become_of_which_quantity(void **state)
{
    fixture *f = *state;
    load(f, FLEET);
    blows b = {.list = {{17, 8, QF_FIELD_Y, (double)INFINITY},
                        {3, 40, QF_FIELD_CPU, 100.5},
                        {2, 40, QF_FIELD_DOSE, -1.0}},
               .n = 3};
    outcome o;
    run(f, &b, 1, 7, N_TICKS, &o);
    size_t n;
    const qf_quarantine *q = qf_simulation_quarantined(o.simulation, &n);
    assert_int_equal(n, 2); /* the computer's load is clamped by the tick itself */
    assert_string_equal(name_of(&o, &q[0]), "y_m");
    assert_string_equal(name_of(&o, &q[1]), "radiation_dose_usv");
    assert_int_equal(q[1].reason, QF_REASON_OUT_OF_RANGE);
    assert_true(q[1].value < -0.9);
    assert_int_equal(o.n_halts, 2);
    for (size_t k = 0; k < n; k++) {
        assert_int_equal(o.halts[k].tick, q[k].tick);
        assert_int_equal(o.halts[k].entity, q[k].entity);
        assert_int_equal(o.halts[k].subject, q[k].quantity);
        assert_int_equal(o.halts[k].severity, QF_SEVERITY_CRITICAL);
    }
    assert_int_equal(qf_simulation_event_count(o.simulation, QF_EVENT_HALT), 2);
    done(&o);
}

static void many_at_once_do_not_depend_on_threads_or_on_when_somebody_looks(void **state)
{
    fixture *f = *state;
    load(f, FLEET);
    blows b = {.n = MOST_BLOWS};
    for (size_t k = 0; k < MOST_BLOWS; k++) {
        const size_t slot = k * 7 % 600; /* neighbours, block ends, and the same tick */
        b.list[k] = (blow){slot, (int64_t)(k * 11 % 70), QF_FIELD_Y, k % 3 ? 2e12 : (double)NAN};
    }
    outcome sound;
    blows none = {0};
    run(f, &none, 1, 1000, N_TICKS, &sound);
    outcome first;
    run(f, &b, 1, 1000, N_TICKS, &first);
    assert_others_unchanged(&first, &sound);
    size_t n_first;
    const qf_quarantine *q_first = qf_simulation_quarantined(first.simulation, &n_first);
    assert_int_equal(n_first, MOST_BLOWS);
    for (size_t k = 0; k < n_first; k += 37) { /* blocks full of gaps keep last good states too */
        outcome before;
        run(f, &none, 1, 1000, q_first[k].tick - 1, &before);
        assert_same_vehicle(&first.fleet, &before.fleet, q_first[k].entity, true);
        assert_true(isnan(qf_f64(&first.fleet, QF_FIELD_BUS_V, 0)[q_first[k].entity]));
        done(&before);
    }
    uint64_t hash;
    assert_int_equal(qf_fleet_world_hashes(&f->context, &first.fleet, &hash), QF_OK);
    static const struct {
        int n_threads;
        int64_t stride;
        bool meets;
    } variants[] = {{2, 1000, false}, {3, 1, false}, {1, 13, false}, {2, 1000, true}, {3, 7, true}};
    for (size_t v = 0; v < sizeof variants / sizeof *variants; v++) {
        outcome other;
        b.meets = variants[v].meets;
        run(f, &b, variants[v].n_threads, variants[v].stride, N_TICKS, &other);
        size_t n;
        const qf_quarantine *q = qf_simulation_quarantined(other.simulation, &n);
        uint64_t other_hash;
        assert_int_equal(n, n_first);
        for (size_t k = 0; k < n; k++) {
            assert_int_equal(q[k].entity, q_first[k].entity);
            assert_int_equal(q[k].tick, q_first[k].tick);
            assert_int_equal(q[k].quantity, q_first[k].quantity);
            assert_int_equal(other.halts[k].entity, q_first[k].entity);
            assert_int_equal(other.halts[k].tick, q_first[k].tick);
        }
        assert_int_equal(qf_fleet_world_hashes(&f->context, &other.fleet, &other_hash), QF_OK);
        assert_true(other_hash == hash);
        done(&other);
    }
    done(&first);
    done(&sound);
}

static void a_frozen_vehicle_hears_no_command_and_has_no_outputs(void **state)
{
    fixture *f = *state;
    load(f, FLEET);
    blows b = {.list = {{0, 10, QF_FIELD_X, NAN}}, .n = 1};
    outcome o;
    run(f, &b, 1, 1000, N_TICKS, &o);
    assert_true(qf_f64(&o.fleet, QF_FIELD_SPEED, 0)[0] == 1.0); /* 0.5 was commanded later */
    assert_true(qf_f64(&o.fleet, QF_FIELD_SPEED, 0)[1] == 0.5);
    assert_true(isnan(qf_f64(&o.fleet, QF_FIELD_BUS_V, 0)[0]));
    assert_true(qf_f64(&o.fleet, QF_FIELD_BUS_V, 0)[1] > 0.0);
    done(&o);
}

/* what is commanded at the tick in which they meet is not part of the last good state */
static void a_command_that_ruins_a_vehicle_is_undone_also_where_threads_meet(void **state)
{
    fixture *f = *state;
    load(f, TIME GROUP "    hardware: {hardware_profile: {}}\n"
                       "    initial: {speed_mps: 1, heading_deg: 45}\n"
                       "    script: [{step: 20, cmd: speed, mps: 1.0e+300}]\n");
    for (int meets = 0; meets < 2; meets++) {
        outcome o;
        blows none = {.meets = meets != 0};
        run(f, &none, 2, 1000, N_TICKS, &o);
        assert_int_equal(o.n_halts, 3);
        assert_int_equal(o.halts[0].tick, 21);
        assert_true(qf_f64(&o.fleet, QF_FIELD_SPEED, 0)[0] == 1.0);
        done(&o);
    }
}

/* sets a trip of a node that group b does not have, so that no kernel takes it back */
static bool trip(const qf_stage_call *call)
{
    const qf_fleet *fleet = call->fleet;
    if (call->tick != 20 || call->block->slot_begin != fleet->groups[1].slot_begin) {
        return false;
    }
    qf_u64(fleet, QF_FIELD_FAULTS, 0)[call->block->slot_begin] |= UINT64_C(1)
                                                                  << QF_FAULT_FIRST_NODE;
    return true;
}

static void
what_a_stage_changes_before_the_world_moves_is_an_event_also_where_threads_meet(void **state)
{
    fixture *f = *state;
    load(f, FLEET);
    for (int meets = 0; meets < 2; meets++) {
        qf_stage stages[MOST_STAGES];
        blows none = {.meets = meets != 0};
        const size_t n_stages = list_stages(&none, stages);
        stages[0].run = trip;
        qf_fleet fleet;
        qf_simulation *simulation;
        const qf_simulation_options options = {.stages = stages, .n_stages = n_stages};
        assert_int_equal(qf_fleet_create(&f->context, &f->scenario, &fleet), QF_OK);
        assert_int_equal(qf_simulation_create(&f->context, &fleet, &options, &simulation), QF_OK);
        assert_int_equal(qf_simulation_advance(&f->context, simulation, 30, NULL, 0), QF_OK);
        assert_int_equal(qf_simulation_event_count(simulation, QF_EVENT_THERMAL_TRIP), 1);
        qf_simulation_free(simulation);
        qf_fleet_free(&fleet);
    }
}

static void a_whole_fleet_may_be_quarantined_and_the_run_goes_on(void **state)
{
    fixture *f = *state;
    load(f, TIME GROUP "    hardware: {hardware_profile: {}}\n"
                       "    initial: {speed_mps: 1.0e+308, heading_deg: 45}\n");
    outcome o;
    blows none = {0};
    run(f, &none, 1, 1000, N_TICKS, &o);
    size_t n;
    const qf_quarantine *q = qf_simulation_quarantined(o.simulation, &n);
    assert_int_equal(n, 3);
    assert_string_equal(name_of(&o, q), "x_m");
    assert_int_equal(q->tick, 1);
    assert_true(qf_f64(&o.fleet, QF_FIELD_X, 0)[2] == 0.0);
    assert_int_equal(o.fleet.tick, N_TICKS);
    done(&o);
}

static void first_values_are_looked_at_before_the_first_tick(void **state)
{
    fixture *f = *state;
    load(f, TIME GROUP "    hardware: {hardware_profile: {}}\n"
                       "    initial: {position_m: [2.0e+12, 0, 0]}\n");
    outcome o;
    blows none = {0};
    run(f, &none, 2, 1000, N_TICKS, &o);
    size_t n;
    const qf_quarantine *q = qf_simulation_quarantined(o.simulation, &n);
    assert_int_equal(n, 3);
    assert_int_equal(q->tick, 0);
    assert_int_equal(q->reason, QF_REASON_OUT_OF_RANGE);
    assert_true(q->value == 2e12);
    done(&o);
}

/* a thermal node that only another group has is NaN for this one, and that is no fault */
static void missing_nodes_are_not_faults(void **state)
{
    fixture *f = *state;
    load(f, FLEET);
    outcome o;
    blows none = {0};
    run(f, &none, 1, 1000, N_TICKS, &o);
    size_t n;
    qf_simulation_quarantined(o.simulation, &n);
    assert_int_equal(n, 0);
    assert_true(isnan(qf_f64(&o.fleet, QF_FIELD_TEMP, 0)[o.fleet.groups[1].slot_begin]));
    done(&o);
}

/* groups without such a thing have no number there; a variable may be whatever a machine makes of it */
static bool is_of_some_groups(qf_shape shape)
{
    return shape == QF_SHAPE_VARIABLE || shape == QF_SHAPE_THRUSTER || shape == QF_SHAPE_BATTERY;
}

/* distances of what is not there, and what nobody is docked with */
static bool may_be_no_number(qf_field_id field)
{
    return field == QF_FIELD_GOAL_DISTANCE || field == QF_FIELD_TARGET_RANGE ||
           field == QF_FIELD_TARGET_RANGE_RATE || field == QF_FIELD_PORT_AXIAL ||
           field == QF_FIELD_PORT_LATERAL || field == QF_FIELD_PORT_ANGLE ||
           field == QF_FIELD_BOND_MASS || field == QF_FIELD_CLEARANCE;
}

static void every_state_and_input_of_a_vehicle_is_checked(void **state)
{
    (void)state;
    for (size_t field = 0; field < QF_FIELD_COUNT; field++) {
        const qf_field *it = &qf_field_table[field];
        /* what a tracker reports may well be no number: then there is nothing to report */
        const bool carried = (it->role == QF_ROLE_STATE || it->role == QF_ROLE_INPUT) &&
                             it->shape != QF_SHAPE_TRACKER &&
                             it->shape != QF_SHAPE_STATION_TRACK && !is_of_some_groups(it->shape) &&
                             !may_be_no_number((qf_field_id)field);
        assert_true(it->checked == (carried && it->type == QF_TYPE_F64));
        assert_true(!it->checked || (isfinite(it->low) && isfinite(it->high)));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(nan_in_one_vehicle_freezes_it_in_its_last_good_state),
        TEST(the_event_and_the_finding_say_what_had_become_of_which_quantity),
        TEST(many_at_once_do_not_depend_on_threads_or_on_when_somebody_looks),
        TEST(a_frozen_vehicle_hears_no_command_and_has_no_outputs),
        TEST(a_command_that_ruins_a_vehicle_is_undone_also_where_threads_meet),
        TEST(what_a_stage_changes_before_the_world_moves_is_an_event_also_where_threads_meet),
        TEST(a_whole_fleet_may_be_quarantined_and_the_run_goes_on),
        TEST(first_values_are_looked_at_before_the_first_tick),
        TEST(missing_nodes_are_not_faults),
        TEST(every_state_and_input_of_a_vehicle_is_checked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
