/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_TASK_SPEC_H
#define QF_TASK_SPEC_H

#include <stddef.h>
#include <stdint.h>

/* Work that is to be done somewhere, in every world: vehicles bid for it (TASKS of guidance_spec.h). */
typedef struct qf_task_spec {
    const char *name;
    double position_m[3];
    double work_s; /* how long a vehicle stays there */
    double value;  /* what it is worth, against 1 per m of way; > 0 */
    double from_s; /* not before */
} qf_task_spec;

enum { QF_TASKS_MOST = 512 }; /* one bit each in every vehicle that does tasks */

typedef struct qf_auction_spec {
    const qf_task_spec *tasks;
    size_t n_tasks;
    int64_t period_ticks; /* how often it is held; 0: there are no tasks */
} qf_auction_spec;

#endif
