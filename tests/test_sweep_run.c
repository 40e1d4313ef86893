/* SPDX-License-Identifier: Apache-2.0 */
/* Running cases: the same bits in any batch, on any thread and in any company; outcomes and their causes. */
#include "sweep_stand.h"

#include <signal.h>

/* a watcher whose radar sees what comes, radios that lose messages, and draws of all kinds */
static const char scene[] =
    "schema: qfleet/1\n"
    "seed: 3\n"
    "time: {dt_s: 0.1, duration_s: 6}\n"
    "groups:\n"
    "  - name: watcher\n"
    "    kind: bot\n"
    "    count: 1\n"
    "    hardware: {hardware_profile: {power_capacity_wh: 50, power_plane: {max_bus_a: 100}}}\n"
    "    initial: {position_m: [0, 0, 0], heading_deg: {uniform: {min: 0, max: 360}}}\n"
    "    radar: " PROJECT_SOURCE_DIR "/configs/radar/watch.yaml\n"
    "    tracker: " PROJECT_SOURCE_DIR "/configs/tracker/robust.yaml\n"
    "  - name: comers\n"
    "    kind: bot\n"
    "    count: 2\n"
    "    hardware: {hardware_profile: {}}\n"
    "    initial:\n"
    "      position_m: {uniform: {min: [500, -9000, 0], max: [9000, 9000, 100]}}\n"
    "      speed_mps: 5\n"
    "    signature: {rcs_dbsm: 0, swerling: 1}\n"
    "    transponder: {mode: spoof}\n"
    "    script: [{time_s: 2, cmd: rotate, deg: {uniform: {min: -90, max: 90}}}]\n";

static const char *const texts[] = {
    "min(min(soc_pct over watcher))",
    "final(sum(speed_mps over comers)) + parameter.speed",
    "count(detection of watcher)",
    "first_time(detection of watcher)",
    "count(event 211)",
    "max(max(load_motion_w over comers))",
};

static void set_up_scene(sweep_stand *s, fixture *f)
{
    load(f, scene);
    set_up_sweep(s, f, 3);
    scale_values(s, 0, 1.0, 30.0);
    scale_values(s, 1, 20.0, 60.0);
    scale_values(s, 2, -10.0, 20.0);
    pack(s, 0, "speed", &f->scenario.groups[1].initial[QF_INITIAL_SPEED]);
    pack(s, 1, "capacity", &f->scenario.groups[0].hardware.parameter[QF_HW_BATTERY_CAPACITY]);
    pack(s, 2, "rcs", &f->scenario.groups[1].rcs_dbsm);
    set_metrics(s, texts, sizeof texts / sizeof *texts);
}

static void plan_scene(sweep_stand *s)
{
    s->job.plan = plan_metrics(s, &s->arena, &s->f->scenario, s->metrics);
}

static void batches_and_threads_change_no_bit(void **state)
{
    static sweep_stand s;
    static stand_case first[STAND_CASES];
    static const size_t batches[] = {7, 64, 4096, 0};
    set_up_scene(&s, *state);
    plan_scene(&s);
    assert_int_equal(run_sweep(&s, 1, 1), QF_OK);
    memcpy(first, s.table, sizeof first);
    for (int n_threads = 1; n_threads <= 3; n_threads++) {
        for (size_t b = 0; b < sizeof batches / sizeof *batches; b++) {
            assert_int_equal(run_sweep(&s, n_threads, batches[b]), QF_OK);
            for (uint32_t k = 0; k < STAND_CASES; k++) {
                assert_same_case(&s, &s.table[k], &first[k], k);
            }
        }
    }
    /* and they are of something: cases differ, and see */
    size_t n_seen = 0;
    for (uint32_t k = 0; k < STAND_CASES; k++) {
        assert_int_equal(first[k].result.outcome, QF_OUTCOME_OK);
        assert_int_equal(first[k].result.ticks, 60);
        assert_true(first[k].result.wall_s > 0.0);
        assert_true(k == 0 || first[k].result.hash != first[k - 1].result.hash);
        n_seen += first[k].metrics[2] > 0.0;
        assert_true(isnan(first[k].metrics[3]) == (first[k].metrics[2] == 0.0));
    }
    assert_true(n_seen > 20 && n_seen < STAND_CASES);
    tear_down_sweep(&s);
}

