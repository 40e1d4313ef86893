/* SPDX-License-Identifier: Apache-2.0 */
#include "guidance_threat.h"

#include <math.h>

#include "group.h"

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

/* the confirmed track that must be the target, n: none */
static size_t track_of_target(const qf_track_table *table, const double *sight_m, double avoid_m)
{
    double range2 = 0.0;
    for (int d = 0; d < 3; d++) {
        range2 += sight_m[d] * sight_m[d];
    }
    double least_m = avoid_m + OWN_TARGET_SHARE * sqrt(range2);
    size_t nearest = table->n;
    for (size_t k = 0; k < table->n; k++) {
        const double x = (double)table->east_m[k] - sight_m[0];
        const double y = (double)table->north_m[k] - sight_m[1];
        const double z = (double)table->up_m[k] - sight_m[2];
        const double off_m = sqrt(x * x + y * y + z * z);
        if (table->firm[k] != 0 && off_m < least_m) {
            least_m = off_m;
            nearest = k;
        }
    }
    return nearest;
}

static size_t most_urgent(const qf_guidance_spec *spec, const qf_track_table *table,
                          const qf_track_view *view, size_t left_out)
{
    size_t chosen = table->n;
    double least_s = spec->avoid_horizon_s * QF_AVOID_LATE_SHARE;
    for (size_t k = 0; k < table->n; k++) {
        const double time_s = (double)view->cpa_s[k];
        if (k != left_out && table->firm[k] != 0 && time_s > 0.0 && time_s < least_s &&
            (double)view->cpa_distance_m[k] < spec->avoid_m * QF_AVOID_OVER_SHARE) {
            least_s = time_s;
            chosen = k;
        }
    }
    return chosen;
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
    size_t chosen = table->n;
    if (spec && spec->avoid_m > 0.0) {
        double sight_m[3];
        const bool leaves_out = spec->kind == QF_GUIDANCE_APPROACH &&
                                own_target(fleet, slot, tick, position_m, sight_m);
        chosen =
            most_urgent(spec, table, view,
                        leaves_out ? track_of_target(table, sight_m, spec->avoid_m) : table->n);
    }
    qf_i64(fleet, QF_FIELD_THREAT_TICK, 0)[slot] = chosen < table->n ? tick : -1;
    if (chosen < table->n) {
        const double from_m[3] = {(double)table->east_m[chosen], (double)table->north_m[chosen],
                                  (double)table->up_m[chosen]};
        const double from_mps[3] = {(double)view->east_mps[chosen], (double)view->north_mps[chosen],
                                    (double)view->up_mps[chosen]};
        for (unsigned d = 0; d < 3; d++) {
            qf_f64(fleet, (qf_field_id)(QF_FIELD_THREAT_X + d), 0)[slot] =
                position_m[d] + from_m[d];
            qf_f64(fleet, (qf_field_id)(QF_FIELD_THREAT_VX + d), 0)[slot] =
                velocity_mps[d] + from_mps[d];
        }
    }
}
