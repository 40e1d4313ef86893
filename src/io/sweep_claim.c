/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a requirement says:
 *
 *   requirement := claim relation number [unit | %] [`confidence` number]
 *   claim       := P(truth) | mean(number) | quantile(number, level)
 *   relation    := >= | > | <= | <
 */
#include "sweep_claim.h"

#include <ctype.h>
#include <string.h>

#define N_NAMES(names) (sizeof(names) / sizeof *(names))

/* a text that is read from its beginning to its end */
typedef struct scanner {
    qf_reader *reader;
    const qf_yaml_node *node;
    const char *at;
} scanner;

static bool fail_at(const scanner *s, const char *at, const char *text)
{
    qf_diagnose_within(s->reader->diagnostics, s->node, (size_t)(at - s->node->text), false, text);
    return false;
}

bool qf_sweep_fail_claim(const qf_sweep_claim *claim, const char *at, const char *text)
{
    const scanner s = {.reader = claim->reader, .node = claim->node};
    return fail_at(&s, at, text);
}

static void skip_blanks(scanner *s)
{
    while (isspace((unsigned char)*s->at)) {
        s->at++;
    }
}

static bool accept(scanner *s, const char *text)
{
    skip_blanks(s);
    const size_t length = strlen(text);
    if (strncmp(s->at, text, length) != 0) {
        return false;
    }
    s->at += length;
    return true;
}

static bool is_letter(char c)
{
    return isalnum((unsigned char)c) || c == '_';
}

static bool accept_word(scanner *s, const char *word)
{
    skip_blanks(s);
    const char *before = s->at;
    if (accept(s, word) && !is_letter(*s->at)) {
        return true;
    }
    s->at = before;
    return false;
}

/* a decimal number, finite, as everywhere in a scenario */
static bool read_number(scanner *s, const char *expected, double *out)
{
    skip_blanks(s);
    const char *begin = s->at;
    const char *at = begin + (*begin == '-' || *begin == '+');
    while (isdigit((unsigned char)*at) || *at == '.' ||
           ((*at == 'e' || *at == 'E') && at > begin &&
            (isdigit((unsigned char)at[1]) || at[1] == '-' || at[1] == '+'))) {
        at += (*at == 'e' || *at == 'E') ? 2 : 1;
    }
    const char *token = qf_arena_text(s->reader->arena, begin, (size_t)(at - begin));
    if (!token) {
        qf_diagnose_memory(s->reader->diagnostics);
        return false;
    }
    qf_diagnostics unheard;
    qf_diagnostics_init(&unheard);
    const qf_yaml_node node = {.kind = QF_YAML_SCALAR, .text = token, .file = s->node->file};
    const bool good = qf_yaml_read_number(&node, out, &unheard);
    qf_diagnostics_free(&unheard);
    if (!good) {
        return fail_at(s, begin, expected);
    }
    s->at = at;
    return true;
}

/* the end of what stands in brackets, and the last comma in it that is in no others */
static const char *find_end(const char *at, const char **comma)
{
    size_t depth = 0;
    char quote = '\0';
    *comma = NULL;
    for (; *at; at++) {
        if (quote) {
            quote = *at == quote ? '\0' : quote;
        } else if (*at == '"' || *at == '\'') {
            quote = *at;
        } else if (*at == '(') {
            depth++;
        } else if (*at == ')' && depth-- == 0) {
            return at;
        } else if (*at == ',' && depth == 0) {
            *comma = at;
        }
    }
    return NULL;
}

