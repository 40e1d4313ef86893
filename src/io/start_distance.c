/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where vehicles may start, from the planet's centre: a box, by position, and by distance alone where axes turn with an
 * orbit. Relative to a vehicle at distance r, and along the axes of its orbit, (x, y, z) is as far as (r + x, y, z).
 */
#include "start_distance.h"

#include <math.h>

#include "reader.h"

typedef struct reach {
    double low, high;
} reach;

typedef struct place {
    bool boxed; /* the box is known */
    reach box_m[3];
    reach distance_m;
} place;

static reach reach_of(const qf_group_spec *group, qf_initial_id id)
{
    reach r;
    qf_number_reach(&group->initial[id], &r.low, &r.high);
    return r;
}

static reach sum(reach a, reach b)
{
    return (reach){a.low + b.low, a.high + b.high};
}

/* of any point of a box from the origin */
static reach length_of(const reach box[3])
{
    reach square = {0.0, 0.0};
    for (int k = 0; k < 3; k++) {
        const double near = fmax(0.0, fmax(box[k].low, -box[k].high));
        const double far = fmax(fabs(box[k].low), fabs(box[k].high));
        square.low += near * near;
        square.high += far * far;
    }
    return (reach){sqrt(square.low), sqrt(square.high)};
}

static place on_orbit(const qf_group_spec *group)
{
    const reach a = reach_of(group, QF_INITIAL_SEMI_MAJOR_AXIS);
    const reach e = reach_of(group, QF_INITIAL_ECCENTRICITY);
    if (e.high < 1.0) {
        return (place){.distance_m = {a.low * (1.0 - e.high), a.high * (1.0 + e.high)}};
    }
    return (place){.distance_m = {-a.high * (e.low - 1.0), (double)INFINITY}};
}

static place place_of(const qf_scenario *scenario, const qf_group_spec *group)
{
    if (group->initial_orbit) {
        return on_orbit(group);
    }
    const qf_group_spec *of = &scenario->groups[group->initial_relative_to];
    const reach offset_m[3] = {reach_of(group, QF_INITIAL_X), reach_of(group, QF_INITIAL_Y),
                               reach_of(group, QF_INITIAL_Z)};
    place base = {.boxed = true};
    if (of == group) {
        for (int k = 0; k < 3; k++) {
            const double center_m = scenario->planet.center_m[k];
            base.box_m[k] = (reach){-center_m, -center_m};
        }
    } else {
        base = place_of(scenario, of);
    }
    place p = {.boxed = base.boxed};
    for (int k = 0; k < 3; k++) {
        p.box_m[k] = sum(base.box_m[k], offset_m[k]);
    }
    p.distance_m = length_of(p.box_m);
    if (of == group || !qf_gravity_has_planet(&scenario->gravity)) {
        return p;
    }
    /* along an orbit, or along the world's axes where the other one only rises, falls or stands */
    const reach turning_m[3] = {sum(base.distance_m, offset_m[0]), offset_m[1], offset_m[2]};
    const reach turning = length_of(turning_m);
    p.distance_m.low = p.boxed ? fmin(p.distance_m.low, turning.low) : turning.low;
    p.distance_m.high = p.boxed ? fmax(p.distance_m.high, turning.high) : turning.high;
    p.boxed = false;
    return p;
}

double qf_nearest_start_m(const qf_scenario *scenario, const qf_group_spec *group)
{
    return place_of(scenario, group).distance_m.low;
}
