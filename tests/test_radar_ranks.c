/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Radars, trackers and pictures where a run has several ranks: each rank simulates the whole fleet by itself, and holds each
 * radar meeting twice, alone and as a rank of the job (tests/CMakeLists.txt starts it with one to four). As a rank it
 * has its own vehicles' columns, and of others what the stage says that it sees: all else of theirs is rubbish, which has to
 * stay as it is. What both make of it has to be the same, bit for bit.
 */
#include "event_log.h"
#include "group.h"
#include "radar_stage.h"
#include "ranks.h"
#include "scenario_fixture.h"
#include "simulation.h"
#include "tracking.h"

#define STRONG                                                                                     \
    "hardware: {hardware_profile: {power_capacity_wh: 1e5, battery_soc_init_pct: 90,"              \
    " power_plane: {max_bus_a: 1e4}}}"
#define AROUND(n)                                                                                  \
    "initial: {position_m: {uniform: {min: [-" n ", -" n ", 0], max: [" n ", " n ", 200]}},"       \
    " heading_deg: {uniform: {min: 0, max: 360}}, speed_mps: {uniform: {min: -5, max: 30}}}"

static qf_context job; /* this rank's */

typedef void meddler(const qf_fleet *fleet, int64_t tick);

/* the fleet of this rank beside the one that is simulated alone */
static struct twin {
    const qf_fleet *alone;
    void *alone_user;
    qf_fleet fleet;
    void *user;
    qf_event_log *log;
    qf_sightings sightings;
    meddler *meddle;
    qf_field_id hidden; /* of what is seen: zeros; QF_FIELD_COUNT: nothing is hidden */
    int64_t n_differences;
    size_t cuts[64]; /* before which entity each rank's begin */
} twin;

/* what occurred in a run */
static struct {
    int64_t detections, false_alarms, spoofed, samples, events, pictures, supported, heard, lost;
} seen;

#define RUBBISH UINT64_C(0xfff4a5c3b7e9d5a1) /* no number, no state, no entity */

static bool is_own(size_t entity)
{
    const qf_portion *own = &twin.fleet.own;
    return entity >= own->entity_begin && entity < own->entity_end;
}

static void differ_unless(bool same)
{
    twin.n_differences += !same;
}

/* ---- columns ---- */

static bool is_listed(const qf_field_id *fields, qf_field_id field)
{
    bool listed = false;
    for (; fields && *fields != QF_FIELD_COUNT; fields++) {
        listed = listed || *fields == field;
    }
    return listed;
}

static const qf_stage *radar_row(void)
{
    for (size_t k = 0; k < qf_stage_count; k++) {
        if (qf_stage_table[k].meet == qf_radar_meet) {
            return &qf_stage_table[k];
        }
    }
    fail();
    return NULL;
}

static void exchange(uint64_t *column)
{
    const int n = qf_n_ranks(&job);
    size_t first[COUNT(twin.cuts) + 1];
    qf_exchange it;
    for (int r = 0; r < n; r++) {
        first[r] = qf_fleet_portion(&twin.fleet, r, n).slot_begin;
    }
    first[n] = twin.fleet.n_slots;
    qf_exchange_begin(&job, column, first, &it);
    qf_exchange_end(&it);
}

static bool is_own_slot(size_t slot)
{
    return slot >= twin.fleet.own.slot_begin && slot < twin.fleet.own.slot_end;
}

typedef void at_column(qf_field_id field, const uint64_t *alone, uint64_t *ours);

static void for_columns(at_column *at)
{
    const qf_catalog *catalog = &twin.fleet.catalog;
    for (int f = 0; f < QF_FIELD_COUNT; f++) {
        for (size_t k = 0; k < catalog->n_columns_of[f]; k++) {
            at((qf_field_id)f, twin.alone->column[catalog->first_column[f] + k],
               twin.fleet.column[catalog->first_column[f] + k]);
        }
    }
}

static bool sees(qf_field_id field)
{
    return is_listed(radar_row()->sees, field) || is_listed(radar_row()->sees_first, field);
}

