/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_RESULTS_INTERNAL_H
#define QF_RESULTS_INTERNAL_H

#include <pthread.h>

#include "command.h"
#include "netcdf.h"
#include "partial_file.h"
#include "results.h"
#include "results_table.h"

/* What the files results*.c share; nobody else includes this. */

enum {
    QF_CHUNK_BYTES = 1 << 20,
    QF_BATCH_BYTES = 2 << 20,               /* what a full disk or a killed run may cost */
    QF_RING_BATCHES = 4,                    /* one is filled while others wait for the disk */
    QF_CHUNK_ELEMENTS = QF_CHUNK_BYTES / 8, /* of the widest type */
    QF_EVENT_CHUNK = 4096,
    QF_EVENT_COLUMNS = 12,
    QF_SERIES_CHUNK = 1024,          /* of one-dimensional variables along time */
    QF_META_SLACK_BYTES = 256 << 10, /* for every reservation: blocks of metadata */
    QF_META_CHUNK_BYTES = 128,       /* index entry of one chunk */
    QF_META_VARIABLE_BYTES = 8192,   /* index nodes that one append may add to a variable */
    QF_HEAP_BLOCK_BYTES = 4096,      /* HDF5's global heap, where texts are */
    QF_HEAP_HEADER_BYTES = 16,       /* of a block, and of each text in it */
};

/*
 * /state and the rows that wait for it. The staging memory of a quantity is a ring of ring_rows
 * rows: some batches, or the whole run where that is less. A batch is one row of chunks, contiguous
 * in memory and in the file.
 */
typedef struct qf_state {
    size_t n_vehicles;
    size_t batch_rows;
    size_t ring_rows;
    size_t chunk_width;
    size_t batch_chunks;  /* of one quantity */
    uint64_t batch_bytes; /* of all quantities, in the file */
    void *memory;
    char **staging; /* n_quantities rings */
    int64_t *ticks; /* of the rows in the rings */
    double *times;
    void **row; /* the frame's row pointers */
    int64_t n_written;
    hid_t time;
    hid_t tick;
    hid_t *variables;
} qf_state;

typedef struct qf_events {
    int64_t n_written;
    double dt_s;
    int n_columns; /* the last is in files of ranks only */
    hid_t columns[QF_EVENT_COLUMNS];
    void *scratch; /* QF_EVENT_CHUNK elements of 8 bytes */
} qf_events;

/* /hashes: the hash ladder, a rung for each checkpoint. */
typedef struct qf_hashes {
    size_t n_worlds;
    size_t chunk_rungs; /* of the file, and as many may wait in memory */
    int64_t n_written;
    int64_t last_tick; /* of the last rung written, -1: none */
    hid_t checkpoint;
    hid_t tick;
    hid_t hash;
} qf_hashes;

/* Rungs that wait to be written: chunk_rungs ticks, and n_worlds hashes for each. */
typedef struct qf_rungs {
    size_t n;
    int64_t *ticks;
    uint64_t *hashes;
} qf_rungs;

typedef struct qf_failure {
    qf_status status; /* QF_OK: none */
    char reason[768];
} qf_failure;

/* The queue between the computing side and the writer; all but the thread under the mutex. */
typedef struct qf_writer {
    pthread_t thread;
    pthread_mutex_t mutex;
    pthread_cond_t work; /* something to write, or stopping */
    pthread_cond_t room; /* something was written, or failed */
    bool stopping;
    bool draining; /* until nothing is left to be written */
    int64_t n_acquired; /* rows; acquired >= committed >= written */
    int64_t n_committed;
    int64_t n_written;
    qf_event *pending; /* filled by the computing side, swapped with `writing` */
    size_t n_pending;
    size_t pending_room;
    qf_event *writing;
    size_t writing_room;
    qf_rungs pending_rungs; /* in turns, as the events */
    qf_rungs writing_rungs;
    double waited_s;
    qf_failure failure;
} qf_writer;

