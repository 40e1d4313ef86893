/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "case_replay.h"
#include "commands.h"
#include "netcdf_read.h"
#include "options.h"
#include "page.h"
#include "partial_file.h"
#include "report.h"
#include "report_notices.h"
#include "report_replay.h"
#include "results_open.h"
#include "results_part.h"
#include "run_session.h"
#include "sweep_store.h"

static const qf_option_id accepted[] = {
    QF_OPTION_PAGE,    QF_OPTION_FORCE, QF_OPTION_REPLAYED, QF_OPTION_BY,       QF_OPTION_NO_REPLAY,
    QF_OPTION_THREADS, QF_OPTION_ISA,   QF_OPTION_BIND,     QF_OPTION_PROGRESS, QF_OPTION_HELP};

enum { N_ACCEPTED = sizeof accepted / sizeof *accepted };

typedef qf_status (*run_section)(qf_context *context, qf_page *page, const qf_report_run *run);

/* what the page of a run has, in this order */
static const run_section run_sections[] = {
    qf_report_run_summary,  qf_report_run_state,    qf_report_run_plan,       qf_report_run_events,
    qf_report_run_tracking, qf_report_run_machines, qf_report_run_provenance,
};

/* and that of a case that was run again, below its head: the story first, then all that can be looked up */
static const run_section case_sections[] = {
    qf_report_run_events,   qf_report_run_plan,  qf_report_run_machines,
    qf_report_run_tracking, qf_report_run_state,
};

/* what the page of a sweep has, in this order; cases that are run again stand before the last */
static qf_status (*const sweep_sections[])(qf_context *context, qf_page *page,
                                           const qf_report_sweep *sweep) = {
    qf_report_sweep_summary, qf_report_sweep_metrics,    qf_report_sweep_sensitivity,
    qf_report_sweep_worst,   qf_report_sweep_provenance,
};

enum {
    N_RUN_SECTIONS = sizeof run_sections / sizeof *run_sections,
    N_CASE_SECTIONS = sizeof case_sections / sizeof *case_sections,
    N_SWEEP_SECTIONS = sizeof sweep_sections / sizeof *sweep_sections
};

typedef struct report {
    qf_context context;
    const qf_options *options;
    const char *path; /* of the result */
    const char *command_line;
    qf_machine machine;
    qf_page *page;
    char *title;
    const qf_report_sweep *sweep; /* whose page it is; NULL: of a run */
} report;

static void help(void)
{
    printf(
        "usage: qfleet report RESULT [options]\n\n"
        "Makes one page of HTML of a result, which needs no network: for people who read\n"
        "and print. RESULT is the result file of a run, or the directory of a sweep, of\n"
        "which the worst cases and a typical one are run again for their pictures. A FILE '-' is\n"
        "standard output.\n\n");
    qf_options_help(accepted, N_ACCEPTED);
    printf("\nexit codes: 0 done, 2 bad command line, 3 the result cannot be read or the page\n"
           "not be written, 75 interrupted\n");
}

/* `name`, which is freed, NULL: none is known */
static void name_page(report *r, const char *kind, char *name)
{
    if (asprintf(&r->title, "%s %s", kind, name ? name : r->path) < 0) {
        r->title = NULL; /* the path stands for it */
    }
    free(name);
}

static qf_status report_run(report *r, hid_t file)
{
    const qf_report_run run = {.file = file, .path = r->path, .anchor = ""};
    qf_status status = QF_OK;
    name_page(r, "Run", qf_nc_get_text(file, "title"));
    qf_report_run_notices(r->page, &run);
    for (size_t i = 0; i < N_RUN_SECTIONS && status == QF_OK; i++) {
        status = run_sections[i](&r->context, r->page, &run);
    }
    return status;
}

/* cases that count: with early stopping those before it, else all */
static size_t count_counted(const qf_sweep_spec *spec, const qf_sweep_table *table)
{
    size_t end = table->n_cases;
    while (end > 0 && table->outcome[end - 1] == QF_OUTCOME_NOT_RUN) {
        end--;
    }
    return end > 0 && end < table->n_cases && qf_sweep_stops(spec, table, end) ? end
                                                                               : table->n_cases;
}

static qf_status head_case(void *user, const qf_report_run *run, const qf_report_case *shown)
{
    report *r = user;
    qf_report_story story;
    const qf_status status = run ? qf_report_run_story(&r->context, run, &story) : QF_OK;
    return status == QF_OK ? qf_report_sweep_case(&r->context, r->page, r->sweep, shown->number,
                                                  shown->reason, run ? &story : NULL)
                           : status;
}

static qf_status show_case(void *user, const qf_report_run *run)
{
    report *r = user;
    qf_status status = QF_OK;
    for (size_t i = 0; i < N_CASE_SECTIONS && status == QF_OK; i++) {
        status = case_sections[i](&r->context, r->page, run);
    }
    return status;
}

