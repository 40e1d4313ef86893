/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_TEST_DOCKING_STAND_H
#define QF_TEST_DOCKING_STAND_H

/*
 * Rigid bodies with ports and hulls that float by themselves, for tests of docking and collisions: a few groups, each
 * of one kind of vehicle, told where they are and how they move. No guidance, no thrusters: what changes their motion
 * is what the tests are about. Group 0 is a station; vehicles of the others approach it, or one another.
 */
#include "bodies.h"
#include "collisions.h"
#include "docking_bonds.h"
#include "docking_spec.h"
#include "draw.h"
#include "vector3.h"
#include "vehicle.h"

enum { RIG_GROUPS = 4, RIG_PORTS = 2, UP = 0, DOWN = 1 };

typedef struct rig {
    vehicles v;
    qf_group_spec groups[RIG_GROUPS];
    qf_body_spec body[RIG_GROUPS];
    qf_hull_sphere hull[RIG_GROUPS][2];
    qf_docking_spec docking[RIG_GROUPS];
    qf_port_spec ports[RIG_GROUPS][RIG_PORTS];
    qf_guidance_spec approach[RIG_GROUPS];
    qf_stage stages[16];
    size_t n_stages;
    size_t n_groups;
    qf_event events[4096]; /* of the last advance */
    size_t n_events;
} rig;

typedef struct rig_scene {
    size_t counts[RIG_GROUPS];
    size_t worlds;
    int n_threads;
    const char *isa;
    const char *power;   /* of power_plane, for all groups */
    const char *profile; /* more of the hardware profile */
    const char *script[RIG_GROUPS];
} rig_scene;

static inline void read_rig(rig *r, const rig_scene *s)
{
    char *text;
    size_t length;
    FILE *out = open_memstream(&text, &length);
    assert_non_null(out);
    for (size_t g = 0; g < RIG_GROUPS && s->counts[g] > 0; g++) {
        fprintf(
            out,
            "  - {name: g%zu, kind: bot, count: %zu, script: [%s], hardware: {hardware_profile: "
            "{power_capacity_wh: 100, battery_soc_init_pct: 50, power_plane: {%s}, %s\n"
            "      propulsion_plane: {enabled: true, propellant_kg_init: 10}}}}\n",
            g, s->counts[g], s->script[g] ? s->script[g] : "", s->power ? s->power : "",
            s->profile ? s->profile : "");
        r->n_groups = g + 1;
    }
    assert_int_equal(fclose(out), 0);
    read_scene(
        &r->v,
        &(scene){.groups = text, .worlds = s->worlds, .dt_s = 0.1, .n_threads = s->n_threads});
    free(text);
}

/* a station of 1000 kg, others of 400 kg; +Z ports at both ends; one ball for a hull, within which the ports are */
static inline void equip(rig *r, size_t g)
{
    static const double quat[4] = {0.0, 0.0, 0.0, 1.0};
    const bool station = g == 0;
    r->body[g] = (qf_body_spec){.dry_kg = station ? 1000.0 : 400.0,
                                .dry = {.kgm2 = {80.0, 95.0, 70.0, 3.0, -2.0, 1.0}},
                                .tank_m2 = {0.1, 0.1, 0.1},
                                .hull = r->hull[g],
                                .n_hull = 1};
    r->hull[g][0] = (qf_hull_sphere){.radius_m = 1.5};
    for (size_t p = 0; p < RIG_PORTS; p++) {
        const double position_m[3] = {0.0, 0.0, p == UP ? 1.2 : -1.2};
        r->ports[g][p] = (qf_port_spec){.id = p == UP ? "up" : "down",
                                        .soft = true,
                                        .hard = true,
                                        .power = true,
                                        .data = true,
                                        .hard_force_n = 12000.0};
        assert_true(qf_port_from_pose(position_m, quat, &r->ports[g][p]));
    }
    r->docking[g] = (qf_docking_spec){
        .ports = r->ports[g], .n_ports = RIG_PORTS, .capture = qf_capture_default()};
    /* its lower port to the upper one of group g - 1 */
    r->approach[g] = (qf_guidance_spec){.name = "approach",
                                        .kind = QF_GUIDANCE_APPROACH,
                                        .speed_mps = 0.5,
                                        .arrival_m = 1.0,
                                        .target_group = g - 1,
                                        .own_port = DOWN,
                                        .target_port = UP,
                                        .standoff_m = 20.0,
                                        .corridor_half_angle_rad = 0.17,
                                        .contact_mps = 0.05};
    qf_group_spec *group = &r->groups[g];
    *group = r->v.scenario.groups[g];
    group->body = &r->body[g];
    group->docking = &r->docking[g];
    group->initial_attitude[0] = 1.0;
    group->initial_relative_to = g;
    group->initial[QF_INITIAL_DRY_MASS] = qf_constant(r->body[g].dry_kg);
    group->guidances = station ? NULL : &r->approach[g];
    group->n_guidances = station ? 0 : 1;
}

/* the stages that nobody flies by */
static inline void choose_stages(rig *r)
{
    static const char *const chosen[] = {"commands", "collisions", "docking",
                                         "mcqpu",    "propulsion", "dynamics",
                                         "sunlight", "power",      "thermal"};
    r->n_stages = 0;
    for (size_t s = 0; s < qf_stage_count; s++) {
        for (size_t c = 0; c < COUNT(chosen); c++) {
            if (strcmp(qf_stage_table[s].name, chosen[c]) == 0) {
                r->stages[r->n_stages++] = qf_stage_table[s];
            }
        }
    }
    assert_int_equal(r->n_stages, COUNT(chosen));
}

