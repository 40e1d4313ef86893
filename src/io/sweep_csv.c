/* SPDX-License-Identifier: Apache-2.0 */
/* Tables of a sweep's cases: CSV as of RFC 4180, with a line of names; or rows in the scenario itself. */
#include <stdlib.h>
#include <string.h>

#include "sweep_internal.h"
#include "utf8.h"
#include "yaml_build.h"

typedef struct csv {
    qf_reader *reader;
    const char *path;
    const char *at; /* next byte */
    const char *end;
    const char *line_begin;
    uint32_t line;
    qf_yaml_node **cells; /* of all lines, one after the other */
    size_t n_cells;
    size_t capacity;
} csv;

static uint32_t column_of(const csv *c, const char *at)
{
    return 1 + qf_yaml_columns(c->line_begin, (size_t)(at - c->line_begin));
}

static bool complain(const csv *c, const char *at, const char *text)
{
    qf_diagnose_file(c->reader->diagnostics, c->path, c->line, column_of(c, at), "%s", text);
    return false;
}

/* what a scenario could not hold would make results that nobody can read */
static bool is_text(const char *text, size_t length)
{
    size_t at = 0;
    size_t n = 1;
    while (at < length && n > 0) {
        n = qf_utf8_character_bytes(text + at);
        at += n;
    }
    return n > 0;
}

static bool add_cell(csv *c, const char *text, size_t length, const char *at, bool quoted)
{
    if (c->n_cells == c->capacity) {
        const size_t capacity = c->capacity ? 2 * c->capacity : 1024;
        qf_yaml_node **larger = qf_reader_array(c->reader, capacity, sizeof *larger);
        if (!larger) {
            return false;
        }
        if (c->n_cells > 0) {
            memcpy(larger, c->cells, c->n_cells * sizeof(qf_yaml_node *));
        }
        c->cells = larger;
        c->capacity = capacity;
    }
    qf_yaml_node *cell = qf_yaml_new(c->reader->arena, QF_YAML_SCALAR, text, length);
    if (!cell) {
        qf_diagnose_memory(c->reader->diagnostics);
        return false;
    }
    if (!is_text(cell->text, length)) {
        return complain(c, at, "not UTF-8 text, or a character that no scenario may hold");
    }
    cell->quoted = quoted;
    cell->file = c->path;
    cell->line = c->line;
    cell->column = column_of(c, at);
    c->cells[c->n_cells++] = cell;
    return true;
}

static bool ends_line(const csv *c, const char *at)
{
    return at == c->end || *at == '\n' || (*at == '\r' && (at + 1 == c->end || at[1] == '\n'));
}

static void skip_blanks(csv *c)
{
    while (c->at < c->end && (*c->at == ' ' || *c->at == '\t')) {
        c->at++;
    }
}

/* "a ""quoted"" text", which may hold ends of lines, but no word of a scenario does */
static bool read_quoted(csv *c)
{
    const char *const begin = c->at++;
    char *text = malloc((size_t)(c->end - begin) + 1);
    size_t n = 0;
    if (!text) {
        qf_diagnose_memory(c->reader->diagnostics);
        return false;
    }
    bool open = true;
    while (open && c->at < c->end && *c->at != '\n') {
        if (*c->at == '"' && c->at + 1 < c->end && c->at[1] == '"') {
            c->at++;
        } else if (*c->at == '"') {
            open = false;
            c->at++;
            break;
        }
        text[n++] = *c->at++;
    }
    skip_blanks(c);
    bool good = !open || complain(c, begin, "the quoted text has no end in this line");
    if (good && !ends_line(c, c->at) && *c->at != ',') {
        good = complain(c, c->at, "expected ',' or the end of the line after a quoted text");
    }
    good = good && add_cell(c, text, n, begin, true);
    free(text);
    return good;
}

static bool read_plain(csv *c)
{
    const char *begin = c->at;
    while (!ends_line(c, c->at) && *c->at != ',') {
        if (*c->at == '"') {
            return complain(c, c->at, "a quote within a text that does not begin with one");
        }
        c->at++;
    }
    const char *last = c->at;
    while (last > begin && (last[-1] == ' ' || last[-1] == '\t')) {
        last--;
    }
    return add_cell(c, begin, (size_t)(last - begin), begin, false);
}

/* the cells of a line; moves behind its end */
static bool read_line(csv *c)
{
    for (;;) {
        skip_blanks(c);
        if (!(c->at < c->end && *c->at == '"' ? read_quoted(c) : read_plain(c))) {
            return false;
        }
        if (c->at == c->end || *c->at != ',') {
            break;
        }
        c->at++;
    }
    if (c->at < c->end && *c->at == '\r') {
        c->at++;
    }
    if (c->at < c->end) {
        c->at++;
        c->line++;
        c->line_begin = c->at;
    }
    return true;
}

static bool only_blank_lines_left(const csv *c)
{
    const char *at = c->at;
    while (at < c->end && (*at == '\n' || *at == '\r')) {
        at++;
    }
    return at == c->end;
}

/* all lines of as many cells as the first */
static bool read_lines(csv *c, size_t *n_columns)
{
    while (!only_blank_lines_left(c)) {
        const size_t before = c->n_cells;
        const uint32_t line = c->line;
        if (!read_line(c)) {
            return false;
        }
        const size_t n = c->n_cells - before;
        if (before == 0) {
            *n_columns = n;
        } else if (n != *n_columns) {
            qf_diagnose_file(c->reader->diagnostics, c->path, line, 1,
                             "expected %zu values as in the first line, found %zu", *n_columns, n);
            return false;
        }
    }
    return true;
}

