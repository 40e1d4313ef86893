/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_EXPORT_STREAM_H
#define QF_EXPORT_STREAM_H

#include <stdatomic.h>

#include "export_output.h"
#include "text_buffer.h"

/*
 * Blocks that are read one at a time and in order (HDF5 serves one thread; so are lanes made and freed), made into text by several threads at once,
 * and written in order. A thread holds one block and its text, and that is all the memory there is, however many blocks.
 */
typedef struct qf_export_job {
    uint64_t n_blocks;
    void *user;
    void *(*lane_new)(void *user); /* NULL: no memory */
    qf_status (*read)(qf_context *context, void *user, void *lane, uint64_t block);
    void (*format)(void *user, void *lane, qf_text_buffer *text); /* by several threads at once */
    void (*lane_free)(void *user, void *lane);
    const atomic_int *stop; /* not 0: end; NULL: nothing asks for that */
} qf_export_job;

/* QF_INTERRUPTED, QF_ERROR_MEMORY, what reading and writing fail with. */
qf_status qf_export_stream(qf_context *context, const qf_export_job *job, qf_export_output *output);

#endif
