/* SPDX-License-Identifier: Apache-2.0 */
/* Reads a shard back, and checks every case of it. */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "netcdf_read.h"
#include "results_open.h"
#include "sweep_store_internal.h"

typedef struct reading {
    qf_context *context;
    const qf_shard *shard;
    const char *path;
    size_t first, n;
    hid_t group;
    int64_t *numbers, *ticks;
    uint64_t *hash, *checksum;
    double *parameters, *metrics; /* [parameter][case of the shard] */
    double *wall_s;
    uint8_t *outcome;
    char **cause;
    uint64_t *words;
    void *buffer; /* n elements of 8 bytes */
    FILE *complaints;
    bool compare;
} reading;

static qf_status fail_to_read(const reading *r, const char *name)
{
    return qf_fail(r->context, QF_ERROR_READ, "%s: is damaged: /sweep/%s is missing or unreadable",
                   r->path, name);
}

static bool read_variable(const reading *r, hid_t group, const char *name, hid_t type, void *values)
{
    const hid_t id = H5Lexists(group, name, H5P_DEFAULT) > 0 ? H5Dopen2(group, name, H5P_DEFAULT)
                                                             : H5I_INVALID_HID;
    const bool good =
        id >= 0 && qf_nc_length(id) == r->n && (r->n == 0 || qf_nc_read(id, type, 0, r->n, values));
    qf_nc_close_id(id);
    return good;
}

/* To doubles as the table has them: NaN where there is no value. */
static void widen(const reading *r, const qf_sweep_column *column, double *to)
{
    for (size_t i = 0; i < r->n; i++) {
        if (column->bytes == 1) {
            const uint8_t value = ((const uint8_t *)r->buffer)[i];
            to[i] = value == UINT8_MAX ? (double)NAN : value;
        } else if (column->bytes == 4) {
            const int32_t value = ((const int32_t *)r->buffer)[i];
            to[i] = value == -1 ? (double)NAN : value;
        } else {
            to[i] = ((const double *)r->buffer)[i];
        }
    }
}

static qf_status read_column(reading *r, const qf_sweep_column *column)
{
    void *to = r->buffer;
    switch (column->kind) {
    case QF_COLUMN_STATUS:
        to = r->outcome;
        break;
    case QF_COLUMN_TICKS:
        to = r->ticks;
        break;
    case QF_COLUMN_HASH:
        to = r->hash;
        break;
    case QF_COLUMN_CAUSE:
        to = r->cause;
        break;
    case QF_COLUMN_CHECKSUM:
        to = r->checksum;
        break;
    default:
        break;
    }
    if (!read_variable(r, r->group, column->variable.name, column->variable.type, to)) {
        return fail_to_read(r, column->variable.name);
    }
    if (column->kind == QF_COLUMN_PARAMETER) {
        widen(r, column, r->parameters + column->index * r->n);
    } else if (column->kind == QF_COLUMN_METRIC) {
        widen(r, column, r->metrics + column->index * r->n);
    }
    return QF_OK;
}

static const char *outcome_name(uint8_t outcome)
{
    return outcome < QF_OUTCOMES ? qf_outcome_names[outcome] : "none that there is";
}

/* The parameter of a case that is not the design's, n_parameters: there is none. */
static size_t changed_parameter(const reading *r, size_t i)
{
    const qf_design *design = r->shard->design;
    size_t p = 0;
    while (p < design->n_parameters &&
           (!r->compare || qf_same_bits(r->parameters[p * r->n + i],
                                        design->values[p * design->n_cases + r->first + i]))) {
        p++;
    }
    return p;
}

static bool is_plausible(const reading *r, size_t i)
{
    return r->outcome[i] < QF_OUTCOMES && r->ticks[i] >= 0 &&
           (r->outcome[i] != QF_OUTCOME_NOT_RUN || (r->ticks[i] == 0 && r->hash[i] == 0));
}

/* What is wrong, as far as it can be told. */
static void complain(const reading *r, size_t i, size_t changed)
{
    if (!r->complaints) {
        return;
    }
    const size_t k = r->first + i;
    fprintf(r->complaints, "%s: case %zu does not match its checksum: ", r->path, k);
    if (r->numbers[i] != (int64_t)k) {
        fprintf(r->complaints, "its number is %" PRId64 " there\n", r->numbers[i]);
    } else if (changed < r->shard->spec->n_parameters) {
        fprintf(r->complaints, "parameter %s is %.17g there, and %.17g in the design\n",
                r->shard->spec->parameters[changed].name, r->parameters[changed * r->n + i],
                r->shard->design->values[changed * r->shard->design->n_cases + k]);
    } else if (!is_plausible(r, i)) {
        fprintf(r->complaints, "status %u (%s), %" PRId64 " ticks\n", r->outcome[i],
                outcome_name(r->outcome[i]), r->ticks[i]);
    } else {
        fprintf(r->complaints, "its status, ticks, hash, cause or a metric was changed\n");
    }
}

