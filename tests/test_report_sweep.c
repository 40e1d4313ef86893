/* SPDX-License-Identifier: Apache-2.0 */
/* The page of a sweep: its numbers are those of `qfleet sweep --json`, its words those of the verdicts, and names are no markup. */
#include "failing_memory.h"
#include "report.h"

#include <dirent.h>
#include <dlfcn.h>
#include <unistd.h>

#include "chart_stand.h"
#include "report_stand.h"
#include "report_sweep.h"

#define HOSTILE "<script>alert(1)</script> & \\\"co\\\""

/* directories that cannot be read to their end, on request */
static bool directories_fail = false;

struct dirent *readdir(DIR *entries)
{
    struct dirent *(*original)(DIR *);
    *(void **)&original = dlsym(RTLD_NEXT, "readdir");
    if (directories_fail) {
        errno = EIO;
        return NULL;
    }
    return original(entries);
}

typedef struct made_page {
    qf_context context;
    qf_case_source source;
    qf_arena arena;
    qf_sweep_report answers;
    char *text;
} made_page;

static char *read_all(FILE *in)
{
    char *text = NULL;
    size_t bytes = 0;
    FILE *out = open_memstream(&text, &bytes);
    char block[4096];
    size_t n;
    while ((n = fread(block, 1, sizeof block, in)) > 0) {
        fwrite(block, 1, n, out);
    }
    assert_int_equal(fclose(out), 0);
    return text;
}

/* the summary of a sweep that is run into `path`, as programs read it */
static char *run_sweep(const char *path, const char *scenario, const char *settings)
{
    char command[4096];
    const int length = snprintf(command, sizeof command,
                                "'%s' sweep '%s' %s -o '%s' --json --threads 1 2>/dev/null",
                                QFLEET_PROGRAM, scenario, settings, path);
    assert_true(length < (int)sizeof command);
    FILE *in = popen(command, "r");
    assert_non_null(in);
    char *json = read_all(in);
    pclose(in); /* 1 where a requirement is not met */
    assert_int_equal(json[0], '{');
    return json;
}

static void open_sweep(made_page *m, const char *path)
{
    *m = (made_page){.context = qf_context_default()};
    assert_int_equal(qf_case_source_open(&m->context, path, NULL, &m->source), QF_OK);
}

/* the page of the sweep as it is in memory; `n_cases`: those that count */
static const char *make(made_page *m, size_t n_cases)
{
    const qf_sweep *sweep = m->source.sweep.sweep;
    assert_int_equal(qf_sweep_report_create(&m->context, &m->arena, qf_sweep_get_spec(sweep),
                                            qf_sweep_design(sweep), &m->source.sweep.table, n_cases,
                                            qf_sweep_scenario(sweep)->seed, &m->answers),
                     QF_OK);
    const qf_report_sweep of = {&m->source, &m->answers, m->source.path};
    qf_page *page = qf_page_create();
    assert_int_equal(qf_report_sweep_summary(&m->context, page, &of), QF_OK);
    assert_int_equal(qf_report_sweep_metrics(&m->context, page, &of), QF_OK);
    assert_int_equal(qf_report_sweep_sensitivity(&m->context, page, &of), QF_OK);
    assert_int_equal(qf_report_sweep_worst(&m->context, page, &of), QF_OK);
    size_t bytes = 0;
    FILE *out = open_memstream(&m->text, &bytes);
    assert_int_equal(qf_page_write(&m->context, page, "page", out), QF_OK);
    assert_int_equal(fclose(out), 0);
    qf_page_free(page);
    /* no picture has a length that is no number */
    assert_has_not(m->text, "=\"nan");
    assert_has_not(m->text, "=\"inf");
    assert_has_not(m->text, "=\"-inf");
    return m->text;
}

static void close_page(made_page *m)
{
    free(m->text);
    qf_arena_free(&m->arena);
    qf_case_source_close(&m->source);
}

/* the number of a key of the object that is called so */
static double json_number(const char *json, const char *name, const char *key)
{
    char text[256];
    snprintf(text, sizeof text, "{\"name\": \"%s\"", name);
    const char *at = strstr(json, text);
    assert_non_null(at);
    snprintf(text, sizeof text, "\"%s\": ", key);
    at = strstr(at, text);
    assert_non_null(at);
    return strtod(at + strlen(text), NULL);
}

static void assert_cell(const char *page, const char *format, double value)
{
    char number[64], cell[128];
    snprintf(number, sizeof number, format, value);
    snprintf(cell, sizeof cell, "<td class=\"number\">%s</td>", number);
    assert_has(page, cell);
}

