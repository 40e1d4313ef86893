/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Files of ranks that are made by hand, here where one process knows what all of them should be: what comes of them is
 * compared with what was put in, and with a file that one process wrote.
 */
#include "run_stitch.h"

#include <math.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "results_fixture.h"
#include "results_open.h"
#include "run_parts.h"

enum { N_RANKS = 3, N_RECORDS = 4, MOST_EVENTS = 600, RUN = 0x1234 };

/* rank 1 has nobody; of the others only some are recorded */
static const qf_results_part parts[N_RANKS] = {
    {0, N_RANKS, RUN, 0, 3}, {1, N_RANKS, RUN, 3, 0}, {2, N_RANKS, RUN, 3, 4}};
enum { FIRST_RECORDED = 1, N_RECORDED = 4 };

typedef struct told {
    size_t n;
    qf_event events[MOST_EVENTS];
} told;

static void add(told *to, const qf_event *event)
{
    assert_true(to->n < MOST_EVENTS);
    to->events[to->n++] = *event;
}

/* the last event of that vehicle, -1: none */
static int64_t last_of(const told *all, uint32_t entity)
{
    for (size_t i = all->n; i-- > 0;) {
        if (all->events[i].entity == entity) {
            return (int64_t)i;
        }
    }
    return -1;
}

/* In the order of one process: by tick, moment and vehicle. Each follows from the vehicle's event before, if not its third. */
static void make_events(told *all)
{
    all->n = 0;
    for (int64_t tick = 0; tick < 9; tick++) {
        for (uint8_t moment = 0; moment < 4; moment++) {
            for (uint32_t entity = 0; entity < 7; entity++) {
                for (int64_t i = 0; i < (tick * 5 + moment * 3 + (int64_t)entity * 2) % 4; i++) {
                    const int64_t before = last_of(all, entity);
                    add(all, &(qf_event){.tick = tick,
                                         .cause = before % 3 == 2 ? -1 : before,
                                         .value = (double)all->n / 3.0,
                                         .entity = entity,
                                         .subject = (int32_t)i,
                                         .track = -1,
                                         .code = QF_EVENT_LOG,
                                         .moment = moment});
                }
            }
        }
    }
    assert_true(all->n > 200);
}

/* Those of a rank, with its own numbers for causes. */
static void take_own(const told *all, const qf_results_part *part, told *own)
{
    int64_t number[MOST_EVENTS];
    own->n = 0;
    for (size_t i = 0; i < all->n; i++) {
        const size_t entity = all->events[i].entity;
        if (entity >= part->first_entity && entity < part->first_entity + part->n_entities) {
            qf_event event = all->events[i];
            event.cause = event.cause < 0 ? -1 : number[event.cause];
            number[i] = (int64_t)own->n;
            add(own, &event);
        }
    }
}

/* records and events of a file that is open */
static void fill(fixture *f, const told *events)
{
    for (int64_t k = 0; k < N_RECORDS; k++) {
        qf_frame frame;
        assert_int_equal(qf_results_acquire(f->results, k, &frame), QF_OK);
        for (size_t q = 0; q < f->plan.n_quantities; q++) {
            const qf_quantity *quantity = f->plan.quantities[q];
            for (size_t e = 0; e < f->plan.n_entities; e++) {
                const size_t entity = f->plan.first_entity + e;
                if (quantity->type == QF_TYPE_U8) {
                    ((uint8_t *)frame.row[q])[e] = (uint8_t)(entity + q);
                } else {
                    ((double *)frame.row[q])[e] = expected(q, k, entity);
                }
            }
        }
        assert_int_equal(qf_results_commit(f->results, &frame), QF_OK);
    }
    assert_int_equal(qf_results_events(f->results, events->events, events->n), QF_OK);
}

static void record_some(fixture *f)
{
    f->scenario.record.first_entity = FIRST_RECORDED;
    f->scenario.record.n_entities = N_RECORDED;
    assert_int_equal(qf_record_plan_create(&f->context, &f->fleet, &f->plan), QF_OK);
}

static void write_alone(fixture *f, const told *all)
{
    record_some(f);
    begin(f, "one.h5");
    fill(f, all);
    assert_int_equal(finish(f, QF_OK), QF_OK);
}

