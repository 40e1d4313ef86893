/* SPDX-License-Identifier: Apache-2.0 */
#include "sweep_session.h"

#include <stdlib.h>
#include <string.h>

#include "json_text.h"
#include "junit.h"
#include "memory_forecast.h"
#include "number_text.h"
#include "progress.h"
#include "qf_version.h"
#include "rank_talk.h"
#include "ranks.h"
#include "run_session.h"
#include "stop_signal.h"
#include "summary.h"
#include "sweep_conclusion.h"
#include "sweep_forecast.h"
#include "sweep_progress.h"
#include "sweep_store.h"
#include "sweep_turns.h"

/* what a batch under way may still take after the program was asked to end */
enum { PATIENCE_S = 5 };

/* everything of one sweep, so that one place can free it */
typedef struct session {
    qf_context *context;
    const qf_options *options;
    const qf_machine *machine;
    const qf_sweep *sweep;
    const qf_sweep_spec *spec;
    const qf_design *design;
    const char *name;
    const char *command_line;
    char *directory;
    size_t begin, end;   /* cases that may be run */
    uint32_t *cases;     /* room for all of them */
    const size_t *looks; /* the last is the end */
    size_t n_looks;
    size_t n_counted; /* cases that count: all, or those before an early end */
    qf_sweep_job job;
    qf_sweep_forecast forecast;
    qf_sweep_store *store;
    const qf_sweep_table *table;
    qf_sweep_progress progress;
    qf_junit junit;
    size_t n_ran;        /* of all ranks, but for what is not exchanged yet */
    size_t n_since;      /* of this rank, since results were exchanged */
    int n_threads;       /* of all ranks together */
    size_t others_bytes; /* of memory, that other ranks have had */
    size_t others_most_bytes;
    qf_sweep_turns *turns; /* NULL: there are no other ranks */
    double wall_s;
    qf_arena arena;
} session;

qf_status qf_sweep_session_open(qf_context *context, const char *command, const qf_options *options,
                                qf_sweep **sweep)
{
    qf_diagnostics diagnostics;
    qf_diagnostics_init(&diagnostics);
    context->error[0] = '\0';
    const qf_status status = qf_sweep_open(context, options->operands[0], options->overrides,
                                           options->n_overrides, &diagnostics, sweep);
    if (status != QF_OK) {
        qf_diagnostics_print(&diagnostics, qf_said_once());
        if (qf_diagnostics_error_count(&diagnostics) == 0) {
            fprintf(qf_said_once(), "qfleet %s: %s\n", command, context->error);
        } else {
            qf_fail(context, status, "%s: %s", options->operands[0],
                    diagnostics.errors.items[0].text);
        }
    }
    qf_diagnostics_free(&diagnostics);
    return status;
}

qf_status qf_sweep_session_range(qf_context *context, const qf_options *options,
                                 const qf_sweep_spec *spec, size_t *begin, size_t *end)
{
    const size_t n = qf_sweep_n_cases(spec);
    *begin = options->n_shards > 0 ? n * (options->shard - 1) / options->n_shards : 0;
    *end = options->n_shards > 0 ? n * options->shard / options->n_shards : n;
    if (*begin == *end) {
        return qf_fail(context, QF_ERROR_USAGE, "--shard: %zu cases make no %zu shards", n,
                       options->n_shards);
    }
    if (!options->has_cases) {
        return QF_OK;
    }
    if (options->first_case < *begin || options->last_case >= *end) {
        return qf_fail(context, QF_ERROR_USAGE, "--cases: %s has cases %zu to %zu",
                       options->n_shards > 0 ? "this shard" : "this sweep", *begin, *end - 1);
    }
    *begin = options->first_case;
    *end = options->last_case + 1;
    return QF_OK;
}

static qf_status read_cases(void *user, qf_context *context, const uint32_t *numbers, size_t n,
                            qf_arena *arena, qf_scenario *scenario, const qf_metric_plan **plan)
{
    const session *s = user;
    return qf_sweep_read_cases(s->sweep, context, numbers, n, arena, scenario, plan);
}