static char directory[] = "/tmp/qf-report-sweep-XXXXXX";
static char sweep_path[256];
static char *json;

static int set_up(void **state)
{
    (void)state;
    if (!mkdtemp(directory)) {
        return 1;
    }
    snprintf(sweep_path, sizeof sweep_path, "%s/it's.sweep", directory);
    char quoted[256];
    snprintf(quoted, sizeof quoted, "%s/it'\\''s.sweep", directory);
    json =
        run_sweep(quoted, PROJECT_SOURCE_DIR "/configs/sweeps/detection.yaml",
                  "--set sweep.cases=120 --set 'requirements=[{name: \"" HOSTILE
                  "\", require: \"P(success) >= 0.95 confidence 0.95\"}, {name: reach, require: "
                  "\"quantile(gospa_m, 0.5) <= 100 m confidence 0.95\"}, {name: alarms, require: "
                  "\"mean(false_alarms) <= 2 confidence 0.95\"}]'");
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    free(json);
    char command[512];
    snprintf(command, sizeof command, "rm -r '%s'", directory);
    return system(command);
}

static void numbers_are_those_of_the_summary(void **state)
{
    (void)state;
    made_page m;
    open_sweep(&m, sweep_path);
    const char *page = make(&m, 120);
    static const char *const metrics[] = {"time_to_detect_s", "time_to_track_s", "false_alarms",
                                          "gospa_m"};
    static const char *const keys[] = {"mean", "sd", "tolerance_95_95"};
    for (size_t i = 0; i < COUNT(metrics); i++) {
        for (size_t k = 0; k < COUNT(keys); k++) {
            assert_cell(page, "%.4g", json_number(json, metrics[i], keys[k]));
        }
        char extreme[64];
        snprintf(extreme, sizeof extreme, "%%.4g (%.0f)",
                 json_number(json, metrics[i], "most_case"));
        assert_cell(page, extreme, json_number(json, metrics[i], "max"));
    }
    assert_cell(page, "%.4g", json_number(json, "success", "share"));
    assert_cell(page, "%.0f", json_number(json, "success", "n_true"));
    assert_cell(page, "%.4g", json_number(json, "alarms", "estimate"));
    assert_cell(page, "%.4g", json_number(json, "alarms", "bound"));
    assert_cell(page, "%+.3g", json_number(json, "alarms", "margin"));
    assert_cell(page, "%.0f", json_number(json, "alarms", "worst_case"));
    assert_cell(page, "%.4g m", json_number(json, "reach", "estimate"));
    assert_cell(page, "%.4g m", json_number(json, "reach", "bound"));
    close_page(&m);
}

static void sensitivities_are_those_of_the_summary(void **state)
{
    (void)state;
    made_page m;
    open_sweep(&m, sweep_path);
    const char *page = make(&m, 120);
    const char *at = strstr(json, "{\"metric\": \"false_alarms\"");
    assert_non_null(at);
    for (int i = 0; i < 4; i++) {
        at = strstr(at + 1, "\"rank_correlation\": ");
        assert_non_null(at);
        assert_cell(page, "%.3f", strtod(at + strlen("\"rank_correlation\": "), NULL));
    }
    close_page(&m);
}

static void verdicts_are_said_and_the_worst_one_in_the_headline(void **state)
{
    (void)state;
    made_page m;
    open_sweep(&m, sweep_path);
    const char *page = make(&m, 120);
    assert_has(page, "<div class=\"banner bad\">");
    assert_has(page, "1 of 3 requirements not met");
    assert_has(page, "alarms: the mean of false_alarms is ");
    assert_has(page, "at most 2 was asked for: not met.");
    assert_has(page, "<span class=\"badge bad\">");
    assert_has(page, "<span class=\"badge good\">");
    static const char *const verdicts[] = {"met", "not met", "undecided"};
    for (size_t r = 0; r < m.answers.n_requirements; r++) {
        char text[64];
        snprintf(text, sizeof text, "</span> %s</span>",
                 verdicts[m.answers.requirements[r].verdict]);
        assert_has(page, text);
    }
    close_page(&m);
}

static void names_are_no_markup_and_paths_are_for_a_shell(void **state)
{
    (void)state;
    made_page m;
    open_sweep(&m, sweep_path);
    const char *page = make(&m, 120);
    assert_has_not(page, "<script>");
    assert_has(page, "&lt;script&gt;alert(1)&lt;/script&gt; &amp; &quot;co&quot;");
    char command[512];
    snprintf(command, sizeof command, "qfleet replay '%s/it'\\''s.sweep' --case ", directory);
    assert_has(page, command);
    close_page(&m);
}

