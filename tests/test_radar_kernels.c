/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Pair, detect, locate and measure: the same bits from every set, and the values of a twin in
 * double precision that is written here from the equations, with the C library.
 */
#include "radar_stand.h"

enum { N_OBSERVERS = 3 };

typedef struct stand {
    qf_target targets[QF_PAIRS];
    qf_observer observer[N_OBSERVERS];
    float arc_begin_deg[N_OBSERVERS];
    float arc_end_deg[N_OBSERVERS];
    qf_look look;
    qf_pairs pairs;
} stand;

#define ARC_DEG 110.0f

/* far from the origin, so that differences of doubles matter */
static const double origin_m[3] = {6.9e6, -2.5e6, 1.1e6};

static stand *make_stand(size_t n)
{
    stand *s = aligned_alloc(64, sizeof *s);
    assert_non_null(s);
    memset(s, 0, sizeof *s);
    for (uint32_t i = 0; i < n; i++) {
        qf_target *target = &s->targets[i];
        for (uint32_t axis = 0; axis < 3; axis++) {
            const double size_m = axis == 2 ? 8e3 : 2e4;
            target->position_m[axis] =
                origin_m[axis] + size_m * (2.0 * stand_uniform(i, axis) - 1.0);
            target->velocity_mps[axis] = 600.0 * stand_uniform(i, 3 + axis) - 300.0;
        }
        target->rcs_m2 = (float)(0.1 + 9.9 * stand_uniform(i, 6) * stand_uniform(i, 7));
        target->key = (1000 + 7 * i) | i % 5 << 24;
    }
    for (uint32_t o = 0; o < N_OBSERVERS; o++) {
        qf_observer *observer = &s->observer[o];
        *observer = (qf_observer){.number = o, .world = 5 + o, .vehicle = 90 + o};
        for (uint32_t axis = 0; axis < 3; axis++) {
            observer->position_m[axis] = origin_m[axis] + 1000.0 * stand_uniform(o, 10 + axis);
            observer->velocity_mps[axis] = 20.0 * stand_uniform(o, 13 + axis) - 10.0;
        }
        stand_turn(observer, 100.0 * o + 20.0, 10.0 * o - 5.0);
        s->arc_begin_deg[o] = fmodf(170.0f * (float)o, 360.0f);
        s->arc_end_deg[o] = fmodf(s->arc_begin_deg[o] + ARC_DEG, 360.0f);
    }
    s->look = (qf_look){.seed = UINT64_C(0x123456789ABCDEF),
                        .tick = 77,
                        .arc_begin_deg = s->arc_begin_deg,
                        .arc_end_deg = s->arc_end_deg};
    return s;
}

/* all targets, shared out to the observers in turns of unequal length */
static void make_pairs(stand *s, const qf_kernels *kernels, size_t n)
{
    s->pairs.n = 0;
    for (size_t o = 0; o < N_OBSERVERS; o++) {
        const size_t begin = o == 0 ? 0 : n * o / N_OBSERVERS + n % 2;
        const size_t end = o + 1 == N_OBSERVERS ? n : n * (o + 1) / N_OBSERVERS + n % 2;
        uint32_t near[QF_PAIRS];
        size_t n_near = 0;
        for (size_t i = begin; i < end && i < n; i++) {
            near[n_near++] = (uint32_t)(n - 1 - i);
        }
        kernels->pair(s->targets, &s->observer[o], near, n_near, true, &s->pairs);
    }
    assert_int_equal(s->pairs.n, n);
}

/* ---- radars ---- */

enum { PLAIN, TEN_PULSES, MOST_PULSES, IDEAL, SECTOR, COSINE, ROTATING, AMBIGUOUS, RADARS };

