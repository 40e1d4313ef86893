/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Ports that come to touch: the plane of one was before the other's at the last look and is not any more. What was
 * measured then - back along the relative motion, by as much of the tick as has passed since - is held against the
 * target's limits. Guarded by tests/test_docking.c.
 */
#include <math.h>

#include "clamp.h"
#include "docking_impact.h"
#include "docking_internal.h"
#include "scalar_math.h"
#include "vector3.h"

typedef struct touch {
    qf_approach approach;
    qf_port_view view; /* when they touched */
    double ago_s;
} touch;

/* the first limit that is not kept, and what was measured of it */
static qf_capture_limit judge(const qf_fleet *fleet, const touch *t, double *measured)
{
    const qf_approach *approach = &t->approach;
    const qf_capture_spec *most = approach->capture;
    const qf_port_view *view = &t->view;
    const size_t target_port = approach->spec->target_port;
    const int64_t partner =
        *qf_port_column(fleet, QF_FIELD_PORT_PARTNER, target_port, approach->target);
    const struct {
        double value;
        bool kept;
    } limits[QF_CAPTURE_LIMITS] = {
        [QF_CAPTURE_TAKEN] = {(double)partner, partner < 0},
        [QF_CAPTURE_MODE] = {(double)NAN, approach->own_port->soft && approach->target_port->soft},
        [QF_CAPTURE_LATERAL] = {view->lateral_m, view->lateral_m <= most->lateral_m},
        [QF_CAPTURE_AXIAL_SPEED] = {-view->axial_mps, -view->axial_mps <= most->axial_mps},
        [QF_CAPTURE_LATERAL_SPEED] = {view->lateral_mps, view->lateral_mps <= most->lateral_mps},
        [QF_CAPTURE_ANGLE] = {view->angle_rad / QF_RAD_PER_DEG, view->angle_rad <= most->angle_rad},
        [QF_CAPTURE_CLOCK] = {view->clock_rad / QF_RAD_PER_DEG, view->clock_rad <= most->clock_rad},
        [QF_CAPTURE_RATE] = {view->rate_rps / QF_RAD_PER_DEG, view->rate_rps <= most->rate_rps},
    };
    qf_capture_limit limit = QF_CAPTURE_TAKEN;
    while (limit < QF_CAPTURE_LIMITS && limits[limit].kept) {
        limit++;
    }
    *measured = limit < QF_CAPTURE_LIMITS ? limits[limit].value : (double)NAN;
    return limit;
}

static void latch_port(const qf_docking_stage *stage, size_t entity, size_t port, size_t partner,
                       size_t partner_port, bool gives)
{
    const qf_fleet *fleet = stage->fleet;
    *qf_port_column(fleet, QF_FIELD_PORT_STATE, port, entity) = 1;
    *qf_port_column(fleet, QF_FIELD_PORT_PARTNER, port, entity) = (int64_t)partner;
    *qf_port_column(fleet, QF_FIELD_PORT_PARTNER_PORT, port, entity) = (int64_t)partner_port;
    *qf_port_column(fleet, QF_FIELD_PORT_SINCE, port, entity) = stage->tick;
    *qf_port_column(fleet, QF_FIELD_PORT_GIVES, port, entity) = gives;
    qf_docking_tell(stage, entity, QF_EVENT_SOFT_CAPTURE, (int32_t)port, (double)partner);
}

static void capture(qf_docking_stage *stage, const qf_approach *approach)
{
    const size_t own_port = approach->spec->own_port;
    const size_t target_port = approach->spec->target_port;
    latch_port(stage, approach->own, own_port, approach->target, target_port, false);
    latch_port(stage, approach->target, target_port, approach->own, own_port, true);
    qf_bonds_join(stage->fleet, &stage->bonds, approach->own);
}

/* who comes for the other's port goes back to its standoff before it tries again */
static void send_back(const qf_fleet *fleet, size_t entity, size_t other)
{
    qf_approach approach;
    if (qf_approach_of(fleet, entity, &approach) && approach.target == other) {
        *qf_port_column(fleet, QF_FIELD_GUIDANCE_STEP, 0, entity) = QF_APPROACH_STANDOFF;
    }
}

