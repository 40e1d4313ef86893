/* SPDX-License-Identifier: Apache-2.0 */
/* What sweeps tell people: numbers, tables, causes, time that is left, verdicts, advice. */
/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "junit.h"
#include "number_text.h"
#include "plan_advice.h"
#include "sweep_causes.h"
#include "sweep_cells.h"
#include "sweep_forecast.h"
#include "sweep_progress.h"
#include "sweep_summary.h"
#include "text_table.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

static void assert_has(const char *text, const char *part)
{
    if (!strstr(text, part)) {
        fail_msg("expected '%s' in:\n%s", part, text);
    }
}

static void numbers_are_those_that_people_write(void **state)
{
    (void)state;
    qf_arena arena = {0};
    assert_string_equal(qf_text_count(&arena, 0), "0");
    assert_string_equal(qf_text_count(&arena, 1234567), "1,234,567");
    assert_string_equal(qf_text_rate(&arena, 19328.0), "19,330");
    assert_string_equal(qf_text_rate(&arena, 12.345), "12.35");
    assert_string_equal(qf_text_share(&arena, 0.99987), "0.99987");
    assert_string_equal(qf_text_share(&arena, 1.0), "1");
    assert_string_equal(qf_text_number(&arena, (double)NAN), "-");
    assert_string_equal(qf_text_bytes(&arena, 1023.0), "1023 B");
    assert_string_equal(qf_text_bytes(&arena, 1536.0), "1.5 KiB");
    assert_string_equal(qf_text_seconds(&arena, 0.0123), "0.012 s");
    assert_string_equal(qf_text_seconds(&arena, 99.4), "99.4 s");
    assert_string_equal(qf_text_seconds(&arena, 200.4), "3 min 20 s");
    assert_string_equal(qf_text_seconds(&arena, 600.0), "10 min");
    assert_string_equal(qf_text_seconds(&arena, 7500.0), "2 h 5 min");
    assert_string_equal(qf_text_seconds(&arena, 7200.0), "2 h");
    assert_string_equal(qf_text_seconds(&arena, 864000.0), "10 days");
    qf_arena_free(&arena);
}

static void columns_stand_under_each_other_and_move_together_where_space_is_short(void **state)
{
    (void)state;
    qf_canvas canvas = {0};
    qf_text_table table = qf_table_start(&canvas, "lr", 2);
    qf_table_add(&table, (const char *const[]){"µ", "1"});
    qf_table_add(&table, (const char *const[]){"name", "1,234"});
    const qf_text_block wide = qf_table_block(&table, 2, 80);
    assert_string_equal(wide.lines[0], "  µ         1");
    assert_string_equal(wide.lines[1], "  name  1,234");
    const qf_text_block narrow = qf_table_block(&table, 2, 12);
    assert_string_equal(narrow.lines[1], "  name 1,234");
    assert_false(canvas.failed);
    qf_table_add(&table, (const char *const[]){"one", "too many"});
    assert_true(canvas.failed);
    qf_arena_free(&canvas.arena);
}

static void units_stand_behind_names_that_do_not_end_in_them(void **state)
{
    (void)state;
    qf_canvas canvas = {0};
    const qf_metric_spec named = {.name = "left_kg", .unit = "kg"};
    const qf_metric_spec unnamed = {.name = "charge", .unit = "percent"};
    assert_string_equal(qf_cell_label(&canvas, &named), "left_kg");
    assert_string_equal(qf_cell_label(&canvas, &unnamed), "charge [%]");
    qf_arena_free(&canvas.arena);
}

static void causes_that_differ_in_numbers_only_are_one(void **state)
{
    (void)state;
    char *causes[] = {NULL, "x_m not finite at tick 1234", "y_m out of range: 3.5 at tick 9",
                      "x_m not finite at tick 7", "x_m not finite at tick 7"};
    uint8_t outcomes[] = {QF_OUTCOME_OK, QF_OUTCOME_QUARANTINED, QF_OUTCOME_QUARANTINED,
                          QF_OUTCOME_QUARANTINED, QF_OUTCOME_FAILED};
    const qf_sweep_table table = {.n_cases = 5, .cause = causes, .outcome = outcomes};
    qf_arena arena = {0};
    size_t n;
    const qf_cause_group *groups = qf_sweep_causes(&arena, &table, 5, &n);
    assert_non_null(groups);
    assert_int_equal(n, 3);
    assert_int_equal(groups[0].n, 2);
    assert_int_equal(groups[0].first_case, 1);
    assert_string_equal(groups[0].cause, causes[1]);
    assert_int_equal(groups[1].first_case, 2);
    assert_int_equal(groups[2].outcome, QF_OUTCOME_FAILED);
    assert_non_null(qf_sweep_causes(&arena, &table, 2, &n)); /* of the first two */
    assert_int_equal(n, 1);
    assert_int_equal(groups[0].n, 2);
    qf_arena_free(&arena);
}

