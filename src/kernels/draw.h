/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_DRAW_H
#define QF_DRAW_H

#include <math.h>
#include <stdint.h>

#include "philox.h"
#include "scalar_math.h"

/*
 * Random draws as pure functions of what they are for. Every draw takes the words of one Philox block,
 * whatever its distribution and whatever comes out, so that changing one distribution leaves every other
 * draw as it was. Only qf_draw_gamma takes more: as many blocks, of as many draw numbers, as
 * qf_gamma_blocks says.
 *
 *   draw          words   values
 *   uniform       0 1     multiples of 2^-53 in [0, 1)
 *   normal        0 - 3   Box and Muller's transform of two uniforms
 *   exponential   0 1     -log(1 - u)
 *   poisson       0 1     the distribution's quantile of u, for means up to QF_POISSON_MEAN_MAX
 *   gamma         all     sum of exponentials, and half the square of a normal
 *
 * A parameter outside of its domain gives NaN, never a nearby value. draw_lanes.h has the same, sixteen
 * at once, with the same bits. Guarded by tests/test_draw.c.
 */

/* What a draw is for. Numbers are part of every result: append, never renumber. */
typedef enum qf_stream {
    QF_STREAM_INITIAL = 1,     /* first values; draw = qf_initial_id */
    QF_STREAM_HARDWARE = 2,    /* dispersed parameters; draw = see hardware.h */
    QF_STREAM_SCRIPT = 3,      /* arguments of commands; draw = 8 * command + argument */
    QF_STREAM_RADAR_START = 4, /* where a rotating beam is at time zero; draw = 0 */
    QF_STREAM_SIGNATURE = 5,   /* mean radar cross-section; draw = 0 */
    /* observer's vehicle; draw = target's vehicle, of false alarms see radar_alarm.h */
    QF_STREAM_RADAR_ECHO = 6,
    QF_STREAM_RADAR_ERROR = 7,
    QF_STREAM_RADAR_ALARM_COUNT = 8,
    QF_STREAM_RADAR_ALARM_PLACE = 9,
    QF_STREAM_RADAR_ALARM_POWER = 10,
    QF_STREAM_SPOOF = 12, /* what a spoofing transponder says; draw = 0 */
    QF_STREAM_INCIDENT =
        13, /* what breaks and when; tick: when it is drawn; draw = 4 * incident + which */
    QF_STREAM_VARIABLE =
        14, /* first values of machines' variables; draw = variable of the catalogue */
    QF_STREAM_RADIO = 15, /* whether a message is lost: the hearer's vehicle; draw = the sender's */
    /* values of a sweep's parameters; which words stand for what, and draw: see design_internal.h */
    QF_STREAM_DESIGN = 16,
    QF_STREAM_BOOTSTRAP =
        17, /* resamples of a metric: world = resample, vehicle = four picks, tick = metric; draw: of cases 0, rows 1 */
    QF_STREAM_VERIFY = 18, /* which cases are run again; draw = 0 */
    QF_STREAM_END,         /* none: one beyond the last */
    /* ranges of streams, one for each block of draws that are many for one target */
    QF_STREAM_RADAR_NOISE = 64, /* ... 79 */
    QF_STREAM_RADAR_NOISE_END = 80,
    QF_STREAM_RADAR_FLUCTUATION = 80, /* ... 111 */
    QF_STREAM_RADAR_FLUCTUATION_END = 112,
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

static inline double qf_exponential_quantile(double u)
{
    return 0.0 - qf_log_e(1.0 - u); /* +0 for 0, which a change of sign would not give */
}

/* Exponential with mean 1, in [0, 36.8]. */
static inline double qf_draw_exponential(qf_draw_key key)
{
    return qf_exponential_quantile(qf_draw_uniform(key));
}

/* Means up to this one; exp(-mean) is then far from the smallest double. */
#define QF_POISSON_MEAN_MAX 500.0

/* Beyond the mean, values less likely than this cannot be told from impossible ones by 53 bits. */
#define QF_POISSON_NEGLIGIBLE 0x1p-60

/*
 * The smallest k with P(K <= k) > u, by walking up from 0; mean in [0, QF_POISSON_MEAN_MAX], otherwise NaN.
 * Rounding moves the distribution function by less than 1e-14 anywhere.
 * Takes about mean + 9 sqrt(mean) steps.
 */
static inline double qf_poisson_quantile(double u, double mean)
{
    if (!(mean >= 0.0 && mean <= QF_POISSON_MEAN_MAX)) {
        return (double)NAN;
    }
    double k = 0.0;
    double p = qf_exp(-mean);
    while (u >= p && (k < mean || p > QF_POISSON_NEGLIGIBLE)) {
        u -= p;
        k += 1.0;
        p *= mean / k;
    }
    return k;
}

static inline double qf_draw_poisson(qf_draw_key key, double mean)
{
    return qf_poisson_quantile(qf_draw_uniform(key), mean);
}

/* Twice the largest shape: a chi-square of 64 degrees of freedom. */
#define QF_GAMMA_TWICE_SHAPE_MAX 64

/* Blocks, and so draw numbers from key.draw on, that a gamma draw takes. */
static inline int qf_gamma_blocks(int twice_shape)
{
    return (twice_shape / 2 + 1) / 2 + twice_shape % 2;
}

/*
 * Gamma with mean twice_shape / 2 and scale 1, for twice_shape in 1 ... QF_GAMMA_TWICE_SHAPE_MAX, otherwise
 * NaN: half of a chi-square with twice_shape degrees of freedom. Swerling's targets 1 and 2 are
 * twice_shape 2, his targets 3 and 4 are 4. Exact but for rounding: two exponentials of each block as one
 * logarithm, and for an odd number half the square of a normal from the last. Only whole and half shapes,
 * because others take either rejection, whose number of words varies, or an approximation.
 */
static inline double qf_draw_gamma(qf_draw_key key, int twice_shape)
{
    if (twice_shape < 1 || twice_shape > QF_GAMMA_TWICE_SHAPE_MAX) {
        return (double)NAN;
    }
    double sum = 0.0;
    for (int exponentials = twice_shape / 2; exponentials > 0; exponentials -= 2) {
        const qf_philox_block block = qf_draw_block(key);
        double u = 1.0 - qf_unit_interval(block.word[0], block.word[1]);
        if (exponentials > 1) {
            u *= 1.0 - qf_unit_interval(block.word[2], block.word[3]);
        }
        sum -= qf_log_e(u);
        key.draw++;
    }
    if (twice_shape % 2 != 0) {
        const double normal = qf_draw_normal(key);
        sum += 0.5 * normal * normal;
    }
    return sum;
}

#endif
