/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Guidance of bots: behaviours in the plane, as the heading and speed that they are told, by the rules of orders
 * (order.h). An approach is none of theirs: they stand still.
 */
#include <math.h>

#include "group.h"
#include "guidance_stage.h"
#include "motion.h"
#include "order_check.h"

#define STILL_MPS        1e-3  /* slower than that it stands, and keeps its heading */
#define STRAIGHT         1e-10 /* sine of an angle that is not worth turning by */
#define PLACE_GAIN_PER_S 1.0   /* speed per distance from a place that moves */

typedef struct plane_vector {
    double x, y;
} plane_vector;

/* one bot in a tick */
typedef struct steering {
    const qf_stage_call *call;
    const qf_guidance *guidance;
    const qf_group *group;
    const qf_guidance_law *law;
    size_t slot;
    plane_vector place_m;
    bool knows_target;
    plane_vector target_m, target_mps, offset_m, swing_mps;
    uint16_t sequence;
} steering;

static double number(const steering *s, qf_field_id field)
{
    return qf_f64(s->call->fleet, field, 0)[s->slot];
}

static plane_vector minus(plane_vector a, plane_vector b)
{
    return (plane_vector){a.x - b.x, a.y - b.y};
}

static plane_vector along(plane_vector a, double by, plane_vector b)
{
    return (plane_vector){a.x + by * b.x, a.y + by * b.y};
}

static double dot(plane_vector a, plane_vector b)
{
    return a.x * b.x + a.y * b.y;
}

static double length(plane_vector a)
{
    return sqrt(dot(a, a));
}

/* ---- targets ---- */

/* the offset in the world's axes, turned on since they were seen, and how fast it turns with the target's */
static void find_offset(steering *s, double age_s)
{
    const qf_guidance_columns *c = &s->guidance->columns;
    const double *d = s->law->offset_m;
    s->offset_m = (plane_vector){d[0], d[1]};
    s->swing_mps = (plane_vector){0.0, 0.0};
    if (s->law->frame == QF_OFFSET_BODY) {
        double q[4];
        for (int k = 0; k < 4; k++) {
            q[k] = c->target_attitude[k][s->slot];
        }
        const double xx = 1.0 - 2.0 * (q[2] * q[2] + q[3] * q[3]);
        const double yy = 1.0 - 2.0 * (q[1] * q[1] + q[3] * q[3]);
        const double xy = 2.0 * (q[1] * q[2] - q[0] * q[3]);
        const double yx = 2.0 * (q[1] * q[2] + q[0] * q[3]);
        const double rate_rps = c->target_rps[2][s->slot];
        const plane_vector seen_m = {xx * d[0] + xy * d[1], yx * d[0] + yy * d[1]};
        const double sine = qf_sin(rate_rps * age_s);
        const double cosine = qf_cos(rate_rps * age_s);
        s->offset_m = (plane_vector){cosine * seen_m.x - sine * seen_m.y,
                                     sine * seen_m.x + cosine * seen_m.y};
        s->swing_mps = (plane_vector){-rate_rps * s->offset_m.y, rate_rps * s->offset_m.x};
    }
}

static void find_target(steering *s)
{
    const qf_guidance_columns *c = &s->guidance->columns;
    s->knows_target = c->target_tick && c->target_tick[s->slot] >= 0;
    if (!s->knows_target) {
        return;
    }
    const double age_s =
        (double)(s->call->tick - c->target_tick[s->slot]) * s->call->constants->dt_s;
    s->target_mps = (plane_vector){c->target_mps[0][s->slot], c->target_mps[1][s->slot]};
    s->target_m = along((plane_vector){c->target_m[0][s->slot], c->target_m[1][s->slot]}, age_s,
                        s->target_mps);
    find_offset(s, age_s);
}

/* ---- what they want ---- */

