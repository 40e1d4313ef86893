/* SPDX-License-Identifier: Apache-2.0 */
#include "status.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "context.h"

/* the contract of the command line */
static void every_status_has_its_exit_code(void **state)
{
    (void)state;
    static const struct {
        qf_status status;
        int exit_code;
    } contract[] = {
        {QF_OK, 0},
        {QF_DIFFERENT, 1},
        {QF_ERROR_USAGE, 2},
        {QF_ERROR_SCENARIO, 2},
        {QF_ERROR_EXISTS, 2},
        {QF_ERROR_OUTPUT, 2},
        {QF_ERROR_MEMORY, 3},
        {QF_ERROR_READ, 3},
        {QF_ERROR_WRITE, 3},
        {QF_ERROR_DISK_FULL, 3},
        {QF_ERROR_INTERNAL, 3},
        {QF_INTERRUPTED, 75},
    };
    assert_int_equal(sizeof contract / sizeof *contract, QF_STATUS_COUNT);
    for (size_t k = 0; k < QF_STATUS_COUNT; k++) {
        assert_int_equal(qf_status_exit_code(contract[k].status), contract[k].exit_code);
    }
}

static void every_status_has_a_sentence_of_its_own(void **state)
{
    (void)state;
    for (int a = 0; a < QF_STATUS_COUNT; a++) {
        assert_true(*qf_status_text((qf_status)a) != '\0');
        for (int b = 0; b < a; b++) {
            assert_string_not_equal(qf_status_text((qf_status)a), qf_status_text((qf_status)b));
        }
    }
}

static void a_status_that_is_none_is_a_failure(void **state)
{
    (void)state;
    assert_string_equal(qf_status_text(QF_STATUS_COUNT), "unknown status");
    assert_string_equal(qf_status_text((qf_status)-1), "unknown status");
    assert_int_equal(qf_status_exit_code(QF_STATUS_COUNT), 3);
    assert_int_equal(qf_status_exit_code((qf_status)-1), 3);
}

static void a_failure_keeps_its_details_and_returns_its_status(void **state)
{
    (void)state;
    qf_context context = qf_context_default();
    assert_int_equal(context.n_threads, 1);
    assert_string_equal(context.error, "");
    assert_int_equal(qf_fail(&context, QF_ERROR_READ, "%s: line %d", "a.yaml", 7), QF_ERROR_READ);
    assert_string_equal(context.error, "a.yaml: line 7");
    /* too long: cut, and terminated */
    qf_fail(&context, QF_ERROR_READ, "%2000d", 1);
    assert_int_equal(strlen(context.error), sizeof context.error - 1);
}

static void keep_line(void *user, qf_log_level level, const char *line)
{
    assert_int_equal(level, QF_LOG_WARNING);
    strcpy(user, line);
}

static void log_lines_reach_the_hook_whole_and_are_dropped_without_one(void **state)
{
    (void)state;
    char line[2048] = "";
    qf_context context = qf_context_default();
    qf_log(&context, QF_LOG_WARNING, "tick=%d", 5);
    context.log = keep_line;
    context.log_user = line;
    qf_log(&context, QF_LOG_WARNING, "disk tick=%d rank=%d", 5, 0);
    assert_string_equal(line, "disk tick=5 rank=0");
    qf_log(&context, QF_LOG_WARNING, "%2000d", 1);
    assert_int_equal(strlen(line), 1023);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_status_has_its_exit_code),
        cmocka_unit_test(every_status_has_a_sentence_of_its_own),
        cmocka_unit_test(a_status_that_is_none_is_a_failure),
        cmocka_unit_test(a_failure_keeps_its_details_and_returns_its_status),
        cmocka_unit_test(log_lines_reach_the_hook_whole_and_are_dropped_without_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
