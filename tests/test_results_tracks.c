/* SPDX-License-Identifier: Apache-2.0 */
/*
 * /tracks, /picture, /guards and /tracking, written through the interface and read back by HDF5. With arguments the
 * program writes a result of that name and number of tracks, without picture and guards where it is 0, for
 * notebook/read_tracks.py.
 */
#include <signal.h>
#include <sys/wait.h>

#include "full_disk.h"
#include "tracks_fixture.h"

static void assert_tracks(hid_t file, size_t n)
{
    qf_track_samples t = track_rows(0, n);
    assert_counted(file, "tracks", "track_sample", t.tick, n);
#define QF_COLUMN(type, name) ASSERT_COLUMN("tracks", t, type, name)
    QF_TRACK_SAMPLE_TABLE(QF_COLUMN)
#undef QF_COLUMN
    qf_track_samples_free(&t);
}

static void assert_pictures(hid_t file, size_t n)
{
    qf_picture_samples p = picture_rows(0, n);
    assert_counted(file, "picture", "picture_sample", p.tick, n);
#define QF_COLUMN(type, name) ASSERT_COLUMN("picture", p, type, name)
    QF_PICTURE_SAMPLE_TABLE(QF_COLUMN)
#undef QF_COLUMN
    qf_picture_samples_free(&p);
}

static void every_column_comes_back_in_its_type_and_order(void **state)
{
    fixture *f = *state;
    begin_tracks(f, "a.h5", &identities, &sharing_tracker);
    /* pieces that begin and end within chunks, and one of nothing */
    static const size_t ends[] = {1, 17, 16384, 16384, 16385, 40000, 65536, 70001};
    size_t begin = 0;
    for (size_t i = 0; i < COUNT(ends); i++) {
        assert_int_equal(hand_over_tracks(f, begin, ends[i]), QF_OK);
        assert_int_equal(hand_over_pictures(f, begin / 2, ends[i] / 2), QF_OK);
        begin = ends[i];
    }
    qf_results_totals totals;
    const uint64_t hash = 1;
    assert_int_equal(qf_results_finish(f->results, QF_OK, 1, &hash, &totals), QF_OK);
    assert_int_equal(totals.n_tracks, 70001);
    assert_int_equal(totals.n_pictures, 35000);
    assert_int_equal(totals.n_detections, 0);
    const hid_t file = open_result("a.h5");
    assert_tracks(file, 70001);
    assert_pictures(file, 35000);
    H5Fclose(file);
}

static void pieces_that_are_flushed_one_by_one_are_joined(void **state)
{
    fixture *f = *state;
    begin_tracks(f, "a.h5", &identities, &tracker);
    /* each is worth a write of its own, and ends within a chunk */
    for (size_t k = 0; k < 4; k++) {
        assert_int_equal(hand_over_tracks(f, k * 90001, (k + 1) * 90001), QF_OK);
        usleep(30000);
    }
    assert_int_equal(finish(f, QF_OK), QF_OK);
    const hid_t file = open_result("a.h5");
    assert_tracks(file, 4 * 90001);
    H5Fclose(file);
}

static void assert_flags(hid_t file, const char *variable, const char *kind, const uint8_t *values,
                         size_t n, const char *meanings)
{
    uint8_t stored[16];
    hsize_t length;
    H5T_class_t class;
    size_t bytes;
    assert_true(H5LTget_attribute_info(file, variable, kind, &length, &class, &bytes) >= 0);
    assert_int_equal(length, n);
    assert_int_equal(bytes, 1);
    assert_true(H5LTget_attribute(file, variable, kind, H5T_NATIVE_UINT8, stored) >= 0);
    assert_memory_equal(stored, values, n);
    assert_attribute(file, variable, "flag_meanings", meanings);
}

