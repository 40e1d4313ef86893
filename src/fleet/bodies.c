/* SPDX-License-Identifier: Apache-2.0 */
#include "bodies.h"

#include <math.h>
#include <string.h>

#include "event_log.h"
#include "group.h"
#include "orbit.h"
#include "rigid.h"
#include "scalar_math.h"

/* where a vehicle starts, world axes */
typedef struct start {
    double position_m[3], velocity_mps[3];
} start;

static void prepare_sun(const qf_scenario *scenario, const qf_solar_spec *solar,
                        qf_body_group *body)
{
    const qf_sun_spec *sun = &scenario->sun;
    body->sun = sun->given;
    if (!sun->given) {
        return;
    }
    memcpy(body->sun_direction, sun->direction, sizeof body->sun_direction);
    body->sun_slope = qf_sin(sun->angular_radius_rad) / qf_cos(sun->angular_radius_rad);
    memcpy(body->shadow_center_m, scenario->planet.center_m, sizeof body->shadow_center_m);
    body->shadow_m = scenario->planet.radius_m;
    body->solar_tracks = true; /* an array that is not there has no normal */
    if (solar) {
        body->solar_w = sun->flux_wpm2 * solar->area_m2 * solar->efficiency;
        body->solar_tracks = solar->tracking;
        memcpy(body->solar_normal, solar->normal, sizeof body->solar_normal);
    }
}

qf_status qf_body_prepare(qf_context *context, qf_fleet *fleet, qf_group *group)
{
    const qf_body_spec *spec = group->spec->body;
    if (!spec) {
        return QF_OK;
    }
    qf_body_group *body = qf_arena_array(&fleet->arena, 1, sizeof *body);
    if (!body) {
        return qf_fail(context, QF_ERROR_MEMORY, "no memory for the bodies of group %s",
                       group->spec->name);
    }
    *body = (qf_body_group){.gravity = fleet->scenario->gravity,
                            .dry_kg = qf_group_dry_kg(group->spec),
                            .wheels = spec->wheels != NULL,
                            .dose_rate_usvh = group->bot.dose_rate_usvh,
                            .imu = group->bot.imu};
    memcpy(body->dry_kgm2, spec->dry.kgm2, sizeof body->dry_kgm2);
    memcpy(body->tank_m2, spec->tank_m2, sizeof body->tank_m2);
    if (spec->wheels) {
        memcpy(body->wheel_torque_nm, spec->wheels->max_torque_nm, sizeof body->wheel_torque_nm);
        memcpy(body->wheel_momentum_nms, spec->wheels->max_momentum_nms,
               sizeof body->wheel_momentum_nms);
    }
    prepare_sun(fleet->scenario, spec->solar, body);
    group->bot.body = body;
    return QF_OK;
}

static start start_on_orbit(const qf_gravity *gravity, const double *initial)
{
    const qf_orbit orbit = {
        .semi_major_axis_m = initial[QF_INITIAL_SEMI_MAJOR_AXIS],
        .eccentricity = initial[QF_INITIAL_ECCENTRICITY],
        .inclination_rad = initial[QF_INITIAL_INCLINATION_DEG] * QF_RAD_PER_DEG,
        .node_rad = initial[QF_INITIAL_NODE_DEG] * QF_RAD_PER_DEG,
        .periapsis_rad = initial[QF_INITIAL_PERIAPSIS_DEG] * QF_RAD_PER_DEG,
        .anomaly_rad = initial[QF_INITIAL_ANOMALY_DEG] * QF_RAD_PER_DEG,
    };
    start s;
    qf_orbit_state(&orbit, gravity->mu_m3ps2, s.position_m, s.velocity_mps);
    for (int d = 0; d < 3; d++) {
        s.position_m[d] += gravity->center_m[d];
    }
    return s;
}

static start start_of(const qf_fleet *fleet, const qf_group *group, uint32_t number,
                      const double *initial);

/* vehicle 0 of the group in the world of that number, from its own draws */
static start start_of_first(const qf_fleet *fleet, const qf_group *group, uint32_t number)
{
    double initial[QF_INITIAL_COUNT];
    for (uint32_t k = 0; k < QF_INITIAL_COUNT; k++) {
        const qf_draw_key key = {.seed = fleet->scenario->seed,
                                 .world = number,
                                 .vehicle = (uint32_t)group->vehicle_begin,
                                 .stream = QF_STREAM_INITIAL,
                                 .draw = k};
        initial[k] = qf_number_draw(&group->spec->initial[k], key, 0);
    }
    return start_of(fleet, group, number, initial);
}

