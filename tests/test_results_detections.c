/* SPDX-License-Identifier: Apache-2.0 */
/*
 * /detections and /identities, written through the interface and read back by HDF5. With
 * arguments the program writes a result of that name and number of detections, without transponders
 * where it is 0, for notebook/read_detections.py.
 */
#include "detections_fixture.h"
#include "full_disk.h"

/* Every column of the file is equally long and holds rows [0, n). */
static void assert_rows(hid_t file, size_t n)
{
    qf_detections d = rows(0, n);
    assert_counted(file, "detections", "detection", d.tick, n);
#define QF_COLUMN(type, name) ASSERT_COLUMN("detections", d, type, name)
    QF_DETECTION_TABLE(QF_COLUMN)
#undef QF_COLUMN
    qf_detections_free(&d);
}

static void every_column_comes_back_in_its_type_and_order(void **state)
{
    fixture *f = *state;
    begin_with(f, "a.h5", &identities);
    /* pieces that begin and end within chunks, and one of nothing */
    static const size_t ends[] = {1, 17, 16384, 16384, 16385, 40000, 65536, 70001};
    size_t begin = 0;
    for (size_t i = 0; i < COUNT(ends); i++) {
        assert_int_equal(hand_over(f, begin, ends[i]), QF_OK);
        begin = ends[i];
    }
    qf_results_totals totals;
    const uint64_t hash = 1;
    assert_int_equal(qf_results_finish(f->results, QF_OK, 1, &hash, &totals), QF_OK);
    assert_int_equal(totals.n_detections, 70001);
    const hid_t file = open_result("a.h5");
    assert_rows(file, 70001);
    H5Fclose(file);
}

static void pieces_that_are_flushed_one_by_one_are_joined(void **state)
{
    fixture *f = *state;
    begin_with(f, "a.h5", &identities);
    /* each is worth a write of its own, and ends within a chunk */
    for (size_t k = 0; k < 4; k++) {
        assert_int_equal(hand_over(f, k * 150001, (k + 1) * 150001), QF_OK);
        usleep(30000);
    }
    assert_int_equal(finish(f, QF_OK), QF_OK);
    const hid_t file = open_result("a.h5");
    assert_rows(file, 4 * 150001);
    H5Fclose(file);
}

static void columns_say_what_they_are(void **state)
{
    fixture *f = *state;
    begin_with(f, "a.h5", &identities);
    assert_int_equal(finish(f, QF_OK), QF_OK);
    const hid_t file = open_result("a.h5");
    assert_attribute(file, "detections/range_m", "units", "m");
    assert_attribute(file, "detections/bearing_deg", "units", "degree");
    assert_attribute(file, "detections/vr_mps", "units", "m s-1");
    assert_attribute(file, "detections/target", "long_name",
                     "entity that was seen (truth), -1: false alarm");
    assert_attribute(file, "detections/transponder_id", "long_name",
                     "what the transponder says: row of /identities, -1: none");
    assert_attribute(file, "detections/band", "flag_meanings",
                     "unspecified long_range short_range");
    assert_attribute(file, "detections/transponder_mode", "flag_meanings", "off on silent spoof");
    uint8_t flags[4];
    assert_true(H5LTget_attribute(file, "detections/transponder_mode", "flag_values",
                                  H5T_NATIVE_UINT8, flags) >= 0);
    assert_memory_equal(flags, ((const uint8_t[]){0, 1, 2, 3}), 4);
    assert_true(
        H5LTget_attribute(file, "detections/band", "flag_values", H5T_NATIVE_UINT8, flags) >= 0);
    assert_memory_equal(flags, ((const uint8_t[]){0, 1, 2}), 3);
    H5Fclose(file);
}

static void identities_are_texts_and_numbers_of_vehicles(void **state)
{
    fixture *f = *state;
    begin_with(f, "a.h5", &identities);
    assert_int_equal(finish(f, QF_OK), QF_OK);
    const hid_t file = open_result("a.h5");
    assert_int_equal(length_of(file, "identities/identity"), COUNT(texts));
    assert_texts(file, "identities/text", texts, COUNT(texts));
    int32_t numbers[VEHICLES];
    assert_int_equal(length_of(file, "entities/identity"), VEHICLES);
    read_all(file, "entities/identity", H5T_NATIVE_INT32, numbers);
    assert_memory_equal(numbers, own, sizeof own);
    H5Fclose(file);
}

/* Beyond one slice of texts, of lengths that fill the blocks of HDF5's heap badly. */
static void many_long_identities_fit_into_what_is_reserved(void **state)
{
    enum { MANY = 20000, LENGTH = 1400 };
    fixture *f = *state;
    char *memory = malloc(MANY * (LENGTH + 1));
    const char **many = calloc(MANY, sizeof *many);
    assert_true(memory && many);
    for (size_t i = 0; i < MANY; i++) {
        many[i] = memory + i * (LENGTH + 1);
        memset(memory + i * (LENGTH + 1), 'x', LENGTH);
        snprintf(memory + i * (LENGTH + 1) + LENGTH - 8, 9, "%08zu", i);
    }
    const qf_identities given = {MANY, many, own, spoof};
    begin_with(f, "a.h5", &given);
    assert_int_equal(finish(f, QF_OK), QF_OK);
    struct stat info;
    assert_int_equal(stat("a.h5", &info), 0);
    assert_true(info.st_size > (off_t)MANY * LENGTH);
    const hid_t file = open_result("a.h5");
    const hid_t variable = H5Dopen2(file, "identities/text", H5P_DEFAULT);
    const hid_t type = H5Dget_type(variable);
    char **stored = calloc(MANY, sizeof *stored);
    assert_true(H5Dread(variable, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, stored) >= 0);
    for (size_t i = 0; i < MANY; i++) {
        assert_string_equal(stored[i], many[i]);
        H5free_memory(stored[i]);
    }
    free(stored);
    H5Tclose(type);
    H5Dclose(variable);
    H5Fclose(file);
    /* one byte less than what was taken is refused before anything is written */
    space_left = info.st_size - 1;
    f->scenario.record.detections = true;
    const qf_provenance provenance = {"", "", "", "", "", 1, 1, NULL};
    const qf_results_options options = {.path = "b.h5", .identities = &given};
    assert_int_equal(
        qf_results_create(&f->context, &f->fleet, &f->plan, &provenance, &options, &f->results),
        QF_ERROR_DISK_FULL);
    assert_false(exists("b.h5.partial"));
    free(many);
    free(memory);
}

