/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a radar covers: cases at the ends of its windows, and at random a twin in double precision that is written
 * here from the windows' definitions, on each set of kernels.
 */
#include "radar_stand.h"

/* A target seen from an observer that looks along the world's axes: forward is east, left north. */
typedef struct place {
    double position_m[3];
    double velocity_mps[3];
    bool covered;
} place;

static qf_pairs *empty_pairs(void)
{
    qf_pairs *pairs = aligned_alloc(64, (sizeof *pairs + 63) / 64 * 64);
    assert_non_null(pairs);
    memset(pairs, 0, sizeof *pairs);
    return pairs;
}

static qf_pairs *pairs_at(const place *places, size_t n)
{
    qf_pairs *pairs = empty_pairs();
    for (size_t i = 0; i < n; i++) {
        stand_pair pair = {.rcs_m2 = 1.0, .vehicle = (uint32_t)i};
        memcpy(pair.position_m, places[i].position_m, sizeof pair.position_m);
        memcpy(pair.velocity_mps, places[i].velocity_mps, sizeof pair.velocity_mps);
        stand_add(pairs, &pair);
    }
    return pairs;
}

/* 77: not written */
static void cover(const qf_kernels *kernels, const qf_radar *radar, const qf_pairs *pairs,
                  uint32_t covered[QF_PAIRS + QF_LANE_SLACK])
{
    for (size_t i = 0; i < QF_PAIRS + QF_LANE_SLACK; i++) {
        covered[i] = 77;
    }
    kernels->cover(radar, pairs, covered);
}

static void assert_covers(const qf_radar *radar, const place *places, size_t n)
{
    static uint32_t covered[QF_PAIRS + QF_LANE_SLACK];
    qf_pairs *pairs = pairs_at(places, n);
    for (size_t set = 0; stand_set(set); set++) {
        cover(stand_set(set), radar, pairs, covered);
        for (size_t i = 0; i < n; i++) {
            if (covered[i] != places[i].covered) {
                fail_msg("%s: %u for place %zu", stand_set(set)->isa, covered[i], i);
            }
        }
    }
    free(pairs);
}

#define ASSERT_COVERS(radar, places) assert_covers(&(radar), places, COUNT(places))

static void both_ends_of_the_range_window_are_covered(void **state)
{
    (void)state;
    qf_radar radar = stand_radar();
    radar.range_min_m = 500.0f;
    radar.range_max_m = 7000.0f;
    const place places[] = {
        {.position_m = {500.0}, .covered = true},
        {.position_m = {(double)nextafterf(500.0f, 0.0f)}},
        {.position_m = {0.0, -7000.0}, .covered = true},
        {.position_m = {0.0, (double)nextafterf(-7000.0f, -INFINITY)}},
        {.position_m = {0.0, 0.0, -3000.0}, .covered = true},
        {.position_m = {300.0, 400.0}, .covered = true},
        {.position_m = {300.0, 399.0}},
        {.position_m = {0.0}},
    };
    ASSERT_COVERS(radar, places);
    radar.range_min_m = 0.0f;
    const place here[] = {{.position_m = {0.0}, .covered = true}};
    ASSERT_COVERS(radar, here);
}

/* azimuth clockwise from the nose, degrees; 1 km away at this elevation */
static place toward(double azimuth_deg, double elevation_deg, bool covered)
{
    const double level_m = 1000.0 * cos(elevation_deg * DEG);
    return (place){.position_m = {level_m * cos(azimuth_deg * DEG),
                                  -level_m * sin(azimuth_deg * DEG),
                                  1000.0 * sin(elevation_deg * DEG)},
                   .covered = covered};
}

