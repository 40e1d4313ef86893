/* SPDX-License-Identifier: Apache-2.0 */
/*
 * On the set that tests are compiled for; that the others give the same bits is in the kernels that
 * use them (test_radar_kernels.c).
 */
#include "lanes_single.h"

#include "radar_stand.h"

static void singles_are_as_near_as_they_say(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < 200000; i++) {
        uint32_t word[16];
        float u[16], logs[16], sine[16], cosine[16];
        for (uint32_t k = 0; k < 16; k++) {
            /* also words near both ends and near the quarters of a turn */
            word[k] = k % 4 == 0 ? i * UINT32_C(2654435761) + k : (k % 4) * (i % 1000 - 500);
            word[k] = k >= 12 ? (k - 12) * (UINT32_C(1) << 30) + i - 100000 : word[k];
        }
        const qf_u32x16 words = qf_u32x16_load(word);
        const qf_sincos_f32x16 angle = qf_sincos_turns(words);
        qf_f32x16_store(u, qf_unit_single(words));
        qf_f32x16_store(logs, qf_log_single(qf_unit_single(words)));
        qf_f32x16_store(sine, angle.sin);
        qf_f32x16_store(cosine, angle.cos);
        for (uint32_t k = 0; k < 16; k++) {
            const double exact = ((word[k] >> 1) + 0.5) * 0x1p-31;
            const double logarithm = log((double)u[k]);
            const double angle_rad = word[k] * 0x1p-32 * 2.0 * STATISTICS_PI;
            if (!(u[k] > 0.0f && u[k] <= 1.0f && fabs((double)u[k] - exact) <= 1.2e-7 * exact)) {
                fail_msg("uniform of %#x is %.9g", word[k], (double)u[k]);
            }
            if (!(fabs((double)logs[k] - logarithm) <= 2e-7 * fabs(logarithm))) {
                fail_msg("log of %.9g is %.9g", (double)u[k], (double)logs[k]);
            }
            if (!(fabs((double)sine[k] - sin(angle_rad)) <= 1.2e-7 &&
                  fabs((double)cosine[k] - cos(angle_rad)) <= 1.2e-7)) {
                fail_msg("angle %#x: %.9g %.9g", word[k], (double)sine[k], (double)cosine[k]);
            }
        }
    }
}

static void directions_are_as_near_as_they_say(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < 20000; i++) {
        float y[16], x[16], angle[16];
        for (uint32_t k = 0; k < 16; k++) {
            /* all around, and near the axes and diagonals */
            const double near_eighth = (i % 8) * 45.0 + (stand_uniform(i, 50 + k) - 0.5) * 1e-3;
            const double deg = k % 2 ? near_eighth : 360.0 * stand_uniform(i, 50 + k);
            const double size = pow(10.0, 20.0 * stand_uniform(i, 70) - 10.0);
            y[k] = (float)(size * sin(deg * DEG));
            x[k] = (float)(size * cos(deg * DEG));
        }
        qf_f32x16_store(angle, qf_atan2_single(qf_f32x16_load(y), qf_f32x16_load(x)));
        for (uint32_t k = 0; k < 16; k++) {
            if (!(fabs((double)angle[k] - atan2((double)y[k], (double)x[k])) <= 3e-7)) {
                fail_msg("%.9g %.9g: %.9g", (double)y[k], (double)x[k], (double)angle[k]);
            }
        }
    }
}

static void floors_are_whole_numbers_below(void **state)
{
    (void)state;
    const float values[16] = {
        0.0f,  -0.0f,  0.5f,       -0.5f,       1.0f,   -1.0f,   1e6f + 0.25f, -1e6f - 0.25f,
        1e10f, -1e10f, 8388607.5f, -8388607.5f, 1e-30f, -1e-30f, 2.9999998f,   NAN};
    float floors[16];
    qf_f32x16_store(floors, qf_floor_single(qf_f32x16_load(values)));
    for (size_t k = 0; k < 15; k++) {
        assert_true(floors[k] == floorf(values[k]));
    }
    assert_true(isnan(floors[15]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(singles_are_as_near_as_they_say),
        cmocka_unit_test(directions_are_as_near_as_they_say),
        cmocka_unit_test(floors_are_whole_numbers_below),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
