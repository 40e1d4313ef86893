/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_CONTEXT_H
#define QF_CONTEXT_H

#include "status.h"

/*
 * What a library call needs to know about its caller: where log lines go, how many threads may be
 * used, and where the details of a failure are kept. The library has no mutable globals.
 */
typedef enum qf_log_level {
    QF_LOG_DEBUG,
    QF_LOG_INFO,
    QF_LOG_WARNING,
    QF_LOG_ERROR,
} qf_log_level;

/* Receives one line `what key=value key=value` without a newline. May be called from any thread. */
typedef void qf_log_hook(void *user, qf_log_level level, const char *line);

typedef struct qf_binding qf_binding; /* binding.h: where threads run */
typedef struct qf_ranks qf_ranks;     /* ranks.h: the processes of a job */
typedef struct qf_uncut qf_uncut;     /* uncut.h: what is not to be cut in two */

typedef struct qf_context {
    qf_log_hook *log; /* NULL: lines are dropped */
    void *log_user;
    int n_threads;       /* >= 1 */
    qf_binding *binding; /* NULL: threads are left where they are */
    qf_ranks *ranks;     /* NULL: this process is alone */
    qf_uncut *uncut;     /* NULL: nothing ends this process at once */
    char error[1024];    /* details of the last failure, set by qf_fail */
} qf_context;

/* One thread, no log, no error. */
qf_context qf_context_default(void);

/* Records the details of a failure and returns `status`, so that callers write `return qf_fail(...)`. */
qf_status qf_fail(qf_context *context, qf_status status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

void qf_log(const qf_context *context, qf_log_level level, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
