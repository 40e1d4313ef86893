/* SPDX-License-Identifier: Apache-2.0 */
/* Tokens become trees, by recursive descent: docs/expressions.md has the grammar. */
#include "expression_internal.h"

#include <stdio.h>
#include <string.h>

typedef struct qf_parser {
    qf_arena *arena;
    qf_lexer lexer;
    qf_token token; /* the one to be looked at */
    size_t depth;
    qf_parts *parts;
} qf_parser;

static qf_expression *parse_or(qf_parser *parser);

static bool next(qf_parser *parser)
{
    return qf_lexer_next(&parser->lexer, &parser->token);
}

static void *fail_here(qf_parser *parser, const char *expected)
{
    const qf_token *token = &parser->token;
    qf_expression_error *error = parser->lexer.error;
    qf_expression_error ignored;
    qf_token after = {0};
    qf_lexer rest = parser->lexer;
    rest.length = strnlen(rest.text, QF_EXPRESSION_MOST_BYTES);
    rest.error = &ignored;
    if (token->kind == QF_TOKEN_END && rest.length > parser->lexer.length &&
        qf_lexer_next(&rest, &after)) {
        token = &after; /* what ends the part of the text that is read */
    }
    if (token->kind == QF_TOKEN_END) {
        return qf_expression_fail(error, token->begin, token->end, "expected %s, found the end",
                                  expected);
    }
    const size_t length = token->end - token->begin;
    return qf_expression_fail(error, token->begin, token->end, "expected %s, found '%.*s%s'%s",
                              expected, length < 40 ? (int)length : 40,
                              parser->lexer.text + token->begin, length > 40 ? "..." : "",
                              token->kind == QF_TOKEN_NOT ? " (it needs brackets here)" : "");
}

static bool enter(qf_parser *parser)
{
    if (parser->depth == QF_EXPRESSION_MOST_DEPTH) {
        qf_expression_fail(parser->lexer.error, parser->token.begin, parser->token.end,
                           "nested more than %d deep", QF_EXPRESSION_MOST_DEPTH);
        return false;
    }
    parser->depth++;
    return true;
}

static qf_expression *leave(qf_parser *parser, qf_expression *node)
{
    parser->depth--;
    return node;
}

static qf_expression *make(qf_parser *parser, qf_node node, size_t begin, size_t end)
{
    return qf_expression_node(parser->arena, parser->parts, node, begin, end, parser->lexer.error);
}

static qf_expression *join(qf_parser *parser, qf_node node, qf_expression *left,
                           qf_expression *right)
{
    if (!left || !right) {
        return NULL;
    }
    qf_expression *made = make(parser, node, left->begin, right->end);
    if (made) {
        made->child[0] = left;
        made->child[1] = right;
    }
    return made;
}

static qf_expression *parse_number(qf_parser *parser)
{
    qf_expression *made = make(parser, QF_NODE_NUMBER, parser->token.begin, parser->token.end);
    if (!made) {
        return NULL;
    }
    made->value = parser->token.value;
    made->ticks = parser->token.ticks;
    made->bare = !parser->token.has_unit;
    made->unit = parser->token.unit;
    if (!parser->token.has_unit) {
        made->unit.scale = 1.0;
    }
    return next(parser) ? made : NULL;
}

/* the arguments after an opening bracket */
static qf_expression *parse_function(qf_parser *parser, qf_expression *call)
{
    qf_expression **last = &call->arguments;
    if (!enter(parser)) {
        return NULL;
    }
    if (parser->token.kind != QF_TOKEN_CLOSE) {
        for (;;) {
            *last = parse_or(parser);
            if (!*last) {
                return NULL;
            }
            last = &(*last)->next;
            if (parser->token.kind != QF_TOKEN_COMMA) {
                break;
            }
            if (!next(parser)) {
                return NULL;
            }
        }
    }
    if (parser->token.kind != QF_TOKEN_CLOSE) {
        return fail_here(parser, "',' or ')'");
    }
    call->end = parser->token.end;
    return leave(parser, next(parser) ? call : NULL);
}

/* name("text") */
static qf_expression *parse_argument(qf_parser *parser, qf_expression *name)
{
    if (parser->token.kind != QF_TOKEN_TEXT) {
        const char *nearest = qf_expression_nearest_function(name->name);
        return qf_expression_fail(parser->lexer.error, name->begin, name->end,
                                  "'%.64s' is no function%s%s%s", name->name,
                                  nearest ? " (did you mean '" : "", nearest ? nearest : "",
                                  nearest ? "'?)" : "; a signal's argument stands in \" quotes");
    }
    const qf_token text = parser->token;
    name->argument = qf_arena_text(parser->arena, parser->lexer.text + text.begin + 1,
                                   text.end - text.begin - 2);
    if (!name->argument) {
        return qf_expression_fail(parser->lexer.error, text.begin, text.end, "out of memory");
    }
    if (!next(parser)) {
        return NULL;
    }
    if (parser->token.kind != QF_TOKEN_CLOSE) {
        return fail_here(parser, "')'");
    }
    name->end = parser->token.end;
    return next(parser) ? name : NULL;
}

