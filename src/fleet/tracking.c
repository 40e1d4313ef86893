/* SPDX-License-Identifier: Apache-2.0 */
/* One observer's frame: from what it detected to tracks, guards, situations, quality and events. */
#include "tracking.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "columns.h"
#include "group.h"
#include "tracking_memory.h"

qf_tracking *qf_tracking_of_group(qf_tracking *tracking, size_t group)
{
    return tracking && tracking->groups[group].memory ? tracking : NULL;
}

/* who a transponder's owner is to vehicles of that side: sides are named as friends see them */
static uint8_t seen_by(qf_iff observer, qf_iff other)
{
    if (observer == QF_IFF_UNKNOWN || other == QF_IFF_UNKNOWN) {
        return QF_IFF_UNKNOWN;
    }
    return observer == other ? QF_IFF_FRIEND : QF_IFF_FOE;
}

/*
 * What each identity tells an observer of that side: the side of the vehicles whose own it is, unknown where they
 * are of several, and of what only spoofers say.
 */
static uint8_t *identify(qf_tracking *tracking, const qf_identities *identities, qf_iff side)
{
    const qf_fleet *fleet = tracking->fleet;
    uint8_t *iff = qf_arena_array(&tracking->arena, identities->n + 1, sizeof *iff);
    for (size_t g = 0; iff && identities->own && g < fleet->scenario->n_groups; g++) {
        const qf_group *group = &fleet->groups[g];
        const uint8_t seen = seen_by(side, group->spec->iff);
        for (size_t v = 0; v < group->n_vehicles; v++) {
            const int32_t identity = identities->own[group->entity_begin + v];
            if (identity != QF_NO_IDENTITY) {
                uint8_t *of = &iff[identity];
                *of = *of == 0 || *of == seen ? seen : QF_IFF_UNKNOWN;
            }
        }
    }
    for (size_t i = 0; iff && i < identities->n; i++) {
        iff[i] = iff[i] ? iff[i] : QF_IFF_UNKNOWN;
    }
    return iff;
}

static bool prepare_guards(qf_tracking *tracking, qf_tracking_group *group)
{
    const qf_guards_spec *spec = group->spec->guards;
    if (!spec) {
        return true;
    }
    qf_guard_rule *rules = qf_arena_array(&tracking->arena, spec->n_rules + 1, sizeof *rules);
    if (rules) {
        qf_guards_derive(spec, tracking->fleet->scenario->dt_s, rules, &group->guards);
    }
    return rules != NULL;
}

static bool prepare_pictures(qf_tracking *tracking, qf_tracking_group *group)
{
    const size_t n_worlds = tracking->fleet->scenario->n_worlds;
    const qf_tracker_spec *spec = group->spec->tracker;
    if (!spec->shares) {
        return true;
    }
    group->pictures = qf_arena_array(&tracking->arena, n_worlds, sizeof(qf_picture *));
    bool good = group->pictures != NULL;
    for (size_t w = 0; good && w < n_worlds; w++) {
        group->pictures[w] = qf_picture_create(&spec->picture);
        good = group->pictures[w] != NULL;
    }
    return good;
}

static bool prepare_observers(qf_context *context, qf_tracking *tracking, size_t g)
{
    const qf_group *of = &tracking->fleet->groups[g];
    qf_tracking_group *group = &tracking->groups[g];
    group->slot_begin = of->slot_begin;
    group->layout = qf_tracking_layout_of(of->spec);
    group->observers = qf_arena_array(&tracking->arena, of->n_slots, sizeof *group->observers);
    void *memory = NULL;
    if (!group->observers ||
        !qf_size_multiply(of->n_slots, group->layout.bytes, &group->memory_bytes) ||
        qf_columns_map(context, group->memory_bytes, &memory) != QF_OK) {
        return false;
    }
    group->memory = memory;
    for (size_t v = 0; v < of->n_slots; v++) {
        qf_tracking_observer *observer = &group->observers[v];
        observer->tick = -1;
        for (int f = 0; f < QF_REPORT_WORDS; f++) {
            if (qf_field_table[QF_REPORT_FIRST + f].type == QF_TYPE_F64) {
                observer->report[f].number = NAN;
            }
        }
    }
    return true;
}

