/* SPDX-License-Identifier: Apache-2.0 */
#include "kernels.h"
void QF_KERNEL(qf_track_publish)(const qf_tracker *tracker, const qf_track_frame *frame, const qf_track_table *table, qf_track_view *view)
{(void)tracker;(void)frame;(void)table;(void)view;}
