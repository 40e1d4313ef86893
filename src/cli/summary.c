/* SPDX-License-Identifier: Apache-2.0 */
#include "summary.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "behavior_summary.h"
#include "group.h"
#include "number_text.h"
#include "resource_limits.h"
#include "ship_summary.h"
#include "tracking_summary.h"

static size_t entity_of_lowest_charge(const qf_fleet *fleet, double *lowest_pct)
{
    const double *soc_min_pct = qf_f64(fleet, QF_FIELD_SOC_MIN, 0);
    size_t lowest = 0;
    *lowest_pct = soc_min_pct[0];
    for (size_t g = 0; g < fleet->scenario->n_groups; g++) {
        const qf_group *group = &fleet->groups[g];
        for (size_t v = 0; v < group->n_vehicles; v++) {
            if (soc_min_pct[group->slot_begin + v] < *lowest_pct) {
                *lowest_pct = soc_min_pct[group->slot_begin + v];
                lowest = group->entity_begin + v;
            }
        }
    }
    return lowest;
}

static void print_mib(const char *what, size_t bytes)
{
    fprintf(stderr, "%s%.1f MiB", what, (double)bytes / (1024.0 * 1024.0));
}

static const char *reason_text(qf_quarantine_reason reason)
{
    return reason == QF_REASON_NOT_FINITE ? "not finite" : "out of range";
}

/* one line for each quantity and reason, with the first that came up */
static void print_causes(const qf_summary *summary, const qf_fleet *fleet)
{
    enum { REASONS = QF_REASON_OUT_OF_RANGE + 1 };
    for (uint32_t cause = 0; cause < REASONS * fleet->catalog.n_quantities; cause++) {
        const qf_quarantine *first = NULL;
        size_t n = 0;
        for (size_t k = 0; k < summary->n_quarantined; k++) {
            const qf_quarantine *it = &summary->quarantined[k];
            if (it->quantity == cause / REASONS && it->reason == cause % REASONS) {
                first = first ? first : it;
                n++;
            }
        }
        if (n > 0) {
            const qf_entity e = qf_fleet_entity(fleet, first->entity);
            fprintf(stderr,
                    "    %zu: %s %s, first %g in %s-%u of world %u (entity %u) at tick %" PRId64
                    "\n",
                    n, fleet->catalog.quantities[first->quantity].name, reason_text(first->reason),
                    first->value, fleet->scenario->groups[e.group].name, e.index, e.world,
                    first->entity, first->tick);
        }
    }
}

void qf_summary_print_quarantined(const qf_summary *summary, const qf_fleet *fleet)
{
    if (summary->n_quarantined > 0) {
        fprintf(stderr, "  quarantined    %zu of %zu vehicles, frozen in their last good state\n",
                summary->n_quarantined, fleet->n_vehicles);
        print_causes(summary, fleet);
    }
}

static const char *describe_binding(const char *binding)
{
    if (strcmp(binding, "core") == 0) {
        return "one per core";
    }
    return strcmp(binding, "openmp") == 0 ? "bound by OpenMP" : "not bound";
}

/* who is switched on and yet has no power */
static size_t count_shed(const qf_fleet *fleet, uint64_t switched_on, uint64_t allowed,
                         size_t *n_on)
{
    const uint64_t *flags = qf_u64(fleet, QF_FIELD_FLAGS, 0);
    size_t n_shed = 0;
    *n_on = 0;
    for (size_t b = 0; b < fleet->n_blocks; b++) {
        for (size_t slot = fleet->blocks[b].slot_begin; slot < fleet->blocks[b].slot_end; slot++) {
            *n_on += (flags[slot] & switched_on) != 0;
            n_shed += (flags[slot] & (switched_on | allowed)) == switched_on;
        }
    }
    return n_shed;
}

static void print_shed(const qf_fleet *fleet)
{
    size_t n_radars;
    size_t n_transponders;
    const size_t radars =
        count_shed(fleet, QF_FLAG_BIT(RADAR_ENABLED), QF_FLAG_BIT(RADAR_ALLOWED), &n_radars);
    const size_t transponders = count_shed(fleet, QF_FLAG_BIT(TRANSPONDER_ACTIVE),
                                           QF_FLAG_BIT(TRANSPONDER_ALLOWED), &n_transponders);
    if (radars + transponders > 0) {
        fprintf(
            stderr,
            "  without power  %zu of %zu radars and %zu of %zu transponders at the end: shed by "
            "their vehicles\n",
            radars, n_radars, transponders, n_transponders);
    }
}

