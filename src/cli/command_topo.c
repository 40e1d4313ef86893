/* SPDX-License-Identifier: Apache-2.0 */
#include <hwloc.h>
#include <stdio.h>

#include "commands.h"
#include "kernels.h"
#include "options.h"
#include "threads.h"

static const qf_option_id accepted[] = {QF_OPTION_HELP};
enum { N_ACCEPTED = sizeof accepted / sizeof *accepted };

/* one line per object, indented by depth; what does not matter for a fleet is left out */
static void show(hwloc_obj_t object, int indent)
{
    char type[64];
    char attributes[256];
    const bool shown = object->type == HWLOC_OBJ_MACHINE || object->type == HWLOC_OBJ_PACKAGE ||
                       object->type == HWLOC_OBJ_CORE || object->type == HWLOC_OBJ_PU ||
                       object->type == HWLOC_OBJ_GROUP || hwloc_obj_type_is_dcache(object->type);
    if (shown) {
        hwloc_obj_type_snprintf(type, sizeof type, object, 0);
        hwloc_obj_attr_snprintf(attributes, sizeof attributes, object, " ", 0);
        printf("%*s%s %u%s%s%s\n", indent, "", type, object->logical_index, *attributes ? " (" : "",
               attributes, *attributes ? ")" : "");
        for (hwloc_obj_t memory = object->memory_first_child; memory;
             memory = memory->next_sibling) {
            hwloc_obj_attr_snprintf(attributes, sizeof attributes, memory, " ", 0);
            printf("%*sNUMA node %u (%s)\n", indent + 2, "", memory->logical_index, attributes);
        }
    }
    for (hwloc_obj_t child = object->first_child; child; child = child->next_sibling) {
        show(child, shown ? indent + 2 : indent);
    }
}

static qf_status topo(void)
{
    hwloc_topology_t topology;
    if (hwloc_topology_init(&topology) != 0) {
        fprintf(stderr, "qfleet topo: hwloc does not start\n");
        return QF_ERROR_INTERNAL;
    }
    const bool loaded = hwloc_topology_load(topology) == 0;
    if (loaded) {
        show(hwloc_get_root_obj(topology), 0);
        printf("\nprocessors this process may use: %d\n", qf_threads_available());
        printf("instruction sets that run here:");
        for (const char *const *isa = qf_isa_names; *isa; isa++) {
            if (qf_kernels_for(*isa)) {
                printf(" %s", *isa);
            }
        }
        printf("; chosen: %s\n", qf_kernels_best()->isa);
    } else {
        fprintf(stderr, "qfleet topo: hwloc cannot read this machine's topology\n");
    }
    hwloc_topology_destroy(topology);
    return loaded ? QF_OK : QF_ERROR_INTERNAL;
}

int qf_command_topo(int argc, char **argv)
{
    qf_options options;
    qf_status status = qf_options_parse("topo", accepted, N_ACCEPTED, argc, argv, &options);
    if (status == QF_OK && options.help) {
        printf("usage: qfleet topo\n\nShows cores, caches, memory and the instruction set.\n\n");
        qf_options_help(accepted, N_ACCEPTED);
    } else if (status == QF_OK && options.n_operands > 0) {
        fprintf(stderr, "qfleet topo: takes no arguments, found '%s'\n", options.operands[0]);
        status = QF_ERROR_USAGE;
    } else if (status == QF_OK) {
        status = topo();
    }
    qf_options_free(&options);
    return qf_status_exit_code(status);
}
