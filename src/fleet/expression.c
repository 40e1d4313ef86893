/* SPDX-License-Identifier: Apache-2.0 */
/* What can be asked about a checked tree. */
#include "expression_internal.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void *qf_expression_fail(qf_expression_error *error, size_t begin, size_t end, const char *format,
                         ...)
{
    error->begin = begin;
    error->end = end;
    va_list args;
    va_start(args, format);
    vsnprintf(error->message, sizeof error->message, format, args);
    va_end(args);
    return NULL;
}

const qf_expression *qf_expression_parse(qf_arena *arena, const qf_symbols *symbols,
                                         const char *text, qf_expression_error *error)
{
    qf_parts parts = {0};
    const qf_reading reading = qf_reading_of(text, 0, &parts, symbols->reduce != NULL);
    return qf_expression_check(arena, symbols, &reading, error);
}

const qf_expression *qf_expression_parse_part(qf_arena *arena, const qf_symbols *symbols,
                                              const qf_reduction *reduction, qf_span part,
                                              qf_expression_error *error)
{
    const qf_reading reading = {.text = reduction->text,
                                .part = part,
                                .depth = reduction->depth,
                                .parts = reduction->parts,
                                .reduces = symbols->reduce != NULL};
    return qf_expression_check(arena, symbols, &reading, error);
}

qf_value_kind qf_expression_kind(const qf_expression *expression)
{
    return expression->kind;
}

bool qf_expression_expect(const qf_expression *expression, qf_value_kind kind,
                          qf_expression_error *error)
{
    static const char *const kinds[] = {[QF_VALUE_TRUTH] = "truth value",
                                        [QF_VALUE_NUMBER] = "number",
                                        [QF_VALUE_CHOICE] = "choice"};
    if (expression->kind == kind) {
        return true;
    }
    return qf_expression_fail(error, expression->begin, expression->end, "a %s where a %s belongs",
                              kinds[expression->kind], kinds[kind]);
}

bool qf_expression_fits_unit(const qf_expression *expression, const char *unit, double *factor,
                             qf_expression_error *error)
{
    if (!qf_expression_expect(expression, QF_VALUE_NUMBER, error)) {
        return false;
    }
    qf_unit wanted;
    if (!qf_unit_parse(unit, strlen(unit), &wanted)) {
        return qf_expression_fail(error, expression->begin, expression->end, "unknown unit '%.64s'",
                                  unit);
    }
    if (!expression->bare && !qf_unit_same_quantity(&expression->unit, &wanted)) {
        char text[QF_UNIT_TEXT_BYTES], help[QF_UNIT_HELP_BYTES];
        return qf_expression_fail(error, expression->begin, expression->end,
                                  "units do not fit: '%s' where '%.64s' belongs%s",
                                  qf_unit_format(&expression->unit, text), unit,
                                  qf_expression_unit_help(&expression->unit, &wanted, help));
    }
    *factor = expression->bare ? 1.0 : expression->unit.scale / wanted.scale;
    return true;
}

bool qf_expression_is_constant(const qf_expression *expression, double *value)
{
    *value = expression->value;
    return expression->node == QF_NODE_NUMBER || expression->node == QF_NODE_TRUTH;
}

bool qf_expression_knows_time(const qf_expression *expression)
{
    return expression->knows_time;
}

bool qf_expression_mentions(const char *text, const char *name)
{
    const size_t length = strlen(name);
    qf_expression_error error;
    qf_lexer lexer = {.text = text, .length = strlen(text), .error = &error};
    qf_token token;
    while (qf_lexer_next(&lexer, &token) && token.kind != QF_TOKEN_END) {
        if (token.kind == QF_TOKEN_NAME && token.end - token.begin == length &&
            memcmp(text + token.begin, name, length) == 0) {
            return true;
        }
    }
    return false;
}

static bool same_symbol(const qf_symbol *a, const qf_symbol *b)
{
    return a->kind == b->kind && a->source == b->source && a->column == b->column &&
           a->mask == b->mask && memcmp(&a->scale, &b->scale, sizeof a->scale) == 0;
}

static bool same(const qf_expression *a, const qf_expression *b);

/* how often `term` is one of what `node`, of that kind, joins */
static size_t count_term(qf_node kind, const qf_expression *node, const qf_expression *term)
{
    if (node->node != kind) {
        return same(node, term);
    }
    return count_term(kind, node->child[0], term) + count_term(kind, node->child[1], term);
}

/* whether both join each of the terms below `part` of a equally often */
static bool same_terms(const qf_expression *a, const qf_expression *b, const qf_expression *part)
{
    if (part->node == a->node) {
        return same_terms(a, b, part->child[0]) && same_terms(a, b, part->child[1]);
    }
    return count_term(a->node, a, part) == count_term(a->node, b, part);
}

