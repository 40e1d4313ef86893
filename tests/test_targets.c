/* SPDX-License-Identifier: Apache-2.0 */
/* What vehicles know of their targets, at once and by radio, against closed forms of where the targets are. */
#include "fleet_stand.h"
#include "targets.h"

#define HEAD                                                                                       \
    "schema: qfleet/1\nseed: 5\ntime: {dt_s: 0.5, duration_s: 100}\n"                              \
    "record: {every_s: 1, state: [x_m]}\ngroups:\n"
#define BOTS(name, count)                                                                          \
    "  - {name: " name ", kind: bot, count: " #count ", hardware: {hardware_profile: {}}}\n"

static const qf_body_spec rigid = {.dry_kg = 100.0, .dry = {{10.0, 10.0, 10.0}}};
static const qf_docking_spec ports;

static qf_radio_spec radio_of(double range_m, int64_t period, int64_t latency)
{
    return (qf_radio_spec){.range_m = range_m, .period_ticks = period, .latency_ticks = latency};
}

/* one chaser, entity 0, and its target, entity 1, with these radios; NULL: none */
static void begin_pair(fixture *f, const qf_radio_spec *chaser, const qf_radio_spec *target,
                       fleet_stand *s)
{
    read_stand(f, HEAD BOTS("chaser", 1) BOTS("target", 1), s);
    add_guidance(s, 0, QF_GUIDANCE_STATION_KEEP, 1);
    add_guidance(s, 0, QF_GUIDANCE_HOLD, 0);
    s->groups[0].radio = chaser;
    s->groups[1].radio = target;
    begin_stand(s, "targets");
}

/* what a target is made to be at a tick: every number another one */
static double x_at(int64_t tick)
{
    return 100.0 + 3.0 * (double)tick;
}

static void without_a_radio_all_of_a_target_is_known_at_once(void **state)
{
    fleet_stand s;
    read_stand(*state, HEAD BOTS("chaser", 5) BOTS("ship", 3), &s);
    add_guidance(&s, 0, QF_GUIDANCE_FORMATION, 1);
    s.groups[1].kind = QF_KIND_SHIP;
    s.groups[1].body = &rigid;
    s.groups[1].initial_attitude[0] = 1.0;
    begin_stand(&s, "targets");
    static const qf_field_id of_ship[] = {
        QF_FIELD_X,      QF_FIELD_Y,      QF_FIELD_Z,     QF_FIELD_VX, QF_FIELD_VY,
        QF_FIELD_VZ,     QF_FIELD_QW,     QF_FIELD_QX,    QF_FIELD_QY, QF_FIELD_QZ,
        QF_FIELD_RATE_X, QF_FIELD_RATE_Y, QF_FIELD_RATE_Z};
    for (size_t k = 0; k < COUNT(of_ship); k++) {
        for (size_t ship = 5; ship < 8; ship++) {
            *number_at(&s, of_ship[k], ship) = 10.0 * (double)ship + (double)k;
        }
    }
    meet(&s, 7);
    for (size_t chaser = 0; chaser < 5; chaser++) {
        const size_t ship = 5 + chaser % 3;
        assert_int_equal(INTEGER(&s, TARGET, chaser), ship);
        assert_int_equal(INTEGER(&s, TARGET_TICK, chaser), 7);
        for (size_t k = 0; k < COUNT(of_ship); k++) {
            assert_true(*number_at(&s, (qf_field_id)(QF_FIELD_TARGET_X + k), chaser) ==
                        10.0 * (double)ship + (double)k);
        }
    }
    assert_int_equal(INTEGER(&s, TARGET, 5), -1);
    end_stand(&s);
}

