/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "html.h"
#include "netcdf_read.h"
#include "partial_file.h"
#include "provenance_parts.h"
#include "report.h"
#include "results_part.h"

static void put_program(FILE *out, hid_t file)
{
    char *version = qf_nc_get_text(file, "version");
    char *commit = qf_nc_get_text(file, "git_commit");
    if (version && commit) {
        qf_html_fact(out, "Program", "qfleet %s (%s)", version, commit);
    }
    free(version);
    free(commit);
    qf_provenance_attribute(out, file, "Schema", "schema");
    qf_provenance_attribute(out, file, "Created", "created_utc");
    qf_provenance_attribute(out, file, "Gone on with", "resumed");
    qf_provenance_machine(out, file);
    qf_provenance_attribute(out, file, "Threads bound to", "binding");
}

static void put_time(FILE *out, hid_t file)
{
    double dt_s = 0.0;
    int64_t n_ticks = 0;
    uint64_t seed = 0;
    if (qf_nc_get_number(file, "seed", H5T_NATIVE_UINT64, &seed)) {
        qf_html_fact(out, "Seed", "%" PRIu64, seed);
    }
    if (qf_nc_get_number(file, "dt_s", H5T_NATIVE_DOUBLE, &dt_s) &&
        qf_nc_get_number(file, "n_ticks", H5T_NATIVE_INT64, &n_ticks)) {
        qf_html_fact(out, "Time", "%" PRId64 " ticks of %g s: %g s", n_ticks, dt_s,
                     (double)n_ticks * dt_s);
    }
}

/* the result's own file, and those of ranks that it stands on */
static qf_status put_file(qf_context *context, FILE *out, const qf_report_run *run)
{
    struct stat there;
    qf_parts parts;
    const bool known = stat(run->path, &there) == 0;
    uint64_t bytes = known ? (uint64_t)there.st_size : 0;
    const qf_status status = qf_parts_read(context, run->path, run->file, &parts);
    for (size_t i = 0; status == QF_OK && i < parts.n; i++) {
        bytes += parts.bytes[i];
    }
    qf_html_fact(out, "Result", "%s", run->path);
    if (known && status == QF_OK) {
        qf_provenance_bytes(out, "Size", bytes);
    }
    if (status == QF_OK && parts.directory) {
        qf_html_fact(out, "Parts", "%zu files in %s", parts.n, parts.directory);
    }
    qf_parts_free(&parts);
    return status;
}

static void put_hashes(FILE *out, hid_t file)
{
    const hid_t tick = H5Dopen2(file, "hashes/tick", H5P_DEFAULT);
    const hsize_t n = qf_nc_length(tick);
    qf_nc_close_id(tick);
    qf_provenance_attribute(out, file, "State hash", "state_hash");
    if (n > 0) {
        qf_html_fact(out, "Hashes kept", "at %llu moment%s", (unsigned long long)n,
                     n == 1 ? "" : "s");
    }
}

static void put_checks(FILE *out, const qf_report_run *run)
{
    char *status = qf_nc_get_text(run->file, "status");
    qf_html_heading(out, "To check it");
    if (status && strcmp(status, "complete") == 0) {
        qf_html_paragraph(out, "Runs each of its worlds again, and compares hashes:");
        qf_html_command_on(out, "qfleet verify", run->path, "--fraction 1");
    } else if (status && strcmp(status, "running") == 0 && qf_partial_file_is_locked(run->path)) {
        qf_html_paragraph(out, "The run is not over, and has no final hash to check yet.");
    } else {
        qf_html_paragraph(out, "The run did not end well, and has no final hash to check.");
    }
    qf_html_paragraph(out, "Finds the first difference to another result:");
    qf_html_command_on(out, "qfleet diff", run->path, "OTHER.h5");
    free(status);
}

qf_status qf_report_run_provenance(qf_context *context, qf_page *page, const qf_report_run *run)
{
    char id[64];
    snprintf(id, sizeof id, "%sprovenance", run->anchor);
    qf_page_section(page, id, "Where this comes from");
    FILE *out = qf_page_out(page);
    qf_html_facts_begin(out);
    put_program(out, run->file);
    put_time(out, run->file);
    const qf_status status = put_file(context, out, run);
    put_hashes(out, run->file);
    qf_html_facts_end(out);
    char *command = qf_nc_get_text(run->file, "command_line");
    char *yaml = qf_nc_get_text(run->file, "scenario_yaml");
    if (command) {
        qf_html_heading(out, "How it was made");
        qf_html_command(out, "%s", command);
    }
    put_checks(out, run);
    if (yaml) {
        qf_provenance_scenario(out, yaml, "run", "the attribute scenario_yaml of the result");
    }
    free(command);
    free(yaml);
    return status;
}
