/* SPDX-License-Identifier: Apache-2.0 */
/* Sweeps as they are read: cases mean what scenarios do with their values written out, and what is written reads back. */
#include "sweep_fixture.h"

#include <math.h>
#include <pthread.h>

#include "fleet.h"
#include "simulation.h"

/* the hash of a scenario's only world after its last tick */
static uint64_t run_hash(const qf_scenario *scenario)
{
    qf_context context = qf_context_default();
    qf_fleet fleet;
    qf_simulation *simulation;
    uint64_t hash;
    const qf_simulation_options options = {0};
    assert_int_equal(scenario->n_worlds, 1);
    assert_int_equal(qf_fleet_create(&context, scenario, &fleet), QF_OK);
    assert_int_equal(qf_simulation_create(&context, &fleet, &options, &simulation), QF_OK);
    assert_int_equal(qf_simulation_advance(&context, simulation, scenario->n_ticks, NULL, 0),
                     QF_OK);
    assert_int_equal(qf_fleet_world_hashes(&context, &fleet, &hash), QF_OK);
    qf_simulation_free(simulation);
    qf_fleet_free(&fleet);
    return hash;
}

enum { MOST_PARAMETERS = 12, OVERRIDE_BYTES = 256 };

/* the scenario of `path` with the case's values set, as `qfleet run --set` has them */
static uint64_t hash_with_values_set(fixture *f, const char *path, const qf_sweep *sweep, size_t k)
{
    static char text[MOST_PARAMETERS + 2][OVERRIDE_BYTES];
    const char *overrides[MOST_PARAMETERS + 2];
    const qf_sweep_spec *spec = qf_sweep_get_spec(sweep);
    size_t n = 0;
    snprintf(text[n++], OVERRIDE_BYTES, "worlds=1");
    snprintf(text[n++], OVERRIDE_BYTES, "first_world=%zu", k);
    for (size_t p = 0; p < spec->n_parameters; p++) {
        const qf_sweep_parameter *parameter = &spec->parameters[p];
        const double value = design_value(sweep, p, k);
        if (parameter->path && parameter->texts) {
            snprintf(text[n++], OVERRIDE_BYTES, "%s=%s", parameter->path,
                     parameter->texts[(size_t)value]);
        } else if (parameter->path) {
            snprintf(text[n++], OVERRIDE_BYTES, "%s=%.17g", parameter->path, value);
        }
    }
    for (size_t i = 0; i < n; i++) {
        overrides[i] = text[i];
    }
    load_file(f, path, overrides, n);
    return run_hash(&f->scenario);
}

static void assert_cases_are_runs_of(fixture *f, const char *path, const qf_sweep *sweep,
                                     size_t step)
{
    uint64_t last = 0;
    for (size_t k = 0; k < qf_sweep_n_cases(qf_sweep_get_spec(sweep)); k += step) {
        qf_arena arena = {0};
        qf_scenario scenario;
        const qf_metric_plan *plan;
        assert_int_equal(qf_sweep_read_cases(sweep, &f->context, &(uint32_t){(uint32_t)k}, 1,
                                             &arena, &scenario, &plan),
                         QF_OK);
        assert_non_null(plan);
        const uint64_t hash = run_hash(&scenario);
        qf_scenario_free(&scenario);
        qf_arena_free(&arena);
        if (hash != hash_with_values_set(f, path, sweep, k)) {
            fail_msg("case %zu is not the run of its values", k);
        }
        assert_true(hash != last);
        last = hash;
    }
}

static void assert_sweep_is_runs(fixture *f, const char *text, size_t step)
{
    qf_sweep *sweep = open_sweep(f, text);
    assert_cases_are_runs_of(f, "s.yaml", sweep, step);
    qf_sweep_close(sweep);
}