/* ports meet like hulls that are plane there: a collision along the target's axis where its port is met */
static void bounce(qf_docking_stage *stage, const touch *t, qf_capture_limit limit, double measured)
{
    const qf_fleet *fleet = stage->fleet;
    const qf_approach *approach = &t->approach;
    const size_t own = approach->own;
    const size_t target = approach->target;
    const qf_port_pose port = qf_approach_target_port(fleet, approach);
    const qf_rigid target_body = qf_bond_body(fleet, target);
    qf_impact impact = {.a = target, .b = own};
    for (int k = 0; k < 3; k++) {
        impact.normal[k] = port.axis[k];
        impact.arm_m[k] = port.position_m[k] - target_body.position_m[k];
    }
    qf_docking_tell(stage, own, QF_EVENT_CAPTURE_FAILED,
                    qf_capture_subject(limit, approach->spec->own_port), measured);
    qf_docking_tell(stage, target, QF_EVENT_CAPTURE_FAILED,
                    qf_capture_subject(limit, approach->spec->target_port), measured);
    const double closing_mps = qf_impact_bounce(fleet, &stage->bonds, &impact, t->ago_s);
    qf_impact_tell(fleet, stage->events, stage->tick, &impact, closing_mps);
    *qf_port_column(fleet, QF_FIELD_PORT_LEFT, approach->spec->own_port, own) = (int64_t)target;
    send_back(fleet, own, target);
    send_back(fleet, target, own);
}

/* of two that approach each other's port, the one with the larger number docks with the other */
static bool is_other_way_round(const qf_fleet *fleet, const qf_approach *approach)
{
    qf_approach back;
    return approach->own < approach->target && qf_approach_of(fleet, approach->target, &back) &&
           back.target == approach->own && back.own_port == approach->target_port &&
           back.target_port == approach->own_port;
}

/* whether they touch, and how; keeps how far ahead the port is for the next look */
static bool touches(const qf_fleet *fleet, touch *t)
{
    const qf_approach *approach = &t->approach;
    double *ahead_m =
        &qf_f64(fleet, QF_FIELD_PORT_AHEAD, 0)[qf_fleet_entity(fleet, approach->own).slot];
    const double before_m = *ahead_m;
    *ahead_m = (double)NAN;
    const double dt_s = fleet->scenario->dt_s;
    qf_port_view view = qf_approach_view(fleet, approach, 0.0);
    const double was_m = isnan(before_m) ? view.axial_m - view.axial_mps * dt_s : before_m;
    *ahead_m = view.axial_m;
    if (!(was_m > 0.0) || view.axial_m > 0.0) {
        return false;
    }
    t->ago_s = view.axial_mps < 0.0 ? lower(view.axial_m / view.axial_mps, dt_s) : 0.0;
    t->view = qf_approach_view(fleet, approach, t->ago_s);
    return t->view.lateral_m <= qf_port_mouth_m(approach->capture) &&
           t->view.angle_rad < 0.25 * QF_TWO_PI &&
           !qf_ports_have_parted(fleet, approach->own, approach->target);
}

static void look_at(qf_docking_stage *stage, size_t entity)
{
    const qf_fleet *fleet = stage->fleet;
    touch t;
    double measured;
    if (!qf_approach_of(fleet, entity, &t.approach) ||
        *qf_port_column(fleet, QF_FIELD_PORT_STATE, t.approach.spec->own_port, entity) != 0) {
        qf_f64(fleet, QF_FIELD_PORT_AHEAD, 0)[qf_fleet_entity(fleet, entity).slot] = (double)NAN;
        return;
    }
    if (is_other_way_round(fleet, &t.approach) || !touches(fleet, &t)) {
        return;
    }
    const qf_capture_limit limit = judge(fleet, &t, &measured);
    if (limit == QF_CAPTURE_LIMITS) {
        capture(stage, &t.approach);
    } else {
        bounce(stage, &t, limit, measured);
    }
}

/* ---- who is looked at: those near their target; most are not ---- */

