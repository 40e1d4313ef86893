/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_INCIDENT_EFFECTS_H
#define QF_INCIDENT_EFFECTS_H

#include "fleet.h"

/* What standing incidents do to a vehicle of a group that has a plan of them. */

/* Number of devices that are down. */
int qf_devices_down(const qf_fleet *fleet, size_t slot);

/* Makes the device's bit what the standing incidents say. Returns whether it changed, and what it is now. */
bool qf_incident_update_device(const qf_fleet *fleet, const qf_group *group, size_t slot,
                               size_t device, bool *down);

/*
 * Makes everything else what the standing incidents and the devices say: the flags of radar, radio, IMU and of
 * readiness, and, as far as incidents of `changed` touch them, thrusters and battery.
 */
void qf_incident_update(const qf_fleet *fleet, const qf_group *group, size_t slot, qf_entity e,
                        uint64_t changed);

/* The value of incident `i`, which is of kind SET, for a vehicle in which it happens in that tick. */
double qf_incident_value(const qf_fleet *fleet, const qf_group *group, qf_entity e, size_t i,
                         int64_t tick);

/* Sets its column; a switch that means an order (qf_order_of_switch) is not set so. */
void qf_incident_set(const qf_fleet *fleet, const qf_group *group, size_t slot, size_t i,
                     double value);

#endif
