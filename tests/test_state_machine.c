/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Steps of state machines against a plain loop over vehicles, on every instruction set of the machine: random
 * machines, vehicles and conditions, and the rules one by one.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "kernels.h"
#include "philox.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))
enum { FIRST = 8, ROOM = FIRST + QF_PROGRAM_VEHICLES, MOST_STATES = 12, MOST_ROWS = 64 };

/* conditions are bits of each vehicle's word: row r has register r, which is bit r */
typedef struct stand {
    _Alignas(64) uint8_t truth[MOST_ROWS][QF_PROGRAM_BYTES];
    _Alignas(64) uint64_t word[ROOM];
    _Alignas(64) int64_t state[ROOM];
    qf_instruction instructions[MOST_ROWS];
    qf_machine_row rows[MOST_ROWS];
    int64_t ids[MOST_STATES];
    uint8_t remain[MOST_STATES][QF_PROGRAM_BYTES];
    uint64_t in_state[MOST_STATES], held[MOST_ROWS];
    qf_state_machine machine;
    qf_evaluation evaluation;
    qf_machine_result result;
} stand;

static uint64_t draw(uint32_t i, uint32_t series)
{
    const qf_philox_block drawn = qf_philox((qf_philox_block){{i, series, 0, 0}}, 78);
    return (uint64_t)drawn.word[0] << 32 | drawn.word[1];
}

static bool bit(const uint8_t *truth, size_t i)
{
    return (truth[i / 8] >> i % 8 & 1) != 0;
}

static void add_row(stand *s, uint16_t from, bool leaves, bool silent)
{
    const size_t r = s->machine.n_rows++;
    assert_true(r < MOST_ROWS);
    s->rows[r] = (qf_machine_row){from, (uint16_t)r, leaves, silent, (uint32_t)r};
    s->instructions[r] = (qf_instruction){.operation = QF_DO_ALL_BITS,
                                          .out = (uint16_t)r,
                                          .mask = UINT64_C(1) << r,
                                          .a = {QF_OPERAND_COLUMN, 0, {.column = s->word}}};
    s->machine.program.n_instructions = s->machine.n_rows;
}

/* states 100, 107, ...; all n vehicles are valid, in none of them and without any condition that holds */
static void set_up(stand *s, size_t n_states, size_t n)
{
    memset(s, 0, sizeof *s);
    memset(s->truth, 0xEE, sizeof s->truth);
    memset(s->remain, 0xEE, sizeof s->remain);
    for (size_t k = 0; k < n_states; k++) {
        s->ids[k] = 100 + 7 * (int64_t)k;
    }
    s->machine = (qf_state_machine){.program = {s->instructions, 0, 0, MOST_ROWS},
                                    .n_states = n_states,
                                    .state_ids = s->ids,
                                    .rows = s->rows,
                                    .state = s->state};
    s->evaluation = (qf_evaluation){.first = FIRST, .n_bytes = (n + 7) / 8};
    for (size_t i = 0; i < n; i++) {
        s->evaluation.valid[i / 8] |= (uint8_t)(1u << i % 8);
    }
    s->result.remain = s->remain;
}

static void put(stand *s, size_t vehicle, size_t state, uint64_t conditions)
{
    s->state[FIRST + vehicle] = s->ids[state];
    s->word[FIRST + vehicle] = conditions;
}

static void step(const qf_kernels *kernels, stand *s, bool counted)
{
    qf_machine_tally tally = {s->in_state, s->held};
    s->result.n_edges = 99;
    kernels->machine(&s->machine, &s->evaluation, &(qf_registers){NULL, s->truth},
                     counted ? &tally : NULL, &s->result);
}

static void assert_edge(const stand *s, size_t number, uint16_t vehicle, uint16_t row)
{
    assert_true(number < s->result.n_edges);
    assert_int_equal(s->result.edges[number].vehicle, vehicle);
    assert_int_equal(s->result.edges[number].row, row);
}

/* ---- random ones ---- */

