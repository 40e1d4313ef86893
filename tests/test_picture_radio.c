/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fleet pictures whose tracks come by radio, against the picture that the same observers have without radios: a holder that
 * sees nothing itself, and two others that each see targets of their own.
 */
#include "fleet_stand.h"

#define HEAD                                                                                       \
    "schema: qfleet/1\nseed: 5\ntime: {dt_s: 0.5, duration_s: 100}\n"                              \
    "record: {every_s: 1, state: [x_m], tracks: true}\ngroups:\n"
#define STRONG                                                                                     \
    "hardware: {hardware_profile: {power_capacity_wh: 1e6, battery_soc_init_pct: 90,"              \
    " power_plane: {max_bus_a: 1e6}}}"
#define SCENE                                                                                      \
    HEAD "  - {name: scouts, kind: bot, count: 3, " STRONG                                         \
         ", radar: {ideal: true, period_s: 1, range_max_m: 1000, sr_threshold_m: 1000},"           \
         " tracker: {mode: robust, range_sd_m: 1, angle_sd_deg: 0.1, speed_sd_mps: 0.1,"           \
         " picture: {min_support: 1, confirm_frames: 1}}}\n"                                       \
         "  - {name: seen, kind: bot, count: 4, " STRONG "}\n"

enum { N_FRAMES = 20, MOST_ENTRIES = 8, HOLDER = 0 };

/* pictures of a run, by frame */
typedef struct run {
    size_t n[N_FRAMES];
    double x_m[N_FRAMES][MOST_ENTRIES];
    int64_t heard[N_FRAMES], lost[N_FRAMES]; /* so far, of the vehicle that `holder` says */
} run;

typedef void meddler(fleet_stand *s, int frame);

/* the scouts at 0, 50 and 100 km; the second sees the first two targets, the third the others */
static void run_scene(fixture *f, const qf_radio_spec *radio, meddler *meddle, size_t holder,
                      run *r)
{
    fleet_stand s;
    read_stand(f, SCENE, &s);
    s.groups[0].radio = radio;
    begin_stand(&s, "radar");
    memset(r, 0, sizeof *r);
    for (int frame = 0; frame < N_FRAMES; frame++) {
        put(&s, 0, 0, 0, 0);
        put(&s, 1, 5e4, 0, 0);
        put(&s, 2, 1e5, 0, 0);
        for (size_t target = 0; target < 4; target++) {
            /* slowly, so that each picture is another one */
            NUMBER(&s, SPEED, 3 + target) = 1.0;
            NUMBER(&s, HEADING_SIN, 3 + target) = 1.0;
            NUMBER(&s, HEADING_COS, 3 + target) = 0.0;
            put(&s, 3 + target, (target < 2 ? 5e4 : 1e5) + 300.0 + frame,
                target % 2 ? 400.0 : -400.0, 0);
        }
        if (meddle) {
            meddle(&s, frame);
        }
        meet(&s, 2 * frame);
        const qf_picture_samples *p = &s.sightings.pictures;
        assert_true(p->n <= MOST_ENTRIES);
        r->n[frame] = p->n;
        for (size_t i = 0; i < p->n; i++) {
            r->x_m[frame][i] = p->x_m[i];
        }
        if (radio) {
            r->heard[frame] = INTEGER(&s, MESSAGES_HEARD, holder);
            r->lost[frame] = INTEGER(&s, MESSAGES_LOST, holder);
        }
    }
    end_stand(&s);
}

static void assert_same(const run *a, int frame_a, const run *b, int frame_b)
{
    assert_int_equal(a->n[frame_a], b->n[frame_b]);
    assert_memory_equal(a->x_m[frame_a], b->x_m[frame_b], sizeof a->x_m[0]);
}

/* a perfect radio changes nothing; each confirmed track of another is a message */
static void within_range_and_at_once_it_is_the_picture_without_radios(void **state)
{
    const qf_radio_spec perfect = {.range_m = 1e5, .period_ticks = 1};
    run without, with;
    run_scene(*state, NULL, NULL, HOLDER, &without);
    run_scene(*state, &perfect, NULL, HOLDER, &with);
    for (int frame = 0; frame < N_FRAMES; frame++) {
        assert_same(&with, frame, &without, frame);
        assert_int_equal(with.n[frame], frame >= 1 ? 4 : 0);
        assert_int_equal(with.heard[frame], 4 * frame);
        assert_int_equal(with.lost[frame], 0);
    }
}

