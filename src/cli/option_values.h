/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_OPTION_VALUES_H
#define QF_OPTION_VALUES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "status.h"

/*
 * Values of options, from the text of the command line. Each returns QF_OK, or QF_ERROR_USAGE once it has said on standard
 * error what is wrong: `command` and `option` are named there. What is out of range is an error, never cut.
 */

/* Says "qfleet COMMAND: WHAT 'TEXT'", and where help is; QF_ERROR_USAGE. */
qf_status qf_option_complain(const char *command, const char *what, const char *text);

/* A text that is not empty. `needs`: what is said of an empty one, as "--graph needs a file name, found". *out is `value`. */
qf_status qf_option_text(const char *command, const char *needs, const char *value,
                         const char **out);

/* One of n names; *out is its number. */
qf_status qf_option_choice(const char *command, const char *option, const char *value,
                           const char *const *names, size_t n, size_t *out);

/* A set of instructions that this processor has; *out is `value`. */
qf_status qf_option_isa(const char *command, const char *option, const char *value,
                        const char **out);

/* From 1 to `most`. */
qf_status qf_option_count(const char *command, const char *option, const char *value, size_t most,
                          size_t *out);

/* From `low` to `high`, both included. */
qf_status qf_option_real(const char *command, const char *option, const char *value, double low,
                         double high, double *out);

/* A time above 0 with its unit, as in 10min; in seconds. */
qf_status qf_option_duration(const char *command, const char *option, const char *value,
                             double *out);

/* --time: as Slurm has it, where a number alone is minutes, or with its unit; in whole seconds, rounded up. */
qf_status qf_option_time_limit(const char *command, const char *value, int64_t *out);

/* --network: microseconds of a message, and GB/s of a link, as in 2,12.5. */
qf_status qf_option_network(const char *command, const char *value, double *latency_us,
                            double *link_gbps);

/* --seed: from 0 to 2^64 - 1. */
qf_status qf_option_seed(const char *command, const char *value, uint64_t *out);

/* --at: a finite number of seconds. */
qf_status qf_option_at(const char *command, const char *value, double *out);

/* --case: a case's number, from 0. */
qf_status qf_option_case(const char *command, const char *value, size_t *out);

/* --cases: the first and the last of cases' numbers, as in 100-199, or one. */
qf_status qf_option_cases(const char *command, const char *value, size_t *first, size_t *last);

/* --shard: I/N, with I from 1 to N. */
qf_status qf_option_shard(const char *command, const char *value, size_t *shard, size_t *n_shards);

#endif
