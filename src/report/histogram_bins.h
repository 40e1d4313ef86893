/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_HISTOGRAM_BINS_H
#define QF_HISTOGRAM_BINS_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Bins of equal width (of equal ratio where values span decades) for a histogram of two kinds of cases. Values far from all others are
 * not in a bin but counted on their side, so that the middle can be seen.
 */
enum { QF_MOST_BINS = 60 };

typedef struct qf_histogram_bins {
    bool log;
    size_t n_bins; /* 0: no finite value */
    double edges[QF_MOST_BINS + 1];
    size_t count[2][QF_MOST_BINS]; /* by kind */
    size_t n_below, n_above;       /* beyond the first and last edge, infinite ones among them */
} qf_histogram_bins;

/*
 * Edges for ascending values, none of them NaN: the width of Freedman and Diaconis (1981), 2 IQR / cbrt(n), or where the middle half is one
 * value Sturges' number of bins; at most QF_MOST_BINS. Whole numbers are in the middle of their bins. Logarithmic
 * where all are positive and 5 % and 95 % of them are a hundredfold apart. Cut at three times the
 * distance between the quantiles of 1 % and 99 % from these, where there are values beyond.
 */
void qf_histogram_bins_choose(const double *sorted, size_t n, qf_histogram_bins *bins);

/* Counts a value; a bin has its lower edge, the last one its upper edge, too. */
void qf_histogram_bins_add(qf_histogram_bins *bins, int kind, double value);

#endif
