/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The same flights, dockings, collisions, messages and tasks from any instruction set, number of threads and batch of
 * worlds: golden/ships_orbit.yaml and golden/ships_free.yaml always end on the hashes beside them (determinism.h). A
 * change that is meant to change them:
 *   for s in orbit free; do
 *       build/release/test_determinism_ships --print-hash $s > tests/golden/ships_$s.hash; done
 */
#include "determinism.h"
#include "docking_spec.h"

static int use_orbit(void **state)
{
    (void)state;
    scenario_file = TEST_SOURCE_DIR "/golden/ships_orbit.yaml";
    hash_file = TEST_SOURCE_DIR "/golden/ships_orbit.hash";
    return 0;
}

static int use_free(void **state)
{
    (void)state;
    scenario_file = TEST_SOURCE_DIR "/golden/ships_free.yaml";
    hash_file = TEST_SOURCE_DIR "/golden/ships_free.hash";
    return 0;
}

static int (*const uses[])(void **state) = {use_orbit, use_free};

#define FAR_BIT (UINT64_C(1) << 40)

enum { SCENARIOS = COUNT(uses), FIRST_FIELD = QF_FIELD_VX, FIELDS = QF_FIELD_COUNT };

/* what occurs in a run of each */
static struct {
    uint64_t flags
        [2]; /* bits that were off and bits that were on, of rigid bodies and of bots that have behaviours */
    uint64_t steps[2][QF_GUIDANCE_KINDS]; /* of bots, of bodies: one bit each */
    size_t of_code[QF_EVENT_CODES];
    unsigned limits;      /* that captures failed for, one bit each */
    bool changes[FIELDS]; /* from tick to tick */
    bool lone;            /* docked with one that is quarantined, or was */
    size_t n_chained;     /* most that were docked together */
} seen;

static uint64_t *before[FIELDS]; /* a field's columns, one after the other */

static void look_at_column(const stand *s, qf_field_id field, size_t k)
{
    const qf_fleet *fleet = &s->fleet;
    const uint64_t *now = qf_u64(fleet, field, k);
    uint64_t *was = before[field] + k * fleet->n_slots;
    for (size_t e = 0; e < fleet->n_vehicles; e++) {
        const size_t slot = qf_fleet_entity(fleet, e).slot;
        seen.changes[field] = seen.changes[field] || (now[slot] != was[slot] && fleet->tick > 1);
        was[slot] = now[slot];
    }
}

static void look_at_vehicle(const stand *s, size_t entity)
{
    const qf_fleet *fleet = &s->fleet;
    const qf_entity e = qf_fleet_entity(fleet, entity);
    const qf_group_spec *spec = fleet->groups[e.group].spec;
    const uint64_t flags = qf_u64(fleet, QF_FIELD_FLAGS, 0)[e.slot];
    const int64_t behavior = qf_i64(fleet, QF_FIELD_GUIDANCE, 0)[e.slot];
    seen.flags[0] |= ~flags;
    seen.flags[1] |= flags;
    if (behavior >= 0) {
        const int64_t step = qf_i64(fleet, QF_FIELD_GUIDANCE_STEP, 0)[e.slot];
        assert_true(step >= 0 && step < 64);
        seen.steps[spec->body != NULL][spec->guidances[behavior].kind] |= UINT64_C(1) << step;
    }
    for (size_t p = 0; spec->docking && p < spec->docking->n_ports; p++) {
        seen.lone = seen.lone || ((flags & QF_FLAG_BIT(QUARANTINED)) &&
                                  qf_i64(fleet, QF_FIELD_PORT_STATE, p)[e.slot] == 2);
    }
}

static void look_at_chains(const stand *s)
{
    const qf_fleet *fleet = &s->fleet;
    for (size_t e = 0; e < fleet->n_vehicles; e++) {
        size_t n = 0;
        for (size_t with = 0; with < fleet->n_vehicles; with++) {
            n += qf_i64(fleet, QF_FIELD_BOND_ROOT, 0)[qf_fleet_entity(fleet, with).slot] ==
                 (int64_t)e;
        }
        seen.n_chained = n > seen.n_chained ? n : seen.n_chained;
    }
}

