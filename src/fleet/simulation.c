/* SPDX-License-Identifier: Apache-2.0 */
#include "simulation.h"

#include <stdlib.h>

#include "bodies.h"
#include "bot_tick.h"
#include "columns.h"
#include "exchange.h"
#include "group.h"
#include "radar_stage.h"
#include "threads.h"
#include "worker.h"

/* what all groups share of one tick */
typedef struct tick_time {
    qf_bot_tick constants;
    double clock_s;
} tick_time;

struct qf_simulation {
    qf_fleet *fleet;
    qf_engine engine;
    qf_arena arena;
    size_t saved_bytes;     /* of engine.saved */
    qf_bot_tick *constants; /* engine.segment_ticks for each group */
    tick_time *times;       /* engine.segment_ticks */
    qf_worker *workers;     /* one for each thread */
    int n_threads;
    bool late_outputs;
    size_t n_blocks; /* own ones: of engine.commanded */
    qf_outlook outlook;
    bool is_commanded; /* everybody has done as commanded in the next tick already */
    qf_event_log *log;
    const qf_event *events; /* of the last advance */
    size_t n_events;
    qf_quarantine_list quarantined; /* ever, by (tick, entity) */
    qf_sightings sightings;
    qf_profile profile;
};

/* whether machines of some group go by what a tick reports */
static bool reads_outputs(const qf_scenario *scenario)
{
    bool reads = false;
    for (size_t g = 0; g < scenario->n_groups; g++) {
        reads = reads || qf_behavior_reads_outputs(&scenario->groups[g]);
    }
    return reads;
}

/* what a tick may change, but for outputs: they follow from the rest, and are kept only where the next tick reads them */
static bool list_kept_columns(qf_arena *arena, qf_engine *engine)
{
    const qf_catalog *catalog = &engine->fleet->catalog;
    const bool keeps_outputs = reads_outputs(engine->fleet->scenario);
    engine->kept = qf_arena_array(arena, catalog->n_columns, sizeof *engine->kept);
    for (size_t field = 0; engine->kept && field < QF_FIELD_COUNT; field++) {
        for (size_t k = 0; k < catalog->n_columns_of[field]; k++) {
            if (qf_field_table[field].role != QF_ROLE_OUTPUT || keeps_outputs) {
                engine->kept[engine->n_kept++] = catalog->first_column[field] + k;
            }
        }
    }
    return engine->kept != NULL;
}

/* what each block was before it did as commanded, for where threads meet within a tick */
static qf_status prepare_meetings(qf_context *context, qf_simulation *simulation)
{
    qf_engine *engine = &simulation->engine;
    const size_t n_blocks = simulation->n_blocks;
    size_t bytes;
    if (engine->pipeline.n_meeting_ticks == 0) {
        return QF_OK;
    }
    engine->sensed_change =
        qf_arena_array(&simulation->arena, n_blocks, sizeof *engine->sensed_change);
    engine->commanded = qf_arena_array(&simulation->arena, n_blocks, sizeof *engine->commanded);
    if (!engine->sensed_change || !engine->commanded ||
        !qf_size_multiply(n_blocks, engine->n_kept * QF_BLOCK_VEHICLES * 8, &bytes)) {
        return qf_fail(context, QF_ERROR_MEMORY, "no memory for the simulation");
    }
    void *memory = NULL;
    const qf_status status = bytes > 0 ? qf_columns_map(context, bytes, &memory) : QF_OK;
    engine->saved = memory;
    simulation->saved_bytes = bytes;
    return status;
}