static void write_part(fixture *f, const told *all, const qf_results_part *part, qf_status outcome)
{
    char path[128] = "all.h5.ranks/";
    told own;
    qf_run_part_name(part->rank, N_RANKS, path + strlen(path));
    record_some(f);
    qf_record_plan_narrow(&f->plan, part->first_entity, part->first_entity + part->n_entities);
    take_own(all, part, &own);
    const qf_provenance provenance = {.command_line = "qfleet run test.yaml",
                                      .scenario_yaml = "schema: qfleet/1\nname: test\n",
                                      .version = "1.2.3",
                                      .git_commit = "0123abc",
                                      .isa = "v3",
                                      .threads = 2,
                                      .ranks = N_RANKS};
    const qf_results_options options = {.path = path, .part = part, .force = true};
    assert_int_equal(
        qf_results_create(&f->context, &f->fleet, &f->plan, &provenance, &options, &f->results),
        QF_OK);
    fill(f, &own);
    assert_int_equal(finish(f, outcome), outcome);
}

static void write_parts(fixture *f, const told *all)
{
    char version[] = "1.2.3";
    char master[] = "all.h5";
    const qf_run_manifest manifest = {.version = version,
                                      .master = master,
                                      .run = RUN,
                                      .n_ranks = N_RANKS,
                                      .parts = (qf_results_part *)parts};
    assert_int_equal(qf_run_parts_begin(&f->context, "all.h5", false), QF_OK);
    assert_int_equal(qf_run_manifest_write(&f->context, "all.h5.ranks", &manifest), QF_OK);
    for (int r = 0; r < N_RANKS; r++) {
        if (qf_run_part_has_file(&parts[r])) {
            write_part(f, all, &parts[r], QF_OK);
        }
    }
}

static qf_status stitch(fixture *f, const char *path)
{
    return qf_run_stitch(&f->context, "all.h5.ranks", path, false, NULL);
}

static void assert_same(hid_t a, hid_t b, const char *name, size_t n)
{
    double *left = calloc(n + 1, sizeof *left);
    double *right = calloc(n + 1, sizeof *right);
    read_all(a, name, H5T_NATIVE_DOUBLE, left);
    read_all(b, name, H5T_NATIVE_DOUBLE, right);
    if (memcmp(left, right, n * sizeof *left) != 0) {
        fail_msg("%s differs", name);
    }
    free(left);
    free(right);
}

static void state_and_events_are_those_of_one_process(void **state)
{
    static const char *const columns[] = {"event",  "tick",  "time_s",   "world",
                                          "entity", "code",  "severity", "subject",
                                          "track",  "cause", "value"};
    fixture *f = *state;
    told all;
    make_fleet(f, 5, 1, 10);
    make_events(&all);
    write_alone(f, &all);
    write_parts(f, &all);
    assert_int_equal(stitch(f, "all.h5"), QF_OK);
    const hid_t one = open_result("one.h5");
    const hid_t stitched = open_result("all.h5");
    for (size_t c = 0; c < COUNT(columns); c++) {
        char name[64];
        snprintf(name, sizeof name, "events/%s", columns[c]);
        assert_int_equal(length_of(stitched, name), all.n);
        assert_same(one, stitched, name, all.n);
    }
    assert_int_equal(H5Lexists(stitched, "events/moment", H5P_DEFAULT), 0);
    assert_int_equal(H5Lexists(stitched, "state_0000000000001234", H5P_DEFAULT), 0);
    record_some(f);
    for (size_t q = 0; q < f->plan.n_quantities; q++) {
        char name[128];
        snprintf(name, sizeof name, "state/%s", f->plan.quantities[q]->name);
        assert_same(one, stitched, name, (size_t)N_RECORDS * N_RECORDED);
    }
    assert_same(one, stitched, "state/entity", N_RECORDED);
    assert_same(one, stitched, "state/time", N_RECORDS);
    assert_same(one, stitched, "entities/entity", f->fleet.n_vehicles);
    int64_t entities[N_RECORDED];
    read_all(stitched, "state/entity", H5T_NATIVE_INT64, entities);
    assert_int_equal(entities[0], FIRST_RECORDED);
    H5Fclose(one);
    H5Fclose(stitched);
}

