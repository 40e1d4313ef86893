/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_HARDWARE_H
#define QF_HARDWARE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "incident_spec.h"
#include "number.h"

/*
 * The hardware profile of a group: the parameters of its power plane, thermal network and thrusters
 * as the profile file gives them. Any number may be a distribution; it is then drawn per vehicle.
 * Memory belongs to the scenario's arena.
 */

/* Scalar parameters. The value keys random draws (QF_STREAM_HARDWARE): append, never renumber. */
typedef enum qf_hardware_id {
    QF_HW_BATTERY_CAPACITY,
    QF_HW_BATTERY_SOC_INIT,
    QF_HW_BUS_V_NOMINAL,
    QF_HW_BUS_V_MIN,
    QF_HW_MAX_BUS_A,
    QF_HW_BATTERY_MAX_CHARGE,
    QF_HW_BATTERY_MAX_DISCHARGE,
    QF_HW_BASE_POWER_IN,
    QF_HW_BASE_POWER_OUT,
    QF_HW_MOTION_POWER,
    QF_HW_MCQPU_POWER,
    QF_HW_RADAR_POWER,
    QF_HW_TRANSPONDER_POWER,
    QF_HW_SOC_SHED_LOW,
    QF_HW_SOC_SHED_HIGH,
    QF_HW_SUPERCAP_CAPACITY,
    QF_HW_SUPERCAP_SOC_INIT,
    QF_HW_SUPERCAP_MAX_CHARGE,
    QF_HW_SUPERCAP_MAX_DISCHARGE,
    QF_HW_DOCK_STATION_V,
    QF_HW_DOCK_STATION_MAX_POWER,
    QF_HW_DOCK_CURRENT_LIMIT,
    QF_HW_DOCK_SOFT_START,
    QF_HW_NBL_MAX_POWER,
    QF_HW_NBL_SOC_MIN,
    QF_HW_NBL_CORE_TEMP_MAX,
    QF_HW_AMBIENT_EXCHANGE,
    QF_HW_PROPELLANT_INIT,
    QF_HW_ISP,
    QF_HW_RCS_POWER,
    QF_HW_HEAT_FRACTION,
    QF_HW_PULSE_WINDOW,
    QF_HW_TORQUE_TOLERANCE,
    QF_HW_COUNT
} qf_hardware_id;

/* Truth values. */
typedef enum qf_hardware_switch {
    QF_HW_DOCK_CONNECTED_INIT,
    QF_HW_NBL_ACTIVE_INIT,
    QF_HW_THERMAL_ENABLED,
    QF_HW_PROPULSION_ENABLED,
    QF_HW_SENSORS_ENABLED,
    QF_HW_IMU_ENABLED,
    QF_HW_RADIATION_ENABLED,
    QF_HW_SWITCH_COUNT
} qf_hardware_switch;

/* Parameters of one thermal node, and where in the draw numbers they stand. */
typedef enum qf_node_id {
    QF_NODE_HEAT_CAPACITY,
    QF_NODE_COOLING,
    QF_NODE_T_INIT,
    QF_NODE_T_MAX,
    QF_NODE_T_HYSTERESIS,
    QF_NODE_PARAMETER_COUNT
} qf_node_id;

enum {
    QF_HARDWARE_DRAW_NODE = 1 << 12,     /* + 16 * node + parameter */
    QF_HARDWARE_DRAW_COUPLING = 1 << 20, /* + coupling */
    QF_MAX_THERMAL_NODES = 1000,         /* per group; keeps the draw numbers apart */
    QF_MAX_COUPLINGS = 1000000,
};

/* One row of the parameter tables: where it stands in the profile and what it may be. */
typedef struct qf_parameter {
    const char *key; /* within its plane or node */
    const char *unit;
    double fallback; /* where the profile does not say */
    double low;      /* allowed range, inclusive */
    double high;
    bool first_value; /* read once, when the vehicle starts: no coefficient depends on it */
} qf_parameter;

typedef struct qf_hardware_parameter {
    const char *plane; /* key of the plane in hardware_profile; NULL: at its top */
    qf_parameter parameter;
} qf_hardware_parameter;

typedef struct qf_hardware_switch_row {
    const char *plane;
    const char *section; /* within the plane, NULL: none */
    const char *key;
    bool fallback;
} qf_hardware_switch_row;

extern const qf_hardware_parameter qf_hardware_table[QF_HW_COUNT];
extern const qf_hardware_switch_row qf_hardware_switch_table[QF_HW_SWITCH_COUNT];
extern const qf_parameter qf_node_table[QF_NODE_PARAMETER_COUNT];

typedef struct qf_thermal_node {
    const char *id;
    qf_number parameter[QF_NODE_PARAMETER_COUNT];
} qf_thermal_node;

typedef struct qf_coupling {
    size_t a; /* nodes */
    size_t b;
    qf_number k_w_per_c; /* >= 0 */
} qf_coupling;

typedef struct qf_thruster {
    double position_m[3];
    double direction[3];
    double f_max_n;
} qf_thruster;

typedef struct qf_hardware {
    qf_number parameter[QF_HW_COUNT];
    bool on[QF_HW_SWITCH_COUNT];
    const qf_thermal_node *nodes;
    size_t n_nodes;
    const qf_coupling *couplings;
    size_t n_couplings;
    const qf_thruster *thrusters; /* in the order of their index */
    size_t n_thrusters;
    const qf_device *devices; /* actuators by role, then sensors by id */
    size_t n_devices;
} qf_hardware;

/* Every parameter at its fallback, no nodes, no thrusters. */
qf_hardware qf_hardware_default(void);

/* Index of the node with this id, or n_nodes. */
size_t qf_hardware_node(const qf_hardware *hardware, const char *id);

#endif