/* the speed that still lets it stop in a distance */
static double speed_towards(const steering *s, double distance_m)
{
    const qf_drive_spec *drive = s->group->spec->drive;
    const double stops_mps =
        drive ? sqrt(distance_m * drive->max_wheel_mps2) : distance_m / s->call->constants->dt_s;
    return fmin(s->law->speed_mps, stops_mps);
}

static plane_vector velocity_to(const steering *s, plane_vector goal_m, bool stops)
{
    const plane_vector way_m = minus(goal_m, s->place_m);
    const double distance_m = length(way_m);
    /* who turns at once never passes it, however long its ticks are */
    const bool halts = stops || !s->group->spec->drive;
    const double speed_mps = halts ? speed_towards(s, distance_m) : s->law->speed_mps;
    return distance_m > 0.0 ? along((plane_vector){0.0, 0.0}, speed_mps / distance_m, way_m)
                            : (plane_vector){0.0, 0.0};
}

static plane_vector waypoint(const steering *s)
{
    const double *at =
        s->law->waypoints_m[qf_i64(s->call->fleet, QF_FIELD_GUIDANCE_STEP, 0)[s->slot]];
    return (plane_vector){at[0], at[1]};
}

static bool is_done(const steering *s)
{
    return (qf_u64(s->call->fleet, QF_FIELD_FLAGS, 0)[s->slot] & QF_FLAG_BIT(BEHAVIOR_DONE)) != 0;
}

static plane_vector follow_waypoints(steering *s, double *goal_distance_m)
{
    const qf_guidance_spec *spec =
        &s->group->spec->guidances[s->law - s->guidance->groups[s->call->block->group].laws];
    if (length(minus(waypoint(s), s->place_m)) <= spec->arrival_m) {
        const qf_guided_vehicle vehicle = {
            .call = s->call, .slot = s->slot, .sequence = &s->sequence};
        qf_guidance_waypoint_reached(&vehicle, spec);
    }
    const plane_vector goal_m = waypoint(s);
    const bool last =
        spec->n_waypoints == 1 || (spec->kind == QF_GUIDANCE_WAYPOINT &&
                                   qf_i64(s->call->fleet, QF_FIELD_GUIDANCE_STEP, 0)[s->slot] + 1 ==
                                       (int64_t)spec->n_waypoints);
    *goal_distance_m = length(minus(goal_m, s->place_m));
    return is_done(s) ? (plane_vector){0.0, 0.0} : velocity_to(s, goal_m, last);
}

static plane_vector keep_offset(const steering *s, double *goal_distance_m)
{
    const plane_vector e = minus(along(s->target_m, 1.0, s->offset_m), s->place_m);
    const double distance_m = length(e);
    const double gain = fmin(PLACE_GAIN_PER_S, 0.5 / s->call->constants->dt_s);
    const double speed_mps = fmin(gain * distance_m, speed_towards(s, distance_m));
    *goal_distance_m = distance_m;
    return along(along(s->target_mps, 1.0, s->swing_mps),
                 distance_m > 0.0 ? speed_mps / distance_m : 0.0, e);
}

static plane_vector wanted(steering *s, double *goal_distance_m)
{
    const plane_vector none = {0.0, 0.0};
    *goal_distance_m = (double)NAN;
    switch (s->law->kind) {
    case QF_GUIDANCE_WAYPOINT:
    case QF_GUIDANCE_PATROL:
        return follow_waypoints(s, goal_distance_m);
    case QF_GUIDANCE_VELOCITY:
        return (plane_vector){s->law->velocity_mps[0], s->law->velocity_mps[1]};
    case QF_GUIDANCE_STATION_KEEP:
    case QF_GUIDANCE_FORMATION:
        return s->knows_target ? keep_offset(s, goal_distance_m) : none;
    case QF_GUIDANCE_TASKS:
        if (!s->knows_target || s->guidance->columns.task[s->slot] < 0) {
            return none;
        }
        *goal_distance_m = length(minus(s->target_m, s->place_m));
        return velocity_to(s, s->target_m, true);
    default:
        return none;
    }
}

