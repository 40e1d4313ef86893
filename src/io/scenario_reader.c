/* SPDX-License-Identifier: Apache-2.0 */
/* Scenario files: docs/scenario.md says what may stand in them. */
#include "scenario_reader.h"

#include <math.h>
#include <string.h>

#include "catalog.h"
#include "reader.h"
#include "script_reader.h"

#define SCHEMA "qfleet/1"

#define N_NAMES(names) (sizeof(names) / sizeof *(names))

/* keys of the schema that need a capability which this version does not have */
static void refuse_later_keys(qf_reader *reader, const qf_yaml_node *mapping,
                              const char *const *names, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const qf_yaml_node *node = qf_yaml_get(mapping, names[i]);
        if (node) {
            qf_diagnose(reader->diagnostics, qf_yaml_key_node(mapping, node->index),
                        "this version of qfleet has no %s: take the key out", names[i]);
        }
    }
}

/* names become parts of file names and of the names of vehicles */
static bool fits_name(unsigned char c)
{
    return c > ' ' && c != 0x7f && c != '/';
}

static bool read_name(qf_reader *reader, const qf_yaml_node *node, const char **name)
{
    if (!qf_yaml_read_text(node, name, reader->diagnostics)) {
        return false;
    }
    for (const char *c = *name; *c; c++) {
        if (!fits_name((unsigned char)*c)) {
            qf_diagnose(reader->diagnostics, node,
                        "expected a name without blanks, control characters and '/'");
            return false;
        }
    }
    return true;
}

