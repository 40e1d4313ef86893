/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_METRIC_PROGRAM_H
#define QF_METRIC_PROGRAM_H

#include "arena.h"
#include "context.h"
#include "expression.h"
#include "kernels.h"

/*
 * Expressions of metrics, compiled over some columns: as many programs as their results need registers. A truth
 * comes out as a number, 0 or 1. Memory belongs to the caller's arena.
 */

/* Where the result of an expression is. */
typedef struct qf_metric_value {
    qf_operand number;
    uint16_t truth; /* register, where it is a truth */
    bool is_truth;
} qf_metric_value;

typedef struct qf_metric_program {
    qf_program program;
    size_t begin, end; /* expressions that it computes */
} qf_metric_program;

typedef struct qf_metric_programs {
    qf_metric_program *programs;
    size_t n_programs;
    qf_metric_value *values; /* of each expression */
    size_t n_holds;          /* counters, of `n_rows` each */
} qf_metric_programs;

/*
 * `columns` by number as in the expressions' symbols, `n_rows` of the longest of them: counters of hold() are as long.
 * NULL columns: only to be counted. QF_ERROR_MEMORY; QF_ERROR_SCENARIO where an expression is beyond the limits of
 * program.h.
 */
qf_status qf_metric_programs_create(qf_context *context, qf_arena *arena,
                                    const qf_expression *const *of, size_t n, void *const *columns,
                                    size_t n_rows, qf_metric_programs *out);

/* What programs of one thread run in. */
typedef struct qf_metric_machine {
    const qf_kernels *kernels;
    qf_registers registers;
    size_t n_numbers, n_truths; /* of the neediest program */
    qf_evaluation evaluation;
    double *row; /* QF_PROGRAM_VEHICLES */
} qf_metric_machine;

/* Machines grow before they are prepared. */
void qf_metric_machine_fit(qf_metric_machine *machine, const qf_metric_programs *programs);
bool qf_metric_machine_prepare(qf_metric_machine *machine, qf_arena *arena);

/* Computes what a program does, for rows [first, first + n), n <= QF_PROGRAM_VEHICLES, rounded up to a multiple of 8;
   `first` is one. */
void qf_metric_machine_run(qf_metric_machine *machine, const qf_metric_program *program,
                           size_t first, size_t n);

/* The results of an expression of the program that has just run, of as many rows; valid until the next call. */
const double *qf_metric_machine_row(qf_metric_machine *machine, const qf_metric_value *value);

#endif
