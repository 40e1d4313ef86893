/* SPDX-License-Identifier: Apache-2.0 */
/* A beam that turns: what it has not passed has not been missed. */
#include "track_scene.h"

/* The observer heads north-east; forward and left of it. */
static const qf_real forward[3] = {QF_REAL(0.70710678), QF_REAL(0.70710678), 0};
static const qf_real left[3] = {QF_REAL(-0.70710678), QF_REAL(0.70710678), 0};

static qf_track_frame frame_at(uint32_t k, double begin_deg, double end_deg)
{
    qf_track_frame frame = {.tick = 10 * k,
                            .elapsed_s = k == 0 ? 0 : 1,
                            .sweeps = true,
                            .arc_begin_deg = (qf_real)begin_deg,
                            .arc_end_deg = (qf_real)end_deg};
    memcpy(frame.forward, forward, sizeof forward);
    memcpy(frame.left, left, sizeof left);
    return frame;
}

/* a target that stands in that azimuth, clockwise from the heading of 45 degrees */
static track_stand_plot plot_at(double azimuth_deg)
{
    const double bearing = (azimuth_deg + 45.0) * 3.14159265358979323846 / 180.0;
    const track_scene_target t = {.p = {1000.0 * sin(bearing), 1000.0 * cos(bearing), 10.0}};
    return track_scene_plot(&t, (track_scene_error){0});
}

/* five frames a turn: a track is confirmed by its second turn, and coasts for as many turns as it may */
static void turns_of_the_beam_count_and_not_frames(void **state)
{
    (void)state;
    TRACK_SCENE_SETS(kernels)
    {
        for (int mode = QF_TRACK_ROBUST; mode <= QF_TRACK_KALMAN; mode++) {
            qf_tracker tracker = track_scene_tracker((qf_track_mode)mode);
            tracker.max_misses = 2;
            track_stand s = track_scene_open(1, 16);
            for (uint32_t k = 0; k < 23; k++) {
                const double begin = 72.0 * (k % 5);
                const double end = k % 5 == 4 ? 0.0 : begin + 72.0;
                if (k == 2 || k == 7) {
                    track_stand_add(&s, plot_at(150.0));
                }
                const qf_track_frame frame = frame_at(k, begin, end);
                track_stand_frame(&s, kernels, &tracker, &frame);
                /* passed and missed at 12, 17 and, once too often, at 22 */
                assert_int_equal(s.table.n, k >= 2 && k < 22 ? 1 : 0);
                if (s.table.n > 0) {
                    assert_int_equal(s.table.firm[0] != 0, k >= 7);
                    assert_int_equal(s.table.misses[0], k < 12 ? 0 : k < 17 ? 1 : 2);
                }
            }
            track_scene_close(&s);
        }
    }
}

/* arcs begin where they begin and end before they end, and go around through 0 */
static void arcs_are_half_open_and_go_around(void **state)
{
    (void)state;
    static const struct {
        double azimuth_deg, begin_deg, end_deg;
        bool lit;
    } rows[] = {
        {90.0, 89.9, 90.1, true},    {90.0, 90.1, 91.0, false}, {90.0, 80.0, 89.9, false},
        {359.0, 350.0, 10.0, true},  {1.0, 350.0, 10.0, true},  {20.0, 350.0, 10.0, false},
        {340.0, 350.0, 10.0, false}, {180.0, 0.0, 359.9, true}, {180.0, 270.0, 90.0, false},
    };
    for (size_t r = 0; r < sizeof rows / sizeof *rows; r++) {
        const qf_tracker tracker = track_scene_tracker(QF_TRACK_ROBUST);
        track_stand s = track_scene_open(1, 16);
        for (uint32_t k = 0; k < 3; k++) {
            if (k < 2) {
                track_stand_add(&s, plot_at(rows[r].azimuth_deg));
            }
            const qf_track_frame frame = frame_at(k, rows[r].begin_deg, rows[r].end_deg);
            track_stand_frame(&s, track_stand_set(0), &tracker, &frame);
        }
        /* seen wherever it was; missed where it could have been */
        assert_int_equal(s.table.hits[0], 2);
        assert_int_equal(s.table.misses[0], rows[r].lit ? 1 : 0);
        track_scene_close(&s);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(turns_of_the_beam_count_and_not_frames),
        cmocka_unit_test(arcs_are_half_open_and_go_around),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
