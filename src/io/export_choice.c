/* SPDX-License-Identifier: Apache-2.0 */
/* Which columns and which rows of a table are wanted. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "export_table.h"
#include "nearest_name.h"

static qf_status no_such_column(qf_context *context, const qf_export_table *table, const char *name)
{
    const char **names = calloc(table->n_columns + 1, sizeof *names);
    for (size_t c = 0; names && c < table->n_columns; c++) {
        names[c] = table->columns[c].name;
    }
    const char *nearest = names ? qf_nearest_name(name, names, table->n_columns) : NULL;
    const qf_status status = qf_fail(
        context, QF_ERROR_USAGE, "%s: /%s has no column '%s'%s%s%s", table->path, table->name, name,
        nearest ? ", did you mean '" : "", nearest ? nearest : "", nearest ? "'?" : "");
    free(names);
    return status;
}

/* Puts the columns of the list first; *n of them. */
static qf_status order_columns(qf_context *context, char *list, qf_export_table *table, size_t *n)
{
    *n = 0;
    for (char *name; (name = strsep(&list, ","));) {
        const size_t c = qf_export_column_named(table, name);
        if (c == table->n_columns) {
            return no_such_column(context, table, name);
        }
        if (c < *n) {
            return qf_fail(context, QF_ERROR_USAGE, "--columns names '%s' twice", name);
        }
        const qf_export_column chosen = table->columns[c];
        memmove(&table->columns[*n + 1], &table->columns[*n], (c - *n) * sizeof chosen);
        table->columns[(*n)++] = chosen;
    }
    return QF_OK;
}

qf_status qf_export_table_choose(qf_context *context, const char *names, qf_export_table *table)
{
    size_t n;
    char *list = strdup(names);
    const qf_status status =
        list ? order_columns(context, list, table, &n)
             : qf_fail(context, QF_ERROR_MEMORY, "no memory to export /%s of %s", table->name,
                       table->path);
    free(list);
    if (status == QF_OK) {
        while (table->n_columns > n) {
            qf_export_column_free(&table->columns[--table->n_columns]);
        }
    }
    return status;
}

/* The first row whose time is after, or at or after, some time; times never descend. False: unreadable. */
static bool find_row(hid_t times, uint64_t n, double time_s, bool after, uint64_t *row)
{
    uint64_t low = 0;
    uint64_t high = n;
    while (low < high) {
        const uint64_t middle = low + (high - low) / 2;
        double there;
        if (!qf_nc_read(times, H5T_NATIVE_DOUBLE, middle, 1, &there)) {
            return false;
        }
        if (after ? there <= time_s : there < time_s) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    *row = low;
    return true;
}

qf_status qf_export_table_cut(qf_context *context, hid_t file, double from_s, double to_s,
                              qf_export_table *table)
{
    size_t c = qf_export_column_named(table, "time_s");
    c = c < table->n_columns ? c : qf_export_column_named(table, "time");
    if (isnan(from_s) && isnan(to_s)) {
        return QF_OK;
    }
    if (from_s > to_s) {
        return qf_fail(context, QF_ERROR_USAGE, "--from %g is after --to %g", from_s, to_s);
    }
    if (c == table->n_columns || strcmp(table->name, "quarantine") == 0) {
        return qf_fail(context, QF_ERROR_USAGE,
                       "%s: rows of /%s are not in the order of time: no --from and --to",
                       table->path, table->name);
    }
    /* a time that is written in decimal means the tick next to it */
    double dt_s = 0.0;
    (void)qf_nc_get_number(file, "dt_s", H5T_NATIVE_DOUBLE, &dt_s);
    uint64_t end = table->n_first;
    const hid_t times = table->columns[c].variable;
    if ((!isnan(from_s) &&
         !find_row(times, table->n_first, from_s - 1e-6 * dt_s, false, &table->begin)) ||
        (!isnan(to_s) && !find_row(times, table->n_first, to_s + 1e-6 * dt_s, true, &end))) {
        return qf_fail(context, QF_ERROR_READ, "%s: %s of /%s cannot be read", table->path,
                       table->columns[c].name, table->name);
    }
    table->n_first = end > table->begin ? end : table->begin;
    return QF_OK;
}
