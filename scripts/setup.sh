#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Installs the Debian packages that building, testing and benchmarking qfleet needs.
#
#   scripts/setup.sh [--minimal | --all-legs] [--check] [--quiet]
#
#   --minimal   only what building and running the demo needs: no test or benchmark packages
#   --all-legs  also what scripts/test.sh --all needs: clang, valgrind, a compiler for another processor,
#               and Slurm
#   --check     install nothing; list what is missing, exit 1 when something is
#   --quiet     say nothing when nothing is missing
#
# Made for Debian 12; run it as root or as a user who may use sudo. Installed packages are left
# alone, so a second run does nothing. Elsewhere, or without such rights, provide the same
# libraries yourself and set QFLEET_NO_SETUP=1: then scripts/run.sh and scripts/test.sh skip this.

set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

# libc6-dev is named because gcc only recommends it
to_build=(gcc libc6-dev cmake ninja-build pkg-config
    libcglm-dev libhdf5-dev libhwloc-dev libyaml-dev libsleef-dev libxxhash-dev libopenmpi-dev
    openmpi-bin)
# g++ is for the wrapper around Google Benchmark; the Python modules read and draw results as users do, and
# python3-venv makes the environment of notebooks; graphviz draws state machines; in the browser, which has no window,
# pages of results are looked at
to_test=(g++ libcmocka-dev libbenchmark-dev hdf5-tools netcdf-bin graphviz fonts-dejavu-core
    python3 python3-venv python3-numpy python3-h5py python3-xarray python3-h5netcdf python3-matplotlib
    chromium-headless-shell)
for_all_legs=(clang-14 libomp-14-dev libclang-rt-14-dev valgrind gcc-aarch64-linux-gnu
    libc6-dev-arm64-cross slurm-wlm slurm-wlm-basic-plugins munge)

packages=("${to_build[@]}" "${to_test[@]}")
check_only='' quiet=''
for arg in "$@"; do
    case $arg in
        --minimal) packages=("${to_build[@]}") ;;
        --all-legs) packages+=("${for_all_legs[@]}") ;;
        --check) check_only=1 ;;
        --quiet) quiet=1 ;;
        -h | --help) show_help; exit 0 ;;
        *) usage_error "unknown argument '$arg'" ;;
    esac
done

if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
    die "this is not a Debian system; install what these packages contain by the system's own" \
        "means, then set QFLEET_NO_SETUP=1: ${packages[*]}"
fi

# dpkg-query fails when it has never heard of a name; that name is then missing from its answer
installed=$(dpkg-query -W -f '${Package}=${db:Status-Status}\n' "${packages[@]}" 2>/dev/null) || true
missing=()
for package in "${packages[@]}"; do
    grep -qxF "$package=installed" <<<"$installed" || missing+=("$package")
done

if ((${#missing[@]} == 0)); then
    [ -n "$quiet" ] || say "all ${#packages[@]} packages are installed, nothing to do"
    exit 0
fi
if [ -n "$check_only" ]; then
    say "${#missing[@]} of ${#packages[@]} packages are missing:"
    printf '%s\n' "${missing[@]}"
    exit 1
fi

install=(apt-get install --yes --no-install-recommends "${missing[@]}")
as_root=()
if ((EUID != 0)); then
    # without a terminal nobody could type a password
    if command -v sudo >/dev/null && { [ -t 0 ] || sudo -n true 2>/dev/null; }; then
        as_root=(sudo)
    else
        die "installing packages needs root, and this user is neither root nor can use sudo here;" \
            "ask an administrator for: ${install[*]}"
    fi
fi

apt() {
    : >"$log"
    logged "$log" "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8 "$@" \
        -o DPkg::Lock::Timeout=120 -o Acquire::Retries=3
}

log=$(mktemp)
trap 'rm -f "$log"' EXIT
[ ${#as_root[@]} = 0 ] || sudo -v # asks for the password here: the steps below have no terminal
say "installing ${#missing[@]} missing packages, this may take some minutes: ${missing[*]}"
started=$SECONDS
# a broken third-party source must not stop us: what matters is whether the packages are found
apt apt-get update || say "the package lists could not all be refreshed; going on with what is there"
apt "${install[@]}" || die "the packages could not be installed"
say "installed ${#missing[@]} packages in $((SECONDS - started)) s"
