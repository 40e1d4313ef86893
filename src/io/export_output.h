/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_EXPORT_OUTPUT_H
#define QF_EXPORT_OUTPUT_H

#include <stddef.h>

#include "partial_file.h"

/* Where text goes: a file that appears when it is whole, or standard output. */
typedef struct qf_export_output {
    const char *name; /* for messages */
    bool is_file;
    bool is_open;
    bool reader_gone; /* who read standard output wants no more */
    qf_partial_file file;
    uint64_t n_bytes; /* written so far */
} qf_export_output;

/* `path`: "-" is standard output. */
qf_status qf_export_output_open(qf_context *context, const char *path, bool force,
                                qf_export_output *output);

qf_status qf_export_output_write(qf_context *context, qf_export_output *output, const char *bytes,
                                 size_t n);

/* Publishes the file where `status` is good, else removes it. Does nothing to what is not open. */
qf_status qf_export_output_close(qf_context *context, qf_export_output *output, qf_status status);

#endif
