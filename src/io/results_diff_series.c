/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Two series, row by row where their ticks are equal, in slabs of a few MiB.
 *
 * Rows of equal tick are paired batch by batch; of each batch every column is read once from either
 * file, and looked at value by value only where it is not the same in one piece.
 */
#include <stdlib.h>
#include <string.h>

#include "record.h"
#include "results_diff_internal.h"
#include "results_internal.h"

enum {
    SLAB_ELEMENTS = 1 << 19, /* 4 MiB of doubles, of each file */
    MOST_PAIRS = 1 << 13,
    TICKS_AHEAD = 1 << 13,
};

/* The ticks of one file, read ahead. */
typedef struct tick_reader {
    hid_t variable;
    uint64_t n;
    uint64_t begin; /* of `ahead` */
    uint64_t n_ahead;
    uint64_t row;
    int64_t before; /* tick of the row before */
    int64_t ahead[TICKS_AHEAD];
} tick_reader;

typedef struct batch {
    size_t n;
    uint64_t row[2][MOST_PAIRS];
    int64_t tick[MOST_PAIRS];
} batch;

typedef struct comparison {
    qf_diff *diff;
    qf_diff_series *series;
    uint64_t most_rows;
    uint64_t slab_width;
    tick_reader ticks[2];
    batch batch;
    void *slab[2];
} comparison;

bool qf_diff_type(hid_t variable, qf_type *type)
{
    const hid_t stored = variable >= 0 ? H5Dget_type(variable) : H5I_INVALID_HID;
    const H5T_class_t class = stored >= 0 ? H5Tget_class(stored) : H5T_NO_CLASS;
    const bool is_signed = class == H5T_INTEGER && H5Tget_sign(stored) == H5T_SGN_2;
    const size_t bytes = stored >= 0 ? H5Tget_size(stored) : 0;
    qf_nc_close_id(stored);
    if (class == H5T_INTEGER) {
        *type = is_signed ? QF_TYPE_I64 : bytes == 1 ? QF_TYPE_U8 : QF_TYPE_U64;
    } else {
        *type = QF_TYPE_F64;
    }
    return class == H5T_INTEGER || (class == H5T_FLOAT && bytes <= 8);
}

uint64_t qf_diff_bits(qf_type type, const void *values, size_t i)
{
    uint64_t bits;
    if (type == QF_TYPE_U8) {
        return ((const uint8_t *)values)[i];
    }
    memcpy(&bits, (const char *)values + 8 * i, sizeof bits);
    return bits;
}

static bool is_nan(uint64_t bits)
{
    return (bits & INT64_MAX) > UINT64_C(0x7FF0000000000000);
}

bool qf_diff_same(qf_type type, uint64_t a, uint64_t b)
{
    return a == b || (type == QF_TYPE_F64 && is_nan(a) && is_nan(b));
}

/* The tick of the next row; QF_OK with `*more` false at the end. */
static qf_status look(comparison *c, int f, int64_t *tick, bool *more)
{
    tick_reader *reader = &c->ticks[f];
    *more = reader->row < reader->n;
    if (!*more) {
        return QF_OK;
    }
    if (reader->row >= reader->begin + reader->n_ahead) {
        const uint64_t left = reader->n - reader->row;
        reader->begin = reader->row;
        reader->n_ahead = left < TICKS_AHEAD ? left : TICKS_AHEAD;
        if (!qf_nc_read(reader->variable, H5T_NATIVE_INT64, reader->begin, reader->n_ahead,
                        reader->ahead)) {
            return qf_diff_unreadable(c->diff, f, "tick");
        }
    }
    *tick = reader->ahead[reader->row - reader->begin];
    if (reader->row > 0 && *tick <= reader->before) {
        return qf_fail(c->diff->context, QF_ERROR_READ, "%s: ticks do not ascend at row %llu",
                       c->diff->path[f], (unsigned long long)reader->row);
    }
    return QF_OK;
}

static void step(comparison *c, int f, int64_t tick)
{
    c->ticks[f].before = tick;
    c->ticks[f].row++;
}

/* The next pairs that lie near enough in both files; none: the end. */
static qf_status pair_rows(comparison *c)
{
    batch *b = &c->batch;
    b->n = 0;
    while (b->n < MOST_PAIRS) {
        int64_t tick[2] = {0};
        bool more[2];
        for (int f = 0; f < 2; f++) {
            const qf_status status = look(c, f, &tick[f], &more[f]);
            if (status != QF_OK) {
                return status;
            }
            if (b->n > 0 && more[f] && c->ticks[f].row - b->row[f][0] >= c->most_rows) {
                return QF_OK;
            }
        }
        if (!more[0] || !more[1]) {
            return QF_OK;
        }
        if (tick[0] == tick[1]) {
            b->row[0][b->n] = c->ticks[0].row;
            b->row[1][b->n] = c->ticks[1].row;
            b->tick[b->n++] = tick[0];
        }
        const bool step_a = tick[0] <= tick[1];
        const bool step_b = tick[1] <= tick[0];
        if (step_a) {
            step(c, 0, tick[0]);
        }
        if (step_b) {
            step(c, 1, tick[1]);
        }
    }
    return QF_OK;
}

static bool lies_before(const qf_diff_place *a, const qf_diff_place *b)
{
    if (!b->found || a->tick != b->tick) {
        return !b->found || a->tick < b->tick;
    }
    return a->index != b->index ? a->index < b->index : a->column < b->column;
}

