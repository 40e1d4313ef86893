/* SPDX-License-Identifier: Apache-2.0 */
/* How latches open, and close for good. Guarded by tests/test_docking_latches.c. */
#include <math.h>
#include <stdlib.h>

#include "docking_impact.h"
#include "docking_internal.h"
#include "hull.h"
#include "vector3.h"

/* what the springs of two ports that undock give */
#define PART_MPS 0.02
enum { PUSHES = 64 };
/* who has parted may touch again when it was so far away */
#define APART_M       0.1
#define PORTS_APART_M 0.5 /* where one of them has no hull */

_Static_assert(QF_PORTS_MOST <= 16, "is_opening has a bit for each port");

void qf_docking_add_opening(qf_docking_stage *stage, size_t entity, size_t port, qf_event_code code,
                            bool pushes)
{
    const qf_fleet *fleet = stage->fleet;
    const int64_t partner = *qf_port_column(fleet, QF_FIELD_PORT_PARTNER, port, entity);
    const int64_t partner_port = *qf_port_column(fleet, QF_FIELD_PORT_PARTNER_PORT, port, entity);
    if ((stage->is_opening[entity] >> port & 1) != 0) {
        return;
    }
    stage->is_opening[entity] |= (uint16_t)(1U << port);
    stage->is_opening[partner] |= (uint16_t)(1U << partner_port);
    stage->opening[stage->n_opening] = (qf_latch){.entity = {(uint32_t)entity, (uint32_t)partner},
                                                  .port = {(uint32_t)port, (uint32_t)partner_port},
                                                  .code = code,
                                                  .pushes = pushes,
                                                  .world = qf_fleet_entity(fleet, entity).world,
                                                  .number = (uint32_t)stage->n_opening};
    stage->n_opening++;
}

static int by_world(const void *left, const void *right)
{
    const qf_latch *a = left;
    const qf_latch *b = right;
    if (a->world != b->world) {
        return a->world < b->world ? -1 : 1;
    }
    return (a->number > b->number) - (a->number < b->number);
}

/* ---- strength ---- */

static const qf_port_spec *port_of(const qf_fleet *fleet, size_t entity, size_t port)
{
    return &qf_docking_of(fleet, entity)->ports[port];
}

/* acceleration of rotation of a body that nothing turns, world axes */
static void acceleration_of(const qf_rigid *whole, double rate[3], double acceleration[3])
{
    double spin[3];
    double twist[3];
    double own[3];
    qf_tensor_apply(whole->inertia_kgm2, whole->rate_rps, spin);
    qf_add_scaled(spin, 1.0, whole->wheels_nms, spin);
    qf_cross(spin, whole->rate_rps, twist);
    qf_tensor_solve(whole->inertia_kgm2, twist, own);
    qf_turn(whole->attitude, own, acceleration);
    qf_turn(whole->attitude, whole->rate_rps, rate);
}

/* force that carries along everything of that moment of mass about the centre: w x (w x s) + a x s */
static void force_on(const double rate[3], const double acceleration[3], const double moment_kgm[3],
                     double force_n[3])
{
    double once[3];
    double twice[3];
    double turning[3];
    qf_cross(rate, moment_kgm, once);
    qf_cross(rate, once, twice);
    qf_cross(acceleration, moment_kgm, turning);
    qf_add_scaled(twice, 1.0, turning, force_n);
}

/*
 * Each latch carries what is beyond it, as seen from the root: the tree that the list of members is. A latch that
 * closes a ring is not in it, and not looked at: how rigid bodies share a load is not determined.
 */
