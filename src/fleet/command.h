/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_COMMAND_H
#define QF_COMMAND_H

#include "event_log.h"
#include "fleet.h"

/* What a vehicle is told to do: a row of the command table and its arguments. */
typedef struct qf_order {
    qf_command_kind kind;
    bool given[QF_COMMAND_MAX_ARGUMENTS];
    double argument[QF_COMMAND_MAX_ARGUMENTS];
    size_t column; /* of `set`: of the fleet */
    bool whole;    /* an int64 one */
} qf_order;

/* What became of an order; of those that move something it is kept in the column ACTUATION. */
typedef enum qf_actuation {
    QF_ACTUATION_ACCEPTED, /* under way: executed, failed or timed out later */
    QF_ACTUATION_EXECUTED,
    QF_ACTUATION_REJECTED, /* by an emergency stop, safe mode, or because an argument is no number */
    QF_ACTUATION_FAILED,   /* it was under way and could not be done: no propellant */
    QF_ACTUATION_TIMEOUT,  /* it was under way and nothing happened */
    QF_ACTUATION_UNAVAILABLE, /* the vehicle has not what it takes, or it is broken */
    QF_ACTUATIONS,
} qf_actuation;

/* Bits of the column ACTUATION: the last order that was to move something, and what became of it. */
#define QF_ACTUATION_OF(kind)      (UINT64_C(1) << (kind))             /* a qf_command_kind */
#define QF_ACTUATION_IS(actuation) (UINT64_C(1) << (48 + (actuation))) /* a qf_actuation */

/*
 * Gives an order to one vehicle at the start of tick `tick`. `events` is told of missions, stops and safe mode, in
 * copies of `told`, which has all but code, severity and value.
 */
qf_actuation qf_order_execute(const qf_fleet *fleet, size_t group, size_t entity, int64_t tick,
                              const qf_order *order, const qf_event *told, qf_event_queue *events);

/*
 * Applies command number `number` of the block's group to the vehicles of the block. Arguments that
 * are distributions are drawn for each vehicle, keyed by the command's number and tick.
 */
void qf_command_apply(const qf_fleet *fleet, const qf_block *block, size_t number, int64_t tick,
                      qf_event_queue *events);

#endif