static qf_status prepare_engine(qf_context *context, qf_simulation *simulation,
                                const qf_simulation_options *options)
{
    const qf_fleet *fleet = simulation->fleet;
    qf_engine *engine = &simulation->engine;
    *engine = (qf_engine){.fleet = fleet,
                          .kernels = options->kernels ? options->kernels : qf_kernels_best(),
                          .plan = options->plan,
                          .columns = qf_tick_columns(fleet),
                          .bodies = qf_body_columns_of(fleet),
                          .segment_ticks = qf_segment_ticks(fleet->scenario)};
    const qf_stage *stages = options->stages ? options->stages : qf_stage_table;
    const size_t n_stages = options->stages ? options->n_stages : qf_stage_count;
    qf_status status =
        qf_pipeline_create(context, &simulation->arena, fleet, stages, n_stages, &engine->pipeline);
    if (status == QF_OK) {
        status = qf_health_create(context, &simulation->arena, fleet, &engine->health);
    }
    simulation->constants = qf_arena_array(
        &simulation->arena, (size_t)engine->segment_ticks * fleet->scenario->n_groups,
        sizeof *simulation->constants);
    simulation->times = qf_arena_array(&simulation->arena, (size_t)engine->segment_ticks,
                                       sizeof *simulation->times);
    if (status == QF_OK && (!simulation->constants || !simulation->times ||
                            !list_kept_columns(&simulation->arena, engine))) {
        status = qf_fail(context, QF_ERROR_MEMORY, "no memory for the simulation");
    }
    if (status == QF_OK) {
        status = qf_outlook_create(context, &simulation->arena, fleet, &engine->pipeline,
                                   &simulation->outlook);
        simulation->outlook.hides = options->hides_unseen;
    }
    return status == QF_OK ? prepare_meetings(context, simulation) : status;
}

/* each thread its own, so that its memory lies near it */
static qf_status prepare_workers(qf_context *context, qf_simulation *simulation)
{
    const int n_threads = simulation->n_threads;
    simulation->workers =
        qf_arena_array(&simulation->arena, (size_t)n_threads, sizeof *simulation->workers);
    if (!simulation->workers) {
        return qf_fail(context, QF_ERROR_MEMORY, "no memory for %d threads", n_threads);
    }
    int n_created = 0;
#pragma omp parallel for schedule(static) num_threads(n_threads) reduction(+ : n_created)
    for (int t = 0; t < n_threads; t++) {
        n_created += qf_worker_create(&simulation->engine, qf_event_log_list(simulation->log, t),
                                      &simulation->workers[t]);
    }
    return n_created == n_threads
               ? QF_OK
               : qf_fail(context, QF_ERROR_MEMORY, "no memory for %d threads", n_threads);
}

qf_status qf_simulation_create(qf_context *context, qf_fleet *fleet,
                               const qf_simulation_options *options, qf_simulation **out)
{
    qf_simulation *simulation = calloc(1, sizeof *simulation);
    *out = NULL;
    if (!simulation) {
        return qf_fail(context, QF_ERROR_MEMORY, "no memory for the simulation");
    }
    simulation->fleet = fleet;
    simulation->n_threads = context->n_threads;
    simulation->n_blocks = fleet->own.block_end - fleet->own.block_begin;
    simulation->late_outputs = options->late_outputs;
    qf_status status = prepare_engine(context, simulation, options);
    if (status == QF_OK) {
        status = qf_event_log_create(context, context->n_threads, options->keep_events,
                                     &simulation->log);
    }
    if (status == QF_OK) {
        status = qf_event_log_follow(context, simulation->log, fleet);
    }
    if (status == QF_OK) {
        status = prepare_workers(context, simulation);
    }
    if (status != QF_OK) {
        qf_simulation_free(simulation);
        return status;
    }
    *out = simulation;
    return QF_OK;
}

