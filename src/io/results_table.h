/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_RESULTS_TABLE_H
#define QF_RESULTS_TABLE_H

#include "detections.h"
#include "fleet.h"
#include "netcdf.h"
#include "tracks.h"

/*
 * Groups of the file that are tables of rows by tick, written as the run goes on: /detections, /tracks and
 * /picture. What is in each is said by data (qf_record_tables, results_tracks.c); what is done with them is the
 * same (results_table.c).
 */
typedef enum qf_table_id {
    QF_TABLE_DETECTIONS,
    QF_TABLE_TRACKS,
    QF_TABLE_PICTURES,
    QF_TABLES,
} qf_table_id;

enum {
    QF_TABLE_CHUNK = 1 << 14, /* rows */
    QF_TABLE_MOST_VARIABLES = 32,
    QF_TABLE_PENDING_BYTES = 48 << 20, /* of rows that wait; beyond that the computing side waits */
};

typedef enum qf_table_type {
    QF_TABLE_I64,
    QF_TABLE_F64,
    QF_TABLE_I32,
    QF_TABLE_F32,
    QF_TABLE_U16,
    QF_TABLE_U8,
} qf_table_type;

typedef enum qf_table_source {
    QF_TABLE_MEMORY, /* a column of the table in memory, as it lies there */
    QF_TABLE_NUMBER, /* the row's number */
    QF_TABLE_TIME,   /* tick times dt, in seconds */
} qf_table_source;

/* What values of a variable mean. */
typedef struct qf_table_flags {
    size_t n;
    const uint8_t *values; /* of variables of type U8 */
    const char *meanings;
    bool masks; /* each value is a bit */
} qf_table_flags;

typedef struct qf_table_variable {
    const char *name, *units, *long_name;
    qf_table_type type;
    qf_table_source source;
    size_t offset; /* MEMORY: of the pointer in the table's struct */
    const qf_table_flags *flags;
    bool by_group;    /* values are groups of the scenario, whose names are the flags */
    bool may_be_none; /* F32: a NaN is a missing value */
} qf_table_variable;

/* One of those groups. Its first variable is the dimension. */
typedef struct qf_table_spec {
    const char *group;
    const char *noun; /* rows, in messages */
    const qf_table_layout *layout;
    size_t tick_offset; /* of the pointer to ticks in the table's struct */
    const qf_table_variable *variables;
    size_t n_variables;
} qf_table_spec;

extern const qf_table_spec qf_record_tables[QF_TABLES];

/* Whether the scenario asks for that table. */
bool qf_table_is_recorded(qf_table_id id, const qf_scenario *scenario);

/* Any of the tables in memory. */
typedef union qf_table_memory {
    qf_detections detections;
    qf_track_samples tracks;
    qf_picture_samples pictures;
} qf_table_memory;

/* A table of the file; does nothing where it is not on. */
typedef struct qf_table_file {
    const qf_table_spec *spec;
    bool on;
    int64_t n_written;
    double dt_s;
    hid_t variables[QF_TABLE_MOST_VARIABLES];
    void *scratch; /* QF_TABLE_CHUNK elements of 8 bytes */
    /* the first is filled by the computing side under the writer's mutex, the second is being written */
    qf_table_memory pending, writing;
    size_t most_pending; /* rows that may wait */
} qf_table_file;

qf_status qf_table_file_allocate(qf_context *context, const qf_scenario *scenario, qf_table_id id,
                                 qf_table_file *file);
void qf_table_file_free(qf_table_file *file);
qf_status qf_table_file_define(qf_context *context, qf_nc *nc, const qf_fleet *fleet,
                               qf_table_file *file);

/* Whether so many rows wait that they are worth a write. */
bool qf_table_file_is_due(const qf_table_file *file);

/* Makes the rows that wait those that are written. */
void qf_table_file_take(qf_table_file *file);

/* Bytes that the file may grow by when the rows that were taken are written. */
uint64_t qf_table_file_growth(const qf_table_file *file);
void qf_table_file_write(qf_nc *nc, qf_table_file *file);

#endif