static void look_at_all(const stand *s)
{
    size_t n;
    const qf_event *events = qf_simulation_events(s->simulation, &n);
    for (size_t i = 0; i < n; i++) {
        seen.of_code[events[i].code]++;
        if (events[i].code == QF_EVENT_CAPTURE_FAILED) {
            seen.limits |= 1U << (events[i].subject / 16 - 1);
        }
    }
    for (size_t e = 0; e < s->fleet.n_vehicles; e++) {
        look_at_vehicle(s, e);
    }
    for (int field = FIRST_FIELD; field < FIELDS; field++) {
        for (size_t k = 0; k < s->fleet.catalog.n_columns_of[field]; k++) {
            look_at_column(s, (qf_field_id)field, k);
        }
    }
    if (s->fleet.tick % 10 == 0) {
        look_at_chains(s);
    }
}

static void watch_run(void)
{
    stand s;
    set_up_stand(&s, (variant){.n_threads = 2, .stride = 1});
    for (int field = FIRST_FIELD; field < FIELDS; field++) {
        const size_t n = s.fleet.catalog.n_columns_of[field];
        before[field] = qf_arena_array(&s.fleet.arena, n * s.fleet.n_slots, sizeof **before);
        assert_non_null(before[field]);
    }
    static outcome o;
    run_stand(&s, (variant){.n_threads = 2, .stride = 1}, look_at_all, &o);
    tear_down_stand(&s);
}

static int watch_both(void **state)
{
    memset(&seen, 0, sizeof seen);
    for (size_t k = 0; k < SCENARIOS; k++) {
        uses[k](state);
        watch_run();
    }
    return 0;
}

/* else the hashes would be those of ships to which little happens */
static void everything_that_is_told_of_ships_is_told(void **state)
{
    (void)state;
    static const int codes[] = {
        QF_EVENT_RCS_START,      QF_EVENT_RCS_STOP,         QF_EVENT_ACTUATION_FAILED,
        QF_EVENT_FAULT,          QF_EVENT_FAULT_OVER,       QF_EVENT_BEHAVIOR_STARTED,
        QF_EVENT_BEHAVIOR_DONE,  QF_EVENT_WAYPOINT_REACHED, QF_EVENT_AVOIDING,
        QF_EVENT_AVOIDED,        QF_EVENT_LINK_OK,          QF_EVENT_LINK_LOST,
        QF_EVENT_SOFT_CAPTURE,   QF_EVENT_HARD_CAPTURE,     QF_EVENT_UNDOCKED,
        QF_EVENT_CAPTURE_FAILED, QF_EVENT_LATCH_BROKEN,     QF_EVENT_TASK_WON,
        QF_EVENT_TASK_DONE,      QF_EVENT_TASK_LOST,        QF_EVENT_ECLIPSE_BEGIN,
        QF_EVENT_ECLIPSE_END,    QF_EVENT_GUARD_ALERT,      QF_EVENT_HALT,
        QF_EVENT_COLLISION};
    for (size_t i = 0; i < COUNT(codes); i++) {
        if (seen.of_code[codes[i]] == 0) {
            fail_msg("event %d never occurs", codes[i]);
        }
    }
    static const qf_capture_limit limits[] = {QF_CAPTURE_TAKEN, QF_CAPTURE_AXIAL_SPEED};
    for (size_t i = 0; i < COUNT(limits); i++) {
        if (!(seen.limits >> limits[i] & 1)) {
            fail_msg("no capture fails for limit %d", (int)limits[i]);
        }
    }
    assert_true(seen.lone);
    assert_true(seen.n_chained >= 4);
}