static void parameters_where_numbers_may_be_drawn_are_packed(void **state)
{
    fixture *f = *state;
    qf_sweep *sweep = open_sweep(
        f, SWEPT "sweep:\n"
                 "  cases: 9\n"
                 "  parameters:\n"
                 "    x: {path: 'groups[a].initial.position_m[0]', uniform: {min: -3, max: 5}, "
                 "unit: m}\n"
                 "    soc: {path: 'groups[0].initial.soc_pct', choice: [20, 30.5]}\n"
                 "    limit: {normal: {mean: 1, sd: 0.1}}\n"
                 "  metrics: {least: \"min(min(x_m over a))\"}\n");
    const qf_sweep_spec *spec = qf_sweep_get_spec(sweep);
    const qf_scenario *scenario = qf_sweep_scenario(sweep);
    assert_true(qf_sweep_is_packed(sweep));
    assert_int_equal(spec->n_points, 9);
    assert_int_equal(spec->n_replications, 1);
    assert_int_equal(spec->n_metrics, 2);
    assert_string_equal(spec->metrics[0].unit, "m");
    assert_string_equal(spec->metrics[1].name, "success");
    assert_int_equal(spec->every_ticks, 1);
    assert_true(spec->confidence == 0.95);
    assert_int_equal(spec->n_resamples, 1000);
    assert_int_equal(scenario->n_worlds, 1);
    assert_int_equal(scenario->first_world, 0);
    assert_ptr_equal(scenario->sweep, spec);
    const qf_number *x = &scenario->groups[0].initial[QF_INITIAL_X];
    assert_int_equal(x->kind, QF_NUMBER_CASE);
    assert_int_equal(x->n_items, 9);
    bool seen[2] = {false, false};
    for (size_t k = 0; k < 9; k++) {
        const double soc = design_value(sweep, 1, k);
        assert_true(x->items[k] == design_value(sweep, 0, k));
        assert_true(x->items[k] >= -3.0 && x->items[k] <= 5.0);
        assert_true(soc == 20.0 || soc == 30.5);
        seen[soc == 20.0] = true;
    }
    assert_true(seen[0] && seen[1]);
    /* the other coordinate is as it was */
    assert_constant(&scenario->groups[0].initial[QF_INITIAL_Y], 10.0);
    qf_sweep_close(sweep);
}

static void other_parameters_are_read_for_each_value(void **state)
{
    fixture *f = *state;
    qf_sweep *sweep = open_sweep(
        f, SWEPT "sweep:\n"
                 "  sampling: grid\n"
                 "  parameters:\n"
                 "    ambient: {path: environment.ambient_c, grid: [-30, 5]}\n"
                 "    mode: {path: 'groups[0].transponder.mode', choice: [\"on\", silent]}\n"
                 "    x: {path: 'groups[0].initial.position_m[0]', grid: [4]}\n"
                 "    count: {path: 'groups[1].count', grid: [1, 2, 3]}\n");
    const qf_sweep_spec *spec = qf_sweep_get_spec(sweep);
    assert_int_equal(spec->n_points, 12);
    assert_false(qf_sweep_is_packed(sweep));
    static const bool packed[] = {false, false, true, false};
    for (size_t p = 0; p < 4; p++) {
        assert_int_equal(spec->parameters[p].packed, packed[p]);
    }
    for (uint32_t k = 0; k < 12; k++) {
        qf_arena arena = {0};
        qf_scenario scenario;
        const qf_metric_plan *plan;
        assert_int_equal(qf_sweep_read_cases(sweep, &f->context, &k, 1, &arena, &scenario, &plan),
                         QF_OK);
        assert_true(scenario.ambient_c == (k < 6 ? -30.0 : 5.0));
        assert_int_equal(scenario.groups[0].transponder_mode,
                         k / 3 % 2 ? QF_TRANSPONDER_SILENT : QF_TRANSPONDER_ON);
        assert_int_equal(scenario.groups[1].count, 1 + k % 3);
        assert_int_equal(scenario.first_world, k);
        assert_int_equal(scenario.groups[0].initial[QF_INITIAL_X].kind, QF_NUMBER_CASE);
        qf_scenario_free(&scenario);
        qf_arena_free(&arena);
    }
    qf_sweep_close(sweep);
}

static void cases_are_runs_with_their_values_set(void **state)
{
    fixture *f = *state;
    assert_sweep_is_runs(
        f,
        SWEPT "sweep:\n"
              "  cases: 12\n"
              "  parameters:\n"
              "    x: {path: 'groups[a].initial.position_m[0]', uniform: {min: -3, max: 5}}\n"
              "    speed: {path: 'groups[a].initial.speed_mps', uniform: {min: 0, max: 2}}\n"
              "    soc: {path: 'groups[0].initial.soc_pct', normal: {mean: 40, sd: 3}}\n"
              "    capacity: {path: 'groups[0].hardware.hardware_profile.power_capacity_wh', "
              "uniform: {min: 20, max: 50}}\n"
              "    ambient: {path: environment.ambient_c, uniform: {min: -30, max: 5}}\n"
              "    mode: {path: 'groups[0].transponder.mode', choice: [\"on\", silent]}\n"
              "    count: {path: 'groups[1].count', choice: [1, 2, 3]}\n"
              "    dt: {path: time.dt_s, choice: [0.1, 0.2]}\n",
        1);
}

