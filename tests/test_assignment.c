/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Assignment against a solver that tries everything: row by row each candidate that is free, and leaving the row
 * alone. Small whole costs make ties frequent, and sums exact.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "assignment.h"

enum { MOST_SIDE = 600, MOST_CANDIDATES = 1 << 18, SMALL = 6 };

typedef struct stand {
    qf_assignment *assignment;
    size_t n, n_rows, n_columns;
    qf_candidate candidates[MOST_CANDIDATES];
    uint32_t column_of[MOST_SIDE], row_of[MOST_SIDE];
    uint64_t random;
} stand;

static int open_stand(void **state)
{
    stand *s = calloc(1, sizeof *s);
    assert_non_null(s);
    s->assignment = qf_assignment_create();
    assert_non_null(s->assignment);
    s->random = 1;
    *state = s;
    return 0;
}

static int close_stand(void **state)
{
    stand *s = *state;
    qf_assignment_free(s->assignment);
    free(s);
    return 0;
}

static uint32_t random_below(stand *s, uint32_t n)
{
    s->random = s->random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(s->random >> 33) % n;
}

static void begin(stand *s, size_t n_rows, size_t n_columns)
{
    s->n = 0;
    s->n_rows = n_rows;
    s->n_columns = n_columns;
}

static void add(stand *s, uint32_t row, uint32_t column, double cost)
{
    assert_true(s->n < MOST_CANDIDATES);
    s->candidates[s->n++] = (qf_candidate){row, column, cost};
}

static void add_table(stand *s, const double *cost, size_t n_rows, size_t n_columns)
{
    begin(s, n_rows, n_columns);
    for (uint32_t i = 0; i < n_rows * n_columns; i++) {
        add(s, i / (uint32_t)n_columns, i % (uint32_t)n_columns, cost[i]);
    }
}

static void shuffle(stand *s)
{
    for (size_t i = s->n; i > 1; i--) {
        const size_t k = random_below(s, (uint32_t)i);
        const qf_candidate swapped = s->candidates[k];
        s->candidates[k] = s->candidates[i - 1];
        s->candidates[i - 1] = swapped;
    }
}

static void nearest(stand *s)
{
    assert_true(qf_assign_nearest(s->assignment, s->candidates, s->n, s->n_rows, s->n_columns,
                                  s->column_of, s->row_of));
}

static void exact(stand *s, double alone)
{
    assert_true(qf_assign_exact(s->assignment, s->candidates, s->n, alone, s->n_rows, s->n_columns,
                                s->column_of, s->row_of));
}

static double cost_of(const stand *s, uint32_t row, uint32_t column)
{
    double least = (double)INFINITY;
    for (size_t i = 0; i < s->n; i++) {
        const qf_candidate *c = &s->candidates[i];
        if (c->row == row && c->column == column && c->cost < least) {
            least = c->cost;
        }
    }
    return least;
}

/* what was assigned costs that much over leaving all alone; both directions agree, pairs are candidates */
static double sum_of(const stand *s, double alone)
{
    double sum = 0.0;
    size_t pairs = 0;
    for (uint32_t row = 0; row < s->n_rows; row++) {
        const uint32_t column = s->column_of[row];
        if (column != QF_UNASSIGNED) {
            assert_true(column < s->n_columns);
            assert_int_equal(s->row_of[column], row);
            assert_true(cost_of(s, row, column) <= alone);
            sum += cost_of(s, row, column) - alone;
            pairs++;
        }
    }
    for (size_t column = 0; column < s->n_columns; column++) {
        pairs -= s->row_of[column] != QF_UNASSIGNED;
    }
    assert_int_equal(pairs, 0);
    return sum;
}

/* the least of that: everything is tried */
static double least_sum(const stand *s, double alone, uint32_t row, uint32_t taken)
{
    if (row == s->n_rows) {
        return 0.0;
    }
    double least = least_sum(s, alone, row + 1, taken);
    for (uint32_t column = 0; column < s->n_columns; column++) {
        const double cost = cost_of(s, row, column);
        if (!(taken >> column & 1) && cost <= alone) {
            least = fmin(least, cost - alone +
                                    least_sum(s, alone, row + 1, taken | UINT32_C(1) << column));
        }
    }
    return least;
}

