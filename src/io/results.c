/* SPDX-License-Identifier: Apache-2.0 */
/* Life cycle of a result file: create, finish, and what it says about itself. */
#include "results.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "results_internal.h"
#include "uncut.h"

enum {
    QUANTITY_BYTES = 4096,   /* of metadata for one quantity, generous */
    FIRST_BYTES = 256 << 10, /* of metadata for everything else */
    CODE_BYTES = 16,         /* of a code of events and its name, as far as machines emit it */
};

/* of the tables that rows are appended to */
static uint64_t bytes_of_tables(const qf_results *results)
{
    uint64_t bytes = 0;
    for (size_t t = 0; t < QF_TABLES; t++) {
        const qf_table_file *table = &results->tables[t];
        bytes += table->on ? table->spec->n_variables * QUANTITY_BYTES +
                                 qf_group_flags_bytes(results->fleet)
                           : 0;
    }
    return bytes;
}

static uint64_t bytes_of_quantities(const qf_results *results)
{
    const qf_record_plan *plan = results->plan;
    uint64_t bytes = 0;
    for (size_t q = 0; q < plan->n_quantities; q++) {
        bytes +=
            QUANTITY_BYTES + qf_quantity_texts_bytes(&results->fleet->catalog, plan->quantities[q]);
    }
    return bytes;
}

/* Bytes that the file takes before the first record. */
static uint64_t bytes_of_creation(const qf_results *results, const qf_provenance *provenance,
                                  const qf_identities *identities)
{
    const qf_fleet *fleet = results->fleet;
    const uint64_t coordinates = (uint64_t)fleet->n_vehicles * sizeof(int64_t);
    return FIRST_BYTES + QF_EVENT_CODES * CODE_BYTES + bytes_of_quantities(results) +
           bytes_of_tables(results) + qf_guards_bytes(fleet) + qf_faults_bytes(fleet) +
           qf_behaviors_bytes(fleet) + strlen(provenance->scenario_yaml) +
           strlen(provenance->command_line) + qf_quantity_names_bytes(&fleet->catalog) +
           qf_entities_bytes(fleet) + coordinates +
           (identities ? qf_identities_bytes(identities) : 0) +
           fleet->scenario->n_worlds * sizeof(int64_t);
}

static void put_time(qf_nc *nc)
{
    const time_t now = time(NULL);
    struct tm utc;
    char text[32];
    gmtime_r(&now, &utc);
    strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &utc);
    qf_nc_put_text(nc, nc->file, "created_utc", text);
}

static void put_host(qf_nc *nc)
{
    char name[256] = "";
    if (gethostname(name, sizeof name - 1) != 0) {
        snprintf(name, sizeof name, "unknown");
    }
    qf_nc_put_text(nc, nc->file, "host", name);
}

static void put_root_attributes(qf_nc *nc, const qf_scenario *scenario,
                                const qf_provenance *provenance)
{
    const hid_t root = nc->file;
    qf_nc_put_text(nc, root, "Conventions", "CF-1.10");
    qf_nc_put_text(nc, root, "schema", "qfleet/1");
    qf_nc_put_text(nc, root, "title", scenario->name);
    qf_nc_put_text(nc, root, "status", "running");
    qf_nc_put_text(nc, root, "status_detail", "");
    qf_nc_put_text(nc, root, "version", provenance->version);
    qf_nc_put_text(nc, root, "git_commit", provenance->git_commit);
    put_time(nc);
    put_host(nc);
    qf_nc_put_text(nc, root, "command_line", provenance->command_line);
    qf_nc_put_text(nc, root, "isa", provenance->isa);
    qf_nc_put_number(nc, root, "threads", H5T_NATIVE_INT, &provenance->threads);
    qf_nc_put_number(nc, root, "ranks", H5T_NATIVE_INT, &provenance->ranks);
    qf_nc_put_text(nc, root, "binding", provenance->binding ? provenance->binding : "none");
    qf_nc_put_number(nc, root, "seed", H5T_NATIVE_UINT64, &scenario->seed);
    qf_nc_put_number(nc, root, "dt_s", H5T_NATIVE_DOUBLE, &scenario->dt_s);
    qf_nc_put_number(nc, root, "n_ticks", H5T_NATIVE_INT64, &scenario->n_ticks);
    qf_nc_put_text(nc, root, "scenario_yaml", provenance->scenario_yaml);
}

