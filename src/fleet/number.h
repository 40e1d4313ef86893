/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_NUMBER_H
#define QF_NUMBER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "draw.h"

/* A number of a scenario: a constant, or a distribution from which every vehicle draws its own. */
typedef enum qf_number_kind {
    QF_NUMBER_CONSTANT,
    QF_NUMBER_UNIFORM,   /* a = min, b = max */
    QF_NUMBER_NORMAL,    /* a = mean, b = sd */
    QF_NUMBER_LOGNORMAL, /* a = mu, b = sigma: mean and sd of the logarithm */
    QF_NUMBER_CHOICE,    /* one of `items`, each as likely */
    QF_NUMBER_GRID,      /* items[index of the vehicle modulo n_items]: even, not random */
    QF_NUMBER_CASE,      /* items[number of the world]: a parameter of a sweep */
} qf_number_kind;

typedef struct qf_number {
    qf_number_kind kind;
    double a; /* the constant, or the first parameter */
    double b;
    double low; /* normal and lognormal draws are clipped to [low, high] */
    double high;
    const double *items; /* owned by the scenario's arena */
    size_t n_items;
} qf_number;

static inline qf_number qf_constant(double value)
{
    return (qf_number){.kind = QF_NUMBER_CONSTANT, .a = value};
}

/*
 * The value for one vehicle. `key` says what the draw is for; `index` is the vehicle's index within
 * its group and world, used by QF_NUMBER_GRID only. A pure function.
 */
double qf_number_draw(const qf_number *number, qf_draw_key key, uint32_t index);

/*
 * The value of the distribution at the probability u in (0, 1), otherwise NaN; what is clipped gathers at the limits.
 * Choices and grids count as items in their order, each as likely. NaN of QF_NUMBER_CASE.
 */
double qf_number_quantile(const qf_number *number, double u);

/* The same at the standard normal score z, of which normal and lognormal numbers lose no digit. */
double qf_number_of_score(const qf_number *number, double z);

/* Smallest and largest value that can come out, for checks of range before anything is drawn. */
void qf_number_range(const qf_number *number, double *low, double *high);

static inline bool qf_number_is_constant(const qf_number *number)
{
    return number->kind == QF_NUMBER_CONSTANT;
}

#endif
