/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_TRACKING_MEMORY_H
#define QF_TRACKING_MEMORY_H

#include "picture.h"
#include "tracking.h"

/* What tracking owns, for the files tracking*.c only. */

/* The columns of the field table that are of tracks: what an observer has to report is one word for each. */
enum {
    QF_REPORT_FIRST = QF_FIELD_TRACKS,
    QF_REPORT_WORDS = QF_FIELD_TRACK_DIGEST - QF_FIELD_TRACKS + 1
};

typedef union qf_report_word {
    double number;
    int64_t count;
    uint64_t word;
} qf_report_word;

/* The columns of a track that says to be a station, where a scenario has stations. */
enum { QF_STATION_FIRST = QF_FIELD_STATION_RANGE, QF_STATION_WORDS = 4 };

/* Sums over the frames of one observer. */
typedef struct qf_tracking_sums {
    int64_t frames, targets, held, firm, switches;
    int64_t first_held, started, confirmed, merged, dropped, rejected, forgotten;
    int64_t firm_updates, pure_updates, identity_jumps, situations_dropped;
    double gospa_m, ospa_m, localisation_m2, missed_m2, false_m2;
    double position_error2_m2, velocity_error2_m2s2;
    double first_held_s;
} qf_tracking_sums;

/* One observer, but for its tables. */
typedef struct qf_tracking_observer {
    int64_t tick;                          /* of its last frame, -1: none yet */
    double position_m[3], velocity_mps[3]; /* in that */
    /* velocity of the frame that its tracks' are in: of one that falls with it from its first frame on, where gravity
       pulls at it, so that what falls beside it flies straight; else 0 */
    double fall_mps[3];
    uint32_t n_tracks, next_number;
    uint32_t n_remembered; /* targets of qf_truth_memory */
    uint32_t n_situations, n_trails;
    qf_report_word report[QF_REPORT_WORDS];
    double station[QF_STATION_WORDS];
    qf_tracking_sums sums;
} qf_tracking_observer;

/* Where what lies in an observer's memory, bytes from its begin. */
typedef struct qf_tracking_layout {
    size_t stride; /* of a column; they begin with those of qf_track_table */
    size_t n_variances;
    size_t remembered; /* three columns of truth_capacity words */
    size_t truth_capacity;
    size_t situations, trails;
    size_t situation_capacity;
    size_t bytes; /* of one observer */
} qf_tracking_layout;

/* A group with trackers. */
typedef struct qf_tracking_group {
    const qf_group_spec *spec;
    qf_tracker tracker; /* capacity included */
    size_t capacity;
    double cutoff_m;
    qf_guard_set guards; /* n_rules 0: none */
    qf_situation_rules situation_rules;
    bool has_situations;
    bool tells; /* of tracks, in events: somebody reacts to them */
    qf_tracking_layout layout;
    size_t slot_begin; /* of the whole group */
    size_t own_begin,
        own_end;  /* slots of those vehicles that are this rank's: only they have memory here */
    char *memory; /* theirs, layout.bytes each; NULL: no tracker, or none is own */
    size_t memory_bytes;
    qf_tracking_observer *observers; /* likewise, one each */
    qf_picture **
        pictures; /* by world; NULL: not shared. Those of worlds without own vehicles are never stepped */
    size_t *
        split; /* worlds whose vehicles are several ranks', ascending; pictures of these are stepped by each of them */
    size_t n_split;
    /* tracks that have been sent to a picture's holder and have not arrived: by world, mail_frames for each */
    struct qf_track_list *mail;
    size_t mail_frames;
} qf_tracking_group;

/* Tracks for a picture; zero-initialise, and free `tracks`. */
typedef struct qf_track_list {
    qf_picture_track *tracks;
    size_t n, capacity;
} qf_track_list;

/* What one thread works with. Rows of arrays in one block that grows. */
typedef struct qf_tracking_thread {
    qf_track_plots plots;
    qf_track_view view;
    qf_track_scratch scratch;
    qf_guard_edges edges;
    qf_situation_point *points;
    qf_situation_change *changes;
    uint32_t *words; /* of a digest */
    void *plot_memory;
    void *slot_memory;
} qf_tracking_thread;

struct qf_tracking {
    const qf_fleet *fleet;
    size_t n_groups, n_worlds; /* of its scenario, which may be gone when this is freed */
    qf_arena arena;
    qf_tracking_group *groups; /* n_groups of the scenario */
    qf_tracking_thread *threads;
    int n_threads;
    size_t most_slots; /* largest capacity */
    size_t most_rules;
    size_t most_situations;
    size_t most_remembered;
    uint32_t *identity_word; /* by identity: a hash of its text */
    bool *is_station;        /* by identity: only stations own it; NULL: there are none */
    size_t *record_first;    /* n_blocks of the fleet + 1: samples before each own block */
    qf_tracking_sums *sums;  /* n_groups: room to add up quality */
    /* tracks of a world on their way into its picture, and those of them that have to go by radio; by thread */
    struct qf_track_list *shared, *sent;
};

qf_tracking_layout qf_tracking_layout_of(const qf_group_spec *spec);

/* The table of the observer in that slot of the group. */
void qf_tracking_bind(const qf_tracking_group *group, size_t slot, qf_track_table *table);
void qf_tracking_bind_truth(const qf_tracking_group *group, size_t slot, qf_truth_memory *memory);
void qf_tracking_bind_situations(const qf_tracking_group *group, size_t slot,
                                 qf_situations *situations);

static inline qf_tracking_observer *qf_tracking_observer_of(const qf_tracking_group *group,
                                                            size_t slot)
{
    return &group->observers[slot - group->own_begin];
}

static inline char *qf_tracking_memory_of(const qf_tracking_group *group, size_t slot)
{
    return group->memory + (slot - group->own_begin) * group->layout.bytes;
}

/* What the observer was in its last frame, as kernels want it to publish tracks. */
static inline qf_track_frame qf_tracking_frame_of(const qf_tracking_observer *observer)
{
    qf_track_frame frame = {.tick = (uint32_t)observer->tick};
    for (int d = 0; d < 3; d++) {
        frame.own_mps[d] = (qf_real)(observer->velocity_mps[d] - observer->fall_mps[d]);
    }
    return frame;
}

/* Whether the vehicle in that slot of the group is this rank's: only then its observer may be asked for. */
static inline bool qf_tracking_is_own(const qf_tracking_group *group, size_t slot)
{
    return slot >= group->own_begin && slot < group->own_end;
}

/* Slot of a world's first vehicle. */
static inline size_t qf_tracking_first_of(const qf_tracking_group *group, size_t world)
{
    return group->slot_begin + world * group->spec->count;
}

/* Pictures of a group that shares tracks (tracking_picture.c): their memory, a step of all worlds' in a frame, and
   what is recorded of one. The step is collective where worlds are split. */
bool qf_tracking_prepare_pictures(const qf_context *context, qf_tracking *tracking, size_t g);
void qf_tracking_free_pictures(const qf_tracking *tracking, const qf_tracking_group *group);
qf_status qf_tracking_step_pictures(qf_context *context, qf_tracking *tracking, int n_threads,
                                    const qf_kernels *kernels, size_t g, int64_t tick);
qf_status qf_tracking_record_picture(qf_context *context, const qf_tracking *tracking, size_t g,
                                     size_t world, int64_t tick, qf_picture_samples *to);

/* A thread's memory for tables of that size; false without memory. */
bool qf_tracking_thread_open(const qf_tracking *tracking, qf_tracking_thread *thread);
void qf_tracking_thread_close(qf_tracking_thread *thread);

#endif
