/* SPDX-License-Identifier: Apache-2.0 */
/* The order of the steps of a tracker's frame (track.h). */
#include "track_steps.h"

void QF_KERNEL(qf_track_frame)(const qf_tracker *tracker, const qf_track_frame *frame,
                               qf_track_plots *plots, qf_track_table *table,
                               qf_track_scratch *scratch, qf_track_tally *tally)
{
    scratch->n_gone = 0;
    tally->rejected += QF_KERNEL(qf_track_admit)(plots);
    QF_KERNEL(qf_track_locate)(plots);
    if (tracker->mode == QF_TRACK_QIKI) {
        QF_KERNEL(qf_track_qiki)(tracker, frame, plots, table, scratch, tally);
    } else {
        QF_KERNEL(qf_track_filter)(tracker, frame, plots, table, scratch, tally);
    }
}
