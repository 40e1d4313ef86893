/* SPDX-License-Identifier: Apache-2.0 */
/* Events as CloudEvents 1.0, one JSON object a line; docs/export.md says what is what. */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "decimal_text.h"
#include "explain_words.h"
#include "export_causes.h"
#include "export_internal.h"

enum { TICK, TIME_S, WORLD, ENTITY, CODE, SEVERITY, SUBJECT, TRACK, CAUSE, VALUE, COLUMNS };
enum { SEQUENCE_DIGITS = 12, SKIPPED = 1 << 16 };

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
    qf_event_words words;
    qf_text_list names;
    int32_t *groups; /* of each vehicle */
    qf_nc_flags group_names;
    qf_causes causes;
    int64_t epoch_us;
    double last_s; /* time of the last event */
    char *source;  /* what JSON has between quotes */
};

/* A block, and what was found out of it while it was read. */
typedef struct lane {
    qf_export_block block;
    int64_t *roots;
    qf_text_buffer words;
    int64_t time_us; /* of `time` */
    char time[QF_EXPORT_TIME_BYTES];
} lane;

/* ---- what the file says of all events ---- */

static void hash_attribute(hid_t file, const char *name, XXH3_state_t *state)
{
    char *text = qf_nc_get_text(file, name);
    (void)XXH3_64bits_update(state, text ? text : "", text ? strlen(text) + 1 : 1);
    free(text);
}

