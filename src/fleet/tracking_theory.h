/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_TRACKING_THEORY_H
#define QF_TRACKING_THEORY_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Closed forms of tracking: what trackers are set up with and what their results are compared with. Scalar, double
 * precision, same bits on every machine. The alpha-beta filter here is the classic one: with residual r and
 * period T, position += alpha r and velocity += beta r / T. Source: radar_tracking.md sections 3 and 4.
 */
typedef struct qf_gains {
    double alpha, beta;
} qf_gains;

/* Of the least error where acceleration is constant over a period and white from one to the next (Kalata 1984);
   index = sd of acceleration x period^2 / sd of position, >= 0. */
qf_gains qf_kalata_gains(double index);

/* The index that given gains belong to, alpha < 1: all of them, whether or not on Kalata's curve. */
double qf_tracking_index(qf_gains gains);

/* beta of the least transient error at given noise (Benedict, Bordner 1962). */
double qf_benedict_bordner_beta(double alpha);

/* Both poles at `pole`, in [0, 1). */
qf_gains qf_critically_damped_gains(double pole);

/* The line of least squares through the first n detections, n >= 1. */
qf_gains qf_growing_memory_gains(int n);

/* Whether errors die out: both poles within the unit circle. */
bool qf_gains_are_stable(qf_gains gains);

/* A pair of poles: larger real one first, or a conjugate pair. */
typedef struct qf_poles {
    double real[2], imaginary[2];
} qf_poles;

qf_poles qf_gains_poles(qf_gains gains);

/* Variances in the steady state over that of detections; velocity in 1 / s^2. */
typedef struct qf_noise_ratios {
    double position, velocity;
    double prediction; /* of the position one period ahead */
} qf_noise_ratios;

qf_noise_ratios qf_gains_noise(qf_gains gains, double period_s);

/* Errors in the steady state, truth less estimate, of a target of constant acceleration. */
typedef struct qf_lags {
    double prediction_m, position_m, velocity_mps;
} qf_lags;

qf_lags qf_gains_lags(qf_gains gains, double acceleration_mps2, double period_s);

/* What a target may move across the line of sight in a period so that the reference's tracker, which does not
   observe that, keeps it. */
double qf_reference_crossing_step_m(double gate_m, double alpha);

/* What chi-square of so many degrees of freedom stays below with probability p, 0 < p < 1. */
double qf_chi_square_quantile(int degrees, double p);

/* Density of a normal distribution: normalised distance squared, dimensions, root of the determinant of S. */
double qf_normal_density(double distance2, int dimensions, double determinant_root);

/*
 * Probabilistic data association, as a comparison: weight[0] of none, weight[1 + i] of candidate i, which add up to
 * 1. Candidates by their densities; false ones per unit of the same volume.
 */
void qf_pda_weights(const double *density, size_t n, double detection, double gate,
                    double false_density, double *weight);

/*
 * Joint probabilistic data association by going through all events, as a comparison for a few tracks: density[t *
 * n_plots + i] of plot i for track t; weight[t * (n_plots + 1)] of none, then of each plot. At most 64 plots.
 */
void qf_jpda_weights(const double *density, size_t n_tracks, size_t n_plots, double detection,
                     double gate, double false_density, double *weight);

/* When and how near somebody of that relative position and velocity comes; now, where that is past. */
typedef struct qf_approach {
    double time_s, distance_m;
} qf_approach;

qf_approach qf_closest_approach(const double position_m[3], const double velocity_mps[3]);

#endif
