/* SPDX-License-Identifier: Apache-2.0 */
/* When vehicles break and are repaired, and what the power-on self-test makes of it. */
#include "incident_scene.h"

/* P(X <= k) and P(X >= k) of a binomial, summed term by term */
static void binomial_tails(size_t n, double p, size_t k, double *below, double *above)
{
    *below = 0.0;
    *above = 0.0;
    for (size_t i = 0; i <= n; i++) {
        const double share =
            exp(lgamma((double)n + 1) - lgamma((double)i + 1) - lgamma((double)(n - i) + 1) +
                (double)i * log(p) + (double)(n - i) * log1p(-p));
        *below += i <= k ? share : 0.0;
        *above += i >= k ? share : 0.0;
    }
}

static void assert_binomial(size_t n, double p, size_t k)
{
    double below;
    double above;
    binomial_tails(n, p, k, &below, &above);
    if (below < 1e-4 || above < 1e-4) {
        fail_msg("%zu of %zu at %g: the tails are %g and %g", k, n, p, below, above);
    }
}

static void without_a_self_test_a_vehicle_is_ready_at_once(void **state)
{
    (void)state;
    vehicles v;
    diary d = {0};
    start(&v, &(scene){.hardware = DEVICES});
    assert_true(FLAG(&v, BIOS_READY, 0));
    advance_and_note(&v, 3, &d);
    assert_told(&d, 0, "0:100/-1 0:101/-1");
    assert_true(FLAG(&v, BIOS_READY, 0));
    forget(&d);
    finish(&v);
}

static void a_self_test_takes_its_time_rounded_up(void **state)
{
    (void)state;
    vehicles v;
    diary d = {0};
    start(&v, &(scene){.count = 3,
                       .dt_s = 0.5,
                       .hardware = DEVICES,
                       .more = "bios: {post_s: {grid: [1.0, 1.1, 0]}},"});
    for (int tick = 0; tick < 6; tick++) {
        assert_int_equal(FLAG(&v, BIOS_READY, 0), tick > 2);
        assert_int_equal(FLAG(&v, BIOS_READY, 1), tick > 3);
        assert_int_equal(FLAG(&v, BIOS_READY, 2), tick > 1); /* at least one */
        advance_and_note(&v, 1, &d);
    }
    assert_told(&d, 0, "0:100/-1 2:101/-1");
    assert_told(&d, 1, "0:100/-1 3:101/-1");
    assert_told(&d, 2, "0:100/-1 1:101/-1");
    forget(&d);
    finish(&v);
}

static void a_device_that_fails_the_self_test_comes_back(void **state)
{
    (void)state;
    vehicles v;
    diary d = {0};
    start(&v, &(scene){.hardware = DEVICES,
                       .more = "bios: {post_s: 2, devices: {left-1: {probability: 1, repair_s: 3},"
                               " imu_a: {probability: 1, repair_s: 5}}},"});
    advance_and_note(&v, 3, &d);
    assert_int_equal(down(&v, 0), 1 << LEFT | 1 << IMU_A);
    assert_false(FLAG(&v, BIOS_READY, 0));
    advance_and_note(&v, 3, &d);
    assert_int_equal(down(&v, 0), 1 << IMU_A);
    assert_false(FLAG(&v, BIOS_READY, 0));
    advance_and_note(&v, 2, &d);
    assert_int_equal(down(&v, 0), 0);
    assert_true(FLAG(&v, BIOS_READY, 0)); /* without another test */
    assert_told(&d, 0, "0:100/-1 2:202/0 2:202/1 2:102/-1 5:200/0 7:200/1");
    static const double n_down[] = {-1, 1, 2, 2, 1, 0};
    for (size_t i = 1; i < d.n; i++) {
        assert_exact(d.events[i].value, n_down[i]);
    }
    forget(&d);
    finish(&v);
}

static void a_device_that_is_not_there_is_never_ready(void **state)
{
    (void)state;
    vehicles v;
    diary d = {0};
    start(&v, &(scene){.hardware = DEVICES, .more = "bios: {post_s: 2, missing: [eye]},"});
    assert_true(FLAG(&v, RADAR_BROKEN, 0));
    for (int tick = 0; tick < 50; tick++) {
        advance_and_note(&v, 1, &d);
        assert_false(FLAG(&v, BIOS_READY, 0));
        assert_int_equal(down(&v, 0), 1 << EYE);
    }
    assert_told(&d, 0, "0:100/-1 0:202/3 2:102/-1");
    forget(&d);
    finish(&v);
}

