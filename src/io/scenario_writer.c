/* SPDX-License-Identifier: Apache-2.0 */
/* The effective scenario: every default filled in, every profile in place, readable again. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "bot.h"
#include "catalog.h"
#include "scenario_reader.h"
#include "script_reader.h"

/* the shortest decimal that reads back to the same double */
static void write_double(FILE *out, double value)
{
    char text[32];
    for (int digits = 15; digits <= 17; digits++) {
        snprintf(text, sizeof text, "%.*g", digits, value);
        if (strtod(text, NULL) == value) {
            break;
        }
    }
    fputs(text, out);
}

/* the character of up to three bytes at `text`, which is UTF-8; longer ones count as a byte each */
static uint32_t character_at(const char *text, size_t *length)
{
    const unsigned char *c = (const unsigned char *)text;
    *length = 1;
    if ((c[0] & 0xe0) == 0xc0 && c[1]) {
        *length = 2;
        return (c[0] & 0x1fu) << 6 | (c[1] & 0x3fu);
    }
    if ((c[0] & 0xf0) == 0xe0 && c[1] && c[2]) {
        *length = 3;
        return (c[0] & 0x0fu) << 12 | (c[1] & 0x3fu) << 6 | (c[2] & 0x3fu);
    }
    return c[0] < 0x80 ? c[0] : UINT32_MAX;
}

/* what YAML forbids in a text, or reads as the end of a line */
static bool needs_escape(uint32_t code)
{
    return code < 0x20 || (code >= 0x7f && code < 0xa0) || code == 0x2028 || code == 0x2029 ||
           code == 0xfeff || code == 0xfffe || code == 0xffff;
}

/* double-quoted, so that no text can be taken for anything else */
static void write_text(FILE *out, const char *text)
{
    size_t length;
    fputc('"', out);
    for (; *text; text += length) {
        const uint32_t code = character_at(text, &length);
        if (needs_escape(code)) {
            fprintf(out, "\\u%04x", code);
            continue;
        }
        if (code == '"' || code == '\\') {
            fputc('\\', out);
        }
        fwrite(text, 1, length, out);
    }
    fputc('"', out);
}

static void write_pair(FILE *out, const char *kind, const char *first, double a, const char *second,
                       double b)
{
    fprintf(out, "{%s: {%s: ", kind, first);
    write_double(out, a);
    fprintf(out, ", %s: ", second);
    write_double(out, b);
}

static void write_clip(FILE *out, const qf_number *number)
{
    if (isfinite(number->low)) {
        fputs(", min: ", out);
        write_double(out, number->low);
    }
    if (isfinite(number->high)) {
        fputs(", max: ", out);
        write_double(out, number->high);
    }
    fputs("}}", out);
}

static void write_number(FILE *out, const qf_number *number)
{
    switch (number->kind) {
    case QF_NUMBER_CONSTANT:
        write_double(out, number->a);
        return;
    case QF_NUMBER_UNIFORM:
        write_pair(out, "uniform", "min", number->a, "max", number->b);
        fputs("}}", out);
        return;
    case QF_NUMBER_NORMAL:
        write_pair(out, "normal", "mean", number->a, "sd", number->b);
        write_clip(out, number);
        return;
    case QF_NUMBER_LOGNORMAL:
        write_pair(out, "lognormal", "mu", number->a, "sigma", number->b);
        write_clip(out, number);
        return;
    case QF_NUMBER_CHOICE:
    case QF_NUMBER_GRID:
        fprintf(out, "{%s: [", number->kind == QF_NUMBER_CHOICE ? "choice" : "grid");
        for (size_t i = 0; i < number->n_items; i++) {
            fputs(i ? ", " : "", out);
            write_double(out, number->items[i]);
        }
        fputs("]}", out);
        return;
    }
}

static void write_vector(FILE *out, const double v[3])
{
    for (int c = 0; c < 3; c++) {
        fputs(c ? ", " : "[", out);
        write_double(out, v[c]);
    }
    fputc(']', out);
}

