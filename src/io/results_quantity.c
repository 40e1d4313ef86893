/* SPDX-License-Identifier: Apache-2.0 */
/* How a quantity of the catalogue becomes a variable of the file. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bits.h"
#include "command.h"
#include "results_internal.h"

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
        return quantity->type == QF_TYPE_F64;
    default:
        return false;
    }
}

/*
 * The value that means "this vehicle has no such thing": thermal nodes of other groups are missing,
 * the outputs of a quarantined vehicle, what a tracker has no number for, and what belongs to machines, thrusters and
 * batteries of other groups.
 */
static const void *fill_value(const qf_quantity *quantity)
{
    static const double no_number = (double)NAN;
    static const uint8_t no_flag = UINT8_MAX;
    static const int64_t no_state = -1;
    if (quantity->field == QF_FIELD_FSM_STATE) {
        return &no_state;
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

/* flag_values 0, 1, ... in the type of the variable: int64 or double */
static void put_choices(qf_nc *nc, hid_t variable, qf_type type, const char *const *names, size_t n)
{
    char *meanings = join_names(names, n);
    void *values = calloc(n ? n : 1, 8);
    for (size_t i = 0; values && i < n; i++) {
        if (type == QF_TYPE_F64) {
            ((double *)values)[i] = (double)i;
        } else {
            ((int64_t *)values)[i] = (int64_t)i;
        }
    }
    if (meanings && values && n > 0) { /* out of memory: a description less, not a run less */
        qf_nc_put_array(nc, variable, "flag_values", qf_quantity_file_type(type), n, values);
        qf_nc_put_text(nc, variable, "flag_meanings", meanings);
    }
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

static void put_variable_flags(qf_nc *nc, hid_t id, const qf_variable_spec *variable)
{
    static const char *const no_yes[] = {"no", "yes"};
    if (variable->kind == QF_VARIABLE_CHOICE) {
        put_choices(nc, id, QF_TYPE_F64, variable->values, variable->n_values);
    } else if (variable->kind == QF_VARIABLE_TRUTH) {
        put_choices(nc, id, QF_TYPE_F64, no_yes, 2);
    }
}

static void put_flags(qf_nc *nc, hid_t variable, const qf_catalog *catalog,
                      const qf_quantity *quantity)
{
    static const uint8_t no_yes[] = {0, 1};
    static const int64_t axes[] = {0, 1, 2, 3, 4, 5, 6};
    const size_t number = quantity->column - catalog->first_column[quantity->field];
    if (quantity->type == QF_TYPE_U8) {
        qf_nc_put_array(nc, variable, "flag_values", H5T_NATIVE_UINT8, 2, no_yes);
        qf_nc_put_text(nc, variable, "flag_meanings", "no yes");
    } else if (quantity->field == QF_FIELD_FAULTS) {
        put_fault_flags(nc, variable, catalog, number);
    } else if (quantity->field == QF_FIELD_RCS_AXIS) {
        qf_nc_put_array(nc, variable, "flag_values", H5T_NATIVE_INT64, 7, axes);
        qf_nc_put_text(nc, variable, "flag_meanings", "none forward aft port starboard up down");
    } else if (quantity->field == QF_FIELD_FSM_STATE) {
        put_choices(nc, variable, QF_TYPE_I64, catalog->state_names, catalog->n_states);
    } else if (quantity->field == QF_FIELD_FSM_VARIABLE) {
        put_variable_flags(nc, variable, catalog->variables[number]);
    } else if (quantity->field == QF_FIELD_ACTUATION) {
        put_actuation_flags(nc, variable);
    }
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
