/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A block of observers goes through the kernels in batches of pairs: observers have few neighbours each,
 * and kernels want full lanes. Plots of one observer stay together, in the order of its neighbours.
 */
#include "radar_sweep.h"

#include <math.h>
#include <stdlib.h>
#include <xxhash.h>

#include "group.h"
#include "radar_alarm.h"
#include "radar_resolve.h"
#include "scalar_math.h"

/* What of a block's plots is one observer's. */
typedef struct share {
    size_t begin, end;             /* echoes */
    size_t alarm_begin, alarm_end; /* false alarms */
    size_t list_begin;             /* what it reports, after resolving */
    qf_resolved resolved;
} share;

struct qf_sweeper {
    uint32_t thread;
    bool failed;
    uint32_t *near; /* ranks of neighbours: n_targets, and whole lanes beyond */
    qf_cell_walk walk;
    qf_pairs pairs;
    qf_plots plots;
    uint32_t *list; /* numbers of plots, as many as there are plots */
    size_t n_listed;
    qf_resolve_scratch resolve;
    size_t resolve_most; /* plots of one observer that it has room for */
    uint64_t *words;     /* of a digest */
    size_t n_words;
    qf_detections found;
    qf_observer observers[QF_OBSERVERS];
    float arc_begin_deg[QF_OBSERVERS];
    float arc_end_deg[QF_OBSERVERS];
    share shares[QF_OBSERVERS];
};

/* every column of the plots */
#define PLOT_COLUMNS(COLUMN)                                                                       \
    COLUMN(east_m)                                                                                 \
    COLUMN(north_m)                                                                                \
    COLUMN(up_m)                                                                                   \
    COLUMN(vr_mps)                                                                                 \
    COLUMN(signal)                                                                                 \
    COLUMN(power)                                                                                  \
    COLUMN(widening)                                                                               \
    COLUMN(target)                                                                                 \
    COLUMN(key)                                                                                    \
    COLUMN(observer)                                                                               \
    COLUMN(world)                                                                                  \
    COLUMN(vehicle)                                                                                \
    COLUMN(range_m)                                                                                \
    COLUMN(bearing_deg)                                                                            \
    COLUMN(elevation_deg)                                                                          \
    COLUMN(snr_db)                                                                                 \
    COLUMN(rcs_dbsm)

enum { LEAST_PLOTS = 4096, WORDS_PER_DETECTION = 4 };

/* a longer copy; the old one stays, and the sweeper has failed, where there is no memory */
static void *longer(qf_sweeper *sweeper, void *old, size_t n, size_t size)
{
    size_t bytes;
    void *copy = qf_size_multiply(n, size, &bytes) ? realloc(old, bytes) : NULL;
    sweeper->failed = sweeper->failed || !copy;
    return copy ? copy : old;
}

/* room for n more plots */
static bool reserve_plots(qf_sweeper *sweeper, size_t n)
{
    qf_plots *plots = &sweeper->plots;
    size_t capacity = plots->capacity > 0 ? plots->capacity : LEAST_PLOTS;
    if (plots->n + n <= plots->capacity) {
        return !sweeper->failed;
    }
    while (capacity < plots->n + n) {
        capacity *= 2;
    }
#define LONGER(name)                                                                               \
    plots->name = longer(sweeper, plots->name, capacity + QF_LANE_SLACK, sizeof *plots->name);
    PLOT_COLUMNS(LONGER)
#undef LONGER
    sweeper->list = longer(sweeper, sweeper->list, capacity, sizeof *sweeper->list);
    plots->capacity = sweeper->failed ? plots->capacity : capacity;
    return !sweeper->failed;
}

