/* SPDX-License-Identifier: Apache-2.0 */
/* The head of a case that was run again: did it succeed, why not, and where does it lie among all cases? */
#include <ctype.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "number_text.h"
#include "report_sweep.h"
#include "sample.h"
#include "svg.h"

enum { STRIP_WIDTH = 150, STRIP_HEIGHT = 18, STRIP_PAD = 8 };

/* Where a value lies among those of all cases. */
typedef struct place {
    size_t n;                 /* cases with a value */
    double below, above;      /* shares of them */
    double low, middle, high; /* 5 %, 50 % and 95 % lie below */
    double without;           /* share of all cases that have no value */
    bool same;                /* all are equal */
} place;

/* `values` of all cases, of which NaN are none; they are sorted. False: no memory. */
static bool find_place(double *values, size_t n_all, double value, int n_threads, place *found)
{
    size_t n = 0, n_below = 0, n_above = 0;
    for (size_t k = 0; k < n_all; k++) {
        if (!isnan(values[k])) {
            n_below += values[k] < value;
            n_above += values[k] > value;
            values[n++] = values[k];
        }
    }
    *found = (place){.n = n, .without = 1.0 - (double)n / (double)n_all};
    if (n == 0) {
        return true;
    }
    if (!qf_sort_doubles(values, n, n_threads)) {
        return false;
    }
    found->below = (double)n_below / (double)n;
    found->above = (double)n_above / (double)n;
    found->low = qf_sorted_quantile(values, n, 0.05);
    found->middle = qf_sorted_quantile(values, n, 0.5);
    found->high = qf_sorted_quantile(values, n, 0.95);
    found->same = values[0] == values[n - 1];
    return true;
}

static const char *say_place(const qf_sweep_view *view, const place *at, double value)
{
    const double alike = 1.0 - at->below - at->above;
    if (at->n == 0 || at->same) {
        return "";
    }
    if (isnan(value)) {
        return qf_text_or_unknown(qf_arena_format(
            view->arena, "none in %s", qf_word_percent(view->arena, at->without, (double)NAN)));
    }
    if (alike > 0.5) {
        return qf_text_or_unknown(qf_arena_format(
            view->arena, "as in %s", qf_word_percent(view->arena, alike, (double)NAN)));
    }
    if (at->above == 0.0 || at->below == 0.0) {
        return at->above == 0.0 ? "the highest" : "the lowest";
    }
    const bool high = at->below >= at->above;
    return qf_text_or_unknown(
        qf_arena_format(view->arena, "%s than %s", high ? "higher" : "lower",
                        qf_word_percent(view->arena, high ? at->below : at->above, (double)NAN)));
}

/* a line from the lowest to the highest case, with ticks at the median and where 5 and 95 % lie below */
static void put_strip(const qf_sweep_view *view, const place *at, const char *said)
{
    qf_html_cell_begin(view->out, false);
    if (*said) {
        fputs("<div class=\"strip\">", view->out);
        qf_svg svg = qf_svg_begin(view->out, STRIP_WIDTH, STRIP_HEIGHT, said, NULL);
        const double y = 0.5 * STRIP_HEIGHT, reach = STRIP_WIDTH - 2.0 * STRIP_PAD;
        const double rank = at->below + 0.5 * (1.0 - at->below - at->above);
        qf_svg_rect(&svg, "faint", STRIP_PAD + 0.05 * reach, y - 4.0, 0.9 * reach, 8.0, NULL);
        qf_svg_line(&svg, "axis", STRIP_PAD, y, STRIP_PAD + reach, y);
        qf_svg_line(&svg, "axis", STRIP_PAD + 0.5 * reach, y - 6.0, STRIP_PAD + 0.5 * reach,
                    y + 6.0);
        qf_svg_circle(&svg, "mean", STRIP_PAD + rank * reach, y, 5.0, NULL);
        qf_svg_end(&svg);
        fputs("</div>", view->out);
    }
    qf_html_cell_end(view->out);
}

static void put_nowrap(const qf_sweep_view *view, const char *text)
{
    qf_html_cell_begin(view->out, false);
    fputs("<span class=\"name\">", view->out);
    qf_html_text(view->out, text);
    fputs("</span>", view->out);
    qf_html_cell_end(view->out);
}

