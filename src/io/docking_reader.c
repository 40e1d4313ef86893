/* SPDX-License-Identifier: Apache-2.0 */
/* Ports, as the reference's ports file has them, and what they catch: docs/scenario.md. */
#include "docking_reader.h"

#include <errno.h>
#include <math.h>
#include <string.h>
#include <unistd.h>

#include "scalar_math.h"

#define N_NAMES(names) (sizeof(names) / sizeof *(names))

#define INFINITE ((double)INFINITY)

const qf_setting qf_capture_settings[QF_CAPTURE_SETTINGS] = {
    QF_SETTING_ABOVE(qf_capture_spec, lateral_m, 0.0, INFINITE),
    QF_SETTING_ABOVE(qf_capture_spec, axial_mps, 0.0, INFINITE),
    QF_SETTING_ABOVE(qf_capture_spec, lateral_mps, 0.0, INFINITE),
    QF_SETTING_SCALED("angle_deg", qf_capture_spec, angle_rad, 0.0, 90.0, QF_RAD_PER_DEG),
    QF_SETTING_SCALED("clock_deg", qf_capture_spec, clock_rad, 0.0, 180.0, QF_RAD_PER_DEG),
    QF_SETTING_SCALED("rate_dps", qf_capture_spec, rate_rps, 0.0, INFINITE, QF_RAD_PER_DEG),
    QF_SETTING_ABOVE(qf_capture_spec, soft_s, 0.0, INFINITE),
};

/* a list of some of `names`, as bits; each once */
static uint32_t read_flags(qf_reader *reader, const qf_yaml_node *list, const char *const *names,
                           size_t n)
{
    uint32_t bits = 0;
    if (!qf_yaml_expect_kind(list, QF_YAML_SEQUENCE, reader->diagnostics)) {
        return 0;
    }
    for (size_t i = 0; i < list->n_children; i++) {
        size_t choice;
        if (!qf_yaml_read_choice(list->children[i], names, n, &choice, reader->diagnostics)) {
            continue;
        }
        if (bits >> choice & 1U) {
            qf_diagnose(reader->diagnostics, list->children[i], "'%s' stands here twice",
                        names[choice]);
        }
        bits |= 1U << choice;
    }
    return bits;
}

static void read_pose(qf_reader *reader, const qf_yaml_node *node, qf_port_spec *port)
{
    static const char *const known[] = {"position", "orientation_quat"};
    if (!qf_yaml_expect_kind(node, QF_YAML_MAPPING, reader->diagnostics)) {
        return;
    }
    qf_yaml_check_keys(node, known, N_NAMES(known), reader->diagnostics);
    const qf_yaml_node *position = qf_require(reader, node, "position");
    const qf_yaml_node *orientation = qf_require(reader, node, "orientation_quat");
    double position_m[3];
    double turn[4];
    const bool placed = position && qf_read_place(reader, position, position_m);
    if (orientation && qf_read_quaternion(reader, orientation, turn) && placed) {
        memcpy(port->quat_xyzw, turn + 1, 3 * sizeof *turn);
        port->quat_xyzw[3] = turn[0];
        qf_port_from_pose(position_m, port->quat_xyzw, port);
    }
}

static void read_modes(qf_reader *reader, const qf_yaml_node *item, qf_port_spec *port)
{
    static const char *const captures[] = {"soft", "hard"};
    static const char *const bridges[] = {"power", "data", "full"};
    enum { SOFT = 1, HARD = 2, POWER = 1, DATA = 2, FULL = 4 };
    const qf_yaml_node *capture = qf_require(reader, item, "capture_modes");
    const qf_yaml_node *bridge = qf_require(reader, item, "bridge_profiles");
    if (capture) {
        const size_t errors = qf_diagnostics_error_count(reader->diagnostics);
        const uint32_t bits = read_flags(reader, capture, captures, N_NAMES(captures));
        port->soft = (bits & SOFT) != 0;
        port->hard = (bits & HARD) != 0;
        if (bits == 0 && qf_diagnostics_error_count(reader->diagnostics) == errors) {
            qf_diagnose(reader->diagnostics, capture, "expected 'soft', 'hard' or both");
        } else if (bits == HARD) {
            qf_diagnose_note(reader->diagnostics, capture,
                             "captures nothing: a hard capture follows a soft one");
        }
    }
    if (bridge) {
        const uint32_t bits = read_flags(reader, bridge, bridges, N_NAMES(bridges));
        port->power = (bits & (POWER | FULL)) != 0;
        port->data = (bits & (DATA | FULL)) != 0;
    }
}

