/* SPDX-License-Identifier: Apache-2.0 */
#include "report_stand.h"

static void cases_are_not_run_until_they_come(void **state)
{
    (void)state;
    qf_context context = qf_context_default();
    qf_sweep_table table;
    assert_int_equal(qf_sweep_table_create(&context, 3, 2, &table), QF_OK);
    assert_int_equal(table.count[QF_OUTCOME_NOT_RUN], 3);
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(table.outcome[i], QF_OUTCOME_NOT_RUN);
        assert_true(isnan(table.wall_s[i]) && isnan(table.metrics[i]) &&
                    isnan(table.metrics[3 + i]));
        assert_null(table.cause[i]);
    }
    const double metrics[] = {4.0, 5.0};
    const qf_case_result second = {.number = 1,
                                   .outcome = QF_OUTCOME_TIMED_OUT,
                                   .ticks = 77,
                                   .hash = 0xABCD,
                                   .wall_s = 0.5,
                                   .cause = "never docked",
                                   .metrics = metrics};
    assert_int_equal(qf_sweep_table_put(&context, &table, &second), QF_OK);
    assert_int_equal(table.count[QF_OUTCOME_NOT_RUN], 2);
    assert_int_equal(table.count[QF_OUTCOME_TIMED_OUT], 1);
    assert_int_equal(table.ticks[1], 77);
    assert_int_equal(table.hash[1], 0xABCD);
    assert_near(table.wall_s[1], 0.5, 0.0);
    assert_near(table.metrics[1], 4.0, 0.0); /* [metric][case] */
    assert_near(table.metrics[3 + 1], 5.0, 0.0);
    assert_string_equal(table.cause[1], "never docked");
    assert_ptr_not_equal(table.cause[1], second.cause);
    const qf_case_result failed = {.number = 2, .outcome = QF_OUTCOME_FAILED, .cause = "no file"};
    assert_int_equal(qf_sweep_table_put(&context, &table, &failed), QF_OK);
    assert_true(isnan(table.metrics[2]));
    qf_sweep_table_free(&table);
    assert_null(table.metrics);
}

static void a_case_comes_once_and_belongs_to_the_sweep(void **state)
{
    (void)state;
    qf_context context = qf_context_default();
    qf_sweep_table table;
    assert_int_equal(qf_sweep_table_create(&context, 2, 0, &table), QF_OK);
    const qf_case_result first = {.number = 0, .outcome = QF_OUTCOME_OK};
    assert_int_equal(qf_sweep_table_put(&context, &table, &first), QF_OK);
    assert_null(table.cause[0]);
    assert_int_equal(qf_sweep_table_put(&context, &table, &first), QF_ERROR_INTERNAL);
    const qf_case_result beyond = {.number = 2, .outcome = QF_OUTCOME_OK};
    assert_int_equal(qf_sweep_table_put(&context, &table, &beyond), QF_ERROR_INTERNAL);
    const qf_case_result unrun = {.number = 1, .outcome = QF_OUTCOME_NOT_RUN};
    assert_int_equal(qf_sweep_table_put(&context, &table, &unrun), QF_ERROR_INTERNAL);
    assert_int_equal(table.count[QF_OUTCOME_OK], 1);
    assert_int_equal(table.count[QF_OUTCOME_NOT_RUN], 1);
    qf_sweep_table_free(&table);
}

static void a_table_that_fits_nowhere_is_refused(void **state)
{
    (void)state;
    qf_context context = qf_context_default();
    qf_sweep_table table;
    assert_int_equal(qf_sweep_table_create(&context, SIZE_MAX / 4, 9, &table), QF_ERROR_MEMORY);
    assert_null(table.outcome);
    /* no cases are a table, too */
    assert_int_equal(qf_sweep_table_create(&context, 0, 0, &table), QF_OK);
    qf_sweep_table_free(&table);
}

static void samples_and_names_are_told_apart(void **state)
{
    (void)state;
    for (int i = 0; i < QF_SAMPLINGS; i++) {
        assert_non_null(qf_sampling_names[i]);
    }
    for (int i = 0; i < QF_OUTCOMES; i++) {
        assert_non_null(qf_outcome_names[i]);
    }
    assert_true(qf_sampling_is_sample(QF_SAMPLING_RANDOM));
    assert_true(qf_sampling_is_sample(QF_SAMPLING_LHS));
    assert_true(qf_sampling_is_sample(QF_SAMPLING_SOBOL));
    assert_false(qf_sampling_is_sample(QF_SAMPLING_GRID));
    assert_false(qf_sampling_is_sample(QF_SAMPLING_TABLE));
    assert_false(qf_sampling_is_sample(QF_SAMPLING_SALTELLI));
    assert_false(qf_sampling_is_sample(QF_SAMPLING_MORRIS));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cases_are_not_run_until_they_come),
        cmocka_unit_test(a_case_comes_once_and_belongs_to_the_sweep),
        cmocka_unit_test(a_table_that_fits_nowhere_is_refused),
        cmocka_unit_test(samples_and_names_are_told_apart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
