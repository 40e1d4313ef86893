# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# What the jobs of this folder share; sourced, or put into the file that `qfleet plan --sbatch` writes.
#
# A job runs one command that ends with exit code 75 where it was interrupted, and that goes on where it was when it is run
# again. Slurm's warning before the time limit (--signal=B:USR1@...) or before preemption is handed on to it; when it has
# saved, the job is put back into the queue. A job that did not get any further than its last start had is not: it fails.

work_files=() # what comes after $OUT in names of files that grow while there is progress, as patterns; the job sets them
launcher=()   # choose_launcher
most_idle_starts=3 # in a row, after which a job that something else puts back again and again gives up

note() { printf '%s: %s\n' "${SLURM_JOB_NAME:-job}" "$*" >&2; }

# what is on file of the work: one line that changes when there is more. Files grow, or begin with how far they are; what
# they hold besides may be too much to read before the time is over.
work_on_file() {
    local pattern file
    for pattern in "${work_files[@]}"; do
        # shellcheck disable=SC2231 # a pattern without spaces
        for file in "$OUT"$pattern; do
            # one may just go
            { stat -c '%n %s' -- "$file" && head -c 65536 -- "$file"; } 2>/dev/null || true
        done
    done | cksum
}

give_up() {
    note "no progress since the last start: $*"
    exit 3
}

# writes a line into a file of $OUT.slurm, which another task that is done may just remove
remember() {
    for _ in 1 2 3; do
        { mkdir -p -- "$OUT.slurm" && printf '%s\n' "$2" >"$1"; } 2>/dev/null && return
        sleep 0.1
    done
    mkdir -p -- "$OUT.slurm"
    printf '%s\n' "$2" >"$1"
}

# what is of no use once the work is done; other tasks may still have theirs
forget() {
    rm -f -- "$OUT.slurm/$1"
    rmdir -- "$OUT.slurm" 2>/dev/null || true
}

# starts in a row, this one included, that found no more than the one before; of a node that dies or a
# preemption nobody has told us
count_idle_starts() {
    local file=$OUT.slurm/$1 idle=0 before=''
    if ((${SLURM_RESTART_COUNT:-0} > 0)) && [[ -e $file ]]; then
        read -r idle before <"$file"
        if [[ $before == "$at_start" ]]; then idle=$((idle + 1)); else idle=0; fi
    fi
    remember "$file" "$idle $at_start"
    ((idle < most_idle_starts)) || give_up "$idle starts have found nothing new"
}

child='' n_signals=0 asked=''

# a program that saves on one signal may end at once on a second of its kind: SIGTERM comes to all processes of a
# job, so that it is handed on as another
hand_on() {
    asked=$1
    n_signals=$((n_signals + 1))
    [[ -z $child ]] || kill -USR1 "$child" 2>/dev/null || true
}

# waits for the child, however often a signal ends the waiting; its exit code in $code
wait_for_child() {
    local seen=-1 ended
    code=''
    while ((seen != n_signals)); do
        seen=$n_signals
        ended=0
        wait "$child" || ended=$?
        # 127: it had ended before; at first, that there is no such program, or no library that it needs
        [[ $ended == 127 && -n $code ]] || code=$ended
    done
}

# run_until_done NAME COMMAND...: runs a command as above, and ends the job. NAME tells tasks of one result apart.
run_until_done() {
    local name=$1 at_start code
    shift
    if [[ ! -r $SCENARIO ]]; then
        note "$SCENARIO cannot be read from $PWD: submit from the folder that it is in, or give SCENARIO with its whole path"
        exit 2
    fi
    at_start=$(work_on_file)
    count_idle_starts "$name"
    note "start ${SLURM_RESTART_COUNT:-0} on ${SLURM_JOB_NODELIST:-$HOSTNAME}: $*"
    trap 'hand_on requeue' USR1
    trap 'hand_on end' TERM INT
    "$@" &
    child=$!
    if [[ -n $asked ]]; then hand_on "$asked"; fi
    wait_for_child
    trap '' USR1 TERM INT
    # 1: a sweep is done, and a requirement is not met
    if ((code <= 1)) && [[ $asked != end || $code == 0 ]]; then forget "$name"; fi
    # 138: the signal came before the program could listen; mpirun has no code of its own for what ended it
    if ((code != 0)) && [[ $asked == end ]]; then
        note "was told to end; what is done is kept, and the next start goes on"
        exit 75
    fi
    ((code == 75 || code == 138)) || return "$code"
    [[ $(work_on_file) != "$at_start" ]] ||
        give_up "a longer time limit, or smaller steps (--batch of a sweep), would help"
    note "interrupted; what is done is kept, back into the queue"
    scontrol requeue "$SLURM_JOB_ID" || note "which Slurm refuses: submit it again, and it goes on"
    exit 75
}

# the words that start a program on all tasks of the job, in ${launcher[@]}: mpirun, srun, or any other words
# shellcheck disable=SC2034 # where a job has no ranks
choose_launcher() {
    local cpus=${SLURM_CPUS_PER_TASK:-1}
    case $1 in
        mpirun)
            # ends ranks that were told to end after that many seconds, and waits twice as long after ranks that end with a
            # code that is not 0
            export OMPI_MCA_odls_base_sigkill_timeout="${OMPI_MCA_odls_base_sigkill_timeout:-10}"
            launcher=(mpirun ${SLURM_NTASKS:+-n "$SLURM_NTASKS"} --map-by "slot:PE=$cpus" --bind-to core) ;;
        srun)
            # since Slurm 22.05 srun does not inherit the processors of a task; that a rank has saved (75) must not
            # end those that still do
            if ! srun --mpi=list 2>&1 | grep -q pmix; then
                note "srun has no pmix here, by which ranks would find each other: LAUNCHER=mpirun may do"
                exit 2
            fi
            launcher=(srun --mpi=pmix "--cpus-per-task=$cpus" --cpu-bind=cores --kill-on-bad-exit=0) ;;
        *) read -ra launcher <<<"$1" ;;
    esac
}
