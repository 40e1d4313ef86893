/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_EXCHANGE_H
#define QF_EXCHANGE_H

#include "arena.h"
#include "pipeline.h"
#include "ranks.h"

/*
 * What a rank gets to know of the vehicles of other ranks: before a meeting the columns that the stages due in its tick see
 * (qf_stage.sees) come from everybody, straight into its own copy of the columns.
 *
 * Own vehicles go in parts, so that one part is on its way while the next is being computed: begin, then send each
 * part when it is as it shall be seen, then end. Without other ranks there is one part, and each call does nothing.
 *
 * From the thread that opened the ranks, and collective, but for pokes.
 */
/* Some columns of one part: what one exchange carries, words of each rank [column][slot]. */
typedef struct qf_parcel {
    qf_exchange exchange;
    size_t part;
    size_t column_begin, column_end; /* of the outlook's columns */
    uint64_t *words;
    size_t *first; /* n_ranks + 1 */
} qf_parcel;

typedef struct qf_outlook {
    const qf_context *context;
    const qf_fleet *fleet;
    const qf_pipeline *pipeline;
    int n_ranks;
    size_t n_parts;
    qf_portion *parts;   /* by part and rank */
    size_t *part_slots;  /* of all ranks */
    size_t most_columns; /* that there is room for at a time */
    size_t most_words;   /* of one exchange */
    size_t *columns;     /* under way */
    size_t n_columns;
    uint64_t *words; /* by part, column, rank and slot; but for parcels */
    size_t words_bytes;
    qf_parcel *parcels;
    size_t n_parcels;
    size_t n_poked;       /* parcels before that have arrived */
    size_t *firsts;       /* of the parcels */
    bool *wanted;         /* by column; while columns are chosen */
    bool *has_seen;       /* by stage: what it sees first is there */
    bool any_first;       /* some stage sees something first */
    size_t n_quarantined; /* in the whole fleet, at the last meeting */
    int64_t tick;         /* of the meeting that it is for */
    bool hides;           /* for tests: what is not seen becomes garbage before each meeting */
    int64_t n_words;      /* ever sent and received, own ones among them */
} qf_outlook;

/* Memory from the arena, words but for. What is seen first is exchanged before the first meeting of each outlook. */
qf_status qf_outlook_create(qf_context *context, qf_arena *arena, const qf_fleet *fleet,
                            const qf_pipeline *pipeline, qf_outlook *outlook);
void qf_outlook_free(qf_outlook *outlook);

/* Own blocks of one part; alone: all. */
qf_portion qf_outlook_part(const qf_outlook *outlook, size_t part);

/* For the meeting of that tick, of whose stages all have done as commanded when their part is sent. */
void qf_outlook_begin(qf_outlook *outlook, int64_t tick);
void qf_outlook_send(qf_outlook *outlook, size_t part);
/* Helps what is under way along; between blocks, for it has no thread of its own. */
void qf_outlook_poke(qf_outlook *outlook);
/* Everybody is seen as they are. */
void qf_outlook_end(qf_outlook *outlook);

/* Columns that the stages due in that tick see of others each time; 0: none is. */
size_t qf_seen_columns(const qf_pipeline *pipeline, const qf_catalog *catalog, int64_t tick);

/* Columns that stages of qf_stage_table see of others; none of them are exchanged where nobody meets. */
size_t qf_outlook_columns(const qf_scenario *scenario, const qf_catalog *catalog);

#endif
