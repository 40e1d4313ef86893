/* SPDX-License-Identifier: Apache-2.0 */
/* sweep.h5: /sweep over all shards, and what the sweep answers. */
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

static void write_cases(qf_nc *nc, const qf_sweep_identity *identity,
                        const qf_sweep_columns *columns, const parts *shards, const parts *timing)
{
    static const double none = (double)NAN;
    const qf_nc_variable wall = {"wall_s", H5T_NATIVE_DOUBLE, "s",
                                 "its share of the wall time of its batch", &none};
    hid_t scale;
    const hid_t group = qf_sweep_group(nc, 0, identity->n_cases, &scale);
    char dataset[QF_SWEEP_NAME_BYTES * 4];
    for (size_t i = 0; i < columns->n && !nc->failed; i++) {
        const qf_sweep_column *column = &columns->columns[i];
        snprintf(dataset, sizeof dataset, "/sweep/%s", column->variable.name);
        const hid_t id = qf_nc_virtual(nc, group, scale, &column->variable, identity->n_cases,
                                       dataset, shards->of, identity->n_shards);
        qf_sweep_column_flags(nc, id, column);
    }
    (void)qf_nc_virtual(nc, group, scale, &wall, identity->n_cases, "/sweep/wall_s", timing->of,
                        identity->n_shards);
}

static void put_attributes(qf_nc *nc, const qf_sweep_identity *identity, const char *scenario,
                           const qf_sweep_table *table, const qf_sweep_spec *spec,
                           const qf_sweep_report *report)
{
    const int64_t counted = (int64_t)report->n_cases;
    const int64_t looks = (int64_t)report->n_looks;
    const uint8_t early = report->stopped_early;
    const size_t not_run = table->count[QF_OUTCOME_NOT_RUN];
    qf_sweep_put_identity(nc, identity, "sweep");
    qf_nc_put_text(nc, nc->file, "status", not_run == 0 || early ? "complete" : "partial");
    qf_nc_put_text(nc, nc->file, "sampling", qf_sampling_names[spec->sampling]);
    qf_nc_put_number(nc, nc->file, "cases_counted", H5T_NATIVE_INT64, &counted);
    qf_nc_put_number(nc, nc->file, "stopped_early", H5T_NATIVE_UINT8, &early);
    qf_nc_put_number(nc, nc->file, "looks", H5T_NATIVE_INT64, &looks);
    qf_nc_put_text(nc, nc->file, "intervals", report->interval_note ? report->interval_note : "");
    qf_nc_put_text(nc, nc->file, "scenario_yaml", scenario);
}

static uint64_t master_bytes(const qf_sweep_columns *columns, const qf_sweep_identity *identity,
                             const char *scenario, const qf_sweep_report *report)
{
    uint64_t bytes = SLACK_BYTES + 8 * (uint64_t)identity->n_cases + strlen(scenario) +
                     qf_answers_bytes(columns->spec, report);
    for (size_t i = 0; i < columns->n; i++) {
        const qf_sweep_column *column = &columns->columns[i];
        bytes += VARIABLE_BYTES + PART_BYTES * (uint64_t)identity->n_shards +
                 strlen(column->variable.long_name);
        for (size_t f = 0; f < column->n_flags; f++) {
            bytes += 8 + (column->flags[f] ? strlen(column->flags[f]) : 0);
        }
    }
    return bytes;
}

static qf_status write_master(qf_context *context, const char *path,
                              const qf_sweep_columns *columns, const qf_sweep_identity *identity,
                              const char *scenario, const qf_sweep_table *table,
                              const qf_sweep_report *report)
{
    parts shards = {0};
    parts timing = {0};
    qf_sweep_output output;
    qf_status status =
        make_parts(identity, QF_SWEEP_SHARD, &shards) &&
                make_parts(identity, QF_SWEEP_TIMING, &timing)
            ? qf_sweep_output_begin(context, path,
                                    master_bytes(columns, identity, scenario, report), &output)
            : qf_fail(context, QF_ERROR_MEMORY, "out of memory");
    if (status == QF_OK) {
        put_attributes(&output.nc, identity, scenario, table, columns->spec, report);
        write_cases(&output.nc, identity, columns, &shards, &timing);
        status = qf_answers_write(context, &output.nc, columns->spec, report);
        status = qf_sweep_output_end(context, &output, status);
    }
    free_parts(&shards);
    free_parts(&timing);
    return status;
}

qf_status qf_master_write(qf_context *context, const char *directory, const qf_sweep_spec *spec,
                          const qf_sweep_identity *identity, const char *scenario,
                          const qf_sweep_table *table, const qf_sweep_report *report)
{
    qf_sweep_columns columns = {0};
    char *path = qf_sweep_file_path(directory, QF_SWEEP_MASTER, 0, 0);
    qf_status status = path ? qf_sweep_columns_create(context, spec, &columns)
                            : qf_fail(context, QF_ERROR_MEMORY, "out of memory");
    if (status == QF_OK) {
        status = write_master(context, path, &columns, identity, scenario, table, report);
    }
    qf_sweep_columns_free(&columns);
    free(path);
    return status;
}