static void post(vehicles *v)
{
    qf_incidents_post(&v->fleet, &v->fleet.groups[0], v->fleet.groups[0].slot_begin, v->fleet.tick);
}

static void a_self_test_starts_again_but_not_twice_in_a_tick(void **state)
{
    (void)state;
    vehicles v;
    diary d = {0};
    start(&v, &(scene){.hardware = DEVICES, .more = "bios: {post_s: 4},"});
    post(&v); /* the one that has just started */
    advance_and_note(&v, 2, &d);
    post(&v);
    post(&v);
    advance_and_note(&v, 4, &d);
    assert_false(FLAG(&v, BIOS_READY, 0));
    advance_and_note(&v, 4, &d);
    assert_true(FLAG(&v, BIOS_READY, 0));
    post(&v);
    assert_false(FLAG(&v, BIOS_READY, 0));
    advance_and_note(&v, 5, &d);
    assert_true(FLAG(&v, BIOS_READY, 0));
    assert_told(&d, 0, "0:100/-1 3:100/-1 6:101/-1 11:100/-1 14:101/-1");
    assert_int_equal(d.events[1].because->topic, QF_TOPIC_COMMAND);
    forget(&d);
    finish(&v);
}

/* by a machine in the first tick, and again later; some tests would be over at once */
static void every_self_test_draws_once(void **state)
{
    (void)state;
    static const char *const lasts_s[] = {"0", "{uniform: {min: 0, max: 0.3}}"};
    for (size_t k = 0; k < COUNT(lasts_s); k++) {
        enum { N = 1000 };
        vehicles v;
        diary d = {0};
        char more[1024];
        snprintf(more, sizeof more,
                 "bios: {post_s: %s, devices: {eye: {probability: 0.5}}}, fsm: {name: m, states: "
                 "{A: {on_enter: post, transitions: [{condition: bios_ready and time_s >= 5 s, "
                 "target: B}]}, B: {on_enter: post, terminal: true}}},",
                 lasts_s[k]);
        start(&v, &(scene){.count = N, .dt_s = 0.1, .hardware = DEVICES, .more = more});
        advance_and_note(&v, 40, &d);
        size_t n_down = 0;
        for (size_t e = 0; e < N; e++) {
            n_down += down(&v, e) != 0;
        }
        assert_binomial(N, 0.5, n_down);
        advance_and_note(&v, 40, &d);
        size_t n_ends = 0;
        for (size_t i = 0; i < d.n; i++) {
            n_ends +=
                d.events[i].code == QF_EVENT_BOOT_OK || d.events[i].code == QF_EVENT_BOOT_FAILED;
        }
        assert_int_equal(n_ends, N + (N - n_down));
        forget(&d);
        finish(&v);
    }
}

static void faults_come_at_their_tick_rounded_up(void **state)
{
    (void)state;
    static const struct {
        double dt_s;
        const char *at_s;
        int64_t tick;
    } cases[] = {{0.5, "0", 0},   {0.5, "1.25", 3}, {0.5, "1.5", 3},    {0.01, "0.07", 7},
                 {0.1, "0.3", 3}, {0.1, "0.31", 4}, {0.02, "0.58", 29}, {1, "1e-3", 1}};
    for (size_t c = 0; c < COUNT(cases); c++) {
        char more[128];
        snprintf(more, sizeof more, "faults: [{at_s: %s, sensor: imu, duration_s: 0}],",
                 cases[c].at_s);
        vehicles v;
        diary d = {0};
        start(&v, &(scene){.dt_s = cases[c].dt_s, .more = more});
        advance_and_note(&v, cases[c].tick + 3, &d);
        assert_int_equal(d.n, 4);
        assert_int_equal(d.events[2].code, QF_EVENT_FAULT);
        assert_int_equal(d.events[2].tick, cases[c].tick);
        assert_int_equal(d.events[3].code, QF_EVENT_FAULT_OVER);
        assert_int_equal(d.events[3].tick, cases[c].tick + 1); /* at least a tick */
        forget(&d);
        finish(&v);
    }
}