static void prepare_column(qf_field_id field, const uint64_t *alone, uint64_t *ours)
{
    for (size_t slot = 0; slot < twin.fleet.n_slots; slot++) {
        ours[slot] = is_own_slot(slot) ? alone[slot] : RUBBISH;
    }
    if (sees(field)) {
        exchange(ours);
        for (size_t slot = 0; slot < twin.fleet.n_slots && field == twin.hidden; slot++) {
            ours[slot] = is_own_slot(slot) ? ours[slot] : 0;
        }
    }
}

static void compare_column(qf_field_id field, const uint64_t *alone, uint64_t *ours)
{
    for (size_t slot = 0; slot < twin.fleet.n_slots; slot++) {
        differ_unless(is_own_slot(slot) ? ours[slot] == alone[slot]
                                        : sees(field) || ours[slot] == RUBBISH);
    }
}

/* ---- what is reported ---- */

static void compare_detections(const qf_detections *alone, const qf_detections *ours)
{
    size_t n = 0;
    for (size_t i = 0; i < alone->n; i++) {
        seen.spoofed += alone->mode[i] == QF_TRANSPONDER_SPOOF;
        if (is_own((size_t)alone->observer[i])) {
            const size_t k = n++;
            differ_unless(k < ours->n);
#define QF_COLUMN(type, name)                                                                      \
    differ_unless(k >= ours->n || !memcmp(&alone->name[i], &ours->name[k], sizeof(type)));
            QF_DETECTION_TABLE(QF_COLUMN)
#undef QF_COLUMN
        }
    }
    differ_unless(n == ours->n);
}

static void compare_tracks(const qf_track_samples *alone, const qf_track_samples *ours)
{
    size_t n = 0;
    seen.samples += (int64_t)alone->n;
    for (size_t i = 0; i < alone->n; i++) {
        if (is_own((size_t)alone->observer[i])) {
            const size_t k = n++;
            differ_unless(k < ours->n);
#define QF_COLUMN(type, name)                                                                      \
    differ_unless(k >= ours->n || !memcmp(&alone->name[i], &ours->name[k], sizeof(type)));
            QF_TRACK_SAMPLE_TABLE(QF_COLUMN)
#undef QF_COLUMN
        }
    }
    differ_unless(n == ours->n);
}

static void compare_pictures(const qf_picture_samples *alone, const qf_picture_samples *ours)
{
    size_t n = 0;
    seen.pictures += (int64_t)alone->n;
    for (size_t i = 0; i < alone->n; i++) {
        const qf_group *group = &twin.fleet.groups[alone->group[i]];
        seen.supported += alone->support[i] > 1;
        if (is_own(group->entity_begin + (size_t)alone->world[i] * group->spec->count)) {
            const size_t k = n++;
            differ_unless(k < ours->n);
#define QF_COLUMN(type, name)                                                                      \
    differ_unless(k >= ours->n || !memcmp(&alone->name[i], &ours->name[k], sizeof(type)));
            QF_PICTURE_SAMPLE_TABLE(QF_COLUMN)
#undef QF_COLUMN
        }
    }
    differ_unless(n == ours->n);
}

static void compare_events(const qf_event *alone, size_t n_alone)
{
    const qf_event *ours;
    size_t n_ours;
    size_t n = 0;
    assert_int_equal(qf_event_log_commit(&job, twin.log, &ours, &n_ours), QF_OK);
    for (size_t i = 0; i < n_alone; i++) {
        const qf_event *a = &alone[i];
        if (a->moment != QF_MOMENT_SENSE) {
            continue;
        }
        seen.events++;
        if (is_own(a->entity)) {
            const qf_event *b = &ours[n++];
            differ_unless(n <= n_ours && a->tick == b->tick && a->entity == b->entity &&
                          a->world == b->world && a->code == b->code && a->subject == b->subject &&
                          a->track == b->track && a->severity == b->severity &&
                          !memcmp(&a->value, &b->value, sizeof a->value));
        }
    }
    differ_unless(n == n_ours);
}

/* ---- meetings ---- */