static qf_radar radar_of(int which)
{
    qf_radar radar = stand_radar();
    radar.range_m = (struct qf_radar_error){300.0f, 30.0f, 2.0f};
    radar.azimuth_deg = (struct qf_radar_error){6.0f, 1.2f, 0.1f};
    radar.elevation_deg = (struct qf_radar_error){9.0f, 1.8f, 0.2f};
    radar.speed_mps = (struct qf_radar_error){8.0f, 2.0f, 0.25f};
    switch (which) {
    case TEN_PULSES:
        radar.pulses = 10;
        radar.threshold = 32.71034f;
        radar.echo_m2 = 2e16f;
        break;
    case MOST_PULSES:
        radar.pulses = QF_RADAR_MOST_PULSES;
        radar.threshold = 110.0f;
        radar.echo_m2 = 5e15f;
        break;
    case IDEAL:
        radar.ideal = true;
        radar.range_min_m = 3000.0f;
        radar.range_max_m = 15000.0f;
        break;
    case SECTOR:
        radar.looks_everywhere = false;
        radar.pulses = 3;
        radar.azimuth_min_deg = -60.0f;
        radar.azimuth_width_deg = 150.0f;
        radar.sin_elevation_min = -0.3f;
        radar.sin_elevation_max = 0.4f;
        radar.pattern_per_deg2 = 0.005f;
        radar.boresight_elevation_deg = 4.0f;
        break;
    case COSINE:
        radar.looks_everywhere = false;
        radar.cosine_loss = true;
        radar.boresight_azimuth_deg = 35.0f;
        radar.boresight_elevation_deg = 15.0f;
        break;
    case ROTATING:
        radar.looks_everywhere = false;
        radar.rotates = true;
        radar.arc_width_deg = ARC_DEG;
        break;
    case AMBIGUOUS:
        radar.range_min_m = 900.0f;
        radar.range_span_m = 7000.0f;
        radar.speed_span_mps = 120.0f;
        radar.speed_min_mps = 5.0f;
        radar.speed_max_mps = 50.0f;
        break;
    default:
        break;
    }
    return radar;
}

/* ---- the same bits ---- */

static void every_set_gives_the_same_bits(void **state)
{
    (void)state;
    static const size_t sizes[] = {0, 1, 15, 16, 17, 511, 512};
    size_t n_plots = 0;
    for (size_t k = 0; k < COUNT(sizes); k++) {
        for (int which = 0; which < RADARS; which++) {
            const qf_radar radar = radar_of(which);
            qf_plots plots[2] = {stand_plots(), stand_plots()};
            for (size_t set = 0; stand_set(set); set++) {
                const qf_kernels *kernels = stand_set(set);
                qf_plots *p = &plots[set > 0];
                stand *s = make_stand(sizes[k]);
                make_pairs(s, kernels, sizes[k]);
                p->n = 0;
                kernels->detect(&radar, &s->look, &s->pairs, p);
                kernels->locate(p, 0, p->n);
                kernels->measure(&radar, &s->look, p, 0, p->n);
                stand_assert_same_plots(&plots[0], p, kernels->isa);
                free(s);
                n_plots += set == 0 ? p->n : 0;
            }
            stand_free(&plots[0]);
            stand_free(&plots[1]);
        }
    }
    assert_true(n_plots > 1500);
}

/* FNV-1a of all columns of all radars: what every machine and compiler has given */
static void bits_are_those_of_every_other_machine(void **state)
{
    (void)state;
    uint64_t hash = UINT64_C(0xCBF29CE484222325);
    qf_plots p = stand_plots();
    for (int which = 0; which < RADARS; which++) {
        const qf_radar radar = radar_of(which);
        stand *s = make_stand(512);
        make_pairs(s, qf_kernels_best(), 512);
        p.n = 0;
        qf_kernels_best()->detect(&radar, &s->look, &s->pairs, &p);
        qf_kernels_best()->locate(&p, 0, p.n);
        qf_kernels_best()->measure(&radar, &s->look, &p, 0, p.n);
#define X(name)                                                                                    \
    for (size_t i = 0; i < p.n * sizeof *p.name; i++) {                                            \
        hash = (hash ^ ((const unsigned char *)p.name)[i]) * UINT64_C(0x100000001B3);              \
    }
        STAND_COLUMNS(X)
#undef X
        free(s);
    }
    if (hash != UINT64_C(0xA55504119B38AB34)) {
        fail_msg("hash is %#llx", (unsigned long long)hash);
    }
    stand_free(&p);
}

