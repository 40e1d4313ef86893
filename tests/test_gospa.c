/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Distances of sets of points against golden/radar_reference.csv, which has them by trying all assignments, and
 * against the same here for sets of random points.
 */
#include "gospa.h"
#include "reference_rows.h"

enum { MOST = 6, PARTS_OF_A_ROW = 4 };

static int open_assignment(void **state)
{
    *state = qf_assignment_create();
    return *state ? 0 : -1;
}

static int close_assignment(void **state)
{
    qf_assignment_free(*state);
    return 0;
}

typedef struct set_case {
    char name;
    double cutoff_m;
    size_t n_estimates, n_truth;
    double estimate[3][3], truth[3][3];
} set_case;

static const set_case cases[] = {
    {'A', 10.0, 2, 2, {{0, 0}, {10, 0}}, {{0, 1}, {10, 2}}},
    {'B', 10.0, 2, 3, {{0, 0}, {10, 0}}, {{0, 1}, {10, 2}, {30, 0}}},
    {'C', 10.0, 1, 1, {{0, 0}}, {{100, 0}}},
    {'D', 10.0, 0, 2, {{0}}, {{1, 1}, {2, 2}}},
    {'E', 10.0, 2, 2, {{0, 0}, {3, 0}}, {{3, 0}, {7, 0}}},
    {'F', 5.0, 3, 2, {{0, 0}, {5, 5}, {20, 0}}, {{1, 0}, {5, 7}}},
    {'G', 10.0, 2, 2, {{0, 0}, {3, 2}}, {{3, 2}, {6, 0}}},
};

static qf_points points(size_t n, const double *at)
{
    return (qf_points){.n = n, .at_m = at};
}

static double ospa(qf_assignment *assignment, double cutoff_m, double p, const qf_points *x,
                   const qf_points *y)
{
    double distance_m = -1.0;
    assert_true(qf_ospa(assignment, cutoff_m, p, x, y, &distance_m));
    return distance_m;
}

static qf_gospa_parts gospa(qf_assignment *assignment, double cutoff_m, double p,
                            const qf_points *x, const qf_points *y)
{
    qf_gospa_parts parts;
    assert_true(qf_gospa(assignment, cutoff_m, p, x, y, &parts));
    return parts;
}

static char *row_name(char name[8], const char *family, char of, int p)
{
    snprintf(name, 8, p > 0 ? "%s_%c%d" : "%s_%c", family, of, p);
    return name;
}

static void every_reference_distance_is_met(void **state)
{
    static char name[3 * COUNT(cases) + 2 * COUNT(cases)][8];
    computed all[5 * COUNT(cases) * PARTS_OF_A_ROW];
    size_t n = 0;
    size_t names = 0;
    for (size_t i = 0; i < COUNT(cases); i++) {
        const set_case *c = &cases[i];
        const qf_points x = points(c->n_estimates, c->estimate[0]);
        const qf_points y = points(c->n_truth, c->truth[0]);
        for (int p = 1; p <= 2; p++) {
            all[n++] = (computed){row_name(name[names++], "OS", c->name, p),
                                  ospa(*state, c->cutoff_m, p, &x, &y)};
            const qf_gospa_parts parts = gospa(*state, c->cutoff_m, p, &x, &y);
            char *id = row_name(name[names++], "GO", c->name, p);
            all[n++] = (computed){id, parts.distance_m};
            if (c->name != 'G') { /* whose row has no parts */
                all[n++] = (computed){id, parts.localisation};
                all[n++] = (computed){id, parts.missed};
                all[n++] = (computed){id, parts.false_alarms};
            }
        }
        all[n++] = (computed){row_name(name[names++], "OSI", c->name, 0),
                              ospa(*state, c->cutoff_m, (double)INFINITY, &x, &y)};
    }
    assert_reference_met(REFERENCE_DISTANCES, all, n);
}

static double unit_random(uint64_t *random)
{
    *random = *random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (double)(*random >> 11) * 0x1p-53;
}

static double distance(const double a[3], const double b[3])
{
    return sqrt((a[0] - b[0]) * (a[0] - b[0]) + (a[1] - b[1]) * (a[1] - b[1]) +
                (a[2] - b[2]) * (a[2] - b[2]));
}

