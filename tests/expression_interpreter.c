/* SPDX-License-Identifier: Apache-2.0 */
#include "expression_interpreter.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct reader {
    it_scene *scene;
    const char *text; /* whole, for messages */
    const char *at;
} reader;

static it_value read_or(reader *r);

static _Noreturn void give_up(const reader *r, const char *what)
{
    fprintf(stderr, "%s at '%s' of '%s'\n", what, r->at, r->text);
    abort();
}

static void skip_blanks(reader *r)
{
    while (*r->at && strchr(" \t\n\r", *r->at)) {
        r->at++;
    }
}

static bool word_here(const char *at, const char *word)
{
    const size_t length = strlen(word);
    return strncmp(at, word, length) == 0 && !isalnum((unsigned char)at[length]) &&
           at[length] != '_' && at[length] != '.';
}

static bool take_word(reader *r, const char *word)
{
    skip_blanks(r);
    const bool here = word_here(r->at, word);
    r->at += here ? strlen(word) : 0;
    return here;
}

static bool take_sign(reader *r, const char *sign)
{
    skip_blanks(r);
    const bool here = strncmp(r->at, sign, strlen(sign)) == 0;
    r->at += here ? strlen(sign) : 0;
    return here;
}

/* ---- units ---- */

static const struct {
    const char *name;
    double scale;
    int power[IT_BASES]; /* length, mass, time, current, temperature, angle, dose, share */
} known_units[] = {
    {"1", 1, {0}},
    {"percent", 1, {0, 0, 0, 0, 0, 0, 0, 1}},
    {"%", 1, {0, 0, 0, 0, 0, 0, 0, 1}},
    {"m", 1, {1, 0, 0}},
    {"km", 1e3, {1, 0, 0}},
    {"cm", 1e-2, {1, 0, 0}},
    {"s", 1, {0, 0, 1}},
    {"ms", 1e-3, {0, 0, 1}},
    {"min", 60, {0, 0, 1}},
    {"h", 3600, {0, 0, 1}},
    {"W", 1, {2, 1, -3}},
    {"kW", 1e3, {2, 1, -3}},
    {"J", 1, {2, 1, -2}},
    {"kJ", 1e3, {2, 1, -2}},
    {"Wh", 3600, {2, 1, -2}},
    {"kWh", 3600e3, {2, 1, -2}},
    {"degC", 1, {0, 0, 0, 0, 1}},
    {"degree_Celsius", 1, {0, 0, 0, 0, 1}},
    {"rad", 1, {0, 0, 0, 0, 0, 1}},
    {"radian", 1, {0, 0, 0, 0, 0, 1}},
    {"deg", 3.14159265358979323846 / 180.0, {0, 0, 0, 0, 0, 1}},
};

static bool find_unit(const char *name, size_t length, size_t *unit)
{
    for (*unit = 0; *unit < sizeof known_units / sizeof *known_units; ++*unit) {
        if (strlen(known_units[*unit].name) == length &&
            strncmp(known_units[*unit].name, name, length) == 0) {
            return true;
        }
    }
    return false;
}

static void times_unit(it_value *value, size_t unit, int power)
{
    for (int i = 0; i < abs(power); i++) {
        value->scale = power > 0 ? value->scale * known_units[unit].scale
                                 : value->scale / known_units[unit].scale;
    }
    for (size_t i = 0; i < IT_BASES; i++) {
        value->power[i] += power * known_units[unit].power[i];
    }
}

/* "m s-1" */
static void set_unit(const reader *r, it_value *value, const char *text)
{
    value->scale = 1.0;
    while (*text) {
        size_t unit;
        size_t length = strcspn(text, " -0123456789");
        length = length == 0 ? 1 : length; /* "1" */
        if (!find_unit(text, length, &unit)) {
            give_up(r, "a unit of a symbol");
        }
        text += length;
        char *end;
        const long power = strtol(text, &end, 10);
        times_unit(value, unit, *text == ' ' || end == text ? 1 : (int)power);
        text = *text == ' ' || end == text ? text : end;
        text += *text == ' ';
    }
}

static size_t letters_of(const char *text)
{
    size_t n = 0;
    while (isalpha((unsigned char)text[n]) || text[n] == '_') {
        n++;
    }
    return n;
}

/* one unit of a number, such as m2 */
static bool take_unit(reader *r, it_value *value, int sign)
{
    size_t unit;
    const size_t length = *r->at == '%' ? 1 : letters_of(r->at);
    if (length == 0 || !find_unit(r->at, length, &unit)) {
        return false;
    }
    const char digit = r->at[length];
    r->at += length + (isdigit((unsigned char)digit) ? 1 : 0);
    times_unit(value, unit, sign * (isdigit((unsigned char)digit) ? digit - '0' : 1));
    return true;
}

