/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_TEST_CHART_STAND_H
#define QF_TEST_CHART_STAND_H

/* What tests of charts share: a drawing as text, and the numbers that stand in it. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

typedef struct drawing {
    char *text;
    size_t bytes;
    FILE *out;
} drawing;

static inline void drawing_begin(drawing *d)
{
    *d = (drawing){0};
    d->out = open_memstream(&d->text, &d->bytes);
    assert_non_null(d->out);
}

static inline void drawing_end(drawing *d)
{
    assert_int_equal(fclose(d->out), 0);
    d->out = NULL;
}

static inline void drawing_free(drawing *d)
{
    free(d->text);
}

/* where the nth (from 0) element that begins so stands; NULL: there are not so many */
static inline const char *drawn(const drawing *d, const char *begin, size_t nth)
{
    const char *at = strstr(d->text, begin);
    for (size_t i = 0; at && i < nth; i++) {
        at = strstr(at + 1, begin);
    }
    return at;
}

static inline size_t count_drawn(const drawing *d, const char *begin)
{
    size_t n = 0;
    while (drawn(d, begin, n)) {
        n++;
    }
    return n;
}

static inline double drawn_number(const drawing *d, const char *begin, size_t nth, const char *name)
{
    const char *at = drawn(d, begin, nth);
    char key[32];
    snprintf(key, sizeof key, " %s=\"", name);
    const char *end = at ? strchr(at, '>') : NULL;
    const char *value = at ? strstr(at, key) : NULL;
    if (!value || value > end) {
        fail_msg("no %s of element %zu '%s' in\n%s", name, nth, begin, d->text);
        return (double)NAN;
    }
    return strtod(value + strlen(key), NULL);
}

/* lengths are written in tenths */
#define assert_drawn(d, begin, nth, name, expected)                                                \
    do {                                                                                           \
        const double found = drawn_number(d, begin, nth, name);                                    \
        if (!(fabs(found - (expected)) <= 0.051)) {                                                \
            fail_msg("%s of element %d '%s' is %g, expected %g", name, (int)(nth), begin, found,   \
                     (double)(expected));                                                          \
        }                                                                                          \
    } while (0)

#define assert_has(text, part)                                                                     \
    do {                                                                                           \
        if (!strstr(text, part)) {                                                                 \
            fail_msg("expected '%s' in\n%s", part, text);                                          \
        }                                                                                          \
    } while (0)

#define assert_has_not(text, part)                                                                 \
    do {                                                                                           \
        if (strstr(text, part)) {                                                                  \
            fail_msg("did not expect '%s' in\n%s", part, text);                                    \
        }                                                                                          \
    } while (0)

#endif