/* one batch is done */
static qf_status take(void *user, qf_context *context, const qf_case_result *results, size_t n)
{
    session *s = user;
    const qf_status status = qf_sweep_store_take(context, s->store, results, n);
    if (status == QF_OK) {
        s->n_since += n;
        if (s->turns) {
            s->progress.n_elsewhere = qf_sweep_turns_elsewhere(s->turns, s->n_since, n);
        }
        qf_sweep_progress_took(&s->progress, results, n);
    }
    return status;
}

static size_t next_batches(void *user, size_t n)
{
    const session *s = user;
    return qf_sweep_turns_take(s->turns, n);
}

static void listen_to_ranks(void *user)
{
    const session *s = user;
    qf_sweep_turns_listen(s->turns);
}

qf_sweep_job qf_sweep_session_job(const qf_sweep *sweep, const qf_options *options,
                                  const qf_machine *machine)
{
    return (qf_sweep_job){.spec = qf_sweep_get_spec(sweep),
                          .design = qf_sweep_design(sweep),
                          .scenario = qf_sweep_scenario(sweep),
                          .plan = qf_sweep_plan(sweep),
                          .kernels = machine->kernels,
                          .batch_worlds = options->batch};
}

/* those of [begin, end) that no earlier run has done, ascending */
static size_t list_missing(const session *s, size_t begin, size_t end)
{
    size_t n = 0;
    for (size_t k = begin; k < end; k++) {
        if (!s->table || s->table->outcome[k] == QF_OUTCOME_NOT_RUN) {
            s->cases[n++] = (uint32_t)k;
        }
    }
    return n;
}

/* the ends of the stages that the sweep is run in: it may end at each */
static qf_status plan_looks(session *s)
{
    const bool whole = !s->options->has_cases && s->options->n_shards <= 1;
    if (whole && s->spec->stop != QF_STOP_NEVER) {
        s->looks = qf_sweep_looks(&s->arena, s->spec, &s->n_looks);
    } else {
        size_t *end = qf_arena_array(&s->arena, 1, sizeof *end);
        if (end) {
            *end = s->end;
        }
        s->looks = end;
        s->n_looks = 1;
    }
    if (!s->looks) {
        return qf_fail(s->context, QF_ERROR_MEMORY, "no memory for the looks");
    }
    if (!whole && s->spec->stop != QF_STOP_NEVER) {
        fprintf(qf_said_once(),
                "qfleet sweep: a part of a sweep is run whole: stop_when is for all of it\n");
    }
    return QF_OK;
}

/* of a sweep that is begun now */
static size_t n_shards(const session *s)
{
    const size_t n_ranks = (size_t)qf_n_ranks(s->context);
    const size_t n_cases = qf_sweep_n_cases(s->spec);
    return s->options->n_shards > 0 ? s->options->n_shards : n_ranks < n_cases ? n_ranks : n_cases;
}

static qf_status open_store(session *s)
{
    const qf_store_options options = {.path = s->directory,
                                      .shard = s->options->n_shards > 0 ? s->options->shard : 0,
                                      .n_shards = n_shards(s),
                                      .first_case = s->options->has_cases ? s->begin : 0,
                                      .end_case = s->options->has_cases ? s->end
                                                                        : qf_sweep_n_cases(s->spec),
                                      .resume = s->options->resume,
                                      .force = s->options->force,
                                      .version = QF_VERSION,
                                      .git_commit = QF_GIT_COMMIT,
                                      .command_line = s->command_line,
                                      .isa = s->machine->kernels->isa,
                                      .threads = s->context->n_threads};
    const qf_status status = qf_sweep_store_open(s->context, s->sweep, &options, stderr, &s->store);
    if (status == QF_OK) {
        s->table = qf_sweep_store_table(s->store);
    }
    return status;
}