static void add_argument(qf_reduction *call, qf_span argument)
{
    if (call->n_arguments < 2) {
        call->argument[call->n_arguments] = argument;
    }
    call->n_arguments++;
}

/* at `over` or `of` between the brackets of a call; where what follows it goes */
static qf_span *begin_group(qf_parser *parser, qf_reduction *call)
{
    const qf_token *word = &parser->token;
    if (call->has_over || call->has_of || call->n_arguments > 0) {
        return qf_expression_fail(parser->lexer.error, word->begin, word->end,
                                  "'%s' stands once, behind the only value or the first: what it "
                                  "is about goes into brackets of its own, as in max(max(a, b) "
                                  "over GROUP)",
                                  word->kind == QF_TOKEN_OVER ? "over" : "of");
    }
    call->has_over = word->kind == QF_TOKEN_OVER;
    call->has_of = !call->has_over;
    return call->has_over ? &call->over : &call->of;
}

/* Finds the parts of what stands after an opening bracket, up to the closing one. */
static bool scan_brackets(qf_parser *parser, qf_reduction *call)
{
    qf_span part = {parser->token.begin, parser->token.begin};
    qf_span *group = NULL;
    for (size_t level = 0; level > 0 || parser->token.kind != QF_TOKEN_CLOSE;) {
        const qf_token token = parser->token;
        const bool is_word = token.kind == QF_TOKEN_OVER || token.kind == QF_TOKEN_OF;
        if (token.kind == QF_TOKEN_END) {
            return fail_here(parser, "',' or ')'");
        }
        if (level == 0 && (is_word || token.kind == QF_TOKEN_COMMA)) {
            if (group) {
                *group = part;
            }
            qf_span *before = group;
            group = is_word ? begin_group(parser, call) : NULL;
            if (is_word && !group) {
                return false;
            }
            if (!before) {
                add_argument(call, part);
            }
            part = (qf_span){token.end, token.end};
        } else {
            part.begin = part.begin == part.end ? token.begin : part.begin;
            part.end = token.end;
        }
        level += token.kind == QF_TOKEN_OPEN;
        level -= token.kind == QF_TOKEN_CLOSE;
        if (!next(parser)) {
            return false;
        }
    }
    if (group) {
        *group = part;
    } else if (call->n_arguments > 0 || part.end > part.begin) {
        add_argument(call, part);
    }
    return true;
}

/* the call of a reduction after its opening bracket, or of min() or max() of several numbers */
static qf_expression *parse_reduction(qf_parser *parser, qf_expression *call, bool may_be_function)
{
    qf_parser ahead = *parser;
    qf_reduction *made = qf_arena_array(parser->arena, 1, sizeof *made);
    if (!made) {
        return qf_expression_fail(parser->lexer.error, call->begin, call->end, "out of memory");
    }
    made->text = parser->lexer.text;
    made->name = call->name;
    made->name_at = (qf_span){call->begin, call->end};
    made->depth = parser->depth + 1;
    made->parts = parser->parts;
    if (!scan_brackets(&ahead, made)) {
        return NULL;
    }
    if (may_be_function && made->n_arguments > 1 && !made->has_over && !made->has_of) {
        return parse_function(parser, call);
    }
    call->node = QF_NODE_REDUCTION;
    call->end = ahead.token.end;
    call->reduction = made;
    made->whole = (qf_span){call->begin, call->end};
    *parser = ahead;
    return next(parser) ? call : NULL;
}

static qf_expression *parse_name(qf_parser *parser)
{
    const qf_token token = parser->token;
    qf_expression *made = make(parser, QF_NODE_NAME, token.begin, token.end);
    if (!made) {
        return NULL;
    }
    made->depth = parser->depth;
    made->name =
        qf_arena_text(parser->arena, parser->lexer.text + token.begin, token.end - token.begin);
    if (!made->name) {
        return qf_expression_fail(parser->lexer.error, token.begin, token.end, "out of memory");
    }
    if (!next(parser) || parser->token.kind != QF_TOKEN_OPEN) {
        return parser->lexer.error->message[0] ? NULL : made;
    }
    const bool is_function = qf_expression_function(made->name, &made->node);
    if (!next(parser)) {
        return NULL;
    }
    const bool may_reduce = is_function ? made->node == QF_NODE_MIN || made->node == QF_NODE_MAX
                                        : parser->token.kind != QF_TOKEN_TEXT;
    if (parser->lexer.reduces && may_reduce) {
        return parse_reduction(parser, made, is_function);
    }
    return is_function ? parse_function(parser, made) : parse_argument(parser, made);
}

