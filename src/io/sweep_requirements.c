/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Requirements: what each claims, and of which metric. Expressions are of the case: what is no metric's name becomes a metric
 * of its own, in no list.
 */
#include <string.h>

#include "sweep_claim.h"
#include "sweep_internal.h"
#include "sweep_report.h"
#include "unit.h"

#define N_NAMES(names) (sizeof(names) / sizeof *(names))

/* ---- the metric that it is about ---- */

/* by its name, or as one that is added */
static void bind_metric(qf_reader *reader, qf_sweep *sweep, const qf_yaml_node *node,
                        qf_sweep_claim *c)
{
    size_t m = 0;
    while (m < sweep->spec.n_metrics &&
           (strlen(sweep->metrics[m].name) != c->length ||
            memcmp(sweep->metrics[m].name, c->expression, c->length) != 0)) {
        m++;
    }
    c->requirement->metric = m;
    if (m < sweep->spec.n_metrics) {
        return;
    }
    qf_metric_spec *metric = &sweep->metrics[m];
    /* no expression can hold that name */
    metric->name = qf_arena_format(reader->arena, "requirement %zu",
                                   (size_t)(c->requirement - sweep->requirements) + 1);
    metric->text = qf_arena_text(reader->arena, c->expression, c->length);
    metric->required = true;
    sweep->metric_texts[m] =
        (qf_sweep_text){.node = node, .offset = (size_t)(c->expression - node->text)};
    sweep->spec.n_metrics++;
    if (!metric->name || !metric->text) {
        qf_diagnose_memory(reader->diagnostics);
    }
}

/* ---- the list ---- */

/* the text of an entry, and what is said beside it */
static const qf_yaml_node *open_entry(qf_reader *reader, const qf_yaml_node *item,
                                      qf_requirement *requirement, const qf_yaml_node **confidence)
{
    static const char *const known[] = {"name", "require", "confidence"};
    const char *text;
    *confidence = NULL;
    if (item->kind == QF_YAML_SCALAR) {
        return qf_yaml_read_text(item, &text, reader->diagnostics) ? item : NULL;
    }
    if (!qf_yaml_check_keys(item, known, N_NAMES(known), reader->diagnostics)) {
        return NULL;
    }
    const qf_yaml_node *name = qf_yaml_get(item, "name");
    const qf_yaml_node *require = qf_require(reader, item, "require");
    *confidence = qf_yaml_get(item, "confidence");
    if (name && qf_yaml_read_text(name, &requirement->name, reader->diagnostics) &&
        qf_has_control_characters(requirement->name)) {
        qf_diagnose(reader->diagnostics, name, "expected a text of printed characters");
    }
    return require && qf_yaml_read_text(require, &text, reader->diagnostics) ? require : NULL;
}

static void read_confidence(qf_reader *reader, const qf_yaml_node *node,
                            qf_requirement *requirement)
{
    static const qf_limits limits = {.low = 0.5, .high = 1.0, .high_open = true};
    double confidence;
    if (!qf_read_within(reader, node, &limits, &confidence)) {
        return;
    }
    if (requirement->confidence > 0.0 && requirement->confidence != confidence) {
        qf_diagnose(reader->diagnostics, node, "the text says %.15g", requirement->confidence);
    }
    requirement->confidence = confidence;
}

static void check_name(qf_reader *reader, const qf_sweep *sweep, const qf_yaml_node *item, size_t r)
{
    for (size_t k = 0; k < r; k++) {
        const char *other = sweep->requirements[k].name;
        if (other && strcmp(other, sweep->requirements[r].name) == 0) {
            qf_diagnose(reader->diagnostics, item, "two requirements are called '%s'", other);
            return;
        }
    }
}

size_t qf_sweep_count_requirements(const qf_sweep *sweep)
{
    const qf_yaml_node *list = qf_yaml_get(sweep->root, "requirements");
    return list && list->kind == QF_YAML_SEQUENCE ? list->n_children : 0;
}

void qf_sweep_read_requirements(qf_reader *reader, qf_sweep *sweep)
{
    const qf_yaml_node *list = qf_yaml_get(sweep->root, "requirements");
    if (!list || !qf_yaml_expect_kind(list, QF_YAML_SEQUENCE, reader->diagnostics)) {
        return;
    }
    const size_t n = list->n_children;
    sweep->requirements = qf_reader_array(reader, n + 1, sizeof *sweep->requirements);
    sweep->requirement_nodes = qf_reader_array(reader, n + 1, sizeof *sweep->requirement_nodes);
    if (!sweep->requirements || !sweep->requirement_nodes) {
        return;
    }
    for (size_t r = 0; r < n; r++) {
        qf_requirement *requirement = &sweep->requirements[r];
        const qf_yaml_node *confidence;
        const qf_yaml_node *node = open_entry(reader, list->children[r], requirement, &confidence);
        qf_sweep_claim c;
        if (!node) {
            continue;
        }
        requirement->text = node->text;
        requirement->name = requirement->name ? requirement->name : node->text;
        check_name(reader, sweep, list->children[r], r);
        if (!qf_sweep_read_claim(reader, node, requirement, &c)) {
            continue;
        }
        if (confidence) {
            read_confidence(reader, confidence, requirement);
        }
        bind_metric(reader, sweep, node, &c);
        sweep->requirement_nodes[r] = node;
    }
    sweep->spec.requirements = sweep->requirements;
    sweep->spec.n_requirements = n;
}

