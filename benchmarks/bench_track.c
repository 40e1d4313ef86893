/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A tracker's frame of one observer, on one thread: as many targets as detections, scattered evenly over a box
 * of 10 x 10 x 1 km and keeping their distance but for errors of half a metre. Each is detected in every frame, or in
 * every other one where there are twice as many tracks as detections.
 *
 *   track/MODE/ISA/D_T_U         D detections against a table of T slots, of which U are in use: association and update
 *   publish/MODE/ISA/D_T_U       what is made known of them
 *
 * bench_track_filter.c: the steps of the robust and the Kalman tracker by themselves.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "assignment.h"
#include "bench_track_filter.h"
#include "gbench.h"
#include "kernels.h"
#include "philox.h"
#include "scalar_math.h"
#include "scene.h"

enum { FRAMES = 8, MOST_PLOTS = 208, MOST_CASES = 32, MOST_SETS = 8 };

static const char *const mode_names[QF_TRACK_MODES] = {"qiki", "robust", "kalman"};

/* detections of one frame: what is loaded into the tracker's plots, as a run would */
typedef struct sightings {
    float range_m[MOST_PLOTS], bearing_deg[MOST_PLOTS], elev_deg[MOST_PLOTS], vr_mps[MOST_PLOTS];
    uint32_t target[MOST_PLOTS];
} sightings;

typedef struct track_scene {
    size_t n_plots, capacity, n_targets;
    qf_track_plots plots;
    qf_track_table table;
    qf_track_view view;
    qf_track_scratch scratch;
    qf_track_tally tally;
    sightings frame[FRAMES];
} track_scene;

/* The reference's constants, and what the errors are for the others; ticks of 0.1 s, and a frame every second. */
static const qf_tracker bench_tracker = {
    .mode = QF_TRACK_QIKI,
    .ticks_per_s = 10.0,
    .max_misses = 3,
    .confirm_hits = 2,
    .confirm_window = 3,
    .range_sd_m = 0.5f,
    .angle_sd_rad = 1e-4f,
    .speed_sd_mps = 0.5f,
    .acceleration_sd_mps2 = 1.0f,
    .prior_speed_mps = 30.0f,
    .gate2 = 18.466827f,
    .merge2 = 1.0f,
    .reference_snr_db = 20.0f,
    .alpha = 0.6f,
    .beta = 0.1f,
    .gate_m = 12.0f,
    .gate_mps = 15.0f,
    .handoff_bearing_deg = 0.5f,
    .handoff_elev_deg = 0.5f,
    .least_step_s = 0.05f,
    .fuse_bearing_deg = 0.5f,
    .fuse_elev_deg = 0.5f,
    .fuse_mps = 1.0f,
};

enum { TICKS_PER_FRAME = 10 };

static void *room(size_t bytes)
{
    void *memory = aligned_alloc(64, (bytes + 63) / 64 * 64);
    if (!memory) {
        abort();
    }
    return memset(memory, 0, (bytes + 63) / 64 * 64);
}

/* number i of a series, in [-1, 1) */
static double uniform(uint32_t i, uint32_t series)
{
    const qf_philox_block block = qf_philox((qf_philox_block){{i, series, 0, 0}}, 1);
    return (double)block.word[0] * 0x1p-31 - 1.0;
}

static void fill_frames(track_scene *s)
{
    for (uint32_t f = 0; f < FRAMES; f++) {
        for (uint32_t k = 0; k < s->n_plots; k++) {
            const uint32_t shares = (uint32_t)(s->n_targets / s->n_plots);
            const uint32_t i = k * shares + f % shares;
            const double east = 5000.0 * uniform(i, 0);
            const double north = 5000.0 * uniform(i, 1);
            const double up = 500.0 * uniform(i, 2);
            const double level2 = east * east + north * north;
            const double deg = 57.29577951308232;
            const double bearing = deg * Sleef_finz_atan2d1_u10purecfma(east, north);
            s->frame[f].range_m[k] =
                (float)(__builtin_sqrt(level2 + up * up) + 0.5 * uniform(i, 3 + f));
            s->frame[f].bearing_deg[k] = (float)(bearing < 0.0 ? bearing + 360.0 : bearing);
            s->frame[f].elev_deg[k] =
                (float)(deg * Sleef_finz_atan2d1_u10purecfma(up, __builtin_sqrt(level2)));
            s->frame[f].vr_mps[k] = (float)uniform(i, 3 + f);
            s->frame[f].target[k] = i;
        }
    }
}

