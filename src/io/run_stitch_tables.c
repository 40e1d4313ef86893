/* SPDX-License-Identifier: Apache-2.0 */
/* Rows of tables of all ranks, merged variable by variable, a block of rows at a time. */
#include <hdf5_hl.h>
#include <stdlib.h>
#include <string.h>

#include "netcdf_read.h"
#include "run_stitch_internal.h"

/* rows of the result in memory at a time: whole chunks of any table, and enough of each of many parts */
enum { BLOCK = 1 << 18, ROWS_OF_PART = 1 << 13, MOST_BLOCK = 1 << 22 };

/* Where in the order of a table somebody is. */
typedef struct place {
    size_t stretch;
    uint32_t done; /* of the stretch */
} place;

/* A variable on its way from all parts into the result. */
typedef struct column {
    qf_stitch *stitch;
    const qf_stitch_order *order;
    const char *path;
    hid_t *sources; /* by part */
    hid_t type;
    size_t bytes;  /* of an element */
    hsize_t *next; /* row of each part */
    size_t *first; /* of each part's rows, in `taken`; n_parts + 1 */
    size_t block;
    char *taken;  /* rows of a block, part after part */
    char *merged; /* and in their order */
} column;

/* Row numbers that became others: those of part p from first_row on became those from number on. */
typedef struct renumbering {
    size_t *first; /* of each part's entries; n_parts + 1 */
    hsize_t *row, *number;
} renumbering;

static void free_renumbering(renumbering *r)
{
    free(r->first);
    free(r->row);
    free(r->number);
}

static bool make_renumbering(const qf_stitch *stitch, const qf_stitch_order *order, renumbering *r)
{
    const size_t n_parts = stitch->n_parts;
    hsize_t *row_of = calloc(n_parts, sizeof *row_of);
    *r = (renumbering){.first = calloc(n_parts + 2, sizeof *r->first),
                       .row = calloc(order->n_stretches + 1, sizeof *r->row),
                       .number = calloc(order->n_stretches + 1, sizeof *r->number)};
    const bool good = row_of && r->first && r->row && r->number;
    for (size_t i = 0; good && i < order->n_stretches; i++) {
        r->first[order->stretches[i].part + 2]++;
    }
    for (size_t p = 2; good && p < n_parts + 2; p++) {
        r->first[p] += r->first[p - 1];
    }
    hsize_t number = 0;
    for (size_t i = 0; good && i < order->n_stretches; i++) {
        const qf_stitch_stretch *stretch = &order->stretches[i];
        const size_t at = r->first[stretch->part + 1]++; /* at last where the next part begins */
        r->row[at] = row_of[stretch->part];
        r->number[at] = number;
        row_of[stretch->part] += stretch->n;
        number += stretch->n;
    }
    free(row_of);
    return good;
}

/* what a row's number has become; the part has that row */
static int64_t renumber(const renumbering *r, size_t part, int64_t row)
{
    size_t low = r->first[part];
    size_t high = r->first[part + 1];
    while (high - low > 1) {
        const size_t middle = low + (high - low) / 2;
        if (r->row[middle] <= (hsize_t)row) {
            low = middle;
        } else {
            high = middle;
        }
    }
    return (int64_t)(r->number[low] + ((hsize_t)row - r->row[low]));
}

/* How many rows of each part are in the next n of the result; the order is gone on in from there. */
static void count_rows(const column *c, place from, size_t n)
{
    memset(c->first, 0, (c->stitch->n_parts + 1) * sizeof *c->first);
    for (size_t done = 0; done < n; from.stretch++, from.done = 0) {
        const qf_stitch_stretch *stretch = &c->order->stretches[from.stretch];
        const size_t left = stretch->n - from.done;
        const size_t some = left < n - done ? left : n - done;
        c->first[stretch->part + 1] += some;
        done += some;
    }
    for (size_t p = 0; p < c->stitch->n_parts; p++) {
        c->first[p + 1] += c->first[p];
    }
}

static qf_status take_rows(const column *c)
{
    for (size_t p = 0; p < c->stitch->n_parts; p++) {
        const size_t n = c->first[p + 1] - c->first[p];
        if (n > 0 &&
            !qf_nc_read(c->sources[p], c->type, c->next[p], n, c->taken + c->first[p] * c->bytes)) {
            return qf_stitch_unreadable(c->stitch, p, c->path);
        }
        c->next[p] += n;
    }
    return QF_OK;
}

/* Puts n rows that were taken into their order; `first` is used up. */
static void put_in_order(const column *c, place *at, size_t n)
{
    for (size_t done = 0; done < n;) {
        const qf_stitch_stretch *stretch = &c->order->stretches[at->stretch];
        const size_t left = stretch->n - at->done;
        const size_t some = left < n - done ? left : n - done;
        memcpy(c->merged + done * c->bytes, c->taken + c->first[stretch->part] * c->bytes,
               some * c->bytes);
        c->first[stretch->part] += some;
        done += some;
        at->done += (uint32_t)some;
        if (at->done == stretch->n) {
            *at = (place){.stretch = at->stretch + 1};
        }
    }
}

/* causes are events of the same vehicle, and so of the same part */
static qf_status renumber_causes(const column *c, const renumbering *r)
{
    int64_t *causes = (int64_t *)(void *)c->taken;
    for (size_t p = 0; p < c->stitch->n_parts; p++) {
        for (size_t i = c->first[p]; i < c->first[p + 1]; i++) {
            if (causes[i] >= (int64_t)c->order->rows_of[p]) {
                return qf_stitch_unreadable(c->stitch, p, c->path);
            }
            causes[i] = causes[i] < 0 ? causes[i] : renumber(r, p, causes[i]);
        }
    }
    return QF_OK;
}