static bool is_good(const reading *r, size_t i, size_t changed)
{
    const qf_case_content content = {.number = (uint64_t)r->numbers[i],
                                     .outcome = r->outcome[i],
                                     .ticks = r->ticks[i],
                                     .hash = r->hash[i],
                                     .parameters = r->parameters + i,
                                     .n_parameters = r->shard->spec->n_parameters,
                                     .parameter_stride = r->n,
                                     .metrics = r->metrics + i,
                                     .n_metrics = r->shard->spec->n_metrics,
                                     .metric_stride = r->n,
                                     .cause = r->cause[i]};
    return r->numbers[i] == (int64_t)(r->first + i) && is_plausible(r, i) &&
           changed == r->shard->spec->n_parameters &&
           qf_case_checksum(&content, r->words) == r->checksum[i];
}

static qf_status put_cases(reading *r, qf_sweep_table *table, size_t *n_damaged)
{
    double *metrics = calloc(r->shard->spec->n_metrics + 1, sizeof *metrics);
    qf_status status = metrics ? QF_OK : qf_fail(r->context, QF_ERROR_MEMORY, "out of memory");
    for (size_t i = 0; i < r->n && status == QF_OK; i++) {
        const size_t changed = changed_parameter(r, i);
        if (!is_good(r, i, changed)) {
            complain(r, i, changed);
            ++*n_damaged;
            if (r->shard->damaged) {
                r->shard->damaged[r->first + i] = true;
            }
        } else if (r->outcome[i] != QF_OUTCOME_NOT_RUN &&
                   table->outcome[r->first + i] == QF_OUTCOME_NOT_RUN) {
            qf_case_result result = {.number = (uint32_t)(r->first + i),
                                     .outcome = r->outcome[i],
                                     .ticks = r->ticks[i],
                                     .hash = r->hash[i],
                                     .wall_s = r->wall_s[i],
                                     .metrics = metrics};
            snprintf(result.cause, sizeof result.cause, "%s", r->cause[i] ? r->cause[i] : "");
            for (size_t m = 0; m < r->shard->spec->n_metrics; m++) {
                metrics[m] = r->metrics[m * r->n + i];
            }
            status = qf_sweep_table_put(r->context, table, &result);
        }
    }
    free(metrics);
    return status;
}

static bool has_hash(hid_t file, const char *name, uint64_t hash)
{
    char expected[24];
    char *text = qf_nc_get_text(file, name);
    snprintf(expected, sizeof expected, "%016" PRIx64, hash);
    const bool same = text && strcmp(text, expected) == 0;
    free(text);
    return same;
}

static bool has_text(hid_t file, const char *name, const char *expected)
{
    char *text = qf_nc_get_text(file, name);
    const bool same = text && strcmp(text, expected) == 0;
    free(text);
    return same;
}

static bool has_number(hid_t file, const char *name, size_t expected)
{
    int64_t number = -1;
    return qf_nc_get_number(file, name, H5T_NATIVE_INT64, &number) && number == (int64_t)expected;
}

/* the first of what the file says of itself that is another in the manifest */
static qf_status check_identity(const reading *r, hid_t file)
{
    const qf_sweep_identity *identity = r->shard->identity;
    const char *other = NULL;
    if (!has_hash(file, "scenario_xxh3", identity->scenario_hash)) {
        other = "scenario";
    } else if (!has_hash(file, "design_xxh3", identity->design_hash)) {
        other = "design";
    } else if (!has_text(file, "version", identity->version) ||
               !has_text(file, "git_commit", identity->git_commit)) {
        other = "version of qfleet";
    } else if (!has_number(file, "n_shards", identity->n_shards)) {
        other = "number of shards";
    } else if (!has_number(file, "shard", r->shard->shard) ||
               !has_number(file, "first_case", r->first)) {
        other = "shard";
    }
    return other ? qf_fail(r->context, QF_ERROR_READ,
                           "%s: belongs to another sweep, or is damaged: it names another %s",
                           r->path, other)
                 : QF_OK;
}

