/* SPDX-License-Identifier: Apache-2.0 */
#include "fleet.h"

#include <limits.h>
#include <math.h>
#include <string.h>

#include "behavior.h"
#include "bodies.h"
#include "collisions.h"
#include "columns.h"
#include "docking.h"
#include "drive.h"
#include "exchange.h"
#include "group.h"
#include "guidance.h"
#include "incidents.h"
#include "motion.h"
#include "radar_theory.h"
#include "ranks.h"
#include "targets.h"
#include "tasks.h"
#include "threads.h"

#define RESTING_CPU_PCT 8.0 /* the on-board computer's targets when idle (world.md section 2) */
#define RESTING_MEM_PCT 22.0

static size_t padded(size_t n)
{
    return (n + QF_SLOT_PADDING - 1) / QF_SLOT_PADDING * QF_SLOT_PADDING;
}

/* vehicles and slots of a scenario; false when they cannot be counted */
static bool count_vehicles(const qf_scenario *scenario, size_t *n_vehicles, size_t *n_slots)
{
    *n_vehicles = 0;
    *n_slots = 0;
    for (size_t g = 0; g < scenario->n_groups; g++) {
        size_t n;
        if (!qf_size_multiply(scenario->groups[g].count, scenario->n_worlds, &n) || n > INT32_MAX ||
            *n_slots > INT32_MAX) {
            return false;
        }
        *n_vehicles += n;
        *n_slots += padded(n);
    }
    return *n_slots <= INT32_MAX;
}

static qf_status count_or_fail(qf_context *context, const qf_scenario *scenario, size_t *n_vehicles,
                               size_t *n_slots)
{
    if (!count_vehicles(scenario, n_vehicles, n_slots)) {
        return qf_fail(context, QF_ERROR_SCENARIO, "more than %d vehicles in one run", INT32_MAX);
    }
    return QF_OK;
}

/* coefficients of one rank: read_slots of group.c */
static size_t dispersed_bytes(const qf_scenario *scenario, size_t n_ranks)
{
    size_t bytes = 0;
    for (size_t g = 0; g < scenario->n_groups; g++) {
        const qf_group_spec *spec = &scenario->groups[g];
        if (qf_group_is_dispersed(spec)) {
            bytes += 8 * padded(spec->count * scenario->n_worlds) * qf_group_n_coefficients(spec) /
                     (spec->docking ? 1 : n_ranks);
        }
    }
    return bytes;
}

size_t qf_fleet_predicted_bytes(qf_context *context, const qf_scenario *scenario)
{
    size_t n_vehicles;
    size_t n_slots;
    qf_arena arena = {0};
    qf_catalog catalog;
    size_t bytes = 0;
    if (count_vehicles(scenario, &n_vehicles, &n_slots) &&
        qf_catalog_create(context, &arena, scenario->groups, scenario->n_groups, &catalog) ==
            QF_OK) {
        bytes = qf_columns_bytes(catalog.n_columns, n_slots);
        if (context->ranks && bytes > 0) {
            /* pages of vehicles of other ranks hold only what is seen of them, and so do words under way */
            const size_t seen = 2 * qf_outlook_columns(scenario, &catalog) * n_slots * 8;
            bytes = bytes / (size_t)qf_n_ranks(context) + seen;
        }
        bytes += dispersed_bytes(scenario, (size_t)qf_n_ranks(context));
    }
    qf_arena_free(&arena);
    return bytes;
}

static qf_status lay_out_columns(qf_context *context, qf_fleet *fleet)
{
    const qf_catalog *catalog = &fleet->catalog;
    const size_t n = catalog->n_columns;
    fleet->temp_c = qf_arena_array(&fleet->arena, catalog->n_nodes, sizeof *fleet->temp_c);
    fleet->faults = qf_arena_array(&fleet->arena, catalog->n_fault_words, sizeof *fleet->faults);
    fleet->memory_bytes = qf_columns_bytes(n, fleet->n_slots);
    fleet->column = qf_arena_array(&fleet->arena, n, sizeof *fleet->column);
    if (fleet->memory_bytes == 0 || !fleet->column || !fleet->temp_c || !fleet->faults) {
        return qf_fail(context, QF_ERROR_MEMORY, "no memory for %zu vehicles", fleet->n_vehicles);
    }
    const qf_status status =
        qf_n_ranks(context) > 1 ? qf_columns_map_small(context, fleet->memory_bytes, &fleet->memory)
                                : qf_columns_map(context, fleet->memory_bytes, &fleet->memory);
    for (size_t k = 0; status == QF_OK && k < n; k++) {
        fleet->column[k] = (char *)fleet->memory + qf_columns_offset(k, fleet->n_slots);
    }
    for (size_t k = 0; status == QF_OK && k < catalog->n_nodes; k++) {
        fleet->temp_c[k] = qf_f64(fleet, QF_FIELD_TEMP, k);
    }
    for (size_t k = 0; status == QF_OK && k < catalog->n_fault_words; k++) {
        fleet->faults[k] = qf_u64(fleet, QF_FIELD_FAULTS, k);
    }
    return status;
}

