/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_PORT_VIEW_H
#define QF_PORT_VIEW_H

#include "rigid.h"

/* A docking port in the world: that of a body, whatever it is docked with. */
typedef struct qf_port_pose {
    double position_m[3];
    double axis[3];         /* out of the vehicle */
    double clock[3];        /* across */
    double velocity_mps[3]; /* of the port */
    double rate_rps[3];     /* of the vehicle, world axes */
} qf_port_pose;

/* One port as seen from another one, the target's, which may turn. */
typedef struct qf_port_view {
    double axial_m;   /* along the target's axis; 0: the planes of the ports meet */
    double axial_mps; /* rate of that, negative: closing */
    double lateral_m; /* across that axis */
    double lateral_mps;
    double
        angle_rad; /* between the one axis and the opposite of the other, 0: they face each other, [0, pi] */
    double clock_rad; /* between the X axes of the ports, about the target's axis, [0, pi] */
    double rate_rps;  /* of one vehicle against the other */
} qf_port_view;

qf_port_pose qf_port_place(const qf_rigid *body, const double position_m[3], const double axis[3],
                           const double clock[3]);

/* `ago_s`: as it was that long ago, had both moved evenly since; angles and rates as they are. */
qf_port_view qf_port_look(const qf_port_pose *target, const qf_port_pose *own, double ago_s);

#endif
