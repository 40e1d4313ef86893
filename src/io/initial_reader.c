/* SPDX-License-Identifier: Apache-2.0 */
/* Values before the first tick: docs/scenario.md says what may stand where. */
#include "initial_reader.h"

#include <math.h>
#include <string.h>

#include "group_reader.h"
#include "orbit_reader.h"
#include "quarantine.h"
#include "scalar_math.h"
#include "start_distance.h"

#define N_NAMES(names) (sizeof(names) / sizeof *(names))

#define INFINITE ((double)INFINITY)

/* the profile has a first value for these; the scenario's comes before it */
static void read_supplies(qf_reader *reader, const qf_yaml_node *node, qf_group_spec *group)
{
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

/* a robot moves along its heading: a velocity of its own would be ignored, so it must be zero */
static void read_bot_velocity(qf_reader *reader, const qf_yaml_node *node)
{
    double velocity_mps[3];
    if (qf_read_vector_constant(reader, node, velocity_mps) &&
        (velocity_mps[0] != 0.0 || velocity_mps[1] != 0.0 || velocity_mps[2] != 0.0)) {
        qf_diagnose(reader->diagnostics, node,
                    "a bot moves along its heading: give 'speed_mps' and 'heading_deg'");
    }
}

static void read_bot(qf_reader *reader, const qf_yaml_node *node, qf_group_spec *group)
{
    static const char *const of_bodies[] = {"attitude_quat", "attitude_deg", "rates_dps",
                                            "orbit",         "relative_to",  "coast_s"};
    qf_refuse_keys(reader, node, of_bodies, N_NAMES(of_bodies),
                   "a bot stands on its heading: only a ship, a station or debris has this");
    const qf_yaml_node *velocity = qf_yaml_get(node, "velocity_mps");
    if (velocity) {
        read_bot_velocity(reader, velocity);
    }
    static const struct {
        const char *key;
        qf_initial_id id;
    } own[] = {{"heading_deg", QF_INITIAL_HEADING}, {"speed_mps", QF_INITIAL_SPEED}};
    for (size_t i = 0; i < N_NAMES(own); i++) {
        const qf_yaml_node *value = qf_yaml_get(node, own[i].key);
        if (value) {
            qf_read_number(reader, value, -INFINITE, INFINITE, &group->initial[own[i].id]);
        }
    }
}

/* the tick's integrator follows a rate only so far: docs/model.md */
static void note_fast_turns(qf_reader *reader, const qf_yaml_node *node, double dt_s,
                            const qf_number rates_dps[3])
{
    const double exact_rad = 0.1;
    double square = 0.0;
    for (int k = 0; k < 3; k++) {
        double low;
        double high;
        qf_number_reach(&rates_dps[k], &low, &high);
        const double turn_rad = fmax(fabs(low), fabs(high)) * QF_RAD_PER_DEG * dt_s;
        square += turn_rad * turn_rad;
    }
    if (square > exact_rad * exact_rad) {
        qf_diagnose_note(reader->diagnostics, node,
                         "may turn by %.3g rad in a tick of %g s: beyond %g a rotation is not "
                         "exact, and beyond %g about one axis the vehicle is quarantined; take a "
                         "shorter dt_s",
                         sqrt(square), dt_s, exact_rad, QF_MOST_TURN_RAD);
    }
}

static void read_body(qf_reader *reader, const qf_yaml_node *node, const qf_scenario *scenario,
                      qf_group_spec *group)
{
    static const char *const of_bots[] = {"heading_deg", "speed_mps"};
    static const char *const of_free[] = {"position_m", "velocity_mps", "relative_to"};
    static const struct {
        const char *key;
        qf_initial_id id;
    } vectors[] = {{"velocity_mps", QF_INITIAL_VX},
                   {"attitude_deg", QF_INITIAL_ROLL_DEG},
                   {"rates_dps", QF_INITIAL_RATE_X_DPS}};
    qf_refuse_keys(reader, node, of_bots, N_NAMES(of_bots),
                   "a rigid body need not move along its heading: give 'velocity_mps' and "
                   "'attitude_quat' or 'attitude_deg'");
    const qf_yaml_node *orbit = qf_yaml_get(node, "orbit");
    if (orbit) {
        qf_refuse_keys(reader, node, of_free, N_NAMES(of_free),
                       "the orbit says where it is and how it moves: give one of both");
        group->initial_orbit = true;
        qf_read_orbit(reader, orbit, scenario, group);
    }
    for (size_t i = 0; i < N_NAMES(vectors); i++) {
        const qf_yaml_node *value = qf_yaml_get(node, vectors[i].key);
        if (value) {
            qf_read_vector(reader, value, -INFINITE, INFINITE, &group->initial[vectors[i].id]);
        }
    }
    const qf_yaml_node *rates = qf_yaml_get(node, "rates_dps");
    if (rates) {
        note_fast_turns(reader, rates, scenario->dt_s, &group->initial[QF_INITIAL_RATE_X_DPS]);
    }
    const qf_yaml_node *coast = qf_yaml_get(node, "coast_s");
    if (coast) {
        qf_read_number(reader, coast, -INFINITE, INFINITE, &group->initial[QF_INITIAL_COAST]);
    }
    const qf_yaml_node *attitude = qf_yaml_get(node, "attitude_quat");
    if (attitude) {
        qf_read_quaternion(reader, attitude, group->initial_attitude);
    }
}

void qf_read_initial(qf_reader *reader, const qf_yaml_node *node, const qf_scenario *scenario,
                     qf_group_spec *group)
{
    static const char *const known[] = {
        "position_m",       "velocity_mps",  "heading_deg",   "speed_mps",    "soc_pct",
        "supercap_soc_pct", "propellant_kg", "attitude_quat", "attitude_deg", "rates_dps",
        "relative_to",      "orbit",         "coast_s"};
    group->initial_attitude[0] = 1.0;
    if (!node || !qf_yaml_expect_kind(node, QF_YAML_MAPPING, reader->diagnostics)) {
        return;
    }
    qf_yaml_check_keys(node, known, N_NAMES(known), reader->diagnostics);
    const qf_yaml_node *position = qf_yaml_get(node, "position_m");
    if (position) {
        qf_read_vector(reader, position, -INFINITE, INFINITE, &group->initial[QF_INITIAL_X]);
    }
    if (qf_kind_is_body(group->kind)) {
        read_body(reader, node, scenario, group);
    } else {
        read_bot(reader, node, group);
    }
    read_supplies(reader, node, group);
}

void qf_resolve_initial(qf_reader *reader, const qf_yaml_node *node, const qf_scenario *scenario,
                        qf_group_spec *group)
{
    if (!qf_kind_is_body(group->kind)) {
        return;
    }
    const qf_yaml_node *relative = qf_yaml_get(qf_yaml_get(node, "initial"), "relative_to");
    size_t of;
    if (relative && qf_read_group_name(reader, relative, scenario, &of)) {
        if (&scenario->groups[of] == group) {
            qf_diagnose(reader->diagnostics, relative, "a group cannot start relative to itself");
        } else if (!qf_kind_is_body(scenario->groups[of].kind)) {
            qf_diagnose(reader->diagnostics, relative,
                        "'%s' are bots: expected a group of ships, stations or debris",
                        scenario->groups[of].name);
        }
        group->initial_relative_to = of;
    }
}

static void find_cycles(qf_reader *reader, const qf_yaml_node *list, const qf_scenario *scenario)
{
    for (size_t g = 0; g < scenario->n_groups; g++) {
        size_t of = scenario->groups[g].initial_relative_to;
        size_t least = g;
        size_t steps = 0;
        for (; of != g && steps < scenario->n_groups; steps++) {
            least = of < least ? of : least;
            of = scenario->groups[of].initial_relative_to;
        }
        /* a cycle is told at its first group */
        if (steps > 0 && of == g && least == g) {
            const qf_yaml_node *initial = qf_yaml_get(list->children[g], "initial");
            qf_diagnose(reader->diagnostics, qf_yaml_get(initial, "relative_to"),
                        "the group starts, by way of others, relative to itself");
        }
    }
}

static void check_outside_planet(qf_reader *reader, const qf_yaml_node *node,
                                 const qf_scenario *scenario, const qf_group_spec *group)
{
    const double distance_m = qf_nearest_start_m(scenario, group);
    if (distance_m >= scenario->planet.radius_m) {
        return;
    }
    const qf_yaml_node *initial = qf_yaml_get(node, "initial");
    const qf_yaml_node *position = qf_yaml_get(initial, "position_m");
    const qf_yaml_node *relative = qf_yaml_get(initial, "relative_to");
    const qf_yaml_node *place = position ? position : relative ? relative : initial;
    qf_diagnose(reader->diagnostics, place ? place : node,
                "may start inside the planet, %.9g m from its centre (radius %.9g m)%s", distance_m,
                scenario->planet.radius_m,
                position || relative ? "" : ": give 'position_m' or 'orbit'");
}

/* with an error in first values, only those whose place does not depend on others are looked at */
void qf_check_starts(qf_reader *reader, const qf_yaml_node *list, const qf_scenario *scenario)
{
    find_cycles(reader, list, scenario);
    const bool good = qf_diagnostics_error_count(reader->diagnostics) == 0;
    for (size_t g = 0; scenario->planet.radius_m > 0.0 && g < scenario->n_groups; g++) {
        const qf_group_spec *group = &scenario->groups[g];
        const bool depends = qf_yaml_get(qf_yaml_get(list->children[g], "initial"), "relative_to");
        if (qf_kind_is_body(group->kind) && !group->initial_orbit && (good || !depends)) {
            check_outside_planet(reader, list->children[g], scenario, group);
        }
    }
}