/* of what a rank computes, not of what it may only see */
static void enlarge_own_pages(const qf_fleet *fleet)
{
    for (size_t k = 0; k < fleet->catalog.n_columns; k++) {
        double *column = fleet->column[k];
        qf_columns_enlarge(column + fleet->own.slot_begin, column + fleet->own.slot_end);
    }
}

static qf_status cut_into_blocks(qf_context *context, qf_fleet *fleet)
{
    const qf_scenario *scenario = fleet->scenario;
    size_t entity = 0;
    size_t vehicle = 0;
    size_t slot = 0;
    for (size_t g = 0; g < scenario->n_groups; g++) {
        const size_t n = scenario->groups[g].count * scenario->n_worlds;
        qf_group *group = &fleet->groups[g];
        *group = qf_group_outline(scenario, g);
        group->n_vehicles = n;
        group->entity_begin = entity;
        group->vehicle_begin = vehicle;
        group->slot_begin = slot;
        group->n_slots = padded(n);
        fleet->n_blocks += (n + QF_BLOCK_VEHICLES - 1) / QF_BLOCK_VEHICLES;
        entity += n;
        vehicle += scenario->groups[g].count;
        slot += padded(n);
    }
    fleet->blocks = qf_arena_array(&fleet->arena, fleet->n_blocks, sizeof *fleet->blocks);
    if (!fleet->blocks) {
        return qf_fail(context, QF_ERROR_MEMORY, "no memory for %zu blocks", fleet->n_blocks);
    }
    size_t b = 0;
    for (size_t g = 0; g < scenario->n_groups; g++) {
        const qf_group *group = &fleet->groups[g];
        for (size_t first = 0; first < group->n_vehicles; first += QF_BLOCK_VEHICLES) {
            const size_t left = group->n_vehicles - first;
            const size_t n = left < QF_BLOCK_VEHICLES ? left : QF_BLOCK_VEHICLES;
            fleet->blocks[b++] = (qf_block){.group = g,
                                            .slot_begin = group->slot_begin + first,
                                            .slot_end = group->slot_begin + first + n,
                                            .entity_begin = group->entity_begin + first};
        }
    }
    fleet->own = qf_fleet_portion(fleet, qf_rank(context), qf_n_ranks(context));
    if (qf_n_ranks(context) > 1) {
        enlarge_own_pages(fleet);
    }
    return QF_OK;
}

/* radars look before the power plane decides for the first time: its rule for low charge stands */
static uint64_t first_flags(const qf_group_spec *spec, const double *values)
{
    const bool *on = spec->hardware.on;
    const bool answers = spec->transponder_mode == QF_TRANSPONDER_ON ||
                         spec->transponder_mode == QF_TRANSPONDER_SPOOF;
    const bool charged = values[QF_HW_BATTERY_SOC_INIT] > values[QF_HW_SOC_SHED_LOW];
    const bool connected = on[QF_HW_DOCK_CONNECTED_INIT] && !spec->docking; /* else by a partner */
    return (connected ? QF_FLAG_BIT(DOCK_CONNECTED) : 0) |
           (on[QF_HW_NBL_ACTIVE_INIT] ? QF_FLAG_BIT(NBL_ACTIVE) : 0) |
           (spec->radar ? QF_FLAG_BIT(RADAR_ENABLED) : 0) |
           (answers ? QF_FLAG_BIT(TRANSPONDER_ACTIVE) : 0) |
           (charged ? QF_FLAG_BIT(RADAR_ALLOWED) | QF_FLAG_BIT(TRANSPONDER_ALLOWED) : 0);
}

