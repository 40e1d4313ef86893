/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_MOTION_H
#define QF_MOTION_H

#include <math.h>

#include "fleet.h"
#include "group.h"
#include "scalar_math.h"

/* The heading and what is derived from it change together, here and nowhere else. */
static inline void qf_set_heading(const qf_fleet *fleet, size_t slot, double heading_deg)
{
    const double heading_rad = heading_deg * QF_RAD_PER_DEG;
    qf_f64(fleet, QF_FIELD_HEADING, 0)[slot] = heading_deg;
    qf_f64(fleet, QF_FIELD_HEADING_SIN, 0)[slot] = qf_sin(heading_rad);
    qf_f64(fleet, QF_FIELD_HEADING_COS, 0)[slot] = qf_cos(heading_rad);
}

/* degrees in [0, 360) */
static inline double qf_wrapped_deg(double deg)
{
    const double rest = fmod(deg, 360.0);
    const double turn = rest < 0.0 ? rest + 360.0 : rest;
    return turn < 360.0 ? turn : 0.0;
}

/* What a bot is told to do: at once, or, with a differential drive, as fast as its wheels can. */
static inline void qf_order_heading(const qf_fleet *fleet, const qf_group *group, size_t slot,
                                    double heading_deg)
{
    if (group->spec->drive) {
        qf_f64(fleet, QF_FIELD_DRIVE_HEADING, 0)[slot] = qf_wrapped_deg(heading_deg);
    } else {
        qf_set_heading(fleet, slot, heading_deg);
    }
}

static inline double *qf_ordered_speed(const qf_fleet *fleet, const qf_group *group, size_t slot)
{
    const qf_field_id field = group->spec->drive ? QF_FIELD_DRIVE_SPEED : QF_FIELD_SPEED;
    return &qf_f64(fleet, field, 0)[slot];
}

static inline double qf_ordered_heading(const qf_fleet *fleet, const qf_group *group, size_t slot)
{
    const qf_field_id field = group->spec->drive ? QF_FIELD_DRIVE_HEADING : QF_FIELD_HEADING;
    return qf_f64(fleet, field, 0)[slot];
}

#endif
