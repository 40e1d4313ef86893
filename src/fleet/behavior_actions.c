/* SPDX-License-Identifier: Apache-2.0 */
/* What a vehicle does when it takes a row of a machine, and what is told of it. */
#include <math.h>
#include <string.h>

#include "behavior_stage.h"
#include "command.h"
#include "group.h"
#include "settable.h"

/* ---- what is told ---- */

qf_event qf_behavior_event(const qf_behavior_actor *actor)
{
    const qf_stage_call *call = actor->call;
    const size_t place = actor->slot - call->block->slot_begin;
    const size_t entity = call->block->entity_begin + place;
    uint16_t *sequence = &actor->thread->sequence[place];
    qf_event event = {.tick = call->tick,
                      .cause = -1,
                      .value = (double)NAN,
                      .world = qf_fleet_entity(call->fleet, entity).world,
                      .entity = (uint32_t)entity,
                      .subject = -1,
                      .track = -1,
                      .moment = QF_MOMENT_DECIDE,
                      .sequence = *sequence};
    *sequence = (uint16_t)(*sequence + (*sequence < UINT16_MAX));
    return event;
}

static void because_of(qf_event *event, const qf_cause *cause)
{
    event->because = cause;
    event->n_because = 1;
}

/* a number that a condition looked at; all NaNs are one */
static double witness_of(const qf_behavior_actor *actor, const qf_machine_change *change)
{
    if (!change->has_witness) {
        return (double)NAN;
    }
    const void *column = actor->call->fleet->column[change->witness];
    const double value = change->witness_whole ? (double)((const int64_t *)column)[actor->slot]
                                               : ((const double *)column)[actor->slot];
    return isnan(value) ? (double)NAN : value;
}

void qf_behavior_tell_change(const qf_behavior_actor *actor, const qf_behavior_machine *machine,
                             size_t row)
{
    const qf_machine_change *change = &machine->built.changes[row];
    const bool leaves = machine->built.machine.rows[row].leaves;
    qf_event event = qf_behavior_event(actor);
    event.code = leaves ? QF_EVENT_TRANSITION : QF_EVENT_TRIGGER;
    event.severity = (uint8_t)qf_event_severity((qf_event_code)event.code);
    event.subject = (int32_t)(machine->first_row + row);
    event.machine = (int16_t)machine->number;
    event.value = witness_of(actor, change);
    event.because = change->because;
    event.n_because = change->n_because;
    qf_event_queue_add(actor->call->events, &event);
}

static void tell_log(const qf_behavior_actor *actor, const qf_action_spec *spec,
                     const qf_cause *cause)
{
    const qf_behavior *behavior = actor->behavior;
    qf_event event = qf_behavior_event(actor);
    for (size_t l = 0; l < behavior->n_logs; l++) {
        event.subject = behavior->logs[l].spec == spec ? behavior->logs[l].text : event.subject;
    }
    event.code = QF_EVENT_LOG;
    event.severity = (uint8_t)qf_event_severity(QF_EVENT_LOG);
    because_of(&event, cause);
    qf_event_queue_add(actor->call->events, &event);
}

/* a code of the user's own: false where the argument is none */
static bool tell_code(const qf_behavior_actor *actor, const qf_order *order, const qf_cause *cause)
{
    const double code = order->argument[0];
    if (!(code >= 100.0 && code < QF_EVENT_CODES)) {
        return false;
    }
    qf_event event = qf_behavior_event(actor);
    event.code = (uint16_t)code;
    event.severity = (uint8_t)order->argument[1];
    because_of(&event, cause);
    qf_event_queue_add(actor->call->events, &event);
    return true;
}

static void tell_order(const qf_behavior_actor *actor, const qf_order *order, const qf_cause *cause)
{
    qf_event event = qf_behavior_event(actor);
    event.code = QF_EVENT_COMMAND;
    event.severity = (uint8_t)qf_event_severity(QF_EVENT_COMMAND);
    event.subject = (int32_t)order->kind;
    event.value = qf_order_value(order);
    because_of(&event, cause);
    qf_event_queue_add(actor->call->events, &event);
}

/* ---- what is done ---- */

/* runs an argument's program for one vehicle in a group of 8 */
static double evaluate(const qf_behavior_actor *actor, const qf_action_argument *argument)
{
    const qf_registers *registers = &actor->thread->registers;
    const size_t lane = actor->slot % 8;
    qf_evaluation one = {.first = actor->slot - lane, .n_bytes = 1};
    one.valid[0] = (uint8_t)(1U << lane);
    memcpy(one.uniform, actor->uniform, sizeof one.uniform);
    if (argument->program.n_instructions > 0) {
        actor->call->kernels->program(&argument->program, &one, registers);
    }
    if (argument->is_truth) {
        return registers->truth[argument->truth][0] >> lane & 1 ? 1.0 : 0.0;
    }
    const qf_operand *number = &argument->number;
    switch (number->kind) {
    case QF_OPERAND_NUMBER:
        return registers->number[number->index][lane] * argument->factor;
    case QF_OPERAND_CONSTANT:
        return number->value * argument->factor;
    case QF_OPERAND_UNIFORM:
        return one.uniform[number->index] * argument->factor;
    case QF_OPERAND_COLUMN:
        break; /* qf_program_add copies it */
    }
    return (double)NAN;
}