static bool prepare_group(qf_context *context, qf_tracking *tracking,
                          const qf_identities *identities, size_t g)
{
    const qf_group_spec *spec = &tracking->fleet->scenario->groups[g];
    qf_tracking_group *group = &tracking->groups[g];
    group->spec = spec;
    if (!spec->tracker) {
        return true;
    }
    qf_tracker_derive(spec->tracker, tracking->fleet->scenario->dt_s, &group->tracker);
    group->tracker.iff_of_identity = identify(tracking, identities, spec->iff);
    group->tracker.n_identities = identities->n;
    group->capacity = (size_t)spec->tracker->value[QF_TRACKER_CAPACITY];
    group->cutoff_m = spec->tracker->value[QF_TRACKER_CUTOFF];
    group->has_situations = spec->situations != NULL;
    group->tells = spec->situations || spec->guards;
    if (spec->situations) {
        group->situation_rules = spec->situations->rules;
    }
    const bool good = group->tracker.iff_of_identity && prepare_guards(tracking, group) &&
                      prepare_observers(context, tracking, g) && prepare_pictures(tracking, group);
    const size_t n_situations = group->layout.situation_capacity;
    tracking->most_slots =
        group->capacity > tracking->most_slots ? group->capacity : tracking->most_slots;
    tracking->most_rules =
        group->guards.n_rules > tracking->most_rules ? group->guards.n_rules : tracking->most_rules;
    tracking->most_situations =
        n_situations > tracking->most_situations ? n_situations : tracking->most_situations;
    return good;
}

/* what is no number before there is a frame, and stays so for who has no tracker */
static void blank_columns(const qf_fleet *fleet, int n_threads)
{
#pragma omp parallel for schedule(static) num_threads(n_threads)
    for (size_t b = 0; b < fleet->n_blocks; b++) {
        const qf_block *block = &fleet->blocks[b];
        for (size_t f = QF_REPORT_FIRST; f < QF_REPORT_FIRST + QF_REPORT_WORDS; f++) {
            for (size_t slot = block->slot_begin; slot < block->slot_end; slot++) {
                if (qf_field_table[f].type == QF_TYPE_F64) {
                    qf_f64(fleet, (qf_field_id)f, 0)[slot] = NAN;
                }
            }
        }
    }
}

/* each thread its own, so that its memory lies near it */
static bool open_threads(qf_tracking *tracking)
{
    int n_opened = 0;
#pragma omp parallel for schedule(static) num_threads(tracking->n_threads) reduction(+ : n_opened)
    for (int t = 0; t < tracking->n_threads; t++) {
        n_opened += qf_tracking_thread_open(tracking, &tracking->threads[t]);
    }
    return n_opened == tracking->n_threads;
}

qf_status qf_tracking_create(qf_context *context, const qf_fleet *fleet,
                             const qf_identities *identities, qf_tracking **out)
{
    *out = NULL;
    if (!fleet->catalog.has_trackers) {
        return QF_OK;
    }
    const size_t n_groups = fleet->scenario->n_groups;
    qf_tracking *tracking = calloc(1, sizeof *tracking);
    bool good = tracking != NULL;
    if (good) {
        const size_t n_threads = (size_t)context->n_threads;
        qf_arena *arena = &tracking->arena;
        tracking->fleet = fleet;
        tracking->groups = qf_arena_array(arena, n_groups, sizeof *tracking->groups);
        tracking->threads = qf_arena_array(arena, n_threads, sizeof *tracking->threads);
        tracking->shared = qf_arena_array(arena, n_threads, sizeof *tracking->shared);
        tracking->record_first =
            qf_arena_array(arena, fleet->n_blocks + 1, sizeof *tracking->record_first);
        tracking->n_threads = tracking->threads && tracking->shared ? context->n_threads : 0;
        good = tracking->groups && tracking->n_threads > 0 && tracking->record_first;
    }
    for (size_t g = 0; good && g < n_groups; g++) {
        good = prepare_group(context, tracking, identities, g);
    }
    if (!good || !open_threads(tracking)) {
        qf_tracking_free(tracking);
        return qf_fail(context, QF_ERROR_MEMORY, "no memory for tracks");
    }
    blank_columns(fleet, context->n_threads);
    *out = tracking;
    return QF_OK;
}

