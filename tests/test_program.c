/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Instructions of programs against plain loops over vehicles, on every instruction set of the machine, for any
 * number of vehicles of a block, and over numbers that are awkward for each of them.
 */
#include <float.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "kernels.h"
#include "mask.h"
#include "philox.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))
enum { FIRST = 16, MARGIN = 16, ROOM = FIRST + QF_PROGRAM_VEHICLES + MARGIN, REGISTERS = 4 };

/* sixteen, so that a block has every pair of them */
static const double awkward[16] = {0.0,
                                   -0.0,
                                   1.0,
                                   -1.0,
                                   (double)NAN,
                                   -(double)NAN,
                                   (double)INFINITY,
                                   -(double)INFINITY,
                                   DBL_MAX,
                                   -DBL_MAX,
                                   DBL_TRUE_MIN,
                                   -DBL_MIN,
                                   0.1,
                                   1.0 + DBL_EPSILON,
                                   1e-300,
                                   -3.5};

/* where float64 has gaps, and its rounding goes either way or to even */
static const int64_t whole[] = {0,
                                1,
                                -1,
                                INT64_MAX,
                                INT64_MIN,
                                INT64_MAX - 511,
                                INT64_MAX - 512,
                                INT64_MIN + 512,
                                INT64_MIN + 513,
                                INT64_C(1) << 53,
                                (INT64_C(1) << 53) + 1,
                                (INT64_C(1) << 53) + 3,
                                -(INT64_C(1) << 53) - 1,
                                -(INT64_C(1) << 53) - 3,
                                (INT64_C(1) << 32) - 1,
                                INT64_C(1) << 32,
                                -(INT64_C(1) << 32),
                                -(INT64_C(1) << 32) - 1,
                                (INT64_C(1) << 31) + 7,
                                -(INT64_C(1) << 31)};

static const size_t sizes[] = {0, 1, 7, 8, 9, 255, 256};

typedef struct stand {
    _Alignas(64) double number[REGISTERS][QF_PROGRAM_VEHICLES];
    _Alignas(64) uint8_t truth[REGISTERS][QF_PROGRAM_BYTES];
    _Alignas(64) double a[ROOM], b[ROOM];
    _Alignas(64) uint64_t words[ROOM];
    qf_evaluation evaluation;
} stand;

static uint64_t draw(uint32_t i, uint32_t series)
{
    const qf_philox_block drawn = qf_philox((qf_philox_block){{i, series, 0, 0}}, 77);
    return (uint64_t)drawn.word[0] << 32 | drawn.word[1];
}

/* n vehicles are valid; register 0 and 1 of numbers are as columns a and b, of truths they are any */
static void set_up(stand *s, size_t n)
{
    memset(s, 0xEE, sizeof *s);
    s->evaluation = (qf_evaluation){.first = FIRST, .n_bytes = (n + 7) / 8};
    for (size_t i = 0; i < n; i++) {
        s->evaluation.valid[i / 8] |= (uint8_t)(1u << i % 8);
    }
    s->evaluation.uniform[QF_UNIFORM_TICK] = 12.0;
    s->evaluation.uniform[QF_UNIFORM_TIME_S] = 0.1;
    for (size_t i = 0; i < QF_PROGRAM_VEHICLES; i++) {
        s->a[FIRST + i] = s->number[0][i] = awkward[i % 16];
        s->b[FIRST + i] = s->number[1][i] = awkward[i / 16];
    }
    for (uint32_t k = 0; k < QF_PROGRAM_BYTES; k++) {
        s->truth[0][k] = (uint8_t)draw(k, 1);
        s->truth[1][k] = (uint8_t)draw(k, 2);
    }
}

static bool bit(const uint8_t *truth, size_t i)
{
    return (truth[i / 8] >> i % 8 & 1) != 0;
}

static bool same(double x, double y)
{
    return qf_bits_of(x) == qf_bits_of(y) || (isnan(x) && isnan(y));
}

static void run_program(const qf_kernels *kernels, stand *s, const qf_instruction *instructions,
                        size_t n)
{
    const qf_program program = {instructions, n, REGISTERS, REGISTERS};
    kernels->program(&program, &s->evaluation, &(qf_registers){s->number, s->truth});
}

static void run_one(const qf_kernels *kernels, stand *s, qf_instruction instruction)
{
    run_program(kernels, s, &instruction, 1);
}

/* ---- operands: the k-th way of handing over what column a or b has, or what is the same for all ---- */

enum { OPERANDS = 5 };

