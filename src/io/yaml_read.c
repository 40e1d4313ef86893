/* SPDX-License-Identifier: Apache-2.0 */
/* Typed values out of a tree, each with one message that says what was expected. */
#include "yaml_node.h"

#include <errno.h>
#include <inttypes.h>
#include <locale.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { QUOTE_BYTES = 40, FOUND_BYTES = 80, LIST_BYTES = 512, LIST_NAMES = 12 };

static const char *kind_name(qf_yaml_kind kind)
{
    switch (kind) {
    case QF_YAML_SEQUENCE:
        return "a list";
    case QF_YAML_MAPPING:
        return "a mapping";
    default:
        return "a single value";
    }
}

/* what stands there, shortened, for the end of a message */
static const char *describe(const qf_yaml_node *node, char buffer[FOUND_BYTES])
{
    if (node->kind != QF_YAML_SCALAR) {
        return kind_name(node->kind);
    }
    if (node->text[0] == '\0') {
        return node->quoted ? "an empty text" : "nothing";
    }
    int length = (int)strnlen(node->text, QUOTE_BYTES + 1);
    bool shortened = length > QUOTE_BYTES;
    if (shortened) {
        length = QUOTE_BYTES;
        while (length > 0 && ((unsigned char)node->text[length] & 0xc0) == 0x80) {
            length--; /* not within a UTF-8 sequence */
        }
    }
    snprintf(buffer, FOUND_BYTES, "%s'%.*s%s'", node->quoted ? "the quoted text " : "", length,
             node->text, shortened ? "..." : "");
    return buffer;
}

/* it is read as the one value of its text */
static void fix_case(const qf_yaml_node *node)
{
    if (node->cases) {
        node->cases->fixed = true;
    }
}

static bool fail(const qf_yaml_node *node, const char *expected, qf_diagnostics *diagnostics)
{
    char found[FOUND_BYTES];
    qf_diagnose(diagnostics, node, "expected %s, found %s", expected, describe(node, found));
    return false;
}

bool qf_yaml_expect_kind(const qf_yaml_node *node, qf_yaml_kind kind, qf_diagnostics *diagnostics)
{
    return node->kind == kind || fail(node, kind_name(kind), diagnostics);
}

/* `a, b, c`, cut with `...` */
static const char *list_names(const char *const *names, size_t n_names, char buffer[LIST_BYTES])
{
    size_t used = 0;
    buffer[0] = '\0';
    for (size_t i = 0; i < n_names; i++) {
        const char *separator = i > 0 ? ", " : "";
        size_t length = strlen(separator) + strlen(names[i]);
        if (i == LIST_NAMES || used + length + sizeof ", ..." > LIST_BYTES) {
            snprintf(buffer + used, LIST_BYTES - used, "%s...", separator);
            break;
        }
        snprintf(buffer + used, LIST_BYTES - used, "%s%s", separator, names[i]);
        used += length;
    }
    return buffer;
}

static bool fail_unknown(const qf_yaml_node *node, const char *what, const char *const *names,
                         size_t n_names, qf_diagnostics *diagnostics)
{
    const char *nearest = qf_nearest_name(node->text, names, n_names);
    if (nearest) {
        qf_diagnose(diagnostics, node, "%s (did you mean '%s'?)", what, nearest);
    } else {
        char list[LIST_BYTES];
        qf_diagnose(diagnostics, node, "%s (expected one of: %s)", what,
                    list_names(names, n_names, list));
    }
    return false;
}

static bool find_name(const char *text, const char *const *names, size_t n_names, size_t *index)
{
    for (size_t i = 0; i < n_names; i++) {
        if (strcmp(text, names[i]) == 0) {
            *index = i;
            return true;
        }
    }
    return false;
}

bool qf_yaml_check_keys(const qf_yaml_node *mapping, const char *const *known, size_t n_known,
                        qf_diagnostics *diagnostics)
{
    if (!qf_yaml_expect_kind(mapping, QF_YAML_MAPPING, diagnostics)) {
        return false;
    }
    bool all_known = true;
    for (size_t i = 0; i < mapping->n_children; i++) {
        size_t index;
        if (!find_name(mapping->keys[i]->text, known, n_known, &index)) {
            all_known = fail_unknown(mapping->keys[i], "unknown key", known, n_known, diagnostics);
        }
    }
    return all_known;
}

static size_t count_digits(const char *text)
{
    return strspn(text, "0123456789");
}

typedef enum token {
    TOKEN_OTHER,
    TOKEN_INTEGER,
    TOKEN_REAL,         /* has a point or an exponent */
    TOKEN_LEADING_ZERO, /* a number that YAML 1.1 may read as octal */
    TOKEN_NOT_FINITE,
} token;

static token classify(const qf_yaml_node *node)
{
    if (node->kind != QF_YAML_SCALAR || node->quoted) {
        return TOKEN_OTHER;
    }
    const char *at = node->text + (node->text[0] == '-' || node->text[0] == '+');
    const char *word = at + (at[0] == '.');
    if (!strcasecmp(word, "nan") || !strcasecmp(word, "inf") || !strcasecmp(word, "infinity")) {
        return TOKEN_NOT_FINITE;
    }
    size_t n_whole = count_digits(at);
    bool leading_zero = n_whole > 1 && at[0] == '0';
    token kind = TOKEN_INTEGER;
    size_t n_fraction = 0;
    at += n_whole;
    if (*at == '.') {
        kind = TOKEN_REAL;
        n_fraction = count_digits(++at);
        at += n_fraction;
    }
    if (n_whole + n_fraction == 0) {
        return TOKEN_OTHER;
    }
    if (*at == 'e' || *at == 'E') {
        kind = TOKEN_REAL;
        at++;
        at += *at == '-' || *at == '+';
        size_t n_exponent = count_digits(at);
        if (n_exponent == 0) {
            return TOKEN_OTHER;
        }
        at += n_exponent;
    }
    if (*at != '\0') {
        return TOKEN_OTHER;
    }
    return leading_zero ? TOKEN_LEADING_ZERO : kind;
}

