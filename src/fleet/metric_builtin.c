/* SPDX-License-Identifier: Apache-2.0 */
/* Metrics that need not be written: their texts, made for the groups of a scenario. */
#include <string.h>

#include "collisions_near.h"
#include "metric_plan.h"

/* groups that something is about */
typedef bool qf_is_about(const qf_scenario *scenario, const qf_group_spec *group);

typedef enum form {
    FORM_PLAIN,    /* `text` as it is, where some group is meant */
    FORM_MIN,      /* the least of `text`, in which every %s is a group */
    FORM_SUM,      /* likewise the sum */
    FORM_ANY,      /* likewise whether one holds */
    FORM_FIRST,    /* likewise when the first one does */
    FORM_AVERAGE,  /* likewise the mean over all vehicles, over time */
    FORM_THE_LAST, /* of the only group that is meant; name_GROUP of any of them */
} form;

static bool is_any(const qf_scenario *scenario, const qf_group_spec *group)
{
    (void)scenario;
    (void)group;
    return true;
}

static bool has_hull(const qf_scenario *scenario, const qf_group_spec *group)
{
    (void)scenario;
    return qf_group_has_shape(group, QF_SHAPE_HULL);
}

static bool has_power(const qf_scenario *scenario, const qf_group_spec *group)
{
    (void)scenario;
    return group->kind != QF_KIND_DEBRIS;
}

static bool has_heat(const qf_scenario *scenario, const qf_group_spec *group)
{
    (void)scenario;
    return group->hardware.n_nodes > 0 && group->hardware.on[QF_HW_THERMAL_ENABLED];
}

static bool has_thrusters(const qf_scenario *scenario, const qf_group_spec *group)
{
    (void)scenario;
    return group->hardware.n_thrusters > 0 && group->hardware.on[QF_HW_PROPULSION_ENABLED];
}

static bool has_radar(const qf_scenario *scenario, const qf_group_spec *group)
{
    (void)scenario;
    return group->radar != NULL;
}

static bool has_tracker(const qf_scenario *scenario, const qf_group_spec *group)
{
    (void)scenario;
    return group->tracker != NULL;
}

static bool has_guards(const qf_scenario *scenario, const qf_group_spec *group)
{
    (void)scenario;
    return group->guards != NULL;
}

static bool does_tasks(const qf_scenario *scenario, const qf_group_spec *group)
{
    (void)scenario;
    return qf_group_has_shape(group, QF_SHAPE_TASK);
}

static bool has_ports(const qf_scenario *scenario, const qf_group_spec *group)
{
    (void)scenario;
    return group->docking && group->docking->n_ports > 0;
}

/* who docks; stations among themselves only where there is nobody else */
static bool docks(const qf_scenario *scenario, const qf_group_spec *group)
{
    bool others = false;
    for (size_t g = 0; g < scenario->n_groups; g++) {
        others = others || (has_ports(scenario, &scenario->groups[g]) &&
                            scenario->groups[g].kind != QF_KIND_STATION);
    }
    return has_ports(scenario, group) && (!others || group->kind != QF_KIND_STATION);
}

/* letters, digits and _: a name that expressions can hold */
static bool is_word(const char *name)
{
    const size_t length =
        strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_0123456789");
    return length > 0 && name[length] == '\0' && !(name[0] >= '0' && name[0] <= '9');
}

static bool has_one_state(const qf_scenario *scenario, const qf_group_spec *group)
{
    (void)scenario;
    return group->count == 1 && group->n_machines == 1 && is_word(group->name);
}

_Static_assert((int)QF_CLEARANCE_M == 10, "least_clearance_m says so");

static const struct {
    const char *name;
    qf_is_about *about;
    form form;
    const char *text;
} builtins[] = {
    {"success", is_any, FORM_PLAIN, "count(event collision) == 0 and count(event halt) == 0"},
    /* both tell of it */
    {"collisions", has_hull, FORM_PLAIN, "count(event collision) / 2"},
    /* a number, too, where nobody came near */
    {"least_clearance_m", has_hull, FORM_MIN, "min(final(min(clearance_m over %s)), 10 m)"},
    {"halts", is_any, FORM_PLAIN, "count(event halt)"},
    {"docked", docks, FORM_ANY, "final(any(dock.hard over %s))"},
    {"docking_time_s", has_ports, FORM_PLAIN, "first_time(event hard_capture)"},
    {"propellant_used_kg", has_thrusters, FORM_SUM,
     "initial(sum(propellant_kg over %s)) - final(sum(propellant_kg over %s))"},
    {"time_to_detect_s", has_radar, FORM_PLAIN, "first_time(detection)"},
    {"false_alarms", has_radar, FORM_PLAIN, "count(false_alarm)"},
    /* by columns: event 211 is told of groups with guards or situations only */
    {"time_to_track_s", has_tracker, FORM_FIRST, "any(track.firm > 0 over %s)"},
    {"gospa_m", has_tracker, FORM_AVERAGE, "mean(gospa_m over %s)"},
    {"guard_alerts", has_guards, FORM_PLAIN, "count(event guard_alert)"},
    {"least_charge_pct", has_power, FORM_MIN, "final(min(soc_min_pct over %s))"},
    {"time_to_power_critical_s", has_power, FORM_PLAIN, "first_time(event power_critical)"},
    {"thermal_trips", has_heat, FORM_PLAIN, "count(event thermal_trip)"},
    {"tasks_done", does_tasks, FORM_SUM, "final(sum(tasks_done over %s))"},
    {"final_state", has_one_state, FORM_THE_LAST, "final(%s.state)"},
};