static qf_order order_of(const qf_behavior_actor *actor, const qf_built_action *action)
{
    const qf_action_spec *spec = action->spec;
    qf_order order = {
        .kind = (qf_command_kind)spec->kind, .column = action->column, .whole = action->whole};
    for (size_t a = 0; a < QF_COMMAND_MAX_ARGUMENTS; a++) {
        order.given[a] = spec->given[a];
        if (spec->given[a]) {
            order.argument[a] =
                action->argument[a] ? evaluate(actor, action->argument[a]) : spec->constant[a];
        }
    }
    return order;
}

static bool has_failed(qf_actuation result)
{
    return result != QF_ACTUATION_ACCEPTED && result != QF_ACTUATION_EXECUTED;
}

static void give(const qf_behavior_actor *actor, const qf_order *order, const qf_cause *cause,
                 bool again)
{
    const qf_stage_call *call = actor->call;
    const uint64_t *actuation = &qf_u64(call->fleet, QF_FIELD_ACTUATION, 0)[actor->slot];
    const size_t entity = call->block->entity_begin + (actor->slot - call->block->slot_begin);
    const uint64_t before = *actuation;
    if (!again) {
        tell_order(actor, order, cause);
    }
    qf_event told = qf_behavior_event(actor);
    because_of(&told, again ? cause : qf_command_cause(order->kind));
    const qf_actuation result = qf_order_execute(call->fleet, call->block->group, entity,
                                                 call->tick, order, &told, call->events);
    /* of what moves nothing the column does not tell what became of it before */
    if (has_failed(result) && (!again || *actuation != before)) {
        const qf_event failed = qf_behavior_event(actor);
        qf_actuation_tell(order->kind, result, &failed, call->events);
    }
}

void qf_behavior_act(const qf_behavior_actor *actor, const qf_built_actions *actions,
                     const qf_cause *cause, bool again)
{
    for (size_t a = 0; a < actions->n; a++) {
        const qf_order given = order_of(actor, &actions->actions[a]);
        const qf_order order = qf_order_meant(actor->call->fleet, &given);
        if (order.kind == QF_COMMAND_LOG) {
            tell_log(actor, actions->actions[a].spec, cause);
        } else if (order.kind != QF_COMMAND_EMIT) {
            give(actor, &order, cause, again);
        } else if (!tell_code(actor, &order, cause)) {
            const qf_event failed = qf_behavior_event(actor);
            qf_actuation_tell(order.kind, QF_ACTUATION_REJECTED, &failed, actor->call->events);
        }
    }
}

/* ---- what is logged ---- */

static size_t count_logs(const qf_built_actions *lists, size_t n_lists)
{
    size_t n = 0;
    for (size_t l = 0; l < n_lists; l++) {
        for (size_t a = 0; a < lists[l].n; a++) {
            n += lists[l].actions[a].spec->kind == QF_COMMAND_LOG;
        }
    }
    return n;
}

static void add_logs(qf_behavior *behavior, const qf_built_actions *lists, size_t n_lists)
{
    for (size_t l = 0; l < n_lists; l++) {
        for (size_t a = 0; a < lists[l].n; a++) {
            const qf_action_spec *spec = lists[l].actions[a].spec;
            if (spec->kind != QF_COMMAND_LOG) {
                continue;
            }
            size_t text = 0;
            while (text < behavior->n_log_texts &&
                   strcmp(behavior->log_texts[text], spec->name[0]) != 0) {
                text++;
            }
            if (text == behavior->n_log_texts) {
                behavior->log_texts[behavior->n_log_texts++] = spec->name[0];
            }
            behavior->logs[behavior->n_logs++] =
                (qf_behavior_log){.spec = spec, .text = (int32_t)text};
        }
    }
}

bool qf_behavior_list_logs(qf_behavior *behavior)
{
    size_t n = 0;
    for (size_t m = 0; m < behavior->n_machines; m++) {
        const qf_built_machine *built = &behavior->machines[m].built;
        const size_t n_states = built->machine.n_states;
        n += count_logs(built->on_row, built->machine.n_rows) +
             count_logs(built->on_enter, n_states) + count_logs(built->on_exit, n_states) +
             count_logs(built->during, n_states);
    }
    behavior->logs = qf_arena_array(&behavior->arena, n, sizeof *behavior->logs);
    behavior->log_texts = qf_arena_array(&behavior->arena, n, sizeof(char *));
    if (!behavior->logs || !behavior->log_texts) {
        return false;
    }
    for (size_t m = 0; m < behavior->n_machines; m++) {
        const qf_built_machine *built = &behavior->machines[m].built;
        const size_t n_states = built->machine.n_states;
        add_logs(behavior, built->on_row, built->machine.n_rows);
        add_logs(behavior, built->on_enter, n_states);
        add_logs(behavior, built->on_exit, n_states);
        add_logs(behavior, built->during, n_states);
    }
    return true;
}
