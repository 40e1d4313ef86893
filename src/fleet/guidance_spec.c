/* SPDX-License-Identifier: Apache-2.0 */
#include "guidance_spec.h"

#include <stddef.h>

#include "scalar_math.h"

/* for vehicles like the reference's: some 400 kg with thrusters of some 250 N */
qf_guidance_spec qf_guidance_default(qf_guidance_kind kind)
{
    static const qf_attitude_mode attitude[QF_GUIDANCE_KINDS] = {
        [QF_GUIDANCE_STATION_KEEP] = QF_ATTITUDE_TARGET,
        [QF_GUIDANCE_FORMATION] = QF_ATTITUDE_MATCH,
    };
    return (qf_guidance_spec){
        .kind = kind,
        .speed_mps = 1.0,
        .arrival_m = 1.0,
        .frame = kind == QF_GUIDANCE_FORMATION ? QF_OFFSET_BODY : QF_OFFSET_LVLH,
        .standoff_m = 20.0,
        .corridor_half_angle_rad = 10.0 * QF_RAD_PER_DEG,
        .contact_mps = 0.05,
        .attitude_mode = attitude[kind], /* elsewhere KEEP, the first */
        .attitude = {1.0, 0.0, 0.0, 0.0},
        .position_rps = 0.2,
        .position_damping = 1.0,
        .attitude_rps = 0.5,
        .attitude_damping = 1.0,
        .max_accel_mps2 = 0.2,
        .max_rate_rps = 3.0 * QF_RAD_PER_DEG,
        .avoid_horizon_s = 30.0,
    };
}

static bool is_stable(double frequency_rps, double damping, double dt_s)
{
    return damping * frequency_rps * dt_s < 1.0 && frequency_rps * dt_s < 4.0 * damping;
}

size_t qf_guidance_unstable(const qf_guidance_spec *spec, double dt_s, const char *keys[2])
{
    size_t n = 0;
    if (!is_stable(spec->attitude_rps, spec->attitude_damping, dt_s)) {
        keys[n++] = "attitude_rps";
    }
    if (!is_stable(spec->position_rps, spec->position_damping, dt_s)) {
        keys[n++] = "position_rps";
    }
    return n;
}
