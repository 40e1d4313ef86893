/* SPDX-License-Identifier: Apache-2.0 */
/* The directory of a sweep: the same bytes however it came about, and no byte changes unseen. */
#include "sweep_store_fixture.h"

static char directory[64];
static int n_warnings;

static void count_warnings(void *user, qf_log_level level, const char *line)
{
    (void)user;
    (void)line;
    n_warnings += level >= QF_LOG_WARNING;
}

static qf_context make_context(void)
{
    qf_context context = qf_context_default();
    context.log = count_warnings;
    return context;
}

static int remove_entry(const char *path, const struct stat *info, int kind, struct FTW *where)
{
    (void)info;
    (void)kind;
    (void)where;
    return remove(path);
}

static int set_up(void **state)
{
    (void)state;
    n_warnings = 0;
    snprintf(directory, sizeof directory, "/tmp/test_sweep_store.XXXXXX");
    return mkdtemp(directory) && chdir(directory) == 0 ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    return chdir("/") == 0 && nftw(directory, remove_entry, 8, FTW_DEPTH | FTW_PHYS) == 0 ? 0 : -1;
}

static qf_store_options options_of(const char *path, size_t shard, size_t n_shards)
{
    return (qf_store_options){.path = path,
                              .shard = shard,
                              .n_shards = n_shards,
                              .end_case = N_CASES,
                              .version = "1.2.3",
                              .git_commit = "0123abc",
                              .command_line = "qfleet sweep docking.yaml",
                              .isa = "v3",
                              .threads = 2};
}

static void take(qf_sweep_store *store, uint32_t k)
{
    qf_context context = make_context();
    const double values[] = {k % 4 ? 1 : -0.0, k == 5 ? -(double)NAN : 1.5 + k, k % 2};
    qf_case_result result = {.number = k,
                             .outcome = k == 3 ? QF_OUTCOME_FAILED : QF_OUTCOME_OK,
                             .ticks = 100 + k,
                             .hash = 0x123456789abcdefull * k,
                             .wall_s = 0.25,
                             .metrics = k == 3 ? NULL : values};
    snprintf(result.cause, sizeof result.cause, "%s", k == 3 ? "no hull, no start" : "");
    const qf_status status = qf_sweep_store_take(&context, store, &result, 1);
    if (status) {
        fail_msg("%s", context.error);
    }
}

static qf_sweep_store *open_with(const qf_store_options *options)
{
    static qf_sweep sweep;
    sweep = make_sweep(scenario_text);
    qf_context context = make_context();
    qf_sweep_store *store;
    if (qf_sweep_store_open(&context, &sweep, options, NULL, &store) != QF_OK) {
        fail_msg("%s", context.error);
    }
    return store;
}

/* A report by hand: every table has something in it. */
static qf_sweep_report make_report(qf_metric_statistics *statistics, qf_requirement_result *result,
                                   qf_sensitivity *sensitivities, uint64_t *choices)
{
    const double none = (double)NAN;
    for (size_t m = 0; m < N_METRICS; m++) {
        statistics[m] = (qf_metric_statistics){.metric = m,
                                               .n = 9,
                                               .n_without = 1,
                                               .mean = 6,
                                               .sd = 2,
                                               .min = 1.5,
                                               .max = 10.5,
                                               .most_case = 9,
                                               .of_mean = {4, 8},
                                               .of_bootstrap = {4.5, 7.5},
                                               .tolerance_95_95 = none,
                                               .n_true = 6,
                                               .exact = {0.3, 0.9},
                                               .wilson = {0.35, 0.88}};
    }
    choices[0] = choices[1] = 5;
    statistics[2].n_of_name = choices;
    *result = (qf_requirement_result){.requirement = requirements,
                                      .verdict = QF_VERDICT_NOT_MET,
                                      .estimate = 0.6,
                                      .bound = 0.8,
                                      .margin = -0.39,
                                      .method = "Clopper-Pearson, one-sided 95 %",
                                      .n = 10,
                                      .n_against = 1,
                                      .has_worst = true,
                                      .worst_case = 3};
    for (size_t i = 0; i < (size_t)N_METRICS * N_PARAMETERS; i++) {
        sensitivities[i] = (qf_sensitivity){.metric = i / N_PARAMETERS,
                                            .parameter = i % N_PARAMETERS,
                                            .n = 9,
                                            .rank_correlation = 0.5,
                                            .of_rank_correlation = {0.25, 0.75},
                                            .first = none,
                                            .of_first = {none, none},
                                            .total = none,
                                            .of_total = {none, none},
                                            .mu = none,
                                            .mu_star = none,
                                            .sigma = none,
                                            .of_mu_star = {none, none}};
    }
    return (qf_sweep_report){.metrics = statistics,
                             .n_metrics = N_METRICS,
                             .requirements = result,
                             .n_requirements = 1,
                             .sensitivities = sensitivities,
                             .n_cases = N_CASES};
}

