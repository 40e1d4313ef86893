/* SPDX-License-Identifier: Apache-2.0 */
/* `bios` of a group: the power-on self-test, and how devices fail it or fail later. docs/faults.md */
#include <string.h>

#include "incidents_reader.h"

#define N_NAMES(names) (sizeof(names) / sizeof *(names))

/* how a device fails, and whether it comes back */
typedef struct failure_model {
    const qf_yaml_node *node; /* NULL: it does not */
    double probability;
    double rate_per_h;
    bool repaired;
    qf_number repair_s;
} failure_model;

static void read_model(qf_reader *reader, const qf_yaml_node *node, failure_model *model)
{
    static const char *const known[] = {"probability", "rate_per_h", "repair_s"};
    *model = (failure_model){.node = node};
    if (!qf_yaml_expect_kind(node, QF_YAML_MAPPING, reader->diagnostics)) {
        return;
    }
    qf_yaml_check_keys(node, known, N_NAMES(known), reader->diagnostics);
    const qf_yaml_node *probability = qf_yaml_get(node, "probability");
    const qf_yaml_node *rate = qf_yaml_get(node, "rate_per_h");
    const qf_yaml_node *repair = qf_yaml_get(node, "repair_s");
    if (!probability && !rate) {
        qf_diagnose(reader->diagnostics, node, "expected a key 'probability' or 'rate_per_h'");
    }
    if (probability) {
        qf_read_constant(reader, probability, 0.0, 1.0, &model->probability);
    }
    if (rate) {
        qf_read_constant(reader, rate, 0.0, 1e9, &model->rate_per_h);
    }
    model->repaired = repair != NULL;
    if (repair) {
        qf_read_number(reader, repair, 0.0, QF_MOST_SECONDS, &model->repair_s);
    }
}

static void read_missing(qf_reader *reader, const qf_yaml_node *list, qf_device *devices,
                         const qf_group_spec *group)
{
    if (!list || !qf_yaml_expect_kind(list, QF_YAML_SEQUENCE, reader->diagnostics)) {
        return;
    }
    for (size_t i = 0; i < list->n_children; i++) {
        const size_t d = qf_read_device(reader, list->children[i], group);
        if (d < group->n_devices && devices[d].missing) {
            qf_diagnose(reader->diagnostics, list->children[i], "device '%s' stands here twice",
                        devices[d].name);
        } else if (d < group->n_devices) {
            devices[d].missing = true;
        }
    }
}

static void read_models(qf_reader *reader, const qf_yaml_node *mapping, const qf_device *devices,
                        const qf_group_spec *group, failure_model *models)
{
    if (!mapping || !qf_yaml_expect_kind(mapping, QF_YAML_MAPPING, reader->diagnostics)) {
        return;
    }
    for (size_t i = 0; i < mapping->n_children; i++) {
        const qf_yaml_node *key = mapping->keys[i];
        const size_t d = qf_find_device(reader, key, key->text, group);
        failure_model model;
        read_model(reader, mapping->children[i], &model);
        if (d == group->n_devices) {
            continue;
        }
        if (models[d].node) {
            qf_diagnose(reader->diagnostics, key, "device '%s' stands here twice", devices[d].name);
        }
        if (devices[d].missing) {
            qf_diagnose(reader->diagnostics, key, "device '%s' is missing: it cannot fail",
                        devices[d].name);
        }
        models[d] = model;
    }
}

/* at the self-test, in operation, or both: each is an incident */
static void add_device(qf_reader *reader, size_t device, const failure_model *model,
                       qf_incident_list *list)
{
    qf_incident_spec incident = {.kind = QF_INCIDENT_DEVICE,
                                 .target = device,
                                 .ends = model->repaired,
                                 .duration_s = model->repair_s,
                                 .place = model->node};
    if (model->probability > 0.0) {
        incident.at_post = true;
        incident.probability = model->probability;
        qf_incident_list_add(reader, model->node, list, &incident);
    }
    if (model->rate_per_h > 0.0) {
        incident.at_post = false;
        incident.probability = 1.0;
        incident.rate_per_h = model->rate_per_h;
        qf_incident_list_add(reader, model->node, list, &incident);
    }
}

void qf_read_bios(qf_reader *reader, const qf_yaml_node *node, qf_device *devices,
                  qf_incident_list *list, qf_group_spec *group)
{
    static const char *const known[] = {"post_s", "failure", "devices", "missing"};
    qf_bios_spec *bios = qf_reader_array(reader, 1, sizeof *bios);
    failure_model *models = qf_reader_array(reader, group->n_devices, sizeof *models);
    if (!bios || !models || !qf_yaml_expect_kind(node, QF_YAML_MAPPING, reader->diagnostics)) {
        return;
    }
    qf_yaml_check_keys(node, known, N_NAMES(known), reader->diagnostics);
    const qf_yaml_node *post = qf_require(reader, node, "post_s");
    if (post) {
        qf_read_number(reader, post, 0.0, QF_MOST_SECONDS, &bios->post_s);
    }
    if (group->n_devices == 0 && !reader->columns_unknown) {
        qf_diagnose_note(reader->diagnostics, node,
                         "the hardware profile lists no devices: the self-test looks at none");
    }
    failure_model all = {0};
    const qf_yaml_node *failure = qf_yaml_get(node, "failure");
    if (failure) {
        read_model(reader, failure, &all);
    }
    read_missing(reader, qf_yaml_get(node, "missing"), devices, group);
    read_models(reader, qf_yaml_get(node, "devices"), devices, group, models);
    for (size_t d = 0; d < group->n_devices; d++) {
        if (!devices[d].missing) {
            add_device(reader, d, models[d].node ? &models[d] : &all, list);
        }
    }
    group->bios = bios;
}
