/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_DRAW_H
#define QF_DRAW_H

#include <math.h>
#include <stdint.h>

#include "philox.h"
#include "scalar_math.h"

/*
 * Random draws as pure functions of what they are for. Every draw takes one Philox block, whatever
 * its distribution, so that changing one distribution leaves every other draw as it was.
 */

/* What a draw is for. Numbers are part of every result: append, never renumber. */
typedef enum qf_stream {
    QF_STREAM_INITIAL = 1,  /* first values; draw = qf_initial_id */
    QF_STREAM_HARDWARE = 2, /* dispersed parameters; draw = see hardware.h */
    QF_STREAM_SCRIPT = 3,   /* arguments of commands; draw = 8 * command + argument */
    QF_STREAM_END,          /* none: one beyond the last */
} qf_stream;

typedef struct qf_draw_key {
    uint64_t seed;
    uint32_t world;   /* case */
    uint32_t vehicle; /* within its world */
    uint32_t tick;
    uint32_t stream; /* < 2^8 */
    uint32_t draw;   /* < 2^24 */
} qf_draw_key;

static inline qf_philox_block qf_draw_block(qf_draw_key key)
{
    const qf_philox_block counter = {
        {key.vehicle, key.world, key.tick, key.stream << 24 | (key.draw & UINT32_C(0xFFFFFF))}};
    return qf_philox(counter, key.seed);
}

/* 53 bits of two words: a multiple of 2^-53 in [0, 1). */
static inline double qf_unit_interval(uint32_t high, uint32_t low)
{
    const uint64_t bits = (uint64_t)high << 32 | low;
    return (double)(bits >> 11) * 0x1p-53;
}

/* Uniform in [0, 1). */
static inline double qf_draw_uniform(qf_draw_key key)
{
    const qf_philox_block block = qf_draw_block(key);
    return qf_unit_interval(block.word[0], block.word[1]);
}

/* Standard normal, by Box and Muller's transform of two uniforms. |value| <= 8.6. */
static inline double qf_draw_normal(qf_draw_key key)
{
    const qf_philox_block block = qf_draw_block(key);
    /* 1 - u lies in (0, 1], so that the logarithm is finite */
    const double radius =
        sqrt(-2.0 * qf_log_e(1.0 - qf_unit_interval(block.word[0], block.word[1])));
    return radius * qf_cos(QF_TWO_PI * qf_unit_interval(block.word[2], block.word[3]));
}

#endif
