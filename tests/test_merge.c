/* SPDX-License-Identifier: Apache-2.0 */
/* Merging where programs cannot lead to: a thousand shards, a full disk, file systems without links, another version. */
#include "sweep_store_fixture.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/syscall.h>

#include "sweep_merge.h"
#include "sweep_store_internal.h"

static char directory[64];
static long long space_left; /* bytes of a file; negative for no limit */
static bool has_links;

int fallocate(int fd, int mode, off_t offset, off_t length)
{
    if (space_left >= 0 && (long long)offset + length > space_left) {
        errno = ENOSPC;
        return -1;
    }
    return (int)syscall(SYS_fallocate, fd, mode, offset, length);
}

/* thousands of files need not outlive a loss of power */
int fsync(int fd)
{
    return fcntl(fd, F_GETFD) < 0 ? -1 : 0;
}

int linkat(int from_directory, const char *from, int to_directory, const char *to, int flags)
{
    if (!has_links) {
        errno = access(to, F_OK) == 0 ? EEXIST : EXDEV;
        return -1;
    }
    return (int)syscall(SYS_linkat, from_directory, from, to_directory, to, flags);
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
    space_left = -1;
    has_links = true;
    snprintf(directory, sizeof directory, "/tmp/test_merge.XXXXXX");
    return mkdtemp(directory) && chdir(directory) == 0 ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    return chdir("/") == 0 && nftw(directory, remove_entry, 8, FTW_DEPTH | FTW_PHYS) == 0 ? 0 : -1;
}

static void begin(const char *path, size_t n_shards, qf_sweep_identity *identity)
{
    qf_context context = qf_context_default();
    qf_sweep sweep = make_sweep(scenario_text);
    const qf_store_options options = {.path = path,
                                      .shard = 1,
                                      .n_shards = n_shards,
                                      .end_case = N_CASES,
                                      .version = "1.2.3",
                                      .git_commit = "0123abc"};
    qf_sweep_store *store;
    bool exists;
    assert_int_equal(qf_sweep_store_open(&context, &sweep, &options, NULL, &store), QF_OK);
    qf_sweep_store_close(store);
    assert_int_equal(qf_manifest_read(&context, path, &exists, identity), QF_OK);
}

/* Every step-th shard from the first on, of cases that are made up. */
static void write_shards(const char *path, size_t n_shards, size_t first, size_t step)
{
    qf_context context = qf_context_default();
    qf_sweep sweep = make_sweep(scenario_text);
    qf_sweep_identity identity;
    qf_sweep_table table;
    begin(path, n_shards, &identity);
    assert_int_equal(qf_sweep_table_create(&context, N_CASES, N_METRICS, &table), QF_OK);
    for (uint32_t k = 0; k < N_CASES; k++) {
        const double values[] = {k % 4 > 0, 1.5 + k, k % 2};
        const qf_case_result result = {.number = k,
                                       .ticks = 100 + k,
                                       .hash = 0x123456789abcdefull * k,
                                       .wall_s = 0.25,
                                       .metrics = values};
        assert_int_equal(qf_sweep_table_put(&context, &table, &result), QF_OK);
    }
    for (size_t i = first; i <= n_shards; i += step) {
        const qf_shard shard = {.spec = &spec,
                                .design = qf_sweep_design(&sweep),
                                .identity = &identity,
                                .directory = path,
                                .shard = i};
        const qf_shard_session session = {.isa = "v3", .threads = 1};
        assert_int_equal(qf_shard_write_timing(&context, &shard, &table, N_CASES, &session), QF_OK);
        assert_int_equal(qf_shard_write(&context, &shard, &table, N_CASES), QF_OK);
    }
    qf_sweep_table_free(&table);
    qf_sweep_identity_free(&identity);
}

static qf_merge_options options_of(const char *path, const char *const *sources, size_t n)
{
    return (qf_merge_options){.path = path,
                              .sources = sources,
                              .n_sources = n,
                              .version = "1.2.3",
                              .git_commit = "0123abc"};
}

/* The status of the merge, the context's error in `error`. */
static qf_status merge(const qf_merge_options *options, char error[1024])
{
    qf_context context = qf_context_default();
    qf_merged_sweep merged;
    const qf_sweep_report report = {.n_cases = N_CASES};
    qf_status status = qf_sweep_merge_open(&context, options, stderr, &merged);
    if (status == QF_OK) {
        assert_int_equal(merged.n_counted, N_CASES);
        status = qf_sweep_merge_finish(&context, &merged, &report);
        qf_sweep_merge_close(&merged);
    }
    snprintf(error, 1024, "%s", context.error);
    return status;
}

static void assert_merges(const char *path, const char *const *sources, size_t n)
{
    char error[1024];
    const qf_merge_options options = options_of(path, sources, n);
    if (merge(&options, error) != QF_OK) {
        fail_msg("%s", error);
    }
}

static bool same_file(const char *a, const char *b)
{
    char command[256];
    snprintf(command, sizeof command, "cmp -s %s %s", a, b);
    return system(command) == 0;
}

