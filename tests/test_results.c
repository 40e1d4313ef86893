/* SPDX-License-Identifier: Apache-2.0 */
/* What is in result files, and what `qfleet info` says about them. */
#include <math.h>

#include "results_fixture.h"
#include "results_info.h"

static void complete_file_says_where_it_comes_from(void **state)
{
    fixture *f = *state;
    make_fleet(f, 3, 1, 10);
    begin(f, "a.h5");
    assert_true(exists("a.h5.partial"));
    assert_int_equal(record(f, 0, 11), QF_OK);
    assert_int_equal(finish(f, QF_OK), QF_OK);
    assert_true(exists("a.h5"));
    assert_false(exists("a.h5.partial"));

    const hid_t file = open_result("a.h5");
    assert_attribute(file, "/", "schema", "qfleet/1");
    assert_attribute(file, "/", "Conventions", "CF-1.10");
    assert_attribute(file, "/", "status", "complete");
    assert_attribute(file, "/", "binding", "core");
    assert_attribute(file, "/", "state_hash", "00000000000000ab");
    assert_attribute(file, "/", "scenario_yaml", "schema: qfleet/1\nname: test\n");
    static const char first[] = "x_m y_m z_m heading_deg ";
    char *quantities = NULL;
    assert_true(H5LTget_attribute_string(file, "/", "quantities", (char *)&quantities) >= 0);
    assert_memory_equal(quantities, first, strlen(first));
    size_t n = 0;
    for (char *name = strtok(quantities, " "); name; name = strtok(NULL, " ")) {
        const qf_quantity *quantity = qf_catalog_find(&f->fleet.catalog, name);
        assert_true(quantity == &f->fleet.catalog.quantities[n]);
        n++;
    }
    assert_int_equal(n, f->fleet.catalog.n_quantities);
    H5free_memory(quantities);
    uint64_t seed = 0;
    assert_true(H5LTget_attribute(file, "/", "seed", H5T_NATIVE_UINT64, &seed) >= 0);
    assert_true(seed == UINT64_MAX);
    H5Fclose(file);
}

static void every_batch_and_the_partly_filled_last_one_are_read_back(void **state)
{
    fixture *f = *state;
    make_fleet(f, 1000, 1, 599); /* a batch is 120 records */
    begin(f, "a.h5");
    assert_int_equal(record(f, 0, 600), QF_OK);
    assert_int_equal(finish(f, QF_OK), QF_OK);
    const hid_t file = open_result("a.h5");
    assert_records(f, file, 600);
    double times[600];
    int64_t ticks[600];
    read_all(file, "state/time", H5T_NATIVE_DOUBLE, times);
    read_all(file, "state/tick", H5T_NATIVE_INT64, ticks);
    for (int k = 0; k < 600; k++) {
        assert_int_equal(ticks[k], k);
        assert_true(times[k] == k * 0.5);
    }
    H5Fclose(file);
}

static void rows_of_a_large_fleet_are_cut_into_chunks(void **state)
{
    fixture *f = *state;
    make_fleet(f, 300000, 1, 4);
    keep_quantities(f, 3);
    begin(f, "a.h5");
    assert_int_equal(record(f, 0, 5), QF_OK);
    assert_int_equal(finish(f, QF_OK), QF_OK);
    const hid_t file = open_result("a.h5");
    assert_records(f, file, 5);
    H5Fclose(file);
}

