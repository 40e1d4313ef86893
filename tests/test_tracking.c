/* SPDX-License-Identifier: Apache-2.0 */
/* Trackers in a run: what becomes of detections, vehicle by vehicle. Geometry and definitions say what must come out. */
#include "radar_frames.h"
#include "tracking.h"

/* a frame in each tick of a second, no errors */
#define STILL_WATCH "initial: {position_m: [0, 0, 0]}, iff: friend, " IDEAL(", sr_threshold_m: 600")

static double number_of(const frames *r, qf_field_id field, size_t entity)
{
    return qf_f64(&r->fleet, field, 0)[qf_fleet_entity(&r->fleet, entity).slot];
}

/* all events and samples of a run */
typedef struct story {
    frames r;
    qf_event events[512];
    size_t n_events;
    qf_track_samples samples;
} story;

static void tell_story(fixture *f, const char *text, story *s)
{
    *s = (story){0};
    load(f, text);
    f->context.n_threads = 2;
    assert_int_equal(qf_fleet_create(&f->context, &f->scenario, &s->r.fleet), QF_OK);
    const qf_simulation_options options = {.keep_events = true};
    assert_int_equal(qf_simulation_create(&f->context, &s->r.fleet, &options, &s->r.simulation),
                     QF_OK);
    for (int64_t tick = 1; tick <= f->scenario.n_ticks; tick++) {
        assert_int_equal(qf_simulation_advance(&f->context, s->r.simulation, tick, NULL, 0), QF_OK);
        size_t n;
        const qf_event *events = qf_simulation_events(s->r.simulation, &n);
        assert_true(s->n_events + n <= 512);
        memcpy(s->events + s->n_events, events, n * sizeof *events);
        s->n_events += n;
        const qf_track_samples *now = &qf_simulation_sightings(s->r.simulation)->tracks;
        assert_true(qf_track_samples_reserve(&s->samples, now->n));
        qf_track_samples_append(&s->samples, now, 0, now->n);
    }
}

static void forget_story(story *s)
{
    qf_track_samples_free(&s->samples);
    end_frames(&s->r);
}

/* the only event of that code */
static size_t event_of(const story *s, qf_event_code code)
{
    size_t found = SIZE_MAX;
    for (size_t e = 0; e < s->n_events; e++) {
        if (s->events[e].code == code) {
            assert_true(found == SIZE_MAX);
            found = e;
        }
    }
    if (found == SIZE_MAX) {
        fail_msg("event %d does not occur", code);
    }
    return found;
}

#define TRACKS_SCENARIO(seconds)                                                                   \
    "schema: qfleet/1\nseed: 3\ntime: {dt_s: 1, duration_s: " #seconds                             \
    "}\nrecord: {every_s: " #seconds ", state: [soc_pct], tracks: {tentative: true}}\ngroups:\n"