static void field_of_view_is_a_sector_of_azimuth(void **state)
{
    (void)state;
    qf_radar radar = stand_radar();
    radar.looks_everywhere = false;
    radar.azimuth_min_deg = -60.0f;
    radar.azimuth_width_deg = 150.0f;
    const place places[] = {
        toward(0.0, 0.0, true),     toward(-59.99, 0.0, true),  toward(-60.01, 0.0, false),
        toward(89.99, 0.0, true),   toward(90.01, 0.0, false),  toward(180.0, 0.0, false),
        toward(-90.0, 0.0, false),  toward(89.99, 80.0, true),  toward(90.01, 80.0, false),
        toward(0.0, -89.999, true), toward(300.01, 10.0, true),
    };
    ASSERT_COVERS(radar, places);
    radar.azimuth_min_deg = 170.0f; /* over straight astern */
    radar.azimuth_width_deg = 20.0f;
    const place astern[] = {
        toward(170.01, 0.0, true),  toward(169.99, 0.0, false),  toward(180.0, 0.0, true),
        toward(-170.01, 0.0, true), toward(-169.99, 0.0, false), toward(0.0, 0.0, false),
    };
    ASSERT_COVERS(radar, astern);
}

static void elevation_has_limits_that_are_covered_themselves(void **state)
{
    (void)state;
    qf_radar radar = stand_radar();
    radar.looks_everywhere = false;
    radar.sin_elevation_min = -0.5f; /* -30 degrees */
    radar.sin_elevation_max = 0.6f;
    const place places[] = {
        {.position_m = {800.0, 0.0, 600.0}, .covered = true}, /* exactly */
        {.position_m = {800.0, 0.0, 601.0}},
        {.position_m = {-480.0, 640.0, 600.0}, .covered = true},
        toward(77.0, -29.99, true),
        toward(77.0, -30.01, false),
        toward(0.0, 90.0, false),
        toward(0.0, -90.0, false),
    };
    /* 600 / 1000 is rounded as 0.6f is */
    ASSERT_COVERS(radar, places);
}

static void a_planar_array_covers_what_lies_before_it(void **state)
{
    (void)state;
    qf_radar radar = stand_radar();
    radar.looks_everywhere = false;
    radar.cosine_loss = true;
    radar.boresight_azimuth_deg = 90.0f;
    const place places[] = {
        toward(90.0, 0.0, true),  toward(0.01, 0.0, true),   toward(-0.01, 0.0, false),
        toward(90.0, 89.0, true), toward(179.99, 0.0, true), toward(-90.0, 0.0, false),
    };
    ASSERT_COVERS(radar, places);
}

/* its body axes are not even set, and its field of view is not looked at */
static void a_radar_that_looks_everywhere_covers_every_direction(void **state)
{
    (void)state;
    static uint32_t covered[QF_PAIRS + QF_LANE_SLACK];
    qf_radar radar = stand_radar();
    radar.range_max_m = 1001.0f;
    radar.azimuth_width_deg = 90.0f;
    enum { DIRECTIONS = 100 };
    place places[DIRECTIONS];
    for (uint32_t i = 0; i < DIRECTIONS; i++) {
        places[i] = toward(360.0 * stand_uniform(i, 30), 180.0 * stand_uniform(i, 31) - 90.0, true);
    }
    qf_pairs *pairs = pairs_at(places, DIRECTIONS);
    for (size_t i = 0; i < DIRECTIONS; i++) {
        pairs->body_forward_m[i] = pairs->body_left_m[i] = pairs->body_up_m[i] = NAN;
    }
    for (size_t set = 0; stand_set(set); set++) {
        cover(stand_set(set), &radar, pairs, covered);
        for (size_t i = 0; i < DIRECTIONS; i++) {
            assert_int_equal(covered[i], 1);
        }
    }
    free(pairs);
}

