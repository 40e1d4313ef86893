/* SPDX-License-Identifier: Apache-2.0 */
#include "guidance_threat.h"

#include <math.h>

#include "group.h"
#include "vector3.h"

#define OWN_TARGET_SHARE 0.1 /* of the range: how far off its place a track of the target may be */

/* from the observer to where it knows its target to be; false: it has none, or knows nothing */
static bool own_target(const qf_fleet *fleet, size_t slot, int64_t tick, const double *position_m,
                       double *sight_m)
{
    const int64_t seen = qf_i64(fleet, QF_FIELD_TARGET_TICK, 0)[slot];
    const double age_s = (double)(tick - seen) * fleet->scenario->dt_s;
    for (unsigned d = 0; d < 3; d++) {
        sight_m[d] = qf_f64(fleet, (qf_field_id)(QF_FIELD_TARGET_X + d), 0)[slot] +
                     age_s * qf_f64(fleet, (qf_field_id)(QF_FIELD_TARGET_VX + d), 0)[slot] -
                     position_m[d];
    }
    return seen >= 0;
}

static bool is_near(const double a_m[3], const double b_m[3], double within_m)
{
    double off_m[3];
    qf_difference(a_m, b_m, off_m);
    return qf_dot(off_m, off_m) < within_m * within_m;
}

/* the confirmed track nearest to a place within a distance of it, n: none */
static size_t nearest_track(const qf_track_table *table, const double place_m[3], double within_m)
{
    size_t nearest = table->n;
    for (size_t k = 0; k < table->n; k++) {
        const double track_m[3] = {(double)table->east_m[k], (double)table->north_m[k],
                                   (double)table->up_m[k]};
        if (table->firm[k] != 0 && is_near(track_m, place_m, within_m)) {
            double off_m[3];
            qf_difference(track_m, place_m, off_m);
            within_m = sqrt(qf_dot(off_m, off_m));
            nearest = k;
        }
    }
    return nearest;
}

/* a track that may be avoided, relative to the observer */
typedef struct threat {
    bool is;
    double from_m[3], from_mps[3];
    double time_s, miss_m; /* of the closest approach */
    int64_t tick, number;
} threat;

/* how much acceleration a way around it takes */
static double need_of(const qf_guidance_spec *spec, const threat *t)
{
    return fmax(spec->avoid_m - t->miss_m, 0.0) / (t->time_s * t->time_s);
}

static bool is_in_time(const qf_guidance_spec *spec, const threat *t)
{
    const bool within = qf_dot(t->from_m, t->from_m) < spec->avoid_m * spec->avoid_m;
    return t->time_s <
           spec->avoid_horizon_s * QF_AVOID_LATE_SHARE * (within ? QF_AVOID_WITHIN_SHARE : 1.0);
}

/* whether it is to be watched rather than the other */
static bool is_worse(const qf_guidance_spec *spec, const threat *t, const threat *than)
{
    if (!than->is || is_in_time(spec, t) != is_in_time(spec, than)) {
        return !than->is || is_in_time(spec, t);
    }
    const double need = need_of(spec, t);
    const double than_need = need_of(spec, than);
    return need != than_need ? need > than_need : t->miss_m < than->miss_m;
}

static void take_worse(const qf_guidance_spec *spec, const threat *t, threat *worst)
{
    if (t->time_s > 0.0 && t->miss_m < spec->avoid_m * QF_AVOID_OVER_SHARE &&
        is_worse(spec, t, worst)) {
        *worst = *t;
    }
}

static threat threat_of_track(const qf_track_table *table, const qf_track_view *view, size_t k,
                              int64_t tick)
{
    return (threat){
        .is = true,
        .from_m = {(double)table->east_m[k], (double)table->north_m[k], (double)table->up_m[k]},
        .from_mps = {(double)view->east_mps[k], (double)view->north_mps[k],
                     (double)view->up_mps[k]},
        .time_s = (double)view->cpa_s[k],
        .miss_m = (double)view->cpa_distance_m[k],
        .tick = tick,
        .number = table->number[k]};
}

