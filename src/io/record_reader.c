/* SPDX-License-Identifier: Apache-2.0 */
/* `record` of a scenario: which columns, events, detections and tracks are kept, and when. */
#include "record_reader.h"

#include <math.h>
#include <string.h>

#include "catalog.h"
#include "script_reader.h"

#define N_NAMES(names) (sizeof(names) / sizeof *(names))

/* the names of all quantities that this scenario's vehicles have */
static bool catalog_of(qf_reader *reader, const qf_scenario *scenario, qf_catalog *catalog)
{
    qf_context context = qf_context_default();
    if (qf_catalog_create(&context, reader->arena, scenario->groups, scenario->n_groups, catalog) !=
        QF_OK) {
        qf_diagnose_memory(reader->diagnostics);
        return false;
    }
    return true;
}

static void read_state_names(qf_reader *reader, const qf_yaml_node *state, qf_scenario *scenario)
{
    if (state->kind == QF_YAML_SCALAR && strcmp(state->text, "all") == 0) {
        scenario->record.all = true;
        return;
    }
    if (state->kind != QF_YAML_SEQUENCE) {
        qf_diagnose(reader->diagnostics, state, "expected a list of columns, or 'all'");
        return;
    }
    qf_catalog catalog;
    const char **names = qf_reader_array(reader, state->n_children, sizeof *names);
    if (!names || !catalog_of(reader, scenario, &catalog)) {
        return;
    }
    if (!reader->columns_unknown && state->n_children > catalog.n_quantities) {
        qf_diagnose(reader->diagnostics, state, "%zu columns are more than there are",
                    state->n_children);
        return;
    }
    const char **all = qf_reader_array(reader, catalog.n_quantities, sizeof *all);
    for (size_t q = 0; all && q < catalog.n_quantities; q++) {
        all[q] = catalog.quantities[q].name;
    }
    for (size_t s = 0; all && s < state->n_children; s++) {
        const qf_yaml_node *item = state->children[s];
        if (!qf_yaml_read_text(item, &names[s], reader->diagnostics)) {
            continue;
        }
        if (!reader->columns_unknown && !qf_catalog_find(&catalog, names[s])) {
            const char *nearest = qf_nearest_name(names[s], all, catalog.n_quantities);
            qf_diagnose(reader->diagnostics, item, "no column '%s'%s%s%s", names[s],
                        nearest ? " (did you mean '" : "", nearest ? nearest : "",
                        nearest ? "'?)" : "");
        }
        for (size_t before = 0; before < s; before++) {
            if (names[before] && strcmp(names[before], names[s]) == 0) {
                qf_diagnose(reader->diagnostics, item, "column '%s' stands here twice", names[s]);
            }
        }
    }
    scenario->record.state = names;
    scenario->record.n_state = state->n_children;
}

/* whole ticks, at least one; 0 after an error */
static int64_t read_interval(qf_reader *reader, const qf_yaml_node *node, double dt_s)
{
    double interval_s;
    if (!qf_read_constant(reader, node, 0.0, (double)INFINITY, &interval_s) || !(dt_s > 0.0)) {
        return 0;
    }
    const int64_t ticks = qf_whole_ticks(interval_s, dt_s);
    if (ticks < 1) {
        qf_diagnose(reader->diagnostics, node, "%.15g s is not a multiple of dt_s (%.15g s)",
                    interval_s, dt_s);
        return 0;
    }
    return ticks;
}

/* so rare that hashing costs less than a hundredth of the run, and at most HASHES of them */
static int64_t usual_hash_interval(int64_t n_ticks)
{
    enum { TICKS = 1000, HASHES = 100 };
    const int64_t hundredth = (n_ticks + HASHES - 1) / HASHES;
    return hundredth > TICKS ? hundredth : TICKS;
}

static bool has_radar(const qf_group_spec *group)
{
    return group->radar && group->radar_period_ticks > 0;
}

static bool has_tracker(const qf_group_spec *group)
{
    return group->tracker != NULL;
}

/* What has to be there for something to be recorded. */
typedef struct equipment {
    const char *key; /* of a group */
    bool (*is_had_by)(const qf_group_spec *group);
} equipment;

static const equipment radar_needed = {"radar", has_radar};
static const equipment tracker_needed = {"tracker", has_tracker};

/*
 * Whether it is certain that the group has none: one that could not be read has had an error of its
 * own.
 */
static bool surely_lacks(const qf_reader *reader, const qf_yaml_node *root,
                         const qf_scenario *scenario, const equipment *needed, size_t group)
{
    const qf_yaml_node *groups = qf_yaml_get(root, "groups");
    const bool failed = qf_diagnostics_error_count(reader->diagnostics) > 0 && groups &&
                        group < groups->n_children &&
                        qf_yaml_get(groups->children[group], needed->key);
    return !needed->is_had_by(&scenario->groups[group]) && !failed;
}

