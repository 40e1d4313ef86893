/* SPDX-License-Identifier: Apache-2.0 */
/* Writes the files of a shard: what came out of its cases, and how long they took. */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "sweep_store_internal.h"

enum {
    VARIABLE_BYTES = 8192, /* at most, of what describes a variable */
    TEXT_BYTES = 64,       /* of the heap around a text */
    SLACK_BYTES = 512 << 10,
};

static void put_hash(qf_nc *nc, const char *name, uint64_t hash)
{
    char text[24];
    snprintf(text, sizeof text, "%016" PRIx64, hash);
    qf_nc_put_text(nc, nc->file, name, text);
}

static void put_time(qf_nc *nc, const char *name, int64_t utc_s)
{
    char text[32] = "";
    const time_t when = (time_t)utc_s;
    struct tm utc;
    if (gmtime_r(&when, &utc)) {
        strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &utc);
    }
    qf_nc_put_text(nc, nc->file, name, text);
}

void qf_sweep_put_identity(qf_nc *nc, const qf_sweep_identity *identity, const char *content)
{
    const int64_t n_cases = (int64_t)identity->n_cases;
    qf_nc_put_text(nc, nc->file, "Conventions", "CF-1.10");
    qf_nc_put_text(nc, nc->file, "schema", "qfleet/1");
    qf_nc_put_text(nc, nc->file, "content", content);
    qf_nc_put_text(nc, nc->file, "title", identity->name);
    qf_nc_put_text(nc, nc->file, "version", identity->version);
    qf_nc_put_text(nc, nc->file, "git_commit", identity->git_commit);
    qf_nc_put_number(nc, nc->file, "seed", H5T_NATIVE_UINT64, &identity->seed);
    qf_nc_put_number(nc, nc->file, "cases", H5T_NATIVE_INT64, &n_cases);
    put_hash(nc, "scenario_xxh3", identity->scenario_hash);
    put_hash(nc, "design_xxh3", identity->design_hash);
}

/* The cases of a shard, and of them what is written now. */
typedef struct writing {
    qf_context *context;
    const qf_shard *shard;
    const qf_sweep_table *table;
    size_t first, n, n_counted; /* cases from n_counted on are written as not run */
    qf_nc *nc;
    void *buffer; /* n elements of 8 bytes */
    uint64_t *words;
} writing;

static bool has_run(const writing *w, size_t k)
{
    return k < w->n_counted && w->table->outcome[k] != QF_OUTCOME_NOT_RUN;
}

static double metric_of(const writing *w, size_t m, size_t k)
{
    return has_run(w, k) ? w->table->metrics[m * w->table->n_cases + k] : (double)NAN;
}

static uint64_t checksum_of(const writing *w, size_t k)
{
    static const double none = (double)NAN;
    const bool ran = has_run(w, k);
    const qf_case_content content = {.number = k,
                                     .outcome = ran ? w->table->outcome[k] : QF_OUTCOME_NOT_RUN,
                                     .ticks = ran ? w->table->ticks[k] : 0,
                                     .hash = ran ? w->table->hash[k] : 0,
                                     .parameters = w->shard->design->values + k,
                                     .n_parameters = w->shard->spec->n_parameters,
                                     .parameter_stride = w->shard->design->n_cases,
                                     .metrics = ran ? w->table->metrics + k : &none,
                                     .n_metrics = w->shard->spec->n_metrics,
                                     .metric_stride = ran ? w->table->n_cases : 0,
                                     .cause = ran ? w->table->cause[k] : NULL};
    return qf_case_checksum(&content, w->words);
}

/* Elements of a parameter or a metric as they are in the file. */
static void fill_values(const writing *w, const qf_sweep_column *column)
{
    for (size_t i = 0; i < w->n; i++) {
        const size_t k = w->first + i;
        const double value =
            column->kind == QF_COLUMN_PARAMETER
                ? w->shard->design->values[column->index * w->shard->design->n_cases + k]
                : metric_of(w, column->index, k);
        if (column->bytes == 1) {
            ((uint8_t *)w->buffer)[i] = isnan(value) ? UINT8_MAX : value != 0;
        } else if (column->bytes == 4) {
            ((int32_t *)w->buffer)[i] = isnan(value) ? -1 : (int32_t)value;
        } else {
            ((double *)w->buffer)[i] = value;
        }
    }
}

