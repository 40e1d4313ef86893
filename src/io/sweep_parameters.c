/* SPDX-License-Identifier: Apache-2.0 */
/* The parameters of a sweep: where each leads to, and what it may be. docs/sweeps.md says what may stand where. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "machine_parts.h"
#include "sweep_internal.h"
#include "unit.h"

#define N_NAMES(names) (sizeof(names) / sizeof *(names))

/* what a path begins with that is no parameter's, and why */
static const char *const closed_keys[][2] = {
    {"schema", "is the same for all cases"},
    {"name", "is the same for all cases"},
    {"base", "is read before there are cases"},
    {"seed", "is the same for all cases, whose draws differ anyway: see 'replications'"},
    {"worlds", "is 1: a case is one world"},
    {"first_world", "is the number of the case"},
    {"sweep", "says what cases there are"},
    {"requirements", "say what is asked of all cases"},
};

static const char *read_path(qf_reader *reader, const qf_yaml_node *node)
{
    const char *path;
    if (!qf_yaml_read_text(node, &path, reader->diagnostics)) {
        return NULL;
    }
    const size_t length = strcspn(path, ".[");
    for (size_t i = 0; i < N_NAMES(closed_keys); i++) {
        if (strlen(closed_keys[i][0]) == length && memcmp(closed_keys[i][0], path, length) == 0) {
            qf_diagnose(reader->diagnostics, node, "no parameter: '%s' %s", closed_keys[i][0],
                        closed_keys[i][1]);
            return NULL;
        }
    }
    if (strchr(path, '=')) {
        qf_diagnose(reader->diagnostics, node, "expected a path without '='");
        return NULL;
    }
    return path;
}

bool qf_sweep_is_number(const qf_yaml_node *node)
{
    return node->kind == QF_YAML_SCALAR && !node->quoted &&
           (strchr("+-.0123456789", node->text[0]) || strcasecmp(node->text, "nan") == 0 ||
            strcasecmp(node->text, "inf") == 0);
}

static size_t find_text(const char *const *texts, size_t n, const char *text)
{
    size_t i = 0;
    while (i < n && strcmp(texts[i], text) != 0) {
        i++;
    }
    return i;
}

bool qf_sweep_read_words(qf_reader *reader, const qf_yaml_node *const *entries, size_t n,
                         const char *const **texts, size_t *n_texts, double *numbers)
{
    const char **found = qf_reader_array(reader, n, sizeof *found);
    bool good = found != NULL;
    *n_texts = 0;
    for (size_t i = 0; found && i < n; i++) {
        const char *text;
        if (!qf_yaml_read_text(entries[i], &text, reader->diagnostics)) {
            good = false;
            continue;
        }
        if (qf_has_control_characters(text)) {
            qf_diagnose(reader->diagnostics, entries[i], "expected a text of printed characters");
            good = false;
        }
        const size_t at = find_text(found, *n_texts, text);
        found[at] = text;
        *n_texts += at == *n_texts;
        numbers[i] = (double)at;
    }
    *texts = found;
    return good;
}

/* of a parameter's texts, which are numbered from 0 on */
static size_t count_words(const qf_sweep_parameter *parameter)
{
    double most = -1.0;
    for (size_t i = 0; i < parameter->values.n_items; i++) {
        most = fmax(most, parameter->values.items[i]);
    }
    return (size_t)(most + 1.0);
}

/* `choice` or `grid` of words: their numbers instead */
static void read_words(qf_reader *reader, const qf_yaml_node *list, qf_number_kind kind,
                       qf_sweep_parameter *parameter)
{
    const size_t n = list->n_children;
    double *numbers = qf_reader_array(reader, n, sizeof *numbers);
    size_t n_texts;
    const qf_yaml_node *const *entries = (const qf_yaml_node *const *)list->children;
    if (!numbers ||
        !qf_sweep_read_words(reader, entries, n, &parameter->texts, &n_texts, numbers)) {
        return;
    }
    parameter->values = (qf_number){.kind = kind, .items = numbers, .n_items = n};
    if (n_texts < n) {
        qf_diagnose(reader->diagnostics, list, "a word stands twice");
    }
}

