/* SPDX-License-Identifier: Apache-2.0 */
/* Which columns a table has, and how many rows. */
#include "export_table.h"

#include <hdf5_hl.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCK_ROWS = 1 << 14, BLOCK_VALUES = 1 << 18, LEAST_ROWS = 1 << 8 };

static qf_status no_memory(qf_context *context, const qf_export_table *table)
{
    return qf_fail(context, QF_ERROR_MEMORY, "no memory to export /%s of %s", table->name,
                   table->path);
}

static qf_status unreadable(qf_context *context, const qf_export_table *table, const char *column)
{
    return qf_fail(context, QF_ERROR_READ, "%s: %s of /%s cannot be read", table->path, column,
                   table->name);
}

size_t qf_export_type_bytes(qf_export_type type)
{
    static const size_t bytes[QF_EXPORT_TYPES] = {1, 1, 2, 2, 4, 4, 8, 8, 4, 8, sizeof(char *)};
    return bytes[type];
}

hid_t qf_export_native_type(qf_export_type type)
{
    const hid_t types[QF_EXPORT_TYPES] = {H5T_NATIVE_INT8,   H5T_NATIVE_UINT8,  H5T_NATIVE_INT16,
                                          H5T_NATIVE_UINT16, H5T_NATIVE_INT32,  H5T_NATIVE_UINT32,
                                          H5T_NATIVE_INT64,  H5T_NATIVE_UINT64, H5T_NATIVE_FLOAT,
                                          H5T_NATIVE_DOUBLE, H5T_NATIVE_CHAR};
    return types[type];
}

/* QF_EXPORT_TYPES: none that a result has. */
static qf_export_type type_of(hid_t variable)
{
    const hid_t type = H5Dget_type(variable);
    const H5T_class_t class = type >= 0 ? H5Tget_class(type) : H5T_NO_CLASS;
    const size_t bytes = type >= 0 ? H5Tget_size(type) : 0;
    qf_export_type found = QF_EXPORT_TYPES;
    if (class == H5T_INTEGER && bytes <= 8) {
        found = bytes > 4   ? QF_EXPORT_I64
                : bytes > 2 ? QF_EXPORT_I32
                : bytes > 1 ? QF_EXPORT_I16
                            : QF_EXPORT_I8;
        found += H5Tget_sign(type) == H5T_SGN_NONE ? 1 : 0;
    } else if (class == H5T_FLOAT && bytes <= 8) {
        found = bytes > 4 ? QF_EXPORT_F64 : QF_EXPORT_F32;
    } else if (class == H5T_STRING && H5Tis_variable_str(type) > 0) {
        found = QF_EXPORT_TEXT;
    }
    qf_nc_close_id(type);
    return found;
}

/* meanings of bits stay numbers: several may be set at once */
static void read_meanings(qf_export_column *column)
{
    const bool bits = H5Aexists(column->variable, "flag_masks") > 0;
    if (column->type < QF_EXPORT_F32 && !bits && H5Aexists(column->variable, "flag_meanings") > 0) {
        (void)qf_nc_get_flags(column->variable, &column->flags);
    }
    for (size_t i = 0; i < column->flags.n; i++) {
        const long long value = column->flags.values[i];
        if (value >= 0 && value < QF_EXPORT_DENSE) {
            column->dense[value] = column->flags.meanings[i];
        }
    }
}

static void read_missing(qf_export_column *column)
{
    if (H5Aexists(column->variable, "_FillValue") <= 0 || column->type == QF_EXPORT_TEXT) {
        return;
    }
    column->may_be_missing =
        column->type >= QF_EXPORT_F32
            ? qf_nc_get_number(column->variable, "_FillValue", H5T_NATIVE_DOUBLE,
                               &column->missing_number)
            : qf_nc_get_number(column->variable, "_FillValue",
                               column->type == QF_EXPORT_U64 ? H5T_NATIVE_UINT64 : H5T_NATIVE_INT64,
                               &column->missing_integer);
}

/* Takes the variable over, also when it fails. */
static qf_status add_column(qf_context *context, hid_t variable, const char *name,
                            qf_export_axis axis, qf_export_table *table)
{
    if (table->n_columns == table->capacity) {
        const size_t capacity = table->capacity ? 2 * table->capacity : 32;
        qf_export_column *grown = realloc(table->columns, capacity * sizeof *grown);
        if (!grown) {
            qf_nc_close_id(variable);
            return no_memory(context, table);
        }
        table->columns = grown;
        table->capacity = capacity;
    }
    qf_export_column *column = &table->columns[table->n_columns++];
    *column = (qf_export_column){.variable = variable, .axis = axis, .type = type_of(variable)};
    snprintf(column->name, sizeof column->name, "%s", name);
    if (column->type == QF_EXPORT_TYPES) {
        return unreadable(context, table, name);
    }
    read_meanings(column);
    read_missing(column);
    return QF_OK;
}

