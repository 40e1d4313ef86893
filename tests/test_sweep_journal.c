/* SPDX-License-Identifier: Apache-2.0 */
/* The journal of a shard: killed and damaged anywhere, it gives back what was whole. */
#include "sweep_journal.h"

/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

enum { N = 8, N_METRICS = 2, KEY = 77 };

static char directory[] = "/tmp/test_sweep_journal.XXXXXX";
static char path[64];
static int n_warnings;
static bool disk_is_full;

/* The reservation of disk space, replaced so that a disk can be full. */
int fallocate(int fd, int mode, off_t offset, off_t length)
{
    (void)fd;
    (void)mode;
    (void)offset;
    (void)length;
    errno = disk_is_full ? ENOSPC : EOPNOTSUPP;
    return -1;
}

static void count_warnings(void *user, qf_log_level level, const char *line)
{
    (void)user;
    (void)line;
    n_warnings += level >= QF_LOG_WARNING;
}

static qf_context make_context(void)
{
    qf_context context = qf_context_default();
    context.log = count_warnings;
    n_warnings = 0;
    return context;
}

static void append_case(qf_context *context, qf_journal *journal, uint32_t number)
{
    const double metrics[N_METRICS] = {number % 2 ? (double)NAN : number * 1.5, (double)NAN};
    qf_case_result result = {.number = number,
                             .outcome = number % 2 ? QF_OUTCOME_FAILED : QF_OUTCOME_OK,
                             .ticks = number + 10,
                             .hash = number * 1000003ull,
                             .wall_s = 0.5,
                             .metrics = metrics};
    snprintf(result.cause, sizeof result.cause, "%s", number % 2 ? "odd" : "");
    assert_int_equal(qf_journal_append(context, journal, &result, 1), QF_OK);
}

/* Cases n - 1 ... 0; how long the file is then. */
static off_t write_cases(uint32_t n)
{
    struct stat file;
    qf_journal journal;
    qf_context context = make_context();
    (void)unlink(path);
    assert_int_equal(qf_journal_open(&context, path, N_METRICS, KEY, &journal), QF_OK);
    assert_true(qf_journal_is_empty(&journal));
    assert_int_equal(qf_journal_begin(&context, &journal), QF_OK);
    for (uint32_t i = n; i-- > 0;) {
        append_case(&context, &journal, i);
    }
    qf_journal_close(&journal, false);
    assert_int_equal(stat(path, &file), 0);
    return file.st_size;
}

static qf_status read_cases(qf_sweep_table *table)
{
    qf_journal journal;
    qf_context context = make_context();
    assert_int_equal(qf_sweep_table_create(&context, N, N_METRICS, table), QF_OK);
    qf_status status = qf_journal_open(&context, path, N_METRICS, KEY, &journal);
    if (status == QF_OK) {
        status = qf_journal_read(&context, &journal, 0, N, table);
        qf_journal_close(&journal, false);
    }
    return status;
}

static void assert_case(const qf_sweep_table *table, uint32_t k)
{
    assert_int_equal(table->outcome[k], k % 2 ? QF_OUTCOME_FAILED : QF_OUTCOME_OK);
    assert_int_equal(table->ticks[k], k + 10);
    assert_int_equal(table->hash[k], k * 1000003ull);
    assert_true(k % 2 ? isnan(table->metrics[k]) : table->metrics[k] == k * 1.5);
    assert_true(isnan(table->metrics[N + k]));
    if (k % 2) {
        assert_string_equal(table->cause[k], "odd");
    } else {
        assert_null(table->cause[k]);
    }
}

static void every_case_comes_back(void **state)
{
    (void)state;
    qf_sweep_table table;
    write_cases(N);
    assert_int_equal(read_cases(&table), QF_OK);
    assert_int_equal(n_warnings, 0);
    for (uint32_t k = 0; k < N; k++) {
        assert_case(&table, k);
    }
    qf_sweep_table_free(&table);
}

static void cut_at_any_byte_loses_only_what_was_cut(void **state)
{
    (void)state;
    const off_t whole = write_cases(N);
    const off_t record = whole - write_cases(N - 1);
    const off_t header = whole - N * record;
    write_cases(N);
    for (off_t length = whole; length >= whole - 3 * record; length--) {
        qf_sweep_table table;
        struct stat file;
        assert_int_equal(truncate(path, length), 0);
        assert_int_equal(read_cases(&table), QF_OK);
        const uint32_t kept = (uint32_t)((length - header) / record);
        assert_int_equal(table.count[QF_OUTCOME_NOT_RUN], N - kept);
        assert_int_equal(n_warnings, (length - header) % record != 0);
        for (uint32_t k = N - kept; k < N; k++) {
            assert_case(&table, k);
        }
        assert_int_equal(stat(path, &file), 0);
        assert_int_equal(file.st_size, header + kept * record);
        qf_sweep_table_free(&table);
        if (file.st_size < length) {
            write_cases(N); /* the torn record is gone: cut the next one byte shorter */
        }
    }
}

