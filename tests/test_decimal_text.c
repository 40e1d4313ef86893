/* SPDX-License-Identifier: Apache-2.0 */
#include "decimal_text.h"

#include <float.h>
#include <math.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <setjmp.h>

#include <cmocka.h>

enum { RANDOM_NUMBERS = 1200000 };

/* any generator will do that is not the code's own */
static uint64_t next(uint64_t *state)
{
    *state += UINT64_C(0x9e3779b97f4a7c15);
    uint64_t z = *state;
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

static double double_of(uint64_t bits)
{
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

static float float_of(uint32_t bits)
{
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

static const char *text_of(char *(*put)(char *, double), double value, char *text)
{
    memset(text, 'x', QF_DECIMAL_BYTES);
    char *end = put(text, value);
    assert_true(end > text && end < text + QF_DECIMAL_BYTES);
    *end = '\0';
    return text;
}

/* digits that count: without sign, point, exponent and zeros around */
static size_t count_digits(const char *text)
{
    size_t n = 0;
    size_t zeros = 0;
    for (const char *c = text; *c && *c != 'e'; c++) {
        if (*c >= '1' && *c <= '9') {
            n += zeros + 1;
            zeros = 0;
        } else if (*c == '0' && n > 0) {
            zeros++;
        }
    }
    return n;
}

static void check_double(double value)
{
    char text[QF_DECIMAL_BYTES + 1];
    text_of(qf_decimal_put_double, value, text);
    char *end;
    const double back = strtod(text, &end);
    assert_int_equal(*end, 0);
    if (isnan(value) ? !isnan(back) : memcmp(&back, &value, sizeof back) != 0) {
        fail_msg("%a became %s, which is %a", value, text, back);
    }
}

static void check_float(float value)
{
    char text[QF_DECIMAL_BYTES + 1];
    char *end = qf_decimal_put_float(text, value);
    *end = '\0';
    const float back = strtof(text, NULL);
    const float by_way_of_double = (float)strtod(text, NULL);
    if (isnan(value) ? !isnan(back)
                     : memcmp(&back, &value, sizeof back) != 0 ||
                           memcmp(&by_way_of_double, &value, sizeof back) != 0) {
        fail_msg("%a became %s, which is %a", (double)value, text, (double)back);
    }
}

static void doubles_of_any_bits_read_back_as_they_were(void **state)
{
    (void)state;
    uint64_t random = 1;
    for (int i = 0; i < RANDOM_NUMBERS / 2; i++) {
        check_double(double_of(next(&random)));
    }
}

static void doubles_of_common_sizes_read_back_as_they_were(void **state)
{
    (void)state;
    uint64_t random = 2;
    for (int i = 0; i < RANDOM_NUMBERS; i++) {
        const uint64_t bits = next(&random);
        const uint64_t exponent = 1023 - 40 + bits % 100; /* 1e-12 to 1e18 */
        check_double(double_of((bits & ~(UINT64_C(0x7ff) << 52)) | exponent << 52));
    }
}

static void doubles_beside_powers_and_decimals_read_back_as_they_were(void **state)
{
    (void)state;
    for (int e = -1074; e < 1024; e++) {
        const double power = ldexp(1.0, e);
        check_double(power);
        check_double(nextafter(power, 0.0));
        check_double(nextafter(power, (double)INFINITY));
        check_double(-power);
    }
    for (int e = -323; e < 309; e++) {
        char text[16];
        snprintf(text, sizeof text, "1e%d", e);
        const double power = strtod(text, NULL);
        check_double(power);
        check_double(nextafter(power, 0.0));
        check_double(nextafter(power, (double)INFINITY));
    }
    for (int i = 0; i < 200000; i++) {
        check_double(i * 0.1);
        check_double(i / 1000.0);
        check_double(9007199254740992.0 + i);
    }
    check_double(DBL_MAX);
    check_double(DBL_MIN);
    check_double((double)NAN);
}

static void floats_of_any_bits_read_back_as_they_were(void **state)
{
    (void)state;
    uint64_t random = 3;
    for (int i = 0; i < RANDOM_NUMBERS; i++) {
        check_float(float_of((uint32_t)next(&random)));
    }
    for (int e = -149; e < 128; e++) {
        const float power = ldexpf(1.0f, e);
        check_float(power);
        check_float(nextafterf(power, 0.0f));
        check_float(nextafterf(power, INFINITY));
    }
    for (int i = 0; i < 200000; i++) {
        check_float((float)i * 0.1f);
        check_float(16777216.0f + (float)i);
    }
}

/* one digit fewer, rounded right, is another number */
static void no_digit_is_too_many(void **state)
{
    (void)state;
    uint64_t random = 4;
    for (int i = 0; i < RANDOM_NUMBERS / 10; i++) {
        const uint64_t bits = next(&random);
        const uint64_t exponent = 1023 - 36 + bits % 92;
        const double value = double_of((bits & ~(UINT64_C(0x7ff) << 52)) | exponent << 52);
        char text[QF_DECIMAL_BYTES + 1];
        const size_t n = count_digits(text_of(qf_decimal_put_double, value, text));
        char shorter[64];
        snprintf(shorter, sizeof shorter, "%.*e", n > 1 ? (int)n - 2 : 0, value);
        if (n > 1 && strtod(shorter, NULL) == value) {
            fail_msg("%s would do, found %s", shorter, text);
        }
    }
}

static void well_known_numbers_look_as_people_write_them(void **state)
{
    (void)state;
    static const struct {
        double value;
        const char *text;
    } known[] = {{0.0, "0"},
                 {-0.0, "-0"},
                 {0.1, "0.1"},
                 {-2.5, "-2.5"},
                 {100.0, "100"},
                 {0.30000000000000004, "0.30000000000000004"},
                 {1e15, "1000000000000000"},
                 {1e16, "1e+16"},
                 {1e17, "1e+17"},
                 {1.5e-7, "1.5e-07"},
                 {0.0001, "0.0001"},
                 {0.00001234, "1.234e-05"},
                 {1e300, "1e+300"},
                 {5e-324, "4.94065645841247e-324"},
                 {NAN, "nan"},
                 {INFINITY, "inf"},
                 {-INFINITY, "-inf"}};
    char text[QF_DECIMAL_BYTES + 1];
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        assert_string_equal(text_of(qf_decimal_put_double, known[i].value, text), known[i].text);
    }
    *qf_decimal_put_float(text, 0.1f) = '\0';
    assert_string_equal(text, "0.1");
    *qf_decimal_put_float(text, 16777216.0f) = '\0';
    assert_string_equal(text, "16777216");
}

static void rounded_numbers_are_those_of_printf(void **state)
{
    (void)state;
    uint64_t random = 5;
    char text[QF_DECIMAL_BYTES + 1];
    char expected[64];
    for (int i = 0; i < RANDOM_NUMBERS / 4; i++) {
        const uint64_t bits = next(&random);
        const uint64_t exponent = 1023 - 45 + bits % 110;
        const double value = i % 4 == 0
                                 ? (double)(int64_t)(bits % 20000000) / 8.0 - 1e6 /* many ties */
                                 : double_of((bits & ~(UINT64_C(0x7ff) << 52)) | exponent << 52);
        snprintf(expected, sizeof expected, "%.6g", value);
        assert_string_equal(text_of(qf_decimal_put_rounded, value, text), expected);
    }
    static const double awkward[] = {0.0,         -0.0,     NAN,    INFINITY,     999999.5,
                                     999999.4999, 1e-5,     0.0001, 1e-300,       1e300,
                                     123456.5,    9.999995, 1e6,    0.00099999995};
    for (size_t i = 0; i < sizeof awkward / sizeof *awkward; i++) {
        snprintf(expected, sizeof expected, "%.6g", awkward[i]);
        assert_string_equal(text_of(qf_decimal_put_rounded, awkward[i], text), expected);
    }
}

static void whole_numbers_are_those_of_printf(void **state)
{
    (void)state;
    uint64_t random = 6;
    char text[QF_DECIMAL_BYTES + 1];
    char expected[64];
    for (int i = 0; i < 100000; i++) {
        const uint64_t value = next(&random) >> (i % 64);
        *qf_decimal_put_uint64(text, value) = '\0';
        snprintf(expected, sizeof expected, "%llu", (unsigned long long)value);
        assert_string_equal(text, expected);
        *qf_decimal_put_int64(text, (int64_t)value) = '\0';
        snprintf(expected, sizeof expected, "%lld", (long long)value);
        assert_string_equal(text, expected);
    }
    *qf_decimal_put_int64(text, INT64_MIN) = '\0';
    assert_string_equal(text, "-9223372036854775808");
    *qf_decimal_put_uint64(text, 0) = '\0';
    assert_string_equal(text, "0");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(doubles_of_any_bits_read_back_as_they_were),
        cmocka_unit_test(doubles_of_common_sizes_read_back_as_they_were),
        cmocka_unit_test(doubles_beside_powers_and_decimals_read_back_as_they_were),
        cmocka_unit_test(floats_of_any_bits_read_back_as_they_were),
        cmocka_unit_test(no_digit_is_too_many),
        cmocka_unit_test(well_known_numbers_look_as_people_write_them),
        cmocka_unit_test(rounded_numbers_are_those_of_printf),
        cmocka_unit_test(whole_numbers_are_those_of_printf),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
