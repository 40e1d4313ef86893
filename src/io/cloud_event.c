/* SPDX-License-Identifier: Apache-2.0 */
#include "cloud_event.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "decimal_text.h"

enum { SEQUENCE_DIGITS = 12 };

static void hash_attribute(hid_t file, const char *name, XXH3_state_t *state)
{
    char *text = qf_nc_get_text(file, name);
    (void)XXH3_64bits_update(state, text ? text : "", text ? strlen(text) + 1 : 1);
    free(text);
}

char *qf_cloud_source(hid_t file)
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

void qf_cloud_run_free(qf_cloud_run *run)
{
    qf_event_words_close(&run->words);
    qf_text_list_free(&run->names);
    qf_nc_free_flags(&run->group_names);
    free(run->groups);
    free(run->source);
}

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
static void put_time(qf_cloud_pen *pen, int64_t time_us, qf_text_buffer *text)
{
    if (time_us != pen->time_us) {
        (void)qf_export_time_put(time_us, pen->time); /* the latest was tried before */
        pen->time_us = time_us;
    }
    qf_text_put_bytes(text, pen->time, QF_EXPORT_TIME_BYTES);
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

static void put_data(const qf_cloud_run *run, qf_cloud_pen *pen, const qf_cloud_event *event,
                     qf_text_buffer *text)
{
    const qf_told_event *told = &event->told;
    const int32_t group = run->groups[event->entity];
    const char *group_name =
        group >= 0 && (size_t)group < run->group_names.n ? run->group_names.meanings[group] : "?";
    qf_text_put(text, ",\"data\":{\"tick\":");
    qf_text_put_integer(text, told->tick);
    qf_text_put(text, ",\"time_s\":");
    put_number(text, told->time_s);
    qf_text_put(text, ",\"world\":");
    qf_text_put_integer(text, event->world);
    qf_text_put(text, ",\"entity\":");
    qf_text_put_integer(text, event->entity);
    qf_text_put(text, ",\"group\":\"");
    put_text(text, group_name);
    qf_text_put(text, "\",\"code\":");
    qf_text_put_integer(text, told->code);
    qf_text_put(text, ",\"value\":");
    put_number(text, told->value);
    qf_text_put(text, ",\"subject\":");
    put_number_of(text, told->subject);
    qf_text_put(text, ",\"track\":");
    put_number_of(text, told->track);
    qf_text_put(text, ",\"text\":\"");
    pen->words.n = 0;
    qf_event_put(&run->words, group, told, &pen->words);
    qf_text_put_character(&pen->words, '\0');
    if (pen->words.failed) {
        text->failed = true;
        return;
    }
    qf_text_put_json(text, pen->words.bytes, pen->words.n - 1);
    qf_text_put(text, "\"}}\n");
}

void qf_cloud_event_put(const qf_cloud_run *run, qf_cloud_pen *pen, const qf_cloud_event *event,
                        qf_text_buffer *text)
{
    const qf_told_event *told = &event->told;
    qf_text_put(text, "{\"specversion\":\"1.0\",\"id\":\"");
    qf_text_put_integer(text, told->index);
    qf_text_put(text, "\",\"source\":\"");
    qf_text_put(text, run->source);
    qf_text_put(text, "\",\"type\":\"io.qfleet.");
    put_text(text, qf_event_name(&run->words, told));
    qf_text_put(text, ".v1\",\"subject\":\"");
    put_text(text, qf_text_list_at(&run->names, event->entity));
    qf_text_put(text, "\",\"time\":\"");
    put_time(pen, run->epoch_us + llround(1e6 * told->time_s), text);
    qf_text_put(text, "\",\"datacontenttype\":\"application/json\",\"correlationid\":\"");
    qf_text_put_integer(text, event->root);
    if (told->cause >= 0) {
        qf_text_put(text, "\",\"causationid\":\"");
        qf_text_put_integer(text, told->cause);
    }
    qf_text_put(text, "\",\"sequence\":\"");
    put_sequence(text, (uint64_t)told->index);
    put_severity(qf_event_gravity(&run->words, told), text);
    put_data(run, pen, event, text);
}
