/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One world over ranks: each rank runs the scene by itself first, and then its part of it together with the others
 * (tests/CMakeLists.txt starts it on one to four). Hashes of worlds, events and their causes must be the same. What
 * stages do not say that they see of others is garbage whenever they look.
 */
#include "ranks.h"
#include "scenario_fixture.h"
#include "simulation.h"

static qf_context job; /* whose ranks they are */

enum { MOST_WORLDS = 8, MOST_LOOKS = 64 };

/* how a scene is run */
typedef struct way {
    int64_t n_ticks;
    int64_t stride; /* ticks of each call */
    uint64_t hash;  /* of the state at the end, 0: only the same everywhere */
    /* events that must occur, so that the scene is about what it says */
    qf_event_code occur[8];
} way;

typedef struct outcome {
    uint64_t hashes[MOST_LOOKS][MOST_WORLDS];
    size_t n_looks;
    uint64_t state; /* at the end, all worlds together */
    qf_event *events;
    size_t n_events;
    size_t n_quarantined;
    int64_t n_of_code[QF_EVENT_CODES];
    qf_portion own;
} outcome;

static void keep_events(outcome *o, const qf_simulation *simulation)
{
    size_t n;
    const qf_event *events = qf_simulation_events(simulation, &n);
    if (n > 0) {
        o->events = realloc(o->events, (o->n_events + n) * sizeof *o->events);
        assert_non_null(o->events);
        memcpy(o->events + o->n_events, events, n * sizeof *events);
        o->n_events += n;
    }
}

/* alone, where the context has no ranks */
static void run(qf_context *context, const qf_scenario *scenario, const way *w, outcome *o)
{
    qf_fleet fleet;
    qf_simulation *simulation;
    const qf_simulation_options options = {.keep_events = true, .hides_unseen = true};
    *o = (outcome){0};
    assert_true(scenario->n_worlds <= MOST_WORLDS);
    assert_int_equal(qf_fleet_create(context, scenario, &fleet), QF_OK);
    assert_int_equal(qf_simulation_create(context, &fleet, &options, &simulation), QF_OK);
    for (int64_t tick = 0; tick < w->n_ticks;) {
        tick = tick + w->stride < w->n_ticks ? tick + w->stride : w->n_ticks;
        assert_int_equal(qf_simulation_advance(context, simulation, tick, NULL, 0), QF_OK);
        keep_events(o, simulation);
        assert_true(o->n_looks < MOST_LOOKS);
        assert_int_equal(qf_fleet_world_hashes(context, &fleet, o->hashes[o->n_looks]), QF_OK);
        o->n_looks++;
    }
    o->state = qf_combine_hashes(o->hashes[o->n_looks - 1], scenario->n_worlds);
    /* the same of some worlds, in another order */
    const uint32_t last = (uint32_t)scenario->n_worlds - 1;
    const uint32_t some[] = {last, 0};
    uint64_t of_some[2];
    assert_int_equal(qf_fleet_hash_worlds(context, &fleet, some, 2, of_some), QF_OK);
    assert_int_equal(of_some[0], o->hashes[o->n_looks - 1][last]);
    assert_int_equal(of_some[1], o->hashes[o->n_looks - 1][0]);
    for (int code = 0; code < QF_EVENT_CODES; code++) {
        o->n_of_code[code] = qf_simulation_event_count(simulation, (qf_event_code)code);
    }
    (void)qf_simulation_quarantined(simulation, &o->n_quarantined);
    o->own = fleet.own;
    qf_simulation_free(simulation);
    qf_fleet_free(&fleet);
}

