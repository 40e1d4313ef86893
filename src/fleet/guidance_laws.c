/* SPDX-License-Identifier: Apache-2.0 */
/* Behaviours of a group as the kernels of guidance want them. */
#include <math.h>
#include <string.h>

#include "group.h"
#include "guidance_stage.h"
#include "scalar_math.h"
#include "vector3.h"

/* What an approach asks for beyond the scenario: see docs/ships.md. */
#define ENTER_TILT_SHARE   1.0 /* of the tilt and rate that a capture allows */
#define LEAVE_TILT_SHARE   3.0
#define LEAST_ENTER_RPS    0.005
#define CLEARANCE_M        0.5 /* between hulls, on the way around the target */
#define STANDOFF_CLEAR     0.95 /* share of the standoff point's distance that is kept clear at most */
#define CLOSING_BRAKE      0.25 /* share of the most acceleration that slows the closing down */
#define MOST_CLOSING_PER_S 0.1

static void copy3(const double *from, double *to)
{
    memcpy(to, from, 3 * sizeof *to);
}

/* columns: an axis of length 1, what is at right angles to it nearest to the clock, and both crossed */
static void triad(const double *axis, const double *clock, double m[3][3])
{
    double across[3];
    const double along = qf_dot(axis, clock);
    for (int d = 0; d < 3; d++) {
        across[d] = clock[d] - along * axis[d];
    }
    const double length = sqrt(qf_dot(across, across));
    for (int d = 0; d < 3; d++) {
        m[0][d] = axis[d];
        m[1][d] = across[d] / length;
    }
    qf_cross(m[0], m[1], m[2]);
}

/* the quaternion of a rotation matrix, from the largest of its elements */
static void quaternion_of(double m[3][3], double q[4])
{
    const double four[4] = {1.0 + m[0][0] + m[1][1] + m[2][2], 1.0 + m[0][0] - m[1][1] - m[2][2],
                            1.0 - m[0][0] + m[1][1] - m[2][2], 1.0 - m[0][0] - m[1][1] + m[2][2]};
    int k = 0;
    for (int i = 1; i < 4; i++) {
        k = four[i] > four[k] ? i : k;
    }
    const double by = 0.5 / sqrt(four[k]);
    const double w[4] = {four[0], m[2][1] - m[1][2], m[0][2] - m[2][0], m[1][0] - m[0][1]};
    const double x[4] = {w[1], four[1], m[1][0] + m[0][1], m[0][2] + m[2][0]};
    const double y[4] = {w[2], x[2], four[2], m[2][1] + m[1][2]};
    const double z[4] = {w[3], x[3], y[3], four[3]};
    const double *const rows[4] = {w, x, y, z};
    for (int i = 0; i < 4; i++) {
        q[i] = rows[k][i] * by;
    }
}

/* how the own axes lie in the target's when ports face each other and their clocks agree */
static void docked_attitude(const qf_port_spec *own, const qf_port_spec *port, double q[4])
{
    double from[3][3];
    double to[3][3];
    double turn[3][3];
    const double against[3] = {-port->axis[0], -port->axis[1], -port->axis[2]};
    triad(own->axis, own->clock, from);
    triad(against, port->clock, to);
    for (int r = 0; r < 3; r++) {
        for (int c = 0; c < 3; c++) {
            turn[r][c] = to[0][r] * from[0][c] + to[1][r] * from[1][c] + to[2][r] * from[2][c];
        }
    }
    quaternion_of(turn, q);
}

/* how far its hull and ports reach from its centre */
static double reach_m(const qf_group_spec *spec)
{
    double most_m = 0.0;
    for (size_t s = 0; spec->body && s < spec->body->n_hull; s++) {
        const qf_hull_sphere *sphere = &spec->body->hull[s];
        most_m = fmax(most_m, sqrt(qf_dot(sphere->center_m, sphere->center_m)) + sphere->radius_m);
    }
    for (size_t p = 0; spec->docking && p < spec->docking->n_ports; p++) {
        const double *position_m = spec->docking->ports[p].position_m;
        most_m = fmax(most_m, sqrt(qf_dot(position_m, position_m)));
    }
    return most_m;
}

