/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_FLEET_DIFFERENCE_H
#define QF_FLEET_DIFFERENCE_H

#include <stdbool.h>

#include "fleet.h"

/* The first vehicle in which two fleets differ, and what of it: states and inputs before outputs, then vehicles, then
   columns. */
typedef struct qf_fleet_difference {
    bool found;
    size_t entity;
    size_t column; /* number of the quantity in the first fleet's catalogue */
    const qf_quantity *quantity;
    uint64_t bits[2];
} qf_fleet_difference;

/* Compares the quantities that both have, bit by bit as they are recorded. Groups of both have the same sizes. */
qf_fleet_difference qf_fleet_compare(const qf_fleet *a, const qf_fleet *b);

/* Whether an entity number means the same vehicle in both. */
bool qf_scenario_same_shape(const qf_scenario *a, const qf_scenario *b);

#endif
