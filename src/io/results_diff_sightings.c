/* SPDX-License-Identifier: Apache-2.0 */
/* /detections, /tracks, /picture, /identities, /tracking and /machines of two files. */
#include <inttypes.h>
#include <stdlib.h>

#include "results_diff_internal.h"
#include "results_table.h"

typedef enum phrase_kind {
    TICK,   /* and its time */
    ENTITY, /* and its name */
    INTEGER,
    NUMBER,     /* with nine digits, which tell any two floats apart */
    COORDINATE, /* with seventeen: a double */
    MEANING,    /* of a flag */
    WORDS,      /* a text as it stands */
    IDENTITY,   /* its text */
} phrase_kind;

/* A part of what a row says: `before`, the value of a column in words, `after`. */
typedef struct phrase {
    const char *before, *column;
    phrase_kind kind;
    const char *after;
} phrase;

/* what detections and tracks have in common */
/* clang-format off */
#define MEASURED \
    {", range ", "range_m", NUMBER, " m"}, \
    {", bearing ", "bearing_deg", NUMBER, " deg"}, \
    {", elevation ", "elev_deg", NUMBER, " deg"}, \
    {", radial speed ", "vr_mps", NUMBER, " m/s"}, \
    {", SNR ", "snr_db", NUMBER, " dB"}, \
    {", RCS ", "rcs_dbsm", NUMBER, " dBsm"}
#define ANSWER \
    {", transponder ", "transponder_mode", MEANING, ""}, \
    {" says ", "transponder_id", IDENTITY, ""}
/* clang-format on */

static const phrase detection_phrases[] = {
    {"tick ", "tick", TICK, ""},
    {", observer ", "observer", ENTITY, ""},
    {", target ", "target", ENTITY, ""},
    {": ", "band", MEANING, ""},
    MEASURED,
    ANSWER,
};

static const phrase track_phrases[] = {
    {"tick ", "tick", TICK, ""},
    {", observer ", "observer", ENTITY, ""},
    {", track ", "track", INTEGER, ""},
    {": ", "status", MEANING, ""},
    {", ", "iff", MEANING, ""},
    {", target ", "target", ENTITY, ""},
    {", ", "band", MEANING, ""},
    {", at ", "x_m", NUMBER, ""},
    {", ", "y_m", NUMBER, ""},
    {", ", "z_m", NUMBER, " m"},
    {" with ", "vx_mps", NUMBER, ""},
    {", ", "vy_mps", NUMBER, ""},
    {", ", "vz_mps", NUMBER, " m/s"},
    MEASURED,
    {", quality ", "quality", NUMBER, ""},
    {", age ", "age_s", NUMBER, " s"},
    {", ", "miss_count", INTEGER, " misses"},
    {", closest ", "cpa_distance_m", NUMBER, " m"},
    {" in ", "cpa_s", NUMBER, " s"},
    ANSWER,
};

static const phrase picture_phrases[] = {
    {"tick ", "tick", TICK, ""},        {", world ", "world", INTEGER, ""},
    {", group ", "group", MEANING, ""}, {", track ", "track", INTEGER, ""},
    {": at ", "x_m", COORDINATE, ""},   {", ", "y_m", COORDINATE, " m"},
    {" with ", "vx_mps", NUMBER, ""},   {", ", "vy_mps", NUMBER, " m/s"},
    {", trust ", "trust", NUMBER, ""},  {", ", "support", INTEGER, " observers"},
    {", flags ", "flags", INTEGER, ""},
};

static const phrase tracking_phrases[] = {
    {"group ", "group", MEANING, ""},
    {": ", "frames", INTEGER, " frames"},
    {", GOSPA ", "gospa_m", COORDINATE, " m"},
    {", completeness ", "completeness", COORDINATE, ""},
    {", purity ", "purity", COORDINATE, ""},
    {", ", "switches", INTEGER, " switches"},
    {", ", "confirmed", INTEGER, " tracks confirmed"},
};

static const phrase transition_phrases[] = {
    {"group ", "group", MEANING, ""},
    {", machine ", "machine", WORDS, ""},
    {": ", "from", WORDS, ""},
    {" -> '", "to", WORDS, "'"},
    {", trigger '", "trigger", WORDS, "'"},
    {", when '", "condition", WORDS, "'"},
    {": held ", "held", INTEGER, ""},
    {", taken ", "taken", INTEGER, ""},
};

static const phrase state_phrases[] = {
    {"group ", "group", MEANING, ""},
    {", machine ", "machine", WORDS, ""},
    {": ", "state", WORDS, ""},
    {": entered ", "entered", INTEGER, ""},
    {", ", "evaluations", INTEGER, " evaluations"},
};

