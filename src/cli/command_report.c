/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "case_source.h"
#include "commands.h"
#include "options.h"
#include "page.h"
#include "partial_file.h"
#include "report.h"
#include "results_open.h"
#include "run_session.h"
#include "sweep_store.h"

static const qf_option_id accepted[] = {QF_OPTION_PAGE, QF_OPTION_FORCE, QF_OPTION_HELP};

enum { N_ACCEPTED = sizeof accepted / sizeof *accepted };

/* what the page of a run has, in this order */
static qf_status (*const run_sections[])(qf_context *context, qf_page *page,
                                         const qf_report_run *run) = {
    qf_report_run_provenance,
};

/* what the page of a sweep has, in this order; cases that are run again stand before the last */
static qf_status (*const sweep_sections[])(qf_context *context, qf_page *page,
                                           const qf_report_sweep *sweep) = {
    qf_report_sweep_provenance,
};

enum {
    N_RUN_SECTIONS = sizeof run_sections / sizeof *run_sections,
    N_SWEEP_SECTIONS = sizeof sweep_sections / sizeof *sweep_sections
};

typedef struct report {
    qf_context context;
    const qf_options *options;
    const char *path; /* of the result */
    qf_page *page;
    char *title;
} report;

static void help(void)
{
    printf("usage: qfleet report RESULT [options]\n\n"
           "Makes one page of HTML of a result, which needs no network: for people who read\n"
           "and print. RESULT is the result file of a run, or the directory of a sweep.\n\n");
    qf_options_help(accepted, N_ACCEPTED);
    printf("\nexit codes: 0 done, 2 bad command line, 3 the result cannot be read or the page\n"
           "not be written\n");
}

static qf_status report_run(report *r, hid_t file)
{
    const qf_report_run run = {.file = file, .path = r->path, .anchor = ""};
    qf_status status = QF_OK;
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
    for (size_t i = 0; i < N_SWEEP_SECTIONS && status == QF_OK; i++) {
        status = sweep_sections[i](&r->context, r->page, &sweep);
    }
    qf_arena_free(&arena);
    return status;
}

static qf_status compose(report *r)
{
    if (qf_is_sweep(r->path)) {
        qf_case_source source;
        qf_status status = qf_case_source_open(&r->context, r->path, stderr, &source);
        status = status == QF_OK ? report_sweep(r, &source) : status;
        qf_case_source_close(&source);
        return status;
    }
    hid_t file;
    uint64_t bytes;
    qf_status status = qf_results_open(&r->context, r->path, &file, &bytes);
    if (status == QF_OK) {
        status = report_run(r, file);
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

static qf_status publish(report *r, const char *output)
{
    qf_partial_file file;
    qf_status status = qf_partial_file_open(&r->context, output, r->options->force, &file);
    if (status != QF_OK) {
        return status;
    }
    FILE *out = fopen(file.partial, "w");
    status = out ? qf_page_write(&r->context, r->page, r->title ? r->title : r->path, out)
                 : qf_fail(&r->context, QF_ERROR_OUTPUT, "%s: cannot be written", file.partial);
    if (out && fclose(out) != 0 && status == QF_OK) {
        status = qf_fail(&r->context, QF_ERROR_WRITE, "%s: cannot be written", file.partial);
    }
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
    qf_status status = output && r->page ? QF_OK
                                         : qf_fail(&r->context, QF_ERROR_MEMORY,
                                                   "no memory for the page of %s", r->path);
    status = status == QF_OK ? compose(r) : status;
    status = status == QF_OK ? publish(r, output) : status;
    if (status == QF_OK) {
        fprintf(stderr, "%s\n", output);
    } else {
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
    } else if (status == QF_OK) {
        report r = {
            .context = qf_context_default(), .options = &options, .path = options.operands[0]};
        r.context.log = qf_print_log;
        status = make(&r);
    }
    qf_options_free(&options);
    return qf_status_exit_code(status);
}