static void a_result_elsewhere_finds_its_parts(void **state)
{
    fixture *f = *state;
    told all;
    hid_t file;
    uint64_t bytes;
    make_fleet(f, 5, 1, 10);
    make_events(&all);
    write_parts(f, &all);
    assert_int_equal(mkdir("deep", 0777), 0);
    assert_int_equal(mkdir("deep/er", 0777), 0);
    assert_int_equal(stitch(f, "deep/er/all.h5"), QF_OK);
    assert_int_equal(stitch(f, "all.h5.ranks/inside.h5"), QF_OK);
    static const char *const paths[] = {"deep/er/all.h5", "all.h5.ranks/inside.h5"};
    for (size_t i = 0; i < COUNT(paths); i++) {
        assert_int_equal(qf_results_open(&f->context, paths[i], &file, &bytes), QF_OK);
        double x_m[N_RECORDS * N_RECORDED];
        read_all(file, "state/x_m", H5T_NATIVE_DOUBLE, x_m);
        assert_true(x_m[N_RECORDED + 1] == expected(0, 1, FIRST_RECORDED + 1));
        H5Fclose(file);
    }
    /* the parts stay behind */
    assert_int_equal(rename("deep/er/all.h5", "deep/all.h5"), 0);
    assert_int_equal(qf_results_open(&f->context, "deep/all.h5", &file, &bytes), QF_ERROR_READ);
    assert_error_says(f, "rank-0-of-3.h5' is missing");
}

/* what a reader that knows nothing of ranks finds of a quantity: of rank 0's vehicles whether it is missing */
static bool is_missing(hid_t file, const qf_quantity *quantity, size_t e)
{
    char name[128];
    snprintf(name, sizeof name, "state/%s", quantity->name);
    const hid_t variable = H5Dopen2(file, name, H5P_DEFAULT);
    const bool says = H5Aexists(variable, "_FillValue") > 0;
    bool missing = false;
    if (quantity->type == QF_TYPE_F64) {
        double values[N_RECORDS * N_RECORDED];
        read_all(file, name, H5T_NATIVE_DOUBLE, values);
        missing = isnan(values[e]);
    } else if (quantity->type == QF_TYPE_U8) {
        uint8_t values[N_RECORDS * N_RECORDED];
        read_all(file, name, H5T_NATIVE_UINT8, values);
        missing = values[e] == 255;
    } else if (quantity->type == QF_TYPE_U64) {
        uint64_t values[N_RECORDS * N_RECORDED];
        read_all(file, name, H5T_NATIVE_UINT64, values);
        missing = values[e] == UINT64_MAX;
    } else {
        int64_t values[N_RECORDS * N_RECORDED];
        read_all(file, name, H5T_NATIVE_INT64, values);
        missing = values[e] == (says ? -1 : INT64_MAX);
    }
    H5Dclose(variable);
    return missing;
}

/* of all quantities in a file: how many are missing of a vehicle that rank 0 has, and of one of rank 2 */
static void count_missing(const fixture *f, const char *path, size_t n_missing[2])
{
    const hid_t file = open_result(path);
    n_missing[0] = n_missing[1] = 0;
    for (size_t q = 0; q < f->plan.n_quantities; q++) {
        n_missing[0] += is_missing(file, f->plan.quantities[q], 0);
        n_missing[1] += is_missing(file, f->plan.quantities[q], N_RECORDED - 1);
    }
    H5Fclose(file);
}

static void other_readers_find_no_zeros_where_parts_are_missing(void **state)
{
    fixture *f = *state;
    told all;
    size_t n_missing[2];
    make_fleet(f, 5, 1, 10);
    make_events(&all);
    write_parts(f, &all);
    assert_int_equal(stitch(f, "all.h5"), QF_OK);
    record_some(f);
    count_missing(f, "all.h5", n_missing);
    assert_int_equal(n_missing[0] + n_missing[1], 0);
    assert_int_equal(rename("all.h5.ranks/rank-2-of-3.h5", "spare"), 0);
    count_missing(f, "all.h5", n_missing);
    assert_int_equal(n_missing[0], 0);
    assert_int_equal(n_missing[1], f->plan.n_quantities);
}

