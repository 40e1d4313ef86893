#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Installs what is missing, builds qfleet and runs it.
#
#   scripts/run.sh           runs the demo configs/patrol.yaml and writes out/patrol.h5
#   scripts/run.sh ARGS...   runs qfleet ARGS... in the current directory
#
# For example: scripts/run.sh run my.yaml -o my.h5; scripts/run.sh topo; scripts/run.sh run --help.
# qfleet's own help is scripts/run.sh -- --help. The exit code is qfleet's.
# QFLEET_NO_SETUP=1 skips looking for missing packages.

set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

case ${1:-} in
    -h | --help) show_help; exit 0 ;;
    --) shift ;;
esac

[ -n "${QFLEET_NO_SETUP:-}" ] || "$root/scripts/setup.sh" --quiet --minimal
# The first configuration leaves out the tests, whose packages may be absent; a build directory
# that has them keeps them. Only the program is built.
options=()
configured release || options=(-D BUILD_TESTING=OFF)
build release qfleet "${options[@]}"

if (($#)); then
    exec "$root/build/release/qfleet" "$@"
fi
cd "$root"
mkdir -p out
demo=(build/release/qfleet run configs/patrol.yaml -o out/patrol.h5 --force)
say "in $root: ${demo[*]}"
exec "${demo[@]}"