static void scenario_that_records_none_has_no_groups(void **state)
{
    fixture *f = *state;
    make_fleet(f, 3, 1, 20);
    begin(f, "a.h5");
    assert_int_equal(hand_over(f, 0, 1), QF_ERROR_INTERNAL);
    assert_int_equal(finish(f, QF_OK), QF_OK);
    const hid_t file = open_result("a.h5");
    assert_int_equal(H5Lexists(file, "detections", H5P_DEFAULT), 0);
    assert_int_equal(H5Lexists(file, "identities", H5P_DEFAULT), 0);
    assert_int_equal(H5Lexists(file, "entities/identity", H5P_DEFAULT), 0);
    H5Fclose(file);
}

static void run_without_a_detection_or_transponder_has_empty_columns(void **state)
{
    fixture *f = *state;
    begin_with(f, "a.h5", NULL);
    assert_int_equal(hand_over(f, 0, 0), QF_OK);
    assert_int_equal(record(f, 0, 3), QF_OK);
    assert_int_equal(finish(f, QF_OK), QF_OK);
    const hid_t file = open_result("a.h5");
    assert_rows(file, 0);
    assert_records(f, file, 3);
    assert_int_equal(length_of(file, "identities/text"), 0);
    assert_int_equal(H5Lexists(file, "entities/identity", H5P_DEFAULT), 0);
    H5Fclose(file);
}

/* More in one call than may wait in memory. */
static void millions_wait_for_the_disk_and_all_arrive(void **state)
{
    enum { MANY = 2500000 };
    fixture *f = *state;
    assert_true(qf_results_waiting_bytes() < 2 * MANY * qf_detection_bytes());
    begin_with(f, "a.h5", &identities);
    assert_int_equal(hand_over(f, 0, MANY), QF_OK);
    assert_int_equal(finish(f, QF_OK), QF_OK);
    const hid_t file = open_result("a.h5");
    assert_rows(file, MANY);
    H5Fclose(file);
}

static void full_disk_leaves_whole_detections_and_is_told(void **state)
{
    fixture *f = *state;
    begin_with(f, "a.h5", &identities);
    assert_int_equal(record(f, 0, 1), QF_OK);
    space_left = 50 << 20;
    qf_status status = QF_OK;
    for (size_t k = 0; k < 100 && status == QF_OK; k++) {
        status = hand_over(f, k * 100000, (k + 1) * 100000);
    }
    assert_int_equal(status, QF_ERROR_DISK_FULL);
    assert_error_says(f, "the disk is full");
    assert_int_equal(finish(f, status), QF_ERROR_DISK_FULL);
    assert_false(exists("a.h5"));
    const hid_t file = open_result("a.h5.partial");
    assert_attribute(file, "/", "status", "interrupted");
    const size_t n = length_of(file, "detections/tick");
    assert_in_range(n, 0, (50 << 20) / 62);
    assert_rows(file, n);
    H5Fclose(file);
    struct stat info;
    assert_int_equal(stat("a.h5.partial", &info), 0);
    assert_true(info.st_size <= 50 << 20); /* nothing was written that was not reserved */
}

static void info_counts_detections_by_band_where_they_are_recorded(void **state)
{
    fixture *f = *state;
    begin_with(f, "a.h5", &identities);
    assert_int_equal(hand_over(f, 0, 10), QF_OK);
    assert_int_equal(finish(f, QF_OK), QF_OK);
    qf_fleet_free(&f->fleet);
    make_fleet(f, 3, 1, 20);
    begin(f, "b.h5");
    assert_int_equal(finish(f, QF_OK), QF_OK);
    assert_info(
        f, "a.h5",
        (const char *const[]){"  detections  10: unspecified 4, long_range 3, short_range 3\n",
                              "  identities  4\n", NULL},
        true);
    assert_info(f, "b.h5", (const char *const[]){"  detections  ", "  identities  ", NULL}, false);
}

static int write_sample(const char *path, size_t n)
{
    fixture f = {.context = qf_context_default()};
    begin_with(&f, path, n > 0 ? &identities : NULL);
    qf_detections d = rows(0, n);
    qf_status status = qf_results_detections(f.results, &d);
    qf_detections_free(&d);
    status = status == QF_OK ? record(&f, 1, 21) : status;
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
        DISK_TEST(identities_are_texts_and_numbers_of_vehicles),
        DISK_TEST(many_long_identities_fit_into_what_is_reserved),
        DISK_TEST(scenario_that_records_none_has_no_groups),
        DISK_TEST(run_without_a_detection_or_transponder_has_empty_columns),
        DISK_TEST(millions_wait_for_the_disk_and_all_arrive),
        DISK_TEST(info_counts_detections_by_band_where_they_are_recorded),
        DISK_TEST(full_disk_leaves_whole_detections_and_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
