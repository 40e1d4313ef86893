/* SPDX-License-Identifier: Apache-2.0 */
/* Events as CloudEvents: what is read of a file for them, block by block, and the first cause of each. */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cloud_event.h"
#include "export_causes.h"
#include "export_internal.h"

enum { TICK, TIME_S, WORLD, ENTITY, CODE, SEVERITY, SUBJECT, TRACK, CAUSE, VALUE, COLUMNS };
enum { SKIPPED = 1 << 16 };

static const struct {
    const char *name;
    qf_export_type type;
} layout[COLUMNS] = {
    [TICK] = {"tick", QF_EXPORT_I64},       [TIME_S] = {"time_s", QF_EXPORT_F64},
    [WORLD] = {"world", QF_EXPORT_I32},     [ENTITY] = {"entity", QF_EXPORT_I64},
    [CODE] = {"code", QF_EXPORT_U16},       [SEVERITY] = {"severity", QF_EXPORT_U8},
    [SUBJECT] = {"subject", QF_EXPORT_I32}, [TRACK] = {"track", QF_EXPORT_I32},
    [CAUSE] = {"cause", QF_EXPORT_I64},     [VALUE] = {"value", QF_EXPORT_F64},
};

struct qf_export_events {
    qf_export_table table;
    qf_cloud_run run;
    qf_causes causes;
    double last_s; /* time of the last event */
};

/* A block, and what was found out of it while it was read. */
typedef struct lane {
    qf_export_block block;
    int64_t *roots;
    qf_cloud_pen pen;
} lane;

/* ---- what the file says of all events ---- */

static qf_status settle_epoch(qf_context *context, const qf_export_source *source,
                              const char *asked, qf_export_events *e)
{
    char *created = qf_nc_get_text(source->file, "created_utc");
    const char *epoch = asked ? asked : created;
    qf_status status = QF_OK;
    if (!epoch || !qf_export_time_parse(epoch, &e->run.epoch_us)) {
        status =
            asked ? qf_fail(context, QF_ERROR_USAGE,
                            "--epoch: expected a time as 2026-01-31T12:00:00Z, found '%s'", asked)
                  : qf_fail(context, QF_ERROR_READ,
                            "%s: does not say when it was begun; --epoch TIME does", source->path);
    }
    free(created);
    return status;
}

static qf_status read_vehicles(qf_context *context, const qf_export_source *source,
                               qf_export_events *e)
{
    const hid_t names = H5Dopen2(source->file, "entities/name", H5P_DEFAULT);
    const hid_t groups = H5Dopen2(source->file, "entities/group", H5P_DEFAULT);
    bool good = qf_text_list_read(names, &e->run.names) && qf_nc_length(groups) >= e->run.names.n &&
                qf_nc_get_flags(groups, &e->run.group_names);
    e->run.groups = calloc(e->run.names.n + 1, sizeof *e->run.groups);
    good = good && e->run.groups &&
           qf_nc_read(groups, H5T_NATIVE_INT32, 0, e->run.names.n, e->run.groups);
    qf_nc_close_id(groups);
    qf_nc_close_id(names);
    return good ? QF_OK
                : qf_fail(context, QF_ERROR_READ, "%s: /entities cannot be read", source->path);
}

static qf_status check_columns(qf_context *context, const qf_export_table *table)
{
    for (size_t c = 0; c < COLUMNS; c++) {
        if (table->columns[c].type != layout[c].type) {
            return qf_fail(context, QF_ERROR_READ, "%s: %s of /events is not what it should be",
                           table->path, layout[c].name);
        }
    }
    return QF_OK;
}

/* the last time must be one that can be written: those before it are earlier */
static qf_status check_times(qf_context *context, qf_export_events *e)
{
    const qf_export_table *table = &e->table;
    char text[QF_EXPORT_TIME_BYTES];
    if (table->n_first > table->begin &&
        !qf_nc_read(table->columns[TIME_S].variable, H5T_NATIVE_DOUBLE, table->n_first - 1, 1,
                    &e->last_s)) {
        return qf_fail(context, QF_ERROR_READ, "%s: time_s of /events cannot be read", table->path);
    }
    return e->last_s >= 0.0 && e->last_s < 1e12 &&
                   qf_export_time_put(e->run.epoch_us + llround(1e6 * e->last_s), text)
               ? QF_OK
               : qf_fail(context, QF_ERROR_USAGE,
                         "%s: its last event would be after the year 9999; see --epoch",
                         table->path);
}

qf_status qf_export_events_open(qf_context *context, const qf_export_source *source,
                                const qf_export_options *options, qf_export_events **events)
{
    qf_export_options all = *options;
    qf_export_events *e = *events = calloc(1, sizeof *e);
    if (!e) {
        return qf_fail(context, QF_ERROR_MEMORY, "no memory to export events");
    }
    e->causes.fd = -1;
    e->run.words.file = H5I_INVALID_HID;
    all.columns = "tick,time_s,world,entity,code,severity,subject,track,cause,value";
    qf_status status = qf_export_source_table(context, source, "events", &all, &e->table);
    if (status == QF_OK) {
        status = check_columns(context, &e->table);
    }
    if (status == QF_OK) {
        status = settle_epoch(context, source, options->epoch, e);
    }
    if (status == QF_OK) {
        status = check_times(context, e);
    }
    if (status == QF_OK) {
        status = read_vehicles(context, source, e);
    }
    if (status == QF_OK) {
        e->run.source = qf_cloud_source(source->file);
        status = e->run.source && qf_event_words_open(source->file, &e->run.words)
                     ? QF_OK
                     : qf_fail(context, QF_ERROR_MEMORY, "no memory to export events");
        e->run.words.names = &e->run.names;
    }
    return status;
}

