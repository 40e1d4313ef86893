/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_DOCKING_INTERNAL_H
#define QF_DOCKING_INTERNAL_H

#include "docking_approach.h"
#include "docking_bonds.h"
#include "stage.h"

/* The parts of a docking meeting, for the docking_*.c files only. */

/* Two ports that let each other go. */
typedef struct qf_latch {
    uint32_t entity[2];
    uint32_t port[2];
    qf_event_code code; /* QF_EVENT_UNDOCKED or QF_EVENT_LATCH_BROKEN */
    bool pushes;        /* apart, as the springs of ports do that undock */
    uint32_t world;
    uint32_t number; /* in the order in which they were found */
} qf_latch;

typedef struct qf_docking_stage {
    qf_arena arena;
    const qf_fleet *fleet;
    qf_bonds bonds;
    uint32_t *docked; /* entities that are docked, healthy or not, ascending */
    size_t n_docked;
    qf_latch *opening;
    size_t n_opening;
    size_t most_opening;
    uint16_t *is_opening; /* by entity: a bit for each port */
    uint32_t
        *joined; /* by entity: the turn in which what it is docked with was last made one body */
    uint32_t turn;
    /* of the present meeting */
    int64_t tick;
    qf_event_list *events;
} qf_docking_stage;

/* Of one port of a vehicle. */
int64_t *qf_port_column(const qf_fleet *fleet, qf_field_id field, size_t port, size_t entity);

bool qf_docking_is_healthy(const qf_fleet *fleet, size_t entity);
const qf_docking_spec *qf_docking_of(const qf_fleet *fleet, size_t entity);

/* Tells of one port of a vehicle; `value` as in event.h. */
void qf_docking_tell(const qf_docking_stage *stage, size_t entity, qf_event_code code,
                     int32_t subject, double value);

/* Opens latches: of the quarantined, as asked, and those that are pulled too hard. Pushes what is then apart. */
void qf_docking_open_latches(qf_docking_stage *stage);

/* Adds the latches that the rotation of the body whose root that is pulls at too hard. */
void qf_docking_find_broken(qf_docking_stage *stage, size_t root);

/* Adds a latch, once. */
void qf_docking_add_opening(qf_docking_stage *stage, size_t entity, size_t port, qf_event_code code,
                            bool pushes);

/* Ports that touch capture each other, or bounce. */
void qf_docking_touch(qf_docking_stage *stage);

/* Soft captures that are old enough become hard. */
void qf_docking_harden(qf_docking_stage *stage);

/* Who is joined by bridges for data. */
void qf_docking_link(qf_docking_stage *stage);

/* The power that goes over bridges in this tick. */
void qf_docking_bridge(qf_docking_stage *stage);

#endif
