/* SPDX-License-Identifier: Apache-2.0 */
#include "radar_alarm.h"

#include "draw.h"

enum {
    DRAWS_PER_ALARM = 64,
    HALF_SHAPE = QF_GAMMA_TWICE_SHAPE_MAX / 2, /* the largest that one gamma draw has */
};

#define DEG_PER_RAD 57.29577951308232

static qf_draw_key key_of(const qf_look *look, const qf_observer *observer, qf_stream stream,
                          uint32_t draw)
{
    return (qf_draw_key){.seed = look->seed,
                         .world = observer->world,
                         .vehicle = observer->vehicle,
                         .tick = look->tick,
                         .stream = stream,
                         .draw = draw};
}

uint32_t qf_radar_alarm_count(const qf_radar *radar, const qf_look *look,
                              const qf_observer *observer)
{
    if (!(radar->false_alarms > 0.0)) {
        return 0;
    }
    const qf_draw_key key = key_of(look, observer, QF_STREAM_RADAR_ALARM_COUNT, 0);
    return (uint32_t)qf_draw_poisson(key, radar->false_alarms);
}

/* noise alone, given that it is above the threshold */
static float power_of(const qf_radar *radar, const qf_look *look, const qf_observer *observer,
                      uint32_t alarm)
{
    qf_draw_key key = key_of(look, observer, QF_STREAM_RADAR_ALARM_POWER, alarm * DRAWS_PER_ALARM);
    const double u = qf_draw_uniform(key);
    int shape = 1;
    while (shape < radar->pulses && u >= radar->alarm_shape_cdf[shape - 1]) {
        shape++;
    }
    key.draw++;
    double excess = 0.0;
    if (shape > HALF_SHAPE) {
        excess = qf_draw_gamma(key, 2 * HALF_SHAPE);
        key.draw += (uint32_t)qf_gamma_blocks(2 * HALF_SHAPE);
        shape -= HALF_SHAPE;
    }
    excess += qf_draw_gamma(key, 2 * shape);
    return (float)((double)radar->threshold + excess);
}

/* `u` in [0, 1): both signs alike */
static double speed_of(const qf_radar *radar, double u)
{
    const double half_span = 0.5 * (double)radar->speed_span_mps;
    const double most =
        half_span < (double)radar->speed_max_mps ? half_span : (double)radar->speed_max_mps;
    const double least = (double)radar->speed_min_mps;
    const double s = 2.0 * u - 1.0;
    if (!(most < (double)INFINITY)) {
        return s * 0.5 * (double)radar->speed_cell_mps;
    }
    const double wide = most > least ? most - least : 0.0;
    return s < 0.0 ? s * wide - least : s * wide + least;
}

/* degrees clockwise from `begin`, in [0, 360) */
static double degrees_after(double begin_deg, double azimuth_deg)
{
    double after = azimuth_deg - begin_deg;
    after -= 360.0 * floor(after / 360.0);
    return after < 360.0 ? after : 0.0;
}

static double azimuth_of(const qf_radar *radar, const qf_look *look, const qf_observer *observer,
                         double u)
{
    return radar->rotates
               ? (double)look->arc_begin_deg[observer->number] + u * (double)radar->arc_width_deg
               : (double)radar->azimuth_min_deg + u * (double)radar->azimuth_width_deg;
}

/* unit vector in world axes */
static void direction_of(const qf_radar *radar, const qf_observer *observer, double azimuth_deg,
                         double sin_elevation, double direction[3])
{
    const double azimuth_rad = azimuth_deg * QF_RAD_PER_DEG;
    const double level = sqrt(1.0 - sin_elevation * sin_elevation);
    const double body[3] = {level * qf_cos(azimuth_rad), -(level * qf_sin(azimuth_rad)),
                            sin_elevation};
    for (int k = 0; k < 3; k++) {
        /* one that looks everywhere has no axes; uniform all around is uniform in any */
        direction[k] = radar->looks_everywhere ? body[k]
                                               : body[0] * (double)observer->axes[0][k] +
                                                     body[1] * (double)observer->axes[1][k] +
                                                     body[2] * (double)observer->axes[2][k];
    }
}

/* 32 bits are finer than a float */
static double unit_of(uint32_t word)
{
    return (double)word * 0x1p-32;
}

static void put(const qf_radar *radar, const qf_observer *observer, const double direction[3],
                double range_m, double vr_mps, float power, qf_plots *plots)
{
    const size_t i = plots->n++;
    const double level = sqrt(direction[0] * direction[0] + direction[1] * direction[1]);
    const double bearing_deg =
        Sleef_finz_atan2d1_u10purecfma(direction[0], direction[1]) * DEG_PER_RAD;
    const float bearing = (float)(bearing_deg < 0.0 ? bearing_deg + 360.0 : bearing_deg);
    plots->bearing_deg[i] = bearing < 360.0f ? bearing : 0.0f;
    plots->elevation_deg[i] =
        (float)(Sleef_finz_atan2d1_u10purecfma(direction[2], level) * DEG_PER_RAD);
    /* rounding may reach the end of a span, which is its beginning */
    plots->range_m[i] = (float)range_m < radar->range_end_m ? (float)range_m : radar->range_min_m;
    plots->vr_mps[i] = (float)vr_mps;
    plots->east_m[i] = (float)(range_m * direction[0]);
    plots->north_m[i] = (float)(range_m * direction[1]);
    plots->up_m[i] = (float)(range_m * direction[2]);
    plots->power[i] = power;
    plots->signal[i] = 0.0f;
    plots->widening[i] = 1.0f;
    plots->target[i] = QF_NO_TARGET;
    plots->key[i] = 0;
    plots->observer[i] = observer->number;
    plots->world[i] = observer->world;
    plots->vehicle[i] = observer->vehicle;
}

void qf_radar_alarm(const qf_radar *radar, const qf_look *look, const qf_observer *observer,
                    uint32_t n, qf_plots *plots)
{
    const double range_min_m = (double)radar->range_min_m;
    const double range_width_m = (double)radar->range_end_m - range_min_m;
    const double sin_min = (double)radar->sin_elevation_min;
    const double sin_width = (double)radar->sin_elevation_max - sin_min;
    for (uint32_t alarm = 0; alarm < n; alarm++) {
        const qf_philox_block block =
            qf_draw_block(key_of(look, observer, QF_STREAM_RADAR_ALARM_PLACE, alarm));
        const double azimuth_deg = azimuth_of(radar, look, observer, unit_of(block.word[1]));
        if (radar->rotates && radar->azimuth_width_deg < 360.0f &&
            !(degrees_after((double)radar->azimuth_min_deg, azimuth_deg) <=
              (double)radar->azimuth_width_deg)) {
            continue;
        }
        double direction[3];
        direction_of(radar, observer, azimuth_deg, sin_min + unit_of(block.word[2]) * sin_width,
                     direction);
        put(radar, observer, direction, range_min_m + unit_of(block.word[0]) * range_width_m,
            speed_of(radar, unit_of(block.word[3])), power_of(radar, look, observer, alarm), plots);
    }
}
