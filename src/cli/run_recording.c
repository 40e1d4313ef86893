/* SPDX-License-Identifier: Apache-2.0 */
/* What a run hands over to its result file, and when. */
#include <stdio.h>
#include <stdlib.h>

#include "qf_version.h"
#include "ranks.h"
#include "run_internal.h"
#include "run_parts.h"
#include "scenario_reader.h"

char *qf_run_scenario_text(qf_context *context, const qf_scenario *scenario)
{
    char *yaml = NULL;
    size_t length;
    FILE *text = open_memstream(&yaml, &length);
    if (text) {
        qf_scenario_write(scenario, text);
    }
    if (!text || fclose(text) != 0) {
        free(yaml);
        (void)qf_fail(context, QF_ERROR_MEMORY, "no memory for the effective scenario");
        return NULL;
    }
    return yaml;
}

static qf_status open_file(qf_running *r, const char *yaml)
{
    const qf_provenance provenance = {.command_line = r->session->command_line,
                                      .scenario_yaml = yaml,
                                      .version = QF_VERSION,
                                      .git_commit = QF_GIT_COMMIT,
                                      .isa = r->machine->kernels->isa,
                                      .threads = r->context->n_threads,
                                      .ranks = r->part.n_ranks,
                                      .binding = qf_binding_name(r->context)};
    qf_arena arena = {0};
    qf_identities identities = {0};
    const bool is_part = r->part.n_ranks > 1; /* in a directory that is the run's own */
    const qf_results_options options = {.path = is_part ? r->part_path : r->path,
                                        .force = r->checkpoints.replaces && !is_part,
                                        .n_records = qf_record_count(r->scenario),
                                        .identities = &identities,
                                        .part = is_part ? &r->part : NULL};
    qf_status status = r->scenario->record.detections || r->scenario->record.tracks
                           ? qf_identities_create(r->context, &arena, r->scenario, &identities)
                           : QF_OK;
    if (status == QF_OK && r->checkpoints.resumes) {
        status = qf_results_resume(r->context, &r->fleet, &r->plan, &provenance, &options,
                                   &r->checkpoints.from.place.rows, &r->results);
    } else if (status == QF_OK) {
        status =
            qf_results_create(r->context, &r->fleet, &r->plan, &provenance, &options, &r->results);
    }
    qf_arena_free(&arena);
    if (status == QF_OK) {
        r->n_frames = qf_results_rows_ahead(r->results);
        r->frames = calloc(r->n_frames, sizeof *r->frames);
    }
    return status != QF_OK || r->frames
               ? status
               : qf_fail(r->context, QF_ERROR_MEMORY, "no memory for records");
}

bool qf_run_has_file(const qf_running *r)
{
    const qf_portion *own = &r->fleet.own;
    const qf_results_part part = {.rank = qf_rank(r->context),
                                  .n_entities = own->entity_end - own->entity_begin};
    return qf_run_part_has_file(&part);
}

qf_status qf_run_open_results(qf_running *r)
{
    char *yaml = qf_run_scenario_text(r->context, r->scenario);
    qf_status status = yaml ? QF_OK : QF_ERROR_MEMORY;
    r->summary.path = r->path;
    status = qf_run_agree(r, status);
    if (status == QF_OK) {
        status = qf_run_begin_parts(r, yaml);
    }
    if (status == QF_OK) {
        status = qf_run_agree(r, qf_run_has_file(r) ? open_file(r, yaml) : QF_OK);
        if (status != QF_OK) {
            (void)qf_results_finish(r->results, status, 0, NULL, NULL);
            r->results = NULL;
            qf_run_discard_parts(r);
        }
    }
    r->records = status == QF_OK;
    free(yaml);
    return status;
}

qf_status qf_run_acquire_frames(qf_running *r, int64_t until, size_t *n)
{
    const int64_t every = r->plan.every_ticks;
    qf_status status = QF_OK;
    *n = 0;
    for (int64_t tick = (r->fleet.tick / every + 1) * every;
         r->results && status == QF_OK && tick <= until; tick += every) {
        if (qf_record_is_due(r->scenario, tick)) {
            status = qf_results_acquire(r->results, tick, &r->frames[*n]);
            *n += status == QF_OK;
        }
    }
    return status;
}

/* the rung of the ladder that the run stands on, if it does; that of the last tick comes with finish */
static qf_status hand_over_hashes(qf_running *r, qf_status status)
{
    const int64_t tick = r->fleet.tick;
    if (!r->records || tick == r->scenario->n_ticks ||
        qf_record_next_hash(r->scenario, tick - 1) != tick) {
        return status;
    }
    /* every rank has a share in them, or none */
    status = qf_run_agree(r, status);
    if (status == QF_OK) {
        status = qf_fleet_world_hashes(r->context, &r->fleet, r->hashes);
    }
    return status == QF_OK && r->results ? qf_results_hashes(r->results, tick, r->hashes) : status;
}

/* what radars saw and trackers believed since the call before */
static qf_status hand_over_sightings(qf_running *r)
{
    const qf_record_spec *record = &r->scenario->record;
    const qf_sightings *sightings = qf_simulation_sightings(r->simulation);
    qf_status status = QF_OK;
    if (r->results && record->detections) {
        status = qf_results_detections(r->results, &sightings->recorded);
    }
    if (status == QF_OK && r->results && record->tracks) {
        status = qf_results_tracks(r->results, &sightings->tracks);
    }
    /* without a group that shares there are none, and no place for them */
    if (status == QF_OK && r->results && record->tracks && sightings->pictures.n > 0) {
        status = qf_results_pictures(r->results, &sightings->pictures);
    }
    return status;
}

qf_status qf_run_hand_over(qf_running *r, qf_status status, const qf_event *events, size_t n_events,
                           size_t n_frames)
{
    if (status == QF_OK && r->results && n_events > 0) {
        status = qf_results_events(r->results, events, n_events);
    }
    if (status == QF_OK) {
        status = hand_over_sightings(r);
    }
    status = hand_over_hashes(r, status);
    /* after their events, so that a killed run leaves no record without them */
    for (size_t f = 0; status == QF_OK && f < n_frames; f++) {
        status = qf_results_commit(r->results, &r->frames[f]);
    }
    return status;
}