/* room to resolve n plots of one observer; what was in it is not needed any more */
static bool reserve_resolve(qf_sweeper *sweeper, size_t n)
{
    qf_resolve_scratch *scratch = &sweeper->resolve;
    if (n <= sweeper->resolve_most) {
        return !sweeper->failed;
    }
    const size_t most = 2 * n;
    for (int k = 0; k < 2; k++) {
        scratch->order[k] = longer(sweeper, scratch->order[k], most, sizeof *scratch->order[k]);
    }
    scratch->first = longer(sweeper, scratch->first, most, sizeof *scratch->first);
    scratch->cell = longer(sweeper, scratch->cell, most, sizeof *scratch->cell);
    scratch->table =
        longer(sweeper, scratch->table, qf_resolve_table_size(most), sizeof *scratch->table);
    sweeper->resolve_most = sweeper->failed ? sweeper->resolve_most : most;
    return !sweeper->failed;
}

qf_sweeper *qf_sweeper_create(size_t n_targets, uint32_t thread)
{
    qf_sweeper *sweeper = calloc(1, sizeof *sweeper);
    if (!sweeper) {
        return NULL;
    }
    sweeper->thread = thread;
    sweeper->near = malloc((n_targets + QF_LANE_SLACK) * sizeof *sweeper->near);
    if (!sweeper->near || !reserve_plots(sweeper, LEAST_PLOTS)) {
        qf_sweeper_free(sweeper);
        return NULL;
    }
    return sweeper;
}

void qf_sweeper_free(qf_sweeper *sweeper)
{
    if (sweeper) {
#define FREE(name) free(sweeper->plots.name);
        PLOT_COLUMNS(FREE)
#undef FREE
        qf_detections_free(&sweeper->found);
        free(sweeper->near);
        free(sweeper->list);
        free(sweeper->words);
        free(sweeper->resolve.order[0]);
        free(sweeper->resolve.order[1]);
        free(sweeper->resolve.first);
        free(sweeper->resolve.cell);
        free(sweeper->resolve.table);
        free(sweeper);
    }
}

size_t qf_sweeper_bytes(size_t n_targets)
{
#define BYTES(name) +sizeof *((qf_plots *)0)->name
    const size_t per_plot = sizeof(uint32_t) PLOT_COLUMNS(BYTES);
#undef BYTES
    return sizeof(qf_sweeper) + LEAST_PLOTS * per_plot + n_targets * sizeof(uint32_t);
}

const qf_detections *qf_sweeper_list(const qf_sweeper *sweeper)
{
    return &sweeper->found;
}

void qf_sweeper_empty(qf_sweeper *sweeper)
{
    sweeper->found.n = 0;
}

bool qf_sweeper_failed(const qf_sweeper *sweeper)
{
    return sweeper->failed;
}

/* forward, left and up in the world: turned by the heading, pitched nose up, rolled right side down */
static void set_axes(const qf_radar_frame *frame, size_t slot, float axes[3][3])
{
    const qf_fleet *fleet = frame->scene->fleet;
    const double sin_heading = qf_f64(fleet, QF_FIELD_HEADING_SIN, 0)[slot];
    const double cos_heading = qf_f64(fleet, QF_FIELD_HEADING_COS, 0)[slot];
    const double ahead[3] = {sin_heading, cos_heading, 0.0};
    const double left[3] = {-cos_heading, sin_heading, 0.0};
    const double up[3] = {0.0, 0.0, 1.0};
    for (int d = 0; d < 3; d++) {
        const double pitched_up = frame->cos_pitch * up[d] - frame->sin_pitch * ahead[d];
        axes[0][d] = (float)(frame->cos_pitch * ahead[d] + frame->sin_pitch * up[d]);
        axes[1][d] = (float)(frame->cos_roll * left[d] + frame->sin_roll * pitched_up);
        axes[2][d] = (float)(frame->cos_roll * pitched_up - frame->sin_roll * left[d]);
    }
}

/* where the beam points at that tick, in [0, 360) */
static float beam_deg(const qf_radar_frame *frame, double start_deg, int64_t tick)
{
    const qf_fleet *fleet = frame->scene->fleet;
    const qf_radar_spec *spec = fleet->groups[frame->group].spec->radar;
    const double time_s = (double)tick * fleet->scenario->dt_s;
    const double turned_deg = fmod(start_deg + spec->value[QF_RADAR_ROTATION] * time_s, 360.0);
    const float azimuth_deg = (float)(turned_deg < 0.0 ? turned_deg + 360.0 : turned_deg);
    return azimuth_deg < 360.0F ? azimuth_deg : 0.0F;
}

