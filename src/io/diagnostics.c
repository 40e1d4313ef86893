/* SPDX-License-Identifier: Apache-2.0 */
#include "diagnostics.h"

#include "yaml_build.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

enum { PATH_BYTES = 256 };

void qf_diagnostics_init(qf_diagnostics *diagnostics)
{
    *diagnostics = (qf_diagnostics){0};
}

static void free_list(qf_diagnostic_list *list)
{
    for (size_t i = 0; i < list->n_items; i++) {
        free(list->items[i].path);
        free(list->items[i].text);
    }
    free(list->items);
}

void qf_diagnostics_free(qf_diagnostics *diagnostics)
{
    free_list(&diagnostics->errors);
    free_list(&diagnostics->notes);
    for (size_t i = 0; i < diagnostics->n_files; i++) {
        free(diagnostics->files[i]);
    }
    free(diagnostics->files);
    qf_diagnostics_init(diagnostics);
}

static bool find_or_add_file(qf_diagnostics *diagnostics, const char *file, size_t *index)
{
    for (size_t i = 0; i < diagnostics->n_files; i++) {
        if (strcmp(diagnostics->files[i], file) == 0) {
            *index = i;
            return true;
        }
    }
    char **files =
        reallocarray(diagnostics->files, diagnostics->n_files + 1, sizeof *diagnostics->files);
    if (!files) {
        return false;
    }
    diagnostics->files = files;
    files[diagnostics->n_files] = strdup(file);
    if (!files[diagnostics->n_files]) {
        return false;
    }
    *index = diagnostics->n_files++;
    return true;
}

/* a message is one line, and a file must not be able to drive the reader's terminal */
static void hide_control_characters(char *text)
{
    for (unsigned char *c = (unsigned char *)text; *c; c++) {
        bool ascii_control = *c < 0x20 || *c == 0x7f;
        bool c1_control = c[0] == 0xc2 && c[1] >= 0x80 && c[1] <= 0x9f;
        if (c1_control) {
            c[1] = '?';
        }
        if (ascii_control || c1_control) {
            *c = '?';
        }
    }
}

static bool is_before(const qf_diagnostic *a, const qf_diagnostic *b)
{
    if (a->file != b->file) {
        return a->file < b->file;
    }
    return a->line != b->line ? a->line < b->line : a->column < b->column;
}

static void free_item(qf_diagnostic *item)
{
    free(item->path);
    free(item->text);
}

static bool is_same(const qf_diagnostic *a, const qf_diagnostic *b)
{
    return a->file == b->file && a->line == b->line && a->column == b->column &&
           strcmp(a->path, b->path) == 0 && strcmp(a->text, b->text) == 0;
}

/* takes over what the item owns, also on failure */
static bool insert_sorted(qf_diagnostic_list *list, size_t max_items, qf_diagnostic item)
{
    size_t at = list->n_items;
    while (at > 0 && is_before(&item, &list->items[at - 1])) {
        at--;
    }
    /* a file that two groups share is read twice: say once what is wrong with it */
    for (size_t before = at; before > 0 && !is_before(&list->items[before - 1], &item); before--) {
        if (is_same(&list->items[before - 1], &item)) {
            list->n_reported--;
            free_item(&item);
            return true;
        }
    }
    if (at == max_items) {
        free_item(&item);
        return true;
    }
    if (list->n_items == max_items) {
        free_item(&list->items[--list->n_items]);
    } else {
        qf_diagnostic *items = reallocarray(list->items, list->n_items + 1, sizeof *list->items);
        if (!items) {
            free_item(&item);
            return false;
        }
        list->items = items;
    }
    memmove(&list->items[at + 1], &list->items[at], (list->n_items - at) * sizeof *list->items);
    list->items[at] = item;
    list->n_items++;
    return true;
}

/* `place` holds line and column; path and text are copied */
static void record(qf_diagnostics *diagnostics, qf_diagnostic_list *list, size_t max_items,
                   const char *file, qf_diagnostic place, const char *path, const char *format,
                   va_list args)
{
    list->n_reported++;
    qf_diagnostic item = place;
    if (vasprintf(&item.text, format, args) < 0) {
        diagnostics->out_of_memory = true;
        return;
    }
    item.path = strdup(path);
    if (!item.path || !find_or_add_file(diagnostics, file, &item.file)) {
        free_item(&item);
        diagnostics->out_of_memory = true;
        return;
    }
    hide_control_characters(item.path);
    hide_control_characters(item.text);
    if (!insert_sorted(list, max_items, item)) {
        diagnostics->out_of_memory = true;
    }
}

static void record_at_node(qf_diagnostics *diagnostics, qf_diagnostic_list *list, size_t max_items,
                           const qf_yaml_node *node, uint32_t n_before, const char *format,
                           va_list args)
{
    char path[PATH_BYTES];
    qf_yaml_path(node, path, sizeof path);
    qf_diagnostic place = {.line = node->line, .column = node->column + n_before};
    record(diagnostics, list, max_items, node->file, place, path, format, args);
}

