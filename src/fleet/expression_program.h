/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_EXPRESSION_PROGRAM_H
#define QF_EXPRESSION_PROGRAM_H

#include "expression_internal.h"

/*
 * Checked trees become instructions. While a program grows, every instruction has its own number, and what was
 * computed once is found again by its content; registers are given out when it is finished. Registers of truth values
 * are many and never used twice. Those of numbers are few: each is free again after its last use. Numbers that
 * callers are told of keep theirs for the whole program, the lowest ones.
 */

enum { QF_NO_REGISTER = UINT16_MAX };

/* an instruction; number operands and truths are still numbers of instructions and of truth values */
typedef struct qf_draft {
    qf_instruction instruction;
    bool is_truth;
    uint16_t pinned; /* register of a number that a caller knows, QF_NO_REGISTER: none */
} qf_draft;

typedef struct qf_held {
    const qf_expression *expression;
    uint16_t truth;
} qf_held;

struct qf_program_builder {
    qf_arena *arena;
    qf_draft *drafts;
    size_t n, capacity;
    size_t n_truths;
    size_t n_pinned;
    qf_held *holds;
    size_t n_holds, holds_capacity;
    /* open addressing: 1 + index of a draft, 0: free; a power of two */
    uint32_t *table;
    size_t table_size;
    size_t reuse_from; /* numbers computed before this draft are computed anew */
    const qf_expression *expression;
    qf_expression_error *error;
};

/* Writes an error about the expression that is being added; always false. */
bool qf_program_fail(const qf_program_builder *builder, const char *message);

/* Adds an instruction unless there is an equal one; *out is where its value will be, of a number the draft. */
bool qf_program_emit_number(qf_program_builder *builder, const qf_instruction *in, qf_operand *out);
bool qf_program_emit_truth(qf_program_builder *builder, const qf_instruction *in, uint16_t *out);

/* Back to how it was, but for room that was made. */
void qf_program_go_back(qf_program_builder *builder, const qf_program_builder *before);

/* *enough: whether registers suffice. False without memory. */
bool qf_program_fits(const qf_program_builder *builder, bool *enough);

#endif
