/* SPDX-License-Identifier: Apache-2.0 */
#include "catalog.h"

#include <string.h>

#include "bits.h"

/* a list of names, each once, in order of first appearance */
typedef struct name_list {
    const char **names;
    size_t n;
} name_list;

static size_t place_of(const char *const *names, size_t n, const char *name)
{
    size_t at = 0;
    while (at < n && strcmp(names[at], name) != 0) {
        at++;
    }
    return at;
}

static bool add_name(name_list *list, const char *name)
{
    const bool is_new = place_of(list->names, list->n, name) == list->n;
    if (is_new) {
        list->names[list->n++] = name;
    }
    return is_new;
}

static bool collect_node_names(qf_arena *arena, const qf_group_spec *groups, size_t n_groups,
                               qf_catalog *catalog)
{
    size_t most = 0;
    for (size_t g = 0; g < n_groups; g++) {
        most += groups[g].hardware.n_nodes;
    }
    name_list list = {.names = qf_arena_array(arena, most, sizeof *list.names)};
    for (size_t g = 0; list.names && g < n_groups; g++) {
        for (size_t k = 0; k < groups[g].hardware.n_nodes; k++) {
            add_name(&list, groups[g].hardware.nodes[k].id);
        }
    }
    catalog->node_names = list.names;
    catalog->n_nodes = list.n;
    return list.names != NULL;
}

bool qf_group_behaves(const qf_group_spec *spec)
{
    return spec->n_machines > 0 || spec->bios || spec->n_incidents > 0;
}

static bool does_tasks(const qf_group_spec *spec)
{
    bool any = false;
    for (size_t b = 0; b < spec->n_guidances; b++) {
        any = any || spec->guidances[b].kind == QF_GUIDANCE_TASKS;
    }
    return any;
}

static bool avoids(const qf_group_spec *spec)
{
    bool any = false;
    for (size_t b = 0; b < spec->n_guidances; b++) {
        any = any || spec->guidances[b].avoid_m > 0.0;
    }
    return any;
}

static bool has_target(const qf_group_spec *spec)
{
    bool any = does_tasks(spec);
    for (size_t b = 0; b < spec->n_guidances; b++) {
        any = any || qf_guidance_has_target(spec->guidances[b].kind);
    }
    return any;
}

bool qf_group_has_shape(const qf_group_spec *spec, qf_shape shape)
{
    switch (shape) {
    case QF_SHAPE_TRACKER:
        return spec->tracker != NULL;
    case QF_SHAPE_BEHAVIOR:
        return qf_group_behaves(spec);
    case QF_SHAPE_BODY:
        return spec->body != NULL;
    case QF_SHAPE_WHEELS:
        return spec->body && spec->body->wheels;
    case QF_SHAPE_HULL:
        return spec->body && spec->body->n_hull > 0;
    case QF_SHAPE_GUIDED:
        return spec->n_guidances > 0;
    case QF_SHAPE_TARGET:
        return has_target(spec);
    case QF_SHAPE_AVOID:
        return avoids(spec);
    case QF_SHAPE_TASK:
        return does_tasks(spec);
    case QF_SHAPE_STATION_TRACK:
        return spec->tracker != NULL;
    case QF_SHAPE_DOCKING:
        return spec->docking != NULL;
    case QF_SHAPE_DRIVE:
        return spec->drive != NULL;
    case QF_SHAPE_RADIO:
        return spec->radio != NULL;
    default:
        return true;
    }
}

_Static_assert(QF_MACHINES_MOST <= 8, "state_machines has a bit for each");

