/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A result file taken up again: opened by what defines a new one (qf_nc_reopen), cut back to the rows it had when its run was
 * last put down, and freed of what only the end of a run writes, so that the end may write it again.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "netcdf_read.h"
#include "results_internal.h"
#include "results_open.h"
#include "results_part.h"

static qf_status refuse(qf_results *results, qf_status status, const char *what)
{
    return qf_fail(results->context, status,
                   "%s: '%s' %s; it cannot be gone on with: begin anew with --force",
                   results->output.path, results->output.partial, what);
}

qf_status qf_results_refuse_damaged(qf_results *results)
{
    char what[sizeof results->nc.what + 32];
    snprintf(what, sizeof what, "is damaged (%s)", results->nc.what);
    return refuse(results, QF_ERROR_READ, what);
}

/* Whether a text of the file is this one. */
static bool has_text(const qf_nc *nc, const char *name, const char *expected)
{
    char *text = qf_nc_get_text(nc->file, name);
    const bool same = text && strcmp(text, expected) == 0;
    free(text);
    return same;
}

/* Whether it is this rank's file, and of this run. */
static bool is_of_part(const qf_nc *nc, const qf_results_part *part)
{
    qf_part_marks marks;
    return qf_part_marks_read(nc->file, &marks) && marks.run == part->run &&
           marks.rank == part->rank && marks.n_ranks == part->n_ranks &&
           marks.entities[0] == (int64_t)part->first_entity &&
           marks.entities[1] == (int64_t)part->n_entities;
}

qf_status qf_results_reopen_file(qf_results *results, const qf_provenance *provenance)
{
    qf_nc *nc = &results->nc;
    qf_nc_quiet();
    qf_nc_reopen(nc, results->output.partial);
    if (nc->failed) {
        return qf_results_refuse_damaged(results);
    }
    if (!has_text(nc, "scenario_yaml", provenance->scenario_yaml)) {
        return refuse(results, QF_ERROR_SCENARIO, "is of another scenario, or was never begun");
    }
    if (results->part.n_ranks > 1 && !is_of_part(nc, &results->part)) {
        return refuse(results, QF_ERROR_READ, "is the file of another run, or of another rank");
    }
    if (!has_text(nc, "version", provenance->version) ||
        !has_text(nc, "git_commit", provenance->git_commit)) {
        return refuse(results, QF_ERROR_SCENARIO, "was written by another build of qfleet");
    }
    return QF_OK;
}

/* Of the ranks of a run, the first has what is of the whole run. */
static bool has_ladder(const qf_results *results)
{
    return results->part.rank == 0;
}

static bool is_shorter(hid_t variable, int64_t n)
{
    return qf_nc_length(variable) < (hsize_t)n;
}

/* Whether every variable has the rows it is to be cut back to. */
static bool has_rows(const qf_results *results, const qf_results_rows *rows,
                     const int64_t n_rows[QF_TABLES])
{
    const qf_state *state = &results->state;
    bool shorter =
        is_shorter(state->time, rows->n_records) || is_shorter(state->tick, rows->n_records);
    for (size_t q = 0; q < results->plan->n_quantities; q++) {
        shorter = shorter || is_shorter(state->variables[q], rows->n_records);
    }
    for (int c = 0; c < results->events.n_columns; c++) {
        shorter = shorter || is_shorter(results->events.columns[c], rows->n_events);
    }
    for (size_t t = 0; t < QF_TABLES; t++) {
        const qf_table_file *table = &results->tables[t];
        shorter = shorter || (!table->on && n_rows[t] > 0);
        for (size_t v = 0; table->on && v < table->spec->n_variables; v++) {
            shorter = shorter || is_shorter(table->variables[v], n_rows[t]);
        }
    }
    const qf_hashes *hashes = &results->hashes;
    if (!has_ladder(results)) {
        return !shorter && rows->n_hashes == 0;
    }
    return !(shorter || is_shorter(hashes->checkpoint, rows->n_hashes) ||
             is_shorter(hashes->tick, rows->n_hashes) || is_shorter(hashes->hash, rows->n_hashes));
}

static void cut_variables(qf_results *results, const qf_results_rows *rows,
                          const int64_t n_rows[QF_TABLES])
{
    qf_nc *nc = &results->nc;
    qf_state *state = &results->state;
    const hsize_t n_records = (hsize_t)rows->n_records;
    qf_nc_extend(nc, state->time, n_records, 0);
    qf_nc_extend(nc, state->tick, n_records, 0);
    for (size_t q = 0; q < results->plan->n_quantities; q++) {
        qf_nc_extend(nc, state->variables[q], n_records, state->n_vehicles);
    }
    for (int c = 0; c < results->events.n_columns; c++) {
        qf_nc_extend(nc, results->events.columns[c], (hsize_t)rows->n_events, 0);
    }
    for (size_t t = 0; t < QF_TABLES; t++) {
        const qf_table_file *table = &results->tables[t];
        for (size_t v = 0; table->on && v < table->spec->n_variables; v++) {
            qf_nc_extend(nc, table->variables[v], (hsize_t)n_rows[t], 0);
        }
    }
    const qf_hashes *hashes = &results->hashes;
    if (!has_ladder(results)) {
        return;
    }
    qf_nc_extend(nc, hashes->checkpoint, (hsize_t)rows->n_hashes, 0);
    qf_nc_extend(nc, hashes->tick, (hsize_t)rows->n_hashes, 0);
    qf_nc_extend(nc, hashes->hash, (hsize_t)rows->n_hashes, hashes->n_worlds);
}

