/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One evaluation of a state machine for the vehicles of slots [first, first + 8 n_bytes), as state_machine.h says.
 *
 * In: the column of states, 8 bytes a vehicle and read once per state out of the first cache; and what the
 * program reads. Out: edges, bits of those that remain, tallies. After the program the rest is bits: each row is
 * a handful of operations on 32 bytes for 256 vehicles, whether they are in its state or not.
 * Sums are of whole numbers. Test: tests/test_state_machine.c.
 */
#include "fetch.h"
#include "kernels.h"
#include "lanes.h"
#include "truths.h"

enum { LANES = 8 };

/* Who takes which row. */
typedef struct taken {
    qf_truths by_any; /* that need be known */
    uint16_t row[QF_PROGRAM_VEHICLES];
} taken;

/* Valid vehicles in a state; those beyond the last byte are in none. */
static qf_truths in_state(const qf_evaluation *evaluation, const int64_t *column, int64_t id)
{
    const uint64_t *from = (const uint64_t *)column + evaluation->first;
    const qf_u64x8 wanted = qf_u64x8_set1((uint64_t)id);
    uint8_t bytes[QF_PROGRAM_BYTES] = {0};
    for (size_t k = 0; k < evaluation->n_bytes; k++) {
        const qf_mask64x8 is = qf_u64x8_eq(qf_u64x8_load(from + k * LANES), wanted);
        bytes[k] = (uint8_t)qf_mask64x8_bits(is);
    }
    return qf_truths_and(qf_truths_load(bytes), qf_truths_load(evaluation->valid));
}

static void note(taken *t, qf_truths who, uint16_t row)
{
    uint8_t bytes[QF_PROGRAM_BYTES];
    qf_truths_store(bytes, who);
    for (size_t k = 0; k < QF_PROGRAM_BYTES; k++) {
        for (uint32_t rest = bytes[k]; rest != 0; rest &= rest - 1) {
            t->row[k * LANES + (size_t)__builtin_ctz(rest)] = row;
        }
    }
    t->by_any = qf_truths_or(t->by_any, who);
}

static size_t list(const taken *t, qf_machine_edge *edges)
{
    uint8_t bytes[QF_PROGRAM_BYTES];
    size_t n = 0;
    qf_truths_store(bytes, t->by_any);
    for (size_t k = 0; k < QF_PROGRAM_BYTES; k++) {
        for (uint32_t rest = bytes[k]; rest != 0; rest &= rest - 1) {
            const size_t vehicle = k * LANES + (size_t)__builtin_ctz(rest);
            edges[n++] = (qf_machine_edge){(uint16_t)vehicle, t->row[vehicle]};
        }
    }
    return n;
}

/* The rows of one state, from `row` on; returns the first of the next. */
static size_t step_state(const qf_state_machine *machine, size_t state, size_t row,
                         const qf_registers *registers, qf_truths here, qf_machine_tally *tally,
                         taken *t, uint8_t *remain)
{
    qf_truths waiting = here; /* no row taken so far */
    qf_truths left = qf_truths_set1(0);
    for (; row < machine->n_rows && machine->rows[row].from == state; row++) {
        const qf_machine_row *r = &machine->rows[row];
        const qf_truths held = qf_truths_and(here, qf_truths_load(registers->truth[r->truth]));
        if (!qf_truths_any(held)) {
            continue;
        }
        if (tally) {
            tally->held[row] += qf_truths_count(held);
        }
        const qf_truths fires = qf_truths_and(held, waiting);
        waiting = qf_truths_and_not(waiting, fires);
        if (r->leaves) {
            left = qf_truths_or(left, fires);
        }
        if (!r->silent && qf_truths_any(fires)) {
            note(t, fires, (uint16_t)row);
        }
    }
    qf_truths_store(remain, qf_truths_and_not(here, left));
    return row;
}

void QF_KERNEL(qf_machine_step)(const qf_state_machine *machine, const qf_evaluation *evaluation,
                                const qf_registers *registers, qf_machine_tally *tally,
                                qf_machine_result *result)
{
    taken t = {.by_any = {{0}}};
    size_t row = 0;
    qf_fetch_next_block(machine->state + evaluation->first);
    QF_KERNEL(qf_program_run)(&machine->program, evaluation, registers);
    for (size_t s = 0; s < machine->n_states; s++) {
        const qf_truths here = in_state(evaluation, machine->state, machine->state_ids[s]);
        if (tally) {
            tally->in_state[s] += qf_truths_count(here);
        }
        row = step_state(machine, s, row, registers, here, tally, &t, result->remain[s]);
    }
    result->n_edges = list(&t, result->edges);
}
