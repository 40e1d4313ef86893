/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_DETECTION_FILTER_H
#define QF_DETECTION_FILTER_H

#include <stdbool.h>
#include <stddef.h>

#include "detections.h"
#include "scenario.h"

/*
 * Which detections `record.detections` keeps: first whole frames of a group's radars, then of those the
 * bands and signal-to-noise ratios that are wanted, and false alarms or not. A ratio that is no number is
 * kept; a detection of no band is when both bands are.
 */

/* Whether detections of this frame are kept at all; `tick` is a multiple of the group's period. */
bool qf_detection_frame_is_wanted(const qf_scenario *scenario, size_t group, int64_t tick);

/* Whether all of a wanted frame passes, so that detections need not be looked at. */
bool qf_detection_filter_is_open(const qf_record_spec *record);

/*
 * Appends to `to` what passes of `from`, from `begin` on, in its order. `to` has room for all of them
 * and is not `from`. Returns how many passed.
 */
size_t qf_detection_filter(const qf_record_spec *record, const qf_detections *from, size_t begin,
                           qf_detections *to);

#endif