static void nodes_of_another_group_are_missing_values(void **state)
{
    fixture *f = *state;
    make_fleet(f, 3, 1, 1);
    begin(f, "a.h5");
    assert_int_equal(record(f, 0, 1), QF_OK);
    assert_int_equal(finish(f, QF_OK), QF_OK);
    const hid_t file = open_result("a.h5");
    double core[5];
    uint8_t trip[5];
    read_all(file, "state/temp_core_c", H5T_NATIVE_DOUBLE, core);
    read_all(file, "state/trip_core", H5T_NATIVE_UINT8, trip);
    for (int e = 0; e < 5; e++) {
        assert_true(e < 3 ? core[e] == 20.0 : isnan(core[e]));
        assert_int_equal(trip[e], e < 3 ? 0 : 255);
    }
    double fill = 0;
    uint8_t flag_fill = 0;
    assert_true(H5LTget_attribute_double(file, "state/temp_core_c", "_FillValue", &fill) >= 0);
    assert_true(isnan(fill));
    assert_true(H5LTget_attribute_uchar(file, "state/trip_core", "_FillValue", &flag_fill) >= 0);
    assert_int_equal(flag_fill, 255);
    assert_attribute(file, "state/trip_core", "flag_meanings", "no yes");
    assert_attribute(file, "state/transponder_mode", "flag_meanings", "off on silent spoof");
    assert_attribute(file, "state/rcs_axis", "flag_meanings",
                     "none forward aft port starboard up down");
    assert_attribute(file, "state/faults", "flag_meanings",
                     "PDU_OVERCURRENT BATTERY_CAPACITY_ZERO BATTERY_CHARGE_LIMIT "
                     "BATTERY_DISCHARGE_LIMIT BATTERY_EMPTY THERMAL_TRIP:core THERMAL_TRIP:hold");
    uint64_t masks[7];
    assert_true(H5LTget_attribute(file, "state/faults", "flag_masks", H5T_NATIVE_UINT64, masks) >=
                0);
    assert_true(masks[0] == 1 && masks[4] == 16 && masks[5] == 256 && masks[6] == 512);
    H5Fclose(file);
}

static void assert_names(const char *path, const char *const *names, size_t n)
{
    const hid_t file = open_result(path);
    const hid_t dataset = H5Dopen2(file, "entities/name", H5P_DEFAULT);
    const hid_t type = H5Dget_type(dataset);
    char *stored[16];
    assert_int_equal(length_of(file, "entities/name"), n);
    assert_true(H5Dread(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, stored) >= 0);
    for (size_t e = 0; e < n; e++) {
        assert_string_equal(stored[e], names[e]);
        H5free_memory(stored[e]);
    }
    H5Tclose(type);
    H5Dclose(dataset);
    H5Fclose(file);
}

static void vehicles_are_named_by_group_and_index(void **state)
{
    fixture *f = *state;
    static const char *const names[] = {"scouts-0", "scouts-1", "scouts-2", "heavy haulers-0",
                                        "heavy haulers-1"};
    make_fleet(f, 3, 1, 1);
    begin(f, "a.h5");
    assert_int_equal(finish(f, QF_OK), QF_OK);
    assert_names("a.h5", names, COUNT(names));
    const hid_t file = open_result("a.h5");
    uint32_t group[5];
    uint8_t iff[5];
    read_all(file, "entities/group", H5T_NATIVE_UINT32, group);
    read_all(file, "entities/iff", H5T_NATIVE_UINT8, iff);
    for (int e = 0; e < 5; e++) {
        assert_int_equal(group[e], e < 3 ? 0 : 1);
        assert_int_equal(iff[e], e < 3 ? QF_IFF_FRIEND : QF_IFF_FOE);
    }
    assert_attribute(file, "entities/group", "flag_meanings", "scouts heavy_haulers");
    H5Fclose(file);
}

static void names_carry_the_world_when_there_are_several(void **state)
{
    fixture *f = *state;
    static const char *const names[] = {"w0/scouts-0",        "w1/scouts-0",
                                        "w0/heavy haulers-0", "w0/heavy haulers-1",
                                        "w1/heavy haulers-0", "w1/heavy haulers-1"};
    make_fleet(f, 1, 2, 1);
    begin(f, "a.h5");
    assert_int_equal(finish(f, QF_OK), QF_OK);
    assert_names("a.h5", names, COUNT(names));
    const hid_t file = open_result("a.h5");
    uint64_t hash[2];
    int64_t tick;
    read_all(file, "hashes/hash", H5T_NATIVE_UINT64, hash);
    read_all(file, "hashes/tick", H5T_NATIVE_INT64, &tick);
    assert_true(hash[0] == UINT64_MAX && hash[1] == UINT64_MAX - 1);
    assert_int_equal(tick, 17);
    H5Fclose(file);
}

static void assert_missing_is_nan(hid_t file, const char *variable)
{
    double fill = 0;
    if (H5LTget_attribute_double(file, variable, "_FillValue", &fill) < 0 || !isnan(fill)) {
        fail_msg("%s: no _FillValue that is NaN", variable);
    }
}