static void parts_of_plots_are_measured_as_the_whole_is(void **state)
{
    (void)state;
    for (size_t set = 0; stand_set(set); set++) {
        const qf_kernels *kernels = stand_set(set);
        const qf_radar radar = radar_of(PLAIN);
        qf_plots plots[2] = {stand_plots(), stand_plots()};
        stand *s = make_stand(512);
        make_pairs(s, kernels, 512);
        for (size_t k = 0; k < 2; k++) {
            kernels->detect(&radar, &s->look, &s->pairs, &plots[k]);
        }
        assert_true(plots[0].n > 100);
        kernels->locate(&plots[0], 0, plots[0].n);
        kernels->measure(&radar, &s->look, &plots[0], 0, plots[0].n);
        static const size_t steps[] = {1, 20, 0, 16, 7};
        for (int pass = 0; pass < 2; pass++) {
            size_t begin = 0;
            for (size_t k = 0; begin < plots[1].n; k++) {
                size_t end = begin + steps[k % COUNT(steps)];
                end = end < plots[1].n ? end : plots[1].n;
                if (pass == 0) {
                    kernels->locate(&plots[1], begin, end);
                } else {
                    kernels->measure(&radar, &s->look, &plots[1], begin, end);
                }
                begin = end;
            }
        }
        stand_assert_same_plots(&plots[0], &plots[1], kernels->isa);
        free(s);
        stand_free(&plots[0]);
        stand_free(&plots[1]);
    }
}

/* ---- the twin ---- */

static double unit(uint32_t word)
{
    return ((word >> 1) + 0.5) * 0x1p-31;
}

static qf_philox_block block_of(const stand *s, size_t i, uint32_t stream)
{
    return qf_philox((qf_philox_block){{s->pairs.vehicle[i], s->pairs.world[i], s->look.tick,
                                        stream << 24 | (s->pairs.key[i] & 0xFFFFFF)}},
                     s->look.seed);
}

static double gamma_of(const stand *s, size_t i, uint32_t stream, int shape)
{
    double sum = 0.0;
    for (int k = 0; k < shape; k++) {
        sum -= log(unit(block_of(s, i, stream + (uint32_t)k / 4).word[k % 4]));
    }
    return sum;
}

typedef struct seen {
    bool in;       /* windows */
    double margin; /* relative distance to the nearest limit */
    double vr_mps, signal, power, widening;
} seen;

static bool within(double value, double low, double high, double scale, double *margin)
{
    *margin = fmin(*margin, fmin(fabs(value - low), fabs(value - high)) / scale);
    return value >= low && value <= high;
}

static seen look_twin(const stand *s, const qf_radar *radar, size_t i)
{
    const qf_pairs *p = &s->pairs;
    const double d[3] = {p->east_m[i], p->north_m[i], p->up_m[i]};
    const double v[3] = {p->east_mps[i], p->north_mps[i], p->up_mps[i]};
    const double b[3] = {p->body_forward_m[i], p->body_left_m[i], p->body_up_m[i]};
    const double r = sqrt(d[0] * d[0] + d[1] * d[1] + d[2] * d[2]);
    seen t = {.in = true, .margin = 1.0, .widening = 1.0};
    t.vr_mps = (d[0] * v[0] + d[1] * v[1] + d[2] * v[2]) / r;
    const double span_m = radar->range_span_m;
    const double gate_m = isfinite(span_m) ? r - span_m * floor(r / span_m) : r;
    t.in &= within(r, 0.0, radar->range_max_m, r, &t.margin);
    t.in &= within(gate_m, radar->range_min_m, INFINITY, r, &t.margin);
    double speed = t.vr_mps;
    if (isfinite(radar->speed_span_mps)) {
        const double span = radar->speed_span_mps;
        speed -= span * floor(speed / span + 0.5);
    }
    t.in &= within(fabs(speed), radar->speed_min_mps, radar->speed_max_mps, 300.0, &t.margin);
    double snr = (double)radar->echo_m2 * (double)p->rcs_m2[i] / pow(r, 4.0);
    if (!radar->looks_everywhere) {
        const double az = atan2(-b[1], b[0]) / DEG;
        const double el = asin(b[2] / r) / DEG;
        t.in &=
            within(b[2] / r, radar->sin_elevation_min, radar->sin_elevation_max, 1.0, &t.margin);
        if (radar->azimuth_width_deg < 360.0f) {
            t.in &= within(stand_turned(az - (double)radar->azimuth_min_deg), 0.0,
                           radar->azimuth_width_deg, 360.0, &t.margin);
        }
        if (radar->rotates) {
            t.in &= within(stand_turned(az - (double)s->arc_begin_deg[p->observer[i]]), 0.0,
                           radar->arc_width_deg, 360.0, &t.margin);
        }
        const double off = el - (double)radar->boresight_elevation_deg;
        snr *= exp(-(double)radar->pattern_per_deg2 * off * off);
        if (radar->cosine_loss) {
            const double az0 = (double)radar->boresight_azimuth_deg * DEG;
            const double el0 = (double)radar->boresight_elevation_deg * DEG;
            const double cosine =
                sin(el0) * sin(el * DEG) + cos(el0) * cos(el * DEG) * cos(az * DEG - az0);
            t.in &= within(cosine, 1e-3, 2.0, 1.0, &t.margin);
            snr *= cosine * cosine;
            t.widening = 1.0 / cosine;
        }
    }
    t.signal = snr; /* still the mean of one pulse */
    return t;
}

