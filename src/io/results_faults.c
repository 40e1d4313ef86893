/* SPDX-License-Identifier: Apache-2.0 */
/*
 * /devices and /faults: what events 200, 202, 701 and 703 are about. Each is absent when no group has any. Written
 * at the beginning, so that the events of a killed run can be understood.
 */
#include <stdlib.h>
#include <string.h>

#include "results_internal.h"
#include "writer.h"

enum { VARIABLES = 6, ROW_BYTES = 8 + 4 + 4 + 1 + 2 * 16 }; /* 16: a reference to a text */

static const char *const kinds[QF_INCIDENT_KINDS] = {
    [QF_INCIDENT_DEVICE] = "device",
    [QF_INCIDENT_THRUSTER] = "thruster",
    [QF_INCIDENT_THRUSTER_ON] = "thruster_on",
    [QF_INCIDENT_BATTERY_CELL] = "battery_cell",
    [QF_INCIDENT_RADAR] = "radar",
    [QF_INCIDENT_RADIO] = "radio",
    [QF_INCIDENT_IMU] = "imu",
    [QF_INCIDENT_SET] = "set",
};

static void describe_effect(FILE *out, const qf_group_spec *group, const qf_incident_spec *incident)
{
    switch (incident->kind) {
    case QF_INCIDENT_DEVICE:
        fprintf(out, "device %s fails", group->devices[incident->target].name);
        return;
    case QF_INCIDENT_THRUSTER:
        fprintf(out, "thruster %zu gives ", incident->target);
        qf_write_number(out, &incident->value);
        fprintf(out, " of its thrust");
        return;
    case QF_INCIDENT_THRUSTER_ON:
        fprintf(out, "thruster %zu is stuck on", incident->target);
        return;
    case QF_INCIDENT_BATTERY_CELL:
        fprintf(out, "the battery loses ");
        qf_write_number(out, &incident->value);
        fprintf(out, " of its capacity");
        return;
    case QF_INCIDENT_RADAR:
        fprintf(out, "the radar sees nothing");
        return;
    case QF_INCIDENT_RADIO:
        fprintf(out, "transponder and radio are silent");
        return;
    case QF_INCIDENT_IMU:
        fprintf(out, "the IMU gives no readings");
        return;
    case QF_INCIDENT_SET:
        fprintf(out, "%s becomes ", incident->name);
        qf_write_number(out, &incident->value);
        return;
    case QF_INCIDENT_KINDS:
        return;
    }
}

/* What it does, when, how likely and for how long; to be freed. NULL: no memory. */
static char *describe(const qf_group_spec *group, const qf_incident_spec *incident)
{
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    if (!out) {
        return NULL;
    }
    describe_effect(out, group, incident);
    if (incident->at_post) {
        fprintf(out, ", each time the self-test runs");
    } else if (incident->at_time) {
        fprintf(out, ", at ");
        qf_write_number(out, &incident->at_s);
        fprintf(out, " s");
    } else {
        fprintf(out, ", at random, %g times an hour", incident->rate_per_h);
    }
    if ((incident->at_post || incident->at_time) && incident->probability < 1.0) {
        fprintf(out, ", with probability %g", incident->probability);
    }
    if (incident->ends) {
        fprintf(out, ", for ");
        qf_write_number(out, &incident->duration_s);
        fprintf(out, " s");
    }
    if (fclose(out) != 0) {
        free(text);
        text = NULL;
    }
    return text;
}

/* The faults of all groups, column by column. */
typedef struct faults {
    size_t n;
    size_t longest; /* description */
    uint32_t *group;
    int32_t *number;
    uint8_t *kind;
    char **description;
} faults;

static size_t count(const qf_scenario *scenario)
{
    size_t n = 0;
    for (size_t g = 0; g < scenario->n_groups; g++) {
        n += scenario->groups[g].n_incidents;
    }
    return n;
}

static void release(faults *all)
{
    for (size_t i = 0; all->description && i < all->n; i++) {
        free(all->description[i]);
    }
    free(all->group);
    free(all->number);
    free(all->kind);
    free(all->description);
}

static bool gather(const qf_scenario *scenario, faults *all)
{
    const size_t n = count(scenario);
    *all = (faults){.n = n,
                    .group = calloc(n, sizeof *all->group),
                    .number = calloc(n, sizeof *all->number),
                    .kind = calloc(n, sizeof *all->kind),
                    .description = calloc(n, sizeof *all->description)};
    bool good = all->group && all->number && all->kind && all->description;
    size_t i = 0;
    for (size_t g = 0; g < scenario->n_groups && good; g++) {
        const qf_group_spec *group = &scenario->groups[g];
        for (size_t k = 0; k < group->n_incidents && good; k++, i++) {
            all->group[i] = (uint32_t)g;
            all->number[i] = (int32_t)k;
            all->kind[i] = (uint8_t)group->incidents[k].kind;
            all->description[i] = describe(group, &group->incidents[k]);
            good = all->description[i] != NULL;
            const size_t length = good ? strlen(all->description[i]) : 0;
            all->longest = length > all->longest ? length : all->longest;
        }
    }
    return good;
}