static bool same(const qf_expression *a, const qf_expression *b)
{
    if (a == b) {
        return true;
    }
    if (a->hash != b->hash || a->node != b->node || a->kind != b->kind || a->count != b->count) {
        return false;
    }
    if (a->node == QF_NODE_AND || a->node == QF_NODE_OR) {
        return same_terms(a, b, a) && same_terms(b, a, b);
    }
    if (a->node == QF_NODE_SYMBOL) {
        return same_symbol(a->symbol, b->symbol);
    }
    if (a->node == QF_NODE_NUMBER || a->node == QF_NODE_TRUTH) {
        return memcmp(&a->value, &b->value, sizeof a->value) == 0;
    }
    for (size_t i = 0; i < QF_EXPRESSION_CHILDREN && a->child[i]; i++) {
        if (!same(a->child[i], b->child[i])) {
            return false;
        }
    }
    return true;
}

bool qf_expression_equal(const qf_expression *a, const qf_expression *b)
{
    const bool same_unit =
        a->kind != QF_VALUE_NUMBER || (a->bare == b->bare && a->unit.scale == b->unit.scale &&
                                       qf_unit_same_quantity(&a->unit, &b->unit));
    return same_unit && same(a, b);
}

/* Calls `visit` for each symbol, in the order of the text, until it returns false. */
static bool walk(const qf_expression *node, bool (*visit)(void *user, const qf_symbol *symbol),
                 void *user)
{
    if (node->node == QF_NODE_SYMBOL) {
        return visit(user, node->symbol);
    }
    for (size_t i = 0; i < QF_EXPRESSION_CHILDREN && node->child[i]; i++) {
        if (!walk(node->child[i], visit, user)) {
            return false;
        }
    }
    return true;
}

static bool count_symbol(void *user, const qf_symbol *symbol)
{
    (void)symbol;
    ++*(size_t *)user;
    return true;
}

static size_t count_symbols(const qf_expression *expression)
{
    size_t n = 0;
    walk(expression, count_symbol, &n);
    return n;
}

typedef struct column_list {
    size_t *columns;
    size_t n;
} column_list;

static bool add_column(void *user, const qf_symbol *symbol)
{
    column_list *list = user;
    size_t at = list->n;
    if (symbol->source == QF_SYMBOL_UNIFORM) {
        return true;
    }
    while (at > 0 && list->columns[at - 1] >= symbol->column) {
        at--;
    }
    if (at < list->n && list->columns[at] == symbol->column) {
        return true;
    }
    memmove(list->columns + at + 1, list->columns + at, (list->n - at) * sizeof *list->columns);
    list->columns[at] = symbol->column;
    list->n++;
    return true;
}

const size_t *qf_expression_columns(qf_arena *arena, const qf_expression *expression, size_t *n)
{
    column_list list = {
        .columns = qf_arena_array(arena, count_symbols(expression) + 1, sizeof *list.columns)};
    if (list.columns) {
        walk(expression, add_column, &list);
    }
    *n = list.n;
    return list.columns;
}

typedef struct cause_list {
    qf_cause *causes;
    size_t n;
} cause_list;

static bool add_cause(void *user, const qf_symbol *symbol)
{
    cause_list *list = user;
    if (symbol->cause.topic == QF_TOPIC_NONE) {
        return true;
    }
    for (size_t i = 0; i < list->n; i++) {
        if (list->causes[i].topic == symbol->cause.topic &&
            list->causes[i].subject == symbol->cause.subject) {
            return true;
        }
    }
    list->causes[list->n++] = symbol->cause;
    return true;
}

const qf_cause *qf_expression_causes(qf_arena *arena, const qf_expression *expression, size_t *n)
{
    cause_list list = {
        .causes = qf_arena_array(arena, count_symbols(expression) + 1, sizeof *list.causes)};
    if (list.causes) {
        walk(expression, add_cause, &list);
    }
    *n = list.n;
    return list.causes;
}

typedef struct witness {
    size_t column;
    bool found;
    bool whole;
} witness;

static bool take_witness(void *user, const qf_symbol *symbol)
{
    witness *w = user;
    if (symbol->kind == QF_VALUE_NUMBER &&
        (symbol->source == QF_SYMBOL_COLUMN || symbol->source == QF_SYMBOL_WHOLE)) {
        *w = (witness){symbol->column, true, symbol->source == QF_SYMBOL_WHOLE};
    }
    return !w->found;
}

bool qf_expression_witness(const qf_expression *expression, size_t *column, bool *whole)
{
    witness w = {0};
    walk(expression, take_witness, &w);
    if (w.found) {
        *column = w.column;
        *whole = w.whole;
    }
    return w.found;
}
