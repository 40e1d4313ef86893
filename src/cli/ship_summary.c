/* SPDX-License-Identifier: Apache-2.0 */
#include "ship_summary.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "group.h"
#include "quarantine.h"

static size_t count_flagged(const qf_fleet *fleet, const qf_group *group, uint64_t flag)
{
    const uint64_t *flags = &qf_u64(fleet, QF_FIELD_FLAGS, 0)[group->slot_begin];
    size_t n = 0;
    for (size_t v = 0; v < group->n_vehicles; v++) {
        n += (flags[v] & flag) != 0;
    }
    return n;
}

/* who was to dock: where they docked they need not be told of a second time */
static bool approaches(const qf_group_spec *spec)
{
    bool any = false;
    for (size_t i = 0; i < spec->n_guidances; i++) {
        any = any || spec->guidances[i].kind == QF_GUIDANCE_APPROACH;
    }
    return any;
}

static void print_docked(const qf_fleet *fleet, const qf_group *group, FILE *out)
{
    if (approaches(group->spec)) {
        fprintf(out, "  docking        %s: %zu of %zu docked\n", group->spec->name,
                count_flagged(fleet, group, QF_FLAG_BIT(DOCKED)), group->n_vehicles);
    }
}

/* a line for each group that had some; one where nobody had */
static void print_collisions(const qf_fleet *fleet, FILE *out)
{
    size_t n_with_hull = 0;
    bool any = false;
    for (size_t g = 0; g < fleet->scenario->n_groups; g++) {
        const qf_group *group = &fleet->groups[g];
        if (!qf_group_has_shape(group->spec, QF_SHAPE_HULL)) {
            continue;
        }
        const int64_t *collisions = &qf_i64(fleet, QF_FIELD_COLLISIONS, 0)[group->slot_begin];
        int64_t n = 0;
        for (size_t v = 0; v < group->n_vehicles; v++) {
            n += collisions[v] > 0 ? collisions[v] : 0;
        }
        n_with_hull += group->n_vehicles;
        any = any || n > 0;
        if (n > 0) {
            fprintf(out, "  collisions     %s: %" PRId64 " by %zu of %zu vehicles\n",
                    group->spec->name, n, count_flagged(fleet, group, QF_FLAG_BIT(COLLIDED)),
                    group->n_vehicles);
        }
    }
    if (n_with_hull > 1 && !any) {
        fprintf(out, "  collisions     none of %zu vehicles\n", n_with_hull);
    }
}

/* what a vehicle has used does not follow from what it has, then */
static bool faults_set_propellant(const qf_group_spec *spec)
{
    bool any = false;
    for (size_t i = 0; i < spec->n_incidents; i++) {
        const char *column = spec->incidents[i].name;
        any = any || (column && strcmp(column, "propellant_kg") == 0);
    }
    return any;
}

/* the propellant that a vehicle began with is drawn again */
static void print_propellant(const qf_fleet *fleet, const qf_group *group, FILE *out)
{
    const qf_group_spec *spec = group->spec;
    const double *left_kg = &qf_f64(fleet, QF_FIELD_PROPELLANT, 0)[group->slot_begin];
    double values[QF_HW_COUNT];
    double *nodes = calloc(spec->hardware.n_nodes + 1, QF_NODE_PARAMETER_COUNT * sizeof *nodes);
    double sum_kg = 0.0;
    double most_kg = 0.0;
    double sum_before_kg = 0.0;
    if (!spec->body || spec->hardware.n_thrusters == 0 || !nodes) {
        free(nodes); /* without memory a line less, not a run less */
        return;
    }
    for (size_t v = 0; v < group->n_vehicles; v++) {
        const qf_entity e = qf_fleet_entity(fleet, group->entity_begin + v);
        qf_group_draw_hardware(spec, fleet->scenario->seed, e.world, e.vehicle, e.index, values,
                               nodes);
        const double used_kg = values[QF_HW_PROPELLANT_INIT] - left_kg[v];
        sum_before_kg += values[QF_HW_PROPELLANT_INIT];
        sum_kg += used_kg;
        most_kg = used_kg > most_kg ? used_kg : most_kg;
    }
    free(nodes);
    if (faults_set_propellant(spec)) {
        fprintf(
            out,
            "  propellant     %s: %.4g kg left on average; %.4g kg at the start, and what faults "
            "set\n",
            spec->name, (sum_before_kg - sum_kg) / (double)group->n_vehicles,
            sum_before_kg / (double)group->n_vehicles);
        return;
    }
    if (spec->n_guidances == 0 && !(sum_kg > 0.0)) {
        return; /* a station that nothing moves */
    }
    fprintf(out, "  propellant     %s: %.4g kg used on average of %.4g kg, %.4g kg at most\n",
            spec->name, sum_kg / (double)group->n_vehicles,
            sum_before_kg / (double)group->n_vehicles, most_kg);
}