/* first values of one vehicle, all columns */
static void initialise(const qf_fleet *fleet, const qf_group *group, size_t slot, qf_entity e,
                       double *values, double *nodes)
{
    const qf_group_spec *spec = group->spec;
    const uint64_t seed = fleet->scenario->seed;
    double initial[QF_INITIAL_COUNT];
    for (uint32_t k = 0; k < QF_INITIAL_COUNT; k++) {
        const qf_draw_key key = {.seed = seed,
                                 .world = e.number,
                                 .vehicle = e.vehicle,
                                 .stream = QF_STREAM_INITIAL,
                                 .draw = k};
        initial[k] = qf_number_draw(&spec->initial[k], key, e.index);
    }
    qf_group_draw_hardware(spec, seed, e.number, e.vehicle, e.index, values, nodes);

    qf_f64(fleet, QF_FIELD_X, 0)[slot] = initial[QF_INITIAL_X];
    qf_f64(fleet, QF_FIELD_Y, 0)[slot] = initial[QF_INITIAL_Y];
    qf_f64(fleet, QF_FIELD_Z, 0)[slot] = initial[QF_INITIAL_Z];
    qf_f64(fleet, QF_FIELD_SPEED, 0)[slot] = initial[QF_INITIAL_SPEED];
    qf_set_heading(fleet, slot, initial[QF_INITIAL_HEADING]);
    qf_f64(fleet, QF_FIELD_YAW, 0)[slot] = initial[QF_INITIAL_HEADING] * QF_RAD_PER_DEG;
    qf_f64(fleet, QF_FIELD_CPU, 0)[slot] = RESTING_CPU_PCT;
    qf_f64(fleet, QF_FIELD_MEM, 0)[slot] = RESTING_MEM_PCT;
    qf_f64(fleet, QF_FIELD_SOC, 0)[slot] = values[QF_HW_BATTERY_SOC_INIT];
    qf_f64(fleet, QF_FIELD_SOC_MIN, 0)[slot] = values[QF_HW_BATTERY_SOC_INIT];
    qf_f64(fleet, QF_FIELD_SUPERCAP_WH, 0)[slot] =
        values[QF_HW_SUPERCAP_CAPACITY] * values[QF_HW_SUPERCAP_SOC_INIT] / 100.0;
    qf_f64(fleet, QF_FIELD_PROPELLANT, 0)[slot] = values[QF_HW_PROPELLANT_INIT];
    qf_f64(fleet, QF_FIELD_NBL_MAX, 0)[slot] = values[QF_HW_NBL_MAX_POWER];
    const qf_draw_key rcs = {
        .seed = seed, .world = e.number, .vehicle = e.vehicle, .stream = QF_STREAM_SIGNATURE};
    qf_f64(fleet, QF_FIELD_RCS, 0)[slot] =
        qf_ratio_of(qf_number_draw(&spec->rcs_dbsm, rcs, e.index));
    qf_i64(fleet, QF_FIELD_TRANSPONDER_MODE, 0)[slot] = spec->transponder_mode;
    qf_u64(fleet, QF_FIELD_FLAGS, 0)[slot] = first_flags(spec, values);
    for (size_t k = 0; k < fleet->catalog.n_nodes; k++) {
        qf_f64(fleet, QF_FIELD_TEMP, k)[slot] = NAN;
    }
    for (size_t n = 0; n < group->bot.n_nodes; n++) {
        qf_f64(fleet, QF_FIELD_TEMP, group->bot.nodes[n].column)[slot] =
            nodes[n * QF_NODE_PARAMETER_COUNT + QF_NODE_T_INIT];
    }
    if (spec->body) {
        qf_body_initialise(fleet, group, slot, e, initial);
    }
    qf_drive_initialise(fleet, group, slot);
    qf_targets_initialise(fleet, group, slot, e);
    qf_guidance_initialise(fleet, group, slot, e);
    qf_docking_initialise(fleet, group, slot, e);
    qf_collisions_initialise(fleet, group, slot);
    qf_tasks_initialise(fleet, group, slot);
    qf_behavior_initialise(fleet, group, slot, e);
    qf_incidents_initialise(fleet, group, slot, e, values);
}

