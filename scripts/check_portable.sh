#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Shows that the kernels need neither x86 nor its headers.
#
#   scripts/check_portable.sh [--emulate]
#
#   1. builds in build/portable with the generic instruction set alone, and runs the tests of the
#      kernels and of determinism there
#   2. compiles every source of src/kernels, and the checks of lanes, for aarch64 with the same
#      flags; a warning is an error
#   --emulate   3. also runs the checks of lanes, random numbers and transcendental functions as an
#      aarch64 program under QEMU: all results must be those of this machine
#
# Needs what scripts/test.sh needs and, of Debian, gcc-aarch64-linux-gnu and libc6-dev-arm64-cross;
# step 3 needs qemu-user-static and fetches the aarch64 package of SLEEF into build/portable, without
# installing it. Sources and flags are those of the CMake build: there is no second list.

set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

emulate=''
for arg in "$@"; do
    case $arg in
        --emulate) emulate=1 ;;
        -h | --help) show_help; exit 0 ;;
        *) usage_error "unknown argument '$arg'" ;;
    esac
done

cross=aarch64-linux-gnu
sysroot=/usr/$cross
tree=$root/build/portable
arm=$tree/aarch64
log=$tree.log

[ -n "${QFLEET_NO_SETUP:-}" ] || "$root/scripts/setup.sh" --quiet
command -v $cross-gcc >/dev/null || die "$cross-gcc is missing: install gcc-aarch64-linux-gnu"
[ -e $sysroot/include/math.h ] || die "its C library is missing: install libc6-dev-arm64-cross"
[ -z "$emulate" ] || command -v qemu-aarch64-static >/dev/null ||
    die "qemu-aarch64-static is missing: install qemu-user-static"

say "== generic instruction set alone =="
mkdir -p "$tree"
: >"$log"
(cd "$root" && logged "$log" cmake --preset release -B "$tree" -D QFLEET_ISA_SETS=generic \
    -D QFLEET_WERROR=ON -D BUILD_TESTING=ON)
logged "$log" cmake --build "$tree"
ctest --test-dir "$tree" --label-regex '^(unit|golden|determinism)$' --parallel "$(nproc)" \
    --output-on-failure --no-tests=error </dev/null
logged "$log" "$tree/portable_lanes"

say "== compile for $cross =="
mkdir -p "$arm"
rm -f "$arm"/*.o
/usr/bin/python3 - "$tree/compile_commands.json" "$root" "$arm" $cross-gcc <<'EOF' >"$arm/compile.sh"
"""Prints the commands of the kernels and of portable_lanes, for another compiler."""
import json
import pathlib
import shlex
import sys

database, root, out, compiler = sys.argv[1:]
folders = ("CMakeFiles/qf_kernels", "CMakeFiles/lanes_cases_generic", "CMakeFiles/portable_lanes")
for entry in json.load(open(database, encoding="utf-8")):
    words = shlex.split(entry["command"])
    output = words[words.index("-o") + 1]
    if any(folder in output for folder in folders):
        name = output.replace("/", "-").replace("CMakeFiles-", "")
        end = words.index("-MD") if "-MD" in words else words.index("-o")
        words = [compiler, *words[1:end], "-o", f"{out}/{name}", "-c", entry["file"]]
        print(shlex.join(words))
EOF
[ "$(grep -c -- ' -c [^ ]*/src/kernels/' "$arm/compile.sh")" -ge "$(find "$root/src/kernels" -name '*.c' | wc -l)" ] ||
    die "not every source of src/kernels is in $tree/compile_commands.json"
logged "$log" bash -e "$arm/compile.sh"
say "compiled $(find "$arm" -name '*.o' | wc -l) objects without a warning"

if [ -z "$emulate" ]; then
    say "skipped: running them under emulation (--emulate)"
    exit 0
fi

say "== run for $cross under emulation =="
sleef=$arm/usr/lib/$cross/libsleef.so.3
if [ ! -e "$sleef" ]; then
    # a package list of its own, so that the system's architectures stay as they are
    apt=(apt-get -q -o APT::Architecture=arm64 -o APT::Architectures=arm64
        -o Dir::State::Lists="$arm/lists" -o Dir::Cache="$arm/cache" -o Dir::State::status=/dev/null)
    mkdir -p "$arm/lists/partial" "$arm/cache/archives/partial"
    logged "$log" "${apt[@]}" update
    (cd "$arm" && logged "$log" "${apt[@]}" download libsleef3 &&
        logged "$log" dpkg-deb -x libsleef3_*_arm64.deb "$arm")
fi
logged "$log" $cross-gcc -o "$arm/portable_lanes" "$arm"/*portable_lanes*.o "$arm"/*lanes_cases*.o \
    "$sleef" -lm
QEMU_LD_PREFIX=$sysroot qemu-aarch64-static -E LD_LIBRARY_PATH="${sleef%/*}" "$arm/portable_lanes" ||
    die "results on $cross differ"