static void who_is_out_of_range_is_missing_in_it(void **state)
{
    const qf_radio_spec near = {.range_m = 99999.0, .period_ticks = 1};
    run r;
    run_scene(*state, &near, NULL, HOLDER, &r);
    for (int frame = 1; frame < N_FRAMES; frame++) {
        assert_int_equal(r.n[frame], 2);
        for (size_t i = 0; i < 2; i++) {
            assert_true(r.x_m[frame][i] < 6e4);
        }
        assert_int_equal(r.heard[frame], 2 * frame);
        assert_int_equal(r.lost[frame], 2 * frame);
    }
}

/* frames are 2 ticks apart: latencies of 1 and 2 are one frame, 5 are three */
static void what_is_heard_late_is_in_it_late(void **state)
{
    static const int64_t latencies[][2] = {{1, 1}, {2, 1}, {5, 3}, {6, 3}};
    run without, with;
    run_scene(*state, NULL, NULL, HOLDER, &without);
    for (size_t k = 0; k < COUNT(latencies); k++) {
        const qf_radio_spec late = {
            .range_m = INFINITY, .period_ticks = 1, .latency_ticks = latencies[k][0]};
        const int frames = (int)latencies[k][1];
        run_scene(*state, &late, NULL, HOLDER, &with);
        for (int frame = 0; frame < N_FRAMES; frame++) {
            if (frame < frames) {
                assert_int_equal(with.n[frame], 0);
            } else {
                assert_same(&with, frame, &without, frame - frames);
            }
            assert_int_equal(with.heard[frame], frame <= frames ? 0 : 4 * (frame - frames));
        }
    }
}

/* three of four; two in six ticks, which are three frames: all in the first */
static void no_more_is_heard_in_a_period_than_the_radio_can(void **state)
{
    const qf_radio_spec three = {.range_m = INFINITY, .period_ticks = 2, .messages = 3};
    const qf_radio_spec slow = {.range_m = INFINITY, .period_ticks = 6, .messages = 2};
    run r;
    run_scene(*state, &three, NULL, HOLDER, &r);
    for (int frame = 1; frame < N_FRAMES; frame++) {
        assert_int_equal(r.heard[frame], 3 * frame);
        assert_int_equal(r.lost[frame], frame);
    }
    /* sent in frames 0, 3, 6 ... */
    run_scene(*state, &slow, NULL, HOLDER, &r);
    for (int frame = 1; frame < N_FRAMES; frame++) {
        assert_int_equal(r.heard[frame], 2 * (frame / 3));
        assert_int_equal(r.lost[frame], 2 * (frame / 3));
    }
}

/* one target is lost from sight for a while: its track, which coasts, is worse than the others */
static void hide_one(fleet_stand *s, int frame)
{
    if (frame >= 6 && frame < 8) {
        put(s, 3, 7e4, 0, 0);
    }
}

static void the_best_tracks_are_heard_first(void **state)
{
    const qf_radio_spec three = {.range_m = INFINITY, .period_ticks = 2, .messages = 3};
    fleet_stand s;
    read_stand(*state, SCENE, &s);
    s.groups[0].radio = &three;
    begin_stand(&s, "radar");
    for (int frame = 0; frame < 8; frame++) {
        put(&s, 1, 5e4, 0, 0);
        put(&s, 2, 1e5, 0, 0);
        for (size_t target = 0; target < 4; target++) {
            put(&s, 3 + target, (target < 2 ? 5e4 : 1e5) + 300.0 + (frame < 6 ? 0.0 : 10.0),
                target % 2 ? 400.0 : -400.0, 0);
        }
        hide_one(&s, frame);
        meet(&s, 2 * frame);
    }
    /* of the last two frames the three that are still seen: where they are now */
    const qf_picture_samples *p = &s.sightings.pictures;
    size_t n_new = 0;
    for (size_t i = 0; i < p->n; i++) {
        n_new += fabs(fmod(p->x_m[i], 5e4) - 310.0) < 5.0;
    }
    assert_int_equal(n_new, 3);
    end_stand(&s);
}

static void break_first(fleet_stand *s, int frame)
{
    LOWER(s, RADIO_BROKEN, 0);
    if (frame >= 10 && frame < 15) {
        RAISE(s, RADIO_BROKEN, 0);
    }
}

static void quarantine_first(fleet_stand *s, int frame)
{
    if (frame >= 10) {
        RAISE(s, QUARANTINED, 0);
    }
}

/* the second one has its own two tracks, and hears the third's */
static void the_next_one_holds_it_when_a_radio_fails(void **state)
{
    const qf_radio_spec any = {.range_m = INFINITY, .period_ticks = 1};
    run r;
    for (int k = 0; k < 2; k++) {
        const int end = k == 0 ? 15 : N_FRAMES;
        run_scene(*state, &any, k == 0 ? break_first : quarantine_first, 1, &r);
        for (int frame = 1; frame < N_FRAMES; frame++) {
            assert_int_equal(r.n[frame], 4);
            const int held = frame < 10 ? 0 : (frame < end ? frame + 1 : end) - 10;
            assert_int_equal(r.heard[frame], 2 * held);
        }
    }
}

