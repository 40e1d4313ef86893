/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */
#include <string.h>

static qf_unit unit_of(const char *text)
{
    qf_unit unit;
    if (!qf_unit_parse(text, strlen(text), &unit)) {
        fail_msg("'%s' should be a unit", text);
    }
    return unit;
}

static void assert_factor(const char *from, const char *to, double factor)
{
    const qf_unit a = unit_of(from);
    const qf_unit b = unit_of(to);
    assert_true(qf_unit_same_quantity(&a, &b));
    if (a.scale / b.scale != factor) {
        fail_msg("%s is %.17g %s, not %g", from, a.scale / b.scale, to, factor);
    }
}

static void every_unit_of_the_field_table_is_known(void **state)
{
    (void)state;
    static const char *const texts[] = {
#define QF_FIELD(id, type, shape, role, health, name, unit, long_name) unit,
#include "fields.def"
#undef QF_FIELD
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        unit_of(texts[i]);
    }
}

static void units_of_one_quantity_differ_by_a_factor(void **state)
{
    (void)state;
    assert_factor("W h", "J", 3600.0);
    assert_factor("kWh", "W h", 1000.0);
    assert_factor("km", "m", 1000.0);
    assert_factor("m", "km", 0.001);
    assert_factor("min", "s", 60.0);
    assert_factor("percent", "%", 1.0);
    assert_factor("m/s", "m s-1", 1.0);
    assert_factor("V A", "W", 1.0);
    assert_factor("N m", "J", 1.0);
    assert_factor("km2", "m2", 1e6);
    assert_factor("uSv/h", "uSv s-1", 1.0 / 3600.0);
}

static void quantities_that_are_not_the_same_are_told_apart(void **state)
{
    (void)state;
    const char *const texts[] = {"m",   "s",   "kg", "m s-1", "m2", "degC",
                                 "rad", "uSv", "1",  "W",     "J",  "%"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        for (size_t k = 0; k < i; k++) {
            const qf_unit a = unit_of(texts[i]);
            const qf_unit b = unit_of(texts[k]);
            assert_false(qf_unit_same_quantity(&a, &b));
        }
    }
}

static void what_is_no_unit_is_refused(void **state)
{
    (void)state;
    const char *const texts[] = {"",     " ",  "K",  "m  s", "m s-", "m-",
                                 "s-1/", "/s", "m0", "2",    "metre"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        qf_unit unit;
        if (qf_unit_parse(texts[i], strlen(texts[i]), &unit)) {
            fail_msg("'%s' should be no unit", texts[i]);
        }
    }
    assert_string_equal(qf_unit_nearest("degF"), "degC");
    assert_null(qf_unit_nearest("furlongs"));
}

static void products_go_to_their_limits_and_no_further(void **state)
{
    (void)state;
    const qf_unit metre = unit_of("m");
    const qf_unit share = unit_of("cm m-1");
    qf_unit product = unit_of("1");
    size_t n = 0;
    while (qf_unit_multiply(&product, &metre, false, &product)) {
        n++;
    }
    assert_int_equal(n, 30);
    product = unit_of("1");
    for (n = 0; n < 1000 && qf_unit_multiply(&product, &share, false, &product); n++) {
    }
    assert_in_range(n, 70, 76);
}

static void computed_units_are_written_in_base_quantities(void **state)
{
    (void)state;
    char text[QF_UNIT_TEXT_BYTES];
    qf_unit unit = unit_of("W h");
    assert_string_equal(qf_unit_format(&unit, text), "Wh");
    unit = unit_of("km h-1");
    assert_string_equal(qf_unit_format(&unit, text), "0.277778 m s-1");
    unit = unit_of("kg m2/s");
    assert_string_equal(qf_unit_format(&unit, text), "m2 kg s-1");
    unit.text = "as written";
    assert_string_equal(qf_unit_format(&unit, text), "as written");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_unit_of_the_field_table_is_known),
        cmocka_unit_test(units_of_one_quantity_differ_by_a_factor),
        cmocka_unit_test(quantities_that_are_not_the_same_are_told_apart),
        cmocka_unit_test(what_is_no_unit_is_refused),
        cmocka_unit_test(products_go_to_their_limits_and_no_further),
        cmocka_unit_test(computed_units_are_written_in_base_quantities),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
