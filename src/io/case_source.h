/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_CASE_SOURCE_H
#define QF_CASE_SOURCE_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "context.h"
#include "scenario.h"
#include "sweep_store.h"

/*
 * Where cases that can be run again come from: the directory of a sweep, or the result file of a run, whose worlds
 * are its cases.
 */
typedef struct qf_case_source {
    const char *path;
    bool is_sweep;
    qf_stored_sweep sweep; /* of a sweep */
    char *scenario_yaml;   /* of a run */
    uint64_t *hashes;      /* of a run: of each world at `tick` */
    int64_t tick;
    size_t n_cases;
    size_t n_damaged; /* cases and files of a sweep whose checksum does not fit */
    char *version;    /* that made it */
} qf_case_source;

/* qf_case_source_close also after a failure. Damaged cases are named in `complaints` (NULL: not wanted). */
qf_status qf_case_source_open(qf_context *context, const char *path, FILE *complaints,
                              qf_case_source *source);
void qf_case_source_close(qf_case_source *source);

/* The scenario of one case alone, to run to the tick of its hash, and that hash. QF_ERROR_USAGE: there is no such
   case, or it was not run. QF_DIFFERENT: what the sweep keeps of it is damaged. */
qf_status qf_case_source_scenario(qf_context *context, const qf_case_source *source,
                                  uint64_t number, qf_scenario *scenario, uint64_t *hash);

#endif
