/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The reference's tracker, rule by rule (radar_tracking.md sections 1.3-1.7), on every set of kernels.
 * Compiled twice, for both precisions. Whole traces: test_golden_tracker.c.
 */
#include "track_steps_run.h"

/* tracks after a detection at 100 m, and 0.2 s later another */
static size_t tracks_after(const qf_kernels *kernels, ahead second)
{
    track_stand s = track_stand_open(MOST_PLOTS, 32, 0);
    step_ahead(&s, kernels, 0.0, &(ahead){100.0, 0.0}, 1);
    step_ahead(&s, kernels, 0.2, &second, 1);
    const size_t n = s.table.n;
    track_stand_close(&s);
    return n;
}

static void gates_hold_what_is_at_their_end_and_nothing_beyond(void **state)
{
    (void)state;
    EACH_SET(kernels)
    {
        assert_int_equal(tracks_after(kernels, (ahead){112.0, 0.0}), 1);
        assert_int_equal(tracks_after(kernels, (ahead){112.0001, 0.0}), 2);
        assert_int_equal(tracks_after(kernels, (ahead){88.0, 0.0}), 1);
        assert_int_equal(tracks_after(kernels, (ahead){87.9999, 0.0}), 2);
        assert_int_equal(tracks_after(kernels, (ahead){100.0, 15.0}), 1);
        assert_int_equal(tracks_after(kernels, (ahead){100.0, 15.0001}), 2);
        assert_int_equal(tracks_after(kernels, (ahead){100.0, -15.0001}), 2);
    }
}

static void at_equal_distance_the_last_created_wins(void **state)
{
    (void)state;
    EACH_SET(kernels)
    {
        track_stand s = track_stand_open(MOST_PLOTS, 32, 0);
        step_ahead(&s, kernels, 0.0, (const ahead[]){{100.0, 0.0}, {110.0, 0.0}}, 2);
        step_ahead(&s, kernels, 0.2, (const ahead[]){{105.0, 0.0}}, 1);
        assert_int_equal(s.table.misses[0], 1);
        assert_int_equal(s.table.misses[1], 0);
        track_stand_close(&s);
    }
}

static void who_comes_first_chooses_first(void **state)
{
    (void)state;
    EACH_SET(kernels)
    {
        for (int turned = 0; turned < 2; turned++) {
            track_stand s = track_stand_open(MOST_PLOTS, 32, 0);
            step_ahead(&s, kernels, 0.0, (const ahead[]){{100.0, 0.0}, {110.0, 0.0}}, 2);
            const ahead near_first[2] = {{106.0, 0.0}, {114.0, 0.0}};
            const ahead far_first[2] = {{114.0, 0.0}, {106.0, 0.0}};
            step_ahead(&s, kernels, 0.2, turned ? far_first : near_first, 2);
            assert_int_equal(s.table.n, turned ? 2 : 3);
            assert_int_equal(s.table.misses[0], turned ? 0 : 1);
            assert_int_equal(s.tally.updated, turned ? 2 : 1);
            track_stand_close(&s);
        }
    }
}

/* an identity, seen at 40 m in short range and then only in its direction, 200 m away */
static void a_track_with_identity_is_handed_over_to_long_range(void **state)
{
    (void)state;
    const qf_tracker tracker = track_stand_qiki();
    EACH_SET(kernels)
    {
        for (uint32_t named = 0; named < 2; named++) {
            track_stand s = track_stand_open(MOST_PLOTS, 32, 0);
            const track_stand_plot near = {.range_m = 40.0,
                                           .bearing_deg = 359.8,
                                           .elev_deg = 2.0,
                                           .vr_mps = 0.0,
                                           .band = 2,
                                           .present = QF_PRESENCE_UNKNOWN,
                                           .identity = named ? 8 : 0};
            const track_stand_plot far = {.range_m = 200.0,
                                          .bearing_deg = 0.2, /* through north */
                                          .elev_deg = 2.0,
                                          .vr_mps = 0.0,
                                          .band = 1};
            step_plots(&s, kernels, &tracker, 0.0, &near, 1);
            step_plots(&s, kernels, &tracker, 0.2, &far, 1);
            assert_int_equal(s.table.n, named ? 1 : 2);
            assert_int_equal(s.table.identity[0], named ? 7 : UINT32_MAX);
            /* 40 + 0.6 (200 - 40), but for the 0.4 degrees between them */
            const double range_m = (double)s.view.range_m[0];
            assert_true(fabs(range_m - (named ? 136.0 : 40.0)) < 0.01);
            /* nobody publishes a long-range track with an identity */
            assert_int_equal(s.view.band[0], named ? 0 : 2);
            track_stand_close(&s);
        }
    }
}

