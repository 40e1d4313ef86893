/* SPDX-License-Identifier: Apache-2.0 */
#include "environment_spec.h"

#include "scalar_math.h"

/* EGM96: equatorial radius and the second zonal harmonic */
qf_gravity qf_gravity_earth(bool oblate)
{
    return (qf_gravity){.kind = oblate ? QF_GRAVITY_J2 : QF_GRAVITY_POINT,
                        .mu_m3ps2 = 3.986004418e14,
                        .radius_m = 6378137.0,
                        .j2 = oblate ? 1.08262668e-3 : 0.0};
}

/* one astronomical unit from the Sun */
qf_sun_spec qf_sun_default(void)
{
    return (qf_sun_spec){.flux_wpm2 = 1361.0, .angular_radius_rad = 0.2666 * QF_RAD_PER_DEG};
}
