/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_PHILOX_LANES_H
#define QF_PHILOX_LANES_H

#include "lanes.h"
#include "philox.h"

/*
 * Sixteen blocks of Philox4x32-10 at once: lane i of the answer's words is qf_philox of lane i of the
 * counter's words. Guarded by tests/test_lanes.c (known answers, and the scalar function).
 *
 * Lanes of even and of odd number are computed apart, each in the low half of a 64-bit element: there
 * the machine's 32 x 32 -> 64 multiplication finds and leaves them, and what stands in the high half
 * does no harm, as multiplying does not look at it and xor does not mix it in.
 */
typedef struct qf_philox_x16 {
    qf_u32x16 word[4];
} qf_philox_x16;

/* one round of a native vector's worth of blocks */
QF_LANES void qf_philox_round(qf_native_u64 word[4], qf_native_u64 key_0, qf_native_u64 key_1)
{
    const qf_native_u64 zero = {0};
    const qf_native_u64 product_0 = qf_native_multiply_low32(word[0], zero + UINT64_C(0xD2511F53));
    const qf_native_u64 product_1 = qf_native_multiply_low32(word[2], zero + UINT64_C(0xCD9E8D57));
    word[0] = (product_1 >> 32) ^ word[1] ^ key_0;
    word[1] = product_1;
    word[2] = (product_0 >> 32) ^ word[3] ^ key_1;
    word[3] = product_0;
}

/* the blocks of part p: even lanes and odd lanes */
QF_LANES void qf_philox_part(qf_philox_x16 *block, uint64_t key, int p)
{
    const qf_native_u64 zero = {0};
    qf_native_u64 even[4];
    qf_native_u64 odd[4];
    for (int w = 0; w < 4; w++) {
        even[w] = (qf_native_u64)block->word[w].part[p];
        odd[w] = even[w] >> 32;
    }
    uint32_t key_0 = (uint32_t)key;
    uint32_t key_1 = (uint32_t)(key >> 32);
    for (int round = 0; round < 10; round++) {
        qf_philox_round(even, zero + key_0, zero + key_1);
        qf_philox_round(odd, zero + key_0, zero + key_1);
        key_0 += UINT32_C(0x9E3779B9);
        key_1 += UINT32_C(0xBB67AE85);
    }
    for (int w = 0; w < 4; w++) {
        block->word[w].part[p] = (qf_native_u32)((even[w] & UINT64_C(0xFFFFFFFF)) | odd[w] << 32);
    }
}

QF_LANES qf_philox_x16 qf_philox_lanes(qf_philox_x16 counter, uint64_t key)
{
    qf_philox_part(&counter, key, 0);
    qf_philox_part(&counter, key, 1);
#if QF_NATIVE_BYTES != 32
    qf_philox_part(&counter, key, 2);
    qf_philox_part(&counter, key, 3);
#endif
    return counter;
}

#endif