static void print_radar(const qf_summary *summary, const qf_fleet *fleet)
{
    const qf_scenario *scenario = fleet->scenario;
    bool has_radar = false;
    for (size_t g = 0; g < scenario->n_groups; g++) {
        has_radar = has_radar || scenario->groups[g].radar_period_ticks > 0;
    }
    if (has_radar) {
        char all[32], false_alarms[32], dropped[32];
        fprintf(stderr,
                "  radar          %s detections (%s false alarms), %s dropped for capacity\n",
                qf_group_digits(summary->n_detections, all),
                qf_group_digits(summary->n_false_alarms, false_alarms),
                qf_group_digits(summary->n_dropped, dropped));
        print_shed(fleet);
    }
}

/* of what is recorded; a track has a row for each frame */
static void print_rows(const qf_results_totals *totals, const qf_scenario *scenario)
{
    if (scenario->record.detections) {
        fprintf(stderr, ", %" PRId64 " detections", totals->n_detections);
    }
    if (scenario->record.tracks) {
        fprintf(stderr, ", %" PRId64 " rows of tracks", totals->n_tracks);
    }
    if (qf_results_has_pictures(scenario)) {
        fprintf(stderr, ", %" PRId64 " rows of pictures", totals->n_pictures);
    }
}

void qf_summary_print(const qf_summary *summary, const qf_fleet *fleet)
{
    const qf_scenario *scenario = fleet->scenario;
    const double vehicle_ticks =
        (double)fleet->n_vehicles * (double)(fleet->tick - summary->first_tick);
    double lowest_pct;
    const size_t lowest = entity_of_lowest_charge(fleet, &lowest_pct);
    const qf_entity e = qf_fleet_entity(fleet, lowest);
    fprintf(stderr, "%s: %zu vehicles, %lld ticks (%g s)\n", scenario->name, fleet->n_vehicles,
            (long long)fleet->tick, (double)fleet->tick * scenario->dt_s);
    fprintf(stderr, "  speed          %.1f M vehicle-ticks/s: %.2f s on ",
            vehicle_ticks / 1e6 / summary->wall_s, summary->wall_s);
    if (summary->ranks > 1) {
        fprintf(stderr, "%d ranks of ", summary->ranks);
    }
    fprintf(stderr, "%d thread%s, %s, %s\n", summary->threads, summary->threads == 1 ? "" : "s",
            describe_binding(summary->binding), summary->isa);
    fprintf(stderr, "  chosen         threads %d: %s; %s: %s\n", summary->threads,
            summary->threads_reason, summary->isa, summary->isa_reason);
    fprintf(stderr, "  lowest charge  %.2f %% (%s-%u of world %u, entity %zu)\n", lowest_pct,
            scenario->groups[e.group].name, e.index, e.world, lowest);
    fprintf(stderr,
            "  events         %" PRId64 " thermal trips, %" PRId64 " low and %" PRId64
            " critical power\n",
            summary->n_of_code[QF_EVENT_THERMAL_TRIP], summary->n_of_code[QF_EVENT_POWER_LOW],
            summary->n_of_code[QF_EVENT_POWER_CRITICAL]);
    print_radar(summary, fleet);
    qf_print_tracking(fleet, summary->tracking, summary->n_tracking, stderr);
    if (summary->coverage) {
        qf_print_behavior(fleet, summary->coverage, summary->n_of_code, stderr);
    }
    qf_print_ships(fleet, stderr);
    print_mib("  memory         ", summary->peak_bytes);
    if (summary->ranks > 1) {
        print_mib(" at most of a rank, of all ", summary->all_peak_bytes);
    }
    print_mib(", predicted ", summary->predicted_bytes);
    print_mib("; scratch of a thread ", summary->scratch_bytes);
    fprintf(stderr, "\n  state hash     %016" PRIx64 "\n", summary->state_hash);
    if (summary->path) {
        fprintf(stderr, "  result         %s", summary->path);
        print_mib(", ", summary->totals.file_bytes);
        fprintf(stderr, ", %" PRId64 " records, %" PRId64 " events", summary->totals.n_records,
                summary->totals.n_events);
        print_rows(&summary->totals, scenario);
        fputc('\n', stderr);
    }
}

size_t qf_peak_resident_bytes(void)
{
    /* getrusage has the peak of whoever started the program, too: a Python of 100 MiB, say */
    return qf_read_figure("", "/proc/self/status", "VmHWM:") * 1024;
}