/* all ranks' events in the order of one process, causes by their numbers in it; the caller frees them */
static qf_event *merge(qf_context *context, const outcome *o, size_t *n_all)
{
    qf_gathered gathered;
    const size_t n_ranks = (size_t)qf_n_ranks(context);
    assert_int_equal(
        qf_ranks_gather(context, o->events, o->n_events * sizeof *o->events, true, &gathered),
        QF_OK);
    qf_event *merged = malloc(gathered.n_bytes + 1);
    size_t *next = calloc(n_ranks, sizeof *next);
    int64_t **number = calloc(n_ranks, sizeof *number); /* by rank and place: the new one */
    assert_true(merged && next && number);
    for (size_t r = 0; r < n_ranks; r++) {
        number[r] = malloc(gathered.bytes_of[r] + 1);
        assert_non_null(number[r]);
    }
    *n_all = 0;
    for (;;) {
        const qf_event *first = NULL;
        size_t of = 0;
        for (size_t r = 0; r < n_ranks; r++) {
            if (next[r] * sizeof *merged == gathered.bytes_of[r]) {
                continue;
            }
            const qf_event *e = (const qf_event *)(gathered.bytes + gathered.first[r]) + next[r];
            if (!first || e->tick < first->tick ||
                (e->tick == first->tick && e->moment < first->moment)) {
                first = e;
                of = r;
            }
        }
        if (!first) {
            break;
        }
        merged[*n_all] = *first;
        if (first->cause >= 0) {
            merged[*n_all].cause = number[of][first->cause];
        }
        number[of][next[of]++] = (int64_t)(*n_all)++;
    }
    for (size_t r = 0; r < n_ranks; r++) {
        free(number[r]);
    }
    free(number);
    free(next);
    qf_gathered_free(&gathered);
    return merged;
}

static bool same_event(const qf_event *a, const qf_event *b)
{
    return a->tick == b->tick && a->cause == b->cause && a->world == b->world &&
           memcmp(&a->value, &b->value, sizeof a->value) == 0 && a->entity == b->entity &&
           a->subject == b->subject && a->track == b->track && a->code == b->code &&
           a->severity == b->severity && a->moment == b->moment && a->sequence == b->sequence;
}

static size_t compare_looks(const outcome *a, const outcome *b, size_t n_worlds)
{
    size_t n_wrong = a->n_looks != b->n_looks;
    for (size_t l = 0; l < a->n_looks && n_wrong == 0; l++) {
        for (size_t w = 0; w < n_worlds; w++) {
            if (a->hashes[l][w] != b->hashes[l][w]) {
                print_error("look %zu, world %zu: other bits\n", l, w);
                n_wrong++;
            }
        }
    }
    return n_wrong;
}

static size_t compare_events(const qf_event *a, size_t n_a, const qf_event *b, size_t n_b)
{
    size_t n_wrong = n_a != n_b;
    if (n_wrong > 0) {
        print_error("%zu events, %zu alone\n", n_b, n_a);
    }
    for (size_t e = 0; e < n_a && n_wrong == 0; e++) {
        if (!same_event(&a[e], &b[e])) {
            print_error("event %zu: tick %lld code %d entity %u cause %lld, alone tick %lld code "
                        "%d entity %u cause %lld\n",
                        e, (long long)b[e].tick, b[e].code, b[e].entity, (long long)b[e].cause,
                        (long long)a[e].tick, a[e].code, a[e].entity, (long long)a[e].cause);
            n_wrong++;
        }
    }
    return n_wrong;
}

static size_t count_missing(const way *w, const outcome *alone)
{
    size_t n_missing = 0;
    for (size_t i = 0; i < 8 && w->occur[i] != 0; i++) {
        if (alone->n_of_code[w->occur[i]] == 0) {
            print_error("no event %d\n", (int)w->occur[i]);
            n_missing++;
        }
    }
    return n_missing;
}

/* what is wrong on one rank must not leave the others waiting: all take part in everything, and then look */
static void assert_same_over_ranks(fixture *f, const way *w)
{
    outcome alone;
    outcome part;
    qf_context by_itself = f->context;
    by_itself.ranks = NULL;
    run(&by_itself, &f->scenario, w, &alone);
    size_t n_wrong = count_missing(w, &alone);
    if (w->hash != 0 && alone.state != w->hash) {
        print_error("alone it is %016llx\n", (unsigned long long)alone.state);
        n_wrong++;
    }
    for (int n_threads = 1; n_threads <= 2; n_threads++) {
        qf_context together = f->context;
        together.ranks = job.ranks;
        together.n_threads = n_threads;
        run(&together, &f->scenario, w, &part);
        size_t n_merged;
        qf_event *merged = merge(&together, &part, &n_merged);
        int64_t counts[2] = {(int64_t)part.n_quarantined,
                             (int64_t)(part.own.entity_end - part.own.entity_begin)};
        qf_ranks_sum(&together, counts, 2);
        qf_ranks_sum(&together, part.n_of_code, QF_EVENT_CODES);
        n_wrong += compare_looks(&alone, &part, f->scenario.n_worlds);
        n_wrong += compare_events(alone.events, alone.n_events, merged, n_merged);
        n_wrong += counts[0] != (int64_t)alone.n_quarantined;
        n_wrong += counts[1] != (int64_t)alone.own.entity_end;
        n_wrong += memcmp(part.n_of_code, alone.n_of_code, sizeof part.n_of_code) != 0;
        free(merged);
        free(part.events);
    }
    free(alone.events);
    assert_int_equal(n_wrong, 0);
}