static it_value read_literal(reader *r)
{
    char *end;
    it_value value = {.kind = IT_NUMBER, .scale = 1.0, .bare = true, .literal = true};
    value.number = strtod(r->at, &end);
    r->at = end;
    const char *before = r->at;
    skip_blanks(r);
    if (!word_here(r->at, "and") && !word_here(r->at, "or") && take_unit(r, &value, 1)) {
        value.bare = false;
        while (*r->at == '/' && isalpha((unsigned char)r->at[1])) {
            r->at++;
            if (!take_unit(r, &value, -1)) {
                r->at--;
                break;
            }
        }
    } else {
        r->at = before;
    }
    return value;
}

/* ---- numbers ---- */

static it_value truth(bool holds)
{
    return (it_value){.kind = IT_TRUTH, .number = holds, .literal = true};
}

static it_value want(const reader *r, it_value value, it_kind kind)
{
    if (value.kind != kind) {
        give_up(r, "a value of another kind");
    }
    return value;
}

/* gives all numbers the unit of the leading one */
static it_value make_alike(const reader *r, it_value *values, size_t n)
{
    it_value *lead = NULL;
    for (size_t i = 0; i < n; i++) {
        want(r, values[i], IT_NUMBER);
        if (!values[i].bare && (!lead || (lead->literal && !values[i].literal))) {
            lead = &values[i];
        }
    }
    it_value like = lead ? *lead : values[0];
    for (size_t i = 0; i < n; i++) {
        like.literal = like.literal && values[i].literal;
        if (!values[i].bare) {
            if (memcmp(values[i].power, like.power, sizeof like.power) != 0) {
                give_up(r, "units that do not fit");
            }
            if (values[i].scale != like.scale) {
                values[i].number *= values[i].scale / like.scale;
            }
        }
    }
    return like;
}

static it_value product_of(const reader *r, it_value a, it_value b, bool divide)
{
    want(r, a, IT_NUMBER);
    want(r, b, IT_NUMBER);
    it_value made = a;
    made.number = divide ? a.number / b.number : a.number * b.number;
    made.scale = divide ? a.scale / b.scale : a.scale * b.scale;
    for (size_t i = 0; i < IT_BASES; i++) {
        made.power[i] = a.power[i] + (divide ? -b.power[i] : b.power[i]);
    }
    made.bare = a.bare && b.bare;
    made.literal = a.literal && b.literal;
    return made;
}

/* ---- functions and names ---- */

static it_value apply_extreme(const reader *r, it_value *values, size_t n, bool least)
{
    it_value made = make_alike(r, values, n);
    made.number = values[0].number;
    for (size_t i = 1; i < n; i++) {
        const double a = made.number;
        const double b = values[i].number;
        made.number = (least ? a < b : a > b) ? a : b;
    }
    return made;
}

static it_value apply_hold(reader *r)
{
    const it_value argument = want(r, read_or(r), IT_TRUTH);
    if (!take_sign(r, ",")) {
        give_up(r, "no time of hold()");
    }
    skip_blanks(r);
    char *end;
    double n = strtod(r->at, &end);
    const char *number = r->at;
    r->at = end;
    if (!take_word(r, "ticks") && !take_word(r, "tick")) {
        r->at = number;
        const it_value time = want(r, read_or(r), IT_NUMBER);
        n = ceil(time.number * time.scale / r->scene->period_s - 1e-9) + 1.0;
    }
    if (r->scene->n_held == IT_MOST_HOLDS) {
        give_up(r, "too many hold()");
    }
    int64_t *held = &r->scene->held[r->scene->n_held++];
    *held = argument.number != 0.0 ? *held + 1 : 0;
    it_value made = truth((double)*held >= n);
    made.literal = argument.literal;
    return made;
}

static it_value apply(reader *r, const char *name)
{
    it_value values[8];
    size_t n = 0;
    it_value made;
    if (strcmp(name, "hold") == 0) {
        made = apply_hold(r);
    } else {
        do {
            values[n++] = read_or(r);
        } while (n < 8 && take_sign(r, ","));
        if (strcmp(name, "abs") == 0) {
            made = want(r, values[0], IT_NUMBER);
            made.number = fabs(made.number);
        } else if (strcmp(name, "is_finite") == 0) {
            made = truth(isfinite(want(r, values[0], IT_NUMBER).number));
            made.literal = values[0].literal;
        } else if (strcmp(name, "if") == 0) {
            made = make_alike(r, values + 1, 2);
            made.number =
                want(r, values[0], IT_TRUTH).number != 0.0 ? values[1].number : values[2].number;
            made.literal = made.literal && values[0].literal;
        } else {
            made = apply_extreme(r, values, n, strcmp(name, "min") == 0);
        }
    }
    if (!take_sign(r, ")")) {
        give_up(r, "no ')'");
    }
    return made;
}

static it_value look_up(reader *r, const char *name, const char *argument)
{
    const char *unit = NULL;
    const char *text = NULL;
    it_value value = {.scale = 1.0};
    if (!r->scene->find(r->scene->user, name, argument, &value, &unit, &text)) {
        value = (it_value){.kind = IT_UNKNOWN};
        snprintf(value.name, sizeof value.name, "%s", name);
        return value;
    }
    if (text) {
        return it_evaluate(r->scene, text);
    }
    if (unit) {
        set_unit(r, &value, unit);
    }
    return value;
}

