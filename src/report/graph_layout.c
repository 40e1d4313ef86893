/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From a graph to rows of items: where arrows pass, which row a label is in. Several ways are tried,
 * and the best picture is taken: what is wider than wanted counts most, then crossings, then height.
 */
#include "graph_layout.h"

#include <math.h>
#include <stdint.h>

#include "graph_internal.h"

enum {
    MOST_LABEL_ROWS = 4, /* between two layers */
    /* beyond so many items only one way is tried: a picture of them is past reading anyway */
    MANY_ITEMS = 6000,
};

const double qf_graph_loop_reach = 26.0;
const double qf_graph_label_gap = 6.0;

/* One way to do it. */
typedef struct attempt {
    qf_graph_ranking ranking;
    size_t label_rows;
    double layer_width; /* nodes beside each other take no more */
} attempt;

/* arrows to a node itself leave it to the right, one below the other */
static void measure_node(const qf_graph *graph, size_t node, qf_graph_item *item)
{
    const qf_graph_node *box = &graph->nodes[node];
    double label = 0.0;
    double slot = 0.0;
    size_t n_loops = 0;
    for (size_t e = 0; e < graph->n_edges; e++) {
        const qf_graph_edge *edge = &graph->edges[e];
        if (qf_graph_is_loop(edge) && edge->from == node) {
            label = fmax(label, edge->label_width);
            slot = fmax(slot, fmax(edge->label_height, 22.0) + 4.0);
            n_loops++;
        }
    }
    const double height = slot * (double)n_loops;
    *item = (qf_graph_item){
        .is_node = true,
        .left = 0.5 * box->width,
        .right = 0.5 * box->width +
                 (height > 0.0 ? qf_graph_loop_reach + qf_graph_label_gap + label : 0.0),
        .height = fmax(box->height, height)};
}

static size_t rows_of(const qf_graph_layers *l, size_t n_nodes, size_t step)
{
    size_t n = 0;
    for (size_t i = 0; i < n_nodes; i++) {
        n = l->layer[i] * step + 1 > n ? l->layer[i] * step + 1 : n;
    }
    return n;
}

static void begin_chains(const qf_graph *graph, const qf_graph_layers *l, size_t step,
                         qf_graph_rows *rows)
{
    rows->n_items = graph->n_nodes;
    rows->n_links = 0;
    for (size_t e = 0; e < graph->n_edges; e++) {
        const qf_graph_edge *edge = &graph->edges[e];
        qf_graph_chain *chain = &rows->chains[e];
        chain->upwards = l->rank[edge->from] > l->rank[edge->to];
        chain->upper = chain->upwards ? edge->to : edge->from;
        chain->lower = chain->upwards ? edge->from : edge->to;
        chain->first = rows->n_items;
        chain->n = qf_graph_is_loop(edge)
                       ? 0
                       : (l->layer[chain->lower] - l->layer[chain->upper]) * step - 1;
        rows->n_items += chain->n;
        rows->n_links += qf_graph_is_loop(edge) ? 0 : chain->n + 1;
    }
}

/* the row between layers that has the shortest labels so far gets this one, the first of equal ones */
static size_t row_for_label(const qf_graph_chain *chain, size_t first_row, size_t step,
                            const double *used)
{
    size_t best = 0;
    for (size_t i = 1; i < chain->n; i++) {
        if ((first_row + i) % step != 0 && used[first_row + i] < used[first_row + best]) {
            best = i;
        }
    }
    return best;
}

static void fill_chains(const qf_graph *graph, const qf_graph_layers *l, size_t step, double *used,
                        qf_graph_rows *rows)
{
    size_t link = 0;
    for (size_t e = 0; e < graph->n_edges; e++) {
        const qf_graph_edge *edge = &graph->edges[e];
        qf_graph_chain *chain = &rows->chains[e];
        if (chain->n == 0) {
            continue;
        }
        const size_t first_row = l->layer[chain->upper] * step + 1;
        const size_t label = row_for_label(chain, first_row, step, used);
        chain->label = chain->first + label;
        for (size_t i = 0; i < chain->n; i++) {
            const bool labelled = i == label && edge->label_width > 0.0;
            rows->items[chain->first + i] =
                (qf_graph_item){.row = first_row + i,
                                .left = 2.0,
                                .right = labelled ? qf_graph_label_gap + edge->label_width : 2.0,
                                .height = labelled ? edge->label_height : 0.0};
            used[first_row + i] += labelled ? edge->label_width + qf_graph_label_gap + 14.0 : 14.0;
            rows->links[link++] =
                (qf_graph_link){i > 0 ? chain->first + i - 1 : chain->upper, chain->first + i};
        }
        rows->links[link++] = (qf_graph_link){chain->first + chain->n - 1, chain->lower};
    }
}

static void list_links(qf_graph_rows *rows)
{
    for (size_t i = 0; i < rows->n_links; i++) {
        rows->items[rows->links[i].upper].n_down++;
        rows->items[rows->links[i].lower].n_up++;
    }
    size_t up = 0;
    size_t down = 0;
    for (size_t i = 0; i < rows->n_items; i++) {
        qf_graph_item *item = &rows->items[i];
        item->up = up;
        item->down = down;
        up += item->n_up;
        down += item->n_down;
        item->n_up = item->n_down = 0;
    }
    for (size_t i = 0; i < rows->n_links; i++) {
        qf_graph_item *upper = &rows->items[rows->links[i].upper];
        qf_graph_item *lower = &rows->items[rows->links[i].lower];
        rows->downs[upper->down + upper->n_down++] = rows->links[i].lower;
        rows->ups[lower->up + lower->n_up++] = rows->links[i].upper;
    }
}