#define GOLDEN(name) PROJECT_SOURCE_DIR "/tests/golden/" name

static uint64_t golden_hash(const char *path)
{
    char *text = read_file(path);
    const uint64_t hash = strtoull(text, NULL, 16);
    free(text);
    return hash;
}

static void bots_in_several_worlds(void **state)
{
    fixture *f = *state;
    load_file(f, GOLDEN("engine.yaml"), NULL, 0);
    assert_same_over_ranks(f, &(way){.n_ticks = 130,
                                     .stride = 10,
                                     .hash = golden_hash(GOLDEN("engine.hash")),
                                     .occur = {QF_EVENT_RCS_START, QF_EVENT_HALT}});
}

static void worlds_of_radars(void **state)
{
    fixture *f = *state;
    load_file(f, GOLDEN("radar.yaml"), NULL, 0);
    assert_same_over_ranks(
        f, &(way){.n_ticks = 130, .stride = 13, .hash = golden_hash(GOLDEN("radar.hash"))});
    load_file(f, GOLDEN("tracks.yaml"), NULL, 0);
    assert_same_over_ranks(
        f, &(way){.n_ticks = 130, .stride = 13, .hash = golden_hash(GOLDEN("tracks.hash"))});
}

static void worlds_of_machines(void **state)
{
    fixture *f = *state;
    load_file(f, GOLDEN("behavior.yaml"), NULL, 0);
    assert_same_over_ranks(
        f, &(way){.n_ticks = 130, .stride = 13, .hash = golden_hash(GOLDEN("behavior.hash"))});
}

static void ships_that_dock_in_orbit(void **state)
{
    fixture *f = *state;
    load_file(f, GOLDEN("ships_orbit.yaml"), NULL, 0);
    assert_same_over_ranks(f, &(way){.n_ticks = 130,
                                     .stride = 7,
                                     .hash = golden_hash(GOLDEN("ships_orbit.hash")),
                                     .occur = {QF_EVENT_HARD_CAPTURE, QF_EVENT_CAPTURE_FAILED,
                                               QF_EVENT_UNDOCKED, QF_EVENT_ECLIPSE_BEGIN}});
}

static void ships_that_meet_in_all_ways(void **state)
{
    fixture *f = *state;
    load_file(f, GOLDEN("ships_free.yaml"), NULL, 0);
    way w = {.n_ticks = 130,
             .stride = 13,
             .hash = golden_hash(GOLDEN("ships_free.hash")),
             .occur = {QF_EVENT_COLLISION, QF_EVENT_SOFT_CAPTURE, QF_EVENT_LINK_LOST,
                       QF_EVENT_TASK_WON, QF_EVENT_TASK_DONE, QF_EVENT_HALT,
                       QF_EVENT_WAYPOINT_REACHED}};
    assert_same_over_ranks(f, &w);
    const char *one_world = "worlds=1";
    w.hash = 0;
    load_file(f, GOLDEN("ships_free.yaml"), &one_world, 1);
    assert_same_over_ranks(f, &w);
}

/* ---- scenes of groups that are cut, and in which most of what happens does so between ranks ---- */

#define HEAD(seconds)                                                                              \
    "schema: qfleet/1\nseed: 5\ntime: {dt_s: 0.1, duration_s: " #seconds "}\n"                     \
    "environment: {radiation_usvh: 1.0e+300}\n"                                                    \
    "record: {every_s: 1, state: [x_m]}\ngroups:\n"
#define DISPERSED_SHIP                                                                             \
    "    hardware: {file: " SHIP_HARDWARE                                                          \
    ", hardware_profile: {power_capacity_wh: {uniform: {min: 20, max: 400}}}}\n"
