/* SPDX-License-Identifier: Apache-2.0 */
/* Exports that do not come to their end, and chains of causes that do not fit into memory. */
#include <math.h>
#include <signal.h>
#include <sys/resource.h>

#include "full_disk.h"

#include "export.h"
#include "export_causes.h"
#include "export_internal.h"

static void write_result(fixture *f)
{
    make_fleet(f, 50, 1, 100);
    begin(f, "a.h5");
    assert_int_equal(record(f, 0, 100), QF_OK);
    assert_int_equal(finish(f, QF_OK), QF_OK);
}

static qf_status export_state(fixture *f, const char *to, bool force)
{
    const qf_export_wish wish = {.table = "state", .file = to};
    const qf_export_options options = {
        .wishes = &wish, .n_wishes = 1, .from_s = (double)NAN, .to_s = (double)NAN, .force = force};
    bool reader_gone;
    f->context.n_threads = 3;
    return qf_export(&f->context, "a.h5", &options, stderr, &reader_gone);
}

static void full_disk_leaves_nothing_and_what_was_there_before(void **state)
{
    fixture *f = *state;
    write_result(f);
    space_left = 10000;
    assert_int_equal(export_state(f, "a.csv", false), QF_ERROR_DISK_FULL);
    assert_error_says(f, "a.csv: cannot be written: No space left on device");
    assert_false(exists("a.csv"));
    assert_false(exists("a.csv.partial"));

    FILE *before = fopen("b.csv", "w");
    fputs("before", before);
    fclose(before);
    assert_int_equal(export_state(f, "b.csv", true), QF_ERROR_DISK_FULL);
    char text[16] = "";
    before = fopen("b.csv", "r");
    assert_non_null(fgets(text, sizeof text, before));
    fclose(before);
    assert_string_equal(text, "before");
    space_left = -1;
    assert_int_equal(export_state(f, "b.csv", true), QF_OK);
}

static void file_system_without_reservations_is_written_all_the_same(void **state)
{
    fixture *f = *state;
    write_result(f);
    reservation_error = EOPNOTSUPP;
    assert_int_equal(export_state(f, "a.csv", false), QF_OK);
    assert_true(exists("a.csv"));
}

static void limit_on_the_size_of_files_is_an_error_and_no_signal(void **state)
{
    fixture *f = *state;
    write_result(f);
    struct rlimit before;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    const struct rlimit small = {.rlim_cur = 5000, .rlim_max = before.rlim_max};
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    const qf_status status = export_state(f, "a.csv", false);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    assert_int_equal(status, QF_ERROR_WRITE);
    assert_false(exists("a.csv"));
    assert_false(exists("a.csv.partial"));
}

static void text_that_a_killed_export_left_is_taken_over_but_no_unfinished_result(void **state)
{
    fixture *f = *state;
    write_result(f);
    FILE *left = fopen("a.csv.partial", "w");
    fputs("half a li", left);
    fclose(left);
    assert_int_equal(export_state(f, "a.csv", false), QF_OK);
    assert_false(exists("a.csv.partial"));

    assert_int_equal(rename("a.h5", "b.csv.partial"), 0);
    assert_int_equal(link("b.csv.partial", "a.h5"), 0);
    for (int force = 0; force < 2; force++) {
        assert_int_equal(export_state(f, "b.csv", force), QF_ERROR_EXISTS);
        assert_error_says(f, "'b.csv.partial' is an unfinished result");
        assert_true(exists("b.csv.partial"));
    }
}

static void stop_that_is_asked_for_leaves_nothing(void **state)
{
    fixture *f = *state;
    write_result(f);
    const atomic_int stop = 1;
    const qf_export_wish wish = {.table = "state", .file = "a.csv"};
    const qf_export_options options = {
        .wishes = &wish, .n_wishes = 1, .from_s = (double)NAN, .to_s = (double)NAN, .stop = &stop};
    bool reader_gone;
    assert_int_equal(qf_export(&f->context, "a.h5", &options, stderr, &reader_gone),
                     QF_INTERRUPTED);
    assert_false(exists("a.csv"));
    assert_false(exists("a.csv.partial"));
}

