/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_TEST_TABLES_FIXTURE_H
#define QF_TEST_TABLES_FIXTURE_H

/* What the tests of /detections, /tracks and /picture share: who is there, and reading columns back. */
#include <math.h>

#include "results_fixture.h"
#include "results_info.h"

/* One world: entities 0 to 2 are scouts, 3 and 4 haulers; the last hauler spoofs. */
static const char *const texts[] = {"ALLY-0", "ALLY-1", "ALLY-2", "SPOOF-00ff3c"};
static const int32_t own[] = {0, 1, 2, QF_NO_IDENTITY, QF_NO_IDENTITY};
static const int32_t spoof[] = {QF_NO_IDENTITY, QF_NO_IDENTITY, QF_NO_IDENTITY, QF_NO_IDENTITY, 3};
static const qf_identities identities = {4, texts, own, spoof};

enum { VEHICLES = COUNT(own), PER_TICK = 1000 };

static inline void begin_given(fixture *f, const char *path, const qf_identities *given)
{
    if (create_with(f, &(qf_results_options){.path = path, .identities = given}) != QF_OK) {
        fail_msg("%s", f->context.error);
    }
}

/* Names on file are those in memory, but for these. */
static inline const char *file_name(const char *column)
{
    return strcmp(column, "mode") == 0       ? "transponder_mode"
           : strcmp(column, "identity") == 0 ? "transponder_id"
                                             : column;
}

/* The values of a column of n elements, as doubles; its size and class are as expected. */
static inline double *read_column(hid_t file, const char *group, const char *name, size_t n,
                                  size_t bytes, H5T_class_t class)
{
    char path[64];
    hsize_t length = SIZE_MAX;
    H5T_class_t found_class;
    size_t found_bytes;
    snprintf(path, sizeof path, "%s/%s", group, name);
    assert_true(H5LTget_dataset_info(file, path, &length, &found_class, &found_bytes) >= 0);
    assert_int_equal(length, n);
    assert_int_equal(found_class, class);
    assert_int_equal(found_bytes, bytes);
    double *values = calloc(n + 1, sizeof *values);
    assert_non_null(values);
    if (n > 0) {
        read_all(file, path, H5T_NATIVE_DOUBLE, values);
    }
    return values;
}

static inline void assert_value(const char *name, size_t row, double value, double expected_value)
{
    if (value != expected_value && !(isnan(value) && isnan(expected_value))) {
        fail_msg("%s: %g in row %zu, expected %g", name, value, row, expected_value);
    }
}

#define CLASS_OF(value)                                                                            \
    _Generic(value, float : H5T_FLOAT, double : H5T_FLOAT, default : H5T_INTEGER)

#define ASSERT_COLUMN(group, rows, type, name)                                                     \
    do {                                                                                           \
        double *values =                                                                           \
            read_column(file, group, file_name(#name), n, sizeof(type), CLASS_OF((type)0));        \
        for (size_t i = 0; i < n; i++) {                                                           \
            assert_value(#name, i, values[i], (double)rows.name[i]);                               \
        }                                                                                          \
        free(values);                                                                              \
    } while (0);

/* The columns that memory does not have. */
static inline void assert_counted(hid_t file, const char *group, const char *dimension,
                                  const int64_t *tick, size_t n)
{
    double *numbers = read_column(file, group, dimension, n, 8, H5T_INTEGER);
    double *times_s = read_column(file, group, "time_s", n, 8, H5T_FLOAT);
    for (size_t i = 0; i < n; i++) {
        assert_value(dimension, i, numbers[i], (double)i);
        assert_value("time_s", i, times_s[i], (double)tick[i] * 0.5);
    }
    free(numbers);
    free(times_s);
}

static inline void assert_texts(hid_t file, const char *name, const char *const *expected_texts,
                                size_t n)
{
    char *stored[8];
    assert_int_equal(length_of(file, name), n);
    const hid_t variable = H5Dopen2(file, name, H5P_DEFAULT);
    const hid_t type = H5Dget_type(variable);
    assert_true(H5Dread(variable, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, stored) >= 0);
    for (size_t i = 0; i < n; i++) {
        assert_string_equal(stored[i], expected_texts[i]);
        H5free_memory(stored[i]);
    }
    H5Tclose(type);
    H5Dclose(variable);
}

/* What qfleet info says has these parts, or none of them. */
static inline void assert_info(fixture *f, const char *path, const char *const *parts,
                               bool expected_there)
{
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    assert_non_null(out);
    assert_int_equal(qf_results_info(&f->context, path, out), QF_OK);
    fclose(out);
    for (; *parts; parts++) {
        if (!strstr(text, *parts) == expected_there) {
            fail_msg("'%s' in:\n%s", *parts, text);
        }
    }
    free(text);
}

#endif