#define SHIP                                                                                       \
    "    hardware: {file: " SHIP_HARDWARE ", hardware_profile: {power_plane: {max_bus_a: 20, "     \
    "dock_soft_start_s: 1}}}\n"
/* what comes on top is infinite */
#define FATAL "set: {radiation_dose_usv: 1.7976931348623157e+308}}\n"

#define PORT(name, z, force)                                                                       \
    "{id: " name ", pose_m: {position: [0, 0, " z "], orientation_quat: [0, 0, 0, 1]}, "           \
    "capture_modes: [soft, hard], bridge_profiles: [full], hard_capture_force_kN: " force "}"
#define DOCKS                                                                                      \
    "    docking: {ports: [" PORT("up", "1.2", "0.0001") ", " PORT(                                \
        "down", "-1.2", "12") "], "                                                                \
                              "capture: {axial_mps: 0.15, lateral_mps: 0.5, angle_deg: 10, "       \
                              "rate_dps: 20, soft_s: 1}}\n"

/* each visitor docks at a pier of another rank, fails to, is torn off, leaves, or one of both is quarantined */
enum { N_PAIRS = 1030 };

static const char piers[] = HEAD(
    4) "  - name: piers\n    kind: station\n    count: 1030\n" SHIP
       "    body: {mass_kg: 1000, inertia_kgm2: [600, 500, 700], hull: {radius_m: 1.3}, wheels: "
       "{max_torque_nm: [1, 1, 1], max_momentum_nms: [5, 5, 5]}}\n" DOCKS
       "    faults:\n      - {at_s: {uniform: {min: 0.5, max: 6}}, probability: 0.2, " FATAL;
static const char visitors[] =
    "  - name: visitors\n    kind: ship\n    count: 1030\n" SHIP
    "    body: {mass_kg: {normal: {mean: 420, sd: 8}}, inertia_kgm2: [160, 180, 170], "
    "tank_inertia_m2: [0.1, 0.1, 0.1], hull: {radius_m: 1.3}}\n" DOCKS
    "    behavior: {approach: {target: piers, port: up, own_port: down}}\n"
    "    faults:\n      - {at_s: 2, probability: 0.3, thruster: 5, stuck: \"on\"}\n"
    "      - {at_s: {uniform: {min: 0.5, max: 6}}, probability: 0.2, " FATAL
    "    script:\n      - {time_s: 3.5, cmd: undock}\n";
static const char visitors_begin[] =
    "      velocity_mps: [0, 0, {uniform: {min: -0.2, max: -0.03}}]\n"
    "      rates_dps: [{choice: [0, 1, 15]}, 0, 0]\n"
    "      soc_pct: 15\n";

/* 50 m from each other */
static void put_places(FILE *out, double z_m)
{
    fprintf(out, "    initial:\n      position_m: {grid: [");
    for (int i = 0; i < N_PAIRS; i++) {
        fprintf(out, "%s[%d, %d, %g]", i > 0 ? ", " : "", i % 32 * 50, i / 32 * 50, z_m);
    }
    fprintf(out, "]}\n");
}

static void load_pairs(fixture *f)
{
    char *text = NULL;
    size_t length;
    FILE *out = open_memstream(&text, &length);
    assert_non_null(out);
    fputs(piers, out);
    put_places(out, 0.0);
    fputs(visitors, out);
    put_places(out, 2.403);
    fputs(visitors_begin, out);
    assert_int_equal(fclose(out), 0);
    load(f, text);
    free(text);
}

static void pairs_that_dock_over_ranks(void **state)
{
    fixture *f = *state;
    load_pairs(f);
    assert_same_over_ranks(
        f, &(way){.n_ticks = 40,
                  .stride = 9,
                  .occur = {QF_EVENT_SOFT_CAPTURE, QF_EVENT_HARD_CAPTURE, QF_EVENT_UNDOCKED,
                            QF_EVENT_CAPTURE_FAILED, QF_EVENT_LATCH_BROKEN, QF_EVENT_HALT,
                            QF_EVENT_COLLISION}});
}

