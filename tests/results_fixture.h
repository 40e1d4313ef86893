/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_RESULTS_FIXTURE_H
#define QF_RESULTS_FIXTURE_H

/* What the tests of result files share: a small fleet, a directory, writing and reading back. */

#include "results.h"

/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */
#include <ftw.h>
#include <hdf5.h>
#include <hdf5_hl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define TEST(name)   cmocka_unit_test_setup_teardown(name, set_up, tear_down)

typedef struct fixture {
    char directory[64];
    qf_context context;
    qf_thermal_node nodes[2];
    qf_group_spec groups[2];
    qf_scenario scenario;
    qf_fleet fleet;
    qf_record_plan plan;
    qf_results *results;
} fixture;

static inline void fail_on_warning(void *user, qf_log_level level, const char *line)
{
    (void)user;
    if (level >= QF_LOG_WARNING) {
        fail_msg("unexpected log line: %s", line);
    }
}

/* Scouts with a node "core" and perhaps a tracker, and haulers with a node "hold", recorded in every quantity. */
static inline void make_fleet_of(fixture *f, size_t n_scouts, size_t n_worlds, int64_t n_ticks,
                                 const qf_tracker_spec *of_scouts)
{
    static const char *const ids[] = {"core", "hold"};
    static const char *const names[] = {"scouts", "heavy haulers"};
    for (size_t g = 0; g < 2; g++) {
        f->nodes[g].id = ids[g];
        for (size_t p = 0; p < QF_NODE_PARAMETER_COUNT; p++) {
            f->nodes[g].parameter[p] = qf_constant(20.0);
        }
        f->groups[g] = (qf_group_spec){.name = names[g],
                                       .iff = g ? QF_IFF_FOE : QF_IFF_FRIEND,
                                       .count = g ? 2 : n_scouts,
                                       .hardware = qf_hardware_default()};
        f->groups[g].hardware.nodes = &f->nodes[g];
        f->groups[g].hardware.n_nodes = 1;
        f->groups[g].hardware.on[QF_HW_THERMAL_ENABLED] = true;
    }
    f->groups[0].tracker = of_scouts;
    f->scenario = (qf_scenario){.name = "test",
                                .seed = UINT64_MAX,
                                .dt_s = 0.5,
                                .n_ticks = n_ticks,
                                .n_worlds = n_worlds,
                                .groups = f->groups,
                                .n_groups = 2,
                                .record = {.every_ticks = 1, .all = true, .events = true}};
    assert_int_equal(qf_fleet_create(&f->context, &f->scenario, &f->fleet), QF_OK);
    assert_int_equal(qf_record_plan_create(&f->context, &f->fleet, &f->plan), QF_OK);
}

static inline void make_fleet(fixture *f, size_t n_scouts, size_t n_worlds, int64_t n_ticks)
{
    make_fleet_of(f, n_scouts, n_worlds, n_ticks, NULL);
}

static inline void keep_quantities(fixture *f, size_t n)
{
    assert_true(n <= f->plan.n_quantities);
    f->plan.n_quantities = n;
}

static inline int set_up(void **state)
{
    fixture *f = calloc(1, sizeof *f);
    *state = f;
    f->context = qf_context_default();
    f->context.log = fail_on_warning;
    snprintf(f->directory, sizeof f->directory, "/tmp/test_results.XXXXXX");
    (void)H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
    return mkdtemp(f->directory) && chdir(f->directory) == 0 ? 0 : -1;
}

static inline int remove_entry(const char *path, const struct stat *info, int kind,
                               struct FTW *where)
{
    (void)info;
    (void)kind;
    (void)where;
    return remove(path);
}