/* detect sees only what is in the arc; a radar that has no arc yet has its coverage all the same */
static void a_rotating_radar_covers_what_its_arc_does_not_light(void **state)
{
    (void)state;
    qf_radar radar = stand_radar();
    radar.looks_everywhere = false;
    radar.rotates = true;
    radar.arc_width_deg = 10.0f;
    radar.sin_elevation_max = 0.5f;
    const float begin_deg[] = {40.0f};
    const float end_deg[] = {50.0f};
    const qf_look look = {.seed = 1, .arc_begin_deg = begin_deg, .arc_end_deg = end_deg};
    const place places[] = {
        toward(45.0, 0.0, true),  toward(39.0, 0.0, true),   toward(51.0, 0.0, true),
        toward(225.0, 0.0, true), toward(45.0, 31.0, false),
    };
    ASSERT_COVERS(radar, places);
    qf_plots plots = stand_plots();
    qf_pairs *pairs = pairs_at(places, COUNT(places));
    for (size_t set = 0; stand_set(set); set++) {
        plots.n = 0;
        stand_set(set)->detect(&radar, &look, pairs, &plots);
        assert_int_equal(plots.n, 1);
        assert_int_equal(plots.key[0] & 0xFFFFFF, 0);
    }
    free(pairs);
    stand_free(&plots);
}

static void radial_speed_does_not_matter(void **state)
{
    (void)state;
    qf_radar radar = stand_radar();
    radar.speed_min_mps = 5.0f;
    radar.speed_max_mps = 50.0f;
    radar.speed_span_mps = 120.0f;
    const place places[] = {
        {.position_m = {900.0}, .covered = true},
        {.position_m = {900.0}, .velocity_mps = {4.9}, .covered = true},
        {.position_m = {900.0}, .velocity_mps = {-20.0}, .covered = true},
        {.position_m = {900.0}, .velocity_mps = {51.0}, .covered = true},
        {.position_m = {900.0}, .velocity_mps = {-119.0}, .covered = true},
    };
    ASSERT_COVERS(radar, places);
}

/* an echo of the pulse before that comes back too early is lost; coverage is of where it is */
static void ambiguity_of_range_does_not_matter(void **state)
{
    (void)state;
    qf_radar radar = stand_radar();
    radar.range_min_m = 900.0f;
    radar.range_max_m = 20000.0f;
    radar.range_span_m = 7000.0f;
    const place places[] = {
        {.position_m = {899.0}},
        {.position_m = {6999.0}, .covered = true},
        {.position_m = {7100.0}, .covered = true},
        {.position_m = {14500.0}, .covered = true},
        {.position_m = {20001.0}},
    };
    ASSERT_COVERS(radar, places);
}

/* ---- at random ---- */

static qf_radar some_radar(uint32_t i)
{
    qf_radar radar = stand_radar();
    radar.range_min_m = (float)(2000.0 * stand_uniform(i, 40));
    radar.range_max_m = radar.range_min_m + (float)(9000.0 * stand_uniform(i, 41));
    radar.range_span_m = i % 2 ? INFINITY : 3000.0f;
    radar.speed_min_mps = i % 3 ? 0.0f : 40.0f;
    radar.looks_everywhere = i % 4 == 0;
    radar.rotates = i % 5 == 0;
    radar.arc_width_deg = 20.0f;
    if (i % 4 > 1) {
        radar.azimuth_min_deg = (float)(360.0 * stand_uniform(i, 42) - 180.0);
        radar.azimuth_width_deg = (float)(360.0 * stand_uniform(i, 43));
        radar.sin_elevation_min = (float)-stand_uniform(i, 44);
        radar.sin_elevation_max = (float)stand_uniform(i, 45);
    }
    return radar;
}

/* behind the last there are others, left over from before */
static qf_pairs *some_pairs(size_t n)
{
    qf_pairs *pairs = empty_pairs();
    const size_t n_all = n + 16 < QF_PAIRS ? n + 16 : QF_PAIRS;
    for (uint32_t i = 0; i < n_all; i++) {
        stand_pair pair = {.rcs_m2 = 1.0, .vehicle = i};
        for (uint32_t axis = 0; axis < 3; axis++) {
            pair.position_m[axis] = 16000.0 * stand_uniform(i, 46 + axis) - 8000.0;
            pair.velocity_mps[axis] = 100.0 * stand_uniform(i, 49 + axis) - 50.0;
        }
        stand_add(pairs, &pair);
    }
    pairs->n = n;
    return pairs;
}