/* the first of a requirement's worst is the worst case of its verdict */
static void worst_cases_begin_with_that_of_the_verdict(void **state)
{
    (void)state;
    made_page m;
    open_sweep(&m, sweep_path);
    m.source.sweep.table.outcome[77] = QF_OUTCOME_QUARANTINED;
    const char *page = make(&m, 120);
    const char *at = strstr(page, "By the requirement alarms");
    assert_non_null(at);
    assert_int_equal(m.answers.requirements[2].worst_case, 77);
    const char *row = strstr(at, "<tbody>\n<tr><td class=\"number\">");
    assert_non_null(row);
    assert_int_equal(strtol(row + strlen("<tbody>\n<tr><td class=\"number\">"), NULL, 10), 77);
    close_page(&m);
}

/* of 7 parameters the table has room for 6 */
static void parameters_of_worst_cases_are_the_first_where_none_is_known_to_matter(void **state)
{
    (void)state;
    static const char axis[] =
        " --set 'sweep.parameters.%c={path: \"groups[0].initial.position_m[%d]"
        "\", uniform: {min: 1, max: 2}}'";
    static const char *const n_cases[] = {"3", "40"};
    static const char *const said[] = {"; of 7 parameters the first 6.",
                                       "; of 7 parameters the 6 that matter most."};
    for (size_t i = 0; i < COUNT(n_cases); i++) {
        char path[300], settings[1000];
        snprintf(path, sizeof path, "%s/many-%s.sweep", directory, n_cases[i]);
        int n = snprintf(settings, sizeof settings,
                         "--set sweep.cases=%s --set 'requirements=[{name: reach, require: "
                         "\"mean(gospa_m) <= 1 m\"}]'",
                         n_cases[i]);
        for (int k = 0; k < 3; k++) {
            n += snprintf(settings + n, sizeof settings - (size_t)n, axis, 'x' + k, k);
        }
        free(run_sweep(path, PROJECT_SOURCE_DIR "/configs/sweeps/detection.yaml", settings));
        made_page m;
        open_sweep(&m, path);
        assert_has(make(&m, m.source.n_cases), said[i]);
        close_page(&m);
    }
}

static void set_all(made_page *m, double value)
{
    qf_sweep_table *table = &m->source.sweep.table;
    for (size_t i = 0; i < table->n_cases * table->n_metrics; i++) {
        table->metrics[i] = value;
    }
}

static void cases_that_all_fail_are_grouped_by_cause(void **state)
{
    (void)state;
    made_page m;
    open_sweep(&m, sweep_path);
    qf_sweep_table *table = &m.source.sweep.table;
    set_all(&m, (double)NAN);
    for (size_t k = 0; k < table->n_cases; k++) {
        char cause[64];
        snprintf(cause, sizeof cause, k < 100 ? "line %zu: <b>no</b>" : "no memory", k);
        table->outcome[k] = QF_OUTCOME_FAILED;
        table->cause[k] = strdup(cause);
    }
    const char *page = make(&m, 120);
    assert_has(page, "<td>failed</td><td class=\"number\">100</td><td class=\"number\">0</td>"
                     "<td>line 0: &lt;b&gt;no&lt;/b&gt;</td>");
    assert_has(page, "<td>failed</td><td class=\"number\">20</td><td class=\"number\">100</td>");
    assert_has(page, "2 of 3 requirements not met");
    assert_has(page, "infinite");
    assert_has(page, "no case has a value");
    assert_has(page, ">120, 100 %<");
    close_page(&m);
}

static void what_is_equal_everywhere_is_said_in_words(void **state)
{
    (void)state;
    made_page m;
    open_sweep(&m, sweep_path);
    set_all(&m, 1.0);
    const char *page = make(&m, 120);
    assert_has(page, "<h3>The same in all cases</h3>");
    assert_has(page, "1 s in all 120 cases");
    assert_has(page, "it is the same in all cases");
    close_page(&m);
}

static void missing_and_damaged_cases_are_named(void **state)
{
    (void)state;
    made_page m;
    open_sweep(&m, sweep_path);
    qf_sweep_table *table = &m.source.sweep.table;
    for (size_t k = 10; k < 13; k++) {
        table->outcome[k] = QF_OUTCOME_NOT_RUN;
        m.source.sweep.damaged[k] = k == 11;
    }
    const char *page = make(&m, 120);
    assert_has(page, "<div class=\"banner open\">");
    assert_has(page, "So far: ");
    assert_has(page, " 3 of 120 cases have no result: this may change.");
    assert_has(page, "left out of everything below: 3 of 120 cases: 10-12");
    assert_has(page, "Damaged, and left out of everything below: 1 of 120 cases: 11");
    close_page(&m);
}