static void columns_say_what_they_are(void **state)
{
    fixture *f = *state;
    begin_tracks(f, "a.h5", &identities, &sharing_tracker);
    assert_int_equal(finish(f, QF_OK), QF_OK);
    const hid_t file = open_result("a.h5");
    assert_attribute(file, "tracks/x_m", "units", "m");
    assert_attribute(file, "tracks/x_m", "long_name",
                     "estimated position relative to the observer, east");
    assert_attribute(file, "tracks/vz_mps", "long_name",
                     "estimated velocity relative to the observer, up");
    assert_attribute(file, "picture/x_m", "long_name", "estimated position in the world, east");
    assert_flags(file, "tracks/status", "flag_values", (const uint8_t[]){0, 1, 2, 3, 4}, 5,
                 "unspecified new tracked lost coasting");
    assert_flags(file, "tracks/iff", "flag_values", (const uint8_t[]){1, 2, 3}, 3,
                 "friend foe unknown");
    assert_flags(file, "tracks/band", "flag_values", (const uint8_t[]){0, 1, 2}, 3,
                 "unspecified long_range short_range");
    assert_flags(file, "tracks/transponder_mode", "flag_values", (const uint8_t[]){0, 1, 2, 3}, 4,
                 "off on silent spoof");
    assert_flags(file, "picture/flags", "flag_masks", (const uint8_t[]){1, 2}, 2,
                 "low_support conflict");
    assert_attribute(file, "picture/group", "flag_meanings", "scouts heavy_haulers");
    float missing = 0;
    assert_true(
        H5LTget_attribute(file, "picture/vx_mps", "_FillValue", H5T_NATIVE_FLOAT, &missing) >= 0);
    assert_true(isnan(missing));
    H5Fclose(file);
}

static void identities_come_with_tracks_too(void **state)
{
    fixture *f = *state;
    begin_tracks(f, "a.h5", &identities, &tracker);
    assert_int_equal(finish(f, QF_OK), QF_OK);
    const hid_t file = open_result("a.h5");
    assert_int_equal(H5Lexists(file, "detections", H5P_DEFAULT), 0);
    assert_int_equal(length_of(file, "identities/text"), COUNT(texts));
    int32_t numbers[VEHICLES];
    read_all(file, "entities/identity", H5T_NATIVE_INT32, numbers);
    assert_memory_equal(numbers, own, sizeof own);
    H5Fclose(file);
}

static void scenario_that_records_none_has_no_groups(void **state)
{
    fixture *f = *state;
    make_fleet(f, 3, 1, 20);
    f->groups[0].tracker = &sharing_tracker;
    begin(f, "a.h5");
    assert_int_equal(hand_over_tracks(f, 0, 1), QF_ERROR_INTERNAL);
    assert_error_says(f, "tracks for a file of a scenario that records none");
    assert_int_equal(hand_over_pictures(f, 0, 1), QF_ERROR_INTERNAL);
    assert_int_equal(finish(f, QF_OK), QF_OK);
    const hid_t file = open_result("a.h5");
    static const char *const none[] = {"tracks", "picture", "identities", "guards", "tracking"};
    for (size_t i = 0; i < COUNT(none); i++) {
        assert_int_equal(H5Lexists(file, none[i], H5P_DEFAULT), 0);
    }
    H5Fclose(file);
}

static void run_without_a_track_has_empty_columns_and_no_picture_unless_shared(void **state)
{
    fixture *f = *state;
    begin_tracks(f, "a.h5", NULL, &tracker);
    assert_int_equal(hand_over_tracks(f, 0, 0), QF_OK);
    assert_int_equal(hand_over_pictures(f, 0, 1), QF_ERROR_INTERNAL);
    assert_int_equal(record(f, 0, 3), QF_OK);
    assert_int_equal(finish(f, QF_OK), QF_OK);
    hid_t file = open_result("a.h5");
    assert_tracks(file, 0);
    assert_records(f, file, 3);
    assert_int_equal(H5Lexists(file, "picture", H5P_DEFAULT), 0);
    assert_int_equal(length_of(file, "identities/text"), 0);
    H5Fclose(file);
    qf_fleet_free(&f->fleet);
    begin_tracks(f, "b.h5", NULL, &sharing_tracker);
    assert_int_equal(finish(f, QF_OK), QF_OK);
    file = open_result("b.h5");
    assert_pictures(file, 0);
    H5Fclose(file);
}

