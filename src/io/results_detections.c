/* SPDX-License-Identifier: Apache-2.0 */
/*
 * /detections: what radars reported, one column per property; and /identities, the texts that they
 * heard. Columns go to the file as they lie in memory, past HDF5's chunk cache and unconverted.
 */
#include <stdlib.h>
#include <string.h>

#include "results_internal.h"

typedef enum column_id {
    DETECTION,
    TICK,
    TIME,
    OBSERVER,
    TARGET,
    BAND,
    RANGE,
    BEARING,
    ELEVATION,
    SPEED,
    SNR,
    RCS,
    MODE,
    IDENTITY,
} column_id;

_Static_assert(IDENTITY + 1 == QF_DETECTION_COLUMNS, "every column has its place");

enum {
    ROW_BYTES = 8 + 8 + 8 + 4 + 4 + 1 + 6 * 4 + 1 + 4,
    SLICE = 16384,
    /* per text: identity, and a reference to the text */
    IDENTITY_BYTES = 8 + 16,
};

static hid_t column_type(column_id column)
{
    switch (column) {
    case DETECTION:
    case TICK:
        return H5T_NATIVE_INT64;
    case TIME:
        return H5T_NATIVE_DOUBLE;
    case OBSERVER:
    case TARGET:
    case IDENTITY:
        return H5T_NATIVE_INT32;
    case BAND:
    case MODE:
        return H5T_NATIVE_UINT8;
    case RANGE:
    case BEARING:
    case ELEVATION:
    case SPEED:
    case SNR:
    case RCS:
        break;
    }
    return H5T_NATIVE_FLOAT;
}

/* A column that is written as it is; NULL: one that is computed. */
static const void *column_of(const qf_detections *from, column_id column)
{
    switch (column) {
    case TICK:
        return from->tick;
    case OBSERVER:
        return from->observer;
    case TARGET:
        return from->target;
    case BAND:
        return from->band;
    case RANGE:
        return from->range_m;
    case BEARING:
        return from->bearing_deg;
    case ELEVATION:
        return from->elev_deg;
    case SPEED:
        return from->vr_mps;
    case SNR:
        return from->snr_db;
    case RCS:
        return from->rcs_dbsm;
    case MODE:
        return from->mode;
    case IDENTITY:
        return from->identity;
    case DETECTION:
    case TIME:
        break;
    }
    return NULL;
}

qf_status qf_detection_file_allocate(qf_context *context, const qf_scenario *scenario,
                                     qf_detection_file *file)
{
    *file = (qf_detection_file){.on = scenario->record.detections, .dt_s = scenario->dt_s};
    if (file->on) {
        file->scratch = calloc(QF_DETECTION_CHUNK, 8);
    }
    return !file->on || file->scratch
               ? QF_OK
               : qf_fail(context, QF_ERROR_MEMORY, "no memory for detections");
}

void qf_detection_file_free(qf_detection_file *file)
{
    free(file->scratch);
    file->scratch = NULL;
}

static void put_flags(qf_nc *nc, const qf_detection_file *file)
{
    static const uint8_t bands[] = {QF_BAND_UNSPECIFIED, QF_BAND_LONG_RANGE, QF_BAND_SHORT_RANGE};
    static const uint8_t modes[] = {QF_TRANSPONDER_OFF, QF_TRANSPONDER_ON, QF_TRANSPONDER_SILENT,
                                    QF_TRANSPONDER_SPOOF};
    _Static_assert(sizeof modes == QF_TRANSPONDER_MODES, "every mode has its name");
    qf_nc_put_array(nc, file->columns[BAND], "flag_values", H5T_NATIVE_UINT8, sizeof bands, bands);
    qf_nc_put_text(nc, file->columns[BAND], "flag_meanings", "unspecified long_range short_range");
    qf_nc_put_array(nc, file->columns[MODE], "flag_values", H5T_NATIVE_UINT8, sizeof modes, modes);
    qf_nc_put_text(nc, file->columns[MODE], "flag_meanings", "off on silent spoof");
}

