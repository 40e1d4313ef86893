/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_MEMORY_FORECAST_H
#define QF_MEMORY_FORECAST_H

#include <stdbool.h>
#include <stddef.h>

#include "resource_limits.h"
#include "scenario.h"

/*
 * What the run of a scenario that has been read will take with context->n_threads, in `bytes`, and
 * a refusal of what cannot fit before it takes the machine down: QF_ERROR_MEMORY, with the limit
 * that applies. Events are counted as far as they are known before: two for each vehicle that
 * starts, what its machines do on entering their first states, and what its self-test is expected to find.
 * `with_results`: a result file is written. Over ranks `bytes` is of each, and those of this machine have to fit into it together.
 */
qf_status qf_memory_check(qf_context *context, const qf_scenario *scenario, const qf_limits *limits,
                          bool with_results, size_t *bytes);

/* What the program takes before it runs anything: libraries, the topology, the scenario that was read. */
size_t qf_memory_program_bytes(void);

/* QF_ERROR_MEMORY, which names `what` and the limit, where so many bytes are more than can be had. */
qf_status qf_memory_fits(qf_context *context, const qf_limits *limits, const char *what,
                         size_t bytes);

#endif
