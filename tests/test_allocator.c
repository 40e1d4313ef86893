/* SPDX-License-Identifier: Apache-2.0 */
/* Allocation of wrenches to thrusters, against exact answers and in every set of kernels. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "kernel_set.h"
#include "philox.h"

enum { MOST_CASES = 3000, LINE_BYTES = 512 };

typedef struct exact_case {
    double wanted[QF_WRENCH];
    uint64_t failed;
    double thrust_n;
    double given[QF_WRENCH];
} exact_case;

static struct {
    size_t n_thrusters;
    double position_m[QF_THRUSTERS_MOST][3];
    double force_n[QF_THRUSTERS_MOST][3];
    size_t n;
    exact_case list[MOST_CASES];
} exact;

static qf_allocator allocator;
static qf_allocation work;

static void prepare(size_t n)
{
    qf_allocator_prepare((const double(*)[3])exact.position_m, (const double(*)[3])exact.force_n, n,
                         qf_kernels_best()->allocate, &work, &allocator);
}

static int read_exact(void **state)
{
    (void)state;
    FILE *file = fopen(TEST_SOURCE_DIR "/exact_allocations.txt", "r");
    assert_non_null(file);
    char line[LINE_BYTES];
    double wanted[QF_WRENCH] = {0.0};
    while (fgets(line, sizeof line, file)) {
        if (line[0] == 't') {
            double *p = exact.position_m[exact.n_thrusters];
            double *f = exact.force_n[exact.n_thrusters++];
            assert_int_equal(sscanf(line, "thruster %lf %lf %lf %lf %lf %lf", &p[0], &p[1], &p[2],
                                    &f[0], &f[1], &f[2]),
                             6);
        } else if (line[0] == 'w') {
            assert_int_equal(sscanf(line, "wanted %lf %lf %lf %lf %lf %lf", &wanted[0], &wanted[1],
                                    &wanted[2], &wanted[3], &wanted[4], &wanted[5]),
                             6);
        } else {
            assert_true(exact.n < MOST_CASES);
            exact_case *e = &exact.list[exact.n++];
            unsigned long long failed;
            memcpy(e->wanted, wanted, sizeof wanted);
            assert_int_equal(sscanf(line, "given %llu %lf %lf %lf %lf %lf %lf %lf", &failed,
                                    &e->thrust_n, &e->given[0], &e->given[1], &e->given[2],
                                    &e->given[3], &e->given[4], &e->given[5]),
                             8);
            e->failed = failed;
        }
    }
    fclose(file);
    assert_int_equal(exact.n, MOST_CASES);
    assert_int_equal(exact.n_thrusters, 16);
    prepare(exact.n_thrusters);
    return 0;
}

static void want(size_t k, const double wanted[QF_WRENCH])
{
    float row[QF_WRENCH];
    assert_true(qf_allocator_weigh(&allocator, wanted, row));
    for (int d = 0; d < QF_WRENCH; d++) {
        work.wanted[d][k] = row[d];
    }
}

/* every bound from a word of bits: 0 where one is set */
static void fail_thrusters(size_t k, uint64_t failed)
{
    for (size_t t = 0; t < allocator.n_thrusters; t++) {
        work.bound[t][k] = failed >> t & 1 ? 0.0f : 1.0f;
    }
}

static double weighted_norm(const double *a, const double *b)
{
    double sum = 0.0;
    for (int d = 0; d < QF_WRENCH; d++) {
        const double x = (a[d] - (b ? b[d] : 0.0)) * allocator.weight[d];
        sum += x * x;
    }
    return sqrt(sum);
}

/* what the shares of vehicle k give; returns the sum of their thrusts */
static double sum_up(size_t k, double given[QF_WRENCH])
{
    double thrust_n = 0.0;
    memset(given, 0, QF_WRENCH * sizeof *given);
    for (size_t t = 0; t < allocator.n_thrusters; t++) {
        const double share = (double)work.share[t][k];
        thrust_n += allocator.thrust_n[t] * share;
        for (int d = 0; d < QF_WRENCH; d++) {
            given[d] += allocator.wrench[t][d] * share;
        }
    }
    return thrust_n;
}