static void compare_rows(comparison *c, size_t pair, size_t column, uint64_t begin, uint64_t n,
                         const char *const row[2])
{
    qf_diff_series *series = c->series;
    qf_diff_column *of = &series->columns[column];
    for (size_t i = 0; i < n; i++) {
        qf_diff_place here = {
            .found = true,
            .tick = c->batch.tick[pair],
            .index = begin + i,
            .column = column,
            .type = of->type,
            .bits = {qf_diff_bits(of->type, row[0], i), qf_diff_bits(of->type, row[1], i)}};
        if (qf_diff_same(of->type, here.bits[0], here.bits[1])) {
            continue;
        }
        of->n_different++;
        if (lies_before(&here, &series->first)) {
            memcpy(here.name, of->name, sizeof here.name);
            series->first = here;
            series->first_row[0] = c->batch.row[0][pair];
            series->first_row[1] = c->batch.row[1][pair];
        }
    }
}

/* One column of a batch, between two positions of the second dimension. */
static qf_status compare_slab(comparison *c, size_t column, uint64_t begin, uint64_t n)
{
    const batch *b = &c->batch;
    const qf_diff_column *of = &c->series->columns[column];
    uint64_t n_rows[2];
    for (int f = 0; f < 2; f++) {
        n_rows[f] = b->row[f][b->n - 1] - b->row[f][0] + 1;
        const hsize_t start[2] = {b->row[f][0], begin};
        const hsize_t count[2] = {n_rows[f], n};
        if (!qf_nc_read_block(of->variable[f], qf_quantity_file_type(of->type), start, count,
                              c->slab[f])) {
            return qf_diff_unreadable(c->diff, f, of->name);
        }
    }
    const size_t bytes = n * qf_type_bytes(of->type);
    if (n_rows[0] == b->n && n_rows[1] == b->n &&
        memcmp(c->slab[0], c->slab[1], b->n * bytes) == 0) {
        return QF_OK;
    }
    for (size_t pair = 0; pair < b->n; pair++) {
        const char *row[2];
        for (int f = 0; f < 2; f++) {
            row[f] = (const char *)c->slab[f] + (b->row[f][pair] - b->row[f][0]) * bytes;
        }
        if (memcmp(row[0], row[1], bytes) != 0) {
            compare_rows(c, pair, column, begin, n, row);
        }
    }
    return QF_OK;
}

static qf_status compare_batch(comparison *c)
{
    qf_diff_series *series = c->series;
    const batch *b = &c->batch;
    qf_status status = QF_OK;
    for (uint64_t begin = 0; begin < series->width; begin += c->slab_width) {
        const uint64_t left = series->width - begin;
        const uint64_t n = left < c->slab_width ? left : c->slab_width;
        for (size_t k = 0; k < series->n_columns && status == QF_OK; k++) {
            status = compare_slab(c, k, begin, n);
        }
    }
    for (size_t pair = 0; pair < b->n; pair++) {
        if (!series->first.found || b->tick[pair] < series->first.tick) {
            series->has_equal = true;
            series->last_equal_tick = b->tick[pair];
        }
    }
    series->n_pairs += b->n;
    return status;
}

/* Rows that are read at once: whole chunks, so that none is read twice. */
static uint64_t rows_at_once(const qf_diff_series *series)
{
    uint64_t rows = series->width > 0 ? SLAB_ELEMENTS / series->width : MOST_PAIRS;
    rows = rows < 1 ? 1 : rows < MOST_PAIRS ? rows : MOST_PAIRS;
    hsize_t chunk[2] = {1, 1};
    const hid_t layout =
        series->n_columns > 0 ? H5Dget_create_plist(series->columns[0].variable[0]) : -1;
    if (layout >= 0 && H5Pget_layout(layout) == H5D_CHUNKED &&
        H5Pget_chunk(layout, 2, chunk) == 2 && chunk[0] > 0 && chunk[0] < rows) {
        rows -= rows % chunk[0];
    }
    qf_nc_close_id(layout);
    return rows;
}

qf_status qf_diff_compare_series(qf_diff *diff, qf_diff_series *series)
{
    comparison *c = calloc(1, sizeof *c);
    if (!c) {
        return qf_fail(diff->context, QF_ERROR_MEMORY, "no memory to compare results");
    }
    c->diff = diff;
    c->series = series;
    c->most_rows = rows_at_once(series);
    c->slab_width = series->width < SLAB_ELEMENTS ? series->width : SLAB_ELEMENTS;
    qf_status status = QF_OK;
    for (int f = 0; f < 2; f++) {
        c->ticks[f].variable = series->tick[f];
        c->ticks[f].n = series->n_rows[f];
        c->slab[f] = malloc(8 * c->most_rows * c->slab_width + 8);
        if (!c->slab[f]) {
            status = qf_fail(diff->context, QF_ERROR_MEMORY, "no memory to compare results");
        }
    }
    do {
        status = status == QF_OK ? pair_rows(c) : status;
        if (status == QF_OK && c->batch.n > 0) {
            status = compare_batch(c);
        }
    } while (status == QF_OK && c->batch.n > 0);
    free(c->slab[0]);
    free(c->slab[1]);
    free(c);
    return status;
}

void qf_diff_free_series(qf_diff_series *series)
{
    for (size_t k = 0; k < series->n_columns; k++) {
        qf_diff_close(series->columns[k].variable);
    }
    free(series->columns);
    qf_diff_close(series->tick);
}
