/* SPDX-License-Identifier: Apache-2.0 */
/* What metrics come to while worlds run: closed forms, what counts and what does not, and the same bits however worlds
   are put together. */
#include "failing_memory.h"
#include "metric_stand.h"

#include <malloc.h>

#define BOTS                                                                                       \
    "schema: qfleet/1\nseed: 3\ntime: {dt_s: 0.5, duration_s: 20}\n"                               \
    "groups:\n"                                                                                    \
    "  - {name: a, kind: bot, count: 3, hardware: {hardware_profile: {}}}\n"                       \
    "  - {name: b, kind: bot, count: 1, hardware: {hardware_profile: {}},\n"                       \
    "     initial: {heading_deg: 90, speed_mps: 1}}\n"

#define NONE    ((double)NAN)
#define ENDLESS ((double)INFINITY)

enum { A, B, MOST_CASES = 600 };

static uint32_t first_numbers[MOST_CASES];

static double random_of(uint64_t key)
{
    key = (key ^ key >> 31) * UINT64_C(0x9E3779B97F4A7C15);
    key = (key ^ key >> 29) * UINT64_C(0xBF58476D1CE4E5B9);
    return (double)((key ^ key >> 32) >> 11) * 0x1p-53;
}

/* ---- a straight course ---- */

static const metric_texts course = {
    .vehicles = {{QF_OVER_ONE, B, "x_m"}, {QF_OVER_ANY, B, "x_m > 7"}},
    .time = {{QF_REDUCE_INITIAL, "v0", 0, 0, 0, 0},
             {QF_REDUCE_FINAL, "v0", 0, 0, 0, 0},
             {QF_REDUCE_MIN, "v0", 0, 0, 0, 0},
             {QF_REDUCE_MAX, "v0 * 2", 0, 0, 0, 0},
             {QF_REDUCE_MEAN, "v0", 0, 0, 0, 0},
             {QF_REDUCE_QUANTILE, "v0", 0.25, 0, 0, 0},
             {QF_REDUCE_QUANTILE, "v0", 0.33, 0, 0, 0},
             {QF_REDUCE_FIRST_TIME, "v1", 0, 0, 0, 0},
             {QF_REDUCE_FIRST_TIME, "v0 > 1000", 0, 0, 0, 0},
             {QF_REDUCE_DURATION, "v1", 0, 0, 0, 0},
             {QF_REDUCE_DURATION, "v0 < 7", 0, 0, 0, 0},
             {QF_REDUCE_COUNT, "v1", 0, 0, 0, 0},
             {QF_REDUCE_ANY, "v0 > 1000", 0, 0, 0, 0},
             {QF_REDUCE_ALL, "v0 >= 0", 0, 0, 0, 0},
             {QF_REDUCE_FINAL, "time_s", 0, 0, 0, 0},
             {QF_REDUCE_FIRST_TIME, "hold(v1, 2 s)", 0, 0, 0, 0}}};

static void set_speeds(const metric_stand *s, size_t n_worlds)
{
    for (size_t w = 0; w < n_worlds; w++) {
        *cell(s, QF_FIELD_SPEED, B, w, 0) = 1.0 + 0.25 * (double)w;
    }
}

static void straight_course_has_its_closed_forms(void **state)
{
    enum { N = 5 };
    static metric_stand s;
    double metrics[STAND_MOST * N];
    load(*state, BOTS);
    begin_metrics(*state, &course, N, &s);
    set_speeds(&s, N);
    begin_simulation(&s, NULL, 0);
    simulate(&s, 1000);
    finish_metrics(&s, NULL, first_numbers, metrics);
    for (size_t w = 0; w < N; w++) {
        const double v = 1.0 + 0.25 * (double)w;
        const double crossed = floor(7.0 / (v * 0.5)) + 1.0; /* tick: of none it is on the line */
        const double expected[] = {0.0,
                                   20.0 * v,
                                   0.0,
                                   40.0 * v,
                                   10.0 * v,
                                   5.0 * v,
                                   0.33 * 20.0 * v,
                                   0.5 * crossed,
                                   NONE,
                                   0.5 * (41.0 - crossed),
                                   0.5 * (ceil(7.0 / (v * 0.5)) - 1.0),
                                   1.0,
                                   0.0,
                                   1.0,
                                   20.0,
                                   0.5 * (crossed + 4.0)};
        for (size_t m = 0; m < COUNT(expected); m++) {
            assert_near(metrics[m * N + w], expected[m]);
        }
    }
    end_metrics(&s);
}

