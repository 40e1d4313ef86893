/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_PHILOX_H
#define QF_PHILOX_H

#include <stdint.h>

/*
 * Philox4x32-10: a counter-based random function. Four words out for a counter of four words and a
 * key of two; no state, so a draw depends on what it is for and on nothing else.
 * Source: Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011.
 * Guarded by tests/test_philox.c (the published known answers).
 */
typedef struct qf_philox_block {
    uint32_t word[4];
} qf_philox_block;

static inline qf_philox_block qf_philox(qf_philox_block counter, uint64_t key)
{
    uint32_t key_0 = (uint32_t)key;
    uint32_t key_1 = (uint32_t)(key >> 32);
    for (int round = 0; round < 10; round++) {
        const uint64_t product_0 = UINT64_C(0xD2511F53) * counter.word[0];
        const uint64_t product_1 = UINT64_C(0xCD9E8D57) * counter.word[2];
        counter = (qf_philox_block){{
            (uint32_t)(product_1 >> 32) ^ counter.word[1] ^ key_0,
            (uint32_t)product_1,
            (uint32_t)(product_0 >> 32) ^ counter.word[3] ^ key_1,
            (uint32_t)product_0,
        }};
        key_0 += UINT32_C(0x9E3779B9);
        key_1 += UINT32_C(0xBB67AE85);
    }
    return counter;
}

#endif
