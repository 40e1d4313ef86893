/* SPDX-License-Identifier: Apache-2.0 */
#include "stop_signal.h"

#include <signal.h>
#include <stddef.h>

_Static_assert(ATOMIC_INT_LOCK_FREE == 2, "a handler of signals may not wait");

atomic_int qf_stop_requested;

static void request_stop(int signal_number)
{
    (void)signal_number;
    qf_stop_requested = 1;
}

void qf_listen_for_signals(void)
{
    static const int signals[] = {SIGINT, SIGTERM, SIGUSR1, SIGHUP};
    struct sigaction action = {.sa_handler = request_stop, .sa_flags = (int)SA_RESETHAND};
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