/* `offset` as seen by somebody at `other` who looks along the axes of its orbit, which turn */
static start start_along_orbit(const qf_gravity *gravity, const start *other, const start *offset)
{
    double from_center_m[3];
    for (int d = 0; d < 3; d++) {
        from_center_m[d] = other->position_m[d] - gravity->center_m[d];
    }
    const qf_local_axes local = qf_local_axes_of(from_center_m, other->velocity_mps);
    const double *r = offset->position_m;
    const double *v = offset->velocity_mps;
    const double turning_mps[3] = {v[0] - local.rate_rps * r[1], v[1] + local.rate_rps * r[0],
                                   v[2]};
    start s = *other;
    for (int a = 0; a < 3; a++) {
        for (int d = 0; d < 3; d++) {
            s.position_m[d] += local.axis[a][d] * r[a];
            s.velocity_mps[d] += local.axis[a][d] * turning_mps[a];
        }
    }
    return s;
}

/* as the scenario gives it */
static start start_given(const qf_fleet *fleet, const qf_group *group, uint32_t number,
                         const double *initial)
{
    const qf_gravity *gravity = &fleet->scenario->gravity;
    if (group->spec->initial_orbit) {
        return start_on_orbit(gravity, initial);
    }
    start s = {
        .position_m = {initial[QF_INITIAL_X], initial[QF_INITIAL_Y], initial[QF_INITIAL_Z]},
        .velocity_mps = {initial[QF_INITIAL_VX], initial[QF_INITIAL_VY], initial[QF_INITIAL_VZ]}};
    const qf_group *of = &fleet->groups[group->spec->initial_relative_to];
    if (of == group) {
        return s;
    }
    const start other = start_of_first(fleet, of, number);
    if (qf_gravity_has_planet(gravity)) {
        return start_along_orbit(gravity, &other, &s);
    }
    for (int d = 0; d < 3; d++) {
        s.position_m[d] += other.position_m[d];
        s.velocity_mps[d] += other.velocity_mps[d];
    }
    return s;
}

/* moved on freely, oblateness left out */
static void coast(const qf_gravity *gravity, double duration_s, start *s)
{
    double from_center_m[3];
    for (int d = 0; d < 3; d++) {
        from_center_m[d] = s->position_m[d] - gravity->center_m[d];
    }
    if (qf_gravity_has_planet(gravity)) {
        qf_orbit_coast(gravity->mu_m3ps2, duration_s, from_center_m, s->velocity_mps);
    } else if (gravity->kind == QF_GRAVITY_CLOHESSY_WILTSHIRE) {
        qf_hill_coast(gravity->mean_motion_rps, duration_s, from_center_m, s->velocity_mps);
    } else {
        for (int d = 0; d < 3; d++) {
            from_center_m[d] += duration_s * s->velocity_mps[d];
        }
    }
    for (int d = 0; d < 3; d++) {
        s->position_m[d] = gravity->center_m[d] + from_center_m[d];
    }
}

static start start_of(const qf_fleet *fleet, const qf_group *group, uint32_t number,
                      const double *initial)
{
    start s = start_given(fleet, group, number, initial);
    if (initial[QF_INITIAL_COAST] != 0.0) {
        coast(&fleet->scenario->gravity, initial[QF_INITIAL_COAST], &s);
    }
    return s;
}

/* q turned by an angle about one of its own axes, 1 ... 3 */
static void turn(double q[4], int axis, double angle_deg)
{
    const double half_rad = 0.5 * QF_RAD_PER_DEG * angle_deg;
    double by[4] = {qf_cos(half_rad), 0.0, 0.0, 0.0};
    by[axis] = qf_sin(half_rad);
    const double a[4] = {q[0], q[1], q[2], q[3]};
    qf_turns(a, by, q);
}

static void initial_attitude(const qf_group_spec *spec, const double *initial, double q[4])
{
    memcpy(q, spec->initial_attitude, 4 * sizeof *q);
    turn(q, 3, initial[QF_INITIAL_YAW_DEG]);
    turn(q, 2, initial[QF_INITIAL_PITCH_DEG]);
    turn(q, 1, initial[QF_INITIAL_ROLL_DEG]);
    const double length = sqrt(q[0] * q[0] + q[1] * q[1] + q[2] * q[2] + q[3] * q[3]);
    for (int k = 0; k < 4; k++) {
        q[k] /= length;
    }
}

/* clockwise from north, in [0, 2 pi): as the kernel has it after every tick */
static double yaw_of(const double q[4])
{
    const double east = 1.0 - 2.0 * (q[2] * q[2] + q[3] * q[3]);
    const double north = 2.0 * (q[1] * q[2] + q[0] * q[3]);
    const double angle = qf_atan2(east, north);
    const double turned = angle < 0.0 ? angle + QF_TWO_PI : angle;
    return turned < QF_TWO_PI ? turned : 0.0;
}