/* heading 120: a bot's velocity and front, +X of its body, are along (sin 120, cos 120) */
static void a_bot_is_a_target_by_its_heading_and_speed(void **state)
{
    fleet_stand s;
    read_stand(
        *state,
        HEAD BOTS("chaser", 1) "  - {name: b, kind: bot, count: 1, initial: {heading_deg: 120, "
                               "speed_mps: 2}, hardware: {hardware_profile: {}}}\n",
        &s);
    add_guidance(&s, 0, QF_GUIDANCE_APPROACH, 1);
    begin_stand(&s, "targets");
    meet(&s, 0);
    const double sine = sqrt(0.75);
    assert_true(fabs(NUMBER(&s, TARGET_VX, 0) - 2.0 * sine) < 1e-14);
    assert_true(fabs(NUMBER(&s, TARGET_VY, 0) + 1.0) < 1e-14);
    const double w = NUMBER(&s, TARGET_QW, 0), z = NUMBER(&s, TARGET_QZ, 0);
    assert_true(NUMBER(&s, TARGET_QX, 0) == 0.0 && NUMBER(&s, TARGET_QY, 0) == 0.0);
    assert_true(fabs(w * w - z * z - sine) < 1e-14);
    assert_true(fabs(2.0 * w * z + 0.5) < 1e-14);
    assert_true(NUMBER(&s, TARGET_RATE_Z, 0) == 0.0);
    end_stand(&s);
}

static void in_its_own_group_a_vehicle_follows_the_first_of_its_world(void **state)
{
    fleet_stand s;
    read_stand(*state, "worlds: 2\n" HEAD BOTS("wing", 3), &s);
    add_guidance(&s, 0, QF_GUIDANCE_FORMATION, 0);
    begin_stand(&s, "targets");
    meet(&s, 0);
    static const int64_t leader[] = {-1, 0, 0, -1, 3, 3};
    for (size_t e = 0; e < 6; e++) {
        assert_int_equal(INTEGER(&s, TARGET, e), leader[e]);
        assert_int_equal(INTEGER(&s, TARGET_TICK, e), leader[e] < 0 ? -1 : 0);
    }
    end_stand(&s);
}

static void another_behaviour_lets_go_of_the_target(void **state)
{
    fleet_stand s;
    begin_pair(*state, NULL, NULL, &s);
    meet(&s, 0);
    assert_int_equal(INTEGER(&s, TARGET, 0), 1);
    for (int64_t none = -1; none <= 1; none += 2) {
        INTEGER(&s, GUIDANCE, 0) = none;
        meet(&s, 1);
        assert_int_equal(INTEGER(&s, TARGET, 0), -1);
        assert_int_equal(INTEGER(&s, TARGET_TICK, 0), -1);
    }
    INTEGER(&s, GUIDANCE, 0) = 0;
    meet(&s, 2);
    assert_int_equal(INTEGER(&s, TARGET_TICK, 0), 2);
    end_stand(&s);
}

/* between two meetings, as state machines do it */
static void a_new_behaviour_with_the_same_target_keeps_what_is_known(void **state)
{
    fleet_stand s;
    read_stand(*state, HEAD BOTS("chaser", 2) BOTS("target", 1), &s);
    add_guidance(&s, 0, QF_GUIDANCE_STATION_KEEP, 1);
    add_guidance(&s, 0, QF_GUIDANCE_APPROACH, 1);
    add_guidance(&s, 0, QF_GUIDANCE_FORMATION, 0);
    add_guidance(&s, 0, QF_GUIDANCE_HOLD, 0);
    begin_stand(&s, "targets");
    meet(&s, 3);
    for (int64_t behavior = 1; behavior <= 3; behavior++) {
        INTEGER(&s, GUIDANCE, 1) = behavior;
        qf_targets_retarget(&s.fleet, &s.fleet.groups[0], slot_of(&s, 1));
        assert_int_equal(INTEGER(&s, TARGET_TICK, 1), behavior == 1 ? 3 : -1);
        assert_int_equal(INTEGER(&s, TARGET, 1), behavior == 1 ? 2 : -1);
    }
    end_stand(&s);
}

