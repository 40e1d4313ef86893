/* SPDX-License-Identifier: Apache-2.0 */
#include "run_session.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "group.h"
#include "memory_forecast.h"
#include "progress.h"
#include "qf_version.h"
#include "rank_talk.h"
#include "results.h"
#include "scenario_reader.h"
#include "simulation.h"
#include "stop_signal.h"
#include "summary.h"
#include "tracking.h"

enum {
    VEHICLE_TICKS_PER_CALL = 2000000,
    LEAST_TICKS_PER_CALL = 16,   /* else blocks of a large fleet would leave the cache after each */
    OBSERVERS_PER_CALL = 100000, /* whose sightings wait for the writer, or one frame of more */
    EVENTS_PER_CALL = 1 << 17,   /* 8 MiB, of which there are some copies, or one tick of more */
};

/* everything of one run, so that one place can free it */
typedef struct run {
    qf_context *context;
    const qf_run_session *session;
    const qf_options *options;
    const qf_machine *machine;
    const qf_scenario *scenario;
    qf_fleet fleet;
    qf_record_plan plan;
    qf_simulation *simulation;
    qf_results *results;
    qf_frame *frames; /* as many as may be filled in one go */
    size_t n_frames;
    qf_tracking_metrics *tracking; /* room for each group, and all */
    qf_coverage coverage;          /* of state machines */
    double events_per_tick;        /* to be expected */
    uint64_t *hashes;              /* of each world */
    const char *path;
    qf_summary summary;
} run;

static qf_status open_results(run *r)
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

static size_t count_behaving(const qf_scenario *scenario)
{
    size_t n = 0;
    for (size_t g = 0; g < scenario->n_groups; g++) {
        n += qf_group_behaves(&scenario->groups[g]) ? scenario->groups[g].count * scenario->n_worlds
                                                    : 0;
    }
    return n;
}

static qf_status prepare(run *r)
{
    qf_status status = qf_memory_check(r->context, r->scenario, &r->machine->limits,
                                       !r->options->no_output, &r->summary.predicted_bytes);
    if (status == QF_OK) {
        r->tracking = calloc(r->scenario->n_groups + 1, sizeof *r->tracking);
        status = r->tracking
                     ? QF_OK
                     : qf_fail(r->context, QF_ERROR_MEMORY, "no memory for the end of the run");
    }
    if (status == QF_OK) {
        /* until something is known of it: each vehicle that behaves does something in each tick */
        r->events_per_tick = (double)count_behaving(r->scenario);
        status = qf_fleet_create(r->context, r->scenario, &r->fleet);
    }
    if (status == QF_OK) {
        status = qf_record_plan_create(r->context, &r->fleet, &r->plan);
    }
    if (status == QF_OK && !r->options->no_output) {
        status = open_results(r);
    }
    if (status == QF_OK) {
        const qf_simulation_options options = {.kernels = r->machine->kernels,
                                               .plan = &r->plan,
                                               .keep_events =
                                                   r->results && r->scenario->record.events};
        status = qf_simulation_create(r->context, &r->fleet, &options, &r->simulation);
    }
    return status;
}

/* the last tick before which the detections and tracks of a call are few enough to wait in memory */
static int64_t last_frame(const run *r)
{
    int64_t frames = OBSERVERS_PER_CALL / (int64_t)r->fleet.n_vehicles + 1;
    int64_t tick = r->fleet.tick;
    while (frames-- > 0 && tick < r->scenario->n_ticks) {
        tick = qf_simulation_next_meeting(r->simulation, tick);
    }
    return tick;
}

/* the last tick before which the events of a call are few enough to be put in order in memory, or the next one */
static int64_t last_told(const run *r)
{
    const int64_t left = r->scenario->n_ticks - r->fleet.tick;
    double ticks = (double)left;
    if (r->events_per_tick * ticks > EVENTS_PER_CALL) {
        ticks = EVENTS_PER_CALL / r->events_per_tick;
    }
    return r->fleet.tick + (ticks > 1.0 ? (int64_t)ticks : 1);
}

/* As many as in the call before; a burst is forgotten slowly, since another one may come. */
static void expect_events(run *r, size_t n_events, int64_t n_ticks)
{
    const double told = (double)n_events / (double)n_ticks;
    r->events_per_tick = told > r->events_per_tick / 2.0 ? told : r->events_per_tick / 2.0;
}

