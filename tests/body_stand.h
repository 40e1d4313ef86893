/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_TEST_BODY_STAND_H
#define QF_TEST_BODY_STAND_H

/*
 * Rigid bodies by themselves, without a fleet: columns of n slots, a group's constants and the scratch that says what
 * acts on them, for tests that call kernels of bodies and know what comes out.
 */
#include "vehicle.h"

/* a < b, both told where it is not so */
#define assert_below(a, b)                                                                         \
    do {                                                                                           \
        const double is_ = (a), most_ = (b);                                                       \
        if (!(is_ < most_)) {                                                                      \
            fail_msg("%s is %.17g, expected below %g", #a, is_, most_);                            \
        }                                                                                          \
    } while (0)

enum { BODY_COLUMNS = sizeof(qf_body_columns) / sizeof(void *) };

typedef struct body_stand {
    size_t n;
    uint64_t *room; /* BODY_COLUMNS columns of n elements */
    qf_body_columns c;
    qf_body_group group;
    qf_body_scratch acting;
    qf_bot_scratch scratch;
} body_stand;

/* All columns are there, wheels and bonds too, and zero but for unit attitudes and masses of 1 kg. */
static inline body_stand *open_bodies(size_t n)
{
    body_stand *s = calloc(1, sizeof *s);
    assert_non_null(s);
    s->n = n;
    s->room = calloc(BODY_COLUMNS * n, sizeof *s->room);
    assert_non_null(s->room);
    uint64_t *columns[BODY_COLUMNS];
    for (size_t k = 0; k < BODY_COLUMNS; k++) {
        columns[k] = s->room + k * n;
    }
    memcpy(&s->c, columns, sizeof columns);
    s->scratch.body = &s->acting;
    s->group = (qf_body_group){.dry_kg = 1.0, .dry_kgm2 = {1.0, 1.0, 1.0}, .imu = true};
    for (size_t i = 0; i < n; i++) {
        s->c.attitude[0][i] = 1.0;
        ((double *)s->c.dry_kg)[i] = 1.0;
    }
    return s;
}

static inline void close_bodies(body_stand *s)
{
    free(s->room);
    free(s);
}

/* the first eight, in one lane; thrusters take `used_kg` a tick out of tanks */
static inline void fly_bodies(body_stand *s, const qf_kernels *kernels, double dt_s, int n_ticks)
{
    const qf_bot_tick tick = {.dt_s = dt_s};
    for (int t = 0; t < n_ticks; t++) {
        for (size_t i = 0; i < s->n; i++) {
            s->c.propellant_kg[i] -= s->acting.used_kg[i];
        }
        kernels->dynamics(&s->c, &s->group, &tick, &s->scratch, 0, s->n);
    }
}

static inline void set3(double *const column[3], size_t i, double x, double y, double z)
{
    column[0][i] = x;
    column[1][i] = y;
    column[2][i] = z;
}

static inline void get3(double *const column[3], size_t i, double v[3])
{
    for (int d = 0; d < 3; d++) {
        v[d] = column[d][i];
    }
}

static inline double dot3(const double a[3], const double b[3])
{
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

static inline double norm3(const double a[3])
{
    return sqrt(dot3(a, a));
}

static inline double distance3(const double a[3], const double b[3])
{
    const double d[3] = {a[0] - b[0], a[1] - b[1], a[2] - b[2]};
    return norm3(d);
}

static inline void cross3(const double a[3], const double b[3], double out[3])
{
    out[0] = a[1] * b[2] - a[2] * b[1];
    out[1] = a[2] * b[0] - a[0] * b[2];
    out[2] = a[0] * b[1] - a[1] * b[0];
}

/* body axes -> world, by the matrix of the quaternion */
static inline void turn3(const double q[4], const double v[3], double out[3])
{
    const double w = q[0], x = q[1], y = q[2], z = q[3];
    out[0] =
        (1 - 2 * (y * y + z * z)) * v[0] + 2 * (x * y - w * z) * v[1] + 2 * (x * z + w * y) * v[2];
    out[1] =
        2 * (x * y + w * z) * v[0] + (1 - 2 * (x * x + z * z)) * v[1] + 2 * (y * z - w * x) * v[2];
    out[2] =
        2 * (x * z - w * y) * v[0] + 2 * (y * z + w * x) * v[1] + (1 - 2 * (x * x + y * y)) * v[2];
}

static inline void get_attitude(const body_stand *s, size_t i, double q[4])
{
    for (int k = 0; k < 4; k++) {
        q[k] = s->c.attitude[k][i];
    }
}

/* inertia times a vector of body axes */
static inline void times_inertia(const double m[6], const double v[3], double out[3])
{
    out[0] = m[0] * v[0] + m[3] * v[1] + m[4] * v[2];
    out[1] = m[3] * v[0] + m[1] * v[1] + m[5] * v[2];
    out[2] = m[4] * v[0] + m[5] * v[1] + m[2] * v[2];
}

/* energy of rotation, and angular momentum in world axes, wheels included */
static inline double rotation_of(const body_stand *s, size_t i, double momentum_nms[3])
{
    double w[3], h[3], wheels[3], q[4];
    get3(s->c.rate_rps, i, w);
    get3(s->c.wheel_nms, i, wheels);
    get_attitude(s, i, q);
    times_inertia(s->group.dry_kgm2, w, h);
    const double energy_j = 0.5 * dot3(w, h);
    for (int d = 0; d < 3; d++) {
        h[d] += wheels[d];
    }
    turn3(q, h, momentum_nms);
    return energy_j;
}

#endif
