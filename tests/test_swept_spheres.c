/* SPDX-License-Identifier: Apache-2.0 */
#include "draw.h"
#include "swept_spheres.h"
#include "vehicle.h"

static double distance(const double p[3], const double m[3], double s)
{
    double d2 = 0.0;
    for (int k = 0; k < 3; k++) {
        d2 += (p[k] + s * m[k]) * (p[k] + s * m[k]);
    }
    return sqrt(d2);
}

/* along the line of the centres: apart by 10, radii 3 together, closing by 14: touch at half the time */
static void a_head_on_pass_touches_when_the_way_to_go_is_done(void **state)
{
    (void)state;
    const qf_pass pass =
        qf_swept_spheres((const double[]){10.0, 0.0, 0.0}, (const double[]){-14.0, 0.0, 0.0}, 3.0);
    assert_true(pass.touches);
    assert_exact(pass.share, 0.5);
    assert_exact(pass.gap_m, -3.0); /* through each other's centres */
    assert_exact(pass.end_gap_m, 1.0);
}

/* past each other with an offset of 3 and radii of 5: half a chord is 4 */
static void an_offset_pass_touches_half_a_chord_before_the_nearest(void **state)
{
    (void)state;
    const qf_pass pass =
        qf_swept_spheres((const double[]){24.0, 3.0, 0.0}, (const double[]){-40.0, 0.0, 0.0}, 5.0);
    assert_true(pass.touches);
    assert_near(pass.share, 20.0 / 40.0, 1e-15);
    assert_near(pass.gap_m, -2.0, 1e-15);
}

static void grazing_touches_and_a_hair_beside_does_not(void **state)
{
    (void)state;
    const double from[3] = {8.0, 5.0, 0.0};
    const double motion[3] = {-16.0, 0.0, 0.0};
    const qf_pass grazing = qf_swept_spheres(from, motion, 5.0);
    assert_true(grazing.touches);
    assert_near(grazing.share, 0.5, 1e-12);
    assert_exact(grazing.gap_m, 0.0);
    assert_false(qf_swept_spheres(from, motion, nextafter(5.0, 0.0)).touches);
}

static void without_motion_only_overlap_touches(void **state)
{
    (void)state;
    const double none[3] = {0.0, 0.0, 0.0};
    const qf_pass apart = qf_swept_spheres((const double[]){3.0, 4.0, 0.0}, none, 4.0);
    assert_false(apart.touches);
    assert_exact(apart.gap_m, 1.0);
    const qf_pass deep = qf_swept_spheres((const double[]){3.0, 4.0, 0.0}, none, 6.0);
    assert_true(deep.touches);
    assert_exact(deep.share, 0.0);
    assert_exact(deep.gap_m, -1.0);
    const qf_pass centred = qf_swept_spheres(none, none, 6.0);
    assert_true(centred.touches);
    assert_exact(centred.gap_m, -6.0);
}

static void who_parts_does_not_touch_however_near(void **state)
{
    (void)state;
    const qf_pass pass = qf_swept_spheres((const double[]){5.0 + 1e-9, 0.0, 0.0},
                                          (const double[]){1.0, 0.0, 0.0}, 5.0);
    assert_false(pass.touches);
    assert_near(pass.gap_m, 1e-9, 1e-15);
}

/* a tick at 3e7 m/s: nobody sampling places would see it */
static void motion_by_far_more_than_the_width_is_found(void **state)
{
    (void)state;
    const qf_pass hit =
        qf_swept_spheres((const double[]){1.5e6, 0.9, 0.0}, (const double[]){-3e6, 0.0, 0.0}, 1.0);
    assert_true(hit.touches);
    assert_near(hit.share, (1.5e6 - sqrt(0.19)) / 3e6, 1e-15);
    assert_near(hit.gap_m, -0.1, 1e-12);
    assert_false(
        qf_swept_spheres((const double[]){1.5e6, 1.1, 0.0}, (const double[]){-3e6, 0.0, 0.0}, 1.0)
            .touches);
}

/* motion so small that its square is no number */
static void next_to_no_motion_is_like_none(void **state)
{
    (void)state;
    const qf_pass pass =
        qf_swept_spheres((const double[]){2.0, 0.0, 0.0}, (const double[]){-1e-200, 0.0, 0.0}, 1.0);
    assert_false(pass.touches);
    assert_exact(pass.gap_m, 1.0);
}

/* least of many samples of the distance: the true least is at most half a step's way below */
static void the_least_gap_is_that_of_dense_samples(void **state)
{
    (void)state;
    enum { CASES = 2000, SAMPLES = 4000 };
    size_t n_touching = 0;
    for (uint32_t i = 0; i < CASES; i++) {
        double p[3];
        double m[3];
        double length = 0.0;
        for (uint32_t k = 0; k < 3; k++) {
            p[k] = 6.0 * (qf_draw_uniform((qf_draw_key){.seed = 5, .vehicle = i, .draw = k}) - 0.5);
            m[k] =
                30.0 * (qf_draw_uniform((qf_draw_key){.seed = 6, .vehicle = i, .draw = k}) - 0.5);
            length += m[k] * m[k];
        }
        const double reach = 3.0 * qf_draw_uniform((qf_draw_key){.seed = 7, .vehicle = i});
        const double step = sqrt(length) / SAMPLES;
        double least = (double)INFINITY;
        double first = (double)INFINITY;
        for (int s = 0; s <= SAMPLES; s++) {
            const double gap = distance(p, m, (double)s / SAMPLES) - reach;
            least = fmin(least, gap);
            first = gap <= 0.0 && first > 1.0 ? (double)s / SAMPLES : first;
        }
        const qf_pass pass = qf_swept_spheres(p, m, reach);
        assert_true(pass.gap_m <= least + 1e-12 && pass.gap_m >= least - step);
        assert_near(pass.end_gap_m, distance(p, m, 1.0) - reach, 1e-12);
        if (first <= 1.0) { /* a sample touches: then it does, at most a step before the first */
            assert_true(pass.touches);
            assert_true(pass.share <= first + 1e-12 && pass.share >= first - 1.0 / SAMPLES - 1e-12);
            n_touching++;
        } else if (least > step) {
            assert_false(pass.touches);
        }
    }
    assert_in_range(n_touching, CASES / 10, CASES - CASES / 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_head_on_pass_touches_when_the_way_to_go_is_done),
        cmocka_unit_test(an_offset_pass_touches_half_a_chord_before_the_nearest),
        cmocka_unit_test(grazing_touches_and_a_hair_beside_does_not),
        cmocka_unit_test(without_motion_only_overlap_touches),
        cmocka_unit_test(who_parts_does_not_touch_however_near),
        cmocka_unit_test(motion_by_far_more_than_the_width_is_found),
        cmocka_unit_test(next_to_no_motion_is_like_none),
        cmocka_unit_test(the_least_gap_is_that_of_dense_samples),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
