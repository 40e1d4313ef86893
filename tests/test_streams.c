/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Draws are kept apart by every word of their key: on the blocks themselves, and in the live
 * columns that each stream feeds. Every dispersed number of the scene is uniform in [1, 2) in its
 * own unit, so that two draws of one block would show as equal columns.
 *
 * Significance 1e-3 for all questions of correlation together. That two of the draws here
 * are equal by chance has a probability below 1e-5: equal values count as a defect.
 */
#include "draw.h"
#include "live_column.h"
#include "radar.h"

#define SIGNIFICANCE 1e-3

enum { N_WORLDS = 3, PER_WORLD = 3000, N = N_WORLDS * PER_WORLD };

/* runs: neighbouring seeds, and one that differs in the highest bit only */
static const uint64_t run_seeds[] = {41, 42, 41 + (UINT64_C(1) << 63)};
enum { N_RUNS = COUNT(run_seeds) };

/* ---- blocks ---- */

/* up to the last number of the last range */
enum { MOST_STREAMS = QF_STREAM_RADAR_FLUCTUATION_END };

static qf_philox_block blocks[1600 * MOST_STREAMS];

static int compare_halves(const void *left, const void *right)
{
    return memcmp(left, right, 2 * sizeof(uint32_t));
}

/* a uniform draw takes half of a block: not even halves are equal */
static void no_two_keys_of_a_grid_have_a_half_block_in_common(void **state)
{
    (void)state;
    static const uint64_t seeds[] = {0, 1, 2, UINT64_C(1) << 32, UINT64_MAX};
    static const uint32_t worlds[] = {0, 1, 2, UINT32_C(1) << 31};
    static const uint32_t vehicles_of[] = {0, 1, 2, UINT32_MAX};
    static const uint32_t ticks[] = {0, 1, 2, UINT32_C(1) << 24, UINT32_MAX};
    static const uint32_t draws[] = {0, 1, 8, (1 << 24) - 1};
    size_t n = 0;
    for (size_t i = 0;
         i < COUNT(seeds) * COUNT(worlds) * COUNT(vehicles_of) * COUNT(ticks) * COUNT(draws); i++) {
        size_t rest = i;
        qf_draw_key key = {.seed = seeds[rest % COUNT(seeds)]};
        rest /= COUNT(seeds);
        key.world = worlds[rest % COUNT(worlds)];
        rest /= COUNT(worlds);
        key.vehicle = vehicles_of[rest % COUNT(vehicles_of)];
        rest /= COUNT(vehicles_of);
        key.tick = ticks[rest % COUNT(ticks)];
        key.draw = draws[rest / COUNT(ticks)];
        for (key.stream = QF_STREAM_INITIAL; key.stream < MOST_STREAMS; key.stream++) {
            assert_true(n < COUNT(blocks));
            blocks[n++] = qf_draw_block(key);
        }
    }
    assert_int_equal(n, 1600 * (MOST_STREAMS - QF_STREAM_INITIAL));
    uint32_t(*half)[2] = (uint32_t(*)[2])blocks;
    qsort(half, 2 * n, sizeof *half, compare_halves);
    for (size_t i = 1; i < 2 * n; i++) {
        assert_true(compare_halves(half[i], half[i - 1]) != 0);
    }
}

enum { KEY_WORDS = 6 };
static const char *const key_words[KEY_WORDS] = {"seed", "world",  "vehicle",
                                                 "tick", "stream", "draw"};

/* the key with one of its words higher by 1 or -1 */
static qf_draw_key moved(qf_draw_key key, size_t word, int by)
{
    switch (word) {
    case 0:
        key.seed += (uint64_t)by;
        break;
    case 1:
        key.world += (uint32_t)by;
        break;
    case 2:
        key.vehicle += (uint32_t)by;
        break;
    case 3:
        key.tick += (uint32_t)by;
        break;
    case 4:
        key.stream += (uint32_t)by;
        break;
    default:
        key.draw += (uint32_t)by;
        break;
    }
    return key;
}

/* of 128: bits in which the blocks of two keys differ */
static int flipped_bits(qf_draw_key a, qf_draw_key b)
{
    const qf_philox_block x = qf_draw_block(a);
    const qf_philox_block y = qf_draw_block(b);
    int n = 0;
    for (size_t k = 0; k < COUNT(x.word); k++) {
        n += __builtin_popcount(x.word[k] ^ y.word[k]);
    }
    return n;
}

/*
 * One word higher, or one higher and another lower (seed s, world k against seed s + 1,
 * world k - 1): half of the bits change, binomially distributed.
 */
