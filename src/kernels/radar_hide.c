/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Occultation: takes those out of a list of n targets whom a sphere hides from the observer.
 *
 *   a = observer - centre, d = target - observer            [m], double precision, world axes
 *   t = clamp(-(a . d) / (d . d), 0, 1);  hidden where |a + t d|^2 < radius^2
 *
 * a + t d is the point of the line of sight that is nearest to the centre: the surface itself hides nobody, and
 * inside of the sphere everybody is hidden. A target at the observer's place has t = 0.
 *
 * In: positions of the targets by rank (three doubles each, gathered). In and out: the list of ranks, whose
 * slack of QF_LANE_SLACK elements is overwritten. Eight targets at a time; per target 24 bytes and about 30
 * operations with one division.
 * Source: radar_tracking.md section 2.7. Guarded by tests/test_radar_hide.c.
 */
#include "kernels.h"
#include "lanes_convert.h"

enum { LANES = 8 };

/* a, and of each of eight targets d */
typedef struct sight {
    qf_f64x8 from[3];
    qf_f64x8 to[3];
} sight;

QF_LANES qf_f64x8 dot(const qf_f64x8 a[3], const qf_f64x8 b[3])
{
    return qf_f64x8_add(qf_f64x8_add(qf_f64x8_mul(a[0], b[0]), qf_f64x8_mul(a[1], b[1])),
                        qf_f64x8_mul(a[2], b[2]));
}

QF_LANES uint32_t hidden_bits(const sight *s, double radius_m)
{
    const qf_f64x8 zero = qf_f64x8_set1(0.0);
    const qf_f64x8 one = qf_f64x8_set1(1.0);
    const qf_f64x8 along = qf_f64x8_neg(dot(s->from, s->to));
    const qf_f64x8 length2 = dot(s->to, s->to);
    /* 0 / 0 is no number, and `max` then takes its second operand */
    const qf_f64x8 t = qf_f64x8_min(qf_f64x8_max(qf_f64x8_div(along, length2), zero), one);
    qf_f64x8 nearest[3];
    for (int axis = 0; axis < 3; axis++) {
        nearest[axis] = qf_f64x8_add(s->from[axis], qf_f64x8_mul(t, s->to[axis]));
    }
    const qf_mask64x8 hidden =
        qf_f64x8_lt(dot(nearest, nearest), qf_f64x8_set1(radius_m * radius_m));
    return qf_mask64x8_bits(hidden);
}

size_t QF_KERNEL(qf_radar_hide)(const qf_target *targets, const qf_observer *observer,
                                const qf_sphere *sphere, uint32_t *near, size_t n)
{
    if (n == 0) {
        return 0;
    }
    for (size_t i = n; i < n + LANES; i++) {
        near[i] = near[n - 1]; /* whole lanes of good ranks */
    }
    sight s;
    for (int axis = 0; axis < 3; axis++) {
        s.from[axis] = qf_f64x8_set1(observer->position_m[axis] - sphere->center_m[axis]);
    }
    size_t left = 0;
    for (size_t i = 0; i < n; i += LANES) {
        uint64_t rank[LANES];
        for (size_t k = 0; k < LANES; k++) {
            rank[k] = near[i + k];
        }
        enum { DOUBLES = sizeof(qf_target) / sizeof(double) };
        const qf_u64x8 first = qf_u64x8_mul(qf_u64x8_load(rank), qf_u64x8_set1(DOUBLES));
        for (int axis = 0; axis < 3; axis++) {
            s.to[axis] = qf_f64x8_sub(qf_f64x8_gather((const double *)targets + axis, first),
                                      qf_f64x8_set1(observer->position_m[axis]));
        }
        const uint32_t hidden = hidden_bits(&s, sphere->radius_m);
        const size_t here = n - i < LANES ? n - i : LANES;
        for (size_t k = 0; k < here; k++) {
            near[left] = (uint32_t)rank[k];
            left += ~hidden >> k & 1;
        }
    }
    return left;
}
