/* SPDX-License-Identifier: Apache-2.0 */
/*
 * State machines, block after block, as a tick evaluates them: the program, first true rows, tallies, and then
 * the edges, which put the vehicle into a state and set its time in it. A vehicle is put back to where it was, so
 * that a run stays as it began; about one in a thousand takes a row in each evaluation.
 *
 *   machine/STATESxROWS/SPREAD/ISA/VEHICLES/threads:N
 *
 * No two conditions share anything. Out of three in a row, the first compares one column of twelve with a constant,
 * the second compares two, the third is `(a or b) and not flag`; some instead hold for three evaluations, wait for
 * a time in state or compare the distance of two columns. Spread is where vehicles are: all in one state, or in
 * any of them at random.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "columns.h"
#include "fleet.h"
#include "gbench.h"
#include "kernels.h"
#include "philox.h"
#include "scene.h"
#include "threads.h"

enum {
    NUMBERS = 12, /* columns with values from 0 to 1 */
    FLAGS = NUMBERS,
    STATE,
    SINCE_S,
    COUNTERS, /* of holds */
    HOLDS = 2,
    COLUMNS = COUNTERS + HOLDS,
    MOST_STATES = 10,
    MOST_ROWS = 30,
    MOST_INSTRUCTIONS = 5 * MOST_ROWS,
    MOST_THREADS = 16,
    MOST_CASES = 32,
};

typedef enum spread { ALL_IN_ONE, MIXED } spread;

typedef struct machine_case {
    const qf_kernels *kernels;
    size_t states, rows, n;
    spread spread;
    int n_threads;
} machine_case;

/* what a thread has of its own; on its own lines */
typedef struct thread_room {
    _Alignas(64) double number[1][QF_PROGRAM_VEHICLES];
    _Alignas(64) uint8_t truth[2 * MOST_INSTRUCTIONS][QF_PROGRAM_BYTES];
    uint8_t remain[MOST_STATES][QF_PROGRAM_BYTES];
    uint64_t in_state[MOST_STATES], held[MOST_ROWS];
    qf_machine_result result;
} thread_room;

typedef struct bench_machine {
    qf_instruction instructions[MOST_INSTRUCTIONS];
    qf_machine_row rows[MOST_ROWS];
    int64_t ids[MOST_STATES];
    qf_state_machine machine;
    uint16_t n_truths;
    void *memory;
    void *column[COLUMNS];
    thread_room *room; /* one a thread */
} bench_machine;

static uint32_t draw(size_t slot, uint32_t series)
{
    return qf_philox((qf_philox_block){{(uint32_t)slot, series, 0, 0}}, 6).word[0];
}

/* ---- the program ---- */

static uint16_t add(bench_machine *m, qf_instruction instruction)
{
    instruction.out = m->n_truths++;
    m->instructions[m->machine.program.n_instructions++] = instruction;
    return instruction.out;
}

static qf_operand column_operand(const bench_machine *m, size_t column)
{
    return (qf_operand){QF_OPERAND_COLUMN, 0, {.column = m->column[column]}};
}

static qf_operand constant(double value)
{
    return (qf_operand){QF_OPERAND_CONSTANT, 0, {.value = value}};
}

/* holds for that share of vehicles; every other one compares the other way round */
static uint16_t add_comparison(bench_machine *m, size_t column, double share)
{
    const qf_operand a = column_operand(m, column % NUMBERS);
    if (column % 2 == 0) {
        return add(m, (qf_instruction){.operation = QF_DO_LESS, .a = a, .b = constant(share)});
    }
    return add(m,
               (qf_instruction){.operation = QF_DO_LESS_EQUAL, .a = constant(1.0 - share), .b = a});
}

static uint16_t add_logic(bench_machine *m, qf_operation operation, uint16_t a, uint16_t b)
{
    return add(m, (qf_instruction){.operation = (uint16_t)operation, .truth = {a, b}});
}

static uint16_t add_distance(bench_machine *m, size_t column, double share)
{
    const qf_operand difference = {QF_OPERAND_NUMBER, 0, {0}};
    qf_instruction *next = &m->instructions[m->machine.program.n_instructions];
    next[0] = (qf_instruction){.operation = QF_DO_SUBTRACT,
                               .a = column_operand(m, column % NUMBERS),
                               .b = column_operand(m, (column + 5) % NUMBERS)};
    next[1] = (qf_instruction){.operation = QF_DO_ABS, .a = difference};
    m->machine.program.n_instructions += 2;
    return add(
        m, (qf_instruction){.operation = QF_DO_LESS, .a = difference, .b = constant(0.5 * share)});
}