/* what the groups are made of may be changed after this, then the rig is started */
static inline rig *open_rig(const rig_scene *s)
{
    rig *r = calloc(1, sizeof *r);
    assert_non_null(r);
    read_rig(r, s);
    for (size_t g = 0; g < r->n_groups; g++) {
        equip(r, g);
    }
    return r;
}

static inline void start_fleet(rig *r)
{
    r->v.scenario.groups = r->groups;
    choose_stages(r);
    assert_int_equal(qf_fleet_create(&r->v.context, &r->v.scenario, &r->v.fleet), QF_OK);
}

static inline void start_rig(rig *r, const rig_scene *s)
{
    const qf_fleet *fleet = &r->v.fleet;
    for (size_t e = 0; e < fleet->n_vehicles; e++) { /* where they have been put */
        const qf_entity entity = qf_fleet_entity(fleet, e);
        qf_collisions_initialise(fleet, &fleet->groups[entity.group], entity.slot);
    }
    assert_int_equal(qf_record_plan_create(&r->v.context, &r->v.fleet, &r->v.plan), QF_OK);
    const qf_simulation_options options = {.plan = &r->v.plan,
                                           .keep_events = true,
                                           .stages = r->stages,
                                           .n_stages = r->n_stages,
                                           .kernels = s->isa ? qf_kernels_for(s->isa) : NULL};
    assert_int_equal(qf_simulation_create(&r->v.context, &r->v.fleet, &options, &r->v.simulation),
                     QF_OK);
}

static inline void close_rig(rig *r)
{
    finish(&r->v);
    free(r);
}

static inline void fly(rig *r, int64_t n_ticks)
{
    r->n_events = 0;
    for (int64_t t = 0; t < n_ticks; t++) {
        advance(&r->v, 1);
        size_t n;
        const qf_event *events = qf_simulation_events(r->v.simulation, &n);
        for (size_t i = 0; i < n; i++) {
            assert_true(r->n_events < COUNT(r->events));
            r->events[r->n_events++] = events[i];
        }
    }
}

/* events of that code of one vehicle in the last flight; the last of them, if asked for */
static inline size_t told(const rig *r, size_t entity, qf_event_code code, qf_event *last)
{
    size_t n = 0;
    for (size_t i = 0; i < r->n_events; i++) {
        if (r->events[i].entity == entity && r->events[i].code == code) {
            n++;
            if (last) {
                *last = r->events[i];
            }
        }
    }
    return n;
}

static inline void put3(const rig *r, qf_field_id first, size_t n, size_t entity, const double *in)
{
    const size_t slot = qf_fleet_entity(&r->v.fleet, entity).slot;
    for (size_t k = 0; k < n; k++) {
        qf_f64(&r->v.fleet, (qf_field_id)(first + k), 0)[slot] = in[k];
    }
}

static inline void put(const rig *r, size_t entity, double x, double y, double z, double vx,
                       double vy, double vz)
{
    put3(r, QF_FIELD_X, 3, entity, (const double[]){x, y, z});
    put3(r, QF_FIELD_VX, 3, entity, (const double[]){vx, vy, vz});
}

static inline void spin(const rig *r, size_t entity, double x_rps, double y_rps, double z_rps)
{
    put3(r, QF_FIELD_RATE_X, 3, entity, (const double[]){x_rps, y_rps, z_rps});
}

static inline int64_t port_of(const rig *r, qf_field_id field, size_t port, size_t entity)
{
    return qf_i64(&r->v.fleet, field, port)[qf_fleet_entity(&r->v.fleet, entity).slot];
}

static inline qf_rigid body_of(const rig *r, size_t entity)
{
    return qf_bond_body(&r->v.fleet, entity);
}

/* momentum, angular momentum about the origin, and energy of all vehicles */
typedef struct books {
    double momentum[3], angular[3], energy_j;
} books;

static inline books books_of(const rig *r)
{
    books b = {0};
    for (size_t e = 0; e < r->v.fleet.n_vehicles; e++) {
        const qf_rigid body = body_of(r, e);
        double own[3];
        double turned[3];
        double orbital[3];
        qf_tensor_apply(body.inertia_kgm2, body.rate_rps, own);
        qf_turn(body.attitude, own, turned);
        qf_cross(body.position_m, body.velocity_mps, orbital);
        qf_add_scaled(b.momentum, body.mass_kg, body.velocity_mps, b.momentum);
        qf_add_scaled(b.angular, body.mass_kg, orbital, b.angular);
        qf_add_scaled(b.angular, 1.0, turned, b.angular);
        b.energy_j += 0.5 * body.mass_kg * qf_dot(body.velocity_mps, body.velocity_mps) +
                      0.5 * qf_dot(own, body.rate_rps);
    }
    return b;
}

static inline void assert_kept(const books *before, const books *after, double allowed)
{
    for (int k = 0; k < 3; k++) {
        assert_near(after->momentum[k], before->momentum[k], allowed);
        assert_near(after->angular[k], before->angular[k], allowed);
    }
}

#endif
