/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "commands.h"
#include "json_text.h"
#include "number_text.h"
#include "options.h"
#include "run_session.h"
#include "sweep_pairs.h"
#include "text_diff.h"
#include "text_table.h"

enum { INDENT = 2, WIDTH = 80, MOST_LINES = 20 };

static const qf_option_id accepted[] = {QF_OPTION_METRIC, QF_OPTION_CONFIDENCE, QF_OPTION_JSON,
                                        QF_OPTION_HELP};
enum { N_ACCEPTED = sizeof accepted / sizeof *accepted };

static void help(void)
{
    printf(
        "usage: qfleet compare A B [options]\n\n"
        "Says what changed from sweep A to sweep B (directories) in the cases that both have.\n"
        "Cases are the same by seed and number: with the same draws, the difference of each pair\n"
        "is that of the scenarios, and its mean is known better than that of two sweeps apart.\n\n"
        "Of numbers: the mean difference B - A, its interval and p value by Student's t. Of\n"
        "truths: the difference of shares, its interval by Bonett and Price, and McNemar's exact\n"
        "test of the cases in which only one of both holds. gain: how many times as many cases\n"
        "two sweeps of other cases would take for an interval as wide.\n\n");
    qf_options_help(accepted, N_ACCEPTED);
    printf("\nexit codes: 0 done, 2 bad command line, or sweeps that have no case in common, 3 a\n"
           "sweep cannot be read, or is damaged (what is not damaged is compared)\n");
}

/* ---- for people ---- */

static const char *or_dash(qf_canvas *canvas, const char *text)
{
    canvas->failed = canvas->failed || !text;
    return text ? text : "-";
}

static const char *interval_text(qf_canvas *canvas, qf_interval i)
{
    if (isnan(i.low) || isnan(i.high)) {
        return "-";
    }
    return or_dash(canvas, qf_arena_format(&canvas->arena, "[%s, %s]",
                                           qf_text_number(&canvas->arena, i.low),
                                           qf_text_number(&canvas->arena, i.high)));
}

static const char *p_text(qf_canvas *canvas, double p)
{
    if (isnan(p)) {
        return "-";
    }
    return p < 1e-4 ? "<1e-4" : or_dash(canvas, qf_arena_format(&canvas->arena, "%.2g", p));
}

static const char *gain_text(qf_canvas *canvas, double gain)
{
    if (isnan(gain)) {
        return "-";
    }
    return gain > 1e6 ? ">1e6" : or_dash(canvas, qf_arena_format(&canvas->arena, "%.3g", gain));
}

static const char *sure_text(qf_canvas *canvas, double confidence)
{
    return or_dash(canvas, qf_arena_format(&canvas->arena, "%g %% interval", 100.0 * confidence));
}

static bool is_of(const qf_metric_pair *it, qf_value_kind kind)
{
    return it->metric->kind == kind;
}

static qf_text_block numbers_table(qf_canvas *canvas, const qf_sweep_pairs *pairs,
                                   double confidence)
{
    qf_arena *arena = &canvas->arena;
    qf_text_table table = qf_table_start(canvas, "llrrrrlrr", pairs->n_metrics + 1);
    qf_table_add(&table, (const char *const[]){"number", "unit", "n", "A", "B", "B - A",
                                               sure_text(canvas, confidence), "p", "gain"});
    for (size_t i = 0; i < pairs->n_metrics; i++) {
        const qf_metric_pair *it = &pairs->metrics[i];
        if (is_of(it, QF_VALUE_NUMBER)) {
            qf_table_add(&table,
                         (const char *const[]){
                             it->metric->name, it->metric->unit ? it->metric->unit : "",
                             qf_text_count(arena, it->difference.n),
                             qf_text_number(arena, it->mean[0]), qf_text_number(arena, it->mean[1]),
                             qf_text_number(arena, it->difference.mean),
                             interval_text(canvas, it->difference.of_mean),
                             p_text(canvas, it->difference.p_value), gain_text(canvas, it->gain)});
        }
    }
    return table.n_rows > 1 ? qf_table_block(&table, INDENT, WIDTH) : (qf_text_block){0};
}