static seen detect_twin(const stand *s, const qf_radar *radar, size_t i)
{
    seen t = look_twin(s, radar, i);
    const int n = radar->pulses;
    const uint32_t swerling = s->pairs.key[i] >> 24;
    const qf_philox_block block = block_of(s, i, 6);
    double f = 1.0;
    if (swerling == 1 || (swerling == 2 && n == 1)) {
        f = -log(unit(block.word[0]));
    } else if (swerling == 2) {
        f = gamma_of(s, i, 80, n) / n;
    } else if (swerling == 3 || (swerling == 4 && n == 1)) {
        f = -0.5 * log(unit(block.word[0]) * unit(block.word[3]));
    } else if (swerling == 4) {
        f = gamma_of(s, i, 80, 2 * n) / (2 * n);
    }
    t.signal *= n * f;
    const double noise = -log(unit(block.word[2]));
    const double phase = 2.0 * STATISTICS_PI * block.word[1] * 0x1p-32;
    t.power =
        t.signal + 2.0 * sqrt(t.signal * noise) * cos(phase) + noise + gamma_of(s, i, 64, n - 1);
    if (radar->ideal) {
        t.power = n * 101.0;
        return t;
    }
    t.in &= within(t.power, radar->threshold, INFINITY, t.power, &t.margin);
    return t;
}

static void assert_near_relative(double value, double expected, double scale, const char *what)
{
    if (!(fabs(value - expected) <= 1e-4 * scale)) {
        fail_msg("%s: %.9g, expected %.9g", what, value, expected);
    }
}

static void pairs_are_differences_of_doubles_along_world_and_body_axes(void **state)
{
    (void)state;
    stand *s = make_stand(100);
    make_pairs(s, stand_set(0), 100);
    for (size_t i = 0; i < 100; i++) {
        const uint32_t t = s->pairs.target[i];
        const qf_observer *o = &s->observer[s->pairs.observer[i]];
        const float *const world[3] = {s->pairs.east_m, s->pairs.north_m, s->pairs.up_m};
        const float *const speed[3] = {s->pairs.east_mps, s->pairs.north_mps, s->pairs.up_mps};
        const float *const body[3] = {s->pairs.body_forward_m, s->pairs.body_left_m,
                                      s->pairs.body_up_m};
        for (int axis = 0; axis < 3; axis++) {
            double along = 0.0;
            for (int k = 0; k < 3; k++) {
                const double d = s->targets[t].position_m[k] - o->position_m[k];
                along += d * (double)o->axes[axis][k];
            }
            assert_true(world[axis][i] ==
                        (float)(s->targets[t].position_m[axis] - o->position_m[axis]));
            assert_true(speed[axis][i] ==
                        (float)(s->targets[t].velocity_mps[axis] - o->velocity_mps[axis]));
            assert_near_relative((double)body[axis][i], along, 200.0, "body axis");
        }
        assert_int_equal(t, 99 - i);
        assert_true(s->pairs.rcs_m2[i] == s->targets[t].rcs_m2);
        assert_int_equal(s->pairs.key[i], s->targets[t].key);
        assert_int_equal(s->pairs.world[i], o->world);
        assert_int_equal(s->pairs.vehicle[i], o->vehicle);
    }
    free(s);
}

