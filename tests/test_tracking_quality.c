/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What configs/contacts.yaml is there to show: on the very same detections our trackers' pictures are far better
 * than the reference's, and guards raise those they are for.
 */
#include "radar_frames.h"
#include "tracking.h"

#define CONTACTS      PROJECT_SOURCE_DIR "/configs/contacts.yaml"
#define TRACKER(mode) "groups[0].tracker.file=" PROJECT_SOURCE_DIR "/configs/tracker/" mode ".yaml"

enum { SENTRIES = 4, INTRUDERS = 4 };

/* a whole run, in one advance: what it reports is that of all of it */
typedef struct story {
    qf_fleet fleet;
    qf_simulation *simulation;
    const qf_sightings *sightings;
    qf_tracking_metrics metrics;
} story;

/* where it is told it stays: the simulation knows the fleet by its place */
static void tell(fixture *f, const char *const *changes, size_t n, story *s)
{
    *s = (story){0};
    load_file(f, CONTACTS, changes, n);
    f->context.n_threads = 2;
    assert_int_equal(qf_fleet_create(&f->context, &f->scenario, &s->fleet), QF_OK);
    const qf_simulation_options options = {.keep_events = true};
    assert_int_equal(qf_simulation_create(&f->context, &s->fleet, &options, &s->simulation), QF_OK);
    assert_int_equal(
        qf_simulation_advance(&f->context, s->simulation, f->scenario.n_ticks, NULL, 0), QF_OK);
    s->sightings = qf_simulation_sightings(s->simulation);
    assert_int_equal(qf_tracking_quality(&f->context, s->sightings->tracking, &s->metrics), 1);
}

static void forget(story *s)
{
    qf_simulation_free(s->simulation);
    qf_fleet_free(&s->fleet);
    *s = (story){0};
}

static void tell_with(fixture *f, const char *tracker, story *s)
{
    tell(f, (const char *const[]){tracker, "record.detections=true"}, 2, s);
}

static void assert_same_detections(const qf_detections *a, const qf_detections *b)
{
    assert_int_equal(a->n, b->n);
#define QF_COLUMN(type, name) assert_memory_equal(a->name, b->name, a->n * sizeof *a->name);
    QF_DETECTION_TABLE(QF_COLUMN)
#undef QF_COLUMN
}

/* when this was written: 307 m, 96.65 % and 11438 switches of the reference's tracker, 35 and 37 m, 99.75 % and 8 of
   ours */
static void our_trackers_make_more_of_the_same_detections(void **state)
{
    fixture *f = *state;
    static const char *const ours[] = {TRACKER("robust"), TRACKER("kalman")};
    story reference;
    tell_with(f, TRACKER("qiki"), &reference);
    const qf_tracking_metrics *before = &reference.metrics;
    assert_true(reference.sightings->recorded.n > 50000);
    for (size_t k = 0; k < COUNT(ours); k++) {
        story s;
        tell_with(f, ours[k], &s);
        assert_same_detections(&s.sightings->recorded, &reference.sightings->recorded);
        const qf_tracking_metrics *m = &s.metrics;
        /* the task, too, is the same */
        assert_int_equal(m->frames, before->frames);
        assert_int_equal(m->targets, before->targets);
        if (!(m->gospa_m > 0.0 && m->gospa_m <= 0.7 * before->gospa_m)) {
            fail_msg("%s: GOSPA %g m, the reference's %g m", ours[k], m->gospa_m, before->gospa_m);
        }
        assert_true(m->completeness <= 1.0 && m->completeness >= before->completeness);
        assert_true(m->ospa_m < before->ospa_m);
        assert_true(m->switches * 100 < before->switches);
        forget(&s);
    }
    forget(&reference);
}

/* number of a rule of the sentries, and so the subject of its events */
static int32_t rule_of(const fixture *f, const char *id)
{
    const qf_guards_spec *guards = f->scenario.groups[0].guards;
    for (size_t r = 0; r < guards->n_rules; r++) {
        if (strcmp(guards->rules[r].id, id) == 0) {
            return (int32_t)r;
        }
    }
    fail_msg("no rule %s", id);
    return -1;
}

