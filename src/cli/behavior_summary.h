/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_BEHAVIOR_SUMMARY_H
#define QF_BEHAVIOR_SUMMARY_H

#include <stdio.h>

#include "behavior.h"
#include "simulation.h"

/*
 * What vehicles did and what befell them, for people: a line for each machine of each group, what of the machines was
 * never exercised, and how many faults, devices and stops there were. Nothing where no group behaves.
 */
void qf_print_behavior(const qf_fleet *fleet, const qf_coverage *coverage, const int64_t *n_of_code,
                       FILE *out);

#endif
