/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_TEXT_BUFFER_H
#define QF_TEXT_BUFFER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Text that grows at its end, for files of many lines. Zero-initialise; free with qf_text_free. Without memory `failed`
 * is set and nothing more is taken: one look at the end is enough.
 */
typedef struct qf_text_buffer {
    char *bytes;
    size_t n, capacity;
    bool failed;
} qf_text_buffer;

void qf_text_free(qf_text_buffer *text);

/* Makes room for `most` bytes more; NULL: no memory. */
char *qf_text_grow(qf_text_buffer *text, size_t most);

/* Where to write up to `most` bytes; NULL: no memory. What is written there counts after qf_text_wrote. */
static inline char *qf_text_room(qf_text_buffer *text, size_t most)
{
    return most <= text->capacity - text->n ? text->bytes + text->n : qf_text_grow(text, most);
}

static inline void qf_text_wrote(qf_text_buffer *text, const char *end)
{
    text->n = (size_t)(end - text->bytes);
}

static inline void qf_text_put_character(qf_text_buffer *text, char character)
{
    char *at = qf_text_room(text, 1);
    if (at) {
        *at = character;
        text->n++;
    }
}

void qf_text_put_bytes(qf_text_buffer *text, const char *bytes, size_t n);
void qf_text_put(qf_text_buffer *text, const char *words);
void qf_text_put_integer(qf_text_buffer *text, int64_t value);

/* As printf's %.6g. */
void qf_text_put_rounded(qf_text_buffer *text, double value);

/* What JSON has between the quotes of a string; bytes that are no UTF-8 become U+FFFD. */
void qf_text_put_json(qf_text_buffer *text, const char *words, size_t n);

/* A field of a CSV file (RFC 4180): as it is, or quoted where it has commas, quotes or ends of lines. */
void qf_text_put_csv(qf_text_buffer *text, const char *words);

#endif