/* a page without its notes would look as if there were none */
static void a_page_that_lacks_a_note_for_want_of_memory_fails(void **state)
{
    (void)state;
    skip_unless_memory_can_run_out();
    made_page m;
    open_sweep(&m, sweep_path);
    m.source.sweep.table.outcome[3] = QF_OUTCOME_FAILED;
    m.source.sweep.table.cause[3] = strdup("no thrust");
    (void)make(&m, 120);
    const qf_report_sweep of = {&m.source, &m.answers, m.source.path};
    qf_page *page = qf_page_create();
    allocations_left = 0;
    const qf_status status = qf_report_sweep_summary(&m.context, page, &of);
    allocations_left = -1;
    assert_int_equal(status, QF_ERROR_MEMORY);
    assert_has(m.context.error, "causes of cases");
    qf_page_free(page);
    close_page(&m);
}

static void a_directory_that_cannot_be_read_to_its_end_is_no_short_one(void **state)
{
    (void)state;
    made_page m;
    open_sweep(&m, sweep_path);
    (void)make(&m, 120);
    const qf_report_sweep of = {&m.source, &m.answers, m.source.path};
    qf_page *page = qf_page_create();
    assert_int_equal(qf_report_sweep_provenance(&m.context, page, &of), QF_OK);
    directories_fail = true;
    const qf_status status = qf_report_sweep_provenance(&m.context, page, &of);
    directories_fail = false;
    assert_int_equal(status, QF_ERROR_READ);
    assert_has(m.context.error, strerror(EIO));
    qf_page_free(page);
    close_page(&m);
}

static void cases_in_journals_are_counted_in_words(void **state)
{
    (void)state;
    made_page m;
    open_sweep(&m, sweep_path);
    m.source.sweep.n_journal = 1;
    assert_has(make(&m, 120), "1 case is in a journal only: its shard is not finished.");
    close_page(&m);
    open_sweep(&m, sweep_path);
    m.source.sweep.n_journal = 1200;
    assert_has(make(&m, 120), "1,200 cases are in journals only: their shards are not finished.");
    close_page(&m);
}

static void infinite_values_are_told_of_where_a_picture_leaves_them_out(void **state)
{
    (void)state;
    made_page m;
    open_sweep(&m, sweep_path);
    const qf_sweep_spec *spec = qf_sweep_get_spec(m.source.sweep.sweep);
    qf_sweep_table *table = &m.source.sweep.table;
    for (size_t i = 0; i < spec->n_metrics * table->n_cases; i++) {
        const size_t k = i % table->n_cases;
        if (strcmp(spec->metrics[i / table->n_cases].name, "false_alarms") == 0) {
            table->metrics[i] = k < 5 ? (double)INFINITY : (double)(k * k % 7);
        }
    }
    assert_has(make(&m, 120),
               "All 115 cases with a finite value. In 5 cases the value is infinite.");
    close_page(&m);
}

/* the page that the program makes of a sweep that it runs */
static char *page_of(const char *name, const char *scenario, const char *settings)
{
    char path[300], command[1000];
    snprintf(path, sizeof path, "%s/%s.sweep", directory, name);
    free(run_sweep(path, scenario, settings));
    snprintf(command, sizeof command, "'%s' report '%s' -o - --threads 1 2>/dev/null",
             QFLEET_PROGRAM, path);
    FILE *in = popen(command, "r");
    assert_non_null(in);
    char *text = read_all(in);
    assert_int_equal(pclose(in), 0);
    return text;
}

/* looks are after 100 and 150 cases where a fifth of all are still to come, and after all of them */
static void looks_that_did_not_stop_it_are_counted_without_the_last(void **state)
{
    (void)state;
    static const char *const n_cases[] = {"120", "125", "200"};
    static const char *const said[] = {
        "It could not stop early: it has too few cases for a look before its end.",
        "It might have stopped early at 1 look, and did not.",
        "It might have stopped early at one of 2 looks, and did not."};
    for (size_t i = 0; i < COUNT(n_cases); i++) {
        char name[32], settings[200];
        snprintf(name, sizeof name, "looks-%s", n_cases[i]);
        snprintf(settings, sizeof settings,
                 "--set sweep.cases=%s --set 'sweep.stop_when={width: 1.0e-6, of: success}'",
                 n_cases[i]);
        char *page = page_of(name, PROJECT_SOURCE_DIR "/configs/sweeps/detection.yaml", settings);
        assert_has(page, said[i]);
        free(page);
    }
}

