/* SPDX-License-Identifier: Apache-2.0 */
#include "detection_filter.h"

#include <math.h>

/* The group of the last observer, because neighbours in a frame are mostly of one group. */
typedef struct place {
    const qf_scenario *scenario;
    size_t group;
    size_t begin, end; /* its entities */
} place;

static size_t entities_of(const qf_scenario *scenario, size_t group)
{
    return scenario->groups[group].count * scenario->n_worlds;
}

/* observers ascend within a tick, so that the search hardly ever begins again */
static size_t group_of(place *at, size_t entity)
{
    if (entity < at->begin) {
        at->group = at->begin = 0;
        at->end = entities_of(at->scenario, 0);
    }
    while (entity >= at->end) {
        at->begin = at->end;
        at->end += entities_of(at->scenario, ++at->group);
    }
    return at->group;
}

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

static bool is_frame_wanted(const qf_scenario *scenario, size_t group, int64_t tick)
{
    const int64_t period = scenario->groups[group].radar_period_ticks;
    return tick / period % scenario->record.detections_every_frames == 0;
}

static bool passes(const qf_scenario *scenario, const qf_detections *from, size_t i, place *at)
{
    const qf_record_spec *record = &scenario->record;
    if ((double)from->snr_db[i] < record->detections_min_snr_db ||
        !is_band_wanted(record, from->band[i]) ||
        (from->target[i] == QF_NO_ENTITY && !record->detections_false_alarms)) {
        return false;
    }
    const size_t group = group_of(at, (size_t)from->observer[i]);
    return (!record->detections_of_group || record->detections_of_group[group]) &&
           is_frame_wanted(scenario, group, from->tick[i]);
}

bool qf_detection_filter_is_open(const qf_record_spec *record)
{
    return record->detections_every_frames == 1 && record->detections_long_range &&
           record->detections_short_range && record->detections_false_alarms &&
           !record->detections_of_group && record->detections_min_snr_db == -(double)INFINITY;
}

size_t qf_detection_filter(const qf_scenario *scenario, const qf_detections *from, size_t begin,
                           qf_detections *to)
{
    const size_t before = to->n;
    place at = {.scenario = scenario, .end = entities_of(scenario, 0)};
    size_t run = begin; /* where those begin that passed and are not yet copied */
    for (size_t i = begin; i < from->n; i++) {
        if (!passes(scenario, from, i, &at)) {
            qf_detections_append(to, from, run, i - run);
            run = i + 1;
        }
    }
    if (run < from->n) {
        qf_detections_append(to, from, run, from->n - run);
    }
    return to->n - before;
}
