/* SPDX-License-Identifier: Apache-2.0 */
#include "stop_signal.h"

#include <pthread.h>
#include <signal.h>
#include <stddef.h>
#include <unistd.h>

_Static_assert(ATOMIC_INT_LOCK_FREE == 2, "a handler of signals may not wait");

atomic_int qf_stop_requested;

static atomic_int heard[NSIG];
static atomic_int last_signal; /* the second of its kind */
static atomic_uint patience_s; /* 0: without an end */

/* all that it calls may be called by a handler of signals */
void qf_request_stop(void)
{
    int expected = 0;
    if (atomic_compare_exchange_strong(&qf_stop_requested, &expected, QF_STOP_SOON) &&
        patience_s > 0) {
        (void)alarm(patience_s);
    }
}

/* Of the signal, as if nobody had listened: whoever waits for this program sees what ended it. */
static void leave(void)
{
    const int number = last_signal;
    struct sigaction usual = {.sa_handler = SIG_DFL};
    sigset_t only;
    sigemptyset(&usual.sa_mask);
    sigemptyset(&only);
    sigaddset(&only, number);
    (void)sigaction(number, &usual, NULL);
    (void)pthread_sigmask(SIG_UNBLOCK, &only, NULL);
    (void)raise(number);
    _exit(128 + number);
}

qf_uncut qf_stop_uncut = {.leave = leave};

static void hear_signal(int signal_number)
{
    if (atomic_exchange(&heard[signal_number], 1) == 0) {
        qf_request_stop();
        return;
    }
    last_signal = signal_number;
    qf_stop_requested = QF_STOP_NOW;
    qf_uncut_leave(&qf_stop_uncut);
}

static void hear_alarm(int signal_number)
{
    (void)signal_number;
    qf_stop_requested = QF_STOP_NOW;
}

void qf_listen_for_signals(void)
{
    static const int signals[] = {SIGINT, SIGTERM, SIGUSR1, SIGHUP};
    struct sigaction action = {.sa_handler = hear_signal};
    sigemptyset(&action.sa_mask);
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++) {
        struct sigaction before;
        if (sigaction(signals[i], NULL, &before) == 0 && before.sa_handler != SIG_IGN) {
            sigaction(signals[i], &action, NULL);
        }
    }
    signal(SIGXFSZ, SIG_IGN);
    signal(SIGPIPE, SIG_IGN);
}

void qf_listen_with_patience(unsigned seconds)
{
    struct sigaction action = {.sa_handler = hear_alarm};
    sigemptyset(&action.sa_mask);
    sigaction(SIGALRM, &action, NULL);
    patience_s = seconds;
    qf_listen_for_signals();
}
