/* SPDX-License-Identifier: Apache-2.0 */
/* Work that vehicles bid for: docs/scenario.md says what may stand where. */
#include "tasks_reader.h"

#include <math.h>
#include <string.h>

#include "radio_reader.h"

#define N_NAMES(names) (sizeof(names) / sizeof *(names))

static void read_task(qf_reader *reader, const qf_yaml_node *node, const qf_task_spec *before,
                      size_t n_before, qf_task_spec *task)
{
    static const char *const known[] = {"name", "position_m", "work_s", "value", "from_s"};
    task->name = "";
    if (!qf_yaml_expect_kind(node, QF_YAML_MAPPING, reader->diagnostics)) {
        return;
    }
    qf_yaml_check_keys(node, known, N_NAMES(known), reader->diagnostics);
    const qf_yaml_node *name = qf_require(reader, node, "name");
    const qf_yaml_node *position = qf_require(reader, node, "position_m");
    const qf_yaml_node *value = qf_require(reader, node, "value");
    const qf_yaml_node *work = qf_yaml_get(node, "work_s");
    const qf_yaml_node *from = qf_yaml_get(node, "from_s");
    if (name && qf_read_name(reader, name, &task->name)) {
        for (size_t t = 0; t < n_before; t++) {
            if (strcmp(before[t].name, task->name) == 0) {
                qf_diagnose(reader->diagnostics, name, "two tasks are called '%s'", task->name);
            }
        }
    }
    if (position) {
        qf_read_place(reader, position, task->position_m);
    }
    if (value) {
        qf_read_positive(reader, value, &task->value);
    }
    if (work) {
        qf_read_constant(reader, work, 0.0, (double)INFINITY, &task->work_s);
    }
    if (from) {
        qf_read_constant(reader, from, 0.0, (double)INFINITY, &task->from_s);
    }
}

void qf_read_tasks(qf_reader *reader, const qf_yaml_node *root, qf_scenario *scenario)
{
    static const char *const known[] = {"every_s", "list"};
    const qf_yaml_node *node = qf_yaml_get(root, "tasks");
    if (!node || !qf_yaml_expect_kind(node, QF_YAML_MAPPING, reader->diagnostics)) {
        return;
    }
    qf_auction_spec *auction = &scenario->auction;
    qf_yaml_check_keys(node, known, N_NAMES(known), reader->diagnostics);
    const qf_yaml_node *every = qf_require(reader, node, "every_s");
    const qf_yaml_node *list = qf_require(reader, node, "list");
    if (every && qf_read_ticks(reader, every, scenario->dt_s, &auction->period_ticks) &&
        (auction->period_ticks < 1 || auction->period_ticks > INT32_MAX)) {
        qf_diagnose(reader->diagnostics, every, "expected 1 to %d ticks of dt_s, found %lld",
                    INT32_MAX, (long long)auction->period_ticks);
    }
    if (!list || !qf_yaml_expect_kind(list, QF_YAML_SEQUENCE, reader->diagnostics)) {
        return;
    }
    const size_t n = list->n_children;
    if (n < 1 || n > QF_TASKS_MOST) {
        qf_diagnose(reader->diagnostics, list, "expected 1 to %d tasks, found %zu", QF_TASKS_MOST,
                    n);
        return;
    }
    qf_task_spec *tasks = qf_reader_array(reader, n, sizeof *tasks);
    for (size_t t = 0; tasks && t < n; t++) {
        read_task(reader, list->children[t], tasks, t, &tasks[t]);
    }
    auction->tasks = tasks;
    auction->n_tasks = tasks ? n : 0;
}

void qf_note_idle_tasks(qf_reader *reader, const qf_yaml_node *root, const qf_scenario *scenario)
{
    const qf_yaml_node *node = qf_yaml_get(root, "tasks");
    bool done = false;
    for (size_t g = 0; g < scenario->n_groups; g++) {
        for (size_t b = 0; b < scenario->groups[g].n_guidances; b++) {
            done = done || scenario->groups[g].guidances[b].kind == QF_GUIDANCE_TASKS;
        }
    }
    if (node && !done && !reader->groups_unknown) {
        qf_diagnose_note(reader->diagnostics, qf_yaml_key_node(root, node->index),
                         "without effect: no group has a behaviour of kind 'tasks'");
    }
}
