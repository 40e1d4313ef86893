/* SPDX-License-Identifier: Apache-2.0 */
/* What a run hands over to its result file, and when. */
#include <stdio.h>
#include <stdlib.h>

#include "qf_version.h"
#include "run_internal.h"
#include "scenario_reader.h"

qf_status qf_run_open_results(qf_running *r)
{
    char *yaml = NULL;
    size_t length;
    FILE *text = open_memstream(&yaml, &length);
    if (!text) {
        return qf_fail(r->context, QF_ERROR_MEMORY, "no memory for the effective scenario");
    }
    qf_scenario_write(r->scenario, text);
    if (fclose(text) != 0) {
        free(yaml);
        return qf_fail(r->context, QF_ERROR_MEMORY, "no memory for the effective scenario");
    }
    const qf_provenance provenance = {.command_line = r->session->command_line,
                                      .scenario_yaml = yaml,
                                      .version = QF_VERSION,
                                      .git_commit = QF_GIT_COMMIT,
                                      .isa = r->machine->kernels->isa,
                                      .threads = r->context->n_threads,
                                      .ranks = 1,
                                      .binding = qf_binding_name(r->context)};
    qf_arena arena = {0};
    qf_identities identities = {0};
    const qf_results_options options = {.path = r->path,
                                        .force = r->options->force,
                                        .n_records = qf_record_count(r->scenario),
                                        .identities = &identities};
    qf_status status = r->scenario->record.detections || r->scenario->record.tracks
                           ? qf_identities_create(r->context, &arena, r->scenario, &identities)
                           : QF_OK;
    if (status == QF_OK) {
        status =
            qf_results_create(r->context, &r->fleet, &r->plan, &provenance, &options, &r->results);
    }
    qf_arena_free(&arena);
    free(yaml);
    if (status == QF_OK) {
        r->n_frames = qf_results_rows_ahead(r->results);
        r->frames = calloc(r->n_frames, sizeof *r->frames);
    }
    r->summary.path = r->path;
    return status != QF_OK || r->frames
               ? status
               : qf_fail(r->context, QF_ERROR_MEMORY, "no memory for records");
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
static qf_status hand_over_hashes(qf_running *r)
{
    const int64_t tick = r->fleet.tick;
    if (!r->results || tick == r->scenario->n_ticks ||
        qf_record_next_hash(r->scenario, tick - 1) != tick) {
        return QF_OK;
    }
    const qf_status status = qf_fleet_world_hashes(r->context, &r->fleet, r->hashes);
    return status == QF_OK ? qf_results_hashes(r->results, tick, r->hashes) : status;
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

qf_status qf_run_hand_over(qf_running *r, const qf_event *events, size_t n_events, size_t n_frames)
{
    qf_status status = QF_OK;
    if (r->results && n_events > 0) {
        status = qf_results_events(r->results, events, n_events);
    }
    if (status == QF_OK) {
        status = hand_over_sightings(r);
    }
    if (status == QF_OK) {
        status = hand_over_hashes(r);
    }
    /* after their events, so that a killed run leaves no record without them */
    for (size_t f = 0; status == QF_OK && f < n_frames; f++) {
        status = qf_results_commit(r->results, &r->frames[f]);
    }
    return status;
}