static qf_status replay_cases(report *r, const qf_case_source *source)
{
    const size_t n_worst = r->options->n_replayed ? r->options->n_replayed : 1;
    const qf_report_replay replay = {.source = source,
                                     .options = r->options,
                                     .machine = &r->machine,
                                     .command_line = r->command_line,
                                     .page = r->page,
                                     .head = head_case,
                                     .show = show_case,
                                     .user = r};
    qf_report_case *cases = calloc(n_worst + 1, sizeof *cases);
    size_t n = 0;
    qf_status status =
        cases ? qf_report_cases_choose(&r->context, source, r->options->by, n_worst, cases, &n)
              : qf_fail(&r->context, QF_ERROR_MEMORY, "out of memory");
    for (size_t i = 0; i < n && status == QF_OK; i++) {
        status = qf_report_replay_show(&r->context, &replay, &cases[i]);
    }
    qf_report_cases_free(cases, n);
    free(cases);
    qf_page_part(r->page, NULL, NULL);
    return status;
}

/* a function has no world that pictures could be of */
static bool can_replay(const report *r, const qf_case_source *source)
{
    return !r->options->no_replay &&
           qf_sweep_get_spec(source->sweep.sweep)->function == QF_FUNCTION_NONE;
}

static qf_status report_sweep(report *r, const qf_case_source *source)
{
    const qf_stored_sweep *stored = &source->sweep;
    const qf_sweep_spec *spec = qf_sweep_get_spec(stored->sweep);
    qf_arena arena = {0};
    qf_sweep_report answers;
    qf_status status = qf_sweep_report_create(
        &r->context, &arena, spec, qf_sweep_design(stored->sweep), &stored->table,
        count_counted(spec, &stored->table), qf_sweep_scenario(stored->sweep)->seed, &answers);
    const qf_report_sweep sweep = {.source = source, .answers = &answers, .path = r->path};
    r->sweep = &sweep;
    for (size_t i = 0; i < N_SWEEP_SECTIONS && status == QF_OK; i++) {
        if (i + 1 == N_SWEEP_SECTIONS && can_replay(r, source)) {
            status = replay_cases(r, source);
        }
        status = status != QF_OK ? status : sweep_sections[i](&r->context, r->page, &sweep);
    }
    r->sweep = NULL;
    qf_arena_free(&arena);
    return status;
}

static qf_status open_sweep(report *r)
{
    qf_case_source source;
    char *complaints = NULL;
    size_t bytes = 0;
    FILE *out = open_memstream(&complaints, &bytes);
    if (!out) {
        return qf_fail(&r->context, QF_ERROR_MEMORY, "out of memory");
    }
    qf_status status = qf_case_source_open(&r->context, r->path, out, &source);
    if (fclose(out) != 0 && status == QF_OK) {
        status = qf_fail(&r->context, QF_ERROR_MEMORY, "out of memory");
    }
    if (status == QF_OK) {
        fputs(complaints, stderr);
        name_page(r, "Sweep", strdup(qf_sweep_scenario(source.sweep.sweep)->name));
        qf_report_sweep_notices(r->page, &source, complaints);
        status = report_sweep(r, &source);
    }
    qf_case_source_close(&source);
    free(complaints);
    return status;
}

/* files that are no result by themselves */
static qf_status refuse_part(report *r, hid_t file)
{
    qf_part_marks marks;
    char *content = qf_nc_get_text(file, "content");
    const bool of_sweep = content && strncmp(content, "sweep", strlen("sweep")) == 0;
    free(content);
    if (of_sweep) {
        return qf_fail(&r->context, QF_ERROR_READ, "%s: is a part of a sweep; name its directory",
                       r->path);
    }
    return qf_part_marks_read(file, &marks)
               ? qf_fail(&r->context, QF_ERROR_READ,
                         "%s: has only the vehicles of rank %d of %d; name the run's result",
                         r->path, marks.rank, marks.n_ranks)
               : QF_OK;
}

static qf_status compose(report *r)
{
    if (qf_is_sweep(r->path)) {
        return open_sweep(r);
    }
    if (r->options->no_replay || r->options->n_replayed || r->options->by) {
        return qf_fail(&r->context, QF_ERROR_USAGE, "--cases, --by and --no-replay are for sweeps");
    }
    hid_t file;
    uint64_t bytes;
    qf_status status = qf_results_open(&r->context, r->path, &file, &bytes);
    if (status == QF_OK) {
        status = refuse_part(r, file);
        status = status == QF_OK ? report_run(r, file) : status;
        (void)H5Fclose(file);
    }
    return status;
}

/* the result's own name, here: what/patrol.h5 gives patrol.html */
static char *default_output(const char *path)
{
    static const char *const endings[] = {"/sweep.h5", ".partial", ".h5", ".sweep"};
    char *name = NULL;
    char *stem = strdup(path);
    if (!stem) {
        return NULL;
    }
    size_t n = strlen(stem);
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
        while (n > 1 && stem[n - 1] == '/') {
            stem[--n] = '\0';
        }
        const size_t length = strlen(endings[i]);
        if (n > length && strcmp(stem + n - length, endings[i]) == 0) {
            n -= length;
            stem[n] = '\0';
        }
    }
    const char *slash = strrchr(stem, '/');
    if (asprintf(&name, "%s.html", slash ? slash + 1 : stem) < 0) {
        name = NULL;
    }
    free(stem);
    return name;
}

