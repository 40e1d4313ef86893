/* SPDX-License-Identifier: Apache-2.0 */
#include "chart_names.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "utf8.h"

/* of what is no UTF-8 each byte is one */
static size_t step(const char *text)
{
    const size_t bytes = qf_utf8_character_bytes(text);
    return bytes > 0 ? bytes : 1;
}

size_t qf_chart_name_length(const char *name)
{
    size_t n = 0;
    for (; *name; name += step(name)) {
        n++;
    }
    return n;
}

static const char *after(const char *text, size_t n_characters)
{
    for (size_t i = 0; i < n_characters; i++) {
        text += step(text);
    }
    return text;
}

const char *qf_chart_name(const char *name, size_t most, char text[QF_CHART_NAME_BYTES])
{
    most = most < 3 ? 3 : most < QF_CHART_NAME_MOST ? most : QF_CHART_NAME_MOST;
    const size_t length = qf_chart_name_length(name);
    const bool cut = length > most;
    const size_t tail = cut ? (most - 1) / 2 : 0;
    const size_t head = cut ? most - 1 - tail : length;
    const size_t bytes = (size_t)(after(name, head) - name);
    memcpy(text, name, bytes);
    snprintf(text + bytes, QF_CHART_NAME_BYTES - bytes, "%s%s", cut ? "\xe2\x80\xa6" : "",
             after(name, length - tail));
    return text;
}
