/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_BITS_H
#define QF_BITS_H

/*
 * Truth values of a vehicle. They share one 64-bit word per vehicle, because a word has the width
 * of a double: kernels test and set them in the same lanes, without packing bytes, and a tick moves
 * 16 bytes for all of them. Recorded as one 0/1 dataset each.
 *
 * QF_FLAG(id, bit, role, "name", "long name"); roles as in fields.def.
 */
#define QF_FLAG_TABLE(QF_FLAG)                                                                     \
    QF_FLAG(RADAR_ENABLED, 0, INPUT, "radar_enabled", "radar switched on")                         \
    QF_FLAG(TRANSPONDER_ACTIVE, 1, INPUT, "transponder_active", "transponder switched on")         \
    QF_FLAG(DOCK_CONNECTED, 2, INPUT, "dock_connected", "dock connected")                          \
    QF_FLAG(NBL_ACTIVE, 3, INPUT, "nbl_active", "NBL payload switched on")                         \
    QF_FLAG(SHED_LOW_SOC, 4, STATE, "shed_low_soc", "shedding because of low charge")              \
    QF_FLAG(POWER_CRITICAL, 5, STATE, "power_critical", "charge at or below the critical level")   \
    QF_FLAG(NBL_ALLOWED, 6, STATE, "nbl_allowed", "NBL payload may draw power")                    \
    QF_FLAG(RADAR_ALLOWED, 7, STATE, "radar_allowed", "radar may draw power")                      \
    QF_FLAG(TRANSPONDER_ALLOWED, 8, STATE, "transponder_allowed", "transponder may draw power")    \
    QF_FLAG(LOAD_SHEDDING, 9, STATE, "load_shedding", "some load is shed")                         \
    QF_FLAG(PDU_THROTTLED, 10, STATE, "pdu_throttled", "motors or thrusters throttled by the PDU") \
    QF_FLAG(RCS_ACTIVE, 11, STATE, "rcs_active", "thrusters fire as commanded")                    \
    QF_FLAG(QUARANTINED, 12, STATE, "quarantined", "vehicle frozen after a fault of its numbers")  \
    QF_FLAG(BIOS_READY, 13, STATE, "bios_ready", "power-on self-test passed, all devices work")    \
    QF_FLAG(MISSION_RECEIVED, 14, INPUT, "mission_received", "a mission waits to be accepted")     \
    QF_FLAG(MISSION_ACTIVE, 15, STATE, "mission_active", "a mission was accepted")                 \
    QF_FLAG(MISSION_FINISHED, 16, STATE, "mission_finished", "a mission was finished")             \
    QF_FLAG(EMERGENCY_STOP, 17, INPUT, "emergency_stop", "motors and thrusters are locked")        \
    QF_FLAG(SAFE_MODE, 18, INPUT, "safe_mode", "only what keeps the vehicle alive is on")          \
    QF_FLAG(RADAR_BROKEN, 19, STATE, "radar_broken", "radar sees nothing")                         \
    QF_FLAG(RADIO_BROKEN, 20, STATE, "radio_broken", "transponder and radio are silent")           \
    QF_FLAG(IMU_BROKEN, 21, STATE, "imu_broken", "IMU gives no readings")                          \
    QF_FLAG(BEHAVIOR_DONE, 22, STATE, "behavior_done", "the active behaviour has done its work")   \
    QF_FLAG(DOCKED, 23, STATE, "docked", "hard captured with another vehicle")                     \
    QF_FLAG(COLLIDED, 24, STATE, "collided", "has collided with another vehicle")                  \
    QF_FLAG(LINK_LOST, 25, STATE, "link_lost", "knows of its target only what it heard before")    \
    QF_FLAG(AVOIDING, 26, STATE, "avoiding", "turns out of the way of one of its tracks")          \
    QF_FLAG(WRENCH_SATURATED, 27, STATE, "wrench_saturated", "thrusters cannot give what is wanted")

/*
 * Faults that are not a thermal node's. Each node has its own bit after these, in the order of the
 * fleet's node names: bit QF_FAULT_FIRST_NODE + k of the fault words, 64 to a word.
 */
#define QF_FAULT_TABLE(QF_FAULT)                                                                   \
    QF_FAULT(PDU_OVERCURRENT, 0)                                                                   \
    QF_FAULT(BATTERY_CAPACITY_ZERO, 1)                                                             \
    QF_FAULT(BATTERY_CHARGE_LIMIT, 2)                                                              \
    QF_FAULT(BATTERY_DISCHARGE_LIMIT, 3)                                                           \
    QF_FAULT(BATTERY_EMPTY, 4)

enum {
#define QF_FLAG(id, bit, role, name, long_name) QF_FLAG_##id##_BIT = bit,
    QF_FLAG_TABLE(QF_FLAG)
#undef QF_FLAG
#define QF_FAULT(id, bit) QF_FAULT_##id##_BIT = bit,
        QF_FAULT_TABLE(QF_FAULT)
#undef QF_FAULT
            QF_BITS_PER_WORD = 64,
    QF_FAULT_FIRST_NODE = 8, /* bits up to here are kept for faults yet to come */
};

#define QF_FLAG_BIT(id)  (UINT64_C(1) << QF_FLAG_##id##_BIT)
#define QF_FAULT_BIT(id) (UINT64_C(1) << QF_FAULT_##id##_BIT)

#endif
