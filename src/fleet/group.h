/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_GROUP_H
#define QF_GROUP_H

#include <stdbool.h>
#include <stddef.h>

#include "bot.h"
#include "catalog.h"
#include "fleet.h"

/*
 * A group of a fleet: where its vehicles stand, and its parameters as the kernels want them.
 * Memory belongs to the fleet's arena.
 */
struct qf_group {
    const qf_group_spec *spec;
    size_t n_vehicles; /* over all worlds */
    size_t entity_begin;
    size_t vehicle_begin; /* vehicles of earlier groups in each world */
    size_t slot_begin;
    size_t n_slots; /* padded */
    double pulse_window_s;
    qf_bot_group bot;
    const struct qf_incident_plan *incidents; /* NULL: no self-test, and nothing breaks */
    size_t next_command;                      /* of spec->script: the first not yet applied */
    int64_t auction_ticks; /* from auction to auction of tasks, 0: there is none */
    size_t n_hulls;        /* vehicles of a world that have one, of all groups */
};

/* A group as far as the scenario tells, before it has vehicles: enough for periods of stages. */
qf_group qf_group_outline(const qf_scenario *scenario, size_t g);

/* Whether a vehicle of the group has parameters of its own that coefficients depend on: drawn, or lost cells. */
bool qf_group_is_dispersed(const qf_group_spec *spec);

/* Coefficients of one vehicle of such a group, nodes and couplings included. */
size_t qf_group_n_coefficients(const qf_group_spec *spec);

/* Thermal nodes of the group that has most of them: what scratch memory must hold. */
size_t qf_group_most_nodes(const qf_scenario *scenario);

/* Derives coefficients, node places and thruster groups; dispersed coefficients are drawn. */
qf_status qf_group_prepare(qf_context *context, qf_fleet *fleet, qf_group *group);

/*
 * The parameters of one vehicle: the group's, or its own draws. `values` takes QF_HW_COUNT numbers,
 * `nodes` QF_NODE_PARAMETER_COUNT for each node.
 */
void qf_group_draw_hardware(const qf_group_spec *spec, uint64_t seed, uint32_t world,
                            uint32_t vehicle, uint32_t index, double *values, double *nodes);

/* The dry mass that a body's inertia is of; 0: of each vehicle's own, where that is a case's. */
double qf_group_dry_kg(const qf_group_spec *spec);

/* Whether the group has that thermal node of the fleet. */
bool qf_group_has_node(const qf_group *group, size_t node);

#endif
