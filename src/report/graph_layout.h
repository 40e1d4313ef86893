/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_GRAPH_LAYOUT_H
#define QF_GRAPH_LAYOUT_H

#include <stdbool.h>
#include <stddef.h>

#include "arena.h"

/*
 * Where boxes and arrows of a directed graph go, so that one can follow them: in layers from the top to the bottom
 * (Sugiyama, Tagawa, Toda, "Methods for visual understanding of hierarchical system structures", 1981). Arrows that would go
 * around in circles go up; every arrow has rows of its own between the layers, in one of which is its label; the order within
 * rows is found by barycentres and exchanges of neighbours, places by least squares that keep distances.
 *
 * Boxes and labels overlap neither one another nor arrows, and arrows cross only between rows. The same graph gives the
 * same picture: nothing is drawn by lot.
 */
typedef struct qf_graph_point {
    double x, y; /* y down */
} qf_graph_point;

typedef struct qf_graph_node {
    double width, height; /* given */
    double x, y;          /* found: its centre */
} qf_graph_node;

typedef struct qf_graph_edge {
    size_t from, to;                  /* given: nodes, which may be the same */
    double label_width, label_height; /* given: 0: none */
    double label_x, label_y;          /* found: the label's left end, and its middle */
    /* found: a start and three points for each piece, which is a cubic Bezier curve; from the border of `from` to that of `to` */
    qf_graph_point *points;
    size_t n_points;
} qf_graph_edge;

typedef struct qf_graph {
    qf_graph_node *nodes;
    size_t n_nodes;
    qf_graph_edge *edges;
    size_t n_edges;
    double width, height; /* found: everything is within 0 and these */
    size_t n_crossings;   /* found: of arrows with one another */
} qf_graph;

/*
 * Finds all that. Nodes that no arrow leads to are at the top; where there are none, the first is. `wanted_width`: the picture is not
 * made wider where there is a way. Points are in the arena. False: no memory.
 */
bool qf_graph_lay_out(qf_arena *arena, qf_graph *graph, double wanted_width);

#endif
