/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_TRACKING_SUMMARY_H
#define QF_TRACKING_SUMMARY_H

#include <stddef.h>
#include <stdio.h>

#include "fleet.h"
#include "tracking_metrics.h"

/* How well each group of observers kept its picture, for people; nothing where n is 0. */
void qf_print_tracking(const qf_fleet *fleet, const qf_tracking_metrics *rows, size_t n, FILE *out);

#endif
