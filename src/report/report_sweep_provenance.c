/* SPDX-License-Identifier: Apache-2.0 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fleet.h"
#include "html.h"
#include "netcdf.h"
#include "netcdf_read.h"
#include "number_text.h"
#include "provenance_parts.h"
#include "report.h"

enum { MOST_SHARDS = 8 /* of which the page tells who computed them */ };

/* What a directory holds. */
typedef struct files {
    char **timings; /* names of the timing files of shards, in order */
    size_t n_timings;
    size_t n;
    uint64_t bytes;
} files;

static bool is_timing(const char *name)
{
    static const char ending[] = ".timing.h5";
    const size_t length = strlen(name);
    return strncmp(name, "shard-", strlen("shard-")) == 0 && length > strlen(ending) &&
           strcmp(name + length - strlen(ending), ending) == 0;
}

/* shard-2-of-10 before shard-10-of-10 */
static int compare_names(const void *left, const void *right)
{
    return strverscmp(*(char *const *)left, *(char *const *)right);
}

static qf_status take_name(qf_context *context, files *found, const char *name)
{
    char **more = realloc(found->timings, (found->n_timings + 1) * sizeof *more);
    found->timings = more ? more : found->timings;
    char *copy = more ? strdup(name) : NULL;
    if (!copy) {
        return qf_fail(context, QF_ERROR_MEMORY, "out of memory");
    }
    more[found->n_timings++] = copy;
    return QF_OK;
}

static qf_status look_into(qf_context *context, const char *path, files *found)
{
    DIR *directory = opendir(path);
    qf_status status = QF_OK;
    if (!directory) {
        return qf_fail(context, QF_ERROR_READ, "%s: %s", path, strerror(errno));
    }
    while (status == QF_OK) {
        struct stat info;
        errno = 0;
        const struct dirent *entry = readdir(directory);
        if (!entry) {
            status =
                errno ? qf_fail(context, QF_ERROR_READ, "%s: %s", path, strerror(errno)) : QF_OK;
            break;
        }
        if (fstatat(dirfd(directory), entry->d_name, &info, AT_SYMLINK_NOFOLLOW) == 0 &&
            S_ISREG(info.st_mode)) {
            found->n++;
            found->bytes += (uint64_t)info.st_size;
            status = is_timing(entry->d_name) ? take_name(context, found, entry->d_name) : QF_OK;
        }
    }
    closedir(directory);
    if (found->n_timings > 1) {
        qsort(found->timings, found->n_timings, sizeof *found->timings, compare_names);
    }
    return status;
}

static void free_files(files *found)
{
    for (size_t i = 0; i < found->n_timings; i++) {
        free(found->timings[i]);
    }
    free(found->timings);
}

/* DIR/NAME, opened; < 0: it is not there, or cannot be read */
static hid_t open_file(const char *directory, const char *name)
{
    char *path = NULL;
    hid_t file = H5I_INVALID_HID;
    if (asprintf(&path, "%s/%s", directory, name) >= 0) {
        qf_nc_quiet();
        file = access(path, R_OK) == 0 ? qf_nc_open(path) : H5I_INVALID_HID;
        free(path);
    }
    return file;
}

/* who computed a shard, when, and how it was asked to */
static void put_shard(FILE *out, const char *directory, const char *name)
{
    const hid_t file = open_file(directory, name);
    if (file < 0) {
        qf_html_paragraph(out, "%s cannot be read.", name);
        return;
    }
    char *command = qf_nc_get_text(file, "command_line");
    qf_html_facts_begin(out);
    qf_html_fact(out, "Shard", "%.*s", (int)(strlen(name) - strlen(".timing.h5")), name);
    qf_provenance_attribute(out, file, "Begun", "created_utc");
    qf_provenance_attribute(out, file, "Finished", "finished_utc");
    qf_provenance_machine(out, file);
    qf_html_facts_end(out);
    if (command) {
        qf_html_command(out, "%s", command);
    }
    free(command);
    (void)H5Fclose(file);
}

static void put_shards(FILE *out, const char *directory, const files *found)
{
    qf_html_heading(out, "How it was made");
    if (found->n_timings == 0) {
        qf_html_paragraph(out, "No shard of it is done: who computed its cases is not known yet.");
    }
    for (size_t i = 0; i < found->n_timings && i < MOST_SHARDS; i++) {
        put_shard(out, directory, found->timings[i]);
    }
    if (found->n_timings > MOST_SHARDS) {
        qf_html_paragraph(out,
                          "These are the first %d of %zu shards; the timing files of the others "
                          "tell the same of them.",
                          MOST_SHARDS, found->n_timings);
    }
}