static void put_place(const qf_sweep_view *view, const place *at, double value)
{
    const char *said = say_place(view, at, value);
    put_nowrap(view, said);
    put_strip(view, at, isnan(value) ? "" : said);
    if (at->same) {
        qf_html_cell(view->out, true, "all the same");
    } else if (at->n == 0) {
        qf_html_cell(view->out, true, "none");
    } else {
        qf_html_cell(view->out, true, "%s (%s to %s)", qf_text_rate(view->arena, at->middle),
                     qf_text_rate(view->arena, at->low), qf_text_rate(view->arena, at->high));
    }
}

/* whether a case keeps to what is required of all: of a quantile or mean, its limit; as for verdicts a quarantined one keeps to nothing */
static bool keeps(const qf_sweep_view *view, const qf_requirement *requirement, uint32_t number)
{
    qf_sample sample = qf_sample_of(view->table, requirement->metric, view->answers->n_cases,
                                    view->spec->n_replications);
    sample.sound_only = true;
    if (!qf_sample_has(&sample, number)) {
        return false;
    }
    const double value = sample.values[number];
    if (requirement->claim == QF_CLAIM_PROBABILITY) {
        return (value == 1.0) == requirement->at_least;
    }
    const double over =
        requirement->at_least ? value - requirement->limit : requirement->limit - value;
    return requirement->strict ? over > 0.0 : over >= 0.0;
}

/* "true", "<= 5 kg": of a case */
static const char *say_wanted(const qf_sweep_view *view, const qf_requirement *requirement)
{
    return requirement->claim != QF_CLAIM_PROBABILITY ? qf_word_limit(view, requirement)
           : requirement->at_least                    ? "true"
                                                      : "false";
}

static void put_required(const qf_sweep_view *view, size_t metric, uint32_t number)
{
    qf_html_cell_begin(view->out, false);
    for (size_t r = 0; r < view->spec->n_requirements; r++) {
        const qf_requirement *requirement = &view->spec->requirements[r];
        if (requirement->metric == metric) {
            const bool kept = keeps(view, requirement, number);
            qf_html_badge(view->out, kept ? QF_TONE_GOOD : QF_TONE_BAD,
                          say_wanted(view, requirement));
            fputs(" ", view->out);
        }
    }
    qf_html_cell_end(view->out);
}

static void put_share(const qf_sweep_view *view, const char *what, double share)
{
    const char *percent = qf_word_percent(view->arena, share, (double)NAN);
    put_nowrap(view, qf_text_or_unknown(qf_arena_format(view->arena, "%s %s", what, percent)));
    qf_html_cell(view->out, false, "%s", "");
}

/* what share of cases is like this one */
static void put_alike(const qf_sweep_view *view, size_t metric, double value)
{
    const qf_metric_statistics *it = &view->answers->metrics[metric];
    const bool truth = view->spec->metrics[metric].kind == QF_VALUE_TRUTH;
    const double n_all = (double)(it->n + it->n_without);
    const uint64_t n = isnan(value)   ? it->n_without
                       : !truth       ? it->n_of_name[(size_t)value]
                       : value == 1.0 ? it->n_true
                                      : it->n - it->n_true;
    put_share(view, isnan(value) ? "none in" : "as in", (double)n / n_all);
    if (truth && it->n > 0) {
        qf_html_cell(view->out, true, "true in %s",
                     qf_word_percent(view->arena, it->mean, (double)NAN));
    } else {
        qf_html_cell(view->out, true, "%s", "");
    }
}

static bool put_metric(const qf_sweep_view *view, size_t metric, uint32_t number, int n_threads,
                       double *values)
{
    const double value = qf_view_value(view, metric, number);
    const bool is_number = view->spec->metrics[metric].kind == QF_VALUE_NUMBER;
    place at = {0};
    for (size_t k = 0; k < view->answers->n_cases; k++) {
        values[k] = qf_view_value(view, metric, k);
    }
    if (is_number && !find_place(values, view->answers->n_cases, value, n_threads, &at)) {
        return false;
    }
    qf_html_row_begin(view->out);
    qf_html_cell(view->out, false, "%s", qf_metric_title(view->spec, metric));
    if (is_number && isfinite(value)) {
        qf_html_cell_exact(view->out, qf_word_value(view, metric, value), value);
    } else {
        qf_html_cell(view->out, true, "%s", qf_word_value(view, metric, value));
    }
    put_required(view, metric, number);
    if (is_number) {
        put_place(view, &at, value);
    } else {
        put_alike(view, metric, value);
    }
    qf_html_row_end(view->out);
    return true;
}