/* GOSPA of one missed target is c / sqrt 2, of none missed the error alone */
static void a_target_is_held_from_the_frame_that_confirms_it(void **state)
{
    fixture *f = *state;
    for (int seconds = 1; seconds <= 3; seconds++) {
        char text[2048];
        snprintf(text, sizeof text,
                 "schema: qfleet/1\ntime: {dt_s: 1, duration_s: %d}\nrecord: {every_s: %d}\n"
                 "groups:\n" BOTS("watch", 1,
                                  STILL_WATCH ", tracker: {mode: robust, gospa_cutoff_m: 80}")
                     BOTS("target", 1,
                          "initial: {position_m: [300, 400, 0], speed_mps: 10, heading_deg: 90}"),
                 seconds, seconds);
        frames r;
        run_frames(f, text, &r);
        const bool held = seconds >= 2;
        assert_int_equal(column_of(&r, QF_FIELD_TRACKS, 0), 1);
        assert_int_equal(column_of(&r, QF_FIELD_TRACKS_FIRM, 0), held);
        assert_int_equal(column_of(&r, QF_FIELD_TARGETS_IN_VIEW, 0), 1);
        assert_int_equal(column_of(&r, QF_FIELD_TARGETS_HELD, 0), held);
        assert_near(number_of(&r, QF_FIELD_GOSPA, 0), held ? 0.0 : 80.0 / sqrt(2.0),
                    held ? 1.0 : 1e-9);
        assert_near(number_of(&r, QF_FIELD_GOSPA_MISSED, 0), held ? 0.0 : 3200.0, 1e-9);
        assert_near(number_of(&r, QF_FIELD_OSPA, 0), held ? 0.0 : 80.0, held ? 1.0 : 1e-9);
        if (held) {
            /* the second frame is at one second */
            assert_near(number_of(&r, QF_FIELD_FIRST_FIRM, 0), 1.0, 1e-12);
            assert_near(number_of(&r, QF_FIELD_TRACK_COMPLETENESS, 0), (seconds - 1.0) / seconds,
                        1e-12);
            /* of updates after the one that confirmed it */
            const double purity = number_of(&r, QF_FIELD_TRACK_PURITY, 0);
            assert_true(seconds > 2 ? purity == 1.0 : isnan(purity));
        } else {
            assert_true(isnan(number_of(&r, QF_FIELD_FIRST_FIRM, 0)));
        }
        /* who has no tracker has no quality */
        assert_true(isnan(number_of(&r, QF_FIELD_GOSPA, 1)));
        assert_int_equal(column_of(&r, QF_FIELD_TRACKS, 1), 0);
        end_frames(&r);
    }
}

static void fleets_without_trackers_have_none_of_their_columns(void **state)
{
    fixture *f = *state;
    frames r;
    run_frames(f, SCENARIO(1, 2, "") BOTS("watch", 2, IDEAL("")), &r);
    assert_int_equal(r.fleet.catalog.n_columns_of[QF_FIELD_TRACKS], 0);
    assert_int_equal(r.fleet.catalog.n_columns_of[QF_FIELD_TRACK_DIGEST], 0);
    assert_null(qf_catalog_find(&r.fleet.catalog, "gospa_m"));
    end_frames(&r);
}

/* somebody comes within 100 m, and goes again: 20 m/s along a line that passes 30 m away */
static void a_guard_alert_names_its_track_and_what_confirmed_it(void **state)
{
    fixture *f = *state;
    story s;
    tell_story(f,
               TRACKS_SCENARIO(30) BOTS(
                   "watch", 1,
                   STILL_WATCH ", tracker: {mode: robust, max_misses: 3}, guards: {rules: ["
                               "{id: FAR, severity: info, min_range_m: 5000, max_range_m: 6000},"
                               "{id: NEAR, severity: critical, max_range_m: 100}]}")
                   BOTS("target", 1,
                        "initial: {position_m: [30, -250, 0], speed_mps: 20, heading_deg: 0}"),
               &s);
    const size_t confirmed = event_of(&s, QF_EVENT_TRACK_CONFIRMED);
    const size_t alert = event_of(&s, QF_EVENT_GUARD_ALERT);
    const size_t clear = event_of(&s, QF_EVENT_GUARD_CLEAR);
    assert_int_equal(s.events[confirmed].tick, 1);
    assert_int_equal(s.events[confirmed].cause, -1);
    assert_near(s.events[confirmed].value, hypot(30.0, 230.0), 0.1);
    /* y = -250 + 20 t: within sqrt(100^2 - 30^2) = 95.4 m of the observer from 8 s to 17 s */
    assert_int_equal(s.events[alert].tick, 8);
    assert_int_equal(s.events[alert].cause, (int64_t)confirmed);
    assert_int_equal(s.events[alert].subject, 1);
    assert_int_equal(s.events[alert].track, s.events[confirmed].track);
    assert_int_equal(s.events[alert].severity, QF_SEVERITY_CRITICAL);
    assert_near(s.events[alert].value, hypot(30.0, 90.0), 0.1);
    assert_int_equal(s.events[clear].tick, 18);
    assert_int_equal(s.events[clear].cause, (int64_t)alert);
    assert_int_equal(s.events[clear].severity, QF_SEVERITY_INFO);
    forget_story(&s);
}