static void keys_one_step_apart_differ_in_half_of_their_bits(void **state)
{
    (void)state;
    enum { PAIRS = 2000 };
    const double n_questions = KEY_WORDS * KEY_WORDS;
    for (size_t up = 0; up < KEY_WORDS; up++) {
        for (size_t down = 0; down < KEY_WORDS; down++) {
            double total = 0.0;
            for (uint32_t i = 0; i < PAIRS; i++) {
                const qf_draw_key key = {.seed = 1000 + i,
                                         .world = 7 + i / 40,
                                         .vehicle = 5 + i % 40,
                                         .tick = 1 + i % 13,
                                         .stream = 1 + i % 200,
                                         .draw = 1 + i % 7};
                qf_draw_key other = moved(key, up, 1);
                other = down == up ? other : moved(other, down, -1);
                const int n = flipped_bits(key, other);
                /* P(n <= 16) < 1e-17 */
                if (n <= 16) {
                    fail_msg("%s + 1, %s - 1: %d bits differ", key_words[up], key_words[down], n);
                }
                total += n;
            }
            /* a binomial of 256,000 trials is as good as normal */
            const double sd = sqrt(128.0 * PAIRS * 0.25);
            const double p = erfc(fabs(total - 64.0 * PAIRS) / sd / sqrt(2.0));
            if (p < SIGNIFICANCE / n_questions) {
                fail_msg("%s + 1, %s - 1: %g bits differ, p = %g", key_words[up], key_words[down],
                         total / PAIRS, p);
            }
        }
    }
}

/* ---- live columns ---- */

#define U  "{uniform: {min: 1, max: 2}}"
#define ON "step: 0, cmd: "

static const scene dispersed = {
    .count = PER_WORLD,
    .worlds = N_WORLDS,
    .count_events_only = true,
    .more = "signature: {rcs_dbsm: " U "},",
    .initial = "position_m: [" U ", " U ", " U "], heading_deg: " U ", speed_mps: " U,
    .hardware = "power_capacity_wh: " U ", battery_soc_init_pct: " U ","
                " power_plane: {supercap_capacity_wh: 100, supercap_soc_pct_init: " U
                ", nbl_max_power_w: " U ", max_bus_a: " U "},"
                " propulsion_plane: {isp_s: " U ", propellant_kg_init: " U "},"
                " thermal_plane: {nodes: [{id: a, heat_capacity_j_per_c: " U ", t_init_c: " U "},"
                " {id: b, heat_capacity_j_per_c: " U ", t_init_c: " U "}],"
                " couplings: [{a: a, b: b, k_w_per_c: " U "}]}",
    /* the first command's speed has draw number 0, as have x_m and power_capacity_wh */
    .script = "{" ON "speed, mps: " U "}, {" ON "heading, deg: " U "},"
              "{" ON "rcs, axis: up, pct: " U ", duration_s: " U "},"
              "{" ON "nbl_max, max_power_w: " U "},"
              "{" ON "inputs, sensor_queue_depth: " U ", actuator_queue_depth: " U "}",
};

enum {
    NODE_A = QF_C_FIRST_NODE,
    NODE_B = NODE_A + QF_C_PER_NODE,
    COUPLING = NODE_B + QF_C_PER_NODE,
};

/* which columns a stream feeds; every stream has a row that is not of radars alone */
static const struct {
    qf_stream stream;
    live_column column;
} fed[] = {
    {QF_STREAM_INITIAL, LIVE(X, 0)},
    {QF_STREAM_INITIAL, LIVE(Y, 0)},
    {QF_STREAM_INITIAL, LIVE(Z, 0)},
    {QF_STREAM_INITIAL, LIVE(HEADING, 0)},
    {QF_STREAM_INITIAL, LIVE(SPEED, 0)},
    {QF_STREAM_SIGNATURE, LIVE(RCS, 0)},
    {QF_STREAM_HARDWARE, LIVE(SOC, 0)},
    {QF_STREAM_HARDWARE, LIVE(SUPERCAP_WH, 0)},
    {QF_STREAM_HARDWARE, LIVE(NBL_MAX, 0)},
    {QF_STREAM_HARDWARE, LIVE(PROPELLANT, 0)},
    {QF_STREAM_HARDWARE, LIVE_TEMP(0)},
    {QF_STREAM_HARDWARE, LIVE_TEMP(1)},
    {QF_STREAM_HARDWARE, COEFFICIENT(BATTERY_WH)},
    {QF_STREAM_HARDWARE, COEFFICIENT(MAX_BUS_A)},
    {QF_STREAM_HARDWARE, COEFFICIENT(EXHAUST_MPS)},
    {QF_STREAM_HARDWARE, COEFFICIENT_AT("capacity of a", NODE_A + QF_C_NODE_CAPACITY_J_PER_C)},
    {QF_STREAM_HARDWARE, COEFFICIENT_AT("capacity of b", NODE_B + QF_C_NODE_CAPACITY_J_PER_C)},
    {QF_STREAM_HARDWARE, COEFFICIENT_AT("coupling", COUPLING)},
    {QF_STREAM_SCRIPT, LIVE(SPEED, 1)},
    {QF_STREAM_SCRIPT, LIVE(HEADING, 1)},
    {QF_STREAM_SCRIPT, LIVE(RCS_PCT, 1)},
    {QF_STREAM_SCRIPT, LIVE(RCS_TIME_LEFT, 1)},
    {QF_STREAM_SCRIPT, LIVE(NBL_MAX, 1)},
    {QF_STREAM_SCRIPT, LIVE(SENSOR_QUEUE, 1)},
    {QF_STREAM_SCRIPT, LIVE(ACTUATOR_QUEUE, 1)},
};
enum { N_FED = COUNT(fed) };

