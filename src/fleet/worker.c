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
    const bool bodies = engine->fleet->catalog.n_of_shape[QF_SHAPE_BODY] > 0;
    worker->scratch->body = bodies ? qf_arena_array(arena, 1, sizeof *worker->scratch->body) : NULL;
    return worker->scratch->net_w && (!bodies || worker->scratch->body);
}

void qf_worker_free(qf_worker *worker)
{
    free(worker->found.entries);
    free(worker->queue.events);
    qf_arena_free(&worker->arena);
}

/* the kept columns of some vehicles of a block; rows has n_kept of QF_BLOCK_VEHICLES */
static void save(const qf_engine *engine, const qf_block *block, uint64_t *rows,
                 const qf_block *span)
{
    const size_t n = span->slot_end - span->slot_begin;
    for (size_t k = 0; k < engine->n_kept && n > 0; k++) {
        const uint64_t *column = engine->fleet->column[engine->kept[k]];
        memcpy(rows + k * QF_BLOCK_VEHICLES + (span->slot_begin - block->slot_begin),
               column + span->slot_begin, 8 * n);
    }
}

static void restore(const qf_engine *engine, const qf_block *block, const uint64_t *rows,
                    const qf_block *span)
{
    const size_t n = span->slot_end - span->slot_begin;
    for (size_t k = 0; k < engine->n_kept && n > 0; k++) {
        uint64_t *column = engine->fleet->column[engine->kept[k]];
        memcpy(column + span->slot_begin,
               rows + k * QF_BLOCK_VEHICLES + (span->slot_begin - block->slot_begin), 8 * n);
    }
}

/* of a block among those of this rank */
static size_t own_number(const qf_engine *engine, size_t block_index)
{
    return block_index - engine->fleet->own.block_begin;
}

static uint64_t *saved_rows(const qf_engine *engine, size_t block_index)
{
    return engine->saved + own_number(engine, block_index) * engine->n_kept * QF_BLOCK_VEHICLES;
}

/* stages of one tick for a run of vehicles; whether a bit changed that an event is made of */
static bool run_stages(const qf_engine *engine, qf_worker *worker, const qf_block *span,
                       qf_phase first, qf_phase last, const qf_segment *segment, int64_t t,
                       bool again)
{
    qf_stage_call call = {
        .fleet = engine->fleet,
        .kernels = engine->kernels,
        .columns = &engine->columns,
        .bodies = &engine->bodies,
        .block = span,
        .tick = segment->tick + t,
        .constants = segment->constants
                         ? &segment->constants[(int64_t)span->group * engine->segment_ticks + t]
                         : NULL,
        .scratch = worker->scratch,
        .events = &worker->queue,
        .again = again,
    };
    return qf_pipeline_run(&engine->pipeline, first, last, &call);
}

/* all that is left to do of a tick; whether a bit changed in it that an event is made of */
static bool run_tick(const qf_engine *engine, qf_worker *worker, size_t block_index,
                     const qf_block *span, const qf_segment *segment, int64_t t, bool again)
{
    const bool sensed = t == 0 && segment->sensed;
    const bool changed =
        run_stages(engine, worker, span, sensed ? QF_PHASE_DECIDE : QF_PHASE_COMMAND,
                   QF_PHASE_WORLD, segment, t, again);
    return changed || (sensed && engine->sensed_change[own_number(engine, block_index)]);
}

/*
 * Some neighbours as they were after t ticks of the segment, by running them again from its start;
 * where threads met within its first tick: from that moment, and what was before it was saved.
 */
