/* SPDX-License-Identifier: Apache-2.0 */
#include "command.h"

#include "group.h"
#include "settable.h"

/* events of one command of a script: itself, what it changes, that it fails */
enum { EVENTS_OF_COMMAND = 3, MOST_COMMANDS_TOLD = UINT16_MAX / EVENTS_OF_COMMAND };

/* where its events stand among those of the commands of its tick */
static uint16_t sequence_of(const qf_group_spec *spec, size_t number)
{
    size_t before = 0;
    while (before < number && before < MOST_COMMANDS_TOLD - 1 &&
           spec->script[number - before - 1].tick == spec->script[number].tick) {
        before++;
    }
    return (uint16_t)(EVENTS_OF_COMMAND * before);
}

static qf_order draw_order(const qf_fleet *fleet, const qf_command *command, size_t number,
                           qf_entity e)
{
    qf_order order = {.kind = command->kind};
    for (uint32_t a = 0; a < QF_COMMAND_MAX_ARGUMENTS; a++) {
        const qf_draw_key key = {
            .seed = fleet->scenario->seed,
            .world = e.number,
            .vehicle = e.vehicle,
            .tick = (uint32_t)command->tick,
            .stream = QF_STREAM_SCRIPT,
            .draw = (uint32_t)number * 8 + a,
        };
        order.given[a] = command->given[a];
        if (command->given[a]) {
            order.argument[a] = qf_number_draw(&command->argument[a], key, e.index);
        }
    }
    return order;
}

static void tell_command(const qf_order *order, qf_event told, qf_event_queue *events)
{
    told.code = QF_EVENT_COMMAND;
    told.severity = (uint8_t)qf_event_severity(QF_EVENT_COMMAND);
    told.subject = (int32_t)order->kind;
    told.value = qf_order_value(order);
    told.because = NULL;
    told.n_because = 0;
    qf_event_queue_add(events, &told);
}

void qf_command_apply(const qf_fleet *fleet, const qf_block *block, size_t number, int64_t tick,
                      qf_event_queue *events)
{
    const qf_group_spec *spec = fleet->groups[block->group].spec;
    const qf_command *command = &spec->script[number];
    const bool behaves = qf_group_behaves(spec);
    const uint16_t sequence = sequence_of(spec, number);
    const qf_quantity *set = command->name ? qf_catalog_find(&fleet->catalog, command->name) : NULL;
    for (size_t slot = block->slot_begin; slot < block->slot_end; slot++) {
        const size_t entity = block->entity_begin + (slot - block->slot_begin);
        const qf_entity e = qf_fleet_entity(fleet, entity);
        qf_order order = draw_order(fleet, command, number, e);
        order.column = set && set->bit == QF_NO_BIT ? set->column : QF_NO_COLUMN;
        order.whole = set && set->type == QF_TYPE_I64;
        order = qf_order_meant(fleet, &order);
        qf_event told = {.tick = tick,
                         .cause = -1,
                         .world = e.world,
                         .entity = (uint32_t)entity,
                         .subject = -1,
                         .track = -1,
                         .moment = QF_MOMENT_COMMAND,
                         .sequence = sequence,
                         .n_because = 1,
                         .because = qf_command_cause(order.kind)};
        if (behaves) {
            tell_command(&order, told, events);
        }
        told.sequence++;
        const qf_actuation result =
            qf_order_execute(fleet, block->group, entity, tick, &order, &told, events);
        told.sequence++;
        if (result != QF_ACTUATION_ACCEPTED && result != QF_ACTUATION_EXECUTED) {
            qf_actuation_tell(order.kind, result, &told, events);
        }
    }
}
