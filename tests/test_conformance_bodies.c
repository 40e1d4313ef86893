/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The kernels of rigid bodies on every instruction set of this machine, in ranges of every kind, against the generic
 * ones called for one vehicle at a time: the same bits, and nobody else touched. tests/test_conformance.c has those of
 * the simple robot.
 */
#include "body_stand.h"
#include "philox.h"

enum { SLOTS = 300, FIRST = 19, MOST = 257 };

typedef enum mood { MOOD_ORDINARY, MOOD_DOCKED, MOOD_AWKWARD, MOODS } mood;

static const char *const mood_names[MOODS] = {"ordinary", "docked", "awkward"};
static const char *const gravity_names[QF_GRAVITY_KINDS] = {"none", "point", "j2", "hill"};

typedef struct kernel_case {
    qf_gravity_kind gravity;
    bool wheels, observed;
    mood mood;
} kernel_case;

static double dice(size_t column, size_t slot, mood m)
{
    const qf_philox_block drawn =
        qf_philox((qf_philox_block){{(uint32_t)column, (uint32_t)slot, (uint32_t)m, 0}}, 11);
    return drawn.word[0] * 0x1p-32;
}

static uint64_t *column_of(const body_stand *s, size_t k)
{
    return s->room + k * s->n;
}

/* one in eight is at an end of arithmetic */
static double awkward(double share, double ordinary)
{
    static const double ends[] = {0.0,  -0.0, 5e-324, 1e300, -1e300, (double)NAN, (double)INFINITY,
                                  -1.0, 1.0,  1e-160};
    const size_t place = (size_t)(share * 8.0 * COUNT(ends));
    return place < COUNT(ends) ? ends[place] : ordinary;
}

static void fill(body_stand *s, mood m)
{
    for (size_t k = 0; k < BODY_COLUMNS; k++) {
        for (size_t i = 0; i < s->n; i++) {
            const double share = dice(k, i, m);
            const double value = m == MOOD_AWKWARD
                                     ? awkward(dice(k + 100, i, m), 10.0 * share - 5.0)
                                     : 10.0 * share - 5.0;
            memcpy(&column_of(s, k)[i], &value, sizeof value);
        }
    }
    for (size_t i = 0; m != MOOD_AWKWARD && i < s->n; i++) {
        const double turns = dice(200, i, m);
        set3(s->c.position_m, i, 7e6 * cos(turns), 7e6 * sin(turns), 1e6 * turns);
        set3(s->c.velocity_mps, i, -7e3 * sin(turns), 7e3 * cos(turns), 1e3);
        ((double *)s->c.dry_kg)[i] = 400.0 + turns;
        s->c.propellant_kg[i] = 10.0 * turns;
        ((double *)s->c.bond_kg)[i] = m == MOOD_DOCKED && i % 3 == 0 ? 900.0 : 0.0;
        for (size_t d = 0; d < 3; d++) {
            ((double *)s->c.bond_inertia_kgm2[d])[i] = 300.0 + (double)d;
            ((double *)s->c.bond_wheel_nms[d])[i] = 2.0 - (double)d;
        }
        const double length = sqrt(
            s->c.attitude[0][i] * s->c.attitude[0][i] + s->c.attitude[1][i] * s->c.attitude[1][i] +
            s->c.attitude[2][i] * s->c.attitude[2][i] + s->c.attitude[3][i] * s->c.attitude[3][i]);
        for (int k = 0; k < 4; k++) {
            s->c.attitude[k][i] /= length;
        }
    }
    for (size_t i = 0; i < s->n; i++) {
        ((uint64_t *)s->c.flags)[i] = i % 5 == 0 ? QF_FLAG_BIT(IMU_BROKEN) : 0;
    }
}

/* what acts on the vehicle in a slot goes to a row of scratch */
static void act_on(body_stand *s, size_t row, size_t slot, mood m)
{
    for (size_t d = 0; d < 3; d++) {
        s->acting.force_n[d][row] = 4.0 * dice(300 + d, slot, m) - 2.0;
        s->acting.torque_nm[d][row] = dice(310 + d, slot, m) - 0.5;
        s->acting.wheel_torque_nm[d][row] = dice(320 + d, slot, m) - 0.5;
    }
    s->acting.used_kg[row] = m == MOOD_AWKWARD ? awkward(dice(330, slot, m), 0.01) : 0.01;
}

static void run_range(body_stand *s, const qf_kernels *kernels, const kernel_case *c, size_t begin,
                      size_t end)
{
    const qf_bot_tick tick = {.dt_s = 0.1, .observed = c->observed};
    for (size_t from = begin; from < end; from += QF_BLOCK_VEHICLES) {
        const size_t to = end - from < QF_BLOCK_VEHICLES ? end : from + QF_BLOCK_VEHICLES;
        for (size_t i = from; i < to; i++) {
            act_on(s, i - from, i, c->mood);
        }
        kernels->dynamics(&s->c, &s->group, &tick, &s->scratch, from, to);
        kernels->elements(&s->c, &s->group, &tick, &s->scratch, from, to);
        kernels->sunlight(&s->c, &s->group, &tick, &s->scratch, from, to);
    }
}

