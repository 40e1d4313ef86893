/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_TEST_TRACKER_TRACE_H
#define QF_TEST_TRACKER_TRACE_H

/*
 * A trace of the reference's tracker: one JSON object on each line, first its name and configuration, then a frame
 * each with the detections that went in and the tracks that came out. JSON is read as the YAML it also is.
 */
#include "diagnostics.h"
#include "track_stand.h"
#include "yaml_node.h"

enum { TRACE_MOST_NAMES = 65536 };

typedef struct trace_track {
    uint32_t number; /* by first appearance, which is that of creation */
    uint32_t status, miss, band, mode, on;
    qf_presence present;
    uint32_t identity; /* UINT32_MAX: none */
    double range_m, bearing_deg, elev_deg, vr_mps, snr_db, rcs_dbsm, quality, age_s;
    double position_m[3], velocity_mps[3];
} trace_track;

typedef struct trace_frame {
    int64_t time_us;
    size_t n_plots, n_tracks;
    track_stand_plot *plots;
    trace_track *tracks;
} trace_frame;

typedef struct trace {
    qf_arena arena;
    const char *path;
    qf_tracker tracker;
    size_t n_frames, most_plots, most_tracks;
    trace_frame *frames;
    const char *names[TRACE_MOST_NAMES]; /* of identities */
    uint32_t n_names;
} trace;

static inline const qf_yaml_node *trace_get(const qf_yaml_node *mapping, const char *key)
{
    const qf_yaml_node *node = qf_yaml_get(mapping, key);
    if (!node) {
        fail_msg("line without %s", key);
    }
    return node;
}

static inline bool trace_is_null(const qf_yaml_node *node)
{
    return node->kind == QF_YAML_SCALAR && !node->quoted && strcmp(node->text, "null") == 0;
}

static inline double trace_number(const qf_yaml_node *mapping, const char *key)
{
    const qf_yaml_node *node = trace_get(mapping, key);
    char *end;
    const double value = strtod(node->text, &end);
    if (*end != '\0' || end == node->text) {
        fail_msg("%s is no number: %s", key, node->text);
    }
    return value;
}

static inline bool trace_bool(const qf_yaml_node *mapping, const char *key)
{
    const char *text = trace_get(mapping, key)->text;
    assert_true(strcmp(text, "true") == 0 || strcmp(text, "false") == 0);
    return text[0] == 't';
}

static inline qf_presence trace_presence(const qf_yaml_node *mapping, const char *key)
{
    return trace_is_null(trace_get(mapping, key)) ? QF_PRESENCE_UNKNOWN
           : trace_bool(mapping, key)             ? QF_PRESENT
                                                  : QF_ABSENT;
}

/* which of the names; they may have a prefix, as RR_SR has */
static inline uint32_t trace_choice(const qf_yaml_node *mapping, const char *key,
                                    const char *prefix, const char *const *names, uint32_t n)
{
    const char *text = trace_get(mapping, key)->text;
    const size_t length = strlen(prefix);
    for (uint32_t i = 0; i < n; i++) {
        if (strncmp(text, prefix, length) == 0 && strcmp(text + length, names[i]) == 0) {
            return i;
        }
    }
    fail_msg("%s: unknown %s", key, text);
    return n;
}

/* the number of a name; an empty one and null are none */
static inline uint32_t trace_identity(trace *t, const qf_yaml_node *mapping, const char *key)
{
    const qf_yaml_node *node = trace_get(mapping, key);
    if (trace_is_null(node) || node->text[0] == '\0') {
        return UINT32_MAX;
    }
    for (uint32_t i = 0; i < t->n_names; i++) {
        if (strcmp(t->names[i], node->text) == 0) {
            return i;
        }
    }
    assert_true(t->n_names < TRACE_MOST_NAMES);
    t->names[t->n_names] = node->text;
    return t->n_names++;
}

static inline track_stand_plot trace_read_plot(trace *t, const qf_yaml_node *node)
{
    return (track_stand_plot){
        .range_m = trace_number(node, "range_m"),
        .bearing_deg = trace_number(node, "bearing_deg"),
        .elev_deg = trace_number(node, "elev_deg"),
        .vr_mps = trace_number(node, "vr_mps"),
        .snr_db = trace_number(node, "snr_db"),
        .rcs_dbsm = trace_number(node, "rcs_dbsm"),
        .band = (uint32_t)trace_number(node, "range_band"),
        .mode = (uint32_t)trace_number(node, "transponder_mode"),
        .on = trace_bool(node, "transponder_on"),
        .present = trace_presence(node, "id_present"),
        .identity = trace_identity(t, node, "transponder_id") + 1,
    };
}

static inline void trace_read_vector(const qf_yaml_node *mapping, const char *key, double v[3])
{
    const qf_yaml_node *node = trace_get(mapping, key);
    assert_int_equal(node->n_children, 3);
    for (size_t i = 0; i < 3; i++) {
        v[i] = strtod(node->children[i]->text, NULL);
    }
}