/* batches of one case each that take 1 s and 3 s in turn: two of four were done in 4 s */
static void time_left_spreads_as_batches_do(void **state)
{
    (void)state;
    const qf_sweep_spec spec = {0};
    qf_sweep_table table = {0};
    qf_sweep_progress progress = qf_sweep_progress_start(NULL, false, "s", &spec, &table, 4, 4);
    assert_true(isnan(qf_sweep_time_left(&progress, 1.0).left_s));
    qf_sweep_progress_took(&progress, &(qf_case_result){.wall_s = 1.0}, 1);
    assert_true(isnan(qf_sweep_time_left(&progress, 1.0).spread_s));
    qf_sweep_progress_took(&progress, &(qf_case_result){.wall_s = 3.0}, 1);
    const qf_time_left time = qf_sweep_time_left(&progress, 4.0);
    assert_true(fabs(time.left_s - 4.0) < 1e-12);
    /* sd sqrt(2) of a mean of 2; seen and left are two each */
    assert_true(fabs(time.spread_s - 2.0 * 4.0 * sqrt(2.0) / 2.0) < 1e-12);
    const qf_case_result last[2] = {{.wall_s = 2.0}, {.wall_s = 2.0}};
    qf_sweep_progress_took(&progress, last, 2);
    assert_true(qf_sweep_time_left(&progress, 9.0).left_s == 0.0);
}

static void batches_hold_cases_that_agree_in_what_is_structural(void **state)
{
    (void)state;
    const qf_sweep_parameter parameters[] = {{.path = "a", .packed = false},
                                             {.path = "b", .packed = true},
                                             {.path = NULL, .packed = false},
                                             {.path = "c", .packed = false}};
    const qf_sweep_spec spec = {.parameters = parameters, .n_parameters = COUNT(parameters)};
    double values[] = {0, 1, 0, 1, 0, 0, /* a */
                       1, 2, 3, 4, 5, 6, /* b */
                       6, 5, 4, 3, 2, 1, /* of expressions alone */
                       7, 7, 7, 7, 8, 7 /* c */};
    const qf_design design = {.n_cases = 6, .n_parameters = 4, .values = values};
    const uint32_t cases[] = {0, 1, 2, 3, 4, 5};
    /* {0, 2, 5}, {1, 3}, {4} */
    assert_int_equal(qf_sweep_count_batches(&spec, &design, cases, 6, 6), 3);
    assert_int_equal(qf_sweep_count_batches(&spec, &design, cases, 6, 2), 4);
    assert_int_equal(qf_sweep_count_batches(&spec, &design, cases, 6, 1), 6);
    assert_int_equal(qf_sweep_count_batches(&spec, &design, cases + 1, 2, 6), 2);
    assert_int_equal(qf_sweep_count_batches(&spec, &design, cases, 0, 6), 0);
}

/* by hand: of n cases that all hold, 0.95^(1/n) >= 0.5 ... is the bound where the truth is 1 */
static void cases_that_decide_a_share_are_about_as_many_as_it_takes(void **state)
{
    (void)state;
    const qf_requirement loose = {
        .claim = QF_CLAIM_PROBABILITY, .at_least = true, .limit = 0.5, .confidence = 0.95};
    const size_t few = qf_cases_that_decide(&loose);
    assert_in_range(few, 5, 20); /* 3 of 4 */
    const qf_requirement tight = {
        .claim = QF_CLAIM_PROBABILITY, .at_least = true, .limit = 0.99, .confidence = 0.95};
    const size_t many = qf_cases_that_decide(&tight);
    /* normal approximation: (1.645 sqrt(0.99 0.01) / 0.005)^2 = 1072 */
    assert_in_range(many, 900, 1500);
    const qf_requirement mirrored = {
        .claim = QF_CLAIM_PROBABILITY, .at_least = false, .limit = 0.01, .confidence = 0.95};
    assert_in_range(qf_cases_that_decide(&mirrored), 900, 1500);
    const qf_requirement mean = {.claim = QF_CLAIM_MEAN, .limit = 1.0, .confidence = 0.95};
    assert_int_equal(qf_cases_that_decide(&mean), 0);
}

