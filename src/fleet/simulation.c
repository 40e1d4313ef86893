/* SPDX-License-Identifier: Apache-2.0 */
#include "simulation.h"

#include <stdlib.h>

#include "bodies.h"
#include "columns.h"
#include "group.h"
#include "radar_stage.h"
#include "simulation_internal.h"

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

static void boot(const qf_simulation *simulation)
{
    const qf_fleet *fleet = simulation->fleet;
#pragma omp parallel for schedule(static) num_threads(simulation->n_threads)
    for (size_t b = fleet->own.block_begin; b < fleet->own.block_end; b++) {
        qf_worker_boot(&simulation->engine, qf_this_worker(simulation), b);
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
        size_t n_recorded;
        status = qf_simulation_run_segment(context, simulation, until_tick, frames, n_frames,
                                           &n_recorded);
        frames += n_recorded;
        n_frames -= n_recorded;
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