/* the cheapest, again and again */
static void assert_greedy(const stand *s)
{
    uint32_t column_of[SMALL];
    uint32_t taken = 0;
    memset(column_of, 0xFF, sizeof column_of);
    for (;;) {
        double least = (double)INFINITY;
        uint32_t best = QF_UNASSIGNED;
        for (uint32_t i = 0; i < s->n_rows * s->n_columns; i++) {
            const uint32_t row = i / (uint32_t)s->n_columns;
            const uint32_t column = i % (uint32_t)s->n_columns;
            const bool is_free = column_of[row] == QF_UNASSIGNED && !(taken >> column & 1);
            if (is_free && cost_of(s, row, column) < least) {
                least = cost_of(s, row, column);
                best = i;
            }
        }
        if (best == QF_UNASSIGNED) {
            break;
        }
        column_of[best / s->n_columns] = best % (uint32_t)s->n_columns;
        taken |= UINT32_C(1) << best % s->n_columns;
    }
    assert_memory_equal(column_of, s->column_of, s->n_rows * sizeof *column_of);
}

static void small_problem(stand *s)
{
    begin(s, 1 + random_below(s, SMALL), 1 + random_below(s, SMALL));
    const uint32_t density = 1 + random_below(s, 4);
    const uint32_t levels = random_below(s, 2) ? 4 : 1000;
    for (uint32_t i = 0; i < s->n_rows * s->n_columns; i++) {
        if (random_below(s, 4) < density) {
            add(s, i / (uint32_t)s->n_columns, i % (uint32_t)s->n_columns,
                random_below(s, levels) * (4.0 / levels));
        }
    }
    shuffle(s);
}

static void greedy_takes_9_where_the_optimum_is_3_and_a_half(void **state)
{
    stand *s = *state;
    static const double cost[] = {1.0, 2.0, 1.5, 8.0}; /* GN1 */
    add_table(s, cost, 2, 2);
    nearest(s);
    assert_true(sum_of(s, 1000.0) + 2000.0 == 9.0);
    exact(s, 1000.0);
    assert_true(sum_of(s, 1000.0) + 2000.0 == 3.5);
    assert_int_equal(s->column_of[0], 1);
    assert_int_equal(s->column_of[1], 0);
}

static void small_problems_have_the_least_sum_of_all_assignments(void **state)
{
    stand *s = *state;
    static const double alones[] = {0.0, 1.0, 2.5, 4.0, 100.0};
    for (int k = 0; k < 4000; k++) {
        small_problem(s);
        const double alone = alones[k % 5];
        exact(s, alone);
        assert_true(fabs(sum_of(s, alone) - least_sum(s, alone, 0, 0)) < 1e-12);
    }
}

static void greedy_is_the_cheapest_again_and_again(void **state)
{
    stand *s = *state;
    for (int k = 0; k < 4000; k++) {
        small_problem(s);
        nearest(s);
        assert_greedy(s);
    }
}

static void the_order_of_candidates_is_of_no_account(void **state)
{
    stand *s = *state;
    uint32_t column_of[2][SMALL];
    for (int k = 0; k < 2000; k++) {
        small_problem(s);
        nearest(s);
        memcpy(column_of[0], s->column_of, sizeof column_of[0]);
        exact(s, 2.5);
        memcpy(column_of[1], s->column_of, sizeof column_of[1]);
        shuffle(s);
        nearest(s);
        assert_memory_equal(column_of[0], s->column_of, s->n_rows * sizeof(uint32_t));
        exact(s, 2.5);
        assert_memory_equal(column_of[1], s->column_of, s->n_rows * sizeof(uint32_t));
    }
}

static void ties_go_by_row_then_column(void **state)
{
    stand *s = *state;
    double equal[12];
    for (size_t i = 0; i < 12; i++) {
        equal[i] = 1.0;
    }
    for (int way = 0; way < 2; way++) {
        for (uint32_t n_rows = 2; n_rows <= 4; n_rows++) {
            add_table(s, equal, n_rows, 3);
            shuffle(s);
            if (way == 0) {
                nearest(s);
            } else {
                exact(s, 5.0);
            }
            for (uint32_t row = 0; row < n_rows; row++) {
                assert_int_equal(s->column_of[row], row < 3 ? row : QF_UNASSIGNED);
            }
        }
    }
}

