/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What radars see of a scene, through the whole engine: scenes laid out so that geometry done by hand says
 * who is seen when, and where. Rules of bands, identities and power: test_radar_rules.c.
 */
#include "radar_frames.h"
#include "statistics.h"

/* an ideal radar's numbers are rounded to single precision, angles to a few of its units */
#define ROUNDING(value) (2.5e-7 * (fabs(value) + 1.0))

static void assert_place(const frames *r, size_t i, double range_m, double bearing_deg,
                         double elevation_deg, double vr_mps)
{
    assert_near((double)r->seen.range_m[i], range_m, ROUNDING(range_m));
    assert_near((double)r->seen.bearing_deg[i], bearing_deg, ROUNDING(bearing_deg));
    assert_near((double)r->seen.elev_deg[i], elevation_deg, ROUNDING(elevation_deg));
    assert_near((double)r->seen.vr_mps[i], vr_mps, ROUNDING(vr_mps));
}

static void an_ideal_radar_reports_the_truth(void **state)
{
    frames r;
    run_frames(*state,
               SCENARIO(1, 1, "") BOTS("eye", 1, "initial: {position_m: [100, 200, 300]}, " IDEAL())
                   BOTS("east", 1, "initial: {position_m: [3100, 200, 300]}")
                       BOTS("triangle", 1, "initial: {position_m: [-2300, 3400, 3300]}")
                           BOTS("below", 1, "initial: {position_m: [100, 200, -700]}")
                               BOTS("south", 1, "initial: {position_m: [100, -800, 300]}")
                                   BOTS("far", 1, "initial: {position_m: [100, 20201, 300]}")
                                       BOTS("edge", 1, "initial: {position_m: [100, 20200, 300]}"),
               &r);
    assert_int_equal(r.seen.n, 5);
    assert_place(&r, sight(&r, 0, 0, 1), 3000.0, 90.0, 0.0, 0.0);
    /* 2400, 3200, 3000: legs of 3-4-5 twice over */
    assert_place(&r, sight(&r, 0, 0, 2), 5000.0, 360.0 - atan2(2400.0, 3200.0) / DEG,
                 atan2(3000.0, 4000.0) / DEG, 0.0);
    assert_near((double)r.seen.range_m[sight(&r, 0, 0, 3)], 1000.0, 0.0);
    assert_near((double)r.seen.elev_deg[sight(&r, 0, 0, 3)], -90.0, 1e-5);
    assert_place(&r, sight(&r, 0, 0, 4), 1000.0, 180.0, 0.0, 0.0);
    assert_place(&r, sight(&r, 0, 0, 6), 20000.0, 0.0, 0.0, 0.0);
    for (size_t i = 0; i < r.seen.n; i++) {
        assert_true(r.seen.snr_db[i] == 20.0f);
        assert_true(r.seen.rcs_dbsm[i] == 1.0f);
    }
    end_frames(&r);
}

static void who_approaches_has_a_negative_radial_speed(void **state)
{
    frames r;
    run_frames(
        *state,
        SCENARIO(1, 1, "") BOTS("eye", 1, "initial: {heading_deg: 90, speed_mps: 3}, " IDEAL())
            BOTS("chased", 1, "initial: {position_m: [1000, 0, 0]}") BOTS(
                "leaving", 1, "initial: {position_m: [2000, 0, 0], heading_deg: 90, speed_mps: 7}")
                BOTS("meeting", 1,
                     "initial: {position_m: [3000, 0, 0], heading_deg: 270, speed_mps: 7}")
                    BOTS("across", 1,
                         "initial: {position_m: [0, 1000, 0], heading_deg: 0, speed_mps: 7}")
                        BOTS("aslant", 1,
                             "initial: {position_m: [3000, 4000, 0], heading_deg: 90, speed_mps: "
                             "8}"),
        &r);
    assert_near((double)r.seen.vr_mps[sight(&r, 0, 0, 1)], -3.0, 1e-6);
    assert_near((double)r.seen.vr_mps[sight(&r, 0, 0, 2)], 4.0, 1e-6);
    assert_near((double)r.seen.vr_mps[sight(&r, 0, 0, 3)], -10.0, 1e-6);
    assert_near((double)r.seen.vr_mps[sight(&r, 0, 0, 4)], 7.0, 1e-6);
    assert_near((double)r.seen.vr_mps[sight(&r, 0, 0, 5)], 5.0 * 0.6, 1e-6);
    end_frames(&r);
}