static void plots_are_those_of_the_twin(void **state)
{
    (void)state;
    for (int which = 0; which < RADARS; which++) {
        const qf_radar radar = radar_of(which);
        qf_plots plots = stand_plots();
        stand *s = make_stand(512);
        make_pairs(s, stand_set(0), 512);
        stand_set(0)->detect(&radar, &s->look, &s->pairs, &plots);
        size_t next = 0;
        size_t close = 0;
        for (size_t i = 0; i < 512; i++) {
            const seen t = detect_twin(s, &radar, i);
            const bool is = next < plots.n && plots.target[next] == s->pairs.target[i];
            close += t.margin < 1e-4;
            if (t.in != is && t.margin >= 1e-4) {
                fail_msg("radar %d, pair %zu: seen %d, expected %d", which, i, is, t.in);
            }
            if (!is) {
                continue;
            }
            assert_true(plots.east_m[next] == s->pairs.east_m[i]);
            assert_int_equal(plots.key[next], s->pairs.key[i]);
            assert_int_equal(plots.observer[next], s->pairs.observer[i]);
            assert_near_relative((double)plots.vr_mps[next], t.vr_mps, 300.0, "radial speed");
            assert_near_relative((double)plots.power[next], t.power, t.power, "power");
            assert_near_relative((double)plots.widening[next], t.widening, t.widening, "widening");
            if (!radar.ideal) {
                assert_near_relative((double)plots.signal[next], t.signal, t.power, "signal");
            }
            next++;
        }
        assert_int_equal(next, plots.n);
        if (plots.n < 40 || plots.n > 480 || close > 5) {
            fail_msg("radar %d: %zu plots of 512, %zu close to a limit", which, plots.n, close);
        }
        free(s);
        stand_free(&plots);
    }
}

/* distance of two angles, or of two values modulo a span */
static double apart(double a, double b, double span)
{
    const double d = a - b;
    return isfinite(span) ? fabs(d - span * floor(d / span + 0.5)) : fabs(d);
}

static double deviation(const struct qf_radar_error *e, double signal)
{
    const double noise = fmin((double)e->at_1 / sqrt(signal), (double)e->cap);
    return hypot(noise, (double)e->floor);
}

