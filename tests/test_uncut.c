/* SPDX-License-Identifier: Apache-2.0 */
/* Ending at once, but not in the middle of a change. */
#include "uncut.h"

/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

enum { LEFT = 42, STAYED = 43, CUT = 44, THREADS = 4, ROUNDS = 60 };

static atomic_int n_changing;

/* What leaves finds out whether anything was being changed. */
static void leave(void)
{
    _exit(n_changing == 0 ? LEFT : CUT);
}

static qf_uncut uncut = {.leave = leave};

/* How a process ends that does this. */
static int code_of(void (*act)(void))
{
    const pid_t child = fork();
    assert_int_not_equal(child, -1);
    if (child == 0) {
        (void)alarm(20);
        act();
        _exit(STAYED);
    }
    int how;
    assert_int_equal(waitpid(child, &how, 0), child);
    return WIFEXITED(how) ? WEXITSTATUS(how) : -1;
}

static void ask_outside(void)
{
    qf_uncut_begin(&uncut);
    qf_uncut_end(&uncut);
    qf_uncut_leave(&uncut);
}

static void ask_within(void)
{
    qf_uncut_begin(&uncut);
    n_changing = 1;
    qf_uncut_leave(&uncut);
    n_changing = 0; /* only now may it end */
    qf_uncut_end(&uncut);
}

static void ask_within_and_stay_there(void)
{
    qf_uncut_begin(&uncut);
    qf_uncut_leave(&uncut);
}

static void change_without_being_asked(void)
{
    qf_uncut_begin(&uncut);
    qf_uncut_end(&uncut);
    qf_uncut_begin(NULL);
    qf_uncut_end(NULL);
}

static void end_comes_after_the_last_change(void **state)
{
    (void)state;
    assert_int_equal(code_of(ask_outside), LEFT);
    assert_int_equal(code_of(ask_within), LEFT);
    assert_int_equal(code_of(ask_within_and_stay_there), STAYED);
    assert_int_equal(code_of(change_without_being_asked), STAYED);
}

static void *change_for_ever(void *unused)
{
    for (;;) {
        qf_uncut_begin(&uncut);
        n_changing++;
        for (volatile int i = 0; i < 50; i = i + 1) {
        }
        n_changing--;
        qf_uncut_end(&uncut);
    }
    return unused;
}

static void ask_while_threads_change(void)
{
    pthread_t threads[THREADS];
    for (int i = 0; i < THREADS; i++) {
        if (pthread_create(&threads[i], NULL, change_for_ever, NULL) != 0) {
            _exit(1);
        }
    }
    (void)usleep((useconds_t)(rand() % 1000));
    qf_uncut_leave(&uncut);
    for (;;) {
        (void)pause();
    }
}

static void no_thread_is_cut(void **state)
{
    (void)state;
    for (int i = 0; i < ROUNDS; i++) {
        srand((unsigned)i);
        assert_int_equal(code_of(ask_while_threads_change), LEFT);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(end_comes_after_the_last_change),
        cmocka_unit_test(no_thread_is_cut),
    };
    return cmocka_run_group_tests_name("uncut", tests, NULL, NULL);
}
