/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_UNIT_H
#define QF_UNIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Units of numbers: powers of base quantities and a scale. Angles, doses, temperatures and percentages are base
 * quantities of their own here, though the SI makes numbers, m2 s-2 and K of them: what is meant differs, degrees
 * Celsius are never converted, and a plain 40 is not 4000 %.
 */
typedef enum qf_base {
    QF_BASE_M,
    QF_BASE_KG,
    QF_BASE_S,
    QF_BASE_A,
    QF_BASE_CELSIUS,
    QF_BASE_RAD,
    QF_BASE_SV,
    QF_BASE_PERCENT,
    QF_BASES,
} qf_base;

typedef struct qf_unit {
    int8_t power[QF_BASES];
    double scale;     /* what one of it is in base quantities */
    const char *text; /* as it was written, NULL: computed */
} qf_unit;

enum { QF_UNIT_TEXT_BYTES = 96 };

/*
 * Reads names with whole powers, joined by blanks (a product) or by `/`, which inverts the one name after it:
 * "m s-1", "m/s", "W h", "percent", "1". The unit keeps no pointer into the text. False: there is no such unit.
 */
bool qf_unit_parse(const char *text, size_t length, qf_unit *unit);

/* a * b, or a / b. False where a power or the scale goes beyond what a unit can have. */
bool qf_unit_multiply(const qf_unit *a, const qf_unit *b, bool divide, qf_unit *product);

/* Whether they measure the same, so that a factor makes one of the other: a->scale / b->scale makes b of a. */
bool qf_unit_same_quantity(const qf_unit *a, const qf_unit *b);

/* Its text, or one made of base quantities. */
const char *qf_unit_format(const qf_unit *unit, char text[QF_UNIT_TEXT_BYTES]);

/* The nearest name of a unit to a misspelt one, NULL: none is near. */
const char *qf_unit_nearest(const char *name);

#endif
