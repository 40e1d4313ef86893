/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_UNCUT_H
#define QF_UNCUT_H

#include <stdatomic.h>

/*
 * What must not be cut in two when a program is told to end at once: changes to a file that is not whole before the last
 * of them is made. Threads begin and end them, several at a time, but none within another. Zero-initialise but for
 * `leave`. NULL in place of one: nobody will ask.
 */
typedef struct qf_uncut {
    atomic_int n;     /* that are being made; below 0: none may begin any more */
    atomic_int asked; /* to end */
    void (*leave)(
        void); /* ends the process, does not come back; called in handlers of signals and in any thread */
} qf_uncut;

/* Does not come back once the process is about to end. */
void qf_uncut_begin(qf_uncut *uncut);

/* Ends the process where that was asked for and this was the last. */
void qf_uncut_end(qf_uncut *uncut);

/* Ends the process, here where nothing is being changed, else as soon as all of it is. For handlers of signals. */
void qf_uncut_leave(qf_uncut *uncut);

#endif
