/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What kernels move and compute, counted by hand in their sources: to be corrected with them.
 *
 * Columns: each that a kernel must read or write in every tick, once however often the source names
 * it. Scratch, coefficients and tables are left out: they stay in the nearest cache.
 *
 * Operations: every addition, subtraction, multiplication, comparison, minimum, maximum, negation,
 * absolute value and select, and every logical operation on a word, each one for one vehicle. What
 * is the same for a whole group (dt / 3600, whether there is a battery) is left out, and so are loads,
 * stores and gathers. Divisions are counted apart, because they have a limit of their own.
 * Stock profile: 6 thermal nodes with 5 couplings, 1 word of faults, one set of coefficients.
 */
#include "kernel_work.h"

#include <stdint.h>

enum {
    R = 1,  /* read in every tick */
    W = 2,  /* written in every tick */
    OR = 4, /* read in observed ones only */
    OW = 8, /* written in observed ones only */
    N_NODES = 6,
    COLUMN_BYTES = 8,
};

const char *const bench_kernel_names[BENCH_KERNELS] = {
    [BENCH_KINEMATICS] = "kinematics",
    [BENCH_MCQPU] = "mcqpu",
    [BENCH_PROPULSION_IDLE] = "propulsion_idle",
    [BENCH_PROPULSION_FIRING] = "propulsion_firing",
    [BENCH_POWER] = "power",
    [BENCH_THERMAL] = "thermal",
    [BENCH_HEALTH] = "health",
};

typedef struct kernel_row {
    uint8_t access[QF_FIELD_COUNT];
    double core_reads; /* power looks at one of the temperatures */
    double operations, divisions;
    double observed_operations, observed_divisions; /* more of them in observed ticks */
} kernel_row;

#define FIELD(id) [QF_FIELD_##id]

static const kernel_row rows[BENCH_KERNELS] = {
    [BENCH_KINEMATICS] =
        {
            .access = {FIELD(X) = R | W, FIELD(Y) = R | W, FIELD(HEADING) = R,
                       FIELD(HEADING_SIN) = R, FIELD(HEADING_COS) = R, FIELD(SPEED) = R,
                       FIELD(YAW) = W | OR, FIELD(DOSE) = R | W, FIELD(ROLL) = OW,
                       FIELD(PITCH) = OW, FIELD(ROLL_RATE) = OW, FIELD(PITCH_RATE) = OW,
                       FIELD(YAW_RATE) = OW},
            .operations = 9,
            .observed_operations = 1,
            .observed_divisions = 1,
        },
    [BENCH_MCQPU] =
        {
            .access = {FIELD(FLAGS) = R, FIELD(SPEED) = R, FIELD(SENSOR_QUEUE) = R,
                       FIELD(ACTUATOR_QUEUE) = R, FIELD(CPU) = R | W, FIELD(MEM) = R | W},
            .operations = 38,
        },
    [BENCH_PROPULSION_IDLE] =
        {
            .access = {FIELD(RCS_PCT) = R, FIELD(FLAGS) = R, FIELD(RCS_FORCE_X) = OW,
                       FIELD(RCS_FORCE_Y) = OW, FIELD(RCS_FORCE_Z) = OW, FIELD(RCS_TORQUE_X) = OW,
                       FIELD(RCS_TORQUE_Y) = OW, FIELD(RCS_TORQUE_Z) = OW},
            .operations = 4,
        },
    /* all are looked at; what the one in BENCH_FIRING_EVERY that fires moves is left out */
    [BENCH_PROPULSION_FIRING] =
        {
            .access = {FIELD(RCS_PCT) = R, FIELD(FLAGS) = R, FIELD(RCS_FORCE_X) = OW,
                       FIELD(RCS_FORCE_Y) = OW, FIELD(RCS_FORCE_Z) = OW, FIELD(RCS_TORQUE_X) = OW,
                       FIELD(RCS_TORQUE_Y) = OW, FIELD(RCS_TORQUE_Z) = OW},
            .operations = 6 + 36.0 / BENCH_FIRING_EVERY,
            .divisions = 4.0 / BENCH_FIRING_EVERY,
        },
    [BENCH_POWER] =
        {
            .access = {FIELD(FLAGS) = R | W,
                       FIELD(FAULTS) = R | W,
                       FIELD(SOC) = R | W,
                       FIELD(SOC_MIN) = R | W,
                       FIELD(SUPERCAP_WH) = R | W,
                       FIELD(DOCK_SINCE) = R | W,
                       FIELD(SPEED) = R,
                       FIELD(CPU) = R,
                       FIELD(NBL_MAX) = R,
                       FIELD(BUS_V) = OW,
                       FIELD(BUS_A) = OW,
                       FIELD(POWER_IN) = OW,
                       FIELD(POWER_OUT) = OW,
                       FIELD(LOAD_MOTION) = OW,
                       FIELD(LOAD_MCQPU) = OW,
                       FIELD(LOAD_RADAR) = OW,
                       FIELD(LOAD_TRANSPONDER) = OW,
                       FIELD(LOAD_NBL) = OW,
                       FIELD(LOAD_RCS) = OW,
                       FIELD(SUPERCAP_SOC) = OW,
                       FIELD(SUPERCAP_CHARGE) = OW,
                       FIELD(SUPERCAP_DISCHARGE) = OW,
                       FIELD(BATTERY_CHARGE) = OW,
                       FIELD(BATTERY_DISCHARGE) = OW,
                       FIELD(BATTERY_SPILL) = OW,
                       FIELD(BATTERY_UNSERVED) = OW,
                       FIELD(DOCK_POWER) = OW,
                       FIELD(DOCK_A) = OW,
                       FIELD(DOCK_SOFT_START) = OW,
                       FIELD(RCS_DUTY) = OW},
            .core_reads = 1,
            .operations = 221,
            .divisions = 9,
            .observed_operations = 7,
            .observed_divisions = 2,
        },
    [BENCH_THERMAL] =
        {
            /* trips are written only where it is hot */
            .access = {FIELD(TEMP) = R | W, FIELD(FAULTS) = R},
            .operations = N_NODES * 14 + 5 * 4,
            .divisions = N_NODES,
        },
    [BENCH_HEALTH] =
        {
            .access = {FIELD(X) = R,
                       FIELD(Y) = R,
                       FIELD(Z) = R,
                       FIELD(HEADING) = R,
                       FIELD(SPEED) = R,
                       FIELD(YAW) = R,
                       FIELD(CPU) = R,
                       FIELD(MEM) = R,
                       FIELD(SENSOR_QUEUE) = R,
                       FIELD(ACTUATOR_QUEUE) = R,
                       FIELD(SOC) = R,
                       FIELD(SOC_MIN) = R,
                       FIELD(NBL_MAX) = R,
                       FIELD(SUPERCAP_WH) = R,
                       FIELD(DOCK_SINCE) = R,
                       FIELD(RCS_PCT) = R,
                       FIELD(RCS_TIME_LEFT) = R,
                       FIELD(PROPELLANT) = R,
                       FIELD(DOSE) = R,
                       FIELD(TEMP) = R},
            .operations = (19 + N_NODES) * 4,
        },
};

