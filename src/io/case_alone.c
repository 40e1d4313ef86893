/* SPDX-License-Identifier: Apache-2.0 */
#include "case_alone.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "scenario_reader.h"
#include "sweep_internal.h"
#include "yaml_node.h"

enum { PATH_BYTES = 1024 };

const char *qf_case_value_text(const qf_sweep *sweep, size_t p, uint32_t number,
                               char text[QF_CASE_VALUE_BYTES])
{
    char digits[QF_VALUE_BYTES];
    const char *value = qf_sweep_value_text(sweep, p, number, digits);
    const bool cut = strlen(value) >= QF_CASE_VALUE_BYTES;
    snprintf(text, QF_CASE_VALUE_BYTES, "%.*s%s", QF_CASE_VALUE_BYTES - 4, value, cut ? "..." : "");
    return text;
}

/* a word that YAML would read as something else, or not at all, stands in quotes */
static bool is_plain(const char *word)
{
    bool plain = *word != '\0';
    for (const char *c = word; *c; c++) {
        plain = plain && (isalnum((unsigned char)*c) || strchr("_-+./", *c));
    }
    return plain;
}

static void write_word(FILE *out, const char *word)
{
    if (is_plain(word)) {
        fputs(word, out);
        return;
    }
    fputc('\'', out);
    for (const char *c = word; *c; c++) {
        fputs(*c == '\'' ? "''" : (const char[]){*c, '\0'}, out);
    }
    fputc('\'', out);
}

/* `PATH=VALUE` for each parameter that has a path, then which world it is */
static char **list_overrides(qf_arena *arena, const qf_sweep *sweep, uint32_t number, size_t *n)
{
    const qf_sweep_spec *spec = qf_sweep_get_spec(sweep);
    char **overrides = qf_arena_array(arena, spec->n_parameters + 2, sizeof *overrides);
    bool good = overrides != NULL;
    *n = 0;
    for (size_t p = 0; good && p < spec->n_parameters; p++) {
        const qf_sweep_parameter *parameter = &spec->parameters[p];
        char *text = NULL;
        size_t length;
        FILE *out = parameter->path ? open_memstream(&text, &length) : NULL;
        if (out) {
            fprintf(out, "%s=", parameter->path);
            char digits[QF_VALUE_BYTES];
            write_word(out, qf_sweep_value_text(sweep, p, number, digits));
            good = fclose(out) == 0;
            overrides[*n] = good ? qf_arena_text(arena, text, length) : NULL;
            good = good && overrides[*n];
            *n += good;
        } else {
            good = !parameter->path;
        }
        free(text);
    }
    char world[64];
    snprintf(world, sizeof world, "first_world=%" PRIu32, number);
    for (int last = 0; good && last < 2; last++) {
        const char *text = last == 0 ? "worlds=1" : world;
        overrides[*n] = qf_arena_text(arena, text, strlen(text));
        good = overrides[*n] != NULL;
        *n += good;
    }
    return good ? overrides : NULL;
}

/* the effective scenario without what makes a sweep of it */
static qf_yaml_node *load(qf_arena *arena, const qf_sweep *sweep, const char *name,
                          qf_diagnostics *diagnostics)
{
    char *text = NULL;
    size_t length;
    FILE *out = open_memstream(&text, &length);
    qf_yaml_node *root = NULL;
    if (out) {
        qf_sweep_write(sweep, out);
        if (fclose(out) == 0) {
            root = qf_yaml_load_text(arena, name, text, length, diagnostics);
        }
    }
    free(text);
    size_t n_kept = 0;
    for (size_t i = 0; root && i < root->n_children; i++) {
        const char *key = root->keys[i]->text;
        if (strcmp(key, "sweep") != 0 && strcmp(key, "requirements") != 0) {
            root->keys[n_kept] = root->keys[i];
            root->children[n_kept] = root->children[i];
            root->children[n_kept]->index = n_kept;
            n_kept++;
        }
    }
    if (root) {
        root->n_children = n_kept;
    }
    return root;
}

qf_status qf_sweep_case_alone(qf_context *context, const qf_sweep *sweep, uint32_t number,
                              qf_scenario *scenario)
{
    char name[64];
    qf_arena texts = {0};
    qf_arena arena = {0};
    qf_diagnostics diagnostics;
    qf_diagnostics_init(&diagnostics);
    snprintf(name, sizeof name, "case %" PRIu32, number);
    size_t n;
    char **overrides = list_overrides(&texts, sweep, number, &n);
    qf_yaml_node *root = overrides ? load(&arena, sweep, name, &diagnostics) : NULL;
    qf_status status;
    if (root) {
        status = qf_scenario_read_tree(context, name, arena, root, (const char *const *)overrides,
                                       n, &diagnostics, scenario);
    } else {
        qf_arena_free(&arena);
        status = qf_fail(context, QF_ERROR_MEMORY, "no memory for the scenario of a case");
    }
    if (status == QF_ERROR_SCENARIO && diagnostics.errors.n_items > 0) {
        const qf_diagnostic *first = &diagnostics.errors.items[0];
        status = qf_fail(context, QF_ERROR_SCENARIO, "case %" PRIu32 ": %s", number, first->text);
    }
    qf_diagnostics_free(&diagnostics);
    qf_arena_free(&texts);
    return status;
}
