/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Power plane, for slots [begin, end): bus, shedding, loads, dock, over-current protection,
 * supercapacitor, battery, and the heat that they make.
 *
 *   bus voltage = v_min + (v_nominal - v_min) soc / 100;  limit = max current * bus voltage
 *   out = base + motion + computer + radar + transponder + NBL + thrusters
 *   in = base + dock (ramped up over the soft start)
 *   a broken radar or radio draws nothing: it is not allowed to
 *   over the limit: NBL, radar and transponder off together, then motors, then thrusters throttled
 *   of rigid bodies: in += solar array, out += bridge to docked vehicles, after that protection
 *   supercapacitor takes the surplus or serves the deficit within its power and energy
 *   soc += (charge - discharge) dt / 3600 / capacity * 100, clamped to [0, 100]
 *
 * The order of operations is the reference's, down to its divisions: where supply and demand
 * balance, the last bit decides whether a battery discharges or not.
 *
 * Four loops, one after the other over the range. One loop for all would need more registers than
 * there are; what the next one needs passes through rows of scratch, which stay in L1. No branches:
 * a truth value is a mask, a choice is a select, and what a whole group has or has not (a battery, a
 * core node, ...) is in its coefficients. Pointers and coefficients are copied to locals, which no
 * store can alias. All of this is what lets compilers vectorise the loops.
 *
 * In: speed, cpu (within [0, 100]), soc, supercapacitor energy, dock timer, NBL budget, flags, core
 * temperature and trips of the previous tick; thruster power from scratch. Out: the four states,
 * flags, the base bits of fault word 0, heat into scratch, and when observed 21 output columns.
 * Per vehicle 16 reads and writes of 8 bytes, 21 more when observed; about 230 operations, half of
 * them on masks, with 9 divisions.
 * Source: world.md sections 3, 5, 6. Guarded by tests/test_golden_world.c, tests/test_power_*.c.
 */
#include <math.h>

#include "clamp.h"
#include "coefficient.h"
#include "kernels.h"
#include "mask.h"

#define SECONDS_PER_HOUR 3600.0

/* every other flag passes through */
#define DECIDED_FLAGS                                                                              \
    (QF_FLAG_BIT(SHED_LOW_SOC) | QF_FLAG_BIT(POWER_CRITICAL) | QF_FLAG_BIT(NBL_ALLOWED) |          \
     QF_FLAG_BIT(RADAR_ALLOWED) | QF_FLAG_BIT(TRANSPONDER_ALLOWED) | QF_FLAG_BIT(LOAD_SHEDDING) |  \
     QF_FLAG_BIT(PDU_THROTTLED))

/* one shift brings both to where they forbid */
_Static_assert(QF_FLAG_RADAR_BROKEN_BIT - QF_FLAG_RADAR_ALLOWED_BIT ==
                   QF_FLAG_RADIO_BROKEN_BIT - QF_FLAG_TRANSPONDER_ALLOWED_BIT,
               "what is broken and what is allowed stand at the same distance");

#define BATTERY_FAULTS                                                                             \
    (QF_FAULT_BIT(BATTERY_CAPACITY_ZERO) | QF_FAULT_BIT(BATTERY_CHARGE_LIMIT) |                    \
     QF_FAULT_BIT(BATTERY_DISCHARGE_LIMIT) | QF_FAULT_BIT(BATTERY_EMPTY))

/*
 * What the charge and the trips decide before any load is looked at: bus voltage, supply, and the
 * conditions, a flag word in which *_ALLOWED says that a load may draw power, not yet that it does.
 * In: flags, soc, trips, core temperature. In and out: dock timer. Out: rows bus_v, in_w,
 * conditions; heat of the dock bridge. About 65 operations, 3 of them divisions.
 */
