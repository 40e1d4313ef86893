#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Builds the benchmarks in build/bench, runs them and prints Markdown tables: those of
# docs/performance.md. Results are Google Benchmark's JSON, with commit, compiler, flags, processor,
# caches, threads and load in the context.
#
#   scripts/bench.sh [--quick] [--out FILE] [--filter REGEX] [--threads N] [--repetitions N]
#   scripts/bench.sh --report FILE [--into DOCUMENT]
#   scripts/bench.sh --compare OLD NEW [--threshold PCT]
#   scripts/bench.sh --record-cost [--pairs N] [--scenario FILE]
#   scripts/bench.sh --tracking-load [--repetitions N] [--scenario FILE]
#   scripts/bench.sh --ship-load [--repetitions N] [--scenario FILE]
#
#   --quick          short repetitions and, unless --filter says otherwise, no fleet above 40,000
#                    vehicles: about a minute on two cores;
#                    without it some six minutes
#   --out FILE       where the JSON goes (default: out/bench.json)
#   --filter REGEX   only benchmarks whose name matches: world/MIX/ISA/VEHICLES/threads:N,
#                    worlds/PACKING, kernel/KERNEL/ISA/VEHICLES, lanes/CASE/ISA, record/PLAN,
#                    world_record/PLAN, radar/STEP/ISA, radar_frame/ISA/VEHICLES/threads:N,
#                    neighbours/PART/ISA/VEHICLES/MEAN..., track/MODE/ISA/PLOTS_SLOTS_USED,
#                    publish/ likewise, filter/STEP/ISA/SLOTS, guard/ISA/SLOTS/RULES,
#                    quality/ISA/TARGETS, assign/WAY/..., roofline/...,
#                    machine/STATESxROWS/SPREAD/ISA/VEHICLES/threads:N, ships/ISA/VEHICLES/threads:N; shares of the roofline
#                    need roofline/ in the same run
#   --threads N      use no more than N threads (default: all processors allowed)
#   --repetitions N  of each benchmark (default: 5); those of all benchmarks come in random order, so
#                    that a disturbance hits each alike
#   --report FILE    only print the tables of such a JSON file, or put them in their place in a
#                    document: --into docs/performance.md
#   --compare        only compare two such files; says what counts as a difference with
#                    scripts/bench.sh --compare --help. The exit code is 1 when something got slower
#                    by more than the threshold, 2 when the files cannot be compared
#   --threshold PCT  default: 5
#   --record-cost    instead: run a scenario with and without recording, in turns, and compare;
#                    the exit code is 1 when recording costs more than 15 %
#   --pairs N        how often (default: 11)
#   --scenario FILE  which one (default: configs/patrol.yaml)
#   --tracking-load  instead: run 100,000 observers that track (benchmarks/tracking_load.yaml, unless
#                    --scenario says otherwise); the exit code is 1 when they are simulated less than
#                    twice as fast as time passes, by the median of the repetitions
#   --ship-load      instead: run 100,000 ships that fly by themselves, look around and track
#                    (benchmarks/ship_load.yaml); the exit code is 1 when that is slower than time passes
#
# Threads are bound to cores unless OMP_PROC_BIND says otherwise. QFLEET_NO_SETUP=1 skips looking for
# missing packages.

set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

# readers of results: nothing to build, and arguments of their own
case ${1:-} in
    --compare | --report) exec python3 "$root/benchmarks/${1#--}.py" "${@:2}" ;;
esac

out='' filter='' quick='' record_cost='' tracking_load='' ship_load='' pairs=11 scenario='' threads='' repetitions=5
while (($#)); do
    case $1 in
        --out | --filter | --pairs | --scenario | --threads | --repetitions)
            (($# > 1)) || usage_error "$1 needs a value"
            declare "${1#--}=$2"
            shift ;;
        --quick) quick=1 ;;
        --record-cost) record_cost=1 ;;
        --tracking-load) tracking_load=1 ;;
        --ship-load) ship_load=1 ;;
        --compare | --report) usage_error "$1 comes first" ;;
        -h | --help) show_help; exit 0 ;;
        *) usage_error "unknown argument '$1'" ;;
    esac
    shift
done
count_error() { [[ $2 =~ ^[1-9][0-9]*$ ]] || usage_error "$1 needs a count, not '$2'"; }
count_error --pairs "$pairs"
[ -z "$threads" ] || count_error --threads "$threads"
count_error --repetitions "$repetitions"

[ -n "${QFLEET_NO_SETUP:-}" ] || "$root/scripts/setup.sh" --quiet

# preset release, in a directory of its own: the users' build stays without benchmarks
build_benchmarks() {
    local log=$root/build/bench.log options=(-B "$root/build/bench" -D QFLEET_BENCHMARKS=ON
        -D BUILD_TESTING=OFF)
    mkdir -p "$root/build"
    : >"$log"
    if ! configured bench; then
        say "building the benchmarks for the first time (log: $log)"
        options+=(--fresh)
    fi
    (cd "$root" && logged "$log" cmake --preset release "${options[@]}") &&
        logged "$log" cmake --build "$root/build/bench" --target qfleet qfleet_bench
}
build_benchmarks || exit

if [ -n "$record_cost" ]; then
    [ -w /dev/shm ] || die "/dev/shm cannot be written to, and recording is measured there"
    exec python3 "$root/benchmarks/record_cost.py" "$root/build/bench/qfleet" \
        "${scenario:-$root/configs/patrol.yaml}" "$pairs"
fi

# run_load SCENARIO LIMIT
run_load() {
    exec python3 "$root/benchmarks/load.py" "$root/build/bench/qfleet" "${scenario:-$root/benchmarks/$1}" \
        "$repetitions" "$2"
}
[ -z "$tracking_load" ] || run_load tracking_load.yaml 2
[ -z "$ship_load" ] || run_load ship_load.yaml 1

options=(--benchmark_repetitions="$repetitions" --benchmark_enable_random_interleaving=true
    --benchmark_min_time="$([ -n "$quick" ] && echo 0.02 || echo 0.1)")
if [ -n "$quick" ]; then
    # by negation, so that a benchmark without sizes in its name is part of it; six digits are 100,000
    filter=${filter:-'-/[0-9]{6,}(/|$)'}
fi
[ -z "$threads" ] || options+=("--threads=$threads")
# unbound, two threads that spin can meet on one core, and then each waits for the other's time slice
export OMP_PROC_BIND=${OMP_PROC_BIND:-close} OMP_PLACES=${OMP_PLACES:-cores}

out=${out:-$root/out/bench.json}
mkdir -p "$(dirname "$out")"
say "running the benchmarks, this takes $([ -n "$quick" ] && echo "about a minute" || echo minutes)"
say "load average: $(cut -d ' ' -f 1-3 /proc/loadavg), $(nproc) processors"
# Google Benchmark's own table is too wide to read, and Debian's library warns that it was built
# for debugging, which here costs nothing: a benchmark's iteration is a thousand vehicles or more
log=$root/build/bench-run.log
"$root/build/bench/qfleet_bench" "${options[@]}" --benchmark_filter="${filter:-.}" \
    --benchmark_out="$out" --benchmark_out_format=json >"$log" 2>&1 || {
    rc=$?
    cat "$log" >&2
    ((rc != 2)) || usage_error "the benchmarks do not take these arguments"
    die "the benchmarks failed"
}
python3 "$root/benchmarks/results.py" --clean "$out"
python3 "$root/benchmarks/report.py" "$out"
say "results: $out"