/* 31,000 ticks are recorded 1,500 times at most */
static void a_case_that_was_run_again_says_how_often_states_were_recorded(void **state)
{
    (void)state;
    char *page = page_of("long", PROJECT_SOURCE_DIR "/configs/sweeps/detection.yaml",
                         "--set sweep.cases=1 --set 'requirements=[]' --set time.dt_s=0.002 --set "
                         "time.duration_s=62");
    assert_has(page, "States were recorded after every 21 ticks.");
    free(page);
}

static void effects_of_many_parameters_say_how_many_are_named(void **state)
{
    (void)state;
    char path[300];
    snprintf(path, sizeof path, "%s/g.yaml", directory);
    FILE *out = fopen(path, "w");
    assert_non_null(out);
    fputs("schema: qfleet/1\nname: g\nsweep:\n  sampling: morris\n  trajectories: 4\n  function: "
          "{sobol_g: [",
          out);
    for (int i = 0; i < 16; i++) {
        fprintf(out, "%s%d", i > 0 ? ", " : "", i);
    }
    fputs("]}\n  parameters:\n", out);
    for (int i = 0; i < 16; i++) {
        fprintf(out, "    x%d: {uniform: {min: 0, max: 1}}\n", i);
    }
    assert_int_equal(fclose(out), 0);
    char *page = page_of("g", path, "");
    assert_has(page, "or is not linear. Named are the 15 that matter most of 16.");
    free(page);
}

static void one_case_makes_a_page(void **state)
{
    (void)state;
    made_page m;
    open_sweep(&m, sweep_path);
    const char *page = make(&m, 1);
    assert_has(page, "Too few cases");
    assert_has(page, "Of the 1 case that counts.");
    assert_has_not(page, "id=\"convergence\"");
    close_page(&m);
}

/* the head of one of 120 cases, whose success is `success` and gospa_m, as of all, its number */
static const char *make_case(made_page *m, uint32_t number, double success,
                             const qf_report_story *story)
{
    const qf_sweep *sweep = m->source.sweep.sweep;
    const qf_sweep_spec *spec = qf_sweep_get_spec(sweep);
    qf_sweep_table *table = &m->source.sweep.table;
    for (size_t i = 0; i < spec->n_metrics * table->n_cases; i++) {
        const char *name = spec->metrics[i / table->n_cases].name;
        table->metrics[i] = strcmp(name, "success") != 0   ? (double)(i % table->n_cases)
                            : i % table->n_cases == number ? success
                                                           : 1.0;
    }
    assert_int_equal(qf_sweep_report_create(&m->context, &m->arena, spec, qf_sweep_design(sweep),
                                            table, 120, 1, &m->answers),
                     QF_OK);
    const qf_report_sweep of = {&m->source, &m->answers, m->source.path};
    qf_page *page = qf_page_create();
    qf_page_part(page, "case", "A case");
    assert_int_equal(qf_report_sweep_case(&m->context, page, &of, number, "Why this one.", story),
                     QF_OK);
    size_t bytes = 0;
    FILE *out = open_memstream(&m->text, &bytes);
    assert_int_equal(qf_page_write(&m->context, page, "page", out), QF_OK);
    assert_int_equal(fclose(out), 0);
    qf_page_free(page);
    return m->text;
}

static void the_head_of_a_case_says_what_it_misses_and_where_it_lies(void **state)
{
    (void)state;
    made_page m;
    open_sweep(&m, sweep_path);
    const qf_report_story story = {.text = "At 7 s it broke.", .entity = 3, .time_s = 7.25};
    const char *page = make_case(&m, 110, 0.0, &story);
    assert_has(page, "<div class=\"banner bad\">");
    assert_has(page, "Not successful</p><p>At 7 s it broke. It misses ");
    assert_has(page, "It misses reach (110 m, limit &lt;= 100 m), alarms (110, limit "
                     "&lt;= 2).</p>");
    assert_has(page, "title=\"110\">110 m</td>");
    /* 110 of 120 are lower; of 0 to 119 the quantiles are 5.95, 59.5 and 113.05 */
    assert_has(page, "higher than 91.7 %");
    assert_has(page, "59.5 (5.95 to 113)");
    assert_has(page, "as in 0.83 %");
    assert_has(page, "s.sweep' --case 110 -o case-110.h5");
    assert_has(page, "qfleet explain case-110.h5 --entity 3 --at 7.25<");
    close_page(&m);
}

static void a_good_case_is_good_and_has_no_story_where_it_was_not_run_again(void **state)
{
    (void)state;
    made_page m;
    open_sweep(&m, sweep_path);
    const char *page = make_case(&m, 1, 1.0, NULL);
    assert_has(page, "<div class=\"banner good\">");
    assert_has(page, "Successful</p><p>This is what the sweep has of it.");
    assert_has_not(page, "It misses");
    assert_has_not(page, "qfleet explain");
    close_page(&m);
}

