/* SPDX-License-Identifier: Apache-2.0 */
#include "docking_approach.h"

#include <math.h>

#include "clamp.h"
#include "docking_bonds.h"
#include "scalar_math.h"

/* half the angle of the cone in which ports, not hulls, tell, at least: whoever is about to touch is in it */
#define LEAST_CORRIDOR_RAD (10.0 * QF_RAD_PER_DEG)
#define MOST_CORRIDOR_RAD  (80.0 * QF_RAD_PER_DEG)

static bool is_healthy(const qf_fleet *fleet, size_t slot)
{
    return !(qf_u64(fleet, QF_FIELD_FLAGS, 0)[slot] & QF_FLAG_BIT(QUARANTINED));
}

static size_t target_of(const qf_fleet *fleet, qf_entity e, size_t target_group)
{
    const qf_group *group = &fleet->groups[target_group];
    const size_t count = group->spec->count;
    return group->entity_begin + e.world * count +
           qf_target_index(e.group, e.index, target_group, count);
}

bool qf_approach_of(const qf_fleet *fleet, size_t entity, qf_approach *approach)
{
    const qf_entity e = qf_fleet_entity(fleet, entity);
    const qf_group_spec *group = fleet->groups[e.group].spec;
    if (!group->docking || group->n_guidances == 0 || !is_healthy(fleet, e.slot)) {
        return false;
    }
    const int64_t active = qf_i64(fleet, QF_FIELD_GUIDANCE, 0)[e.slot];
    if (active < 0 || group->guidances[active].kind != QF_GUIDANCE_APPROACH) {
        return false;
    }
    const qf_guidance_spec *spec = &group->guidances[active];
    const qf_docking_spec *target = fleet->scenario->groups[spec->target_group].docking;
    const size_t target_entity = target_of(fleet, e, spec->target_group);
    if (!target || target_entity == entity ||
        !is_healthy(fleet, qf_fleet_entity(fleet, target_entity).slot)) {
        return false;
    }
    *approach = (qf_approach){.spec = spec,
                              .own = entity,
                              .target = target_entity,
                              .own_port = &group->docking->ports[spec->own_port],
                              .target_port = &target->ports[spec->target_port],
                              .capture = &target->capture};
    return true;
}

static qf_port_pose pose_of(const qf_fleet *fleet, size_t entity, const qf_port_spec *port)
{
    const qf_rigid body = qf_bond_body(fleet, entity);
    return qf_port_place(&body, port->position_m, port->axis, port->clock);
}

qf_port_pose qf_approach_target_port(const qf_fleet *fleet, const qf_approach *approach)
{
    return pose_of(fleet, approach->target, approach->target_port);
}

qf_port_view qf_approach_view(const qf_fleet *fleet, const qf_approach *approach, double ago_s)
{
    const qf_port_pose own = pose_of(fleet, approach->own, approach->own_port);
    const qf_port_pose target = pose_of(fleet, approach->target, approach->target_port);
    return qf_port_look(&target, &own, ago_s);
}

/* one way round */
static bool is_on_its_way(const qf_fleet *fleet, size_t own, size_t target)
{
    qf_approach approach;
    if (!qf_approach_of(fleet, own, &approach) || approach.target != target) {
        return false;
    }
    const size_t own_slot = qf_fleet_entity(fleet, own).slot;
    const size_t target_slot = qf_fleet_entity(fleet, target).slot;
    const double ahead_m = qf_f64(fleet, QF_FIELD_PORT_AHEAD, 0)[own_slot];
    const bool free =
        qf_i64(fleet, QF_FIELD_PORT_STATE, approach.spec->own_port)[own_slot] == 0 &&
        qf_i64(fleet, QF_FIELD_PORT_STATE, approach.spec->target_port)[target_slot] == 0;
    const qf_port_view view = qf_approach_view(fleet, &approach, 0.0);
    const double half_rad =
        clamp(approach.spec->corridor_half_angle_rad, LEAST_CORRIDOR_RAD, MOST_CORRIDOR_RAD);
    const double ahead_now_m = higher(view.axial_m, 0.0);
    const double widest_m =
        qf_port_mouth_m(approach.capture) + ahead_now_m * qf_sin(half_rad) / qf_cos(half_rad);
    return free && view.lateral_m <= widest_m && view.angle_rad < 0.25 * QF_TWO_PI &&
           (isnan(ahead_m) ? view.axial_m > 0.0 : ahead_m > 0.0);
}

bool qf_approach_is_between(const qf_fleet *fleet, size_t a, size_t b)
{
    return !qf_ports_have_parted(fleet, a, b) &&
           (is_on_its_way(fleet, a, b) || is_on_its_way(fleet, b, a));
}

static bool has_left(const qf_fleet *fleet, size_t own, size_t other)
{
    const qf_entity e = qf_fleet_entity(fleet, own);
    const qf_docking_spec *docking = fleet->groups[e.group].spec->docking;
    bool left = false;
    for (size_t p = 0; docking && p < docking->n_ports; p++) {
        left = left || qf_i64(fleet, QF_FIELD_PORT_LEFT, p)[e.slot] == (int64_t)other;
    }
    return left;
}

bool qf_ports_have_parted(const qf_fleet *fleet, size_t a, size_t b)
{
    return has_left(fleet, a, b) || has_left(fleet, b, a);
}
