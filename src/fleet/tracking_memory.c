/* SPDX-License-Identifier: Apache-2.0 */
/* Where tracks lie: each observer's tables together, so that a frame fetches one run of memory. */
#include "tracking_memory.h"

#include <stdlib.h>
#include <string.h>

enum { LINE = 64 };

static size_t whole_lines(size_t bytes)
{
    return (bytes + LINE - 1) / LINE * LINE;
}

static size_t whole_lanes(size_t n)
{
    return (n + QF_TRACK_LANES - 1) / QF_TRACK_LANES * QF_TRACK_LANES;
}

#define ONE(name) +1
enum { TABLE_COLUMNS = 0 QF_TRACK_TABLE(ONE, ONE), GUARD_COLUMNS = 4 };
enum { PLOT_COLUMNS = 0 QF_PLOT_TABLE(ONE, ONE), VIEW_COLUMNS = 0 QF_VIEW_TABLE(ONE, ONE) };
#undef ONE

_Static_assert(sizeof(qf_real) == sizeof(uint32_t), "columns are of one width");

qf_tracking_layout qf_tracking_layout_of(const qf_group_spec *spec)
{
    const qf_tracker_spec *tracker = spec->tracker;
    const size_t capacity = (size_t)tracker->value[QF_TRACKER_CAPACITY];
    const size_t n_rules = spec->guards ? spec->guards->n_rules : 0;
    qf_tracking_layout layout = {
        .stride = capacity * sizeof(qf_real),
        .n_variances = qf_track_variances(tracker->mode),
        .truth_capacity = whole_lanes((size_t)tracker->value[QF_TRACKER_TRUTH_CAPACITY]),
        .situation_capacity = spec->situations ? (size_t)spec->situations->capacity : 0,
    };
    const size_t n_columns = TABLE_COLUMNS + layout.n_variances + GUARD_COLUMNS * n_rules;
    layout.remembered = n_columns * layout.stride;
    layout.situations = layout.remembered + 3 * layout.truth_capacity * sizeof(uint32_t);
    layout.trails =
        whole_lines(layout.situations + layout.situation_capacity * sizeof(qf_situation));
    layout.bytes =
        whole_lines(layout.trails + (spec->situations ? capacity * sizeof(qf_situation_trail) : 0));
    /* observers a multiple of a page apart would share a few sets of the cache */
    if (layout.bytes % 4096 == 0) {
        layout.bytes += LINE;
    }
    return layout;
}

void qf_tracking_bind(const qf_tracking_group *group, size_t slot, qf_track_table *table)
{
    const qf_tracking_layout *layout = &group->layout;
    const qf_tracking_observer *observer = qf_tracking_observer_of(group, slot);
    char *at = qf_tracking_memory_of(group, slot);
    table->n = observer->n_tracks;
    table->capacity = group->capacity;
    table->next_number = observer->next_number;
#define PLACE(name)                                                                                \
    table->name = (void *)at;                                                                      \
    at += layout->stride;
    QF_TRACK_TABLE(PLACE, PLACE)
#undef PLACE
    for (size_t v = 0; v < layout->n_variances; v++) {
        table->variance[v] = (void *)at;
        at += layout->stride;
    }
    table->n_rules = group->guards.n_rules;
    table->guard_unset = group->guards.reference_epoch ? 0 : QF_GUARD_UNSET;
    for (size_t r = 0; r < group->guards.n_rules; r++) {
        uint32_t *words = (void *)at;
        table->guard[r].first = words;
        table->guard[r].last = words + group->capacity;
        table->guard[r].fired = words + 2 * group->capacity;
        table->guard[r].active = words + 3 * group->capacity;
        at += GUARD_COLUMNS * layout->stride;
    }
}

void qf_tracking_bind_truth(const qf_tracking_group *group, size_t slot, qf_truth_memory *memory)
{
    const qf_tracking_layout *layout = &group->layout;
    uint32_t *words = (void *)(qf_tracking_memory_of(group, slot) + layout->remembered);
    *memory = (qf_truth_memory){.n = qf_tracking_observer_of(group, slot)->n_remembered,
                                .capacity = layout->truth_capacity,
                                .target = words,
                                .since = words + layout->truth_capacity,
                                .track = words + 2 * layout->truth_capacity};
}

void qf_tracking_bind_situations(const qf_tracking_group *group, size_t slot,
                                 qf_situations *situations)
{
    const qf_tracking_observer *observer = qf_tracking_observer_of(group, slot);
    char *memory = qf_tracking_memory_of(group, slot);
    *situations = (qf_situations){.n = observer->n_situations,
                                  .capacity = (uint32_t)group->layout.situation_capacity,
                                  .list = (void *)(memory + group->layout.situations),
                                  .n_trails = observer->n_trails,
                                  .trail_capacity = (uint32_t)group->capacity,
                                  .trails = (void *)(memory + group->layout.trails),
                                  .dropped = (uint32_t)observer->sums.situations_dropped};
}

