/* SPDX-License-Identifier: Apache-2.0 */
/* Result files that cannot be written, or not to their end. */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "full_disk.h"

/* ---- names that are taken or cannot be written ---- */

static void existing_file_is_replaced_by_force_only(void **state)
{
    fixture *f = *state;
    make_fleet(f, 3, 1, 10);
    FILE *mine = fopen("a.h5", "w");
    fputs("\x89HDF\r\n\x1a\nmine", mine);
    fclose(mine);
    assert_int_equal(create(f, "a.h5", false), QF_ERROR_EXISTS);
    assert_error_says(f, "exists already");
    assert_false(exists("a.h5.partial"));

    assert_int_equal(create(f, "a.h5", true), QF_OK);
    char text[8] = "";
    mine = fopen("a.h5", "r");
    assert_non_null(fgets(text, sizeof text, mine)); /* untouched until the new one is complete */
    fclose(mine);
    assert_string_equal(text, "\x89HDF\r\n");
    assert_int_equal(record(f, 0, 3), QF_OK);
    assert_int_equal(finish(f, QF_OK), QF_OK);
    const hid_t file = open_result("a.h5");
    assert_records(f, file, 3);
    H5Fclose(file);
}

static void file_that_is_no_result_is_not_replaced_by_force_either(void **state)
{
    fixture *f = *state;
    make_fleet(f, 3, 1, 10);
    FILE *scenario = fopen("a.yaml", "w");
    fputs("schema: qfleet/1\n", scenario);
    fclose(scenario);
    assert_int_equal(create(f, "a.yaml", true), QF_ERROR_OUTPUT);
    assert_error_says(f, "not a result file");
    assert_false(exists("a.yaml.partial"));
}

static void partial_file_that_is_replaced_during_the_run_is_not_taken_for_the_result(void **state)
{
    fixture *f = *state;
    make_fleet(f, 3, 1, 10);
    begin(f, "a.h5");
    assert_int_equal(record(f, 0, 3), QF_OK);
    assert_int_equal(unlink("a.h5.partial"), 0);
    FILE *other = fopen("a.h5.partial", "w");
    fputs("other", other);
    fclose(other);
    assert_int_equal(finish(f, QF_OK), QF_ERROR_WRITE);
    assert_error_says(f, "removed or replaced");
    assert_false(exists("a.h5"));
}

static void file_that_appears_during_the_run_is_not_replaced(void **state)
{
    fixture *f = *state;
    make_fleet(f, 3, 1, 10);
    begin(f, "a.h5");
    fclose(fopen("a.h5", "w"));
    assert_int_equal(finish(f, QF_OK), QF_ERROR_WRITE);
    assert_error_says(f, "appeared while the run went on");
    struct stat file;
    assert_int_equal(stat("a.h5", &file), 0);
    assert_int_equal(file.st_size, 0);
    const hid_t partial = open_result("a.h5.partial");
    assert_attribute(partial, "/", "status", "complete");
    H5Fclose(partial);
}

static void left_partial_file_is_replaced_by_force_only(void **state)
{
    fixture *f = *state;
    make_fleet(f, 3, 1, 10);
    begin(f, "a.h5");
    assert_int_equal(record(f, 0, 5), QF_OK);
    assert_int_equal(finish(f, QF_INTERRUPTED), QF_INTERRUPTED);
    assert_int_equal(create(f, "a.h5", false), QF_ERROR_EXISTS);
    assert_error_says(f, "an earlier run left its unfinished result");
    const hid_t file = open_result("a.h5.partial");
    assert_records(f, file, 5);
    H5Fclose(file);
    assert_int_equal(create(f, "a.h5", true), QF_OK);
    assert_int_equal(record(f, 0, 2), QF_OK);
    assert_int_equal(finish(f, QF_OK), QF_OK);
    assert_false(exists("a.h5.partial"));
}

