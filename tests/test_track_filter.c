/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The robust and the Kalman tracker from outside: detections in, tables out. Gains, variances and the share of
 * detections in the gate: test_track_gains.c.
 */

#include "failing_memory.h"
#include "track_scene.h"

static const qf_track_mode modes[] = {QF_TRACK_ROBUST, QF_TRACK_KALMAN};
#define EACH_MODE(mode)                                                                            \
    for (size_t mode_ = 0; mode_ < 2; mode_++)                                                     \
        for (qf_track_mode mode = modes[mode_], once_ = 1; once_ != 0; once_ = 0)

static const qf_kernels *kernels_here(void)
{
    return track_stand_set(0);
}

/* a frame a second after the one before, of an observer at rest */
static void frame_of(track_stand *s, const qf_tracker *tracker, uint32_t k)
{
    const qf_track_frame frame = {.tick = 10 * k, .elapsed_s = k == 0 ? 0 : 1};
    track_stand_frame(s, kernels_here(), tracker, &frame);
}

static track_stand_plot still(double east_m, double north_m, uint32_t target)
{
    const track_scene_target t = {.p = {east_m, north_m, 0.0}};
    track_stand_plot plot = track_scene_plot(&t, (track_scene_error){0});
    plot.target = target + 1;
    return plot;
}

/* ---- keeping a track ---- */

/* Tracks that were begun while a target crosses at 1 km for 20 s, detected 5 times a second. */
static uint32_t tracks_of_crossing(const qf_tracker *tracker, const qf_kernels *kernels)
{
    track_stand s = track_scene_open(1, 16);
    const double per_tick = 1.0 / tracker->ticks_per_s;
    for (uint32_t k = 0; k <= 100; k++) {
        const track_scene_target t = {.p = {-400.0 + 8.0 * k, 1000.0, 0.0}, .v = {40.0, 0.0, 0.0}};
        track_stand_add(&s, track_scene_plot(&t, (track_scene_error){
                                                     .range_m = track_scene_normal(2, k, 0, 0),
                                                     .azimuth_m = track_scene_normal(2, k, 0, 1),
                                                     .vr_mps = 0.5 * track_scene_normal(2, k, 0, 2),
                                                 }));
        const qf_track_frame frame = {.tick = (uint32_t)(0.2 * k / per_tick + 0.5),
                                      .elapsed_s = k == 0 ? 0 : QF_REAL(0.2)};
        track_stand_frame(&s, kernels, tracker, &frame);
    }
    const uint32_t begun = s.table.next_number;
    track_scene_close(&s);
    return begun;
}

static void crossing_target_keeps_one_track_where_the_reference_loses_it(void **state)
{
    (void)state;
    TRACK_SCENE_SETS(kernels)
    {
        const qf_tracker reference = track_stand_qiki();
        assert_true(tracks_of_crossing(&reference, kernels) > 20);
        EACH_MODE(mode)
        {
            qf_tracker tracker = track_scene_tracker(mode);
            tracker.range_sd_m = 1;
            tracker.angle_sd_rad = QF_REAL(1e-3);
            assert_int_equal(tracks_of_crossing(&tracker, kernels), 1);
            tracker.gains_given = true;
            tracker.alpha = QF_REAL(0.6);
            tracker.beta = QF_REAL(0.1);
            assert_int_equal(tracks_of_crossing(&tracker, kernels), 1);
        }
    }
}

/* At 100 m the line of sight turns by 20 degrees a frame, and what was unknown across it becomes radial. */
static void target_that_flies_by_keeps_one_track(void **state)
{
    (void)state;
    EACH_MODE(mode)
    {
        qf_tracker tracker = track_scene_tracker(mode);
        tracker.range_sd_m = 1;
        tracker.speed_sd_mps = QF_REAL(0.1);
        tracker.acceleration_sd_mps2 = QF_REAL(0.2);
        for (uint32_t run = 0; run < 40; run++) {
            track_stand s = track_scene_open(1, 16);
            for (uint32_t k = 0; k < 16; k++) {
                const track_scene_target t = {.p = {-150.0 + 35.0 * k, 100.0, 20.0},
                                              .v = {35.0, 0.0, 0.0}};
                const double range = sqrt(t.p[0] * t.p[0] + 1e4 + 400.0);
                const double cross = 0.0035 * range;
                track_stand_add(&s,
                                track_scene_plot(
                                    &t, (track_scene_error){
                                            .range_m = track_scene_normal(run, k, 7, 0),
                                            .azimuth_m = cross * track_scene_normal(run, k, 7, 1),
                                            .elevation_m = cross * track_scene_normal(run, k, 7, 2),
                                            .vr_mps = 0.1 * track_scene_normal(run, k, 7, 3),
                                        }));
                frame_of(&s, &tracker, k);
            }
            assert_int_equal(s.table.next_number, 1);
            assert_true(fabs((double)s.table.east_mps[0] - 35.0) < 1.0);
            assert_true(fabs((double)s.table.north_mps[0]) < 2.0);
            track_scene_close(&s);
        }
    }
}

