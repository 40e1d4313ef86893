/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_PLAN_EXPLAIN_H
#define QF_PLAN_EXPLAIN_H

#include "plan_advice.h"
#include "plan_model.h"

/* What is taken of a network that is not here (--network): of one message, and of one machine's link. */
#define QF_NETWORK_LATENCY_US 2.0
#define QF_NETWORK_GBPS       12.5

/* Machines that tables go up to where --nodes is not given. */
enum { QF_EXPLAIN_NODES = 1024 };

/*
 * Measures how fast memory is copied and, where something is recorded, how fast the disk of the present directory takes a file, which is gone
 * afterwards; sets what else the model has from what was measured of the scenario. QF_ERROR_MEMORY, QF_ERROR_WRITE, QF_ERROR_DISK_FULL.
 */
qf_status qf_explain_calibrate(qf_context *context, const qf_plan *plan, double latency_us,
                               double link_gbps, qf_cost_model *model);

/* Of one world over ranks: a table of what a tick costs on 1 ... most_nodes machines. */
qf_status qf_explain_world(qf_context *context, const qf_plan *plan, const qf_cost_model *model,
                           size_t most_nodes, FILE *out);

/* Of a sweep. */
qf_status qf_explain_sweep(qf_context *context, const qf_plan *plan, size_t most_nodes, FILE *out);

#endif