static bool same(uint64_t a, uint64_t b)
{
    double x, y;
    memcpy(&x, &a, sizeof x);
    memcpy(&y, &b, sizeof y);
    return a == b || (isnan(x) && isnan(y));
}

static void compare(const body_stand *found, const body_stand *expected, const kernel_case *c,
                    const char *isa, size_t n)
{
    for (size_t k = 0; k < BODY_COLUMNS; k++) {
        for (size_t i = 0; i < found->n; i++) {
            const uint64_t is = column_of(found, k)[i], ought = column_of(expected, k)[i];
            if (!same(is, ought)) {
                fail_msg("%s, gravity %s, wheels %d, observed %d, %s, %zu vehicles: column %zu of "
                         "slot %zu is %016llx, expected %016llx",
                         isa, gravity_names[c->gravity], c->wheels, c->observed,
                         mood_names[c->mood], n, k, i, (unsigned long long)is,
                         (unsigned long long)ought);
            }
        }
    }
}

static void set_group(body_stand *s, const kernel_case *c)
{
    s->group = (qf_body_group){
        .gravity =
            {c->gravity, 3.986004418e14, 6378137.0, 1.08262668e-3, {10.0, 20.0, -30.0}, 1e-3},
        .dry_kg = 390.0,
        .dry_kgm2 = {200.0, 250.0, 300.0, 5.0, -3.0, 2.0},
        .tank_m2 = {0.2, 0.3, 0.4, 0.01, 0.02, 0.03},
        .wheels = c->wheels,
        .wheel_torque_nm = {0.2, 0.3, 0.4},
        .wheel_momentum_nms = {2.0, 3.0, 4.0},
        .sun = true,
        .sun_direction = {0.6, 0.0, 0.8},
        .sun_slope = 0.00465,
        .shadow_m = 6378137.0,
        .solar_w = 1000.0,
        .solar_tracks = c->observed,
        .solar_normal = {0.0, 1.0, 0.0},
        .dose_rate_usvh = 1.5,
        .imu = true,
    };
}

static void conform(const kernel_case *c)
{
    static const size_t sizes[] = {0, 1, 7, 8, 9, 15, 16, 17, 100, MOST};
    body_stand *expected = open_bodies(SLOTS);
    body_stand *found = open_bodies(SLOTS);
    const size_t bytes = BODY_COLUMNS * SLOTS * sizeof *found->room;
    set_group(expected, c);
    set_group(found, c);
    for (size_t k = 0; k < COUNT(sizes); k++) {
        fill(expected, c->mood);
        for (size_t i = FIRST; i < FIRST + sizes[k]; i++) {
            run_range(expected, qf_kernels_for("generic"), c, i, i + 1);
        }
        for (const char *const *isa = qf_isa_names; *isa; isa++) {
            const qf_kernels *kernels = qf_kernels_for(*isa);
            if (kernels) {
                memset(found->room, 0, bytes);
                fill(found, c->mood);
                run_range(found, kernels, c, FIRST, FIRST + sizes[k]);
                compare(found, expected, c, *isa, sizes[k]);
            }
        }
    }
    close_bodies(expected);
    close_bodies(found);
}

static void every_set_gives_the_same_bits_in_every_range(void **state)
{
    (void)state;
    for (qf_gravity_kind gravity = 0; gravity < QF_GRAVITY_KINDS; gravity++) {
        for (int k = 0; k < 4 * MOODS; k++) {
            conform(&(kernel_case){gravity, k & 1, k & 2, (mood)(k / 4)});
        }
    }
}

/* who is docked must not change his neighbours in a lane: nor the sign of a zero */
static void docked_neighbours_change_nothing(void **state)
{
    (void)state;
    const kernel_case c = {QF_GRAVITY_NONE, true, true, MOOD_DOCKED};
    body_stand *alone = open_bodies(8);
    body_stand *among = open_bodies(8);
    set_group(alone, &c);
    set_group(among, &c);
    for (size_t i = 1; i < 8; i++) {
        ((double *)among->c.bond_kg)[i] = 50.0;
        for (size_t d = 0; d < 3; d++) {
            ((double *)among->c.bond_inertia_kgm2[d])[i] = 9.0;
        }
    }
    for (size_t d = 0; d < 3; d++) {
        alone->c.velocity_mps[d][0] = among->c.velocity_mps[d][0] = -0.0;
        alone->c.position_m[d][0] = among->c.position_m[d][0] = -0.0;
    }
    const qf_bot_tick tick = {.dt_s = 0.1, .observed = true};
    const qf_kernels *kernels = qf_kernels_best();
    kernels->dynamics(&alone->c, &alone->group, &tick, &alone->scratch, 0, 8);
    kernels->dynamics(&among->c, &among->group, &tick, &among->scratch, 0, 8);
    for (size_t k = 0; k < BODY_COLUMNS; k++) {
        assert_true(same(column_of(alone, k)[0], column_of(among, k)[0]));
    }
    close_bodies(alone);
    close_bodies(among);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_set_gives_the_same_bits_in_every_range),
        cmocka_unit_test(docked_neighbours_change_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
