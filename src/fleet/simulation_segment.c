/* SPDX-License-Identifier: Apache-2.0 */
/* Some ticks of a fleet, from where threads meet to where they meet again. */
#include "bodies.h"
#include "group.h"
#include "ranks.h"
#include "simulation_internal.h"

static void set_constants(const qf_simulation *simulation, const qf_segment *segment, size_t g)
{
    const qf_group *group = &simulation->fleet->groups[g];
    const bool read = qf_behavior_reads_outputs(group->spec);
    qf_bot_tick *constants = &simulation->constants[g * (size_t)simulation->engine.segment_ticks];
    for (size_t t = 0; t < (size_t)segment->n_ticks; t++) {
        constants[t] = simulation->times[t].constants;
        constants[t].observed = constants[t].observed || read;
        qf_tick_set_valves(&constants[t], group, simulation->times[t].clock_s);
    }
}

/* outputs are looked at where a frame records some, after the very last tick, and by some machines after each */
static void prepare_constants(qf_simulation *simulation, const qf_segment *segment, bool last)
{
    const qf_fleet *fleet = simulation->fleet;
    const size_t n_groups = fleet->scenario->n_groups;
    const qf_frame *frame = segment->frames;
    double clock_s = fleet->clock_s;
    for (size_t t = 0; t < (size_t)segment->n_ticks; t++) {
        const int64_t tick = segment->tick + (int64_t)t;
        const double before_s = clock_s;
        const bool recorded =
            frame < segment->frames + segment->n_frames && frame->tick == tick + 1;
        const bool observed = (recorded && simulation->engine.plan->has_outputs) ||
                              (last && tick + 1 == segment->tick + segment->n_ticks);
        clock_s += fleet->scenario->dt_s;
        frame += recorded;
        simulation->times[t] =
            (qf_tick_time){qf_tick_constants(fleet, tick, before_s, clock_s, observed), clock_s};
    }
    /* few groups are not worth waking threads for; and a team of one, too, costs a call of the system */
    if (n_groups <= 16 || simulation->n_threads == 1) {
        for (size_t g = 0; g < n_groups; g++) {
            set_constants(simulation, segment, g);
        }
        return;
    }
#pragma omp parallel for schedule(static) num_threads(simulation->n_threads)
    for (size_t g = 0; g < n_groups; g++) {
        set_constants(simulation, segment, g);
    }
}

/* the part of the way to `until_tick` that threads run before they meet */
static qf_segment next_segment(const qf_simulation *simulation, int64_t until_tick,
                               const qf_frame *frames, size_t n_frames)
{
    const int64_t tick = simulation->fleet->tick;
    const int64_t meeting = qf_pipeline_next_meeting(&simulation->engine.pipeline, tick);
    int64_t end = tick + simulation->engine.segment_ticks;
    end = until_tick < end ? until_tick : end;
    end = meeting < end ? meeting : end;
    qf_segment segment = {.tick = tick,
                          .n_ticks = end - tick,
                          .constants = simulation->constants,
                          .sensed = qf_pipeline_meets(&simulation->engine.pipeline, tick),
                          .frames = frames};
    while (segment.n_frames < n_frames && frames[segment.n_frames].tick <= end) {
        segment.n_frames++;
    }
    return segment;
}

/*
 * How many threads some ticks of the fleet are worth: to wake others takes longer than little work does, and where
 * the machine has other work, much longer.
 */
static int team(const qf_simulation *simulation, int64_t n_ticks)
{
    enum { LEAST_VEHICLE_TICKS = 2048 };
    const qf_portion *own = &simulation->fleet->own;
    const size_t n_vehicles = own->entity_end - own->entity_begin;
    return n_vehicles * (size_t)n_ticks >= LEAST_VEHICLE_TICKS ? simulation->n_threads : 1;
}

/* the blocks of one part do as commanded, and are on their way to who looks at them */
static void command_part(qf_simulation *simulation, size_t part, const qf_segment *segment)
{
    const qf_portion blocks = qf_outlook_part(&simulation->outlook, part);
    const int n_threads = team(simulation, 1);
#pragma omp parallel for schedule(static) num_threads(n_threads)
    for (size_t b = blocks.block_begin; b < blocks.block_end; b++) {
        qf_worker_command(&simulation->engine, qf_this_worker(simulation), b, segment);
    }
    qf_outlook_send(&simulation->outlook, part);
}

