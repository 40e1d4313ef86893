/* SPDX-License-Identifier: Apache-2.0 */
#include "report_sweep.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "message_text.h"
#include "number_text.h"

qf_sweep_view qf_sweep_view_of(const qf_report_sweep *sweep, qf_page *page, qf_arena *arena)
{
    const qf_sweep *stored = sweep->source->sweep.sweep;
    return (qf_sweep_view){.sweep = sweep,
                           .spec = qf_sweep_get_spec(stored),
                           .design = qf_sweep_design(stored),
                           .table = &sweep->source->sweep.table,
                           .answers = sweep->answers,
                           .arena = arena,
                           .out = qf_page_out(page)};
}

double qf_view_value(const qf_sweep_view *view, size_t metric, size_t number)
{
    return view->table->outcome[number] == QF_OUTCOME_NOT_RUN
               ? (double)NAN
               : view->table->metrics[metric * view->table->n_cases + number];
}

size_t qf_view_success(const qf_sweep_view *view)
{
    size_t m = 0;
    while (m < view->spec->n_metrics && (strcmp(view->spec->metrics[m].name, "success") != 0 ||
                                         view->spec->metrics[m].kind != QF_VALUE_TRUTH)) {
        m++;
    }
    return m;
}

qf_tone qf_verdict_tone(qf_verdict verdict)
{
    static const qf_tone tones[] = {[QF_VERDICT_MET] = QF_TONE_GOOD,
                                    [QF_VERDICT_NOT_MET] = QF_TONE_BAD,
                                    [QF_VERDICT_UNDECIDED] = QF_TONE_OPEN};
    return tones[verdict];
}

/* zeros at the end of digits after a point say nothing */
static void trim_zeros(char *text)
{
    size_t n = strlen(text);
    while (strchr(text, '.') && n > 0 && (text[n - 1] == '0' || text[n - 1] == '.')) {
        const bool point = text[n - 1] == '.';
        text[--n] = '\0';
        if (point) {
            break;
        }
    }
}

const char *qf_word_percent(qf_arena *arena, double share, double other)
{
    enum { MOST_DIGITS = 9 };
    if (isnan(share)) {
        return "-";
    }
    const double missing = 100.0 * fmin(fabs(share), fabs(1.0 - share));
    int digits = missing > 0.0 ? (int)ceil(1.0 - log10(missing) - 1e-9) : 1;
    digits = digits < 1 ? 1 : digits > MOST_DIGITS ? MOST_DIGITS : digits;
    char text[64], against[64];
    do {
        snprintf(text, sizeof text, "%.*f", digits, 100.0 * share);
        snprintf(against, sizeof against, "%.*f", digits, 100.0 * other);
    } while (share != other && strcmp(text, against) == 0 && ++digits <= MOST_DIGITS);
    trim_zeros(text);
    return qf_text_or_unknown(qf_arena_format(arena, "%s %%", text));
}

const char *qf_word_value(const qf_sweep_view *view, size_t m, double value)
{
    const qf_metric_spec *metric = &view->spec->metrics[m];
    if (isnan(value)) {
        return "none";
    }
    if (metric->kind == QF_VALUE_TRUTH) {
        return value != 0.0 ? "true" : "false";
    }
    if (metric->kind == QF_VALUE_CHOICE) {
        return value >= 0.0 && value < (double)metric->n_names ? metric->names[(size_t)value] : "?";
    }
    return qf_word_amount(view, m, value);
}

static const char *with_unit(const qf_sweep_view *view, size_t m, const char *number)
{
    const qf_metric_spec *metric = &view->spec->metrics[m];
    const char *unit = metric->kind == QF_VALUE_NUMBER ? qf_unit_word(metric->unit) : NULL;
    return unit ? qf_text_or_unknown(qf_arena_format(view->arena, "%s %s", number, unit)) : number;
}

const char *qf_word_amount(const qf_sweep_view *view, size_t m, double value)
{
    if (isinf(value)) {
        return value > 0.0 ? "infinite" : "-infinite";
    }
    if (isnan(value)) {
        return "-";
    }
    return with_unit(view, m, qf_text_share(view->arena, value));
}

/* all digits that somebody wrote, and none that a change of units has left */
static const char *all_digits(qf_arena *arena, double limit)
{
    return qf_text_or_unknown(qf_arena_format(arena, "%.15g", limit));
}

