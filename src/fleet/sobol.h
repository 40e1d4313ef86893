/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_SOBOL_H
#define QF_SOBOL_H

#include <stddef.h>
#include <stdint.h>

/*
 * Sobol's (1967) sequence in the order of Gray's code (Antonov and Saleev 1979), with the direction numbers
 * new-joe-kuo-6 of Joe and Kuo (SIAM J. Sci. Comput. 30 (2008) 2635), and Owen's nested uniform scrambling of it ("Randomly
 * permuted (t,m,s)-nets and (t,s)-sequences", 1995). Guarded by tests/test_sobol.c.
 */
enum {
    QF_SOBOL_MOST_DIMENSIONS = 256,
    QF_SOBOL_BITS = 28, /* of a coordinate: a net has up to 2^28 points */
};

/* What the bits of a point's number add to its coordinate of one dimension, in units of 2^-QF_SOBOL_BITS. */
typedef struct qf_sobol_axis {
    uint32_t direction[QF_SOBOL_BITS];
} qf_sobol_axis;

/* dimension < QF_SOBOL_MOST_DIMENSIONS */
void qf_sobol_axis_of(size_t dimension, qf_sobol_axis *axis);

/* Coordinate of a point (below 2^QF_SOBOL_BITS) in units of 2^-QF_SOBOL_BITS, unscrambled: point 0 is 0. */
static inline uint32_t qf_sobol_bits(const qf_sobol_axis *axis, uint32_t point)
{
    uint32_t bits = 0;
    uint32_t gray = point ^ point >> 1;
    for (size_t i = 0; gray != 0; gray >>= 1, i++) {
        bits ^= axis->direction[i] & (0 - (gray & 1));
    }
    return bits;
}

/*
 * The same scrambled, in (0, 1): every bit is flipped or not by a draw keyed by the bits above it, which are those of an
 * elementary interval, and below the last an odd multiple of 2^-53 is drawn. Exact: all flips are independent.
 */
double qf_sobol_scrambled(uint64_t seed, uint32_t dimension, uint32_t bits);

#endif