/* what helps against too little memory is what takes the most of it */
static void advice_on_memory_is_on_what_takes_it(void **state)
{
    (void)state;
    static const struct {
        size_t of_all, of_thread, batch_worlds;
        const char *said, *not_said;
    } rows[] = {{900, 100, 200, "every shard and rank has whole: fewer cases", "--batch"},
                {100, 450, 200, "--batch makes them smaller", "fewer cases"},
                {100, 450, 1, "fewer of them (--threads)", "--batch"}};
    for (size_t i = 0; i < COUNT(rows); i++) {
        qf_arena arena = {0};
        const qf_machine machine = {.limits = {.memory_free_bytes = 500}};
        const qf_sweep_spec spec = {0};
        const qf_plan plan = {.machine = &machine,
                              .spec = &spec,
                              .forecast = {.n_threads = 2,
                                           .n_batches = 2,
                                           .thread_bytes = rows[i].of_thread,
                                           .batch_worlds = rows[i].batch_worlds},
                              .memory_bytes = rows[i].of_all + 2 * rows[i].of_thread,
                              .n_cases = 1000};
        size_t n;
        const char *const *texts = qf_plan_advice(&arena, &plan, &n);
        assert_non_null(texts);
        assert_int_equal(n, 1);
        assert_has(texts[0], rows[i].said);
        assert_null(strstr(texts[0], rows[i].not_said));
        qf_arena_free(&arena);
    }
}

static void xml_holds_any_text(void **state)
{
    (void)state;
    static const struct {
        const char *text, *xml;
    } cases[] = {{"a < b & \"c\" > d", "a &lt; b &amp; &quot;c&quot; &gt; d"},
                 {"two\nlines", "two&#10;lines"},
                 {"bell\a, \x7f", "bell?, ?"},
                 {"µ €, 🚀", "µ €, 🚀"},
                 {"\xff\xc3(", "?"
                               "?("},
                 {"\xed\xa0\x80", "???"},  /* a surrogate */
                 {"\xc0\xaf", "??"},       /* longer than it need be */
                 {"\xef\xbf\xbf", "???"}}; /* U+FFFF */
    for (size_t i = 0; i < COUNT(cases); i++) {
        char *text = NULL;
        size_t length;
        FILE *out = open_memstream(&text, &length);
        assert_non_null(out);
        qf_xml_put_text(out, cases[i].text);
        assert_int_equal(fclose(out), 0);
        assert_string_equal(text, cases[i].xml);
        free(text);
    }
}

static char *summary_text(const qf_sweep_summary *summary)
{
    qf_context context = qf_context_default();
    char *text = NULL;
    size_t length;
    FILE *out = open_memstream(&text, &length);
    assert_non_null(out);
    assert_int_equal(qf_sweep_summary_print(&context, summary, out), QF_OK);
    assert_int_equal(fclose(out), 0);
    return text;
}