/* ---- against exact answers ---- */

static void check_exact(const exact_case *e, size_t k, double *worst_wrench, double *worst_fuel)
{
    double given[QF_WRENCH];
    const double thrust_n = sum_up(k, given);
    for (size_t t = 0; t < allocator.n_thrusters; t++) {
        const float most = e->failed >> t & 1 ? 0.0f : 1.0f;
        assert_true(work.share[t][k] >= 0.0f && work.share[t][k] <= most);
    }
    const double off = weighted_norm(given, e->given) / weighted_norm(e->wanted, NULL);
    const double dear = fabs(thrust_n / e->thrust_n - 1.0);
    const double missing = weighted_norm(e->wanted, e->given) / weighted_norm(e->wanted, NULL);
    if (!(off <= 0.01 && dear <= 0.01)) {
        print_message("wrench %g %g %g %g %g %g, failed %llx: wrench off by %g, fuel by %g\n",
                      e->wanted[0], e->wanted[1], e->wanted[2], e->wanted[3], e->wanted[4],
                      e->wanted[5], (unsigned long long)e->failed, off, dear);
    }
    assert_true(off <= 0.01);
    assert_true(dear <= 0.01);
    assert_true(fabs((double)work.missing[k] - missing) <= 0.01);
    *worst_wrench = fmax(*worst_wrench, off);
    *worst_fuel = fmax(*worst_fuel, dear);
}

static void shares_are_within_a_hundredth_of_the_exact_ones(void **state)
{
    (void)state;
    for (size_t failed = 0; failed < 3; failed++) {
        double worst_wrench = 0.0;
        double worst_fuel = 0.0;
        for (size_t first = failed; first < exact.n; first += 3 * (size_t)QF_BLOCK_VEHICLES) {
            work.n = 0;
            work.bounded = failed > 0;
            for (size_t c = first; c < exact.n && work.n < QF_BLOCK_VEHICLES; c += 3) {
                want(work.n, exact.list[c].wanted);
                fail_thrusters(work.n++, exact.list[c].failed);
            }
            qf_kernels_best()->allocate(&allocator, &work);
            for (size_t k = 0; k < work.n; k++) {
                check_exact(&exact.list[first + 3 * k], k, &worst_wrench, &worst_fuel);
            }
        }
        print_message("%zu failed: wrench off by at most %.2f %%, fuel by %.2f %%\n", failed,
                      100.0 * worst_wrench, 100.0 * worst_fuel);
    }
}

/* a weak thruster gives less for less propellant: at most its bound, and what is wanted all the same */
static void weak_thrusters_give_what_they_can(void **state)
{
    (void)state;
    const double forward[QF_WRENCH] = {400.0};
    for (size_t k = 0; k < 2; k++) {
        want(k, forward);
        fail_thrusters(k, 0);
    }
    for (size_t t = 4; t < 8; t++) { /* those that push forward */
        work.bound[t][1] = t < 6 ? 0.3f : 0.8f;
    }
    work.n = 2;
    work.bounded = true;
    qf_kernels_best()->allocate(&allocator, &work);
    for (size_t k = 0; k < 2; k++) {
        double given[QF_WRENCH];
        sum_up(k, given);
        assert_true(weighted_norm(given, forward) <= 0.01 * weighted_norm(forward, NULL));
    }
    assert_true(work.share[4][0] > 0.5f && work.share[4][1] <= 0.3f && work.share[6][1] <= 0.8f);
    /* 4 and 5 are above, 6 and 7 below: others must take the torque that is left over */
    assert_true(sum_up(1, (double[QF_WRENCH]){0}) > 1.02 * sum_up(0, (double[QF_WRENCH]){0}));
}

/* ---- conformance ---- */

