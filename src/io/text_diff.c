/* SPDX-License-Identifier: Apache-2.0 */
#include "text_diff.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_CELLS = 1 << 24 }; /* of the table of common subsequences */

typedef struct line {
    const char *text;
    size_t length;
} line;

typedef struct lines {
    line *of;
    size_t n;
} lines;

static bool split(const char *text, lines *to)
{
    size_t n = 1;
    for (const char *c = text; *c; c++) {
        n += *c == '\n';
    }
    to->of = calloc(n, sizeof *to->of);
    to->n = 0;
    while (to->of && *text) {
        const size_t length = strcspn(text, "\n");
        to->of[to->n++] = (line){text, length};
        text += length + (text[length] == '\n');
    }
    return to->of != NULL;
}

static bool equal(line a, line b)
{
    return a.length == b.length && memcmp(a.text, b.text, a.length) == 0;
}

typedef struct printer {
    FILE *out;
    size_t most;
    size_t n;    /* lines that differ */
    size_t last; /* line of b that was printed last, from 1 on */
} printer;

static void print_line(printer *p, char sign, size_t number, line l)
{
    p->n++;
    if (p->n <= p->most) {
        fprintf(p->out, "%c %5zu  %.*s\n", sign, number, (int)l.length, l.text);
    }
}

/* the line before a difference tells where it is */
static void print_context(printer *p, const lines *b, size_t j)
{
    if (j > p->last && p->n < p->most) {
        fprintf(p->out, "  %5zu  %.*s\n", j, (int)b->of[j - 1].length, b->of[j - 1].text);
    }
}

/* Lengths of the longest common subsequences of what follows line i of a and j of b: cell i * (m + 1) + j. */
static uint32_t *common_lengths(const line *a, size_t n, const line *b, size_t m)
{
    if (n >= MOST_CELLS || m >= MOST_CELLS || (n + 1) * (m + 1) > MOST_CELLS) {
        return NULL;
    }
    uint32_t *cell = calloc((n + 1) * (m + 1), sizeof *cell);
    for (size_t i = n; cell && i-- > 0;) {
        for (size_t j = m; j-- > 0;) {
            const uint32_t down = cell[(i + 1) * (m + 1) + j];
            const uint32_t right = cell[i * (m + 1) + j + 1];
            cell[i * (m + 1) + j] = equal(a[i], b[j]) ? cell[(i + 1) * (m + 1) + j + 1] + 1
                                    : down >= right   ? down
                                                      : right;
        }
    }
    return cell;
}

/* Lines [begin, a_end) of a and [begin, b_end) of b: before and behind them both are the same. */
static void print_between(printer *p, const lines *a, const lines *b, size_t begin, size_t a_end,
                          size_t b_end)
{
    const size_t m = b_end - begin;
    uint32_t *cell = common_lengths(a->of + begin, a_end - begin, b->of + begin, m);
    size_t i = begin;
    size_t j = begin;
    bool same = true;
    while (i < a_end || j < b_end) {
        if (cell && i < a_end && j < b_end && equal(a->of[i], b->of[j])) {
            i++;
            j++;
            same = true;
            continue;
        }
        if (same) {
            print_context(p, b, j);
        }
        same = false;
        const bool remove =
            j >= b_end || (i < a_end && (!cell || cell[(i + 1 - begin) * (m + 1) + j - begin] >=
                                                      cell[(i - begin) * (m + 1) + j + 1 - begin]));
        if (remove) {
            print_line(p, '-', i + 1, a->of[i]);
            i++;
        } else {
            print_line(p, '+', j + 1, b->of[j]);
            j++;
            p->last = j;
        }
    }
    free(cell);
}

size_t qf_text_diff(FILE *out, const char *a, const char *b, size_t most)
{
    printer p = {.out = out, .most = most};
    lines of_a = {0};
    lines of_b = {0};
    if (split(a, &of_a) && split(b, &of_b)) {
        size_t begin = 0;
        size_t a_end = of_a.n;
        size_t b_end = of_b.n;
        while (begin < a_end && begin < b_end && equal(of_a.of[begin], of_b.of[begin])) {
            begin++;
        }
        while (a_end > begin && b_end > begin && equal(of_a.of[a_end - 1], of_b.of[b_end - 1])) {
            a_end--;
            b_end--;
        }
        print_between(&p, &of_a, &of_b, begin, a_end, b_end);
        if (p.n > most) {
            fprintf(out, "... and %zu more lines\n", p.n - most);
        }
    } else {
        p.n = strcmp(a, b) != 0;
    }
    free(of_a.of);
    free(of_b.of);
    return p.n;
}
