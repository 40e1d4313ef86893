/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A block of observers goes through the kernels in batches of pairs: observers have few neighbours each,
 * and kernels want full lanes. Plots of one observer stay together, in the order of its neighbours.
 */
#include <math.h>

#include "group.h"
#include "radar_alarm.h"
#include "radar_sweeper.h"
#include "vehicle_state.h"

/* forward, left and up in the world of a rigid body */
static void set_body_axes(const qf_fleet *fleet, size_t slot, float axes[3][3])
{
    double exact[3][3];
    qf_body_axes_of(fleet, slot, exact);
    for (int a = 0; a < 3; a++) {
        for (int d = 0; d < 3; d++) {
            axes[a][d] = (float)exact[a][d];
        }
    }
}

/* those of a bot: turned by the heading, pitched nose up, rolled right side down */
static void set_axes(const qf_radar_frame *frame, size_t slot, float axes[3][3])
{
    const qf_fleet *fleet = frame->scene->fleet;
    if (fleet->groups[frame->group].spec->body) {
        set_body_axes(fleet, slot, axes);
        return;
    }
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
    observer->world = qf_world_number(scene->fleet->scenario, scene->notes[rank].world);
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

/* the truth that tracks are measured against */
static void cover(qf_sweeper *sweeper, const qf_radar_frame *frame)
{
    uint32_t covered[QF_PAIRS + QF_LANE_SLACK];
    const qf_pairs *pairs = &sweeper->pairs;
    struct qf_covered *to = &sweeper->covered;
    if (!qf_sweeper_reserve_covered(sweeper, pairs->n)) {
        return;
    }
    frame->kernels->cover(frame->radar, pairs, covered);
    for (size_t i = 0; i < pairs->n; i++) {
        const size_t n = to->n;
        to->east_m[n] = pairs->east_m[i];
        to->north_m[n] = pairs->north_m[i];
        to->up_m[n] = pairs->up_m[i];
        to->east_mps[n] = pairs->east_mps[i];
        to->north_mps[n] = pairs->north_mps[i];
        to->up_mps[n] = pairs->up_mps[i];
        to->target[n] = pairs->key[i] & QF_VEHICLE_OF_KEY;
        to->observer[n] = pairs->observer[i];
        to->n = n + covered[i];
    }
}

static void detect(qf_sweeper *sweeper, const qf_radar_frame *frame, const qf_look *look)
{
    if (frame->tracking) {
        cover(sweeper, frame);
    }
    if (qf_sweeper_reserve_plots(sweeper, sweeper->pairs.n)) {
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

/* plots and covered targets stand in the order of observers */
static void share_out(qf_sweeper *sweeper, uint32_t first, uint32_t end)
{
    const qf_plots *plots = &sweeper->plots;
    const struct qf_covered *covered = &sweeper->covered;
    size_t p = 0;
    size_t t = 0;
    for (uint32_t k = first; k < end; k++) {
        sweeper->shares[k].begin = p;
        sweeper->shares[k].truth_begin = t;
        while (p < plots->n && plots->observer[p] == k) {
            p++;
        }
        while (t < covered->n && covered->observer[t] == k) {
            t++;
        }
        sweeper->shares[k].end = p;
        sweeper->shares[k].truth_end = t;
    }
}

static void add_false_alarms(qf_sweeper *sweeper, const qf_radar_frame *frame, const qf_look *look,
                             uint32_t first, uint32_t end)
{
    for (uint32_t k = first; k < end && !sweeper->failed; k++) {
        const qf_observer *observer = &sweeper->observers[k];
        const uint32_t n = qf_radar_alarm_count(frame->radar, look, observer);
        sweeper->shares[k].alarm_begin = sweeper->plots.n;
        if (n > 0 && qf_sweeper_reserve_plots(sweeper, n)) {
            qf_radar_alarm(frame->radar, look, observer, n, &sweeper->plots);
        }
        sweeper->shares[k].alarm_end = sweeper->plots.n;
    }
}

/* whether plots merged: then they are somewhere else */
static bool resolve(qf_sweeper *sweeper, const qf_radar_frame *frame, uint32_t first, uint32_t end)
{
    bool merged = false;
    sweeper->n_listed = 0;
    for (uint32_t k = first; k < end; k++) {
        qf_share *s = &sweeper->shares[k];
        s->list_begin = sweeper->n_listed;
        if (!qf_sweeper_reserve_resolve(sweeper,
                                        s->end - s->begin + s->alarm_end - s->alarm_begin)) {
            return false;
        }
        s->resolved =
            qf_radar_resolve(frame->radar, &sweeper->plots, s->begin, s->end, s->alarm_begin,
                             s->alarm_end, &sweeper->resolve, sweeper->list + sweeper->n_listed);
        sweeper->n_listed += s->resolved.detections + s->resolved.false_alarms;
        merged = merged || s->resolved.merged > 0;
    }
    return merged;
}

/* from the pairs of observers [first, end) to what they report; leaves no plots */
static void finish(qf_sweeper *sweeper, const qf_radar_frame *frame, const qf_look *look,
                   uint32_t first, uint32_t end)
{
    enum { AHEAD = 4 };
    qf_plots *plots = &sweeper->plots;
    detect(sweeper, frame, look);
    const size_t n_echoes = plots->n;
    frame->kernels->locate(plots, 0, n_echoes);
    share_out(sweeper, first, end);
    add_false_alarms(sweeper, frame, look, first, end);
    if (!sweeper->failed && resolve(sweeper, frame, first, end)) {
        frame->kernels->locate(plots, 0, n_echoes);
    }
    if (!sweeper->failed) {
        frame->kernels->measure(frame->radar, look, plots, 0, plots->n);
    }
    for (uint32_t k = first; k < end && !sweeper->failed; k++) {
        /* the next observers' places are all over the fleet */
        const uint32_t next = k + AHEAD < end ? k + AHEAD : k;
        __builtin_prefetch(&frame->found[frame->scene->notes[sweeper->observers[next].rank].slot],
                           1);
        qf_sweeper_report(sweeper, frame, k);
        if (frame->tracking && !sweeper->failed) {
            qf_sweeper_track(sweeper, frame, k);
        }
    }
    plots->n = 0;
    sweeper->covered.n = 0;
}

void qf_sweeper_look(qf_sweeper *sweeper, const qf_radar_frame *frame, const uint32_t *ranks,
                     size_t n)
{
    const qf_look look = {.seed = frame->scene->fleet->scenario->seed,
                          .tick = (uint32_t)frame->tick,
                          .arc_begin_deg = frame->radar->rotates ? sweeper->arc_begin_deg : NULL,
                          .arc_end_deg = frame->radar->rotates ? sweeper->arc_end_deg : NULL};
    uint32_t first = 0;
    sweeper->plots.n = 0;
    sweeper->pairs.n = 0;
    sweeper->covered.n = 0;
    sweeper->walk = (qf_cell_walk){0}; /* of this arrangement */
    for (uint32_t k = 0; k < n; k++) {
        set_observer(sweeper, frame, ranks[k], k);
        pair(sweeper, frame, &look, &sweeper->observers[k]);
        /* a crowd has so many neighbours that plots of a whole block would fill the memory */
        if (sweeper->plots.n >= QF_MANY_PLOTS) {
            finish(sweeper, frame, &look, first, k + 1);
            first = k + 1;
        }
    }
    finish(sweeper, frame, &look, first, (uint32_t)n);
}