const char *qf_word_found(const qf_sweep_view *view, const qf_requirement *requirement,
                          double value)
{
    enum { FEW_DIGITS = 4, MOST_DIGITS = 17 };
    const double limit = requirement->limit;
    if (value == limit) {
        return with_unit(view, requirement->metric, all_digits(view->arena, limit));
    }
    const char *number = qf_text_share(view->arena, value);
    if (!isfinite(value) || strcmp(number, qf_text_share(view->arena, limit)) != 0) {
        return qf_word_amount(view, requirement->metric, value);
    }
    char text[64], against[64];
    int digits = FEW_DIGITS;
    do {
        digits++;
        snprintf(text, sizeof text, "%.*g", digits, value);
        snprintf(against, sizeof against, "%.*g", digits, limit);
    } while (strcmp(text, against) == 0 && digits < MOST_DIGITS);
    return with_unit(view, requirement->metric,
                     qf_text_or_unknown(qf_arena_format(view->arena, "%s", text)));
}

const char *qf_word_interval(qf_arena *arena, qf_interval i)
{
    return isnan(i.low) && isnan(i.high)
               ? "-"
               : qf_text_or_unknown(qf_arena_format(arena, "[%s, %s]", qf_text_share(arena, i.low),
                                                    qf_text_share(arena, i.high)));
}

const char *qf_word_claim(const qf_sweep_view *view, const qf_requirement_result *result)
{
    const qf_requirement *requirement = result->requirement;
    return strcmp(requirement->name, requirement->text) == 0
               ? requirement->text
               : qf_text_or_unknown(
                     qf_arena_format(view->arena, "%s: %s", requirement->name, requirement->text));
}

const char *qf_word_limit(const qf_sweep_view *view, const qf_requirement *requirement)
{
    return qf_text_or_unknown(qf_arena_format(
        view->arena, "%s%s %s", requirement->at_least ? ">" : "<", requirement->strict ? "" : "=",
        with_unit(view, requirement->metric, all_digits(view->arena, requirement->limit))));
}

/* as shares are said, or amounts */
static const char *say(const qf_sweep_view *view, const qf_requirement *requirement, double value)
{
    const double limit = requirement->limit;
    if (requirement->claim != QF_CLAIM_PROBABILITY) {
        return qf_word_found(view, requirement, value);
    }
    return value == limit ? qf_text_or_unknown(qf_arena_format(
                                view->arena, "%s %%", all_digits(view->arena, 100.0 * limit)))
                          : qf_word_percent(view->arena, value, limit);
}

/* what was found: the cases or the value */
static const char *say_estimate(const qf_sweep_view *view, const qf_requirement_result *result)
{
    const qf_requirement *requirement = result->requirement;
    const char *title = qf_metric_title(view->spec, requirement->metric);
    const char *estimate = say(view, requirement, result->estimate);
    if (isnan(result->estimate)) {
        return qf_text_or_unknown(qf_arena_format(view->arena, "no case has a value of %s", title));
    }
    if (requirement->claim == QF_CLAIM_PROBABILITY) {
        const char *k =
            qf_text_count(view->arena, (size_t)llround(result->estimate * (double)result->n));
        const char *n = qf_text_count(view->arena, result->n);
        return qf_text_or_unknown(
            requirement->metric == qf_view_success(view)
                ? qf_arena_format(view->arena, "%s of %s cases succeed: %s", k, n, estimate)
                : qf_arena_format(view->arena, "in %s of %s cases \"%s\" holds: %s", k, n, title,
                                  estimate));
    }
    if (requirement->claim == QF_CLAIM_MEAN) {
        return qf_text_or_unknown(
            qf_arena_format(view->arena, "the mean of %s is %s", title, estimate));
    }
    return qf_text_or_unknown(qf_arena_format(
        view->arena, "the %s quantile of %s is %s",
        qf_word_percent(view->arena, requirement->level, (double)NAN), title, estimate));
}

/* to show that it is kept; that it is not can be known of fewer */
static bool has_too_few(const qf_sweep_view *view, const qf_requirement_result *result)
{
    return isinf(result->bound) && result->verdict != QF_VERDICT_NOT_MET &&
           result->n < qf_sweep_least_cases(view->spec, result->requirement);
}

