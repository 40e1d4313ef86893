/* SPDX-License-Identifier: Apache-2.0 */
#include "number.h"

#include <math.h>

#include "normal.h"

static double clip(const qf_number *number, double value)
{
    return fmax(number->low, fmin(number->high, value));
}

double qf_number_draw(const qf_number *number, qf_draw_key key, uint32_t index)
{
    switch (number->kind) {
    case QF_NUMBER_CONSTANT:
        return number->a;
    case QF_NUMBER_UNIFORM:
        return number->a + (number->b - number->a) * qf_draw_uniform(key);
    case QF_NUMBER_NORMAL:
        return clip(number, number->a + number->b * qf_draw_normal(key));
    case QF_NUMBER_LOGNORMAL:
        return clip(number, qf_exp(number->a + number->b * qf_draw_normal(key)));
    case QF_NUMBER_CHOICE:
        /* u < 1 leaves u * n < n, but for rounding at n beyond 2^53, which memory forbids */
        return number->items[(size_t)(qf_draw_uniform(key) * (double)number->n_items)];
    case QF_NUMBER_GRID:
        return number->items[index % number->n_items];
    case QF_NUMBER_CASE:
        return key.world < number->n_items ? number->items[key.world] : (double)NAN;
    }
    return NAN;
}

double qf_number_quantile(const qf_number *number, double u)
{
    if (!(u > 0.0 && u < 1.0)) {
        return (double)NAN;
    }
    switch (number->kind) {
    case QF_NUMBER_CONSTANT:
        return number->a;
    case QF_NUMBER_UNIFORM:
        return number->a + (number->b - number->a) * u;
    case QF_NUMBER_NORMAL:
    case QF_NUMBER_LOGNORMAL:
        return qf_number_of_score(number, qf_normal_quantile(u));
    case QF_NUMBER_CHOICE:
    case QF_NUMBER_GRID:
        return number->items[(size_t)(u * (double)number->n_items)];
    case QF_NUMBER_CASE:
        break;
    }
    return (double)NAN;
}

double qf_number_of_score(const qf_number *number, double z)
{
    switch (number->kind) {
    case QF_NUMBER_NORMAL:
        return clip(number, number->a + number->b * z);
    case QF_NUMBER_LOGNORMAL:
        return clip(number, qf_exp(number->a + number->b * z));
    default:
        /* beyond 8.3 the nearest double is 1 */
        return qf_number_quantile(number, fmin(qf_normal_cdf(z), 1.0 - 0x1p-53));
    }
}

void qf_number_range(const qf_number *number, double *low, double *high)
{
    switch (number->kind) {
    case QF_NUMBER_CONSTANT:
        *low = *high = number->a;
        return;
    case QF_NUMBER_UNIFORM:
        *low = number->a;
        *high = number->b;
        return;
    case QF_NUMBER_NORMAL:
    case QF_NUMBER_LOGNORMAL:
        *low = number->low;
        *high = number->high;
        return;
    case QF_NUMBER_CHOICE:
    case QF_NUMBER_GRID:
    case QF_NUMBER_CASE:
        *low = INFINITY;
        *high = -INFINITY;
        for (size_t i = 0; i < number->n_items; i++) {
            *low = fmin(*low, number->items[i]);
            *high = fmax(*high, number->items[i]);
        }
        return;
    }
}