/* rows of every kind from most states; ids and other numbers in the column */
static void randomise(stand *s, uint32_t number, size_t n)
{
    const size_t n_states = 1 + draw(number, 0) % MOST_STATES;
    set_up(s, n_states, n);
    for (uint16_t k = 0; k < n_states; k++) {
        const size_t n_rows = draw(k, 1000 + number) % 6;
        for (uint32_t r = 0; r < n_rows; r++) {
            const uint64_t kind = draw(k * 8u + r, 2000 + number) % 4;
            add_row(s, k, kind < 2, kind == 3);
        }
    }
    for (uint32_t i = 0; i < ROOM; i++) {
        const uint64_t any = draw(i, 3000 + number);
        const size_t k = any % (n_states + 1);
        s->state[i] = k < n_states ? s->ids[k] : (int64_t)(any % 3) - 1;
        /* rare in one machine, frequent in another */
        s->word[i] = draw(i, 4000 + number) & draw(i, 5000 + number);
        s->word[i] &= number % 2 ? draw(i, 6000 + number) & draw(i, 7000 + number) : UINT64_MAX;
    }
    s->state[ROOM - 1] = s->ids[0] + (INT64_C(1) << 32); /* all of a number counts */
    for (size_t k = 0; number % 3 == 0 && k < QF_PROGRAM_BYTES; k++) {
        s->evaluation.valid[k] &= (uint8_t)draw((uint32_t)k, 8000 + number);
    }
}

typedef struct expectation {
    qf_machine_edge edges[QF_PROGRAM_VEHICLES];
    size_t n_edges;
    bool remains[MOST_STATES][QF_PROGRAM_VEHICLES];
    uint64_t in_state[MOST_STATES], held[MOST_ROWS];
} expectation;

static void expect_vehicle(const stand *s, size_t i, expectation *e)
{
    const qf_state_machine *m = &s->machine;
    for (size_t k = 0; k < m->n_states && bit(s->evaluation.valid, i); k++) {
        if (s->state[FIRST + i] != s->ids[k]) {
            continue;
        }
        bool taken = false;
        e->remains[k][i] = true;
        e->in_state[k]++;
        for (size_t r = 0; r < m->n_rows; r++) {
            const qf_machine_row *row = &s->rows[r];
            if (row->from != k || (s->word[FIRST + i] >> r & 1) == 0) {
                continue;
            }
            e->held[r]++;
            if (!taken) {
                taken = true;
                e->remains[k][i] = !row->leaves;
                if (!row->silent) {
                    e->edges[e->n_edges++] = (qf_machine_edge){(uint16_t)i, (uint16_t)r};
                }
            }
        }
    }
}

static void compare(const stand *s, const expectation *e, uint32_t number, const char *isa)
{
    if (s->result.n_edges != e->n_edges) {
        fail_msg("%s, machine %u: %zu edges in place of %zu", isa, number, s->result.n_edges,
                 e->n_edges);
    }
    for (size_t k = 0; k < e->n_edges; k++) {
        assert_edge(s, k, e->edges[k].vehicle, e->edges[k].row);
    }
    for (size_t k = 0; k < s->machine.n_states; k++) {
        for (size_t i = 0; i < QF_PROGRAM_VEHICLES; i++) {
            assert_int_equal(bit(s->remain[k], i), e->remains[k][i]);
        }
        assert_int_equal(s->in_state[k], 2 * e->in_state[k]);
    }
    for (size_t r = 0; r < s->machine.n_rows; r++) {
        assert_int_equal(s->held[r], 2 * e->held[r]);
    }
}

static void random_machines_do_what_a_plain_loop_does(void **state)
{
    (void)state;
    static const size_t sizes[] = {0, 1, 7, 8, 9, 255, 256};
    static stand s;
    static expectation e;
    size_t n_edges = 0;
    for (uint32_t number = 0; number < 20 * COUNT(sizes); number++) {
        for (const char *const *isa = qf_isa_names; *isa; isa++) {
            const qf_kernels *kernels = qf_kernels_for(*isa);
            if (!kernels) {
                continue;
            }
            const size_t n = sizes[number % COUNT(sizes)];
            memset(&e, 0, sizeof e);
            randomise(&s, number, n);
            for (size_t i = 0; i < n; i++) {
                expect_vehicle(&s, i, &e);
            }
            step(kernels, &s, true);
            step(kernels, &s, true); /* tallies add up, and nothing else is kept */
            step(kernels, &s, false);
            compare(&s, &e, number, kernels->isa);
            n_edges += e.n_edges;
        }
    }
    assert_true(n_edges > 1000);
}

