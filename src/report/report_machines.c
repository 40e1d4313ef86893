/* SPDX-License-Identifier: Apache-2.0 */
/* The section on state machines: a picture of each, how much of it was exercised, and what never was. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "chart_machine.h"
#include "html.h"
#include "netcdf_read.h"
#include "number_text.h"
#include "report.h"

/* What one group, or all that share a machine, did with it. */
typedef struct exercise {
    size_t n_entered, n_taken, n_transitions, n_hidden;
} exercise;

enum { ALL_GROUPS = -1 };

static int64_t count_of(const qf_count_of *count, int group)
{
    return group == ALL_GROUPS ? count->all : count->by_group[group];
}

static bool was_entered(const qf_covered_state *state, int group)
{
    return count_of(&state->entered, group) > 0 || count_of(&state->evaluations, group) > 0;
}

static exercise exercise_of(const qf_covered_machine *m, int group)
{
    exercise e = {0};
    for (size_t i = 0; i < m->n_states; i++) {
        e.n_entered += was_entered(&m->states[i], group);
    }
    for (size_t i = 0; i < m->n_transitions; i++) {
        const qf_covered_transition *t = &m->transitions[i];
        if (!t->silent) {
            const bool taken = count_of(&t->taken, group) > 0;
            e.n_transitions++;
            e.n_taken += taken;
            e.n_hidden += !taken && count_of(&t->held, group) > 0;
        }
    }
    return e;
}

static void put_verb(FILE *out, const qf_covered_machine *m, int group)
{
    const exercise e = exercise_of(m, group);
    qf_html_textf(out, "%zu of %zu state%s entered, %zu of %zu transition%s taken", e.n_entered,
                  m->n_states, m->n_states == 1 ? " was" : "s were", e.n_taken, e.n_transitions,
                  e.n_transitions == 1 ? " was" : "s were");
}

static void put_coverage(FILE *out, const qf_covered_machine *m)
{
    const exercise e = exercise_of(m, ALL_GROUPS);
    const bool whole = e.n_entered == m->n_states && e.n_taken == e.n_transitions;
    fputs("<p><strong>", out);
    put_verb(out, m, ALL_GROUPS);
    fprintf(out, "%s</strong></p>\n", whole ? ": all there are." : ".");
    if (m->n_groups > 1) {
        fputs("<p>Groups that share this machine; the picture has their sums:</p><ul>\n", out);
        for (size_t g = 0; g < m->n_groups; g++) {
            fputs("<li>", out);
            qf_html_textf(out, "%s: ", m->groups[g]);
            put_verb(out, m, (int)g);
            fputs("</li>\n", out);
        }
        fputs("</ul>\n", out);
    }
}

static void put_missed_states(FILE *out, const qf_covered_machine *m)
{
    size_t n = 0;
    for (size_t i = 0; i < m->n_states; i++) {
        if (!was_entered(&m->states[i], ALL_GROUPS)) {
            fputs(n++ == 0 ? "<p>Never entered: " : ", ", out);
            qf_html_text(out, m->states[i].name);
        }
    }
    fputs(n > 0 ? ".</p>\n" : "", out);
}

/* why a transition was never taken */
typedef enum reason { TAKEN, HIDDEN, NEVER_HELD, NEVER_THERE } reason;

static reason reason_of(const qf_covered_machine *m, const qf_covered_transition *t)
{
    return t->taken.all > 0                               ? TAKEN
           : t->held.all > 0                              ? HIDDEN
           : was_entered(&m->states[t->from], ALL_GROUPS) ? NEVER_HELD
                                                          : NEVER_THERE;
}

/* the transitions of one arrow that were not taken for that reason, in one line */
static void put_missed_arrow(FILE *out, const qf_covered_machine *m, int arrow, reason why)
{
    size_t n = 0;
    int64_t held = 0;
    const qf_covered_transition *last = NULL;
    for (size_t i = 0; i < m->n_transitions; i++) {
        const qf_covered_transition *t = &m->transitions[i];
        if (t->arrow == arrow && reason_of(m, t) == why) {
            if (n++ == 0) {
                qf_html_textf(out, "%d%s%s: from ", arrow + 1, *t->trigger ? " " : "", t->trigger);
            }
            qf_html_textf(out, "%s%s", n > 1 ? ", " : "", m->states[t->from].name);
            held += t->held.all;
            last = t;
        }
    }
    if (last && last->stays) {
        fputs(" to the same", out);
    } else if (last) {
        qf_html_textf(out, " to %s", m->states[last->to].name);
    }
    if (last && why == HIDDEN) {
        char digits[32];
        qf_html_textf(out, "; held %s time%s", qf_group_digits(held, digits), held == 1 ? "" : "s");
    }
}

static bool is_missed(const qf_covered_machine *m, int arrow, reason why)
{
    for (size_t i = 0; i < m->n_transitions; i++) {
        if (m->transitions[i].arrow == arrow && reason_of(m, &m->transitions[i]) == why) {
            return true;
        }
    }
    return false;
}

