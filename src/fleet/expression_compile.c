/* SPDX-License-Identifier: Apache-2.0 */
/* Checked trees become instructions. */
#include "expression_program.h"

#include <string.h>

#include "tick_time.h"

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

/* a number and a constant; nothing is done where that is 1 */
static bool by_constant(qf_program_builder *builder, qf_operation operation, double value,
                        qf_operand *number)
{
    qf_instruction in = start(operation);
    in.a = *number;
    in.b = constant(value);
    return value == 1.0 || qf_program_emit_number(builder, &in, number);
}

/* the seconds that tick - column ticks take: tick_time.h */
static bool since_of(qf_program_builder *builder, const qf_symbol *symbol, qf_operand *out)
{
    const qf_tick_fraction tick_s = qf_tick_fraction_of(symbol->scale);
    const qf_instruction whole = start_column(QF_DO_WHOLE, symbol);
    qf_instruction ticks = start(QF_DO_SUBTRACT);
    ticks.a = (qf_operand){.kind = QF_OPERAND_UNIFORM, .index = QF_UNIFORM_TICK};
    return qf_program_emit_number(builder, &whole, &ticks.b) &&
           qf_program_emit_number(builder, &ticks, out) &&
           by_constant(builder, QF_DO_MULTIPLY, tick_s.p, out) &&
           by_constant(builder, QF_DO_DIVIDE, tick_s.q, out);
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
        return qf_program_emit_number(builder, &in, out);
    }
    case QF_SYMBOL_SINCE:
        return since_of(builder, symbol, out);
    default:
        return qf_program_fail(builder, "bits where a number belongs");
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
           qf_program_emit_number(builder, &in, out);
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
    return found && qf_program_emit_number(builder, &in, out);
}

static bool join(qf_program_builder *builder, qf_operation operation, uint16_t a, uint16_t b,
                 uint16_t *out)
{
    /* neither order matters */
    qf_instruction in = start(operation);
    in.truth[0] = a < b ? a : b;
    in.truth[1] = a < b ? b : a;
    return qf_program_emit_truth(builder, &in, out);
}

static bool turn(qf_program_builder *builder, uint16_t a, uint16_t *out)
{
    qf_instruction in = start(QF_DO_NOT);
    in.truth[0] = a;
    return qf_program_emit_truth(builder, &in, out);
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
           qf_program_emit_truth(builder, &in, out);
}

static bool flag_of(qf_program_builder *builder, const qf_symbol *symbol, uint16_t *out)
{
    qf_instruction in = start_column(QF_DO_ANY_BITS, symbol);
    in.mask = symbol->mask;
    switch (symbol->source) {
    case QF_SYMBOL_ALL_BITS:
        in.operation = QF_DO_ALL_BITS;
        return qf_program_emit_truth(builder, &in, out);
    case QF_SYMBOL_ANY_BITS:
        return qf_program_emit_truth(builder, &in, out);
    case QF_SYMBOL_NO_BITS: {
        uint16_t any;
        return qf_program_emit_truth(builder, &in, &any) && turn(builder, any, out);
    }
    default:
        in = start(QF_DO_NOT_EQUAL);
        return symbol_of(builder, symbol, &in.a) && qf_program_emit_truth(builder, &in, out);
    }
}

static bool grow_holds(qf_program_builder *builder)
{
    if (builder->n_holds < builder->holds_capacity) {
        return true;
    }
    const size_t capacity = builder->holds_capacity > 0 ? 2 * builder->holds_capacity : 8;
    qf_held *holds = qf_arena_array(builder->arena, capacity, sizeof *holds);
    if (!holds) {
        return qf_program_fail(builder, "out of memory");
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
    if (!qf_program_emit_truth(builder, &in, out)) {
        return false;
    }
    builder->holds[builder->n_holds++] = (qf_held){.expression = node, .truth = *out};
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
    return qf_program_emit_truth(builder, &in, out);
}

static bool not_of(qf_program_builder *builder, const qf_expression *node, uint16_t *out)
{
    uint16_t inner;
    return truth_of(builder, node->child[0], &inner) && turn(builder, inner, out);
}

static bool finite_of(qf_program_builder *builder, const qf_expression *node, uint16_t *out)
{
    qf_instruction in = start(QF_DO_FINITE);
    return number_of(builder, node->child[0], &in.a) && qf_program_emit_truth(builder, &in, out);
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

/* a number that the caller is told of keeps its register; a column gets one, for where it lies is known later */
static bool pin(qf_program_builder *builder, qf_operand *number)
{
    if (number->kind == QF_OPERAND_COLUMN) {
        qf_instruction copy = start(QF_DO_MAX);
        copy.a = copy.b = *number;
        if (!qf_program_emit_number(builder, &copy, number)) {
            return false;
        }
    }
    if (number->kind != QF_OPERAND_NUMBER) {
        return true;
    }
    qf_draft *d = &builder->drafts[number->index];
    if (d->pinned == QF_NO_REGISTER) {
        if (builder->n_pinned == QF_PROGRAM_MOST_NUMBERS) {
            return qf_program_fail(builder,
                                   "the program has too many numbers as results with this");
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
    return made && qf_program_fits(builder, enough);
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
            qf_program_go_back(builder, &before);
        }
        if (!made) {
            return false;
        }
    }
    return enough ? true
                  : qf_program_fail(builder, "the program needs more than 64 numbers at once");
}
