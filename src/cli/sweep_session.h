/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_SWEEP_SESSION_H
#define QF_SWEEP_SESSION_H

#include "machine.h"
#include "options.h"
#include "sweep.h"
#include "sweep_reader.h"

/* Opens a sweep and says on standard error what is wrong with it; messages of `command`. */
qf_status qf_sweep_session_open(qf_context *context, const char *command, const qf_options *options,
                                qf_sweep **sweep);

/* The cases [begin, end) that the options ask for: of --shard and of --cases. QF_ERROR_USAGE */
qf_status qf_sweep_session_range(qf_context *context, const qf_options *options,
                                 const qf_sweep_spec *spec, size_t *begin, size_t *end);

/* A job of no cases yet; `read` and `user` are those of the sweep. */
qf_sweep_job qf_sweep_session_job(const qf_sweep *sweep, const qf_options *options,
                                  const qf_machine *machine);

/*
 * Runs a sweep from what is there to its summary, with progress, a directory, and an end in good order when a signal
 * asks for it. What fails is said on standard error. QF_OK: done, and *met says whether every requirement is met, or
 * there was nothing to decide yet.
 */
qf_status qf_sweep_session_run(qf_context *context, const qf_sweep *sweep,
                               const qf_options *options, const qf_machine *machine,
                               const char *command_line, bool *met);

#endif
