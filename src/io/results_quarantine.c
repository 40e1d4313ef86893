/* SPDX-License-Identifier: Apache-2.0 */
/* /quarantine: which vehicles were frozen, why, and their last good state. Absent when none was. */
#include <stdlib.h>
#include <string.h>

#include "results_internal.h"

enum {
    ROW_VARIABLES = 8,
    ROW_BYTES = 8 + 8 + 4 + 8 + 8 + 16 + 1 + 8, /* frozen to value; 16: a reference to a name */
};

typedef struct table {
    qf_nc *nc;
    hid_t group;
    qf_nc_shape shape;
    const qf_fleet *fleet;
    const qf_quarantine *entries;
    size_t n;
    void *column; /* n elements of 8 bytes: one variable on its way to the file */
} table;

static bool is_state(const qf_quantity *quantity)
{
    return quantity->role == QF_ROLE_STATE || quantity->role == QF_ROLE_INPUT;
}

/* of names in the string heap */
static uint64_t heap_bytes(const qf_fleet *fleet, const qf_quarantine *entries, size_t n)
{
    size_t longest = 0;
    for (size_t i = 0; i < n; i++) {
        const size_t length = strlen(fleet->catalog.quantities[entries[i].quantity].name);
        longest = length > longest ? length : longest;
    }
    return qf_text_heap_bytes(n, longest);
}

uint64_t qf_quarantine_bytes(const qf_fleet *fleet, const qf_quarantine *entries, size_t n)
{
    if (n == 0) {
        return 0;
    }
    uint64_t row = ROW_BYTES;
    size_t n_variables = ROW_VARIABLES;
    for (size_t q = 0; q < fleet->catalog.n_quantities; q++) {
        if (is_state(&fleet->catalog.quantities[q])) {
            row += qf_type_bytes(fleet->catalog.quantities[q].type);
            n_variables++;
        }
    }
    return n_variables * QF_META_VARIABLE_BYTES + n * row + heap_bytes(fleet, entries, n);
}

static hid_t define(table *t, const char *name, hid_t type, const char *units,
                    const char *long_name)
{
    const qf_nc_variable variable = {
        .name = name, .type = type, .units = units, .long_name = long_name};
    return qf_nc_define(t->nc, t->group, &variable, &t->shape);
}

static void put(table *t, hid_t variable, hid_t type)
{
    qf_nc_write(t->nc, variable, type, 0, t->n, 0, t->column);
}

static void write_whom_and_when(table *t)
{
    int64_t *numbers = t->column;
    int32_t *worlds = t->column;
    double *times_s = t->column;
    hid_t id = define(t, "entity", H5T_NATIVE_INT64, "1", "vehicle that was frozen");
    for (size_t i = 0; i < t->n; i++) {
        numbers[i] = t->entries[i].entity;
    }
    put(t, id, H5T_NATIVE_INT64);
    id = define(t, "world", H5T_NATIVE_INT32, "1", "world that it is in");
    for (size_t i = 0; i < t->n; i++) {
        worlds[i] = (int32_t)t->entries[i].world;
    }
    put(t, id, H5T_NATIVE_INT32);
    id = define(t, "tick", H5T_NATIVE_INT64, "1", "ticks done when it was found; 0: at the start");
    for (size_t i = 0; i < t->n; i++) {
        numbers[i] = t->entries[i].tick;
    }
    put(t, id, H5T_NATIVE_INT64);
    id = define(t, "time_s", H5T_NATIVE_DOUBLE, "s", "simulated time when it was found");
    for (size_t i = 0; i < t->n; i++) {
        times_s[i] = (double)t->entries[i].tick * t->fleet->scenario->dt_s;
    }
    put(t, id, H5T_NATIVE_DOUBLE);
}

static void write_why(table *t)
{
    static const uint8_t reasons[] = {QF_REASON_NOT_FINITE, QF_REASON_OUT_OF_RANGE};
    const char **names = t->column;
    uint8_t *codes = t->column;
    double *values = t->column;
    const hid_t string_type = qf_nc_string_type(t->nc);
    hid_t id = define(t, "quantity", string_type, "1", "first quantity that was bad");
    for (size_t i = 0; i < t->n; i++) {
        names[i] = t->fleet->catalog.quantities[t->entries[i].quantity].name;
    }
    put(t, id, string_type);
    qf_nc_close_type(t->nc, string_type);
    id = define(t, "reason", H5T_NATIVE_UINT8, "1", "what was bad about it");
    qf_nc_put_array(t->nc, id, "flag_values", H5T_NATIVE_UINT8, 2, reasons);
    qf_nc_put_text(t->nc, id, "flag_meanings", "not_finite out_of_range");
    for (size_t i = 0; i < t->n; i++) {
        codes[i] = (uint8_t)t->entries[i].reason;
    }
    put(t, id, H5T_NATIVE_UINT8);
    id = define(t, "value", H5T_NATIVE_DOUBLE, "1", "what it had become, in its own unit");
    for (size_t i = 0; i < t->n; i++) {
        values[i] = t->entries[i].value;
    }
    put(t, id, H5T_NATIVE_DOUBLE);
}

/* a frozen vehicle's columns hold its last good state */
static void write_last_good_state(table *t)
{
    const qf_catalog *catalog = &t->fleet->catalog;
    for (size_t q = 0; q < catalog->n_quantities && !t->nc->failed; q++) {
        const qf_quantity *quantity = &catalog->quantities[q];
        if (!is_state(quantity)) {
            continue;
        }
        const hid_t id = qf_quantity_define(t->nc, t->group, catalog, quantity, &t->shape);
        for (size_t i = 0; i < t->n; i++) {
            const qf_entity e = qf_fleet_entity(t->fleet, t->entries[i].entity);
            qf_record_quantity(t->fleet, quantity, e.group, e.slot, 1,
                               (char *)t->column + qf_type_bytes(quantity->type) * i);
        }
        put(t, id, qf_quantity_file_type(quantity->type));
    }
}

qf_status qf_quarantine_write(qf_context *context, qf_nc *nc, const qf_fleet *fleet,
                              const qf_quarantine *entries, size_t n)
{
    if (n == 0) {
        return QF_OK;
    }
    table t = {.nc = nc, .fleet = fleet, .entries = entries, .n = n, .column = calloc(n, 8)};
    if (!t.column) {
        return qf_fail(context, QF_ERROR_MEMORY, "no memory to write quarantined vehicles");
    }
    t.group = qf_nc_group(nc, "quarantine");
    const qf_nc_variable dimension = {.name = "frozen",
                                      .type = H5T_NATIVE_INT64,
                                      .units = "1",
                                      .long_name = "number of the finding"};
    const hid_t scale = qf_nc_dimension(nc, t.group, &dimension, n, 0);
    qf_nc_write_numbers(nc, scale, n);
    t.shape = (qf_nc_shape){.rank = 1, .scales = {scale}, .length = {n}};
    write_whom_and_when(&t);
    write_why(&t);
    write_last_good_state(&t);
    free(t.column);
    return QF_OK;
}
