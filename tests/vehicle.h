/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_TEST_VEHICLE_H
#define QF_TEST_VEHICLE_H

/*
 * What the tests of the model share: a fleet made from a few lines of a scenario, run tick by tick
 * and looked at by field. What a scene does not say is the quiet profile: nothing draws power,
 * nothing gives any, nothing limits any, and there are no thermal nodes and no thrusters, so that a
 * test states every number that its expectation is made of.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "group.h"
#include "scenario_reader.h"
#include "simulation.h"
#include "statistics.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

#define STOCK_HARDWARE PROJECT_SOURCE_DIR "/configs/hardware/qiki_bot.json"

enum { VEHICLE_PATH_BYTES = 1024, MOST_TICKS = 1000000 };

/* Zero is the default of every member. Texts are YAML without their outer braces or brackets. */
typedef struct scene {
    const char *hardware; /* of hardware_profile, laid over the quiet one */
    const char *initial;
    const char *script;
    const char *more;   /* further keys of the group, each followed by a comma */
    const char *groups; /* list of groups in place of the one that the above describe */
    size_t count;       /* 0: 1 */
    size_t worlds;      /* 0: 1 */
    double dt_s;        /* 0: 1 */
    double ambient_c;
    double radiation_usvh;
    uint64_t seed;
    int n_threads; /* 0: 1 */
    bool count_events_only;
} scene;

typedef struct vehicles {
    qf_context context;
    qf_scenario scenario;
    qf_fleet fleet;
    qf_record_plan plan;
    qf_simulation *simulation;
    char profile_path[VEHICLE_PATH_BYTES];
    char scenario_path[VEHICLE_PATH_BYTES];
} vehicles;

static const char quiet_profile[] =
    "hardware_profile:\n"
    "  power_capacity_wh: 100\n"
    "  battery_soc_init_pct: 50\n"
    "  power_plane: {bus_v_nominal: 10, bus_v_min: 10, max_bus_a: 0, base_power_in_w: 0,\n"
    "    base_power_out_w: 0, motion_power_w_per_mps: 0, mcqpu_power_w_at_100pct: 0,\n"
    "    radar_power_w: 0, transponder_power_w: 0, soc_shed_low_pct: 20, soc_shed_high_pct: 30,\n"
    "    battery_max_charge_w: 0, battery_max_discharge_w: 0, supercap_capacity_wh: 0,\n"
    "    supercap_soc_pct_init: 0, supercap_max_charge_w: 0, supercap_max_discharge_w: 0,\n"
    "    dock_connected_init: false, dock_station_bus_v: 20, dock_station_max_power_w: 0,\n"
    "    dock_current_limit_a: 0, dock_soft_start_s: 0, nbl_active_init: false,\n"
    "    nbl_max_power_w: 0, nbl_soc_min_pct: 0, nbl_core_temp_max_c: 90}\n"
    "  thermal_plane: {enabled: true, ambient_exchange_w_per_c: 0}\n"
    "  propulsion_plane: {enabled: true, propellant_kg_init: 10, isp_s: 100,\n"
    "    rcs_power_w_at_100pct: 0, heat_fraction_to_hull: 0, pulse_window_s: 0,\n"
    "    ztt_torque_tol_nm: 0}\n"
    "  sensor_plane: {enabled: true, imu: {enabled: true}, radiation: {enabled: true}}\n";

static inline void fail_on_warning(void *user, qf_log_level level, const char *line)
{
    (void)user;
    if (level >= QF_LOG_WARNING) {
        fail_msg("unexpected log line: %s", line);
    }
}

static inline void write_temporary(char path[VEHICLE_PATH_BYTES], const char *text)
{
    const char *folder = getenv("TMPDIR");
    snprintf(path, VEHICLE_PATH_BYTES, "%s/qfleet-test-XXXXXX", folder ? folder : "/tmp");
    const int file = mkstemp(path);
    assert_true(file >= 0);
    FILE *out = fdopen(file, "w");
    assert_non_null(out);
    assert_true(fputs(text, out) >= 0);
    assert_int_equal(fclose(out), 0);
}

