/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_CASE_ALONE_H
#define QF_CASE_ALONE_H

#include "context.h"
#include "sweep_reader.h"

/*
 * The scenario of one case by itself: the sweep's effective scenario with the value of every parameter set at its
 * path, one world, and the case's number as that of the first world. It has no sweep. `qfleet run` of what
 * qf_scenario_write makes of it has the bits of the case. QF_ERROR_SCENARIO: the values make no valid scenario; the context's error
 * says why. The scenario is the caller's (qf_scenario_free).
 */
qf_status qf_sweep_case_alone(qf_context *context, const qf_sweep *sweep, uint32_t number,
                              qf_scenario *scenario);

/* The value of a parameter in a case, as a scenario would say it; texts that do not fit end in "...". */
enum { QF_CASE_VALUE_BYTES = 64 };
const char *qf_case_value_text(const qf_sweep *sweep, size_t parameter, uint32_t number,
                               char text[QF_CASE_VALUE_BYTES]);

#endif