/* Which of `names` stand in a list, each once and at least one; false after an error. */
static bool read_names(qf_reader *reader, const qf_yaml_node *list, const char *const *names,
                       size_t n_names, bool *chosen)
{
    if (!qf_yaml_expect_kind(list, QF_YAML_SEQUENCE, reader->diagnostics)) {
        return false;
    }
    if (list->n_children == 0) {
        qf_diagnose(reader->diagnostics, list, "an empty list: nothing would be recorded");
        return false;
    }
    bool good = true;
    for (size_t i = 0; i < list->n_children; i++) {
        const qf_yaml_node *item = list->children[i];
        size_t name;
        if (!qf_yaml_read_choice(item, names, n_names, &name, reader->diagnostics)) {
            good = false;
        } else if (chosen[name]) {
            qf_diagnose(reader->diagnostics, item, "'%s' stands here twice", names[name]);
            good = false;
        } else {
            chosen[name] = true;
        }
    }
    return good;
}

static void read_bands(qf_reader *reader, const qf_yaml_node *list, qf_record_spec *record)
{
    static const char *const bands[] = {"short", "long"};
    bool chosen[N_NAMES(bands)] = {false};
    if (read_names(reader, list, bands, N_NAMES(bands), chosen)) {
        record->detections_short_range = chosen[0];
        record->detections_long_range = chosen[1];
    }
}

/* NULL, which means all, after an error */
static const bool *read_observers(qf_reader *reader, const qf_yaml_node *root,
                                  const qf_yaml_node *list, const qf_scenario *scenario,
                                  const equipment *needed)
{
    const size_t n = scenario->n_groups;
    const char **names = qf_reader_array(reader, n, sizeof *names);
    bool *chosen = qf_reader_array(reader, n, sizeof *chosen);
    for (size_t g = 0; names && g < n; g++) {
        names[g] = scenario->groups[g].name;
    }
    if (!names || !chosen || !read_names(reader, list, names, n, chosen)) {
        return NULL;
    }
    for (size_t g = 0; g < n; g++) {
        if (chosen[g] && surely_lacks(reader, root, scenario, needed, g)) {
            qf_diagnose(reader->diagnostics, list, "group '%s' has no %s", names[g], needed->key);
        }
    }
    return chosen;
}

/* `every_frames` and `groups`, which both kinds of records have */
static void read_frames_and_observers(qf_reader *reader, const qf_yaml_node *root,
                                      const qf_yaml_node *node, const qf_scenario *scenario,
                                      const equipment *needed, int64_t *every_frames,
                                      const bool **of_group)
{
    const qf_yaml_node *every = qf_yaml_get(node, "every_frames");
    const qf_yaml_node *groups = qf_yaml_get(node, "groups");
    if (every) {
        qf_yaml_read_integer(every, 1, UINT32_MAX, every_frames, reader->diagnostics);
    }
    if (groups && scenario->n_groups > 0) {
        *of_group = read_observers(reader, root, groups, scenario, needed);
    }
}

static void read_which_detections(qf_reader *reader, const qf_yaml_node *root,
                                  const qf_yaml_node *node, qf_scenario *scenario)
{
    static const char *const known[] = {"every_frames", "min_snr_db", "bands", "false_alarms",
                                        "groups"};
    qf_record_spec *record = &scenario->record;
    qf_yaml_check_keys(node, known, N_NAMES(known), reader->diagnostics);
    const qf_yaml_node *ratio = qf_yaml_get(node, "min_snr_db");
    const qf_yaml_node *bands = qf_yaml_get(node, "bands");
    const qf_yaml_node *alarms = qf_yaml_get(node, "false_alarms");
    read_frames_and_observers(reader, root, node, scenario, &radar_needed,
                              &record->detections_every_frames, &record->detections_of_group);
    if (ratio) {
        qf_read_constant(reader, ratio, -(double)INFINITY, (double)INFINITY,
                         &record->detections_min_snr_db);
    }
    if (bands) {
        read_bands(reader, bands, record);
    }
    if (alarms) {
        qf_yaml_read_bool(alarms, &record->detections_false_alarms, reader->diagnostics);
    }
}

