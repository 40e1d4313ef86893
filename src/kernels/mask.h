/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_MASK_H
#define QF_MASK_H

#include <stdint.h>
#include <string.h>

#include "bits.h"

/*
 * Truth values in the loops of kernels: words of 64 ones or none, combined with & | ~, as vector
 * registers hold them. A bool is narrower than a double, and compilers (gcc 12 above all) narrow
 * what is made of bools until a loop cannot be vectorised any more.
 */
typedef uint64_t qf_mask;

static inline double qf_double_of(uint64_t bits)
{
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

static inline uint64_t qf_bits_of(double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

/*
 * What MASK_IF chooses for true: a double of 64 ones. SSE2 chooses between doubles but not between
 * 64-bit integers, and a compiler that knew this value would turn the one choice into the other:
 * volatile keeps it from knowing.
 */
static inline double qf_mask_truth(void)
{
    volatile uint64_t ones = ~UINT64_C(0);
    return qf_double_of(ones);
}

/* The mask of a comparison of doubles. Needs `const double truth = qf_mask_truth()` in scope. */
#define MASK_IF(comparison) qf_bits_of((comparison) ? truth : 0.0)

/* The mask of one bit of a word; by shifting, because SSE2 cannot compare 64-bit integers. */
static inline qf_mask qf_mask_of_bit(uint64_t word, int bit)
{
    return 0 - (word >> bit & 1);
}
#define MASK_OF_FLAG(flags, id) qf_mask_of_bit(flags, QF_FLAG_##id##_BIT)

/* The value where the mask is set, elsewhere +0. */
static inline double qf_where(qf_mask mask, double value)
{
    return qf_double_of(mask & qf_bits_of(value));
}

#endif