/* names of states, variables and devices over all groups */
static bool collect_behavior_names(qf_arena *arena, const qf_group_spec *groups, size_t n_groups,
                                   qf_catalog *catalog)
{
    size_t n_states = 0;
    size_t n_variables = 0;
    size_t n_devices = 0;
    for (size_t g = 0; g < n_groups; g++) {
        n_devices += groups[g].n_devices;
        for (size_t m = 0; m < groups[g].n_machines; m++) {
            n_states += groups[g].machines[m]->n_states;
            n_variables += groups[g].machines[m]->n_variables;
        }
    }
    name_list states = {.names = qf_arena_array(arena, n_states, sizeof *states.names)};
    name_list devices = {.names = qf_arena_array(arena, n_devices, sizeof *devices.names)};
    name_list variables = {.names = qf_arena_array(arena, n_variables, sizeof *variables.names)};
    const qf_variable_spec **specs = qf_arena_array(arena, n_variables, sizeof(void *));
    uint8_t *machines = qf_arena_array(arena, n_states, sizeof *machines);
    if (!machines || !states.names || !devices.names || !variables.names || !specs) {
        return false;
    }
    for (size_t g = 0; g < n_groups; g++) {
        for (size_t d = 0; qf_group_behaves(&groups[g]) && d < groups[g].n_devices; d++) {
            add_name(&devices, groups[g].devices[d].name);
        }
        for (size_t m = 0; m < groups[g].n_machines; m++) {
            const qf_machine_spec *machine = groups[g].machines[m];
            for (size_t s = 0; s < machine->n_states; s++) {
                const char *name = machine->states[s].name;
                add_name(&states, name);
                machines[place_of(states.names, states.n, name)] |= (uint8_t)(1U << m);
            }
            for (size_t v = 0; v < machine->n_variables; v++) {
                if (add_name(&variables, machine->variables[v].name)) {
                    specs[variables.n - 1] = &machine->variables[v];
                }
            }
        }
    }
    catalog->state_names = states.names;
    catalog->state_machines = machines;
    catalog->n_states = states.n;
    catalog->device_names = devices.names;
    catalog->n_devices = devices.n;
    catalog->variables = specs;
    catalog->n_variables = variables.n;
    return true;
}

/* what the groups call the behaviour of a number, each name once */
static const char *behavior_names_of(qf_arena *arena, const qf_group_spec *groups, size_t n_groups,
                                     size_t number)
{
    const char *joined = NULL;
    for (size_t g = 0; g < n_groups; g++) {
        bool is_new = number < groups[g].n_guidances;
        for (size_t before = 0; is_new && before < g; before++) {
            is_new = number >= groups[before].n_guidances ||
                     strcmp(groups[before].guidances[number].name,
                            groups[g].guidances[number].name) != 0;
        }
        if (is_new) {
            joined = qf_arena_format(arena, "%s%s%s", joined ? joined : "", joined ? "+" : "",
                                     groups[g].guidances[number].name);
        }
        if (is_new && !joined) {
            return NULL;
        }
    }
    return joined;
}

static bool collect_guidance_names(qf_arena *arena, const qf_group_spec *groups, size_t n_groups,
                                   qf_catalog *catalog)
{
    size_t most = 0;
    for (size_t g = 0; g < n_groups; g++) {
        most = groups[g].n_guidances > most ? groups[g].n_guidances : most;
    }
    const char **names = qf_arena_array(arena, most, sizeof *names);
    bool complete = names != NULL;
    for (size_t b = 0; complete && b < most; b++) {
        names[b] = behavior_names_of(arena, groups, n_groups, b);
        complete = names[b] != NULL;
    }
    catalog->behavior_names = names;
    catalog->n_behaviors = most;
    return complete;
}

bool qf_catalog_is_output(const qf_catalog *catalog, size_t column)
{
    size_t field = 0;
    while (column - catalog->first_column[field] >= catalog->n_columns_of[field]) {
        field++;
    }
    return qf_field_table[field].role == QF_ROLE_OUTPUT;
}

size_t qf_catalog_state(const qf_catalog *catalog, const char *name)
{
    return place_of(catalog->state_names, catalog->n_states, name);
}

size_t qf_catalog_device(const qf_catalog *catalog, const char *name)
{
    return place_of(catalog->device_names, catalog->n_devices, name);
}

size_t qf_catalog_variable(const qf_catalog *catalog, const char *name)
{
    size_t v = 0;
    while (v < catalog->n_variables && strcmp(catalog->variables[v]->name, name) != 0) {
        v++;
    }
    return v;
}

