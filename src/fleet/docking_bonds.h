/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_DOCKING_BONDS_H
#define QF_DOCKING_BONDS_H

#include "group.h"
#include "rigid.h"

/*
 * Vehicles that are docked together as one body, told by the columns of their ports and written to the BOND_* columns:
 * while no other thread works.
 */
typedef struct qf_bonds {
    uint32_t *
        member; /* entities that are docked together: the root first, then each after who it is docked to */
    uint32_t *before; /* of each member: who that is, by its number in `member` */
    uint32_t *port;   /* and at which port of that one; of the root nothing */
    size_t n;
    uint32_t *seen; /* by entity: the turn in which it was last listed */
    uint32_t turn;
    qf_rigid *body; /* of each member */
} qf_bonds;

/* Memory from the arena, for all vehicles of the fleet. QF_ERROR_MEMORY. */
qf_status qf_bonds_create(qf_context *context, qf_arena *arena, const qf_fleet *fleet,
                          qf_bonds *bonds);

size_t qf_bonds_bytes(const qf_scenario *scenario);

/* The vehicle by itself. */
qf_rigid qf_bond_body(const qf_fleet *fleet, size_t entity);

/*
 * The one body that it is part of, with that vehicle's axes; `from_center_m`: from its centre of mass to the vehicle's,
 * world axes. Wheels are those of all.
 */
qf_rigid qf_bond_whole(const qf_fleet *fleet, size_t entity, double from_center_m[3]);

/* Whether it is docked with somebody, softly or hard. */
bool qf_bond_is(const qf_fleet *fleet, size_t entity);
bool qf_bond_is_one(const qf_fleet *fleet, size_t a, size_t b);

/* Lists all healthy vehicles that are docked with one another and with that one, which is listed too. */
void qf_bonds_list(const qf_fleet *fleet, qf_bonds *bonds, size_t entity);

/*
 * Makes them one body as they are, by a perfectly inelastic impact where they do not move as one: linear and angular
 * momentum stay what they are, nobody is moved or turned. One vehicle alone is by itself from now on.
 */
void qf_bonds_join(const qf_fleet *fleet, qf_bonds *bonds, size_t entity);

/* Puts everybody where the root says. */
void qf_bonds_align(const qf_fleet *fleet, qf_bonds *bonds, size_t root);

/* Makes them one body anew where they are not as heavy any more: thrusters that are on, to no effect, empty tanks. */
void qf_bonds_weigh(const qf_fleet *fleet, qf_bonds *bonds, size_t root);

/*
 * Changes the motion of the whole body that the vehicle is part of: the velocity of its centre of mass and its rate,
 * world axes; and moves it.
 */
void qf_bonds_move(const qf_fleet *fleet, qf_bonds *bonds, size_t entity,
                   const double velocity_mps[3], const double rate_rps[3], const double move_m[3]);

#endif
