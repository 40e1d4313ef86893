/* SPDX-License-Identifier: Apache-2.0 */
/* Names get their meaning, truth values and numbers their places, and units are made to fit. */
#include "expression_internal.h"

#include "nearest_name.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

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

static qf_expression *check(qf_checker *checker, qf_expression *node);

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

static void *fail_memory(const qf_checker *checker, const qf_expression *node)
{
    return qf_expression_fail(checker->error, node->begin, node->end, "out of memory");
}

/* ---- names ---- */

static void *fail_unknown(const qf_checker *checker, const qf_expression *node)
{
    size_t n = 0;
    while (checker->symbols->name && checker->symbols->name(checker->symbols->user, n)) {
        n++;
    }
    const char **names = qf_arena_array(checker->arena, n + 1, sizeof *names);
    if (!names) {
        return fail_memory(checker, node);
    }
    for (size_t i = 0; i < n; i++) {
        names[i] = checker->symbols->name(checker->symbols->user, i);
    }
    const char *nearest = qf_nearest_name(node->name, names, n);
    if (nearest && strcmp(nearest, node->name) == 0) {
        return qf_expression_fail(checker->error, node->begin, node->end,
                                  node->argument ? "'%.64s' does not know \"%.64s\""
                                                 : "'%.64s' needs an argument in brackets%s",
                                  node->name, node->argument ? node->argument : "");
    }
    return qf_expression_fail(
        checker->error, node->begin, node->end, "unknown name '%.64s'%s%.64s%s", node->name,
        nearest ? " (did you mean '" : "", nearest ? nearest : "", nearest ? "'?)" : "");
}

static bool same_text(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) == 0 : a == b;
}

/* "a -> b -> a" */
static void write_round(const qf_signal_use *use, const char *first, char *text, size_t size)
{
    if (strcmp(use->name, first) != 0 && use->outer) {
        write_round(use->outer, first, text, size);
    }
    const size_t at = strlen(text);
    snprintf(text + at, size - at, "%.64s -> ", use->name);
}

static qf_expression *fail_round(const qf_checker *checker, const qf_expression *node)
{
    char round[400] = "";
    write_round(checker->within, node->name, round, sizeof round);
    return qf_expression_fail(checker->error, node->begin, node->end,
                              "'%.64s' is needed to know itself: %.300s%.64s", node->name, round,
                              node->name);
}

/* what a signal's text comes to, in the place of its name */
static qf_expression *check_signal(qf_checker *checker, const qf_expression *node,
                                   const qf_symbol *symbol)
{
    for (const qf_signal_use *use = checker->within; use; use = use->outer) {
        if (same_text(use->name, node->name) && same_text(use->argument, node->argument)) {
            return fail_round(checker, node);
        }
    }
    qf_expression_error error;
    const qf_signal_use use = {node->name, node->argument, checker->within};
    qf_checker inner = *checker;
    inner.within = &use;
    inner.error = &error;
    qf_expression *tree =
        qf_expression_read(checker->arena, symbol->text, node->depth + 1, checker->parts, &error);
    tree = tree ? check(&inner, tree) : NULL;
    if (!tree) {
        return strcmp(error.message, "out of memory") == 0
                   ? fail_memory(checker, node)
                   : qf_expression_fail(checker->error, node->begin, node->end,
                                        "in signal '%.64s': %.400s", node->name, error.message);
    }
    tree->begin = node->begin;
    tree->end = node->end;
    return tree;
}

static qf_expression *check_found(qf_checker *checker, qf_expression *node, const qf_symbol *symbol)
{
    if (symbol->source == QF_SYMBOL_EXPRESSION) {
        return check_signal(checker, node, symbol);
    }
    qf_symbol *kept = qf_arena_array(checker->arena, 1, sizeof *kept);
    if (!kept) {
        return fail_memory(checker, node);
    }
    *kept = *symbol;
    node->node = QF_NODE_SYMBOL;
    node->symbol = kept;
    node->kind = symbol->kind;
    if (symbol->kind == QF_VALUE_NUMBER && symbol->unit) {
        if (!qf_unit_parse(symbol->unit, strlen(symbol->unit), &node->unit)) {
            return qf_expression_fail(checker->error, node->begin, node->end,
                                      "'%.64s' has an unknown unit '%.64s'", node->name,
                                      symbol->unit);
        }
        node->unit.text = symbol->unit;
    }
    return qf_expression_fold(node);
}