static bool is_of_words(const qf_yaml_node *list)
{
    for (size_t i = 0; list->kind == QF_YAML_SEQUENCE && i < list->n_children; i++) {
        const qf_yaml_node *item = list->children[i];
        if (item->kind == QF_YAML_SCALAR && !qf_sweep_is_number(item)) {
            return true;
        }
    }
    return false;
}

/* the mapping without what says where and in which unit: a distribution as anywhere else */
static const qf_yaml_node *distribution_of(qf_reader *reader, const qf_yaml_node *node)
{
    qf_yaml_node *copy = qf_yaml_merge(reader->arena, NULL, node);
    if (!copy) {
        qf_diagnose_memory(reader->diagnostics);
        return NULL;
    }
    qf_yaml_remove(copy, "path");
    qf_yaml_remove(copy, "unit");
    return copy;
}

static void read_values(qf_reader *reader, const qf_yaml_node *node, qf_sweep_parameter *parameter)
{
    const qf_yaml_node *distribution = distribution_of(reader, node);
    if (!distribution) {
        return;
    }
    if (distribution->n_children == 1 && is_of_words(distribution->children[0]) &&
        (qf_yaml_get(distribution, "choice") || qf_yaml_get(distribution, "grid"))) {
        read_words(reader, distribution->children[0],
                   qf_yaml_get(distribution, "grid") ? QF_NUMBER_GRID : QF_NUMBER_CHOICE,
                   parameter);
        return;
    }
    const double infinite = (double)INFINITY;
    qf_number number;
    if (distribution->n_children == 0) {
        qf_diagnose(reader->diagnostics, node,
                    "expected a distribution: uniform, normal, lognormal, choice or grid");
    } else if (distribution->n_children > 1) {
        qf_diagnose(reader->diagnostics, node, "expected one distribution, found %zu",
                    distribution->n_children);
    } else if (qf_read_number(reader, distribution, -infinite, infinite, &number)) {
        parameter->values = number;
    }
}

static void read_unit(qf_reader *reader, const qf_yaml_node *node, qf_sweep_parameter *parameter)
{
    qf_unit unit;
    const char *text;
    if (!qf_yaml_read_text(node, &text, reader->diagnostics)) {
        return;
    }
    if (!qf_unit_parse(text, strlen(text), &unit)) {
        const char *nearest = qf_unit_nearest(text);
        qf_diagnose(reader->diagnostics, node, "no unit '%s'%s%s%s", text,
                    nearest ? " (did you mean '" : "", nearest ? nearest : "",
                    nearest ? "'?)" : "");
        return;
    }
    parameter->unit = text;
}

/* the unit that the last key of a path ends in, where that cannot be anything else; NULL: none */
static const char *unit_of_key(const char *path)
{
    static const struct {
        const char *ending, *unit;
    } known[] = {{"_pct", "percent"}, {"_kg", "kg"},      {"_m", "m"},
                 {"_s", "s"},         {"_deg", "degree"}, {"_wh", "W h"}};
    const char *dot = strrchr(path, '.');
    const char *key = dot ? dot + 1 : path;
    const size_t length = strcspn(key, "[");
    for (size_t i = 0; i < N_NAMES(known); i++) {
        const size_t n = strlen(known[i].ending);
        if (length > n && strncmp(key + length - n, known[i].ending, n) == 0) {
            /* what is before it is a word, not a factor or a quotient */
            size_t word = 0;
            while (word < length - n && key[length - n - 1 - word] != '_') {
                word++;
            }
            return word > 3 || word == length - n ? known[i].unit : NULL;
        }
    }
    return NULL;
}