void qf_tracking_free(qf_tracking *tracking)
{
    if (!tracking) {
        return;
    }
    for (size_t g = 0; tracking->groups && g < tracking->fleet->scenario->n_groups; g++) {
        const qf_tracking_group *group = &tracking->groups[g];
        for (size_t w = 0; group->pictures && w < tracking->fleet->scenario->n_worlds; w++) {
            qf_picture_free(group->pictures[w]);
        }
        qf_columns_unmap(group->memory, group->memory_bytes);
    }
    for (int t = 0; t < tracking->n_threads; t++) {
        qf_tracking_thread_close(&tracking->threads[t]);
        free(tracking->shared[t].tracks);
    }
    qf_arena_free(&tracking->arena);
    free(tracking);
}

size_t qf_tracking_predicted_bytes(const qf_scenario *scenario)
{
    size_t bytes = 0;
    for (size_t g = 0; g < scenario->n_groups; g++) {
        const qf_group_spec *spec = &scenario->groups[g];
        if (spec->tracker) {
            const size_t n_slots = spec->count * scenario->n_worlds + QF_SLOT_PADDING;
            bytes += n_slots * (qf_tracking_layout_of(spec).bytes + sizeof(qf_tracking_observer));
        }
    }
    return bytes;
}

/* one observer's frame at work */
typedef struct frame_work {
    const qf_tracking *tracking;
    const qf_tracking_group *group;
    qf_tracking_observer *observer;
    qf_tracking_thread *thread;
    const qf_tracking_look *look;
    qf_track_frame frame;
    qf_track_table table;
    qf_track_tally tally;
    size_t entity;
    uint32_t world;
} frame_work;

static frame_work begin(const qf_tracking *tracking, int thread, const qf_tracking_look *look)
{
    const qf_tracking_group *group = &tracking->groups[look->group];
    const qf_group *of = &tracking->fleet->groups[look->group];
    const size_t index = look->slot - of->slot_begin;
    frame_work work = {.tracking = tracking,
                       .group = group,
                       .observer = qf_tracking_observer_of(group, look->slot),
                       .thread = &tracking->threads[thread],
                       .look = look,
                       .frame = {.tick = (uint32_t)look->tick},
                       .entity = of->entity_begin + index,
                       .world = (uint32_t)(index / of->spec->count)};
    qf_tracking_observer *observer = work.observer;
    const bool is_first = observer->tick < 0;
    const double dt_s = tracking->fleet->scenario->dt_s;
    work.frame.elapsed_s =
        is_first ? 0.0F : (qf_real)((double)(look->tick - observer->tick) * dt_s);
    for (int d = 0; d < 3; d++) {
        const double moved_m = look->position_m[d] - observer->position_m[d];
        work.frame.moved_m[d] = is_first ? 0.0F : (qf_real)moved_m;
        work.frame.own_mps[d] = (qf_real)look->velocity_mps[d];
        observer->position_m[d] = look->position_m[d];
        observer->velocity_mps[d] = look->velocity_mps[d];
    }
    observer->tick = look->tick;
    qf_tracking_bind(group, look->slot, &work.table);
    return work;
}

static void tell(const frame_work *work, qf_event_code code, qf_severity severity, int32_t subject,
                 uint32_t track, double value)
{
    const qf_event event = {.tick = work->look->tick,
                            .cause = -1,
                            .value = value,
                            .world = work->world,
                            .entity = (uint32_t)work->entity,
                            .subject = subject,
                            .track = (int32_t)track,
                            .code = (uint16_t)code,
                            .severity = (uint8_t)severity,
                            .sensed = true};
    qf_event_list_add(work->look->events, &event);
}

