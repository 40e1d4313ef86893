/* SPDX-License-Identifier: Apache-2.0 */
/* Programs of expressions: what is shared, what registers they take, and what is beyond them. */
#include "expression_fixture.h"
#include "failing_memory.h"

/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */
#include <stdio.h>

typedef struct stand {
    qf_arena arena;
    qf_program_builder *builder;
    qf_expression_error error;
    qf_program program;
    uint16_t truth;
    qf_operand number;
} stand;

static bool add(stand *s, const char *text)
{
    const qf_expression *tree = qf_expression_parse(&s->arena, &fixture_symbols, text, &s->error);
    if (!tree) {
        fail_msg("%s: %s", text, s->error.message);
    }
    return qf_program_add(s->builder, tree, &s->truth, &s->number, &s->error);
}

static void finish(stand *s)
{
    assert_true(qf_program_finish(s->builder, NULL, NULL, &s->program));
}

static size_t count(const stand *s, qf_operation operation)
{
    size_t n = 0;
    for (size_t i = 0; i < s->program.n_instructions; i++) {
        n += s->program.instructions[i].operation == operation;
    }
    return n;
}

static void what_expressions_share_is_computed_once(void **state)
{
    stand *s = *state;
    assert_true(add(s, "x_m * 2 > 5 and armed"));
    const uint16_t first = s->truth;
    assert_true(add(s, "x_m * 2 > 5 or speed_mps < x_m * 2 / 1 s"));
    assert_true(add(s, "armed and 5 < x_m * 2"));
    assert_int_equal(s->truth, first);
    finish(s);
    assert_int_equal(count(s, QF_DO_MULTIPLY), 1);
    assert_int_equal(count(s, QF_DO_LESS), 2);
    assert_int_equal(count(s, QF_DO_AND), 1);
}

static void every_distinct_hold_has_one_counter(void **state)
{
    stand *s = *state;
    assert_true(add(s, "hold(armed and ready, 3 ticks) or hold(fast, 2 s)"));
    assert_int_equal(qf_program_n_holds(s->builder), 2);
    assert_true(add(s, "not hold(ready and (armed), 3 ticks)"));
    assert_int_equal(qf_program_n_holds(s->builder), 2);
    assert_true(add(s, "hold(hold(fast, 2 s), 3 ticks)"));
    assert_int_equal(qf_program_n_holds(s->builder), 3);
    finish(s);
    assert_int_equal(count(s, QF_DO_HOLD), 3);
    /* both ends of 2 s at 0.5 s an evaluation */
    for (size_t i = 0; i < s->program.n_instructions; i++) {
        const qf_instruction *in = &s->program.instructions[i];
        if (in->operation == QF_DO_HOLD && in->a.index == 1) {
            assert_int_equal(in->count, 5);
        }
    }
}

static void operands_point_at_columns_and_counters(void **state)
{
    stand *s = *state;
    double columns_memory[COLUMNS];
    int64_t counter;
    void *columns[COLUMNS];
    void *holds[] = {&counter};
    for (size_t i = 0; i < COLUMNS; i++) {
        columns[i] = &columns_memory[i];
    }
    assert_true(add(s, "hold(x_m > 2 and count < 3, 2 ticks)"));
    assert_true(qf_program_finish(s->builder, columns, holds, &s->program));
    for (size_t i = 0; i < s->program.n_instructions; i++) {
        const qf_instruction *in = &s->program.instructions[i];
        if (in->operation == QF_DO_HOLD) {
            assert_ptr_equal(in->a.column, &counter);
        } else if (in->operation == QF_DO_WHOLE) {
            assert_ptr_equal(in->a.column, &columns_memory[COLUMN_COUNT]);
        } else if (in->b.kind == QF_OPERAND_COLUMN) {
            assert_ptr_equal(in->b.column, &columns_memory[COLUMN_X]);
        }
    }
}

static void a_number_as_a_result_keeps_its_register(void **state)
{
    stand *s = *state;
    assert_true(add(s, "x_m * 2 + 1"));
    assert_int_equal(s->number.kind, QF_OPERAND_NUMBER);
    const uint32_t kept = s->number.index;
    assert_true(add(s, "x_m * 3 + x_m * 4 > x_m * 5 - x_m * 7"));
    assert_true(add(s, "x_m"));
    assert_int_equal(s->number.kind, QF_OPERAND_NUMBER);
    assert_int_not_equal(s->number.index, kept);
    assert_true(add(s, "3 + 4"));
    assert_int_equal(s->number.kind, QF_OPERAND_CONSTANT);
    assert_true(s->number.value == 7.0);
    assert_true(add(s, "time_s"));
    assert_int_equal(s->number.kind, QF_OPERAND_UNIFORM);
    finish(s);
    size_t writes = 0;
    for (size_t i = 0; i < s->program.n_instructions; i++) {
        const qf_instruction *in = &s->program.instructions[i];
        writes += in->operation <= QF_DO_CHOOSE && in->out == kept;
    }
    assert_int_equal(writes, 1);
}