static inline __attribute__((always_inline)) void
bus_and_dock(const qf_bot_columns c, const qf_bot_group *group, const qf_bot_tick *tick,
             qf_bot_scratch *scratch, size_t begin, size_t end, const bool dispersed,
             const bool observed)
{
    const qf_coefficients v_min = COEFFICIENTS(BUS_V_MIN);
    const qf_coefficients v_span = COEFFICIENTS(BUS_V_SPAN);
    const qf_coefficients shed_low_pct = COEFFICIENTS(SHED_LOW_PCT);
    const qf_coefficients shed_high_pct = COEFFICIENTS(SHED_HIGH_PCT);
    const qf_coefficients critical_pct = COEFFICIENTS(SOC_CRITICAL_PCT);
    const qf_coefficients nbl_min_pct = COEFFICIENTS(NBL_SOC_MIN_PCT);
    const qf_coefficients nbl_max_c = COEFFICIENTS(NBL_CORE_MAX_C);
    const qf_coefficients base_w = COEFFICIENTS(BASE_IN_W);
    const qf_coefficients soft_start_s = COEFFICIENTS(DOCK_SOFT_START_S);
    const qf_coefficients available_w = COEFFICIENTS(DOCK_AVAILABLE_W);
    const qf_coefficients dock_divisor_v = COEFFICIENTS(DOCK_DIVISOR_V);
    const qf_fault_place core_trip = group->core_trip;
    const qf_fault_place pdu_trip = group->pdu_trip;
    const uint64_t *core_faults = c.faults[core_trip.word];
    const uint64_t *pdu_faults = c.faults[pdu_trip.word];
    /* without a core node the limit is infinite, and the charge stands in for a temperature */
    const bool has_core = group->core_node < group->n_nodes;
    const double *core_c = has_core ? c.temp_c[group->nodes[group->core_node].column] : c.soc_pct;
    qf_power_rows *restrict rows = &scratch->power;
    double *restrict bridge_heat_w = scratch->heat_w[QF_HEAT_DOCK_BRIDGE];
    double *restrict dock_since_s = c.dock_since_s;
    const double dt_s = tick->dt_s;
    const double truth = qf_mask_truth();
#pragma omp simd
    for (size_t i = begin; i < end; i++) {
        const size_t j = i - begin;
        const uint64_t before = c.flags[i];
        const double soc = c.soc_pct[i];
        const qf_mask core_tripped = qf_mask_of_bit(core_faults[i] & core_trip.mask, core_trip.bit);
        const qf_mask pdu_tripped = qf_mask_of_bit(pdu_faults[i] & pdu_trip.mask, pdu_trip.bit);
        const double bus_v = VALUE_OF(v_min) + VALUE_OF(v_span) * clamp(soc, 0.0, 100.0) / 100.0;

        /* hysteresis: both tests, in this order */
        const qf_mask shed =
            (MASK_OF_FLAG(before, SHED_LOW_SOC) | MASK_IF(soc <= VALUE_OF(shed_low_pct))) &
            ~MASK_IF(soc >= VALUE_OF(shed_high_pct));
        const qf_mask critical =
            MASK_IF(soc <= VALUE_OF(critical_pct)) |
            (MASK_OF_FLAG(before, POWER_CRITICAL) & MASK_IF(soc < VALUE_OF(shed_low_pct)));
        const qf_mask may_transmit = ~(shed | pdu_tripped);
        const qf_mask nbl_active = MASK_OF_FLAG(before, NBL_ACTIVE);
        const qf_mask nbl_on = nbl_active & MASK_IF(soc >= VALUE_OF(nbl_min_pct)) &
                               MASK_IF(core_c[i] <= VALUE_OF(nbl_max_c)) &
                               ~(core_tripped | pdu_tripped);
        const qf_mask shedding = shed | pdu_tripped | core_tripped | (nbl_active & ~nbl_on);

        const double since_s =
            qf_where(MASK_OF_FLAG(before, DOCK_CONNECTED), dock_since_s[i] + dt_s);
        const double ramp = lower(since_s / VALUE_OF(soft_start_s), 1.0);
        const double dock_w = VALUE_OF(available_w) * ramp;
        const double dock_a = dock_w / VALUE_OF(dock_divisor_v);

        dock_since_s[i] = since_s;
        rows->bus_v[j] = bus_v;
        rows->in_w[j] = VALUE_OF(base_w) + dock_w;
        rows->conditions[j] =
            (shed & QF_FLAG_BIT(SHED_LOW_SOC)) | (critical & QF_FLAG_BIT(POWER_CRITICAL)) |
            (nbl_on & QF_FLAG_BIT(NBL_ALLOWED)) |
            (may_transmit & (QF_FLAG_BIT(RADAR_ALLOWED) | QF_FLAG_BIT(TRANSPONDER_ALLOWED))) |
            (shedding & QF_FLAG_BIT(LOAD_SHEDDING));
        bridge_heat_w[j] = 0.25 * (dock_a * dock_a);
        if (observed) {
            c.bus_v[i] = bus_v;
            c.dock_power_w[i] = dock_w;
            c.dock_a[i] = dock_a;
            c.dock_soft_start_pct[i] = ramp * 100.0;
        }
    }
}

