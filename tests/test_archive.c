/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A run that was saved and loaded goes on as if it had never stopped, whatever it does: every scenario that comes with
 * the program, cut to a few vehicles, and the scenarios of the tests of determinism, in which all occurs that
 * can. Bytes that are not those that were saved are refused.
 */
#include "archive_stand.h"

#include "collisions.h"

enum { MOST_SETTINGS = 4, MOST_SAVES = 8 };

typedef struct scene {
    const char *file;
    const char *settings[MOST_SETTINGS];
    int64_t saves[MOST_SAVES]; /* ticks, ascending; the last: 0 */
    int64_t n_ticks;
} scene;

static void read_scene(fixture *f, const scene *s)
{
    size_t n = 0;
    while (n < MOST_SETTINGS && s->settings[n]) {
        n++;
    }
    load_file(f, s->file, s->settings, n);
    assert_true(s->n_ticks <= f->scenario.n_ticks);
}

/* what had been handed out by then */
static void take_begin(account *to, const account *from, const size_t n[STREAMS])
{
    for (int s = 0; s < STREAMS; s++) {
        put_bytes(&to->of[s], from->of[s].bytes, n[s]);
    }
}

static void save_course(course *c, growing *to)
{
    qf_archive archive = saving(&c->context, to);
    qf_simulation_archive(c->simulation, &archive);
    assert_int_equal(archive.status, QF_OK);
}

static void load_course(course *c, growing *from)
{
    qf_archive archive = loading(&c->context, from);
    qf_simulation_archive(c->simulation, &archive);
    if (archive.status != QF_OK) {
        fail_msg("not loaded: %s", c->context.error);
    }
    assert_int_equal(from->at, from->n);
}

/* loads an archive into a run of its own, and goes on to the end */
static void go_on(const scene *s, const qf_scenario *scenario, growing *archive, int64_t tick,
                  int n_threads, account *a, const account *whole)
{
    char what[256];
    course c;
    growing again = {0};
    begin_course(&c, scenario, n_threads, n_threads == 2 ? "generic" : NULL);
    load_course(&c, archive);
    assert_int_equal(c.fleet.tick, tick);
    save_course(&c, &again);
    assert_int_equal(again.n, archive->n);
    advance_course(&c, s->n_ticks, a);
    close_account(&c, a);
    snprintf(what, sizeof what, "%s from tick %lld with %d threads", s->file, (long long)tick,
             n_threads);
    assert_same_account(&c.fleet, a, whole, what);
    free(again.bytes);
    end_course(&c);
}

static void run_whole(const scene *s, const qf_scenario *scenario, account *whole)
{
    course c;
    begin_course(&c, scenario, 1, NULL);
    advance_course(&c, s->n_ticks, whole);
    close_account(&c, whole);
    end_course(&c);
}

/* saves at all of the ticks of one run, whose own end nothing of that changes */
static void stop_and_go_on(const scene *s, const qf_scenario *scenario)
{
    account whole = {0};
    account in_parts = {0};
    course c;
    run_whole(s, scenario, &whole);
    begin_course(&c, scenario, 2, NULL);
    for (size_t k = 0; k < MOST_SAVES && (k == 0 || s->saves[k] > s->saves[k - 1]); k++) {
        growing archive = {0};
        size_t n[STREAMS];
        advance_course(&c, s->saves[k], &in_parts);
        save_course(&c, &archive);
        for (int stream = 0; stream < STREAMS; stream++) {
            n[stream] = in_parts.of[stream].n;
        }
        /* all numbers of threads once the run is under way */
        for (int n_threads = 1 + (int)(k % 3); n_threads <= (k == 2 ? 4 : 1 + (int)(k % 3));
             n_threads++) {
            account after = {0};
            take_begin(&after, &in_parts, n);
            go_on(s, scenario, &archive, s->saves[k], (n_threads - 1) % 3 + 1, &after, &whole);
            free_account(&after);
        }
        free(archive.bytes);
    }
    advance_course(&c, s->n_ticks, &in_parts);
    close_account(&c, &in_parts);
    assert_same_account(&c.fleet, &in_parts, &whole, "a run that was saved");
    end_course(&c);
    free_account(&in_parts);
    free_account(&whole);
}

#define CONFIG(name) PROJECT_SOURCE_DIR "/configs/" name ".yaml"
#define GOLDEN(name) TEST_SOURCE_DIR "/golden/" name ".yaml"