/* the scalar parameters and switches of one plane; NULL: those at the top of the profile */
static void write_plane_keys(FILE *out, const qf_hardware *hardware, const char *plane,
                             const char *indent)
{
    for (size_t p = 0; p < QF_HW_COUNT; p++) {
        const char *of = qf_hardware_table[p].plane;
        if (of == plane || (of && plane && strcmp(of, plane) == 0)) {
            fprintf(out, "%s%s: ", indent, qf_hardware_table[p].parameter.key);
            write_number(out, &hardware->parameter[p]);
            fputc('\n', out);
        }
    }
}

static void write_switch(FILE *out, const qf_hardware *hardware, qf_hardware_switch id,
                         const char *indent)
{
    fprintf(out, "%s%s: %s\n", indent, qf_hardware_switch_table[id].key,
            hardware->on[id] ? "true" : "false");
}

static void write_thermal(FILE *out, const qf_hardware *hardware)
{
    fputs("          thermal_plane:\n", out);
    write_switch(out, hardware, QF_HW_THERMAL_ENABLED, "            ");
    write_plane_keys(out, hardware, qf_hardware_table[QF_HW_AMBIENT_EXCHANGE].plane,
                     "            ");
    fprintf(out, "            nodes:%s\n", hardware->n_nodes ? "" : " []");
    for (size_t n = 0; n < hardware->n_nodes; n++) {
        fputs("              - {id: ", out);
        write_text(out, hardware->nodes[n].id);
        for (size_t p = 0; p < QF_NODE_PARAMETER_COUNT; p++) {
            fprintf(out, ", %s: ", qf_node_table[p].key);
            write_number(out, &hardware->nodes[n].parameter[p]);
        }
        fputs("}\n", out);
    }
    fprintf(out, "            couplings:%s\n", hardware->n_couplings ? "" : " []");
    for (size_t k = 0; k < hardware->n_couplings; k++) {
        const qf_coupling *coupling = &hardware->couplings[k];
        fputs("              - {a: ", out);
        write_text(out, hardware->nodes[coupling->a].id);
        fputs(", b: ", out);
        write_text(out, hardware->nodes[coupling->b].id);
        fputs(", k_w_per_c: ", out);
        write_number(out, &coupling->k_w_per_c);
        fputs("}\n", out);
    }
}

static void write_propulsion(FILE *out, const qf_hardware *hardware)
{
    fputs("          propulsion_plane:\n", out);
    write_switch(out, hardware, QF_HW_PROPULSION_ENABLED, "            ");
    write_plane_keys(out, hardware, qf_hardware_table[QF_HW_ISP].plane, "            ");
    fprintf(out, "            thrusters:%s\n", hardware->n_thrusters ? "" : " []");
    for (size_t t = 0; t < hardware->n_thrusters; t++) {
        const qf_thruster *thruster = &hardware->thrusters[t];
        fprintf(out, "              - {index: %zu, position_m: ", t);
        write_vector(out, thruster->position_m);
        fputs(", direction: ", out);
        write_vector(out, thruster->direction);
        fputs(", f_max_newton: ", out);
        write_double(out, thruster->f_max_n);
        fputs("}\n", out);
    }
}

static void write_hardware(FILE *out, const qf_group_spec *group)
{
    const qf_hardware *hardware = &group->hardware;
    fputs("    hardware:", out);
    if (group->hardware_file) {
        fputs(" # from ", out);
        write_text(out, group->hardware_file);
    }
    fputs("\n        hardware_profile:\n", out);
    write_plane_keys(out, hardware, NULL, "          ");
    fputs("          power_plane:\n", out);
    write_plane_keys(out, hardware, qf_hardware_table[QF_HW_BUS_V_NOMINAL].plane, "            ");
    write_switch(out, hardware, QF_HW_DOCK_CONNECTED_INIT, "            ");
    write_switch(out, hardware, QF_HW_NBL_ACTIVE_INIT, "            ");
    write_thermal(out, hardware);
    write_propulsion(out, hardware);
    fputs("          sensor_plane:\n", out);
    write_switch(out, hardware, QF_HW_SENSORS_ENABLED, "            ");
    fprintf(out, "            imu: {enabled: %s}\n",
            hardware->on[QF_HW_IMU_ENABLED] ? "true" : "false");
    fprintf(out, "            radiation: {enabled: %s}\n",
            hardware->on[QF_HW_RADIATION_ENABLED] ? "true" : "false");
}

