/* SPDX-License-Identifier: Apache-2.0 */
#include "kernels.h"
void QF_KERNEL(qf_track_frame)(const qf_tracker *tracker, const qf_track_frame *frame, qf_track_plots *plots, qf_track_table *table, qf_track_scratch *scratch, qf_track_tally *tally)
{(void)tracker;(void)frame;(void)plots;(void)table;(void)scratch;(void)tally;}
