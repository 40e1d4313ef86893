/* SPDX-License-Identifier: Apache-2.0 */
/* Names and expressions of machines, as texts. */
#include <string.h>

#include "machine_parts.h"

/* what an expression would take for something else */
static const char *const words[] = {
    "and", "or",  "not",       "true",  "false",           "if",     "hold", "abs",
    "min", "max", "is_finite", "state", "time_in_state_s", "time_s", "tick"};

static bool is_letter(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_';
}

bool qf_read_identifier(qf_reader *reader, const qf_yaml_node *node, const char **name)
{
    enum { MOST = 64 };
    const char *text;
    if (!qf_yaml_read_text(node, &text, reader->diagnostics)) {
        return false;
    }
    bool fits = is_letter(text[0]) && strlen(text) <= MOST;
    for (const char *c = text; *c; c++) {
        fits = fits && (is_letter(*c) || (*c >= '0' && *c <= '9'));
    }
    if (!fits) {
        qf_diagnose(reader->diagnostics, node,
                    "expected a name of at most %d letters, digits and '_' that does not begin "
                    "with a digit, found '%s'",
                    MOST, text);
        return false;
    }
    for (size_t w = 0; w < sizeof words / sizeof *words; w++) {
        if (strcmp(text, words[w]) == 0) {
            qf_diagnose(reader->diagnostics, node,
                        "'%s' is a word of expressions, not free as a name", text);
            return false;
        }
    }
    *name = text;
    return true;
}

bool qf_read_expression(qf_reader *reader, const qf_yaml_node *node, qf_text *text)
{
    bool truth;
    *text = (qf_text){.place = node};
    if (qf_yaml_is_bool(node)) {
        qf_yaml_read_bool(node, &truth, reader->diagnostics);
        text->text = truth ? "true" : "false";
        return true;
    }
    if (qf_yaml_is_null(node)) {
        qf_diagnose(reader->diagnostics, node, "expected an expression, found nothing");
        return false;
    }
    return qf_yaml_read_text(node, &text->text, reader->diagnostics);
}
