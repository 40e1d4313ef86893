/* SPDX-License-Identifier: Apache-2.0 */
/* Events by the names that the table of events has, or by number. */
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

bool qf_metric_event(const qf_reduction *reduction, qf_span at, int32_t *code,
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