static qf_status open_twin(qf_context *context, const qf_fleet *fleet, void **user)
{
    twin.alone = fleet;
    *user = &twin;
    assert_int_equal(qf_fleet_create(&job, fleet->scenario, &twin.fleet), QF_OK);
    assert_in_range(qf_n_ranks(&job), 1, COUNT(twin.cuts));
    for (int r = 0; r < qf_n_ranks(&job); r++) {
        twin.cuts[r] = qf_fleet_portion(&twin.fleet, r, qf_n_ranks(&job)).entity_begin;
    }
    assert_int_equal(qf_event_log_create(&job, job.n_threads, true, &twin.log), QF_OK);
    assert_int_equal(qf_radar_open(&job, &twin.fleet, &twin.user), QF_OK);
    return qf_radar_open(context, fleet, &twin.alone_user);
}

static void close_twin(void *user)
{
    assert_ptr_equal(user, &twin);
    qf_radar_close(twin.alone_user);
    qf_radar_close(twin.user);
    qf_event_log_free(twin.log);
    qf_detections_free(&twin.sightings.recorded);
    qf_track_samples_free(&twin.sightings.tracks);
    qf_picture_samples_free(&twin.sightings.pictures);
    qf_fleet_free(&twin.fleet);
}

static qf_status meet_twin(qf_context *context, const qf_meeting *meeting)
{
    qf_sightings *ours = &twin.sightings;
    if (twin.meddle) {
        twin.meddle(twin.alone, meeting->tick);
    }
    twin.fleet.tick = twin.alone->tick;
    twin.fleet.clock_s = twin.alone->clock_s;
    for_columns(prepare_column);
    qf_meeting of_rank = *meeting;
    of_rank.fleet = &twin.fleet;
    of_rank.user = twin.user;
    of_rank.sightings = ours;
    of_rank.events = twin.log;
    ours->recorded.n = ours->tracks.n = ours->pictures.n = 0;
    assert_int_equal(qf_radar_meet(&job, &of_rank), QF_OK);
    qf_meeting alone = *meeting;
    alone.user = twin.alone_user;
    const qf_status status = qf_radar_meet(context, &alone);
    for_columns(compare_column);
    compare_detections(&meeting->sightings->recorded, &ours->recorded);
    compare_tracks(&meeting->sightings->tracks, &ours->tracks);
    compare_pictures(&meeting->sightings->pictures, &ours->pictures);
    return status;
}

static void compare_ends(const qf_sightings *alone)
{
    const qf_sightings *ours = &twin.sightings;
    int64_t counts[] = {ours->n_detections, ours->n_false_alarms, ours->n_dropped};
    qf_ranks_sum(&job, counts, COUNT(counts));
    differ_unless(counts[0] == alone->n_detections && counts[1] == alone->n_false_alarms &&
                  counts[2] == alone->n_dropped);
    seen.detections += alone->n_detections;
    seen.false_alarms += alone->n_false_alarms;
    differ_unless(!alone->tracking == !ours->tracking);
    if (alone->tracking) {
        enum { MOST = 16 };
        qf_tracking_metrics a[MOST], b[MOST];
        const qf_context by_itself = qf_context_default();
        const size_t n = qf_tracking_quality(&by_itself, alone->tracking, a);
        differ_unless(qf_tracking_quality(&job, ours->tracking, b) == n);
        for (size_t i = 0; i < n; i++) {
            const size_t bytes = sizeof a[i] - offsetof(qf_tracking_metrics, frames);
            differ_unless(a[i].group == b[i].group && a[i].frames > 0 &&
                          !memcmp(&a[i].frames, &b[i].frames, bytes));
        }
    }
}

static int64_t total_of(const qf_fleet *fleet, qf_field_id field)
{
    int64_t total = 0;
    for (size_t e = 0; fleet->catalog.n_columns_of[field] > 0 && e < fleet->n_vehicles; e++) {
        total += qf_i64(fleet, field, 0)[qf_fleet_entity(fleet, e).slot];
    }
    return total;
}

