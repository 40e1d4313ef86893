/* SPDX-License-Identifier: Apache-2.0 */
/* How a quantity of the catalogue becomes a variable of the file. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "behavior_symbols.h"
#include "bits.h"
#include "command.h"
#include "results_internal.h"

enum { FAULT_NAME_BYTES = 48 }; /* of a name in qf_fault_name, or what stands before a node's */

hid_t qf_quantity_file_type(qf_type type)
{
    switch (type) {
    case QF_TYPE_F64:
        return H5T_NATIVE_DOUBLE;
    case QF_TYPE_I64:
        return H5T_NATIVE_INT64;
    case QF_TYPE_U64:
        return H5T_NATIVE_UINT64;
    case QF_TYPE_U8:
        return H5T_NATIVE_UINT8;
    }
    return H5I_INVALID_HID;
}

/* what a vehicle has only where its group has it, or only at times: reals of trackers and of behaviour */
static bool is_real_of_some(const qf_quantity *quantity)
{
    switch (qf_field_table[quantity->field].shape) {
    case QF_SHAPE_TRACKER:
    case QF_SHAPE_VARIABLE:
    case QF_SHAPE_THRUSTER:
    case QF_SHAPE_BATTERY:
    case QF_SHAPE_BODY:
    case QF_SHAPE_WHEELS:
    case QF_SHAPE_GUIDED:
    case QF_SHAPE_TARGET:
    case QF_SHAPE_DOCKING:
    case QF_SHAPE_HULL:
    case QF_SHAPE_DRIVE:
    case QF_SHAPE_STATION_TRACK:
        return quantity->type == QF_TYPE_F64;
    default:
        return false;
    }
}

/* numbers of what there may be none of, -1 where a vehicle has none: targets, behaviours, ports, tasks */
static bool is_number_of_some(const qf_quantity *quantity)
{
    switch (qf_field_table[quantity->field].shape) {
    case QF_SHAPE_MACHINE:
    case QF_SHAPE_GUIDED:
    case QF_SHAPE_TARGET:
    case QF_SHAPE_PORT:
    case QF_SHAPE_DOCKING:
    case QF_SHAPE_HULL:
    case QF_SHAPE_RADIO:
    case QF_SHAPE_TASK:
        return quantity->type == QF_TYPE_I64;
    default:
        return false;
    }
}

/*
 * The value that means "this vehicle has no such thing": thermal nodes of other groups are missing,
 * the outputs of a quarantined vehicle, what a tracker has no number for, and what belongs to machines, thrusters,
 * batteries, bodies, behaviours and ports of other groups.
 */
static const void *fill_value(const qf_quantity *quantity)
{
    static const double no_number = (double)NAN;
    static const uint8_t no_flag = UINT8_MAX;
    static const int64_t none = -1;
    if (is_number_of_some(quantity)) {
        return &none;
    }
    if (quantity->node == QF_NO_NODE && quantity->role != QF_ROLE_OUTPUT &&
        !is_real_of_some(quantity)) {
        return NULL;
    }
    return quantity->type == QF_TYPE_U8 ? (const void *)&no_flag : (const void *)&no_number;
}

/* flag_masks and flag_meanings of the word-th 64 faults */
static void put_fault_flags(qf_nc *nc, hid_t variable, const qf_catalog *catalog, size_t word)
{
    uint64_t masks[QF_BITS_PER_WORD];
    char *names[QF_BITS_PER_WORD] = {0};
    size_t n = 0;
    size_t length = 1;
    for (size_t i = 0; i < QF_BITS_PER_WORD; i++) {
        const size_t bit = word * QF_BITS_PER_WORD + i;
        const char *fault = bit < QF_FAULT_FIRST_NODE ? qf_fault_name((unsigned)bit) : NULL;
        const size_t node = bit - QF_FAULT_FIRST_NODE;
        int written = 0;
        if (fault) {
            written = asprintf(&names[n], "%s", fault);
        } else if (bit >= QF_FAULT_FIRST_NODE && node < catalog->n_nodes) {
            written = asprintf(&names[n], "THERMAL_TRIP:%s", catalog->node_names[node]);
        } else {
            continue;
        }
        if (written < 0) {
            names[n] = NULL;
            continue; /* out of memory: a description less, not a run less */
        }
        masks[n++] = UINT64_C(1) << i;
        length += (size_t)written + 1;
    }
    char *meanings = calloc(1, length);
    char *end = meanings;
    for (size_t i = 0; i < n; i++) {
        for (const char *c = names[i]; meanings && *c; c++) {
            *end++ = *c == ' ' ? '_' : *c; /* blanks separate meanings */
        }
        if (meanings && i + 1 < n) {
            *end++ = ' ';
        }
        free(names[i]);
    }
    if (meanings && n > 0) {
        qf_nc_put_array(nc, variable, "flag_masks", H5T_NATIVE_UINT64, n, masks);
        qf_nc_put_text(nc, variable, "flag_meanings", meanings);
    }
    free(meanings);
}

