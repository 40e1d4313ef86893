/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whether every vehicle of [begin, end) is healthy: all columns given lie in their ranges. Which
 * one is not, and why, is looked for only when the answer is no (fleet/quarantine.c).
 *
 * In: the columns of the ranges. Per column and vehicle one read of 8 bytes, 2 comparisons.
 * A column at a time, so that the bounds stay in registers and the columns of a block, which the
 * other kernels have just written, come from the nearest caches. The vehicles beyond the last whole
 * vector are looked at one value at a time: what compilers make of the ends of a vector loop, once
 * for each column, costs a group of five vehicles three times that.
 * Guarded by tests/test_quarantine.c.
 */
#include "kernels.h"
#include "mask.h"

enum { VECTOR_VEHICLES = 8 }; /* doubles of the widest vector */

static bool whole_vectors_are_healthy(const qf_health_range *ranges, size_t n_ranges, size_t begin,
                                      size_t end)
{
    const double truth = qf_mask_truth();
    qf_mask bad = 0;
    for (size_t r = 0; r < n_ranges; r++) {
        const double *restrict values = ranges[r].values;
        const double low = ranges[r].low;
        const double high = ranges[r].high;
#pragma omp simd reduction(| : bad)
        for (size_t i = begin; i < end; i++) {
            bad |= ~(MASK_IF(values[i] >= low) & MASK_IF(values[i] <= high));
        }
    }
    return bad == 0;
}

/* a loop with a way out stays scalar */
static bool few_are_healthy(const qf_health_range *ranges, size_t n_ranges, size_t begin,
                            size_t end)
{
    for (size_t r = 0; r < n_ranges; r++) {
        for (size_t i = begin; i < end; i++) {
            if (!qf_is_healthy(ranges[r].values[i], ranges[r].low, ranges[r].high)) {
                return false;
            }
        }
    }
    return true;
}

bool QF_KERNEL(qf_health_check)(const qf_health_range *ranges, size_t n_ranges, size_t begin,
                                size_t end)
{
    const size_t middle = end - (end - begin) % VECTOR_VEHICLES;
    return (begin == middle || whole_vectors_are_healthy(ranges, n_ranges, begin, middle)) &&
           (middle == end || few_are_healthy(ranges, n_ranges, middle, end));
}