/* the one watched so far, carried on to now, if its track is gone and no other is where it would be */
static threat lost_threat(const qf_fleet *fleet, size_t slot, int64_t tick,
                          const double *position_m, const double *velocity_mps,
                          const qf_guidance_spec *spec, const qf_track_table *table)
{
    threat t = {.tick = qf_i64(fleet, QF_FIELD_THREAT_TICK, 0)[slot],
                .number = qf_i64(fleet, QF_FIELD_THREAT_TRACK, 0)[slot]};
    const double age_s = (double)(tick - t.tick) * fleet->scenario->dt_s;
    if (t.tick < 0 || age_s > spec->avoid_horizon_s) {
        return t;
    }
    for (size_t k = 0; k < table->n; k++) {
        if (table->number[k] == t.number) {
            return t;
        }
    }
    double along = 0.0;
    double speed2 = 0.0;
    for (unsigned d = 0; d < 3; d++) {
        const double mps = qf_f64(fleet, (qf_field_id)(QF_FIELD_THREAT_VX + d), 0)[slot];
        t.from_m[d] = qf_f64(fleet, (qf_field_id)(QF_FIELD_THREAT_X + d), 0)[slot] + age_s * mps -
                      position_m[d];
        t.from_mps[d] = mps - velocity_mps[d];
        along -= t.from_m[d] * t.from_mps[d];
        speed2 += t.from_mps[d] * t.from_mps[d];
    }
    t.is = speed2 > 0.0 && nearest_track(table, t.from_m, spec->avoid_m) == table->n;
    t.time_s = t.is ? along / speed2 : 0.0;
    double miss_m[3];
    qf_add_scaled(t.from_m, t.time_s, t.from_mps, miss_m);
    t.miss_m = sqrt(qf_dot(miss_m, miss_m));
    return t;
}

static void watch(const qf_fleet *fleet, size_t slot, int64_t tick, const double *position_m,
                  const double *velocity_mps, const threat *t)
{
    qf_i64(fleet, QF_FIELD_THREAT_TICK, 0)[slot] = t->is ? t->tick : -1;
    qf_i64(fleet, QF_FIELD_THREAT_TRACK, 0)[slot] = t->is ? t->number : -1;
    for (unsigned d = 0; d < 3 && t->is && t->tick == tick; d++) {
        qf_f64(fleet, (qf_field_id)(QF_FIELD_THREAT_X + d), 0)[slot] = position_m[d] + t->from_m[d];
        qf_f64(fleet, (qf_field_id)(QF_FIELD_THREAT_VX + d), 0)[slot] =
            velocity_mps[d] + t->from_mps[d];
    }
}

void qf_guidance_watch(const qf_fleet *fleet, size_t group, size_t slot, int64_t tick,
                       const double *position_m, const double *velocity_mps,
                       const qf_track_table *table, const qf_track_view *view)
{
    const qf_group_spec *of = fleet->groups[group].spec;
    if (!qf_group_has_shape(of, QF_SHAPE_AVOID)) {
        return;
    }
    const int64_t behavior = qf_i64(fleet, QF_FIELD_GUIDANCE, 0)[slot];
    const qf_guidance_spec *spec = behavior >= 0 ? &of->guidances[behavior] : NULL;
    threat worst = {.is = false};
    if (spec && spec->avoid_m > 0.0) {
        double sight_m[3];
        const bool leaves_out = spec->kind == QF_GUIDANCE_APPROACH &&
                                own_target(fleet, slot, tick, position_m, sight_m);
        const double within_m =
            leaves_out ? spec->avoid_m + OWN_TARGET_SHARE * sqrt(qf_dot(sight_m, sight_m)) : 0.0;
        const size_t left_out = leaves_out ? nearest_track(table, sight_m, within_m) : table->n;
        for (size_t k = 0; k < table->n; k++) {
            const threat t = threat_of_track(table, view, k, tick);
            if (k != left_out && table->firm[k] != 0) {
                take_worse(spec, &t, &worst);
            }
        }
        const threat lost = lost_threat(fleet, slot, tick, position_m, velocity_mps, spec, table);
        if (lost.is && !(leaves_out && is_near(lost.from_m, sight_m, within_m))) {
            take_worse(spec, &lost, &worst);
        }
    }
    watch(fleet, slot, tick, position_m, velocity_mps, &worst);
}