/* as guidance_avoid.c has it, with a velocity in place of an acceleration */
static plane_vector out_of_the_way(steering *s, plane_vector wanted_mps)
{
    const qf_guidance_columns *c = &s->guidance->columns;
    const qf_guided_vehicle vehicle = {.call = s->call, .slot = s->slot, .sequence = &s->sequence};
    if (!c->threat_tick) {
        return wanted_mps;
    }
    const bool goes_on =
        (qf_u64(s->call->fleet, QF_FIELD_FLAGS, 0)[s->slot] & QF_FLAG_BIT(AVOIDING)) != 0;
    const int64_t seen = c->threat_tick[s->slot];
    const double age_s = (double)(s->call->tick - seen) * s->call->constants->dt_s;
    const double speed_mps = fmax(number(s, QF_FIELD_SPEED), 0.0);
    const plane_vector own_mps = {speed_mps * number(s, QF_FIELD_HEADING_SIN),
                                  speed_mps * number(s, QF_FIELD_HEADING_COS)};
    const plane_vector threat_mps = {c->threat_mps[0][s->slot], c->threat_mps[1][s->slot]};
    const plane_vector r = minus(
        along((plane_vector){c->threat_m[0][s->slot], c->threat_m[1][s->slot]}, age_s, threat_mps),
        s->place_m);
    const plane_vector u = minus(threat_mps, own_mps);
    const double time_s = dot(u, u) > 0.0 ? -dot(r, u) / dot(u, u) : 0.0;
    const plane_vector miss = along(r, time_s, u);
    const double miss_m = length(miss);
    const double avoid_m = s->law->avoid_m;
    const bool known = seen >= 0 && age_s <= s->law->avoid_horizon_s;
    const double horizon_s = s->law->avoid_horizon_s * (goes_on ? QF_AVOID_LATE_SHARE : 1.0) *
                             (length(r) < avoid_m ? QF_AVOID_WITHIN_SHARE : 1.0);
    const bool avoids = known && time_s > 0.0 && time_s < horizon_s &&
                        miss_m < avoid_m * (goes_on ? QF_AVOID_OVER_SHARE : 1.0);
    qf_guidance_set_avoiding(&vehicle, avoids, miss_m);
    if (!avoids) {
        return wanted_mps;
    }
    const bool central = miss_m < 1e-6 * avoid_m;
    const double by = 1.0 / (central ? length(u) : miss_m);
    const plane_vector away =
        central ? (plane_vector){u.y * by, -u.x * by} : (plane_vector){-miss.x * by, -miss.y * by};
    const double share = fmax(
        fmin((QF_AVOID_STEADY_SHARE * avoid_m - miss_m) / ((QF_AVOID_STEADY_SHARE - 1.0) * avoid_m),
             1.0),
        0.0);
    const double inward = fmax(-dot(wanted_mps, away), 0.0);
    const plane_vector turned = along(wanted_mps, inward + share * s->law->speed_mps, away);
    const double most = s->law->speed_mps;
    const double is = length(turned);
    return is > most ? along((plane_vector){0.0, 0.0}, most / is, turned) : turned;
}

/* who does nothing, or something that avoids nothing, avoids no longer */
static void avoid_nothing(steering *s)
{
    const qf_guided_vehicle vehicle = {.call = s->call, .slot = s->slot, .sequence = &s->sequence};
    qf_guidance_set_avoiding(&vehicle, false, (double)NAN);
}

/* ---- how they are told ---- */

static void set_speed(const steering *s, double mps)
{
    const qf_fleet *fleet = s->call->fleet;
    double *speed_mps = qf_ordered_speed(fleet, s->group, s->slot);
    const qf_order order = {.kind = QF_COMMAND_SPEED, .given = {true}, .argument = {mps}};
    if (mps != *speed_mps &&
        qf_order_check(fleet, s->group, s->slot, &order) == QF_ACTUATION_ACCEPTED) {
        *speed_mps = mps;
    }
}