static void every_switch_of_ships_is_on_and_off(void **state)
{
    (void)state;
    for (unsigned f = QF_FLAG_BEHAVIOR_DONE_BIT; f <= QF_FLAG_WRENCH_SATURATED_BIT; f++) {
        for (int on = 0; on < 2; on++) {
            if (!(seen.flags[on] >> qf_flag_table[f].bit & 1)) {
                fail_msg("%s is never %s", qf_flag_table[f].name, on ? "on" : "off");
            }
        }
    }
}

static void every_kind_of_behavior_is_at_every_step(void **state)
{
    (void)state;
    static const struct {
        qf_guidance_kind kind;
        uint64_t steps[2]; /* of bots, of bodies */
    } expected[] = {
        {QF_GUIDANCE_HOLD, {0, 1}},         {QF_GUIDANCE_WAYPOINT, {3, 7}},
        {QF_GUIDANCE_PATROL, {3, 7}},       {QF_GUIDANCE_VELOCITY, {0, 1}},
        {QF_GUIDANCE_STATION_KEEP, {1, 1}}, {QF_GUIDANCE_APPROACH, {0, 7}},
        {QF_GUIDANCE_FORMATION, {0, 1}},    {QF_GUIDANCE_TASKS, {1, 1}},
    };
    for (size_t i = 0; i < COUNT(expected); i++) {
        for (size_t body = 0; body < 2; body++) {
            if (seen.steps[body][expected[i].kind] != expected[i].steps[body]) {
                fail_msg("kind %d of %s: steps are %llx", (int)expected[i].kind,
                         body ? "bodies" : "bots",
                         (unsigned long long)seen.steps[body][expected[i].kind]);
            }
        }
    }
}

/* but for the mass without propellant, which nothing changes */
static void every_column_of_ships_changes(void **state)
{
    (void)state;
    for (int field = FIRST_FIELD; field < FIELDS; field++) {
        if (seen.changes[field] != (field != QF_FIELD_DRY_MASS)) {
            fail_msg("%s %s", qf_field_table[field].name,
                     seen.changes[field] ? "changes" : "never changes");
        }
    }
}

/* each column of ships that there is, its bookkeeping too */
static void a_flipped_bit_of_ships_is_in_the_hash(void **state)
{
    (void)state;
    size_t n_columns = 0;
    for (size_t u = 0; u < SCENARIOS; u++) {
        uses[u](NULL);
        stand s;
        set_up_stand(&s, (variant){.n_threads = 1});
        static outcome o;
        run_stand(&s, (variant){.n_threads = 1}, NULL, &o);
        /* of the last world */
        const qf_group *group = &s.fleet.groups[1];
        const size_t slot = group->slot_begin + group->n_vehicles - 1;
        for (int field = FIRST_FIELD; field < FIELDS; field++) {
            for (size_t k = 0; k < s.fleet.catalog.n_columns_of[field]; k++, n_columns++) {
                uint64_t *word = &qf_u64(&s.fleet, (qf_field_id)field, k)[slot];
                const uint64_t was = *word;
                uint64_t now[FILE_WORLDS];
                /* one NaN is as good as another, and so is one entity as the same one of another world */
                *word = isnan(qf_f64(&s.fleet, (qf_field_id)field, k)[slot]) ? 0 : was ^ FAR_BIT;
                assert_int_equal(qf_fleet_world_hashes(&s.context, &s.fleet, now), QF_OK);
                *word = was;
                assert_true(now[0] == o.world[0] && now[1] == o.world[1]);
                if (now[2] == o.world[2]) {
                    fail_msg("column %zu of %s is not in the hash", k, qf_field_table[field].name);
                }
            }
        }
        tear_down_stand(&s);
    }
    assert_true(n_columns > 300);
}

