/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_MERGE_SORT_H
#define QF_MERGE_SORT_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

enum { QF_MERGE_SORT_FEW = 16 }; /* up to here inserting is faster than merging */

/*
 * Defines a stable sort of n elements, bottom up:
 *
 *   static TYPE *NAME(const void *context, TYPE *list, TYPE *other, size_t n)
 *
 * `other` has room for n more; returns in which of the two they are then. BEFORE(context, a, b) is a function of two
 * pointers to TYPE: whether a has to come before b.
 */
#define QF_MERGE_SORT(NAME, TYPE, BEFORE)                                                          \
    static void NAME##_insert(const void *context, TYPE *list, size_t n)                           \
    {                                                                                              \
        for (size_t i = 1; i < n; i++) {                                                           \
            const TYPE moved = list[i];                                                            \
            size_t k = i;                                                                          \
            for (; k > 0 && BEFORE(context, &moved, &list[k - 1]); k--) {                          \
                list[k] = list[k - 1];                                                             \
            }                                                                                      \
            list[k] = moved;                                                                       \
        }                                                                                          \
    }                                                                                              \
                                                                                                   \
    static void NAME##_merge(const void *context, const TYPE *a, size_t n_a, const TYPE *b,        \
                             size_t n_b, TYPE *to)                                                 \
    {                                                                                              \
        while (n_a > 0 && n_b > 0) {                                                               \
            const bool left = !BEFORE(context, b, a);                                              \
            *to++ = left ? *a : *b;                                                                \
            a += left;                                                                             \
            n_a -= left;                                                                           \
            b += !left;                                                                            \
            n_b -= !left;                                                                          \
        }                                                                                          \
        memcpy(to, a, n_a * sizeof *a);                                                            \
        memcpy(to + n_a, b, n_b * sizeof *b);                                                      \
    }                                                                                              \
                                                                                                   \
    static TYPE *NAME(const void *context, TYPE *list, TYPE *other, size_t n)                      \
    {                                                                                              \
        const size_t few = QF_MERGE_SORT_FEW;                                                      \
        for (size_t begin = 0; begin < n; begin += few) {                                          \
            NAME##_insert(context, list + begin, n - begin < few ? n - begin : few);               \
        }                                                                                          \
        for (size_t run = few; run < n; run *= 2) {                                                \
            for (size_t begin = 0; begin < n; begin += 2 * run) {                                  \
                const size_t left = n - begin;                                                     \
                const size_t n_a = left < run ? left : run;                                        \
                const size_t n_b = left - n_a < run ? left - n_a : run;                            \
                NAME##_merge(context, list + begin, n_a, list + begin + n_a, n_b, other + begin);  \
            }                                                                                      \
            TYPE *const sorted = other;                                                            \
            other = list;                                                                          \
            list = sorted;                                                                         \
        }                                                                                          \
        return list;                                                                               \
    }

#endif
