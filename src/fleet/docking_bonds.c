/* SPDX-License-Identifier: Apache-2.0 */
/* What is docked together moves as one body. Guarded by tests/test_docking.c. */
#include "docking_bonds.h"

#include <math.h>
#include <string.h>

#include "vector3.h"

static double *number_of(const qf_fleet *fleet, qf_field_id field, size_t slot)
{
    return &qf_f64(fleet, field, 0)[slot];
}

static void load(const qf_fleet *fleet, qf_field_id first, size_t n, size_t slot, double *out)
{
    for (size_t k = 0; k < n; k++) {
        out[k] = *number_of(fleet, (qf_field_id)(first + k), slot);
    }
}

static void store(const qf_fleet *fleet, qf_field_id first, size_t n, size_t slot, const double *in)
{
    for (size_t k = 0; k < n; k++) {
        *number_of(fleet, (qf_field_id)(first + k), slot) = in[k];
    }
}

/* that can be docked together: vehicles with ports of one world */
static size_t most_docked(const qf_scenario *scenario)
{
    size_t most = 1;
    for (size_t g = 0; g < scenario->n_groups; g++) {
        most += scenario->groups[g].docking ? scenario->groups[g].count : 0;
    }
    return most;
}

size_t qf_bonds_bytes(const qf_scenario *scenario)
{
    const qf_bonds *b = NULL;
    return most_docked(scenario) *
               (sizeof *b->member + sizeof *b->before + sizeof *b->port + sizeof *b->body) +
           qf_scenario_n_vehicles(scenario) * sizeof *b->seen;
}

qf_status qf_bonds_create(qf_context *context, qf_arena *arena, const qf_fleet *fleet,
                          qf_bonds *bonds)
{
    const size_t most = most_docked(fleet->scenario);
    bonds->member = qf_arena_array(arena, most, sizeof *bonds->member);
    bonds->before = qf_arena_array(arena, most, sizeof *bonds->before);
    bonds->port = qf_arena_array(arena, most, sizeof *bonds->port);
    bonds->body = qf_arena_array(arena, most, sizeof *bonds->body);
    bonds->seen = qf_arena_array(arena, fleet->n_vehicles, sizeof *bonds->seen);
    return bonds->member && bonds->before && bonds->port && bonds->body && bonds->seen
               ? QF_OK
               : qf_fail(context, QF_ERROR_MEMORY, "no memory for what is docked");
}

static void load_motion(const qf_fleet *fleet, size_t slot, qf_rigid *body)
{
    load(fleet, QF_FIELD_X, 3, slot, body->position_m);
    load(fleet, QF_FIELD_VX, 3, slot, body->velocity_mps);
    load(fleet, QF_FIELD_QW, 4, slot, body->attitude);
    load(fleet, QF_FIELD_RATE_X, 3, slot, body->rate_rps);
    double length2 = 0.0;
    for (int k = 0; k < 4; k++) {
        length2 += body->attitude[k] * body->attitude[k];
    }
    for (int k = 0; k < 4; k++) {
        body->attitude[k] /= sqrt(length2);
    }
}

static double mass_of(const qf_fleet *fleet, size_t slot)
{
    return *number_of(fleet, QF_FIELD_DRY_MASS, slot) +
           *number_of(fleet, QF_FIELD_PROPELLANT, slot);
}

qf_rigid qf_bond_body(const qf_fleet *fleet, size_t entity)
{
    const qf_entity e = qf_fleet_entity(fleet, entity);
    const qf_group_spec *group = fleet->groups[e.group].spec;
    const qf_body_spec *spec = group->body;
    const double dry_kg = *number_of(fleet, QF_FIELD_DRY_MASS, e.slot);
    const double propellant_kg = *number_of(fleet, QF_FIELD_PROPELLANT, e.slot);
    const double of_kg = qf_group_dry_kg(group);
    const double share = dry_kg / (of_kg > 0.0 ? of_kg : dry_kg);
    qf_rigid body = {.mass_kg = mass_of(fleet, e.slot)};
    for (int k = 0; k < 6; k++) {
        body.inertia_kgm2[k] = spec->dry.kgm2[k] * share + spec->tank_m2[k] * propellant_kg;
    }
    load_motion(fleet, e.slot, &body);
    if (spec->wheels) {
        load(fleet, QF_FIELD_WHEEL_X, 3, e.slot, body.wheels_nms);
    }
    return body;
}