static inline int tear_down(void **state)
{
    fixture *f = *state;
    qf_fleet_free(&f->fleet);
    const int left = chdir("/");
    const int removed = nftw(f->directory, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
    free(f);
    return left == 0 && removed == 0 ? 0 : -1;
}

static inline qf_status create_with(fixture *f, const qf_results_options *options)
{
    const qf_provenance provenance = {.command_line = "qfleet run test.yaml",
                                      .scenario_yaml = "schema: qfleet/1\nname: test\n",
                                      .version = "1.2.3",
                                      .git_commit = "0123abc",
                                      .isa = "v3",
                                      .threads = 2,
                                      .ranks = 1,
                                      .binding = "core"};
    return qf_results_create(&f->context, &f->fleet, &f->plan, &provenance, options, &f->results);
}

static inline qf_status create(fixture *f, const char *path, bool force)
{
    return create_with(f, &(qf_results_options){.path = path, .force = force});
}

static inline void begin(fixture *f, const char *path)
{
    if (create(f, path, false) != QF_OK) {
        fail_msg("%s", f->context.error);
    }
}

/* A number that tells quantity, record and vehicle apart. */
static inline double expected(size_t quantity, int64_t record, size_t entity)
{
    return (double)quantity * 1e10 + (double)record * 1e6 + (double)entity;
}

/* Commits records [from, to): doubles as expected(), everything else as the fleet has it. */
static inline qf_status record(fixture *f, int64_t from, int64_t to)
{
    qf_status status = QF_OK;
    for (int64_t k = from; k < to && status == QF_OK; k++) {
        qf_frame frame;
        status = qf_results_acquire(f->results, k, &frame);
        if (status != QF_OK) {
            break;
        }
        for (size_t b = 0; b < f->fleet.n_blocks; b++) {
            qf_record_block(&f->fleet, &f->plan, b, &frame);
        }
        for (size_t q = 0; q < f->plan.n_quantities; q++) {
            const qf_quantity *quantity = f->plan.quantities[q];
            double *row = frame.row[q];
            for (size_t e = 0; quantity->type == QF_TYPE_F64 && quantity->node == QF_NO_NODE &&
                               e < f->fleet.n_vehicles;
                 e++) {
                row[e] = expected(q, k, e);
            }
        }
        status = qf_results_commit(f->results, &frame);
    }
    return status;
}

static inline qf_status finish(fixture *f, qf_status outcome)
{
    uint64_t hashes[16] = {0};
    assert_true(f->scenario.n_worlds <= COUNT(hashes));
    for (size_t w = 0; w < f->scenario.n_worlds; w++) {
        hashes[w] = UINT64_MAX - w;
    }
    f->fleet.tick = 17;
    return qf_results_finish(f->results, outcome, UINT64_C(0x00ab), hashes, NULL);
}

static inline void assert_error_says(const fixture *f, const char *words)
{
    if (!strstr(f->context.error, words)) {
        fail_msg("'%s' does not say '%s'", f->context.error, words);
    }
}

static inline bool exists(const char *path)
{
    struct stat file;
    return lstat(path, &file) == 0;
}

/* ---- reading back ---- */

static inline hid_t open_result(const char *path)
{
    const hid_t file = H5Fopen(path, H5F_ACC_RDONLY, H5P_DEFAULT);
    assert_true(file >= 0);
    return file;
}

static inline size_t length_of(hid_t file, const char *name)
{
    hsize_t lengths[2] = {0, 0};
    assert_true(H5LTget_dataset_info(file, name, lengths, NULL, NULL) >= 0);
    return (size_t)lengths[0];
}

static inline void read_all(hid_t file, const char *name, hid_t type, void *values)
{
    assert_true(H5LTread_dataset(file, name, type, values) >= 0);
}

static inline void assert_attribute(hid_t file, const char *object, const char *name,
                                    const char *text)
{
    char *stored = NULL;
    assert_true(H5LTget_attribute_string(file, object, name, (char *)&stored) >= 0);
    assert_string_equal(stored, text);
    H5free_memory(stored);
}

/* Every variable of /state has n records, and those of doubles hold what record() wrote. */
static inline void assert_records(const fixture *f, hid_t file, size_t n)
{
    const size_t n_vehicles = f->fleet.n_vehicles;
    assert_int_equal(length_of(file, "state/time"), n);
    assert_int_equal(length_of(file, "state/tick"), n);
    double *values = calloc(n * n_vehicles + 1, sizeof *values);
    for (size_t q = 0; q < f->plan.n_quantities; q++) {
        const qf_quantity *quantity = f->plan.quantities[q];
        char name[128];
        snprintf(name, sizeof name, "state/%s", quantity->name);
        assert_int_equal(length_of(file, name), n);
        if (n == 0 || quantity->type != QF_TYPE_F64 || quantity->node != QF_NO_NODE) {
            continue;
        }
        read_all(file, name, H5T_NATIVE_DOUBLE, values);
        for (size_t k = 0; k < n; k++) {
            for (size_t e = 0; e < n_vehicles; e++) {
                if (values[k * n_vehicles + e] != expected(q, (int64_t)k, e)) {
                    fail_msg("%s: record %zu of vehicle %zu is wrong", quantity->name, k, e);
                }
            }
        }
    }
    free(values);
}

#endif
