/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_PLAN_MODEL_H
#define QF_PLAN_MODEL_H

#include <stddef.h>

/*
 * What a tick of one world costs that several machines compute together, a rank on each: docs/scaling.md has the terms and what was
 * measured of them.
 *
 *     compute     own vehicles: blocks of ticks and looks of own observers       n a ceil(P / R) / (P T)
 *     replicated  what every rank does for all vehicles: cells, pairs, auctions  n s / T
 *     exchange    E messages to each of the others, and their words              m E l (R - 1) + n b (R - 1) / (R w)
 *     copying     packing own words and unpacking all                            n b (1 + 1 / R) / c
 *     disk        recorded bytes of own vehicles, while the next ticks run       n d / (R v)
 *
 * n vehicles in P pieces that are not cut, R ranks, T threads of each. The exchange comes in E = QF_EXCHANGE_PARTS parts, of which all but the last
 * hide behind computing. R - 1 messages are what Open MPI sends (libnbc); one that needs log2 R steps is better.
 */
typedef struct qf_cost_model {
    double n_vehicles;
    double n_pieces; /* P; 0: they are cut as finely as one likes */
    /* measured: seconds of a thread, mean over ticks, for each vehicle */
    double own_s;        /* a */
    double replicated_s; /* s */
    /* of the scenario, mean over ticks */
    double meetings;     /* m: in which something is exchanged */
    double seen_bytes;   /* b: for each vehicle */
    double record_bytes; /* d: for each vehicle */
    /* measured */
    double copy_bytes_per_s; /* c: of a thread */
    double disk_bytes_per_s; /* v: of a machine; infinite: nothing is recorded */
    /* assumed */
    double latency_s;        /* l */
    double link_bytes_per_s; /* w */
    int n_threads;           /* T */
} qf_cost_model;

typedef enum qf_cost_term {
    QF_COST_COMPUTE,
    QF_COST_REPLICATED,
    QF_COST_EXCHANGE, /* what of it is not hidden */
    QF_COST_COPY,
    QF_COST_DISK,
    QF_COST_TERMS,
} qf_cost_term;

typedef struct qf_tick_cost {
    double seconds[QF_COST_TERMS]; /* of a tick */
    double hidden_s;               /* of the exchange, behind computing */
    double tick_s;
    double speed_up;   /* over one rank */
    qf_cost_term most; /* what takes longest */
} qf_tick_cost;

qf_tick_cost qf_cost_of_tick(const qf_cost_model *model, size_t n_ranks);

/* The numbers of ranks or machines that are looked at: 1, 2, 4 ... and `most` itself; above `most`: there is none left. */
size_t qf_cost_next(size_t n, size_t most);

/* The fastest of them. */
size_t qf_cost_best_ranks(const qf_cost_model *model, size_t most);

const char *qf_cost_term_name(qf_cost_term term);

/*
 * What a sweep costs: cases that machines share, and what is done once at the end.
 *
 *     wall = start + max(C t / (N T), t) + tail + shards f + C g
 *
 * The tail: when the last batch begins, the others have half of one left to do on average; batches near the end are small, so that it is
 * a batch of `tail_cases` cases.
 */
typedef struct qf_sweep_cost {
    double n_cases;
    double case_s;      /* of a thread, measured */
    double tail_cases;  /* of one of the last batches */
    double start_s;     /* until the first case begins: launcher, scenario, design */
    double per_shard_s; /* of concluding, measured */
    double per_case_s;  /* likewise */
    int n_threads;      /* of a machine */
} qf_sweep_cost;

typedef struct qf_sweep_time {
    double cases_s, tail_s, conclude_s, wall_s;
    double
        efficiency; /* seconds of threads that cases need, over those that the machines are held */
} qf_sweep_time;

qf_sweep_time qf_cost_of_sweep(const qf_sweep_cost *cost, size_t n_nodes);

#endif
