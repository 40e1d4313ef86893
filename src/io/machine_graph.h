/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_MACHINE_GRAPH_H
#define QF_MACHINE_GRAPH_H

#include <stdbool.h>
#include <stdio.h>

#include "context.h"
#include "machine_spec.h"

/*
 * A picture of a machine: states as boxes with what they do and what is decided without leaving them, transitions as
 * arrows with trigger and condition, `any` as a point of its own.
 */

/* As text for Graphviz. */
void qf_write_machine_graph(FILE *out, const qf_machine_spec *spec);

/* To a file, whose name ends in .dot, or in .svg, which the program `dot` draws. An existing one is replaced by
   force only. QF_ERROR_USAGE for another ending, QF_ERROR_EXISTS, QF_ERROR_WRITE where it cannot be written
   or drawn. */
qf_status qf_save_machine_graph(qf_context *context, const qf_machine_spec *spec, const char *path,
                                bool force);

#endif
