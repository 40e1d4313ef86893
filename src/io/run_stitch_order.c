/* SPDX-License-Identifier: Apache-2.0 */
/*
 * In which order the rows of several ranks' tables are one process's. Each rank's rows ascend in the table's keys, and of rows with
 * equal keys those of lower ranks come first, since ranks have vehicles in their order: what is left to find is who is next.
 * Only keys are read, a slice of each part at a time.
 */
#include <stdlib.h>
#include <string.h>

#include "netcdf_read.h"
#include "run_stitch_internal.h"

enum { MOST_KEYS = 3, SLICE = 4096 };

/* Tables that ranks append to, or end with, and what orders their rows before the rank does. */
static const struct table {
    const char *group;
    const char *keys[MOST_KEYS];
} tables[] = {
    {"events", {"tick", "moment"}},          {"detections", {"tick"}}, {"tracks", {"tick"}},
    {"picture", {"tick", "world", "group"}}, {"quarantine", {"tick"}},
};

static const struct table *find_table(const char *group)
{
    for (size_t t = 0; t < sizeof tables / sizeof *tables; t++) {
        if (strcmp(tables[t].group, group) == 0) {
            return &tables[t];
        }
    }
    return NULL;
}

bool qf_stitch_is_table(const char *group)
{
    return find_table(group) != NULL;
}

bool qf_stitch_has(const qf_stitch *stitch, const char *group)
{
    bool has = false;
    for (size_t p = 0; p < stitch->n_parts; p++) {
        has = has || H5Lexists(stitch->parts[p].file, group, H5P_DEFAULT) > 0;
    }
    return has;
}

/* the rows of one part, read from the front */
typedef struct queue {
    hid_t keys[MOST_KEYS];
    int n_keys;
    hsize_t n, next_slice; /* rows, and the first that is not read */
    size_t at, n_read;     /* in the slice */
    int64_t *slice[MOST_KEYS];
} queue;

typedef struct merge {
    const qf_stitch *stitch;
    queue *queues;  /* of all parts */
    uint32_t *heap; /* parts with rows left, the next first */
    size_t n_heap;
} merge;

/* whether part a's next row comes before part b's */
static bool comes_before(const merge *m, uint32_t a, uint32_t b)
{
    const queue *left = &m->queues[a];
    const queue *right = &m->queues[b];
    for (int k = 0; k < left->n_keys; k++) {
        const int64_t x = left->slice[k][left->at];
        const int64_t y = right->slice[k][right->at];
        if (x != y) {
            return x < y;
        }
    }
    return a < b;
}

static void sift_down(merge *m, size_t i)
{
    for (;;) {
        size_t least = i;
        for (size_t child = 2 * i + 1; child <= 2 * i + 2 && child < m->n_heap; child++) {
            least = comes_before(m, m->heap[child], m->heap[least]) ? child : least;
        }
        if (least == i) {
            return;
        }
        const uint32_t part = m->heap[i];
        m->heap[i] = m->heap[least];
        m->heap[least] = part;
        i = least;
    }
}

/* Moves to the next row, reading a slice where that is needed. False: it cannot be read. */
static bool step(queue *q)
{
    if (++q->at < q->n_read || q->next_slice == q->n) {
        return true;
    }
    const hsize_t left = q->n - q->next_slice;
    q->n_read = left < SLICE ? (size_t)left : SLICE;
    q->at = 0;
    bool good = true;
    for (int k = 0; good && k < q->n_keys; k++) {
        good = qf_nc_read(q->keys[k], H5T_NATIVE_INT64, q->next_slice, q->n_read, q->slice[k]);
    }
    q->next_slice += q->n_read;
    return good;
}

static bool has_rows(const queue *q)
{
    return q->at < q->n_read;
}

/* False: no memory */
static bool append(qf_stitch_order *order, uint32_t part)
{
    qf_stitch_stretch *last =
        order->n_stretches > 0 ? &order->stretches[order->n_stretches - 1] : NULL;
    if (last && last->part == part && last->n < UINT32_MAX) {
        last->n++;
        return true;
    }
    if (order->n_stretches == order->capacity) {
        const size_t capacity = order->capacity ? 2 * order->capacity : 1024;
        qf_stitch_stretch *grown = realloc(order->stretches, capacity * sizeof *grown);
        if (!grown) {
            return false;
        }
        order->stretches = grown;
        order->capacity = capacity;
    }
    order->stretches[order->n_stretches++] = (qf_stitch_stretch){part, 1};
    return true;
}