/* Names of the values 0, 1, ... of a quantity. */
typedef struct qf_choices {
    const char *const *names;
    size_t n;
    const uint8_t *machines; /* only those with one of the bits, NULL: all */
    uint8_t bits;
} qf_choices;

static bool is_choice(const qf_choices *choices, size_t i)
{
    return !choices->machines || (choices->machines[i] & choices->bits);
}

/* n = 0: its values have no names */
static qf_choices choices_of(const qf_catalog *catalog, const qf_quantity *quantity)
{
    static const char *const no_yes[] = {"no", "yes"};
    const size_t number = quantity->column - catalog->first_column[quantity->field];
    if (quantity->field == QF_FIELD_GUIDANCE) {
        return (qf_choices){.names = catalog->behavior_names, .n = catalog->n_behaviors};
    }
    if (quantity->field == QF_FIELD_RCS_AXIS) {
        return (qf_choices){.names = qf_axis_names, .n = QF_AXIS_DOWN + 1};
    }
    if (quantity->field == QF_FIELD_TRANSPONDER_MODE) {
        return (qf_choices){.names = qf_transponder_names, .n = QF_TRANSPONDER_MODES};
    }
    if (quantity->field == QF_FIELD_PORT_STATE) {
        return (qf_choices){.names = qf_port_state_names, .n = QF_PORT_STATES};
    }
    if (quantity->field == QF_FIELD_FSM_STATE) {
        return (qf_choices){catalog->state_names, catalog->n_states, catalog->state_machines,
                            (uint8_t)(1U << number)};
    }
    if (quantity->field == QF_FIELD_FSM_VARIABLE) {
        const qf_variable_spec *variable = catalog->variables[number];
        if (variable->kind == QF_VARIABLE_CHOICE) {
            return (qf_choices){.names = variable->values, .n = variable->n_values};
        }
        if (variable->kind == QF_VARIABLE_TRUTH) {
            return (qf_choices){.names = no_yes, .n = 2};
        }
    }
    return (qf_choices){0};
}

/* Names between blanks, blanks in them replaced; to be freed. NULL: no memory. */
static char *join_names(const char *const *names, size_t n)
{
    size_t length = 1;
    for (size_t i = 0; i < n; i++) {
        length += strlen(names[i]) + 1;
    }
    char *joined = calloc(1, length);
    char *end = joined;
    for (size_t i = 0; joined && i < n; i++) {
        if (i > 0) {
            *end++ = ' ';
        }
        for (const char *c = names[i]; *c; c++) {
            *end++ = *c == ' ' ? '_' : *c;
        }
    }
    return joined;
}

/* in the type of the variable: int64 or double */
static void put_choices(qf_nc *nc, hid_t variable, qf_type type, const qf_choices *choices)
{
    const char **names = calloc(choices->n ? choices->n : 1, sizeof *names);
    void *values = calloc(choices->n ? choices->n : 1, 8);
    size_t n = 0;
    for (size_t i = 0; names && values && i < choices->n; i++) {
        if (!is_choice(choices, i)) {
            continue;
        }
        if (type == QF_TYPE_F64) {
            ((double *)values)[n] = (double)i;
        } else {
            ((int64_t *)values)[n] = (int64_t)i;
        }
        names[n++] = choices->names[i];
    }
    char *meanings = names && values ? join_names(names, n) : NULL;
    if (meanings && n > 0) { /* out of memory: a description less, not a run less */
        qf_nc_put_array(nc, variable, "flag_values", qf_quantity_file_type(type), n, values);
        qf_nc_put_text(nc, variable, "flag_meanings", meanings);
    }
    free(names);
    free(meanings);
    free(values);
}

const char *const qf_actuation_names[QF_ACTUATIONS] = {
    [QF_ACTUATION_ACCEPTED] = "accepted", [QF_ACTUATION_EXECUTED] = "executed",
    [QF_ACTUATION_REJECTED] = "rejected", [QF_ACTUATION_FAILED] = "failed",
    [QF_ACTUATION_TIMEOUT] = "timeout",   [QF_ACTUATION_UNAVAILABLE] = "unavailable"};

