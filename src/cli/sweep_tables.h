/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_SWEEP_TABLES_H
#define QF_SWEEP_TABLES_H

#include "sweep_summary.h"
#include "text_table.h"

/* The tables of a sweep's summary, each with its head; no lines where there is nothing to tell. */
qf_text_block qf_truths_table(qf_canvas *canvas, const qf_sweep_summary *summary, size_t indent,
                              size_t width);
qf_text_block qf_choices_table(qf_canvas *canvas, const qf_sweep_summary *summary, size_t indent,
                               size_t width);
qf_text_block qf_metrics_table(qf_canvas *canvas, const qf_sweep_summary *summary, size_t indent,
                               size_t width);
qf_text_block qf_verdict_table(qf_canvas *canvas, const qf_sweep_summary *summary, size_t indent,
                               size_t width);
/* Of each metric that is asked for, its parameters, the one that matters most first. */
qf_text_block qf_sensitivity_tables(qf_canvas *canvas, const qf_sweep_summary *summary,
                                    size_t indent, size_t width);

#endif
