/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_DOCKING_IMPACT_H
#define QF_DOCKING_IMPACT_H

#include "docking_bonds.h"
#include "event_log.h"

/*
 * Impulses between two vehicles that are not docked with each other, at a point that both have: linear and angular
 * momentum are what they were. What is docked with one of them moves with it. There is no friction.
 */
typedef struct qf_impact {
    size_t a, b;      /* entities */
    double normal[3]; /* unit, from a to b */
    double arm_m[3];  /* from the centre of mass of a, by itself, to the point; world axes */
} qf_impact;

/* Share of the closing speed at the point that is left after a collision, the other way. */
#define QF_RESTITUTION 0.3

/*
 * A collision `left_s` before now: they bounce, and have moved on since as they do now. Returns the closing speed at
 * the point; where that is not positive nothing is done.
 */
double qf_impact_bounce(const qf_fleet *fleet, qf_bonds *bonds, const qf_impact *impact,
                        double left_s);

/* Tells both of a collision, and counts it. */
void qf_impact_tell(const qf_fleet *fleet, qf_event_list *events, int64_t tick,
                    const qf_impact *impact, double closing_mps);

/* Where they part at the point more slowly than that, they do so as fast from now on. Whether that was so. */
bool qf_impact_part(const qf_fleet *fleet, qf_bonds *bonds, const qf_impact *impact,
                    double speed_mps);

#endif
