/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_ENVIRONMENT_SPEC_H
#define QF_ENVIRONMENT_SPEC_H

#include <stdbool.h>

#include "gravity.h"

/* What all worlds of a scenario are in, beyond temperature and radiation. */
typedef struct qf_sun_spec {
    bool given;
    double direction[3];       /* from the vehicles to the sun, world frame, unit */
    double flux_wpm2;          /* of unhidden sunlight */
    double angular_radius_rad; /* of its disc: how wide the penumbra is */
} qf_sun_spec;

/* The Earth in the origin, as a point mass or with its oblateness. */
qf_gravity qf_gravity_earth(bool oblate);

/* Of the Earth's orbit; `given` is false and there is no direction. */
qf_sun_spec qf_sun_default(void);

#endif
