/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_REPORT_CASES_H
#define QF_REPORT_CASES_H

#include "case_source.h"

/* A case of a sweep that its page shows. */
typedef struct qf_report_case {
    uint32_t number;
    char heading[80]; /* "The worst case: 302" */
    char anchor[40];  /* "case-302-" */
    char *reason;     /* why this one, for people */
} qf_report_case;

/*
 * The worst cases, n_worst of them at most, and a typical one: `cases` has room for n_worst + 1. qf_report_cases_free also after a failure.
 *
 * Worst are the first of qf_worst_cases by the metric `by` (NULL: success; where every case is one, the metric of a
 * typical case). Typical is the case that ended well whose value of a metric is the median of all that did, of equals the first: the
 * metric is `by` where that is a number, else the first number of which a requirement speaks, else the first number
 * that the scenario asks for; without any it is the first case that ended well.
 */
qf_status qf_report_cases_choose(qf_context *context, const qf_case_source *source, const char *by,
                                 size_t n_worst, qf_report_case *cases, size_t *n);
void qf_report_cases_free(qf_report_case *cases, size_t n);

#endif