static void finish_first(qf_sweep_store *store, size_t n_cases, bool all_expected)
{
    qf_metric_statistics statistics[N_METRICS];
    qf_requirement_result result;
    qf_sensitivity sensitivities[N_METRICS * N_PARAMETERS];
    uint64_t choices[2];
    qf_context context = make_context();
    bool all;
    if (qf_sweep_store_finish_shard(&context, store, n_cases, &all) != QF_OK) {
        fail_msg("%s", context.error);
    }
    assert_int_equal(all, all_expected);
    qf_sweep_report report = make_report(statistics, &result, sensitivities, choices);
    report.n_cases = n_cases;
    report.stopped_early = n_cases < N_CASES;
    if (all && qf_sweep_store_finish(&context, store, &report) != QF_OK) {
        fail_msg("%s", context.error);
    }
    qf_sweep_store_close(store);
}

static void finish(qf_sweep_store *store, bool all_expected)
{
    finish_first(store, N_CASES, all_expected);
}

static void run_shard(const char *path, size_t shard, size_t n_shards, bool all_expected)
{
    const qf_store_options options = options_of(path, shard, n_shards);
    qf_sweep_store *store = open_with(&options);
    for (size_t k = N_CASES * (shard - 1) / n_shards; k < N_CASES * shard / n_shards; k++) {
        take(store, (uint32_t)k);
    }
    finish(store, all_expected);
}

static char *read_file(const char *folder, const char *name, size_t *length)
{
    char path[512];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *in = fopen(path, "rb");
    assert_non_null(in);
    assert_int_equal(fseek(in, 0, SEEK_END), 0);
    *length = (size_t)ftell(in);
    rewind(in);
    char *bytes = malloc(*length + 1);
    assert_int_equal(fread(bytes, 1, *length, in), *length);
    assert_int_equal(fclose(in), 0);
    bytes[*length] = '\0';
    return bytes;
}

/* How many files the directory a has, all of which are in b with the same bytes, but for timing. */
static int assert_same_files(const char *a, const char *b)
{
    int n = 0;
    DIR *entries = opendir(a);
    const struct dirent *entry;
    while ((entry = readdir(entries))) {
        size_t length_a;
        size_t length_b;
        if (entry->d_name[0] == '.') {
            continue;
        }
        n++;
        if (strstr(entry->d_name, "timing")) {
            continue;
        }
        char *of_a = read_file(a, entry->d_name, &length_a);
        char *of_b = read_file(b, entry->d_name, &length_b);
        if (length_a != length_b || memcmp(of_a, of_b, length_a) != 0) {
            fail_msg("%s differs between %s and %s", entry->d_name, a, b);
        }
        free(of_a);
        free(of_b);
    }
    (void)closedir(entries);
    return n;
}

static void other_order_and_interruption_give_the_same_bytes(void **state)
{
    (void)state;
    run_shard("a", 1, 1, true);
    qf_store_options options = options_of("b", 1, 1);
    qf_sweep_store *store = open_with(&options);
    for (uint32_t k = N_CASES; k-- > 4;) {
        take(store, k);
    }
    qf_sweep_store_close(store);
    options.resume = true;
    store = open_with(&options);
    assert_int_equal(qf_sweep_store_table(store)->count[QF_OUTCOME_NOT_RUN], 4);
    for (uint32_t k = 0; k < 4; k++) {
        take(store, k);
    }
    sleep(1); /* times in a file would now differ */
    finish(store, true);
    assert_int_equal(assert_same_files("a", "b"), 6);
    /* and resumed when all is done */
    store = open_with(&options);
    assert_int_equal(qf_sweep_store_table(store)->count[QF_OUTCOME_NOT_RUN], 0);
    finish(store, true);
    assert_int_equal(assert_same_files("b", "a"), 6);
    assert_int_equal(n_warnings, 0);
}

