/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The variables of /sweep: their names, types and what they mean. Parameters and metrics have their own
 * names; a parameter that is called as a metric or as another variable becomes parameter_NAME, and a
 * metric that is called as another variable metric_NAME.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sweep_store_internal.h"

static const double no_number = (double)NAN;
static const uint8_t no_truth = UINT8_MAX;
static const int32_t no_choice = -1;
static const uint8_t not_run = QF_OUTCOME_NOT_RUN;

/* what a name may not be, and of some of them the variable */
static const char *const own_names[] = {"case",  "status",   "ticks", "hash",
                                        "cause", "checksum", "wall_s"};

static bool is_own(const char *name)
{
    for (size_t i = 0; i < sizeof own_names / sizeof *own_names; i++) {
        if (strcmp(name, own_names[i]) == 0) {
            return true;
        }
    }
    return false;
}

static bool is_metric(const qf_sweep_spec *spec, const char *name)
{
    for (size_t m = 0; m < spec->n_metrics; m++) {
        if (strcmp(name, spec->metrics[m].name) == 0) {
            return true;
        }
    }
    return false;
}

static bool is_taken(const qf_sweep_columns *columns, const char *name)
{
    for (size_t i = 0; i < columns->n; i++) {
        if (strcmp(name, columns->columns[i].variable.name) == 0) {
            return true;
        }
    }
    return is_own(name);
}

/* NULL without memory */
static const char *free_name(qf_sweep_columns *columns, const char *name, const char *prefix,
                             bool clashes)
{
    while (name && (clashes || is_taken(columns, name))) {
        name = qf_arena_format(&columns->arena, "%s_%s", prefix, name);
        clashes = false;
    }
    return name;
}

static bool add(qf_sweep_columns *columns, const qf_sweep_column *column)
{
    columns->columns[columns->n] = *column;
    columns->n += column->variable.name != NULL;
    return column->variable.name != NULL;
}

static bool add_parameter(qf_sweep_columns *columns, size_t p)
{
    const qf_sweep_parameter *parameter = &columns->spec->parameters[p];
    size_t n_texts = 0;
    for (size_t i = 0; parameter->texts && i < parameter->values.n_items; i++) {
        const size_t number = (size_t)parameter->values.items[i];
        n_texts = number >= n_texts ? number + 1 : n_texts;
    }
    const bool words = parameter->texts != NULL;
    return add(columns,
               &(qf_sweep_column){
                   .kind = QF_COLUMN_PARAMETER,
                   .index = p,
                   .variable = {.name = free_name(columns, parameter->name, "parameter",
                                                  is_metric(columns->spec, parameter->name)),
                                .type = words ? H5T_NATIVE_INT32 : H5T_NATIVE_DOUBLE,
                                .units = parameter->unit ? parameter->unit : "1",
                                .long_name =
                                    parameter->path ? parameter->path : "parameter of expressions",
                                .fill = words ? (const void *)&no_choice : &no_number},
                   .bytes = words ? 4 : 8,
                   .flags = parameter->texts,
                   .n_flags = n_texts});
}

static bool add_metric(qf_sweep_columns *columns, size_t m)
{
    const qf_metric_spec *metric = &columns->spec->metrics[m];
    qf_sweep_column column = {
        .kind = QF_COLUMN_METRIC,
        .index = m,
        .variable = {.name = free_name(columns, metric->name, "metric", false),
                     .type = H5T_NATIVE_DOUBLE,
                     .units = metric->unit ? metric->unit : "1",
                     .long_name = metric->text,
                     .fill = &no_number},
        .bytes = 8};
    if (metric->kind == QF_VALUE_TRUTH) {
        column.variable.type = H5T_NATIVE_UINT8;
        column.variable.fill = &no_truth;
        column.bytes = 1;
    } else if (metric->kind == QF_VALUE_CHOICE) {
        column.variable.type = H5T_NATIVE_INT32;
        column.variable.fill = &no_choice;
        column.bytes = 4;
        column.flags = metric->names;
        column.n_flags = metric->n_names;
    }
    return add(columns, &column);
}