/* From 25 m/s towards the observer to 25 m/s across, at once: the radial speed alone is far outside the gate. */
static void target_that_turns_at_once_keeps_its_track(void **state)
{
    (void)state;
    enum { TURN = 10, END = 20 };
    EACH_MODE(mode)
    {
        const qf_tracker tracker = track_scene_tracker(mode);
        track_stand s = track_scene_open(1, 16);
        track_scene_target t = {.p = {0.0, 2000.0, 0.0}, .v = {0.0, -25.0, 0.0}};
        for (uint32_t k = 0; k < END; k++) {
            if (k == TURN) {
                t.v[0] = 25.0;
                t.v[1] = 0.0;
            }
            track_stand_add(&s, track_scene_plot(&t, (track_scene_error){0}));
            frame_of(&s, &tracker, k);
            t.p[0] += t.v[0];
            t.p[1] += t.v[1];
        }
        assert_int_equal(s.table.next_number, 1);
        assert_int_equal(s.table.hits[0], END);
        assert_true(fabs((double)s.table.east_mps[0] - 25.0) < 2.0);
        assert_true(fabs((double)s.table.north_mps[0]) < 1.0);
        track_scene_close(&s);
    }
}

/* neither a tentative track nor one that has its own detection takes what moves otherwise */
static void only_firm_tracks_without_a_detection_get_a_second_chance(void **state)
{
    (void)state;
    EACH_MODE(mode)
    {
        const qf_tracker tracker = track_scene_tracker(mode);
        for (uint32_t frames = 1; frames <= 4; frames++) {
            track_stand s = track_scene_open(2, 16);
            for (uint32_t k = 0; k < frames; k++) {
                track_stand_add(&s, still(0.0, 1000.0, 0));
                frame_of(&s, &tracker, k);
            }
            track_stand_plot other = still(0.0, 1000.0, 1);
            other.vr_mps = 20.0;
            if (frames == 4) {
                track_stand_add(&s, still(0.0, 1000.0, 0));
            }
            track_stand_add(&s, other);
            frame_of(&s, &tracker, frames);
            /* tentative after one frame; missed and firm after two and three; detected after four */
            assert_int_equal(s.table.next_number, frames == 1 || frames == 4 ? 2 : 1);
            track_scene_close(&s);
        }
    }
}

/* 25 m/s away from a radar that knows speeds modulo 10 m/s: it says 5, and the positions tell which it is */
static void folded_speeds_are_told_apart_by_positions(void **state)
{
    (void)state;
    EACH_MODE(mode)
    {
        qf_tracker tracker = track_scene_tracker(mode);
        tracker.range_sd_m = 2;
        tracker.speed_sd_mps = QF_REAL(0.1);
        tracker.speed_span_mps = 10;
        track_stand s = track_scene_open(1, 16);
        for (uint32_t k = 0; k < 30; k++) {
            const track_scene_target t = {.p = {0.0, 1000.0 + 25.0 * k, 0.0},
                                          .v = {0.0, 25.0, 0.0}};
            track_stand_plot plot = track_scene_plot(
                &t, (track_scene_error){.range_m = 2.0 * track_scene_normal(4, k, 0, 0)});
            plot.vr_mps = -5.0 + 0.1 * track_scene_normal(4, k, 0, 1); /* 25 folded into [-5, 5) */
            track_stand_add(&s, plot);
            frame_of(&s, &tracker, k);
        }
        assert_int_equal(s.table.next_number, 1);
        assert_true(fabs((double)s.table.north_mps[0] - 25.0) < 0.3);
        track_scene_close(&s);
    }
}

/* What the observer does itself is no motion of the target. */
static void velocity_is_the_targets_own(void **state)
{
    (void)state;
    EACH_MODE(mode)
    {
        const qf_tracker tracker = track_scene_tracker(mode);
        track_stand s = track_scene_open(1, 16);
        const double own[3] = {12.0, -7.0, 3.0};
        const double its[3] = {-5.0, 9.0, 1.0};
        track_scene_target t = {.p = {900.0, 1200.0, 100.0}};
        for (uint32_t k = 0; k < 60; k++) {
            for (size_t c = 0; c < 3; c++) {
                t.v[c] = its[c] - own[c];
                t.p[c] += k > 0 ? t.v[c] : 0.0;
            }
            track_stand_add(&s, track_scene_plot(&t, (track_scene_error){0}));
            qf_track_frame frame = {.tick = 10 * k, .elapsed_s = k == 0 ? 0 : 1};
            for (size_t c = 0; c < 3; c++) {
                frame.own_mps[c] = (qf_real)own[c];
                frame.moved_m[c] = (qf_real)(k == 0 ? 0.0 : own[c]);
            }
            track_stand_frame(&s, kernels_here(), &tracker, &frame);
        }
        assert_int_equal(s.table.next_number, 1);
        const double v[3] = {(double)s.table.east_mps[0], (double)s.table.north_mps[0],
                             (double)s.table.up_mps[0]};
        const double p[3] = {(double)s.table.east_m[0], (double)s.table.north_m[0],
                             (double)s.table.up_m[0]};
        for (size_t c = 0; c < 3; c++) {
            assert_true(fabs(v[c] - its[c]) < 0.5);
            assert_true(fabs(p[c] - t.p[c]) < 1.0);
        }
        track_scene_close(&s);
    }
}