static void killed_between_shard_and_journal_goes_on(void **state)
{
    (void)state;
    run_shard("a", 1, 1, true);
    qf_store_options options = options_of("b", 1, 1);
    qf_sweep_store *store = open_with(&options);
    for (uint32_t k = 0; k < N_CASES; k++) {
        take(store, k);
    }
    qf_sweep_store_close(store);
    assert_int_equal(system("cp a/shard* b"), 0); /* the file is there, and so is the journal */
    options.resume = true;
    finish(open_with(&options), true);
    assert_int_equal(assert_same_files("a", "b"), 6);
}

static void shards_end_in_any_order(void **state)
{
    (void)state;
    run_shard("a", 1, 3, false);
    run_shard("a", 2, 3, false);
    run_shard("a", 3, 3, true);
    run_shard("b", 3, 3, false);
    run_shard("b", 1, 3, false);
    run_shard("b", 2, 3, true);
    assert_int_equal(assert_same_files("a", "b"), 10);
}

static void shard_without_cases_is_one(void **state)
{
    (void)state;
    for (size_t shard = 1; shard <= 12; shard++) {
        run_shard("a", shard, 12, shard == 12);
    }
    size_t n_damaged;
    qf_stored_sweep stored;
    qf_context context = make_context();
    assert_int_equal(qf_sweep_store_read(&context, "a", stderr, &n_damaged, &stored), QF_OK);
    assert_int_equal(n_damaged, 0);
    assert_int_equal(stored.table.count[QF_OUTCOME_NOT_RUN], 0);
    qf_stored_sweep_free(&stored);
}

static void early_stop_leaves_out_what_does_not_count(void **state)
{
    (void)state;
    for (uint32_t n = 6; n < 9; n++) {
        const qf_store_options options = options_of(n == 6 ? "a" : n == 7 ? "b" : "c", 1, 1);
        qf_sweep_store *store = open_with(&options);
        for (uint32_t k = 0; k < n; k++) {
            take(store, k);
        }
        finish_first(store, 6, true);
    }
    assert_int_equal(assert_same_files("a", "b"), 6);
    assert_int_equal(assert_same_files("a", "c"), 6);
}

static void what_was_stored_is_read_back(void **state)
{
    (void)state;
    run_shard("a", 1, 2, false);
    run_shard("a", 2, 2, true);
    size_t n_damaged;
    qf_stored_sweep stored;
    qf_context context = make_context();
    assert_true(qf_is_sweep("a") && qf_is_sweep("a/sweep.h5") && !qf_is_sweep("."));
    assert_int_equal(qf_sweep_store_read(&context, "a/sweep.h5", stderr, &n_damaged, &stored),
                     QF_OK);
    assert_int_equal(n_damaged, 0);
    assert_int_equal(stored.n_missing, 0);
    assert_string_equal(stored.version, "1.2.3");
    const qf_sweep_table *table = &stored.table;
    assert_int_equal(table->count[QF_OUTCOME_OK], 9);
    assert_int_equal(table->outcome[3], QF_OUTCOME_FAILED);
    assert_string_equal(table->cause[3], "no hull, no start");
    assert_int_equal(table->ticks[9], 109);
    assert_int_equal(table->hash[9], 0x123456789abcdefull * 9);
    assert_true(table->metrics[0] == 0 && table->metrics[1] == 1);
    assert_true(table->metrics[N_CASES + 9] == 10.5 && isnan(table->metrics[N_CASES + 5]));
    assert_true(table->metrics[2 * N_CASES + 9] == 1 && isnan(table->metrics[2 * N_CASES + 3]));
    assert_true(table->wall_s[9] == 0.25);
    qf_stored_sweep_free(&stored);
}

static void cases_of_a_missing_shard_are_counted(void **state)
{
    (void)state;
    size_t n_damaged;
    qf_stored_sweep stored;
    qf_context context = make_context();
    run_shard("a", 2, 3, false);
    assert_int_not_equal(access("a/sweep.h5", F_OK), 0);
    assert_int_equal(qf_sweep_store_read(&context, "a", stderr, &n_damaged, &stored), QF_OK);
    assert_int_equal(stored.n_missing, 7);
    assert_int_equal(stored.table.count[QF_OUTCOME_OK], 2); /* 3, 4, 5 without 3 */
    qf_stored_sweep_free(&stored);
}

