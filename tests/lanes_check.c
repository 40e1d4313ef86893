/* SPDX-License-Identifier: Apache-2.0 */
#include "lanes_check.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "philox.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

enum { MOST = 1000, GUARD = 16, ROOM = 1008 + GUARD + 4, MANY = 65536, SHOWN = 10 };

static const float awkward_f32[] = {
    0.0f,
    -0.0f,
    INFINITY,
    -INFINITY,
    NAN,
    -NAN,
    0x1p-149f,
    -0x1p-149f,
    0x1.fffffcp-127f,
    0x1p-126f,
    -0x1p-126f,
    0x1.fffffep127f,
    -0x1.fffffep127f,
    1.0f,
    -1.0f,
    0.5f,
    0x1.fffffep-1f,
    0x1.000002p0f,
    0x1p24f,
    0x1p31f,
    -0x1p31f,
    0x1.fffffep30f,
    -0x1.000002p31f,
    3.0f,
    -2.5f,
    1e10f,
    -1e30f,
    0x1.8p100f,
    88.8f,
    -104.0f,
    1.5707964f,
    3.1415927f,
};

#define F64_INFINITY __builtin_inf()
#define F64_NAN      __builtin_nan("")

static const double awkward_f64[] = {
    0.0,
    -0.0,
    F64_INFINITY,
    -F64_INFINITY,
    F64_NAN,
    -F64_NAN,
    0x1p-1074,
    -0x1p-1074,
    0x1p-1023,
    0x1p-1022,
    -0x1p-1022,
    0x1.fffffffffffffp1023,
    -0x1.fffffffffffffp1023,
    1.0,
    -1.0,
    0.5,
    0x1.fffffffffffffp-1,
    0x1.0000000000001p0,
    0x1p53,
    0x1p31,
    -0x1p31,
    3.0,
    -2.5,
    1e10,
    -1e30,
    0x1.8p1000,
    709.8,
    -745.2,
    1.5707963267948966,
    3.141592653589793,
};

static const uint64_t awkward_words[] = {
    0,
    1,
    2,
    15,
    16,
    INT32_MAX,
    UINT64_C(1) << 31,
    UINT32_MAX,
    UINT64_C(1) << 32,
    INT64_MAX,
    UINT64_C(1) << 63,
    UINT64_MAX,
};

static size_t size_of(lanes_type type)
{
    return type == LANES_U64 || type == LANES_F64 ? 8 : 4;
}

static void put(lanes_type type, void *to, size_t at, double real, uint64_t word)
{
    const float real_f32 = (float)real;
    const uint32_t word_32 = (uint32_t)word;
    switch (type) {
    case LANES_F32:
        memcpy((float *)to + at, &real_f32, sizeof real_f32);
        break;
    case LANES_F64:
        memcpy((double *)to + at, &real, sizeof real);
        break;
    case LANES_U64:
        memcpy((uint64_t *)to + at, &word, sizeof word);
        break;
    case LANES_U32:
    case LANES_I32:
        memcpy((uint32_t *)to + at, &word_32, sizeof word_32);
        break;
    }
}

/* element `at` of operand `salt`: an awkward one, any bits, an ordinary one, or one of any size */
static void fill_one(lanes_type type, void *to, size_t at, uint32_t salt)
{
    const qf_philox_block r = qf_philox((qf_philox_block){{(uint32_t)at, salt, 0, 0}}, 7);
    const uint64_t word = (uint64_t)r.word[1] << 32 | r.word[2];
    const double unit = (double)word * 0x1p-63 - 1.0;
    const size_t pick = r.word[3];
    switch (r.word[0] % 4) {
    case 0:
        if (type == LANES_F32) {
            put(type, to, at, (double)awkward_f32[pick % COUNT(awkward_f32)], 0);
        } else {
            put(type, to, at, awkward_f64[pick % COUNT(awkward_f64)],
                awkward_words[pick % COUNT(awkward_words)]);
        }
        break;
    case 1:
        memcpy((char *)to + at * size_of(type), &word, size_of(type));
        break;
    case 2:
        put(type, to, at, 10.0 * unit, word % 19);
        break;
    default:
        put(type, to, at, ldexp(unit, (int)(pick % 250) - 125), word >> pick % 64);
        break;
    }
}

static int is_nan(lanes_type type, const void *values, size_t at)
{
    return type == LANES_F32   ? isnan(((const float *)values)[at])
           : type == LANES_F64 ? isnan(((const double *)values)[at])
                               : 0;
}

static int same(const lanes_op *op, const void *found, const void *expected, size_t at)
{
    const size_t size = size_of(op->type);
    return memcmp((const char *)found + at * size, (const char *)expected + at * size, size) == 0 ||
           (!op->exact && is_nan(op->type, found, at) && is_nan(op->type, expected, at));
}

