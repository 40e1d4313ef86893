/* SPDX-License-Identifier: Apache-2.0 */
#include "text_buffer.h"

#include <stdlib.h>
#include <string.h>

#include "decimal_text.h"
#include "utf8.h"

enum { FIRST_BYTES = 1 << 12 };

void qf_text_free(qf_text_buffer *text)
{
    free(text->bytes);
    *text = (qf_text_buffer){0};
}

char *qf_text_grow(qf_text_buffer *text, size_t most)
{
    size_t capacity = text->capacity ? 2 * text->capacity : FIRST_BYTES;
    capacity = capacity < text->n + most ? text->n + most : capacity;
    char *grown = text->failed ? NULL : realloc(text->bytes, capacity);
    if (!grown) {
        text->failed = true;
        return NULL;
    }
    text->bytes = grown;
    text->capacity = capacity;
    return text->bytes + text->n;
}

void qf_text_put_bytes(qf_text_buffer *text, const char *bytes, size_t n)
{
    char *at = n > 0 ? qf_text_room(text, n) : NULL;
    if (at) {
        memcpy(at, bytes, n);
        text->n += n;
    }
}

void qf_text_put(qf_text_buffer *text, const char *words)
{
    qf_text_put_bytes(text, words, strlen(words));
}

void qf_text_put_integer(qf_text_buffer *text, int64_t value)
{
    char *at = qf_text_room(text, QF_DECIMAL_BYTES);
    if (at) {
        qf_text_wrote(text, qf_decimal_put_int64(at, value));
    }
}

void qf_text_put_rounded(qf_text_buffer *text, double value)
{
    char *at = qf_text_room(text, QF_DECIMAL_BYTES);
    if (at) {
        qf_text_wrote(text, qf_decimal_put_rounded(at, value));
    }
}

static bool is_plain(unsigned char c)
{
    return c >= 0x20 && c < 0x7f && c != '"' && c != '\\';
}

/* one character that cannot stand as it is; its bytes */
static size_t put_awkward(qf_text_buffer *text, const char *words)
{
    static const char digits[] = "0123456789abcdef";
    const unsigned char c = (unsigned char)*words;
    if (c >= 0x80) {
        const size_t n = qf_utf8_character_bytes(words);
        qf_text_put_bytes(text, n > 0 ? words : "\xef\xbf\xbd", n > 0 ? n : 3);
        return n > 0 ? n : 1;
    }
    if (c == '"' || c == '\\') {
        qf_text_put_bytes(text, (const char[]){'\\', (char)c}, 2);
    } else {
        const char code[] = {'\\', 'u', '0', '0', digits[c >> 4], digits[c & 15]};
        qf_text_put_bytes(text, code, sizeof code);
    }
    return 1;
}

void qf_text_put_json(qf_text_buffer *text, const char *words, size_t n)
{
    for (size_t begin = 0; begin < n;) {
        size_t end = begin;
        while (end < n && is_plain((unsigned char)words[end])) {
            end++;
        }
        qf_text_put_bytes(text, words + begin, end - begin);
        begin = end < n ? end + put_awkward(text, words + end) : end;
    }
}

void qf_text_put_csv(qf_text_buffer *text, const char *words)
{
    if (!words[strcspn(words, ",\"\r\n")]) {
        qf_text_put(text, words);
        return;
    }
    qf_text_put_character(text, '"');
    for (const char *at = words; *at;) {
        const size_t n = strcspn(at, "\"");
        qf_text_put_bytes(text, at, n);
        at += n;
        if (*at) {
            qf_text_put_bytes(text, "\"\"", 2);
            at++;
        }
    }
    qf_text_put_character(text, '"');
}