/* a frame is of the moment before its tick: at tick 0 nobody has moved, and nobody looks after the last */
static void frames_come_at_multiples_of_the_period_before_anybody_moves(void **state)
{
    frames r;
    run_frames(*state,
               SCENARIO(1, 10, "")
                   BOTS("eye", 1, "radar: {ideal: true, period_s: 3, range_max_m: 20000}")
                       BOTS("other", 1,
                            "radar: {ideal: true, period_s: 5, range_max_m: 20000},"
                            " initial: {position_m: [0, 1000, 0], speed_mps: 2}"),
               &r);
    static const int64_t ticks[] = {0, 3, 6, 9};
    for (size_t k = 0; k < COUNT(ticks); k++) {
        assert_near((double)r.seen.range_m[sight(&r, ticks[k], 0, 1)],
                    1000.0 + 2.0 * (double)ticks[k], 1e-3);
    }
    sight(&r, 0, 1, 0);
    sight(&r, 5, 1, 0);
    assert_int_equal(r.seen.n, 6);
    /* by tick, then by observer */
    for (size_t i = 1; i < r.seen.n; i++) {
        assert_true(
            r.seen.tick[i] > r.seen.tick[i - 1] ||
            (r.seen.tick[i] == r.seen.tick[i - 1] && r.seen.observer[i] > r.seen.observer[i - 1]));
    }
    end_frames(&r);
}

static void a_command_of_a_tick_is_done_before_its_frame(void **state)
{
    frames r;
    run_frames(*state,
               SCENARIO(1, 4, "") BOTS("eye", 1, IDEAL())
                   BOTS("other", 1,
                        "initial: {position_m: [0, 1000, 0]},"
                        " script: [{step: 2, cmd: speed, mps: 5}]"),
               &r);
    static const double vr_mps[] = {0.0, 0.0, 5.0, 5.0};
    static const double range_m[] = {1000.0, 1000.0, 1000.0, 1005.0};
    for (int64_t tick = 0; tick < 4; tick++) {
        assert_place(&r, sight(&r, tick, 0, 1), range_m[tick], 0.0, 0.0, vr_mps[tick]);
    }
    end_frames(&r);
}

static void radars_see_nothing_of_other_worlds(void **state)
{
    enum { WORLDS = 5 };
    frames r;
    run_frames(*state,
               SCENARIO(1, 1, "worlds: 5\n") BOTS("eye", 2,
                                                  IDEAL() ", initial: {position_m: "
                                                          "{uniform: {min: [-9, -9, -9], "
                                                          "max: [9, 9, 9]}}}")
                   BOTS("other", 3,
                        "initial: {position_m: {uniform: {min: [-9, -9, -9], max: [9, 9, "
                        "9]}}}"),
               &r);
    assert_int_equal(r.seen.n, WORLDS * 2 * 4);
    for (int32_t w = 0; w < WORLDS; w++) {
        for (int32_t eye = 0; eye < 2; eye++) {
            sight(&r, 0, 2 * w + eye, 2 * w + 1 - eye);
            for (int32_t other = 0; other < 3; other++) {
                sight(&r, 0, 2 * w + eye, 2 * WORLDS + 3 * w + other);
            }
        }
    }
    end_frames(&r);
}

/* `before`, and n targets around, a kilometre away; the caller frees it */
static char *around(const char *before, int n, double offset_deg)
{
    char *text = NULL;
    size_t length;
    FILE *out = open_memstream(&text, &length);
    assert_non_null(out);
    fprintf(out, "%s", before);
    for (int k = 0; k < n; k++) {
        const double bearing = (offset_deg + 360.0 * k / n) * DEG;
        fprintf(out, BOTS("target_%d", 1, "initial: {position_m: [%.12g, %.12g, 0]}"), k,
                1000.0 * sin(bearing), 1000.0 * cos(bearing));
    }
    assert_int_equal(fclose(out), 0);
    return text;
}

/* heading 90: ahead is east, so that azimuths -50 ... 30 are bearings 40 ... 120 */
static void the_field_of_view_turns_with_the_heading(void **state)
{
    static const char *const scans[] = {"staring", "sector"};
    for (size_t k = 0; k < COUNT(scans); k++) {
        char *before = NULL;
        assert_true(asprintf(&before,
                             SCENARIO(1, 1, "")
                                 BOTS("eye", 1,
                                      "initial: {heading_deg: 90}, " IDEAL(
                                          ", scan: %s, azimuth_min_deg: -50, azimuth_max_deg: 30")),
                             scans[k]) > 0);
        char *text = around(before, 36, 5.0);
        frames r;
        run_frames(*state, text, &r);
        assert_int_equal(r.seen.n, 8);
        for (int32_t n = 4; n < 12; n++) { /* 45, 55 ... 115 */
            assert_near((double)r.seen.bearing_deg[sight(&r, 0, 0, 1 + n)], 10.0 * n + 5.0, 1e-4);
        }
        end_frames(&r);
        free(text);
        free(before);
    }
}