static qf_operand operand_of(stand *s, size_t way, bool second)
{
    switch (way) {
    case 0:
        return (qf_operand){QF_OPERAND_COLUMN, 0, {.column = second ? s->b : s->a}};
    case 1:
        return (qf_operand){QF_OPERAND_NUMBER, second, {.value = 0.0}};
    case 2:
        return (qf_operand){QF_OPERAND_CONSTANT, 0, {.value = second ? -0.0 : 1.0}};
    case 3:
        return (qf_operand){QF_OPERAND_CONSTANT, 0, {.value = (double)NAN}};
    default:
        return (qf_operand){
            QF_OPERAND_UNIFORM, second ? QF_UNIFORM_TIME_S : QF_UNIFORM_TICK, {.value = 0.0}};
    }
}

static double value_of(size_t way, bool second, size_t i)
{
    switch (way) {
    case 0:
    case 1:
        return second ? awkward[i / 16] : awkward[i % 16];
    case 2:
        return second ? -0.0 : 1.0;
    case 3:
        return (double)NAN;
    default:
        return second ? 0.1 : 12.0;
    }
}

/* ---- numbers and comparisons of them ---- */

static double number_expected(qf_operation operation, double a, double b, bool truth)
{
    switch (operation) {
    case QF_DO_NEGATE:
        return -a;
    case QF_DO_ABS:
        return fabs(a);
    case QF_DO_ADD:
        return a + b;
    case QF_DO_SUBTRACT:
        return a - b;
    case QF_DO_MULTIPLY:
        return a * b;
    case QF_DO_DIVIDE:
        return a / b;
    case QF_DO_MIN:
        return a < b ? a : b;
    case QF_DO_MAX:
        return a > b ? a : b;
    default:
        return truth ? b : a;
    }
}

static bool truth_expected(qf_operation operation, double a, double b)
{
    switch (operation) {
    case QF_DO_LESS:
        return a < b;
    case QF_DO_LESS_EQUAL:
        return a <= b;
    case QF_DO_EQUAL:
        return a == b;
    case QF_DO_NOT_EQUAL:
        return a != b;
    default:
        return isfinite(a);
    }
}

static void check_numbers(const qf_kernels *kernels, stand *s, qf_operation operation,
                          const size_t way[2], size_t n, uint16_t out)
{
    set_up(s, n);
    const double untouched = s->number[2][0];
    run_one(kernels, s,
            (qf_instruction){.operation = (uint16_t)operation,
                             .out = out,
                             .truth = {1, 0},
                             .a = operand_of(s, way[0], false),
                             .b = operand_of(s, way[1], true)});
    for (size_t i = 0; i < 8 * s->evaluation.n_bytes; i++) {
        const double ought = number_expected(operation, value_of(way[0], false, i),
                                             value_of(way[1], true, i), bit(s->truth[1], i));
        if (!same(s->number[out][i], ought)) {
            fail_msg(
                "%s, operation %d, operands %zu and %zu, vehicle %zu of %zu: %a in place of %a",
                kernels->isa, (int)operation, way[0], way[1], i, n, s->number[out][i], ought);
        }
    }
    for (size_t i = 8 * s->evaluation.n_bytes; out == 2 && i < QF_PROGRAM_VEHICLES; i++) {
        assert_int_equal(qf_bits_of(s->number[2][i]), qf_bits_of(untouched));
    }
}

static void check_truths(const qf_kernels *kernels, stand *s, qf_operation operation,
                         const size_t way[2], size_t n)
{
    set_up(s, n);
    run_one(kernels, s,
            (qf_instruction){.operation = (uint16_t)operation,
                             .out = 2,
                             .a = operand_of(s, way[0], false),
                             .b = operand_of(s, way[1], true)});
    for (size_t i = 0; i < 8 * s->evaluation.n_bytes; i++) {
        const double a = value_of(way[0], false, i);
        const double b = value_of(way[1], true, i);
        if (bit(s->truth[2], i) != truth_expected(operation, a, b)) {
            fail_msg("%s, operation %d of %a and %a, vehicle %zu of %zu: %d", kernels->isa,
                     (int)operation, a, b, i, n, bit(s->truth[2], i));
        }
    }
}

static void operations_on_numbers_are_those_of_c(void **state)
{
    (void)state;
    static const qf_operation numbers[] = {QF_DO_NEGATE,   QF_DO_ABS,      QF_DO_ADD,
                                           QF_DO_SUBTRACT, QF_DO_MULTIPLY, QF_DO_DIVIDE,
                                           QF_DO_MIN,      QF_DO_MAX,      QF_DO_CHOOSE};
    static const qf_operation truths[] = {QF_DO_LESS, QF_DO_LESS_EQUAL, QF_DO_EQUAL,
                                          QF_DO_NOT_EQUAL, QF_DO_FINITE};
    static stand s;
    for (const char *const *isa = qf_isa_names; *isa; isa++) {
        const qf_kernels *kernels = qf_kernels_for(*isa);
        for (size_t k = 0; kernels && k < OPERANDS * OPERANDS * COUNT(sizes); k++) {
            const size_t way[2] = {k % OPERANDS, k / OPERANDS % OPERANDS};
            const size_t n = sizes[k / OPERANDS / OPERANDS];
            for (size_t o = 0; o < COUNT(numbers); o++) {
                check_numbers(kernels, &s, numbers[o], way, n, 2);
                check_numbers(kernels, &s, numbers[o], way, n, 0); /* over an operand */
                check_numbers(kernels, &s, numbers[o], way, n, 1);
            }
            for (size_t o = 0; o < COUNT(truths); o++) {
                check_truths(kernels, &s, truths[o], way, n);
            }
        }
    }
}