void qf_docking_find_broken(qf_docking_stage *stage, size_t root)
{
    const qf_fleet *fleet = stage->fleet;
    qf_bonds *bonds = &stage->bonds;
    double root_place_m[3];
    double rate[3];
    double acceleration[3];
    qf_bonds_list(fleet, bonds, root);
    const qf_rigid whole = qf_bond_whole(fleet, root, root_place_m);
    acceleration_of(&whole, rate, acceleration);
    for (size_t m = 0; m < bonds->n; m++) {
        bonds->body[m] = qf_bond_body(fleet, bonds->member[m]);
    }
    for (size_t m = bonds->n; m-- > 1;) { /* `position_m`: moment of mass of what is beyond */
        qf_rigid *body = &bonds->body[m];
        for (int k = 0; k < 3; k++) {
            body->position_m[k] = body->mass_kg * (body->position_m[k] - whole.position_m[k]);
        }
    }
    double force_n[3];
    for (size_t m = bonds->n; m-- > 1;) {
        const uint32_t carrier = bonds->before[m];
        const uint32_t port = bonds->port[m];
        if (carrier > 0) {
            qf_add_scaled(bonds->body[carrier].position_m, 1.0, bonds->body[m].position_m,
                          bonds->body[carrier].position_m);
        }
        const size_t entity = bonds->member[carrier];
        if (*qf_port_column(fleet, QF_FIELD_PORT_STATE, port, entity) != 2) {
            continue;
        }
        const size_t partner = bonds->member[m];
        const size_t partner_port =
            (size_t)*qf_port_column(fleet, QF_FIELD_PORT_PARTNER_PORT, port, entity);
        const double strength_n = fmin(port_of(fleet, entity, port)->hard_force_n,
                                       port_of(fleet, partner, partner_port)->hard_force_n);
        double axis[3];
        qf_turn(bonds->body[carrier].attitude, port_of(fleet, entity, port)->axis, axis);
        force_on(rate, acceleration, bonds->body[m].position_m, force_n);
        if (-qf_dot(force_n, axis) > strength_n) {
            qf_docking_add_opening(stage, entity, port, QF_EVENT_LATCH_BROKEN, false);
        }
    }
}

/* ---- opening ---- */

static void find_asked(qf_docking_stage *stage)
{
    const qf_fleet *fleet = stage->fleet;
    for (size_t i = 0; i < stage->n_docked; i++) {
        const uint32_t entity = stage->docked[i];
        const bool asked = *qf_port_column(fleet, QF_FIELD_UNDOCK_ASKED, 0, entity) != 0;
        for (size_t p = 0; p < qf_docking_of(fleet, entity)->n_ports; p++) {
            const int64_t partner = *qf_port_column(fleet, QF_FIELD_PORT_PARTNER, p, entity);
            if (partner < 0 || !qf_docking_is_healthy(fleet, entity)) {
                continue;
            }
            const bool alone = !qf_docking_is_healthy(fleet, (size_t)partner);
            if (asked || alone) {
                qf_docking_add_opening(stage, entity, p, QF_EVENT_UNDOCKED, !alone);
            }
        }
    }
}

static void show_docked(const qf_fleet *fleet, size_t entity)
{
    bool hard = false;
    for (size_t p = 0; p < qf_docking_of(fleet, entity)->n_ports; p++) {
        hard = hard || *qf_port_column(fleet, QF_FIELD_PORT_STATE, p, entity) == 2;
    }
    uint64_t *flags = &qf_u64(fleet, QF_FIELD_FLAGS, 0)[qf_fleet_entity(fleet, entity).slot];
    *flags = hard ? *flags | QF_FLAG_BIT(DOCKED) : *flags & ~QF_FLAG_BIT(DOCKED);
}

static void unplug(const qf_fleet *fleet, size_t entity)
{
    const size_t slot = qf_fleet_entity(fleet, entity).slot;
    qf_u64(fleet, QF_FIELD_FLAGS, 0)[slot] &= ~QF_FLAG_BIT(DOCK_CONNECTED);
    qf_f64(fleet, QF_FIELD_DOCK_SINCE, 0)[slot] = 0.0;
}

static void free_port(qf_docking_stage *stage, const qf_latch *latch, int s)
{
    const qf_fleet *fleet = stage->fleet;
    const size_t entity = latch->entity[s];
    const size_t port = latch->port[s];
    if (!qf_docking_is_healthy(fleet, entity)) {
        return; /* frozen as it was */
    }
    if (*qf_port_column(fleet, QF_FIELD_PORT_GIVES, port, entity) == 0 &&
        *qf_port_column(fleet, QF_FIELD_PORT_STATE, port, entity) == 2) {
        unplug(fleet, entity);
    }
    *qf_port_column(fleet, QF_FIELD_PORT_STATE, port, entity) = 0;
    *qf_port_column(fleet, QF_FIELD_PORT_PARTNER, port, entity) = -1;
    *qf_port_column(fleet, QF_FIELD_PORT_PARTNER_PORT, port, entity) = -1;
    *qf_port_column(fleet, QF_FIELD_PORT_GIVES, port, entity) = -1;
    *qf_port_column(fleet, QF_FIELD_PORT_SINCE, port, entity) = stage->tick;
    *qf_port_column(fleet, QF_FIELD_PORT_LEFT, port, entity) = latch->entity[1 - s];
    qf_docking_tell(stage, entity, latch->code, (int32_t)port, (double)latch->entity[1 - s]);
}

