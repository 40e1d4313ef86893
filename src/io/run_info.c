/* SPDX-License-Identifier: Apache-2.0 */
#include "run_info.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "netcdf_read.h"
#include "partial_file.h"
#include "results_part.h"
#include "run_parts.h"

bool qf_is_run_parts(const char *path)
{
    struct stat there;
    char *manifest = NULL;
    const bool is = asprintf(&manifest, "%s/run.json", path) >= 0 && stat(manifest, &there) == 0;
    free(manifest);
    return is;
}

/* what can be said of one file; whether it is whole */
static bool print_state(FILE *out, const char *path, const qf_run_manifest *manifest, int rank)
{
    qf_part_marks marks;
    const hid_t file = qf_nc_open(path);
    char *status = file >= 0 ? qf_nc_get_text(file, "status") : NULL;
    const bool marked = file >= 0 && qf_part_marks_read(file, &marks);
    bool whole = false;
    if (!marked) {
        fprintf(out, "damaged");
    } else if (marks.run != manifest->run) {
        fprintf(out, "of another run");
    } else if (marks.rank != rank || marks.n_ranks != manifest->n_ranks) {
        fprintf(out, "the file of rank %d of %d", marks.rank, marks.n_ranks);
    } else {
        fprintf(out, "%s", status ? status : "no status");
        whole = status && strcmp(status, "complete") == 0;
    }
    free(status);
    if (file >= 0) {
        (void)H5Fclose(file);
    }
    return whole;
}

/* one line; whether the rank's file is whole */
static bool print_rank(FILE *out, const char *directory, const qf_run_manifest *manifest, int rank)
{
    const qf_results_part *part = &manifest->parts[rank];
    char name[QF_PART_NAME_BYTES];
    char path[4096];
    char partial[4096 + sizeof ".partial"];
    struct stat file;
    bool whole = true;
    qf_run_part_name(rank, manifest->n_ranks, name);
    snprintf(path, sizeof path, "%s/%s", directory, name);
    snprintf(partial, sizeof partial, "%s.partial", path);
    fprintf(out, "  rank %-6d ", rank);
    if (!qf_run_part_has_file(part)) {
        fprintf(out, "no vehicles, no file\n");
        return true;
    }
    fprintf(out, "%s: %zu vehicles, ", name, part->n_entities);
    if (stat(path, &file) == 0) {
        whole = print_state(out, path, manifest, rank);
        fprintf(out, ", %.1f MB\n", 1e-6 * (double)file.st_size);
    } else if (stat(partial, &file) == 0) {
        fprintf(out, "%s, ", qf_partial_file_is_locked(partial) ? "being written" : "NOT COMPLETE");
        (void)print_state(out, partial, manifest, rank);
        fprintf(out, ", %.1f MB\n", 1e-6 * (double)file.st_size);
        whole = false;
    } else {
        fprintf(out, "missing\n");
        whole = false;
    }
    return whole;
}

qf_status qf_run_parts_info(qf_context *context, const char *directory, FILE *out)
{
    qf_run_manifest manifest;
    qf_nc_quiet();
    qf_status status = qf_run_manifest_read(context, directory, &manifest);
    if (status != QF_OK) {
        return status;
    }
    int n_whole = 0;
    fprintf(out, "%s\n", directory);
    fprintf(out, "  content     files of the %d ranks of a run, of which %s is made\n",
            manifest.n_ranks, manifest.master);
    fprintf(out, "  version     %s\n", manifest.version);
    for (int r = 0; r < manifest.n_ranks; r++) {
        n_whole += print_rank(out, directory, &manifest, r);
    }
    if (n_whole < manifest.n_ranks) {
        status = qf_fail(context, QF_DIFFERENT, "%s: files of %d of %d ranks are not whole",
                         directory, manifest.n_ranks - n_whole, manifest.n_ranks);
    }
    qf_run_manifest_free(&manifest);
    return status;
}