static void fill_rows(qf_graph_rows *rows)
{
    for (size_t i = 0; i < rows->n_items; i++) {
        rows->row_begin[rows->items[i].row + 1]++;
    }
    for (size_t r = 1; r <= rows->n_rows; r++) {
        rows->row_begin[r] += rows->row_begin[r - 1];
    }
    for (size_t i = 0; i < rows->n_items; i++) {
        qf_graph_item *item = &rows->items[i];
        rows->order[rows->row_begin[item->row] + item->place] = i;
    }
}

/* by the order of items, for a beginning */
static void number_places(qf_graph_rows *rows, size_t *n_in_row)
{
    for (size_t i = 0; i < rows->n_items; i++) {
        rows->items[i].place = n_in_row[rows->items[i].row]++;
    }
}

static bool build_rows(qf_arena *arena, const qf_graph *graph, const attempt *way,
                       qf_graph_rows *rows)
{
    const size_t n = graph->n_nodes;
    const size_t step = way->label_rows + 1;
    qf_graph_layers l;
    *rows =
        (qf_graph_rows){.chains = qf_arena_array(arena, graph->n_edges + 1, sizeof *rows->chains)};
    if (!rows->chains ||
        !qf_graph_choose_layers(arena, graph, way->ranking, way->layer_width, &l)) {
        return false;
    }
    rows->n_chains = graph->n_edges;
    begin_chains(graph, &l, step, rows);
    rows->n_rows = rows_of(&l, n, step);
    rows->items = qf_arena_array(arena, rows->n_items + 1, sizeof *rows->items);
    rows->links = qf_arena_array(arena, rows->n_links + 1, sizeof *rows->links);
    rows->ups = qf_arena_array(arena, rows->n_links + 1, sizeof *rows->ups);
    rows->downs = qf_arena_array(arena, rows->n_links + 1, sizeof *rows->downs);
    rows->order = qf_arena_array(arena, rows->n_items + 1, sizeof *rows->order);
    rows->row_begin = qf_arena_array(arena, rows->n_rows + 2, sizeof *rows->row_begin);
    double *used = qf_arena_array(arena, rows->n_rows + 1, sizeof *used);
    size_t *n_in_row = qf_arena_array(arena, rows->n_rows + 1, sizeof *n_in_row);
    if (!rows->items || !rows->links || !rows->ups || !rows->downs || !rows->order ||
        !rows->row_begin || !used || !n_in_row) {
        return false;
    }
    for (size_t i = 0; i < n; i++) {
        measure_node(graph, i, &rows->items[i]);
        rows->items[i].row = l.layer[i] * step;
    }
    fill_chains(graph, &l, step, used, rows);
    list_links(rows);
    number_places(rows, n_in_row);
    fill_rows(rows);
    return true;
}

static bool try_way(qf_arena *arena, qf_graph *graph, const attempt *way, double wanted_width,
                    qf_graph_rows *rows)
{
    return build_rows(arena, graph, way, rows) && qf_graph_order(arena, rows) &&
           qf_graph_place(arena, rows, wanted_width);
}

static double cost_of(const qf_graph_rows *rows, double wanted_width)
{
    double height = 0.0;
    for (size_t r = 0; r < rows->n_rows; r++) {
        double row = 0.0;
        for (size_t i = rows->row_begin[r]; i < rows->row_begin[r + 1]; i++) {
            row = fmax(row, rows->items[rows->order[i]].height);
        }
        height += row + 20.0;
    }
    return 8.0 * fmax(rows->width - wanted_width, 0.0) + 30.0 * (double)rows->n_crossings +
           0.5 * height;
}

bool qf_graph_lay_out(qf_arena *arena, qf_graph *graph, double wanted_width)
{
    static const double shares[] = {1.0, 0.65};
    attempt best = {.label_rows = 1, .layer_width = wanted_width};
    double lowest = (double)INFINITY;
    size_t n_items = 0;
    bool good = true;
    for (size_t i = 0; i < MOST_LABEL_ROWS * QF_GRAPH_RANKINGS * 2 && good && n_items < MANY_ITEMS;
         i++) {
        const attempt way = {.label_rows = 1 + i / (QF_GRAPH_RANKINGS * 2),
                             .ranking = (qf_graph_ranking)(i / 2 % QF_GRAPH_RANKINGS),
                             .layer_width = wanted_width * shares[i % 2]};
        qf_arena scratch = {0};
        qf_graph_rows rows;
        good = try_way(&scratch, graph, &way, wanted_width, &rows);
        const double cost = good ? cost_of(&rows, wanted_width) : (double)INFINITY;
        n_items = good ? rows.n_items : 0;
        if (cost < lowest) {
            lowest = cost;
            best = way;
        }
        qf_arena_free(&scratch);
    }
    qf_arena scratch = {0};
    qf_graph_rows rows;
    good = good && try_way(&scratch, graph, &best, wanted_width, &rows) &&
           qf_graph_route(arena, &scratch, &rows, graph);
    qf_arena_free(&scratch);
    return good;
}
