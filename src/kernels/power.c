/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Power plane, for slots [begin, end): bus, shedding, loads, dock, over-current protection,
 * supercapacitor, battery, and the heat that they make.
 *
 *   bus voltage = v_min + (v_nominal - v_min) soc / 100;  limit = max current * bus voltage
 *   out = base + motion + computer + radar + transponder + NBL + thrusters
 *   in = base + dock (ramped up over the soft start)
 *   over the limit: NBL, radar and transponder off together, then motors, then thrusters throttled
 *   supercapacitor takes the surplus or serves the deficit within its power and energy
 *   soc += (charge - discharge) dt / 3600 / capacity * 100, clamped to [0, 100]
 *
 * The order of operations is the reference's, down to its divisions: where supply and demand
 * balance, the last bit decides whether a battery discharges or not.
 *
 * In: speed, cpu, soc, supercapacitor energy, dock timer, NBL budget, flags, core temperature and
 * trips of the previous tick; thruster power from scratch. Out: the four states, flags, the base
 * bits of fault word 0, heat into scratch, and when observed 21 output columns.
 * Per vehicle 16 reads and writes of 8 bytes, 21 more when observed; about 150 operations with
 * 13 divisions. Branch-free: every choice is a select. gcc 12 nevertheless keeps the loop scalar (it
 * folds the truth values into narrow logic), which makes this the largest part of a tick:
 * docs/performance.md has the figures.
 * Source: world.md sections 3, 5, 6. Guarded by tests/test_golden_world.c, tests/test_power.c.
 */
#include <math.h>

#include "clamp.h"
#include "coefficient.h"
#include "kernels.h"

#define SECONDS_PER_HOUR 3600.0

static inline uint64_t bit_if(bool condition, uint64_t bit)
{
    return condition ? bit : 0;
}

