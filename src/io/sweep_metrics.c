/* SPDX-License-Identifier: Apache-2.0 */
/* What a sweep measures, and how often. */
#include <string.h>

#include "machine_parts.h"
#include "script_reader.h"
#include "sweep_internal.h"

#define N_NAMES(names) (sizeof(names) / sizeof *(names))

#define SUCCESS  "success"
#define FUNCTION "f" /* the metric that a function is */

/* an error in a text that is not in the file stands at its name */
static const size_t no_offset = (size_t)-1;

/* ---- texts ---- */

/* a metric that is called so could be read in no other: `min(x over a)`, `count(event 520 of a)` */
static bool is_word_of_metrics(const char *name)
{
    return strcmp(name, "over") == 0 || strcmp(name, "of") == 0;
}

static void add_metric(qf_sweep *sweep, const char *name, const char *text,
                       const qf_yaml_node *node, size_t offset)
{
    const size_t m = sweep->spec.n_metrics++;
    sweep->metrics[m] = (qf_metric_spec){.name = name, .text = text};
    sweep->metric_texts[m] = (qf_sweep_text){.node = node, .offset = offset};
}

/* NULL: no more */
static const char *builtin_name(qf_reader *reader, const qf_sweep *sweep, size_t i)
{
    const char *name = qf_metric_builtin_name(reader->arena, &sweep->scenario, i);
    if (name && !*name) {
        qf_diagnose_memory(reader->diagnostics);
        return NULL;
    }
    return name;
}

static void add_builtin(qf_reader *reader, qf_sweep *sweep, const char *name,
                        const qf_yaml_node *node)
{
    const char *text = qf_metric_builtin(reader->arena, &sweep->scenario, name);
    if (text) {
        add_metric(sweep, name, text, node, no_offset);
        return;
    }
    const char *names[256];
    size_t n = 0;
    bool known = false;
    for (const char *other = builtin_name(reader, sweep, 0); other && n < N_NAMES(names);
         other = builtin_name(reader, sweep, n)) {
        known = known || strcmp(other, name) == 0;
        names[n++] = other;
    }
    const char *nearest = known ? NULL : qf_nearest_name(name, names, n);
    qf_diagnose(reader->diagnostics, node,
                known ? "the metric '%s' makes no sense in this scenario%s%s%s"
                      : "no metric '%s' is built in%s%s%s",
                name, nearest ? " (did you mean '" : "", nearest ? nearest : "",
                nearest ? "'?)" : "");
}

static void add_all_builtins(qf_reader *reader, qf_sweep *sweep)
{
    const char *name;
    for (size_t i = 0; (name = builtin_name(reader, sweep, i)) != NULL; i++) {
        const char *text = strcmp(name, SUCCESS) == 0
                               ? NULL
                               : qf_metric_builtin(reader->arena, &sweep->scenario, name);
        if (text) {
            add_metric(sweep, name, text, sweep->section, no_offset);
        }
    }
}

static void add_given(qf_reader *reader, qf_sweep *sweep, const qf_yaml_node *mapping)
{
    const bool function = sweep->spec.function != QF_FUNCTION_NONE;
    for (size_t i = 0; i < mapping->n_children; i++) {
        const qf_yaml_node *node = mapping->children[i];
        const char *name;
        const char *text;
        if (!qf_read_identifier(reader, mapping->keys[i], &name)) {
            continue;
        }
        if (is_word_of_metrics(name)) {
            qf_diagnose(reader->diagnostics, mapping->keys[i],
                        "'%s' is a word of metrics, not free as a name", name);
        } else if (function && strcmp(name, FUNCTION) == 0) {
            qf_diagnose(reader->diagnostics, mapping->keys[i], "'f' is the function's value");
        } else if (!function && strcmp(name, SUCCESS) == 0) {
            qf_diagnose(reader->diagnostics, mapping->keys[i],
                        "'success' is a metric of every sweep: give the key 'success' beside "
                        "'metrics'");
        } else if (qf_yaml_read_text(node, &text, reader->diagnostics)) {
            if (strcmp(text, "builtin") == 0 && !node->quoted) {
                add_builtin(reader, sweep, name, node);
            } else {
                add_metric(sweep, name, text, node, 0);
            }
        }
    }
}

static void add_success(qf_reader *reader, qf_sweep *sweep)
{
    const qf_yaml_node *node = qf_yaml_get(sweep->section, SUCCESS);
    const char *text;
    if (!node) {
        add_builtin(reader, sweep, SUCCESS, sweep->section);
    } else if (qf_yaml_read_text(node, &text, reader->diagnostics)) {
        add_metric(sweep, SUCCESS, text, node, 0);
    }
}

static bool make_room(qf_reader *reader, qf_sweep *sweep, const qf_yaml_node *given)
{
    size_t n = 2 + qf_sweep_count_requirements(sweep) + (given ? given->n_children : 0);
    while (!given && builtin_name(reader, sweep, n)) {
        n++;
    }
    n += qf_sweep_count_requirements(sweep) + 1;
    sweep->metrics = qf_reader_array(reader, n, sizeof *sweep->metrics);
    sweep->metric_texts = qf_reader_array(reader, n, sizeof *sweep->metric_texts);
    sweep->spec.metrics = sweep->metrics;
    return sweep->metrics && sweep->metric_texts;
}

/* ---- the plan ---- */