/* how near ports of an approach are to their vehicles' centres of mass, both together, and what they need */
static double reach_of(const qf_fleet *fleet, const qf_group_spec *group,
                       const qf_guidance_spec *spec)
{
    const qf_docking_spec *target = fleet->scenario->groups[spec->target_group].docking;
    const double *from = group->docking->ports[spec->own_port].position_m;
    const double *to = target->ports[spec->target_port].position_m;
    return sqrt(qf_dot(from, from)) + sqrt(qf_dot(to, to)) + qf_port_mouth_m(&target->capture) +
           1.0;
}

/* so far apart that ports cannot touch in this tick or the next */
static bool is_far(const qf_fleet *fleet, size_t own, size_t target, double reach_m)
{
    double apart2 = 0.0;
    double speed2 = 0.0;
    for (size_t k = 0; k < 3; k++) {
        const double *x = qf_f64(fleet, (qf_field_id)(QF_FIELD_X + k), 0);
        const double *v = qf_f64(fleet, (qf_field_id)(QF_FIELD_VX + k), 0);
        apart2 += (x[own] - x[target]) * (x[own] - x[target]);
        speed2 += (v[own] - v[target]) * (v[own] - v[target]);
    }
    const double range_m = reach_m + 4.0 * sqrt(speed2) * fleet->scenario->dt_s;
    return apart2 > range_m * range_m;
}

/* vehicles of the group whose active behaviour is that approach */
static void look_at_approach(qf_docking_stage *stage, const qf_group *group, size_t behavior)
{
    const qf_fleet *fleet = stage->fleet;
    const qf_guidance_spec *spec = &group->spec->guidances[behavior];
    const qf_group *target = &fleet->groups[spec->target_group];
    const int64_t *active = qf_i64(fleet, QF_FIELD_GUIDANCE, 0);
    const uint64_t *flags = qf_u64(fleet, QF_FIELD_FLAGS, 0);
    double *ahead_m = qf_f64(fleet, QF_FIELD_PORT_AHEAD, 0);
    const size_t count = group->spec->count;
    const size_t own_group = (size_t)(group - fleet->groups);
    const double reach_m = reach_of(fleet, group->spec, spec);
    size_t v = 0;
    for (size_t world = 0; world < fleet->scenario->n_worlds; world++) {
        for (size_t i = 0; i < count; i++, v++) {
            const size_t slot = group->slot_begin + v;
            if (active[slot] != (int64_t)behavior ||
                (flags[slot] & QF_FLAG_BIT(QUARANTINED)) != 0) {
                continue;
            }
            const size_t target_slot =
                target->slot_begin + world * target->spec->count +
                qf_target_index(own_group, i, spec->target_group, target->spec->count);
            if (is_far(fleet, slot, target_slot, reach_m)) {
                ahead_m[slot] = (double)NAN;
            } else {
                look_at(stage, group->entity_begin + v);
            }
        }
    }
}

/* who does not approach any more is not ahead of a port */
static void forget_others(const qf_fleet *fleet, const qf_group *group)
{
    const uint64_t *flags = qf_u64(fleet, QF_FIELD_FLAGS, 0);
    const int64_t *active = qf_i64(fleet, QF_FIELD_GUIDANCE, 0);
    double *ahead_m = qf_f64(fleet, QF_FIELD_PORT_AHEAD, 0);
    for (size_t slot = group->slot_begin; slot < group->slot_begin + group->n_vehicles; slot++) {
        if (!isnan(ahead_m[slot]) && (flags[slot] & QF_FLAG_BIT(QUARANTINED)) == 0 &&
            (active[slot] < 0 ||
             group->spec->guidances[active[slot]].kind != QF_GUIDANCE_APPROACH)) {
            ahead_m[slot] = (double)NAN;
        }
    }
}

void qf_docking_touch(qf_docking_stage *stage)
{
    const qf_fleet *fleet = stage->fleet;
    for (size_t g = 0; g < fleet->scenario->n_groups; g++) {
        const qf_group *group = &fleet->groups[g];
        const size_t n = group->spec->docking ? group->spec->n_guidances : 0;
        if (n > 0) {
            forget_others(fleet, group);
        }
        for (size_t b = 0; b < n; b++) {
            const qf_guidance_spec *spec = &group->spec->guidances[b];
            if (spec->kind == QF_GUIDANCE_APPROACH &&
                fleet->scenario->groups[spec->target_group].docking) {
                look_at_approach(stage, group, b);
            }
        }
    }
}