static void cases_of_ships_are_runs_with_their_values_set(void **state)
{
    fixture *f = *state;
    char text[4096];
    snprintf(text, sizeof text,
             "base: " PROJECT_SOURCE_DIR "/configs/docking.yaml\n"
             "time: {duration_s: 6}\n"
             "sweep:\n"
             "  cases: 6\n"
             "  sampling: sobol\n"
             "  parameters:\n"
             "    mass: {path: 'groups[1].body.mass_kg', uniform: {min: 300, max: 500}}\n"
             "    ixx: {path: 'groups[1].body.inertia_kgm2[0]', uniform: {min: 180, max: 190}}\n"
             "    tank: {path: 'groups[1].initial.propellant_kg', uniform: {min: 1, max: 4}}\n"
             "    y: {path: 'groups[1].initial.position_m[1]', uniform: {min: -90, max: 90}}\n"
             "    vz: {path: 'groups[1].initial.velocity_mps[2]', normal: {mean: 0, sd: 1}}\n");
    assert_sweep_is_runs(f, text, 1);
}

static void orbits_of_cases_are_runs_with_their_values_set(void **state)
{
    fixture *f = *state;
    assert_sweep_is_runs(
        f,
        "schema: qfleet/1\n"
        "time: {dt_s: 0.5, duration_s: 5}\n"
        "environment: {gravity: earth}\n"
        "groups:\n"
        "  - name: rocks\n"
        "    kind: debris\n"
        "    count: 2\n"
        "    body: {mass_kg: 5, inertia_kgm2: [1, 1, 1]}\n"
        "    initial: {orbit: {altitude_m: 400000, inclination_deg: 51}}\n"
        "sweep:\n"
        "  cases: 5\n"
        "  parameters:\n"
        "    altitude: {path: 'groups[0].initial.orbit.altitude_m', uniform: {min: 3e5, max: "
        "5e5}}\n"
        "    inclination: {path: 'groups[0].initial.orbit.inclination_deg', uniform: {min: 0, "
        "max: 90}}\n"
        "    mass: {path: 'groups[0].body.mass_kg', uniform: {min: 3, max: 50}}\n",
        1);
}

/* wherever a number may stand: commands, faults, self-tests, variables, signatures */
static void numbers_of_any_place_are_runs_with_their_values_set(void **state)
{
    fixture *f = *state;
    assert_sweep_is_runs(
        f,
        "base: " PROJECT_SOURCE_DIR "/configs/behavior.yaml\n"
        "time: {duration_s: 20}\n"
        "sweep:\n"
        "  cases: 4\n"
        "  sampling: lhs\n"
        "  parameters:\n"
        "    post: {path: 'groups[guards].bios.post_s', uniform: {min: 1, max: 5}}\n"
        "    at: {path: 'groups[guards].faults[0].at_s', uniform: {min: 1, max: 15}}\n"
        "    lasts: {path: 'groups[guards].faults[0].duration_s', uniform: {min: 1, max: 9}}\n"
        "    often: {path: 'groups[guards].faults[0].probability', uniform: {min: 0.2, max: 1}}\n"
        "    cell: {path: 'groups[guards].faults[1].battery_cell', uniform: {min: 0.2, max: 1}}\n"
        "    when: {path: 'groups[guards].script[0].time_s', choice: [1, 5, 9]}\n"
        "    repair: {path: 'groups[agents].bios.failure.repair_s', uniform: {min: 1, max: 9}}\n"
        "    rcs: {path: 'groups[strangers].signature.rcs_dbsm', uniform: {min: -3, max: 9}}\n",
        1);
}