/* what the beam has passed since the frame before: from where it was then to where it is now */
static void set_arc(qf_sweeper *sweeper, const qf_radar_frame *frame, const qf_observer *observer)
{
    const qf_fleet *fleet = frame->scene->fleet;
    const qf_group *group = &fleet->groups[frame->group];
    const qf_radar_spec *spec = group->spec->radar;
    const qf_draw_key key = {.seed = fleet->scenario->seed,
                             .world = observer->world,
                             .vehicle = observer->vehicle,
                             .stream = QF_STREAM_RADAR_START};
    const uint32_t index = observer->vehicle - (uint32_t)group->vehicle_begin;
    const double start_deg = qf_number_draw(&spec->rotation_start_deg, key, index);
    const float before = beam_deg(frame, start_deg, frame->tick - group->spec->radar_period_ticks);
    const float now = beam_deg(frame, start_deg, frame->tick);
    const bool clockwise = spec->value[QF_RADAR_ROTATION] > 0.0;
    sweeper->arc_begin_deg[observer->number] = clockwise ? before : now;
    sweeper->arc_end_deg[observer->number] = clockwise ? now : before;
}

static void set_observer(qf_sweeper *sweeper, const qf_radar_frame *frame, uint32_t rank,
                         uint32_t number)
{
    const qf_radar_scene *scene = frame->scene;
    qf_observer *observer = &sweeper->observers[number];
    observer->number = number;
    observer->rank = rank;
    observer->world = scene->notes[rank].world;
    observer->vehicle = scene->targets[rank].key & QF_VEHICLE_OF_KEY;
    for (int d = 0; d < 3; d++) {
        observer->position_m[d] = scene->targets[rank].position_m[d];
        observer->velocity_mps[d] = scene->targets[rank].velocity_mps[d];
    }
    if (!frame->radar->looks_everywhere) {
        set_axes(frame, scene->notes[rank].slot, observer->axes);
    }
    if (frame->radar->rotates) {
        set_arc(sweeper, frame, observer);
    }
}

static void detect(qf_sweeper *sweeper, const qf_radar_frame *frame, const qf_look *look)
{
    if (reserve_plots(sweeper, sweeper->pairs.n)) {
        frame->kernels->detect(frame->radar, look, &sweeper->pairs, &sweeper->plots);
    }
    sweeper->pairs.n = 0;
}

/* who is in range of one observer joins the batch of pairs, which is worked on whenever it is full */
static void pair(qf_sweeper *sweeper, const qf_radar_frame *frame, const qf_look *look,
                 const qf_observer *observer)
{
    const qf_radar_scene *scene = frame->scene;
    const qf_kernels *kernels = frame->kernels;
    const qf_sphere *planet = &scene->fleet->scenario->planet;
    qf_cell_walk_to(&scene->neighbours, observer->rank, &sweeper->walk);
    size_t n = kernels->near(&scene->neighbours.points, sweeper->walk.runs, sweeper->walk.n_runs,
                             observer->rank, sweeper->near);
    if (planet->radius_m > 0.0) {
        n = kernels->hide(scene->targets, observer, planet, sweeper->near, n);
    }
    for (size_t begin = 0; begin < n;) {
        const size_t room = QF_PAIRS - sweeper->pairs.n;
        const size_t part = n - begin < room ? n - begin : room;
        kernels->pair(scene->targets, observer, sweeper->near + begin, part,
                      !frame->radar->looks_everywhere, &sweeper->pairs);
        begin += part;
        if (sweeper->pairs.n == QF_PAIRS) {
            detect(sweeper, frame, look);
        }
    }
}

/* plots stand in the order of observers */
static void share_out(qf_sweeper *sweeper, size_t n_observers)
{
    const qf_plots *plots = &sweeper->plots;
    size_t p = 0;
    for (uint32_t k = 0; k < n_observers; k++) {
        sweeper->shares[k].begin = p;
        while (p < plots->n && plots->observer[p] == k) {
            p++;
        }
        sweeper->shares[k].end = p;
    }
}