/* The run: the name of its scenario, and a hash of what makes it that run and no other. NULL: no memory. */
static char *name_source(hid_t file)
{
    static const char *const identity[] = {"scenario_yaml", "created_utc", "host", "version",
                                           "git_commit"};
    static const char unreserved[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
    XXH3_state_t *state = XXH3_createState();
    qf_text_buffer text = {0};
    if (!state || XXH3_64bits_reset(state) != XXH_OK) {
        XXH3_freeState(state);
        return NULL;
    }
    for (size_t i = 0; i < sizeof identity / sizeof *identity; i++) {
        hash_attribute(file, identity[i], state);
    }
    char *title = qf_nc_get_text(file, "title");
    qf_text_put(&text, "/qfleet/runs/");
    for (const char *c = title && *title ? title : "run"; *c; c++) {
        char escaped[4] = {*c};
        if (!strchr(unreserved, *c)) {
            snprintf(escaped, sizeof escaped, "%%%02X", (unsigned)(unsigned char)*c);
        }
        qf_text_put(&text, escaped);
    }
    char hash[24];
    snprintf(hash, sizeof hash, "/%016" PRIx64, (uint64_t)XXH3_64bits_digest(state));
    qf_text_put_bytes(&text, hash, strlen(hash) + 1);
    free(title);
    XXH3_freeState(state);
    if (text.failed) {
        qf_text_free(&text);
    }
    return text.bytes;
}

static qf_status settle_epoch(qf_context *context, const qf_export_source *source,
                              const char *asked, qf_export_events *e)
{
    char *created = qf_nc_get_text(source->file, "created_utc");
    const char *epoch = asked ? asked : created;
    qf_status status = QF_OK;
    if (!epoch || !qf_export_time_parse(epoch, &e->epoch_us)) {
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
    bool good = qf_text_list_read(names, &e->names) && qf_nc_length(groups) >= e->names.n &&
                qf_nc_get_flags(groups, &e->group_names);
    e->groups = calloc(e->names.n + 1, sizeof *e->groups);
    good = good && e->groups && qf_nc_read(groups, H5T_NATIVE_INT32, 0, e->names.n, e->groups);
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
    return e->last_s < 1e12 && qf_export_time_put(e->epoch_us + llround(1e6 * e->last_s), text)
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
    e->words.file = H5I_INVALID_HID;
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
        e->source = name_source(source->file);
        status = e->source && qf_event_words_open(source->file, &e->words)
                     ? QF_OK
                     : qf_fail(context, QF_ERROR_MEMORY, "no memory to export events");
        e->words.names = &e->names;
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
        qf_event_words_close(&events->words);
        qf_export_table_free(&events->table);
        qf_text_list_free(&events->names);
        qf_nc_free_flags(&events->group_names);
        qf_causes_close(&events->causes);
        free(events->groups);
        free(events->source);
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
        const bool of_nobody = entities[i] < 0 || (uint64_t)entities[i] >= e->names.n;
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

static void put_text(qf_text_buffer *text, const char *words)
{
    qf_text_put_json(text, words, strlen(words));
}

static void put_sequence(qf_text_buffer *text, uint64_t number)
{
    char digits[QF_DECIMAL_BYTES];
    const size_t n = (size_t)(qf_decimal_put_uint64(digits, number) - digits);
    qf_text_put_bytes(text, "000000000000", n < SEQUENCE_DIGITS ? SEQUENCE_DIGITS - n : 0);
    qf_text_put_bytes(text, digits, n);
}

/* JSON has no other numbers */
static void put_number(qf_text_buffer *text, double value)
{
    char *at = qf_text_room(text, QF_DECIMAL_BYTES);
    if (at && isfinite(value)) {
        qf_text_wrote(text, qf_decimal_put_double(at, value));
    } else if (at) {
        qf_text_put(text, "null");
    }
}

static void put_number_of(qf_text_buffer *text, int64_t number)
{
    if (number >= 0) {
        qf_text_put_integer(text, number);
    } else {
        qf_text_put(text, "null");
    }
}

/* neighbours are often of the same tick */
static void put_time(lane *l, int64_t time_us, qf_text_buffer *text)
{
    if (time_us != l->time_us) {
        (void)qf_export_time_put(time_us, l->time); /* the latest was tried before */
        l->time_us = time_us;
    }
    qf_text_put_bytes(text, l->time, QF_EXPORT_TIME_BYTES);
}

/* names and numbers of OpenTelemetry */
static void put_severity(const char *gravity, qf_text_buffer *text)
{
    const bool critical = strcmp(gravity, "critical") == 0;
    const bool warning = strcmp(gravity, "warning") == 0;
    qf_text_put(text, critical  ? "\",\"severitytext\":\"ERROR\",\"severitynumber\":17"
                      : warning ? "\",\"severitytext\":\"WARN\",\"severitynumber\":13"
                                : "\",\"severitytext\":\"INFO\",\"severitynumber\":9");
}

static void put_data(const qf_export_events *e, lane *l, const qf_told_event *event, int64_t entity,
                     int32_t world, qf_text_buffer *text)
{
    const int32_t group = e->groups[entity];
    const char *group_name =
        group >= 0 && (size_t)group < e->group_names.n ? e->group_names.meanings[group] : "?";
    qf_text_put(text, ",\"data\":{\"tick\":");
    qf_text_put_integer(text, event->tick);
    qf_text_put(text, ",\"time_s\":");
    put_number(text, event->time_s);
    qf_text_put(text, ",\"world\":");
    qf_text_put_integer(text, world);
    qf_text_put(text, ",\"entity\":");
    qf_text_put_integer(text, entity);
    qf_text_put(text, ",\"group\":\"");
    put_text(text, group_name);
    qf_text_put(text, "\",\"code\":");
    qf_text_put_integer(text, event->code);
    qf_text_put(text, ",\"value\":");
    put_number(text, event->value);
    qf_text_put(text, ",\"subject\":");
    put_number_of(text, event->subject);
    qf_text_put(text, ",\"track\":");
    put_number_of(text, event->track);
    qf_text_put(text, ",\"text\":\"");
    l->words.n = 0;
    qf_event_put(&e->words, group, event, &l->words);
    qf_text_put_character(&l->words, '\0');
    if (l->words.failed) {
        text->failed = true;
        return;
    }
    qf_text_put_json(text, l->words.bytes, l->words.n - 1);
    qf_text_put(text, "\"}}\n");
}

static void put_event(const qf_export_events *e, lane *l, const qf_told_event *event, int64_t root,
                      int64_t entity, int32_t world, qf_text_buffer *text)
{
    qf_text_put(text, "{\"specversion\":\"1.0\",\"id\":\"");
    qf_text_put_integer(text, event->index);
    qf_text_put(text, "\",\"source\":\"");
    qf_text_put(text, e->source);
    qf_text_put(text, "\",\"type\":\"io.qfleet.");
    put_text(text, qf_event_name(&e->words, event));
    qf_text_put(text, ".v1\",\"subject\":\"");
    put_text(text, qf_text_list_at(&e->names, entity));
    qf_text_put(text, "\",\"time\":\"");
    put_time(l, e->epoch_us + llround(1e6 * event->time_s), text);
    qf_text_put(text, "\",\"datacontenttype\":\"application/json\",\"correlationid\":\"");
    qf_text_put_integer(text, root);
    if (event->cause >= 0) {
        qf_text_put(text, "\",\"causationid\":\"");
        qf_text_put_integer(text, event->cause);
    }
    qf_text_put(text, "\",\"sequence\":\"");
    put_sequence(text, (uint64_t)event->index);
    put_severity(qf_event_gravity(&e->words, event), text);
    put_data(e, l, event, entity, world, text);
}

static void format_block(void *user, void *of, qf_text_buffer *text)
{
    const qf_export_events *e = user;
    lane *l = of;
    void **v = l->block.values;
    for (size_t i = 0; i < l->block.n_first; i++) {
        const qf_told_event event = {.index = (int64_t)(l->block.first + i),
                                     .tick = ((const int64_t *)v[TICK])[i],
                                     .cause = ((const int64_t *)v[CAUSE])[i],
                                     .time_s = ((const double *)v[TIME_S])[i],
                                     .value = ((const double *)v[VALUE])[i],
                                     .subject = ((const int32_t *)v[SUBJECT])[i],
                                     .track = ((const int32_t *)v[TRACK])[i],
                                     .code = ((const uint16_t *)v[CODE])[i],
                                     .severity = ((const uint8_t *)v[SEVERITY])[i]};
        put_event(e, l, &event, l->roots[i], ((const int64_t *)v[ENTITY])[i],
                  ((const int32_t *)v[WORLD])[i], text);
    }
}

static void lane_free(void *user, void *of)
{
    const qf_export_events *e = user;
    lane *l = of;
    qf_export_block_free(&e->table, &l->block);
    qf_text_free(&l->words);
    free(l->roots);
    free(l);
}

static void *lane_new(void *user)
{
    const qf_export_events *e = user;
    lane *l = calloc(1, sizeof *l);
    if (l) {
        l->time_us = INT64_MIN;
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