/* What is said of a directory in which one byte is another. */
static bool is_damage_seen(const char *path, long at, char *said, size_t size)
{
    FILE *file = fopen(path, "r+b");
    assert_int_equal(fseek(file, at, SEEK_SET), 0);
    const int byte = fgetc(file);
    assert_int_equal(fseek(file, at, SEEK_SET), 0);
    assert_true(fputc(byte ^ 1, file) != EOF);
    assert_int_equal(fclose(file), 0);
    size_t n_damaged = 0;
    qf_stored_sweep stored;
    qf_context context = make_context();
    memset(said, 0, size);
    FILE *out = fmemopen(said, size, "w");
    const qf_status status = qf_sweep_store_read(&context, "a", out, &n_damaged, &stored);
    assert_int_equal(fclose(out), 0);
    if (status == QF_OK) {
        qf_stored_sweep_free(&stored);
    } else {
        assert_int_equal(status, QF_ERROR_READ);
        snprintf(said, size, "%s", context.error);
    }
    file = fopen(path, "r+b");
    assert_int_equal(fseek(file, at, SEEK_SET), 0);
    assert_true(fputc(byte, file) != EOF);
    assert_int_equal(fclose(file), 0);
    return status != QF_OK || n_damaged > 0;
}

static void no_byte_of_any_file_changes_unseen(void **state)
{
    (void)state;
    static const char *const names[] = {"manifest.json", "scenario.yaml", "shard-1-of-1.h5",
                                        "sweep.h5", "checksums.txt"};
    char said[2048];
    run_shard("a", 1, 1, true);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        size_t length;
        char path[64];
        free(read_file("a", names[i], &length));
        snprintf(path, sizeof path, "a/%s", names[i]);
        const size_t stride = length > 4096 ? 97 : 1;
        for (size_t at = 0; at < length; at += stride) {
            if (!is_damage_seen(path, (long)at, said, sizeof said)) {
                fail_msg("byte %zu of %s changed, and nobody saw it", at, names[i]);
            }
            if (i < 4 && !strstr(said, names[i])) {
                fail_msg("byte %zu of %s changed, and it is not named: %s", at, names[i], said);
            }
        }
    }
}

static void damaged_case_is_named_with_what_changed(void **state)
{
    (void)state;
    size_t length;
    char said[2048];
    const double parameter = 107.25;
    const double metric = 8.5;
    const uint64_t hash = 0x123456789abcdefull * 7;
    run_shard("a", 1, 1, true);
    char *bytes = read_file("a", "shard-1-of-1.h5", &length);
    const char *at = memmem(bytes, length, &parameter, sizeof parameter);
    assert_non_null(at);
    assert_true(is_damage_seen("a/shard-1-of-1.h5", at - bytes, said, sizeof said));
    assert_non_null(strstr(said, "case 7 does not match its checksum: parameter range is"));
    at = memmem(bytes, length, &metric, sizeof metric);
    assert_non_null(at);
    assert_true(is_damage_seen("a/shard-1-of-1.h5", at - bytes, said, sizeof said));
    assert_non_null(strstr(said, "case 7 does not match its checksum: its status"));
    at = memmem(bytes, length, &hash, sizeof hash);
    assert_non_null(at);
    assert_true(is_damage_seen("a/shard-1-of-1.h5", at - bytes + 3, said, sizeof said));
    assert_non_null(strstr(said, "case 7 does not match"));
    assert_null(strstr(said, "case 6"));
    free(bytes);
}

static qf_status try_open(const qf_store_options *options, const char *text, char *error,
                          char *difference)
{
    static qf_sweep sweep;
    sweep = make_sweep(text);
    qf_sweep_store *store;
    qf_context context = make_context();
    memset(difference, 0, 1024);
    FILE *out = fmemopen(difference, 1024, "w");
    const qf_status status = qf_sweep_store_open(&context, &sweep, options, out, &store);
    assert_int_equal(fclose(out), 0);
    snprintf(error, 1024, "%s", context.error);
    qf_sweep_store_close(store);
    return status;
}