/* the least of sum or largest of min(c, d)^p over all ways to give each of x one of y, |x| <= |y| */
static double least(const qf_points *x, const qf_points *y, double c, double p, size_t i,
                    uint32_t taken)
{
    if (i == x->n) {
        return 0.0;
    }
    double best = (double)INFINITY;
    for (size_t k = 0; k < y->n; k++) {
        if (!(taken >> k & 1)) {
            const double d = fmin(c, distance(x->at_m + 3 * i, y->at_m + 3 * k));
            const double rest = least(x, y, c, p, i + 1, taken | UINT32_C(1) << k);
            best = fmin(best, isinf(p) ? fmax(d, rest) : pow(d, p) + rest);
        }
    }
    return best;
}

static void random_sets_have_the_least_distance_of_all_assignments(void **state)
{
    static const double exponents[] = {1.0, 1.5, 2.0, 4.0, (double)INFINITY};
    uint64_t random = 7;
    for (int k = 0; k < 1500; k++) {
        double at[2][MOST][3];
        for (size_t i = 0; i < 2 * MOST * 3; i++) {
            (&at[0][0][0])[i] = 20.0 * unit_random(&random);
        }
        const qf_points some = points((size_t)(MOST * unit_random(&random)), at[0][0]);
        const qf_points more =
            points(some.n + (size_t)((double)(MOST - some.n + 1) * unit_random(&random)), at[1][0]);
        const double c = 1.0 + 24.0 * unit_random(&random);
        const double p = exponents[k % 5];
        const double n = (double)more.n;
        const double sum = least(&some, &more, c, p, 0, 0);
        const double lonely = n - (double)some.n;
        double expected = 0.0;
        if (isinf(p)) {
            expected = lonely > 0.0 ? c : sum;
        } else if (n > 0.0) {
            expected = pow((sum + pow(c, p) * lonely) / n, 1.0 / p);
        }
        assert_true(fabs(ospa(*state, c, p, &some, &more) - expected) < 1e-12 * c);
        assert_true(fabs(ospa(*state, c, p, &more, &some) - expected) < 1e-12 * c);
        if (!isinf(p)) {
            const qf_gospa_parts parts = gospa(*state, c, p, &some, &more);
            const double gospa_p = sum + 0.5 * pow(c, p) * lonely;
            assert_true(fabs(parts.distance_m - pow(gospa_p, 1.0 / p)) < 1e-12 * c * n + 1e-300);
            assert_true(fabs(parts.missed - parts.false_alarms - 0.5 * pow(c, p) * lonely) <
                        1e-12 * pow(c, p));
            assert_true(fabs(parts.localisation + parts.missed + parts.false_alarms - gospa_p) <
                        1e-12 * pow(c, p) * (n + 1.0));
        }
    }
}

static void nothing_is_no_distance_from_nothing(void **state)
{
    const qf_points none = points(0, NULL);
    for (int p = 1; p <= 3; p++) {
        assert_true(ospa(*state, 10.0, p, &none, &none) == 0.0);
        assert_true(gospa(*state, 10.0, p, &none, &none).distance_m == 0.0);
    }
    assert_true(ospa(*state, 10.0, (double)INFINITY, &none, &none) == 0.0);
}

static void points_at_the_cutoff_are_no_pair(void **state)
{
    static const double here[1][3] = {{0.0, 0.0, 0.0}};
    static const double there[1][3] = {{6.0, 0.0, 8.0}};
    const qf_points x = points(1, here[0]);
    const qf_points y = points(1, there[0]);
    qf_gospa_parts parts = gospa(*state, 10.0, 2.0, &x, &y);
    assert_int_equal(parts.pairs, 0);
    assert_true(parts.missed == 50.0 && parts.false_alarms == 50.0 && parts.distance_m == 10.0);
    parts = gospa(*state, 10.5, 2.0, &x, &y);
    assert_int_equal(parts.pairs, 1);
    assert_true(parts.localisation == 100.0 && parts.distance_m == 10.0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_reference_distance_is_met),
        cmocka_unit_test(random_sets_have_the_least_distance_of_all_assignments),
        cmocka_unit_test(nothing_is_no_distance_from_nothing),
        cmocka_unit_test(points_at_the_cutoff_are_no_pair),
    };
    return cmocka_run_group_tests(tests, open_assignment, close_assignment);
}