static double live[N_RUNS][N_FED][N]; /* the last by entity: world by world */

static int run_all_seeds(void **state)
{
    (void)state;
    for (size_t run = 0; run < N_RUNS; run++) {
        scene s = dispersed;
        s.seed = run_seeds[run];
        vehicles v;
        start(&v, &s);
        assert_int_equal(v.fleet.n_vehicles, N);
        for (int64_t tick = 0; tick <= 1; tick++) {
            if (tick > 0) {
                advance(&v, 1);
            }
            for (size_t row = 0; row < N_FED; row++) {
                if (fed[row].column.tick == tick) {
                    copy_live(&v, &fed[row].column, live[run][row]);
                }
            }
        }
        finish(&v);
    }
    return 0;
}

/* every number of a stream, in order: a range has one for each block of its draws */
static const struct {
    qf_stream first, end;
    /* no column: test_radar_statistics.c, of where beams start test_radar_frames.c, and of false
       identities test_identities.c look at what is made of it */
    bool is_of_radars;
} streams[] = {
    {QF_STREAM_INITIAL, QF_STREAM_INITIAL + 1, false},
    {QF_STREAM_HARDWARE, QF_STREAM_HARDWARE + 1, false},
    {QF_STREAM_SCRIPT, QF_STREAM_SCRIPT + 1, false},
    {QF_STREAM_RADAR_START, QF_STREAM_RADAR_START + 1, true},
    {QF_STREAM_SIGNATURE, QF_STREAM_SIGNATURE + 1, false},
    {QF_STREAM_RADAR_ECHO, QF_STREAM_RADAR_ECHO + 1, true},
    {QF_STREAM_RADAR_ERROR, QF_STREAM_RADAR_ERROR + 1, true},
    {QF_STREAM_RADAR_ALARM_COUNT, QF_STREAM_RADAR_ALARM_COUNT + 1, true},
    {QF_STREAM_RADAR_ALARM_PLACE, QF_STREAM_RADAR_ALARM_PLACE + 1, true},
    {QF_STREAM_RADAR_ALARM_POWER, QF_STREAM_RADAR_ALARM_POWER + 1, true},
    {QF_STREAM_SPOOF, QF_STREAM_SPOOF + 1, true},
    {QF_STREAM_RADAR_NOISE, QF_STREAM_RADAR_NOISE_END, true},
    {QF_STREAM_RADAR_FLUCTUATION, QF_STREAM_RADAR_FLUCTUATION_END, true},
};

static void no_number_belongs_to_two_streams(void **state)
{
    (void)state;
    for (size_t k = 0; k < COUNT(streams); k++) {
        assert_true(streams[k].first < streams[k].end && streams[k].end <= 1 << 8);
        assert_true(k == 0 || streams[k - 1].end <= streams[k].first);
    }
    /* blocks of four uniforms: of noise one per pulse but the first, of fluctuation two per pulse */
    assert_true(4 * (QF_STREAM_RADAR_NOISE_END - QF_STREAM_RADAR_NOISE) >=
                QF_RADAR_MOST_PULSES - 1);
    assert_true(4 * (QF_STREAM_RADAR_FLUCTUATION_END - QF_STREAM_RADAR_FLUCTUATION) >=
                2 * QF_RADAR_MOST_PULSES);
}

