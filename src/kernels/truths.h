/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_TRUTHS_H
#define QF_TRUTHS_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "program.h"

/* A register of truth values, one bit a vehicle, as the words that compilers make one vector of. */
enum { QF_TRUTHS_WORDS = QF_PROGRAM_BYTES / 8 };

typedef struct qf_truths {
    uint64_t word[QF_TRUTHS_WORDS];
} qf_truths;

static inline qf_truths qf_truths_load(const uint8_t *from)
{
    qf_truths t;
    memcpy(&t, from, sizeof t);
    return t;
}

static inline void qf_truths_store(uint8_t *to, qf_truths t)
{
    memcpy(to, &t, sizeof t);
}

static inline qf_truths qf_truths_set1(uint64_t word)
{
    return (qf_truths){{word, word, word, word}};
}

#define QF_TRUTHS_OF(name, expression)                                                             \
    static inline qf_truths name(qf_truths a, qf_truths b)                                         \
    {                                                                                              \
        for (int i = 0; i < QF_TRUTHS_WORDS; i++) {                                                \
            a.word[i] = expression;                                                                \
        }                                                                                          \
        return a;                                                                                  \
    }

QF_TRUTHS_OF(qf_truths_and, a.word[i] & b.word[i])
QF_TRUTHS_OF(qf_truths_and_not, a.word[i] & ~b.word[i])
QF_TRUTHS_OF(qf_truths_or, a.word[i] | b.word[i])
#undef QF_TRUTHS_OF

static inline bool qf_truths_any(qf_truths a)
{
    return (a.word[0] | a.word[1] | a.word[2] | a.word[3]) != 0;
}

static inline uint64_t qf_truths_count(qf_truths a)
{
    uint64_t n = 0;
    for (int i = 0; i < QF_TRUTHS_WORDS; i++) {
        n += (uint64_t)__builtin_popcountll(a.word[i]);
    }
    return n;
}

#endif