static void file_that_is_being_written_is_not_replaced_even_by_force(void **state)
{
    fixture *f = *state;
    make_fleet(f, 3, 1, 10);
    begin(f, "a.h5");
    qf_results *first = f->results;
    assert_int_equal(record(f, 0, 2), QF_OK);
    assert_int_equal(create(f, "a.h5", false), QF_ERROR_EXISTS);
    assert_error_says(f, "another process is writing");
    assert_int_equal(create(f, "a.h5", true), QF_ERROR_EXISTS);
    assert_error_says(f, "another process is writing");
    f->results = first;
    assert_int_equal(record(f, 2, 4), QF_OK);
    assert_int_equal(finish(f, QF_OK), QF_OK);
    const hid_t file = open_result("a.h5");
    assert_records(f, file, 4);
    H5Fclose(file);
}

static void unusable_names_are_explained(void **state)
{
    fixture *f = *state;
    make_fleet(f, 3, 1, 10);
    assert_int_equal(mkdir("directory", 0777), 0);
    assert_int_equal(symlink("nowhere", "link"), 0);
    static const struct {
        const char *path;
        const char *words;
    } cases[] = {
        {"", "name of the output file is empty"},
        {"missing/a.h5", "there is no directory 'missing'"},
        {"directory", "is a directory"},
        {"missing/", "names a directory"},
        {"link", "is not a regular file"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        assert_int_equal(create(f, cases[i].path, true), QF_ERROR_OUTPUT);
        assert_null(f->results);
        assert_error_says(f, cases[i].words);
    }
}

static void directory_without_permission_is_explained(void **state)
{
    fixture *f = *state;
    make_fleet(f, 3, 1, 10);
    assert_int_equal(mkdir("locked", 0555), 0);
    /* root may write anywhere, so for a moment it is somebody else */
    const bool was_root = geteuid() == 0;
    assert_int_equal(was_root ? seteuid(65534) : 0, 0);
    const qf_status status = create(f, "locked/a.h5", false);
    assert_int_equal(was_root ? seteuid(0) : 0, 0);
    assert_int_equal(status, QF_ERROR_OUTPUT);
    assert_error_says(f, "no permission to write in directory 'locked'");
}

/* ---- runs that end early ---- */

static void interrupted_run_leaves_a_partial_file_that_says_so(void **state)
{
    fixture *f = *state;
    make_fleet(f, 1000, 1, 1000);
    begin(f, "a.h5");
    assert_int_equal(record(f, 0, 200), QF_OK);
    assert_int_equal(finish(f, QF_INTERRUPTED), QF_INTERRUPTED);
    assert_false(exists("a.h5"));
    const hid_t file = open_result("a.h5.partial");
    assert_attribute(file, "/", "status", "interrupted");
    assert_records(f, file, 200);
    H5Fclose(file);
}

static void failed_run_tells_its_reason(void **state)
{
    fixture *f = *state;
    make_fleet(f, 3, 1, 10);
    begin(f, "a.h5");
    assert_int_equal(record(f, 0, 1), QF_OK);
    qf_fail(&f->context, QF_ERROR_INTERNAL, "the ship has sailed");
    assert_int_equal(finish(f, QF_ERROR_INTERNAL), QF_ERROR_INTERNAL);
    const hid_t file = open_result("a.h5.partial");
    assert_attribute(file, "/", "status", "interrupted");
    assert_attribute(file, "/", "status_detail", "the ship has sailed");
    H5Fclose(file);
}

static void failed_run_without_a_record_leaves_a_file_that_says_so(void **state)
{
    fixture *f = *state;
    make_fleet(f, 3, 1, 10);
    begin(f, "a.h5");
    assert_int_equal(finish(f, QF_ERROR_MEMORY), QF_ERROR_MEMORY);
    assert_false(exists("a.h5"));
    const hid_t file = open_result("a.h5.partial");
    assert_attribute(file, "/", "status", "interrupted");
    assert_records(f, file, 0);
    H5Fclose(file);
}

static void run_with_fewer_records_than_announced_is_not_complete(void **state)
{
    fixture *f = *state;
    make_fleet(f, 3, 1, 10);
    const qf_provenance provenance = {"", "", "", "", "", 1, 1, NULL};
    const qf_results_options options = {.path = "a.h5", .n_records = 11};
    assert_int_equal(
        qf_results_create(&f->context, &f->fleet, &f->plan, &provenance, &options, &f->results),
        QF_OK);
    assert_int_equal(record(f, 0, 10), QF_OK);
    assert_int_equal(finish(f, QF_OK), QF_ERROR_INTERNAL);
    assert_false(exists("a.h5"));
}

/* Waits until the file on disk holds n records; false after ten seconds. */
static bool wait_for_records(const char *path, size_t n)
{
    const hid_t access = H5Pcreate(H5P_FILE_ACCESS);
    H5Pset_file_locking(access, false, true);
    bool found = false;
    for (int i = 0; i < 200 && !found; i++) {
        usleep(50000);
        const hid_t file = H5Fopen(path, H5F_ACC_RDONLY, access);
        hsize_t lengths[2] = {0, 0};
        if (file >= 0) {
            found = H5LTget_dataset_info(file, "state/x_m", lengths, NULL, NULL) >= 0 &&
                    lengths[0] == n;
            H5Fclose(file);
        }
    }
    H5Pclose(access);
    return found;
}

static void killed_run_leaves_what_was_flushed(void **state)
{
    fixture *f = *state;
    make_fleet(f, 1000, 1, 1000);
    int announce[2];
    assert_int_equal(pipe(announce), 0);
    const pid_t child = fork();
    if (child == 0) {
        const bool good = create(f, "a.h5", false) == QF_OK && record(f, 0, 135) == QF_OK &&
                          write(announce[1], "x", 1) == 1;
        while (good) {
            pause();
        }
        _exit(1);
    }
    close(announce[1]);
    char x;
    const bool announced = read(announce[0], &x, 1) == 1;
    close(announce[0]);
    /* 125 are a batch; the other ten follow with the next flush by time */
    const bool flushed = announced && wait_for_records("a.h5.partial", 135);
    assert_int_equal(kill(child, SIGKILL), 0); /* before any assertion that may fail */
    assert_int_equal(waitpid(child, NULL, 0), child);
    assert_true(flushed);
    assert_false(exists("a.h5"));
    const hid_t file = open_result("a.h5.partial");
    assert_attribute(file, "/", "status", "running");
    assert_records(f, file, 135);
    H5Fclose(file);
}

static void full_disk_leaves_whole_records_and_says_how_many(void **state)
{
    fixture *f = *state;
    make_fleet(f, 1000, 1, 5000);
    keep_quantities(f, 4);
    begin(f, "a.h5");
    space_left = 14 << 20;
    assert_int_equal(record(f, 0, 5001), QF_ERROR_DISK_FULL);
    assert_error_says(f, "the disk is full; 390 records are in 'a.h5.partial'");
    assert_int_equal(finish(f, QF_ERROR_DISK_FULL), QF_ERROR_DISK_FULL);
    assert_false(exists("a.h5"));
    const hid_t file = open_result("a.h5.partial");
    assert_attribute(file, "/", "status", "interrupted");
    assert_records(f, file, 390);
    H5Fclose(file);
}

static void disk_that_fills_up_at_the_very_end_is_noticed(void **state)
{
    fixture *f = *state;
    make_fleet(f, 1000, 1, 5000);
    begin(f, "a.h5");
    assert_int_equal(record(f, 0, 3), QF_OK);
    space_left = 0;
    assert_int_equal(finish(f, QF_OK), QF_ERROR_DISK_FULL);
    assert_error_says(f, "the disk is full; 0 records are in 'a.h5.partial'");
    assert_false(exists("a.h5"));
    /* not even the reservation of the beginning is granted here, so the status cannot change */
    const hid_t file = open_result("a.h5.partial");
    assert_attribute(file, "/", "status", "running");
    assert_records(f, file, 0);
    H5Fclose(file);
}

/* The whole fleet is frozen, and what is reserved so far is all there is: begins and finishes. */
static qf_status finish_with_a_large_table(fixture *f, bool by_limit)
{
    enum { MANY = 20000 };
    make_fleet(f, MANY - 2, 1, 10);
    keep_quantities(f, 1);
    qf_quarantine *entries = calloc(MANY, sizeof *entries);
    assert_non_null(entries);
    for (uint32_t e = 0; e < MANY; e++) {
        entries[e] = (qf_quarantine){.tick = 1, .entity = e};
    }
    begin(f, "a.h5");
    qf_results_quarantined(f->results, entries, MANY);
    struct rlimit before;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    const struct rlimit low = {.rlim_cur = (rlim_t)reserved_to, .rlim_max = before.rlim_max};
    if (by_limit) {
        assert_int_equal(setrlimit(RLIMIT_FSIZE, &low), 0);
    } else {
        space_left = reserved_to;
    }
    const qf_status status = finish(f, QF_OK);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    free(entries);
    return status;
}

/* everything but the table, and words about its absence */
static void assert_only_the_table_is_missing(fixture *f)
{
    assert_error_says(f, "no room for /quarantine");
    assert_false(exists("a.h5"));
    const hid_t file = open_result("a.h5.partial");
    assert_attribute(file, "/", "status", "interrupted");
    assert_attribute(file, "/", "status_detail", f->context.error);
    assert_attribute(file, "/", "state_hash", "00000000000000ab");
    assert_int_equal(length_of(file, "hashes/hash"), 1);
    assert_true(H5Lexists(file, "quarantine", H5P_DEFAULT) == 0);
    H5Fclose(file);
}

static void disk_without_room_for_frozen_vehicles_leaves_hashes_and_says_so(void **state)
{
    fixture *f = *state;
    assert_int_equal(finish_with_a_large_table(f, false), QF_ERROR_DISK_FULL);
    assert_only_the_table_is_missing(f);
}

static void limit_without_room_for_frozen_vehicles_leaves_hashes_and_says_so(void **state)
{
    fixture *f = *state;
    const qf_status status = finish_with_a_large_table(f, true);
    assert_int_equal(qf_status_exit_code(status), qf_status_exit_code(QF_ERROR_DISK_FULL));
    assert_only_the_table_is_missing(f);
}

static void room_for_frozen_vehicles_is_about_what_they_take(void **state)
{
    enum { MANY = 20000 };
    fixture *f = *state;
    make_fleet(f, MANY - 2, 1, 10);
    keep_quantities(f, 1);
    qf_quarantine *entries = calloc(MANY, sizeof *entries);
    assert_non_null(entries);
    begin(f, "a.h5");
    qf_results_quarantined(f->results, entries, MANY);
    assert_int_equal(finish(f, QF_OK), QF_OK);
    free(entries);
    struct stat file;
    assert_int_equal(stat("a.h5", &file), 0);
    assert_true(reserved_to >= file.st_size);
    assert_true(reserved_to < file.st_size + file.st_size / 4);
}

static void disk_full_from_the_beginning_leaves_nothing_behind(void **state)
{
    fixture *f = *state;
    make_fleet(f, 3, 1, 10);
    space_left = 1000;
    assert_int_equal(create(f, "a.h5", false), QF_ERROR_DISK_FULL);
    assert_error_says(f, "cannot begin");
    assert_false(exists("a.h5.partial"));
}

static void file_system_without_reservations_is_written_all_the_same(void **state)
{
    fixture *f = *state;
    reservation_error = EOPNOTSUPP;
    make_fleet(f, 1000, 1, 300);
    begin(f, "a.h5");
    assert_int_equal(record(f, 0, 301), QF_OK);
    assert_int_equal(finish(f, QF_OK), QF_OK);
    const hid_t file = open_result("a.h5");
    assert_records(f, file, 301);
    H5Fclose(file);
}

static void exhausted_quota_is_a_full_disk(void **state)
{
    fixture *f = *state;
    reservation_error = EDQUOT;
    make_fleet(f, 3, 1, 10);
    assert_int_equal(create(f, "a.h5", false), QF_ERROR_DISK_FULL);
    assert_false(exists("a.h5.partial"));
}

enum { CANNOT_MOUNT = 77 };

/* In a process of its own, on a real memory file system of this size, seen by nobody else. */
static int run_on_small_disk(fixture *f, const char *size_option, qf_status expected_creation)
{
    if (unshare(CLONE_NEWNS) != 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 ||
        mount("tmpfs", f->directory, "tmpfs", 0, size_option) != 0 || chdir(f->directory) != 0) {
        return CANNOT_MOUNT;
    }
    const qf_status created = create(f, "a.h5", false);
    if (created != expected_creation) {
        return 1;
    }
    if (created != QF_OK) {
        return exists("a.h5.partial") ? 2 : 0;
    }
    const qf_status recorded = record(f, 0, 5001);
    if (recorded != QF_ERROR_DISK_FULL || finish(f, recorded) != QF_ERROR_DISK_FULL) {
        return 3;
    }
    const hid_t file = H5Fopen("a.h5.partial", H5F_ACC_RDONLY, H5P_DEFAULT);
    hsize_t first[2] = {0, 0};
    hsize_t last[2] = {0, 0};
    if (file < 0 || H5LTget_dataset_info(file, "state/x_m", first, NULL, NULL) < 0 ||
        H5LTget_dataset_info(file, "state/heading_deg", last, NULL, NULL) < 0 ||
        H5LTfind_attribute(file, "status_detail") != 1) {
        return 4;
    }
    H5Fclose(file);
    return first[0] == last[0] && first[0] > 0 && first[0] % 65 == 0 ? 0 : 5;
}

static void assert_on_small_disk(fixture *f, const char *size_option, qf_status expected_creation)
{
    make_fleet(f, 1000, 1, 5000);
    keep_quantities(f, 4);
    const pid_t child = fork();
    if (child == 0) {
        _exit(run_on_small_disk(f, size_option, expected_creation));
    }
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    if (WEXITSTATUS(status) == CANNOT_MOUNT) {
        skip();
    }
    assert_int_equal(WEXITSTATUS(status), 0);
}

static void really_full_disk_leaves_whole_records(void **state)
{
    assert_on_small_disk(*state, "size=14m", QF_OK);
}

static void really_tiny_disk_leaves_nothing_behind(void **state)
{
    assert_on_small_disk(*state, "size=64k", QF_ERROR_DISK_FULL);
}

static void unused_reservations_are_given_back(void **state)
{
    fixture *f = *state;
    make_fleet(f, 1000, 1, 1000);
    begin(f, "a.h5");
    assert_int_equal(record(f, 0, 150), QF_OK);
    assert_int_equal(finish(f, QF_OK), QF_OK);
    struct stat file;
    assert_int_equal(stat("a.h5", &file), 0);
    assert_true(reserved_to > file.st_size);
    assert_true(512 * (long long)file.st_blocks < (long long)file.st_size + 65536);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        DISK_TEST(existing_file_is_replaced_by_force_only),
        DISK_TEST(file_that_is_no_result_is_not_replaced_by_force_either),
        DISK_TEST(partial_file_that_is_replaced_during_the_run_is_not_taken_for_the_result),
        DISK_TEST(file_that_appears_during_the_run_is_not_replaced),
        DISK_TEST(left_partial_file_is_replaced_by_force_only),
        DISK_TEST(file_that_is_being_written_is_not_replaced_even_by_force),
        DISK_TEST(unusable_names_are_explained),
        DISK_TEST(directory_without_permission_is_explained),
        DISK_TEST(interrupted_run_leaves_a_partial_file_that_says_so),
        DISK_TEST(failed_run_tells_its_reason),
        DISK_TEST(failed_run_without_a_record_leaves_a_file_that_says_so),
        DISK_TEST(run_with_fewer_records_than_announced_is_not_complete),
        DISK_TEST(killed_run_leaves_what_was_flushed),
        DISK_TEST(full_disk_leaves_whole_records_and_says_how_many),
        DISK_TEST(disk_that_fills_up_at_the_very_end_is_noticed),
        DISK_TEST(disk_without_room_for_frozen_vehicles_leaves_hashes_and_says_so),
        DISK_TEST(limit_without_room_for_frozen_vehicles_leaves_hashes_and_says_so),
        DISK_TEST(room_for_frozen_vehicles_is_about_what_they_take),
        DISK_TEST(disk_full_from_the_beginning_leaves_nothing_behind),
        DISK_TEST(file_system_without_reservations_is_written_all_the_same),
        DISK_TEST(exhausted_quota_is_a_full_disk),
        DISK_TEST(really_full_disk_leaves_whole_records),
        DISK_TEST(really_tiny_disk_leaves_nothing_behind),
        DISK_TEST(unused_reservations_are_given_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
