/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_RADAR_EQUATION_H
#define QF_RADAR_EQUATION_H

/*
 * Closed forms of a radar's power, cells, errors, ambiguities, beam and line of sight: what parameters
 * are derived with and what results are compared with. Scalar, double precision, same bits on every machine.
 * Ratios are linear unless a name ends in _db. Equations and sources: docs/radar.md.
 */

double qf_wavelength_m(double frequency_hz);

/* k T0 B F */
double qf_noise_w(double bandwidth_hz, double noise_figure_db);

/* SNR of one pulse, or of n integrated coherently, of 1 m^2 at 1 m: the constant of the radar equation. */
double qf_echo_m2(double power_w, double gain_db, double wavelength_m, double noise_w,
                  double loss_db, double coherent_pulses);
double qf_snr_at(double echo_m2, double rcs_m2, double range_m);
double qf_range_of_snr_m(double echo_m2, double rcs_m2, double snr);

/* Resolution in range and radial speed. */
double qf_range_cell_m(double bandwidth_hz);
double qf_speed_cell_mps(double wavelength_m, double dwell_s);

/* Standard deviation at an integrated SNR, and of what is only known to be in the cell. An angle's cell
   is the beamwidth over the angle slope. */
double qf_error_at(double cell, double snr);
double qf_error_cap(double cell);

/* Cramer and Rao's bound of the range error for a flat spectrum. */
double qf_range_error_bound_m(double bandwidth_hz, double snr);

/* Unambiguous range; unambiguous span of radial speeds, which is also the first blind speed. */
double qf_range_span_m(double prf_hz);
double qf_speed_span_mps(double wavelength_m, double prf_hz);
double qf_folded_range_m(double range_m, double span_m);
double qf_folded_speed_mps(double vr_mps, double span_mps); /* in [-span / 2, span / 2) */
double qf_doppler_hz(double wavelength_m, double vr_mps);

/* 3 dB width of a uniform aperture in units of wavelength over its length, and the angle slope that Cramer
   and Rao's bound gives it. */
double qf_aperture_width(void);
double qf_aperture_slope(void);

/* Two-way gaussian pattern: exp(-this times the angle squared). */
double qf_pattern_per_deg2(double beam_deg);

/* Gain that a beam of these 3 dB widths usually has, and what it cannot exceed. */
double qf_beam_gain_usual(double azimuth_deg, double elevation_deg);
double qf_beam_gain_most(double azimuth_deg, double elevation_deg);

/* One-way gain of an electronically scanned beam against broadside. */
double qf_scan_gain(double angle_deg);

/* How long a turning beam stays on a target. */
double qf_time_on_target_s(double beam_deg, double rate_dps);

double qf_cross_range_m(double range_m, double angle_deg);

/* Line of sight past a sphere: the smallest distance from the origin to the segment a-b; the largest angle
   at the centre between two at this distance who see each other; distance to the horizon. */
double qf_passing_distance_m(const double a_m[3], const double b_m[3]);
double qf_mutual_sight_deg(double distance_m, double radius_m);
double qf_horizon_m(double height_m, double radius_m);

#endif