/* roots of random chains, with causes from the last event to the very first */
static void check_roots(uint64_t window, uint64_t batch)
{
    enum { N = 20000 };
    static int64_t expected_root[N];
    qf_causes causes;
    uint64_t random = 7;
    assert_true(qf_causes_open(".", window, batch, &causes));
    for (int64_t i = 0; i < N; i++) {
        random = random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        const uint64_t draw = random >> 33;
        const int64_t back = draw % 3 == 0 ? 1 : (int64_t)(draw / 3 % (uint64_t)(i + 1));
        const int64_t cause = i == 0 || draw % 5 == 0 ? -1 : i - (back > 0 ? back : 1);
        int64_t root;
        expected_root[i] = cause < 0 ? i : expected_root[cause];
        assert_int_equal(qf_causes_next(&causes, cause, &root), 0);
        assert_int_equal(root, expected_root[i]);
    }
    assert_int_equal(causes.fd >= 0, N >= batch);
    qf_causes_close(&causes);
}

static void roots_are_found_whether_or_not_they_are_still_in_memory(void **state)
{
    (void)state;
    check_roots(8, 4);
    check_roots(64, 64);
    check_roots(1 << 10, 1 << 8);
    check_roots(1 << 16, 1 << 15);
}

static void causes_that_have_no_place_are_an_error(void **state)
{
    (void)state;
    qf_causes causes;
    int64_t root;
    assert_true(qf_causes_open("no/such/directory", 4, 2, &causes));
    assert_int_equal(qf_causes_next(&causes, -1, &root), 0);
    assert_int_equal(qf_causes_next(&causes, 0, &root), ENOENT);
    qf_causes_close(&causes);
}

static void times_are_read_and_written_as_the_calendar_has_them(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int64_t time_us;
    } known[] = {{"1970-01-01T00:00:00.000000Z", 0},
                 {"1969-12-31T23:59:59.999999Z", -1},
                 {"2000-02-29T12:30:15.250000Z", INT64_C(951827415250000)},
                 {"2026-11-22T01:38:35.000000Z", INT64_C(1795311515000000)},
                 {"9999-12-31T23:59:59.000000Z", INT64_C(253402300799000000)}};
    char text[QF_EXPORT_TIME_BYTES + 1] = "";
    int64_t time_us;
    for (size_t i = 0; i < COUNT(known); i++) {
        assert_true(qf_export_time_parse(known[i].text, &time_us));
        assert_int_equal(time_us, known[i].time_us);
        assert_true(qf_export_time_put(time_us, text));
        assert_string_equal(text, known[i].text);
    }
    static const char *const wrong[] = {"",
                                        "2026",
                                        "2026-01-31",
                                        "2026-01-31T12:00:00",
                                        "2026-01-31T12:00:00+01:00",
                                        "2026-02-30T12:00:00Z",
                                        "2026-01-31T25:00:00Z",
                                        "2026-01-31T12:00:60Z",
                                        "2026-01-31T12:00:00Z ",
                                        " 2026-01-31T12:00:00Z",
                                        "2026-1-31T12:00:00Z",
                                        "2026-01-31T12:00:00.Z",
                                        "2026-01-31T12:00:00.5",
                                        "2026-01-31 12:00:00Z",
                                        "yesterday"};
    for (size_t i = 0; i < COUNT(wrong); i++) {
        assert_false(qf_export_time_parse(wrong[i], &time_us));
    }
    assert_false(qf_export_time_put(INT64_C(253402300800000000), text));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        DISK_TEST(full_disk_leaves_nothing_and_what_was_there_before),
        DISK_TEST(file_system_without_reservations_is_written_all_the_same),
        DISK_TEST(limit_on_the_size_of_files_is_an_error_and_no_signal),
        DISK_TEST(text_that_a_killed_export_left_is_taken_over_but_no_unfinished_result),
        DISK_TEST(stop_that_is_asked_for_leaves_nothing),
        TEST(roots_are_found_whether_or_not_they_are_still_in_memory),
        TEST(causes_that_have_no_place_are_an_error),
        TEST(times_are_read_and_written_as_the_calendar_has_them),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
