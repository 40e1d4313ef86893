/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_TESTS_WRITTEN_H
#define QF_TESTS_WRITTEN_H

#include <stdio.h>
#include <stdlib.h>

/* What a test writes to a stream, to be looked at. */
typedef struct written {
    char *text;
    size_t bytes;
    FILE *out;
} written;

static inline FILE *written_begin(written *w)
{
    *w = (written){0};
    w->out = open_memstream(&w->text, &w->bytes);
    assert_non_null(w->out);
    return w->out;
}

/* the text, which written_free frees */
static inline const char *written_end(written *w)
{
    assert_int_equal(fclose(w->out), 0);
    return w->text;
}

static inline void written_free(written *w)
{
    free(w->text);
}

#endif