static size_t longest_device(const qf_catalog *catalog)
{
    size_t longest = 0;
    for (size_t d = 0; d < catalog->n_devices; d++) {
        const size_t length = strlen(catalog->device_names[d]);
        longest = length > longest ? length : longest;
    }
    return longest;
}

uint64_t qf_faults_bytes(const qf_fleet *fleet)
{
    const size_t n_devices = fleet->catalog.n_devices;
    uint64_t bytes = n_devices == 0
                         ? 0
                         : VARIABLES * QF_META_VARIABLE_BYTES + n_devices * ROW_BYTES +
                               qf_text_heap_bytes(n_devices, longest_device(&fleet->catalog));
    faults all = {0};
    if (count(fleet->scenario) > 0) {
        /* without memory to ask, writing fails for the same reason */
        (void)gather(fleet->scenario, &all);
        bytes += VARIABLES * QF_META_VARIABLE_BYTES + all.n * ROW_BYTES +
                 qf_text_heap_bytes(all.n, all.longest) + qf_group_flags_bytes(fleet);
        release(&all);
    }
    return bytes;
}

static void write_devices(qf_nc *nc, const qf_catalog *catalog, hid_t texts)
{
    const hsize_t n = catalog->n_devices;
    const hid_t group = qf_nc_group(nc, "devices");
    const qf_nc_variable dimension = {
        "device", H5T_NATIVE_INT64, "1",
        "number of the device over all groups: the subject of events 200 and 202", NULL};
    const qf_nc_variable name = {"name", texts, "1", "name of the device", NULL};
    const hid_t scale = qf_nc_dimension(nc, group, &dimension, n, 0);
    qf_nc_write_numbers(nc, scale, n);
    qf_nc_column(nc, group, scale, &name, n, catalog->device_names);
}

static void put_kind_flags(qf_nc *nc, hid_t variable)
{
    uint8_t values[QF_INCIDENT_KINDS];
    char meanings[QF_INCIDENT_KINDS * 16] = "";
    char *end = meanings;
    for (int kind = 0; kind < QF_INCIDENT_KINDS; kind++) {
        values[kind] = (uint8_t)kind;
        end = stpcpy(stpcpy(end, kind ? " " : ""), kinds[kind]);
    }
    qf_nc_put_array(nc, variable, "flag_values", H5T_NATIVE_UINT8, QF_INCIDENT_KINDS, values);
    qf_nc_put_text(nc, variable, "flag_meanings", meanings);
}

static qf_status write_faults(qf_context *context, qf_nc *nc, const qf_fleet *fleet,
                              const faults *all, hid_t texts)
{
    const hsize_t n = all->n;
    const hid_t group = qf_nc_group(nc, "faults");
    const qf_nc_variable dimension = {"fault", H5T_NATIVE_INT64, "1",
                                      "number of the fault over all groups", NULL};
    const qf_nc_variable of_group = {"group", H5T_NATIVE_UINT32, "1",
                                     "group of the scenario whose vehicles it may befall", NULL};
    const qf_nc_variable number = {
        "number", H5T_NATIVE_INT32, "1",
        "number of the fault in its group: the subject of events 701 and 703 of its vehicles, and "
        "the bit of incidents",
        NULL};
    const qf_nc_variable kind = {"kind", H5T_NATIVE_UINT8, "1", "what breaks", NULL};
    const qf_nc_variable description = {"description", texts, "1", "what happens, and when", NULL};
    const hid_t scale = qf_nc_dimension(nc, group, &dimension, n, 0);
    qf_nc_write_numbers(nc, scale, n);
    const hid_t groups = qf_nc_column(nc, group, scale, &of_group, n, all->group);
    qf_nc_column(nc, group, scale, &number, n, all->number);
    put_kind_flags(nc, qf_nc_column(nc, group, scale, &kind, n, all->kind));
    qf_nc_column(nc, group, scale, &description, n, all->description);
    return qf_group_flags_put(context, nc, fleet, groups, H5T_NATIVE_UINT32);
}

qf_status qf_faults_write(qf_context *context, qf_nc *nc, const qf_fleet *fleet)
{
    const hid_t texts = qf_nc_string_type(nc);
    qf_status status = QF_OK;
    if (fleet->catalog.n_devices > 0) {
        write_devices(nc, &fleet->catalog, texts);
    }
    if (count(fleet->scenario) > 0) {
        faults all;
        status = gather(fleet->scenario, &all)
                     ? write_faults(context, nc, fleet, &all, texts)
                     : qf_fail(context, QF_ERROR_MEMORY, "no memory for %zu faults", all.n);
        release(&all);
    }
    qf_nc_close_type(nc, texts);
    return status;
}
