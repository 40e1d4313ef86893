/* SPDX-License-Identifier: Apache-2.0 */
#include "record.h"

#include <math.h>
#include <string.h>

#include "group.h"

size_t qf_type_bytes(qf_type type)
{
    return type == QF_TYPE_U8 ? 1 : 8;
}

static int64_t last_tick(const qf_scenario *scenario)
{
    const int64_t last = scenario->record.last_tick;
    return last > 0 && last < scenario->n_ticks ? last : scenario->n_ticks;
}

int64_t qf_record_count(const qf_scenario *scenario)
{
    const qf_record_spec *record = &scenario->record;
    const int64_t last = last_tick(scenario);
    const int64_t before = record->first_tick > 0 ? record->first_tick - 1 : 0;
    return last > before ? last / record->every_ticks - before / record->every_ticks : 0;
}

bool qf_record_is_due(const qf_scenario *scenario, int64_t tick)
{
    return tick % scenario->record.every_ticks == 0 && tick >= scenario->record.first_tick &&
           tick <= last_tick(scenario);
}

int64_t qf_record_next_hash(const qf_scenario *scenario, int64_t tick)
{
    const int64_t every = scenario->record.hash_every_ticks;
    const int64_t left = scenario->n_ticks - tick;
    return every > 0 && every - tick % every < left ? tick + every - tick % every
                                                    : scenario->n_ticks;
}

int64_t qf_record_hash_count(const qf_scenario *scenario)
{
    const int64_t every = scenario->record.hash_every_ticks;
    return every > 0 ? (scenario->n_ticks + every - 1) / every : 1;
}

qf_status qf_record_plan_create(qf_context *context, qf_fleet *fleet, qf_record_plan *plan)
{
    const qf_record_spec *spec = &fleet->scenario->record;
    const qf_catalog *catalog = &fleet->catalog;
    *plan =
        (qf_record_plan){.every_ticks = spec->every_ticks,
                         .first_entity = spec->first_entity,
                         .n_entities = spec->n_entities > 0 ? spec->n_entities : fleet->n_vehicles};
    plan->quantities =
        qf_arena_array(&fleet->arena, catalog->n_quantities, sizeof *plan->quantities);
    if (!plan->quantities) {
        return qf_fail(context, QF_ERROR_MEMORY, "no memory for the record plan");
    }
    for (size_t q = 0; q < catalog->n_quantities; q++) {
        bool wanted = spec->all;
        for (size_t s = 0; !wanted && s < spec->n_state; s++) {
            wanted = strcmp(spec->state[s], catalog->quantities[q].name) == 0;
        }
        if (wanted) {
            plan->quantities[plan->n_quantities++] = &catalog->quantities[q];
            plan->has_outputs = plan->has_outputs || catalog->quantities[q].role == QF_ROLE_OUTPUT;
        }
    }
    return QF_OK;
}

void qf_record_plan_narrow(qf_record_plan *plan, size_t begin, size_t end)
{
    const size_t plan_end = plan->first_entity + plan->n_entities;
    const size_t first = begin > plan->first_entity ? begin : plan->first_entity;
    const size_t last = end < plan_end ? end : plan_end;
    plan->n_entities = last > first ? last - first : 0;
    plan->first_entity = first;
    plan->n_quantities = plan->n_entities > 0 ? plan->n_quantities : 0;
}

static void copy_bit(const uint64_t *restrict words, unsigned bit, uint8_t *restrict row, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        row[i] = (uint8_t)(words[i] >> bit & 1);
    }
}

/* a NaN's payload depends on how it came about; only the fact leaves */
static void copy_f64(const double *restrict column, double *restrict row, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const double value = column[i];
        row[i] = value == value ? value : (double)NAN;
    }
}

void qf_record_quantity(const qf_fleet *fleet, const qf_quantity *quantity, size_t group,
                        size_t slot, size_t n, void *to)
{
    const void *from = (const char *)fleet->column[quantity->column] + 8 * slot;
    const bool present =
        quantity->node == QF_NO_NODE || qf_group_has_node(&fleet->groups[group], quantity->node);
    if (quantity->type == QF_TYPE_U8) {
        if (present) {
            copy_bit(from, quantity->bit, to, n);
        } else {
            memset(to, UINT8_MAX, n);
        }
    } else if (quantity->type == QF_TYPE_F64) {
        copy_f64(from, to, n);
    } else {
        memcpy(to, from, 8 * n);
    }
}

void qf_record_block(const qf_fleet *fleet, const qf_record_plan *plan, size_t block_index,
                     const qf_frame *frame)
{
    const qf_block *block = &fleet->blocks[block_index];
    const size_t block_end = block->entity_begin + (block->slot_end - block->slot_begin);
    const size_t plan_end = plan->first_entity + plan->n_entities;
    const size_t begin =
        block->entity_begin > plan->first_entity ? block->entity_begin : plan->first_entity;
    const size_t end = block_end < plan_end ? block_end : plan_end;
    if (begin >= end) {
        return;
    }
    for (size_t q = 0; q < plan->n_quantities; q++) {
        const qf_quantity *quantity = plan->quantities[q];
        char *row = frame->row[q];
        qf_record_quantity(fleet, quantity, block->group,
                           block->slot_begin + (begin - block->entity_begin), end - begin,
                           row + qf_type_bytes(quantity->type) * (begin - plan->first_entity));
    }
}
