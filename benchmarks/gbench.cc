// SPDX-License-Identifier: Apache-2.0
#include "gbench.h"

#include <benchmark/benchmark.h>

static benchmark::State &state_of(gbench_state *state)
{
    return *reinterpret_cast<benchmark::State *>(state);
}

void gbench_register(const char *name, gbench_body *body, const void *user, gbench_unit unit)
{
    static const benchmark::TimeUnit units[] = {benchmark::kNanosecond, benchmark::kMicrosecond,
                                                benchmark::kMillisecond};
    benchmark::RegisterBenchmark(name,
                                 [body, user](benchmark::State &state) {
                                     body(reinterpret_cast<gbench_state *>(&state), user);
                                 })
        ->UseRealTime()
        ->Unit(units[unit]);
}

bool gbench_next(gbench_state *state)
{
    return state_of(state).KeepRunning();
}

void gbench_pause(gbench_state *state)
{
    state_of(state).PauseTiming();
}

void gbench_resume(gbench_state *state)
{
    state_of(state).ResumeTiming();
}

void gbench_fail(gbench_state *state, const char *message)
{
    state_of(state).SkipWithError(message);
}

void gbench_counter(gbench_state *state, const char *name, double value)
{
    state_of(state).counters[name] = benchmark::Counter(value);
}

void gbench_counter_per_second(gbench_state *state, const char *name, double total)
{
    state_of(state).counters[name] = benchmark::Counter(total, benchmark::Counter::kIsRate);
}

void gbench_counter_ns_per(gbench_state *state, const char *name, double total)
{
    // an inverted rate is seconds per one
    state_of(state).counters[name] =
        benchmark::Counter(total * 1e-9, benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}

void gbench_context(const char *key, const char *value)
{
    benchmark::AddCustomContext(key, value);
}

int gbench_run(int argc, char **argv)
{
    benchmark::Initialize(&argc, argv);
    if (benchmark::ReportUnrecognizedArguments(argc, argv)) {
        return 2;
    }
    const bool any = benchmark::RunSpecifiedBenchmarks() > 0;
    benchmark::Shutdown();
    return any ? 0 : 2;
}
