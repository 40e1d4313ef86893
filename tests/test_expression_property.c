/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Random programs of random texts, against an interpreter that reads the text anew for every vehicle: the same bits on
 * every set of kernels, over several evaluations.
 */
#include "expression_fixture.h"
#include "expression_interpreter.h"
#include "kernels.h"

/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */
#include <float.h>
#include <math.h>
#include <stdio.h>

enum {
    PROGRAMS = 10000,
    MOST_EXPRESSIONS = 3, /* of a program */
    EVALUATIONS = 4,
    FIRST = 8, /* slot */
    BYTES = 2,
    SLOTS = FIRST + 8 * BYTES,
    MOST_HOLDS = 128,
    MOST_ISAS = 4,
    TEXT_BYTES = 4096,
};

static const double time_per_tick_s = 0.1;

/* ---- random texts ---- */

typedef struct writer {
    uint64_t random;
    char text[TEXT_BYTES];
    size_t length;
    int holds;
} writer;

static uint32_t draw(writer *w, size_t below)
{
    w->random = w->random * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)((w->random >> 33) % below);
}

static void put(writer *w, const char *word)
{
    static const char *const blanks[] = {"", "", " ", " ", "  ", "\t", "\n"};
    const size_t last = w->length > 0 ? (unsigned char)w->text[w->length - 1] : ' ';
    /* words would grow together */
    const bool apart = (last > '9' || last == '%' || (last >= '0' && last <= '9')) &&
                       strchr("()+-*/<>=!,", *word) == NULL && !strchr("<>=(", (int)last);
    w->length += (size_t)snprintf(w->text + w->length, TEXT_BYTES - w->length, "%s%s%s",
                                  apart ? " " : "", blanks[draw(w, 7)], word);
    assert_true(w->length < TEXT_BYTES);
}

typedef enum dimension {
    LENGTH,
    SPEED,
    SHARE,
    COUNT_OF,
    HEAT,
    ANGLE,
    ENERGY,
    TIME,
    DIMENSIONS
} dimension;

typedef struct dimension_words {
    const char *names[3]; /* symbols */
    const char *units[3]; /* of numbers */
} dimension_words;

static const dimension_words dimension_texts[DIMENSIONS] = {
    [LENGTH] = {{"x_m", "x_m", "x_m"}, {"m", "km", "cm"}},
    [SPEED] = {{"speed_mps", "speed_mps", "speed_mps"}, {"m/s", "km/h", "m/s"}},
    [SHARE] = {{"soc_pct", "soc_pct", "soc_pct"}, {"%", "percent", "%"}},
    [COUNT_OF] = {{"count", "count", "count"}, {"", "", ""}}, /* plain numbers */
    [HEAT] = {{"temp_core_c", "temp_core_c", "temp_core_c"}, {"degC", "degC", "degC"}},
    [ANGLE] = {{"yaw_rad", "yaw_rad", "yaw_rad"}, {"deg", "rad", "deg"}},
    [ENERGY] = {{"supercap_wh", "energy", "supercap_wh"}, {"kWh", "J", "Wh"}},
    [TIME] = {{"cpa_s", "time_in_state_s", "time_s"}, {"s", "min", "h"}},
};

static void write_number(writer *w, dimension d, int depth, int tightness);
static void write_truth(writer *w, int depth, int tightness);

/* how tightly an operator binds; what stands below in a tighter place needs brackets */
enum { OF_OR, OF_AND, OF_NOT, OF_COMPARISON, OF_SUM, OF_PRODUCT, OF_SIGN, OF_VALUE };

static bool open(writer *w, int own, int tightness)
{
    const bool brackets = own < tightness || draw(w, 8) == 0;
    if (brackets) {
        put(w, "(");
    }
    return brackets;
}

static void close(writer *w, bool brackets)
{
    if (brackets) {
        put(w, ")");
    }
}

static void write_bare(writer *w)
{
    static const char *const numbers[] = {"0", "1", "2.5", "1e300", "3e-310", "0.1", "17", "1e-3"};
    put(w, numbers[draw(w, 8)]);
}