/* What numbers of quantities mean: a killed run has no other list of them. */
static qf_status put_quantities(qf_results *results)
{
    char *names = qf_quantity_names(&results->fleet->catalog);
    if (!names) {
        return qf_fail(results->context, QF_ERROR_MEMORY, "no memory for the result file");
    }
    qf_nc_put_text(&results->nc, results->nc.file, "quantities", names);
    free(names);
    return QF_OK;
}

/* What groups are equipped with, and who says what; then the ladder, which is empty yet. */
static qf_status write_profiles(qf_results *results, const qf_identities *identities)
{
    qf_nc *nc = &results->nc;
    qf_status status = qf_guards_write(results->context, nc, results->fleet);
    if (status == QF_OK) {
        status = qf_faults_write(results->context, nc, results->fleet);
    }
    if (status == QF_OK) {
        status = qf_behaviors_write(results->context, nc, results->fleet);
    }
    if (status == QF_OK && identities) {
        qf_identities_write(nc, identities);
    }
    qf_hashes_define(nc, &results->hashes);
    return status;
}

/* Everything but records, and on the disk: from here on a killed run leaves a file that opens. */
static qf_status write_beginning(qf_results *results, const qf_provenance *provenance,
                                 const qf_identities *identities)
{
    qf_nc *nc = &results->nc;
    const bool first = results->part.rank == 0;
    put_root_attributes(nc, results->fleet->scenario, provenance);
    qf_status status = put_quantities(results);
    if (results->part.n_ranks > 1) {
        qf_part_write(nc, &results->part);
    }
    if (!status && first) {
        status = qf_entities_write(results->context, nc, results->fleet,
                                   identities && identities->n > 0 ? identities : NULL);
    }
    if (status) {
        return status;
    }
    qf_state_define(nc, results->fleet, results->plan, &results->state);
    if (results->part.n_ranks > 1) {
        qf_part_name_state(nc, &results->part);
    }
    status = qf_events_define(results->context, nc, results->fleet, &results->events);
    for (size_t t = 0; t < QF_TABLES && status == QF_OK; t++) {
        status = qf_table_file_define(results->context, nc, results->fleet, &results->tables[t]);
    }
    if (status == QF_OK && first) {
        status = write_profiles(results, identities);
    }
    if (status) {
        return status;
    }
    if (!nc->opens) {
        qf_nc_flush(nc);
    }
    return nc->failed
               ? qf_fail(results->context, QF_ERROR_WRITE, "%s: %s", results->output.path, nc->what)
               : QF_OK;
}

static qf_status reserve_beginning(qf_results *results, uint64_t bytes)
{
    const int error = qf_partial_file_reserve(&results->output, 0, bytes);
    if (!error) {
        return QF_OK;
    }
    return qf_fail(results->context, qf_partial_file_refusal(error),
                   "%s: cannot begin: %" PRIu64 " bytes are needed before the first record: %s",
                   results->output.path, bytes, strerror(error));
}

/* Twice: the first finds out, the second because creating truncates, and so gives back. */
static qf_status create_file(qf_results *results, const qf_provenance *provenance,
                             const qf_identities *identities)
{
    const uint64_t bytes =
        bytes_of_creation(results, provenance, identities) + results->closing_bytes;
    qf_status status = reserve_beginning(results, bytes);
    if (status) {
        return status;
    }
    qf_nc_quiet();
    qf_nc_create(&results->nc, results->output.partial);
    status = reserve_beginning(results, bytes);
    return status ? status : write_beginning(results, provenance, identities);
}