/* the newest message that was sent a latency ago or more, at a multiple of the period */
static void a_message_tells_what_was_so_when_it_was_sent(void **state)
{
    static const int64_t cases[][2] = {{1, 0}, {1, 1}, {1, 8},  {4, 0}, {4, 3},
                                       {4, 4}, {4, 5}, {3, 24}, {5, 12}};
    for (size_t k = 0; k < COUNT(cases); k++) {
        const int64_t period = cases[k][0], latency = cases[k][1];
        /* the hearer's own period and latency do not matter */
        const qf_radio_spec chaser = radio_of(INFINITY, 7, 2);
        const qf_radio_spec target = radio_of(INFINITY, period, latency);
        fleet_stand s;
        begin_pair(*state, &chaser, &target, &s);
        int64_t n_heard = 0;
        for (int64_t tick = 0; tick < 100; tick++) {
            put(&s, 1, x_at(tick), 0, 0);
            meet(&s, tick);
            const int64_t sent = tick < latency ? -1 : (tick - latency) / period * period;
            n_heard += tick >= latency && (tick - latency) % period == 0;
            assert_int_equal(INTEGER(&s, TARGET_TICK, 0), sent);
            assert_true(sent < 0 || NUMBER(&s, TARGET_X, 0) == x_at(sent));
            assert_int_equal(INTEGER(&s, MESSAGES_HEARD, 0), n_heard);
            assert_int_equal(INTEGER(&s, MESSAGES_LOST, 0), 0);
            assert_int_equal(s.n_events, 0);
        }
        end_stand(&s);
    }
}

/* whether the chaser hears the target across that distance, at once */
static bool is_heard_at(fleet_stand *s, double x_m, double y_m, int64_t tick)
{
    put(s, 1, x_m, y_m, 0);
    const int64_t before = INTEGER(s, MESSAGES_HEARD, 0);
    meet(s, tick);
    const bool heard = INTEGER(s, TARGET_TICK, 0) == tick;
    assert_int_equal(INTEGER(s, MESSAGES_HEARD, 0), before + heard);
    return heard;
}

static void the_shorter_range_of_both_holds(void **state)
{
    const qf_radio_spec near = radio_of(500.0, 1, 0), far = radio_of(9000.0, 1, 0);
    const qf_radio_spec *radios[][2] = {{&near, &far}, {&far, &near}};
    for (size_t k = 0; k < 2; k++) {
        fleet_stand s;
        begin_pair(*state, radios[k][0], radios[k][1], &s);
        assert_true(is_heard_at(&s, 300.0, 400.0, 0));
        assert_false(is_heard_at(&s, 300.0, 400.0001, 1));
        assert_int_equal(INTEGER(&s, MESSAGES_LOST, 0), 1);
        assert_true(is_heard_at(&s, -400.0, 300.0, 2));
        end_stand(&s);
    }
}

static void whoever_has_a_radio_hears_only_radios(void **state)
{
    const qf_radio_spec any = radio_of(INFINITY, 1, 0);
    fleet_stand s;
    begin_pair(*state, &any, NULL, &s);
    meet(&s, 0);
    assert_int_equal(INTEGER(&s, TARGET, 0), 1);
    assert_int_equal(INTEGER(&s, TARGET_TICK, 0), -1);
    end_stand(&s);
    begin_pair(*state, NULL, &any, &s);
    meet(&s, 0);
    assert_int_equal(INTEGER(&s, TARGET_TICK, 0), 0);
    end_stand(&s);
}

