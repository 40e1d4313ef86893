/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Expressions for the vehicles of slots [first, first + 8 n_bytes): each instruction for all of them before the
 * next, as program.h says.
 *
 * In: columns that operands name, uniforms. Out: registers, and counters of QF_DO_HOLD. What an operand is gets
 * looked up once for an instruction; then it is an address and a step, which is 0 for what is the same for
 * all vehicles, so that there is one loop per operation. Numbers go eight at a time, and a comparison of
 * eight makes a byte. Truth values go 256 at a time whatever n_bytes is: those beyond mean nothing.
 *
 * A vehicle needs 8 bytes of each column that the program names, 16 of a counter. Ten states with thirty conditions
 * over 17 columns (benchmarks/bench_machine.c) are 152 bytes and 162 instructions of v3, 23 of them for the states. Of
 * a few thousand vehicles the time goes into instructions; of a million, memory is what binds, and columns
 * are fetched a block ahead.
 * No random numbers, no sums over vehicles. Test: tests/test_program.c.
 */
#include "fetch.h"
#include "kernels.h"
#include "lanes_convert.h"
#include "truths.h"

enum { LANES = 8 };

/* Eight numbers for byte k are at `at + k * step`. */
typedef struct numbers {
    const double *at;
    size_t step;
} numbers;

/* What an instruction works on. */
typedef struct work {
    const qf_instruction *instruction;
    const qf_evaluation *evaluation;
    const qf_registers *registers;
    numbers a, b;
    uint64_t *words; /* of a column that is not of numbers, from `first` on */
} work;

/* One bit for a column that was looked at, more or less: others may have the same. */
typedef struct columns_seen {
    uint64_t word[4];
} columns_seen;

/*
 * Where an instruction finds a column's words of this block; the first that looks at it fetches those of the next.
 */
static void *see(columns_seen *seen, const qf_evaluation *evaluation, void *column)
{
    const uint64_t hash = (uint64_t)(uintptr_t)column * UINT64_C(0x9E3779B97F4A7C15) >> 56;
    const uint64_t bit = UINT64_C(1) << hash % 64;
    char *at = (char *)column + sizeof(double) * evaluation->first;
    if ((seen->word[hash / 64] & bit) == 0 && evaluation->n_bytes == QF_PROGRAM_BYTES) {
        seen->word[hash / 64] |= bit;
        qf_fetch_next_block(at);
    }
    return at;
}

static numbers number_operand(const qf_operand *operand, const work *w, columns_seen *seen,
                              double *row)
{
    double value;
    switch (operand->kind) {
    case QF_OPERAND_NUMBER:
        return (numbers){w->registers->number[operand->index], LANES};
    case QF_OPERAND_COLUMN:
        return (numbers){see(seen, w->evaluation, operand->column), LANES};
    case QF_OPERAND_UNIFORM:
        value = w->evaluation->uniform[operand->index];
        break;
    case QF_OPERAND_CONSTANT:
    default:
        value = operand->value;
        break;
    }
    qf_f64x8_store(row, qf_f64x8_set1(value));
    return (numbers){row, 0};
}

/* The lanes whose bits are set. */
static inline qf_mask64x8 lanes_of(uint8_t bits)
{
    static const _Alignas(64) uint64_t one[LANES] = {1, 2, 4, 8, 16, 32, 64, 128};
    const qf_u64x8 of_lane = qf_u64x8_load_aligned(one);
    return qf_u64x8_eq(qf_u64x8_and(qf_u64x8_set1(bits), of_lane), of_lane);
}

/*
 * Signed words, rounded once. The upper half of a word, with its sign turned over, put below the bits of 2^84 is
 * that double plus 2^63 and so many 2^32; the lower half below those of 2^52 likewise. The difference is
 * exact, and only the sum is rounded.
 */
static inline qf_f64x8 doubles_of(qf_u64x8 v)
{
    const qf_u64x8 upper =
        qf_u64x8_xor(qf_u64x8_shr(v, 32), qf_u64x8_set1(UINT64_C(0x4530000080000000)));
    const qf_u64x8 lower = qf_u64x8_or(qf_u64x8_and(v, qf_u64x8_set1(UINT64_C(0xFFFFFFFF))),
                                       qf_u64x8_set1(UINT64_C(0x4330000000000000)));
    const qf_f64x8 whole =
        qf_f64x8_sub(qf_f64x8_of_bits(upper), qf_f64x8_set1(0x1p84 + 0x1p63 + 0x1p52));
    return qf_f64x8_add(whole, qf_f64x8_of_bits(lower));
}

/* The operation's loops; `a` and `b` in an expression are the operands' lanes, `k` is the byte's number. */
#define EACH_NUMBER(expression)                                                                    \
    for (size_t k = 0; k < n_bytes; k++) {                                                         \
        const qf_f64x8 a = qf_f64x8_load(w->a.at + k * w->a.step);                                 \
        const qf_f64x8 b = qf_f64x8_load(w->b.at + k * w->b.step);                                 \
        qf_f64x8_store(out + k * LANES, expression);                                               \
    }                                                                                              \
    break