static bool read_claim(scanner *s, qf_sweep_claim *c)
{
    static const char *const words[] = {"P", "mean", "quantile"};
    static const qf_claim claims[] = {QF_CLAIM_PROBABILITY, QF_CLAIM_MEAN, QF_CLAIM_QUANTILE};
    static const char expected[] =
        "expected P(TRUTH), mean(NUMBER) or quantile(NUMBER, LEVEL) and then >=, >, <= or < and a "
        "number";
    size_t k = 0;
    while (k < N_NAMES(words) && !accept_word(s, words[k])) {
        k++;
    }
    if (k == N_NAMES(words) || !accept(s, "(")) {
        skip_blanks(s);
        return fail_at(s, s->at, expected);
    }
    const char *comma;
    const char *begin = s->at;
    const char *end = find_end(begin, &comma);
    if (!end) {
        return fail_at(s, begin - 1, "the bracket has no end");
    }
    c->requirement->claim = claims[k];
    c->expression = begin;
    c->length = (size_t)(end - begin);
    s->at = end + 1;
    if (claims[k] != QF_CLAIM_QUANTILE) {
        return true;
    }
    if (!comma) {
        return fail_at(s, end, "expected ', LEVEL' with a level between 0 and 1");
    }
    c->length = (size_t)(comma - begin);
    scanner level = {.reader = s->reader, .node = s->node, .at = comma + 1};
    if (!read_number(&level, "expected a level between 0 and 1", &c->requirement->level)) {
        return false;
    }
    skip_blanks(&level);
    if (level.at != end || !(c->requirement->level > 0.0 && c->requirement->level < 1.0)) {
        return fail_at(s, comma + 1, "expected a level between 0 and 1");
    }
    return true;
}

static bool read_relation(scanner *s, qf_requirement *requirement)
{
    skip_blanks(s);
    if (*s->at != '<' && *s->at != '>') {
        return fail_at(s, s->at, "expected >=, >, <= or <");
    }
    requirement->at_least = *s->at == '>';
    s->at++;
    requirement->strict = *s->at != '=';
    s->at += requirement->strict ? 0 : 1;
    return true;
}

static bool is_confidence(double value)
{
    return value >= 0.5 && value < 1.0;
}

#define CONFIDENCE "expected a confidence of at least 0.5 and below 1"

/* what is left: a unit, and `confidence` with a number */
static bool read_tail(scanner *s, qf_sweep_claim *c)
{
    skip_blanks(s);
    const char *begin = s->at;
    const char *word = strstr(begin, "confidence");
    while (word &&
           (is_letter(word[strlen("confidence")]) || (word > begin && is_letter(word[-1])))) {
        word = strstr(word + 1, "confidence");
    }
    const char *end = word ? word : begin + strlen(begin);
    while (end > begin && isspace((unsigned char)end[-1])) {
        end--;
    }
    c->unit = begin;
    c->unit_length = (size_t)(end - begin);
    if (!word) {
        return true;
    }
    s->at = word + strlen("confidence");
    skip_blanks(s);
    const char *number = s->at;
    double confidence;
    if (!read_number(s, CONFIDENCE, &confidence)) {
        return false;
    }
    skip_blanks(s);
    if (*s->at || !is_confidence(confidence)) {
        return fail_at(s, *s->at ? s->at : number,
                       *s->at ? "expected the end of the requirement" : CONFIDENCE);
    }
    c->requirement->confidence = confidence;
    return true;
}

/* blanks at both ends do not count */
static void trim(qf_sweep_claim *c)
{
    while (c->length > 0 && isspace((unsigned char)*c->expression)) {
        c->expression++;
        c->length--;
    }
    while (c->length > 0 && isspace((unsigned char)c->expression[c->length - 1])) {
        c->length--;
    }
}

bool qf_sweep_read_claim(qf_reader *reader, const qf_yaml_node *node, qf_requirement *requirement,
                         qf_sweep_claim *claim)
{
    scanner s = {.reader = reader, .node = node, .at = node->text};
    *claim = (qf_sweep_claim){.reader = reader, .node = node, .requirement = requirement};
    if (!read_claim(&s, claim) || !read_relation(&s, requirement) ||
        !read_number(&s, "expected a number", &requirement->limit) || !read_tail(&s, claim)) {
        return false;
    }
    trim(claim);
    return true;
}
