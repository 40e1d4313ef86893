/* SPDX-License-Identifier: Apache-2.0 */
/* Truth values and numbers are brought to their places. */
#include "expression_check.h"

void *qf_check_fail_memory(const qf_checker *checker, const qf_expression *node)
{
    return qf_expression_fail(checker->error, node->begin, node->end, "out of memory");
}

const char *qf_check_kind_text(qf_value_kind kind)
{
    return kind == QF_VALUE_TRUTH    ? "a truth value"
           : kind == QF_VALUE_NUMBER ? "a number"
                                     : "a choice";
}

bool qf_check_want(const qf_checker *checker, const qf_expression *node, qf_value_kind kind)
{
    if (node->kind == kind) {
        return true;
    }
    return qf_expression_fail(
        checker->error, node->begin, node->end, "%s where a %s belongs%s",
        qf_check_kind_text(node->kind), kind == QF_VALUE_TRUTH ? "truth value" : "number",
        node->kind == QF_VALUE_CHOICE ? " (compare it with one of its names by '==')" : "");
}

/* a checked child of that kind */
qf_expression *qf_check_as(qf_checker *checker, qf_expression *node, qf_value_kind kind)
{
    qf_expression *checked = qf_check_node(checker, node);
    return checked && qf_check_want(checker, checked, kind) ? checked : NULL;
}

bool qf_check_children(qf_checker *checker, qf_expression *node, qf_value_kind kind)
{
    for (size_t i = 0; i < QF_EXPRESSION_CHILDREN && node->child[i]; i++) {
        node->child[i] = qf_check_as(checker, node->child[i], kind);
        if (!node->child[i]) {
            return false;
        }
    }
    return true;
}

static qf_expression *check_sum(qf_checker *checker, qf_expression *node)
{
    if (!qf_check_children(checker, node, QF_VALUE_NUMBER) ||
        !qf_check_units(checker, node, node->child, 2, &node->unit, &node->bare)) {
        return NULL;
    }
    node->kind = QF_VALUE_NUMBER;
    return qf_expression_fold(node);
}

static qf_expression *check_product(qf_checker *checker, qf_expression *node)
{
    if (!qf_check_children(checker, node, QF_VALUE_NUMBER)) {
        return NULL;
    }
    const qf_expression *a = node->child[0];
    const qf_expression *b = node->child[1];
    node->kind = QF_VALUE_NUMBER;
    node->bare = a->bare && b->bare;
    if (b->bare) {
        node->unit = a->unit;
    } else if (!qf_unit_multiply(&a->unit, &b->unit, node->node == QF_NODE_DIVIDE, &node->unit)) {
        return qf_expression_fail(checker->error, node->begin, node->end,
                                  "the unit of this is beyond what units can be");
    }
    return qf_expression_fold(node);
}

qf_expression *qf_check_sign(qf_checker *checker, qf_expression *node)
{
    if (!qf_check_children(checker, node, QF_VALUE_NUMBER)) {
        return NULL;
    }
    node->kind = QF_VALUE_NUMBER;
    node->unit = node->child[0]->unit;
    node->bare = node->child[0]->bare;
    return qf_expression_fold(node);
}

static qf_expression *check_logic(qf_checker *checker, qf_expression *node)
{
    if (!qf_check_children(checker, node, QF_VALUE_TRUTH)) {
        return NULL;
    }
    node->kind = QF_VALUE_TRUTH;
    return qf_expression_fold(node);
}

static const char *sign_of(qf_node node)
{
    switch (node) {
    case QF_NODE_LESS:
        return "<";
    case QF_NODE_LESS_EQUAL:
        return "<=";
    case QF_NODE_GREATER:
        return ">";
    default:
        return ">=";
    }
}