static inline void write_scene(vehicles *v, const scene *s)
{
    char *text;
    size_t length;
    FILE *out = open_memstream(&text, &length);
    assert_non_null(out);
    const double dt_s = s->dt_s > 0.0 ? s->dt_s : 1.0;
    fprintf(out, "schema: qfleet/1\nname: scene\nseed: %llu\nworlds: %zu\n",
            (unsigned long long)s->seed, s->worlds ? s->worlds : 1);
    fprintf(out, "time: {dt_s: %.17g, duration_s: %.17g}\n", dt_s, MOST_TICKS * dt_s);
    fprintf(out, "environment: {ambient_c: %.17g, radiation_usvh: %.17g}\n", s->ambient_c,
            s->radiation_usvh);
    if (s->groups) {
        fprintf(out, "groups:\n%s\n", s->groups);
    } else {
        fprintf(out,
                "groups:\n  - {name: g, kind: bot, count: %zu, %s\n    initial: {%s},\n"
                "    hardware: {file: \"%s\", hardware_profile: {%s}},\n    script: [%s]}\n",
                s->count ? s->count : 1, s->more ? s->more : "", s->initial ? s->initial : "",
                v->profile_path, s->hardware ? s->hardware : "", s->script ? s->script : "");
    }
    fprintf(out, "record: {every_s: %.17g, state: all}\n", dt_s);
    assert_int_equal(fclose(out), 0);
    write_temporary(v->scenario_path, text);
    free(text);
}

/* The scenario alone, for tests that make fleets of it themselves. */
static inline void read_scene(vehicles *v, const scene *s)
{
    *v = (vehicles){.context = qf_context_default()};
    v->context.n_threads = s->n_threads ? s->n_threads : 1;
    v->context.log = fail_on_warning;
    write_temporary(v->profile_path, quiet_profile);
    write_scene(v, s);
    qf_diagnostics diagnostics;
    qf_diagnostics_init(&diagnostics);
    const qf_status status =
        qf_scenario_read(&v->context, v->scenario_path, NULL, 0, &diagnostics, &v->scenario);
    unlink(v->profile_path);
    unlink(v->scenario_path);
    if (status != QF_OK) {
        qf_diagnostics_print(&diagnostics, stderr);
        fail_msg("the scene does not load");
    }
    qf_diagnostics_free(&diagnostics);
}

static inline void start(vehicles *v, const scene *s)
{
    read_scene(v, s);
    assert_int_equal(qf_fleet_create(&v->context, &v->scenario, &v->fleet), QF_OK);
    assert_int_equal(qf_record_plan_create(&v->context, &v->fleet, &v->plan), QF_OK);
    const qf_simulation_options options = {.plan = &v->plan, .keep_events = !s->count_events_only};
    assert_int_equal(qf_simulation_create(&v->context, &v->fleet, &options, &v->simulation), QF_OK);
}

static inline void advance(vehicles *v, int64_t n_ticks)
{
    assert_int_equal(
        qf_simulation_advance(&v->context, v->simulation, v->fleet.tick + n_ticks, NULL, 0), QF_OK);
}

static inline void finish(vehicles *v)
{
    qf_simulation_free(v->simulation);
    qf_fleet_free(&v->fleet);
    qf_scenario_free(&v->scenario);
}

/* Value of a field for one vehicle. */
static inline double f64_of(const vehicles *v, qf_field_id field, size_t entity)
{
    return qf_f64(&v->fleet, field, 0)[qf_fleet_entity(&v->fleet, entity).slot];
}
#define VALUE(v, id, entity) f64_of(v, QF_FIELD_##id, entity)

static inline uint64_t flags_of(const vehicles *v, size_t entity)
{
    return qf_u64(&v->fleet, QF_FIELD_FLAGS, 0)[qf_fleet_entity(&v->fleet, entity).slot];
}
#define FLAG(v, id, entity) ((flags_of(v, entity) & QF_FLAG_BIT(id)) != 0)

static inline uint64_t faults_of(const vehicles *v, size_t word, size_t entity)
{
    return qf_u64(&v->fleet, QF_FIELD_FAULTS, word)[qf_fleet_entity(&v->fleet, entity).slot];
}
#define FAULT(v, id, entity) ((faults_of(v, 0, entity) & QF_FAULT_BIT(id)) != 0)

/* Thermal nodes by their number in the fleet's catalogue. */
static inline double temp_of(const vehicles *v, size_t node, size_t entity)
{
    return qf_f64(&v->fleet, QF_FIELD_TEMP, node)[qf_fleet_entity(&v->fleet, entity).slot];
}

static inline bool tripped(const vehicles *v, size_t node, size_t entity)
{
    const size_t bit = QF_FAULT_FIRST_NODE + node;
    return (faults_of(v, bit / 64, entity) >> bit % 64 & 1) != 0;
}

static inline void near_at(double found, double expected, double allowed, const char *what,
                           const char *file, int line)
{
    if (!(fabs(found - expected) <= allowed)) {
        print_error("%s:%d: %s is %.17g, expected %.17g within %g\n", file, line, what, found,
                    expected, allowed);
        fail();
    }
}
/* Within an absolute tolerance, or exactly. */
#define assert_near(found, expected, allowed)                                                      \
    near_at(found, expected, allowed, #found, __FILE__, __LINE__)
#define assert_exact(found, expected) near_at(found, expected, 0.0, #found, __FILE__, __LINE__)

#endif