/* a cloud that bounces; some of it is put elsewhere, some quarantined */
static const char cloud[] = HEAD(
    4) "  - name: rocks\n    kind: debris\n    count: 2600\n"
       "    body: {mass_kg: {uniform: {min: 50, max: 150}}, inertia_kgm2: [40, 50, 60, 3, 2, 1], "
       "hull: {spheres: [{center_m: [0.2, -0.1, 0.3], radius_m: 1}, {center_m: [-0.8, 0.5, 0], "
       "radius_m: 0.7}]}}\n"
       "    initial:\n      position_m: {uniform: {min: [-90, -90, -90], max: [90, 90, 90]}}\n"
       "      velocity_mps: {normal: {mean: 0, sd: 1.5}}\n      rates_dps: {normal: {mean: 0, sd: "
       "20}}\n"
       "  - name: ships\n    kind: ship\n    count: 1100\n" SHIP
       "    body: {mass_kg: 420, inertia_kgm2: [160, 180, 170], hull: {radius_m: 1.3}}\n"
       "    initial:\n      position_m: {uniform: {min: [-90, -90, -90], max: [90, 90, 90]}}\n"
       "    faults:\n      - {at_s: {uniform: {min: 0, max: 4}}, probability: 0.1, set: {x_m: "
       "{uniform: {min: -90, max: 90}}}}\n"
       "      - {at_s: {uniform: {min: 0, max: 4}}, probability: 0.1, " FATAL;

static void clouds_that_bounce_over_ranks(void **state)
{
    fixture *f = *state;
    load(f, cloud);
    assert_same_over_ranks(
        f, &(way){.n_ticks = 40, .stride = 4, .occur = {QF_EVENT_COLLISION, QF_EVENT_HALT}});
}

/* they follow leaders of another rank, with a radio, or bots that drive without one */
static const char followers[] = HEAD(
    5) "  - name: leaders\n    kind: bot\n    count: 1200\n"
       "    hardware: {hardware_profile: {}}\n    drive: {track_m: 0.6, max_wheel_mps: 2, "
       "max_wheel_mps2: 0.7}\n"
       "    initial: {position_m: {uniform: {min: [-99, -99, 0], max: [99, 99, 0]}}}\n"
       "    radio: &radio {range_m: 150, latency_s: 0.3, every_s: 0.2, loss: 0.3, messages: 2}\n"
       "    behavior: {walk: {kind: patrol, waypoints_m: [[-9, 0, 0], [9, 5, 0]], speed_mps: 1, "
       "arrival_m: 1}}\n"
       "    faults:\n      - {at_s: {uniform: {min: 1, max: 4}}, probability: 0.3, radio: "
       "\"off\"}\n"
       "  - name: behind\n    kind: bot\n    count: 1300\n    hardware: {hardware_profile: {}}\n"
       "    drive: {track_m: 0.6, max_wheel_mps: 2, max_wheel_mps2: 0.7}\n"
       "    radio: *radio\n"
       "    behavior: {keep: {kind: station_keep, target: leaders, offset_m: [-5, 0, 0], frame: "
       "world, speed_mps: 1.5}}\n"
       "  - name: ships\n    kind: ship\n    count: 1100\n" DISPERSED_SHIP
       "    body: {mass_kg: 420, inertia_kgm2: [160, 180, 170], wheels: {max_torque_nm: [1, 1, 1], "
       "max_momentum_nms: [5, 5, 5]}}\n"
       "    initial: {position_m: {uniform: {min: [-99, -99, 0], max: [99, 99, 0]}}, rates_dps: "
       "{normal: {mean: 0, sd: 1}}}\n"
       "    behavior: {beside: {kind: station_keep, target: drones, offset_m: [0, 9, 0], frame: "
       "world}, match: {kind: station_keep, target: others, offset_m: [0, 9, 0], frame: body, "
       "attitude: match}}\n    script:\n      - {time_s: 2, cmd: behave, name: match}\n"
       "  - name: others\n    kind: ship\n    count: 1100\n" SHIP
       "    body: {mass_kg: 420, inertia_kgm2: [160, 180, 170]}\n"
       "    initial: {rates_dps: {normal: {mean: 0, sd: 1}}}\n"
       "    faults:\n      - {at_s: {uniform: {min: 0, max: 4}}, probability: 0.1, " FATAL
       "  - name: drones\n    kind: bot\n    count: 1030\n    hardware: {hardware_profile: "
       "{power_capacity_wh: {normal: {mean: 20, sd: 5, min: 1}}}}\n"
       "    initial: {speed_mps: {uniform: {min: -1, max: 5}}, heading_deg: {uniform: {min: 0, "
       "max: "
       "360}}}\n    script:\n      - {time_s: 2, cmd: rotate, deg: {uniform: {min: 0, max: 90}}}\n";