/* More in one call than may wait in memory. */
static void more_than_may_wait_all_arrive(void **state)
{
    enum { MANY = 1300000 };
    fixture *f = *state;
    assert_true(qf_results_waiting_bytes() <
                (size_t)MANY * qf_table_row_bytes(&qf_track_sample_layout));
    begin_tracks(f, "a.h5", &identities, &tracker);
    assert_int_equal(hand_over_tracks(f, 0, MANY), QF_OK);
    assert_int_equal(finish(f, QF_OK), QF_OK);
    const hid_t file = open_result("a.h5");
    assert_tracks(file, MANY);
    H5Fclose(file);
}

static void full_disk_leaves_whole_tracks_and_is_told(void **state)
{
    enum { SPACE = 50 << 20, ROW_BYTES = 8 + 8 + 94 };
    fixture *f = *state;
    begin_tracks(f, "a.h5", &identities, &sharing_tracker);
    assert_int_equal(record(f, 0, 1), QF_OK);
    space_left = SPACE;
    qf_status status = QF_OK;
    for (size_t k = 0; k < 100 && status == QF_OK; k++) {
        status = hand_over_tracks(f, k * 100000, (k + 1) * 100000);
    }
    assert_int_equal(status, QF_ERROR_DISK_FULL);
    assert_error_says(f, "the disk is full");
    assert_int_equal(finish(f, status), QF_ERROR_DISK_FULL);
    assert_false(exists("a.h5"));
    const hid_t file = open_result("a.h5.partial");
    assert_attribute(file, "/", "status", "interrupted");
    const size_t n = length_of(file, "tracks/tick");
    assert_in_range(n, 0, SPACE / ROW_BYTES);
    assert_tracks(file, n);
    H5Fclose(file);
    struct stat info;
    assert_int_equal(stat("a.h5.partial", &info), 0);
    assert_true(info.st_size <= SPACE); /* nothing was written that was not reserved */
}

/* Whether the file comes to hold so many rows within some seconds. */
static bool wait_for_rows(const char *path, const char *variable, size_t n)
{
    for (int tries = 0; tries < 200; tries++) {
        usleep(50000);
        const hid_t file = H5Fopen(path, H5F_ACC_RDONLY, H5P_DEFAULT);
        hsize_t length = 0;
        const bool good =
            file >= 0 && H5LTget_dataset_info(file, variable, &length, NULL, NULL) >= 0;
        if (file >= 0) {
            H5Fclose(file);
        }
        if (good && length == n) {
            return true;
        }
    }
    return false;
}

static void killed_run_leaves_what_was_flushed(void **state)
{
    enum { N = 100001 };
    fixture *f = *state;
    (void)setenv("HDF5_USE_FILE_LOCKING", "FALSE", 1);
    const pid_t child = fork();
    if (child == 0) {
        begin_tracks(f, "a.h5", &identities, &sharing_tracker);
        const bool good =
            hand_over_tracks(f, 0, N) == QF_OK && hand_over_pictures(f, 0, 9) == QF_OK;
        while (good) {
            pause();
        }
        _exit(1);
    }
    /* tracks are worth a write of their own; the pictures come with the next flush by time */
    const bool flushed = wait_for_rows("a.h5.partial", "tracks/cpa_distance_m", N) &&
                         wait_for_rows("a.h5.partial", "picture/flags", 9);
    usleep(300000); /* the end of the flush */
    assert_int_equal(kill(child, SIGKILL), 0);
    assert_int_equal(waitpid(child, NULL, 0), child);
    assert_true(flushed);
    const hid_t file = open_result("a.h5.partial");
    assert_attribute(file, "/", "status", "running");
    assert_tracks(file, N);
    assert_pictures(file, 9);
    assert_int_equal(length_of(file, "guards/id"), COUNT(guard_rules)); /* from the beginning */
    H5Fclose(file);
}

