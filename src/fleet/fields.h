/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_FIELDS_H
#define QF_FIELDS_H

#include <stdbool.h>

/* The field table (fields.def) as data. */

typedef enum qf_field_id {
#define QF_FIELD(id, type, shape, role, health, name, unit, long_name) QF_FIELD_##id,
#include "fields.def"
#undef QF_FIELD
    QF_FIELD_COUNT
} qf_field_id;

typedef enum qf_type {
    QF_TYPE_F64,
    QF_TYPE_I64,
    QF_TYPE_U64,
    QF_TYPE_U8, /* only in results: a flag of a word, 0 or 1 */
} qf_type;

typedef enum qf_shape {
    QF_SHAPE_VEHICLE,
    QF_SHAPE_NODE,
    QF_SHAPE_FAULT_WORD,
    QF_SHAPE_TRACKER,
    QF_SHAPE_BEHAVIOR,
    QF_SHAPE_MACHINE,
    QF_SHAPE_VARIABLE,
    QF_SHAPE_HOLD,
    QF_SHAPE_DEVICE_WORD,
    QF_SHAPE_INCIDENT,
    QF_SHAPE_THRUSTER,
    QF_SHAPE_DAMAGED_THRUSTERS,
    QF_SHAPE_BATTERY,
    QF_SHAPE_BODY,
    QF_SHAPE_WHEELS,
    QF_SHAPE_GUIDED,
    QF_SHAPE_TARGET,
    QF_SHAPE_AVOID,
    QF_SHAPE_DUTY,
    QF_SHAPE_PORT,
    QF_SHAPE_DOCKING,
    QF_SHAPE_HULL,
    QF_SHAPE_DRIVE,
    QF_SHAPE_RADIO,
    QF_SHAPE_TASK,
    QF_SHAPE_FLIGHT,
    QF_SHAPE_FLIGHT_STATE,
    QF_SHAPE_TASK_WORD,
    QF_SHAPE_STATION_TRACK,
    QF_SHAPE_PULSE,
    QF_SHAPES,
} qf_shape;

typedef enum qf_role {
    QF_ROLE_STATE,
    QF_ROLE_INPUT,
    QF_ROLE_OUTPUT,
    QF_ROLE_WORK,
} qf_role;

typedef struct qf_field {
    const char *name; /* one %s where each column has its own name: nodes, variables, thrusters */
    const char *unit; /* as UDUNITS reads it */
    const char *long_name;
    qf_type type;
    qf_shape shape;
    qf_role role;
    bool checked;     /* its health is looked at after every tick */
    double low, high; /* of a healthy vehicle, bounds included */
} qf_field;

extern const qf_field qf_field_table[QF_FIELD_COUNT];

typedef struct qf_flag {
    const char *name;
    const char *long_name;
    unsigned bit; /* of QF_FIELD_FLAGS */
    qf_role role;
} qf_flag;

extern const qf_flag qf_flag_table[];
extern const unsigned qf_flag_count;

/* Fault names by bit, NULL where a bit below QF_FAULT_FIRST_NODE is not used. */
const char *qf_fault_name(unsigned bit);

#endif
