/* SPDX-License-Identifier: Apache-2.0 */
/* Orbital elements in place of position and velocity. */
#include "orbit_reader.h"

#include <math.h>
#include <string.h>

#include "scalar_math.h"

#define N_NAMES(names) (sizeof(names) / sizeof *(names))

#define INFINITE ((double)INFINITY)

typedef struct reach {
    double low, high;
} reach;

static reach reach_of(const qf_number *number)
{
    reach r;
    qf_number_reach(number, &r.low, &r.high);
    return r;
}

/* a circle's height above the ground, of any orbit the same amount below the semi-major axis */
static void read_altitude(qf_reader *reader, const qf_yaml_node *node, double radius_m,
                          qf_number *axis_m)
{
    qf_number altitude;
    if (!qf_read_number(reader, node, 0.0, INFINITE, &altitude)) {
        return;
    }
    if (altitude.kind == QF_NUMBER_LOGNORMAL) {
        qf_diagnose(reader->diagnostics, node,
                    "a lognormal altitude is no lognormal semi-major axis: give "
                    "'semi_major_axis_m'");
        return;
    }
    double *items = qf_reader_array(reader, altitude.n_items, sizeof *items);
    for (size_t i = 0; items && i < altitude.n_items; i++) {
        items[i] = altitude.items[i] + radius_m;
    }
    altitude.items = items;
    altitude.a += radius_m;
    altitude.b += altitude.kind == QF_NUMBER_UNIFORM ? radius_m : 0.0;
    altitude.low += radius_m;
    altitude.high += radius_m;
    *axis_m = altitude;
}

static void read_size(qf_reader *reader, const qf_yaml_node *node, const qf_scenario *scenario,
                      qf_number *axis_m)
{
    const qf_yaml_node *axis = qf_yaml_get(node, "semi_major_axis_m");
    const qf_yaml_node *altitude = qf_yaml_get(node, "altitude_m");
    if (!axis == !altitude) {
        qf_diagnose(reader->diagnostics, node,
                    "expected one of the keys 'semi_major_axis_m' and 'altitude_m'");
    } else if (axis) {
        qf_read_number(reader, axis, -INFINITE, INFINITE, axis_m);
    } else {
        read_altitude(reader, altitude, scenario->planet.radius_m, axis_m);
    }
}

/* ellipses: a > 0, e < 1; hyperbolas: a < 0, e > 1; every pair that may be drawn is one or the other */
static void check_shape(qf_reader *reader, const qf_yaml_node *node, const qf_scenario *scenario,
                        const qf_group_spec *group)
{
    const reach a = reach_of(&group->initial[QF_INITIAL_SEMI_MAJOR_AXIS]);
    const reach e = reach_of(&group->initial[QF_INITIAL_ECCENTRICITY]);
    const reach anomaly = reach_of(&group->initial[QF_INITIAL_ANOMALY_DEG]);
    const bool ellipse = e.high < 1.0;
    if (!ellipse && !(e.low > 1.0)) {
        qf_diagnose(reader->diagnostics, qf_yaml_get(node, "eccentricity"),
                    "expected eccentricities below 1 (ellipse) or above 1 (hyperbola), but they "
                    "may be 1 (%g to %g)",
                    e.low, e.high);
        return;
    }
    if (ellipse ? !(a.low > 0.0) : !(a.high < 0.0)) {
        qf_diagnose(reader->diagnostics, node,
                    ellipse ? "the semi-major axis of an ellipse is above 0, found %g"
                            : "the semi-major axis of a hyperbola is below 0, found %g",
                    ellipse ? a.low : a.high);
        return;
    }
    const double periapsis_m = ellipse ? a.low * (1.0 - e.high) : -a.high * (e.low - 1.0);
    if (!(periapsis_m > scenario->planet.radius_m)) {
        qf_diagnose(reader->diagnostics, node,
                    "the orbit may come as near as %.9g m to the planet's centre, which is inside "
                    "of the planet (radius %.9g m)",
                    periapsis_m, scenario->planet.radius_m);
    }
    const double asymptote_deg = ellipse ? INFINITE : acos(-1.0 / e.high) / QF_RAD_PER_DEG;
    if (!(fmax(fabs(anomaly.low), fabs(anomaly.high)) < asymptote_deg)) {
        qf_diagnose(reader->diagnostics, qf_yaml_get(node, "anomaly_deg"),
                    "a hyperbola of eccentricity %g ends before a true anomaly of %.6g degrees",
                    e.high, asymptote_deg);
    }
}

void qf_read_orbit(qf_reader *reader, const qf_yaml_node *node, const qf_scenario *scenario,
                   qf_group_spec *group)
{
    static const char *const known[] = {"semi_major_axis_m", "altitude_m", "eccentricity",
                                        "inclination_deg",   "node_deg",   "periapsis_deg",
                                        "anomaly_deg"};
    static const struct {
        const char *key;
        qf_initial_id id;
        double low, high;
    } elements[] = {{"eccentricity", QF_INITIAL_ECCENTRICITY, 0.0, INFINITE},
                    {"inclination_deg", QF_INITIAL_INCLINATION_DEG, 0.0, 180.0},
                    {"node_deg", QF_INITIAL_NODE_DEG, -INFINITE, INFINITE},
                    {"periapsis_deg", QF_INITIAL_PERIAPSIS_DEG, -INFINITE, INFINITE},
                    {"anomaly_deg", QF_INITIAL_ANOMALY_DEG, -INFINITE, INFINITE}};
    const size_t errors = qf_diagnostics_error_count(reader->diagnostics);
    if (!qf_yaml_expect_kind(node, QF_YAML_MAPPING, reader->diagnostics)) {
        return;
    }
    qf_yaml_check_keys(node, known, N_NAMES(known), reader->diagnostics);
    if (scenario->gravity.kind == QF_GRAVITY_KINDS) {
        return; /* has been reported */
    }
    if (!qf_gravity_has_planet(&scenario->gravity)) {
        qf_diagnose(reader->diagnostics, node,
                    scenario->gravity.kind == QF_GRAVITY_CLOHESSY_WILTSHIRE
                        ? "the frame of clohessy_wiltshire is itself in orbit: give 'position_m' "
                          "and 'velocity_mps' in it"
                        : "nothing orbits without a planet: 'environment' needs a 'gravity' that "
                          "has one");
        return;
    }
    read_size(reader, node, scenario, &group->initial[QF_INITIAL_SEMI_MAJOR_AXIS]);
    for (size_t i = 0; i < N_NAMES(elements); i++) {
        const qf_yaml_node *value = qf_yaml_get(node, elements[i].key);
        if (value) {
            qf_read_number(reader, value, elements[i].low, elements[i].high,
                           &group->initial[elements[i].id]);
        }
    }
    if (qf_diagnostics_error_count(reader->diagnostics) == errors) {
        check_shape(reader, node, scenario, group);
    }
}
