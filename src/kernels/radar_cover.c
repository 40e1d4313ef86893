/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which pairs a radar covers: those that it would see if nothing were left to chance and its beam pointed
 * everywhere at once. The windows are detect's (radar_look.h), without those of radial speed and without the arc;
 * range_min_m is of the true range.
 *
 * In: 12 bytes per pair, 12 more with body axes. Out: 4 bytes per pair. Guarded by tests/test_radar_cover.c.
 */
#include "kernels.h"
#include "radar_look.h"

void QF_KERNEL(qf_radar_cover)(const qf_radar *radar, const qf_pairs *pairs, uint32_t *covered)
{
    qf_radar always = *radar;
    always.rotates = false;
    always.speed_min_mps = 0.0f;
    always.speed_max_mps = INFINITY;
    always.range_span_m = INFINITY;
    const qf_beam beam = qf_beam_of(&always);
    const qf_u32x16 one = qf_u32x16_set1(1);
    const qf_u32x16 zero = qf_u32x16_set1(0);
    for (size_t i = 0; i < pairs->n; i += 16) {
        const uint32_t left = (uint32_t)(pairs->n - i);
        const qf_mask32x16 here = qf_u32x16_lt(qf_u32x16_iota(), qf_u32x16_set1(left));
        const qf_sighting sighting = qf_sight(&always, &beam, NULL, pairs, i, here);
        qf_u32x16_store(covered + i, qf_u32x16_select(sighting.in_windows, one, zero));
    }
}
