/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_CASE_REPLAY_H
#define QF_CASE_REPLAY_H

#include "case_source.h"

/* One case of a sweep, or world of a run, again: what `qfleet replay` and `qfleet report` do. */

/* As qf_case_source_scenario, with everything recorded after every tick. */
qf_status qf_case_replay_read(qf_context *context, const qf_case_source *source, uint64_t number,
                              qf_scenario *scenario, uint64_t *hash);

/* Of a case that came to another hash than the one that is stored: which, and what that may mean. Returns `text`. */
enum { QF_REPLAY_TEXT_BYTES = 256 };
const char *qf_case_replay_difference(const qf_case_source *source, uint64_t number,
                                      uint64_t stored, uint64_t computed,
                                      char text[QF_REPLAY_TEXT_BYTES]);

#endif