static void a_fault_of_a_device_is_why_it_fails(void **state)
{
    (void)state;
    vehicles v;
    diary d = {0};
    start(&v, &(scene){.hardware = DEVICES,
                       .more = "faults: [{at_s: 2, sensor: imu}, {at_s: 2, device: imu_b,"
                               " duration_s: 2}, {at_s: 3, device: imu_b, duration_s: 3}],"});
    advance_and_note(&v, 3, &d);
    assert_false(FLAG(&v, BIOS_READY, 0));
    advance_and_note(&v, 4, &d);
    assert_true(FLAG(&v, BIOS_READY, 0));
    /* the second fault finds it down, and holds it when the first ends */
    assert_told(&d, 0, "0:100/-1 0:101/-1 2:701/0 2:701/1 2:202/2 3:701/2 4:703/1 6:703/2 6:200/2");
    const qf_event *failed = &d.events[4];
    assert_int_equal(failed->n_because, 1);
    assert_int_equal(failed->because[0].topic, QF_TOPIC_FAULT);
    assert_int_equal(failed->because[0].subject, 1);
    const qf_event *over = &d.events[8];
    assert_int_equal(over->n_because, 2);
    assert_int_equal(over->because[0].subject, 2);
    assert_int_equal(over->because[1].topic, QF_TOPIC_DEVICE);
    assert_int_equal(over->because[1].subject, IMU_B);
    for (size_t i = 0; i < d.n; i++) {
        assert_int_equal(d.events[i].moment, i < 2 ? QF_MOMENT_WORLD : QF_MOMENT_COMMAND);
    }
    forget(&d);
    finish(&v);
}

static void as_many_fail_as_the_probability_says(void **state)
{
    (void)state;
    enum { N = 10000 };
    vehicles v;
    start(&v, &(scene){.count = N,
                       .seed = 5,
                       .hardware = DEVICES,
                       .more = "bios: {post_s: 1, devices: {left: {probability: 0.3},"
                               " eye: {probability: 0.3}}},"
                               "faults: [{at_s: 1, probability: 0.1, sensor: imu}],"});
    advance(&v, 2);
    size_t n_left = 0;
    size_t n_both = 0;
    size_t n_imu = 0;
    for (size_t e = 0; e < N; e++) {
        n_left += down(&v, e) >> LEFT & 1;
        n_both += (down(&v, e) >> LEFT & 1) && (down(&v, e) >> EYE & 1);
        n_imu += FLAG(&v, IMU_BROKEN, e);
    }
    assert_binomial(N, 0.3, n_left);
    assert_binomial(N, 0.09, n_both); /* each device for itself */
    assert_binomial(N, 0.1, n_imu);
    finish(&v);
}

/* of exponential waits, rounded up to ticks: geometric */
static void random_failures_wait_as_their_rate_says(void **state)
{
    (void)state;
    enum { N = 4000, TICKS = 400 };
    vehicles v;
    diary d = {0};
    start(&v, &(scene){.count = N,
                       .seed = 3,
                       .hardware = DEVICES,
                       .more = "bios: {post_s: 0, devices: {eye: {rate_per_h: 360}}},"});
    advance_and_note(&v, TICKS, &d);
    double sum = 0.0;
    size_t n = 0;
    size_t n_late = 0;
    for (size_t i = 0; i < d.n; i++) {
        if (d.events[i].code == QF_EVENT_DEVICE_FAILED) {
            sum += (double)d.events[i].tick;
            n_late += d.events[i].tick > 20;
            n++;
        }
    }
    assert_int_equal(n, N); /* once: it is never repaired */
    const double p = -expm1(-0.1);
    assert_near(sum / N, 1.0 / p, 4.0 * sqrt((1.0 - p) / (p * p) / N));
    assert_binomial(N, exp(-2.0), n_late);
    forget(&d);
    finish(&v);
}

static void repairs_take_their_time_and_failures_come_again(void **state)
{
    (void)state;
    enum { N = 500 };
    vehicles v;
    diary d = {0};
    start(&v, &(scene){.count = N,
                       .dt_s = 0.5,
                       .hardware = DEVICES,
                       .more = "bios: {post_s: 0, devices: {eye: {rate_per_h: 360,"
                               " repair_s: {uniform: {min: 2, max: 4}}}}},"});
    advance_and_note(&v, 400, &d);
    int64_t since[N] = {0};
    double sum = 0.0;
    double n = 0.0;
    for (size_t i = 0; i < d.n; i++) {
        const qf_event *event = &d.events[i];
        if (event->code == QF_EVENT_DEVICE_FAILED) {
            since[event->entity] = event->tick;
        } else if (event->code == QF_EVENT_DEVICE_OK) {
            const int64_t ticks = event->tick - since[event->entity];
            assert_in_range(ticks, 4, 8);
            sum += (double)ticks;
            n += 1.0;
        }
    }
    /* 5, 6, 7 or 8 ticks, each as likely; a cycle takes 10.25 s and 3.25 s of 200 s */
    assert_true(n > 12.0 * N && n < 17.0 * N);
    assert_near(sum / n, 6.5, 4.0 * sqrt(1.25 / n));
    forget(&d);
    finish(&v);
}