/* gravities that the files do not have */
static void other_gravities_give_everywhere_the_same(void **state)
{
    (void)state;
    static const char *const gravities[] = {
        "environment.gravity={kind: clohessy_wiltshire, mean_motion_rps: 0.0011}",
        "environment.gravity={kind: point, mu_m3ps2: 3.986e+14, radius_m: 6.3e+6, center_m: [0, 0, "
        "-6.7e+6]}"};
    for (size_t g = 0; g < COUNT(gravities); g++) {
        static outcome first;
        static outcome found;
        run((variant){.isa = "generic", .n_threads = 1, .worlds = gravities[g]}, &first);
        assert_true(first.all != golden_hash());
        for (size_t i = 0; i < n_isas; i++) {
            const variant v = {
                .isa = isas[i], .n_threads = 1 + (int)(i % 3), .worlds = gravities[g]};
            run(v, &found);
            assert_hash(found.all, first.all, v, "the state");
            assert_hash(found.events, first.events, v, "the list of events");
        }
    }
}

/* nothing of this is in a column of its own: it changes what vehicles do or nothing */
static void assert_all_change(const char *const *changes, size_t n)
{
    static outcome usual;
    run((variant){.n_threads = 1}, &usual);
    for (size_t k = 0; k < n; k++) {
        static outcome after;
        run((variant){.n_threads = 1, .worlds = changes[k]}, &after);
        if (after.all == usual.all) {
            fail_msg("%s changes nothing", changes[k]);
        }
    }
}

static void whatever_flights_in_orbit_are_made_of_is_in_the_hash(void **state)
{
    (void)state;
    static const char *const changes[] = {
        "seed=32",
        "environment.gravity=earth",
        "environment.sun.direction=[1, 0.021, 0.1]",
        "environment.sun.flux_wpm2=1362",
        "environment.sun.angular_radius_deg=0.27",
        "groups[0].body.inertia_kgm2=[900, 1000, 800, 20, -10, 6]",
        "groups[0].body.solar.normal=[1, 0, 1.01]",
        "groups[0].body.solar.area_m2=3.01",
        "groups[0].initial.orbit.eccentricity=0.0011",
        "groups[0].docking.capture.axial_mps=0.1",
        "groups[0].docking.capture.soft_s=1.6",
        "groups[1].hardware.hardware_profile.power_plane.dock_soft_start_s=1.1",
        "groups[1].body.mass_kg.normal.sd=8.1",
        "groups[1].body.tank_inertia_m2=[0.1, 0.1, 0.11]",
        "groups[1].body.wheels.max_torque_nm=[0.5, 0.5, 0.51]",
        "groups[1].initial.position_m=[0, 0, -2.95]",
        "groups[1].behavior.approach.standoff_m=0.51",
        "groups[1].behavior.approach.corridor_deg=29",
        "groups[1].behavior.approach.contact_mps=0.101",
        "groups[1].behavior.approach.control={attitude_rps: 0.91}",
        "groups[1].behavior.retreat.offset_m=[0, 0, -21]",
        "groups[3].faults[0].thruster=7",
        "groups[4].body.wheels.max_momentum_nms=[2, 2, 1.9]",
        "groups[4].body.min_on_s=0.003",
        "groups[4].behavior.beside.frame=world",
        "groups[4].behavior.beside.control={position_rps: 0.21}",
        "groups[4].behavior.beside.control={position_damping: 0.9}",
        "groups[4].behavior.beside.control={attitude_damping: 0.9}",
        "groups[4].behavior.beside.control={max_accel_mps2: 0.19}",
        "groups[4].behavior.beside.control={max_rate_dps: 2.9}",
        "groups[4].behavior.beside.attitude=keep",
        "groups[4].behavior.rest.attitude=[0, 0, 1, 0]",
        "groups[4].script[1].name=rest",
    };
    assert_all_change(changes, COUNT(changes));
}