static qf_text_block truths_table(qf_canvas *canvas, const qf_sweep_pairs *pairs, double confidence)
{
    qf_arena *arena = &canvas->arena;
    qf_text_table table = qf_table_start(canvas, "lrrrrlrrr", pairs->n_metrics + 1);
    qf_table_add(&table,
                 (const char *const[]){"truth", "n", "A", "B", "B - A",
                                       sure_text(canvas, confidence), "only A", "only B", "p"});
    for (size_t i = 0; i < pairs->n_metrics; i++) {
        const qf_metric_pair *it = &pairs->metrics[i];
        if (is_of(it, QF_VALUE_TRUTH)) {
            qf_table_add(&table,
                         (const char *const[]){
                             it->metric->name, qf_text_count(arena, it->difference.n),
                             qf_text_share(arena, it->mean[0]), qf_text_share(arena, it->mean[1]),
                             qf_text_number(arena, it->difference.mean),
                             interval_text(canvas, it->difference.of_mean),
                             qf_text_count(arena, it->difference.n_only_a),
                             qf_text_count(arena, it->difference.n_only_b),
                             p_text(canvas, it->difference.p_value)});
        }
    }
    return table.n_rows > 1 ? qf_table_block(&table, INDENT, WIDTH) : (qf_text_block){0};
}

static qf_text_block choices_table(qf_canvas *canvas, const qf_sweep_pairs *pairs)
{
    qf_arena *arena = &canvas->arena;
    qf_text_table table = qf_table_start(canvas, "lrr", pairs->n_metrics + 1);
    qf_table_add(&table, (const char *const[]){"choice", "n", "another in B"});
    for (size_t i = 0; i < pairs->n_metrics; i++) {
        const qf_metric_pair *it = &pairs->metrics[i];
        if (is_of(it, QF_VALUE_CHOICE)) {
            qf_table_add(&table, (const char *const[]){it->metric->name,
                                                       qf_text_count(arena, it->difference.n),
                                                       qf_text_count(arena, it->n_changed)});
        }
    }
    return table.n_rows > 1 ? qf_table_block(&table, INDENT, WIDTH) : (qf_text_block){0};
}

static void print_cases(qf_arena *arena, const qf_sweep_pairs *pairs)
{
    static const char *const names[2] = {"A", "B"};
    for (int f = 0; f < 2; f++) {
        const qf_stored_sweep *stored = pairs->stored[f];
        printf("%s: %s, %s of %s cases\n", names[f], stored->directory,
               qf_text_count(arena, pairs->n_both + pairs->n_only[f]),
               qf_text_count(arena, stored->table.n_cases));
    }
    printf("  %s cases are in both", qf_text_count(arena, pairs->n_both));
    for (int f = 0; f < 2; f++) {
        if (pairs->n_only[f] > 0) {
            printf(", %s only in %s", qf_text_count(arena, pairs->n_only[f]), names[f]);
        }
    }
    printf("; seed %" PRIu64 "\n", qf_sweep_scenario(pairs->stored[0]->sweep)->seed);
}

/* the values of parameters should be the same, or differences are theirs as well */
static void print_warnings(qf_arena *arena, const qf_sweep_pairs *pairs)
{
    if (pairs->n_other_values > 0) {
        printf("  warning: other values of parameters in %s cases, first %s in case %" PRIu32 ":\n"
               "  differences are of these, too\n",
               qf_text_count(arena, pairs->n_other_values), pairs->other_parameter,
               pairs->first_other);
    }
    if (pairs->only_parameter) {
        printf("  warning: parameter %s is in one of both only\n", pairs->only_parameter);
    }
}