struct qf_results {
    qf_context *context;
    const qf_fleet *fleet;
    const qf_record_plan *plan;
    int64_t n_records_expected; /* 0: not known */
    qf_results_part part;       /* rank 0 of 1: all of it */
    qf_partial_file output;
    qf_nc nc;               /* the writer's while it runs, else the caller's */
    uint64_t closing_bytes; /* what finish needs: hashes and attributes */
    qf_state state;
    qf_events events;
    qf_table_file tables[QF_TABLES];
    qf_hashes hashes;
    qf_writer writer;
    const qf_quarantine *quarantined; /* the caller's */
    size_t n_quarantined;
    const qf_tracking_metrics *tracking; /* the caller's */
    size_t n_tracking;
    const qf_coverage *machines; /* the caller's, NULL: none */
};

static inline size_t qf_divide_up(size_t a, size_t b)
{
    return (a + b - 1) / b;
}

/* Chunks of a row of n elements: parts of equal width, so that the last is not nearly empty. */
static inline size_t qf_chunk_width(size_t n)
{
    return qf_divide_up(n, qf_divide_up(n, QF_CHUNK_ELEMENTS));
}

/* Chunks of `chunk` elements that appending n to `length` elements adds. */
static inline uint64_t qf_new_chunks(int64_t length, size_t n, size_t chunk)
{
    const size_t before = (size_t)length;
    return qf_divide_up(before + n, chunk) - qf_divide_up(before, chunk);
}

/* Bytes of n texts in the heap: each as if it were the longest, so that no order of them matters. */
static inline uint64_t qf_text_heap_bytes(size_t n, size_t longest)
{
    const size_t object = QF_HEAP_HEADER_BYTES + qf_divide_up(longest, 8) * 8;
    const size_t fitting = (QF_HEAP_BLOCK_BYTES - QF_HEAP_HEADER_BYTES) / object;
    return fitting > 0 ? (uint64_t)qf_divide_up(n, fitting) * QF_HEAP_BLOCK_BYTES
                       : (uint64_t)n * (QF_HEAP_BLOCK_BYTES + object);
}

/* results_entities.c: QF_ERROR_MEMORY; failures of HDF5 stay in nc. */
uint64_t qf_entities_bytes(const qf_fleet *fleet);
/* `identities`: that vehicles are to be given by number, NULL: none. */
qf_status qf_entities_write(qf_context *context, qf_nc *nc, const qf_fleet *fleet,
                            const qf_identities *identities);
/* Names the groups that values of a variable are: flag_values of that 32-bit type, and flag_meanings. */
qf_status qf_group_flags_put(qf_context *context, qf_nc *nc, const qf_fleet *fleet, hid_t variable,
                             hid_t type);
uint64_t qf_group_flags_bytes(const qf_fleet *fleet);

/* results_quantity.c */
extern const char *const qf_actuation_names[QF_ACTUATIONS];
hid_t qf_quantity_file_type(qf_type type);
hid_t qf_quantity_define(qf_nc *nc, hid_t group, const qf_catalog *catalog,
                         const qf_quantity *quantity, const qf_nc_shape *shape);

/* Names of all quantities in the catalogue's order, between blanks, to be freed; NULL: no memory. */
char *qf_quantity_names(const qf_catalog *catalog);
size_t qf_quantity_names_bytes(const qf_catalog *catalog);
/* Bytes of what is told of a quantity and may be long: its unit, what it is, and the names of its values. */
uint64_t qf_quantity_texts_bytes(const qf_catalog *catalog, const qf_quantity *quantity);

/* results_quarantine.c */
uint64_t qf_quarantine_bytes(const qf_fleet *fleet, const qf_quarantine *entries, size_t n);
qf_status qf_quarantine_write(qf_context *context, qf_nc *nc, const qf_fleet *fleet,
                              const qf_quarantine *entries, size_t n);

/* results_state.c */
size_t qf_state_memory_bytes(const qf_record_plan *plan, int64_t n_records);
qf_status qf_state_allocate(qf_context *context, const qf_record_plan *plan, int64_t n_records,
                            qf_state *state);
