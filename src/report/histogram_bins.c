/* SPDX-License-Identifier: Apache-2.0 */
#include "histogram_bins.h"

#include <math.h>

#include "sample.h"

/* what bins are equal in: the value, or its logarithm */
static double scaled(const qf_histogram_bins *bins, double value)
{
    return bins->log ? log10(value) : value;
}

static bool all_whole(const double *sorted, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (sorted[i] != round(sorted[i]) || fabs(sorted[i]) > 1e9) {
            return false;
        }
    }
    return true;
}

/* [low, high] without what is far from all others */
static void cut_tails(const double *sorted, size_t n, double *low, double *high)
{
    const double q01 = qf_sorted_quantile(sorted, n, 0.01);
    const double q99 = qf_sorted_quantile(sorted, n, 0.99);
    const double reach = 3.0 * (q99 - q01);
    *low = sorted[0];
    *high = sorted[n - 1];
    if (reach > 0.0) {
        *low = fmax(*low, q01 - reach);
        *high = fmin(*high, q99 + reach);
    }
}

static double width_of(const qf_histogram_bins *bins, const double *sorted, size_t n, double span)
{
    const double iqr = scaled(bins, qf_sorted_quantile(sorted, n, 0.75)) -
                       scaled(bins, qf_sorted_quantile(sorted, n, 0.25));
    const double width = 2.0 * iqr / cbrt((double)n);
    return width > 0.0 ? width : span / (ceil(log2((double)n)) + 1.0);
}

/* one value alone: a bin around it */
static void set_one_bin(qf_histogram_bins *bins, double value)
{
    const double around = value != 0.0 ? 0.05 * fabs(value) : 0.5;
    bins->n_bins = 1;
    bins->edges[0] = value - around;
    bins->edges[1] = value + around;
}

static void set_whole_bins(qf_histogram_bins *bins, double low, double high, double width)
{
    const double step = fmax(1.0, fmax(round(width), ceil((high - low + 1.0) / QF_MOST_BINS)));
    bins->n_bins = (size_t)ceil((high - low + 1.0) / step);
    for (size_t i = 0; i <= bins->n_bins; i++) {
        bins->edges[i] = low - 0.5 + step * (double)i;
    }
}

static void set_bins(qf_histogram_bins *bins, double low, double high, double width)
{
    const double from = scaled(bins, low), to = scaled(bins, high);
    const double n = fmin(ceil((to - from) / width - 1e-9), (double)QF_MOST_BINS);
    bins->n_bins = n > 1.0 ? (size_t)n : 1;
    for (size_t i = 0; i <= bins->n_bins; i++) {
        const double at = from + (to - from) * (double)i / (double)bins->n_bins;
        bins->edges[i] = bins->log ? pow(10.0, at) : at;
    }
    /* as they are, not as rounding has them */
    bins->edges[0] = low;
    bins->edges[bins->n_bins] = high;
}

void qf_histogram_bins_choose(const double *sorted, size_t n, qf_histogram_bins *bins)
{
    *bins = (qf_histogram_bins){0};
    while (n > 0 && isinf(sorted[0])) {
        sorted++;
        n--;
    }
    while (n > 0 && isinf(sorted[n - 1])) {
        n--;
    }
    if (n == 0) {
        return;
    }
    if (sorted[0] == sorted[n - 1]) {
        set_one_bin(bins, sorted[0]);
        return;
    }
    const double q05 = qf_sorted_quantile(sorted, n, 0.05);
    bins->log = sorted[0] > 0.0 && qf_sorted_quantile(sorted, n, 0.95) >= 100.0 * q05;
    double low = sorted[0], high = sorted[n - 1];
    if (!bins->log) {
        cut_tails(sorted, n, &low, &high);
    }
    const double width = width_of(bins, sorted, n, scaled(bins, high) - scaled(bins, low));
    if (!bins->log && all_whole(sorted, n)) {
        set_whole_bins(bins, ceil(low), floor(high), width);
    } else {
        set_bins(bins, low, high, width);
    }
}

void qf_histogram_bins_add(qf_histogram_bins *bins, int kind, double value)
{
    const size_t n = bins->n_bins;
    if (n == 0 || value < bins->edges[0]) {
        bins->n_below++;
        return;
    }
    if (value > bins->edges[n]) {
        bins->n_above++;
        return;
    }
    size_t low = 0, high = n;
    while (high - low > 1) {
        const size_t middle = (low + high) / 2;
        if (value < bins->edges[middle]) {
            high = middle;
        } else {
            low = middle;
        }
    }
    bins->count[kind][low]++;
}