static size_t words(size_t n_bits)
{
    return (n_bits + QF_BITS_PER_WORD - 1) / QF_BITS_PER_WORD;
}

static void raise_to(size_t *most, size_t n)
{
    *most = n > *most ? n : *most;
}

/* messages that can be on their way to vehicles of the group: those of their targets */
static void count_flights(const qf_group_spec *groups, size_t n_groups, const qf_group_spec *group,
                          size_t *n)
{
    for (size_t b = 0; group->radio && b < group->n_guidances; b++) {
        const size_t target = group->guidances[b].target_group;
        if (qf_guidance_has_target(group->guidances[b].kind) && target < n_groups &&
            groups[target].radio) {
            raise_to(&n[QF_SHAPE_FLIGHT], (size_t)qf_radio_flights(groups[target].radio));
        }
    }
    n[QF_SHAPE_FLIGHT_STATE] = QF_FLIGHT_WORDS * n[QF_SHAPE_FLIGHT];
}

/* how many columns a field of each shape has */
static void count_columns(const qf_group_spec *groups, size_t n_groups, qf_catalog *catalog)
{
    static const qf_shape whole[] = {QF_SHAPE_TRACKER, QF_SHAPE_BEHAVIOR, QF_SHAPE_BODY,
                                     QF_SHAPE_WHEELS,  QF_SHAPE_GUIDED,   QF_SHAPE_TARGET,
                                     QF_SHAPE_HULL,    QF_SHAPE_DOCKING,  QF_SHAPE_DRIVE,
                                     QF_SHAPE_RADIO,   QF_SHAPE_TASK,     QF_SHAPE_AVOID};
    size_t *n = catalog->n_of_shape;
    catalog->n_fault_words = words(QF_FAULT_FIRST_NODE + catalog->n_nodes);
    n[QF_SHAPE_VEHICLE] = 1;
    n[QF_SHAPE_NODE] = catalog->n_nodes;
    n[QF_SHAPE_FAULT_WORD] = catalog->n_fault_words;
    n[QF_SHAPE_VARIABLE] = catalog->n_variables;
    n[QF_SHAPE_DEVICE_WORD] = words(catalog->n_devices);
    for (size_t g = 0; g < n_groups; g++) {
        const qf_group_spec *group = &groups[g];
        size_t n_holds = 0;
        for (size_t m = 0; m < group->n_machines; m++) {
            n_holds += group->machines[m]->n_holds;
        }
        raise_to(&n[QF_SHAPE_MACHINE], group->n_machines);
        raise_to(&n[QF_SHAPE_HOLD], n_holds);
        raise_to(&n[QF_SHAPE_INCIDENT], group->n_incidents);
        raise_to(&n[QF_SHAPE_DUTY],
                 group->body && group->n_guidances > 0 ? group->hardware.n_thrusters : 0);
        raise_to(&n[QF_SHAPE_PULSE],
                 group->body && group->n_guidances > 0 && group->body->min_on_s > 0.0
                     ? group->hardware.n_thrusters
                     : 0);
        raise_to(&n[QF_SHAPE_PORT], group->docking ? group->docking->n_ports : 0);
        raise_to(&n[QF_SHAPE_TASK_WORD], does_tasks(group) ? words(QF_TASKS_MOST) : 0);
        count_flights(groups, n_groups, group, n);
        for (size_t other = 0; other < n_groups; other++) {
            raise_to(&n[QF_SHAPE_STATION_TRACK],
                     group->tracker && groups[other].kind == QF_KIND_STATION);
        }
        for (size_t k = 0; k < sizeof whole / sizeof *whole; k++) {
            raise_to(&n[whole[k]], qf_group_has_shape(group, whole[k]));
        }
        for (size_t i = 0; i < group->n_incidents; i++) {
            const qf_incident_kind kind = group->incidents[i].kind;
            if (kind == QF_INCIDENT_THRUSTER || kind == QF_INCIDENT_THRUSTER_ON) {
                raise_to(&n[QF_SHAPE_THRUSTER], group->hardware.n_thrusters);
                n[QF_SHAPE_DAMAGED_THRUSTERS] = 1;
            }
            raise_to(&n[QF_SHAPE_BATTERY], kind == QF_INCIDENT_BATTERY_CELL);
        }
    }
}