/* in any form that names one: what is in a file is then read for each case */
static void files_that_parameters_name_are_read(void **state)
{
    fixture *f = *state;
    assert_int_equal(mkdir("sub", 0777), 0);
    write_file("sub/small.yaml", "hardware_profile: {power_capacity_wh: 5}\n");
    write_file("sub/large.yaml", "hardware_profile: {power_capacity_wh: 50}\n");
    write_file("s.yaml",
               SWEPT "  - {name: c, kind: bot, count: 1, hardware: sub/small.yaml}\n"
                     "  - {name: d, kind: bot, count: 1, hardware: {file: sub/small.yaml, "
                     "hardware_profile: {power_plane: {max_bus_a: 3}}}}\n"
                     "sweep:\n"
                     "  sampling: grid\n"
                     "  parameters:\n"
                     "    c: {path: 'groups[c].hardware', grid: [sub/small.yaml, "
                     "sub/large.yaml]}\n"
                     "    d: {path: 'groups[d].hardware.file', grid: [sub/large.yaml, "
                     "sub/small.yaml]}\n"
                     "    a: {path: 'groups[d].hardware.hardware_profile.power_plane.max_bus_a', "
                     "grid: [4, 7]}\n");
    qf_diagnostics_free(&f->diagnostics);
    qf_sweep *sweep;
    assert_int_equal(qf_sweep_open(&f->context, "s.yaml", NULL, 0, &f->diagnostics, &sweep), QF_OK);
    assert_note(f, 0, 19, 15, "sweep.parameters.c.path",
                "names files: they are not kept with results, as others are");
    assert_cases_are_runs_of(f, "s.yaml", sweep, 1);
    char *text = sweep_text(sweep);
    qf_sweep *again;
    assert_int_equal(
        qf_sweep_open_text(&f->context, "far/away.yaml", text, &f->diagnostics, &again), QF_OK);
    char *second = sweep_text(again);
    assert_string_equal(text, second);
    for (uint32_t k = 0; k < 8; k++) {
        qf_arena arena = {0};
        qf_scenario scenario;
        const qf_metric_plan *plan;
        assert_int_equal(qf_sweep_read_cases(again, &f->context, &k, 1, &arena, &scenario, &plan),
                         QF_OK);
        assert_constant(&scenario.groups[2].hardware.parameter[QF_HW_BATTERY_CAPACITY],
                        k < 4 ? 5.0 : 50.0);
        assert_constant(&scenario.groups[3].hardware.parameter[QF_HW_BATTERY_CAPACITY],
                        k / 2 % 2 ? 5.0 : 50.0);
        qf_scenario_free(&scenario);
        qf_arena_free(&arena);
    }
    free(text);
    free(second);
    qf_sweep_close(again);
    qf_sweep_close(sweep);
}

typedef struct reading {
    const qf_sweep *sweep;
    uint32_t first;
    size_t n_wrong;
} reading;

enum { READERS = 4, READINGS = 25 };

static void *read_cases(void *user)
{
    reading *r = user;
    qf_context context = qf_context_default();
    for (uint32_t i = 0; i < READINGS; i++) {
        const uint32_t k = r->first + READERS * i;
        qf_arena arena = {0};
        qf_scenario scenario;
        const qf_metric_plan *plan;
        if (qf_sweep_read_cases(r->sweep, &context, &k, 1, &arena, &scenario, &plan) != QF_OK) {
            r->n_wrong++;
            continue;
        }
        r->n_wrong +=
            scenario.ambient_c != design_value(r->sweep, 1, k) || !plan ||
            scenario.groups[0].initial[QF_INITIAL_X].items[k] != design_value(r->sweep, 0, k);
        qf_scenario_free(&scenario);
        qf_arena_free(&arena);
    }
    return NULL;
}

static void threads_read_cases_of_one_sweep(void **state)
{
    qf_sweep *sweep = open_sweep(
        *state, SWEPT "sweep:\n"
                      "  cases: 100\n"
                      "  parameters:\n"
                      "    x: {path: 'groups[a].initial.position_m[0]', uniform: {min: -3, max: "
                      "5}}\n"
                      "    ambient: {path: environment.ambient_c, uniform: {min: -30, max: 5}}\n");
    pthread_t threads[READERS];
    reading readings[READERS];
    for (uint32_t t = 0; t < READERS; t++) {
        readings[t] = (reading){.sweep = sweep, .first = t};
        assert_int_equal(pthread_create(&threads[t], NULL, read_cases, &readings[t]), 0);
    }
    for (size_t t = 0; t < READERS; t++) {
        assert_int_equal(pthread_join(threads[t], NULL), 0);
        assert_int_equal(readings[t].n_wrong, 0);
    }
    qf_sweep_close(sweep);
}