static void looks_are_at_the_start_at_multiples_and_at_the_end(void **state)
{
    static const metric_texts texts = {
        .vehicles = {{QF_OVER_ONE, B, "x_m"}},
        .time = {{QF_REDUCE_MEAN, "tick", 0, 0, 0, 0}, {QF_REDUCE_DURATION, "true", 0, 0, 0, 0}},
        .every_ticks = 15};
    static metric_stand s;
    double metrics[2];
    load(*state, BOTS);
    begin_metrics(*state, &texts, 1, &s);
    const int64_t looks[] = {0, 15, 30, 40};
    for (size_t i = 0; i < COUNT(looks); i++) {
        assert_int_equal(qf_metric_run_next(s.run), looks[i]);
        s.fleet.tick = looks[i];
        step_metrics(&s, NULL);
    }
    assert_int_equal(qf_metric_run_next(s.run), 40);
    finish_metrics(&s, NULL, first_numbers, metrics);
    assert_near(metrics[0], 85.0 / 4.0);
    assert_near(metrics[1], 20.0);
    end_metrics(&s);
}

static void step_past_a_look_is_refused(void **state)
{
    static metric_stand s;
    fixture *f = *state;
    uint32_t over[1];
    size_t n_over;
    load(f, BOTS);
    begin_metrics(f, &course, 1, &s);
    step_metrics(&s, NULL);
    assert_int_equal(qf_metric_run_step(&f->context, s.run, NULL, over, &n_over),
                     QF_ERROR_INTERNAL);
    s.fleet.tick = 2;
    assert_int_equal(qf_metric_run_step(&f->context, s.run, NULL, over, &n_over),
                     QF_ERROR_INTERNAL);
    end_metrics(&s);
}

/* ---- over vehicles ---- */

static const metric_texts over_a_world = {.vehicles = {{QF_OVER_MIN, A, "x_m"},
                                                       {QF_OVER_MAX, A, "x_m"},
                                                       {QF_OVER_MEAN, A, "x_m"},
                                                       {QF_OVER_SUM, A, "x_m"},
                                                       {QF_OVER_COUNT, A, "x_m > 2"},
                                                       {QF_OVER_ANY, A, "x_m > 2"},
                                                       {QF_OVER_ALL, A, "x_m > 2"},
                                                       {QF_OVER_SUM, B, "x_m"},
                                                       {QF_OVER_COUNT, B, "x_m > 2"},
                                                       {QF_OVER_MAX, A, "3"}},
                                          .time = {{QF_REDUCE_INITIAL, "v0", 0, 0, 0, 0},
                                                   {QF_REDUCE_INITIAL, "v1", 0, 0, 0, 0},
                                                   {QF_REDUCE_INITIAL, "v2", 0, 0, 0, 0},
                                                   {QF_REDUCE_INITIAL, "v3", 0, 0, 0, 0},
                                                   {QF_REDUCE_INITIAL, "v4", 0, 0, 0, 0},
                                                   {QF_REDUCE_INITIAL, "v5", 0, 0, 0, 0},
                                                   {QF_REDUCE_INITIAL, "v6", 0, 0, 0, 0},
                                                   {QF_REDUCE_INITIAL, "v7", 0, 0, 0, 0},
                                                   {QF_REDUCE_INITIAL, "v8", 0, 0, 0, 0},
                                                   {QF_REDUCE_INITIAL, "v9", 0, 0, 0, 0}}};

/* the worlds' numbers one after the other, over and over, so that worlds lie across the ends of blocks */
static void vehicles_of_a_world_are_reduced(void **state)
{
    enum { N = 300 };
    const double nan = NONE;
    static const struct {
        double x[3], one, expected[10];
    } worlds[] = {
        {{1, 2, 3}, 4, {1, 3, 2, 6, 1, 1, 0, 4, 1, 3}},
        {{5, 3, 4}, -1, {3, 5, 4, 12, 3, 1, 1, -1, 0, 3}},
        {{6, 1, 5}, -1, {1, 6, 4, 12, 2, 1, 0, -1, 0, 3}},
        {{1, NONE, 5}, NONE, {1, 5, 3, 6, 1, 1, 0, NONE, 0, 3}},
        {{NONE, NONE, NONE}, 2, {NONE, NONE, NONE, NONE, 0, 0, 0, 2, 0, 3}},
        {{NONE, -7, NONE}, 3, {-7, -7, -7, -7, 0, 0, 0, 3, 1, 3}},
        {{1e100, 1, -1e100}, 0, {-1e100, 1e100, 1.0 / 3.0, 1, 1, 1, 0, 0, 0, 3}},
        {{ENDLESS, 1, 1}, 0, {1, ENDLESS, ENDLESS, ENDLESS, 1, 1, 0, 0, 0, 3}},
    };
    static metric_stand s;
    static double metrics[10 * N];
    load(*state, BOTS);
    begin_metrics(*state, &over_a_world, N, &s);
    for (size_t w = 0; w < N; w++) {
        for (size_t i = 0; i < 3; i++) {
            *cell(&s, QF_FIELD_X, A, w, i) = worlds[w % COUNT(worlds)].x[i];
        }
        *cell(&s, QF_FIELD_X, B, w, 0) = worlds[w % COUNT(worlds)].one;
    }
    step_metrics(&s, NULL);
    finish_metrics(&s, NULL, first_numbers, metrics);
    for (size_t w = 0; w < N; w++) {
        for (size_t m = 0; m < 10; m++) {
            const double expected = worlds[w % COUNT(worlds)].expected[m];
            const double found = metrics[m * N + w];
            if (isnan(expected)) { /* the one that files have */
                assert_memory_equal(&found, &nan, sizeof nan);
            } else {
                assert_true(found == expected);
            }
        }
    }
    end_metrics(&s);
}