void qf_detection_file_define(qf_nc *nc, qf_detection_file *file)
{
    static const struct {
        const char *name, *units, *long_name;
    } columns[QF_DETECTION_COLUMNS] = {
        [DETECTION] = {"detection", "1", "number of the detection"},
        [TICK] = {"tick", "1", "ticks done when the radar looked"},
        [TIME] = {"time_s", "s", "simulated time when the radar looked"},
        [OBSERVER] = {"observer", "1", "entity whose radar it is"},
        [TARGET] = {"target", "1", "entity that was seen (truth), -1: false alarm"},
        [BAND] = {"band", "1", "side of the radar's short-range threshold"},
        [RANGE] = {"range_m", "m", "measured range"},
        [BEARING] = {"bearing_deg", "degree", "measured bearing, clockwise from north"},
        [ELEVATION] = {"elev_deg", "degree", "measured elevation above the horizontal"},
        [SPEED] = {"vr_mps", "m s-1", "measured radial speed, negative: approaching"},
        [SNR] = {"snr_db", "0.1 lg(re 1)", "measured signal-to-noise ratio of one pulse, dB"},
        [RCS] = {"rcs_dbsm", "0.1 lg(re 1 m2)",
                 "radar cross-section estimated from ratio and range, dBsm"},
        [MODE] = {"transponder_mode", "1", "what the target's transponder does"},
        [IDENTITY] = {"transponder_id", "1",
                      "what the transponder says: row of /identities, -1: none"},
    };
    if (!file->on) {
        return;
    }
    const hid_t group = qf_nc_group(nc, "detections");
    qf_nc_shape shape = {
        .rank = 1, .length = {H5S_UNLIMITED}, .chunk = {QF_DETECTION_CHUNK}, .direct = true};
    for (int c = 0; c < QF_DETECTION_COLUMNS && !nc->failed; c++) {
        const qf_nc_variable variable = {.name = columns[c].name,
                                         .type = column_type((column_id)c),
                                         .units = columns[c].units,
                                         .long_name = columns[c].long_name};
        if (c == DETECTION) {
            file->columns[c] =
                qf_nc_dimension(nc, group, &variable, H5S_UNLIMITED, QF_DETECTION_CHUNK);
            shape.scales[0] = file->columns[c];
        } else {
            file->columns[c] = qf_nc_define(nc, group, &variable, &shape);
        }
    }
    put_flags(nc, file);
}

uint64_t qf_detection_file_growth(const qf_detection_file *file, size_t n)
{
    const uint64_t chunks = qf_new_chunks(file->n_written, n, QF_DETECTION_CHUNK);
    const uint64_t chunk_bytes =
        QF_DETECTION_CHUNK * ROW_BYTES + QF_DETECTION_COLUMNS * QF_META_CHUNK_BYTES;
    return chunks > 0 ? chunks * chunk_bytes + QF_DETECTION_COLUMNS * QF_META_VARIABLE_BYTES : 0;
}

/* A column that follows from the place in the file, or from the tick; in slices that end with a chunk. */
static void write_computed(qf_nc *nc, const qf_detection_file *file, column_id column,
                           const int64_t *tick, size_t n)
{
    int64_t *numbers = file->scratch;
    double *times_s = file->scratch;
    for (size_t done = 0; done < n && !nc->failed;) {
        const hsize_t first = (hsize_t)file->n_written + done;
        const size_t left = QF_DETECTION_CHUNK - first % QF_DETECTION_CHUNK;
        const size_t some = n - done < left ? n - done : left;
        for (size_t i = 0; i < some; i++) {
            if (column == DETECTION) {
                numbers[i] = (int64_t)(first + i);
            } else {
                times_s[i] = (double)tick[done + i] * file->dt_s;
            }
        }
        qf_nc_write(nc, file->columns[column], column_type(column), first, some, 0, file->scratch);
        done += some;
    }
}

void qf_detection_file_write(qf_nc *nc, qf_detection_file *file, const qf_detections *from)
{
    const hsize_t first = (hsize_t)file->n_written;
    for (int c = 0; c < QF_DETECTION_COLUMNS && from->n > 0; c++) {
        const void *values = column_of(from, (column_id)c);
        qf_nc_extend(nc, file->columns[c], first + from->n, 0);
        if (values) {
            qf_nc_write(nc, file->columns[c], column_type((column_id)c), first, from->n, 0, values);
        } else {
            write_computed(nc, file, (column_id)c, from->tick, from->n);
        }
    }
    if (!nc->failed) {
        file->n_written += (int64_t)from->n;
    }
}

uint64_t qf_identities_bytes(const qf_identities *identities)
{
    size_t longest = 0;
    for (size_t i = 0; i < identities->n; i++) {
        const size_t length = strlen(identities->text[i]);
        longest = length > longest ? length : longest;
    }
    return identities->n * IDENTITY_BYTES + qf_text_heap_bytes(identities->n, longest);
}

void qf_identities_write(qf_nc *nc, const qf_identities *identities)
{
    const hid_t group = qf_nc_group(nc, "identities");
    const hid_t string_type = qf_nc_string_type(nc);
    const hsize_t n = identities->n;
    const qf_nc_variable number = {"identity", H5T_NATIVE_INT64, "1", "number of the identity",
                                   NULL};
    const qf_nc_variable text = {"text", string_type, "1", "what a transponder says", NULL};
    const hid_t scale = qf_nc_dimension(nc, group, &number, n, 0);
    const hid_t variable =
        qf_nc_define(nc, group, &text, &(qf_nc_shape){.rank = 1, .scales = {scale}, .length = {n}});
    qf_nc_write_numbers(nc, scale, n);
    for (hsize_t begin = 0; begin < n && !nc->failed; begin += SLICE) {
        const hsize_t some = n - begin < SLICE ? n - begin : SLICE;
        qf_nc_write(nc, variable, string_type, begin, some, 0, identities->text + begin);
    }
    qf_nc_close_type(nc, string_type);
}