static void write_leaf(writer *w, dimension d)
{
    switch (draw(w, 6)) {
    case 0:
        write_bare(w);
        break;
    case 1:
        write_bare(w);
        put(w, dimension_texts[d].units[draw(w, 3)]);
        break;
    default:
        put(w, dimension_texts[d].names[draw(w, 3)]);
        break;
    }
}

static void write_two(writer *w, dimension d, int depth)
{
    static const char *const signs[] = {"+", "-"};
    write_number(w, d, depth - 1, OF_SUM);
    put(w, signs[draw(w, 2)]);
    write_number(w, d, depth - 1, OF_PRODUCT);
}

/* a number that has a unit for sure */
static void write_solid(writer *w, dimension d, int depth)
{
    const bool alone = draw(w, 2) == 0;
    put(w, alone ? "" : "(");
    put(w, dimension_texts[d].names[draw(w, 3)]);
    if (!alone) {
        put(w, draw(w, 2) ? "+" : "-");
        write_number(w, d, depth - 1, OF_PRODUCT);
        put(w, ")");
    }
}

static void write_times(writer *w, dimension d, int depth)
{
    const uint32_t which = draw(w, 4);
    if (d == LENGTH && which == 0) {
        write_solid(w, SPEED, depth);
        put(w, "*");
        write_solid(w, TIME, depth);
    } else if (d == SPEED && which == 0) {
        write_solid(w, LENGTH, depth);
        put(w, "/");
        write_solid(w, TIME, depth);
    } else if (which == 1) {
        write_solid(w, d, depth);
        put(w, draw(w, 2) ? "*" : "/");
        write_number(w, COUNT_OF, depth - 1, OF_SIGN);
    } else if (which == 2) {
        write_bare(w);
        put(w, "*");
        write_number(w, d, depth - 1, OF_SIGN);
    } else {
        write_number(w, d, depth - 1, OF_PRODUCT);
        put(w, draw(w, 2) ? "*" : "/");
        write_bare(w);
    }
}

static void write_call(writer *w, dimension d, int depth)
{
    static const char *const names[] = {"min", "max", "abs", "if"};
    const uint32_t which = draw(w, 4);
    put(w, names[which]);
    put(w, "(");
    if (which == 3) {
        write_truth(w, depth - 1, OF_OR);
        put(w, ",");
    }
    write_number(w, d, depth - 1, OF_SUM);
    for (uint32_t more = which == 2 ? 0 : which == 3 ? 1 : 1 + draw(w, 2); more > 0; more--) {
        put(w, ",");
        write_number(w, d, depth - 1, OF_SUM);
    }
    put(w, ")");
}

static void write_number(writer *w, dimension d, int depth, int tightness)
{
    if (depth <= 0) {
        write_leaf(w, d);
        return;
    }
    const uint32_t which = draw(w, 8);
    const int own = which < 3 ? OF_SUM : which < 5 ? OF_PRODUCT : which == 5 ? OF_SIGN : OF_VALUE;
    const bool brackets = open(w, own, tightness);
    if (own == OF_SUM) {
        write_two(w, d, depth);
    } else if (own == OF_PRODUCT) {
        write_times(w, d, depth);
    } else if (own == OF_SIGN) {
        put(w, "-");
        write_number(w, d, depth - 1, OF_SIGN);
    } else if (which == 6) {
        write_call(w, d, depth);
    } else {
        write_leaf(w, d);
    }
    close(w, brackets);
}

static void write_flag(writer *w)
{
    static const char *const flags[] = {
        "armed",
        "counted",
        "ready",
        "fast",
        "guard.critical",
        "guard.clear",
        "bios_status.is_ready",
        "actuation.executed(\"rcs\")",
        "true",
        "false",
        "wide",
        "(mode == CRUISE)",
        "(state != IDLE)",
        "(BOOT == state)",
        "(its_mode == IDLE)",
    };
    put(w, flags[draw(w, sizeof flags / sizeof *flags)]);
}

static void write_comparison(writer *w, int depth)
{
    static const char *const signs[] = {"==", "!=", "<", "<=", ">", ">="};
    if (draw(w, 5) == 0) {
        write_truth(w, depth - 1, OF_VALUE);
        put(w, signs[draw(w, 2)]);
        write_truth(w, depth - 1, OF_VALUE);
        return;
    }
    const dimension d = (dimension)draw(w, DIMENSIONS);
    write_number(w, d, depth - 1, OF_SUM);
    put(w, signs[draw(w, 6)]);
    write_number(w, d, depth - 1, OF_SUM);
}

