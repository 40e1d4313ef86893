/* SPDX-License-Identifier: Apache-2.0 */
#include "catalog.h"

#include <string.h>

#include "bits.h"

static bool collect_node_names(qf_arena *arena, const qf_group_spec *groups, size_t n_groups,
                               qf_catalog *catalog)
{
    size_t most = 0;
    for (size_t g = 0; g < n_groups; g++) {
        most += groups[g].hardware.n_nodes;
    }
    const char **names = qf_arena_array(arena, most, sizeof *names);
    if (!names) {
        return false;
    }
    for (size_t g = 0; g < n_groups; g++) {
        for (size_t k = 0; k < groups[g].hardware.n_nodes; k++) {
            const char *id = groups[g].hardware.nodes[k].id;
            size_t known = 0;
            while (known < catalog->n_nodes && strcmp(names[known], id) != 0) {
                known++;
            }
            if (known == catalog->n_nodes) {
                names[catalog->n_nodes++] = id;
            }
        }
    }
    catalog->node_names = names;
    return true;
}

static size_t columns_of(const qf_catalog *catalog, qf_shape shape)
{
    switch (shape) {
    case QF_SHAPE_VEHICLE:
        return 1;
    case QF_SHAPE_NODE:
        return catalog->n_nodes;
    case QF_SHAPE_FAULT_WORD:
        return catalog->n_fault_words;
    case QF_SHAPE_TRACKER:
        return catalog->has_trackers;
    }
    return 0;
}

/* the flags follow their word, a node's trip follows the fault words */
static bool add_quantities(qf_arena *arena, qf_catalog *catalog, qf_field_id id,
                           qf_quantity *quantities)
{
    const qf_field *field = &qf_field_table[id];
    size_t *n = &catalog->n_quantities;
    bool complete = true;
    for (size_t k = 0; k < catalog->n_columns_of[id]; k++) {
        qf_quantity quantity = {
            .name = field->name,
            .unit = field->unit,
            .long_name = field->long_name,
            .type = field->type,
            .role = field->role,
            .field = id,
            .column = catalog->first_column[id] + k,
            .node = QF_NO_NODE,
            .bit = QF_NO_BIT,
        };
        if (field->shape == QF_SHAPE_NODE) {
            const char *node = catalog->node_names[k];
            quantity.name = qf_arena_format(arena, "temp_%s_c", node);
            quantity.long_name = qf_arena_format(arena, "temperature of thermal node %s", node);
            quantity.node = k;
        } else if (field->shape == QF_SHAPE_FAULT_WORD && k > 0) {
            quantity.name = qf_arena_format(arena, "%s_%zu", field->name, k);
        }
        complete = complete && quantity.name && quantity.long_name;
        quantities[(*n)++] = quantity;
    }
    return complete;
}

static bool add_flags(qf_arena *arena, qf_catalog *catalog, qf_quantity *quantities)
{
    size_t *n = &catalog->n_quantities;
    for (unsigned f = 0; f < qf_flag_count; f++) {
        quantities[(*n)++] = (qf_quantity){
            .name = qf_flag_table[f].name,
            .unit = "1",
            .long_name = qf_flag_table[f].long_name,
            .type = QF_TYPE_U8,
            .role = qf_flag_table[f].role,
            .field = QF_FIELD_FLAGS,
            .column = catalog->first_column[QF_FIELD_FLAGS],
            .node = QF_NO_NODE,
            .bit = qf_flag_table[f].bit,
        };
    }
    for (size_t k = 0; k < catalog->n_nodes; k++) {
        const size_t bit = QF_FAULT_FIRST_NODE + k;
        const char *node = catalog->node_names[k];
        qf_quantity quantity = {
            .name = qf_arena_format(arena, "trip_%s", node),
            .unit = "1",
            .long_name = qf_arena_format(arena, "thermal trip of node %s", node),
            .type = QF_TYPE_U8,
            .role = QF_ROLE_STATE,
            .field = QF_FIELD_FAULTS,
            .column = catalog->first_column[QF_FIELD_FAULTS] + bit / QF_BITS_PER_WORD,
            .node = k,
            .bit = (unsigned)(bit % QF_BITS_PER_WORD),
        };
        if (!quantity.name || !quantity.long_name) {
            return false;
        }
        quantities[(*n)++] = quantity;
    }
    return true;
}

qf_status qf_catalog_create(qf_context *context, qf_arena *arena, const qf_group_spec *groups,
                            size_t n_groups, qf_catalog *catalog)
{
    *catalog = (qf_catalog){0};
    for (size_t g = 0; g < n_groups; g++) {
        catalog->has_trackers = catalog->has_trackers || groups[g].tracker;
    }
    bool complete = collect_node_names(arena, groups, n_groups, catalog);
    catalog->n_fault_words =
        (QF_FAULT_FIRST_NODE + catalog->n_nodes + QF_BITS_PER_WORD - 1) / QF_BITS_PER_WORD;
    for (size_t id = 0; complete && id < QF_FIELD_COUNT; id++) {
        catalog->first_column[id] = catalog->n_columns;
        catalog->n_columns_of[id] = columns_of(catalog, qf_field_table[id].shape);
        catalog->n_columns += catalog->n_columns_of[id];
    }
    qf_quantity *quantities =
        complete ? qf_arena_array(arena, catalog->n_columns + qf_flag_count + catalog->n_nodes,
                                  sizeof *quantities)
                 : NULL;
    complete = quantities != NULL;
    for (qf_field_id id = 0; complete && id < QF_FIELD_COUNT; id++) {
        /* the word of flags is recorded flag by flag */
        if (qf_field_table[id].role != QF_ROLE_WORK && id != QF_FIELD_FLAGS) {
            complete = add_quantities(arena, catalog, id, quantities);
        }
    }
    complete = complete && add_flags(arena, catalog, quantities);
    catalog->quantities = quantities;
    return complete ? QF_OK
                    : qf_fail(context, QF_ERROR_MEMORY, "no memory for the column catalogue");
}

const qf_quantity *qf_catalog_find(const qf_catalog *catalog, const char *name)
{
    for (size_t i = 0; i < catalog->n_quantities; i++) {
        if (strcmp(catalog->quantities[i].name, name) == 0) {
            return &catalog->quantities[i];
        }
    }
    return NULL;
}