static void free_memory(qf_results *results)
{
    qf_state_free(&results->state);
    qf_events_free(&results->events);
    for (size_t t = 0; t < QF_TABLES; t++) {
        qf_table_file_free(&results->tables[t]);
    }
    qf_rungs_free(&results->writer.pending_rungs);
    qf_rungs_free(&results->writer.writing_rungs);
    free(results);
}

static qf_status allocate(qf_results *results)
{
    qf_context *context = results->context;
    const qf_scenario *scenario = results->fleet->scenario;
    qf_status status =
        qf_state_allocate(context, results->plan, qf_record_count(scenario), &results->state);
    if (!status) {
        status = qf_events_allocate(context, scenario->dt_s, results->part.n_ranks > 1,
                                    &results->events);
    }
    for (size_t t = 0; t < QF_TABLES && !status; t++) {
        status = qf_table_file_allocate(context, scenario, (qf_table_id)t, &results->tables[t]);
    }
    if (!status) {
        status = qf_rungs_allocate(context, &results->hashes, &results->writer.pending_rungs);
    }
    if (!status) {
        status = qf_rungs_allocate(context, &results->hashes, &results->writer.writing_rungs);
    }
    return status;
}

/* Of vehicles that are told apart by their transponders, where anybody hears them; NULL: nobody does. */
static const qf_identities *heard(const qf_results *results, const qf_results_options *options)
{
    static const qf_identities nobody = {0};
    const qf_identities *given = options->identities ? options->identities : &nobody;
    return results->tables[QF_TABLE_DETECTIONS].on || results->tables[QF_TABLE_TRACKS].on ? given
                                                                                          : NULL;
}

static qf_status take_up_file(qf_results *results, const qf_provenance *provenance,
                              const qf_identities *identities, const qf_results_rows *rows)
{
    qf_status status = qf_results_reopen_file(results, provenance);
    if (!status) {
        status = write_beginning(results, provenance, identities);
        status = status && results->nc.failed ? qf_results_refuse_damaged(results) : status;
    }
    if (!status) {
        status = qf_results_cut(results, provenance, rows);
    }
    return status;
}

/* `rows` NULL: a new file. */
static qf_status begin(qf_results *results, const qf_provenance *provenance,
                       const qf_results_options *options, const qf_results_rows *rows)
{
    qf_uncut *uncut = results->context->uncut;
    qf_status status = allocate(results);
    qf_uncut_begin(uncut);
    if (!status) {
        status = rows ? take_up_file(results, provenance, heard(results, options), rows)
                      : create_file(results, provenance, heard(results, options));
    }
    if (!status) {
        status = qf_writer_start(results);
    }
    if (status) {
        qf_nc_close(&results->nc);
    }
    if (status && rows) {
        qf_partial_file_keep(&results->output);
    } else if (status) {
        qf_partial_file_discard(&results->output);
    }
    qf_uncut_end(uncut);
    return status;
}

static qf_status open_results(qf_context *context, const qf_fleet *fleet,
                              const qf_record_plan *plan, const qf_provenance *provenance,
                              const qf_results_options *options, const qf_results_rows *rows,
                              qf_results **out)
{
    *out = NULL;
    qf_results *results = calloc(1, sizeof *results);
    if (!results) {
        return qf_fail(context, QF_ERROR_MEMORY, "no memory for the result file");
    }
    results->context = context;
    results->fleet = fleet;
    results->plan = plan;
    results->n_records_expected = options->n_records;
    results->nc.file = H5I_INVALID_HID;
    results->part = options->part ? *options->part : (qf_results_part){.n_ranks = 1};
    qf_hashes_lay_out(fleet->scenario, &results->hashes);
    results->closing_bytes = QF_META_SLACK_BYTES + qf_hashes_growth(&results->hashes, 1);
    qf_status status = (rows ? qf_partial_file_reopen : qf_partial_file_open)(
        context, options->path, options->force, &results->output);
    if (status) {
        free(results);
        return status;
    }
    status = begin(results, provenance, options, rows);
    if (status) {
        free_memory(results);
        return status;
    }
    *out = results;
    return QF_OK;
}