/* sweep.h5 of both has the same values, and nothing is missing, for who may open few files. */
static const char compare[] =
    "import resource, sys\n"
    "resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))\n"
    "import h5py, numpy, xarray\n"
    "a, b = (h5py.File(d + '/sweep.h5') for d in ('whole', 'many'))\n"
    "assert a['sweep/fuel'].is_virtual and not b['sweep/fuel'].is_virtual\n"
    "for name in a['sweep']:\n"
    "    x, y = a['sweep'][name], b['sweep'][name]\n"
    "    assert x.dtype == y.dtype and (x[:] == y[:]).all(), name\n"
    "    assert dict(x.attrs).keys() == dict(y.attrs).keys(), name\n"
    "assert (b['sweep/wall_s'][:] == 0.25).all()\n"
    "f = xarray.open_dataset('many/sweep.h5', group='sweep', engine='h5netcdf').load()\n"
    "assert (f['fuel'] == 1.5 + numpy.arange(10)).all() and f.sizes['case'] == 10\n";

static void thousand_shards_are_read_by_who_may_open_few_files(void **state)
{
    (void)state;
    write_shards("whole", 1, 1, 1);
    assert_merges("whole", NULL, 0);
    write_shards("many", 1000, 1, 1);
    assert_merges("many", NULL, 0);
    FILE *out = fopen("compare.py", "w");
    assert_non_null(out);
    fputs(compare, out);
    assert_int_equal(fclose(out), 0);
    assert_int_equal(system(QFLEET_PYTHON " compare.py"), 0);
    qf_context context = qf_context_default();
    qf_stored_sweep stored;
    size_t n_damaged;
    assert_int_equal(qf_sweep_store_read(&context, "many", stderr, &n_damaged, &stored), QF_OK);
    assert_int_equal(n_damaged, 0);
    assert_int_equal(stored.table.count[QF_OUTCOME_OK], N_CASES);
    qf_stored_sweep_free(&stored);
    /* and again */
    assert_int_equal(system("cp many/sweep.h5 before.h5"), 0);
    assert_merges("many", NULL, 0);
    assert_true(same_file("before.h5", "many/sweep.h5"));
}

static void full_disk_while_copying_leaves_whole_shards_only(void **state)
{
    (void)state;
    char error[1024];
    static const char *const sources[] = {"a", "b"};
    const qf_merge_options options = options_of("m", sources, 2);
    write_shards("a", 4, 1, 2);
    write_shards("b", 4, 2, 2);
    has_links = false;
    for (long long room = 0; room < 80000; room += 20000) {
        space_left = room;
        assert_int_equal(merge(&options, error), QF_ERROR_DISK_FULL);
        assert_true(strncmp(error, "m/", 2) == 0 && strstr(error, "No space left"));
        assert_int_not_equal(system("ls m 2>/dev/null | grep -q -e partial -e sweep.h5"), 0);
    }
    space_left = -1;
    assert_merges("m", sources, 2);
    assert_true(same_file("a/shard-3-of-4.h5", "m/shard-3-of-4.h5"));
    struct stat copy;
    assert_int_equal(stat("m/shard-3-of-4.h5", &copy), 0);
    assert_int_equal(copy.st_nlink, 1);
}

static void full_disk_at_the_end_is_made_good_by_merging_again(void **state)
{
    (void)state;
    char error[1024];
    const qf_merge_options options = options_of("a", NULL, 0);
    for (size_t n = 2; n <= 300; n += 298) {
        write_shards("a", n, 1, 1);
        space_left = 1000;
        assert_int_equal(merge(&options, error), QF_ERROR_DISK_FULL);
        assert_non_null(strstr(error, "sweep."));
        assert_int_not_equal(system("ls a | grep -q -e partial -e sweep.h5 -e checksums"), 0);
        space_left = -1;
        assert_merges("a", NULL, 0);
        assert_int_equal(system("rm -r a"), 0);
    }
}

static void another_version_concludes_nothing(void **state)
{
    (void)state;
    char error[1024];
    write_shards("a", 2, 1, 1);
    for (int i = 0; i < 2; i++) {
        qf_merge_options options = options_of("a", NULL, 0);
        *(i == 0 ? &options.version : &options.git_commit) = "another";
        assert_int_equal(merge(&options, error), QF_ERROR_READ);
        assert_non_null(strstr(error, "a: was computed by version 1.2.3 (0123abc), and this is"));
        assert_int_not_equal(system("ls a | grep -q sweep.h5"), 0);
    }
}

static void files_that_are_there_without_a_manifest_are_not_lost(void **state)
{
    (void)state;
    char error[1024];
    static const char *const sources[] = {"a"};
    qf_merge_options options = options_of("m", sources, 1);
    write_shards("a", 2, 1, 1);
    for (int links = 0; links < 2; links++) {
        has_links = links;
        assert_int_equal(system("mkdir m && echo mine > m/shard-2-of-2.h5"), 0);
        options.force = false;
        assert_int_equal(merge(&options, error), QF_ERROR_EXISTS);
        assert_non_null(strstr(error, "m/shard-2-of-2.h5: is there already"));
        assert_int_equal(system("grep -q mine m/shard-2-of-2.h5 && rm -r m"), 0);
        assert_int_equal(system("mkdir m && echo mine > m/shard-2-of-2.h5"), 0);
        options.force = true;
        assert_int_equal(merge(&options, error), QF_OK);
        assert_true(same_file("a/shard-2-of-2.h5", "m/shard-2-of-2.h5"));
        assert_int_equal(system("rm -r m"), 0);
    }
}

#define MERGE_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        MERGE_TEST(thousand_shards_are_read_by_who_may_open_few_files),
        MERGE_TEST(full_disk_while_copying_leaves_whole_shards_only),
        MERGE_TEST(full_disk_at_the_end_is_made_good_by_merging_again),
        MERGE_TEST(another_version_concludes_nothing),
        MERGE_TEST(files_that_are_there_without_a_manifest_are_not_lost),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