static void another_scenario_is_refused_with_the_difference(void **state)
{
    (void)state;
    char error[1024];
    char difference[1024];
    static const char other[] = "schema: qfleet/1\nname: docking\nseed: 8\nworlds: 1\n";
    qf_store_options options = options_of("a", 1, 1);
    run_shard("a", 1, 1, true);
    options.resume = true;
    assert_int_equal(try_open(&options, other, error, difference), QF_ERROR_SCENARIO);
    assert_non_null(strstr(error, "another scenario"));
    assert_non_null(strstr(difference, "-     3  seed: 7\n+     3  seed: 8\n"));
    options.git_commit = "fedcba";
    assert_int_equal(try_open(&options, scenario_text, error, difference), QF_ERROR_SCENARIO);
    assert_non_null(strstr(error, "0123abc"));
    assert_non_null(strstr(error, "fedcba"));
    options = options_of("a", 1, 2);
    options.resume = true;
    assert_int_equal(try_open(&options, scenario_text, error, difference), QF_ERROR_SCENARIO);
    assert_non_null(strstr(error, "divided into 1 shard"));
    options = options_of("a", 1, 1);
    assert_int_equal(try_open(&options, scenario_text, error, difference), QF_ERROR_EXISTS);
    assert_non_null(strstr(error, "--resume"));
    assert_int_equal(try_open(&options, other, error, difference), QF_ERROR_EXISTS);
    assert_int_equal(access("a/sweep.h5", F_OK), 0);
}

static void force_replaces_a_sweep_and_nothing_else(void **state)
{
    (void)state;
    char error[1024];
    char difference[1024];
    qf_store_options options = options_of("a", 1, 1);
    run_shard("a", 1, 1, true);
    assert_int_equal(system("touch a/notes.txt; mkdir b; touch b/thesis.txt"), 0);
    options.force = true;
    assert_int_equal(try_open(&options, "name: other\n", error, difference), QF_ERROR_EXISTS);
    assert_int_equal(access("a/notes.txt", F_OK), 0);
    assert_int_equal(unlink("a/notes.txt"), 0);
    assert_int_equal(try_open(&options, "name: other\n", error, difference), QF_OK);
    assert_int_not_equal(access("a/sweep.h5", F_OK), 0);
    options.path = "b";
    assert_int_equal(try_open(&options, scenario_text, error, difference), QF_ERROR_EXISTS);
    assert_int_equal(access("b/thesis.txt", F_OK), 0);
    assert_int_equal(mkdir("c", 0777), 0);
    options = options_of("c", 1, 1);
    assert_int_equal(try_open(&options, scenario_text, error, difference), QF_OK);
}

static void info_tells_what_is_there(void **state)
{
    (void)state;
    char said[8192] = "";
    qf_context context = make_context();
    run_shard("a", 1, 1, true);
    FILE *out = fmemopen(said, sizeof said, "w");
    assert_int_equal(qf_sweep_info(&context, "a", out), QF_OK);
    assert_int_equal(fclose(out), 0);
    static const char *const expected[] = {"docking",
                                           "ok 9, failed 1",
                                           "uniform from 100 to 500 m",
                                           "one of on very silent",
                                           "6 of 9, 66.67 % [30, 90]",
                                           "mean 6 [4, 8] kg",
                                           "not_met    P(success) >= 0.99",
                                           "worst case 3",
                                           "shard-1-of-1.h5"};
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
        if (!strstr(said, expected[i])) {
            fail_msg("no '%s' in:\n%s", expected[i], said);
        }
    }
}

static void other_programs_read_it(void **state)
{
    (void)state;
    run_shard("a", 1, 3, false);
    run_shard("a", 2, 3, false);
    run_shard("a", 3, 3, true);
    assert_int_equal(system(QFLEET_PYTHON " " TEST_SOURCE_DIR "/notebook/read_sweep.py a"), 0);
}

#define STORE_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORE_TEST(other_order_and_interruption_give_the_same_bytes),
        STORE_TEST(killed_between_shard_and_journal_goes_on),
        STORE_TEST(shards_end_in_any_order),
        STORE_TEST(shard_without_cases_is_one),
        STORE_TEST(early_stop_leaves_out_what_does_not_count),
        STORE_TEST(what_was_stored_is_read_back),
        STORE_TEST(cases_of_a_missing_shard_are_counted),
        STORE_TEST(no_byte_of_any_file_changes_unseen),
        STORE_TEST(damaged_case_is_named_with_what_changed),
        STORE_TEST(another_scenario_is_refused_with_the_difference),
        STORE_TEST(force_replaces_a_sweep_and_nothing_else),
        STORE_TEST(info_tells_what_is_there),
        STORE_TEST(other_programs_read_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