static void every_stream_feeds_a_column_of_this_test(void **state)
{
    (void)state;
    for (size_t k = 0; k < COUNT(streams); k++) {
        const qf_stream stream = streams[k].first;
        size_t n = streams[k].is_of_radars;
        for (size_t row = 0; row < N_FED; row++) {
            n += fed[row].stream == stream;
        }
        if (n == 0) {
            fail_msg("stream %d has no row in `fed`", (int)stream);
        }
    }
}

/* pairs of vehicles that differ in seed, world or number: where the second of a pair stands */
static const struct {
    const char *what;
    size_t second_run;
    size_t first;  /* entity of the first pair's first vehicle */
    size_t second; /* and second vehicle */
    size_t n;
} pairings[] = {
    {"seed s and s + 1", 1, 0, 0, N},
    {"seed s and s + 2^63", 2, 0, 0, N},
    {"world k and k - 1", 0, PER_WORLD, 0, N - PER_WORLD},
    {"seed s, world k and seed s + 1, world k - 1", 1, PER_WORLD, 0, N - PER_WORLD},
    {"seed s, world k and seed s + 1, world k + 1", 1, 0, PER_WORLD, N - PER_WORLD},
    {"vehicle v and v + 1", 0, 0, 1, N - 1},
    {"seed s, vehicle v and seed s + 1, vehicle v - 1", 1, 1, 0, N - 1},
};

static void assert_apart(const double *a, const double *b, size_t n, double n_questions,
                         const char *stream_and_column, const char *what)
{
    size_t n_equal = 0;
    for (size_t i = 0; i < n; i++) {
        n_equal += a[i] == b[i];
    }
    const double r = correlation(a, b, n);
    const double p = correlation_p_value(r, n);
    if (n_equal > 0 || !(p >= SIGNIFICANCE / n_questions)) {
        fail_msg("%s, %s: %zu of %zu draws equal, correlation %g (p = %g)", stream_and_column, what,
                 n_equal, n, r, p);
    }
}

static const char *label(size_t row)
{
    static char text[2][80];
    static size_t turn;
    char *out = text[turn++ % 2];
    snprintf(out, sizeof text[0], "stream %d, %s after %lld ticks", (int)fed[row].stream,
             fed[row].column.name, (long long)fed[row].column.tick);
    return out;
}

static void seeds_worlds_and_vehicles_differ_in_every_column_of_every_stream(void **state)
{
    (void)state;
    for (size_t row = 0; row < N_FED; row++) {
        for (size_t k = 0; k < COUNT(pairings); k++) {
            assert_apart(live[0][row] + pairings[k].first,
                         live[pairings[k].second_run][row] + pairings[k].second, pairings[k].n,
                         N_FED * COUNT(pairings), label(row), pairings[k].what);
        }
    }
}

/* whatever the vehicles: a draw shifted to another vehicle, world or seed would be there twice */
static void no_draw_of_a_column_comes_twice_in_all_seeds(void **state)
{
    (void)state;
    static double sorted[N_RUNS][N];
    for (size_t row = 0; row < N_FED; row++) {
        for (size_t run = 0; run < N_RUNS; run++) {
            memcpy(sorted[run], live[run][row], sizeof sorted[run]);
        }
        double *draws = sorted[0];
        qsort(draws, (size_t)N_RUNS * N, sizeof *draws, compare_doubles);
        for (size_t i = 1; i < (size_t)N_RUNS * N; i++) {
            if (draws[i] == draws[i - 1]) {
                fail_msg("%s: %.17g comes twice", label(row), draws[i]);
            }
        }
    }
}

/* draws of one vehicle at one tick: X, BATTERY_WH and SPEED differ in nothing but the stream */
static void columns_of_one_vehicle_have_draws_of_their_own(void **state)
{
    (void)state;
    for (size_t a = 0; a < N_FED; a++) {
        for (size_t b = 0; b < a; b++) {
            assert_apart(live[0][a], live[0][b], N, N_FED * (N_FED - 1) / 2, label(a), label(b));
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_two_keys_of_a_grid_have_a_half_block_in_common),
        cmocka_unit_test(keys_one_step_apart_differ_in_half_of_their_bits),
        cmocka_unit_test(no_number_belongs_to_two_streams),
        cmocka_unit_test(every_stream_feeds_a_column_of_this_test),
        cmocka_unit_test(seeds_worlds_and_vehicles_differ_in_every_column_of_every_stream),
        cmocka_unit_test(no_draw_of_a_column_comes_twice_in_all_seeds),
        cmocka_unit_test(columns_of_one_vehicle_have_draws_of_their_own),
    };
    return cmocka_run_group_tests(tests, run_all_seeds, NULL);
}
