/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The steps that all trackers share: what they are given, the table's rows, what is published. They are seen through
 * the reference's tracker, on every set of kernels. Compiled twice, for both precisions.
 */
#include "track_steps_run.h"

#ifdef QF_REAL_DOUBLE
#include "track_steps.h"
#endif

static void what_is_no_detection_is_counted_and_left_out(void **state)
{
    (void)state;
    const qf_tracker tracker = track_stand_qiki();
    const double nan = (double)NAN;
    const double inf = (double)INFINITY;
    const track_stand_plot bad[] = {
        {.range_m = nan},
        {.range_m = inf},
        {.range_m = -1e-3},
        {.range_m = 50.0, .bearing_deg = nan},
        {.range_m = 50.0, .bearing_deg = -inf},
        {.range_m = 50.0, .elev_deg = nan},
        {.range_m = 50.0, .elev_deg = 90.001},
        {.range_m = 50.0, .elev_deg = -90.001},
        {.range_m = 50.0, .vr_mps = nan},
        {.range_m = 50.0, .vr_mps = -inf},
        {.range_m = 50.0, .snr_db = nan},
        {.range_m = 50.0, .rcs_dbsm = inf},
        {.range_m = sizeof(qf_real) == 4 ? 1e30 : 1e200}, /* its square is no number */
    };
    enum { BAD = sizeof bad / sizeof *bad };
    const track_stand_plot good[2] = {{.range_m = 0.0, .elev_deg = -90.0, .target = 5},
                                      {.range_m = 30.0, .elev_deg = 90.0, .target = 6}};
    EACH_SET(kernels)
    {
        track_stand s = track_stand_open(MOST_PLOTS, 32, 0);
        track_stand_add(&s, good[0]);
        for (size_t i = 0; i < BAD; i++) {
            track_stand_add(&s, bad[i]);
        }
        step_plots(&s, kernels, &tracker, 0.0, &good[1], 1);
        assert_int_equal(s.tally.rejected, BAD);
        assert_int_equal(s.table.n, 2);
        assert_int_equal(s.table.target[0], 4);
        assert_int_equal(s.table.target[1], 5);
        assert_true((double)s.table.up_m[1] == 30.0);
        assert_true((double)s.view.range_m[0] == 0.0 && (double)s.view.vr_mps[0] == 0.0);
        track_stand_close(&s);
    }
}

static void bearings_are_brought_into_a_turn_and_never_become_360(void **state)
{
    (void)state;
    const qf_tracker tracker = track_stand_qiki();
    const double in_deg[] = {-10.0, 725.0, 360.0, -360.0, -1e-20, 359.0, -0.0, 1e4};
    const double out_deg[] = {350.0, 5.0, 0.0, 0.0, 0.0, 359.0, 0.0, 280.0};
    EACH_SET(kernels)
    {
        track_stand s = track_stand_open(MOST_PLOTS, 32, 0);
        for (size_t i = 0; i < 8; i++) {
            track_stand_add(&s, (track_stand_plot){.range_m = 1000.0 + 100.0 * (double)i,
                                                   .bearing_deg = in_deg[i]});
        }
        step_plots(&s, kernels, &tracker, 0.0, NULL, 0);
        assert_int_equal(s.table.n, 8);
        for (size_t i = 0; i < 8; i++) {
            const double deg = (double)s.view.bearing_deg[i];
            assert_true(fabs(deg - out_deg[i]) < 4e-5 && deg < 360.0 && !signbit(deg));
            const double admitted_deg = (double)s.plots.bearing_deg[i];
            assert_true(fabs(admitted_deg - out_deg[i]) < 4e-5 && !signbit(admitted_deg));
        }
        /* section 1.7, 9: just west of north */
        s.table.east_m[0] = QF_REAL(-1e-16);
        s.table.north_m[0] = QF_REAL(1000.0);
        const qf_track_frame frame = {0};
        kernels->publish(&tracker, &frame, &s.table, &s.view);
        assert_true((double)s.view.bearing_deg[0] == 0.0);
        track_stand_close(&s);
    }
}

