/* SPDX-License-Identifier: Apache-2.0 */
/* Tables of tracks and pictures in memory: how they grow and are joined. */
#include "tracks_fixture.h"

static void assert_tracks(const qf_track_samples *t, const size_t *numbers, size_t n)
{
    assert_int_equal(t->n, n);
    for (size_t k = 0; k < n; k++) {
        qf_track_samples row = track_rows(numbers[k], numbers[k] + 1);
#define QF_COLUMN(type, name) assert_memory_equal(&t->name[k], &row.name[0], sizeof(type));
        QF_TRACK_SAMPLE_TABLE(QF_COLUMN)
#undef QF_COLUMN
        qf_track_samples_free(&row);
    }
}

static void every_column_of_tracks_is_appended(void **state)
{
    (void)state;
    qf_track_samples from = track_rows(0, 3000);
    qf_track_samples to = {0};
    assert_true(qf_track_samples_reserve(&to, 5));
    qf_track_samples_append(&to, &from, 2996, 3);
    qf_track_samples_append(&to, &from, 7, 0);
    qf_track_samples_append(&to, &from, 0, 2);
    assert_tracks(&to, (const size_t[]){2996, 2997, 2998, 0, 1}, 5);
    qf_track_samples_free(&to);
    assert_int_equal(to.n + to.capacity, 0);
    assert_null(to.tick);
    assert_null(to.iff);
    qf_track_samples_free(&to); /* nothing left to free */
    qf_track_samples_free(&from);
}

static void every_column_of_pictures_is_appended(void **state)
{
    (void)state;
    qf_picture_samples from = picture_rows(0, 40);
    qf_picture_samples to = {0};
    assert_true(qf_picture_samples_reserve(&to, 10));
    qf_picture_samples_append(&to, &from, 30, 10);
    assert_int_equal(to.n, 10);
#define QF_COLUMN(type, name) assert_memory_equal(to.name, from.name + 30, 10 * sizeof(type));
    QF_PICTURE_SAMPLE_TABLE(QF_COLUMN)
#undef QF_COLUMN
    qf_picture_samples_free(&to);
    qf_picture_samples_free(&from);
}

static void nothing_of_nothing_is_appended_to_an_empty_table(void **state)
{
    (void)state;
    qf_track_samples to = {0};
    const qf_track_samples from = {0};
    assert_true(qf_track_samples_reserve(&to, 0));
    assert_int_equal(to.capacity, 0);
    qf_track_samples_append(&to, &from, 0, 0);
    assert_int_equal(to.n, 0);
    qf_track_samples_free(&to);
}

static void rows_stay_when_room_is_made_for_more(void **state)
{
    (void)state;
    qf_track_samples t = track_rows(0, 2);
    const size_t capacity = t.capacity;
    assert_true(qf_track_samples_reserve(&t, capacity - 2));
    assert_int_equal(t.capacity, capacity);
    assert_true(qf_track_samples_reserve(&t, capacity - 1));
    assert_true(t.capacity >= capacity + 1);
    assert_tracks(&t, (const size_t[]){0, 1}, 2);
    qf_track_samples_free(&t);
}

static void more_than_memory_can_count_is_refused_and_nothing_changes(void **state)
{
    (void)state;
    qf_track_samples t = track_rows(0, 2);
    const size_t capacity = t.capacity;
    assert_false(qf_track_samples_reserve(&t, SIZE_MAX / 2));
    assert_false(qf_track_samples_reserve(&t, SIZE_MAX - 2));
    assert_int_equal(t.capacity, capacity);
    assert_tracks(&t, (const size_t[]){0, 1}, 2);
    qf_track_samples_free(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_column_of_tracks_is_appended),
        cmocka_unit_test(every_column_of_pictures_is_appended),
        cmocka_unit_test(nothing_of_nothing_is_appended_to_an_empty_table),
        cmocka_unit_test(rows_stay_when_room_is_made_for_more),
        cmocka_unit_test(more_than_memory_can_count_is_refused_and_nothing_changes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
