/* SPDX-License-Identifier: Apache-2.0 */
#include "export.h"

#include <libgen.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "export_internal.h"

/* One thing that is exported. */
typedef struct export_work {
    const qf_export_wish *wish;
    qf_export_events *events; /* or: */
    qf_export_table table;
    qf_export_output output;
} export_work;

/* ---- a table ---- */

static void block_free(void *user, void *lane)
{
    qf_export_block_free(user, lane);
    free(lane);
}

static void *block_new(void *user)
{
    qf_export_block *block = calloc(1, sizeof *block);
    if (block && !qf_export_block_new(user, block)) {
        block_free(user, block);
        block = NULL;
    }
    return block;
}

static qf_status block_read(qf_context *context, void *user, void *lane, uint64_t number)
{
    return qf_export_block_read(context, user, number, lane);
}

static void block_format(void *user, void *lane, qf_text_buffer *text)
{
    qf_export_csv_rows(user, lane, text);
}

static qf_status write_table(qf_context *context, qf_export_table *table, const atomic_int *stop,
                             qf_export_output *output)
{
    const qf_export_job job = {.n_blocks = table->n_blocks,
                               .user = table,
                               .lane_new = block_new,
                               .read = block_read,
                               .format = block_format,
                               .lane_free = block_free,
                               .stop = stop};
    qf_text_buffer head = {0};
    qf_export_csv_head(table, &head);
    const qf_status status = head.failed
                                 ? qf_fail(context, QF_ERROR_MEMORY, "no memory to export")
                                 : qf_export_output_write(context, output, head.bytes, head.n);
    qf_text_free(&head);
    return status ? status : qf_export_stream(context, &job, output);
}

/* ---- all that is wished for ---- */

static qf_status open_work(qf_context *context, const qf_export_source *source,
                           const qf_export_options *options, export_work *work)
{
    const char *table = work->wish->table;
    return table ? qf_export_source_table(context, source, table, options, &work->table)
                 : qf_export_events_open(context, source, options, &work->events);
}

/* beside the output, where there is room for as much; else where temporary files are */
static char *scratch_directory(const export_work *work)
{
    const char *temporary = getenv("TMPDIR");
    if (!work->output.is_file) {
        return strdup(temporary && *temporary ? temporary : "/tmp");
    }
    char *path = strdup(work->wish->file);
    char *directory = path ? strdup(dirname(path)) : NULL;
    free(path);
    return directory;
}

static qf_status write_work(qf_context *context, const qf_export_options *options,
                            export_work *work)
{
    if (work->wish->table) {
        return write_table(context, &work->table, options->stop, &work->output);
    }
    char *scratch = scratch_directory(work);
    const qf_status status = scratch ? qf_export_events_write(context, work->events, scratch,
                                                              options->stop, &work->output)
                                     : qf_fail(context, QF_ERROR_MEMORY, "no memory to export");
    free(scratch);
    return status;
}

static uint64_t count_rows(const export_work *work)
{
    const qf_export_table *table = &work->table;
    return work->events ? qf_export_events_count(work->events)
                        : (table->n_first - table->begin) * table->n_second;
}

/* of a file that is not complete it is said what there was, and of a span of time that nothing is in it */
static void tell(const qf_export_source *source, const qf_export_options *options,
                 const export_work *work, FILE *notes)
{
    const char *table = work->wish->table ? work->wish->table : "events";
    const unsigned long long n = count_rows(work);
    if (source->status && strcmp(source->status, "complete") != 0) {
        fprintf(notes,
                "%s: is not complete (%s): the %llu rows of /%s that there are were exported\n",
                source->path, source->status, n, table);
    } else if (n == 0 && (!isnan(options->from_s) || !isnan(options->to_s))) {
        fprintf(notes, "%s: no rows of /%s are of that time\n", source->path, table);
    }
}

static qf_status check_wishes(qf_context *context, const qf_export_options *options)
{
    bool events = false;
    for (size_t i = 0; i < options->n_wishes; i++) {
        for (size_t k = 0; k < i; k++) {
            if (strcmp(options->wishes[i].file, options->wishes[k].file) == 0) {
                return qf_fail(context, QF_ERROR_USAGE, "two outputs are to go to '%s'",
                               options->wishes[i].file);
            }
        }
        events = events || !options->wishes[i].table;
    }
    if (options->epoch && !events) {
        return qf_fail(context, QF_ERROR_USAGE,
                       "--epoch is for events; tables have the seconds of the simulation");
    }
    if (options->columns && options->n_wishes != 1) {
        return qf_fail(context, QF_ERROR_USAGE,
                       "--columns is for one table, and there are %zu outputs", options->n_wishes);
    }
    return options->columns && !options->wishes[0].table
               ? qf_fail(context, QF_ERROR_USAGE,
                         "--columns is for tables; events have what CloudEvents say")
               : QF_OK;
}

/* everything is looked at before anything is written */
static qf_status export(qf_context *context, const qf_export_source *source,
                        const qf_export_options *options, export_work *works)
{
    qf_status status = QF_OK;
    for (size_t i = 0; i < options->n_wishes && status == QF_OK; i++) {
        works[i].wish = &options->wishes[i];
        status = open_work(context, source, options, &works[i]);
    }
    for (size_t i = 0; i < options->n_wishes && status == QF_OK; i++) {
        status =
            qf_export_output_open(context, works[i].wish->file, options->force, &works[i].output);
    }
    for (size_t i = 0; i < options->n_wishes && status == QF_OK; i++) {
        status = write_work(context, options, &works[i]);
    }
    return status;
}

qf_status qf_export(qf_context *context, const char *path, const qf_export_options *options,
                    FILE *notes, bool *reader_gone)
{
    qf_export_source source = {.file = H5I_INVALID_HID};
    export_work *works = calloc(options->n_wishes + 1, sizeof *works);
    qf_status status = works ? check_wishes(context, options)
                             : qf_fail(context, QF_ERROR_MEMORY, "no memory to export");
    *reader_gone = false;
    if (status == QF_OK) {
        status = qf_export_source_open(context, path, &source);
    }
    if (status == QF_OK) {
        status = export(context, &source, options, works);
    }
    for (size_t i = 0; works && i < options->n_wishes; i++) {
        *reader_gone = *reader_gone || works[i].output.reader_gone;
        status = qf_export_output_close(context, &works[i].output, status);
    }
    for (size_t i = 0; works && i < options->n_wishes; i++) {
        if (status == QF_OK) {
            tell(&source, options, &works[i], notes);
        }
        qf_export_events_free(works[i].events);
        qf_export_table_free(&works[i].table);
    }
    free(works);
    qf_export_source_close(&source);
    return status;
}
