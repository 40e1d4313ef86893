/* SPDX-License-Identifier: Apache-2.0 */
/* The tables of a file that say what events were about. */
#include <stdlib.h>
#include <string.h>

#include "explain_words.h"

static const struct {
    const char *path;
    const char *number; /* of a row in its group; NULL: the row's own is meant */
    const char *texts[QF_WORD_COLUMNS];
} layout[QF_WORD_TABLES] = {
    [QF_WORDS_TRANSITIONS] = {"machines/transitions",
                              NULL,
                              {"machine", "from", "to", "trigger", "condition", "witness"}},
    [QF_WORDS_MESSAGES] = {"machines/messages", NULL, {"text"}},
    [QF_WORDS_DEVICES] = {"devices", NULL, {"name"}},
    [QF_WORDS_TASKS] = {"tasks", NULL, {"name"}},
    [QF_WORDS_BEHAVIORS] = {"behaviors", "behavior", {"name"}},
    [QF_WORDS_PORTS] = {"ports", "port", {"id"}},
    [QF_WORDS_GUARDS] = {"guards", "rule", {"id"}},
    [QF_WORDS_FAULTS] = {"faults", "number", {"description"}},
};

/* The group of a table, opened; < 0: there is none. */
static hid_t open_table(hid_t file, const char *path)
{
    char above[QF_NC_NAME_BYTES];
    const char *slash = strchr(path, '/');
    snprintf(above, sizeof above, "%.*s", slash ? (int)(slash - path) : 0, path);
    const bool known = (!slash || H5Lexists(file, above, H5P_DEFAULT) > 0) &&
                       H5Lexists(file, path, H5P_DEFAULT) > 0;
    return known ? H5Gopen2(file, path, H5P_DEFAULT) : H5I_INVALID_HID;
}

static bool read_numbers(hid_t group, const char *name, uint64_t n, int64_t **numbers)
{
    *numbers = calloc(n + 1, sizeof **numbers);
    const hid_t variable = *numbers ? H5Dopen2(group, name, H5P_DEFAULT) : H5I_INVALID_HID;
    const bool good = qf_nc_read(variable, H5T_NATIVE_INT64, 0, n, *numbers);
    qf_nc_close_id(variable);
    return good;
}

static bool read_texts(hid_t group, const char *name, uint64_t n, char ***texts)
{
    *texts = calloc(n + 1, sizeof **texts);
    const hid_t variable = *texts ? H5Dopen2(group, name, H5P_DEFAULT) : H5I_INVALID_HID;
    bool good = qf_nc_read_texts(variable, 0, n, *texts);
    for (uint64_t i = 0; good && i < n; i++) {
        good = (*texts)[i] != NULL;
    }
    qf_nc_close_id(variable);
    return good;
}

static void free_table(qf_word_table *table)
{
    for (size_t c = 0; c < QF_WORD_COLUMNS; c++) {
        if (table->texts[c]) {
            qf_nc_free_texts(table->texts[c], table->n);
            free(table->texts[c]);
        }
    }
    free(table->groups);
    free(table->numbers);
    *table = (qf_word_table){0};
}

/* a table that cannot be read is as one that is not there: what it names is told by number */
static void read_table(hid_t file, qf_word_table_id id, qf_word_table *table)
{
    const hid_t group = open_table(file, layout[id].path);
    const hid_t first =
        group >= 0 ? H5Dopen2(group, layout[id].texts[0], H5P_DEFAULT) : H5I_INVALID_HID;
    table->n = qf_nc_length(first);
    bool good = table->n > 0;
    for (size_t c = 0; good && c < QF_WORD_COLUMNS && layout[id].texts[c]; c++) {
        good = read_texts(group, layout[id].texts[c], table->n, &table->texts[c]);
    }
    if (good && layout[id].number) {
        good = read_numbers(group, "group", table->n, &table->groups) &&
               read_numbers(group, layout[id].number, table->n, &table->numbers);
    }
    if (!good) {
        free_table(table);
    }
    qf_nc_close_id(first);
    qf_nc_close_id(group);
}

/* Names of all quantities, which the file has as one text. */
static bool split_quantities(qf_event_words *words)
{
    size_t n = 1;
    for (const char *c = words->quantities_text; c && *c; c++) {
        n += *c == ' ';
    }
    words->quantities = calloc(n, sizeof *words->quantities);
    char *rest = words->quantities_text;
    for (char *name; words->quantities && rest && (name = strsep(&rest, " "));) {
        words->quantities[words->n_quantities++] = name;
    }
    return words->quantities != NULL;
}

bool qf_event_words_open(hid_t file, qf_event_words *words)
{
    *words = (qf_event_words){.file = file};
    const hid_t code = H5Dopen2(file, "events/code", H5P_DEFAULT);
    const hid_t severity = H5Dopen2(file, "events/severity", H5P_DEFAULT);
    (void)qf_nc_get_flags(code, &words->codes);
    (void)qf_nc_get_flags(severity, &words->severities);
    qf_nc_close_id(severity);
    qf_nc_close_id(code);
    for (qf_word_table_id id = 0; id < QF_WORD_TABLES; id++) {
        read_table(file, id, &words->tables[id]);
    }
    words->quantities_text = qf_nc_get_text(file, "quantities");
    return split_quantities(words);
}

void qf_event_words_close(qf_event_words *words)
{
    qf_nc_free_flags(&words->codes);
    qf_nc_free_flags(&words->severities);
    for (qf_word_table_id id = 0; id < QF_WORD_TABLES; id++) {
        free_table(&words->tables[id]);
    }
    free(words->quantities);
    free(words->quantities_text);
    *words = (qf_event_words){.file = H5I_INVALID_HID};
}
