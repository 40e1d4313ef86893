/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_EXPRESSION_INTERNAL_H
#define QF_EXPRESSION_INTERNAL_H

#include "expression.h"
#include "unit.h"

/* What the parts of the expression language share: tokens, trees, and how errors are told. */

typedef enum qf_token_kind {
    QF_TOKEN_END,
    QF_TOKEN_NAME,
    QF_TOKEN_NUMBER,
    QF_TOKEN_TEXT, /* in quotes */
    QF_TOKEN_OPEN,
    QF_TOKEN_CLOSE,
    QF_TOKEN_COMMA,
    QF_TOKEN_PLUS,
    QF_TOKEN_MINUS,
    QF_TOKEN_TIMES,
    QF_TOKEN_DIVIDE,
    QF_TOKEN_LESS,
    QF_TOKEN_LESS_EQUAL,
    QF_TOKEN_GREATER,
    QF_TOKEN_GREATER_EQUAL,
    QF_TOKEN_EQUAL,
    QF_TOKEN_NOT_EQUAL,
    QF_TOKEN_AND,
    QF_TOKEN_OR,
    QF_TOKEN_NOT,
    QF_TOKEN_TRUE,
    QF_TOKEN_FALSE,
    QF_TOKEN_OVER, /* where there are reductions */
    QF_TOKEN_OF,
} qf_token_kind;

typedef struct qf_token {
    qf_token_kind kind;
    size_t begin, end;
    double value; /* of a number */
    qf_unit unit;
    bool has_unit;
    bool ticks; /* its unit is `ticks` */
} qf_token;

typedef struct qf_lexer {
    const char *text;
    size_t length;
    size_t at;
    bool reduces; /* `over` and `of` are words of the language */
    qf_expression_error *error;
} qf_lexer;

/* False after an error. */
bool qf_lexer_next(qf_lexer *lexer, qf_token *token);

typedef enum qf_node {
    QF_NODE_NUMBER,    /* constant `value` */
    QF_NODE_TRUTH,     /* constant `value`: 0 or 1 */
    QF_NODE_NAME,      /* not looked up yet */
    QF_NODE_REDUCTION, /* likewise */
    QF_NODE_SYMBOL,
    QF_NODE_NEGATE,
    QF_NODE_ABS,
    QF_NODE_ADD,
    QF_NODE_SUBTRACT,
    QF_NODE_MULTIPLY,
    QF_NODE_DIVIDE,
    QF_NODE_MIN,
    QF_NODE_MAX,
    QF_NODE_CHOOSE, /* child 0 a truth, 1 where it holds, 2 elsewhere */
    QF_NODE_LESS,
    QF_NODE_LESS_EQUAL,
    QF_NODE_GREATER,
    QF_NODE_GREATER_EQUAL,
    QF_NODE_EQUAL, /* of numbers or of truths */
    QF_NODE_NOT_EQUAL,
    QF_NODE_FINITE,
    QF_NODE_AND,
    QF_NODE_OR,
    QF_NODE_NOT,
    QF_NODE_HOLD, /* of child 0, `count` evaluations */
} qf_node;

enum { QF_EXPRESSION_CHILDREN = 3 };

/* The parser makes it, the checker fills in the rest. */
struct qf_expression {
    qf_node node;
    qf_value_kind kind;
    size_t begin, end; /* bytes of the text */
    qf_expression *child[QF_EXPRESSION_CHILDREN];
    /* of the parser */
    qf_expression *arguments; /* of a function, linked by `next` */
    qf_expression *next;
    const char *name; /* of a name or a function */
    const char *argument;
    const qf_reduction *reduction;
    size_t depth; /* of a name: where it stands */
    bool ticks;   /* a number of ticks */
    /* of the checker */
    double value;
    uint32_t count;
    const qf_symbol *symbol;
    qf_unit unit;
    bool bare;       /* made of numbers without a unit: fits any */
    bool literal;    /* there is no name in it */
    bool knows_time; /* and everything below */
    uint8_t need;    /* registers of numbers, to tell which side is computed first */
    uint64_t hash;   /* the same for equal trees */
};

/* Counts the nodes of a text and of all signals in it. */
typedef struct qf_parts {
    size_t n;
} qf_parts;

/* What is read: part of a text. */
typedef struct qf_reading {
    const char *text;
    qf_span part;
    size_t depth; /* how deep it is already in others */
    qf_parts *parts;
    bool reduces; /* there are reductions */
} qf_reading;

/* All of a text. */
qf_reading qf_reading_of(const char *text, size_t depth, qf_parts *parts, bool reduces);

/* A tree without names looked up. */
qf_expression *qf_expression_read(qf_arena *arena, const qf_reading *reading,
                                  qf_expression_error *error);

/* A new node; NULL after an error. */
qf_expression *qf_expression_node(qf_arena *arena, qf_parts *parts, qf_node node, size_t begin,
                                  size_t end, qf_expression_error *error);

/* Looks up names, checks types and units, folds constants. */
qf_expression *qf_expression_check(qf_arena *arena, const qf_symbols *symbols,
                                   const qf_reading *reading, qf_expression_error *error);

/* What a node whose children are checked comes to: itself, one of them or a constant. Sets hash, need and
   knows_time. */
qf_expression *qf_expression_fold(qf_expression *node);

/* Writes an error; always NULL. */
void *qf_expression_fail(qf_expression_error *error, size_t begin, size_t end, const char *format,
                         ...) __attribute__((format(printf, 4, 5)));

enum { QF_UNIT_HELP_BYTES = 128 };

/* What to do where one of two that do not fit is a plain number and the other is none; else empty. */
const char *qf_expression_unit_help(const qf_unit *a, const qf_unit *b,
                                    char text[QF_UNIT_HELP_BYTES]);

/* The name of a function, and its node. */
bool qf_expression_function(const char *name, qf_node *node);
/* The nearest of functions to a misspelt name, NULL: none is near. */
const char *qf_expression_nearest_function(const char *name);

#endif
