/* SPDX-License-Identifier: Apache-2.0 */
/* Where a radar looks: arcs of a rotating beam, field of view, windows. By hand-made geometry. */
#include "radar_stand.h"

/* how many of 512 targets on a circle of body azimuths the radar sees, noise apart */
static size_t seen_on_circle(const qf_radar *radar, float arc_begin_deg, bool lights[512])
{
    static qf_pairs pairs;
    pairs.n = 0;
    for (uint32_t i = 0; i < 512; i++) {
        const double azimuth = (i + 0.5) * 360.0 / 512.0 * DEG;
        stand_add(&pairs,
                  &(stand_pair){.position_m = {1000.0 * cos(azimuth), -1000.0 * sin(azimuth), 0.0},
                                .rcs_m2 = 1e6,
                                .vehicle = i});
    }
    qf_plots plots = stand_plots();
    const float begin_deg = (float)stand_turned((double)arc_begin_deg);
    const float end_deg = (float)stand_turned((double)arc_begin_deg + (double)radar->arc_width_deg);
    const qf_look look = {.seed = 1, .arc_begin_deg = &begin_deg, .arc_end_deg = &end_deg};
    stand_set(0)->detect(radar, &look, &pairs, &plots);
    memset(lights, 0, 512 * sizeof *lights);
    for (size_t i = 0; i < plots.n; i++) {
        lights[plots.target[i]] = true;
    }
    const size_t n = plots.n;
    stand_free(&plots);
    return n;
}

static void a_rotating_beam_lights_each_target_once_in_a_revolution(void **state)
{
    (void)state;
    static const float widths_deg[] = {36.0f, 60.0f, 120.0f, 360.0f};
    static const float starts_deg[] = {0.0f, 17.0f, 350.0f, -700.0f};
    qf_radar radar = stand_radar();
    radar.looks_everywhere = false;
    radar.rotates = true;
    for (size_t w = 0; w < COUNT(widths_deg); w++) {
        for (size_t k = 0; k < COUNT(starts_deg); k++) {
            int lit[512] = {0};
            radar.arc_width_deg = widths_deg[w];
            for (float turn = 0.0f; turn < 360.0f; turn += widths_deg[w]) {
                const float begin_deg = starts_deg[k] + turn;
                bool lights[512];
                const size_t n = seen_on_circle(&radar, begin_deg, lights);
                assert_in_range(n, (size_t)(512.0f * widths_deg[w] / 360.0f) - 1,
                                (size_t)(512.0f * widths_deg[w] / 360.0f) + 1);
                for (size_t i = 0; i < 512; i++) {
                    lit[i] += lights[i];
                }
            }
            for (size_t i = 0; i < 512; i++) {
                assert_int_equal(lit[i], 1);
            }
        }
    }
}

/* a target that stands where one arc ends and the next begins */
static void a_target_between_two_arcs_belongs_to_one(void **state)
{
    (void)state;
    static const double places[4][3] = {{9, 0, 0}, {0, -9, 0}, {-9, 0, 0}, {0, 9, 0}};
    qf_radar radar = stand_radar();
    radar.looks_everywhere = false;
    radar.rotates = true;
    radar.arc_width_deg = 90.0f;
    for (uint32_t k = 0; k < 4; k++) {
        static qf_pairs pairs;
        pairs.n = 0;
        stand_add(&pairs, &(stand_pair){.position_m = {places[k][0], places[k][1], places[k][2]},
                                        .rcs_m2 = 1e6});
        qf_plots plots = stand_plots();
        for (uint32_t arc = 0; arc < 4; arc++) {
            const float begin_deg = 90.0f * (float)arc;
            const float end_deg = arc == 3 ? 0.0f : begin_deg + 90.0f;
            const qf_look look = {.seed = 1, .arc_begin_deg = &begin_deg, .arc_end_deg = &end_deg};
            plots.n = 0;
            stand_set(0)->detect(&radar, &look, &pairs, &plots);
            assert_int_equal(plots.n, arc == k);
        }
        stand_free(&plots);
    }
}

static void the_field_of_view_is_clockwise_from_the_nose(void **state)
{
    (void)state;
    qf_radar radar = stand_radar();
    radar.looks_everywhere = false;
    radar.azimuth_min_deg = -45.0f;
    radar.azimuth_width_deg = 180.0f; /* to 135 on the right */
    bool lights[512];
    assert_int_equal(seen_on_circle(&radar, 0.0f, lights), 256);
    for (size_t i = 0; i < 512; i++) {
        const double azimuth = ((double)i + 0.5) * 360.0 / 512.0;
        assert_int_equal(lights[i], azimuth < 135.0 || azimuth > 315.0);
    }
    /* the same target seen by a vehicle that points north: east of it is on its right */
    qf_observer observer = {0};
    stand_turn(&observer, 90.0, 0.0);
    const uint32_t near[1] = {0};
    const qf_target target = {.position_m = {500.0}, .rcs_m2 = 1e6f, .key = 1};
    static qf_pairs pairs;
    pairs.n = 0;
    stand_set(0)->pair(&target, &observer, near, 1, true, &pairs);
    assert_true(fabs((double)pairs.body_left_m[0] + 500.0) <= 1e-4);
}

static size_t n_seen(const qf_radar *radar, const stand_pair *pair, qf_plots *plots)
{
    static qf_pairs pairs;
    pairs.n = 0;
    stand_add(&pairs, pair);
    plots->n = 0;
    const qf_look look = {.seed = 3};
    stand_set(0)->detect(radar, &look, &pairs, plots);
    return plots->n;
}

static void windows_hold_their_limits(void **state)
{
    (void)state;
    qf_plots plots = stand_plots();
    qf_radar radar = stand_radar();
    stand_pair pair = {.position_m = {0, 100, 0}, .velocity_mps = {0, -30, 0}, .rcs_m2 = 1e6};
    radar.range_min_m = 100.0f;
    radar.range_max_m = 100.0f;
    assert_int_equal(n_seen(&radar, &pair, &plots), 1);
    assert_true(plots.vr_mps[0] == -30.0f); /* approaching is negative */
    radar.range_min_m = 100.01f;
    assert_int_equal(n_seen(&radar, &pair, &plots), 0);
    radar.range_min_m = 0.0f;
    radar.range_max_m = 99.99f;
    assert_int_equal(n_seen(&radar, &pair, &plots), 0);
    radar.range_max_m = 1e9f;
    radar.speed_min_mps = 30.0f;
    radar.speed_max_mps = 30.0f;
    assert_int_equal(n_seen(&radar, &pair, &plots), 1);
    radar.speed_max_mps = 29.9f;
    radar.speed_min_mps = 1.0f;
    assert_int_equal(n_seen(&radar, &pair, &plots), 0);
    /* a multiple of the span looks like standing still: a blind speed */
    radar.speed_span_mps = 30.0f;
    assert_int_equal(n_seen(&radar, &pair, &plots), 0);
    radar.speed_span_mps = 40.0f; /* -30 looks like 10 */
    assert_int_equal(n_seen(&radar, &pair, &plots), 1);
    stand_free(&plots);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_rotating_beam_lights_each_target_once_in_a_revolution),
        cmocka_unit_test(a_target_between_two_arcs_belongs_to_one),
        cmocka_unit_test(the_field_of_view_is_clockwise_from_the_nose),
        cmocka_unit_test(windows_hold_their_limits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