/* Whether a value is in its window; one that single precision may put on the other side makes `*sure` false. */
static bool within(double value, double low, double high, double error, bool *sure)
{
    *sure &= fabs(value - low) > error && fabs(value - high) > error;
    return value >= low && value <= high;
}

static bool twin(const qf_radar *radar, const qf_pairs *pairs, size_t i, bool *sure)
{
    const double east_m = (double)pairs->east_m[i];
    const double north_m = (double)pairs->north_m[i];
    const double up_m = (double)pairs->up_m[i];
    const double range_m = sqrt(east_m * east_m + north_m * north_m + up_m * up_m);
    bool in = within(range_m, (double)radar->range_min_m, (double)radar->range_max_m, 0.01, sure);
    if (!radar->looks_everywhere) {
        const double azimuth_deg = atan2(-north_m, east_m) / DEG;
        in &= within(up_m / range_m, (double)radar->sin_elevation_min,
                     (double)radar->sin_elevation_max, 1e-5, sure);
        if (radar->azimuth_width_deg < 360.0f) {
            in &= within(stand_turned(azimuth_deg - (double)radar->azimuth_min_deg), 0.0,
                         (double)radar->azimuth_width_deg, 1e-3, sure);
        }
    }
    return in;
}

static void every_set_covers_what_the_windows_say(void **state)
{
    (void)state;
    enum { RADARS = 60 };
    static const size_t sizes[] = {0, 1, 15, 16, 17, QF_PAIRS};
    static uint32_t covered[2][QF_PAIRS + QF_LANE_SLACK];
    size_t n_of[2] = {0, 0};
    size_t n_unsure = 0;
    for (size_t k = 0; k < COUNT(sizes); k++) {
        const size_t n = sizes[k];
        qf_pairs *pairs = some_pairs(n);
        for (uint32_t r = 0; r < RADARS; r++) {
            const qf_radar radar = some_radar(r);
            for (size_t set = 0; stand_set(set); set++) {
                uint32_t *found = covered[set > 0];
                cover(stand_set(set), &radar, pairs, found);
                assert_memory_equal(found, covered[0], sizeof covered[0]);
            }
            for (size_t i = 0; i < n; i++) {
                bool sure = true;
                const bool expected = twin(&radar, pairs, i, &sure);
                if (sure && covered[0][i] != expected) {
                    fail_msg("radar %u, pair %zu of %zu: %u", r, i, n, covered[0][i]);
                }
                n_of[expected]++;
                n_unsure += !sure;
            }
            /* whole lanes, and nothing beyond them */
            const size_t whole = (n + 15) / 16 * 16;
            for (size_t i = n; i < QF_PAIRS + QF_LANE_SLACK; i++) {
                assert_int_equal(covered[0][i], i < whole ? 0 : 77);
            }
        }
        free(pairs);
    }
    assert_true(n_of[0] > 5000 && n_of[1] > 5000 && n_unsure < 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_ends_of_the_range_window_are_covered),
        cmocka_unit_test(field_of_view_is_a_sector_of_azimuth),
        cmocka_unit_test(elevation_has_limits_that_are_covered_themselves),
        cmocka_unit_test(a_planar_array_covers_what_lies_before_it),
        cmocka_unit_test(a_radar_that_looks_everywhere_covers_every_direction),
        cmocka_unit_test(a_rotating_radar_covers_what_its_arc_does_not_light),
        cmocka_unit_test(radial_speed_does_not_matter),
        cmocka_unit_test(ambiguity_of_range_does_not_matter),
        cmocka_unit_test(every_set_covers_what_the_windows_say),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
