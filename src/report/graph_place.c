/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every item's x: sweeps down and up, in which the items of a row go to where their neighbours are, as near as their
 * order and their sizes allow. Arrows that pass several rows pull harder than others, so that they become straight.
 */
#include <math.h>

#include "graph_internal.h"

enum { SWEEPS = 24, SWEEPS_OF_BOTH = 24 /* by one side, and then by both */, STRAIGHTENINGS = 20 };

const double qf_graph_node_gap = 20.0;
static const double arrow_gap = 12.0;

void qf_graph_spread(size_t n, const double *wanted, const double *weight, const double *distance,
                     double low, double high, double *x, double *scratch)
{
    /* without the distances what is left is a sequence that must not fall: neighbours that would are pooled at their mean */
    double *mean = scratch;
    double *total = scratch + n;
    double *count = scratch + 2 * n;
    size_t n_pools = 0;
    double offset = 0.0;
    for (size_t i = 0; i < n; i++) {
        offset += i > 0 ? distance[i] : 0.0;
        mean[n_pools] = wanted[i] - offset;
        total[n_pools] = weight[i];
        count[n_pools++] = 1.0;
        while (n_pools > 1 && mean[n_pools - 2] > mean[n_pools - 1]) {
            const size_t a = n_pools - 2;
            const double sum = total[a] + total[a + 1];
            mean[a] = (mean[a] * total[a] + mean[a + 1] * total[a + 1]) / sum;
            total[a] = sum;
            count[a] += count[a + 1];
            n_pools--;
        }
    }
    /* bounds cut the sequence off, which is still the best one */
    const double most = high - offset > low ? high - offset : low;
    size_t i = 0;
    offset = 0.0;
    for (size_t p = 0; p < n_pools; p++) {
        for (double j = 0.0; j < count[p]; j += 1.0, i++) {
            offset += i > 0 ? distance[i] : 0.0;
            x[i] = fmin(fmax(mean[p], low), most) + offset;
        }
    }
}

typedef struct placing {
    qf_graph_rows *rows;
    double *wanted, *weight, *distance, *x, *scratch;
} placing;

static double gap_between(const qf_graph_item *a, const qf_graph_item *b)
{
    return a->is_node && b->is_node ? qf_graph_node_gap : arrow_gap;
}

/* Fills in the distances of a row; returns what it takes at least. */
static double measure_row(const placing *p, size_t row)
{
    const qf_graph_rows *rows = p->rows;
    const size_t *order = &rows->order[rows->row_begin[row]];
    const size_t n = rows->row_begin[row + 1] - rows->row_begin[row];
    double width = 0.0;
    for (size_t i = 0; i < n; i++) {
        const qf_graph_item *item = &rows->items[order[i]];
        const qf_graph_item *last = i > 0 ? &rows->items[order[i - 1]] : NULL;
        p->distance[i] = last ? last->right + gap_between(last, item) + item->left : 0.0;
        width += (last ? gap_between(last, item) : 0.0) + item->left + item->right;
    }
    return width;
}

static double pull(const qf_graph_item *a, const qf_graph_item *b)
{
    return a->is_node && b->is_node ? 1.0 : a->is_node || b->is_node ? 2.0 : 8.0;
}

static void add_pull(const qf_graph_rows *rows, const qf_graph_item *item, const size_t *others,
                     size_t n, double *sum, double *total)
{
    for (size_t i = 0; i < n; i++) {
        const qf_graph_item *other = &rows->items[others[i]];
        const double weight = pull(item, other);
        *sum += weight * other->x;
        *total += weight;
    }
}

/* puts the items of a row where they want to be, as near as may be */
static void settle_row(const placing *p, size_t row)
{
    qf_graph_rows *rows = p->rows;
    const size_t *order = &rows->order[rows->row_begin[row]];
    const size_t n = rows->row_begin[row + 1] - rows->row_begin[row];
    if (n == 0) {
        return;
    }
    (void)measure_row(p, row);
    const double low = rows->items[order[0]].left;
    const double high = rows->width - rows->items[order[n - 1]].right;
    qf_graph_spread(n, p->wanted, p->weight, p->distance, low, high, p->x, p->scratch);
    for (size_t i = 0; i < n; i++) {
        rows->items[order[i]].x = p->x[i];
    }
}

