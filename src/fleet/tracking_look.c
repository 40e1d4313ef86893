/* SPDX-License-Identifier: Apache-2.0 */
/* One observer's frame: from what it detected to tracks, guards, situations, quality, events and its hash. */
#include <math.h>
#include <string.h>
#include <xxhash.h>

#include "group.h"
#include "guidance_threat.h"
#include "tracking_memory.h"

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

/* in Hill's axes what is near each other hardly pulls apart: there nothing is done */
static bool falls(const qf_scenario *scenario)
{
    return qf_gravity_has_planet(&scenario->gravity);
}

/* the pull of a sphere: of what the planet's flattening adds, ships that are near each other feel the same but for a
   millionth */
static void pull(const qf_gravity *gravity, const double position_m[3], double g_mps2[3])
{
    double from_m[3];
    double r2_m2 = 0.0;
    for (int d = 0; d < 3; d++) {
        from_m[d] = position_m[d] - gravity->center_m[d];
        r2_m2 += from_m[d] * from_m[d];
    }
    const double per_m = r2_m2 > 0.0 ? -gravity->mu_m3ps2 / (r2_m2 * sqrt(r2_m2)) : 0.0;
    for (int d = 0; d < 3; d++) {
        g_mps2[d] = per_m * from_m[d];
    }
}

/* takes the falling frame on to the present look, as if gravity grew evenly since the last; how far it fell */
static void fall(const qf_gravity *gravity, const qf_tracking_look *look, double dt_s,
                 qf_tracking_observer *observer, double fallen_m[3])
{
    if (observer->tick < 0) {
        memcpy(observer->fall_mps, look->velocity_mps, sizeof observer->fall_mps);
        return;
    }
    const double t_s = (double)(look->tick - observer->tick) * dt_s;
    double before_mps2[3];
    double now_mps2[3];
    pull(gravity, observer->position_m, before_mps2);
    pull(gravity, look->position_m, now_mps2);
    for (int d = 0; d < 3; d++) {
        fallen_m[d] =
            observer->fall_mps[d] * t_s + (2.0 * before_mps2[d] + now_mps2[d]) * t_s * t_s / 6.0;
        observer->fall_mps[d] += 0.5 * (before_mps2[d] + now_mps2[d]) * t_s;
    }
}

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
    double fallen_m[3] = {0.0, 0.0, 0.0};
    if (of->spec->body && falls(tracking->fleet->scenario)) {
        fall(&tracking->fleet->scenario->gravity, look, dt_s, observer, fallen_m);
    }
    for (int d = 0; d < 3; d++) {
        const double moved_m = look->position_m[d] - observer->position_m[d] - fallen_m[d];
        work.frame.moved_m[d] = is_first ? 0.0F : (qf_real)moved_m;
        work.frame.own_mps[d] = (qf_real)(look->velocity_mps[d] - observer->fall_mps[d]);
        observer->position_m[d] = look->position_m[d];
        observer->velocity_mps[d] = look->velocity_mps[d];
    }
    work.frame.sweeps = look->sweeps;
    if (look->sweeps) {
        work.frame.arc_begin_deg = look->arc_begin_deg;
        work.frame.arc_end_deg = look->arc_end_deg;
        memcpy(work.frame.forward, look->axes[0], sizeof work.frame.forward);
        memcpy(work.frame.left, look->axes[1], sizeof work.frame.left);
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
                            .moment = QF_MOMENT_SENSE};
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
    report[QF_FIELD_GUARD_RULES - QF_REPORT_FIRST].word = edges->active_rules;
    report[QF_FIELD_GUARDS_CRITICAL - QF_REPORT_FIRST].count = edges->active_critical;
}

