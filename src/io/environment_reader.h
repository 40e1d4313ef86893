/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_ENVIRONMENT_READER_H
#define QF_ENVIRONMENT_READER_H

#include "reader.h"
#include "scenario.h"

/* Reads the key `environment` of a scenario: temperature, radiation, gravity, planet, sun. */
void qf_read_environment(qf_reader *reader, const qf_yaml_node *root, qf_scenario *scenario);

extern const char *const qf_gravity_names[QF_GRAVITY_KINDS];

#endif
