/* SPDX-License-Identifier: Apache-2.0 */
#include "radio.h"

#include "draw.h"
#include "vehicle_state.h"

static uint64_t flags_of(const qf_fleet *fleet, size_t slot)
{
    return qf_u64(fleet, QF_FIELD_FLAGS, 0)[slot];
}

bool qf_radio_works(const qf_fleet *fleet, const qf_group *group, size_t slot)
{
    const uint64_t broken = QF_FLAG_BIT(QUARANTINED) | QF_FLAG_BIT(RADIO_BROKEN);
    return group->spec->radio && (flags_of(fleet, slot) & broken) == 0;
}

/* the kernel of radars, for a list of one */
static bool is_hidden(const qf_kernels *kernels, const qf_sphere *planet, const double from_m[3],
                      const double to_m[3])
{
    qf_target target = {.rcs_m2 = 0.0F};
    qf_observer observer = {.number = 0};
    uint32_t near[1 + QF_LANE_SLACK] = {0};
    for (int d = 0; d < 3; d++) {
        target.position_m[d] = from_m[d];
        observer.position_m[d] = to_m[d];
    }
    return kernels->hide(&target, &observer, planet, near, 1) == 0;
}

bool qf_radio_reaches(const qf_fleet *fleet, const qf_kernels *kernels, const qf_radio_end *from,
                      const qf_radio_end *to, uint32_t world, int64_t tick)
{
    if (!qf_radio_works(fleet, from->group, from->slot) ||
        !qf_radio_works(fleet, to->group, to->slot)) {
        return false;
    }
    const qf_radio_spec *sender = from->group->spec->radio;
    const qf_radio_spec *hearer = to->group->spec->radio;
    const double range_m = sender->range_m < hearer->range_m ? sender->range_m : hearer->range_m;
    double from_m[3];
    double to_m[3];
    double distance2_m2 = 0.0;
    qf_position_of(fleet, from->slot, from_m);
    qf_position_of(fleet, to->slot, to_m);
    for (int d = 0; d < 3; d++) {
        distance2_m2 += (to_m[d] - from_m[d]) * (to_m[d] - from_m[d]);
    }
    const qf_sphere *planet = &fleet->scenario->planet;
    if (distance2_m2 > range_m * range_m ||
        (planet->radius_m > 0.0 && is_hidden(kernels, planet, from_m, to_m))) {
        return false;
    }
    const qf_draw_key key = {.seed = fleet->scenario->seed,
                             .world = qf_world_number(fleet->scenario, world),
                             .vehicle = to->vehicle,
                             .tick = (uint32_t)tick,
                             .stream = QF_STREAM_RADIO,
                             .draw = from->vehicle};
    return hearer->loss <= 0.0 || qf_draw_uniform(key) >= hearer->loss;
}

static int64_t period_begin(const qf_radio_spec *radio, int64_t tick)
{
    return tick - tick % radio->period_ticks;
}

int64_t qf_radio_left(const qf_fleet *fleet, const qf_radio_end *to, int64_t tick)
{
    const qf_radio_spec *radio = to->group->spec->radio;
    if (radio->messages == 0) {
        return INT64_MAX;
    }
    const bool has_begun =
        qf_i64(fleet, QF_FIELD_RADIO_SINCE, 0)[to->slot] == period_begin(radio, tick);
    return radio->messages - (has_begun ? qf_i64(fleet, QF_FIELD_RADIO_TAKEN, 0)[to->slot] : 0);
}

int64_t qf_radio_take(const qf_fleet *fleet, const qf_radio_end *to, int64_t tick, int64_t n)
{
    const qf_radio_spec *radio = to->group->spec->radio;
    if (radio->messages == 0) {
        return n;
    }
    const int64_t left = qf_radio_left(fleet, to, tick);
    const int64_t heard = n < left ? n : left;
    qf_i64(fleet, QF_FIELD_RADIO_SINCE, 0)[to->slot] = period_begin(radio, tick);
    qf_i64(fleet, QF_FIELD_RADIO_TAKEN, 0)[to->slot] = radio->messages - left + heard;
    return heard;
}

void qf_radio_initialise(const qf_fleet *fleet, size_t slot)
{
    if (fleet->catalog.n_of_shape[QF_SHAPE_RADIO] > 0) {
        qf_i64(fleet, QF_FIELD_RADIO_SINCE, 0)[slot] = -1;
    }
    for (size_t k = 0; k < fleet->catalog.n_of_shape[QF_SHAPE_FLIGHT]; k++) {
        qf_i64(fleet, QF_FIELD_FLIGHT_SENT, k)[slot] = -1;
    }
}
