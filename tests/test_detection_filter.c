/* SPDX-License-Identifier: Apache-2.0 */
#include "detection_filter.h"

/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */
#include <math.h>

static const qf_group_spec groups[] = {
    {.count = 3, .radar_period_ticks = 2},
    {.count = 2, .radar_period_ticks = 5},
    {.count = 3, .radar_period_ticks = 1},
};

typedef struct fixture {
    qf_scenario scenario;
    qf_detections from, to;
} fixture;

static int set_up(void **state)
{
    static fixture f;
    f = (fixture){.scenario = {.n_worlds = 2,
                               .groups = groups,
                               .n_groups = 3,
                               .record = {.detections = true,
                                          .detections_every_frames = 1,
                                          .detections_min_snr_db = -(double)INFINITY,
                                          .detections_long_range = true,
                                          .detections_short_range = true,
                                          .detections_false_alarms = true}}};
    *state = &f;
    return 0;
}

static int tear_down(void **state)
{
    fixture *f = *state;
    qf_detections_free(&f->from);
    qf_detections_free(&f->to);
    return 0;
}

static void add(fixture *f, int64_t tick, int32_t observer, int32_t target, float snr_db,
                qf_band band)
{
    qf_detections *d = &f->from;
    assert_true(qf_detections_reserve(d, 1));
#define QF_COLUMN(type, name) d->name[d->n] = (type)d->n; /* tells rows apart */
    QF_DETECTION_TABLE(QF_COLUMN)
#undef QF_COLUMN
    d->tick[d->n] = tick;
    d->observer[d->n] = observer;
    d->target[d->n] = target;
    d->snr_db[d->n] = snr_db;
    d->band[d->n] = (uint8_t)band;
    d->n++;
}

/* Four detections at tick 0, one of each kind. */
static void add_kinds(fixture *f)
{
    add(f, 0, 2, 7, 10.0f, QF_BAND_LONG_RANGE);
    add(f, 0, 2, 9, 15.0f, QF_BAND_SHORT_RANGE);
    add(f, 0, 7, QF_NO_ENTITY, 12.0f, QF_BAND_LONG_RANGE);
    add(f, 0, 15, 3, 20.0f, QF_BAND_SHORT_RANGE);
}

/* Filters all but the first `begin`; the rows that must come out are given by their numbers. */
static void assert_passes(fixture *f, size_t begin, size_t n, const size_t *rows)
{
    f->to.n = 0;
    assert_true(qf_detections_reserve(&f->to, f->from.n));
    assert_int_equal(qf_detection_filter(&f->scenario.record, &f->from, begin, &f->to), n);
    assert_int_equal(f->to.n, n);
    for (size_t i = 0; i < n; i++) {
#define QF_COLUMN(type, name)                                                                      \
    assert_memory_equal(&f->to.name[i], &f->from.name[rows[i]], sizeof(type));
        QF_DETECTION_TABLE(QF_COLUMN)
#undef QF_COLUMN
    }
}

#define PASSES(begin, ...)                                                                         \
    assert_passes(f, begin, sizeof((size_t[]){__VA_ARGS__}) / sizeof(size_t),                      \
                  (size_t[]){__VA_ARGS__})

static void open_filter_keeps_everything_in_order(void **state)
{
    fixture *f = *state;
    add_kinds(f);
    assert_true(qf_detection_filter_is_open(&f->scenario.record));
    PASSES(0, 0, 1, 2, 3);
    PASSES(2, 2, 3);
    assert_passes(f, 4, 0, NULL);
}

static void bands_are_told_apart(void **state)
{
    fixture *f = *state;
    add_kinds(f);
    add(f, 0, 15, 4, 20.0f, QF_BAND_UNSPECIFIED);
    f->scenario.record.detections_long_range = false;
    assert_false(qf_detection_filter_is_open(&f->scenario.record));
    PASSES(0, 1, 3);
    f->scenario.record.detections_long_range = true;
    f->scenario.record.detections_short_range = false;
    assert_false(qf_detection_filter_is_open(&f->scenario.record));
    PASSES(0, 0, 2);
    f->scenario.record.detections_short_range = true;
    PASSES(0, 0, 1, 2, 3, 4);
}

static void least_ratio_itself_passes_and_so_does_none(void **state)
{
    fixture *f = *state;
    add_kinds(f);
    add(f, 0, 15, 4, nextafterf(12.0f, 0.0f), QF_BAND_SHORT_RANGE);
    add(f, 0, 15, 5, NAN, QF_BAND_SHORT_RANGE);
    f->scenario.record.detections_min_snr_db = 12.0;
    assert_false(qf_detection_filter_is_open(&f->scenario.record));
    PASSES(0, 1, 2, 3, 5);
}

static void false_alarms_are_left_out(void **state)
{
    fixture *f = *state;
    add_kinds(f);
    f->scenario.record.detections_false_alarms = false;
    assert_false(qf_detection_filter_is_open(&f->scenario.record));
    PASSES(0, 0, 1, 3);
}

static void frames_are_those_of_the_observers_groups(void **state)
{
    fixture *f = *state;
    for (size_t group = 0; group < 3; group++) {
        assert_true(qf_detection_frame_is_wanted(&f->scenario, group, 10));
    }
    f->scenario.record.detections_of_group = (const bool[]){false, true, false};
    assert_false(qf_detection_frame_is_wanted(&f->scenario, 0, 10));
    assert_true(qf_detection_frame_is_wanted(&f->scenario, 1, 10));
    assert_false(qf_detection_frame_is_wanted(&f->scenario, 2, 10));
    f->scenario.record.detections = false;
    assert_false(qf_detection_frame_is_wanted(&f->scenario, 1, 10));
}

static void frames_are_counted_for_each_radar(void **state)
{
    fixture *f = *state;
    f->scenario.record.detections_every_frames = 3;
    for (int64_t tick = 0; tick <= 30; tick++) {
        /* every third frame of a period of 2 ticks: 0, 6, 12 ..., and of 5: 0, 15, 30 */
        if (tick % 2 == 0) {
            assert_int_equal(qf_detection_frame_is_wanted(&f->scenario, 0, tick), tick % 6 == 0);
        }
        if (tick % 5 == 0) {
            assert_int_equal(qf_detection_frame_is_wanted(&f->scenario, 1, tick), tick % 15 == 0);
        }
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(open_filter_keeps_everything_in_order),      TEST(bands_are_told_apart),
        TEST(least_ratio_itself_passes_and_so_does_none), TEST(false_alarms_are_left_out),
        TEST(frames_are_those_of_the_observers_groups),   TEST(frames_are_counted_for_each_radar),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