/*
 * A few milliseconds of work, so that progress is shown and signals are heard, no more records than
 * there are rows for, and not past the next rung of the hash ladder.
 */
static int64_t next_stop(const run *r)
{
    const int64_t tick = r->fleet.tick;
    const int64_t ticks = VEHICLE_TICKS_PER_CALL / (int64_t)r->fleet.n_vehicles;
    int64_t stop = tick + (ticks > LEAST_TICKS_PER_CALL ? ticks : LEAST_TICKS_PER_CALL);
    if (r->results) {
        const int64_t last_row =
            (tick / r->plan.every_ticks + (int64_t)r->n_frames) * r->plan.every_ticks;
        stop = last_row < stop ? last_row : stop;
        const int64_t rung = qf_record_next_hash(r->scenario, tick);
        stop = rung < stop ? rung : stop;
        const bool sights = r->scenario->record.detections || r->scenario->record.tracks;
        const int64_t frame = sights ? last_frame(r) : stop;
        stop = frame < stop ? frame : stop;
        const int64_t told = r->scenario->record.events ? last_told(r) : stop;
        stop = told < stop ? told : stop;
    }
    return stop < r->scenario->n_ticks ? stop : r->scenario->n_ticks;
}

static qf_status acquire_frames(run *r, int64_t until, size_t *n)
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
static qf_status hand_over_hashes(run *r)
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
static qf_status hand_over_sightings(run *r)
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