static void guard_rules_are_named_by_group_and_number(void **state)
{
    fixture *f = *state;
    begin_tracks(f, "a.h5", NULL, &sharing_tracker);
    assert_int_equal(finish(f, QF_OK), QF_OK);
    const hid_t file = open_result("a.h5");
    int32_t numbers[2];
    assert_texts(file, "guards/id",
                 (const char *const[]){"UNKNOWN_CONTACT_CLOSE", "SPOOFING_DETECTED"}, 2);
    assert_texts(file, "guards/fsm_event", (const char *const[]){"CONTACT_CLOSE", ""}, 2);
    read_all(file, "guards/group", H5T_NATIVE_INT32, numbers);
    assert_memory_equal(numbers, ((const int32_t[]){1, 1}), sizeof numbers);
    read_all(file, "guards/rule", H5T_NATIVE_INT32, numbers);
    assert_memory_equal(numbers, ((const int32_t[]){0, 1}), sizeof numbers);
    read_all(file, "guards/severity", H5T_NATIVE_INT32, numbers);
    assert_memory_equal(numbers, ((const int32_t[]){2, 1}), sizeof numbers);
    assert_attribute(file, "guards/severity", "flag_meanings", "info warning critical");
    assert_attribute(file, "guards/group", "flag_meanings", "scouts heavy_haulers");
    H5Fclose(file);
}

static const qf_tracking_metrics metrics[] = {
    {.group = 0,
     .frames = 1,
     .targets = 2,
     .held = 3,
     .firm = 4,
     .gospa_m = 5.5,
     .ospa_m = 6.5,
     .localisation_m2 = 7.5,
     .missed_m2 = 8.5,
     .false_m2 = 9.5,
     .position_rmse_m = 10.5,
     .velocity_rmse_mps = 11.5,
     .purity = 0.25,
     .completeness = 0.125,
     .switches = 14,
     .time_to_hold_s = 15.5,
     .started = 16,
     .confirmed = 17,
     .merged = 18,
     .dropped = 19,
     .rejected = 20,
     .forgotten = 21,
     .identity_jumps = 22,
     .situations_dropped = 23},
    {.group = 1,
     .gospa_m = (double)NAN,
     .ospa_m = (double)NAN,
     .localisation_m2 = (double)NAN,
     .missed_m2 = (double)NAN,
     .false_m2 = (double)NAN,
     .position_rmse_m = (double)NAN,
     .velocity_rmse_mps = (double)NAN,
     .purity = (double)NAN,
     .completeness = (double)NAN,
     .time_to_hold_s = (double)NAN},
};

static void tracking_metrics_are_written_at_the_end(void **state)
{
    static const char *const names[] = {
        "group",     "frames",       "targets",         "held",
        "firm",      "gospa_m",      "ospa_m",          "localisation_m2",
        "missed_m2", "false_m2",     "position_rmse_m", "velocity_rmse_mps",
        "purity",    "completeness", "switches",        "time_to_hold_s",
        "started",   "confirmed",    "merged",          "dropped",
        "rejected",  "forgotten",    "identity_jumps",  "situations_dropped"};
    static const double values[COUNT(names)] = {0,   1,   2,    3,    4,    5.5,   6.5, 7.5,
                                                8.5, 9.5, 10.5, 11.5, 0.25, 0.125, 14,  15.5,
                                                16,  17,  18,   19,   20,   21,    22,  23};
    fixture *f = *state;
    begin_tracks(f, "a.h5", NULL, &tracker);
    qf_results_tracking(f->results, metrics, COUNT(metrics));
    assert_int_equal(finish(f, QF_OK), QF_OK);
    const hid_t file = open_result("a.h5");
    for (size_t i = 0; i < COUNT(names); i++) {
        char path[64];
        double stored[2];
        snprintf(path, sizeof path, "tracking/%s", names[i]);
        assert_int_equal(length_of(file, path), 2);
        read_all(file, path, H5T_NATIVE_DOUBLE, stored);
        assert_value(names[i], 0, stored[0], values[i]);
        const bool measured = strstr(names[i], "_m") || strstr(names[i], "_s") ||
                              strcmp(names[i], "purity") == 0 ||
                              strcmp(names[i], "completeness") == 0;
        assert_value(names[i], 1, stored[1], i == 0 ? 1.0 : measured ? (double)NAN : 0.0);
    }
    assert_attribute(file, "tracking/group", "flag_meanings", "scouts heavy_haulers");
    H5Fclose(file);
}