/* a broken radar or radio may not draw power; apart, for groups of which something breaks */
static void forbid_broken(const qf_bot_columns *c, qf_bot_scratch *scratch, size_t begin,
                          size_t end)
{
    const uint64_t *flags = c->flags;
    uint64_t *restrict conditions = scratch->power.conditions;
#pragma omp simd
    for (size_t i = begin; i < end; i++) {
        const uint64_t broken = flags[i] >> (QF_FLAG_RADAR_BROKEN_BIT - QF_FLAG_RADAR_ALLOWED_BIT);
        conditions[i - begin] &=
            ~(broken & (QF_FLAG_BIT(RADAR_ALLOWED) | QF_FLAG_BIT(TRANSPONDER_ALLOWED)));
    }
}

/* the demand, which is always summed in this order */
typedef struct loads_w {
    double base, motion, computer, radar, transponder, nbl, rcs;
} loads_w;

static inline __attribute__((always_inline)) double sum(const loads_w w)
{
    return w.base + w.motion + w.computer + w.radar + w.transponder + w.nbl + w.rcs;
}

/*
 * What the loads draw, cut down to what the bus can carry, and with it the final flags.
 * In: cpu, speed, NBL budget; rows bus_v, conditions; thruster power and duty. In and out: flags.
 * Out: over-current fault; row out_w; heat of core and hull. About 95 operations, one of them a division.
 * Returns the flags that changed in any vehicle.
 */