/* For each name, its column. */
static bool match_header(qf_reader *reader, const qf_yaml_node *file, qf_yaml_node *const *header,
                         size_t n_columns, const char *const *names, size_t n_names,
                         size_t *column_of_name)
{
    bool good = true;
    for (size_t p = 0; p < n_names; p++) {
        column_of_name[p] = n_columns;
    }
    for (size_t c = 0; c < n_columns; c++) {
        size_t p = 0;
        while (p < n_names && strcmp(names[p], header[c]->text) != 0) {
            p++;
        }
        if (p == n_names) {
            const char *nearest = qf_nearest_name(header[c]->text, names, n_names);
            qf_diagnose(reader->diagnostics, header[c], "no parameter '%s'%s%s%s", header[c]->text,
                        nearest ? " (did you mean '" : "", nearest ? nearest : "",
                        nearest ? "'?)" : "");
            good = false;
        } else if (column_of_name[p] < n_columns) {
            qf_diagnose(reader->diagnostics, header[c], "a second column '%s'", names[p]);
            good = false;
        } else {
            column_of_name[p] = c;
        }
    }
    for (size_t p = 0; p < n_names; p++) {
        if (column_of_name[p] == n_columns) {
            qf_diagnose(reader->diagnostics, file, "no column for the parameter '%s'", names[p]);
            good = false;
        }
    }
    return good;
}

static bool arrange(csv *c, const qf_yaml_node *file, size_t n_columns, const char *const *names,
                    size_t n_names, qf_sweep_table_cells *table)
{
    size_t *column_of_name = qf_reader_array(c->reader, n_names + 1, sizeof *column_of_name);
    if (!column_of_name ||
        !match_header(c->reader, file, c->cells, n_columns, names, n_names, column_of_name)) {
        return false;
    }
    const size_t n_rows = c->n_cells / n_columns - 1;
    const qf_yaml_node **cells = qf_reader_array(c->reader, n_rows * n_names + 1, sizeof *cells);
    for (size_t r = 0; cells && r < n_rows; r++) {
        for (size_t p = 0; p < n_names; p++) {
            cells[r * n_names + p] = c->cells[(r + 1) * n_columns + column_of_name[p]];
        }
    }
    *table = (qf_sweep_table_cells){.cells = cells, .n_rows = n_rows, .n_columns = n_names};
    return cells != NULL;
}

bool qf_sweep_read_csv(qf_reader *reader, const qf_yaml_node *file, const char *const *names,
                       size_t n_names, qf_sweep_table_cells *table)
{
    static const char mark[] = "\xef\xbb\xbf";
    const char *name;
    if (!qf_yaml_read_text(file, &name, reader->diagnostics)) {
        return false;
    }
    const char *path = qf_reader_path(reader, file->file, name);
    size_t length;
    char *text = path ? qf_read_whole_file(path, &length, reader->diagnostics) : NULL;
    if (!text) {
        return false;
    }
    csv c = {.reader = reader, .path = path, .at = text, .end = text + length, .line = 1};
    if (length >= 3 && memcmp(text, mark, 3) == 0) {
        c.at += 3;
    }
    c.line_begin = c.at;
    size_t n_columns = 0;
    bool good = read_lines(&c, &n_columns);
    if (good && c.n_cells <= n_columns) {
        qf_diagnose_file(reader->diagnostics, path, 0, 0,
                         "no rows: expected a line of names, and a line for each case");
        good = false;
    }
    good = good && arrange(&c, file, n_columns, names, n_names, table);
    free(text);
    return good;
}

/* ---- into parameters ---- */

static bool take_numbers(qf_reader *reader, const qf_sweep_table_cells *table, size_t p,
                         double *column)
{
    bool good = true;
    for (size_t r = 0; r < table->n_rows; r++) {
        const qf_yaml_node *cell = table->cells[r * table->n_columns + p];
        good = qf_yaml_read_number(cell, &column[r], reader->diagnostics) && good;
    }
    return good;
}

static bool take_words(qf_reader *reader, const qf_sweep_table_cells *table, size_t p,
                       double *column, qf_sweep_parameter *parameter)
{
    const qf_yaml_node **entries = qf_reader_array(reader, table->n_rows, sizeof *entries);
    for (size_t r = 0; entries && r < table->n_rows; r++) {
        entries[r] = table->cells[r * table->n_columns + p];
    }
    size_t n_texts;
    if (!entries ||
        !qf_sweep_read_words(reader, entries, table->n_rows, &parameter->texts, &n_texts, column)) {
        return false;
    }
    double *numbers = qf_reader_array(reader, n_texts, sizeof *numbers);
    for (size_t i = 0; numbers && i < n_texts; i++) {
        numbers[i] = (double)i;
    }
    parameter->values = (qf_number){.kind = QF_NUMBER_CHOICE, .items = numbers, .n_items = n_texts};
    return numbers != NULL;
}

void qf_sweep_take_table(qf_reader *reader, qf_sweep *sweep, const qf_sweep_table_cells *table)
{
    const size_t n = table->n_rows;
    size_t n_values;
    if (!qf_size_multiply(n, table->n_columns, &n_values)) {
        qf_diagnose_memory(reader->diagnostics);
        return;
    }
    double *values = qf_reader_array(reader, n_values + 1, sizeof *values);
    for (size_t p = 0; values && p < table->n_columns; p++) {
        double *column = values + p * n;
        qf_sweep_parameter *parameter = &sweep->parameters[p];
        /* a column is of what its first row is, so that a misspelt number is no word */
        if (!qf_sweep_is_number(table->cells[p])) {
            take_words(reader, table, p, column, parameter);
        } else if (take_numbers(reader, table, p, column)) {
            parameter->values =
                (qf_number){.kind = QF_NUMBER_CHOICE, .items = column, .n_items = n};
        }
    }
    sweep->spec.table = values;
    sweep->spec.n_points = n;
}