static qf_status advance(run *r)
{
    const int64_t until = next_stop(r);
    size_t n_frames;
    qf_status status = acquire_frames(r, until, &n_frames);
    if (status != QF_OK) {
        return status;
    }
    const int64_t before = r->fleet.tick;
    status = qf_simulation_advance(r->context, r->simulation, until, r->frames, n_frames);
    size_t n_events;
    const qf_event *events = qf_simulation_events(r->simulation, &n_events);
    expect_events(r, n_events, until - before);
    if (status == QF_OK && r->results && n_events > 0) {
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

FILE *qf_run_progress_stream(const qf_options *options)
{
    switch (options->progress) {
    case QF_PROGRESS_AUTO:
        return isatty(STDERR_FILENO) ? stderr : NULL;
    case QF_PROGRESS_ON:
        return stderr;
    case QF_PROGRESS_JSON:
        return stdout;
    case QF_PROGRESS_OFF:
        break;
    }
    return NULL;
}

static qf_status simulate(run *r)
{
    qf_progress progress = qf_progress_start(
        qf_run_progress_stream(r->options), r->options->progress == QF_PROGRESS_JSON,
        r->scenario->name, r->scenario->n_ticks, (double)r->fleet.n_vehicles);
    qf_status status = QF_OK;
    while (status == QF_OK && r->fleet.tick < r->scenario->n_ticks) {
        status = qf_stop_requested ? QF_OK : advance(r);
        qf_progress_update(&progress, r->fleet.tick);
        if (status == QF_OK && qf_stop_requested && r->fleet.tick < r->scenario->n_ticks) {
            status =
                qf_fail(r->context, QF_INTERRUPTED, "interrupted after tick %lld of %lld%s%s%s",
                        (long long)r->fleet.tick, (long long)r->scenario->n_ticks,
                        r->results ? "; what was recorded is in " : "", r->results ? r->path : "",
                        r->results ? ".partial" : "");
        }
    }
    qf_progress_end(&progress);
    r->summary.wall_s = qf_monotonic_s() - progress.started_s;
    return status;
}

/* how good trackers were */
static void sum_up_tracking(run *r)
{
    const qf_sightings *sightings = qf_simulation_sightings(r->simulation);
    if (sightings->tracking) {
        r->summary.n_tracking = qf_tracking_quality(r->context, sightings->tracking, r->tracking);
        r->summary.tracking = r->tracking;
    }
    if (r->results) {
        qf_results_tracking(r->results, r->summary.tracking, r->summary.n_tracking);
    }
}

/* what state machines went through */
static void sum_up_behavior(run *r)
{
    qf_simulation_coverage(r->simulation, &r->coverage);
    r->summary.coverage = &r->coverage;
    r->summary.simulation = r->simulation;
    if (r->results) {
        qf_results_machines(r->results, &r->coverage);
    }
}

static qf_status finish(run *r, qf_status status)
{
    bool hashed = false;
    /* not after a failure: that has left no state worth a hash, and its reason must stay */
    if (status == QF_OK || status == QF_INTERRUPTED) {
        const qf_status hashing = qf_fleet_world_hashes(r->context, &r->fleet, r->hashes);
        hashed = hashing == QF_OK;
        status = hashed ? status : hashing;
    }
    if (hashed) {
        r->summary.state_hash = qf_combine_hashes(r->hashes, r->scenario->n_worlds);
    }
    r->summary.quarantined = qf_simulation_quarantined(r->simulation, &r->summary.n_quarantined);
    r->summary.scratch_bytes = qf_simulation_scratch_bytes(r->simulation);
    if (r->results) {
        qf_results_quarantined(r->results, r->summary.quarantined, r->summary.n_quarantined);
    }
    sum_up_tracking(r);
    sum_up_behavior(r);
    status = qf_results_finish(r->results, status, r->summary.state_hash, hashed ? r->hashes : NULL,
                               &r->summary.totals);
    r->results = NULL;
    r->summary.peak_bytes = qf_peak_resident_bytes();
    r->summary.n_trips = qf_simulation_event_count(r->simulation, QF_EVENT_THERMAL_TRIP);
    r->summary.n_low_power = qf_simulation_event_count(r->simulation, QF_EVENT_POWER_LOW);
    r->summary.n_critical_power = qf_simulation_event_count(r->simulation, QF_EVENT_POWER_CRITICAL);
    const qf_sightings *sightings = qf_simulation_sightings(r->simulation);
    r->summary.n_detections = sightings->n_detections;
    r->summary.n_false_alarms = sightings->n_false_alarms;
    r->summary.n_dropped = sightings->n_dropped;
    if (status == QF_OK) {
        qf_summary_print(&r->summary, &r->fleet);
    }
    qf_summary_print_quarantined(&r->summary, &r->fleet);
    return status;
}

static qf_status run_and_finish(run *r)
{
    qf_status status = prepare(r);
    if (status == QF_OK) {
        status = simulate(r);
    }
    if (r->simulation) {
        status = finish(r, status);
    } else {
        qf_results_finish(r->results, status, 0, NULL, NULL);
    }
    return status;
}

qf_status qf_run_session_run(qf_context *context, const qf_run_session *session)
{
    run r = {.context = context,
             .session = session,
             .options = session->options,
             .machine = session->machine,
             .scenario = session->scenario,
             .path = session->path,
             .hashes = session->world_hashes};
    r.summary.isa = r.machine->kernels->isa;
    r.summary.isa_reason = r.machine->isa_reason;
    r.summary.threads = context->n_threads;
    r.summary.threads_reason = r.machine->threads_reason;
    qf_listen_for_signals();
    /* bound before any page of the fleet is touched */
    qf_binding_start(context, &r.machine->topology, r.options->bind);
    r.summary.binding = qf_binding_name(context);
    const qf_status status = run_and_finish(&r);
    if (status != QF_OK) {
        fprintf(stderr, "qfleet %s: %s\n", session->command, context->error);
    }
    qf_simulation_free(r.simulation);
    qf_fleet_free(&r.fleet);
    free(r.frames);
    free(r.tracking);
    qf_binding_end(context);
    return status;
}

qf_status qf_run_open_machine(qf_context *context, const char *command, const qf_options *options,
                              qf_machine *machine)
{
    qf_status status = qf_machine_open(context, options, machine);
    if (status == QF_OK) {
        status = qf_threads_probe(context, context->n_threads);
    }
    if (status != QF_OK) {
        fprintf(qf_said_once(), "qfleet %s: %s\n", command, context->error);
    }
    return status;
}

void qf_print_log(void *user, qf_log_level level, const char *line)
{
    (void)user;
    if (level >= QF_LOG_WARNING) {
        fprintf(stderr, "qfleet: %s\n", line);
    }
}

char *qf_command_line(const char *command, int argc, char **argv)
{
    size_t length = strlen("qfleet ") + strlen(command) + 1;
    for (int i = 0; i < argc; i++) {
        length += strlen(argv[i]) + 1;
    }
    char *text = malloc(length);
    if (text) {
        strcat(strcpy(text, "qfleet "), command);
        for (int i = 0; i < argc; i++) {
            strcat(strcat(text, " "), argv[i]);
        }
    }
    return text;
}