/* the target is out of range after some seconds: its track goes, and its guard with it */
static void a_track_that_goes_clears_its_guards(void **state)
{
    fixture *f = *state;
    story s;
    tell_story(f,
               TRACKS_SCENARIO(20)
                   BOTS("watch", 1,
                        "initial: {position_m: [0, 0, 0]}, "
                        "radar: {ideal: true, period_s: 1, range_max_m: 200, sr_threshold_m: 200}, "
                        "tracker: {mode: robust, max_misses: 3}, guards: {rules: ["
                        "{id: THERE, severity: warning, max_range_m: 9000}]}")
                       BOTS("target", 1,
                            "initial: {position_m: [0, 100, 0], speed_mps: 20, heading_deg: 0}"),
               &s);
    const size_t confirmed = event_of(&s, QF_EVENT_TRACK_CONFIRMED);
    const size_t alert = event_of(&s, QF_EVENT_GUARD_ALERT);
    const size_t gone = event_of(&s, QF_EVENT_TRACK_GONE);
    const size_t clear = event_of(&s, QF_EVENT_GUARD_CLEAR);
    /* last seen at 5 s, at 200 m; misses at 6, 7, 8 s, and one too many at 9 s */
    assert_int_equal(s.events[gone].tick, 9);
    assert_int_equal(s.events[gone].cause, (int64_t)confirmed);
    assert_near(s.events[gone].value, -1.0, 0.0);
    assert_int_equal(s.events[clear].tick, 9);
    assert_int_equal(s.events[clear].cause, (int64_t)alert);
    assert_true(isnan(s.events[clear].value));
    assert_int_equal(column_of(&s.r, QF_FIELD_TRACKS, 0), 0);
    assert_int_equal(column_of(&s.r, QF_FIELD_GUARDS_ACTIVE, 0), 0);
    forget_story(&s);
}

/* at 300 m, 15 m/s towards the observer: would be there in less than 20 s once 300 / 15 = 20 has passed */
static void situations_become_events_with_their_track(void **state)
{
    fixture *f = *state;
    story s;
    tell_story(f,
               TRACKS_SCENARIO(6)
                   BOTS("watch", 1,
                        STILL_WATCH ", tracker: {mode: robust}, situations: "
                                    "{closing_warn_mps: 100, near_m: 1, confirm_frames: 3}")
                       BOTS("target", 1,
                            "initial: {position_m: [0, 300, 0], speed_mps: 15, heading_deg: 180}"),
               &s);
    const size_t situation = event_of(&s, QF_EVENT_SITUATION);
    /* 300 / 15 is not below 20; 285 / 15 at 1 s is, and it stands at the third such frame */
    assert_int_equal(s.events[situation].tick, 3);
    assert_int_equal(s.events[situation].subject, QF_SITUATION_CPA);
    assert_int_equal(s.events[situation].cause, (int64_t)event_of(&s, QF_EVENT_TRACK_CONFIRMED));
    assert_near(s.events[situation].value, 255.0, 0.5);
    assert_int_equal(column_of(&s.r, QF_FIELD_SITUATIONS, 0), 1);
    /* straight at the observer: it passes at no distance, in 225 / 15 s after the frame at 5 s */
    assert_near(number_of(&s.r, QF_FIELD_CPA_DISTANCE, 0), 0.0, 1.0);
    assert_near(number_of(&s.r, QF_FIELD_CPA_TIME, 0), 15.0, 0.2);
    forget_story(&s);
}