static inline __attribute__((always_inline)) uint64_t
loads(const qf_bot_columns c, const qf_bot_group *group, qf_bot_scratch *scratch, size_t begin,
      size_t end, const bool dispersed, const bool observed)
{
    const qf_coefficients base_w = COEFFICIENTS(BASE_OUT_W);
    const qf_coefficients motion_w_per_mps = COEFFICIENTS(MOTION_W_PER_MPS);
    const qf_coefficients computer_w = COEFFICIENTS(MCQPU_W);
    const qf_coefficients radar_w = COEFFICIENTS(RADAR_W);
    const qf_coefficients transponder_w = COEFFICIENTS(TRANSPONDER_W);
    const qf_coefficients max_bus_a = COEFFICIENTS(MAX_BUS_A);
    const qf_coefficients hull_fraction = COEFFICIENTS(HULL_HEAT_FRACTION);
    qf_power_rows *restrict rows = &scratch->power;
    const double *rcs_w = scratch->rcs_w;
    const double *rcs_duty = scratch->rcs_duty;
    double *restrict core_heat_w = scratch->heat_w[QF_HEAT_CORE];
    double *restrict hull_heat_w = scratch->heat_w[QF_HEAT_HULL];
    uint64_t *restrict flags = c.flags;
    uint64_t *restrict faults = c.faults[0];
    const double truth = qf_mask_truth();
    uint64_t changed = 0;
#pragma omp simd reduction(| : changed)
    for (size_t i = begin; i < end; i++) {
        const size_t j = i - begin;
        const uint64_t before = flags[i];
        const uint64_t conditions = rows->conditions[j];
        const qf_mask radar_on =
            MASK_OF_FLAG(before, RADAR_ENABLED) & MASK_OF_FLAG(conditions, RADAR_ALLOWED);
        const qf_mask transponder_on = MASK_OF_FLAG(before, TRANSPONDER_ACTIVE) &
                                       MASK_OF_FLAG(conditions, TRANSPONDER_ALLOWED);
        const qf_mask nbl_on = MASK_OF_FLAG(conditions, NBL_ALLOWED);
        loads_w w = {
            .base = VALUE_OF(base_w),
            .motion = fabs(c.speed_mps[i]) * VALUE_OF(motion_w_per_mps),
            .computer = c.cpu_pct[i] / 100.0 * VALUE_OF(computer_w),
            .radar = qf_where(radar_on, VALUE_OF(radar_w)),
            .transponder = qf_where(transponder_on, VALUE_OF(transponder_w)),
            .nbl = qf_where(nbl_on, higher(c.nbl_max_w[i], 0.0)),
            .rcs = rcs_w[j],
        };

        /* over-current: what can go off goes off together, then throttle, then report */
        const double limit_w = VALUE_OF(max_bus_a) * rows->bus_v[j];
        const qf_mask limited = MASK_IF(limit_w > 0.0);
        double out_w = sum(w);
        const qf_mask over = limited & MASK_IF(out_w > limit_w);
        const qf_mask radar_cut = over & MASK_IF(w.radar > 0.0);
        const qf_mask transponder_cut = over & MASK_IF(w.transponder > 0.0);
        const qf_mask nbl_cut = over & MASK_IF(w.nbl > 0.0);
        w.radar = qf_where(~over, w.radar);
        w.transponder = qf_where(~over, w.transponder);
        w.nbl = qf_where(~over, w.nbl);
        out_w = sum(w);
        const qf_mask throttle_motion =
            limited & MASK_IF(out_w > limit_w) & MASK_IF(w.motion > 0.0);
        w.motion -= qf_where(throttle_motion, lower(out_w - limit_w, w.motion));
        out_w = sum(w);
        const qf_mask throttle_rcs = limited & MASK_IF(out_w > limit_w) & MASK_IF(w.rcs > 0.0);
        w.rcs -= qf_where(throttle_rcs, lower(out_w - limit_w, w.rcs));
        out_w = sum(w);
        const qf_mask overcurrent = limited & MASK_IF(out_w > limit_w);

        const qf_mask nbl_off = MASK_IF(w.nbl <= 0.0);
        const uint64_t refused = (radar_cut & QF_FLAG_BIT(RADAR_ALLOWED)) |
                                 (transponder_cut & QF_FLAG_BIT(TRANSPONDER_ALLOWED)) |
                                 (nbl_off & QF_FLAG_BIT(NBL_ALLOWED));
        const qf_mask cut = radar_cut | transponder_cut | nbl_cut;
        const qf_mask throttled = throttle_motion | throttle_rcs;
        const uint64_t after = (before & ~DECIDED_FLAGS) | (conditions & ~refused) |
                               (cut & QF_FLAG_BIT(LOAD_SHEDDING)) |
                               (throttled & QF_FLAG_BIT(PDU_THROTTLED));
        flags[i] = after;
        changed |= before ^ after;
        faults[i] = (faults[i] & ~QF_FAULT_BIT(PDU_OVERCURRENT)) |
                    (overcurrent & QF_FAULT_BIT(PDU_OVERCURRENT));
        rows->out_w[j] = out_w;
        core_heat_w[j] = 0.8 * w.computer + 0.7 * w.nbl;
        hull_heat_w[j] = VALUE_OF(hull_fraction) * w.rcs;
        if (observed) {
            c.load_motion_w[i] = w.motion;
            c.load_mcqpu_w[i] = w.computer;
            c.load_radar_w[i] = w.radar;
            c.load_transponder_w[i] = w.transponder;
            c.load_nbl_w[i] = w.nbl;
            c.load_rcs_w[i] = w.rcs;
            /* the duty shown shrinks with the power, unless by next to nothing */
            const double ratio = w.rcs < rcs_w[j] ? w.rcs / rcs_w[j] : 1.0;
            c.rcs_duty_pct[i] = rcs_duty[j] * (ratio >= 0.999 ? 1.0 : ratio) * 100.0;
        }
    }
    return changed;
}

/* what only rigid bodies have: sunlight comes in, and what docked vehicles are given goes out */
static void sun_and_bridge(const qf_bot_columns *c, qf_bot_scratch *scratch, size_t begin,
                           size_t end)
{
    const double *solar_w = c->solar_w;
    const double *bridge_w = c->bridge_w;
    double *restrict in_w = scratch->power.in_w;
    double *restrict out_w = scratch->power.out_w;
#pragma omp simd
    for (size_t i = begin; i < end; i++) {
        in_w[i - begin] += solar_w[i];
        out_w[i - begin] += bridge_w[i];
    }
}

/*
 * What the supercapacitor takes of a surplus or gives to a deficit.
 * In and out: supercapacitor energy; rows in_w, out_w. Out: heat of the supercapacitor.
 * About 25 operations, 2 of them divisions (and 2 more in a dispersed group, for its limits).
 */