static void candidates_that_cost_more_than_leaving_alone_are_left_alone(void **state)
{
    stand *s = *state;
    static const double cost[] = {6.0, 4.0, 3.0, 9.0};
    add_table(s, cost, 2, 2);
    exact(s, 2.0);
    assert_true(sum_of(s, 2.0) == 0.0);
    exact(s, 3.0);
    assert_int_equal(s->column_of[0], QF_UNASSIGNED);
    assert_int_equal(s->column_of[1], 0); /* what costs as much is a pair */
    exact(s, 4.0);
    assert_int_equal(s->column_of[0], 1);
    assert_int_equal(s->column_of[1], 0);
    static const double star[] = {3.0, 2.0, 2.5};
    add_table(s, star, 3, 1);
    exact(s, 9.0);
    assert_int_equal(s->row_of[0], 1);
    add_table(s, star, 1, 3);
    exact(s, 9.0);
    assert_int_equal(s->column_of[0], 1);
}

static void what_costs_as_much_as_leaving_alone_is_paired(void **state)
{
    stand *s = *state;
    static const double equal[] = {3.0, 3.0, 3.0, 3.0};
    add_table(s, equal, 2, 2);
    exact(s, 3.0);
    assert_int_equal(s->column_of[0], 0);
    assert_int_equal(s->column_of[1], 1);
}

static void nothing_is_assigned_where_there_are_no_candidates(void **state)
{
    stand *s = *state;
    begin(s, 3, 2);
    nearest(s);
    assert_true(sum_of(s, 0.0) == 0.0);
    exact(s, 1.0);
    assert_true(sum_of(s, 0.0) == 0.0);
    begin(s, 0, 0);
    nearest(s);
    exact(s, 1.0);
}

static void of_a_candidate_given_twice_the_cheaper_counts(void **state)
{
    stand *s = *state;
    begin(s, 2, 2);
    add(s, 0, 0, 5.0);
    add(s, 0, 0, 1.0);
    add(s, 0, 1, 2.0);
    add(s, 1, 0, 2.0);
    exact(s, 10.0);
    assert_true(sum_of(s, 10.0) == 4.0 - 20.0);
    nearest(s);
    assert_int_equal(s->column_of[0], 0);
    assert_int_equal(s->column_of[1], QF_UNASSIGNED);
}

/*
 * One component of 300 x 280, whose optimum is known by duality: costs are sums of prices, plus something
 * where there is no pair of the optimum.
 */
static void a_large_component_has_the_optimum_that_its_prices_prove(void **state)
{
    stand *s = *state;
    enum { ROWS = 300, COLUMNS = 280 };
    static uint32_t wanted[ROWS];
    for (uint32_t row = 0; row < ROWS; row++) {
        wanted[row] = row < COLUMNS ? (row * 37 + 11) % COLUMNS : QF_UNASSIGNED;
    }
    begin(s, ROWS, COLUMNS);
    for (uint32_t row = 0; row < ROWS; row++) {
        const double row_price = row < COLUMNS ? random_below(s, 1000) : 1000.0;
        for (uint32_t column = 0; column < COLUMNS; column++) {
            const double column_price = (column * 7919) % 500;
            const double more = wanted[row] == column ? 0.0 : 1.0 + random_below(s, 100);
            add(s, row, column, row_price - column_price + 500.0 + more);
        }
    }
    shuffle(s);
    exact(s, 1500.0); /* = price of those left alone + 500 */
    assert_memory_equal(s->column_of, wanted, sizeof wanted);
    nearest(s);
    assert_true(memcmp(s->column_of, wanted, sizeof wanted) != 0);
}