/* within near_m from 1 s to 4 s, beyond it until it has turned, and there again while its situation is still lost */
static void a_situation_that_is_there_again_is_told_again(void **state)
{
    fixture *f = *state;
    story s;
    tell_story(f,
               TRACKS_SCENARIO(12) BOTS(
                   "watch", 1,
                   STILL_WATCH
                   ", tracker: {mode: robust}, situations: {near_m: 300, "
                   "near_recent_s: 100, confirm_frames: 2, cpa_warn_s: 0.02, cpa_critical_s: 0.01, "
                   "closing_warn_mps: 100, auto_resolve_s: 60}")
                   BOTS("target", 1,
                        "initial: {position_m: [0, 250, 0], speed_mps: 20, heading_deg: 0}, "
                        "script: [{step: 6, cmd: heading, deg: 180}]"),
               &s);
    size_t told[2] = {SIZE_MAX, SIZE_MAX};
    size_t n_told = 0;
    for (size_t e = 0; e < s.n_events; e++) {
        if (s.events[e].code == QF_EVENT_SITUATION) {
            assert_true(n_told < 2);
            told[n_told++] = e;
        }
    }
    const size_t lost = event_of(&s, QF_EVENT_SITUATION_LOST);
    assert_int_equal(n_told, 2);
    assert_int_equal(s.events[lost].cause, (int64_t)told[0]);
    assert_true(told[1] > lost);
    assert_int_equal(s.events[told[1]].cause, (int64_t)lost);
    assert_int_equal(s.events[told[1]].subject, QF_SITUATION_UNKNOWN);
    assert_int_equal(s.events[told[1]].track, s.events[told[0]].track);
    assert_true(s.events[told[1]].value < 300.0);
    forget_story(&s);
}

/* sides are those of the scenario, as the observer's own sees them; spoofers' names are nobody's */
static void who_answers_is_friend_or_foe_by_the_side_of_the_observer(void **state)
{
    fixture *f = *state;
#define SIDE(name, side, at, mode)                                                                 \
    BOTS(name, 1,                                                                                  \
         "iff: " side ", initial: {position_m: " at "}, transponder: {mode: " mode ", id: " name   \
         "}, " IDEAL(", sr_threshold_m: 600") ", tracker: {mode: robust}")
    static const int expected[4][4] = {
        /* seen by each: friend, foe, unknown, and a friend who spoofs */
        {0, QF_IFF_FOE, QF_IFF_UNKNOWN, QF_IFF_UNKNOWN},
        {QF_IFF_FOE, 0, QF_IFF_UNKNOWN, QF_IFF_UNKNOWN},
        {QF_IFF_UNKNOWN, QF_IFF_UNKNOWN, 0, QF_IFF_UNKNOWN},
        {QF_IFF_FRIEND, QF_IFF_FOE, QF_IFF_UNKNOWN, 0},
    };
    story s;
    tell_story(f,
               TRACKS_SCENARIO(2) SIDE("a", "friend", "[0, 0, 0]", "\"on\"")
                   SIDE("b", "foe", "[100, 0, 0]", "\"on\"")
                       SIDE("c", "unknown", "[0, 100, 0]", "\"on\"")
                           SIDE("d", "friend", "[100, 100, 0]", "spoof"),
               &s);
    size_t n = 0;
    for (size_t i = 0; i < s.samples.n; i++) {
        if (s.samples.tick[i] == 1) {
            const int wanted = expected[s.samples.observer[i]][s.samples.target[i]];
            assert_int_equal(s.samples.iff[i], wanted);
            assert_int_equal(s.samples.status[i], QF_TRACK_TRACKED);
            n++;
        }
    }
    assert_int_equal(n, 12);
    forget_story(&s);
}

