/* SPDX-License-Identifier: Apache-2.0 */
/* Events and detections in texts of metrics: by the names that the table of events has, or by number. */
#include <string.h>

#include "expression_internal.h"
#include "metric_plan_internal.h"
#include "nearest_name.h"

enum { FIRST_CODE = 100 };

static const struct {
    const char *name;
    int32_t code;
} events[] = {
#define QF_EVENT(id, code, severity, name) {name, code},
    QF_EVENT_TABLE(QF_EVENT)
#undef QF_EVENT
};

enum { N_EVENTS = sizeof events / sizeof *events };

static bool fail_unknown(const qf_reduction *reduction, const qf_token *token,
                         qf_expression_error *error)
{
    const char *names[N_EVENTS];
    char name[65];
    const size_t length = token->end - token->begin;
    const size_t shown = length < 64 ? length : 64;
    memcpy(name, reduction->text + token->begin, shown);
    name[shown] = '\0';
    for (size_t i = 0; i < N_EVENTS; i++) {
        names[i] = events[i].name;
    }
    const char *nearest = qf_nearest_name(name, names, N_EVENTS);
    return qf_expression_fail(error, token->begin, token->end, "unknown event '%s'%s%s%s", name,
                              nearest ? " (did you mean '" : "", nearest ? nearest : "",
                              nearest ? "'?)" : "");
}

static bool read_code(const qf_token *token, int32_t *code, qf_expression_error *error)
{
    if (!(token->value >= FIRST_CODE && token->value < QF_EVENT_CODES) || token->has_unit ||
        token->ticks || token->value != (double)(int32_t)token->value) {
        return qf_expression_fail(error, token->begin, token->end,
                                  "codes of events are whole numbers from %d to %d", FIRST_CODE,
                                  QF_EVENT_CODES - 1);
    }
    *code = (int32_t)token->value;
    return true;
}

static bool read_name(const qf_reduction *reduction, const qf_token *token, int32_t *code,
                      qf_expression_error *error)
{
    const size_t length = token->end - token->begin;
    for (size_t i = 0; i < N_EVENTS; i++) {
        if (strlen(events[i].name) == length &&
            memcmp(events[i].name, reduction->text + token->begin, length) == 0) {
            *code = events[i].code;
            return true;
        }
    }
    return fail_unknown(reduction, token, error);
}

static bool read_event(const qf_reduction *reduction, qf_span at, int32_t *code,
                       qf_expression_error *error)
{
    qf_lexer lexer = {
        .text = reduction->text, .length = at.end, .at = at.begin, .reduces = true, .error = error};
    qf_token token, after;
    if (!qf_lexer_next(&lexer, &token) || !qf_lexer_next(&lexer, &after)) {
        return false;
    }
    if (token.kind != QF_TOKEN_NAME && token.kind != QF_TOKEN_NUMBER) {
        return qf_expression_fail(error, token.begin, token.end,
                                  "which event? Its name or code belongs here, as in event "
                                  "collision or event 920");
    }
    if (after.kind != QF_TOKEN_END) {
        return qf_expression_fail(error, after.begin, at.end,
                                  "nothing belongs behind an event but 'of GROUP'");
    }
    return token.kind == QF_TOKEN_NUMBER ? read_code(&token, code, error)
                                         : read_name(reduction, &token, code, error);
}

static const struct {
    const char *word;
    qf_reduced what;
} happenings[] = {
    {"event", QF_REDUCED_EVENTS},
    {"detection", QF_REDUCED_DETECTIONS},
    {"false_alarm", QF_REDUCED_FALSE_ALARMS},
};

enum { N_HAPPENINGS = sizeof happenings / sizeof *happenings };

/* which of them the argument begins with, N_OF: none; *rest is what follows the word */
static size_t happening_of(const qf_reduction *call, qf_span *rest)
{
    const qf_span at = call->argument[0];
    for (size_t h = 0; h < N_HAPPENINGS; h++) {
        const size_t length = strlen(happenings[h].word);
        const char *end = call->text + at.begin + length;
        if (at.end - at.begin >= length &&
            memcmp(call->text + at.begin, happenings[h].word, length) == 0 &&
            (at.begin + length == at.end || strchr(" \t\n\r", *end))) {
            *rest = (qf_span){at.begin + length, at.end};
            while (rest->begin < rest->end && strchr(" \t\n\r", call->text[rest->begin])) {
                rest->begin++;
            }
            return h;
        }
    }
    return N_HAPPENINGS;
}

/* detections are made by radars */
static bool check_radar(const qf_metric_builder *builder, const qf_reduction *call, int32_t group,
                        qf_expression_error *error)
{
    bool found = false;
    for (size_t g = 0; g < builder->scenario->n_groups; g++) {
        found = found || ((group == QF_ANY_GROUP || (size_t)group == g) &&
                          builder->scenario->groups[g].radar);
    }
    if (found) {
        return true;
    }
    return group == QF_ANY_GROUP
               ? (bool)qf_expression_fail(error, call->whole.begin, call->whole.end,
                                          "nothing is detected: no group has a radar")
               : (bool)qf_expression_fail(error, call->of.begin, call->of.end,
                                          "nothing is detected: group '%.64s' has no radar",
                                          builder->scenario->groups[group].name);
}

bool qf_metric_happening(const qf_reduction *call, qf_reduced *what)
{
    qf_span rest;
    const size_t happening = happening_of(call, &rest);
    *what = happening < N_HAPPENINGS ? happenings[happening].what : QF_REDUCED_MOMENTS;
    return happening < N_HAPPENINGS;
}

bool qf_metric_read_happening(const qf_metric_builder *builder, const qf_reduction *call,
                              qf_time_reduction *made, qf_expression_error *error)
{
    qf_span rest;
    size_t group;
    const size_t happening = happening_of(call, &rest);
    made->code = QF_ANY_CODE;
    made->group = QF_ANY_GROUP;
    if (made->what == QF_REDUCED_EVENTS) {
        if (!read_event(call, rest, &made->code, error)) {
            return false;
        }
    } else if (rest.end > rest.begin) {
        return qf_expression_fail(error, rest.begin, rest.end,
                                  "nothing belongs behind '%s' but 'of GROUP'",
                                  happenings[happening].word);
    }
    if (call->has_of) {
        if (!qf_metric_read_group(builder, call, &group, error)) {
            return false;
        }
        made->group = (int32_t)group;
    }
    return made->what == QF_REDUCED_EVENTS || check_radar(builder, call, made->group, error);
}
