/* SPDX-License-Identifier: Apache-2.0 */
/* Scenario files: docs/scenario.md says what may stand in them. */
#include "scenario_reader.h"

#include <math.h>
#include <string.h>

#include "catalog.h"
#include "group_reader.h"
#include "reader.h"
#include "script_reader.h"

#define SCHEMA "qfleet/1"

#define N_NAMES(names) (sizeof(names) / sizeof *(names))

/* the file's name up to its first dot, made to fit */
static const char *default_name(qf_reader *reader, const char *path)
{
    const char *slash = strrchr(path, '/');
    const char *file = slash ? slash + 1 : path;
    const size_t length = strcspn(file, ".");
    char *name = qf_arena_text(reader->arena, file, length);
    for (char *c = name; c && *c; c++) {
        *c = qf_fits_name((unsigned char)*c) ? *c : '_';
    }
    if (!name) {
        qf_diagnose_memory(reader->diagnostics);
    }
    return length > 0 ? name : "scenario";
}

static void read_time(qf_reader *reader, const qf_yaml_node *root, qf_scenario *scenario)
{
    static const char *const known[] = {"dt_s", "duration_s"};
    const qf_yaml_node *time = qf_require(reader, root, "time");
    if (!time || !qf_yaml_expect_kind(time, QF_YAML_MAPPING, reader->diagnostics)) {
        return;
    }
    qf_yaml_check_keys(time, known, N_NAMES(known), reader->diagnostics);
    const qf_yaml_node *dt = qf_require(reader, time, "dt_s");
    const qf_yaml_node *duration = qf_require(reader, time, "duration_s");
    double dt_s = 0.0;
    double duration_s = 0.0;
    const bool dt_good = dt && qf_read_constant(reader, dt, 0.0, (double)INFINITY, &dt_s);
    const bool duration_good =
        duration && qf_read_constant(reader, duration, 0.0, (double)INFINITY, &duration_s);
    if (dt_good && !(dt_s > 0.0)) {
        qf_diagnose(reader->diagnostics, dt, "expected a number > 0, found %s", dt->text);
        return;
    }
    if (!dt_good || !duration_good) {
        return;
    }
    const int64_t n_ticks = qf_whole_ticks(duration_s, dt_s);
    if (n_ticks < 0) {
        qf_diagnose(reader->diagnostics, duration, "%.15g s is not a multiple of dt_s (%.15g s)",
                    duration_s, dt_s);
    } else if (n_ticks < 1 || n_ticks > UINT32_MAX) {
        qf_diagnose(reader->diagnostics, duration, "expected 1 to %u ticks of dt_s, found %lld",
                    UINT32_MAX, (long long)n_ticks);
    } else {
        scenario->dt_s = dt_s;
        scenario->n_ticks = n_ticks;
    }
}

static void read_planet(qf_reader *reader, const qf_yaml_node *node, qf_sphere *planet)
{
    static const char *const known[] = {"center_m", "radius_m"};
    if (!qf_yaml_expect_kind(node, QF_YAML_MAPPING, reader->diagnostics)) {
        return;
    }
    qf_yaml_check_keys(node, known, N_NAMES(known), reader->diagnostics);
    const qf_yaml_node *center = qf_require(reader, node, "center_m");
    const qf_yaml_node *radius = qf_require(reader, node, "radius_m");
    if (center) {
        qf_read_vector_constant(reader, center, planet->center_m);
    }
    if (radius && qf_read_constant(reader, radius, 0.0, (double)INFINITY, &planet->radius_m) &&
        !(planet->radius_m > 0.0)) {
        qf_diagnose(reader->diagnostics, radius, "expected a number > 0, found %s", radius->text);
    }
}

