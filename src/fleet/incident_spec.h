/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_INCIDENT_SPEC_H
#define QF_INCIDENT_SPEC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "number.h"

/*
 * What can go wrong with a vehicle, as scenario data: faults that are injected, and devices that fail the power-on
 * self-test or later. Each is an incident: it begins at a time, or at random times, and may end by itself.
 * Memory belongs to the scenario's arena.
 */
typedef enum qf_incident_kind {
    QF_INCIDENT_DEVICE,       /* device `target` of the group fails */
    QF_INCIDENT_THRUSTER,     /* thruster `target` gives `value` of its thrust: 0 stuck off */
    QF_INCIDENT_THRUSTER_ON,  /* thruster `target` is stuck on */
    QF_INCIDENT_BATTERY_CELL, /* the battery loses `value` of its capacity, < 1 */
    QF_INCIDENT_RADAR,        /* sees nothing */
    QF_INCIDENT_RADIO,        /* transponder and radio are silent */
    QF_INCIDENT_IMU,          /* no readings */
    QF_INCIDENT_SET,          /* column `name` becomes `value`, once */
    QF_INCIDENT_KINDS,
} qf_incident_kind;

enum { QF_INCIDENTS_MOST = 64, QF_DEVICES_MOST = 256 }; /* of a group */

typedef struct qf_incident_spec {
    qf_incident_kind kind;
    size_t target;
    const char *name; /* of the column of SET, else NULL */
    qf_number value;  /* a constant, but of SET */
    bool injected;    /* stands in `faults`, and is told as a fault; else it is of `bios` */
    /* when it begins: one of them */
    bool at_post; /* each time the self-test runs, with `probability` */
    bool at_time; /* at `at_s`, with `probability` */
    qf_number at_s;
    double rate_per_h; /* else: again and again, at random */
    double probability;
    bool ends; /* after `duration_s`; else it stays */
    qf_number duration_s;
    const void *place; /* a node of the file: the name of the column of SET */
} qf_incident_spec;

/* What one of the kind does to a vehicle for as long as it stands; SET does something once and does not stand. */
static inline bool qf_incident_stands(const qf_incident_spec *incident)
{
    return incident->kind != QF_INCIDENT_SET;
}

/* A device of the hardware profile: what the power-on self-test looks at. */
typedef struct qf_device {
    const char *name; /* its role, or its id where it has none */
    const char *id;   /* NULL: none */
    const char *type; /* NULL: none */
    bool actuator;    /* else a sensor */
    bool missing;     /* listed, but not there: the self-test never succeeds */
} qf_device;

/* The power-on self-test of a group; absent, a vehicle is ready at once. */
typedef struct qf_bios_spec {
    qf_number post_s; /* how long it takes */
} qf_bios_spec;

#endif
