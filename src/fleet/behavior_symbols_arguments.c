/* SPDX-License-Identifier: Apache-2.0 */
/* What may stand in the brackets of a name, to offer for a misspelt one: devices, guard rules and ports of the group. */
#include <string.h>

#include "behavior_symbols_internal.h"

const char *qf_behavior_argument(const qf_behavior_names *names, const char *name, size_t i)
{
    const qf_group_spec *group = group_of(names);
    const qf_docking_spec *docking = group->docking;
    if (strcmp(name, "device.ok") == 0 || strcmp(name, "device.down") == 0) {
        return i < group->n_devices ? group->devices[i].name : NULL;
    }
    if (strcmp(name, "guard.rule") == 0) {
        return group->guards && i < group->guards->n_rules ? group->guards->rules[i].id : NULL;
    }
    if (strcmp(name, "dock.state") == 0) {
        return docking && i < docking->n_ports ? docking->ports[i].id : NULL;
    }
    return NULL;
}
