/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_SETTABLE_H
#define QF_SETTABLE_H

#include "catalog.h"
#include "order.h"

/* What inputs may be set to, by `set` and by faults, and which of them are set by commands in truth. */

/* The range of values of a field, as far as it has one; all of its numbers are finite. */
void qf_settable_range(qf_field_id field, double *low, double *high);

/*
 * The order that is meant: `set` of an input of which more than its column changes, or that may be locked, is the
 * command for it. Any other is itself.
 */
qf_order qf_order_meant(const qf_fleet *fleet, const qf_order *order);

/* The order that a switch means, where that is more than its bit; false: it is not. */
bool qf_order_of_switch(const qf_quantity *quantity, bool on, qf_order *order);

/* Whether the value is one that a column of the fleet can have. */
bool qf_settable_fits(const qf_fleet *fleet, size_t column, double value);

#endif