static double altitude_of(const qf_gravity *gravity, const double position_m[3])
{
    double square = 0.0;
    for (int d = 0; d < 3; d++) {
        const double apart = position_m[d] - gravity->center_m[d];
        square += apart * apart;
    }
    return qf_gravity_has_planet(gravity) ? sqrt(square) - gravity->radius_m : 0.0;
}

void qf_body_initialise(const qf_fleet *fleet, const qf_group *group, size_t slot, qf_entity e,
                        const double *initial)
{
    static const qf_field_id position[] = {QF_FIELD_X, QF_FIELD_Y, QF_FIELD_Z};
    static const qf_field_id velocity[] = {QF_FIELD_VX, QF_FIELD_VY, QF_FIELD_VZ};
    static const qf_field_id rate[] = {QF_FIELD_RATE_X, QF_FIELD_RATE_Y, QF_FIELD_RATE_Z};
    static const qf_field_id attitude[] = {QF_FIELD_QW, QF_FIELD_QX, QF_FIELD_QY, QF_FIELD_QZ};
    const start s = start_of(fleet, group, e.number, initial);
    double q[4];
    initial_attitude(group->spec, initial, q);
    for (size_t d = 0; d < 3; d++) {
        qf_f64(fleet, position[d], 0)[slot] = s.position_m[d];
        qf_f64(fleet, velocity[d], 0)[slot] = s.velocity_mps[d];
        qf_f64(fleet, rate[d], 0)[slot] = initial[QF_INITIAL_RATE_X_DPS + d] * QF_RAD_PER_DEG;
    }
    for (size_t k = 0; k < 4; k++) {
        qf_f64(fleet, attitude[k], 0)[slot] = q[k];
    }
    qf_f64(fleet, QF_FIELD_ALTITUDE, 0)[slot] =
        altitude_of(&fleet->scenario->gravity, s.position_m);
    qf_f64(fleet, QF_FIELD_DRY_MASS, 0)[slot] = initial[QF_INITIAL_DRY_MASS];
    /* nothing draws power to move */
    qf_f64(fleet, QF_FIELD_SPEED, 0)[slot] = 0.0;
    qf_f64(fleet, QF_FIELD_YAW, 0)[slot] = yaw_of(q);
    /* the light that it starts in: none of its own events has to tell that */
    const qf_body_columns columns = qf_body_columns_of(fleet);
    const qf_bot_tick none = {0};
    qf_kernels_for("generic")->sunlight(&columns, group->bot.body, &none, NULL, slot, slot + 1);
}

qf_body_columns qf_body_columns_of(const qf_fleet *fleet)
{
    const qf_catalog *catalog = &fleet->catalog;
    if (catalog->n_of_shape[QF_SHAPE_BODY] == 0) {
        return (qf_body_columns){0};
    }
#define COLUMN(id) qf_f64(fleet, QF_FIELD_##id, 0)
    qf_body_columns columns = {
        .position_m = {COLUMN(X), COLUMN(Y), COLUMN(Z)},
        .velocity_mps = {COLUMN(VX), COLUMN(VY), COLUMN(VZ)},
        .attitude = {COLUMN(QW), COLUMN(QX), COLUMN(QY), COLUMN(QZ)},
        .rate_rps = {COLUMN(RATE_X), COLUMN(RATE_Y), COLUMN(RATE_Z)},
        .dry_kg = COLUMN(DRY_MASS),
        .propellant_kg = COLUMN(PROPELLANT),
        .dose_usv = COLUMN(DOSE),
        .sunlight = COLUMN(SUNLIGHT),
        .solar_w = COLUMN(SOLAR_POWER),
        .flags = qf_u64(fleet, QF_FIELD_FLAGS, 0),
        .mass_kg = COLUMN(MASS),
        .roll_rad = COLUMN(ROLL),
        .pitch_rad = COLUMN(PITCH),
        .altitude_m = COLUMN(ALTITUDE),
        .yaw_rad = COLUMN(YAW),
        .roll_rate_rps = COLUMN(ROLL_RATE),
        .pitch_rate_rps = COLUMN(PITCH_RATE),
        .yaw_rate_rps = COLUMN(YAW_RATE),
        .semi_major_axis_m = COLUMN(SEMI_MAJOR_AXIS),
        .eccentricity = COLUMN(ECCENTRICITY),
        .inclination_deg = COLUMN(INCLINATION),
        .node_deg = COLUMN(NODE),
        .periapsis_deg = COLUMN(ARGUMENT_OF_PERIAPSIS),
        .anomaly_deg = COLUMN(TRUE_ANOMALY),
        .apoapsis_m = COLUMN(APOAPSIS),
        .periapsis_m = COLUMN(PERIAPSIS),
        .period_s = COLUMN(ORBIT_PERIOD),
    };
    if (catalog->n_of_shape[QF_SHAPE_WHEELS] > 0) {
        columns.wheel_nms[0] = COLUMN(WHEEL_X);
        columns.wheel_nms[1] = COLUMN(WHEEL_Y);
        columns.wheel_nms[2] = COLUMN(WHEEL_Z);
    }
    if (catalog->n_of_shape[QF_SHAPE_DOCKING] > 0) {
        const qf_field_id inertia[] = {QF_FIELD_BOND_IXX, QF_FIELD_BOND_IYY, QF_FIELD_BOND_IZZ,
                                       QF_FIELD_BOND_IXY, QF_FIELD_BOND_IXZ, QF_FIELD_BOND_IYZ};
        const qf_field_id place[] = {QF_FIELD_BOND_X, QF_FIELD_BOND_Y, QF_FIELD_BOND_Z};
        const qf_field_id wheels[] = {QF_FIELD_BOND_WHEEL_X, QF_FIELD_BOND_WHEEL_Y,
                                      QF_FIELD_BOND_WHEEL_Z};
        columns.bond_kg = COLUMN(BOND_MASS);
        for (size_t k = 0; k < 6; k++) {
            columns.bond_inertia_kgm2[k] = qf_f64(fleet, inertia[k], 0);
        }
        for (size_t k = 0; k < 3; k++) {
            columns.bond_m[k] = qf_f64(fleet, place[k], 0);
            columns.bond_wheel_nms[k] = qf_f64(fleet, wheels[k], 0);
        }
    }
#undef COLUMN
    return columns;
}

