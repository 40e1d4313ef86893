/* SPDX-License-Identifier: Apache-2.0 */
#include "nearest_name.h"

#include <string.h>

enum { NAME_BYTES = 64 };

/* letters of the alphabet only: the answer must not depend on the locale */
static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* edits between two texts of at most NAME_BYTES, a swap of neighbours counting as one */
static size_t edit_distance(const char *a, size_t a_length, const char *b, size_t b_length)
{
    size_t rows[3][NAME_BYTES + 1];
    for (size_t j = 0; j <= b_length; j++) {
        rows[0][j] = j;
    }
    for (size_t i = 1; i <= a_length; i++) {
        size_t *row = rows[i % 3];
        const size_t *above = rows[(i - 1) % 3];
        const size_t *above2 = rows[(i + 1) % 3];
        row[0] = i;
        for (size_t j = 1; j <= b_length; j++) {
            char x = lower(a[i - 1]);
            char y = lower(b[j - 1]);
            row[j] = smaller(above[j], row[j - 1]) + 1;
            row[j] = smaller(row[j], above[j - 1] + (x != y));
            if (i > 1 && j > 1 && x == lower(b[j - 2]) && y == lower(a[i - 2])) {
                row[j] = smaller(row[j], above2[j - 2] + 1);
            }
        }
    }
    return rows[a_length % 3][b_length];
}

const char *qf_nearest_name(const char *name, const char *const *names, size_t n_names)
{
    size_t length = strlen(name);
    if (length == 0 || length > NAME_BYTES) {
        return NULL;
    }
    size_t limit = length / 3 > 1 ? length / 3 : 1;
    const char *nearest = NULL;
    for (size_t i = 0; i < n_names; i++) {
        size_t candidate_length = strlen(names[i]);
        if (candidate_length > NAME_BYTES) {
            continue;
        }
        size_t distance = edit_distance(name, length, names[i], candidate_length);
        if (distance <= limit && !(nearest && distance == limit)) {
            nearest = names[i];
            limit = distance;
        }
    }
    /* `every` is nearer to `every_s` than its letters say: only the unit is missing */
    for (size_t i = 0; !nearest && i < n_names; i++) {
        if (strncmp(names[i], name, length) == 0 && names[i][length] == '_') {
            nearest = names[i];
        }
    }
    return nearest;
}