static void the_first_created_takes_a_handoff_that_two_fit_alike(void **state)
{
    (void)state;
    const qf_tracker tracker = track_stand_qiki();
    EACH_SET(kernels)
    {
        track_stand s = track_stand_open(MOST_PLOTS, 32, 0);
        const track_stand_plot near[2] = {{.range_m = 40.0, .band = 2, .mode = 1},
                                          {.range_m = 80.0, .band = 2, .mode = 1}};
        const track_stand_plot far = {.range_m = 500.0, .band = 1};
        step_plots(&s, kernels, &tracker, 0.0, near, 2);
        step_plots(&s, kernels, &tracker, 0.2, &far, 1);
        assert_int_equal(s.table.n, 2);
        assert_int_equal(s.table.misses[0], 0);
        assert_int_equal(s.table.misses[1], 1);
        track_stand_close(&s);
    }
}

/* two short-range detections among 20 long-range ones, of which two are in their direction and three nearly */
static void fusion_takes_the_nearest_direction_out_whatever_its_range(void **state)
{
    (void)state;
    const qf_tracker tracker = track_stand_qiki();
    EACH_SET(kernels)
    {
        track_stand s = track_stand_open(MOST_PLOTS, 32, 0);
        track_stand_plot plots[23];
        for (int i = 0; i < 20; i++) {
            plots[i] = (track_stand_plot){
                .range_m = 3000.0, .bearing_deg = 100.0 + 10.0 * i, .band = 1, .target = 1};
        }
        plots[3].bearing_deg = 50.51; /* too far */
        plots[4] = plots[3];
        plots[4].elev_deg = 0.51;
        plots[4].bearing_deg = 50.0;
        plots[5] = plots[4];
        plots[5].elev_deg = 0.0;
        plots[5].vr_mps = 1.01;
        plots[17].bearing_deg = 50.4;
        plots[18].bearing_deg = 49.75; /* this one */
        plots[18].target = 2;
        plots[20] = (track_stand_plot){.range_m = 100.0, .bearing_deg = 50.0, .band = 2};
        plots[21] = (track_stand_plot){.range_m = 500.0, .bearing_deg = 50.0, .band = 0};
        /* who comes second gets the second best */
        plots[22] = (track_stand_plot){.range_m = 900.0, .bearing_deg = 50.0, .band = 2};
        plots[17].target = 2;
        step_plots(&s, kernels, &tracker, 0.0, plots, 23);
        assert_int_equal(s.table.n, 21);
        for (size_t k = 0; k < s.table.n; k++) {
            assert_int_not_equal(s.table.target[k], 1); /* 2 - 1 */
        }
        assert_int_equal(s.table.band[18], 2);
        assert_true(fabs((double)s.table.east_m[18] - 100.0 * sin(50.0 * acos(-1.0) / 180.0)) <
                    1e-4);
        track_stand_close(&s);
    }
}

/* 0.05 s at 10 m/s ahead of 100 m, and then 0.6 of the way back; also where time runs backwards */
static void no_time_at_all_is_a_twentieth_of_a_second(void **state)
{
    (void)state;
    EACH_SET(kernels)
    {
        for (int backwards = 0; backwards < 2; backwards++) {
            track_stand s = track_stand_open(MOST_PLOTS, 32, 0);
            step_ahead(&s, kernels, 5.0, &(ahead){100.0, 10.0}, 1);
            step_ahead(&s, kernels, backwards ? 4.0 : 5.0, &(ahead){100.0, 10.0}, 1);
            assert_int_equal(s.table.n, 1);
            assert_true(fabs((double)s.table.north_m[0] - 100.2) < 1e-5);
            assert_true((double)s.view.age_s[0] == 0.0);
            track_stand_close(&s);
        }
    }
}

