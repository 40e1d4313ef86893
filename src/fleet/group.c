/* SPDX-License-Identifier: Apache-2.0 */
#include "group.h"

#include <math.h>
#include <string.h>

#include "bodies.h"
#include "incident_plan.h"
#include "rcs_groups.h"

#define STANDARD_GRAVITY_MPS2 9.80665

/* the capacity of the battery is then a column: each vehicle's own */
static bool loses_cells(const qf_group_spec *spec)
{
    bool any = false;
    for (size_t i = 0; i < spec->n_incidents; i++) {
        any = any || spec->incidents[i].kind == QF_INCIDENT_BATTERY_CELL;
    }
    return any;
}

bool qf_group_is_dispersed(const qf_group_spec *spec)
{
    const qf_hardware *hardware = &spec->hardware;
    bool constant = !loses_cells(spec);
    for (size_t p = 0; p < QF_HW_COUNT; p++) {
        constant = constant && (qf_hardware_table[p].parameter.first_value ||
                                qf_number_is_constant(&hardware->parameter[p]));
    }
    for (size_t n = 0; n < hardware->n_nodes; n++) {
        for (size_t p = 0; p < QF_NODE_PARAMETER_COUNT; p++) {
            constant = constant && (qf_node_table[p].first_value ||
                                    qf_number_is_constant(&hardware->nodes[n].parameter[p]));
        }
    }
    for (size_t k = 0; k < hardware->n_couplings; k++) {
        constant = constant && qf_number_is_constant(&hardware->couplings[k].k_w_per_c);
    }
    return !constant;
}

size_t qf_group_most_nodes(const qf_scenario *scenario)
{
    size_t most = 0;
    for (size_t g = 0; g < scenario->n_groups; g++) {
        const size_t n = scenario->groups[g].hardware.n_nodes;
        most = n > most ? n : most;
    }
    return most;
}

static size_t n_active_nodes(const qf_hardware *hardware)
{
    return hardware->on[QF_HW_THERMAL_ENABLED] ? hardware->n_nodes : 0;
}

static size_t n_active_couplings(const qf_hardware *hardware)
{
    return hardware->on[QF_HW_THERMAL_ENABLED] ? hardware->n_couplings : 0;
}

size_t qf_group_n_coefficients(const qf_group_spec *spec)
{
    return QF_C_FIRST_NODE + QF_C_PER_NODE * n_active_nodes(&spec->hardware) +
           n_active_couplings(&spec->hardware);
}

void qf_group_draw_hardware(const qf_group_spec *spec, uint64_t seed, uint32_t world,
                            uint32_t vehicle, uint32_t index, double *values, double *nodes)
{
    const qf_hardware *hardware = &spec->hardware;
    qf_draw_key key = {
        .seed = seed, .world = world, .vehicle = vehicle, .stream = QF_STREAM_HARDWARE};
    for (uint32_t p = 0; p < QF_HW_COUNT; p++) {
        key.draw = p;
        values[p] = qf_number_draw(&hardware->parameter[p], key, index);
    }
    for (uint32_t n = 0; n < hardware->n_nodes; n++) {
        for (uint32_t p = 0; p < QF_NODE_PARAMETER_COUNT; p++) {
            key.draw = QF_HARDWARE_DRAW_NODE + 16 * n + p;
            nodes[n * QF_NODE_PARAMETER_COUNT + p] =
                qf_number_draw(&hardware->nodes[n].parameter[p], key, index);
        }
    }
}

