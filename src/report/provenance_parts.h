/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_PROVENANCE_PARTS_H
#define QF_PROVENANCE_PARTS_H

#include <hdf5.h>
#include <stdint.h>
#include <stdio.h>

/* What the provenance of runs and of sweeps has in common. */

/* An attribute of a file that is a text; nothing where it has none. */
void qf_provenance_attribute(FILE *out, hid_t file, const char *label, const char *name);

/* Host, instruction set and threads that a file names. */
void qf_provenance_machine(FILE *out, hid_t file);

/* A number of bytes, in the unit in which people read it: 12.3 MB. */
void qf_provenance_bytes(FILE *out, const char *label, uint64_t bytes);

/*
 * An effective scenario, closed until somebody opens it. Of a long one lines are shown as far as they fit into
 * QF_SCENARIO_BYTES, and where the rest is. It is not printed on paper, which has a sentence in its place. `command`:
 * of qfleet, that repeats the result from it.
 */
enum { QF_SCENARIO_BYTES = 65536 };
void qf_provenance_scenario(FILE *out, const char *yaml, const char *command, const char *where);

#endif