/* and over the seam behind the vehicle */
static void a_field_of_view_may_lie_across_the_back(void **state)
{
    char *text =
        around(SCENARIO(1, 1, "") BOTS("eye", 1,
                                       "initial: {heading_deg: 90}, " IDEAL(
                                           ", azimuth_min_deg: 150, azimuth_max_deg: 210")),
               36, 5.0);
    frames r;
    run_frames(*state, text, &r);
    assert_int_equal(r.seen.n, 6);
    for (int32_t n = 24; n < 30; n++) { /* 245 ... 295 */
        sight(&r, 0, 0, 1 + n);
    }
    end_frames(&r);
    free(text);
}

/* elevations of 8.53 and 11.31 degrees, up and down, ahead and behind */
static void elevation_is_limited(void **state)
{
    frames r;
    run_frames(*state,
               SCENARIO(1, 1, "") BOTS("eye", 1,
                                       "initial: {heading_deg: 210}, " IDEAL(
                                           ", elevation_min_deg: -10, elevation_max_deg: 9"))
                   BOTS("up", 1, "initial: {position_m: [0, 1000, 150]}")
                       BOTS("higher", 1, "initial: {position_m: [0, 1000, 200]}")
                           BOTS("down", 1, "initial: {position_m: [1000, 0, -150]}")
                               BOTS("lower", 1, "initial: {position_m: [1000, 0, -200]}")
                                   BOTS("zenith", 1, "initial: {position_m: [0, 0, 500]}"),
               &r);
    assert_int_equal(r.seen.n, 2);
    sight(&r, 0, 0, 1);
    sight(&r, 0, 0, 3);
    end_frames(&r);
}

/*
 * The body swings by less than 2 degrees, which turns azimuths in its plane by less than 0.1 degrees: with
 * starts at multiples of 10 degrees, arcs end 5 degrees away from anybody.
 */
static void a_rotating_beam_passes_everybody_once_in_a_revolution(void **state)
{
    static const double rates_dps[] = {30.0, -30.0, 90.0, -120.0, 10.0};
    for (size_t k = 0; k < COUNT(rates_dps); k++) {
        char *before = NULL;
        assert_true(
            asprintf(&before,
                     SCENARIO(3, 72, "") BOTS(
                         "eye", 4,
                         "initial: {heading_deg: {choice: [0, 70, 200, 310]}}, " IDEAL(
                             ", scan: rotating, rotation_dps: %g, rotation_start_deg: {choice: [0, "
                             "-130, 40, 50, 180, 290]}")),
                     rates_dps[k]) > 0);
        char *text = around(before, 36, 5.0);
        frames r;
        run_frames(*state, text, &r);
        const int64_t revolution = (int64_t)(360.0 / fabs(rates_dps[k]));
        for (int32_t eye = 0; eye < 4; eye++) {
            for (int32_t target = 4; target < 40; target++) {
                int64_t last = -1;
                size_t n = 0;
                for (size_t i = 0; i < r.seen.n; i++) {
                    if (r.seen.observer[i] == eye && r.seen.target[i] == target) {
                        assert_true(last < 0 || r.seen.tick[i] == last + revolution);
                        last = r.seen.tick[i];
                        n++;
                    }
                }
                assert_int_equal(n, 72 / revolution);
            }
        }
        end_frames(&r);
        free(text);
        free(before);
    }
}

/* who sees the one target that its first degree of arc passes over has its start there */
static void read_starts(fixture *f, const char *text, size_t n, double *start_deg)
{
    frames r;
    run_frames(f, text, &r);
    for (size_t i = 0; i < n; i++) {
        start_deg[i] = -1.0;
    }
    for (size_t i = 0; i < r.seen.n; i++) {
        if (r.seen.target[i] >= (int32_t)n) {
            start_deg[r.seen.observer[i]] = (double)r.seen.bearing_deg[i];
        }
    }
    end_frames(&r);
}

