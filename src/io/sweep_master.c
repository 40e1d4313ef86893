/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sweep.h5: /sweep over all shards, and what the sweep answers.
 *
 * Up to QF_MOST_VIRTUAL_SHARDS the cases stay where they are, in virtual datasets. HDF5 holds every file open that a virtual dataset has been
 * read from, as long as that is open, and where a process may open no more files it gives the fill value and no error: a reader of
 * sweep.h5 would find holes of NaN. A process may usually open 1,024 files, and one that reads results and wall times opens two for each shard. So of
 * more shards sweep.h5 has copies of all values, and sweep.timing.h5 of all wall times (which differ from run to run, and sweep.h5
 * does not). Such a sweep.h5 needs no shard to be read.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sweep_store_internal.h"

enum {
    VARIABLE_BYTES = 16384, /* at most, of what describes a variable */
    PART_BYTES = 512,       /* of one shard in one virtual variable */
    SLACK_BYTES = 1 << 20,
};

/* Which file has which cases. */
typedef struct parts {
    qf_nc_part *of;
    char (*names)[QF_SWEEP_NAME_BYTES];
} parts;

static bool make_parts(const qf_sweep_identity *identity, qf_sweep_file file, parts *to)
{
    const size_t n = identity->n_shards;
    to->of = calloc(n, sizeof *to->of);
    to->names = calloc(n, sizeof *to->names);
    for (size_t s = 0; to->of && to->names && s < n; s++) {
        const size_t first = qf_shard_first(identity->n_cases, s + 1, n);
        const size_t end = qf_shard_first(identity->n_cases, s + 2, n);
        to->of[s] = (qf_nc_part){.file = qf_sweep_file_name(file, s + 1, n, to->names[s]),
                                 .start = first,
                                 .count = end - first};
    }
    return to->of && to->names;
}

static void free_parts(parts *p)
{
    free(p->of);
    free(p->names);
}

static void write_wall(qf_nc *nc, hid_t group, hid_t scale, size_t n_cases, const qf_nc_part *of,
                       size_t n_parts)
{
    static const double none = (double)NAN;
    const qf_nc_variable wall = {"wall_s", H5T_NATIVE_DOUBLE, "s",
                                 "its share of the wall time of its batch", &none};
    (void)qf_nc_virtual(nc, group, scale, &wall, n_cases, "/sweep/wall_s", of, n_parts);
}

static qf_status refer_to_cases(qf_context *context, qf_nc *nc, const qf_sweep_identity *identity,
                                const qf_sweep_columns *columns)
{
    parts shards = {0};
    parts timing = {0};
    const bool room = make_parts(identity, QF_SWEEP_SHARD, &shards) &&
                      make_parts(identity, QF_SWEEP_TIMING, &timing);
    if (room) {
        hid_t scale;
        const hid_t group = qf_sweep_group(nc, 0, identity->n_cases, &scale);
        char dataset[QF_SWEEP_NAME_BYTES * 4];
        for (size_t i = 0; i < columns->n && !nc->failed; i++) {
            const qf_sweep_column *column = &columns->columns[i];
            snprintf(dataset, sizeof dataset, "/sweep/%s", column->variable.name);
            const hid_t id = qf_nc_virtual(nc, group, scale, &column->variable, identity->n_cases,
                                           dataset, shards.of, identity->n_shards);
            qf_sweep_column_flags(nc, id, column);
        }
        write_wall(nc, group, scale, identity->n_cases, timing.of, identity->n_shards);
    }
    free_parts(&shards);
    free_parts(&timing);
    return room ? QF_OK : qf_fail(context, QF_ERROR_MEMORY, "out of memory");
}

static bool has_copies(const qf_sweep_identity *identity)
{
    return identity->n_shards > QF_MOST_VIRTUAL_SHARDS;
}

/* all cases as one shard would have them */
static qf_shard all_of(const qf_master *m, qf_sweep_identity *undivided)
{
    *undivided = *m->identity;
    undivided->n_shards = 1;
    return (qf_shard){.spec = m->spec,
                      .design = m->design,
                      .identity = undivided,
                      .directory = m->directory,
                      .shard = 1};
}

static qf_status copy_cases(qf_context *context, qf_nc *nc, const qf_master *m,
                            const qf_sweep_columns *columns)
{
    hid_t group;
    hid_t scale;
    char name[QF_SWEEP_NAME_BYTES];
    qf_sweep_identity undivided;
    const qf_shard all = all_of(m, &undivided);
    const qf_nc_part timings = {.file = qf_sweep_file_name(QF_SWEEP_TIMINGS, 0, 0, name),
                                .count = m->identity->n_cases};
    const qf_status status =
        qf_cases_write(context, nc, &all, columns, m->table, m->report->n_cases, &group, &scale);
    if (status == QF_OK) {
        write_wall(nc, group, scale, m->identity->n_cases, &timings, 1);
    }
    return status;
}

