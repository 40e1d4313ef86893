/* SPDX-License-Identifier: Apache-2.0 */
#include "number.h"
#include "vehicle.h"

enum { N_DRAWS = 200000 };

static double draws[N_DRAWS];

static void draw_all(const qf_number *number)
{
    for (uint32_t i = 0; i < N_DRAWS; i++) {
        const qf_draw_key key = {.seed = 17, .vehicle = i, .stream = QF_STREAM_HARDWARE};
        draws[i] = qf_number_draw(number, key, i);
    }
}

static void a_constant_is_itself_for_every_key(void **state)
{
    (void)state;
    const qf_number number = qf_constant(-3.25);
    assert_true(qf_number_is_constant(&number));
    draw_all(&number);
    for (size_t i = 0; i < N_DRAWS; i++) {
        assert_exact(draws[i], -3.25);
    }
}

static double cdf_of_minus_5_to_3(double x)
{
    return uniform_cdf((x + 5.0) / 8.0);
}

static void uniform_fills_its_interval(void **state)
{
    (void)state;
    const qf_number number = {.kind = QF_NUMBER_UNIFORM, .a = -5.0, .b = 3.0};
    draw_all(&number);
    assert_true(ks_statistic(draws, N_DRAWS, cdf_of_minus_5_to_3) < KS_LIMIT_0_1_PCT);
    assert_true(draws[0] >= -5.0 && draws[N_DRAWS - 1] <= 3.0);
}

static double cdf_of_mean_10_sd_4(double x)
{
    return normal_cdf((x - 10.0) / 4.0);
}

static void normal_has_its_mean_and_deviation(void **state)
{
    (void)state;
    const qf_number number = {.kind = QF_NUMBER_NORMAL,
                              .a = 10.0,
                              .b = 4.0,
                              .low = -(double)INFINITY,
                              .high = (double)INFINITY};
    draw_all(&number);
    assert_true(ks_statistic(draws, N_DRAWS, cdf_of_mean_10_sd_4) < KS_LIMIT_0_1_PCT);
}

static double cdf_of_mu_1_sigma_half(double x)
{
    return normal_cdf((log(x) - 1.0) / 0.5);
}

static void lognormal_is_the_exponential_of_a_normal(void **state)
{
    (void)state;
    const qf_number number = {
        .kind = QF_NUMBER_LOGNORMAL, .a = 1.0, .b = 0.5, .low = 0.0, .high = (double)INFINITY};
    draw_all(&number);
    assert_true(ks_statistic(draws, N_DRAWS, cdf_of_mu_1_sigma_half) < KS_LIMIT_0_1_PCT);
    assert_true(draws[0] > 0.0);
}

/* what lies beyond a limit is drawn as the limit, and nothing else moves */
static void clipping_gathers_the_tails_at_the_limits(void **state)
{
    (void)state;
    qf_number number = {.kind = QF_NUMBER_NORMAL, .a = 10.0, .b = 4.0, .low = 6.0, .high = 18.0};
    size_t at_low = 0;
    size_t at_high = 0;
    for (uint32_t i = 0; i < N_DRAWS; i++) {
        const qf_draw_key key = {.seed = 17, .vehicle = i, .stream = QF_STREAM_HARDWARE};
        const double value = qf_number_draw(&number, key, i);
        qf_number free_number = number;
        free_number.low = -(double)INFINITY;
        free_number.high = (double)INFINITY;
        const double unclipped = qf_number_draw(&free_number, key, i);
        assert_exact(value, unclipped < 6.0 ? 6.0 : unclipped > 18.0 ? 18.0 : unclipped);
        at_low += value <= 6.0;
        at_high += value >= 18.0;
    }
    /* 1 and 2 deviations out: 0.158655 and 0.022750 of the draws, within 4 deviations */
    assert_in_range(at_low, 31731 - 654, 31731 + 654);
    assert_in_range(at_high, 4550 - 267, 4550 + 267);

    number.kind = QF_NUMBER_LOGNORMAL;
    number.a = 0.0;
    number.b = 1.0;
    number.low = 0.5;
    number.high = 2.0;
    draw_all(&number);
    for (size_t i = 0; i < N_DRAWS; i++) {
        assert_true(draws[i] >= 0.5 && draws[i] <= 2.0);
    }
}

/* chi-square with 6 degrees of freedom is above 22.46 once in a thousand */
static void choice_takes_each_item_as_often(void **state)
{
    (void)state;
    static const double items[] = {5.0, -1.0, 8.0, 0.0, 2.5, 100.0, 7.0};
    const qf_number number = {.kind = QF_NUMBER_CHOICE, .items = items, .n_items = COUNT(items)};
    draw_all(&number);
    size_t n_of[COUNT(items)] = {0};
    for (size_t i = 0; i < N_DRAWS; i++) {
        size_t item = 0;
        while (item < COUNT(items) && items[item] != draws[i]) {
            item++;
        }
        assert_true(item < COUNT(items));
        n_of[item]++;
    }
    const double expected = (double)N_DRAWS / (double)COUNT(items);
    double chi_square = 0.0;
    for (size_t k = 0; k < COUNT(items); k++) {
        chi_square += ((double)n_of[k] - expected) * ((double)n_of[k] - expected) / expected;
    }
    assert_true(chi_square < 22.46);
}