bool qf_bond_is(const qf_fleet *fleet, size_t entity)
{
    return fleet->catalog.n_of_shape[QF_SHAPE_DOCKING] > 0 &&
           *number_of(fleet, QF_FIELD_BOND_MASS, qf_fleet_entity(fleet, entity).slot) > 0.0;
}

static int64_t root_of(const qf_fleet *fleet, size_t entity)
{
    return qf_i64(fleet, QF_FIELD_BOND_ROOT, 0)[qf_fleet_entity(fleet, entity).slot];
}

bool qf_bond_is_one(const qf_fleet *fleet, size_t a, size_t b)
{
    return qf_bond_is(fleet, a) && qf_bond_is(fleet, b) && root_of(fleet, a) == root_of(fleet, b);
}

qf_rigid qf_bond_whole(const qf_fleet *fleet, size_t entity, double from_center_m[3])
{
    qf_rigid body = qf_bond_body(fleet, entity);
    from_center_m[0] = from_center_m[1] = from_center_m[2] = 0.0;
    if (qf_bond_is(fleet, entity)) {
        const size_t slot = qf_fleet_entity(fleet, entity).slot;
        double place_m[3];
        body.mass_kg = *number_of(fleet, QF_FIELD_BOND_MASS, slot);
        load(fleet, QF_FIELD_BOND_IXX, 6, slot, body.inertia_kgm2);
        load(fleet, QF_FIELD_BOND_WHEEL_X, 3, slot, body.wheels_nms);
        load(fleet, QF_FIELD_BOND_X, 3, slot, place_m);
        qf_turn(body.attitude, place_m, from_center_m);
        const double back_m[3] = {-from_center_m[0], -from_center_m[1], -from_center_m[2]};
        double center_mps[3];
        qf_rigid_velocity(&body, back_m, center_mps);
        for (int k = 0; k < 3; k++) {
            body.position_m[k] += back_m[k];
            body.velocity_mps[k] = center_mps[k];
        }
    }
    return body;
}

/* ---- who is docked with whom ---- */

static bool is_healthy(const qf_fleet *fleet, size_t slot)
{
    return !(qf_u64(fleet, QF_FIELD_FLAGS, 0)[slot] & QF_FLAG_BIT(QUARANTINED));
}

static void list_one(qf_bonds *bonds, uint32_t entity, uint32_t before, uint32_t port)
{
    bonds->seen[entity] = bonds->turn;
    bonds->member[bonds->n] = entity;
    bonds->before[bonds->n] = before;
    bonds->port[bonds->n++] = port;
}

/* breadth first, ports in their order */
static void list_from(const qf_fleet *fleet, qf_bonds *bonds, uint32_t first)
{
    bonds->n = 0;
    if (++bonds->turn == 0) { /* all turns have been: what was seen then is long ago */
        memset(bonds->seen, 0, fleet->n_vehicles * sizeof *bonds->seen);
        bonds->turn = 1;
    }
    list_one(bonds, first, 0, 0);
    for (size_t m = 0; m < bonds->n; m++) {
        const qf_entity e = qf_fleet_entity(fleet, bonds->member[m]);
        const size_t n_ports = fleet->groups[e.group].spec->docking->n_ports;
        for (size_t p = 0; p < n_ports; p++) {
            const int64_t partner = qf_i64(fleet, QF_FIELD_PORT_PARTNER, p)[e.slot];
            if (partner >= 0 && bonds->seen[partner] != bonds->turn &&
                is_healthy(fleet, qf_fleet_entity(fleet, (size_t)partner).slot)) {
                list_one(bonds, (uint32_t)partner, (uint32_t)m, (uint32_t)p);
            }
        }
    }
}

