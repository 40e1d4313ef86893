/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_PLANE_H
#define QF_PLANE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Points of a plane, sorted so that those within a fixed distance of one are found without looking at all: by
 * columns a little wider than that distance, and within a column by y. Good for finite coordinates below 2^40
 * times the distance.
 */
typedef struct qf_spot {
    double column;
    double x_m, y_m;
    uint32_t number; /* the caller's */
} qf_spot;

typedef struct qf_plane {
    double gate_m; /* inclusive; at least 0 */
    double width_m;
    qf_spot *spots; /* the caller's */
    size_t n;
} qf_plane;

/* Sorts n spots of which all but `column` is set. They must all have different numbers. */
qf_plane qf_plane_sort(double gate_m, qf_spot *spots, size_t n);

/* A search: qf_plane_around, then qf_plane_next until it is false. */
typedef struct qf_plane_search {
    const qf_plane *plane;
    double x_m, y_m;
    double column; /* that is being looked through */
    size_t at;
    int columns_left;
} qf_plane_search;

qf_plane_search qf_plane_around(const qf_plane *plane, double x_m, double y_m);

/* The next within the gate, in no order that means anything, but always in the same. */
bool qf_plane_next(qf_plane_search *search, uint32_t *number, double *distance_m);

/* As the reference measures it. */
double qf_plane_distance(double ax_m, double ay_m, double bx_m, double by_m);

#endif