void qf_diagnose(qf_diagnostics *diagnostics, const qf_yaml_node *node, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    record_at_node(diagnostics, &diagnostics->errors, QF_DIAGNOSTICS_MAX_ERRORS, node, 0, format,
                   args);
    va_end(args);
}

void qf_diagnose_note(qf_diagnostics *diagnostics, const qf_yaml_node *node, const char *format,
                      ...)
{
    va_list args;
    va_start(args, format);
    record_at_node(diagnostics, &diagnostics->notes, QF_DIAGNOSTICS_MAX_NOTES, node, 0, format,
                   args);
    va_end(args);
}

__attribute__((format(printf, 5, 6))) static void diagnose_after(qf_diagnostics *diagnostics,
                                                                 const qf_yaml_node *node,
                                                                 uint32_t n_before, bool is_note,
                                                                 const char *format, ...)
{
    va_list args;
    va_start(args, format);
    record_at_node(diagnostics, is_note ? &diagnostics->notes : &diagnostics->errors,
                   is_note ? QF_DIAGNOSTICS_MAX_NOTES : QF_DIAGNOSTICS_MAX_ERRORS, node, n_before,
                   format, args);
    va_end(args);
}

void qf_diagnose_within(qf_diagnostics *diagnostics, const qf_yaml_node *node, size_t offset,
                        bool is_note, const char *text)
{
    const bool known = node->kind == QF_YAML_SCALAR && node->verbatim;
    const uint32_t n_before =
        known ? qf_yaml_columns(node->text, offset) + (node->quoted ? 1 : 0) : 0;
    diagnose_after(diagnostics, node, n_before, is_note, "%s", text);
}

void qf_diagnose_file(qf_diagnostics *diagnostics, const char *file, uint32_t line, uint32_t column,
                      const char *format, ...)
{
    va_list args;
    va_start(args, format);
    qf_diagnostic place = {.line = line, .column = column};
    record(diagnostics, &diagnostics->errors, QF_DIAGNOSTICS_MAX_ERRORS, file, place, "", format,
           args);
    va_end(args);
}

__attribute__((format(printf, 5, 6))) static void record_again(qf_diagnostics *to, bool notes,
                                                               const char *file,
                                                               const qf_diagnostic *item,
                                                               const char *format, ...)
{
    const qf_diagnostic place = {.line = item->line, .column = item->column};
    va_list args;
    va_start(args, format);
    record(to, notes ? &to->notes : &to->errors,
           notes ? QF_DIAGNOSTICS_MAX_NOTES : QF_DIAGNOSTICS_MAX_ERRORS, file, place, item->path,
           format, args);
    va_end(args);
}

void qf_diagnostics_append(qf_diagnostics *to, const qf_diagnostics *from, bool notes,
                           const char *after)
{
    const qf_diagnostic_list *list = notes ? &from->notes : &from->errors;
    for (size_t i = 0; i < list->n_items; i++) {
        const qf_diagnostic *item = &list->items[i];
        record_again(to, notes, from->files[item->file], item, "%s%s", item->text, after);
    }
    qf_diagnostic_list *into = notes ? &to->notes : &to->errors;
    into->n_reported += list->n_reported - list->n_items;
    to->out_of_memory = to->out_of_memory || from->out_of_memory;
}

void qf_diagnose_memory(qf_diagnostics *diagnostics)
{
    diagnostics->out_of_memory = true;
}

size_t qf_diagnostics_error_count(const qf_diagnostics *diagnostics)
{
    return diagnostics->errors.n_reported + (diagnostics->out_of_memory ? 1 : 0);
}

static void print_list(const qf_diagnostics *diagnostics, const qf_diagnostic_list *list,
                       const char *severity, const char *noun, FILE *out)
{
    for (size_t i = 0; i < list->n_items; i++) {
        const qf_diagnostic *item = &list->items[i];
        fputs(diagnostics->files[item->file], out);
        if (item->line > 0) {
            fprintf(out, ":%u", item->line);
        }
        if (item->line > 0 && item->column > 0) {
            fprintf(out, ":%u", item->column);
        }
        fprintf(out, ": %s%s%s%s\n", severity, item->path, item->path[0] ? ": " : "", item->text);
    }
    size_t n_more = list->n_reported - list->n_items;
    if (n_more > 0) {
        fprintf(out, "and %zu more %s%s\n", n_more, noun, n_more == 1 ? "" : "s");
    }
}

void qf_diagnostics_print(const qf_diagnostics *diagnostics, FILE *out)
{
    print_list(diagnostics, &diagnostics->errors, "", "error", out);
    if (diagnostics->out_of_memory) {
        fputs("out of memory\n", out);
    }
    print_list(diagnostics, &diagnostics->notes, "note: ", "note", out);
}