static uint16_t add_flag(bench_machine *m, size_t row)
{
    return add(m, (qf_instruction){.operation = row % 2 ? QF_DO_ALL_BITS : QF_DO_ANY_BITS,
                                   .mask = UINT64_C(1) << (row % 22),
                                   .a = column_operand(m, FLAGS)});
}

static uint16_t add_hold(bench_machine *m, size_t number, uint16_t truth)
{
    return add(m, (qf_instruction){.operation = QF_DO_HOLD,
                                   .truth = {truth, 0},
                                   .count = 3,
                                   .a = column_operand(m, COUNTERS + number)});
}

/* holds for so many of all vehicles, more or less */
static uint16_t add_condition(bench_machine *m, size_t row, double share)
{
    uint16_t first, second;
    switch (row) {
    case 1:
    case 17:
        return add_hold(m, row / 16, add_comparison(m, row, share));
    case 4:
    case 14:
    case 24:
        first = add(m, (qf_instruction){.operation = QF_DO_LESS_EQUAL,
                                        .a = constant(5.0),
                                        .b = column_operand(m, SINCE_S)});
        return add_logic(m, QF_DO_AND, first, add_comparison(m, row, 2.0 * share));
    case 10:
    case 20:
        return add_distance(m, row, share);
    default:
        break;
    }
    switch (row % 3) {
    case 0:
        return add_comparison(m, row, share);
    case 1:
        first = add_comparison(m, row, 0.02);
        return add_logic(m, QF_DO_AND, first, add_comparison(m, row + 4, 50.0 * share));
    default:
        first = add_comparison(m, row, share);
        first = add_logic(m, QF_DO_OR, first, add_comparison(m, row + 7, share));
        second = add_logic(m, QF_DO_NOT, add_flag(m, row), 0);
        return add_logic(m, QF_DO_AND, first, second);
    }
}

static void build(const machine_case *c, bench_machine *m)
{
    const double share = 1e-3 * (double)c->states / (double)c->rows; /* of a row, of a thousandth */
    for (size_t k = 0; k < c->states; k++) {
        m->ids[k] = 40 + (int64_t)k;
    }
    for (size_t r = 0; r < c->rows; r++) {
        m->rows[r] = (qf_machine_row){.from = (uint16_t)(r * c->states / c->rows),
                                      .truth = add_condition(m, r, share),
                                      .leaves = true,
                                      .transition = (uint32_t)r};
    }
    m->machine.program.instructions = m->instructions;
    m->machine.program.n_numbers = 1;
    m->machine.program.n_truths = m->n_truths;
    m->machine.n_states = c->states;
    m->machine.state_ids = m->ids;
    m->machine.n_rows = c->rows;
    m->machine.rows = m->rows;
    m->machine.state = m->column[STATE];
}

/* ---- vehicles ---- */

static void fill_vehicle(const machine_case *c, bench_machine *m, size_t slot)
{
    for (size_t k = 0; k < NUMBERS; k++) {
        ((double *)m->column[k])[slot] = draw(slot, (uint32_t)k) * 0x1p-32;
    }
    ((uint64_t *)m->column[FLAGS])[slot] = draw(slot, FLAGS);
    ((double *)m->column[SINCE_S])[slot] = 10.0 * (draw(slot, SINCE_S) * 0x1p-32);
    ((int64_t *)m->column[STATE])[slot] =
        m->ids[c->spread == MIXED ? draw(slot, STATE) % c->states : c->states / 2];
    for (size_t k = 0; k < HOLDS; k++) {
        ((int64_t *)m->column[COUNTERS + k])[slot] = 0;
    }
}

/* as a fleet's columns lie in memory, and touched by who will work on them */
static bool prepare(const machine_case *c, bench_machine *m)
{
    qf_context context = qf_context_default();
    const size_t room_bytes = (size_t)c->n_threads * sizeof *m->room;
    m->room = aligned_alloc(64, room_bytes);
    if (!m->room ||
        qf_columns_map(&context, qf_columns_bytes(COLUMNS, c->n), &m->memory) != QF_OK) {
        return false;
    }
    memset(m->room, 0, room_bytes);
    for (size_t k = 0; k < COLUMNS; k++) {
        m->column[k] = (char *)m->memory + qf_columns_offset(k, c->n);
    }
    build(c, m);
#pragma omp parallel for schedule(static) num_threads(c->n_threads)
    for (size_t b = 0; b < (c->n + QF_BLOCK_VEHICLES - 1) / QF_BLOCK_VEHICLES; b++) {
        for (size_t i = b * QF_BLOCK_VEHICLES; i < (b + 1) * QF_BLOCK_VEHICLES && i < c->n; i++) {
            fill_vehicle(c, m, i);
        }
    }
    return true;
}

