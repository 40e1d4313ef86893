/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_BEHAVIOR_SYMBOLS_H
#define QF_BEHAVIOR_SYMBOLS_H

#include "arena.h"
#include "catalog.h"
#include "expression.h"
#include "scenario.h"

/*
 * What names mean to the machines of a group. Numbers N have the unit of their column, truths T,
 * choices C:
 *
 *   every quantity of the catalogue that the group's vehicles have: columns N; bits of words T;
 *     whole words T (some bit is set); transponder_mode, rcs_axis, fsm_state, fsm_state_2, ..., and
 *     behavior, task (with `none`), port_0_state, ... C
 *   variables of the group's machines; signals of the machine
 *   tick N, time_s N
 *   state C, time_in_state_s N       of the machine; MACHINE.state, MACHINE.time_in_state_s of any
 *                                    of the group
 *   proposal.any T, proposal.NAME T  the machine that decides proposes anything, NAME;
 *                                    proposal.state C
 *   bios_status.is_ready T           bios_ready
 *   dock.connected T                 dock_connected
 *   dock.state("PORT") C             free, soft, hard: of that port; without brackets of the only one
 *   dock.free T, dock.soft T, dock.hard T  all ports are free, some port is in that state
 *   behavior.done T, target.known T, link.lost T
 *   target.range_m N, target.range_rate_mps N, goal.distance_m N
 *   station.range_m N, station.range_rate_mps N, station.quality N, station.age_s N: of its track
 *   port.axial_m N, port.lateral_m N, port.angle_deg N
 *   fault.NAME T                     a bit of the fault words
 *   device.ok("NAME") T, device.down("NAME") T
 *   guard.any T, guard.info T, guard.warning T, guard.critical T  some rule, or one of that
 *                                                                 severity, is active
 *   guard.ID T, guard.rule("ID") T   that rule is active
 *   track.count N, track.firm N, track.nearest_range_m N, track.cpa_s N, track.cpa_distance_m N
 *   situation.count N, situation.critical N
 *   actuation.is("COMMAND") T        the last order that was to move something was that command;
 *                                    "main_drive" is `speed` or `motor`, which both set how fast
 *                                    the vehicle goes
 *   actuation.STATUS("COMMAND") T    and that became of it: accepted, executed, rejected, failed,
 *                                    timeout, unavailable; without brackets: of whichever order was
 *                                    the last
 *
 * A name of what the group has not (guards, a tracker, a device, a thermal node, ports, a target) means nothing.
 */
typedef struct qf_behavior_names {
    const qf_catalog *catalog;
    const qf_scenario *scenario;
    size_t group;
    /* of the group, whose `state`, `time_in_state_s` and signals are meant; SIZE_MAX: none */
    size_t machine;
    qf_arena *arena;    /* for lists of names */
    bool out_of_memory; /* set where a name was not found for that reason */
    /* the rest is set by the symbols */
    const char **offered;
    size_t n_offered;
} qf_behavior_names;

/* `names` outlives the symbols, and is zero but for what the caller sets. */
qf_symbols qf_behavior_symbols(qf_behavior_names *names);

/* The same without signals of the machine: what else a name would mean. */
bool qf_behavior_find(qf_behavior_names *names, const char *name, const char *argument,
                      qf_symbol *symbol);

/* The names that are no vehicle's own: time_s and tick. */
bool qf_behavior_find_time(const char *name, qf_symbol *symbol);

/* What `set` may set: a variable of the group's machines, or an input column. NULL: nothing of that
   name. */
const qf_quantity *qf_behavior_settable(const qf_behavior_names *names, const char *name);

/* Number of a behaviour of the group, -1: none, by the name of that. False: there is none so called. */
bool qf_behavior_number(const qf_group_spec *group, const char *name, int64_t *number);

extern const char qf_behavior_none[];

enum { QF_PORT_STATES = 3 };
extern const char *const qf_port_state_names[QF_PORT_STATES]; /* what columns port_K_state hold */

#endif
