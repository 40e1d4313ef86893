/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_TEST_EXPRESSION_FIXTURE_H
#define QF_TEST_EXPRESSION_FIXTURE_H

/* What the tests of expressions share: names of every kind, and the columns behind them. */
#include "expression.h"

#include <stdlib.h>
#include <string.h>

enum {
    COLUMN_X,
    COLUMN_SPEED,
    COLUMN_SOC,
    COLUMN_TEMP,
    COLUMN_YAW,
    COLUMN_ENERGY,
    COLUMN_CPA,
    COLUMN_ARMED,
    COLUMN_MODE, /* the last of doubles */
    COLUMN_COUNT,
    COLUMN_STATE,
    COLUMN_SINCE,
    COLUMN_FLAGS, /* of words */
    COLUMNS,
};

#define PERIOD_S 0.5

static const char *const mode_names[] = {"IDLE", "CRUISE", "MANEUVERING", "EMERGENCY"};
static const char *const state_names[] = {"BOOT", "IDLE", "SAFE_MODE"};
static const int64_t state_numbers[] = {7, 9, 4};

typedef struct named_symbol {
    const char *name;
    const char *argument;
    qf_symbol symbol;
} named_symbol;

#define NUMBER_SYMBOL(text, place, its_unit)                                                       \
    {                                                                                              \
        text, NULL,                                                                                \
        {                                                                                          \
            .kind = QF_VALUE_NUMBER, .source = QF_SYMBOL_COLUMN, .unit = (its_unit),               \
            .column = (place), .cause = {                                                          \
                QF_TOPIC_POWER,                                                                    \
                -1                                                                                 \
            }                                                                                      \
        }                                                                                          \
    }
#define BITS_SYMBOL(text, its_argument, how, bits)                                                 \
    {                                                                                              \
        text, its_argument,                                                                        \
        {                                                                                          \
            .kind = QF_VALUE_TRUTH, .source = (how), .column = COLUMN_FLAGS, .mask = (bits),       \
            .cause = {                                                                             \
                QF_TOPIC_GUARD,                                                                    \
                (int32_t)(bits)                                                                    \
            }                                                                                      \
        }                                                                                          \
    }
#define SIGNAL_SYMBOL(name_text, its_text)                                                         \
    {                                                                                              \
        name_text, NULL,                                                                           \
        {                                                                                          \
            .source = QF_SYMBOL_EXPRESSION, .text = (its_text)                                     \
        }                                                                                          \
    }

