/* SPDX-License-Identifier: Apache-2.0 */
#include "identities.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "draw.h"
#include "failing_memory.h"

enum { MOST_GROUPS = 4 };

typedef struct fixture {
    qf_context context;
    qf_arena arena;
    qf_group_spec groups[MOST_GROUPS];
    qf_scenario scenario;
    qf_identities identities;
} fixture;

static int set_up(void **state)
{
    static fixture f;
    f = (fixture){.context = qf_context_default(),
                  .scenario = {.seed = 7, .n_worlds = 1, .groups = f.groups}};
    *state = &f;
    return 0;
}

static int tear_down(void **state)
{
    fixture *f = *state;
    qf_arena_free(&f->arena);
    return 0;
}

static void add(fixture *f, size_t count, qf_transponder_mode mode, const char *id)
{
    f->groups[f->scenario.n_groups++] =
        (qf_group_spec){.count = count, .transponder_mode = mode, .transponder_id = id};
}

static void make(fixture *f)
{
    assert_int_equal(qf_identities_create(&f->context, &f->arena, &f->scenario, &f->identities),
                     QF_OK);
}

static const char *own(const fixture *f, size_t entity)
{
    const int32_t number = f->identities.own[entity];
    return number == QF_NO_IDENTITY ? "none" : f->identities.text[number];
}

static const char *spoof(const fixture *f, size_t entity)
{
    const int32_t number = f->identities.spoof[entity];
    return number == QF_NO_IDENTITY ? "none" : f->identities.text[number];
}

static void index_stands_for_the_number_within_group_and_world(void **state)
{
    fixture *f = *state;
    f->scenario.n_worlds = 2;
    add(f, 11, QF_TRANSPONDER_ON, "ALLY-{index}");
    add(f, 2, QF_TRANSPONDER_SILENT, "{index}:{index}/{indexx}");
    make(f);
    assert_string_equal(own(f, 0), "ALLY-0");
    assert_string_equal(own(f, 10), "ALLY-10");
    assert_string_equal(own(f, 11), "ALLY-0"); /* world 1 */
    assert_string_equal(own(f, 22), "0:0/{indexx}");
    assert_string_equal(own(f, 25), "1:1/{indexx}");
    assert_int_equal(f->identities.n, 13);
}

static void equal_texts_are_one_identity_numbered_by_first_vehicle(void **state)
{
    fixture *f = *state;
    add(f, 3, QF_TRANSPONDER_ON, "FLEET");
    add(f, 2, QF_TRANSPONDER_OFF, NULL);
    add(f, 3, QF_TRANSPONDER_ON, "V-{index}");
    add(f, 2, QF_TRANSPONDER_ON, "V-1");
    make(f);
    static const int32_t expected[] = {0, 0, 0, QF_NO_IDENTITY, QF_NO_IDENTITY, 1, 2, 3, 2, 2};
    assert_memory_equal(f->identities.own, expected, sizeof expected);
    assert_int_equal(f->identities.n, 4);
    assert_string_equal(f->identities.text[3], "V-2");
    for (size_t e = 0; e < 10; e++) {
        assert_int_equal(f->identities.spoof[e], QF_NO_IDENTITY);
    }
}

static void spoofed_texts_are_those_of_the_keyed_draw(void **state)
{
    fixture *f = *state;
    f->scenario.n_worlds = 2;
    add(f, 3, QF_TRANSPONDER_ON, "ALLY-{index}");
    add(f, 4, QF_TRANSPONDER_SPOOF, "FOE-{index}");
    make(f);
    for (uint32_t world = 0; world < 2; world++) {
        for (uint32_t v = 0; v < 4; v++) {
            /* counter: vehicle of its world, world, tick 0, stream 12 above draw 0 */
            const qf_philox_block block =
                qf_philox((qf_philox_block){{3 + v, world, 0, UINT32_C(12) << 24}}, 7);
            char text[32];
            snprintf(text, sizeof text, "SPOOF-%06x", block.word[0] >> 8);
            assert_string_equal(spoof(f, 6 + 4 * world + v), text);
        }
    }
    assert_string_equal(own(f, 6), "FOE-0"); /* should its mode change */
    assert_string_equal(spoof(f, 0), "none");
    assert_int_equal(f->identities.n, 3 + 4 + 8);
    assert_true(f->identities.spoof[6] > f->identities.own[9]); /* spoofers come last */
}