/* ---- over time ---- */

static const metric_texts over_ticks = {.vehicles = {{QF_OVER_ONE, B, "x_m"}},
                                        .time = {{QF_REDUCE_INITIAL, "v0", 0, 0, 0, 0},
                                                 {QF_REDUCE_FINAL, "v0", 0, 0, 0, 0},
                                                 {QF_REDUCE_MIN, "v0", 0, 0, 0, 0},
                                                 {QF_REDUCE_MAX, "v0", 0, 0, 0, 0},
                                                 {QF_REDUCE_MEAN, "v0", 0, 0, 0, 0},
                                                 {QF_REDUCE_QUANTILE, "v0", 0.5, 0, 0, 0},
                                                 {QF_REDUCE_QUANTILE, "v0", 1.0, 0, 0, 0},
                                                 {QF_REDUCE_COUNT, "v0 > 2", 0, 0, 0, 0},
                                                 {QF_REDUCE_DURATION, "v0 > 2", 0, 0, 0, 0},
                                                 {QF_REDUCE_FIRST_TIME, "v0 > 2", 0, 0, 0, 0},
                                                 {QF_REDUCE_ANY, "v0 > 2", 0, 0, 0, 0},
                                                 {QF_REDUCE_ALL, "v0 > 2", 0, 0, 0, 0}}};

static void time_courses_are_reduced(void **state)
{
    enum { N = 4, TICKS = 6, METRICS = 12 };
    static const double x[N][TICKS] = {
        {3, 1, 4, 1, 5, 9},
        {NONE, 1, NONE, 7, 2, NONE},
        {NONE, NONE, NONE, NONE, NONE, NONE},
        {1e100, 1, -1e100, 3, 0, 2},
    };
    static const double expected[N][METRICS] = {
        {3, 9, 1, 9, 23.0 / 6.0, 3.5, 9, 3, 1.5, 0, 1, 0},
        {NONE, NONE, 1, 7, 10.0 / 3.0, 2, 7, 1, 0.5, 1.5, 1, 0},
        {NONE, NONE, NONE, NONE, NONE, NONE, NONE, 0, 0, NONE, 0, 0},
        {1e100, 2, -1e100, 1e100, 1, 1.5, 1e100, 2, 0.5, 0, 1, 0},
    };
    static metric_stand s;
    double metrics[METRICS * N];
    load_with(*state, BOTS, "time.duration_s=2.5");
    begin_metrics(*state, &over_ticks, N, &s);
    for (int64_t tick = 0; tick < TICKS; tick++) {
        s.fleet.tick = tick;
        for (size_t w = 0; w < N; w++) {
            *cell(&s, QF_FIELD_X, B, w, 0) = x[w][tick];
        }
        step_metrics(&s, NULL);
    }
    finish_metrics(&s, NULL, first_numbers, metrics);
    for (size_t w = 0; w < N; w++) {
        for (size_t m = 0; m < METRICS; m++) {
            const double found = metrics[m * N + w];
            if (!(found == expected[w][m] || (isnan(found) && isnan(expected[w][m])))) {
                fail_msg("world %zu, metric %zu: %.17g", w, m, found);
            }
        }
    }
    end_metrics(&s);
}

