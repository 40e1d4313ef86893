#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Ends what tests/slurm/slurm_up.sh DIR started, by its pids, and nothing else.
#
#   tests/slurm/slurm_down.sh DIR

set -euo pipefail

case ${1:-} in
    '' | -h | --help) sed -n '3,/^$/ { s/^# \{0,1\}//; p; }' "$0"; exit 2 ;;
esac

# gone or only waiting to be collected by its parent
has_ended() {
    local state
    state=$(sed -n 's/^State:[[:space:]]*//p' "/proc/$1/status" 2>/dev/null) || return 0
    [[ -z $state || $state == Z* ]]
}

for name in slurmd slurmctld munged; do
    file=$1/$name.started
    [[ -e $file ]] || continue
    pid=$(<"$file")
    # the number may be another program's by now
    if [[ $(cat "/proc/$pid/comm" 2>/dev/null) == "$name" ]]; then
        kill -TERM "$pid" || true
        for ((i = 0; i < 200; i++)); do
            if has_ended "$pid"; then break; fi
            sleep 0.1
        done
        has_ended "$pid" || kill -KILL "$pid" || true
    fi
    rm -f "$file"
done
