/* SPDX-License-Identifier: Apache-2.0 */
#include "sweep_session.h"

#include <dirent.h>
#include <fcntl.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "json_text.h"
#include "junit.h"
#include "memory_forecast.h"
#include "number_text.h"
#include "progress.h"
#include "qf_version.h"
#include "run_session.h"
#include "stop_signal.h"
#include "summary.h"
#include "sweep_forecast.h"
#include "sweep_progress.h"
#include "sweep_store.h"

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
    size_t n_ran;
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
        qf_diagnostics_print(&diagnostics, stderr);
        if (qf_diagnostics_error_count(&diagnostics) == 0) {
            fprintf(stderr, "qfleet %s: %s\n", command, context->error);
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
        s->n_ran += n;
        qf_sweep_progress_took(&s->progress, results, n);
    }
    return status;
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
        fprintf(stderr,
                "qfleet sweep: a part of a sweep is run whole: stop_when is for all of it\n");
    }
    return QF_OK;
}

static qf_status open_store(session *s)
{
    const qf_store_options options = {
        .path = s->directory,
        .shard = s->options->n_shards > 0 ? s->options->shard : 1,
        .n_shards = s->options->n_shards > 0 ? s->options->n_shards : 1,
        .first_case = s->options->has_cases ? s->begin : 0,
        .end_case = s->options->has_cases ? s->end : qf_sweep_n_cases(s->spec),
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

/* all that can be refused before anything is written or run */
static qf_status prepare(session *s)
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
    qf_status status = qf_sweep_forecast_make(
        s->context, &s->job, s->options->n_shards > 0 ? s->options->n_shards : 1, &s->forecast);
    if (status == QF_OK) {
        status =
            qf_memory_fits(s->context, &s->machine->limits, "the sweep", s->forecast.total_bytes);
    }
    if (status == QF_OK) {
        status = plan_looks(s);
    }
    if (status == QF_OK && s->options->junit) {
        status = qf_junit_open(s->context, s->options->junit, &s->junit);
    }
    return status == QF_OK ? open_store(s) : status;
}

static qf_status interrupted(session *s)
{
    size_t n_done = 0;
    for (size_t k = s->begin; k < s->end; k++) {
        n_done += s->table->outcome[k] != QF_OUTCOME_NOT_RUN;
    }
    return qf_fail(s->context, QF_INTERRUPTED,
                   "interrupted: %zu of %zu cases are done and kept in %s; --resume goes on",
                   n_done, s->end - s->begin, s->directory);
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
        if (s->job.n_cases > 0) {
            status = qf_stop_requested ? QF_INTERRUPTED : qf_sweep_run(s->context, &s->job);
        }
        if (status == QF_OK && i + 1 < s->n_looks && qf_sweep_stops(s->spec, s->table, end)) {
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
    s->progress = qf_sweep_progress_start(qf_run_progress_stream(s->options),
                                          s->options->progress == QF_PROGRESS_JSON, s->name,
                                          s->spec, s->table, s->end - s->begin, n_missing);
    if (n_missing > 0) {
        qf_sweep_progress_show(&s->progress);
    }
    const qf_status status = run_stages(s);
    qf_sweep_progress_end(&s->progress);
    s->wall_s = qf_monotonic_s() - s->progress.started_s;
    return status;
}

/* bytes of the files in a directory; NaN: not known */
static double directory_bytes(const char *path)
{
    DIR *directory = opendir(path);
    if (!directory) {
        return (double)NAN;
    }
    double bytes = 0.0;
    const struct dirent *entry;
    while ((entry = readdir(directory))) {
        struct stat info;
        if (fstatat(dirfd(directory), entry->d_name, &info, AT_SYMLINK_NOFOLLOW) == 0 &&
            S_ISREG(info.st_mode)) {
            bytes += (double)info.st_size;
        }
    }
    closedir(directory);
    return bytes;
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
                qf_text_seconds(arena, s->wall_s), s->context->n_threads,
                s->context->n_threads == 1 ? "" : "s", s->machine->kernels->isa);
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

static qf_status conclude(session *s, bool *met)
{
    qf_sweep_report report;
    qf_status status =
        qf_sweep_report_create(s->context, &s->arena, s->spec, s->design, s->table, s->n_counted,
                               qf_sweep_scenario(s->sweep)->seed, &report);
    if (status == QF_OK) {
        status = qf_sweep_store_finish(s->context, s->store, &report);
    }
    if (status != QF_OK) {
        return status;
    }
    const qf_sweep_summary summary = {.name = s->name,
                                      .directory = s->directory,
                                      .spec = s->spec,
                                      .table = s->table,
                                      .report = &report,
                                      .hash = qf_sweep_hash(s->table, s->n_counted),
                                      .n_ran = s->n_ran,
                                      .wall_s = s->wall_s,
                                      .threads = s->context->n_threads,
                                      .threads_reason = s->machine->threads_reason,
                                      .isa = s->machine->kernels->isa,
                                      .isa_reason = s->machine->isa_reason,
                                      .predicted_bytes = s->forecast.total_bytes,
                                      .peak_bytes = qf_peak_resident_bytes(),
                                      .disk_bytes = directory_bytes(s->directory)};
    *met = qf_sweep_is_met(&report);
    status = qf_sweep_summary_print(s->context, &summary, stderr);
    if (status == QF_OK && s->options->json) {
        status = qf_sweep_summary_json(s->context, &summary, stdout);
    }
    if (status == QF_OK && s->junit.out) {
        status = qf_junit_write(s->context, &summary, &s->junit);
    }
    return status;
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
    s->table = qf_sweep_store_table(s->store);
    size_t n_missing = 0;
    for (size_t k = 0; k < s->n_counted; k++) {
        n_missing += s->table->outcome[k] == QF_OUTCOME_NOT_RUN;
    }
    if (all && n_missing == 0) {
        return conclude(s, met);
    }
    say_incomplete(s, n_missing);
    return QF_OK;
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
    qf_status status = s.directory
                           ? qf_sweep_session_range(context, options, s.spec, &s.begin, &s.end)
                           : qf_fail(context, QF_ERROR_MEMORY, "out of memory");
    qf_listen_with_patience(PATIENCE_S);
    qf_binding_start(context, &machine->topology, options->bind);
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
        fprintf(stderr, "qfleet sweep: %s\n", context->error);
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