/* columns of the field that have one of these kinds of access */
static double columns(qf_field_id field, unsigned access, unsigned kinds)
{
    const double n = field == QF_FIELD_TEMP ? N_NODES : 1;
    return access & kinds ? n : 0.0;
}

/* of the kernels `first` to `last` but `without` */
static bench_work count(bench_kernel first, bench_kernel last, bench_kernel without)
{
    const double observed_share = 1.0 / BENCH_WINDOW_TICKS;
    unsigned all[QF_FIELD_COUNT] = {0};
    double every_tick = 0.0;
    double observed = 0.0;
    bench_work work = {0};
    for (bench_kernel k = first; k <= last; k++) {
        if (k == without) {
            continue;
        }
        const kernel_row *row = &rows[k];
        every_tick += row->core_reads;
        work.operations += row->operations + observed_share * row->observed_operations;
        work.divisions += row->divisions + observed_share * row->observed_divisions;
        for (qf_field_id f = 0; f < QF_FIELD_COUNT; f++) {
            every_tick += columns(f, row->access[f], R) + columns(f, row->access[f], W);
            observed += columns(f, row->access[f], OR) + columns(f, row->access[f], OW);
            all[f] |= row->access[f];
        }
    }
    work.bytes = COLUMN_BYTES * (every_tick + observed_share * observed);
    /* a window begins with reading a block's columns and ends with writing back those changed */
    double distinct = first == last ? rows[first].core_reads : 0.0;
    double streamed = distinct;
    for (qf_field_id f = 0; f < QF_FIELD_COUNT; f++) {
        distinct += columns(f, all[f], R | W | OR | OW);
        streamed += columns(f, all[f], R | OR) + columns(f, all[f], W | OW);
    }
    work.footprint_bytes = COLUMN_BYTES * distinct;
    work.streamed_bytes = COLUMN_BYTES * observed_share * streamed;
    return work;
}

bench_work bench_kernel_work(bench_kernel kernel)
{
    return count(kernel, kernel, BENCH_KERNELS);
}

bench_work bench_world_work(bench_mix mix)
{
    return count(0, BENCH_KERNELS - 1,
                 mix == BENCH_CRUISE ? BENCH_PROPULSION_FIRING : BENCH_PROPULSION_IDLE);
}

void bench_report_work(gbench_state *state, const bench_work *work, size_t n_vehicles,
                       int n_threads)
{
    gbench_counter(state, "vehicles", (double)n_vehicles);
    gbench_counter(state, "team", n_threads);
    gbench_counter(state, "bytes_per_vehicle_tick", work->bytes);
    gbench_counter(state, "streamed_bytes_per_vehicle_tick", work->streamed_bytes);
    gbench_counter(state, "footprint_bytes_per_vehicle", work->footprint_bytes);
    gbench_counter(state, "operations_per_vehicle_tick", work->operations);
    gbench_counter(state, "divisions_per_vehicle_tick", work->divisions);
}
