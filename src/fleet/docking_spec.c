/* SPDX-License-Identifier: Apache-2.0 */
#include "docking_spec.h"

#include <cglm/cglm.h>
#include <math.h>

#include "scalar_math.h"

const char *const qf_capture_limit_names[QF_CAPTURE_LIMITS] = {
    [QF_CAPTURE_TAKEN] = "port_taken",          [QF_CAPTURE_MODE] = "no_soft_capture",
    [QF_CAPTURE_LATERAL] = "lateral_m",         [QF_CAPTURE_AXIAL_SPEED] = "axial_mps",
    [QF_CAPTURE_LATERAL_SPEED] = "lateral_mps", [QF_CAPTURE_ANGLE] = "angle_deg",
    [QF_CAPTURE_CLOCK] = "clock_deg",           [QF_CAPTURE_RATE] = "rate_dps",
};

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

/* as cglm turns it, in single precision, then made a unit vector in double */
static void turned_unit(versor orientation, vec3 of, double unit[3])
{
    vec3 turned;
    glm_quat_rotatev(orientation, of, turned);
    double length2 = 0.0;
    for (int k = 0; k < 3; k++) {
        unit[k] = (double)turned[k];
        length2 += unit[k] * unit[k];
    }
    for (int k = 0; k < 3; k++) {
        unit[k] /= sqrt(length2);
    }
}

bool qf_port_from_pose(const double position_m[3], const double quat_xyzw[4], qf_port_spec *port)
{
    double length2 = 0.0;
    bool finite = true;
    for (int k = 0; k < 4; k++) {
        length2 += quat_xyzw[k] * quat_xyzw[k];
        finite = finite && isfinite(quat_xyzw[k]) && (k == 3 || isfinite(position_m[k]));
    }
    if (!finite || !(length2 > 0.0) || !isfinite(length2)) {
        return false;
    }
    versor orientation;
    for (int k = 0; k < 4; k++) {
        orientation[k] = (float)(quat_xyzw[k] / sqrt(length2));
    }
    turned_unit(orientation, (vec3){0.0F, 0.0F, 1.0F}, port->axis);
    turned_unit(orientation, (vec3){1.0F, 0.0F, 0.0F}, port->clock);
    double outwards = 0.0;
    double across = 0.0;
    for (int k = 0; k < 3; k++) {
        port->position_m[k] = position_m[k];
        outwards += position_m[k] * port->axis[k];
        across += port->clock[k] * port->axis[k];
    }
    /* exactly across, whatever single precision left; out of the vehicle */
    double clock2 = 0.0;
    for (int k = 0; k < 3; k++) {
        port->clock[k] -= across * port->axis[k];
        clock2 += port->clock[k] * port->clock[k];
    }
    for (int k = 0; k < 3; k++) {
        port->clock[k] /= sqrt(clock2);
        port->axis[k] = outwards < 0.0 ? -port->axis[k] : port->axis[k];
    }
    return true;
}