/* one truth over four cases, one of which failed; undecided, and a parameter that matters */
static void the_summary_tells_verdicts_causes_and_what_matters(void **state)
{
    (void)state;
    const qf_metric_spec metrics[] = {
        {.name = "success", .text = "any(x)", .kind = QF_VALUE_TRUTH}};
    const qf_requirement requirement = {.name = "works",
                                        .text = "P(success) > 0.9 confidence 0.95",
                                        .claim = QF_CLAIM_PROBABILITY,
                                        .at_least = true,
                                        .strict = true,
                                        .limit = 0.9,
                                        .confidence = 0.95};
    const qf_sweep_parameter parameters[] = {{.name = "dull"}, {.name = "sharp"}};
    const qf_sweep_spec spec = {.parameters = parameters,
                                .n_parameters = 2,
                                .n_points = 10,
                                .n_replications = 1,
                                .metrics = metrics,
                                .n_metrics = 1,
                                .requirements = &requirement,
                                .n_requirements = 1,
                                .confidence = 0.95};
    uint8_t outcome[10] = {0, 0, 0, QF_OUTCOME_FAILED, 4, 4, 4, 4, 4, 4};
    uint64_t hash[10] = {1, 2, 3, 0};
    char *cause[10] = {[3] = "no such file"};
    const qf_sweep_table table = {
        .n_cases = 10, .n_metrics = 1, .outcome = outcome, .hash = hash, .cause = cause};
    const qf_metric_statistics statistics = {
        .n = 3, .n_without = 1, .n_true = 3, .exact = {0.29, 1.0}, .wilson = {0.44, 1.0}};
    const qf_requirement_result result = {.requirement = &requirement,
                                          .verdict = QF_VERDICT_UNDECIDED,
                                          .estimate = 0.75,
                                          .bound = 0.25,
                                          .margin = -0.15,
                                          .method = "Clopper-Pearson, one-sided 95 %",
                                          .n = 4,
                                          .n_against = 1,
                                          .n_needed = 1500,
                                          .has_worst = true,
                                          .worst_case = 3};
    const double none = (double)NAN;
    const qf_interval no = {none, none};
    qf_sensitivity sensitivities[2];
    for (size_t i = 0; i < 2; i++) {
        sensitivities[i] = (qf_sensitivity){.parameter = i,
                                            .rank_correlation = i == 0 ? 0.1 : -0.9,
                                            .of_rank_correlation = {-1.0, i == 0 ? 1.0 : -0.5},
                                            .regression = none,
                                            .of_regression = no,
                                            .r_squared = 0.5,
                                            .first = none,
                                            .total = none,
                                            .of_first = no,
                                            .of_total = no,
                                            .mu = none,
                                            .mu_star = none,
                                            .sigma = none,
                                            .of_mu_star = no};
    }
    const qf_sweep_report report = {.metrics = &statistics,
                                    .n_metrics = 1,
                                    .requirements = &result,
                                    .n_requirements = 1,
                                    .sensitivities = sensitivities,
                                    .n_cases = 4,
                                    .stopped_early = true};
    const qf_sweep_summary summary = {.name = "s",
                                      .directory = "s.sweep",
                                      .spec = &spec,
                                      .table = &table,
                                      .report = &report,
                                      .disk_bytes = none};
    char *text = summary_text(&summary);
    assert_has(text, "s: decided after 4 of 10 cases\n");
    assert_has(text, "3 ok, 1 failed\n    1 failed, first case 3: no such file\n");
    assert_has(text, "3 of 3");
    assert_has(text, "works: P(success) > 0.9 confidence 0.95\n");
    assert_has(text, " > 0.9   -0.15\n");
    assert_has(text, "undecided");
    assert_has(text, "4 cases; 1 failed, quarantined");
    assert_has(text, "value count against it; about 1,500 decide it");
    assert_has(text, "1,500 decide it if the estimate stays");
    assert_has(text, "worst case: qfleet replay s.sweep --case 3\n");
    assert_has(text, "the regression explains 50 %");
    assert_true(strstr(text, "sharp") < strstr(text, "dull"));
    assert_false(qf_sweep_is_met(&report));
    free(text);
    /* the interval that the rule stops by; and nothing of a function can be replayed */
    qf_sweep_spec other = spec;
    other.stop = QF_STOP_WIDTH;
    other.function = QF_FUNCTION_ISHIGAMI;
    qf_sweep_summary of_function = summary;
    of_function.spec = &other;
    text = summary_text(&of_function);
    assert_has(text, "[0.44, 1] Wilson");
    assert_null(strstr(text, "[0.29, 1]"));
    assert_has(text, "    worst case: 3\n");
    free(text);
    /* words without order have no correlation, even where they are all that there is */
    const char *const words[] = {"a", "b", "c"};
    qf_sweep_parameter of_words[] = {{.name = "dull"}, {.name = "sharp"}};
    of_words[0].texts = words;
    of_words[0].values.n_items = 3;
    other.parameters = of_words;
    qf_metric_statistics mixed = statistics;
    mixed.n_true = 2;
    qf_sweep_report of_mixed = report;
    of_mixed.metrics = &mixed;
    of_function.report = &of_mixed;
    sensitivities[0].rank_correlation = none;
    text = summary_text(&of_function);
    assert_has(text, "\n    dull: three words or more have no order: compare by groups\n");
    free(text);
    other.n_parameters = 1;
    text = summary_text(&of_function);
    assert_has(text, "what success depends on\n    dull: three words or more have no order");
    free(text);
    assert_true(qf_sweep_hash(&table, 3) != qf_sweep_hash(&table, 4));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_are_those_that_people_write),
        cmocka_unit_test(columns_stand_under_each_other_and_move_together_where_space_is_short),
        cmocka_unit_test(units_stand_behind_names_that_do_not_end_in_them),
        cmocka_unit_test(causes_that_differ_in_numbers_only_are_one),
        cmocka_unit_test(time_left_spreads_as_batches_do),
        cmocka_unit_test(batches_hold_cases_that_agree_in_what_is_structural),
        cmocka_unit_test(cases_that_decide_a_share_are_about_as_many_as_it_takes),
        cmocka_unit_test(advice_on_memory_is_on_what_takes_it),
        cmocka_unit_test(xml_holds_any_text),
        cmocka_unit_test(the_summary_tells_verdicts_causes_and_what_matters),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