void qf_bonds_list(const qf_fleet *fleet, qf_bonds *bonds, size_t entity)
{
    list_from(fleet, bonds, (uint32_t)entity);
    uint32_t root = bonds->member[0];
    for (size_t m = 1; m < bonds->n; m++) {
        root = bonds->member[m] < root ? bonds->member[m] : root;
    }
    if (root != bonds->member[0]) {
        list_from(fleet, bonds, root);
    }
}

/* ---- as one body ---- */

static void be_alone(const qf_fleet *fleet, size_t entity)
{
    static const double no_turn[4] = {1.0, 0.0, 0.0, 0.0};
    static const double nothing[6] = {0.0};
    const size_t slot = qf_fleet_entity(fleet, entity).slot;
    qf_i64(fleet, QF_FIELD_BOND_ROOT, 0)[slot] = (int64_t)entity;
    qf_i64(fleet, QF_FIELD_DATA_ROOT, 0)[slot] = (int64_t)entity;
    *number_of(fleet, QF_FIELD_BOND_MASS, slot) = 0.0;
    store(fleet, QF_FIELD_BOND_IXX, 6, slot, nothing);
    store(fleet, QF_FIELD_BOND_X, 3, slot, nothing);
    store(fleet, QF_FIELD_BOND_WHEEL_X, 3, slot, nothing);
    store(fleet, QF_FIELD_BOND_QW, 4, slot, no_turn);
}

/* motion of a member at `place_m` from the centre of mass, world axes */
static void store_motion(const qf_fleet *fleet, size_t slot, const qf_rigid *whole,
                         const double rate_rps[3], const double attitude[4],
                         const double place_m[3])
{
    double turning[3];
    double velocity[3];
    double own_rate[3];
    qf_cross(rate_rps, place_m, turning);
    qf_add_scaled(whole->velocity_mps, 1.0, turning, velocity);
    qf_turn_back(attitude, rate_rps, own_rate);
    store(fleet, QF_FIELD_VX, 3, slot, velocity);
    store(fleet, QF_FIELD_RATE_X, 3, slot, own_rate);
}

static void join_member(const qf_fleet *fleet, const qf_bonds *bonds, size_t m,
                        const qf_rigid *whole)
{
    const qf_rigid *body = &bonds->body[m];
    const size_t slot = qf_fleet_entity(fleet, bonds->member[m]).slot;
    double place_m[3];
    double own_place_m[3];
    double wheels_nms[3];
    double tensor[6];
    double root_back[4];
    double turn[4];
    qf_difference(body->position_m, whole->position_m, place_m);
    qf_turn_back(body->attitude, place_m, own_place_m);
    qf_turn_back(body->attitude, whole->wheels_nms, wheels_nms);
    qf_tensor_turn_back(body->attitude, whole->inertia_kgm2, tensor);
    qf_turned_back(bonds->body[0].attitude, root_back);
    qf_turns(root_back, body->attitude, turn);
    qf_i64(fleet, QF_FIELD_BOND_ROOT, 0)[slot] = bonds->member[0];
    *number_of(fleet, QF_FIELD_BOND_MASS, slot) = whole->mass_kg;
    store(fleet, QF_FIELD_BOND_IXX, 6, slot, tensor);
    store(fleet, QF_FIELD_BOND_X, 3, slot, own_place_m);
    store(fleet, QF_FIELD_BOND_WHEEL_X, 3, slot, wheels_nms);
    store(fleet, QF_FIELD_BOND_QW, 4, slot, turn);
    store_motion(fleet, slot, whole, whole->rate_rps, body->attitude, place_m);
}

