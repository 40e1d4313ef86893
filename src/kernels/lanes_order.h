/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_LANES_ORDER_H
#define QF_LANES_ORDER_H

#include <stdint.h>

/*
 * For each set of eight lanes, as bits, an order that begins with them: byte k is the lane that comes
 * to place k, those of the set ascending and then the others ascending. For packing lanes and for
 * listing bits without a branch for each.
 */
extern const uint64_t qf_lanes_order[256];

#endif