static qf_expression *check_equality(qf_checker *checker, qf_expression *node)
{
    if (!qf_check_sides(checker, node)) {
        return NULL;
    }
    const qf_expression *a = node->child[0];
    const qf_expression *b = node->child[1];
    if (a->kind != b->kind) {
        return qf_expression_fail(checker->error, node->begin, node->end, "%s is never equal to %s",
                                  qf_check_kind_text(a->kind), qf_check_kind_text(b->kind));
    }
    if (a->symbol && b->symbol && a->kind == QF_VALUE_CHOICE &&
        !qf_check_same_choices(a->symbol, b->symbol)) {
        return qf_expression_fail(checker->error, node->begin, node->end,
                                  "the two are choices among different names");
    }
    qf_unit unit;
    bool bare;
    if (a->kind == QF_VALUE_NUMBER &&
        !qf_check_units(checker, node, node->child, 2, &unit, &bare)) {
        return NULL;
    }
    node->kind = QF_VALUE_TRUTH;
    return qf_expression_fold(node);
}

static qf_expression *check_order(qf_checker *checker, qf_expression *node)
{
    for (size_t i = 0; i < 2; i++) {
        qf_expression *side = qf_check_node(checker, node->child[i]);
        if (!side) {
            return NULL;
        }
        if (side->kind != QF_VALUE_NUMBER) {
            return qf_expression_fail(checker->error, side->begin, side->end,
                                      "'%s' compares numbers, and this is %s", sign_of(node->node),
                                      qf_check_kind_text(side->kind));
        }
        node->child[i] = side;
    }
    qf_unit unit;
    bool bare;
    if (!qf_check_units(checker, node, node->child, 2, &unit, &bare)) {
        return NULL;
    }
    node->kind = QF_VALUE_TRUTH;
    return qf_expression_fold(node);
}

static qf_expression *check_constant(const qf_checker *checker, qf_expression *node)
{
    if (node->ticks) {
        return qf_expression_fail(checker->error, node->begin, node->end,
                                  "ticks are counted by hold() only");
    }
    node->kind = node->node == QF_NODE_TRUTH ? QF_VALUE_TRUTH : QF_VALUE_NUMBER;
    return qf_expression_fold(node);
}

qf_expression *qf_check_node(qf_checker *checker, qf_expression *node)
{
    switch (node->node) {
    case QF_NODE_NUMBER:
    case QF_NODE_TRUTH:
        return check_constant(checker, node);
    case QF_NODE_NAME:
        return qf_check_name(checker, node);
    case QF_NODE_REDUCTION:
        return qf_check_reduction(checker, node);
    case QF_NODE_NEGATE:
        return qf_check_sign(checker, node);
    case QF_NODE_ABS:
        return qf_check_abs(checker, node);
    case QF_NODE_ADD:
    case QF_NODE_SUBTRACT:
        return check_sum(checker, node);
    case QF_NODE_MULTIPLY:
    case QF_NODE_DIVIDE:
        return check_product(checker, node);
    case QF_NODE_MIN:
    case QF_NODE_MAX:
        return qf_check_extreme(checker, node);
    case QF_NODE_CHOOSE:
        return qf_check_choose(checker, node);
    case QF_NODE_EQUAL:
    case QF_NODE_NOT_EQUAL:
        return check_equality(checker, node);
    case QF_NODE_FINITE:
        return qf_check_finite(checker, node);
    case QF_NODE_AND:
    case QF_NODE_OR:
    case QF_NODE_NOT:
        return check_logic(checker, node);
    case QF_NODE_HOLD:
        return qf_check_hold(checker, node);
    case QF_NODE_SYMBOL: /* looked up already */
        return node;
    default:
        return check_order(checker, node);
    }
}

qf_expression *qf_expression_check(qf_arena *arena, const qf_symbols *symbols,
                                   const qf_reading *reading, qf_expression_error *error)
{
    qf_checker checker = {
        .arena = arena, .symbols = symbols, .parts = reading->parts, .error = error};
    qf_expression *tree = qf_expression_read(arena, reading, error);
    return tree ? qf_check_node(&checker, tree) : NULL;
}