/* ---- one by one ---- */

static void the_first_row_that_holds_wins_and_the_others_are_counted(void **state)
{
    (void)state;
    static stand s;
    for (const char *const *isa = qf_isa_names; *isa; isa++) {
        const qf_kernels *kernels = qf_kernels_for(*isa);
        if (!kernels) {
            continue;
        }
        set_up(&s, 2, 20);
        add_row(&s, 0, true, false);
        add_row(&s, 0, true, false);
        add_row(&s, 1, true, false);
        put(&s, 3, 0, 1 << 1 | 1 << 2);
        put(&s, 2, 0, 1 << 0 | 1 << 1);
        put(&s, 4, 1, 1 << 2 | 1 << 0);
        put(&s, 19, 0, 1 << 2);
        step(kernels, &s, true);
        assert_int_equal(s.result.n_edges, 3);
        assert_edge(&s, 0, 2, 0);
        assert_edge(&s, 1, 3, 1);
        assert_edge(&s, 2, 4, 2);
        assert_int_equal(s.in_state[0], 3);
        assert_int_equal(s.in_state[1], 1);
        assert_int_equal(s.held[0], 1);
        assert_int_equal(s.held[1], 2);
        assert_int_equal(s.held[2], 1);
        assert_true(bit(s.remain[0], 19));
        assert_false(bit(s.remain[0], 2) || bit(s.remain[0], 3) || bit(s.remain[1], 4));
        assert_false(bit(s.remain[0], 0)); /* in no state of the machine */
    }
}

static void a_silent_row_hides_those_after_it(void **state)
{
    (void)state;
    static stand s;
    for (const char *const *isa = qf_isa_names; *isa; isa++) {
        const qf_kernels *kernels = qf_kernels_for(*isa);
        if (!kernels) {
            continue;
        }
        set_up(&s, 1, 256);
        add_row(&s, 0, false, false);
        add_row(&s, 0, false, true);
        add_row(&s, 0, true, false);
        put(&s, 0, 0, 1 << 1 | 1 << 2);
        put(&s, 100, 0, 1 << 0 | 1 << 1 | 1 << 2);
        put(&s, 255, 0, 1 << 2);
        step(kernels, &s, true);
        assert_int_equal(s.result.n_edges, 2);
        assert_edge(&s, 0, 100, 0);
        assert_edge(&s, 1, 255, 2);
        assert_int_equal(s.held[1], 2);
        assert_int_equal(s.held[2], 3);
        assert_true(bit(s.remain[0], 0) && bit(s.remain[0], 100));
        assert_false(bit(s.remain[0], 255));
    }
}

static void who_is_not_valid_takes_no_part(void **state)
{
    (void)state;
    static stand s;
    for (const char *const *isa = qf_isa_names; *isa; isa++) {
        const qf_kernels *kernels = qf_kernels_for(*isa);
        if (!kernels) {
            continue;
        }
        set_up(&s, 1, 16);
        add_row(&s, 0, true, false);
        for (size_t i = 0; i < 24; i++) {
            put(&s, i, 0, 1);
        }
        s.evaluation.valid[0] = 0;
        s.evaluation.valid[1] = 0x80;
        s.evaluation.valid[2] = 0xFF; /* beyond n_bytes */
        step(kernels, &s, true);
        assert_int_equal(s.result.n_edges, 1);
        assert_edge(&s, 0, 15, 0);
        assert_int_equal(s.in_state[0], 1);
        assert_int_equal(s.held[0], 1);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_machines_do_what_a_plain_loop_does),
        cmocka_unit_test(the_first_row_that_holds_wins_and_the_others_are_counted),
        cmocka_unit_test(a_silent_row_hides_those_after_it),
        cmocka_unit_test(who_is_not_valid_takes_no_part),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
