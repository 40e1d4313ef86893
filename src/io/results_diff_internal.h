/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_RESULTS_DIFF_INTERNAL_H
#define QF_RESULTS_DIFF_INTERNAL_H

#include <hdf5.h>
#include <stdint.h>

#include "fields.h"
#include "netcdf_read.h"
#include "results_diff.h"
#include "results_table.h"

/* What the parts of a comparison share. Arrays of two hold A's, then B's. */

typedef struct qf_diff_notes {
    char **texts;
    size_t n;
} qf_diff_notes;

/* Where two values differ. */
typedef struct qf_diff_place {
    bool found;
    int64_t tick;
    uint64_t index; /* vehicle, or world of the ladder */
    size_t column;
    char name[QF_NC_NAME_BYTES]; /* of the column */
    qf_type type;
    uint64_t bits[2];
} qf_diff_place;

typedef struct qf_diff_column {
    char name[QF_NC_NAME_BYTES];
    hid_t variable[2];
    qf_type type;
    uint64_t n_different;
} qf_diff_column;

/* Variables over ascending ticks and some second dimension: /state and /hashes. */
typedef struct qf_diff_series {
    hid_t tick[2];
    uint64_t n_rows[2];
    uint64_t width;
    qf_diff_column *columns;
    size_t n_columns;
    /* found: */
    uint64_t n_pairs; /* rows of equal tick */
    qf_diff_place first;
    uint64_t first_row[2];   /* where that is */
    bool has_equal;          /* some pair lies before it */
    int64_t last_equal_tick; /* the last of them; of all pairs where nothing differs */
} qf_diff_series;

/* The first row in which two lists differ: /events, /detections, /tracks, /identities and so on. */
typedef struct qf_diff_rows {
    uint64_t n[2]; /* rows, of the common time where rows have one */
    bool timeless;
    bool found;
    uint64_t row;
    char column[QF_NC_NAME_BYTES]; /* the first that differs there; empty: a file has no such row */
    char *text[2];                 /* in words; NULL: the file has no such row */
} qf_diff_rows;

typedef struct qf_diff_recomputed {
    char *outcome;       /* in words; NULL: nothing was computed */
    qf_diff_place place; /* `found`: the tick is exact */
    char *vehicle;       /* name of place.index */
    uint32_t world;
} qf_diff_recomputed;

typedef struct qf_diff {
    qf_context *context;
    const qf_diff_options *options;
    const char *path[2];
    hid_t file[2];
    double dt_s[2];
    int64_t covered[2];      /* ticks of which the file tells */
    bool same_vehicles;      /* entity numbers mean the same in both */
    qf_diff_notes different; /* what makes them different, in words */
    qf_diff_notes information;
    bool out_of_memory;
    qf_diff_series state;
    char *vehicle; /* name of state.first.index */
    int32_t world;
    qf_diff_rows events;
    qf_diff_rows tables[QF_TABLES];
    qf_diff_rows identities;
    qf_diff_rows tracking;
    qf_diff_rows transitions, machine_states;
    qf_diff_rows quarantine;
    qf_diff_series ladder;
    uint64_t *worlds; /* in which the first differing rung differs */
    size_t n_worlds;
    char *state_hash[2]; /* NULL: none */
    bool hashes_differ;
    qf_diff_recomputed recomputed;
} qf_diff;

/* results_diff.c */
void qf_diff_tell(qf_diff *diff, qf_diff_notes *notes, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* A text made as by printf, to be freed; NULL sets out_of_memory. */
char *qf_diff_words(qf_diff *diff, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Reports a part of a file that cannot be read. */
qf_status qf_diff_unreadable(qf_diff *diff, int f, const char *what);
/* Opens a variable of both files; false where either has none, and then both are closed. */
bool qf_diff_open(const qf_diff *diff, const char *name, hid_t variable[2]);
void qf_diff_close(hid_t variable[2]);
bool qf_diff_is_different(const qf_diff *diff);

/* results_diff_about.c: what the files say of themselves */
qf_status qf_diff_about(qf_diff *diff);

/* results_diff_series.c */
bool qf_diff_type(hid_t variable, qf_type *type);
/* Whether two values count as the same: equal bits, or both NaN. */
bool qf_diff_same(qf_type type, uint64_t a, uint64_t b);
/* Bits of element i of an array of that type. */
uint64_t qf_diff_bits(qf_type type, const void *values, size_t i);
qf_status qf_diff_compare_series(qf_diff *diff, qf_diff_series *series);
void qf_diff_free_series(qf_diff_series *series);

/* results_diff_state.c */
qf_status qf_diff_state(qf_diff *diff);

/* results_diff_table.c */
/* The first of n rows in which two columns differ; n: none does. False: unreadable. */
bool qf_diff_first_row(const hid_t variable[2], uint64_t n, uint64_t *row);
qf_status qf_diff_events(qf_diff *diff);
qf_status qf_diff_quarantine(qf_diff *diff);
/* What a table's rows say, for people. */
int64_t qf_diff_integer_at(hid_t file, const char *name, uint64_t row);
double qf_diff_number_at(hid_t file, const char *name, uint64_t row);
char *qf_diff_text_at(hid_t file, const char *name, uint64_t row);
/* What a flag value means, to be freed; NULL: nothing known. */
char *qf_diff_meaning_at(hid_t file, const char *name, uint64_t row);
typedef char *qf_diff_describe(qf_diff *diff, int f, uint64_t row, int which);
/*
 * Compares rows up to tick `until`, or all where `rows` is set to be timeless. A file without the group has no rows. `which` is for `describe`, which may
 * serve several tables.
 */
qf_status qf_diff_compare_table(qf_diff *diff, const char *name, const char *dimension,
                                int64_t until, qf_diff_describe *describe, int which,
                                qf_diff_rows *rows);

/* results_diff_sightings.c */
qf_status qf_diff_sightings(qf_diff *diff);
qf_status qf_diff_tracking(qf_diff *diff);
qf_status qf_diff_machines(qf_diff *diff);
qf_status qf_diff_identities(qf_diff *diff);

/* results_diff_ladder.c */
qf_status qf_diff_ladder(qf_diff *diff);

/* results_diff_recompute.c */
qf_status qf_diff_recompute(qf_diff *diff);

/* results_diff_print.c */
void qf_diff_print(const qf_diff *diff, FILE *out);
void qf_diff_print_json(const qf_diff *diff, FILE *out);

#endif
