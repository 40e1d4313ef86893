/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which plots of one observer become one, and which are kept: against a plain version that knows
 * the cells, because the plots are put into the middle of them.
 */
#include "radar_stand.h"

typedef struct stand {
    qf_plots plots;
    qf_resolve_scratch scratch;
    uint32_t *list;
} stand;

static stand make_stand(void)
{
    stand s = {.plots = stand_plots(), .list = calloc(STAND_MOST, sizeof(uint32_t))};
    s.scratch = (qf_resolve_scratch){
        .order = {calloc(STAND_MOST, sizeof(uint64_t)), calloc(STAND_MOST, sizeof(uint64_t))},
        .first = calloc(STAND_MOST, sizeof(uint32_t)),
        .cell = calloc(STAND_MOST, sizeof(int32_t[4])),
        .table = calloc(qf_resolve_table_size(STAND_MOST), sizeof(uint32_t)),
    };
    assert_true(s.list && s.scratch.order[0] && s.scratch.order[1] && s.scratch.first &&
                s.scratch.cell && s.scratch.table);
    return s;
}

static void free_stand(stand *s)
{
    stand_free(&s->plots);
    free(s->scratch.order[0]);
    free(s->scratch.order[1]);
    free(s->scratch.first);
    free(s->scratch.cell);
    free(s->scratch.table);
    free(s->list);
}

static qf_radar merging_radar(void)
{
    qf_radar radar = stand_radar();
    radar.merges = true;
    radar.range_cell_m = 30.0f;
    radar.azimuth_cell_deg = 2.0f;
    radar.elevation_cell_deg = 3.0f;
    radar.speed_cell_mps = 5.0f;
    return radar;
}

typedef struct plot {
    double range_m, bearing_deg, elevation_deg, vr_mps;
    double signal, power;
    uint32_t vehicle;
} plot;

static size_t add(stand *s, const plot *p)
{
    const size_t i = s->plots.n++;
    const double level = p->range_m * cos(p->elevation_deg * DEG);
    s->plots.east_m[i] = (float)(level * sin(p->bearing_deg * DEG));
    s->plots.north_m[i] = (float)(level * cos(p->bearing_deg * DEG));
    s->plots.up_m[i] = (float)(p->range_m * sin(p->elevation_deg * DEG));
    s->plots.vr_mps[i] = (float)p->vr_mps;
    s->plots.signal[i] = (float)p->signal;
    s->plots.power[i] = (float)p->power;
    s->plots.widening[i] = 1.0f;
    s->plots.key[i] = p->vehicle | UINT32_C(3) << 24;
    s->plots.target[i] = 2 * p->vehicle;
    stand_set(0)->locate(&s->plots, i, i + 1);
    return i;
}

static void add_alarm(stand *s, float power)
{
    const size_t i = s->plots.n++;
    s->plots.power[i] = power;
    s->plots.signal[i] = 0.0f;
    s->plots.target[i] = QF_NO_TARGET;
    s->plots.key[i] = 0;
}

static qf_resolved resolve(stand *s, const qf_radar *radar, size_t n_echoes)
{
    const qf_resolved resolved =
        qf_radar_resolve(radar, &s->plots, 0, n_echoes, n_echoes, s->plots.n, &s->scratch, s->list);
    stand_set(0)->locate(&s->plots, 0, n_echoes); /* as who calls it does when some have merged */
    return resolved;
}

static void assert_close(double value, double expected, double tolerance)
{
    if (!(fabs(value - expected) <= tolerance)) {
        fail_msg("%.9g, expected %.9g", value, expected);
    }
}

static void plots_of_one_cell_become_their_weighted_mean(void **state)
{
    (void)state;
    stand s = make_stand();
    qf_radar radar = merging_radar();
    radar.pulses = 4;
    add(&s, &(plot){1003, 31, 1.2, 11, 10, 16, 9});
    add(&s, &(plot){1015, 31.5, 1.6, 13, 30, 33, 7});
    add(&s, &(plot){1005, 31, 1.2, 21, 90, 99, 3}); /* another speed */
    const qf_resolved r = resolve(&s, &radar, 3);
    assert_int_equal(r.detections, 2);
    assert_int_equal(r.merged, 1);
    assert_int_equal(r.dropped, 0);
    assert_int_equal(s.list[0], 2); /* vehicle 3 */
    const size_t i = s.list[1];
    assert_int_equal(s.plots.target[i], 14); /* vehicle 7, the stronger */
    assert_close((double)s.plots.signal[i], 40.0, 1e-5);
    assert_close((double)s.plots.power[i], 16 + 33 - 4, 1e-5); /* noise of four pulses once */
    assert_close((double)s.plots.vr_mps[i], 12.5, 1e-5);
    /* the mean of two vectors a quarter and three quarters */
    double expected[3] = {0};
    for (int k = 0; k < 2; k++) {
        const double range = k ? 1015 : 1003, bearing = k ? 31.5 : 31, elevation = k ? 1.6 : 1.2;
        const double weight = k ? 0.75 : 0.25;
        expected[0] += weight * range * cos(elevation * DEG) * sin(bearing * DEG);
        expected[1] += weight * range * cos(elevation * DEG) * cos(bearing * DEG);
        expected[2] += weight * range * sin(elevation * DEG);
    }
    const double level = hypot(expected[0], expected[1]);
    assert_close((double)s.plots.range_m[i], hypot(level, expected[2]), 1e-3);
    assert_close((double)s.plots.bearing_deg[i], atan2(expected[0], expected[1]) / DEG, 1e-4);
    assert_close((double)s.plots.elevation_deg[i], atan2(expected[2], level) / DEG, 1e-4);
    free_stand(&s);
}

