/* SPDX-License-Identifier: Apache-2.0 */
/* Units are made to fit. */
#include "expression_check.h"

#include <stdio.h>
#include <string.h>

/* the one whose unit the others are converted to: the first with a name in it, else the first that
   has any; NULL: all are bare numbers */
static const qf_expression *leading(qf_expression *const *nodes, size_t n)
{
    const qf_expression *first = NULL;
    for (size_t i = 0; i < n; i++) {
        if (!nodes[i]->bare && !nodes[i]->literal) {
            return nodes[i];
        }
        first = !first && !nodes[i]->bare ? nodes[i] : first;
    }
    return first;
}

/* the node, multiplied so that its value counts other units */
static qf_expression *convert(const qf_checker *checker, qf_expression *node, const qf_unit *unit)
{
    const double factor = node->unit.scale / unit->scale;
    if (factor == 1.0) {
        return node;
    }
    qf_expression *constant = qf_expression_node(checker->arena, checker->parts, QF_NODE_NUMBER,
                                                 node->begin, node->end, checker->error);
    qf_expression *made = qf_expression_node(checker->arena, checker->parts, QF_NODE_MULTIPLY,
                                             node->begin, node->end, checker->error);
    if (!constant || !made) {
        return NULL;
    }
    constant->kind = QF_VALUE_NUMBER;
    constant->value = factor;
    made->kind = QF_VALUE_NUMBER;
    made->unit = *unit;
    made->child[0] = node;
    made->child[1] = qf_expression_fold(constant);
    return qf_expression_fold(made);
}

static bool is_plain(const qf_unit *unit)
{
    static const int8_t none[QF_BASES] = {0};
    return memcmp(unit->power, none, sizeof none) == 0;
}

const char *qf_expression_unit_help(const qf_unit *a, const qf_unit *b,
                                    char text[QF_UNIT_HELP_BYTES])
{
    char unit[QF_UNIT_TEXT_BYTES];
    text[0] = '\0';
    if (is_plain(a) != is_plain(b)) {
        qf_unit wanted = is_plain(a) ? *b : *a;
        wanted.text = NULL; /* YAML would not take a plain % */
        snprintf(text, QF_UNIT_HELP_BYTES, " (a variable has one by 'unit: %.64s')",
                 qf_unit_format(&wanted, unit));
    }
    return text;
}

bool qf_check_units(const qf_checker *checker, const qf_expression *node, qf_expression **nodes,
                    size_t n, qf_unit *unit, bool *bare)
{
    const qf_expression *lead = leading(nodes, n);
    *bare = !lead;
    *unit = lead ? lead->unit : (qf_unit){.scale = 1.0};
    for (size_t i = 0; i < n; i++) {
        if (nodes[i]->bare) {
            continue;
        }
        if (!qf_unit_same_quantity(&nodes[i]->unit, unit)) {
            char a[QF_UNIT_TEXT_BYTES], b[QF_UNIT_TEXT_BYTES], help[QF_UNIT_HELP_BYTES];
            /* in the order of the text */
            const bool lead_first = lead->begin < nodes[i]->begin;
            const qf_unit *left = lead_first ? unit : &nodes[i]->unit;
            const qf_unit *right = lead_first ? &nodes[i]->unit : unit;
            return qf_expression_fail(
                checker->error, node->begin, node->end, "units do not fit: '%s' and '%s'%s",
                qf_unit_format(left, a), qf_unit_format(right, b),
                /* a file of metrics has no variables to give units to */
                checker->symbols->reduce ? "" : qf_expression_unit_help(left, right, help));
        }
        nodes[i] = convert(checker, nodes[i], unit);
        if (!nodes[i]) {
            return false;
        }
    }
    return true;
}