static void cases_that_cannot_be_read_say_why(void **state)
{
    fixture *f = *state;
    qf_arena arena = {0};
    qf_scenario scenario;
    const qf_metric_plan *plan;
    /* each is good by itself, but not together: what opening does not try */
    qf_sweep *sweep = open_sweep(
        f, SWEPT "sweep:\n"
                 "  sampling: {rows: [[0.1, 2], [0.4, 2], [0.1, 2.1], [0.4, 2.1]]}\n"
                 "  parameters: {dt: {path: time.dt_s}, end: {path: time.duration_s}}\n");
    assert_int_equal(
        qf_sweep_read_cases(sweep, &f->context, &(uint32_t){3}, 1, &arena, &scenario, &plan),
        QF_ERROR_SCENARIO);
    assert_string_equal(f->context.error,
                        "time.duration_s: 2.1 s is not a multiple of dt_s (0.4 s)");
    assert_int_equal(
        qf_sweep_read_cases(sweep, &f->context, &(uint32_t){4}, 1, &arena, &scenario, &plan),
        QF_ERROR_USAGE);
    qf_arena_free(&arena);
    qf_sweep_close(sweep);
}

/* ---- written and read again ---- */

static void assert_same_design(const qf_sweep *a, const qf_sweep *b)
{
    const qf_design *x = qf_sweep_design(a);
    const qf_design *y = qf_sweep_design(b);
    assert_int_equal(x->n_cases, y->n_cases);
    assert_int_equal(x->n_parameters, y->n_parameters);
    assert_memory_equal(x->values, y->values, x->n_cases * x->n_parameters * sizeof(double));
}

/* the caller frees it */
static char *assert_reads_back(fixture *f, const char *text)
{
    qf_sweep *sweep = open_sweep(f, text);
    char *first = sweep_text(sweep);
    qf_sweep *again;
    qf_diagnostics_free(&f->diagnostics);
    if (qf_sweep_open_text(&f->context, "elsewhere/scenario.yaml", first, &f->diagnostics,
                           &again) != QF_OK) {
        qf_diagnostics_print(&f->diagnostics, stderr);
        fail_msg("not read back:\n%s", first);
    }
    char *second = sweep_text(again);
    assert_string_equal(first, second);
    assert_same_design(sweep, again);
    assert_string_equal(qf_sweep_scenario(sweep)->name, qf_sweep_scenario(again)->name);
    free(second);
    qf_sweep_close(again);
    qf_sweep_close(sweep);
    return first;
}

static void what_is_written_reads_back_the_same(void **state)
{
    fixture *f = *state;
    static const char *const sweeps[] = {
        "sweep:\n  cases: 40\n  sampling: lhs\n  replications: 2\n  parameters:\n"
        "    a: {path: 'groups[0].initial.soc_pct', normal: {mean: 40, sd: 3, max: 90}}\n"
        "    b: {lognormal: {mu: 0.1, sigma: 0.3}, unit: m/s}\n"
        "    c: {uniform: {min: 0.1, max: 0.3}}\n"
        "  correlation: {parameters: [c, a], rank: [[1, 0.7], [0.7, 1]]}\n"
        "  until: any(soc_pct < 10 percent over a)\n  every_s: 0.2\n",
        "sweep:\n  cases: 400\n  sampling: sobol\n  parameters:\n"
        "    mode: {path: 'groups[0].transponder.mode', choice: [\"on\", silent]}\n"
        "  stop_when: decided\n  first_look: 50\n  confidence: 0.9\n  bootstrap: 0\n"
        "requirements:\n  - P(success) >= 90 % confidence 0.95\n"
        "  - {name: cold, require: 'mean(final(b.soc_pct)) <= 99 %', confidence: 0.8}\n",
        "sweep:\n  sampling: grid\n  parameters:\n    w: {grid: [\"a b\", \"5\"]}\n    n: {grid: "
        "[1, "
        "0.1, -3e-7]}\n",
        "sweep:\n  sampling: {rows: [[1, \"true\"], [0.1, \"x\\\"y\"], [-3e-300, \"true\"]]}\n"
        "  parameters: {n: {}, w: {}}\n",
        "sweep:\n  sampling: saltelli\n  base: 8\n  parameters: {a: {uniform: {min: 0, max: 1}}}\n",
        "sweep:\n  sampling: morris\n  levels: 6\n  parameters: {a: {uniform: {min: 0, max: 1}}}\n"
        "  metrics: {}\n",
        "sweep:\n  cases: 400\n  parameters: {}\n  stop_when: {width: 0.1, of: success}\n",
    };
    for (size_t i = 0; i < COUNT(sweeps); i++) {
        char text[8192];
        snprintf(text, sizeof text, "%s%s", SWEPT, sweeps[i]);
        free(assert_reads_back(f, text));
    }
    free(assert_reads_back(f, "schema: qfleet/1\nsweep:\n  cases: 20\n  parameters:\n"
                              "    a: {uniform: {min: 0, max: 1}}\n"
                              "    b: {uniform: {min: 0, max: 1}}\n"
                              "  function: {sobol_g: [0, 4.5]}\n"
                              "requirements: [mean(f) <= 3]\n"));
}