void qf_simulation_free(qf_simulation *simulation)
{
    if (simulation) {
        for (int t = 0; simulation->workers && t < simulation->n_threads; t++) {
            qf_worker_free(&simulation->workers[t]);
        }
        for (size_t b = 0; simulation->engine.commanded && b < simulation->n_blocks; b++) {
            free(simulation->engine.commanded[b].events);
        }
        qf_pipeline_close(&simulation->engine.pipeline);
        qf_detections_free(&simulation->sightings.recorded);
        qf_track_samples_free(&simulation->sightings.tracks);
        qf_picture_samples_free(&simulation->sightings.pictures);
        qf_outlook_free(&simulation->outlook);
        qf_columns_unmap(simulation->engine.saved, simulation->saved_bytes);
        free(simulation->quarantined.entries);
        qf_event_log_free(simulation->log);
        qf_arena_free(&simulation->arena);
        free(simulation);
    }
}

size_t qf_simulation_scratch_bytes(const qf_simulation *simulation)
{
    size_t most = 0;
    for (int t = 0; t < simulation->n_threads; t++) {
        const size_t bytes = simulation->workers[t].arena.high_water_bytes;
        most = bytes > most ? bytes : most;
    }
    return most;
}

static qf_worker *this_worker(const qf_simulation *simulation)
{
    return &simulation->workers[qf_thread_index()];
}

static void set_constants(const qf_simulation *simulation, const qf_segment *segment, size_t g)
{
    const qf_group *group = &simulation->fleet->groups[g];
    const bool read = qf_behavior_reads_outputs(group->spec);
    qf_bot_tick *constants = &simulation->constants[g * (size_t)simulation->engine.segment_ticks];
    for (size_t t = 0; t < (size_t)segment->n_ticks; t++) {
        constants[t] = simulation->times[t].constants;
        constants[t].observed = constants[t].observed || read;
        qf_tick_set_valves(&constants[t], group, simulation->times[t].clock_s);
    }
}

/* outputs are looked at where a frame records some, after the very last tick, and by some machines after each */
static void prepare_constants(qf_simulation *simulation, const qf_segment *segment, bool last)
{
    const qf_fleet *fleet = simulation->fleet;
    const size_t n_groups = fleet->scenario->n_groups;
    const qf_frame *frame = segment->frames;
    double clock_s = fleet->clock_s;
    for (size_t t = 0; t < (size_t)segment->n_ticks; t++) {
        const int64_t tick = segment->tick + (int64_t)t;
        const double before_s = clock_s;
        const bool recorded =
            frame < segment->frames + segment->n_frames && frame->tick == tick + 1;
        const bool observed = (recorded && simulation->engine.plan->has_outputs) ||
                              (last && tick + 1 == segment->tick + segment->n_ticks);
        clock_s += fleet->scenario->dt_s;
        frame += recorded;
        simulation->times[t] =
            (tick_time){qf_tick_constants(fleet, tick, before_s, clock_s, observed), clock_s};
    }
    /* few groups are not worth waking threads for; and a team of one, too, costs a call of the system */
    if (n_groups <= 16 || simulation->n_threads == 1) {
        for (size_t g = 0; g < n_groups; g++) {
            set_constants(simulation, segment, g);
        }
        return;
    }
#pragma omp parallel for schedule(static) num_threads(simulation->n_threads)
    for (size_t g = 0; g < n_groups; g++) {
        set_constants(simulation, segment, g);
    }
}

/* the part of the way to `until_tick` that threads run before they meet */
static qf_segment next_segment(const qf_simulation *simulation, int64_t until_tick,
                               const qf_frame *frames, size_t n_frames)
{
    const int64_t tick = simulation->fleet->tick;
    const int64_t meeting = qf_pipeline_next_meeting(&simulation->engine.pipeline, tick);
    int64_t end = tick + simulation->engine.segment_ticks;
    end = until_tick < end ? until_tick : end;
    end = meeting < end ? meeting : end;
    qf_segment segment = {.tick = tick,
                          .n_ticks = end - tick,
                          .constants = simulation->constants,
                          .sensed = qf_pipeline_meets(&simulation->engine.pipeline, tick),
                          .frames = frames};
    while (segment.n_frames < n_frames && frames[segment.n_frames].tick <= end) {
        segment.n_frames++;
    }
    return segment;
}