static void add_false_alarms(qf_sweeper *sweeper, const qf_radar_frame *frame, const qf_look *look,
                             size_t n_observers)
{
    for (size_t k = 0; k < n_observers && !sweeper->failed; k++) {
        const qf_observer *observer = &sweeper->observers[k];
        share *s = &sweeper->shares[k];
        const uint32_t n = qf_radar_alarm_count(frame->radar, look, observer);
        s->alarm_begin = sweeper->plots.n;
        if (n > 0 && reserve_plots(sweeper, n)) {
            qf_radar_alarm(frame->radar, look, observer, n, &sweeper->plots);
        }
        s->alarm_end = sweeper->plots.n;
    }
}

static void resolve(qf_sweeper *sweeper, const qf_radar_frame *frame, size_t n_observers)
{
    sweeper->n_listed = 0;
    for (size_t k = 0; k < n_observers; k++) {
        share *s = &sweeper->shares[k];
        const size_t n = s->end - s->begin + s->alarm_end - s->alarm_begin;
        s->list_begin = sweeper->n_listed;
        if (!reserve_resolve(sweeper, n)) {
            return;
        }
        s->resolved =
            qf_radar_resolve(frame->radar, &sweeper->plots, s->begin, s->end, s->alarm_begin,
                             s->alarm_end, &sweeper->resolve, sweeper->list + sweeper->n_listed);
        sweeper->n_listed += s->resolved.detections + s->resolved.false_alarms;
    }
}

static void report_plot(const qf_radar_frame *frame, const qf_plots *plots, size_t p,
                        int32_t observer, qf_detections *to)
{
    static const qf_radar_note nobody = {
        .entity = QF_NO_ENTITY, .identity = QF_NO_IDENTITY, .mode = QF_TRANSPONDER_OFF};
    const uint32_t target = plots->target[p];
    const qf_radar_note *note = target == QF_NO_TARGET ? &nobody : &frame->scene->notes[target];
    const bool in_short_range = plots->range_m[p] <= frame->radar->sr_threshold_m;
    const size_t n = to->n++;
    to->tick[n] = frame->tick;
    to->observer[n] = observer;
    to->target[n] = note->entity;
    to->identity[n] = in_short_range ? note->identity : QF_NO_IDENTITY;
    to->range_m[n] = plots->range_m[p];
    to->bearing_deg[n] = plots->bearing_deg[p];
    to->elev_deg[n] = plots->elevation_deg[p];
    to->vr_mps[n] = plots->vr_mps[p];
    to->snr_db[n] = plots->snr_db[p];
    to->rcs_dbsm[n] = plots->rcs_dbsm[p];
    to->band[n] = in_short_range ? QF_BAND_SHORT_RANGE : QF_BAND_LONG_RANGE;
    to->mode[n] = in_short_range ? note->mode : QF_TRANSPONDER_OFF;
}

static uint64_t bits_of(float a, float b)
{
    const union {
        float number[2];
        uint64_t word;
    } bits = {.number = {a, b}};
    return bits.word;
}

/* a hash of what an observer reported; targets by their number in the world, so that it does not depend on
   how many worlds share the columns */
