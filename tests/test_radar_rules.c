/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What radars may say of whom they see, who may look at all, and what is counted and recorded, through the
 * whole engine. Where and when somebody is seen: test_radar_frames.c.
 */
#include "radar_frames.h"

#define ACTIVE "script: [{step: 0, cmd: inputs, transponder_active: true}]"

static const char *identity_of(const frames *r, size_t i)
{
    const int32_t identity = r->seen.identity[i];
    return identity == QF_NO_IDENTITY ? "" : r->identities.text[identity];
}

static void assert_says(const frames *r, int32_t target, qf_band band, qf_transponder_mode mode,
                        const char *identity)
{
    for (size_t i = 0; i < r->seen.n; i++) {
        if (r->seen.target[i] == target) {
            assert_int_equal(r->seen.band[i], band);
            assert_int_equal(r->seen.mode[i], mode);
            assert_string_equal(identity_of(r, i), identity);
        }
    }
    sight(r, 0, 0, target);
}

static void only_who_is_in_short_range_and_on_says_an_identity(void **state)
{
    frames r;
    run_frames(*state,
               SCENARIO(1, 3, "") BOTS("eye", 1, IDEAL(", sr_threshold_m: 1000"))
                   BOTS("ally", 3,
                        "transponder: {mode: \"on\", id: \"A-{index}!\"}, " ACTIVE
                        ", initial: {position_m: [0, {grid: [999, 1000, 1001]}, 0]}")
                       BOTS("mute", 2,
                            "transponder: {mode: \"off\", id: MUTE}, " ACTIVE
                            ", initial: {position_m: [0, {grid: [-999, -1001]}, 0]}")
                           BOTS("quiet", 2,
                                "transponder: {mode: silent, id: QUIET}, " ACTIVE
                                ", initial: {position_m: [{grid: [-999, -1001]}, 0, 0]}")
                               BOTS("unpowered", 1,
                                    "transponder: {mode: \"on\", id: DARK}, script: [{step: 0, cmd:"
                                    " inputs, transponder_active: false}],"
                                    " initial: {position_m: [0, 0, 900]}")
                                   BOTS("plain", 1, ACTIVE ", initial: {position_m: [0, 0, -900]}"),
               &r);
    assert_says(&r, 1, QF_BAND_SHORT_RANGE, QF_TRANSPONDER_ON, "A-0!");
    assert_says(&r, 2, QF_BAND_SHORT_RANGE, QF_TRANSPONDER_ON, "A-1!"); /* the threshold is short */
    assert_says(&r, 3, QF_BAND_LONG_RANGE, QF_TRANSPONDER_OFF, "");
    assert_says(&r, 4, QF_BAND_SHORT_RANGE, QF_TRANSPONDER_OFF, "");
    assert_says(&r, 5, QF_BAND_LONG_RANGE, QF_TRANSPONDER_OFF, "");
    assert_says(&r, 6, QF_BAND_SHORT_RANGE, QF_TRANSPONDER_SILENT, "");
    assert_says(&r, 7, QF_BAND_LONG_RANGE, QF_TRANSPONDER_OFF, "");
    assert_says(&r, 8, QF_BAND_SHORT_RANGE, QF_TRANSPONDER_OFF, "");
    assert_says(&r, 9, QF_BAND_SHORT_RANGE, QF_TRANSPONDER_OFF, "");
    assert_int_equal(r.seen.n, 3 * 9);
    end_frames(&r);
}

static void spoofers_keep_to_one_false_identity_each(void **state)
{
    frames r;
    run_frames(*state,
               SCENARIO(1, 4, "worlds: 2\n") BOTS("eye", 1, IDEAL())
                   BOTS("spoofer", 3,
                        "transponder: {mode: spoof}, " ACTIVE
                        ", initial: {position_m: [0, {grid: [100, 200, 6000]}, 0]}"),
               &r);
    int32_t identity[4]; /* of the near ones of both worlds */
    for (int32_t k = 0; k < 4; k++) {
        const int32_t target = 2 + k / 2 * 3 + k % 2;
        for (int64_t tick = 0; tick < 4; tick++) {
            const size_t i = sight(&r, tick, k / 2, target);
            assert_int_equal(r.seen.mode[i], QF_TRANSPONDER_SPOOF);
            assert_true(tick == 0 || r.seen.identity[i] == identity[k]);
            identity[k] = r.seen.identity[i];
            const char *text = r.identities.text[identity[k]];
            assert_int_equal(strlen(text), 12);
            assert_memory_equal(text, "SPOOF-", 6);
            assert_int_equal(strspn(text + 6, "0123456789abcdef"), 6);
        }
        for (int32_t other = 0; other < k; other++) {
            assert_true(identity[k] != identity[other]);
        }
    }
    assert_says(&r, 4, QF_BAND_LONG_RANGE, QF_TRANSPONDER_OFF, "");
    end_frames(&r);
}

