/* SPDX-License-Identifier: Apache-2.0 */
/* What the model of cost says where it can be said without it. */
#include "plan_model.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "fleet.h"

#define assert_close(a, b, tolerance) assert_true(fabs((a) - (b)) <= (tolerance))

/* a microsecond a vehicle, a hundredth of that for all; nothing is exchanged or recorded */
static qf_cost_model plain(void)
{
    return (qf_cost_model){.n_vehicles = 1000.0,
                           .own_s = 1e-6,
                           .replicated_s = 1e-8,
                           .copy_bytes_per_s = (double)INFINITY,
                           .disk_bytes_per_s = (double)INFINITY,
                           .latency_s = 0.0,
                           .link_bytes_per_s = (double)INFINITY,
                           .n_threads = 2};
}

static void one_rank_computes_and_exchanges_nothing(void **state)
{
    (void)state;
    qf_cost_model model = plain();
    model.latency_s = 1.0;
    model.meetings = 1.0;
    model.seen_bytes = 1e9;
    model.link_bytes_per_s = 1.0;
    model.copy_bytes_per_s = 1.0;
    const qf_tick_cost cost = qf_cost_of_tick(&model, 1);
    assert_close(cost.tick_s, 1000.0 * 1.01e-6 / 2.0, 1e-12);
    assert_close(cost.speed_up, 1.0, 1e-12);
    assert_int_equal(cost.most, QF_COST_COMPUTE);
}

/* Amdahl: 1 of 101 parts is everybody's */
static void speed_up_ends_where_every_rank_does_all(void **state)
{
    (void)state;
    const qf_cost_model model = plain();
    assert_close(qf_cost_of_tick(&model, 10).speed_up, 1.01 / (0.1 + 0.01), 1e-9);
    const qf_tick_cost far = qf_cost_of_tick(&model, 1000000);
    assert_true(far.speed_up < 101.0 && far.speed_up > 100.9);
    assert_int_equal(far.most, QF_COST_REPLICATED);
}

/* 8 ranks: seven messages of each part, and seven eighths of a kilobyte */
static void exchange_is_steps_and_what_the_others_have(void **state)
{
    (void)state;
    qf_cost_model model = plain();
    model.meetings = 0.5;
    model.latency_s = 2e-6;
    model.seen_bytes = 1.0;
    model.link_bytes_per_s = 1e9;
    const qf_tick_cost cost = qf_cost_of_tick(&model, 8);
    const double all_s = QF_EXCHANGE_PARTS * 0.5 * 7.0 * 2e-6 + 1000.0 * 7.0 / 8.0 / 1e9;
    assert_close(cost.seconds[QF_COST_EXCHANGE] + cost.hidden_s, all_s, 1e-15);
    /* there is time enough to hide it behind, but for what comes last */
    assert_close(cost.seconds[QF_COST_EXCHANGE], all_s / QF_EXCHANGE_PARTS, 1e-15);
}

static void exchange_cannot_hide_behind_less_than_it_takes(void **state)
{
    (void)state;
    qf_cost_model model = plain();
    model.meetings = 1.0;
    model.latency_s = 1.0;
    const qf_tick_cost cost = qf_cost_of_tick(&model, 2);
    const double compute_s = 1000.0 * 1e-6 / 4.0;
    assert_close(cost.hidden_s, compute_s * (1.0 - 1.0 / QF_EXCHANGE_PARTS), 1e-12);
    assert_int_equal(cost.most, QF_COST_EXCHANGE);
    assert_int_equal(qf_cost_best_ranks(&model, 1024), 1);
}

/* five pieces: three ranks have two, two and one; more than five have nothing more to share */
static void pieces_are_not_cut(void **state)
{
    (void)state;
    qf_cost_model model = plain();
    model.replicated_s = 0.0;
    model.n_pieces = 5.0;
    assert_close(qf_cost_of_tick(&model, 3).speed_up, 2.5, 1e-12);
    assert_close(qf_cost_of_tick(&model, 4).speed_up, 2.5, 1e-12);
    assert_close(qf_cost_of_tick(&model, 1000).speed_up, 5.0, 1e-12);
    model.n_pieces = 1.0;
    assert_close(qf_cost_of_tick(&model, 1000).speed_up, 1.0, 1e-12);
}

static void best_number_of_ranks_may_be_the_most(void **state)
{
    (void)state;
    const qf_cost_model model = plain();
    const size_t looked_at[] = {1, 2, 4, 6, 7};
    for (size_t i = 0; i + 1 < sizeof looked_at / sizeof *looked_at; i++) {
        assert_int_equal(qf_cost_next(looked_at[i], 6), looked_at[i + 1]);
    }
    assert_int_equal(qf_cost_best_ranks(&model, 6), 6);
    assert_int_equal(qf_cost_best_ranks(&model, 1), 1);
}

static void recording_counts_where_it_takes_longer_than_the_rest(void **state)
{
    (void)state;
    qf_cost_model model = plain();
    model.record_bytes = 8.0;
    model.disk_bytes_per_s = 1e6;
    const qf_tick_cost cost = qf_cost_of_tick(&model, 4);
    assert_close(cost.tick_s, 1000.0 * 8.0 / 4.0 / 1e6, 1e-12);
    assert_int_equal(cost.most, QF_COST_DISK);
    assert_close(cost.speed_up, 4.0, 1e-9); /* each has a disk of its own */
}

static void sweep_is_as_long_as_its_longest_case(void **state)
{
    (void)state;
    const qf_sweep_cost cost = {.n_cases = 100.0, .case_s = 3.0, .n_threads = 4};
    assert_close(qf_cost_of_sweep(&cost, 5).cases_s, 15.0, 1e-12);
    assert_close(qf_cost_of_sweep(&cost, 5).efficiency, 1.0, 1e-12);
    assert_close(qf_cost_of_sweep(&cost, 1000).wall_s, 3.0, 1e-12);
}

static void concluding_grows_with_shards_and_cases(void **state)
{
    (void)state;
    const qf_sweep_cost cost = {.n_cases = 1000.0,
                                .case_s = 1e-9,
                                .per_shard_s = 0.25,
                                .per_case_s = 0.001,
                                .start_s = 2.0,
                                .tail_cases = 0.0,
                                .n_threads = 1};
    const qf_sweep_time time = qf_cost_of_sweep(&cost, 8);
    assert_close(time.conclude_s, 2.0 + 1.0, 1e-12);
    assert_close(time.wall_s, 2.0 + 3.0 + time.cases_s, 1e-12);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_rank_computes_and_exchanges_nothing),
        cmocka_unit_test(speed_up_ends_where_every_rank_does_all),
        cmocka_unit_test(exchange_is_steps_and_what_the_others_have),
        cmocka_unit_test(exchange_cannot_hide_behind_less_than_it_takes),
        cmocka_unit_test(pieces_are_not_cut),
        cmocka_unit_test(best_number_of_ranks_may_be_the_most),
        cmocka_unit_test(recording_counts_where_it_takes_longer_than_the_rest),
        cmocka_unit_test(sweep_is_as_long_as_its_longest_case),
        cmocka_unit_test(concluding_grows_with_shards_and_cases),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
