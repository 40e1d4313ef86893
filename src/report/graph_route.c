/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From rows of items to a picture. Within a row arrows go straight down, so that they pass between its boxes and labels; between two
 * rows they change sides, all of them in the same manner, so that two cross once where their order changes and
 * else never.
 */
#include <math.h>

#include "graph_internal.h"

static const double port_gap = 14.0; /* between arrows at a node's border, where there is room */
static const double node_margin =
    13.0; /* above and below boxes arrows go straight: heads are there */
static const double port_margin = 8.0; /* from its corners */

typedef struct routing {
    const qf_graph_rows *rows;
    qf_graph *graph;
    double *top, *bottom;      /* of each row */
    double *upper_x, *lower_x; /* of each arrow: where it touches its upper and its lower node */
    size_t *chain_of;          /* of each item */
    size_t *sorted;
    double *wanted, *weight, *distance, *x, *scratch;
} routing;

static bool allocate(qf_arena *scratch, routing *r)
{
    const size_t n = r->rows->n_items + 1;
    const size_t m = r->graph->n_edges + 1;
    r->top = qf_arena_array(scratch, r->rows->n_rows + 1, sizeof(double));
    r->bottom = qf_arena_array(scratch, r->rows->n_rows + 1, sizeof(double));
    r->upper_x = qf_arena_array(scratch, m, sizeof(double));
    r->lower_x = qf_arena_array(scratch, m, sizeof(double));
    r->chain_of = qf_arena_array(scratch, n, sizeof(size_t));
    r->sorted = qf_arena_array(scratch, m, sizeof(size_t));
    r->wanted = qf_arena_array(scratch, m, sizeof(double));
    r->weight = qf_arena_array(scratch, m, sizeof(double));
    r->distance = qf_arena_array(scratch, m, sizeof(double));
    r->x = qf_arena_array(scratch, m, sizeof(double));
    r->scratch = qf_arena_array(scratch, m, QF_GRAPH_SPREAD_SCRATCH * sizeof(double));
    return r->top && r->bottom && r->upper_x && r->lower_x && r->chain_of && r->sorted &&
           r->wanted && r->weight && r->distance && r->x && r->scratch;
}

/* where the arrows of one side touch a node: as near to where they go as its width allows, in their order */
static void touch_node(routing *r, size_t node, bool below)
{
    const qf_graph_rows *rows = r->rows;
    const qf_graph_item *item = &rows->items[node];
    const size_t n = below ? item->n_down : item->n_up;
    const size_t *others = below ? &rows->downs[item->down] : &rows->ups[item->up];
    for (size_t i = 0; i < n; i++) {
        size_t j = i;
        for (; j > 0 && rows->items[r->sorted[j - 1]].place > rows->items[others[i]].place; j--) {
            r->sorted[j] = r->sorted[j - 1];
        }
        r->sorted[j] = others[i];
    }
    const double room = r->graph->nodes[node].width - 2.0 * port_margin;
    const double low = item->x - 0.5 * fmax(room, 0.0);
    const double high = item->x + 0.5 * fmax(room, 0.0);
    for (size_t i = 0; i < n; i++) {
        r->wanted[i] = rows->items[r->sorted[i]].x;
        r->weight[i] = 1.0;
        r->distance[i] = n > 1 ? fmin(port_gap, (high - low) / (double)(n - 1)) : 0.0;
    }
    qf_graph_spread(n, r->wanted, r->weight, r->distance, low, high, r->x, r->scratch);
    for (size_t i = 0; i < n; i++) {
        (below ? r->upper_x : r->lower_x)[r->chain_of[r->sorted[i]]] = r->x[i];
    }
}

static void touch_nodes(routing *r)
{
    for (size_t e = 0; e < r->graph->n_edges; e++) {
        for (size_t i = 0; i < r->rows->chains[e].n; i++) {
            r->chain_of[r->rows->chains[e].first + i] = e;
        }
    }
    for (size_t node = 0; node < r->graph->n_nodes; node++) {
        touch_node(r, node, false);
        touch_node(r, node, true);
    }
}

/* the arrow's x where it leaves item i of its chain downwards, and where it comes to the next; -1 and n: its nodes */
static double x_of(const routing *r, size_t e, size_t i)
{
    const qf_graph_chain *chain = &r->rows->chains[e];
    return i == 0              ? r->upper_x[e]
           : i == chain->n + 1 ? r->lower_x[e]
                               : r->rows->items[chain->first + i - 1].x;
}

static size_t upper_row(const routing *r, size_t e)
{
    return r->rows->items[r->rows->chains[e].upper].row;
}

/* Rows one below the other, with the more between them the further arrows go to the side there. */
static void stack_rows(routing *r)
{
    const qf_graph_rows *rows = r->rows;
    for (size_t e = 0; e < r->graph->n_edges; e++) {
        for (size_t i = 0; rows->chains[e].n > 0 && i <= rows->chains[e].n; i++) {
            double *reach = &r->top[upper_row(r, e) + i + 1];
            *reach = fmax(*reach, fabs(x_of(r, e, i + 1) - x_of(r, e, i)));
        }
    }
    double y = 0.0;
    for (size_t row = 0; row < rows->n_rows; row++) {
        double height = 0.0;
        bool nodes = false;
        for (size_t i = rows->row_begin[row]; i < rows->row_begin[row + 1]; i++) {
            height = fmax(height, rows->items[rows->order[i]].height);
            nodes = nodes || rows->items[rows->order[i]].is_node;
        }
        y += row > 0 ? 8.0 + fmin(0.2 * r->top[row], 60.0) : -node_margin;
        r->top[row] = y;
        y += height + (nodes ? 2.0 * node_margin : 0.0);
        r->bottom[row] = y;
    }
    r->graph->height = rows->n_rows > 0 ? y - node_margin : 0.0;
    r->graph->width = rows->width;
}