uint64_t qf_export_events_count(const qf_export_events *events)
{
    return events->table.n_first - events->table.begin;
}

void qf_export_events_free(qf_export_events *events)
{
    if (events) {
        qf_cloud_run_free(&events->run);
        qf_export_table_free(&events->table);
        qf_causes_close(&events->causes);
        free(events);
    }
}

/* ---- reading ---- */

static qf_status next_root(qf_context *context, qf_export_events *e, int64_t cause, int64_t *root)
{
    const uint64_t number = e->causes.n;
    if (cause >= 0 && (uint64_t)cause >= number) {
        return qf_fail(context, QF_ERROR_READ,
                       "%s: is damaged: event %" PRIu64
                       " of /events has a cause that is not before it",
                       e->table.path, number);
    }
    const int error = qf_causes_next(&e->causes, cause, root);
    return error ? qf_fail(context, qf_partial_file_refusal(error),
                           "%s: causes of events do not fit into a temporary file in '%s': %s",
                           e->table.path, e->causes.directory, strerror(error))
                 : QF_OK;
}

/* events before those that are wanted are causes, too */
static qf_status follow_skipped(qf_context *context, qf_export_events *e)
{
    int64_t *causes = calloc(SKIPPED, sizeof *causes);
    int64_t root;
    qf_status status =
        causes ? QF_OK : qf_fail(context, QF_ERROR_MEMORY, "no memory to export events");
    for (uint64_t begin = 0; status == QF_OK && begin < e->table.begin; begin += SKIPPED) {
        const uint64_t left = e->table.begin - begin;
        const uint64_t n = left < SKIPPED ? left : SKIPPED;
        if (!qf_nc_read(e->table.columns[CAUSE].variable, H5T_NATIVE_INT64, begin, n, causes)) {
            status = qf_fail(context, QF_ERROR_READ, "%s: cause of /events cannot be read",
                             e->table.path);
        }
        for (uint64_t i = 0; status == QF_OK && i < n; i++) {
            status = next_root(context, e, causes[i], &root);
        }
    }
    free(causes);
    return status;
}

static qf_status read_block(qf_context *context, void *user, void *of, uint64_t number)
{
    qf_export_events *e = user;
    lane *l = of;
    qf_status status = qf_export_block_read(context, &e->table, number, &l->block);
    const int64_t *causes = l->block.values[CAUSE];
    const int64_t *entities = l->block.values[ENTITY];
    const double *times = l->block.values[TIME_S];
    for (uint64_t i = 0; status == QF_OK && i < l->block.n_first; i++) {
        status = next_root(context, e, causes[i], &l->roots[i]);
        const bool of_nobody = entities[i] < 0 || (uint64_t)entities[i] >= e->run.names.n;
        const bool out_of_time = !(times[i] >= 0.0 && times[i] <= e->last_s);
        if (status == QF_OK && (of_nobody || out_of_time)) {
            status = qf_fail(
                context, QF_ERROR_READ, "%s: is damaged: event %" PRIu64 " of /events is of no %s",
                e->table.path, l->block.first + i, of_nobody ? "vehicle" : "time of the run");
        }
    }
    return status;
}

/* ---- writing ---- */

static void format_block(void *user, void *of, qf_text_buffer *text)
{
    const qf_export_events *e = user;
    lane *l = of;
    void **v = l->block.values;
    for (size_t i = 0; i < l->block.n_first; i++) {
        const qf_cloud_event event = {.told = {.index = (int64_t)(l->block.first + i),
                                               .tick = ((const int64_t *)v[TICK])[i],
                                               .cause = ((const int64_t *)v[CAUSE])[i],
                                               .time_s = ((const double *)v[TIME_S])[i],
                                               .value = ((const double *)v[VALUE])[i],
                                               .subject = ((const int32_t *)v[SUBJECT])[i],
                                               .track = ((const int32_t *)v[TRACK])[i],
                                               .code = ((const uint16_t *)v[CODE])[i],
                                               .severity = ((const uint8_t *)v[SEVERITY])[i]},
                                      .root = l->roots[i],
                                      .entity = ((const int64_t *)v[ENTITY])[i],
                                      .world = ((const int32_t *)v[WORLD])[i]};
        qf_cloud_event_put(&e->run, &l->pen, &event, text);
    }
}

static void lane_free(void *user, void *of)
{
    const qf_export_events *e = user;
    lane *l = of;
    qf_export_block_free(&e->table, &l->block);
    qf_text_free(&l->pen.words);
    free(l->roots);
    free(l);
}

static void *lane_new(void *user)
{
    const qf_export_events *e = user;
    lane *l = calloc(1, sizeof *l);
    if (l) {
        l->pen.time_us = INT64_MIN;
        l->roots = calloc(e->table.block_first + 1, sizeof *l->roots);
        if (!qf_export_block_new(&e->table, &l->block) || !l->roots) {
            lane_free(user, l);
            l = NULL;
        }
    }
    return l;
}

qf_status qf_export_events_write(qf_context *context, qf_export_events *events, const char *scratch,
                                 const atomic_int *stop, qf_export_output *output)
{
    const qf_export_job job = {.n_blocks = events->table.n_blocks,
                               .user = events,
                               .lane_new = lane_new,
                               .read = read_block,
                               .format = format_block,
                               .lane_free = lane_free,
                               .stop = stop};
    if (!qf_causes_open(scratch, QF_CAUSES_WINDOW, QF_CAUSES_BATCH, &events->causes)) {
        return qf_fail(context, QF_ERROR_MEMORY, "no memory to export events");
    }
    const qf_status status = follow_skipped(context, events);
    return status ? status : qf_export_stream(context, &job, output);
}
