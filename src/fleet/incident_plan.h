/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_INCIDENT_PLAN_H
#define QF_INCIDENT_PLAN_H

#include "context.h"
#include "event.h"
#include "fleet.h"

/*
 * What the stage of incidents looks up, made once for a group that has a self-test or incidents. Sets of incidents
 * are words with a bit for each. Memory belongs to the fleet's arena.
 */
typedef struct qf_incident_plan {
    /* by device of the group */
    const uint64_t *downs;    /* the incidents of which any takes it down */
    const size_t *device_bit; /* of the columns of DEVICES_DOWN */
    bool any_missing;
    uint64_t radar, radio, imu, thrusters, battery; /* incidents by what they break */
    size_t n_radars, n_imus;                        /* devices of those types */
    /* by incident */
    const qf_quantity *const *set; /* the column of SET, else NULL */
    const qf_cause (*because)[2];  /* the fault, then the device */
} qf_incident_plan;

/* Whether a fault may set this quantity: numbers and switches that no stage computes anew. */
bool qf_incident_may_set(const qf_quantity *quantity);

/* Whether setting it puts the vehicle elsewhere. */
bool qf_incident_moves(const qf_quantity *quantity);

/* Whether it is a switch of missions: what becomes of those is no fault, but the command `mission`. */
bool qf_incident_is_mission(const qf_quantity *quantity);

/*
 * A thruster's part of the power that the valves of its group take: of the first axis that has it, a lone one as in a
 * full group.
 */
double qf_valve_share(const qf_rcs_table *rcs, size_t thruster);

/* Makes group->incidents, and what kernels know of damage; nothing where the group has neither. */
qf_status qf_incident_plan_create(qf_context *context, qf_fleet *fleet, qf_group *group);

#endif