static const named_symbol all_symbols[] = {
    NUMBER_SYMBOL("x_m", COLUMN_X, "m"),
    NUMBER_SYMBOL("speed_mps", COLUMN_SPEED, "m s-1"),
    NUMBER_SYMBOL("soc_pct", COLUMN_SOC, "percent"),
    NUMBER_SYMBOL("temp_core_c", COLUMN_TEMP, "degree_Celsius"),
    NUMBER_SYMBOL("yaw_rad", COLUMN_YAW, "radian"),
    NUMBER_SYMBOL("supercap_wh", COLUMN_ENERGY, "W h"),
    NUMBER_SYMBOL("cpa_s", COLUMN_CPA, "s"),
    {"count",
     NULL,
     {.kind = QF_VALUE_NUMBER, .source = QF_SYMBOL_WHOLE, .unit = "1", .column = COLUMN_COUNT}},
    {"armed", NULL, {.kind = QF_VALUE_TRUTH, .source = QF_SYMBOL_COLUMN, .column = COLUMN_ARMED}},
    {"counted", NULL, {.kind = QF_VALUE_TRUTH, .source = QF_SYMBOL_WHOLE, .column = COLUMN_COUNT}},
    {"mode",
     NULL,
     {.kind = QF_VALUE_CHOICE,
      .source = QF_SYMBOL_COLUMN,
      .column = COLUMN_MODE,
      .names = mode_names,
      .n_names = 4}},
    {"state",
     NULL,
     {.kind = QF_VALUE_CHOICE,
      .source = QF_SYMBOL_WHOLE,
      .column = COLUMN_STATE,
      .names = state_names,
      .numbers = state_numbers,
      .n_names = 3}},
    {"time_in_state_s",
     NULL,
     {.kind = QF_VALUE_NUMBER,
      .source = QF_SYMBOL_SINCE,
      .unit = "s",
      .column = COLUMN_SINCE,
      .scale = 0.1}},
    {"time_s",
     NULL,
     {.kind = QF_VALUE_NUMBER,
      .source = QF_SYMBOL_UNIFORM,
      .unit = "s",
      .column = QF_UNIFORM_TIME_S}},
    BITS_SYMBOL("bios_status.is_ready", NULL, QF_SYMBOL_ALL_BITS, 3),
    BITS_SYMBOL("EMERGENCY", NULL, QF_SYMBOL_ALL_BITS, 3),
    BITS_SYMBOL("guard.critical", NULL, QF_SYMBOL_ANY_BITS, 12),
    BITS_SYMBOL("guard.clear", NULL, QF_SYMBOL_NO_BITS, 48),
    BITS_SYMBOL("actuation.executed", "rcs", QF_SYMBOL_ALL_BITS, 64),
    SIGNAL_SYMBOL("ready", "bios_status.is_ready and not guard.critical"),
    SIGNAL_SYMBOL("energy", "supercap_wh * 2 - 1 Wh"),
    SIGNAL_SYMBOL("fast", "speed_mps > 1 m/s or abs(yaw_rad) >= 90 deg"),
    SIGNAL_SYMBOL("its_mode", "mode"),
    SIGNAL_SYMBOL("loop_a", "1 < loop_b"),
    SIGNAL_SYMBOL("loop_b", "if(loop_a, 1, 2)"),
    SIGNAL_SYMBOL("broken", "soc_pct +"),
    SIGNAL_SYMBOL("wide", "wider and wider"),
    SIGNAL_SYMBOL("wider", "(ready or fast) and (ready or not fast)"),
};

enum { N_SYMBOLS = sizeof all_symbols / sizeof *all_symbols };

static inline bool find_symbol(void *user, const char *name, const char *argument,
                               qf_symbol *symbol)
{
    (void)user;
    for (size_t i = 0; i < N_SYMBOLS; i++) {
        const named_symbol *s = &all_symbols[i];
        if (strcmp(s->name, name) == 0 && !s->argument == !argument &&
            (!argument || strcmp(s->argument, argument) == 0)) {
            *symbol = s->symbol;
            return true;
        }
    }
    return false;
}

static inline const char *symbol_name(void *user, size_t i)
{
    (void)user;
    return i < N_SYMBOLS ? all_symbols[i].name : NULL;
}

static const qf_symbols fixture_symbols = {
    .find = find_symbol, .name = symbol_name, .period_s = PERIOD_S};

static inline qf_symbols reducing_symbols(qf_arena *arena);

/* whatever is called so: what it comes to is in column x, with the unit of what it is of */
static inline bool reduce_symbol(void *user, const qf_reduction *reduction, qf_symbol *symbol,
                                 qf_expression_error *error)
{
    const qf_symbols symbols = reducing_symbols(user);
    const qf_expression *of = NULL;
    for (size_t i = 0; i < 2 && i < reduction->n_arguments; i++) {
        const qf_expression *argument =
            qf_expression_parse_part(user, &symbols, reduction, reduction->argument[i], error);
        of = i == 0 ? argument : of;
        if (!argument) {
            return false;
        }
    }
    if (!of || qf_expression_kind(of) == QF_VALUE_CHOICE || strcmp(reduction->name, "none") == 0) {
        error->begin = reduction->name_at.begin;
        error->end = reduction->name_at.end;
        strcpy(error->message, "no such reduction");
        return false;
    }
    *symbol = (qf_symbol){
        .kind = qf_expression_kind(of), .source = QF_SYMBOL_COLUMN, .column = COLUMN_X, .like = of};
    return true;
}

static inline qf_symbols reducing_symbols(qf_arena *arena)
{
    return (qf_symbols){.find = find_symbol,
                        .name = symbol_name,
                        .reduce = reduce_symbol,
                        .user = arena,
                        .period_s = PERIOD_S};
}

#endif