static void boot(const qf_simulation *simulation)
{
    const qf_fleet *fleet = simulation->fleet;
#pragma omp parallel for schedule(static) num_threads(simulation->n_threads)
    for (size_t b = fleet->own.block_begin; b < fleet->own.block_end; b++) {
        qf_worker_boot(&simulation->engine, this_worker(simulation), b);
    }
}

/*
 * How many threads some ticks of the fleet are worth: to wake others takes longer than little work does, and where
 * the machine has other work, much longer.
 */
static int team(const qf_simulation *simulation, int64_t n_ticks)
{
    enum { LEAST_VEHICLE_TICKS = 2048 };
    const qf_portion *own = &simulation->fleet->own;
    const size_t n_vehicles = own->entity_end - own->entity_begin;
    return n_vehicles * (size_t)n_ticks >= LEAST_VEHICLE_TICKS ? simulation->n_threads : 1;
}

/* the blocks of one part do as commanded, and are on their way to who looks at them */
static void command_part(qf_simulation *simulation, size_t part, const qf_segment *segment)
{
    const qf_portion blocks = qf_outlook_part(&simulation->outlook, part);
    const int n_threads = team(simulation, 1);
#pragma omp parallel for schedule(static) num_threads(n_threads)
    for (size_t b = blocks.block_begin; b < blocks.block_end; b++) {
        qf_worker_command(&simulation->engine, this_worker(simulation), b, segment);
    }
    qf_outlook_send(&simulation->outlook, part);
}

/* first everybody does as commanded, then everybody looks at everybody, before anybody moves */
static qf_status sense(qf_context *context, qf_simulation *simulation, const qf_segment *segment)
{
    const qf_portion *own = &simulation->fleet->own;
    const qf_engine *engine = &simulation->engine;
    if (!simulation->is_commanded) {
        qf_outlook_begin(&simulation->outlook, segment->tick);
        for (size_t p = 0; p < simulation->outlook.n_parts; p++) {
            command_part(simulation, p, segment);
        }
    }
    simulation->is_commanded = false;
    const double begin_s = qf_seconds_now();
    qf_outlook_end(&simulation->outlook);
    simulation->profile.waited_s += qf_seconds_now() - begin_s;
    simulation->profile.n_meetings++;
    const qf_status status =
        qf_pipeline_meet(context, &engine->pipeline, engine->fleet, engine->kernels, segment->tick,
                         &simulation->sightings, simulation->log, &simulation->profile);
    if (status != QF_OK || !engine->pipeline.senses) {
        return status;
    }
    const int n_threads = team(simulation, 1);
#pragma omp parallel for schedule(static) num_threads(n_threads)
    for (size_t b = own->block_begin; b < own->block_end; b++) {
        qf_worker_sense(engine, this_worker(simulation), b, segment);
    }
    return QF_OK;
}

/* a block is near when it has run: then it does as commanded in the next tick, too, where threads meet within that */
static void run_block(qf_simulation *simulation, qf_worker *worker, size_t block,
                      const qf_segment *segment, const qf_segment *meeting)
{
    qf_worker_run(&simulation->engine, worker, block, segment);
    if (meeting) {
        qf_worker_command(&simulation->engine, worker, block, meeting);
    }
}

/* while one part of the blocks is being run, those before it are on their way to the other ranks */
static void run_part(qf_simulation *simulation, size_t part, const qf_segment *segment,
                     const qf_segment *meeting)
{
    const qf_portion blocks = qf_outlook_part(&simulation->outlook, part);
    const int n_threads = team(simulation, segment->n_ticks);
    if (n_threads == 1) { /* a team of one, too, costs a call of the system */
        for (size_t b = blocks.block_begin; b < blocks.block_end; b++) {
            run_block(simulation, &simulation->workers[0], b, segment, meeting);
            qf_outlook_poke(&simulation->outlook);
        }
    } else {
#pragma omp parallel for schedule(static) num_threads(n_threads)
        for (size_t b = blocks.block_begin; b < blocks.block_end; b++) {
            run_block(simulation, this_worker(simulation), b, segment, meeting);
            if (qf_thread_index() == 0) { /* who opened the ranks */
                qf_outlook_poke(&simulation->outlook);
            }
        }
    }
    if (meeting) {
        qf_outlook_send(&simulation->outlook, part);
    }
}

