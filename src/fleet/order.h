/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_ORDER_H
#define QF_ORDER_H

#include "event_log.h"
#include "fleet.h"

/*
 * What commands do to vehicles: those of scripts and those that machines give, the same way.
 *
 *   speed, motor      speed along the heading; locked
 *   heading, rotate   the heading
 *   rcs               thrusters of an axis at a percentage for a time, which both must be above
 *                     0, else they stop; locked. Under way (ACCEPTED) until they have fired
 *                     (EXECUTED), there is no propellant (FAILED), the axis no longer gives any
 *                     thrust (FAILED), a stop came before (REJECTED), or for a second, at least
 *                     two ticks, nothing happened (TIMEOUT). One that is given again while
 *                     thrusters fire as it says stays EXECUTED. After one that FAILED, another
 *                     fails at once while there is no propellant
 *   dock, undock      connects or leaves the dock; a change starts the time since the dock
 *                     connected anew. With docking ports: undock leaves all of them, REJECTED
 *                     where nothing is captured; no order docks, so dock is REJECTED unless the
 *                     vehicle is docked, and with false it is undock
 *   behave            a behaviour of the group, by its number, or -1: none; locked but for none.
 *                     One that is active and has not done its work goes on as if nothing were said.
 *                     The lock ends no behaviour: it goes on when the lock is lifted
 *   nbl, nbl_max      the NBL payload, locked, and its power budget
 *   inputs, radar     switches and queue depths
 *   transponder       its mode; active in modes on and spoof
 *   subsystems        the radar on, where the group has one; the transponder to the group's mode
 *   post              the power-on self-test runs again, where the group has one
 *   mission           receive: one waits; accept: it no longer waits and is active; finish: it is
 *                     no longer active but finished. To accept or finish what is not there is
 *                     REJECTED
 *   emergency_stop    true or without an argument: speed 0, thrusters stopped, NBL off, and all
 *                     that is locked stays so until false
 *   safe_mode         the same, and the radar off; the transponder stays, so that the vehicle is
 *                     found. False lifts the lock and restores nothing
 *   set               a variable or an input; speed_mps and transponder_mode by their commands,
 *                     which is what is told
 *   log, emit         of machines only: nothing here
 *
 * What is locked is REJECTED while an emergency stop or safe mode holds, but for what is itself a
 * stop: speed 0, motor and rcs at 0, nbl off, no behaviour; and so is rcs while the vehicle is
 * docked. Rigid bodies have no motors: of them speed, motor, heading and rotate are UNAVAILABLE,
 * but for a stop, and so is a behaviour that the group has not. Any command with an argument that is not finite, or
 * out of its range in the table of commands, is REJECTED, and so is a value of `set` out of its
 * column's range (settable.h). In groups that behave (qf_group_behaves) what a vehicle has not
 * got is UNAVAILABLE: thrusters for the axis that give some thrust, or a device that is down and
 * plays the part - motor_left or motor_right for speed and motor, rcs_forward, rcs_aft, rcs_port,
 * rcs_starboard, rcs_up and rcs_down for thrusters. All else is EXECUTED at once.
 */

#define QF_NO_COLUMN ((size_t)-1)

/* What a vehicle is told to do: a row of the command table and its arguments. */
typedef struct qf_order {
    qf_command_kind kind;
    bool given[QF_COMMAND_MAX_ARGUMENTS];
    double argument[QF_COMMAND_MAX_ARGUMENTS];
    size_t column; /* of `set`: of the fleet, QF_NO_COLUMN: none that can be set */
    bool whole;    /* an int64 one */
} qf_order;

/* What became of an order; of those that move something it is kept in the column ACTUATION. */
typedef enum qf_actuation {
    QF_ACTUATION_ACCEPTED, /* under way: executed, failed or timed out later */
    QF_ACTUATION_EXECUTED,
    QF_ACTUATION_REJECTED,    /* by an emergency stop, safe mode, or because of an argument */
    QF_ACTUATION_FAILED,      /* it was under way and could not be done: no propellant or thrust */
    QF_ACTUATION_TIMEOUT,     /* it was under way and nothing happened */
    QF_ACTUATION_UNAVAILABLE, /* the vehicle has not what it takes, or it is broken */
    QF_ACTUATIONS,
} qf_actuation;

/* Bits of the column ACTUATION: the last order that was to move something, and its outcome. */
#define QF_ACTUATION_OF(kind)      (UINT64_C(1) << (kind))             /* a qf_command_kind */
#define QF_ACTUATION_IS(actuation) (UINT64_C(1) << (48 + (actuation))) /* a qf_actuation */

/*
 * Gives an order to one vehicle at the start of tick `tick`. `events` is told of missions, stops,
 * safe mode and behaviours that begin, in copies of `told`, which has all but code, severity and value; at most one. No
 * order changes a bit that qf_event_scan looks for: thrusters start and stop when the world moves.
 */
qf_actuation qf_order_execute(const qf_fleet *fleet, size_t group, size_t entity, int64_t tick,
                              const qf_order *order, const qf_event *told, qf_event_queue *events);

/* The number that event 310 tells of an order: its first number, else its first argument, NaN: it
   has none. */
double qf_order_value(const qf_order *order);

/* The cause of what follows from a command of that kind; one, which outlives everything. */
const qf_cause *qf_command_cause(qf_command_kind kind);

/*
 * Tells what became of an order, as events 311 or 312, in a copy of `told`, which has all but code,
 * severity, subject, value and cause.
 */
void qf_actuation_tell(qf_command_kind kind, qf_actuation actuation, const qf_event *told,
                       qf_event_queue *events);

#endif
