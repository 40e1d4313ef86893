/* SPDX-License-Identifier: Apache-2.0 */
/* Pictures of graphs, checked as a reader would: boxes, labels and arrows as they lie on the paper. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "arena.h"
#include "graph_internal.h"
#include "graph_layout.h"
#include "philox.h"

enum { MOST_NODES = 48, MOST_EDGES = 160, PIECES = 9 /* of a curve, odd */ };

typedef struct drawing {
    qf_graph graph;
    qf_graph_node nodes[MOST_NODES];
    qf_graph_edge edges[MOST_EDGES];
    qf_arena arena;
} drawing;

typedef struct box {
    double left, top, right, bottom;
} box;

static uint32_t draw(uint32_t key, uint32_t counter, uint32_t below)
{
    return qf_philox((qf_philox_block){{counter, 0, 0, 0}}, key).word[0] % below;
}

static void add_nodes(drawing *d, size_t n, uint32_t key)
{
    d->graph = (qf_graph){.nodes = d->nodes, .edges = d->edges, .n_nodes = n};
    for (size_t i = 0; i < n; i++) {
        d->nodes[i] = (qf_graph_node){.width = 60.0 + draw(key, 2 * (uint32_t)i, 90),
                                      .height = 30.0 + draw(key, 2 * (uint32_t)i + 1, 30)};
    }
}

static void add_edge(drawing *d, size_t from, size_t to)
{
    const uint32_t n = (uint32_t)d->graph.n_edges;
    assert_true(n < MOST_EDGES);
    d->edges[d->graph.n_edges++] =
        (qf_graph_edge){.from = from,
                        .to = to,
                        .label_width = n % 5 == 4 ? 0.0 : 20.0 + draw(77, n, 90),
                        .label_height = n % 5 == 4 ? 0.0 : 14.0 + draw(78, n, 3) * 14.0};
}

static box box_of_node(const qf_graph_node *n)
{
    return (box){n->x - 0.5 * n->width, n->y - 0.5 * n->height, n->x + 0.5 * n->width,
                 n->y + 0.5 * n->height};
}

static box box_of_label(const qf_graph_edge *e)
{
    return (box){e->label_x, e->label_y - 0.5 * e->label_height, e->label_x + e->label_width,
                 e->label_y + 0.5 * e->label_height};
}

static bool overlap(box a, box b)
{
    const double slack = 1e-6;
    return a.left < b.right - slack && b.left < a.right - slack && a.top < b.bottom - slack &&
           b.top < a.bottom - slack;
}

static bool is_inside(const qf_graph *g, box b)
{
    const double slack = 1e-6;
    return b.left >= -slack && b.top >= -slack && b.right <= g->width + slack &&
           b.bottom <= g->height + slack;
}

/* boxes of nodes, then of labels; an arrow without a label has an empty one */
static size_t list_boxes(const drawing *d, box *boxes)
{
    size_t n = 0;
    for (size_t i = 0; i < d->graph.n_nodes; i++) {
        boxes[n++] = box_of_node(&d->nodes[i]);
    }
    for (size_t e = 0; e < d->graph.n_edges; e++) {
        if (d->edges[e].label_width > 0.0) {
            boxes[n++] = box_of_label(&d->edges[e]);
        }
    }
    return n;
}

static void check_boxes(const drawing *d)
{
    static box boxes[MOST_NODES + MOST_EDGES];
    const size_t n = list_boxes(d, boxes);
    for (size_t i = 0; i < n; i++) {
        assert_true(is_inside(&d->graph, boxes[i]));
        for (size_t j = 0; j < i; j++) {
            assert_false(overlap(boxes[i], boxes[j]));
        }
    }
}

static qf_graph_point point_on(const qf_graph_point *p, double t)
{
    const double u = 1.0 - t;
    const double w[] = {u * u * u, 3.0 * u * u * t, 3.0 * u * t * t, t * t * t};
    qf_graph_point sum = {0};
    for (size_t i = 0; i < 4; i++) {
        sum.x += w[i] * p[i].x;
        sum.y += w[i] * p[i].y;
    }
    return sum;
}

