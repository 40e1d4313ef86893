/* SPDX-License-Identifier: Apache-2.0 */
/* How many ticks a run goes before it looks up: at signals, at progress, and at what waits to be written. */
#include "run_internal.h"

enum {
    VEHICLE_TICKS_PER_CALL = 2000000,
    LEAST_TICKS_PER_CALL = 16,   /* else blocks of a large fleet would leave the cache after each */
    OBSERVERS_PER_CALL = 100000, /* whose sightings wait for the writer, or one frame of more */
    EVENTS_PER_CALL = 1 << 17,   /* 8 MiB, of which there are some copies, or one tick of more */
};

/* at least one: a rank may have none */
static int64_t own_vehicles(const qf_running *r)
{
    const qf_portion *own = &r->fleet.own;
    const size_t n = own->entity_end - own->entity_begin;
    return n > 0 ? (int64_t)n : 1;
}

/* the last tick before which the detections and tracks of a call are few enough to wait in memory */
static int64_t last_frame(const qf_running *r)
{
    int64_t frames = OBSERVERS_PER_CALL / own_vehicles(r) + 1;
    int64_t tick = r->fleet.tick;
    while (frames-- > 0 && tick < r->scenario->n_ticks) {
        tick = qf_simulation_next_meeting(r->simulation, tick);
    }
    return tick;
}

/* the last tick before which the events of a call are few enough to be put in order in memory, or the next one */
static int64_t last_told(const qf_running *r)
{
    const int64_t left = r->scenario->n_ticks - r->fleet.tick;
    double ticks = (double)left;
    if (r->events_per_tick * ticks > EVENTS_PER_CALL) {
        ticks = EVENTS_PER_CALL / r->events_per_tick;
    }
    return r->fleet.tick + (ticks > 1.0 ? (int64_t)ticks : 1);
}

/* As many as in the call before; a burst is forgotten slowly, since another one may come. */
void qf_run_expect_events(qf_running *r, size_t n_events, int64_t n_ticks)
{
    const double told = (double)n_events / (double)n_ticks;
    r->events_per_tick = told > r->events_per_tick / 2.0 ? told : r->events_per_tick / 2.0;
}

/*
 * A few milliseconds of work, so that progress is shown and signals are heard, no more records than
 * there are rows for, and not past the next rung of the hash ladder.
 */
int64_t qf_run_next_stop(const qf_running *r)
{
    const int64_t tick = r->fleet.tick;
    const int64_t ticks = VEHICLE_TICKS_PER_CALL / own_vehicles(r);
    int64_t stop = tick + (ticks > LEAST_TICKS_PER_CALL ? ticks : LEAST_TICKS_PER_CALL);
    if (r->results) {
        const int64_t last_row =
            (tick / r->plan.every_ticks + (int64_t)r->n_frames) * r->plan.every_ticks;
        stop = last_row < stop ? last_row : stop;
        const int64_t rung = qf_record_next_hash(r->scenario, tick);
        stop = rung < stop ? rung : stop;
        const bool sights = r->scenario->record.detections || r->scenario->record.tracks;
        const int64_t frame = sights ? last_frame(r) : stop;
        stop = frame < stop ? frame : stop;
        const int64_t told = r->scenario->record.events ? last_told(r) : stop;
        stop = told < stop ? told : stop;
    }
    return stop < r->scenario->n_ticks ? stop : r->scenario->n_ticks;
}