/* Of an event about a track that is no more, and of what trackers have nothing to measure for. */
static void numbers_that_may_be_none_say_so(void **state)
{
    fixture *f = *state;
    make_fleet_of(f, 3, 1, 1, &(qf_tracker_spec){.mode = QF_TRACK_QIKI});
    begin(f, "a.h5");
    const qf_event gone = {.code = QF_EVENT_GUARD_CLEAR, .value = (double)NAN};
    assert_int_equal(qf_results_events(f->results, &gone, 1), QF_OK);
    assert_int_equal(finish(f, QF_OK), QF_OK);
    const hid_t file = open_result("a.h5");
    double value = 0;
    read_all(file, "events/value", H5T_NATIVE_DOUBLE, &value);
    assert_true(isnan(value));
    assert_missing_is_nan(file, "events/value");
    size_t n_of_trackers = 0;
    for (size_t q = 0; q < f->plan.n_quantities; q++) {
        const qf_quantity *quantity = f->plan.quantities[q];
        char name[128];
        snprintf(name, sizeof name, "state/%s", quantity->name);
        if (strcmp(quantity->name, "x_m") == 0 || strcmp(quantity->name, "tracks") == 0) {
            double fill;
            assert_true(H5LTget_attribute_double(file, name, "_FillValue", &fill) < 0);
        } else if (qf_field_table[quantity->field].shape == QF_SHAPE_TRACKER &&
                   quantity->type == QF_TYPE_F64) {
            assert_missing_is_nan(file, name);
            n_of_trackers++;
        }
    }
    assert_int_equal(n_of_trackers, 13);
    assert_attribute(file, "events/value", "long_name",
                     "percent of charge (100, 101 without a self-test, 6xx), devices that are "
                     "down (101 and 102 of a self-test, 200, 202), the first number in the "
                     "condition (150, 151), m of range (211, 500 to 502, 8xx; NaN: the track is "
                     "no more), number of the track that this one became (212; -1: none), kg of "
                     "propellant (300, 301), the first number of the command (310), what became "
                     "of the command (311, 312: 0 accepted, 1 executed, 2 rejected, 3 failed, 4 "
                     "timeout, 5 unavailable), waypoint (322), m that it would pass at (323), s "
                     "since what was last heard (400, 401), the other vehicle (520, 521, 522, "
                     "524), what was measured against the limit (523), m of way (530, 532), s of "
                     "work (531), deg C (700, 702), what the fault "
                     "brings (701, 703), bad value (901), m/s of closing (920)");
    H5Fclose(file);
}

static void events_are_appended_in_order(void **state)
{
    fixture *f = *state;
    enum { N = 10000 };
    make_fleet(f, 3, 1, 10);
    begin(f, "a.h5");
    qf_event *events = calloc(N, sizeof *events);
    for (int i = 0; i < N; i++) {
        events[i] = (qf_event){.tick = i / 7,
                               .cause = i - 1,
                               .value = i * 0.25,
                               .entity = (uint32_t)i % 5,
                               .subject = i % 3 - 1,
                               .track = i % 11 - 1,
                               .code = i % 2 ? QF_EVENT_POWER_LOW : QF_EVENT_THERMAL_TRIP,
                               .severity = i % 2 ? QF_SEVERITY_WARNING : QF_SEVERITY_CRITICAL};
    }
    assert_int_equal(qf_results_events(f->results, events, 1), QF_OK);
    assert_int_equal(qf_results_events(f->results, events + 1, 0), QF_OK);
    assert_int_equal(qf_results_events(f->results, events + 1, N - 1), QF_OK);
    assert_int_equal(finish(f, QF_OK), QF_OK);

    const hid_t file = open_result("a.h5");
    static int64_t whole[N];
    static double real[N];
    static int32_t small[N];
    read_all(file, "events/event", H5T_NATIVE_INT64, whole);
    for (int i = 0; i < N; i++) {
        assert_int_equal(whole[i], i);
    }
    read_all(file, "events/cause", H5T_NATIVE_INT64, whole);
    read_all(file, "events/time_s", H5T_NATIVE_DOUBLE, real);
    read_all(file, "events/code", H5T_NATIVE_INT32, small);
    for (int i = 0; i < N; i++) {
        assert_int_equal(whole[i], events[i].cause);
        assert_true(real[i] == (double)events[i].tick * 0.5);
        assert_int_equal(small[i], events[i].code);
    }
    read_all(file, "events/entity", H5T_NATIVE_INT64, whole);
    read_all(file, "events/value", H5T_NATIVE_DOUBLE, real);
    read_all(file, "events/subject", H5T_NATIVE_INT32, small);
    for (int i = 0; i < N; i++) {
        assert_int_equal(whole[i], events[i].entity);
        assert_true(real[i] == events[i].value);
        assert_int_equal(small[i], events[i].subject);
    }
    read_all(file, "events/track", H5T_NATIVE_INT32, small);
    for (int i = 0; i < N; i++) {
        assert_int_equal(small[i], events[i].track);
    }
    H5Fclose(file);
    free(events);
}