/* row QT1: the prediction of a crossing target lags u dt / alpha behind; 12 m at 7.2 m a frame */
static void a_crossing_target_is_lost_beyond_7_2_m_per_frame(void **state)
{
    (void)state;
    const qf_tracker tracker = track_stand_qiki();
    const double step_m[2] = {7.15, 7.25};
    EACH_SET(kernels)
    {
        for (int fast = 0; fast < 2; fast++) {
            track_stand s = track_stand_open(MOST_PLOTS, 32, 0);
            for (int k = 0; k < 60; k++) {
                const double x = step_m[fast] * (k - 30);
                const track_stand_plot plot = {
                    .range_m = hypot(x, 20000.0),
                    .bearing_deg = fmod(360.0 + atan2(x, 20000.0) * 180.0 / acos(-1.0), 360.0)};
                step_plots(&s, kernels, &tracker, 0.2 * k, &plot, 1);
            }
            assert_int_equal(s.table.next_number > 1, fast);
            track_stand_close(&s);
        }
    }
}

static void a_full_table_drops_the_detections_that_come_last(void **state)
{
    (void)state;
    const qf_tracker tracker = track_stand_qiki();
    EACH_SET(kernels)
    {
        track_stand s = track_stand_open(MOST_PLOTS, 16, 0);
        for (uint32_t i = 0; i < 18; i++) {
            track_stand_add(&s, (track_stand_plot){.range_m = 100.0 + 50.0 * i, .target = i + 1});
        }
        step_plots(&s, kernels, &tracker, 0.0, NULL, 0);
        assert_int_equal(s.table.n, 16);
        assert_int_equal(s.tally.dropped, 2);
        assert_int_equal(s.tally.spawned, 16);
        assert_int_equal(s.table.target[15], 15);
        /* who is pruned in a frame makes room in it: three misses are allowed, the fourth is not */
        for (int k = 0; k < 4; k++) {
            const track_stand_plot elsewhere = {
                .range_m = 5000.0, .bearing_deg = 90.0, .target = 100};
            step_plots(&s, kernels, &tracker, 0.2 * (k + 1), &elsewhere, 1);
        }
        assert_int_equal(s.tally.pruned, 16);
        assert_int_equal(s.tally.dropped, 5);
        assert_int_equal(s.table.n, 1);
        assert_int_equal(s.table.number[0], 16);
        assert_int_equal(s.scratch.n_gone, 16);
        assert_int_equal(s.scratch.gone[15].number, 15);
        track_stand_close(&s);
    }
}

static void a_track_is_firm_from_its_second_detection_on(void **state)
{
    (void)state;
    const uint32_t firm[] = {0, 0, 2, 1, 1};
    const uint32_t status[] = {QF_TRACK_NEW, QF_TRACK_LOST, QF_TRACK_TRACKED, QF_TRACK_COASTING,
                               QF_TRACK_TRACKED};
    EACH_SET(kernels)
    {
        track_stand s = track_stand_open(MOST_PLOTS, 32, 0);
        for (int k = 0; k < 5; k++) {
            step_ahead(&s, kernels, 0.2 * k, &(ahead){100.0, 0.0}, k != 1 && k != 3);
            assert_int_equal(s.table.firm[0], firm[k]);
            assert_int_equal(s.view.status[0], status[k]);
        }
        assert_int_equal(s.table.history[0], 0x15);
        assert_int_equal(s.table.hits[0], 3);
        track_stand_close(&s);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gates_hold_what_is_at_their_end_and_nothing_beyond),
        cmocka_unit_test(at_equal_distance_the_last_created_wins),
        cmocka_unit_test(who_comes_first_chooses_first),
        cmocka_unit_test(a_track_with_identity_is_handed_over_to_long_range),
        cmocka_unit_test(the_first_created_takes_a_handoff_that_two_fit_alike),
        cmocka_unit_test(fusion_takes_the_nearest_direction_out_whatever_its_range),
        cmocka_unit_test(no_time_at_all_is_a_twentieth_of_a_second),
        cmocka_unit_test(a_crossing_target_is_lost_beyond_7_2_m_per_frame),
        cmocka_unit_test(a_full_table_drops_the_detections_that_come_last),
        cmocka_unit_test(a_track_is_firm_from_its_second_detection_on),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
