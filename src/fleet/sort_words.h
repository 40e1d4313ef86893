/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_SORT_WORDS_H
#define QF_SORT_WORDS_H

#include <stddef.h>
#include <stdint.h>

enum {
    QF_SORT_DIGIT_BITS = 11, /* at most: so many places to write to still fit the nearest caches */
    QF_SORT_MOST_PARTS = 64,
    QF_SORT_PART_WORDS = 4096, /* fewer are not worth a thread */
};

/* In how many parts n words are sorted by up to n_threads. */
int qf_sort_parts(size_t n, int n_threads);

/*
 * Sorts words by their bits [low_bit, low_bit + n_bits); words that are equal there keep their order,
 * so that the result does not depend on the number of parts, each of which a thread works on.
 * `counts` has room for n_parts << QF_SORT_DIGIT_BITS. Returns which of the two arrays the result is
 * in; the other one is overwritten. n < 2^32.
 */
uint64_t *qf_sort_words(uint64_t *words, uint64_t *spare, size_t n, int low_bit, int n_bits,
                        int n_parts, uint32_t *counts);

#endif
