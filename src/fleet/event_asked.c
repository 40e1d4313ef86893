/* SPDX-License-Identifier: Apache-2.0 */
/* Test: tests/test_event_causes.c. */
#include "event_asked.h"

#include "catalog.h"
#include "situation.h"

#define TOPIC(topic) (UINT32_C(1) << QF_TOPIC_##topic)

_Static_assert(QF_TOPICS <= 32, "topics are bits of a word");
_Static_assert(QF_COMMAND_COUNT <= 64, "kinds of commands are bits of a word");

void qf_asked_add(qf_asked *asked, const qf_cause *because, size_t n_because)
{
    for (size_t i = 0; i < n_because; i++) {
        uint32_t *topics = because[i].subject < 0 ? &asked->any : &asked->single;
        *topics |= because[i].topic != QF_TOPIC_NONE ? UINT32_C(1) << because[i].topic : 0;
    }
}

/* besides machines: a self-test and its devices, what a fault has brought, actions of a machine, what becomes of a
   command, and of those that guide themselves what they do, dock to and avoid. That a device works again because of its own failure is found without (event_causes.c) */
qf_asked qf_group_asked(const qf_group_spec *spec)
{
    qf_asked asked = {.any = TOPIC(BIOS) | TOPIC(DEVICE),
                      .single = TOPIC(FAULT) | TOPIC(MACHINE) | TOPIC(COMMAND)};
    asked.any |= spec->n_guidances > 0 ? TOPIC(GUIDANCE) | TOPIC(DOCKING) | TOPIC(TRACK) : 0;
    for (size_t m = 0; m < spec->n_machines; m++) {
        asked.any |= spec->machines[m]->asked.any;
        asked.single |= spec->machines[m]->asked.single;
    }
    return asked;
}

static uint64_t kinds_of_list(const qf_action_list *list)
{
    uint64_t kinds = 0;
    for (size_t a = 0; a < list->n; a++) {
        kinds |= UINT64_C(1) << list->actions[a].kind;
    }
    return kinds;
}

static uint64_t kinds_of_rows(const qf_transition_spec *rows, size_t n_rows)
{
    uint64_t kinds = 0;
    for (size_t r = 0; r < n_rows; r++) {
        kinds |= kinds_of_list(&rows[r].actions);
    }
    return kinds;
}

/* of commands that vehicles of the group are given and give themselves */
static size_t count_kinds(const qf_group_spec *spec)
{
    uint64_t kinds = 0;
    for (size_t c = 0; c < spec->n_commands; c++) {
        kinds |= UINT64_C(1) << spec->script[c].kind;
    }
    for (size_t m = 0; m < spec->n_machines; m++) {
        const qf_machine_spec *machine = spec->machines[m];
        kinds |= kinds_of_rows(machine->any, machine->n_any);
        for (size_t s = 0; s < machine->n_states; s++) {
            const qf_state_spec *state = &machine->states[s];
            kinds |= kinds_of_list(&state->on_enter) | kinds_of_list(&state->on_exit) |
                     kinds_of_list(&state->during) |
                     kinds_of_rows(state->transitions, state->n_transitions);
        }
    }
    return (size_t)__builtin_popcountll(kinds);
}

static size_t count_injected(const qf_group_spec *spec)
{
    size_t n = 0;
    for (size_t i = 0; i < spec->n_incidents; i++) {
        n += spec->incidents[i].injected;
    }
    return n;
}

size_t qf_group_most_asked(const qf_group_spec *spec)
{
    const qf_asked asked = qf_group_asked(spec);
    const bool breaks = spec->n_incidents > 0 || spec->bios;
    const size_t n_kinds = count_kinds(spec);
    const size_t n_of_topic[QF_TOPICS] = {
        [QF_TOPIC_POWER] = 1,
        [QF_TOPIC_THERMAL] = spec->hardware.n_nodes,
        [QF_TOPIC_TRACK] = spec->tracker ? 1 : 0,
        [QF_TOPIC_SITUATION] = spec->situations ? QF_SITUATION_KINDS : 0,
        [QF_TOPIC_GUARD] = spec->guards ? spec->guards->n_rules : 0,
        [QF_TOPIC_BIOS] = 1,
        [QF_TOPIC_DEVICE] = breaks ? spec->n_devices : 0,
        [QF_TOPIC_FAULT] = count_injected(spec),
        [QF_TOPIC_MISSION] = 1,
        [QF_TOPIC_STOP] = 1,
        [QF_TOPIC_MACHINE] = spec->n_machines,
        [QF_TOPIC_COMMAND] = n_kinds,
        [QF_TOPIC_ACTUATION] = n_kinds,
        [QF_TOPIC_GUIDANCE] = spec->n_guidances,
        [QF_TOPIC_LINK] = spec->radio ? 1 : 0,
        [QF_TOPIC_DOCKING] = spec->docking ? spec->docking->n_ports : 0,
        [QF_TOPIC_TASK] = qf_group_has_shape(spec, QF_SHAPE_TASK) ? QF_TASKS_MOST : 0,
        [QF_TOPIC_COLLISION] = qf_group_has_shape(spec, QF_SHAPE_HULL) ? 1 : 0,
    };
    size_t n = 0;
    for (size_t topic = 0; topic < QF_TOPICS; topic++) {
        n += (asked.any >> topic & 1) && n_of_topic[topic] > 0 ? 1 : 0;
        n += asked.single >> topic & 1 ? n_of_topic[topic] : 0;
    }
    return n + 1; /* and the tick of its last command to thrusters */
}
