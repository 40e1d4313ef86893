/* SPDX-License-Identifier: Apache-2.0 */
#include "hardware.h"

#include <math.h>
#include <string.h>

/* the fallbacks are the figures of the stock vehicle, where the reference names none */
const qf_hardware_parameter qf_hardware_table[QF_HW_COUNT] = {
#define ROW(id, plane_, key_, unit_, fallback_, low_, high_)                                       \
    [QF_HW_##id] = {plane_, {key_, unit_, fallback_, low_, high_, false}}
#define FIRST(id, plane_, key_, unit_, fallback_, low_, high_)                                     \
    [QF_HW_##id] = {plane_, {key_, unit_, fallback_, low_, high_, true}}
    ROW(BATTERY_CAPACITY, NULL, "power_capacity_wh", "W h", 500.0, 0.0, INFINITY),
    FIRST(BATTERY_SOC_INIT, NULL, "battery_soc_init_pct", "percent", 80.0, 0.0, 100.0),
    ROW(BUS_V_NOMINAL, "power_plane", "bus_v_nominal", "V", 28.0, 0.0, INFINITY),
    ROW(BUS_V_MIN, "power_plane", "bus_v_min", "V", 22.0, 0.0, INFINITY),
    ROW(MAX_BUS_A, "power_plane", "max_bus_a", "A", 5.0, 0.0, INFINITY),
    ROW(BATTERY_MAX_CHARGE, "power_plane", "battery_max_charge_w", "W", 120.0, 0.0, INFINITY),
    ROW(BATTERY_MAX_DISCHARGE, "power_plane", "battery_max_discharge_w", "W", 140.0, 0.0, INFINITY),
    ROW(BASE_POWER_IN, "power_plane", "base_power_in_w", "W", 30.0, 0.0, INFINITY),
    ROW(BASE_POWER_OUT, "power_plane", "base_power_out_w", "W", 60.0, 0.0, INFINITY),
    ROW(MOTION_POWER, "power_plane", "motion_power_w_per_mps", "W s m-1", 40.0, 0.0, INFINITY),
    ROW(MCQPU_POWER, "power_plane", "mcqpu_power_w_at_100pct", "W", 35.0, 0.0, INFINITY),
    ROW(RADAR_POWER, "power_plane", "radar_power_w", "W", 18.0, 0.0, INFINITY),
    ROW(TRANSPONDER_POWER, "power_plane", "transponder_power_w", "W", 6.0, 0.0, INFINITY),
    ROW(SOC_SHED_LOW, "power_plane", "soc_shed_low_pct", "percent", 20.0, 0.0, 100.0),
    ROW(SOC_SHED_HIGH, "power_plane", "soc_shed_high_pct", "percent", 30.0, 0.0, 100.0),
    ROW(SUPERCAP_CAPACITY, "power_plane", "supercap_capacity_wh", "W h", 5.0, 0.0, INFINITY),
    FIRST(SUPERCAP_SOC_INIT, "power_plane", "supercap_soc_pct_init", "percent", 70.0, 0.0, 100.0),
    ROW(SUPERCAP_MAX_CHARGE, "power_plane", "supercap_max_charge_w", "W", 120.0, 0.0, INFINITY),
    ROW(SUPERCAP_MAX_DISCHARGE, "power_plane", "supercap_max_discharge_w", "W", 200.0, 0.0,
        INFINITY),
    ROW(DOCK_STATION_V, "power_plane", "dock_station_bus_v", "V", 28.0, 0.0, INFINITY),
    ROW(DOCK_STATION_MAX_POWER, "power_plane", "dock_station_max_power_w", "W", 250.0, 0.0,
        INFINITY),
    ROW(DOCK_CURRENT_LIMIT, "power_plane", "dock_current_limit_a", "A", 10.0, 0.0, INFINITY),
    ROW(DOCK_SOFT_START, "power_plane", "dock_soft_start_s", "s", 2.0, 0.0, INFINITY),
    FIRST(NBL_MAX_POWER, "power_plane", "nbl_max_power_w", "W", 20.0, 0.0, INFINITY),
    ROW(NBL_SOC_MIN, "power_plane", "nbl_soc_min_pct", "percent", 35.0, 0.0, 100.0),
    ROW(NBL_CORE_TEMP_MAX, "power_plane", "nbl_core_temp_max_c", "degree_Celsius", 90.0, -273.15,
        INFINITY),
    ROW(AMBIENT_EXCHANGE, "thermal_plane", "ambient_exchange_w_per_c", "W K-1", 0.2, 0.0, INFINITY),
    FIRST(PROPELLANT_INIT, "propulsion_plane", "propellant_kg_init", "kg", 12.0, 0.0, INFINITY),
    ROW(ISP, "propulsion_plane", "isp_s", "s", 60.0, 0.0, INFINITY),
    ROW(RCS_POWER, "propulsion_plane", "rcs_power_w_at_100pct", "W", 80.0, 0.0, INFINITY),
    ROW(HEAT_FRACTION, "propulsion_plane", "heat_fraction_to_hull", "1", 0.35, 0.0, 1.0),
    ROW(PULSE_WINDOW, "propulsion_plane", "pulse_window_s", "s", 0.25, 0.0, INFINITY),
    ROW(TORQUE_TOLERANCE, "propulsion_plane", "ztt_torque_tol_nm", "N m", 25.0, 0.0, INFINITY),
#undef ROW
#undef FIRST
};

const qf_hardware_switch_row qf_hardware_switch_table[QF_HW_SWITCH_COUNT] = {
    [QF_HW_DOCK_CONNECTED_INIT] = {"power_plane", NULL, "dock_connected_init", false},
    [QF_HW_NBL_ACTIVE_INIT] = {"power_plane", NULL, "nbl_active_init", false},
    [QF_HW_THERMAL_ENABLED] = {"thermal_plane", NULL, "enabled", true},
    [QF_HW_PROPULSION_ENABLED] = {"propulsion_plane", NULL, "enabled", true},
    [QF_HW_SENSORS_ENABLED] = {"sensor_plane", NULL, "enabled", true},
    [QF_HW_IMU_ENABLED] = {"sensor_plane", "imu", "enabled", true},
    [QF_HW_RADIATION_ENABLED] = {"sensor_plane", "radiation", "enabled", true},
};

/* a node without a first temperature starts at the reference's ambient */
const qf_parameter qf_node_table[QF_NODE_PARAMETER_COUNT] = {
    [QF_NODE_HEAT_CAPACITY] = {"heat_capacity_j_per_c", "J K-1", 1.0, 0.0, INFINITY, false},
    [QF_NODE_COOLING] = {"cooling_w_per_c", "W K-1", 0.0, 0.0, INFINITY, false},
    [QF_NODE_T_INIT] = {"t_init_c", "degree_Celsius", -60.0, -120.0, 160.0, true},
    [QF_NODE_T_MAX] = {"t_max_c", "degree_Celsius", 0.0, -273.15, INFINITY, false},
    [QF_NODE_T_HYSTERESIS] = {"t_hysteresis_c", "K", 0.0, 0.0, INFINITY, false},
};

qf_hardware qf_hardware_default(void)
{
    qf_hardware hardware = {0};
    for (size_t i = 0; i < QF_HW_COUNT; i++) {
        hardware.parameter[i] = qf_constant(qf_hardware_table[i].parameter.fallback);
    }
    for (size_t i = 0; i < QF_HW_SWITCH_COUNT; i++) {
        hardware.on[i] = qf_hardware_switch_table[i].fallback;
    }
    return hardware;
}

size_t qf_hardware_node(const qf_hardware *hardware, const char *id)
{
    size_t node = 0;
    while (node < hardware->n_nodes && strcmp(hardware->nodes[node].id, id) != 0) {
        node++;
    }
    return node;
}
