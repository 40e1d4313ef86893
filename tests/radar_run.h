/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_RADAR_RUN_H
#define QF_RADAR_RUN_H

/* Runs of the real program whose detections tests look at: a scenario in, /detections out. */

#include "program_fixture.h"

#include <hdf5.h>
#include <hdf5_hl.h>

/* What /detections holds, as doubles: all its numbers fit. */
typedef struct detections {
    size_t n;
    double *tick, *observer, *target, *band, *range_m, *bearing_deg, *elev_deg, *vr_mps, *snr_db,
        *rcs_dbsm, *transponder_mode, *transponder_id;
} detections;

static inline double *read_column(hid_t file, const char *name, size_t n)
{
    char path[64];
    snprintf(path, sizeof path, "detections/%s", name);
    double *values = malloc((n + 1) * sizeof *values);
    assert_non_null(values);
    if (n > 0) {
        assert_true(H5LTread_dataset(file, path, H5T_NATIVE_DOUBLE, values) >= 0);
    }
    return values;
}

static inline detections read_detections(const char *path)
{
    const hid_t file = H5Fopen(path, H5F_ACC_RDONLY, H5P_DEFAULT);
    assert_true(file >= 0);
    hsize_t length = 0;
    assert_true(H5LTget_dataset_info(file, "detections/tick", &length, NULL, NULL) >= 0);
    detections d = {.n = (size_t)length};
#define READ(name) d.name = read_column(file, #name, d.n)
    READ(tick);
    READ(observer);
    READ(target);
    READ(band);
    READ(range_m);
    READ(bearing_deg);
    READ(elev_deg);
    READ(vr_mps);
    READ(snr_db);
    READ(rcs_dbsm);
    READ(transponder_mode);
    READ(transponder_id);
#undef READ
    H5Fclose(file);
    return d;
}

static inline void free_detections(detections *d)
{
    double *columns[] = {d->tick,    d->observer,    d->target,           d->band,
                         d->range_m, d->bearing_deg, d->elev_deg,         d->vr_mps,
                         d->snr_db,  d->rcs_dbsm,    d->transponder_mode, d->transponder_id};
    for (size_t c = 0; c < COUNT(columns); c++) {
        free(columns[c]);
    }
    *d = (detections){0};
}

/* Runs a scenario with further arguments that end in NULL, and hands its detections over. */
static inline detections run_radar(const char *scenario, const char *const *more)
{
    const char *arguments[16] = {"run",     "radar.yaml", "-o", "radar.h5",
                                 "--force", "--progress", "off"};
    size_t n = 7;
    for (size_t i = 0; more && more[i]; i++) {
        assert_true(n + 1 < COUNT(arguments));
        arguments[n++] = more[i];
    }
    write_file("radar.yaml", scenario);
    program_end end = run_program(arguments);
    if (end.exit_code != 0) {
        fail_msg("qfleet run: exit %d\n%s", end.exit_code, end.err);
    }
    release(&end);
    return read_detections("radar.h5");
}

#endif
