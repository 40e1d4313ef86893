/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>

#include "number_text.h"
#include "sweep_cells.h"
#include "sweep_tables.h"

enum { LABEL_COLUMNS = 34 };

/* how much a parameter matters, by what the design gives */
static double weight(const qf_sensitivity *it)
{
    if (!isnan(it->total)) {
        return it->total;
    }
    if (!isnan(it->mu_star)) {
        return it->mu_star;
    }
    return isnan(it->rank_correlation) ? -1.0 : fabs(it->rank_correlation);
}

const qf_sensitivity **qf_sensitivities_ranked(qf_arena *arena, const qf_sweep_spec *spec,
                                               const qf_sweep_report *report, size_t metric)
{
    const size_t n = spec->n_parameters;
    const qf_sensitivity **ranked = qf_arena_array(arena, n + 1, sizeof(const qf_sensitivity *));
    for (size_t i = 0; ranked && i < n; i++) {
        const qf_sensitivity *it = &report->sensitivities[metric * n + i];
        size_t at = i;
        while (at > 0 && weight(ranked[at - 1]) < weight(it)) {
            ranked[at] = ranked[at - 1];
            at--;
        }
        ranked[at] = it;
    }
    return ranked;
}

static void add_sensitivity(qf_canvas *canvas, const qf_sweep_spec *spec, const qf_sensitivity *it,
                            qf_text_table *table)
{
    qf_arena *arena = &canvas->arena;
    const char *name = spec->parameters[it->parameter].name;
    if (spec->sampling == QF_SAMPLING_SALTELLI) {
        qf_table_add(table, (const char *const[]){name, qf_text_number(arena, it->total),
                                                  qf_cell_interval(canvas, it->of_total),
                                                  qf_text_number(arena, it->first),
                                                  qf_cell_interval(canvas, it->of_first)});
    } else if (spec->sampling == QF_SAMPLING_MORRIS) {
        qf_table_add(table, (const char *const[]){name, qf_text_number(arena, it->mu_star),
                                                  qf_cell_interval(canvas, it->of_mu_star),
                                                  qf_text_number(arena, it->mu),
                                                  qf_text_number(arena, it->sigma)});
    } else {
        qf_table_add(table, (const char *const[]){name, qf_text_number(arena, it->rank_correlation),
                                                  qf_cell_interval(canvas, it->of_rank_correlation),
                                                  qf_text_number(arena, it->regression),
                                                  qf_cell_interval(canvas, it->of_regression)});
    }
}

static void add_sensitivity_head(qf_canvas *canvas, const qf_sweep_summary *s, const char *metric,
                                 qf_text_table *table)
{
    const char *of =
        qf_cell_or_dash(canvas, qf_arena_format(&canvas->arena, "what %s depends on", metric));
    const char *sure = qf_cell_percent(canvas, s->spec->confidence);
    if (s->spec->sampling == QF_SAMPLING_SALTELLI) {
        qf_table_add(table, (const char *const[]){of, "total", sure, "first", sure});
    } else if (s->spec->sampling == QF_SAMPLING_MORRIS) {
        qf_table_add(table, (const char *const[]){of, "mu*", sure, "mu", "sigma"});
    } else {
        qf_table_add(table, (const char *const[]){of, "rank corr.", sure, "regression", sure});
    }
}

/* one metric's; empty where nothing is known */
static qf_text_block sensitivity_table(qf_canvas *canvas, const qf_sweep_summary *s, size_t metric,
                                       size_t indent, size_t width)
{
    enum { MOST_ROWS = 10 };
    const size_t n = s->spec->n_parameters;
    const size_t n_shown = n > MOST_ROWS ? MOST_ROWS : n;
    const qf_sensitivity **ranked =
        qf_sensitivities_ranked(&canvas->arena, s->spec, s->report, metric);
    canvas->failed = canvas->failed || !ranked;
    if (!ranked || n == 0 || weight(ranked[0]) < 0.0) {
        return (qf_text_block){0};
    }
    const qf_metric_spec *spec = &s->spec->metrics[metric];
    qf_text_table table = qf_table_start(canvas, "lrlrl", n_shown + 1);
    add_sensitivity_head(canvas, s, qf_cell_shortened(canvas, spec->name, LABEL_COLUMNS), &table);
    for (size_t i = 0; i < n_shown; i++) {
        add_sensitivity(canvas, s->spec, ranked[i], &table);
    }
    qf_text_block block = qf_table_block(&table, indent, width);
    if (n > n_shown) {
        const char *more = qf_arena_format(&canvas->arena, "%*s... and %zu more parameters",
                                           (int)indent, "", n - n_shown);
        block = qf_block_below(canvas, block, qf_block_text(canvas, qf_cell_or_dash(canvas, more)));
    }
    if (!isnan(ranked[0]->r_squared)) {
        const char *note =
            qf_arena_format(&canvas->arena, "%*sthe regression explains %.3g %% of the variance",
                            (int)indent + 2, "", 100.0 * ranked[0]->r_squared);
        block = qf_block_below(canvas, block, qf_block_text(canvas, qf_cell_or_dash(canvas, note)));
    }
    return block;
}

qf_text_block qf_sensitivity_tables(qf_canvas *canvas, const qf_sweep_summary *s, size_t indent,
                                    size_t width)
{
    qf_text_block all = {0};
    for (size_t m = 0; s->report->sensitivities && m < s->spec->n_metrics && !canvas->failed; m++) {
        if (qf_metric_is_asked_for(s->spec, m)) {
            all = qf_block_below(canvas, all, sensitivity_table(canvas, s, m, indent, width));
        }
    }
    return all;
}
