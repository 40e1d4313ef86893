/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Checked trees become instructions. While a program grows, every instruction has its own number, and what was
 * computed once is found again by its content; registers are given out when it is finished. Registers of truth values
 * are many and never used twice. Those of numbers are few: each is free again after its last use. Numbers that
 * callers are told of keep theirs for the whole program, the lowest ones.
 */
#include "expression_internal.h"

#include <string.h>

enum { NO_REGISTER = UINT16_MAX };

/* an instruction; number operands and truths are still numbers of instructions and of truth values */
typedef struct draft {
    qf_instruction instruction;
    bool is_truth;
    uint16_t pinned; /* register of a number that a caller knows, NO_REGISTER: none */
} draft;

typedef struct held {
    const qf_expression *expression;
    uint16_t truth;
} held;

struct qf_program_builder {
    qf_arena *arena;
    draft *drafts;
    size_t n, capacity;
    size_t n_truths;
    size_t n_pinned;
    held *holds;
    size_t n_holds, holds_capacity;
    /* open addressing: 1 + index of a draft, 0: free; a power of two */
    uint32_t *table;
    size_t table_size;
    size_t reuse_from; /* numbers computed before this draft are computed anew */
    const qf_expression *expression;
    qf_expression_error *error;
};

qf_program_builder *qf_program_builder_create(qf_arena *arena)
{
    qf_program_builder *builder = qf_arena_array(arena, 1, sizeof *builder);
    if (builder) {
        builder->arena = arena;
    }
    return builder;
}

static bool fail(const qf_program_builder *builder, const char *message)
{
    return qf_expression_fail(builder->error, builder->expression->begin, builder->expression->end,
                              "%s", message);
}

/* ---- finding what there is ---- */

static bool same_operand(const qf_operand *a, const qf_operand *b)
{
    return a->kind == b->kind && a->index == b->index &&
           (a->kind != QF_OPERAND_CONSTANT || memcmp(&a->value, &b->value, sizeof a->value) == 0);
}

static bool same_instruction(const qf_instruction *a, const qf_instruction *b)
{
    return a->operation == b->operation && a->truth[0] == b->truth[0] &&
           a->truth[1] == b->truth[1] && a->count == b->count && a->mask == b->mask &&
           same_operand(&a->a, &b->a) && same_operand(&a->b, &b->b);
}

static uint64_t mix(uint64_t hash, uint64_t word)
{
    hash = (hash ^ word) * 0x9e3779b97f4a7c15u;
    return hash ^ (hash >> 29);
}

static uint64_t mix_operand(uint64_t hash, const qf_operand *operand)
{
    uint64_t bits = operand->index;
    if (operand->kind == QF_OPERAND_CONSTANT) {
        memcpy(&bits, &operand->value, sizeof bits);
    }
    return mix(mix(hash, (uint64_t)operand->kind), bits);
}

static uint64_t hash_of(const qf_instruction *in)
{
    uint64_t hash = mix(in->operation, (uint64_t)in->truth[0] << 16 | in->truth[1]);
    hash = mix(mix(hash, in->count), in->mask);
    return mix_operand(mix_operand(hash, &in->a), &in->b);
}

/* where the instruction stands in the table, or where it would */
static size_t place_of(const qf_program_builder *builder, const qf_instruction *in)
{
    size_t at = (size_t)hash_of(in) & (builder->table_size - 1);
    while (builder->table[at] != 0 &&
           !same_instruction(&builder->drafts[builder->table[at] - 1].instruction, in)) {
        at = (at + 1) & (builder->table_size - 1);
    }
    return at;
}

/* the latest of equal drafts is the one that is found */
static void fill_table(qf_program_builder *builder)
{
    memset(builder->table, 0, builder->table_size * sizeof *builder->table);
    for (size_t i = 0; i < builder->n; i++) {
        builder->table[place_of(builder, &builder->drafts[i].instruction)] = (uint32_t)i + 1;
    }
}

