/* SPDX-License-Identifier: Apache-2.0 */
#include "plane.h"

#include <math.h>
#include <stdlib.h>

/* So much wider are columns than the gate: rounding must not put what is just within two columns away. */
#define MARGIN 0x1p-10

double qf_plane_distance(double ax_m, double ay_m, double bx_m, double by_m)
{
    const double dx_m = ax_m - bx_m;
    const double dy_m = ay_m - by_m;
    return sqrt(dx_m * dx_m + dy_m * dy_m);
}

static int compare_spots(const void *left, const void *right)
{
    const qf_spot *a = left;
    const qf_spot *b = right;
    if (a->column != b->column) {
        return a->column < b->column ? -1 : 1;
    }
    if (a->y_m != b->y_m) {
        return a->y_m < b->y_m ? -1 : 1;
    }
    return a->number < b->number ? -1 : a->number > b->number;
}

qf_plane qf_plane_sort(double gate_m, qf_spot *spots, size_t n)
{
    const double width_m = gate_m > 0.0 ? gate_m * (1.0 + MARGIN) : 1.0;
    for (size_t i = 0; i < n; i++) {
        spots[i].column = floor(spots[i].x_m / width_m);
    }
    if (n > 1) {
        qsort(spots, n, sizeof *spots, compare_spots);
    }
    return (qf_plane){.gate_m = gate_m, .width_m = width_m, .spots = spots, .n = n};
}

/* The first spot of a column, or behind it, with at least that y. */
static size_t first_from(const qf_plane *plane, double column, double y_m)
{
    size_t low = 0;
    size_t high = plane->n;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        const qf_spot *spot = &plane->spots[middle];
        if (spot->column < column || (spot->column == column && spot->y_m < y_m)) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

qf_plane_search qf_plane_around(const qf_plane *plane, double x_m, double y_m)
{
    const double column = floor(x_m / plane->width_m) - 1.0;
    return (qf_plane_search){.plane = plane,
                             .x_m = x_m,
                             .y_m = y_m,
                             .column = column,
                             .at = first_from(plane, column, y_m - plane->width_m),
                             .columns_left = 2};
}

bool qf_plane_next(qf_plane_search *search, uint32_t *number, double *distance_m)
{
    const qf_plane *plane = search->plane;
    for (;;) {
        const qf_spot *spot = search->at < plane->n ? &plane->spots[search->at] : NULL;
        if (!spot || spot->column != search->column || spot->y_m > search->y_m + plane->width_m) {
            if (search->columns_left-- == 0) {
                search->columns_left = 0;
                return false;
            }
            search->column += 1.0;
            search->at = first_from(plane, search->column, search->y_m - plane->width_m);
            continue;
        }
        search->at++;
        *distance_m = qf_plane_distance(search->x_m, search->y_m, spot->x_m, spot->y_m);
        if (*distance_m <= plane->gate_m) {
            *number = spot->number;
            return true;
        }
    }
}
