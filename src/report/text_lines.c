/* SPDX-License-Identifier: Apache-2.0 */
#include "text_lines.h"

#include <stdbool.h>
#include <string.h>

#include "utf8.h"

static const char replacement[] = "\xef\xbf\xbd";
static const char ellipsis[] = "\xe2\x80\xa6";

/* bytes of the next character as the file has it; what is not UTF-8 counts as one byte each */
static size_t next_bytes(const char *text)
{
    const size_t bytes = qf_utf8_character_bytes(text);
    return bytes > 0 ? bytes : 1;
}

static void append(char *line, const char *text)
{
    const size_t used = strlen(line);
    if (qf_utf8_character_bytes(text) == 0) {
        memcpy(line + used, replacement, sizeof replacement);
        return;
    }
    const size_t bytes = next_bytes(text);
    memcpy(line + used, text, bytes);
    line[used + bytes] = '\0';
}

/* characters of the first line: up to the last place where it may break, else all that fit */
static size_t first_line(const char *text, size_t most)
{
    size_t n = 0;
    size_t good = 0;
    while (*text && n < most) {
        n++;
        good = strchr(" _-.", *text) ? n : good;
        text += next_bytes(text);
    }
    return *text == '\0' || good < 3 ? n : good;
}

qf_text_lines qf_text_break(const char *text, size_t most_characters, size_t most_lines)
{
    qf_text_lines lines = {0};
    while (*text && lines.n < most_lines && lines.n < QF_TEXT_MOST_LINES) {
        const bool last = lines.n + 1 == most_lines || lines.n + 1 == QF_TEXT_MOST_LINES;
        char *line = lines.line[lines.n++];
        size_t n = first_line(text, most_characters);
        const char *rest = text;
        for (size_t i = 0; i < n; i++) {
            rest += next_bytes(rest);
        }
        const bool cut = last && *rest;
        n = cut ? most_characters - 1 : n;
        for (size_t i = 0; i < n && *text; i++) {
            append(line, text);
            text += next_bytes(text);
        }
        if (cut) {
            memcpy(line + strlen(line), ellipsis, sizeof ellipsis);
            return lines;
        }
    }
    return lines;
}

double qf_text_width_em(const char *text)
{
    double width = 0.0;
    for (; *text; text += next_bytes(text)) {
        const char c = *text;
        if ((unsigned char)c >= 0x80) {
            width += 1.0;
        } else if (c >= 'A' && c <= 'Z') {
            width += c == 'W' ? 1.0 : c == 'M' ? 0.87 : c == 'I' || c == 'J' ? 0.32 : 0.71;
        } else if (c >= 'a' && c <= 'z') {
            width += c == 'm' || c == 'w' ? 0.98 : strchr("fijlrt", c) ? 0.41 : 0.62;
        } else {
            width += strchr(" .,:;|'!()", c) ? 0.38 : 0.64;
        }
    }
    return width;
}
