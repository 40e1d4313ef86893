/* SPDX-License-Identifier: Apache-2.0 */
/* What explains a vehicle's state, as text and as one object. */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

#include "explain_internal.h"
#include "json_text.h"

enum {
    FIRST_LINES = 5, /* of a long chain, before some are left out */
    MOST_LINES = 40,
};

/* What an event was about, valid until the next is asked for; NULL: no memory. */
static const char *text_of(explanation *e, const qf_told_event *event)
{
    e->text.n = 0;
    qf_event_put(&e->words, e->group, event, &e->text);
    qf_text_put_bytes(&e->text, "", 1);
    return e->text.failed ? NULL : e->text.bytes;
}

static bool print_event(explanation *e, const qf_told_event *event, size_t depth, FILE *out)
{
    const char *text = text_of(e, event);
    fprintf(out, "%12.6g s  %*s%s%s%s\n", event->time_s, (int)(2 * depth), "",
            qf_event_name(&e->words, event), text && *text ? "  " : "", text ? text : "");
    return text != NULL;
}

/* what has been printed of a chain is not repeated: where its first new event follows, that is only named */
static size_t print_known(const explanation *e, FILE *out)
{
    size_t first_new = 0;
    for (size_t i = 0; i < e->n_chain; i++) {
        first_new = e->printed[e->chain[i]] ? i + 1 : first_new;
    }
    if (first_new > 0) {
        const qf_told_event *event = &e->events[e->chain[first_new - 1]];
        fprintf(out, "%12.6g s  %s, see above\n", event->time_s, qf_event_name(&e->words, event));
    }
    return first_new;
}

static bool print_chain(explanation *e, FILE *out)
{
    bool good = true;
    const size_t begin = print_known(e, out);
    const size_t n_new = e->n_chain - begin;
    const size_t left_out = n_new > MOST_LINES ? n_new - MOST_LINES : 0;
    for (size_t i = begin; i < e->n_chain && good; i++) {
        if (left_out > 0 && i - begin == FIRST_LINES) {
            fprintf(out, "%12s    %zu more, one from the other (--json has them)\n", "...",
                    left_out);
            i += left_out;
        }
        good = print_event(e, &e->events[e->chain[i]], 0, out);
        e->printed[e->chain[i]] = true;
    }
    return good;
}

static bool print_consequences(explanation *e, FILE *out)
{
    bool good = true;
    size_t n = 0;
    for (size_t i = 0; i < e->n && good; i++) {
        if (e->depth[i] > 0 && !e->printed[i] && n++ < MOST_LINES) {
            good = print_event(e, &e->events[i], e->depth[i], out);
            e->printed[i] = true;
        }
    }
    if (n > MOST_LINES) {
        fprintf(out, "%12s    %zu more that followed (--json has them)\n", "...", n - MOST_LINES);
    }
    return good;
}

bool qf_explain_text(explanation *e, FILE *out)
{
    bool good = true;
    fprintf(out, "%s: vehicle %" PRId64 " '%s' at %.15g s\n", e->path, e->entity, e->name,
            e->time_s);
    for (size_t k = 0; k < e->n_targets && good; k++) {
        if (e->printed[e->targets[k]]) {
            continue; /* with what followed from it, as a consequence of another */
        }
        fputs(k > 0 ? "\n" : "", out);
        qf_explain_follow(e, e->targets[k]);
        good = print_chain(e, out) && print_consequences(e, out);
    }
    return good;
}

static bool print_json_event(explanation *e, const qf_told_event *event, size_t depth, bool first,
                             FILE *out)
{
    const char *text = text_of(e, event);
    fprintf(out,
            "%s{\"event\": %" PRId64 ", \"tick\": %" PRId64
            ", \"time_s\": %.17g, \"code\": %u, \"name\": ",
            first ? "" : ", ", event->index, event->tick, event->time_s, (unsigned)event->code);
    qf_json_put_text(out, qf_event_name(&e->words, event));
    fputs(", \"severity\": ", out);
    qf_json_put_text(out, qf_event_gravity(&e->words, event));
    fprintf(out,
            ", \"subject\": %" PRId32 ", \"track\": %" PRId32 ", \"cause\": %" PRId64
            ", \"value\": ",
            event->subject, event->track, event->cause);
    if (isfinite(event->value)) {
        fprintf(out, "%.17g", event->value);
    } else {
        fputs("null", out);
    }
    fputs(", \"text\": ", out);
    qf_json_put_text(out, text ? text : "");
    if (depth > 0) {
        fprintf(out, ", \"depth\": %zu", depth);
    }
    fputc('}', out);
    return text != NULL;
}

static bool print_json_chain(explanation *e, FILE *out)
{
    bool good = true;
    for (size_t i = 0; i < e->n_chain && good; i++) {
        good = print_json_event(e, &e->events[e->chain[i]], 0, i == 0, out);
    }
    fputs("], \"consequences\": [", out);
    bool first = true;
    for (size_t i = 0; i < e->n && good; i++) {
        if (e->depth[i] > 0) {
            good = print_json_event(e, &e->events[i], e->depth[i], first, out);
            first = false;
        }
    }
    fputs("]}", out);
    return good;
}

bool qf_explain_json(explanation *e, FILE *out)
{
    bool good = true;
    fputs("{\"file\": ", out);
    qf_json_put_text(out, e->path);
    fprintf(out, ", \"entity\": %" PRId64 ", \"name\": ", e->entity);
    qf_json_put_text(out, e->name);
    fprintf(out, ", \"at_s\": %.17g, \"chains\": [", e->time_s);
    for (size_t k = 0; k < e->n_targets && good; k++) {
        const char *machine = qf_explain_machine(e, e->targets[k]);
        qf_explain_follow(e, e->targets[k]);
        fputs(k > 0 ? ", {\"machine\": " : "{\"machine\": ", out);
        if (machine) {
            qf_json_put_text(out, machine);
        } else {
            fputs("null", out);
        }
        fputs(", \"chain\": [", out);
        good = print_json_chain(e, out);
    }
    fputs("]}\n", out);
    return good;
}