/* the profile's parameters -> what the kernels multiply by; world.md sections 3 to 7 */
static void derive(const qf_group *group, const double *v, const double *nodes, double *coefficient)
{
    const qf_group_spec *spec = group->spec;
    const bool has_core = group->bot.core_node < group->bot.n_nodes;
    const bool has_supercap = v[QF_HW_SUPERCAP_CAPACITY] > 0.0;
    const bool has_battery = v[QF_HW_BATTERY_CAPACITY] > 0.0;
    const double current_limited_w = v[QF_HW_DOCK_CURRENT_LIMIT] * v[QF_HW_DOCK_STATION_V];
    const double station_w = v[QF_HW_DOCK_STATION_MAX_POWER];
    coefficient[QF_C_BASE_IN_W] = v[QF_HW_BASE_POWER_IN];
    coefficient[QF_C_BASE_OUT_W] = v[QF_HW_BASE_POWER_OUT];
    coefficient[QF_C_MOTION_W_PER_MPS] = v[QF_HW_MOTION_POWER];
    coefficient[QF_C_MCQPU_W] = v[QF_HW_MCQPU_POWER];
    coefficient[QF_C_RADAR_W] = v[QF_HW_RADAR_POWER];
    coefficient[QF_C_TRANSPONDER_W] = v[QF_HW_TRANSPONDER_POWER];
    coefficient[QF_C_BUS_V_MIN] = v[QF_HW_BUS_V_MIN];
    coefficient[QF_C_BUS_V_SPAN] = fmax(0.0, v[QF_HW_BUS_V_NOMINAL] - v[QF_HW_BUS_V_MIN]);
    coefficient[QF_C_MAX_BUS_A] = v[QF_HW_MAX_BUS_A];
    coefficient[QF_C_SHED_LOW_PCT] = v[QF_HW_SOC_SHED_LOW];
    coefficient[QF_C_SHED_HIGH_PCT] = v[QF_HW_SOC_SHED_HIGH];
    coefficient[QF_C_SOC_CRITICAL_PCT] = spec->soc_critical_pct;
    coefficient[QF_C_NBL_SOC_MIN_PCT] = v[QF_HW_NBL_SOC_MIN];
    coefficient[QF_C_NBL_CORE_MAX_C] = has_core ? v[QF_HW_NBL_CORE_TEMP_MAX] : (double)INFINITY;
    coefficient[QF_C_DOCK_AVAILABLE_W] =
        station_w > 0.0 ? fmin(station_w, current_limited_w) : current_limited_w;
    coefficient[QF_C_DOCK_DIVISOR_V] =
        v[QF_HW_DOCK_STATION_V] > 0.0 ? v[QF_HW_DOCK_STATION_V] : (double)INFINITY;
    coefficient[QF_C_DOCK_SOFT_START_S] = fmax(0.001, v[QF_HW_DOCK_SOFT_START]);
    coefficient[QF_C_SUPERCAP_WH] = v[QF_HW_SUPERCAP_CAPACITY];
    coefficient[QF_C_SUPERCAP_DIVISOR_WH] = has_supercap ? v[QF_HW_SUPERCAP_CAPACITY] : 1.0;
    coefficient[QF_C_SUPERCAP_MAX_CHARGE_W] = has_supercap ? v[QF_HW_SUPERCAP_MAX_CHARGE] : 0.0;
    coefficient[QF_C_SUPERCAP_MAX_DISCHARGE_W] =
        has_supercap ? v[QF_HW_SUPERCAP_MAX_DISCHARGE] : 0.0;
    coefficient[QF_C_BATTERY_WH] = has_battery ? v[QF_HW_BATTERY_CAPACITY] : 1.0;
    coefficient[QF_C_SOC_CEILING_PCT] = has_battery ? 100.0 : 0.0;
    /* a limit of zero is no limit */
    coefficient[QF_C_BATTERY_MAX_CHARGE_W] =
        v[QF_HW_BATTERY_MAX_CHARGE] > 0.0 ? v[QF_HW_BATTERY_MAX_CHARGE] : (double)INFINITY;
    coefficient[QF_C_BATTERY_MAX_DISCHARGE_W] =
        v[QF_HW_BATTERY_MAX_DISCHARGE] > 0.0 ? v[QF_HW_BATTERY_MAX_DISCHARGE] : (double)INFINITY;
    coefficient[QF_C_EXHAUST_MPS] = fmax(1e-6, v[QF_HW_ISP]) * STANDARD_GRAVITY_MPS2;
    coefficient[QF_C_RCS_W] = v[QF_HW_RCS_POWER];
    coefficient[QF_C_HULL_HEAT_FRACTION] = v[QF_HW_HEAT_FRACTION];
    for (size_t n = 0; n < n_active_nodes(&spec->hardware); n++) {
        const double *node = nodes + n * QF_NODE_PARAMETER_COUNT;
        double *c = coefficient + QF_C_FIRST_NODE + n * QF_C_PER_NODE;
        const double trip_c = node[QF_NODE_T_MAX];
        c[QF_C_NODE_LOSS_W_PER_C] = node[QF_NODE_COOLING] + v[QF_HW_AMBIENT_EXCHANGE];
        c[QF_C_NODE_CAPACITY_J_PER_C] = fmax(1.0, node[QF_NODE_HEAT_CAPACITY]);
        c[QF_C_NODE_TRIP_C] = trip_c > 0.0 ? trip_c : (double)INFINITY;
        c[QF_C_NODE_CLEAR_C] =
            trip_c > 0.0 ? trip_c - node[QF_NODE_T_HYSTERESIS] : -(double)INFINITY;
    }
}

static void draw_couplings(const qf_group_spec *spec, uint64_t seed, uint32_t world,
                           uint32_t vehicle, uint32_t index, double *coefficient)
{
    const size_t n = n_active_couplings(&spec->hardware);
    double *k_w_per_c = coefficient + qf_group_n_coefficients(spec) - n;
    for (uint32_t k = 0; k < n; k++) {
        const qf_draw_key key = {.seed = seed,
                                 .world = world,
                                 .vehicle = vehicle,
                                 .stream = QF_STREAM_HARDWARE,
                                 .draw = QF_HARDWARE_DRAW_COUPLING + k};
        k_w_per_c[k] = qf_number_draw(&spec->hardware.couplings[k].k_w_per_c, key, index);
    }
}

