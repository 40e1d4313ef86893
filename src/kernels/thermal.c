/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Thermal network, for slots [begin, end): any number of nodes and couplings, explicit Euler on the
 * temperatures of the previous tick.
 *
 *   net = q - loss (T - T_ambient) - sum over couplings k (T - T_other)               [W]
 *   T' = clamp(T + net / max(1, C) dt, -120, 160);  cooling stops at the ambient temperature
 *   trip: set at T' >= trip, cleared at T' <= trip - hysteresis, both tests in this order
 *
 * In: heat from scratch (power.c). In and out: temperatures, trip bits of the fault words.
 * Node by node over the range, because the network differs from group to group: the inner loops
 * are plain, and the rows of scratch stay in L1.
 * Per vehicle and node 5 reads and writes of 8 bytes and 14 operations, per coupling 6 and 7.
 * Source: world.md section 7. Guarded by tests/test_golden_world.c, tests/test_thermal.c.
 */
#include "clamp.h"
#include "coefficient.h"
#include "kernels.h"

static inline __attribute__((always_inline)) void flow(const qf_bot_columns *c,
                                                       const qf_bot_group *group,
                                                       qf_bot_scratch *scratch, size_t begin,
                                                       size_t end, const bool dispersed)
{
    const double ambient_c = group->ambient_c;
    for (size_t n = 0; n < group->n_nodes; n++) {
        const qf_bot_node *node = &group->nodes[n];
        const size_t loss = QF_C_FIRST_NODE + n * QF_C_PER_NODE + QF_C_NODE_LOSS_W_PER_C;
        const double *temp_c = c->temp_c[node->column];
        double *restrict net_w = scratch->net_w[n];
        if (node->source == QF_HEAT_NONE) {
#pragma omp simd
            for (size_t i = begin; i < end; i++) {
                net_w[i - begin] = -(COEFFICIENT_AT(loss) * (temp_c[i] - ambient_c));
            }
        } else {
            const double *heat_w = scratch->heat_w[node->source];
#pragma omp simd
            for (size_t i = begin; i < end; i++) {
                net_w[i - begin] =
                    heat_w[i - begin] - COEFFICIENT_AT(loss) * (temp_c[i] - ambient_c);
            }
        }
    }
    const size_t first_coupling = QF_C_FIRST_NODE + group->n_nodes * QF_C_PER_NODE;
    for (size_t k = 0; k < group->n_couplings; k++) {
        const size_t a = group->couplings[k][0];
        const size_t b = group->couplings[k][1];
        const double *temp_a_c = c->temp_c[group->nodes[a].column];
        const double *temp_b_c = c->temp_c[group->nodes[b].column];
        double *restrict net_a_w = scratch->net_w[a];
        double *restrict net_b_w = scratch->net_w[b];
#pragma omp simd
        for (size_t i = begin; i < end; i++) {
            const double flow_w = COEFFICIENT_AT(first_coupling + k) * (temp_a_c[i] - temp_b_c[i]);
            net_a_w[i - begin] -= flow_w;
            net_b_w[i - begin] += flow_w;
        }
    }
}

static inline __attribute__((always_inline)) uint64_t
heat(const qf_bot_columns *c, const qf_bot_group *group, const qf_bot_tick *tick,
     const qf_bot_scratch *scratch, size_t begin, size_t end, const bool dispersed)
{
    const double dt_s = tick->dt_s;
    const double ambient_c = group->ambient_c;
    uint64_t changed = 0;
    for (size_t n = 0; n < group->n_nodes; n++) {
        const qf_bot_node *node = &group->nodes[n];
        const size_t first = QF_C_FIRST_NODE + n * QF_C_PER_NODE;
        const uint64_t mask = node->trip.mask;
        const double *net_w = scratch->net_w[n];
        double *restrict temp_c = c->temp_c[node->column];
        uint64_t *restrict faults = c->faults[node->trip.word];
#pragma omp simd reduction(| : changed)
        for (size_t i = begin; i < end; i++) {
            const double before_c = temp_c[i];
            const double rise_c =
                net_w[i - begin] / COEFFICIENT_AT(first + QF_C_NODE_CAPACITY_J_PER_C) * dt_s;
            const double free_c = clamp(before_c + rise_c, -120.0, 160.0);
            const bool at_ambient = (before_c >= ambient_c) & (free_c < ambient_c);
            const double after_c = at_ambient ? ambient_c : free_c;
            temp_c[i] = after_c;
            const uint64_t word = faults[i];
            const uint64_t set =
                after_c >= COEFFICIENT_AT(first + QF_C_NODE_TRIP_C) ? word | mask : word;
            const uint64_t after =
                after_c <= COEFFICIENT_AT(first + QF_C_NODE_CLEAR_C) ? set & ~mask : set;
            faults[i] = after;
            changed |= word ^ after;
        }
    }
    return changed;
}

bool QF_KERNEL(qf_thermal_step)(const qf_bot_columns *columns, const qf_bot_group *group,
                                const qf_bot_tick *tick, qf_bot_scratch *scratch, size_t begin,
                                size_t end)
{
    if (group->column) {
        flow(columns, group, scratch, begin, end, true);
        return heat(columns, group, tick, scratch, begin, end, true) != 0;
    }
    flow(columns, group, scratch, begin, end, false);
    return heat(columns, group, tick, scratch, begin, end, false) != 0;
}