/* what ranks of one machine take, they take together */
static qf_status check_memory(session *s)
{
    const qf_limits *limits = &s->machine->limits;
    const bool several = s->context->ranks && limits->local_ranks > 1;
    if (s->context->ranks) {
        s->forecast.total_bytes += qf_sweep_exchange_bytes(s->spec);
    }
    return qf_memory_fits(s->context, limits,
                          several ? "the sweep, on all ranks of this machine," : "the sweep",
                          s->forecast.total_bytes * (several ? (size_t)limits->local_ranks : 1));
}

/* all that each process finds out for itself */
static qf_status plan_sweep(session *s)
{
    s->cases = malloc((s->end - s->begin + 1) * sizeof *s->cases);
    if (!s->cases) {
        return qf_fail(s->context, QF_ERROR_MEMORY, "no memory for the numbers of cases");
    }
    s->job = qf_sweep_session_job(s->sweep, s->options, s->machine);
    s->job.cases = s->cases;
    s->job.n_cases = list_missing(s, s->begin, s->end);
    s->job.stop = &qf_stop_requested;
    s->job.take = take;
    s->job.read = qf_sweep_is_packed(s->sweep) ? NULL : read_cases;
    s->job.user = s;
    qf_status status = qf_sweep_forecast_make(s->context, &s->job, n_shards(s), &s->forecast);
    if (status == QF_OK) {
        status = check_memory(s);
    }
    if (status == QF_OK) {
        status = plan_looks(s);
    }
    if (status == QF_OK && s->options->junit && qf_rank(s->context) == 0) {
        status = qf_junit_open(s->context, s->options->junit, &s->junit);
    }
    return status;
}

/* all that can be refused before anything is written or run */
static qf_status prepare(session *s)
{
    const qf_status status = qf_ranks_agree(s->context, plan_sweep(s));
    return status == QF_OK ? open_store(s) : status;
}

static qf_status interrupted(session *s)
{
    size_t n_done = 0;
    int64_t n_since = (int64_t)s->n_since;
    qf_ranks_sum(s->context, &n_since, 1);
    for (size_t k = s->begin; k < s->end; k++) {
        n_done += s->table->outcome[k] != QF_OUTCOME_NOT_RUN;
    }
    n_done += (size_t)n_since - s->n_since; /* what others have kept for themselves */
    return qf_fail(s->context, QF_INTERRUPTED,
                   "interrupted: %zu of %zu cases are done and kept in %s; --resume goes on",
                   n_done, s->end - s->begin, s->directory);
}

/* the cases of the job, by all ranks; then each knows all of them */
static qf_status run_over_ranks(session *s)
{
    const size_t before = s->progress.n_elsewhere;
    qf_status status =
        qf_sweep_turns_open(s->context, s->job.n_cases, (size_t)s->n_threads, before, &s->turns);
    if (status != QF_OK) {
        return status;
    }
    s->job.n_threads = (size_t)s->n_threads;
    s->job.next = next_batches;
    s->job.poke = listen_to_ranks;
    s->job.begun = qf_sweep_turns_begun(s->turns);
    status = qf_sweep_run(s->context, &s->job);
    qf_sweep_turns_close(s->turns);
    s->turns = NULL;
    status = qf_ranks_agree(s->context, status);
    if (status == QF_OK) {
        status = qf_sweep_store_exchange(s->context, s->store);
    }
    if (status == QF_OK) {
        s->progress.n_elsewhere = before + s->job.n_cases - s->n_since;
        qf_sweep_progress_show(&s->progress);
    }
    return status;
}

static qf_status run_job(session *s)
{
    s->n_since = 0;
    if (s->job.n_cases == 0) {
        return QF_OK; /* on all ranks */
    }
    const qf_status status = s->context->ranks       ? run_over_ranks(s)
                             : qf_stop_requested > 0 ? QF_INTERRUPTED
                                                     : qf_sweep_run(s->context, &s->job);
    if (status == QF_OK) {
        s->n_ran += s->job.n_cases;
        s->n_since = 0;
    }
    return status;
}

/* what rank 0 finds is everybody's */
static bool is_over(session *s, size_t end)
{
    bool stops = qf_rank(s->context) == 0 && qf_sweep_stops(s->spec, s->table, end);
    qf_ranks_share(s->context, 0, &stops, sizeof stops);
    return stops;
}