/* all that a scenario's files hold is in the text, which means the same anywhere */
static void written_sweeps_need_no_other_file(void **state)
{
    fixture *f = *state;
    static const char *const scenarios[] = {"behavior",  "contacts",         "docking",
                                            "formation", "free_flyer",       "harbor",
                                            "patrol",    "orbit_inspection", "sky"};
    for (size_t i = 0; i < COUNT(scenarios); i++) {
        char text[1024];
        char path[512];
        snprintf(path, sizeof path, PROJECT_SOURCE_DIR "/configs/%s.yaml", scenarios[i]);
        snprintf(text, sizeof text, "base: %s\nsweep: {cases: 2, parameters: {}}\n", path);
        char *written = assert_reads_back(f, text);
        assert_null(strstr(written, ".yaml"));
        assert_null(strstr(written, ".json"));
        /* as the scenario that it was made of */
        char *sweepless = strstr(written, "\nsweep:");
        assert_non_null(sweepless);
        sweepless[1] = '\0';
        static const char *const one[] = {"worlds=1"};
        load(f, written);
        char *again = effective_text(f);
        load_file(f, path, one, 1);
        char *expected = effective_text(f);
        /* but for where profiles are from, which is a comment */
        for (char *texts[] = {again, expected}, **t = texts; t < texts + 2; t++) {
            for (char *at = strstr(*t, " # from"); at; at = strstr(at, " # from")) {
                memmove(at, at + strcspn(at, "\n"), strlen(at + strcspn(at, "\n")) + 1);
            }
        }
        assert_string_equal(again, expected);
        free(again);
        free(expected);
        free(written);
    }
}

static void machines_without_a_name_are_called_as_their_file(void **state)
{
    fixture *f = *state;
    write_file("walk.yaml", "initial: A\nstates: {A: {terminal: true}}\n");
    write_file("run.yaml", "initial: A\nstates: {A: {terminal: true}}\n");
    char *text = assert_reads_back(f, TIME GROUP "    hardware: {hardware_profile: {}}\n"
                                                 "    fsm: [walk.yaml, {file: run.yaml}]\n"
                                                 "sweep: {cases: 1, parameters: {}}\n");
    qf_sweep *sweep;
    assert_int_equal(
        qf_sweep_open_text(&f->context, "other/place.yaml", text, &f->diagnostics, &sweep), QF_OK);
    const qf_group_spec *group = &qf_sweep_scenario(sweep)->groups[0];
    assert_int_equal(group->n_machines, 2);
    assert_string_equal(group->machines[0]->name, "walk");
    assert_string_equal(group->machines[1]->name, "run");
    qf_sweep_close(sweep);
    free(text);
}

/* ---- correlations ---- */

static void correlations_become_those_of_normal_scores(void **state)
{
    fixture *f = *state;
    static const char head[] = SWEPT "sweep:\n"
                                     "  cases: 10\n"
                                     "  parameters:\n"
                                     "    a: {normal: {mean: 0, sd: 2}}\n"
                                     "    b: {uniform: {min: 0, max: 1}}\n"
                                     "    c: {normal: {mean: 1, sd: 5}}\n"
                                     "  correlation: ";
    static const struct {
        const char *text;
        double of_a_and_c;
    } all[] = {{"{parameters: [c, a], rank: [[1, 0.5], [0.5, 1]]}\n", 0.51763809020504152},
               {"{parameters: [c, a], covariance: [[25, -3], [-3, 4]]}\n", -0.3},
               {"{parameters: [a, c], scores: [[1, 0.25], [0.25, 1]]}\n", 0.25}};
    for (size_t i = 0; i < COUNT(all); i++) {
        char text[4096];
        snprintf(text, sizeof text, "%s%s", head, all[i].text);
        qf_sweep *sweep = open_sweep(f, text);
        const double *scores = qf_sweep_get_spec(sweep)->scores;
        for (size_t k = 0; k < 9; k++) {
            const double expected = k % 4 == 0 ? 1.0 : k == 2 || k == 6 ? all[i].of_a_and_c : 0.0;
            assert_true(fabs(scores[k] - expected) < 1e-15);
        }
        qf_sweep_close(sweep);
    }
}

/* ---- functions ---- */