static void any_of_the_four_separates(void **state)
{
    (void)state;
    static const plot pairs[][2] = {
        {{1005, 31, 1, 12, 5, 6, 1}, {1025, 31, 1, 12, 5, 6, 2}},
        {{1005, 31, 1, 12, 5, 6, 1}, {1005, 32.5, 1, 12, 5, 6, 2}},
        {{1005, 31, 1, 12, 5, 6, 1}, {1005, 31, 4, 12, 5, 6, 2}},
        {{1005, 31, 1, 12, 5, 6, 1}, {1005, 31, -1, 12, 5, 6, 2}},
        {{1005, 31, 1, 2, 5, 6, 1}, {1005, 31, 1, -2, 5, 6, 2}},
        {{1005, 31, 1, 12, 5, 6, 1}, {1005, 31, 1, 12.5, 5, 6, 2}}, /* the same cell */
    };
    for (size_t k = 0; k < COUNT(pairs); k++) {
        stand s = make_stand();
        const qf_radar radar = merging_radar();
        add(&s, &pairs[k][0]);
        add(&s, &pairs[k][1]);
        const uint32_t expected = k + 1 < COUNT(pairs) ? 2 : 1;
        assert_int_equal(resolve(&s, &radar, 2).detections, expected);
        qf_radar separate = radar;
        separate.merges = false;
        assert_int_equal(resolve(&s, &separate, 2).detections, 2);
        free_stand(&s);
    }
}

static void of_equal_signals_the_lower_vehicle_gives_its_name(void **state)
{
    (void)state;
    for (uint32_t turn = 0; turn < 2; turn++) {
        stand s = make_stand();
        const qf_radar radar = merging_radar();
        add(&s, &(plot){1005, 31, 1, 12, 5, 6, 4 + turn});
        add(&s, &(plot){1005, 31, 1, 12, 5, 6, 5 - turn});
        assert_int_equal(resolve(&s, &radar, 2).detections, 1);
        assert_int_equal(s.plots.target[s.list[0]], 8);
        free_stand(&s);
    }
}

/* noise with targets' names has no weights */
static void echoes_without_signal_merge_where_one_of_them_is(void **state)
{
    (void)state;
    stand s = make_stand();
    const qf_radar radar = merging_radar();
    add(&s, &(plot){1005, 31, 1, 12, 0, 15, 4});
    add(&s, &(plot){1008, 31, 1, 12, 0, 16, 5});
    assert_int_equal(resolve(&s, &radar, 2).detections, 1);
    assert_close((double)s.plots.range_m[s.list[0]], 1005.0, 1e-3);
    assert_close((double)s.plots.power[s.list[0]], 30.0, 1e-5);
    free_stand(&s);
}

static void cells_are_of_what_the_radar_sees(void **state)
{
    (void)state;
    stand s = make_stand();
    qf_radar radar = merging_radar();
    radar.range_span_m = 3000.0f;
    radar.speed_span_mps = 100.0f;
    add(&s, &(plot){1005, 31, 1, 12, 5, 6, 1});
    add(&s, &(plot){7008, 31, 1, 213, 15, 16, 2}); /* two spans further, two spans faster */
    add(&s, &(plot){7008, 31, 1, 163, 15, 16, 3});
    assert_int_equal(resolve(&s, &radar, 3).detections, 2);
    assert_int_equal(s.plots.target[s.list[0]], 4);
    assert_close((double)s.plots.range_m[s.list[0]], 1007.25, 1e-2);
    assert_close((double)s.plots.vr_mps[s.list[0]], 12.75, 1e-4);
    free_stand(&s);
}