static void whatever_flights_in_free_space_are_made_of_is_in_the_hash(void **state)
{
    (void)state;
    static const char *const changes[] = {
        "seed=33",
        "tasks.every_s=0.6",
        "tasks.list[0].value=5",
        "tasks.list[1].work_s=1.5",
        "tasks.list[4].from_s=6",
        "groups[1].radio.loss=0.36",
        "groups[0].radio.latency_s=0.2",
        "groups[0].radio.every_s=0.3",
        "groups[0].radio.range_m=100",
        "groups[0].behavior.course.waypoints_m=[[0, 3, 0], [2, 5, 1.1], [4, 3, 0]]",
        "groups[0].behavior.course.arrival_m=2.4",
        "groups[0].behavior.course.speed_mps=0.3",
        "groups[2].radio.messages=1",
        "groups[1].behavior.keep.offset_m=[-15, 15, 0.1]",
        "groups[1].behavior.keep.frame=world",
        "groups[1].behavior.keep.attitude=free",
        "groups[1].faults[1].reduced=0.41",
        "groups[2].behavior.cruise.avoid.distance_m=21",
        "groups[2].behavior.cruise.avoid.horizon_s=1",
        "groups[2].tracker.picture={max_age_s: 0.05}",
        "groups[3].body.hull.spheres[0].radius_m=0.7",
        "groups[4].body.hull.spheres[1].radius_m=0.71",
        "groups[4].body.hull.spheres[0].center_m=[0.2, -0.1, 0.31]",
        "groups[5].docking.ports[0].hard_capture_force_kN=12",
        "groups[5].docking.ports[0].bridge_profiles=[data]",
        "groups[5].docking.capture.rate_dps=5",
        "groups[6].script[0].time_s=10.1",
        "groups[7].behavior.work.speed_mps=1.9",
        "groups[8].drive.track_m=0.61",
        "groups[8].drive.max_wheel_mps=1",
        "groups[8].drive.max_wheel_mps2=0.71",
        "groups[9].behavior.behind.offset_m=[-5, 1, 0]",
    };
    assert_all_change(changes, COUNT(changes));
}

static void the_effective_scenario_gives_the_golden_hash(void **state)
{
    (void)state;
    char directory[64];
    const char *const file = scenario_file;
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
    scenario_file = file;
    assert_hash(o.all, golden_hash(), v, "the state");
    leave_directory(directory);
}

#define GOLDEN                                                                                     \
    cmocka_unit_test(every_instruction_set_and_number_of_threads_gives_the_golden_hash),           \
        cmocka_unit_test(how_often_somebody_looks_changes_nothing),                                \
        cmocka_unit_test(a_world_is_the_same_in_any_batch),                                        \
        cmocka_unit_test(the_program_says_the_golden_hash),                                        \
        cmocka_unit_test(the_effective_scenario_gives_the_golden_hash)

int main(int argc, char **argv)
{
    const bool free_space = argc > 2 && strcmp(argv[2], "free") == 0;
    if (ask_for_hash(argc, argv, uses[free_space])) {
        return 0;
    }
    const struct CMUnitTest orbit[] = {
        GOLDEN,
        cmocka_unit_test(whatever_flights_in_orbit_are_made_of_is_in_the_hash),
    };
    const struct CMUnitTest free_flight[] = {
        GOLDEN,
        cmocka_unit_test(whatever_flights_in_free_space_are_made_of_is_in_the_hash),
        cmocka_unit_test(other_gravities_give_everywhere_the_same),
    };
    const struct CMUnitTest both[] = {
        cmocka_unit_test(everything_that_is_told_of_ships_is_told),
        cmocka_unit_test(every_switch_of_ships_is_on_and_off),
        cmocka_unit_test(every_kind_of_behavior_is_at_every_step),
        cmocka_unit_test(every_column_of_ships_changes),
        cmocka_unit_test(a_flipped_bit_of_ships_is_in_the_hash),
    };
    return cmocka_run_group_tests(orbit, use_orbit, NULL) +
           cmocka_run_group_tests(free_flight, use_free, NULL) +
           cmocka_run_group_tests(both, watch_both, NULL);
}
