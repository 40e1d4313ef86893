/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_JUNIT_H
#define QF_JUNIT_H

#include <stdio.h>

#include "sweep_summary.h"

/*
 * Verdicts as JUnit XML, which continuous integration shows: one suite with a test case for each requirement, failed
 * unless it is met, so that it agrees with the exit code; and a last one, `every case ran to its end`, which is skipped
 * with a count where cases were quarantined or failed.
 */
typedef struct qf_junit {
    FILE *out; /* NULL: none is open */
    char *path;
    char *partial;
} qf_junit;

/*
 * Begins the file under another name, so that a place that cannot be written is known before hours of work. What is
 * there is replaced in the end if it is JUnit XML of this program; QF_ERROR_EXISTS if it is something else.
 * QF_ERROR_OUTPUT, QF_ERROR_MEMORY.
 */
qf_status qf_junit_open(qf_context *context, const char *path, qf_junit *junit);

/* Writes it, gives it its name and closes. QF_ERROR_WRITE, QF_ERROR_DISK_FULL: nothing is left of it. */
qf_status qf_junit_write(qf_context *context, const qf_sweep_summary *summary, qf_junit *junit);

/* Leaves what was there as it was. Also of one that was not opened. */
void qf_junit_discard(qf_junit *junit);

/* A text as XML has it between tags and in attributes: what XML 1.0 cannot hold becomes `?`. */
void qf_xml_put_text(FILE *out, const char *text);

#endif