static qf_expression *parse_truth(qf_parser *parser)
{
    qf_expression *made = make(parser, QF_NODE_TRUTH, parser->token.begin, parser->token.end);
    if (!made) {
        return NULL;
    }
    made->value = parser->token.kind == QF_TOKEN_TRUE ? 1.0 : 0.0;
    return next(parser) ? made : NULL;
}

static qf_expression *parse_brackets(qf_parser *parser)
{
    const size_t begin = parser->token.begin;
    if (!enter(parser) || !next(parser)) {
        return NULL;
    }
    qf_expression *inner = parse_or(parser);
    if (!inner) {
        return NULL;
    }
    if (parser->token.kind != QF_TOKEN_CLOSE) {
        return fail_here(parser, "an operator or ')'");
    }
    inner->begin = begin;
    inner->end = parser->token.end;
    return leave(parser, next(parser) ? inner : NULL);
}

static qf_expression *parse_value(qf_parser *parser)
{
    switch (parser->token.kind) {
    case QF_TOKEN_NUMBER:
        return parse_number(parser);
    case QF_TOKEN_NAME:
        return parse_name(parser);
    case QF_TOKEN_TRUE:
    case QF_TOKEN_FALSE:
        return parse_truth(parser);
    case QF_TOKEN_OPEN:
        return parse_brackets(parser);
    default:
        return fail_here(parser, "a value");
    }
}

/* `-` or `not` before what `parse` reads */
static qf_expression *parse_prefix(qf_parser *parser, qf_node node,
                                   qf_expression *(*parse)(qf_parser *))
{
    const size_t begin = parser->token.begin;
    if (!enter(parser) || !next(parser)) {
        return NULL;
    }
    qf_expression *inner = parse(parser);
    qf_expression *made = inner ? make(parser, node, begin, inner->end) : NULL;
    if (made) {
        made->child[0] = inner;
    }
    return leave(parser, made);
}

static qf_expression *parse_sign(qf_parser *parser)
{
    return parser->token.kind == QF_TOKEN_MINUS ? parse_prefix(parser, QF_NODE_NEGATE, parse_sign)
                                                : parse_value(parser);
}

static qf_expression *parse_product(qf_parser *parser)
{
    qf_expression *left = parse_sign(parser);
    while (left &&
           (parser->token.kind == QF_TOKEN_TIMES || parser->token.kind == QF_TOKEN_DIVIDE)) {
        const qf_node node =
            parser->token.kind == QF_TOKEN_TIMES ? QF_NODE_MULTIPLY : QF_NODE_DIVIDE;
        left = next(parser) ? join(parser, node, left, parse_sign(parser)) : NULL;
    }
    return left;
}

static qf_expression *parse_sum(qf_parser *parser)
{
    qf_expression *left = parse_product(parser);
    while (left && (parser->token.kind == QF_TOKEN_PLUS || parser->token.kind == QF_TOKEN_MINUS)) {
        const qf_node node = parser->token.kind == QF_TOKEN_PLUS ? QF_NODE_ADD : QF_NODE_SUBTRACT;
        left = next(parser) ? join(parser, node, left, parse_product(parser)) : NULL;
    }
    return left;
}

static bool is_comparison(qf_token_kind kind, qf_node *node)
{
    static const qf_node nodes[] = {
        [QF_TOKEN_LESS] = QF_NODE_LESS,       [QF_TOKEN_LESS_EQUAL] = QF_NODE_LESS_EQUAL,
        [QF_TOKEN_GREATER] = QF_NODE_GREATER, [QF_TOKEN_GREATER_EQUAL] = QF_NODE_GREATER_EQUAL,
        [QF_TOKEN_EQUAL] = QF_NODE_EQUAL,     [QF_TOKEN_NOT_EQUAL] = QF_NODE_NOT_EQUAL,
    };
    if (kind < QF_TOKEN_LESS || kind > QF_TOKEN_NOT_EQUAL) {
        return false;
    }
    *node = nodes[kind];
    return true;
}

enum { SLICE_BYTES = 48 };

/* what a message shows of a part of the text */
static const char *slice(const qf_parser *parser, size_t begin, size_t end,
                         char text[SLICE_BYTES + 4])
{
    const size_t length = end - begin;
    snprintf(text, SLICE_BYTES + 4, "%.*s%s", length < SLICE_BYTES ? (int)length : SLICE_BYTES,
             parser->lexer.text + begin, length > SLICE_BYTES ? "..." : "");
    return text;
}

