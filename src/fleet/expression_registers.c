/* SPDX-License-Identifier: Apache-2.0 */
/* Registers are given out, and the program is finished. */
#include "expression_program.h"

/* what an instruction reads: drafts of numbers, at most two */
static size_t reads_of(const qf_instruction *in, uint32_t reads[2])
{
    size_t n = 0;
    if (in->a.kind == QF_OPERAND_NUMBER) {
        reads[n++] = in->a.index;
    }
    if (in->b.kind == QF_OPERAND_NUMBER && (n == 0 || reads[0] != in->b.index)) {
        reads[n++] = in->b.index;
    }
    return n;
}

/* Gives numbers their registers, 64 at most; a result never lies in a register that its own instruction reads.
   *n_numbers is how many registers that takes. False: they do not suffice. */
static bool give_registers(const qf_program_builder *builder, uint16_t *registers,
                           uint32_t *last_use, size_t *n_numbers)
{
    uint32_t reads[2];
    for (size_t i = 0; i < builder->n; i++) {
        last_use[i] = (uint32_t)i;
        for (size_t k = reads_of(&builder->drafts[i].instruction, reads); k-- > 0;) {
            last_use[reads[k]] = (uint32_t)i;
        }
    }
    uint64_t used = builder->n_pinned < QF_PROGRAM_MOST_NUMBERS
                        ? (UINT64_C(1) << builder->n_pinned) - 1
                        : UINT64_MAX;
    size_t most = builder->n_pinned;
    for (size_t i = 0; i < builder->n; i++) {
        const qf_draft *d = &builder->drafts[i];
        if (!d->is_truth && d->pinned != QF_NO_REGISTER) {
            registers[i] = d->pinned;
        } else if (!d->is_truth) {
            if (used == UINT64_MAX) {
                return false;
            }
            const int free_one = __builtin_ctzll(~used);
            registers[i] = (uint16_t)free_one;
            used |= UINT64_C(1) << free_one;
            most = most > (size_t)free_one + 1 ? most : (size_t)free_one + 1;
        }
        for (size_t k = reads_of(&d->instruction, reads); k-- > 0;) {
            if (last_use[reads[k]] == i && builder->drafts[reads[k]].pinned == QF_NO_REGISTER) {
                used &= ~(UINT64_C(1) << registers[reads[k]]);
            }
        }
    }
    *n_numbers = most;
    return true;
}

_Static_assert(QF_PROGRAM_MOST_NUMBERS == 64, "registers of numbers are bits of a word");

bool qf_program_fits(const qf_program_builder *builder, bool *enough)
{
    size_t n_numbers;
    qf_arena scratch = {0};
    uint16_t *registers = qf_arena_array(&scratch, builder->n + 1, sizeof *registers);
    uint32_t *last_use = qf_arena_array(&scratch, builder->n + 1, sizeof *last_use);
    const bool memory = registers && last_use;
    *enough = memory && give_registers(builder, registers, last_use, &n_numbers);
    qf_arena_free(&scratch);
    return memory ? true : qf_program_fail(builder, "out of memory");
}

static void finish_operand(qf_operand *operand, const uint16_t *registers, void *const *columns)
{
    if (operand->kind == QF_OPERAND_NUMBER) {
        operand->index = registers[operand->index];
    } else if (operand->kind == QF_OPERAND_COLUMN && columns) {
        operand->column = columns[operand->index];
    }
}

bool qf_program_finish(qf_program_builder *builder, void *const *columns, void *const *holds,
                       qf_program *program)
{
    const size_t n = builder->n;
    qf_instruction *instructions = qf_arena_array(builder->arena, n + 1, sizeof *instructions);
    uint16_t *registers = qf_arena_array(builder->arena, n + 1, sizeof *registers);
    uint32_t *last_use = qf_arena_array(builder->arena, n + 1, sizeof *last_use);
    size_t n_numbers;
    if (!instructions || !registers || !last_use ||
        !give_registers(builder, registers, last_use, &n_numbers)) {
        return false;
    }
    for (size_t i = 0; i < n; i++) {
        qf_instruction *in = &instructions[i];
        *in = builder->drafts[i].instruction;
        if (!builder->drafts[i].is_truth) {
            in->out = registers[i];
        }
        finish_operand(&in->a, registers, in->operation == QF_DO_HOLD ? holds : columns);
        finish_operand(&in->b, registers, columns);
    }
    *program = (qf_program){.instructions = instructions,
                            .n_instructions = n,
                            .n_numbers = n_numbers,
                            .n_truths = builder->n_truths};
    return true;
}