/* room for one more draft */
static bool grow(qf_program_builder *builder)
{
    if (builder->n < builder->capacity) {
        return true;
    }
    const size_t capacity = builder->capacity > 0 ? 2 * builder->capacity : 64;
    draft *drafts = qf_arena_array(builder->arena, capacity, sizeof *drafts);
    uint32_t *table = qf_arena_array(builder->arena, 4 * capacity, sizeof *table);
    if (!drafts || !table) {
        return fail(builder, "out of memory");
    }
    if (builder->n > 0) {
        memcpy(drafts, builder->drafts, builder->n * sizeof *drafts);
    }
    builder->drafts = drafts;
    builder->capacity = capacity;
    builder->table = table;
    builder->table_size = 4 * capacity;
    fill_table(builder);
    return true;
}

/* Adds an instruction unless there is an equal one; *index is that of the draft. */
static bool emit(qf_program_builder *builder, const qf_instruction *in, bool is_truth,
                 size_t *index)
{
    if (!grow(builder)) {
        return false;
    }
    const size_t place = place_of(builder, in);
    if (builder->table[place] != 0) {
        *index = builder->table[place] - 1;
        if (is_truth || *index >= builder->reuse_from) {
            return true;
        }
    }
    if (builder->n == QF_PROGRAM_MOST_INSTRUCTIONS) {
        return fail(builder, "the program has too many instructions with this (32768 are most)");
    }
    if (is_truth && builder->n_truths == QF_PROGRAM_MOST_TRUTHS) {
        return fail(builder, "the program has too many truth values with this (8192 are most)");
    }
    draft *made = &builder->drafts[builder->n];
    *made = (draft){.instruction = *in, .is_truth = is_truth, .pinned = NO_REGISTER};
    if (is_truth) {
        made->instruction.out = (uint16_t)builder->n_truths++;
    }
    *index = builder->n++;
    builder->table[place] = (uint32_t)*index + 1;
    return true;
}

static bool emit_number(qf_program_builder *builder, const qf_instruction *in, qf_operand *out)
{
    size_t index;
    if (!emit(builder, in, false, &index)) {
        return false;
    }
    *out = (qf_operand){.kind = QF_OPERAND_NUMBER, .index = (uint32_t)index};
    return true;
}

static bool emit_truth(qf_program_builder *builder, const qf_instruction *in, uint16_t *out)
{
    size_t index;
    if (!emit(builder, in, true, &index)) {
        return false;
    }
    *out = builder->drafts[index].instruction.out;
    return true;
}

/* ---- numbers ---- */

static bool number_of(qf_program_builder *builder, const qf_expression *node, qf_operand *out);
static bool truth_of(qf_program_builder *builder, const qf_expression *node, uint16_t *out);

static qf_operand column_of(const qf_symbol *symbol)
{
    return (qf_operand){.kind = QF_OPERAND_COLUMN, .index = (uint32_t)symbol->column};
}

static qf_operand constant(double value)
{
    return (qf_operand){.kind = QF_OPERAND_CONSTANT, .value = value};
}

/* an instruction without operands: what stands there is a constant, so that nothing seems to be read */
static qf_instruction start(qf_operation operation)
{
    return (qf_instruction){
        .operation = (uint16_t)operation, .a = constant(0.0), .b = constant(0.0)};
}

static qf_instruction start_column(qf_operation operation, const qf_symbol *symbol)
{
    qf_instruction in = start(operation);
    in.a = column_of(symbol);
    return in;
}

/* (tick - column) * scale */
static bool since_of(qf_program_builder *builder, const qf_symbol *symbol, qf_operand *out)
{
    const qf_instruction whole = start_column(QF_DO_WHOLE, symbol);
    qf_instruction ticks = start(QF_DO_SUBTRACT);
    qf_instruction scaled = start(QF_DO_MULTIPLY);
    ticks.a = (qf_operand){.kind = QF_OPERAND_UNIFORM, .index = QF_UNIFORM_TICK};
    scaled.b = constant(symbol->scale);
    return emit_number(builder, &whole, &ticks.b) && emit_number(builder, &ticks, &scaled.a) &&
           emit_number(builder, &scaled, out);
}