/* which way is out is the Z axis' to tell, which has to point there, or away from there */
static void note_tie(qf_reader *reader, const qf_yaml_node *node, const qf_port_spec *port)
{
    const double *at_m = port->position_m;
    double outwards_m = 0.0;
    for (int k = 0; k < 3; k++) {
        outwards_m += at_m[k] * port->axis[k];
    }
    if (fabs(outwards_m) <= 1e-3 * hypot(hypot(at_m[0], at_m[1]), at_m[2])) {
        qf_diagnose_note(reader->diagnostics, node,
                         "neither Z nor -Z of port '%s' points away from the centre of mass: its "
                         "axis is [%.3g, %.3g, %.3g]",
                         port->id, port->axis[0], port->axis[1], port->axis[2]);
    }
}

/* a port sits on the hull or in it; without a hull there is nothing to sit on */
static void check_place(qf_reader *reader, const qf_yaml_node *node, const qf_body_spec *body,
                        const qf_port_spec *port)
{
    double outside_m = body->n_hull > 0 ? INFINITE : 0.0;
    double radius_m = INFINITE; /* of the sphere that it is deepest in */
    for (size_t s = 0; s < body->n_hull; s++) {
        if (body->hull[s].radius_m == 0.0) {
            return; /* has been reported */
        }
        double square = 0.0;
        for (int k = 0; k < 3; k++) {
            const double apart = port->position_m[k] - body->hull[s].center_m[k];
            square += apart * apart;
        }
        const double here_m = sqrt(square) - body->hull[s].radius_m;
        radius_m = here_m < outside_m ? body->hull[s].radius_m : radius_m;
        outside_m = fmin(outside_m, here_m);
    }
    if (outside_m > 1e-6) {
        qf_diagnose(reader->diagnostics, node, "port '%s' is %.6g m outside of the hull", port->id,
                    outside_m);
    } else if (-outside_m > 0.5 * radius_m) {
        qf_diagnose_note(reader->diagnostics, node,
                         "port '%s' is %.3g m deep in the hull: until ports touch, hulls overlap",
                         port->id, -outside_m);
    }
}

static void read_port(qf_reader *reader, const qf_yaml_node *item, const qf_body_spec *body,
                      const qf_port_spec *before, size_t n_before, qf_port_spec *port)
{
    static const char *const known[] = {"id", "pose_m", "capture_modes", "bridge_profiles",
                                        "hard_capture_force_kN"};
    port->id = "";
    if (!qf_yaml_expect_kind(item, QF_YAML_MAPPING, reader->diagnostics)) {
        return;
    }
    qf_yaml_check_keys(item, known, N_NAMES(known), reader->diagnostics);
    const qf_yaml_node *id = qf_require(reader, item, "id");
    if (id && qf_read_name(reader, id, &port->id)) {
        for (size_t p = 0; p < n_before; p++) {
            if (strcmp(before[p].id, port->id) == 0) {
                qf_diagnose(reader->diagnostics, id, "two ports are called '%s'", port->id);
            }
        }
    }
    const size_t errors = qf_diagnostics_error_count(reader->diagnostics);
    const qf_yaml_node *pose = qf_require(reader, item, "pose_m");
    if (pose) {
        read_pose(reader, pose, port);
    }
    if (pose && body && qf_diagnostics_error_count(reader->diagnostics) == errors) {
        const qf_yaml_node *position = qf_yaml_get(pose, "position");
        check_place(reader, position ? position : pose, body, port);
        note_tie(reader, position ? position : pose, port);
    }
    read_modes(reader, item, port);
    const qf_yaml_node *force = qf_require(reader, item, "hard_capture_force_kN");
    double force_kn;
    if (force && qf_read_positive(reader, force, &force_kn)) {
        port->hard_force_n = force_kn * QF_N_PER_KN;
    }
}

