/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which echoes are above the threshold: appends a plot for each pair that is seen.
 *
 *   r = |d|,  vr = d . v / r (0 at r = 0)                                              [m, m/s]
 *   windows of r, of |vr| as the radar sees it (folded), and of the direction in body axes
 *   S = echo_m2 rcs g / r^4        mean SNR of one pulse; g the pattern, both ways; at most 1e18
 *   A = N S f                      integrated signal of this frame; f has the mean 1
 *   x = A + 2 sqrt(A E) cos(phi) + E + G       E ~ exponential, phi uniform, G ~ gamma(N - 1)
 *   seen where x > threshold
 *
 * x is |sqrt(A) + n|^2 with a complex normal n of power 1, which is the first of N pulses if all of the signal
 * came in one, plus the noise of the others: the sum over N pulses depends on the signal through A alone. So
 * x is drawn exactly, not from a formula of the probability of detection. f by Swerling's case:
 *
 *   0: 1   1: exponential   2: gamma(N) / N   3: gamma(2) / 2   4: gamma(2 N) / 2 N
 *
 * Draws: key = seed; counter = observer's vehicle and world, tick, stream, target's vehicle. The block of
 * QF_STREAM_RADAR_ECHO has the words of f, phi, E, and of f again in case 3. A gamma of whole shape
 * is -ln of a product of as many uniforms, four of one block at a time: for G block k is of stream
 * QF_STREAM_RADAR_NOISE + k, for cases 2 and 4 of QF_STREAM_RADAR_FLUCTUATION + k. Uniforms: lanes_single.h.
 *
 * Odd input: a target at the observer's place has the largest S. A cross-section that is no number, and one of zero
 * at no distance, is never seen; a cross-section of zero is noise with a target's name.
 *
 * Sixteen pairs at a time in single precision; nothing is drawn where none of them is in the windows. In: 48
 * bytes per pair, 12 more with body axes. Out: 44 bytes per plot. An ideal radar draws nothing: all that is in
 * the windows is a plot.
 * Source: radar_tracking.md sections 2.1 - 2.3, 2.6. Guarded by tests/test_radar_{kernels,look}.c,
 * tests/test_radar_statistics.c.
 */
#include "draw_lanes.h"
#include "kernels.h"
#include "lanes_single.h"
#include "radar_look.h"

/* S is not let above this, so that what is made of it is finite */
#define MOST_SNR 1e18f

/* of an ideal radar's echoes, all alike */
#define IDEAL_SIGNAL 1e12f

/* gamma of shape `shape`, a whole number: as many exponentials */
QF_LANES qf_f32x16 gamma_of(qf_draw_keys keys, uint32_t first_stream, int shape)
{
    qf_f32x16 sum = qf_f32x16_set1(0.0f);
    keys.stream = first_stream;
    for (; shape > 0; shape -= 4) {
        const qf_philox_x16 block = qf_draw_blocks(keys);
        qf_f32x16 product = qf_unit_single(block.word[0]);
        for (int k = 1; k < 4 && k < shape; k++) {
            product = qf_f32x16_mul(product, qf_unit_single(block.word[k]));
        }
        sum = qf_f32x16_sub(sum, qf_log_single(product));
        keys.stream++;
    }
    return sum;
}

/* f: signal over its mean */
QF_LANES qf_f32x16 fluctuation(qf_draw_keys keys, const qf_philox_x16 *block, int pulses)
{
    const qf_u32x16 swerling = qf_u32x16_shr(keys.draw, 24);
    const qf_f32x16 one = qf_f32x16_set1(1.0f);
    const qf_mask32x16 fluctuates = qf_u32x16_ne(swerling, qf_u32x16_set1(0));
    if (!qf_mask32x16_any(fluctuates)) {
        return one;
    }
    const qf_mask32x16 chi4 = qf_u32x16_gt(swerling, qf_u32x16_set1(2));
    qf_f32x16 product = qf_unit_single(block->word[0]);
    if (qf_mask32x16_any(chi4)) {
        product =
            qf_f32x16_mul(product, qf_f32x16_select(chi4, qf_unit_single(block->word[3]), one));
    }
    /* from frame to frame; of one pulse, from pulse to pulse is the same */
    qf_f32x16 f = qf_f32x16_mul(qf_log_single(product),
                                qf_f32x16_select(chi4, qf_f32x16_set1(-0.5f), qf_f32x16_neg(one)));
    f = qf_f32x16_select(fluctuates, f, one);
    if (pulses == 1) {
        return f;
    }
    for (uint32_t swerling_fast = 2; swerling_fast <= 4; swerling_fast += 2) {
        const qf_mask32x16 fast = qf_u32x16_eq(swerling, qf_u32x16_set1(swerling_fast));
        if (qf_mask32x16_any(fast)) {
            const int shape = swerling_fast == 2 ? pulses : 2 * pulses;
            const qf_f32x16 gamma = gamma_of(keys, QF_STREAM_RADAR_FLUCTUATION, shape);
            f = qf_f32x16_select(fast, qf_f32x16_div(gamma, qf_f32x16_set1((float)shape)), f);
        }
    }
    return f;
}

