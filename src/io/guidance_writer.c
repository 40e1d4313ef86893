/* SPDX-License-Identifier: Apache-2.0 */
#include "guidance_reader.h"
#include "writer.h"

static void write_waypoints(FILE *out, const qf_guidance_spec *spec)
{
    for (size_t w = 0; w < spec->n_waypoints; w++) {
        fputs("\n          - ", out);
        qf_write_vector(out, spec->waypoints_m[w]);
    }
}

static void write_table(FILE *out, const qf_setting *settings, size_t n,
                        const qf_guidance_spec *spec)
{
    fputc('{', out);
    qf_write_settings(out, settings, n, spec, ", ");
    fputc('}', out);
}

static void write_value(FILE *out, const qf_scenario *scenario, const qf_group_spec *group,
                        const qf_guidance_spec *spec, qf_guidance_key key)
{
    const qf_group_spec *target = &scenario->groups[spec->target_group];
    switch (key) {
    case QF_GUIDANCE_KEY_WAYPOINTS:
        write_waypoints(out, spec);
        break;
    case QF_GUIDANCE_KEY_VELOCITY:
        qf_write_vector(out, spec->velocity_mps);
        break;
    case QF_GUIDANCE_KEY_TARGET:
    case QF_GUIDANCE_KEY_LEADER:
        qf_write_text(out, target->name);
        break;
    case QF_GUIDANCE_KEY_OFFSET:
        qf_write_vector(out, spec->offset_m);
        break;
    case QF_GUIDANCE_KEY_FRAME:
        fputs(qf_offset_names[spec->frame], out);
        break;
    case QF_GUIDANCE_KEY_PORT:
        qf_write_text(out, target->docking->ports[spec->target_port].id);
        break;
    case QF_GUIDANCE_KEY_OWN_PORT:
        qf_write_text(out, group->docking->ports[spec->own_port].id);
        break;
    case QF_GUIDANCE_KEY_ATTITUDE:
        if (qf_attitude_names[spec->attitude_mode]) {
            fputs(qf_attitude_names[spec->attitude_mode], out);
        } else {
            qf_write_quaternion(out, spec->attitude);
        }
        break;
    case QF_GUIDANCE_KEY_CONTROL:
        write_table(out, qf_control_settings, QF_CONTROL_SETTINGS, spec);
        break;
    case QF_GUIDANCE_KEY_AVOID:
        write_table(out, qf_avoid_settings, QF_AVOID_SETTINGS, spec);
        break;
    default:
        break; /* a number of the table */
    }
}

static void write_entry(FILE *out, const qf_scenario *scenario, const qf_group_spec *group,
                        const qf_guidance_spec *spec)
{
    fputs("      ", out);
    qf_write_text(out, spec->name);
    fprintf(out, ":\n        kind: %s\n", qf_guidance_names[spec->kind]);
    for (size_t k = 0; k < QF_GUIDANCE_KEYS; k++) {
        const qf_guidance_key_row *row = &qf_guidance_key_table[k];
        const bool has = (row->kinds >> spec->kind & 1U) != 0 &&
                         (!row->bodies_only || qf_kind_is_body(group->kind)) &&
                         (k != QF_GUIDANCE_KEY_AVOID || spec->avoid_m > 0.0);
        if (has && row->number.key) {
            fputs("        ", out);
            qf_write_settings(out, &row->number, 1, spec, "");
            fputc('\n', out);
        } else if (has) {
            fprintf(out, "        %s:%s", row->name, k == QF_GUIDANCE_KEY_WAYPOINTS ? "" : " ");
            write_value(out, scenario, group, spec, (qf_guidance_key)k);
            fputc('\n', out);
        }
    }
}

void qf_write_guidances(FILE *out, const qf_scenario *scenario, const qf_group_spec *group)
{
    if (group->n_guidances > 0) {
        fputs("    behavior:\n", out);
    }
    for (size_t b = 0; b < group->n_guidances; b++) {
        write_entry(out, scenario, group, &group->guidances[b]);
    }
}