static it_value read_name(reader *r)
{
    char name[64];
    char argument[64];
    size_t n = 0;
    while (n < 63 && (isalnum((unsigned char)*r->at) || *r->at == '_' || *r->at == '.')) {
        name[n++] = *r->at++;
    }
    name[n] = '\0';
    if (n == 0) {
        give_up(r, "no value");
    }
    if (!take_sign(r, "(")) {
        return look_up(r, name, NULL);
    }
    if (!take_sign(r, "\"")) {
        return apply(r, name);
    }
    n = strcspn(r->at, "\"");
    snprintf(argument, sizeof argument, "%.*s", (int)n, r->at);
    r->at += n + 1;
    if (!take_sign(r, ")")) {
        give_up(r, "no ')'");
    }
    return look_up(r, name, argument);
}

/* ---- operators, the tightest first ---- */

static it_value read_sign(reader *r)
{
    if (take_sign(r, "-")) {
        it_value value = want(r, read_sign(r), IT_NUMBER);
        value.number = -value.number;
        return value;
    }
    if (take_sign(r, "(")) {
        const it_value value = read_or(r);
        if (!take_sign(r, ")")) {
            give_up(r, "no ')'");
        }
        return value;
    }
    if (isdigit((unsigned char)*r->at)) {
        return read_literal(r);
    }
    if (take_word(r, "true")) {
        return truth(true);
    }
    return take_word(r, "false") ? truth(false) : read_name(r);
}

static it_value read_product(reader *r)
{
    it_value value = read_sign(r);
    for (;;) {
        if (take_sign(r, "*")) {
            value = product_of(r, value, read_sign(r), false);
        } else if (take_sign(r, "/")) {
            value = product_of(r, value, read_sign(r), true);
        } else {
            return value;
        }
    }
}

static it_value read_sum(reader *r)
{
    it_value value = read_product(r);
    for (;;) {
        const bool plus = take_sign(r, "+");
        if (!plus && !take_sign(r, "-")) {
            return value;
        }
        it_value both[2] = {value, read_product(r)};
        value = make_alike(r, both, 2);
        value.number = plus ? both[0].number + both[1].number : both[0].number - both[1].number;
    }
}

/* a name that nothing else knows is one of the choice beside it */
static void name_choice(const reader *r, it_value *value, const it_value *beside)
{
    for (size_t i = 0; value->kind == IT_UNKNOWN && i < beside->n_names; i++) {
        if (strcmp(beside->names[i], value->name) == 0) {
            value->kind = IT_CHOICE;
            value->number = beside->numbers ? (double)beside->numbers[i] : (double)i;
        }
    }
    if (value->kind == IT_UNKNOWN) {
        give_up(r, "an unknown name");
    }
}

static it_value read_comparison(reader *r)
{
    static const char *const order[] = {"<=", ">=", "==", "!=", "<", ">"};
    it_value both[2] = {read_sum(r)};
    for (size_t i = 0; i < sizeof order / sizeof *order; i++) {
        if (!take_sign(r, order[i])) {
            continue;
        }
        both[1] = read_sum(r);
        name_choice(r, &both[0], &both[1]);
        name_choice(r, &both[1], &both[0]);
        const bool literal = both[0].literal && both[1].literal;
        if (both[0].kind == IT_NUMBER) {
            make_alike(r, both, 2);
        }
        const double a = both[0].number;
        const double b = want(r, both[1], both[0].kind).number;
        const bool holds[] = {a <= b, a >= b, a == b, a != b, a<b, a> b};
        it_value made = truth(holds[i]);
        made.literal = literal;
        return made;
    }
    return both[0];
}

static it_value read_not(reader *r)
{
    if (!take_word(r, "not")) {
        return read_comparison(r);
    }
    it_value value = want(r, read_not(r), IT_TRUTH);
    value.number = 1.0 - value.number;
    return value;
}

static it_value read_and(reader *r)
{
    it_value value = read_not(r);
    while (take_word(r, "and")) {
        const it_value other = want(r, read_not(r), IT_TRUTH);
        value.number = want(r, value, IT_TRUTH).number != 0.0 && other.number != 0.0;
        value.literal = value.literal && other.literal;
    }
    return value;
}

static it_value read_or(reader *r)
{
    it_value value = read_and(r);
    while (take_word(r, "or")) {
        const it_value other = want(r, read_and(r), IT_TRUTH);
        value.number = want(r, value, IT_TRUTH).number != 0.0 || other.number != 0.0;
        value.literal = value.literal && other.literal;
    }
    return value;
}

it_value it_evaluate(it_scene *scene, const char *text)
{
    reader r = {.scene = scene, .text = text, .at = text};
    const it_value value = read_or(&r);
    skip_blanks(&r);
    if (*r.at != '\0') {
        give_up(&r, "more than an expression");
    }
    return value;
}