static void whole_numbers_are_rounded_once(void **state)
{
    (void)state;
    static stand s;
    for (const char *const *isa = qf_isa_names; *isa; isa++) {
        const qf_kernels *kernels = qf_kernels_for(*isa);
        for (uint32_t round = 0; kernels && round < 64; round++) {
            set_up(&s, 255);
            for (uint32_t i = 0; i < QF_PROGRAM_VEHICLES; i++) {
                const uint64_t any = draw(i, 100 + round) >> round; /* of every size */
                s.words[FIRST + i] = i < COUNT(whole) ? (uint64_t)whole[i] : i % 2 ? any : 0 - any;
            }
            run_one(kernels, &s,
                    (qf_instruction){.operation = QF_DO_WHOLE,
                                     .out = 3,
                                     .a = {QF_OPERAND_COLUMN, 0, {.column = s.words}}});
            for (size_t i = 0; i < QF_PROGRAM_VEHICLES; i++) {
                const double ought = (double)(int64_t)s.words[FIRST + i];
                assert_int_equal(qf_bits_of(s.number[3][i]), qf_bits_of(ought));
            }
        }
    }
}

/* ---- words and truth values ---- */

static void bits_of_words_are_tested(void **state)
{
    (void)state;
    static const uint64_t masks[] = {
        0, 1, UINT64_C(1) << 63, 5, UINT64_C(0x8000000100000000), UINT64_MAX};
    static stand s;
    for (const char *const *isa = qf_isa_names; *isa; isa++) {
        const qf_kernels *kernels = qf_kernels_for(*isa);
        for (size_t m = 0; kernels && m < COUNT(masks) * COUNT(sizes); m++) {
            const uint64_t mask = masks[m % COUNT(masks)];
            set_up(&s, sizes[m / COUNT(masks)]);
            for (uint32_t i = 0; i < QF_PROGRAM_VEHICLES; i++) {
                const uint64_t any = draw(i, 5);
                s.words[FIRST + i] = i % 4 == 0 ? any | mask : i % 4 == 1 ? any & ~mask : any;
            }
            s.words[FIRST] = UINT64_MAX;
            const qf_operand a = {QF_OPERAND_COLUMN, 0, {.column = s.words}};
            run_one(kernels, &s, (qf_instruction){QF_DO_ALL_BITS, 2, {0}, 0, mask, a, {0}});
            run_one(kernels, &s, (qf_instruction){QF_DO_ANY_BITS, 3, {0}, 0, mask, a, {0}});
            for (size_t i = 0; i < 8 * s.evaluation.n_bytes; i++) {
                const uint64_t word = s.words[FIRST + i];
                assert_int_equal(bit(s.truth[2], i), (word & mask) == mask);
                assert_int_equal(bit(s.truth[3], i), (word & mask) != 0);
            }
        }
    }
}

static void truth_values_are_combined(void **state)
{
    (void)state;
    static stand s;
    for (const char *const *isa = qf_isa_names; *isa; isa++) {
        const qf_kernels *kernels = qf_kernels_for(*isa);
        for (uint16_t k = 0; kernels && k < 3 * COUNT(sizes); k++) {
            const uint16_t out = k % 3; /* over an operand too */
            for (qf_operation o = QF_DO_AND; o <= QF_DO_FALSE; o++) {
                set_up(&s, sizes[k / 3]);
                uint8_t a[QF_PROGRAM_BYTES], b[QF_PROGRAM_BYTES];
                memcpy(a, s.truth[0], sizeof a);
                memcpy(b, s.truth[1], sizeof b);
                run_one(kernels, &s,
                        (qf_instruction){.operation = (uint16_t)o, .out = out, .truth = {0, 1}});
                for (size_t i = 0; i < 8 * s.evaluation.n_bytes; i++) {
                    const bool ought = o == QF_DO_AND   ? bit(a, i) && bit(b, i)
                                       : o == QF_DO_OR  ? bit(a, i) || bit(b, i)
                                       : o == QF_DO_NOT ? !bit(a, i)
                                                        : o == QF_DO_TRUE;
                    assert_int_equal(bit(s.truth[out], i), ought);
                }
            }
        }
    }
}

/* ---- hold ---- */