static uint64_t digest(qf_sweeper *sweeper, const qf_radar_frame *frame, const share *s,
                       size_t begin)
{
    const qf_detections *found = &sweeper->found;
    const qf_plots *plots = &sweeper->plots;
    const size_t n = found->n - begin;
    if ((n + 1) * WORDS_PER_DETECTION > sweeper->n_words) {
        const size_t n_words = 2 * (n + 1) * WORDS_PER_DETECTION;
        sweeper->words = longer(sweeper, sweeper->words, n_words, sizeof *sweeper->words);
        if (sweeper->failed) {
            return 0;
        }
        sweeper->n_words = n_words;
    }
    uint64_t *word = sweeper->words;
    *word++ = (uint64_t)frame->tick;
    *word++ = s->resolved.dropped;
    for (size_t i = 0; i < n; i++) {
        const size_t k = begin + i;
        const uint32_t key = plots->key[sweeper->list[s->list_begin + i]];
        const uint32_t vehicle = found->target[k] == QF_NO_ENTITY ? QF_NO_TARGET : key;
        *word++ = bits_of(found->range_m[k], found->bearing_deg[k]);
        *word++ = bits_of(found->elev_deg[k], found->vr_mps[k]);
        *word++ = bits_of(found->snr_db[k], found->rcs_dbsm[k]);
        *word++ = (uint64_t)vehicle << 32 | (uint64_t)found->band[k] << 8 | found->mode[k];
    }
    return XXH3_64bits(sweeper->words, (size_t)(word - sweeper->words) * sizeof *sweeper->words);
}

/* by now what is known of targets and observers has left the nearest caches: it is sent for in time */
static void fetch_ahead(const qf_sweeper *sweeper, const qf_radar_frame *frame, size_t listed)
{
    enum { AHEAD = 16 };
    if (listed + AHEAD < sweeper->n_listed) {
        const uint32_t target = sweeper->plots.target[sweeper->list[listed + AHEAD]];
        if (target != QF_NO_TARGET) {
            __builtin_prefetch(&frame->scene->notes[target]);
        }
    }
}

static void report(qf_sweeper *sweeper, const qf_radar_frame *frame, size_t k)
{
    const share *s = &sweeper->shares[k];
    const qf_radar_note *note = &frame->scene->notes[sweeper->observers[k].rank];
    const size_t n = s->resolved.detections + s->resolved.false_alarms;
    const size_t begin = sweeper->found.n;
    if (!qf_detections_reserve(&sweeper->found, n)) {
        sweeper->failed = true;
        return;
    }
    for (size_t i = 0; i < n; i++) {
        fetch_ahead(sweeper, frame, s->list_begin + i);
        report_plot(frame, &sweeper->plots, sweeper->list[s->list_begin + i], note->entity,
                    &sweeper->found);
    }
    frame->found[note->slot] = (qf_radar_found){.n = (uint32_t)n,
                                                .false_alarms = s->resolved.false_alarms,
                                                .dropped = s->resolved.dropped,
                                                .thread = sweeper->thread,
                                                .begin = begin,
                                                .digest = digest(sweeper, frame, s, begin)};
}

void qf_sweeper_look(qf_sweeper *sweeper, const qf_radar_frame *frame, const uint32_t *ranks,
                     size_t n)
{
    const qf_look look = {.seed = frame->scene->fleet->scenario->seed,
                          .tick = (uint32_t)frame->tick,
                          .arc_begin_deg = frame->radar->rotates ? sweeper->arc_begin_deg : NULL,
                          .arc_end_deg = frame->radar->rotates ? sweeper->arc_end_deg : NULL};
    sweeper->plots.n = 0;
    sweeper->pairs.n = 0;
    sweeper->walk = (qf_cell_walk){0}; /* of this arrangement */
    for (uint32_t k = 0; k < n; k++) {
        set_observer(sweeper, frame, ranks[k], k);
        pair(sweeper, frame, &look, &sweeper->observers[k]);
    }
    detect(sweeper, frame, &look);
    frame->kernels->locate(&sweeper->plots, 0, sweeper->plots.n);
    share_out(sweeper, n);
    add_false_alarms(sweeper, frame, &look, n);
    resolve(sweeper, frame, n);
    if (!sweeper->failed) {
        frame->kernels->measure(frame->radar, &look, &sweeper->plots, 0, sweeper->plots.n);
    }
    for (size_t k = 0; k < n && !sweeper->failed; k++) {
        __builtin_prefetch(&frame->found[frame->scene->notes[ranks[k + 4 < n ? k + 4 : k]].slot],
                           1);
        report(sweeper, frame, k);
        /* what nobody wants stays in the nearest cache: a large fleet's would go all the way to memory */
        sweeper->found.n = frame->keep ? sweeper->found.n : 0;
    }
}