/* the observers are as good as at one place: 360 targets stand around them, one in each degree */
static void beams_start_anywhere_and_nowhere_in_common(void **state)
{
    enum { PER_WORLD = 300, EYES = 2 * PER_WORLD, SECTORS = 12 };
    static double start_deg[2][EYES];
    for (int run = 0; run < 2; run++) {
        char *before = NULL;
        assert_true(
            asprintf(
                &before,
                SCENARIO_OF(% d, 1, "worlds: 2\n", "true") BOTS(
                    "eye", 300,
                    IDEAL(", range_min_m: 1, scan: rotating, rotation_dps: -1, rotation_start_deg: "
                          "{uniform: {min: 0, max: 360}}")),
                30 + run) > 0);
        char *text = around(before, 360, 0.5);
        read_starts(*state, text, EYES, start_deg[run]);
        free(text);
        free(before);
    }
    size_t n_in[SECTORS] = {0};
    double share[SECTORS];
    size_t n_same = 0;
    for (size_t v = 0; v < EYES; v++) {
        assert_true(start_deg[0][v] >= 0.0);
        n_in[(size_t)(start_deg[0][v] / 30.0)]++;
        n_same += start_deg[0][v] == start_deg[1][v];
        n_same += start_deg[0][v] == start_deg[0][(v + PER_WORLD) % EYES];
        n_same += start_deg[0][v] == start_deg[0][v ^ 1];
    }
    for (size_t k = 0; k < SECTORS; k++) {
        share[k] = 1.0 / SECTORS;
    }
    assert_true(chi_square_p_value(chi_square_statistic(n_in, share, SECTORS), SECTORS - 1) > 1e-3);
    /* each of 1800 with a probability of 1 / 360, the last two kinds counted twice */
    assert_true(n_same < 25);
}

/* clockwise from body +X: at tick t the frame has the arc of the second before */
static void a_rotating_beam_is_where_its_rate_and_start_say(void **state)
{
    static const double rates_dps[] = {30.0, -30.0};
    for (size_t k = 0; k < COUNT(rates_dps); k++) {
        char *before = NULL;
        assert_true(asprintf(&before,
                             SCENARIO(3, 12, "") BOTS(
                                 "eye", 1,
                                 "initial: {heading_deg: 90}, " IDEAL(
                                     ", scan: rotating, rotation_dps: %g, rotation_start_deg: 20")),
                             rates_dps[k]) > 0);
        char *text = around(before, 36, 5.0);
        frames r;
        run_frames(*state, text, &r);
        for (size_t i = 0; i < r.seen.n; i++) {
            /* azimuth = bearing - 90; from the beam at the frame's time back to a second before */
            const double at_deg = 20.0 + rates_dps[k] * (double)r.seen.tick[i];
            double back_deg = (at_deg - ((double)r.seen.bearing_deg[i] - 90.0)) *
                              (rates_dps[k] > 0.0 ? 1.0 : -1.0);
            back_deg -= 360.0 * floor(back_deg / 360.0);
            assert_true(back_deg < 30.0);
        }
        assert_int_equal(r.seen.n, 36);
        end_frames(&r);
        free(text);
        free(before);
    }
}

static void a_period_longer_than_a_revolution_sees_everybody_in_each_frame(void **state)
{
    static const char *const rates_dps[] = {"360", "-361", "1000"};
    for (size_t k = 0; k < COUNT(rates_dps); k++) {
        char *before = NULL;
        assert_true(
            asprintf(&before,
                     SCENARIO(3, 5, "") BOTS(
                         "eye", 1,
                         IDEAL(", scan: rotating, rotation_dps: %s, rotation_start_deg: {uniform: "
                               "{min: 0, max: 360}}")),
                     rates_dps[k]) > 0);
        char *text = around(before, 36, 5.0);
        frames r;
        run_frames(*state, text, &r);
        for (int64_t tick = 0; tick < 5; tick++) {
            for (int32_t target = 1; target <= 36; target++) {
                sight(&r, tick, 0, target);
            }
        }
        assert_int_equal(r.seen.n, 5 * 36);
        end_frames(&r);
        free(text);
        free(before);
    }
}

