/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_TOPO_JSON_H
#define QF_TOPO_JSON_H

#include <stdio.h>

#include "machine.h"

/* What `qfleet topo` shows, as one JSON object; what is not there is null. */
void qf_topo_json(const qf_context *context, const qf_options *options, const qf_machine *machine,
                  FILE *out);

#endif