static void a_case_has_the_hash_of_a_run_with_its_values(void **state)
{
    static sweep_stand s;
    fixture *f = *state;
    set_up_scene(&s, f);
    plan_scene(&s);
    assert_int_equal(run_sweep(&s, 2, 64), QF_OK);
    f->context.n_threads = 1;
    for (uint32_t k = 0; k < STAND_CASES; k += 97) {
        qf_fleet fleet;
        qf_simulation *simulation;
        uint64_t hash;
        load(f, scene);
        qf_group_spec *groups = (qf_group_spec *)f->scenario.groups;
        groups[1].initial[QF_INITIAL_SPEED] = qf_constant(s.values[k]);
        groups[0].hardware.parameter[QF_HW_BATTERY_CAPACITY] =
            qf_constant(s.values[STAND_CASES + k]);
        groups[1].rcs_dbsm = qf_constant(s.values[2 * STAND_CASES + k]);
        f->scenario.first_world = k;
        assert_int_equal(qf_fleet_create(&f->context, &f->scenario, &fleet), QF_OK);
        assert_int_equal(
            qf_simulation_create(&f->context, &fleet, &(qf_simulation_options){0}, &simulation),
            QF_OK);
        assert_int_equal(qf_simulation_advance(&f->context, simulation, 60, NULL, 0), QF_OK);
        assert_int_equal(qf_fleet_world_hashes(&f->context, &fleet, &hash), QF_OK);
        assert_true(hash == s.table[k].result.hash);
        qf_simulation_free(simulation);
        qf_fleet_free(&fleet);
    }
    tear_down_sweep(&s);
}

static void some_cases_are_the_same_as_among_all(void **state)
{
    static sweep_stand s;
    static stand_case all[STAND_CASES];
    static const uint32_t some[] = {0, 5, 6, 7, 200, 299};
    set_up_scene(&s, *state);
    plan_scene(&s);
    assert_int_equal(run_sweep(&s, 2, 64), QF_OK);
    memcpy(all, s.table, sizeof all);
    s.job.cases = some;
    s.job.n_cases = sizeof some / sizeof *some;
    assert_int_equal(run_sweep(&s, 2, 4), QF_OK);
    for (size_t i = 0; i < s.job.n_cases; i++) {
        assert_same_case(&s, &s.table[some[i]], &all[some[i]], some[i]);
    }
    assert_int_equal(s.table[1].n_taken, 0);
    tear_down_sweep(&s);
}

static void a_case_that_until_ends_is_that_of_its_tick(void **state)
{
    static sweep_stand s;
    static stand_case first[STAND_CASES];
    set_up_scene(&s, *state);
    s.spec.until = "time_s >= 1 s and min(x_m over comers) > 4000 m";
    plan_scene(&s);
    assert_int_equal(run_sweep(&s, 1, 1), QF_OK);
    memcpy(first, s.table, sizeof first);
    size_t n_timed_out = 0;
    for (uint32_t k = 0; k < STAND_CASES; k++) {
        const qf_case_result *r = &first[k].result;
        n_timed_out += r->outcome == QF_OUTCOME_TIMED_OUT;
        assert_true(r->outcome == QF_OUTCOME_TIMED_OUT
                        ? r->ticks == 60 && strcmp(r->cause, "until: not within 6 s") == 0
                        : r->ticks < 60 && r->cause[0] == '\0');
    }
    assert_true(n_timed_out > 10 && n_timed_out < STAND_CASES - 10);
    assert_int_equal(run_sweep(&s, 3, 50), QF_OK);
    for (uint32_t k = 0; k < STAND_CASES; k++) {
        assert_same_case(&s, &s.table[k], &first[k], k);
    }
    tear_down_sweep(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(batches_and_threads_change_no_bit),
        TEST(a_case_has_the_hash_of_a_run_with_its_values),
        TEST(some_cases_are_the_same_as_among_all),
        TEST(a_case_that_until_ends_is_that_of_its_tick),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