/* tracks that are confirmed or no more, and with these their guards */
static void tell_tracks(const frame_work *work)
{
    const qf_track_scratch *scratch = &work->thread->scratch;
    for (size_t i = 0; i < scratch->n_gone; i++) {
        const qf_track_gone *gone = &scratch->gone[i];
        const double into = gone->into == QF_NO_TRACK ? -1.0 : (double)gone->into;
        if (gone->was_firm) {
            tell(work, QF_EVENT_TRACK_GONE, QF_SEVERITY_INFO, -1, gone->number, into);
        }
        for (uint32_t rules = gone->active_rules; rules; rules &= rules - 1) {
            tell(work, QF_EVENT_GUARD_CLEAR, QF_SEVERITY_INFO, __builtin_ctz(rules), gone->number,
                 (double)NAN);
        }
    }
    for (size_t k = 0; k < work->table.n; k++) {
        if (work->table.firm[k] == 2) {
            tell(work, QF_EVENT_TRACK_CONFIRMED, QF_SEVERITY_INFO, -1, work->table.number[k],
                 (double)work->thread->view.range_m[k]);
        }
    }
}

static void guard(frame_work *work)
{
    qf_guard_edges *edges = &work->thread->edges;
    const qf_guard_set *set = &work->group->guards;
    qf_report_word *report = work->observer->report;
    work->look->kernels->guard(set, work->frame.tick, &work->thread->view, &work->table, edges);
    for (size_t i = 0; i < edges->n; i++) {
        const qf_guard_edge *edge = &edges->edges[i];
        tell(work, edge->fires ? QF_EVENT_GUARD_ALERT : QF_EVENT_GUARD_CLEAR,
             edge->fires ? (qf_severity)set->rules[edge->rule].severity : QF_SEVERITY_INFO,
             (int32_t)edge->rule, work->table.number[edge->slot],
             (double)work->thread->view.range_m[edge->slot]);
    }
    report[QF_FIELD_GUARDS_ACTIVE - QF_REPORT_FIRST].count = edges->active;
    report[QF_FIELD_GUARDS_CRITICAL - QF_REPORT_FIRST].count = edges->active_critical;
}

static void tell_situation(const frame_work *work, const qf_situation_change *change)
{
    static const qf_event_code codes[] = {[QF_SITUATION_CREATED] = QF_EVENT_SITUATION,
                                          [QF_SITUATION_UPDATED] = QF_EVENT_SITUATION,
                                          [QF_SITUATION_GONE] = QF_EVENT_SITUATION_LOST,
                                          [QF_SITUATION_RESOLVED] = QF_EVENT_SITUATION_RESOLVED};
    /* metrics change in every frame: that is no event */
    if (change->change != QF_SITUATION_UPDATED || change->severity_changed) {
        const bool over = change->change == QF_SITUATION_RESOLVED;
        tell(work, codes[change->change], over ? QF_SEVERITY_INFO : (qf_severity)change->severity,
             change->kind, change->track, change->value);
    }
}

