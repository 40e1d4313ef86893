/* SPDX-License-Identifier: Apache-2.0 */
/* Guarded by tests/test_radar_theory.c. */
#include "radar_equation.h"

#include <math.h>

#include "radar_theory.h"
#include "scalar_math.h"

#define PI   (0.5 * QF_TWO_PI)
#define LN_2 0.6931471805599453

double qf_wavelength_m(double frequency_hz)
{
    return QF_SPEED_OF_LIGHT_MPS / frequency_hz;
}

double qf_noise_w(double bandwidth_hz, double noise_figure_db)
{
    return QF_BOLTZMANN_J_PER_K * QF_REFERENCE_TEMPERATURE_K * bandwidth_hz *
           qf_ratio_of(noise_figure_db);
}

double qf_echo_m2(double power_w, double gain_db, double wavelength_m, double noise_w,
                  double loss_db, double coherent_pulses)
{
    const double four_pi = 2.0 * QF_TWO_PI;
    return power_w * coherent_pulses * qf_ratio_of(2.0 * gain_db - loss_db) * wavelength_m *
           wavelength_m / (four_pi * four_pi * four_pi * noise_w);
}

double qf_snr_at(double echo_m2, double rcs_m2, double range_m)
{
    const double r2_m2 = range_m * range_m;
    return echo_m2 * rcs_m2 / (r2_m2 * r2_m2);
}

double qf_range_of_snr_m(double echo_m2, double rcs_m2, double snr)
{
    return sqrt(sqrt(echo_m2 * rcs_m2 / snr));
}

double qf_range_cell_m(double bandwidth_hz)
{
    return QF_SPEED_OF_LIGHT_MPS / (2.0 * bandwidth_hz);
}

double qf_speed_cell_mps(double wavelength_m, double dwell_s)
{
    return wavelength_m / (2.0 * dwell_s);
}

double qf_error_at(double cell, double snr)
{
    return cell / sqrt(2.0 * snr);
}

double qf_error_cap(double cell)
{
    return cell / sqrt(12.0);
}

double qf_range_error_bound_m(double bandwidth_hz, double snr)
{
    return qf_error_at(qf_range_cell_m(bandwidth_hz), snr) * sqrt(3.0) / PI;
}

double qf_range_span_m(double prf_hz)
{
    return QF_SPEED_OF_LIGHT_MPS / (2.0 * prf_hz);
}

double qf_speed_span_mps(double wavelength_m, double prf_hz)
{
    return 0.5 * wavelength_m * prf_hz;
}

double qf_folded_range_m(double range_m, double span_m)
{
    return range_m - span_m * floor(range_m / span_m);
}

double qf_folded_speed_mps(double vr_mps, double span_mps)
{
    return vr_mps - span_mps * floor(vr_mps / span_mps + 0.5);
}

double qf_doppler_hz(double wavelength_m, double vr_mps)
{
    return -2.0 * vr_mps / wavelength_m;
}

double qf_aperture_width(void)
{
    /* half of it is where sin(pi u) / (pi u), which falls from u = 0 to 1, is the root of one half */
    double low = 0.0;
    double high = 1.0;
    for (;;) {
        const double u = 0.5 * (low + high);
        if (!(u > low && u < high)) {
            return 2.0 * u;
        }
        if (qf_sin(PI * u) > sqrt(0.5) * PI * u) {
            low = u;
        } else {
            high = u;
        }
    }
}

double qf_aperture_slope(void)
{
    return qf_aperture_width() * PI / sqrt(3.0);
}

double qf_pattern_per_deg2(double beam_deg)
{
    return 8.0 * LN_2 / (beam_deg * beam_deg);
}

double qf_beam_gain_usual(double azimuth_deg, double elevation_deg)
{
    return 26000.0 / (azimuth_deg * elevation_deg);
}

double qf_beam_gain_most(double azimuth_deg, double elevation_deg)
{
    return 2.0 * QF_TWO_PI / (azimuth_deg * QF_RAD_PER_DEG * elevation_deg * QF_RAD_PER_DEG);
}

double qf_scan_gain(double angle_deg)
{
    return qf_cos(angle_deg * QF_RAD_PER_DEG);
}

double qf_time_on_target_s(double beam_deg, double rate_dps)
{
    return beam_deg / fabs(rate_dps);
}

double qf_cross_range_m(double range_m, double angle_deg)
{
    return range_m * angle_deg * QF_RAD_PER_DEG;
}

static double dot(const double a[3], const double b[3])
{
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

double qf_passing_distance_m(const double a_m[3], const double b_m[3])
{
    const double along[3] = {b_m[0] - a_m[0], b_m[1] - a_m[1], b_m[2] - a_m[2]};
    const double length2 = dot(along, along);
    const double share = length2 > 0.0 ? fmax(0.0, fmin(1.0, -dot(a_m, along) / length2)) : 0.0;
    const double nearest[3] = {a_m[0] + share * along[0], a_m[1] + share * along[1],
                               a_m[2] + share * along[2]};
    return sqrt(dot(nearest, nearest));
}

double qf_mutual_sight_deg(double distance_m, double radius_m)
{
    const double below_deg = qf_asin(radius_m / distance_m) / QF_RAD_PER_DEG;
    return 2.0 * (90.0 - below_deg);
}

double qf_horizon_m(double height_m, double radius_m)
{
    return sqrt(height_m * (2.0 * radius_m + height_m));
}