/* an observer that turns: a tracker that knows its own motion is not thrown off, one that does not is */
static void own_motion_is_no_motion_of_the_target(void **state)
{
    fixture *f = *state;
    double error_m[2];
    static const char *const modes[] = {"robust", "qiki, max_association_distance_m: 100"};
    for (int k = 0; k < 2; k++) {
        char text[2048];
        snprintf(
            text, sizeof text,
            "schema: qfleet/1\ntime: {dt_s: 1, duration_s: 12}\nrecord: {every_s: 12}\n"
            "groups:\n" BOTS(
                "watch", 1,
                "initial: {position_m: [0, 0, 0], speed_mps: 20, heading_deg: 0}, "
                "script: [{step: 9, cmd: heading, deg: 180}], " IDEAL("") ", tracker: {mode: %s}")
                BOTS("target", 1, "initial: {position_m: [2000, 0, 0]}"),
            modes[k]);
        frames r;
        run_frames(f, text, &r);
        error_m[k] = number_of(&r, QF_FIELD_TRACK_POSITION_RMSE, 0);
        end_frames(&r);
    }
    assert_true(error_m[0] < 1.0);
    assert_true(error_m[1] > 3.0);
}

/* nobody looks while the radar is off: all stays as it was, and then what is too old goes */
static void a_radar_that_is_off_leaves_its_tracks_as_they_were(void **state)
{
    fixture *f = *state;
    story s;
    tell_story(f,
               TRACKS_SCENARIO(12)
                   BOTS("watch", 1,
                        STILL_WATCH ", tracker: {mode: robust, max_coast_s: 3}, "
                                    "script: [{step: 4, cmd: inputs, radar_enabled: false},"
                                    " {step: 9, cmd: inputs, radar_enabled: true}]")
                       BOTS("target", 1, "initial: {position_m: [0, 300, 0]}"),
               &s);
    for (size_t i = 0; i < s.samples.n; i++) {
        const int64_t tick = s.samples.tick[i];
        assert_true(tick < 4 || tick >= 9);
        /* seen again, five seconds after it was seen last: the same target, and the same track */
        assert_int_equal(s.samples.track[i], 0);
    }
    assert_int_equal(s.samples.n, 7);
    forget_story(&s);
}

/* of one observer, a table of 16 for 20 targets */
static void what_does_not_fit_is_counted(void **state)
{
    fixture *f = *state;
    frames r;
    run_frames(
        f,
        SCENARIO(1, 3, "") BOTS(
            "watch", 1, STILL_WATCH ", tracker: {mode: robust, capacity: 16, truth_capacity: 16}")
            BOTS(
                "target", 20,
                "initial: {position_m: {uniform: {min: [-2000, -2000, 0], max: [2000, 2000, 0]}}}"),
        &r);
    qf_tracking_metrics m[2];
    assert_int_equal(
        qf_tracking_quality(&f->context, qf_simulation_sightings(r.simulation)->tracking, m), 1);
    assert_int_equal(column_of(&r, QF_FIELD_TRACKS, 0), 16);
    assert_int_equal(column_of(&r, QF_FIELD_TRACKS_DROPPED, 0), 3 * 4);
    assert_int_equal(m[0].dropped, 12);
    assert_int_equal(m[0].forgotten, 12);
    assert_int_equal(m[0].targets, 60);
    assert_int_equal(m[0].held, 32);
    assert_int_equal(m[0].started, 16);
    assert_int_equal(m[0].confirmed, 16);
    assert_int_equal(m[0].group, 0);
    end_frames(&r);
}

