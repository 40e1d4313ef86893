/* SPDX-License-Identifier: Apache-2.0 */
/* What becomes of tasks: who wins and loses them, arrives, does them; tick by tick, vehicles put where they are. */
#include "fleet_stand.h"
#include "tasks.h"

#define HEAD                                                                                       \
    "schema: qfleet/1\nseed: 5\ntime: {dt_s: 0.5, duration_s: 100}\n"                              \
    "record: {every_s: 1, state: [x_m]}\ngroups:\n"
#define BOTS(name, count)                                                                          \
    "  - {name: " name ", kind: bot, count: " #count ", hardware: {hardware_profile: {}}}\n"

static const qf_task_spec two_tasks[] = {
    {.name = "near", .position_m = {100, 0, 0}, .work_s = 2.0, .value = 1000.0},
    {.name = "far", .position_m = {500, 0, 0}, .work_s = 0.0, .value = 1000.0},
};

/* a crew of `count` at the origin, and another group that does no tasks */
static void begin_crew(fixture *f, const char *text, const qf_task_spec *tasks, size_t n_tasks,
                       int64_t period, fleet_stand *s)
{
    read_stand(f, text, s);
    add_guidance(s, 0, QF_GUIDANCE_TASKS, 0)->arrival_m = 5.0;
    add_guidance(s, 0, QF_GUIDANCE_HOLD, 0);
    f->scenario.auction =
        (qf_auction_spec){.tasks = tasks, .n_tasks = n_tasks, .period_ticks = period};
    begin_stand(s, "tasks");
}

#define assert_tasks(s, ...)                                                                       \
    do {                                                                                           \
        static const int64_t expected_[] = {__VA_ARGS__};                                          \
        for (size_t e_ = 0; e_ < COUNT(expected_); e_++) {                                         \
            assert_int_equal(INTEGER(s, TASK, e_), expected_[e_]);                                 \
        }                                                                                          \
    } while (0)

static void the_nearest_win_and_their_tasks_become_targets(void **state)
{
    fleet_stand s;
    begin_crew(*state, HEAD BOTS("crew", 3) BOTS("idle", 1), two_tasks, 2, 2, &s);
    assert_int_equal(s.stage->period_ticks(&s.fleet.groups[0]), 2);
    assert_int_equal(s.stage->period_ticks(&s.fleet.groups[1]), 0);
    put(&s, 0, 400, 0, 30);
    put(&s, 1, -200, 0, 0);
    put(&s, 2, 130, 40, 0);
    assert_tasks(&s, -1, -1, -1, -1);
    meet(&s, 4);
    assert_tasks(&s, 1, -1, 0, -1);
    assert_int_equal(s.n_events, 2);
    assert_int_equal(s.events[1].code, QF_EVENT_TASK_WON);
    assert_int_equal(s.events[1].entity, 2);
    assert_int_equal(s.events[1].subject, 0);
    assert_true(s.events[1].value == 50.0);
    assert_true(NUMBER(&s, TARGET_X, 0) == 500.0 && NUMBER(&s, TARGET_QW, 0) == 1.0);
    assert_int_equal(INTEGER(&s, TARGET, 0), -1);
    assert_int_equal(INTEGER(&s, TARGET_TICK, 0), 4);
    assert_int_equal(INTEGER(&s, TARGET_TICK, 1), -1);
    meet(&s, 6);
    assert_int_equal(s.n_events, 0);
    end_stand(&s);
}

/* it works from the first look at which it is there; 2 s are 4 ticks */
static void work_takes_its_time_from_the_arrival_on(void **state)
{
    fleet_stand s;
    begin_crew(*state, HEAD BOTS("crew", 1), two_tasks, 1, 1, &s);
    for (int64_t tick = 0; tick < 20; tick++) {
        /* there from tick 3 to 5, and again from 8 on */
        put(&s, 0, (tick >= 3 && tick < 6) || tick >= 8 ? 95.0 : 94.9, 0, 0);
        meet(&s, tick);
        const bool works = (tick >= 3 && tick < 6) || (tick >= 8 && tick < 12);
        assert_int_equal(INTEGER(&s, TASK, 0), tick < 12 ? 0 : -1);
        assert_int_equal(INTEGER(&s, TASK_SINCE, 0), !works ? -1 : tick < 6 ? 3 : 8);
        assert_int_equal(INTEGER(&s, TASKS_DONE, 0), tick >= 12);
        assert_int_equal(count_events(&s, QF_EVENT_TASK_DONE, 0), tick == 12);
        if (tick == 12) {
            assert_true(s.events[0].value == 2.0);
            assert_int_equal(INTEGER(&s, TARGET_TICK, 0), -1);
        }
    }
    end_stand(&s);
}

