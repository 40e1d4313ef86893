/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_GRAPH_INTERNAL_H
#define QF_GRAPH_INTERNAL_H

#include "graph_layout.h"

/*
 * What a layout is made of: rows of items. An item is a node, or the place of an arrow in a row that it passes; links
 * join items of neighbouring rows. Every other, or every third row has nodes, and those between have labels.
 */

static inline bool qf_graph_is_loop(const qf_graph_edge *edge)
{
    return edge->from == edge->to;
}

typedef enum qf_graph_ranking {
    QF_GRAPH_DEPTH_FIRST,
    QF_GRAPH_BREADTH_FIRST,
    QF_GRAPH_RANKINGS
} qf_graph_ranking;

typedef struct qf_graph_layers {
    size_t *rank; /* of each node: arrows to a lower one go up */
    size_t *by_rank;
    size_t *layer;
} qf_graph_layers;

/* Nodes beside each other take no more than `layer_width`, where there is more than one. */
bool qf_graph_choose_layers(qf_arena *arena, const qf_graph *graph, qf_graph_ranking ranking,
                            double layer_width, qf_graph_layers *layers);

typedef struct qf_graph_item {
    bool is_node;
    size_t row, place;          /* place: within its row */
    double left, right, height; /* what it takes, from its line x */
    double x;
    /* links up and down: places of their items in `links` of the graph */
    size_t up, n_up, down, n_down;
    size_t seen; /* number in the search that gives the first order */
} qf_graph_item;

typedef struct qf_graph_link {
    size_t upper, lower; /* items */
} qf_graph_link;

/* The items of an arrow, from the upper node to the lower one. */
typedef struct qf_graph_chain {
    bool upwards; /* the arrow goes from the lower to the upper one */
    size_t first, n;
    size_t upper, lower; /* nodes */
    size_t label;        /* item that has the label */
} qf_graph_chain;

typedef struct qf_graph_rows {
    qf_graph_item *items; /* nodes first, in their order */
    size_t n_items;
    qf_graph_link *links;
    size_t n_links;
    size_t *ups, *downs; /* items that links lead to, by item */
    qf_graph_chain
        *chains; /* by edge; of arrows that lead to their own node n is 0, and upper == lower */
    size_t n_chains;
    size_t n_rows;
    size_t *row_begin; /* n_rows + 1 */
    size_t *order;     /* items, row by row */
    double width;
    size_t n_crossings;
} qf_graph_rows;

/* The order within rows: sets `order`, `place` and `n_crossings`. */
bool qf_graph_order(qf_arena *arena, qf_graph_rows *rows);

/* Every x, and the width. */
bool qf_graph_place(qf_arena *arena, qf_graph_rows *rows, double wanted_width);

/*
 * Places of n things in a line, as near to where they want to be as distances allow: x[i] - x[i - 1] >= distance[i], and
 * all of them within [low, high], which is wide enough. Least squares with weights, exactly: an isotonic regression.
 */
void qf_graph_spread(size_t n, const double *wanted, const double *weight, const double *distance,
                     double low, double high, double *x, double *scratch);

/* Numbers that the scratch above has to have for n things. */
enum { QF_GRAPH_SPREAD_SCRATCH = 3 };

/* From rows to the picture: heights, where arrows touch their nodes, and their curves, which are in `arena`. */
bool qf_graph_route(qf_arena *arena, qf_arena *scratch, const qf_graph_rows *rows, qf_graph *graph);

/* How far nodes are from one another, an arrow to its own node goes from it, and labels are from arrows. */
extern const double qf_graph_node_gap;
extern const double qf_graph_loop_reach;
extern const double qf_graph_label_gap;

#endif