static void print_notes(const qf_sweep_pairs *pairs)
{
    for (size_t i = 0; i < pairs->n_unpaired; i++) {
        printf("  %s is not compared: %s\n", pairs->unpaired[i].name, pairs->unpaired[i].why);
    }
    if (!pairs->is_sample) {
        printf(
            "  no intervals: the points are no random sample of the parameters' distributions\n");
    }
    for (size_t i = 0; i < pairs->n_metrics; i++) {
        if (pairs->metrics[i].of_points) {
            printf(
                "  replications of a point are not independent: errors are those between points\n");
            return;
        }
    }
}

/* ---- scenarios ---- */

/* Lines in which the effective scenarios differ, *n of them; NULL without memory. The caller frees it. */
static char *scenario_difference(const qf_sweep_pairs *pairs, size_t *n)
{
    char *text[3] = {NULL, NULL, NULL};
    size_t size;
    bool done = true;
    *n = 0;
    for (int f = 0; f < 3 && done; f++) {
        FILE *out = open_memstream(&text[f], &size);
        if (out && f < 2) {
            qf_sweep_write(pairs->stored[f]->sweep, out);
        } else if (out) {
            *n = qf_text_diff(out, text[0], text[1], MOST_LINES);
        }
        done = out && fclose(out) == 0;
    }
    free(text[0]);
    free(text[1]);
    if (!done) {
        free(text[2]);
    }
    return done ? text[2] : NULL;
}

static qf_status print(qf_context *context, const qf_sweep_pairs *pairs, double confidence)
{
    qf_canvas canvas = {0};
    size_t n_lines;
    char *difference = scenario_difference(pairs, &n_lines);
    const qf_text_block blocks[] = {truths_table(&canvas, pairs, confidence),
                                    choices_table(&canvas, pairs),
                                    numbers_table(&canvas, pairs, confidence)};
    const bool done = difference && !canvas.failed;
    if (done) {
        print_cases(&canvas.arena, pairs);
        print_warnings(&canvas.arena, pairs);
        for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++) {
            qf_block_print(&blocks[i], stdout);
        }
        print_notes(pairs);
        printf(n_lines > 0 ? "scenarios, A - and B +:\n%s" : "scenarios: the same\n", difference);
    }
    free(difference);
    qf_arena_free(&canvas.arena);
    return done ? QF_OK : qf_fail(context, QF_ERROR_MEMORY, "no memory to compare sweeps");
}

/* ---- for programs ---- */

static void put_pair(const char *key, double first, double second)
{
    printf(", \"%s\": [", key);
    qf_json_put_number(stdout, first);
    fputs(", ", stdout);
    qf_json_put_number(stdout, second);
    putchar(']');
}

static void put_metric(const qf_metric_pair *it)
{
    static const char *const kinds[] = {
        [QF_VALUE_NUMBER] = "number", [QF_VALUE_TRUTH] = "truth", [QF_VALUE_CHOICE] = "choice"};
    fputs("{\"name\": ", stdout);
    qf_json_put_text(stdout, it->metric->name);
    qf_json_key_text(stdout, "kind", kinds[it->metric->kind]);
    qf_json_key_text(stdout, "unit", it->metric->unit);
    qf_json_key_size(stdout, "n", it->difference.n);
    if (is_of(it, QF_VALUE_CHOICE)) {
        qf_json_key_size(stdout, "n_changed", it->n_changed);
    } else {
        put_pair("means", it->mean[0], it->mean[1]);
        qf_json_key_number(stdout, "difference", it->difference.mean);
        qf_json_key_number(stdout, "sd", it->difference.sd);
        put_pair("interval", it->difference.of_mean.low, it->difference.of_mean.high);
        qf_json_key_number(stdout, "p_value", it->difference.p_value);
        qf_json_key_number(stdout, "gain", it->gain);
    }
    if (is_of(it, QF_VALUE_TRUTH)) {
        qf_json_key_size(stdout, "n_only_a", it->difference.n_only_a);
        qf_json_key_size(stdout, "n_only_b", it->difference.n_only_b);
    }
    putchar('}');
}