static void set_nodes(routing *r)
{
    for (size_t i = 0; i < r->graph->n_nodes; i++) {
        const qf_graph_item *item = &r->rows->items[i];
        r->graph->nodes[i].x = item->x;
        r->graph->nodes[i].y = 0.5 * (r->top[item->row] + r->bottom[item->row]);
    }
}

typedef struct pen {
    qf_graph_point *points;
    size_t n;
} pen;

static void put(pen *p, double x, double y)
{
    p->points[p->n++] = (qf_graph_point){x, y};
}

static void straight_to(pen *p, double y)
{
    const qf_graph_point last = p->points[p->n - 1];
    if (fabs(last.y - y) > 1e-9) {
        put(p, last.x, last.y + (y - last.y) / 3.0);
        put(p, last.x, y + (last.y - y) / 3.0);
        put(p, last.x, y);
    }
}

static void sideways_to(pen *p, double x, double y)
{
    const qf_graph_point last = p->points[p->n - 1];
    if (fabs(last.x - x) < 0.05) {
        straight_to(p, y);
        return;
    }
    const double middle = 0.5 * (last.y + y);
    put(p, last.x, middle);
    put(p, x, middle);
    put(p, x, y);
}

static void reverse(qf_graph_point *points, size_t n)
{
    for (size_t i = 0; i < n / 2; i++) {
        const qf_graph_point swapped = points[i];
        points[i] = points[n - 1 - i];
        points[n - 1 - i] = swapped;
    }
}

static bool route_arrow(qf_arena *arena, routing *r, size_t e)
{
    const qf_graph_chain *chain = &r->rows->chains[e];
    qf_graph_edge *edge = &r->graph->edges[e];
    edge->points = qf_arena_array(arena, 6 * chain->n + 16, sizeof *edge->points);
    if (!edge->points) {
        return false;
    }
    pen p = {.points = edge->points};
    const qf_graph_node *upper = &r->graph->nodes[chain->upper];
    const qf_graph_node *lower = &r->graph->nodes[chain->lower];
    const size_t row = upper_row(r, e);
    put(&p, x_of(r, e, 0), upper->y + 0.5 * upper->height);
    for (size_t i = 0; i <= chain->n; i++) {
        straight_to(&p, r->bottom[row + i]);
        sideways_to(&p, x_of(r, e, i + 1), r->top[row + i + 1]);
    }
    straight_to(&p, lower->y - 0.5 * lower->height);
    edge->n_points = p.n;
    if (chain->upwards) {
        reverse(edge->points, edge->n_points);
    }
    const qf_graph_item *label = &r->rows->items[chain->label];
    edge->label_x = label->x + qf_graph_label_gap;
    edge->label_y = 0.5 * (r->top[label->row] + r->bottom[label->row]);
    return true;
}

static size_t loops_of(const qf_graph *graph, size_t node, size_t before)
{
    size_t n = 0;
    for (size_t e = 0; e < before; e++) {
        n += qf_graph_is_loop(&graph->edges[e]) && graph->edges[e].from == node;
    }
    return n;
}

/* an arrow to its own node, out of its right border and back into it */
static bool route_loop(qf_arena *arena, routing *r, size_t e)
{
    qf_graph_edge *edge = &r->graph->edges[e];
    const qf_graph_node *node = &r->graph->nodes[edge->from];
    edge->points = qf_arena_array(arena, 4, sizeof *edge->points);
    if (!edge->points) {
        return false;
    }
    const size_t n = loops_of(r->graph, edge->from, r->graph->n_edges);
    const double share = ((double)loops_of(r->graph, edge->from, e) + 0.5) / (double)n - 0.5;
    const double at = node->y + share * node->height;
    const double half = fmin(9.0, 0.35 * node->height / (double)n);
    const double border = node->x + 0.5 * node->width;
    /* the middle of the curve is at 3/4 of its control points */
    const double control = border + qf_graph_loop_reach / 0.75;
    const double label = node->y + share * r->rows->items[edge->from].height;
    pen p = {.points = edge->points};
    put(&p, border, at - half);
    put(&p, control, label - half - 4.0);
    put(&p, control, label + half + 4.0);
    put(&p, border, at + half);
    edge->n_points = p.n;
    edge->label_x = border + qf_graph_loop_reach + qf_graph_label_gap;
    edge->label_y = label;
    return true;
}

bool qf_graph_route(qf_arena *arena, qf_arena *scratch, const qf_graph_rows *rows, qf_graph *graph)
{
    routing r = {.rows = rows, .graph = graph};
    if (!allocate(scratch, &r)) {
        return false;
    }
    touch_nodes(&r);
    stack_rows(&r);
    set_nodes(&r);
    graph->n_crossings = rows->n_crossings;
    bool good = true;
    for (size_t e = 0; e < graph->n_edges && good; e++) {
        good = qf_graph_is_loop(&graph->edges[e]) ? route_loop(arena, &r, e)
                                                  : route_arrow(arena, &r, e);
    }
    return good;
}