static void steer(const steering *s, plane_vector wanted_mps)
{
    const qf_fleet *fleet = s->call->fleet;
    const double speed_mps = length(wanted_mps);
    if (!(speed_mps > STILL_MPS)) {
        set_speed(s, 0.0);
        return;
    }
    /* who goes that way already is left alone: angles take longer than all the rest */
    const double sine = (wanted_mps.x * number(s, QF_FIELD_HEADING_COS) -
                         wanted_mps.y * number(s, QF_FIELD_HEADING_SIN)) /
                        speed_mps;
    const double cosine = wanted_mps.x * number(s, QF_FIELD_HEADING_SIN) +
                          wanted_mps.y * number(s, QF_FIELD_HEADING_COS);
    if (fabs(sine) > STRAIGHT || cosine < 0.0 || s->group->spec->drive) {
        const double rad = qf_atan2(wanted_mps.x, wanted_mps.y);
        qf_order_heading(fleet, s->group, s->slot, qf_wrapped_deg(rad / QF_RAD_PER_DEG));
    }
    set_speed(s, speed_mps);
}

static void look_around(const steering *s)
{
    const qf_fleet *fleet = s->call->fleet;
    const plane_vector sight_m = minus(s->target_m, s->place_m);
    const double speed_mps = fmax(number(s, QF_FIELD_SPEED), 0.0);
    const plane_vector own_mps = {speed_mps * number(s, QF_FIELD_HEADING_SIN),
                                  speed_mps * number(s, QF_FIELD_HEADING_COS)};
    const double up_m = s->guidance->columns.target_m[2][s->slot] - number(s, QF_FIELD_Z);
    const double range_m = sqrt(dot(sight_m, sight_m) + up_m * up_m);
    const double rate = dot(sight_m, minus(s->target_mps, own_mps)) +
                        up_m * s->guidance->columns.target_mps[2][s->slot];
    qf_f64(fleet, QF_FIELD_TARGET_RANGE, 0)[s->slot] = s->knows_target ? range_m : (double)NAN;
    qf_f64(fleet, QF_FIELD_TARGET_RANGE_RATE, 0)[s->slot] =
        s->knows_target && range_m > 0.0 ? rate / range_m : (double)NAN;
}

void qf_guidance_steer_bots(const qf_stage_call *call, const qf_guidance *guidance)
{
    const qf_fleet *fleet = call->fleet;
    const qf_group *group = &fleet->groups[call->block->group];
    const uint64_t locks = QF_FLAG_BIT(QUARANTINED) | QF_FLAG_BIT(EMERGENCY_STOP) |
                           QF_FLAG_BIT(SAFE_MODE) | QF_FLAG_BIT(DOCKED);
    const bool sees_targets = qf_group_has_shape(group->spec, QF_SHAPE_TARGET);
    for (size_t slot = call->block->slot_begin; slot < call->block->slot_end; slot++) {
        const int64_t behavior = guidance->columns.behavior[slot];
        steering s = {
            .call = call,
            .guidance = guidance,
            .group = group,
            .slot = slot,
            .place_m = {qf_f64(fleet, QF_FIELD_X, 0)[slot], qf_f64(fleet, QF_FIELD_Y, 0)[slot]}};
        if (sees_targets) {
            s.law = &guidance->groups[call->block->group].laws[behavior < 0 ? 0 : behavior];
            find_target(&s);
            look_around(&s);
        }
        if (behavior < 0 || (qf_u64(fleet, QF_FIELD_FLAGS, 0)[slot] & locks) != 0) {
            avoid_nothing(&s);
            continue;
        }
        s.law = &guidance->groups[call->block->group].laws[behavior];
        double *goal_distance_m = &qf_f64(fleet, QF_FIELD_GOAL_DISTANCE, 0)[slot];
        const plane_vector wanted_mps = wanted(&s, goal_distance_m);
        if (s.law->avoid_m > 0.0) {
            steer(&s, out_of_the_way(&s, wanted_mps));
        } else {
            avoid_nothing(&s);
            steer(&s, wanted_mps);
        }
    }
}