static void fill_results(const writing *w, const qf_sweep_column *column)
{
    for (size_t i = 0; i < w->n; i++) {
        const size_t k = w->first + i;
        const bool ran = has_run(w, k);
        switch (column->kind) {
        case QF_COLUMN_STATUS:
            ((uint8_t *)w->buffer)[i] = ran ? w->table->outcome[k] : QF_OUTCOME_NOT_RUN;
            break;
        case QF_COLUMN_TICKS:
            ((int64_t *)w->buffer)[i] = ran ? w->table->ticks[k] : 0;
            break;
        case QF_COLUMN_HASH:
            ((uint64_t *)w->buffer)[i] = ran ? w->table->hash[k] : 0;
            break;
        case QF_COLUMN_CAUSE:
            ((char **)w->buffer)[i] = ran ? w->table->cause[k] : NULL;
            break;
        case QF_COLUMN_WALL:
            ((double *)w->buffer)[i] = ran ? w->table->wall_s[k] : (double)NAN;
            break;
        default:
            ((uint64_t *)w->buffer)[i] = checksum_of(w, k);
            break;
        }
    }
}

static uint64_t cause_bytes(const qf_sweep_table *table, size_t first, size_t n)
{
    uint64_t bytes = 0;
    for (size_t k = first; k < first + n; k++) {
        bytes += table->cause[k] ? strlen(table->cause[k]) + TEXT_BYTES : 0;
    }
    return bytes;
}

static uint64_t case_bytes(const qf_sweep_columns *columns, const qf_sweep_table *table,
                           size_t first, size_t n)
{
    uint64_t bytes = SLACK_BYTES + cause_bytes(table, first, n) + 8 * (uint64_t)n;
    for (size_t i = 0; i < columns->n; i++) {
        const qf_sweep_column *column = &columns->columns[i];
        const size_t width = column->kind == QF_COLUMN_CAUSE ? 16 : column->bytes;
        bytes += VARIABLE_BYTES + (uint64_t)n * width + strlen(column->variable.long_name);
        for (size_t f = 0; f < column->n_flags; f++) {
            bytes += 8 + (column->flags[f] ? strlen(column->flags[f]) : 0);
        }
    }
    return bytes;
}

static hid_t write_columns(const writing *w, const qf_sweep_columns *columns, hid_t *scale)
{
    const hid_t group = qf_sweep_group(w->nc, w->first, w->n, scale);
    for (size_t i = 0; i < columns->n && !w->nc->failed; i++) {
        const qf_sweep_column *column = &columns->columns[i];
        if (column->kind == QF_COLUMN_PARAMETER || column->kind == QF_COLUMN_METRIC) {
            fill_values(w, column);
        } else {
            fill_results(w, column);
        }
        const hid_t id = qf_nc_column(w->nc, group, *scale, &column->variable, w->n, w->buffer);
        qf_sweep_column_flags(w->nc, id, column);
    }
    return group;
}

static void put_range(const writing *w)
{
    const int64_t range[] = {(int64_t)w->shard->shard, (int64_t)w->shard->identity->n_shards,
                             (int64_t)w->first};
    qf_nc_put_number(w->nc, w->nc->file, "shard", H5T_NATIVE_INT64, &range[0]);
    qf_nc_put_number(w->nc, w->nc->file, "n_shards", H5T_NATIVE_INT64, &range[1]);
    qf_nc_put_number(w->nc, w->nc->file, "first_case", H5T_NATIVE_INT64, &range[2]);
}

static qf_status begin_writing(qf_context *context, const qf_shard *shard,
                               const qf_sweep_table *table, size_t n_cases, writing *w)
{
    const qf_sweep_identity *identity = shard->identity;
    const size_t first = qf_shard_first(identity->n_cases, shard->shard, identity->n_shards);
    const size_t n =
        qf_shard_first(identity->n_cases, shard->shard + 1, identity->n_shards) - first;
    *w = (writing){.context = context,
                   .shard = shard,
                   .table = table,
                   .first = first,
                   .n = n,
                   .n_counted = n_cases,
                   .buffer = calloc(n + 1, 8),
                   .words = calloc(qf_case_words(shard->spec), sizeof *w->words)};
    return w->buffer && w->words ? QF_OK : qf_fail(context, QF_ERROR_MEMORY, "out of memory");
}

static void end_writing(writing *w)
{
    free(w->buffer);
    free(w->words);
}

static qf_status write_shard(writing *w, const qf_sweep_columns *columns, const char *path)
{
    qf_sweep_output output;
    const qf_status status = qf_sweep_output_begin(
        w->context, path, case_bytes(columns, w->table, w->first, w->n), &output);
    if (status) {
        return status;
    }
    w->nc = &output.nc;
    qf_sweep_put_identity(w->nc, w->shard->identity, "sweep_shard");
    put_range(w);
    hid_t scale;
    (void)write_columns(w, columns, &scale);
    return qf_sweep_output_end(w->context, &output, QF_OK);
}