/* 3e9 and 6e9 cells of 0.15 mm away, and speeds as many cells apart: more than an integer counts */
static void cells_far_away_are_as_different_as_near_ones(void **state)
{
    (void)state;
    stand s = make_stand();
    qf_radar radar = merging_radar();
    radar.range_cell_m = 1.5e-4f;
    radar.speed_cell_mps = 1e-9f;
    add(&s, &(plot){450000, 31, 1, 20, 5, 6, 1});
    add(&s, &(plot){900000, 31, 1, 20, 15, 16, 2});
    add(&s, &(plot){900000, 31, 1, 40, 15, 16, 3});
    assert_int_equal(resolve(&s, &radar, 3).detections, 3);
    free_stand(&s);
}

/* ---- many ---- */

typedef struct known {
    int cell[4];
    plot plot;
} known;

/* plots in the middle of random cells, of which there are few or many */
static known *make_known(size_t n, int n_cells)
{
    known *all = calloc(n + 1, sizeof *all);
    assert_non_null(all);
    for (uint32_t i = 0; i < n; i++) {
        known *k = &all[i];
        for (uint32_t c = 0; c < 4; c++) {
            k->cell[c] = (int)(n_cells * stand_uniform(i, 20 + c)) - (c >= 2);
        }
        k->plot = (plot){.range_m = 30.0 * (k->cell[0] + 50.5),
                         .bearing_deg = 2.0 * (k->cell[1] + 10.5),
                         .elevation_deg = 3.0 * (k->cell[2] + 0.5),
                         .vr_mps = 5.0 * (k->cell[3] + 0.5),
                         .signal = 1.0 + floor(8.0 * stand_uniform(i, 30)),
                         .vehicle = (uint32_t)((i * UINT64_C(7919)) % 16777213)};
        k->plot.power = k->plot.signal + 20.0;
    }
    return all;
}

static int by_vehicle(const void *left, const void *right)
{
    const uint32_t a = ((const known *)left)->plot.vehicle;
    const uint32_t b = ((const known *)right)->plot.vehicle;
    return (a > b) - (a < b);
}

/* the plots that are left, by vehicle, in place; n is small enough for each with each */
static size_t merge_known(known *all, size_t n)
{
    qsort(all, n, sizeof *all, by_vehicle);
    size_t n_left = 0;
    bool *gone = calloc(n + 1, sizeof *gone);
    assert_non_null(gone);
    for (size_t i = 0; i < n; i++) {
        size_t strongest = i;
        double signal = 0.0;
        double power = 1.0;
        if (gone[i]) {
            continue;
        }
        for (size_t k = i; k < n; k++) {
            if (memcmp(all[i].cell, all[k].cell, sizeof all[i].cell) == 0) {
                signal += all[k].plot.signal;
                power += all[k].plot.power - 1.0;
                strongest = all[k].plot.signal > all[strongest].plot.signal ? k : strongest;
                gone[k] = true;
            }
        }
        all[strongest].plot.power = power;
        all[strongest].plot.range_m = -signal; /* marks those that are left */
    }
    for (size_t i = 0; i < n; i++) {
        if (all[i].plot.range_m < 0.0) {
            all[i].plot.signal = -all[i].plot.range_m;
            all[n_left++] = all[i];
        }
    }
    free(gone);
    return n_left;
}

static void many_plots_merge_as_each_with_each_does_in_any_order(void **state)
{
    (void)state;
    static const size_t sizes[] = {0, 1, 2, 10, 31, 32, 33, 64, 65, 100, 500, 3000};
    static const int cells[] = {2, 4, 40};
    const qf_radar radar = merging_radar();
    for (size_t k = 0; k < COUNT(sizes) * COUNT(cells); k++) {
        const size_t n = sizes[k / COUNT(cells)];
        known *all = make_known(n, cells[k % COUNT(cells)]);
        stand s[2] = {make_stand(), make_stand()};
        for (size_t i = 0; i < n; i++) {
            add(&s[0], &all[i].plot);
            add(&s[1], &all[n - 1 - i].plot);
        }
        const size_t n_left = merge_known(all, n);
        for (size_t turn = 0; turn < 2; turn++) {
            const qf_resolved r = resolve(&s[turn], &radar, n);
            assert_int_equal(r.detections, n_left);
            assert_int_equal(r.merged, n - n_left);
            for (size_t i = 0; i < n_left; i++) {
                const size_t at = s[turn].list[i];
                assert_int_equal(s[turn].plots.target[at], 2 * all[i].plot.vehicle);
                assert_close((double)s[turn].plots.signal[at], all[i].plot.signal, 1e-3);
                assert_close((double)s[turn].plots.power[at], all[i].plot.power, 1e-2);
                const size_t other = s[0].list[i];
                assert_true(s[0].plots.range_m[other] == s[turn].plots.range_m[at] &&
                            s[0].plots.bearing_deg[other] == s[turn].plots.bearing_deg[at] &&
                            s[0].plots.vr_mps[other] == s[turn].plots.vr_mps[at]);
            }
        }
        assert_true(n < 100 || cells[k % COUNT(cells)] > 2 || n_left < n);
        free_stand(&s[0]);
        free_stand(&s[1]);
        free(all);
    }
}