static qf_status print_json(qf_context *context, const qf_sweep_pairs *pairs, double confidence)
{
    size_t n_lines;
    char *difference = scenario_difference(pairs, &n_lines);
    if (!difference) {
        return qf_fail(context, QF_ERROR_MEMORY, "no memory to compare sweeps");
    }
    printf("{\"directories\": [");
    qf_json_put_text(stdout, pairs->stored[0]->directory);
    fputs(", ", stdout);
    qf_json_put_text(stdout, pairs->stored[1]->directory);
    printf("], \"seed\": %" PRIu64, qf_sweep_scenario(pairs->stored[0]->sweep)->seed);
    qf_json_key_number(stdout, "confidence", confidence);
    qf_json_key_size(stdout, "n_both", pairs->n_both);
    qf_json_key_size(stdout, "n_only_a", pairs->n_only[0]);
    qf_json_key_size(stdout, "n_only_b", pairs->n_only[1]);
    qf_json_key_size(stdout, "n_other_values", pairs->n_other_values);
    fputs(", \"metrics\": [", stdout);
    for (size_t i = 0; i < pairs->n_metrics; i++) {
        fputs(i > 0 ? ", " : "", stdout);
        put_metric(&pairs->metrics[i]);
    }
    fputs("], \"not_compared\": [", stdout);
    for (size_t i = 0; i < pairs->n_unpaired; i++) {
        fputs(i > 0 ? ", {\"name\": " : "{\"name\": ", stdout);
        qf_json_put_text(stdout, pairs->unpaired[i].name);
        qf_json_key_text(stdout, "why", pairs->unpaired[i].why);
        putchar('}');
    }
    putchar(']');
    qf_json_key_size(stdout, "n_lines_different", n_lines);
    qf_json_key_text(stdout, "scenario_difference", difference);
    puts("}");
    free(difference);
    return QF_OK;
}

static qf_status compare(qf_context *context, const qf_options *options)
{
    const double confidence = isnan(options->confidence) ? 0.95 : options->confidence;
    qf_stored_sweep stored[2] = {0};
    qf_arena arena = {0};
    qf_sweep_pairs pairs;
    size_t n_damaged = 0;
    qf_status status = QF_OK;
    for (int f = 0; f < 2 && status == QF_OK; f++) {
        const char *path = options->operands[f];
        size_t n = 0;
        status = qf_is_sweep(path) ? qf_sweep_store_read(context, path, stderr, &n, &stored[f])
                                   : qf_fail(context, QF_ERROR_READ, "%s: no sweep is there", path);
        n_damaged += n;
    }
    if (status == QF_OK) {
        const qf_stored_sweep *const both[2] = {&stored[0], &stored[1]};
        status = qf_sweep_pairs_create(context, &arena, both, options->metrics, options->n_metrics,
                                       confidence, &pairs);
    }
    if (status == QF_OK) {
        status = (options->json ? print_json : print)(context, &pairs, confidence);
    }
    if (status == QF_OK && n_damaged > 0) {
        status =
            qf_fail(context, QF_ERROR_READ, "damaged: %zu cases or files (named above)", n_damaged);
    }
    qf_arena_free(&arena);
    qf_stored_sweep_free(&stored[0]);
    qf_stored_sweep_free(&stored[1]);
    return status;
}

int qf_command_compare(int argc, char **argv)
{
    qf_options options;
    qf_context context = qf_context_default();
    context.log = qf_print_log;
    qf_status status = qf_options_parse("compare", accepted, N_ACCEPTED, argc, argv, &options);
    if (status == QF_OK && options.help) {
        help();
    } else if (status == QF_OK && options.n_operands != 2) {
        fprintf(stderr, "qfleet compare: expected two sweeps, found %zu\n", options.n_operands);
        status = QF_ERROR_USAGE;
    } else if (status == QF_OK) {
        status = compare(&context, &options);
        if (status != QF_OK) {
            fprintf(stderr, "qfleet compare: %s\n", context.error);
        }
    }
    qf_options_free(&options);
    return qf_status_exit_code(status);
}
