/* SPDX-License-Identifier: Apache-2.0 */
/* The table of one instruction set's kernels; compiled once per set, like the kernels themselves. */
#include "kernel_set.h"

#define QF_TEXT_(x) #x
#define QF_TEXT(x)  QF_TEXT_(x)

const qf_kernels QF_KERNEL(qf_kernels_of) = {
    .isa = QF_TEXT(QF_ISA),
    .kinematics = QF_KERNEL(qf_kinematics_step),
    .mcqpu = QF_KERNEL(qf_mcqpu_step),
    .propulsion = QF_KERNEL(qf_propulsion_step),
    .power = QF_KERNEL(qf_power_step),
    .thermal = QF_KERNEL(qf_thermal_step),
    .health = QF_KERNEL(qf_health_check),
    .near = QF_KERNEL(qf_near),
    .hide = QF_KERNEL(qf_radar_hide),
    .pair = QF_KERNEL(qf_radar_pair),
    .detect = QF_KERNEL(qf_radar_detect),
    .locate = QF_KERNEL(qf_radar_locate),
    .measure = QF_KERNEL(qf_radar_measure),
    .cover = QF_KERNEL(qf_radar_cover),
    .track = QF_KERNEL(qf_track_frame),
    .publish = QF_KERNEL(qf_track_publish),
    .guard = QF_KERNEL(qf_guard_step),
    .quality = QF_KERNEL(qf_track_quality_of),
    .program = QF_KERNEL(qf_program_run),
    .machine = QF_KERNEL(qf_machine_step),
    .dynamics = QF_KERNEL(qf_dynamics_step),
    .elements = QF_KERNEL(qf_orbit_elements),
    .sunlight = QF_KERNEL(qf_sunlight_step),
    .allocate = QF_KERNEL(qf_allocate),
    .guidance = QF_KERNEL(qf_guidance_step),
    .drive = QF_KERNEL(qf_drive_step),
    .firing = QF_KERNEL(qf_firing_step),
};