static void assess(frame_work *work)
{
    qf_tracking_thread *thread = work->thread;
    const qf_track_view *view = &thread->view;
    qf_report_word *report = work->observer->report;
    qf_situations situations;
    size_t n = 0;
    for (size_t k = 0; k < work->table.n; k++) {
        thread->points[n++] = (qf_situation_point){.track = work->table.number[k],
                                                   .distance_m = (double)view->range_m[k],
                                                   .vr_mps = (double)view->vr_mps[k],
                                                   .age_s = (double)view->age_s[k],
                                                   .unknown = view->iff[k] == QF_IFF_UNKNOWN};
    }
    qf_tracking_bind_situations(work->group, work->look->slot, &situations);
    const double now_s = (double)work->look->tick * work->tracking->fleet->scenario->dt_s;
    const size_t n_changes = qf_situation_step(&work->group->situation_rules, now_s, thread->points,
                                               n, &situations, thread->changes);
    for (size_t i = 0; i < n_changes; i++) {
        tell_situation(work, &thread->changes[i]);
    }
    int64_t shown = 0;
    int64_t critical = 0;
    for (uint32_t i = 0; i < situations.n; i++) {
        const qf_situation *it = &situations.list[i];
        const bool is_shown = it->status == QF_SITUATION_ACTIVE || it->status == QF_SITUATION_LOST;
        shown += is_shown;
        critical += is_shown && it->severity == QF_SEVERITY_CRITICAL;
    }
    report[QF_FIELD_SITUATIONS - QF_REPORT_FIRST].count = shown;
    report[QF_FIELD_SITUATIONS_CRITICAL - QF_REPORT_FIRST].count = critical;
    work->observer->n_situations = situations.n;
    work->observer->n_trails = situations.n_trails;
    work->observer->situations_dropped = situations.dropped;
}

static void report_quality(frame_work *work, const qf_track_quality *quality)
{
    qf_tracking_sums *sums = &work->observer->sums;
    qf_report_word *report = work->observer->report;
    const double dt_s = work->tracking->fleet->scenario->dt_s;
    const double held = (double)quality->held;
    sums->frames++;
    sums->targets += quality->targets;
    sums->held += quality->held;
    sums->firm += quality->firm;
    sums->switches += quality->switches;
    sums->first_held += quality->first_held;
    sums->first_held_s += quality->first_held_ticks * dt_s;
    sums->forgotten += quality->forgotten;
    sums->gospa_m += quality->gospa_m;
    sums->ospa_m += quality->ospa_m;
    sums->localisation_m2 += quality->localisation_m2;
    sums->missed_m2 += quality->missed_m2;
    sums->false_m2 += quality->false_m2;
    sums->position_error2_m2 += quality->position_error2_m2;
    sums->velocity_error2_m2s2 += quality->velocity_error2_m2s2;
#define NUMBER(field) report[QF_FIELD_##field - QF_REPORT_FIRST].number
#define COUNT(field)  report[QF_FIELD_##field - QF_REPORT_FIRST].count
    COUNT(TRACKS_FIRM) = quality->firm;
    COUNT(TARGETS_IN_VIEW) = quality->targets;
    COUNT(TARGETS_HELD) = quality->held;
    COUNT(TRACK_SWITCHES) = sums->switches;
    NUMBER(GOSPA) = quality->gospa_m;
    NUMBER(GOSPA_LOCALISATION) = quality->localisation_m2;
    NUMBER(GOSPA_MISSED) = quality->missed_m2;
    NUMBER(GOSPA_FALSE) = quality->false_m2;
    NUMBER(OSPA) = quality->ospa_m;
    NUMBER(TRACK_POSITION_RMSE) =
        held > 0.0 ? sqrt(quality->position_error2_m2 / held) : (double)NAN;
    NUMBER(TRACK_VELOCITY_RMSE) =
        held > 0.0 ? sqrt(quality->velocity_error2_m2s2 / held) : (double)NAN;
    if (sums->targets > 0) {
        NUMBER(TRACK_COMPLETENESS) = (double)sums->held / (double)sums->targets;
    }
    if (quality->held > 0 && isnan(NUMBER(FIRST_FIRM))) {
        NUMBER(FIRST_FIRM) = (double)work->look->tick * dt_s;
    }
}

