/* SPDX-License-Identifier: Apache-2.0 */
#include "docking_spec.h"

#include "scalar_math.h"

/* what the International Docking System Standard allows, rounded */
qf_capture_spec qf_capture_default(void)
{
    return (qf_capture_spec){.lateral_m = 0.10,
                             .axial_mps = 0.10,
                             .lateral_mps = 0.04,
                             .angle_rad = 4.0 * QF_RAD_PER_DEG,
                             .clock_rad = 180.0 * QF_RAD_PER_DEG,
                             .rate_rps = 0.20 * QF_RAD_PER_DEG,
                             .soft_s = 10.0};
}