static inline __attribute__((always_inline)) void
supercapacitor(const qf_bot_columns c, const qf_bot_group *group, const qf_bot_tick *tick,
               qf_bot_scratch *scratch, size_t begin, size_t end, const bool dispersed,
               const bool observed)
{
    const qf_coefficients whole_wh = COEFFICIENTS(SUPERCAP_WH);
    const qf_coefficients divisor_wh = COEFFICIENTS(SUPERCAP_DIVISOR_WH);
    const qf_coefficients max_in_w = COEFFICIENTS(SUPERCAP_MAX_CHARGE_W);
    const qf_coefficients max_out_w = COEFFICIENTS(SUPERCAP_MAX_DISCHARGE_W);
    qf_power_rows *restrict rows = &scratch->power;
    double *restrict heat_w = scratch->heat_w[QF_HEAT_SUPERCAP];
    double *restrict stored_wh = c.supercap_wh;
    const double dt_s = tick->dt_s;
    const double truth = qf_mask_truth();
#pragma omp simd
    for (size_t i = begin; i < end; i++) {
        const size_t j = i - begin;
        const double capacity_wh = VALUE_OF(whole_wh);
        const double before_wh = stored_wh[i];
        /* a surplus or a deficit, never both: one division by an hour, and one by dt, do for either */
        const double surplus_w = rows->in_w[j] - rows->out_w[j];
        const qf_mask surplus = MASK_IF(surplus_w > 0.0);
        const qf_mask deficit = MASK_IF(surplus_w < 0.0);
        const double offered_wh = fabs(surplus_w) * dt_s / SECONDS_PER_HOUR;
        const double into_wh = lower(qf_where(surplus, offered_wh),
                                     lower(higher(0.0, capacity_wh - before_wh),
                                           VALUE_OF(max_in_w) * dt_s / SECONDS_PER_HOUR));
        const double from_wh =
            lower(qf_where(deficit, offered_wh),
                  lower(before_wh, VALUE_OF(max_out_w) * dt_s / SECONDS_PER_HOUR));
        const double after_wh = clamp(before_wh + into_wh - from_wh, 0.0, capacity_wh);
        const double moved_w = (into_wh + from_wh) * SECONDS_PER_HOUR / dt_s;
        const double charge_w = qf_where(surplus, moved_w);
        const double discharge_w = qf_where(deficit, moved_w);

        stored_wh[i] = after_wh;
        rows->out_w[j] += charge_w;
        rows->in_w[j] += discharge_w;
        heat_w[j] = 0.03 * moved_w;
        if (observed) {
            c.supercap_soc_pct[i] = after_wh / VALUE_OF(divisor_wh) * 100.0;
            c.supercap_charge_w[i] = charge_w;
            c.supercap_discharge_w[i] = discharge_w;
        }
    }
}

/*
 * What is left for the battery, and the heat of the currents.
 * In: rows bus_v, in_w, out_w. In and out: soc, its minimum. Out: battery faults; heat of pdu and
 * battery. About 40 operations, 3 of them divisions.
 */
