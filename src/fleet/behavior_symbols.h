/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_BEHAVIOR_SYMBOLS_H
#define QF_BEHAVIOR_SYMBOLS_H

#include "catalog.h"
#include "expression.h"
#include "scenario.h"

/*
 * What names mean to the machines of a group: columns, derived signals (bios_status.is_ready, guard.RULE,
 * actuation.executed("rcs"), ...), variables and signals of the machine, states of the group's machines.
 */
typedef struct qf_behavior_names {
    const qf_catalog *catalog;
    const qf_scenario *scenario;
    size_t group;
    size_t
        machine; /* of the group, whose `state`, `time_in_state_s` and signals are meant; SIZE_MAX: none */
} qf_behavior_names;

/* `names` outlives the symbols. */
qf_symbols qf_behavior_symbols(qf_behavior_names *names);

#endif
