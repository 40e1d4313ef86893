/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_DOCKING_SPEC_H
#define QF_DOCKING_SPEC_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Ports of a group's vehicles, as scenario data: the reference's ports file and what it does not say. Memory belongs
 * to the scenario's arena.
 */
typedef struct qf_port_spec {
    const char *id;
    double position_m[3]; /* body frame */
    /* unit, out of the vehicle: the Z axis of the port's frame, or its opposite, whichever points away from the
       centre */
    double axis[3];
    double clock[3];     /* unit: the X axis of the port's frame, for the angle about the axis */
    bool soft, hard;     /* capture modes */
    bool power, data;    /* bridges; "full" is both */
    double hard_force_n; /* most pull that the hard latch takes */
    double quat_xyzw[4]; /* of the port's frame, unit, as it was given */
} qf_port_spec;

/* What a contact has to be for a capture; else it is a collision. */
typedef struct qf_capture_spec {
    double lateral_m; /* between the ports, across the target's axis */
    double axial_mps; /* closing speed */
    double lateral_mps;
    double angle_rad; /* between the axes */
    double clock_rad; /* about the axis; pi: any */
    double rate_rps;  /* of one against the other */
    double soft_s;    /* from soft to hard capture */
} qf_capture_spec;

enum { QF_PORTS_MOST = 16 }; /* of a vehicle */

/* What a contact that is no capture has failed by: the first of these. */
typedef enum qf_capture_limit {
    QF_CAPTURE_TAKEN, /* the target's port is */
    QF_CAPTURE_MODE,  /* one of the ports has no soft capture */
    QF_CAPTURE_LATERAL,
    QF_CAPTURE_AXIAL_SPEED,
    QF_CAPTURE_LATERAL_SPEED,
    QF_CAPTURE_ANGLE,
    QF_CAPTURE_CLOCK,
    QF_CAPTURE_RATE,
    QF_CAPTURE_LIMITS, /* none */
} qf_capture_limit;

extern const char *const qf_capture_limit_names[QF_CAPTURE_LIMITS];

/* The subject of event 523: the limit and the port; its value is what was measured. Never that of a port alone. */
static inline int qf_capture_subject(qf_capture_limit limit, size_t port)
{
    return QF_PORTS_MOST * ((int)limit + 1) + (int)port;
}

/* And back. QF_CAPTURE_LIMITS: it is no such subject. */
static inline qf_capture_limit qf_capture_limit_of(int subject)
{
    const int limit = subject / QF_PORTS_MOST - 1;
    return limit >= 0 && limit < QF_CAPTURE_LIMITS ? (qf_capture_limit)limit : QF_CAPTURE_LIMITS;
}

typedef struct qf_docking_spec {
    const qf_port_spec *ports;
    size_t n_ports;
    qf_capture_spec capture; /* as a target */
} qf_docking_spec;

qf_capture_spec qf_capture_default(void);

/*
 * Position, axis and clock of a port from its pose in the body frame; `quat_xyzw` as the reference's ports file writes
 * it, of any length but zero. Where neither Z nor its opposite points away from the centre (the port lies in the plane
 * of its own X and Y, or in the centre), the axis is Z. False, the port as it was: numbers that are not finite, or
 * a quaternion of length zero.
 */
bool qf_port_from_pose(const double position_m[3], const double quat_xyzw[4], qf_port_spec *port);

#endif