/* in one look it arrives, is done, and wins the next; what is done stays so, whoever did it */
static void what_is_done_is_not_done_again(void **state)
{
    fleet_stand s;
    begin_crew(*state, HEAD BOTS("crew", 2), two_tasks, 2, 1, &s);
    put(&s, 0, 500, 0, 0);
    put(&s, 1, 499, 200, 0);
    meet(&s, 0);
    assert_tasks(&s, 1, 0);
    meet(&s, 1);
    assert_tasks(&s, -1, 0);
    assert_int_equal(INTEGER(&s, TASKS_DONE, 0), 1);
    put(&s, 1, 900, 0, 0);
    put(&s, 0, 100, 0, 0);
    for (int64_t tick = 2; tick < 12; tick++) {
        meet(&s, tick);
        assert_true(INTEGER(&s, TASK, 0) != 1 && INTEGER(&s, TASK, 1) != 1);
    }
    assert_int_equal(INTEGER(&s, TASKS_DONE, 0), 2);
    assert_tasks(&s, -1, -1);
    RAISE(&s, QUARANTINED, 0);
    meet(&s, 12);
    assert_tasks(&s, -1, -1);
    end_stand(&s);
}

/* a tenth of the value, 100: nearer by 99 is not enough, by 101 it is */
static void a_task_changes_hands_only_for_a_clear_gain(void **state)
{
    fleet_stand s;
    begin_crew(*state, HEAD BOTS("crew", 2), two_tasks, 1, 1, &s);
    put(&s, 0, 500, 0, 0);
    put(&s, 1, 501, 0, 0);
    meet(&s, 0);
    assert_tasks(&s, 0, -1);
    put(&s, 1, 401, 0, 0);
    meet(&s, 1);
    assert_tasks(&s, 0, -1);
    put(&s, 1, 399, 0, 0);
    meet(&s, 2);
    assert_tasks(&s, -1, 0);
    assert_int_equal(count_events(&s, QF_EVENT_TASK_LOST, 0), 1);
    assert_int_equal(count_events(&s, QF_EVENT_TASK_WON, 1), 1);
    /* whoever works there is left alone */
    put(&s, 1, 104, 0, 0);
    meet(&s, 3);
    put(&s, 0, 100, 0, 0);
    meet(&s, 4);
    assert_tasks(&s, -1, 0);
    end_stand(&s);
}

static void whoever_cannot_go_on_loses_its_task_to_another(void **state)
{
    static const uint64_t unable[] = {QF_FLAG_BIT(EMERGENCY_STOP), QF_FLAG_BIT(SAFE_MODE),
                                      QF_FLAG_BIT(DOCKED), QF_FLAG_BIT(QUARANTINED)};
    for (size_t k = 0; k <= COUNT(unable); k++) {
        fleet_stand s;
        begin_crew(*state, HEAD BOTS("crew", 2), two_tasks, 1, 1, &s);
        put(&s, 0, 98, 0, 0);
        put(&s, 1, 600, 0, 0);
        meet(&s, 0);
        meet(&s, 1);
        assert_int_equal(INTEGER(&s, TASK_SINCE, 0), 1);
        if (k < COUNT(unable)) {
            *flags_at(&s, 0) |= unable[k];
        } else {
            INTEGER(&s, GUIDANCE, 0) = 1;
        }
        const uint64_t quarantined = QF_FLAG_BIT(QUARANTINED);
        meet(&s, 2);
        assert_int_equal(INTEGER(&s, TASK, 1), 0);
        const bool frozen = k < COUNT(unable) && unable[k] == quarantined;
        assert_int_equal(INTEGER(&s, TASK, 0), frozen ? 0 : -1);
        assert_int_equal(count_events(&s, QF_EVENT_TASK_LOST, 0), !frozen);
        end_stand(&s);
    }
}