/* From now on rows are written after these. */
static void count_rows(qf_results *results, const qf_results_rows *rows,
                       const int64_t n_rows[QF_TABLES])
{
    results->state.n_written = rows->n_records;
    results->writer.n_acquired = rows->n_records;
    results->writer.n_committed = rows->n_records;
    results->writer.n_written = rows->n_records;
    results->events.n_written = rows->n_events;
    for (size_t t = 0; t < QF_TABLES; t++) {
        results->tables[t].n_written = n_rows[t];
    }
    results->hashes.n_written = rows->n_hashes;
}

/* A line for each time that the run was gone on with, where the first start has its attributes. */
static void tell_of_it(qf_nc *nc, const qf_provenance *provenance, int64_t n_records)
{
    char now[32];
    char host[256] = "";
    const time_t seconds = time(NULL);
    struct tm utc;
    gmtime_r(&seconds, &utc);
    strftime(now, sizeof now, "%Y-%m-%dT%H:%M:%SZ", &utc);
    if (gethostname(host, sizeof host - 1) != 0) {
        snprintf(host, sizeof host, "unknown");
    }
    char *before = qf_nc_get_text(nc->file, "resumed");
    char *text = NULL;
    const int length =
        asprintf(&text, "%s%s%s host=%s isa=%s threads=%d records=%" PRId64, before ? before : "",
                 before ? "\n" : "", now, host, provenance->isa, provenance->threads, n_records);
    if (length >= 0 && before) {
        qf_nc_replace_text(nc, nc->file, "resumed", text);
    } else if (length >= 0) {
        qf_nc_put_text(nc, nc->file, "resumed", text);
    }
    if (length >= 0) {
        free(text);
    }
    free(before);
}

/* NULL: it cannot be opened as a result; then the reason is in the context */
static char *text_of_result(qf_context *context, const char *path, const char *name)
{
    uint64_t bytes;
    hid_t file = H5I_INVALID_HID;
    if (qf_results_open(context, path, &file, &bytes) != QF_OK) {
        return NULL;
    }
    char *text = qf_nc_get_text(file, name);
    (void)H5Fclose(file);
    return text;
}

qf_status qf_results_check_finished(qf_context *context, const char *path,
                                    const char *scenario_yaml)
{
    char *status = text_of_result(context, path, "status");
    char *scenario = status ? text_of_result(context, path, "scenario_yaml") : NULL;
    qf_status found = QF_OK;
    if (!status || !scenario) {
        found =
            status ? qf_fail(context, QF_ERROR_READ, "%s: has no scenario", path) : QF_ERROR_READ;
    } else if (strcmp(status, "complete") != 0) {
        found = qf_fail(context, QF_ERROR_EXISTS,
                        "%s: exists already, and its run was not finished", path);
    } else if (strcmp(scenario, scenario_yaml) != 0) {
        found = qf_fail(context, QF_ERROR_EXISTS,
                        "%s: exists already, and is the result of another scenario", path);
    }
    free(status);
    free(scenario);
    return found;
}

qf_status qf_results_check_leftover(qf_context *context, const char *path,
                                    const char *scenario_yaml)
{
    char *partial = NULL;
    if (asprintf(&partial, "%s.partial", path) < 0) {
        return qf_fail(context, QF_ERROR_MEMORY, "out of memory");
    }
    qf_status status = QF_OK;
    if (qf_partial_file_is_locked(partial)) {
        status = qf_fail(context, QF_ERROR_EXISTS, "%s: another process is writing '%s' right now",
                         path, partial);
    } else {
        char *scenario = text_of_result(context, partial, "scenario_yaml");
        if (scenario && strcmp(scenario, scenario_yaml) != 0) {
            status =
                qf_fail(context, QF_ERROR_SCENARIO,
                        "%s: '%s' is of another scenario; begin anew with --force", path, partial);
        }
        free(scenario);
    }
    free(partial);
    return status;
}

static void remove_end(qf_nc *nc)
{
    qf_nc_remove(nc, "quarantine");
    qf_nc_remove(nc, "tracking");
    qf_nc_remove(nc, "machines");
    qf_nc_remove_attribute(nc, "state_hash");
    qf_nc_replace_text(nc, nc->file, "status", "running");
    qf_nc_replace_text(nc, nc->file, "status_detail", "");
}

qf_status qf_results_cut(qf_results *results, const qf_provenance *provenance,
                         const qf_results_rows *rows)
{
    qf_nc *nc = &results->nc;
    const int64_t n_rows[QF_TABLES] = {[QF_TABLE_DETECTIONS] = rows->n_detections,
                                       [QF_TABLE_TRACKS] = rows->n_tracks,
                                       [QF_TABLE_PICTURES] = rows->n_pictures};
    if (!has_rows(results, rows, n_rows)) {
        return refuse(results, QF_ERROR_READ, "has less than its checkpoint says");
    }
    if (rows->n_hashes > 0 &&
        !qf_nc_read(results->hashes.tick, H5T_NATIVE_INT64, (hsize_t)rows->n_hashes - 1, 1,
                    &results->hashes.last_tick)) {
        return refuse(results, QF_ERROR_READ, "is damaged (hashes/tick cannot be read)");
    }
    const int error = qf_partial_file_reserve(&results->output, qf_nc_end(nc),
                                              QF_META_SLACK_BYTES + results->closing_bytes);
    if (error) {
        return qf_fail(results->context, qf_partial_file_refusal(error), "%s: cannot go on: %s",
                       results->output.path, strerror(error));
    }
    nc->opens = false;
    remove_end(nc);
    cut_variables(results, rows, n_rows);
    tell_of_it(nc, provenance, rows->n_records);
    qf_nc_flush(nc);
    if (nc->failed) {
        return qf_results_refuse_damaged(results);
    }
    count_rows(results, rows, n_rows);
    return QF_OK;
}