/* HDF5 also looks for a part from the current directory on. */
static void other_readers_take_no_part_of_another_run(void **state)
{
    fixture *f = *state;
    told all;
    size_t n_missing[2];
    make_fleet(f, 5, 1, 10);
    make_events(&all);
    write_parts(f, &all);
    assert_int_equal(stitch(f, "all.h5"), QF_OK);
    assert_int_equal(mkdir("elsewhere", 0777), 0);
    assert_int_equal(rename("all.h5", "elsewhere/all.h5"), 0);
    qf_results_part part = parts[2];
    part.run++;
    write_part(f, &all, &part, QF_OK);
    record_some(f);
    count_missing(f, "elsewhere/all.h5", n_missing);
    assert_int_equal(n_missing[0], 0);
    assert_int_equal(n_missing[1], f->plan.n_quantities);
}

static void parts_that_do_not_belong_together_are_named(void **state)
{
    fixture *f = *state;
    told all;
    make_fleet(f, 5, 1, 10);
    make_events(&all);
    assert_int_equal(stitch(f, "all.h5"), QF_ERROR_READ);
    assert_error_says(f, "all.h5.ranks/run.json");
    write_parts(f, &all);
    assert_int_equal(rename("all.h5.ranks/rank-2-of-3.h5", "spare"), 0);
    assert_int_equal(stitch(f, "all.h5"), QF_ERROR_READ);
    assert_error_says(f, "all.h5.ranks: the file of rank 2 of 3 is missing");
    qf_results_part part = parts[2];
    part.run++;
    write_part(f, &all, &part, QF_OK);
    assert_int_equal(stitch(f, "all.h5"), QF_ERROR_READ);
    assert_error_says(f, "rank-2-of-3.h5: is of another run");
    part = parts[2];
    part.first_entity--;
    write_part(f, &all, &part, QF_OK);
    assert_int_equal(stitch(f, "all.h5"), QF_ERROR_READ);
    assert_error_says(f, "under a wrong name");
    assert_int_equal(remove("all.h5.ranks/rank-2-of-3.h5"), 0);
    write_part(f, &all, &parts[2], QF_INTERRUPTED);
    assert_int_equal(rename("all.h5.ranks/rank-2-of-3.h5.partial", "all.h5.ranks/rank-2-of-3.h5"),
                     0);
    assert_int_equal(stitch(f, "all.h5"), QF_ERROR_READ);
    assert_error_says(f, "rank-2-of-3.h5: is not complete");
    assert_false(exists("all.h5"));
    assert_false(exists("all.h5.partial"));
    assert_int_equal(rename("spare", "all.h5.ranks/rank-2-of-3.h5"), 0);
    assert_int_equal(stitch(f, "all.h5"), QF_OK);
    assert_int_equal(stitch(f, "all.h5"), QF_ERROR_EXISTS);
}

static void unfinished_parts_are_all_named_with_what_goes_on(void **state)
{
    fixture *f = *state;
    told all;
    make_fleet(f, 5, 1, 10);
    make_events(&all);
    write_parts(f, &all);
    for (int r = 0; r < N_RANKS; r += 2) {
        write_part(f, &all, &parts[r], QF_INTERRUPTED);
    }
    assert_int_equal(stitch(f, "other.h5"), QF_OK); /* the finished ones are still there */
    assert_int_equal(remove("all.h5.ranks/rank-2-of-3.h5"), 0);
    assert_int_equal(qf_run_stitch(&f->context, "all.h5.ranks/", "all.h5", false, NULL),
                     QF_ERROR_READ);
    assert_error_says(f, "the file of rank 2 of 3 is unfinished, with records up to tick 3 of 10");
    assert_error_says(f, "goes on with: mpirun -n 3 qfleet run SCENARIO -o all.h5 --resume");
    assert_int_equal(remove("all.h5.ranks/rank-0-of-3.h5"), 0);
    assert_int_equal(stitch(f, "all.h5"), QF_ERROR_READ);
    assert_error_says(f, "ranks: the files of ranks 0,2 of 3 are unfinished, with records up");
    assert_int_equal(truncate("all.h5.ranks/rank-2-of-3.h5.partial", 5), 0);
    assert_int_equal(stitch(f, "all.h5"), QF_ERROR_READ);
    assert_error_says(f, "0,2 of 3 are unfinished; the run goes on with");
    assert_int_equal(remove("all.h5.ranks/rank-0-of-3.h5.partial"), 0);
    assert_int_equal(stitch(f, "all.h5"), QF_ERROR_READ);
    assert_error_says(f, "the file of rank 0 of 3 is missing; the file of rank 2 of 3 is unfin");
    assert_null(strstr(f->context.error, "--resume"));
    assert_false(exists("all.h5"));
}

