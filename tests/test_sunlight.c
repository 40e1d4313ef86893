/* SPDX-License-Identifier: Apache-2.0 */
/* Eclipse and solar power of bodies by themselves. */
#include "body_stand.h"

#define RADIUS 6378137.0
#define PI     3.14159265358979323846

static const qf_kernels *kernels;

static body_stand *open_sun(size_t n)
{
    body_stand *s = open_bodies(n);
    s->group.sun = true;
    s->group.sun_direction[0] = 1.0;
    s->group.sun_slope = tan(0.2666 * PI / 180.0);
    s->group.shadow_m = RADIUS;
    s->group.shadow_center_m[2] = 5000.0;
    s->group.solar_tracks = true;
    s->group.solar_w = 600.0;
    return s;
}

static void shine(body_stand *s)
{
    const qf_bot_tick tick = {.dt_s = 1.0};
    kernels->sunlight(&s->c, &s->group, &tick, &s->scratch, 0, s->n);
}

/* at 7000 km behind the planet: the cones' edges are R / cos a -+ l tan a from the axis */
static void light_falls_linearly_across_the_penumbra(void **state)
{
    (void)state;
    body_stand *s = open_sun(9);
    const double behind_m = 7e6, slope = s->group.sun_slope;
    const double edge_m = RADIUS / cos(atan(slope)), width_m = behind_m * slope;
    const double places[9] = {-2.0, -1.001, -0.999, -0.5, 0.0, 0.5, 0.999, 1.001, 2.0};
    for (size_t i = 0; i < 9; i++) {
        set3(s->c.position_m, i, -behind_m, 0.0, 5000.0 + edge_m + places[i] * width_m);
    }
    shine(s);
    for (size_t i = 0; i < 9; i++) {
        const double expected = fmin(1.0, fmax(0.0, 0.5 + 0.5 * places[i]));
        assert_near(s->c.sunlight[i], expected, 1e-9);
        assert_near(s->c.solar_w[i], 600.0 * expected, 1e-6);
    }
    assert_exact(s->c.sunlight[1], 0.0);
    assert_true(s->c.sunlight[2] > 0.0 && s->c.sunlight[6] < 1.0);
    assert_exact(s->c.sunlight[7], 1.0);
    close_bodies(s);
}

static void only_what_is_behind_the_planet_is_dark(void **state)
{
    (void)state;
    body_stand *s = open_sun(4);
    set3(s->c.position_m, 0, -7e6, 0.0, 0.0);
    set3(s->c.position_m, 1, 7e6, 0.0, 0.0);
    set3(s->c.position_m, 2, -7e6, 8e6, 0.0);
    set3(s->c.position_m, 3, 0.0, 0.0, 7e6);
    shine(s);
    assert_exact(s->c.sunlight[0], 0.0);
    for (size_t i = 1; i < 4; i++) {
        assert_exact(s->c.sunlight[i], 1.0);
    }
    s->group.shadow_m = 0.0; /* no planet */
    shine(s);
    assert_exact(s->c.sunlight[0], 1.0);
    close_bodies(s);
}

/* a point for a sun: the shadow is a cylinder with a sharp edge */
static void sun_without_a_disc_has_no_penumbra(void **state)
{
    (void)state;
    body_stand *s = open_sun(2);
    s->group.sun_slope = 0.0;
    s->group.shadow_center_m[2] = 0.0;
    set3(s->c.position_m, 0, -7e6, RADIUS - 1e-3, 0.0);
    set3(s->c.position_m, 1, -7e6, RADIUS + 1e-3, 0.0);
    shine(s);
    assert_exact(s->c.sunlight[0], 0.0);
    assert_exact(s->c.sunlight[1], 1.0);
    close_bodies(s);
}

/* beyond the end of the umbra a ring of the sun is left: what the planet's disc does not cover of it */
static void far_behind_the_planet_a_ring_is_left(void **state)
{
    (void)state;
    body_stand *s = open_sun(1);
    s->group.shadow_center_m[2] = 0.0;
    const double far_m = 4.0 * RADIUS / s->group.sun_slope;
    set3(s->c.position_m, 0, -far_m, 0.0, 0.0);
    shine(s);
    assert_near(s->c.sunlight[0], 1.0 - 1.0 / 16.0, 1e-12);
    close_bodies(s);
}

/* the dark part of a circular orbit in the plane of the sun: 2 asin(R / r) of a turn, half of the penumbra with it */
static void share_of_an_orbit_in_the_dark_is_that_of_geometry(void **state)
{
    (void)state;
    enum { PLACES = 20000 };
    body_stand *s = open_sun(PLACES);
    s->group.shadow_center_m[2] = 0.0;
    for (size_t i = 0; i < PLACES; i++) {
        const double angle = 2.0 * PI * (double)i / PLACES;
        set3(s->c.position_m, i, 7e6 * cos(angle), 7e6 * sin(angle), 0.0);
    }
    const qf_bot_tick tick = {.dt_s = 1.0};
    kernels->sunlight(&s->c, &s->group, &tick, &s->scratch, 0, PLACES);
    double dark = 0.0;
    for (size_t i = 0; i < PLACES; i++) {
        dark += (1.0 - s->c.sunlight[i]) / PLACES;
    }
    assert_near(dark, asin(RADIUS / 7e6) / PI, 1e-4);
    close_bodies(s);
}

static void fixed_array_gives_what_it_turns_to_the_sun(void **state)
{
    (void)state;
    body_stand *s = open_sun(3);
    s->group.shadow_m = 0.0;
    s->group.solar_tracks = false;
    s->group.solar_normal[2] = 1.0;
    const double turns[3] = {0.5 * PI, PI / 6.0, -0.5 * PI}; /* about +Y: +Z goes to +X */
    for (size_t i = 0; i < 3; i++) {
        s->c.attitude[0][i] = cos(0.5 * turns[i]);
        s->c.attitude[2][i] = sin(0.5 * turns[i]);
    }
    shine(s);
    assert_near(s->c.solar_w[0], 600.0, 1e-12);
    assert_near(s->c.solar_w[1], 300.0, 1e-12);
    assert_exact(s->c.solar_w[2], 0.0);
    assert_exact(s->c.sunlight[2], 1.0);
    close_bodies(s);
}

static void without_a_sun_nothing_is_written(void **state)
{
    (void)state;
    body_stand *s = open_sun(9);
    s->group.sun = false;
    shine(s);
    assert_exact(s->c.sunlight[8], 0.0);
    assert_exact(s->c.solar_w[0], 0.0);
    close_bodies(s);
}

#define TEST(name) cmocka_unit_test(name)

int main(void)
{
    kernels = qf_kernels_best();
    const struct CMUnitTest tests[] = {
        TEST(light_falls_linearly_across_the_penumbra),
        TEST(only_what_is_behind_the_planet_is_dark),
        TEST(sun_without_a_disc_has_no_penumbra),
        TEST(far_behind_the_planet_a_ring_is_left),
        TEST(share_of_an_orbit_in_the_dark_is_that_of_geometry),
        TEST(fixed_array_gives_what_it_turns_to_the_sun),
        TEST(without_a_sun_nothing_is_written),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
