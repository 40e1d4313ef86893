/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_TRACKS_FIXTURE_H
#define QF_TRACKS_FIXTURE_H

/* What the tests of recorded tracks share: made-up rows, and a result file that takes them. */

#include "tables_fixture.h"

/* Row number i of /tracks in the run. */
static inline void put_track(qf_track_samples *t, size_t i)
{
    const size_t k = t->n++;
    const float x = (float)i;
    t->tick[k] = (int64_t)(i / PER_TICK);
    t->observer[k] = (int32_t)(i % PER_TICK * VEHICLES / PER_TICK);
    t->track[k] = (int32_t)(i % PER_TICK);
    t->target[k] = i % 7 == 0 ? QF_NO_ENTITY : (int32_t)(i % VEHICLES);
    t->identity[k] = (int32_t)(i % 4) - 1;
    t->x_m[k] = x + 0.25f;
    t->y_m[k] = -x;
    t->z_m[k] = x * 0.5f;
    t->vx_mps[k] = x * 0.125f;
    t->vy_mps[k] = x * -0.125f;
    t->vz_mps[k] = x * 0.0625f;
    t->range_m[k] = x + 0.75f;
    t->bearing_deg[k] = (float)(i % 1440) / 4.0f;
    t->elev_deg[k] = -(float)(i % 360) / 4.0f;
    t->vr_mps[k] = x * -0.5f;
    t->snr_db[k] = x * 0.25f;
    t->rcs_dbsm[k] = x * -0.25f;
    t->quality[k] = (float)(i % 9) / 8.0f;
    t->age_s[k] = x * 2.0f;
    t->cpa_s[k] = x * 4.0f;
    t->cpa_distance_m[k] = x * 8.0f;
    t->miss_count[k] = (uint16_t)(i % 1000);
    t->status[k] = (uint8_t)(i % 5);
    t->band[k] = (uint8_t)(i % 3);
    t->mode[k] = (uint8_t)(i % QF_TRANSPONDER_MODES);
    t->iff[k] = (uint8_t)(i % 3 + 1);
}

/* Row number i of /picture; of every fifth nobody knows how fast it is. */
static inline void put_picture(qf_picture_samples *p, size_t i)
{
    const size_t k = p->n++;
    p->tick[k] = (int64_t)(i / PER_TICK);
    p->world[k] = 0;
    p->group[k] = (int32_t)(i % 2);
    p->track[k] = (int32_t)(i % PER_TICK);
    p->support[k] = (int32_t)(i % 4) + 1;
    p->x_m[k] = (double)i + 0.1;
    p->y_m[k] = (double)i - 0.1;
    p->vx_mps[k] = i % 5 == 0 ? (float)NAN : (float)i * 0.5f;
    p->vy_mps[k] = i % 5 == 0 ? (float)NAN : (float)i * -0.5f;
    p->trust[k] = (float)(i % 9) / 8.0f;
    p->flags[k] = (uint8_t)(i % 4);
}

static inline qf_track_samples track_rows(size_t begin, size_t end)
{
    qf_track_samples t = {0};
    assert_true(qf_track_samples_reserve(&t, end - begin));
    for (size_t i = begin; i < end; i++) {
        put_track(&t, i);
    }
    return t;
}

static inline qf_picture_samples picture_rows(size_t begin, size_t end)
{
    qf_picture_samples p = {0};
    assert_true(qf_picture_samples_reserve(&p, end - begin));
    for (size_t i = begin; i < end; i++) {
        put_picture(&p, i);
    }
    return p;
}

static inline qf_status hand_over_tracks(fixture *f, size_t begin, size_t end)
{
    qf_track_samples t = track_rows(begin, end);
    const qf_status status = qf_results_tracks(f->results, &t);
    qf_track_samples_free(&t); /* copied */
    return status;
}

static inline qf_status hand_over_pictures(fixture *f, size_t begin, size_t end)
{
    qf_picture_samples p = picture_rows(begin, end);
    const qf_status status = qf_results_pictures(f->results, &p);
    qf_picture_samples_free(&p);
    return status;
}

static const qf_guard_rule_spec guard_rules[] = {
    {.id = "UNKNOWN_CONTACT_CLOSE", .severity = 2, .fsm_event = "CONTACT_CLOSE"},
    {.id = "SPOOFING_DETECTED", .severity = 1},
};
static const qf_guards_spec guards = {.n_rules = COUNT(guard_rules), .rules = guard_rules};
static const qf_tracker_spec sharing_tracker = {.shares = true};
static const qf_tracker_spec tracker; /* keeps its tracks to itself */

/* A file of tracks without detections; a picture and guards where `of_scouts` shares. */
static inline void begin_tracks(fixture *f, const char *path, const qf_identities *given,
                                const qf_tracker_spec *of_scouts)
{
    make_fleet(f, 3, 1, 20);
    f->scenario.record.tracks = true;
    f->groups[0].tracker = of_scouts;
    f->groups[1].guards = of_scouts->shares ? &guards : NULL;
    begin_given(f, path, given);
}

#endif