/* ---- when metrics are known ---- */

static void check_unit(const qf_sweep_claim *c, const qf_metric_spec *metric)
{
    qf_requirement *requirement = c->requirement;
    const bool share = requirement->claim == QF_CLAIM_PROBABILITY;
    const bool percent = c->unit_length == 1 && *c->unit == '%';
    const char *wanted = metric->unit;
    qf_unit given;
    qf_unit of_metric;
    if (c->unit_length == 0) {
        return;
    }
    if (share && (percent || (c->unit_length == 7 && memcmp(c->unit, "percent", 7) == 0))) {
        requirement->limit /= 100.0;
        return;
    }
    if (!qf_unit_parse(percent ? "percent" : c->unit, percent ? 7 : c->unit_length, &given)) {
        const char *name = qf_arena_text(c->reader->arena, c->unit, c->unit_length);
        const char *nearest = name ? qf_unit_nearest(name) : NULL;
        const char *text = qf_arena_format(c->reader->arena, "no unit '%s'%s%s%s", name ? name : "",
                                           nearest ? " (did you mean '" : "",
                                           nearest ? nearest : "", nearest ? "'?)" : "");
        qf_sweep_fail_claim(c, c->unit, text ? text : "no such unit");
        return;
    }
    if (share) {
        qf_sweep_fail_claim(c, c->unit, "a probability has no unit but %");
        return;
    }
    if (!wanted || !qf_unit_parse(wanted, strlen(wanted), &of_metric) ||
        !qf_unit_same_quantity(&given, &of_metric)) {
        const char *text =
            qf_arena_format(c->reader->arena, "the unit of '%.*s' is %s", (int)c->length,
                            c->expression, wanted ? wanted : "not known");
        qf_sweep_fail_claim(c, c->unit, text ? text : "another unit");
        return;
    }
    requirement->limit *= given.scale / of_metric.scale;
}

static bool check_kind(const qf_sweep_claim *c, const qf_metric_spec *metric)
{
    const bool share = c->requirement->claim == QF_CLAIM_PROBABILITY;
    if (share && metric->kind != QF_VALUE_TRUTH) {
        return qf_sweep_fail_claim(c, c->expression, "P is of a truth value, and this is none");
    }
    if (!share && metric->kind != QF_VALUE_NUMBER) {
        return qf_sweep_fail_claim(c, c->expression,
                                   "mean and quantile are of numbers, and this is none");
    }
    return true;
}

/* a share within [0, 1] that can be on both sides of the limit */
static bool check_limit(const qf_sweep_claim *c)
{
    const qf_requirement *requirement = c->requirement;
    const double limit = requirement->limit;
    if (requirement->claim != QF_CLAIM_PROBABILITY) {
        return true;
    }
    if (!(limit >= 0.0 && limit <= 1.0)) {
        return qf_sweep_fail_claim(
            c, c->node->text, "a probability is from 0 to 1, or to 100 % where the text says so");
    }
    const bool sure = requirement->confidence > 0.0;
    if (requirement->at_least && limit == 1.0 && (requirement->strict || sure)) {
        return qf_sweep_fail_claim(c, c->node->text,
                                   "can never be met: no number of cases shows a probability of 1");
    }
    if (!requirement->at_least && limit == 0.0 && (requirement->strict || sure)) {
        return qf_sweep_fail_claim(c, c->node->text,
                                   "can never be met: no number of cases shows a probability of 0");
    }
    return true;
}

static void check_cases(const qf_sweep_claim *c, const qf_sweep *sweep)
{
    const qf_requirement *requirement = c->requirement;
    const size_t needed = qf_sweep_least_cases(&sweep->spec, requirement);
    const size_t n = qf_sweep_n_cases(&sweep->spec);
    if (requirement->confidence > 0.0 && !qf_sampling_is_sample(sweep->spec.sampling)) {
        qf_diagnose(
            c->reader->diagnostics, c->node,
            "a confidence is of random, lhs and sobol sampling: other points are no sample");
    } else if (needed == SIZE_MAX) {
        qf_diagnose(c->reader->diagnostics, c->node, "can never be met, with no number of cases");
    } else if (needed > n) {
        qf_diagnose(c->reader->diagnostics, c->node,
                    "can never be met with %zu case%s: needs %zu or more (to try fewer cases: "
                    "--set requirements=[], or --cases)",
                    n, n == 1 ? "" : "s", needed);
    }
}

void qf_sweep_check_requirements(qf_reader *reader, qf_sweep *sweep)
{
    for (size_t r = 0; r < sweep->spec.n_requirements; r++) {
        const qf_yaml_node *node = sweep->requirement_nodes[r];
        qf_requirement said = {0};
        qf_sweep_claim c;
        if (!node || !qf_sweep_read_claim(reader, node, &said, &c)) {
            continue;
        }
        c.requirement = &sweep->requirements[r];
        const qf_metric_spec *metric = &sweep->metrics[c.requirement->metric];
        const size_t errors = qf_diagnostics_error_count(reader->diagnostics);
        if (check_kind(&c, metric)) {
            check_unit(&c, metric);
        }
        if (qf_diagnostics_error_count(reader->diagnostics) == errors && check_limit(&c)) {
            check_cases(&c, sweep);
        }
    }
}
