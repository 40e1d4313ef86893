/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A run that was saved and loaded goes on as if it had never stopped, whatever it does: every scenario that comes with
 * the program, cut to a few vehicles, and the scenarios of the tests of determinism, in which all occurs that
 * can. Bytes that are not those that were saved are refused.
 */
#include "archive_stand.h"

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

/* loads an archive into a run of its own, and goes on to the end */
static void go_on(const scene *s, const qf_scenario *scenario, growing *archive,
                  const qf_fleet *saved, int n_threads, account *a, const account *whole)
{
    const int64_t tick = saved->tick;
    char what[256];
    course c;
    growing again = {0};
    begin_course(&c, scenario, n_threads, n_threads == 2 ? "generic" : NULL);
    load_course(&c, archive);
    assert_int_equal(c.fleet.tick, tick);
    for (size_t k = 0; k < c.fleet.catalog.n_columns;
         k++) { /* outputs too, which nobody may read */
        assert_memory_equal(c.fleet.column[k], saved->column[k], c.fleet.n_slots * 8);
    }
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
            go_on(s, scenario, &archive, &c.fleet, (n_threads - 1) % 3 + 1, &after, &whole);
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

/* ---- ranks ---- */

/* what each of several ranks has saved of its own vehicles is all that there is */
static void portions_of_a_fleet_are_all_of_it(void **state)
{
    enum { PORTIONS = 3 };
    fixture *f = *state;
    for (size_t k = 0; k < 4; k++) {
        const scene *s = &scenes[k];
        account whole = {0};
        account after = {0};
        course c;
        course loaded;
        read_scene(f, s);
        run_whole(s, &f->scenario, &whole);
        begin_course(&c, &f->scenario, 1, NULL);
        advance_course(&c, s->saves[3], &after);
        begin_course(&loaded, &f->scenario, 2, NULL);
        const qf_portion all = c.fleet.own;
        growing of_all = {0};
        save_course(&c, &of_all);
        size_t n_own = 0;
        for (int rank = 0; rank < PORTIONS; rank++) {
            growing archive = {0};
            c.fleet.own = loaded.fleet.own = qf_fleet_portion(&c.fleet, rank, PORTIONS);
            n_own += c.fleet.own.slot_end > c.fleet.own.slot_begin;
            save_course(&c, &archive);
            assert_true(archive.n < of_all.n);
            load_course(&loaded, &archive);
            free(archive.bytes);
        }
        free(of_all.bytes);
        assert_true(n_own > 1);
        loaded.fleet.own = all;
        advance_course(&loaded, s->n_ticks, &after);
        close_account(&loaded, &after);
        assert_same_account(&loaded.fleet, &after, &whole, s->file);
        end_course(&loaded);
        end_course(&c);
        free_account(&after);
        free_account(&whole);
    }
}

/* ---- bytes that are not those that were saved ---- */

static uint64_t random_word(uint64_t *seed)
{
    *seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return *seed >> 16;
}

static void assert_not_taken(course *c, growing *bytes, const char *what)
{
    qf_archive archive = loading(&c->context, bytes);
    c->context.error[0] = 0;
    qf_simulation_archive(c->simulation, &archive);
    if (archive.status != QF_ERROR_READ || c->context.error[0] == 0) {
        fail_msg("%s: status %d, '%s'", what, (int)archive.status, c->context.error);
    }
}

/* some bytes at a random place, all of them others or all beyond it missing */
static void damage(growing *bytes, uint64_t *seed)
{
    const size_t at = random_word(seed) % bytes->n;
    const size_t left = bytes->n - at;
    const size_t most = left < 16 ? left : 16;
    const uint64_t kind = random_word(seed) % 8;
    if (kind == 0) {
        bytes->n = at;
    } else if (kind == 1) { /* a count of what is more than there could be */
        memset(bytes->bytes + at, 0xFF, most);
        bytes->bytes[at] = (char)random_word(seed);
    } else if (kind == 2) {
        memmove(bytes->bytes + at, bytes->bytes + at + 1, left - 1);
        bytes->n--;
    } else {
        bytes->bytes[at] ^= (char)(1 << random_word(seed) % 8);
    }
}

/* most of an archive is columns: what comes after them is damaged as often */
static void damage_anywhere(growing *bytes, const growing *good, size_t begin, uint64_t *seed)
{
    growing part = {.bytes = bytes->bytes + begin, .n = good->n - begin};
    memcpy(bytes->bytes, good->bytes, good->n);
    do {
        part.n = good->n - begin;
        damage(&part, seed);
    } while (part.n == good->n - begin &&
             memcmp(part.bytes, good->bytes + begin, part.n) == 0); /* bytes that were all ones */
    bytes->n = begin + part.n;
}

static void damaged_archives_are_refused(void **state)
{
    enum { TRIALS = 500 };
    fixture *f = *state;
    uint64_t seed = 7;
    for (size_t k = 0; k < 4; k++) {
        const scene *s = &scenes[k];
        account whole = {0};
        account after = {0};
        growing good = {0};
        growing bad = {0};
        course c;
        course loaded;
        read_scene(f, s);
        run_whole(s, &f->scenario, &whole);
        begin_course(&c, &f->scenario, 1, NULL);
        advance_course(&c, s->saves[3], &after);
        save_course(&c, &good);
        put_bytes(&bad, good.bytes, good.n);
        begin_course(&loaded, &f->scenario, 2, NULL);
        const size_t columns_bytes = c.fleet.catalog.n_columns * c.fleet.n_slots * sizeof(uint64_t);
        for (int t = 0; t < TRIALS; t++) {
            damage_anywhere(&bad, &good, t % 4 == 0 ? 0 : columns_bytes, &seed);
            assert_not_taken(&loaded, &bad, s->file);
        }
        /* nothing of all that is left */
        load_course(&loaded, &good);
        advance_course(&loaded, s->n_ticks, &after);
        close_account(&loaded, &after);
        assert_same_account(&loaded.fleet, &after, &whole, s->file);
        end_course(&loaded);
        end_course(&c);
        free(good.bytes);
        free(bad.bytes);
        free_account(&after);
        free_account(&whole);
    }
}

static void archives_of_other_runs_are_refused(void **state)
{
    static const char *const others[] = {
        "worlds=2", "groups[4].count=11", "groups[1].tracker.capacity=32",
        "groups[0].guards.rules=[{id: FAR, severity: warning, max_range_m: 9}]",
        "groups[0].situations.capacity=7"};
    fixture *f = *state;
    const scene tracks = {GOLDEN("tracks"), {0}, {0}, 10};
    growing archive = {0};
    account ignored = {0};
    course c;
    read_scene(f, &tracks);
    begin_course(&c, &f->scenario, 1, NULL);
    advance_course(&c, 10, &ignored);
    save_course(&c, &archive);
    end_course(&c);
    for (size_t k = 0; k < COUNT(others); k++) {
        read_scene(f, &(scene){GOLDEN("tracks"), {others[k]}, {0}, 10});
        begin_course(&c, &f->scenario, 1, NULL);
        assert_not_taken(&c, &archive, others[k]);
        end_course(&c);
    }
    for (size_t k = 1; k < COUNT(scenes); k++) {
        read_scene(f, &scenes[k]);
        begin_course(&c, &f->scenario, 1, NULL);
        assert_not_taken(&c, &archive, scenes[k].file);
        end_course(&c);
    }
    free(archive.bytes);
    free_account(&ignored);
}

/* ---- archive.h by itself ---- */

static void a_list_comes_back_as_it_was(void **state)
{
    (void)state;
    enum { MANY = 1000000 }; /* more than one part */
    qf_context context = qf_context_default();
    growing bytes = {0};
    uint32_t *list = calloc(MANY, sizeof *list);
    size_t n = MANY;
    size_t capacity = MANY;
    assert_non_null(list);
    for (uint32_t i = 0; i < MANY; i++) {
        list[i] = i * 2654435761U;
    }
    qf_archive archive = saving(&context, &bytes);
    qf_archive_list(&archive, list, &n, &capacity, sizeof *list, MANY);
    assert_int_equal(archive.status, QF_OK);
    uint32_t *loaded = calloc(1, sizeof *loaded);
    size_t n_loaded = 1;
    size_t loaded_capacity = 1;
    archive = loading(&context, &bytes);
    loaded = qf_archive_list(&archive, loaded, &n_loaded, &loaded_capacity, sizeof *loaded, MANY);
    assert_int_equal(archive.status, QF_OK);
    assert_int_equal(n_loaded, MANY);
    assert_true(loaded_capacity >= MANY);
    assert_memory_equal(loaded, list, MANY * sizeof *list);
    archive = loading(&context, &bytes);
    loaded =
        qf_archive_list(&archive, loaded, &n_loaded, &loaded_capacity, sizeof *loaded, MANY - 1);
    assert_int_equal(archive.status, QF_ERROR_READ);
    assert_int_equal(n_loaded, 0);
    free(loaded);
    free(list);
    free(bytes.bytes);
}

/* a count alone must not take memory: there is none for so many */
static void a_list_that_is_not_there_takes_no_memory(void **state)
{
    (void)state;
    qf_context context = qf_context_default();
    growing bytes = {0};
    const uint64_t count = UINT64_MAX / 16;
    put_bytes(&bytes, &count, sizeof count);
    put_bytes(&bytes, &count, sizeof count);
    qf_archive archive = loading(&context, &bytes);
    size_t n = 0;
    size_t capacity = 0;
    uint64_t *list = qf_archive_list(&archive, NULL, &n, &capacity, sizeof *list, SIZE_MAX);
    assert_int_equal(archive.status, QF_ERROR_READ);
    assert_int_equal(n, 0);
    assert_true(capacity < 1 << 20);
    free(list);
    free(bytes.bytes);
}

static void failures_are_named(void **state)
{
    (void)state;
    qf_context context = qf_context_default();
    growing bytes = {0};
    qf_archive archive = saving(&context, &bytes);
    qf_archive_part(&archive, "radar");
    qf_archive_same(&archive, 16, "seats");
    qf_archive_end(&archive);
    const char *const expected[] = {"part 'radar' where 'radio' should be", "seats 16", "damaged"};
    for (int k = 0; k < 3; k++) {
        archive = loading(&context, &bytes);
        archive.digest = k == 2;
        qf_archive_part(&archive, k == 0 ? "radio" : "radar");
        qf_archive_same(&archive, k == 1 ? 17 : 16, "seats");
        qf_archive_end(&archive);
        assert_int_equal(archive.status, QF_ERROR_READ);
        assert_non_null(strstr(context.error, expected[k]));
    }
    archive = loading(&context, &bytes);
    qf_archive_part(&archive, "radar");
    qf_archive_same(&archive, 16, "seats");
    qf_archive_end(&archive);
    assert_int_equal(archive.status, QF_OK);
    free(bytes.bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(every_scenario_goes_on_as_if_never_stopped),
        TEST(hulls_in_contact_are_still_in_contact),
        TEST(pictures_in_every_state_go_on),
        TEST(portions_of_a_fleet_are_all_of_it),
        TEST(damaged_archives_are_refused),
        TEST(archives_of_other_runs_are_refused),
        cmocka_unit_test(a_list_comes_back_as_it_was),
        cmocka_unit_test(a_list_that_is_not_there_takes_no_memory),
        cmocka_unit_test(failures_are_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
