/* SPDX-License-Identifier: Apache-2.0 */
#include "bot_tick.h"

#include <math.h>

#include "group.h"
#include "scalar_math.h"

#define CPU_TAU_S       2.0 /* world.md section 2 */
#define MEM_TAU_S       4.0
#define ROLL_SWING_RAD  (2.0 * QF_RAD_PER_DEG) /* world.md section 1 */
#define VALVE_STAGGER   0.07                   /* of a window, from thruster to thruster */
#define PITCH_SWING_RAD (1.5 * QF_RAD_PER_DEG)

static double roll_rad(double clock_s)
{
    return ROLL_SWING_RAD * qf_sin(0.6 * clock_s);
}

static double pitch_rad(double clock_s)
{
    return PITCH_SWING_RAD * qf_cos(0.4 * clock_s);
}

void qf_bot_attitude(int64_t tick, double clock_s, double *roll, double *pitch)
{
    *roll = tick > 0 ? roll_rad(clock_s) : 0.0;
    *pitch = tick > 0 ? pitch_rad(clock_s) : 0.0;
}

qf_bot_tick qf_tick_constants(const qf_fleet *fleet, int64_t tick, double clock_before_s,
                              double clock_s, bool observed)
{
    const double dt_s = fleet->scenario->dt_s;
    /* the reference's first difference is to zero angles, not to those of time zero */
    double roll_before_rad;
    double pitch_before_rad;
    qf_bot_attitude(tick, clock_before_s, &roll_before_rad, &pitch_before_rad);
    qf_bot_tick constants = {
        .dt_s = dt_s,
        .roll_rad = roll_rad(clock_s),
        .pitch_rad = pitch_rad(clock_s),
        .cpu_gain = 1.0 - qf_exp(-dt_s / CPU_TAU_S),
        .mem_gain = 1.0 - qf_exp(-dt_s / MEM_TAU_S),
        .observed = observed,
    };
    constants.roll_rate_rps = (constants.roll_rad - roll_before_rad) / dt_s;
    constants.pitch_rate_rps = (constants.pitch_rad - pitch_before_rad) / dt_s;
    return constants;
}

double qf_valve_threshold(double phase, int thruster)
{
    const double turns = phase + VALVE_STAGGER * thruster; /* >= 0: the rest is exact */
    return turns - floor(turns);
}

void qf_tick_set_valves(qf_bot_tick *constants, const qf_group *group, double clock_s)
{
    const qf_rcs_table *rcs = &group->bot.rcs;
    const double window_s = group->pulse_window_s;
    const double phase = window_s > 1e-6 ? fmod(clock_s, window_s) / window_s : 0.0;
    constants->pulse_phase = phase;
    for (int axis = 0; axis <= QF_RCS_AXES; axis++) {
        for (int k = 0; k < QF_RCS_MAX_GROUP; k++) {
            constants->valve_threshold[k][axis] =
                k < rcs->n_thrusters[axis] ? qf_valve_threshold(phase, rcs->thruster[axis][k])
                                           : (double)INFINITY;
        }
    }
}

qf_bot_columns qf_tick_columns(const qf_fleet *fleet)
{
    const bool bodies = fleet->catalog.n_of_shape[QF_SHAPE_BODY] > 0;
    const bool docks = fleet->catalog.n_of_shape[QF_SHAPE_DOCKING] > 0;
#define COLUMN(id) qf_f64(fleet, QF_FIELD_##id, 0)
    return (qf_bot_columns){
        .x_m = COLUMN(X),
        .y_m = COLUMN(Y),
        .heading_deg = COLUMN(HEADING),
        .heading_sin = COLUMN(HEADING_SIN),
        .heading_cos = COLUMN(HEADING_COS),
        .speed_mps = COLUMN(SPEED),
        .roll_rad = COLUMN(ROLL),
        .pitch_rad = COLUMN(PITCH),
        .yaw_rad = COLUMN(YAW),
        .roll_rate_rps = COLUMN(ROLL_RATE),
        .pitch_rate_rps = COLUMN(PITCH_RATE),
        .yaw_rate_rps = COLUMN(YAW_RATE),
        .dose_usv = COLUMN(DOSE),
        .cpu_pct = COLUMN(CPU),
        .mem_pct = COLUMN(MEM),
        .sensor_queue = COLUMN(SENSOR_QUEUE),
        .actuator_queue = COLUMN(ACTUATOR_QUEUE),
        .soc_pct = COLUMN(SOC),
        .soc_min_pct = COLUMN(SOC_MIN),
        .supercap_wh = COLUMN(SUPERCAP_WH),
        .dock_since_s = COLUMN(DOCK_SINCE),
        .nbl_max_w = COLUMN(NBL_MAX),
        .bus_v = COLUMN(BUS_V),
        .bus_a = COLUMN(BUS_A),
        .power_in_w = COLUMN(POWER_IN),
        .power_out_w = COLUMN(POWER_OUT),
        .load_motion_w = COLUMN(LOAD_MOTION),
        .load_mcqpu_w = COLUMN(LOAD_MCQPU),
        .load_radar_w = COLUMN(LOAD_RADAR),
        .load_transponder_w = COLUMN(LOAD_TRANSPONDER),
        .load_nbl_w = COLUMN(LOAD_NBL),
        .load_rcs_w = COLUMN(LOAD_RCS),
        .supercap_soc_pct = COLUMN(SUPERCAP_SOC),
        .supercap_charge_w = COLUMN(SUPERCAP_CHARGE),
        .supercap_discharge_w = COLUMN(SUPERCAP_DISCHARGE),
        .battery_charge_w = COLUMN(BATTERY_CHARGE),
        .battery_discharge_w = COLUMN(BATTERY_DISCHARGE),
        .battery_spill_w = COLUMN(BATTERY_SPILL),
        .battery_unserved_w = COLUMN(BATTERY_UNSERVED),
        .dock_power_w = COLUMN(DOCK_POWER),
        .dock_a = COLUMN(DOCK_A),
        .dock_soft_start_pct = COLUMN(DOCK_SOFT_START),
        .solar_w = bodies ? COLUMN(SOLAR_POWER) : NULL,
        .bridge_w = bodies ? COLUMN(BRIDGE_POWER) : NULL,
        .bond_kg = docks ? COLUMN(BOND_MASS) : NULL,
        .rcs_axis = qf_i64(fleet, QF_FIELD_RCS_AXIS, 0),
        .rcs_pct = COLUMN(RCS_PCT),
        .rcs_time_left_s = COLUMN(RCS_TIME_LEFT),
        .propellant_kg = COLUMN(PROPELLANT),
        .rcs_duty_pct = COLUMN(RCS_DUTY),
        .rcs_force_n = {COLUMN(RCS_FORCE_X), COLUMN(RCS_FORCE_Y), COLUMN(RCS_FORCE_Z)},
        .rcs_torque_nm = {COLUMN(RCS_TORQUE_X), COLUMN(RCS_TORQUE_Y), COLUMN(RCS_TORQUE_Z)},
        .flags = qf_u64(fleet, QF_FIELD_FLAGS, 0),
        .faults = fleet->faults,
        .temp_c = fleet->temp_c,
    };
#undef COLUMN
}
