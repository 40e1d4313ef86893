/* SPDX-License-Identifier: Apache-2.0 */
#include "worker.h"

#include <stdlib.h>
#include <string.h>

#include "group.h"

bool qf_worker_create(const qf_engine *engine, qf_event_list *events, qf_worker *worker)
{
    qf_arena *arena = &worker->arena;
    const size_t n_nodes = qf_group_most_nodes(engine->fleet->scenario);
    worker->events = events;
    worker->scratch = qf_arena_array(arena, 1, sizeof *worker->scratch);
    worker->spans = qf_arena_array(arena, QF_MOST_SPANS, sizeof *worker->spans);
    worker->snapshot = qf_arena_array(arena, engine->n_kept * QF_BLOCK_VEHICLES, 8);
    worker->unheard = qf_arena_array(arena, 1, sizeof *worker->unheard);
    if (!worker->scratch || !worker->spans || !worker->snapshot || !worker->unheard) {
        return false;
    }
    worker->scratch->net_w = qf_arena_array(arena, n_nodes, sizeof *worker->scratch->net_w);
    return worker->scratch->net_w != NULL;
}

void qf_worker_free(qf_worker *worker)
{
    free(worker->found.entries);
    qf_arena_free(&worker->arena);
}

static void take_snapshot(const qf_engine *engine, qf_worker *worker, const qf_block *block)
{
    const size_t n = block->slot_end - block->slot_begin;
    for (size_t k = 0; k < engine->n_kept; k++) {
        const uint64_t *column = engine->fleet->column[engine->kept[k]];
        memcpy(worker->snapshot + k * QF_BLOCK_VEHICLES, column + block->slot_begin, 8 * n);
    }
}

static void restore(const qf_engine *engine, const qf_worker *worker, const qf_block *block,
                    size_t slot)
{
    for (size_t k = 0; k < engine->n_kept; k++) {
        uint64_t *column = engine->fleet->column[engine->kept[k]];
        column[slot] = worker->snapshot[k * QF_BLOCK_VEHICLES + (slot - block->slot_begin)];
    }
}

/* stages of one tick for a run of vehicles; whether a bit changed that an event is made of */
static bool run_stages(const qf_engine *engine, qf_worker *worker, const qf_block *span,
                       qf_phase first, qf_phase last, const qf_segment *segment, int64_t t)
{
    qf_stage_call call = {
        .fleet = engine->fleet,
        .kernels = engine->kernels,
        .columns = &engine->columns,
        .block = span,
        .tick = segment->tick + t,
        .constants = &segment->constants[(int64_t)span->group * engine->segment_ticks + t],
        .scratch = worker->scratch,
    };
    return qf_pipeline_run(&engine->pipeline, first, last, &call);
}

static bool run_tick(const qf_engine *engine, qf_worker *worker, const qf_block *span,
                     const qf_segment *segment, int64_t t)
{
    const qf_phase first = t == 0 && segment->sensed ? QF_PHASE_WORLD : QF_PHASE_COMMAND;
    return run_stages(engine, worker, span, first, QF_PHASE_WORLD, segment, t);
}

/* the vehicle as it was after t ticks of the segment, from the block's snapshot */
static void bring_back(const qf_engine *engine, qf_worker *worker, const qf_block *block,
                       size_t entity, const qf_segment *segment, int64_t t)
{
    const size_t slot = block->slot_begin + (entity - block->entity_begin);
    const qf_block alone = {
        .group = block->group, .slot_begin = slot, .slot_end = slot + 1, .entity_begin = entity};
    restore(engine, worker, block, slot);
    for (int64_t again = 0; again < t; again++) {
        if (run_tick(engine, worker, &alone, segment, again)) {
            qf_event_scan(engine->fleet, &alone, segment->tick + again + 1, worker->unheard);
        }
    }
}

static bool all_healthy(const qf_engine *engine, const qf_block *spans, size_t n_spans)
{
    bool healthy = true;
    for (size_t s = 0; s < n_spans && healthy; s++) {
        const size_t first = engine->health.first[spans[s].group];
        healthy = engine->kernels->health(engine->health.ranges + first,
                                          engine->health.first[spans[s].group + 1] - first,
                                          spans[s].slot_begin, spans[s].slot_end);
    }
    return healthy;
}

/* finds who is not healthy after t + 1 ticks of the segment; t = -1: before its first */
static void quarantine(const qf_engine *engine, qf_worker *worker, const qf_block *block,
                       size_t n_spans, const qf_segment *segment, int64_t t)
{
    for (size_t s = 0; s < n_spans; s++) {
        const qf_block *span = &worker->spans[s];
        for (size_t slot = span->slot_begin; slot < span->slot_end; slot++) {
            const size_t entity = span->entity_begin + (slot - span->slot_begin);
            qf_quarantine finding;
            if (!qf_health_examine(&engine->health, engine->fleet, block->group, entity,
                                   &finding)) {
                finding.tick = segment->tick + t + 1;
                if (t >= 0) {
                    bring_back(engine, worker, block, entity, segment, t);
                }
                qf_quarantine_vehicle(engine->fleet, &finding, worker->events, &worker->found);
            }
        }
    }
}

static size_t check_health(const qf_engine *engine, qf_worker *worker, const qf_block *block,
                           size_t n_spans, const qf_segment *segment, int64_t t)
{
    if (all_healthy(engine, worker->spans, n_spans)) {
        return n_spans;
    }
    quarantine(engine, worker, block, n_spans, segment, t);
    return qf_healthy_spans(engine->fleet, block, worker->spans);
}

void qf_worker_boot(const qf_engine *engine, qf_worker *worker, const qf_block *block)
{
    const size_t n_spans = qf_healthy_spans(engine->fleet, block, worker->spans);
    const qf_segment start = {0};
    qf_event_boot(engine->fleet, block, worker->events);
    check_health(engine, worker, block, n_spans, &start, -1);
}

void qf_worker_run_phases(const qf_engine *engine, qf_worker *worker, const qf_block *block,
                          qf_phase first, qf_phase last, const qf_segment *segment)
{
    const size_t n_spans = qf_healthy_spans(engine->fleet, block, worker->spans);
    for (size_t s = 0; s < n_spans; s++) {
        run_stages(engine, worker, &worker->spans[s], first, last, segment, 0);
    }
}

void qf_worker_run(const qf_engine *engine, qf_worker *worker, size_t block_index,
                   const qf_segment *segment)
{
    const qf_fleet *fleet = engine->fleet;
    const qf_block *block = &fleet->blocks[block_index];
    size_t n_spans = qf_healthy_spans(fleet, block, worker->spans);
    take_snapshot(engine, worker, block);
    const qf_frame *frame = segment->frames;
    const qf_frame *frames_end = frame + segment->n_frames;
    for (int64_t t = 0; t < segment->n_ticks; t++) {
        const int64_t ticks_done = segment->tick + t + 1;
        bool changed = false;
        for (size_t s = 0; s < n_spans; s++) {
            changed |= run_tick(engine, worker, &worker->spans[s], segment, t);
        }
        n_spans = check_health(engine, worker, block, n_spans, segment, t);
        if (changed) {
            qf_event_scan(fleet, block, ticks_done, worker->events);
        }
        if (frame < frames_end && frame->tick == ticks_done) {
            qf_record_block(fleet, engine->plan, block_index, frame);
            frame++;
        }
    }
}
