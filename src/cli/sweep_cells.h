/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_SWEEP_CELLS_H
#define QF_SWEEP_CELLS_H

#include "interval.h"
#include "sweep_spec.h"
#include "text_block.h"

/* Texts of the cells of a sweep's tables, in the canvas's arena. */

/* The text, and "-" where there was no memory for it, which the canvas notes. */
const char *qf_cell_or_dash(qf_canvas *canvas, const char *text);

/* [low, high]; "-" where both are NaN */
const char *qf_cell_interval(qf_canvas *canvas, qf_interval interval);

/* 95 % */
const char *qf_cell_percent(qf_canvas *canvas, double share);

/* The name of a metric, and its unit where the name does not end in it. */
const char *qf_cell_label(qf_canvas *canvas, const qf_metric_spec *metric);

#endif