static void put_missed_transitions(FILE *out, const qf_covered_machine *m, reason why,
                                   const char *title)
{
    size_t n = 0;
    for (int a = 0; a < (int)m->n_arrows; a++) {
        if (is_missed(m, a, why)) {
            if (n++ == 0) {
                fprintf(out, "<p>%s</p>\n<ul>\n", title);
            }
            fputs("<li>", out);
            put_missed_arrow(out, m, a, why);
            fputs("</li>\n", out);
        }
    }
    fputs(n > 0 ? "</ul>\n" : "", out);
}

static void put_missed(FILE *out, const qf_covered_machine *m)
{
    const exercise e = exercise_of(m, ALL_GROUPS);
    put_missed_states(out, m);
    put_missed_transitions(out, m, HIDDEN,
                           "Never taken, although the condition held: one before it held, too, and "
                           "was taken instead.");
    if (e.n_taken + e.n_hidden == e.n_transitions) {
        return;
    }
    qf_html_details_begin(out, "Transitions whose condition never held");
    put_missed_transitions(out, m, NEVER_HELD, "Vehicles were in the state, but:");
    put_missed_transitions(out, m, NEVER_THERE, "No vehicle was ever in the state:");
    qf_html_details_end(out);
}

static void put_count(FILE *out, int64_t n)
{
    char digits[32];
    qf_html_cell(out, true, "%s", qf_group_digits(n, digits));
}

/* the name of a column, for each of the groups where there are several */
static size_t add_columns(const qf_covered_machine *m, const char *title, qf_html_column *columns,
                          size_t n, qf_arena *arena, bool *good)
{
    columns[n++] = (qf_html_column){title, true};
    for (size_t g = 0; m->n_groups > 1 && g < m->n_groups; g++) {
        const char *text = qf_arena_format(arena, "%s, %s", title, m->groups[g]);
        *good = *good && text;
        columns[n++] = (qf_html_column){text, true};
    }
    return n;
}

static void put_counts(FILE *out, const qf_covered_machine *m, const qf_count_of *count)
{
    put_count(out, count->all);
    for (size_t g = 0; m->n_groups > 1 && g < m->n_groups; g++) {
        put_count(out, count->by_group[g]);
    }
}

static bool put_transition_table(FILE *out, const qf_covered_machine *m, qf_arena *arena)
{
    qf_html_column *columns = qf_arena_array(arena, 2 * m->n_groups + 8, sizeof *columns);
    if (!columns) {
        return false;
    }
    const qf_html_column first[] = {
        {"arrow", true}, {"from", false}, {"to", false}, {"trigger", false}, {"condition", false}};
    memcpy(columns, first, sizeof first);
    bool good = true;
    size_t n = sizeof first / sizeof *first;
    n = add_columns(m, "held", columns, n, arena, &good);
    n = add_columns(m, "taken", columns, n, arena, &good);
    if (!good) {
        return false;
    }
    qf_html_table_begin(out,
                        "Transitions, in the order in which they are tried in each state. Held: "
                        "evaluations in which the condition held. Silent ones change and tell "
                        "nothing, and are not drawn.",
                        columns, n);
    for (size_t i = 0; i < m->n_transitions; i++) {
        const qf_covered_transition *t = &m->transitions[i];
        qf_html_row_begin(out);
        if (t->silent) {
            qf_html_cell(out, true, "silent");
        } else {
            qf_html_cell(out, true, "%d", t->arrow + 1);
        }
        qf_html_cell(out, false, "%s", m->states[t->from].name);
        qf_html_cell(out, false, "%s", t->stays ? "stays" : m->states[t->to].name);
        qf_html_cell(out, false, "%s", t->trigger);
        qf_html_cell(out, false, "%s", t->condition);
        put_counts(out, m, &t->held);
        put_counts(out, m, &t->taken);
        qf_html_row_end(out);
    }
    qf_html_table_end(out);
    return true;
}

static bool put_state_table(FILE *out, const qf_covered_machine *m, qf_arena *arena)
{
    qf_html_column *columns = qf_arena_array(arena, 2 * m->n_groups + 8, sizeof *columns);
    if (!columns) {
        return false;
    }
    bool good = true;
    columns[0] = (qf_html_column){"state", false};
    columns[1] = (qf_html_column){"way out", false};
    size_t n = add_columns(m, "entered", columns, 2, arena, &good);
    n = add_columns(m, "evaluations", columns, n, arena, &good);
    if (!good) {
        return false;
    }
    qf_html_table_begin(out, "States. Entered: with those in which vehicles began.", columns, n);
    for (size_t i = 0; i < m->n_states; i++) {
        const qf_covered_state *s = &m->states[i];
        qf_html_row_begin(out);
        qf_html_cell(out, false, "%s", s->name);
        qf_html_cell(out, false, "%s", s->terminal ? "none" : "yes");
        put_counts(out, m, &s->entered);
        put_counts(out, m, &s->evaluations);
        qf_html_row_end(out);
    }
    qf_html_table_end(out);
    return true;
}

