/* SPDX-License-Identifier: Apache-2.0 */
/* Masses, inertias, hulls, wheels and solar arrays: docs/scenario.md says what may stand where. */
#include "body_reader.h"

#include <math.h>
#include <string.h>

#include "inertia.h"
#include "scalar_math.h"
#include "settings.h"

#define N_NAMES(names) (sizeof(names) / sizeof *(names))

#define INFINITE ((double)INFINITY)

/* what the inertia given is of, where masses are drawn: the middle of the distribution */
static double nominal(const qf_number *number)
{
    double sum = 0.0;
    switch (number->kind) {
    case QF_NUMBER_CONSTANT:
        return number->a;
    case QF_NUMBER_UNIFORM:
        return 0.5 * (number->a + number->b);
    case QF_NUMBER_NORMAL:
        return fmin(fmax(number->a, number->low), number->high);
    case QF_NUMBER_LOGNORMAL:
        return fmin(fmax(qf_exp(number->a), number->low), number->high);
    case QF_NUMBER_CHOICE:
    case QF_NUMBER_GRID:
    case QF_NUMBER_CASE:
        for (size_t i = 0; i < number->n_items; i++) {
            sum += number->items[i];
        }
        return sum / (double)number->n_items;
    }
    return 0.0;
}

static void read_mass(qf_reader *reader, const qf_yaml_node *node, qf_group_spec *group,
                      qf_body_spec *body)
{
    qf_number *mass_kg = &group->initial[QF_INITIAL_DRY_MASS];
    if (!qf_read_number(reader, node, 0.0, QF_HEAVIEST_KG, mass_kg)) {
        return;
    }
    double low;
    double high;
    qf_number_reach(mass_kg, &low, &high);
    if (low <= 0.0) {
        qf_diagnose(reader->diagnostics, node, "expected a mass > 0, but it may come out as 0%s",
                    qf_number_is_constant(mass_kg) ? "" : ": give the distribution a 'min'");
    }
    body->dry_kg = nominal(mass_kg);
}

/* [xx, yy, zz], or with the products xy, xz, yz after them */
static bool read_tensor(qf_reader *reader, const qf_yaml_node *node, double most, double tensor[6])
{
    if (!qf_yaml_expect_kind(node, QF_YAML_SEQUENCE, reader->diagnostics)) {
        return false;
    }
    if (node->n_children != 3 && node->n_children != 6) {
        qf_diagnose(reader->diagnostics, node,
                    "expected 3 numbers [xx, yy, zz] or 6 [xx, yy, zz, xy, xz, yz], found %zu",
                    node->n_children);
        return false;
    }
    if (!qf_read_constants(reader, node, node->n_children, tensor)) {
        return false;
    }
    for (size_t k = 0; k < node->n_children; k++) {
        if (!(fabs(tensor[k]) <= most)) {
            qf_diagnose(reader->diagnostics, node->children[k],
                        "expected a number from %g to %g, found %g", -most, most, tensor[k]);
            return false;
        }
    }
    return true;
}

/* what is only added, such as the propellant of a tank in the centre, may have none */
static void check_tensor(qf_reader *reader, const qf_yaml_node *node, const double tensor[6],
                         bool zero_allowed)
{
    double moment[3]; /* ascending */
    qf_principal_moments(tensor, moment);
    const double rounding = 1e-9 * fabs(moment[2]);
    if (moment[0] < (zero_allowed ? -rounding : 0.0) ||
        (!zero_allowed && !(moment[0] > rounding))) {
        qf_diagnose(reader->diagnostics, node,
                    "expected an inertia whose principal moments are %s 0, found %.6g, %.6g, %.6g",
                    zero_allowed ? "at least" : "above", moment[0], moment[1], moment[2]);
    } else if (moment[2] > moment[0] + moment[1] + rounding) {
        qf_diagnose(reader->diagnostics, node,
                    "no body has this inertia: the principal moment %.6g is larger than the sum of "
                    "the others (%.6g and %.6g)",
                    moment[2], moment[0], moment[1]);
    }
}

static void read_sphere(qf_reader *reader, const qf_yaml_node *node, qf_hull_sphere *sphere)
{
    static const char *const known[] = {"center_m", "radius_m"};
    if (!qf_yaml_expect_kind(node, QF_YAML_MAPPING, reader->diagnostics)) {
        return;
    }
    qf_yaml_check_keys(node, known, N_NAMES(known), reader->diagnostics);
    const qf_yaml_node *center = qf_require(reader, node, "center_m");
    const qf_yaml_node *radius = qf_require(reader, node, "radius_m");
    if (center) {
        qf_read_place(reader, center, sphere->center_m);
    }
    if (radius) {
        qf_read_length(reader, radius, &sphere->radius_m);
    }
}