static void read_environment(qf_reader *reader, const qf_yaml_node *root, qf_scenario *scenario)
{
    static const char *const known[] = {"ambient_c", "radiation_usvh", "gravity", "planet"};
    static const char *const gravities[] = {"none"};
    scenario->ambient_c = -60.0;
    const qf_yaml_node *environment = qf_yaml_get(root, "environment");
    if (!environment || !qf_yaml_expect_kind(environment, QF_YAML_MAPPING, reader->diagnostics)) {
        return;
    }
    qf_yaml_check_keys(environment, known, N_NAMES(known), reader->diagnostics);
    const qf_yaml_node *ambient = qf_yaml_get(environment, "ambient_c");
    const qf_yaml_node *radiation = qf_yaml_get(environment, "radiation_usvh");
    const qf_yaml_node *gravity = qf_yaml_get(environment, "gravity");
    size_t choice;
    if (ambient) {
        qf_read_constant(reader, ambient, -273.15, 1000.0, &scenario->ambient_c);
    }
    if (radiation) {
        qf_read_constant(reader, radiation, 0.0, (double)INFINITY, &scenario->radiation_usvh);
    }
    if (gravity) {
        qf_yaml_read_choice(gravity, gravities, N_NAMES(gravities), &choice, reader->diagnostics);
    }
    const qf_yaml_node *planet = qf_yaml_get(environment, "planet");
    if (planet) {
        read_planet(reader, planet, &scenario->planet);
    }
}

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
    if (!reader->hardware_failed && state->n_children > catalog.n_quantities) {
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
        if (!reader->hardware_failed && !qf_catalog_find(&catalog, names[s])) {
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

static void read_record(qf_reader *reader, const qf_yaml_node *root, qf_scenario *scenario)
{
    static const char *const known[] = {"every_s",    "state",  "events",
                                        "detections", "tracks", "hash_every_s"};
    static const char *const later[] = {"detections", "tracks"};
    static const char *const usual[] = {"x_m", "y_m", "z_m", "heading_deg", "speed_mps", "soc_pct"};
    qf_record_spec *record = &scenario->record;
    /* without a word about it: once a second, or every tick where ticks are longer, or at the end */
    const double second = scenario->dt_s > 0.0 ? nearbyint(1.0 / scenario->dt_s) : 1.0;
    const double every_ticks = fmin(fmax(second, 1.0), fmax((double)scenario->n_ticks, 1.0));
    *record = (qf_record_spec){.every_ticks = (int64_t)every_ticks,
                               .hash_every_ticks = usual_hash_interval(scenario->n_ticks),
                               .state = usual,
                               .n_state = N_NAMES(usual),
                               .events = true};
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
    for (size_t i = 0; i < N_NAMES(later); i++) {
        const qf_yaml_node *wanted = qf_yaml_get(node, later[i]);
        bool on = false;
        if (wanted && qf_yaml_read_bool(wanted, &on, reader->diagnostics) && on) {
            qf_diagnose(reader->diagnostics, wanted,
                        "this version of qfleet has no radar, so no %s: say false", later[i]);
        }
    }
}

static void read_root(qf_reader *reader, const qf_yaml_node *root, const char *path,
                      qf_scenario *scenario)
{
    static const char *const known[] = {"schema",      "name",   "seed",   "time",  "worlds",
                                        "environment", "groups", "record", "sweep", "requirements"};
    static const char *const later[] = {"sweep", "requirements"};
    static const char *const schemas[] = {SCHEMA};
    qf_yaml_check_keys(root, known, N_NAMES(known), reader->diagnostics);
    qf_refuse_later_keys(reader, root, later, N_NAMES(later));
    const qf_yaml_node *schema = qf_require(reader, root, "schema");
    size_t choice;
    if (schema) {
        qf_yaml_read_choice(schema, schemas, 1, &choice, reader->diagnostics);
    }
    scenario->name = default_name(reader, path);
    const qf_yaml_node *name = qf_yaml_get(root, "name");
    if (name) {
        qf_read_name(reader, name, &scenario->name);
    }
    const qf_yaml_node *seed = qf_yaml_get(root, "seed");
    if (seed) {
        qf_yaml_read_uint64(seed, &scenario->seed, reader->diagnostics);
    }
    int64_t worlds = 1;
    const qf_yaml_node *n_worlds = qf_yaml_get(root, "worlds");
    if (n_worlds) {
        qf_yaml_read_integer(n_worlds, 1, INT32_MAX, &worlds, reader->diagnostics);
    }
    scenario->n_worlds = (size_t)worlds;
    read_time(reader, root, scenario);
    read_environment(reader, root, scenario);
    qf_read_groups(reader, root, scenario);
    read_record(reader, root, scenario);
}

qf_status qf_scenario_read(qf_context *context, const char *path, const char *const *overrides,
                           size_t n_overrides, qf_diagnostics *diagnostics, qf_scenario *scenario)
{
    *scenario = (qf_scenario){0};
    qf_reader reader = {.arena = &scenario->arena, .diagnostics = diagnostics};
    qf_yaml_node *root = qf_yaml_load_file(reader.arena, path, diagnostics);
    bool good = root && qf_yaml_expect_kind(root, QF_YAML_MAPPING, diagnostics);
    for (size_t o = 0; good && o < n_overrides; o++) {
        qf_expand_profiles(&reader, root, overrides[o]);
        qf_yaml_set(reader.arena, root, overrides[o], diagnostics);
    }
    if (good) {
        read_root(&reader, root, path, scenario);
    }
    if (qf_diagnostics_error_count(diagnostics) == 0) {
        return QF_OK;
    }
    const bool memory = diagnostics->out_of_memory;
    qf_scenario_free(scenario);
    return qf_fail(context, memory ? QF_ERROR_MEMORY : QF_ERROR_SCENARIO, "%s: %s", path,
                   memory ? "out of memory" : "not a valid scenario");
}
