/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_ARENA_H
#define QF_ARENA_H

#include <stdbool.h>
#include <stddef.h>

/*
 * A bump allocator: memory that lives together dies together. Scenarios keep all they own in one;
 * every thread has one for the scratch of a tick (reserved once, so that a tick never allocates).
 * Grows by chunks when the first is used up; zero-initialise to get an empty arena.
 */
typedef struct qf_arena_chunk qf_arena_chunk;

typedef struct qf_arena {
    qf_arena_chunk *chunk; /* newest first */
    size_t used_bytes;     /* handed out now, over all chunks */
    size_t high_water_bytes;
} qf_arena;

/* a * b, or false when the product does not fit: every size of memory is computed by this. */
bool qf_size_multiply(size_t a, size_t b, size_t *product);

/* `count` zeroed elements of `size` bytes, 64-byte aligned; NULL when memory is short. */
void *qf_arena_array(qf_arena *arena, size_t count, size_t size);

/* A copy of `length` bytes of `text` with a terminating zero; NULL when memory is short. */
char *qf_arena_text(qf_arena *arena, const char *text, size_t length);

/* printf into the arena; NULL when memory is short. */
char *qf_arena_format(qf_arena *arena, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Frees everything that came from the arena and leaves it empty. */
void qf_arena_free(qf_arena *arena);

#endif