/* some wrenches and bounds, none of them nice */
static void scatter(size_t n)
{
    work.n = n;
    work.bounded = true;
    for (uint32_t k = 0; k < n; k++) {
        for (uint32_t d = 0; d < QF_WRENCH; d++) {
            const qf_philox_block draw = qf_philox((qf_philox_block){{k, d, 0, 0}}, 5);
            const double size = pow(10.0, (double)(draw.word[2] % 4096) / 1024.0 - 3.0);
            work.wanted[d][k] = (float)(((double)draw.word[0] * 0x1p-31 - 1.0) * size);
        }
        for (uint32_t t = 0; t < allocator.n_thrusters; t++) {
            const qf_philox_block draw = qf_philox((qf_philox_block){{k, t, 1, 0}}, 5);
            work.bound[t][k] = draw.word[1] % 4 ? 1.0f : (float)draw.word[0] * 0x1p-32f;
        }
    }
}

static void assert_same_rows(const qf_allocation *a, const qf_allocation *b, size_t n)
{
    for (size_t k = 0; k < n; k++) {
        for (size_t t = 0; t < allocator.n_thrusters; t++) {
            assert_memory_equal(&a->share[t][k], &b->share[t][k], sizeof(float));
        }
        assert_memory_equal(&a->missing[k], &b->missing[k], sizeof(float));
    }
}

static void every_set_of_kernels_gives_the_same_bits_for_any_count(void **state)
{
    (void)state;
    static qf_allocation alone;
    static qf_allocation reference;
    static const size_t counts[] = {0, 1, 15, 16, 17, 255, 256};
    /* one vehicle at a time, by the generic kernels */
    scatter(QF_BLOCK_VEHICLES);
    reference = work;
    for (size_t k = 0; k < QF_BLOCK_VEHICLES; k++) {
        alone.n = 1;
        alone.bounded = true;
        for (int d = 0; d < QF_WRENCH; d++) {
            alone.wanted[d][0] = work.wanted[d][k];
        }
        for (size_t t = 0; t < allocator.n_thrusters; t++) {
            alone.bound[t][0] = work.bound[t][k];
        }
        qf_kernels_of_generic.allocate(&allocator, &alone);
        for (size_t t = 0; t < allocator.n_thrusters; t++) {
            reference.share[t][k] = alone.share[t][0];
        }
        reference.missing[k] = alone.missing[0];
    }
    for (const char *const *isa = qf_isa_names; *isa; isa++) {
        const qf_kernels *kernels = qf_kernels_for(*isa);
        for (size_t c = 0; kernels && c < sizeof counts / sizeof *counts; c++) {
            memset(&work, 0x55, sizeof work);
            scatter(counts[c]);
            kernels->allocate(&allocator, &work);
            assert_same_rows(&work, &reference, counts[c]);
        }
    }
}

static void constants_are_the_same_whichever_kernels_find_them(void **state)
{
    (void)state;
    for (const char *const *isa = qf_isa_names; *isa; isa++) {
        static qf_allocator other;
        const qf_kernels *kernels = qf_kernels_for(*isa);
        if (kernels) {
            qf_allocator_prepare((const double(*)[3])exact.position_m,
                                 (const double(*)[3])exact.force_n, exact.n_thrusters,
                                 kernels->allocate, &work, &other);
            assert_memory_equal(&other, &allocator, sizeof other);
        }
    }
}

/* ---- input that is no good ---- */

static void what_is_no_wrench_is_told(void **state)
{
    (void)state;
    float row[QF_WRENCH];
    static const double bad[] = {(double)NAN, (double)INFINITY, -(double)INFINITY, 0.0, 1e300};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        double wrench[QF_WRENCH] = {0.0};
        wrench[4] = bad[i];
        assert_false(qf_allocator_weigh(&allocator, wrench, row));
    }
}