static void coasting_track_moves_on_and_is_met_again(void **state)
{
    (void)state;
    EACH_MODE(mode)
    {
        qf_tracker tracker = track_scene_tracker(mode);
        track_stand s = track_scene_open(1, 16);
        for (uint32_t k = 0; k < 40; k++) {
            const track_scene_target t = {.p = {10.0 * k, 1500.0, 0.0}, .v = {10.0, 0.0, 0.0}};
            if (k < 30 || k >= 35) {
                track_stand_add(&s, track_scene_plot(&t, (track_scene_error){0}));
            }
            frame_of(&s, &tracker, k);
            assert_int_equal(s.table.n, 1);
            assert_int_equal(s.table.misses[0], k < 30 || k >= 35 ? 0 : k - 29);
            if (k >= 30) {
                assert_true(fabs((double)s.table.east_m[0] - t.p[0]) < 3.0);
            }
        }
        assert_int_equal(s.table.number[0], 0);
        /* until more than max_misses, or max_coast_s */
        for (uint32_t k = 40; k < 45; k++) {
            frame_of(&s, &tracker, k);
        }
        assert_int_equal(s.table.n, 1);
        assert_int_equal(s.view.status[0], QF_TRACK_COASTING);
        frame_of(&s, &tracker, 45);
        assert_int_equal(s.table.n, 0);
        assert_int_equal(s.tally.pruned, 1);
        assert_int_equal(s.scratch.n_gone, 1);
        assert_true(s.scratch.gone[0].was_firm);
        assert_true(s.scratch.gone[0].into == QF_NO_TRACK);
        track_scene_close(&s);
    }
}

static void coasting_ends_after_max_coast_s(void **state)
{
    (void)state;
    qf_tracker tracker = track_scene_tracker(QF_TRACK_ROBUST);
    tracker.max_coast_s = QF_REAL(2.5);
    track_stand s = track_scene_open(1, 16);
    for (uint32_t k = 0; k < 10; k++) {
        track_stand_add(&s, still(0.0, 1000.0, 0));
        frame_of(&s, &tracker, k);
    }
    frame_of(&s, &tracker, 10);
    frame_of(&s, &tracker, 11);
    assert_int_equal(s.table.n, 1);
    frame_of(&s, &tracker, 12);
    assert_int_equal(s.table.n, 0);
    track_scene_close(&s);
}

/* ---- confirming ---- */

static void confirms_m_of_n_and_gives_up_when_that_is_impossible(void **state)
{
    (void)state;
    static const struct {
        const char *detected;
        size_t firm_at, gone_at; /* frames, from 1; 0: never */
    } cases[] = {
        {"111", 3, 0},   {"10101", 5, 0},  {"10011", 5, 0}, {"1001", 0, 0},     {"1000", 0, 4},
        {"11000", 0, 5}, {"110100", 4, 0}, {"10100", 0, 5}, {"11100000", 3, 8},
    };
    EACH_MODE(mode)
    {
        qf_tracker tracker = track_scene_tracker(mode);
        tracker.confirm_hits = 3;
        tracker.confirm_window = 5;
        tracker.max_misses = 4;
        for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
            track_stand s = track_scene_open(1, 16);
            size_t firm_at = 0;
            size_t gone_at = 0;
            for (uint32_t k = 0; cases[c].detected[k] != 0; k++) {
                if (cases[c].detected[k] == '1') {
                    track_stand_add(&s, still(0.0, 1000.0, 0));
                }
                frame_of(&s, &tracker, k);
                if (s.table.n == 0) {
                    gone_at = gone_at == 0 ? k + 1 : gone_at;
                } else if (s.table.firm[0] == 2) {
                    assert_int_equal(firm_at, 0);
                    firm_at = k + 1;
                } else {
                    assert_int_equal(s.table.firm[0], firm_at != 0);
                }
            }
            assert_int_equal(firm_at, cases[c].firm_at);
            assert_int_equal(gone_at, cases[c].gone_at);
            track_scene_close(&s);
        }
    }
}

/* ---- association ---- */

/* The edge of the gate across the line of sight, from what a track starts with. */
static void gate_is_as_wide_as_prediction_and_noise(void **state)
{
    (void)state;
    EACH_MODE(mode)
    {
        qf_tracker tracker = track_scene_tracker(mode);
        tracker.angle_sd_rad = QF_REAL(1e-4);
        /* 1 m of each detection, 30 m of the unknown speed, half a metre of acceleration */
        const double spread2 = 1.0 + 1.0 + 900.0 + 0.25;
        for (int outside = 0; outside < 2; outside++) {
            track_stand s = track_scene_open(1, 16);
            track_stand_add(&s, still(0.0, 10000.0, 0));
            frame_of(&s, &tracker, 0);
            const double share = outside ? 1.01 : 0.98;
            const double angle = sqrt(share * (double)tracker.gate2 * spread2) / 10000.0;
            track_stand_add(&s, still(10000.0 * sin(angle), 10000.0 * cos(angle), 0));
            frame_of(&s, &tracker, 1);
            assert_int_equal(s.tally.updated, !outside);
            assert_int_equal(s.tally.spawned, 1 + outside);
            track_scene_close(&s);
        }
    }
}

