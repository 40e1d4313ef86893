/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which events may be why a row is taken: those of what its condition reads, those of faults and orders that set it
 * outright, and, where the condition always holds, those of the conditions before it, which no longer do.
 */
#include <string.h>

#include "bits.h"
#include "machine_build_internal.h"

#define N_OF(array) (sizeof(array) / sizeof *(array))

/* Something that sets a column, or bits of one. */
struct qf_machine_write {
    size_t column;
    uint64_t bits;
    qf_cause cause;
    const qf_machine_write *next;
};

/* What a command sets for sure (order.c): what has events of its own topic, such as missions, is not among it. */
static const struct {
    qf_command_kind kind;
    qf_field_id field;
    uint64_t bits;
} sets[] = {
    {QF_COMMAND_SPEED, QF_FIELD_SPEED, UINT64_MAX},
    {QF_COMMAND_MOTOR, QF_FIELD_SPEED, UINT64_MAX},
    {QF_COMMAND_STOP, QF_FIELD_SPEED, UINT64_MAX},
    {QF_COMMAND_SAFE_MODE, QF_FIELD_SPEED, UINT64_MAX},
    {QF_COMMAND_HEADING, QF_FIELD_HEADING, UINT64_MAX},
    {QF_COMMAND_ROTATE, QF_FIELD_HEADING, UINT64_MAX},
    {QF_COMMAND_RCS, QF_FIELD_RCS_AXIS, UINT64_MAX},
    {QF_COMMAND_RCS, QF_FIELD_RCS_PCT, UINT64_MAX},
    {QF_COMMAND_RCS, QF_FIELD_RCS_TIME_LEFT, UINT64_MAX},
    {QF_COMMAND_STOP, QF_FIELD_RCS_PCT, UINT64_MAX},
    {QF_COMMAND_SAFE_MODE, QF_FIELD_RCS_PCT, UINT64_MAX},
    {QF_COMMAND_STOP, QF_FIELD_RCS_TIME_LEFT, UINT64_MAX},
    {QF_COMMAND_SAFE_MODE, QF_FIELD_RCS_TIME_LEFT, UINT64_MAX},
    {QF_COMMAND_DOCK, QF_FIELD_FLAGS, QF_FLAG_BIT(DOCK_CONNECTED)},
    {QF_COMMAND_UNDOCK, QF_FIELD_FLAGS, QF_FLAG_BIT(DOCK_CONNECTED)},
    {QF_COMMAND_DOCK, QF_FIELD_DOCK_SINCE, UINT64_MAX},
    {QF_COMMAND_UNDOCK, QF_FIELD_DOCK_SINCE, UINT64_MAX},
    {QF_COMMAND_NBL, QF_FIELD_FLAGS, QF_FLAG_BIT(NBL_ACTIVE)},
    {QF_COMMAND_STOP, QF_FIELD_FLAGS, QF_FLAG_BIT(NBL_ACTIVE)},
    {QF_COMMAND_SAFE_MODE, QF_FIELD_FLAGS, QF_FLAG_BIT(NBL_ACTIVE) | QF_FLAG_BIT(RADAR_ENABLED)},
    {QF_COMMAND_NBL_MAX, QF_FIELD_NBL_MAX, UINT64_MAX},
    {QF_COMMAND_INPUTS, QF_FIELD_FLAGS,
     QF_FLAG_BIT(RADAR_ENABLED) | QF_FLAG_BIT(TRANSPONDER_ACTIVE)},
    {QF_COMMAND_INPUTS, QF_FIELD_SENSOR_QUEUE, UINT64_MAX},
    {QF_COMMAND_INPUTS, QF_FIELD_ACTUATOR_QUEUE, UINT64_MAX},
    {QF_COMMAND_RADAR, QF_FIELD_FLAGS, QF_FLAG_BIT(RADAR_ENABLED)},
    {QF_COMMAND_SUBSYSTEMS, QF_FIELD_FLAGS,
     QF_FLAG_BIT(RADAR_ENABLED) | QF_FLAG_BIT(TRANSPONDER_ACTIVE)},
    {QF_COMMAND_SUBSYSTEMS, QF_FIELD_TRANSPONDER_MODE, UINT64_MAX},
    {QF_COMMAND_TRANSPONDER, QF_FIELD_FLAGS, QF_FLAG_BIT(TRANSPONDER_ACTIVE)},
    {QF_COMMAND_TRANSPONDER, QF_FIELD_TRANSPONDER_MODE, UINT64_MAX},
};