/* a row whose coming moves every other row by one column */
static void a_long_chain_moves_as_a_whole(void **state)
{
    stand *s = *state;
    enum { LINKS = 500 };
    begin(s, LINKS, LINKS);
    for (uint32_t row = 0; row + 1 < LINKS; row++) {
        add(s, row, row, 1.0);
        add(s, row, row + 1, 2.0);
    }
    add(s, LINKS - 1, 0, 1.0);
    exact(s, 600.0);
    for (uint32_t row = 0; row < LINKS; row++) {
        assert_int_equal(s->column_of[row], (row + 1) % LINKS);
    }
    exact(s, 400.0); /* moving costs 499 more than the last row's 1: not worth it */
    assert_int_equal(s->column_of[0], 0);
    assert_int_equal(s->column_of[LINKS - 1], QF_UNASSIGNED);
}

static void nearest_sorts_groups_of_any_size(void **state)
{
    stand *s = *state;
    static const uint32_t sides[] = {3, 4, 5, 8, 13, 100};
    for (size_t k = 0; k < sizeof sides / sizeof *sides; k++) {
        const uint32_t n = sides[k];
        begin(s, n, n);
        for (uint32_t i = 0; i < n * n;
             i++) { /* the least cost of all that are left is on the diagonal */
            const uint32_t row = i / n;
            const uint32_t column = i % n;
            const uint32_t lower = row < column ? row : column;
            add(s, row, column, 2.0 * lower + (row == column ? 0.0 : 1.0));
        }
        shuffle(s);
        nearest(s);
        for (uint32_t row = 0; row < n; row++) {
            assert_int_equal(s->column_of[row], row);
        }
    }
}

static void groups_do_not_touch_each_other(void **state)
{
    stand *s = *state;
    /* GN1 at (0, 4), (3, 1); a single at (1, 0); a star at rows 2 and 4, column 3; column 2 with nobody */
    begin(s, 5, 5);
    add(s, 4, 3, 2.0);
    add(s, 3, 4, 1.5);
    add(s, 0, 1, 2.0);
    add(s, 1, 0, 7.0);
    add(s, 0, 4, 1.0);
    add(s, 2, 3, 1.0);
    add(s, 3, 1, 8.0);
    static const uint32_t best[] = {1, 0, 3, 4, QF_UNASSIGNED};
    exact(s, 100.0);
    assert_memory_equal(s->column_of, best, sizeof best);
    assert_int_equal(s->row_of[2], QF_UNASSIGNED);
    static const uint32_t greedy[] = {4, 0, 3, 1, QF_UNASSIGNED};
    nearest(s);
    assert_memory_equal(s->column_of, greedy, sizeof greedy);
}

static void room_is_kept_until_it_has_to_grow(void **state)
{
    stand *s = *state;
    char *const room = qf_assignment_room(s->assignment, 1000);
    assert_non_null(room);
    assert_int_equal((uintptr_t)room % 64, 0);
    memset(room, 1, 1000);
    assert_ptr_equal(qf_assignment_room(s->assignment, 1000), room);
    a_long_chain_moves_as_a_whole(state);
    assert_ptr_equal(qf_assignment_room(s->assignment, 10), room);
    assert_int_equal(room[0] + room[999], 2);
    assert_null(qf_assignment_room(s->assignment, SIZE_MAX));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(greedy_takes_9_where_the_optimum_is_3_and_a_half),
        cmocka_unit_test(small_problems_have_the_least_sum_of_all_assignments),
        cmocka_unit_test(greedy_is_the_cheapest_again_and_again),
        cmocka_unit_test(the_order_of_candidates_is_of_no_account),
        cmocka_unit_test(ties_go_by_row_then_column),
        cmocka_unit_test(candidates_that_cost_more_than_leaving_alone_are_left_alone),
        cmocka_unit_test(what_costs_as_much_as_leaving_alone_is_paired),
        cmocka_unit_test(nothing_is_assigned_where_there_are_no_candidates),
        cmocka_unit_test(of_a_candidate_given_twice_the_cheaper_counts),
        cmocka_unit_test(a_large_component_has_the_optimum_that_its_prices_prove),
        cmocka_unit_test(a_long_chain_moves_as_a_whole),
        cmocka_unit_test(nearest_sorts_groups_of_any_size),
        cmocka_unit_test(groups_do_not_touch_each_other),
        cmocka_unit_test(room_is_kept_until_it_has_to_grow),
    };
    return cmocka_run_group_tests(tests, open_stand, close_stand);
}