/* Radial speed alone keeps two targets at one place apart. */
static void gate_looks_at_the_radial_speed(void **state)
{
    (void)state;
    EACH_MODE(mode)
    {
        const qf_tracker tracker = track_scene_tracker(mode);
        track_stand s = track_scene_open(1, 16);
        track_stand_add(&s, still(0.0, 1000.0, 0));
        frame_of(&s, &tracker, 0);
        track_stand_plot fast = still(0.0, 1000.0, 0);
        fast.vr_mps = 12.0;
        track_stand_add(&s, fast);
        frame_of(&s, &tracker, 1);
        assert_int_equal(s.tally.updated, 0);
        track_scene_close(&s);
    }
}

/* Tracks at 0 and 10 m, detections at 6 and 16 m: the nearest pair is 10 - 6, and leaves 0 - 16. */
static void exact_assignment_serves_more_tracks_than_the_nearest(void **state)
{
    (void)state;
    EACH_MODE(mode)
    {
        for (int exact = 0; exact < 2; exact++) {
            qf_tracker tracker = track_scene_tracker(mode);
            tracker.exact = exact != 0;
            tracker.range_sd_m = 2;
            tracker.speed_sd_mps = QF_REAL(0.1);
            tracker.acceleration_sd_mps2 = QF_REAL(0.1);
            track_stand s = track_scene_open(2, 16);
            track_stand_add(&s, still(0.0, 1000.0, 0));
            track_stand_add(&s, still(0.0, 1010.0, 1));
            frame_of(&s, &tracker, 0);
            track_stand_add(&s, still(0.0, 1006.0, 0));
            track_stand_add(&s, still(0.0, 1016.0, 1));
            frame_of(&s, &tracker, 1);
            assert_int_equal(s.tally.updated, exact ? 2 : 1);
            track_scene_close(&s);
        }
    }
}

/* A frame whose conflicts cannot be decided says so, and makes no tracks of what belongs to others. */
static void conflict_without_memory_is_told(void **state)
{
    (void)state;
    skip_unless_memory_can_run_out();
    const qf_tracker tracker = track_scene_tracker(QF_TRACK_ROBUST);
    track_stand s = track_scene_open(2, 16);
    track_stand_add(&s, still(0.0, 1000.0, 0));
    frame_of(&s, &tracker, 0);
    track_stand_add(&s, still(0.0, 1001.0, 0));
    track_stand_add(&s, still(0.0, 1002.0, 0));
    allocations_left = 0;
    frame_of(&s, &tracker, 1);
    allocations_left = -1;
    assert_int_equal(s.tally.out_of_memory, 1);
    assert_int_equal(s.table.n, 1);
    track_scene_close(&s);
}

static track_stand_plot random_plot(uint32_t run, uint32_t k, uint32_t i)
{
    const double angle = 0.2 * (i % 5);
    const double range = 800.0 + 40.0 * (i / 5) + 3.0 * track_scene_normal(run, k, i, 0);
    const track_scene_target t = {.p = {range * sin(angle), range * cos(angle), 50.0}};
    track_stand_plot plot = track_scene_plot(
        &t, (track_scene_error){.azimuth_m = 2.0 * track_scene_normal(run, k, i, 1),
                                .elevation_m = 2.0 * track_scene_normal(run, k, i, 2),
                                .vr_mps = 0.5 * track_scene_normal(run, k, i, 3)});
    plot.snr_db = 15.0 + track_scene_normal(run, k, i, 4);
    plot.band = 1 + i % 2;
    plot.mode = i % 4;
    plot.present = i % 3 == 0 ? QF_PRESENT : QF_ABSENT;
    plot.identity = i % 3 == 0 ? 1 + (i + k / 10) % 7 : 0; /* another one every ten frames */
    plot.target = i + 1;
    return plot;
}

enum { CROWD = 40 };

/* A frame of a crowd, some twice, some missing; in the order of a draw if `shuffled`. */
static void add_crowd(track_stand *s, uint32_t k, bool shuffled)
{
    track_stand_plot plots[2 * CROWD];
    double order[2 * CROWD];
    size_t n = 0;
    for (uint32_t i = 0; i < CROWD; i++) {
        if (track_scene_normal(5, k, i, 8) > 1.0) {
            continue;
        }
        plots[n] = random_plot(5, k, i);
        /* whole metres now and then: equal ranges and costs */
        plots[n].range_m = i % 4 == 0 ? floor(plots[n].range_m) : plots[n].range_m;
        plots[n].vr_mps = i % 4 == 0 ? 0.0 : plots[n].vr_mps;
        n++;
        if (track_scene_normal(5, k, i, 9) > 1.0) {
            plots[n] = plots[n - 1];
            plots[n].snr_db += i % 2 == 0 ? 1.0 : 0.0; /* others say the same */
            n++;
        }
    }
    for (uint32_t i = 0; i < n; i++) {
        order[i] = track_scene_normal(6, k, i, 10);
    }
    for (size_t i = 0; i < n; i++) {
        size_t next = shuffled ? n : i;
        for (size_t j = 0; shuffled && j < n; j++) {
            next = order[j] < 1e9 && (next == n || order[j] < order[next]) ? j : next;
        }
        order[next] = 1e9;
        track_stand_add(s, plots[next]);
    }
}