void qf_state_free(qf_state *state);
void qf_state_define(qf_nc *nc, const qf_fleet *fleet, const qf_record_plan *plan, qf_state *state);
/* Bytes that the file may grow by when n rows are written. */
uint64_t qf_state_growth(const qf_state *state, const qf_record_plan *plan, size_t n);
/* Writes n rows of the rings, all in one batch, from the first not yet written. */
void qf_state_write(qf_nc *nc, qf_state *state, const qf_record_plan *plan, size_t n);

/* results_events.c */
/* `of_part`: with what brings events of several files into their order. */
qf_status qf_events_allocate(qf_context *context, double dt_s, bool of_part, qf_events *events);
void qf_events_free(qf_events *events);
/* `scenario`: whose machines may emit codes of their own. */
qf_status qf_events_define(qf_context *context, qf_nc *nc, const qf_fleet *fleet,
                           qf_events *events);
uint64_t qf_events_growth(const qf_events *events, size_t n);
void qf_events_write(qf_nc *nc, qf_events *events, const qf_event *list, size_t n);
void qf_severity_flags_put(qf_nc *nc, hid_t variable);

/* results_identities.c */
uint64_t qf_identities_bytes(const qf_identities *identities);
void qf_identities_write(qf_nc *nc, const qf_identities *identities);

/* results_behaviors.c: /behaviors, /ports and /tasks */
uint64_t qf_behaviors_bytes(const qf_fleet *fleet);
qf_status qf_behaviors_write(qf_context *context, qf_nc *nc, const qf_fleet *fleet);

/* results_guards.c */
uint64_t qf_guards_bytes(const qf_fleet *fleet);
qf_status qf_guards_write(qf_context *context, qf_nc *nc, const qf_fleet *fleet);

/* results_faults.c: /devices and /faults */
uint64_t qf_faults_bytes(const qf_fleet *fleet);
qf_status qf_faults_write(qf_context *context, qf_nc *nc, const qf_fleet *fleet);

/* results_machines.c */
uint64_t qf_machines_bytes(const qf_fleet *fleet, const qf_coverage *coverage);
qf_status qf_machines_write(qf_context *context, qf_nc *nc, const qf_fleet *fleet,
                            const qf_coverage *coverage);

/* results_tracking.c */
uint64_t qf_tracking_bytes(const qf_fleet *fleet, size_t n);
qf_status qf_tracking_write(qf_context *context, qf_nc *nc, const qf_fleet *fleet,
                            const qf_tracking_metrics *metrics, size_t n);

/* results_hashes.c */
void qf_hashes_lay_out(const qf_scenario *scenario, qf_hashes *hashes);
size_t qf_rungs_bytes(const qf_hashes *hashes);
qf_status qf_rungs_allocate(qf_context *context, const qf_hashes *hashes, qf_rungs *rungs);
void qf_rungs_free(qf_rungs *rungs);
void qf_hashes_define(qf_nc *nc, qf_hashes *hashes);
uint64_t qf_hashes_growth(const qf_hashes *hashes, size_t n);
void qf_hashes_write(qf_nc *nc, qf_hashes *hashes, const int64_t *ticks, const uint64_t *values,
                     size_t n);

/* results_part.c: what a file of a rank says of itself */
void qf_part_write(qf_nc *nc, const qf_results_part *part);
/* once there is /state: its second name */
void qf_part_name_state(qf_nc *nc, const qf_results_part *part);
/* results_resume.c: opens the file, and checks that it is of this scenario and this build */
qf_status qf_results_reopen_file(qf_results *results, const qf_provenance *provenance);
/* After HDF5 has failed on such a file. */
qf_status qf_results_refuse_damaged(qf_results *results);
/* Once all is defined: drops what comes after the rows, and what only the end of a run writes. */
qf_status qf_results_cut(qf_results *results, const qf_provenance *provenance,
                         const qf_results_rows *rows);

/* results_writer.c */
qf_status qf_writer_start(qf_results *results);
/* Writes what is left and ends the thread; the failure, if any, is in writer.failure. */
void qf_writer_stop(qf_results *results);

#endif