static void initialise_block(const qf_fleet *fleet, const qf_block *block, double *values)
{
    const qf_group *group = &fleet->groups[block->group];
    const bool last = block->entity_begin + (block->slot_end - block->slot_begin) ==
                      group->entity_begin + group->n_vehicles;
    /* padding repeats the group's last vehicle, so that whole lanes hold ordinary numbers */
    const size_t end = last ? group->slot_begin + group->n_slots : block->slot_end;
    for (size_t slot = block->slot_begin; slot < end; slot++) {
        const size_t real = slot < block->slot_end ? slot : block->slot_end - 1;
        const qf_entity e =
            qf_fleet_entity(fleet, block->entity_begin + (real - block->slot_begin));
        initialise(fleet, group, slot, e, values, values + QF_HW_COUNT);
    }
}

/* by part, block and thread as the ticks will be computed, so that pages lie near who uses them */
static qf_status first_values(qf_context *context, qf_fleet *fleet)
{
    const size_t n_values =
        QF_HW_COUNT + qf_group_most_nodes(fleet->scenario) * QF_NODE_PARAMETER_COUNT;
    const size_t n_parts = qf_fleet_parts(context);
    double *scratch =
        qf_arena_array(&fleet->arena, (size_t)context->n_threads * n_values, sizeof *scratch);
    if (!scratch) {
        return qf_fail(context, QF_ERROR_MEMORY, "no memory to draw first values");
    }
    for (size_t p = 0; p < n_parts; p++) {
        const qf_portion part = qf_portion_part(fleet, &fleet->own, p, n_parts);
#pragma omp parallel for schedule(static) num_threads(context->n_threads)
        for (size_t b = part.block_begin; b < part.block_end; b++) {
            initialise_block(fleet, &fleet->blocks[b],
                             scratch + (size_t)qf_thread_index() * n_values);
        }
    }
    return QF_OK;
}

qf_status qf_fleet_create(qf_context *context, const qf_scenario *scenario, qf_fleet *fleet)
{
    *fleet = (qf_fleet){.scenario = scenario};
    qf_status status = count_or_fail(context, scenario, &fleet->n_vehicles, &fleet->n_slots);
    if (status == QF_OK) {
        status = qf_catalog_create(context, &fleet->arena, scenario->groups, scenario->n_groups,
                                   &fleet->catalog);
    }
    if (status == QF_OK) {
        fleet->groups = qf_arena_array(&fleet->arena, scenario->n_groups, sizeof *fleet->groups);
        status = fleet->groups ? lay_out_columns(context, fleet)
                               : qf_fail(context, QF_ERROR_MEMORY, "no memory for groups");
    }
    if (status == QF_OK) {
        status = cut_into_blocks(context, fleet);
    }
    for (size_t g = 0; status == QF_OK && g < scenario->n_groups; g++) {
        status = qf_group_prepare(context, fleet, &fleet->groups[g]);
    }
    if (status == QF_OK) {
        status = first_values(context, fleet);
    }
    if (status != QF_OK) {
        qf_fleet_free(fleet);
    }
    return status;
}

void qf_fleet_free(qf_fleet *fleet)
{
    qf_columns_unmap(fleet->memory, fleet->memory_bytes);
    qf_arena_free(&fleet->arena);
    *fleet = (qf_fleet){0};
}

/* the last group that begins at the entity or before */
static size_t group_of(const qf_fleet *fleet, size_t entity)
{
    size_t begin = 0;
    size_t end = fleet->scenario->n_groups;
    while (end - begin > 1) {
        const size_t middle = begin + (end - begin) / 2;
        if (fleet->groups[middle].entity_begin <= entity) {
            begin = middle;
        } else {
            end = middle;
        }
    }
    return begin;
}

qf_entity qf_fleet_entity(const qf_fleet *fleet, size_t entity)
{
    const size_t g = group_of(fleet, entity);
    const qf_group *group = &fleet->groups[g];
    const size_t within = entity - group->entity_begin;
    const size_t world = within / group->spec->count;
    const size_t index = within % group->spec->count;
    return (qf_entity){.slot = group->slot_begin + within,
                       .group = g,
                       .world = (uint32_t)world,
                       .number = qf_world_number(fleet->scenario, world),
                       .index = (uint32_t)index,
                       .vehicle = (uint32_t)(group->vehicle_begin + index)};
}
