/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_RADAR_THEORY_H
#define QF_RADAR_THEORY_H

/*
 * Closed forms of detection: what a run is set up with and what its results are compared with. Scalar,
 * double precision, same bits on every machine. Powers are in units of the mean noise power, SNR is linear
 * and per pulse, thresholds are of the sum over pulses. Sources and numbers: docs/radar.md.
 * radar_equation.h has the forms of power, cells, errors and geometry.
 */
#define QF_SPEED_OF_LIGHT_MPS      299792458.0
#define QF_BOLTZMANN_J_PER_K       1.380649e-23
#define QF_REFERENCE_TEMPERATURE_K 290.0

double qf_db_of(double ratio);
double qf_ratio_of(double db);

/* Regularised incomplete gamma functions P(a, x) and Q(a, x) = 1 - P, a > 0, x >= 0. */
double qf_gamma_p(double a, double x);
double qf_gamma_q(double a, double x);

/* The x at which Q(a, x) = q, 0 < q < 1. */
double qf_gamma_q_inverse(double a, double q);

/* Marcum's Q of order m (>= 1). Absolute error 4e-14 at a = 30, 4e-10 at a = 1000. */
double qf_marcum_q(int m, double a, double b);

/* The threshold of the sum over n pulses that noise alone passes with probability pfa. */
double qf_radar_threshold(int pulses, double pfa);

/*
 * Probability that a target of Swerling's case 0 ... 4 and mean SNR per pulse passes it. Absolute error below
 * 2e-14 for 1 to 64 pulses of -10 to 40 dB at the threshold of 1e-6. NaN for any other case.
 */
double qf_radar_pd(int swerling, int pulses, double snr, double threshold);

/* Mean SNR per pulse at which that probability is reached (0 < pd < 1); 0 where noise alone does. */
double qf_radar_snr_for(int swerling, int pulses, double pd, double threshold);

/*
 * What noise that passed the threshold is above it: gamma(k + 1) with a probability that up to k adds up to
 * cdf[k], k = 0 ... pulses - 1.
 */
void qf_radar_alarm_shape(int pulses, double threshold, double *cdf);

/* A threshold that is a multiple of the mean of so many cells of noise, one pulse; and Swerling 1 there. */
double qf_cfar_multiplier(int cells, double pfa);
double qf_cfar_pd(int cells, double multiplier, double snr);

/* Probability that a Poisson number of this mean is k or more. */
double qf_poisson_at_least(int k, double mean);

/* By how much the Poisson number takes "no alarm in so many cells" for likelier than it is. */
double qf_no_alarm_gap(double cells, double pfa);

#endif
