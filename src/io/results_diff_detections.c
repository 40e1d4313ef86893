/* SPDX-License-Identifier: Apache-2.0 */
/* /detections and /identities of two files. */
#include <inttypes.h>
#include <stdlib.h>

#include "results_diff_internal.h"

/* Whether both files have a group; where one has, that is a difference by itself. */
static bool both_have(qf_diff *diff, const char *name)
{
    bool has[2];
    for (int f = 0; f < 2; f++) {
        has[f] = H5Lexists(diff->file[f], name, H5P_DEFAULT) > 0;
    }
    if (has[0] != has[1]) {
        qf_diff_tell(diff, &diff->different, "/%s is recorded only in %c", name,
                     has[0] ? 'A' : 'B');
    }
    return has[0] && has[1];
}

/* "5 'scouts-5'", to be freed; "none" where there is nobody. */
static char *entity_at(qf_diff *diff, int f, const char *column, uint64_t row)
{
    const int64_t entity = qf_diff_integer_at(diff->file[f], column, row);
    if (entity < 0) {
        return qf_diff_words(diff, "none");
    }
    char *name = qf_diff_text_at(diff->file[f], "entities/name", (uint64_t)entity);
    char *text = qf_diff_words(diff, "%" PRId64 " '%s'", entity, name ? name : "?");
    free(name);
    return text;
}

/* "'ALLY-5'", to be freed. */
static char *identity_at(qf_diff *diff, int f, uint64_t row)
{
    const hid_t file = diff->file[f];
    const int64_t identity = qf_diff_integer_at(file, "detections/transponder_id", row);
    if (identity < 0) {
        return qf_diff_words(diff, "nothing");
    }
    char *said = qf_diff_text_at(file, "identities/text", (uint64_t)identity);
    char *text = qf_diff_words(diff, "'%s'", said ? said : "?");
    free(said);
    return text;
}

static char *describe_detection(qf_diff *diff, int f, uint64_t row)
{
    const hid_t file = diff->file[f];
    const int64_t tick = qf_diff_integer_at(file, "detections/tick", row);
    char *observer = entity_at(diff, f, "detections/observer", row);
    char *target = entity_at(diff, f, "detections/target", row);
    char *band = qf_diff_meaning_at(file, "detections/band", row);
    char *mode = qf_diff_meaning_at(file, "detections/transponder_mode", row);
    char *identity = identity_at(diff, f, row);
    /* nine digits tell any two floats apart */
    char *text = qf_diff_words(
        diff,
        "tick %" PRId64 " (%.15g s), observer %s, target %s: %s, range %.9g m, bearing %.9g deg, "
        "elevation %.9g deg, radial speed %.9g m/s, SNR %.9g dB, RCS %.9g dBsm, transponder %s "
        "says "
        "%s",
        tick, (double)tick * diff->dt_s[f], observer ? observer : "?", target ? target : "?",
        band ? band : "?", qf_diff_number_at(file, "detections/range_m", row),
        qf_diff_number_at(file, "detections/bearing_deg", row),
        qf_diff_number_at(file, "detections/elev_deg", row),
        qf_diff_number_at(file, "detections/vr_mps", row),
        qf_diff_number_at(file, "detections/snr_db", row),
        qf_diff_number_at(file, "detections/rcs_dbsm", row), mode ? mode : "?",
        identity ? identity : "?");
    free(observer);
    free(target);
    free(band);
    free(mode);
    free(identity);
    return text;
}

/* Radars look before their tick runs: a file that ends after tick T tells what was seen before T. */
qf_status qf_diff_detections(qf_diff *diff)
{
    if (!diff->same_vehicles || !both_have(diff, "detections")) {
        return QF_OK;
    }
    const int64_t end = diff->covered[0] < diff->covered[1] ? diff->covered[0] : diff->covered[1];
    return qf_diff_compare_table(diff, "detections", "detection", end - 1, describe_detection,
                                 &diff->detections);
}

qf_status qf_diff_identities(qf_diff *diff)
{
    qf_diff_rows *rows = &diff->identities;
    hid_t text[2];
    if (!diff->same_vehicles || !both_have(diff, "identities")) {
        return QF_OK;
    }
    if (!qf_diff_open(diff, "identities/text", text)) {
        return qf_fail(diff->context, QF_ERROR_READ, "%s or %s: /identities cannot be read",
                       diff->path[0], diff->path[1]);
    }
    for (int f = 0; f < 2; f++) {
        rows->n[f] = qf_nc_length(text[f]);
    }
    const uint64_t common = rows->n[0] < rows->n[1] ? rows->n[0] : rows->n[1];
    const bool good = qf_diff_first_row(text, common, &rows->row);
    qf_diff_close(text);
    if (!good) {
        return qf_fail(diff->context, QF_ERROR_READ, "%s or %s: /identities cannot be read",
                       diff->path[0], diff->path[1]);
    }
    rows->timeless = true;
    rows->found = rows->row < common || rows->n[0] != rows->n[1];
    for (int f = 0; f < 2 && rows->found; f++) {
        rows->text[f] = rows->row < rows->n[f]
                            ? qf_diff_text_at(diff->file[f], "identities/text", rows->row)
                            : NULL;
    }
    return QF_OK;
}