static bool symbol_of(qf_program_builder *builder, const qf_symbol *symbol, qf_operand *out)
{
    switch (symbol->source) {
    case QF_SYMBOL_COLUMN:
        *out = column_of(symbol);
        return true;
    case QF_SYMBOL_UNIFORM:
        *out = (qf_operand){.kind = QF_OPERAND_UNIFORM, .index = (uint32_t)symbol->column};
        return true;
    case QF_SYMBOL_WHOLE: {
        const qf_instruction in = start_column(QF_DO_WHOLE, symbol);
        return emit_number(builder, &in, out);
    }
    case QF_SYMBOL_SINCE:
        return since_of(builder, symbol, out);
    default:
        return fail(builder, "bits where a number belongs");
    }
}

/* both operands, the one that needs more registers first */
static bool both_of(qf_program_builder *builder, const qf_expression *first,
                    const qf_expression *second, qf_operand *a, qf_operand *b)
{
    if (second->need > first->need) {
        return number_of(builder, second, b) && number_of(builder, first, a);
    }
    return number_of(builder, first, a) && number_of(builder, second, b);
}

static qf_operation operation_of(qf_node node)
{
    switch (node) {
    case QF_NODE_NEGATE:
        return QF_DO_NEGATE;
    case QF_NODE_ABS:
        return QF_DO_ABS;
    case QF_NODE_ADD:
        return QF_DO_ADD;
    case QF_NODE_SUBTRACT:
        return QF_DO_SUBTRACT;
    case QF_NODE_MULTIPLY:
        return QF_DO_MULTIPLY;
    case QF_NODE_DIVIDE:
        return QF_DO_DIVIDE;
    case QF_NODE_MIN:
        return QF_DO_MIN;
    case QF_NODE_MAX:
        return QF_DO_MAX;
    case QF_NODE_LESS:
    case QF_NODE_GREATER:
        return QF_DO_LESS;
    case QF_NODE_LESS_EQUAL:
    case QF_NODE_GREATER_EQUAL:
        return QF_DO_LESS_EQUAL;
    case QF_NODE_EQUAL:
        return QF_DO_EQUAL;
    default:
        return QF_DO_NOT_EQUAL;
    }
}

static bool choice_of(qf_program_builder *builder, const qf_expression *node, qf_operand *out)
{
    qf_instruction in = start(QF_DO_CHOOSE);
    return truth_of(builder, node->child[0], &in.truth[0]) &&
           both_of(builder, node->child[2], node->child[1], &in.a, &in.b) &&
           emit_number(builder, &in, out);
}

static bool number_of(qf_program_builder *builder, const qf_expression *node, qf_operand *out)
{
    if (node->node == QF_NODE_NUMBER) {
        *out = constant(node->value);
        return true;
    }
    if (node->node == QF_NODE_SYMBOL) {
        return symbol_of(builder, node->symbol, out);
    }
    if (node->node == QF_NODE_CHOOSE) {
        return choice_of(builder, node, out);
    }
    qf_instruction in = start(operation_of(node->node));
    const bool found = node->child[1]
                           ? both_of(builder, node->child[0], node->child[1], &in.a, &in.b)
                           : number_of(builder, node->child[0], &in.a);
    return found && emit_number(builder, &in, out);
}

/* ---- truth values ---- */

static bool join(qf_program_builder *builder, qf_operation operation, uint16_t a, uint16_t b,
                 uint16_t *out)
{
    /* neither order matters */
    qf_instruction in = start(operation);
    in.truth[0] = a < b ? a : b;
    in.truth[1] = a < b ? b : a;
    return emit_truth(builder, &in, out);
}

static bool turn(qf_program_builder *builder, uint16_t a, uint16_t *out)
{
    qf_instruction in = start(QF_DO_NOT);
    in.truth[0] = a;
    return emit_truth(builder, &in, out);
}

