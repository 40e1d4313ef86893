/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_SWEEP_CLAIM_H
#define QF_SWEEP_CLAIM_H

#include "reader.h"
#include "sweep_spec.h"

/* What a requirement's text says, but for what its expression is. */
typedef struct qf_sweep_claim {
    qf_reader *reader;
    const qf_yaml_node *node;    /* the scalar that holds the text */
    qf_requirement *requirement; /* claim, level, relation, limit and confidence go there */
    const char *expression;      /* within the text */
    size_t length;
    const char *unit;   /* within the text */
    size_t unit_length; /* 0: none is given */
} qf_sweep_claim;

/* False after an error, which stands where it is in the text. */
bool qf_sweep_read_claim(qf_reader *reader, const qf_yaml_node *node, qf_requirement *requirement,
                         qf_sweep_claim *claim);

/* An error at that place of the text; returns false. */
bool qf_sweep_fail_claim(const qf_sweep_claim *claim, const char *at, const char *text);

#endif