/* what sweep.h5 says of itself; it is there when all shards are done */
static void put_master(FILE *out, const char *directory)
{
    const hid_t file = open_file(directory, "sweep.h5");
    if (file >= 0) {
        qf_provenance_attribute(out, file, "Schema", "schema");
        qf_provenance_attribute(out, file, "Hash of the scenario", "scenario_xxh3");
        qf_provenance_attribute(out, file, "Hash of the design", "design_xxh3");
        (void)H5Fclose(file);
    }
}

static void put_facts(FILE *out, const qf_report_sweep *sweep, const files *found)
{
    const qf_stored_sweep *stored = &sweep->source->sweep;
    const qf_sweep_spec *spec = qf_sweep_get_spec(stored->sweep);
    char n_cases[32];
    qf_html_facts_begin(out);
    qf_html_fact(out, "Program", "qfleet %s (%s)", stored->version, stored->git_commit);
    qf_html_fact(out, "Seed", "%" PRIu64, qf_sweep_scenario(stored->sweep)->seed);
    qf_html_fact(out, "Sampling", "%s: %s cases", qf_sampling_names[spec->sampling],
                 qf_group_digits((int64_t)stored->table.n_cases, n_cases));
    put_master(out, stored->directory);
    qf_html_fact(out, "Hash of all cases", "%016" PRIx64,
                 qf_combine_hashes(stored->table.hash, sweep->answers->n_cases));
    qf_html_fact(out, "Checksums", "%s",
                 sweep->source->n_damaged > 0 ? "do not all fit: see the top of the page"
                 : stored->has_checksums      ? "of every case and of every file fit"
                                         : "of every case that is there fit; files have none yet");
    qf_html_fact(out, "Result", "%s", stored->directory);
    qf_html_fact(out, "Files", "%zu", found->n);
    qf_provenance_bytes(out, "Size", found->bytes);
    qf_html_facts_end(out);
}

static void put_checks(FILE *out, const qf_stored_sweep *stored)
{
    qf_html_heading(out, "To check it");
    qf_html_paragraph(out,
                      "Checks every checksum, runs one case of a hundred again, and compares all "
                      "bits of what it comes to:");
    qf_html_command_on(out, "qfleet verify", stored->directory, "");
    qf_html_paragraph(out, "Finds the first difference to another sweep:");
    qf_html_command_on(out, "qfleet diff", stored->directory, "OTHER.sweep");
}

/* as much as is shown of it, and enough to see that there is more */
static qf_status put_scenario(qf_context *context, FILE *out, const char *directory)
{
    char *path = NULL;
    char *yaml = NULL;
    qf_status status = QF_OK;
    if (asprintf(&path, "%s/scenario.yaml", directory) < 0) {
        return qf_fail(context, QF_ERROR_MEMORY, "out of memory");
    }
    struct stat info;
    FILE *in = fopen(path, "re");
    if (!in || fstat(fileno(in), &info) != 0) {
        status = qf_fail(context, QF_ERROR_READ, "%s: %s", path, strerror(errno));
    } else if (!(yaml = calloc((size_t)info.st_size + 1, 1))) {
        status = qf_fail(context, QF_ERROR_MEMORY, "no memory for %s", path);
    } else if (fread(yaml, 1, (size_t)info.st_size, in) != (size_t)info.st_size) {
        status = qf_fail(context, QF_ERROR_READ, "%s: cannot be read", path);
    } else {
        qf_provenance_scenario(out, yaml, "sweep", path);
    }
    if (in) {
        (void)fclose(in);
    }
    free(yaml);
    free(path);
    return status;
}

qf_status qf_report_sweep_provenance(qf_context *context, qf_page *page,
                                     const qf_report_sweep *sweep)
{
    const qf_stored_sweep *stored = &sweep->source->sweep;
    files found = {0};
    qf_status status = look_into(context, stored->directory, &found);
    if (status == QF_OK) {
        qf_page_section(page, "provenance", "Where this comes from");
        FILE *out = qf_page_out(page);
        put_facts(out, sweep, &found);
        put_shards(out, stored->directory, &found);
        put_checks(out, stored);
        status = put_scenario(context, out, stored->directory);
    }
    free_files(&found);
    return status;
}