/* the command, of those that move something, and what became of it */
static void put_actuation_flags(qf_nc *nc, hid_t variable)
{
    uint64_t masks[QF_BITS_PER_WORD];
    const char *names[QF_BITS_PER_WORD];
    size_t n = 0;
    for (int kind = 0; kind < QF_COMMAND_COUNT; kind++) {
        if (qf_command_table[kind].actuates) {
            masks[n] = QF_ACTUATION_OF(kind);
            names[n++] = qf_command_table[kind].name;
        }
    }
    for (int actuation = 0; actuation < QF_ACTUATIONS; actuation++) {
        masks[n] = QF_ACTUATION_IS(actuation);
        names[n++] = qf_actuation_names[actuation];
    }
    char *meanings = join_names(names, n);
    if (meanings) {
        qf_nc_put_array(nc, variable, "flag_masks", H5T_NATIVE_UINT64, n, masks);
        qf_nc_put_text(nc, variable, "flag_meanings", meanings);
    }
    free(meanings);
}

static void put_flags(qf_nc *nc, hid_t variable, const qf_catalog *catalog,
                      const qf_quantity *quantity)
{
    static const uint8_t no_yes[] = {0, 1};
    const size_t number = quantity->column - catalog->first_column[quantity->field];
    if (quantity->type == QF_TYPE_U8) {
        qf_nc_put_array(nc, variable, "flag_values", H5T_NATIVE_UINT8, 2, no_yes);
        qf_nc_put_text(nc, variable, "flag_meanings", "no yes");
    } else if (quantity->field == QF_FIELD_FAULTS) {
        put_fault_flags(nc, variable, catalog, number);
    } else if (quantity->field == QF_FIELD_ACTUATION) {
        put_actuation_flags(nc, variable);
    } else {
        const qf_choices choices = choices_of(catalog, quantity);
        put_choices(nc, variable, quantity->type, &choices);
    }
}

/* Every name in full and a value or mask for it, though a quantity may have either kind of name only. */
uint64_t qf_quantity_texts_bytes(const qf_catalog *catalog, const qf_quantity *quantity)
{
    const qf_choices choices = choices_of(catalog, quantity);
    const size_t number = quantity->column - catalog->first_column[quantity->field];
    size_t n = 0;
    size_t text = 0;
    for (size_t i = 0; i < choices.n; i++) {
        if (is_choice(&choices, i)) {
            text += strlen(choices.names[i]) + 1;
            n++;
        }
    }
    for (size_t i = 0; quantity->field == QF_FIELD_FAULTS && i < QF_BITS_PER_WORD; i++) {
        const size_t bit = number * QF_BITS_PER_WORD + i;
        const size_t node = bit - QF_FAULT_FIRST_NODE;
        text += FAULT_NAME_BYTES;
        text += bit >= QF_FAULT_FIRST_NODE && node < catalog->n_nodes
                    ? strlen(catalog->node_names[node])
                    : 0;
        n++;
    }
    /* values too many for the variable's header are in a heap whose blocks double */
    const uint64_t of_values = n > 0 ? qf_text_heap_bytes(1, text) + 2 * n * sizeof(uint64_t) : 0;
    return of_values + strlen(quantity->unit) + strlen(quantity->long_name);
}

size_t qf_quantity_names_bytes(const qf_catalog *catalog)
{
    size_t bytes = 1;
    for (size_t q = 0; q < catalog->n_quantities; q++) {
        bytes += strlen(catalog->quantities[q].name) + 1;
    }
    return bytes;
}

char *qf_quantity_names(const qf_catalog *catalog)
{
    char *names = calloc(1, qf_quantity_names_bytes(catalog));
    char *end = names;
    for (size_t q = 0; names && q < catalog->n_quantities; q++) {
        if (q > 0) {
            *end++ = ' ';
        }
        end = stpcpy(end, catalog->quantities[q].name);
    }
    return names;
}

hid_t qf_quantity_define(qf_nc *nc, hid_t group, const qf_catalog *catalog,
                         const qf_quantity *quantity, const qf_nc_shape *shape)
{
    const qf_nc_variable variable = {.name = quantity->name,
                                     .type = qf_quantity_file_type(quantity->type),
                                     .units = quantity->unit,
                                     .long_name = quantity->long_name,
                                     .fill = fill_value(quantity)};
    const hid_t id = qf_nc_define(nc, group, &variable, shape);
    put_flags(nc, id, catalog, quantity);
    return id;
}