static void spoofed_texts_differ_by_seed(void **state)
{
    fixture *f = *state;
    add(f, 1, QF_TRANSPONDER_SPOOF, NULL);
    make(f);
    const char *const before = spoof(f, 0);
    assert_int_equal(f->identities.own[0], QF_NO_IDENTITY);
    make(f);
    assert_string_equal(spoof(f, 0), before);
    f->scenario.seed++;
    make(f);
    assert_string_not_equal(spoof(f, 0), before);
}

static void text_that_a_spoofer_happens_to_say_is_the_same_identity(void **state)
{
    fixture *f = *state;
    add(f, 1, QF_TRANSPONDER_SPOOF, NULL);
    make(f);
    const char *const said = spoof(f, 0);
    add(f, 1, QF_TRANSPONDER_ON, said);
    make(f);
    assert_int_equal(f->identities.n, 1);
    assert_int_equal(f->identities.spoof[0], f->identities.own[1]);
}

static void without_transponders_nothing_is_allocated(void **state)
{
    fixture *f = *state;
    add(f, 1000, QF_TRANSPONDER_OFF, NULL);
    make(f);
    assert_int_equal(f->arena.used_bytes, 0);
    assert_int_equal(f->identities.n, 0);
    assert_null(f->identities.own);
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Quadratic work would take hours, and a text equal to another shows once they are sorted. */
static void half_a_million_texts_are_told_apart(void **state)
{
    enum { MANY = 250000 };
    fixture *f = *state;
    add(f, MANY, QF_TRANSPONDER_ON, "ALLY-{index}");
    add(f, MANY, QF_TRANSPONDER_SPOOF, "ALLY-{index}");
    make(f);
    const size_t n = f->identities.n;
    /* 2^24 spoofed texts: birthdays cost some 1850 of them */
    assert_in_range(n, 2 * MANY - 2200, 2 * MANY - 1500);
    const char **sorted = calloc(n, sizeof *sorted);
    assert_non_null(sorted);
    memcpy(sorted, f->identities.text, n * sizeof *sorted);
    qsort(sorted, n, sizeof *sorted, by_text);
    for (size_t i = 1; i < n; i++) {
        assert_true(strcmp(sorted[i - 1], sorted[i]) < 0);
    }
    free(sorted);
    for (size_t v = 0; v < MANY; v += 9973) {
        char text[32];
        snprintf(text, sizeof text, "ALLY-%zu", v);
        assert_string_equal(own(f, v), text);
        assert_int_equal(f->identities.own[MANY + v], f->identities.own[v]);
    }
}

static void lack_of_memory_is_reported(void **state)
{
    skip_unless_memory_can_run_out();
    fixture *f = *state;
    add(f, 100000, QF_TRANSPONDER_ON, "ALLY-{index}");
    for (int left = 0; left < 3; left++) {
        allocations_left = left;
        const qf_status status =
            qf_identities_create(&f->context, &f->arena, &f->scenario, &f->identities);
        allocations_left = -1;
        assert_int_equal(status, QF_ERROR_MEMORY);
        assert_int_equal(f->identities.n, 0);
        qf_arena_free(&f->arena);
    }
    make(f);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(index_stands_for_the_number_within_group_and_world),
        TEST(equal_texts_are_one_identity_numbered_by_first_vehicle),
        TEST(spoofed_texts_are_those_of_the_keyed_draw),
        TEST(spoofed_texts_differ_by_seed),
        TEST(text_that_a_spoofer_happens_to_say_is_the_same_identity),
        TEST(without_transponders_nothing_is_allocated),
        TEST(half_a_million_texts_are_told_apart),
        TEST(lack_of_memory_is_reported),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
