/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_expression SECONDS SEED: whatever text comes, an expression is made of it or an error that points into it.
 * Texts are made by mutating known ones: words of the language, parts of other texts, and bytes of any kind. What
 * parses is compiled, twice, and must become the same program both times; and a tree equals its twin. Every other
 * text is read where there are reductions.
 */
#include "expression_fixture.h"

#include <stdio.h>
#include <time.h>

enum { MOST_BYTES = QF_EXPRESSION_MOST_BYTES + 64, KEPT = 256, MOST_KEPT_BYTES = 600 };

static const char *const words[] = {
    "and",
    "or",
    "not",
    "true",
    "false",
    "abs(",
    "min(",
    "max(",
    "is_finite(",
    "if(",
    "hold(",
    "(",
    ")",
    ",",
    "+",
    "-",
    "*",
    "/",
    "<",
    "<=",
    ">",
    ">=",
    "==",
    "!=",
    "3 ticks",
    "2.5 s",
    "85 degC",
    "20 %",
    "0.5 m/s",
    "1 km",
    "30 min",
    "2 h",
    "1 kWh",
    "5 deg",
    "1e308",
    "0",
    "1e-320",
    ".",
    "\"",
    "x_m",
    "speed_mps",
    "soc_pct",
    "temp_core_c",
    "yaw_rad",
    "supercap_wh",
    "cpa_s",
    "count",
    "armed",
    "counted",
    "mode",
    "state",
    "time_in_state_s",
    "time_s",
    "IDLE",
    "CRUISE",
    "SAFE_MODE",
    "bios_status.is_ready",
    "guard.critical",
    "guard.clear",
    "actuation.executed(\"rcs\")",
    "ready",
    "energy",
    "fast",
    "its_mode",
    "loop_a",
    "broken",
    "wide",
    "wider",
    " ",
    "\t",
    "m",
    "/s",
    "\xc3\xa9",
    "ticks",
    "over",
    "of",
    "mean(",
    "any(armed over scouts)",
    "final(",
};

static const char *const seeds[] = {
    "soc_pct < 20 and not bios_status.is_ready or temp_core_c >= 85 degC",
    "hold(armed or speed_mps < 0.5 m/s, 3 ticks) and state == SAFE_MODE",
    "hold(hold(armed, 2.5 s) and fast, 3 ticks) != (mode == CRUISE)",
    "min(x_m, 1 km, speed_mps * cpa_s) + abs(-x_m) / 2 > if(ready, 5, x_m)",
    "is_finite(supercap_wh / 1 kWh) == (energy > 3 kJ)",
    "actuation.executed(\"rcs\") and time_in_state_s > 1 min and CRUISE == its_mode",
    "((x_m * 2 + x_m / 3) * (x_m * 2 + x_m / 3) - (x_m - 1) * (x_m + 1)) < 1 m2",
    "not not (wide or wider) and counted and yaw_rad > -90 deg",
    "if(armed and guard.clear, time_s, 2 * time_in_state_s) / 3 >= 0.1 h",
    "max(max(x_m over scouts)) > 1 km and count(armed of haulers) or any(ready)",
    "min(quantile(final(soc_pct), 0.95), 20 %, min(soc_pct over \"a b\")) < 3 %",
    "duration(any(hold(armed, 2 ticks) over scouts))",
};

#define N(array) (sizeof(array) / sizeof *(array))

typedef struct fuzzer {
    uint64_t random;
    char kept[KEPT][MOST_KEPT_BYTES + 1]; /* texts that parsed, to go on from */
    size_t n_kept;
    size_t n_cases, n_parsed, n_compiled;
    char text[MOST_BYTES + 1];
    size_t length;
} fuzzer;

static uint32_t draw(fuzzer *f, size_t below)
{
    f->random = f->random * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)((f->random >> 33) % below);
}