/* how many differences all ranks found in a run of what is loaded */
static int64_t run(fixture *f, int64_t n_ticks, meddler *meddle, qf_field_id hidden)
{
    qf_stage stages[32];
    qf_simulation *simulation;
    qf_fleet fleet;
    memset(&seen, 0, sizeof seen);
    twin = (struct twin){.meddle = meddle, .hidden = hidden};
    memcpy(stages, qf_stage_table, qf_stage_count * sizeof *stages);
    qf_stage *row = &stages[radar_row() - qf_stage_table];
    row->open = open_twin;
    row->close = close_twin;
    row->meet = meet_twin;
    assert_int_equal(qf_fleet_create(&f->context, &f->scenario, &fleet), QF_OK);
    const qf_simulation_options options = {
        .keep_events = true, .stages = stages, .n_stages = qf_stage_count};
    assert_int_equal(qf_simulation_create(&f->context, &fleet, &options, &simulation), QF_OK);
    for (int64_t tick = 1; tick <= n_ticks; tick++) {
        size_t n;
        assert_int_equal(qf_simulation_advance(&f->context, simulation, tick, NULL, 0), QF_OK);
        const qf_event *events = qf_simulation_events(simulation, &n);
        compare_events(events, n);
    }
    compare_ends(qf_simulation_sightings(simulation));
    seen.heard = total_of(&fleet, QF_FIELD_MESSAGES_HEARD);
    seen.lost = total_of(&fleet, QF_FIELD_MESSAGES_LOST);
    qf_simulation_free(simulation);
    qf_fleet_free(&fleet);
    qf_ranks_sum(&job, &twin.n_differences, 1);
    return twin.n_differences;
}

/* with two threads, and for a while with one */
static void check(fixture *f, int64_t n_ticks, meddler *meddle)
{
    job.n_threads = 1;
    assert_int_equal(run(f, n_ticks / 3, meddle, QF_FIELD_COUNT), 0);
    job.n_threads = 2;
    assert_int_equal(run(f, n_ticks, meddle, QF_FIELD_COUNT), 0);
}

/* ---- scenes ---- */

/* every way to look, a planet, radars that overflow, go off and on, somebody who leaves the world; several worlds */
static void radars_of_all_kinds_see_what_one_process_sees(void **state)
{
    load_file(*state, TEST_SOURCE_DIR "/golden/radar.yaml", NULL, 0);
    check(*state, 42, NULL);
    assert_true(seen.detections > 1000 && seen.false_alarms > 10 && seen.spoofed > 0);
}

/* all modes of trackers, guards, situations, pictures */
static void trackers_of_all_kinds_believe_what_those_of_one_process_do(void **state)
{
    load_file(*state, TEST_SOURCE_DIR "/golden/tracks.yaml", NULL, 0);
    check(*state, 130, NULL);
    assert_true(seen.samples > 1000 && seen.events > 100 && seen.pictures > 100);
}

/* observers of one group and world that are several ranks', bots and bodies and who turns on wheels */
#define CROWD(radio)                                                                               \
    "schema: qfleet/1\nseed: 5\ntime: {dt_s: 0.1, duration_s: 10}\n"                               \
    "environment: {planet: {center_m: [0, 0, -3000], radius_m: 2950}}\n"                           \
    "record: {every_s: 1, state: [x_m], tracks: true, detections: true}\ngroups:\n"                \
    "  - {name: first, kind: bot, count: 5, iff: friend, " STRONG ", " AROUND(                     \
        "2000") ", transponder: {mode: spoof}, radar: " RADAR_SLOW                                 \
                ", tracker: {mode: kalman, capacity: 32}}\n"                                       \
                "  - {name: scouts, kind: bot, count: 2100, iff: friend, " STRONG ", " AROUND(     \
                    "6000") ", signature: {rcs_dbsm: {normal: {mean: 3, sd: 3}}, swerling: 1}"     \
                            ", transponder: {mode: \"on\", id: \"S-{index}\"}" radio               \
                            ", radar: " RADAR_FAST ", tracker: {mode: robust, capacity: 16, "      \
                            "picture: {gate_m: 30, min_support: 1,"                                \
                            " confirm_frames: 1}}, guards: {rules: [{id: NEAR, severity: "         \
                            "critical, iff: 3,"                                                    \
                            " max_range_m: 300}]}, situations: {near_m: 200}}\n"                   \
                            "  - {name: ships, kind: ship, count: 200, iff: foe, " STRONG          \
                            ", body: {mass_kg: 300, inertia_kgm2: [100, 100, 100]}, initial: "     \
                            "{position_m: {uniform:"                                               \
                            " {min: [-9000, -9000, 0], max: [9000, 9000, 300]}}, "                 \
                            "velocity_mps: "                                                       \
                            "{uniform:"                                                            \
                            " {min: [-20, -20, -5], max: [20, 20, 5]}}}, transponder: {mode: "     \
                            "spoof}}\n"                                                            \
                            "  - {name: carts, kind: bot, count: 30, iff: unknown, " STRONG        \
                            ", " AROUND("1000") ", drive: {track_m: 0.6, max_wheel_mps: 30, "      \
                                                "max_wheel_mps2: 40}, radar: " RADAR_SLOW "}\n"
