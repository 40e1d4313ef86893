/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_STOP_SIGNAL_H
#define QF_STOP_SIGNAL_H

#include <stdatomic.h>

#include "uncut.h"

/*
 * From now on the first signal of those that ask a program to end (SIGINT, SIGTERM, SIGUSR1, SIGHUP)
 * sets qf_stop_requested to QF_STOP_SOON, a second one of its kind ends the program at once, or as soon as
 * nothing is within qf_stop_uncut. A terminal that
 * goes away counts, unless the program was started to outlive it (nohup). A full disk or pipe is
 * reported where it is written to.
 */
void qf_listen_for_signals(void);

/*
 * As qf_listen_for_signals; besides, what is under way so many seconds after the first of these signals is not to be
 * waited for: then qf_stop_requested becomes QF_STOP_NOW.
 */
void qf_listen_with_patience(unsigned seconds);

/* Does what the first signal does: somebody else has heard one. */
void qf_request_stop(void);

enum {
    QF_STOP_SOON = 1, /* begin nothing more, and end well what is under way */
    QF_STOP_NOW = 2,  /* leave what is under way */
};

/* What the end at once waits for, for a context. */
extern qf_uncut qf_stop_uncut;

/* Not 0: the program was asked to end. Several threads look at it; what is atomic without a lock, a handler may set. */
extern atomic_int qf_stop_requested;

#endif
