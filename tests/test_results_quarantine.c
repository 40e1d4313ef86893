/* SPDX-License-Identifier: Apache-2.0 */
/* /quarantine of a result file: who was frozen, why, and in which state. */
#include <math.h>

#include "results_fixture.h"

/* a scout and a hauler of the second world */
enum { SCOUT = 4, HAULER = 8, N = 2 };

static uint32_t quantity_number(const fixture *f, const char *name)
{
    const qf_quantity *quantity = qf_catalog_find(&f->fleet.catalog, name);
    assert_non_null(quantity);
    return (uint32_t)(quantity - f->fleet.catalog.quantities);
}

static void assert_name(hid_t file, size_t index, const char *name)
{
    char *names[N];
    const hid_t type = H5Tcopy(H5T_C_S1);
    H5Tset_size(type, H5T_VARIABLE);
    H5Tset_cset(type, H5T_CSET_UTF8);
    read_all(file, "quarantine/quantity", type, names);
    assert_string_equal(names[index], name);
    for (size_t i = 0; i < N; i++) {
        H5free_memory(names[i]);
    }
    H5Tclose(type);
}

static void frozen_vehicles_are_listed_with_cause_and_last_good_state(void **state)
{
    fixture *f = *state;
    make_fleet(f, 3, 2, 10);
    qf_f64(&f->fleet, QF_FIELD_X, 0)[qf_fleet_entity(&f->fleet, SCOUT).slot] = 1.5;
    qf_f64(&f->fleet, QF_FIELD_X, 0)[qf_fleet_entity(&f->fleet, HAULER).slot] = -2.5;
    const qf_quarantine entries[N] = {{.tick = 3,
                                       .world = 1,
                                       .entity = SCOUT,
                                       .quantity = quantity_number(f, "soc_pct"),
                                       .reason = QF_REASON_NOT_FINITE,
                                       .value = (double)NAN},
                                      {.tick = 7,
                                       .world = 1,
                                       .entity = HAULER,
                                       .quantity = quantity_number(f, "x_m"),
                                       .reason = QF_REASON_OUT_OF_RANGE,
                                       .value = 3e12}};
    begin(f, "a.h5");
    qf_results_quarantined(f->results, entries, N);
    assert_int_equal(finish(f, QF_OK), QF_OK);

    const hid_t file = open_result("a.h5");
    int64_t entity[N];
    int64_t tick[N];
    uint8_t reason[N];
    double time_s[N];
    double value[N];
    double x_m[N];
    double core_c[N];
    read_all(file, "quarantine/entity", H5T_NATIVE_INT64, entity);
    read_all(file, "quarantine/tick", H5T_NATIVE_INT64, tick);
    read_all(file, "quarantine/time_s", H5T_NATIVE_DOUBLE, time_s);
    read_all(file, "quarantine/reason", H5T_NATIVE_UINT8, reason);
    read_all(file, "quarantine/value", H5T_NATIVE_DOUBLE, value);
    read_all(file, "quarantine/x_m", H5T_NATIVE_DOUBLE, x_m);
    read_all(file, "quarantine/temp_core_c", H5T_NATIVE_DOUBLE, core_c);
    assert_int_equal(entity[0], SCOUT);
    assert_int_equal(entity[1], HAULER);
    assert_int_equal(tick[1], 7);
    assert_true(time_s[1] == 3.5);
    assert_int_equal(reason[0], QF_REASON_NOT_FINITE);
    assert_int_equal(reason[1], QF_REASON_OUT_OF_RANGE);
    assert_true(isnan(value[0]) && value[1] == 3e12);
    assert_true(x_m[0] == 1.5 && x_m[1] == -2.5);
    assert_true(core_c[0] == 20.0 && isnan(core_c[1])); /* haulers have no core */
    assert_name(file, 0, "soc_pct");
    assert_name(file, 1, "x_m");
    assert_true(H5Lexists(file, "quarantine/bus_v", H5P_DEFAULT) == 0);
    H5Fclose(file);
}

static void a_run_without_frozen_vehicles_has_no_such_group(void **state)
{
    fixture *f = *state;
    make_fleet(f, 3, 1, 10);
    begin(f, "a.h5");
    qf_results_quarantined(f->results, NULL, 0);
    assert_int_equal(finish(f, QF_OK), QF_OK);
    const hid_t file = open_result("a.h5");
    assert_true(H5Lexists(file, "quarantine", H5P_DEFAULT) == 0);
    H5Fclose(file);
}

static void a_whole_fleet_may_be_frozen(void **state)
{
    enum { MANY = 20000 };
    fixture *f = *state;
    make_fleet(f, MANY - 2, 1, 10);
    qf_quarantine *entries = calloc(MANY, sizeof *entries);
    assert_non_null(entries);
    for (uint32_t e = 0; e < MANY; e++) {
        entries[e] = (qf_quarantine){.tick = 1, .entity = e};
    }
    keep_quantities(f, 1);
    begin(f, "a.h5");
    qf_results_quarantined(f->results, entries, MANY);
    assert_int_equal(finish(f, QF_INTERRUPTED), QF_INTERRUPTED);
    free(entries);
    const hid_t file = open_result("a.h5.partial");
    assert_int_equal(length_of(file, "quarantine/y_m"), MANY);
    H5Fclose(file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(frozen_vehicles_are_listed_with_cause_and_last_good_state),
        TEST(a_run_without_frozen_vehicles_has_no_such_group),
        TEST(a_whole_fleet_may_be_frozen),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
