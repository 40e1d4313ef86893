/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_CHART_STACK_H
#define QF_CHART_STACK_H

#include <stddef.h>
#include <stdio.h>

/* How many of a whole are in which state, stacked, over time. */
typedef struct qf_stack_chart {
    const char *title;
    const char *y_title;
    const double *time_s;
    size_t n; /* times, ascending */
    const char *const
        *names; /* of states, from the bottom up; those after the 8th look like those before */
    size_t n_names;
    const double *shares; /* [time][state], 0 to 1 */
} qf_stack_chart;

/* Where its picture lies: as that of chart_fan.h. */
void qf_chart_stack(FILE *out, const qf_stack_chart *chart);

/* Rows of truths, each an area whose height is the share of those for which it holds. */
typedef struct qf_strips_chart {
    const char *title;
    const double *time_s;
    size_t n;
    const char *const *names;
    size_t n_names;
    const double *shares; /* [row][time], 0 to 1; not finite: nothing known */
} qf_strips_chart;

enum { QF_STRIPS_TOP = 6, QF_STRIPS_PITCH = 38, QF_STRIPS_HEIGHT = 18 };

void qf_chart_strips(FILE *out, const qf_strips_chart *chart);

#endif
