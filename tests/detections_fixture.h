/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_DETECTIONS_FIXTURE_H
#define QF_DETECTIONS_FIXTURE_H

/* What the tests of recorded detections share: made-up rows, and a result file that takes them. */

#include "tables_fixture.h"

/* Detection number i of the run: rows are told apart by every float column. */
static inline void put_row(qf_detections *d, size_t i)
{
    const size_t k = d->n++;
    d->tick[k] = (int64_t)(i / PER_TICK);
    d->observer[k] = (int32_t)(i % PER_TICK * VEHICLES / PER_TICK);
    d->target[k] = i % 7 == 0 ? QF_NO_ENTITY : (int32_t)(i % VEHICLES);
    d->identity[k] = (int32_t)(i % 5) - 1;
    d->range_m[k] = (float)i + 0.25f;
    d->bearing_deg[k] = (float)(i % 1440) / 4.0f;
    d->elev_deg[k] = -(float)(i % 360) / 4.0f;
    d->vr_mps[k] = (float)i * -0.5f;
    d->snr_db[k] = (float)i * 0.125f;
    d->rcs_dbsm[k] = (float)i * -0.0625f;
    d->band[k] = (uint8_t)(i % 3);
    d->mode[k] = (uint8_t)(i % QF_TRANSPONDER_MODES);
}

static inline qf_detections rows(size_t begin, size_t end)
{
    qf_detections d = {0};
    assert_true(qf_detections_reserve(&d, end - begin));
    for (size_t i = begin; i < end; i++) {
        put_row(&d, i);
    }
    return d;
}

static inline qf_status hand_over(fixture *f, size_t begin, size_t end)
{
    qf_detections d = rows(begin, end);
    const qf_status status = qf_results_detections(f->results, &d);
    qf_detections_free(&d); /* copied */
    return status;
}

static inline void begin_with(fixture *f, const char *path, const qf_identities *given)
{
    make_fleet(f, 3, 1, 20);
    f->scenario.record.detections = true;
    begin_given(f, path, given);
}

#endif