static void write_command(FILE *out, const qf_command *command)
{
    const qf_command_row *row = &qf_command_table[command->kind];
    fprintf(out, "      - {step: %lld, cmd: %s", (long long)command->tick, row->name);
    for (size_t a = 0; a < QF_COMMAND_MAX_ARGUMENTS; a++) {
        if (!command->given[a]) {
            continue;
        }
        fprintf(out, ", %s: ", row->argument[a].name);
        switch (row->argument[a].kind) {
        case QF_ARGUMENT_NUMBER:
            write_number(out, &command->argument[a]);
            break;
        case QF_ARGUMENT_SWITCH:
            fputs(command->argument[a].a != 0.0 ? "true" : "false", out);
            break;
        case QF_ARGUMENT_AXIS:
            fputs(qf_axis_names[(int)command->argument[a].a], out);
            break;
        }
    }
    fputs("}\n", out);
}

static void write_group(FILE *out, const qf_group_spec *group)
{
    fputs("  - name: ", out);
    write_text(out, group->name);
    fprintf(out, "\n    kind: %s\n    iff: %s\n    count: %zu\n", qf_kind_name(group->kind),
            qf_iff_name(group->iff), group->count);
    fputs("    soc_critical_pct: ", out);
    write_double(out, group->soc_critical_pct);
    fputs("\n    initial:\n      position_m: [", out);
    for (int c = 0; c < 3; c++) {
        fputs(c ? ", " : "", out);
        write_number(out, &group->initial[QF_INITIAL_X + c]);
    }
    fputs("]\n      heading_deg: ", out);
    write_number(out, &group->initial[QF_INITIAL_HEADING]);
    fputs("\n      speed_mps: ", out);
    write_number(out, &group->initial[QF_INITIAL_SPEED]);
    fputc('\n', out);
    write_hardware(out, group);
    fprintf(out, "    script:%s\n", group->n_commands ? "" : " []");
    for (size_t c = 0; c < group->n_commands; c++) {
        write_command(out, &group->script[c]);
    }
}

void qf_scenario_write(const qf_scenario *scenario, FILE *out)
{
    fputs("schema: qfleet/1\nname: ", out);
    write_text(out, scenario->name);
    fprintf(out, "\nseed: %llu\n", (unsigned long long)scenario->seed);
    fputs("time: {dt_s: ", out);
    write_double(out, scenario->dt_s);
    fputs(", duration_s: ", out);
    write_double(out, (double)scenario->n_ticks * scenario->dt_s);
    fprintf(out, "}\nworlds: %zu\nenvironment: {ambient_c: ", scenario->n_worlds);
    write_double(out, scenario->ambient_c);
    fputs(", radiation_usvh: ", out);
    write_double(out, scenario->radiation_usvh);
    fputs(", gravity: none}\ngroups:\n", out);
    for (size_t g = 0; g < scenario->n_groups; g++) {
        write_group(out, &scenario->groups[g]);
    }
    fputs("record:\n  every_s: ", out);
    write_double(out, (double)scenario->record.every_ticks * scenario->dt_s);
    fputs(scenario->record.all ? "\n  state: all\n" : "\n  state: [", out);
    for (size_t s = 0; !scenario->record.all && s < scenario->record.n_state; s++) {
        fprintf(out, "%s%s", s ? ", " : "", scenario->record.state[s]);
    }
    fputs(scenario->record.all ? "" : "]\n", out);
    fprintf(out, "  events: %s\n", scenario->record.events ? "true" : "false");
    fputs("  hash_every_s: ", out);
    write_double(out, (double)scenario->record.hash_every_ticks * scenario->dt_s);
    fputc('\n', out);
}