static inline __attribute__((always_inline)) uint64_t
step(const qf_bot_columns *c, const qf_bot_group *group, const qf_bot_tick *tick,
     qf_bot_scratch *scratch, size_t begin, size_t end, const bool dispersed, const bool observed)
{
    const double dt_s = tick->dt_s;
    double *soc_pct = c->soc_pct; /* not restrict: core_c may be the same */
    double *restrict soc_min_pct = c->soc_min_pct;
    double *restrict supercap_wh = c->supercap_wh;
    double *restrict dock_since_s = c->dock_since_s;
    uint64_t *restrict flags = c->flags;
    uint64_t *faults = c->faults[0]; /* not restrict: trips may stand in the same word */
    const uint64_t *core_faults = c->faults[group->core_trip.word];
    const uint64_t *pdu_faults = c->faults[group->pdu_trip.word];
    const uint64_t core_mask = group->core_trip.mask;
    const uint64_t pdu_mask = group->pdu_trip.mask;
    const bool has_core = group->core_node < group->n_nodes;
    /* without a core node the charge stands in for its temperature, which is then not looked at */
    const double *core_c = has_core ? c->temp_c[group->nodes[group->core_node].column] : soc_pct;
    uint64_t changed = 0;
#pragma omp simd reduction(| : changed)
    for (size_t i = begin; i < end; i++) {
        const size_t j = i - begin;
        const uint64_t before = flags[i];
        const double soc = soc_pct[i];
        const bool core_tripped = (core_faults[i] & core_mask) != 0;
        const bool pdu_tripped = (pdu_faults[i] & pdu_mask) != 0;

        /* bus, and shedding with hysteresis: both tests, in this order */
        const double bus_v =
            COEFFICIENT(BUS_V_MIN) + COEFFICIENT(BUS_V_SPAN) * clamp(soc, 0.0, 100.0) / 100.0;
        const double limit_w = COEFFICIENT(MAX_BUS_A) * bus_v;
        const bool shed_before = (before & QF_FLAG_BIT(SHED_LOW_SOC)) != 0;
        const bool shed = (shed_before | (soc <= COEFFICIENT(SHED_LOW_PCT))) &
                          !(soc >= COEFFICIENT(SHED_HIGH_PCT));
        const bool may_transmit = !shed & !pdu_tripped;

        /* loads */
        const double cpu = c->cpu_pct[i];
        const double computer_w = cpu / 100.0 * COEFFICIENT(MCQPU_W);
        const bool radar_on = ((before & QF_FLAG_BIT(RADAR_ENABLED)) != 0) & may_transmit;
        const bool transponder_on =
            ((before & QF_FLAG_BIT(TRANSPONDER_ACTIVE)) != 0) & may_transmit;
        const bool nbl_active = (before & QF_FLAG_BIT(NBL_ACTIVE)) != 0;
        const bool core_cool = !has_core | (core_c[i] <= COEFFICIENT(NBL_CORE_MAX_C));
        const bool nbl_on = nbl_active & (soc >= COEFFICIENT(NBL_SOC_MIN_PCT)) & core_cool &
                            !core_tripped & !pdu_tripped;
        double motion_w = fabs(c->speed_mps[i]) * COEFFICIENT(MOTION_W_PER_MPS);
        double radar_w = radar_on ? COEFFICIENT(RADAR_W) : 0.0;
        double transponder_w = transponder_on ? COEFFICIENT(TRANSPONDER_W) : 0.0;
        double nbl_w = nbl_on ? higher(c->nbl_max_w[i], 0.0) : 0.0;
        double rcs_w = scratch->rcs_w[j];
        const double must_w = COEFFICIENT(BASE_OUT_W);
        double out_w = must_w + motion_w + computer_w + radar_w + transponder_w + nbl_w + rcs_w;

        /* dock */
        const bool docked = (before & QF_FLAG_BIT(DOCK_CONNECTED)) != 0;
        const double since_s = docked ? dock_since_s[i] + dt_s : 0.0;
        dock_since_s[i] = since_s;
        const double ramp = lower(since_s / COEFFICIENT(DOCK_SOFT_START_S), 1.0);
        const double dock_w = COEFFICIENT(DOCK_AVAILABLE_W) * ramp;
        const double station_v = COEFFICIENT(DOCK_STATION_V);
        const double dock_a = station_v > 0.0 ? dock_w / station_v : 0.0;
        double in_w = COEFFICIENT(BASE_IN_W) + dock_w;

        /* over-current: what can go off goes off together, then throttle, then report */
        const bool limited = limit_w > 0.0;
        const bool over = limited & (out_w > limit_w);
        const bool radar_cut = over & (radar_w > 0.0);
        const bool transponder_cut = over & (transponder_w > 0.0);
        const bool nbl_cut = over & (nbl_w > 0.0);
        radar_w = over ? 0.0 : radar_w;
        transponder_w = over ? 0.0 : transponder_w;
        nbl_w = over ? 0.0 : nbl_w;
        out_w = must_w + motion_w + computer_w + radar_w + transponder_w + nbl_w + rcs_w;
        const bool throttle_motion = limited & (out_w > limit_w) & (motion_w > 0.0);
        motion_w -= throttle_motion ? lower(out_w - limit_w, motion_w) : 0.0;
        out_w = must_w + motion_w + computer_w + radar_w + transponder_w + nbl_w + rcs_w;
        const bool throttle_rcs = limited & (out_w > limit_w) & (rcs_w > 0.0);
        const double rcs_before_w = rcs_w;
        rcs_w -= throttle_rcs ? lower(out_w - limit_w, rcs_w) : 0.0;
        out_w = must_w + motion_w + computer_w + radar_w + transponder_w + nbl_w + rcs_w;
        const bool overcurrent = limited & (out_w > limit_w);

        /* supercapacitor */
        const double capacity_wh = COEFFICIENT(SUPERCAP_WH);
        const bool has_supercap = capacity_wh > 0.0;
        const double stored_wh = supercap_wh[i];
        const double surplus_w = in_w - out_w;
        const double into_wh =
            lower(higher(surplus_w, 0.0) * dt_s / SECONDS_PER_HOUR,
                  lower(higher(0.0, capacity_wh - stored_wh),
                        COEFFICIENT(SUPERCAP_MAX_CHARGE_W) * dt_s / SECONDS_PER_HOUR));
        const double from_wh = lower(
            higher(-surplus_w, 0.0) * dt_s / SECONDS_PER_HOUR,
            lower(stored_wh, COEFFICIENT(SUPERCAP_MAX_DISCHARGE_W) * dt_s / SECONDS_PER_HOUR));
        const double charged_wh = has_supercap ? into_wh : 0.0;
        const double discharged_wh = has_supercap ? from_wh : 0.0;
        const double stored_after_wh =
            clamp(stored_wh + charged_wh - discharged_wh, 0.0, capacity_wh);
        supercap_wh[i] = stored_after_wh;
        const double charge_w = charged_wh * SECONDS_PER_HOUR / dt_s;
        const double discharge_w = discharged_wh * SECONDS_PER_HOUR / dt_s;
        out_w += charge_w;
        in_w += discharge_w;

        /* battery */
        const double bus_a = bus_v > 0.0 ? out_w / bus_v : 0.0;
        const double net_w = in_w - out_w;
        const double wants_in_w = higher(net_w, 0.0);
        const double wants_out_w = higher(-net_w, 0.0);
        const double battery_in_w = lower(wants_in_w, COEFFICIENT(BATTERY_MAX_CHARGE_W));
        const double battery_out_w = lower(wants_out_w, COEFFICIENT(BATTERY_MAX_DISCHARGE_W));
        const double spill_w = wants_in_w - battery_in_w;
        const double unserved_w = wants_out_w - battery_out_w;
        const double battery_wh = COEFFICIENT(BATTERY_WH);
        const bool has_battery = battery_wh > 0.0;
        const double delta_pct = (battery_in_w - battery_out_w) * dt_s / SECONDS_PER_HOUR /
                                 (has_battery ? battery_wh : 1.0) * 100.0;
        const double soc_after = has_battery ? clamp(soc + delta_pct, 0.0, 100.0) : 0.0;
        soc_pct[i] = soc_after;
        soc_min_pct[i] = lower(soc_after, soc_min_pct[i]);

        /* conditions */
        const bool critical_before = (before & QF_FLAG_BIT(POWER_CRITICAL)) != 0;
        const bool critical = (soc <= COEFFICIENT(SOC_CRITICAL_PCT)) |
                              (critical_before & (soc < COEFFICIENT(SHED_LOW_PCT)));
        const bool radar_allowed = may_transmit & !radar_cut;
        const bool transponder_allowed = may_transmit & !transponder_cut;
        const bool nbl_allowed = nbl_w > 0.0;
        const bool shedding = shed | pdu_tripped | core_tripped | (nbl_active & !nbl_on) |
                              radar_cut | transponder_cut | nbl_cut;
        const uint64_t kept =
            before &
            (QF_FLAG_BIT(RADAR_ENABLED) | QF_FLAG_BIT(TRANSPONDER_ACTIVE) |
             QF_FLAG_BIT(DOCK_CONNECTED) | QF_FLAG_BIT(NBL_ACTIVE) | QF_FLAG_BIT(RCS_ACTIVE));
        const uint64_t after = kept | bit_if(shed, QF_FLAG_BIT(SHED_LOW_SOC)) |
                               bit_if(critical, QF_FLAG_BIT(POWER_CRITICAL)) |
                               bit_if(nbl_allowed, QF_FLAG_BIT(NBL_ALLOWED)) |
                               bit_if(radar_allowed, QF_FLAG_BIT(RADAR_ALLOWED)) |
                               bit_if(transponder_allowed, QF_FLAG_BIT(TRANSPONDER_ALLOWED)) |
                               bit_if(shedding, QF_FLAG_BIT(LOAD_SHEDDING)) |
                               bit_if(throttle_motion | throttle_rcs, QF_FLAG_BIT(PDU_THROTTLED));
        flags[i] = after;
        changed |= before ^ after;
        faults[i] = (faults[i] >> QF_FAULT_FIRST_NODE << QF_FAULT_FIRST_NODE) |
                    bit_if(overcurrent, QF_FAULT_BIT(PDU_OVERCURRENT)) |
                    bit_if(!has_battery, QF_FAULT_BIT(BATTERY_CAPACITY_ZERO)) |
                    bit_if(spill_w > 0.0, QF_FAULT_BIT(BATTERY_CHARGE_LIMIT)) |
                    bit_if(unserved_w > 0.0, QF_FAULT_BIT(BATTERY_DISCHARGE_LIMIT)) |
                    bit_if((soc_after <= 0.0) & (battery_out_w > 0.0), QF_FAULT_BIT(BATTERY_EMPTY));

        /* heat */
        scratch->heat_w[QF_HEAT_CORE][j] =
            0.8 * (clamp(cpu / 100.0, 0.0, 1.0) * COEFFICIENT(MCQPU_W)) + 0.7 * nbl_w;
        scratch->heat_w[QF_HEAT_PDU][j] = 0.02 * out_w + 0.4 * (bus_a * bus_a);
        scratch->heat_w[QF_HEAT_SUPERCAP][j] = 0.03 * (charge_w + discharge_w);
        scratch->heat_w[QF_HEAT_BATTERY][j] = 0.01 * fabs(in_w - out_w);
        scratch->heat_w[QF_HEAT_DOCK_BRIDGE][j] = 0.25 * (dock_a * dock_a);
        scratch->heat_w[QF_HEAT_HULL][j] = COEFFICIENT(HULL_HEAT_FRACTION) * rcs_w;

        if (observed) {
            c->bus_v[i] = bus_v;
            c->bus_a[i] = bus_a;
            c->power_in_w[i] = in_w;
            c->power_out_w[i] = out_w;
            c->load_motion_w[i] = motion_w;
            c->load_mcqpu_w[i] = computer_w;
            c->load_radar_w[i] = radar_w;
            c->load_transponder_w[i] = transponder_w;
            c->load_nbl_w[i] = nbl_w;
            c->load_rcs_w[i] = rcs_w;
            c->supercap_soc_pct[i] =
                has_supercap ? stored_after_wh / (has_supercap ? capacity_wh : 1.0) * 100.0 : 0.0;
            c->supercap_charge_w[i] = charge_w;
            c->supercap_discharge_w[i] = discharge_w;
            c->battery_charge_w[i] = battery_in_w;
            c->battery_discharge_w[i] = battery_out_w;
            c->battery_spill_w[i] = spill_w;
            c->battery_unserved_w[i] = unserved_w;
            c->dock_power_w[i] = dock_w;
            c->dock_a[i] = dock_a;
            c->dock_soft_start_pct[i] = ramp * 100.0;
            /* the duty shown shrinks with the power, unless by next to nothing */
            const double ratio = throttle_rcs ? rcs_w / rcs_before_w : 1.0;
            c->rcs_duty_pct[i] = scratch->rcs_duty[j] * (ratio >= 0.999 ? 1.0 : ratio) * 100.0;
        }
    }
    return changed;
}

bool QF_KERNEL(qf_power_step)(const qf_bot_columns *columns, const qf_bot_group *group,
                              const qf_bot_tick *tick, qf_bot_scratch *scratch, size_t begin,
                              size_t end)
{
    const bool dispersed = group->column != NULL;
    uint64_t changed;
    if (tick->observed) {
        changed = dispersed ? step(columns, group, tick, scratch, begin, end, true, true)
                            : step(columns, group, tick, scratch, begin, end, false, true);
    } else {
        changed = dispersed ? step(columns, group, tick, scratch, begin, end, true, false)
                            : step(columns, group, tick, scratch, begin, end, false, false);
    }
    return (changed & QF_WATCHED_FLAGS) != 0;
}
