/* SPDX-License-Identifier: Apache-2.0 */
/* What the worlds of a scenario are in: docs/scenario.md says what may stand where. */
#include "environment_reader.h"

#include <math.h>
#include <string.h>

#include "scalar_math.h"

#define N_NAMES(names) (sizeof(names) / sizeof *(names))

const char *const qf_gravity_names[QF_GRAVITY_KINDS] = {[QF_GRAVITY_NONE] = "none",
                                                        [QF_GRAVITY_POINT] = "point",
                                                        [QF_GRAVITY_J2] = "j2",
                                                        [QF_GRAVITY_CLOHESSY_WILTSHIRE] =
                                                            "clohessy_wiltshire"};

/* figures of gravity, and the kinds that have them */
typedef struct figure {
    const char *key;
    size_t offset;
    uint32_t kinds; /* bits by qf_gravity_kind */
    qf_limits limits;
} figure;

enum {
    PLANETS = 1 << QF_GRAVITY_POINT | 1 << QF_GRAVITY_J2,
    OBLATE = 1 << QF_GRAVITY_J2,
    HILL = 1 << QF_GRAVITY_CLOHESSY_WILTSHIRE,
};

#define ABOVE_ZERO                                                                                 \
    {                                                                                              \
        .low = 0.0, .high = (double)INFINITY, .low_open = true                                     \
    }

static const figure figures[] = {
    {"mu_m3ps2", offsetof(qf_gravity, mu_m3ps2), PLANETS, ABOVE_ZERO},
    {"radius_m", offsetof(qf_gravity, radius_m), PLANETS, ABOVE_ZERO},
    {"j2", offsetof(qf_gravity, j2), OBLATE, {.low = -1.0, .high = 1.0}},
    {"mean_motion_rps", offsetof(qf_gravity, mean_motion_rps), HILL, ABOVE_ZERO},
};

static void refuse_figure(qf_reader *reader, const qf_yaml_node *mapping, const qf_yaml_node *node,
                          qf_gravity_kind kind)
{
    qf_diagnose(reader->diagnostics, qf_yaml_key_node(mapping, node->index),
                "gravity of kind '%s' has none", qf_gravity_names[kind]);
}

static void read_figures(qf_reader *reader, const qf_yaml_node *node, qf_gravity *gravity)
{
    for (size_t i = 0; i < N_NAMES(figures); i++) {
        const bool has = (figures[i].kinds >> gravity->kind & 1U) != 0;
        const qf_yaml_node *value = qf_yaml_get(node, figures[i].key);
        double *field = (double *)(void *)((char *)gravity + figures[i].offset);
        if (has && !value) {
            qf_diagnose(reader->diagnostics, node, "gravity of kind '%s' needs the key '%s'",
                        qf_gravity_names[gravity->kind], figures[i].key);
        } else if (has) {
            qf_read_within(reader, value, &figures[i].limits, field);
        } else if (value) {
            refuse_figure(reader, node, value, gravity->kind);
        }
    }
    const qf_yaml_node *center = qf_yaml_get(node, "center_m");
    if (center && qf_gravity_has_planet(gravity)) {
        qf_read_constants(reader, center, 3, gravity->center_m);
    } else if (center) {
        refuse_figure(reader, node, center, gravity->kind);
    }
}