static void show(const lanes_set *set, const lanes_op *op, size_t n, size_t at, const void *found,
                 const void *expected)
{
    uint64_t bits[2] = {0};
    const size_t size = size_of(op->type);
    memcpy(&bits[0], (const char *)found + at * size, size);
    memcpy(&bits[1], (const char *)expected + at * size, size);
    fprintf(stderr, "%s: %s, element %zu of %zu: %llx, expected %llx\n", set->isa, op->name, at, n,
            (unsigned long long)bits[0], (unsigned long long)bits[1]);
}

/* the first n elements, at addresses that are multiples of an element and no more; all that was
 * asked for is written and nothing else */
static size_t differing(const lanes_set *set, size_t k, size_t n, uint32_t salt)
{
    static _Alignas(64) double a[ROOM], b[ROOM], c[ROOM], found[ROOM], expected[ROOM];
    const lanes_op *op = &set->ops[k];
    const size_t size = size_of(op->type);
    const size_t whole = (n + 15) / 16 * 16;
    for (size_t i = 0; i < whole; i++) {
        fill_one(op->type, (char *)a + size, i, 3 * salt);
        fill_one(op->type, (char *)b + 2 * size, i, 3 * salt + 1);
        fill_one(op->type, (char *)c + 3 * size, i, 3 * salt + 2);
    }
    memset(found, 0xA5, sizeof found);
    memset(expected, 0xA5, sizeof expected);
    void *out[2] = {(char *)found + size, (char *)expected + size};
    op->run((char *)a + size, (char *)b + 2 * size, (char *)c + 3 * size, out[0], whole);
    lanes_of_twin.ops[k].run((char *)a + size, (char *)b + 2 * size, (char *)c + 3 * size, out[1],
                             whole);
    size_t wrong = 0;
    for (size_t i = 0; i < whole + GUARD; i++) {
        if (!same(op, out[0], out[1], i) && wrong++ == 0) {
            show(set, op, n, i, out[0], out[1]);
        }
    }
    return wrong;
}

static size_t differing_of(const lanes_set *set, int math)
{
    static const size_t sizes[] = {0, 1, 15, 16, 17, MOST};
    size_t wrong = 0;
    for (size_t k = 0; set->ops[k].name && wrong < SHOWN; k++) {
        if (set->ops[k].math != math) {
            continue;
        }
        for (size_t s = 0; s < COUNT(sizes); s++) {
            wrong += differing(set, k, sizes[s], (uint32_t)s);
        }
        for (uint32_t salt = 10; salt < 30; salt++) {
            wrong += differing(set, k, MOST, salt);
        }
    }
    return wrong;
}

size_t lanes_differing_ops(const lanes_set *set)
{
    return differing_of(set, 0);
}

static double unit_of(uint32_t i)
{
    return qf_philox((qf_philox_block){{i, 1, 2, 3}}, 9).word[0] * 0x1p-31 - 1.0;
}

/* element i of MANY operands of either kind */
static void fill_sweep(const lanes_op *op, void *a, void *b, double most)
{
    for (size_t i = 0; i < MANY; i++) {
        put(op->type, a, i, most * (2.0 * (double)i / MANY - 1.0), 0);
        put(op->type, b, i, most * unit_of((uint32_t)i), 0);
    }
}

/* sweeps over the arguments that models have: angles, exponents, ratios */
static size_t differing_sweep(const lanes_set *set, size_t k, double most)
{
    static double a[MANY], b[MANY], found[MANY], expected[MANY];
    const lanes_op *op = &set->ops[k];
    fill_sweep(op, a, b, most);
    op->run(a, b, a, found, MANY);
    lanes_of_twin.ops[k].run(a, b, a, expected, MANY);
    size_t wrong = 0;
    for (size_t i = 0; i < MANY; i++) {
        if (!same(op, found, expected, i) && wrong++ == 0) {
            show(set, op, MANY, i, found, expected);
        }
    }
    return wrong;
}

size_t lanes_differing_math(const lanes_set *set)
{
    size_t wrong = differing_of(set, 1);
    for (size_t k = 0; set->ops[k].name && wrong < SHOWN; k++) {
        if (set->ops[k].math) {
            wrong += differing_sweep(set, k, 1.0);
            wrong += differing_sweep(set, k, 30.0);
            wrong += differing_sweep(set, k, 1e6);
        }
    }
    return wrong;
}

/* Random123's tests/kat_vectors, lines `philox4x32 10`, each in a different lane of one call per key */
static size_t differing_known_answers(const lanes_set *set)
{
    static const struct {
        uint32_t counter[4];
        uint64_t key;
        uint32_t answer[4];
    } known[] = {
        {{0}, 0, {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}},
        {{UINT32_MAX, UINT32_MAX, UINT32_MAX, UINT32_MAX},
         UINT64_MAX,
         {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}},
        {{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344},
         UINT64_C(0x299f31d0a4093822),
         {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}},
    };
    size_t wrong = 0;
    for (size_t k = 0; k < COUNT(known); k++) {
        for (size_t lane = 0; lane < 16; lane++) {
            uint32_t block[4][16];
            memset(block, 0x5A, sizeof block);
            for (size_t w = 0; w < 4; w++) {
                block[w][lane] = known[k].counter[w];
            }
            set->philox(block, known[k].key);
            for (size_t w = 0; w < 4; w++) {
                if (block[w][lane] != known[k].answer[w] && wrong++ == 0) {
                    fprintf(stderr, "%s: philox, answer %zu in lane %zu: word %zu is %x\n",
                            set->isa, k, lane, w, block[w][lane]);
                }
            }
        }
    }
    return wrong;
}

