/* SPDX-License-Identifier: Apache-2.0 */
#include "chart_names.h"

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

const char *qf_chart_name(const char *name, size_t most, char text[QF_CHART_NAME_BYTES])
{
    static const char dots[] = "\xe2\x80\xa6";
    most = most < QF_CHART_NAME_MOST ? most : QF_CHART_NAME_MOST;
    const size_t length = qf_chart_name_length(name);
    const size_t kept = length <= most ? length : most > 1 ? most - 1 : 0;
    const char *end = name;
    for (size_t i = 0; i < kept; i++) {
        end += step(end);
    }
    const size_t bytes = (size_t)(end - name);
    memcpy(text, name, bytes);
    strcpy(text + bytes, length <= most ? "" : dots);
    return text;
}
