/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_BODY_H
#define QF_BODY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bot.h"
#include "firing.h"
#include "gravity.h"

/*
 * What the kernels of rigid bodies share. As in bot.h: a kernel computes slots [begin, end); columns are indexed by
 * slot, rows of scratch by slot - begin; every pointer is distinct. Body axes: +X forward, +Y left, +Z up, origin in
 * the centre of mass. Attitudes are quaternions (w, x, y, z) that turn body axes into the world's.
 */
typedef struct qf_body_columns {
    double *position_m[3], *velocity_mps[3];
    double *attitude[4];
    double *rate_rps[3];
    double *wheel_nms[3]; /* NULL: no group has wheels */
    const double *dry_kg;
    double *propellant_kg;
    double *dose_usv;
    double *sunlight, *solar_w;
    const uint64_t *flags;
    /* what is docked together moves as one body; NULL: nothing docks */
    const double *bond_kg; /* 0: the vehicle is by itself */
    const double *bond_inertia_kgm2[6];
    const double *bond_m[3];         /* from their centre of mass to the vehicle, body axes */
    const double *bond_wheel_nms[3]; /* momentum of all their wheels, body axes */
    /* outputs */
    double *mass_kg;
    double *altitude_m; /* above the planet that pulls; untouched where none does */
    double *roll_rad, *pitch_rad, *yaw_rad; /* yaw: heading of +X, clockwise from north */
    double *roll_rate_rps, *pitch_rate_rps, *yaw_rate_rps; /* of the IMU: rates about +X, +Y, -Z */
    double *semi_major_axis_m, *eccentricity, *inclination_deg, *node_deg, *periapsis_deg,
        *anomaly_deg;
    double *apoapsis_m, *periapsis_m, *period_s;
} qf_body_columns;

/* A group's constants. */
typedef struct qf_body_group {
    qf_gravity gravity;
    double dry_kg;      /* that `dry_kgm2` is of; 0: of what each vehicle has */
    double dry_kgm2[6]; /* xx yy zz xy xz yz */
    double tank_m2[6];  /* inertia per kg of propellant */
    bool wheels;
    double wheel_torque_nm[3], wheel_momentum_nms[3]; /* most */
    /* the sun, and what stands before it */
    bool sun;
    double sun_direction[3], sun_slope;  /* tangent of the radius of its disc */
    double shadow_center_m[3], shadow_m; /* the planet; radius 0: none */
    double solar_w;                      /* of the array in full sunlight, face on; 0: none */
    bool solar_tracks;
    double solar_normal[3];
    double dose_rate_usvh;
    bool imu;
} qf_body_group;

/* Values of one tick on their way from kernel to kernel, for the vehicles of a block. */
typedef struct qf_body_scratch {
    /* what control wants: written by guidance, 0 where nothing is wanted */
    double wanted_force_n[3][QF_BLOCK_VEHICLES];
    double wanted_torque_nm[3][QF_BLOCK_VEHICLES];
    /* what thrusters give on average over the tick, by command of axes or allocated; written by propulsion, then
       thrust adds to it */
    double force_n[3][QF_BLOCK_VEHICLES];
    double torque_nm[3][QF_BLOCK_VEHICLES];
    double used_kg[QF_BLOCK_VEHICLES]; /* propellant that it took, already gone from the tank */
    /* what wheels give the body; they take its opposite */
    double wheel_torque_nm[3][QF_BLOCK_VEHICLES];
    qf_firing_rows firing; /* of the thrust stage alone */
} qf_body_scratch;

#endif
