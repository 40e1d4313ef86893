/* SPDX-License-Identifier: Apache-2.0 */
#include "sweep_conclusion.h"

#include <dirent.h>
#include <fcntl.h>
#include <math.h>
#include <sys/stat.h>

#include "memory_forecast.h"
#include "summary.h"
#include "sweep_summary.h"

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

/* here it may still grow, elsewhere all is done */
static void sum_up_memory(const qf_sweep_conclusion *c, qf_sweep_summary *summary)
{
    const size_t here = qf_peak_resident_bytes();
    summary->ranks = c->ranks;
    summary->peak_bytes = here > c->others_most_bytes ? here : c->others_most_bytes;
    summary->all_peak_bytes = here + c->others_bytes;
}

static qf_status print(qf_context *context, const qf_sweep_conclusion *c,
                       const qf_sweep_report *report, qf_junit *junit)
{
    qf_sweep_summary summary = {.name = qf_sweep_scenario(c->sweep)->name,
                                .directory = c->directory,
                                .spec = qf_sweep_get_spec(c->sweep),
                                .table = c->table,
                                .report = report,
                                .hash = qf_sweep_hash(c->table, c->n_counted),
                                .n_ran = c->n_ran,
                                .wall_s = c->wall_s,
                                .threads = c->threads,
                                .threads_reason = c->threads_reason,
                                .isa = c->machine->kernels->isa,
                                .isa_reason = c->machine->isa_reason,
                                .predicted_bytes = c->predicted_bytes,
                                .disk_bytes = directory_bytes(c->directory)};
    sum_up_memory(c, &summary);
    qf_status status = qf_sweep_summary_print(context, &summary, stderr);
    if (status == QF_OK && c->options->json) {
        status = qf_sweep_summary_json(context, &summary, stdout);
    }
    if (status == QF_OK && junit->out) {
        status = qf_junit_write(context, &summary, junit);
    }
    return status;
}

qf_status qf_sweep_conclude(qf_context *context, const qf_sweep_conclusion *c, qf_junit *junit,
                            bool *met)
{
    qf_arena arena = {0};
    qf_sweep_report report;
    qf_status status = qf_sweep_report_create(context, &arena, qf_sweep_get_spec(c->sweep),
                                              qf_sweep_design(c->sweep), c->table, c->n_counted,
                                              qf_sweep_scenario(c->sweep)->seed, &report);
    if (status == QF_OK) {
        status = c->write(c->user, context, &report);
    }
    if (status == QF_OK) {
        *met = qf_sweep_is_met(&report);
        status = print(context, c, &report, junit);
    }
    qf_arena_free(&arena);
    return status;
}
