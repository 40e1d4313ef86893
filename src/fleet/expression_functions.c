/* SPDX-License-Identifier: Apache-2.0 */
/* Functions and their arguments. */
#include "expression_check.h"

#include "nearest_name.h"
#include "tick_time.h"

#include <math.h>
#include <string.h>

static const struct {
    const char *name;
    qf_node node;
} functions[] = {
    {"abs", QF_NODE_ABS},          {"min", QF_NODE_MIN},   {"max", QF_NODE_MAX},
    {"is_finite", QF_NODE_FINITE}, {"if", QF_NODE_CHOOSE}, {"hold", QF_NODE_HOLD},
};

enum { N_FUNCTIONS = sizeof functions / sizeof *functions };

bool qf_expression_function(const char *name, qf_node *node)
{
    for (size_t i = 0; i < N_FUNCTIONS; i++) {
        if (strcmp(functions[i].name, name) == 0) {
            *node = functions[i].node;
            return true;
        }
    }
    return false;
}

const char *qf_expression_nearest_function(const char *name)
{
    const char *names[N_FUNCTIONS];
    for (size_t i = 0; i < N_FUNCTIONS; i++) {
        names[i] = functions[i].name;
    }
    return qf_nearest_name(name, names, N_FUNCTIONS);
}

/* moves `n` arguments to the children */
static bool take_arguments(const qf_checker *checker, qf_expression *node, size_t n,
                           const char *usage)
{
    size_t given = 0;
    for (qf_expression *argument = node->arguments; argument; argument = argument->next) {
        if (given < n) {
            node->child[given] = argument;
        }
        given++;
    }
    if (given == n) {
        return true;
    }
    return qf_expression_fail(checker->error, node->begin, node->end,
                              "%zu argument%s where %zu belong%s: %s", given, given == 1 ? "" : "s",
                              n, n == 1 ? "s" : "", usage);
}

qf_expression *qf_check_finite(qf_checker *checker, qf_expression *node)
{
    if (!take_arguments(checker, node, 1, "is_finite(NUMBER)") ||
        !qf_check_children(checker, node, QF_VALUE_NUMBER)) {
        return NULL;
    }
    node->kind = QF_VALUE_TRUTH;
    return qf_expression_fold(node);
}

qf_expression *qf_check_choose(qf_checker *checker, qf_expression *node)
{
    if (!take_arguments(checker, node, 3, "if(TRUTH, NUMBER, NUMBER)")) {
        return NULL;
    }
    for (size_t i = 0; i < 3; i++) {
        node->child[i] =
            qf_check_as(checker, node->child[i], i == 0 ? QF_VALUE_TRUTH : QF_VALUE_NUMBER);
        if (!node->child[i]) {
            return NULL;
        }
    }
    if (!qf_check_units(checker, node, node->child + 1, 2, &node->unit, &node->bare)) {
        return NULL;
    }
    node->kind = QF_VALUE_NUMBER;
    return qf_expression_fold(node);
}

/* min(a, b, c) is min(min(a, b), c) */
qf_expression *qf_check_extreme(qf_checker *checker, qf_expression *node)
{
    const char *name = node->node == QF_NODE_MIN ? "min" : "max";
    size_t n = 0;
    for (const qf_expression *argument = node->arguments; argument; argument = argument->next) {
        n++;
    }
    if (n < 2) {
        return qf_expression_fail(checker->error, node->begin, node->end,
                                  "%s() needs two numbers or more", name);
    }
    qf_expression **checked = qf_arena_array(checker->arena, n, sizeof *checked);
    if (!checked) {
        return qf_check_fail_memory(checker, node);
    }
    size_t i = 0;
    for (qf_expression *argument = node->arguments; argument; argument = argument->next) {
        checked[i] = qf_check_as(checker, argument, QF_VALUE_NUMBER);
        if (!checked[i]) {
            return NULL;
        }
        i++;
    }
    qf_unit unit;
    bool bare;
    if (!qf_check_units(checker, node, checked, n, &unit, &bare)) {
        return NULL;
    }
    qf_expression *made = checked[0];
    for (i = 1; i < n; i++) {
        qf_expression *pair = qf_expression_node(checker->arena, checker->parts, node->node,
                                                 node->begin, node->end, checker->error);
        if (!pair) {
            return NULL;
        }
        pair->kind = QF_VALUE_NUMBER;
        pair->unit = unit;
        pair->bare = bare;
        pair->child[0] = made;
        pair->child[1] = checked[i];
        made = qf_expression_fold(pair);
    }
    return made;
}

/* evaluations that a time spans, its ends included */
static qf_expression *count_time(qf_checker *checker, qf_expression *node, qf_expression *time)
{
    static const qf_unit second = {.power = {[QF_BASE_S] = 1}, .scale = 1.0};
    const qf_expression *given = qf_check_as(checker, time, QF_VALUE_NUMBER);
    if (!given) {
        return NULL;
    }
    if (given->node != QF_NODE_NUMBER || !(given->value > 0.0) || !isfinite(given->value)) {
        return qf_expression_fail(checker->error, time->begin, time->end,
                                  "hold() needs a positive constant, such as 3 ticks or 2.5 s");
    }
    if (given->bare || !qf_unit_same_quantity(&given->unit, &second)) {
        char unit[QF_UNIT_TEXT_BYTES];
        return qf_expression_fail(checker->error, time->begin, time->end,
                                  given->bare ? "hold() needs a unit: 3 ticks or 2.5 s%s"
                                              : "hold() needs ticks or a time, not '%s'",
                                  given->bare ? "" : qf_unit_format(&given->unit, unit));
    }
    const double period_s = checker->symbols->period_s;
    if (!(period_s > 0.0)) {
        return qf_expression_fail(checker->error, time->begin, time->end,
                                  "hold() cannot count seconds here: say ticks");
    }
    const double count = qf_ticks_of_seconds(given->value * given->unit.scale, period_s) + 1.0;
    if (!(count <= (double)UINT32_MAX)) {
        return qf_expression_fail(checker->error, time->begin, time->end,
                                  "hold() cannot count that many evaluations");
    }
    node->count = (uint32_t)count;
    return node;
}

static qf_expression *count_ticks(const qf_checker *checker, qf_expression *node,
                                  const qf_expression *ticks)
{
    const double count = ticks->value;
    if (!(count >= 1.0 && count <= (double)UINT32_MAX && floor(count) == count)) {
        return qf_expression_fail(checker->error, ticks->begin, ticks->end,
                                  "hold() counts whole ticks from 1 to %u", UINT32_MAX);
    }
    node->count = (uint32_t)count;
    return node;
}

qf_expression *qf_check_hold(qf_checker *checker, qf_expression *node)
{
    if (!take_arguments(checker, node, 2, "hold(TRUTH, 3 ticks) or hold(TRUTH, 2.5 s)")) {
        return NULL;
    }
    node->child[0] = qf_check_as(checker, node->child[0], QF_VALUE_TRUTH);
    if (!node->child[0]) {
        return NULL;
    }
    qf_expression *time = node->child[1];
    node->child[1] = NULL;
    node = time->node == QF_NODE_NUMBER && time->ticks ? count_ticks(checker, node, time)
                                                       : count_time(checker, node, time);
    if (!node) {
        return NULL;
    }
    node->kind = QF_VALUE_TRUTH;
    return qf_expression_fold(node);
}

qf_expression *qf_check_abs(qf_checker *checker, qf_expression *node)
{
    return take_arguments(checker, node, 1, "abs(NUMBER)") ? qf_check_sign(checker, node) : NULL;
}
