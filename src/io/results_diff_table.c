/* SPDX-License-Identifier: Apache-2.0 */
/* /events and /quarantine of two files: lists whose rows have an order. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "record.h"
#include "results_diff_internal.h"
#include "results_internal.h"

enum { SLICE = 1 << 13, TEXT_SLICE = 1 << 10 };

static bool first_text(const hid_t variable[2], uint64_t n, uint64_t *row)
{
    char **a = calloc(TEXT_SLICE, sizeof *a);
    char **b = calloc(TEXT_SLICE, sizeof *b);
    bool good = a && b;
    bool same = true;
    *row = 0;
    while (good && same && *row < n) {
        const uint64_t length = n - *row < TEXT_SLICE ? n - *row : TEXT_SLICE;
        good = qf_nc_read_texts(variable[0], *row, length, a) &&
               qf_nc_read_texts(variable[1], *row, length, b);
        uint64_t i = 0;
        while (good && same && i < length) {
            good = a[i] && b[i];
            same = good && strcmp(a[i], b[i]) == 0;
            i += same;
        }
        *row += i;
        qf_nc_free_texts(a, a && b ? length : 0);
        qf_nc_free_texts(b, a && b ? length : 0);
    }
    free(a);
    free(b);
    return good;
}

static uint64_t first_difference(qf_type type, void *const values[2], size_t n)
{
    size_t i = 0;
    while (i < n &&
           qf_diff_same(type, qf_diff_bits(type, values[0], i), qf_diff_bits(type, values[1], i))) {
        i++;
    }
    return i;
}

bool qf_diff_first_row(const hid_t variable[2], uint64_t n, uint64_t *row)
{
    qf_type type;
    if (!qf_diff_type(variable[0], &type)) {
        return first_text(variable, n, row);
    }
    void *values[2] = {malloc(8 * SLICE), malloc(8 * SLICE)};
    bool good = values[0] && values[1];
    *row = 0;
    while (good && *row < n) {
        const uint64_t length = n - *row < SLICE ? n - *row : SLICE;
        for (int f = 0; f < 2 && good; f++) {
            good = qf_nc_read(variable[f], qf_quantity_file_type(type), *row, length, values[f]);
        }
        const uint64_t same = good ? first_difference(type, values, length) : 0;
        *row += same;
        if (same < length) {
            break;
        }
    }
    free(values[0]);
    free(values[1]);
    return good;
}

/* Rows up to a tick, in a column of ticks that do not descend. */
static bool count_until(hid_t variable, int64_t tick, uint64_t *n)
{
    uint64_t end = qf_nc_length(variable);
    *n = 0;
    while (*n < end) {
        const uint64_t middle = *n + (end - *n) / 2;
        int64_t found;
        if (!qf_nc_read(variable, H5T_NATIVE_INT64, middle, 1, &found)) {
            return false;
        }
        if (found <= tick) {
            *n = middle + 1;
        } else {
            end = middle;
        }
    }
    return true;
}

int64_t qf_diff_integer_at(hid_t file, const char *name, uint64_t row)
{
    int64_t value = -1;
    const hid_t variable = H5Dopen2(file, name, H5P_DEFAULT);
    (void)qf_nc_read(variable, H5T_NATIVE_INT64, row, 1, &value);
    qf_nc_close_id(variable);
    return value;
}

double qf_diff_number_at(hid_t file, const char *name, uint64_t row)
{
    double value = 0;
    const hid_t variable = H5Dopen2(file, name, H5P_DEFAULT);
    (void)qf_nc_read(variable, H5T_NATIVE_DOUBLE, row, 1, &value);
    qf_nc_close_id(variable);
    return value;
}

char *qf_diff_text_at(hid_t file, const char *name, uint64_t row)
{
    const hid_t variable = H5Dopen2(file, name, H5P_DEFAULT);
    char *text = qf_nc_read_text(variable, row);
    qf_nc_close_id(variable);
    return text;
}

char *qf_diff_meaning_at(hid_t file, const char *name, uint64_t row)
{
    const int64_t value = qf_diff_integer_at(file, name, row);
    const hid_t variable = H5Dopen2(file, name, H5P_DEFAULT);
    qf_nc_flags flags;
    char *text = NULL;
    if (qf_nc_get_flags(variable, &flags)) {
        for (size_t i = 0; i < flags.n && !text; i++) {
            text = flags.values[i] == value ? strdup(flags.meanings[i]) : NULL;
        }
        qf_nc_free_flags(&flags);
    }
    qf_nc_close_id(variable);
    return text;
}

static char *describe_event(qf_diff *diff, int f, uint64_t row, int which)
{
    (void)which;
    const hid_t file = diff->file[f];
    const int64_t entity = qf_diff_integer_at(file, "events/entity", row);
    const int64_t tick = qf_diff_integer_at(file, "events/tick", row);
    char *name = qf_diff_text_at(file, "entities/name", entity < 0 ? 0 : (uint64_t)entity);
    char *what = qf_diff_meaning_at(file, "events/code", row);
    char *severity = qf_diff_meaning_at(file, "events/severity", row);
    char *text = qf_diff_words(
        diff,
        "tick %" PRId64 " (%.15g s), vehicle %" PRId64 " '%s', world %" PRId64 ": %s (%" PRId64
        ", %s), subject %" PRId64 ", track %" PRId64 ", cause %" PRId64 ", value %.17g",
        tick, (double)tick * diff->dt_s[f], entity, name ? name : "?",
        qf_diff_integer_at(file, "events/world", row), what ? what : "?",
        qf_diff_integer_at(file, "events/code", row), severity ? severity : "?",
        qf_diff_integer_at(file, "events/subject", row),
        qf_diff_integer_at(file, "events/track", row),
        qf_diff_integer_at(file, "events/cause", row),
        qf_diff_number_at(file, "events/value", row));
    free(name);
    free(what);
    free(severity);
    return text;
}