/* one sphere around the centre of mass, or a list of spheres */
static void read_hull(qf_reader *reader, const qf_yaml_node *node, qf_body_spec *body)
{
    static const char *const known[] = {"radius_m", "spheres"};
    enum { MOST_SPHERES = 64 };
    if (!qf_yaml_expect_kind(node, QF_YAML_MAPPING, reader->diagnostics)) {
        return;
    }
    qf_yaml_check_keys(node, known, N_NAMES(known), reader->diagnostics);
    const qf_yaml_node *radius = qf_yaml_get(node, "radius_m");
    const qf_yaml_node *list = qf_yaml_get(node, "spheres");
    if (!radius == !list) {
        qf_diagnose(reader->diagnostics, node, "expected one of the keys 'radius_m' and 'spheres'");
        return;
    }
    if (list && !qf_yaml_expect_kind(list, QF_YAML_SEQUENCE, reader->diagnostics)) {
        return;
    }
    const size_t n = list ? list->n_children : 1;
    if (n < 1 || n > MOST_SPHERES) {
        qf_diagnose(reader->diagnostics, list, "expected 1 to %d spheres, found %zu", MOST_SPHERES,
                    n);
        return;
    }
    qf_hull_sphere *hull = qf_reader_array(reader, n, sizeof *hull);
    if (!hull) {
        return;
    }
    if (radius) {
        qf_read_length(reader, radius, &hull[0].radius_m);
    }
    for (size_t s = 0; list && s < n; s++) {
        read_sphere(reader, list->children[s], &hull[s]);
    }
    body->hull = hull;
    body->n_hull = n;
}

static void read_positive_vector(qf_reader *reader, const qf_yaml_node *mapping, const char *key,
                                 double out[3])
{
    const qf_yaml_node *node = qf_require(reader, mapping, key);
    if (!node || !qf_read_constants(reader, node, 3, out)) {
        return;
    }
    for (size_t k = 0; k < 3; k++) {
        double unused;
        qf_read_positive(reader, node->children[k], &unused);
    }
}

static void read_wheels(qf_reader *reader, const qf_yaml_node *node, qf_body_spec *body)
{
    static const char *const known[] = {"max_torque_nm", "max_momentum_nms"};
    if (!qf_yaml_expect_kind(node, QF_YAML_MAPPING, reader->diagnostics)) {
        return;
    }
    qf_yaml_check_keys(node, known, N_NAMES(known), reader->diagnostics);
    qf_wheels_spec *wheels = qf_reader_array(reader, 1, sizeof *wheels);
    if (wheels) {
        read_positive_vector(reader, node, "max_torque_nm", wheels->max_torque_nm);
        read_positive_vector(reader, node, "max_momentum_nms", wheels->max_momentum_nms);
        body->wheels = wheels;
    }
}

static void read_solar(qf_reader *reader, const qf_yaml_node *node, const qf_scenario *scenario,
                       qf_body_spec *body)
{
    static const char *const known[] = {"area_m2", "efficiency", "normal", "tracking"};
    static const qf_limits share = {.low = 0.0, .high = 1.0, .low_open = true};
    qf_solar_spec *solar = qf_reader_array(reader, 1, sizeof *solar);
    if (!solar || !qf_yaml_expect_kind(node, QF_YAML_MAPPING, reader->diagnostics)) {
        return;
    }
    qf_yaml_check_keys(node, known, N_NAMES(known), reader->diagnostics);
    const qf_yaml_node *area = qf_require(reader, node, "area_m2");
    const qf_yaml_node *efficiency = qf_require(reader, node, "efficiency");
    const qf_yaml_node *normal = qf_yaml_get(node, "normal");
    const qf_yaml_node *tracking = qf_yaml_get(node, "tracking");
    if (area) {
        qf_read_positive(reader, area, &solar->area_m2);
    }
    if (efficiency) {
        qf_read_within(reader, efficiency, &share, &solar->efficiency);
    }
    if (tracking) {
        qf_yaml_read_bool(tracking, &solar->tracking, reader->diagnostics);
    }
    if (normal) {
        qf_read_direction(reader, normal, solar->normal);
    }
    if (!normal == !solar->tracking) {
        qf_diagnose(reader->diagnostics, node,
                    "expected a 'normal' that the array stands along, or 'tracking: true'");
    }
    if (!scenario->sun.given) {
        qf_diagnose_note(reader->diagnostics, node, "without effect: 'environment' has no 'sun'");
    }
    body->solar = solar;
}

/* a valve opens for less than a pulse window */
static void read_least_pulse(qf_reader *reader, const qf_yaml_node *node,
                             const qf_group_spec *group, qf_body_spec *body)
{
    const double window_s = group->hardware.parameter[QF_HW_PULSE_WINDOW].a;
    if (qf_read_constant(reader, node, 0.0, INFINITE, &body->min_on_s) &&
        body->min_on_s > window_s) {
        qf_diagnose(reader->diagnostics, node,
                    "%g s is longer than the profile's pulse_window_s (%g s): no thruster would "
                    "ever open",
                    body->min_on_s, window_s);
    }
}

