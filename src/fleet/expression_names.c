/* SPDX-License-Identifier: Apache-2.0 */
/* Names get their meaning. */
#include "expression_check.h"

#include "nearest_name.h"

#include <stdio.h>
#include <string.h>

/* " (there are: track.count, track.firm)" for track.zzz; empty where what stands behind the dot is near one of them,
   or there are none. `rests` has room for n names */
static void write_family(const char *name, const char *const *names, size_t n, const char **rests,
                         char *text, size_t size)
{
    enum { MOST = 9 };
    const char *dot = strchr(name, '.');
    const size_t length = dot ? (size_t)(dot - name) + 1 : 0;
    size_t found = 0;
    text[0] = '\0';
    for (size_t i = 0; dot && i < n; i++) {
        if (strncmp(names[i], name, length) == 0) {
            rests[found++] = names[i] + length;
        }
    }
    if (found == 0 || qf_nearest_name(dot + 1, rests, found)) {
        return;
    }
    for (size_t i = 0; i < found && i <= MOST; i++) {
        const size_t at = strlen(text);
        snprintf(text + at, size - at, "%s%.40s", i == 0 ? " (there are: " : ", ",
                 i == MOST ? "..." : rests[i] - length);
    }
    const size_t at = strlen(text);
    snprintf(text + at, size - at, ")");
}

/* the argument is none of those that the name knows */
static void *fail_argument(const qf_checker *checker, const qf_expression *node)
{
    const qf_symbols *symbols = checker->symbols;
    size_t n = 0;
    while (symbols->argument && symbols->argument(symbols->user, node->name, n)) {
        n++;
    }
    const char **names = qf_arena_array(checker->arena, n + 1, sizeof *names);
    if (!names) {
        return qf_check_fail_memory(checker, node);
    }
    for (size_t i = 0; i < n; i++) {
        names[i] = symbols->argument(symbols->user, node->name, i);
    }
    const char *nearest = qf_nearest_name(node->argument, names, n);
    return qf_expression_fail(checker->error, node->begin, node->end,
                              "'%.64s' does not know \"%.64s\"%s%.64s%s", node->name,
                              node->argument, nearest ? " (did you mean '" : "",
                              nearest ? nearest : "", nearest ? "'?)" : "");
}

static void *fail_unknown(const qf_checker *checker, const qf_expression *node)
{
    char why[400];
    if (checker->symbols->explain && checker->symbols->explain(checker->symbols->user, node->name,
                                                               node->argument, why, sizeof why)) {
        return qf_expression_fail(checker->error, node->begin, node->end, "%s", why);
    }
    size_t n = 0;
    while (checker->symbols->name && checker->symbols->name(checker->symbols->user, n)) {
        n++;
    }
    const char **names = qf_arena_array(checker->arena, n + 1, sizeof *names);
    const char **rests = qf_arena_array(checker->arena, n + 1, sizeof *rests);
    if (!names || !rests) {
        return qf_check_fail_memory(checker, node);
    }
    for (size_t i = 0; i < n; i++) {
        names[i] = checker->symbols->name(checker->symbols->user, i);
    }
    const char *nearest = qf_nearest_name(node->name, names, n);
    if (nearest && strcmp(nearest, node->name) == 0) {
        return node->argument
                   ? fail_argument(checker, node)
                   : qf_expression_fail(checker->error, node->begin, node->end,
                                        "'%.64s' needs an argument in brackets", node->name);
    }
    char family[440];
    write_family(node->name, names, n, rests, family, sizeof family);
    if (family[0]) {
        return qf_expression_fail(checker->error, node->begin, node->end, "unknown name '%.64s'%s",
                                  node->name, family);
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
    const qf_reading reading = qf_reading_of(symbol->text, node->depth + 1, checker->parts, false);
    qf_expression *tree = qf_expression_read(checker->arena, &reading, &error);
    tree = tree ? qf_check_node(&inner, tree) : NULL;
    if (!tree) {
        return strcmp(error.message, "out of memory") == 0
                   ? qf_check_fail_memory(checker, node)
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
        return qf_check_fail_memory(checker, node);
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
    node->bare = symbol->bare;
    if (symbol->like) {
        node->unit = symbol->like->unit;
        node->bare = symbol->like->bare;
    }
    return qf_expression_fold(node);
}

static bool find(const qf_checker *checker, const qf_expression *node, qf_symbol *symbol)
{
    *symbol = (qf_symbol){0};
    return checker->symbols->find(checker->symbols->user, node->name, node->argument, symbol);
}

qf_expression *qf_check_name(qf_checker *checker, qf_expression *node)
{
    qf_symbol symbol;
    return find(checker, node, &symbol) ? check_found(checker, node, &symbol)
                                        : fail_unknown(checker, node);
}

qf_expression *qf_check_reduction(qf_checker *checker, qf_expression *node)
{
    const qf_reduction *reduction = node->reduction;
    qf_symbol symbol = {0};
    /* as messages call it */
    node->name = qf_arena_text(checker->arena, reduction->text + reduction->whole.begin,
                               reduction->whole.end - reduction->whole.begin);
    if (!node->name) {
        return qf_check_fail_memory(checker, node);
    }
    return checker->symbols->reduce(checker->symbols->user, reduction, &symbol, checker->error)
               ? check_found(checker, node, &symbol)
               : NULL;
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

/* whether `node` is a choice's name, and `name` one of its names */
static bool names_choice(const qf_checker *checker, const qf_expression *node,
                         const qf_expression *name)
{
    double number;
    qf_symbol symbol;
    return find(checker, node, &symbol) && symbol.source != QF_SYMBOL_EXPRESSION &&
           symbol.kind == QF_VALUE_CHOICE && is_choice_name(&symbol, name->name, &number);
}

/* Checks both sides of == or !=, where a bare name may be one of a choice. */
bool qf_check_sides(qf_checker *checker, qf_expression *node)
{
    qf_expression **left = &node->child[0];
    qf_expression **right = &node->child[1];
    qf_symbol symbol;
    /* the side that surely is no choice's name comes first */
    const bool left_waits =
        is_plain_name(*left) && (!is_plain_name(*right) || !find(checker, *left, &symbol) ||
                                 names_choice(checker, *right, *left));
    qf_expression **first = left_waits ? right : left;
    qf_expression **second = left_waits ? left : right;
    if (left_waits && is_plain_name(*right) && !find(checker, *right, &symbol)) {
        return fail_unknown(checker, *left);
    }
    qf_expression *other = *second;
    const bool plain = is_plain_name(other);
    *first = qf_check_node(checker, *first);
    if (!*first) {
        return false;
    }
    *second = plain && (*first)->kind == QF_VALUE_CHOICE ? check_beside(checker, other, *first)
                                                         : qf_check_node(checker, other);
    return *second != NULL;
}

bool qf_check_same_choices(const qf_symbol *a, const qf_symbol *b)
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