/* what a tick reports stands in its column long before there was one */
static void reports_of_ticks_are_not_looked_at_before_the_first(void **state)
{
    static const metric_texts texts = {
        .vehicles = {{QF_OVER_SUM, A, "bus_v"},
                     {QF_OVER_SUM, A, "x_m"},
                     {QF_OVER_ALL, A, "hold(bus_v > 1, 1.5 s)"}},
        .time = {{QF_REDUCE_INITIAL, "v0", 0, 0, 0, 0},
                 {QF_REDUCE_MAX, "v0", 0, 0, 0, 0},
                 {QF_REDUCE_ALL, "v0 < 50", 0, 0, 0, 0},
                 {QF_REDUCE_DURATION, "v0 < 50", 0, 0, 0, 0},
                 {QF_REDUCE_INITIAL, "v1", 0, 0, 0, 0},
                 {QF_REDUCE_FIRST_TIME, "hold(v0 > 2, 1.5 s)", 0, 0, 0, 0},
                 {QF_REDUCE_FIRST_TIME, "v2", 0, 0, 0, 0}}};
    static const double expected[] = {6, 12, 1, 1.5, 300, 2, 2};
    static metric_stand s;
    double metrics[COUNT(expected)];
    load_with(*state, BOTS, "time.duration_s=2");
    begin_metrics(*state, &texts, 1, &s);
    for (int64_t tick = 0; tick <= 4; tick++) {
        s.fleet.tick = tick;
        for (size_t i = 0; i < 3; i++) {
            *cell(&s, QF_FIELD_BUS_V, A, 0, i) = tick == 0 ? 100.0 : tick < 4 ? 2.0 : 4.0;
            *cell(&s, QF_FIELD_X, A, 0, i) = 100.0;
        }
        step_metrics(&s, NULL);
    }
    finish_metrics(&s, NULL, first_numbers, metrics);
    for (size_t m = 0; m < COUNT(expected); m++) {
        assert_near(metrics[m], expected[m]);
    }
    end_metrics(&s);
}

static void quantiles_are_those_of_a_sorted_list(void **state)
{
    (void)state;
    enum { MOST = 400 };
    for (size_t n = 1; n < MOST; n += n < 20 ? 1 : 37) {
        for (int shape = 0; shape < 4; shape++) {
            double sorted[MOST], values[MOST];
            for (size_t i = 0; i < n; i++) { /* shuffled: i * 173 visits all of a number below */
                const size_t from = shape == 3 ? i : i * 173 % n;
                sorted[i] = shape == 0 ? (double)i : shape == 1 ? (double)(i / 7) : (double)(i * i);
                values[i] = shape == 0   ? (double)from
                            : shape == 1 ? (double)(from / 7)
                                         : (double)(from * from);
            }
            for (size_t k = 0; k <= 16; k++) {
                double scratch[MOST];
                memcpy(scratch, values, sizeof values);
                const double at = (double)k / 16.0 * (double)(n - 1);
                const size_t below = (size_t)at;
                const size_t above = below + 1 < n ? below + 1 : below;
                const double share = at - (double)below;
                assert_near(qf_metric_quantile(scratch, n, (double)k / 16.0),
                            (1.0 - share) * sorted[below] + share * sorted[above]);
            }
        }
    }
    assert_true(isnan(qf_metric_quantile(NULL, 0, 0.5)));
}

/* ---- cases ---- */

static void cases_read_parameters_and_metrics_before_them(void **state)
{
    static const metric_texts texts = {
        .vehicles = {{QF_OVER_ONE, B, "x_m"}},
        .time = {{QF_REDUCE_INITIAL, "v0", 0, 0, 0, 0}, {QF_REDUCE_ANY, "v0 > 2", 0, 0, 0, 0}},
        .metrics = {"t0 + p1", "m0 * 2 + p0", "m1 > 20 and not t1", "m2"},
        .n_parameters = 2};
    enum { N = 3, CASES = 10 };
    static const uint32_t numbers[N] = {2, 5, 9};
    double values[2 * CASES], metrics[4 * N];
    for (size_t k = 0; k < CASES; k++) {
        values[k] = 100.0 * (double)k;
        values[CASES + k] = (double)k;
    }
    const qf_design design = {.n_cases = CASES, .n_parameters = 2, .values = values};
    static metric_stand s;
    load(*state, BOTS);
    begin_metrics(*state, &texts, N, &s);
    for (size_t w = 0; w < N; w++) {
        *cell(&s, QF_FIELD_X, B, w, 0) = (double)w + 0.5;
    }
    step_metrics(&s, NULL);
    finish_metrics(&s, &design, numbers, metrics);
    for (size_t w = 0; w < N; w++) {
        const double sum = (double)w + 0.5 + numbers[w];
        assert_near(metrics[w], sum);
        assert_near(metrics[N + w], 2.0 * sum + 100.0 * numbers[w]);
        assert_near(metrics[2 * N + w], w == 2 ? 0.0 : 1.0);
        assert_near(metrics[3 * N + w], w == 2 ? 0.0 : 1.0);
    }
    end_metrics(&s);
}

/* ---- batches ---- */

static const metric_texts of_batches = {
    .vehicles = {{QF_OVER_MEAN, A, "x_m"},
                 {QF_OVER_SUM, A, "x_m * soc_pct"},
                 {QF_OVER_ANY, A, "hold(x_m > 0.3, 1 s)"},
                 {QF_OVER_MIN, B, "x_m"}},
    .time = {{QF_REDUCE_MEAN, "v0", 0, 0, 0, 0},
             {QF_REDUCE_QUANTILE, "v1", 0.3, 0, 0, 0},
             {QF_REDUCE_DURATION, "v2", 0, 0, 0, 0},
             {QF_REDUCE_COUNT, "hold(v3 > v0, 1 s)", 0, 0, 0, 0},
             {QF_REDUCE_MEAN, "v3 / v0", 0, 0, 0, 0},
             {QF_REDUCE_FINAL, "v3", 0, 0, 0, 0}},
    .until = "v3 > 0.95"};

