/* SPDX-License-Identifier: Apache-2.0 */
/* Small scenarios of rigid bodies, from the file to what is told: faults that set places, turns that are too fast, docks. */
#include <math.h>
#include <string.h>

#include "quarantine.h"
#include "scenario_fixture.h"
#include "simulation.h"

#define ALONE "schema: qfleet/1\ntime: {dt_s: 0.1, duration_s: 3}\ngroups:\n"

typedef struct outcome {
    qf_fleet fleet;
    qf_simulation *simulation;
    const qf_event *events;
    size_t n_events;
} outcome;

static void run(fixture *f, const char *text, outcome *o)
{
    load(f, text);
    *o = (outcome){0};
    const qf_simulation_options options = {.keep_events = true};
    assert_int_equal(qf_fleet_create(&f->context, &f->scenario, &o->fleet), QF_OK);
    assert_int_equal(qf_simulation_create(&f->context, &o->fleet, &options, &o->simulation), QF_OK);
    assert_int_equal(
        qf_simulation_advance(&f->context, o->simulation, f->scenario.n_ticks, NULL, 0), QF_OK);
    o->events = qf_simulation_events(o->simulation, &o->n_events);
}

static void done(outcome *o)
{
    qf_simulation_free(o->simulation);
    qf_fleet_free(&o->fleet);
}

static size_t count(const outcome *o, qf_event_code code, qf_event *last)
{
    size_t n = 0;
    for (size_t e = 0; e < o->n_events; e++) {
        if (o->events[e].code == code) {
            *last = o->events[e];
            n++;
        }
    }
    return n;
}

static double value_of(const outcome *o, qf_field_id field, size_t entity)
{
    return qf_f64(&o->fleet, field, 0)[qf_fleet_entity(&o->fleet, entity).slot];
}

#define BALL "body: {mass_kg: 10, inertia_kgm2: [1, 1, 1], hull: {radius_m: 1}}"

/* from one side of the other body to its other side: nothing was passed on the way */
static void a_place_that_a_fault_sets_is_no_motion(void **state)
{
    qf_event last;
    outcome o;
    run(*state,
        ALONE "  - {name: a, kind: debris, count: 1, " BALL "}\n"
              "  - {name: b, kind: debris, count: 1, " BALL
              ", initial: {position_m: [50, 0, 0]}, faults: [{at_s: 1, set: {x_m: -50}}]}\n",
        &o);
    assert_int_equal(count(&o, QF_EVENT_FAULT, &last), 1);
    assert_true(last.value == -50.0);
    assert_true(value_of(&o, QF_FIELD_X, 1) == -50.0);
    assert_int_equal(count(&o, QF_EVENT_COLLISION, &last), 0);
    done(&o);
}

#define PORT "capture_modes: [soft, hard], bridge_profiles: [full], hard_capture_force_kN: 12}"
#define DOCKING(fault)                                                                             \
    "schema: qfleet/1\ntime: {dt_s: 0.1, duration_s: 120}\ngroups:\n"                              \
    "  - name: station\n"                                                                          \
    "    kind: station\n"                                                                          \
    "    count: 1\n"                                                                               \
    "    hardware: {hardware_profile: {}}\n"                                                       \
    "    body: {mass_kg: 2000, inertia_kgm2: [9000, 6000, 9000], hull: {radius_m: 3}}\n"           \
    "    docking: {ports: [{id: top, pose_m: {position: [0, 0, 3], orientation_quat: [0, 0, 0, "   \
    "1]}, " PORT "]}\n"                                                                            \
    "  - name: chaser\n"                                                                           \
    "    kind: ship\n"                                                                             \
    "    count: 1\n"                                                                               \
    "    hardware: " SHIP_HARDWARE "\n"                                                            \
    "    body: {mass_kg: 420, inertia_kgm2: [160, 180, 170], hull: {radius_m: 1.3}}\n"             \
    "    docking: {ports: [{id: down, pose_m: {position: [0, 0, -1.2], orientation_quat: [0, 0, "  \
    "0, 1]}, " PORT "]}\n"                                                                         \
    "    initial: {position_m: [0, 0, 10]}\n"                                                      \
    "    behavior: {approach: {target: station, standoff_m: 6}}\n"                                 \
    "    faults: [" fault "]\n"

/* it is where the whole body that it is docked into has it: told as what did not happen */
static void a_fault_does_not_set_the_place_of_who_is_docked(void **state)
{
    qf_event last;
    outcome undisturbed;
    outcome o;
    run(*state, DOCKING(""), &undisturbed);
    assert_int_equal(count(&undisturbed, QF_EVENT_HARD_CAPTURE, &last), 2);
    assert_true(last.tick < 1100);
    const double x_m = value_of(&undisturbed, QF_FIELD_X, 1);
    done(&undisturbed);
    run(*state, DOCKING("{at_s: 110, set: {x_m: 100}}"), &o);
    assert_int_equal(count(&o, QF_EVENT_FAULT, &last), 1);
    assert_true(isnan(last.value));
    assert_true(value_of(&o, QF_FIELD_X, 1) == x_m);
    done(&o);
}