static void read_gravity(qf_reader *reader, const qf_yaml_node *node, qf_gravity *gravity)
{
    static const char *const named[] = {"none", "earth", "earth_j2"};
    static const char *const known[] = {"kind", "mu_m3ps2", "radius_m",
                                        "j2",   "center_m", "mean_motion_rps"};
    size_t choice;
    if (node->kind != QF_YAML_MAPPING) {
        if (qf_yaml_read_choice(node, named, N_NAMES(named), &choice, reader->diagnostics) &&
            choice > 0) {
            *gravity = qf_gravity_earth(choice == 2);
        }
        return;
    }
    qf_yaml_check_keys(node, known, N_NAMES(known), reader->diagnostics);
    const qf_yaml_node *kind = qf_require(reader, node, "kind");
    if (kind && qf_yaml_read_choice(kind, qf_gravity_names, QF_GRAVITY_KINDS, &choice,
                                    reader->diagnostics)) {
        gravity->kind = (qf_gravity_kind)choice;
        read_figures(reader, node, gravity);
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
    if (radius) {
        qf_read_positive(reader, radius, &planet->radius_m);
    }
    if (!center || !qf_read_vector_constant(reader, center, planet->center_m)) {
        planet->radius_m = 0.0; /* nobody is inside of what is nowhere */
    }
}

/* what pulls is what hides: one planet, however often it is given */
static void join_planets(qf_reader *reader, const qf_yaml_node *node, qf_scenario *scenario)
{
    const qf_gravity *gravity = &scenario->gravity;
    if (!qf_gravity_has_planet(gravity)) {
        return;
    }
    qf_sphere planet = {.radius_m = gravity->radius_m};
    memcpy(planet.center_m, gravity->center_m, sizeof planet.center_m);
    bool same = planet.radius_m == scenario->planet.radius_m;
    for (int k = 0; k < 3; k++) {
        same = same && planet.center_m[k] == scenario->planet.center_m[k];
    }
    if (node && !same) {
        qf_diagnose(reader->diagnostics, node,
                    "not the planet of 'gravity' (radius %.9g m, center [%.9g, %.9g, %.9g]): "
                    "take the key out",
                    planet.radius_m, planet.center_m[0], planet.center_m[1], planet.center_m[2]);
    }
    scenario->planet = planet;
}

static void read_sun(qf_reader *reader, const qf_yaml_node *node, qf_sun_spec *sun)
{
    static const char *const known[] = {"direction", "flux_wpm2", "angular_radius_deg"};
    if (!qf_yaml_expect_kind(node, QF_YAML_MAPPING, reader->diagnostics)) {
        return;
    }
    qf_yaml_check_keys(node, known, N_NAMES(known), reader->diagnostics);
    const qf_yaml_node *direction = qf_require(reader, node, "direction");
    const qf_yaml_node *flux = qf_yaml_get(node, "flux_wpm2");
    const qf_yaml_node *radius = qf_yaml_get(node, "angular_radius_deg");
    sun->given = true;
    if (direction) {
        qf_read_direction(reader, direction, sun->direction);
    }
    if (flux) {
        qf_read_constant(reader, flux, 0.0, (double)INFINITY, &sun->flux_wpm2);
    }
    double radius_deg;
    if (radius && qf_read_constant(reader, radius, 0.0, 45.0, &radius_deg)) {
        sun->angular_radius_rad = radius_deg * QF_RAD_PER_DEG;
    }
}

void qf_read_environment(qf_reader *reader, const qf_yaml_node *root, qf_scenario *scenario)
{
    static const char *const known[] = {"ambient_c", "radiation_usvh", "gravity", "planet", "sun"};
    scenario->ambient_c = -60.0;
    scenario->sun = qf_sun_default();
    const qf_yaml_node *environment = qf_yaml_get(root, "environment");
    if (!environment || !qf_yaml_expect_kind(environment, QF_YAML_MAPPING, reader->diagnostics)) {
        return;
    }
    qf_yaml_check_keys(environment, known, N_NAMES(known), reader->diagnostics);
    const qf_yaml_node *ambient = qf_yaml_get(environment, "ambient_c");
    const qf_yaml_node *radiation = qf_yaml_get(environment, "radiation_usvh");
    const qf_yaml_node *gravity = qf_yaml_get(environment, "gravity");
    const qf_yaml_node *planet = qf_yaml_get(environment, "planet");
    const qf_yaml_node *sun = qf_yaml_get(environment, "sun");
    if (ambient) {
        qf_read_constant(reader, ambient, -273.15, 1000.0, &scenario->ambient_c);
    }
    if (radiation) {
        qf_read_constant(reader, radiation, 0.0, (double)INFINITY, &scenario->radiation_usvh);
    }
    const size_t errors = qf_diagnostics_error_count(reader->diagnostics);
    if (gravity) {
        read_gravity(reader, gravity, &scenario->gravity);
    }
    if (qf_diagnostics_error_count(reader->diagnostics) != errors) {
        scenario->gravity.kind =
            QF_GRAVITY_KINDS; /* not known: nothing that needs it is looked at */
    }
    if (planet) {
        read_planet(reader, planet, &scenario->planet);
    }
    if (qf_diagnostics_error_count(reader->diagnostics) == errors) {
        join_planets(reader, planet, scenario);
    }
    if (sun) {
        read_sun(reader, sun, &scenario->sun);
    }
}
