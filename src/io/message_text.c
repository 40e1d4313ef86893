/* SPDX-License-Identifier: Apache-2.0 */
#include "message_text.h"

#include <string.h>

void qf_put_ranges(FILE *out, size_t begin, size_t end, size_t most,
                   bool (*is)(const void *of, size_t k), const void *of)
{
    size_t n = 0;
    for (size_t k = begin; k < end; k++) {
        if (!is(of, k)) {
            continue;
        }
        size_t last = k;
        while (last + 1 < end && is(of, last + 1)) {
            last++;
        }
        if (n == most) {
            fprintf(out, " and more");
            return;
        }
        fprintf(out, n > 0 ? ",%zu" : "%zu", k);
        if (last > k) {
            fprintf(out, "-%zu", last);
        }
        n++;
        k = last;
    }
}

void qf_put_shell_word(FILE *out, const char *text)
{
    static const char plain[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_@%+=:,./-";
    if (*text && strspn(text, plain) == strlen(text)) {
        fputs(text, out);
        return;
    }
    fputc('\'', out);
    for (; *text; text++) {
        fputs(*text == '\'' ? "'\\''" : (char[]){*text, '\0'}, out);
    }
    fputc('\'', out);
}
