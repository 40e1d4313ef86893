/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_EXPORT_CAUSES_H
#define QF_EXPORT_CAUSES_H

#include <stdbool.h>
#include <stdint.h>

/*
 * The first cause of every event: that of its cause, or itself. The latest are in memory, all of them in a file without
 * a name, 8 bytes each, so that memory does not grow with the events.
 */
typedef struct qf_causes {
    const char *directory; /* where that file may be */
    uint64_t window;       /* events in memory, a multiple of the batch */
    uint64_t batch;        /* events that are written at once */
    int64_t *roots;        /* a ring of `window` */
    uint64_t n;            /* events so far */
    int fd;                /* < 0: there is no file yet */
} qf_causes;

enum { QF_CAUSES_WINDOW = 1 << 20, QF_CAUSES_BATCH = 1 << 16 };

/* `directory` must outlive it. False: no memory. */
bool qf_causes_open(const char *directory, uint64_t window, uint64_t batch, qf_causes *causes);
void qf_causes_close(qf_causes *causes);

/* Of the next event: `cause` is less than its number; < 0: none. 0, or the errno of the file; *root */
int qf_causes_next(qf_causes *causes, int64_t cause, int64_t *root);

#endif
