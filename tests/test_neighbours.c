/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "draw.h"
#include "neighbours_index.h"
#include "radar.h"

enum { MOST = 20000, ROOM = MOST + QF_LANE_SLACK, UNUSED = 3 };

/* points in slots with holes between them, and the lists of all of them */
typedef struct scene {
    size_t n;
    size_t n_worlds;
    double position_m[3][UNUSED * MOST];
    uint32_t slot[MOST];
    uint32_t world[MOST];
    qf_neighbours index;
    uint32_t *begin; /* of the list of each rank, and the end */
    uint32_t *list;  /* ranks */
    size_t room;
} scene;

static scene s;

static double uniform(size_t i, uint32_t draw)
{
    return qf_draw_uniform((qf_draw_key){.seed = 3, .vehicle = (uint32_t)i, .draw = draw});
}

static double between(size_t i, uint32_t draw, double low, double high)
{
    return low + (high - low) * uniform(i, draw);
}

static void start(size_t n, size_t n_worlds)
{
    s.n = n;
    s.n_worlds = n_worlds;
    for (size_t i = 0; i < n; i++) {
        s.slot[i] = (uint32_t)(UNUSED * i + i % 2);
        s.world[i] = (uint32_t)(i * n_worlds / n);
    }
}

static void put(size_t i, double x, double y, double z)
{
    s.position_m[0][s.slot[i]] = x;
    s.position_m[1][s.slot[i]] = y;
    s.position_m[2][s.slot[i]] = z;
}

static double at(size_t i, int axis)
{
    return s.position_m[axis][s.slot[i]];
}

static void uniform_cube(size_t n, double edge_m)
{
    start(n, 1);
    for (size_t i = 0; i < n; i++) {
        put(i, between(i, 0, -edge_m, edge_m), between(i, 1, -edge_m, edge_m),
            between(i, 2, -edge_m, edge_m));
    }
}

static void build_with(double range_m, int n_threads)
{
    qf_context context = qf_context_default();
    context.n_threads = n_threads;
    if (!s.index.memory) {
        assert_int_equal(qf_neighbours_create(&context, MOST, &s.index), QF_OK);
    }
    const qf_point_set set = {.position_m = {s.position_m[0], s.position_m[1], s.position_m[2]},
                              .slot = s.slot,
                              .world = s.world,
                              .n = s.n,
                              .n_worlds = s.n_worlds};
    qf_neighbours_build(&context, &set, range_m, &s.index);
    assert_int_equal(s.index.n, s.n);
}

static void find_lists(const qf_kernels *kernels)
{
    static uint32_t near[ROOM];
    qf_cell_walk walk = {0};
    s.begin = realloc(s.begin, (s.n + 1) * sizeof *s.begin);
    s.begin[0] = 0;
    for (uint32_t r = 0; r < s.n; r++) {
        qf_cell_walk_to(&s.index, r, &walk);
        for (size_t k = 1; k < walk.n_runs; k++) {
            assert_true(walk.runs[k].begin != walk.runs[k - 1].end); /* they are joined */
        }
        const size_t n = kernels->near(&s.index.points, walk.runs, walk.n_runs, r, near);
        if (s.begin[r] + n > s.room) {
            s.room = 2 * (s.begin[r] + n);
            s.list = realloc(s.list, s.room * sizeof *s.list);
        }
        if (n > 0) {
            memcpy(s.list + s.begin[r], near, n * sizeof *near);
        }
        s.begin[r + 1] = s.begin[r] + (uint32_t)n;
    }
}