/* both or neither; or, turned, one of them */
static bool equal_truths(qf_program_builder *builder, const qf_expression *node, uint16_t *out)
{
    uint16_t a, b, both, any, none;
    if (!truth_of(builder, node->child[0], &a) || !truth_of(builder, node->child[1], &b) ||
        !join(builder, QF_DO_AND, a, b, &both) || !join(builder, QF_DO_OR, a, b, &any)) {
        return false;
    }
    if (node->node == QF_NODE_EQUAL) {
        return turn(builder, any, &none) && join(builder, QF_DO_OR, both, none, out);
    }
    return turn(builder, both, &none) && join(builder, QF_DO_AND, any, none, out);
}

static bool comparison_of(qf_program_builder *builder, const qf_expression *node, uint16_t *out)
{
    if (node->child[0]->kind == QF_VALUE_TRUTH) {
        return equal_truths(builder, node, out);
    }
    const bool swap =
        node->node == QF_NODE_GREATER || node->node == QF_NODE_GREATER_EQUAL; /* b < a */
    qf_instruction in = start(operation_of(node->node));
    return both_of(builder, node->child[swap ? 1 : 0], node->child[swap ? 0 : 1], &in.a, &in.b) &&
           emit_truth(builder, &in, out);
}

static bool flag_of(qf_program_builder *builder, const qf_symbol *symbol, uint16_t *out)
{
    qf_instruction in = start_column(QF_DO_ANY_BITS, symbol);
    in.mask = symbol->mask;
    switch (symbol->source) {
    case QF_SYMBOL_ALL_BITS:
        in.operation = QF_DO_ALL_BITS;
        return emit_truth(builder, &in, out);
    case QF_SYMBOL_ANY_BITS:
        return emit_truth(builder, &in, out);
    case QF_SYMBOL_NO_BITS: {
        uint16_t any;
        return emit_truth(builder, &in, &any) && turn(builder, any, out);
    }
    default:
        in = start(QF_DO_NOT_EQUAL);
        return symbol_of(builder, symbol, &in.a) && emit_truth(builder, &in, out);
    }
}

static bool grow_holds(qf_program_builder *builder)
{
    if (builder->n_holds < builder->holds_capacity) {
        return true;
    }
    const size_t capacity = builder->holds_capacity > 0 ? 2 * builder->holds_capacity : 8;
    held *holds = qf_arena_array(builder->arena, capacity, sizeof *holds);
    if (!holds) {
        return fail(builder, "out of memory");
    }
    if (builder->n_holds > 0) {
        memcpy(holds, builder->holds, builder->n_holds * sizeof *holds);
    }
    builder->holds = holds;
    builder->holds_capacity = capacity;
    return true;
}

/* Equal holds share their counter. It is looked for by the tree: what the argument is computed from may have been
   computed anew. */
static bool hold_of(qf_program_builder *builder, const qf_expression *node, uint16_t *out)
{
    for (size_t i = 0; i < builder->n_holds; i++) {
        if (qf_expression_equal(builder->holds[i].expression, node)) {
            *out = builder->holds[i].truth;
            return true;
        }
    }
    qf_instruction in = start(QF_DO_HOLD);
    in.count = node->count;
    if (!truth_of(builder, node->child[0], &in.truth[0]) || !grow_holds(builder)) {
        return false;
    }
    in.a = (qf_operand){.kind = QF_OPERAND_COLUMN, .index = (uint32_t)builder->n_holds};
    if (!emit_truth(builder, &in, out)) {
        return false;
    }
    builder->holds[builder->n_holds++] = (held){.expression = node, .truth = *out};
    return true;
}

static bool logic_of(qf_program_builder *builder, const qf_expression *node, uint16_t *out)
{
    uint16_t a, b;
    return truth_of(builder, node->child[0], &a) && truth_of(builder, node->child[1], &b) &&
           join(builder, node->node == QF_NODE_AND ? QF_DO_AND : QF_DO_OR, a, b, out);
}

static bool constant_truth(qf_program_builder *builder, bool value, uint16_t *out)
{
    const qf_instruction in = start(value ? QF_DO_TRUE : QF_DO_FALSE);
    return emit_truth(builder, &in, out);
}

static bool not_of(qf_program_builder *builder, const qf_expression *node, uint16_t *out)
{
    uint16_t inner;
    return truth_of(builder, node->child[0], &inner) && turn(builder, inner, out);
}

