/* SPDX-License-Identifier: Apache-2.0 */
#include "stop_signal.h"

#include <signal.h>
#include <stddef.h>
#include <unistd.h>

_Static_assert(ATOMIC_INT_LOCK_FREE == 2, "a handler of signals may not wait");

atomic_int qf_stop_requested;

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

static void hear_signal(int signal_number)
{
    (void)signal_number;
    qf_request_stop();
}

static void hear_alarm(int signal_number)
{
    (void)signal_number;
    qf_stop_requested = QF_STOP_NOW;
}

void qf_listen_for_signals(void)
{
    static const int signals[] = {SIGINT, SIGTERM, SIGUSR1, SIGHUP};
    struct sigaction action = {.sa_handler = hear_signal, .sa_flags = (int)SA_RESETHAND};
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
