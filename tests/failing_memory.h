/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_TEST_FAILING_MEMORY_H
#define QF_TEST_FAILING_MEMORY_H

/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */
#include <errno.h>
#include <stdlib.h>

#include "arena.h"

/*
 * The arena's allocator, replaced so that memory can run out on request: the countdown of successes
 * that remain, negative for no limit. For one source file of a program, of all of which it holds.
 */
static int allocations_left = -1;

void *aligned_alloc(size_t alignment, size_t size)
{
    if (allocations_left == 0) {
        errno = ENOMEM;
        return NULL;
    }
    allocations_left -= allocations_left > 0;
    void *memory = NULL;
    return posix_memalign(&memory, alignment, size) == 0 ? memory : NULL;
}

/* checkers such as valgrind put their own allocator before ours */
static inline void skip_unless_memory_can_run_out(void)
{
    qf_arena arena = {0};
    allocations_left = 0;
    bool can_run_out = qf_arena_array(&arena, 1, 1) == NULL;
    allocations_left = -1;
    qf_arena_free(&arena);
    if (!can_run_out) {
        skip();
    }
}

#endif