static void *fail_chain(qf_parser *parser, const qf_expression *left, const qf_token *sign)
{
    char first[SLICE_BYTES + 4], middle[SLICE_BYTES + 4], second[SLICE_BYTES + 4];
    if (sign->kind == QF_TOKEN_EQUAL || sign->kind == QF_TOKEN_NOT_EQUAL) {
        return qf_expression_fail(parser->lexer.error, sign->begin, sign->end,
                                  "comparisons do not chain: write '(%s) %s ...'",
                                  slice(parser, left->begin, left->end, first),
                                  slice(parser, sign->begin, sign->end, second));
    }
    return qf_expression_fail(parser->lexer.error, sign->begin, sign->end,
                              "comparisons do not chain: write '%s and %s %s ...'",
                              slice(parser, left->begin, left->end, first),
                              slice(parser, left->child[1]->begin, left->child[1]->end, middle),
                              slice(parser, sign->begin, sign->end, second));
}

static qf_expression *parse_comparison(qf_parser *parser)
{
    qf_node node;
    qf_expression *left = parse_sum(parser);
    if (!left || !is_comparison(parser->token.kind, &node)) {
        return left;
    }
    left = next(parser) ? join(parser, node, left, parse_sum(parser)) : NULL;
    if (left && is_comparison(parser->token.kind, &node)) {
        return fail_chain(parser, left, &parser->token);
    }
    return left;
}

static qf_expression *parse_not(qf_parser *parser)
{
    return parser->token.kind == QF_TOKEN_NOT ? parse_prefix(parser, QF_NODE_NOT, parse_not)
                                              : parse_comparison(parser);
}

static qf_expression *parse_and(qf_parser *parser)
{
    qf_expression *left = parse_not(parser);
    while (left && parser->token.kind == QF_TOKEN_AND) {
        left = next(parser) ? join(parser, QF_NODE_AND, left, parse_not(parser)) : NULL;
    }
    return left;
}

static qf_expression *parse_or(qf_parser *parser)
{
    qf_expression *left = parse_and(parser);
    while (left && parser->token.kind == QF_TOKEN_OR) {
        left = next(parser) ? join(parser, QF_NODE_OR, left, parse_and(parser)) : NULL;
    }
    return left;
}

qf_expression *qf_expression_node(qf_arena *arena, qf_parts *parts, qf_node node, size_t begin,
                                  size_t end, qf_expression_error *error)
{
    if (parts->n == QF_EXPRESSION_MOST_PARTS) {
        return qf_expression_fail(error, begin, end,
                                  "more than %d values and operators, those of signals included",
                                  QF_EXPRESSION_MOST_PARTS);
    }
    parts->n++;
    qf_expression *made = qf_arena_array(arena, 1, sizeof *made);
    if (!made) {
        return qf_expression_fail(error, begin, end, "out of memory");
    }
    made->node = node;
    made->begin = begin;
    made->end = end;
    made->unit.scale = 1.0;
    return made;
}

qf_expression *qf_expression_read(qf_arena *arena, const qf_reading *reading,
                                  qf_expression_error *error)
{
    error->message[0] = '\0';
    qf_parser parser = {
        .arena = arena,
        .lexer = {.text = reading->text,
                  .length = reading->part.end,
                  .at = reading->part.begin,
                  .reduces = reading->reduces,
                  .error = error},
        .depth = reading->depth,
        .parts = reading->parts,
    };
    if (parser.lexer.length > QF_EXPRESSION_MOST_BYTES) {
        return qf_expression_fail(error, QF_EXPRESSION_MOST_BYTES, QF_EXPRESSION_MOST_BYTES + 1,
                                  "longer than %d bytes", QF_EXPRESSION_MOST_BYTES);
    }
    if (reading->depth > QF_EXPRESSION_MOST_DEPTH) {
        return qf_expression_fail(error, reading->part.begin, reading->part.end,
                                  "nested more than %d deep", QF_EXPRESSION_MOST_DEPTH);
    }
    if (!next(&parser)) {
        return NULL;
    }
    qf_expression *tree = parse_or(&parser);
    if (tree && parser.token.kind != QF_TOKEN_END) {
        return fail_here(&parser, "an operator or the end");
    }
    return tree;
}

qf_reading qf_reading_of(const char *text, size_t depth, qf_parts *parts, bool reduces)
{
    return (qf_reading){.text = text,
                        .part = {0, strnlen(text, QF_EXPRESSION_MOST_BYTES + 1)},
                        .depth = depth,
                        .parts = parts,
                        .reduces = reduces};
}
