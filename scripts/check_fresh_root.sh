#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Checks that the first minute works: runs the committed state in a new, minimal Debian 12.
#
#   scripts/check_fresh_root.sh [--tests] [--keep] [MIRROR]
#
#   --tests   also run scripts/test.sh inside; pip must reach a package registry for the notebooks
#   --keep    keep the directory tree for a look at it
#   MIRROR    Debian archive to use; else $DEBIAN_MIRROR, else the one this machine's apt uses
#
# Needs root and debootstrap. Unpacks HEAD into a temporary directory tree that has nothing but
# Debian's essential packages and apt, runs scripts/run.sh there and reports how long it took.
# Everything is mounted in a namespace of its own, so nothing stays mounted however this ends.

# shellcheck disable=SC2317 # it cannot see steps called by name
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

release=bookworm
with_tests='' keep='' mirror=${DEBIAN_MIRROR:-}
for arg in "$@"; do
    case $arg in
        --tests) with_tests=1 ;;
        --keep) keep=1 ;;
        -h | --help) show_help; exit 0 ;;
        -*) usage_error "unknown option '$arg'" ;;
        *) mirror=$arg ;;
    esac
done

((EUID == 0)) || die "making a root needs root: run this with sudo"
command -v debootstrap >/dev/null || die "debootstrap is missing: apt-get install debootstrap"
commit=$(git -C "$root" rev-parse --short HEAD 2>/dev/null) ||
    die "this checks a commit, and $root has none"
[ -z "$(git -C "$root" status --porcelain)" ] ||
    say "note: uncommitted changes are not part of this check"

# sources: lines of sources.list for the inside, taken from what apt outside has really loaded
if [ -n "$mirror" ]; then
    sources="deb $mirror $release main"
else
    # shellcheck disable=SC2016 # apt-get fills these in
    sources=$(apt-get indextargets --format '$(ORIGIN) deb $(REPO_URI) $(RELEASE) $(COMPONENT)' \
        'Created-By: Packages' | sed -n "s/^Debian \(deb .* $release\)/\1/p" | sort -u)
    mirror=$(awk -v release=$release '$3 == release { print $2; exit }' <<<"$sources")
    [ -n "$mirror" ] ||
        die "apt here knows no mirror of Debian $release: run apt-get update, or name a MIRROR"
fi

temporary=$(mktemp -d)
inside=$temporary/root
log=$temporary/debootstrap.log
step='' times=()
clean_up() {
    local rc=$?
    ((${#times[@]} == 0)) || printf '%s\n' "${times[@]}" >&2
    ((rc == 0)) || say "FAILED with code $rc: $step"
    if [ -n "$keep" ]; then
        say "kept $inside"
    else
        rm -rf --one-file-system "$temporary"
    fi
}
trap clean_up EXIT
trap 'exit 75' INT TERM HUP

# in_root COMMAND... runs in the new root with its own mounts and processes and a bare environment;
# proxies and where packages of Python come from are the network's, not the user's, and pass
in_root() {
    local variable environment=(HOME=/root TERM="${TERM:-dumb}"
        PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin)
    [ ! -e "$inside/etc/ssl/outside.crt" ] || environment+=(PIP_CERT=/etc/ssl/outside.crt)
    for variable in http_proxy https_proxy no_proxy \
        PIP_INDEX_URL PIP_EXTRA_INDEX_URL PIP_TRUSTED_HOST; do
        [ -z "${!variable:-}" ] || environment+=("$variable=${!variable}")
    done
    # shellcheck disable=SC2016 # $0 and $@ are the inner shell's
    unshare --mount --pid --fork --kill-child --mount-proc="$inside/proc" bash -ec '
        mount -t sysfs -o ro sysfs "$0/sys"
        mount -t tmpfs -o mode=1777 tmpfs "$0/dev/shm"
        mount -t devpts -o newinstance,ptmxmode=0666 devpts "$0/dev/pts"
        exec chroot "$0" env --ignore-environment --chdir=/opt/qfleet "$@"
    ' "$inside" "${environment[@]}" "$@"
}

timed() {
    local started=$EPOCHREALTIME
    step=$*
    say "== $step =="
    "$@"
    times+=("$(awk -v from="$started" -v to="$EPOCHREALTIME" \
        'BEGIN { printf "%7.1f s  ", to - from }')$step")
}

make_root() {
    logged "$log" unshare --mount debootstrap --variant=minbase "$release" "$inside" "$mirror"
    # names, trusted keys, certificates and the transport settings, so that apt works as outside
    cp /etc/hosts /etc/resolv.conf "$inside/etc/"
    cp -r /etc/apt/trusted.gpg.d /etc/apt/keyrings "$inside/etc/apt/" 2>/dev/null || true
    if [ -e /etc/ssl/certs/ca-certificates.crt ]; then
        mkdir -p "$inside/etc/ssl/certs"
        cp /etc/ssl/certs/ca-certificates.crt "$inside/etc/ssl/certs/"
        # installing ca-certificates writes that file anew; tests that call pip read this one
        cp /etc/ssl/certs/ca-certificates.crt "$inside/etc/ssl/outside.crt"
    fi
    apt-config dump | grep -E '^Acquire::(https?|Check-[^:]+|Retries)[: ]' |
        grep -v Auto-Detect >"$inside/etc/apt/apt.conf.d/90outside" || true
    printf '%s\n' "$sources" >"$inside/etc/apt/sources.list"
    mkdir -p "$inside/opt/qfleet"
    git -C "$root" archive HEAD | tar -x -C "$inside/opt/qfleet"
}

say "checking commit $commit on Debian $release from $mirror"
timed make_root
timed in_root scripts/run.sh
timed in_root scripts/run.sh
[ -z "$with_tests" ] || timed in_root scripts/test.sh