/* ---- what is set ---- */

static void add_write(qf_machine_builder *builder, size_t column, uint64_t bits, qf_cause cause)
{
    for (const qf_machine_write *w = builder->writes; w; w = w->next) {
        if (w->column == column && w->bits == bits && w->cause.topic == cause.topic &&
            w->cause.subject == cause.subject) {
            return;
        }
    }
    qf_machine_write *write = qf_machine_take(builder, 1, sizeof *write);
    if (write) {
        *write = (qf_machine_write){column, bits, cause, builder->writes};
        builder->writes = write;
    }
}

static void add_named(qf_machine_builder *builder, const char *name, qf_cause cause)
{
    const qf_quantity *quantity = name ? qf_catalog_find(builder->catalog, name) : NULL;
    if (quantity) {
        add_write(builder, quantity->column,
                  quantity->bit == QF_NO_BIT ? UINT64_MAX : UINT64_C(1) << quantity->bit, cause);
    }
}

static void add_command(qf_machine_builder *builder, qf_command_kind kind, const char *name)
{
    const qf_cause cause = {QF_TOPIC_COMMAND, (int32_t)kind};
    if (kind == QF_COMMAND_SET) {
        add_named(builder, name, cause);
        return;
    }
    for (size_t i = 0; i < N_OF(sets); i++) {
        if (sets[i].kind == kind) {
            add_write(builder, builder->catalog->first_column[sets[i].field], sets[i].bits, cause);
        }
    }
}

static void add_actions(qf_machine_builder *builder, const qf_action_list *list)
{
    for (size_t a = 0; a < list->n; a++) {
        add_command(builder, (qf_command_kind)list->actions[a].kind, list->actions[a].name[0]);
    }
}

/* what is done in a state again and again is no event (behavior_actions.c) */
static void add_machine(qf_machine_builder *builder, const qf_machine_spec *machine)
{
    for (size_t t = 0; t < machine->n_any; t++) {
        add_actions(builder, &machine->any[t].actions);
    }
    for (size_t s = 0; s < machine->n_states; s++) {
        const qf_state_spec *state = &machine->states[s];
        add_actions(builder, &state->on_enter);
        add_actions(builder, &state->on_exit);
        for (size_t t = 0; t < state->n_transitions; t++) {
            add_actions(builder, &state->transitions[t].actions);
        }
    }
}

void qf_machine_note_writes(qf_machine_builder *builder)
{
    const qf_group_spec *group = &builder->scenario->groups[builder->group];
    for (size_t m = 0; m < group->n_machines; m++) {
        add_machine(builder, group->machines[m]);
    }
    for (size_t c = 0; c < group->n_commands; c++) {
        add_command(builder, group->script[c].kind, group->script[c].name);
    }
    for (size_t i = 0; i < group->n_incidents; i++) {
        if (group->incidents[i].kind == QF_INCIDENT_SET) {
            add_named(builder, group->incidents[i].name, (qf_cause){QF_TOPIC_FAULT, (int32_t)i});
        }
    }
}

/* ---- what is read ---- */

struct qf_machine_read {
    size_t column;
    uint64_t bits;
    const qf_machine_read *next;
};