static bool is_quarantined(const outcome *o, size_t entity)
{
    const size_t slot = qf_fleet_entity(&o->fleet, entity).slot;
    return (qf_u64(&o->fleet, QF_FIELD_FLAGS, 0)[slot] & QF_FLAG_BIT(QUARANTINED)) != 0;
}

/* one and a half radians in a tick of 0.1 s are 859.4 degrees per second, about each axis by itself */
static void who_turns_too_far_in_a_tick_is_quarantined(void **state)
{
    outcome o;
    const char *text =
        ALONE "  - {name: a, kind: debris, count: 6, body: {mass_kg: 1, inertia_kgm2: [1, 1, 1]}, "
              "initial: {rates_dps: {grid: [[859, 0, 0], [860, 0, 0], [0, -859, 0], [0, -860, 0], "
              "[0, 859, 859], [0, 0, 860]]}}}\n";
    run(*state, text, &o);
    for (size_t e = 0; e < 6; e++) {
        assert_int_equal(is_quarantined(&o, e), e % 2);
    }
    size_t n;
    const qf_quarantine *q = qf_simulation_quarantined(o.simulation, &n);
    assert_int_equal(n, 3);
    assert_string_equal(o.fleet.catalog.quantities[q[0].quantity].name, "rate_x_rps");
    assert_int_equal(q[0].reason, QF_REASON_OUT_OF_RANGE);
    done(&o);
    char *finer = replace(text, "dt_s: 0.1", "dt_s: 0.05");
    run(*state, finer, &o);
    for (size_t e = 0; e < 6; e++) {
        assert_false(is_quarantined(&o, e));
    }
    done(&o);
    free(finer);
}

/* about an axis that is not a principal one, of a body that is nearly a disc */
static void
half_a_radian_in_a_tick_costs_less_than_a_thousandth_of_energy_in_a_revolution(void **state)
{
    static const double inertia[] = {10.0, 10.1, 20.0};
    static const double first_dps[] = {27.5, 275.0, 275.0};
    enum { N_TICKS = 60 };
    double energy[2] = {0.0, 0.0};
    double turn2_rad2 = 0.0;
    outcome o;
    run(*state,
        "schema: qfleet/1\ntime: {dt_s: 0.1, duration_s: 6}\ngroups:\n"
        "  - {name: a, kind: debris, count: 1, body: {mass_kg: 1, inertia_kgm2: [10, 10.1, 20]}, "
        "initial: {rates_dps: [27.5, 275, 275]}}\n",
        &o);
    for (size_t k = 0; k < 3; k++) {
        const double first_rps = first_dps[k] * M_PI / 180.0;
        const double rps = value_of(&o, (qf_field_id)(QF_FIELD_RATE_X + k), 0);
        energy[0] += inertia[k] * first_rps * first_rps;
        energy[1] += inertia[k] * rps * rps;
        turn2_rad2 += 0.01 * first_rps * first_rps;
    }
    assert_false(is_quarantined(&o, 0));
    const double revolutions = N_TICKS * sqrt(turn2_rad2) / (2.0 * M_PI);
    const double lost = fabs(energy[1] / energy[0] - 1.0) / revolutions;
    assert_true(lost > 1e-4 && lost < 1e-3);
    done(&o);
}

/* as the reference's vehicles are; who has ports is connected by a partner, and only then */
static void who_has_ports_does_not_start_connected_to_a_dock_of_its_own(void **state)
{
    qf_event last;
    outcome o;
    char *text = replace(DOCKING(""), "hardware_profile: {}",
                         "hardware_profile: {power_plane: {dock_connected_init: true}}");
    run(*state, text, &o);
    assert_true(count(&o, QF_EVENT_HARD_CAPTURE, &last) > 0);
    assert_true(value_of(&o, QF_FIELD_DOCK_SINCE, 0) == 0.0);
    assert_true(value_of(&o, QF_FIELD_DOCK_SINCE, 1) > 0.0);
    done(&o);
    free(text);
    run(*state,
        ALONE "  - {name: a, kind: bot, count: 1, hardware: {hardware_profile: {power_plane: "
              "{dock_connected_init: true}}}}\n",
        &o);
    assert_true(value_of(&o, QF_FIELD_DOCK_SINCE, 0) > 2.9);
    done(&o);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_place_that_a_fault_sets_is_no_motion),
        TEST(a_fault_does_not_set_the_place_of_who_is_docked),
        TEST(who_turns_too_far_in_a_tick_is_quarantined),
        TEST(half_a_radian_in_a_tick_costs_less_than_a_thousandth_of_energy_in_a_revolution),
        TEST(who_has_ports_does_not_start_connected_to_a_dock_of_its_own),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
