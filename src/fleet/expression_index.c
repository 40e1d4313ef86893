/* SPDX-License-Identifier: Apache-2.0 */
/* Choices become numbers that others can count on: which of the names it is. */
#include "expression_internal.h"

#include <math.h>

static qf_expression *make(qf_arena *arena, qf_node node, qf_value_kind kind)
{
    qf_expression *made = qf_arena_array(arena, 1, sizeof *made);
    if (made) {
        made->node = node;
        made->kind = kind;
        made->unit.scale = 1.0;
    }
    return made;
}

static qf_expression *constant(qf_arena *arena, qf_value_kind kind, double value)
{
    qf_expression *made = make(arena, QF_NODE_NUMBER, kind);
    if (made) {
        made->value = value;
        made = qf_expression_fold(made);
    }
    return made;
}

/* index where the choice is its name of that index, else what `other` says */
static qf_expression *index_or(qf_arena *arena, qf_expression *choice, size_t index,
                               qf_expression *other)
{
    const int64_t number = choice->symbol->numbers[index];
    qf_expression *is = make(arena, QF_NODE_EQUAL, QF_VALUE_TRUTH);
    qf_expression *made = make(arena, QF_NODE_CHOOSE, QF_VALUE_NUMBER);
    if (!is || !made || !other) {
        return NULL;
    }
    is->child[0] = choice;
    is->child[1] = constant(arena, QF_VALUE_CHOICE, (double)number);
    made->child[1] = constant(arena, QF_VALUE_NUMBER, (double)index);
    made->child[2] = other;
    if (!is->child[1] || !made->child[1]) {
        return NULL;
    }
    made->child[0] = qf_expression_fold(is);
    return qf_expression_fold(made);
}

const qf_expression *qf_expression_index(qf_arena *arena, const qf_expression *choice)
{
    qf_expression *symbol = make(arena, QF_NODE_SYMBOL, QF_VALUE_CHOICE);
    if (!symbol) {
        return NULL;
    }
    *symbol = *choice; /* trees have children of their own */
    if (!choice->symbol->numbers) {
        symbol->kind = QF_VALUE_NUMBER;
        return symbol;
    }
    qf_expression *made = constant(arena, QF_VALUE_NUMBER, (double)NAN);
    for (size_t i = choice->symbol->n_names; made && i > 0; i--) {
        made = index_or(arena, symbol, i - 1, made);
    }
    return made;
}