/* OC01, OC02 in kilometres of 1 m: a sphere of 6371 m, everybody 7000 m from its middle */
static void a_planet_hides_exactly_who_is_behind_it(void **state)
{
    char *text = NULL;
    assert_true(
        asprintf(&text,
                 SCENARIO(1, 1, "environment: {planet: {center_m: [10, 20, 30], radius_m: 6371}}\n")
                     BOTS("eye", 1, "initial: {position_m: [7010, 20, 30]}, " IDEAL())
                         BOTS("behind", 1, "initial: {position_m: [10, 7020, 30]}")
                             BOTS("at_40_deg", 1, "initial: {position_m: [%.12g, %.12g, 30]}")
                 /* OC03: 48.9497984 is as far as one can see */
                 BOTS("at_48_94_deg", 1, "initial: {position_m: [%.12g, 20, %.12g]}")
                     BOTS("at_48_96_deg", 1, "initial: {position_m: [%.12g, 20, %.12g]}")
                         BOTS("above", 1, "initial: {position_m: [9000, 20, 30]}")
                             BOTS("opposite", 1, "initial: {position_m: [-6990, 20, 30]}"),
                 10.0 + 7000.0 * cos(40.0 * DEG), 20.0 + 7000.0 * sin(40.0 * DEG),
                 10.0 + 7000.0 * cos(48.94 * DEG), 30.0 + 7000.0 * sin(48.94 * DEG),
                 10.0 + 7000.0 * cos(48.96 * DEG), 30.0 + 7000.0 * sin(48.96 * DEG)) > 0);
    frames r;
    run_frames(*state, text, &r);
    assert_int_equal(r.seen.n, 3);
    sight(&r, 0, 0, 2);
    sight(&r, 0, 0, 3);
    sight(&r, 0, 0, 5);
    end_frames(&r);
    free(text);
}

/* AM05 and AM06 */
static void ambiguous_ranges_and_speeds_are_reported_folded(void **state)
{
    frames r;
    run_frames(*state,
               SCENARIO(1, 1, "")
                   BOTS("range", 1,
                        "radar: {" STRONG_EXCEPT_BEAM ", bandwidth_hz: 5e6, prf_hz: 1000,"
                        " dwell_s: 0.01, beam_azimuth_deg: 1, beam_elevation_deg: 10,"
                        " range_max_m: 300000}")
                       BOTS("speed", 1,
                            "radar: {" STRONG_EXCEPT_BEAM ", bandwidth_hz: 5e6, prf_hz: 5000,"
                            " dwell_s: 0.01, beam_azimuth_deg: 1, beam_elevation_deg: 10,"
                            " range_max_m: 300000}, initial: {position_m: [0, 200000, 0]}")
                           BOTS("target", 1,
                                "signature: {rcs_dbsm: 30, swerling: 0},"
                                " initial: {position_m: [0, 201000, 0], speed_mps: 100}"),
               &r);
    assert_near((double)r.seen.range_m[sight(&r, 0, 0, 1)], 50103.771, 0.05);
    assert_near((double)r.seen.range_m[sight(&r, 0, 0, 2)], 201000.0 - 149896.229, 0.05);
    assert_near((double)r.seen.vr_mps[sight(&r, 0, 1, 2)], 20.2679632978723, 1e-3);
    assert_near((double)r.seen.range_m[sight(&r, 0, 1, 2)], 1000.0, 0.05);
    end_frames(&r);
}

/* cells of 149.9 m, 10 and 10 degrees: both are in range cell 66, azimuth cell 0, elevation cell 0 */
static void targets_of_one_cell_are_one_detection_where_their_power_is(void **state)
{
    frames r;
    run_frames(*state,
               SCENARIO(1, 1, "")
                   BOTS("eye", 1,
                        "radar: {" STRONG_EXCEPT_BEAM ", bandwidth_hz: 1e6, dwell_s: 0.01,"
                        " beam_azimuth_deg: 10, beam_elevation_deg: 10, range_max_m: 20000}")
                       BOTS("weak", 1,
                            "signature: {rcs_dbsm: 0, swerling: 0},"
                            " initial: {position_m: [900, 9900, 100]}")
                           BOTS("strong", 1,
                                "signature: {rcs_dbsm: 10, swerling: 0},"
                                " initial: {position_m: [600, 9900, 100]}")
                               BOTS("apart", 1,
                                    "signature: {rcs_dbsm: 0, swerling: 0},"
                                    " initial: {position_m: [-600, 9900, 100]}"),
               &r);
    assert_int_equal(r.seen.n, 2);
    const double weak = 1.0 / pow(900.0 * 900.0 + 9900.0 * 9900.0 + 1e4, 2.0);
    const double strong = 10.0 / pow(600.0 * 600.0 + 9900.0 * 9900.0 + 1e4, 2.0);
    const double east_m = (900.0 * weak + 600.0 * strong) / (weak + strong);
    const size_t i = sight(&r, 0, 0, 2);
    const double range_m = sqrt(east_m * east_m + 9900.0 * 9900.0 + 1e4);
    assert_near((double)r.seen.range_m[i], range_m, 0.05);
    assert_near((double)r.seen.bearing_deg[i], atan2(east_m, 9900.0) / DEG, 1e-3);
    assert_near((double)r.seen.elev_deg[i],
                atan2(100.0, sqrt(east_m * east_m + 9900.0 * 9900.0)) / DEG, 1e-3);
    assert_near((double)r.seen.rcs_dbsm[i], 10.0 * log10((weak + strong) * pow(range_m, 4.0)),
                0.01);
    sight(&r, 0, 0, 3);
    end_frames(&r);
}

