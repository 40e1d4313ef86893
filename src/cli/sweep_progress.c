/* SPDX-License-Identifier: Apache-2.0 */
#include "sweep_progress.h"

#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "json_text.h"
#include "number_text.h"
#include "progress.h"
#include "text_block.h"

/* estimates over many cases take their time: they may have this share of it */
#define LARGEST_SHARE 0.05
#define TEXT_EVERY_S  1.0

enum { MOST_REQUIREMENTS = 8, WIDEST_BAR = 30, LINE_BYTES = 512 };

qf_sweep_progress qf_sweep_progress_start(FILE *out, bool json, const char *name,
                                          const qf_sweep_spec *spec, const qf_sweep_table *table,
                                          size_t n_planned, size_t n_to_run)
{
    const double now_s = qf_monotonic_s();
    return (qf_sweep_progress){.out = out,
                               .json = json,
                               .terminal = out && !json && isatty(fileno(out)),
                               .name = name,
                               .spec = spec,
                               .table = table,
                               .n_planned = n_planned,
                               .n_to_run = n_to_run,
                               .started_s = now_s,
                               .next_s = now_s};
}

/* here and on other ranks */
static size_t n_done(const qf_sweep_progress *p)
{
    const size_t n = p->n_done + p->n_elsewhere;
    return n < p->n_to_run ? n : p->n_to_run;
}

/*
 * What is left takes as long as what was done, by its share. Its standard deviation comes from two parts: what is not known of the
 * mean of all batches, of which n were seen, and the luck of those that are left.
 */
qf_time_left qf_sweep_time_left(const qf_sweep_progress *p, double elapsed_s)
{
    const double left = (double)(p->n_to_run - n_done(p));
    qf_time_left time = {(double)NAN, (double)NAN};
    if (p->n_done == 0) {
        return time;
    }
    time.left_s = elapsed_s / (double)n_done(p) * left;
    if (left <= 0.0) {
        time.spread_s = 0.0;
    } else if (p->n_batches > 1 && p->mean_s > 0.0) {
        const double n = (double)p->n_batches;
        const double n_left = fmax(left * n / (double)p->n_done, 1.0);
        const double sd = sqrt(p->squares / (n - 1.0)) / p->mean_s;
        time.spread_s = 2.0 * time.left_s * sd * sqrt(1.0 / n + 1.0 / n_left);
    }
    return time;
}

/* as many columns of a line as the terminal has: a longer one would break, and not be cleared */
static void put_line(qf_sweep_progress *p, const char *line)
{
    const size_t columns = p->terminal ? (size_t)qf_terminal_columns(p->out) - 1 : SIZE_MAX;
    size_t column = 0;
    for (const char *c = line; *c; c++) {
        column += ((unsigned char)*c & 0xc0) != 0x80;
        if (column <= columns) {
            fputc(*c, p->out);
        }
    }
    fputc('\n', p->out);
    p->n_lines++;
}

