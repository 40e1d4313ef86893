#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Installs what is missing, builds qfleet and runs every test. The exit code is ctest's.
#
#   scripts/test.sh [--all | --leg NAME...] [-- CTEST_ARGS...]
#
#   --all        all legs: release, asan, debug
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

all_legs=(release asan debug)
leg_release() { build_and_ctest release; }
leg_asan() { build_and_ctest asan; }
leg_debug() { build_and_ctest debug; }

build_and_ctest() {
    build "$1" all -D BUILD_TESTING=ON -D QFLEET_WERROR=ON &&
        ctest --test-dir "$root/build/$1" --parallel "$(nproc)" --output-on-failure \
            --no-tests=error "${ctest_args[@]}" </dev/null
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

[ -n "${QFLEET_NO_SETUP:-}" ] || "$root/scripts/setup.sh" --quiet
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
