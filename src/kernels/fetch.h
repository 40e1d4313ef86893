/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_FETCH_H
#define QF_FETCH_H

#include <stddef.h>

#include "program.h"

/*
 * Fetches what a column of 8 bytes a vehicle has for the block after the one at `at`; nothing is read, so it need not
 * be there. A block takes two kilobytes of one column after the other, too little for the processor to see
 * what comes: of a million vehicles, machines take half as long with it, as many lines as there are.
 */
static inline void qf_fetch_next_block(const void *at)
{
    enum { LINE = 64, BYTES = 8 * QF_PROGRAM_VEHICLES };
    for (size_t next = BYTES; next < 2 * BYTES; next += LINE) {
        __builtin_prefetch((const char *)at + next);
    }
}

#endif
