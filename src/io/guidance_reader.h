/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_GUIDANCE_READER_H
#define QF_GUIDANCE_READER_H

#include "reader.h"
#include "scenario.h"
#include "settings.h"

/*
 * Reads the entries of a group's `behavior`: names, kinds and all that can be said without the other groups. The group's
 * kind, hardware, body and tracker have been read.
 */
void qf_read_guidances(qf_reader *reader, const qf_yaml_node *group_node, qf_group_spec *group);

/* Then, with all groups and their ports known: targets, leaders, ports. */
void qf_resolve_guidances(qf_reader *reader, const qf_yaml_node *group_node,
                          const qf_scenario *scenario, qf_group_spec *group);

/* The names of the group's entries; NULL when memory is short. */
const char **qf_guidance_entry_names(qf_reader *reader, const qf_group_spec *group);

/* What an entry may say beside its kind. */
typedef enum qf_guidance_key {
    QF_GUIDANCE_KEY_WAYPOINTS,
    QF_GUIDANCE_KEY_VELOCITY,
    QF_GUIDANCE_KEY_TARGET,
    QF_GUIDANCE_KEY_LEADER,
    QF_GUIDANCE_KEY_OFFSET,
    QF_GUIDANCE_KEY_FRAME,
    QF_GUIDANCE_KEY_PORT,
    QF_GUIDANCE_KEY_OWN_PORT,
    QF_GUIDANCE_KEY_SPEED,
    QF_GUIDANCE_KEY_ARRIVAL,
    QF_GUIDANCE_KEY_STANDOFF,
    QF_GUIDANCE_KEY_CORRIDOR,
    QF_GUIDANCE_KEY_CONTACT,
    QF_GUIDANCE_KEY_ATTITUDE,
    QF_GUIDANCE_KEY_CONTROL,
    QF_GUIDANCE_KEY_AVOID,
    QF_GUIDANCE_KEYS,
} qf_guidance_key;

typedef struct qf_guidance_key_row {
    const char *name;
    uint32_t kinds;    /* that have it: bits by qf_guidance_kind */
    uint32_t needed;   /* and that cannot do without */
    bool bodies_only;  /* no bot has it */
    qf_setting number; /* where it is one; key NULL: it is not */
} qf_guidance_key_row;

extern const qf_guidance_key_row qf_guidance_key_table[QF_GUIDANCE_KEYS];
extern const char *const qf_guidance_names[QF_GUIDANCE_KINDS];
extern const char *const qf_offset_names[QF_OFFSET_FRAMES];
extern const char *const qf_attitude_names[QF_ATTITUDE_MODES]; /* NULL: of one that is a list */

enum { QF_CONTROL_SETTINGS = 6, QF_AVOID_SETTINGS = 2 };
extern const qf_setting qf_control_settings[QF_CONTROL_SETTINGS]; /* of a qf_guidance_spec */
extern const qf_setting qf_avoid_settings[QF_AVOID_SETTINGS];

#endif