static bool put_metrics(const qf_sweep_view *view, uint32_t number, int n_threads, double *values)
{
    static const qf_html_column columns[] = {{"metric", false},   {"this case", true},
                                             {"required", false}, {"among all cases", false},
                                             {"", false},         {"all cases", true}};
    bool good = true;
    qf_html_table_begin(view->out,
                        "What it came to. All cases: the median, and between what 90 % of them "
                        "are. What is required of a mean or a quantile is shown by its limit. In "
                        "the pictures the dot has as many cases to its left as are lower; "
                        "the line in the middle is the median.",
                        columns, sizeof columns / sizeof *columns);
    /* success, what else is asked for, what is merely listed */
    for (int pass = 0; pass < 3; pass++) {
        for (size_t m = 0; m < view->spec->n_metrics && good; m++) {
            const int turn = m == qf_view_success(view)              ? 0
                             : qf_metric_is_asked_for(view->spec, m) ? 1
                                                                     : 2;
            if (turn == pass) {
                good = put_metric(view, m, number, n_threads, values);
            }
        }
    }
    qf_html_table_end(view->out);
    return good;
}

static bool put_parameter(const qf_sweep_view *view, size_t p, uint32_t number, int n_threads,
                          double *values)
{
    const double *all = view->design->values + p * view->design->n_cases;
    const bool words = view->spec->parameters[p].texts != NULL;
    size_t n_alike = 0;
    place at = {0};
    for (size_t k = 0; k < view->answers->n_cases; k++) {
        values[k] = all[k];
        n_alike += all[k] == all[number];
    }
    if (!words && !find_place(values, view->answers->n_cases, all[number], n_threads, &at)) {
        return false;
    }
    qf_html_row_begin(view->out);
    qf_html_cell(view->out, false, "%s", qf_word_parameter(view, p));
    qf_view_parameter_cell(view, p, number);
    if (words) {
        const double share = (double)n_alike / (double)view->answers->n_cases;
        put_share(view, "as in", share);
        qf_html_cell(view->out, true, "%s", "");
    } else {
        put_place(view, &at, all[number]);
    }
    qf_html_row_end(view->out);
    return true;
}

static bool put_parameters(const qf_sweep_view *view, uint32_t number, int n_threads,
                           double *values)
{
    static const qf_html_column columns[] = {{"parameter", false},
                                             {"this case", true},
                                             {"among all cases", false},
                                             {"", false},
                                             {"all cases", true}};
    bool good = true;
    if (view->spec->n_parameters == 0) {
        return true;
    }
    qf_html_table_begin(view->out, "Its parameters, and where they lie among those of all cases.",
                        columns, sizeof columns / sizeof *columns);
    for (size_t p = 0; p < view->spec->n_parameters && good; p++) {
        good = put_parameter(view, p, number, n_threads, values);
    }
    qf_html_table_end(view->out);
    return good;
}

/* "13.6 kg"; of a number as far from the limit as it is */
static const char *say_value(const qf_sweep_view *view, const qf_requirement *requirement,
                             uint32_t number)
{
    const double value = qf_view_value(view, requirement->metric, number);
    const char *said = requirement->claim == QF_CLAIM_PROBABILITY || isnan(value)
                           ? qf_word_value(view, requirement->metric, value)
                           : qf_word_found(view, requirement, value);
    return view->table->outcome[number] == QF_OUTCOME_QUARANTINED
               ? qf_text_or_unknown(qf_arena_format(view->arena, "%s when quarantined", said))
               : said;
}