static bool find(const qf_checker *checker, const qf_expression *node, qf_symbol *symbol)
{
    *symbol = (qf_symbol){0};
    return checker->symbols->find(checker->symbols->user, node->name, node->argument, symbol);
}

static qf_expression *check_name(qf_checker *checker, qf_expression *node)
{
    qf_symbol symbol;
    return find(checker, node, &symbol) ? check_found(checker, node, &symbol)
                                        : fail_unknown(checker, node);
}

/* ---- kinds ---- */

static const char *kind_text(qf_value_kind kind)
{
    return kind == QF_VALUE_TRUTH    ? "a truth value"
           : kind == QF_VALUE_NUMBER ? "a number"
                                     : "a choice";
}

static bool want(const qf_checker *checker, const qf_expression *node, qf_value_kind kind)
{
    if (node->kind == kind) {
        return true;
    }
    return qf_expression_fail(
        checker->error, node->begin, node->end, "%s where a %s belongs%s", kind_text(node->kind),
        kind == QF_VALUE_TRUTH ? "truth value" : "number",
        node->kind == QF_VALUE_CHOICE ? " (compare it with one of its names by '==')" : "");
}

/* a checked child of that kind */
static qf_expression *check_as(qf_checker *checker, qf_expression *node, qf_value_kind kind)
{
    qf_expression *checked = check(checker, node);
    return checked && want(checker, checked, kind) ? checked : NULL;
}

static bool check_children(qf_checker *checker, qf_expression *node, qf_value_kind kind)
{
    for (size_t i = 0; i < QF_EXPRESSION_CHILDREN && node->child[i]; i++) {
        node->child[i] = check_as(checker, node->child[i], kind);
        if (!node->child[i]) {
            return false;
        }
    }
    return true;
}

/* ---- units ---- */

/* the one whose unit the others are converted to: the first with a name in it, else the first that has any; NULL: all are bare numbers */
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

/* one unit for all; `node` is told when they do not fit */
static bool unify(const qf_checker *checker, const qf_expression *node, qf_expression **nodes,
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
            char a[QF_UNIT_TEXT_BYTES], b[QF_UNIT_TEXT_BYTES];
            /* in the order of the text */
            const bool lead_first = lead->begin < nodes[i]->begin;
            const qf_unit *left = lead_first ? unit : &nodes[i]->unit;
            const qf_unit *right = lead_first ? &nodes[i]->unit : unit;
            return qf_expression_fail(checker->error, node->begin, node->end,
                                      "units do not fit: '%s' and '%s'", qf_unit_format(left, a),
                                      qf_unit_format(right, b));
        }
        nodes[i] = convert(checker, nodes[i], unit);
        if (!nodes[i]) {
            return false;
        }
    }
    return true;
}

/* ---- operators ---- */

static qf_expression *check_sum(qf_checker *checker, qf_expression *node)
{
    if (!check_children(checker, node, QF_VALUE_NUMBER) ||
        !unify(checker, node, node->child, 2, &node->unit, &node->bare)) {
        return NULL;
    }
    node->kind = QF_VALUE_NUMBER;
    return qf_expression_fold(node);
}