static qf_status run_segment(qf_context *context, qf_simulation *simulation,
                             const qf_segment *segment, bool last)
{
    const qf_status status = segment->sensed ? sense(context, simulation, segment) : QF_OK;
    if (status != QF_OK) {
        return status;
    }
    const qf_segment next = {.tick = segment->tick + segment->n_ticks};
    /* after the last one columns stay as they are at its end: somebody may look at them */
    const bool meets = !last && qf_pipeline_meets(&simulation->engine.pipeline, next.tick);
    if (meets) {
        qf_outlook_begin(&simulation->outlook, next.tick);
    }
    for (size_t p = 0; p < simulation->outlook.n_parts; p++) {
        run_part(simulation, p, segment, meets ? &next : NULL);
    }
    simulation->is_commanded = meets;
    return QF_OK;
}

static void finish_segment(qf_fleet *fleet, int64_t n_ticks)
{
    for (int64_t t = 0; t < n_ticks; t++) {
        fleet->clock_s += fleet->scenario->dt_s;
    }
    fleet->tick += n_ticks;
    for (size_t g = 0; g < fleet->scenario->n_groups; g++) {
        qf_group *group = &fleet->groups[g];
        const qf_group_spec *spec = group->spec;
        while (group->next_command < spec->n_commands &&
               spec->script[group->next_command].tick < fleet->tick) {
            group->next_command++;
        }
    }
}

static int compare_quarantines(const void *left, const void *right)
{
    const qf_quarantine *a = left;
    const qf_quarantine *b = right;
    if (a->tick != b->tick) {
        return a->tick < b->tick ? -1 : 1;
    }
    return (a->entity > b->entity) - (a->entity < b->entity);
}

/* what the threads found, in an order that does not depend on them */
static qf_status commit_quarantines(qf_context *context, qf_simulation *simulation)
{
    qf_quarantine_list *all = &simulation->quarantined;
    const size_t n_before = all->n;
    for (int t = 0; t < simulation->n_threads; t++) {
        qf_quarantine_list *found = &simulation->workers[t].found;
        for (size_t f = 0; f < found->n; f++) {
            qf_quarantine_list_add(all, &found->entries[f]);
        }
        all->failed = all->failed || found->failed;
        found->n = 0;
    }
    if (all->failed) {
        return qf_fail(context, QF_ERROR_MEMORY, "no memory for quarantined vehicles");
    }
    if (all->n > n_before) {
        qsort(all->entries + n_before, all->n - n_before, sizeof *all->entries,
              compare_quarantines);
    }
    return QF_OK;
}

qf_status qf_simulation_advance(qf_context *context, qf_simulation *simulation, int64_t until_tick,
                                const qf_frame *frames, size_t n_frames)
{
    qf_fleet *fleet = simulation->fleet;
    qf_status status = QF_OK;
    simulation->sightings.recorded.n = 0;
    simulation->sightings.tracks.n = 0;
    simulation->sightings.pictures.n = 0;
    simulation->n_events = 0;
    if (fleet->tick == 0 && until_tick > 0) {
        boot(simulation);
    }
    while (status == QF_OK && fleet->tick < until_tick) {
        const qf_segment segment = next_segment(simulation, until_tick, frames, n_frames);
        const bool last = segment.tick + segment.n_ticks == until_tick;
        prepare_constants(
            simulation, &segment,
            last && (!simulation->late_outputs || until_tick == fleet->scenario->n_ticks));
        const double begin_s =
            qf_seconds_now() - simulation->profile.replicated_s - simulation->profile.waited_s;
        status = run_segment(context, simulation, &segment, last);
        simulation->profile.own_s += qf_seconds_now() - simulation->profile.replicated_s -
                                     simulation->profile.waited_s - begin_s;
        if (status == QF_OK) {
            finish_segment(fleet, segment.n_ticks);
        }
        frames += segment.n_frames;
        n_frames -= segment.n_frames;
    }
    if (status == QF_OK) {
        status = qf_event_log_commit(context, simulation->log, &simulation->events,
                                     &simulation->n_events);
    }
    return status == QF_OK ? commit_quarantines(context, simulation) : status;
}

