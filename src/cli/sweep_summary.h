/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_SWEEP_SUMMARY_H
#define QF_SWEEP_SUMMARY_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "sweep_questions.h"
#include "sweep_report.h"

/* What a sweep is summed up with when it ends. */
typedef struct qf_sweep_summary {
    const char *name;      /* of the scenario */
    const char *directory; /* where the result is */
    const qf_sweep_spec *spec;
    const qf_sweep_table *table;
    const qf_sweep_report *report;
    uint64_t hash; /* of all cases that count */
    size_t n_ran;  /* cases that were run this time; others were there before */
    double wall_s; /* of running them */
    int threads;
    const char *threads_reason;
    const char *isa;
    const char *isa_reason;
    int ranks;                          /* 0, 1: one process */
    size_t predicted_bytes, peak_bytes; /* of a rank at most */
    size_t all_peak_bytes;              /* of all ranks */
    double disk_bytes;                  /* of the directory; NaN: not known */
} qf_sweep_summary;

/* The hash of the first n_cases. */
uint64_t qf_sweep_hash(const qf_sweep_table *table, size_t n_cases);

/* For people, within 80 columns where names allow. QF_ERROR_MEMORY */
qf_status qf_sweep_summary_print(qf_context *context, const qf_sweep_summary *summary, FILE *out);

/* One line, for programs: docs/sweeps.md has its keys. QF_ERROR_MEMORY */
qf_status qf_sweep_summary_json(qf_context *context, const qf_sweep_summary *summary, FILE *out);

#endif
