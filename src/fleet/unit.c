/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include "nearest_name.h"
#include "scalar_math.h"

#include <stdio.h>
#include <string.h>

enum { MOST_POWER = 30 };
static const double least_scale = 1e-150, most_scale = 1e150;

typedef struct named_unit {
    const char *name;
    int8_t power[QF_BASES]; /* m kg s A degC rad Sv % */
    double scale;
} named_unit;

static const named_unit units[] = {
    {"1", {0}, 1.0},
    {"percent", {[QF_BASE_PERCENT] = 1}, 1.0},
    {"%", {[QF_BASE_PERCENT] = 1}, 1.0},
    {"m", {1}, 1.0},
    {"km", {1}, 1000.0},
    {"cm", {1}, 0.01},
    {"mm", {1}, 0.001},
    {"kg", {0, 1}, 1.0},
    {"g", {0, 1}, 0.001},
    {"s", {0, 0, 1}, 1.0},
    {"ms", {0, 0, 1}, 0.001},
    {"min", {0, 0, 1}, 60.0},
    {"h", {0, 0, 1}, 3600.0},
    {"Hz", {0, 0, -1}, 1.0},
    {"A", {0, 0, 0, 1}, 1.0},
    {"mA", {0, 0, 0, 1}, 0.001},
    {"V", {2, 1, -3, -1}, 1.0},
    {"mV", {2, 1, -3, -1}, 0.001},
    {"W", {2, 1, -3}, 1.0},
    {"mW", {2, 1, -3}, 0.001},
    {"kW", {2, 1, -3}, 1000.0},
    {"J", {2, 1, -2}, 1.0},
    {"kJ", {2, 1, -2}, 1000.0},
    {"Wh", {2, 1, -2}, 3600.0},
    {"kWh", {2, 1, -2}, 3600000.0},
    {"N", {1, 1, -2}, 1.0},
    {"Nm", {2, 1, -2}, 1.0},
    {"degC", {0, 0, 0, 0, 1}, 1.0},
    {"degree_Celsius", {0, 0, 0, 0, 1}, 1.0},
    {"rad", {0, 0, 0, 0, 0, 1}, 1.0},
    {"radian", {0, 0, 0, 0, 0, 1}, 1.0},
    {"deg", {0, 0, 0, 0, 0, 1}, QF_RAD_PER_DEG},
    {"degree", {0, 0, 0, 0, 0, 1}, QF_RAD_PER_DEG},
    {"Sv", {0, 0, 0, 0, 0, 0, 1}, 1.0},
    {"mSv", {0, 0, 0, 0, 0, 0, 1}, 1e-3},
    {"uSv", {0, 0, 0, 0, 0, 0, 1}, 1e-6},
};

enum { N_UNITS = sizeof units / sizeof *units };

static const char *const base_names[QF_BASES] = {"m", "kg", "s", "A", "degC", "rad", "Sv", "%"};

static const named_unit *find_unit(const char *name, size_t length)
{
    for (size_t i = 0; i < N_UNITS; i++) {
        if (strlen(units[i].name) == length && memcmp(units[i].name, name, length) == 0) {
            return &units[i];
        }
    }
    return NULL;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* a name and its power, such as "s-1": nothing else */
static bool parse_factor(const char *text, size_t length, qf_unit *unit)
{
    size_t name = length;
    int power = 1;
    if (length > 1 && is_digit(text[length - 1])) {
        name--;
        power = text[length - 1] - '0';
        if (text[name - 1] == '-') {
            name--;
            power = -power;
        }
    }
    const named_unit *found = find_unit(text, name);
    if (!found || power == 0) {
        return false;
    }
    qf_unit one = {.scale = found->scale};
    memcpy(one.power, found->power, sizeof one.power);
    *unit = (qf_unit){.scale = 1.0};
    for (int i = 0; i < (power < 0 ? -power : power); i++) {
        if (!qf_unit_multiply(unit, &one, power < 0, unit)) {
            return false;
        }
    }
    return true;
}

bool qf_unit_parse(const char *text, size_t length, qf_unit *unit)
{
    qf_unit product = {.scale = 1.0};
    size_t at = 0;
    bool divide = false;
    do {
        size_t end = at;
        while (end < length && text[end] != ' ' && text[end] != '/') {
            end++;
        }
        qf_unit factor;
        if (end == at || !parse_factor(text + at, end - at, &factor) ||
            !qf_unit_multiply(&product, &factor, divide, &product)) {
            return false;
        }
        divide = end < length && text[end] == '/';
        at = end + 1;
    } while (at <= length);
    *unit = product;
    return true;
}

bool qf_unit_multiply(const qf_unit *a, const qf_unit *b, bool divide, qf_unit *product)
{
    qf_unit made = {.scale = divide ? a->scale / b->scale : a->scale * b->scale};
    for (size_t i = 0; i < QF_BASES; i++) {
        const int power = divide ? a->power[i] - b->power[i] : a->power[i] + b->power[i];
        if (power < -MOST_POWER || power > MOST_POWER) {
            return false;
        }
        made.power[i] = (int8_t)power;
    }
    if (!(made.scale >= least_scale && made.scale <= most_scale)) {
        return false;
    }
    *product = made;
    return true;
}

bool qf_unit_same_quantity(const qf_unit *a, const qf_unit *b)
{
    return memcmp(a->power, b->power, sizeof a->power) == 0;
}

const char *qf_unit_format(const qf_unit *unit, char text[QF_UNIT_TEXT_BYTES])
{
    if (unit->text) {
        return unit->text;
    }
    for (size_t i = 0; i < N_UNITS; i++) {
        if (units[i].scale == unit->scale &&
            memcmp(units[i].power, unit->power, sizeof unit->power) == 0) {
            return units[i].name;
        }
    }
    size_t at = 0;
    text[0] = '\0';
    if (unit->scale != 1.0) {
        at += (size_t)snprintf(text, QF_UNIT_TEXT_BYTES, "%g", unit->scale);
    }
    for (size_t i = 0; i < QF_BASES; i++) {
        if (unit->power[i] != 0) {
            at += (size_t)snprintf(text + at, QF_UNIT_TEXT_BYTES - at, at > 0 ? " %s" : "%s",
                                   base_names[i]);
        }
        if (unit->power[i] != 0 && unit->power[i] != 1) {
            at += (size_t)snprintf(text + at, QF_UNIT_TEXT_BYTES - at, "%d", unit->power[i]);
        }
    }
    return text;
}

const char *qf_unit_nearest(const char *name)
{
    const char *names[N_UNITS];
    for (size_t i = 0; i < N_UNITS; i++) {
        names[i] = units[i].name;
    }
    return qf_nearest_name(name, names, N_UNITS);
}