size_t lanes_differing_philox(const lanes_set *set)
{
    size_t wrong = differing_known_answers(set);
    for (uint32_t i = 0; i < 4096; i++) {
        uint32_t found[4][16];
        uint32_t expected[4][16];
        for (uint32_t lane = 0; lane < 16; lane++) {
            const qf_philox_block r = qf_philox((qf_philox_block){{i, lane, 1, 2}}, 3);
            for (size_t w = 0; w < 4; w++) {
                found[w][lane] = r.word[w];
            }
        }
        memcpy(expected, found, sizeof found);
        const uint64_t key = (uint64_t)found[0][0] << 32 | found[1][1];
        set->philox(found, key);
        lanes_of_twin.philox(expected, key);
        if (memcmp(found, expected, sizeof found) != 0 && wrong++ == 0) {
            fprintf(stderr, "%s: philox, counters %u differ\n", set->isa, i);
        }
    }
    return wrong;
}

/* keys that vary along one word or in all of them */
static lanes_keys keys_of(uint32_t i)
{
    static const double means[] = {0.0,   0x1p-1074,    1e-9,    0.3,   1.0,   4.7,
                                   30.0,  99.5,         499.9,   500.0, 500.1, -0.0,
                                   -1e-9, F64_INFINITY, F64_NAN, 200.0};
    lanes_keys keys = {.seed = 42 + i, .tick = i << 8, .stream = i % 256};
    keys.twice_shape = (int)(i % 68) - 1;
    for (uint32_t lane = 0; lane < 16; lane++) {
        const qf_philox_block r = qf_philox((qf_philox_block){{i, lane, 5, 6}}, 8);
        keys.vehicle[lane] = i % 4 == 1 ? 7 : i % 4 == 2 ? 16 * i + lane : r.word[0];
        keys.world[lane] = i % 4 == 3 ? r.word[1] : i + lane / 2;
        keys.draw[lane] = i % 4 == 0 ? r.word[2] : lane;
        keys.mean[lane] = means[(i + lane) % COUNT(means)];
    }
    return keys;
}

size_t lanes_differing_draws(const lanes_set *set, lanes_draw kind)
{
    size_t wrong = 0;
    for (uint32_t i = 0; i < 2000; i++) {
        const lanes_keys keys = keys_of(i);
        double found[16];
        double expected[16];
        set->draw(kind, &keys, found);
        lanes_of_twin.draw(kind, &keys, expected);
        for (int lane = 0; lane < 16; lane++) {
            if (memcmp(&found[lane], &expected[lane], sizeof *found) != 0 && wrong++ == 0) {
                fprintf(stderr, "%s: draw kind %d, keys %u, lane %d: %a, expected %a\n", set->isa,
                        (int)kind, i, lane, found[lane], expected[lane]);
            }
        }
    }
    return wrong;
}

/* FNV-1a over the bits; where a NaN's bits are free, over those of one NaN */
static uint64_t digest_of(uint64_t digest, const lanes_op *op, void *values, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (!op->exact && is_nan(op->type, values, i)) {
            put(op->type, values, i, (double)NAN, 0);
        }
    }
    const unsigned char *byte = values;
    for (size_t i = 0; i < n * size_of(op->type); i++) {
        digest = (digest ^ byte[i]) * UINT64_C(0x100000001B3);
    }
    return digest;
}

uint64_t lanes_digest(const lanes_set *set)
{
    static double a[MANY], b[MANY], c[MANY], out[MANY];
    uint64_t digest = UINT64_C(0xCBF29CE484222325);
    for (size_t k = 0; set->ops[k].name; k++) {
        const lanes_op *op = &set->ops[k];
        enum { N = 4096 };
        for (size_t i = 0; i < N; i++) {
            fill_one(op->type, a, i, 100);
            fill_one(op->type, b, i, 101);
            fill_one(op->type, c, i, 102);
        }
        op->run(a, b, c, out, N);
        digest = digest_of(digest, op, out, N);
        if (op->math) {
            fill_sweep(op, a, b, 30.0);
            op->run(a, b, a, out, MANY);
            digest = digest_of(digest, op, out, MANY);
        }
    }
    static const lanes_op as_f64 = {.type = LANES_F64, .exact = 1};
    for (lanes_draw kind = 0; kind < DRAW_KINDS; kind++) {
        for (uint32_t i = 0; i < 500; i++) {
            const lanes_keys keys = keys_of(i);
            set->draw(kind, &keys, out);
            digest = digest_of(digest, &as_f64, out, 16);
        }
    }
    return digest;
}