/* a case's numbers at a tick, whatever batch it is in */
static void write_case(const metric_stand *s, uint32_t number, size_t world)
{
    const uint64_t at = (uint64_t)number << 32 | (uint64_t)s->fleet.tick << 8;
    for (size_t i = 0; i < 4; i++) {
        const double x = random_of(at | i);
        *cell(s, QF_FIELD_X, i < 3 ? A : B, world, i % 3) = x < 0.02 ? NONE : x;
    }
}

static void run_batch(fixture *f, uint32_t first, size_t n, size_t n_cases, double *of_cases)
{
    static metric_stand s;
    double metrics[STAND_MOST * 64];
    begin_metrics(f, &of_batches, n, &s);
    for (int64_t tick = 0; tick <= f->scenario.n_ticks; tick++) {
        s.fleet.tick = tick;
        for (size_t w = 0; w < n; w++) {
            write_case(&s, first + (uint32_t)w, w);
        }
        step_metrics(&s, NULL);
    }
    finish_metrics(&s, NULL, first_numbers, metrics);
    for (size_t m = 0; m < s.plan.n_metrics; m++) {
        memcpy(of_cases + m * n_cases + first, metrics + m * n, n * sizeof *metrics);
    }
    end_metrics(&s);
}

static void batches_of_any_width_give_the_same_bits(void **state)
{
    enum { CASES = 64, METRICS = 6 };
    static const size_t widths[] = {64, 1, 7};
    static double metrics[3][METRICS * CASES];
    load(*state, BOTS);
    for (size_t k = 0; k < COUNT(widths); k++) {
        for (size_t first = 0; first < CASES; first += widths[k]) {
            const size_t n = CASES - first < widths[k] ? CASES - first : widths[k];
            run_batch(*state, (uint32_t)first, n, CASES, metrics[k]);
        }
        assert_memory_equal(metrics[k], metrics[0], sizeof metrics[0]);
    }
    for (size_t m = 0; m < METRICS; m++) { /* cases differ, and so do metrics */
        assert_true(metrics[0][m * CASES] != metrics[0][m * CASES + 1] || m == 3);
    }
}

/* ---- until ---- */

static void world_that_is_over_takes_no_more(void **state)
{
    enum { N = 3 };
    static const metric_texts texts = {
        .vehicles = {{QF_OVER_ONE, B, "x_m"}},
        .time = {{QF_REDUCE_FINAL, "v0", 0, 0, 0, 0},
                 {QF_REDUCE_MAX, "v0", 0, 0, 0, 0},
                 {QF_REDUCE_MEAN, "v0", 0, 0, 0, 0},
                 {QF_REDUCE_QUANTILE, "v0", 1.0, 0, 0, 0},
                 {QF_REDUCE_DURATION, "v0 >= 0", 0, 0, 0, 0},
                 {QF_REDUCE_COUNT, "tick < 5 or tick > 30", 0, 0, 0, 0},
                 {QF_REDUCE_ALL, "v0 <= 6.5", 0, 0, 0, 0},
                 {QF_REDUCE_FIRST_TIME, "tick > 30", 0, 0, 0, 0}},
        .until = "v0 > 6"};
    static metric_stand s;
    double metrics[8 * N];
    load(*state, BOTS);
    begin_metrics(*state, &texts, N, &s);
    for (int64_t tick = 0; tick <= 40; tick++) {
        s.fleet.tick = tick;
        for (size_t w = 0; w < N; w++) { /* world 1 never gets there */
            *cell(&s, QF_FIELD_X, B, w, 0) = 0.5 * (double)tick / (w == 1 ? 10.0 : 1.0);
        }
        uint32_t over[N] = {9, 9, 9};
        const size_t n_over = step_metrics(&s, over);
        assert_int_equal(n_over, tick == 13 ? 2 : 0);
        assert_true(n_over == 0 || (over[0] == 0 && over[1] == 2));
    }
    finish_metrics(&s, NULL, first_numbers, metrics);
    static const double expected[2][8] = {{6.5, 6.5, 3.25, 6.5, 6.5, 1, 1, NONE},
                                          {2, 2, 1, 2, 20, 2, 1, 15.5}};
    for (size_t w = 0; w < N; w++) {
        for (size_t m = 0; m < 8; m++) {
            assert_near(metrics[m * N + w], expected[w == 1][m]);
        }
    }
    end_metrics(&s);
}

