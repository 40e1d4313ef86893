/* SPDX-License-Identifier: Apache-2.0 */
/* The effective scenario: every default filled in, every profile in place, readable again. */
#include <string.h>

#include "bot.h"
#include "catalog.h"
#include "incidents_writer.h"
#include "machine_writer.h"
#include "scenario_reader.h"
#include "script_reader.h"
#include "writer.h"

/* the scalar parameters and switches of one plane; NULL: those at the top of the profile */
static void write_plane_keys(FILE *out, const qf_hardware *hardware, const char *plane,
                             const char *indent)
{
    for (size_t p = 0; p < QF_HW_COUNT; p++) {
        const char *of = qf_hardware_table[p].plane;
        if (of == plane || (of && plane && strcmp(of, plane) == 0)) {
            fprintf(out, "%s%s: ", indent, qf_hardware_table[p].parameter.key);
            qf_write_number(out, &hardware->parameter[p]);
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
        qf_write_text(out, hardware->nodes[n].id);
        for (size_t p = 0; p < QF_NODE_PARAMETER_COUNT; p++) {
            fprintf(out, ", %s: ", qf_node_table[p].key);
            qf_write_number(out, &hardware->nodes[n].parameter[p]);
        }
        fputs("}\n", out);
    }
    fprintf(out, "            couplings:%s\n", hardware->n_couplings ? "" : " []");
    for (size_t k = 0; k < hardware->n_couplings; k++) {
        const qf_coupling *coupling = &hardware->couplings[k];
        fputs("              - {a: ", out);
        qf_write_text(out, hardware->nodes[coupling->a].id);
        fputs(", b: ", out);
        qf_write_text(out, hardware->nodes[coupling->b].id);
        fputs(", k_w_per_c: ", out);
        qf_write_number(out, &coupling->k_w_per_c);
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
        qf_write_vector(out, thruster->position_m);
        fputs(", direction: ", out);
        qf_write_vector(out, thruster->direction);
        fputs(", f_max_newton: ", out);
        qf_write_double(out, thruster->f_max_n);
        fputs("}\n", out);
    }
}

static void write_devices(FILE *out, const qf_hardware *hardware, const char *key, bool actuators)
{
    bool any = false;
    for (size_t d = 0; d < hardware->n_devices; d++) {
        const qf_device *device = &hardware->devices[d];
        if (device->actuator != actuators) {
            continue;
        }
        if (!any) {
            fprintf(out, "          %s:\n", key);
        }
        any = true;
        const char *const texts[] = {device->id, device->name == device->id ? NULL : device->name,
                                     device->type};
        static const char *const keys[] = {"id", "role", "type"};
        const char *separator = "              - {";
        for (size_t t = 0; t < 3; t++) {
            if (texts[t]) {
                fprintf(out, "%s%s: ", separator, keys[t]);
                qf_write_text(out, texts[t]);
                separator = ", ";
            }
        }
        fputs("}\n", out);
    }
}

static void write_hardware(FILE *out, const qf_group_spec *group)
{
    const qf_hardware *hardware = &group->hardware;
    fputs("    hardware:", out);
    if (group->hardware_file) {
        fputs(" # from ", out);
        qf_write_text(out, group->hardware_file);
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
    write_devices(out, hardware, "actuators", true);
    write_devices(out, hardware, "sensors", false);
}

static void write_command(FILE *out, const qf_group_spec *group, const qf_command *command)
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
            qf_write_number(out, &command->argument[a]);
            break;
        case QF_ARGUMENT_SWITCH:
            fputs(command->argument[a].a != 0.0 ? "true" : "false", out);
            break;
        case QF_ARGUMENT_AXIS:
            fputs(qf_axis_names[(int)command->argument[a].a], out);
            break;
        case QF_ARGUMENT_CHOICE:
            qf_write_text(out, row->argument[a].names[(int)command->argument[a].a]);
            break;
        case QF_ARGUMENT_TEXT:
            qf_write_text(out, command->name);
            break;
        case QF_ARGUMENT_VALUE:
            qf_write_set_value(out, group, command);
            break;
        }
    }
    fputs("}\n", out);
}