static void functions_are_sweeps_without_vehicles(void **state)
{
    fixture *f = *state;
    static const char text[] = "schema: qfleet/1\n"
                               "name: ishi\n"
                               "seed: 3\n"
                               "sweep:\n"
                               "  sampling: saltelli\n"
                               "  base: 4\n"
                               "  parameters:\n"
                               "    x1: {uniform: {min: -3.14, max: 3.14}}\n"
                               "    x2: {uniform: {min: -3.14, max: 3.14}}\n"
                               "    x3: {uniform: {min: -3.14, max: 3.14}}\n"
                               "  metrics: {twice: 2 * f + parameter.x1}\n"
                               "  function: {ishigami: {}}\n"
                               "requirements: [P(twice > 1) >= 0.1, mean(f) <= 9]\n";
    qf_sweep *sweep = open_sweep(f, text);
    const qf_sweep_spec *spec = qf_sweep_get_spec(sweep);
    assert_int_equal(spec->function, QF_FUNCTION_ISHIGAMI);
    assert_int_equal(spec->n_points, 20);
    assert_int_equal(spec->n_coefficients, 2);
    assert_true(spec->coefficients[0] == 7.0 && spec->coefficients[1] == 0.1);
    assert_int_equal(spec->n_metrics, 3);
    assert_string_equal(spec->metrics[0].name, "f");
    assert_int_equal(spec->metrics[0].kind, QF_VALUE_NUMBER);
    assert_int_equal(spec->metrics[2].kind, QF_VALUE_TRUTH);
    assert_int_equal(spec->requirements[1].metric, 0);
    assert_int_equal(qf_sweep_scenario(sweep)->n_groups, 0);
    assert_string_equal(qf_sweep_scenario(sweep)->name, "ishi");
    assert_true(qf_sweep_is_packed(sweep));
    assert_int_equal(qf_sweep_plan(sweep)->n_metrics, 3);
    qf_sweep_close(sweep);
    free(assert_reads_back(f, text));
}

/* ---- tables ---- */

