/* SPDX-License-Identifier: Apache-2.0 */
#include "hull.h"

#include <math.h>

#include "clamp.h"
#include "docking_bonds.h"
#include "vector3.h"

double qf_hull_bound_m(const qf_body_spec *body)
{
    double bound_m = 0.0;
    for (size_t s = 0; body && s < body->n_hull; s++) {
        const double *center_m = body->hull[s].center_m;
        bound_m = higher(bound_m, sqrt(qf_dot(center_m, center_m)) + body->hull[s].radius_m);
    }
    return bound_m;
}

static const qf_body_spec *body_of(const qf_fleet *fleet, size_t entity)
{
    return fleet->groups[qf_fleet_entity(fleet, entity).group].spec->body;
}

bool qf_hull_gap(const qf_fleet *fleet, size_t a, size_t b, double *gap_m)
{
    const qf_body_spec *spec_a = body_of(fleet, a);
    const qf_body_spec *spec_b = body_of(fleet, b);
    if (!spec_a || !spec_b || spec_a->n_hull == 0 || spec_b->n_hull == 0) {
        return false;
    }
    const qf_rigid body_a = qf_bond_body(fleet, a);
    const qf_rigid body_b = qf_bond_body(fleet, b);
    double between_m[3];
    qf_difference(body_b.position_m, body_a.position_m, between_m);
    *gap_m = (double)INFINITY;
    for (size_t i = 0; i < spec_a->n_hull; i++) {
        double from_m[3];
        qf_turn(body_a.attitude, spec_a->hull[i].center_m, from_m);
        for (size_t j = 0; j < spec_b->n_hull; j++) {
            double to_m[3];
            double apart_m[3];
            qf_turn(body_b.attitude, spec_b->hull[j].center_m, to_m);
            qf_add_scaled(between_m, 1.0, to_m, apart_m);
            qf_difference(apart_m, from_m, apart_m);
            *gap_m = lower(*gap_m, sqrt(qf_dot(apart_m, apart_m)) - spec_a->hull[i].radius_m -
                                       spec_b->hull[j].radius_m);
        }
    }
    return true;
}