static void whoever_made_most_of_a_track_owns_it(void **state)
{
    (void)state;
    const qf_tracker tracker = track_stand_qiki();
    /* targets plus one; 0 is a false alarm. From the second on the track is firm */
    const uint32_t targets[] = {7, 9, 9, 0, 9, 7};
    const uint32_t owners[] = {6, 6, 8, 8, 8, 8};
    EACH_SET(kernels)
    {
        track_stand s = track_stand_open(MOST_PLOTS, 32, 0);
        for (int k = 0; k < 6; k++) {
            const track_stand_plot plot = {.range_m = 100.0, .target = targets[k]};
            step_plots(&s, kernels, &tracker, 0.2 * k, &plot, 1);
            assert_int_equal(s.table.owner[0], owners[k]);
            assert_int_equal(s.table.target[0], targets[k] - 1);
        }
        assert_int_equal(s.tally.firm_updates, 4);
        assert_int_equal(s.tally.pure_updates, 2); /* the third and the fifth */
        track_stand_close(&s);
    }
}

static void rows_of_a_table_stay_together_when_others_go(void **state)
{
    (void)state;
    EACH_SET(kernels)
    {
        track_stand s = track_stand_open(MOST_PLOTS, 16, 2);
        step_ahead(&s, kernels, 0.0, (const ahead[]){{100.0, 0.0}, {200.0, 0.0}, {300.0, 0.0}}, 3);
        for (uint32_t k = 0; k < 3; k++) {
            assert_int_equal(s.table.guard[1].first[k], QF_GUARD_UNSET);
            assert_int_equal(s.table.guard[1].active[k], 0);
            s.table.guard[0].first[k] = 10 + k;
            s.table.guard[1].last[k] = 20 + k;
            s.table.guard[1].fired[k] = 30 + k;
            s.table.guard[1].active[k] = k != 2;
        }
        for (int k = 1; k <= 4; k++) {
            const ahead seen[2] = {{100.0, 0.0}, {300.0, 0.0}};
            step_ahead(&s, kernels, 0.2 * k, seen, 2);
        }
        assert_int_equal(s.table.n, 2);
        assert_int_equal(s.table.number[1], 2);
        assert_true((double)s.table.north_m[1] == 300.0);
        assert_int_equal(s.table.guard[0].first[1], 12);
        assert_int_equal(s.table.guard[1].last[1], 22);
        assert_int_equal(s.table.guard[1].fired[1], 32);
        assert_int_equal(s.table.guard[1].active[1], 0);
        assert_int_equal(s.scratch.n_gone, 1);
        assert_int_equal(s.scratch.gone[0].number, 1);
        assert_int_equal(s.scratch.gone[0].active_rules, 2);
        assert_int_equal(s.scratch.gone[0].into, QF_NO_TRACK);
        assert_false(s.scratch.gone[0].was_firm);
        /* what a slot behind the last one held is nobody's */
        step_ahead(&s, kernels, 0.9, &(ahead){300.0, 0.0}, 1);
        assert_int_equal(s.table.n, 2);
        assert_int_equal(s.table.misses[1], 0);
        /* a new track in the old one's slot begins anew */
        step_ahead(&s, kernels, 1.0, &(ahead){900.0, 0.0}, 1);
        assert_int_equal(s.table.guard[1].fired[2], QF_GUARD_UNSET);
        assert_int_equal(s.scratch.n_gone, 0);
        track_stand_close(&s);
    }
}

/* row CPA1, in both frames of velocity */
static void closest_approach_is_where_and_when_it_will_be(void **state)
{
    (void)state;
    EACH_SET(kernels)
    {
        track_stand s = track_stand_open(MOST_PLOTS, 16, 0);
        /* its square is no number any more */
        const qf_real tiny = (qf_real)(sizeof(qf_real) == 4 ? -1e-30 : -1e-200);
        const qf_real velocity[4][3] = {{QF_REAL(-50.0), QF_REAL(5.0), 0},
                                        {QF_REAL(50.0), QF_REAL(5.0), 0},
                                        {0, 0, 0},
                                        {tiny, 0, 0}};
        const double time_s[4] = {19.40594059406, 0.0, 0.0, 0.0};
        const double distance_m[4] = {298.511157063, 1019.80390272, 1019.80390272, 1019.80390272};
        const qf_track_frame moving = {.own_mps = {QF_REAL(3.0), QF_REAL(-4.0), QF_REAL(1.0)}};
        for (int own = 0; own < 2; own++) {
            qf_tracker tracker = track_stand_qiki();
            tracker.mode = own ? QF_TRACK_ROBUST : QF_TRACK_QIKI;
            s.table.n = own ? 3 : 4; /* own speed would swallow the last */
            for (size_t k = 0; k < s.table.n; k++) {
                s.table.east_m[k] = QF_REAL(1000.0);
                s.table.north_m[k] = QF_REAL(200.0);
                s.table.east_mps[k] = velocity[k][0] + (own ? moving.own_mps[0] : 0);
                s.table.north_mps[k] = velocity[k][1] + (own ? moving.own_mps[1] : 0);
                s.table.up_mps[k] = velocity[k][2] + (own ? moving.own_mps[2] : 0);
            }
            kernels->publish(&tracker, &moving, &s.table, &s.view);
            for (size_t k = 0; k < s.table.n; k++) {
                assert_true(fabs((double)s.view.cpa_s[k] - time_s[k]) <= 3e-7 * time_s[k]);
                assert_true(fabs((double)s.view.cpa_distance_m[k] - distance_m[k]) <=
                            3e-7 * distance_m[k]);
                assert_true((double)s.view.east_mps[k] == (double)velocity[k][0]);
            }
            assert_true(fabs((double)s.view.vr_mps[0] - -49000.0 / 1019.80390272) < 1e-5);
            assert_true((double)s.view.vr_mps[2] == 0.0);
        }
        track_stand_close(&s);
    }
}