qf_status qf_results_create(qf_context *context, const qf_fleet *fleet, const qf_record_plan *plan,
                            const qf_provenance *provenance, const qf_results_options *options,
                            qf_results **out)
{
    return open_results(context, fleet, plan, provenance, options, NULL, out);
}

qf_status qf_results_resume(qf_context *context, const qf_fleet *fleet, const qf_record_plan *plan,
                            const qf_provenance *provenance, const qf_results_options *options,
                            const qf_results_rows *rows, qf_results **out)
{
    return open_results(context, fleet, plan, provenance, options, rows, out);
}

size_t qf_results_buffer_bytes(const qf_fleet *fleet, const qf_record_plan *plan)
{
    qf_hashes hashes;
    qf_hashes_lay_out(fleet->scenario, &hashes);
    const size_t rows = qf_state_memory_bytes(plan, qf_record_count(fleet->scenario));
    return rows > 0 ? rows + 2 * qf_rungs_bytes(&hashes) : 0;
}

/* The last rung, unless the run stopped on one that is written already, and the hash of all. */
static void write_last_hashes(qf_results *results, uint64_t state_hash,
                              const uint64_t *world_hashes)
{
    qf_nc *nc = &results->nc;
    if (results->part.rank == 0 && results->hashes.last_tick != results->fleet->tick) {
        qf_hashes_write(nc, &results->hashes, &results->fleet->tick, world_hashes, 1);
    }
    char text[17];
    snprintf(text, sizeof text, "%016" PRIx64, state_hash);
    qf_nc_put_text(nc, nc->file, "state_hash", text);
}

static void write_status(qf_results *results, qf_status outcome)
{
    qf_nc *nc = &results->nc;
    const bool complete = outcome == QF_OK;
    if (!complete) {
        qf_nc_replace_text(nc, nc->file, "status_detail",
                           outcome == QF_INTERRUPTED ? "stopped on request"
                                                     : results->context->error);
    }
    qf_nc_replace_text(nc, nc->file, "status", complete ? "complete" : "interrupted");
}

/* What the writer, or the caller's own count, has to say about the outcome. */
static qf_status judge(qf_results *results, qf_status outcome)
{
    const qf_writer *writer = &results->writer;
    const bool went_well = outcome == QF_OK || outcome == QF_INTERRUPTED;
    if (went_well && writer->failure.status != QF_OK) {
        return qf_fail(results->context, writer->failure.status, "%s", writer->failure.reason);
    }
    if (outcome == QF_OK && results->n_records_expected > 0 &&
        results->state.n_written != results->n_records_expected) {
        return qf_fail(results->context, QF_ERROR_INTERNAL,
                       "%s: %" PRId64 " records were to be written, and %" PRId64 " were",
                       results->output.path, results->n_records_expected, results->state.n_written);
    }
    return outcome;
}

void qf_results_quarantined(qf_results *results, const qf_quarantine *entries, size_t n)
{
    results->quarantined = entries;
    results->n_quarantined = n;
}

void qf_results_tracking(qf_results *results, const qf_tracking_metrics *metrics, size_t n)
{
    results->tracking = metrics;
    results->n_tracking = n;
}

void qf_results_machines(qf_results *results, const qf_coverage *coverage)
{
    results->machines = coverage;
}

/* On top of the room for the status, which stays when there is none for the table. */
static qf_status reserve_at_end(qf_results *results, const char *what, uint64_t bytes)
{
    const int error = bytes == 0
                          ? 0
                          : qf_partial_file_reserve(&results->output, qf_nc_end(&results->nc),
                                                    QF_META_SLACK_BYTES + bytes);
    return error ? qf_fail(results->context, qf_partial_file_refusal(error),
                           "%s: '%s' has all its records and hashes, but no room for /%s: %s",
                           results->output.path, results->output.partial, what, strerror(error))
                 : QF_OK;
}

