/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_BODY_SPEC_H
#define QF_BODY_SPEC_H

#include <stdbool.h>
#include <stddef.h>

/*
 * A vehicle that is a rigid body - ship, station, debris - as scenario data. Body axes: +X forward, +Y left, +Z up;
 * the origin is the centre of mass, with and without propellant. Memory belongs to the scenario's arena.
 */

/* A symmetric 3 x 3 tensor: xx, yy, zz, xy, xz, yz; products with their sign in the tensor (xy = -sum m x y). */
typedef struct qf_inertia {
    double kgm2[6];
} qf_inertia;

typedef struct qf_hull_sphere {
    double center_m[3]; /* body frame */
    double radius_m;    /* > 0 */
} qf_hull_sphere;

typedef struct qf_wheels_spec {
    double max_torque_nm[3]; /* about each body axis; > 0 */
    double max_momentum_nms[3];
} qf_wheels_spec;

typedef struct qf_solar_spec {
    double area_m2; /* > 0 */
    double efficiency;
    bool tracking;    /* always turned to the sun; else along `normal` */
    double normal[3]; /* body frame, unit */
} qf_solar_spec;

typedef struct qf_body_spec {
    double
        dry_kg; /* nominal, without propellant; what a vehicle has is drawn (QF_INITIAL_DRY_MASS) */
    qf_inertia dry;    /* about the origin, of the nominal dry mass; grows with the drawn mass */
    double tank_m2[6]; /* inertia that each kg of propellant adds, like qf_inertia per kg */
    const qf_hull_sphere *hull; /* union of spheres; none: it touches nothing */
    size_t n_hull;
    const qf_wheels_spec *wheels; /* NULL: none */
    const qf_solar_spec *solar;   /* NULL: none */
    double min_on_s; /* least time that a thruster's valve can be open in a pulse window; 0: any */
} qf_body_spec;

#endif