/* "It misses fuel (13.6 kg, limit <= 5 kg)."; "" where it keeps to all but success, of which the verdict speaks */
static const char *say_misses(const qf_sweep_view *view, uint32_t number)
{
    const char *text = "";
    for (size_t r = 0; r < view->spec->n_requirements; r++) {
        const qf_requirement *requirement = &view->spec->requirements[r];
        const char *title = qf_metric_title(view->spec, requirement->metric);
        const bool called = strcmp(requirement->name, requirement->text) != 0;
        if (keeps(view, requirement, number) || requirement->metric == qf_view_success(view)) {
            continue;
        }
        text = qf_text_or_unknown(qf_arena_format(
            view->arena, "%s%s%s (%s, %s %s)", text, *text ? ", " : "It misses ",
            called ? requirement->name : title, say_value(view, requirement, number),
            requirement->claim == QF_CLAIM_PROBABILITY ? "required" : "limit",
            say_wanted(view, requirement)));
    }
    return *text ? qf_text_or_unknown(qf_arena_format(view->arena, "%s.", text)) : "";
}

static void put_verdict(const qf_sweep_view *view, uint32_t number, const qf_report_story *story)
{
    const qf_outcome outcome = (qf_outcome)view->table->outcome[number];
    const size_t success = qf_view_success(view);
    const double succeeded =
        success < view->spec->n_metrics ? qf_view_value(view, success, number) : (double)NAN;
    const char *cause = view->table->cause[number];
    const char *misses = say_misses(view, number);
    qf_tone tone = QF_TONE_BAD;
    const char *verdict = succeeded == 1.0 ? "Successful" : "Not successful";
    if (outcome != QF_OUTCOME_OK) {
        char *word = qf_arena_format(view->arena, "%s", qf_word_outcome(outcome));
        if (word) {
            word[0] = (char)toupper((unsigned char)word[0]);
        }
        verdict = qf_text_or_unknown(word);
    } else if (success == view->spec->n_metrics) {
        verdict = *misses ? "Ran to its end, not as required" : "Ran to its end";
        tone = *misses ? QF_TONE_BAD : QF_TONE_PLAIN;
    } else if (succeeded == 1.0) {
        tone = *misses ? QF_TONE_OPEN : QF_TONE_GOOD;
    }
    const char *sentence = qf_arena_format(view->arena, "%s%s%s%s%s", cause ? cause : "",
                                           cause ? ". " : "", story ? story->text : "",
                                           story && *story->text && *misses ? " " : "", misses);
    qf_html_banner(view->out, tone, verdict,
                   sentence && !*sentence
                       ? story ? "No critical event, no warning, no step of a state machine."
                               : "This is what the sweep has of it."
                       : qf_text_or_unknown(sentence));
}

/* a file that the reader makes by the first of them is what the second looks at */
static void put_commands(const qf_sweep_view *view, uint32_t number, const qf_report_story *story)
{
    char rest[80];
    qf_html_paragraph(view->out, "To look into it%s:",
                      story && story->entity >= 0 ? ", and to ask what led to that event" : "");
    snprintf(rest, sizeof rest, "--case %" PRIu32 " -o case-%" PRIu32 ".h5", number, number);
    qf_html_command_on(view->out, "qfleet replay", view->sweep->path, rest);
    if (story && story->entity >= 0) {
        qf_html_command(view->out,
                        "qfleet explain case-%" PRIu32 ".h5 --entity %" PRId64 " --at %.10g",
                        number, story->entity, story->time_s);
    }
}

qf_status qf_report_sweep_case(qf_context *context, qf_page *page, const qf_report_sweep *sweep,
                               uint32_t number, const char *reason, const qf_report_story *story)
{
    qf_arena arena = {0};
    const qf_sweep_view view = qf_sweep_view_of(sweep, page, &arena);
    double *values = calloc(view.answers->n_cases + 1, sizeof *values);
    qf_html_paragraph(view.out, "%s", reason);
    put_verdict(&view, number, story);
    const bool good = values && put_metrics(&view, number, context->n_threads, values) &&
                      put_parameters(&view, number, context->n_threads, values);
    put_commands(&view, number, story);
    free(values);
    qf_arena_free(&arena);
    return good ? QF_OK
                : qf_fail(context, QF_ERROR_MEMORY, "no memory for the values of case %" PRIu32,
                          number);
}