static void order_of_detections_changes_nothing(void **state)
{
    (void)state;
    for (int variant = 0; variant < 8; variant++) {
        qf_tracker tracker = track_scene_tracker(modes[variant % 2]);
        tracker.exact = variant & 2;
        tracker.merge2 = 6;
        const size_t capacity = variant & 4 ? 32 : 96; /* overflows, or not */
        track_stand a = track_scene_open(2 * CROWD, capacity);
        track_stand b = track_scene_open(2 * CROWD, capacity);
        for (uint32_t k = 0; k < 40; k++) {
            add_crowd(&a, k, false);
            add_crowd(&b, k, true);
            frame_of(&a, &tracker, k);
            frame_of(&b, &tracker, k);
            track_stand_assert_same(&a, &b, "shuffled");
        }
        /* what could have gone wrong has happened */
        assert_true(a.tally.spawned > CROWD && a.tally.merged > 0 && a.tally.identity_jumps > 0);
        assert_true((a.tally.dropped > 0) == (capacity == 32));
        track_scene_close(&a);
        track_scene_close(&b);
    }
}

static void every_set_gives_the_same_bits(void **state)
{
    (void)state;
    TRACK_SCENE_SETS(kernels)
    {
        for (int variant = 0; variant < 8; variant++) {
            qf_tracker tracker = track_scene_tracker(modes[variant % 2]);
            tracker.exact = variant & 2;
            tracker.gains_given = variant & 4;
            tracker.alpha = QF_REAL(0.5);
            tracker.beta = QF_REAL(0.2);
            track_stand a = track_scene_open(2 * CROWD, 96);
            track_stand b = track_scene_open(2 * CROWD, 96);
            for (uint32_t k = 0; k < 20; k++) {
                qf_track_frame frame = {.tick = 10 * k, .elapsed_s = k == 0 ? 0 : 1};
                frame.own_mps[0] = 2;
                frame.moved_m[0] = 2;
                add_crowd(&a, k, false);
                add_crowd(&b, k, false);
                track_stand_frame(&a, kernels_here(), &tracker, &frame);
                track_stand_frame(&b, kernels, &tracker, &frame);
                track_stand_assert_same(&a, &b, kernels->isa);
            }
            track_scene_close(&a);
            track_scene_close(&b);
        }
    }
}

/* ---- numbers of detections and tracks ---- */

static void any_number_of_detections_updates_as_many_tracks(void **state)
{
    (void)state;
    static const uint32_t counts[] = {0, 1, 15, 16, 17, 47, 48};
    EACH_MODE(mode)
    {
        for (size_t c = 0; c < sizeof counts / sizeof *counts; c++) {
            const qf_tracker tracker = track_scene_tracker(mode);
            track_stand s = track_scene_open(counts[c], 48);
            for (uint32_t k = 0; k < 5; k++) {
                for (uint32_t i = 0; i < counts[c]; i++) {
                    track_stand_add(&s, still(0.0, 1000.0 + 200.0 * i, i));
                }
                frame_of(&s, &tracker, k);
                assert_int_equal(s.table.n, counts[c]);
                assert_int_equal(s.tally.updated, counts[c] * k);
                for (uint32_t i = 0; i < counts[c]; i++) {
                    assert_int_equal(s.table.number[i], i);
                    assert_int_equal(s.table.target[i], i);
                    assert_int_equal(s.table.hits[i], k + 1);
                }
            }
            track_scene_close(&s);
        }
    }
}

static void full_table_drops_the_farthest(void **state)
{
    (void)state;
    EACH_MODE(mode)
    {
        const qf_tracker tracker = track_scene_tracker(mode);
        track_stand s = track_scene_open(20, 16);
        for (uint32_t i = 0; i < 20; i++) {
            track_stand_add(&s, still(0.0, 6000.0 - 200.0 * i, i));
        }
        frame_of(&s, &tracker, 0);
        assert_int_equal(s.table.n, 16);
        assert_int_equal(s.tally.dropped, 4);
        for (uint32_t i = 0; i < 16; i++) {
            assert_int_equal(s.table.target[i], 19 - i);
        }
        track_scene_close(&s);
    }
}

/* Of n plots at n / 3 ranges the k-th, by range, then bearing; all that say the same twice, have one target. */
static track_stand_plot one_of_many(uint32_t k)
{
    return (track_stand_plot){.range_m = 1000.0 + 7.0 * (double)(k / 3),
                              .bearing_deg = 10.0 * (double)(k % 3 / 2),
                              .target = k / 3 * 2 + k % 3 / 2 + 1};
}

/* on both sides of where runs are merged */
static void many_detections_become_tracks_nearest_first(void **state)
{
    (void)state;
    static const uint32_t counts[] = {2, 15, 16, 17, 31, 32, 33, 63, 65, 1000, 5000};
    EACH_MODE(mode)
    {
        const qf_tracker tracker = track_scene_tracker(mode);
        for (size_t c = 0; c < sizeof counts / sizeof *counts; c++) {
            const uint32_t n = counts[c];
            const size_t capacity = n <= 1000 ? track_stand_lanes(n) : 16;
            track_stand s = track_scene_open(n, capacity);
            for (uint32_t i = 0; i < n; i++) {
                /* 7919 is a prime, and divides none of them */
                track_stand_add(&s, one_of_many((uint32_t)((uint64_t)i * 7919 % n)));
            }
            frame_of(&s, &tracker, 0);
            const size_t held = n < capacity ? n : capacity;
            assert_int_equal(s.table.n, held);
            assert_int_equal(s.tally.dropped, n - held);
            for (uint32_t k = 0; k < held; k++) {
                assert_int_equal(s.table.target[k], one_of_many(k).target - 1);
            }
            track_scene_close(&s);
        }
    }
}