static void measurements_are_those_of_the_twin(void **state)
{
    (void)state;
    for (int which = 0; which < RADARS; which++) {
        const qf_radar radar = radar_of(which);
        qf_plots plots = stand_plots();
        stand *s = make_stand(512);
        make_pairs(s, stand_set(0), 512);
        stand_set(0)->detect(&radar, &s->look, &s->pairs, &plots);
        double *vr_mps = calloc(plots.n + 1, sizeof *vr_mps);
        assert_non_null(vr_mps);
        for (size_t i = 0; i < plots.n; i++) {
            vr_mps[i] = (double)plots.vr_mps[i];
        }
        stand_set(0)->locate(&plots, 0, plots.n);
        stand_set(0)->measure(&radar, &s->look, &plots, 0, plots.n);
        for (size_t i = 0; i < plots.n; i++) {
            const double e = plots.east_m[i], n = plots.north_m[i], u = plots.up_m[i];
            const qf_philox_block block =
                qf_philox((qf_philox_block){{plots.vehicle[i], plots.world[i], s->look.tick,
                                             7U << 24 | (plots.key[i] & 0xFFFFFF)}},
                          s->look.seed);
            double normal[4];
            for (int k = 0; k < 4; k += 2) {
                const double radius = sqrt(-2.0 * log(unit(block.word[k])));
                const double angle = 2.0 * STATISTICS_PI * block.word[k + 1] * 0x1p-32;
                normal[k] = radar.ideal ? 0.0 : radius * cos(angle);
                normal[k + 1] = radar.ideal ? 0.0 : radius * sin(angle);
            }
            const double signal = plots.signal[i], wide = plots.widening[i];
            const double range =
                sqrt(e * e + n * n + u * u) + deviation(&radar.range_m, signal) * normal[0];
            double bearing =
                atan2(e, n) / DEG + deviation(&radar.azimuth_deg, signal) * wide * normal[1];
            double elevation = atan2(u, hypot(e, n)) / DEG +
                               deviation(&radar.elevation_deg, signal) * wide * normal[2];
            const double vr = vr_mps[i] + deviation(&radar.speed_mps, signal) * normal[3];
            if (fabs(elevation) > 90.0) {
                elevation = copysign(180.0, elevation) - elevation;
                bearing += 180.0;
            }
            const double is_range = plots.range_m[i], is_vr = plots.vr_mps[i];
            assert_near_relative(apart(is_range, range, (double)radar.range_span_m), 0.0, range,
                                 "range");
            assert_true(is_range >= 0.0 && is_range < (double)radar.range_span_m);
            assert_near_relative(apart((double)plots.bearing_deg[i], bearing, 360.0), 0.0, 100.0,
                                 "bearing");
            assert_true(plots.bearing_deg[i] >= 0.0f && plots.bearing_deg[i] < 360.0f);
            assert_near_relative((double)plots.elevation_deg[i], elevation, 100.0, "elevation");
            assert_near_relative(apart(is_vr, vr, (double)radar.speed_span_mps), 0.0, 100.0,
                                 "radial speed");
            assert_true(is_vr >= -0.5 * (double)radar.speed_span_mps &&
                        is_vr < 0.5 * (double)radar.speed_span_mps);
            const double snr = fmax((double)plots.power[i] / radar.pulses - 1.0, 0.01);
            const double rcs = snr * pow(is_range, 4.0) / (double)radar.echo_m2;
            assert_near_relative((double)plots.snr_db[i], radar.ideal ? 20.0 : 10.0 * log10(snr),
                                 10.0, "SNR");
            assert_near_relative((double)plots.rcs_dbsm[i], radar.ideal ? 1.0 : 10.0 * log10(rcs),
                                 10.0, "cross-section");
        }
        free(vr_mps);
        free(s);
        stand_free(&plots);
    }
}

/* the same errors at the horizon and near the zenith, or the nadir, to the north */
static void errors_beyond_a_pole_come_down_on_the_other_side(void **state)
{
    (void)state;
    qf_radar radar = stand_radar();
    radar.elevation_deg = (struct qf_radar_error){3.0f, 3.0f, 0.0f};
    const qf_look look = {.seed = 12};
    enum { N = 512 };
    for (int sign = -1; sign <= 1; sign += 2) {
        qf_plots plots[2] = {stand_plots(), stand_plots()};
        for (size_t k = 0; k < 2; k++) {
            for (uint32_t i = 0; i < N; i++) {
                plots[k].elevation_deg[i] = k == 0 ? 0.0f : 88.0f * (float)sign;
                plots[k].range_m[i] = 1000.0f;
                plots[k].signal[i] = 1.0f;
                plots[k].power[i] = 20.0f;
                plots[k].widening[i] = 1.0f;
                plots[k].key[i] = i;
            }
            stand_set(0)->measure(&radar, &look, &plots[k], 0, N);
        }
        size_t beyond = 0;
        for (size_t i = 0; i < N; i++) {
            const double over = 88.0 * sign + (double)plots[0].elevation_deg[i];
            const bool is_beyond = fabs(over) > 90.0;
            const double expected = is_beyond ? 180.0 * sign - over : over;
            assert_near_relative((double)plots[1].elevation_deg[i], expected, 1.0, "elevation");
            assert_true(plots[1].bearing_deg[i] == (is_beyond ? 180.0f : 0.0f));
            beyond += is_beyond;
        }
        assert_in_range(beyond, 129 - 39, 129 + 39); /* P(normal > 2/3) = 0.2525, 4 sd */
        stand_free(&plots[0]);
        stand_free(&plots[1]);
    }
}

/* ---- odd input ---- */

