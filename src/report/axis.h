/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_AXIS_H
#define QF_AXIS_H

#include <stdbool.h>
#include <stddef.h>

#include "svg.h"

/* Values to lengths of a drawing: value `low` is at `begin`, `high` at `end`, which may lie the other way round. */
typedef struct qf_axis {
    double low, high;
    double begin, end;
    bool log; /* of powers of ten; low > 0 then */
} qf_axis;

/*
 * An axis around [low, high], widened to numbers that people like, with some n_ticks ticks. Equal or unordered
 * bounds are put in order and widened until they differ. A bound that is not a number is one below the other, or above it; endless is 1e300.
 */
qf_axis qf_axis_around(double low, double high, size_t n_ticks, double begin, double end);

/* The bounds as they are. */
qf_axis qf_axis_exact(double low, double high, double begin, double end);

double qf_axis_at(const qf_axis *axis, double value);

enum { QF_AXIS_MOST_TICKS = 16 };
/* Multiples of 1, 2 or 5 times a power of ten within the axis; of a log axis powers of ten, or 1, 2, 5 times these where it holds few; returns how many. */
size_t qf_axis_ticks(const qf_axis *axis, size_t n_wanted, double ticks[QF_AXIS_MOST_TICKS]);

/* A tick as text: as many digits as tell it from the next one. */
enum { QF_TICK_BYTES = 32 };
const char *qf_axis_tick_text(double value, double step, char text[QF_TICK_BYTES]);

/* Draws it: ticks with texts, lines across the picture up to `grid_to` (NAN: none), and its title with the unit. */
void qf_axis_draw_bottom(qf_svg *svg, const qf_axis *axis, size_t n_ticks, double y, double grid_to,
                         const char *title);
void qf_axis_draw_left(qf_svg *svg, const qf_axis *axis, size_t n_ticks, double x, double grid_to,
                       const char *title);

/* Seconds as people read them on an axis: the unit (s, min, h, days) that suits so long a time, and what divides seconds into it. */
const char *qf_axis_time_unit(double duration_s, double *seconds);

#endif
