/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Gains and what follows from them are rational in alpha and beta; their denominator alpha (4 - 2 alpha - beta) is
 * zero on the edge of stability. Equations: docs/tracking.md. Guarded by tests/test_tracking_theory.c.
 */
#include "tracking_theory.h"

#include <math.h>
#include <stdint.h>

#include "radar_theory.h"
#include "scalar_math.h"

/* ---- gains ---- */

qf_gains qf_kalata_gains(double index)
{
    /* r = (4 + index - root) / 4, the smaller of two whose product is 1; no differences of near equals */
    const double root = sqrt(index * (8.0 + index));
    const double sum = 4.0 + index + root;
    const double r = 4.0 / sum;
    const double rest = (index + root) / sum; /* 1 - r */
    return (qf_gains){.alpha = rest * (1.0 + r), .beta = 2.0 * rest * rest};
}

double qf_tracking_index(qf_gains gains)
{
    return gains.beta / sqrt(1.0 - gains.alpha);
}

double qf_benedict_bordner_beta(double alpha)
{
    return alpha * alpha / (2.0 - alpha);
}

qf_gains qf_critically_damped_gains(double pole)
{
    return (qf_gains){.alpha = (1.0 - pole) * (1.0 + pole), .beta = (1.0 - pole) * (1.0 - pole)};
}

qf_gains qf_growing_memory_gains(int n)
{
    const double m = (double)n;
    const double both = m * (m + 1.0);
    /* one detection tells no velocity */
    return (qf_gains){.alpha = 2.0 * (2.0 * m - 1.0) / both, .beta = n > 1 ? 6.0 / both : 0.0};
}

bool qf_gains_are_stable(qf_gains gains)
{
    return gains.alpha > 0.0 && gains.beta > 0.0 && 4.0 - 2.0 * gains.alpha - gains.beta > 0.0;
}

/* roots of z^2 - (2 - alpha - beta) z + (1 - alpha) */
qf_poles qf_gains_poles(qf_gains gains)
{
    const double half = 0.5 * (2.0 - gains.alpha - gains.beta);
    const double product = 1.0 - gains.alpha;
    const double inside = half * half - product;
    if (inside < 0.0) {
        const double imaginary = sqrt(-inside);
        return (qf_poles){.real = {half, half}, .imaginary = {imaginary, -imaginary}};
    }
    return (qf_poles){.real = {half + sqrt(inside), half - sqrt(inside)}};
}

qf_noise_ratios qf_gains_noise(qf_gains gains, double period_s)
{
    const double a = gains.alpha;
    const double b = gains.beta;
    const double common = a * (4.0 - 2.0 * a - b);
    return (qf_noise_ratios){
        .position = (2.0 * a * a + 2.0 * b - 3.0 * a * b) / common,
        .velocity = 2.0 * b * b / (common * period_s * period_s),
        .prediction = (2.0 * a * a + 2.0 * b + a * b) / common,
    };
}

qf_lags qf_gains_lags(qf_gains gains, double acceleration_mps2, double period_s)
{
    const double step_mps = acceleration_mps2 * period_s;
    const double prediction_m = step_mps * period_s / gains.beta;
    return (qf_lags){
        .prediction_m = prediction_m,
        .position_m = prediction_m * (1.0 - gains.alpha),
        .velocity_mps = step_mps * (2.0 * gains.alpha - gains.beta) / (2.0 * gains.beta),
    };
}

double qf_reference_crossing_step_m(double gate_m, double alpha)
{
    return gate_m * alpha;
}

/* ---- probabilities ---- */

double qf_chi_square_quantile(int degrees, double p)
{
    return 2.0 * qf_gamma_q_inverse(0.5 * (double)degrees, 1.0 - p);
}

double qf_normal_density(double distance2, int dimensions, double determinant_root)
{
    double volume = determinant_root;
    for (int i = 0; i < dimensions; i++) {
        volume *= sqrt(QF_TWO_PI);
    }
    return qf_exp(-0.5 * distance2) / volume;
}

void qf_pda_weights(const double *density, size_t n, double detection, double gate,
                    double false_density, double *weight)
{
    qf_jpda_weights(density, 1, n, detection, gate, false_density, weight);
}

/* ---- joint events ---- */

typedef struct jpda {
    const double *density;
    size_t n_tracks, n_plots;
    double detection, gate, false_density;
    double *weight;
} jpda;

/* All events that go on from one whose first `track` tracks have taken `taken`: their weights together. */
static double add_events(const jpda *j, size_t track, uint64_t taken, double before)
{
    if (track == j->n_tracks) {
        return before;
    }
    double *const weight = j->weight + track * (j->n_plots + 1);
    const double *const density = j->density + track * j->n_plots;
    const double missed = (1.0 - j->detection * j->gate) * j->false_density;
    double sum = add_events(j, track + 1, taken, before * missed);
    weight[0] += sum;
    for (size_t i = 0; i < j->n_plots; i++) {
        const uint64_t bit = UINT64_C(1) << i;
        if (!(taken & bit)) {
            const double events =
                add_events(j, track + 1, taken | bit, before * j->detection * density[i]);
            weight[1 + i] += events;
            sum += events;
        }
    }
    return sum;
}

void qf_jpda_weights(const double *density, size_t n_tracks, size_t n_plots, double detection,
                     double gate, double false_density, double *weight)
{
    const jpda j = {density, n_tracks, n_plots, detection, gate, false_density, weight};
    const size_t n = n_tracks * (n_plots + 1);
    for (size_t i = 0; i < n; i++) {
        weight[i] = 0.0;
    }
    const double all = add_events(&j, 0, 0, 1.0);
    for (size_t i = 0; i < n; i++) {
        weight[i] /= all;
    }
}

/* ---- motion ---- */

static double dot(const double a[3], const double b[3])
{
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

qf_approach qf_closest_approach(const double position_m[3], const double velocity_mps[3])
{
    const double speed2 = dot(velocity_mps, velocity_mps);
    const double closing = -dot(position_m, velocity_mps);
    const double time_s = closing > 0.0 ? closing / speed2 : 0.0;
    double there_m[3];
    for (int axis = 0; axis < 3; axis++) {
        there_m[axis] = position_m[axis] + velocity_mps[axis] * time_s;
    }
    return (qf_approach){.time_s = time_s, .distance_m = sqrt(dot(there_m, there_m))};
}