static void more_events_than_the_queue_holds_make_the_caller_wait_but_none_is_lost(void **state)
{
    fixture *f = *state;
    enum { N = 100000, TIMES = 13 };
    make_fleet(f, 3, 1, 10);
    begin(f, "a.h5");
    qf_event *events = calloc(N, sizeof *events);
    for (int k = 0; k < TIMES; k++) {
        for (int i = 0; i < N; i++) {
            events[i].tick = (int64_t)k * N + i;
        }
        assert_int_equal(qf_results_events(f->results, events, N), QF_OK);
    }
    free(events);
    assert_int_equal(finish(f, QF_OK), QF_OK);
    const hid_t file = open_result("a.h5");
    int64_t *ticks = calloc((size_t)N * TIMES, sizeof *ticks);
    assert_int_equal(length_of(file, "events/tick"), (size_t)N * TIMES);
    read_all(file, "events/tick", H5T_NATIVE_INT64, ticks);
    for (int i = 0; i < N * TIMES; i++) {
        assert_int_equal(ticks[i], i);
    }
    free(ticks);
    H5Fclose(file);
}

/* ---- qfleet info ---- */

static char *info(fixture *f, const char *path)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    if (qf_results_info(&f->context, path, out) != QF_OK) {
        fail_msg("%s", f->context.error);
    }
    fclose(out);
    return text;
}

static void assert_says(const char *text, const char *words)
{
    if (!text || !strstr(text, words)) {
        fail_msg("'%s' is missing in:\n%s", words, text ? text : "");
    }
}

static void info_describes_a_whole_file(void **state)
{
    fixture *f = *state;
    make_fleet(f, 3, 2, 10);
    begin(f, "a.h5");
    const qf_event events[] = {{.code = QF_EVENT_BOOT_OK}, {.code = QF_EVENT_BOOT_OK}};
    assert_int_equal(qf_results_events(f->results, events, 2), QF_OK);
    assert_int_equal(record(f, 0, 11), QF_OK);
    const qf_quarantine frozen[] = {{.tick = 1, .entity = 2}, {.tick = 4, .entity = 7}};
    qf_results_quarantined(f->results, frozen, 2);
    uint64_t hashes[] = {1, 2};
    assert_int_equal(qf_results_hashes(f->results, 5, hashes), QF_OK);
    assert_int_equal(finish(f, QF_OK), QF_OK);
    char *text = info(f, "a.h5");
    assert_says(text, "binding     core\n");
    assert_says(text, "quarantined 2\n");
    assert_says(text, "hashes      2 rungs\n");
    assert_says(text, "status      complete\n");
    assert_says(text, "seed        18446744073709551615\n");
    assert_says(text, "vehicles    10: scouts 6, heavy_haulers 4\n");
    assert_says(text, "records     11, from 0 s to 5 s, every 0.5 s; the scenario lasts 5 s\n");
    assert_says(text, "events      2: boot_ok (101) 2\n");
    assert_says(text, "state hash  00000000000000ab\n");
    assert_says(text, "soc_pct ");
    free(text);
}