/* what may be set to depends on what is set, of which one case says nothing about another */
static void values_of_other_cases_do_not_matter_to_a_case(void **state)
{
    fixture *f = *state;
    write_file("cases.csv", "what,value\n"
                            "speed_mps,-1\n"
                            "nbl_max_power_w,5\n"
                            "nbl_max_power_w,-5\n"
                            "speed_mps,-2\n"
                            "nbl_max_power_w,6\n");
    qf_sweep *sweep =
        open_sweep(f, SWEPT "  - name: c\n"
                            "    kind: bot\n"
                            "    count: 1\n"
                            "    hardware: {hardware_profile: {}}\n"
                            "    script: [{step: 0, cmd: set, name: speed_mps, value: 1}]\n"
                            "sweep:\n"
                            "  sampling: {csv: cases.csv}\n"
                            "  parameters:\n"
                            "    what: {path: 'groups[2].script[0].name'}\n"
                            "    value: {path: 'groups[2].script[0].value'}\n");
    const qf_sweep_spec *spec = qf_sweep_get_spec(sweep);
    assert_false(spec->parameters[0].packed);
    assert_true(spec->parameters[1].packed);
    static const struct {
        uint32_t numbers[3];
        size_t n;
        const char *error;
    } rows[] = {
        {{0, 3}, 2, NULL},
        {{1}, 1, NULL},
        {{2}, 1, "found -5 (case 2)"},
        {{1, 4}, 2, NULL},
        {{1, 2, 4}, 3, "found -5 (case 2)"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        qf_arena arena = {0};
        qf_scenario scenario = {0};
        const qf_metric_plan *plan;
        f->context.error[0] = '\0';
        const qf_status status = qf_sweep_read_cases(sweep, &f->context, rows[i].numbers, rows[i].n,
                                                     &arena, &scenario, &plan);
        assert_int_equal(status, rows[i].error ? QF_ERROR_SCENARIO : QF_OK);
        assert_true(!rows[i].error || strstr(f->context.error, rows[i].error));
        if (status == QF_OK) {
            qf_scenario_free(&scenario);
        }
        qf_arena_free(&arena);
    }
    qf_sweep_close(sweep);
}

static void rows_of_a_csv_file_are_the_cases(void **state)
{
    fixture *f = *state;
    write_file("cases.csv", "\xef\xbb\xbfmode,\"x\" , n\r\n"
                            "on, 1.5,3\r\n"
                            "\"silent\",-2e3, 4\r\n"
                            "on,0,5\r\n"
                            "\r\n");
    qf_sweep *sweep =
        open_sweep(f, SWEPT "sweep:\n"
                            "  sampling: {csv: cases.csv}\n"
                            "  replications: 2\n"
                            "  parameters:\n"
                            "    x: {path: 'groups[a].initial.position_m[0]', unit: m}\n"
                            "    mode: {path: 'groups[a].transponder.mode'}\n"
                            "    n: {}\n");
    const qf_sweep_spec *spec = qf_sweep_get_spec(sweep);
    static const double x[] = {1.5, -2000.0, 0.0};
    static const char *const mode[] = {"on", "silent", "on"};
    assert_int_equal(spec->n_points, 3);
    assert_int_equal(qf_sweep_n_cases(spec), 6);
    for (size_t k = 0; k < 6; k++) {
        assert_true(design_value(sweep, 0, k) == x[k / 2]);
        assert_string_equal(spec->parameters[1].texts[(size_t)design_value(sweep, 1, k)],
                            mode[k / 2]);
        assert_true(design_value(sweep, 2, k) == 3.0 + (double)(k / 2));
    }
    assert_true(spec->parameters[0].packed && !spec->parameters[1].packed);
    qf_sweep_close(sweep);
}

/* ---- units of requirements ---- */

static void limits_are_in_the_metrics_unit(void **state)
{
    fixture *f = *state;
    qf_sweep *sweep = open_sweep(
        f, SWEPT "sweep:\n"
                 "  cases: 1000\n"
                 "  parameters: {}\n"
                 "  metrics: {far: \"max(max(x_m over a))\"}\n"
                 "requirements:\n"
                 "  - P(success) > 99 % confidence 0.9\n"
                 "  - quantile( far , 0.25 ) <= 3 km\n"
                 "  - {name: m, require: \"mean(far + 1 m)<-2.5e-1 m\", confidence: 0.75}\n"
                 "  - P(far > 2 m) <= 0.5\n");
    const qf_sweep_spec *spec = qf_sweep_get_spec(sweep);
    const qf_requirement *r = spec->requirements;
    assert_int_equal(spec->n_requirements, 4);
    assert_int_equal(spec->n_metrics, 4); /* far, success, and what two requirements ask of */
    assert_int_equal(r[0].claim, QF_CLAIM_PROBABILITY);
    assert_int_equal(r[0].metric, 1);
    assert_true(r[0].at_least && r[0].strict && r[0].limit == 0.99 && r[0].confidence == 0.9);
    assert_string_equal(r[0].name, "P(success) > 99 % confidence 0.9");
    assert_int_equal(r[1].claim, QF_CLAIM_QUANTILE);
    assert_int_equal(r[1].metric, 0);
    assert_true(r[1].level == 0.25 && !r[1].at_least && !r[1].strict);
    assert_true(r[1].limit == 3000.0 && r[1].confidence == 0.0);
    assert_int_equal(r[2].claim, QF_CLAIM_MEAN);
    assert_int_equal(r[2].metric, 2);
    assert_string_equal(r[2].name, "m");
    assert_true(r[2].strict && r[2].limit == -0.25 && r[2].confidence == 0.75);
    assert_string_equal(spec->metrics[2].text, "far + 1 m");
    assert_true(spec->metrics[2].required && !spec->metrics[1].required);
    assert_int_equal(r[3].metric, 3);
    assert_int_equal(spec->metrics[3].kind, QF_VALUE_TRUTH);
    qf_sweep_close(sweep);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(parameters_where_numbers_may_be_drawn_are_packed),
        TEST(other_parameters_are_read_for_each_value),
        TEST(cases_are_runs_with_their_values_set),
        TEST(cases_of_ships_are_runs_with_their_values_set),
        TEST(orbits_of_cases_are_runs_with_their_values_set),
        TEST(numbers_of_any_place_are_runs_with_their_values_set),
        TEST(files_that_parameters_name_are_read),
        TEST(threads_read_cases_of_one_sweep),
        TEST(cases_that_cannot_be_read_say_why),
        TEST(what_is_written_reads_back_the_same),
        TEST(written_sweeps_need_no_other_file),
        TEST(machines_without_a_name_are_called_as_their_file),
        TEST(correlations_become_those_of_normal_scores),
        TEST(functions_are_sweeps_without_vehicles),
        TEST(values_of_other_cases_do_not_matter_to_a_case),
        TEST(rows_of_a_csv_file_are_the_cases),
        TEST(limits_are_in_the_metrics_unit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