static bool finite_of(qf_program_builder *builder, const qf_expression *node, uint16_t *out)
{
    qf_instruction in = start(QF_DO_FINITE);
    return number_of(builder, node->child[0], &in.a) && emit_truth(builder, &in, out);
}

static bool truth_of(qf_program_builder *builder, const qf_expression *node, uint16_t *out)
{
    switch (node->node) {
    case QF_NODE_TRUTH:
        return constant_truth(builder, node->value != 0.0, out);
    case QF_NODE_SYMBOL:
        return flag_of(builder, node->symbol, out);
    case QF_NODE_AND:
    case QF_NODE_OR:
        return logic_of(builder, node, out);
    case QF_NODE_NOT:
        return not_of(builder, node, out);
    case QF_NODE_FINITE:
        return finite_of(builder, node, out);
    case QF_NODE_HOLD:
        return hold_of(builder, node, out);
    default:
        return comparison_of(builder, node, out);
    }
}

/* ---- registers ---- */

/* what an instruction reads: drafts of numbers, at most two */
static size_t reads_of(const qf_instruction *in, uint32_t reads[2])
{
    size_t n = 0;
    if (in->a.kind == QF_OPERAND_NUMBER) {
        reads[n++] = in->a.index;
    }
    if (in->b.kind == QF_OPERAND_NUMBER && (n == 0 || reads[0] != in->b.index)) {
        reads[n++] = in->b.index;
    }
    return n;
}

/* Gives numbers their registers, 64 at most; a result never lies in a register that its own instruction reads.
   *n_numbers is how many registers there are, 0: they do not suffice. False without memory. */
static bool give_registers(const qf_program_builder *builder, uint16_t *registers,
                           uint32_t *last_use, size_t *n_numbers)
{
    uint32_t reads[2];
    for (size_t i = 0; i < builder->n; i++) {
        last_use[i] = (uint32_t)i;
        for (size_t k = reads_of(&builder->drafts[i].instruction, reads); k-- > 0;) {
            last_use[reads[k]] = (uint32_t)i;
        }
    }
    uint64_t used = builder->n_pinned < QF_PROGRAM_MOST_NUMBERS
                        ? (UINT64_C(1) << builder->n_pinned) - 1
                        : UINT64_MAX;
    size_t most = builder->n_pinned;
    for (size_t i = 0; i < builder->n; i++) {
        const draft *d = &builder->drafts[i];
        if (!d->is_truth && d->pinned != NO_REGISTER) {
            registers[i] = d->pinned;
        } else if (!d->is_truth) {
            if (used == UINT64_MAX) {
                return false;
            }
            const int free_one = __builtin_ctzll(~used);
            registers[i] = (uint16_t)free_one;
            used |= UINT64_C(1) << free_one;
            most = most > (size_t)free_one + 1 ? most : (size_t)free_one + 1;
        }
        for (size_t k = reads_of(&d->instruction, reads); k-- > 0;) {
            if (last_use[reads[k]] == i && builder->drafts[reads[k]].pinned == NO_REGISTER) {
                used &= ~(UINT64_C(1) << registers[reads[k]]);
            }
        }
    }
    *n_numbers = most;
    return true;
}

_Static_assert(QF_PROGRAM_MOST_NUMBERS == 64, "registers of numbers are bits of a word");

/* Whether the registers suffice. */
static bool fits(const qf_program_builder *builder, bool *enough)
{
    size_t n_numbers;
    qf_arena scratch = {0};
    uint16_t *registers = qf_arena_array(&scratch, builder->n + 1, sizeof *registers);
    uint32_t *last_use = qf_arena_array(&scratch, builder->n + 1, sizeof *last_use);
    const bool memory = registers && last_use;
    *enough = memory && give_registers(builder, registers, last_use, &n_numbers);
    qf_arena_free(&scratch);
    return memory ? true : fail(builder, "out of memory");
}

