/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is in /detections, what radars reported; /tracks, what their trackers believed; and /picture, what groups
 * believed together.
 */
#include "picture.h"
#include "results.h"
#include "results_table.h"
#include "track.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

/* a variable that is a column of the table in memory, of that name or another */
#define COLUMN(table, column, name, units, long_name, type)                                        \
    {                                                                                              \
        name, units, long_name, type, QF_TABLE_MEMORY, offsetof(table, column), NULL, false, false \
    }
#define FLAGS(table, column, name, long_name, flags)                                               \
    {                                                                                              \
        name, "1", long_name, QF_TABLE_U8, QF_TABLE_MEMORY, offsetof(table, column), flags, false, \
            false                                                                                  \
    }
#define NUMBER(name, long_name)                                                                    \
    {                                                                                              \
        name, "1", long_name, QF_TABLE_I64, QF_TABLE_NUMBER, 0, NULL, false, false                 \
    }
#define TIME(long_name)                                                                            \
    {                                                                                              \
        "time_s", "s", long_name, QF_TABLE_F64, QF_TABLE_TIME, 0, NULL, false, false               \
    }

#define DB     "0.1 lg(re 1)"
#define DBSM   "0.1 lg(re 1 m2)"
#define LOOKED "when the radar looked"

static const uint8_t band_values[] = {QF_BAND_UNSPECIFIED, QF_BAND_LONG_RANGE, QF_BAND_SHORT_RANGE};
static const qf_table_flags bands = {COUNT(band_values), band_values,
                                     "unspecified long_range short_range", false};

static const uint8_t mode_values[] = {QF_TRANSPONDER_OFF, QF_TRANSPONDER_ON, QF_TRANSPONDER_SILENT,
                                      QF_TRANSPONDER_SPOOF};
_Static_assert(COUNT(mode_values) == QF_TRANSPONDER_MODES, "every mode has its name");
static const qf_table_flags modes = {COUNT(mode_values), mode_values, "off on silent spoof", false};

static const uint8_t status_values[] = {QF_TRACK_UNSPECIFIED, QF_TRACK_NEW, QF_TRACK_TRACKED,
                                        QF_TRACK_LOST, QF_TRACK_COASTING};
static const qf_table_flags statuses = {COUNT(status_values), status_values,
                                        "unspecified new tracked lost coasting", false};

static const uint8_t iff_values[] = {QF_IFF_FRIEND, QF_IFF_FOE, QF_IFF_UNKNOWN};
static const qf_table_flags iffs = {COUNT(iff_values), iff_values, "friend foe unknown", false};

static const uint8_t picture_values[] = {QF_PICTURE_LOW_SUPPORT, QF_PICTURE_CONFLICT};
static const qf_table_flags picture_flags = {COUNT(picture_values), picture_values,
                                             "low_support conflict", true};

#define OF(column, name, units, long_name, type)                                                   \
    COLUMN(qf_detections, column, name, units, long_name, type)
static const qf_table_variable detection_variables[] = {
    NUMBER("detection", "number of the detection"),
    OF(tick, "tick", "1", "ticks done " LOOKED, QF_TABLE_I64),
    TIME("simulated time " LOOKED),
    OF(observer, "observer", "1", "entity whose radar it is", QF_TABLE_I32),
    OF(target, "target", "1", "entity that was seen (truth), -1: false alarm", QF_TABLE_I32),
    FLAGS(qf_detections, band, "band", "side of the radar's short-range threshold", &bands),
    OF(range_m, "range_m", "m", "measured range", QF_TABLE_F32),
    OF(bearing_deg, "bearing_deg", "degree", "measured bearing, clockwise from north",
       QF_TABLE_F32),
    OF(elev_deg, "elev_deg", "degree", "measured elevation above the horizontal", QF_TABLE_F32),
    OF(vr_mps, "vr_mps", "m s-1", "measured radial speed, negative: approaching", QF_TABLE_F32),
    OF(snr_db, "snr_db", DB, "measured signal-to-noise ratio of one pulse, dB", QF_TABLE_F32),
    OF(rcs_dbsm, "rcs_dbsm", DBSM, "radar cross-section estimated from ratio and range, dBsm",
       QF_TABLE_F32),
    FLAGS(qf_detections, mode, "transponder_mode", "what the target's transponder does", &modes),
    OF(identity, "transponder_id", "1", "what the transponder says: row of /identities, -1: none",
       QF_TABLE_I32),
};
#undef OF

#define OF(column, name, units, long_name, type)                                                   \
    COLUMN(qf_track_samples, column, name, units, long_name, type)
