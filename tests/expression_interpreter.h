/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_TEST_EXPRESSION_INTERPRETER_H
#define QF_TEST_EXPRESSION_INTERPRETER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * What an expression comes to for one vehicle, read from its text anew each time, as docs/expressions.md says and
 * with no code of what is tested. Texts are taken to be right: anything else ends the program.
 */
enum { IT_BASES = 8, IT_MOST_HOLDS = 64 };

typedef enum it_kind { IT_TRUTH, IT_NUMBER, IT_CHOICE, IT_UNKNOWN } it_kind;

typedef struct it_value {
    it_kind kind;
    double number; /* truth: 0 or 1; choice: the number of the name */
    int power[IT_BASES];
    double scale;
    bool bare;    /* only numbers without units in it */
    bool literal; /* no name in it */
    char name[64];
    const char *const *names; /* of a choice */
    const int64_t *numbers;
    size_t n_names;
} it_value;

/* Vehicles' values and hold() counters. */
typedef struct it_scene {
    /* a symbol's value, with `kind`, `number` and what a choice has; its unit as a text; or a signal's text */
    bool (*find)(void *user, const char *name, const char *argument, it_value *value,
                 const char **unit, const char **text);
    void *user;
    double period_s;
    int64_t *held; /* IT_MOST_HOLDS counters of this vehicle, in the order in which they are met */
    size_t n_held; /* starts at 0 */
} it_scene;

it_value it_evaluate(it_scene *scene, const char *text);

#endif