static void report_tracks(frame_work *work)
{
    const qf_track_view *view = &work->thread->view;
    qf_tracking_sums *sums = &work->observer->sums;
    qf_report_word *report = work->observer->report;
    double nearest_m = NAN;
    double cpa_m = NAN;
    double cpa_s = NAN;
    for (size_t k = 0; k < work->table.n; k++) {
        if (work->table.firm[k] == 0) {
            continue;
        }
        sums->confirmed += work->table.firm[k] == 2;
        const double range_m = (double)view->range_m[k];
        nearest_m = range_m >= nearest_m ? nearest_m : range_m;
        if (view->cpa_s[k] > 0.0F && !((double)view->cpa_distance_m[k] >= cpa_m)) {
            cpa_m = (double)view->cpa_distance_m[k];
            cpa_s = (double)view->cpa_s[k];
        }
    }
    sums->started += work->tally.spawned;
    sums->merged += work->tally.merged;
    sums->dropped += work->tally.dropped;
    sums->rejected += work->tally.rejected;
    sums->firm_updates += work->tally.firm_updates;
    sums->pure_updates += work->tally.pure_updates;
    COUNT(TRACKS) = (int64_t)work->table.n;
    COUNT(TRACKS_DROPPED) = sums->dropped;
    COUNT(TRACK_REJECTED) = sums->rejected;
    NUMBER(TRACK_NEAREST) = nearest_m;
    NUMBER(CPA_DISTANCE) = cpa_m;
    NUMBER(CPA_TIME) = cpa_s;
    if (sums->firm_updates > 0) {
        NUMBER(TRACK_PURITY) = (double)sums->pure_updates / (double)sums->firm_updates;
    }
}

static uint32_t *append_words(uint32_t *to, const void *column, size_t n)
{
    memcpy(to, column, n * sizeof *to);
    return to + n;
}

/* of all that the next frame depends on, but for identities, whose numbers depend on how many worlds there are */
static uint64_t digest(const frame_work *work, uint64_t before)
{
    const qf_track_table *table = &work->table;
    uint32_t *words = work->thread->words;
    uint32_t *at = words;
#define APPEND(name)                                                                               \
    if ((const void *)table->name != (const void *)table->identity) {                              \
        at = append_words(at, table->name, table->n);                                              \
    }
    QF_TRACK_TABLE(APPEND, APPEND)
#undef APPEND
    for (size_t v = 0; v < work->group->layout.n_variances; v++) {
        at = append_words(at, table->variance[v], table->n);
    }
    for (size_t r = 0; r < table->n_rules; r++) {
        at = append_words(at, table->guard[r].first, table->n);
        at = append_words(at, table->guard[r].last, table->n);
        at = append_words(at, table->guard[r].fired, table->n);
        at = append_words(at, table->guard[r].active, table->n);
    }
    return XXH3_64bits_withSeed(words, (size_t)(at - words) * sizeof *words,
                                before + work->frame.tick);
}

bool qf_tracking_look_of(qf_tracking *tracking, int thread, const qf_tracking_look *look)
{
    frame_work work = begin(tracking, thread, look);
    qf_tracking_thread *own = work.thread;
    const qf_tracker *tracker = &work.group->tracker;
    qf_truth_memory memory;
    qf_track_quality quality = {0};
    own->scratch.n_gone = 0;
    look->kernels->track(tracker, &work.frame, &own->plots, &work.table, &own->scratch,
                         &work.tally);
    look->kernels->publish(tracker, &work.frame, &work.table, &own->view);
    if (work.group->tells) {
        tell_tracks(&work);
    }
    if (work.group->guards.n_rules > 0) {
        guard(&work);
    }
    if (work.group->has_situations) {
        assess(&work);
    }
    qf_tracking_bind_truth(work.group, look->slot, &memory);
    const bool good =
        look->kernels->quality(work.group->cutoff_m, work.frame.tick, &work.table, &own->view,
                               &look->truth, &memory, &own->scratch, &quality);
    work.observer->n_remembered = (uint32_t)memory.n;
    report_quality(&work, &quality);
    report_tracks(&work);
    work.observer->n_tracks = (uint32_t)work.table.n;
    work.observer->next_number = work.table.next_number;
    qf_report_word *of_digest = &work.observer->report[QF_FIELD_TRACK_DIGEST - QF_REPORT_FIRST];
    of_digest->word = digest(&work, of_digest->word);
    return good && !work.tally.out_of_memory;
}