/* Timing is no result: where it is missing, wall times are not known. */
static void read_timing(reading *r)
{
    for (size_t i = 0; i < r->n; i++) {
        r->wall_s[i] = (double)NAN;
    }
    char *path = qf_sweep_file_path(r->shard->directory, QF_SWEEP_TIMING, r->shard->shard,
                                    r->shard->identity->n_shards);
    const hid_t file = path && qf_file_exists(path) ? qf_nc_open(path) : H5I_INVALID_HID;
    if (file >= 0 && !read_variable(r, file, "sweep/wall_s", H5T_NATIVE_DOUBLE, r->wall_s)) {
        qf_log(r->context, QF_LOG_WARNING, "timing_unreadable path=%s", path);
    }
    if (file >= 0) {
        (void)H5Fclose(file);
    }
    free(path);
}

static bool allocate(reading *r)
{
    const size_t n = r->n + 1;
    size_t n_parameters;
    size_t n_metrics;
    if (!qf_size_multiply(n, r->shard->spec->n_parameters + 1, &n_parameters) ||
        !qf_size_multiply(n, r->shard->spec->n_metrics + 1, &n_metrics)) {
        return false;
    }
    r->numbers = calloc(n, sizeof *r->numbers);
    r->ticks = calloc(n, sizeof *r->ticks);
    r->hash = calloc(n, sizeof *r->hash);
    r->checksum = calloc(n, sizeof *r->checksum);
    r->parameters = calloc(n_parameters, sizeof *r->parameters);
    r->metrics = calloc(n_metrics, sizeof *r->metrics);
    r->wall_s = calloc(n, sizeof *r->wall_s);
    r->outcome = calloc(n, sizeof *r->outcome);
    r->cause = calloc(n, sizeof *r->cause);
    r->words = calloc(qf_case_words(r->shard->spec), sizeof *r->words);
    r->buffer = calloc(n, 8);
    return r->numbers && r->ticks && r->hash && r->checksum && r->parameters && r->metrics &&
           r->wall_s && r->outcome && r->cause && r->words && r->buffer;
}

static void free_reading(reading *r)
{
    if (r->cause) {
        qf_nc_free_texts(r->cause, r->n);
    }
    free(r->numbers);
    free(r->ticks);
    free(r->hash);
    free(r->checksum);
    free(r->parameters);
    free(r->metrics);
    free(r->wall_s);
    free(r->outcome);
    free(r->cause);
    free(r->words);
    free(r->buffer);
}

static qf_status read_columns(reading *r, hid_t file)
{
    qf_sweep_columns columns = {0};
    qf_status status = qf_sweep_columns_create(r->context, r->shard->spec, &columns);
    if (status) {
        return status;
    }
    r->group = H5Lexists(file, "sweep", H5P_DEFAULT) > 0 ? H5Gopen2(file, "sweep", H5P_DEFAULT)
                                                         : H5I_INVALID_HID;
    if (r->group < 0 || !read_variable(r, r->group, "case", H5T_NATIVE_INT64, r->numbers)) {
        status = fail_to_read(r, "case");
    }
    for (size_t i = 0; i < columns.n && status == QF_OK; i++) {
        status = read_column(r, &columns.columns[i]);
    }
    qf_nc_close_id(r->group);
    qf_sweep_columns_free(&columns);
    return status;
}

qf_status qf_shard_read(qf_context *context, const qf_shard *shard, bool compare,
                        qf_sweep_table *table, FILE *complaints, size_t *n_damaged)
{
    const qf_sweep_identity *identity = shard->identity;
    const size_t first = qf_shard_first(identity->n_cases, shard->shard, identity->n_shards);
    char *path =
        qf_sweep_file_path(shard->directory, QF_SWEEP_SHARD, shard->shard, identity->n_shards);
    reading r = {.context = context,
                 .shard = shard,
                 .path = path,
                 .first = first,
                 .n = qf_shard_first(identity->n_cases, shard->shard + 1, identity->n_shards) -
                      first,
                 .complaints = complaints,
                 .compare = compare};
    hid_t file = H5I_INVALID_HID;
    uint64_t bytes;
    qf_status status =
        path && allocate(&r) ? QF_OK : qf_fail(context, QF_ERROR_MEMORY, "out of memory");
    if (status == QF_OK) {
        status = qf_results_open(context, path, &file, &bytes);
    }
    if (status == QF_OK) {
        status = check_identity(&r, file);
    }
    if (status == QF_OK) {
        status = read_columns(&r, file);
    }
    if (status == QF_OK) {
        read_timing(&r);
        status = put_cases(&r, table, n_damaged);
    }
    free_reading(&r);
    if (file >= 0) {
        (void)H5Fclose(file);
    }
    free(path);
    return status;
}