static void a_task_waits_for_its_time_and_for_its_worth(void **state)
{
    static const qf_task_spec tasks[] = {
        {.position_m = {10, 0, 0}, .value = 50.0, .from_s = 2.0},
        {.position_m = {0, 100, 0}, .value = 100.0},
    };
    fleet_stand s;
    begin_crew(*state, HEAD BOTS("crew", 2), tasks, 2, 1, &s);
    for (int64_t tick = 0; tick < 4; tick++) {
        meet(&s, tick);
        assert_tasks(&s, -1, -1);
    }
    meet(&s, 4);
    assert_true((INTEGER(&s, TASK, 0) == 0) != (INTEGER(&s, TASK, 1) == 0));
    end_stand(&s);
}

/* each world has its own: the second's vehicles are farther, but for themselves */
static void worlds_do_their_own_tasks(void **state)
{
    fleet_stand s;
    begin_crew(*state, "worlds: 2\n" HEAD BOTS("crew", 2), two_tasks, 2, 1, &s);
    put(&s, 0, 500, 0, 0);
    put(&s, 1, 100, 0, 0);
    put(&s, 2, 120, 0, 0);
    put(&s, 3, 700, 0, 0);
    meet(&s, 0);
    assert_tasks(&s, 1, 0, 0, 1);
    meet(&s, 1);
    assert_tasks(&s, -1, 0, 0, 1);
    assert_int_equal(s.n_events, 1);
    end_stand(&s);
}

/* a vehicle that comes back to its tasks goes there again, if behaviours with targets are looked at in between */
static void the_place_is_shown_again_when_tasks_go_on(void **state)
{
    fleet_stand s;
    begin_crew(*state, HEAD BOTS("crew", 1), two_tasks, 1, 4, &s);
    meet(&s, 0);
    NUMBER(&s, TARGET_X, 0) = -7.0;
    INTEGER(&s, TARGET, 0) = 0;
    qf_tasks_show(&s.fleet, &s.fleet.groups[0], slot_of(&s, 0), 1);
    assert_true(NUMBER(&s, TARGET_X, 0) == 100.0);
    assert_int_equal(INTEGER(&s, TARGET, 0), -1);
    INTEGER(&s, GUIDANCE, 0) = 1;
    NUMBER(&s, TARGET_X, 0) = -7.0;
    qf_tasks_show(&s.fleet, &s.fleet.groups[0], slot_of(&s, 0), 1);
    assert_true(NUMBER(&s, TARGET_X, 0) == -7.0);
    end_stand(&s);
}

/* tasks beyond the first words of bits, and a hash that knows of each */
static void the_last_task_there_can_be_is_done_like_the_first(void **state)
{
    static qf_task_spec many[QF_TASKS_MOST + 1];
    for (size_t t = 0; t <= QF_TASKS_MOST; t++) {
        many[t] = (qf_task_spec){.position_m = {1e5 * (double)t, 0, 0}, .value = 1e4};
    }
    fleet_stand s;
    begin_crew(*state, HEAD BOTS("crew", 1), many, QF_TASKS_MOST, 1, &s);
    uint64_t before, after;
    for (size_t t = 0; t < QF_TASKS_MOST; t += 73) {
        put(&s, 0, 1e5 * (double)t, 0, 0);
        meet(&s, 2 * (int64_t)t);
        assert_int_equal(INTEGER(&s, TASK, 0), t);
        assert_int_equal(qf_fleet_world_hashes(&s.f->context, &s.fleet, &before), QF_OK);
        meet(&s, 2 * (int64_t)t + 1);
        assert_int_equal(INTEGER(&s, TASK, 0), -1);
        INTEGER(&s, TASK, 0) = (int64_t)t;
        INTEGER(&s, TASKS_DONE, 0)--;
        assert_int_equal(qf_fleet_world_hashes(&s.f->context, &s.fleet, &after), QF_OK);
        assert_true(before != after);
        INTEGER(&s, TASK, 0) = -1;
    }
    put(&s, 0, 9e5, 0, 0); /* whose bit is where that of task 73 is, in another word */
    meet(&s, 2000);
    assert_int_equal(INTEGER(&s, TASK, 0), 9);
    void *user;
    s.f->scenario.auction.n_tasks = QF_TASKS_MOST + 1;
    assert_int_equal(s.stage->open(&s.f->context, &s.fleet, &user), QF_ERROR_SCENARIO);
    end_stand(&s);
}

