#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Starts a Slurm of its own on this machine, for tests: munged, slurmctld and slurmd on loopback.
#
#   tests/slurm/slurm_up.sh DIR [CPUS]
#   export SLURM_CONF=DIR/slurm.conf
#   ...
#   tests/slurm/slurm_down.sh DIR
#
# Everything it makes is in DIR: key, sockets, state, logs, and the pids of what it started; DIR's path
# is short, as paths of sockets have to be. Ports are those that are free. CPUS (default 4) need not be there.
#
# Needs root, and Debian's packages slurm-wlm, slurm-wlm-basic-plugins and munge.

set -euo pipefail

case ${1:-} in
    '' | -h | --help) sed -n '3,/^$/ { s/^# \{0,1\}//; p; }' "$0"; exit 2 ;;
esac
mkdir -p "$1"
dir=$(cd "$1" && pwd -P)
cpus=${2:-4}
host=$(hostname -s)
export PATH=$PATH:/usr/sbin SLURM_CONF=$dir/slurm.conf

fail() {
    printf 'slurm_up.sh: %s\n' "$*" >&2
    tail -n 20 "$dir"/log/* >&2 || true
    "$(dirname "${BASH_SOURCE[0]}")/slurm_down.sh" "$dir"
    exit 3
}

# waits up to 30 s for a command to succeed
until_it_can() {
    local i
    for ((i = 0; i < 300; i++)); do
        if "$@"; then return 0; fi
        sleep 0.1
    done
    return 1
}

# two ports that nobody listens on
free_ports() {
    /usr/bin/python3 - <<'END'
import socket
sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(2)]
print(*(s.getsockname()[1] for s in sockets))
END
}

# daemon NAME COMMAND...: in a session of its own, so that a signal to the terminal does not end it
daemon() {
    local name=$1
    shift
    setsid "$@" </dev/null >"$dir/log/$name.out" 2>&1 &
    echo $! >"$dir/$name.started"
}

is_idle() { [[ $(sinfo -h -o %T 2>/dev/null) == idle ]]; }

mkdir -p "$dir"/{state,spool,log}
read -r controller_port node_port < <(free_ports)
(umask 077 && head -c 128 /dev/urandom >"$dir/munge.key")
memory_mb=$(awk '/^MemTotal:/ { print int($2 / 1024 * 0.9) }' /proc/meminfo)

cat >"$dir/slurm.conf" <<END
ClusterName=tests
SlurmctldHost=$host(127.0.0.1)
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket=$dir/munge.socket
CredType=cred/munge
SlurmctldPort=$controller_port
SlurmdPort=$node_port
StateSaveLocation=$dir/state
SlurmdSpoolDir=$dir/spool
SlurmctldPidFile=$dir/slurmctld.pid
SlurmdPidFile=$dir/slurmd.pid
SlurmctldLogFile=$dir/log/slurmctld.log
SlurmdLogFile=$dir/log/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core_Memory
SchedulerType=sched/backfill
SchedulerParameters=sched_interval=1,bf_interval=1,batch_sched_delay=0,sched_min_interval=10000
SlurmdParameters=config_overrides
MpiDefault=none
SwitchType=switch/none
ReturnToService=2
JobRequeue=1
KillWait=15
InactiveLimit=0
AccountingStorageType=accounting_storage/none
JobAcctGatherType=jobacct_gather/none
NodeName=$host NodeAddr=127.0.0.1 CPUs=$cpus Boards=1 SocketsPerBoard=1 CoresPerSocket=$cpus ThreadsPerCore=1 RealMemory=$memory_mb State=UNKNOWN
PartitionName=tests Nodes=$host Default=YES MaxTime=INFINITE State=UP DefMemPerCPU=512
END

daemon munged munged --foreground --force --key-file="$dir/munge.key" \
    --socket="$dir/munge.socket" --pid-file="$dir/munged.pid" --seed-file="$dir/munge.seed" \
    --log-file="$dir/log/munged.log"
until_it_can test -S "$dir/munge.socket" || fail "munged did not start"
daemon slurmctld slurmctld -D -f "$SLURM_CONF"
daemon slurmd slurmd -D -f "$SLURM_CONF" -N "$host"
until_it_can is_idle || fail "slurmctld and slurmd did not come up"
