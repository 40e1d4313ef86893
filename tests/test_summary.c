/* SPDX-License-Identifier: Apache-2.0 */
/* The lines of the closing summary that need a radar or a tracker; test_cli.c has those of every run. */
#include "summary.h"

#include "results_fixture.h"

static int64_t no_events[QF_EVENT_CODES];

/* What is printed on standard error, to be freed. */
static char *printed(const qf_summary *summary, const qf_fleet *fleet)
{
    char *text = calloc(1, 4096);
    assert_non_null(text);
    fflush(stderr);
    const int before = dup(STDERR_FILENO);
    assert_true(before >= 0);
    assert_non_null(freopen("summary.txt", "w", stderr));
    qf_summary_print(summary, fleet);
    fflush(stderr);
    assert_int_equal(dup2(before, STDERR_FILENO), STDERR_FILENO);
    close(before);
    FILE *in = fopen("summary.txt", "r");
    assert_non_null(in);
    assert_true(fread(text, 1, 4095, in) > 0);
    fclose(in);
    return text;
}

static void detections_are_told_where_there_is_a_radar(void **state)
{
    fixture *f = *state;
    make_fleet(f, 3, 1, 20);
    qf_summary summary = {.isa = "v3",
                          .isa_reason = "r",
                          .threads_reason = "r",
                          .binding = "none",
                          .path = "a.h5",
                          .n_of_code = no_events,
                          .n_detections = 1234567,
                          .n_false_alarms = 891,
                          .n_dropped = 1000,
                          .totals.n_detections = 77};
    char *text = printed(&summary, &f->fleet);
    assert_null(strstr(text, "detections"));
    free(text);
    f->groups[1].radar_period_ticks = 5;
    text = printed(&summary, &f->fleet);
    if (!strstr(text,
                "\n  radar          1,234,567 detections (891 false alarms), 1,000 dropped for "
                "capacity\n")) {
        fail_msg("%s", text);
    }
    assert_null(strstr(text, "77 detections"));
    free(text);
    f->scenario.record.detections = true;
    text = printed(&summary, &f->fleet);
    assert_non_null(strstr(text, "0 records, 0 events, 77 detections\n"));
    free(text);
}

static void rows_of_tracks_and_pictures_are_told_where_they_are_recorded(void **state)
{
    fixture *f = *state;
    make_fleet(f, 3, 1, 20);
    const qf_summary summary = {.isa = "v3",
                                .isa_reason = "r",
                                .threads_reason = "r",
                                .binding = "none",
                                .path = "a.h5",
                                .n_of_code = no_events,
                                .totals = {.n_tracks = 123, .n_pictures = 45}};
    const qf_tracker_spec alone = qf_tracker_spec_default(QF_TRACK_QIKI);
    qf_tracker_spec sharing = alone;
    sharing.shares = true;
    const struct {
        bool recorded;
        const qf_tracker_spec *tracker;
        const char *end;
    } all[] = {
        {false, &sharing, "0 records, 0 events\n"},
        {true, &alone, "0 records, 0 events, 123 rows of tracks\n"},
        {true, &sharing, "0 records, 0 events, 123 rows of tracks, 45 rows of pictures\n"},
    };
    for (size_t i = 0; i < COUNT(all); i++) {
        f->scenario.record.tracks = all[i].recorded;
        f->groups[0].tracker = all[i].tracker;
        char *text = printed(&summary, &f->fleet);
        if (!strstr(text, all[i].end)) {
            fail_msg("no '%s' in:\n%s", all[i].end, text);
        }
        free(text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(detections_are_told_where_there_is_a_radar),
        TEST(rows_of_tracks_and_pictures_are_told_where_they_are_recorded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