/* x_m / 1 m * 1, ... * n, each needed until all are there */
static size_t write_many(char *text, size_t size, const char *join, int first, int n)
{
    size_t length = 0;
    for (int i = 0; i < n; i++) {
        length += (size_t)snprintf(text + length, size - length, "%sx_m * %d", i > 0 ? join : "",
                                   first + i);
    }
    return length;
}

static void more_shared_numbers_than_registers_are_computed_anew(void **state)
{
    stand *s = *state;
    char text[QF_EXPRESSION_MOST_BYTES];
    /* all of the products are used here, and again in the opposite order */
    size_t length = write_many(text, sizeof text, " + ", 1, 100);
    length += (size_t)snprintf(text + length, sizeof text - length, " > ");
    for (int i = 100; i > 0; i--) {
        length += (size_t)snprintf(text + length, sizeof text - length, "x_m * %d%s", i,
                                   i > 1 ? " - " : "");
    }
    assert_true(add(s, text));
    finish(s);
    assert_true(s->program.n_numbers <= QF_PROGRAM_MOST_NUMBERS);
    assert_in_range(count(s, QF_DO_MULTIPLY), 101, 200);
}

static void results_beyond_the_registers_are_refused_and_leave_no_trace(void **state)
{
    stand *s = *state;
    char text[64];
    size_t n = 0;
    do {
        snprintf(text, sizeof text, "x_m * %zu", n + 2);
        n++;
    } while (n < 100 && add(s, text));
    assert_int_equal(n, QF_PROGRAM_MOST_NUMBERS + 1);
    assert_string_equal(s->error.message, "the program has too many numbers as results with this");
    assert_false(add(s, "if(hold(armed, 2 ticks), x_m * 99, 2)"));
    assert_int_equal(qf_program_n_holds(s->builder), 0);
    assert_true(add(s, "hold(ready, 2 ticks)"));
    finish(s);
    assert_int_equal(count(s, QF_DO_MULTIPLY), QF_PROGRAM_MOST_NUMBERS);
    assert_int_equal(count(s, QF_DO_HOLD), 1);
}

static void truths_beyond_the_registers_are_refused(void **state)
{
    stand *s = *state;
    char text[64];
    size_t n = 0;
    do {
        snprintf(text, sizeof text, "x_m > %zu", n);
        n++;
    } while (n < 10000 && add(s, text));
    assert_int_equal(n, QF_PROGRAM_MOST_TRUTHS + 1);
    assert_string_equal(s->error.message,
                        "the program has too many truth values with this (8192 are most)");
    assert_int_equal(s->error.end, strlen(text));
}

/* parses and compiles `text` afresh, where only `allowed` allocations succeed */
static bool compile_with_little(const char *text, int allowed, qf_expression_error *error)
{
    qf_arena arena = {0};
    uint16_t truth;
    qf_operand number;
    qf_program program;
    allocations_left = allowed;
    const qf_expression *tree = qf_expression_parse(&arena, &fixture_symbols, text, error);
    qf_program_builder *builder = tree ? qf_program_builder_create(&arena) : NULL;
    bool done = builder && qf_program_add(builder, tree, &truth, &number, error);
    if (done && !qf_program_finish(builder, NULL, NULL, &program)) {
        strcpy(error->message, "out of memory");
        done = false;
    } else if (tree && !builder) {
        strcpy(error->message, "out of memory");
    }
    allocations_left = -1;
    qf_arena_free(&arena);
    return done;
}

static void memory_that_runs_out_is_told(void **state)
{
    (void)state;
    skip_unless_memory_can_run_out();
    char text[QF_EXPRESSION_MOST_BYTES];
    size_t length = write_many(text, sizeof text, " + ", 1, 200);
    length += (size_t)snprintf(text + length, sizeof text - length, " > 2 and ");
    for (int i = 0; i < 40; i++) {
        length += (size_t)snprintf(text + length, sizeof text - length,
                                   "(wide or hold(fast, %d ticks)) and ", i + 2);
    }
    snprintf(text + length, sizeof text - length, "armed");
    int allowed = 0;
    qf_expression_error error = {0};
    while (!compile_with_little(text, allowed, &error)) {
        assert_string_equal(error.message, "out of memory");
        assert_true(error.end <= strlen(text));
        allowed++;
    }
    assert_in_range(allowed, 4, 30); /* arenas grow by doubling */
}

static int set_up(void **state)
{
    stand *s = calloc(1, sizeof *s);
    if (!s) {
        return -1;
    }
    s->builder = qf_program_builder_create(&s->arena);
    *state = s;
    return s->builder ? 0 : -1;
}

static int tear_down(void **state)
{
    stand *s = *state;
    qf_arena_free(&s->arena);
    free(s);
    return 0;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_expressions_share_is_computed_once),
        TEST(every_distinct_hold_has_one_counter),
        TEST(operands_point_at_columns_and_counters),
        TEST(a_number_as_a_result_keeps_its_register),
        TEST(more_shared_numbers_than_registers_are_computed_anew),
        TEST(results_beyond_the_registers_are_refused_and_leave_no_trace),
        TEST(truths_beyond_the_registers_are_refused),
        TEST(memory_that_runs_out_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