typedef struct echo {
    qf_f32x16 signal; /* A */
    qf_f32x16 power;  /* x */
} echo;

QF_LANES echo draw_echo(const qf_radar *radar, qf_draw_keys keys, qf_f32x16 snr)
{
    keys.stream = QF_STREAM_RADAR_ECHO;
    const qf_philox_x16 block = qf_draw_blocks(keys);
    const qf_f32x16 mean = qf_f32x16_mul(snr, qf_f32x16_set1((float)radar->pulses));
    const qf_f32x16 signal = qf_f32x16_mul(mean, fluctuation(keys, &block, radar->pulses));
    const qf_f32x16 noise =
        qf_f32x16_sub(qf_f32x16_set1(0.0f), qf_log_single(qf_unit_single(block.word[2])));
    const qf_f32x16 root = qf_f32x16_sqrt(qf_f32x16_mul(signal, noise));
    const qf_f32x16 beat = qf_f32x16_mul(root, qf_sincos_turns(block.word[1]).cos);
    qf_f32x16 power = qf_f32x16_add(qf_f32x16_add(signal, qf_f32x16_add(beat, beat)), noise);
    if (radar->pulses > 1) {
        power = qf_f32x16_add(power, gamma_of(keys, QF_STREAM_RADAR_NOISE, radar->pulses - 1));
    }
    return (echo){signal, power};
}

#define COPY(type, name) qf_##type##_compress(to->name + n, seen, qf_##type##_load(pairs->name + i))

/* plots of those of the pairs i ... i + 15 that are seen */
QF_LANES void append(qf_plots *plots, const qf_plots *to, const qf_pairs *pairs, size_t i,
                     qf_mask32x16 seen, const qf_sighting *sighting, echo heard)
{
    const size_t n = plots->n;
    COPY(f32x16, east_m);
    COPY(f32x16, north_m);
    COPY(f32x16, up_m);
    COPY(u32x16, target);
    COPY(u32x16, key);
    COPY(u32x16, observer);
    COPY(u32x16, world);
    COPY(u32x16, vehicle);
    qf_f32x16_compress(to->vr_mps + n, seen, sighting->vr_mps);
    qf_f32x16_compress(to->widening + n, seen, sighting->widening);
    qf_f32x16_compress(to->signal + n, seen, heard.signal);
    plots->n = n + qf_f32x16_compress(to->power + n, seen, heard.power);
}

void QF_KERNEL(qf_radar_detect)(const qf_radar *radar, const qf_look *look, const qf_pairs *pairs,
                                qf_plots *plots)
{
    const qf_plots to = *plots; /* pointers that no store can alias */
    const qf_beam beam = qf_beam_of(radar);
    const qf_f32x16 threshold = qf_f32x16_set1(radar->threshold);
    const float pulses = (float)radar->pulses;
    const echo ideal = {qf_f32x16_set1(IDEAL_SIGNAL),
                        qf_f32x16_set1(pulses + pulses * QF_IDEAL_SNR)};
    for (size_t i = 0; i < pairs->n; i += 16) {
        const uint32_t left = (uint32_t)(pairs->n - i);
        const qf_mask32x16 here = qf_u32x16_lt(qf_u32x16_iota(), qf_u32x16_set1(left));
        const qf_sighting sighting = qf_sight(radar, &beam, look, pairs, i, here);
        qf_mask32x16 seen = sighting.in_windows;
        if (!qf_mask32x16_any(seen)) {
            continue;
        }
        echo heard = ideal;
        if (!radar->ideal) {
            const qf_draw_keys keys = {
                .seed = look->seed,
                .world = qf_u32x16_load(pairs->world + i),
                .vehicle = qf_u32x16_load(pairs->vehicle + i),
                .tick = look->tick,
                .draw = qf_u32x16_load(pairs->key + i),
            };
            heard = draw_echo(radar, keys, qf_f32x16_min(qf_f32x16_set1(MOST_SNR), sighting.snr));
            seen = qf_mask32x16_and(seen, qf_f32x16_gt(heard.power, threshold));
        }
        append(plots, &to, pairs, i, seen, &sighting, heard);
    }
}