static const qf_table_variable track_variables[] = {
    NUMBER("track_sample", "number of the row: one track after one frame"),
    OF(tick, "tick", "1", "ticks done " LOOKED, QF_TABLE_I64),
    TIME("simulated time " LOOKED),
    OF(observer, "observer", "1", "entity whose track it is", QF_TABLE_I32),
    OF(track, "track", "1", "number of the track, of the observer's from 0; never given twice",
       QF_TABLE_I32),
    FLAGS(qf_track_samples, status, "status", "what is held of the track", &statuses),
    FLAGS(qf_track_samples, band, "band",
          "side of the radar's short-range threshold at the last detection", &bands),
    FLAGS(qf_track_samples, iff, "iff", "whom the observer takes it for", &iffs),
    OF(x_m, "x_m", "m", "estimated position relative to the observer, east", QF_TABLE_F32),
    OF(y_m, "y_m", "m", "estimated position relative to the observer, north", QF_TABLE_F32),
    OF(z_m, "z_m", "m", "estimated position relative to the observer, up", QF_TABLE_F32),
    OF(vx_mps, "vx_mps", "m s-1", "estimated velocity relative to the observer, east",
       QF_TABLE_F32),
    OF(vy_mps, "vy_mps", "m s-1", "estimated velocity relative to the observer, north",
       QF_TABLE_F32),
    OF(vz_mps, "vz_mps", "m s-1", "estimated velocity relative to the observer, up", QF_TABLE_F32),
    OF(range_m, "range_m", "m", "range from the observer to the estimated position", QF_TABLE_F32),
    OF(bearing_deg, "bearing_deg", "degree",
       "bearing of the estimated position from the observer, clockwise from north", QF_TABLE_F32),
    OF(elev_deg, "elev_deg", "degree",
       "elevation of the estimated position above the observer's horizontal", QF_TABLE_F32),
    OF(vr_mps, "vr_mps", "m s-1",
       "estimated radial speed relative to the observer, negative: approaching", QF_TABLE_F32),
    OF(snr_db, "snr_db", DB, "signal-to-noise ratio of one pulse, smoothed, dB", QF_TABLE_F32),
    OF(rcs_dbsm, "rcs_dbsm", DBSM, "radar cross-section estimated at the last detection, dBsm",
       QF_TABLE_F32),
    OF(quality, "quality", "1", "quality of the track, 0 to 1", QF_TABLE_F32),
    OF(age_s, "age_s", "s", "time since the track was begun", QF_TABLE_F32),
    OF(miss_count, "miss_count", "1", "frames since the last detection", QF_TABLE_U16),
    OF(target, "target", "1", "entity that the last detection came from (truth), -1: false alarm",
       QF_TABLE_I32),
    FLAGS(qf_track_samples, mode, "transponder_mode", "what the track's transponder does", &modes),
    OF(identity, "transponder_id", "1", "what the transponder says: row of /identities, -1: none",
       QF_TABLE_I32),
    OF(cpa_s, "cpa_s", "s", "time until it is closest to the observer, 0: that is past",
       QF_TABLE_F32),
    OF(cpa_distance_m, "cpa_distance_m", "m", "distance from the observer then", QF_TABLE_F32),
};
#undef OF

#define OF(column, name, units, long_name, type)                                                   \
    COLUMN(qf_picture_samples, column, name, units, long_name, type)
static const qf_table_variable picture_variables[] = {
    NUMBER("picture_sample", "number of the row: one track of a picture after one step"),
    OF(tick, "tick", "1", "ticks done when the picture was made", QF_TABLE_I64),
    TIME("simulated time when the picture was made"),
    OF(world, "world", "1", "world whose picture it is", QF_TABLE_I32),
    {"group", "1", "group of the scenario whose picture it is", QF_TABLE_I32, QF_TABLE_MEMORY,
     offsetof(qf_picture_samples, group), NULL, true, false},
    OF(track, "track", "1", "number of the track, of the picture's from 0; never given twice",
       QF_TABLE_I32),
    OF(support, "support", "1", "observers whose tracks are behind it", QF_TABLE_I32),
    OF(x_m, "x_m", "m", "estimated position in the world, east", QF_TABLE_F64),
    OF(y_m, "y_m", "m", "estimated position in the world, north", QF_TABLE_F64),
    {"vx_mps", "m s-1", "estimated velocity in the world, east", QF_TABLE_F32, QF_TABLE_MEMORY,
     offsetof(qf_picture_samples, vx_mps), NULL, false, true},
    {"vy_mps", "m s-1", "estimated velocity in the world, north", QF_TABLE_F32, QF_TABLE_MEMORY,
     offsetof(qf_picture_samples, vy_mps), NULL, false, true},
    OF(trust, "trust", "1", "trust in the track, 0 to 1", QF_TABLE_F32),
    FLAGS(qf_picture_samples, flags, "flags", "what is doubtful about the track", &picture_flags),
};
#undef OF

_Static_assert(COUNT(detection_variables) <= QF_TABLE_MOST_VARIABLES, "there is room");
_Static_assert(COUNT(track_variables) <= QF_TABLE_MOST_VARIABLES, "there is room");
_Static_assert(COUNT(picture_variables) <= QF_TABLE_MOST_VARIABLES, "there is room");

const qf_table_spec qf_record_tables[QF_TABLES] = {
    [QF_TABLE_DETECTIONS] = {"detections", "detections", &qf_detection_layout,
                             offsetof(qf_detections, tick), detection_variables,
                             COUNT(detection_variables)},
    [QF_TABLE_TRACKS] = {"tracks", "tracks", &qf_track_sample_layout,
                         offsetof(qf_track_samples, tick), track_variables, COUNT(track_variables)},
    [QF_TABLE_PICTURES] = {"picture", "pictures", &qf_picture_sample_layout,
                           offsetof(qf_picture_samples, tick), picture_variables,
                           COUNT(picture_variables)},
};

bool qf_results_has_pictures(const qf_scenario *scenario)
{
    for (size_t g = 0; g < scenario->n_groups && scenario->record.tracks; g++) {
        if (scenario->groups[g].tracker && scenario->groups[g].tracker->shares) {
            return true;
        }
    }
    return false;
}

bool qf_table_is_recorded(qf_table_id id, const qf_scenario *scenario)
{
    switch (id) {
    case QF_TABLE_DETECTIONS:
        return scenario->record.detections;
    case QF_TABLE_TRACKS:
        return scenario->record.tracks;
    case QF_TABLE_PICTURES:
    case QF_TABLES:
        break;
    }
    return qf_results_has_pictures(scenario);
}