static void check_unit_of_path(qf_reader *reader, const qf_yaml_node *node,
                               const qf_sweep_parameter *parameter)
{
    const char *expected = parameter->path ? unit_of_key(parameter->path) : NULL;
    qf_unit said, meant;
    if (expected && parameter->unit && qf_unit_parse(expected, strlen(expected), &meant) &&
        qf_unit_parse(parameter->unit, strlen(parameter->unit), &said) &&
        (!qf_unit_same_quantity(&said, &meant) || said.scale != meant.scale)) {
        qf_diagnose(reader->diagnostics, node, "'%s' is in %s, not in %s", parameter->path,
                    expected, parameter->unit);
    }
}

static void read_parameter(qf_reader *reader, const qf_yaml_node *node, bool of_table,
                           qf_sweep_parameter *parameter, qf_sweep_place *place)
{
    static const char *const known[] = {"path",      "unit",   "uniform", "normal",
                                        "lognormal", "choice", "grid"};
    *place = (qf_sweep_place){.node = node};
    if (!qf_yaml_check_keys(node, known, N_NAMES(known), reader->diagnostics)) {
        return;
    }
    const qf_yaml_node *path = qf_yaml_get(node, "path");
    const qf_yaml_node *unit = qf_yaml_get(node, "unit");
    if (path) {
        parameter->path = read_path(reader, path);
        place->path = parameter->path ? path : NULL;
    }
    if (unit) {
        read_unit(reader, unit, parameter);
        check_unit_of_path(reader, unit, parameter);
    }
    if (!of_table) {
        read_values(reader, node, parameter);
    } else if (node->n_children > (path != NULL) + (size_t)(unit != NULL)) {
        qf_diagnose(reader->diagnostics, node,
                    "a distribution, where the values are those of the table: take it out");
    }
}

void qf_sweep_fix_files(qf_reader *reader, qf_sweep *sweep)
{
    for (size_t p = 0; p < sweep->spec.n_parameters; p++) {
        qf_sweep_parameter *parameter = &sweep->parameters[p];
        const qf_yaml_node *path = sweep->places[p].path;
        const size_t n =
            parameter->texts && path && sweep->open_names[p].is_file ? count_words(parameter) : 0;
        const char **texts = n ? qf_reader_array(reader, n, sizeof *texts) : NULL;
        for (size_t i = 0; texts && i < n; i++) {
            const char *file = qf_reader_path(reader, path->file, parameter->texts[i]);
            char *absolute = file ? realpath(file, NULL) : NULL;
            texts[i] = absolute ? qf_arena_text(reader->arena, absolute, strlen(absolute))
                                : parameter->texts[i]; /* its reader says what is wrong */
            free(absolute);
        }
        if (texts) {
            parameter->texts = texts;
            qf_diagnose_note(reader->diagnostics, path,
                             "names files: they are not kept with results, as others are");
        }
    }
}

void qf_sweep_read_parameters(qf_reader *reader, qf_sweep *sweep)
{
    const qf_yaml_node *mapping = qf_yaml_get(sweep->section, "parameters");
    const qf_yaml_node *sampling = qf_yaml_get(sweep->section, "sampling");
    if (!mapping || !qf_yaml_expect_kind(mapping, QF_YAML_MAPPING, reader->diagnostics)) {
        return;
    }
    const size_t n = mapping->n_children;
    sweep->parameters = qf_reader_array(reader, n + 1, sizeof *sweep->parameters);
    sweep->places = qf_reader_array(reader, n + 1, sizeof *sweep->places);
    if (!sweep->parameters || !sweep->places) {
        return;
    }
    for (size_t p = 0; p < n; p++) {
        sweep->parameters[p].name = mapping->keys[p]->text;
        qf_read_identifier(reader, mapping->keys[p], &sweep->parameters[p].name);
        read_parameter(reader, mapping->children[p], sampling && sampling->kind == QF_YAML_MAPPING,
                       &sweep->parameters[p], &sweep->places[p]);
    }
    sweep->spec.parameters = sweep->parameters;
    sweep->spec.n_parameters = n;
}