/* no arrow runs through a box or a label, its own included */
static void check_curves(const drawing *d)
{
    static box boxes[MOST_NODES + MOST_EDGES];
    const size_t n = list_boxes(d, boxes);
    for (size_t e = 0; e < d->graph.n_edges; e++) {
        const qf_graph_edge *edge = &d->edges[e];
        for (size_t i = 0; i + 3 < edge->n_points; i += 3) {
            for (int s = 0; s <= PIECES; s++) {
                const qf_graph_point p = point_on(&edge->points[i], (double)s / PIECES);
                assert_true(is_inside(&d->graph, (box){p.x, p.y, p.x, p.y}));
                for (size_t b = 0; b < n; b++) {
                    assert_false(overlap((box){p.x - 1e-3, p.y - 1e-3, p.x + 1e-3, p.y + 1e-3},
                                         (box){boxes[b].left + 0.01, boxes[b].top + 0.01,
                                               boxes[b].right - 0.01, boxes[b].bottom - 0.01}));
                }
            }
        }
    }
}

static bool is_on_border(qf_graph_point p, box b)
{
    const bool across = p.x >= b.left - 1e-6 && p.x <= b.right + 1e-6;
    const bool along = p.y >= b.top - 1e-6 && p.y <= b.bottom + 1e-6;
    const bool edge_y = fabs(p.y - b.top) < 1e-6 || fabs(p.y - b.bottom) < 1e-6;
    const bool edge_x = fabs(p.x - b.left) < 1e-6 || fabs(p.x - b.right) < 1e-6;
    return (across && edge_y) || (along && edge_x);
}

static void check_ends(const drawing *d)
{
    for (size_t e = 0; e < d->graph.n_edges; e++) {
        const qf_graph_edge *edge = &d->edges[e];
        assert_true(edge->n_points >= 4 && edge->n_points % 3 == 1);
        assert_true(is_on_border(edge->points[0], box_of_node(&d->nodes[edge->from])));
        assert_true(
            is_on_border(edge->points[edge->n_points - 1], box_of_node(&d->nodes[edge->to])));
    }
}

static double side(qf_graph_point a, qf_graph_point b, qf_graph_point c)
{
    return (b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x);
}

static size_t crossings_of(const qf_graph_edge *a, const qf_graph_edge *b)
{
    size_t n = 0;
    for (size_t i = 0; i + 3 < a->n_points; i += 3) {
        for (size_t j = 0; j + 3 < b->n_points; j += 3) {
            for (int s = 0; s < PIECES * PIECES; s++) {
                const int k = s / PIECES;
                const int l = s % PIECES;
                const qf_graph_point p = point_on(&a->points[i], (double)k / PIECES);
                const qf_graph_point q = point_on(&a->points[i], (k + 1.0) / PIECES);
                const qf_graph_point r = point_on(&b->points[j], (double)l / PIECES);
                const qf_graph_point t = point_on(&b->points[j], (l + 1.0) / PIECES);
                n += side(p, q, r) * side(p, q, t) < -1e-9 && side(r, t, p) * side(r, t, q) < -1e-9;
            }
        }
    }
    return n;
}

static size_t crossings_on_paper(const drawing *d)
{
    size_t n = 0;
    for (size_t e = 0; e < d->graph.n_edges; e++) {
        for (size_t f = 0; f < e; f++) {
            n += crossings_of(&d->edges[e], &d->edges[f]);
        }
    }
    return n;
}

static void lay_out(drawing *d, double width)
{
    assert_true(qf_graph_lay_out(&d->arena, &d->graph, width));
}

static void check(drawing *d, double width)
{
    lay_out(d, width);
    check_boxes(d);
    check_curves(d);
    check_ends(d);
}

static void finish(drawing *d)
{
    qf_arena_free(&d->arena);
    *d = (drawing){0};
}

static drawing shared;

static void random_graphs_can_be_read(void **state)
{
    (void)state;
    drawing *d = &shared;
    for (uint32_t key = 0; key < 60; key++) {
        const uint32_t n = 1 + draw(key, 1000, 18);
        const uint32_t m = draw(key, 1001, 2 * n + 4);
        add_nodes(d, n, key);
        for (uint32_t e = 0; e < m; e++) {
            add_edge(d, draw(key, 2000 + 2 * e, n), draw(key, 2001 + 2 * e, n));
        }
        check(d, key % 2 == 0 ? 408.0 : 1148.0);
        finish(d);
    }
}