/* from look to look, until the rule or the last of them ends it */
static qf_status run_stages(session *s)
{
    qf_status status = QF_OK;
    size_t begin = s->begin;
    s->n_counted = s->end;
    for (size_t i = 0; status == QF_OK && i < s->n_looks; i++) {
        const size_t end = s->looks[i];
        s->job.n_cases = list_missing(s, begin, end);
        status = run_job(s);
        if (status == QF_OK && i + 1 < s->n_looks && is_over(s, end)) {
            s->n_counted = end;
            break;
        }
        begin = end;
    }
    return status == QF_INTERRUPTED ? interrupted(s) : status;
}

static qf_status run_cases(session *s)
{
    const size_t n_missing = list_missing(s, s->begin, s->end);
    FILE *out = qf_rank(s->context) == 0 ? qf_run_progress_stream(s->options) : NULL;
    s->progress = qf_sweep_progress_start(out, s->options->progress == QF_PROGRESS_JSON, s->name,
                                          s->spec, s->table, s->end - s->begin, n_missing);
    if (n_missing > 0) {
        qf_sweep_progress_show(&s->progress);
    }
    const qf_status status = run_stages(s);
    qf_sweep_progress_end(&s->progress);
    s->wall_s = qf_monotonic_s() - s->progress.started_s;
    return status;
}

/* a part is done and others are not: there is nothing to conclude from */
static void say_incomplete(session *s, size_t n_missing)
{
    qf_arena *arena = &s->arena;
    const size_t n_all = qf_sweep_n_cases(s->spec);
    fprintf(stderr, "%s: cases %zu to %zu of %s are done, %s of them now\n", s->name, s->begin,
            s->end - 1, qf_text_count(arena, n_all), qf_text_count(arena, s->n_ran));
    if (s->n_ran > 0) {
        fprintf(stderr, "  speed          %s cases/s: %s on %d thread%s, %s\n",
                qf_text_rate(arena, (double)s->n_ran / s->wall_s),
                qf_text_seconds(arena, s->wall_s), s->n_threads, s->n_threads == 1 ? "" : "s",
                s->machine->kernels->isa);
    }
    fprintf(stderr, "  no verdict     ");
    if (s->options->n_shards > 1 && !s->options->has_cases) {
        fprintf(stderr, "is given before the other shards are done; the last of them gives it\n");
    } else {
        fprintf(stderr, "is given: %s case%s not run (--resume without --cases runs them)\n",
                qf_text_count(arena, n_missing), n_missing == 1 ? " is" : "s are");
    }
    if (s->junit.out) {
        fprintf(stderr, "  not written    %s, which holds verdicts\n", s->options->junit);
    }
    fprintf(stderr, "  result         %s\n", s->directory);
    if (s->options->json) {
        printf("{\"name\": ");
        qf_json_put_text(stdout, s->name);
        qf_json_key_text(stdout, "directory", s->directory);
        qf_json_key_size(stdout, "n_cases", n_all);
        qf_json_key_size(stdout, "n_ran", s->n_ran);
        qf_json_key_size(stdout, "n_missing", n_missing);
        printf(", \"met\": null}\n");
    }
}

/* why there are so many threads */
static const char *threads_reason(session *s)
{
    const int n_ranks = qf_n_ranks(s->context);
    char text[160];
    if (n_ranks == 1) {
        return s->machine->threads_reason;
    }
    snprintf(text, sizeof text, "of %d ranks, %d of rank 0: %s", n_ranks, s->context->n_threads,
             s->machine->threads_reason);
    const char *copy = qf_arena_text(&s->arena, text, strlen(text));
    return copy ? copy : s->machine->threads_reason;
}

static qf_status write_answers(void *user, qf_context *context, const qf_sweep_report *report)
{
    return qf_sweep_store_finish(context, user, report);
}

