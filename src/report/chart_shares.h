/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_CHART_SHARES_H
#define QF_CHART_SHARES_H

#include <stddef.h>
#include <stdio.h>

typedef struct qf_share_part {
    const char *name;
    const char *class; /* of its fill */
    size_t n;
    const char *text; /* behind the name: "986, 98.6 %" */
} qf_share_part;

/* One bar of all parts, and below what each is. A part that is there is seen, however small it is. */
void qf_chart_shares(FILE *out, const char *title, const qf_share_part *parts, size_t n_parts);

/* A bar for each part, one below the other, beside its name. */
void qf_chart_share_bars(FILE *out, const char *title, const char *label,
                         const qf_share_part *parts, size_t n_parts);

#endif