static void place_row(const placing *p, size_t row, bool above, bool below)
{
    qf_graph_rows *rows = p->rows;
    const size_t *order = &rows->order[rows->row_begin[row]];
    const size_t n = rows->row_begin[row + 1] - rows->row_begin[row];
    for (size_t i = 0; i < n; i++) {
        const qf_graph_item *item = &rows->items[order[i]];
        double sum = 0.0;
        double total = 0.0;
        if (above) {
            add_pull(rows, item, &rows->ups[item->up], item->n_up, &sum, &total);
        }
        if (below) {
            add_pull(rows, item, &rows->downs[item->down], item->n_down, &sum, &total);
        }
        p->wanted[i] = total > 0.0 ? sum / total : item->x;
        p->weight[i] = total > 0.0 ? total : 0.1;
    }
    settle_row(p, row);
}

/* Squares spread a slant over all rows, which looks like stairs: every arrow wants to go straight down where it is on average. */
static void straighten(const placing *p, double *straight)
{
    qf_graph_rows *rows = p->rows;
    for (size_t i = 0; i < rows->n_items; i++) {
        straight[i] = rows->items[i].x;
    }
    for (size_t e = 0; e < rows->n_chains; e++) {
        const qf_graph_chain *chain = &rows->chains[e];
        double sum = 0.0;
        for (size_t i = chain->first; i < chain->first + chain->n; i++) {
            sum += rows->items[i].x;
        }
        for (size_t i = chain->first; i < chain->first + chain->n; i++) {
            straight[i] = sum / (double)chain->n;
        }
    }
    for (size_t row = 0; row < rows->n_rows; row++) {
        for (size_t i = rows->row_begin[row]; i < rows->row_begin[row + 1]; i++) {
            const qf_graph_item *item = &rows->items[rows->order[i]];
            p->wanted[i - rows->row_begin[row]] = straight[rows->order[i]];
            p->weight[i - rows->row_begin[row]] = item->is_node ? 10.0 : 1.0;
        }
        settle_row(p, row);
    }
}

/* side by side in the middle, as a beginning */
static void pack_row(const placing *p, size_t row)
{
    qf_graph_rows *rows = p->rows;
    double x = 0.5 * (rows->width - measure_row(p, row));
    for (size_t i = rows->row_begin[row]; i < rows->row_begin[row + 1]; i++) {
        qf_graph_item *item = &rows->items[rows->order[i]];
        const bool first = i == rows->row_begin[row];
        x += first ? item->left : p->distance[i - rows->row_begin[row]];
        item->x = x;
    }
}

/* what is free on both sides goes */
static void trim(qf_graph_rows *rows)
{
    double low = rows->n_items > 0 ? (double)INFINITY : 0.0;
    double high = rows->n_items > 0 ? -(double)INFINITY : 0.0;
    for (size_t i = 0; i < rows->n_items; i++) {
        low = fmin(low, rows->items[i].x - rows->items[i].left);
        high = fmax(high, rows->items[i].x + rows->items[i].right);
    }
    for (size_t i = 0; i < rows->n_items; i++) {
        rows->items[i].x -= low;
    }
    rows->width = high - low;
}

bool qf_graph_place(qf_arena *arena, qf_graph_rows *rows, double wanted_width)
{
    const size_t n = rows->n_items + 1;
    placing p = {.rows = rows,
                 .wanted = qf_arena_array(arena, n, sizeof(double)),
                 .weight = qf_arena_array(arena, n, sizeof(double)),
                 .distance = qf_arena_array(arena, n, sizeof(double)),
                 .x = qf_arena_array(arena, n, sizeof(double)),
                 .scratch = qf_arena_array(arena, n, QF_GRAPH_SPREAD_SCRATCH * sizeof(double))};
    double *straight = qf_arena_array(arena, n, sizeof *straight);
    if (!straight || !p.wanted || !p.weight || !p.distance || !p.x || !p.scratch) {
        return false;
    }
    rows->width = wanted_width;
    for (size_t row = 0; row < rows->n_rows; row++) {
        rows->width = fmax(rows->width, measure_row(&p, row));
    }
    for (size_t row = 0; row < rows->n_rows; row++) {
        pack_row(&p, row);
    }
    for (int i = 0; i < SWEEPS + SWEEPS_OF_BOTH; i++) {
        const bool both = i >= SWEEPS;
        for (size_t j = 0; j < rows->n_rows; j++) {
            const bool down = i % 2 == 0;
            place_row(&p, down ? j : rows->n_rows - 1 - j, down || both, !down || both);
        }
    }
    for (int i = 0; i < STRAIGHTENINGS; i++) {
        straighten(&p, straight);
    }
    trim(rows);
    return true;
}
