/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_EXPLAIN_INTERNAL_H
#define QF_EXPLAIN_INTERNAL_H

#include "explain.h"
#include "explain_words.h"
#include "machine_spec.h"

/* What finding causes and printing them share. */

enum {
    MOST_CHAINS = QF_MACHINES_MOST + 1
}; /* one more: of transitions whose machine the file does not name */

typedef struct explanation {
    qf_context *context;
    const char *path;
    const qf_explain_options *options;
    hid_t file;
    int64_t entity;
    int64_t group; /* the vehicle's, -1: the file does not tell */
    char *name;
    double dt_s;
    double end_s;     /* what the file tells of */
    double time_s;    /* asked for */
    int64_t end_tick; /* the last tick up to then */
    uint64_t n_events;
    qf_told_event *events; /* of the vehicle, up to then, in order */
    size_t n, capacity;
    char **machines; /* names by row of /machines/transitions */
    size_t n_rows;
    size_t targets[MOST_CHAINS]; /* places in events of what is explained, ascending */
    size_t n_targets;
    /* of one of them: */
    size_t *chain; /* places in events, the first cause first */
    size_t n_chain;
    size_t *depth; /* of each event below the last of the chain, 0: it does not follow from it */
    bool *printed; /* of each event, so far */
    qf_event_words words;
    qf_text_buffer text; /* of one event at a time */
} explanation;

/* Name of the machine whose transition an event is; NULL: it is none, or the file does not tell. */
const char *qf_explain_machine(const explanation *e, size_t event);

/* The causes of an event, and its consequences. */
void qf_explain_follow(explanation *e, size_t target);

/* False without memory. */
bool qf_explain_text(explanation *e, FILE *out);
bool qf_explain_json(explanation *e, FILE *out);

#endif