static int by_number(const void *a, const void *b)
{
    const uint32_t x = *(const uint32_t *)a;
    const uint32_t y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

/* the list of a rank as ascending numbers of points */
static size_t found_of(uint32_t rank, uint32_t *found)
{
    const size_t n = s.begin[rank + 1] - s.begin[rank];
    for (size_t k = 0; k < n; k++) {
        found[k] = s.index.point[s.list[s.begin[rank] + k]];
    }
    qsort(found, n, sizeof *found, by_number);
    return n;
}

static size_t expected_of(uint32_t point, double range_m, uint32_t *expected)
{
    size_t n = 0;
    for (uint32_t j = 0; j < s.n; j++) {
        const double dx = at(j, 0) - at(point, 0);
        const double dy = at(j, 1) - at(point, 1);
        const double dz = at(j, 2) - at(point, 2);
        if (j != point && s.world[j] == s.world[point] &&
            dx * dx + dy * dy + dz * dz <= range_m * range_m) {
            expected[n++] = j;
        }
    }
    return n;
}

static void lists_are_right(double range_m, size_t every)
{
    static uint32_t found[ROOM], expected[ROOM];
    for (uint32_t r = 0; r < s.n; r += (uint32_t)every) {
        const uint32_t point = s.index.point[r];
        const size_t n = found_of(r, found);
        const size_t n_expected = expected_of(point, range_m, expected);
        if (n != n_expected || memcmp(found, expected, n * sizeof *found) != 0) {
            fail_msg("range %g: %zu neighbours of point %u of %zu, expected %zu", range_m, n, point,
                     s.n, n_expected);
        }
    }
}

/* every point's list equals brute force with every instruction set, or that of each `every`th */
static void search_is_right_for(double range_m, size_t every)
{
    build_with(range_m, 2);
    for (const char *const *isa = qf_isa_names; *isa; isa++) {
        const qf_kernels *kernels = qf_kernels_for(*isa);
        if (kernels) {
            find_lists(kernels);
            lists_are_right(range_m, every);
        }
    }
}

static void search_is_right(double range_m)
{
    search_is_right_for(range_m, s.n / 1000 + 1);
}

static double mean_neighbours(void)
{
    return (double)s.begin[s.n] / (double)s.n;
}

static void uniform_fleets_have_the_neighbours_of_brute_force(void **state)
{
    (void)state;
    static const double ranges_m[] = {3.0, 40.0, 100.0, 333.3, 1e3, 5e3};
    uniform_cube(3000, 1000.0);
    for (size_t k = 0; k < sizeof ranges_m / sizeof *ranges_m; k++) {
        search_is_right_for(ranges_m[k], 1);
    }
    uniform_cube(MOST, 1000.0);
    search_is_right(40.0);
    search_is_right(150.0);
    assert_true(mean_neighbours() > 25.0 && mean_neighbours() < 40.0);
}

static void few_points_have_the_neighbours_of_brute_force(void **state)
{
    (void)state;
    static const size_t sizes[] = {1,
                                   2,
                                   15,
                                   16,
                                   17,
                                   100,
                                   QF_SMALL_WORLD_POINTS - 1,
                                   QF_SMALL_WORLD_POINTS,
                                   QF_SMALL_WORLD_POINTS + 1,
                                   530};
    for (size_t k = 0; k < sizeof sizes / sizeof *sizes; k++) {
        uniform_cube(sizes[k], 100.0);
        search_is_right_for(30.0, 1);
        search_is_right_for(90.0, 1);
    }
    start(0, 1);
    build_with(10.0, 1);
    assert_int_equal(s.index.n_cells, 0);
}

static void clustered_fleets_have_the_neighbours_of_brute_force(void **state)
{
    (void)state;
    start(12000, 1);
    for (size_t i = 0; i < s.n; i++) {
        const size_t cluster = i % 40;
        const double spread = cluster % 3 == 0 ? 10.0 : 200.0;
        put(i, between(cluster, 7, -1e6, 1e6) + between(i, 0, -spread, spread),
            between(cluster, 8, -1e6, 1e6) + between(i, 1, -spread, spread),
            between(cluster, 9, -1e4, 1e4) + between(i, 2, -spread, spread));
    }
    search_is_right(15.0);
    search_is_right(100.0);
}

static void fleets_in_a_line_or_a_plane_have_the_neighbours_of_brute_force(void **state)
{
    (void)state;
    for (int axis = 0; axis < 3; axis++) {
        start(4000, 1);
        for (size_t i = 0; i < s.n; i++) {
            double x[3] = {-5.0, 7.0, 0.0};
            x[axis] = 2.5 * (double)(i * 1237 % s.n) - 3000.0; /* some exactly at the range */
            put(i, x[0], x[1], x[2]);
        }
        search_is_right_for(50.0, 1);
        assert_true(mean_neighbours() > 39.0);
        for (size_t i = 0; i < s.n; i++) {
            double x[3] = {between(i, 0, -900.0, 900.0), between(i, 1, -900.0, 900.0),
                           between(i, 2, -900.0, 900.0)};
            x[axis] = 1.0;
            put(i, x[0], x[1], x[2]);
        }
        search_is_right_for(50.0, 1);
    }
}

static void coincident_points_are_in_range(void **state)
{
    (void)state;
    start(3000, 1);
    for (size_t i = 0; i < s.n; i++) {
        put(i, -17.25, 1e6, 3.0);
    }
    search_is_right_for(1.0, 100);
    assert_true(mean_neighbours() == 2999.0);
    for (size_t i = 0; i < s.n; i++) {
        put(i, (double)(i % 30), -(double)(i % 7), (double)(i % 3));
    }
    search_is_right_for(1e-3, 1);
    search_is_right_for(1.0, 1);
}

static void twenty_thousand_in_one_cell_have_the_neighbours_of_brute_force(void **state)
{
    (void)state;
    uniform_cube(MOST, 1.0);
    search_is_right_for(1.5, 500);
    search_is_right_for(100.0, 500);
    assert_true(mean_neighbours() == MOST - 1.0);
}

/* a ring of points at the range and one step of a double to both sides, seen from the middle */
static void the_range_itself_is_in_range(void **state)
{
    (void)state;
    static const double offsets_m[] = {0.0, 1e9, 1e12};
    for (size_t k = 0; k < 3; k++) {
        const double step_m = k == 2 ? 1.0 : 25.0; /* as many units as there may be */
        start(4000, 1);
        for (size_t i = 0; i < s.n; i++) {
            /* a lattice with many triangles of 3, 4 and 5 steps */
            put(i, offsets_m[k] + step_m * (double)(i % 40) + 0x1p-12,
                step_m * (double)(i / 40 % 40) - offsets_m[k], 300.0);
        }
        put(0, offsets_m[k], 0.0, 0.0);
        put(s.n - 1, -offsets_m[k], offsets_m[k], 0.0);
        static const double steps[] = {0.0,      0x1p-52, -0x1p-52, 0x1p-22,
                                       -0x1p-22, 0x1p-19, -0x1p-19};
        for (size_t i = 1; i < 700; i++) {
            const double range_m = 5.0 * step_m * (1.0 + steps[i % 7]);
            const size_t way = i / 7 % 5;
            put(i,
                offsets_m[k] + (way == 0   ? range_m
                                : way == 1 ? -0.6 * range_m
                                           : 0.0),
                way == 2   ? -range_m
                : way == 1 ? 0.8 * range_m
                : way == 4 ? 0.28 * range_m
                           : 0.0,
                way == 3   ? range_m
                : way == 4 ? -0.96 * range_m
                           : 0.0);
        }
        search_is_right_for(5.0 * step_m, 1);
    }
}

static void fleets_wider_than_the_coordinates_have_the_neighbours_of_brute_force(void **state)
{
    (void)state;
    static const double apart_m[] = {1e5, 409.6e3 * (1.0 + 0x1p-10), 1e7, 1e11, 1e12};
    for (size_t k = 0; k < sizeof apart_m / sizeof *apart_m; k++) {
        start(6000, 1);
        for (size_t i = 0; i < s.n; i++) {
            const double sign[3] = {i % 2 ? 1.0 : -1.0, i % 4 < 2 ? 1.0 : -1.0,
                                    i % 8 < 4 ? 1.0 : -1.0};
            put(i, sign[0] * apart_m[k] + between(i, 0, -500.0, 500.0),
                sign[1] * apart_m[k] + between(i, 1, -500.0, 500.0),
                sign[2] * apart_m[k] + between(i, 2, -500.0, 500.0));
        }
        search_is_right(100.0);
        search_is_right(0.5);
    }
}

/* what shares all coordinates modulo 2^32 units but is not near, in one cell with what is */
static void who_shares_coordinates_from_afar_is_no_neighbour(void **state)
{
    (void)state;
    const double cell_m = 100.0 * (1.0 + 0x1p-10);
    for (int shift = 10; shift <= 30; shift++) {
        start(4000, 1);
        for (size_t i = 0; i < s.n; i++) {
            const double far_m = i % 3 == 0 ? cell_m * (double)(1u << shift) : 0.0;
            put(i, between(i / 3, 0, 0.0, 800.0) + far_m, between(i / 3, 1, 0.0, 800.0),
                between(i / 3, 2, 0.0, 800.0));
        }
        put(1, 0.0, 0.0, 0.0); /* where cells begin */
        search_is_right_for(100.0, 7);
    }
}

static void one_stray_vehicle_leaves_the_lists_of_the_others_alone(void **state)
{
    (void)state;
    uniform_cube(8000, 500.0);
    build_with(60.0, 1);
    find_lists(qf_kernels_best());
    const uint32_t pairs = s.begin[s.n];
    put(4321, 1e12, -1e12, 1e12);
    search_is_right(60.0);
    assert_true(s.begin[s.n] < pairs && s.begin[s.n] > pairs - 200);
    assert_non_null(s.index.points.outsiders_before);
    assert_int_equal(s.index.points.outsiders_before[s.n], 1);
}

static void outsiders_are_counted_by_rank(void **state)
{
    (void)state;
    uniform_cube(MOST, 500.0);
    for (size_t k = 0; k < 5; k++) {
        put(3777 * k, 1e9 * (double)(k + 1), 1e3 * (double)k, 0.0);
    }
    for (int n_threads = 1; n_threads <= 3; n_threads++) {
        build_with(60.0, n_threads);
        uint32_t before = 0;
        for (size_t r = 0; r < s.n; r++) {
            assert_int_equal(s.index.points.outsiders_before[r], before);
            before += s.index.points.position_m[0][r] > 1e6;
        }
        assert_int_equal(s.index.points.outsiders_before[s.n], 5);
    }
}

static void only_the_own_world_is_searched(void **state)
{
    (void)state;
    static const size_t n_worlds[] = {2, 7, 12, 23, 40, 1500, 6000};
    for (size_t k = 0; k < sizeof n_worlds / sizeof *n_worlds; k++) {
        uniform_cube(6000, 100.0);
        s.n_worlds = n_worlds[k];
        for (size_t i = 0; i < s.n; i++) {
            /* the first has half of all */
            s.world[i] = i % 2 ? 0 : (uint32_t)(i * n_worlds[k] / s.n);
        }
        search_is_right_for(20.0, 1);
        search_is_right_for(300.0, 20);
    }
}

static void lists_do_not_depend_on_threads_and_instruction_sets(void **state)
{
    (void)state;
    uniform_cube(MOST, 1000.0);
    build_with(80.0, 1);
    find_lists(qf_kernels_for("generic"));
    const size_t n_list = s.begin[s.n];
    uint32_t *begin = malloc((s.n + 1) * sizeof *begin);
    uint32_t *list = malloc(n_list * sizeof *list);
    uint32_t *point = malloc(s.n * sizeof *point);
    memcpy(begin, s.begin, (s.n + 1) * sizeof *begin);
    memcpy(list, s.list, n_list * sizeof *list);
    memcpy(point, s.index.point, s.n * sizeof *point);
    for (int n_threads = 1; n_threads <= 3; n_threads++) {
        build_with(80.0, n_threads);
        assert_memory_equal(point, s.index.point, s.n * sizeof *point);
        for (const char *const *isa = qf_isa_names; *isa; isa++) {
            if (qf_kernels_for(*isa)) {
                find_lists(qf_kernels_for(*isa));
                assert_memory_equal(begin, s.begin, (s.n + 1) * sizeof *begin);
                assert_memory_equal(list, s.list, n_list * sizeof *list);
            }
        }
    }
    free(begin);
    free(list);
    free(point);
}

static uint64_t sum_of_pairs(const uint32_t *name)
{
    uint64_t sum = 0;
    for (uint32_t r = 0; r < s.n; r++) {
        for (uint32_t k = s.begin[r]; k < s.begin[r + 1]; k++) {
            const uint64_t a = name[s.index.point[r]];
            const uint64_t b = name[s.index.point[s.list[k]]];
            sum += (a * UINT64_C(0x9E3779B97F4A7C15)) ^ (b * UINT64_C(0xC2B2AE3D27D4EB4F));
        }
    }
    return sum;
}

static void order_of_insertion_does_not_matter(void **state)
{
    (void)state;
    static uint32_t name[MOST];
    uint64_t sums[2];
    for (size_t k = 0; k < 2; k++) {
        start(9001, 1);
        for (size_t i = 0; i < s.n; i++) {
            const size_t j = k == 0 ? i : i * 4567 % s.n;
            name[i] = (uint32_t)j;
            put(i, between(j, 0, 0.0, 900.0), between(j, 1, 0.0, 900.0), between(j, 2, 0.0, 900.0));
        }
        build_with(70.0, 2);
        find_lists(qf_kernels_best());
        sums[k] = sum_of_pairs(name);
    }
    assert_true(sums[0] == sums[1]);
}

static void cells_list_every_point_once_in_ascending_keys(void **state)
{
    (void)state;
    static unsigned char seen[MOST];
    uniform_cube(MOST, 1000.0);
    build_with(100.0, 3);
    const qf_neighbours *index = &s.index;
    memset(seen, 0, sizeof seen);
    assert_int_equal(index->cell_begin[0], 0);
    assert_int_equal(index->cell_begin[index->n_cells], s.n);
    for (size_t c = 0; c < index->n_cells; c++) {
        assert_true(c == 0 || index->cell_key[c - 1] < index->cell_key[c]);
        assert_true(index->cell_begin[c] < index->cell_begin[c + 1]);
        for (uint32_t r = index->cell_begin[c]; r < index->cell_begin[c + 1]; r++) {
            const uint32_t point = index->point[r];
            assert_int_equal(index->cell_of[r], c);
            assert_int_equal(seen[point]++, 0);
            /* who shares a cell stands in the order of the set */
            assert_true(r == index->cell_begin[c] || index->point[r - 1] < point);
            for (int axis = 0; axis < 3; axis++) {
                assert_true(index->points.position_m[axis][r] == at(point, axis));
            }
        }
    }
}

static void walks_may_jump(void **state)
{
    (void)state;
    uniform_cube(MOST, 1000.0);
    build_with(100.0, 1);
    qf_cell_walk jumping = {0};
    for (uint32_t k = 0; k < 3000; k++) {
        const uint32_t rank = (uint32_t)((uint64_t)k * 7919 % s.n);
        qf_cell_walk fresh = {0};
        qf_cell_walk_to(&s.index, rank, &fresh);
        qf_cell_walk_to(&s.index, rank, &jumping);
        assert_int_equal(fresh.n_runs, jumping.n_runs);
        assert_memory_equal(fresh.runs, jumping.runs, fresh.n_runs * sizeof *fresh.runs);
        for (size_t r = 0; r < fresh.n_runs; r++) {
            assert_true(fresh.runs[r].begin < fresh.runs[r].end);
        }
    }
}

static void memory_grows_with_the_number_of_points_alone(void **state)
{
    (void)state;
    const double at_1e5 = (double)qf_neighbours_bytes(100000) / 1e5;
    const double at_1e7 = (double)qf_neighbours_bytes(10000000) / 1e7;
    assert_true(at_1e7 > 80.0 && at_1e7 < 120.0);
    assert_true(at_1e5 < 1.2 * at_1e7);
    assert_int_equal(qf_neighbours_bytes(SIZE_MAX / 2), 0);
    qf_context context = qf_context_default();
    qf_neighbours index;
    assert_int_equal(qf_neighbours_create(&context, SIZE_MAX / 2, &index), QF_ERROR_MEMORY);
    assert_null(index.memory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(uniform_fleets_have_the_neighbours_of_brute_force),
        cmocka_unit_test(few_points_have_the_neighbours_of_brute_force),
        cmocka_unit_test(clustered_fleets_have_the_neighbours_of_brute_force),
        cmocka_unit_test(fleets_in_a_line_or_a_plane_have_the_neighbours_of_brute_force),
        cmocka_unit_test(coincident_points_are_in_range),
        cmocka_unit_test(twenty_thousand_in_one_cell_have_the_neighbours_of_brute_force),
        cmocka_unit_test(the_range_itself_is_in_range),
        cmocka_unit_test(fleets_wider_than_the_coordinates_have_the_neighbours_of_brute_force),
        cmocka_unit_test(who_shares_coordinates_from_afar_is_no_neighbour),
        cmocka_unit_test(one_stray_vehicle_leaves_the_lists_of_the_others_alone),
        cmocka_unit_test(outsiders_are_counted_by_rank),
        cmocka_unit_test(only_the_own_world_is_searched),
        cmocka_unit_test(lists_do_not_depend_on_threads_and_instruction_sets),
        cmocka_unit_test(order_of_insertion_does_not_matter),
        cmocka_unit_test(cells_list_every_point_once_in_ascending_keys),
        cmocka_unit_test(walks_may_jump),
        cmocka_unit_test(memory_grows_with_the_number_of_points_alone),
    };
    const int failed = cmocka_run_group_tests(tests, NULL, NULL);
    qf_neighbours_free(&s.index);
    free(s.begin);
    free(s.list);
    return failed;
}
