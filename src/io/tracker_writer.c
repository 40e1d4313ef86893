/* SPDX-License-Identifier: Apache-2.0 */
/* Trackers, guards and situations of the effective scenario. */
#include <string.h>

#include "guards_reader.h"
#include "situations_reader.h"
#include "tracker_reader.h"
#include "writer.h"

static void write_key(FILE *out, const char *key, const char *file)
{
    fprintf(out, "    %s:", key);
    if (file) {
        fputs(" # from ", out);
        qf_write_text(out, file);
    }
    fputc('\n', out);
}

/* only what has an effect: the rest would be noted when it is read again */
static void write_tracker(FILE *out, const qf_tracker_spec *spec)
{
    write_key(out, "tracker", spec->file);
    fprintf(out, "      mode: %s\n", qf_track_mode_names[spec->mode]);
    if (spec->mode == QF_TRACK_ROBUST) {
        fprintf(out, "      gains: %s\n", qf_gains_names[spec->gains_given]);
    }
    if (spec->mode != QF_TRACK_QIKI) {
        fprintf(out, "      association: %s\n", qf_association_names[spec->exact]);
    }
    for (size_t id = 0; id < QF_TRACKER_COUNT; id++) {
        if (qf_tracker_uses(spec, (qf_tracker_id)id)) {
            fprintf(out, "      %s: ", qf_tracker_table[id].key);
            qf_write_double(out, spec->value[id]);
            fputc('\n', out);
        }
    }
    fputs("      picture: ", out);
    if (!spec->shares) {
        fputs("false\n", out);
        return;
    }
    fputc('{', out);
    qf_write_settings(out, qf_picture_settings, QF_PICTURE_SETTINGS, &spec->picture, ", ");
    fputs("}\n", out);
}

static void write_modes(FILE *out, uint32_t bits)
{
    fputs("          allowed_transponder_modes: [", out);
    const char *separator = "";
    for (size_t mode = 0; bits != UINT32_MAX && mode < QF_TRANSPONDER_MODES; mode++) {
        if (bits >> mode & 1U) {
            fprintf(out, "%s\"%s\"", separator, qf_transponder_names[mode]);
            separator = ", ";
        }
    }
    fputs("]\n", out);
}

static void write_rule(FILE *out, const qf_guard_rule_spec *rule)
{
    static const char *const on[] = {"null", "false", "true"}; /* from -1 */
    fputs("        - id: ", out);
    qf_write_text(out, rule->id);
    for (size_t t = 0; t < QF_GUARD_TEXTS; t++) {
        const char *text;
        memcpy(&text, (const char *)rule + qf_guard_texts[t].offset, sizeof text);
        if (text) {
            fprintf(out, "\n          %s: ", qf_guard_texts[t].key);
            qf_write_text(out, text);
        }
    }
    fprintf(out, "\n          severity: %s\n          iff: %s\n", qf_severity_names[rule->severity],
            qf_rule_iff_names[rule->iff]);
    fprintf(out, "          require_transponder_on: %s\n", on[rule->on + 1]);
    write_modes(out, rule->mode_bits);
    fputs("          ", out);
    qf_write_settings(out, qf_guard_settings, QF_GUARD_SETTINGS, rule, "\n          ");
    fputc('\n', out);
}

static void write_guards(FILE *out, const qf_guards_spec *spec)
{
    write_key(out, "guards", spec->file);
    fprintf(out, "      schema_version: 1\n      epoch: %s\n      default_cooldown_s: ",
            qf_epoch_names[spec->reference_epoch]);
    qf_write_double(out, spec->default_cooldown_s);
    fputs("\n      rules:\n", out);
    for (size_t r = 0; r < spec->n_rules; r++) {
        write_rule(out, &spec->rules[r]);
    }
}

static void write_situations(FILE *out, const qf_situations_spec *spec)
{
    write_key(out, "situations", spec->file);
    fputs("      ", out);
    qf_write_settings(out, qf_situation_settings, QF_SITUATION_SETTINGS, &spec->rules, "\n      ");
    fprintf(out, "\n      capacity: %lld\n", (long long)spec->capacity);
}

void qf_write_tracker_keys(FILE *out, const qf_group_spec *group)
{
    if (group->tracker) {
        write_tracker(out, group->tracker);
    }
    if (group->guards) {
        write_guards(out, group->guards);
    }
    if (group->situations) {
        write_situations(out, group->situations);
    }
}
