/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_JUNIT_H
#define QF_JUNIT_H

#include "partial_file.h"
#include "sweep_summary.h"

/*
 * Verdicts as JUnit XML, which continuous integration shows: one suite with a test case for each requirement, failed
 * unless it is met, so that it agrees with the exit code; and a last one, `every case ran to its end`, which is skipped with
 * a count where cases were quarantined or failed. `file` is open, and published or, on failure,
 * discarded.
 */
qf_status qf_junit_write(qf_context *context, const qf_sweep_summary *summary,
                         qf_partial_file *file);

/* A text as XML has it between tags and in attributes: what XML 1.0 cannot hold becomes `?`. */
void qf_xml_put_text(FILE *out, const char *text);

#endif