static const scene scenes[] = {
    {GOLDEN("tracks"), {"record.detections=true"}, {0, 1, 45, 64, 103, 130}, 130},
    {GOLDEN("behavior"), {"record.detections=true"}, {0, 1, 37, 65, 112, 130}, 130},
    {GOLDEN("ships_orbit"), {0}, {0, 1, 40, 77, 101, 130}, 130},
    {GOLDEN("ships_free"), {"record.detections=true"}, {0, 1, 33, 62, 95, 130}, 130},
    {CONFIG("behavior"), {0}, {0, 1, 155, 299}, 300},
    {CONFIG("contacts"), {0}, {0, 1, 104, 200}, 250},
    {CONFIG("docking"), {"worlds=2"}, {0, 1, 1501, 3000, 4501}, 6000},
    {CONFIG("formation"), {"worlds=2"}, {0, 1, 251, 500}, 600},
    {CONFIG("free_flyer"), {0}, {0, 1, 333}, 1000},
    {CONFIG("harbor"), {"worlds=1"}, {0, 1, 1001, 2002}, 2500},
    {CONFIG("orbit_inspection"), {"worlds=2"}, {0, 1, 401}, 800},
    {CONFIG("patrol"), {"groups[0].count=300", "groups[1].count=20"}, {0, 1, 256, 600}, 700},
    {CONFIG("sky"), {0}, {0, 1, 51, 119}, 120},
    {CONFIG("million"), {"groups[0].count=3000"}, {0, 1, 31, 100}, 100},
};

static void every_scenario_goes_on_as_if_never_stopped(void **state)
{
    fixture *f = *state;
    for (size_t k = 0; k < COUNT(scenes); k++) {
        read_scene(f, &scenes[k]);
        stop_and_go_on(&scenes[k], &f->scenario);
    }
}

/* saved at every few ticks of a scene in which something lasts only for a while */
static void stop_everywhere(const scene *s, const qf_scenario *scenario, int64_t stride)
{
    scene at = *s;
    for (int64_t tick = stride; tick < s->n_ticks;) {
        for (size_t k = 0; k < MOST_SAVES; k++, tick += stride) {
            at.saves[k] = tick < s->n_ticks ? tick : s->n_ticks;
        }
        stop_and_go_on(&at, scenario);
    }
}

/* one pushes against the other: hulls stay in contact, part a little and meet again */
#define PRESS                                                                                      \
    TIME "groups:\n"                                                                               \
         "  - {name: wall, kind: debris, count: 1, body: {mass_kg: 5000, inertia_kgm2: [4000, "    \
         "4000,"                                                                                   \
         " 4000], hull: {radius_m: 1.3}}}\n"                                                       \
         "  - {name: ram, kind: ship, count: 1, hardware: " SHIP_HARDWARE                          \
         ", body: {mass_kg: 420, inertia_kgm2: [160, 180, 170], hull: {radius_m: 1.3}},"           \
         " initial: {position_m: [-2.8, 0, 0]},"                                                   \
         " behavior: {push: {kind: velocity, velocity_mps: [1, 0, 0]}}}\n"

static void hulls_in_contact_are_still_in_contact(void **state)
{
    fixture *f = *state;
    load(f, PRESS);
    stop_everywhere(&(scene){.file = "hulls in contact", .n_ticks = 96}, &f->scenario, 3);
}

/* radars that go off and on: what a picture has shown goes, and must not come again for a while */
#define BLINK                                                                                      \
    TIME "record: {every_s: 1, state: [x_m], tracks: true}\ngroups:\n"                             \
         "  - {name: scouts, kind: bot, count: 3, hardware: {hardware_profile: "                   \
         "{power_capacity_wh: "                                                                    \
         "1e6, battery_soc_init_pct: 90, power_plane: {max_bus_a: 1e6}}},"                         \
         " initial: {position_m: [{grid: [0, 40, 80]}, 0, 0]},"                                    \
         " radar: {ideal: true, period_s: 0.2, range_max_m: 1000, sr_threshold_m: 1000},"          \
         " tracker: {mode: robust, range_sd_m: 1, angle_sd_deg: 0.1, speed_sd_mps: 0.1,"           \
         " picture: {max_age_s: 0.5, cooldown_s: 1.5}},"                                           \
         " script: [{step: 24, cmd: inputs, radar_enabled: false},"                                \
         " {step: 36, cmd: inputs, radar_enabled: true}]}\n"                                       \
         "  - {name: seen, kind: bot, count: 4, hardware: {hardware_profile: {}}, initial:"        \
         " {position_m: [{grid: [300, 400, 300, 450]}, {grid: [100, -200, 300, 0]}, 0],"           \
         " speed_mps: 5}}\n"

static void pictures_in_every_state_go_on(void **state)
{
    fixture *f = *state;
    load(f, BLINK);
    stop_everywhere(&(scene){.file = "pictures", .n_ticks = 72}, &f->scenario, 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(every_scenario_goes_on_as_if_never_stopped),
        TEST(hulls_in_contact_are_still_in_contact),
        TEST(pictures_in_every_state_go_on),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