static void grid_deals_its_items_in_turn(void **state)
{
    (void)state;
    static const double items[] = {1.0, 2.0, 4.0};
    const qf_number number = {.kind = QF_NUMBER_GRID, .items = items, .n_items = COUNT(items)};
    draw_all(&number);
    for (size_t i = 0; i < N_DRAWS; i++) {
        assert_exact(draws[i], items[i % 3]);
    }
}

static void assert_range(const qf_number *number, double low, double high)
{
    double found_low;
    double found_high;
    qf_number_range(number, &found_low, &found_high);
    assert_true(found_low == low && found_high == high);
}

static void the_range_is_what_can_come_out(void **state)
{
    (void)state;
    static const double items[] = {5.0, -1.0, 8.0};
    const qf_number constant = qf_constant(4.0);
    assert_range(&constant, 4.0, 4.0);
    assert_range(&(qf_number){.kind = QF_NUMBER_UNIFORM, .a = -5.0, .b = 3.0}, -5.0, 3.0);
    qf_number clipped = {.kind = QF_NUMBER_NORMAL, .a = 1.0, .b = 1.0, .low = 0.0, .high = 9.0};
    assert_range(&clipped, 0.0, 9.0);
    clipped.kind = QF_NUMBER_LOGNORMAL;
    assert_range(&clipped, 0.0, 9.0);
    assert_range(&(qf_number){.kind = QF_NUMBER_CHOICE, .items = items, .n_items = 3}, -1.0, 8.0);
    assert_range(&(qf_number){.kind = QF_NUMBER_GRID, .items = items, .n_items = 3}, -1.0, 8.0);
}

static void only_a_constant_is_constant(void **state)
{
    (void)state;
    for (int kind = QF_NUMBER_UNIFORM; kind <= QF_NUMBER_GRID; kind++) {
        assert_false(qf_number_is_constant(&(qf_number){.kind = (qf_number_kind)kind}));
    }
}

/* a fleet whose x and isp are drawn; the other numbers of the scene vary */
static void draw_fleet(const char *initial, const char *hardware, double x_m[100],
                       double exhaust_mps[100])
{
    vehicles v;
    start(&v, &(scene){.count = 100, .seed = 5, .initial = initial, .hardware = hardware});
    for (size_t e = 0; e < 100; e++) {
        x_m[e] = VALUE(&v, X, e);
        exhaust_mps[e] = v.fleet.groups[0].bot.column[QF_C_EXHAUST_MPS][e];
    }
    finish(&v);
}

#define ISP "propulsion_plane: {isp_s: {uniform: {min: 50, max: 90}}}"

static void a_draw_stays_when_another_parameter_changes_its_distribution(void **state)
{
    (void)state;
    static const struct {
        const char *initial;
        const char *hardware;
    } variants[] = {
        {"position_m: {uniform: {min: [0, 0, 0], max: [9, 9, 9]}}", ISP},
        {"position_m: [{uniform: {min: 0, max: 9}}, 4, {choice: [1, 2]}], speed_mps: 1", ISP},
        {"position_m: [{uniform: {min: 0, max: 9}}, {normal: {mean: 0, sd: 1}}, 0],"
         " heading_deg: {lognormal: {mu: 0, sigma: 1}}, soc_pct: {uniform: {min: 1, max: 2}}",
         "power_capacity_wh: {normal: {mean: 20, sd: 1, min: 1}}, power_plane: {max_bus_a:"
         " {choice: [1, 2, 3]}}, thermal_plane: {nodes: [{id: core, heat_capacity_j_per_c:"
         " {uniform: {min: 5, max: 6}}}]}, " ISP},
    };
    double x_m[COUNT(variants)][100];
    double exhaust_mps[COUNT(variants)][100];
    for (size_t k = 0; k < COUNT(variants); k++) {
        draw_fleet(variants[k].initial, variants[k].hardware, x_m[k], exhaust_mps[k]);
        assert_memory_equal(x_m[k], x_m[0], sizeof x_m[0]);
        assert_memory_equal(exhaust_mps[k], exhaust_mps[0], sizeof exhaust_mps[0]);
    }
    assert_true(x_m[0][0] != x_m[0][1]);
    assert_true(exhaust_mps[0][0] != exhaust_mps[0][1]);
}