static void tell_situation(const frame_work *work, const qf_situation_change *change)
{
    static const qf_event_code codes[] = {[QF_SITUATION_CREATED] = QF_EVENT_SITUATION,
                                          [QF_SITUATION_UPDATED] = QF_EVENT_SITUATION,
                                          [QF_SITUATION_GONE] = QF_EVENT_SITUATION_LOST,
                                          [QF_SITUATION_RESOLVED] = QF_EVENT_SITUATION_RESOLVED};
    /* metrics change in every frame: that is no event */
    if (change->change != QF_SITUATION_UPDATED || change->severity_changed || change->restored) {
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
    work->observer->sums.situations_dropped = situations.dropped;
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
    sums->identity_jumps += work->tally.identity_jumps;
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

/* the nearest confirmed track whose transponder says what only stations have to say; of equals the first */
static void report_station(frame_work *work)
{
    const qf_track_view *view = &work->thread->view;
    const bool *is_station = work->tracking->is_station;
    double *station = work->observer->station;
    for (size_t f = 0; f < QF_STATION_WORDS; f++) {
        station[f] = (double)NAN;
    }
    for (size_t k = 0; k < work->table.n; k++) {
        const uint32_t identity = work->table.identity[k];
        const double range_m = (double)view->range_m[k];
        /* as in publish: what nobody says is beyond all identities, and who changes its mind is not believed */
        const bool told = identity < work->group->tracker.n_identities && !work->table.suspect[k];
        if (work->table.firm[k] != 0 && told && is_station[identity] && !(range_m >= station[0])) {
            const double words[QF_STATION_WORDS] = {
                range_m, (double)view->vr_mps[k], (double)view->age_s[k], (double)view->quality[k]};
            memcpy(station, words, sizeof words);
        }
    }
}

/* n words of a column; whole lanes are copied, and what is beyond n is written over by what comes next */
static uint32_t *append_column(uint32_t *restrict to, const void *column, size_t n)
{
    const uint32_t *restrict from = column;
    for (size_t i = 0; i < n; i += QF_TRACK_LANES) {
        memcpy(to + i, from + i, QF_TRACK_LANES * sizeof *to);
    }
    return to + n;
}

static uint32_t *append_number(uint32_t *to, double number)
{
    memcpy(to, &number, sizeof number);
    return to + 2;
}

/* what transponders said, by what it is and not by its number, which depends on how many worlds there are */
static uint32_t *append_identities(uint32_t *to, const qf_tracking *tracking,
                                   const qf_track_table *table)
{
    for (size_t k = 0; k < table->n; k++) {
        const int32_t identity = (int32_t)table->identity[k];
        to[k] = identity >= 0 ? tracking->identity_word[identity] : 0;
    }
    return to + table->n;
}

static uint32_t *append_table(uint32_t *at, const frame_work *work)
{
    const qf_track_table *table = &work->table;
#define APPEND(name)                                                                               \
    if ((const void *)table->name != (const void *)table->identity) {                              \
        at = append_column(at, table->name, table->n);                                             \
    }
    QF_TRACK_TABLE(APPEND, APPEND)
#undef APPEND
    for (size_t v = 0; v < work->group->layout.n_variances; v++) {
        at = append_column(at, table->variance[v], table->n);
    }
    for (size_t r = 0; r < table->n_rules; r++) {
        at = append_column(at, table->guard[r].first, table->n);
        at = append_column(at, table->guard[r].last, table->n);
        at = append_column(at, table->guard[r].fired, table->n);
        at = append_column(at, table->guard[r].active, table->n);
    }
    return append_identities(at, work->tracking, table);
}

static uint32_t *append_situations(uint32_t *at, const frame_work *work)
{
    qf_situations situations;
    qf_tracking_bind_situations(work->group, work->look->slot, &situations);
    for (uint32_t i = 0; i < situations.n; i++) {
        const qf_situation *it = &situations.list[i];
        const double numbers[] = {it->distance_m, it->time_s, it->closing_mps, it->age_s,
                                  it->absent_s,   it->seen_s, it->changed_s};
        *at++ = it->track;
        *at++ = (uint32_t)it->kind << 24 | (uint32_t)it->status << 16 |
                (uint32_t)it->severity << 8 | (uint32_t)it->restored << 1 | it->present;
        *at++ = it->frames;
        for (size_t k = 0; k < sizeof numbers / sizeof *numbers; k++) {
            at = append_number(at, numbers[k]);
        }
    }
    for (uint32_t i = 0; i < situations.n_trails; i++) {
        *at++ = situations.trails[i].track;
        *at++ = situations.trails[i].falling;
        at = append_number(at, situations.trails[i].distance_m);
    }
    *at++ = situations.dropped;
    return at;
}

/* all that the observer's next frame depends on, and what its quality has come to */
static uint64_t digest(const frame_work *work, const qf_truth_memory *memory, uint64_t before)
{
    uint32_t *words = work->thread->words;
    uint32_t *at = append_table(words, work);
    if (work->group->has_situations) {
        at = append_situations(at, work);
    }
    at = append_column(at, memory->target, memory->n);
    at = append_column(at, memory->since, memory->n);
    at = append_column(at, memory->track, memory->n);
    memcpy(at, &work->observer->sums, sizeof work->observer->sums);
    at += sizeof work->observer->sums / sizeof *at;
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
    qf_guidance_watch(tracking->fleet, look->group, look->slot, look->tick, look->position_m,
                      look->velocity_mps, &work.table, &own->view);
    if (tracking->is_station) {
        report_station(&work);
    }
    work.observer->n_tracks = (uint32_t)work.table.n;
    work.observer->next_number = work.table.next_number;
    qf_report_word *of_digest = &work.observer->report[QF_FIELD_TRACK_DIGEST - QF_REPORT_FIRST];
    of_digest->word = digest(&work, &memory, of_digest->word);
    return good && !work.tally.out_of_memory;
}
