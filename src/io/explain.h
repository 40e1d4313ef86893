/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_EXPLAIN_H
#define QF_EXPLAIN_H

#include <stdbool.h>
#include <stdio.h>

#include "context.h"

typedef struct qf_explain_options {
    const char *entity; /* a vehicle, by number or name */
    bool has_time;      /* else: at the end of what the file tells */
    double time_s;
    const char *machine; /* only its last transition; NULL: that of each machine */
    bool json;           /* one object instead of text */
} qf_explain_options;

/*
 * Says what led to a vehicle's state: the chain of causes, the first one first, of the last
 * transition of each of its machines up to that time (of its last event where there is none), and
 * what followed from it up to then. The events of a file are gone through in slices; only the
 * vehicle's own are kept. QF_ERROR_USAGE: no such vehicle or machine, or a time that the file
 * does not tell of. QF_ERROR_READ: the file cannot be read, or has no such events.
 * QF_ERROR_MEMORY. On failure nothing is printed.
 */
qf_status qf_explain(qf_context *context, const char *path, const qf_explain_options *options,
                     FILE *out);

#endif
