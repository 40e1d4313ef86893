/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Requirements:
 *
 *   requirement := claim relation number [unit | %] [`confidence` number]
 *   claim       := P(truth) | mean(number) | quantile(number, level)
 *   relation    := >= | > | <= | <
 *
 * Truth and number are expressions of the case: what is no metric's name becomes a metric of its own, in no list.
 */
#include <ctype.h>
#include <math.h>
#include <string.h>

#include "sweep_internal.h"
#include "sweep_report.h"
#include "unit.h"

#define N_NAMES(names) (sizeof(names) / sizeof *(names))

/* a text that is read from its beginning to its end */
typedef struct scanner {
    qf_reader *reader;
    const qf_yaml_node *node;
    const char *at;
} scanner;

/* what a text says, but for what its metric is */
typedef struct claim {
    qf_requirement *requirement;
    const char *expression; /* within the text */
    size_t length;
    const char *unit;
    size_t unit_length; /* 0: none is given */
} claim;

static bool fail_at(const scanner *s, const char *at, const char *text)
{
    qf_diagnose_within(s->reader->diagnostics, s->node, (size_t)(at - s->node->text), false, text);
    return false;
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

static bool read_claim(scanner *s, claim *c)
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
static bool read_tail(scanner *s, claim *c)
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

static bool read_text(scanner *s, claim *c)
{
    return read_claim(s, c) && read_relation(s, c->requirement) &&
           read_number(s, "expected a number", &c->requirement->limit) && read_tail(s, c);
}

/* ---- the metric that it is about ---- */

/* blanks at both ends do not count */
static void trim(claim *c)
{
    while (c->length > 0 && isspace((unsigned char)*c->expression)) {
        c->expression++;
        c->length--;
    }
    while (c->length > 0 && isspace((unsigned char)c->expression[c->length - 1])) {
        c->length--;
    }
}

/* by its name, or as one that is added */
static void bind_metric(qf_reader *reader, qf_sweep *sweep, const qf_yaml_node *node, claim *c)
{
    trim(c);
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
                                   (size_t)(c->requirement - sweep->requirements));
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
        claim c = {.requirement = requirement};
        scanner s = {.reader = reader, .node = node, .at = node ? node->text : NULL};
        if (!node) {
            continue;
        }
        requirement->text = node->text;
        requirement->name = requirement->name ? requirement->name : node->text;
        check_name(reader, sweep, list->children[r], r);
        if (!read_text(&s, &c)) {
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

static void check_unit(const scanner *s, const claim *c, const qf_metric_spec *metric)
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
        const char *name = qf_arena_text(s->reader->arena, c->unit, c->unit_length);
        const char *nearest = name ? qf_unit_nearest(name) : NULL;
        const char *text = qf_arena_format(s->reader->arena, "no unit '%s'%s%s%s", name ? name : "",
                                           nearest ? " (did you mean '" : "",
                                           nearest ? nearest : "", nearest ? "'?)" : "");
        fail_at(s, c->unit, text ? text : "no such unit");
        return;
    }
    if (share) {
        fail_at(s, c->unit, "a probability has no unit but %");
        return;
    }
    if (!wanted || !qf_unit_parse(wanted, strlen(wanted), &of_metric) ||
        !qf_unit_same_quantity(&given, &of_metric)) {
        const char *text =
            qf_arena_format(s->reader->arena, "the unit of '%.*s' is %s", (int)c->length,
                            c->expression, wanted ? wanted : "not known");
        fail_at(s, c->unit, text ? text : "another unit");
        return;
    }
    requirement->limit *= given.scale / of_metric.scale;
}

static bool check_kind(const scanner *s, const claim *c, const qf_metric_spec *metric)
{
    const bool share = c->requirement->claim == QF_CLAIM_PROBABILITY;
    if (share && metric->kind != QF_VALUE_TRUTH) {
        return fail_at(s, c->expression, "P is of a truth value, and this is none");
    }
    if (!share && metric->kind != QF_VALUE_NUMBER) {
        return fail_at(s, c->expression, "mean and quantile are of numbers, and this is none");
    }
    return true;
}

/* a share within [0, 1] that can be on both sides of the limit */
static bool check_limit(const scanner *s, const qf_requirement *requirement)
{
    const double limit = requirement->limit;
    if (requirement->claim != QF_CLAIM_PROBABILITY) {
        return true;
    }
    if (!(limit >= 0.0 && limit <= 1.0)) {
        return fail_at(s, s->node->text,
                       "a probability is from 0 to 1, or to 100 % where the text says so");
    }
    const bool sure = requirement->confidence > 0.0;
    if (requirement->at_least && limit == 1.0 && (requirement->strict || sure)) {
        return fail_at(s, s->node->text,
                       "can never be met: no number of cases shows a probability of 1");
    }
    if (!requirement->at_least && limit == 0.0 && (requirement->strict || sure)) {
        return fail_at(s, s->node->text,
                       "can never be met: no number of cases shows a probability of 0");
    }
    return true;
}

static void check_cases(const scanner *s, const qf_sweep *sweep, const qf_requirement *requirement)
{
    const size_t needed = qf_sweep_least_cases(&sweep->spec, requirement);
    const size_t n = qf_sweep_n_cases(&sweep->spec);
    if (requirement->confidence > 0.0 && !qf_sampling_is_sample(sweep->spec.sampling)) {
        qf_diagnose(
            s->reader->diagnostics, s->node,
            "a confidence is of random, lhs and sobol sampling: other points are no sample");
    } else if (needed == SIZE_MAX) {
        qf_diagnose(s->reader->diagnostics, s->node, "can never be met, with no number of cases");
    } else if (needed > n) {
        qf_diagnose(s->reader->diagnostics, s->node,
                    "can never be met with %zu case%s: needs %zu or more", n, n == 1 ? "" : "s",
                    needed);
    }
}

void qf_sweep_check_requirements(qf_reader *reader, qf_sweep *sweep)
{
    for (size_t r = 0; r < sweep->spec.n_requirements; r++) {
        const qf_yaml_node *node = sweep->requirement_nodes[r];
        qf_requirement said = {0};
        claim c = {.requirement = &said};
        scanner s = {.reader = reader, .node = node, .at = node ? node->text : NULL};
        if (!node || !read_text(&s, &c)) {
            continue;
        }
        trim(&c);
        c.requirement = &sweep->requirements[r];
        const qf_metric_spec *metric = &sweep->metrics[c.requirement->metric];
        const size_t errors = qf_diagnostics_error_count(reader->diagnostics);
        if (check_kind(&s, &c, metric)) {
            check_unit(&s, &c, metric);
        }
        if (qf_diagnostics_error_count(reader->diagnostics) == errors &&
            check_limit(&s, c.requirement)) {
            check_cases(&s, sweep, c.requirement);
        }
    }
}