/* how sure that is */
static const char *say_bound(const qf_sweep_view *view, const qf_requirement_result *result)
{
    const qf_requirement *requirement = result->requirement;
    if (!(requirement->confidence > 0.0)) {
        return "; the estimate alone decides";
    }
    if (isnan(result->bound)) {
        return "";
    }
    const bool from_below = requirement->at_least == (result->verdict != QF_VERDICT_NOT_MET);
    if (has_too_few(view, result)) {
        return "; so few cases give no bound";
    }
    if (isinf(result->bound) && result->n_against > 0) {
        return qf_text_or_unknown(qf_arena_format(
            view->arena,
            "; no finite bound: cases without a value (%s of %s) count as beyond the limit",
            qf_text_count(view->arena, result->n_against), qf_text_count(view->arena, result->n)));
    }
    return qf_text_or_unknown(qf_arena_format(
        view->arena, "; with %s confidence %s %s",
        qf_word_percent(view->arena, requirement->confidence, (double)NAN),
        from_below ? "at least" : "at most", say(view, requirement, result->bound)));
}

/* why a mean is not met though all that have a value keep to the limit */
static const char *say_partial(const qf_sweep_view *view, const qf_requirement_result *result)
{
    if (result->requirement->claim != QF_CLAIM_MEAN || result->n_against == 0 ||
        result->verdict != QF_VERDICT_UNDECIDED) {
        return "";
    }
    return qf_text_or_unknown(qf_arena_format(
        view->arena,
        ", as %s of %s cases %s no value that counts: the mean of the others "
        "alone cannot meet it",
        qf_text_count(view->arena, result->n_against), qf_text_count(view->arena, result->n),
        result->n_against == 1 ? "has" : "have"));
}

const char *qf_word_verdict(const qf_sweep_view *view, const qf_requirement_result *result)
{
    const qf_requirement *requirement = result->requirement;
    const char *needed =
        result->n_needed > 0
            ? qf_text_or_unknown(qf_arena_format(view->arena, "; %s cases in all would decide it",
                                                 qf_text_count(view->arena, result->n_needed)))
            : "";
    const char *side = requirement->strict ? (requirement->at_least ? "more than" : "less than")
                                           : (requirement->at_least ? "at least" : "at most");
    return qf_text_or_unknown(qf_arena_format(
        view->arena, "%s%s; %s %s was asked for: %s%s%s", say_estimate(view, result),
        say_bound(view, result), side, say(view, requirement, requirement->limit),
        qf_verdict_names[result->verdict], say_partial(view, result), needed));
}

const char *qf_word_cases(qf_arena *arena, size_t n)
{
    return n == 1 ? "1 case"
                  : qf_text_or_unknown(qf_arena_format(arena, "%s cases", qf_text_count(arena, n)));
}

const char *qf_word_outcome(qf_outcome outcome)
{
    static const char *const words[QF_OUTCOMES] = {"ok", "quarantined", "failed", "timed out",
                                                   "not run"};
    return words[outcome];
}

const char *qf_word_parameter_value(const qf_sweep_view *view, size_t p, uint32_t number)
{
    const qf_sweep_parameter *parameter = &view->spec->parameters[p];
    const double value = view->design->values[p * view->design->n_cases + number];
    return parameter->texts ? parameter->texts[(size_t)value]
                            : qf_text_or_unknown(qf_arena_format(view->arena, "%.6g", value));
}

void qf_view_parameter_cell(const qf_sweep_view *view, size_t p, uint32_t number)
{
    const char *text = qf_word_parameter_value(view, p, number);
    if (view->spec->parameters[p].texts) {
        qf_html_cell(view->out, true, "%s", text);
    } else {
        qf_html_cell_exact(view->out, text,
                           view->design->values[p * view->design->n_cases + number]);
    }
}

const char *qf_word_parameter(const qf_sweep_view *view, size_t p)
{
    const qf_sweep_parameter *parameter = &view->spec->parameters[p];
    const char *unit = qf_unit_word(parameter->unit);
    return unit ? qf_text_or_unknown(qf_arena_format(view->arena, "%s [%s]", parameter->name, unit))
                : parameter->name;
}

const char *qf_word_replay(const qf_sweep_view *view, uint32_t number)
{
    char *text = NULL;
    size_t bytes = 0;
    FILE *out = open_memstream(&text, &bytes);
    if (!out) {
        return "?";
    }
    fputs("qfleet replay ", out);
    qf_put_shell_word(out, view->sweep->path);
    fprintf(out, " --case %" PRIu32, number);
    const char *kept = fclose(out) == 0 ? qf_arena_text(view->arena, text, bytes) : NULL;
    free(text);
    return qf_text_or_unknown(kept);
}