qf_status qf_shard_write(qf_context *context, const qf_shard *shard, const qf_sweep_table *table,
                         size_t n_cases)
{
    writing w;
    qf_sweep_columns columns = {0};
    char *path = qf_sweep_file_path(shard->directory, QF_SWEEP_SHARD, shard->shard,
                                    shard->identity->n_shards);
    qf_status status = begin_writing(context, shard, table, n_cases, &w);
    if (status == QF_OK) {
        status = path ? qf_sweep_columns_create(context, shard->spec, &columns)
                      : qf_fail(context, QF_ERROR_MEMORY, "out of memory");
    }
    if (status == QF_OK) {
        status = write_shard(&w, &columns, path);
    }
    qf_sweep_columns_free(&columns);
    end_writing(&w);
    free(path);
    return status;
}

static void write_session(qf_nc *nc, const qf_shard_session *session)
{
    char host[256] = "";
    if (gethostname(host, sizeof host - 1) != 0) {
        snprintf(host, sizeof host, "unknown");
    }
    put_time(nc, "created_utc", session->begun_utc_s);
    put_time(nc, "finished_utc", (int64_t)time(NULL));
    qf_nc_put_text(nc, nc->file, "host", host);
    qf_nc_put_text(nc, nc->file, "isa", session->isa ? session->isa : "unknown");
    qf_nc_put_number(nc, nc->file, "threads", H5T_NATIVE_INT, &session->threads);
    qf_nc_put_text(nc, nc->file, "command_line",
                   session->command_line ? session->command_line : "");
}

static qf_status write_timing(writing *w, const qf_shard_session *session, const char *path)
{
    static const double none = (double)NAN;
    const qf_sweep_column wall = {.kind = QF_COLUMN_WALL,
                                  .variable = {"wall_s", H5T_NATIVE_DOUBLE, "s",
                                               "its share of the wall time of its batch", &none},
                                  .bytes = 8};
    qf_sweep_output output;
    const qf_status status =
        qf_sweep_output_begin(w->context, path, SLACK_BYTES + 16 * (uint64_t)w->n, &output);
    if (status) {
        return status;
    }
    hid_t scale;
    w->nc = &output.nc;
    qf_sweep_put_identity(w->nc, w->shard->identity, "sweep_timing");
    if (session) {
        put_range(w);
        write_session(w->nc, session);
    }
    const hid_t group = qf_sweep_group(w->nc, w->first, w->n, &scale);
    fill_results(w, &wall);
    (void)qf_nc_column(w->nc, group, scale, &wall.variable, w->n, w->buffer);
    return qf_sweep_output_end(w->context, &output, QF_OK);
}

qf_status qf_shard_write_timing(qf_context *context, const qf_shard *shard,
                                const qf_sweep_table *table, size_t n_cases,
                                const qf_shard_session *session)
{
    writing w;
    char *path = qf_sweep_file_path(shard->directory, QF_SWEEP_TIMING, shard->shard,
                                    shard->identity->n_shards);
    qf_status status = begin_writing(context, shard, table, n_cases, &w);
    if (status == QF_OK) {
        status = path ? write_timing(&w, session, path)
                      : qf_fail(context, QF_ERROR_MEMORY, "out of memory");
    }
    end_writing(&w);
    free(path);
    return status;
}

uint64_t qf_cases_bytes(const qf_sweep_columns *columns, const qf_sweep_table *table)
{
    return case_bytes(columns, table, 0, table->n_cases);
}

qf_status qf_cases_write(qf_context *context, qf_nc *nc, const qf_shard *all,
                         const qf_sweep_columns *columns, const qf_sweep_table *table,
                         size_t n_cases, hid_t *group, hid_t *scale)
{
    writing w;
    const qf_status status = begin_writing(context, all, table, n_cases, &w);
    w.nc = nc;
    if (status == QF_OK) {
        *group = write_columns(&w, columns, scale);
    }
    end_writing(&w);
    return status;
}

qf_status qf_cases_write_timing(qf_context *context, const char *path, const qf_shard *all,
                                const qf_sweep_table *table, size_t n_cases)
{
    writing w;
    qf_status status = begin_writing(context, all, table, n_cases, &w);
    if (status == QF_OK) {
        status = write_timing(&w, NULL, path);
    }
    end_writing(&w);
    return status;
}
