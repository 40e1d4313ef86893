/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Radix sort, least digit first. Each part counts its digits, the counts become places to write to, digit by
 * digit and part by part, and each part moves its words there. Per digit 16 bytes read and 8 written of
 * each word. Guarded by tests/test_neighbours.c.
 */
#include "sort_words.h"

#include <stdbool.h>
#include <string.h>

typedef struct digit {
    int shift;
    uint64_t mask;
} digit;

static size_t digit_of(uint64_t word, digit d)
{
    return (size_t)(word >> d.shift & d.mask);
}

int qf_sort_parts(size_t n, int n_threads)
{
    const size_t most = n / QF_SORT_PART_WORDS + 1;
    const int n_parts = n_threads < QF_SORT_MOST_PARTS ? n_threads : QF_SORT_MOST_PARTS;
    return most < (size_t)n_parts ? (int)most : n_parts;
}

static void count(const uint64_t *words, size_t begin, size_t end, digit d, uint32_t *counts)
{
    memset(counts, 0, (size_t)(d.mask + 1) * sizeof *counts);
    for (size_t i = begin; i < end; i++) {
        counts[digit_of(words[i], d)]++;
    }
}

static void move(const uint64_t *words, size_t begin, size_t end, digit d, uint32_t *place,
                 uint64_t *to)
{
    for (size_t i = begin; i < end; i++) {
        to[place[digit_of(words[i], d)]++] = words[i];
    }
}

/* counts -> places; false when all words have the same digit */
static bool find_places(uint32_t *counts, size_t n_parts, digit d, size_t n)
{
    uint32_t before = 0;
    for (size_t value = 0; value <= d.mask; value++) {
        const uint32_t first = before;
        for (size_t p = 0; p < n_parts; p++) {
            uint32_t *c = &counts[(p << QF_SORT_DIGIT_BITS) + value];
            const uint32_t n_here = *c;
            *c = before;
            before += n_here;
        }
        if (before - first == n) {
            return false;
        }
    }
    return true;
}

uint64_t *qf_sort_words(uint64_t *words, uint64_t *spare, size_t n, int low_bit, int n_bits,
                        int n_parts, uint32_t *counts)
{
    const int n_digits = (n_bits + QF_SORT_DIGIT_BITS - 1) / QF_SORT_DIGIT_BITS;
    const size_t parts = (size_t)n_parts;
    for (int k = 0; k < n_digits; k++) {
        const int from = k * n_bits / n_digits;
        const int to = (k + 1) * n_bits / n_digits;
        const digit d = {.shift = low_bit + from, .mask = (UINT64_C(1) << (to - from)) - 1};
#pragma omp parallel for num_threads(n_parts) schedule(static, 1)
        for (size_t p = 0; p < parts; p++) {
            count(words, n * p / parts, n * (p + 1) / parts, d, counts + (p << QF_SORT_DIGIT_BITS));
        }
        if (!find_places(counts, parts, d, n)) {
            continue;
        }
#pragma omp parallel for num_threads(n_parts) schedule(static, 1)
        for (size_t p = 0; p < parts; p++) {
            move(words, n * p / parts, n * (p + 1) / parts, d, counts + (p << QF_SORT_DIGIT_BITS),
                 spare);
        }
        uint64_t *sorted = spare;
        spare = words;
        words = sorted;
    }
    return words;
}