static void identities_tell_friends_unless_the_track_is_suspect(void **state)
{
    (void)state;
    const uint8_t iff[] = {1, 2};
    EACH_SET(kernels)
    {
        track_stand s = track_stand_open(MOST_PLOTS, 16, 0);
        qf_tracker tracker = track_stand_qiki();
        tracker.iff_of_identity = iff;
        tracker.n_identities = 2;
        const uint32_t identity[5] = {0, 1, 1, UINT32_MAX, 2};
        const uint32_t known[5] = {1, 2, 3, 3, 3};
        s.table.n = 5;
        for (size_t k = 0; k < 5; k++) {
            s.table.identity[k] = identity[k];
            s.table.mode[k] = 1;
            s.table.suspect[k] = k == 2;
        }
        const qf_track_frame frame = {0};
        for (int own = 0; own < 2; own++) {
            tracker.mode = own ? QF_TRACK_KALMAN : QF_TRACK_QIKI;
            kernels->publish(&tracker, &frame, &s.table, &s.view);
            for (size_t k = 0; k < 5; k++) {
                assert_int_equal(s.view.iff[k], own ? known[k] : 3);
                assert_int_equal(s.view.mode[k], k == 2 ? 3 : 1);
            }
        }
        track_stand_close(&s);
    }
}

/* a detection of a frame of n, in all directions */
static track_stand_plot scattered(size_t i)
{
    return (track_stand_plot){.range_m = 100.0 + 300.0 * (double)i,
                              .bearing_deg = fmod(37.0 * (double)i, 360.0),
                              .elev_deg = 80.0 * sin((double)i),
                              .vr_mps = 7.0 * cos((double)i),
                              .band = (uint32_t)(i % 3),
                              .target = (uint32_t)i + 1};
}

static void any_number_of_detections_lands_where_it_is(void **state)
{
    (void)state;
    const qf_tracker tracker = track_stand_qiki();
    const size_t sizes[] = {0, 1, 15, 16, 17, 33};
    const double rad = acos(-1.0) / 180.0;
    const double off = sizeof(qf_real) == 4 ? 4e-7 : 1e-15;
    EACH_SET(kernels)
    {
        for (size_t c = 0; c < 6; c++) {
            const size_t n = sizes[c];
            track_stand s = track_stand_open(n, 48, 0);
            for (int frame = 0; frame < 2; frame++) {
                for (size_t i = 0; i < n; i++) {
                    track_stand_add(&s, scattered(i));
                }
                step_plots(&s, kernels, &tracker, 0.0, NULL, 0);
                assert_int_equal(s.table.n, n);
                assert_int_equal(s.view.n, n);
            }
            assert_int_equal(s.tally.updated, n);
            for (size_t i = 0; i < n; i++) {
                const track_stand_plot p = scattered(i);
                const double level = p.range_m * cos(p.elev_deg * rad);
                /* x^ = 0.05 s on its way, then 0.6 of it back */
                const double share = 1.0 + 0.4 * 0.05 * p.vr_mps / p.range_m;
                const double most = off * p.range_m;
                assert_true(fabs((double)s.table.east_m[i] -
                                 share * level * sin(p.bearing_deg * rad)) <= most);
                assert_true(fabs((double)s.table.north_m[i] -
                                 share * level * cos(p.bearing_deg * rad)) <= most);
                assert_true(fabs((double)s.table.up_m[i] -
                                 share * p.range_m * sin(p.elev_deg * rad)) <= most);
                assert_true(fabs((double)s.view.bearing_deg[i] - p.bearing_deg) <= 1e-4);
                assert_true(fabs((double)s.view.elev_deg[i] - p.elev_deg) <= 5e-5);
                assert_true(fabs((double)s.view.vr_mps[i] - p.vr_mps) <= 5e-6);
            }
            track_stand_close(&s);
        }
    }
}

