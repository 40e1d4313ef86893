/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_BOT_H
#define QF_BOT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bits.h"

/*
 * What the kernels of the reference's vehicle share: its columns, the coefficients of its group and
 * the constants of one tick. Equations: world.md of the reference, restated in docs/model.md.
 *
 * A kernel computes [begin, end) of the columns. Columns are indexed by slot; scratch, which hands
 * values of one tick from kernel to kernel, is indexed by slot - begin. Every pointer is distinct.
 */
typedef struct qf_bot_columns {
    /* kinematics, IMU, dose */
    double *x_m, *y_m;
    const double *heading_deg, *heading_sin, *heading_cos, *speed_mps;
    double *roll_rad, *pitch_rad, *yaw_rad;
    double *roll_rate_rps, *pitch_rate_rps, *yaw_rate_rps;
    double *dose_usv;
    /* on-board computer */
    double *cpu_pct, *mem_pct;
    const double *sensor_queue, *actuator_queue;
    /* power */
    double *soc_pct, *soc_min_pct, *supercap_wh, *dock_since_s;
    const double *nbl_max_w;
    double *bus_v, *bus_a, *power_in_w, *power_out_w;
    double *load_motion_w, *load_mcqpu_w, *load_radar_w, *load_transponder_w, *load_nbl_w,
        *load_rcs_w;
    double *supercap_soc_pct, *supercap_charge_w, *supercap_discharge_w;
    double *battery_charge_w, *battery_discharge_w, *battery_spill_w, *battery_unserved_w;
    double *dock_power_w, *dock_a, *dock_soft_start_pct;
    const double *solar_w, *bridge_w; /* of rigid bodies; NULL: there are none */
    /* thrusters */
    const int64_t *rcs_axis;
    double *rcs_pct, *rcs_time_left_s, *propellant_kg;
    const double *bond_kg; /* of rigid bodies: docked where above 0; NULL: nothing docks */
    double *rcs_duty_pct;
    double *rcs_force_n[3], *rcs_torque_nm[3];
    /* switches, conditions, faults */
    uint64_t *flags;
    uint64_t *const *faults; /* fault words */
    double *const *temp_c;   /* by node of the fleet */
} qf_bot_columns;

/*
 * Coefficients: the parameters of a group as the kernels use them, derived once. They are the same
 * for a whole group, or, where a parameter is dispersed, one array per coefficient.
 */
typedef enum qf_coefficient {
    QF_C_BASE_IN_W,
    QF_C_BASE_OUT_W,
    QF_C_MOTION_W_PER_MPS,
    QF_C_MCQPU_W,
    QF_C_RADAR_W,
    QF_C_TRANSPONDER_W,
    QF_C_BUS_V_MIN,
    QF_C_BUS_V_SPAN, /* nominal above minimum, >= 0 */
    QF_C_MAX_BUS_A,
    QF_C_SHED_LOW_PCT,
    QF_C_SHED_HIGH_PCT,
    QF_C_SOC_CRITICAL_PCT,
    QF_C_NBL_SOC_MIN_PCT,
    QF_C_NBL_CORE_MAX_C, /* infinite where there is no core node */
    QF_C_DOCK_AVAILABLE_W,
    QF_C_DOCK_DIVISOR_V,    /* the station's voltage, infinite where it has none */
    QF_C_DOCK_SOFT_START_S, /* > 0 */
    QF_C_SUPERCAP_WH,
    QF_C_SUPERCAP_DIVISOR_WH,      /* the same, but 1 where there is no supercapacitor */
    QF_C_SUPERCAP_MAX_CHARGE_W,    /* 0 where there is no supercapacitor */
    QF_C_SUPERCAP_MAX_DISCHARGE_W, /* likewise */
    QF_C_BATTERY_WH,               /* 1 where there is no battery: the ceiling says so */
    QF_C_SOC_CEILING_PCT,          /* 100, 0 where there is no battery */
    QF_C_BATTERY_MAX_CHARGE_W,     /* infinite where the profile sets no limit */
    QF_C_BATTERY_MAX_DISCHARGE_W,  /* likewise */
    QF_C_EXHAUST_MPS,              /* specific impulse times standard gravity */
    QF_C_RCS_W,
    QF_C_HULL_HEAT_FRACTION,
    QF_C_FIRST_NODE, /* then QF_C_PER_NODE for each node of the group, then one per coupling */
} qf_coefficient;

enum {
    QF_C_NODE_LOSS_W_PER_C,     /* cooling plus ambient exchange */
    QF_C_NODE_CAPACITY_J_PER_C, /* >= 1 */
    QF_C_NODE_TRIP_C,           /* infinite where the node has no limit */
    QF_C_NODE_CLEAR_C,
    QF_C_PER_NODE,
};

enum { QF_RCS_AXES = 6, QF_RCS_MAX_GROUP = 4 };

/* 0 is no axis, so that an axis fits a table that starts with "none". */
typedef enum qf_rcs_axis {
    QF_AXIS_NONE,
    QF_AXIS_FORWARD,
    QF_AXIS_AFT,
    QF_AXIS_PORT,
    QF_AXIS_STARBOARD,
    QF_AXIS_UP,
    QF_AXIS_DOWN,
} qf_rcs_axis;