/* what it was frozen with would keep to all that is required */
static void a_quarantined_case_keeps_to_nothing(void **state)
{
    (void)state;
    made_page m;
    open_sweep(&m, sweep_path);
    m.source.sweep.table.outcome[1] = QF_OUTCOME_QUARANTINED;
    const char *page = make_case(&m, 1, 1.0, NULL);
    assert_has(page, "<div class=\"banner bad\">");
    assert_has(page, "It misses reach (1 m when quarantined, limit &lt;= 100 m), alarms (1 when "
                     "quarantined, limit &lt;= 2).</p>");
    assert_has_not(page, "<span class=\"badge good\">");
    close_page(&m);
    /* one that timed out has values that count */
    open_sweep(&m, sweep_path);
    m.source.sweep.table.outcome[1] = QF_OUTCOME_TIMED_OUT;
    page = make_case(&m, 1, 1.0, NULL);
    assert_has_not(page, "It misses");
    assert_has(page, "<span class=\"badge good\">");
    close_page(&m);
}

/* 986 of 1,000: the bound by R's qbeta(0.05, 986, 15) = 0.97820 */
static void a_verdict_is_a_sentence_with_its_numbers(void **state)
{
    (void)state;
    sweep_stand s;
    stand_open(&s, QF_VALUE_TRUTH, 1000, 1);
    s.metric.name = "success";
    s.requirement.claim = QF_CLAIM_PROBABILITY;
    s.requirement.at_least = true;
    s.requirement.limit = 0.985;
    stand_fill_truths(&s, 986, 1000);
    const qf_requirement_result *result = stand_judge(&s, 1000);
    const qf_sweep_view view = {
        .spec = &s.spec, .table = &s.table, .answers = &s.report, .arena = &s.arena};
    assert_int_equal(result->verdict, QF_VERDICT_UNDECIDED);
    const char *sentence = qf_word_verdict(&view, result);
    assert_has(sentence,
               "986 of 1,000 cases succeed: 98.6 %; with 95 % confidence at least 97.8 %; "
               "at least 98.5 % was asked for: undecided; ");
    assert_has(sentence, " cases in all would decide it");
    s.requirement.limit = 0.978;
    result = stand_judge(&s, 1000);
    assert_string_equal(
        qf_word_verdict(&view, result),
        "986 of 1,000 cases succeed: 98.6 %; with 95 % confidence at least 97.82 %; "
        "at least 97.8 % was asked for: met");
    stand_close(&s);
}

/* what is said of `n` cases with one value of a number, of which the last `n_without` have none; as the stand has it */
static const char *say_number(sweep_stand *s, double value, size_t n, size_t n_without)
{
    for (size_t i = 0; i < n; i++) {
        stand_put(s, i, QF_OUTCOME_OK, i < n - n_without ? value : (double)NAN);
    }
    const qf_requirement_result *result = stand_judge(s, n);
    const qf_sweep_view view = {
        .spec = &s->spec, .table = &s->table, .answers = &s->report, .arena = &s->arena};
    return qf_word_verdict(&view, result);
}

static void an_estimate_is_on_its_side_of_a_limit_that_has_all_its_digits(void **state)
{
    (void)state;
    sweep_stand s;
    stand_open(&s, QF_VALUE_NUMBER, 1000, 1);
    s.metric.unit = "s";
    s.requirement.claim = QF_CLAIM_MEAN;
    s.requirement.confidence = 0.0;
    s.requirement.limit = 292.755;
    assert_has(say_number(&s, 292.754, 10, 0),
               " is 292.754 s; the estimate alone decides; at most 292.755 s was asked for: met");
    assert_has(say_number(&s, 292.8, 10, 0), " is 292.8 s; ");
    s.requirement.limit = 10005.0;
    assert_has(say_number(&s, 10003.0, 10, 0),
               " is 10003 s; the estimate alone decides; at most 10005 s was asked for: met");
    assert_has(say_number(&s, 10005.0, 10, 0), " is 10005 s; ");
    const qf_sweep_view view = {.spec = &s.spec, .arena = &s.arena};
    assert_string_equal(qf_word_limit(&view, &s.requirement), "<= 10005 s");
    stand_close(&s);
    stand_open(&s, QF_VALUE_TRUTH, 1000, 1);
    s.requirement.claim = QF_CLAIM_PROBABILITY;
    s.requirement.at_least = true;
    s.requirement.limit = 0.98555;
    stand_fill_truths(&s, 986, 1000);
    assert_has(qf_word_verdict(&(qf_sweep_view){.spec = &s.spec, .arena = &s.arena},
                               stand_judge(&s, 1000)),
               "at least 98.555 % was asked for: ");
    stand_close(&s);
}

