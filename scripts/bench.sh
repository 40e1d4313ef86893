#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Builds the benchmarks in build/bench, runs them and prints tables; results are Google Benchmark's
# JSON, with commit, compiler, flags, processor and threads in the context.
#
#   scripts/bench.sh [--out FILE] [--filter REGEX] [--quick]
#   scripts/bench.sh --record-cost [--pairs N] [--scenario FILE]
#
#   --out FILE       where the JSON goes (default: out/bench.json)
#   --filter REGEX   only benchmarks whose name matches: world/MIX/ISA/VEHICLES/threads:N,
#                    kernel/KERNEL/ISA, lanes/CASE/ISA, record/PLAN, world_record/PLAN
#   --quick          one short repetition, no fleet above 16,400 vehicles; for trying things out
#   --record-cost    instead: run a scenario with and without recording, in turns, and compare;
#                    the exit code is 1 when recording costs more than 15 %
#   --pairs N        how often (default: 11)
#   --scenario FILE  which one (default: configs/patrol.yaml)
#
# QFLEET_NO_SETUP=1 skips looking for missing packages.

set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

out='' filter='' quick='' record_cost='' pairs=11 scenario=''
while (($#)); do
    case $1 in
        --out | --filter | --pairs | --scenario)
            (($# > 1)) || usage_error "$1 needs a value"
            declare "${1#--}=$2"
            shift ;;
        --quick) quick=1 ;;
        --record-cost) record_cost=1 ;;
        -h | --help) show_help; exit 0 ;;
        *) usage_error "unknown argument '$1'" ;;
    esac
    shift
done
[[ $pairs =~ ^[1-9][0-9]*$ ]] || usage_error "--pairs needs a count, not '$pairs'"

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

options=(--benchmark_min_time=0.2 --benchmark_repetitions=5)
if [ -n "$quick" ]; then
    options=(--benchmark_min_time=0.05 --benchmark_repetitions=1)
    filter=${filter:-'^(kernel|lanes|record|world_record)|/(1000|1024|16384|16400)/'}
fi
out=${out:-$root/out/bench.json}
mkdir -p "$(dirname "$out")"
say "running the benchmarks, this takes $([ -n "$quick" ] && echo seconds || echo minutes)"
# Google Benchmark's own table is too wide to read, and Debian's library warns that it was built
# for debugging, which here costs nothing: a benchmark's iteration is a thousand vehicles or more
log=$root/build/bench-run.log
"$root/build/bench/qfleet_bench" "${options[@]}" --benchmark_filter="${filter:-.}" \
    --benchmark_out="$out" --benchmark_out_format=json >"$log" 2>&1 || {
    cat "$log" >&2
    die "the benchmarks failed"
}
python3 "$root/benchmarks/report.py" "$out"
say "results: $out"