/* Name of a dimension of a variable: that of its scale, or, where the variable is one itself, its own. */
static herr_t take_scale_name(hid_t variable, unsigned dimension, hid_t scale, void *user)
{
    char path[QF_NC_NAME_BYTES];
    (void)variable;
    (void)dimension;
    if (H5Iget_name(scale, path, sizeof path) > 0) {
        const char *slash = strrchr(path, '/');
        snprintf(user, QF_NC_NAME_BYTES, "%s", slash ? slash + 1 : path);
    }
    return 1;
}

static void name_dimension(hid_t variable, const char *own, unsigned dimension,
                           char name[QF_NC_NAME_BYTES])
{
    *name = '\0';
    if (H5DSis_scale(variable) > 0) {
        snprintf(name, QF_NC_NAME_BYTES, "%s", own);
    } else {
        (void)H5DSiterate_scales(variable, dimension, NULL, take_scale_name, name);
    }
}

/* The second dimension of the first variable that has two; empty: none has. */
static void find_second(hid_t group, char second[QF_NC_NAME_BYTES])
{
    char name[QF_NC_NAME_BYTES];
    hsize_t n = 0;
    H5G_info_t info;
    *second = '\0';
    if (H5Gget_info(group, &info) >= 0) {
        n = info.nlinks;
    }
    for (hsize_t i = 0; i < n && !*second; i++) {
        const hid_t variable = qf_nc_open_variable(group, i, name);
        if (variable >= 0 && qf_nc_rank(variable) == 2) {
            name_dimension(variable, name, 1, second);
        }
        qf_nc_close_id(variable);
    }
}

/* false: it is not as long as those before */
static bool shorten(uint64_t *n, uint64_t length)
{
    const bool even = *n == UINT64_MAX || *n == length;
    *n = length < *n ? length : *n;
    return even;
}

/* To the shortest column; false: they are unequally long. */
static bool count_rows(qf_export_table *table, bool pairs)
{
    bool even = true;
    table->n_first = UINT64_MAX;
    table->n_second = pairs ? UINT64_MAX : 1;
    for (size_t c = 0; c < table->n_columns; c++) {
        const qf_export_column *column = &table->columns[c];
        const uint64_t length = qf_nc_length(column->variable);
        if (column->axis != QF_EXPORT_SECOND) {
            even = shorten(&table->n_first, length) && even;
        }
        if (column->axis != QF_EXPORT_FIRST && pairs) {
            const bool both = column->axis == QF_EXPORT_BOTH;
            even = shorten(&table->n_second, both ? qf_nc_width(column->variable) : length) && even;
        }
    }
    if (table->n_first == UINT64_MAX) {
        table->n_first = 0; /* what all columns repeat is no row */
    }
    return even;
}

/* what is repeated stands before what is not */
static qf_status sort_columns(qf_context *context, qf_export_table *table)
{
    qf_export_column *sorted = calloc(table->n_columns + 1, sizeof *sorted);
    size_t n = 0;
    if (!sorted) {
        return no_memory(context, table);
    }
    for (int axis = QF_EXPORT_FIRST; axis <= QF_EXPORT_BOTH; axis++) {
        for (size_t c = 0; c < table->n_columns; c++) {
            if ((int)table->columns[c].axis == axis) {
                sorted[n++] = table->columns[c];
            }
        }
    }
    free(table->columns);
    table->columns = sorted;
    table->capacity = table->n_columns + 1;
    return QF_OK;
}

/* Variables of more dimensions than two, and texts of two, are in no table. */
static bool is_column(hid_t variable, int rank)
{
    return rank == 1 || (rank == 2 && type_of(variable) != QF_EXPORT_TEXT);
}