/* one block; returns how many took a row */
static size_t step_block(const machine_case *c, const bench_machine *m, thread_room *room,
                         size_t block, double time_s)
{
    const size_t first = block * QF_BLOCK_VEHICLES;
    const size_t n = c->n - first < QF_BLOCK_VEHICLES ? c->n - first : QF_BLOCK_VEHICLES;
    qf_evaluation evaluation = {
        .first = first, .n_bytes = (n + 7) / 8, .uniform[QF_UNIFORM_TIME_S] = time_s};
    for (size_t k = 0; k < n / 8; k++) {
        evaluation.valid[k] = 0xFF;
    }
    if (n % 8 != 0) {
        evaluation.valid[n / 8] = (uint8_t)((1u << n % 8) - 1);
    }
    qf_machine_tally tally = {room->in_state, room->held};
    room->result.remain = room->remain;
    c->kernels->machine(&m->machine, &evaluation, &(qf_registers){room->number, room->truth},
                        &tally, &room->result);
    double *since_s = m->column[SINCE_S];
    for (size_t e = 0; e < room->result.n_edges; e++) {
        const qf_machine_edge *edge = &room->result.edges[e];
        m->machine.state[first + edge->vehicle] = m->ids[m->rows[edge->row].from];
        since_s[first + edge->vehicle] = since_s[first + edge->vehicle] < 5.0 ? 1.0 : 9.0;
    }
    return room->result.n_edges;
}

static size_t step_all(const machine_case *c, const bench_machine *m, double time_s)
{
    const size_t n_blocks = (c->n + QF_BLOCK_VEHICLES - 1) / QF_BLOCK_VEHICLES;
    size_t n_edges = 0;
#pragma omp parallel for schedule(static) num_threads(c->n_threads) reduction(+ : n_edges)
    for (size_t b = 0; b < n_blocks; b++) {
        n_edges += step_block(c, m, &m->room[qf_thread_index()], b, time_s);
    }
    return n_edges;
}

static void run_machine(gbench_state *state, const void *user)
{
    const machine_case *c = user;
    static bench_machine m;
    memset(&m, 0, sizeof m);
    if (!prepare(c, &m)) {
        gbench_fail(state, "no memory for the vehicles");
    } else {
        double vehicles = 0.0;
        double n_edges = 0.0;
        step_all(c, &m, 0.0);
        while (gbench_next(state)) {
            n_edges += (double)step_all(c, &m, vehicles);
            vehicles += (double)c->n;
        }
        gbench_counter_ns_per(state, "ns_per_vehicle_evaluation", vehicles);
        gbench_counter(state, "edges_share", n_edges / vehicles);
        gbench_counter(state, "instructions", (double)m.machine.program.n_instructions);
    }
    free(m.room);
    qf_columns_unmap(m.memory, qf_columns_bytes(COLUMNS, c->n));
}

static void add_case(machine_case c)
{
    static machine_case cases[MOST_CASES];
    static size_t n_cases;
    if (n_cases == MOST_CASES) {
        fprintf(stderr, "bench_machine.c: more than %d cases\n", MOST_CASES);
        abort();
    }
    char name[96];
    snprintf(name, sizeof name, "machine/%zux%zu/%s/%s/%zu/threads:%d", c.states, c.rows,
             c.spread == MIXED ? "mixed" : "one", c.kernels->isa, c.n, c.n_threads);
    cases[n_cases] = c;
    gbench_register(name, run_machine, &cases[n_cases++], c.n < 100000 ? GBENCH_US : GBENCH_MS);
}

void bench_machine_register(int n_threads)
{
    enum { USUAL = 16384, MANY = 1000000 };
    for (const char *const *isa = qf_isa_names; *isa; isa++) {
        const qf_kernels *kernels = qf_kernels_for(*isa);
        if (!kernels) {
            continue;
        }
        add_case((machine_case){kernels, 10, 30, USUAL, ALL_IN_ONE, 1});
        add_case((machine_case){kernels, 10, 30, USUAL, MIXED, 1});
        add_case((machine_case){kernels, 3, 5, USUAL, MIXED, 1});
        add_case((machine_case){kernels, 10, 30, MANY, MIXED, 1});
        if (n_threads > 1) {
            add_case((machine_case){kernels, 10, 30, MANY, MIXED, 2});
        }
    }
}