/* the list itself, or the file that holds it */
static const qf_yaml_node *open_ports(qf_reader *reader, const qf_yaml_node *node)
{
    const char *name;
    if (node->kind != QF_YAML_SCALAR) {
        return node;
    }
    if (!qf_yaml_read_text(node, &name, reader->diagnostics)) {
        return NULL;
    }
    const char *path = qf_reader_path(reader, node->file, name);
    if (path && access(path, R_OK) != 0) {
        qf_diagnose(reader->diagnostics, node, "cannot read '%s': %s", path, strerror(errno));
        return NULL;
    }
    return path ? qf_yaml_load_file(reader->arena, path, reader->diagnostics) : NULL;
}

static void read_ports(qf_reader *reader, const qf_yaml_node *node, const qf_body_spec *body,
                       qf_docking_spec *docking)
{
    const qf_yaml_node *list = open_ports(reader, node);
    if (!list || !qf_yaml_expect_kind(list, QF_YAML_SEQUENCE, reader->diagnostics)) {
        return;
    }
    const size_t n = list->n_children;
    if (n < 1 || n > QF_PORTS_MOST) {
        qf_diagnose(reader->diagnostics, list, "expected 1 to %d ports, found %zu", QF_PORTS_MOST,
                    n);
        return;
    }
    qf_port_spec *ports = qf_reader_array(reader, n, sizeof *ports);
    for (size_t p = 0; ports && p < n; p++) {
        read_port(reader, list->children[p], body, ports, p, &ports[p]);
    }
    docking->ports = ports;
    docking->n_ports = ports ? n : 0;
}

static void read_capture(qf_reader *reader, const qf_yaml_node *node, qf_capture_spec *capture)
{
    const char *known[QF_CAPTURE_SETTINGS];
    if (!qf_yaml_expect_kind(node, QF_YAML_MAPPING, reader->diagnostics)) {
        return;
    }
    qf_settings_keys(qf_capture_settings, QF_CAPTURE_SETTINGS, NULL, 0, known);
    qf_yaml_check_keys(node, known, QF_CAPTURE_SETTINGS, reader->diagnostics);
    qf_read_settings(reader, node, qf_capture_settings, QF_CAPTURE_SETTINGS, capture);
}

void qf_read_docking(qf_reader *reader, const qf_yaml_node *group_node, qf_group_spec *group)
{
    static const char *const known[] = {"ports", "capture"};
    const qf_yaml_node *node = qf_yaml_get(group_node, "docking");
    if (!node) {
        return;
    }
    if (group->kind == QF_KIND_BOT || group->kind == QF_KIND_DEBRIS) {
        qf_diagnose(reader->diagnostics, qf_yaml_key_node(group_node, node->index), "%s",
                    group->kind == QF_KIND_BOT
                        ? "a bot has no ports: the command 'dock' connects it to a station's power"
                        : "debris has no ports: only a ship or a station has");
        return;
    }
    qf_docking_spec *docking = qf_reader_array(reader, 1, sizeof *docking);
    if (!docking || !qf_yaml_expect_kind(node, QF_YAML_MAPPING, reader->diagnostics)) {
        return;
    }
    qf_yaml_check_keys(node, known, N_NAMES(known), reader->diagnostics);
    docking->capture = qf_capture_default();
    const qf_yaml_node *ports = qf_require(reader, node, "ports");
    const qf_yaml_node *capture = qf_yaml_get(node, "capture");
    if (ports) {
        read_ports(reader, ports, group->body, docking);
    }
    if (capture) {
        read_capture(reader, capture, &docking->capture);
    }
    group->docking = docking;
    if (group->hardware.on[QF_HW_DOCK_CONNECTED_INIT]) {
        qf_diagnose_note(reader->diagnostics, qf_yaml_key_node(group_node, node->index),
                         "'dock_connected_init' of the hardware is without effect: who has ports "
                         "gets power from whom it is docked with");
    }
}