static char *title_of(const qf_covered_machine *m, qf_arena *arena)
{
    char *title = qf_arena_format(arena, "%s of %s", m->name, m->groups[0]);
    if (m->n_groups == 2 && title) {
        title = qf_arena_format(arena, "%s and %s", title, m->groups[1]);
    } else if (m->n_groups > 2 && title) {
        title = qf_arena_format(arena, "%s and %zu other groups", title, m->n_groups - 1);
    }
    return title;
}

static const char explanation[] =
    "A box has how often vehicles came into the state, and the share of all evaluations in it, "
    "which its bar shows, too. Arrows have their number in the table of transitions and how often "
    "they were taken; the thicker, the more often (logarithmic). Dashed and grey: never. A double "
    "border: there is no way out. From \xe2\x80\x9c"
    "any\xe2\x80\x9d, or from several states in one, go "
    "transitions that are the same in all of these.";

enum {
    MOST_ARROWS = 250,     /* of a picture that somebody may still follow */
    MOST_DRAWN_TWICE = 100 /* beyond, a narrow picture is too wide for a narrow page, too */
};

static bool put_picture(FILE *out, const qf_covered_machine *m, const char *title)
{
    if (m->n_arrows > MOST_ARROWS) {
        qf_html_note(out, QF_TONE_PLAIN,
                     "Nobody could follow a picture of %zu arrows: the tables have them all.",
                     m->n_arrows);
        return true;
    }
    qf_html_figures_begin(out);
    qf_html_figure_begin(out, QF_FIGURE_WIDE,
                         "How often states were entered, and transitions taken");
    bool good;
    if (m->n_arrows > MOST_DRAWN_TWICE) {
        good = qf_chart_machine(out, m, QF_MACHINE_WIDE, title);
    } else {
        fputs("<div class=\"wide-only\">\n", out);
        good = qf_chart_machine(out, m, QF_MACHINE_WIDE, title);
        fputs("</div><div class=\"narrow-only\">\n", out);
        good = good && qf_chart_machine(out, m, QF_MACHINE_NARROW, title);
        fputs("</div>\n", out);
    }
    qf_html_figure_end(out, NULL);
    qf_html_figures_end(out);
    return good;
}

static bool put_machine(FILE *out, const qf_covered_machine *m, qf_arena *arena)
{
    const char *title = title_of(m, arena);
    if (!title) {
        return false;
    }
    qf_html_heading(out, "%s", title);
    put_coverage(out, m);
    bool good = put_picture(out, m, title);
    put_missed(out, m);
    qf_html_details_begin(out, "All transitions and states, with conditions and counts");
    good = good && put_transition_table(out, m, arena) && put_state_table(out, m, arena);
    qf_html_details_end(out);
    return good;
}

/* what machines say, of all of them */
static qf_status put_messages(qf_context *context, FILE *out, const qf_report_run *run)
{
    static const char table[] = "machines/messages";
    if (H5Lexists(run->file, table, H5P_DEFAULT) <= 0) {
        return QF_OK;
    }
    const hid_t texts = H5Dopen2(run->file, "machines/messages/text", H5P_DEFAULT);
    const hsize_t n = texts >= 0 ? qf_nc_length(texts) : 0;
    qf_status status = QF_OK;
    qf_html_details_begin(out, "What machines write into the log of events");
    fputs("<ul>\n", out);
    for (hsize_t i = 0; i < n && status == QF_OK; i++) {
        char *text = qf_nc_read_text(texts, i);
        if (text) {
            fputs("<li>", out);
            qf_html_text(out, text);
            fputs("</li>\n", out);
        } else {
            status = qf_fail(context, QF_ERROR_READ, "%s: /%s cannot be read", run->path, table);
        }
        free(text);
    }
    fputs("</ul>\n", out);
    qf_html_details_end(out);
    qf_nc_close_id(texts);
    return texts >= 0 ? status
                      : qf_fail(context, QF_ERROR_READ, "%s: /%s cannot be read", run->path, table);
}

qf_status qf_report_run_machines(qf_context *context, qf_page *page, const qf_report_run *run)
{
    qf_arena arena = {0};
    qf_covered_machine *machines = NULL;
    size_t n = 0;
    qf_status status =
        qf_machine_coverage_read(context, run->file, run->path, &arena, &machines, &n);
    if (status == QF_OK && n > 0) {
        const char *id = qf_arena_format(&arena, "%smachines", run->anchor);
        bool good = id;
        if (good) {
            qf_page_section(page, id, "State machines");
            qf_html_paragraph(qf_page_out(page), "%s", explanation);
        }
        for (size_t m = 0; m < n && good; m++) {
            good = put_machine(qf_page_out(page), &machines[m], &arena);
        }
        if (!good) {
            status = qf_fail(context, QF_ERROR_MEMORY, "no memory to draw state machines");
        } else {
            status = put_messages(context, qf_page_out(page), run);
        }
    }
    qf_arena_free(&arena);
    return status;
}
