/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Each rank of a run saves what is its own, and all of them go on as if never stopped (test_archive.c has the same of one
 * process). Started alone, there is one rank.
 */
#include "archive_stand.h"
#include "ranks.h"

static void goes_on(const char *file, int64_t stop, int64_t n_ticks)
{
    qf_context context = qf_context_default();
    qf_diagnostics diagnostics;
    qf_scenario scenario = {0};
    account whole = {0};
    account in_parts = {0};
    growing archive = {0};
    course c;
    qf_diagnostics_init(&diagnostics);
    assert_int_equal(qf_scenario_read(&context, file, NULL, 0, &diagnostics, &scenario), QF_OK);
    begin_course(&c, &scenario, 1, NULL);
    advance_course(&c, n_ticks, &whole);
    close_account(&c, &whole);
    end_course(&c);

    begin_course(&c, &scenario, 2, NULL);
    advance_course(&c, stop, &in_parts);
    save_course(&c, &archive);
    end_course(&c);

    begin_course(&c, &scenario, 1, NULL);
    load_course(&c, &archive);
    advance_course(&c, n_ticks, &in_parts);
    close_account(&c, &in_parts);
    assert_same_account(&c.fleet, &in_parts, &whole, file);
    end_course(&c);
    free(archive.bytes);
    free_account(&whole);
    free_account(&in_parts);
    qf_scenario_free(&scenario);
    qf_diagnostics_free(&diagnostics);
}

static void ranks_go_on_as_if_never_stopped(void **state)
{
    static const char *const files[] = {
        TEST_SOURCE_DIR "/golden/tracks.yaml", TEST_SOURCE_DIR "/golden/behavior.yaml",
        TEST_SOURCE_DIR "/golden/ships_orbit.yaml", TEST_SOURCE_DIR "/golden/ships_free.yaml"};
    static const int64_t stops[] = {1, 64, 103};
    (void)state;
    for (size_t f = 0; f < COUNT(files); f++) {
        for (size_t k = 0; k < COUNT(stops); k++) {
            goes_on(files[f], stops[k], 130);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ranks_go_on_as_if_never_stopped),
    };
    qf_context context = qf_context_default();
    if (qf_ranks_open(&context) != QF_OK) {
        fprintf(stderr, "%s\n", context.error);
        return 1;
    }
    course_ranks = context.ranks;
    const int failed = cmocka_run_group_tests(tests, NULL, NULL);
    if (failed > 0 &&
        context.ranks) { /* the others may still wait for what this rank has not come to */
        qf_fail(&context, QF_ERROR_INTERNAL, "a test has failed");
        qf_ranks_abort(&context, QF_ERROR_INTERNAL);
    }
    qf_ranks_close(&context);
    return failed;
}