/* how many vehicles of the group a machine has left in a state */
static size_t count_in_state(const qf_fleet *fleet, const qf_group *group, size_t m,
                             const char *name)
{
    const int64_t state = (int64_t)qf_catalog_state(&fleet->catalog, name);
    const int64_t *states = &qf_i64(fleet, QF_FIELD_FSM_STATE, m)[group->slot_begin];
    size_t n = 0;
    for (size_t v = 0; v < group->n_vehicles; v++) {
        n += states[v] == state;
    }
    return n;
}

/* all of them, in the order of the file: an outcome of one vehicle is told like that of most */
static void print_ends(const qf_fleet *fleet, const qf_group *group, FILE *out)
{
    for (size_t m = 0; group->spec->docking && m < group->spec->n_machines; m++) {
        const qf_machine_spec *machine = group->spec->machines[m];
        const char *separator = " ";
        fprintf(out, "  at the end     %s, %s:", group->spec->name, machine->name);
        for (size_t s = 0; s < machine->n_states; s++) {
            const size_t n = count_in_state(fleet, group, m, machine->states[s].name);
            if (n > 0) {
                fprintf(out, "%s%s %zu", separator, machine->states[s].name, n);
                separator = ", ";
            }
        }
        fputc('\n', out);
    }
}

/* as they are at the end; those that turn faster still are quarantined */
static void print_turns(const qf_fleet *fleet, const qf_group *group, FILE *out)
{
    const double most_rps = QF_TRUSTED_TURN_RAD / fleet->scenario->dt_s;
    size_t n = 0;
    for (size_t v = 0; group->spec->body && v < group->n_vehicles; v++) {
        const size_t slot = group->slot_begin + v;
        n += fabs(qf_f64(fleet, QF_FIELD_RATE_X, 0)[slot]) > most_rps ||
             fabs(qf_f64(fleet, QF_FIELD_RATE_Y, 0)[slot]) > most_rps ||
             fabs(qf_f64(fleet, QF_FIELD_RATE_Z, 0)[slot]) > most_rps;
    }
    if (n > 0) {
        fprintf(out,
                "  turns          %s: %zu of %zu by more than %g rad in a tick: not exact, take a "
                "shorter dt_s\n",
                group->spec->name, n, group->n_vehicles, QF_TRUSTED_TURN_RAD);
    }
}

/* by what it is about, not by group: how it ended, what went wrong, what it took */
void qf_print_ships(const qf_fleet *fleet, FILE *out)
{
    const size_t n = fleet->scenario->n_groups;
    for (size_t g = 0; g < n; g++) {
        print_docked(fleet, &fleet->groups[g], out);
    }
    for (size_t g = 0; g < n; g++) {
        print_ends(fleet, &fleet->groups[g], out);
    }
    print_collisions(fleet, out);
    for (size_t g = 0; g < n; g++) {
        print_turns(fleet, &fleet->groups[g], out);
    }
    for (size_t g = 0; g < n; g++) {
        print_propellant(fleet, &fleet->groups[g], out);
    }
}