static inline trace_track trace_read_track(trace *t, const qf_yaml_node *node)
{
    static const char *const bands[] = {"UNSPECIFIED", "LR", "SR"};
    static const char *const modes[] = {"OFF", "ON", "SILENT", "SPOOF"};
    static const char *const statuses[] = {"UNSPECIFIED", "NEW", "TRACKED", "LOST", "COASTING"};
    trace_track track = {
        .number = (uint32_t)trace_number(node, "track"),
        .status = trace_choice(node, "status", "", statuses, 5),
        .miss = (uint32_t)trace_number(node, "miss"),
        .band = trace_choice(node, "band", "RR_", bands, 3),
        .mode = trace_choice(node, "mode", "", modes, 4),
        .on = trace_bool(node, "on"),
        .present = trace_presence(node, "id_present"),
        .identity = trace_identity(t, node, "tid"),
        .range_m = trace_number(node, "range_m"),
        .bearing_deg = trace_number(node, "bearing_deg"),
        .elev_deg = trace_number(node, "elev_deg"),
        .vr_mps = trace_number(node, "vr_mps"),
        .snr_db = trace_number(node, "snr_db"),
        .rcs_dbsm = trace_number(node, "rcs_dbsm"),
        .quality = trace_number(node, "quality"),
        .age_s = trace_number(node, "age_s"),
    };
    trace_read_vector(node, "pos", track.position_m);
    trace_read_vector(node, "vel", track.velocity_mps);
    return track;
}

static inline void trace_read_frame(trace *t, const qf_yaml_node *node, trace_frame *frame)
{
    const qf_yaml_node *detections = trace_get(node, "detections");
    const qf_yaml_node *tracks = trace_get(node, "tracks");
    *frame = (trace_frame){
        .time_us = llround(trace_number(node, "t") * 1e6),
        .n_plots = detections->n_children,
        .n_tracks = tracks->n_children,
        .plots = qf_arena_array(&t->arena, detections->n_children + 1, sizeof(track_stand_plot)),
        .tracks = qf_arena_array(&t->arena, tracks->n_children + 1, sizeof(trace_track)),
    };
    assert_true(frame->plots && frame->tracks);
    for (size_t i = 0; i < frame->n_plots; i++) {
        frame->plots[i] = trace_read_plot(t, detections->children[i]);
    }
    for (size_t i = 0; i < frame->n_tracks; i++) {
        frame->tracks[i] = trace_read_track(t, tracks->children[i]);
    }
    t->most_plots = t->most_plots > frame->n_plots ? t->most_plots : frame->n_plots;
    t->most_tracks = t->most_tracks > frame->n_tracks ? t->most_tracks : frame->n_tracks;
}

/* The reference's names, and what it clamps (section 1.1). */
static inline void trace_configure(const qf_yaml_node *config, qf_tracker *tracker)
{
    for (size_t i = 0; i < config->n_children; i++) {
        const char *key = config->keys[i]->text;
        const double value = strtod(config->children[i]->text, NULL);
        const uint32_t count = (uint32_t)fmax(value, 1.0);
        const qf_real angle = (qf_real)fmax(value, 0.0);
        if (strcmp(key, "alpha") == 0) {
            tracker->alpha = (qf_real)value;
        } else if (strcmp(key, "beta") == 0) {
            tracker->beta = (qf_real)fmin(fmax(value, 0.0), 1.0);
        } else if (strcmp(key, "max_association_distance_m") == 0) {
            tracker->gate_m = (qf_real)value;
        } else if (strncmp(key, "max_radial_velocity_delta", 25) == 0) {
            tracker->gate_mps = (qf_real)value;
        } else if (strstr(key, "handoff") && strstr(key, "bearing")) {
            tracker->handoff_bearing_deg = angle;
        } else if (strstr(key, "handoff") && strstr(key, "elev")) {
            tracker->handoff_elev_deg = angle;
        } else if (strcmp(key, "max_misses") == 0) {
            tracker->max_misses = count;
        } else if (strcmp(key, "min_hits_to_confirm") == 0) {
            tracker->confirm_hits = count;
        } else if (strncmp(key, "reference_snr", 13) == 0) {
            tracker->reference_snr_db = (qf_real)fmax(value, 1.0);
        } else {
            fail_msg("unknown parameter %s", key);
        }
    }
}

static inline trace *trace_read(const char *path)
{
    trace *t = calloc(1, sizeof *t);
    assert_non_null(t);
    t->path = path;
    t->tracker = track_stand_qiki();
    qf_diagnostics diagnostics;
    qf_diagnostics_init(&diagnostics);
    FILE *in = fopen(path, "r");
    if (!in) {
        fail_msg("cannot read %s", path);
    }
    char *line = NULL;
    size_t bytes = 0;
    size_t n_lines = 0;
    for (ssize_t length; (length = getline(&line, &bytes, in)) > 1; n_lines++) {
        const qf_yaml_node *node =
            qf_yaml_load_text(&t->arena, path, line, (size_t)length, &diagnostics);
        if (!node || diagnostics.errors.n_reported) {
            qf_diagnostics_print(&diagnostics, stderr);
            fail_msg("%s:%zu does not load", path, n_lines + 1);
        }
        if (n_lines == 0) {
            trace_configure(trace_get(node, "config"), &t->tracker);
            continue;
        }
        t->frames = realloc(t->frames, n_lines * sizeof *t->frames);
        assert_non_null(t->frames);
        trace_read_frame(t, node, &t->frames[t->n_frames++]);
    }
    free(line);
    fclose(in);
    qf_diagnostics_free(&diagnostics);
    assert_true(t->n_frames > 0);
    return t;
}

static inline void trace_free(trace *t)
{
    free(t->frames);
    qf_arena_free(&t->arena);
    free(t);
}

#endif
