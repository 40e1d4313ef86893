#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Installs what is missing, builds qfleet and runs every test. The exit code is ctest's.
#
#   scripts/test.sh [--all | --leg NAME...] [-- CTEST_ARGS...]
#
#   --all        all legs: release, long (tests of it that then take minutes), asan (address and
#                undefined behaviour), debug, clang (optimised, by the other compiler), tsan (data
#                races), valgrind (memory, on what asan does not see: libraries), portable (other
#                processors: scripts/check_portable.sh), slurm (the jobs of scripts/slurm, by a
#                Slurm of its own on this machine; needs root)
#   --leg NAME   only this leg (may be repeated); without options the leg is release
#   CTEST_ARGS   go to ctest, for example: scripts/test.sh -- -L unit -R thermal
#
# A leg is one way of building and testing. Every leg runs even when an earlier one failed; the
# exit code is that of the first failure. A leg that finds no test has failed.
# QFLEET_NO_SETUP=1 skips looking for missing packages.

# shellcheck disable=SC2317 # it cannot see legs called by name
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

all_legs=(release long asan debug clang tsan valgrind portable slurm)
leg_release() { build_and_ctest release; }
leg_long() { QFLEET_LONG_TESTS=1 build_and_ctest release -L long; }
leg_asan() {
    local failed=0
    build_and_ctest asan || failed=$?
    say "fuzz_expression, 30 s"
    "$root/build/asan/fuzz_expression" 30 2 || failed=$?
    return "$failed"
}
leg_debug() { build_and_ctest debug; }
leg_clang() { build_and_ctest clang; }
# what libraries do among themselves is not ours to judge
leg_tsan() {
    TSAN_OPTIONS="ignore_noninstrumented_modules=1 halt_on_error=1 ${TSAN_OPTIONS:-}" \
        build_and_ctest tsan -LE notebook
}
leg_portable() { "$root/scripts/check_portable.sh"; }
leg_slurm() { build_and_ctest release -C slurm -L slurm --verbose; }

# valgrind has no AVX-512 and hides it, so that the choice of instruction set at start is tested too
valgrind_tests=(test_columns test_arena test_fleet test_event_log test_quarantine test_pipeline
    test_record test_scenario test_yaml_load test_yaml_read test_yaml_set test_yaml_mutants
    test_number test_diagnostics test_results test_expression test_expression_compile)
leg_valgrind() {
    build release all -D BUILD_TESTING=ON -D QFLEET_WERROR=ON || return
    local failed=0 test
    for test in "${valgrind_tests[@]}"; do
        say "valgrind $test"
        valgrind --quiet --error-exitcode=9 --leak-check=full --errors-for-leak-kinds=definite \
            "$root/build/release/$test" </dev/null || failed=$?
    done
    for test in engine radar; do
        say "valgrind test_determinism --print-hash $test"
        valgrind --quiet --error-exitcode=9 "$root/build/release/test_determinism" \
            --print-hash "$test" </dev/null | cmp - "$root/tests/golden/$test.hash" || failed=$?
    done
    say "valgrind test_determinism_tracks --print-hash"
    valgrind --quiet --error-exitcode=9 "$root/build/release/test_determinism_tracks" \
        --print-hash </dev/null | cmp - "$root/tests/golden/tracks.hash" || failed=$?
    return "$failed"
}

# preset, and arguments for ctest besides those given
build_and_ctest() {
    build "$1" all -D BUILD_TESTING=ON -D QFLEET_WERROR=ON &&
        ctest --test-dir "$root/build/$1" --parallel "$(nproc)" --output-on-failure \
            --no-tests=error "${@:2}" "${ctest_args[@]}" </dev/null
}

legs=()
while (($#)) && [ "$1" != -- ]; do
    case $1 in
        --all) legs=("${all_legs[@]}") ;;
        --leg)
            [[ " ${all_legs[*]} " == *" ${2:-} "* ]] || usage_error "legs are: ${all_legs[*]}"
            legs+=("$2")
            shift ;;
        -h | --help) show_help; exit 0 ;;
        *) usage_error "unknown argument '$1'; arguments for ctest go after --" ;;
    esac
    shift
done
ctest_args=("${@:2}")
((${#legs[@]})) || legs=(release)

setup=(--quiet)
[[ " ${legs[*]} " =~ \ (clang|tsan|valgrind|portable|slurm)\  ]] && setup+=(--all-legs)
[ -n "${QFLEET_NO_SETUP:-}" ] || "$root/scripts/setup.sh" "${setup[@]}"
verdicts=() first_failure=0
for leg in "${legs[@]}"; do
    say "== leg $leg =="
    rc=0
    "leg_$leg" || rc=$?
    verdict=passed
    if ((rc)); then
        verdict="FAILED with code $rc"
        ((first_failure)) || first_failure=$rc
    fi
    verdicts+=("leg $leg $verdict")
done
for verdict in "${verdicts[@]}"; do say "$verdict"; done
exit "$first_failure"