static void info_names_files_that_are_not_complete(void **state)
{
    fixture *f = *state;
    make_fleet(f, 3, 1, 10);
    begin(f, "a.h5");
    char *text = info(f, "a.h5.partial");
    assert_says(text, "another process is writing this file");
    free(text);
    assert_int_equal(finish(f, QF_INTERRUPTED), QF_INTERRUPTED);
    text = info(f, "a.h5.partial");
    assert_says(text, "NOT COMPLETE: interrupted: stopped on request");
    assert_says(text, "quarantined none listed\n");
    free(text);
}

static void info_says_that_no_vehicle_of_a_whole_run_was_frozen(void **state)
{
    fixture *f = *state;
    make_fleet(f, 3, 1, 10);
    begin(f, "a.h5");
    assert_int_equal(finish(f, QF_OK), QF_OK);
    char *text = info(f, "a.h5");
    assert_says(text, "quarantined 0\n");
    assert_says(text, "hashes      1 rung\n");
    free(text);
}

static void info_explains_what_it_cannot_read(void **state)
{
    fixture *f = *state;
    make_fleet(f, 3, 1, 10);
    begin(f, "a.h5");
    assert_int_equal(finish(f, QF_OK), QF_OK);
    assert_int_equal(truncate("a.h5", 20000), 0);
    FILE *text = fopen("text", "w");
    fputs("no HDF5 at all, and long enough to look into", text);
    fclose(text);
    fclose(fopen("empty", "w"));
    H5Fclose(H5Fcreate("other", H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT));
    static const struct {
        const char *path;
        const char *words;
    } cases[] = {
        {"missing", "No such file"},  {".", "not a regular file"}, {"empty", "is empty"},
        {"text", "not an HDF5 file"}, {"a.h5", "cut short"},       {"other", "not a result"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        assert_int_equal(qf_results_info(&f->context, cases[i].path, stdout), QF_ERROR_READ);
        assert_error_says(f, cases[i].words);
        assert_error_says(f, cases[i].path);
    }
}

/* the writer leaves a begun batch for two seconds: rows that were promised must not need it */
static void rows_ahead_never_wait_for_a_begun_batch(void **state)
{
    fixture *f = *state;
    make_fleet(f, 1000, 1, 5000);
    keep_quantities(f, 4);
    begin(f, "a.h5");
    assert_int_equal(record(f, 0, 1), QF_OK);
    const size_t n = qf_results_rows_ahead(f->results);
    assert_true(n > 1);
    qf_frame *frames = calloc(n, sizeof *frames);
    for (int64_t round = 0; round < 3; round++) {
        const int64_t first = 1 + round * (int64_t)n;
        for (size_t k = 0; k < n; k++) {
            assert_int_equal(qf_results_acquire(f->results, first + (int64_t)k, &frames[k]), QF_OK);
            for (size_t q = 0; q < f->plan.n_quantities; q++) {
                memset(frames[k].row[q], 0,
                       f->fleet.n_vehicles * qf_type_bytes(f->plan.quantities[q]->type));
            }
        }
        for (size_t k = 0; k < n; k++) {
            assert_int_equal(qf_results_commit(f->results, &frames[k]), QF_OK);
        }
    }
    free(frames);
    qf_results_totals totals;
    assert_int_equal(qf_results_finish(f->results, QF_INTERRUPTED, 0, NULL, &totals),
                     QF_INTERRUPTED);
    assert_int_equal(totals.n_records, 1 + 3 * (int64_t)n);
    assert_true(totals.waited_s < 1.0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(complete_file_says_where_it_comes_from),
        TEST(every_batch_and_the_partly_filled_last_one_are_read_back),
        TEST(rows_of_a_large_fleet_are_cut_into_chunks),
        TEST(rows_ahead_never_wait_for_a_begun_batch),
        TEST(nodes_of_another_group_are_missing_values),
        TEST(vehicles_are_named_by_group_and_index),
        TEST(names_carry_the_world_when_there_are_several),
        TEST(numbers_that_may_be_none_say_so),
        TEST(events_are_appended_in_order),
        TEST(more_events_than_the_queue_holds_make_the_caller_wait_but_none_is_lost),
        TEST(info_describes_a_whole_file),
        TEST(info_names_files_that_are_not_complete),
        TEST(info_says_that_no_vehicle_of_a_whole_run_was_frozen),
        TEST(info_explains_what_it_cannot_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