/* once for all that are docked together */
static void join_again(qf_docking_stage *stage, size_t entity)
{
    if (stage->joined[entity] == stage->turn || !qf_docking_is_healthy(stage->fleet, entity)) {
        return;
    }
    qf_bonds_join(stage->fleet, &stage->bonds, entity);
    for (size_t m = 0; m < stage->bonds.n; m++) {
        stage->joined[stage->bonds.member[m]] = stage->turn;
    }
}

/* at the port of the first, along its axis; whether there was anything to push */
static bool push_apart(qf_docking_stage *stage, const qf_latch *latch)
{
    const qf_fleet *fleet = stage->fleet;
    const size_t a = latch->entity[0];
    const size_t b = latch->entity[1];
    if (!latch->pushes || qf_bond_is_one(fleet, a, b)) {
        return false;
    }
    const qf_rigid body = qf_bond_body(fleet, a);
    const qf_port_spec *port = port_of(fleet, a, latch->port[0]);
    qf_impact impact = {.a = a, .b = b};
    qf_turn(body.attitude, port->axis, impact.normal);
    qf_turn(body.attitude, port->position_m, impact.arm_m);
    return qf_impact_part(fleet, &stage->bonds, &impact, PART_MPS);
}

/* of one world: one that opens several is pushed from all sides, again and again, until it parts from all */
static void push_world_apart(qf_docking_stage *stage, const qf_latch *latches, size_t n)
{
    const size_t most = n > 1 ? PUSHES : 1;
    bool pushed = true;
    for (size_t p = 0; p < most && pushed; p++) {
        pushed = false;
        for (size_t i = 0; i < n; i++) {
            pushed |= push_apart(stage, &latches[i]);
        }
    }
}

/* world by world: what happens in one must not depend on how many others there are */
static void push_all_apart(qf_docking_stage *stage)
{
    qf_latch *latches = stage->opening;
    qsort(latches, stage->n_opening, sizeof *latches, by_world);
    size_t end;
    for (size_t first = 0; first < stage->n_opening; first = end) {
        end = first + 1;
        while (end < stage->n_opening && latches[end].world == latches[first].world) {
            end++;
        }
        push_world_apart(stage, latches + first, end - first);
    }
}

/* ports may touch again when the vehicles are apart */
static void forget_parted(const qf_docking_stage *stage, size_t entity, size_t port)
{
    const qf_fleet *fleet = stage->fleet;
    int64_t *left = qf_port_column(fleet, QF_FIELD_PORT_LEFT, port, entity);
    if (*left < 0) {
        return;
    }
    const size_t other = (size_t)*left;
    if (!qf_docking_is_healthy(fleet, other)) {
        *left = -1;
        return;
    }
    double gap_m = 0.0;
    if (qf_hull_gap(fleet, entity, other, &gap_m)) {
        *left = gap_m > APART_M ? -1 : *left;
        return;
    }
    double apart_m[3];
    const qf_rigid a = qf_bond_body(fleet, entity);
    const qf_rigid b = qf_bond_body(fleet, other);
    const qf_port_spec *own = port_of(fleet, entity, port);
    const qf_port_pose from = qf_port_place(&a, own->position_m, own->axis, own->clock);
    double nearest2 = (double)INFINITY;
    for (size_t p = 0; p < qf_docking_of(fleet, other)->n_ports; p++) {
        const qf_port_spec *its = port_of(fleet, other, p);
        const qf_port_pose to = qf_port_place(&b, its->position_m, its->axis, its->clock);
        qf_difference(from.position_m, to.position_m, apart_m);
        nearest2 = fmin(nearest2, qf_dot(apart_m, apart_m));
    }
    *left = nearest2 > PORTS_APART_M * PORTS_APART_M ? -1 : *left;
}

