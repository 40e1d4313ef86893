/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GBENCH_H
#define GBENCH_H

#include <stdbool.h>

/* Google Benchmark for C: as much of it as the benchmarks here use. */
#ifdef __cplusplus
extern "C" {
#endif

typedef struct gbench_state gbench_state;

/* One benchmark: prepares, loops `while (gbench_next(state))`, reports its counters. */
typedef void gbench_body(gbench_state *state, const void *user);

typedef enum gbench_unit { GBENCH_NS, GBENCH_US, GBENCH_MS } gbench_unit;

/*
 * What follows the name are the arguments, as `world/v3/16384`. Times are wall times, because a
 * body may start threads. `user` is handed to the body and must live as long as the program.
 */
void gbench_register(const char *name, gbench_body *body, const void *user, gbench_unit unit);

bool gbench_next(gbench_state *state);

/* The clock stands still in between; both cost about a microsecond. */
void gbench_pause(gbench_state *state);
void gbench_resume(gbench_state *state);

/* Ends the benchmark as failed; the body must return. `message` need not outlive the call. */
void gbench_fail(gbench_state *state, const char *message);

/* A number beside the times: as it is; `total` per second; nanoseconds per one of `total`. */
void gbench_counter(gbench_state *state, const char *name, double value);
void gbench_counter_per_second(gbench_state *state, const char *name, double total);
void gbench_counter_ns_per(gbench_state *state, const char *name, double total);

/* An entry of the context that the results begin with. */
void gbench_context(const char *key, const char *value);

/* Runs what was registered and --benchmark_filter selects; returns the exit code: 2 for arguments
 * that are not known or a filter that selects nothing. */
int gbench_run(int argc, char **argv);

#ifdef __cplusplus
}
#endif

#endif