/* however it comes about: a lane of garbage leaves the others alone, and ends */
static void a_vehicle_of_garbage_touches_no_other(void **state)
{
    (void)state;
    static qf_allocation clean;
    scatter(40);
    qf_kernels_best()->allocate(&allocator, &work);
    clean = work;
    static const double bad[] = {(double)NAN, (double)INFINITY, -(double)INFINITY, 1e30};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        scatter(40);
        work.wanted[2][7] = (float)bad[i];
        qf_kernels_best()->allocate(&allocator, &work);
        for (size_t k = 0; k < 40; k++) {
            for (size_t t = 0; k != 7 && t < allocator.n_thrusters; t++) {
                assert_memory_equal(&work.share[t][k], &clean.share[t][k], sizeof(float));
            }
        }
    }
}

/* a wrench of any size along what thrusters can do ends at the most that they give, and in time */
static void huge_wrenches_saturate(void **state)
{
    (void)state;
    static const double sizes_n[] = {1e5, 1e9, 1e15};
    work.bounded = false;
    work.n = sizeof sizes_n / sizeof *sizes_n;
    for (size_t i = 0; i < work.n; i++) {
        want(i, (double[QF_WRENCH]){-sizes_n[i]});
    }
    qf_kernels_best()->allocate(&allocator, &work);
    for (size_t i = 0; i < work.n; i++) {
        double given[QF_WRENCH];
        sum_up(i, given);
        const double most[QF_WRENCH] = {-4.0 * 183.846};
        assert_true(weighted_norm(given, most) <= 0.01 * weighted_norm(most, NULL));
        assert_true((double)work.missing[i] > 0.9);
    }
}

/* ---- other numbers of thrusters ---- */

static void sixty_four_thrusters_and_six_are_allocated_too(void **state)
{
    (void)state;
    static qf_allocator kept;
    kept = allocator;
    const double wanted[QF_WRENCH] = {30.0, -20.0, 15.0, 5.0, -10.0, 8.0};
    for (size_t t = exact.n_thrusters; t < QF_THRUSTERS_MOST; t++) {
        for (int d = 0; d < 3; d++) { /* the sixteen again, nearer in */
            exact.position_m[t][d] = 0.9 * exact.position_m[t - 16][d];
            exact.force_n[t][d] = exact.force_n[t - 16][d];
        }
    }
    prepare(QF_THRUSTERS_MOST);
    work.n = 1;
    work.bounded = false;
    want(0, wanted);
    qf_kernels_best()->allocate(&allocator, &work);
    double given[QF_WRENCH];
    const double with_many = sum_up(0, given);
    assert_true(weighted_norm(given, wanted) <= 0.01 * weighted_norm(wanted, NULL));
    allocator = kept;
    work.n = 1;
    want(0, wanted);
    qf_kernels_best()->allocate(&allocator, &work);
    /* arms are shorter, so that the sixteen outermost are as good as all */
    assert_true(fabs(sum_up(0, given) / with_many - 1.0) < 0.02);
    /* six that span nothing positively: the nearest is nothing where all of them lead away */
    prepare(4);
    work.n = 1;
    want(0, (double[QF_WRENCH]){500.0});
    qf_kernels_best()->allocate(&allocator, &work);
    assert_true(sum_up(0, given) < 1.0);
    assert_true((double)work.missing[0] > 0.99);
    allocator = kept;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shares_are_within_a_hundredth_of_the_exact_ones),
        cmocka_unit_test(weak_thrusters_give_what_they_can),
        cmocka_unit_test(every_set_of_kernels_gives_the_same_bits_for_any_count),
        cmocka_unit_test(constants_are_the_same_whichever_kernels_find_them),
        cmocka_unit_test(what_is_no_wrench_is_told),
        cmocka_unit_test(a_vehicle_of_garbage_touches_no_other),
        cmocka_unit_test(huge_wrenches_saturate),
        cmocka_unit_test(sixty_four_thrusters_and_six_are_allocated_too),
    };
    return cmocka_run_group_tests(tests, read_exact, NULL);
}
