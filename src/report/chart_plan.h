/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_CHART_PLAN_H
#define QF_CHART_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* Seen from above: ways, dots and marks, with the same scale on both axes. */

/* Where one went: a hollow mark where it began, a full one where it ended. */
typedef struct qf_plan_way {
    const char *name; /* of its marks' tooltip */
    size_t series;
    bool faint; /* in the background, without marks */
    const double *x, *y;
    size_t n;
} qf_plan_way;

/* Many points alike. */
typedef struct qf_plan_dots {
    const char *class; /* of their stroke */
    const double *x, *y;
    size_t n;
} qf_plan_dots;

/* Something that stands, with its name beside it. */
typedef struct qf_plan_place {
    const char *name;
    double x, y;
} qf_plan_place;

/* How many are in each square of a lattice from (x, y) on; count[row * n_x + column]. */
typedef struct qf_plan_cells {
    double x, y, side;
    size_t n_x, n_y;
    const double *count;
} qf_plan_cells;

typedef struct qf_plan_chart {
    const char *title;
    const char *x_title, *y_title;
    const char *const *names; /* of series; a legend of marks where they are several */
    size_t n_names;
    const qf_plan_way *ways;
    size_t n_ways;
    const qf_plan_dots *dots;
    size_t n_dots;
    const qf_plan_place *places;
    size_t n_places;
    const qf_plan_cells *cells; /* NULL: none */
    double low[2], high[2];     /* what is to be seen at least */
    bool large;                 /* for QF_FIGURE_LARGE */
} qf_plan_chart;

/* The plan of a small figure is QF_PLAN_SIDE wide from QF_PLAN_LEFT on, and at most as high. */
enum { QF_PLAN_LEFT = 62, QF_PLAN_SIDE = 344, QF_PLAN_LEAST = 150 };
/* A large one is as wide as two small figures, and as high as these with their captions. */
enum { QF_PLAN_LARGE_WIDTH = 780, QF_PLAN_LARGE_HEIGHT = 500 };

/* What is out of sight is left out. */
void qf_chart_plan(FILE *out, const qf_plan_chart *chart);

/*
 * Bounds for values of which some few may be far away: all of them, or, where these are more than five times as far apart as the
 * 98 % in the middle, only those and a tenth more. Without values 0 and 1. Changes the order of values.
 */
void qf_plan_bounds(double *values, size_t n, double *low, double *high);

#endif