static bool is_standard_output(const char *output)
{
    return strcmp(output, "-") == 0;
}

static qf_status print_page(report *r)
{
    const qf_status status =
        qf_page_write(&r->context, r->page, r->title ? r->title : r->path, stdout);
    return status == QF_OK && fflush(stdout) != 0
               ? qf_fail(&r->context, QF_ERROR_WRITE, "standard output: the page was not written")
               : status;
}

static qf_status write_page(report *r, const qf_partial_file *file)
{
    FILE *out = fopen(file->partial, "we");
    if (!out) {
        return qf_fail(&r->context, QF_ERROR_OUTPUT, "%s: cannot be written", file->partial);
    }
    qf_status status = qf_page_write(&r->context, r->page, r->title ? r->title : r->path, out);
    if (fclose(out) != 0 && status == QF_OK) {
        status = qf_fail(&r->context, QF_ERROR_WRITE, "%s: cannot be written", file->partial);
    }
    return status;
}

/* by --force pages alone are replaced: a slip of the hand may name a scenario, or notes */
static qf_status refuse_others(report *r, const char *output)
{
    struct stat there;
    char begin[sizeof QF_PAGE_BEGINNING - 1];
    if (!r->options->force || lstat(output, &there) != 0 || !S_ISREG(there.st_mode) ||
        there.st_size == 0) {
        return QF_OK;
    }
    FILE *file = fopen(output, "re");
    const bool is_page = file && fread(begin, sizeof begin, 1, file) == 1 &&
                         memcmp(begin, QF_PAGE_BEGINNING, sizeof begin) == 0;
    if (file) {
        (void)fclose(file);
    }
    return is_page ? QF_OK
                   : qf_fail(&r->context, QF_ERROR_OUTPUT,
                             "%s: exists and is not a page, so even --force does not replace it",
                             output);
}

/* the name is taken first: cases may take long to run again */
static qf_status make_page(report *r, const char *output)
{
    qf_partial_file file;
    qf_status status;
    if (is_standard_output(output)) {
        status = compose(r);
        return status == QF_OK ? print_page(r) : status;
    }
    status = refuse_others(r, output);
    status = status == QF_OK
                 ? qf_partial_file_open_text(&r->context, output, r->options->force, &file)
                 : status;
    if (status != QF_OK) {
        return status;
    }
    status = compose(r);
    status = status == QF_OK ? write_page(r, &file) : status;
    if (status == QF_OK) {
        return qf_partial_file_publish(&r->context, &file);
    }
    qf_partial_file_discard(&file);
    return status;
}

static qf_status make(report *r)
{
    char *name = r->options->output ? NULL : default_output(r->path);
    const char *output = r->options->output ? r->options->output : name;
    r->page = qf_page_create();
    qf_status status = output && r->page ? make_page(r, output)
                                         : qf_fail(&r->context, QF_ERROR_MEMORY,
                                                   "no memory for the page of %s", r->path);
    if (status == QF_OK && !is_standard_output(output)) {
        fprintf(stderr, "%s\n", output);
    } else if (status != QF_OK) {
        fprintf(stderr, "qfleet report: %s\n", r->context.error);
    }
    qf_page_free(r->page);
    free(r->title);
    free(name);
    return status;
}

int qf_command_report(int argc, char **argv)
{
    qf_options options;
    qf_status status = qf_options_parse("report", accepted, N_ACCEPTED, argc, argv, &options);
    if (status == QF_OK && options.help) {
        help();
    } else if (status == QF_OK && options.n_operands != 1) {
        fprintf(stderr, "qfleet report: expected one result (see qfleet report --help)\n");
        status = QF_ERROR_USAGE;
    } else if (status == QF_OK && options.no_replay && (options.n_replayed || options.by)) {
        fprintf(stderr, "qfleet report: --no-replay contradicts --cases and --by\n");
        status = QF_ERROR_USAGE;
    } else if (status == QF_OK && options.output && is_standard_output(options.output) &&
               options.progress == QF_PROGRESS_JSON) {
        fprintf(stderr, "qfleet report: --progress json and -o - both want standard output\n");
        status = QF_ERROR_USAGE;
    } else if (status == QF_OK) {
        char *command_line = qf_command_line("report", argc, argv);
        report r = {.context = qf_context_default(),
                    .options = &options,
                    .command_line = command_line ? command_line : "qfleet report",
                    .path = options.operands[0]};
        r.context.log = qf_print_log;
        status = qf_run_open_machine(&r.context, "report", &options, &r.machine);
        status = status == QF_OK ? make(&r) : status;
        qf_machine_close(&r.machine);
        free(command_line);
    }
    qf_options_free(&options);
    return qf_status_exit_code(status);
}
