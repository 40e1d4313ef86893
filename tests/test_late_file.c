/* SPDX-License-Identifier: Apache-2.0 */
/* Files of other processes, which come late. */
#include "late_file.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

static char directory[] = "/tmp/late-XXXXXX";
static char path[sizeof directory + 8];

static int setup(void **state)
{
    (void)state;
    if (!mkdtemp(directory)) {
        return -1;
    }
    snprintf(path, sizeof path, "%s/file", directory);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    (void)unlink(path);
    return rmdir(directory);
}

static void wait_ms(long ms)
{
    (void)nanosleep(&(struct timespec){.tv_nsec = ms * 1000000}, NULL);
}

/* five bytes at first, and five more later */
static pid_t write_slowly(void)
{
    const pid_t child = fork();
    if (child == 0) {
        wait_ms(150);
        FILE *file = fopen(path, "w");
        fputs("first", file);
        fflush(file);
        wait_ms(150);
        fputs("later", file);
        fclose(file);
        _exit(0);
    }
    return child;
}

static void what_does_not_come_is_waited_for_as_long_as_patience_lasts(void **state)
{
    (void)state;
    double patience_s = 0.2;
    assert_false(qf_late_file_seen(path, -1, &patience_s));
    assert_true(patience_s <= 0.0);
}

static void file_is_seen_when_it_has_all_of_its_bytes(void **state)
{
    (void)state;
    double patience_s = 30.0;
    const pid_t child = write_slowly();
    assert_true(qf_late_file_seen(path, -1, &patience_s));
    assert_true(patience_s < 30.0);
    const double before_s = patience_s;
    assert_true(qf_late_file_seen(path, 10, &patience_s));
    assert_true(patience_s < before_s);
    assert_int_equal(waitpid(child, NULL, 0), child);
    double left_s = 0.0;
    assert_true(qf_late_file_seen(path, 10, &left_s));
    assert_false(qf_late_file_seen(path, 11, &left_s));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_does_not_come_is_waited_for_as_long_as_patience_lasts),
        cmocka_unit_test(file_is_seen_when_it_has_all_of_its_bytes),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