/* From too little even for the end of the file on, ever more, until there is room for that and no more. */
static void no_room_for_metrics_is_told(void **state)
{
    enum { STEP = 64 << 10 };
    fixture *f = *state;
    bool told = false;
    for (long long more = 0; !told; more += STEP) {
        begin_tracks(f, "a.h5", NULL, &tracker);
        qf_results_tracking(f->results, metrics, COUNT(metrics));
        struct stat info;
        assert_int_equal(stat("a.h5.partial", &info), 0);
        space_left = info.st_size + more;
        assert_int_equal(finish(f, QF_OK), QF_ERROR_DISK_FULL); /* never silently without them */
        space_left = -1;
        told = strstr(f->context.error, "no room for /tracking") != NULL;
        const hid_t file = open_result("a.h5.partial");
        assert_attribute(file, "/", "status", told ? "interrupted" : "running");
        H5Fclose(file);
        assert_false(exists("a.h5"));
        remove("a.h5.partial");
        qf_fleet_free(&f->fleet);
    }
}

static void info_tells_of_tracks_where_they_are_recorded(void **state)
{
    fixture *f = *state;
    begin_tracks(f, "a.h5", &identities, &sharing_tracker);
    assert_int_equal(hand_over_tracks(f, 0, 7), QF_OK);
    assert_int_equal(hand_over_pictures(f, 0, 3), QF_OK);
    qf_results_tracking(f->results, metrics, COUNT(metrics));
    assert_int_equal(finish(f, QF_OK), QF_OK);
    qf_fleet_free(&f->fleet);
    make_fleet(f, 3, 1, 20);
    begin(f, "b.h5");
    assert_int_equal(finish(f, QF_OK), QF_OK);
    assert_info(f, "a.h5",
                (const char *const[]){
                    "  tracks      7: unspecified 2, new 2, tracked 1, lost 1, coasting 1\n",
                    "  picture     3: scouts 2, heavy_haulers 1\n", "  identities  4\n",
                    "  guard rules 2\n",
                    "  tracking    scouts: 14 switches, GOSPA 5.5 m, 12.5 % of targets held, first "
                    "after 15.5 s, purity 0.25, error 10.5 m and 11.5 m/s\n",
                    "              heavy_haulers: 0 switches\n", NULL},
                true);
    assert_info(f, "b.h5",
                (const char *const[]){"  tracks  ", "  picture  ", "  identities  ", "guard rules",
                                      "  tracking  ", NULL},
                false);
}

static int write_sample(const char *path, size_t n)
{
    fixture f = {.context = qf_context_default()};
    const bool shared = n > 0;
    begin_tracks(&f, path, shared ? &identities : NULL, shared ? &sharing_tracker : &tracker);
    qf_status status = hand_over_tracks(&f, 0, n);
    status = status == QF_OK && shared ? hand_over_pictures(&f, 0, n) : status;
    status = status == QF_OK ? record(&f, 1, 21) : status;
    qf_results_tracking(f.results, metrics, shared ? COUNT(metrics) : 0);
    f.fleet.tick = f.scenario.n_ticks;
    const uint64_t hash = 1;
    status = qf_results_finish(f.results, status, 1, &hash, NULL);
    qf_fleet_free(&f.fleet);
    return status == QF_OK ? 0 : 1;
}

int main(int argc, char **argv)
{
    if (argc > 2) {
        return write_sample(argv[1], strtoul(argv[2], NULL, 10));
    }
    const struct CMUnitTest tests[] = {
        DISK_TEST(every_column_comes_back_in_its_type_and_order),
        DISK_TEST(pieces_that_are_flushed_one_by_one_are_joined),
        DISK_TEST(columns_say_what_they_are),
        DISK_TEST(identities_come_with_tracks_too),
        DISK_TEST(scenario_that_records_none_has_no_groups),
        DISK_TEST(run_without_a_track_has_empty_columns_and_no_picture_unless_shared),
        DISK_TEST(more_than_may_wait_all_arrive),
        DISK_TEST(full_disk_leaves_whole_tracks_and_is_told),
        DISK_TEST(killed_run_leaves_what_was_flushed),
        DISK_TEST(guard_rules_are_named_by_group_and_number),
        DISK_TEST(tracking_metrics_are_written_at_the_end),
        DISK_TEST(no_room_for_metrics_is_told),
        DISK_TEST(info_tells_of_tracks_where_they_are_recorded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
