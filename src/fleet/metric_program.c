/* SPDX-License-Identifier: Apache-2.0 */
#include "metric_program.h"

#include <string.h>

/* what a program computes at most: a result may keep a register for the whole program, and computing takes some, too */
enum { MOST_RESULTS = QF_PROGRAM_MOST_NUMBERS / 2 };

static qf_status no_memory(qf_context *context)
{
    return qf_fail(context, QF_ERROR_MEMORY, "no memory for metrics");
}

/* counters of hold(), each of n_rows */
static void *const *make_holds(qf_arena *arena, size_t n_holds, size_t n_rows)
{
    void **holds = qf_arena_array(arena, n_holds + 1, sizeof *holds);
    bool complete = holds != NULL;
    for (size_t h = 0; complete && h < n_holds; h++) {
        holds[h] = qf_arena_array(arena, n_rows, sizeof(int64_t));
        complete = holds[h] != NULL;
    }
    return complete ? holds : NULL;
}

static qf_status compile(qf_context *context, qf_arena *arena, const qf_expression *const *of,
                         void *const *columns, size_t n_rows, qf_metric_program *program,
                         qf_metric_programs *out)
{
    qf_expression_error error = {0};
    qf_program_builder *builder = qf_program_builder_create(arena);
    if (!builder) {
        return no_memory(context);
    }
    for (size_t e = program->begin; e < program->end; e++) {
        qf_metric_value *value = &out->values[e];
        value->is_truth = qf_expression_kind(of[e]) == QF_VALUE_TRUTH;
        if (!qf_program_add(builder, of[e], &value->truth, &value->number, &error)) {
            return strcmp(error.message, "out of memory") == 0
                       ? no_memory(context)
                       : qf_fail(context, QF_ERROR_SCENARIO, "a metric: %s", error.message);
        }
    }
    const size_t n_holds = qf_program_n_holds(builder);
    void *const *holds = columns ? make_holds(arena, n_holds, n_rows) : NULL;
    out->n_holds += n_holds;
    if ((columns && !holds) || !qf_program_finish(builder, columns, holds, &program->program)) {
        return no_memory(context);
    }
    return QF_OK;
}

qf_status qf_metric_programs_create(qf_context *context, qf_arena *arena,
                                    const qf_expression *const *of, size_t n, void *const *columns,
                                    size_t n_rows, qf_metric_programs *out)
{
    *out = (qf_metric_programs){.n_programs = (n + MOST_RESULTS - 1) / MOST_RESULTS};
    out->programs = qf_arena_array(arena, out->n_programs, sizeof *out->programs);
    out->values = qf_arena_array(arena, n, sizeof *out->values);
    if (!out->programs || !out->values) {
        return no_memory(context);
    }
    qf_status status = QF_OK;
    for (size_t p = 0; p < out->n_programs && status == QF_OK; p++) {
        qf_metric_program *program = &out->programs[p];
        program->begin = p * MOST_RESULTS;
        program->end = n < program->begin + MOST_RESULTS ? n : program->begin + MOST_RESULTS;
        status = compile(context, arena, of, columns, n_rows, program, out);
    }
    return status;
}

void qf_metric_machine_fit(qf_metric_machine *machine, const qf_metric_programs *programs)
{
    for (size_t p = 0; p < programs->n_programs; p++) {
        const qf_program *program = &programs->programs[p].program;
        machine->n_numbers =
            program->n_numbers > machine->n_numbers ? program->n_numbers : machine->n_numbers;
        machine->n_truths =
            program->n_truths > machine->n_truths ? program->n_truths : machine->n_truths;
    }
}

bool qf_metric_machine_prepare(qf_metric_machine *machine, qf_arena *arena)
{
    qf_registers *registers = &machine->registers;
    registers->number = qf_arena_array(arena, machine->n_numbers, sizeof *registers->number);
    registers->truth = qf_arena_array(arena, machine->n_truths, sizeof *registers->truth);
    machine->row = qf_arena_array(arena, QF_PROGRAM_VEHICLES, sizeof *machine->row);
    memset(machine->evaluation.valid, 0xFF, sizeof machine->evaluation.valid);
    return registers->number && registers->truth && machine->row;
}

void qf_metric_machine_run(qf_metric_machine *machine, const qf_metric_program *program,
                           size_t first, size_t n)
{
    machine->evaluation.first = first;
    machine->evaluation.n_bytes = (n + 7) / 8;
    machine->kernels->program(&program->program, &machine->evaluation, &machine->registers);
}

/* bits become numbers, four at a time */
static void spread(const uint8_t *bits, size_t n_bytes, double *row)
{
    static const double of_nibble[16][4] = {
        {0, 0, 0, 0}, {1, 0, 0, 0}, {0, 1, 0, 0}, {1, 1, 0, 0}, {0, 0, 1, 0}, {1, 0, 1, 0},
        {0, 1, 1, 0}, {1, 1, 1, 0}, {0, 0, 0, 1}, {1, 0, 0, 1}, {0, 1, 0, 1}, {1, 1, 0, 1},
        {0, 0, 1, 1}, {1, 0, 1, 1}, {0, 1, 1, 1}, {1, 1, 1, 1},
    };
    for (size_t k = 0; k < n_bytes; k++) {
        memcpy(row + 8 * k, of_nibble[bits[k] & 0xF], sizeof of_nibble[0]);
        memcpy(row + 8 * k + 4, of_nibble[bits[k] >> 4], sizeof of_nibble[0]);
    }
}

const double *qf_metric_machine_row(qf_metric_machine *machine, const qf_metric_value *value)
{
    const qf_evaluation *evaluation = &machine->evaluation;
    if (value->is_truth) {
        spread(machine->registers.truth[value->truth], evaluation->n_bytes, machine->row);
        return machine->row;
    }
    if (value->number.kind == QF_OPERAND_NUMBER) {
        return machine->registers.number[value->number.index];
    }
    const double same = value->number.kind == QF_OPERAND_UNIFORM
                            ? evaluation->uniform[value->number.index]
                            : value->number.value;
    for (size_t i = 0; i < 8 * evaluation->n_bytes; i++) {
        machine->row[i] = same;
    }
    return machine->row;
}