/* ---- events and detections ---- */

enum { SENTRIES = 0, TOLD = 8 };

static const metric_texts told_of = {
    .time = {EVENTS(QF_REDUCE_COUNT, QF_ANY_CODE, QF_ANY_GROUP),
             EVENTS(QF_REDUCE_COUNT, QF_EVENT_TRACK_CONFIRMED, QF_ANY_GROUP),
             EVENTS(QF_REDUCE_COUNT, QF_ANY_CODE, 1),
             EVENTS(QF_REDUCE_FIRST_TIME, QF_EVENT_TRACK_CONFIRMED, SENTRIES),
             EVENTS(QF_REDUCE_ANY, QF_EVENT_COLLISION, QF_ANY_GROUP),
             RADAR(QF_REDUCE_COUNT, QF_REDUCED_DETECTIONS, SENTRIES),
             RADAR(QF_REDUCE_COUNT, QF_REDUCED_FALSE_ALARMS, QF_ANY_GROUP),
             RADAR(QF_REDUCE_FIRST_TIME, QF_REDUCED_DETECTIONS, QF_ANY_GROUP)}};

static void load_contacts(fixture *f, const char *duration)
{
    load_file(f, PROJECT_SOURCE_DIR "/configs/contacts.yaml", &duration, 1);
}

/* the same by the lists of a plain run of as many ticks */
static void list_told(fixture *f, size_t n_worlds, double told[TOLD][MOST_CASES])
{
    f->scenario.n_worlds = n_worlds;
    f->scenario.record.detections = true;
    f->scenario.record.detections_every_frames = 1;
    f->scenario.record.detections_min_snr_db = -ENDLESS;
    f->scenario.record.detections_false_alarms = true;
    f->scenario.record.detections_long_range = f->scenario.record.detections_short_range = true;
    qf_fleet fleet;
    qf_simulation *simulation;
    const qf_simulation_options options = {.keep_events = true};
    assert_int_equal(qf_fleet_create(&f->context, &f->scenario, &fleet), QF_OK);
    assert_int_equal(qf_simulation_create(&f->context, &fleet, &options, &simulation), QF_OK);
    assert_int_equal(qf_simulation_advance(&f->context, simulation, f->scenario.n_ticks, NULL, 0),
                     QF_OK);
    for (size_t w = 0; w < n_worlds; w++) {
        for (size_t m = 0; m < TOLD; m++) {
            told[m][w] = m == 3 || m == 7 ? NONE : 0.0;
        }
    }
    size_t n;
    const qf_event *events = qf_simulation_events(simulation, &n);
    for (size_t e = 0; e < n; e++) {
        const uint32_t w = events[e].world;
        const bool confirmed = events[e].code == QF_EVENT_TRACK_CONFIRMED;
        told[0][w]++;
        told[1][w] += confirmed;
        told[2][w] += qf_fleet_entity(&fleet, events[e].entity).group == 1;
        told[3][w] = confirmed ? fmin(told[3][w], (double)events[e].tick / 10.0) : told[3][w];
        told[4][w] = fmax(told[4][w], events[e].code == QF_EVENT_COLLISION);
    }
    const qf_detections *seen = &qf_simulation_sightings(simulation)->recorded;
    for (size_t d = 0; d < seen->n; d++) {
        const uint32_t w = qf_fleet_entity(&fleet, (size_t)seen->observer[d]).world;
        const bool noise = seen->target[d] == QF_NO_ENTITY;
        told[5][w] += !noise;
        told[6][w] += noise;
        told[7][w] = noise ? told[7][w] : fmin(told[7][w], (double)seen->tick[d] / 10.0);
    }
    qf_simulation_free(simulation);
    qf_fleet_free(&fleet);
}

static void assert_told(const double *metrics, size_t n_worlds, double told[TOLD][MOST_CASES])
{
    for (size_t w = 0; w < n_worlds; w++) {
        for (size_t m = 0; m < TOLD; m++) {
            assert_near(metrics[m * n_worlds + w], told[m][w]);
        }
    }
}

/* else all events of a run would wait */
static void few_ticks_are_told_at_once(void **state)
{
    static metric_stand s;
    load_contacts(*state, "time.duration_s=12");
    begin_metrics(*state, &told_of, 1, &s);
    step_metrics(&s, NULL);
    assert_in_range(qf_metric_run_next(s.run), 1, 119);
    end_metrics(&s);
}