/* zeroed: lanes beyond the last element are computed with; NULL also where there is no such size */
static void *lines(size_t n, size_t size)
{
    size_t bytes;
    if (!qf_size_multiply(n > 0 ? n : 1, size, &bytes) || bytes > SIZE_MAX - LINE) {
        return NULL;
    }
    void *memory = aligned_alloc(LINE, whole_lines(bytes));
    return memory ? memset(memory, 0, whole_lines(bytes)) : NULL;
}

/* of a digest: tables, situations, trails, what is remembered of targets, sums; and whole lanes beyond */
static size_t most_words(const qf_tracking *tracking)
{
    enum { SITUATION_WORDS = 3 + 2 * 7, TRAIL_WORDS = 4, OTHER_WORDS = 64 };
    const size_t n = tracking->most_slots;
    _Static_assert(sizeof(qf_tracking_sums) + sizeof(uint32_t) < OTHER_WORDS * sizeof(uint32_t),
                   "sums fit");
    return n * (TABLE_COLUMNS + QF_TRACK_VARIANCES + GUARD_COLUMNS * tracking->most_rules) +
           tracking->most_situations * SITUATION_WORDS + n * TRAIL_WORDS +
           3 * tracking->most_remembered + OTHER_WORDS + QF_TRACK_LANES;
}

bool qf_tracking_thread_open(const qf_tracking *tracking, qf_tracking_thread *thread)
{
    const size_t n = tracking->most_slots;
    thread->slot_memory = lines(VIEW_COLUMNS * n, sizeof(qf_real));
    thread->edges.edges = lines(tracking->most_rules * n, sizeof(qf_guard_edge));
    thread->points = lines(n, sizeof *thread->points);
    thread->changes = lines(tracking->most_situations, sizeof *thread->changes);
    thread->words = lines(most_words(tracking), sizeof *thread->words);
    thread->scratch.gone = lines(2 * n, sizeof *thread->scratch.gone);
    thread->scratch.assignment = qf_assignment_create();
    char *at = thread->slot_memory;
    thread->view.capacity = n;
#define PLACE(name)                                                                                \
    thread->view.name = (void *)at;                                                                \
    at += n * sizeof(qf_real);
    if (at) {
        QF_VIEW_TABLE(PLACE, PLACE)
    }
#undef PLACE
    return at && thread->edges.edges && thread->points && thread->changes && thread->words &&
           thread->scratch.gone && thread->scratch.assignment;
}

void qf_tracking_thread_close(qf_tracking_thread *thread)
{
    qf_assignment_free(thread->scratch.assignment);
    free(thread->slot_memory);
    free(thread->edges.edges);
    free(thread->points);
    free(thread->changes);
    free(thread->words);
    free(thread->scratch.gone);
    free(thread->scratch.plot_of_slot);
    free(thread->scratch.slot_of_plot);
    free(thread->scratch.pairs);
    free(thread->scratch.work);
    free(thread->plot_memory);
}

/* room for n plots, and for what is worked out of them */
static bool grow(const qf_tracking *tracking, qf_tracking_thread *thread, size_t n)
{
    const size_t capacity = whole_lanes(n + n / 4 + 1);
    const size_t most = tracking->most_slots;
    qf_track_scratch *scratch = &thread->scratch;
    free(thread->plot_memory);
    free(scratch->plot_of_slot);
    free(scratch->slot_of_plot);
    free(scratch->pairs);
    free(scratch->work);
    thread->plot_memory = lines(PLOT_COLUMNS * capacity, sizeof(qf_real));
    scratch->plot_of_slot = lines(most + capacity, sizeof *scratch->plot_of_slot);
    scratch->slot_of_plot = lines(most + capacity, sizeof *scratch->slot_of_plot);
    scratch->pairs_capacity = capacity * most;
    scratch->pairs = lines(scratch->pairs_capacity, sizeof *scratch->pairs);
    scratch->work = lines(qf_track_work_bytes(capacity, most), 1);
    thread->plots.capacity = 0;
    if (!thread->plot_memory || !scratch->plot_of_slot || !scratch->slot_of_plot ||
        !scratch->pairs || !scratch->work) {
        return false;
    }
    char *at = thread->plot_memory;
    thread->plots.capacity = capacity;
#define PLACE(name)                                                                                \
    thread->plots.name = (void *)at;                                                               \
    at += capacity * sizeof(qf_real);
    QF_PLOT_TABLE(PLACE, PLACE)
#undef PLACE
    return true;
}

qf_track_plots *qf_tracking_plots(qf_tracking *tracking, int thread_number, size_t n)
{
    qf_tracking_thread *thread = &tracking->threads[thread_number];
    if (n >= thread->plots.capacity && !grow(tracking, thread, n)) {
        return NULL;
    }
    thread->plots.n = n;
    return &thread->plots;
}
