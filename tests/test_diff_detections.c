/* SPDX-License-Identifier: Apache-2.0 */
/* What a comparison says of detections and identities: one of two files is made otherwise. */
#include "detections_fixture.h"
#include "diff_fixture.h"

/* A whole file of those rows, closed. */
static void write_rows(fixture *f, const char *path, const qf_detections *d,
                       const qf_identities *given, qf_status outcome)
{
    begin_with(f, path, given);
    assert_int_equal(qf_results_detections(f->results, d), QF_OK);
    end_rows(f, outcome);
}

static void write_sound(fixture *f, const char *path)
{
    qf_detections d = rows(0, ROWS);
    write_rows(f, path, &d, &identities, QF_OK);
    qf_detections_free(&d);
}

static void equal_detections_are_counted(void **state)
{
    fixture *f = *state;
    write_sound(f, "a.h5");
    write_sound(f, "b.h5");
    assert_says(f, "a.h5", "b.h5", false, QF_OK,
                SAYS("\nequal\n", "/detections: 9000, equal\n", "/identities: 4, equal\n"));
    assert_says(f, "a.h5", "b.h5", true, QF_OK,
                SAYS("\"detections\": {\"counts\": [9000, 9000], \"first_difference\": null}",
                     "\"identities\": {\"counts\": [4, 4], \"first_difference\": null}"));
}

/* In its last bit, whatever the column. */
static void first_row_and_column_that_differ_are_named(void **state)
{
    fixture *f = *state;
    write_sound(f, "a.h5");
    qf_detections d = rows(0, ROWS);
    uint32_t bits;
    memcpy(&bits, &d.vr_mps[8504], sizeof bits);
    bits ^= 1;
    memcpy(&d.vr_mps[8504], &bits, sizeof bits);
    write_rows(f, "b.h5", &d, &identities, QF_OK);
    assert_says(f, "a.h5", "b.h5", false, QF_DIFFERENT,
                SAYS("DIFFERENT\n",
                     "/detections: 9000 in A, 9000 in B in the common time; first difference: "
                     "number 8504, vr_mps\n",
                     "    A  tick 8 (4 s), observer 2 'scouts-2', target 4 'heavy haulers-1': "
                     "short_range, range 8504.25 m, bearing 326 deg, elevation -56 deg, radial "
                     "speed -4252 m/s, SNR 1063 dB, RCS -531.5 dBsm, transponder off says "
                     "'SPOOF-00ff3c'\n",
                     "radial speed -4252.00049 m/s"));
    assert_says(f, "a.h5", "b.h5", true, QF_DIFFERENT,
                SAYS("\"first_difference\": {\"number\": 8504, \"column\": \"vr_mps\""));
    /* an earlier row counts before, and in it the observer before the rest */
    d.mode[15] ^= 1;
    d.observer[15] = 1;
    d.identity[15] = QF_NO_IDENTITY;
    d.target[15] = QF_NO_ENTITY;
    remove("b.h5");
    write_rows(f, "b.h5", &d, &identities, QF_OK);
    assert_says(f, "a.h5", "b.h5", false, QF_DIFFERENT,
                SAYS("first difference: number 15, observer\n", "target none:", "says nothing\n"));
    qf_detections_free(&d);
}

