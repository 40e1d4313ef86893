/* SPDX-License-Identifier: Apache-2.0 */
/* Self-tests and faults of the effective scenario. */
#include "incidents_writer.h"

#include "incidents_reader.h"
#include "writer.h"

static void write_key(FILE *out, const char **separator, const char *key)
{
    fprintf(out, "%s%s: ", *separator, key);
    *separator = ", ";
}

/* how one device fails: at the self-test, in operation, or both */
static void write_device(FILE *out, const qf_group_spec *group, size_t device, bool *any)
{
    const qf_incident_spec *last = NULL;
    const char *separator = "{";
    for (size_t i = 0; i < group->n_incidents; i++) {
        const qf_incident_spec *incident = &group->incidents[i];
        if (incident->injected || incident->target != device) {
            continue;
        }
        if (!last) {
            fprintf(out, "%s        ", *any ? "" : "      devices:\n");
            qf_write_text(out, group->devices[device].name);
            fputs(": ", out);
            *any = true;
        }
        last = incident;
        write_key(out, &separator, incident->at_post ? "probability" : "rate_per_h");
        qf_write_double(out, incident->at_post ? incident->probability : incident->rate_per_h);
    }
    if (last && last->ends) {
        write_key(out, &separator, "repair_s");
        qf_write_number(out, &last->duration_s);
    }
    fputs(last ? "}\n" : "", out);
}

static void write_bios(FILE *out, const qf_group_spec *group)
{
    fputs("    bios:\n      post_s: ", out);
    qf_write_number(out, &group->bios->post_s);
    fputc('\n', out);
    bool any = false;
    for (size_t d = 0; d < group->n_devices; d++) {
        write_device(out, group, d, &any);
    }
    const char *separator = "      missing: [";
    for (size_t d = 0; d < group->n_devices; d++) {
        if (group->devices[d].missing) {
            fputs(separator, out);
            qf_write_text(out, group->devices[d].name);
            separator = ", ";
        }
    }
    fputs(separator[0] == ',' ? "]\n" : "", out);
}

static void write_what(FILE *out, const qf_group_spec *group, const qf_incident_spec *fault)
{
    switch (fault->kind) {
    case QF_INCIDENT_DEVICE:
        fputs("device: ", out);
        qf_write_text(out, group->devices[fault->target].name);
        break;
    case QF_INCIDENT_THRUSTER:
        fprintf(out, "thruster: %zu, reduced: ", fault->target);
        qf_write_double(out, fault->value.a);
        break;
    case QF_INCIDENT_THRUSTER_ON:
        fprintf(out, "thruster: %zu, stuck: \"%s\"", fault->target, qf_stuck_names[1]);
        break;
    case QF_INCIDENT_BATTERY_CELL:
        fputs("battery_cell: ", out);
        qf_write_double(out, fault->value.a);
        break;
    case QF_INCIDENT_RADAR:
        fprintf(out, "sensor: %s", qf_sensor_names[0]);
        break;
    case QF_INCIDENT_IMU:
        fprintf(out, "sensor: %s", qf_sensor_names[1]);
        break;
    case QF_INCIDENT_RADIO:
        fprintf(out, "radio: \"%s\"", qf_stuck_names[0]);
        break;
    case QF_INCIDENT_SET:
        fputs("set: {", out);
        qf_write_text(out, fault->name);
        fputs(": ", out);
        qf_write_number(out, &fault->value);
        fputc('}', out);
        break;
    case QF_INCIDENT_KINDS:
        break;
    }
}

static void write_fault(FILE *out, const qf_group_spec *group, const qf_incident_spec *fault)
{
    const char *separator = "      - {";
    if (fault->at_time) {
        write_key(out, &separator, "at_s");
        qf_write_number(out, &fault->at_s);
        write_key(out, &separator, "probability");
        qf_write_double(out, fault->probability);
    } else {
        write_key(out, &separator, "rate_per_h");
        qf_write_double(out, fault->rate_per_h);
    }
    if (fault->ends) {
        write_key(out, &separator, "duration_s");
        qf_write_number(out, &fault->duration_s);
    }
    fputs(separator, out);
    write_what(out, group, fault);
    fputs("}\n", out);
}

void qf_write_incidents(FILE *out, const qf_group_spec *group)
{
    if (group->bios) {
        write_bios(out, group);
    }
    bool any = false;
    for (size_t i = 0; i < group->n_incidents; i++) {
        if (group->incidents[i].injected) {
            fputs(any ? "" : "    faults:\n", out);
            any = true;
            write_fault(out, group, &group->incidents[i]);
        }
    }
}
