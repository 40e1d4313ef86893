/* SPDX-License-Identifier: Apache-2.0 */
/* Impulses between vehicles. Guarded by tests/test_docking.c and tests/test_collisions.c. */
#include "docking_impact.h"

#include "vector3.h"

typedef struct side {
    size_t entity;
    qf_rigid whole;
    double arm_m[3]; /* from the centre of mass of all that it is docked with */
} side;

static side side_of(const qf_fleet *fleet, size_t entity)
{
    side s = {.entity = entity};
    s.whole = qf_bond_whole(fleet, entity, s.arm_m);
    return s;
}

/*
 * Both sides of an impact `ago_s` before now, the arms to the same point, had both moved evenly since: else angular
 * momentum would not be what it was.
 */
static void both_sides(const qf_fleet *fleet, const qf_impact *impact, double ago_s, side *a,
                       side *b)
{
    double apart_m[3];
    double apart_mps[3];
    *a = side_of(fleet, impact->a);
    *b = side_of(fleet, impact->b);
    qf_add_scaled(a->arm_m, 1.0, impact->arm_m, a->arm_m);
    qf_difference(a->whole.position_m, b->whole.position_m, apart_m);
    qf_difference(a->whole.velocity_mps, b->whole.velocity_mps, apart_mps);
    qf_add_scaled(apart_m, -ago_s, apart_mps, apart_m);
    qf_add_scaled(a->arm_m, 1.0, apart_m, b->arm_m);
}

/* at the point */
static double parting_speed(const qf_impact *impact, const side *a, const side *b)
{
    double at_a[3];
    double at_b[3];
    double apart[3];
    qf_rigid_velocity(&a->whole, a->arm_m, at_a);
    qf_rigid_velocity(&b->whole, b->arm_m, at_b);
    qf_difference(at_b, at_a, apart);
    return qf_dot(apart, impact->normal);
}

static void push(const qf_fleet *fleet, qf_bonds *bonds, const side *s, const double normal[3],
                 double impulse_ns, double left_s)
{
    double impulse[3];
    double velocity[3];
    double rate[3];
    double move[3];
    for (int k = 0; k < 3; k++) {
        impulse[k] = impulse_ns * normal[k];
    }
    qf_rigid_push(&s->whole, s->arm_m, impulse, velocity, rate);
    for (int k = 0; k < 3; k++) {
        move[k] = velocity[k] * left_s;
    }
    qf_bonds_move(fleet, bonds, s->entity, velocity, rate, move);
}

static void change_speed(const qf_fleet *fleet, qf_bonds *bonds, const qf_impact *impact,
                         const side *a, const side *b, double speed_mps, double left_s)
{
    const double ease = qf_rigid_ease(&a->whole, a->arm_m, impact->normal) +
                        qf_rigid_ease(&b->whole, b->arm_m, impact->normal);
    push(fleet, bonds, a, impact->normal, -speed_mps / ease, left_s);
    push(fleet, bonds, b, impact->normal, speed_mps / ease, left_s);
}

double qf_impact_bounce(const qf_fleet *fleet, qf_bonds *bonds, const qf_impact *impact,
                        double left_s)
{
    side a;
    side b;
    both_sides(fleet, impact, left_s, &a, &b);
    const double closing_mps = -parting_speed(impact, &a, &b);
    if (closing_mps > 0.0) {
        change_speed(fleet, bonds, impact, &a, &b, (1.0 + QF_RESTITUTION) * closing_mps, left_s);
    }
    return closing_mps;
}

bool qf_impact_part(const qf_fleet *fleet, qf_bonds *bonds, const qf_impact *impact,
                    double speed_mps)
{
    side a;
    side b;
    both_sides(fleet, impact, 0.0, &a, &b);
    const double parting_mps = parting_speed(impact, &a, &b);
    const bool slower = parting_mps < speed_mps;
    if (slower) {
        change_speed(fleet, bonds, impact, &a, &b, speed_mps - parting_mps, 0.0);
    }
    return slower;
}

static void tell(const qf_fleet *fleet, qf_event_list *events, int64_t tick, size_t entity,
                 size_t other, double closing_mps)
{
    const qf_entity e = qf_fleet_entity(fleet, entity);
    const qf_event event = {.tick = tick,
                            .cause = -1,
                            .value = closing_mps,
                            .world = e.world,
                            .entity = (uint32_t)entity,
                            .subject = (int32_t)other,
                            .track = -1,
                            .code = QF_EVENT_COLLISION,
                            .severity = (uint8_t)qf_event_severity(QF_EVENT_COLLISION),
                            .moment = QF_MOMENT_SENSE,
                            .machine = -1};
    qf_u64(fleet, QF_FIELD_FLAGS, 0)[e.slot] |= QF_FLAG_BIT(COLLIDED);
    if (fleet->catalog.n_of_shape[QF_SHAPE_HULL] > 0) {
        qf_i64(fleet, QF_FIELD_COLLISIONS, 0)[e.slot]++;
    }
    qf_event_list_add(events, &event);
}

void qf_impact_tell(const qf_fleet *fleet, qf_event_list *events, int64_t tick,
                    const qf_impact *impact, double closing_mps)
{
    tell(fleet, events, tick, impact->a, impact->b, closing_mps);
    tell(fleet, events, tick, impact->b, impact->a, closing_mps);
}