/* 10 % of charge is below where radar and transponder are shed: that is found in the first tick */
#define EMPTY                                                                                      \
    "hardware: {hardware_profile: {power_capacity_wh: 1e6, battery_soc_init_pct: 10,"              \
    " power_plane: {max_bus_a: 1e6, soc_shed_low_pct: 20, soc_shed_high_pct: 30,"                  \
    " supercap_capacity_wh: 0, base_power_in_w: 0}}}"

static void who_has_no_power_neither_looks_nor_answers(void **state)
{
    frames r;
    run_frames(*state,
               SCENARIO(1, 5, "")
                   BOTS("eye", 1, IDEAL()) "  - {name: poor, kind: bot, count: 1, " EMPTY
                                           ", " IDEAL() ", " ACTIVE
                                                        ", transponder: {mode: \"on\", id: POOR}, "
                                                        "initial: {position_m: [0, 100, 0]}}\n",
               &r);
    for (int64_t tick = 1; tick < 5; tick++) {
        const size_t i = sight(&r, tick, 0, 1);
        assert_int_equal(r.seen.mode[i], QF_TRANSPONDER_OFF);
        assert_int_equal(r.seen.identity[i], QF_NO_IDENTITY);
        assert_true(find_sight(&r, tick, 1, 0) == NOT_SEEN);
    }
    assert_int_equal(column_of(&r, QF_FIELD_RADAR_DETECTIONS, 0), 1);
    assert_int_equal(column_of(&r, QF_FIELD_RADAR_DETECTIONS, 1), 0);
    end_frames(&r);
}

static void a_radar_that_is_switched_off_sees_nothing_and_counts_nothing(void **state)
{
    fixture *f = *state;
    frames r;
    begin_frames(f,
                 SCENARIO(1, 8, "")
                     BOTS("eye", 1,
                          "radar: {ideal: true, period_s: 2, range_max_m: 9000, capacity: 2},"
                          " script: [{step: 3, cmd: inputs, radar_enabled: false},"
                          " {step: 6, cmd: inputs, radar_enabled: true}]")
                         BOTS("target", 5, "initial: {position_m: [0, 100, 0]}"),
                 2, &r);
    static const size_t n_seen[] = {2, 0, 2, 0, 0, 0, 2, 0}; /* by tick */
    static const int64_t column[] = {2, 2, 2, 2, 0, 0, 2, 2};
    static const int64_t dropped[] = {3, 3, 3, 3, 0, 0, 3, 3};
    for (int64_t tick = 0; tick < 8; tick++) {
        advance_frames(f, &r, tick + 1);
        assert_int_equal(count_at(&r, tick), n_seen[tick]);
        assert_int_equal(column_of(&r, QF_FIELD_RADAR_DETECTIONS, 0), column[tick]);
        assert_int_equal(column_of(&r, QF_FIELD_RADAR_DROPPED, 0), dropped[tick]);
    }
    end_frames(&r);
}

/* ---- quarantine ---- */

#define NOISY                                                                                      \
    "radar: {power_w: 1000, gain_db: 35, frequency_hz: 9.4e9, bandwidth_hz: 1e6,"                  \
    " noise_figure_db: 5, pfa: 1e-5, dwell_s: 0.01, beam_azimuth_deg: 4, beam_elevation_deg: 10,"  \
    " range_max_m: 20000, period_s: 1%s}"

#define SOMEWHERE "position_m: {uniform: {min: [-4e3, -4e3, 0], max: [4e3, 4e3, 1e3]}}"

