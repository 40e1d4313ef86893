/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which tracks the beam of a rotating radar has passed in a frame: only those can miss a detection.
 *
 *   ahead = p . forward, right = - p . left, azimuth = atan2(right, ahead) in [0, 360)        [degree]
 *   lit where the azimuth is in [arc begin, arc end), around through 0 where that begins after it ends
 *
 * p: what was predicted; a detection updates its track wherever that is. All are lit where the radar sees all of its
 * field of view in each frame. In: 12 bytes per track. Out: 4. Guarded by tests/test_track_light.c.
 */
#include "track_filter.h"

void QF_KERNEL(qf_filter_light)(const qf_filter *f)
{
    const qf_track_frame *frame = f->frame;
    const qf_track_table *t = f->table;
    const qf_real *restrict east = t->east_m;
    const qf_real *restrict north = t->north_m;
    const qf_real *restrict up = t->up_m;
    uint32_t *restrict lit = f->lit;
    if (!frame->sweeps) {
        for (size_t i = 0; i < f->lanes; i++) {
            lit[i] = 1;
        }
        return;
    }
    /* columns that are not in use yet */
    qf_real *restrict right = qf_filter_measured(f, 0);
    qf_real *restrict ahead = qf_filter_measured(f, 1);
    qf_real *restrict zero = qf_filter_measured(f, 2);
    const qf_real *forward = frame->forward;
    const qf_real *left = frame->left;
    for (size_t i = 0; i < f->lanes; i++) {
        right[i] = -(east[i] * left[0] + north[i] * left[1] + up[i] * left[2]);
        ahead[i] = east[i] * forward[0] + north[i] * forward[1] + up[i] * forward[2];
        zero[i] = 0;
    }
    qf_real *azimuth = qf_filter_measured(f, 3);
    QF_KERNEL(qf_track_polar)
    (right, ahead, zero, f->lanes, qf_filter_measured(f, 4), azimuth, qf_filter_measured(f, 5));
    const qf_real begin = frame->arc_begin_deg;
    const qf_real end = frame->arc_end_deg;
    for (size_t i = 0; i < f->lanes; i++) {
        const bool after = azimuth[i] >= begin;
        const bool before = azimuth[i] < end;
        lit[i] = begin > end ? after | before : after & before;
    }
}
