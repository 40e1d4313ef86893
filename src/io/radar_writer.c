/* SPDX-License-Identifier: Apache-2.0 */
#include "writer.h"

/* only what has an effect: the rest would be noted when it is read again */
static void write_radar(FILE *out, const qf_radar_spec *spec)
{
    fputs("    radar:", out);
    if (spec->file) {
        fputs(" # from ", out);
        qf_write_text(out, spec->file);
    }
    fprintf(out, "\n      ideal: %s\n      scan: %s\n", spec->ideal ? "true" : "false",
            qf_scan_names[spec->scan]);
    if (!spec->ideal) {
        fprintf(out, "      merge: %s\n      pattern: %s\n", spec->merge ? "true" : "false",
                qf_pattern_names[spec->pattern]);
        fprintf(out, "      pulses: %lld\n      coherent_pulses: %lld\n", (long long)spec->pulses,
                (long long)spec->coherent_pulses);
    }
    fprintf(out, "      capacity: %lld\n", (long long)spec->capacity);
    for (size_t id = 0; id < QF_RADAR_COUNT; id++) {
        if (qf_radar_uses(spec, (qf_radar_id)id)) {
            fprintf(out, "      %s: ", qf_radar_table[id].key);
            qf_write_double(out, spec->value[id]);
            fputc('\n', out);
        }
    }
    if (qf_radar_uses_rotation_start(spec)) {
        fputs("      rotation_start_deg: ", out);
        qf_write_number(out, &spec->rotation_start_deg);
        fputc('\n', out);
    }
}

void qf_write_radar_keys(FILE *out, const qf_group_spec *group)
{
    fputs("    signature: {rcs_dbsm: ", out);
    qf_write_number(out, &group->rcs_dbsm);
    fprintf(out, ", swerling: %d}\n    transponder: {mode: \"%s\"", group->swerling,
            qf_transponder_names[group->transponder_mode]);
    if (group->transponder_id) {
        fputs(", id: ", out);
        qf_write_text(out, group->transponder_id);
    }
    fputs("}\n", out);
    if (group->radar) {
        write_radar(out, group->radar);
    }
}
