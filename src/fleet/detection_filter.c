/* SPDX-License-Identifier: Apache-2.0 */
#include "detection_filter.h"

#include <math.h>

static bool is_band_wanted(const qf_record_spec *record, uint8_t band)
{
    switch ((qf_band)band) {
    case QF_BAND_LONG_RANGE:
        return record->detections_long_range;
    case QF_BAND_SHORT_RANGE:
        return record->detections_short_range;
    case QF_BAND_UNSPECIFIED:
        break;
    }
    return record->detections_long_range && record->detections_short_range;
}

static bool passes(const qf_record_spec *record, const qf_detections *from, size_t i)
{
    return !((double)from->snr_db[i] < record->detections_min_snr_db) &&
           is_band_wanted(record, from->band[i]) &&
           (from->target[i] != QF_NO_ENTITY || record->detections_false_alarms);
}

bool qf_detection_frame_is_wanted(const qf_scenario *scenario, size_t group, int64_t tick)
{
    const qf_record_spec *record = &scenario->record;
    const int64_t period_ticks = scenario->groups[group].radar_period_ticks;
    return record->detections &&
           (!record->detections_of_group || record->detections_of_group[group]) &&
           tick / period_ticks % record->detections_every_frames == 0;
}

bool qf_detection_filter_is_open(const qf_record_spec *record)
{
    return record->detections_long_range && record->detections_short_range &&
           record->detections_false_alarms && record->detections_min_snr_db == -(double)INFINITY;
}

size_t qf_detection_filter(const qf_record_spec *record, const qf_detections *from, size_t begin,
                           qf_detections *to)
{
    const size_t before = to->n;
    size_t run = begin; /* where those begin that passed and are not yet copied */
    for (size_t i = begin; i < from->n; i++) {
        if (!passes(record, from, i)) {
            qf_detections_append(to, from, run, i - run);
            run = i + 1;
        }
    }
    if (run < from->n) {
        qf_detections_append(to, from, run, from->n - run);
    }
    return to->n - before;
}