/* whose detection made the track what it was when it was reported */
static int32_t target_of(const story *s, const qf_event *event)
{
    const qf_track_samples *tracks = &s->sightings->tracks;
    for (size_t i = 0; i < tracks->n; i++) {
        if (tracks->tick[i] == event->tick && (uint32_t)tracks->observer[i] == event->entity &&
            tracks->track[i] == event->track) {
            return tracks->target[i];
        }
    }
    fail_msg("at tick %lld no track %d", (long long)event->tick, event->track);
    return QF_NO_ENTITY;
}

/* raised[i]: intruder i raised the rule; nobody else may */
static void find_raised(const fixture *f, const story *s, int32_t rule, bool raised[INTRUDERS])
{
    const int32_t first = (int32_t)(s->fleet.n_vehicles - INTRUDERS);
    const double most_m = f->scenario.groups[0].guards->rules[rule].max_range_m;
    size_t n;
    const qf_event *events = qf_simulation_events(s->simulation, &n);
    for (size_t e = 0; e < n; e++) {
        if (events[e].code == QF_EVENT_GUARD_ALERT && events[e].subject == rule) {
            const int32_t target = target_of(s, &events[e]);
            assert_true(target >= first);
            assert_true(events[e].entity < SENTRIES);
            assert_true(events[e].value <= most_m);
            raised[target - first] = true;
        }
    }
}

/* nearest that vehicles of a group come to a sentry, as radars measure it */
static double nearest_m(const fixture *f, const story *s, const char *group)
{
    size_t first = 0;
    size_t g = 0;
    for (; strcmp(f->scenario.groups[g].name, group) != 0; g++) {
        first += f->scenario.groups[g].count;
    }
    const qf_detections *d = &s->sightings->recorded;
    double least_m = INFINITY;
    for (size_t i = 0; i < d->n; i++) {
        const size_t target = (size_t)d->target[i];
        if (d->target[i] != QF_NO_ENTITY && target >= first &&
            target < first + f->scenario.groups[g].count) {
            least_m = fmin(least_m, d->range_m[i]);
        }
    }
    return least_m;
}

static void intruders_are_reported_as_spoofers_and_as_too_close(void **state)
{
    fixture *f = *state;
    story s;
    tell(f,
         (const char *const[]){TRACKER("robust"), "record.detections=true",
                               "record.tracks.every_frames=1"},
         3, &s);
    bool spoofing[INTRUDERS] = {0};
    bool close[INTRUDERS] = {0};
    find_raised(f, &s, rule_of(f, "SPOOFING_DETECTED"), spoofing);
    find_raised(f, &s, rule_of(f, "UNKNOWN_CONTACT_CLOSE"), close);
    for (int i = 0; i < INTRUDERS; i++) {
        assert_true(spoofing[i] && close[i]);
    }
    /* others, who do not lie, were near enough for the rule as well */
    assert_true(nearest_m(f, &s, "drones") < 500.0);
    assert_true(nearest_m(f, &s, "freighters") < 500.0);
    forget(&s);
}

/* the same vehicles on the same way */
static void friends_who_answer_raise_nothing_however_close(void **state)
{
    fixture *f = *state;
    story s;
    tell(f,
         (const char *const[]){TRACKER("robust"), "record.detections=true", "groups[4].iff=friend",
                               "groups[4].transponder.mode=on",
                               "groups[4].transponder.id=GUEST-{index}"},
         5, &s);
    assert_true(nearest_m(f, &s, "intruders") < 70.0);
    assert_int_equal(qf_simulation_event_count(s.simulation, QF_EVENT_GUARD_ALERT), 0);
    forget(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(our_trackers_make_more_of_the_same_detections),
        TEST(intruders_are_reported_as_spoofers_and_as_too_close),
        TEST(friends_who_answer_raise_nothing_however_close),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
