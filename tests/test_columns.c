/* SPDX-License-Identifier: Apache-2.0 */
#include "columns.h"
#include "vehicle.h"

static const size_t column_counts[] = {1, 2, 63, 64, 65, 130, 1200};
static const size_t slot_counts[] = {16, 48, 496, 512, 1024, 4096, 1 << 20, 1000016};

static void columns_are_aligned_and_lie_behind_each_other_in_the_block(void **state)
{
    (void)state;
    for (size_t s = 0; s < COUNT(slot_counts); s++) {
        const size_t bytes = 8 * slot_counts[s];
        for (size_t c = 0; c < COUNT(column_counts); c++) {
            const size_t n = column_counts[c];
            size_t end = 0;
            for (size_t k = 0; k < n; k++) {
                const size_t offset = qf_columns_offset(k, slot_counts[s]);
                assert_int_equal(offset % 64, 0);
                assert_true(offset >= end);
                end = offset + bytes;
            }
            const size_t block = qf_columns_bytes(n, slot_counts[s]);
            assert_true(block >= end);
            /* no more than a page of each column and one is lost */
            assert_true(block <= n * (bytes + 4096) + (n / 64 + 1) * 4096);
        }
    }
}

/* columns of a power of two would otherwise all start at the same cache set */
static void columns_next_to_each_other_start_at_different_lines_of_a_page(void **state)
{
    (void)state;
    for (size_t n_slots = 16; n_slots <= 1 << 22; n_slots *= 2) {
        for (size_t first = 0; first < 100; first++) {
            bool taken[64] = {false};
            for (size_t k = first; k < first + 64; k++) {
                const size_t line = qf_columns_offset(k, n_slots) % 4096 / 64;
                assert_false(taken[line]);
                taken[line] = true;
            }
        }
    }
}

static void sizes_that_overflow_are_refused(void **state)
{
    (void)state;
    assert_int_equal(qf_columns_bytes(1, SIZE_MAX), 0);
    assert_int_equal(qf_columns_bytes(1, SIZE_MAX / 8), 0);
    assert_int_equal(qf_columns_bytes(1, SIZE_MAX / 8 + 2), 0); /* 8 bytes each would wrap to 8 */
    assert_int_equal(qf_columns_bytes(SIZE_MAX, 16), 0);
    assert_int_equal(qf_columns_bytes(SIZE_MAX / 8192 + 1, 1024), 0);
    assert_int_equal(qf_columns_bytes(SIZE_MAX / 4096, 16), 0); /* all but the stagger fits */
    assert_true(qf_columns_bytes(100, (size_t)1 << 31) > (size_t)100 << 34);
}

static void memory_is_zero_and_can_be_written_to_its_end(void **state)
{
    (void)state;
    qf_context context = qf_context_default();
    const size_t bytes = qf_columns_bytes(65, 512);
    void *memory = NULL;
    assert_int_equal(qf_columns_map(&context, bytes, &memory), QF_OK);
    assert_int_equal((uintptr_t)memory % 64, 0);
    unsigned char *at = memory;
    for (size_t i = 0; i < bytes; i++) {
        assert_int_equal(at[i], 0);
    }
    memset(memory, 0xFF, bytes);
    qf_columns_unmap(memory, bytes);
    qf_columns_unmap(NULL, bytes);
}

static void memory_that_is_not_there_is_an_error_with_its_size(void **state)
{
    (void)state;
    qf_context context = qf_context_default();
    void *memory = NULL;
    assert_int_equal(qf_columns_map(&context, (size_t)1 << 62, &memory), QF_ERROR_MEMORY);
    assert_null(memory);
    assert_non_null(strstr(context.error, "4398046511104 MiB"));
}

static void the_columns_of_a_fleet_do_not_overlap(void **state)
{
    (void)state;
    vehicles v;
    start(&v, &(scene){.count = 512});
    for (size_t k = 0; k < v.fleet.catalog.n_columns; k++) {
        uint64_t *words = v.fleet.column[k];
        assert_int_equal((uintptr_t)words % 64, 0);
        for (size_t i = 0; i < v.fleet.n_slots; i++) {
            words[i] = k;
        }
    }
    for (size_t k = 0; k < v.fleet.catalog.n_columns; k++) {
        const uint64_t *words = v.fleet.column[k];
        for (size_t i = 0; i < v.fleet.n_slots; i++) {
            assert_int_equal(words[i], k);
        }
    }
    finish(&v);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(columns_are_aligned_and_lie_behind_each_other_in_the_block),
        cmocka_unit_test(columns_next_to_each_other_start_at_different_lines_of_a_page),
        cmocka_unit_test(sizes_that_overflow_are_refused),
        cmocka_unit_test(memory_is_zero_and_can_be_written_to_its_end),
        cmocka_unit_test(memory_that_is_not_there_is_an_error_with_its_size),
        cmocka_unit_test(the_columns_of_a_fleet_do_not_overlap),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
