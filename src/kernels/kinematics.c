/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Kinematics, attitude, IMU and dose of the simple robot, for slots [begin, end).
 *
 *   x += v sin(heading) dt,  y += v cos(heading) dt   where v > 0           [m]
 *   yaw = heading                                                            [rad]
 *   yaw rate = (yaw - yaw before) / dt                                       [rad/s]
 *   rates are NaN without an IMU, or where it is broken
 *   dose += max(0, background) / 3600 * dt                                   [uSv]
 *
 * Roll and pitch swing with the clock alone, so they come with the tick's constants; the heading's
 * sine and cosine change only with a command and are columns. No transcendental is left here.
 * In: heading, its sine and cosine, speed. In and out: x, y, yaw, dose. Out: roll, pitch, rates.
 * Per vehicle 11 reads and writes of 8 bytes, 6 more when observed; 8 operations.
 * Source: world.md section 1. Guarded by tests/test_golden_world.c.
 */
#include <math.h>

#include "kernels.h"
#include "scalar_math.h"

static inline __attribute__((always_inline)) void step(const qf_bot_columns c,
                                                       const qf_bot_group *group,
                                                       const qf_bot_tick *tick, size_t begin,
                                                       size_t end, const bool observed)
{
    const double dt_s = tick->dt_s;
    const double dose_usv = group->dose_rate_usvh / 3600.0 * dt_s;
    const double roll_rad = tick->roll_rad;
    const double pitch_rad = tick->pitch_rad;
    /* nobody measures rates without an IMU; chosen here, because a select in the loop between a
     * vehicle's value and a constant of the group is not vectorised by gcc 12 */
    const double roll_rate_rps = group->imu ? tick->roll_rate_rps : (double)NAN;
    const double pitch_rate_rps = group->imu ? tick->pitch_rate_rps : (double)NAN;
    const double yaw_interval_s = group->imu ? dt_s : (double)NAN;
    double *restrict x_m = c.x_m;
    double *restrict y_m = c.y_m;
    double *restrict yaw_rad = c.yaw_rad;
    double *restrict total_dose_usv = c.dose_usv;
#pragma omp simd
    for (size_t i = begin; i < end; i++) {
        const double speed_mps = c.speed_mps[i] > 0.0 ? c.speed_mps[i] : 0.0;
        x_m[i] += speed_mps * c.heading_sin[i] * dt_s;
        y_m[i] += speed_mps * c.heading_cos[i] * dt_s;
        total_dose_usv[i] += dose_usv;
        const double yaw_before_rad = yaw_rad[i];
        const double yaw_now_rad = c.heading_deg[i] * QF_RAD_PER_DEG;
        yaw_rad[i] = yaw_now_rad;
        if (observed) {
            c.roll_rad[i] = roll_rad;
            c.pitch_rad[i] = pitch_rad;
            c.roll_rate_rps[i] = roll_rate_rps;
            c.pitch_rate_rps[i] = pitch_rate_rps;
            c.yaw_rate_rps[i] = (yaw_now_rad - yaw_before_rad) / yaw_interval_s;
        }
    }
}

/* broken ones give no readings; apart from step(), whose loop a select would keep from being vectorised */
static void silence(const qf_bot_columns *c, size_t begin, size_t end)
{
    uint64_t any = 0; /* of most blocks none, and this takes vectors */
    for (size_t i = begin; i < end; i++) {
        any |= c->flags[i];
    }
    for (size_t i = begin; (any & QF_FLAG_BIT(IMU_BROKEN)) && i < end; i++) {
        if (c->flags[i] & QF_FLAG_BIT(IMU_BROKEN)) {
            c->roll_rate_rps[i] = (double)NAN;
            c->pitch_rate_rps[i] = (double)NAN;
            c->yaw_rate_rps[i] = (double)NAN;
        }
    }
}

void QF_KERNEL(qf_kinematics_step)(const qf_bot_columns *columns, const qf_bot_group *group,
                                   const qf_bot_tick *tick, qf_bot_scratch *scratch, size_t begin,
                                   size_t end)
{
    (void)scratch;
    if (tick->observed) {
        step(*columns, group, tick, begin, end, true);
        if (group->damage) {
            silence(columns, begin, end);
        }
    } else {
        step(*columns, group, tick, begin, end, false);
    }
}
