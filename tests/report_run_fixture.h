/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_REPORT_RUN_FIXTURE_H
#define QF_REPORT_RUN_FIXTURE_H

#include <ctype.h>
#include <math.h>

#include "report.h"
#include "tracks_fixture.h"

/* Pages of small runs: half a second a tick, haulers are the last two vehicles. */

static qf_status (*const sections[])(qf_context *context, qf_page *page,
                                     const qf_report_run *run) = {
    qf_report_run_summary, qf_report_run_state, qf_report_run_plan, qf_report_run_events,
    qf_report_run_tracking};

/* The page of a file, to be freed. */
static inline char *page_of(fixture *f, const char *path, const char *anchor)
{
    const hid_t file = open_result(path);
    qf_page *page = qf_page_create();
    const qf_report_run run = {.file = file, .path = path, .anchor = anchor ? anchor : ""};
    for (size_t i = 0; i < COUNT(sections); i++) {
        if (sections[i](&f->context, page, &run) != QF_OK) {
            fail_msg("%s", f->context.error);
        }
    }
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    assert_int_equal(qf_page_write(&f->context, page, "title", out), QF_OK);
    fclose(out);
    qf_page_free(page);
    H5Fclose(file);
    return text;
}

static inline bool holds(const char *text, const char *part)
{
    return strstr(text, part) != NULL;
}

/* What is never to be read: numbers that are none within drawings, ids that are there twice. */
static inline void assert_sound(const char *text)
{
    for (const char *number = text; (number = strpbrk(number, "ni")); number++) {
        const bool bad = strncmp(number, "nan", 3) == 0 || strncmp(number, "inf", 3) == 0;
        if (bad && !isalpha((unsigned char)number[-1]) && !isalpha((unsigned char)number[3])) {
            fail_msg("no number in '%.60s'", number - 20);
        }
    }
    for (const char *id = text; (id = strstr(id, " id=\"")); id++) {
        char first[64];
        snprintf(first, sizeof first, "%.*s", (int)(strchr(id + 5, '"') - id) + 1, id);
        if (strstr(id + 1, first)) {
            fail_msg("twice:%s", first);
        }
    }
}

/* All parts are there; those after a "!" are not. Frees the text. */
static inline void assert_tells(char *text, const char *const *parts)
{
    assert_sound(text);
    for (; *parts; parts++) {
        const bool unwanted = **parts == '!';
        if (holds(text, *parts + unwanted) == unwanted) {
            fail_msg("'%s'", *parts);
        }
    }
    free(text);
}

#define PARTS(...) ((const char *const[]){__VA_ARGS__, NULL})

/* Scouts alone, with as many thermal nodes. */
static inline void make_scouts(fixture *f, size_t n_scouts, qf_thermal_node *nodes, size_t n_nodes)
{
    make_fleet(f, 1, 1, 10);
    qf_fleet_free(&f->fleet);
    f->scenario.n_groups = 1;
    f->groups[0].count = n_scouts;
    f->groups[0].hardware.nodes = nodes;
    f->groups[0].hardware.n_nodes = n_nodes;
    assert_int_equal(qf_fleet_create(&f->context, &f->scenario, &f->fleet), QF_OK);
    assert_int_equal(qf_record_plan_create(&f->context, &f->fleet, &f->plan), QF_OK);
}

static inline qf_event event_of(int64_t tick, uint32_t entity, uint16_t code, uint8_t severity)
{
    return (qf_event){.tick = tick,
                      .entity = entity,
                      .code = code,
                      .severity = severity,
                      .subject = -1,
                      .track = -1,
                      .cause = -1,
                      .value = (double)NAN};
}

/* Opens a group of the file, to change what is in it. */
static inline void without(const char *path, const char *group)
{
    const hid_t file = H5Fopen(path, H5F_ACC_RDWR, H5P_DEFAULT);
    assert_true(H5Ldelete(file, group, H5P_DEFAULT) >= 0);
    H5Fclose(file);
}

