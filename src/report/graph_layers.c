/* SPDX-License-Identifier: Apache-2.0 */
/* Which arrows go up, and which layer a node is in. */
#include <stdint.h>

#include "graph_internal.h"

/* arrows of each node, one list after the other */
typedef struct out_list {
    size_t *begin, *edge, *n_in;
} out_list;

static bool list_arrows(qf_arena *arena, const qf_graph *graph, out_list *out)
{
    *out = (out_list){.begin = qf_arena_array(arena, graph->n_nodes + 2, sizeof(size_t)),
                      .edge = qf_arena_array(arena, graph->n_edges + 1, sizeof(size_t)),
                      .n_in = qf_arena_array(arena, graph->n_nodes + 1, sizeof(size_t))};
    if (!out->begin || !out->edge || !out->n_in) {
        return false;
    }
    for (size_t e = 0; e < graph->n_edges; e++) {
        if (!qf_graph_is_loop(&graph->edges[e])) {
            out->begin[graph->edges[e].from + 2]++;
            out->n_in[graph->edges[e].to]++;
        }
    }
    for (size_t i = 2; i < graph->n_nodes + 2; i++) {
        out->begin[i] += out->begin[i - 1];
    }
    for (size_t e = 0; e < graph->n_edges; e++) {
        if (!qf_graph_is_loop(&graph->edges[e])) {
            out->edge[out->begin[graph->edges[e].from + 1]++] = e;
        }
    }
    return true;
}

/* ranks from the last to the first as a depth-first search leaves the nodes: only arrows that close a circle go up then */
static size_t leave_depth_first(const qf_graph *graph, const out_list *out, size_t root,
                                size_t *stack, size_t *next, qf_graph_layers *l, size_t last)
{
    size_t depth = 0;
    stack[depth++] = root;
    l->rank[root] = SIZE_MAX - 1; /* met */
    while (depth > 0) {
        const size_t node = stack[depth - 1];
        if (next[node] < out->begin[node + 1]) {
            const size_t to = graph->edges[out->edge[next[node]++]].to;
            if (l->rank[to] == SIZE_MAX) {
                l->rank[to] = SIZE_MAX - 1;
                stack[depth++] = to;
            }
        } else {
            l->rank[node] = --last;
            depth--;
        }
    }
    return last;
}

static size_t meet_breadth_first(const qf_graph *graph, const out_list *out, size_t root,
                                 qf_graph_layers *l, size_t first)
{
    size_t done = first;
    l->by_rank[first] = root;
    l->rank[root] = first++;
    for (; done < first; done++) {
        const size_t node = l->by_rank[done];
        for (size_t i = out->begin[node]; i < out->begin[node + 1]; i++) {
            const size_t to = graph->edges[out->edge[i]].to;
            if (l->rank[to] == SIZE_MAX) {
                l->by_rank[first] = to;
                l->rank[to] = first++;
            }
        }
    }
    return first;
}

static bool rank_nodes(qf_arena *arena, const qf_graph *graph, qf_graph_ranking ranking,
                       qf_graph_layers *l)
{
    const size_t n = graph->n_nodes;
    out_list out;
    size_t *stack = qf_arena_array(arena, n + 1, sizeof *stack);
    size_t *next = qf_arena_array(arena, n + 1, sizeof *next);
    if (!list_arrows(arena, graph, &out) || !stack || !next) {
        return false;
    }
    for (size_t i = 0; i < n; i++) {
        l->rank[i] = SIZE_MAX;
        next[i] = out.begin[i];
    }
    size_t bound = ranking == QF_GRAPH_DEPTH_FIRST ? n : 0;
    for (size_t i = 0; i < 2 * n; i++) {
        /* first those that no arrow leads to, then the rest */
        const size_t node = i % n;
        if (l->rank[node] != SIZE_MAX || (i < n && out.n_in[node] > 0)) {
            continue;
        }
        bound = ranking == QF_GRAPH_DEPTH_FIRST
                    ? leave_depth_first(graph, &out, node, stack, next, l, bound)
                    : meet_breadth_first(graph, &out, node, l, bound);
    }
    for (size_t i = 0; i < n; i++) {
        l->by_rank[l->rank[i]] = i;
    }
    return true;
}

/* the longest way from the top, or below it where a layer is full */
static bool sink_nodes(qf_arena *arena, const qf_graph *graph, double layer_width,
                       qf_graph_layers *l)
{
    const size_t n = graph->n_nodes;
    double *used = qf_arena_array(arena, 2 * n + 1, sizeof *used);
    if (!used) {
        return false;
    }
    for (size_t r = 0; r < n; r++) {
        const size_t node = l->by_rank[r];
        size_t layer = 0;
        for (size_t e = 0; e < graph->n_edges; e++) {
            const qf_graph_edge *edge = &graph->edges[e];
            const size_t other = edge->to == node ? edge->from : edge->to;
            if ((edge->to == node || edge->from == node) && l->rank[other] < r &&
                l->layer[other] + 1 > layer) {
                layer = l->layer[other] + 1;
            }
        }
        while (used[layer] > 0.0 && used[layer] + graph->nodes[node].width > layer_width) {
            layer++;
        }
        used[layer] += graph->nodes[node].width + qf_graph_node_gap;
        l->layer[node] = layer;
    }
    return true;
}

/* what has only arrows out of it goes down to those whom they reach */
static void lower_sources(const qf_graph *graph, qf_graph_layers *l)
{
    for (size_t r = graph->n_nodes; r-- > 0;) {
        const size_t node = l->by_rank[r];
        size_t nearest = SIZE_MAX;
        bool source = true;
        for (size_t e = 0; e < graph->n_edges; e++) {
            const qf_graph_edge *edge = &graph->edges[e];
            if (qf_graph_is_loop(edge) || (edge->from != node && edge->to != node)) {
                continue;
            }
            const size_t other = edge->to == node ? edge->from : edge->to;
            source = source && l->rank[other] > r;
            nearest = l->layer[other] < nearest ? l->layer[other] : nearest;
        }
        if (source && nearest != SIZE_MAX) {
            l->layer[node] = nearest - 1;
        }
    }
    /* the first layer may have lost all it had */
    size_t first = SIZE_MAX;
    for (size_t i = 0; i < graph->n_nodes; i++) {
        first = l->layer[i] < first ? l->layer[i] : first;
    }
    for (size_t i = 0; i < graph->n_nodes; i++) {
        l->layer[i] -= first;
    }
}

bool qf_graph_choose_layers(qf_arena *arena, const qf_graph *graph, qf_graph_ranking ranking,
                            double layer_width, qf_graph_layers *layers)
{
    const size_t n = graph->n_nodes + 1;
    *layers = (qf_graph_layers){.rank = qf_arena_array(arena, n, sizeof(size_t)),
                                .by_rank = qf_arena_array(arena, n, sizeof(size_t)),
                                .layer = qf_arena_array(arena, n, sizeof(size_t))};
    if (!layers->rank || !layers->by_rank || !layers->layer ||
        !rank_nodes(arena, graph, ranking, layers) ||
        !sink_nodes(arena, graph, layer_width, layers)) {
        return false;
    }
    lower_sources(graph, layers);
    return true;
}