static void read_which_tracks(qf_reader *reader, const qf_yaml_node *root, const qf_yaml_node *node,
                              qf_scenario *scenario)
{
    static const char *const known[] = {"every_frames", "tentative", "groups"};
    qf_record_spec *record = &scenario->record;
    qf_yaml_check_keys(node, known, N_NAMES(known), reader->diagnostics);
    const qf_yaml_node *tentative = qf_yaml_get(node, "tentative");
    read_frames_and_observers(reader, root, node, scenario, &tracker_needed,
                              &record->tracks_every_frames, &record->tracks_of_group);
    if (tentative) {
        qf_yaml_read_bool(tentative, &record->tracks_tentative, reader->diagnostics);
    }
}

/* a switch, or a mapping that is on and says which */
typedef void which_reader(qf_reader *reader, const qf_yaml_node *root, const qf_yaml_node *node,
                          qf_scenario *scenario);

static void read_sightings(qf_reader *reader, const qf_yaml_node *root, const qf_yaml_node *node,
                           qf_scenario *scenario, const equipment *needed, which_reader *read_which,
                           bool *on)
{
    if (node->kind == QF_YAML_MAPPING) {
        *on = true;
        read_which(reader, root, node, scenario);
    } else if (node->kind == QF_YAML_SEQUENCE) {
        qf_diagnose(reader->diagnostics, node, "expected true, false or a mapping, found a list");
    } else {
        qf_yaml_read_bool(node, on, reader->diagnostics);
    }
    bool none = *on && scenario->n_groups > 0;
    for (size_t g = 0; none && g < scenario->n_groups; g++) {
        none = surely_lacks(reader, root, scenario, needed, g);
    }
    if (none) {
        qf_diagnose(reader->diagnostics, node, "no group has a %s: nothing would be recorded",
                    needed->key);
    }
}

void qf_read_record(qf_reader *reader, const qf_yaml_node *root, qf_scenario *scenario)
{
    static const char *const known[] = {"every_s",    "state",  "events",
                                        "detections", "tracks", "hash_every_s"};
    static const char *const usual[] = {"x_m", "y_m", "z_m", "heading_deg", "speed_mps", "soc_pct"};
    qf_record_spec *record = &scenario->record;
    /* without a word about it: once a second, or every tick where ticks are longer, or at the end */
    const double second = scenario->dt_s > 0.0 ? nearbyint(1.0 / scenario->dt_s) : 1.0;
    const double every_ticks = fmin(fmax(second, 1.0), fmax((double)scenario->n_ticks, 1.0));
    *record = (qf_record_spec){.every_ticks = (int64_t)every_ticks,
                               .hash_every_ticks = usual_hash_interval(scenario->n_ticks),
                               .state = usual,
                               .n_state = N_NAMES(usual),
                               .events = true,
                               .detections_every_frames = 1,
                               .detections_min_snr_db = -(double)INFINITY,
                               .detections_long_range = true,
                               .detections_short_range = true,
                               .detections_false_alarms = true,
                               .tracks_every_frames = 1,
                               .tracks_tentative = true};
    const qf_yaml_node *node = qf_yaml_get(root, "record");
    if (!node || !qf_yaml_expect_kind(node, QF_YAML_MAPPING, reader->diagnostics)) {
        return;
    }
    qf_yaml_check_keys(node, known, N_NAMES(known), reader->diagnostics);
    const qf_yaml_node *every = qf_yaml_get(node, "every_s");
    const int64_t row_ticks = every ? read_interval(reader, every, scenario->dt_s) : 0;
    if (row_ticks > scenario->n_ticks) {
        qf_diagnose(reader->diagnostics, every, "longer than the run: nothing would be recorded");
    } else if (row_ticks > 0) {
        record->every_ticks = row_ticks;
    }
    /* one that is longer than the run is not an error: the last tick has its hash anyway */
    const qf_yaml_node *hash_every = qf_yaml_get(node, "hash_every_s");
    const int64_t hash_ticks = hash_every ? read_interval(reader, hash_every, scenario->dt_s) : 0;
    if (hash_ticks > 0) {
        record->hash_every_ticks = hash_ticks;
    }
    const qf_yaml_node *state = qf_yaml_get(node, "state");
    if (state) {
        read_state_names(reader, state, scenario);
    }
    const qf_yaml_node *events = qf_yaml_get(node, "events");
    if (events) {
        qf_yaml_read_bool(events, &record->events, reader->diagnostics);
    }
    const qf_yaml_node *detections = qf_yaml_get(node, "detections");
    if (detections) {
        read_sightings(reader, root, detections, scenario, &radar_needed, read_which_detections,
                       &record->detections);
    }
    const qf_yaml_node *tracks = qf_yaml_get(node, "tracks");
    if (tracks) {
        read_sightings(reader, root, tracks, scenario, &tracker_needed, read_which_tracks,
                       &record->tracks);
    }
}
