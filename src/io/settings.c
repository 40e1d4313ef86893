/* SPDX-License-Identifier: Apache-2.0 */
#include "settings.h"

#include <math.h>
#include <string.h>

#include "writer.h"

static void read_whole(qf_reader *reader, const qf_yaml_node *node, const qf_limits *limits,
                       void *field)
{
    int64_t value;
    if (qf_yaml_read_integer(node, (int64_t)limits->low, (int64_t)limits->high, &value,
                             reader->diagnostics)) {
        const uint32_t word = (uint32_t)value;
        memcpy(field, &word, sizeof word);
    }
}

static void read_real(qf_reader *reader, const qf_yaml_node *node, const qf_setting *row,
                      void *field)
{
    double value;
    if (qf_read_within(reader, node, &row->limits, &value)) {
        value = row->scale != 0.0 ? value * row->scale : value;
        memcpy(field, &value, sizeof value);
    }
}

void qf_read_settings(qf_reader *reader, const qf_yaml_node *mapping, const qf_setting *settings,
                      size_t n, void *structure)
{
    for (size_t i = 0; i < n; i++) {
        const qf_setting *row = &settings[i];
        const qf_yaml_node *node = qf_yaml_get(mapping, row->key);
        void *field = (char *)structure + row->offset;
        if (!node || (row->nullable && qf_yaml_is_null(node))) {
            continue;
        }
        if (row->whole) {
            read_whole(reader, node, &row->limits, field);
        } else {
            read_real(reader, node, row, field);
        }
    }
}

static void write_one(FILE *out, const qf_setting *row, const void *field)
{
    double value;
    uint32_t word;
    fprintf(out, "%s: ", row->key);
    if (row->whole) {
        memcpy(&word, field, sizeof word);
        fprintf(out, "%u", word);
        return;
    }
    memcpy(&value, field, sizeof value);
    if (row->nullable && !isfinite(value)) {
        fputs("null", out);
    } else if (row->scale != 0.0) {
        qf_write_scaled(out, value, row->scale);
    } else {
        qf_write_double(out, value);
    }
}

void qf_write_settings(FILE *out, const qf_setting *settings, size_t n, const void *structure,
                       const char *separator)
{
    for (size_t i = 0; i < n; i++) {
        fputs(i ? separator : "", out);
        write_one(out, &settings[i], (const char *)structure + settings[i].offset);
    }
}

size_t qf_settings_keys(const qf_setting *settings, size_t n, const char *const *others,
                        size_t n_others, const char **known)
{
    for (size_t i = 0; i < n; i++) {
        known[i] = settings[i].key;
    }
    for (size_t i = 0; i < n_others; i++) {
        known[n + i] = others[i];
    }
    return n + n_others;
}