/* 40 frames of up to 40 detections around 30 places, of all bands, some of them bad */
static track_stand busy(const qf_kernels *kernels)
{
    track_stand s = track_stand_open(MOST_PLOTS, 48, 1);
    const qf_tracker tracker = track_stand_qiki();
    for (uint32_t f = 0; f < 40; f++) {
        for (uint32_t i = 0; i < 40 - f % 7; i++) {
            const double wobble = sin(1.7 * f + 3.1 * i);
            track_stand_plot plot = scattered((i * 7 + f % 3) % 30);
            plot.range_m += 6.0 * wobble;
            plot.bearing_deg += 0.3 * wobble;
            plot.identity = i % 5;
            plot.mode = i % 4;
            plot.elev_deg = i == 11 ? 91.0 : plot.elev_deg;
            track_stand_add(&s, plot);
        }
        step_plots(&s, kernels, &tracker, 0.2 * f, NULL, 0);
    }
    return s;
}

static void every_set_gives_the_same_bits(void **state)
{
    (void)state;
    if (!track_stand_set(1)) {
        skip(); /* one set only: the double build, or a build without others */
    }
    track_stand first = busy(track_stand_set(0));
    assert_true(first.tally.pruned > 10 && first.tally.updated > 300 && first.tally.rejected > 0);
    EACH_SET(kernels)
    {
        track_stand s = busy(kernels);
        track_stand_assert_same(&first, &s, kernels->isa);
        track_stand_close(&s);
    }
    track_stand_close(&first);
}

#ifdef QF_REAL_DOUBLE
/* by plot, then slot; a reach is inclusive, and below zero nobody is found; the distance is 3, 4, 12 */
static void candidates_are_all_pairs_within_reach_in_order(void **state)
{
    (void)state;
    track_stand s = track_stand_open(MOST_PLOTS, 32, 0);
    const size_t n_slots = 19;
    for (size_t k = 0; k < 32; k++) {
        s.table.east_m[k] = 3.0;
        s.table.north_m[k] = 4.0;
        s.table.up_m[k] = 12.0;
        s.table.snr_db[k] = k == 5 || k == 18 || k >= n_slots ? 169.0 : k == 7 ? 168.999 : -1.0;
    }
    for (size_t i = 0; i < 3; i++) {
        s.plots.east_m[i] = i == 1 ? 3.0 : 0.0;
        s.plots.north_m[i] = i == 1 ? -9.0 : 0.0;
        s.plots.up_m[i] = i == 1 ? 13.0 : 0.0;
    }
    s.plots.n = 3;
    qf_track_gate_double(&s.plots, s.table.east_m, s.table.north_m, s.table.up_m, s.table.snr_db,
                         n_slots, &s.scratch);
    const uint32_t plot[] = {0, 0, 2, 2};
    const uint32_t slot[] = {5, 18, 5, 18};
    assert_int_equal(s.scratch.n_pairs, 4);
    for (size_t k = 0; k < 4; k++) {
        assert_int_equal(s.scratch.pairs[k].plot, plot[k]);
        assert_int_equal(s.scratch.pairs[k].slot, slot[k]);
        assert_true(s.scratch.pairs[k].cost == 169.0);
    }
    track_stand_close(&s);
}
#endif

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_no_detection_is_counted_and_left_out),
        cmocka_unit_test(bearings_are_brought_into_a_turn_and_never_become_360),
        cmocka_unit_test(whoever_made_most_of_a_track_owns_it),
        cmocka_unit_test(rows_of_a_table_stay_together_when_others_go),
        cmocka_unit_test(closest_approach_is_where_and_when_it_will_be),
        cmocka_unit_test(identities_tell_friends_unless_the_track_is_suspect),
        cmocka_unit_test(any_number_of_detections_lands_where_it_is),
#ifdef QF_REAL_DOUBLE
        cmocka_unit_test(candidates_are_all_pairs_within_reach_in_order),
#endif
        cmocka_unit_test(every_set_gives_the_same_bits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
