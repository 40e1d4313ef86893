/* SPDX-License-Identifier: Apache-2.0 */
/* Names of what ships have: docking ports and targets. */
#include <string.h>

#include "behavior_symbols_internal.h"

/* state of the port of that name; of the only one without a name */
bool qf_behavior_port(qf_behavior_names *names, const char *id, qf_symbol *symbol)
{
    const qf_docking_spec *docking = group_of(names)->docking;
    for (size_t p = 0; docking && p < docking->n_ports; p++) {
        if (id ? strcmp(docking->ports[p].id, id) == 0 : docking->n_ports == 1) {
            const char *column = qf_arena_format(names->arena, "port_%zu_state", p);
            names->out_of_memory = names->out_of_memory || !column;
            return column &&
                   qf_behavior_quantity(names, qf_catalog_find(names->catalog, column), symbol);
        }
    }
    return false;
}

/* all ports free, or some in a state: joined from what is asked of each */
static bool ports_symbol(qf_behavior_names *names, const char *state, qf_symbol *symbol)
{
    const qf_docking_spec *docking = group_of(names)->docking;
    const bool is_free = strcmp(state, qf_port_state_names[0]) == 0;
    const bool known = is_free || strcmp(state, qf_port_state_names[1]) == 0 ||
                       strcmp(state, qf_port_state_names[2]) == 0;
    const char *text = known && docking && docking->n_ports > 0 ? "" : NULL;
    for (size_t p = 0; text && p < docking->n_ports; p++) {
        text = qf_arena_format(names->arena, "%s%sport_%zu_state == %s", text,
                               p == 0    ? ""
                               : is_free ? " and "
                                         : " or ",
                               p, state);
        names->out_of_memory = names->out_of_memory || !text;
    }
    if (text) {
        qf_behavior_text(text, symbol);
    }
    return text != NULL;
}

bool qf_behavior_dock(qf_behavior_names *names, const char *what, qf_symbol *symbol)
{
    return strcmp(what, "state") == 0 ? qf_behavior_port(names, NULL, symbol)
                                      : ports_symbol(names, what, symbol);
}

/* by what is not a column: the range is NaN as long as nothing is known */
bool qf_behavior_target(const qf_behavior_names *names, const char *what, qf_symbol *symbol)
{
    if (strcmp(what, "known") != 0 || !qf_group_has_shape(group_of(names), QF_SHAPE_TARGET)) {
        return false;
    }
    qf_behavior_text("is_finite(target_range_m)", symbol);
    return true;
}