void qf_machine_note_symbol(qf_machine_builder *builder, const qf_symbol *symbol)
{
    const bool is_number = symbol->source == QF_SYMBOL_COLUMN || symbol->source == QF_SYMBOL_WHOLE;
    const bool is_bits = symbol->source == QF_SYMBOL_ALL_BITS ||
                         symbol->source == QF_SYMBOL_ANY_BITS ||
                         symbol->source == QF_SYMBOL_NO_BITS;
    if (!builder->writes || (!is_number && !is_bits)) {
        return;
    }
    qf_machine_read *read = qf_machine_take(builder, 1, sizeof *read);
    if (read) {
        *read =
            (qf_machine_read){symbol->column, is_bits ? symbol->mask : UINT64_MAX, builder->reads};
        builder->reads = read;
    }
}

static bool is_read(const qf_machine_builder *builder, const qf_machine_write *write)
{
    for (const qf_machine_read *r = builder->reads; r; r = r->next) {
        if (r->column == write->column && (r->bits & write->bits)) {
            return true;
        }
    }
    return false;
}

/* ---- lists of causes ---- */

static void add_cause(qf_cause *causes, size_t *n, qf_cause cause)
{
    for (size_t i = 0; i < *n; i++) {
        if (causes[i].topic == cause.topic && causes[i].subject == cause.subject) {
            return;
        }
    }
    causes[(*n)++] = cause;
}

void qf_machine_find_causes(qf_machine_builder *builder, qf_machine_change *change)
{
    size_t n = 0;
    size_t most = 0;
    const qf_cause *own = qf_expression_causes(builder->arena, change->condition, &n);
    for (const qf_machine_write *w = builder->writes; w; w = w->next) {
        most += is_read(builder, w);
    }
    change->because = own;
    change->n_because = (uint16_t)n;
    qf_cause *all = own && most > 0 ? qf_machine_take(builder, n + most, sizeof *all) : NULL;
    if (all) {
        memcpy(all, own, n * sizeof *all);
        for (const qf_machine_write *w = builder->writes; w; w = w->next) {
            if (is_read(builder, w)) {
                add_cause(all, &n, w->cause);
            }
        }
        change->because = all;
        change->n_because = (uint16_t)n;
    }
    builder->out_of_memory = builder->out_of_memory || !own;
}

/* the value that is told is that of the condition by which the vehicle stayed, or else of the first that has one */
static void inherit_witness(const qf_machine_row *rows, qf_machine_change *changes, size_t first,
                            size_t row)
{
    const qf_machine_change *from = NULL;
    for (size_t r = first; r < row; r++) {
        const bool stays = rows[r].silent;
        const bool better = !from || (stays && !rows[from - changes].silent);
        from = changes[r].has_witness && better ? &changes[r] : from;
    }
    if (from) {
        changes[row].has_witness = true;
        changes[row].witness = from->witness;
        changes[row].witness_whole = from->witness_whole;
    }
}

void qf_machine_inherit_causes(qf_machine_builder *builder, const qf_machine_row *rows,
                               qf_machine_change *changes, size_t n_rows)
{
    size_t first = 0; /* of the state */
    for (size_t row = 0; row < n_rows && !builder->out_of_memory; row++) {
        first = changes[row].from == changes[first].from ? first : row;
        double value;
        if (first == row || !changes[row].condition ||
            !qf_expression_is_constant(changes[row].condition, &value) || value == 0.0) {
            continue;
        }
        size_t most = 0;
        size_t n = 0;
        for (size_t r = first; r < row; r++) {
            most += changes[r].n_because;
        }
        qf_cause *all = qf_machine_take(builder, most + 1, sizeof *all);
        for (size_t r = first; all && r < row; r++) {
            for (size_t i = 0; i < changes[r].n_because; i++) {
                add_cause(all, &n, changes[r].because[i]);
            }
        }
        changes[row].because = all;
        changes[row].n_because = (uint16_t)n;
        inherit_witness(rows, changes, first, row);
    }
}
