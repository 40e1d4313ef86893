/* SPDX-License-Identifier: Apache-2.0 */
/* /guards: the guard rules of all groups, which events 8xx refer to. Absent when no group has any. */
#include <stdlib.h>
#include <string.h>

#include "event.h"
#include "results_internal.h"

enum {
    VARIABLES = 6,
    ROW_BYTES = 8 + 4 + 4 + 1 + 2 * 16, /* 16: a reference to a text */
};

/* The rules of all groups, column by column. */
typedef struct rules {
    size_t n;
    uint32_t *group;
    int32_t *number;
    uint8_t *severity;
    const char **id, **fsm_event;
} rules;

static size_t count(const qf_scenario *scenario, size_t *longest)
{
    size_t n = 0;
    *longest = 0;
    for (size_t g = 0; g < scenario->n_groups; g++) {
        const qf_guards_spec *guards = scenario->groups[g].guards;
        for (size_t r = 0; guards && r < guards->n_rules; r++) {
            const qf_guard_rule_spec *rule = &guards->rules[r];
            const size_t id = strlen(rule->id);
            const size_t event = rule->fsm_event ? strlen(rule->fsm_event) : 0;
            *longest = id > *longest ? id : *longest;
            *longest = event > *longest ? event : *longest;
            n++;
        }
    }
    return n;
}

uint64_t qf_guards_bytes(const qf_fleet *fleet)
{
    size_t longest;
    const size_t n = count(fleet->scenario, &longest);
    return n == 0 ? 0
                  : VARIABLES * QF_META_VARIABLE_BYTES + n * ROW_BYTES +
                        qf_text_heap_bytes(2 * n, longest) + qf_group_flags_bytes(fleet);
}

static bool allocate(rules *all, size_t n)
{
    *all = (rules){.n = n,
                   .group = calloc(n, sizeof *all->group),
                   .number = calloc(n, sizeof *all->number),
                   .severity = calloc(n, sizeof *all->severity),
                   .id = calloc(n, sizeof *all->id),
                   .fsm_event = calloc(n, sizeof *all->fsm_event)};
    return all->group && all->number && all->severity && all->id && all->fsm_event;
}

static void release(rules *all)
{
    free(all->group);
    free(all->number);
    free(all->severity);
    free(all->id);
    free(all->fsm_event);
}

static void gather(const qf_scenario *scenario, rules *all)
{
    size_t i = 0;
    for (size_t g = 0; g < scenario->n_groups; g++) {
        const qf_guards_spec *guards = scenario->groups[g].guards;
        for (size_t r = 0; guards && r < guards->n_rules; r++, i++) {
            const qf_guard_rule_spec *rule = &guards->rules[r];
            all->group[i] = (uint32_t)g;
            all->number[i] = (int32_t)r;
            all->severity[i] = (uint8_t)rule->severity;
            all->id[i] = rule->id;
            all->fsm_event[i] = rule->fsm_event ? rule->fsm_event : "";
        }
    }
}

static qf_status write_rules(qf_context *context, qf_nc *nc, const qf_fleet *fleet,
                             const rules *all)
{
    const hid_t group = qf_nc_group(nc, "guards");
    const hid_t texts = qf_nc_string_type(nc);
    const hsize_t n = all->n;
    const qf_nc_variable dimension = {"guard_rule", H5T_NATIVE_INT64, "1",
                                      "number of the rule over all groups", NULL};
    const qf_nc_variable of_group = {"group", H5T_NATIVE_UINT32, "1",
                                     "group of the scenario whose rule it is", NULL};
    const qf_nc_variable number = {
        "rule", H5T_NATIVE_INT32, "1",
        "number of the rule in its group: the subject of events 8xx of its vehicles", NULL};
    const qf_nc_variable name = {"id", texts, "1", "name of the rule", NULL};
    const qf_nc_variable severity = {"severity", H5T_NATIVE_UINT8, "1",
                                     "how grave it is when the rule fires", NULL};
    const qf_nc_variable event = {"fsm_event", texts, "1",
                                  "event that firing means to the vehicle's state machine, empty: "
                                  "none",
                                  NULL};
    const hid_t scale = qf_nc_dimension(nc, group, &dimension, n, 0);
    qf_nc_write_numbers(nc, scale, n);
    const hid_t groups = qf_nc_column(nc, group, scale, &of_group, n, all->group);
    qf_nc_column(nc, group, scale, &number, n, all->number);
    qf_nc_column(nc, group, scale, &name, n, all->id);
    qf_severity_flags_put(nc, qf_nc_column(nc, group, scale, &severity, n, all->severity));
    qf_nc_column(nc, group, scale, &event, n, all->fsm_event);
    qf_nc_close_type(nc, texts);
    return qf_group_flags_put(context, nc, fleet, groups, H5T_NATIVE_UINT32);
}

qf_status qf_guards_write(qf_context *context, qf_nc *nc, const qf_fleet *fleet)
{
    size_t longest;
    const size_t n = count(fleet->scenario, &longest);
    if (n == 0) {
        return QF_OK;
    }
    rules all;
    qf_status status = QF_OK;
    if (allocate(&all, n)) {
        gather(fleet->scenario, &all);
        status = write_rules(context, nc, fleet, &all);
    } else {
        status = qf_fail(context, QF_ERROR_MEMORY, "no memory for %zu guard rules", n);
    }
    release(&all);
    return status;
}