static void every_column_is_compared(void **state)
{
    fixture *f = *state;
    write_sound(f, "a.h5");
#define QF_COLUMN(type, name)                                                                      \
    {                                                                                              \
        qf_detections d = rows(0, ROWS);                                                           \
        d.name[ROWS - 1] = (type)(d.name[ROWS - 1] + 1);                                           \
        write_rows(f, "b.h5", &d, &identities, QF_OK);                                             \
        qf_detections_free(&d);                                                                    \
        assert_last_row_differs(f, "detections", #name);                                           \
    }
    QF_DETECTION_TABLE(QF_COLUMN)
#undef QF_COLUMN
}

static void missing_detection_is_told(void **state)
{
    fixture *f = *state;
    write_sound(f, "a.h5");
    qf_detections d = rows(0, ROWS - 1);
    write_rows(f, "b.h5", &d, &identities, QF_OK);
    qf_detections_free(&d);
    assert_says(f, "a.h5", "b.h5", false, QF_DIFFERENT,
                SAYS("/detections: 9000 in A, 8999 in B in the common time; first difference: "
                     "number 8999\n",
                     "    B  none\n"));
}

/* Interrupted after tick 5: what its radars would see at tick 5 is not part of the common time. */
static void interrupted_file_is_compared_up_to_its_end(void **state)
{
    fixture *f = *state;
    write_sound(f, "a.h5");
    qf_detections d = rows(0, 5500);
    write_rows(f, "b.h5", &d, &identities, QF_INTERRUPTED);
    qf_detections_free(&d);
    assert_says(f, "a.h5", "b.h5.partial", false, QF_DIFFERENT, SAYS("/detections: 5000, equal\n"));
}

static void change_file(const char *path, const char *old_name, const char *new_name)
{
    const hid_t file = H5Fopen(path, H5F_ACC_RDWR, H5P_DEFAULT);
    assert_true(file >= 0);
    assert_true(H5Lmove(file, old_name, H5L_SAME_LOC, new_name, H5P_DEFAULT, H5P_DEFAULT) >= 0);
    assert_true(H5Fclose(file) >= 0);
}

static void column_that_one_file_lacks_is_told(void **state)
{
    fixture *f = *state;
    write_sound(f, "a.h5");
    write_sound(f, "b.h5");
    change_file("b.h5", "detections/range_m", "detections/rnage_m");
    assert_says(f, "a.h5", "b.h5", false, QF_DIFFERENT,
                SAYS("/detections/range_m is only in A", "/detections/rnage_m is only in B"));
    change_file("a.h5", "detections/range_m", "detections/length_m");
    change_file("a.h5", "detections/tick", "detections/range_m");
    change_file("a.h5", "detections/length_m", "detections/tick");
    change_file("b.h5", "detections/rnage_m", "detections/range_m");
    assert_says(f, "b.h5", "a.h5", false, QF_DIFFERENT,
                SAYS("/detections/range_m is of another type in B"));
}

/* killed before the first record: detections are all that tells how far it came */
static void detections_count_where_there_are_no_records(void **state)
{
    fixture *f = *state;
    qf_detections d = rows(0, 5500);
    for (int k = 0; k < 2; k++) {
        begin_with(f, k ? "b.h5" : "a.h5", &identities);
        d.range_m[7] += (float)k;
        assert_int_equal(qf_results_detections(f->results, &d), QF_OK);
        assert_int_equal(qf_results_finish(f->results, QF_ERROR_WRITE, 0, NULL, NULL),
                         QF_ERROR_WRITE);
        qf_fleet_free(&f->fleet);
    }
    qf_detections_free(&d);
    assert_says(f, "a.h5.partial", "b.h5.partial", false, QF_DIFFERENT,
                SAYS("first difference: number 7, range_m\n"));
}

static void other_texts_are_told(void **state)
{
    fixture *f = *state;
    write_sound(f, "a.h5");
    static const char *const others[] = {"ALLY-0", "ALLY-1", "ALLY-X", "SPOOF-00ff3c", "more"};
    qf_detections d = rows(0, ROWS);
    write_rows(f, "b.h5", &d, &(qf_identities){5, others, own, spoof}, QF_OK);
    write_rows(f, "c.h5", &d, &(qf_identities){3, others, own, spoof}, QF_OK);
    qf_detections_free(&d);
    assert_says(f, "a.h5", "b.h5", false, QF_DIFFERENT,
                SAYS("/identities: 4 in A, 5 in B; first difference: number 2\n"
                     "    A  ALLY-2\n    B  ALLY-X\n",
                     "/detections: 9000, equal\n"));
    assert_says(f, "b.h5", "c.h5", false, QF_DIFFERENT,
                SAYS("first difference: number 3\n    A  SPOOF-00ff3c\n    B  none\n"));
}

static void file_without_detections_is_told(void **state)
{
    fixture *f = *state;
    write_sound(f, "a.h5");
    make_fleet(f, 3, 1, 20);
    begin(f, "b.h5");
    assert_int_equal(record(f, 0, 6), QF_OK);
    assert_int_equal(finish(f, QF_OK), QF_OK);
    assert_says(f, "a.h5", "b.h5", false, QF_DIFFERENT,
                SAYS("/detections is recorded only in A\n", "/identities is recorded only in A\n"));
    assert_says(f, "b.h5", "b.h5", false, QF_OK, SAYS("\nequal\n"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(equal_detections_are_counted),
        TEST(first_row_and_column_that_differ_are_named),
        TEST(every_column_is_compared),
        TEST(missing_detection_is_told),
        TEST(column_that_one_file_lacks_is_told),
        TEST(detections_count_where_there_are_no_records),
        TEST(interrupted_file_is_compared_up_to_its_end),
        TEST(other_texts_are_told),
        TEST(file_without_detections_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
