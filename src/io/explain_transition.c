/* SPDX-License-Identifier: Apache-2.0 */
/* A transition of a state machine in words: from where to where, and the condition that it was taken for. */
#include <math.h>
#include <string.h>

#include "explain_pieces.h"

enum { MACHINE, FROM, TO, TRIGGER, CONDITION, WITNESS };

static const char *transition_text(const qf_event_words *words, size_t column, int64_t row)
{
    return qf_words_text(&words->tables[QF_WORDS_TRANSITIONS], column, row);
}

static bool same_state(const qf_event_words *words, int64_t a, int64_t b)
{
    return strcmp(transition_text(words, MACHINE, a), transition_text(words, MACHINE, b)) == 0 &&
           strcmp(transition_text(words, FROM, a), transition_text(words, FROM, b)) == 0;
}

/* The condition by which the vehicle stayed in the state of a row, of those before it; NULL: none. */
static const char *staying_condition(const qf_event_words *words, int64_t row)
{
    for (int64_t r = row - 1; r >= 0 && same_state(words, r, row); r--) {
        if (!*transition_text(words, TO, r) && !*transition_text(words, TRIGGER, r)) {
            return transition_text(words, CONDITION, r);
        }
    }
    return NULL;
}

/* one that always holds is taken because of those before it */
static void put_reason(qf_text_buffer *out, const qf_event_words *words, int64_t row)
{
    const char *condition = transition_text(words, CONDITION, row);
    const char *stayed = strcmp(condition, "true") == 0 ? staying_condition(words, row) : NULL;
    qf_text_put(out, ", because '");
    qf_text_put(out, stayed ? stayed : condition);
    qf_text_put(out, stayed ? "' no longer holds" : "'");
}

void qf_words_put_transition(qf_text_buffer *out, const qf_event_words *words,
                             const qf_told_event *event)
{
    const int64_t row = event->subject;
    if (!transition_text(words, MACHINE, row)) {
        qf_text_put(out, "transition ");
        qf_text_put_integer(out, row);
        qf_text_put(out, " (named only in files of runs that were closed)");
        return;
    }
    const char *to = transition_text(words, TO, row);
    const char *trigger = transition_text(words, TRIGGER, row);
    const char *witness = transition_text(words, WITNESS, row);
    qf_text_put(out, transition_text(words, MACHINE, row));
    qf_text_put(out, ": ");
    qf_text_put(out, transition_text(words, FROM, row));
    qf_text_put(out, *to ? " -> " : " stays");
    qf_text_put(out, to);
    qf_text_put(out, *trigger ? ", trigger " : "");
    qf_text_put(out, trigger);
    put_reason(out, words, row);
    if (*witness && !isnan(event->value)) {
        qf_text_put(out, " (");
        qf_text_put(out, witness);
        qf_words_put_value(out, " = ", event->value, ")");
    } else {
        qf_words_put_value(out, " (", event->value, ")");
    }
}
