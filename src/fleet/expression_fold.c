/* SPDX-License-Identifier: Apache-2.0 */
/* What does not depend on a vehicle is computed here, with the kernels' arithmetic. */
#include "expression_internal.h"

#include <math.h>
#include <string.h>

static bool is_truth(const qf_expression *node, double value)
{
    return node->node == QF_NODE_TRUTH && node->value == value;
}

static bool is_constant(const qf_expression *node)
{
    return node->node == QF_NODE_NUMBER || node->node == QF_NODE_TRUTH;
}

static double compute(qf_node node, double a, double b)
{
    switch (node) {
    case QF_NODE_NEGATE:
        return -a;
    case QF_NODE_ABS:
        return fabs(a);
    case QF_NODE_ADD:
        return a + b;
    case QF_NODE_SUBTRACT:
        return a - b;
    case QF_NODE_MULTIPLY:
        return a * b;
    case QF_NODE_DIVIDE:
        return a / b;
    case QF_NODE_MIN:
        return a < b ? a : b;
    case QF_NODE_MAX:
        return a > b ? a : b;
    case QF_NODE_LESS:
        return a < b;
    case QF_NODE_LESS_EQUAL:
        return a <= b;
    case QF_NODE_GREATER:
        return a > b;
    case QF_NODE_GREATER_EQUAL:
        return a >= b;
    case QF_NODE_EQUAL:
        return a == b;
    case QF_NODE_NOT_EQUAL:
        return a != b;
    case QF_NODE_FINITE:
        return isfinite(a);
    default: /* the rest is folded otherwise */
        return NAN;
    }
}

/* one of the children takes the node's place in the text */
static qf_expression *put(qf_expression *child, const qf_expression *node)
{
    child->begin = node->begin;
    child->end = node->end;
    child->unit = node->kind == QF_VALUE_NUMBER ? node->unit : child->unit;
    child->bare = node->bare;
    child->literal = node->literal;
    return child;
}

static qf_expression *fold_truths(qf_expression *node)
{
    qf_expression *a = node->child[0];
    qf_expression *b = node->child[1];
    switch (node->node) {
    case QF_NODE_AND:
    case QF_NODE_OR: {
        const double decides = node->node == QF_NODE_OR;
        if (is_constant(a)) {
            return is_truth(a, decides) ? put(a, node) : put(b, node);
        }
        if (is_constant(b)) {
            return is_truth(b, decides) ? put(b, node) : put(a, node);
        }
        return node;
    }
    case QF_NODE_HOLD:
        /* what never holds, or need not go on holding */
        return is_truth(a, 0.0) || node->count == 1 ? put(a, node) : node;
    case QF_NODE_CHOOSE:
        return is_constant(a) ? put(node->child[is_truth(a, 1.0) ? 1 : 2], node) : node;
    default:
        return node;
    }
}

static uint64_t mix(uint64_t x)
{
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
    return x ^ (x >> 31);
}

static uint64_t bits_of(double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

/* The hash of what `and` or `or` joins is a sum, so that neither order nor brackets count: the sum of a child that
   joins likewise, else its hash. */
static uint64_t term_of(const qf_expression *node, const qf_expression *child)
{
    return child->node == node->node ? child->hash : mix(child->hash + node->node);
}

static uint64_t hash_of(const qf_expression *node)
{
    if (node->node == QF_NODE_AND || node->node == QF_NODE_OR) {
        return term_of(node, node->child[0]) + term_of(node, node->child[1]);
    }
    uint64_t hash = mix((uint64_t)node->node + 1);
    if (is_constant(node)) {
        return mix(hash + bits_of(node->value));
    }
    if (node->symbol) {
        hash = mix(hash + (uint64_t)node->symbol->source);
        hash = mix(hash + node->symbol->column);
        hash = mix(hash + node->symbol->mask);
        return mix(hash + bits_of(node->symbol->scale));
    }
    for (size_t i = 0; i < QF_EXPRESSION_CHILDREN && node->child[i]; i++) {
        hash = mix(hash * 31 + node->child[i]->hash);
    }
    return mix(hash + node->count);
}

static uint8_t larger(uint8_t a, uint8_t b)
{
    return a > b ? a : b;
}

/* registers while a node is computed, its own included, when of two numbers the one that needs more comes first */
static uint8_t need_of(const qf_expression *node)
{
    if (node->symbol) {
        return node->symbol->source == QF_SYMBOL_SINCE
                   ? 2
                   : (uint8_t)(node->symbol->source == QF_SYMBOL_WHOLE);
    }
    uint8_t need = 0;
    uint8_t held = 0;
    for (size_t i = 0; i < QF_EXPRESSION_CHILDREN && node->child[i]; i++) {
        const qf_expression *child = node->child[i];
        const bool number = child->kind != QF_VALUE_TRUTH && child->need > 0;
        const uint8_t here =
            child->need < need ? (uint8_t)(child->need + held) : (uint8_t)(need + number);
        need = larger(larger(need, child->need), held ? here : 0);
        held = (uint8_t)(held + number);
    }
    return node->kind == QF_VALUE_NUMBER ? larger(need, (uint8_t)(held + 1)) : need;
}

static bool all_constant(const qf_expression *node)
{
    for (size_t i = 0; i < QF_EXPRESSION_CHILDREN && node->child[i]; i++) {
        if (!is_constant(node->child[i])) {
            return false;
        }
    }
    return true;
}

static void seal(qf_expression *node)
{
    node->hash = hash_of(node);
    node->need = need_of(node);
    node->knows_time =
        node->node == QF_NODE_HOLD || (node->symbol && (node->symbol->source == QF_SYMBOL_SINCE ||
                                                        node->symbol->source == QF_SYMBOL_UNIFORM));
    for (size_t i = 0; i < QF_EXPRESSION_CHILDREN && node->child[i]; i++) {
        node->knows_time = node->knows_time || node->child[i]->knows_time;
    }
}

/* where all of its children are constants */
static void compute_node(qf_expression *node)
{
    const qf_expression *a = node->child[0];
    const qf_expression *b = node->child[1];
    node->value = node->node == QF_NODE_NOT ? 1.0 - a->value
                                            : compute(node->node, a->value, b ? b->value : 0.0);
    node->node = node->kind == QF_VALUE_TRUTH ? QF_NODE_TRUTH : QF_NODE_NUMBER;
    memset(node->child, 0, sizeof node->child);
}

static bool is_literal(const qf_expression *node)
{
    bool literal = node->node != QF_NODE_SYMBOL;
    for (size_t i = 0; i < QF_EXPRESSION_CHILDREN && node->child[i]; i++) {
        literal = literal && node->child[i]->literal;
    }
    return literal;
}

qf_expression *qf_expression_fold(qf_expression *node)
{
    node->literal = is_literal(node);
    const bool by_truth = node->node == QF_NODE_AND || node->node == QF_NODE_OR ||
                          node->node == QF_NODE_HOLD || node->node == QF_NODE_CHOOSE;
    if (by_truth) {
        node = fold_truths(node);
    } else if (node->child[0] && all_constant(node)) {
        compute_node(node);
    }
    seal(node);
    return node;
}