/* as large as anything may be: 512 slots, 32 rules that all fire for each of them, 600 targets */
static void the_largest_tables_and_most_rules_hold_what_they_should(void **state)
{
    fixture *f = *state;
    static char text[16384];
    int length =
        snprintf(text, sizeof text,
                 "schema: qfleet/1\nseed: 3\ntime: {dt_s: 1, duration_s: 3}\n"
                 "record: {every_s: 3, state: [soc_pct]}\ngroups:\n"
                 "  - name: watch\n    kind: bot\n    count: 1\n    " STRONG_BUS "\n"
                 "    initial: {position_m: [0, 0, 0]}\n"
                 "    radar: {ideal: true, period_s: 1, range_max_m: 90000, capacity: 1000}\n"
                 "    tracker: {mode: qiki, capacity: 512}\n"
                 "    situations: {capacity: 1536, near_m: 100000, confirm_frames: 1}\n"
                 "    guards:\n      rules:\n");
    for (int rule = 0; rule < QF_GUARD_MOST_RULES; rule++) {
        length += snprintf(text + length, sizeof text - (size_t)length,
                           "        - {id: R%d, severity: critical}\n", rule);
    }
    snprintf(text + length, sizeof text - (size_t)length,
             BOTS("target", 600,
                  "initial: {position_m: {uniform: {min: [-30000, -30000, 0], "
                  "max: [30000, 30000, 3000]}}}"));
    frames r;
    run_frames(f, text, &r);
    assert_int_equal(column_of(&r, QF_FIELD_TRACKS, 0), 512);
    assert_int_equal(column_of(&r, QF_FIELD_TRACKS_DROPPED, 0), 3 * 88);
    assert_int_equal(column_of(&r, QF_FIELD_GUARDS_ACTIVE, 0), 32 * 512);
    assert_int_equal(column_of(&r, QF_FIELD_GUARDS_CRITICAL, 0), 32 * 512);
    assert_int_equal(column_of(&r, QF_FIELD_SITUATIONS, 0), 512);
    assert_int_equal(qf_simulation_event_count(r.simulation, QF_EVENT_GUARD_ALERT), 32 * 512);
    end_frames(&r);
}

/* two observers share what both see of one target: in the picture it is one */
static void a_fleet_picture_has_each_target_once(void **state)
{
    fixture *f = *state;
    story s;
    tell_story(f,
               "schema: qfleet/1\ntime: {dt_s: 1, duration_s: 6}\n"
               "record: {every_s: 6, tracks: true}\ngroups:\n" BOTS(
                   "watch", 2,
                   "initial: {position_m: {grid: [[0, 0, 0], [1000, 0, 0]]}}, " IDEAL(
                       "") ", tracker: {mode: robust, picture: true}")
                   BOTS("target", 1,
                        "initial: {position_m: [500, 700, 0], speed_mps: 5, heading_deg: 90}"),
               &s);
    const qf_picture_samples *p = &qf_simulation_sightings(s.r.simulation)->pictures;
    /* the last frame is at 5 s; observers see each other as well, each of them alone */
    size_t n_of_target = 0;
    for (size_t i = 0; i < p->n; i++) {
        assert_int_equal(p->tick[i], 5);
        assert_int_equal(p->group[i], 0);
        if (fabs(p->x_m[i] - 525.0) < 5.0 && fabs(p->y_m[i] - 700.0) < 5.0) {
            assert_int_equal(p->support[i], 2);
            assert_int_equal(p->flags[i], 0);
            assert_near((double)p->vx_mps[i], 5.0, 1.0);
            n_of_target++;
        } else {
            assert_int_equal(p->support[i], 1);
            assert_int_equal(p->flags[i], QF_PICTURE_LOW_SUPPORT);
        }
    }
    assert_int_equal(n_of_target, 1);
    assert_int_equal(p->n, 3);
    forget_story(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_target_is_held_from_the_frame_that_confirms_it),
        TEST(fleets_without_trackers_have_none_of_their_columns),
        TEST(a_guard_alert_names_its_track_and_what_confirmed_it),
        TEST(a_track_that_goes_clears_its_guards),
        TEST(situations_become_events_with_their_track),
        TEST(a_situation_that_is_there_again_is_told_again),
        TEST(who_answers_is_friend_or_foe_by_the_side_of_the_observer),
        TEST(own_motion_is_no_motion_of_the_target),
        TEST(a_radar_that_is_off_leaves_its_tracks_as_they_were),
        TEST(what_does_not_fit_is_counted),
        TEST(the_largest_tables_and_most_rules_hold_what_they_should),
        TEST(a_fleet_picture_has_each_target_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
