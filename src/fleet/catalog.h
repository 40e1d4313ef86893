/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_CATALOG_H
#define QF_CATALOG_H

#include <stdbool.h>
#include <stddef.h>

#include "arena.h"
#include "context.h"
#include "fields.h"
#include "scenario.h"

/*
 * The field table spread out for one scenario: which columns its fleet has, and which quantities
 * its results may record. A quantity is a column, or one bit of a column of words.
 * Memory belongs to the arena that the catalogue was made in.
 */

enum { QF_NO_BIT = 255 };
#define QF_NO_NODE ((size_t)-1)

typedef struct qf_quantity {
    const char *name;
    const char *unit;
    const char *long_name;
    qf_type type; /* as recorded: QF_TYPE_U8 for one bit */
    qf_role role;
    qf_field_id field;
    size_t column; /* of the fleet */
    size_t node;   /* thermal node (index into node_names), or QF_NO_NODE */
    unsigned bit;  /* of the column's word, or QF_NO_BIT */
} qf_quantity;

typedef struct qf_catalog {
    const qf_quantity *quantities; /* all but bookkeeping, in the order of the field table */
    size_t n_quantities;
    const char *const *node_names; /* of all groups, in order of first appearance */
    size_t n_nodes;
    size_t n_fault_words;
    size_t n_of_shape[QF_SHAPES]; /* columns of each field of that shape */
    const char *const
        *state_names; /* of all machines; their numbers are what columns of states hold */
    const uint8_t *state_machines; /* bit k: some group's machine number k has that state */
    size_t n_states;
    const qf_variable_spec *const *variables; /* of all machines, one of each name */
    size_t n_variables;
    const char *const
        *behavior_names; /* by number in a group; where groups differ all, with '+' between */
    size_t n_behaviors;
    const char *const *device_names; /* of all groups that have a self-test or faults */
    size_t n_devices;
    size_t n_columns;
    size_t first_column[QF_FIELD_COUNT]; /* a field's columns follow each other */
    size_t n_columns_of[QF_FIELD_COUNT];
} qf_catalog;

/* QF_ERROR_MEMORY is the only failure. */
qf_status qf_catalog_create(qf_context *context, qf_arena *arena, const qf_group_spec *groups,
                            size_t n_groups, qf_catalog *catalog);

/* The quantity of that name, NULL when there is none. */
const qf_quantity *qf_catalog_find(const qf_catalog *catalog, const char *name);

/* Whether a column holds what ticks write only where somebody looks (QF_ROLE_OUTPUT). */
bool qf_catalog_is_output(const qf_catalog *catalog, size_t column);

/* Number of a state by name; it is there. */
size_t qf_catalog_state(const qf_catalog *catalog, const char *name);

/* Number of a variable by name, n_variables: there is none. */
size_t qf_catalog_variable(const qf_catalog *catalog, const char *name);

/* Bit of a device, by name, of the columns of field DEVICES_DOWN; it is there. */
size_t qf_catalog_device(const qf_catalog *catalog, const char *name);

/* Whether the group's vehicles behave: machines, a self-test or faults. */
bool qf_group_behaves(const qf_group_spec *spec);

/* Whether the group's vehicles have what columns of that shape, of which there is one a field, are for. */
bool qf_group_has_shape(const qf_group_spec *spec, qf_shape shape);

#endif
