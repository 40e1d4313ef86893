/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_EXPRESSION_CHECK_H
#define QF_EXPRESSION_CHECK_H

#include "expression_internal.h"

/* What the parts of the checker share. Each function gives NULL, or false, after an error. */

/* a signal whose text is being checked, and what it is checked for */
typedef struct qf_signal_use {
    const char *name;
    const char *argument;
    const struct qf_signal_use *outer;
} qf_signal_use;

typedef struct qf_checker {
    qf_arena *arena;
    const qf_symbols *symbols;
    qf_parts *parts;
    const qf_signal_use *within;
    qf_expression_error *error;
} qf_checker;

/* What a node comes to when all below it is checked. */
qf_expression *qf_check_node(qf_checker *checker, qf_expression *node);
/* Likewise, of that kind. */
qf_expression *qf_check_as(qf_checker *checker, qf_expression *node, qf_value_kind kind);
bool qf_check_children(qf_checker *checker, qf_expression *node, qf_value_kind kind);
bool qf_check_want(const qf_checker *checker, const qf_expression *node, qf_value_kind kind);
const char *qf_check_kind_text(qf_value_kind kind);
void *qf_check_fail_memory(const qf_checker *checker, const qf_expression *node);

/* Names: a column, a signal, and beside a choice one of its names. */
qf_expression *qf_check_name(qf_checker *checker, qf_expression *node);
qf_expression *qf_check_reduction(qf_checker *checker, qf_expression *node);
/* Both sides of == or !=. */
bool qf_check_sides(qf_checker *checker, qf_expression *node);
bool qf_check_same_choices(const qf_symbol *a, const qf_symbol *b);

/* Gives all numbers one unit, or says of `node` that they have none in common. *bare: they have no unit at all. */
bool qf_check_units(const qf_checker *checker, const qf_expression *node, qf_expression **nodes,
                    size_t n, qf_unit *unit, bool *bare);

/* A minus or abs(), whose child is in its place. */
qf_expression *qf_check_sign(qf_checker *checker, qf_expression *node);

/* Functions, with the arguments that the parser found. */
qf_expression *qf_check_abs(qf_checker *checker, qf_expression *node);
qf_expression *qf_check_extreme(qf_checker *checker, qf_expression *node);
qf_expression *qf_check_finite(qf_checker *checker, qf_expression *node);
qf_expression *qf_check_choose(qf_checker *checker, qf_expression *node);
qf_expression *qf_check_hold(qf_checker *checker, qf_expression *node);

#endif
