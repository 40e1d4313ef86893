/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_BEHAVIOR_SYMBOLS_INTERNAL_H
#define QF_BEHAVIOR_SYMBOLS_INTERNAL_H

#include "behavior_symbols.h"

/* What finding columns and finding everything else share. */

static inline const qf_group_spec *group_of(const qf_behavior_names *names)
{
    return &names->scenario->groups[names->group];
}

/* NULL: none is meant */
static inline const qf_machine_spec *machine_of(const qf_behavior_names *names)
{
    return names->machine < group_of(names)->n_machines ? group_of(names)->machines[names->machine]
                                                        : NULL;
}

/* Zeroed memory; NULL is noted. */
void *qf_behavior_take(qf_behavior_names *names, size_t count, size_t size);

bool qf_behavior_has_device(const qf_group_spec *group, const char *name);

/* Whether the quantity tells something of the group's vehicles: columns are as many as the group that has most needs. */
bool qf_behavior_has_quantity(const qf_behavior_names *names, const qf_quantity *quantity);

/* What a quantity, NULL: none, means to the group; false: nothing. */
bool qf_behavior_quantity(qf_behavior_names *names, const qf_quantity *quantity, qf_symbol *symbol);

/* `state` of machine number `machine` of the group; false without memory. */
bool qf_behavior_state(qf_behavior_names *names, size_t machine, qf_symbol *symbol);

/* A condition in other words. */
void qf_behavior_text(const char *text, qf_symbol *symbol);

/* What follows `dock.` and `target.`, and the state of a port by its name, NULL: the only one; false: nothing. */
bool qf_behavior_dock(qf_behavior_names *names, const char *what, qf_symbol *symbol);
bool qf_behavior_target(const qf_behavior_names *names, const char *what, qf_symbol *symbol);
bool qf_behavior_port(qf_behavior_names *names, const char *id, qf_symbol *symbol);

/* Number i of what `name` knows in brackets, NULL: no more. */
const char *qf_behavior_argument(const qf_behavior_names *names, const char *name, size_t i);

#endif