static qf_status write_quarantine(qf_results *results)
{
    const qf_quarantine *entries = results->quarantined;
    const size_t n = results->n_quarantined;
    const qf_status status =
        reserve_at_end(results, "quarantine", qf_quarantine_bytes(results->fleet, entries, n));
    return status ? status
                  : qf_quarantine_write(results->context, &results->nc, results->fleet, entries, n);
}

static qf_status write_tracking(qf_results *results)
{
    const qf_tracking_metrics *metrics = results->tracking;
    const size_t n = results->n_tracking;
    const qf_status status =
        reserve_at_end(results, "tracking", qf_tracking_bytes(results->fleet, n));
    return status ? status
                  : qf_tracking_write(results->context, &results->nc, results->fleet, metrics, n);
}

static qf_status write_machines(qf_results *results)
{
    static const qf_coverage none = {0};
    const qf_coverage *coverage = results->machines ? results->machines : &none;
    const qf_status status =
        reserve_at_end(results, "machines", qf_machines_bytes(results->fleet, coverage));
    return status ? status
                  : qf_machines_write(results->context, &results->nc, results->fleet, coverage);
}

/*
 * Hashes, quarantine, tracking, machines and status, then closes. A disk too full even for the hashes, for which room
 * was held, leaves the status at "running".
 */
static qf_status write_end(qf_results *results, qf_status outcome, uint64_t state_hash,
                           const uint64_t *world_hashes)
{
    qf_nc *nc = &results->nc;
    const bool went_well = outcome == QF_OK || outcome == QF_INTERRUPTED;
    const int error =
        qf_partial_file_reserve(&results->output, qf_nc_end(nc), results->closing_bytes);
    if (!error) {
        if (went_well && world_hashes) {
            write_last_hashes(results, state_hash, world_hashes);
        }
        const qf_context before = *results->context;
        qf_status written = write_quarantine(results);
        if (written == QF_OK && results->part.rank == 0) {
            written = write_tracking(results);
        }
        if (written == QF_OK && results->part.rank == 0) {
            written = write_machines(results);
        }
        if (went_well && written != QF_OK) {
            outcome = written;
        } else if (!went_well) {
            *results->context = before; /* the first failure is the one to tell */
        }
        write_status(results, outcome);
    }
    qf_nc_close(nc);
    if (went_well && error) {
        return qf_fail(results->context, qf_partial_file_refusal(error),
                       "%s: '%s' has all its records, but no room for its end: %s",
                       results->output.path, results->output.partial, strerror(error));
    }
    if (went_well && nc->failed) {
        return qf_fail(results->context, QF_ERROR_WRITE, "%s: %s", results->output.partial,
                       nc->what);
    }
    return outcome;
}

static uint64_t file_bytes(const qf_partial_file *output)
{
    struct stat file;
    return fstat(output->fd, &file) == 0 ? (uint64_t)file.st_size : 0;
}

qf_status qf_results_finish(qf_results *results, qf_status outcome, uint64_t state_hash,
                            const uint64_t *world_hashes, qf_results_totals *totals)
{
    if (!results) {
        return outcome;
    }
    qf_uncut *uncut = results->context->uncut;
    qf_writer_stop(results);
    qf_status status = judge(results, outcome);
    qf_uncut_begin(uncut);
    status = write_end(results, status, state_hash, world_hashes);
    if (totals) {
        *totals =
            (qf_results_totals){.n_records = results->state.n_written,
                                .n_events = results->events.n_written,
                                .n_detections = results->tables[QF_TABLE_DETECTIONS].n_written,
                                .n_tracks = results->tables[QF_TABLE_TRACKS].n_written,
                                .n_pictures = results->tables[QF_TABLE_PICTURES].n_written,
                                .file_bytes = file_bytes(&results->output),
                                .waited_s = results->writer.waited_s};
    }
    if (status == QF_OK) {
        status = qf_partial_file_publish(results->context, &results->output);
    } else {
        qf_partial_file_keep(&results->output);
    }
    qf_uncut_end(uncut);
    free_memory(results);
    return status;
}