static void bring_back(const qf_engine *engine, qf_worker *worker, size_t block_index,
                       const qf_block *span, const qf_segment *segment, int64_t t)
{
    const bool before_commands = t == 0 && segment->sensed;
    restore(engine, &engine->fleet->blocks[block_index],
            before_commands ? saved_rows(engine, block_index) : worker->snapshot, span);
    const size_t n_told = worker->queue.n;
    for (int64_t before = 0; before < t; before++) {
        if (run_tick(engine, worker, block_index, span, segment, before, true)) {
            qf_event_scan(engine->fleet, span, segment->tick + before + 1, worker->unheard);
        }
        worker->queue.n = n_told;
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

/* the next run of neighbours in a span who are not healthy, from `slot` on; false: there is none */
static bool next_failures(const qf_engine *engine, const qf_block *span, size_t slot,
                          qf_block *failed, qf_quarantine *findings)
{
    size_t n = 0;
    *failed = (qf_block){.group = span->group};
    for (; slot < span->slot_end; slot++) {
        const size_t entity = span->entity_begin + (slot - span->slot_begin);
        if (!qf_health_examine(&engine->health, engine->fleet, span->group, entity, &findings[n])) {
            failed->slot_begin = n == 0 ? slot : failed->slot_begin;
            failed->entity_begin = n == 0 ? entity : failed->entity_begin;
            n++;
        } else if (n > 0) {
            break;
        }
    }
    failed->slot_end = failed->slot_begin + n;
    return n > 0;
}

/* finds who is not healthy after t + 1 ticks of the segment; t = -1: before its first */
static void quarantine(const qf_engine *engine, qf_worker *worker, size_t block_index,
                       const qf_block *span, const qf_segment *segment, int64_t t)
{
    qf_quarantine findings[QF_BLOCK_VEHICLES];
    qf_block failed = {.slot_end = span->slot_begin};
    while (next_failures(engine, span, failed.slot_end, &failed, findings)) {
        if (t >= 0) {
            bring_back(engine, worker, block_index, &failed, segment, t);
        }
        for (size_t i = 0; i < failed.slot_end - failed.slot_begin; i++) {
            findings[i].tick = segment->tick + t + 1;
            qf_quarantine_vehicle(engine->fleet, &findings[i], worker->events, &worker->found);
        }
    }
}

/* the frozen neighbours after a span, up to the next or the end of the block */
static qf_block gap_after(const qf_worker *worker, size_t n_spans, size_t s, const qf_block *block)
{
    const size_t begin = s == 0 ? block->slot_begin : worker->spans[s - 1].slot_end;
    return (qf_block){.group = block->group,
                      .slot_begin = begin,
                      .slot_end = s < n_spans ? worker->spans[s].slot_begin : block->slot_end,
                      .entity_begin = block->entity_begin + (begin - block->slot_begin)};
}

/* frozen vehicles, to be put back as they are */
static void save_frozen(const qf_engine *engine, qf_worker *worker, const qf_block *block,
                        size_t n_spans)
{
    for (size_t s = 0; s <= n_spans; s++) {
        const qf_block gap = gap_after(worker, n_spans, s, block);
        save(engine, block, worker->snapshot, &gap);
    }
}

/* looks at everybody after t + 1 ticks of the segment; returns how many spans are left */
static size_t check_health(const qf_engine *engine, qf_worker *worker, size_t block_index,
                           size_t n_spans, const qf_segment *segment, int64_t t)
{
    const qf_block *block = &engine->fleet->blocks[block_index];
    /* as they are, frozen vehicles are healthy too, but for those that never were */
    if ((n_spans > 1 && all_healthy(engine, block, 1)) ||
        all_healthy(engine, worker->spans, n_spans)) {
        return n_spans;
    }
    for (size_t s = 0; s < n_spans; s++) {
        quarantine(engine, worker, block_index, &worker->spans[s], segment, t);
    }
    /* put_back_frozen() takes them from here from now on */
    const size_t n_left = qf_healthy_spans(engine->fleet, block, worker->spans);
    save_frozen(engine, worker, block, n_left);
    return n_left;
}

void qf_worker_boot(const qf_engine *engine, qf_worker *worker, size_t block_index)
{
    const qf_block *block = &engine->fleet->blocks[block_index];
    const size_t n_spans = qf_healthy_spans(engine->fleet, block, worker->spans);
    const qf_segment start = {0};
    qf_event_boot(engine->fleet, block, worker->events);
    check_health(engine, worker, block_index, n_spans, &start, -1);
}

static bool run_phase(const qf_engine *engine, qf_worker *worker, const qf_block *block,
                      qf_phase phase, const qf_segment *segment)
{
    const size_t n_spans = qf_healthy_spans(engine->fleet, block, worker->spans);
    bool changed = false;
    for (size_t s = 0; s < n_spans; s++) {
        changed |= run_stages(engine, worker, &worker->spans[s], phase, phase, segment, 0, false);
    }
    return changed;
}

void qf_worker_command(const qf_engine *engine, qf_worker *worker, size_t block_index,
                       const qf_segment *segment)
{
    const qf_block *block = &engine->fleet->blocks[block_index];
    save(engine, block, saved_rows(engine, block_index), block);
    qf_event_queue *own = &engine->commanded[own_number(engine, block_index)];
    qf_event_queue *queue = &worker->queue;
    const qf_event_queue empty = *queue;
    *queue = *own; /* some other thread may take the block from here */
    engine->sensed_change[own_number(engine, block_index)] =
        run_phase(engine, worker, block, QF_PHASE_COMMAND, segment);
    *own = *queue;
    *queue = empty;
}

void qf_worker_sense(const qf_engine *engine, qf_worker *worker, size_t block_index,
                     const qf_segment *segment)
{
    const qf_block *block = &engine->fleet->blocks[block_index];
    engine->sensed_change[own_number(engine, block_index)] |=
        run_phase(engine, worker, block, QF_PHASE_SENSE, segment);
}

/*
 * Scattered frozen vehicles cut a block into many short runs, in which kernels have no vectors to
 * fill. Such a block is walked whole, and then the frozen ones are put back as they were.
 */
enum { MOST_RUNS = 8 };

static void put_back_frozen(const qf_engine *engine, qf_worker *worker, const qf_block *block,
                            size_t n_spans, bool observed)
{
    for (size_t s = 0; s <= n_spans; s++) {
        const qf_block gap = gap_after(worker, n_spans, s, block);
        restore(engine, block, worker->snapshot, &gap);
        for (size_t slot = gap.slot_begin; observed && slot < gap.slot_end; slot++) {
            qf_quarantine_outputs(engine->fleet, slot);
        }
    }
}

/* one tick of a block; whether a bit changed that an event is made of */
static bool run_block_tick(const qf_engine *engine, qf_worker *worker, size_t block_index,
                           size_t n_spans, const qf_segment *segment, int64_t t)
{
    const qf_block *block = &engine->fleet->blocks[block_index];
    bool changed = false;
    if (n_spans > MOST_RUNS) {
        changed = run_tick(engine, worker, block_index, block, segment, t, false);
        const int64_t constants = (int64_t)block->group * engine->segment_ticks + t;
        put_back_frozen(engine, worker, block, n_spans, segment->constants[constants].observed);
        return changed;
    }
    for (size_t s = 0; s < n_spans; s++) {
        changed |= run_tick(engine, worker, block_index, &worker->spans[s], segment, t, false);
    }
    return changed;
}

void qf_worker_run(const qf_engine *engine, qf_worker *worker, size_t block_index,
                   const qf_segment *segment)
{
    const qf_fleet *fleet = engine->fleet;
    const qf_block *block = &fleet->blocks[block_index];
    size_t n_spans = qf_healthy_spans(fleet, block, worker->spans);
    if (segment->sensed && segment->n_ticks == 1) {
        save_frozen(engine, worker, block, n_spans); /* saved_rows() has the others */
    } else {
        save(engine, block, worker->snapshot, block);
    }
    const qf_frame *frame = segment->frames;
    const qf_frame *frames_end = frame + segment->n_frames;
    for (int64_t t = 0; t < segment->n_ticks; t++) {
        const int64_t ticks_done = segment->tick + t + 1;
        const bool changed = run_block_tick(engine, worker, block_index, n_spans, segment, t);
        n_spans = check_health(engine, worker, block_index, n_spans, segment, t);
        if (t == 0 && segment->sensed) {
            qf_event_queue_flush(&engine->commanded[own_number(engine, block_index)], fleet,
                                 worker->events);
        }
        qf_event_queue_flush(&worker->queue, fleet, worker->events);
        if (changed) {
            qf_event_scan(fleet, block, ticks_done, worker->events);
        }
        if (frame < frames_end && frame->tick == ticks_done) {
            qf_record_block(fleet, engine->plan, block_index, frame);
            frame++;
        }
    }
}
