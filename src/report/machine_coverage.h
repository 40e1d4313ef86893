/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_MACHINE_COVERAGE_H
#define QF_MACHINE_COVERAGE_H

#include <hdf5.h>
#include <stdbool.h>
#include <stdint.h>

#include "arena.h"
#include "context.h"

/*
 * State machines of a result, and what of them was exercised: /machines of the file. Groups that have the same machine, state by
 * state and transition by transition, share one; counts are kept of each of them.
 */
typedef struct qf_count_of {
    int64_t all; /* of all its groups */
    int64_t *by_group;
} qf_count_of;

typedef struct qf_covered_state {
    const char *name;
    bool terminal;
    qf_count_of entered, evaluations, started; /* started: entered, and by no transition */
} qf_covered_state;

enum { QF_NO_ARROW = -1 };

typedef struct qf_covered_transition {
    size_t from, to; /* states; the same where the vehicle stays as it is */
    bool stays, silent;
    const char *trigger, *condition; /* trigger: empty: none */
    qf_count_of held, taken;
    int arrow; /* in the picture, QF_NO_ARROW: silent ones */
} qf_covered_transition;

/* A point that stands for several states, which an arrow goes out from for all of them. */
typedef struct qf_machine_point {
    bool *stands_for; /* by state */
    size_t n_states;
    bool any; /* all but the one that the arrow leads to, and those that there is no way out of */
} qf_machine_point;

/* Transitions that are drawn as one: a single one, or the same one of several states. */
typedef struct qf_machine_arrow {
    bool from_point;
    size_t from; /* a point, or a state */
    size_t to;   /* a state; where they stay, that itself is what `from` is */
    bool stays;
    const char *trigger, *condition;
    int64_t held, taken;
} qf_machine_arrow;

typedef struct qf_covered_machine {
    const char *name;
    size_t n_groups;
    const char **groups;
    size_t n_states, n_transitions, n_arrows, n_points;
    qf_covered_state *states;
    qf_covered_transition *transitions;
    qf_machine_arrow *arrows;
    qf_machine_point *points;
} qf_covered_machine;

/*
 * Reads them all; n is 0 where the file has none. Everything is in the arena; it is as long as the scenario's
 * machines are. QF_ERROR_READ where the tables are damaged or contradict one another.
 */
qf_status qf_machine_coverage_read(qf_context *context, hid_t file, const char *path,
                                   qf_arena *arena, qf_covered_machine **machines, size_t *n);

/* Finds arrows and points; false: no memory. */
bool qf_machine_arrows_find(qf_arena *arena, qf_covered_machine *machine);

#endif