static void write_hold(writer *w, int depth)
{
    static const char *const times[] = {"1 ticks", "2 ticks", "3 tick", "0.5 s", "600 ms", "1.4 s"};
    w->holds++;
    put(w, "hold(");
    write_truth(w, depth - 1, OF_OR);
    put(w, ",");
    put(w, times[draw(w, 6)]);
    put(w, ")");
}

static void write_truth(writer *w, int depth, int tightness)
{
    if (depth <= 0) {
        write_flag(w);
        return;
    }
    const uint32_t which = draw(w, 10);
    if (which == 8 && w->holds < IT_MOST_HOLDS / 2) {
        write_hold(w, depth);
        return;
    }
    if (which >= 8) {
        put(w, "is_finite(");
        write_number(w, (dimension)draw(w, DIMENSIONS), depth - 1, OF_SUM);
        put(w, ")");
        return;
    }
    const int own = which < 4 ? OF_COMPARISON : which < 5 ? OF_NOT : which < 7 ? OF_AND : OF_OR;
    const bool brackets = open(w, own, tightness);
    if (own == OF_COMPARISON) {
        write_comparison(w, depth);
    } else if (own == OF_NOT) {
        put(w, "not");
        write_truth(w, depth - 1, OF_NOT);
    } else {
        write_truth(w, depth - 1, own);
        put(w, own == OF_AND ? "and" : "or");
        write_truth(w, depth - 1, own);
    }
    close(w, brackets);
}

/* ---- vehicles ---- */

typedef struct scene {
    _Alignas(64) double numbers[COLUMN_MODE + 1][SLOTS];
    _Alignas(64) int64_t wholes[COLUMNS][SLOTS];
    _Alignas(64) uint64_t flags[SLOTS];
    void *columns[COLUMNS];
    double uniform[QF_UNIFORMS];
    size_t slot; /* that the interpreter asks about */
} scene;

static void fill(scene *s, writer *w, int tick)
{
    static const double odd[] = {NAN,     INFINITY, -INFINITY, -0.0, 0.0,  DBL_MIN / 4,
                                 -5e-324, DBL_MAX,  1e-8,      1.5,  -2.0, 20.0,
                                 85.0,    1000.0,   0.5,       -90.0};
    for (size_t slot = 0; slot < SLOTS; slot++) {
        for (size_t c = 0; c < COLUMN_MODE; c++) {
            s->numbers[c][slot] = draw(w, 2) ? odd[draw(w, 16)] : (double)draw(w, 2000) / 16.0 - 40;
        }
        s->numbers[COLUMN_MODE][slot] = (double)draw(w, 4);
        s->wholes[COLUMN_COUNT][slot] =
            draw(w, 4) == 0
                ? (int64_t)((uint64_t)draw(w, 1u << 31) << 32 | draw(w, 1u << 31)) - INT64_MAX / 2
                : (int64_t)draw(w, 5) - 2;
        s->wholes[COLUMN_STATE][slot] = state_numbers[draw(w, 3)];
        s->wholes[COLUMN_SINCE][slot] = (int64_t)draw(w, (size_t)tick + 1);
        s->flags[slot] = draw(w, 128);
    }
    s->uniform[QF_UNIFORM_TICK] = tick;
    s->uniform[QF_UNIFORM_TIME_S] = tick * time_per_tick_s;
}

static void point(scene *s)
{
    for (size_t c = 0; c < COLUMNS; c++) {
        s->columns[c] = c <= COLUMN_MODE    ? (void *)s->numbers[c]
                        : c == COLUMN_FLAGS ? (void *)s->flags
                                            : (void *)s->wholes[c];
    }
}