static void write_group(FILE *out, const qf_scenario *scenario, const qf_group_spec *group)
{
    fputs("  - name: ", out);
    qf_write_text(out, group->name);
    fprintf(out, "\n    kind: %s\n    iff: %s\n    count: %zu\n", qf_kind_name(group->kind),
            qf_iff_name(group->iff), group->count);
    fputs("    soc_critical_pct: ", out);
    qf_write_double(out, group->soc_critical_pct);
    fputc('\n', out);
    qf_write_initial(out, scenario, group);
    write_hardware(out, group);
    qf_write_body_keys(out, group);
    qf_write_docking(out, group);
    qf_write_guidances(out, scenario, group);
    qf_write_radio(out, group, scenario->dt_s);
    qf_write_radar_keys(out, group);
    qf_write_tracker_keys(out, group);
    qf_write_incidents(out, group);
    qf_write_machines(out, group, scenario->dt_s);
    fprintf(out, "    script:%s\n", group->n_commands ? "" : " []");
    for (size_t c = 0; c < group->n_commands; c++) {
        write_command(out, group, &group->script[c]);
    }
}

/* the last key of a mapping, where not all observers are meant, and the mapping's end */
static void write_observers(FILE *out, const qf_scenario *scenario, const bool *of_group)
{
    const char *separator = ", groups: [";
    for (size_t g = 0; of_group && g < scenario->n_groups; g++) {
        if (of_group[g]) {
            fputs(separator, out);
            qf_write_text(out, scenario->groups[g].name);
            separator = ", ";
        }
    }
    fputs(of_group ? "]}\n" : "}\n", out);
}

static void write_detections(FILE *out, const qf_scenario *scenario)
{
    const qf_record_spec *record = &scenario->record;
    if (!record->detections) {
        fputs("  detections: false\n", out);
        return;
    }
    fprintf(out, "  detections: {every_frames: %lld", (long long)record->detections_every_frames);
    if (isfinite(record->detections_min_snr_db)) {
        fputs(", min_snr_db: ", out);
        qf_write_double(out, record->detections_min_snr_db);
    }
    const bool both = record->detections_short_range && record->detections_long_range;
    fprintf(out, ", bands: [%s%s%s], false_alarms: %s",
            record->detections_short_range ? "short" : "", both ? ", " : "",
            record->detections_long_range ? "long" : "",
            record->detections_false_alarms ? "true" : "false");
    write_observers(out, scenario, record->detections_of_group);
}

static void write_tracks(FILE *out, const qf_scenario *scenario)
{
    const qf_record_spec *record = &scenario->record;
    if (!record->tracks) {
        fputs("  tracks: false\n", out);
        return;
    }
    fprintf(out, "  tracks: {every_frames: %lld, tentative: %s",
            (long long)record->tracks_every_frames, record->tracks_tentative ? "true" : "false");
    write_observers(out, scenario, record->tracks_of_group);
}

void qf_scenario_write(const qf_scenario *scenario, FILE *out)
{
    fputs("schema: qfleet/1\nname: ", out);
    qf_write_text(out, scenario->name);
    fprintf(out, "\nseed: %llu\n", (unsigned long long)scenario->seed);
    fputs("time: {dt_s: ", out);
    qf_write_double(out, scenario->dt_s);
    fputs(", duration_s: ", out);
    qf_write_double(out, (double)scenario->n_ticks * scenario->dt_s);
    fprintf(out, "}\nworlds: %zu\nfirst_world: %u\n", scenario->n_worlds, scenario->first_world);
    qf_write_environment(out, scenario);
    qf_write_tasks(out, scenario);
    fputs("groups:\n", out);
    for (size_t g = 0; g < scenario->n_groups; g++) {
        write_group(out, scenario, &scenario->groups[g]);
    }
    fputs("record:\n  every_s: ", out);
    qf_write_double(out, (double)scenario->record.every_ticks * scenario->dt_s);
    fputs(scenario->record.all ? "\n  state: all\n" : "\n  state: [", out);
    for (size_t s = 0; !scenario->record.all && s < scenario->record.n_state; s++) {
        fprintf(out, "%s%s", s ? ", " : "", scenario->record.state[s]);
    }
    fputs(scenario->record.all ? "" : "]\n", out);
    fprintf(out, "  events: %s\n", scenario->record.events ? "true" : "false");
    write_detections(out, scenario);
    write_tracks(out, scenario);
    fputs("  hash_every_s: ", out);
    qf_write_double(out, (double)scenario->record.hash_every_ticks * scenario->dt_s);
    fputc('\n', out);
}