static void break_all(fleet_stand *s, int frame)
{
    for (size_t e = 0; e < 3; e++) {
        LOWER(s, RADIO_BROKEN, e);
        if (frame >= 4 && frame < 12) {
            RAISE(s, RADIO_BROKEN, e);
        }
    }
}

static void nobody_holds_it_where_no_radio_works(void **state)
{
    const qf_radio_spec late = {.range_m = INFINITY, .period_ticks = 1, .latency_ticks = 4};
    run r;
    run_scene(*state, &late, break_all, HOLDER, &r);
    for (int frame = 0; frame < N_FRAMES; frame++) {
        /* what was sent at 1 arrives at 3, the rest nowhere; what is sent from 12 on arrives from 14 on */
        assert_int_equal(r.heard[frame], frame < 3 ? 0 : frame < 14 ? 4 : 4 * (frame - 12));
    }
    assert_int_equal(r.n[3], 4);
    assert_int_equal(r.n[11], 0); /* pictures forget with time */
    assert_int_equal(r.n[14], 4);
}

/* what one sends in a frame is lost together: always whole pairs, about three in ten */
static void what_is_sent_together_is_lost_together(void **state)
{
    const qf_radio_spec bad = {.range_m = INFINITY, .period_ticks = 1, .loss = 0.3};
    run r;
    run_scene(*state, &bad, NULL, HOLDER, &r);
    for (int frame = 1; frame < N_FRAMES; frame++) {
        assert_int_equal(r.lost[frame] % 2, 0);
        assert_int_equal(r.heard[frame] + r.lost[frame], 4 * frame);
    }
    /* of 38 pairs 11.4 +- 2.8: within four of those */
    assert_in_range(r.lost[N_FRAMES - 1] / 2, 1, 22);
}

/* whole runs of a crowd whose trackers do all that they can, with radios given to those that share */
static void run_crowd(fixture *f, const char *override, int n_threads, uint64_t *hashes)
{
    const qf_radio_spec radio = {
        .range_m = 600.0, .period_ticks = 2, .latency_ticks = 3, .loss = 0.2, .messages = 20};
    fleet_stand s;
    size_t n_share = 0;
    load_file(f, TEST_SOURCE_DIR "/golden/tracks.yaml", &override, override != NULL);
    take_groups(f, &s);
    for (size_t g = 0; g < f->scenario.n_groups; g++) {
        if (s.groups[g].tracker && s.groups[g].tracker->shares) {
            s.groups[g].radio = &radio;
            n_share += s.groups[g].count;
        }
    }
    assert_true(n_share > 1);
    f->context.n_threads = n_threads;
    qf_simulation *simulation;
    assert_int_equal(qf_fleet_create(&f->context, &f->scenario, &s.fleet), QF_OK);
    assert_int_equal(
        qf_simulation_create(&f->context, &s.fleet, &(qf_simulation_options){0}, &simulation),
        QF_OK);
    assert_int_equal(qf_simulation_advance(&f->context, simulation, 130, NULL, 0), QF_OK);
    int64_t heard = 0, lost = 0;
    for (size_t e = 0; e < s.fleet.n_vehicles; e++) {
        heard += INTEGER(&s, MESSAGES_HEARD, e);
        lost += INTEGER(&s, MESSAGES_LOST, e);
    }
    assert_true(heard > 200 && lost > 200);
    assert_int_equal(qf_fleet_world_hashes(&f->context, &s.fleet, hashes), QF_OK);
    qf_simulation_free(simulation);
    qf_fleet_free(&s.fleet);
    f->context.n_threads = 1;
}

static void threads_and_batches_change_nothing(void **state)
{
    uint64_t one[3], other[3];
    run_crowd(*state, NULL, 1, one);
    for (int n_threads = 2; n_threads <= 3; n_threads++) {
        run_crowd(*state, NULL, n_threads, other);
        assert_memory_equal(one, other, sizeof one);
    }
    run_crowd(*state, "worlds=1", 2, other);
    assert_true(one[0] == other[0] && one[0] != one[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(within_range_and_at_once_it_is_the_picture_without_radios),
        TEST(who_is_out_of_range_is_missing_in_it),
        TEST(what_is_heard_late_is_in_it_late),
        TEST(no_more_is_heard_in_a_period_than_the_radio_can),
        TEST(the_best_tracks_are_heard_first),
        TEST(the_next_one_holds_it_when_a_radio_fails),
        TEST(nobody_holds_it_where_no_radio_works),
        TEST(what_is_sent_together_is_lost_together),
        TEST(threads_and_batches_change_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