/* What is equally far is in the order of its bearing, then of its elevation ... by size; below zero comes last. */
static void equally_far_detections_become_tracks_in_the_order_of_their_numbers(void **state)
{
    (void)state;
    static const track_stand_plot plots[] = {
        {.bearing_deg = 1.0, .elev_deg = 0.5},
        {.bearing_deg = 1.0, .elev_deg = 2.0},
        {.bearing_deg = 1.0, .elev_deg = -0.5},
        {.bearing_deg = 1.0, .elev_deg = -2.0},
        {.bearing_deg = 1.25, .elev_deg = 0.75},
        {.bearing_deg = 2.0},
        {.bearing_deg = 3.0, .vr_mps = 1.5},
        {.bearing_deg = 3.0, .vr_mps = 4.0},
        {.bearing_deg = 200.0, .band = 1},
        {.bearing_deg = 200.0, .band = 256},
        {.bearing_deg = 256.0},
    };
    enum { N = sizeof plots / sizeof *plots };
    EACH_MODE(mode)
    {
        const qf_tracker tracker = track_scene_tracker(mode);
        track_stand s = track_scene_open(N, 16);
        for (uint32_t i = 0; i < N; i++) {
            const uint32_t k = 7 * i % N;
            track_stand_plot plot = plots[k];
            plot.range_m = 5000.0;
            plot.target = k + 1;
            track_stand_add(&s, plot);
        }
        frame_of(&s, &tracker, 0);
        assert_int_equal(s.table.n, N);
        for (uint32_t i = 0; i < N; i++) {
            assert_int_equal(s.table.target[i], i);
        }
        track_scene_close(&s);
    }
}

/* Numbers of a long time ago, and of a nonsensical spec, leave finite and positive variances. */
static void variances_stay_positive(void **state)
{
    (void)state;
    for (int variant = 0; variant < 12; variant++) {
        qf_tracker tracker = track_scene_tracker(modes[variant % 2]);
        const int extreme = variant / 2;
        tracker.range_sd_m = extreme == 1 ? 0 : tracker.range_sd_m;
        tracker.angle_sd_rad = extreme == 2 ? 0 : tracker.angle_sd_rad;
        tracker.speed_sd_mps = extreme == 3 ? 0 : tracker.speed_sd_mps;
        tracker.acceleration_sd_mps2 = extreme == 4 ? 0 : tracker.acceleration_sd_mps2;
        tracker.prior_speed_mps = extreme == 5 ? QF_REAL(1e4) : tracker.prior_speed_mps;
        track_stand s = track_scene_open(2 * CROWD, 96);
        for (uint32_t k = 0; k < 200; k++) {
            add_crowd(&s, k, false);
            track_stand_add(&s, (track_stand_plot){.vr_mps = 3.0}); /* at no distance */
            track_stand_add(&s, (track_stand_plot){.range_m = 700.0, .elev_deg = 90.0});
            frame_of(&s, &tracker, k);
            static const unsigned char diagonal[] = {0, 2, 5, 9, 14, 20};
            static const unsigned char own[] = {0, 2, 3, 5};
            const bool kalman = tracker.mode == QF_TRACK_KALMAN;
            for (size_t i = 0; i < s.table.n; i++) {
                for (size_t c = 0; c < (kalman ? 6 : 4); c++) {
                    const double v = (double)s.table.variance[kalman ? diagonal[c] : own[c]][i];
                    if (!(v > 0.0 && v < 1e12)) {
                        fail_msg("variant %d, frame %u: variance %zu is %g", variant, k, c, v);
                    }
                }
                assert_true(isfinite((double)s.table.east_m[i]) &&
                            isfinite((double)s.table.up_mps[i]));
            }
        }
        track_scene_close(&s);
    }
}

static void ticks_may_run_over(void **state)
{
    (void)state;
    const qf_tracker tracker = track_scene_tracker(QF_TRACK_ROBUST);
    track_stand a = track_scene_open(2 * CROWD, 96);
    track_stand b = track_scene_open(2 * CROWD, 96);
    for (uint32_t k = 0; k < 20; k++) {
        add_crowd(&a, k, false);
        add_crowd(&b, k, false);
        qf_track_frame frame = {.tick = 10 * k, .elapsed_s = k == 0 ? 0 : 1};
        track_stand_frame(&a, kernels_here(), &tracker, &frame);
        frame.tick -= 100;
        track_stand_frame(&b, kernels_here(), &tracker, &frame);
        assert_int_equal(a.table.n, b.table.n);
        assert_memory_equal(a.table.east_m, b.table.east_m, a.table.n * sizeof *a.table.east_m);
        assert_memory_equal(a.table.north_mps, b.table.north_mps,
                            a.table.n * sizeof *a.table.north_mps);
    }
    track_scene_close(&a);
    track_scene_close(&b);
}

