/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_COEFFICIENT_H
#define QF_COEFFICIENT_H

/*
 * A coefficient of vehicle `i`, within a loop of a kernel that is compiled twice: once with
 * `dispersed` false, where it is the group's own number, and once true, where it is an array's.
 */
#define COEFFICIENT_AT(number)                                                                     \
    (dispersed ? group->column[number][i - group->origin] : group->uniform[number])
#define COEFFICIENT(name) COEFFICIENT_AT(QF_C_##name)

#endif