static void any_changed_byte_costs_one_record_at_most(void **state)
{
    (void)state;
    const off_t whole = write_cases(3);
    for (off_t at = 0; at < whole; at++) {
        qf_sweep_table table;
        write_cases(3);
        FILE *file = fopen(path, "r+b");
        assert_int_equal(fseeko(file, at, SEEK_SET), 0);
        const int byte = fgetc(file);
        assert_int_equal(fseeko(file, at, SEEK_SET), 0);
        assert_true(fputc(byte ^ 4, file) != EOF);
        assert_int_equal(fclose(file), 0);
        assert_int_equal(read_cases(&table), QF_OK);
        assert_int_equal(n_warnings, 1);
        const size_t n_lost = table.count[QF_OUTCOME_NOT_RUN] - (N - 3);
        const off_t record = (whole - 40) / 3;
        assert_int_equal(whole - 3 * record, 40); /* the header */
        assert_int_equal(n_lost, at >= 40);
        for (uint32_t k = 0; k < 3; k++) {
            if (table.outcome[k] != QF_OUTCOME_NOT_RUN) {
                assert_case(&table, k);
            }
        }
        qf_sweep_table_free(&table);
    }
}

static void dropped_case_can_be_appended_again(void **state)
{
    (void)state;
    qf_sweep_table table;
    qf_journal journal;
    qf_context context = make_context();
    const off_t whole = write_cases(3);
    FILE *file = fopen(path, "r+b");
    assert_int_equal(fseeko(file, whole - 1, SEEK_SET), 0);
    assert_true(fputc(0xa5, file) != EOF);
    assert_int_equal(fclose(file), 0);
    assert_int_equal(read_cases(&table), QF_OK);
    assert_int_equal(table.outcome[0], QF_OUTCOME_NOT_RUN);
    assert_int_equal(qf_journal_open(&context, path, N_METRICS, KEY, &journal), QF_OK);
    append_case(&context, &journal, 0);
    qf_journal_close(&journal, false);
    qf_sweep_table_free(&table);
    assert_int_equal(read_cases(&table), QF_OK);
    assert_case(&table, 0);
    qf_sweep_table_free(&table);
}

static void case_twice_is_refused(void **state)
{
    (void)state;
    qf_sweep_table table;
    qf_journal journal;
    qf_context context = make_context();
    write_cases(3);
    assert_int_equal(qf_journal_open(&context, path, N_METRICS, KEY, &journal), QF_OK);
    append_case(&context, &journal, 1);
    qf_journal_close(&journal, false);
    assert_int_equal(read_cases(&table), QF_ERROR_READ);
    qf_sweep_table_free(&table);
}

static void journal_of_another_sweep_is_refused(void **state)
{
    (void)state;
    qf_journal journal;
    qf_sweep_table table;
    qf_context context = make_context();
    write_cases(3);
    assert_int_equal(qf_sweep_table_create(&context, N, N_METRICS, &table), QF_OK);
    assert_int_equal(qf_journal_open(&context, path, N_METRICS, KEY + 1, &journal), QF_OK);
    assert_int_equal(qf_journal_read(&context, &journal, 0, N, &table), QF_ERROR_READ);
    qf_journal_close(&journal, false);
    qf_sweep_table_free(&table);
}

static void second_process_is_kept_out(void **state)
{
    (void)state;
    qf_journal first;
    qf_journal second;
    qf_context context = make_context();
    (void)unlink(path);
    assert_int_equal(qf_journal_open(&context, path, N_METRICS, KEY, &first), QF_OK);
    assert_int_equal(qf_journal_open(&context, path, N_METRICS, KEY, &second), QF_ERROR_EXISTS);
    assert_non_null(strstr(context.error, "another process"));
    qf_journal_close(&first, false);
    assert_int_equal(qf_journal_open(&context, path, N_METRICS, KEY, &second), QF_OK);
    qf_journal_close(&second, true);
    assert_int_not_equal(access(path, F_OK), 0);
}

static void expect_refusal(qf_status expected)
{
    qf_journal journal;
    qf_sweep_table table;
    qf_context context = make_context();
    assert_int_equal(qf_journal_open(&context, path, N_METRICS, KEY, &journal), QF_OK);
    const double metrics[N_METRICS] = {0};
    const qf_case_result result = {.number = 5, .metrics = metrics};
    assert_int_equal(qf_journal_append(&context, &journal, &result, 1), expected);
    disk_is_full = false;
    qf_journal_close(&journal, false);
    assert_int_equal(read_cases(&table), QF_OK);
    assert_int_equal(n_warnings, 0);
    assert_int_equal(table.count[QF_OUTCOME_NOT_RUN], N - 3);
    qf_sweep_table_free(&table);
}

static void full_disk_keeps_what_was_written(void **state)
{
    (void)state;
    write_cases(3);
    disk_is_full = true;
    expect_refusal(QF_ERROR_DISK_FULL);
}

static void limit_of_file_size_keeps_what_was_written(void **state)
{
    (void)state;
    struct rlimit old;
    const off_t length = write_cases(3);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
    const struct rlimit limit = {(rlim_t)length + 100, old.rlim_max};
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
    expect_refusal(QF_ERROR_WRITE);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_case_comes_back),
        cmocka_unit_test(cut_at_any_byte_loses_only_what_was_cut),
        cmocka_unit_test(any_changed_byte_costs_one_record_at_most),
        cmocka_unit_test(dropped_case_can_be_appended_again),
        cmocka_unit_test(case_twice_is_refused),
        cmocka_unit_test(journal_of_another_sweep_is_refused),
        cmocka_unit_test(second_process_is_kept_out),
        cmocka_unit_test(full_disk_keeps_what_was_written),
        cmocka_unit_test(limit_of_file_size_keeps_what_was_written),
    };
    if (!mkdtemp(directory)) {
        return 1;
    }
    snprintf(path, sizeof path, "%s/journal", directory);
    const int failed = cmocka_run_group_tests(tests, NULL, NULL);
    (void)unlink(path);
    (void)rmdir(directory);
    return failed;
}