/* text with a number in place of its %s, or itself where it has none */
static const char *numbered(qf_arena *arena, const char *text, size_t number)
{
    const char *place = strstr(text, "%s");
    return place ? qf_arena_format(arena, "%.*s%zu%s", (int)(place - text), text, number, place + 2)
                 : text;
}

/* the flags follow their word, a node's trip follows the fault words */
static bool add_quantities(qf_arena *arena, qf_catalog *catalog, qf_field_id id,
                           qf_quantity *quantities)
{
    const qf_field *field = &qf_field_table[id];
    size_t *n = &catalog->n_quantities;
    bool complete = true;
    for (size_t k = 0; k < catalog->n_columns_of[id]; k++) {
        qf_quantity quantity = {
            .name = field->name,
            .unit = field->unit,
            .long_name = field->long_name,
            .type = field->type,
            .role = field->role,
            .field = id,
            .column = catalog->first_column[id] + k,
            .node = QF_NO_NODE,
            .bit = QF_NO_BIT,
        };
        if (field->shape == QF_SHAPE_NODE) {
            const char *node = catalog->node_names[k];
            quantity.name = qf_arena_format(arena, "temp_%s_c", node);
            quantity.long_name = qf_arena_format(arena, "temperature of thermal node %s", node);
            quantity.node = k;
        } else if (field->shape == QF_SHAPE_FAULT_WORD && k > 0) {
            quantity.name = qf_arena_format(arena, "%s_%zu", field->name, k);
        } else if (field->shape == QF_SHAPE_MACHINE && k > 0) {
            quantity.name = qf_arena_format(arena, "%s_%zu", field->name, k + 1);
        } else if (field->shape == QF_SHAPE_VARIABLE) {
            const qf_variable_spec *variable = catalog->variables[k];
            quantity.name = variable->name;
            quantity.unit = variable->kind == QF_VARIABLE_NUMBER ? variable->unit : "1";
            quantity.long_name =
                qf_arena_format(arena, "variable %s of state machines", variable->name);
        } else if (field->shape == QF_SHAPE_THRUSTER) {
            quantity.name = qf_arena_format(arena, "thruster_%zu_health", k);
            quantity.long_name =
                qf_arena_format(arena, "share of its thrust that thruster %zu still gives", k);
        }
        if (field->shape == QF_SHAPE_DUTY || field->shape == QF_SHAPE_PORT ||
            field->shape == QF_SHAPE_PULSE) {
            quantity.name = numbered(arena, field->name, k);
            quantity.long_name = numbered(arena, field->long_name, k);
        }
        complete = complete && quantity.name && quantity.long_name;
        quantities[(*n)++] = quantity;
    }
    return complete;
}

/* what a fleet has for a flag to be offered */
static qf_shape shape_of_flag(unsigned bit)
{
    switch (bit) {
    case QF_FLAG_BEHAVIOR_DONE_BIT:
    case QF_FLAG_AVOIDING_BIT:
        return QF_SHAPE_GUIDED;
    case QF_FLAG_LINK_LOST_BIT:
        return QF_SHAPE_RADIO;
    case QF_FLAG_DOCKED_BIT:
        return QF_SHAPE_DOCKING;
    case QF_FLAG_COLLIDED_BIT:
        return QF_SHAPE_HULL;
    case QF_FLAG_WRENCH_SATURATED_BIT:
        return QF_SHAPE_DUTY;
    default:
        return QF_SHAPE_VEHICLE;
    }
}

