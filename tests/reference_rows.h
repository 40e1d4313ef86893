/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_REFERENCE_ROWS_H
#define QF_REFERENCE_ROWS_H

/*
 * golden/radar_reference.csv: numbers that others computed, with the tolerance that they are known to. Rows are of
 * families, which their ids begin with (up to a digit or an underscore); each test that reads them names its own.
 */
#include <math.h>

#include "program_fixture.h"

#define REFERENCE TEST_SOURCE_DIR "/golden/radar_reference.csv"

/* Of a row with several values as many as it has, in its order. */
typedef struct computed {
    const char *id;
    double value;
} computed;

/* the test of each family */
typedef enum reference_part {
    REFERENCE_RADAR,
    REFERENCE_TRACKING,
    REFERENCE_DISTANCES, /* of sets */
} reference_part;

static const struct {
    const char *name;
    reference_part part;
} reference_families[] = {
    {"RE", REFERENCE_RADAR},     {"PD", REFERENCE_RADAR},      {"MQ", REFERENCE_RADAR},
    {"PN", REFERENCE_RADAR},     {"CF", REFERENCE_RADAR},      {"FA", REFERENCE_RADAR},
    {"SW", REFERENCE_RADAR},     {"ME", REFERENCE_RADAR},      {"BP", REFERENCE_RADAR},
    {"AM", REFERENCE_RADAR},     {"OC", REFERENCE_RADAR},      {"MN", REFERENCE_TRACKING},
    {"KA", REFERENCE_TRACKING},  {"VR", REFERENCE_TRACKING},   {"LG", REFERENCE_TRACKING},
    {"BB", REFERENCE_TRACKING},  {"CD", REFERENCE_TRACKING},   {"AB", REFERENCE_TRACKING},
    {"QT", REFERENCE_TRACKING},  {"CH", REFERENCE_TRACKING},   {"GN", REFERENCE_TRACKING},
    {"PDA", REFERENCE_TRACKING}, {"JPDA", REFERENCE_TRACKING}, {"CPA", REFERENCE_TRACKING},
    {"OS", REFERENCE_DISTANCES}, {"OSI", REFERENCE_DISTANCES}, {"GO", REFERENCE_DISTANCES},
};

/* the field after `*at`, without its quotes; moves behind its comma */
static void take_field(const char **at, char field[256])
{
    const bool quoted = **at == '"';
    const char *begin = *at + (quoted ? 1 : 0);
    const size_t length = strcspn(begin, quoted ? "\"" : ",\n");
    snprintf(field, 256, "%.*s", (int)length, begin);
    const char *end = begin + length + (quoted ? 1 : 0);
    *at = *end == ',' ? end + 1 : end;
}

/* the k-th value of that id, NULL: there are fewer */
static const computed *find(const computed *all, size_t n, const char *id, size_t k)
{
    for (size_t i = 0; i < n; i++) {
        if (strcmp(all[i].id, id) == 0 && k-- == 0) {
            return &all[i];
        }
    }
    return NULL;
}

/* "exact" is the last digit of what is written, which no sum of doubles can promise */
static double allowed(const char *tolerance, double expected)
{
    char *unit;
    const double number = strcmp(tolerance, "exact") == 0 ? 1e-15 : strtod(tolerance, &unit);
    return strstr(tolerance, "rel") ? number * fabs(expected) : number;
}

static reference_part part_of(const char *id)
{
    const size_t length = strcspn(id, "0123456789_");
    for (size_t i = 0; i < COUNT(reference_families); i++) {
        const char *family = reference_families[i].name;
        if (strlen(family) == length && strncmp(id, family, length) == 0) {
            return reference_families[i].part;
        }
    }
    fail_msg("%s: nobody's family", id);
    return (reference_part)-1;
}

/* Compares the values of one row; returns how many there are, and counts those that are wrong. */
static size_t compare_row(char field[5][256], const computed *all, size_t n, size_t *wrong)
{
    size_t k = 0;
    for (const char *at = field[3]; k == 0 || *at == ';'; k++) {
        char *end;
        const double expected = strtod(k > 0 ? at + 1 : at, &end);
        const double within = allowed(field[4], expected);
        const computed *own = find(all, n, field[0], k);
        /* an expected zero of a relative tolerance would be met by nothing but itself */
        if (!own || (*end != ';' && *end != '\0') || !(fabs(own->value - expected) <= within) ||
            (expected != 0.0 && !(within > 0.0))) {
            print_error("%s (%s; %s): expected %.15g within %s, found %.15g\n", field[0], field[1],
                        field[2], expected, field[4], own ? own->value : (double)NAN);
            (*wrong)++;
        }
        at = end;
    }
    return k;
}

/* Every value of this part's rows is among those computed, and right; and nothing else was computed. */
static void assert_reference_met(reference_part part, const computed *all, size_t n)
{
    char *text = read_file(REFERENCE);
    size_t values = 0;
    size_t wrong = 0;
    for (const char *at = strchr(text, '\n') + 1; *at; at += strcspn(at, "\n"), at += *at != '\0') {
        char field[5][256];
        for (size_t i = 0; i < COUNT(field); i++) {
            take_field(&at, field[i]);
        }
        if (part_of(field[0]) == part) {
            values += compare_row(field, all, n, &wrong);
        }
    }
    free(text);
    assert_int_equal(wrong, 0);
    assert_int_equal(values, n);
}

#endif
