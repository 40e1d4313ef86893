/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_MOTION_H
#define QF_MOTION_H

#include "fleet.h"
#include "scalar_math.h"

/* The heading and what is derived from it change together, here and nowhere else. */
static inline void qf_set_heading(const qf_fleet *fleet, size_t slot, double heading_deg)
{
    const double heading_rad = heading_deg * QF_RAD_PER_DEG;
    qf_f64(fleet, QF_FIELD_HEADING, 0)[slot] = heading_deg;
    qf_f64(fleet, QF_FIELD_HEADING_SIN, 0)[slot] = qf_sin(heading_rad);
    qf_f64(fleet, QF_FIELD_HEADING_COS, 0)[slot] = qf_cos(heading_rad);
}

#endif