static const char many_ways[] =
    "bios: {post_s: {uniform: {min: 1, max: 5}}, failure: {probability: 0.2, rate_per_h: 100,"
    " repair_s: {uniform: {min: 2, max: 9}}}},"
    "faults: [{rate_per_h: 200, thruster: 0, stuck: on, duration_s: 3},"
    " {at_s: {uniform: {min: 1, max: 20}}, probability: 0.7, battery_cell: 0.3, duration_s: 4},"
    " {rate_per_h: 100, set: {heading_deg: {uniform: {min: 0, max: 360}}}}],";

#define THRUSTERS                                                                                  \
    ", propulsion_plane: {thrusters: [{index: 0, position_m: [0, 1, 0], direction: [1, 0, 0],"     \
    " f_max_newton: 50}, {index: 1, position_m: [0, -1, 0], direction: [1, 0, 0],"                 \
    " f_max_newton: 50}]}"

static void what_happens_does_not_depend_on_threads_or_blocks(void **state)
{
    (void)state;
    enum { FEW = 300, MANY = 700, TICKS = 30 };
    uint64_t hash[2];
    vehicles v[2];
    for (int n_threads = 1; n_threads <= 3; n_threads += 2) {
        start(&v[0], &(scene){.count = MANY,
                              .seed = 9,
                              .n_threads = n_threads,
                              .hardware = DEVICES THRUSTERS,
                              .more = many_ways});
        advance(&v[0], TICKS);
        assert_int_equal(qf_fleet_world_hashes(&v[0].context, &v[0].fleet, &hash[n_threads / 2]),
                         QF_OK);
        finish(&v[0]);
    }
    assert_true(hash[0] == hash[1]);
    for (size_t k = 0; k < 2; k++) {
        start(&v[k], &(scene){.count = k == 0 ? FEW : MANY,
                              .seed = 9,
                              .hardware = DEVICES THRUSTERS,
                              .more = many_ways});
        advance(&v[k], TICKS);
    }
    size_t n_down = 0;
    for (size_t e = 0; e < FEW; e++) {
        assert_int_equal(down(&v[0], e), down(&v[1], e));
        assert_exact(VALUE(&v[0], HEADING, e), VALUE(&v[1], HEADING, e));
        assert_exact(VALUE(&v[0], PROPELLANT, e), VALUE(&v[1], PROPELLANT, e));
        assert_exact(VALUE(&v[0], BATTERY_WH, e), VALUE(&v[1], BATTERY_WH, e));
        n_down += down(&v[0], e) != 0;
    }
    assert_in_range(n_down, FEW / 4, FEW - 1);
    finish(&v[0]);
    finish(&v[1]);
}

static void another_seed_breaks_others(void **state)
{
    (void)state;
    enum { N = 200 };
    uint64_t first[N];
    size_t n_different = 0;
    for (uint64_t seed = 1; seed <= 2; seed++) {
        vehicles v;
        start(&v, &(scene){.count = N,
                           .seed = seed,
                           .hardware = DEVICES,
                           .more = "bios: {post_s: 1, failure: {probability: 0.5}},"});
        advance(&v, 2);
        for (size_t e = 0; e < N; e++) {
            n_different += seed == 2 && down(&v, e) != first[e];
            first[e] = down(&v, e);
        }
        finish(&v);
    }
    assert_in_range(n_different, N * 8 / 10, N); /* 15 of 16 differ */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_a_self_test_a_vehicle_is_ready_at_once),
        cmocka_unit_test(a_self_test_takes_its_time_rounded_up),
        cmocka_unit_test(a_device_that_fails_the_self_test_comes_back),
        cmocka_unit_test(a_device_that_is_not_there_is_never_ready),
        cmocka_unit_test(a_self_test_starts_again_but_not_twice_in_a_tick),
        cmocka_unit_test(every_self_test_draws_once),
        cmocka_unit_test(faults_come_at_their_tick_rounded_up),
        cmocka_unit_test(a_fault_of_a_device_is_why_it_fails),
        cmocka_unit_test(as_many_fail_as_the_probability_says),
        cmocka_unit_test(random_failures_wait_as_their_rate_says),
        cmocka_unit_test(repairs_take_their_time_and_failures_come_again),
        cmocka_unit_test(what_happens_does_not_depend_on_threads_or_blocks),
        cmocka_unit_test(another_seed_breaks_others),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
