/* SPDX-License-Identifier: Apache-2.0 */
/* /state of two files: the columns that both recorded, at the ticks that both recorded. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "results_diff_internal.h"

static bool add_column(qf_diff *diff, qf_diff_series *series, const qf_diff_column *column)
{
    qf_diff_column *columns = realloc(series->columns, (series->n_columns + 1) * sizeof *columns);
    if (!columns) {
        diff->out_of_memory = true;
        return false;
    }
    series->columns = columns;
    columns[series->n_columns++] = *column;
    return true;
}

/* The column of that name in both files; what only one has, or has otherwise, is told. */
static bool pair_column(qf_diff *diff, const hid_t group[2], const char *name,
                        qf_diff_column *column)
{
    qf_type type[2];
    bool good = true;
    snprintf(column->name, sizeof column->name, "%s", name);
    for (int f = 0; f < 2; f++) {
        column->variable[f] = H5Dopen2(group[f], name, H5P_DEFAULT);
        good = good && qf_nc_rank(column->variable[f]) == 2 &&
               qf_diff_type(column->variable[f], &type[f]);
    }
    if (good && type[0] == type[1]) {
        column->type = type[0];
        return true;
    }
    if (column->variable[0] < 0 || column->variable[1] < 0) {
        qf_diff_tell(diff, &diff->different, "column %s is recorded only in %c", name,
                     column->variable[0] < 0 ? 'B' : 'A');
    } else {
        qf_diff_tell(diff, &diff->different, "column %s is of another type in B", name);
    }
    qf_diff_close(column->variable);
    return false;
}

static void pair_columns(qf_diff *diff, const hid_t group[2])
{
    char name[QF_NC_NAME_BYTES] = "";
    for (int f = 0; f < 2; f++) {
        H5G_info_t info;
        const hsize_t n = H5Gget_info(group[f], &info) >= 0 ? info.nlinks : 0;
        for (hsize_t i = 0; i < n; i++) {
            const hid_t variable = qf_nc_open_variable(group[f], i, name);
            const bool wanted =
                qf_nc_rank(variable) == 2 &&
                (f == 0 || H5Lexists(group[0], name, H5P_DEFAULT) <= 0); /* told already */
            qf_nc_close_id(variable);
            qf_diff_column column = {.n_different = 0};
            if (wanted && pair_column(diff, group, name, &column) &&
                !add_column(diff, &diff->state, &column)) {
                qf_diff_close(column.variable);
            }
        }
    }
}

/* Of a killed run some variables may be longer than others: as far as all go. */
static void measure(qf_diff_series *series)
{
    for (int f = 0; f < 2; f++) {
        series->n_rows[f] = qf_nc_length(series->tick[f]);
        for (size_t k = 0; k < series->n_columns; k++) {
            const uint64_t n = qf_nc_length(series->columns[k].variable[f]);
            series->n_rows[f] = n < series->n_rows[f] ? n : series->n_rows[f];
        }
    }
}

static bool check_widths(const qf_diff_series *series, uint64_t *width)
{
    for (size_t k = 0; k < series->n_columns; k++) {
        for (int f = 0; f < 2; f++) {
            const uint64_t n = qf_nc_width(series->columns[k].variable[f]);
            if (k == 0 && f == 0) {
                *width = n;
            } else if (*width != n) {
                return false;
            }
        }
    }
    return true;
}

/* Ticks from the first record to the second, 0: there are not two. */
static int64_t cadence(const qf_diff_series *series, int f)
{
    int64_t tick[2] = {0};
    const bool known =
        series->n_rows[f] > 1 && qf_nc_read(series->tick[f], H5T_NATIVE_INT64, 0, 2, tick);
    return known ? tick[1] - tick[0] : 0;
}

static void tell_records(qf_diff *diff)
{
    const qf_diff_series *state = &diff->state;
    const int64_t every[2] = {cadence(state, 0), cadence(state, 1)};
    if (every[0] > 0 && every[1] > 0 && every[0] != every[1]) {
        qf_diff_tell(diff, &diff->different,
                     "recorded every %" PRId64 " ticks in A, every %" PRId64
                     " in B: common ticks are compared",
                     every[0], every[1]);
    }
    if (state->n_pairs != state->n_rows[0] || state->n_pairs != state->n_rows[1]) {
        qf_diff_tell(diff, &diff->different,
                     "records: %" PRIu64 " in A, %" PRIu64 " in B, %" PRIu64 " at common ticks",
                     state->n_rows[0], state->n_rows[1], state->n_pairs);
    }
}

static void name_vehicle(qf_diff *diff)
{
    const hid_t names = H5Dopen2(diff->file[0], "entities/name", H5P_DEFAULT);
    const hid_t worlds = H5Dopen2(diff->file[0], "entities/world", H5P_DEFAULT);
    diff->vehicle = qf_nc_read_text(names, diff->state.first.index);
    (void)qf_nc_read(worlds, H5T_NATIVE_INT32, diff->state.first.index, 1, &diff->world);
    qf_nc_close_id(names);
    qf_nc_close_id(worlds);
}

qf_status qf_diff_state(qf_diff *diff)
{
    hid_t group[2];
    if (!qf_diff_open(diff, "state/tick", diff->state.tick)) {
        return qf_fail(diff->context, QF_ERROR_READ, "%s or %s: /state/tick cannot be read",
                       diff->path[0], diff->path[1]);
    }
    for (int f = 0; f < 2; f++) {
        group[f] = H5Gopen2(diff->file[f], "state", H5P_DEFAULT);
    }
    pair_columns(diff, group);
    qf_diff_close(group);
    measure(&diff->state);
    qf_status status = QF_OK;
    if (!diff->same_vehicles) {
        qf_diff_tell(diff, &diff->different,
                     "values, events and hashes are not compared: vehicles of equal number are not "
                     "the same");
    } else if (!check_widths(&diff->state, &diff->state.width)) {
        status = qf_fail(diff->context, QF_ERROR_READ,
                         "%s or %s: columns of /state are not over the same vehicles",
                         diff->path[0], diff->path[1]);
    } else {
        status = qf_diff_compare_series(diff, &diff->state);
        tell_records(diff);
    }
    if (status == QF_OK && diff->state.first.found) {
        name_vehicle(diff);
    }
    return status;
}
