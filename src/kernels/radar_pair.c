/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where targets are seen from one observer: appends n pairs.
 *
 *   d = target - observer, in double precision, then rounded to single; so with the velocity
 *   along body axis k: d . axes[k], single precision, left to right
 *
 * In: the targets by rank, a line of the cache each.
 * Out: a column each, and what is the observer's in every pair. Positions are doubles because a fleet
 * may be far from its origin; a difference keeps 24 bits of itself in single precision.
 *
 * Plain loops: each operation is rounded once, so that the compiler may choose its vectors. Per pair 64
 * bytes in, 44 out (56 with body axes) and 6 operations (21). The loop that gathers is apart from those
 * that do not need it, which the compiler makes vectors of.
 * Source: radar_tracking.md section 2. Guarded by tests/test_radar_kernels.c.
 */
#include "kernels.h"

/* pairs [at, at + n) along a body axis */
static inline __attribute__((always_inline)) void
project(const qf_pairs *pairs, size_t at, size_t n, const float axis[3], float *restrict to)
{
#pragma omp simd
    for (size_t i = at; i < at + n; i++) {
        to[i] = pairs->east_m[i] * axis[0] + pairs->north_m[i] * axis[1] + pairs->up_m[i] * axis[2];
    }
}

void QF_KERNEL(qf_radar_pair)(const qf_target *targets, const qf_observer *observer,
                              const uint32_t *near, size_t n, bool body, qf_pairs *pairs)
{
    const size_t at = pairs->n;
    float *const to_m[] = {pairs->east_m + at, pairs->north_m + at, pairs->up_m + at};
    float *const to_mps[] = {pairs->east_mps + at, pairs->north_mps + at, pairs->up_mps + at};
    for (size_t i = 0; i < n; i++) {
        const qf_target *target = &targets[near[i]];
        for (int axis = 0; axis < 3; axis++) {
            to_m[axis][i] = (float)(target->position_m[axis] - observer->position_m[axis]);
            to_mps[axis][i] = (float)(target->velocity_mps[axis] - observer->velocity_mps[axis]);
        }
        pairs->target[at + i] = near[i];
        pairs->rcs_m2[at + i] = target->rcs_m2;
        pairs->key[at + i] = target->key;
    }
    for (size_t i = at; i < at + n; i++) {
        pairs->observer[i] = observer->number;
        pairs->world[i] = observer->world;
        pairs->vehicle[i] = observer->vehicle;
    }
    if (body) {
        project(pairs, at, n, observer->axes[0], pairs->body_forward_m);
        project(pairs, at, n, observer->axes[1], pairs->body_left_m);
        project(pairs, at, n, observer->axes[2], pairs->body_up_m);
    }
    pairs->n = at + n;
}
