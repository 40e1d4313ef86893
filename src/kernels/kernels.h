/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_KERNELS_H
#define QF_KERNELS_H

#include "body.h"
#include "bot.h"
#include "differential_drive.h"
#include "guard.h"
#include "guidance_law.h"
#include "health.h"
#include "neighbours.h"
#include "radar.h"
#include "state_machine.h"
#include "track.h"
#include "track_quality.h"

/*
 * The kernels, compiled once per instruction set from the same sources; all give the same bits.
 * QF_ISA is the suffix of the set that a source is being compiled for.
 */
typedef void qf_bot_kernel(const qf_bot_columns *columns, const qf_bot_group *group,
                           const qf_bot_tick *tick, qf_bot_scratch *scratch, size_t begin,
                           size_t end);

/* Returns whether a bit changed that an event is made of. */
typedef bool qf_bot_watched_kernel(const qf_bot_columns *columns, const qf_bot_group *group,
                                   const qf_bot_tick *tick, qf_bot_scratch *scratch, size_t begin,
                                   size_t end);

/* The same for rigid bodies; scratch->body is there. */
typedef void qf_body_kernel(const qf_body_columns *columns, const qf_body_group *group,
                            const qf_bot_tick *tick, qf_bot_scratch *scratch, size_t begin,
                            size_t end);

/* Control's thrusters: firing.h. */
typedef void qf_firing_kernel(const qf_bot_columns *columns, const qf_bot_group *group,
                              const qf_firing *firing, const qf_bot_tick *tick,
                              qf_bot_scratch *scratch, size_t begin, size_t end);

/* Whether all values of slots [begin, end) lie in their ranges. */
typedef bool qf_health_kernel(const qf_health_range *ranges, size_t n_ranges, size_t begin,
                              size_t end);

typedef struct qf_kernels {
    const char *isa;
    qf_bot_kernel *kinematics;
    qf_bot_kernel *mcqpu;
    qf_bot_watched_kernel *propulsion;
    qf_bot_watched_kernel *power;
    qf_bot_watched_kernel *thermal;
    qf_health_kernel *health;
    qf_near_kernel *near;
    qf_hide_kernel *hide;
    qf_pair_kernel *pair;
    qf_detect_kernel *detect;
    qf_locate_kernel *locate;
    qf_measure_kernel *measure;
    qf_cover_kernel *cover;
    qf_track_kernel *track;
    qf_track_publish_kernel *publish;
    qf_guard_kernel *guard;
    qf_track_quality_kernel *quality;
    qf_program_kernel *program;
    qf_machine_kernel *machine;
    qf_body_kernel *dynamics;
    qf_body_kernel *elements;
    qf_body_kernel *sunlight;
    qf_allocate_kernel *allocate;
    qf_guidance_kernel *guidance;
    qf_drive_kernel *drive;
    qf_firing_kernel *firing;
} qf_kernels;

/* Instruction sets of this build, best first; ends with NULL. "generic" is always the last. */
extern const char *const qf_isa_names[];

/* The kernels of that set, or NULL when this processor or build does not have it. */
const qf_kernels *qf_kernels_for(const char *isa);

/* The best that this processor can run. */
const qf_kernels *qf_kernels_best(void);

#ifdef QF_ISA
#define QF_JOIN_(a, b)  a##_##b
#define QF_JOIN(a, b)   QF_JOIN_(a, b)
#define QF_KERNEL(name) QF_JOIN(name, QF_ISA)

qf_bot_kernel QF_KERNEL(qf_kinematics_step);
qf_bot_kernel QF_KERNEL(qf_mcqpu_step);
qf_bot_watched_kernel QF_KERNEL(qf_propulsion_step);
qf_bot_watched_kernel QF_KERNEL(qf_power_step);
qf_bot_watched_kernel QF_KERNEL(qf_thermal_step);
qf_health_kernel QF_KERNEL(qf_health_check);
qf_near_kernel QF_KERNEL(qf_near);
qf_hide_kernel QF_KERNEL(qf_radar_hide);
qf_pair_kernel QF_KERNEL(qf_radar_pair);
qf_detect_kernel QF_KERNEL(qf_radar_detect);
qf_locate_kernel QF_KERNEL(qf_radar_locate);
qf_measure_kernel QF_KERNEL(qf_radar_measure);
qf_cover_kernel QF_KERNEL(qf_radar_cover);
qf_track_kernel QF_KERNEL(qf_track_frame);
qf_track_publish_kernel QF_KERNEL(qf_track_publish);
qf_guard_kernel QF_KERNEL(qf_guard_step);
qf_track_quality_kernel QF_KERNEL(qf_track_quality_of);
qf_program_kernel QF_KERNEL(qf_program_run);
qf_machine_kernel QF_KERNEL(qf_machine_step);
qf_body_kernel QF_KERNEL(qf_dynamics_step);
qf_body_kernel QF_KERNEL(qf_orbit_elements);
qf_body_kernel QF_KERNEL(qf_sunlight_step);
qf_allocate_kernel QF_KERNEL(qf_allocate);
qf_guidance_kernel QF_KERNEL(qf_guidance_step);
qf_drive_kernel QF_KERNEL(qf_drive_step);
qf_firing_kernel QF_KERNEL(qf_firing_step);
#endif

#endif