/* 5 is the least n with 0.5^n <= 0.05 */
static void cases_without_a_value_are_not_too_few_cases(void **state)
{
    (void)state;
    sweep_stand s;
    stand_open(&s, QF_VALUE_NUMBER, 100, 1);
    s.requirement.claim = QF_CLAIM_QUANTILE;
    s.requirement.level = 0.5;
    s.requirement.limit = 900.0;
    assert_has(say_number(&s, 100.0, 100, 48),
               " is 100; no finite bound: cases without a value (48 of 100) count as beyond the "
               "limit; at most 900 was asked for: undecided");
    assert_has(say_number(&s, 100.0, 100, 90),
               " is infinite; no finite bound: cases without a value (90 of 100) count as beyond "
               "the limit; at most 900 was asked for: not met");
    assert_has(say_number(&s, 100.0, 4, 1), "; so few cases give no bound; ");
    assert_has(say_number(&s, 100.0, 4, 0), "; so few cases give no bound; ");
    assert_has(say_number(&s, 100.0, 5, 0), "; with 95 % confidence at most 100; ");
    stand_close(&s);
}

static void a_mean_of_some_cases_says_why_it_is_undecided(void **state)
{
    (void)state;
    sweep_stand s;
    stand_open(&s, QF_VALUE_NUMBER, 100, 1);
    s.requirement.claim = QF_CLAIM_MEAN;
    s.requirement.limit = 900.0;
    assert_has(say_number(&s, 100.0, 100, 1),
               "at most 900 was asked for: undecided, as 1 of 100 cases has no value that counts: "
               "the mean of the others alone cannot meet it");
    assert_has(say_number(&s, 100.0, 100, 25), "undecided, as 25 of 100 cases have no value");
    assert_has_not(say_number(&s, 100.0, 100, 0), ", as ");
    assert_has_not(say_number(&s, 1000.0, 100, 25), ", as ");
    stand_close(&s);
}

static void who_requires_nothing_is_told_of_every_metric(void **state)
{
    (void)state;
    made_page m;
    open_sweep(&m, sweep_path);
    qf_sweep_spec spec = *qf_sweep_get_spec(m.source.sweep.sweep);
    const size_t unrequired = qf_metric_named(&spec, "time_to_detect_s");
    assert_true(unrequired < spec.n_metrics);
    assert_false(qf_metric_is_asked_for(&spec, unrequired));
    spec.n_requirements = 0;
    assert_true(qf_metric_is_asked_for(&spec, unrequired));
    qf_case_source_close(&m.source);
}

static void choices_are_bars_with_their_counts(void **state)
{
    (void)state;
    static const char *const names[] = {"<idle>", "docked", "never"};
    sweep_stand s;
    stand_open(&s, QF_VALUE_CHOICE, 10, 1);
    s.metric.names = names;
    s.metric.n_names = 3;
    for (size_t i = 0; i < 10; i++) {
        stand_put(&s, i, QF_OUTCOME_OK, i < 3 ? 0.0 : i < 9 ? 1.0 : (double)NAN);
    }
    stand_describe(&s, 10);
    drawing d;
    drawing_begin(&d);
    const qf_sweep_view view = {
        .spec = &s.spec, .table = &s.table, .answers = &s.report, .arena = &s.arena, .out = d.out};
    const char *instead;
    assert_int_equal(qf_view_distribution(&s.context, &view, 0, &instead), QF_OK);
    assert_null(instead);
    drawing_end(&d);
    /* the most frequent first, what has no value last, and what never occurs not at all */
    const char *docked = strstr(d.text, ">docked<");
    const char *idle = strstr(d.text, ">&lt;idle&gt;<");
    const char *none = strstr(d.text, ">no value<");
    assert_true(docked && idle && none && docked < idle && idle < none);
    assert_has(d.text, ">6, 60 %<");
    assert_has(d.text, ">1, 10 %<");
    assert_has_not(d.text, "never");
    drawing_free(&d);
    stand_close(&s);
}

