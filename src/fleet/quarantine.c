/* SPDX-License-Identifier: Apache-2.0 */
#include "quarantine.h"

#include <math.h>
#include <stdlib.h>

#include "group.h"

void qf_quarantine_list_add(qf_quarantine_list *list, const qf_quarantine *entry)
{
    if (list->n == list->capacity) {
        const size_t capacity = list->capacity ? 2 * list->capacity : 64;
        qf_quarantine *grown = realloc(list->entries, capacity * sizeof *grown);
        if (!grown) {
            list->failed = true;
            return;
        }
        list->entries = grown;
        list->capacity = capacity;
    }
    list->entries[list->n++] = *entry;
}

void qf_quarantine_list_archive(qf_quarantine_list *list, size_t n_vehicles, qf_archive *archive)
{
    list->entries = qf_archive_list(archive, list->entries, &list->n, &list->capacity,
                                    sizeof *list->entries, n_vehicles);
}

static bool is_checked(const qf_quantity *quantity, const qf_group *group)
{
    return qf_field_table[quantity->field].checked &&
           (quantity->node == QF_NO_NODE || qf_group_has_node(group, quantity->node));
}

/* beyond what the tick's integrator can follow a rate is nobody's, however finite */
static qf_health_range range_of(const qf_fleet *fleet, const qf_quantity *quantity)
{
    const qf_field *field = &qf_field_table[quantity->field];
    qf_health_range range = {
        .values = fleet->column[quantity->column], .low = field->low, .high = field->high};
    if (quantity->field == QF_FIELD_RATE_X || quantity->field == QF_FIELD_RATE_Y ||
        quantity->field == QF_FIELD_RATE_Z) {
        const double most_rps = QF_MOST_TURN_RAD / fleet->scenario->dt_s;
        range.low = fmax(range.low, -most_rps);
        range.high = fmin(range.high, most_rps);
    }
    return range;
}

qf_status qf_health_create(qf_context *context, qf_arena *arena, const qf_fleet *fleet,
                           qf_health *health)
{
    const qf_catalog *catalog = &fleet->catalog;
    const size_t n_groups = fleet->scenario->n_groups;
    const size_t most = n_groups * catalog->n_quantities;
    health->ranges = qf_arena_array(arena, most, sizeof *health->ranges);
    health->quantities = qf_arena_array(arena, most, sizeof *health->quantities);
    health->first = qf_arena_array(arena, n_groups + 1, sizeof *health->first);
    if (!health->ranges || !health->quantities || !health->first) {
        return qf_fail(context, QF_ERROR_MEMORY, "no memory for the health check");
    }
    size_t n = 0;
    for (size_t g = 0; g < n_groups; g++) {
        health->first[g] = n;
        for (size_t q = 0; q < catalog->n_quantities; q++) {
            const qf_quantity *quantity = &catalog->quantities[q];
            if (is_checked(quantity, &fleet->groups[g])) {
                health->ranges[n] = range_of(fleet, quantity);
                health->quantities[n++] = (uint32_t)q;
            }
        }
    }
    health->first[n_groups] = n;
    return QF_OK;
}

bool qf_health_examine(const qf_health *health, const qf_fleet *fleet, size_t group, size_t entity,
                       qf_quarantine *finding)
{
    const qf_entity e = qf_fleet_entity(fleet, entity);
    for (size_t r = health->first[group]; r < health->first[group + 1]; r++) {
        const qf_health_range *range = &health->ranges[r];
        const double value = range->values[e.slot];
        if (!qf_is_healthy(value, range->low, range->high)) {
            *finding = (qf_quarantine){.world = e.world,
                                       .entity = (uint32_t)entity,
                                       .quantity = health->quantities[r],
                                       .reason = isfinite(value) ? QF_REASON_OUT_OF_RANGE
                                                                 : QF_REASON_NOT_FINITE,
                                       .value = isnan(value) ? (double)NAN : value};
            return false;
        }
    }
    return true;
}

void qf_quarantine_outputs(const qf_fleet *fleet, size_t slot)
{
    const qf_catalog *catalog = &fleet->catalog;
    for (size_t q = 0; q < catalog->n_quantities; q++) {
        if (catalog->quantities[q].role == QF_ROLE_OUTPUT) {
            ((double *)fleet->column[catalog->quantities[q].column])[slot] = NAN;
        }
    }
}

void qf_quarantine_vehicle(const qf_fleet *fleet, const qf_quarantine *finding,
                           qf_event_list *events, qf_quarantine_list *list)
{
    const size_t slot = qf_fleet_entity(fleet, finding->entity).slot;
    qf_quarantine_outputs(fleet, slot);
    qf_u64(fleet, QF_FIELD_FLAGS, 0)[slot] |= QF_FLAG_BIT(QUARANTINED);
    qf_event_halt(fleet, finding->entity, finding->tick, finding->quantity, finding->value, events);
    qf_quarantine_list_add(list, finding);
}

size_t qf_healthy_spans(const qf_fleet *fleet, const qf_block *block, qf_block *spans)
{
    const uint64_t *flags = qf_u64(fleet, QF_FIELD_FLAGS, 0);
    size_t n = 0;
    bool open = false;
    for (size_t slot = block->slot_begin; slot < block->slot_end; slot++) {
        const bool healthy = !(flags[slot] & QF_FLAG_BIT(QUARANTINED));
        if (healthy && !open) {
            spans[n++] =
                (qf_block){.group = block->group,
                           .slot_begin = slot,
                           .entity_begin = block->entity_begin + (slot - block->slot_begin)};
        }
        if (healthy) {
            spans[n - 1].slot_end = slot + 1;
        }
        open = healthy;
    }
    return n;
}
