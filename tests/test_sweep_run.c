/* SPDX-License-Identifier: Apache-2.0 */
/* Running cases: the same bits in any batch, on any thread and in any company; outcomes and their causes. */
#include "sweep_stand.h"

#include <stdatomic.h>

/* the arena's allocator, which can be made to fail once or for good */
static atomic_long until_refused = -1; /* allocations before the next that fails; negative: never */
static atomic_bool always_refused;
static atomic_size_t n_refused;

void *aligned_alloc(size_t alignment, size_t size)
{
    void *memory = NULL;
    if (always_refused || until_refused == 0) {
        until_refused = -1;
        n_refused++;
        return NULL;
    }
    if (until_refused > 0) {
        until_refused--;
    }
    return posix_memalign(&memory, alignment, size) == 0 ? memory : NULL;
}

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
    "    hardware: " PROJECT_SOURCE_DIR "/configs/hardware/qiki_bot.json\n"
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
    set_metrics(s, texts, COUNT(texts));
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
        for (size_t b = 0; b < COUNT(batches); b++) {
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

/* of a scenario with the values of case k, after so many ticks */
static uint64_t plain_hash(const sweep_stand *s, fixture *f, uint32_t k, int64_t n_ticks)
{
    qf_fleet fleet;
    qf_simulation *simulation;
    uint64_t hash;
    load(f, scene);
    qf_group_spec *groups = (qf_group_spec *)f->scenario.groups;
    groups[1].initial[QF_INITIAL_SPEED] = qf_constant(s->values[k]);
    groups[0].hardware.parameter[QF_HW_BATTERY_CAPACITY] = qf_constant(s->values[STAND_CASES + k]);
    groups[1].rcs_dbsm = qf_constant(s->values[2 * STAND_CASES + k]);
    f->scenario.first_world = k;
    f->context.n_threads = 1;
    assert_int_equal(qf_fleet_create(&f->context, &f->scenario, &fleet), QF_OK);
    assert_int_equal(
        qf_simulation_create(&f->context, &fleet, &(qf_simulation_options){0}, &simulation), QF_OK);
    assert_int_equal(qf_simulation_advance(&f->context, simulation, n_ticks, NULL, 0), QF_OK);
    assert_int_equal(qf_fleet_world_hashes(&f->context, &fleet, &hash), QF_OK);
    qf_simulation_free(simulation);
    qf_fleet_free(&fleet);
    return hash;
}

static void a_case_has_the_hash_of_a_run_with_its_values(void **state)
{
    static sweep_stand s;
    /* whether outputs are looked at, or are left to the last tick */
    for (size_t n = 1; n <= COUNT(texts); n += COUNT(texts) - 1) {
        set_up_scene(&s, *state);
        s.spec.n_metrics = n;
        plan_scene(&s);
        assert_true(s.job.plan->looks_at_outputs == (n > 1));
        assert_int_equal(run_sweep(&s, 2, 64), QF_OK);
        for (uint32_t k = 0; k < STAND_CASES; k += 97) {
            assert_true(plain_hash(&s, s.f, k, 60) == s.table[k].result.hash);
        }
        tear_down_sweep(&s);
    }
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
    s.job.n_cases = COUNT(some);
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
    for (uint32_t k = 0; k < STAND_CASES; k += 29) {
        assert_true(plain_hash(&s, s.f, k, first[k].result.ticks) == first[k].result.hash);
    }
    tear_down_sweep(&s);
}

static void what_befalls_vehicles_after_their_case_is_not_its_outcome(void **state)
{
    static sweep_stand s;
    set_up_scene(&s, *state);
    s.spec.until = "time_s >= if(min(speed_mps over comers) > 1e11, 1 s, 2 s)";
    plan_scene(&s);
    s.values[3] = 7e11; /* m/s: out of the world, but not in its first second */
    assert_int_equal(run_sweep(&s, 1, 10), QF_OK);
    assert_int_equal(s.table[3].result.outcome, QF_OUTCOME_OK);
    assert_int_equal(s.table[3].result.ticks, 10);
    s.spec.until = "time_s >= 2 s";
    qf_arena_free(&s.arena);
    plan_scene(&s);
    assert_int_equal(run_sweep(&s, 1, 10), QF_OK);
    assert_int_equal(s.table[3].result.outcome, QF_OUTCOME_QUARANTINED);
    assert_int_equal(s.table[4].result.outcome, QF_OUTCOME_OK);
    tear_down_sweep(&s);
}

/* stages that tell events while nobody else works take a list by the number of the thread */
static void threads_keep_to_their_own_simulations(void **state)
{
    static sweep_stand s;
    static stand_case first[STAND_CASES];
    static const char *const told[] = {"count(event 400)", "count(event 401)", "count(event 520)",
                                       "count(event 532)", "count(event 920)"};
    load_file(*state, TEST_SOURCE_DIR "/golden/ships_free.yaml", NULL, 0);
    set_up_sweep(&s, *state, 0);
    set_metrics(&s, told, COUNT(told));
    plan_scene(&s);
    s.job.n_cases = 12;
    assert_int_equal(run_sweep(&s, 1, 12), QF_OK);
    memcpy(first, s.table, sizeof first);
    assert_int_equal(run_sweep(&s, 3, 2), QF_OK);
    double n[5] = {0};
    for (uint32_t k = 0; k < 12; k++) {
        assert_same_case(&s, &s.table[k], &first[k], k);
        for (size_t m = 0; m < 5; m++) {
            n[m] += first[k].metrics[m];
        }
    }
    assert_true(n[0] > 0.0 && n[1] > 0.0 && n[3] > 0.0);
    tear_down_sweep(&s);
}

/* ---- structural parameters ---- */

static const double ambients_c[] = {-60.0, 20.0, 45.0, 99.0};

/* parameter 3: a constant of the scenario; the last of its values is one that cannot be run */
static qf_status read_scene(void *user, qf_context *context, const uint32_t *numbers, size_t n,
                            qf_arena *arena, qf_scenario *scenario, const qf_metric_plan **plan)
{
    (void)n;
    const uint32_t number = numbers[0];
    sweep_stand *s = user;
    const double ambient_c = s->values[3 * STAND_CASES + number];
    if (ambient_c == ambients_c[3]) {
        return qf_fail(context, QF_ERROR_SCENARIO, "too hot for case %u", number);
    }
    char override[64];
    const char *overrides[] = {override};
    snprintf(override, sizeof override, "environment.ambient_c=%.17g", ambient_c);
    qf_diagnostics diagnostics;
    qf_diagnostics_init(&diagnostics);
    const qf_status status =
        qf_scenario_read(context, "s.yaml", overrides, 1, &diagnostics, scenario);
    qf_diagnostics_free(&diagnostics);
    if (status != QF_OK) {
        return status;
    }
    *(qf_number *)&scenario->groups[1].initial[QF_INITIAL_SPEED] =
        (qf_number){.kind = QF_NUMBER_CASE, .items = s->values, .n_items = STAND_CASES};
    qf_metric_spec *metrics = qf_arena_array(arena, STAND_METRICS, sizeof *metrics);
    memcpy(metrics, s->metrics, sizeof s->metrics);
    *plan = plan_metrics(s, arena, scenario, metrics);
    return QF_OK;
}

static void set_up_structure(sweep_stand *s, fixture *f)
{
    static const char *const warm[] = {"min(min(soc_pct over watcher))",
                                       "max(max(temp_core_c over comers))"};
    load(f, scene);
    set_up_sweep(s, f, 4);
    scale_values(s, 0, 1.0, 30.0);
    pack(s, 0, "speed", &f->scenario.groups[1].initial[QF_INITIAL_SPEED]);
    s->parameters[1] = s->parameters[2] = (qf_sweep_parameter){.name = "unused"};
    pack(s, 3, "ambient", NULL);
    for (size_t k = 0; k < STAND_CASES; k++) {
        double *value = &s->values[3 * STAND_CASES + k];
        *value = k % 50 == 7 ? ambients_c[3] : ambients_c[(size_t)(3.0 * *value)];
    }
    set_metrics(s, warm, COUNT(warm));
    s->job.read = read_scene;
}

static void cases_of_one_batch_agree_in_what_is_not_packed(void **state)
{
    static sweep_stand s;
    static stand_case first[STAND_CASES];
    set_up_structure(&s, *state);
    assert_int_equal(run_sweep(&s, 1, 1), QF_OK);
    memcpy(first, s.table, sizeof first);
    static const size_t batches[] = {10, 64, 0};
    for (int n_threads = 1; n_threads <= 2; n_threads++) {
        for (size_t b = 0; b < COUNT(batches); b++) {
            assert_int_equal(run_sweep(&s, n_threads, batches[b]), QF_OK);
            for (uint32_t k = 0; k < STAND_CASES; k++) {
                assert_same_case(&s, &s.table[k], &first[k], k);
            }
        }
    }
    /* the bodies that wait in the warm are warmer */
    for (uint32_t k = 0; k < STAND_CASES; k++) {
        const double ambient_c = s.values[3 * STAND_CASES + k];
        assert_true(ambient_c == ambients_c[3] ||
                    (first[k].metrics[1] > first[0].metrics[1]) ==
                        (ambient_c > s.values[3 * STAND_CASES]) ||
                    ambient_c == s.values[3 * STAND_CASES]);
    }
    tear_down_sweep(&s);
}

static void a_case_that_cannot_be_read_fails_with_its_cause(void **state)
{
    static sweep_stand s;
    set_up_structure(&s, *state);
    assert_int_equal(run_sweep(&s, 2, 64), QF_OK);
    for (uint32_t k = 0; k < STAND_CASES; k++) {
        char cause[32] = "";
        if (k % 50 == 7) {
            snprintf(cause, sizeof cause, "too hot for case %u", k);
        }
        assert_int_equal(s.table[k].n_taken, 1);
        assert_int_equal(s.table[k].result.outcome,
                         k % 50 == 7 ? QF_OUTCOME_FAILED : QF_OUTCOME_OK);
        assert_string_equal(s.table[k].result.cause, cause);
        assert_true((s.table[k].result.hash == 0) == (k % 50 == 7));
        assert_true(isnan(s.table[k].metrics[0]) == (k % 50 == 7));
    }
    tear_down_sweep(&s);
}

/* ---- outcomes ---- */

static void a_quarantined_vehicle_is_the_outcome_of_its_case_alone(void **state)
{
    static sweep_stand s;
    static stand_case healthy[STAND_CASES];
    set_up_scene(&s, *state);
    plan_scene(&s);
    assert_int_equal(run_sweep(&s, 1, 64), QF_OK);
    memcpy(healthy, s.table, sizeof healthy);
    s.values[70] = 1e17; /* m/s: soon beyond what there is */
    s.values[90] = (double)NAN;
    for (size_t batch = 1; batch <= 128; batch += 127) {
        assert_int_equal(run_sweep(&s, 2, batch), QF_OK);
        for (uint32_t k = 0; k < STAND_CASES; k++) {
            if (k != 70 && k != 90) {
                assert_same_case(&s, &s.table[k], &healthy[k], k);
            }
        }
        assert_int_equal(s.table[70].result.outcome, QF_OUTCOME_QUARANTINED);
        assert_int_equal(s.table[90].result.outcome, QF_OUTCOME_QUARANTINED);
        assert_true(strncmp(s.table[70].result.cause, "tick 1: comers-0: ", 18) == 0);
        assert_non_null(strstr(s.table[70].result.cause, " out of range ("));
        assert_true(strncmp(s.table[90].result.cause, "tick ", 5) == 0);
        assert_non_null(strstr(s.table[90].result.cause, ": comers-0: "));
        assert_non_null(strstr(s.table[90].result.cause, " not finite"));
        assert_int_equal(s.table[70].result.ticks, 60);
    }
    tear_down_sweep(&s);
}

/* ---- ends before the end ---- */

static atomic_int stop;

static qf_status take_and_stop(void *user, qf_context *context, const qf_case_result *results,
                               size_t n)
{
    const qf_status status = take_results(user, context, results, n);
    stop = 1;
    return status;
}

static int to_stop; /* what read_and_stop asks for */

static qf_status read_and_stop(void *user, qf_context *context, const uint32_t *numbers, size_t n,
                               qf_arena *arena, qf_scenario *scenario, const qf_metric_plan **plan)
{
    const qf_status status = read_scene(user, context, numbers, n, arena, scenario, plan);
    stop = to_stop;
    return status;
}

static size_t n_taken(const sweep_stand *s)
{
    size_t n = 0;
    for (size_t k = 0; k < STAND_CASES; k++) {
        n += s->table[k].n_taken;
    }
    return n;
}

static void stopping_ends_the_batches_under_way_or_leaves_them(void **state)
{
    static sweep_stand s;
    set_up_structure(&s, *state);
    s.job.stop = &stop;
    s.job.read = read_and_stop;
    stop = 0;
    to_stop = 2;
    assert_int_equal(run_sweep(&s, 1, 30), QF_INTERRUPTED);
    assert_int_equal(n_taken(&s), 0);
    stop = 0;
    to_stop = 1;
    assert_int_equal(run_sweep(&s, 1, 30), QF_INTERRUPTED);
    assert_int_equal(s.n_takes, 1);
    tear_down_sweep(&s);
    set_up_structure(&s, *state);
    s.job.stop = &stop;
    stop = 0;
    s.job.read = read_scene;
    s.job.take = take_and_stop;
    assert_int_equal(run_sweep(&s, 1, 30), QF_INTERRUPTED);
    assert_int_equal(s.n_takes, 1);
    assert_true(n_taken(&s) > 0 && n_taken(&s) <= 30);
    assert_string_equal(s.f->context.error, "interrupted");
    tear_down_sweep(&s);
}

static void what_cannot_be_taken_ends_the_run(void **state)
{
    static sweep_stand s;
    set_up_scene(&s, *state);
    plan_scene(&s);
    s.fail_at = 3;
    assert_int_equal(run_sweep(&s, 2, 20), QF_ERROR_DISK_FULL);
    assert_string_equal(s.f->context.error, "there is no more room");
    assert_int_equal(s.n_takes, 3);
    assert_int_equal(n_taken(&s), 40);
    tear_down_sweep(&s);
}

static void less_memory_makes_smaller_batches(void **state)
{
    static sweep_stand s;
    static stand_case first[STAND_CASES];
    set_up_scene(&s, *state);
    plan_scene(&s);
    assert_int_equal(run_sweep(&s, 1, 10), QF_OK);
    memcpy(first, s.table, sizeof first);
    n_refused = 0;
    for (long before = 0; before < 28; before += 7) {
        until_refused = before;
        assert_int_equal(run_sweep(&s, 1, 300), QF_OK);
        for (uint32_t k = 0; k < STAND_CASES; k++) {
            assert_same_case(&s, &s.table[k], &first[k], k);
        }
    }
    if (n_refused == 0) {
        skip(); /* a checker's own allocator stands before ours */
    }
    assert_int_equal(n_refused, 4);
    always_refused = true;
    const qf_status status = run_sweep(&s, 1, 300);
    always_refused = false;
    assert_int_equal(status, QF_ERROR_MEMORY);
    assert_int_equal(n_taken(&s), 0);
    tear_down_sweep(&s);
}

/* ---- functions ---- */

#define PI 3.141592653589793

static double mean_of(const sweep_stand *s, size_t n)
{
    double sum = 0.0;
    for (size_t k = 0; k < n; k++) {
        sum += s->table[k].metrics[0];
    }
    return sum / (double)n;
}

/* the middles of n[0] times n[1] times n[2] cells of [low, high) */
static void lay_grid(sweep_stand *s, const size_t n[3], double low, double high)
{
    const size_t n_cases = n[0] * n[1] * n[2];
    assert_true(n_cases <= STAND_CASES);
    for (size_t k = 0; k < n_cases; k++) {
        const size_t at[3] = {k / (n[1] * n[2]), k / n[2] % n[1], k % n[2]};
        for (size_t p = 0; p < 3; p++) {
            s->values[p * STAND_CASES + k] =
                low + (high - low) * ((double)at[p] + 0.5) / (double)n[p];
        }
    }
    s->job.n_cases = n_cases;
}

static void set_up_function(sweep_stand *s, fixture *f, qf_function function,
                            const double *coefficients, size_t n)
{
    static const char *const of_value[] = {"0", "m0 > 1", "m0 - parameter.x"};
    load(f, scene);
    set_up_sweep(s, f, 3);
    s->parameters[0].name = "x";
    s->parameters[1].name = "y";
    s->parameters[2].name = "z";
    s->spec.function = function;
    s->spec.coefficients = coefficients;
    s->spec.n_coefficients = n;
    set_metrics(s, of_value, COUNT(of_value));
    plan_scene(s);
}

/* a sum over whole periods at equal distances is the integral */
static void ishigamis_function_has_its_mean_and_its_values(void **state)
{
    static sweep_stand s;
    static const double coefficients[] = {7.0, 0.1};
    set_up_function(&s, *state, QF_FUNCTION_ISHIGAMI, coefficients, 2);
    lay_grid(&s, (const size_t[]){6, 6, 8}, -PI, PI);
    assert_int_equal(run_sweep(&s, 2, 0), QF_OK);
    assert_true(fabs(mean_of(&s, 288) - 3.5) < 1e-12);
    for (size_t k = 0; k < 288; k++) {
        const double x[3] = {s.values[k], s.values[STAND_CASES + k], s.values[2 * STAND_CASES + k]};
        const double value =
            sin(x[0]) + 7.0 * sin(x[1]) * sin(x[1]) + 0.1 * pow(x[2], 4.0) * sin(x[0]);
        assert_true(fabs(s.table[k].metrics[0] - value) < 1e-12);
        assert_true(s.table[k].metrics[1] == (s.table[k].metrics[0] > 1.0));
        assert_true(s.table[k].metrics[2] == s.table[k].metrics[0] - x[0]);
        assert_int_equal(s.table[k].result.outcome, QF_OUTCOME_OK);
        assert_true(k == 0 || (s.table[k].result.hash == s.table[k - 1].result.hash) ==
                                  same_bits(s.table[k].metrics[0], s.table[k - 1].metrics[0]));
    }
    tear_down_sweep(&s);
}

static void sobols_g_has_its_mean_and_its_values(void **state)
{
    static sweep_stand s;
    static const double coefficients[] = {0.0, 1.0, 4.5};
    set_up_function(&s, *state, QF_FUNCTION_SOBOL_G, coefficients, 3);
    lay_grid(&s, (const size_t[]){6, 6, 8}, 0.0, 1.0);
    assert_int_equal(run_sweep(&s, 1, 7), QF_OK);
    assert_true(fabs(mean_of(&s, 288) - 1.0) < 1e-12);
    static const double corners[][2] = {{0.0, 2.0 * 1.5 * (6.5 / 5.5)}, /* x, all alike */
                                        {1.0, 2.0 * 1.5 * (6.5 / 5.5)},
                                        {0.5, 0.0}};
    for (size_t i = 0; i < 3; i++) {
        for (size_t p = 0; p < 3; p++) {
            s.values[p * STAND_CASES] = corners[i][0];
        }
        assert_true(fabs(qf_function_value(&s.spec, &s.design, 0) - corners[i][1]) < 1e-12);
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
        TEST(what_befalls_vehicles_after_their_case_is_not_its_outcome),
        TEST(threads_keep_to_their_own_simulations),
        TEST(cases_of_one_batch_agree_in_what_is_not_packed),
        TEST(a_case_that_cannot_be_read_fails_with_its_cause),
        TEST(a_quarantined_vehicle_is_the_outcome_of_its_case_alone),
        TEST(stopping_ends_the_batches_under_way_or_leaves_them),
        TEST(what_cannot_be_taken_ends_the_run),
        TEST(less_memory_makes_smaller_batches),
        TEST(ishigamis_function_has_its_mean_and_its_values),
        TEST(sobols_g_has_its_mean_and_its_values),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