static void events_and_detections_are_those_of_the_run(void **state)
{
    enum { N = 3 };
    static const int64_t strides[] = {1, 7, 1000};
    static double told[TOLD][MOST_CASES];
    static metric_stand s;
    double metrics[TOLD * N];
    load_contacts(*state, "time.duration_s=12");
    list_told(*state, N, told);
    assert_true(told[0][0] > 200 && told[1][0] > 5 && told[2][0] > 10 && told[5][0] > 50);
    assert_true(told[6][0] + told[6][1] > 0 && told[3][0] > 0);
    for (size_t k = 0; k < COUNT(strides); k++) {
        load_contacts(*state, "time.duration_s=12");
        begin_metrics(*state, &told_of, N, &s);
        begin_simulation(&s, NULL, 0);
        simulate(&s, strides[k]);
        finish_metrics(&s, NULL, first_numbers, metrics);
        assert_told(metrics, N, told);
        end_metrics(&s);
    }
}

/* at ticks at which radars look and at others, a case that ends there has what a run that ends there tells */
static void case_that_ends_has_the_events_of_a_run_that_ends(void **state)
{
    enum { N = 2 };
    static const struct {
        const char *until, *duration;
        int64_t every_ticks, stride;
    } ends[] = {
        {"tick >= 50", "time.duration_s=5", 1, 1},  {"tick >= 50", "time.duration_s=5", 5, 5},
        {"tick >= 50", "time.duration_s=5", 25, 3}, {"tick >= 53", "time.duration_s=5.3", 1, 1},
        {"tick >= 48", "time.duration_s=5", 25, 7}, {"tick >= 10", "time.duration_s=1", 1, 1},
    };
    static double told[TOLD][MOST_CASES];
    static metric_stand s;
    for (size_t k = 0; k < COUNT(ends); k++) {
        metric_texts texts = told_of;
        double metrics[TOLD * N];
        texts.until = ends[k].until;
        texts.every_ticks = ends[k].every_ticks;
        load_contacts(*state, ends[k].duration);
        list_told(*state, N, told);
        load_contacts(*state, "time.duration_s=8");
        begin_metrics(*state, &texts, N, &s);
        begin_simulation(&s, NULL, 0);
        simulate(&s, ends[k].stride);
        finish_metrics(&s, NULL, first_numbers, metrics);
        assert_told(metrics, N, told);
        end_metrics(&s);
    }
}

/* not even those of the start, which are told with the first tick */
static void case_that_ends_before_the_first_tick_has_no_events(void **state)
{
    static metric_stand s;
    metric_texts texts = told_of;
    double metrics[TOLD];
    texts.until = "tick >= 0";
    load_contacts(*state, "time.duration_s=2");
    begin_metrics(*state, &texts, 1, &s);
    begin_simulation(&s, NULL, 0);
    simulate(&s, 1000);
    finish_metrics(&s, NULL, first_numbers, metrics);
    for (size_t m = 0; m < TOLD; m++) {
        assert_near(metrics[m], m == 3 || m == 7 ? NONE : 0.0);
    }
    assert_true(qf_simulation_event_count(s.simulation, QF_EVENT_BOOT_OK) > 0);
    end_metrics(&s);
}

/* ---- quarantine ---- */

static bool strike(const qf_stage_call *call)
{
    const metric_stand *s = call->user;
    const size_t slot = s->fleet.groups[A].slot_begin + 4; /* vehicle 1 of world 1 */
    if (call->tick == 10 && slot >= call->block->slot_begin && slot < call->block->slot_end) {
        qf_f64(call->fleet, QF_FIELD_X, 0)[slot] = NONE;
    }
    return false;
}

static void quarantined_vehicle_counts_as_it_was_frozen(void **state)
{
    static const metric_texts texts = {.vehicles = {{QF_OVER_MIN, A, "x_m"},
                                                    {QF_OVER_SUM, A, "x_m"},
                                                    {QF_OVER_COUNT, A, "quarantined"},
                                                    {QF_OVER_MIN, A, "bus_v"}},
                                       .time = {{QF_REDUCE_FINAL, "v0", 0, 0, 0, 0},
                                                {QF_REDUCE_FINAL, "v1", 0, 0, 0, 0},
                                                {QF_REDUCE_FIRST_TIME, "v2 > 0", 0, 0, 0, 0},
                                                {QF_REDUCE_FINAL, "v3", 0, 0, 0, 0}}};
    static metric_stand s;
    double metrics[4 * 2];
    qf_stage stages[64];
    load_with(*state, BOTS, "groups[0].initial={heading_deg: 90, speed_mps: 2}");
    begin_metrics(*state, &texts, 2, &s);
    stages[0] = (qf_stage){.name = "blow", .phase = QF_PHASE_COMMAND, .run = strike, .user = &s};
    memcpy(stages + 1, qf_stage_table, qf_stage_count * sizeof *stages);
    begin_simulation(&s, stages, qf_stage_count + 1);
    simulate(&s, 1);
    finish_metrics(&s, NULL, first_numbers, metrics);
    assert_near(metrics[0], 40.0);
    assert_near(metrics[1], 10.0); /* of 10 ticks */
    assert_near(metrics[2], 120.0);
    assert_near(metrics[3], 90.0);
    assert_near(metrics[4], NONE);
    assert_near(metrics[5], 5.5); /* found at the end of the tick that it was struck in */
    assert_true(metrics[6] > 0.0 && metrics[7] == metrics[6]);
    end_metrics(&s);
}

