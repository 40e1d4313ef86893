# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# Helpers for the scripts of this folder; sourced, never run. Standard output belongs to the
# program a script starts, so everything said here goes to standard error.

unset CDPATH
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)

say() { printf '%s: %s\n' "${0##*/}" "$*" >&2; }

# the exit codes are qfleet's: 2 for a bad command line, 3 when something fails on the way
die() { say "$*"; exit 3; }
usage_error() { say "$* (try --help)"; exit 2; }

# The comment at the top of a script is its help.
show_help() { sed -n '3,/^$/ { s/^# \{0,1\}//; p; }' "$0"; }

# logged LOG COMMAND... appends what COMMAND says to LOG and shows it only when COMMAND fails.
logged() {
    local log=$1 rc=0
    shift
    "$@" >>"$log" 2>&1 </dev/null || rc=$?
    if ((rc)); then
        cat "$log" >&2
        say "failed with code $rc: $*"
        return 3
    fi
}

# configured PRESET tells whether build/PRESET was configured in this very place: a checkout copied
# or mounted elsewhere with its build directory is not.
configured() {
    grep -qsxF "CMAKE_HOME_DIRECTORY:INTERNAL=$root" "$root/build/$1/CMakeCache.txt"
}

# build PRESET TARGET [CMAKE_OPTION...] configures build/PRESET and builds TARGET in it. The steps
# are chained, and the body is a subshell, because callers test the result ("set -e" is off then)
# and stay in their own directory.
build() (
    preset=$1 target=$2 build_log=$root/build/$1.log started=$SECONDS
    shift 2
    mkdir -p "$root/build" && : >"$build_log" && cd "$root" || exit 3
    if ! configured "$preset"; then
        say "building preset $preset for the first time (log: $build_log)"
        set -- --fresh "$@"
    fi
    logged "$build_log" cmake --preset "$preset" "$@" &&
        logged "$build_log" cmake --build "build/$preset" --target "$target" || exit
    ((SECONDS - started < 5)) || say "built preset $preset in $((SECONDS - started)) s"
)