/* 14 names in as many cases each, but the last, which is most frequent; and what has no value least often */
static void of_many_choices_those_without_a_value_are_shown_too(void **state)
{
    (void)state;
    static const char *const names[] = {"a", "b", "c", "d", "e", "f", "g",
                                        "h", "i", "j", "k", "l", "m", "n"};
    sweep_stand s;
    stand_open(&s, QF_VALUE_CHOICE, 30, 1);
    s.metric.names = names;
    s.metric.n_names = COUNT(names);
    for (size_t i = 0; i < 30; i++) {
        stand_put(&s, i, QF_OUTCOME_OK, i < 28 ? (double)(i % 14) : i < 29 ? 13.0 : (double)NAN);
    }
    stand_describe(&s, 30);
    drawing d;
    drawing_begin(&d);
    const qf_sweep_view view = {
        .spec = &s.spec, .table = &s.table, .answers = &s.report, .arena = &s.arena, .out = d.out};
    const char *instead;
    assert_int_equal(qf_view_distribution(&s.context, &view, 0, &instead), QF_OK);
    drawing_end(&d);
    assert_has(d.text, ">no value<");
    assert_has(d.text, "The 12 most frequent of 14, and the cases without a value.");
    /* equals are in the order in which they are named */
    const char *at = strstr(d.text, ">n<");
    for (size_t i = 0; i < 11; i++) {
        char name[8];
        snprintf(name, sizeof name, ">%s<", names[i]);
        assert_non_null(at);
        at = strstr(at, name);
    }
    assert_non_null(at);
    assert_has_not(d.text, ">l<");
    drawing_free(&d);
    stand_close(&s);
}

static void percents_have_the_digits_that_tell_them_apart(void **state)
{
    (void)state;
    qf_arena arena = {0};
    assert_string_equal(qf_word_percent(&arena, 0.986, (double)NAN), "98.6 %");
    assert_string_equal(qf_word_percent(&arena, 0.999712, (double)NAN), "99.971 %");
    assert_string_equal(qf_word_percent(&arena, 0.5, (double)NAN), "50 %");
    assert_string_equal(qf_word_percent(&arena, 1.0, (double)NAN), "100 %");
    assert_string_equal(qf_word_percent(&arena, 0.0, (double)NAN), "0 %");
    assert_string_equal(qf_word_percent(&arena, 0.00031, (double)NAN), "0.031 %");
    /* 98.996 is not 99 */
    assert_string_equal(qf_word_percent(&arena, 0.98996, 0.99), "98.996 %");
    assert_string_equal(qf_word_percent(&arena, (double)NAN, 0.99), "-");
    qf_arena_free(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_are_those_of_the_summary),
        cmocka_unit_test(sensitivities_are_those_of_the_summary),
        cmocka_unit_test(verdicts_are_said_and_the_worst_one_in_the_headline),
        cmocka_unit_test(names_are_no_markup_and_paths_are_for_a_shell),
        cmocka_unit_test(worst_cases_begin_with_that_of_the_verdict),
        cmocka_unit_test(parameters_of_worst_cases_are_the_first_where_none_is_known_to_matter),
        cmocka_unit_test(cases_that_all_fail_are_grouped_by_cause),
        cmocka_unit_test(what_is_equal_everywhere_is_said_in_words),
        cmocka_unit_test(missing_and_damaged_cases_are_named),
        cmocka_unit_test(a_page_that_lacks_a_note_for_want_of_memory_fails),
        cmocka_unit_test(a_directory_that_cannot_be_read_to_its_end_is_no_short_one),
        cmocka_unit_test(cases_in_journals_are_counted_in_words),
        cmocka_unit_test(infinite_values_are_told_of_where_a_picture_leaves_them_out),
        cmocka_unit_test(looks_that_did_not_stop_it_are_counted_without_the_last),
        cmocka_unit_test(a_case_that_was_run_again_says_how_often_states_were_recorded),
        cmocka_unit_test(effects_of_many_parameters_say_how_many_are_named),
        cmocka_unit_test(one_case_makes_a_page),
        cmocka_unit_test(the_head_of_a_case_says_what_it_misses_and_where_it_lies),
        cmocka_unit_test(a_good_case_is_good_and_has_no_story_where_it_was_not_run_again),
        cmocka_unit_test(a_quarantined_case_keeps_to_nothing),
        cmocka_unit_test(a_verdict_is_a_sentence_with_its_numbers),
        cmocka_unit_test(an_estimate_is_on_its_side_of_a_limit_that_has_all_its_digits),
        cmocka_unit_test(cases_without_a_value_are_not_too_few_cases),
        cmocka_unit_test(a_mean_of_some_cases_says_why_it_is_undecided),
        cmocka_unit_test(who_requires_nothing_is_told_of_every_metric),
        cmocka_unit_test(choices_are_bars_with_their_counts),
        cmocka_unit_test(of_many_choices_those_without_a_value_are_shown_too),
        cmocka_unit_test(percents_have_the_digits_that_tell_them_apart),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
