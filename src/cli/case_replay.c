/* SPDX-License-Identifier: Apache-2.0 */
#include "case_replay.h"

#include <inttypes.h>
#include <math.h>

qf_status qf_case_replay_read(qf_context *context, const qf_case_source *source, uint64_t number,
                              qf_scenario *scenario, uint64_t *hash)
{
    const qf_status status = qf_case_source_scenario(context, source, number, scenario, hash);
    if (status == QF_OK) {
        scenario->record = (qf_record_spec){.every_ticks = 1,
                                            .hash_every_ticks = scenario->record.hash_every_ticks,
                                            .all = true,
                                            .events = true,
                                            .detections = true,
                                            .detections_every_frames = 1,
                                            .detections_min_snr_db = -(double)INFINITY,
                                            .detections_long_range = true,
                                            .detections_short_range = true,
                                            .detections_false_alarms = true,
                                            .tracks = true,
                                            .tracks_every_frames = 1,
                                            .tracks_tentative = true};
    }
    return status;
}

const char *qf_case_replay_difference(const qf_case_source *source, uint64_t number,
                                      uint64_t stored, uint64_t computed,
                                      char text[QF_REPLAY_TEXT_BYTES])
{
    snprintf(text, QF_REPLAY_TEXT_BYTES,
             "case %" PRIu64 " came to hash %016" PRIx64 ", the result has %016" PRIx64
             "; it was made by version %s, this is another build, or it was changed",
             number, computed, stored, source->is_sweep ? source->sweep.version : source->version);
    return text;
}