void qf_bonds_join(const qf_fleet *fleet, qf_bonds *bonds, size_t entity)
{
    qf_bonds_list(fleet, bonds, entity);
    if (bonds->n == 1) {
        be_alone(fleet, entity);
        return;
    }
    for (size_t m = 0; m < bonds->n; m++) {
        bonds->body[m] = qf_bond_body(fleet, bonds->member[m]);
    }
    qf_rigid whole;
    qf_rigid_join(bonds->body, bonds->n, &whole);
    for (size_t m = 0; m < bonds->n; m++) {
        join_member(fleet, bonds, m, &whole);
    }
}

void qf_bonds_align(const qf_fleet *fleet, qf_bonds *bonds, size_t root)
{
    double root_place_m[3];
    qf_bonds_list(fleet, bonds, root);
    const qf_rigid whole = qf_bond_whole(fleet, root, root_place_m);
    double rate_rps[3];
    qf_turn(whole.attitude, whole.rate_rps, rate_rps);
    for (size_t m = 1; m < bonds->n; m++) {
        const size_t slot = qf_fleet_entity(fleet, bonds->member[m]).slot;
        double turn[4];
        double attitude[4];
        double own_place_m[3];
        double place_m[3];
        double position_m[3];
        load(fleet, QF_FIELD_BOND_QW, 4, slot, turn);
        load(fleet, QF_FIELD_BOND_X, 3, slot, own_place_m);
        qf_turns(whole.attitude, turn, attitude);
        qf_turn(attitude, own_place_m, place_m);
        qf_add_scaled(whole.position_m, 1.0, place_m, position_m);
        store(fleet, QF_FIELD_X, 3, slot, position_m);
        store(fleet, QF_FIELD_QW, 4, slot, attitude);
        store_motion(fleet, slot, &whole, rate_rps, attitude, place_m);
    }
}

void qf_bonds_weigh(const qf_fleet *fleet, qf_bonds *bonds, size_t root)
{
    qf_bonds_list(fleet, bonds, root);
    double mass_kg = 0.0; /* the sum of qf_rigid_join(), bit for bit */
    for (size_t m = 0; m < bonds->n; m++) {
        mass_kg += mass_of(fleet, qf_fleet_entity(fleet, bonds->member[m]).slot);
    }
    if (mass_kg != *number_of(fleet, QF_FIELD_BOND_MASS, qf_fleet_entity(fleet, root).slot)) {
        qf_bonds_join(fleet, bonds, root);
    }
}

static void move_member(const qf_fleet *fleet, size_t entity, const double velocity_mps[3],
                        const double rate_rps[3], const double move_m[3])
{
    const size_t slot = qf_fleet_entity(fleet, entity).slot;
    double from_center_m[3];
    qf_rigid body = qf_bond_body(fleet, entity);
    qf_bond_whole(fleet, entity, from_center_m);
    double turning[3];
    double own_rate[3];
    qf_cross(rate_rps, from_center_m, turning);
    qf_turn_back(body.attitude, rate_rps, own_rate);
    for (int k = 0; k < 3; k++) {
        body.position_m[k] += move_m[k];
        body.velocity_mps[k] += velocity_mps[k] + turning[k];
        body.rate_rps[k] += own_rate[k];
    }
    store(fleet, QF_FIELD_X, 3, slot, body.position_m);
    store(fleet, QF_FIELD_VX, 3, slot, body.velocity_mps);
    store(fleet, QF_FIELD_RATE_X, 3, slot, body.rate_rps);
}

void qf_bonds_move(const qf_fleet *fleet, qf_bonds *bonds, size_t entity,
                   const double velocity_mps[3], const double rate_rps[3], const double move_m[3])
{
    if (!qf_bond_is(fleet, entity)) {
        move_member(fleet, entity, velocity_mps, rate_rps, move_m);
        return;
    }
    qf_bonds_list(fleet, bonds, entity);
    for (size_t m = 0; m < bonds->n; m++) {
        move_member(fleet, bonds->member[m], velocity_mps, rate_rps, move_m);
    }
}