#define PHRASES(list) list, sizeof(list) / sizeof *(list)
static const struct {
    const phrase *phrases;
    size_t n_phrases;
} wordings[QF_TABLES] = {[QF_TABLE_DETECTIONS] = {PHRASES(detection_phrases)},
                         [QF_TABLE_TRACKS] = {PHRASES(track_phrases)},
                         [QF_TABLE_PICTURES] = {PHRASES(picture_phrases)}};

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
static char *identity_at(qf_diff *diff, int f, const char *column, uint64_t row)
{
    const int64_t identity = qf_diff_integer_at(diff->file[f], column, row);
    if (identity < 0) {
        return qf_diff_words(diff, "nothing");
    }
    char *said = qf_diff_text_at(diff->file[f], "identities/text", (uint64_t)identity);
    char *text = qf_diff_words(diff, "'%s'", said ? said : "?");
    free(said);
    return text;
}

/* The value of a phrase's column, to be freed; NULL: nothing known. */
static char *value_at(qf_diff *diff, int f, phrase_kind kind, const char *column, uint64_t row)
{
    const hid_t file = diff->file[f];
    int64_t tick;
    switch (kind) {
    case TICK:
        tick = qf_diff_integer_at(file, column, row);
        return qf_diff_words(diff, "%" PRId64 " (%.15g s)", tick, (double)tick * diff->dt_s[f]);
    case ENTITY:
        return entity_at(diff, f, column, row);
    case INTEGER:
        return qf_diff_words(diff, "%" PRId64, qf_diff_integer_at(file, column, row));
    case NUMBER:
        return qf_diff_words(diff, "%.9g", qf_diff_number_at(file, column, row));
    case COORDINATE:
        return qf_diff_words(diff, "%.17g", qf_diff_number_at(file, column, row));
    case MEANING:
        return qf_diff_meaning_at(file, column, row);
    case WORDS:
        return qf_diff_text_at(file, column, row);
    case IDENTITY:
        break;
    }
    return identity_at(diff, f, column, row);
}

/* A row of a group in words. */
static char *describe(qf_diff *diff, int f, uint64_t row, const char *group, const phrase *phrases,
                      size_t n_phrases)
{
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    for (size_t p = 0; out && p < n_phrases; p++) {
        const phrase *part = &phrases[p];
        char column[QF_NC_NAME_BYTES];
        snprintf(column, sizeof column, "%s/%s", group, part->column);
        char *value = value_at(diff, f, part->kind, column, row);
        fprintf(out, "%s%s%s", part->before, value ? value : "?", part->after);
        free(value);
    }
    if (!out || fclose(out) != 0) {
        diff->out_of_memory = true;
        free(text);
        text = NULL;
    }
    return text;
}

static char *describe_row(qf_diff *diff, int f, uint64_t row, int table)
{
    return describe(diff, f, row, qf_record_tables[table].group, wordings[table].phrases,
                    wordings[table].n_phrases);
}

static char *describe_tracking(qf_diff *diff, int f, uint64_t row, int which)
{
    (void)which;
    return describe(diff, f, row, "tracking", PHRASES(tracking_phrases));
}

static char *describe_transition(qf_diff *diff, int f, uint64_t row, int which)
{
    (void)which;
    return describe(diff, f, row, "machines/transitions", PHRASES(transition_phrases));
}

static char *describe_state(qf_diff *diff, int f, uint64_t row, int which)
{
    (void)which;
    return describe(diff, f, row, "machines/states", PHRASES(state_phrases));
}

/* Radars look before their tick runs: a file that ends after tick T tells what was seen before T. */
qf_status qf_diff_sightings(qf_diff *diff)
{
    const int64_t end = diff->covered[0] < diff->covered[1] ? diff->covered[0] : diff->covered[1];
    qf_status status = QF_OK;
    for (int t = 0; t < QF_TABLES && status == QF_OK && diff->same_vehicles; t++) {
        const qf_table_spec *table = &qf_record_tables[t];
        if (both_have(diff, table->group)) {
            status = qf_diff_compare_table(diff, table->group, table->variables[0].name, end - 1,
                                           describe_row, t, &diff->tables[t]);
        }
    }
    return status;
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

/* Sums over the run: only of runs that came equally far. */
static qf_status compare_sums(qf_diff *diff, const char *group, const char *dimension,
                              qf_diff_describe *describe_sums, qf_diff_rows *rows)
{
    rows->timeless = true;
    if (!diff->same_vehicles || diff->covered[0] != diff->covered[1] || !both_have(diff, group)) {
        return QF_OK;
    }
    return qf_diff_compare_table(diff, group, dimension, 0, describe_sums, 0, rows);
}

qf_status qf_diff_tracking(qf_diff *diff)
{
    return compare_sums(diff, "tracking", "tracking_group", describe_tracking, &diff->tracking);
}

qf_status qf_diff_machines(qf_diff *diff)
{
    const qf_status status = compare_sums(diff, "machines/transitions", "transition",
                                          describe_transition, &diff->transitions);
    return status == QF_OK ? compare_sums(diff, "machines/states", "machine_state", describe_state,
                                          &diff->machine_states)
                           : status;
}
