/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_SCRIPT_READER_H
#define QF_SCRIPT_READER_H

#include "reader.h"
#include "scenario.h"

/* Whether naming the command alone means its switch on: it has no other argument, and that may be left out. */
bool qf_command_bare_is_on(const qf_command_row *row);

/* Ticks in `seconds`, or -1 when it is not a whole number of them. */
int64_t qf_whole_ticks(double seconds, double dt_s);

/*
 * Reads a `script:` list into the group, whose behaviours have been read, sorted by tick. `n_ticks` is the length of the run:
 * commands beyond it are noted. dt_s 0 (unknown because of an earlier error) checks all but times.
 */
void qf_read_script(qf_reader *reader, const qf_yaml_node *list, double dt_s, int64_t n_ticks,
                    qf_group_spec *group);

#endif
