/* SPDX-License-Identifier: Apache-2.0 */
#include "arena.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ALIGNMENT = 64, FIRST_CHUNK_BYTES = 64 * 1024 };

struct qf_arena_chunk {
    qf_arena_chunk *older;
    size_t capacity_bytes; /* without this header */
    size_t used_bytes;
};

/* the header takes one aligned unit, so that what follows it is aligned too */
_Static_assert(sizeof(qf_arena_chunk) <= ALIGNMENT, "arena chunk header grew");

bool qf_size_multiply(size_t a, size_t b, size_t *product)
{
    return !__builtin_mul_overflow(a, b, product);
}

static bool grow(qf_arena *arena, size_t bytes)
{
    size_t capacity = arena->chunk ? 2 * arena->chunk->capacity_bytes : FIRST_CHUNK_BYTES;
    if (capacity < bytes) {
        capacity = bytes;
    }
    if (capacity > SIZE_MAX - 2 * ALIGNMENT) {
        return false;
    }
    qf_arena_chunk *chunk = aligned_alloc(ALIGNMENT, capacity + ALIGNMENT);
    if (!chunk) {
        return false;
    }
    *chunk = (qf_arena_chunk){.older = arena->chunk, .capacity_bytes = capacity};
    arena->chunk = chunk;
    return true;
}

void *qf_arena_array(qf_arena *arena, size_t count, size_t size)
{
    size_t bytes;
    if (!qf_size_multiply(count, size, &bytes) || bytes > SIZE_MAX / 2) {
        return NULL;
    }
    bytes = (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    if (!arena->chunk || arena->chunk->capacity_bytes - arena->chunk->used_bytes < bytes) {
        if (!grow(arena, bytes)) {
            return NULL;
        }
    }
    qf_arena_chunk *chunk = arena->chunk;
    char *memory = (char *)chunk + ALIGNMENT + chunk->used_bytes;
    chunk->used_bytes += bytes;
    arena->used_bytes += bytes;
    if (arena->high_water_bytes < arena->used_bytes) {
        arena->high_water_bytes = arena->used_bytes;
    }
    return memset(memory, 0, bytes);
}

char *qf_arena_text(qf_arena *arena, const char *text, size_t length)
{
    char *copy = qf_arena_array(arena, length + 1, 1);
    return copy ? memcpy(copy, text, length) : NULL;
}

char *qf_arena_format(qf_arena *arena, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int length = vsnprintf(NULL, 0, format, args);
    va_end(args);
    if (length < 0) {
        return NULL;
    }
    char *text = qf_arena_array(arena, (size_t)length + 1, 1);
    if (text) {
        va_start(args, format);
        vsnprintf(text, (size_t)length + 1, format, args);
        va_end(args);
    }
    return text;
}

void qf_arena_free(qf_arena *arena)
{
    while (arena->chunk) {
        qf_arena_chunk *older = arena->chunk->older;
        free(arena->chunk);
        arena->chunk = older;
    }
    *arena = (qf_arena){0};
}