#define RADAR_FAST                                                                                 \
    "{power_w: 100, gain_db: 26, frequency_hz: 9.4e+9, bandwidth_hz: 2.0e+7, noise_figure_db: 4,"  \
    " pfa: 1.0e-6, beam_azimuth_deg: 3, beam_elevation_deg: 15, elevation_min_deg: -60,"           \
    " elevation_max_deg: 60, prf_hz: 20000, coherent_pulses: 32, period_s: 0.2, range_max_m: 600," \
    " sr_threshold_m: 350, range_floor_m: 0.5, angle_floor_deg: 0.1, speed_floor_mps: 0.1}"
#define RADAR_SLOW "{ideal: true, period_s: 0.5, range_max_m: 900, sr_threshold_m: 500}"

/* else the pictures were one rank's each */
static void assert_split(size_t first, size_t end)
{
    bool split = qf_n_ranks(&job) == 1;
    for (int r = 1; r < qf_n_ranks(&job); r++) {
        split = split || (twin.cuts[r] > first && twin.cuts[r] < end);
    }
    assert_true(split);
}

enum { FIRST_SCOUT = 5, N_SCOUTS = 2100 };

static void a_picture_is_the_same_on_all_ranks_that_share_it(void **state)
{
    load(*state, CROWD(""));
    check(*state, 12, NULL);
    assert_split(FIRST_SCOUT, FIRST_SCOUT + N_SCOUTS);
    assert_true(seen.detections > 1000 && seen.false_alarms > 10 && seen.spoofed > 100);
    assert_true(seen.samples > 1000 && seen.events > 100);
    assert_true(seen.pictures > 1000 && seen.supported > 100);
}

static uint64_t *flags_of(const qf_fleet *fleet, size_t entity)
{
    return &qf_u64(fleet, QF_FIELD_FLAGS, 0)[qf_fleet_entity(fleet, entity).slot];
}

static int64_t *root_of(const qf_fleet *fleet, size_t entity)
{
    return &qf_i64(fleet, QF_FIELD_DATA_ROOT, 0)[qf_fleet_entity(fleet, entity).slot];
}

/* the holder goes to another rank, where there are several, and comes back; one is taken out; a few are joined by bridges */
static void pass_the_picture_on(const qf_fleet *fleet, int64_t tick)
{
    for (size_t v = FIRST_SCOUT; v < FIRST_SCOUT + 1100; v++) {
        uint64_t *flags = flags_of(fleet, v);
        *flags = tick >= 6 && tick < 12 ? *flags | QF_FLAG_BIT(RADIO_BROKEN)
                                        : *flags & ~QF_FLAG_BIT(RADIO_BROKEN);
    }
    if (tick >= 8) {
        *flags_of(fleet, FIRST_SCOUT + 1100) |= QF_FLAG_BIT(QUARANTINED);
    }
    for (size_t v = FIRST_SCOUT + 1; v < FIRST_SCOUT + N_SCOUTS; v += 300) {
        *root_of(fleet, v) = FIRST_SCOUT;
    }
}

/* the station is there for its port: without, there are no bridges */
#define STATION                                                                                    \
    "  - {name: dock, kind: station, count: 1, " STRONG                                            \
    ", body: {mass_kg: 2000, inertia_kgm2: [900, 600,"                                             \
    " 900], hull: {radius_m: 3}}, docking: {ports: " PORTS "}}\n"