static qf_status add_columns(qf_context *context, hid_t group, bool pairs, const char *second,
                             qf_export_table *table)
{
    H5G_info_t info;
    qf_status status =
        H5Gget_info(group, &info) >= 0 ? QF_OK : unreadable(context, table, "the list of columns");
    for (hsize_t i = 0; status == QF_OK && i < info.nlinks; i++) {
        char name[QF_NC_NAME_BYTES];
        char dimension[QF_NC_NAME_BYTES];
        const hid_t variable = qf_nc_open_variable(group, i, name);
        const int rank = qf_nc_rank(variable);
        if (variable < 0 || !is_column(variable, rank)) {
            qf_nc_close_id(variable);
            continue; /* a group, such as /machines has */
        }
        name_dimension(variable, name, 0, dimension);
        const bool of_second = rank == 1 && *second && strcmp(dimension, second) == 0;
        if (!pairs && (rank == 2 || of_second)) {
            qf_nc_close_id(variable);
            continue;
        }
        status = add_column(context, variable, name,
                            rank == 2   ? QF_EXPORT_BOTH
                            : of_second ? QF_EXPORT_SECOND
                                        : QF_EXPORT_FIRST,
                            table);
    }
    return status;
}

qf_status qf_export_table_open(qf_context *context, const char *path, hid_t file, const char *group,
                               const char *name, bool pairs, qf_export_table *table)
{
    char second[QF_NC_NAME_BYTES];
    *table = (qf_export_table){.path = path, .name = name};
    const hid_t opened = H5Gopen2(file, group, H5P_DEFAULT);
    if (opened < 0) {
        return unreadable(context, table, "the table");
    }
    find_second(opened, second);
    pairs = pairs && *second;
    qf_status status = add_columns(context, opened, pairs, second, table);
    if (status == QF_OK && table->n_columns == 0) {
        status = unreadable(context, table, "a column");
    }
    if (status == QF_OK) {
        table->uneven = !count_rows(table, pairs);
        status = sort_columns(context, table);
    }
    qf_nc_close_id(opened);
    return status;
}

qf_status qf_export_table_add(qf_context *context, hid_t file, const char *group, const char *name,
                              qf_export_table *table)
{
    char path[2 * QF_NC_NAME_BYTES];
    snprintf(path, sizeof path, "%s/%s", group, name);
    const hid_t variable = H5Dopen2(file, path, H5P_DEFAULT);
    if (qf_nc_rank(variable) != 1 || qf_nc_length(variable) < table->n_second) {
        qf_nc_close_id(variable);
        return unreadable(context, table, path);
    }
    const qf_status status = add_column(context, variable, name, QF_EXPORT_SECOND, table);
    return status ? status : sort_columns(context, table);
}

size_t qf_export_column_named(const qf_export_table *table, const char *name)
{
    size_t c = 0;
    while (c < table->n_columns && strcmp(table->columns[c].name, name) != 0) {
        c++;
    }
    return c;
}

void qf_export_column_free(qf_export_column *column)
{
    qf_nc_close_id(column->variable);
    qf_nc_free_flags(&column->flags);
    qf_text_list_free(&column->second_texts);
    free(column->second);
}

/* those of the second dimension are needed again and again */
static bool read_second(const qf_export_table *table, qf_export_column *column)
{
    if (column->axis != QF_EXPORT_SECOND) {
        return true;
    }
    if (column->type == QF_EXPORT_TEXT) {
        return qf_text_list_read(column->variable, &column->second_texts);
    }
    column->second = calloc(table->n_second + 1, qf_export_type_bytes(column->type));
    return column->second && qf_nc_read(column->variable, qf_export_native_type(column->type), 0,
                                        table->n_second, column->second);
}

qf_status qf_export_table_ready(qf_context *context, qf_export_table *table)
{
    const uint64_t fitting = BLOCK_VALUES / table->n_columns;
    const uint64_t rows = fitting > BLOCK_ROWS   ? BLOCK_ROWS
                          : fitting < LEAST_ROWS ? LEAST_ROWS
                                                 : fitting;
    const uint64_t n = table->n_first - table->begin;
    for (size_t c = 0; c < table->n_columns; c++) {
        if (!read_second(table, &table->columns[c])) {
            return unreadable(context, table, table->columns[c].name);
        }
    }
    if (table->n_second == 0 || n == 0) {
        return QF_OK;
    }
    const bool whole = table->n_second <= rows;
    table->block_second = whole ? table->n_second : rows;
    table->block_first = whole ? rows / table->n_second : 1;
    const uint64_t parts = (table->n_second - 1) / table->block_second + 1;
    table->n_blocks = whole ? (n - 1) / table->block_first + 1 : n * parts;
    return QF_OK;
}

void qf_export_table_free(qf_export_table *table)
{
    for (size_t c = 0; c < table->n_columns; c++) {
        qf_export_column_free(&table->columns[c]);
    }
    free(table->columns);
    *table = (qf_export_table){0};
}
