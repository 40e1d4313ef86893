/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_INCIDENTS_READER_H
#define QF_INCIDENTS_READER_H

#include "reader.h"
#include "scenario.h"

/* A group's keys `bios` and `faults`, and the devices of its hardware profile. docs/faults.md says what may stand in them. */
void qf_read_incident_keys(qf_reader *reader, const qf_yaml_node *group_node,
                           const qf_scenario *scenario, qf_group_spec *group);

/* What can only be checked when all groups are read: whether columns that faults set are there. */
void qf_check_incident_columns(qf_reader *reader, const qf_scenario *scenario);

/* The incidents of a group while they are read. */
typedef struct qf_incident_list {
    qf_incident_spec *items; /* QF_INCIDENTS_MOST */
    size_t n;
    bool refused; /* one more did not fit */
} qf_incident_list;

/* An error at the node, once, where there are too many. */
void qf_incident_list_add(qf_reader *reader, const qf_yaml_node *node, qf_incident_list *list,
                          const qf_incident_spec *incident);

/* Number of the device of that role or id; n_devices after an error at the node. */
size_t qf_read_device(qf_reader *reader, const qf_yaml_node *node, const qf_group_spec *group);

/* The same for the text of a node that is a key. */
size_t qf_find_device(qf_reader *reader, const qf_yaml_node *node, const char *name,
                      const qf_group_spec *group);

/* The key `bios`: devices that are missing are marked in `devices`, what may fail is added to the list. */
void qf_read_bios(qf_reader *reader, const qf_yaml_node *node, qf_device *devices,
                  qf_incident_list *list, qf_group_spec *group);

/* Times and durations. */
#define QF_MOST_SECONDS 1e9

extern const char *const qf_stuck_names[2];
extern const char *const qf_sensor_names[2];

#endif
