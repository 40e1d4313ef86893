/* SPDX-License-Identifier: Apache-2.0 */
#include "run_session.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "group.h"
#include "memory_forecast.h"
#include "progress.h"
#include "rank_talk.h"
#include "ranks.h"
#include "run_internal.h"
#include "stop_signal.h"
#include "tracking.h"

static size_t count_behaving(const qf_scenario *scenario)
{
    size_t n = 0;
    for (size_t g = 0; g < scenario->n_groups; g++) {
        n += qf_group_behaves(&scenario->groups[g]) ? scenario->groups[g].count * scenario->n_worlds
                                                    : 0;
    }
    return n;
}

/* what each rank does by itself */
static qf_status prepare_own(qf_running *r)
{
    qf_status status = qf_memory_check(r->context, r->scenario, &r->machine->limits,
                                       !r->options->no_output, &r->summary.predicted_bytes);
    if (status == QF_OK) {
        r->tracking = calloc(r->scenario->n_groups + 1, sizeof *r->tracking);
        r->summary.n_of_code = calloc(QF_EVENT_CODES, sizeof *r->summary.n_of_code);
        status = r->tracking && r->summary.n_of_code
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
    return status;
}

static qf_status prepare(qf_running *r)
{
    qf_status status = qf_run_agree(r, prepare_own(r));
    if (status == QF_OK) {
        const bool has_file = !r->options->no_output && qf_run_has_file(r);
        const qf_simulation_options options = {.kernels = r->machine->kernels,
                                               .plan = &r->plan,
                                               .keep_events =
                                                   has_file && r->scenario->record.events};
        qf_record_plan_narrow(&r->plan, r->fleet.own.entity_begin, r->fleet.own.entity_end);
        status =
            qf_run_agree(r, qf_simulation_create(r->context, &r->fleet, &options, &r->simulation));
    }
    if (status == QF_OK) {
        status = qf_run_agree(r, qf_run_load_state(r));
    }
    /* last, so that a result that is gone on with is changed only by a run that can */
    if (status == QF_OK && !r->options->no_output) {
        status = qf_run_open_results(r);
    }
    return status;
}

/* as far as all ranks have agreed upon */
static qf_status advance(qf_running *r, int64_t until)
{
    size_t n_frames;
    qf_status status = qf_run_agree(r, qf_run_acquire_frames(r, until, &n_frames));
    if (status != QF_OK) {
        return status;
    }
    const int64_t before = r->fleet.tick;
    status = qf_simulation_advance(r->context, r->simulation, until, r->frames, n_frames);
    size_t n_events;
    const qf_event *events = qf_simulation_events(r->simulation, &n_events);
    qf_run_expect_events(r, n_events, until - before);
    return qf_run_hand_over(r, status, events, n_events, n_frames);
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

static qf_status simulate(qf_running *r)
{
    FILE *shown = qf_rank(r->context) == 0 ? qf_run_progress_stream(r->options) : NULL;
    qf_progress progress =
        qf_progress_start(shown, r->options->progress == QF_PROGRESS_JSON, r->scenario->name,
                          r->scenario->n_ticks, (double)r->fleet.n_vehicles);
    progress.first_tick = r->fleet.tick;
    int64_t until;
    qf_status status = qf_run_look_up(r, QF_OK, &until);
    while (status == QF_OK && r->fleet.tick < r->scenario->n_ticks) {
        status = advance(r, until);
        qf_progress_update(&progress, r->fleet.tick);
        status = qf_run_look_up(r, status, &until);
    }
    qf_progress_end(&progress);
    r->summary.wall_s = qf_monotonic_s() - progress.started_s;
    return status;
}

/* how good trackers were */
static void sum_up_tracking(qf_running *r)
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
static void sum_up_behavior(qf_running *r)
{
    qf_simulation_coverage(r->simulation, &r->coverage);
    qf_behavior_sum_coverage(r->context, &r->coverage);
    r->summary.coverage = &r->coverage;
    if (r->results) {
        qf_results_machines(r->results, &r->coverage);
    }
}

/* what this rank counted */
static void count_up(qf_running *r)
{
    qf_summary *summary = &r->summary;
    const qf_sightings *sightings = qf_simulation_sightings(r->simulation);
    for (int code = 0; code < QF_EVENT_CODES; code++) {
        summary->n_of_code[code] = qf_simulation_event_count(r->simulation, (qf_event_code)code);
    }
    summary->n_detections = sightings->n_detections;
    summary->n_false_alarms = sightings->n_false_alarms;
    summary->n_dropped = sightings->n_dropped;
    summary->scratch_bytes = qf_simulation_scratch_bytes(r->simulation);
    summary->peak_bytes = qf_peak_resident_bytes();
}

/* by rank 0, of all ranks */
static qf_status tell(qf_running *r, qf_status status)
{
    count_up(r);
    const qf_status gathered = qf_run_gather_summary(r);
    status = status == QF_OK ? gathered : status;
    if (status == QF_OK) {
        status = qf_run_gather_columns(r);
    }
    if (qf_rank(r->context) == 0 && !r->session->quiet) {
        if (status == QF_OK) {
            qf_summary_print(&r->summary, &r->fleet);
        }
        qf_summary_print_quarantined(&r->summary, &r->fleet);
    }
    return status;
}

static qf_status finish(qf_running *r, qf_status status)
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
    if (r->results) {
        qf_results_quarantined(r->results, r->summary.quarantined, r->summary.n_quarantined);
    }
    sum_up_tracking(r);
    sum_up_behavior(r);
    status = qf_results_finish(r->results, status, r->summary.state_hash, hashed ? r->hashes : NULL,
                               &r->summary.totals);
    r->results = NULL;
    status = qf_run_end_parts(r, status);
    return tell(r, status);
}

static qf_status run_and_finish(qf_running *r)
{
    bool done = false;
    qf_status status = qf_run_find_beginning(r, &done);
    if (status == QF_OK && r->checkpoints.only_stitches) {
        r->part = r->checkpoints.part;
        r->records = true;
        status = qf_run_end_parts(r, status);
    } else if (status == QF_OK && !done) {
        status = prepare(r);
        if (status == QF_OK) {
            status = finish(r, simulate(r));
        }
        /* what a failure leaves in the context stays */
        qf_results_finish(r->results, status, 0, NULL, NULL);
    }
    qf_run_end_checkpoints(r, status);
    return status;
}

qf_status qf_run_session_run(qf_context *context, const qf_run_session *session)
{
    qf_running r = {.context = context,
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
    context->uncut = &qf_stop_uncut;
    /* bound before any page of the fleet is touched */
    qf_binding_start(context, &r.machine->topology, r.options->bind);
    r.summary.binding = qf_binding_name(context);
    const qf_status status = run_and_finish(&r);
    if (status != QF_OK && qf_rank(context) == 0 && !session->quiet) {
        fprintf(stderr, "qfleet %s: %s\n", session->command, context->error);
    }
    qf_simulation_free(r.simulation);
    qf_fleet_free(&r.fleet);
    free(r.frames);
    free(r.tracking);
    free(r.summary.n_of_code);
    free(r.quarantined);
    free(r.part_path);
    qf_binding_end(context);
    context->uncut = NULL;
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