static char *describe_finding(qf_diff *diff, int f, uint64_t row, int which)
{
    (void)which;
    const hid_t file = diff->file[f];
    const int64_t entity = qf_diff_integer_at(file, "quarantine/entity", row);
    const int64_t tick = qf_diff_integer_at(file, "quarantine/tick", row);
    char *name = qf_diff_text_at(file, "entities/name", entity < 0 ? 0 : (uint64_t)entity);
    char *quantity = qf_diff_text_at(file, "quarantine/quantity", row);
    char *reason = qf_diff_meaning_at(file, "quarantine/reason", row);
    char *text = qf_diff_words(
        diff,
        "tick %" PRId64 " (%.15g s), vehicle %" PRId64 " '%s', world %" PRId64 ": %s %s, %.17g",
        tick, (double)tick * diff->dt_s[f], entity, name ? name : "?",
        qf_diff_integer_at(file, "quarantine/world", row), quantity ? quantity : "?",
        reason ? reason : "?", qf_diff_number_at(file, "quarantine/value", row));
    free(name);
    free(quantity);
    free(reason);
    return text;
}

/* Lowers rows->row to the first row in which a column differs; false: unreadable. */
static bool compare_column(qf_diff *diff, const char *table, const hid_t group[2],
                           const char name[QF_NC_NAME_BYTES], qf_diff_rows *rows)
{
    hid_t variable[2];
    qf_type type[2] = {QF_TYPE_F64, QF_TYPE_F64};
    bool numbers[2];
    bool good = true;
    for (int f = 0; f < 2; f++) {
        variable[f] = H5Dopen2(group[f], name, H5P_DEFAULT);
        numbers[f] = qf_diff_type(variable[f], &type[f]);
    }
    uint64_t row;
    if (variable[0] < 0 || variable[1] < 0) {
        qf_diff_tell(diff, &diff->different, "/%s/%s is only in %c", table, name,
                     variable[0] < 0 ? 'B' : 'A');
    } else if (numbers[0] != numbers[1] || type[0] != type[1]) {
        qf_diff_tell(diff, &diff->different, "/%s/%s is of another type in B", table, name);
    } else {
        good = qf_diff_first_row(variable, rows->row, &row);
        if (good && row < rows->row) {
            rows->row = row;
            memcpy(rows->column, name, sizeof rows->column);
        }
    }
    qf_diff_close(variable);
    return good;
}

/* All columns of either but those that only count or restate the tick; false: unreadable. */
static bool compare_columns(qf_diff *diff, const char *table, const char *dimension,
                            const hid_t group[2], qf_diff_rows *rows)
{
    char name[QF_NC_NAME_BYTES] = "";
    bool good = true;
    for (int f = 0; f < 2; f++) {
        H5G_info_t info;
        good = good && H5Gget_info(group[f], &info) >= 0;
        for (hsize_t i = 0; good && i < info.nlinks; i++) {
            qf_nc_close_id(qf_nc_open_variable(group[f], i, name));
            /* a column of both comes with those of A */
            const bool again = f == 1 && H5Lexists(group[0], name, H5P_DEFAULT) > 0;
            if (!again && strcmp(name, dimension) != 0 && strcmp(name, "time_s") != 0) {
                good = compare_column(diff, table, group, name, rows);
            }
        }
    }
    return good;
}

qf_status qf_diff_compare_table(qf_diff *diff, const char *name, const char *dimension,
                                int64_t until, qf_diff_describe *describe, int which,
                                qf_diff_rows *rows)
{
    hid_t group[2] = {H5I_INVALID_HID, H5I_INVALID_HID};
    bool good = true;
    for (int f = 0; f < 2; f++) {
        if (H5Lexists(diff->file[f], name, H5P_DEFAULT) > 0) {
            group[f] = H5Gopen2(diff->file[f], name, H5P_DEFAULT);
            const hid_t column =
                H5Dopen2(group[f], rows->timeless ? dimension : "tick", H5P_DEFAULT);
            rows->n[f] = qf_nc_length(column);
            good =
                column >= 0 && (rows->timeless || count_until(column, until, &rows->n[f])) && good;
            qf_nc_close_id(column);
        }
    }
    const uint64_t common = rows->n[0] < rows->n[1] ? rows->n[0] : rows->n[1];
    rows->row = common;
    if (good && group[0] >= 0 && group[1] >= 0) {
        good = compare_columns(diff, name, dimension, group, rows);
    }
    qf_diff_close(group);
    if (!good) {
        return qf_fail(diff->context, QF_ERROR_READ, "%s or %s: /%s cannot be read", diff->path[0],
                       diff->path[1], name);
    }
    rows->found = rows->row < common || rows->n[0] != rows->n[1];
    for (int f = 0; f < 2; f++) {
        rows->text[f] =
            rows->found && rows->row < rows->n[f] ? describe(diff, f, rows->row, which) : NULL;
    }
    return QF_OK;
}

static int64_t common_end(const qf_diff *diff)
{
    return diff->covered[0] < diff->covered[1] ? diff->covered[0] : diff->covered[1];
}

qf_status qf_diff_events(qf_diff *diff)
{
    return diff->same_vehicles ? qf_diff_compare_table(diff, "events", "event", common_end(diff),
                                                       describe_event, 0, &diff->events)
                               : QF_OK;
}

qf_status qf_diff_quarantine(qf_diff *diff)
{
    return diff->same_vehicles
               ? qf_diff_compare_table(diff, "quarantine", "frozen", common_end(diff),
                                       describe_finding, 0, &diff->quarantine)
               : QF_OK;
}