/* strtod of a checked token; a host program's locale must not move the decimal point */
static bool parse_real(const char *text, double *value)
{
    locale_t c_locale = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    if (c_locale == (locale_t)0) {
        return false;
    }
    *value = strtod_l(text, NULL, c_locale);
    freelocale(c_locale);
    return true;
}

bool qf_yaml_read_number(const qf_yaml_node *node, double *out, qf_diagnostics *diagnostics)
{
    fix_case(node);
    switch (classify(node)) {
    case TOKEN_OTHER:
        return fail(node, "a number", diagnostics);
    case TOKEN_LEADING_ZERO:
        return fail(node, "a number without leading zeros", diagnostics);
    case TOKEN_NOT_FINITE:
        return fail(node, "a finite number", diagnostics);
    default:
        break;
    }
    double value;
    if (!parse_real(node->text, &value)) {
        qf_diagnose_memory(diagnostics);
        return false;
    }
    if (!isfinite(value)) {
        return fail(node, "a finite number", diagnostics);
    }
    *out = value;
    return true;
}

bool qf_yaml_read_integer(const qf_yaml_node *node, int64_t min, int64_t max, int64_t *out,
                          qf_diagnostics *diagnostics)
{
    fix_case(node);
    if (classify(node) == TOKEN_INTEGER) {
        errno = 0;
        int64_t value = strtoll(node->text, NULL, 10);
        if (errno == 0 && value >= min && value <= max) {
            *out = value;
            return true;
        }
    }
    char expected[96];
    if (max < INT64_MAX) {
        snprintf(expected, sizeof expected, "an integer from %" PRId64 " to %" PRId64, min, max);
    } else {
        snprintf(expected, sizeof expected, "an integer of at least %" PRId64, min);
    }
    return fail(node, expected, diagnostics);
}

bool qf_yaml_read_uint64(const qf_yaml_node *node, uint64_t *out, qf_diagnostics *diagnostics)
{
    fix_case(node);
    /* strtoull would wrap -1 around */
    if (classify(node) == TOKEN_INTEGER && node->text[0] != '-') {
        errno = 0;
        uint64_t value = strtoull(node->text, NULL, 10);
        if (errno == 0) {
            *out = value;
            return true;
        }
    }
    return fail(node, "an integer from 0 to 18446744073709551615", diagnostics);
}

static bool find_plain(const qf_yaml_node *node, const char *const *words, size_t n_words,
                       size_t *index)
{
    return node->kind == QF_YAML_SCALAR && !node->quoted &&
           find_name(node->text, words, n_words, index);
}

/* even: true */
static const char *const switch_words[] = {
    "true", "false", "True", "False", "TRUE", "FALSE", "yes", "no", "Yes",
    "No",   "YES",   "NO",   "on",    "off",  "On",    "Off", "ON", "OFF",
};

enum { N_SWITCH_WORDS = sizeof switch_words / sizeof *switch_words };

bool qf_yaml_read_bool(const qf_yaml_node *node, bool *out, qf_diagnostics *diagnostics)
{
    size_t index;
    fix_case(node);
    if (!find_plain(node, switch_words, N_SWITCH_WORDS, &index)) {
        return fail(node, "true or false", diagnostics);
    }
    *out = index % 2 == 0;
    return true;
}

bool qf_yaml_is_bool(const qf_yaml_node *node)
{
    size_t index;
    return find_plain(node, switch_words, N_SWITCH_WORDS, &index);
}

bool qf_yaml_is_null(const qf_yaml_node *node)
{
    static const char *const words[] = {"", "~", "null", "Null", "NULL"};
    size_t index;
    return find_plain(node, words, sizeof words / sizeof *words, &index);
}

bool qf_yaml_read_text(const qf_yaml_node *node, const char **out, qf_diagnostics *diagnostics)
{
    fix_case(node);
    if (node->kind != QF_YAML_SCALAR || node->text[0] == '\0') {
        return fail(node, "a text", diagnostics);
    }
    *out = node->text;
    return true;
}

bool qf_yaml_read_choice(const qf_yaml_node *node, const char *const *names, size_t n_names,
                         size_t *out, qf_diagnostics *diagnostics)
{
    fix_case(node);
    if (node->kind == QF_YAML_SCALAR && find_name(node->text, names, n_names, out)) {
        return true;
    }
    char found[FOUND_BYTES];
    const char *description = describe(node, found);
    if (node->kind == QF_YAML_SCALAR && node->text[0] != '\0') {
        qf_yaml_node plain = *node; /* quotes are not what is wrong with it */
        plain.quoted = false;
        describe(&plain, found);
        char what[FOUND_BYTES + 16];
        snprintf(what, sizeof what, "unknown value %s", description);
        return fail_unknown(node, what, names, n_names, diagnostics);
    }
    char list[LIST_BYTES];
    qf_diagnose(diagnostics, node, "expected one of: %s; found %s",
                list_names(names, n_names, list), description);
    return false;
}
