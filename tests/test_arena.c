/* SPDX-License-Identifier: Apache-2.0 */
#include "arena.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void arrays_are_aligned_zeroed_and_apart_over_many_chunks(void **state)
{
    (void)state;
    enum { N = 400 };
    qf_arena arena = {0};
    unsigned char *array[N];
    for (size_t k = 0; k < N; k++) {
        const size_t bytes = 7 * k + 1;
        array[k] = qf_arena_array(&arena, bytes, 1);
        assert_non_null(array[k]);
        assert_int_equal((uintptr_t)array[k] % 64, 0);
        for (size_t i = 0; i < bytes; i++) {
            assert_int_equal(array[k][i], 0);
        }
        memset(array[k], (int)(k % 251), bytes);
    }
    for (size_t k = 0; k < N; k++) {
        for (size_t i = 0; i < 7 * k + 1; i++) {
            assert_int_equal(array[k][i], k % 251);
        }
    }
    assert_true(arena.used_bytes > 500000); /* the first chunk is 64 KiB */
    qf_arena_free(&arena);
}

static void an_array_larger_than_any_chunk_gets_one_of_its_own(void **state)
{
    (void)state;
    qf_arena arena = {0};
    char *small = qf_arena_text(&arena, "kept", 4);
    unsigned char *large = qf_arena_array(&arena, 1 << 20, 8);
    assert_non_null(large);
    large[0] = large[((size_t)8 << 20) - 1] = 1;
    assert_non_null(qf_arena_array(&arena, 100, 1));
    assert_string_equal(small, "kept");
    qf_arena_free(&arena);
}

static void used_bytes_are_counted_in_whole_cache_lines(void **state)
{
    (void)state;
    qf_arena arena = {0};
    qf_arena_array(&arena, 1, 1);
    assert_int_equal(arena.used_bytes, 64);
    qf_arena_array(&arena, 8, 8);
    assert_int_equal(arena.used_bytes, 128);
    qf_arena_array(&arena, 65, 1);
    assert_int_equal(arena.used_bytes, 256);
    qf_arena_array(&arena, 0, 8);
    assert_int_equal(arena.used_bytes, 256);
    qf_arena_array(&arena, 1 << 20, 1);
    assert_int_equal(arena.used_bytes, 256 + (1 << 20));
    assert_int_equal(arena.high_water_bytes, arena.used_bytes);
    qf_arena_free(&arena);
    assert_int_equal(arena.used_bytes, 0);
    assert_null(arena.chunk);
    qf_arena_free(&arena);
}

static void an_empty_array_is_not_a_failure(void **state)
{
    (void)state;
    qf_arena arena = {0};
    assert_non_null(qf_arena_array(&arena, 0, 8));
    assert_non_null(qf_arena_array(&arena, 8, 0));
    qf_arena_free(&arena);
}

static void sizes_that_overflow_are_refused_and_take_nothing(void **state)
{
    (void)state;
    size_t product = 1;
    assert_true(qf_size_multiply(SIZE_MAX / 3, 3, &product));
    assert_int_equal(product, SIZE_MAX);
    assert_true(qf_size_multiply(0, SIZE_MAX, &product));
    assert_int_equal(product, 0);
    assert_false(qf_size_multiply(SIZE_MAX / 3 + 1, 3, &product));
    assert_false(qf_size_multiply((size_t)1 << 32, (size_t)1 << 32, &product));

    qf_arena arena = {0};
    assert_null(qf_arena_array(&arena, SIZE_MAX, 2));
    assert_null(qf_arena_array(&arena, SIZE_MAX / 8 + 2, 8)); /* 8 once wrapped */
    assert_null(qf_arena_array(&arena, SIZE_MAX, 1));         /* 0 once rounded up */
    assert_int_equal(arena.used_bytes, 0);
    assert_non_null(qf_arena_array(&arena, 1, 1));
    qf_arena_free(&arena);
}

static void texts_are_copied_and_formatted_with_their_end(void **state)
{
    (void)state;
    qf_arena arena = {0};
    assert_string_equal(qf_arena_text(&arena, "abcdef", 3), "abc");
    assert_string_equal(qf_arena_text(&arena, "", 0), "");
    assert_string_equal(qf_arena_format(&arena, "temp_%s_%zu", "core", (size_t)12), "temp_core_12");
    /* exactly one cache line with the terminating zero, and one byte more */
    for (int width = 63; width <= 64; width++) {
        const char *text = qf_arena_format(&arena, "%*d", width, 5);
        assert_int_equal(strlen(text), width);
        assert_int_equal(text[width - 1], '5');
    }
    qf_arena_free(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(arrays_are_aligned_zeroed_and_apart_over_many_chunks),
        cmocka_unit_test(an_array_larger_than_any_chunk_gets_one_of_its_own),
        cmocka_unit_test(used_bytes_are_counted_in_whole_cache_lines),
        cmocka_unit_test(an_empty_array_is_not_a_failure),
        cmocka_unit_test(sizes_that_overflow_are_refused_and_take_nothing),
        cmocka_unit_test(texts_are_copied_and_formatted_with_their_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
