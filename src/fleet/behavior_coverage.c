/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What machines exercise. Each thread counts in memory of its own, and whole numbers are summed when
 * somebody asks, so that the sums do not depend on which thread took which block.
 */
#include <string.h>

#include "behavior_stage.h"
#include "ranks.h"

static bool prepare_tally(qf_arena *arena, const qf_built_machine *built, qf_behavior_tally *tally)
{
    const size_t n_states = built->machine.n_states;
    const size_t n_rows = built->machine.n_rows;
    tally->kernel.in_state = qf_arena_array(arena, n_states, sizeof(uint64_t));
    tally->kernel.held = qf_arena_array(arena, n_rows, sizeof(uint64_t));
    tally->entered = qf_arena_array(arena, n_states, sizeof(uint64_t));
    tally->taken = qf_arena_array(arena, n_rows, sizeof(uint64_t));
    return tally->kernel.in_state && tally->kernel.held && tally->entered && tally->taken;
}

bool qf_behavior_prepare_tallies(qf_behavior *behavior)
{
    qf_arena *arena = &behavior->arena;
    const size_t n_machines = behavior->n_machines;
    behavior->sums = qf_arena_array(arena, n_machines, sizeof *behavior->sums);
    bool complete = behavior->sums != NULL;
    for (int t = 0; complete && t < behavior->n_threads; t++) {
        qf_behavior_thread *thread = &behavior->threads[t];
        thread->tally = qf_arena_array(arena, n_machines, sizeof *thread->tally);
        complete = thread->tally != NULL;
        for (size_t m = 0; complete && m < n_machines; m++) {
            complete = prepare_tally(arena, &behavior->machines[m].built, &thread->tally[m]);
        }
    }
    for (size_t m = 0; complete && m < n_machines; m++) {
        const qf_behavior_machine *machine = &behavior->machines[m];
        const size_t n_states = machine->built.machine.n_states;
        qf_coverage_machine *sum = &behavior->sums[m];
        *sum = (qf_coverage_machine){
            .group = machine->group,
            .machine = machine->number,
            .built = &machine->built,
            .in_state = qf_arena_array(arena, n_states, sizeof(uint64_t)),
            .entered = qf_arena_array(arena, n_states, sizeof(uint64_t)),
            .rows = qf_arena_array(arena, machine->built.machine.n_rows, sizeof(qf_coverage_row))};
        complete = sum->in_state && sum->entered && sum->rows;
    }
    return complete;
}

static void add(const qf_behavior_tally *tally, const qf_state_machine *machine,
                const qf_coverage_machine *sum)
{
    uint64_t *in_state = (uint64_t *)sum->in_state;
    uint64_t *entered = (uint64_t *)sum->entered;
    qf_coverage_row *rows = (qf_coverage_row *)sum->rows;
    for (size_t s = 0; s < machine->n_states; s++) {
        in_state[s] += tally->kernel.in_state[s];
        entered[s] += tally->entered[s];
    }
    for (size_t r = 0; r < machine->n_rows; r++) {
        rows[r].held += tally->kernel.held[r];
        rows[r].taken += tally->taken[r];
    }
}

static void clear(const qf_state_machine *machine, const qf_coverage_machine *sum)
{
    memset((uint64_t *)sum->in_state, 0, machine->n_states * sizeof *sum->in_state);
    memset((uint64_t *)sum->entered, 0, machine->n_states * sizeof *sum->entered);
    for (size_t r = 0; r < machine->n_rows; r++) {
        ((qf_coverage_row *)sum->rows)[r] = (qf_coverage_row){0};
    }
}

void qf_behavior_coverage(void *user, qf_coverage *coverage)
{
    const qf_behavior *behavior = user;
    for (size_t m = 0; m < behavior->n_machines; m++) {
        const qf_state_machine *machine = &behavior->machines[m].built.machine;
        clear(machine, &behavior->sums[m]);
        for (int t = 0; t < behavior->n_threads; t++) {
            add(&behavior->threads[t].tally[m], machine, &behavior->sums[m]);
        }
    }
    *coverage = (qf_coverage){.n = behavior->n_machines,
                              .machines = behavior->sums,
                              .log_texts = behavior->log_texts,
                              .n_log_texts = behavior->n_log_texts};
}

static void take(uint64_t *to, uint64_t *from, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        to[i] += from[i];
        from[i] = 0;
    }
}

static void archive_counts(qf_archive *archive, uint64_t *counts, size_t n)
{
    qf_archive_same(archive, n, "states or rows of a machine:");
    qf_archive_bytes(archive, counts, n * sizeof *counts);
}

/* all in the first thread's: who counted what is nobody's business */
static void archive_tally(qf_behavior *behavior, size_t m, qf_archive *archive)
{
    const qf_state_machine *machine = &behavior->machines[m].built.machine;
    const qf_behavior_tally *first = &behavior->threads[0].tally[m];
    for (int t = 1; t < behavior->n_threads; t++) {
        const qf_behavior_tally *other = &behavior->threads[t].tally[m];
        take(first->kernel.in_state, other->kernel.in_state, machine->n_states);
        take(first->entered, other->entered, machine->n_states);
        take(first->kernel.held, other->kernel.held, machine->n_rows);
        take(first->taken, other->taken, machine->n_rows);
    }
    archive_counts(archive, first->kernel.in_state, machine->n_states);
    archive_counts(archive, first->entered, machine->n_states);
    archive_counts(archive, first->kernel.held, machine->n_rows);
    archive_counts(archive, first->taken, machine->n_rows);
}

void qf_behavior_archive(void *user, qf_archive *archive)
{
    qf_behavior *behavior = user;
    qf_archive_same(archive, behavior->n_machines, "machines");
    for (size_t m = 0; m < behavior->n_machines; m++) {
        archive_tally(behavior, m, archive);
    }
}

_Static_assert(sizeof(qf_coverage_row) == 2 * sizeof(uint64_t), "a row is two counts");

void qf_behavior_sum_coverage(const qf_context *context, qf_coverage *coverage)
{
    for (size_t m = 0; m < coverage->n; m++) {
        const qf_coverage_machine *sum = &coverage->machines[m];
        const size_t n_states = sum->built->machine.n_states;
        qf_ranks_sum(context, (int64_t *)sum->in_state, n_states);
        qf_ranks_sum(context, (int64_t *)sum->entered, n_states);
        qf_ranks_sum(context, (int64_t *)sum->rows, 2 * sum->built->machine.n_rows);
    }
}
