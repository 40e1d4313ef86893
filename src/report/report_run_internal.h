/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_REPORT_RUN_INTERNAL_H
#define QF_REPORT_RUN_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "arena.h"
#include "chart_parts.h"
#include "report.h"

/* What the sections of a run share: who its vehicles are, and values of /state at some of its times. */

/* Vehicles that are drawn alike: a group of the scenario, or those groups for which looks do not suffice, together. */
typedef struct qf_run_group {
    const char *name;
    uint64_t n; /* vehicles */
} qf_run_group;

typedef struct qf_run_fleet {
    qf_context *context;
    const qf_report_run *run;
    qf_arena arena; /* of what a section needs, until it is closed */
    uint64_t n_vehicles;
    uint8_t *group_of; /* of each vehicle: place in `groups` */
    qf_run_group groups[QF_CHART_SERIES];
    size_t n_groups;
    const char *status; /* attribute of the file; "" where there is none */
    double dt_s;        /* NAN: unknown */
    double duration_s;  /* of the whole run, as the scenario has it; NAN: unknown */
    double end_s;       /* of the last record, event or hash; 0 where there is none */
    uint64_t n_records;
    uint64_t n_worlds;
    const char *unreadable;       /* what is there, but could not be read; NULL: nothing */
    struct qf_event_words *words; /* of the file's events; NULL until they are asked for */
} qf_run_fleet;

/* QF_ERROR_MEMORY. What the file lacks is empty or NAN. Closed with qf_run_close also after a failure. */
qf_status qf_run_open(qf_context *context, const qf_report_run *run, qf_run_fleet *fleet);
/* `status`, or QF_ERROR_READ where something was unreadable that a section went on without. */
qf_status qf_run_close(qf_run_fleet *fleet, qf_status status);

qf_status qf_run_no_memory(qf_run_fleet *fleet);

/* QF_ERROR_READ: what is there cannot be read. `path` without the first slash: "state/x_m". */
qf_status qf_run_unreadable(qf_run_fleet *fleet, const char *path);

/* Begins a section of the run: its id after the run's anchor. */
void qf_run_section(const qf_run_fleet *fleet, qf_page *page, const char *id, const char *title);

/* Texts of the fleet's arena, never NULL. */
const char *qf_run_vehicle_name(qf_run_fleet *fleet, int64_t entity);
const char *qf_run_count(qf_run_fleet *fleet, uint64_t n);             /* 1,240 */
const char *qf_run_share(qf_run_fleet *fleet, double part, double of); /* "12.5 %" */
const char *qf_run_format(qf_run_fleet *fleet, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* "vehicle" or "vehicles", with the number before it */
const char *qf_run_counted(qf_run_fleet *fleet, uint64_t n, const char *one, const char *many);
/* a text of the file, "" where there is none */
const char *qf_run_attribute(qf_run_fleet *fleet, hid_t object, const char *name);

/* Opens a variable by its path; < 0: there is none. */
hid_t qf_run_variable(const qf_run_fleet *fleet, const char *path);

/* What a variable of /state is. */
typedef enum qf_quantity_look {
    QF_LOOK_NUMBER,
    QF_LOOK_TRUTH,
    QF_LOOK_STATE, /* an enumeration */
    QF_LOOK_BITS,  /* a word of bits */
    QF_LOOK_NAME,  /* the number of something: no quantity */
} qf_quantity_look;

typedef struct qf_run_quantity {
    const char *name, *units, *long_name; /* units: as people write them, "" of mere numbers */
    const char *title;                    /* what it is, as a heading */
    qf_quantity_look look;
    double missing; /* NAN: none, or NaN itself */
} qf_run_quantity;

/* All of /state, in the file's order. */
qf_status qf_run_quantities(qf_run_fleet *fleet, qf_run_quantity **quantities, size_t *n);

/* "long name, unit" for an axis */
const char *qf_run_axis_title(qf_run_fleet *fleet, const qf_run_quantity *quantity);

/* Some records of the run, evenly apart, the first and the last among them. */
typedef struct qf_run_times {
    size_t n;
    uint64_t *record;
    double *time_s;
} qf_run_times;

/* How many of them there may be where so many pictures need all vehicles' values at each. */
size_t qf_run_most_times(const qf_run_fleet *fleet, size_t n_pictures);

qf_status qf_run_choose_times(qf_run_fleet *fleet, size_t most, qf_run_times *times);

/* ", at 160 of 1,000 records evenly apart" for a caption; "" where they are all. */
const char *qf_run_say_times(qf_run_fleet *fleet, const qf_run_times *times);

/* Values of all vehicles at one record; missing ones as NAN. False: unreadable. */
bool qf_run_read_record(const qf_run_fleet *fleet, const qf_run_quantity *quantity, hid_t variable,
                        uint64_t record, double *values);

/* values[time][vehicle] of some vehicles; `recorded`: the run has that quantity. QF_ERROR_READ, QF_ERROR_MEMORY. */
qf_status qf_run_read_paths(qf_run_fleet *fleet, const char *quantity, const qf_run_times *times,
                            const int64_t *vehicles, size_t n_vehicles, double *values,
                            bool *recorded);

/* Of each group (or of all vehicles, n_groups 1) at each time; [group][time], NAN where nothing is known. */
typedef struct qf_run_bands {
    double *low, *middle, *high; /* 5 %, 50 % and 95 % of vehicles lie below */
    bool constant;               /* all that was read is equal, or nothing was */
} qf_run_bands;

qf_status qf_run_read_bands(qf_run_fleet *fleet, const qf_run_quantity *quantity,
                            const qf_run_times *times, qf_run_bands *bands);

/* Draws them: a series for each group of which something is known; how many those are. */
size_t qf_run_draw_groups(const qf_run_fleet *fleet, FILE *out, const char *title,
                          const char *y_title, const qf_run_times *times,
                          const qf_run_bands *bands);

/* The value below which a share of n > 0 values lies, between neighbours as numpy does; changes their order. */
double qf_run_quantile(double *values, size_t n, double share);

#endif