static qf_status copy_timing(qf_context *context, const qf_master *m)
{
    qf_sweep_identity undivided;
    const qf_shard all = all_of(m, &undivided);
    char *path = qf_sweep_file_path(m->directory, QF_SWEEP_TIMINGS, 0, 0);
    const qf_status status =
        path ? qf_cases_write_timing(context, path, &all, m->table, m->report->n_cases)
             : qf_fail(context, QF_ERROR_MEMORY, "out of memory");
    free(path);
    return status;
}

static void put_attributes(qf_nc *nc, const qf_master *m)
{
    const qf_sweep_report *report = m->report;
    const int64_t counted = (int64_t)report->n_cases;
    const int64_t looks = (int64_t)report->n_looks;
    const uint8_t early = report->stopped_early;
    const size_t not_run = m->table->count[QF_OUTCOME_NOT_RUN];
    qf_sweep_put_identity(nc, m->identity, "sweep");
    qf_nc_put_text(nc, nc->file, "status", not_run == 0 || early ? "complete" : "partial");
    qf_nc_put_text(nc, nc->file, "sampling", qf_sampling_names[m->spec->sampling]);
    qf_nc_put_number(nc, nc->file, "cases_counted", H5T_NATIVE_INT64, &counted);
    qf_nc_put_number(nc, nc->file, "stopped_early", H5T_NATIVE_UINT8, &early);
    qf_nc_put_number(nc, nc->file, "looks", H5T_NATIVE_INT64, &looks);
    qf_nc_put_text(nc, nc->file, "intervals", report->interval_note ? report->interval_note : "");
    qf_nc_put_text(nc, nc->file, "scenario_yaml", m->scenario);
}

static uint64_t master_bytes(const qf_master *m, const qf_sweep_columns *columns)
{
    uint64_t bytes = SLACK_BYTES + 8 * (uint64_t)m->identity->n_cases + strlen(m->scenario) +
                     qf_answers_bytes(m->spec, m->report);
    if (has_copies(m->identity)) {
        return bytes + qf_cases_bytes(columns, m->table);
    }
    for (size_t i = 0; i < columns->n; i++) {
        const qf_sweep_column *column = &columns->columns[i];
        bytes += VARIABLE_BYTES + PART_BYTES * (uint64_t)m->identity->n_shards +
                 strlen(column->variable.long_name);
        for (size_t f = 0; f < column->n_flags; f++) {
            bytes += 8 + (column->flags[f] ? strlen(column->flags[f]) : 0);
        }
    }
    return bytes;
}

static qf_status write_master(qf_context *context, const qf_master *m,
                              const qf_sweep_columns *columns, const char *path)
{
    qf_sweep_output output;
    qf_status status = qf_sweep_output_begin(context, path, master_bytes(m, columns), &output);
    if (status) {
        return status;
    }
    put_attributes(&output.nc, m);
    status = has_copies(m->identity) ? copy_cases(context, &output.nc, m, columns)
                                     : refer_to_cases(context, &output.nc, m->identity, columns);
    if (status == QF_OK) {
        status = qf_answers_write(context, &output.nc, m->spec, m->report);
    }
    return qf_sweep_output_end(context, &output, status);
}

qf_status qf_master_write(qf_context *context, const qf_master *m)
{
    qf_sweep_columns columns = {0};
    char *path = qf_sweep_file_path(m->directory, QF_SWEEP_MASTER, 0, 0);
    qf_status status = path ? qf_sweep_columns_create(context, m->spec, &columns)
                            : qf_fail(context, QF_ERROR_MEMORY, "out of memory");
    if (status == QF_OK && has_copies(m->identity)) {
        status = copy_timing(context, m);
    }
    if (status == QF_OK) {
        status = write_master(context, m, &columns, path);
    }
    qf_sweep_columns_free(&columns);
    free(path);
    return status;
}

qf_status qf_master_conclude(qf_context *context, const qf_master *m)
{
    int lock;
    qf_status status = qf_sweep_directory_reopen(context, m->directory, m->identity, &lock);
    if (status == QF_OK) {
        status = qf_master_write(context, m);
    }
    if (status == QF_OK) {
        status = qf_checksums_write(context, m->directory, m->identity->n_shards);
    }
    qf_sweep_directory_unlock(lock);
    return status;
}
