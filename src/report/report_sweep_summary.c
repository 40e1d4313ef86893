/* SPDX-License-Identifier: Apache-2.0 */
/* The first section of a sweep's page: what it came to. */
#include <ctype.h>
#include <math.h>
#include <string.h>

#include "number_text.h"
#include "report_sweep.h"

/* success is what everybody asks for first */
static bool is_of_success(const qf_sweep_view *view, const qf_requirement *requirement)
{
    return requirement->claim == QF_CLAIM_PROBABILITY && requirement->at_least &&
           requirement->metric == qf_view_success(view);
}

static double spare_of(const qf_requirement_result *it)
{
    return it->margin / fmax(fabs(it->requirement->limit), 1e-300);
}

/*
 * the first that is not met, or else is undecided, or else the one that is met with least to spare for its limit; of
 * several the one on success
 */
static const qf_requirement_result *decisive(const qf_sweep_view *view)
{
    static const int rank[] = {
        [QF_VERDICT_NOT_MET] = 2, [QF_VERDICT_UNDECIDED] = 1, [QF_VERDICT_MET] = 0};
    const qf_requirement_result *chosen = NULL;
    bool is_first = false; /* what was chosen is on success */
    for (size_t r = 0; r < view->answers->n_requirements; r++) {
        const qf_requirement_result *it = &view->answers->requirements[r];
        const bool of_success = is_of_success(view, it->requirement);
        const int more = chosen ? rank[it->verdict] - rank[chosen->verdict] : 1;
        const bool before =
            (of_success && !is_first) || (!is_first && it->verdict == QF_VERDICT_MET && chosen &&
                                          spare_of(it) < spare_of(chosen));
        if (more > 0 || (more == 0 && before)) {
            chosen = it;
            is_first = of_success;
        }
    }
    return chosen;
}

static size_t count_verdict(const qf_sweep_report *answers, qf_verdict verdict)
{
    size_t n = 0;
    for (size_t r = 0; r < answers->n_requirements; r++) {
        n += answers->requirements[r].verdict == verdict;
    }
    return n;
}

/* "Requirements not met: 1 of 3" */
static const char *say_verdict(const qf_sweep_view *view, qf_verdict verdict)
{
    const size_t n = view->answers->n_requirements;
    const size_t k = count_verdict(view->answers, verdict);
    static const char *const how[] = {[QF_VERDICT_MET] = "met",
                                      [QF_VERDICT_NOT_MET] = "not met",
                                      [QF_VERDICT_UNDECIDED] = "undecided"};
    const char *text =
        n == 1   ? qf_arena_format(view->arena, "Requirement %s", how[verdict])
        : k == n ? qf_arena_format(view->arena, "All %zu requirements %s", n, how[verdict])
                 : qf_arena_format(view->arena, "%zu of %zu requirements %s", k, n, how[verdict]);
    return text ? text : "?";
}

/* of the cases that count; for whatever reason: the rest of a sweep is yet to come, or is damaged */
static size_t count_without_result(const qf_sweep_view *view)
{
    size_t n = 0;
    for (size_t k = 0; k < view->answers->n_cases; k++) {
        n += view->table->outcome[k] == QF_OUTCOME_NOT_RUN;
    }
    return n;
}

/* that all may change; "" where every case has a result */
static const char *say_missing(const qf_sweep_view *view, size_t n_missing)
{
    const char *text =
        n_missing == 0 ? ""
                       : qf_arena_format(view->arena, " %s of %s have no result: this may change.",
                                         qf_text_count(view->arena, n_missing),
                                         qf_word_cases(view->arena, view->answers->n_cases));
    return text ? text : "?";
}

static const char *capital(qf_arena *arena, const char *text)
{
    char *copy = qf_arena_format(arena, "%s.", text);
    if (copy) {
        copy[0] = (char)toupper((unsigned char)copy[0]);
    }
    return copy ? copy : "?";
}

/* "f is 3.5 on average, between -9 and 16" of the first number; "" where there is none */
static const char *say_number(const qf_sweep_view *view)
{
    for (size_t m = 0; m < view->spec->n_metrics; m++) {
        const qf_metric_statistics *it = &view->answers->metrics[m];
        if (view->spec->metrics[m].kind == QF_VALUE_NUMBER && it->n > 0) {
            const char *text =
                qf_arena_format(view->arena, "; %s is %s on average, between %s and %s",
                                qf_metric_title(view->spec, m), qf_word_amount(view, m, it->mean),
                                qf_word_amount(view, m, it->min), qf_word_amount(view, m, it->max));
            return text ? text : "?";
        }
    }
    return "";
}

static const char *say_between(const qf_sweep_view *view, qf_interval interval)
{
    qf_arena *arena = view->arena;
    const char *text =
        isnan(interval.low)
            ? ""
            : qf_arena_format(arena, "; with %s confidence between %s and %s",
                              qf_word_percent(arena, view->spec->confidence, (double)NAN),
                              qf_word_percent(arena, interval.low, (double)NAN),
                              qf_word_percent(arena, interval.high, (double)NAN));
    return text ? text : "?";
}