static void forget_all_parted(const qf_docking_stage *stage)
{
    const qf_fleet *fleet = stage->fleet;
    for (size_t g = 0; g < fleet->scenario->n_groups; g++) {
        const qf_group *group = &fleet->groups[g];
        const size_t n_ports = group->spec->docking ? group->spec->docking->n_ports : 0;
        for (size_t p = 0; p < n_ports; p++) {
            const int64_t *left = qf_i64(fleet, QF_FIELD_PORT_LEFT, p) + group->slot_begin;
            for (size_t v = 0; v < group->n_vehicles; v++) {
                if (left[v] >= 0 && qf_docking_is_healthy(fleet, group->entity_begin + v)) {
                    forget_parted(stage, group->entity_begin + v, p);
                }
            }
        }
    }
}

void qf_docking_open_latches(qf_docking_stage *stage)
{
    const qf_fleet *fleet = stage->fleet;
    forget_all_parted(stage);
    find_asked(stage);
    if (stage->n_opening == 0) {
        return;
    }
    for (size_t i = 0; i < stage->n_opening; i++) {
        free_port(stage, &stage->opening[i], 0);
        free_port(stage, &stage->opening[i], 1);
    }
    stage->turn++;
    for (size_t i = 0; i < stage->n_opening; i++) {
        for (int s = 0; s < 2; s++) {
            const size_t entity = stage->opening[i].entity[s];
            stage->is_opening[entity] = 0;
            join_again(stage, entity);
            if (qf_docking_is_healthy(fleet, entity)) {
                show_docked(fleet, entity);
                *qf_port_column(fleet, QF_FIELD_UNDOCK_ASKED, 0, entity) = 0;
            }
        }
    }
    push_all_apart(stage);
}

/* ---- closing for good ---- */

/* the target's: the one that gives; more, perhaps, than there are whole numbers */
static double soft_ticks(const qf_docking_stage *stage, size_t giver)
{
    const qf_docking_spec *docking = qf_docking_of(stage->fleet, giver);
    return ceil(docking->capture.soft_s / stage->fleet->scenario->dt_s - 1e-6);
}

static void harden_port(qf_docking_stage *stage, size_t taker, size_t port)
{
    const qf_fleet *fleet = stage->fleet;
    const size_t giver = (size_t)*qf_port_column(fleet, QF_FIELD_PORT_PARTNER, port, taker);
    const size_t giver_port =
        (size_t)*qf_port_column(fleet, QF_FIELD_PORT_PARTNER_PORT, port, taker);
    const int64_t since = *qf_port_column(fleet, QF_FIELD_PORT_SINCE, port, taker);
    if (!port_of(fleet, taker, port)->hard || !port_of(fleet, giver, giver_port)->hard ||
        (double)(stage->tick - since) < soft_ticks(stage, giver)) {
        return;
    }
    *qf_port_column(fleet, QF_FIELD_PORT_STATE, port, taker) = 2;
    *qf_port_column(fleet, QF_FIELD_PORT_STATE, giver_port, giver) = 2;
    show_docked(fleet, taker);
    show_docked(fleet, giver);
    qf_docking_tell(stage, taker, QF_EVENT_HARD_CAPTURE, (int32_t)port, (double)giver);
    qf_docking_tell(stage, giver, QF_EVENT_HARD_CAPTURE, (int32_t)giver_port, (double)taker);
}

void qf_docking_harden(qf_docking_stage *stage)
{
    const qf_fleet *fleet = stage->fleet;
    for (size_t i = 0; i < stage->n_docked; i++) {
        const uint32_t entity = stage->docked[i];
        for (size_t p = 0; p < qf_docking_of(fleet, entity)->n_ports; p++) {
            if (*qf_port_column(fleet, QF_FIELD_PORT_STATE, p, entity) == 1 &&
                *qf_port_column(fleet, QF_FIELD_PORT_GIVES, p, entity) == 0 &&
                qf_docking_is_healthy(fleet, entity)) {
                harden_port(stage, entity, p);
            }
        }
    }
}
