/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_HULL_H
#define QF_HULL_H

#include "group.h"

/* Least distance of two hulls as they are now, negative: how deep they are in each other. False: one has none. */
bool qf_hull_gap(const qf_fleet *fleet, size_t a, size_t b, double *gap_m);

/* How far the farthest point of a hull is from the vehicle's centre of mass; 0: it has none. */
double qf_hull_bound_m(const qf_body_spec *body);

#endif
