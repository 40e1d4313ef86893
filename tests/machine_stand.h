/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_TEST_MACHINE_STAND_H
#define QF_TEST_MACHINE_STAND_H

/*
 * Vehicles that only decide: their columns are set before each evaluation, and what their machines make of
 * it is read back. Scenario, loader, fleet and simulation are the program's own; the world stands still.
 */
#include "behavior.h"
#include "group.h"
#include "live_column.h"
#include "machine_build.h"
#include "program_fixture.h"
#include "scenario_reader.h"
#include "simulation.h"

typedef struct machine_stand {
    qf_context context;
    qf_scenario scenario;
    qf_fleet fleet;
    qf_simulation *simulation;
} machine_stand;

static inline void set_up_machine_stand(machine_stand *s, const char *scenario_path)
{
    static const qf_stage stages[] = {{.name = "behavior",
                                       .phase = QF_PHASE_DECIDE,
                                       .period_ticks = qf_behavior_period_ticks,
                                       .run = qf_behavior_run,
                                       .open = qf_behavior_open,
                                       .close = qf_behavior_close}};
    *s = (machine_stand){.context = qf_context_default()};
    qf_diagnostics diagnostics;
    qf_diagnostics_init(&diagnostics);
    if (qf_scenario_read(&s->context, scenario_path, NULL, 0, &diagnostics, &s->scenario) !=
        QF_OK) {
        qf_diagnostics_print(&diagnostics, stderr);
        fail_msg("the scenario does not load");
    }
    qf_diagnostics_free(&diagnostics);
    assert_int_equal(qf_fleet_create(&s->context, &s->scenario, &s->fleet), QF_OK);
    const qf_simulation_options options = {.keep_events = true, .stages = stages, .n_stages = 1};
    assert_int_equal(qf_simulation_create(&s->context, &s->fleet, &options, &s->simulation), QF_OK);
}

static inline void tear_down_machine_stand(machine_stand *s)
{
    qf_simulation_free(s->simulation);
    qf_fleet_free(&s->fleet);
    qf_scenario_free(&s->scenario);
}

static inline void evaluate(machine_stand *s)
{
    assert_int_equal(qf_simulation_advance(&s->context, s->simulation, s->fleet.tick + 1, NULL, 0),
                     QF_OK);
}

/* quantities of a vehicle by name: variables, switches, numbers */
static inline const qf_quantity *quantity_of(const machine_stand *s, const char *name)
{
    const qf_quantity *quantity = qf_catalog_find(&s->fleet.catalog, name);
    if (!quantity) {
        fail_msg("no quantity is called %s", name);
    }
    return quantity;
}

static inline void set_number(machine_stand *s, size_t slot, const char *name, double value)
{
    ((double *)s->fleet.column[quantity_of(s, name)->column])[slot] = value;
}

static inline double number_of(const machine_stand *s, size_t slot, const char *name)
{
    return ((const double *)s->fleet.column[quantity_of(s, name)->column])[slot];
}

static inline void set_switch(machine_stand *s, size_t slot, const char *name, bool on)
{
    const qf_quantity *quantity = quantity_of(s, name);
    uint64_t *word = &((uint64_t *)s->fleet.column[quantity->column])[slot];
    const uint64_t bit = UINT64_C(1) << quantity->bit;
    *word = on ? *word | bit : *word & ~bit;
}

static inline void set_state(machine_stand *s, size_t slot, size_t machine, const char *name)
{
    const size_t number = qf_catalog_state(&s->fleet.catalog, name);
    assert_true(number < s->fleet.catalog.n_states);
    qf_i64(&s->fleet, QF_FIELD_FSM_STATE, machine)[slot] = (int64_t)number;
}

static inline const char *state_of(const machine_stand *s, size_t slot, size_t machine)
{
    const int64_t number = qf_i64(&s->fleet, QF_FIELD_FSM_STATE, machine)[slot];
    assert_true(number >= 0 && (size_t)number < s->fleet.catalog.n_states);
    return s->fleet.catalog.state_names[number];
}

/* trigger of the transition that a vehicle's machine took in the last evaluation, empty without one */
static inline const char *trigger_of(const machine_stand *s, size_t entity, size_t machine)
{
    qf_coverage coverage;
    size_t n;
    const qf_event *events = qf_simulation_events(s->simulation, &n);
    qf_simulation_coverage(s->simulation, &coverage);
    const char *trigger = "";
    size_t found = 0;
    for (size_t i = 0; i < n; i++) {
        const bool is_change =
            events[i].code == QF_EVENT_TRANSITION || events[i].code == QF_EVENT_TRIGGER;
        if (!is_change || events[i].entity != entity) {
            continue;
        }
        size_t row = (size_t)events[i].subject;
        size_t m = 0;
        while (row >= coverage.machines[m].built->machine.n_rows) {
            row -= coverage.machines[m++].built->machine.n_rows;
        }
        if (coverage.machines[m].machine == machine) {
            const qf_machine_change *change = &coverage.machines[m].built->changes[row];
            trigger = change->spec->trigger ? change->spec->trigger : "";
            found++;
        }
    }
    assert_true(found <= 1);
    return trigger;
}

#endif