/* the file's name up to its first dot, made to fit */
static const char *default_name(qf_reader *reader, const char *path)
{
    const char *slash = strrchr(path, '/');
    const char *file = slash ? slash + 1 : path;
    const size_t length = strcspn(file, ".");
    char *name = qf_arena_text(reader->arena, file, length);
    for (char *c = name; c && *c; c++) {
        *c = fits_name((unsigned char)*c) ? *c : '_';
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

static void read_environment(qf_reader *reader, const qf_yaml_node *root, qf_scenario *scenario)
{
    static const char *const known[] = {"ambient_c", "radiation_usvh", "gravity"};
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
}

/* a robot moves along its heading: a velocity of its own would be ignored, so it must be zero */
static void read_velocity(qf_reader *reader, const qf_yaml_node *node)
{
    double velocity_mps[3];
    if (qf_read_vector_constant(reader, node, velocity_mps) &&
        (velocity_mps[0] != 0.0 || velocity_mps[1] != 0.0 || velocity_mps[2] != 0.0)) {
        qf_diagnose(reader->diagnostics, node,
                    "a bot moves along its heading: give 'speed_mps' and 'heading_deg'");
    }
}

static void read_initial(qf_reader *reader, const qf_yaml_node *node, qf_group_spec *group)
{
    static const char *const known[] = {"position_m",   "velocity_mps", "heading_deg",
                                        "speed_mps",    "soc_pct",      "supercap_soc_pct",
                                        "propellant_kg"};
    if (!qf_yaml_expect_kind(node, QF_YAML_MAPPING, reader->diagnostics)) {
        return;
    }
    qf_yaml_check_keys(node, known, N_NAMES(known), reader->diagnostics);
    const double any = (double)INFINITY;
    const qf_yaml_node *position = qf_yaml_get(node, "position_m");
    if (position) {
        qf_read_vector(reader, position, -any, any, &group->initial[QF_INITIAL_X]);
    }
    const qf_yaml_node *velocity = qf_yaml_get(node, "velocity_mps");
    if (velocity) {
        read_velocity(reader, velocity);
    }
    static const struct {
        const char *key;
        qf_initial_id id;
    } own[] = {{"heading_deg", QF_INITIAL_HEADING}, {"speed_mps", QF_INITIAL_SPEED}};
    for (size_t i = 0; i < N_NAMES(own); i++) {
        const qf_yaml_node *value = qf_yaml_get(node, own[i].key);
        if (value) {
            qf_read_number(reader, value, -any, any, &group->initial[own[i].id]);
        }
    }
    /* the profile has a first value for these; the scenario's comes before it */
    static const struct {
        const char *key;
        qf_hardware_id id;
    } of_profile[] = {{"soc_pct", QF_HW_BATTERY_SOC_INIT},
                      {"supercap_soc_pct", QF_HW_SUPERCAP_SOC_INIT},
                      {"propellant_kg", QF_HW_PROPELLANT_INIT}};
    for (size_t i = 0; i < N_NAMES(of_profile); i++) {
        const qf_yaml_node *value = qf_yaml_get(node, of_profile[i].key);
        const qf_parameter *row = &qf_hardware_table[of_profile[i].id].parameter;
        if (value) {
            qf_read_number(reader, value, row->low, row->high,
                           &group->hardware.parameter[of_profile[i].id]);
        }
    }
}

static void read_choices(qf_reader *reader, const qf_yaml_node *node, qf_group_spec *group)
{
    static const char *const kinds[] = {[QF_KIND_BOT] = "bot"};
    static const char *const later_kinds[] = {"ship", "station", "debris"};
    static const char *const iffs[] = {"friend", "foe", "unknown"};
    const qf_yaml_node *kind = qf_require(reader, node, "kind");
    const qf_yaml_node *iff = qf_yaml_get(node, "iff");
    bool later = false;
    for (size_t i = 0; kind && kind->kind == QF_YAML_SCALAR && i < N_NAMES(later_kinds); i++) {
        later = later || strcmp(kind->text, later_kinds[i]) == 0;
    }
    size_t choice;
    if (later) {
        qf_diagnose(reader->diagnostics, kind, "this version of qfleet has no model for '%s'",
                    kind->text);
    } else if (kind &&
               qf_yaml_read_choice(kind, kinds, N_NAMES(kinds), &choice, reader->diagnostics)) {
        group->kind = (qf_kind)choice;
    }
    if (iff && qf_yaml_read_choice(iff, iffs, N_NAMES(iffs), &choice, reader->diagnostics)) {
        group->iff = (qf_iff)(choice + 1);
    }
}

/* explicit Euler overshoots where a node loses more than its heat within a step: docs/model.md */
static void note_unstable_nodes(qf_reader *reader, const qf_yaml_node *node, double dt_s,
                                const qf_hardware *hardware)
{
    double low;
    double exchange;
    qf_number_range(&hardware->parameter[QF_HW_AMBIENT_EXCHANGE], &low, &exchange);
    for (size_t n = 0; hardware->on[QF_HW_THERMAL_ENABLED] && n < hardware->n_nodes; n++) {
        double capacity;
        double loss;
        double high;
        qf_number_range(&hardware->nodes[n].parameter[QF_NODE_HEAT_CAPACITY], &capacity, &high);
        qf_number_range(&hardware->nodes[n].parameter[QF_NODE_COOLING], &low, &loss);
        loss += exchange;
        for (size_t k = 0; k < hardware->n_couplings; k++) {
            if (hardware->couplings[k].a == n || hardware->couplings[k].b == n) {
                qf_number_range(&hardware->couplings[k].k_w_per_c, &low, &high);
                loss += high;
            }
        }
        const double share = dt_s * loss / fmax(1.0, capacity);
        if (share > 1.0) {
            qf_diagnose_note(reader->diagnostics, node,
                             "thermal node '%s' can lose %.3g times its heat in a step of %g s: "
                             "%s; take a shorter dt_s",
                             hardware->nodes[n].id, share, dt_s,
                             share > 2.0 ? "its temperature may swing without end"
                                         : "its temperature may overshoot");
        }
    }
}

static void read_group(qf_reader *reader, const qf_yaml_node *node, const qf_scenario *scenario,
                       size_t n_before, qf_group_spec *group)
{
    static const char *const known[] = {"name",      "kind",  "count",       "hardware",
                                        "initial",   "iff",   "script",      "soc_critical_pct",
                                        "signature", "radar", "transponder", "tracker",
                                        "guards",    "fsm",   "behavior"};
    static const char *const later[] = {"signature", "transponder", "radar",   "tracker",
                                        "guards",    "fsm",         "behavior"};
    *group = (qf_group_spec){.name = "",
                             .iff = QF_IFF_UNKNOWN,
                             .hardware = qf_hardware_default(),
                             .soc_critical_pct = 10.0};
    if (!qf_yaml_expect_kind(node, QF_YAML_MAPPING, reader->diagnostics)) {
        return;
    }
    qf_yaml_check_keys(node, known, N_NAMES(known), reader->diagnostics);
    refuse_later_keys(reader, node, later, N_NAMES(later));
    const qf_yaml_node *name = qf_require(reader, node, "name");
    if (name && read_name(reader, name, &group->name)) {
        for (size_t g = 0; g < n_before; g++) {
            if (strcmp(scenario->groups[g].name, group->name) == 0) {
                qf_diagnose(reader->diagnostics, name, "two groups are called '%s'", group->name);
            }
        }
    }
    read_choices(reader, node, group);
    const qf_yaml_node *count = qf_require(reader, node, "count");
    int64_t n;
    if (count && qf_yaml_read_integer(count, 1, INT32_MAX, &n, reader->diagnostics)) {
        group->count = (size_t)n;
    }
    const qf_yaml_node *hardware = qf_require(reader, node, "hardware");
    if (!hardware || !qf_read_hardware(reader, hardware, &group->hardware, &group->hardware_file)) {
        reader->hardware_failed = true;
    } else if (scenario->dt_s > 0.0) {
        note_unstable_nodes(reader, hardware, scenario->dt_s, &group->hardware);
    }
    const qf_yaml_node *critical = qf_yaml_get(node, "soc_critical_pct");
    if (critical) {
        qf_read_constant(reader, critical, 0.0, 100.0, &group->soc_critical_pct);
    }
    const qf_yaml_node *initial = qf_yaml_get(node, "initial");
    if (initial) {
        read_initial(reader, initial, group);
    }
    const qf_yaml_node *script = qf_yaml_get(node, "script");
    if (script) {
        qf_read_script(reader, script, scenario->dt_s, scenario->n_ticks, group);
    }
}

static void read_groups(qf_reader *reader, const qf_yaml_node *root, qf_scenario *scenario)
{
    const qf_yaml_node *list = qf_require(reader, root, "groups");
    if (!list || !qf_yaml_expect_kind(list, QF_YAML_SEQUENCE, reader->diagnostics)) {
        return;
    }
    if (list->n_children == 0) {
        qf_diagnose(reader->diagnostics, list, "expected at least one group");
        return;
    }
    qf_group_spec *groups = qf_reader_array(reader, list->n_children, sizeof *groups);
    if (!groups) {
        return;
    }
    scenario->groups = groups;
    uint64_t vehicles = 0;
    for (size_t g = 0; g < list->n_children; g++) {
        read_group(reader, list->children[g], scenario, g, &groups[g]);
        scenario->n_groups = g + 1;
        vehicles += groups[g].count;
    }
    /* by division, because the product may overflow */
    if (vehicles > (INT32_MAX - 16 * list->n_children) / scenario->n_worlds) {
        qf_diagnose(reader->diagnostics, list, "%llu vehicles in %zu worlds are more than %d",
                    (unsigned long long)vehicles, scenario->n_worlds, INT32_MAX);
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
    refuse_later_keys(reader, root, later, N_NAMES(later));
    const qf_yaml_node *schema = qf_require(reader, root, "schema");
    size_t choice;
    if (schema) {
        qf_yaml_read_choice(schema, schemas, 1, &choice, reader->diagnostics);
    }
    scenario->name = default_name(reader, path);
    const qf_yaml_node *name = qf_yaml_get(root, "name");
    if (name) {
        read_name(reader, name, &scenario->name);
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
    read_groups(reader, root, scenario);
    read_record(reader, root, scenario);
}

/*
 * `hardware: FILE` becomes `hardware: {file: FILE}`, so that an override can reach into the profile.
 * The file's name keeps its place in the scenario, which it is relative to.
 */
static void open_hardware(qf_reader *reader, qf_yaml_node *root)
{
    const qf_yaml_node *groups = qf_yaml_get(root, "groups");
    for (size_t g = 0; groups && g < groups->n_children; g++) {
        qf_yaml_node *node = qf_yaml_get(groups->children[g], "hardware");
        if (!node || node->kind != QF_YAML_SCALAR) {
            continue;
        }
        qf_yaml_node *file = qf_reader_array(reader, 1, sizeof *file);
        qf_yaml_node *key = qf_reader_array(reader, 1, sizeof *key);
        qf_yaml_node **links = qf_reader_array(reader, 2, sizeof(qf_yaml_node *));
        if (!file || !key || !links) {
            return;
        }
        *file = *node;
        *key = *node;
        key->text = "file";
        file->parent = key->parent = node;
        file->index = key->index = 0;
        links[0] = key;
        links[1] = file;
        node->kind = QF_YAML_MAPPING;
        node->text = NULL;
        node->keys = links;
        node->children = links + 1;
        node->n_children = node->capacity = 1;
    }
}

qf_status qf_scenario_read(qf_context *context, const char *path, const char *const *overrides,
                           size_t n_overrides, qf_diagnostics *diagnostics, qf_scenario *scenario)
{
    *scenario = (qf_scenario){0};
    qf_reader reader = {.arena = &scenario->arena, .diagnostics = diagnostics};
    qf_yaml_node *root = qf_yaml_load_file(reader.arena, path, diagnostics);
    bool good = root && qf_yaml_expect_kind(root, QF_YAML_MAPPING, diagnostics);
    for (size_t o = 0; good && o < n_overrides; o++) {
        if (strstr(overrides[o], ".hardware.")) {
            open_hardware(&reader, root);
        }
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
