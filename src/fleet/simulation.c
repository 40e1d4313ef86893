/* SPDX-License-Identifier: Apache-2.0 */
#include "simulation.h"

#include <stdlib.h>

#include "event_log.h"
#include "group.h"
#include "threads.h"
#include "tick.h"

/* most ticks that threads run before they meet */
enum { SEGMENT_TICKS = 64 };

struct qf_simulation {
    qf_fleet *fleet;
    const qf_kernels *kernels;
    const qf_record_plan *plan;
    qf_arena arena;
    qf_bot_columns columns;
    qf_bot_tick *constants;   /* SEGMENT_TICKS for each group */
    qf_bot_scratch **scratch; /* one for each thread */
    qf_event_log *log;
    const qf_event *events; /* of the last segment */
    size_t n_events;
    int n_threads;
};

static bool allocate(qf_simulation *simulation)
{
    qf_arena *arena = &simulation->arena;
    const size_t n_threads = (size_t)simulation->n_threads;
    const size_t n_nodes = qf_group_most_nodes(simulation->fleet->scenario);
    simulation->constants =
        qf_arena_array(arena, SEGMENT_TICKS * simulation->fleet->scenario->n_groups,
                       sizeof *simulation->constants);
    simulation->scratch = qf_arena_array(arena, n_threads, sizeof *simulation->scratch);
    if (!simulation->constants || !simulation->scratch) {
        return false;
    }
    for (size_t t = 0; t < n_threads; t++) {
        qf_bot_scratch *scratch = qf_arena_array(arena, 1, sizeof *scratch);
        if (!scratch) {
            return false;
        }
        scratch->net_w = qf_arena_array(arena, n_nodes, sizeof *scratch->net_w);
        if (!scratch->net_w) {
            return false;
        }
        simulation->scratch[t] = scratch;
    }
    return true;
}

qf_status qf_simulation_create(qf_context *context, qf_fleet *fleet,
                               const qf_simulation_options *options, qf_simulation **out)
{
    qf_simulation *simulation = calloc(1, sizeof *simulation);
    *out = NULL;
    if (!simulation) {
        return qf_fail(context, QF_ERROR_MEMORY, "no memory for the simulation");
    }
    simulation->fleet = fleet;
    simulation->kernels = options->kernels ? options->kernels : qf_kernels_best();
    simulation->plan = options->plan;
    simulation->n_threads = context->n_threads;
    simulation->columns = qf_tick_columns(fleet);
    qf_status status = allocate(simulation)
                           ? qf_event_log_create(context, context->n_threads, options->keep_events,
                                                 &simulation->log)
                           : qf_fail(context, QF_ERROR_MEMORY, "no memory for the simulation");
    if (status != QF_OK) {
        qf_simulation_free(simulation);
        return status;
    }
    *out = simulation;
    return QF_OK;
}

void qf_simulation_free(qf_simulation *simulation)
{
    if (simulation) {
        qf_event_log_free(simulation->log);
        qf_arena_free(&simulation->arena);
        free(simulation);
    }
}

/* some ticks of the whole fleet, between two moments at which the threads meet */
typedef struct segment {
    int64_t n_ticks;
    const qf_frame *frames; /* those that fall within */
    size_t n_frames;
} segment;

/* a block's ticks in one go: its columns stay in the nearest caches for all of them */
static void run_block(const qf_simulation *simulation, size_t block_index, segment s)
{
    const qf_fleet *fleet = simulation->fleet;
    const qf_block *block = &fleet->blocks[block_index];
    const int thread = qf_thread_index();
    qf_event_list *events = qf_event_log_list(simulation->log, thread);
    if (fleet->tick == 0) {
        qf_event_boot(fleet, block, events);
    }
    const qf_frame *frame = s.frames;
    for (int64_t t = 0; t < s.n_ticks; t++) {
        qf_tick_run(fleet, simulation->kernels, &simulation->columns, block, fleet->tick + t,
                    &simulation->constants[block->group * SEGMENT_TICKS + (size_t)t],
                    simulation->scratch[thread], events);
        if (frame < s.frames + s.n_frames && frame->tick == fleet->tick + t + 1) {
            qf_record_block(fleet, simulation->plan, block_index, frame);
            frame++;
        }
    }
}

/* outputs are looked at where a frame records some, and after the very last tick */
static void prepare_segment(qf_simulation *simulation, segment s, bool last)
{
    qf_fleet *fleet = simulation->fleet;
    for (size_t g = 0; g < fleet->scenario->n_groups; g++) {
        double clock_s = fleet->clock_s;
        const qf_frame *frame = s.frames;
        for (int64_t t = 0; t < s.n_ticks; t++) {
            const double before_s = clock_s;
            const bool recorded =
                frame < s.frames + s.n_frames && frame->tick == fleet->tick + t + 1;
            clock_s += fleet->scenario->dt_s;
            simulation->constants[g * SEGMENT_TICKS + (size_t)t] = qf_tick_constants(
                fleet, &fleet->groups[g], fleet->tick + t, before_s, clock_s,
                (recorded && simulation->plan->has_outputs) || (last && t == s.n_ticks - 1));
            frame += recorded;
        }
    }
}

/* the part of the way to `until_tick` that threads run before they meet */
static segment next_segment(const qf_fleet *fleet, int64_t until_tick, const qf_frame *frames,
                            size_t n_frames)
{
    const int64_t left = until_tick - fleet->tick;
    segment s = {.n_ticks = left < SEGMENT_TICKS ? left : SEGMENT_TICKS, .frames = frames};
    while (s.n_frames < n_frames && frames[s.n_frames].tick <= fleet->tick + s.n_ticks) {
        s.n_frames++;
    }
    return s;
}

static void finish_segment(qf_fleet *fleet, int64_t n_ticks)
{
    for (int64_t t = 0; t < n_ticks; t++) {
        fleet->clock_s += fleet->scenario->dt_s;
    }
    fleet->tick += n_ticks;
    for (size_t g = 0; g < fleet->scenario->n_groups; g++) {
        qf_group *group = &fleet->groups[g];
        const qf_group_spec *spec = group->spec;
        while (group->next_command < spec->n_commands &&
               spec->script[group->next_command].tick < fleet->tick) {
            group->next_command++;
        }
    }
}

qf_status qf_simulation_advance(qf_context *context, qf_simulation *simulation, int64_t until_tick,
                                const qf_frame *frames, size_t n_frames)
{
    qf_fleet *fleet = simulation->fleet;
    while (fleet->tick < until_tick) {
        const segment s = next_segment(fleet, until_tick, frames, n_frames);
        prepare_segment(simulation, s, fleet->tick + s.n_ticks == until_tick);
#pragma omp parallel for schedule(static) num_threads(simulation->n_threads)
        for (size_t b = 0; b < fleet->n_blocks; b++) {
            run_block(simulation, b, s);
        }
        finish_segment(fleet, s.n_ticks);
        frames += s.n_frames;
        n_frames -= s.n_frames;
    }
    return qf_event_log_commit(context, simulation->log, &simulation->events,
                               &simulation->n_events);
}

const qf_event *qf_simulation_events(const qf_simulation *simulation, size_t *n)
{
    *n = simulation->n_events;
    return simulation->events;
}

int64_t qf_simulation_event_count(const qf_simulation *simulation, qf_event_code code)
{
    return qf_event_log_count(simulation->log, code);
}