static qf_status conclude(session *s, bool *met)
{
    const qf_sweep_conclusion conclusion = {.sweep = s->sweep,
                                            .table = s->table,
                                            .write = write_answers,
                                            .user = s->store,
                                            .directory = s->directory,
                                            .options = s->options,
                                            .machine = s->machine,
                                            .threads = s->n_threads,
                                            .threads_reason = threads_reason(s),
                                            .n_counted = s->n_counted,
                                            .n_ran = s->n_ran,
                                            .wall_s = s->wall_s,
                                            .predicted_bytes = s->forecast.total_bytes,
                                            .ranks = qf_n_ranks(s->context),
                                            .others_bytes = s->others_bytes,
                                            .others_most_bytes = s->others_most_bytes};
    return qf_sweep_conclude(s->context, &conclusion, &s->junit, met);
}

/* for rank 0, which tells of all */
static void gather_memory(session *s)
{
    int64_t bytes = qf_rank(s->context) > 0 ? (int64_t)qf_peak_resident_bytes() : 0;
    int64_t most = bytes;
    qf_ranks_sum(s->context, &bytes, 1);
    qf_ranks_most(s->context, &most, 1);
    s->others_bytes = (size_t)bytes;
    s->others_most_bytes = (size_t)most;
}

static qf_status finish(session *s, bool *met)
{
    bool all;
    const bool whole = s->n_looks > 1 || !s->options->has_cases;
    const size_t n_all = qf_sweep_n_cases(s->spec);
    s->n_counted = whole && s->options->n_shards <= 1 ? s->n_counted : n_all;
    qf_status status = qf_sweep_store_finish_shard(s->context, s->store, s->n_counted, &all);
    if (status != QF_OK) {
        return status;
    }
    gather_memory(s);
    s->table = qf_sweep_store_table(s->store);
    size_t n_missing = 0;
    for (size_t k = 0; k < s->n_counted; k++) {
        n_missing += s->table->outcome[k] == QF_OUTCOME_NOT_RUN;
    }
    if (qf_rank(s->context) == 0) {
        if (all && n_missing == 0) {
            status = conclude(s, met);
        } else {
            say_incomplete(s, n_missing);
        }
    }
    return qf_ranks_agree(s->context, status);
}

/* the directory where no name is asked for; to be freed */
static char *default_directory(const char *name)
{
    const size_t length = strlen(name) + sizeof ".sweep";
    char *path = malloc(length);
    if (path) {
        snprintf(path, length, "%s.sweep", name);
    }
    return path;
}

qf_status qf_sweep_session_run(qf_context *context, const qf_sweep *sweep,
                               const qf_options *options, const qf_machine *machine,
                               const char *command_line, bool *met)
{
    session s = {.context = context,
                 .options = options,
                 .machine = machine,
                 .sweep = sweep,
                 .spec = qf_sweep_get_spec(sweep),
                 .design = qf_sweep_design(sweep),
                 .name = qf_sweep_scenario(sweep)->name,
                 .command_line = command_line};
    *met = true;
    s.directory = options->output ? strdup(options->output) : default_directory(s.name);
    int64_t n_threads = context->n_threads;
    qf_ranks_sum(context, &n_threads, 1);
    s.n_threads = (int)n_threads;
    qf_status status = s.directory
                           ? qf_sweep_session_range(context, options, s.spec, &s.begin, &s.end)
                           : qf_fail(context, QF_ERROR_MEMORY, "out of memory");
    qf_listen_with_patience(PATIENCE_S);
    qf_binding_start(context, &machine->topology, options->bind);
    status = qf_ranks_agree(context, status);
    if (status == QF_OK) {
        status = prepare(&s);
    }
    if (status == QF_OK) {
        status = run_cases(&s);
    }
    if (status == QF_OK) {
        status = finish(&s, met);
    }
    if (status != QF_OK) {
        fprintf(qf_said_once(), "qfleet sweep: %s\n", context->error);
    }
    qf_junit_discard(&s.junit);
    if (s.store) {
        qf_sweep_store_close(s.store);
    }
    free(s.cases);
    free(s.directory);
    qf_arena_free(&s.arena);
    return status;
}