/* from 7,000 km the horizon of a planet of 6,371 km is 2 acos(6371 / 7000) away at the same height */
static void a_planet_between_them_silences_both(void **state)
{
    const qf_radio_spec any = radio_of(INFINITY, 1, 0);
    const double r = 7e6, horizon = 2.0 * acos(6371e3 / r);
    for (int over = 0; over < 2; over++) {
        fleet_stand s;
        ((fixture *)*state)->scenario.planet = (qf_sphere){{0}, 0.0};
        begin_pair(*state, &any, &any, &s);
        s.f->scenario.planet = (qf_sphere){{0}, 6371e3};
        const double angle = horizon + (over ? 1e-7 : -1e-7);
        put(&s, 0, r, 0, 0);
        assert_int_equal(is_heard_at(&s, r * cos(angle), r * sin(angle), 0), !over);
        end_stand(&s);
    }
}

/* a share of 0.3 of 4,000 messages is lost: 1200 +- 5 times 29; other worlds lose others */
static void messages_are_lost_as_often_as_is_said(void **state)
{
    qf_radio_spec any = radio_of(INFINITY, 1, 0);
    any.loss = 0.3;
    fleet_stand s;
    read_stand(*state, "worlds: 2\n" HEAD BOTS("chaser", 20) BOTS("target", 1), &s);
    add_guidance(&s, 0, QF_GUIDANCE_STATION_KEEP, 1);
    s.groups[0].radio = s.groups[1].radio = &any;
    begin_stand(&s, "targets");
    for (int64_t tick = 0; tick < 200; tick++) {
        meet(&s, tick);
    }
    int64_t lost[2] = {0};
    size_t n_different = 0;
    for (size_t e = 0; e < 40; e++) {
        lost[e / 20] += INTEGER(&s, MESSAGES_LOST, e);
        assert_int_equal(INTEGER(&s, MESSAGES_LOST, e) + INTEGER(&s, MESSAGES_HEARD, e), 200);
        n_different += e > 0 && INTEGER(&s, MESSAGES_LOST, e) != INTEGER(&s, MESSAGES_LOST, 0);
    }
    assert_in_range(lost[0], 1055, 1345);
    assert_in_range(lost[1], 1055, 1345);
    assert_true(n_different > 30);
    end_stand(&s);
    for (int all = 0; all < 2; all++) {
        any.loss = all;
        begin_pair(*state, &any, &any, &s);
        assert_int_equal(is_heard_at(&s, 1.0, 1.0, 0), !all);
        end_stand(&s);
    }
}

static void no_more_is_heard_in_a_period_than_the_radio_can(void **state)
{
    qf_radio_spec chaser = radio_of(INFINITY, 10, 0);
    const qf_radio_spec target = radio_of(INFINITY, 2, 0);
    chaser.messages = 3;
    fleet_stand s;
    begin_pair(*state, &chaser, &target, &s);
    for (int64_t tick = 0; tick < 100; tick++) {
        meet(&s, tick);
        /* sent at 0, 2, 4, 6, 8 of each ten ticks */
        const int64_t within = tick % 10 < 4 ? tick % 10 / 2 * 2 : 4;
        assert_int_equal(INTEGER(&s, TARGET_TICK, 0), tick / 10 * 10 + within);
    }
    assert_int_equal(INTEGER(&s, MESSAGES_HEARD, 0), 30);
    assert_int_equal(INTEGER(&s, MESSAGES_LOST, 0), 20);
    end_stand(&s);
}