/* nothing was asked: how often it succeeds, or how many cases there are and what the first number is */
static const char *say_success(const qf_sweep_view *view)
{
    const size_t m = qf_view_success(view);
    qf_arena *arena = view->arena;
    const char *text;
    if (m < view->spec->n_metrics && view->answers->metrics[m].n > 0) {
        const qf_metric_statistics *it = &view->answers->metrics[m];
        text = qf_arena_format(arena, "%s of %s cases succeed: %s%s; nothing was required",
                               qf_text_count(arena, it->n_true), qf_text_count(arena, it->n),
                               qf_word_percent(arena, it->mean, (double)NAN),
                               say_between(view, it->exact));
    } else {
        text = qf_arena_format(arena, "%s%s; nothing was required",
                               qf_word_cases(arena, view->answers->n_cases), say_number(view));
    }
    return text ? text : "?";
}

static bool is_of_word(char c)
{
    return isalnum((unsigned char)c) || c == '_';
}

/* whether a sentence has a name, and not only a word that the name is a part of */
static bool mentions(const char *sentence, const char *name)
{
    const size_t length = strlen(name);
    for (const char *at = strstr(sentence, name); length > 0 && at; at = strstr(at + 1, name)) {
        if ((at == sentence || !is_of_word(at[-1])) && !is_of_word(at[length])) {
            return true;
        }
    }
    return false;
}

/* A requirement's sentence; with several, with which of them it is about, unless the sentence names it. */
static const char *say_requirement(const qf_sweep_view *view, const qf_requirement_result *it)
{
    const char *name = it->requirement->name;
    const char *sentence = qf_word_verdict(view, it);
    const bool named = view->answers->n_requirements > 1 &&
                       strcmp(name, it->requirement->text) != 0 && !mentions(sentence, name);
    const char *text = named ? qf_arena_format(view->arena, "%s: %s.", name, sentence)
                             : capital(view->arena, sentence);
    return text ? text : "?";
}

/* The first's, and those of others with its verdict, up to MOST_TOLD; how many more there are. */
static const char *say_requirements(const qf_sweep_view *view, const qf_requirement_result *first)
{
    enum { MOST_TOLD = 3 };
    const char *text = say_requirement(view, first);
    size_t n = 1;
    for (size_t r = 0; r < view->answers->n_requirements; r++) {
        const qf_requirement_result *it = &view->answers->requirements[r];
        if (it == first || it->verdict != first->verdict) {
            continue;
        }
        if (text && n++ < MOST_TOLD) {
            text = qf_arena_format(view->arena, "%s %s", text, say_requirement(view, it));
        }
    }
    if (text && n > MOST_TOLD) {
        text = qf_arena_format(view->arena, "%s And %zu more.", text, n - MOST_TOLD);
    }
    return text ? text : "?";
}

static void set_headline(const qf_sweep_view *view, qf_page *page)
{
    const qf_requirement_result *it = decisive(view);
    const size_t n_missing = count_without_result(view);
    const bool partial = n_missing > 0;
    const char *missing = say_missing(view, n_missing);
    const char *so_far = partial ? "So far: " : "";
    if (!it) {
        const char *text = qf_arena_format(view->arena, "%s%s%s", so_far,
                                           capital(view->arena, say_success(view)), missing);
        qf_page_headline(page, partial ? QF_TONE_OPEN : QF_TONE_PLAIN, "No requirements",
                         text ? text : "?");
        return;
    }
    const char *text =
        it->verdict == QF_VERDICT_MET ? say_requirement(view, it) : say_requirements(view, it);
    const char *verdict = say_verdict(view, it->verdict);
    const char *words = partial ? qf_arena_format(view->arena, "%s%c%s", so_far,
                                                  tolower((unsigned char)*verdict), verdict + 1)
                                : verdict;
    const char *told = qf_arena_format(view->arena, "%s%s", text, missing);
    qf_page_headline(page, partial ? QF_TONE_OPEN : qf_verdict_tone(it->verdict),
                     words ? words : "?", told ? told : "?");
}

/* whether and why not all cases were run */
static void tell_stop(const qf_sweep_view *view)
{
    const qf_sweep_report *answers = view->answers;
    const size_t n_all = qf_sweep_n_cases(view->spec);
    if (answers->stopped_early) {
        qf_html_note(
            view->out, QF_TONE_PLAIN,
            "Stopped early after %s of %s cases, as stop_when: %s has it: at that number %s.",
            qf_text_count(view->arena, answers->n_cases), qf_text_count(view->arena, n_all),
            view->spec->stop == QF_STOP_WIDTH ? "width" : "decided",
            view->spec->stop == QF_STOP_WIDTH ? "the interval was narrow enough"
                                              : "every requirement was decided");
    } else if (answers->n_looks == 1) {
        /* the last look is at all cases */
        qf_html_note(view->out, QF_TONE_PLAIN,
                     "It could not stop early: it has too few cases for a look before its end.");
    } else if (answers->n_looks > 1) {
        const size_t n_early = answers->n_looks - 1;
        qf_html_note(view->out, QF_TONE_PLAIN,
                     "It might have stopped early at %s%zu look%s, and did not.",
                     n_early == 1 ? "" : "one of ", n_early, n_early == 1 ? "" : "s");
    }
}

qf_status qf_report_sweep_summary(qf_context *context, qf_page *page, const qf_report_sweep *sweep)
{
    qf_arena arena = {0};
    const qf_sweep_view view = qf_sweep_view_of(sweep, page, &arena);
    set_headline(&view, page);
    if (view.answers->n_requirements > 0) {
        qf_page_section(page, "requirements", "Requirements");
        qf_view_verdicts(&view);
        qf_view_convergence(&view, page);
    }
    qf_page_section(page, "outcomes", "Outcomes");
    tell_stop(&view);
    const qf_status status = qf_view_outcomes(context, &view);
    qf_arena_free(&arena);
    return status;
}