static void odd_targets_do_no_harm(void **state)
{
    (void)state;
    qf_radar radar = radar_of(PLAIN);
    const qf_look look = {.seed = 3};
    static const struct {
        stand_pair pair;
        size_t plots;
    } cases[] = {
        {{{0, 0, 0}, {5, 0, 0}, 1.0, 0, 1, 9}, 1}, /* at the observer's place */
        {{{0, 0, 0}, {0, 0, 0}, 1.0, 1, 2, 9}, 1},
        {{{0, 0, 0}, {0, 0, 0}, 0.0, 0, 3, 9}, 0},
        {{{1e-30, 0, 0}, {1, 0, 0}, 1.0, 0, 4, 9}, 1},
        {{{3e8, 3e8, 0}, {1, 0, 0}, 1.0, 0, 5, 9}, 0},
        {{{1e15, 0, 0}, {1, 0, 0}, 1.0, 0, 6, 9}, 0},
        {{{100, 0, 0}, {1, 0, 0}, 0.0, 0, 7, 9}, 0},
        {{{100, 0, 0}, {1, 0, 0}, (double)NAN, 0, 8, 9}, 0},
        {{{100, 0, 0}, {1, 0, 0}, (double)NAN, 1, 9, 9}, 0},
        {{{(double)NAN, 0, 0}, {1, 0, 0}, 1.0, 0, 10, 9}, 0},
        {{{0, 0, 50}, {0, 0, 2}, 1.0, 0, 11, 9}, 1}, /* straight above and below */
        {{{0, 0, -50}, {0, 0, 2}, 1.0, 0, 12, 9}, 1},
    };
    for (size_t set = 0; stand_set(set); set++) {
        const qf_kernels *kernels = stand_set(set);
        for (int everywhere = 0; everywhere < 2; everywhere++) {
            radar.looks_everywhere = everywhere;
            radar.cosine_loss = false;
            for (size_t c = 0; c < COUNT(cases); c++) {
                static qf_pairs pairs;
                pairs.n = 0;
                stand_add(&pairs, &cases[c].pair);
                qf_plots p = stand_plots();
                kernels->detect(&radar, &look, &pairs, &p);
                kernels->locate(&p, 0, p.n);
                kernels->measure(&radar, &look, &p, 0, p.n);
                if (p.n != cases[c].plots) {
                    fail_msg("%s, case %zu: %zu plots", kernels->isa, c, p.n);
                }
                if (p.n > 0) {
                    assert_true(isfinite(p.range_m[0]) && isfinite(p.bearing_deg[0]) &&
                                isfinite(p.elevation_deg[0]) && isfinite(p.vr_mps[0]) &&
                                isfinite(p.snr_db[0]) && isfinite(p.rcs_dbsm[0]));
                    assert_true(p.range_m[0] >= 0.0f && p.bearing_deg[0] >= 0.0f &&
                                p.bearing_deg[0] < 360.0f && fabsf(p.elevation_deg[0]) <= 90.0f);
                }
                stand_free(&p);
            }
        }
    }
}

static void bearings_just_west_of_north_are_below_360(void **state)
{
    (void)state;
    qf_plots plots = stand_plots();
    plots.east_m[0] = -1e-20f;
    plots.north_m[0] = 1.0f;
    plots.east_m[1] = -1.0f;
    plots.up_m[2] = 1.0f;
    plots.n = 4; /* the last one is nowhere */
    for (size_t set = 0; stand_set(set); set++) {
        stand_set(set)->locate(&plots, 0, 4);
        assert_true(plots.bearing_deg[0] == 0.0f);
        assert_true(plots.bearing_deg[1] == 270.0f);
        assert_true(plots.elevation_deg[2] == 90.0f);
        assert_true(plots.bearing_deg[3] == 0.0f && plots.elevation_deg[3] == 0.0f &&
                    plots.range_m[3] == 0.0f);
    }
    stand_free(&plots);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_set_gives_the_same_bits),
        cmocka_unit_test(bits_are_those_of_every_other_machine),
        cmocka_unit_test(parts_of_plots_are_measured_as_the_whole_is),
        cmocka_unit_test(pairs_are_differences_of_doubles_along_world_and_body_axes),
        cmocka_unit_test(plots_are_those_of_the_twin),
        cmocka_unit_test(measurements_are_those_of_the_twin),
        cmocka_unit_test(errors_beyond_a_pole_come_down_on_the_other_side),
        cmocka_unit_test(odd_targets_do_no_harm),
        cmocka_unit_test(bearings_just_west_of_north_are_below_360),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