static void fail(const fuzzer *f, const char *what)
{
    fprintf(stderr, "case %zu: %s\n", f->n_cases, what);
    for (size_t i = 0; i < f->length; i++) {
        fprintf(stderr, "%02x", (unsigned char)f->text[i]);
    }
    fprintf(stderr, "\n%s\n", f->text);
    abort();
}

/* puts `length` bytes in the place of `gone` ones */
static void splice(fuzzer *f, size_t at, size_t gone, const char *bytes, size_t length)
{
    if (f->length - gone + length > MOST_BYTES) {
        return;
    }
    memmove(f->text + at + length, f->text + at + gone, f->length - at - gone);
    memcpy(f->text + at, bytes, length);
    f->length += length - gone;
}

static const char *any_text(fuzzer *f)
{
    return f->n_kept > 0 && draw(f, 3) > 0 ? f->kept[draw(f, f->n_kept)] : seeds[draw(f, N(seeds))];
}

static void mutate(fuzzer *f)
{
    const size_t at = draw(f, f->length + 1);
    const size_t left = f->length - at;
    const size_t gone = left > 0 ? draw(f, left < 12 ? left + 1 : 12) : 0;
    char word[64];
    switch (draw(f, 8)) {
    case 0: /* any byte but the end */
        word[0] = (char)(1 + draw(f, 255));
        splice(f, at, gone > 0, word, 1);
        break;
    case 1:
        splice(f, at, gone, "", 0);
        break;
    case 2: { /* part of another */
        const char *other = any_text(f);
        const size_t length = strlen(other);
        const size_t begin = length > 0 ? draw(f, length) : 0;
        splice(f, at, gone, other + begin, length > 0 ? draw(f, length - begin + 1) : 0);
        break;
    }
    case 3: { /* once more, deeper */
        static const char *const around[] = {
            "(%s)",          "not (%s)",    "-(%s)",  "hold(%s, 3 ticks)",
            "(%s) and (%s)", "(%s) + (%s)", "abs(%s)"};
        const char *form = around[draw(f, N(around))];
        char copy[MOST_BYTES + 1];
        char made[3 * MOST_BYTES];
        memcpy(copy, f->text, f->length + 1);
        /* forms with two places use the text twice */
        size_t length = 0;
        for (const char *c = form; *c; c++) {
            if (c[0] == '%') {
                memcpy(made + length, copy, f->length);
                length += f->length;
                c++;
            } else {
                made[length++] = *c;
            }
        }
        splice(f, 0, f->length, made, length);
        break;
    }
    case 4: { /* another word in the place of one */
        size_t begin = at, end = at;
        while (begin > 0 && f->text[begin - 1] != ' ') {
            begin--;
        }
        while (end < f->length && f->text[end] != ' ') {
            end++;
        }
        const char *put = words[draw(f, N(words))];
        splice(f, begin, end - begin, put, strlen(put));
        break;
    }
    default: {
        const int length = snprintf(word, sizeof word, " %s ", words[draw(f, N(words))]);
        splice(f, at, draw(f, 2) ? gone : 0, word, (size_t)length);
        break;
    }
    }
    f->text[f->length] = '\0';
    f->length = strlen(f->text);
}

static bool same_operand(const qf_operand *a, const qf_operand *b)
{
    return a->kind == b->kind && a->index == b->index &&
           memcmp(&a->value, &b->value, sizeof a->value) == 0;
}

static bool same_program(const qf_program *a, const qf_program *b)
{
    bool same = a->n_instructions == b->n_instructions && a->n_numbers == b->n_numbers &&
                a->n_truths == b->n_truths;
    for (size_t i = 0; same && i < a->n_instructions; i++) {
        const qf_instruction *x = &a->instructions[i];
        const qf_instruction *y = &b->instructions[i];
        same = x->operation == y->operation && x->out == y->out && x->truth[0] == y->truth[0] &&
               x->truth[1] == y->truth[1] && x->count == y->count && x->mask == y->mask &&
               same_operand(&x->a, &y->a) && same_operand(&x->b, &y->b);
    }
    return same;
}

