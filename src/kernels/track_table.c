/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What becomes of the rows of a table of tracks, whatever the mode: new ones at the end, those that are no more
 * taken out, the others in their order; and the count of whose detections a track is made of.
 *
 * The vote is Boyer's and Moore's (1981): whoever has more than half of a track's detections owns it, and needs one
 * word for that. False alarms do not vote: they are not all of one mind.
 * Guarded by tests/test_track_qiki.c.
 */
#include "track_steps.h"

static void reset_guards(const qf_track_table *table, size_t begin, size_t end)
{
    for (size_t r = 0; r < table->n_rules; r++) {
        const struct qf_guard_columns *g = &table->guard[r];
        for (size_t s = begin; s < end; s++) {
            g->first[s] = table->guard_unset;
            g->last[s] = table->guard_unset;
            g->fired[s] = table->guard_unset;
            g->active[s] = 0;
        }
    }
}

size_t QF_KERNEL(qf_track_append)(const qf_track_frame *frame, const qf_track_plots *plots,
                                  const uint32_t *list, size_t n, qf_track_table *table,
                                  qf_track_tally *tally)
{
    const qf_track_plots p = *plots;
    const qf_track_table t = *table;
    const size_t room = n < t.capacity - t.n ? n : t.capacity - t.n;
    for (size_t k = 0; k < room; k++) {
        const uint32_t plot = list[k];
        const size_t s = t.n + k;
        t.snr_db[s] = p.snr_db[plot];
        t.rcs_dbsm[s] = p.rcs_dbsm[plot];
        t.number[s] = t.next_number + (uint32_t)k;
        t.created[s] = frame->tick;
        t.updated[s] = frame->tick;
        t.hits[s] = 1;
        t.misses[s] = 0;
        t.history[s] = 1;
        t.firm[s] = 0;
        t.band[s] = p.band[plot];
        t.suspect[s] = 0;
        t.target[s] = p.target[plot];
        t.owner[s] = p.target[plot];
        t.votes[s] = p.target[plot] != UINT32_MAX;
    }
    reset_guards(table, t.n, t.n + room);
    table->n += room;
    table->next_number += (uint32_t)room;
    tally->spawned += (uint32_t)room;
    tally->dropped += (uint32_t)(n - room);
    return room;
}

static uint32_t active_rules(const qf_track_table *table, size_t slot)
{
    uint32_t bits = 0;
    for (size_t r = 0; r < table->n_rules; r++) {
        bits |= (uint32_t)(table->guard[r].active[slot] != 0) << r;
    }
    return bits;
}

/* a column of words, or of reals, without the slots that are not kept */
#define QF_CLOSE_GAPS(column)                                                                      \
    for (size_t s = first, to = first; s < n; s++) {                                               \
        (column)[to] = (column)[s];                                                                \
        to += keep[s] != 0;                                                                        \
    }

void QF_KERNEL(qf_track_remove)(const uint32_t *keep, const uint32_t *into, qf_track_mode mode,
                                qf_track_table *table, qf_track_scratch *scratch)
{
    const qf_track_table t = *table;
    const size_t n = t.n;
    size_t first = n;
    size_t gone = 0;
    for (size_t s = n; s-- > 0;) {
        first = keep[s] ? first : s;
    }
    for (size_t s = first; s < n; s++) {
        if (keep[s]) {
            continue;
        }
        gone++;
        scratch->gone[scratch->n_gone++] = (qf_track_gone){
            .number = t.number[s],
            .into = into ? into[s] : QF_NO_TRACK,
            .active_rules = active_rules(table, s),
            .target = t.target[s],
            .was_firm = t.firm[s] == 1,
        };
    }
    if (gone == 0) {
        return;
    }
#define QF_COLUMN(name) QF_CLOSE_GAPS(t.name)
    QF_TRACK_TABLE(QF_COLUMN, QF_COLUMN)
#undef QF_COLUMN
    for (size_t k = 0; k < qf_track_variances(mode); k++) {
        QF_CLOSE_GAPS(t.variance[k])
    }
    for (size_t r = 0; r < t.n_rules; r++) {
        QF_CLOSE_GAPS(t.guard[r].first)
        QF_CLOSE_GAPS(t.guard[r].last)
        QF_CLOSE_GAPS(t.guard[r].fired)
        QF_CLOSE_GAPS(t.guard[r].active)
    }
    table->n -= gone;
}

void QF_KERNEL(qf_track_vote)(const qf_track_plots *plots, qf_track_table *table,
                              const qf_track_scratch *scratch, qf_track_tally *tally)
{
    const qf_track_table t = *table;
    for (size_t s = 0; s < t.n; s++) {
        const uint32_t plot = scratch->plot_of_slot[s];
        if (plot == QF_NO_PLOT) {
            continue;
        }
        const uint32_t target = plots->target[plot];
        t.target[s] = target;
        if (target == UINT32_MAX) {
            continue;
        }
        t.owner[s] = t.votes[s] == 0 ? target : t.owner[s];
        t.votes[s] += t.owner[s] == target ? 1 : UINT32_MAX; /* one less */
        tally->firm_updates += t.firm[s] != 0;
        tally->pure_updates += t.firm[s] != 0 && t.owner[s] == target;
    }
}