/* gains are value less way, and a tenth more: they must be numbers */
static void a_value_beyond_all_numbers_is_refused_by_its_name(void **state)
{
    fleet_stand s;
    qf_task_spec tasks[2] = {two_tasks[0], two_tasks[1]};
    tasks[1].value = 1e300;
    begin_crew(*state, HEAD BOTS("crew", 2), tasks, 2, 1, &s);
    put(&s, 0, 500, 0, 0);
    meet(&s, 0);
    assert_tasks(&s, 1, 0);
    void *user;
    tasks[1].value = 1.7e308;
    assert_int_equal(s.stage->open(&s.f->context, &s.fleet, &user), QF_ERROR_SCENARIO);
    assert_non_null(strstr(s.f->context.error, "far"));
    end_stand(&s);
}

/* 300 vehicles of 3 worlds drive about while tasks are auctioned: hashes by threads and batches */
static void run_crew(fixture *f, const char *head, int n_threads, uint64_t *hashes)
{
    static qf_task_spec tasks[60];
    fleet_stand s;
    char text[2048];
    for (size_t t = 0; t < COUNT(tasks); t++) {
        tasks[t] = (qf_task_spec){.position_m = {(double)(t * 37 % 60) * 10.0, (double)t * 10.0, 0},
                                  .value = 100.0 + 20.0 * (double)(t % 7),
                                  .work_s = (double)(t % 3),
                                  .from_s = (double)(t % 5)};
    }
    snprintf(
        text, sizeof text, "%s%s", head,
        HEAD
        "  - {name: a, kind: bot, count: 100, initial: {position_m: {uniform: {min: [0, 0, 0], "
        "max: [600, 600, 0]}}, speed_mps: 9, heading_deg: {uniform: {min: 0, max: 360}}}, "
        "hardware: {hardware_profile: {}}}\n");
    f->context.n_threads = n_threads;
    read_stand(f, text, &s);
    qf_guidance_spec *guidance = add_guidance(&s, 0, QF_GUIDANCE_TASKS, 0);
    guidance->arrival_m = 20.0;
    guidance->speed_mps = 9.0;
    f->scenario.auction =
        (qf_auction_spec){.tasks = tasks, .n_tasks = COUNT(tasks), .period_ticks = 2};
    qf_simulation *simulation;
    assert_int_equal(qf_fleet_create(&f->context, &f->scenario, &s.fleet), QF_OK);
    assert_int_equal(
        qf_simulation_create(&f->context, &s.fleet, &(qf_simulation_options){0}, &simulation),
        QF_OK);
    assert_int_equal(qf_simulation_advance(&f->context, simulation, 80, NULL, 0), QF_OK);
    assert_true(qf_simulation_event_count(simulation, QF_EVENT_TASK_DONE) > 5);
    assert_true(qf_simulation_event_count(simulation, QF_EVENT_TASK_WON) > 30);
    assert_int_equal(qf_fleet_world_hashes(&f->context, &s.fleet, hashes), QF_OK);
    qf_simulation_free(simulation);
    qf_fleet_free(&s.fleet);
    f->context.n_threads = 1;
}

static void threads_and_batches_change_nothing(void **state)
{
    uint64_t one[3], other[3];
    run_crew(*state, "worlds: 3\n", 1, one);
    for (int n_threads = 2; n_threads <= 3; n_threads++) {
        run_crew(*state, "worlds: 3\n", n_threads, other);
        assert_memory_equal(one, other, sizeof one);
    }
    run_crew(*state, "", 2, other);
    assert_true(one[0] == other[0] && one[0] != one[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_nearest_win_and_their_tasks_become_targets),
        TEST(work_takes_its_time_from_the_arrival_on),
        TEST(what_is_done_is_not_done_again),
        TEST(a_task_changes_hands_only_for_a_clear_gain),
        TEST(whoever_cannot_go_on_loses_its_task_to_another),
        TEST(a_task_waits_for_its_time_and_for_its_worth),
        TEST(worlds_do_their_own_tasks),
        TEST(the_place_is_shown_again_when_tasks_go_on),
        TEST(the_last_task_there_can_be_is_done_like_the_first),
        TEST(a_value_beyond_all_numbers_is_refused_by_its_name),
        TEST(threads_and_batches_change_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
