/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_RCS_GROUPS_H
#define QF_RCS_GROUPS_H

#include <stddef.h>

#include "bot.h"

/*
 * Which thrusters serve which axis: for each of the six body axes the pair or quadruple that pushes
 * best along it, by  projection - 0.05 lateral force - 0.5 torque above the tolerance  (N, N m).
 * All pairs come first, then all quadruples, in lexicographic order; a later one must be strictly
 * better. An axis that nothing pushes along has no group (thrust_sum_n 0).
 * Source: world.md section 4. Guarded by tests/test_rcs_groups.c.
 *
 * `position_m` and `force_n` (full thrust) hold `n` vectors each.
 */
void qf_rcs_find_groups(const double (*position_m)[3], const double (*force_n)[3], size_t n,
                        double torque_tolerance_nm, qf_rcs_table *table);

#endif