static void set_corridor(const qf_guidance_spec *spec, const qf_capture_spec *capture,
                         qf_guidance_law *law)
{
    law->any_clock = capture->clock_rad >= 3.14159;
    law->standoff_m = spec->standoff_m;
    law->corridor_slope =
        qf_sin(spec->corridor_half_angle_rad) / qf_cos(spec->corridor_half_angle_rad);
    law->corridor_m = capture->lateral_m;
    law->standoff_within_m =
        fmin(spec->arrival_m, 0.5 * (law->corridor_m + law->corridor_slope * law->standoff_m));
    law->contact_mps = spec->contact_mps;
    law->closing_gain =
        fmin(MOST_CLOSING_PER_S, CLOSING_BRAKE * spec->max_accel_mps2 / spec->speed_mps);
    law->enter_cos = qf_cos(fmin(ENTER_TILT_SHARE * capture->angle_rad, 1.5));
    law->enter_rps = fmax(ENTER_TILT_SHARE * capture->rate_rps, LEAST_ENTER_RPS);
    law->enter_mps = fmax(2.0 * spec->contact_mps, 0.1 * spec->speed_mps);
    law->leave_cos = qf_cos(fmin(LEAVE_TILT_SHARE * capture->angle_rad, 1.5));
    law->leave_rps = LEAVE_TILT_SHARE * law->enter_rps;
}

static void set_ports(const qf_fleet *fleet, const qf_group_spec *group,
                      const qf_guidance_spec *spec, qf_guidance_law *law)
{
    const qf_group_spec *target = &fleet->scenario->groups[spec->target_group];
    const qf_port_spec *own = &group->docking->ports[spec->own_port];
    const qf_port_spec *port = &target->docking->ports[spec->target_port];
    law->own_port = spec->own_port;
    copy3(own->position_m, law->own_port_m);
    copy3(own->axis, law->own_port_axis);
    copy3(port->position_m, law->port_m);
    copy3(port->axis, law->port_axis);
    docked_attitude(own, port, law->docked_attitude);
    set_corridor(spec, &target->docking->capture, law);
    /* as near as the point before the corridor, at least */
    double end2 = 0.0;
    for (int d = 0; d < 3; d++) {
        const double ahead_m = port->position_m[d] + port->axis[d] * spec->standoff_m;
        end2 += ahead_m * ahead_m;
    }
    const double own_m = sqrt(qf_dot(own->position_m, own->position_m));
    law->keep_out_m = fmin(reach_m(target) + reach_m(group) + CLEARANCE_M,
                           STANDOFF_CLEAR * fmax(sqrt(end2) - own_m, 0.5 * spec->standoff_m));
}

static void set_law(const qf_fleet *fleet, const qf_group_spec *group, const qf_guidance_spec *spec,
                    qf_guidance_law *law)
{
    *law = (qf_guidance_law){
        .kind = spec->kind,
        .frame = spec->frame,
        .attitude_mode = spec->attitude_mode,
        .waypoints_m = spec->waypoints_m,
        .n_waypoints = spec->n_waypoints,
        .speed_mps = spec->speed_mps,
        .arrival_m = spec->arrival_m,
        .place_gain = qf_guidance_place_gain(spec),
        .speed_gain = 2.0 * spec->position_damping * spec->position_rps,
        .turn_gain = spec->attitude_rps / (2.0 * spec->attitude_damping),
        .rate_gain = 2.0 * spec->attitude_damping * spec->attitude_rps,
        .max_accel_mps2 = spec->max_accel_mps2,
        .max_rate_rps = spec->max_rate_rps,
        .avoid_m = spec->avoid_m,
        .avoid_horizon_s = spec->avoid_horizon_s,
    };
    memcpy(law->attitude, spec->attitude, sizeof law->attitude);
    copy3(spec->velocity_mps, law->velocity_mps);
    copy3(spec->offset_m, law->offset_m);
    if (spec->kind == QF_GUIDANCE_APPROACH && group->body) {
        set_ports(fleet, group, spec, law);
    }
}

bool qf_guidance_laws_of(const qf_fleet *fleet, const qf_group *group, qf_arena *arena,
                         qf_guidance_group *laws)
{
    const qf_group_spec *spec = group->spec;
    *laws = (qf_guidance_group){.n_laws = spec->n_guidances, .body = group->bot.body};
    if (spec->n_guidances == 0) {
        return true;
    }
    qf_guidance_law *list = qf_arena_array(arena, spec->n_guidances, sizeof *list);
    for (size_t b = 0; list && b < spec->n_guidances; b++) {
        set_law(fleet, spec, &spec->guidances[b], &list[b]);
    }
    laws->laws = list;
    return list != NULL;
}