static inline __attribute__((always_inline)) void
battery(const qf_bot_columns c, const qf_bot_group *group, const qf_bot_tick *tick,
        qf_bot_scratch *scratch, size_t begin, size_t end, const bool dispersed,
        const bool observed)
{
    const qf_coefficients capacity_wh = COEFFICIENTS(BATTERY_WH);
    const qf_coefficients ceiling_pct = COEFFICIENTS(SOC_CEILING_PCT);
    const qf_coefficients max_in_w = COEFFICIENTS(BATTERY_MAX_CHARGE_W);
    const qf_coefficients max_out_w = COEFFICIENTS(BATTERY_MAX_DISCHARGE_W);
    const qf_power_rows *rows = &scratch->power;
    double *restrict pdu_heat_w = scratch->heat_w[QF_HEAT_PDU];
    double *restrict battery_heat_w = scratch->heat_w[QF_HEAT_BATTERY];
    double *restrict soc_pct = c.soc_pct;
    double *restrict soc_min_pct = c.soc_min_pct;
    uint64_t *restrict faults = c.faults[0];
    const double dt_s = tick->dt_s;
    const double truth = qf_mask_truth();
#pragma omp simd
    for (size_t i = begin; i < end; i++) {
        const size_t j = i - begin;
        const double in_w = rows->in_w[j];
        const double out_w = rows->out_w[j];
        const double net_w = in_w - out_w;
        const double wants_in_w = higher(net_w, 0.0);
        const double wants_out_w = higher(-net_w, 0.0);
        const double charge_w = lower(wants_in_w, VALUE_OF(max_in_w));
        const double discharge_w = lower(wants_out_w, VALUE_OF(max_out_w));
        const double spill_w = wants_in_w - charge_w;
        const double unserved_w = wants_out_w - discharge_w;
        const double delta_pct =
            (charge_w - discharge_w) * dt_s / SECONDS_PER_HOUR / VALUE_OF(capacity_wh) * 100.0;
        const double soc = clamp(soc_pct[i] + delta_pct, 0.0, VALUE_OF(ceiling_pct));
        const qf_mask empty = MASK_IF(soc <= 0.0) & MASK_IF(discharge_w > 0.0);
        const double bus_v = rows->bus_v[j];
        const double bus_a = bus_v > 0.0 ? out_w / bus_v : 0.0;

        soc_pct[i] = soc;
        soc_min_pct[i] = lower(soc, soc_min_pct[i]); /* NaN stays, as in clamp() */
        faults[i] = (faults[i] & ~BATTERY_FAULTS) |
                    (MASK_IF(VALUE_OF(ceiling_pct) <= 0.0) & QF_FAULT_BIT(BATTERY_CAPACITY_ZERO)) |
                    (MASK_IF(spill_w > 0.0) & QF_FAULT_BIT(BATTERY_CHARGE_LIMIT)) |
                    (MASK_IF(unserved_w > 0.0) & QF_FAULT_BIT(BATTERY_DISCHARGE_LIMIT)) |
                    (empty & QF_FAULT_BIT(BATTERY_EMPTY));
        pdu_heat_w[j] = 0.02 * out_w + 0.4 * (bus_a * bus_a);
        battery_heat_w[j] = 0.01 * fabs(net_w);
        if (observed) {
            c.bus_a[i] = bus_a;
            c.power_in_w[i] = in_w;
            c.power_out_w[i] = out_w;
            c.battery_charge_w[i] = charge_w;
            c.battery_discharge_w[i] = discharge_w;
            c.battery_spill_w[i] = spill_w;
            c.battery_unserved_w[i] = unserved_w;
        }
    }
}

static inline __attribute__((always_inline)) uint64_t
step(const qf_bot_columns *c, const qf_bot_group *group, const qf_bot_tick *tick,
     qf_bot_scratch *scratch, size_t begin, size_t end, const bool dispersed, const bool observed,
     const bool body)
{
    bus_and_dock(*c, group, tick, scratch, begin, end, dispersed, observed);
    if (group->damage) {
        forbid_broken(c, scratch, begin, end);
    }
    const uint64_t changed = loads(*c, group, scratch, begin, end, dispersed, observed);
    if (body) {
        sun_and_bridge(c, scratch, begin, end);
    }
    supercapacitor(*c, group, tick, scratch, begin, end, dispersed, observed);
    battery(*c, group, tick, scratch, begin, end, dispersed, observed);
    return changed;
}

static inline __attribute__((always_inline)) bool
step_any(const qf_bot_columns *columns, const qf_bot_group *group, const qf_bot_tick *tick,
         qf_bot_scratch *scratch, size_t begin, size_t end, const bool body)
{
    const bool dispersed = group->column != NULL;
    uint64_t changed;
    if (tick->observed) {
        changed = dispersed ? step(columns, group, tick, scratch, begin, end, true, true, body)
                            : step(columns, group, tick, scratch, begin, end, false, true, body);
    } else {
        changed = dispersed ? step(columns, group, tick, scratch, begin, end, true, false, body)
                            : step(columns, group, tick, scratch, begin, end, false, false, body);
    }
    return (changed & QF_WATCHED_FLAGS) != 0;
}

/* apart, so that robots do not pay for what only bodies have */
static __attribute__((noinline)) bool step_body(const qf_bot_columns *columns,
                                                const qf_bot_group *group, const qf_bot_tick *tick,
                                                qf_bot_scratch *scratch, size_t begin, size_t end)
{
    return step_any(columns, group, tick, scratch, begin, end, true);
}

bool QF_KERNEL(qf_power_step)(const qf_bot_columns *columns, const qf_bot_group *group,
                              const qf_bot_tick *tick, qf_bot_scratch *scratch, size_t begin,
                              size_t end)
{
    if (group->body) {
        return step_body(columns, group, tick, scratch, begin, end);
    }
    return step_any(columns, group, tick, scratch, begin, end, false);
}