/* more plots than are worked on at once, in a cell that holds everybody */
static void a_crowd_at_one_place_sees_all_of_itself(void **state)
{
    enum { CROWD = 400 };
    frames r;
    run_frames(*state, SCENARIO(1, 1, "") BOTS("a", 400, IDEAL(", capacity: 400")), &r);
    assert_int_equal(r.seen.n, CROWD * (CROWD - 1));
    for (size_t i = 0; i < r.seen.n; i++) {
        const int32_t eye = (int32_t)(i / (CROWD - 1));
        const int32_t place = (int32_t)(i % (CROWD - 1));
        assert_true(r.seen.observer[i] == eye);
        assert_true(r.seen.target[i] == place + (place >= eye));
        assert_true(r.seen.range_m[i] == 0.0f && r.seen.vr_mps[i] == 0.0f);
    }
    end_frames(&r);
}

/* an alarm lies where the radar looks, also when it looks up with a turned body */
static void false_alarms_stay_in_a_tilted_field_of_view(void **state)
{
    frames r;
    run_frames(*state,
               SCENARIO(4, 1, "worlds: 40\n") BOTS(
                   "eye", 5,
                   "initial: {heading_deg: 250}, "
                   "radar: {power_w: 1000, gain_db: 30, frequency_hz: 9.4e9, bandwidth_hz: 1e6,"
                   " noise_figure_db: 5, pfa: 1e-4, dwell_s: 0.01, beam_azimuth_deg: 1,"
                   " beam_elevation_deg: 1, azimuth_min_deg: 100, azimuth_max_deg: 160,"
                   " elevation_min_deg: 20, elevation_max_deg: 50, range_min_m: 5000,"
                   " range_max_m: 9000, capacity: 1000, period_s: 1}"),
               &r);
    /* 26.7 range cells, 60 by 30 beams: 4.8 of them in a frame; there are 200 frames */
    size_t n = 0;
    for (size_t i = 0; i < r.seen.n; i++) {
        if (r.seen.target[i] != QF_NO_ENTITY) {
            continue;
        }
        n++;
        assert_in_range((uint64_t)r.seen.range_m[i], 5000, 9000);
        /* 250 + 100 ... 250 + 160: bearings 350 ... 360 and 0 ... 50 */
        assert_true(r.seen.bearing_deg[i] >= 349.999f || r.seen.bearing_deg[i] <= 50.001f);
        assert_true(r.seen.elev_deg[i] >= 19.999f && r.seen.elev_deg[i] <= 50.001f);
    }
    const double expected = 200.0 * 1e-4 * (4000.0 / 149.896229) * 60.0 * 30.0;
    assert_near((double)n, expected, 5.0 * sqrt(expected));
    end_frames(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(an_ideal_radar_reports_the_truth),
        TEST(who_approaches_has_a_negative_radial_speed),
        TEST(frames_come_at_multiples_of_the_period_before_anybody_moves),
        TEST(a_command_of_a_tick_is_done_before_its_frame),
        TEST(radars_see_nothing_of_other_worlds),
        TEST(the_field_of_view_turns_with_the_heading),
        TEST(a_field_of_view_may_lie_across_the_back),
        TEST(elevation_is_limited),
        TEST(a_rotating_beam_passes_everybody_once_in_a_revolution),
        TEST(beams_start_anywhere_and_nowhere_in_common),
        TEST(a_rotating_beam_is_where_its_rate_and_start_say),
        TEST(a_period_longer_than_a_revolution_sees_everybody_in_each_frame),
        TEST(a_planet_hides_exactly_who_is_behind_it),
        TEST(ambiguous_ranges_and_speeds_are_reported_folded),
        TEST(targets_of_one_cell_are_one_detection_where_their_power_is),
        TEST(a_crowd_at_one_place_sees_all_of_itself),
        TEST(false_alarms_stay_in_a_tilted_field_of_view),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