/* What the thrusters of each axis do together at full duty, by qf_rcs_axis; zero for no group. */
typedef struct qf_rcs_table {
    double force_n[3][QF_RCS_AXES + 1];
    double torque_nm[3][QF_RCS_AXES + 1];
    double thrust_sum_n[QF_RCS_AXES + 1]; /* sum of |F_i|; 0 marks an axis without a group */
    double valve_share[QF_RCS_AXES + 1];  /* 1 / number of thrusters */
    int n_thrusters[QF_RCS_AXES + 1];
    int thruster[QF_RCS_AXES + 1][QF_RCS_MAX_GROUP];
} qf_rcs_table;

/* Which node of the group plays which part; the heat of a part without a node is lost. */
typedef enum qf_heat_source {
    QF_HEAT_CORE,
    QF_HEAT_PDU,
    QF_HEAT_SUPERCAP,
    QF_HEAT_BATTERY,
    QF_HEAT_DOCK_BRIDGE,
    QF_HEAT_HULL,
    QF_HEAT_SOURCES,
    QF_HEAT_NONE = QF_HEAT_SOURCES,
} qf_heat_source;

/* A bit of the fault words. */
typedef struct qf_fault_place {
    size_t word;
    int bit;
    uint64_t mask; /* of the bit, 0 where there is no such node */
} qf_fault_place;

typedef struct qf_bot_node {
    size_t column;         /* of temp_c */
    qf_heat_source source; /* what heats it */
    qf_fault_place trip;
} qf_bot_node;

/*
 * What may break of a group's vehicles. Thrusters by index; columns are indexed by slot. A vehicle whose thrusters
 * are hurt has a bit of `thrusters` in `standing`.
 */
typedef struct qf_bot_damage {
    const uint64_t *standing; /* incidents of the vehicle that stand */
    uint64_t thrusters;       /* those that hurt a thruster */
    size_t n_thrusters;
    const double *const *health;  /* share of its thrust that it gives, by thruster */
    const uint64_t *stuck_on;     /* thrusters that cannot be closed, one bit each */
    const double (*force_n)[3];   /* at full thrust */
    const double (*torque_nm)[3]; /* likewise */
    const double *thrust_n;       /* |force| */
    const double *valve_share;    /* of the group's valve power that it draws when it is open */
} qf_bot_damage;

typedef struct qf_bot_group {
    const double *uniform;       /* coefficients, by number */
    const double *const *column; /* by number, indexed by slot - origin; NULL: none is dispersed */
    size_t origin;
    const qf_bot_node *nodes;
    size_t n_nodes;
    const size_t (*couplings)[2]; /* nodes of the group that exchange heat */
    size_t n_couplings;
    qf_rcs_table rcs;
    double ambient_c;
    double dose_rate_usvh; /* 0 where there is no sensor */
    bool imu;
    size_t core_node; /* node of the group, or n_nodes */
    qf_fault_place core_trip, pdu_trip;
    const qf_bot_damage *damage;      /* NULL: nothing of it breaks */
    const struct qf_body_group *body; /* NULL: a bot (body.h) */
} qf_bot_group;

/* What is the same for every vehicle of a group in one tick. */
typedef struct qf_bot_tick {
    double dt_s;
    double roll_rad, pitch_rad, roll_rate_rps, pitch_rate_rps;
    double cpu_gain, mem_gain; /* 1 - exp(-dt / tau) */
    /* duty above which a valve of the axis' k-th thruster is open at this moment */
    double valve_threshold[QF_RCS_MAX_GROUP][QF_RCS_AXES + 1];
    double pulse_phase; /* of the group's pulse window, in [0, 1) */
    bool observed;      /* somebody looks after this tick: write the output columns */
} qf_bot_tick;

/*
 * A block is what one thread advances in one go and what stays in its cache meanwhile. The size is
 * a constant that never depends on threads or ranks; it is small enough that two thousand vehicles
 * keep two cores busy alike (in blocks of 1024 one of them would do three quarters of the work).
 */
enum { QF_BLOCK_VEHICLES = 256 };

/* What the loops of the power kernel hand on to each other. */
typedef struct qf_power_rows {
    double bus_v[QF_BLOCK_VEHICLES];
    double in_w[QF_BLOCK_VEHICLES];         /* base and dock, then the supercapacitor too */
    double out_w[QF_BLOCK_VEHICLES];        /* base and loads, then the supercapacitor too */
    uint64_t conditions[QF_BLOCK_VEHICLES]; /* flags, as far as they are decided */
} qf_power_rows;

/*
 * Values of one tick on their way from kernel to kernel, for the vehicles of a block.
 * `heat_w` has one row per qf_heat_source; `net_w` one per node of the group.
 */
typedef struct qf_bot_scratch {
    qf_power_rows power;
    double rcs_w[QF_BLOCK_VEHICLES];
    double rcs_duty[QF_BLOCK_VEHICLES];
    double heat_w[QF_HEAT_SOURCES][QF_BLOCK_VEHICLES];
    double (*net_w)[QF_BLOCK_VEHICLES]; /* n_nodes rows */
    struct qf_body_scratch *body;       /* NULL: there are no rigid bodies */
} qf_bot_scratch;

/* Bits that an event is made of; a kernel returns those that it changed in any vehicle. */
#define QF_WATCHED_FLAGS                                                                           \
    (QF_FLAG_BIT(SHED_LOW_SOC) | QF_FLAG_BIT(POWER_CRITICAL) | QF_FLAG_BIT(RCS_ACTIVE))

#endif