static qf_fault_place fault_place(size_t node)
{
    const size_t bit = QF_FAULT_FIRST_NODE + node;
    return (qf_fault_place){.word = bit / QF_BITS_PER_WORD,
                            .bit = (int)(bit % QF_BITS_PER_WORD),
                            .mask = UINT64_C(1) << bit % QF_BITS_PER_WORD};
}

static qf_status prepare_nodes(const qf_fleet *fleet, qf_arena *arena, qf_group *group)
{
    static const char *const source_names[QF_HEAT_SOURCES] = {[QF_HEAT_CORE] = "core",
                                                              [QF_HEAT_PDU] = "pdu",
                                                              [QF_HEAT_SUPERCAP] = "supercap",
                                                              [QF_HEAT_BATTERY] = "battery",
                                                              [QF_HEAT_DOCK_BRIDGE] = "dock_bridge",
                                                              [QF_HEAT_HULL] = "hull"};
    const qf_hardware *hardware = &group->spec->hardware;
    qf_bot_group *bot = &group->bot;
    bot->n_nodes = n_active_nodes(hardware);
    bot->n_couplings = n_active_couplings(hardware);
    bot->core_node = bot->n_nodes;
    qf_bot_node *nodes = qf_arena_array(arena, bot->n_nodes, sizeof *nodes);
    size_t(*couplings)[2] = qf_arena_array(arena, bot->n_couplings, sizeof *couplings);
    if (!nodes || !couplings) {
        return QF_ERROR_MEMORY;
    }
    for (size_t n = 0; n < bot->n_nodes; n++) {
        size_t column = 0;
        while (strcmp(fleet->catalog.node_names[column], hardware->nodes[n].id) != 0) {
            column++;
        }
        nodes[n] =
            (qf_bot_node){.column = column, .source = QF_HEAT_NONE, .trip = fault_place(column)};
        for (qf_heat_source s = 0; s < QF_HEAT_SOURCES; s++) {
            if (strcmp(hardware->nodes[n].id, source_names[s]) == 0) {
                nodes[n].source = s;
            }
        }
        if (nodes[n].source == QF_HEAT_CORE) {
            bot->core_node = n;
            bot->core_trip = nodes[n].trip;
        }
        if (nodes[n].source == QF_HEAT_PDU) {
            bot->pdu_trip = nodes[n].trip;
        }
    }
    for (size_t k = 0; k < bot->n_couplings; k++) {
        couplings[k][0] = hardware->couplings[k].a;
        couplings[k][1] = hardware->couplings[k].b;
    }
    bot->nodes = nodes;
    bot->couplings = (const size_t(*)[2])couplings;
    return QF_OK;
}

static qf_status prepare_thrusters(qf_arena *arena, qf_group *group)
{
    const qf_hardware *hardware = &group->spec->hardware;
    group->pulse_window_s = hardware->parameter[QF_HW_PULSE_WINDOW].a;
    const size_t n = hardware->on[QF_HW_PROPULSION_ENABLED] ? hardware->n_thrusters : 0;
    double(*position_m)[3] = qf_arena_array(arena, n, sizeof *position_m);
    double(*force_n)[3] = qf_arena_array(arena, n, sizeof *force_n);
    if (!position_m || !force_n) {
        return QF_ERROR_MEMORY;
    }
    for (size_t t = 0; t < n; t++) {
        const qf_thruster *thruster = &hardware->thrusters[t];
        for (int d = 0; d < 3; d++) {
            position_m[t][d] = thruster->position_m[d];
            force_n[t][d] = thruster->f_max_n * thruster->direction[d];
        }
    }
    qf_rcs_find_groups((const double(*)[3])position_m, (const double(*)[3])force_n, n,
                       hardware->parameter[QF_HW_TORQUE_TOLERANCE].a, &group->bot.rcs);
    return QF_OK;
}

/* one array per coefficient, filled vehicle by vehicle; padding repeats the last vehicle */
/*
 * Slots whose coefficients somebody reads: own ones, and, where vehicles dock, those of all, for every rank closes
 * everybody's bridges.
 */
static qf_portion read_slots(const qf_fleet *fleet, const qf_group *group)
{
    const qf_portion *own = &fleet->own;
    qf_portion read = {.slot_begin = group->slot_begin,
                       .slot_end = group->slot_begin + group->n_slots};
    if (!group->spec->docking) {
        read.slot_begin = own->slot_begin > read.slot_begin ? own->slot_begin : read.slot_begin;
        read.slot_end = own->slot_end < read.slot_end ? own->slot_end : read.slot_end;
        read.slot_end = read.slot_end > read.slot_begin ? read.slot_end : read.slot_begin;
    }
    return read;
}

