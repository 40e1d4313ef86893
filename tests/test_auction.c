/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The auction against the assignment of least cost (assignment.h), which leaves a row or column alone at no cost here, as
 * the auction does: costs are gains, turned round.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "assignment.h"
#include "auction.h"

enum { MOST = 160 };

typedef struct stand {
    qf_assignment *assignment;
    qf_auction_bidder bidders[MOST];
    qf_auction_lot lots[MOST];
    uint32_t n_bidders, n_lots;
    uint32_t lot_of[MOST];
    qf_candidate candidates[MOST * MOST];
    uint64_t random;
} stand;

static int open_stand(void **state)
{
    stand *s = calloc(1, sizeof *s);
    assert_non_null(s);
    s->assignment = qf_assignment_create();
    assert_non_null(s->assignment);
    s->random = 7;
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

static double uniform(stand *s)
{
    s->random = s->random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (double)(s->random >> 40) * 0x1p-24;
}

/* runs it, and checks that it is an assignment; returns its sum of gains */
static double auction(stand *s, double epsilon)
{
    void *memory = malloc(qf_auction_bytes(s->n_bidders, s->n_lots) + 1);
    assert_non_null(memory);
    qf_auction(s->bidders, s->n_bidders, s->lots, s->n_lots, epsilon, memory, s->lot_of);
    free(memory);
    bool taken[MOST] = {false};
    double sum = 0.0;
    for (uint32_t b = 0; b < s->n_bidders; b++) {
        if (s->lot_of[b] != QF_NO_LOT) {
            assert_true(s->lot_of[b] < s->n_lots);
            assert_false(taken[s->lot_of[b]]);
            taken[s->lot_of[b]] = true;
            const double gain = qf_auction_gain(s->bidders, s->lots, b, s->lot_of[b]);
            assert_true(gain > 0.0);
            sum += gain;
        }
    }
    return sum;
}

/* the largest sum of gains: rows and columns left alone cost `alone` a pair, so that a gain is what a pair saves */
static double largest_sum(stand *s)
{
    static uint32_t column_of[MOST], row_of[MOST];
    const double alone = 0x1p20;
    size_t n = 0;
    for (uint32_t b = 0; b < s->n_bidders; b++) {
        for (uint32_t l = 0; l < s->n_lots; l++) {
            const double gain = qf_auction_gain(s->bidders, s->lots, b, l);
            if (gain > 0.0) {
                s->candidates[n++] = (qf_candidate){b, l, alone - gain};
            }
        }
    }
    assert_true(qf_assign_exact(s->assignment, s->candidates, n, alone, s->n_bidders, s->n_lots,
                                column_of, row_of));
    double sum = 0.0;
    for (uint32_t b = 0; b < s->n_bidders; b++) {
        if (column_of[b] != QF_UNASSIGNED) {
            sum += qf_auction_gain(s->bidders, s->lots, b, column_of[b]);
        }
    }
    return sum;
}

static void scatter(stand *s, uint32_t n_bidders, uint32_t n_lots, double grid_m)
{
    s->n_bidders = n_bidders;
    s->n_lots = n_lots;
    for (uint32_t k = 0; k < MOST; k++) {
        for (int d = 0; d < 3; d++) {
            const double at = 1000.0 * uniform(s);
            const double of = 1000.0 * uniform(s);
            s->bidders[k].position_m[d] = grid_m > 0.0 ? floor(at / grid_m) * grid_m : at;
            s->lots[k].position_m[d] = grid_m > 0.0 ? floor(of / grid_m) * grid_m : of;
        }
        s->bidders[k].held = QF_NO_LOT;
        s->lots[k].value = grid_m > 0.0 ? 1500.0 : 200.0 + 1300.0 * uniform(s);
        s->lots[k].keep = 0.0;
    }
}

static void assert_as_good(stand *s, double epsilon)
{
    const double best = largest_sum(s);
    const double found = auction(s, epsilon);
    const double allowed = epsilon * (s->n_bidders + s->n_lots) + 1e-9 * best;
    if (!(found >= best - allowed && found <= best + 1e-9 * best)) {
        fail_msg("%u bidders, %u lots: %.9g, the best is %.9g", s->n_bidders, s->n_lots, found,
                 best);
    }
}

static void its_sum_is_within_epsilon_for_each_of_the_largest(void **state)
{
    stand *s = *state;
    static const uint32_t sizes[][2] = {{1, 1},  {1, 9},  {9, 1},   {2, 2},    {3, 7},   {7, 3},
                                        {20, 5}, {5, 20}, {60, 60}, {160, 40}, {40, 160}};
    for (size_t k = 0; k < sizeof sizes / sizeof *sizes; k++) {
        for (int trial = 0; trial < 12; trial++) {
            scatter(s, sizes[k][0], sizes[k][1], 0.0);
            assert_as_good(s, trial % 2 ? 0.01 : 5.0);
        }
    }
}

/* wherever many gains are equal */
static void equal_gains_do_not_keep_it_from_the_best(void **state)
{
    stand *s = *state;
    for (int trial = 0; trial < 20; trial++) {
        scatter(s, 3 + (uint32_t)trial * 3, 60 - (uint32_t)trial * 2, 500.0);
        assert_as_good(s, 0.01);
    }
    scatter(s, 100, 30, 1e6); /* all at one place */
    assert_as_good(s, 0.01);
    scatter(s, 30, 100, 1e6);
    assert_as_good(s, 0.01);
}

/* on a line: the nearest first is 14 and then 2; the other way 7 and 11 */
static void the_sum_counts_and_not_who_is_nearest(void **state)
{
    stand *s = *state;
    scatter(s, 2, 2, 1e6);
    s->bidders[0].position_m[0] = 0.0;
    s->bidders[1].position_m[0] = -5.0;
    s->lots[0].position_m[0] = -1.0;
    s->lots[1].position_m[0] = 8.0;
    s->lots[0].value = s->lots[1].value = 15.0;
    auction(s, 0.01);
    assert_int_equal(s->lot_of[0], 1);
    assert_int_equal(s->lot_of[1], 0);
}

static void nobody_goes_where_the_way_is_worth_more(void **state)
{
    stand *s = *state;
    scatter(s, 3, 2, 1e6);
    s->lots[0].value = 0x1p-30;
    s->lots[1].value = 10.0;
    for (int b = 0; b < 3; b++) {
        s->bidders[b].position_m[1] = 10.0 + b;
    }
    auction(s, 0.01);
    for (int b = 0; b < 3; b++) {
        assert_int_equal(s->lot_of[b], QF_NO_LOT);
    }
    s->bidders[2].position_m[1] = 9.0;
    auction(s, 0.01);
    assert_int_equal(s->lot_of[2], 1);
    s->n_bidders = 0;
    assert_true(auction(s, 0.01) == 0.0);
    s->n_bidders = 3;
    s->n_lots = 0;
    assert_true(auction(s, 0.01) == 0.0);
}

/* who holds a lot keeps it until somebody is nearer by more than `keep` */
static void whoever_holds_a_lot_keeps_it_for_a_small_difference(void **state)
{
    stand *s = *state;
    for (int holder = 0; holder < 2; holder++) {
        scatter(s, 2, 1, 1e6);
        s->lots[0].value = 1000.0;
        s->lots[0].keep = 100.0;
        s->bidders[holder].held = 0;
        s->bidders[holder].position_m[2] = 500.0;
        s->bidders[1 - holder].position_m[2] = 401.0;
        auction(s, 0.01);
        assert_int_equal(s->lot_of[holder], 0);
        s->bidders[1 - holder].position_m[2] = 399.0;
        auction(s, 0.01);
        assert_int_equal(s->lot_of[1 - holder], 0);
    }
}

/* sizes and gains far apart: unit, steps and prices stay whole numbers */
static void it_ends_whatever_the_gains(void **state)
{
    stand *s = *state;
    static const double factors[] = {1e-9, 1.0, 1e9};
    for (size_t k = 0; k < 3; k++) {
        scatter(s, 50, 50, 0.0);
        for (uint32_t i = 0; i < 50; i++) {
            s->lots[i].value *= factors[k];
        }
        auction(s, 1e-12);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(its_sum_is_within_epsilon_for_each_of_the_largest),
        cmocka_unit_test(equal_gains_do_not_keep_it_from_the_best),
        cmocka_unit_test(the_sum_counts_and_not_who_is_nearest),
        cmocka_unit_test(nobody_goes_where_the_way_is_worth_more),
        cmocka_unit_test(whoever_holds_a_lot_keeps_it_for_a_small_difference),
        cmocka_unit_test(it_ends_whatever_the_gains),
    };
    return cmocka_run_group_tests(tests, open_stand, close_stand);
}