static void followers_of_leaders_on_other_ranks(void **state)
{
    fixture *f = *state;
    load(f, followers);
    assert_same_over_ranks(f,
                           &(way){.n_ticks = 50,
                                  .stride = 6,
                                  .occur = {QF_EVENT_LINK_LOST, QF_EVENT_LINK_OK, QF_EVENT_HALT}});
}

/* one auction for vehicles of all ranks; some are quarantined with what they have won or done */
#define CREW(name)                                                                                 \
    "  - name: " name "\n    kind: bot\n    count: 1030\n    hardware: {hardware_profile: {}}\n"   \
    "    drive: {track_m: 0.6, max_wheel_mps: 2, max_wheel_mps2: 0.7}\n"                           \
    "    initial: {position_m: {uniform: {min: [-50, -50, 0], max: [50, 50, 0]}}}\n"               \
    "    behavior: {work: {kind: tasks, speed_mps: 2, arrival_m: 1}, still: {kind: hold}}\n"       \
    "    faults:\n      - {at_s: {uniform: {min: 0, max: 4}}, probability: 0.3, " FATAL

static const char workers[] = HEAD(5) CREW("crew")
    CREW("gang") "    script: [{time_s: 3, cmd: behave, name: still}]\n"
                 "tasks:\n  every_s: 0.3\n  list:\n"
                 "    - {name: a, position_m: [10, 0, 0], work_s: 0.5, value: 500}\n"
                 "    - {name: b, position_m: [-10, 20, 0], work_s: 1, value: 500}\n"
                 "    - {name: c, position_m: [30, 5, 0], work_s: 2, value: 300}\n"
                 "    - {name: d, position_m: [0, 0, 0], value: 300, from_s: 2}\n"
                 "    - {name: e, position_m: [-40, 0, 0], work_s: 9, value: 300}\n";

static void workers_of_one_auction(void **state)
{
    fixture *f = *state;
    load(f, workers);
    assert_same_over_ranks(f, &(way){.n_ticks = 50,
                                     .stride = 7,
                                     .occur = {QF_EVENT_TASK_WON, QF_EVENT_TASK_DONE,
                                               QF_EVENT_TASK_LOST, QF_EVENT_HALT}});
}

/* two ships: of more ranks some have nobody, and take part in meetings all the same */
static void ranks_without_vehicles(void **state)
{
    fixture *f = *state;
    load(f, HEAD(3) "  - name: a\n    kind: ship\n    count: 1\n" SHIP
                    "    body: {mass_kg: 420, inertia_kgm2: [160, 180, 170], hull: {radius_m: "
                    "1}}\n    initial: {velocity_mps: [1, 0, 0]}\n"
                    "    behavior: {to: {kind: station_keep, target: b, offset_m: [0, 0, 0], "
                    "frame: world}}\n"
                    "  - name: b\n    kind: ship\n    count: 1\n" SHIP
                    "    body: {mass_kg: 420, inertia_kgm2: [160, 180, 170], hull: {radius_m: "
                    "1}}\n    initial: {position_m: [2.5, 0, 0]}\n");
    assert_same_over_ranks(f, &(way){.n_ticks = 30, .stride = 5, .occur = {QF_EVENT_COLLISION}});
}

int main(void)
{
    job = qf_context_default();
    if (qf_ranks_open(&job) != QF_OK) {
        fprintf(stderr, "%s\n", job.error);
        return 1;
    }
    const struct CMUnitTest tests[] = {
        TEST(bots_in_several_worlds),
        TEST(worlds_of_radars),
        TEST(worlds_of_machines),
        TEST(ships_that_dock_in_orbit),
        TEST(ships_that_meet_in_all_ways),
        TEST(pairs_that_dock_over_ranks),
        TEST(clouds_that_bounce_over_ranks),
        TEST(followers_of_leaders_on_other_ranks),
        TEST(workers_of_one_auction),
        TEST(ranks_without_vehicles),
    };
    const int failed = cmocka_run_group_tests(tests, NULL, NULL);
    qf_ranks_close(&job);
    return failed;
}