static void the_same_graph_gives_the_same_picture(void **state)
{
    (void)state;
    static drawing again;
    drawing *both[] = {&shared, &again};
    for (size_t i = 0; i < 2; i++) {
        add_nodes(both[i], 20, 5);
        for (uint32_t e = 0; e < 45; e++) {
            add_edge(both[i], draw(9, 2 * e, 20), draw(9, 2 * e + 1, 20));
        }
        lay_out(both[i], 408.0);
    }
    assert_memory_equal(shared.nodes, again.nodes, 20 * sizeof *again.nodes);
    for (size_t e = 0; e < 45; e++) {
        assert_int_equal(shared.edges[e].n_points, again.edges[e].n_points);
        assert_memory_equal(shared.edges[e].points, again.edges[e].points,
                            again.edges[e].n_points * sizeof(qf_graph_point));
    }
    finish(&shared);
    finish(&again);
}

static void nothing_needs_no_room(void **state)
{
    (void)state;
    add_nodes(&shared, 0, 1);
    check(&shared, 408.0);
    assert_true(shared.graph.width == 0.0 && shared.graph.height == 0.0);
    finish(&shared);
}

static void a_node_alone_takes_its_own_size(void **state)
{
    (void)state;
    add_nodes(&shared, 1, 1);
    check(&shared, 408.0);
    assert_true(shared.graph.width == shared.nodes[0].width);
    assert_true(fabs(shared.graph.height - shared.nodes[0].height) < 1e-9);
    finish(&shared);
}

static void an_arrow_goes_down_and_its_answer_up(void **state)
{
    (void)state;
    add_nodes(&shared, 2, 1);
    add_edge(&shared, 0, 1);
    add_edge(&shared, 1, 0);
    check(&shared, 408.0);
    assert_true(shared.nodes[0].y < shared.nodes[1].y);
    const qf_graph_edge *up = &shared.edges[1];
    assert_true(up->points[0].y > up->points[up->n_points - 1].y);
    finish(&shared);
}

static void a_complete_graph_of_eight_can_be_read(void **state)
{
    (void)state;
    add_nodes(&shared, 8, 3);
    for (size_t i = 0; i < 8; i++) {
        for (size_t j = 0; j < 8; j++) {
            if (i != j) {
                add_edge(&shared, i, j);
            }
        }
    }
    check(&shared, 1148.0);
    assert_true(crossings_on_paper(&shared) > 0);
    finish(&shared);
}

static void a_long_chain_is_a_straight_line(void **state)
{
    (void)state;
    add_nodes(&shared, 40, 3);
    for (size_t i = 0; i + 1 < 40; i++) {
        add_edge(&shared, i, i + 1);
    }
    check(&shared, 408.0);
    assert_int_equal(crossings_on_paper(&shared), 0);
    for (size_t i = 1; i < 40; i++) {
        assert_true(shared.nodes[i].y > shared.nodes[i - 1].y);
    }
    finish(&shared);
}

static void arrows_to_themselves_and_beside_each_other_are_told_apart(void **state)
{
    (void)state;
    add_nodes(&shared, 2, 4);
    for (size_t i = 0; i < 3; i++) {
        add_edge(&shared, 0, 0);
        add_edge(&shared, 0, 1);
        add_edge(&shared, 1, 1);
    }
    check(&shared, 408.0);
    assert_int_equal(crossings_on_paper(&shared), 0);
    finish(&shared);
}

static void parts_that_do_not_hang_together_lie_beside_each_other(void **state)
{
    (void)state;
    add_nodes(&shared, 9, 6);
    add_edge(&shared, 0, 1);
    add_edge(&shared, 1, 2);
    add_edge(&shared, 4, 3);
    add_edge(&shared, 5, 6);
    add_edge(&shared, 6, 5);
    check(&shared, 408.0);
    assert_int_equal(crossings_on_paper(&shared), 0);
    assert_true(shared.graph.width <= 408.0);
    finish(&shared);
}