#define EACH_NUMBER_OF_ONE(expression)                                                             \
    for (size_t k = 0; k < n_bytes; k++) {                                                         \
        const qf_f64x8 a = qf_f64x8_load(w->a.at + k * w->a.step);                                 \
        qf_f64x8_store(out + k * LANES, expression);                                               \
    }                                                                                              \
    break

static void make_numbers(const work *w)
{
    const size_t n_bytes = w->evaluation->n_bytes;
    double *out = w->registers->number[w->instruction->out];
    const uint8_t *truth = w->registers->truth[w->instruction->truth[0]];
    switch ((qf_operation)w->instruction->operation) {
    case QF_DO_NEGATE:
        EACH_NUMBER_OF_ONE(qf_f64x8_neg(a));
    case QF_DO_ABS:
        EACH_NUMBER_OF_ONE(qf_f64x8_abs(a));
    case QF_DO_ADD:
        EACH_NUMBER(qf_f64x8_add(a, b));
    case QF_DO_SUBTRACT:
        EACH_NUMBER(qf_f64x8_sub(a, b));
    case QF_DO_MULTIPLY:
        EACH_NUMBER(qf_f64x8_mul(a, b));
    case QF_DO_DIVIDE:
        EACH_NUMBER(qf_f64x8_div(a, b));
    case QF_DO_MIN:
        EACH_NUMBER(qf_f64x8_min(a, b));
    case QF_DO_MAX:
        EACH_NUMBER(qf_f64x8_max(a, b));
    case QF_DO_CHOOSE:
        EACH_NUMBER(qf_f64x8_select(lanes_of(truth[k]), b, a));
    default:
        break;
    }
}

static void make_whole_numbers(const work *w)
{
    const uint64_t *from = w->words;
    double *out = w->registers->number[w->instruction->out];
    for (size_t k = 0; k < w->evaluation->n_bytes; k++) {
        qf_f64x8_store(out + k * LANES, doubles_of(qf_u64x8_load(from + k * LANES)));
    }
}

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "the first byte of a word is its lowest");

/* Truth values of eight times eight vehicles make a word; of bytes that are not there, zeros. */
#define EACH_WORD(made_b, expression)                                                              \
    for (size_t first = 0; first < n_bytes; first += 8) {                                          \
        const size_t n = n_bytes - first < 8 ? n_bytes - first : 8;                                \
        uint64_t word = 0;                                                                         \
        for (size_t j = 0; j < n; j++) {                                                           \
            const qf_f64x8 a = qf_f64x8_load(left.at + (first + j) * left.step);                   \
            const qf_f64x8 b = made_b;                                                             \
            word |= (uint64_t)qf_mask64x8_bits(expression) << 8 * j;                               \
        }                                                                                          \
        memcpy(out + first, &word, sizeof word);                                                   \
    }

#define COMPARE(compared)                                                                          \
    if (right.step == 0) {                                                                         \
        const qf_f64x8 same = qf_f64x8_load(right.at);                                             \
        EACH_WORD(same, compared(a, b))                                                            \
    } else {                                                                                       \
        EACH_WORD(qf_f64x8_load(right.at + (first + j) * LANES), compared(a, b))                   \
    }                                                                                              \
    break

static void compare(const work *given)
{
    const size_t n_bytes = given->evaluation->n_bytes;
    uint8_t *out = given->registers->truth[given->instruction->out];
    /* what is the same for all comes second */
    const bool swapped = given->a.step == 0;
    const numbers left = swapped ? given->b : given->a;
    const numbers right = swapped ? given->a : given->b;
    switch ((qf_operation)given->instruction->operation) {
    case QF_DO_LESS:
        if (swapped) {
            COMPARE(qf_f64x8_gt);
        }
        COMPARE(qf_f64x8_lt);
    case QF_DO_LESS_EQUAL:
        if (swapped) {
            COMPARE(qf_f64x8_ge);
        }
        COMPARE(qf_f64x8_le);
    case QF_DO_EQUAL:
        COMPARE(qf_f64x8_eq);
    case QF_DO_NOT_EQUAL:
        COMPARE(qf_f64x8_ne);
    default:
        break;
    }
}

static void find_finite(const work *w)
{
    const qf_f64x8 infinity = qf_f64x8_set1(__builtin_inf());
    uint8_t *out = w->registers->truth[w->instruction->out];
    for (size_t k = 0; k < w->evaluation->n_bytes; k++) {
        const qf_f64x8 a = qf_f64x8_load(w->a.at + k * w->a.step);
        out[k] = (uint8_t)qf_mask64x8_bits(qf_f64x8_lt(qf_f64x8_abs(a), infinity));
    }
}

