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
 * are plain, and the rows of scratch stay in L1. Trip bits are written only where a vehicle of the
 * range is as hot as the limit or has tripped: elsewhere both tests would leave them as they are.
 * Per vehicle and node 4 reads and writes of 8 bytes and 15 operations, per coupling 6 and 4; 4 and
 * 7 more for a node that is hot or has tripped somewhere in the range.
 * Source: world.md section 7. Guarded by tests/test_golden_world.c, tests/test_thermal.c.
 */
#include "clamp.h"
#include "coefficient.h"
#include "kernels.h"
#include "mask.h"

/* net power of every node, from its heat, its losses and its couplings, into scratch */
static inline __attribute__((always_inline)) void flow(const qf_bot_columns *c,
                                                       const qf_bot_group *group,
                                                       qf_bot_scratch *scratch, size_t begin,
                                                       size_t end, const bool dispersed)
{
    const double ambient_c = group->ambient_c;
    for (size_t n = 0; n < group->n_nodes; n++) {
        const qf_bot_node *node = &group->nodes[n];
        const qf_coefficients loss =
            COEFFICIENTS_AT(QF_C_FIRST_NODE + n * QF_C_PER_NODE + QF_C_NODE_LOSS_W_PER_C);
        const double *temp_c = c->temp_c[node->column];
        double *restrict net_w = scratch->net_w[n];
        if (node->source == QF_HEAT_NONE) {
#pragma omp simd
            for (size_t i = begin; i < end; i++) {
                const size_t j = i - begin;
                net_w[j] = -(VALUE_OF(loss) * (temp_c[i] - ambient_c));
            }
        } else {
            const double *heat_w = scratch->heat_w[node->source];
#pragma omp simd
            for (size_t i = begin; i < end; i++) {
                const size_t j = i - begin;
                net_w[j] = heat_w[j] - VALUE_OF(loss) * (temp_c[i] - ambient_c);
            }
        }
    }
    const size_t first_coupling = QF_C_FIRST_NODE + group->n_nodes * QF_C_PER_NODE;
    for (size_t k = 0; k < group->n_couplings; k++) {
        const size_t a = group->couplings[k][0];
        const size_t b = group->couplings[k][1];
        const qf_coefficients k_w_per_c = COEFFICIENTS_AT(first_coupling + k);
        const double *temp_a_c = c->temp_c[group->nodes[a].column];
        const double *temp_b_c = c->temp_c[group->nodes[b].column];
        double *restrict net_a_w = scratch->net_w[a];
        double *restrict net_b_w = scratch->net_w[b];
#pragma omp simd
        for (size_t i = begin; i < end; i++) {
            const size_t j = i - begin;
            const double flow_w = VALUE_OF(k_w_per_c) * (temp_a_c[i] - temp_b_c[i]);
            net_a_w[j] -= flow_w;
            net_b_w[j] += flow_w;
        }
    }
}

/* next temperature of node n; returns whether a vehicle is as hot as the limit, or has tripped */
static inline __attribute__((always_inline)) bool
heat(const qf_bot_columns *c, const qf_bot_group *group, const qf_bot_tick *tick,
     const qf_bot_scratch *scratch, size_t n, size_t begin, size_t end, const bool dispersed)
{
    const qf_bot_node *node = &group->nodes[n];
    const size_t first = QF_C_FIRST_NODE + n * QF_C_PER_NODE;
    const qf_coefficients capacity_j_per_c = COEFFICIENTS_AT(first + QF_C_NODE_CAPACITY_J_PER_C);
    const qf_coefficients trip_c = COEFFICIENTS_AT(first + QF_C_NODE_TRIP_C);
    const double *net_w = scratch->net_w[n];
    double *restrict temp_c = c->temp_c[node->column];
    const uint64_t *faults = c->faults[node->trip.word];
    const uint64_t trip_mask = node->trip.mask;
    const double ambient_c = group->ambient_c;
    const double dt_s = tick->dt_s;
    const double truth = qf_mask_truth();
    uint64_t concerned = 0;
#pragma omp simd reduction(| : concerned)
    for (size_t i = begin; i < end; i++) {
        const size_t j = i - begin;
        const double before_c = temp_c[i];
        const double rise_c = net_w[j] / VALUE_OF(capacity_j_per_c) * dt_s;
        const double free_c = clamp(before_c + rise_c, -120.0, 160.0);
        const double stop_c = before_c >= ambient_c ? higher(ambient_c, free_c) : free_c;
        temp_c[i] = stop_c;
        concerned |= MASK_IF(stop_c >= VALUE_OF(trip_c)) | (faults[i] & trip_mask);
    }
    return concerned != 0;
}

/* sets and clears the trip bit of node n; returns the bits that changed in any vehicle */
static inline __attribute__((always_inline)) uint64_t trip(const qf_bot_columns *c,
                                                           const qf_bot_group *group, size_t n,
                                                           size_t begin, size_t end,
                                                           const bool dispersed)
{
    const qf_bot_node *node = &group->nodes[n];
    const size_t first = QF_C_FIRST_NODE + n * QF_C_PER_NODE;
    const qf_coefficients trip_c = COEFFICIENTS_AT(first + QF_C_NODE_TRIP_C);
    const qf_coefficients clear_c = COEFFICIENTS_AT(first + QF_C_NODE_CLEAR_C);
    const double *temp_c = c->temp_c[node->column];
    uint64_t *restrict faults = c->faults[node->trip.word];
    const uint64_t trip_mask = node->trip.mask;
    const double truth = qf_mask_truth();
    uint64_t changed = 0;
#pragma omp simd reduction(| : changed)
    for (size_t i = begin; i < end; i++) {
        const size_t j = i - begin;
        const uint64_t before = faults[i];
        const uint64_t after = (before | (MASK_IF(temp_c[i] >= VALUE_OF(trip_c)) & trip_mask)) &
                               ~(MASK_IF(temp_c[i] <= VALUE_OF(clear_c)) & trip_mask);
        faults[i] = after;
        changed |= before ^ after;
    }
    return changed;
}

static inline __attribute__((always_inline)) uint64_t
step(const qf_bot_columns *c, const qf_bot_group *group, const qf_bot_tick *tick,
     qf_bot_scratch *scratch, size_t begin, size_t end, const bool dispersed)
{
    flow(c, group, scratch, begin, end, dispersed);
    uint64_t changed = 0;
    for (size_t n = 0; n < group->n_nodes; n++) {
        if (heat(c, group, tick, scratch, n, begin, end, dispersed)) {
            changed |= trip(c, group, n, begin, end, dispersed);
        }
    }
    return changed;
}

bool QF_KERNEL(qf_thermal_step)(const qf_bot_columns *columns, const qf_bot_group *group,
                                const qf_bot_tick *tick, qf_bot_scratch *scratch, size_t begin,
                                size_t end)
{
    const bool dispersed = group->column != NULL;
    const uint64_t changed = dispersed ? step(columns, group, tick, scratch, begin, end, true)
                                       : step(columns, group, tick, scratch, begin, end, false);
    return changed != 0;
}