static bool add_result(qf_sweep_columns *columns, qf_sweep_column_kind kind)
{
    qf_sweep_column column = {.kind = kind, .bytes = 8};
    switch (kind) {
    case QF_COLUMN_STATUS:
        column.bytes = 1;
        column.flags = qf_outcome_names;
        column.n_flags = QF_OUTCOMES;
        column.variable =
            (qf_nc_variable){"status", H5T_NATIVE_UINT8, "1", "how the case ended", &not_run};
        break;
    case QF_COLUMN_TICKS:
        column.variable = (qf_nc_variable){"ticks", H5T_NATIVE_INT64, "1", "ticks it ran", NULL};
        break;
    case QF_COLUMN_HASH:
        column.variable = (qf_nc_variable){"hash", H5T_NATIVE_UINT64, "1",
                                           "hash of its world after them; 0: none", NULL};
        break;
    case QF_COLUMN_CAUSE:
        column.variable =
            (qf_nc_variable){"cause", columns->string_type, "1", "why it is not ok", NULL};
        break;
    default:
        column.variable = (qf_nc_variable){"checksum", H5T_NATIVE_UINT64, "1",
                                           "XXH3-64 of all that is stored of the case", NULL};
        break;
    }
    return add(columns, &column);
}

qf_status qf_sweep_columns_create(qf_context *context, const qf_sweep_spec *spec,
                                  qf_sweep_columns *columns)
{
    *columns = (qf_sweep_columns){.spec = spec};
    columns->string_type = H5Tcopy(H5T_C_S1);
    columns->columns = calloc(spec->n_parameters + spec->n_metrics + 5, sizeof(qf_sweep_column));
    bool good = columns->columns && columns->string_type >= 0 &&
                H5Tset_size(columns->string_type, H5T_VARIABLE) >= 0 &&
                H5Tset_cset(columns->string_type, H5T_CSET_UTF8) >= 0;
    for (size_t p = 0; good && p < spec->n_parameters; p++) {
        good = add_parameter(columns, p);
    }
    good = good && add_result(columns, QF_COLUMN_STATUS) && add_result(columns, QF_COLUMN_TICKS) &&
           add_result(columns, QF_COLUMN_HASH);
    for (size_t m = 0; good && m < spec->n_metrics; m++) {
        good = add_metric(columns, m);
    }
    good = good && add_result(columns, QF_COLUMN_CAUSE) && add_result(columns, QF_COLUMN_CHECKSUM);
    if (!good) {
        qf_sweep_columns_free(columns);
        return qf_fail(context, QF_ERROR_MEMORY, "out of memory");
    }
    return QF_OK;
}

void qf_sweep_columns_free(qf_sweep_columns *columns)
{
    if (columns->string_type > 0) {
        (void)H5Tclose(columns->string_type);
    }
    free(columns->columns);
    qf_arena_free(&columns->arena);
    *columns = (qf_sweep_columns){0};
}

void qf_put_names(qf_nc *nc, hid_t variable, hid_t type, const char *const *names, size_t n)
{
    char *text = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&text, &length);
    int32_t *values = calloc(n + 1, sizeof *values);
    for (size_t i = 0; out && values && i < n; i++) {
        values[i] = (int32_t)i;
        fprintf(out, "%s", i > 0 ? " " : "");
        for (const char *c = names[i] ? names[i] : "-"; *c; c++) {
            fputc(*c == ' ' ? '_' : *c, out);
        }
    }
    if (out && fclose(out) == 0 && values) {
        (void)H5Tconvert(H5T_NATIVE_INT32, type, n, values, NULL, H5P_DEFAULT); /* in place */
        qf_nc_put_array(nc, variable, "flag_values", type, n, values);
        qf_nc_put_text(nc, variable, "flag_meanings", text);
    } else if (!nc->failed) {
        nc->failed = true;
        snprintf(nc->what, sizeof nc->what, "out of memory");
    }
    free(values);
    free(text);
}

void qf_sweep_column_flags(qf_nc *nc, hid_t variable, const qf_sweep_column *column)
{
    if (column->flags && column->n_flags > 0) {
        qf_put_names(nc, variable, column->variable.type, column->flags, column->n_flags);
    }
}

hid_t qf_sweep_group(qf_nc *nc, size_t first, size_t n, hid_t *scale)
{
    const qf_nc_variable variable = {
        .name = "case", .type = H5T_NATIVE_INT64, .units = "1", .long_name = "number of the case"};
    const hid_t group = qf_nc_group(nc, "sweep");
    *scale = qf_nc_dimension(nc, group, &variable, n, 0);
    int64_t numbers[1024];
    for (size_t begin = 0; begin < n; begin += 1024) {
        const size_t some = n - begin < 1024 ? n - begin : 1024;
        for (size_t i = 0; i < some; i++) {
            numbers[i] = (int64_t)(first + begin + i);
        }
        qf_nc_write(nc, *scale, H5T_NATIVE_INT64, begin, some, 0, numbers);
    }
    return group;
}
