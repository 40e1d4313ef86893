/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_STATUS_H
#define QF_STATUS_H

/*
 * Outcome of every fallible call. The details of a failure (which file, which value) are kept in
 * the qf_context; the code only says of which kind it is and which exit code it leads to.
 */
typedef enum qf_status {
#define QF_STATUS(name, exit_code, sentence) name,
#include "status.def"
#undef QF_STATUS
    QF_STATUS_COUNT
} qf_status;

/* Sentence of the table, never NULL. */
const char *qf_status_text(qf_status status);

/* Exit code of the command line contract. */
int qf_status_exit_code(qf_status status);

#endif