/* the number of rows, and the first of them; nothing where the part has no such table */
static qf_status open_queue(const merge *m, const struct table *table, size_t p,
                            qf_stitch_order *order)
{
    queue *q = &m->queues[p];
    if (H5Lexists(m->stitch->parts[p].file, table->group, H5P_DEFAULT) <= 0) {
        return QF_OK;
    }
    for (int k = 0; k < MOST_KEYS && table->keys[k]; k++) {
        char path[QF_NC_NAME_BYTES];
        snprintf(path, sizeof path, "%s/%s", table->group, table->keys[k]);
        q->keys[k] = H5Dopen2(m->stitch->parts[p].file, path, H5P_DEFAULT);
        q->slice[k] = malloc(SLICE * sizeof(int64_t));
        q->n_keys = k + 1;
        if (!q->slice[k]) {
            return qf_fail(m->stitch->context, QF_ERROR_MEMORY, "no memory to merge '%s'",
                           table->group);
        }
        if (q->keys[k] < 0) {
            return qf_stitch_unreadable(m->stitch, p, path);
        }
    }
    q->n = qf_nc_length(q->keys[0]);
    order->rows_of[p] = q->n;
    order->n_rows += q->n;
    q->at = SIZE_MAX; /* before the first */
    return step(q) ? QF_OK : qf_stitch_unreadable(m->stitch, p, table->group);
}

static void close_queues(merge *m)
{
    for (size_t p = 0; m->queues && p < m->stitch->n_parts; p++) {
        for (int k = 0; k < MOST_KEYS; k++) {
            qf_nc_close_id(m->queues[p].keys[k]);
            free(m->queues[p].slice[k]);
        }
    }
    free(m->queues);
    free(m->heap);
}

static qf_status run_merge(merge *m, const struct table *table, qf_stitch_order *order)
{
    for (size_t i = m->n_heap; i-- > 0;) {
        sift_down(m, i);
    }
    while (m->n_heap > 0) {
        const uint32_t part = m->heap[0];
        queue *q = &m->queues[part];
        if (!append(order, part)) {
            return qf_fail(m->stitch->context, QF_ERROR_MEMORY, "no memory to merge '%s'",
                           table->group);
        }
        if (!step(q)) {
            return qf_stitch_unreadable(m->stitch, part, table->group);
        }
        if (!has_rows(q)) {
            m->heap[0] = m->heap[--m->n_heap];
        }
        sift_down(m, 0);
    }
    return QF_OK;
}

qf_status qf_stitch_order_create(const qf_stitch *stitch, const char *group, qf_stitch_order *order)
{
    const struct table *table = find_table(group);
    merge m = {.stitch = stitch,
               .queues = calloc(stitch->n_parts, sizeof *m.queues),
               .heap = calloc(stitch->n_parts, sizeof *m.heap)};
    *order = (qf_stitch_order){.group = group,
                               .rows_of = calloc(stitch->n_parts, sizeof *order->rows_of)};
    qf_status status =
        m.queues && m.heap && order->rows_of
            ? QF_OK
            : qf_fail(stitch->context, QF_ERROR_MEMORY, "no memory to merge '%s'", group);
    for (size_t p = 0; status == QF_OK && p < stitch->n_parts; p++) {
        for (int k = 0; k < MOST_KEYS; k++) {
            m.queues[p].keys[k] = H5I_INVALID_HID;
        }
    }
    for (size_t p = 0; status == QF_OK && p < stitch->n_parts; p++) {
        status = open_queue(&m, table, p, order);
        if (status == QF_OK && has_rows(&m.queues[p])) {
            m.heap[m.n_heap++] = (uint32_t)p;
        }
    }
    if (status == QF_OK) {
        status = run_merge(&m, table, order);
    }
    close_queues(&m);
    if (status != QF_OK) {
        qf_stitch_order_free(order);
    }
    return status;
}

void qf_stitch_order_free(qf_stitch_order *order)
{
    free(order->rows_of);
    free(order->stretches);
    *order = (qf_stitch_order){0};
}