static void write_rows(const column *c, hid_t target, hsize_t at, size_t n)
{
    qf_nc_write(&c->stitch->nc, target, c->type, at, n, 0, c->merged);
    if (H5Tis_variable_str(c->type) > 0) {
        const hsize_t length = n;
        const hid_t space = H5Screate_simple(1, &length, NULL);
        (void)H5Dvlen_reclaim(c->type, space, H5P_DEFAULT, c->merged);
        qf_nc_close_id(space);
    }
}

/* `causes`: NULL for values that stay as they are */
static qf_status merge_column(column *c, hid_t target, const renumbering *causes)
{
    const hsize_t n_rows = c->order->n_rows;
    qf_status status = QF_OK;
    place at = {0};
    for (hsize_t row = 0; status == QF_OK && row < n_rows && !c->stitch->nc.failed;) {
        const size_t n = n_rows - row < c->block ? (size_t)(n_rows - row) : c->block;
        count_rows(c, at, n);
        status = take_rows(c);
        if (status == QF_OK && causes) {
            status = renumber_causes(c, causes);
        }
        if (status == QF_OK) {
            put_in_order(c, &at, n);
            write_rows(c, target, row, n);
        }
        row += n;
    }
    return status;
}

static qf_status open_column(column *c, hid_t source)
{
    const size_t n_parts = c->stitch->n_parts;
    const size_t of_parts = n_parts * ROWS_OF_PART;
    c->block = of_parts < BLOCK ? BLOCK : of_parts < MOST_BLOCK ? of_parts : MOST_BLOCK;
    c->block = c->block / BLOCK * BLOCK;
    c->type = H5Dget_type(source);
    c->bytes = H5Tget_size(c->type);
    const size_t rows = c->order->n_rows < c->block ? (size_t)c->order->n_rows : c->block;
    c->sources = calloc(n_parts, sizeof *c->sources);
    c->next = calloc(n_parts, sizeof *c->next);
    c->first = calloc(n_parts + 1, sizeof *c->first);
    c->taken = calloc(rows + 1, c->bytes);
    c->merged = calloc(rows + 1, c->bytes);
    for (size_t p = 0; c->sources && p < n_parts; p++) {
        c->sources[p] = c->order->rows_of[p] > 0
                            ? H5Dopen2(c->stitch->parts[p].file, c->path, H5P_DEFAULT)
                            : H5I_INVALID_HID;
    }
    return c->sources && c->next && c->first && c->taken && c->merged
               ? QF_OK
               : qf_fail(c->stitch->context, QF_ERROR_MEMORY, "no memory to merge '%s'", c->path);
}

static void close_column(column *c)
{
    for (size_t p = 0; c->sources && p < c->stitch->n_parts; p++) {
        qf_nc_close_id(c->sources[p]);
    }
    free(c->sources);
    free(c->next);
    free(c->first);
    free(c->taken);
    free(c->merged);
    qf_nc_close_id(c->type);
}

static qf_status merge_variable(qf_stitch *stitch, const qf_stitch_order *order, hid_t source,
                                const char *path, const renumbering *causes)
{
    const hid_t target = qf_stitch_define(stitch, source, path, order->n_rows, -1);
    qf_status status = QF_OK;
    if (stitch->nc.failed) {
        qf_nc_close_id(target);
        return QF_OK; /* told with the file */
    }
    if (H5DSis_scale(source) > 0) {
        qf_nc_write_numbers(&stitch->nc, target, order->n_rows);
    } else {
        column c = {.stitch = stitch, .order = order, .path = path, .type = H5I_INVALID_HID};
        status = open_column(&c, source);
        if (status == QF_OK) {
            status = merge_column(&c, target, causes);
        }
        close_column(&c);
    }
    qf_nc_close_id(target);
    return status;
}

/* the first part that has it */
static hid_t open_template(const qf_stitch *stitch, const char *group)
{
    for (size_t p = 0; p < stitch->n_parts; p++) {
        if (H5Lexists(stitch->parts[p].file, group, H5P_DEFAULT) > 0) {
            return H5Gopen2(stitch->parts[p].file, group, H5P_DEFAULT);
        }
    }
    return H5I_INVALID_HID;
}

static qf_status merge_variables(qf_stitch *stitch, const qf_stitch_order *order, hid_t source)
{
    const bool events = strcmp(order->group, "events") == 0;
    const hid_t target = qf_nc_group(&stitch->nc, order->group);
    renumbering causes = {0};
    qf_status status = !events || make_renumbering(stitch, order, &causes)
                           ? QF_OK
                           : qf_fail(stitch->context, QF_ERROR_MEMORY, "no memory to merge events");
    char name[QF_NC_NAME_BYTES];
    hid_t variable;
    for (hsize_t i = 0; status == QF_OK && !stitch->nc.failed &&
                        (variable = qf_nc_open_variable(source, i, name)) >= 0;
         i++) {
        char path[2 * QF_NC_NAME_BYTES];
        snprintf(path, sizeof path, "/%s/%s", order->group, name);
        const bool is_cause = events && strcmp(name, "cause") == 0;
        /* moments have done what they are for */
        if (!events || strcmp(name, "moment") != 0) {
            status = merge_variable(stitch, order, variable, path, is_cause ? &causes : NULL);
        }
        qf_nc_close_id(variable);
    }
    free_renumbering(&causes);
    qf_nc_close_id(target);
    return status;
}

qf_status qf_stitch_table(qf_stitch *stitch, const char *group)
{
    qf_stitch_order order;
    const hid_t source = open_template(stitch, group);
    qf_status status = qf_stitch_order_create(stitch, group, &order);
    if (status == QF_OK) {
        status = merge_variables(stitch, &order, source);
        qf_stitch_order_free(&order);
    }
    qf_nc_close_id(source);
    return status;
}