static void check_error(const fuzzer *f, const qf_expression_error *error)
{
    if (error->begin > error->end || error->end > f->length || error->message[0] == '\0' ||
        strlen(error->message) >= sizeof error->message) {
        fail(f, "an error that does not point into the text");
    }
    for (const char *c = error->message; *c; c++) {
        if ((unsigned char)*c < 0x20 && !strchr("\t\n\r", *c)) {
            fail(f, "an error with control characters");
        }
    }
}

/* false: beyond a limit, and the error says so */
static bool compile(fuzzer *f, qf_arena *arena, const qf_expression *expression,
                    qf_program *program)
{
    uint16_t truth;
    qf_operand number;
    qf_expression_error error = {0};
    qf_program_builder *builder = qf_program_builder_create(arena);
    if (!qf_program_add(builder, expression, &truth, &number, &error)) {
        check_error(f, &error);
        return false;
    }
    if (!qf_program_finish(builder, NULL, NULL, program)) {
        fail(f, "a program that does not finish");
    }
    if (program->n_numbers > QF_PROGRAM_MOST_NUMBERS ||
        program->n_truths > QF_PROGRAM_MOST_TRUTHS ||
        program->n_instructions > QF_PROGRAM_MOST_INSTRUCTIONS) {
        fail(f, "a program beyond the limits");
    }
    return true;
}

static void try_text(fuzzer *f)
{
    qf_arena arena = {0};
    qf_expression_error error = {0};
    /* exactly as long as it is, so that a read beyond the end is seen */
    char *exact = malloc(f->length + 1);
    memcpy(exact, f->text, f->length + 1);
    f->n_cases++;
    const qf_symbols symbols = f->n_cases % 2 ? fixture_symbols : reducing_symbols(&arena);
    const qf_expression *a = qf_expression_parse(&arena, &symbols, exact, &error);
    if (!a) {
        check_error(f, &error);
    } else {
        f->n_parsed++;
        const qf_expression *b = qf_expression_parse(&arena, &symbols, exact, &error);
        qf_program p = {0}, q = {0};
        if (!b || !qf_expression_equal(a, b)) {
            fail(f, "a tree that does not equal its twin");
        }
        const bool compiled = compile(f, &arena, a, &p);
        if (compile(f, &arena, b, &q) != compiled || (compiled && !same_program(&p, &q))) {
            fail(f, "two programs of one text");
        }
        f->n_compiled += compiled;
        if (f->length <= MOST_KEPT_BYTES) {
            char *kept = f->kept[f->n_kept < KEPT ? f->n_kept++ : draw(f, KEPT)];
            memcpy(kept, f->text, f->length + 1);
        }
    }
    free(exact);
    qf_arena_free(&arena);
}

int main(int argc, char **argv)
{
    static fuzzer f;
    if (argc != 3) {
        fprintf(stderr, "fuzz_expression SECONDS SEED\n");
        return 2;
    }
    const double seconds = strtod(argv[1], NULL);
    f.random = strtoull(argv[2], NULL, 10);
    struct timespec begin, now;
    clock_gettime(CLOCK_MONOTONIC, &begin);
    do {
        for (int i = 0; i < 100; i++) {
            const char *from = any_text(&f);
            f.length = strlen(from);
            memcpy(f.text, from, f.length + 1);
            for (uint32_t k = 1 + draw(&f, 3); k > 0; k--) {
                mutate(&f);
            }
            try_text(&f);
        }
        clock_gettime(CLOCK_MONOTONIC, &now);
    } while ((double)(now.tv_sec - begin.tv_sec) + 1e-9 * (double)(now.tv_nsec - begin.tv_nsec) <
             seconds);
    printf("%zu cases, %zu parsed, %zu compiled\n", f.n_cases, f.n_parsed, f.n_compiled);
    /* neither outcome may have taken over, else nothing is tested */
    return f.n_parsed > f.n_cases / 50 && f.n_parsed < f.n_cases ? 0 : 1;
}
