/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What trackers keep from frame to frame: of each observer what it is in (qf_tracking_observer), and of its tables the part
 * that is in use; pictures, and tracks on their way to them. What lies beyond is of no use to anybody (track.h).
 */
#include <stdlib.h>
#include <string.h>

#include "group.h"
#include "tracking_memory.h"

/* the tables of one observer, one after the other without gaps */
typedef struct packing {
    char *packed;
    size_t n;
    bool unpacks;
} packing;

static void pack(packing *p, char *table, size_t bytes)
{
    if (p->packed && bytes > 0) {
        memcpy(p->unpacks ? table : p->packed + p->n, p->unpacks ? p->packed + p->n : table, bytes);
    }
    p->n += bytes;
}

/* without memory to pack into, only how much there would have to be */
static size_t pack_tables(const qf_tracking_group *group, size_t slot, char *packed, bool unpacks)
{
    const qf_tracking_layout *layout = &group->layout;
    const qf_tracking_observer *observer = qf_tracking_observer_of(group, slot);
    char *memory = qf_tracking_memory_of(group, slot);
    packing p = {.packed = packed, .unpacks = unpacks};
    for (size_t at = 0; at < layout->remembered; at += layout->stride) {
        pack(&p, memory + at, observer->n_tracks * sizeof(qf_real));
    }
    const size_t remembered_bytes = layout->truth_capacity * sizeof(uint32_t);
    for (size_t k = 0; k < 3; k++) {
        pack(&p, memory + layout->remembered + k * remembered_bytes,
             observer->n_remembered * sizeof(uint32_t));
    }
    pack(&p, memory + layout->situations, observer->n_situations * sizeof(qf_situation));
    pack(&p, memory + layout->trails, observer->n_trails * sizeof(qf_situation_trail));
    return p.n;
}

static bool fits(const qf_tracking_group *group, const qf_tracking_observer *observer)
{
    const size_t n_trails = group->has_situations ? group->capacity : 0;
    return observer->n_tracks <= group->capacity &&
           observer->n_remembered <= group->layout.truth_capacity &&
           observer->n_situations <= group->layout.situation_capacity &&
           observer->n_trails <= n_trails;
}

static void archive_tables(const qf_tracking_group *group, size_t slot, char *packed,
                           qf_archive *archive)
{
    if (!fits(group, qf_tracking_observer_of(group, slot))) {
        qf_archive_fail(archive, QF_ERROR_READ, "a tracker of the checkpoint has more than it can");
        return;
    }
    const size_t n = pack_tables(group, slot, archive->loads ? NULL : packed, false);
    qf_archive_bytes(archive, packed, n);
    if (archive->loads && qf_archive_is_good(archive)) {
        pack_tables(group, slot, packed, true);
    }
}

/* slots [begin, end) of the group */
static void archive_observers(const qf_tracking_group *group, size_t begin, size_t end,
                              qf_archive *archive)
{
    char *packed = malloc(group->layout.bytes);
    if (!packed) {
        qf_archive_fail(archive, QF_ERROR_MEMORY, "no memory for a tracker's tables");
        return;
    }
    qf_archive_bytes(archive, qf_tracking_observer_of(group, begin),
                     (end - begin) * sizeof *group->observers);
    for (size_t slot = begin; slot < end && qf_archive_is_good(archive); slot++) {
        archive_tables(group, slot, packed, archive);
    }
    free(packed);
}

static void archive_pictures(const qf_tracking *tracking, const qf_tracking_group *group,
                             qf_archive *archive)
{
    for (size_t w = 0; group->pictures && w < tracking->n_worlds; w++) {
        qf_picture_archive(group->pictures[w], archive);
    }
    qf_archive_same(archive, group->mail_frames, "frames of tracks on their way");
    for (size_t k = 0; group->mail && k < tracking->n_worlds * group->mail_frames; k++) {
        qf_track_list *mail = &group->mail[k];
        mail->tracks = qf_archive_list(archive, mail->tracks, &mail->n, &mail->capacity,
                                       sizeof *mail->tracks, SIZE_MAX);
    }
}

void qf_tracking_archive(qf_tracking *tracking, qf_archive *archive)
{
    const qf_fleet *fleet = tracking->fleet;
    const qf_portion *own = &fleet->own;
    for (size_t g = 0; g < tracking->n_groups; g++) {
        const qf_tracking_group *group = &tracking->groups[g];
        const size_t first = group->slot_begin;
        const size_t last = first + fleet->groups[g].n_vehicles;
        const size_t begin = own->slot_begin > first ? own->slot_begin : first;
        const size_t end = own->slot_end < last ? own->slot_end : last;
        if (!group->memory) {
            continue;
        }
        qf_archive_same(archive, group->layout.bytes, "bytes of a tracker");
        if (begin < end) {
            archive_observers(group, begin, end, archive);
        }
        archive_pictures(tracking, group, archive);
    }
}