static void format_line(qf_sweep_progress *p, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static void format_line(qf_sweep_progress *p, const char *format, ...)
{
    char line[LINE_BYTES];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    put_line(p, line);
}

static size_t n_known(const qf_sweep_progress *p)
{
    return p->n_planned - p->n_to_run + n_done(p);
}

static void show_bar(qf_sweep_progress *p, qf_arena *arena, double elapsed_s)
{
    const double share = p->n_planned > 0 ? (double)n_known(p) / (double)p->n_planned : 1.0;
    char bar[WIDEST_BAR + 1];
    for (int i = 0; i < WIDEST_BAR; i++) {
        const int full = (int)(share * WIDEST_BAR);
        bar[i] = (char)(i < full ? '=' : i == full ? '>' : ' ');
    }
    bar[WIDEST_BAR] = '\0';
    format_line(p, "%.24s %5.1f %% [%s] %s of %s", p->name, 100.0 * share, bar,
                qf_text_count(arena, n_known(p)), qf_text_count(arena, p->n_planned));
    const qf_time_left time = qf_sweep_time_left(p, elapsed_s);
    const double rate = elapsed_s > 0.0 ? (double)n_done(p) / elapsed_s : 0.0;
    const char *at_most =
        p->spec->stop != QF_STOP_NEVER && p->n_to_run > n_done(p) ? "at most " : "";
    format_line(p, "  %s cases/s, %s%s left%s%s", qf_text_rate(arena, rate), at_most,
                qf_text_seconds(arena, time.left_s), isnan(time.spread_s) ? "" : " +- ",
                isnan(time.spread_s) ? "" : qf_text_seconds(arena, time.spread_s));
}

static void show_outcomes(qf_sweep_progress *p)
{
    char line[LINE_BYTES];
    size_t length = 0;
    for (size_t o = 0; o < QF_OUTCOME_NOT_RUN; o++) {
        if (p->table->count[o] > 0) {
            const int n = snprintf(line + length, sizeof line - length, "%s%zu %s",
                                   length > 0 ? ", " : "", p->table->count[o], qf_outcome_names[o]);
            length += n > 0 ? (size_t)n : 0;
        }
    }
    /* what other ranks have done is known in numbers only, until it is exchanged */
    format_line(p, "  %s%s", p->n_elsewhere > 0 ? "known here: " : "",
                length > 0 ? line : "no case is done yet");
}

static void show_requirements(qf_sweep_progress *p, qf_arena *arena)
{
    const size_t n = p->spec->n_requirements;
    for (size_t r = 0; r < n && r < MOST_REQUIREMENTS; r++) {
        const qf_requirement *requirement = &p->spec->requirements[r];
        const qf_running_estimate so_far =
            qf_requirement_so_far(requirement, p->spec, p->table, p->table->n_cases);
        format_line(
            p, "  %s: %s [%s, %s]", requirement->name, qf_text_share(arena, so_far.estimate),
            qf_text_share(arena, so_far.interval.low), qf_text_share(arena, so_far.interval.high));
    }
    if (n > MOST_REQUIREMENTS) {
        format_line(p, "  and %zu more requirements", n - MOST_REQUIREMENTS);
    }
}

static void clear(qf_sweep_progress *p)
{
    if (p->terminal && p->n_lines > 0) {
        fprintf(p->out, "\033[%dA\r\033[J", p->n_lines);
    }
    p->n_lines = 0;
}

static void show_text(qf_sweep_progress *p, double elapsed_s)
{
    qf_arena arena = {0};
    clear(p);
    show_bar(p, &arena, elapsed_s);
    show_outcomes(p);
    show_requirements(p, &arena);
    qf_arena_free(&arena);
}

static void show_json(qf_sweep_progress *p, double elapsed_s)
{
    const qf_time_left time = qf_sweep_time_left(p, elapsed_s);
    fprintf(p->out, "{\"done\": %zu, \"n_cases\": %zu, \"elapsed_s\": %.3f", n_known(p),
            p->n_planned, elapsed_s);
    qf_json_key_number(p->out, "left_s", time.left_s);
    qf_json_key_number(p->out, "left_spread_s", time.spread_s);
    qf_json_key_number(p->out, "cases_per_s", (double)n_done(p) / fmax(elapsed_s, 1e-9));
    fputs(", \"outcomes\": {", p->out);
    for (size_t o = 0; o < QF_OUTCOME_NOT_RUN; o++) {
        fprintf(p->out, "%s\"%s\": %zu", o ? ", " : "", qf_outcome_names[o], p->table->count[o]);
    }
    fputs("}, \"requirements\": [", p->out);
    for (size_t r = 0; r < p->spec->n_requirements; r++) {
        const qf_requirement *requirement = &p->spec->requirements[r];
        const qf_running_estimate so_far =
            qf_requirement_so_far(requirement, p->spec, p->table, p->table->n_cases);
        fprintf(p->out, "%s{\"name\": ", r ? ", " : "");
        qf_json_put_text(p->out, requirement->name);
        qf_json_key_number(p->out, "estimate", so_far.estimate);
        qf_json_key_number(p->out, "low", so_far.interval.low);
        qf_json_key_number(p->out, "high", so_far.interval.high);
        qf_json_key_size(p->out, "n", so_far.n);
        fputc('}', p->out);
    }
    fputs("]}\n", p->out);
}

static void count_batch(qf_sweep_progress *p, const qf_case_result *results, size_t n)
{
    double wall_s = 0.0;
    for (size_t i = 0; i < n; i++) {
        wall_s += results[i].wall_s;
    }
    const double of_case_s = wall_s / (double)n;
    p->n_batches++;
    const double off = of_case_s - p->mean_s;
    p->mean_s += off / (double)p->n_batches;
    p->squares += off * (of_case_s - p->mean_s);
}

void qf_sweep_progress_took(qf_sweep_progress *p, const qf_case_result *results, size_t n)
{
    if (n > 0) {
        p->n_done += n;
        count_batch(p, results, n);
        qf_sweep_progress_show(p);
    }
}

void qf_sweep_progress_show(qf_sweep_progress *p)
{
    const double now_s = qf_monotonic_s();
    if (!p->out || (now_s < p->next_s && n_done(p) < p->n_to_run)) {
        return;
    }
    (p->json ? show_json : show_text)(p, now_s - p->started_s);
    fflush(p->out);
    const double cost_s = qf_monotonic_s() - now_s;
    const double pause_s = p->json || p->terminal ? QF_PROGRESS_EVERY_S : TEXT_EVERY_S;
    p->next_s = now_s + fmax(pause_s, cost_s / LARGEST_SHARE);
}

void qf_sweep_progress_end(qf_sweep_progress *p)
{
    if (p->out) {
        clear(p);
        fflush(p->out);
    }
}