const qf_sightings *qf_simulation_sightings(const qf_simulation *simulation)
{
    return &simulation->sightings;
}

void qf_simulation_coverage(const qf_simulation *simulation, qf_coverage *coverage)
{
    const qf_pipeline *pipeline = &simulation->engine.pipeline;
    *coverage = (qf_coverage){0};
    for (size_t s = 0; s < pipeline->n_stages; s++) {
        if (pipeline->stages[s].run == qf_behavior_run && pipeline->stages[s].user) {
            qf_behavior_coverage(pipeline->stages[s].user, coverage);
        }
    }
}

int64_t qf_simulation_next_meeting(const qf_simulation *simulation, int64_t tick)
{
    return qf_pipeline_next_meeting(&simulation->engine.pipeline, tick);
}

const qf_profile *qf_simulation_profile(const qf_simulation *simulation)
{
    return &simulation->profile;
}

size_t qf_simulation_seen_columns(const qf_simulation *simulation, int64_t tick)
{
    return qf_seen_columns(&simulation->engine.pipeline, &simulation->fleet->catalog, tick);
}

const qf_event *qf_simulation_events(const qf_simulation *simulation, size_t *n)
{
    *n = simulation->n_events;
    return simulation->events;
}

int64_t qf_simulation_event_count(const qf_simulation *simulation, qf_event_code code)
{
    return qf_event_log_count(simulation->log, code);
}

const qf_quarantine *qf_simulation_quarantined(const qf_simulation *simulation, size_t *n)
{
    *n = simulation->quarantined.n;
    return simulation->quarantined.entries;
}

static void archive_sightings(qf_simulation *simulation, qf_archive *archive)
{
    qf_sightings *sightings = &simulation->sightings;
    const qf_pipeline *pipeline = &simulation->engine.pipeline;
    uint64_t has_tracked = sightings->tracking != NULL;
    qf_archive_bytes(archive, &sightings->n_detections, sizeof sightings->n_detections);
    qf_archive_bytes(archive, &sightings->n_false_alarms, sizeof sightings->n_false_alarms);
    qf_archive_bytes(archive, &sightings->n_dropped, sizeof sightings->n_dropped);
    qf_archive_bytes(archive, &has_tracked, sizeof has_tracked);
    for (size_t s = 0; archive->loads && s < pipeline->n_stages; s++) {
        if (pipeline->stages[s].meet == qf_radar_meet && pipeline->stages[s].user) {
            sightings->tracking =
                has_tracked != 0 ? qf_radar_tracking(pipeline->stages[s].user) : NULL;
        }
    }
}

void qf_simulation_archive(qf_simulation *simulation, qf_archive *archive)
{
    qf_fleet_archive(simulation->fleet, archive);
    qf_archive_part(archive, "simulation");
    qf_quarantine_list_archive(&simulation->quarantined, simulation->fleet->n_vehicles, archive);
    archive_sightings(simulation, archive);
    qf_archive_part(archive, "events");
    qf_event_log_archive(simulation->log, archive);
    qf_pipeline_archive(&simulation->engine.pipeline, archive);
    qf_archive_end(archive);
}
