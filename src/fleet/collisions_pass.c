/* SPDX-License-Identifier: Apache-2.0 */
#include "collisions_pass.h"

#include <math.h>
#include <string.h>

#include "clamp.h"
#include "swept_spheres.h"
#include "vector3.h"

/* a hull at the last look, and now */
typedef struct hull_motion {
    const qf_body_spec *spec;
    double position_m[2][3];
    double attitude[2][4];
} hull_motion;

enum { POSE = 7 }; /* position and attitude */

static const qf_field_id now_fields[POSE] = {QF_FIELD_X,  QF_FIELD_Y,  QF_FIELD_Z, QF_FIELD_QW,
                                             QF_FIELD_QX, QF_FIELD_QY, QF_FIELD_QZ};

static hull_motion motion_of(const qf_fleet *fleet, size_t entity)
{
    const qf_entity e = qf_fleet_entity(fleet, entity);
    hull_motion hull = {.spec = fleet->groups[e.group].spec->body};
    for (size_t k = 0; k < POSE; k++) {
        const double before = qf_f64(fleet, (qf_field_id)(QF_FIELD_HULL_X + k), 0)[e.slot];
        const double now = qf_f64(fleet, now_fields[k], 0)[e.slot];
        *(k < 3 ? &hull.position_m[0][k] : &hull.attitude[0][k - 3]) = before;
        *(k < 3 ? &hull.position_m[1][k] : &hull.attitude[1][k - 3]) = now;
    }
    return hull;
}

void qf_hulls_keep(const qf_fleet *fleet, size_t begin, size_t end)
{
    for (size_t k = 0; k < POSE; k++) {
        memcpy(qf_f64(fleet, (qf_field_id)(QF_FIELD_HULL_X + k), 0) + begin,
               qf_f64(fleet, now_fields[k], 0) + begin, (end - begin) * sizeof(double));
    }
}

/* from the centre of mass to a sphere of the hull, then and now */
static void sphere_of(const hull_motion *hull, size_t s, double arm_m[2][3])
{
    qf_turn(hull->attitude[0], hull->spec->hull[s].center_m, arm_m[0]);
    qf_turn(hull->attitude[1], hull->spec->hull[s].center_m, arm_m[1]);
}

/* where they first touched: a point half-way into each other, where they overlapped already */
static void describe(qf_hull_pass *pass, double arm_a[2][3], const double from_m[3],
                     const double motion_m[3], double radius_a_m, double radius_b_m, double dt_s)
{
    qf_impact *impact = &pass->impact;
    double between_m[3];
    qf_add_scaled(from_m, pass->share, motion_m, between_m);
    const double apart_m = sqrt(qf_dot(between_m, between_m));
    for (int k = 0; k < 3; k++) {
        /* one centre in the other: any direction will do */
        impact->normal[k] = apart_m > 0.0 ? between_m[k] / apart_m : (double)(k == 0);
    }
    const double depth_m = lower(apart_m - radius_a_m - radius_b_m, 0.0);
    for (int k = 0; k < 3; k++) {
        impact->arm_m[k] = arm_a[0][k] + pass->share * (arm_a[1][k] - arm_a[0][k]) +
                           (radius_a_m + 0.5 * depth_m) * impact->normal[k];
    }
    pass->closing_mps = -qf_dot(motion_m, impact->normal) / dt_s;
}

static void add_spheres(qf_hull_pass *pass, const hull_motion *a, size_t i, const hull_motion *b,
                        size_t j, double between_m[2][3], double dt_s)
{
    const double radius_a_m = a->spec->hull[i].radius_m;
    const double radius_b_m = b->spec->hull[j].radius_m;
    double arm_a[2][3];
    double arm_b[2][3];
    double at_m[2][3];
    double motion_m[3];
    sphere_of(a, i, arm_a);
    sphere_of(b, j, arm_b);
    for (int t = 0; t < 2; t++) {
        qf_add_scaled(between_m[t], 1.0, arm_b[t], at_m[t]);
        qf_difference(at_m[t], arm_a[t], at_m[t]);
    }
    qf_difference(at_m[1], at_m[0], motion_m);
    const qf_pass found = qf_swept_spheres(at_m[0], motion_m, radius_a_m + radius_b_m);
    pass->gap_m = lower(pass->gap_m, found.gap_m);
    pass->end_gap_m = lower(pass->end_gap_m, found.end_gap_m);
    if (!found.touches) {
        return;
    }
    qf_hull_pass first = {.share = found.share, .impact = pass->impact};
    describe(&first, arm_a, at_m[0], motion_m, radius_a_m, radius_b_m, dt_s);
    /* the earliest; of those that overlapped at the start, the one that closes fastest */
    if (!pass->touches || found.share < pass->share ||
        (found.share == pass->share && first.closing_mps > pass->closing_mps)) {
        pass->touches = true;
        pass->share = first.share;
        pass->closing_mps = first.closing_mps;
        pass->impact = first.impact;
    }
}

qf_hull_pass qf_hull_pass_of(const qf_fleet *fleet, size_t a, size_t b)
{
    const hull_motion hull_a = motion_of(fleet, a);
    const hull_motion hull_b = motion_of(fleet, b);
    double between_m[2][3];
    qf_hull_pass pass = {
        .gap_m = (double)INFINITY, .end_gap_m = (double)INFINITY, .impact = {.a = a, .b = b}};
    for (int t = 0; t < 2; t++) {
        qf_difference(hull_b.position_m[t], hull_a.position_m[t], between_m[t]);
    }
    for (size_t i = 0; i < hull_a.spec->n_hull; i++) {
        for (size_t j = 0; j < hull_b.spec->n_hull; j++) {
            add_spheres(&pass, &hull_a, i, &hull_b, j, between_m, fleet->scenario->dt_s);
        }
    }
    return pass;
}