/* ---- identity ---- */

static track_stand_plot answered(uint32_t band, qf_presence present, uint32_t identity)
{
    track_stand_plot plot = still(0.0, 1000.0, 0);
    plot.band = band;
    plot.present = present;
    plot.mode = present == QF_PRESENT;
    plot.on = present == QF_PRESENT;
    plot.identity = identity + 1;
    return plot;
}

static void another_identity_makes_a_track_suspect(void **state)
{
    (void)state;
    static const struct {
        uint32_t band;
        qf_presence present;
        uint32_t identity;
        uint32_t suspect, jumps, known, says;
    } frames[] = {
        {2, QF_ABSENT, UINT32_MAX, 0, 0, UINT32_MAX, QF_ABSENT},
        {2, QF_PRESENT, 3, 0, 0, 3, QF_PRESENT}, /* the first answer is no jump */
        {2, QF_PRESENT, 3, 0, 0, 3, QF_PRESENT},
        {1, QF_PRESENT, 8, 0, 0, 3, QF_PRESENT}, /* long range tells nothing */
        {2, QF_ABSENT, UINT32_MAX, 0, 0, 3, QF_ABSENT},
        {2, QF_PRESENT, 4, 1, 1, 4, QF_PRESENT},
        {2, QF_PRESENT, 4, 1, 1, 4, QF_PRESENT}, /* once suspect, always */
        {2, QF_PRESENT, 3, 1, 2, 3, QF_PRESENT},
    };
    EACH_MODE(mode)
    {
        const qf_tracker tracker = track_scene_tracker(mode);
        track_stand s = track_scene_open(1, 16);
        for (uint32_t k = 0; k < sizeof frames / sizeof *frames; k++) {
            track_stand_add(&s, answered(frames[k].band, frames[k].present, frames[k].identity));
            frame_of(&s, &tracker, k);
            assert_int_equal(s.table.n, 1);
            assert_int_equal(s.table.suspect[0], frames[k].suspect);
            assert_int_equal(s.tally.identity_jumps, frames[k].jumps);
            assert_int_equal(s.table.identity[0], frames[k].known);
            assert_int_equal(s.table.present[0], frames[k].says);
            assert_int_equal(s.table.mode[0], frames[k].says == QF_PRESENT);
            assert_int_equal(s.table.band[0], frames[k].band);
        }
        track_scene_close(&s);
    }
}

/* ---- merging ---- */

/* Two detections 60 m apart become two tracks and come together; then one of them is not detected any more. */
static void run_twins(track_stand *s, const qf_tracker *tracker, uint32_t a, uint32_t b)
{
    for (uint32_t k = 0; k < 46; k++) {
        const double apart = k < 10 ? 60.0 : k < 40 ? 60.0 - 2.0 * (k - 10) : 0.0;
        track_stand_plot one = still(0.0, 1000.0, 0);
        track_stand_plot two = still(apart, 1000.0, 0);
        one.band = two.band = 2;
        one.present = a != 0 ? QF_PRESENT : QF_ABSENT;
        two.present = b != 0 ? QF_PRESENT : QF_ABSENT;
        one.identity = a;
        two.identity = b;
        track_stand_add(s, one);
        if (k < 41) {
            track_stand_add(s, two);
        }
        frame_of(s, tracker, k);
        assert_true(k > 40 || s->table.n == 2);
        if (s->scratch.n_gone > 0) {
            return;
        }
    }
}

static void duplicate_is_merged_into_the_older_track(void **state)
{
    (void)state;
    EACH_MODE(mode)
    {
        qf_tracker tracker = track_scene_tracker(mode);
        tracker.max_misses = 20;
        tracker.merge2 = 9;
        track_stand s = track_scene_open(2, 16);
        run_twins(&s, &tracker, 0, 7);
        assert_int_equal(s.table.n, 1);
        assert_int_equal(s.table.number[0], 0);
        assert_int_equal(s.tally.merged, 1);
        assert_int_equal(s.tally.pruned, 0);
        assert_int_equal(s.scratch.gone[0].number, 1);
        assert_int_equal(s.scratch.gone[0].into, 0);
        assert_true(s.scratch.gone[0].was_firm);
        assert_int_equal(s.table.identity[0], 6); /* the one that is known stays known */
        assert_int_equal(s.table.present[0], QF_PRESENT);
        track_scene_close(&s);

        s = track_scene_open(2, 16);
        run_twins(&s, &tracker, 6, 7);
        assert_int_equal(s.tally.merged, 0); /* they are two that answer differently */
        assert_int_equal(s.table.n, 2);
        track_scene_close(&s);

        tracker.merge2 = 0;
        s = track_scene_open(2, 16);
        run_twins(&s, &tracker, 0, 7);
        assert_int_equal(s.tally.merged, 0); /* never */
        track_scene_close(&s);
    }
}