static track_scene *make_scene(size_t n_plots, size_t capacity, size_t n_targets)
{
    track_scene *s = room(sizeof *s);
    s->n_plots = n_plots;
    s->capacity = capacity;
    s->n_targets = n_targets;
    s->plots.capacity = (n_plots + QF_TRACK_LANES) / QF_TRACK_LANES * QF_TRACK_LANES;
    s->table.capacity = capacity;
    s->view.capacity = capacity;
#define QF_COLUMN(name) s->plots.name = room(s->plots.capacity * sizeof *s->plots.name);
    QF_PLOT_TABLE(QF_COLUMN, QF_COLUMN)
#undef QF_COLUMN
#define QF_COLUMN(name) s->table.name = room(capacity * sizeof *s->table.name);
    QF_TRACK_TABLE(QF_COLUMN, QF_COLUMN)
#undef QF_COLUMN
#define QF_COLUMN(name) s->view.name = room(capacity * sizeof *s->view.name);
    QF_VIEW_TABLE(QF_COLUMN, QF_COLUMN)
#undef QF_COLUMN
    s->scratch.plot_of_slot = room((capacity + s->plots.capacity) * sizeof(uint32_t));
    s->scratch.slot_of_plot = room(s->plots.capacity * sizeof(uint32_t));
    s->scratch.gone = room(capacity * sizeof *s->scratch.gone);
    s->scratch.pairs_capacity = s->plots.capacity * capacity;
    s->scratch.pairs = room(s->scratch.pairs_capacity * sizeof *s->scratch.pairs);
    for (size_t k = 0; k < QF_TRACK_VARIANCES; k++) {
        s->table.variance[k] = room(capacity * sizeof(float));
    }
    s->scratch.assignment = qf_assignment_create();
    if (!s->scratch.assignment) {
        abort();
    }
    s->scratch.work = room(qf_track_work_bytes(s->plots.capacity, capacity));
    for (size_t i = 0; i < n_plots; i++) {
        s->plots.band[i] = 2;
        s->plots.snr_db[i] = 20.0f;
        s->plots.identity[i] = UINT32_MAX;
    }
    fill_frames(s);
    return s;
}

static void load_frame(track_scene *s, size_t f)
{
    const size_t bytes = s->n_plots * sizeof(float);
    s->plots.n = s->n_plots;
    memcpy(s->plots.range_m, s->frame[f].range_m, bytes);
    memcpy(s->plots.bearing_deg, s->frame[f].bearing_deg, bytes);
    memcpy(s->plots.elev_deg, s->frame[f].elev_deg, bytes);
    memcpy(s->plots.vr_mps, s->frame[f].vr_mps, bytes);
    memcpy(s->plots.target, s->frame[f].target, s->n_plots * sizeof(uint32_t));
}

typedef struct track_case {
    const qf_kernels *kernels;
    qf_track_mode mode;
    size_t scene;
    bool publishes;
} track_case;

/* detections, slots, slots in use: larger tables need no benchmark of their own, these count */
static const size_t sizes[][3] = {{16, 32, 16}, {16, 32, 32}, {200, 208, 200}};
enum { SIZES = sizeof sizes / sizeof *sizes };

static track_scene *get_scene(size_t k)
{
    static track_scene *scenes[SIZES];
    if (!scenes[k]) {
        scenes[k] = make_scene(sizes[k][0], sizes[k][1], sizes[k][2]);
    }
    return scenes[k];
}

static void run_track(gbench_state *state, const void *user)
{
    const track_case *c = user;
    track_scene *s = get_scene(c->scene);
    qf_tracker tracker = bench_tracker;
    tracker.mode = c->mode;
    qf_track_frame frame = {.elapsed_s = 1.0f};
    s->table.n = 0;
    s->tally = (qf_track_tally){0};
    double frames = 0.0;
    double tracks = 0.0;
    for (size_t f = 0; gbench_next(state); f = (f + 1) % FRAMES) {
        if (!c->publishes || frames < 2.0) {
            load_frame(s, f);
            frame.tick += TICKS_PER_FRAME;
            c->kernels->track(&tracker, &frame, &s->plots, &s->table, &s->scratch, &s->tally);
        }
        if (c->publishes) {
            c->kernels->publish(&tracker, &frame, &s->table, &s->view);
        }
        frames += 1.0;
        tracks += (double)s->table.n;
    }
    gbench_counter_ns_per(state, "ns_per_track", tracks);
    gbench_counter(state, "tracks", tracks / frames);
    gbench_counter(state, "updated_share", s->tally.updated / (frames * (double)s->n_plots));
}

void bench_track_register(void)
{
    static track_case cases[MOST_CASES * MOST_SETS];
    size_t n_cases = 0;
    for (size_t k = 0; k < 2 * QF_TRACK_MODES * SIZES; k++) {
        for (size_t i = 0; i < MOST_SETS && qf_isa_names[i]; i++) {
            const qf_kernels *kernels = qf_kernels_for(qf_isa_names[i]);
            if (kernels) {
                track_case *c = &cases[n_cases++];
                *c = (track_case){kernels, k / SIZES % QF_TRACK_MODES, k % SIZES,
                                  k >= QF_TRACK_MODES * SIZES};
                const size_t *size = sizes[c->scene];
                char name[64];
                snprintf(name, sizeof name, "%s/%s/%s/%zu_%zu_%zu",
                         c->publishes ? "publish" : "track", mode_names[c->mode], kernels->isa,
                         size[0], size[1], size[2]);
                gbench_register(name, run_track, c, GBENCH_NS);
            }
        }
    }
#ifdef BENCH_HAVE_X86_SETS
    if (qf_kernels_for("v4")) {
        bench_track_filter_register_v4();
    }
    if (qf_kernels_for("v3")) {
        bench_track_filter_register_v3();
    }
#endif
    bench_track_filter_register_generic();
}
