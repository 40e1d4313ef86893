/* SPDX-License-Identifier: Apache-2.0 */
/*
 * /behaviors, /ports and /tasks: names of what columns and events 32x, 52x and 53x have numbers for. Each is absent
 * where the scenario has none.
 */
#include <stdlib.h>
#include <string.h>

#include "results_internal.h"

enum {
    VARIABLES = 4,
    ROW_BYTES = 8 + 4 + 4 + 16, /* 16: a reference to a text */
};

typedef enum table_id { BEHAVIORS, PORTS, TASKS, TABLES } table_id;

/* what a table is called, and its columns */
static const struct {
    const char *path, *dimension, *dimension_text, *number, *number_text, *name, *name_text;
} wordings[TABLES] = {
    [BEHAVIORS] = {"behaviors", "group_behavior", "number of the behaviour over all groups",
                   "behavior",
                   "number of the behaviour in its group: what column behavior holds, and the "
                   "subject of events 320 to 324",
                   "name", "name of the behaviour"},
    [PORTS] = {"ports", "group_port", "number of the docking port over all groups", "port",
               "number of the port of a vehicle of the group: K of columns port_K_state, and the "
               "subject of events 520 to 524",
               "id", "name of the port"},
    [TASKS] = {"tasks", "task",
               "number of the task: what column task holds, and the subject of "
               "events 530 to 532",
               NULL, NULL, "name", "name of the task"},
};

static size_t n_in(const qf_group_spec *group, table_id id)
{
    return id == BEHAVIORS ? group->n_guidances : group->docking ? group->docking->n_ports : 0;
}

static const char *name_in(const qf_group_spec *group, table_id id, size_t i)
{
    return id == BEHAVIORS ? group->guidances[i].name : group->docking->ports[i].id;
}

/* Rows, column by column; those of tasks have no group. */
typedef struct rows {
    size_t n;
    uint32_t *group;
    int32_t *number;
    const char **name;
} rows;

static size_t count(const qf_scenario *scenario, table_id id, size_t *longest)
{
    size_t n = 0;
    *longest = 0;
    for (size_t t = 0; id == TASKS && t < scenario->auction.n_tasks; t++, n++) {
        const size_t length = strlen(scenario->auction.tasks[t].name);
        *longest = length > *longest ? length : *longest;
    }
    for (size_t g = 0; id != TASKS && g < scenario->n_groups; g++) {
        for (size_t i = 0; i < n_in(&scenario->groups[g], id); i++, n++) {
            const size_t length = strlen(name_in(&scenario->groups[g], id, i));
            *longest = length > *longest ? length : *longest;
        }
    }
    return n;
}

uint64_t qf_behaviors_bytes(const qf_fleet *fleet)
{
    uint64_t bytes = 0;
    for (table_id id = 0; id < TABLES; id++) {
        size_t longest;
        const size_t n = count(fleet->scenario, id, &longest);
        bytes += n == 0 ? 0
                        : VARIABLES * QF_META_VARIABLE_BYTES + n * ROW_BYTES +
                              qf_text_heap_bytes(n, longest) + qf_group_flags_bytes(fleet);
    }
    return bytes;
}

static bool allocate(rows *all, size_t n)
{
    *all = (rows){.n = n,
                  .group = calloc(n, sizeof *all->group),
                  .number = calloc(n, sizeof *all->number),
                  .name = calloc(n, sizeof *all->name)};
    return all->group && all->number && all->name;
}

static void release(rows *all)
{
    free(all->group);
    free(all->number);
    free(all->name);
}

static void gather(const qf_scenario *scenario, table_id id, rows *all)
{
    size_t at = 0;
    for (size_t t = 0; id == TASKS && t < scenario->auction.n_tasks; t++) {
        all->name[at++] = scenario->auction.tasks[t].name;
    }
    for (size_t g = 0; id != TASKS && g < scenario->n_groups; g++) {
        for (size_t i = 0; i < n_in(&scenario->groups[g], id); i++, at++) {
            all->group[at] = (uint32_t)g;
            all->number[at] = (int32_t)i;
            all->name[at] = name_in(&scenario->groups[g], id, i);
        }
    }
}

static qf_status write_rows(qf_context *context, qf_nc *nc, const qf_fleet *fleet, table_id id,
                            const rows *all)
{
    const hid_t group = qf_nc_group(nc, wordings[id].path);
    const hid_t texts = qf_nc_string_type(nc);
    const hsize_t n = all->n;
    const qf_nc_variable dimension = {wordings[id].dimension, H5T_NATIVE_INT64, "1",
                                      wordings[id].dimension_text, NULL};
    const qf_nc_variable of_group = {"group", H5T_NATIVE_UINT32, "1",
                                     "group of the scenario whose it is", NULL};
    const qf_nc_variable number = {wordings[id].number, H5T_NATIVE_INT32, "1",
                                   wordings[id].number_text, NULL};
    const qf_nc_variable name = {wordings[id].name, texts, "1", wordings[id].name_text, NULL};
    qf_status status = QF_OK;
    const hid_t scale = qf_nc_dimension(nc, group, &dimension, n, 0);
    qf_nc_write_numbers(nc, scale, n);
    if (wordings[id].number) {
        const hid_t groups = qf_nc_column(nc, group, scale, &of_group, n, all->group);
        qf_nc_column(nc, group, scale, &number, n, all->number);
        status = qf_group_flags_put(context, nc, fleet, groups, H5T_NATIVE_UINT32);
    }
    qf_nc_column(nc, group, scale, &name, n, all->name);
    qf_nc_close_type(nc, texts);
    return status;
}

qf_status qf_behaviors_write(qf_context *context, qf_nc *nc, const qf_fleet *fleet)
{
    qf_status status = QF_OK;
    for (table_id id = 0; id < TABLES && status == QF_OK; id++) {
        size_t longest;
        const size_t n = count(fleet->scenario, id, &longest);
        rows all = {0};
        if (n > 0 && allocate(&all, n)) {
            gather(fleet->scenario, id, &all);
            status = write_rows(context, nc, fleet, id, &all);
        } else if (n > 0) {
            status = qf_fail(context, QF_ERROR_MEMORY, "no memory for %zu names of %s", n,
                             wordings[id].path);
        }
        release(&all);
    }
    return status;
}