static void a_renamed_result_is_told_how_to_be_made_anew(void **state)
{
    fixture *f = *state;
    told all;
    hid_t file;
    uint64_t bytes;
    make_fleet(f, 5, 1, 10);
    make_events(&all);
    write_parts(f, &all);
    assert_int_equal(stitch(f, "all.h5"), QF_OK);
    assert_int_equal(rename("all.h5.ranks", "new.h5.ranks"), 0);
    assert_int_equal(qf_results_open(&f->context, "all.h5", &file, &bytes), QF_ERROR_READ);
    assert_null(strstr(f->context.error, "merge"));
    assert_int_equal(rename("all.h5", "new.h5"), 0);
    assert_int_equal(qf_results_open(&f->context, "new.h5", &file, &bytes), QF_ERROR_READ);
    assert_error_says(f, "is missing, but 'new.h5.ranks' has it");
    assert_error_says(f, "qfleet merge new.h5.ranks -o new.h5 --force");
    assert_int_equal(qf_run_stitch(&f->context, "new.h5.ranks", "new.h5", true, NULL), QF_OK);
    assert_int_equal(qf_results_open(&f->context, "new.h5", &file, &bytes), QF_OK);
    H5Fclose(file);
}

/* HDF5 would say nothing, and show what is missing. */
static void readers_may_open_all_parts_or_say_so(void **state)
{
    fixture *f = *state;
    told all;
    hid_t file;
    uint64_t bytes;
    struct rlimit few, now;
    make_fleet(f, 5, 1, 10);
    make_events(&all);
    write_parts(f, &all);
    assert_int_equal(stitch(f, "all.h5"), QF_OK);
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &few), 0);
    few.rlim_cur = 32;
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &few), 0);
    assert_int_equal(qf_results_open(&f->context, "all.h5", &file, &bytes), QF_OK);
    H5Fclose(file);
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &now), 0);
    assert_true(now.rlim_cur == few.rlim_max);
    const pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        few.rlim_max = few.rlim_cur;
        const bool limited = setrlimit(RLIMIT_NOFILE, &few) == 0;
        const qf_status status = qf_results_open(&f->context, "all.h5", &file, &bytes);
        _exit(limited && status == QF_ERROR_READ && strstr(f->context.error, "may open 32: raise")
                  ? 0
                  : 1);
    }
    int ended = 1;
    assert_int_equal(waitpid(child, &ended, 0), child);
    assert_int_equal(ended, 0);
}

static void a_manifest_says_what_was_written(void **state)
{
    fixture *f = *state;
    told all = {0};
    qf_run_manifest manifest;
    make_fleet(f, 5, 1, 10);
    write_parts(f, &all);
    assert_int_equal(qf_run_manifest_read(&f->context, "all.h5.ranks", &manifest), QF_OK);
    assert_string_equal(manifest.version, "1.2.3");
    assert_string_equal(manifest.master, "all.h5");
    assert_int_equal(manifest.n_ranks, N_RANKS);
    assert_memory_equal(manifest.parts, parts, sizeof parts);
    qf_run_manifest_free(&manifest);
    FILE *file = fopen("all.h5.ranks/run.json", "r+");
    assert_non_null(file);
    assert_int_equal(ftruncate(fileno(file), 250), 0);
    fclose(file);
    assert_int_equal(qf_run_manifest_read(&f->context, "all.h5.ranks", &manifest), QF_ERROR_READ);
    assert_error_says(f, "all.h5.ranks/run.json");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(state_and_events_are_those_of_one_process),
        TEST(a_result_elsewhere_finds_its_parts),
        TEST(other_readers_find_no_zeros_where_parts_are_missing),
        TEST(other_readers_take_no_part_of_another_run),
        TEST(parts_that_do_not_belong_together_are_named),
        TEST(unfinished_parts_are_all_named_with_what_goes_on),
        TEST(a_renamed_result_is_told_how_to_be_made_anew),
        TEST(readers_may_open_all_parts_or_say_so),
        TEST(a_manifest_says_what_was_written),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