/* Every double of /state becomes that value, but for the times. */
static inline void fill_state(const char *path, double value)
{
    const hid_t file = H5Fopen(path, H5F_ACC_RDWR, H5P_DEFAULT);
    const hid_t group = H5Gopen2(file, "state", H5P_DEFAULT);
    H5G_info_t info;
    assert_true(H5Gget_info(group, &info) >= 0);
    for (hsize_t i = 0; i < info.nlinks; i++) {
        const hid_t variable =
            H5Oopen_by_idx(group, ".", H5_INDEX_NAME, H5_ITER_INC, i, H5P_DEFAULT);
        const hid_t type = H5Dget_type(variable);
        const hid_t space = H5Dget_space(variable);
        if (H5Tget_class(type) == H5T_FLOAT && H5Sget_simple_extent_ndims(space) == 2) {
            const size_t n = (size_t)H5Sget_simple_extent_npoints(space);
            double *values = malloc((n + 1) * sizeof *values);
            for (size_t k = 0; k < n; k++) {
                values[k] = k % 2 ? value : -value;
            }
            assert_true(
                H5Dwrite(variable, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, values) >= 0);
            free(values);
        }
        H5Sclose(space);
        H5Tclose(type);
        H5Oclose(variable);
    }
    H5Gclose(group);
    H5Fclose(file);
}

static inline void whole_run(fixture *f, size_t n_scouts, int64_t n_records)
{
    make_fleet(f, n_scouts, 1, 10);
    begin(f, "a.h5");
    assert_int_equal(record(f, 0, n_records), QF_OK);
    assert_int_equal(finish(f, QF_OK), QF_OK);
}

/* Texts in the place of numbers, so that no read of them succeeds. */
static inline void make_unreadable(const char *path, const char *column, hsize_t n)
{
    const hid_t file = H5Fopen(path, H5F_ACC_RDWR, H5P_DEFAULT);
    assert_true(H5Ldelete(file, column, H5P_DEFAULT) >= 0);
    const hid_t space = H5Screate_simple(1, &n, NULL);
    const hid_t variable =
        H5Dcreate2(file, column, H5T_C_S1, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
    assert_true(variable >= 0);
    H5Dclose(variable);
    H5Sclose(space);
    H5Fclose(file);
}

/* Of two vehicles at two records, in the order first, second, first, second. */
static inline void put_state(hid_t file, const char *path, const double *values)
{
    const hsize_t lengths[2] = {2, 2};
    if (H5Lexists(file, path, H5P_DEFAULT) > 0) {
        const hid_t variable = H5Dopen2(file, path, H5P_DEFAULT);
        assert_true(H5Dwrite(variable, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, values) >=
                    0);
        H5Dclose(variable);
    } else {
        assert_true(H5LTmake_dataset_double(file, path, 2, lengths, values) >= 0);
    }
}

/* Values of a variable of /state that is made where it is not there; [record][vehicle]. */
static inline void put_values(const char *path, const char *variable, hsize_t n_records,
                              hsize_t n_vehicles, const double *values)
{
    const hsize_t lengths[2] = {n_records, n_vehicles};
    const hid_t file = H5Fopen(path, H5F_ACC_RDWR, H5P_DEFAULT);
    assert_true(file >= 0);
    if (H5Lexists(file, variable, H5P_DEFAULT) > 0) {
        assert_true(H5Ldelete(file, variable, H5P_DEFAULT) >= 0);
    }
    assert_true(H5LTmake_dataset_double(file, variable, 2, lengths, values) >= 0);
    H5Fclose(file);
}

/* Every value of a variable becomes that one. */
static inline void put_everywhere(const char *path, const char *variable, int value)
{
    const hid_t file = H5Fopen(path, H5F_ACC_RDWR, H5P_DEFAULT);
    const hid_t dataset = H5Dopen2(file, variable, H5P_DEFAULT);
    const hid_t space = H5Dget_space(dataset);
    const size_t n = (size_t)H5Sget_simple_extent_npoints(space);
    int *values = malloc((n + 1) * sizeof *values);
    for (size_t i = 0; i < n; i++) {
        values[i] = value;
    }
    assert_true(H5Dwrite(dataset, H5T_NATIVE_INT, H5S_ALL, H5S_ALL, H5P_DEFAULT, values) >= 0);
    free(values);
    H5Sclose(space);
    H5Dclose(dataset);
    H5Fclose(file);
}

static inline void run_of_scouts(fixture *f, size_t n_scouts, size_t n_quantities,
                                 int64_t n_records)
{
    make_scouts(f, n_scouts, f->nodes, 1);
    keep_quantities(f, n_quantities);
    begin(f, "a.h5");
    assert_int_equal(record(f, 0, n_records), QF_OK);
    assert_int_equal(finish(f, QF_OK), QF_OK);
}

#endif