static qf_status prepare_dispersed(const qf_fleet *fleet, qf_arena *arena, qf_group *group,
                                   double *values, double *nodes, double *coefficient)
{
    const qf_portion read = read_slots(fleet, group);
    const size_t n = qf_group_n_coefficients(group->spec);
    double **column = qf_arena_array(arena, n, sizeof *column);
    if (!column) {
        return QF_ERROR_MEMORY;
    }
    for (size_t c = 0; c < n; c++) {
        column[c] = qf_arena_array(arena, read.slot_end - read.slot_begin, sizeof **column);
        if (!column[c]) {
            return QF_ERROR_MEMORY;
        }
    }
    for (size_t slot = read.slot_begin; slot < read.slot_end; slot++) {
        const size_t last = group->n_vehicles - 1;
        const size_t v = slot - group->slot_begin;
        const qf_entity e = qf_fleet_entity(fleet, group->entity_begin + (v < last ? v : last));
        const uint64_t seed = fleet->scenario->seed;
        qf_group_draw_hardware(group->spec, seed, e.number, e.vehicle, e.index, values, nodes);
        derive(group, values, nodes, coefficient);
        draw_couplings(group->spec, seed, e.number, e.vehicle, e.index, coefficient);
        for (size_t c = 0; c < n; c++) {
            column[c][slot - read.slot_begin] = coefficient[c];
        }
    }
    if (loses_cells(group->spec)) {
        column[QF_C_BATTERY_WH] = qf_f64(fleet, QF_FIELD_BATTERY_WH, 0) + read.slot_begin;
    }
    group->bot.column = (const double *const *)column;
    group->bot.origin = read.slot_begin;
    return QF_OK;
}

qf_status qf_group_prepare(qf_context *context, qf_fleet *fleet, qf_group *group)
{
    const qf_group_spec *spec = group->spec;
    qf_arena *arena = &fleet->arena;
    double *values = qf_arena_array(arena, QF_HW_COUNT, sizeof *values);
    double *nodes =
        qf_arena_array(arena, spec->hardware.n_nodes * QF_NODE_PARAMETER_COUNT, sizeof *nodes);
    double *coefficient = qf_arena_array(arena, qf_group_n_coefficients(spec), sizeof *coefficient);
    qf_status status = values && nodes && coefficient ? QF_OK : QF_ERROR_MEMORY;
    if (status == QF_OK) {
        status = prepare_nodes(fleet, arena, group);
    }
    if (status == QF_OK) {
        status = prepare_thrusters(arena, group);
    }
    if (status == QF_OK && qf_group_is_dispersed(spec)) {
        status = prepare_dispersed(fleet, arena, group, values, nodes, coefficient);
    } else if (status == QF_OK) {
        qf_group_draw_hardware(spec, fleet->scenario->seed, 0, 0, 0, values, nodes);
        derive(group, values, nodes, coefficient);
        draw_couplings(spec, fleet->scenario->seed, 0, 0, 0, coefficient);
    }
    if (status != QF_OK) {
        return qf_fail(context, status, "no memory for the parameters of group %s", spec->name);
    }
    const bool *on = spec->hardware.on;
    group->bot.uniform = coefficient;
    group->bot.ambient_c = fleet->scenario->ambient_c;
    group->bot.imu = on[QF_HW_SENSORS_ENABLED] && on[QF_HW_IMU_ENABLED];
    group->bot.dose_rate_usvh = on[QF_HW_SENSORS_ENABLED] && on[QF_HW_RADIATION_ENABLED]
                                    ? fmax(0.0, fleet->scenario->radiation_usvh)
                                    : 0.0;
    status = qf_body_prepare(context, fleet, group);
    if (status == QF_OK) {
        status = qf_incident_plan_create(context, fleet, group);
    }
    return status;
}

double qf_group_dry_kg(const qf_group_spec *spec)
{
    return spec->initial[QF_INITIAL_DRY_MASS].kind == QF_NUMBER_CASE ? 0.0 : spec->body->dry_kg;
}

qf_group qf_group_outline(const qf_scenario *scenario, size_t g)
{
    qf_group group = {.spec = &scenario->groups[g]};
    group.auction_ticks = scenario->auction.n_tasks > 0 ? scenario->auction.period_ticks : 0;
    for (size_t other = 0; other < scenario->n_groups; other++) {
        const qf_group_spec *spec = &scenario->groups[other];
        group.n_hulls += spec->body && spec->body->n_hull > 0 ? spec->count : 0;
    }
    return group;
}

bool qf_group_has_node(const qf_group *group, size_t node)
{
    for (size_t n = 0; n < group->bot.n_nodes; n++) {
        if (group->bot.nodes[n].column == node) {
            return true;
        }
    }
    return false;
}