/* ---- capacity ---- */

static void the_strongest_are_kept_and_the_rest_is_counted(void **state)
{
    (void)state;
    stand s = make_stand();
    qf_radar radar = stand_radar();
    add(&s, &(plot){1000, 10, 0, 0, 1, 20, 30});
    add(&s, &(plot){1000, 20, 0, 0, 1, 40, 20});
    add(&s, &(plot){1000, 30, 0, 0, 1, 20, 10});
    add(&s, &(plot){1000, 40, 0, 0, 1, 15, 5});
    add_alarm(&s, 20.0f);
    add_alarm(&s, 50.0f);
    add_alarm(&s, 20.0f);
    /* by power: 5 (50); 1 (40); 2, 0, 4, 6 (20, by vehicle, then alarms); 3 (15) */
    static const struct {
        uint32_t capacity;
        uint32_t detections;
        uint32_t list[7];
    } cases[] = {
        {1, 0, {5}},
        {2, 1, {1, 5}},
        {3, 2, {2, 1, 5}},
        {4, 3, {2, 1, 0, 5}},
        {5, 3, {2, 1, 0, 4, 5}},
        {6, 3, {2, 1, 0, 4, 5, 6}},
        {7, 4, {3, 2, 1, 0, 4, 5, 6}},
        {8, 4, {3, 2, 1, 0, 4, 5, 6}},
    };
    for (size_t k = 0; k < COUNT(cases); k++) {
        radar.capacity = cases[k].capacity;
        const qf_resolved r = resolve(&s, &radar, 4);
        const uint32_t n = cases[k].capacity < 7 ? cases[k].capacity : 7;
        assert_int_equal(r.detections, cases[k].detections);
        assert_int_equal(r.false_alarms, n - cases[k].detections);
        assert_int_equal(r.dropped, 7 - n);
        assert_memory_equal(s.list, cases[k].list, n * sizeof *s.list);
    }
    free_stand(&s);
}

static void thousands_are_cut_to_the_strongest(void **state)
{
    (void)state;
    enum { N = 5000, KEPT = 700 };
    stand s = make_stand();
    qf_radar radar = stand_radar();
    radar.capacity = KEPT;
    for (uint32_t i = 0; i < N; i++) {
        const double power = 14.0 + floor(500.0 * stand_uniform(i, 40));
        add(&s, &(plot){1000, 10, 0, 0, 1, power, (i * 7919) % N});
    }
    const qf_resolved r = resolve(&s, &radar, N);
    assert_int_equal(r.detections, KEPT);
    assert_int_equal(r.dropped, N - KEPT);
    double weakest = 1e9;
    uint32_t last_of_weakest = 0;
    for (size_t k = 0; k < KEPT; k++) {
        const uint32_t vehicle = s.plots.key[s.list[k]] & 0xFFFFFF;
        assert_true(k == 0 || vehicle > (s.plots.key[s.list[k - 1]] & 0xFFFFFF));
        const double power = (double)s.plots.power[s.list[k]];
        if (power <= weakest) {
            weakest = power;
            last_of_weakest = vehicle;
        }
    }
    /* as many are before the weakest one kept as places are before the last */
    size_t before = 0;
    for (size_t i = 0; i < N; i++) {
        const double power = (double)s.plots.power[i];
        before +=
            power > weakest || (power == weakest && (s.plots.key[i] & 0xFFFFFF) < last_of_weakest);
    }
    assert_int_equal(before, KEPT - 1);
    free_stand(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plots_of_one_cell_become_their_weighted_mean),
        cmocka_unit_test(any_of_the_four_separates),
        cmocka_unit_test(of_equal_signals_the_lower_vehicle_gives_its_name),
        cmocka_unit_test(echoes_without_signal_merge_where_one_of_them_is),
        cmocka_unit_test(cells_are_of_what_the_radar_sees),
        cmocka_unit_test(cells_far_away_are_as_different_as_near_ones),
        cmocka_unit_test(many_plots_merge_as_each_with_each_does_in_any_order),
        cmocka_unit_test(the_strongest_are_kept_and_the_rest_is_counted),
        cmocka_unit_test(thousands_are_cut_to_the_strongest),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