const qf_metric_plan *qf_sweep_make_plan(const qf_sweep *sweep, qf_context *context,
                                         qf_arena *arena, const qf_scenario *scenario,
                                         qf_metric_spec *specs, size_t *failed,
                                         qf_expression_error *error)
{
    const qf_sweep_spec *spec = &sweep->spec;
    qf_catalog *catalog = qf_arena_array(arena, 1, sizeof *catalog);
    *failed = spec->n_metrics;
    if (!catalog ||
        qf_catalog_create(context, arena, scenario->groups, scenario->n_groups, catalog) != QF_OK) {
        snprintf(error->message, sizeof error->message, "out of memory");
        return NULL;
    }
    return qf_metric_plan_create(arena, scenario, catalog, spec->parameters, spec->n_parameters,
                                 (double)spec->every_ticks * scenario->dt_s, specs, spec->n_metrics,
                                 spec->until, failed, error);
}

static void tell_failure(qf_reader *reader, const qf_sweep_text *at,
                         const qf_expression_error *error)
{
    if (strcmp(error->message, "out of memory") == 0) {
        qf_diagnose_memory(reader->diagnostics);
    } else if (at->offset == no_offset) {
        qf_diagnose(reader->diagnostics, at->node, "%s", error->message);
    } else {
        qf_diagnose_within(reader->diagnostics, at->node, at->offset + error->begin, false,
                           error->message);
    }
}

/* what is wrong is said and taken out, with all that refers to it, until the rest is right */
static void make_plan(qf_reader *reader, qf_sweep *sweep, qf_context *context)
{
    const size_t n = sweep->spec.n_metrics;
    qf_metric_spec *tried = qf_reader_array(reader, n + 1, sizeof *tried);
    if (!tried) {
        return;
    }
    memcpy(tried, sweep->metrics, n * sizeof *tried);
    if (sweep->spec.function != QF_FUNCTION_NONE) {
        tried[0].text = "0"; /* some number: its value comes from no reduction */
    }
    bool good = true;
    for (size_t turn = 0; turn <= n && !reader->diagnostics->out_of_memory; turn++) {
        qf_expression_error error = {0};
        size_t failed;
        const qf_metric_plan *plan = qf_sweep_make_plan(sweep, context, reader->arena,
                                                        &sweep->scenario, tried, &failed, &error);
        if (plan) {
            sweep->plan = good ? plan : NULL;
            break;
        }
        good = false;
        tell_failure(reader, failed < n ? &sweep->metric_texts[failed] : &sweep->until_text,
                     &error);
        if (failed >= n) {
            sweep->spec.until = NULL;
            continue;
        }
        tried[failed].text = "0";
        for (size_t m = failed + 1; m < n; m++) {
            if (qf_expression_mentions(tried[m].text, tried[failed].name)) {
                tried[m].text = "0";
            }
        }
    }
    if (sweep->spec.function != QF_FUNCTION_NONE) {
        tried[0].text = FUNCTION;
    } else if (sweep->plan && tried[sweep->success].kind != QF_VALUE_TRUTH) {
        const qf_sweep_text *at = &sweep->metric_texts[sweep->success];
        qf_diagnose(reader->diagnostics, at->node, "success is a truth value, and this is none");
    }
    if (sweep->plan) {
        /* the plan has kept where they are */
        sweep->metrics = tried;
        sweep->spec.metrics = tried;
    }
}

/* ---- how often ---- */

static void read_every(qf_reader *reader, qf_sweep *sweep)
{
    const qf_yaml_node *node = qf_yaml_get(sweep->section, "every_s");
    const double dt_s = sweep->scenario.dt_s;
    double every_s;
    if (!node || !qf_read_positive(reader, node, &every_s)) {
        return;
    }
    for (size_t p = 0; p < sweep->spec.n_parameters; p++) {
        const char *path = sweep->parameters[p].path;
        if (path && strcmp(path, "time.dt_s") == 0) {
            qf_diagnose(reader->diagnostics, qf_yaml_key_node(sweep->section, node->index),
                        "ticks of cases differ in length: every tick is looked at");
            return;
        }
    }
    const int64_t n = qf_whole_ticks(every_s, dt_s);
    if (n < 1) {
        qf_diagnose(reader->diagnostics, node, "%.15g s is not a multiple of dt_s (%.15g s)",
                    every_s, dt_s);
    } else {
        sweep->spec.every_ticks = n;
    }
}

static void read_until(qf_reader *reader, qf_sweep *sweep)
{
    const qf_yaml_node *node = qf_yaml_get(sweep->section, "until");
    if (node && qf_yaml_read_text(node, &sweep->spec.until, reader->diagnostics)) {
        sweep->until_text = (qf_sweep_text){.node = node};
    }
}

void qf_sweep_read_metrics(qf_reader *reader, qf_sweep *sweep, qf_context *context)
{
    const qf_yaml_node *given = qf_yaml_get(sweep->section, "metrics");
    if (given && !qf_yaml_expect_kind(given, QF_YAML_MAPPING, reader->diagnostics)) {
        return;
    }
    if (!make_room(reader, sweep, given)) {
        return;
    }
    const bool function = sweep->spec.function != QF_FUNCTION_NONE;
    sweep->spec.every_ticks = 1;
    if (function) {
        add_metric(sweep, FUNCTION, FUNCTION, sweep->section, no_offset);
    } else {
        read_every(reader, sweep);
        read_until(reader, sweep);
    }
    if (given) {
        add_given(reader, sweep, given);
    } else if (!function) {
        add_all_builtins(reader, sweep);
    }
    /* what success is may be said by the others */
    sweep->success = sweep->spec.n_metrics;
    if (!function) {
        add_success(reader, sweep);
    }
    qf_sweep_read_requirements(reader, sweep);
    make_plan(reader, sweep, context);
}
