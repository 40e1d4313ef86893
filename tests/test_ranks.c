/* SPDX-License-Identifier: Apache-2.0 */
/* Ranks: alone, and as the ranks of a job (tests/CMakeLists.txt starts it with one to four). */
#include "ranks.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static qf_context context;

static void open_ranks(void)
{
    context = qf_context_default();
    if (qf_ranks_open(&context) != QF_OK) {
        fprintf(stderr, "%s\n", context.error);
        exit(1);
    }
}

static void numbers_of_all_ranks_are_added(void **state)
{
    (void)state;
    const int64_t n = qf_n_ranks(&context);
    int64_t numbers[] = {qf_rank(&context) + 1, 7};
    qf_ranks_sum(&context, numbers, 2);
    assert_int_equal(numbers[0], n * (n + 1) / 2);
    assert_int_equal(numbers[1], 7 * n);
    int64_t most = 10 - qf_rank(&context);
    qf_ranks_most(&context, &most, 1);
    assert_int_equal(most, 10);
}

static void what_one_rank_has_becomes_everybodys(void **state)
{
    (void)state;
    const int last = qf_n_ranks(&context) - 1;
    int64_t number = qf_rank(&context) == last ? 42 : 0;
    qf_ranks_share(&context, last, &number, sizeof number);
    assert_int_equal(number, 42);
}

static void failure_of_the_last_rank_is_everybodys_and_names_it(void **state)
{
    (void)state;
    const int last = qf_n_ranks(&context) - 1;
    const qf_status own = qf_rank(&context) == last
                              ? qf_fail(&context, QF_ERROR_DISK_FULL, "no room on it")
                              : qf_fail(&context, QF_INTERRUPTED, "asked to end");
    assert_int_equal(qf_ranks_agree(&context, own), QF_ERROR_DISK_FULL);
    char expected[64];
    snprintf(expected, sizeof expected, "rank %d: no room on it", last);
    assert_string_equal(context.error, last > 0 ? expected : "no room on it");
}

static void all_agree_where_nobody_fails(void **state)
{
    (void)state;
    assert_int_equal(qf_ranks_agree(&context, QF_OK), QF_OK);
}

/* rank r has r bytes, rank 0 none */
static void check_gathered(bool to_all)
{
    const int n = qf_n_ranks(&context);
    char own[64];
    memset(own, 'a' + qf_rank(&context), sizeof own);
    qf_gathered gathered;
    assert_int_equal(qf_ranks_gather(&context, own, (size_t)qf_rank(&context), to_all, &gathered),
                     QF_OK);
    if (to_all || qf_rank(&context) == 0) {
        for (int r = 0; r < n; r++) {
            assert_int_equal(gathered.bytes_of[r], r);
            assert_int_equal(gathered.first[r] % 8, 0);
            for (int i = 0; i < r; i++) {
                assert_int_equal(gathered.bytes[gathered.first[r] + (size_t)i], 'a' + r);
            }
        }
    } else {
        assert_null(gathered.bytes);
    }
    qf_gathered_free(&gathered);
}

static void bytes_are_gathered_in_the_order_of_ranks(void **state)
{
    (void)state;
    check_gathered(true);
    check_gathered(false);
}

static void counter_hands_out_each_number_once(void **state)
{
    (void)state;
    enum { END = 1000 };
    static char mine[END];
    memset(mine, 0, sizeof mine);
    qf_counter *counter;
    assert_int_equal(qf_counter_open(&context, 5, &counter), QF_OK);
    for (int64_t k; (k = qf_counter_next(counter, 3)) < END;) {
        assert_true(k >= 5 && (k - 5) % 3 == 0);
        mine[k]++;
    }
    qf_counter_close(counter);
    qf_gathered gathered;
    assert_int_equal(qf_ranks_gather(&context, mine, sizeof mine, true, &gathered), QF_OK);
    for (size_t k = 0; k < END; k++) {
        int times = 0;
        for (int r = 0; r < qf_n_ranks(&context); r++) {
            times += gathered.bytes[gathered.first[r] + k];
        }
        assert_int_equal(times, k >= 5 && (k - 5) % 3 == 0);
    }
    qf_gathered_free(&gathered);
}

/* rank r has r % 3 words of value 100 r + k in each of two exchanges at a time */
static void exchanges_bring_everybodys_words(void **state)
{
    (void)state;
    const int n = qf_n_ranks(&context);
    size_t first[65] = {0};
    uint64_t all[2][64] = {{0}};
    qf_exchange exchanges[2];
    for (int r = 0; r < n; r++) {
        first[r + 1] = first[r] + (size_t)(r % 3);
    }
    for (int e = 0; e < 2; e++) {
        for (size_t i = first[qf_rank(&context)]; i < first[qf_rank(&context) + 1]; i++) {
            all[e][i] = (uint64_t)e * 1000 + i;
        }
        qf_exchange_begin(&context, all[e], first, &exchanges[e]);
        qf_exchange_poke(&exchanges[0]);
    }
    for (int e = 0; e < 2; e++) {
        qf_exchange_end(&exchanges[e]);
        for (size_t i = 0; i < first[n]; i++) {
            assert_int_equal(all[e][i], (size_t)e * 1000 + i);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_of_all_ranks_are_added),
        cmocka_unit_test(what_one_rank_has_becomes_everybodys),
        cmocka_unit_test(failure_of_the_last_rank_is_everybodys_and_names_it),
        cmocka_unit_test(all_agree_where_nobody_fails),
        cmocka_unit_test(bytes_are_gathered_in_the_order_of_ranks),
        cmocka_unit_test(counter_hands_out_each_number_once),
        cmocka_unit_test(exchanges_bring_everybodys_words),
    };
    open_ranks();
    const int failed = cmocka_run_group_tests(tests, NULL, NULL);
    qf_ranks_close(&context);
    return failed;
}