/* first everybody does as commanded, then everybody looks at everybody, before anybody moves */
static qf_status sense(qf_context *context, qf_simulation *simulation, const qf_segment *segment)
{
    const qf_portion *own = &simulation->fleet->own;
    const qf_engine *engine = &simulation->engine;
    if (!simulation->is_commanded) {
        qf_outlook_begin(&simulation->outlook, segment->tick);
        for (size_t p = 0; p < simulation->outlook.n_parts; p++) {
            command_part(simulation, p, segment);
        }
    }
    simulation->is_commanded = false;
    const double begin_s = qf_seconds_now();
    qf_outlook_end(&simulation->outlook);
    simulation->profile.waited_s += qf_seconds_now() - begin_s;
    simulation->profile.n_meetings++;
    const qf_status status =
        qf_pipeline_meet(context, &engine->pipeline, engine->fleet, engine->kernels, segment->tick,
                         &simulation->sightings, simulation->log, &simulation->profile);
    if (status != QF_OK && qf_n_ranks(context) > 1) {
        qf_ranks_abort(context,
                       status); /* the others wait for what it would see of them, or go on */
    }
    if (status != QF_OK || !engine->pipeline.senses) {
        return status;
    }
    const int n_threads = team(simulation, 1);
#pragma omp parallel for schedule(static) num_threads(n_threads)
    for (size_t b = own->block_begin; b < own->block_end; b++) {
        qf_worker_sense(engine, qf_this_worker(simulation), b, segment);
    }
    return QF_OK;
}

/* a block is near when it has run: then it does as commanded in the next tick, too, where threads meet within that */
static void run_block(qf_simulation *simulation, qf_worker *worker, size_t block,
                      const qf_segment *segment, const qf_segment *meeting)
{
    qf_worker_run(&simulation->engine, worker, block, segment);
    if (meeting) {
        qf_worker_command(&simulation->engine, worker, block, meeting);
    }
}

/* while one part of the blocks is being run, those before it are on their way to the other ranks */
static void run_part(qf_simulation *simulation, size_t part, const qf_segment *segment,
                     const qf_segment *meeting)
{
    const qf_portion blocks = qf_outlook_part(&simulation->outlook, part);
    const int n_threads = team(simulation, segment->n_ticks);
    if (n_threads == 1) { /* a team of one, too, costs a call of the system */
        for (size_t b = blocks.block_begin; b < blocks.block_end; b++) {
            run_block(simulation, &simulation->workers[0], b, segment, meeting);
            qf_outlook_poke(&simulation->outlook);
        }
    } else {
#pragma omp parallel for schedule(static) num_threads(n_threads)
        for (size_t b = blocks.block_begin; b < blocks.block_end; b++) {
            run_block(simulation, qf_this_worker(simulation), b, segment, meeting);
            if (qf_thread_index() == 0) { /* who opened the ranks */
                qf_outlook_poke(&simulation->outlook);
            }
        }
    }
    if (meeting) {
        qf_outlook_send(&simulation->outlook, part);
    }
}

static qf_status run_segment(qf_context *context, qf_simulation *simulation,
                             const qf_segment *segment, bool last)
{
    const qf_status status = segment->sensed ? sense(context, simulation, segment) : QF_OK;
    if (status != QF_OK) {
        return status;
    }
    const qf_segment next = {.tick = segment->tick + segment->n_ticks};
    /* after the last one columns stay as they are at its end: somebody may look at them */
    const bool meets = !last && qf_pipeline_meets(&simulation->engine.pipeline, next.tick);
    if (meets) {
        qf_outlook_begin(&simulation->outlook, next.tick);
    }
    for (size_t p = 0; p < simulation->outlook.n_parts; p++) {
        run_part(simulation, p, segment, meets ? &next : NULL);
    }
    simulation->is_commanded = meets;
    return QF_OK;
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

qf_status qf_simulation_run_segment(qf_context *context, qf_simulation *simulation,
                                    int64_t until_tick, const qf_frame *frames, size_t n_frames,
                                    size_t *n_recorded)
{
    const qf_segment segment = next_segment(simulation, until_tick, frames, n_frames);
    const bool last = segment.tick + segment.n_ticks == until_tick;
    qf_profile *profile = &simulation->profile;
    prepare_constants(
        simulation, &segment,
        last && (!simulation->late_outputs || until_tick == simulation->fleet->scenario->n_ticks));
    const double begin_s = qf_seconds_now() - profile->replicated_s - profile->waited_s;
    const qf_status status = run_segment(context, simulation, &segment, last);
    profile->own_s += qf_seconds_now() - profile->replicated_s - profile->waited_s - begin_s;
    if (status == QF_OK) {
        finish_segment(simulation->fleet, segment.n_ticks);
    }
    *n_recorded = segment.n_frames;
    return status;
}
