/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_DOCKING_APPROACH_H
#define QF_DOCKING_APPROACH_H

#include "group.h"
#include "port_view.h"

/*
 * Who may dock with whom: a vehicle whose active behaviour is an approach, with its own port of that behaviour at the
 * target's port of it. Nobody else does, however near ports come to each other.
 */
typedef struct qf_approach {
    const qf_guidance_spec *spec;
    size_t own, target; /* entities */
    const qf_port_spec *own_port, *target_port;
    const qf_capture_spec *capture; /* the target's */
} qf_approach;

/* False: the vehicle, or its target, is not healthy, or it approaches nobody. */
bool qf_approach_of(const qf_fleet *fleet, size_t entity, qf_approach *approach);

/* The target's port as it is now. */
qf_port_pose qf_approach_target_port(const qf_fleet *fleet, const qf_approach *approach);

/* The vehicle's port as seen from the target's, as it was that long ago (port_view.h). */
qf_port_view qf_approach_view(const qf_fleet *fleet, const qf_approach *approach, double ago_s);

/* Ports touch when their planes meet no farther apart than that, and face each other by less than a right angle. */
static inline double qf_port_mouth_m(const qf_capture_spec *capture)
{
    return 5.0 * capture->lateral_m;
}

/*
 * Whether it is for their ports to tell if the two collide, because one is on its way to the other's port, within
 * its corridor, and has not come to touch it yet: the ports are within hulls, which thus overlap before.
 */
bool qf_approach_is_between(const qf_fleet *fleet, size_t a, size_t b);

/* Whether one of the two has let the other go, or has not captured it, and they are not apart since. */
bool qf_ports_have_parted(const qf_fleet *fleet, size_t a, size_t b);

#endif
