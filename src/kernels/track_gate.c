/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which detections may be of which tracks: all pairs of a plot and a slot with
 *
 *   cost = |predicted - plot|^2 = dx^2 + dy^2 + dz^2 <= reach2     [m^2]
 *
 * by plot, then slot. Lanes over slots; a lane list is only made where somebody is near. Per pair of plot and slot 9
 * operations on numbers that stay in the first cache. Guarded by tests/test_track_qiki.c.
 */
#include <assert.h>

#include "real_lanes.h"
#include "track_steps.h"

QF_LANES qf_rx offset2(const qf_real *predicted, size_t i, qf_rx plot)
{
    const qf_rx offset = QF_RX(sub)(QF_RX(load)(predicted + i), plot);
    return QF_RX(mul)(offset, offset);
}

void QF_KERNEL(qf_track_gate)(const qf_track_plots *plots, const qf_real *east_m,
                              const qf_real *north_m, const qf_real *up_m, const qf_real *reach2,
                              size_t n_slots, qf_track_scratch *scratch)
{
    struct qf_track_pair *const pairs = scratch->pairs;
    size_t n = 0;
    for (size_t p = 0; p < plots->n; p++) {
        const qf_rx east = QF_RX(set1)(plots->east_m[p]);
        const qf_rx north = QF_RX(set1)(plots->north_m[p]);
        const qf_rx up = QF_RX(set1)(plots->up_m[p]);
        for (size_t i = 0; i < n_slots; i += QF_RX_LANES) {
            const qf_rx cost =
                QF_RX(add)(QF_RX(add)(offset2(east_m, i, east), offset2(north_m, i, north)),
                           offset2(up_m, i, up));
            uint32_t near = QF_RX_MASK(bits)(QF_RX(le)(cost, QF_RX(load)(reach2 + i)));
            if (near == 0) {
                continue;
            }
            near &= n_slots - i < QF_RX_LANES ? (UINT32_C(1) << (n_slots - i)) - 1 : UINT32_MAX;
            qf_real costs[QF_RX_LANES];
            QF_RX(store)(costs, cost);
            for (; near != 0; near &= near - 1) {
                const uint32_t k = (uint32_t)__builtin_ctz(near);
                assert(n < scratch->pairs_capacity); /* of all plots with all slots */
                pairs[n++] = (struct qf_track_pair){(uint32_t)p, (uint32_t)i + k, costs[k]};
            }
        }
    }
    scratch->n_pairs = n;
}