/* three periods of 4 and the latency of 2 after the last news */
static void a_link_is_lost_and_found_again_once_each(void **state)
{
    const qf_radio_spec chaser = radio_of(INFINITY, 1, 0), target = radio_of(INFINITY, 4, 2);
    static const uint64_t causes[] = {QF_FLAG_BIT(RADIO_BROKEN), QF_FLAG_BIT(QUARANTINED)};
    for (size_t k = 0; k < 3; k++) {
        fleet_stand s;
        begin_pair(*state, &chaser, &target, &s);
        size_t n_lost = 0, n_found = 0;
        for (int64_t tick = 0; tick < 80; tick++) {
            const size_t broken = k < 2 ? 1 : 0; /* or the hearer's */
            *flags_at(&s, broken) &= ~causes[k % 2];
            *flags_at(&s, broken) |= tick >= 10 && tick < 50 ? causes[k % 2] : 0;
            meet(&s, tick);
            n_lost += count_events(&s, QF_EVENT_LINK_LOST, 0);
            n_found += count_events(&s, QF_EVENT_LINK_OK, 0);
            /* the last is sent at 8 and heard at 10, which a broken radio does not; then at 52 */
            const int64_t last = k == 2 ? 4 : 8;
            assert_int_equal(IS_SET(&s, LINK_LOST, 0), tick > last + 14 && tick < 54);
            assert_int_equal(n_lost, tick > last + 14);
            assert_int_equal(n_found, tick >= 54);
            assert_int_equal(s.n_events, tick == last + 15 || tick == 54);
            if (tick == last + 15) {
                assert_true(s.events[0].value == 7.5);
                assert_int_equal(s.events[0].severity, QF_SEVERITY_WARNING);
            }
            if (tick == 54) {
                assert_true(s.events[0].value == 1.0);
            }
        }
        end_stand(&s);
    }
}

static void what_bridges_join_needs_no_radio(void **state)
{
    const qf_radio_spec none = radio_of(1.0, 1, 3);
    fleet_stand s;
    read_stand(*state, HEAD BOTS("chaser", 1) BOTS("target", 2), &s);
    add_guidance(&s, 0, QF_GUIDANCE_STATION_KEEP, 1);
    for (size_t g = 0; g < 2; g++) {
        s.groups[g].radio = &none;
        s.groups[g].docking = &ports;
    }
    begin_stand(&s, "targets");
    put(&s, 1, 100, 0, 0);
    for (int64_t tick = 0; tick < 9; tick++) {
        const bool bridged = tick >= 2 && tick < 6;
        for (size_t e = 0; e < 3; e++) {
            INTEGER(&s, BOND_ROOT, e) = 0; /* from a soft capture on */
            NUMBER(&s, BOND_MASS, e) = 300.0;
            INTEGER(&s, DATA_ROOT, e) = tick < 2 ? (int64_t)e : tick < 6 ? 0 : e > 0;
        }
        meet(&s, tick);
        assert_int_equal(INTEGER(&s, TARGET_TICK, 0), tick < 2 ? -1 : bridged ? tick : 5);
    }
    end_stand(&s);
}

/* a message of before they were docked arrives after: what was known since is newer */
static void older_news_never_replace_newer_ones(void **state)
{
    const qf_radio_spec slow = radio_of(INFINITY, 4, 4);
    fleet_stand s;
    read_stand(*state, HEAD BOTS("chaser", 1) BOTS("target", 1), &s);
    add_guidance(&s, 0, QF_GUIDANCE_STATION_KEEP, 1);
    for (size_t g = 0; g < 2; g++) {
        s.groups[g].radio = &slow;
        s.groups[g].docking = &ports;
    }
    begin_stand(&s, "targets");
    for (int64_t tick = 0; tick < 12; tick++) {
        for (size_t e = 0; e < 2; e++) {
            INTEGER(&s, DATA_ROOT, e) = tick >= 1 && tick < 3 ? 0 : (int64_t)e;
        }
        meet(&s, tick);
        const int64_t known = tick < 1 ? -1 : tick < 3 ? tick : tick < 8 ? 2 : 4;
        assert_int_equal(INTEGER(&s, TARGET_TICK, 0), known);
    }
    end_stand(&s);
}

static void more_messages_on_their_way_than_there_is_room_for_are_refused(void **state)
{
    const qf_radio_spec most = radio_of(1.0, 2, 16), more = radio_of(1.0, 2, 17);
    assert_int_equal(qf_radio_flights(&most), QF_RADIO_FLIGHTS_MOST);
    fleet_stand s;
    begin_pair(*state, &most, &most, &s);
    void *user;
    s.groups[1].radio = &more;
    assert_int_equal(qf_targets_open(&s.f->context, &s.fleet, &user), QF_ERROR_SCENARIO);
    s.groups[1].radio = &most;
    end_stand(&s);
}