/* ---- memory ---- */

static size_t bytes_in_use(void)
{
    const struct mallinfo2 all = mallinfo2();
    return all.uordblks + all.hblkhd;
}

static void run_takes_no_more_memory_than_predicted(void **state)
{
    fixture *f = *state;
    static metric_stand s;
    static const metric_texts *const texts[] = {&course, &of_batches, &told_of, &over_a_world};
    for (size_t k = 0; k < 2 * COUNT(texts); k++) {
        load(f, BOTS);
        begin_metrics(f, texts[k / 2], k % 2 ? 600 : 1, &s);
        qf_metric_run_free(s.run);
        const size_t before = bytes_in_use();
        assert_int_equal(
            qf_metric_run_create(&f->context, &s.plan, &s.spec, &s.fleet, NULL, &s.run), QF_OK);
        const size_t taken = bytes_in_use() - before;
        const size_t predicted = qf_metric_run_predicted_bytes(&s.plan, &f->scenario);
        /* allocators that look for errors do not tell */
        if (taken > predicted || (taken > 0 && predicted > 4 * taken + 500000)) {
            fail_msg("%zu: %zu taken, %zu predicted", k, taken, predicted);
        }
        end_metrics(&s);
    }
}

static void run_out_of_memory_says_so(void **state)
{
    fixture *f = *state;
    static metric_stand s;
    int n_failed = 0;
    skip_unless_memory_can_run_out();
    load(f, BOTS);
    begin_metrics(f, &of_batches, 600, &s);
    for (int left = 0;; left++, n_failed++) {
        qf_metric_run *run = NULL;
        allocations_left = left;
        const qf_status status =
            qf_metric_run_create(&f->context, &s.plan, &s.spec, &s.fleet, NULL, &run);
        const size_t predicted = qf_metric_run_predicted_bytes(&s.plan, &f->scenario);
        allocations_left = -1;
        qf_metric_run_free(run);
        assert_true(predicted == SIZE_MAX || left > 0);
        if (status == QF_OK) {
            break;
        }
        assert_int_equal(status, QF_ERROR_MEMORY);
        assert_null(run);
    }
    assert_in_range(n_failed, 2, 100);
    end_metrics(&s);
}

static void unchecked_plan_is_refused(void **state)
{
    fixture *f = *state;
    static metric_stand s;
    load(f, BOTS);
    begin_metrics(f, &course, 1, &s);
    qf_metric_run *run = NULL;
    s.vehicles[0].group = A; /* of three vehicles there is no only one */
    assert_int_equal(qf_metric_run_create(&f->context, &s.plan, &s.spec, &s.fleet, NULL, &run),
                     QF_ERROR_INTERNAL);
    assert_null(run);
    s.vehicles[0].group = B;
    s.time[0].reduce = QF_REDUCE_ANY; /* of a number */
    assert_int_equal(qf_metric_run_create(&f->context, &s.plan, &s.spec, &s.fleet, NULL, &run),
                     QF_ERROR_INTERNAL);
    s.fleet.tick = 1;
    assert_int_equal(qf_metric_run_create(&f->context, &s.plan, &s.spec, &s.fleet, NULL, &run),
                     QF_ERROR_INTERNAL);
    end_metrics(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(straight_course_has_its_closed_forms),
        TEST(looks_are_at_the_start_at_multiples_and_at_the_end),
        TEST(step_past_a_look_is_refused),
        TEST(vehicles_of_a_world_are_reduced),
        TEST(time_courses_are_reduced),
        TEST(reports_of_ticks_are_not_looked_at_before_the_first),
        TEST(quantiles_are_those_of_a_sorted_list),
        TEST(cases_read_parameters_and_metrics_before_them),
        TEST(batches_of_any_width_give_the_same_bits),
        TEST(world_that_is_over_takes_no_more),
        TEST(few_ticks_are_told_at_once),
        TEST(events_and_detections_are_those_of_the_run),
        TEST(case_that_ends_has_the_events_of_a_run_that_ends),
        TEST(case_that_ends_before_the_first_tick_has_no_events),
        TEST(quarantined_vehicle_counts_as_it_was_frozen),
        TEST(run_takes_no_more_memory_than_predicted),
        TEST(run_out_of_memory_says_so),
        TEST(unchecked_plan_is_refused),
    };
    for (uint32_t k = 0; k < MOST_CASES; k++) {
        first_numbers[k] = k;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
