/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_EXPRESSION_H
#define QF_EXPRESSION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "arena.h"
#include "event.h"
#include "program.h"

/*
 * The expression language of conditions, metrics and requirements: docs/expressions.md has its grammar and
 * meaning. Texts become trees, trees are checked for types and units, and checked trees become instructions of
 * a program. Names mean what the caller's symbols say. All memory belongs to the caller's arena.
 */
enum {
    QF_EXPRESSION_MOST_BYTES = 4096, /* of a text */
    QF_EXPRESSION_MOST_DEPTH = 64,   /* of nested brackets, functions, signals and signs */
    QF_EXPRESSION_MOST_PARTS = 8192, /* values and operators of a text and of the signals in it */
};

typedef enum qf_value_kind {
    QF_VALUE_TRUTH,
    QF_VALUE_NUMBER,
    QF_VALUE_CHOICE, /* one of some names, such as a state: comes to == and != only */
} qf_value_kind;

/* Where a symbol's value is found. */
typedef enum qf_symbol_source {
    QF_SYMBOL_COLUMN,     /* of doubles; truth: not 0 */
    QF_SYMBOL_WHOLE,      /* column of int64 */
    QF_SYMBOL_ALL_BITS,   /* truth: all of `mask` of a column of words */
    QF_SYMBOL_ANY_BITS,   /* truth: any of them */
    QF_SYMBOL_NO_BITS,    /* truth: none of them */
    QF_SYMBOL_UNIFORM,    /* number `column`, a qf_uniform */
    QF_SYMBOL_SINCE,      /* number: the time of tick - int64 column ticks of `scale` s each */
    QF_SYMBOL_EXPRESSION, /* what `text` comes to */
} qf_symbol_source;

typedef struct qf_expression qf_expression; /* a checked tree */

typedef struct qf_symbol {
    qf_value_kind kind;
    qf_symbol_source source;
    const char *unit;          /* of a number, as in fields.def; NULL: it is a plain number */
    bool bare;                 /* of a number without a unit: it fits any, as numbers in texts do */
    const qf_expression *like; /* of a number: has its unit; NULL: `unit` says */
    size_t column;             /* of the fleet */
    uint64_t mask;
    double scale;
    const char *text; /* of a signal */
    /* a choice: its names, and the number that stands for each (NULL: 0, 1, ...) */
    const char *const *names;
    const int64_t *numbers;
    size_t n_names;
    qf_cause cause; /* whose events may be why it has changed */
} qf_symbol;

/* Part of a text: bytes [begin, end). */
typedef struct qf_span {
    size_t begin, end;
} qf_span;

/*
 * A reduction: a call such as max(temp_core_c over scouts), which is a value among some names, made of what its
 * brackets hold, which is read by other names. Calls of functions are none, but for min() and max() of one argument.
 */
typedef struct qf_reduction {
    const char *text; /* all of it */
    const char *name;
    qf_span whole, name_at;
    qf_span argument[2]; /* the first ones, without what follows `over` or `of` */
    size_t n_arguments;
    qf_span over, of; /* what follows that word in the first argument */
    bool has_over, has_of;
    /* of the parser */
    size_t depth;
    struct qf_parts *parts;
} qf_reduction;

struct qf_expression_error;

/* What names mean. `argument`: the text in brackets of name("text"), NULL without. */
typedef struct qf_symbols {
    bool (*find)(void *user, const char *name, const char *argument, qf_symbol *symbol);
    /* name number i of those to offer for a misspelt one, NULL: no more */
    const char *(*name)(void *user, size_t i);
    /* likewise what may stand in the brackets of `name`; may be left out */
    const char *(*argument)(void *user, const char *name, size_t i);
    /* why a name means nothing, in place of what is said of a misspelt one; false: that. May be left out */
    bool (*explain)(void *user, const char *name, const char *argument, char *message, size_t size);
    /* what a reduction comes to; false: *error is set. May be left out: then there are no reductions, and `over` and
       `of` are words like others */
    bool (*reduce)(void *user, const qf_reduction *reduction, qf_symbol *symbol,
                   struct qf_expression_error *error);
    void *user;
    double period_s; /* from evaluation to evaluation: what seconds of hold() are counted in */
} qf_symbols;

/* What is wrong with a text, and where: bytes [begin, end). */
typedef struct qf_expression_error {
    size_t begin, end;
    char message[512]; /* with help, such as the nearest name */
} qf_expression_error;

/* NULL after an error; *error is then set. With `error->message` "out of memory" where that is so. */
const qf_expression *qf_expression_parse(qf_arena *arena, const qf_symbols *symbols,
                                         const char *text, qf_expression_error *error);

/* Likewise part of the text of a reduction; errors tell bytes of the whole text. */
const qf_expression *qf_expression_parse_part(qf_arena *arena, const qf_symbols *symbols,
                                              const qf_reduction *reduction, qf_span part,
                                              qf_expression_error *error);

/* Of a choice: a number, which of its names it is (0, 1, ...; NaN: none of them). NULL without memory. */
const qf_expression *qf_expression_index(qf_arena *arena, const qf_expression *choice);

qf_value_kind qf_expression_kind(const qf_expression *expression);

/* Fails with a message about the whole text where the kind is another. */
bool qf_expression_expect(const qf_expression *expression, qf_value_kind kind,
                          qf_expression_error *error);

/* For numbers: fails unless it may be given where something of that unit is wanted; *factor is what its value
   is to be multiplied with. A number without a unit fits any. */
bool qf_expression_fits_unit(const qf_expression *expression, const char *unit, double *factor,
                             qf_expression_error *error);

/* Whether it is the same for all vehicles at all times; then *value is its value (truth: 0 or 1). */
bool qf_expression_is_constant(const qf_expression *expression, double *value);

/* Whether two trees are the same but for blanks, brackets and the order of what `and` and `or` join. */
bool qf_expression_equal(const qf_expression *a, const qf_expression *b);

/* Whether its value changes with nothing but time: it has hold() or a symbol with source SINCE or UNIFORM. */
bool qf_expression_knows_time(const qf_expression *expression);

/* Whether a text, which need not be right, has that name in it. */
bool qf_expression_mentions(const char *text, const char *name);

/* Columns that it reads, each once, ascending; *n of them. NULL without memory. */
const size_t *qf_expression_columns(qf_arena *arena, const qf_expression *expression, size_t *n);

/* Causes of its symbols, each once, in the order of the text; *n of them. NULL without memory. */
const qf_cause *qf_expression_causes(qf_arena *arena, const qf_expression *expression, size_t *n);

/* The first column that a number of the text comes from: what an event tells; false: there is none. */
bool qf_expression_witness(const qf_expression *expression, size_t *column, bool *whole);

/* Makes one program of several expressions: what they share is computed once. */
typedef struct qf_program_builder qf_program_builder;

qf_program_builder *qf_program_builder_create(qf_arena *arena);

/* Where an expression's value will be: of truths, a register of truth values; else an operand, which is a register, a
   constant or a uniform. False: without memory, or beyond the limits of program.h; error->message says which. */
bool qf_program_add(qf_program_builder *builder, const qf_expression *expression, uint16_t *truth,
                    qf_operand *number, qf_expression_error *error);

/* Columns for counters that hold() needs, in the program so far. */
size_t qf_program_n_holds(const qf_program_builder *builder);

/* The finished program. `columns`: those of the fleet by number; `holds`: for counters. Both NULL: only to be
   counted, not to be run. False without memory. */
bool qf_program_finish(qf_program_builder *builder, void *const *columns, void *const *holds,
                       qf_program *program);

#endif