static void quantiles_are_the_published_values(void **state)
{
    (void)state;
    /* scipy 1.17.1: norm(10, 4).ppf, lognorm(s=0.5, scale=exp(1)).ppf */
    static const struct {
        double u, normal, lognormal;
    } known[] = {
        {1e-9, -13.991228060030746, 0.13548375874541155},
        {0.01, 0.694608503836637, 0.8494434259057597},
        {0.3, 7.902397949167836, 2.091328988688217},
        {0.9, 15.126206262178401, 5.159170355622591},
        {0.999999, 29.01369723526835, 29.27436312710006},
    };
    const qf_number uniform = {.kind = QF_NUMBER_UNIFORM, .a = -5.0, .b = 3.0};
    const qf_number normal = {
        .kind = QF_NUMBER_NORMAL, .a = 10.0, .b = 4.0, .low = -INFINITY, .high = INFINITY};
    const qf_number lognormal = {
        .kind = QF_NUMBER_LOGNORMAL, .a = 1.0, .b = 0.5, .low = -INFINITY, .high = INFINITY};
    for (size_t i = 0; i < COUNT(known); i++) {
        const double u = known[i].u;
        assert_exact(qf_number_quantile(&uniform, u), -5.0 + 8.0 * u);
        assert_near(qf_number_quantile(&normal, u), known[i].normal, 1e-13);
        assert_near(qf_number_quantile(&lognormal, u), known[i].lognormal,
                    1e-14 * known[i].lognormal);
    }
}

static void quantiles_beyond_the_limits_are_the_limits(void **state)
{
    (void)state;
    const qf_number kinds[] = {
        {.kind = QF_NUMBER_NORMAL, .a = 10.0, .b = 4.0, .low = 9.0, .high = 12.0},
        {.kind = QF_NUMBER_LOGNORMAL, .a = 2.0, .b = 4.0, .low = 9.0, .high = 12.0},
    };
    for (size_t i = 0; i < COUNT(kinds); i++) {
        assert_exact(qf_number_quantile(&kinds[i], 0.1), 9.0);
        assert_exact(qf_number_quantile(&kinds[i], 0.9), 12.0);
    }
}

static void quantiles_of_items_are_in_their_order_and_as_likely(void **state)
{
    (void)state;
    static const double items[] = {3.0, 1.0, 2.0};
    static const qf_number_kind kinds[] = {QF_NUMBER_CHOICE, QF_NUMBER_GRID};
    for (size_t i = 0; i < COUNT(kinds); i++) {
        const qf_number number = {.kind = kinds[i], .items = items, .n_items = 3};
        assert_exact(qf_number_quantile(&number, 0x1p-1074), 3.0);
        assert_exact(qf_number_quantile(&number, 0.333), 3.0);
        assert_exact(qf_number_quantile(&number, 0.334), 1.0);
        assert_exact(qf_number_quantile(&number, 0.666), 1.0);
        assert_exact(qf_number_quantile(&number, 0.667), 2.0);
        assert_exact(qf_number_quantile(&number, 1.0 - 0x1p-53), 2.0);
        /* scores far out are the first and the last as well */
        assert_exact(qf_number_of_score(&number, 40.0), 2.0);
        assert_exact(qf_number_of_score(&number, -30.0), 3.0);
    }
    const qf_number constant = qf_constant(4.5);
    assert_exact(qf_number_quantile(&constant, 0.5), 4.5);
    assert_exact(qf_number_of_score(&constant, 0.0), 4.5);
}

static void there_is_no_quantile_beyond_0_and_1_or_of_a_case(void **state)
{
    (void)state;
    static const double item = 1.0;
    for (int kind = 0; kind <= QF_NUMBER_CASE; kind++) {
        const qf_number number = {.kind = (qf_number_kind)kind,
                                  .a = 1.0,
                                  .b = 2.0,
                                  .high = 3.0,
                                  .items = &item,
                                  .n_items = 1};
        const double beyond[] = {0.0, 1.0, -0.5, 1.5, (double)NAN};
        for (size_t i = 0; i < COUNT(beyond); i++) {
            assert_true(isnan(qf_number_quantile(&number, beyond[i])));
        }
        assert_true(isnan(qf_number_quantile(&number, 0.5)) == (kind == QF_NUMBER_CASE));
        assert_true(isnan(qf_number_of_score(&number, 0.0)) == (kind == QF_NUMBER_CASE));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_constant_is_itself_for_every_key),
        cmocka_unit_test(uniform_fills_its_interval),
        cmocka_unit_test(normal_has_its_mean_and_deviation),
        cmocka_unit_test(lognormal_is_the_exponential_of_a_normal),
        cmocka_unit_test(clipping_gathers_the_tails_at_the_limits),
        cmocka_unit_test(choice_takes_each_item_as_often),
        cmocka_unit_test(grid_deals_its_items_in_turn),
        cmocka_unit_test(the_range_is_what_can_come_out),
        cmocka_unit_test(only_a_constant_is_constant),
        cmocka_unit_test(quantiles_are_the_published_values),
        cmocka_unit_test(quantiles_beyond_the_limits_are_the_limits),
        cmocka_unit_test(quantiles_of_items_are_in_their_order_and_as_likely),
        cmocka_unit_test(there_is_no_quantile_beyond_0_and_1_or_of_a_case),
        cmocka_unit_test(a_draw_stays_when_another_parameter_changes_its_distribution),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