static void small_planar_graphs_have_no_crossings(void **state)
{
    (void)state;
    /* pairs of nodes; a tree, a circle, a wheel, and two fans that share their ends */
    static const struct {
        size_t n_nodes, n_edges;
        size_t ends[12][2];
    } planar[] = {
        {7, 6, {{0, 1}, {0, 2}, {1, 3}, {1, 4}, {2, 5}, {2, 6}}},
        {6, 6, {{0, 1}, {1, 2}, {2, 3}, {3, 4}, {4, 5}, {5, 0}}},
        {5, 7, {{0, 1}, {0, 2}, {0, 3}, {0, 4}, {1, 2}, {2, 3}, {3, 4}}},
        {5, 6, {{0, 1}, {0, 2}, {0, 3}, {1, 4}, {2, 4}, {3, 4}}},
        {4, 6, {{0, 1}, {1, 2}, {2, 3}, {1, 0}, {2, 1}, {3, 2}}},
        /* the order of numbers is a bad one here */
        {8, 8, {{0, 4}, {0, 5}, {4, 3}, {5, 2}, {4, 1}, {3, 6}, {2, 7}, {1, 6}}},
    };
    for (size_t i = 0; i < sizeof planar / sizeof *planar; i++) {
        add_nodes(&shared, planar[i].n_nodes, 8);
        for (size_t e = 0; e < planar[i].n_edges; e++) {
            add_edge(&shared, planar[i].ends[e][0], planar[i].ends[e][1]);
        }
        check(&shared, 1148.0);
        assert_int_equal(shared.graph.n_crossings, 0);
        assert_int_equal(crossings_on_paper(&shared), 0);
        finish(&shared);
    }
}

static void crossings_are_counted_as_they_lie_on_paper(void **state)
{
    (void)state;
    size_t seen = 0;
    for (uint32_t key = 100; key < 120; key++) {
        add_nodes(&shared, 9, key);
        for (uint32_t e = 0; e < 22; e++) {
            const uint32_t from = draw(key, 2 * e, 9);
            add_edge(&shared, from, (from + 1 + draw(key, 2 * e + 1, 8)) % 9);
        }
        lay_out(&shared, 1148.0);
        assert_int_equal(shared.graph.n_crossings, crossings_on_paper(&shared));
        seen += shared.graph.n_crossings;
        finish(&shared);
    }
    assert_true(seen > 0);
}

static void things_spread_as_far_as_they_must(void **state)
{
    (void)state;
    static const double wanted[] = {5.0, 5.0, 5.0, 90.0};
    static const double weight[] = {1.0, 1.0, 1.0, 1.0};
    static const double distance[] = {0.0, 10.0, 10.0, 10.0};
    double x[4];
    double scratch[4 * QF_GRAPH_SPREAD_SCRATCH];
    qf_graph_spread(4, wanted, weight, distance, -100.0, 100.0, x, scratch);
    const double free_ones[] = {-5.0, 5.0, 15.0, 90.0};
    for (size_t i = 0; i < 4; i++) {
        assert_true(fabs(x[i] - free_ones[i]) < 1e-12);
    }
    qf_graph_spread(4, wanted, weight, distance, 0.0, 50.0, x, scratch);
    const double bounded[] = {0.0, 10.0, 20.0, 50.0};
    for (size_t i = 0; i < 4; i++) {
        assert_true(fabs(x[i] - bounded[i]) < 1e-12);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_graphs_can_be_read),
        cmocka_unit_test(the_same_graph_gives_the_same_picture),
        cmocka_unit_test(nothing_needs_no_room),
        cmocka_unit_test(a_node_alone_takes_its_own_size),
        cmocka_unit_test(an_arrow_goes_down_and_its_answer_up),
        cmocka_unit_test(a_complete_graph_of_eight_can_be_read),
        cmocka_unit_test(a_long_chain_is_a_straight_line),
        cmocka_unit_test(arrows_to_themselves_and_beside_each_other_are_told_apart),
        cmocka_unit_test(parts_that_do_not_hang_together_lie_beside_each_other),
        cmocka_unit_test(small_planar_graphs_have_no_crossings),
        cmocka_unit_test(crossings_are_counted_as_they_lie_on_paper),
        cmocka_unit_test(things_spread_as_far_as_they_must),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