enum { N_BUILTINS = sizeof builtins / sizeof *builtins };

static const char *or_nothing(const char *text)
{
    return text ? text : "";
}

/* `text` with the group in place of every %s */
static const char *of_group(qf_arena *arena, const char *text, const qf_group_spec *group)
{
    const char *quote = is_word(group->name) ? "" : "\"";
    const char *made = qf_arena_text(arena, "", 0);
    for (const char *place = strstr(text, "%s"); made && place; place = strstr(text, "%s")) {
        made = qf_arena_format(arena, "%s%.*s%s%s%s", made, (int)(place - text), text, quote,
                               group->name, quote);
        text = place + 2;
    }
    made = made ? qf_arena_format(arena, "%s%s", made, text) : NULL;
    return or_nothing(made);
}

static size_t count_groups(const qf_scenario *scenario, size_t b, size_t *n_vehicles)
{
    size_t n = 0;
    *n_vehicles = 0;
    for (size_t g = 0; g < scenario->n_groups; g++) {
        const bool counts = builtins[b].about(scenario, &scenario->groups[g]);
        n += counts;
        *n_vehicles += counts ? scenario->groups[g].count : 0;
    }
    return n;
}

/* what all groups that are meant come to together; NULL: none is */
static const char *of_groups(qf_arena *arena, const qf_scenario *scenario, size_t b)
{
    static const struct {
        const char *open, *between, *close; /* of several */
    } forms[] = {
        [FORM_MIN] = {"min(", ", ", ")"},   [FORM_SUM] = {"", " + ", ""},
        [FORM_ANY] = {"", " or ", ""},      [FORM_FIRST] = {"", " or ", ""},
        [FORM_AVERAGE] = {"(", " + ", ")"},
    };
    const form form_of = builtins[b].form;
    const bool average = form_of == FORM_AVERAGE;
    size_t n_vehicles;
    const size_t n = count_groups(scenario, b, &n_vehicles);
    const char *made = n > 1 ? forms[form_of].open : "";
    size_t k = 0;
    for (size_t g = 0; g < scenario->n_groups; g++) {
        const qf_group_spec *group = &scenario->groups[g];
        if (!builtins[b].about(scenario, group)) {
            continue;
        }
        const char *next = of_group(arena, builtins[b].text, group);
        if (average && n > 1) { /* each by how many it has */
            next = or_nothing(qf_arena_format(arena, "%zu * %s", group->count, next));
        }
        k++;
        const char *after = k < n ? forms[form_of].between : n > 1 ? forms[form_of].close : "";
        made = or_nothing(qf_arena_format(arena, "%s%s%s", made, next, after));
    }
    if (average && n > 0) {
        made = or_nothing(n > 1 ? qf_arena_format(arena, "mean(%s / %zu)", made, n_vehicles)
                                : qf_arena_format(arena, "mean(%s)", made));
    }
    if (form_of == FORM_FIRST) {
        made = or_nothing(qf_arena_format(arena, "first_time(%s)", made));
    }
    return n > 0 && strlen(made) <= QF_EXPRESSION_MOST_BYTES ? made : NULL;
}

/* of the only group; or of the one whose name follows */
static const char *of_one(qf_arena *arena, const qf_scenario *scenario, size_t b, const char *name)
{
    const qf_group_spec *found = NULL;
    size_t n = 0;
    for (size_t g = 0; g < scenario->n_groups; g++) {
        const qf_group_spec *group = &scenario->groups[g];
        if (builtins[b].about(scenario, group) && (!name || strcmp(group->name, name) == 0)) {
            found = group;
            n++;
        }
    }
    return n == 1 ? of_group(arena, builtins[b].text, found) : NULL;
}

const char *qf_metric_builtin(qf_arena *arena, const qf_scenario *scenario, const char *name)
{
    for (size_t b = 0; b < N_BUILTINS; b++) {
        const size_t length = strlen(builtins[b].name);
        const bool the_last = builtins[b].form == FORM_THE_LAST;
        if (the_last && strncmp(name, builtins[b].name, length) == 0 && name[length] == '_') {
            return of_one(arena, scenario, b, name + length + 1);
        }
        if (strcmp(name, builtins[b].name) != 0) {
            continue;
        }
        if (builtins[b].form == FORM_PLAIN) {
            size_t n_vehicles;
            const bool some = count_groups(scenario, b, &n_vehicles) > 0;
            return some || builtins[b].about == is_any ? builtins[b].text : NULL;
        }
        return the_last ? of_one(arena, scenario, b, NULL) : of_groups(arena, scenario, b);
    }
    return NULL;
}

const char *qf_metric_builtin_name(qf_arena *arena, const qf_scenario *scenario, size_t i)
{
    if (i < N_BUILTINS) {
        return builtins[i].name;
    }
    i -= N_BUILTINS;
    for (size_t b = 0; b < N_BUILTINS; b++) {
        size_t n_vehicles;
        if (builtins[b].form != FORM_THE_LAST || count_groups(scenario, b, &n_vehicles) < 2) {
            continue; /* of the only one by the short name */
        }
        for (size_t g = 0; g < scenario->n_groups; g++) {
            const qf_group_spec *group = &scenario->groups[g];
            if (builtins[b].about(scenario, group) && i-- == 0) {
                return or_nothing(qf_arena_format(arena, "%s_%s", builtins[b].name, group->name));
            }
        }
    }
    return NULL;
}