int64_t qf_bot_period_ticks(const qf_group *group)
{
    return group->spec->body || group->spec->drive ? 0 : 1;
}

int64_t qf_body_period_ticks(const qf_group *group)
{
    return group->spec->body ? 1 : 0;
}

#define KERNEL_ARGUMENTS(call)                                                                     \
    (call)->bodies, (call)->fleet->groups[(call)->block->group].bot.body, (call)->constants,       \
        (call)->scratch, (call)->block->slot_begin, (call)->block->slot_end

bool qf_dynamics_run(const qf_stage_call *call)
{
    call->kernels->dynamics(KERNEL_ARGUMENTS(call));
    call->kernels->elements(KERNEL_ARGUMENTS(call));
    return false;
}

/* the vehicles in the dark, one bit each */
typedef struct darkness {
    uint64_t word[QF_BLOCK_VEHICLES / 64];
} darkness;

static darkness darkness_of(const double *sunlight, const qf_block *block)
{
    darkness dark = {{0}};
    for (size_t i = block->slot_begin; i < block->slot_end; i++) {
        const size_t j = i - block->slot_begin;
        dark.word[j / 64] |= (uint64_t)(sunlight[i] == 0.0) << j % 64;
    }
    return dark;
}

static void tell_eclipse(const qf_stage_call *call, size_t j, bool begins)
{
    const qf_block *block = call->block;
    const size_t entity = block->entity_begin + j;
    const qf_event_code code = begins ? QF_EVENT_ECLIPSE_BEGIN : QF_EVENT_ECLIPSE_END;
    const qf_event event = {
        .tick = call->tick + 1,
        .cause = -1,
        .value = qf_f64(call->fleet, QF_FIELD_SOC, 0)[block->slot_begin + j],
        .world = qf_fleet_entity(call->fleet, entity).world,
        .entity = (uint32_t)entity,
        .subject = -1,
        .track = -1,
        .code = (uint16_t)code,
        .severity = (uint8_t)qf_event_severity(code),
        .moment = QF_MOMENT_WORLD,
        .machine = -1,
    };
    qf_event_queue_add(call->events, &event);
}

bool qf_sunlight_run(const qf_stage_call *call)
{
    const qf_body_group *body = call->fleet->groups[call->block->group].bot.body;
    const bool eclipses = body->sun && body->shadow_m > 0.0;
    const double *sunlight = call->bodies->sunlight;
    const darkness before = eclipses ? darkness_of(sunlight, call->block) : (darkness){{0}};
    call->kernels->sunlight(KERNEL_ARGUMENTS(call));
    if (!eclipses || call->again) {
        return false;
    }
    const darkness after = darkness_of(sunlight, call->block);
    for (size_t w = 0; w < QF_BLOCK_VEHICLES / 64; w++) {
        for (uint64_t left = before.word[w] ^ after.word[w]; left; left &= left - 1) {
            const size_t bit = (size_t)__builtin_ctzll(left);
            tell_eclipse(call, 64 * w + bit, after.word[w] >> bit & 1);
        }
    }
    return false;
}