static bool find_value(void *user, const char *name, const char *argument, it_value *value,
                       const char **unit, const char **text)
{
    const scene *s = user;
    qf_symbol symbol;
    if (!find_symbol(NULL, name, argument, &symbol)) {
        return false;
    }
    value->kind = symbol.kind == QF_VALUE_TRUTH    ? IT_TRUTH
                  : symbol.kind == QF_VALUE_NUMBER ? IT_NUMBER
                                                   : IT_CHOICE;
    value->names = symbol.names;
    value->numbers = symbol.numbers;
    value->n_names = symbol.n_names;
    *unit = symbol.unit;
    const uint64_t bits = s->flags[s->slot] & symbol.mask;
    switch (symbol.source) {
    case QF_SYMBOL_COLUMN:
        value->number = s->numbers[symbol.column][s->slot];
        break;
    case QF_SYMBOL_WHOLE:
        value->number = (double)s->wholes[symbol.column][s->slot];
        break;
    case QF_SYMBOL_ALL_BITS:
        value->number = bits == symbol.mask;
        break;
    case QF_SYMBOL_ANY_BITS:
        value->number = bits != 0;
        break;
    case QF_SYMBOL_NO_BITS:
        value->number = bits == 0;
        break;
    case QF_SYMBOL_UNIFORM:
        value->number = s->uniform[symbol.column];
        break;
    case QF_SYMBOL_SINCE:
        assert_true(symbol.scale == 0.1); /* nearest to what tenths come to */
        value->number =
            (s->uniform[QF_UNIFORM_TICK] - (double)s->wholes[symbol.column][s->slot]) / 10.0;
        break;
    case QF_SYMBOL_EXPRESSION:
        *text = symbol.text;
        break;
    }
    if (value->kind == IT_TRUTH) {
        value->number = value->number != 0.0; /* NaN too is not 0 */
    }
    return true;
}

/* ---- both ways ---- */

typedef struct compiled {
    writer text;
    bool is_truth;
    uint16_t truth;
    qf_operand number;
    int64_t held[SLOTS][IT_MOST_HOLDS]; /* of the interpreter */
} compiled;

typedef struct stand {
    scene scene;
    compiled parts[MOST_EXPRESSIONS];
    size_t n;
    const qf_kernels *kernels[MOST_ISAS];
    size_t n_isas;
    int64_t holds[MOST_ISAS][MOST_HOLDS][SLOTS];
    qf_program programs[MOST_ISAS];
    _Alignas(64) double numbers[QF_PROGRAM_MOST_NUMBERS][QF_PROGRAM_VEHICLES];
    _Alignas(64) uint8_t truths[QF_PROGRAM_MOST_TRUTHS][QF_PROGRAM_BYTES];
    size_t n_compared, n_true;
} stand;

static void compile(stand *s, qf_arena *arena)
{
    qf_expression_error error = {0};
    const qf_expression *trees[MOST_EXPRESSIONS];
    for (size_t k = 0; k < s->n; k++) {
        trees[k] = qf_expression_parse(arena, &fixture_symbols, s->parts[k].text.text, &error);
        if (!trees[k]) {
            fail_msg("%zu-%zu %s\n%s", error.begin, error.end, error.message,
                     s->parts[k].text.text);
        }
    }
    for (size_t isa = 0; isa < s->n_isas; isa++) {
        void *holds[MOST_HOLDS];
        qf_program_builder *builder = qf_program_builder_create(arena);
        for (size_t k = 0; k < s->n; k++) {
            compiled *part = &s->parts[k];
            part->is_truth = qf_expression_kind(trees[k]) == QF_VALUE_TRUTH;
            if (!qf_program_add(builder, trees[k], &part->truth, &part->number, &error)) {
                fail_msg("%s\n%s", error.message, part->text.text);
            }
        }
        assert_true(qf_program_n_holds(builder) <= MOST_HOLDS);
        for (size_t h = 0; h < MOST_HOLDS; h++) {
            holds[h] = s->holds[isa][h];
        }
        assert_true(qf_program_finish(builder, s->scene.columns, holds, &s->programs[isa]));
    }
}

static double result_of(const stand *s, const compiled *part, size_t vehicle)
{
    if (part->is_truth) {
        return s->truths[part->truth][vehicle / 8] >> (vehicle % 8) & 1;
    }
    switch (part->number.kind) {
    case QF_OPERAND_CONSTANT:
        return part->number.value;
    case QF_OPERAND_UNIFORM:
        return s->scene.uniform[part->number.index];
    default:
        assert_int_equal(part->number.kind, QF_OPERAND_NUMBER);
        return s->numbers[part->number.index][vehicle];
    }
}