static bool add_flags(qf_arena *arena, qf_catalog *catalog, qf_quantity *quantities)
{
    size_t *n = &catalog->n_quantities;
    for (unsigned f = 0; f < qf_flag_count; f++) {
        if (catalog->n_of_shape[shape_of_flag(qf_flag_table[f].bit)] == 0) {
            continue;
        }
        quantities[(*n)++] = (qf_quantity){
            .name = qf_flag_table[f].name,
            .unit = "1",
            .long_name = qf_flag_table[f].long_name,
            .type = QF_TYPE_U8,
            .role = qf_flag_table[f].role,
            .field = QF_FIELD_FLAGS,
            .column = catalog->first_column[QF_FIELD_FLAGS],
            .node = QF_NO_NODE,
            .bit = qf_flag_table[f].bit,
        };
    }
    for (size_t k = 0; k < catalog->n_nodes; k++) {
        const size_t bit = QF_FAULT_FIRST_NODE + k;
        const char *node = catalog->node_names[k];
        qf_quantity quantity = {
            .name = qf_arena_format(arena, "trip_%s", node),
            .unit = "1",
            .long_name = qf_arena_format(arena, "thermal trip of node %s", node),
            .type = QF_TYPE_U8,
            .role = QF_ROLE_STATE,
            .field = QF_FIELD_FAULTS,
            .column = catalog->first_column[QF_FIELD_FAULTS] + bit / QF_BITS_PER_WORD,
            .node = k,
            .bit = (unsigned)(bit % QF_BITS_PER_WORD),
        };
        if (!quantity.name || !quantity.long_name) {
            return false;
        }
        quantities[(*n)++] = quantity;
    }
    for (size_t d = 0; d < catalog->n_devices; d++) {
        const char *device = catalog->device_names[d];
        qf_quantity quantity = {
            .name = qf_arena_format(arena, "down_%s", device),
            .unit = "1",
            .long_name = qf_arena_format(arena, "device %s does not work", device),
            .type = QF_TYPE_U8,
            .role = QF_ROLE_STATE,
            .field = QF_FIELD_DEVICES_DOWN,
            .column = catalog->first_column[QF_FIELD_DEVICES_DOWN] + d / QF_BITS_PER_WORD,
            .node = QF_NO_NODE,
            .bit = (unsigned)(d % QF_BITS_PER_WORD),
        };
        if (!quantity.name || !quantity.long_name) {
            return false;
        }
        quantities[(*n)++] = quantity;
    }
    return true;
}

/* words whose bits are recorded one by one */
static bool is_spread(qf_field_id id)
{
    return id == QF_FIELD_FLAGS || id == QF_FIELD_DEVICES_DOWN;
}

qf_status qf_catalog_create(qf_context *context, qf_arena *arena, const qf_group_spec *groups,
                            size_t n_groups, qf_catalog *catalog)
{
    *catalog = (qf_catalog){0};
    bool complete = collect_node_names(arena, groups, n_groups, catalog) &&
                    collect_behavior_names(arena, groups, n_groups, catalog) &&
                    collect_guidance_names(arena, groups, n_groups, catalog);
    count_columns(groups, n_groups, catalog);
    for (size_t id = 0; complete && id < QF_FIELD_COUNT; id++) {
        catalog->first_column[id] = catalog->n_columns;
        catalog->n_columns_of[id] = catalog->n_of_shape[qf_field_table[id].shape];
        catalog->n_columns += catalog->n_columns_of[id];
    }
    qf_quantity *quantities = complete ? qf_arena_array(arena,
                                                        catalog->n_columns + qf_flag_count +
                                                            catalog->n_nodes + catalog->n_devices,
                                                        sizeof *quantities)
                                       : NULL;
    complete = quantities != NULL;
    for (qf_field_id id = 0; complete && id < QF_FIELD_COUNT; id++) {
        if (qf_field_table[id].role != QF_ROLE_WORK && !is_spread(id)) {
            complete = add_quantities(arena, catalog, id, quantities);
        }
    }
    complete = complete && add_flags(arena, catalog, quantities);
    catalog->quantities = quantities;
    return complete ? QF_OK
                    : qf_fail(context, QF_ERROR_MEMORY, "no memory for the column catalogue");
}

const qf_quantity *qf_catalog_find(const qf_catalog *catalog, const char *name)
{
    for (size_t i = 0; i < catalog->n_quantities; i++) {
        if (strcmp(catalog->quantities[i].name, name) == 0) {
            return &catalog->quantities[i];
        }
    }
    return NULL;
}
