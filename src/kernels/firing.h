/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_FIRING_H
#define QF_FIRING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "allocator.h"
#include "bot.h"

/*
 * Thrusters as control uses them: what is wanted of them is allocated (allocator.h), and they are then open for a part
 * of each pulse window, their duty. Equations: firing.c.
 */

/* A group's constants, and where its vehicles' outputs go; columns are indexed by slot. */
typedef struct qf_firing {
    const qf_allocator *allocator;
    const double *valve_share; /* by thruster, of the valves' power at 100 % */
    const double
        *valve_threshold; /* by thruster: duty above which its valve is open in this tick */
    double least_duty;    /* that a valve can do; 0: any */
    double *residual_force_n, *residual_torque_nm;
    double *const *duty; /* by thruster; as many columns as there are */
    double *const *rest; /* likewise: duty that pulses owe; used where there is a least duty */
} qf_firing;

/* Part of the wanted wrench, in weighted norm, beyond which it is told that thrusters cannot give it. */
#define QF_WRENCH_SHORT 0.05

/* Values of a tick for the vehicles that want something of their thrusters, in their order. */
typedef struct qf_firing_rows {
    qf_allocation allocation;
    uint32_t place[QF_BLOCK_VEHICLES];           /* in the block */
    uint64_t wants[QF_BLOCK_VEHICLES];           /* of all vehicles of the block */
    double given[QF_THRUSTERS_MOST][16];         /* part of full thrust, of sixteen of them */
    double wrench[QF_WRENCH][QF_BLOCK_VEHICLES]; /* N and N m that they give */
    double thrust_n[QF_BLOCK_VEHICLES];          /* sum of |F| */
    double valves[QF_BLOCK_VEHICLES];            /* power, in parts of that at 100 % */
    double most_duty[QF_BLOCK_VEHICLES];
} qf_firing_rows;

#endif