/* group `bad` is told its speed at step 3 */
static char *scene_with_bad_group(const char *detections, const char *more_of_radar,
                                  const char *speed_mps)
{
    char *text = NULL;
    assert_true(
        asprintf(&text,
                 SCENARIO_OF(5, 6, "worlds: 2\n", "%s")
                     BOTS("clear", 40, IDEAL(", capacity: 200") ", initial: {" SOMEWHERE "}")
                         BOTS("noisy", 40, NOISY ", initial: {" SOMEWHERE "}") BOTS(
                             "bad", 6,
                             IDEAL(", capacity: 200") ", initial: {heading_deg: {uniform: "
                                                      "{min: 0, max: 360}}, " SOMEWHERE "},"
                                                      " script: [{step: 3, cmd: speed, mps: %s}]"),
                 detections, more_of_radar, speed_mps) > 0);
    return text;
}

enum { SCENE_OBSERVERS = 2 * 80 }; /* entities before the bad ones */

static bool is_of_bad(const qf_detections *d, size_t i)
{
    return d->observer[i] >= SCENE_OBSERVERS || d->target[i] >= SCENE_OBSERVERS;
}

static void assert_same_detection(const qf_detections *a, size_t i, const qf_detections *b,
                                  size_t k)
{
#define X(type, name)                                                                              \
    if (memcmp(&a->name[i], &b->name[k], sizeof(type)) != 0) {                                     \
        fail_msg("detections %zu and %zu: " #name " differs", i, k);                               \
    }
    X(int64_t, tick)
    X(int32_t, observer)
    X(int32_t, target)
    X(int32_t, identity)
    X(float, range_m)
    X(float, bearing_deg)
    X(float, elev_deg)
    X(float, vr_mps)
    X(float, snr_db)
    X(float, rcs_dbsm)
    X(uint8_t, band)
    X(uint8_t, mode)
#undef X
}

/* where nothing merges and nothing is dropped, one target more or less is one detection more or less */
static void a_quarantined_vehicle_is_not_seen_and_changes_nothing_for_others(void **state)
{
    static const char *const speeds[] = {"1e308", "-1e308", "3e20"};
    char *plain = scene_with_bad_group("true", ", merge: false, capacity: 200", "0");
    frames sound;
    run_frames(*state, plain, &sound);
    free(plain);
    for (size_t k = 0; k < COUNT(speeds); k++) {
        char *text = scene_with_bad_group("true", ", merge: false, capacity: 200", speeds[k]);
        frames hurt;
        run_frames(*state, text, &hurt);
        free(text);
        size_t at = 0;
        for (size_t i = 0; i < hurt.seen.n; i++) {
            assert_true(isfinite(hurt.seen.vr_mps[i]));
            if (is_of_bad(&hurt.seen, i)) {
                /* a bot commanded backwards stands still, and is as sound as any */
                assert_true(hurt.seen.tick[i] < 3 || speeds[k][0] == '-');
                continue;
            }
            while (is_of_bad(&sound.seen, at)) {
                at++;
            }
            assert_same_detection(&hurt.seen, i, &sound.seen, at++);
        }
        while (at < sound.seen.n && is_of_bad(&sound.seen, at)) {
            at++;
        }
        assert_int_equal(at, sound.seen.n);
        end_frames(&hurt);
    }
    end_frames(&sound);
}

/* ---- capacity and counts ---- */

static void the_strongest_are_kept_and_the_others_counted(void **state)
{
    frames r;
    run_frames(*state,
               SCENARIO(1, 1, "") BOTS(
                   "eye", 1,
                   "radar: {" STRONG_EXCEPT_BEAM ", bandwidth_hz: 1e6, dwell_s: 0.01, capacity: 4,"
                   " beam_azimuth_deg: 10, beam_elevation_deg: 10, range_max_m: 20000}")
                   BOTS("target", 10,
                        "signature: {rcs_dbsm: {grid: [0, 0, 0, 0, 0, 0, 0, 0, 0, 40]},"
                        " swerling: 0}, initial: {position_m: [0, {grid: [5000, 4000,"
                        " 3000, 2000, 1000, 6000, 7000, 8000, 9000, 10000]}, 0]}"),
               &r);
    /* 40 dB outweigh the range of 10 km against anything beyond 1 km */
    static const int32_t kept[] = {3, 4, 5, 10};
    assert_int_equal(r.seen.n, 4);
    for (size_t k = 0; k < COUNT(kept); k++) {
        assert_int_equal(r.seen.target[k], kept[k]);
    }
    assert_int_equal(column_of(&r, QF_FIELD_RADAR_DETECTIONS, 0), 4);
    assert_int_equal(column_of(&r, QF_FIELD_RADAR_DROPPED, 0), 6);
    assert_int_equal(qf_simulation_sightings(r.simulation)->n_dropped, 6);
    end_frames(&r);
}

static void columns_and_totals_count_what_is_listed(void **state)
{
    fixture *f = *state;
    frames r;
    char *text =
        scene_with_bad_group("true", ", capacity: 12, scan: rotating, rotation_dps: 130", "2");
    begin_frames(f, text, 2, &r);
    free(text);
    int64_t n_detections = 0;
    int64_t n_false_alarms = 0;
    int64_t n_dropped = 0;
    for (int64_t tick = 0; tick < f->scenario.n_ticks; tick++) {
        const size_t before = r.seen.n;
        advance_frames(f, &r, tick + 1);
        static int64_t listed[SCENE_OBSERVERS + 12][2];
        memset(listed, 0, sizeof listed);
        for (size_t i = before; i < r.seen.n; i++) {
            listed[r.seen.observer[i]][0]++;
            listed[r.seen.observer[i]][1] += r.seen.target[i] == QF_NO_ENTITY;
        }
        for (size_t e = 0; e < r.fleet.n_vehicles; e++) {
            assert_int_equal(column_of(&r, QF_FIELD_RADAR_DETECTIONS, e), listed[e][0]);
            assert_int_equal(column_of(&r, QF_FIELD_RADAR_FALSE_ALARMS, e), listed[e][1]);
            n_detections += listed[e][0];
            n_false_alarms += listed[e][1];
            n_dropped += column_of(&r, QF_FIELD_RADAR_DROPPED, e);
        }
    }
    const qf_sightings *sightings = qf_simulation_sightings(r.simulation);
    assert_int_equal(sightings->n_detections, n_detections);
    assert_int_equal(sightings->n_false_alarms, n_false_alarms);
    assert_int_equal(sightings->n_dropped, n_dropped);
    assert_true(n_detections == (int64_t)r.seen.n && n_false_alarms > 10 && n_dropped > 10);
    end_frames(&r);
}

/* ---- groups among each other, records ---- */

/* two groups of observers among 300 targets: `near_radar` sees 100 m, `far_radar` 100 km */
static char *scene_of_two_ranges(const char *near_radar, const char *far_radar)
{
    char *text = NULL;
    assert_true(asprintf(&text,
                         SCENARIO(6, 3, "") BOTS("near", 20,
                                                 "initial: {position_m: {uniform: {min: "
                                                 "[-200, -200, 0], max: [200, 200, 9]}}}%s")
                             BOTS("far", 20,
                                  "initial: {position_m: {uniform: {min: [-6e4, -6e4, 0], "
                                  "max: [6e4, 6e4, 9e3]}}}%s")
                                 BOTS("close", 250,
                                      "initial: {speed_mps: 1, position_m: {uniform: {min: "
                                      "[-200, -200, 0], max: [200, 200, 9]}}}")
                                     BOTS("wide", 250,
                                          "initial: {speed_mps: 9, position_m: {uniform: "
                                          "{min: [-6e4, -6e4, 0], max: [6e4, 6e4, 9e3]}}}"),
                         near_radar, far_radar) > 0);
    return text;
}

#define NEAR_RADAR                                                                                 \
    ", radar: {power_w: 1, gain_db: 30, frequency_hz: 77e9, bandwidth_hz: 1e9, "                   \
    "noise_figure_db: 9,"                                                                          \
    " pfa: 1e-6, dwell_s: 0.01, beam_azimuth_deg: 9, beam_elevation_deg: 9, range_max_m: 100,"     \
    " sr_threshold_m: 100, period_s: 1}"
#define FAR_RADAR                                                                                  \
    ", radar: {power_w: 1e5, gain_db: 40, frequency_hz: 9.4e9, bandwidth_hz: 1e6, "                \
    "noise_figure_db: 3,"                                                                          \
    " pfa: 1e-7, dwell_s: 0.01, beam_azimuth_deg: 2, beam_elevation_deg: 2, range_max_m: 100000,"  \
    " capacity: 1000, period_s: 1}"

static void groups_with_other_ranges_change_nothing(void **state)
{
    char *texts[] = {scene_of_two_ranges(NEAR_RADAR, FAR_RADAR),
                     scene_of_two_ranges(NEAR_RADAR, ""), scene_of_two_ranges("", FAR_RADAR)};
    frames both;
    run_frames(*state, texts[0], &both);
    for (size_t alone = 0; alone < 2; alone++) {
        frames r;
        run_frames(*state, texts[1 + alone], &r);
        assert_true(r.seen.n > 100);
        size_t at = 0;
        for (size_t i = 0; i < both.seen.n; i++) {
            if (both.seen.observer[i] / 20 == (int32_t)alone) {
                assert_true(at < r.seen.n);
                assert_same_detection(&both.seen, i, &r.seen, at++);
            }
        }
        assert_int_equal(at, r.seen.n);
        end_frames(&r);
    }
    end_frames(&both);
    for (size_t k = 0; k < COUNT(texts); k++) {
        free(texts[k]);
    }
}

static bool is_wanted(const qf_detections *d, size_t i, size_t filter)
{
    switch (filter) {
    case 0:
        return d->band[i] == QF_BAND_SHORT_RANGE;
    case 1:
        return d->band[i] == QF_BAND_LONG_RANGE;
    case 2:
        return d->target[i] != QF_NO_ENTITY;
    case 3:
        return d->snr_db[i] >= 19.5f;
    case 4:
        return d->tick[i] % 4 == 0;
    default:
        return d->observer[i] >= 80 && d->observer[i] < 160 && d->tick[i] % 3 == 0 &&
               d->target[i] != QF_NO_ENTITY;
    }
}

/* the filters choose from what is found; the state knows nothing of them */
static void filters_take_out_what_they_say(void **state)
{
    static const char *const filters[] = {
        "{bands: [short]}",      "{bands: [long]}",
        "{false_alarms: false}", "{min_snr_db: 19.5}",
        "{every_frames: 4}",     "{groups: [noisy], every_frames: 3, false_alarms: false}",
    };
    static const char more[] = ", sr_threshold_m: 2000, capacity: 200";
    char *text = scene_with_bad_group("true", more, "2");

    frames all;
    run_frames(*state, text, &all);
    free(text);
    uint64_t hash[2];
    fixture *f = *state;
    assert_int_equal(qf_fleet_world_hashes(&f->context, &all.fleet, hash), QF_OK);
    for (size_t k = 0; k < COUNT(filters); k++) {
        char *filtered = scene_with_bad_group(filters[k], more, "2");
        frames r;
        run_frames(f, filtered, &r);
        size_t at = 0;
        for (size_t i = 0; i < all.seen.n; i++) {
            if (is_wanted(&all.seen, i, k)) {
                assert_true(at < r.seen.n);
                assert_same_detection(&r.seen, at++, &all.seen, i);
            }
        }
        assert_int_equal(at, r.seen.n);
        if (at == 0 || at == all.seen.n) {
            fail_msg("%s leaves %zu of %zu", filters[k], at, all.seen.n);
        }
        uint64_t same[2];
        assert_int_equal(qf_fleet_world_hashes(&f->context, &r.fleet, same), QF_OK);
        assert_memory_equal(same, hash, sizeof hash);
        assert_int_equal(qf_simulation_sightings(r.simulation)->n_detections,
                         qf_simulation_sightings(all.simulation)->n_detections);
        end_frames(&r);
        free(filtered);
    }
    end_frames(&all);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(only_who_is_in_short_range_and_on_says_an_identity),
        TEST(spoofers_keep_to_one_false_identity_each),
        TEST(who_has_no_power_neither_looks_nor_answers),
        TEST(a_radar_that_is_switched_off_sees_nothing_and_counts_nothing),
        TEST(a_quarantined_vehicle_is_not_seen_and_changes_nothing_for_others),
        TEST(the_strongest_are_kept_and_the_others_counted),
        TEST(columns_and_totals_count_what_is_listed),
        TEST(groups_with_other_ranges_change_nothing),
        TEST(filters_take_out_what_they_say),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
