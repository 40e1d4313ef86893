/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_ORDER_CHECK_H
#define QF_ORDER_CHECK_H

#include "order.h"

/* Whether orders can be taken, as order.h says. */

/* Whether arguments of `rcs` fire thrusters; others stop them. */
bool qf_order_fires(const double *argument);

/* Whether some port of the vehicle has captured another, softly at least. */
bool qf_order_is_captured(const qf_fleet *fleet, const qf_group *group, size_t slot);

/* ACCEPTED: the vehicle in the slot can take the order; else what becomes of it. */
qf_actuation qf_order_check(const qf_fleet *fleet, const qf_group *group, size_t slot,
                            const qf_order *order);

#endif