static void read_body(qf_reader *reader, const qf_yaml_node *node, const qf_scenario *scenario,
                      qf_group_spec *group, qf_body_spec *body)
{
    static const char *const known[] = {"mass_kg", "inertia_kgm2", "tank_inertia_m2", "hull",
                                        "wheels",  "solar",        "min_on_s"};
    qf_yaml_check_keys(node, known, N_NAMES(known), reader->diagnostics);
    const qf_yaml_node *mass = qf_require(reader, node, "mass_kg");
    const qf_yaml_node *inertia = qf_require(reader, node, "inertia_kgm2");
    const qf_yaml_node *tank = qf_yaml_get(node, "tank_inertia_m2");
    const qf_yaml_node *hull = qf_yaml_get(node, "hull");
    const qf_yaml_node *wheels = qf_yaml_get(node, "wheels");
    const qf_yaml_node *solar = qf_yaml_get(node, "solar");
    const qf_yaml_node *least = qf_yaml_get(node, "min_on_s");
    if (mass) {
        read_mass(reader, mass, group, body);
    }
    if (inertia && read_tensor(reader, inertia, QF_LARGEST_KGM2, body->dry.kgm2)) {
        check_tensor(reader, inertia, body->dry.kgm2, false);
    }
    if (tank && read_tensor(reader, tank, QF_LARGEST_KGM2 / QF_HEAVIEST_KG, body->tank_m2)) {
        check_tensor(reader, tank, body->tank_m2, true);
    }
    if (hull) {
        read_hull(reader, hull, body);
    }
    if (wheels) {
        read_wheels(reader, wheels, body);
    }
    if (solar) {
        read_solar(reader, solar, scenario, body);
    }
    if (least) {
        read_least_pulse(reader, least, group, body);
    }
}

const qf_setting qf_drive_settings[QF_DRIVE_SETTINGS] = {
    QF_SETTING_ABOVE(qf_drive_spec, track_m, 0.0, INFINITE),
    QF_SETTING_ABOVE(qf_drive_spec, max_wheel_mps, 0.0, INFINITE),
    QF_SETTING_ABOVE(qf_drive_spec, max_wheel_mps2, 0.0, INFINITE),
};

static void read_drive(qf_reader *reader, const qf_yaml_node *node, qf_group_spec *group)
{
    const char *known[QF_DRIVE_SETTINGS];
    qf_drive_spec *drive = qf_reader_array(reader, 1, sizeof *drive);
    if (!drive || !qf_yaml_expect_kind(node, QF_YAML_MAPPING, reader->diagnostics)) {
        return;
    }
    qf_settings_keys(qf_drive_settings, QF_DRIVE_SETTINGS, NULL, 0, known);
    qf_yaml_check_keys(node, known, QF_DRIVE_SETTINGS, reader->diagnostics);
    for (size_t i = 0; i < QF_DRIVE_SETTINGS; i++) {
        qf_require(reader, node, known[i]);
    }
    qf_read_settings(reader, node, qf_drive_settings, QF_DRIVE_SETTINGS, drive);
    group->drive = drive;
}

qf_hardware qf_hardware_inert(void)
{
    qf_hardware hardware = qf_hardware_default();
    static const qf_hardware_id none[] = {
        QF_HW_BASE_POWER_IN, QF_HW_BASE_POWER_OUT,  QF_HW_MOTION_POWER,
        QF_HW_MCQPU_POWER,   QF_HW_RADAR_POWER,     QF_HW_TRANSPONDER_POWER,
        QF_HW_NBL_MAX_POWER, QF_HW_PROPELLANT_INIT, QF_HW_SUPERCAP_CAPACITY};
    for (size_t i = 0; i < N_NAMES(none); i++) {
        hardware.parameter[none[i]] = qf_constant(0.0);
    }
    hardware.on[QF_HW_SENSORS_ENABLED] = false;
    hardware.on[QF_HW_PROPULSION_ENABLED] = false;
    return hardware;
}

void qf_read_body_keys(qf_reader *reader, const qf_yaml_node *group_node,
                       const qf_scenario *scenario, qf_group_spec *group)
{
    static const char *const of_bodies[] = {"body"};
    static const char *const of_bots[] = {"drive"};
    if (!qf_kind_is_body(group->kind)) {
        const qf_yaml_node *drive = qf_yaml_get(group_node, "drive");
        qf_refuse_keys(reader, group_node, of_bodies, 1,
                       "a bot moves along its heading, whatever its mass: only a ship, a station "
                       "or debris has a body");
        if (drive) {
            read_drive(reader, drive, group);
        }
        return;
    }
    qf_refuse_keys(reader, group_node, of_bots, 1,
                   "a rigid body has no driven wheels: only a bot has a drive");
    const qf_yaml_node *node = qf_yaml_get(group_node, "body");
    qf_body_spec *body = qf_reader_array(reader, 1, sizeof *body);
    if (!node) {
        qf_diagnose(reader->diagnostics, group_node, "a %s is a rigid body: missing key 'body'",
                    qf_kind_name(group->kind));
    } else if (body && qf_yaml_expect_kind(node, QF_YAML_MAPPING, reader->diagnostics)) {
        read_body(reader, node, scenario, group, body);
    }
    group->body = body;
}
