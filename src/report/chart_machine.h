/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_CHART_MACHINE_H
#define QF_CHART_MACHINE_H

#include <stdio.h>

#include "machine_coverage.h"

/*
 * A state machine as boxes and arrows. Boxes have how often a state was entered and the share of evaluations in it,
 * which a bar shows, too; what nobody ever entered or took is dashed and grey. Arrows have their number, which is that of the
 * table below, the trigger where there is room, and how often they were taken, which their thickness shows on a logarithmic scale.
 */

typedef enum qf_machine_width {
    QF_MACHINE_NARROW, /* QF_FIGURE_WIDTH */
    QF_MACHINE_WIDE    /* QF_FIGURE_WIDE_WIDTH */
} qf_machine_width;

/*
 * A picture that is so wide at most where there is a way; a wider one scrolls within its own box. Its lengths are
 * pixels, so that texts stay as large as they are. `title`: what it is to those who do not see it. False: no memory.
 */
bool qf_chart_machine(FILE *out, const qf_covered_machine *machine, qf_machine_width width,
                      const char *title);

#endif