enum { EVALUATIONS = 12 };

/* what holds and who is valid, at random; n vehicles at most */
static void stage(stand *s, uint32_t evaluation, size_t n)
{
    for (uint32_t i = 0; i < QF_PROGRAM_VEHICLES; i++) {
        const uint8_t one = (uint8_t)(1u << i % 8);
        const bool holds = draw(i, 200 + evaluation) % 4 != 0;
        const bool valid = i < n && draw(i, 300 + evaluation) % 8 != 0;
        s->truth[0][i / 8] = (uint8_t)((s->truth[0][i / 8] & ~one) | (holds ? one : 0));
        s->evaluation.valid[i / 8] =
            (uint8_t)((s->evaluation.valid[i / 8] & ~one) | (valid ? one : 0));
    }
}

static void check_hold(const qf_kernels *kernels, size_t n, uint32_t count)
{
    static stand s;
    uint64_t in_a_row[QF_PROGRAM_VEHICLES] = {0}; /* of its valid evaluations, without a limit */
    set_up(&s, n);
    memset(s.words, 0, sizeof s.words);
    const size_t most = 8 * s.evaluation.n_bytes;
    for (uint32_t e = 0; e < EVALUATIONS; e++) {
        stage(&s, e, n);
        run_one(kernels, &s,
                (qf_instruction){.operation = QF_DO_HOLD,
                                 .out = 2,
                                 .count = count,
                                 .a = {QF_OPERAND_COLUMN, 0, {.column = s.words}}});
        for (size_t i = 0; i < most; i++) {
            const bool valid = bit(s.evaluation.valid, i);
            if (valid) {
                in_a_row[i] = bit(s.truth[0], i) ? in_a_row[i] + 1 : 0;
                assert_int_equal(bit(s.truth[2], i), in_a_row[i] >= count);
            } else {
                assert_false(bit(s.truth[2], i));
            }
            assert_int_equal(s.words[FIRST + i], in_a_row[i] < count ? in_a_row[i] : count);
        }
    }
    for (size_t i = 0; i < ROOM; i++) {
        assert_true((i >= FIRST && i < FIRST + most) || s.words[i] == 0);
    }
}

static void hold_counts_evaluations_without_a_break(void **state)
{
    (void)state;
    static const uint32_t counts[] = {1, 2, 3, 5, UINT32_MAX};
    for (const char *const *isa = qf_isa_names; *isa; isa++) {
        const qf_kernels *kernels = qf_kernels_for(*isa);
        for (size_t k = 0; kernels && k < COUNT(counts) * COUNT(sizes); k++) {
            check_hold(kernels, sizes[k / COUNT(counts)], counts[k % COUNT(counts)]);
        }
    }
}

/* ---- one after the other ---- */

/* not (a * 2.5 - 0.1 < b), and for three evaluations */
static void an_instruction_sees_what_those_before_it_made(void **state)
{
    (void)state;
    static stand s;
    for (const char *const *isa = qf_isa_names; *isa; isa++) {
        const qf_kernels *kernels = qf_kernels_for(*isa);
        if (!kernels) {
            continue;
        }
        set_up(&s, 256);
        memset(s.words, 0, sizeof s.words);
        const qf_operand third = {QF_OPERAND_NUMBER, 3, {0}};
        const qf_operand factor = {QF_OPERAND_CONSTANT, 0, {.value = 2.5}};
        const qf_instruction program[] = {
            {QF_DO_MULTIPLY, 3, {0}, 0, 0, operand_of(&s, 0, false), factor},
            {QF_DO_SUBTRACT, 3, {0}, 0, 0, third, operand_of(&s, 4, true)},
            {QF_DO_LESS, 3, {0}, 0, 0, third, operand_of(&s, 0, true)},
            {QF_DO_NOT, 3, {3, 0}, 0, 0, {0}, {0}},
            {QF_DO_HOLD, 2, {3, 0}, 3, 0, {QF_OPERAND_COLUMN, 0, {.column = s.words}}, {0}}};
        for (int e = 1; e <= 4; e++) {
            run_program(kernels, &s, program, COUNT(program));
            for (size_t i = 0; i < QF_PROGRAM_VEHICLES; i++) {
                const bool ought = !(awkward[i % 16] * 2.5 - 0.1 < awkward[i / 16]);
                assert_int_equal(bit(s.truth[3], i), ought);
                assert_int_equal(bit(s.truth[2], i), ought && e >= 3);
            }
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(operations_on_numbers_are_those_of_c),
        cmocka_unit_test(whole_numbers_are_rounded_once),
        cmocka_unit_test(bits_of_words_are_tested),
        cmocka_unit_test(truth_values_are_combined),
        cmocka_unit_test(hold_counts_evaluations_without_a_break),
        cmocka_unit_test(an_instruction_sees_what_those_before_it_made),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