/* all of it in whole runs: hashes of the worlds of a crowd of 600 that moves, by threads and batches */
static void run_crowd(fixture *f, const char *head, int n_threads, uint64_t *hashes)
{
    qf_radio_spec radio = radio_of(4000.0, 2, 5);
    radio.loss = 0.2;
    fleet_stand s;
    char text[2048];
    snprintf(
        text, sizeof text, "%s%s", head,
        HEAD
        "  - {name: a, kind: bot, count: 400, initial: {position_m: {uniform: {min: [0, 0, 0], "
        "max: [5000, 5000, 0]}}, speed_mps: 9, heading_deg: {uniform: {min: 0, max: 360}}}, "
        "hardware: {hardware_profile: {}}}\n" BOTS("b", 200));
    f->context.n_threads = n_threads;
    read_stand(f, text, &s);
    add_guidance(&s, 0, QF_GUIDANCE_STATION_KEEP, 1);
    add_guidance(&s, 1, QF_GUIDANCE_FORMATION, 1);
    for (size_t g = 0; g < 2; g++) {
        s.groups[g].radio = &radio;
        s.guidances[g][0].speed_mps = s.guidances[g][0].arrival_m = 1.0;
    }
    qf_simulation *simulation;
    assert_int_equal(qf_fleet_create(&f->context, &f->scenario, &s.fleet), QF_OK);
    assert_int_equal(
        qf_simulation_create(&f->context, &s.fleet, &(qf_simulation_options){0}, &simulation),
        QF_OK);
    assert_int_equal(qf_simulation_advance(&f->context, simulation, 60, NULL, 0), QF_OK);
    int64_t heard = 0, lost = 0;
    for (size_t e = 0; e < s.fleet.n_vehicles; e++) {
        heard += INTEGER(&s, MESSAGES_HEARD, e);
        lost += INTEGER(&s, MESSAGES_LOST, e);
    }
    assert_true(heard > 5000 && lost > 5000);
    assert_int_equal(qf_fleet_world_hashes(&f->context, &s.fleet, hashes), QF_OK);
    qf_simulation_free(simulation);
    qf_fleet_free(&s.fleet);
    f->context.n_threads = 1;
}

static void threads_and_batches_change_nothing(void **state)
{
    uint64_t one[3], other[3];
    run_crowd(*state, "worlds: 3\n", 1, one);
    for (int n_threads = 2; n_threads <= 3; n_threads++) {
        run_crowd(*state, "worlds: 3\n", n_threads, other);
        assert_memory_equal(one, other, sizeof one);
    }
    run_crowd(*state, "", 2, other);
    assert_true(one[0] == other[0] && one[0] != one[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(without_a_radio_all_of_a_target_is_known_at_once),
        TEST(a_bot_is_a_target_by_its_heading_and_speed),
        TEST(in_its_own_group_a_vehicle_follows_the_first_of_its_world),
        TEST(another_behaviour_lets_go_of_the_target),
        TEST(a_new_behaviour_with_the_same_target_keeps_what_is_known),
        TEST(a_message_tells_what_was_so_when_it_was_sent),
        TEST(the_shorter_range_of_both_holds),
        TEST(whoever_has_a_radio_hears_only_radios),
        TEST(a_planet_between_them_silences_both),
        TEST(messages_are_lost_as_often_as_is_said),
        TEST(no_more_is_heard_in_a_period_than_the_radio_can),
        TEST(a_link_is_lost_and_found_again_once_each),
        TEST(what_bridges_join_needs_no_radio),
        TEST(older_news_never_replace_newer_ones),
        TEST(more_messages_on_their_way_than_there_is_room_for_are_refused),
        TEST(threads_and_batches_change_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