/* a number that the caller is told of keeps its register; a column gets one, for where it lies is known later */
static bool pin(qf_program_builder *builder, qf_operand *number)
{
    if (number->kind == QF_OPERAND_COLUMN) {
        qf_instruction copy = start(QF_DO_MAX);
        copy.a = copy.b = *number;
        if (!emit_number(builder, &copy, number)) {
            return false;
        }
    }
    if (number->kind != QF_OPERAND_NUMBER) {
        return true;
    }
    draft *d = &builder->drafts[number->index];
    if (d->pinned == NO_REGISTER) {
        if (builder->n_pinned == QF_PROGRAM_MOST_NUMBERS) {
            return fail(builder, "the program has too many numbers as results with this");
        }
        d->pinned = (uint16_t)builder->n_pinned++;
    }
    number->index = d->pinned;
    return true;
}

static bool add(qf_program_builder *builder, const qf_expression *expression, uint16_t *truth,
                qf_operand *number, bool *enough)
{
    const bool made = expression->kind == QF_VALUE_TRUTH
                          ? truth_of(builder, expression, truth)
                          : number_of(builder, expression, number) && pin(builder, number);
    return made && fits(builder, enough);
}

/* back to how it was, but for what was pinned of drafts that stay */
static void go_back(qf_program_builder *builder, const qf_program_builder *before)
{
    builder->n = before->n;
    builder->n_truths = before->n_truths;
    builder->n_holds = before->n_holds;
    for (size_t i = 0; i < builder->n; i++) {
        draft *d = &builder->drafts[i];
        d->pinned = d->pinned >= before->n_pinned ? NO_REGISTER : d->pinned;
    }
    builder->n_pinned = before->n_pinned;
    if (builder->table) {
        fill_table(builder);
    }
}

bool qf_program_add(qf_program_builder *builder, const qf_expression *expression, uint16_t *truth,
                    qf_operand *number, qf_expression_error *error)
{
    const qf_program_builder before = *builder;
    /* what is shared stays in registers for long: where these run out, less is shared */
    const size_t reuse_from[] = {0, before.n, SIZE_MAX};
    bool enough = false;
    builder->expression = expression;
    builder->error = error;
    for (size_t i = 0; i < sizeof reuse_from / sizeof *reuse_from && !enough; i++) {
        builder->reuse_from = reuse_from[i];
        const bool made = add(builder, expression, truth, number, &enough);
        if (!made || !enough) {
            go_back(builder, &before);
        }
        if (!made) {
            return false;
        }
    }
    return enough ? true : fail(builder, "the program needs more than 64 numbers at once");
}

size_t qf_program_n_holds(const qf_program_builder *builder)
{
    return builder->n_holds;
}

/* ---- the finished program ---- */

static void finish_operand(qf_operand *operand, const uint16_t *registers, void *const *columns)
{
    if (operand->kind == QF_OPERAND_NUMBER) {
        operand->index = registers[operand->index];
    } else if (operand->kind == QF_OPERAND_COLUMN && columns) {
        operand->column = columns[operand->index];
    }
}

bool qf_program_finish(qf_program_builder *builder, void *const *columns, void *const *holds,
                       qf_program *program)
{
    const size_t n = builder->n;
    qf_instruction *instructions = qf_arena_array(builder->arena, n + 1, sizeof *instructions);
    uint16_t *registers = qf_arena_array(builder->arena, n + 1, sizeof *registers);
    uint32_t *last_use = qf_arena_array(builder->arena, n + 1, sizeof *last_use);
    size_t n_numbers;
    if (!instructions || !registers || !last_use ||
        !give_registers(builder, registers, last_use, &n_numbers)) {
        return false;
    }
    for (size_t i = 0; i < n; i++) {
        qf_instruction *in = &instructions[i];
        *in = builder->drafts[i].instruction;
        if (!builder->drafts[i].is_truth) {
            in->out = registers[i];
        }
        finish_operand(&in->a, registers, in->operation == QF_DO_HOLD ? holds : columns);
        finish_operand(&in->b, registers, columns);
    }
    *program = (qf_program){.instructions = instructions,
                            .n_instructions = n,
                            .n_numbers = n_numbers,
                            .n_truths = builder->n_truths};
    return true;
}
