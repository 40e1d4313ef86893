/* SPDX-License-Identifier: Apache-2.0 */
#include "sobol.h"

#include "design_internal.h"

enum {
    MOST_DEGREE = 11,
    /* levels of bits whose flips come from one Philox block: a tree of that height has 127 nodes, and a block 128 bits */
    LEVELS = 7,
    LOW_BITS = 24, /* below those of the sequence */
};

/* a primitive polynomial over the field of two elements, bit i the coefficient of x^i, and the odd numbers m_1, m_2, ...
   that the recurrence starts from */
typedef struct initial_numbers {
    uint16_t polynomial;
    uint16_t m[MOST_DEGREE];
} initial_numbers;

static const initial_numbers of_dimension[QF_SOBOL_MOST_DIMENSIONS] = {
#include "sobol_numbers.inc"
};

static size_t degree_of(uint32_t polynomial)
{
    size_t degree = 0;
    while (polynomial >> (degree + 1) != 0) {
        degree++;
    }
    return degree;
}

/* Bratley and Fox (ACM TOMS 14 (1988) 88), equation 2, on numbers that are shifted to the top */
void qf_sobol_axis_of(size_t dimension, qf_sobol_axis *axis)
{
    const initial_numbers *const initial = &of_dimension[dimension];
    const size_t degree = degree_of(initial->polynomial);
    for (size_t i = 0; i < QF_SOBOL_BITS; i++) {
        if (degree == 0) {
            /* the first dimension: van der Corput's sequence */
            axis->direction[i] = UINT32_C(1) << (QF_SOBOL_BITS - 1 - i);
        } else if (i < degree) {
            axis->direction[i] = (uint32_t)initial->m[i] << (QF_SOBOL_BITS - 1 - i);
        } else {
            uint32_t direction = axis->direction[i - degree] >> degree;
            for (size_t k = 1; k <= degree; k++) {
                if (initial->polynomial >> (degree - k) & 1) {
                    direction ^= axis->direction[i - k];
                }
            }
            axis->direction[i] = direction;
        }
    }
}

static qf_philox_block node_block(uint64_t seed, uint32_t dimension, uint32_t node)
{
    return qf_draw_block((qf_draw_key){.seed = seed,
                                       .world = node,
                                       .vehicle = dimension,
                                       .stream = QF_STREAM_DESIGN,
                                       .draw = QF_DESIGN_SOBOL});
}

/* flips of seven bits: node 1 of the block is that of the first, nodes 2 and 3 those of the second, and so on */
static uint32_t flips_of(qf_philox_block block, uint32_t seven_bits)
{
    uint32_t flips = 0;
    for (int level = 0; level < LEVELS; level++) {
        const uint32_t node = UINT32_C(1) << level | seven_bits >> (LEVELS - level);
        flips = flips << 1 | (block.word[node >> 5] >> (node & 31) & 1);
    }
    return flips;
}

double qf_sobol_scrambled(uint64_t seed, uint32_t dimension, uint32_t bits)
{
    _Static_assert(QF_SOBOL_BITS % LEVELS == 0, "whole trees");
    uint32_t scrambled = 0;
    for (int above = 0; above < QF_SOBOL_BITS; above += LEVELS) {
        /* the leading one tells prefixes of different lengths apart */
        const uint32_t root = UINT32_C(1) << above | bits >> (QF_SOBOL_BITS - above);
        const uint32_t own = bits >> (QF_SOBOL_BITS - LEVELS - above) & ((1 << LEVELS) - 1);
        scrambled = scrambled << LEVELS | (own ^ flips_of(node_block(seed, dimension, root), own));
    }
    const qf_philox_block leaf = node_block(seed, dimension, UINT32_C(1) << QF_SOBOL_BITS | bits);
    const uint64_t low = leaf.word[0] >> (32 - LOW_BITS);
    return qf_open_unit((uint64_t)scrambled << LOW_BITS | low);
}