/* Words of which bits are as `mask` has them: all that it has, or (`inverted`) not none. */
static void test_bits(const work *w, uint64_t wanted, uint8_t inverted)
{
    const uint64_t *from = w->words;
    const qf_u64x8 mask = qf_u64x8_set1(w->instruction->mask);
    const qf_u64x8 value = qf_u64x8_set1(wanted);
    uint8_t *out = w->registers->truth[w->instruction->out];
    for (size_t k = 0; k < w->evaluation->n_bytes; k++) {
        const qf_u64x8 bits = qf_u64x8_and(qf_u64x8_load(from + k * LANES), mask);
        out[k] = (uint8_t)(qf_mask64x8_bits(qf_u64x8_eq(bits, value)) ^ inverted);
    }
}

static void hold(const work *w)
{
    const uint8_t *truth = w->registers->truth[w->instruction->truth[0]];
    const uint8_t *valid = w->evaluation->valid;
    const qf_u64x8 enough = qf_u64x8_set1(w->instruction->count);
    const qf_u64x8 one = qf_u64x8_set1(1);
    const qf_u64x8 none = qf_u64x8_set1(0);
    uint64_t *counter = w->words;
    uint8_t *out = w->registers->truth[w->instruction->out];
    for (size_t k = 0; k < w->evaluation->n_bytes; k++) {
        const uint8_t holds = truth[k];
        const qf_u64x8 before = qf_u64x8_load(counter + k * LANES);
        const qf_u64x8 more = qf_u64x8_min(qf_u64x8_add(before, one), enough);
        const qf_u64x8 after = qf_u64x8_select(lanes_of(holds), more, none);
        qf_u64x8_store(counter + k * LANES, qf_u64x8_select(lanes_of(valid[k]), after, before));
        out[k] = (uint8_t)(qf_mask64x8_bits(qf_u64x8_eq(more, enough)) & holds & valid[k]);
    }
}

static void combine(const work *w)
{
    const qf_instruction *i = w->instruction;
    const qf_truths ones = qf_truths_set1(UINT64_MAX);
    const bool of_two = i->operation == QF_DO_AND || i->operation == QF_DO_OR;
    const bool of_none = i->operation == QF_DO_TRUE || i->operation == QF_DO_FALSE;
    const qf_truths a = of_none ? ones : qf_truths_load(w->registers->truth[i->truth[0]]);
    const qf_truths b = of_two ? qf_truths_load(w->registers->truth[i->truth[1]]) : a;
    uint8_t *out = w->registers->truth[i->out];
    switch ((qf_operation)i->operation) {
    case QF_DO_OR:
        qf_truths_store(out, qf_truths_or(a, b));
        break;
    case QF_DO_NOT:
    case QF_DO_FALSE:
        qf_truths_store(out, qf_truths_and_not(ones, a));
        break;
    default:
        qf_truths_store(out, qf_truths_and(a, b));
        break;
    }
}

static void run(work *w, columns_seen *seen)
{
    _Alignas(64) double row_a[LANES], row_b[LANES];
    const qf_instruction *i = w->instruction;
    const qf_operation operation = (qf_operation)i->operation;
    switch (operation) {
    case QF_DO_WHOLE:
    case QF_DO_ALL_BITS:
    case QF_DO_ANY_BITS:
    case QF_DO_HOLD:
        w->words = see(seen, w->evaluation, i->a.column);
        break;
    case QF_DO_AND:
    case QF_DO_OR:
    case QF_DO_NOT:
    case QF_DO_TRUE:
    case QF_DO_FALSE:
        break;
    case QF_DO_NEGATE:
    case QF_DO_ABS:
    case QF_DO_FINITE:
        w->a = number_operand(&i->a, w, seen, row_a);
        w->b = w->a;
        break;
    default:
        w->a = number_operand(&i->a, w, seen, row_a);
        w->b = number_operand(&i->b, w, seen, row_b);
        break;
    }
    switch (operation) {
    case QF_DO_WHOLE:
        make_whole_numbers(w);
        break;
    case QF_DO_LESS:
    case QF_DO_LESS_EQUAL:
    case QF_DO_EQUAL:
    case QF_DO_NOT_EQUAL:
        compare(w);
        break;
    case QF_DO_FINITE:
        find_finite(w);
        break;
    case QF_DO_ALL_BITS:
        test_bits(w, i->mask, 0);
        break;
    case QF_DO_ANY_BITS:
        test_bits(w, 0, 0xFF);
        break;
    case QF_DO_AND:
    case QF_DO_OR:
    case QF_DO_NOT:
    case QF_DO_TRUE:
    case QF_DO_FALSE:
        combine(w);
        break;
    case QF_DO_HOLD:
        hold(w);
        break;
    default:
        make_numbers(w);
        break;
    }
}

void QF_KERNEL(qf_program_run)(const qf_program *program, const qf_evaluation *evaluation,
                               const qf_registers *registers)
{
    columns_seen seen = {{0}};
    work w = {.evaluation = evaluation, .registers = registers};
    for (size_t i = 0; i < program->n_instructions; i++) {
        w.instruction = &program->instructions[i];
        run(&w, &seen);
    }
}