static qf_expression *check_product(qf_checker *checker, qf_expression *node)
{
    if (!check_children(checker, node, QF_VALUE_NUMBER)) {
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

static qf_expression *check_sign(qf_checker *checker, qf_expression *node)
{
    if (!check_children(checker, node, QF_VALUE_NUMBER)) {
        return NULL;
    }
    node->kind = QF_VALUE_NUMBER;
    node->unit = node->child[0]->unit;
    node->bare = node->child[0]->bare;
    return qf_expression_fold(node);
}

static qf_expression *check_logic(qf_checker *checker, qf_expression *node)
{
    if (!check_children(checker, node, QF_VALUE_TRUTH)) {
        return NULL;
    }
    node->kind = QF_VALUE_TRUTH;
    return qf_expression_fold(node);
}

/* ---- comparisons ---- */

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

static bool is_choice_name(const qf_symbol *choice, const char *name, double *number)
{
    for (size_t i = 0; i < choice->n_names; i++) {
        if (strcmp(choice->names[i], name) == 0) {
            *number = choice->numbers ? (double)choice->numbers[i] : (double)i;
            return true;
        }
    }
    return false;
}

/* a bare name beside a choice: one of its names, or else a name like any other */
static qf_expression *check_beside(qf_checker *checker, qf_expression *node,
                                   const qf_expression *choice)
{
    qf_symbol symbol;
    if (is_choice_name(choice->symbol, node->name, &node->value)) {
        node->node = QF_NODE_NUMBER;
        node->kind = QF_VALUE_CHOICE;
        node->symbol = NULL;
        return qf_expression_fold(node);
    }
    if (find(checker, node, &symbol)) {
        return check_found(checker, node, &symbol);
    }
    const char *nearest =
        qf_nearest_name(node->name, choice->symbol->names, choice->symbol->n_names);
    return qf_expression_fail(
        checker->error, node->begin, node->end, "'%.64s' is none of the names of '%.64s'%s%.64s%s",
        node->name, choice->name ? choice->name : "this", nearest ? " (did you mean '" : "",
        nearest ? nearest : "", nearest ? "'?)" : "");
}

static bool is_plain_name(const qf_expression *node)
{
    return node->node == QF_NODE_NAME && !node->argument;
}

/* Checks both sides of == or !=, where a bare name may be one of a choice. */
static bool check_sides(qf_checker *checker, qf_expression *node)
{
    qf_expression **left = &node->child[0];
    qf_expression **right = &node->child[1];
    qf_symbol symbol;
    /* the side that is surely no choice's name comes first */
    const bool left_waits =
        is_plain_name(*left) && (!is_plain_name(*right) || !find(checker, *left, &symbol));
    qf_expression **first = left_waits ? right : left;
    qf_expression **second = left_waits ? left : right;
    if (left_waits && is_plain_name(*right) && !find(checker, *right, &symbol)) {
        return fail_unknown(checker, *left);
    }
    qf_expression *other = *second;
    const bool plain = is_plain_name(other);
    *first = check(checker, *first);
    if (!*first) {
        return false;
    }
    *second = plain && (*first)->kind == QF_VALUE_CHOICE ? check_beside(checker, other, *first)
                                                         : check(checker, other);
    return *second != NULL;
}

static bool same_choices(const qf_symbol *a, const qf_symbol *b)
{
    if (a->n_names != b->n_names) {
        return false;
    }
    for (size_t i = 0; i < a->n_names; i++) {
        const int64_t number_a = a->numbers ? a->numbers[i] : (int64_t)i;
        const int64_t number_b = b->numbers ? b->numbers[i] : (int64_t)i;
        if (strcmp(a->names[i], b->names[i]) != 0 || number_a != number_b) {
            return false;
        }
    }
    return true;
}

static qf_expression *check_equality(qf_checker *checker, qf_expression *node)
{
    if (!check_sides(checker, node)) {
        return NULL;
    }
    const qf_expression *a = node->child[0];
    const qf_expression *b = node->child[1];
    if (a->kind != b->kind) {
        return qf_expression_fail(checker->error, node->begin, node->end, "%s is never equal to %s",
                                  kind_text(a->kind), kind_text(b->kind));
    }
    if (a->symbol && b->symbol && a->kind == QF_VALUE_CHOICE &&
        !same_choices(a->symbol, b->symbol)) {
        return qf_expression_fail(checker->error, node->begin, node->end,
                                  "the two are choices among different names");
    }
    qf_unit unit;
    bool bare;
    if (a->kind == QF_VALUE_NUMBER && !unify(checker, node, node->child, 2, &unit, &bare)) {
        return NULL;
    }
    node->kind = QF_VALUE_TRUTH;
    return qf_expression_fold(node);
}

static qf_expression *check_order(qf_checker *checker, qf_expression *node)
{
    for (size_t i = 0; i < 2; i++) {
        qf_expression *side = check(checker, node->child[i]);
        if (!side) {
            return NULL;
        }
        if (side->kind != QF_VALUE_NUMBER) {
            return qf_expression_fail(checker->error, side->begin, side->end,
                                      "'%s' compares numbers, and this is %s", sign_of(node->node),
                                      kind_text(side->kind));
        }
        node->child[i] = side;
    }
    qf_unit unit;
    bool bare;
    if (!unify(checker, node, node->child, 2, &unit, &bare)) {
        return NULL;
    }
    node->kind = QF_VALUE_TRUTH;
    return qf_expression_fold(node);
}

/* ---- functions ---- */

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

static qf_expression *check_finite(qf_checker *checker, qf_expression *node)
{
    if (!take_arguments(checker, node, 1, "is_finite(NUMBER)") ||
        !check_children(checker, node, QF_VALUE_NUMBER)) {
        return NULL;
    }
    node->kind = QF_VALUE_TRUTH;
    return qf_expression_fold(node);
}

static qf_expression *check_choose(qf_checker *checker, qf_expression *node)
{
    if (!take_arguments(checker, node, 3, "if(TRUTH, NUMBER, NUMBER)")) {
        return NULL;
    }
    for (size_t i = 0; i < 3; i++) {
        node->child[i] =
            check_as(checker, node->child[i], i == 0 ? QF_VALUE_TRUTH : QF_VALUE_NUMBER);
        if (!node->child[i]) {
            return NULL;
        }
    }
    if (!unify(checker, node, node->child + 1, 2, &node->unit, &node->bare)) {
        return NULL;
    }
    node->kind = QF_VALUE_NUMBER;
    return qf_expression_fold(node);
}

/* min(a, b, c) is min(min(a, b), c) */
static qf_expression *check_extreme(qf_checker *checker, qf_expression *node)
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
        return fail_memory(checker, node);
    }
    size_t i = 0;
    for (qf_expression *argument = node->arguments; argument; argument = argument->next) {
        checked[i] = check_as(checker, argument, QF_VALUE_NUMBER);
        if (!checked[i]) {
            return NULL;
        }
        i++;
    }
    qf_unit unit;
    bool bare;
    if (!unify(checker, node, checked, n, &unit, &bare)) {
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
    const qf_expression *given = check_as(checker, time, QF_VALUE_NUMBER);
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
    const double count = ceil(given->value * given->unit.scale / period_s - 1e-9) + 1.0;
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

static qf_expression *check_hold(qf_checker *checker, qf_expression *node)
{
    if (!take_arguments(checker, node, 2, "hold(TRUTH, 3 ticks) or hold(TRUTH, 2.5 s)")) {
        return NULL;
    }
    node->child[0] = check_as(checker, node->child[0], QF_VALUE_TRUTH);
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

static qf_expression *check_abs(qf_checker *checker, qf_expression *node)
{
    return take_arguments(checker, node, 1, "abs(NUMBER)") ? check_sign(checker, node) : NULL;
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

static qf_expression *check(qf_checker *checker, qf_expression *node)
{
    switch (node->node) {
    case QF_NODE_NUMBER:
    case QF_NODE_TRUTH:
        return check_constant(checker, node);
    case QF_NODE_NAME:
        return check_name(checker, node);
    case QF_NODE_NEGATE:
        return check_sign(checker, node);
    case QF_NODE_ABS:
        return check_abs(checker, node);
    case QF_NODE_ADD:
    case QF_NODE_SUBTRACT:
        return check_sum(checker, node);
    case QF_NODE_MULTIPLY:
    case QF_NODE_DIVIDE:
        return check_product(checker, node);
    case QF_NODE_MIN:
    case QF_NODE_MAX:
        return check_extreme(checker, node);
    case QF_NODE_CHOOSE:
        return check_choose(checker, node);
    case QF_NODE_EQUAL:
    case QF_NODE_NOT_EQUAL:
        return check_equality(checker, node);
    case QF_NODE_FINITE:
        return check_finite(checker, node);
    case QF_NODE_AND:
    case QF_NODE_OR:
    case QF_NODE_NOT:
        return check_logic(checker, node);
    case QF_NODE_HOLD:
        return check_hold(checker, node);
    case QF_NODE_SYMBOL: /* looked up already */
        return node;
    default:
        return check_order(checker, node);
    }
}

qf_expression *qf_expression_check(qf_arena *arena, const qf_symbols *symbols, const char *text,
                                   qf_expression_error *error)
{
    qf_parts parts = {0};
    qf_checker checker = {.arena = arena, .symbols = symbols, .parts = &parts, .error = error};
    qf_expression *tree = qf_expression_read(arena, text, 0, &parts, error);
    return tree ? check(&checker, tree) : NULL;
}