static void a_picture_that_comes_by_radio_is_the_same_too(void **state)
{
    load(*state, CROWD(", radio: {range_m: 5000, latency_s: 0.3, every_s: 0.4, loss: 0.1,"
                       " messages: 1500}") STATION);
    check(*state, 20, pass_the_picture_on);
    assert_split(FIRST_SCOUT, FIRST_SCOUT + N_SCOUTS);
    assert_true(seen.heard > 1000 && seen.lost > 1000 && seen.pictures > 1000);
}

/* worlds are never cut where there are several: each picture is one rank's, and the others know nothing of it */
static void pictures_of_many_worlds_are_shared_out(void **state)
{
    load(*state,
         "schema: qfleet/1\nseed: 6\nworlds: 130\ntime: {dt_s: 0.1, duration_s: 10}\n"
         "record: {every_s: 1, state: [x_m], tracks: true, detections: {bands: [short]}}\n"
         "groups:\n  - {name: scouts, kind: bot, count: 16, " STRONG
         ", " AROUND("600") ", radio: {range_m: 800, latency_s: 0.2, loss: 0.1}, radar: " RADAR_FAST
                            ", tracker: {mode: robust, capacity: 16, picture: {min_support: 1,"
                            " confirm_frames: 1}}}\n");
    check(*state, 8, NULL);
    assert_true(seen.pictures > 1000 && seen.heard > 1000 && seen.lost > 100);
}

/* of four ranks, two have none that looks */
static void ranks_without_observers_keep_up(void **state)
{
    load(*state, "schema: qfleet/1\nseed: 6\ntime: {dt_s: 0.1, duration_s: 10}\n"
                 "record: {every_s: 1, state: [x_m], tracks: true, detections: true}\n"
                 "groups:\n  - {name: pickets, kind: bot, count: 4, " STRONG
                 ", " AROUND("600") ", radar: " RADAR_FAST
                                    ", tracker: {mode: robust, picture: {confirm_frames: 1}}}\n"
                                    "  - {name: traders, kind: bot, count: 3500, " STRONG
                                    ", " AROUND("5000") "}\n");
    check(*state, 8, NULL);
    assert_true(seen.detections > 50 && seen.samples > 50 && seen.pictures > 0);
}

/* there are fewer vehicles than ranks */
static void ranks_without_vehicles_keep_up(void **state)
{
    load(*state,
         "schema: qfleet/1\nseed: 6\ntime: {dt_s: 0.1, duration_s: 10}\n"
         "record: {every_s: 1, state: [x_m], tracks: true, detections: true}\n"
         "groups:\n  - {name: two, kind: bot, count: 2, " STRONG
         ", " AROUND("100") ", radar: " RADAR_SLOW ", tracker: {mode: robust, picture: true}}\n");
    check(*state, 8, NULL);
    assert_true(seen.detections > 0);
}

/* the snapshot is no larger than it has to be */
static void all_that_is_listed_is_looked_at(void **state)
{
    const qf_stage *row = radar_row();
    load(*state, CROWD(", radio: {range_m: 5000, every_s: 0.4}") STATION);
    job.n_threads = 2;
    for (int first = 0; first < 2 && qf_n_ranks(&job) > 1; first++) {
        for (const qf_field_id *field = first ? row->sees_first : row->sees;
             *field != QF_FIELD_COUNT; field++) {
            if (run(*state, 3, pass_the_picture_on, *field) == 0) {
                fail_msg("%s is never looked at", qf_field_table[*field].name);
            }
        }
    }
}

int main(void)
{
    job = qf_context_default();
    if (qf_ranks_open(&job) != QF_OK) {
        fprintf(stderr, "%s\n", job.error);
        return 1;
    }
    const struct CMUnitTest tests[] = {
        TEST(radars_of_all_kinds_see_what_one_process_sees),
        TEST(trackers_of_all_kinds_believe_what_those_of_one_process_do),
        TEST(a_picture_is_the_same_on_all_ranks_that_share_it),
        TEST(a_picture_that_comes_by_radio_is_the_same_too),
        TEST(pictures_of_many_worlds_are_shared_out),
        TEST(ranks_without_observers_keep_up),
        TEST(ranks_without_vehicles_keep_up),
        TEST(all_that_is_listed_is_looked_at),
    };
    const int failed = cmocka_run_group_tests(tests, NULL, NULL);
    qf_ranks_close(&job);
    return failed;
}
