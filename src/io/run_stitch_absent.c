/* SPDX-License-Identifier: Apache-2.0 */
/* Files of ranks that are not there, or not yet: all of them are named at once, and what to do. */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "message_text.h"
#include "netcdf_read.h"
#include "run_stitch_internal.h"

enum { MOST_RANGES = 12 }; /* that a message names */

typedef enum presence { THERE, UNFINISHED, MISSING } presence;

/* of the file of each rank */
typedef struct absences {
    presence *rank;
    size_t n[MISSING + 1];
    presence wanted; /* what is listed just now */
    bool at_work;    /* somebody writes one of them */
    int64_t tick;    /* that all unfinished ones have recorded, -1: not known */
    int64_t n_ticks; /* of the run */
} absences;

/* up to which tick it has recorded, if it can be opened */
static void read_tick(const char *partial, absences *found)
{
    int64_t tick = -1;
    const hid_t file = qf_nc_open(partial);
    const hid_t ticks = file >= 0 ? H5Dopen2(file, "state/tick", H5P_DEFAULT) : H5I_INVALID_HID;
    const hsize_t n = qf_nc_length(ticks);
    const bool known = n > 0 && qf_nc_read(ticks, H5T_NATIVE_INT64, n - 1, 1, &tick) &&
                       qf_nc_get_number(file, "n_ticks", H5T_NATIVE_INT64, &found->n_ticks);
    const bool first = found->n[UNFINISHED] == 1;
    if (!known) {
        found->tick = -1;
    } else if (first || tick < found->tick) {
        found->tick = tick;
    }
    qf_nc_close_id(ticks);
    if (file >= 0) {
        (void)H5Fclose(file);
    }
}

static qf_status look_for(const qf_stitch *stitch, const char *directory, int rank, absences *found)
{
    char name[QF_PART_NAME_BYTES];
    char *partial = NULL;
    struct stat file;
    qf_run_part_name(rank, stitch->manifest.n_ranks, name);
    if (asprintf(&partial, "%s/%s.partial", directory, name) < 0) {
        return qf_fail(stitch->context, QF_ERROR_MEMORY, "out of memory");
    }
    const bool unfinished = stat(partial, &file) == 0;
    if (unfinished) {
        found->at_work = found->at_work || qf_partial_file_is_locked(partial);
    }
    partial[strlen(partial) - strlen(".partial")] = '\0';
    const bool there = stat(partial, &file) == 0;
    found->rank[rank] = there ? THERE : unfinished ? UNFINISHED : MISSING;
    found->n[found->rank[rank]]++;
    if (found->rank[rank] == UNFINISHED && (found->n[UNFINISHED] == 1 || found->tick >= 0)) {
        strcat(partial, ".partial");
        read_tick(partial, found);
    }
    free(partial);
    return QF_OK;
}

static bool is_wanted(const void *of, size_t k)
{
    const absences *found = of;
    return found->rank[k] == found->wanted;
}

static void put_ranks(FILE *out, absences *found, presence wanted, int n_ranks)
{
    found->wanted = wanted;
    fprintf(out, found->n[wanted] == 1 ? "the file of rank " : "the files of ranks ");
    qf_put_ranges(out, 0, (size_t)n_ranks, MOST_RANGES, is_wanted, found);
    fprintf(out, " of %d %s %s", n_ranks, found->n[wanted] == 1 ? "is" : "are",
            wanted == MISSING ? "missing" : "unfinished");
}

/* the result that the directory is of, as a word of a shell */
static void put_result(FILE *out, const char *directory)
{
    static const char ending[] = ".ranks";
    char *path = strdup(directory);
    size_t length = path ? strlen(path) : 0;
    while (length > 1 && path[length - 1] == '/') {
        path[--length] = '\0';
    }
    const size_t n = sizeof ending - 1;
    const bool named = length > n && strcmp(path + length - n, ending) == 0;
    if (named) {
        path[length - n] = '\0';
    }
    qf_put_shell_word(out, named ? path : "RESULT");
    free(path);
}

static void put_absences(FILE *out, const qf_stitch *stitch, const char *directory, absences *found)
{
    const int n_ranks = stitch->manifest.n_ranks;
    if (found->n[MISSING] > 0) {
        put_ranks(out, found, MISSING, n_ranks);
        fprintf(out, found->n[UNFINISHED] > 0 ? "; " : "");
    }
    if (found->n[UNFINISHED] == 0) {
        return;
    }
    put_ranks(out, found, UNFINISHED, n_ranks);
    if (found->tick >= 0) {
        fprintf(out, ", with records up to tick %lld of %lld", (long long)found->tick,
                (long long)found->n_ticks);
    }
    if (found->at_work) {
        fprintf(out, ", and being written right now");
    } else if (found->n[MISSING] == 0) {
        fprintf(out, "; the run goes on with: mpirun -n %d qfleet run SCENARIO -o ", n_ranks);
        put_result(out, directory);
        fprintf(out, " --resume");
    }
}

static qf_status complain(const qf_stitch *stitch, const char *directory, absences *found)
{
    char *text = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&text, &length);
    if (out) {
        put_absences(out, stitch, directory, found);
    }
    const qf_status status =
        out && fclose(out) == 0 ? qf_fail(stitch->context, QF_ERROR_READ, "%s: %s", directory, text)
                                : qf_fail(stitch->context, QF_ERROR_MEMORY, "out of memory");
    free(text);
    return status;
}

qf_status qf_stitch_check_all_there(const qf_stitch *stitch, const char *directory)
{
    const qf_run_manifest *manifest = &stitch->manifest;
    absences found = {.rank = calloc((size_t)manifest->n_ranks, sizeof *found.rank), .tick = -1};
    qf_status status =
        found.rank ? QF_OK : qf_fail(stitch->context, QF_ERROR_MEMORY, "out of memory");
    for (int r = 0; status == QF_OK && r < manifest->n_ranks; r++) {
        if (qf_run_part_has_file(&manifest->parts[r])) {
            status = look_for(stitch, directory, r, &found);
        }
    }
    if (status == QF_OK && found.n[UNFINISHED] + found.n[MISSING] > 0) {
        status = complain(stitch, directory, &found);
    }
    free(found.rank);
    return status;
}
