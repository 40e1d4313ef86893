/* SPDX-License-Identifier: Apache-2.0 */
#include "uncut.h"

#include <limits.h>
#include <stddef.h>
#include <unistd.h>

_Static_assert(ATOMIC_INT_LOCK_FREE == 2, "a handler of signals may not wait");

void qf_uncut_begin(qf_uncut *uncut)
{
    int n = uncut ? atomic_load(&uncut->n) : 0;
    while (uncut) {
        if (n < 0 || atomic_load(&uncut->asked)) {
            (void)pause(); /* others end what they have begun, and the last of them the process */
        } else if (atomic_compare_exchange_weak(&uncut->n, &n, n + 1)) {
            return;
        }
    }
}

/* Of all who come here, one leaves. */
static void leave_if_none(qf_uncut *uncut)
{
    int none = 0;
    if (atomic_compare_exchange_strong(&uncut->n, &none, INT_MIN)) {
        uncut->leave();
    }
}

void qf_uncut_end(qf_uncut *uncut)
{
    if (uncut && atomic_fetch_sub(&uncut->n, 1) == 1 && atomic_load(&uncut->asked)) {
        leave_if_none(uncut);
    }
}

/* `asked` first: whoever ends after this has failed sees it. */
void qf_uncut_leave(qf_uncut *uncut)
{
    atomic_store(&uncut->asked, 1);
    leave_if_none(uncut);
}