/* which of the many NaNs it is does not matter */
static bool same_bits(double a, double b)
{
    return (isnan(a) && isnan(b)) || memcmp(&a, &b, sizeof a) == 0;
}

static void evaluate(stand *s, const uint8_t valid[BYTES], int evaluation)
{
    double expected[MOST_EXPRESSIONS][8 * BYTES];
    for (size_t k = 0; k < s->n; k++) {
        for (size_t v = 0; v < 8 * BYTES; v++) {
            if (!(valid[v / 8] >> (v % 8) & 1)) {
                continue;
            }
            it_scene it = {.find = find_value,
                           .user = &s->scene,
                           .period_s = PERIOD_S,
                           .held = s->parts[k].held[FIRST + v]};
            s->scene.slot = FIRST + v;
            expected[k][v] = it_evaluate(&it, s->parts[k].text.text).number;
        }
    }
    for (size_t isa = 0; isa < s->n_isas; isa++) {
        qf_evaluation e = {.first = FIRST, .n_bytes = BYTES};
        memcpy(e.valid, valid, BYTES);
        memcpy(e.uniform, s->scene.uniform, sizeof e.uniform);
        const qf_registers registers = {.number = s->numbers, .truth = s->truths};
        s->kernels[isa]->program(&s->programs[isa], &e, &registers);
        for (size_t k = 0; k < s->n; k++) {
            for (size_t v = 0; v < 8 * BYTES; v++) {
                if (!(valid[v / 8] >> (v % 8) & 1)) {
                    continue;
                }
                const double found = result_of(s, &s->parts[k], v);
                if (!same_bits(found, expected[k][v])) {
                    fail_msg("%s, evaluation %d, vehicle %zu: %a, not %a\n%s", s->kernels[isa]->isa,
                             evaluation, v, found, expected[k][v], s->parts[k].text.text);
                }
                s->n_compared++;
                s->n_true += s->parts[k].is_truth && found != 0.0;
            }
        }
    }
}

static void write_program(stand *s, uint64_t *random)
{
    s->n = 0;
    const size_t n = 1 + *random % MOST_EXPRESSIONS;
    while (s->n < n) {
        compiled *part = &s->parts[s->n++];
        memset(part->held, 0, sizeof part->held);
        part->text.length = 0;
        part->text.holds = 0;
        part->text.random = *random;
        const int depth = 1 + (int)draw(&part->text, 5);
        /* texts that begin alike share much */
        if (draw(&part->text, 4) > 0) {
            write_truth(&part->text, depth, OF_OR);
        } else {
            write_number(&part->text, (dimension)draw(&part->text, DIMENSIONS), depth, OF_SUM);
        }
        *random = part->text.random;
    }
}

static void random_programs_come_to_what_the_interpreter_says(void **state)
{
    (void)state;
    stand *s = aligned_alloc(64, (sizeof *s + 63) / 64 * 64);
    assert_non_null(s);
    memset(s, 0, sizeof *s);
    point(&s->scene);
    for (const char *const *isa = qf_isa_names; *isa; isa++) {
        const qf_kernels *kernels = qf_kernels_for(*isa);
        if (kernels) {
            assert_true(s->n_isas < MOST_ISAS);
            s->kernels[s->n_isas++] = kernels;
        }
    }
    uint64_t random = 6;
    for (int i = 0; i < PROGRAMS; i++) {
        qf_arena arena = {0};
        write_program(s, &random);
        memset(s->holds, 0, sizeof s->holds);
        compile(s, &arena);
        writer w = {.random = random};
        const uint8_t valid[BYTES] = {(uint8_t)(1 + draw(&w, 255)), (uint8_t)draw(&w, 256)};
        for (int e = 0; e < EVALUATIONS; e++) {
            fill(&s->scene, &w, 5 + e * (i % 7));
            evaluate(s, valid, e);
        }
        random = w.random;
        qf_arena_free(&arena);
    }
    /* neither value may have taken over, else little is compared */
    assert_in_range(s->n_true, s->n_compared / 8, s->n_compared * 3 / 4);
    free(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_programs_come_to_what_the_interpreter_says),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