static void duplicate_that_becomes_firm_is_merged_at_once(void **state)
{
    (void)state;
    EACH_MODE(mode)
    {
        qf_tracker tracker = track_scene_tracker(mode);
        tracker.merge2 = 9;
        track_stand s = track_scene_open(2, 16);
        for (uint32_t k = 0; k < 2; k++) {
            assert_int_equal(s.tally.merged, 0);
            track_stand_add(&s, still(0.0, 1000.0, 0));
            track_stand_add(&s, still(0.0, 1001.0, 0));
            frame_of(&s, &tracker, k);
        }
        assert_int_equal(s.tally.updated, 2);
        assert_int_equal(s.tally.merged, 1);
        assert_int_equal(s.table.n, 1);
        assert_int_equal(s.scratch.n_gone, 1);
        assert_false(s.scratch.gone[0].was_firm); /* nobody heard that it was */
        track_scene_close(&s);
    }
}

/* Who is tentative may be a false alarm. */
static void tentative_track_is_not_merged(void **state)
{
    (void)state;
    EACH_MODE(mode)
    {
        qf_tracker tracker = track_scene_tracker(mode);
        tracker.confirm_hits = 3;
        tracker.confirm_window = 5;
        tracker.merge2 = 20;
        track_stand s = track_scene_open(2, 16);
        for (uint32_t k = 0; k < 12; k++) {
            if (k < 11) {
                track_stand_add(&s, still(0.0, 1000.0, 0));
            }
            if (k >= 10) {
                track_stand_add(&s, still(0.0, k == 10 ? 1014.0 : 1013.0, 0));
            }
            frame_of(&s, &tracker, k);
        }
        assert_int_equal(s.table.n, 2);
        assert_int_equal(s.table.firm[0], 1);
        assert_int_equal(s.table.misses[0], 1); /* robbed */
        assert_int_equal(s.table.firm[1], 0);
        assert_int_equal(s.tally.merged, 0);
        track_scene_close(&s);

        /* nor is a younger one that was firm earlier merged into it */
        s = track_scene_open(2, 16);
        for (uint32_t k = 0; k < 4; k++) {
            if (k < 2) {
                track_stand_add(&s, still(0.0, 1000.0, 0));
            }
            if (k > 0) {
                track_stand_add(&s, still(0.0, 1014.0, 0));
            }
            frame_of(&s, &tracker, k);
        }
        assert_int_equal(s.table.n, 2);
        assert_int_equal(s.table.firm[0], 0);
        assert_int_equal(s.table.firm[1], 2);
        assert_int_equal(s.tally.merged, 0);
        track_scene_close(&s);
    }
}

static void signal_is_averaged_and_cross_section_is_the_last(void **state)
{
    (void)state;
    const qf_tracker tracker = track_scene_tracker(QF_TRACK_ROBUST);
    track_stand s = track_scene_open(1, 16);
    static const double snr[] = {20.0, 10.0, 11.0};
    static const double mean[] = {20.0, 15.0, 13.0};
    for (uint32_t k = 0; k < 3; k++) {
        track_stand_plot plot = still(0.0, 1000.0, 0);
        plot.snr_db = snr[k];
        plot.rcs_dbsm = -snr[k];
        track_stand_add(&s, plot);
        frame_of(&s, &tracker, k);
        assert_true((double)s.table.snr_db[0] == mean[k]);
        assert_true((double)s.table.rcs_dbsm[0] == -snr[k]);
    }
    track_scene_close(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(crossing_target_keeps_one_track_where_the_reference_loses_it),
        cmocka_unit_test(target_that_flies_by_keeps_one_track),
        cmocka_unit_test(target_that_turns_at_once_keeps_its_track),
        cmocka_unit_test(folded_speeds_are_told_apart_by_positions),
        cmocka_unit_test(only_firm_tracks_without_a_detection_get_a_second_chance),
        cmocka_unit_test(velocity_is_the_targets_own),
        cmocka_unit_test(coasting_track_moves_on_and_is_met_again),
        cmocka_unit_test(coasting_ends_after_max_coast_s),
        cmocka_unit_test(confirms_m_of_n_and_gives_up_when_that_is_impossible),
        cmocka_unit_test(gate_is_as_wide_as_prediction_and_noise),
        cmocka_unit_test(gate_looks_at_the_radial_speed),
        cmocka_unit_test(exact_assignment_serves_more_tracks_than_the_nearest),
        cmocka_unit_test(conflict_without_memory_is_told),
        cmocka_unit_test(order_of_detections_changes_nothing),
        cmocka_unit_test(every_set_gives_the_same_bits),
        cmocka_unit_test(any_number_of_detections_updates_as_many_tracks),
        cmocka_unit_test(full_table_drops_the_farthest),
        cmocka_unit_test(many_detections_become_tracks_nearest_first),
        cmocka_unit_test(equally_far_detections_become_tracks_in_the_order_of_their_numbers),
        cmocka_unit_test(variances_stay_positive),
        cmocka_unit_test(ticks_may_run_over),
        cmocka_unit_test(another_identity_makes_a_track_suspect),
        cmocka_unit_test(duplicate_is_merged_into_the_older_track),
        cmocka_unit_test(duplicate_that_becomes_firm_is_merged_at_once),
        cmocka_unit_test(tentative_track_is_not_merged),
        cmocka_unit_test(signal_is_averaged_and_cross_section_is_the_last),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
